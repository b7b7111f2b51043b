#ifndef FMR_CMD_RECEIVE_H
#define FMR_CMD_RECEIVE_H

#include "cli/cli.h"

/* One line of what git tells a hook about a push; all borrowed. */
struct fmr_ref_update {
	const char *before, *after; /* full ids; all zeros: none */
	const char *name;           /* "refs/heads/main" */
};

/* pre-receive: judge a whole push, on the server, before any of it is taken. */
int fmr_hook_pre_receive(struct fmr_cli *cli, int argc, char **argv, struct fmr_err *err);

#endif
