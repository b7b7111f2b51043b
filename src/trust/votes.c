/*
 * The one place where a vote is counted (approvals, section 5).  A vote counts when every question below is answered with
 * yes, in this order; the first no is the finding:
 *
 *	is there such a record, at this path, and nothing wrong with it?    action.record, rec.*
 *	does the workflow have such a transition?                          action.unknown
 *	does it lead on from the computed state, for this record?          vote.state
 *	is the record not rejected by somebody else?                       vote.rejected
 *	does the transition ask for a signature of this meaning?           action.meaning
 *	by this role?                                                      vote.role
 *	does the signer hold it, alone or as a deputy within scope?        vote.role, vote.deputy
 *	may this person sign, and everybody who is one with them?          vote.excluded
 *	is the digest that of the content as it is?                        vote.content
 *	is a reason there where one is required?                           action.reason
 *	did the transitions happen that must come before, and stand?       vote.after
 *	does the record have all that the new state asks for?              action.incomplete
 *	has this person not signed already, nor one who is one with them?  vote.twice
 */
#include "trust/fold.h"

#include "base/i18n.h"

#include <string.h>

struct ballot {
	struct fold *fold;
	struct fold_record *record;
	const struct trust_action *action;
	const struct fold_signer *signer;
	struct fold_vote *vote;
	struct fold_content content;
	const struct fmr_type *type;
	const char *initial, *state;
	struct fold_requirement requirement;
	const struct fold_slot *slot;
};

bool fmr_fold_text_is(struct fmr_text text, const char *word)
{
	return text.length == strlen(word) && memcmp(text.bytes, word, text.length) == 0;
}

/* The person in whose name it is signed. */
static const char *principal(const struct ballot *ballot)
{
	return ballot->vote->said.on_behalf_of ? ballot->vote->said.on_behalf_of : ballot->signer->person;
}

static bool record_is_sound(struct ballot *ballot)
{
	const struct fold_record *record = ballot->record;
	enum fmr_code fault = record->fault != FOLD_FINE ? record->fault : ballot->content.fault;
	if (fault == FOLD_FINE && ballot->content.said.root)
		return true;
	fmr_fold_refuse(ballot->fold, ballot->vote, fault == FOLD_FINE ? FMR_CODE_REC_TEXT : fault, record->id,
		_("'%s' cannot be signed as it stands: its file breaks a rule"), record->id);
	return false;
}

static bool transition_is_known(struct ballot *ballot)
{
	ballot->type = fmr_fold_type(ballot->fold, ballot->record->path);
	ballot->initial = fmr_fold_initial(ballot->type);
	if (ballot->type && ballot->initial && fmr_type_transition(ballot->type, ballot->vote->said.action))
		return true;
	fmr_fold_refuse(ballot->fold, ballot->vote, FMR_CODE_ACTION_UNKNOWN, ballot->record->id,
		_("the workflow in force knows no transition '%s' of '%s'"), ballot->vote->said.action, ballot->record->id);
	return false;
}

static bool leads_on(struct ballot *ballot)
{
	struct fold_vote *vote = ballot->vote;
	ballot->state = fmr_fold_state(ballot->record, ballot->initial);
	const struct fmr_transition_rule *rule =
		fmr_fold_row(ballot->type, vote->said.action, ballot->state, ballot->content.said.root);
	bool again = rule && !rule->to && fmr_fold_stands(ballot->record, rule->name);
	if (!rule || again) {
		fmr_fold_refuse(ballot->fold, vote, FMR_CODE_VOTE_STATE, ballot->record->id,
			_("'%s' is '%s', from where '%s' does not lead on"), ballot->record->id, ballot->state,
			vote->said.action);
		return false;
	}
	ballot->requirement =
		fmr_fold_requirement(ballot->fold, ballot->type, rule, ballot->content.said.root, &ballot->content.arena);
	const char *to = rule->to ? rule->to : ballot->state;
	vote->from = fmr_fold_name(ballot->fold, ballot->state, strlen(ballot->state));
	vote->to = fmr_fold_name(ballot->fold, to, strlen(to));
	return true;
}

