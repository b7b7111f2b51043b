/*
 * From the value tree of a record to rows.  Any thread may take what is stored out of a tree, as a short byte
 * string; one thread puts it into the tables.
 *
 *	'c' column datum | 'l' field position target note date judged | 'a' alias
 */
#include "index/private.h"

#include "base/decimal.h"

#include <stdlib.h>
#include <string.h>

struct taker {
	struct fmr_book *book;
	struct fmr_str *out;
};

struct datum fmr_datum_of(const struct fmr_value *value)
{
	struct datum datum = { .kind = FMR_ROWS_NULL };
	struct fmr_link link;
	if (value && value->kind == FMR_MAP && fmr_link_read(value, &link))
		return (struct datum){ .kind = FMR_ROWS_TEXT, .text = { link.to, strlen(link.to) } };
	if (!value)
		return datum;
	long long integer;
	switch (value->kind) {
	case FMR_BOOL:
		return (struct datum){ .kind = FMR_ROWS_INTEGER, .integer = value->boolean };
	case FMR_NUMBER:
		if (fmr_decimal_to_integer(value->text, &integer))
			return (struct datum){ .kind = FMR_ROWS_INTEGER, .integer = integer };
		return (struct datum){ .kind = FMR_ROWS_REAL, .real = strtod(value->text.bytes, NULL) };
	case FMR_STRING:
		return (struct datum){ .kind = FMR_ROWS_TEXT, .text = value->text };
	case FMR_NULL:
	case FMR_LIST:
	case FMR_MAP:
		break;
	}
	return datum;
}

/* ---- taking ---- */

static void put_number(struct fmr_str *out, uint32_t number)
{
	fmr_str_add(out, (const char *)&number, sizeof(number));
}

/* A text that is not there has the length UINT32_MAX. */
static void put_text(struct fmr_str *out, struct fmr_text text)
{
	put_number(out, text.bytes ? (uint32_t)text.length : UINT32_MAX);
	if (text.bytes)
		fmr_str_add(out, text.bytes, text.length);
}

static void put_string(struct fmr_str *out, const char *string)
{
	put_text(out, (struct fmr_text){ string, string ? strlen(string) : 0 });
}

static void take_column(struct fmr_str *out, int column, const struct fmr_value *value)
{
	const struct datum datum = fmr_datum_of(value);
	if (datum.kind == FMR_ROWS_NULL)
		return;
	fmr_str_putc(out, 'c');
	put_number(out, (uint32_t)column);
	fmr_str_putc(out, (char)datum.kind);
	if (datum.kind == FMR_ROWS_INTEGER)
		fmr_str_add(out, (const char *)&datum.integer, sizeof(datum.integer));
	else if (datum.kind == FMR_ROWS_REAL)
		fmr_str_add(out, (const char *)&datum.real, sizeof(datum.real));
	else
		put_text(out, datum.text);
}

static bool fits_type(struct fmr_book *book, int slot, const char *id)
{
	const struct fmr_glance *glance = slot < 0 ? NULL : fmr_book_glance(book, (size_t)slot);
	return glance && fmr_glance_fits(glance, id);
}

/* Where a free name is accepted, only what looks like the id of some type is taken for a link. */
static bool is_link(struct fmr_book *book, const struct fmr_link_rule *rule, const char *id)
{
	if (!rule->free_until)
		return true;
	for (const char *const *to = rule->to; *to; to++)
		if (fits_type(book, fmr_book_slot(book, *to), id))
			return true;
	for (size_t i = 0; i < book->count; i++)
		if (fits_type(book, (int)i, id))
			return true;
	return false;
}

static void take_link(struct taker *taker, const struct fmr_link_rule *rule, int link, long position,
	const struct fmr_value *value)
{
	struct fmr_link given;
	if (!fmr_link_read(value, &given) || !given.to || !*given.to || !is_link(taker->book, rule, given.to))
		return;
	fmr_str_putc(taker->out, 'l');
	put_number(taker->out, (uint32_t)link);
	put_number(taker->out, (uint32_t)position);
	put_string(taker->out, given.to);
	put_string(taker->out, given.note);
	put_string(taker->out, given.on);
	put_string(taker->out, given.judged);
}

static void take_map(struct taker *taker, const struct fmr_field *fields, size_t count,
	const struct shape_field *shapes, const struct fmr_value *map, long position);

