/*
 * The index: the records of a book's view as tables that SQL can ask.
 *
 * Of the work tree it is a cache below Git's own directory, brought up to date by a stat pass before it answers; of
 * what is staged, of a commit, and wherever the cache cannot be used it is made in memory.  The answers are the same.
 *
 * What SQL sees:
 *
 *	record(key, id, type, path, title, state, oid)
 *	    every record that can be read.  key: an integer, valid while this index is open.  state: as the signatures
 *	    up to HEAD have it (of a commit: up to that commit); the initial one of its type when there are none.  oid: the id of the file's bytes as a Git blob.
 *	unreadable(key, id, type, path)
 *	    the others; their texts can be had with fmr_index_text and are visited by fmr_index_scan.  type may be NULL.
 *	"TYPE"(key, id, path, title, state, ...)
 *	    the records of a type.  One column for each field that is no list, named by its path: "impact.users".
 *	    Booleans are 0 and 1; numbers numbers; times, dates, choices as they are written; links the id they lead to.
 *	"TYPE_LIST"(key, id, [parent,] position, value | ...)
 *	    the items of a list field (dots of its path become _), from position 0 on: `value` when they are scalars,
 *	    else a column for each field inside.  A list in a list: "TYPE_LIST_LIST", with the row of the outer list in
 *	    `parent`, counted from 0 through the record.  A field named like one of these columns has "_" behind it.
 *	link(source, field, target, position, inverse, source_type, target_type, note, "on", judged)
 *	    every link by ids.  field: its path, without the brackets of lists; position: in its list, else NULL;
 *	    target_type is NULL when no record has the target's id.  Free names are no links.
 *	alias(alias, id)
 *	    former ids.
 *	transition(record, transition, "from", "to", person, name, role, behalf, meaning, time, "commit", status, stands)
 *	    every signature on a record, in the order of the history.  "from", "to": of the step that it is a part of,
 *	    else NULL.  status: counts, open, stale, withdrawn, disputed, refused or passed; stands: 1 when the state of
 *	    the record rests on it.
 *
 *	fold(text)                        the form in which texts are compared (fmr_text_fold)
 *	instant(text [, upper])           seconds since 1970; of a date, its first second in the book's time zone, or its
 *	                                  last one when `upper` is true; NULL of what is no time
 *	rank(type, field, code)           position of a choice in its declared order, or NULL
 *	began(type, id, key)              seconds since 1970: when a record begins, as far as it says so
 *	matches(pattern, text)            is the regular expression found in the text?
 *	text(key)                         the whole text of a record
 *	fiscal_year(text), fiscal_quarter(text)   of a time or a date, as the config has the year begin
 *
 * Text columns that are not in the `columns` of their type and all list tables are read from the records' texts when
 * they are asked for: some 5 us a record.
 *
 * One thread uses an index; fmr_index_scan starts its own.
 */
#ifndef FMR_INDEX_INDEX_H
#define FMR_INDEX_INDEX_H

#include "fmrec/error.h"
#include "fmrec/finding.h"
#include "fmrec/record.h"
#include "fmrec/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fmr_index;
struct fmr_rows;

struct fmr_index_options {
	bool trust;     /* believe the cache as it is: --no-refresh */
	bool in_memory; /* neither read nor write a cache */
	int threads;    /* 0: as many as processors */
	void (*progress)(void *context, size_t done, size_t total); /* of records to be read; may be NULL */
	void *progress_context;
};

/* Is there a cache of the work tree, so that opening an index takes no longer than a look at what changed? */
bool fmr_index_is_cached(const struct fmr_store *store);

/* options may be NULL.  findings (may be NULL): faults of types and of the records that cannot be read.  The book must
 * outlive the index. */
int fmr_index_open(struct fmr_book *book, const struct fmr_index_options *options, struct fmr_index **out,
	struct fmr_findings *findings, struct fmr_err *err);