/* A reject blocks until its signer clears it, for instance by voting for a transition. */
static bool is_not_rejected(struct ballot *ballot)
{
	const struct fold_flow *flow = ballot->record->flow;
	for (size_t i = 0; i < flow->rejects.count; i++) {
		const struct fold_vote *reject = flow->rejects.items[i];
		if (strcmp(reject->said.signer, ballot->signer->person) == 0)
			continue;
		fmr_fold_refuse(ballot->fold, ballot->vote, FMR_CODE_VOTE_REJECTED, ballot->record->id,
			_("'%s' is rejected by '%s' in %.12s"), ballot->record->id, reject->said.signer, reject->said.commit);
		return false;
	}
	return true;
}

/* The slot: of those with this meaning and role the first one that waits for a signature. */
static bool has_slot(struct ballot *ballot)
{
	const struct fold_requirement *requirement = &ballot->requirement;
	unsigned *given = fmr_arena_zero(&ballot->content.arena, requirement->slot_count + 1, sizeof(*given));
	fmr_fold_filled(requirement, ballot->record, ballot->state, given, NULL);
	bool meant = false;
	for (size_t i = 0; i < requirement->slot_count; i++) {
		const struct fold_slot *slot = &requirement->slots[i];
		if (!fmr_fold_text_is(ballot->action->meaning, slot->rule->meaning))
			continue;
		meant = true;
		if (fmr_fold_role_is_in(ballot->vote->said.role, slot->by) && (!ballot->slot || given[i] < slot->votes)) {
			ballot->slot = slot;
			if (given[i] < slot->votes)
				break;
		}
	}
	if (ballot->slot) {
		ballot->vote->said.covers = ballot->slot->covers;
		ballot->vote->attachments = ballot->slot->attachments;
		return true;
	}
	if (meant)
		fmr_fold_refuse(ballot->fold, ballot->vote, FMR_CODE_VOTE_ROLE, ballot->record->id,
			_("'%s' of '%s' does not take a signature of role '%s'"), ballot->vote->said.action, ballot->record->id,
			ballot->vote->said.role);
	else
		fmr_fold_refuse(ballot->fold, ballot->vote, FMR_CODE_ACTION_MEANING, ballot->record->id,
			_("'%s' of '%s' asks for no signature that means '%s'"), ballot->vote->said.action, ballot->record->id,
			ballot->vote->said.meaning);
	return false;
}

bool fmr_fold_holds_role(struct fold *fold, const struct fold_signer *signer, const struct trust_action *action,
	const char *type)
{
	const char *role = fmr_fold_name(fold, action->role.bytes, action->role.length);
	const char *behalf = action->behalf.length ? fmr_fold_name(fold, action->behalf.bytes, action->behalf.length) : NULL;
	/* What comes from a side branch must hold when it was made and when it came. */
	const int64_t times[] = { fold->here.parsed.committer.time, fold->here.entered };
	for (size_t i = 0; i < 2; i++) {
		bool held = behalf ? type && fmr_fold_is_deputy(fold, signer->person, behalf, role, type, times[i])
				   : fmr_trust_policy_holds(fold->policy, signer->person, role, times[i]);
		if (!held)
			return false;
	}
	return true;
}

static bool role_is_held(struct ballot *ballot)
{
	const struct fmr_vote *said = &ballot->vote->said;
	if (fmr_fold_holds_role(ballot->fold, ballot->signer, ballot->action, ballot->type->name))
		return true;
	if (said->on_behalf_of)
		fmr_fold_refuse(ballot->fold, ballot->vote, FMR_CODE_VOTE_DEPUTY, ballot->record->id,
			_("'%s' was no deputy of '%s' as '%s' on that day; '%s' of '%s' still waits for a signature"), said->signer,
			said->on_behalf_of, said->role, said->action, ballot->record->id);
	else
		fmr_fold_refuse(ballot->fold, ballot->vote, FMR_CODE_VOTE_ROLE, ballot->record->id,
			_("'%s' did not hold the role '%s' on that day; '%s' of '%s' still waits for a signature"), said->signer,
			said->role, said->action, ballot->record->id);
	return false;
}

