/*
 * What could be signed next on a record, and what is missing for it.
 */
#include "trust/audit.h"

#include "base/i18n.h"

#include <string.h>

struct question {
	struct fold *fold;
	const struct fold_record *record;
	const struct fmr_value *root;
	const char *state, *me;
	int64_t now;
	struct fmr_arena *arena;
};

/* A role of `by` that the person holds, alone or as a deputy of somebody else. */
static const char *role_for(const struct question *question, const struct fold_requirement *requirement,
	const struct fold_slot *slot)
{
	const struct fold *fold = question->fold;
	for (const char *const *role = slot->by; *role; role++) {
		if (fmr_trust_policy_holds(fold->policy, question->me, *role, question->now))
			return *role;
		for (size_t i = 0; i < fold->policy->person_count; i++)
			if (fmr_fold_is_deputy(fold, question->me, fold->policy->persons[i].id, *role, requirement->type->name,
				    question->now))
				return *role;
	}
	return NULL;
}

static bool has_signed(const struct question *question, const struct fold_requirement *requirement, const char *role)
{
	const struct fold_flow *flow = question->record->flow;
	for (size_t i = 0; flow && i < flow->open.count; i++) {
		const struct fmr_vote *said = &flow->open.items[i]->said;
		if (strcmp(said->action, requirement->rule->name) == 0 &&
			strcmp(flow->open.items[i]->from, question->state) == 0 &&
			fmr_fold_are_one(question->fold, said->signer, question->me, role, requirement->type->name, question->now))
			return true;
	}
	return false;
}

/* Why the person cannot give this signature, or NULL. */
static const char *why_not(const struct question *question, const struct fold_requirement *requirement,
	const struct fold_slot *slot)
{
	const char *role = role_for(question, requirement, slot);
	if (!role)
		return _("you hold none of the roles that may sign it");
	if (has_signed(question, requirement, role))
		return _("you signed it already");
	const char *why = fmr_fold_excluded_as_one(question->fold, requirement, slot, question->record, question->root,
		question->me, role, question->now);
	return why ? fmr_arena_format(question->arena, _("you may not sign: the signer %s"), why) : NULL;
}

static void answer_slots(const struct question *question, const struct fold_requirement *requirement,
	struct fmr_next *next)
{
	unsigned *given = fmr_arena_zero(question->arena, requirement->slot_count + 1, sizeof(*given));
	fmr_fold_filled(requirement, question->record, question->state, given, NULL);
	next->slots = fmr_arena_zero(question->arena, requirement->slot_count + 1, sizeof(*next->slots));
	next->slot_count = requirement->slot_count;
	for (size_t i = 0; i < requirement->slot_count; i++) {
		const struct fold_slot *slot = &requirement->slots[i];
		struct fmr_next_slot *out = &next->slots[i];
		*out = (struct fmr_next_slot){ .rule = slot->rule, .by = slot->by, .given = given[i],
			.missing = slot->votes > given[i] ? slot->votes - given[i] : 0 };
		if (!question->me || !out->missing)
			continue;
		const char *why = why_not(question, requirement, slot);
		out->mine = !why;
		next->mine = next->mine || !why;
		if (why && !next->why_not)
			next->why_not = why;
	}
}

static const char *const *missing_after(const struct question *question, const struct fmr_transition_rule *rule)
{
	size_t count = 0;
	while (rule->after && rule->after[count])
		count++;
	const char **missing = fmr_arena_zero(question->arena, count + 1, sizeof(*missing));
	size_t used = 0;
	for (size_t i = 0; i < count; i++)
		if (!fmr_fold_stands(question->record, rule->after[i]))
			missing[used++] = rule->after[i];
	return missing;
}

static const struct fmr_vote *rejected(const struct question *question)
{
	const struct fold_flow *flow = question->record->flow;
	for (size_t i = 0; flow && i < flow->rejects.count; i++)
		if (!question->me || strcmp(flow->rejects.items[i]->said.signer, question->me) != 0)
			return &flow->rejects.items[i]->said;
	return NULL;
}

