/*
 * Where a record stands: its computed state, the signatures that it rests on, and what comes next.
 */
#ifndef FMR_CMD_STANDING_H
#define FMR_CMD_STANDING_H

#include "cli/cli.h"

/* Print it behind the page of the record, for people.  Nothing where nothing is governed. */
int fmr_standing_show(struct fmr_cli *cli, struct fmr_view *view, const struct fmr_record *record, struct fmr_err *err);

#endif
