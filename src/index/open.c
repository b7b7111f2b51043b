#include "index/private.h"

#include "base/i18n.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

static const char tables[] =
	"CREATE TABLE type_(slot INTEGER PRIMARY KEY, name, state);"
	"CREATE TABLE directory_(n INTEGER PRIMARY KEY, path UNIQUE);"
	"CREATE TABLE record_(key INTEGER PRIMARY KEY, directory, type, readable, id, title, offset, length, sum);"
	"CREATE INDEX record_id ON record_(id);"
	"CREATE TABLE link_(source, n, field, target, position, note, date, judged, PRIMARY KEY(source, n)) WITHOUT ROWID;"
	"CREATE INDEX link_target ON link_(target);"
	"CREATE TABLE link_field_(n INTEGER PRIMARY KEY, type, field, inverse);"
	"CREATE TABLE alias_(alias, key);"
	"CREATE TABLE view_(name PRIMARY KEY, sql) WITHOUT ROWID;"
	"INSERT INTO view_ VALUES('record', 'CREATE TEMP VIEW record AS SELECT r.key AS key, r.id AS id, t.name AS type,"
	" (SELECT path FROM directory_ WHERE n = r.directory) || r.id || ''.yaml'' AS path, r.title AS title,"
	" t.state AS state, blob_id(r.key) AS oid FROM record_ r JOIN type_ t ON t.slot = r.type WHERE r.readable');"
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

int fmr_index_make_tables(struct fmr_index *index, struct fmr_findings *findings, struct fmr_err *err)
{
	struct fmr_str sql;
	fmr_str_init(&sql);
	fmr_str_puts(&sql, "BEGIN;");
	fmr_str_puts(&sql, tables);
	int links = 0, code = fmr_book_load_all(index->book, findings, err);
	index->shapes = fmr_arena_zero(&index->arena, index->book->count + 1, sizeof(*index->shapes));
	for (size_t i = 0; !code && i < index->book->count; i++) {
		fmr_book_glance(index->book, i); /* before threads ask for it */
		if (index->book->slots[i].type)
			index->shapes[i] = fmr_shape_make(&index->arena, index->book->slots[i].type, i, &links, &sql);
	}
	fmr_str_puts(&sql, "COMMIT");
	if (!code)
		code = fmr_index_exec(index, sql.bytes, err);
	fmr_str_release(&sql);
	return code;
}

static int prepare_own(struct fmr_index *index, struct fmr_err *err)
{
	int code = fmr_index_statement(index, "SELECT offset, length, sum FROM record_ WHERE key = ?", &index->place, err);
	return code ? code : fmr_index_statement(index, "SELECT sql FROM view_ WHERE name = ?", &index->view, err);
}

static int open_in_memory(struct fmr_index *index, const struct fmr_index_options *options,
	struct fmr_findings *findings, struct fmr_err *err)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_MEMORY;
	if (fmr_sqlite.open_v2(":memory:", &index->db, flags, NULL) != SQLITE_OK)
		return fmr_index_failed(index, err);
	int code = fmr_index_make_tables(index, findings, err);
	return code ? code : fmr_index_fill(index, options, findings, err);
}

int fmr_index_open(struct fmr_book *book, const struct fmr_index_options *options, struct fmr_index **out,
	struct fmr_findings *findings, struct fmr_err *err)
{
	static const struct fmr_index_options none = { 0 };
	*out = NULL;
	int code = fmr_sqlite_load(err);
	if (code)
		return code;
	struct fmr_index *index = fmr_alloc_zero(1, sizeof(*index));
	index->book = book;
	index->parsed = -1;
	index->threads = options ? options->threads : 0;
	fmr_arena_init(&index->arena);
	fmr_arena_init(&index->parsed_arena);
	fmr_str_init(&index->parsed_text);
	fmr_str_init(&index->contents.memory);
	fmr_dict_init(&index->made);
	code = open_in_memory(index, options ? options : &none, findings, err);
	if (!code)
		code = fmr_index_add_functions(index, err);
	if (!code)
		code = fmr_index_add_lists(index, err);
	if (!code)
		code = prepare_own(index, err);
	if (code) {
		fmr_index_close(index);
		return code;
	}
	*out = index;
	return FMR_OK;
}

void fmr_index_close(struct fmr_index *index)
{
	if (!index)
		return;
	fmr_sqlite.finalize(index->place);
	fmr_sqlite.finalize(index->view);
	fmr_sqlite.close_v2(index->db);
	fmr_str_release(&index->contents.memory);
	fmr_str_release(&index->parsed_text);
	fmr_dict_release(&index->made);
	fmr_arena_release(&index->parsed_arena);
	fmr_arena_release(&index->arena);
	free(index);
}
