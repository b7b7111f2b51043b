/*
 * A new record that was written in the editor: the fields left empty, and the
 * notes of the template, are not part of it.
 */
#ifndef FMR_CMD_TIDY_H
#define FMR_CMD_TIDY_H

#include "base/str.h"
#include "cli/cli.h"

/* Comment out the fields that were left without a value ("system:", "situation: |"); those that every record must have
 * stay, for the finding to point at.  A text that cannot be parsed is left alone. */
void fmr_tidy_empty(const struct fmr_type *type, const char *path, struct fmr_str *text);

/* Take out the lines of the template that explain or are still commented out, and the blank lines between fields.
 * Comments of the user's own stay. */
void fmr_tidy_notes(struct fmr_cli *cli, const struct fmr_type *type, const char *id,
	struct fmr_str *text);

#endif
