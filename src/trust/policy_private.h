/*
 * The two steps in which a policy is parsed: reading its shape, then checking what it says.
 */
#ifndef FMR_TRUST_POLICY_PRIVATE_H
#define FMR_TRUST_POLICY_PRIVATE_H

#include "base/source.h"
#include "trust/policy.h"

struct policy_text {
	struct trust_policy *policy;
	const struct fmr_source *source;
	struct fmr_findings *findings;
};

/* Fill the policy from what root says: shapes, forms of single values, unknown keys.  Faults are findings. */
void fmr_policy_read(const struct policy_text *text, const struct fmr_value *root);
/* Judge a policy of good shape as a whole, and fill its tables. */
void fmr_policy_check(const struct policy_text *text);
struct fmr_finding *fmr_policy_fault(const struct policy_text *text, struct fmr_span span, enum fmr_code code,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Copy with ASCII capitals made small; in arena. */
char *fmr_policy_lower(struct fmr_arena *arena, const char *text);

#endif
