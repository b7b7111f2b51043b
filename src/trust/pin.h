/*
 * Pins: what an audit ended with, kept outside of the repository, so that a later audit notices a history that was cut
 * off, replaced or rewritten.  A text of a few lines (fmrec-audit(1), PIN FILES):
 *
 *	pin: 1
 *	repository: '8d3f...'       the id in the policy; 32 hex digits
 *	genesis: 'COMMIT'           the commit that founded the policy
 *	tip: 'COMMIT'               the last commit that was looked at
 *	commits: 1204               how many commits lead to it, itself included
 *	policy-version: 7           the policy in force behind the tip
 *	policy-digest: 'sha256:...'
 *	verdict: proven             proven, violation or unproven
 *	date: '2026-10-31T12:00:00Z'
 */
#ifndef FMR_TRUST_PIN_H
#define FMR_TRUST_PIN_H

#include "fmrec/audit.h"

enum { FMR_PIN_SIZE = 1 << 16 };

struct fmr_pin_file {
	struct fmr_pin pin; /* all of it is set */
	size_t commits;
	unsigned policy_version;
	enum fmr_verdict verdict;
};

/* FMR_ERR_INVALID when the text is no pin; name is for messages. */
int fmr_pin_parse(const char *name, const char *bytes, size_t length, struct fmr_pin_file *out, struct fmr_err *err);
/* The same of a file; FMR_ERR_NOT_FOUND when there is none. */
int fmr_pin_read(const char *path, struct fmr_pin_file *out, struct fmr_err *err);

/* Append the text of a pin. */
void fmr_pin_format(const struct fmr_pin_file *file, struct fmr_str *out);

/*
 * Write a pin, all or nothing.  A pin that is there must be of the same
 * history: of the same repository id and genesis, with no more commits and no
 * higher policy version than the new one, else FMR_ERR_REFUSED.  That the old
 * tip leads to the new one is for the audit to prove, which the caller made
 * with the old pin.
 */
int fmr_pin_write(const char *path, const struct fmr_pin_file *file, struct fmr_err *err);

#endif
