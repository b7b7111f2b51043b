/*
 * What became of a record since somebody signed it.
 */
#ifndef FMR_CMD_CHANGED_H
#define FMR_CMD_CHANGED_H

#include "cmd/signing.h"

/* The last signature on the record that this person gave, and that was not refused; or NULL. */
const struct fmr_vote *fmr_changed_last_vote(const struct fmr_record_status *status, const char *person);
/* Append "; changed since your last signature: plan.details": of the fields that the slot covers. */
void fmr_changed_since(struct fmr_str *out, const struct fmr_signing *signing, const struct fmr_record_status *status,
	const struct fmr_vote *before, const struct fmr_slot_rule *slot);

#endif
