/*
 * Scaffolds: sets of records that are made together, such as all records of
 * a plan in the order in which it is worked out (fmrec-schema(5), SCAFFOLDS).
 * A scaffold is data; what it makes are texts, which somebody else checks and
 * writes.
 */
#ifndef FMR_RECORD_SCAFFOLD_H
#define FMR_RECORD_SCAFFOLD_H

#include "base/str.h"
#include "base/vec.h"
#include "fmrec/record.h"

struct fmr_scaffold;

struct fmr_scaffold_step {
	const char *name;
	struct fmr_words label;
	const char *const *requirements; /* ids, NULL-terminated */
	const struct fmr_value *decide;  /* for src/record */
};

/* Something that is left to people. */
struct fmr_decision {
	const struct fmr_field *field;
	const char *what;
};

struct fmr_scaffold_record {
	const char *id, *path, *title;
	const struct fmr_type *type;
	const struct fmr_scaffold_step *step;
	const void *kind;                /* the same for records of one entry of the file, which stand together */
	const struct fmr_decision *decisions;
	size_t decision_count;
	struct fmr_str text;
};

/* One step, and what is to be decided in it about the record that was asked for: among that record's decisions, too. */
struct fmr_scaffold_part {
	const struct fmr_scaffold_step *step;
	size_t first, count;             /* of the decisions of that record */
};

/* In the order in which they are made: links lead to those before.  Strings live in the scaffold. */
struct fmr_scaffold_set {
	FMR_VEC(struct fmr_scaffold_record) records;
	FMR_VEC(struct fmr_scaffold_part) parts; /* all steps, also those without records */
	size_t root;                     /* the record that was asked for */
	size_t own;                      /* its decisions that belong to no step as such: the first ones */
};

/* The scaffold that the type names, checked.  FMR_ERR_INVALID after findings, FMR_ERR_NOT_FOUND.  The book must outlive
 * it. */
int fmr_scaffold_open(struct fmr_book *book, const struct fmr_type *type, struct fmr_scaffold **out,
	struct fmr_findings *findings, struct fmr_err *err);
void fmr_scaffold_close(struct fmr_scaffold *scaffold);

/* What the scaffold says of the record that was asked for goes into its text, where the text says nothing. */
int fmr_scaffold_fill(struct fmr_scaffold *scaffold, const char *path, struct fmr_str *text, struct fmr_err *err);
/* All records of the set, with what is to be decided noted in comments in this language; values are in that of the
 * repository.  id, path, text: of the record that was asked for. */
int fmr_scaffold_make(struct fmr_scaffold *scaffold, const char *id, const char *path, const struct fmr_str *text,
	enum fmr_language language, struct fmr_scaffold_set *set, struct fmr_err *err);
void fmr_scaffold_set_release(struct fmr_scaffold_set *set);

/* "TO DECIDE": how these comments begin. */
const char *fmr_decision_mark(enum fmr_language language);
/* Put the comments into the text of a record, each above its field, or where the field would stand. */
void fmr_decisions_put(struct fmr_str *text, const struct fmr_type *type, const struct fmr_decision *decisions, size_t count,
	enum fmr_language language);

/* The field at this path was filled in: the comment about it, and about what it stands in, goes.  more: an item came to a
 * list, about which other comments may still be open; of several none goes then. */
void fmr_decision_made(struct fmr_str *text, const struct fmr_type *type, const char *path, bool more);

/* Check one file against schema/scaffold.yaml, and what needs the book: types, fields, catalogues, names (NULL: not that).
 * true when clean. */
bool fmr_scaffold_file_check(const char *path, const char *bytes, size_t length, struct fmr_book *book,
	struct fmr_findings *findings);
/* The same for one of the book, and for all of them; count: how many, may be NULL. */
int fmr_book_check_scaffold(struct fmr_book *book, const char *name, struct fmr_findings *findings, struct fmr_err *err);
int fmr_book_check_scaffolds(struct fmr_book *book, struct fmr_findings *findings, size_t *count, struct fmr_err *err);

#endif
