/*
 * Actions: what every one of them must fulfil, and those that are not votes for a transition (approvals, sections 4, 5).
 */
#include "trust/fold.h"

#include "base/i18n.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

void fmr_fold_refuse(struct fold *fold, struct fold_vote *vote, enum fmr_code code, const char *record,
	const char *format, ...)
{
	struct fmr_str why;
	va_list args;
	fmr_str_init(&why);
	va_start(args, format);
	fmr_str_vprintf(&why, format, args);
	va_end(args);
	fmr_fold_report(fold, code, record, "%s", why.bytes);
	if (vote) {
		vote->said.status = FMR_VOTE_REFUSED;
		vote->said.code = code;
		vote->said.why = fmr_arena_strdup(&fold->arena, why.bytes);
	}
	fmr_str_release(&why);
}

/* ---- what every Action must fulfil ---- */

static enum fmr_code genuine(struct fold *fold, const struct trust_action *action, const struct fold_signer *signer,
	const char **sentence)
{
	*sentence = signer->sentence;
	if (signer->code != FOLD_FINE)
		return signer->code;
	*sentence = _("it is for another repository");
	if (!fmr_fold_text_is(action->repo, fold->policy->repository))
		return FMR_CODE_ACTION_REPOSITORY;
	*sentence = _("it names a trust policy other than the one in force");
	if (action->policy_version != fold->policy->version ||
		!fmr_fold_text_is(action->policy_digest, fold->policy->digest))
		return FMR_CODE_ACTION_POLICY;
	*sentence = _("it names somebody other than the owner of the key that signed");
	if (!signer->person || !fmr_fold_text_is(action->signer, signer->person))
		return FMR_CODE_ACTION_SIGNER;
	*sentence = _("its time is not that of the committer");
	if (action->time != fold->here.parsed.committer.time)
		return FMR_CODE_ACTION_TIME;
	return FOLD_FINE;
}

/* ---- votes ---- */

static const char *name_of(struct fold *fold, struct fmr_text text)
{
	return text.length ? fmr_fold_name(fold, text.bytes, text.length) : NULL;
}

static const char *copy_of(struct fold *fold, struct fmr_text text)
{
	return text.length ? fmr_arena_strndup(&fold->arena, text.bytes, text.length) : NULL;
}

static void describe_person(struct fold *fold, struct fmr_vote *said)
{
	const struct trust_person *person = fmr_trust_policy_person(fold->policy, said->signer);
	if (person) {
		said->name = fmr_fold_name(fold, person->name, strlen(person->name));
		said->department =
			person->department ? fmr_fold_name(fold, person->department, strlen(person->department)) : NULL;
	}
	const struct trust_person *other =
		said->on_behalf_of ? fmr_trust_policy_person(fold->policy, said->on_behalf_of) : NULL;
	if (other)
		said->behalf_name = fmr_fold_name(fold, other->name, strlen(other->name));
}

struct fold_vote *fmr_fold_vote_new(struct fold *fold, struct fold_record *record, const struct trust_action *action,
	const struct fold_signer *signer)
{
	struct fold_vote *vote = fmr_arena_zero(&fold->arena, 1, sizeof(*vote));
	struct fmr_vote *said = &vote->said;
	memcpy(said->commit, fold->here.hex, sizeof(said->commit));
	said->action = name_of(fold, action->action);
	said->signer = name_of(fold, action->signer);
	said->on_behalf_of = name_of(fold, action->behalf);
	said->role = name_of(fold, action->role);
	said->meaning = name_of(fold, action->meaning);
	said->key = signer->fingerprint;
	said->reason = copy_of(fold, action->reason);
	said->target = copy_of(fold, action->target);
	said->time = action->time;
	said->content = copy_of(fold, action->content);
	said->policy_version = action->policy_version;
	said->status = FMR_VOTE_REFUSED;
	describe_person(fold, said);
	vote->sequence = fold->here.sequence;
	vote->key_text = signer->key_text;
	FMR_VEC_PUSH(&fmr_fold_flow(record)->votes, vote);
	return vote;
}

/* ---- reject ---- */