void fmr_index_close(struct fmr_index *index); /* NULL is fine; all rows must have been freed */

/* ---- the cache itself ---- */

enum fmr_index_state {
	FMR_INDEX_NONE,     /* there is no cache, or none that can be used: all will be read */
	FMR_INDEX_STALE,    /* some files changed since */
	FMR_INDEX_FRESH,
};
struct fmr_index_status {
	enum fmr_index_state state;
	size_t records, changed;           /* in the work tree; files that will be read again */
	uint64_t database_size, text_size; /* bytes of both files */
	char directory[4096];              /* where the cache of this work tree is kept */
};
/* How things stand; changes nothing. */
int fmr_index_status(struct fmr_book *book, struct fmr_index_status *out, struct fmr_err *err);
/* Was the cache written when this index was opened? */
bool fmr_index_was_written(const struct fmr_index *index);
/* Take the cache of this work tree away. */
int fmr_index_clear(struct fmr_store *store, struct fmr_err *err);

/* ---- asking ---- */

/* The column of a list's table that holds what lies at PATH in an item; "" is the item itself.  Static, or PATH. */
const char *fmr_list_column(const char *path);

/* One statement of ours; only reading. */
int fmr_index_prepare(struct fmr_index *index, const char *sql, struct fmr_rows **out, struct fmr_err *err);

/* A statement of the user's: FMR_ERR_INVALID unless it only reads the tables above; FMR_ERR_LIMIT, from fmr_rows_next,
 * when it takes longer.  The limits hold until its rows are freed. */
struct fmr_index_limits {
	int milliseconds; /* 0: 10,000 */
	long rows;        /* 0: as many as there are */
};
int fmr_index_prepare_user(struct fmr_index *index, const char *sql, const struct fmr_index_limits *limits,
	struct fmr_rows **out, struct fmr_err *err);

/* n: of the ?, from 1. */
void fmr_rows_bind_text(struct fmr_rows *rows, int n, const char *bytes, size_t length);
void fmr_rows_bind_integer(struct fmr_rows *rows, int n, int64_t value);
void fmr_rows_bind_real(struct fmr_rows *rows, int n, double value);

int fmr_rows_next(struct fmr_rows *rows, struct fmr_err *err); /* 1: a row, 0: the end, < 0: an error */
void fmr_rows_again(struct fmr_rows *rows);                    /* from the first row, with what will be bound */
void fmr_rows_free(struct fmr_rows *rows);                     /* NULL is fine */

enum fmr_rows_kind { FMR_ROWS_NULL, FMR_ROWS_INTEGER, FMR_ROWS_REAL, FMR_ROWS_TEXT };
size_t fmr_rows_width(const struct fmr_rows *rows);
const char *fmr_rows_name(const struct fmr_rows *rows, size_t column);
/* Of the row; texts are borrowed until the next one. */
enum fmr_rows_kind fmr_rows_kind(const struct fmr_rows *rows, size_t column);
const char *fmr_rows_text(const struct fmr_rows *rows, size_t column, size_t *length); /* NULL of NULL */
int64_t fmr_rows_integer(const struct fmr_rows *rows, size_t column);
double fmr_rows_real(const struct fmr_rows *rows, size_t column);

/* ---- texts ---- */

/* Append the whole text of a record. */
int fmr_index_text(struct fmr_index *index, int64_t key, struct fmr_str *out, struct fmr_err *err);

/* Visit the texts of these records (NULL: all) in threads, each thread in the order of the keys; `thread` numbers
 * them from 0 to below FMR_INDEX_THREADS.  A visitor that returns non-zero ends the scan with that value. */
enum { FMR_INDEX_THREADS = 64 };
typedef int fmr_index_scan_visit(void *context, int thread, int64_t key, const char *text, size_t length);
int fmr_index_scan(struct fmr_index *index, const int64_t *keys, size_t count, fmr_index_scan_visit *visit,
	void *context, struct fmr_err *err);

#endif