static void take(struct taker *taker, const struct fmr_field *field, const struct shape_field *shape,
	const struct fmr_value *value, long position)
{
	size_t count;
	const struct fmr_field *children = fmr_field_children(field, &count);
	if (!shape->useful)
		return;
	if (shape->column >= 0)
		take_column(taker->out, shape->column, value);
	if (shape->link >= 0)
		take_link(taker, field->link, shape->link, position, value);
	else if (field->kind == FMR_FIELD_MAP && value->kind == FMR_MAP)
		take_map(taker, children, count, shape->children, value, position);
	else if (field->kind == FMR_FIELD_LIST && value->kind == FMR_LIST && count)
		for (size_t i = 0; i < value->list.count; i++)
			take(taker, children, shape->children, value->list.items[i], (long)i);
}

static void take_map(struct taker *taker, const struct fmr_field *fields, size_t count,
	const struct shape_field *shapes, const struct fmr_value *map, long position)
{
	for (size_t i = 0; i < map->map.count; i++) {
		const struct fmr_member *member = &map->map.members[i];
		const struct fmr_field *field =
			fmr_fields_find(fields, count, member->key.bytes, member->key.length, member->key_hash);
		if (field)
			take(taker, field, &shapes[field - fields], member->value, position);
	}
}

static void take_aliases(struct fmr_str *out, const struct fmr_value *root)
{
	const struct fmr_value *list = fmr_value_get(root, FMR_FIELD_ALIASES);
	for (size_t i = 0; list && list->kind == FMR_LIST && i < list->list.count; i++) {
		if (!fmr_value_string(list->list.items[i]))
			continue;
		fmr_str_putc(out, 'a');
		put_text(out, list->list.items[i]->text);
	}
}

void fmr_row_take(struct fmr_book *book, const struct shape *shape, const struct fmr_value *root, struct fmr_str *out)
{
	struct taker taker = { book, out };
	if (root->kind != FMR_MAP)
		return;
	take_map(&taker, shape->type->fields, shape->type->field_count, shape->fields, root, -1);
	take_aliases(out, root);
}

/* ---- putting ---- */

struct writer {
	struct fmr_index *index;
	sqlite3_stmt *record, *link, *alias, *directory, **types;
	sqlite3_stmt *old, *unlink, *unname, *unrecord, **deletes; /* of a record that was there */
	struct fmr_str directory_path; /* of the last record: they come directory by directory */
	int64_t directory_number;
};

static uint32_t get_number(const char **at)
{
	uint32_t number;
	memcpy(&number, *at, sizeof(number));
	*at += sizeof(number);
	return number;
}

static void bind_text(sqlite3_stmt *statement, int n, const char **at)
{
	uint32_t length = get_number(at);
	if (length == UINT32_MAX) {
		fmr_sqlite.bind_null(statement, n);
		return;
	}
	fmr_sqlite.bind_text(statement, n, *at, (int)length, SQLITE_STATIC);
	*at += length;
}

static int run(struct fmr_index *index, sqlite3_stmt *statement, struct fmr_err *err)
{
	int code = fmr_sqlite.step(statement);
	fmr_sqlite.reset(statement);
	return code == SQLITE_DONE ? FMR_OK : fmr_index_failed(index, err);
}

static void bind_column(sqlite3_stmt *row, const char **at)
{
	int n = (int)get_number(at) + 2;
	enum fmr_rows_kind kind = (enum fmr_rows_kind)*(*at)++;
	int64_t integer;
	double real;
	if (kind == FMR_ROWS_INTEGER) {
		memcpy(&integer, *at, sizeof(integer));
		fmr_sqlite.bind_int64(row, n, integer);
		*at += sizeof(integer);
	} else if (kind == FMR_ROWS_REAL) {
		memcpy(&real, *at, sizeof(real));
		fmr_sqlite.bind_double(row, n, real);
		*at += sizeof(real);
	} else {
		bind_text(row, n, at);
	}
}

static int put_link(struct writer *writer, int64_t key, int n, const char **at, struct fmr_err *err)
{
	fmr_sqlite.bind_int64(writer->link, 1, key);
	fmr_sqlite.bind_int64(writer->link, 2, n);
	fmr_sqlite.bind_int64(writer->link, 3, get_number(at));
	uint32_t position = get_number(at);
	if (position == UINT32_MAX)
		fmr_sqlite.bind_null(writer->link, 5);
	else
		fmr_sqlite.bind_int64(writer->link, 5, position);
	bind_text(writer->link, 4, at);
	for (int i = 6; i <= 8; i++)
		bind_text(writer->link, i, at);
	return run(writer->index, writer->link, err);
}