/* Could a person of this role sign any transition that leaves the state of the record? */
static bool role_has_a_say(struct fold *fold, const struct fmr_type *type, const struct fold_record *record,
	const char *role, struct fmr_err *err, int *result)
{
	struct fold_content content;
	bool found = false;
	*result = fmr_fold_content_load(fold, record, &content, err);
	const char *state = fmr_fold_state(record, fmr_fold_initial(type));
	for (size_t i = 0; *result == 0 && i < type->transition_count && !found; i++) {
		if (!fmr_transition_leaves(&type->transitions[i], state))
			continue;
		struct fold_requirement requirement =
			fmr_fold_requirement(fold, type, &type->transitions[i], content.said.root, &content.arena);
		for (size_t k = 0; k < requirement.slot_count && !found; k++)
			found = fmr_fold_role_is_in(role, requirement.slots[k].by);
	}
	fmr_fold_content_release(&content);
	return found;
}

static int reject(struct fold *fold, struct fold_record *record, const struct trust_action *action,
	const struct fold_signer *signer, struct fold_vote *vote, struct fmr_err *err)
{
	const struct fmr_type *type = fmr_fold_type(fold, record->path);
	if (!action->reason.length) {
		fmr_fold_refuse(fold, vote, FMR_CODE_ACTION_REASON, record->id, _("a reject must give a reason"));
		return 0;
	}
	int result = 0;
	bool has_say = type && fmr_fold_initial(type) &&
		role_has_a_say(fold, type, record, vote->said.role, err, &result) &&
		fmr_fold_holds_role(fold, signer, action, type->name);
	if (result != 0)
		return result;
	if (!has_say) {
		fmr_fold_refuse(fold, vote, FMR_CODE_VOTE_ROLE, record->id,
			_("'%s' as '%s' could sign nothing about '%s' as it stands, and cannot reject it either"), signer->person,
			vote->said.role, record->id);
		return 0;
	}
	vote->said.status = FMR_VOTE_COUNTS;
	FMR_VEC_PUSH(&record->flow->rejects, vote);
	return 0;
}

/* ---- withdraw ---- */

static struct fold_vote *find_vote(struct fold_record *record, struct fmr_text commit)
{
	for (size_t i = 0; record->flow && i < record->flow->votes.count; i++)
		if (fmr_fold_text_is(commit, record->flow->votes.items[i]->said.commit))
			return record->flow->votes.items[i];
	return NULL;
}

static struct fold_persons *withdrawers(struct fold_flow *flow, const struct fold_vote *vote)
{
	for (size_t i = 0; i < flow->withdrawals.count; i++)
		if (flow->withdrawals.items[i].vote == vote)
			return &flow->withdrawals.items[i].persons;
	struct fold_withdrawal *fresh = FMR_VEC_ADD(&flow->withdrawals);
	*fresh = (struct fold_withdrawal){ .vote = vote };
	return &fresh->persons;
}

/* How many persons of this role must take the target back in place of its signer; 0: the role cannot. */
static unsigned quorum(struct fold *fold, const struct fmr_type *type, const struct fold_vote *target, const char *role)
{
	unsigned votes = 0;
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	for (size_t i = 0; type && i < type->transition_count; i++) {
		if (strcmp(type->transitions[i].name, target->said.action) != 0)
			continue;
		struct fold_requirement requirement =
			fmr_fold_requirement(fold, type, &type->transitions[i], NULL, &arena);
		for (size_t k = 0; k < requirement.slot_count; k++) {
			const struct fold_slot *slot = &requirement.slots[k];
			if (strcmp(slot->rule->meaning, target->said.meaning) == 0 && fmr_fold_role_is_in(role, slot->by) &&
				slot->votes > votes)
				votes = slot->votes;
		}
	}
	fmr_arena_release(&arena);
	return votes;
}

static void withdraw(struct fold *fold, struct fold_record *record, const struct trust_action *action,
	const struct fold_signer *signer, struct fold_vote *vote)
{
	struct fold_vote *target = find_vote(record, action->target);
	if (!action->reason.length) {
		fmr_fold_refuse(fold, vote, FMR_CODE_ACTION_REASON, record->id, _("a withdrawal must give a reason"));
		return;
	}
	if (!target || !fmr_fold_can_be_withdrawn(target)) {
		fmr_fold_refuse(fold, vote, FMR_CODE_ACTION_TARGET, record->id,
			_("%.12s is no signature for '%s' that could be withdrawn"), vote->said.target, record->id);
		return;
	}
	bool own = strcmp(target->said.signer, signer->person) == 0 ||
		(target->said.on_behalf_of && strcmp(target->said.on_behalf_of, signer->person) == 0);
	if (!own) {
		const struct fmr_type *type = fmr_fold_type(fold, record->path);
		unsigned needed = strcmp(target->said.action, FOLD_REJECT) != 0 ? quorum(fold, type, target, vote->said.role) : 0;
		if (!needed || !fmr_fold_holds_role(fold, signer, action, type->name)) {
			fmr_fold_refuse(fold, vote, FMR_CODE_VOTE_ROLE, record->id,
				_("'%s' as '%s' cannot withdraw what '%s' signed"), signer->person, vote->said.role,
				target->said.signer);
			return;
		}
		struct fold_persons *persons = withdrawers(record->flow, target);
		fmr_fold_persons_add(persons, vote->said.on_behalf_of ? vote->said.on_behalf_of : signer->person);
		if (persons->count < needed) {
			vote->said.status = FMR_VOTE_OPEN;
			return;
		}
	}
	vote->said.status = FMR_VOTE_COUNTS;
	fmr_fold_take_out(record, target, FMR_VOTE_WITHDRAWN);
}

