/*
 * What a transition asks for: the type's row in the config in force, the policy's own words in its place, narrowed by what
 * the record says; and who may not sign (approvals, sections 2 and 5).
 */
#include "trust/fold.h"

#include "base/i18n.h"
#include "base/text.h"
#include "trust/tree_view.h"

#include <string.h>

/* ---- types: from the config in force, never from the work tree or a later commit ---- */

void fmr_fold_config(struct fold *fold, const struct fmr_oid *tree, size_t sequence)
{
	fmr_book_close(fold->book);
	fmr_view_close(fold->view);
	fold->book = NULL;
	fold->view = NULL;
	fold->book_tried = false;
	fold->config = *tree;
	fold->config_sequence = sequence;
}

struct fmr_book *fmr_fold_book(struct fold *fold)
{
	if (fold->book_tried)
		return fold->book;
	fold->book_tried = true;
	struct fmr_findings *findings = fmr_findings_new(1);
	struct fmr_err fault = { 0 };
	fold->view = fmr_trust_tree_view(fold->store, fold->trees, &fold->config);
	int result = fmr_book_open(fold->view, &fold->book, findings, &fault);
	if (result != 0)
		fold->book = NULL;
	if (result == FMR_ERR_GIT)
		fmr_fold_report_object(fold, result, ".fmrec", &fault);
	fmr_findings_free(findings);
	return fold->book;
}

const struct fmr_type *fmr_fold_type(struct fold *fold, const char *path)
{
	const struct fmr_type *type = NULL;
	struct fmr_book *book = fold->policy ? fmr_fold_book(fold) : NULL;
	struct fmr_err fault = { 0 };
	int result = book ? fmr_book_type_of_path(book, path, &type, &fault) : FMR_ERR_NOT_FOUND;
	if (result == FMR_ERR_GIT)
		fmr_fold_report_object(fold, result, ".fmrec", &fault);
	return result == 0 ? type : NULL;
}

const char *fmr_fold_initial(const struct fmr_type *type)
{
	return type && type->state_count ? type->states[0].name : NULL;
}

/* ---- rows ---- */

const struct fmr_transition_rule *fmr_fold_row(const struct fmr_type *type, const char *name, const char *state,
	const struct fmr_value *root)
{
	for (size_t i = 0; i < type->transition_count; i++) {
		const struct fmr_transition_rule *rule = &type->transitions[i];
		bool applies = false;
		if (strcmp(rule->name, name) == 0 && fmr_transition_leaves(rule, state) &&
			fmr_transition_applies(type, rule, root, &applies, NULL) == 0 && applies)
			return rule;
	}
	return NULL;
}

bool fmr_fold_role_is_in(const char *role, const char *const *roles)
{
	for (; roles && *roles; roles++)
		if (strcmp(*roles, role) == 0)
			return true;
	return false;
}

/* The record may name one of the roles; a role that is none of them leaves nobody. */
static const char *const *narrow(const char *const *by, const char *field, const struct fmr_value *root,
	struct fmr_arena *arena)
{
	const struct fmr_value *value = field ? fmr_value_at(root, field) : NULL;
	if (!value || value->kind == FMR_NULL)
		return by;
	const char *role = fmr_value_string(value);
	const char **one = fmr_arena_zero(arena, 2, sizeof(*one));
	if (role && fmr_fold_role_is_in(role, by))
		one[0] = fmr_arena_strdup(arena, role);
	return one;
}

struct fold_requirement fmr_fold_requirement(struct fold *fold, const struct fmr_type *type,
	const struct fmr_transition_rule *rule, const struct fmr_value *root, struct fmr_arena *arena)
{
	struct fmr_transition_rule *own = fmr_arena_zero(arena, 1, sizeof(*own));
	fmr_trust_policy_rule(fold->policy, type->name, rule, arena, own);
	struct fold_requirement out = { .type = type, .rule = own, .slot_count = own->slot_count };
	out.slots = fmr_arena_zero(arena, own->slot_count + 1, sizeof(*out.slots));
	for (size_t i = 0; i < own->slot_count; i++) {
		const struct fmr_slot_rule *slot = &own->slots[i];
		out.slots[i] = (struct fold_slot){ .rule = slot, .by = narrow(slot->by, slot->role_field, root, arena),
			.votes = slot->votes,
			.covers = slot->covers ? fmr_fold_names(fold, slot->covers) : NULL,
			.attachments = !slot->covers ||
				(type->attachments && fmr_fold_role_is_in(type->attachments, slot->covers)) };
	}
	return out;
}

