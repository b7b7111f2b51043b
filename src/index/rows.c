/*
 * Statements and their rows.
 */
#include "index/private.h"

#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { STEPS = 10000, USER_MILLISECONDS = 10000, USER_TEXT = 64 << 20, USER_SQL = 1 << 20 };

struct fmr_rows {
	struct fmr_index *index;
	sqlite3_stmt *statement;
	bool limited; /* the user's own */
	long left;    /* rows; -1: no limit */
	struct timespec end;
};

int fmr_index_failed(struct fmr_index *index, struct fmr_err *err)
{
	const int code = fmr_sqlite.extended_errcode(index->db);
	if (code == SQLITE_AUTH)
		return fmr_err_set(err, FMR_ERR_INVALID, _("one statement that only reads is wanted"));
	if (index->cache && ((code & 0xFF) == SQLITE_CORRUPT || (code & 0xFF) == SQLITE_NOTADB)) {
		index->damaged = true; /* only a cache that was believed as it is gets here */
		fmr_err_set(err, FMR_ERR_IO, _("the index is damaged"));
		fmr_err_hint(err, _("run the command again: it reads the records then"));
		return FMR_ERR_IO;
	}
	return fmr_err_set(err, FMR_ERR_INVALID, "%s", fmr_sqlite.errmsg(index->db));
}

int fmr_index_exec(struct fmr_index *index, const char *sql, struct fmr_err *err)
{
	return fmr_sqlite.exec(index->db, sql, NULL, NULL, NULL) == SQLITE_OK ? FMR_OK : fmr_index_failed(index, err);
}

int fmr_index_statement(struct fmr_index *index, const char *sql, sqlite3_stmt **out, struct fmr_err *err)
{
	*out = NULL;
	return fmr_sqlite.prepare_v2(index->db, sql, -1, out, NULL) == SQLITE_OK ? FMR_OK : fmr_index_failed(index, err);
}

/* ---- views are made when they are named ---- */

static size_t word(const char *at, bool hyphens)
{
	size_t length = 0;
	for (char c; (c = at[length]); length++)
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
			    (c == '-' && hyphens) || (unsigned char)c >= 0x80))
			break;
	return length;
}

static int make_view(struct fmr_index *index, const char *bytes, size_t length, struct fmr_err *err)
{
	char *name = fmr_strndup(bytes, length), *sql = NULL;
	int code = FMR_OK, step = SQLITE_DONE;
	if (fmr_dict_add(&index->made, name, 0)) {
		fmr_sqlite.bind_text(index->view, 1, name, (int)length, SQLITE_STATIC);
		step = fmr_sqlite.step(index->view);
		if (step == SQLITE_ROW)
			sql = fmr_strdup((const char *)fmr_sqlite.column_text(index->view, 0));
		else if (step != SQLITE_DONE)
			code = fmr_index_failed(index, err);
		fmr_sqlite.reset(index->view);
	}
	if (sql)
		code = fmr_index_exec(index, sql, err);
	free(sql);
	free(name);
	return code;
}

/* Every word may be the name of a view; a hyphen may be a part of it, or a minus. */
int fmr_index_make_views(struct fmr_index *index, const char *sql, struct fmr_err *err)
{
	int code = FMR_OK;
	for (int hyphens = 0; hyphens < 2; hyphens++)
		for (const char *at = sql; !code && *at;) {
			size_t length = word(at, hyphens);
			if (length)
				code = make_view(index, at, length, err);
			at += length ? length : 1;
		}
	return code;
}

/* ---- preparing ---- */

static int prepare(struct fmr_index *index, const char *sql, struct fmr_rows **out, struct fmr_err *err)
{
	*out = NULL;
	sqlite3_stmt *statement;
	const char *rest;
	int code = fmr_index_make_views(index, sql, err);
	if (code)
		return code;
	if (fmr_sqlite.prepare_v2(index->db, sql, -1, &statement, &rest) != SQLITE_OK)
		return fmr_index_failed(index, err);
	if (!statement || rest[strspn(rest, " \t\r\n;")] || !fmr_sqlite.stmt_readonly(statement)) {
		fmr_sqlite.finalize(statement);
		return fmr_err_set(err, FMR_ERR_INVALID, _("one statement that only reads is wanted"));
	}
	struct fmr_rows *rows = fmr_alloc_zero(1, sizeof(*rows));
	*rows = (struct fmr_rows){ .index = index, .statement = statement, .left = -1 };
	*out = rows;
	return FMR_OK;
}

int fmr_index_prepare(struct fmr_index *index, const char *sql, struct fmr_rows **out, struct fmr_err *err)
{
	return prepare(index, sql, out, err);
}

/* Only reading, and nothing that changes the connection. */
static int authorize(void *context, int action, const char *a, const char *b, const char *c, const char *d)
{
	(void)context, (void)a, (void)b, (void)c, (void)d;
	return action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_FUNCTION || action == SQLITE_RECURSIVE ?
		SQLITE_OK : SQLITE_DENY;
}

