/*
 * What became of a record: the difference of two of its states by field.
 */
#ifndef FMREC_HISTORY_H
#define FMREC_HISTORY_H

#include "fmrec/error.h"
#include "fmrec/record.h"
#include "fmrec/store.h"
#include "fmrec/value.h"

#include <stdbool.h>
#include <stddef.h>

struct fmr_arena;

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

#endif
