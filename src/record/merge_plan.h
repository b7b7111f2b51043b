/*
 * What the files merge*.c share: the plan of a merge, made from three trees,
 * from which the values of the result and its text follow.
 */
#ifndef FMR_RECORD_MERGE_PLAN_H
#define FMR_RECORD_MERGE_PLAN_H

#include "base/arena.h"
#include "base/source.h"
#include "fmrec/record.h"
#include "record/merge.h"

enum fmr_merge_side { FMR_BASE, FMR_OURS, FMR_THEIRS, FMR_SIDES };
#define FMR_NOWHERE SIZE_MAX

enum fmr_merge_kind {
	FMR_MERGE_TAKE,     /* as one side has it, or has it not */
	FMR_MERGE_TEXT,     /* a text with the changed lines of both */
	FMR_MERGE_PARTS,    /* a map or list, part by part */
	FMR_MERGE_CONFLICT,
};

struct fmr_merge_node {
	enum fmr_merge_kind kind;
	enum fmr_merge_side take;
	const struct fmr_value *value[FMR_SIDES]; /* NULL: absent */
	const struct fmr_value *text;
	const char *key;                          /* of a list: the member that names its items, or NULL */
	struct fmr_merge_part *parts;             /* in the order of the result; also of what one side alone has changed,
	                                             because the other can have changed its comments */
	size_t count;
};

/* A member or an item, on any of the sides. */
struct fmr_merge_part {
	size_t at[FMR_SIDES]; /* position in the map or list of the side, or FMR_NOWHERE */
	struct fmr_merge_node *node;
};

/* Plan the merge of three records (each may be NULL).  type and keys may be NULL. */
struct fmr_merge_node *fmr_merge_plan(const struct fmr_type *type, const char *const *keys, const struct fmr_value *base,
	const struct fmr_value *ours, const struct fmr_value *theirs, struct fmr_arena *arena);

/* Ask for each conflict whose value it gets. */
void fmr_merge_ask(const struct fmr_merge_options *options, struct fmr_merge_node *root);

/* The value of the result, where conflicts are decided for one side; NULL: absent. */
const struct fmr_value *fmr_merge_value(const struct fmr_merge_node *node, enum fmr_merge_side side,
	struct fmr_arena *arena);

/* How many conflicts there are; their paths are appended to paths, joined by ", ". */
size_t fmr_merge_conflicts(const struct fmr_merge_node *node, struct fmr_str *paths);

/*
 * The text of the result, put together from pieces of the three texts.  It
 * says what fmr_merge_value says, except where a value has no lines of its
 * own: the caller edits what differs, or finds it unreadable.
 */
void fmr_merge_write(const struct fmr_merge_node *root, enum fmr_merge_side side,
	const struct fmr_source sources[FMR_SIDES], struct fmr_str *out);

/* ---- lists ---- */

/* How the items of a list are told apart. */
struct fmr_merge_identity {
	bool set;         /* an item that is not equal is another one */
	const char *key;  /* member that names an item, or NULL */
	const char *time; /* member whose times are in order, or NULL */
};
/* Of a list without a type: the first of the keys that names every item on every side. */
struct fmr_merge_identity fmr_merge_identity_by(const char *const *keys, const struct fmr_merge_node *node);
struct fmr_merge_identity fmr_merge_identity_of(const struct fmr_type *type, const struct fmr_field *list);

/* pair[i]: the item of b that items[i] of a is, or FMR_NOWHERE.  alike: items that are much alike are taken for one
 * that was changed. */
struct fmr_merge_items {
	struct fmr_value *const *items;
	size_t count;
};
void fmr_merge_match(const struct fmr_merge_identity *identity, struct fmr_merge_items a, struct fmr_merge_items b,
	bool alike, size_t *pair);

/* Sort the parts of a list by their times when both sides had them in order. */
void fmr_merge_sort(const struct fmr_merge_identity *identity, struct fmr_merge_node *node, struct fmr_arena *arena);

#endif
