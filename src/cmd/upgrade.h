/*
 * fmrec schema upgrade: a newer pack in a repository that has changed its copy.
 */
#ifndef FMR_CMD_UPGRADE_H
#define FMR_CMD_UPGRADE_H

#include "cmd/write.h"

struct fmr_upgrade_options {
	const struct fmr_write_options *write;
	const char *pack;                       /* directory; NULL: the shipped one */
	const struct fmr_strings *ours, *theirs; /* FILE[:FIELD]: whose value wins there; "all" */
};

/* Merges what the pack changed into the files of the repository, as one commit.  FMR_EXIT_FINDINGS: fields are in conflict,
 * or the result is no usable schema, and nothing was written; or it was, and records are not valid by it. */
int fmr_schema_upgrade(struct fmr_cli *cli, const struct fmr_upgrade_options *options, struct fmr_err *err);

#endif
