/*
 * One commit after the other: what it is, and what follows from it (approvals, section 3).
 */
#include "trust/fold.h"

#include "base/i18n.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* ---- reading a commit ---- */

static int read_commit(struct fold *fold, size_t place, struct fmr_err *err)
{
	struct fold_commit *here = &fold->here;
	fmr_arena_clear(&here->arena);
	fmr_str_clear(&here->raw);
	here->changes.count = 0;
	here->touches = 0;
	here->side = false;
	here->backdated = false;
	here->id = fold->line.ids[place];
	here->sequence = place + 1;
	fmr_oid_text(&here->id, here->hex);
	here->readable = false;
	const char *fault = NULL;
	int result = fmr_store_object(fold->store, &here->id, FMR_OBJECT_COMMIT, TRUST_COMMIT_LIMIT, &here->raw, err);
	if (result != 0)
		return result; /* it was there a moment ago */
	here->readable = fmr_trust_commit_parse(here->raw.bytes, here->raw.length, &here->arena, &here->parsed, &fault);
	if (!here->readable) {
		here->parsed = (struct trust_commit){ 0 };
		if (fold->policy)
			fmr_fold_report(fold, FMR_CODE_HISTORY_MALFORMED, NULL, _("the commit is not well formed: %s"),
				fault ? fault : "-");
		const char *line = here->raw.bytes;
		char hex[41] = "";
		if (here->raw.length > 45 && memcmp(line, "tree ", 5) == 0)
			memcpy(hex, line + 5, 40);
		if (!fmr_oid_parse(hex, &here->parsed.tree))
			here->parsed.tree = fold->tree;
	}
	here->tree = here->parsed.tree;
	here->entered = here->parsed.committer.time;
	return 0;
}

static unsigned touch_of(enum trust_place place)
{
	switch (place) {
	case TRUST_PLACE_RECORD:
	case TRUST_PLACE_ATTACHMENT:
	case TRUST_PLACE_STRAY:
	case TRUST_PLACE_DISGUISED:
		return FOLD_TOUCHES_RECORDS;
	case TRUST_PLACE_TRUST:
		return FOLD_TOUCHES_TRUST;
	case TRUST_PLACE_CONFIG:
		return FOLD_TOUCHES_CONFIG;
	case TRUST_PLACE_ROOT:
		return FOLD_TOUCHES_RECORDS | FOLD_TOUCHES_TRUST | FOLD_TOUCHES_CONFIG;
	case TRUST_PLACE_OTHER:
		break;
	}
	return FOLD_TOUCHES_OTHER;
}

static int see_change(void *context, const char *path, const struct trust_tree_entry *before,
	const struct trust_tree_entry *after)
{
	struct fold_commit *here = context;
	struct trust_path place = fmr_trust_path_read(path);
	here->touches |= touch_of(place.place);
	if (place.place == TRUST_PLACE_OTHER)
		return 0;
	struct fold_change *change = FMR_VEC_ADD(&here->changes);
	*change = (struct fold_change){ .path = fmr_arena_strdup(&here->arena, path) };
	change->place = fmr_trust_path_read(change->path);
	if (before) {
		change->mode_before = before->mode;
		change->before = before->id;
	}
	if (after) {
		change->mode_after = after->mode;
		change->after = after->id;
	}
	return 0;
}

/* What the commit changed against its first parent.  What cannot be seen is reported and taken for no change: the verdict
 * cannot be "proven" any more. */
static int read_changes(struct fold *fold, const struct fmr_oid *before, const struct fmr_oid *after,
	struct fmr_err *err)
{
	struct fmr_err fault = { 0 };
	if (before && fmr_oid_equal(before, after))
		return 0;
	int result = fmr_trust_tree_diff(fold->trees, before, after, see_change, &fold->here, &fault);
	if (result != 0) {
		result = fmr_fold_report_object(fold, result, fold->here.hex, &fault);
		if (result != 0 && err)
			*err = fault;
	}
	return result;
}

/* ---- rules for every commit ---- */

/* Time is a claim: it must not run backwards.  Measured against the latest time claimed, so that it cannot creep. */
static void check_time(struct fold *fold)
{
	int64_t time = fold->here.parsed.committer.time;
	if (!fold->here.readable)
		return;
	if (fold->policy && time < fold->time_floor - FOLD_TIME_SLACK) {
		fmr_fold_report(fold, FMR_CODE_HISTORY_TIME, NULL, _("the commit claims to be older than the one before it"));
		fold->here.backdated = true;
		fold->time_floor = time;
	}
	if (time > fold->time_floor || !fold->policy)
		fold->time_floor = time;
}

static bool is_mixed(unsigned touches)
{
	if (touches & FOLD_TOUCHES_TRUST)
		return touches != FOLD_TOUCHES_TRUST;
	return (touches & FOLD_TOUCHES_CONFIG) && touches != FOLD_TOUCHES_CONFIG;
}

