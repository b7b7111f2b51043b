#include "index/states.h"

#include "base/i18n.h"
#include "index/cache.h"

#include <stdlib.h>
#include <unistd.h>

enum { AUTOMATIC_THREADS = 8, MOST_FINDINGS = 200000 };

static const char tables[] =
	"CREATE TABLE meta_(name PRIMARY KEY, value) WITHOUT ROWID;"
	"CREATE TABLE folder_(n INTEGER PRIMARY KEY, path, modified, status, inode, racy, entries);"
	"CREATE TABLE type_(slot INTEGER PRIMARY KEY, name, state);"
	"CREATE TABLE directory_(n INTEGER PRIMARY KEY, path UNIQUE);"
	"CREATE TABLE record_(key INTEGER PRIMARY KEY, directory, type, readable, id, title, offset, length, sum);"
	"CREATE TABLE link_(source INTEGER, n, field, target, position, note, date, judged, PRIMARY KEY(source, n)) WITHOUT ROWID;"
	"CREATE TABLE link_field_(n INTEGER PRIMARY KEY, type, field, inverse, carries);"
	"CREATE TABLE alias_(alias, key, PRIMARY KEY(key, alias)) WITHOUT ROWID;"
	"CREATE TABLE view_(name PRIMARY KEY, sql) WITHOUT ROWID;"
	"INSERT INTO view_ VALUES('+', 'CREATE INDEX record_id ON record_(id);"
	"CREATE INDEX link_target ON link_(target); CREATE INDEX alias_alias ON alias_(alias);"
	"CREATE INDEX record_unreadable ON record_(key) WHERE NOT readable');"
	"INSERT INTO view_ VALUES('record', 'CREATE TEMP VIEW record AS SELECT r.key AS key, r.id AS id, t.name AS type,"
	" (SELECT path FROM directory_ WHERE n = r.directory) || r.id || ''.yaml'' AS path, r.title AS title,"
	" CASE WHEN (SELECT 1 FROM state_) THEN ifnull((SELECT s.state FROM state_ s WHERE s.id = r.id), t.state)"
	" ELSE t.state END AS state, blob_id(r.key) AS oid FROM record_ r JOIN type_ t ON t.slot = r.type WHERE r.readable');"
	"INSERT INTO view_ VALUES('unreadable', 'CREATE TEMP VIEW unreadable AS SELECT r.key AS key, r.id AS id,"
	" (SELECT name FROM type_ WHERE slot = r.type) AS type,"
	" (SELECT path FROM directory_ WHERE n = r.directory) || r.id || ''.yaml'' AS path"
	" FROM record_ r WHERE NOT r.readable');"
	"INSERT INTO view_ VALUES('link', 'CREATE TEMP VIEW link AS SELECT s.id AS source, f.field AS field,"
	" l.target AS target, l.position AS position, f.inverse AS inverse,"
	" (SELECT name FROM type_ WHERE slot = s.type) AS source_type,"
	" (SELECT t.name FROM record_ r JOIN type_ t ON t.slot = r.type WHERE r.id = l.target LIMIT 1) AS target_type,"
	" l.note AS note, l.date AS \"on\", l.judged AS judged"
	" FROM link_ l JOIN record_ s ON s.key = l.source JOIN link_field_ f ON f.n = l.field');"
	"INSERT INTO view_ VALUES('alias', 'CREATE TEMP VIEW alias AS SELECT a.alias AS alias, r.id AS id"
	" FROM alias_ a JOIN record_ r ON r.key = a.key');";

void fmr_index_make_shapes(struct fmr_index *index, struct fmr_str *sql)
{
	struct fmr_str ignored;
	fmr_str_init(&ignored);
	if (!index->shapes)
		index->shapes = fmr_arena_zero(&index->arena, index->book->count + 1, sizeof(*index->shapes));
	for (size_t i = 0; i < index->book->count; i++) {
		fmr_book_glance(index->book, i); /* before threads ask for it */
		if (index->book->slots[i].type && !index->shapes[i])
			index->shapes[i] = fmr_shape_make(&index->arena, index->book->slots[i].type, i, sql ? sql : &ignored);
	}
	fmr_str_release(&ignored);
}