/* The table of a type that gets its first record: the one that its view brought, for good. */
static int make_table(struct fmr_index *index, int slot, const char *view, struct fmr_err *err)
{
	static const char empty[] = FMR_EMPTY_TABLE;
	const size_t before = strlen(empty);
	if (strncmp(view, empty, before) != 0)
		return FMR_OK;
	struct fmr_str sql;
	fmr_str_init(&sql);
	fmr_str_printf(&sql, "DROP TABLE IF EXISTS temp.t%d;CREATE TABLE main.", slot);
	fmr_str_add(&sql, view + before, strcspn(view + before, ";"));
	fmr_str_puts(&sql, ";UPDATE view_ SET sql = substr(sql, instr(sql, ';') + 1) WHERE name = ");
	fmr_sql_quote(&sql, index->book->names[slot], '\'');
	int code = fmr_index_exec(index, sql.bytes, err);
	fmr_str_release(&sql);
	return code ? code : fmr_index_make_type_indexes(index, slot, err);
}

static int need_table(struct fmr_index *index, int slot, struct fmr_err *err)
{
	sqlite3_stmt *row;
	char *view = NULL;
	int code = fmr_index_statement(index, "SELECT sql FROM view_ WHERE name = ?", &row, err);
	if (code)
		return code;
	fmr_sqlite.bind_text(row, 1, index->book->names[slot], -1, SQLITE_STATIC);
	if (fmr_sqlite.step(row) == SQLITE_ROW)
		view = fmr_strdup((const char *)fmr_sqlite.column_text(row, 0));
	else
		code = fmr_index_failed(index, err);
	fmr_sqlite.finalize(row);
	if (!code)
		code = make_table(index, slot, view, err);
	free(view);
	return code;
}

/* Types may be loaded when the writer is open already: their statements are made when they are wanted. */
static int prepare_type(struct writer *writer, int slot, struct fmr_err *err)
{
	struct fmr_index *index = writer->index;
	struct fmr_str text;
	if (writer->types[slot])
		return FMR_OK;
	int code = need_table(index, slot, err);
	if (code)
		return code;
	fmr_str_init(&text);
	fmr_str_printf(&text, "INSERT INTO main.t%d VALUES(?", slot);
	for (size_t i = 0; i < index->shapes[slot]->columns; i++)
		fmr_str_puts(&text, ",?");
	fmr_str_putc(&text, ')');
	code = fmr_index_statement(index, text.bytes, &writer->types[slot], err);
	fmr_str_release(&text);
	return code;
}

static int put_taken(struct writer *writer, const struct record_row *row, struct fmr_err *err)
{
	int code = prepare_type(writer, row->type, err), links = 0;
	if (code)
		return code;
	sqlite3_stmt *fields = writer->types[row->type];
	const char *at = row->taken.bytes, *end = at + row->taken.length;
	fmr_sqlite.clear_bindings(fields);
	fmr_sqlite.bind_int64(fields, 1, row->key);
	while (!code && at < end) {
		switch (*at++) {
		case 'c':
			bind_column(fields, &at);
			break;
		case 'l':
			code = put_link(writer, row->key, links++, &at, err);
			break;
		default:
			bind_text(writer->alias, 1, &at);
			fmr_sqlite.bind_int64(writer->alias, 2, row->key);
			code = run(writer->index, writer->alias, err);
		}
	}
	return code ? code : run(writer->index, fields, err);
}

static int find_directory(struct writer *writer, const char *path, struct fmr_err *err)
{
	size_t length = (size_t)(strrchr(path, '/') + 1 - path);
	if (writer->directory_path.length == length && memcmp(writer->directory_path.bytes, path, length) == 0)
		return FMR_OK;
	fmr_str_clear(&writer->directory_path);
	fmr_sqlite.bind_text(writer->directory, 1, path, (int)length, SQLITE_STATIC);
	int code = fmr_sqlite.step(writer->directory);
	writer->directory_number = code == SQLITE_ROW ? fmr_sqlite.column_int64(writer->directory, 0) : 0;
	fmr_sqlite.reset(writer->directory);
	if (code != SQLITE_ROW)
		return fmr_index_failed(writer->index, err);
	fmr_str_add(&writer->directory_path, path, length);
	return FMR_OK;
}

/* DELETE FROM t<slot>: made when it is first needed. */
static int delete_fields(struct writer *writer, int slot, int64_t key, struct fmr_err *err)
{
	int code = FMR_OK;
	if (!writer->deletes[slot]) {
		char *sql = fmr_format("DELETE FROM main.t%d WHERE key = ?", slot);
		code = fmr_index_statement(writer->index, sql, &writer->deletes[slot], err);
		free(sql);
	}
	if (code)
		return code;
	fmr_sqlite.bind_int64(writer->deletes[slot], 1, key);
	return run(writer->index, writer->deletes[slot], err);
}

