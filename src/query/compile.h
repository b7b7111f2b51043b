/*
 * From the tree of a query to SQL on the views of the index, one condition for each record type.  Data never becomes
 * part of the SQL: it is bound to parameters, and names are quoted.
 */
#ifndef FMR_QUERY_COMPILE_H
#define FMR_QUERY_COMPILE_H

#include "base/period.h"
#include "base/vec.h"
#include "query/name.h"
#include "query/syntax.h"

#include <stdint.h>

struct param {
	enum { PARAM_TEXT, PARAM_INTEGER, PARAM_REAL, PARAM_WORD } kind;
	const char *text;
	int64_t integer; /* PARAM_WORD: number of the term; a JSON list of the keys of the records that hold it */
	double real;
};

struct sql {
	struct fmr_str text;
	FMR_VEC(struct param) params; /* of each "?", in order */
};

void fmr_sql_init(struct sql *sql);
void fmr_sql_release(struct sql *sql);
void fmr_sql_put(struct sql *sql, const char *format, ...) __attribute__((format(printf, 2, 3)));
void fmr_sql_name(struct sql *sql, const char *alias, const char *name); /* alias."name" */
void fmr_sql_text(struct sql *sql, const char *text);                    /* ? */
void fmr_sql_integer(struct sql *sql, int64_t integer);

enum truth { NEVER, ALWAYS, MAYBE };

/* What was found out about a name or a value while compiling for one type after another. */
struct status {
	bool known;        /* some type has such a field */
	enum grade grade;  /* the best way in which some type understood the name: the others are left out */
	bool valid;        /* some type accepts the value */
	bool held;         /* some text may hold it, whatever it is */
	const char *fault, *hint; /* why the first one did not */
	const struct fmr_type *several; /* a type in which the name stands for several fields */
};

struct compiler {
	struct types types;
	struct fmr_arena *arena;
	struct fmr_calendar calendar;
	struct status *terms, *operands; /* by number */
	struct sql *sql;
	int aliases;
	bool guess;    /* words are not looked for: each counts as found, or under "not" as not found */
	bool negative; /* under an odd number of "not" */
};

struct scope {
	const struct fmr_type *type;
	const char *alias; /* of its view in the SQL */
};

/* Append the condition; nothing when it is NEVER or ALWAYS. */
enum truth fmr_compile(struct compiler *compiler, const struct scope *scope, const struct node *node);

/* ---- fields as SQL (shared with what is shown) ---- */

/* Where the columns of a field are: a type's view, or that of a list. */
struct source {
	const char *alias;
	size_t skip; /* bytes of the field's path that lead to it */
};

/* The column of a scalar. */
void fmr_compile_column(struct compiler *compiler, const struct source *source, const struct fmr_field *field);
/* Begin "SELECT ... FROM the items of a list WHERE key = ..." without SELECT: " FROM view i1 WHERE i1.key = r0.key". */
struct source fmr_compile_list(struct compiler *compiler, const struct scope *scope, const struct fmr_field *list);
/* The same for records of one type that a step leads to: its alias. */
const char *fmr_compile_step(struct compiler *compiler, const struct scope *scope, const struct step *step,
	const struct fmr_type *target, bool backwards);
/* Does the step lead there in this direction? */
bool fmr_step_goes(const struct compiler *compiler, const struct scope *scope, const struct step *step,
	const struct fmr_type *target, bool backwards);
/* The name of the view of a list: "incident_timeline"; the path of a field without brackets. */
const char *fmr_compile_list_view(struct compiler *compiler, const struct fmr_type *type, const char *path);
const char *fmr_compile_path(struct compiler *compiler, const char *with_brackets);
/* How many records a step leads to, or how many items there are, as one expression. */
void fmr_compile_count(struct compiler *compiler, const struct scope *scope, const struct name *name);

#endif