int fmr_index_make_tables(struct fmr_index *index, struct fmr_findings *findings, struct fmr_err *err)
{
	struct fmr_str sql;
	fmr_str_init(&sql);
	fmr_str_puts(&sql, tables);
	fmr_str_puts(&sql, fmr_states_tables);
	int code = fmr_book_load_all(index->book, findings, err);
	if (!code) {
		fmr_index_make_shapes(index, &sql);
		code = fmr_index_exec(index, sql.bytes, err);
	}
	fmr_str_release(&sql);
	return code;
}

/* Execute what the rows of view_ that a query finds say. */
static int exec_stored(struct fmr_index *index, const char *query, int slot, struct fmr_err *err)
{
	sqlite3_stmt *rows;
	struct fmr_str sql;
	fmr_str_init(&sql);
	int code = fmr_index_statement(index, query, &rows, err);
	if (!code && slot >= 0)
		fmr_sqlite.bind_int64(rows, 1, slot);
	while (!code && fmr_sqlite.step(rows) == SQLITE_ROW)
		fmr_str_puts(&sql, (const char *)fmr_sqlite.column_text(rows, 0)), fmr_str_putc(&sql, ';');
	fmr_sqlite.finalize(rows);
	if (!code)
		code = fmr_index_exec(index, sql.bytes, err);
	fmr_str_release(&sql);
	return code;
}

/* After the rows: sorting them once is cheaper than finding the place of each. */
int fmr_index_make_indexes(struct fmr_index *index, struct fmr_err *err)
{
	return exec_stored(index, "SELECT sql FROM view_ v WHERE name GLOB '+*' AND (name NOT GLOB '+[0-9]*' OR "
		"EXISTS (SELECT 1 FROM sqlite_master WHERE name = 't' || substr(v.name, 2)))", -1, err);
}

int fmr_index_make_type_indexes(struct fmr_index *index, int slot, struct fmr_err *err)
{
	if (!index->cache || index->cache->fresh)
		return FMR_OK;
	return exec_stored(index, "SELECT sql FROM view_ WHERE name = '+' || ?", slot, err);
}

int fmr_index_prepare_own(struct fmr_index *index, struct fmr_err *err)
{
	fmr_index_finalize_own(index);
	int code = fmr_index_statement(index, "SELECT offset, length, sum FROM record_ WHERE key = ?", &index->place, err);
	if (!code)
		code = fmr_index_statement(index, "SELECT d.path || r.id || '.yaml' FROM record_ r "
			"JOIN directory_ d ON d.n = r.directory WHERE r.key = ?", &index->path, err);
	return code ? code : fmr_index_statement(index, "SELECT sql FROM view_ WHERE name = ?", &index->view, err);
}

void fmr_index_finalize_own(struct fmr_index *index)
{
	sqlite3_stmt **const own[] = { &index->place, &index->path, &index->view };
	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++) {
		fmr_sqlite.finalize(*own[i]);
		*own[i] = NULL;
	}
}

int fmr_index_threads(const struct fmr_index *index)
{
	long count = index->threads > 0 ? index->threads : sysconf(_SC_NPROCESSORS_ONLN);
	long most = index->threads > 0 ? FMR_INDEX_THREADS : AUTOMATIC_THREADS;
	return count < 1 ? 1 : count > most ? (int)most : (int)count;
}

/* ---- in memory ---- */

static int fill(struct fmr_index *index, const struct fmr_index_options *options, struct fmr_findings *findings,
	struct fmr_err *err)
{
	struct fmr_tree tree;
	int code = fmr_tree_load(index->book, &tree, NULL, err);
	struct job *jobs = fmr_alloc_zero(tree.records, sizeof(*jobs));
	size_t count = 0;
	for (size_t i = 0; !code && i < tree.files.count; i++) {
		const struct fmr_tree_file *file = &tree.files.items[i];
		if (file->kind == FMR_TREE_RECORD)
			jobs[count++] = (struct job){ .path = fmr_tree_path(&tree, i), .slot = file->slot, .odd = file->odd,
				.is_new = true, .key = ++index->last_key, .file = -1 };
	}
	if (!code)
		code = fmr_writer_open(index, &index->writer, err);
	if (!code)
		code = fmr_index_read(index, jobs, count, NULL, options, findings, err);
	fmr_writer_close(index->writer);
	index->writer = NULL;
	free(jobs);
	fmr_tree_release(&tree);
	return code;
}

