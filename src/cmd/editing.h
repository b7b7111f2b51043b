/*
 * The editor loop: edit, check, show the findings in the text, edit again,
 * until the record is valid or the user gives up.
 */
#ifndef FMR_CMD_EDITING_H
#define FMR_CMD_EDITING_H

#include "cli/cli.h"

enum fmr_editing_end {
	FMR_EDITING_DONE,      /* text is valid (enough) and differs from what it was */
	FMR_EDITING_UNCHANGED, /* the user changed nothing at all */
	FMR_EDITING_ABANDONED, /* ... or gave up with findings left, or emptied the file */
};

struct fmr_editing {
	const char *id, *path;
	const struct fmr_type *type;
	const struct fmr_str *before; /* the record as it is, or NULL for a new one */
	bool check_first;             /* show the findings of the text in the first round already */
	bool keep;                    /* the text to begin with is worth keeping when abandoned */
	bool accept_unchanged;        /* ... and worth recording as it is */
	bool dry_run;                 /* nothing will be written: keep no draft meanwhile */
};

/* text: what to begin with; then what the user made of it.  A draft is kept whenever something worth keeping was
 * abandoned or an error struck; and from the first change on, for whoever writes the text to take away. */
int fmr_editing_run(struct fmr_cli *cli, const struct fmr_editing *editing, struct fmr_str *text,
	enum fmr_editing_end *end, struct fmr_err *err);

/* Put `#! line:column code: message` lines below the lines that findings name. */
void fmr_editing_annotate(struct fmr_str *text, const struct fmr_findings *findings);
/* Take them out again. */
void fmr_editing_strip(struct fmr_str *text);

#endif