/* Who signed an edit.  Where edits are only claimed a signature need not be there, but one that is must be true. */
static int judge_edit(struct fold *fold, struct fold_signer *signer, struct fmr_err *err)
{
	int result = fmr_fold_signer(fold, fold->policy, signer, err);
	if (result != 0)
		return result;
	int64_t time = fold->here.parsed.committer.time;
	if (fold->policy->settings.edits_signed) {
		if (signer->code != FOLD_FINE)
			fmr_fold_report(fold, signer->code == FMR_CODE_SIG_MISSING ? FMR_CODE_HISTORY_EDIT : signer->code, NULL,
				_("edits must be signed here: %s"), signer->sentence);
		else if (!fmr_trust_policy_role(fold->policy, signer->person, fold->policy->settings.author_roles, time))
			fmr_fold_report(fold, FMR_CODE_HISTORY_EDIT, NULL, _("'%s' holds no role that may edit records"),
				signer->person);
	} else if (signer->code == FMR_CODE_SIG_BAD) {
		fmr_fold_report(fold, FMR_CODE_SIG_BAD, NULL, _("the signature of the edit is wrong: %s"), signer->sentence);
	}
	if (!signer->person || !fold->here.readable)
		return 0;
	struct fmr_text address =
		fmr_text_trim(fold->here.parsed.author.email.bytes, fold->here.parsed.author.email.length);
	char *mail = fmr_arena_strndup(&fold->here.arena, address.bytes, address.length);
	const struct trust_person *author = fmr_trust_policy_by_email(fold->policy, mail);
	if (author && strcmp(author->id, signer->person) != 0)
		fmr_fold_report(fold, FMR_CODE_HISTORY_AUTHOR, NULL,
			_("it names '%s' as its author and is signed by '%s'; both count as authors"), author->id, signer->person);
	return 0;
}

/* ---- kinds of commits ---- */

static enum trust_block read_block(struct fold *fold, struct trust_action *action)
{
	const char *fault = NULL;
	if (!fold->here.readable)
		return TRUST_NO_BLOCK;
	enum trust_block block = fmr_trust_action_parse(fold->here.parsed.message.bytes,
		fold->here.parsed.message.length, &fold->here.arena, action, &fault);
	if (block == TRUST_BLOCK_FAULTY)
		fmr_fold_report(fold, FMR_CODE_ACTION_BLOCK, NULL, _("the message has lines of fmrec that are no action: %s"),
			fault ? fault : "-");
	return block;
}

/* Before the first policy everything is free, and nothing counts. */
static int judge_before_trust(struct fold *fold, enum trust_block block, struct fmr_err *err)
{
	if (block == TRUST_BLOCK)
		fmr_fold_report(fold, FMR_CODE_ACTION_EARLY, NULL, _("an action before there is a trust policy cannot count"));
	int result = fold->here.parsed.parent_count > 1 ? fmr_fold_merge_before_trust(fold, read_changes, err)
							: fmr_fold_edits(fold, NULL, err);
	bool policy = false;
	for (size_t i = 0; i < fold->here.changes.count && !policy; i++)
		policy = fold->here.changes.items[i].mode_after &&
			strcmp(fold->here.changes.items[i].path, FMR_TRUST_POLICY_PATH) == 0;
	return result == 0 && policy ? fmr_fold_genesis(fold, err) : result;
}

static int judge_changes(struct fold *fold, bool is_action, struct fmr_err *err)
{
	unsigned touches = fold->here.touches;
	bool governs = touches & (FOLD_TOUCHES_TRUST | FOLD_TOUCHES_CONFIG);
	struct fold_signer signer = { 0 };
	int result = 0;
	if (governs && (is_action || is_mixed(touches)))
		fmr_fold_report(fold, FMR_CODE_HISTORY_MIXED, NULL,
			_("the commit changes other files together with trust or config; what it changes in these is not in force"));
	else if (touches & FOLD_TOUCHES_TRUST)
		result = fmr_fold_trust(fold, err);
	else if (touches & FOLD_TOUCHES_CONFIG)
		result = fmr_fold_config_changed(fold, err);
	if (result == 0 && (touches & FOLD_TOUCHES_RECORDS)) {
		fold->summary.edits++;
		result = judge_edit(fold, &signer, err);
	}
	return result == 0 ? fmr_fold_edits(fold, &signer, err) : result;
}