int fmr_writer_delete(struct writer *writer, int64_t key, struct fmr_err *err)
{
	struct fmr_index *index = writer->index;
	int slot = -1, code = FMR_OK;
	bool readable = false;
	fmr_sqlite.bind_int64(writer->old, 1, key);
	if (fmr_sqlite.step(writer->old) == SQLITE_ROW) {
		slot = (int)fmr_sqlite.column_int64(writer->old, 0);
		readable = fmr_sqlite.column_int64(writer->old, 1);
		index->dead += (uint64_t)fmr_sqlite.column_int64(writer->old, 2);
	}
	fmr_sqlite.reset(writer->old);
	if (readable && slot >= 0 && (size_t)slot < index->book->count)
		code = delete_fields(writer, slot, key, err);
	sqlite3_stmt *const rows[] = { writer->unlink, writer->unname, writer->unrecord };
	for (size_t i = 0; !code && i < sizeof(rows) / sizeof(*rows); i++) {
		fmr_sqlite.bind_int64(rows[i], 1, key);
		code = run(index, rows[i], err);
	}
	return code;
}

int fmr_writer_put(struct writer *writer, const struct record_row *row, struct fmr_err *err)
{
	int code = find_directory(writer, row->path, err);
	if (code)
		return code;
	fmr_sqlite.bind_int64(writer->record, 1, row->key);
	fmr_sqlite.bind_int64(writer->record, 2, writer->directory_number);
	fmr_sqlite.bind_int64(writer->record, 3, row->type);
	fmr_sqlite.bind_int64(writer->record, 4, row->readable);
	fmr_sqlite.bind_text(writer->record, 5, row->id, -1, SQLITE_STATIC);
	fmr_sqlite.bind_text(writer->record, 6, row->title, -1, SQLITE_STATIC);
	fmr_sqlite.bind_int64(writer->record, 7, (int64_t)row->offset);
	fmr_sqlite.bind_int64(writer->record, 8, (int64_t)row->length);
	fmr_sqlite.bind_int64(writer->record, 9, (int64_t)row->sum);
	code = run(writer->index, writer->record, err);
	return code || !row->readable ? code : put_taken(writer, row, err);
}

int fmr_writer_open(struct fmr_index *index, struct writer **out, struct fmr_err *err)
{
	struct writer *writer = fmr_alloc_zero(1, sizeof(*writer));
	writer->index = index;
	fmr_str_init(&writer->directory_path);
	writer->types = fmr_alloc_zero(index->book->count + 1, sizeof(sqlite3_stmt *));
	writer->deletes = fmr_alloc_zero(index->book->count + 1, sizeof(sqlite3_stmt *));
	const struct {
		sqlite3_stmt **statement;
		const char *sql;
	} statements[] = {
		{ &writer->record, "INSERT INTO record_ VALUES(?,?,?,?,?,?,?,?,?)" },
		{ &writer->link, "INSERT INTO link_ VALUES(?,?,?,?,?,?,?,?)" },
		{ &writer->alias, "INSERT OR IGNORE INTO alias_ VALUES(?,?)" },
		{ &writer->directory, "INSERT INTO directory_(path) VALUES(?) ON CONFLICT DO UPDATE SET path = path RETURNING n" },
		{ &writer->old, "SELECT type, readable, length FROM record_ WHERE key = ?" },
		{ &writer->unlink, "DELETE FROM link_ WHERE source = ?" },
		{ &writer->unname, "DELETE FROM alias_ WHERE key = ?" },
		{ &writer->unrecord, "DELETE FROM record_ WHERE key = ?" },
	};
	int code = FMR_OK;
	for (size_t i = 0; !code && i < sizeof(statements) / sizeof(*statements); i++)
		code = fmr_index_statement(index, statements[i].sql, statements[i].statement, err);
	*out = writer;
	return code;
}

void fmr_writer_close(struct writer *writer)
{
	if (!writer)
		return;
	sqlite3_stmt *const statements[] = { writer->record, writer->link, writer->alias, writer->directory, writer->old,
		writer->unlink, writer->unname, writer->unrecord };
	for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++)
		fmr_sqlite.finalize(statements[i]);
	fmr_str_release(&writer->directory_path);
	for (size_t i = 0; i < writer->index->book->count; i++)
		fmr_sqlite.finalize(writer->types[i]), fmr_sqlite.finalize(writer->deletes[i]);
	free(writer->deletes);
	free(writer->types);
	free(writer);
}