/* ---- Actions about a record ---- */

/* The record whose content this was when it was signed before: its id is part of the digest, so that another record's was
 * copied. */
static const struct fold_record *signed_elsewhere(const struct fold *fold, const struct fold_vote *vote)
{
	size_t number;
	const bool known = vote->said.content && fmr_dict_get(&fold->signed_of, vote->said.content, &number);
	return known ? &fold->records.items[number] : NULL;
}

static int act_on_record(struct fold *fold, const struct trust_action *action, const struct fold_signer *signer,
	enum fmr_code fault, const char *sentence, struct fmr_err *err)
{
	const char *id = name_of(fold, action->record);
	struct fold_record *record = id ? fmr_fold_record(fold, id) : NULL;
	struct fold_vote *vote = record ? fmr_fold_vote_new(fold, record, action, signer) : NULL;
	if (fault != FOLD_FINE) {
		fmr_fold_refuse(fold, vote, fault, id, _("'%s' of '%s' does not count: %s"),
			name_of(fold, action->action), id ? id : "-", sentence ? sentence : "-");
		return 0;
	}
	if (!record || !record->live || !fmr_fold_text_is(action->path, record->path)) {
		fmr_fold_refuse(fold, vote, FMR_CODE_ACTION_RECORD, id, _("there is no record '%s' at the path that it names"),
			id ? id : "-");
		return 0;
	}
	const struct fold_record *other = signed_elsewhere(fold, vote);
	if (other && other != record) {
		fmr_fold_refuse(fold, vote, FMR_CODE_ACTION_RECORD, id, _("it carries a signature of '%s' over to '%s'"), other->id, id);
		return 0;
	}
	if (fmr_fold_text_is(action->action, FOLD_REJECT))
		return reject(fold, record, action, signer, vote, err);
	if (fmr_fold_text_is(action->action, FOLD_WITHDRAW)) {
		withdraw(fold, record, action, signer, vote);
		return 0;
	}
	if (fold->here.side && !fold->policy->settings.merges_clean) {
		fmr_fold_refuse(fold, vote, FMR_CODE_VOTE_SIDE, id,
			_("'%s' of '%s' was signed on a side branch, where only rejects and withdrawals count"), vote->said.action, id);
		return 0;
	}
	return fmr_fold_transition(fold, record, action, signer, vote, err);
}

/* ---- Actions about the repository ---- */

static bool holds(struct fold *fold, const struct fold_signer *signer, const struct trust_action *action,
	const char *role)
{
	bool right = fmr_fold_text_is(action->role, role) &&
		fmr_trust_policy_holds(fold->policy, signer->person, role, fold->here.parsed.committer.time);
	if (!right)
		fmr_fold_report(fold, FMR_CODE_VOTE_ROLE, NULL, _("'%s' did not hold the role '%s', which '%s' needs"),
			signer->person, role, name_of(fold, action->action));
	return right;
}

static bool target_of(struct fold *fold, const struct trust_action *action, struct fmr_oid *target)
{
	char hex[41] = "";
	size_t place;
	if (action->target.length == 40)
		memcpy(hex, action->target.bytes, 40);
	bool known = fmr_oid_parse(hex, target) && fmr_trust_line_find(&fold->line, target, &place) &&
		place + 1 < fold->here.sequence;
	if (!known)
		fmr_fold_report(fold, FMR_CODE_ACTION_TARGET, NULL, _("%.12s is no earlier commit of this line of history"), hex);
	return known;
}

