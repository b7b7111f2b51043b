/*
 * What the files of src/index share.
 *
 * Tables in the database (those that SQL of others sees are views on them, and virtual tables):
 *
 *	meta_(name, value)
 *	folder_(n, path, modified, status, inode, racy, entries)   of the work tree: folder.h
 *	type_(slot, name, state)             types by their position in the book
 *	directory_(n, path)                  "records/incident/2026/"
 *	record_(key, directory, type, readable, id, title, offset, length, sum)   of each file; type -1: none
 *	t0, t1, ...(key, c0, c1, ...)        stored fields of the records of a type
 *	link_(source, n, field, target, position, note, date, judged)
 *	link_field_(n, type, field, inverse, carries)   what a link field is called; carries: suspicion or circles
 *	alias_(alias, key)
 *	state_, transition_                  states.h
 *	view_(name, sql)                     how to make the view or virtual table of that name
 */
#ifndef FMR_INDEX_PRIVATE_H
#define FMR_INDEX_PRIVATE_H

#include "base/arena.h"
#include "base/dict.h"
#include "base/str.h"
#include "base/vec.h"
#include "index/folder.h"
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

/* Shape of a type, and the SQL that makes its table, views and rows of link_field_ appended to `sql`, that of its
 * indexes kept in view_ under "+<slot>". */
const struct shape *fmr_shape_make(struct fmr_arena *arena, const struct fmr_type *type, size_t slot,
	struct fmr_str *sql);
void fmr_sql_quote(struct fmr_str *out, const char *text, char quote); /* 'text' or "text" */

/* ---- contents: the texts of all records one behind the other ---- */

/* What lies below `base` is in the file; the rest in memory, on its way to the file or for good. */
struct contents {
	int file;          /* -1: none */
	bool writable;     /* appended to the file by whoever holds the lock */
	uint64_t base, seed;
	struct fmr_str memory;
};

void fmr_contents_init(struct contents *contents);
void fmr_contents_release(struct contents *contents);
/* Open, or make, the file of this seed in a directory. */
bool fmr_contents_open(struct contents *contents, const char *directory, uint64_t seed, bool make);
/* Take a copy in this directory in place of the file, and write to it. */
bool fmr_contents_adopt(struct contents *contents, const char *directory);
uint64_t fmr_contents_add(struct contents *contents, const char *bytes, size_t length); /* its offset */
/* Bring everything into the file; false when that fails: the texts stay in memory. */
bool fmr_contents_flush(struct contents *contents);
/* `length` bytes from `offset`, into `to`, or false. */
bool fmr_contents_get(const struct contents *contents, uint64_t offset, size_t length, char *to);
uint64_t fmr_contents_size(const struct contents *contents);

/* ---- the index ---- */

struct fmr_index {
	struct fmr_book *book;
	sqlite3 *db;
	struct fmr_arena arena;
	const struct shape **shapes;  /* by slot; NULL for types that cannot be used; NULL when not yet made */
	struct contents contents;
	struct cache *cache;          /* NULL: all in memory, and nothing is kept */
	struct writer *writer;        /* while tables are written */
	bool damaged;                 /* a text was not what it should be: the cache is thrown away at the end */
	int64_t last_key;
	char states_of[41];           /* the commit whose states are stored; empty: none are */
	uint64_t dead;                /* bytes of contents that are of no use any more */
	/* the record that was parsed last: its fields are often asked for together */
	int64_t parsed;               /* its key, or -1 */
	struct fmr_arena parsed_arena;
	struct fmr_str parsed_text;
	const struct fmr_value *root;
	sqlite3_stmt *place;          /* of a key: offset, length, sum */
	sqlite3_stmt *path;           /* of a key */
	sqlite3_stmt *view;           /* of a name: sql */
	struct fmr_dict made;         /* names of the views made so far */
	int threads;
};

