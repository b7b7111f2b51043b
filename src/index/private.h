/*
 * What the files of src/index share.
 *
 * Tables in the database (those that SQL of others sees are views on them, and virtual tables):
 *
 *	meta_(name, value)
 *	type_(slot, name, state)             types by their position in the book
 *	directory_(n, path)                  "records/incident/2026/"
 *	record_(key, directory, type, readable, id, title, offset, length, sum)   of each file; type -1: none
 *	t0, t1, ...(key, c0, c1, ...)        stored fields of the records of a type
 *	link_(source, n, field, target, position, note, date, judged)
 *	link_field_(n, type, field, inverse) what a link field is called
 *	alias_(alias, key)
 *	view_(name, sql)                     how to make the view or virtual table of that name
 */
#ifndef FMR_INDEX_PRIVATE_H
#define FMR_INDEX_PRIVATE_H

#include "base/arena.h"
#include "base/dict.h"
#include "base/str.h"
#include "base/vec.h"
#include "index/index.h"
#include "index/sqlite.h"
#include "record/private.h"

/* ---- shape: where the fields of a type are stored ---- */

enum { SHAPE_NOT_STORED = -1 };

struct shape_field { /* beside each struct fmr_field of a level */
	int column;                   /* of t<slot>, or SHAPE_NOT_STORED */
	int link;                     /* row of link_field_, or -1 */
	const struct shape_field *children; /* of a map, or of the items of a list: item first */
	bool useful;                  /* something in here is stored */
};

struct shape {
	const struct fmr_type *type;
	size_t slot;
	const struct shape_field *fields;
	size_t columns;
};

/* Shape of a type, and the SQL that makes its table, views and rows of link_field_ appended to `sql`.  links: number
 * of link fields so far. */
const struct shape *fmr_shape_make(struct fmr_arena *arena, const struct fmr_type *type, size_t slot, int *links,
	struct fmr_str *sql);
void fmr_sql_quote(struct fmr_str *out, const char *text, char quote); /* 'text' or "text" */

/* ---- contents: the texts of all records one behind the other ---- */

struct contents {
	struct fmr_str memory;
};

uint64_t fmr_contents_sum(const char *bytes, size_t length);
uint64_t fmr_contents_add(struct contents *contents, const char *bytes, size_t length); /* its offset */

/* ---- the index ---- */

struct fmr_index {
	struct fmr_book *book;
	sqlite3 *db;
	struct fmr_arena arena;
	const struct shape **shapes;  /* by slot; NULL for types that cannot be used */
	struct contents contents;
	/* the record that was parsed last: its fields are often asked for together */
	int64_t parsed;               /* its key, or -1 */
	struct fmr_arena parsed_arena;
	struct fmr_str parsed_text;
	const struct fmr_value *root;
	sqlite3_stmt *place;          /* of a key: offset, length, sum, type */
	sqlite3_stmt *view;           /* of a name: sql */
	struct fmr_dict made;         /* names of the views made so far */
	int threads;
};

int fmr_index_exec(struct fmr_index *index, const char *sql, struct fmr_err *err);
int fmr_index_statement(struct fmr_index *index, const char *sql, sqlite3_stmt **out, struct fmr_err *err);
/* The failure of the last call, in SQLite's words. */
int fmr_index_failed(const struct fmr_index *index, struct fmr_err *err);
/* The value tree of a record, until the next call; NULL in *root when it cannot be parsed. */
int fmr_index_parse_record(struct fmr_index *index, int64_t key, const struct fmr_value **root, struct fmr_err *err);
/* Make the views whose names occur in this text. */
int fmr_index_make_views(struct fmr_index *index, const char *sql, struct fmr_err *err);

int fmr_index_add_functions(struct fmr_index *index, struct fmr_err *err);
int fmr_index_add_lists(struct fmr_index *index, struct fmr_err *err);

/* ---- rows of one record: taken by any thread, put into tables by one ---- */

/* Append what is stored of a record to out. */
void fmr_row_take(struct fmr_book *book, const struct shape *shape, const struct fmr_value *root,
	struct fmr_str *out);

struct writer;
struct record_row {
	int64_t key;
	int type;
	bool readable;
	const char *id, *title;
	uint64_t offset, length, sum;
	struct fmr_text taken; /* by fmr_row_take; empty when not readable */
};
int fmr_writer_open(struct fmr_index *index, struct writer **out, struct fmr_err *err);
/* path: for its directory */
int fmr_writer_put(struct writer *writer, const struct record_row *row, const char *path, struct fmr_err *err);
void fmr_writer_close(struct writer *writer);

/* ---- filling ---- */

/* Tables and views for all usable types of the book. */
int fmr_index_make_tables(struct fmr_index *index, struct fmr_findings *findings, struct fmr_err *err);
/* Read everything into empty tables. */
int fmr_index_fill(struct fmr_index *index, const struct fmr_index_options *options, struct fmr_findings *findings,
	struct fmr_err *err);

/* What SQL makes of a scalar: no type of field is needed for it. */
struct datum {
	enum fmr_rows_kind kind;
	int64_t integer;
	double real;
	struct fmr_text text; /* borrowed from the value */
};
struct datum fmr_datum_of(const struct fmr_value *value);
void fmr_datum_give(sqlite3_context *context, const struct fmr_value *value); /* as the result of an SQL function */

#endif
