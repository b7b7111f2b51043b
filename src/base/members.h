/*
 * What the readers of YAML and JSON share when they make maps and lists.
 */
#ifndef FMR_BASE_MEMBERS_H
#define FMR_BASE_MEMBERS_H

#include "base/arena.h"
#include "fmrec/value.h"

/* Call visit for every member whose key another one has before it.  n log n, whatever the keys. */
typedef void fmr_members_visit(void *context, const struct fmr_member *first, const struct fmr_member *again);
void fmr_members_duplicates(const struct fmr_member *members, size_t count, fmr_members_visit *visit, void *context);

/* Elements to make room for when an array holds count: the next power of two, as fmr_value_append and
 * fmr_value_put expect. */
size_t fmr_array_room(size_t count);

/* Give a list or map its elements, copied into the arena; of a list's elements only the value counts. */
void fmr_members_fill(struct fmr_value *value, struct fmr_arena *arena, const struct fmr_member *members, size_t count);

#endif
