/*
 * Records made from the schema of their type, for the tests: whatever the type says may be written is written.
 * No type and no field is named here.
 */
#ifndef FMR_TESTS_GENERATE_H
#define FMR_TESTS_GENERATE_H

#include "base/alloc.h"
#include "base/fs.h"
#include "base/source.h"
#include "fmrec/fmrec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rank { /* how many times of the record come before the one at this path */
	const char *path;
	unsigned days;
};

struct subject { /* one type, and what its file says */
	const struct fmr_type *type;
	const struct fmr_value *root;
	const char *first, *second; /* ids of the records that others link to */
	struct rank *ranks;
	size_t rank_count;
};

struct maker {
	struct fmr_book *book;
	struct fmr_arena arena;
	uint64_t random;
	struct subject *subjects;
	size_t subject_count;
	const struct subject *subject; /* of the record that is made */
	bool minimal;                  /* only what is required */
	unsigned serial;               /* no text is made twice */
	unsigned depth;
};

/* One place of a record: what the schema says of it, and the field that src/record made of that. */
struct place {
	const struct fmr_value *schema; /* NULL: a condition speaks of what is not declared */
	const struct fmr_field *field;
};

unsigned roll(struct maker *maker, unsigned sides); /* 0 to sides - 1 */
void die(const char *message, const char *subject) __attribute__((noreturn));

/* pattern.c: a text that matches the pattern of a schema; NULL when it is more than this knows of. */
const char *pattern_text(struct maker *maker, const char *pattern);

/* value.c */
const struct fmr_value *resolved(const struct maker *maker, const struct fmr_value *schema);
struct place place_child(const struct maker *maker, struct place place, const char *name);
struct place place_item(const struct maker *maker, struct place place);
bool place_requires(const struct maker *maker, struct place place, const char *name);
/* A value that the place takes, without regard to the conditions around it; NULL when it holds none by hand. */
struct fmr_value *make_value(struct maker *maker, struct place place);
/* Append an item that is not in the list yet; false when none is found. */
bool add_item(struct maker *maker, struct place item, struct fmr_value *list);
/* The same for one scalar, other than this one if that is possible; NULL when it is not. */
struct fmr_value *make_other(struct maker *maker, struct place place, const struct fmr_value *value);
void rank_times(struct maker *maker, struct subject *subject);

/* meet.c: does the value meet a schema that states a condition?  With change: make it so; it may be replaced. */
bool meets(struct maker *maker, const struct fmr_value *condition, struct place place, struct fmr_value **value,
	bool change);
struct fmr_value *copied(struct maker *maker, const struct fmr_value *value);
/* With the fields of all maps in the order of the schema. */
struct fmr_value *ordered(struct maker *maker, struct place place, struct fmr_value *value);
void map_remove(struct fmr_value *map, const char *key);

/* walk.c */
struct step {
	const struct fmr_transition_rule *rule;
	const char *state; /* that it leads to */
};
enum { STEPS = 10 };
struct walk {
	struct step steps[STEPS];
	size_t count;
};

/* Make a record that can be brought along some walk that ends with this row; NULL when none is found. */
struct fmr_value *walk_to(struct maker *maker, const char *id, const struct fmr_transition_rule *row,
	struct walk *walk);
/* Does the record have what the row, and the state it leads to, ask for? */
bool row_content(struct maker *maker, const struct fmr_transition_rule *row, const char *state, struct fmr_value **root,
	bool change);
struct fmr_value *make_record(struct maker *maker, const char *id, bool minimal);
bool record_is_good(struct maker *maker, struct fmr_value **root, bool change);

#endif
