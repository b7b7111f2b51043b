/*
 * The two halves of `fmrec validate`: records of a repository, and any files against any schema.
 */
#ifndef FMR_CMD_VALIDATE_H
#define FMR_CMD_VALIDATE_H

#include "cli/cli.h"
#include "render/render.h"

struct fmr_validate_options {
	bool staged, no_attachments, assert_format;
	const char *rev, *state, *schema;
	long jobs;
	struct fmr_strings map;
};

/* `fmrec validate --schema SCHEMA FILE...`: needs no repository. */
int fmr_validate_files(struct fmr_cli *cli, const struct fmr_validate_options *options, enum fmr_findings_format format,
	int argc, char **argv, struct fmr_err *err);

/* What is staged, in the states of HEAD. */
int fmr_validate_staged(struct fmr_cli *cli, struct fmr_findings *findings, struct fmr_check_result *result,
	struct fmr_err *err);

#endif
