/*
 * Showing which records are alike: for `fmrec similar`, and for the hint behind `fmrec new`.
 */
#ifndef FMR_CMD_SIMILAR_H
#define FMR_CMD_SIMILAR_H

#include "cli/cli.h"

/* On a terminal, to stderr, at most three lines: what happened before that is like the record just filed (F-92).  Looks at
 * the newest records only, so that it takes no time worth mentioning, and keeps quiet when there is nothing to say. */
void fmr_similar_hint(struct fmr_cli *cli, const struct fmr_type *type, const char *path, const struct fmr_str *text);

#endif
