/*
 * What the values of a scaffold stand for: texts with $(names) in them, words
 * in two languages, lists made of each entry of a catalogue.
 */
#ifndef FMR_RECORD_SCAFFOLD_VALUE_H
#define FMR_RECORD_SCAFFOLD_VALUE_H

#include "record/private.h"

enum fmr_variable_kind { FMR_VARIABLE_ENTRY, FMR_VARIABLE_RECORD, FMR_VARIABLE_VALUE };

struct fmr_variable { /* what a name stands for */
	const struct fmr_variable *up;      /* what else is known */
	const char *name;
	enum fmr_variable_kind kind;
	const struct fmr_catalogue_entry *entry;
	size_t position;                    /* of an entry: among those visited, from 1 */
	const char *id;                     /* of a record */
	const struct fmr_value *value;      /* the value, or what the record says */
	const struct fmr_variable *inside;  /* of a record that was made: what was known when it was */
};

struct fmr_scaffold_made {
	const void *spec;                   /* what made it */
	const char *as;                     /* what it is called, or NULL */
	bool single;                        /* by nothing else of this name */
	const char *id;
	const struct fmr_value *root;
	const struct fmr_variable *scope;
};

struct fmr_scaffold_kept { /* records of a type, read once */
	const char *type;
	struct fmr_variable *records;
	size_t count;
};

struct fmr_evaluation {
	struct fmr_book *book;
	struct fmr_arena *arena;
	enum fmr_language language;         /* of the values */
	int day;                            /* on which codes must be in force */
	FMR_VEC(struct fmr_scaffold_made) made;
	FMR_VEC(struct fmr_scaffold_kept) kept;
	size_t values;                      /* so far */
	int code;                           /* the first thing that failed */
	struct fmr_err *err;
};

/* The value of a template, in the arena; NULL: nothing, as what it names says nothing. */
const struct fmr_value *fmr_evaluate(struct fmr_evaluation *evaluation, const struct fmr_variable *scope,
	const struct fmr_value *template);
/* A text with $(names) in it. */
const char *fmr_evaluate_text(struct fmr_evaluation *evaluation, const struct fmr_variable *scope, const char *text);
/* Visit what an `each` stands for, one after the other: scope then has its name, too. */
typedef void fmr_each_visit(void *context, const struct fmr_variable *scope);
void fmr_evaluate_each(struct fmr_evaluation *evaluation, const struct fmr_variable *scope, const struct fmr_value *each,
	fmr_each_visit *visit, void *context);

/* The next $(name) of a text: the length of the name, which begins at *name; 0 when there is no other.  A `$(` that does
 * not end is none. */
size_t fmr_reference_next(const char *text, const char **name);
/* Words in two languages: a map of en and ja and nothing else. */
bool fmr_value_is_words(const struct fmr_value *value);
/* A map that is repeated: {each: ..., item: ...}. */
bool fmr_value_is_repeated(const struct fmr_value *value);

#endif
