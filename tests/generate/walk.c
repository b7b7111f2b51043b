#include "generate.h"

static struct place whole(const struct maker *maker)
{
	return (struct place){ maker->subject->root, NULL };
}

bool record_is_good(struct maker *maker, struct fmr_value **root, bool change)
{
	return meets(maker, maker->subject->root, whole(maker), root, change);
}

/* All that a person may write; numbers, former numbers and attachments are the program's. */
struct fmr_value *make_record(struct maker *maker, const char *id, bool minimal)
{
	const struct fmr_type *type = maker->subject->type;
	struct fmr_value *root = fmr_value_new_map(&maker->arena);
	maker->minimal = minimal;
	for (size_t i = 0; i < type->field_count; i++) {
		const struct fmr_field *field = &type->fields[i];
		if (strcmp(field->name, "id") == 0) {
			fmr_value_put(&maker->arena, root, field->name, fmr_value_new_string(&maker->arena, id, strlen(id)));
			continue;
		}
		if (strcmp(field->name, "form") == 0) {
			fmr_value_put(&maker->arena, root, field->name,
				fmr_value_new_number(&maker->arena, fmr_arena_format(&maker->arena, "%d", type->form)));
			continue;
		}
		if (strcmp(field->name, "aliases") == 0 || (type->attachments && strcmp(field->name, type->attachments) == 0) ||
			(minimal && !place_requires(maker, whole(maker), field->name)))
			continue;
		struct fmr_value *value = make_value(maker, place_child(maker, whole(maker), field->name));
		if (value)
			fmr_value_put(&maker->arena, root, field->name, value);
	}
	for (int round = 0; round < 6 && !record_is_good(maker, &root, false); round++)
		record_is_good(maker, &root, true);
	return ordered(maker, whole(maker), root);
}

/* Do the requirements of `state` hold in the state `here` as well? */
static bool inherits(const struct fmr_type *type, const char *here, const char *state, int depth)
{
	if (strcmp(here, state) == 0)
		return true;
	const struct fmr_state_rule *rule = fmr_type_state(type, here);
	for (const char *const *after = rule && depth < 20 ? rule->after : NULL; after && *after; after++)
		if (inherits(type, *after, state, depth + 1))
			return true;
	return false;
}

/* What must be filled in by this state, wherever its surroundings are. */
static bool filled(struct maker *maker, struct place place, struct fmr_value *value, const char *state, bool change)
{
	bool met = true;
	if (value->kind == FMR_LIST) {
		for (size_t i = 0; i < value->list.count; i++)
			met &= filled(maker, place_item(maker, place), value->list.items[i], state, change);
		return met;
	}
	if (value->kind != FMR_MAP)
		return true;
	const struct fmr_type *type = maker->subject->type;
	size_t count = type->field_count;
	const struct fmr_field *fields = place.field ? fmr_field_children(place.field, &count) : type->fields;
	for (size_t i = 0; fields && i < count; i++) {
		struct place child = place_child(maker, place, fields[i].name);
		const struct fmr_value *there = fmr_value_get(value, fields[i].name);
		if (there) {
			met &= filled(maker, child, (struct fmr_value *)there, state, change);
		} else if (fields[i].required_from && inherits(type, state, fields[i].required_from, 0)) {
			struct fmr_value *made = change ? make_value(maker, child) : NULL;
			if (made)
				fmr_value_put(&maker->arena, value, fields[i].name, made);
			met &= made != NULL;
		}
	}
	return met;
}

/* Is there a value at the path, in every item of the lists that it passes through? */
static bool present(const struct fmr_value *value, const char *path)
{
	if (value && value->kind == FMR_LIST) {
		bool all = value->list.count > 0;
		for (size_t i = 0; i < value->list.count; i++)
			all &= present(value->list.items[i], path);
		return all;
	}
	if (!value || !*path)
		return value != NULL;
	size_t length = strcspn(path, ".");
	const struct fmr_member *member = fmr_value_member(value, path, length);
	return member && present(member->value, path + length + (path[length] == '.'));
}

static bool in_role(struct maker *maker, const struct fmr_slot_rule *slot, struct fmr_value *root, bool change)
{
	const struct fmr_value *role = slot->role_field ? fmr_value_at(root, slot->role_field) : NULL;
	if (role && change) /* the same object: put the first role there */
		*(struct fmr_value *)role = *fmr_value_new_string(&maker->arena, slot->by[0], strlen(slot->by[0]));
	for (const char *const *by = slot->by; role && *by; by++)
		if (fmr_value_is(role, *by))
			return true;
	return !role;
}

