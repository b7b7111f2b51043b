/*
 * The transitions of a type: read from its file, and what can be said of one
 * without looking at history.
 */
#include "record/loader.h"

#include "base/decimal.h"
#include "base/i18n.h"

#include <string.h>

enum { TRANSITIONS = 100, SLOTS = 8, VOTES = 20 };

static const char every_state[] = "*";

/* ---- reading ---- */

static unsigned read_votes(struct fmr_loader *loader, const struct fmr_value *votes)
{
	long long number = 1;
	if (votes && (votes->kind != FMR_NUMBER || !fmr_decimal_to_integer(votes->text, &number) || number < 1 ||
			     number > VOTES))
		fmr_load_fault(loader, votes, _("not a number of persons from 1 to 20"), "votes");
	return number < 1 || number > VOTES ? 1 : (unsigned)number;
}

static void read_slot(struct fmr_loader *loader, const struct fmr_value *map, struct fmr_slot_rule *slot)
{
	const struct fmr_value *covers = fmr_value_get(map, "covers");
	slot->by = fmr_load_strings(loader->arena, fmr_value_get(map, "by"));
	slot->role_field = fmr_load_word(map, "role-field");
	slot->covers = covers ? fmr_load_strings(loader->arena, covers) : NULL;
	slot->meaning = fmr_load_need_word(loader, map, "meaning");
	slot->declares = fmr_load_words(map, "declares");
	slot->votes = read_votes(loader, fmr_value_get(map, "votes"));
}

/* A transition of one signature says itself what that is. */
static void read_slots(struct fmr_loader *loader, const struct fmr_value *map, struct fmr_transition_rule *rule)
{
	const struct fmr_value *list = fmr_value_get(map, "signatures");
	const bool several = list && list->kind == FMR_LIST;
	const size_t count = several ? list->list.count : 1;
	if (count < 1 || count > SLOTS) {
		fmr_load_fault(loader, list, _("not 1 to 8 kinds of signature"), "signatures");
		return;
	}
	struct fmr_slot_rule *slots = fmr_arena_zero(loader->arena, count, sizeof(*slots));
	for (size_t i = 0; i < count; i++) {
		read_slot(loader, several ? list->list.items[i] : map, &slots[i]);
		for (size_t j = 0; j < i; j++) /* the meaning tells which one a signature is */
			if (strcmp(slots[i].meaning, slots[j].meaning) == 0)
				fmr_load_fault(loader, list, _("two kinds of signature have one meaning"), slots[i].meaning);
	}
	rule->slots = slots;
	rule->slot_count = count;
}

static void need_state(struct fmr_loader *loader, const char *name, const struct fmr_value *at)
{
	if (!fmr_type_state(loader->type, name))
		fmr_load_fault(loader, at, _("no such state"), name);
}

static void read_states(struct fmr_loader *loader, const struct fmr_value *map, struct fmr_transition_rule *rule)
{
	const struct fmr_value *from = fmr_value_get(map, "from");
	rule->from = fmr_load_strings(loader->arena, from);
	rule->to = fmr_load_word(map, "to");
	if (!*rule->from)
		fmr_load_fault(loader, map, _("x-fmrec lacks a text"), "from");
	for (const char *const *state = rule->from; *state; state++)
		if (strcmp(*state, every_state) != 0)
			need_state(loader, *state, from);
	if (rule->to)
		need_state(loader, rule->to, fmr_value_get(map, "to"));
}

static void read_transition(struct fmr_loader *loader, const struct fmr_value *map, struct fmr_transition_rule *rule)
{
	rule->name = fmr_load_need_word(loader, map, "name");
	rule->label = fmr_load_words(map, "label");
	rule->help = fmr_load_words(map, "help");
	rule->when = fmr_load_word(map, "when");
	if (rule->when && !fmr_load_target(loader->root, rule->when))
		fmr_load_fault(loader, fmr_value_get(map, "when"), _("the pointer leads nowhere"), rule->when);
	rule->requires = fmr_load_strings(loader->arena, fmr_value_get(map, "requires"));
	rule->after = fmr_load_strings(loader->arena, fmr_value_get(map, "after"));
	rule->not_by = fmr_load_strings(loader->arena, fmr_value_get(map, "not-by"));
	rule->reason = fmr_value_is(fmr_value_get(map, "reason"), "required");
	rule->restart = fmr_load_flag(map, "restart", false);
	read_states(loader, map, rule);
	read_slots(loader, map, rule);
}

static void need_transition(struct fmr_loader *loader, const char *name, const struct fmr_value *at)
{
	if (!fmr_type_transition(loader->type, name))
		fmr_load_fault(loader, at, _("no such transition"), name);
}

/* Of rows of one name the first that fits counts: one behind it that starts from the same state never would. */
static void check_hidden(struct fmr_loader *loader, size_t index, const struct fmr_value *at)
{
	const struct fmr_type *type = loader->type;
	const struct fmr_transition_rule *rule = &type->transitions[index];
	for (size_t i = 0; i < index; i++) {
		const struct fmr_transition_rule *before = &type->transitions[i];
		if (before->when || strcmp(before->name, rule->name) != 0)
			continue;
		for (size_t j = 0; j < type->state_count; j++)
			if (fmr_transition_leaves(before, type->states[j].name) &&
				fmr_transition_leaves(rule, type->states[j].name)) {
				fmr_load_fault(loader, at, _("a transition of this name stands above for the same state"),
					rule->name);
				return;
			}
	}
}