static void endorse(struct fold *fold, const struct trust_action *action, const struct fold_signer *signer)
{
	struct fmr_oid target;
	if (!holds(fold, signer, action, FMR_TRUST_ADMIN) || !target_of(fold, action, &target))
		return;
	if (!fold->candidate.policy || !fmr_oid_equal(&target, &fold->candidate.commit)) {
		fmr_fold_report(fold, FMR_CODE_ACTION_TARGET, NULL, _("no change of trust of %.12s waits for another admin"),
			action->target.bytes);
		return;
	}
	fmr_fold_endorse(fold, signer);
}

static struct fold_acknowledgement *acknowledgement_of(struct fold *fold, const struct fmr_oid *target)
{
	for (size_t i = 0; i < fold->acknowledgements.count; i++)
		if (fmr_oid_equal(&fold->acknowledgements.items[i].target, target))
			return &fold->acknowledgements.items[i];
	struct fold_acknowledgement *fresh = FMR_VEC_ADD(&fold->acknowledgements);
	*fresh = (struct fold_acknowledgement){ .target = *target };
	return fresh;
}

/* A reject that a quorum of admins acknowledged blocks no more. */
static void lift_reject(struct fold *fold, const char *commit)
{
	for (size_t i = 0; i < fold->records.count; i++) {
		struct fold_record *record = &fold->records.items[i];
		for (size_t k = 0; record->flow && k < record->flow->rejects.count; k++) {
			struct fold_vote *vote = record->flow->rejects.items[k];
			if (strcmp(vote->said.commit, commit) != 0)
				continue;
			vote->said.status = FMR_VOTE_PASSED;
			fmr_fold_votes_remove(&record->flow->rejects, vote);
			return;
		}
	}
}

/* An acknowledged change of config comes into force, unless a later one did already. */
static int adopt_config(struct fold *fold, const struct fmr_oid *target, struct fmr_err *err)
{
	char hex[41];
	size_t place = 0;
	bool refused = false;
	fmr_oid_text(target, hex);
	fmr_trust_line_find(&fold->line, target, &place);
	for (size_t i = 0; i < fold->findings.count && !refused; i++)
		refused = fold->findings.items[i].said.code == FMR_CODE_HISTORY_CONFIG &&
			strcmp(fold->findings.items[i].said.commit, hex) == 0;
	if (!refused || place + 1 <= fold->config_sequence)
		return 0;
	struct fmr_str raw;
	struct fmr_err fault = { 0 };
	struct trust_commit commit;
	const char *sentence;
	fmr_str_init(&raw);
	int result = fmr_store_object(fold->store, target, FMR_OBJECT_COMMIT, TRUST_COMMIT_LIMIT, &raw, &fault);
	if (result == 0 && fmr_trust_commit_parse(raw.bytes, raw.length, &fold->here.arena, &commit, &sentence))
		fmr_fold_config(fold, &commit.tree, place + 1);
	fmr_str_release(&raw);
	if (result != 0) {
		result = fmr_fold_report_object(fold, result, hex, &fault);
		if (result != 0 && err)
			*err = fault;
	}
	return result;
}

static void add_assent(struct fold *fold, struct fold_acknowledgement *acknowledgement, const struct fold_signer *signer)
{
	fmr_fold_deed(fold, signer);
	for (size_t i = 0; i < acknowledgement->assents.count; i++)
		if (strcmp(acknowledgement->assents.items[i].person, signer->person) == 0)
			return;
	const struct fold_assent assent = { signer->person, signer->key_text, fold->here.sequence };
	FMR_VEC_PUSH(&acknowledgement->assents, assent);
}

static int acknowledge(struct fold *fold, const struct trust_action *action, const struct fold_signer *signer,
	struct fmr_err *err)
{
	struct fmr_oid target;
	if (!action->reason.length) {
		fmr_fold_report(fold, FMR_CODE_ACTION_REASON, NULL, _("an acknowledgement must give a reason"));
		return 0;
	}
	if (!holds(fold, signer, action, FMR_TRUST_ADMIN) || !target_of(fold, action, &target))
		return 0;
	struct fold_acknowledgement *known = acknowledgement_of(fold, &target);
	add_assent(fold, known, signer);
	if (known->done || known->assents.count < fold->policy->settings.admins)
		return 0;
	known->done = true;
	char hex[41];
	fmr_oid_text(&target, hex);
	lift_reject(fold, hex);
	return adopt_config(fold, &target, err);
}

