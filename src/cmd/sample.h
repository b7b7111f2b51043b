/*
 * A new repository with the history that a story tells.
 */
#ifndef FMR_CMD_SAMPLE_H
#define FMR_CMD_SAMPLE_H

#include "cmd/story.h"

/*
 * Make a repository in the directory, which is made or must be empty: the files of the pack as its first commit, behind
 * it what the story tells, signed with keys that are made for it; then judge all of it as `fmrec audit` and `fmrec
 * validate` do.  Everything is made in a directory inside, whose content moves out of it last, the repository's own
 * directory at the very end: when something fails, nothing is left.
 */
int fmr_sample_install(struct fmr_cli *cli, const struct story *story, const struct fmr_change *pack, size_t count,
	const char *directory, struct fmr_err *err);

/* Print the steps of the story. */
void fmr_sample_list(struct fmr_cli *cli, const struct story *story);

#endif