static int is_late(void *context)
{
	const struct fmr_rows *rows = context;
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > rows->end.tv_sec || (now.tv_sec == rows->end.tv_sec && now.tv_nsec > rows->end.tv_nsec);
}

static void set_limits(struct fmr_rows *rows, const struct fmr_index_limits *limits)
{
	int milliseconds = limits && limits->milliseconds > 0 ? limits->milliseconds : USER_MILLISECONDS;
	clock_gettime(CLOCK_MONOTONIC, &rows->end);
	rows->end.tv_sec += milliseconds / 1000;
	rows->end.tv_nsec += milliseconds % 1000 * 1000000L;
	if (rows->end.tv_nsec >= 1000000000L) {
		rows->end.tv_sec++;
		rows->end.tv_nsec -= 1000000000L;
	}
	rows->limited = true;
	rows->left = limits && limits->rows > 0 ? limits->rows : -1;
	fmr_sqlite.limit(rows->index->db, SQLITE_LIMIT_LENGTH, USER_TEXT);
	fmr_sqlite.progress_handler(rows->index->db, STEPS, is_late, rows);
}

int fmr_index_prepare_user(struct fmr_index *index, const char *sql, const struct fmr_index_limits *limits,
	struct fmr_rows **out, struct fmr_err *err)
{
	*out = NULL;
	if (strlen(sql) > USER_SQL)
		return fmr_err_set(err, FMR_ERR_LIMIT, _("the statement is too long"));
	int code = fmr_index_make_views(index, sql, err);
	if (code)
		return code;
	fmr_sqlite.set_authorizer(index->db, authorize, NULL);
	code = prepare(index, sql, out, err);
	fmr_sqlite.set_authorizer(index->db, NULL, NULL);
	if (!code)
		set_limits(*out, limits);
	return code;
}

/* ---- rows ---- */

void fmr_rows_bind_text(struct fmr_rows *rows, int n, const char *bytes, size_t length)
{
	fmr_sqlite.bind_text(rows->statement, n, bytes, (int)length, SQLITE_TRANSIENT);
}

void fmr_rows_bind_integer(struct fmr_rows *rows, int n, int64_t value)
{
	fmr_sqlite.bind_int64(rows->statement, n, value);
}

void fmr_rows_bind_real(struct fmr_rows *rows, int n, double value)
{
	fmr_sqlite.bind_double(rows->statement, n, value);
}

int fmr_rows_next(struct fmr_rows *rows, struct fmr_err *err)
{
	if (rows->left == 0)
		return 0;
	int code = fmr_sqlite.step(rows->statement);
	if (code == SQLITE_ROW) {
		rows->left -= rows->left > 0;
		return 1;
	}
	if (code == SQLITE_DONE)
		return 0;
	if (code == SQLITE_INTERRUPT)
		return fmr_err_set(err, FMR_ERR_LIMIT, _("the statement takes too long"));
	return fmr_index_failed(rows->index, err);
}

void fmr_rows_again(struct fmr_rows *rows)
{
	fmr_sqlite.reset(rows->statement);
	fmr_sqlite.clear_bindings(rows->statement);
}

void fmr_rows_free(struct fmr_rows *rows)
{
	if (!rows)
		return;
	if (rows->limited)
		fmr_sqlite.progress_handler(rows->index->db, 0, NULL, NULL);
	fmr_sqlite.finalize(rows->statement);
	free(rows);
}

size_t fmr_rows_width(const struct fmr_rows *rows)
{
	return (size_t)fmr_sqlite.column_count(rows->statement);
}

const char *fmr_rows_name(const struct fmr_rows *rows, size_t column)
{
	const char *name = fmr_sqlite.column_name(rows->statement, (int)column);
	return name ? name : "";
}

enum fmr_rows_kind fmr_rows_kind(const struct fmr_rows *rows, size_t column)
{
	switch (fmr_sqlite.column_type(rows->statement, (int)column)) {
	case SQLITE_NULL:
		return FMR_ROWS_NULL;
	case SQLITE_INTEGER:
		return FMR_ROWS_INTEGER;
	case SQLITE_FLOAT:
		return FMR_ROWS_REAL;
	default:
		return FMR_ROWS_TEXT;
	}
}

const char *fmr_rows_text(const struct fmr_rows *rows, size_t column, size_t *length)
{
	const char *text = (const char *)fmr_sqlite.column_text(rows->statement, (int)column);
	if (length)
		*length = (size_t)fmr_sqlite.column_bytes(rows->statement, (int)column);
	return text;
}

int64_t fmr_rows_integer(const struct fmr_rows *rows, size_t column)
{
	return fmr_sqlite.column_int64(rows->statement, (int)column);
}

double fmr_rows_real(const struct fmr_rows *rows, size_t column)
{
	return fmr_sqlite.column_double(rows->statement, (int)column);
}