static void check_transition(struct fmr_loader *loader, size_t index, const struct fmr_value *map)
{
	const struct fmr_transition_rule *rule = &loader->type->transitions[index];
	for (const char *const *name = rule->after; *name; name++)
		need_transition(loader, *name, fmr_value_get(map, "after"));
	for (const char *const *text = rule->not_by; *text; text++) {
		enum fmr_exclusion exclusion;
		const char *name;
		if (!fmr_exclusion_read(*text, &exclusion, &name))
			fmr_load_fault(loader, fmr_value_get(map, "not-by"),
				_("neither author nor signer:TRANSITION nor field:PATH"), *text);
		else if (exclusion == FMR_EXCLUDE_SIGNER)
			need_transition(loader, name, fmr_value_get(map, "not-by"));
	}
	check_hidden(loader, index, map);
}

void fmr_load_transitions(struct fmr_loader *loader, const struct fmr_value *list)
{
	struct fmr_type *type = loader->type;
	const size_t count = list && list->kind == FMR_LIST ? list->list.count : 0;
	if (count > TRANSITIONS) {
		fmr_load_fault(loader, list, _("x-fmrec has more than 100 transitions"), "transitions");
		return;
	}
	struct fmr_transition_rule *rules = fmr_arena_zero(loader->arena, count, sizeof(*rules));
	type->transitions = rules;
	type->more->when = fmr_arena_zero(loader->arena, count, sizeof(*type->more->when));
	for (size_t i = 0; i < count; i++)
		read_transition(loader, list->list.items[i], &rules[i]);
	type->transition_count = count;
	for (size_t i = 0; i < count; i++)
		check_transition(loader, i, list->list.items[i]);
}

/* ---- what it says of fields ---- */

static void check_slot_fields(struct fmr_loader *loader, const struct fmr_slot_rule *slot, const struct fmr_value *map)
{
	if (slot->role_field)
		fmr_load_need_field(loader, slot->role_field, fmr_value_get(map, "role-field"));
	for (const char *const *name = slot->covers; name && *name; name++)
		if (strchr(*name, '.') || !fmr_type_field(loader->type, *name))
			fmr_load_fault(loader, fmr_value_get(map, "covers"), _("no field of the top level"), *name);
}

void fmr_load_transition_fields(struct fmr_loader *loader, const struct fmr_value *list)
{
	const struct fmr_type *type = loader->type;
	for (size_t i = 0; i < type->transition_count; i++) {
		const struct fmr_transition_rule *rule = &type->transitions[i];
		const struct fmr_value *map = list->list.items[i], *slots = fmr_value_get(map, "signatures");
		fmr_load_need_fields(loader, rule->requires, fmr_value_get(map, "requires"));
		for (size_t j = 0; j < rule->slot_count; j++)
			check_slot_fields(loader, &rule->slots[j], slots ? slots->list.items[j] : map);
		for (const char *const *text = rule->not_by; *text; text++) {
			enum fmr_exclusion exclusion;
			const char *path;
			if (fmr_exclusion_read(*text, &exclusion, &path) && exclusion == FMR_EXCLUDE_FIELD)
				fmr_load_need_field(loader, path, fmr_value_get(map, "not-by"));
		}
	}
}

/* ---- asking ---- */

const struct fmr_transition_rule *fmr_type_transition(const struct fmr_type *type, const char *name)
{
	for (size_t i = 0; i < type->transition_count; i++)
		if (strcmp(type->transitions[i].name, name) == 0)
			return &type->transitions[i];
	return NULL;
}

bool fmr_transition_leaves(const struct fmr_transition_rule *rule, const char *state)
{
	for (const char *const *from = rule->from; *from; from++)
		if (strcmp(*from, state) == 0 ||
			(strcmp(*from, every_state) == 0 && (!rule->to || strcmp(rule->to, state) != 0)))
			return true;
	return false;
}

bool fmr_exclusion_read(const char *text, enum fmr_exclusion *exclusion, const char **name)
{
	static const char signer[] = "signer:", field[] = "field:";
	*name = "";
	if (strcmp(text, "author") == 0) {
		*exclusion = FMR_EXCLUDE_AUTHOR;
		return true;
	}
	if (strncmp(text, signer, sizeof(signer) - 1) == 0) {
		*exclusion = FMR_EXCLUDE_SIGNER;
		*name = text + sizeof(signer) - 1;
	} else if (strncmp(text, field, sizeof(field) - 1) == 0) {
		*exclusion = FMR_EXCLUDE_FIELD;
		*name = text + sizeof(field) - 1;
	}
	return **name;
}

int fmr_transition_applies(const struct fmr_type *type, const struct fmr_transition_rule *rule,
	const struct fmr_value *root, bool *applies, struct fmr_err *err)
{
	*applies = !rule->when;
	if (!rule->when)
		return FMR_OK;
	struct fmr_findings *ignored = fmr_findings_new(1);
	const struct fmr_schema *when = fmr_type_ready_when(type, rule, ignored, NULL);
	fmr_findings_free(ignored);
	if (!when)
		return fmr_err_set(err, FMR_ERR_INVALID, _("the condition of transition '%s' in type '%s' is wrong"),
			rule->name, type->name);
	static const struct fmr_source nowhere = { .path = "" }; /* positions are not asked for */
	struct fmr_checker *checker = fmr_checker_new();
	*applies = fmr_schema_check(when, checker, &nowhere, root, NULL);
	fmr_checker_free(checker);
	return FMR_OK;
}
