/*
 * One signature each, as the command of its name gives it, for who knows already what to sign: the audit of the signing
 * is open, and that of the new commit afterwards.  Nothing is printed but the declaration that is to be agreed to.
 */
#ifndef FMR_CMD_ACTS_H
#define FMR_CMD_ACTS_H

#include "cmd/signing.h"

struct fmr_act {
	const char *id;                      /* of the record */
	const char *transition;              /* to advance it by */
	const char *role, *behalf, *reason;  /* NULL: not said, as all of these */
	const char *commit;                  /* that is withdrawn, endorsed or acknowledged */
	const char *deputy, *from, *until;   /* to delegate */
	struct fmr_strings types;
};

typedef int fmr_act_sign(struct fmr_signing *signing, const struct fmr_act *act, struct fmr_commit_result *commit,
	struct fmr_err *err);
fmr_act_sign fmr_act_advance, fmr_act_reject, fmr_act_withdraw, fmr_act_delegate, fmr_act_endorse, fmr_act_acknowledge,
	fmr_act_checkpoint;

/* The path of the record that it is about, as the audit knows it; an id that it does not know stands for itself. */
const char *fmr_act_path(const struct fmr_signing *signing, const struct fmr_act *act);
/* Sign what prepare declares. */
int fmr_act_run(struct fmr_signing *signing, fmr_signing_prepare *prepare, void *context, struct fmr_commit_result *commit,
	struct fmr_err *err);

#endif
