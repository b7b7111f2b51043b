/*
 * What a record waits for, in words: who is asked to sign what next.
 */
#ifndef FMR_CMD_WAITING_H
#define FMR_CMD_WAITING_H

#include "base/str.h"
#include "cli/cli.h"
#include "fmrec/audit.h"

/* Is this the way onward, and not one that is there for the odd case (from any state, or only with a reason)? */
bool fmr_waiting_is_usual(const struct fmr_next *next);
/* Is nothing lacking but signatures? */
bool fmr_waiting_is_ready(const struct fmr_next *next);
/* Append "manager: approve (Approve the plan)": the roles whose signatures are missing, and the verb.  Behind it, what
 * else is missing. */
void fmr_waiting_words(struct fmr_str *out, struct fmr_cli *cli, const struct fmr_next *next);
/* Append what usually comes next for the record, "; " between: what could be signed now, else what is missing for it.
 * Nothing when its workflow is at an end. */
int fmr_waiting_next(struct fmr_str *out, struct fmr_cli *cli, struct fmr_audit *audit, const char *id, int64_t now,
	struct fmr_err *err);

#endif
