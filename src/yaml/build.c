#include "yaml/yaml.h"

#include "yaml/scalar.h"

#include <string.h>

static struct fmr_value *new_value(struct fmr_arena *arena, enum fmr_kind kind)
{
	struct fmr_value *value = fmr_arena_zero(arena, 1, sizeof(*value));
	value->kind = kind;
	return value;
}

struct fmr_value *fmr_value_new_string(struct fmr_arena *arena, const char *bytes, size_t length)
{
	struct fmr_value *value = new_value(arena, FMR_STRING);
	value->text = (struct fmr_text){ fmr_arena_strndup(arena, bytes, length), length };
	return value;
}

struct fmr_value *fmr_value_new_number(struct fmr_arena *arena, const char *decimal)
{
	struct fmr_value *value = fmr_value_new_string(arena, decimal, strlen(decimal));
	value->kind = FMR_NUMBER;
	return value;
}

struct fmr_value *fmr_value_new_bool(struct fmr_arena *arena, bool boolean)
{
	struct fmr_value *value = new_value(arena, FMR_BOOL);
	value->boolean = boolean;
	return value;
}

struct fmr_value *fmr_value_new_null(struct fmr_arena *arena)
{
	return new_value(arena, FMR_NULL);
}

struct fmr_value *fmr_value_new_list(struct fmr_arena *arena)
{
	return new_value(arena, FMR_LIST);
}

struct fmr_value *fmr_value_new_map(struct fmr_arena *arena)
{
	return new_value(arena, FMR_MAP);
}

/* Room for one more element behind `count`: at every power of two the array moves to one of twice the size, which
 * needs no room for the capacity in struct fmr_value and wastes at most as much as is used. */
static void *grow(struct fmr_arena *arena, void *items, size_t count, size_t size)
{
	if (count & (count - 1))
		return items;
	void *larger = fmr_arena_alloc(arena, (count ? count * 2 : 1) * size);
	if (count)
		memcpy(larger, items, count * size);
	return larger;
}

void fmr_value_append(struct fmr_arena *arena, struct fmr_value *list, struct fmr_value *item)
{
	list->list.items = grow(arena, list->list.items, list->list.count, sizeof(*list->list.items));
	list->list.items[list->list.count++] = item;
}

void fmr_value_put(struct fmr_arena *arena, struct fmr_value *map, const char *key, struct fmr_value *value)
{
	const size_t length = strlen(key);
	const struct fmr_member *old = fmr_value_member(map, key, length);
	if (old) {
		map->map.members[old - map->map.members].value = value;
		return;
	}
	map->map.members = grow(arena, map->map.members, map->map.count, sizeof(*map->map.members));
	map->map.members[map->map.count++] = (struct fmr_member){
		.key = { fmr_arena_strndup(arena, key, length), length },
		.key_hash = fmr_text_hash(key, length),
		.value = value,
	};
}

struct fmr_value *fmr_value_from_plain(struct fmr_arena *arena, const char *bytes, size_t length)
{
	const enum fmr_plain plain = fmr_plain_classify(bytes, length);
	struct fmr_value *value;
	switch (plain) {
	case FMR_PLAIN_NULL:
		return fmr_value_new_null(arena);
	case FMR_PLAIN_TRUE:
	case FMR_PLAIN_FALSE:
		return fmr_value_new_bool(arena, plain == FMR_PLAIN_TRUE);
	case FMR_PLAIN_DECIMAL:
	case FMR_PLAIN_OCTAL:
	case FMR_PLAIN_HEX:
		value = new_value(arena, FMR_NUMBER);
		value->text = fmr_plain_number(arena, plain, bytes, length);
		return value;
	case FMR_PLAIN_STRING:
	case FMR_PLAIN_NOT_FINITE:
	case FMR_PLAIN_TOO_LONG:
		break;
	}
	return fmr_value_new_string(arena, bytes, length);
}
