/*
 * Lists of names on the command line.
 */
#ifndef FMR_CMD_NAMES_H
#define FMR_CMD_NAMES_H

#include "base/arena.h"
#include "cli/cli.h"

/* The names of an option that may be repeated and whose arguments may be lists: --columns id,title --columns severity.
 * NULL-terminated, in arena; NULL when none was given. */
const char *const *fmr_names_split(struct fmr_arena *arena, const struct fmr_strings *given);

/* Where a path, as seen from the current directory, lies below the top of the work tree; NULL when it does not. */
const char *fmr_names_below_top(struct fmr_arena *arena, const struct fmr_store *store, const char *typed);

/* fmr_id_find() for what was typed here: the path of a record may be seen from the current directory, too. */
int fmr_names_find(const struct fmr_store *store, struct fmr_book *book, const char *typed, struct fmr_str *id,
	struct fmr_str *path, struct fmr_err *err);

#endif
