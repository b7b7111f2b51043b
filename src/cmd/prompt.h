/*
 * Asking for the fields of a new record on the terminal.
 */
#ifndef FMR_CMD_PROMPT_H
#define FMR_CMD_PROMPT_H

#include "base/str.h"
#include "cli/cli.h"

/* Ask for each field that the type wants asked and that text does not hold yet, and put the answers into text (the
 * record at path).  FMR_ERR_ABORTED when the input ends. */
int fmr_prompt_record(struct fmr_cli *cli, const struct fmr_type *type, const char *path, struct fmr_str *text,
	struct fmr_err *err);

#endif