static bool fits(const struct fold_vote *vote, const struct fold_requirement *requirement, const struct fold_slot *slot,
	const char *state)
{
	const char *to = requirement->rule->to ? requirement->rule->to : state;
	return strcmp(vote->said.action, requirement->rule->name) == 0 && strcmp(vote->from, state) == 0 &&
		strcmp(vote->to, to) == 0 && strcmp(vote->said.meaning, slot->rule->meaning) == 0 &&
		vote->said.covers == slot->covers && vote->attachments == slot->attachments &&
		fmr_fold_role_is_in(vote->said.role, slot->by);
}

void fmr_fold_filled(const struct fold_requirement *requirement, const struct fold_record *record, const char *state,
	unsigned *given, struct fold_votes *used)
{
	for (size_t i = 0; i < requirement->slot_count; i++)
		given[i] = 0;
	for (size_t k = 0; record->flow && k < record->flow->open.count; k++) {
		struct fold_vote *vote = record->flow->open.items[k];
		for (size_t i = 0; i < requirement->slot_count; i++) {
			const struct fold_slot *slot = &requirement->slots[i];
			if (given[i] < slot->votes && fits(vote, requirement, slot, state)) {
				given[i]++;
				if (used)
					FMR_VEC_PUSH(used, vote);
				break;
			}
		}
	}
}

/* ---- deputies: principal and deputy are one person for the role that is lent ---- */

static bool has_word(const char *list, const char *word)
{
	size_t length = strlen(word);
	for (const char *at = list; *at; at += strcspn(at, ",") + (at[strcspn(at, ",")] == ','))
		if (strcspn(at, ",") == length && memcmp(at, word, length) == 0)
			return true;
	return false;
}

bool fmr_fold_is_deputy(const struct fold *fold, const char *deputy, const char *principal, const char *role,
	const char *type, int64_t time)
{
	if (fmr_trust_policy_deputy(fold->policy, deputy, principal, role, type, time))
		return true;
	if (!fmr_trust_policy_holds(fold->policy, principal, role, time))
		return false;
	int day = fmr_trust_policy_day(fold->policy, time);
	for (size_t i = 0; i < fold->delegations.count; i++) {
		const struct fold_delegation *lent = &fold->delegations.items[i];
		if (!lent->disputed && strcmp(lent->deputy, deputy) == 0 && strcmp(lent->principal, principal) == 0 &&
			strcmp(lent->role, role) == 0 && day >= lent->from && day <= lent->until &&
			(!*lent->types || has_word(lent->types, type)))
			return true;
	}
	return false;
}

bool fmr_fold_are_one(const struct fold *fold, const char *a, const char *b, const char *role, const char *type,
	int64_t time)
{
	return strcmp(a, b) == 0 || fmr_fold_is_deputy(fold, a, b, role, type, time) ||
		fmr_fold_is_deputy(fold, b, a, role, type, time);
}

/* ---- separation of duties ---- */

/* The name as people compare it: NFKC, without any white space. */
static bool is_same_name(const char *a, const char *b)
{
	struct fmr_str folded[2];
	const char *const names[2] = { a, b };
	for (size_t i = 0; i < 2; i++) {
		struct fmr_str wide;
		fmr_str_init(&wide);
		fmr_str_init(&folded[i]);
		fmr_text_nfkc(&wide, names[i], strlen(names[i]));
		for (const char *at = wide.bytes; *at; at++)
			if (!strchr(" \t\r\n", *at))
				fmr_str_putc(&folded[i], *at);
		fmr_str_release(&wide);
	}
	bool same = folded[0].length && strcmp(folded[0].bytes, folded[1].bytes) == 0;
	fmr_str_release(&folded[0]);
	fmr_str_release(&folded[1]);
	return same;
}