static int open_in_memory(struct fmr_index *index, const struct fmr_index_options *options,
	struct fmr_findings *findings, struct fmr_err *err)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_MEMORY;
	if (fmr_sqlite.open_v2(":memory:", &index->db, flags, NULL) != SQLITE_OK)
		return fmr_index_failed(index, err);
	int code = fmr_index_exec(index, "PRAGMA temp_store = MEMORY; BEGIN", err);
	if (!code)
		code = fmr_index_make_tables(index, findings, err);
	if (!code)
		code = fill(index, options, findings, err);
	char commit[41];
	if (!code && !fmr_index_states_are_right(index, commit))
		code = fmr_index_fill_states(index, commit, err);
	if (!code)
		code = fmr_index_make_indexes(index, err);
	return code ? code : fmr_index_exec(index, "COMMIT", err);
}

struct fmr_index *fmr_index_new(struct fmr_book *book, const struct fmr_index_options *options)
{
	struct fmr_index *index = fmr_alloc_zero(1, sizeof(*index));
	index->book = book;
	index->parsed = -1;
	index->threads = options->threads;
	fmr_arena_init(&index->arena);
	fmr_arena_init(&index->parsed_arena);
	fmr_str_init(&index->parsed_text);
	fmr_contents_init(&index->contents);
	fmr_dict_init(&index->made);
	return index;
}

/* Without a cache, whatever the reason: the answers are the same. */
static int open_any(struct fmr_book *book, const struct fmr_index_options *options, struct judging *judging,
	struct fmr_index **out, struct fmr_findings *findings, struct fmr_err *err)
{
	struct fmr_findings *own = fmr_findings_new(MOST_FINDINGS);
	*out = fmr_index_new(book, options);
	int code = FMR_ERR_UNSUPPORTED;
	if (fmr_view_kind(book->view) == FMR_VIEW_WORK_TREE && !options->in_memory)
		code = fmr_cache_open(*out, options, judging, own, err);
	if (code && !judging) {
		fmr_index_close(*out);
		fmr_findings_truncate(own, 0);
		*out = fmr_index_new(book, options);
		code = open_in_memory(*out, options, own, err);
	}
	if (!code && findings)
		fmr_findings_merge(findings, own);
	fmr_findings_free(own);
	return code;
}

int fmr_index_open_judging(struct fmr_book *book, const struct fmr_index_options *options, struct judging *judging,
	struct fmr_index **out, struct fmr_findings *findings, struct fmr_err *err)
{
	static const struct fmr_index_options none = { 0 };
	*out = NULL;
	int code = fmr_sqlite_load(err);
	if (code)
		return code;
	struct fmr_index *index;
	code = open_any(book, options ? options : &none, judging, &index, findings, err);
	if (!code)
		code = fmr_index_add_functions(index, err);
	if (!code)
		code = fmr_index_add_lists(index, err);
	if (!code)
		code = fmr_index_prepare_own(index, err);
	if (code) {
		fmr_index_close(index);
		return code;
	}
	*out = index;
	return FMR_OK;
}

int fmr_index_open(struct fmr_book *book, const struct fmr_index_options *options, struct fmr_index **out,
	struct fmr_findings *findings, struct fmr_err *err)
{
	return fmr_index_open_judging(book, options, NULL, out, findings, err);
}

void fmr_index_close(struct fmr_index *index)
{
	if (!index)
		return;
	fmr_writer_close(index->writer);
	fmr_index_finalize_own(index);
	fmr_sqlite.close_v2(index->db);
	if (index->damaged && index->cache)
		fmr_cache_forget(index->cache);
	fmr_cache_close(index->cache);
	fmr_contents_release(&index->contents);
	fmr_str_release(&index->parsed_text);
	fmr_dict_release(&index->made);
	fmr_arena_release(&index->parsed_arena);
	fmr_arena_release(&index->arena);
	free(index);
}
