#include "generate.h"

struct fmr_value *copied(struct maker *maker, const struct fmr_value *value)
{
	if (value->kind == FMR_MAP) {
		struct fmr_value *map = fmr_value_new_map(&maker->arena);
		for (size_t i = 0; i < value->map.count; i++)
			fmr_value_put(&maker->arena, map, value->map.members[i].key.bytes, copied(maker, value->map.members[i].value));
		return map;
	}
	if (value->kind == FMR_LIST) {
		struct fmr_value *list = fmr_value_new_list(&maker->arena);
		for (size_t i = 0; i < value->list.count; i++)
			fmr_value_append(&maker->arena, list, copied(maker, value->list.items[i]));
		return list;
	}
	struct fmr_value *scalar = fmr_arena_alloc(&maker->arena, sizeof(*scalar));
	*scalar = *value;
	return scalar;
}

struct fmr_value *ordered(struct maker *maker, struct place place, struct fmr_value *value)
{
	if (value->kind == FMR_LIST)
		for (size_t i = 0; i < value->list.count; i++)
			value->list.items[i] = ordered(maker, place_item(maker, place), value->list.items[i]);
	if (value->kind != FMR_MAP)
		return value;
	const struct fmr_type *type = maker->subject->type;
	size_t count = type->field_count;
	const struct fmr_field *fields = place.field ? fmr_field_children(place.field, &count) : type->fields;
	struct fmr_value *map = fmr_value_new_map(&maker->arena);
	for (size_t i = 0; i < count; i++) {
		const struct fmr_member *member = fmr_value_member(value, fields[i].name, strlen(fields[i].name));
		if (member)
			fmr_value_put(&maker->arena, map, fields[i].name,
				ordered(maker, place_child(maker, place, fields[i].name), member->value));
	}
	return map;
}

void map_remove(struct fmr_value *map, const char *key)
{
	for (size_t i = 0; i < map->map.count; i++)
		if (strcmp(map->map.members[i].key.bytes, key) == 0) {
			map->map.count--;
			memmove(&map->map.members[i], &map->map.members[i + 1], (map->map.count - i) * sizeof(*map->map.members));
			return;
		}
}

static bool meets_all(struct maker *maker, const struct fmr_value *list, struct place place, struct fmr_value **value,
	bool change)
{
	bool met = true;
	for (size_t i = 0; list && i < list->list.count; i++)
		met &= meets(maker, list->list.items[i], place, value, change);
	return met;
}

static bool meets_any(struct maker *maker, const struct fmr_value *list, struct place place, struct fmr_value **value,
	bool change)
{
	for (size_t i = 0; i < list->list.count; i++)
		if (meets(maker, list->list.items[i], place, value, false))
			return true;
	unsigned start = roll(maker, (unsigned)list->list.count);
	for (size_t i = 0; change && i < list->list.count; i++) {
		struct fmr_value *try = copied(maker, *value);
		const struct fmr_value *condition = list->list.items[(start + i) % list->list.count];
		meets(maker, condition, place, &try, true);
		if (meets(maker, condition, place, &try, false)) {
			*value = try;
			return true;
		}
	}
	return false;
}

static bool meets_members(struct maker *maker, const struct fmr_value *condition, struct place place,
	struct fmr_value *map, bool change)
{
	bool met = true;
	const struct fmr_value *required = fmr_value_get(condition, "required");
	for (size_t i = 0; required && i < required->list.count; i++) {
		const char *name = required->list.items[i]->text.bytes;
		if (fmr_value_get(map, name))
			continue;
		struct place child = place_child(maker, place, name);
		struct fmr_value *made = change && child.schema && child.field ? make_value(maker, child) : NULL;
		if (made)
			fmr_value_put(&maker->arena, map, name, made);
		else
			met = false;
	}
	const struct fmr_value *properties = fmr_value_get(condition, "properties");
	const struct fmr_value *others = fmr_value_get(condition, "additionalProperties");
	for (size_t i = map->map.count; i-- > 0;) {
		const char *name = map->map.members[i].key.bytes;
		const struct fmr_value *inner = fmr_value_get(properties, name);
		if (!inner)
			inner = others;
		if (!inner)
			continue;
		if (inner->kind == FMR_BOOL && !inner->boolean && change)
			map_remove(map, name);
		else
			met &= meets(maker, inner, place_child(maker, place, name), &map->map.members[i].value, change);
	}
	return met;
}

