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

#endif
