#include "cmd/pushed.h"

#include "base/i18n.h"

#include <string.h>

enum { SHORT_ID = 12 };

bool fmr_commit_is_none(const char *id)
{
	return id[strspn(id, "0")] == '\0';
}

/* ---- the commits ---- */

static int add_commit(void *context, const struct fmr_new_commit *commit)
{
	struct fmr_pushed *pushed = context;
	const char *parent = commit->parents[0];
	FMR_VEC_PUSH(&pushed->ids, fmr_arena_strdup(&pushed->arena, commit->id));
	FMR_VEC_PUSH(&pushed->parents, parent ? fmr_arena_strdup(&pushed->arena, parent) : NULL);
	return pushed->look ? pushed->look(pushed->look_context, commit) : 0;
}

int fmr_pushed_read(struct fmr_store *store, const struct fmr_new_commits *query, struct fmr_pushed *pushed,
	struct fmr_err *err)
{
	fmr_arena_init(&pushed->arena);
	return fmr_store_new_commits(store, query, add_commit, pushed, err);
}

void fmr_pushed_release(struct fmr_pushed *pushed)
{
	FMR_VEC_RELEASE(&pushed->ids);
	FMR_VEC_RELEASE(&pushed->parents);
	fmr_arena_release(&pushed->arena);
}

/* Parents come before their children: one walk backwards. */
const char *fmr_pushed_base(const struct fmr_pushed *pushed, const char *tip)
{
	const char *at = tip;
	for (size_t i = pushed->ids.count; at && i-- > 0;)
		if (strcmp(pushed->ids.items[i], at) == 0)
			at = pushed->parents.items[i];
	return at;
}

int fmr_pushed_check(struct fmr_store *store, const struct fmr_pushed *pushed, const char *tip,
	struct fmr_findings *findings, struct fmr_err *err)
{
	struct fmr_check_result checked;
	struct fmr_view *view;
	if (!pushed->ids.count)
		return 0;
	int result = fmr_view_open(store, FMR_VIEW_COMMIT, tip, &view, err);
	if (result)
		return result;
	const bool governed = fmr_states_are_governed(view);
	struct fmr_states *states = fmr_states_new(view);
	result = fmr_check_commits(store, pushed->ids.items, pushed->ids.count, governed ? fmr_states_of : NULL, states,
		findings, &checked, err);
	fmr_states_free(states);
	fmr_view_close(view);
	return result;
}

/* ---- what they prove ---- */

/* A changed record falls back to a lower state: that is for its approvers to see to, not for whoever changed it. */
static enum fmr_severity severity_of(const struct fmr_audit_finding *finding)
{
	if (finding->acknowledged || finding->code == FMR_CODE_REC_STALE)
		return FMR_WARNING;
	switch (fmr_code_outcome(finding->code)) {
	case FMR_OUTCOME_VIOLATION:
	case FMR_OUTCOME_UNPROVEN:
		return FMR_ERROR;
	case FMR_OUTCOME_UNCOUNTED:
		return FMR_WARNING;
	case FMR_OUTCOME_NOTE:
		break;
	}
	return FMR_ADVICE;
}

/* What becomes of a decision when git makes its commit anew. */
static bool looks_rebased(const struct fmr_audit_finding *finding)
{
	return finding->record && (finding->code == FMR_CODE_SIG_MISSING || finding->code == FMR_CODE_SIG_BAD ||
		finding->code == FMR_CODE_ACTION_TIME);
}

static void add_finding(struct fmr_findings *findings, const struct fmr_audit_finding *finding)
{
	const char *place = *finding->commit ? fmr_findings_text(findings, "%.*s", SHORT_ID, finding->commit) : NULL;
	if (place && finding->record)
		place = fmr_findings_text(findings, "%s:%s", place, finding->record);
	struct fmr_finding *row = fmr_findings_add(findings, finding->code, place, "%s", finding->sentence);
	row->severity = severity_of(finding);
	if (finding->hint)
		row->hint = fmr_findings_text(findings, "%s", finding->hint);
	else if (looks_rebased(finding))
		row->hint = fmr_findings_text(findings, "%s", _("whoever signed it signs it again after a rebase: fmrec resign"));
}

int fmr_pushed_audit(struct fmr_store *store, const char *tip, const char *since, struct fmr_findings *findings,
	bool *governed, struct fmr_err *err)
{
	const struct fmr_audit_options options = { .revision = tip, .since = since, .remember = true };
	struct fmr_audit *audit;
	int result = fmr_audit_open(store, &options, &audit, err);
	if (result)
		return result;
	*governed = fmr_audit_summary(audit)->trusted;
	for (size_t i = 0; i < fmr_audit_finding_count(audit); i++) {
		const struct fmr_audit_finding *finding = fmr_audit_finding(audit, i);
		if (*governed || fmr_code_outcome(finding->code) == FMR_OUTCOME_VIOLATION)
			add_finding(findings, finding);
	}
	fmr_audit_close(audit);
	return 0;
}
