/*
 * Fields that a search is restricted to, named as people name them.
 */
#ifndef FMR_SEARCH_FIELDS_H
#define FMR_SEARCH_FIELDS_H

#include "base/arena.h"
#include "fmrec/record.h"

/* names: paths ("timeline.text"), their last parts, or labels in any language; NULL-terminated.  *paths: the fields they
 * stand for; *types: the types that have one of them; both NULL-terminated, in arena or the book.  FMR_ERR_NOT_FOUND: no
 * type has such a field. */
int fmr_fields_resolve(struct fmr_book *book, const char *const *names, struct fmr_arena *arena,
	const char *const **paths, const char *const **types, struct fmr_err *err);

#endif