static bool may_sign(struct ballot *ballot)
{
	struct fold *fold = ballot->fold;
	const struct fmr_value *root = ballot->content.said.root;
	const char *persons[2] = { ballot->signer->person, principal(ballot) }, *why = NULL;
	for (size_t i = 0; i < 2 && !why; i++)
		why = fmr_fold_excluded_as_one(fold, &ballot->requirement, ballot->slot, ballot->record, root, persons[i],
			ballot->vote->said.role, fold->here.parsed.committer.time);
	if (!why)
		return true;
	fmr_fold_refuse(fold, ballot->vote, FMR_CODE_VOTE_EXCLUDED, ballot->record->id,
		_("'%s' may not sign '%s' of '%s': the signer, or who is one person with the signer, %s"),
		ballot->signer->person, ballot->vote->said.action, ballot->record->id, why);
	return false;
}

static bool content_is_signed(struct ballot *ballot)
{
	struct fmr_str manifest;
	char digest[FMR_RECORD_DIGEST] = "";
	fmr_str_init(&manifest);
	bool known = fmr_trust_manifest(&ballot->content.said, ballot->slot->covers, ballot->slot->attachments, &manifest,
			     NULL) == 0 &&
		fmr_trust_manifest_digest(&manifest, digest, NULL) == 0;
	fmr_str_release(&manifest);
	if (known && fmr_fold_text_is(ballot->action->content, digest))
		return true;
	ballot->vote->said.now = known ? fmr_arena_strdup(&ballot->fold->arena, digest) : NULL;
	fmr_fold_refuse(ballot->fold, ballot->vote, FMR_CODE_VOTE_CONTENT, ballot->record->id,
		_("'%s' signed other content of '%s' than it had: signed %s, there was %s"), ballot->signer->person,
		ballot->record->id, ballot->vote->said.content, known ? digest : "-");
	return false;
}

static bool has_reason(struct ballot *ballot)
{
	if (!ballot->requirement.rule->reason || ballot->action->reason.length)
		return true;
	fmr_fold_refuse(ballot->fold, ballot->vote, FMR_CODE_ACTION_REASON, ballot->record->id,
		_("'%s' of '%s' must give a reason"), ballot->vote->said.action, ballot->record->id);
	return false;
}

static bool comes_after(struct ballot *ballot)
{
	for (const char *const *name = ballot->requirement.rule->after; name && *name; name++) {
		if (fmr_fold_stands(ballot->record, *name))
			continue;
		fmr_fold_refuse(ballot->fold, ballot->vote, FMR_CODE_VOTE_AFTER, ballot->record->id,
			_("'%s' of '%s' must come after '%s'"), ballot->vote->said.action, ballot->record->id, *name);
		return false;
	}
	return true;
}

static bool is_complete(struct ballot *ballot)
{
	const struct fold_content *content = &ballot->content;
	const struct fmr_record record = { .id = ballot->record->id, .path = ballot->record->path, .type = ballot->type,
		.text = content->text.bytes, .length = content->text.length, .root = content->said.root };
	struct fmr_findings *lacks = fmr_findings_new(1);
	int result = fmr_record_lacks(ballot->fold->book, &record, ballot->vote->to, ballot->requirement.rule, lacks, NULL);
	bool complete = result == 0 && !fmr_findings_count(lacks) && !fmr_findings_dropped(lacks);
	if (!complete)
		fmr_fold_refuse(ballot->fold, ballot->vote, FMR_CODE_ACTION_INCOMPLETE, ballot->record->id,
			_("'%s' is not complete enough for '%s': %s"), ballot->record->id, ballot->vote->said.action,
			fmr_findings_count(lacks) ? fmr_findings_at(lacks, 0)->message : "-");
	fmr_findings_free(lacks);
	return complete;
}

