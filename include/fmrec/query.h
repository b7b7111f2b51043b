/*
 * Queries: which records fit, in the language of fmrec-query(7).
 *
 *	severity:S1,S2 found_on:2026-04..2026-09 -state:closed missing:preventions "ディスク"
 *
 * A query is read once, checked against the types of the book, and asked of an index of the same book (index/index.h);
 * data is only ever bound to parameters of SQL.
 */
#ifndef FMREC_QUERY_H
#define FMREC_QUERY_H

#include "fmrec/error.h"
#include "fmrec/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fmr_index;
struct fmr_rows;
struct fmr_query;

/* text may be empty: every record fits.  FMR_ERR_INVALID, with a hint that points at the place in the text and says what
 * may stand there: no query, no such type or field in any type that is asked for, a value that no such field can have.
 * FMR_ERR_LIMIT: too long or too deep.  The book must outlive the query. */
int fmr_query_new(struct fmr_book *book, const char *text, struct fmr_query **out, struct fmr_err *err);
void fmr_query_free(struct fmr_query *query);

/* The types whose records may fit, NULL-terminated, in the order of their names; borrowed. */
const char *const *fmr_query_types(const struct fmr_query *query);
/* A type whose name a word of the query comes near to, or NULL. */
const char *fmr_query_nearest_type(const struct fmr_query *query);

/* Keys of the records that fit, in the order of their paths; yours to free. */
int fmr_query_keys(struct fmr_query *query, struct fmr_index *index, int64_t **keys, size_t *count, struct fmr_err *err);

/* ---- tables ---- */

enum fmr_function { FMR_FUNCTION_NONE, FMR_FUNCTION_COUNT, FMR_FUNCTION_SUM, FMR_FUNCTION_AVERAGE,
	FMR_FUNCTION_LEAST, FMR_FUNCTION_GREATEST };

struct fmr_query_column {
	const char *name;           /* as in a query; NULL of FMR_FUNCTION_COUNT: records */
	enum fmr_function function; /* of the records of a group */
};

struct fmr_query_select {
	const struct fmr_query_column *columns;
	size_t column_count;
	const char *const *sort; /* names, "-" in front: the greatest first; NULL-terminated, or NULL: by path or group */
	const char *const *titles; /* grouped: what the columns are called, to be sorted by */
	bool grouped;            /* columns without function are what is grouped by */
	bool joined;             /* a row for each record that a column leads to, not all of them in one cell */
	long limit;              /* 0: none */
};

/*
 * The rows of a table: key and type of the record (NULL when grouped), then the columns.  Codes, ids and times as they
 * are written.  Groups of fields and lists are NULL: read the record's text for them (fmr_index_text).  Rows without a
 * value come last, whichever way they are sorted.  FMR_ERR_INVALID for a name that no type of the query has.
 */
int fmr_query_rows(struct fmr_query *query, struct fmr_index *index, const struct fmr_query_select *select,
	struct fmr_rows **out, struct fmr_err *err);

/* Visit the names of the tables that SQL sees: record, unreadable, link, alias, those of types and of their lists. */
typedef int fmr_query_table_visit(void *context, const char *name);
int fmr_query_tables(struct fmr_book *book, fmr_query_table_visit *visit, void *context, struct fmr_err *err);

/* The field of a type that a name stands for, a link passed through on the way; NULL when it is none. */
const struct fmr_field *fmr_query_field(struct fmr_query *query, const struct fmr_type *type, const char *name);
/* Is it a field of the record itself? */
bool fmr_query_is_own(struct fmr_query *query, const struct fmr_type *type, const char *name);

#endif
