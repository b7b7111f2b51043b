/*
 * What became of a record: the difference of two of its states by field, and its versions.
 */
#ifndef FMREC_HISTORY_H
#define FMREC_HISTORY_H

#include "fmrec/arena.h"
#include "fmrec/error.h"
#include "fmrec/record.h"
#include "fmrec/store.h"
#include "fmrec/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- the difference of two states ---- */

enum fmr_delta_kind { FMR_DELTA_ADDED, FMR_DELTA_REMOVED, FMR_DELTA_CHANGED, FMR_DELTA_MOVED };

struct fmr_delta {
	enum fmr_delta_kind kind;
	const char *path;               /* "impact.users", "timeline.3.text", as fmr_value_at takes it: in the later
	                                   state, of what was removed in the earlier one */
	const struct fmr_field *field;  /* NULL: the type does not know it */
	const struct fmr_value *before; /* NULL: added */
	const struct fmr_value *after;  /* NULL: removed */
	size_t from, to;                /* of an item that moved: its positions, from 0 */
};

struct fmr_deltas {
	struct fmr_delta *items; /* in the order of the type's fields */
	size_t count;
};

/*
 * How `before` became `after` (two maps; NULL: there is none), by field.  Maps
 * are compared by key, in any order.  The items of a list are recognised where
 * they are (fmr_items_match), so that one more at the top is one addition.
 * Numbers of equal value are equal.  type may be NULL.  The result and its
 * paths live in arena, the values where they were.
 */
void fmr_deltas_find(const struct fmr_type *type, const struct fmr_value *before, const struct fmr_value *after,
	struct fmr_arena *arena, struct fmr_deltas *out);

/*
 * Which item of the list `after` is which of `before`: match[i] becomes the
 * position in `after` of item i of `before`, or SIZE_MAX.  Equal items first;
 * then maps that have most in common, a link or a time counting more than a
 * text, and a text more than a word of a list; then texts without partner, in
 * order, when as many were taken away as were added.  item: the field of the
 * items, or NULL.  Time and memory are bounded: of very many changed items only
 * equal ones are recognised.
 */
void fmr_items_match(const struct fmr_field *item, const struct fmr_value *before, const struct fmr_value *after,
	size_t *match);

/* ---- the versions of a record ---- */

enum fmr_version_state {
	FMR_VERSION_READ,
	FMR_VERSION_BROKEN, /* the text is no record */
	FMR_VERSION_LOST,   /* its content is not in this clone, or no text that can be read */
	FMR_VERSION_ABSENT, /* the commit took the file away */
};

struct fmr_version { /* valid during the visit */
	size_t number;                 /* from 0, the newest */
	const char *commit;            /* NULL: what is not committed yet */
	const char *author, *email, *message;
	int64_t written, committed;    /* seconds since 1970 UTC */
	int written_offset;            /* minutes east of UTC */
	bool cut;                      /* a shallow clone begins here: what came before is not known */
	enum fmr_version_state state;
	const char *path;              /* that it has, or had */
	const struct fmr_value *root;  /* what it holds; of a text that cannot be read what the version before held;
	                                  NULL: nothing */
	const char *fault;             /* why it cannot be read, or NULL */
};

struct fmr_versions_query {
	const char *path;
	const char *from;              /* the commit to begin with; NULL: HEAD */
	const struct fmr_str *uncommitted; /* text that makes a version of its own before all others; or NULL */
};

/* parents: the versions it was made of, none for the first, several for a merge. */
typedef int fmr_version_visit(void *context, const struct fmr_version *version,
	const struct fmr_version *const *parents, size_t parent_count);

/*
 * Visit the versions of the record at a path, each before its parents, newest
 * first.  A record that was renumbered is followed to its old file: by the
 * aliases it lists, or by git's recognition of renames.  Commits that did not
 * touch it are no versions.  Memory: as many versions as lie between a merge
 * and the last of its parents.  A visitor that returns non-zero ends it.
 */
int fmr_versions_each(struct fmr_book *book, const struct fmr_versions_query *query, fmr_version_visit *visit,
	void *context, struct fmr_err *err);

#endif