/* Does a text in the value name the person, by id, printed name or address? */
static bool names_person(const struct trust_person *person, const struct fmr_value *value, unsigned depth)
{
	if (!value || depth == 0)
		return false;
	const char *text = fmr_value_string(value);
	if (text) {
		for (const char *const *mail = person->emails; mail && *mail; mail++)
			if (strcmp(text, *mail) == 0)
				return true;
		return strcmp(text, person->id) == 0 || (person->name && is_same_name(text, person->name));
	}
	for (size_t i = 0; value->kind == FMR_MAP && i < value->map.count; i++)
		if (names_person(person, value->map.members[i].value, depth - 1))
			return true;
	for (size_t i = 0; value->kind == FMR_LIST && i < value->list.count; i++)
		if (names_person(person, value->list.items[i], depth - 1))
			return true;
	return false;
}

static bool is_by(const struct fold_vote *vote, const char *person)
{
	return strcmp(vote->said.signer, person) == 0 ||
		(vote->said.on_behalf_of && strcmp(vote->said.on_behalf_of, person) == 0);
}

/* Did the person sign the transition, as far as that is still part of the record's way or waits to be? */
static bool signed_transition(const struct fold_record *record, const char *transition, const char *person)
{
	const size_t since = fmr_fold_restarted(record);
	for (size_t i = 0; record->flow && i < record->flow->votes.count; i++) {
		const struct fold_vote *vote = record->flow->votes.items[i];
		if (vote->sequence <= since)
			continue;
		bool matters = vote->said.status == FMR_VOTE_COUNTS || vote->said.status == FMR_VOTE_OPEN ||
			vote->said.status == FMR_VOTE_STALE;
		if (matters && strcmp(vote->said.action, transition) == 0 && is_by(vote, person))
			return true;
	}
	return false;
}

const char *fmr_fold_excluded(struct fold *fold, const struct fold_requirement *requirement, const struct fold_slot *slot,
	const struct fold_record *record, const struct fmr_value *root, const char *person)
{
	const struct trust_person *known = fmr_trust_policy_person(fold->policy, person);
	for (const char *const *text = requirement->rule->not_by; text && *text; text++) {
		enum fmr_exclusion exclusion;
		const char *name;
		if (!fmr_exclusion_read(*text, &exclusion, &name))
			return _("the workflow excludes signers in words that are not understood");
		switch (exclusion) {
		case FMR_EXCLUDE_AUTHOR:
			if (fmr_fold_authors_has(fold, record, slot->covers, slot->attachments, person))
				return _("wrote what is to be signed");
			break;
		case FMR_EXCLUDE_SIGNER:
			if (signed_transition(record, name, person))
				return _("signed a step that another person must have signed");
			break;
		case FMR_EXCLUDE_FIELD:
			if (!known || names_person(known, fmr_value_at(root, name), 8))
				return _("is named in the record as somebody who may not sign");
			break;
		}
	}
	return NULL;
}

const char *fmr_fold_excluded_as_one(struct fold *fold, const struct fold_requirement *requirement,
	const struct fold_slot *slot, const struct fold_record *record, const struct fmr_value *root, const char *person,
	const char *role, int64_t time)
{
	const char *why = fmr_fold_excluded(fold, requirement, slot, record, root, person);
	bool alone = fold->policy->deputy_count == 0 && fold->delegations.count == 0;
	for (size_t i = 0; !why && !alone && i < fold->policy->person_count; i++) {
		const char *other = fold->policy->persons[i].id;
		if (strcmp(other, person) != 0 && fmr_fold_are_one(fold, person, other, role, requirement->type->name, time))
			why = fmr_fold_excluded(fold, requirement, slot, record, root, other);
	}
	return why;
}