static int judge(struct fold *fold, struct fmr_err *err)
{
	struct trust_action action = { 0 };
	check_time(fold);
	int result = read_changes(fold, fold->has_tree ? &fold->tree : NULL, &fold->here.tree, err);
	if (result != 0)
		return result;
	enum trust_block block = read_block(fold, &action);
	fold->summary.actions += block == TRUST_BLOCK;
	if (!fold->policy)
		return judge_before_trust(fold, block, err);
	if (fold->here.parsed.parent_count > 1) {
		if (block == TRUST_BLOCK)
			fmr_fold_report(fold, FMR_CODE_ACTION_PARENTS, NULL, _("an action must have one parent; this is a merge"));
		return fmr_fold_merge(fold, read_changes, err);
	}
	if (block != TRUST_BLOCK)
		return judge_changes(fold, false, err);
	if (fmr_oid_equal(&fold->tree, &fold->here.tree))
		return fmr_fold_act(fold, &action, err);
	fmr_fold_report(fold, FMR_CODE_ACTION_TREE, NULL, _("the action changes files and does not count"));
	return judge_changes(fold, true, err);
}

/* ---- the clone ---- */

static int see_oddities(struct fold *fold, struct fmr_err *err)
{
	struct fmr_store_oddities odd = { 0 };
	int result = fmr_store_oddities(fold->store, &odd, err);
	if (result != 0)
		return result;
	if (odd.shallow)
		fmr_fold_report_at(fold, FMR_CODE_HISTORY_SHALLOW, NULL, SIZE_MAX, 0, NULL,
			_("the clone is shallow: history before it was cut off"));
	if (odd.partial)
		fmr_fold_report_at(fold, FMR_CODE_HISTORY_PARTIAL, NULL, SIZE_MAX, 0, NULL,
			_("the clone is partial: objects were left with its promisor remote"));
	if (odd.replaced)
		fmr_fold_report_at(fold, FMR_CODE_HISTORY_REPLACED, NULL, SIZE_MAX, 0, NULL,
			_("the clone has replace refs; they were not believed"));
	if (odd.grafted)
		fmr_fold_report_at(fold, FMR_CODE_HISTORY_GRAFTED, NULL, SIZE_MAX, 0, NULL,
			_("the clone has a grafts file; it was not believed"));
	return 0;
}

static void report_cut(struct fold *fold)
{
	char hex[41];
	fmr_oid_text(&fold->line.missing, hex);
	fmr_fold_report_at(fold, fmr_fold_object_code(fold->line.fault), hex, SIZE_MAX, 0, NULL,
		_("the commit cannot be read, so that nothing that comes after it can be judged"));
}

/* ---- the end ---- */

static const struct fold_vote *stale_vote(const struct fold_step *step)
{
	for (size_t i = 0; i < step->votes.count; i++)
		if (step->votes.items[i]->said.status == FMR_VOTE_STALE)
			return step->votes.items[i];
	return NULL;
}

/* The state of a record rests on a signature whose content changed, and nobody signed again or withdrew. */
static void report_stale(struct fold *fold, const struct fold_record *record)
{
	const struct fold_step *fallen = record->live ? fmr_fold_fallen(record) : NULL;
	const struct fold_vote *vote = fallen ? stale_vote(fallen) : NULL;
	if (!vote)
		return;
	struct fmr_oid id;
	size_t place = 0;
	if (fmr_oid_parse(vote->said.changed_in, &id))
		fmr_trust_line_find(&fold->line, &id, &place);
	fmr_fold_report_at(fold, FMR_CODE_REC_STALE, vote->said.changed_in, place + 1,
		vote->said.changed_time, record->id,
		_("'%s' changed after '%s' by %s (%s, %s) at %.12s"), record->id, vote->said.action,
		vote->said.name ? vote->said.name : vote->said.signer, vote->said.signer, vote->said.role, vote->said.commit);
}

static void sum_up(struct fold *fold)
{
	struct fold_persons persons = { 0 };
	fold->judged_findings = fold->findings.count;
	fold->summary.commits = fold->line.count;
	fold->summary.tip_time = fold->here.readable ? fold->here.parsed.committer.time : 0;
	fold->summary.approvals = 0;
	for (size_t i = 0; i < fold->records.count; i++) {
		const struct fold_record *record = &fold->records.items[i];
		report_stale(fold, record);
		for (size_t k = 0; record->flow && k < record->flow->votes.count; k++) {
			const struct fmr_vote *said = &record->flow->votes.items[k]->said;
			bool counts = said->status == FMR_VOTE_COUNTS || said->status == FMR_VOTE_OPEN;
			if (!counts || strcmp(said->action, FOLD_REJECT) == 0 || strcmp(said->action, FOLD_WITHDRAW) == 0)
				continue;
			fold->summary.approvals++;
			fmr_fold_persons_add(&persons, said->signer);
		}
	}
	fold->summary.persons = persons.count;
	FMR_VEC_RELEASE(&persons);
	if (fold->candidate.policy) {
		char hex[41];
		fmr_oid_text(&fold->candidate.commit, hex);
		fmr_fold_report_at(fold, FMR_CODE_POLICY_CANDIDATE, hex, fold->candidate.sequence, fold->candidate.time,
			NULL, _("a change of trust has %zu of %u signatures and is not in force"), fold->candidate.signers.count,
			fold->policy->settings.admins);
	}
	if (!fold->policy)
		fmr_fold_report_at(fold, FMR_CODE_POLICY_NONE, NULL, SIZE_MAX, 0, NULL, _("no trust policy was ever in force"));
	fmr_fold_acknowledge_findings(fold);
}

