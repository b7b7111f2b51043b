/* The difference of two value trees, by field. */
#include "record/private.h"

#include "base/sequence.h"
#include "fmrec/history.h"

#include <stdlib.h>
#include <string.h>

struct comparison {
	struct fmr_arena *arena;
	struct fmr_str path;
	FMR_VEC(struct fmr_delta) found;
};

static void compare(struct comparison *work, const struct fmr_field *field, const struct fmr_value *before,
	const struct fmr_value *after);

static void report(struct comparison *work, enum fmr_delta_kind kind, const struct fmr_field *field,
	const struct fmr_value *before, const struct fmr_value *after, size_t from, size_t to)
{
	const char *path = fmr_arena_strndup(work->arena, work->path.bytes, work->path.length);
	FMR_VEC_PUSH(&work->found, ((struct fmr_delta){ kind, path, field, before, after, from, to }));
}

/* Add ".name" to the path; returns what to truncate it to behind the comparison. */
static size_t descend(struct comparison *work, const char *name, size_t length)
{
	size_t mark = work->path.length;
	if (mark)
		fmr_str_putc(&work->path, '.');
	fmr_str_add(&work->path, name, length);
	return mark;
}

static size_t descend_to_item(struct comparison *work, size_t position)
{
	size_t mark = work->path.length;
	fmr_str_printf(&work->path, "%s%zu", mark ? "." : "", position);
	return mark;
}

/* ---- maps ---- */

/* Members by key in constant time: a map may be as large as its file. */
struct lookup {
	const struct fmr_value *map;
	size_t *slots; /* index of the member + 1 */
	size_t mask;
};

static struct lookup lookup_in(const struct fmr_value *map)
{
	size_t room = 16;
	while (room < 2 * map->map.count)
		room *= 2;
	struct lookup lookup = { map, fmr_alloc_zero(room, sizeof(size_t)), room - 1 };
	for (size_t i = 0; i < map->map.count; i++) {
		size_t slot = map->map.members[i].key_hash & lookup.mask;
		while (lookup.slots[slot])
			slot = (slot + 1) & lookup.mask;
		lookup.slots[slot] = i + 1;
	}
	return lookup;
}

static const struct fmr_value *look_up(const struct lookup *lookup, const char *key, size_t length, uint32_t hash)
{
	for (size_t slot = hash & lookup->mask; lookup->slots[slot]; slot = (slot + 1) & lookup->mask) {
		const struct fmr_member *member = &lookup->map->map.members[lookup->slots[slot] - 1];
		if (member->key_hash == hash && member->key.length == length && memcmp(member->key.bytes, key, length) == 0)
			return member->value;
	}
	return NULL;
}

static void compare_member(struct comparison *work, const struct fmr_field *field, const char *name, size_t length,
	const struct fmr_value *before, const struct fmr_value *after)
{
	if (!before && !after)
		return;
	size_t mark = descend(work, name, length);
	compare(work, field, before, after);
	fmr_str_truncate(&work->path, mark);
}

/* Members that the type does not know: those that were there, then those that came. */
static void compare_strangers(struct comparison *work, const struct fmr_field *fields, size_t count,
	const struct lookup *before, const struct lookup *after)
{
	for (size_t i = 0; i < before->map->map.count; i++) {
		const struct fmr_member *member = &before->map->map.members[i];
		const struct fmr_text key = member->key;
		if (!fmr_fields_find(fields, count, key.bytes, key.length, member->key_hash))
			compare_member(work, NULL, key.bytes, key.length, member->value,
				look_up(after, key.bytes, key.length, member->key_hash));
	}
	for (size_t i = 0; i < after->map->map.count; i++) {
		const struct fmr_member *member = &after->map->map.members[i];
		const struct fmr_text key = member->key;
		if (!fmr_fields_find(fields, count, key.bytes, key.length, member->key_hash) &&
			!look_up(before, key.bytes, key.length, member->key_hash))
			compare_member(work, NULL, key.bytes, key.length, NULL, member->value);
	}
}

static void compare_maps(struct comparison *work, const struct fmr_field *fields, size_t count,
	const struct fmr_value *before, const struct fmr_value *after)
{
	struct lookup old = lookup_in(before), new = lookup_in(after);
	for (size_t i = 0; i < count; i++) {
		const char *name = fields[i].name;
		size_t length = strlen(name);
		compare_member(work, &fields[i], name, length, look_up(&old, name, length, fields[i].name_hash),
			look_up(&new, name, length, fields[i].name_hash));
	}
	compare_strangers(work, fields, count, &old, &new);
	free(old.slots);
	free(new.slots);
}

/* ---- lists ---- */