/* One person fills one slot, with however many keys, roles or deputies. */
static bool is_another_person(struct ballot *ballot)
{
	const struct fold_flow *flow = ballot->record->flow;
	const char *mine[2] = { ballot->signer->person, principal(ballot) };
	for (size_t i = 0; i < flow->open.count; i++) {
		const struct fmr_vote *other = &flow->open.items[i]->said;
		const char *theirs[2] = { other->signer, other->on_behalf_of ? other->on_behalf_of : other->signer };
		bool one = false;
		for (size_t k = 0; k < 4; k++)
			one = one || fmr_fold_are_one(ballot->fold, mine[k / 2], theirs[k % 2], ballot->vote->said.role,
						 ballot->type->name, ballot->fold->here.parsed.committer.time);
		if (!one || strcmp(other->action, ballot->vote->said.action) != 0 ||
			strcmp(flow->open.items[i]->from, ballot->state) != 0)
			continue;
		fmr_fold_refuse(ballot->fold, ballot->vote, FMR_CODE_VOTE_TWICE, ballot->record->id,
			_("'%s' of '%s' has the signature of '%s' already, who counts as the same person"), other->action,
			ballot->record->id, other->signer);
		return false;
	}
	return true;
}

/* All slots filled: the transition is reached. */
static void complete(struct ballot *ballot)
{
	const struct fold_requirement *requirement = &ballot->requirement;
	unsigned *given = fmr_arena_zero(&ballot->content.arena, requirement->slot_count + 1, sizeof(*given));
	struct fold_votes used = { 0 };
	fmr_fold_filled(requirement, ballot->record, ballot->state, given, &used);
	bool full = requirement->slot_count > 0;
	for (size_t i = 0; i < requirement->slot_count; i++)
		full = full && requirement->slots[i].votes > 0 && given[i] >= requirement->slots[i].votes;
	if (full) {
		struct fold_flow *flow = ballot->record->flow;
		for (size_t i = 0; i < used.count; i++)
			fmr_fold_votes_remove(&flow->open, used.items[i]);
		const struct fold_step step = { .transition = ballot->vote->said.action, .from = ballot->vote->from,
			.to = ballot->vote->to, .restart = requirement->rule->restart };
		fmr_fold_reach(ballot->fold, ballot->record, ballot->initial, step, &used);
	}
	FMR_VEC_RELEASE(&used);
}

static void count(struct ballot *ballot)
{
	struct fold_flow *flow = ballot->record->flow;
	for (size_t i = flow->rejects.count; i > 0; i--) {
		struct fold_vote *reject = flow->rejects.items[i - 1];
		if (strcmp(reject->said.signer, ballot->signer->person) == 0) {
			reject->said.status = FMR_VOTE_PASSED;
			fmr_fold_votes_remove(&flow->rejects, reject);
		}
	}
	fmr_dict_add(&ballot->fold->signed_of, ballot->vote->said.content,
		(size_t)(ballot->record - ballot->fold->records.items));
	ballot->vote->said.status = FMR_VOTE_OPEN;
	ballot->vote->said.why = NULL;
	FMR_VEC_PUSH(&flow->open, ballot->vote);
	complete(ballot);
}

int fmr_fold_transition(struct fold *fold, struct fold_record *record, const struct trust_action *action,
	const struct fold_signer *signer, struct fold_vote *vote, struct fmr_err *err)
{
	struct ballot ballot = { .fold = fold, .record = record, .action = action, .signer = signer, .vote = vote };
	int result = fmr_fold_content_load(fold, record, &ballot.content, err);
	if (result == 0)
		result = fmr_fold_content_attachments(fold, &fold->here.tree, &ballot.content, err);
	if (result == 0) {
		bool counts = record_is_sound(&ballot) && transition_is_known(&ballot) && leads_on(&ballot) &&
			is_not_rejected(&ballot) && has_slot(&ballot) && role_is_held(&ballot) && may_sign(&ballot) &&
			content_is_signed(&ballot) && has_reason(&ballot) && comes_after(&ballot) &&
			is_complete(&ballot) && is_another_person(&ballot);
		if (counts)
			count(&ballot);
	}
	fmr_fold_content_release(&ballot.content);
	return result;
}
