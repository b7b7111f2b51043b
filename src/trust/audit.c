#include "fmrec/audit.h"

#include "base/alloc.h"
#include "base/i18n.h"

#include <stdlib.h>

struct fmr_audit {
	struct fmr_audit_summary summary;
	struct fmr_audit_finding finding;
};

int fmr_audit_open(struct fmr_store *store, const struct fmr_audit_options *options, struct fmr_audit **out,
	struct fmr_err *err)
{
	(void)store, (void)options, (void)err;
	struct fmr_audit *audit = fmr_alloc_zero(1, sizeof(*audit));
	audit->finding.code = FMR_CODE_POLICY_NONE;
	audit->finding.sentence = _("no trust policy was ever in force");
	*out = audit;
	return 0;
}

void fmr_audit_close(struct fmr_audit *audit)
{
	free(audit);
}

enum fmr_verdict fmr_audit_verdict(const struct fmr_audit *audit, bool strict)
{
	(void)audit, (void)strict;
	return FMR_UNPROVEN;
}

const struct fmr_audit_summary *fmr_audit_summary(const struct fmr_audit *audit)
{
	return &audit->summary;
}

size_t fmr_audit_finding_count(const struct fmr_audit *audit)
{
	(void)audit;
	return 1;
}

const struct fmr_audit_finding *fmr_audit_finding(const struct fmr_audit *audit, size_t index)
{
	(void)index;
	return &audit->finding;
}

const struct fmr_record_status *fmr_audit_record(struct fmr_audit *audit, const char *id)
{
	(void)audit, (void)id;
	return NULL;
}

const char *fmr_audit_state(struct fmr_audit *audit, const char *id)
{
	(void)audit, (void)id;
	return NULL;
}

int fmr_audit_each_record(struct fmr_audit *audit, fmr_record_status_visit *visit, void *context)
{
	(void)audit, (void)visit, (void)context;
	return 0;
}

const struct trust_policy *fmr_audit_policy(const struct fmr_audit *audit)
{
	(void)audit;
	return NULL;
}

bool fmr_audit_candidate(const struct fmr_audit *audit, char commit[FMR_COMMIT_TEXT], size_t *signatures)
{
	(void)audit, (void)commit, (void)signatures;
	return false;
}

int fmr_audit_next(struct fmr_audit *audit, const char *id, const char *me, int64_t now, struct fmr_arena *arena,
	struct fmr_next **out, size_t *count, struct fmr_err *err)
{
	(void)audit, (void)me, (void)now, (void)arena, (void)out, (void)count;
	return fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no record '%s' is in the audited history"), id);
}

int fmr_audit_manifest(struct fmr_audit *audit, const char *id, const struct fmr_slot_rule *slot,
	struct fmr_str *manifest, char digest[FMR_RECORD_DIGEST], struct fmr_err *err)
{
	(void)audit, (void)slot, (void)manifest, (void)digest;
	return fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no record '%s' is in the audited history"), id);
}