static bool contains(struct maker *maker, const struct fmr_value *condition, struct place item, struct fmr_value *list,
	bool change)
{
	for (size_t i = 0; i < list->list.count; i++)
		if (meets(maker, condition, item, &list->list.items[i], false))
			return true;
	if (!change)
		return false;
	struct fmr_value *made = make_value(maker, item);
	if (!made || !meets(maker, condition, item, &made, true))
		return false;
	fmr_value_append(&maker->arena, list, made);
	return true;
}

static bool meets_items(struct maker *maker, const struct fmr_value *condition, struct place place,
	struct fmr_value *list, bool change)
{
	struct place item = place_item(maker, place);
	const struct fmr_value *inner = fmr_value_get(condition, "contains"), *least = fmr_value_get(condition, "minItems");
	bool met = !inner || contains(maker, inner, item, list, change);
	for (long wanted = least ? strtol(least->text.bytes, NULL, 10) : 0; (long)list->list.count < wanted;)
		if (!change || !add_item(maker, item, list))
			return false;
	inner = fmr_value_get(condition, "items");
	for (size_t i = 0; inner && i < list->list.count; i++)
		met &= meets(maker, inner, item, &list->list.items[i], change);
	return met;
}

/* A bound as a decimal: what is compared here are hours and counts. */
static bool within(const struct fmr_value *condition, double number)
{
	const struct fmr_value *bound;
	return (!(bound = fmr_value_get(condition, "minimum")) || number >= strtod(bound->text.bytes, NULL)) &&
		(!(bound = fmr_value_get(condition, "maximum")) || number <= strtod(bound->text.bytes, NULL)) &&
		(!(bound = fmr_value_get(condition, "exclusiveMinimum")) || number > strtod(bound->text.bytes, NULL)) &&
		(!(bound = fmr_value_get(condition, "exclusiveMaximum")) || number < strtod(bound->text.bytes, NULL));
}

static bool meets_scalar(struct maker *maker, const struct fmr_value *condition, struct fmr_value **value, bool change)
{
	const struct fmr_value *exact = fmr_value_get(condition, "const"), *codes = fmr_value_get(condition, "enum");
	bool met = (!exact || fmr_value_equal(exact, *value)) &&
		((*value)->kind != FMR_NUMBER || within(condition, strtod((*value)->text.bytes, NULL)));
	for (size_t i = 0; codes && met; i++) {
		if (i == codes->list.count)
			met = false;
		else if (fmr_value_equal(codes->list.items[i], *value))
			break;
	}
	if (met || !change)
		return met;
	if (exact)
		*value = copied(maker, exact);
	else if (codes)
		*value = copied(maker, codes->list.items[roll(maker, (unsigned)codes->list.count)]);
	return exact || codes;
}

static bool meets_choice(struct maker *maker, const struct fmr_value *condition, struct place place,
	struct fmr_value **value, bool change)
{
	const struct fmr_value *question = fmr_value_get(condition, "if");
	if (!question)
		return true;
	const bool yes = meets(maker, question, place, value, false);
	const struct fmr_value *answer = fmr_value_get(condition, yes ? "then" : "else");
	return !answer || meets(maker, answer, place, value, change);
}

bool meets(struct maker *maker, const struct fmr_value *condition, struct place place, struct fmr_value **value,
	bool change)
{
	condition = resolved(maker, condition);
	if (!condition || condition->kind == FMR_BOOL)
		return !condition || condition->boolean;
	bool met = true;
	const struct fmr_value *any = fmr_value_get(condition, "anyOf"), *never = fmr_value_get(condition, "not");
	if ((*value)->kind == FMR_MAP)
		met &= meets_members(maker, condition, place, *value, change);
	else if ((*value)->kind == FMR_LIST)
		met &= meets_items(maker, condition, place, *value, change);
	else
		return meets_scalar(maker, condition, value, change);
	met &= meets_all(maker, fmr_value_get(condition, "allOf"), place, value, change);
	met &= !any || meets_any(maker, any, place, value, change);
	met &= meets_choice(maker, condition, place, value, change);
	return met && (!never || !meets(maker, never, place, value, false));
}