static void note_pinned(struct fold *fold, const struct fmr_pin *pin)
{
	if (!pin || strcmp(pin->tip, fold->here.hex) != 0)
		return;
	fold->summary.unanchored = 0;
	if (fold->policy)
		memcpy(fold->pinned_policy, fold->policy->digest, sizeof(fold->pinned_policy));
}

static int judge_at(struct fold *fold, size_t place, const struct fmr_pin *pin, struct fmr_err *err)
{
	int result = read_commit(fold, place, err);
	if (result == 0) {
		fold->summary.unanchored++;
		result = judge(fold, err);
	}
	fold->tree = fold->here.parsed.tree;
	fold->has_tree = true;
	note_pinned(fold, pin);
	return result;
}

int fmr_fold_run(struct fold *fold, const struct fmr_oid *tip, const struct fmr_audit_options *options,
	struct fmr_err *err)
{
	fold->trees = fmr_trust_trees_new(fold->store);
	fmr_arena_init(&fold->arena);
	fmr_arena_init(&fold->here.arena);
	fmr_str_init(&fold->here.raw);
	int result = see_oddities(fold, err);
	if (result == 0)
		result = fmr_trust_line_read(fold->store, tip, &fold->line, err);
	if (result != 0)
		return result;
	if (fold->line.cut) {
		report_cut(fold);
		return 0;
	}
	for (size_t i = 0; i < fold->line.count && result == 0; i++) {
		result = judge_at(fold, i, options->pin, err);
		if (options->progress && (i % 256 == 0 || i + 1 == fold->line.count))
			options->progress(options->progress_context, i + 1, fold->line.count);
	}
	if (result == 0)
		sum_up(fold);
	return result;
}

int fmr_fold_follow(struct fold *fold, const struct fmr_oid *id, bool *follows, struct fmr_err *err)
{
	int result = fmr_trust_line_follow(&fold->line, fold->store, id, follows, err);
	if (result != 0 || !*follows)
		return result;
	fold->findings.count = fold->judged_findings; /* what was summed up is no longer how it ends */
	result = judge_at(fold, fold->line.count - 1, NULL, err);
	memcpy(fold->summary.tip, fold->here.hex, sizeof(fold->summary.tip));
	if (result == 0)
		sum_up(fold);
	return result;
}

void fmr_fold_release(struct fold *fold)
{
	for (size_t i = 0; i < fold->records.count; i++) {
		fmr_fold_flow_free(fold->records.items[i].flow);
		FMR_VEC_RELEASE(&fold->records.items[i].authors);
	}
	for (size_t i = 0; i < fold->acknowledgements.count; i++)
		FMR_VEC_RELEASE(&fold->acknowledgements.items[i].assents);
	fmr_book_close(fold->book);
	fmr_view_close(fold->view);
	fmr_trust_policy_free(fold->policy);
	fmr_trust_policy_free(fold->candidate.policy);
	FMR_VEC_RELEASE(&fold->candidate.signers);
	FMR_VEC_RELEASE(&fold->records);
	FMR_VEC_RELEASE(&fold->findings);
	FMR_VEC_RELEASE(&fold->deeds);
	FMR_VEC_RELEASE(&fold->delegations);
	FMR_VEC_RELEASE(&fold->acknowledgements);
	FMR_VEC_RELEASE(&fold->names);
	FMR_VEC_RELEASE(&fold->covers);
	FMR_VEC_RELEASE(&fold->files);
	FMR_VEC_RELEASE(&fold->here.changes);
	fmr_dict_release(&fold->signed_of);
	fmr_dict_release(&fold->record_of);
	fmr_dict_release(&fold->key_of);
	fmr_dict_release(&fold->side_of);
	fmr_dict_release(&fold->address_of);
	fmr_dict_release(&fold->look_of);
	FMR_VEC_RELEASE(&fold->looks);
	fmr_dict_release(&fold->name_of);
	fmr_dict_release(&fold->cover_of);
	fmr_dict_release(&fold->file_of);
	fmr_trust_line_release(&fold->line);
	fmr_trust_verifier_free(fold->verifier);
	fmr_trust_known_close(fold->known);
	fmr_trust_trees_free(fold->trees);
	fmr_str_release(&fold->here.raw);
	fmr_arena_release(&fold->here.arena);
	fmr_arena_release(&fold->arena);
}