static int answer(const struct question *question, const struct fmr_type *type, const struct fmr_transition_rule *rule,
	struct fmr_next *next, struct fmr_err *err)
{
	struct fold_requirement requirement =
		fmr_fold_requirement(question->fold, type, rule, question->root, question->arena);
	*next = (struct fmr_next){ .rule = requirement.rule, .to = rule->to ? rule->to : question->state };
	int result = fmr_record_missing(question->fold->book, type, question->root, next->to, rule, question->arena,
		&next->missing_fields, err);
	if (result != 0)
		return result;
	next->missing_after = missing_after(question, rule);
	next->rejected = rejected(question);
	answer_slots(question, &requirement, next);
	if (next->rejected || next->missing_fields[0] || next->missing_after[0])
		next->mine = false;
	if (next->mine)
		next->why_not = NULL;
	return 0;
}

static int answer_all(const struct question *question, const struct fmr_type *type, struct fmr_next **out, size_t *count,
	struct fmr_err *err)
{
	struct fmr_next *list = fmr_arena_zero(question->arena, type->transition_count + 1, sizeof(*list));
	size_t used = 0;
	int result = 0;
	for (size_t i = 0; i < type->transition_count && result == 0; i++) {
		const struct fmr_transition_rule *rule = &type->transitions[i];
		bool again = !rule->to && fmr_fold_stands(question->record, rule->name);
		if (!again && fmr_fold_row(type, rule->name, question->state, question->root) == rule)
			result = answer(question, type, rule, &list[used++], err);
	}
	*out = list;
	*count = used;
	return result;
}

static int load(struct fmr_audit *audit, const char *id, const struct fold_record **record, const struct fmr_type **type,
	struct fold_content *content, struct fmr_err *err)
{
	struct fold *fold = &audit->fold;
	*record = fmr_fold_record(fold, id);
	if (!*record || !(*record)->live)
		return fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no record '%s' is in the audited history"), id);
	*type = fmr_fold_type(fold, (*record)->path);
	return fmr_fold_content_load(fold, *record, content, err);
}

int fmr_audit_next(struct fmr_audit *audit, const char *id, const char *me, int64_t now, struct fmr_arena *arena,
	struct fmr_next **out, size_t *count, struct fmr_err *err)
{
	const struct fold_record *record;
	const struct fmr_type *type;
	struct fold_content content;
	*out = NULL;
	*count = 0;
	int result = load(audit, id, &record, &type, &content, err);
	if (result != 0)
		return result;
	if (type && fmr_fold_initial(type) && content.said.root) {
		struct question question = { .fold = &audit->fold, .record = record, .root = content.said.root,
			.state = fmr_fold_state(record, fmr_fold_initial(type)), .me = me, .now = now, .arena = arena };
		result = answer_all(&question, type, out, count, err);
	}
	fmr_fold_content_release(&content);
	return result;
}

int fmr_audit_manifest(struct fmr_audit *audit, const char *id, const struct fmr_slot_rule *slot,
	struct fmr_str *manifest, char digest[FMR_RECORD_DIGEST], struct fmr_err *err)
{
	const struct fold_record *record;
	const struct fmr_type *type;
	struct fold_content content;
	int result = load(audit, id, &record, &type, &content, err);
	if (result != 0)
		return result;
	const char *const *covers = slot ? slot->covers : NULL;
	bool attachments = !covers || (type && type->attachments && fmr_fold_role_is_in(type->attachments, covers));
	if (content.fault != FOLD_FINE || record->fault != FOLD_FINE)
		result = fmr_err_set(err, FMR_ERR_INVALID, _("'%s' cannot be signed as it stands: its file breaks a rule"), id);
	if (result == 0)
		result = fmr_fold_content_attachments(&audit->fold, &audit->fold.tree, &content, err);
	if (result == 0 && content.fault != FOLD_FINE)
		result = fmr_err_set(err, FMR_ERR_INVALID, _("the attachments of '%s' cannot be signed as they stand"), id);
	struct fmr_str text;
	fmr_str_init(&text);
	if (result == 0)
		result = fmr_trust_manifest(&content.said, covers, attachments, &text, err);
	if (result == 0)
		result = fmr_trust_manifest_digest(&text, digest, err);
	if (result == 0)
		fmr_str_add(manifest, text.bytes, text.length);
	fmr_str_release(&text);
	fmr_fold_content_release(&content);
	return result;
}