struct place {
	int64_t key;
	uint64_t offset, length, sum;
};
int fmr_index_place(struct fmr_index *index, int64_t key, struct place *place, struct fmr_err *err);
/* How many threads: as asked for, or by the processors. */
int fmr_index_threads(const struct fmr_index *index);
int fmr_index_path(struct fmr_index *index, int64_t key, struct fmr_str *out, struct fmr_err *err);

int fmr_index_exec(struct fmr_index *index, const char *sql, struct fmr_err *err);
int fmr_index_statement(struct fmr_index *index, const char *sql, sqlite3_stmt **out, struct fmr_err *err);
/* The failure of the last call, in SQLite's words. */
int fmr_index_failed(struct fmr_index *index, struct fmr_err *err);
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
	const char *id, *title, *path;
	uint64_t offset, length, sum;
	struct fmr_text taken; /* by fmr_row_take; empty when not readable */
};
int fmr_writer_open(struct fmr_index *index, struct writer **out, struct fmr_err *err);
int fmr_writer_put(struct writer *writer, const struct record_row *row, struct fmr_err *err);
int fmr_writer_delete(struct writer *writer, int64_t key, struct fmr_err *err);
void fmr_writer_close(struct writer *writer);

/* ---- reading records, in threads ---- */

struct job { /* one record to be read */
	const char *path;
	int slot;              /* its type, or -1 */
	bool odd;              /* no ordinary file */
	bool is_new;
	int64_t key;
	long file;             /* in the tree, or -1 */
	struct folder *folder; /* where it stands in the work tree; NULL for other views */
	struct entry *entry;
	struct place old;      /* of its text as it was */
};

/* Judging while reading. */
struct judging {
	const struct fmr_check_options *options;
	const struct fmr_tree *tree; /* NULL: links are looked up one by one */
	struct fmr_web *web;     /* gets the links of what is judged */
	struct fmr_check_result result;
};

/* Read the records and put them into the tables, in this order.  judging may be NULL. */
int fmr_index_read(struct fmr_index *index, struct job *jobs, size_t count, struct judging *judging,
	const struct fmr_index_options *options, struct fmr_findings *findings, struct fmr_err *err);
/* Make the tables writable: from now on they are this process' own, until they are published. */
int fmr_index_write(struct fmr_index *index, struct fmr_err *err);

/* ---- filling ---- */

/* An index without a database. */
struct fmr_index *fmr_index_new(struct fmr_book *book, const struct fmr_index_options *options);
/* fmr_index_open, judging what is not known to be clean; fails where there is no cache. */
int fmr_index_open_judging(struct fmr_book *book, const struct fmr_index_options *options, struct judging *judging,
	struct fmr_index **out, struct fmr_findings *findings, struct fmr_err *err);

/* Shapes of the types that are loaded; sql (may be NULL): what makes their tables. */
void fmr_index_make_shapes(struct fmr_index *index, struct fmr_str *sql);
/* Tables without indexes; then the indexes. */
int fmr_index_make_tables(struct fmr_index *index, struct fmr_findings *findings, struct fmr_err *err);
int fmr_index_make_indexes(struct fmr_index *index, struct fmr_err *err);
/* Those of a type that got its first record just now: when the others are there already. */
int fmr_index_make_type_indexes(struct fmr_index *index, int slot, struct fmr_err *err);
/* How the view of a type without records begins. */
#define FMR_EMPTY_TABLE "CREATE TEMP TABLE "
/* Statements of ours on the database as it is now. */
int fmr_index_prepare_own(struct fmr_index *index, struct fmr_err *err);
void fmr_index_finalize_own(struct fmr_index *index);

/* ---- the cache of the work tree ---- */

/* Open the cache and bring it up to date; or an error, and the index is to be made in memory.  judging (may be NULL):
 * all that is not known to be clean is judged. */
int fmr_cache_open(struct fmr_index *index, const struct fmr_index_options *options, struct judging *judging,
	struct fmr_findings *findings, struct fmr_err *err);
void fmr_cache_close(struct cache *cache);
/* Take away what cannot be trusted. */
void fmr_cache_forget(struct cache *cache);

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