/* What no admin can answer for: what could not be looked at, and what is not what its id says. */
static bool can_be_acknowledged(enum fmr_code code)
{
	return fmr_code_outcome(code) != FMR_OUTCOME_UNPROVEN && code != FMR_CODE_OBJECT_WRONG;
}

void fmr_fold_acknowledge_findings(struct fold *fold)
{
	for (size_t i = 0; i < fold->acknowledgements.count; i++) {
		char hex[41];
		fmr_oid_text(&fold->acknowledgements.items[i].target, hex);
		for (size_t k = 0; fold->acknowledgements.items[i].done && k < fold->findings.count; k++) {
			struct fmr_audit_finding *said = &fold->findings.items[k].said;
			if (strcmp(said->commit, hex) == 0 && can_be_acknowledged(said->code))
				said->acknowledged = true;
		}
	}
}

static void checkpoint(struct fold *fold, const struct trust_action *action, const struct fold_signer *signer)
{
	if (!holds(fold, signer, action, FMR_TRUST_NOTARY))
		return;
	memcpy(fold->summary.checkpoint, fold->here.hex, sizeof(fold->summary.checkpoint));
	fold->summary.checkpoint_time = fold->here.parsed.committer.time;
	fold->summary.unanchored = 0;
}

static int read_day(struct fmr_text text)
{
	int day = 0;
	for (size_t i = 0; i < text.length; i++)
		if (text.bytes[i] >= '0' && text.bytes[i] <= '9' && day < 100000000)
			day = day * 10 + (text.bytes[i] - '0');
	return day;
}

/* Who holds a role lends it for some days. */
static void delegate(struct fold *fold, const struct trust_action *action, const struct fold_signer *signer)
{
	const char *role = name_of(fold, action->role), *deputy = name_of(fold, action->deputy);
	if (!fmr_trust_policy_holds(fold->policy, signer->person, role, fold->here.parsed.committer.time)) {
		fmr_fold_report(fold, FMR_CODE_VOTE_ROLE, NULL, _("'%s' did not hold the role '%s', and cannot lend it"),
			signer->person, role);
		return;
	}
	if (strcmp(role, FMR_TRUST_ADMIN) == 0 || strcmp(role, FMR_TRUST_NOTARY) == 0 ||
		!fmr_trust_policy_person(fold->policy, deputy) || strcmp(deputy, signer->person) == 0) {
		fmr_fold_report(fold, FMR_CODE_ACTION_TARGET, NULL, _("the role '%s' cannot be lent to '%s'"), role, deputy);
		return;
	}
	const struct fold_delegation lent = { .deputy = deputy, .principal = signer->person, .role = role,
		.types = action->types.length ? name_of(fold, action->types) : "", .from = read_day(action->from),
		.until = read_day(action->until), .sequence = fold->here.sequence, .key_text = signer->key_text };
	FMR_VEC_PUSH(&fold->delegations, lent);
}

/* ---- all Actions ---- */

int fmr_fold_act(struct fold *fold, const struct trust_action *action, struct fmr_err *err)
{
	struct fold_signer signer;
	const char *sentence = NULL;
	int result = fmr_fold_signer(fold, fold->policy, &signer, err);
	if (result != 0)
		return result;
	enum fmr_code fault = genuine(fold, action, &signer, &sentence);
	if (action->record.length)
		return act_on_record(fold, action, &signer, fault, sentence, err);
	if (fault != FOLD_FINE) {
		fmr_fold_report(fold, fault, NULL, _("'%s' does not count: %s"), name_of(fold, action->action),
			sentence ? sentence : "-");
		return 0;
	}
	if (fold->here.side) {
		fmr_fold_report(fold, FMR_CODE_VOTE_SIDE, NULL, _("'%s' was signed on a side branch, where it does not count"),
			name_of(fold, action->action));
		return 0;
	}
	if (fmr_fold_text_is(action->action, FOLD_ENDORSE))
		endorse(fold, action, &signer);
	else if (fmr_fold_text_is(action->action, FOLD_ACKNOWLEDGE))
		result = acknowledge(fold, action, &signer, err);
	else if (fmr_fold_text_is(action->action, FOLD_CHECKPOINT))
		checkpoint(fold, action, &signer);
	else if (fmr_fold_text_is(action->action, FOLD_DELEGATE))
		delegate(fold, action, &signer);
	else
		fmr_fold_report(fold, FMR_CODE_ACTION_UNKNOWN, NULL, _("there is no action '%s'"),
			name_of(fold, action->action));
	return result;
}