struct items {
	const struct fmr_field *field; /* of each item */
	const struct fmr_value *before, *after;
	size_t *match;   /* from before to after */
	size_t *origin;  /* from after to before */
	bool *stays;     /* items of before that did not move among the others */
	size_t next;     /* the first item of before whose end is not yet told */
};

static void tell_removed(struct comparison *work, struct items *items, size_t until)
{
	for (; items->next < until; items->next++) {
		if (items->match[items->next] != FMR_UNMATCHED)
			continue;
		size_t mark = descend_to_item(work, items->next);
		report(work, FMR_DELTA_REMOVED, items->field, items->before->list.items[items->next], NULL, 0, 0);
		fmr_str_truncate(&work->path, mark);
	}
}

static void compare_item(struct comparison *work, struct items *items, size_t position)
{
	const struct fmr_value *after = items->after->list.items[position];
	size_t origin = items->origin[position];
	if (origin != FMR_UNMATCHED && items->stays[origin])
		tell_removed(work, items, origin);
	size_t mark = descend_to_item(work, position);
	if (origin == FMR_UNMATCHED) {
		report(work, FMR_DELTA_ADDED, items->field, NULL, after, 0, 0);
	} else {
		const struct fmr_value *before = items->before->list.items[origin];
		if (!items->stays[origin])
			report(work, FMR_DELTA_MOVED, items->field, before, after, origin, position);
		compare(work, items->field, before, after);
	}
	fmr_str_truncate(&work->path, mark);
}

static void compare_lists(struct comparison *work, const struct fmr_field *list, const struct fmr_value *before,
	const struct fmr_value *after)
{
	size_t count = 0;
	const struct fmr_field *field = list && list->kind == FMR_FIELD_LIST ? fmr_field_children(list, &count) : NULL;
	struct items items = { .field = count ? field : NULL, .before = before, .after = after };
	items.match = fmr_alloc_zero(before->list.count + 1, sizeof(size_t));
	items.origin = fmr_alloc_zero(after->list.count + 1, sizeof(size_t));
	items.stays = fmr_alloc_zero(before->list.count + 1, sizeof(bool));
	fmr_items_match(items.field, before, after, items.match);
	fmr_sequence_rise(items.match, before->list.count, items.stays);
	for (size_t i = 0; i < after->list.count; i++)
		items.origin[i] = FMR_UNMATCHED;
	for (size_t i = 0; i < before->list.count; i++)
		if (items.match[i] != FMR_UNMATCHED)
			items.origin[items.match[i]] = i;
	for (size_t i = 0; i < after->list.count; i++)
		compare_item(work, &items, i);
	tell_removed(work, &items, before->list.count);
	free(items.match);
	free(items.origin);
	free(items.stays);
}

/* ---- */

static void compare(struct comparison *work, const struct fmr_field *field, const struct fmr_value *before,
	const struct fmr_value *after)
{
	size_t count = 0;
	if (!before) {
		report(work, FMR_DELTA_ADDED, field, NULL, after, 0, 0);
	} else if (!after) {
		report(work, FMR_DELTA_REMOVED, field, before, NULL, 0, 0);
	} else if (before->kind == FMR_MAP && after->kind == FMR_MAP) {
		const struct fmr_field *fields =
			field && field->kind == FMR_FIELD_MAP ? fmr_field_children(field, &count) : NULL;
		compare_maps(work, fields, count, before, after);
	} else if (before->kind == FMR_LIST && after->kind == FMR_LIST) {
		compare_lists(work, field, before, after);
	} else if (!fmr_value_equal(before, after)) {
		report(work, FMR_DELTA_CHANGED, field, before, after, 0, 0);
	}
}

void fmr_deltas_find(const struct fmr_type *type, const struct fmr_value *before, const struct fmr_value *after,
	struct fmr_arena *arena, struct fmr_deltas *out)
{
	static const struct fmr_value nothing = { .kind = FMR_MAP };
	struct comparison work = { .arena = arena };
	fmr_str_init(&work.path);
	before = before ? before : &nothing;
	after = after ? after : &nothing;
	if (before->kind == FMR_MAP && after->kind == FMR_MAP)
		compare_maps(&work, type ? type->fields : NULL, type ? type->field_count : 0, before, after);
	else
		compare(&work, NULL, before, after);
	out->count = work.found.count;
	out->items = fmr_arena_zero(arena, work.found.count + 1, sizeof(*out->items));
	if (work.found.count)
		memcpy(out->items, work.found.items, work.found.count * sizeof(*out->items));
	FMR_VEC_RELEASE(&work.found);
	fmr_str_release(&work.path);
}