static bool subschema(struct maker *maker, const char *pointer, struct fmr_value **root, bool change)
{
	if (!pointer)
		return true;
	const struct fmr_value *defs = fmr_value_get(maker->subject->root, "$defs");
	return meets(maker, fmr_value_get(defs, pointer + strlen("#/$defs/")), whole(maker), root, change);
}

bool row_content(struct maker *maker, const struct fmr_transition_rule *row, const char *state, struct fmr_value **root,
	bool change)
{
	const struct fmr_type *type = maker->subject->type;
	bool met = subschema(maker, row->when, root, change);
	for (size_t i = 0; i < type->state_count; i++)
		if (row->to && inherits(type, state, type->states[i].name, 0))
			met &= subschema(maker, type->states[i].must, root, change);
	met &= !row->to || filled(maker, whole(maker), *root, state, change);
	for (const char *const *path = row->requires; path && *path; path++)
		met &= present(*root, *path);
	for (size_t i = 0; i < row->slot_count; i++)
		met &= in_role(maker, &row->slots[i], *root, change);
	return met;
}

/* Another row of the name that comes before this one must not be for the record. */
static bool hidden(struct maker *maker, const struct fmr_transition_rule *row, const char *from,
	struct fmr_value **root)
{
	for (const struct fmr_transition_rule *other = maker->subject->type->transitions; other < row; other++)
		if (strcmp(other->name, row->name) == 0 && fmr_transition_leaves(other, from) &&
			subschema(maker, other->when, root, false))
			return true;
	return false;
}

static bool walkable(struct maker *maker, const struct walk *walk, struct fmr_value **root, bool change)
{
	bool met = true;
	const char *from = maker->subject->type->states[0].name;
	for (size_t i = 0; i < walk->count; i++) {
		met &= row_content(maker, walk->steps[i].rule, walk->steps[i].state, root, change);
		met &= !hidden(maker, walk->steps[i].rule, from, root);
		from = walk->steps[i].state;
	}
	return met & record_is_good(maker, root, change);
}

static struct fmr_value *record_for(struct maker *maker, const char *id, const struct walk *walk)
{
	for (int tries = 0; tries < 40; tries++) {
		struct fmr_value *root = make_record(maker, id, false);
		for (int round = 0; round < 6; round++) {
			if (walkable(maker, walk, &root, false))
				return ordered(maker, whole(maker), root);
			walkable(maker, walk, &root, true);
		}
	}
	return NULL;
}

static bool has_happened(const struct walk *walk, const char *name)
{
	for (size_t i = walk->count; i-- > 0;) {
		if (strcmp(walk->steps[i].rule->name, name) == 0)
			return true;
		if (walk->steps[i].rule->restart)
			return false;
	}
	return false;
}

static bool may_follow(const struct walk *walk, const struct fmr_transition_rule *row)
{
	for (const char *const *name = row->after; name && *name; name++)
		if (!has_happened(walk, *name))
			return false;
	for (size_t i = 0; i < walk->count; i++)
		if (walk->steps[i].rule == row)
			return false;
	return true;
}

/* All walks of this many steps that end with the row, until there is a record for one. */
static struct fmr_value *search(struct maker *maker, const char *id, const struct fmr_transition_rule *row,
	struct walk *walk, size_t steps)
{
	const struct fmr_type *type = maker->subject->type;
	const char *state = walk->count ? walk->steps[walk->count - 1].state : type->states[0].name;
	for (size_t i = 0; i < type->transition_count; i++) {
		const struct fmr_transition_rule *next = &type->transitions[i];
		if (!fmr_transition_leaves(next, state) || !may_follow(walk, next) || (walk->count + 1 == steps) != (next == row))
			continue;
		walk->steps[walk->count++] = (struct step){ next, next->to ? next->to : state };
		struct fmr_value *root = walk->count == steps ? record_for(maker, id, walk) : search(maker, id, row, walk, steps);
		if (root)
			return root;
		walk->count--;
	}
	return NULL;
}

struct fmr_value *walk_to(struct maker *maker, const char *id, const struct fmr_transition_rule *row, struct walk *walk)
{
	for (size_t steps = 1; steps <= STEPS; steps++) {
		walk->count = 0;
		struct fmr_value *root = search(maker, id, row, walk, steps);
		if (root)
			return root;
	}
	return NULL;
}
