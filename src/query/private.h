/*
 * What the files of src/query share.
 */
#ifndef FMR_QUERY_PRIVATE_H
#define FMR_QUERY_PRIVATE_H

#include "fmrec/query.h"
#include "index/index.h"
#include "query/compile.h"

struct fmr_query {
	struct fmr_arena arena;
	struct syntax syntax;
	struct types types;
	const struct fmr_type **asked; /* candidates */
	size_t asked_count;
	bool narrow;                   /* types without records are left out of them */
	const char **names;            /* of all types that are asked for, NULL-terminated */
	struct compiler compiler;
	bool has_words;
	const char **sets;             /* by number of term: JSON of the keys of records that hold the word, once looked for */
};

/* Ask the types without records as well, because a name is unknown to the others.  Forgets the fault that err holds. */
int fmr_query_widen(struct fmr_query *query, struct fmr_err *err);
/* Append the condition on records of this type, whose view has this alias. */
enum truth fmr_query_condition(struct fmr_query *query, const struct fmr_type *type, const char *alias,
	struct sql *sql, bool guess);
/* Prepare, and bind the parameters. */
int fmr_query_prepare(struct fmr_query *query, struct fmr_index *index, const struct sql *sql, struct fmr_rows **out,
	struct fmr_err *err);
/* Find out which records hold the words of the query, once. */
int fmr_query_find_words(struct fmr_query *query, struct fmr_index *index, struct fmr_err *err);
struct name fmr_query_name(struct fmr_query *query, const struct fmr_type *type, const char *text);
/* A name that no type has. */
int fmr_query_no_field(struct fmr_query *query, const char *name, struct fmr_err *err);

#endif
