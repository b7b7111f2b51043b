/*
 * The public face of the fold: open, verdict, findings, pins.
 */
#include "trust/audit.h"

#include "base/alloc.h"
#include "base/i18n.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- pins: what somebody noted outside of the repository ---- */

static void report_pin(struct fmr_audit *audit, enum fmr_code code, const char *format, const char *noted,
	const char *found)
{
	audit->pin_failed = true;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	fmr_fold_report_at(&audit->fold, code, NULL, SIZE_MAX, 0, NULL, format, noted, found);
#pragma GCC diagnostic pop
}

static void check_pin(struct fmr_audit *audit, const struct fmr_pin *pin)
{
	struct fold *fold = &audit->fold;
	struct fmr_oid tip;
	size_t place;
	const char *repository = fold->policy ? fold->policy->repository : "-";
	if (*pin->repository && strcmp(pin->repository, repository) != 0)
		report_pin(audit, FMR_CODE_PIN_REPOSITORY, _("the pin is of repository %s, this one is %s"), pin->repository,
			repository);
	if (*pin->genesis && strcmp(pin->genesis, fold->summary.genesis) != 0)
		report_pin(audit, FMR_CODE_PIN_GENESIS, _("trust began in %.12s when it was pinned, and begins in %.12s here"),
			pin->genesis, *fold->summary.genesis ? fold->summary.genesis : "-");
	bool known = *pin->tip && fmr_oid_parse(pin->tip, &tip) && fmr_trust_line_find(&fold->line, &tip, &place);
	if (*pin->tip && !known)
		report_pin(audit, FMR_CODE_PIN_TIP,
			_("the pinned commit %.12s is no longer in the history of %.12s: it was cut off or rewritten"), pin->tip,
			fold->summary.tip);
	else if (*pin->tip && *pin->policy && strcmp(pin->policy, fold->pinned_policy) != 0)
		report_pin(audit, FMR_CODE_PIN_POLICY, _("the trust policy pinned was %s, and is %s in that place"), pin->policy,
			*fold->pinned_policy ? fold->pinned_policy : "-");
	fold->summary.pinned = known && !audit->pin_failed;
	fold->summary.pin_time = pin->time;
}

/* ---- open ---- */

static void describe_policy(struct fold *fold)
{
	struct fmr_audit_summary *summary = &fold->summary;
	const struct trust_policy *policy = fold->policy;
	if (!policy)
		return;
	summary->trusted = true;
	summary->policy_version = policy->version;
	summary->policy_digest = policy->digest;
	summary->repository = policy->repository;
	summary->edits_signed = policy->settings.edits_signed;
	summary->admins = policy->settings.admins;
}

static int find_since(struct fmr_audit *audit, const char *since, struct fmr_err *err)
{
	struct fmr_oid id;
	size_t place;
	int result = since ? fmr_store_resolve(audit->fold.store, since, &id, err) : 0;
	if (since && result == 0 && fmr_trust_line_find(&audit->fold.line, &id, &place))
		audit->after = place + 1;
	return result;
}

static void choose_findings(struct fmr_audit *audit)
{
	struct fold *fold = &audit->fold;
	audit->findings.count = 0;
	for (size_t i = 0; i < fold->findings.count; i++)
		if (fold->findings.items[i].sequence > audit->after)
			FMR_VEC_PUSH(&audit->findings, &fold->findings.items[i].said);
}

int fmr_audit_open(struct fmr_store *store, const struct fmr_audit_options *options, struct fmr_audit **out,
	struct fmr_err *err)
{
	struct fmr_oid tip;
	*out = NULL;
	int result = fmr_store_resolve(store, options->revision ? options->revision : "HEAD", &tip, err);
	if (result != 0)
		return result;
	struct fmr_audit *audit = fmr_alloc_zero(1, sizeof(*audit));
	fmr_arena_init(&audit->arena);
	audit->fold.store = store;
	audit->fold.states_only = options->states_only;
	audit->pinned = options->pin != NULL;
	if (options->states_only || options->remember)
		audit->fold.known = fmr_trust_known_open(store);
	fmr_oid_text(&tip, audit->fold.summary.tip);
	result = fmr_fold_run(&audit->fold, &tip, options, err);
	if (result == 0) {
		describe_policy(&audit->fold);
		if (options->pin && !audit->fold.line.cut)
			check_pin(audit, options->pin);
		result = find_since(audit, options->since, err);
		choose_findings(audit);
	}
	if (result != 0) {
		fmr_audit_close(audit);
		return result;
	}
	*out = audit;
	return 0;
}

int fmr_audit_follow(struct fmr_audit *audit, const char *commit, bool *follows, struct fmr_err *err)
{
	struct fmr_oid id;
	*follows = false;
	if (audit->pinned || !fmr_oid_parse(commit, &id))
		return 0;
	int result = fmr_fold_follow(&audit->fold, &id, follows, err);
	if (result == 0 && *follows) {
		describe_policy(&audit->fold);
		choose_findings(audit);
	}
	return result;
}

void fmr_audit_close(struct fmr_audit *audit)
{
	if (!audit)
		return;
	fmr_fold_release(&audit->fold);
	FMR_VEC_RELEASE(&audit->findings);
	fmr_arena_release(&audit->arena);
	free(audit);
}

/* ---- verdict ---- */

enum fmr_verdict fmr_audit_verdict(const struct fmr_audit *audit, bool strict)
{
	bool seen[FMR_OUTCOME_VIOLATION + 1];
	memcpy(seen, audit->fold.dropped, sizeof(seen));
	for (size_t i = 0; i < audit->findings.count; i++)
		if (!audit->findings.items[i]->acknowledged)
			seen[fmr_code_outcome(audit->findings.items[i]->code)] = true;
	if (seen[FMR_OUTCOME_VIOLATION] || (strict && seen[FMR_OUTCOME_UNCOUNTED]))
		return FMR_VIOLATION;
	const struct fmr_audit_summary *summary = &audit->fold.summary;
	if (seen[FMR_OUTCOME_UNPROVEN] || (strict && !summary->pinned && !*summary->checkpoint))
		return FMR_UNPROVEN;
	return FMR_PROVEN;
}

const struct fmr_audit_summary *fmr_audit_summary(const struct fmr_audit *audit)
{
	return &audit->fold.summary;
}

size_t fmr_audit_finding_count(const struct fmr_audit *audit)
{
	return audit->findings.count;
}

const struct fmr_audit_finding *fmr_audit_finding(const struct fmr_audit *audit, size_t index)
{
	assert(index < audit->findings.count);
	return audit->findings.items[index];
}

const struct trust_policy *fmr_audit_policy(const struct fmr_audit *audit)
{
	return audit->fold.policy;
}

bool fmr_audit_candidate(const struct fmr_audit *audit, char commit[FMR_COMMIT_TEXT], size_t *signatures)
{
	if (!audit->fold.candidate.policy)
		return false;
	fmr_oid_text(&audit->fold.candidate.commit, commit);
	*signatures = audit->fold.candidate.signers.count;
	return true;
}

bool fmr_audit_candidate_has(const struct fmr_audit *audit, const char *person)
{
	const struct fold_persons *signers = &audit->fold.candidate.signers;
	for (size_t i = 0; audit->fold.candidate.policy && i < signers->count; i++)
		if (strcmp(signers->items[i], person) == 0)
			return true;
	return false;
}

bool fmr_audit_deputy(const struct fmr_audit *audit, const char *deputy, const char *principal, const char *role,
	const char *type, int64_t now)
{
	return audit->fold.policy && fmr_fold_is_deputy(&audit->fold, deputy, principal, role, type, now);
}
