/*
 * Records that signatures keep where they are: they go or move only when these are withdrawn (approvals, section 5).
 */
#ifndef FMR_CMD_BOUND_H
#define FMR_CMD_BOUND_H

#include "cli/cli.h"
#include "fmrec/audit.h"

/* FMR_ERR_REFUSED when the record is bound by signatures. */
int fmr_bound_refuse(struct fmr_cli *cli, const char *id, struct fmr_err *err);

/* A finding for each bound record whose file is staged as deleted.  states: of HEAD, for a merge as well: an audit judges
 * the files of a merge before what its side commits withdraw. */
int fmr_bound_check_staged(struct fmr_store *store, struct fmr_states *states, struct fmr_findings *findings,
	struct fmr_err *err);

#endif
