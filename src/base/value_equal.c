#include "base/alloc.h"
#include "base/decimal.h"
#include "base/equal.h"

#include <stdlib.h>
#include <string.h>

enum {
	SMALL_MAP = 16,  /* up to here members are looked up one by one */
	SMALL_LIST = 12, /* up to here items are compared each with each */
};

static bool equal_text(struct fmr_text a, struct fmr_text b)
{
	return a.length == b.length && (!a.length || memcmp(a.bytes, b.bytes, a.length) == 0);
}

static int compare_keys(const void *left, const void *right)
{
	const struct fmr_member *a = *(const struct fmr_member *const *)left;
	const struct fmr_member *b = *(const struct fmr_member *const *)right;
	if (a->key.length != b->key.length)
		return a->key.length < b->key.length ? -1 : 1;
	return a->key.length ? memcmp(a->key.bytes, b->key.bytes, a->key.length) : 0;
}

static const struct fmr_member **sorted_members(const struct fmr_value *map)
{
	const struct fmr_member **sorted = fmr_alloc(map->map.count * sizeof(*sorted));
	for (size_t i = 0; i < map->map.count; i++)
		sorted[i] = &map->map.members[i];
	qsort(sorted, map->map.count, sizeof(*sorted), compare_keys);
	return sorted;
}

static bool equal_sorted(const struct fmr_value *a, const struct fmr_value *b)
{
	const struct fmr_member **left = sorted_members(a), **right = sorted_members(b);
	bool equal = true;
	for (size_t i = 0; equal && i < a->map.count; i++)
		equal = equal_text(left[i]->key, right[i]->key) && fmr_value_equal(left[i]->value, right[i]->value);
	free(left);
	free(right);
	return equal;
}

static const struct fmr_member *find(const struct fmr_value *map, const struct fmr_member *like, size_t guess)
{
	const struct fmr_member *members = map->map.members;
	if (equal_text(members[guess].key, like->key))
		return &members[guess];
	for (size_t i = 0; i < map->map.count; i++)
		if (members[i].key_hash == like->key_hash && equal_text(members[i].key, like->key))
			return &members[i];
	return NULL;
}

static bool equal_maps(const struct fmr_value *a, const struct fmr_value *b)
{
	if (a->map.count != b->map.count)
		return false;
	if (a->map.count > SMALL_MAP)
		return equal_sorted(a, b);
	for (size_t i = 0; i < a->map.count; i++) {
		const struct fmr_member *member = &a->map.members[i], *other = find(b, member, i);
		if (!other || !fmr_value_equal(member->value, other->value))
			return false;
	}
	return true;
}

static bool equal_lists(const struct fmr_value *a, const struct fmr_value *b)
{
	if (a->list.count != b->list.count)
		return false;
	for (size_t i = 0; i < a->list.count; i++)
		if (!fmr_value_equal(a->list.items[i], b->list.items[i]))
			return false;
	return true;
}

bool fmr_value_equal(const struct fmr_value *a, const struct fmr_value *b)
{
	if (a == b)
		return true;
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case FMR_NULL:
		return true;
	case FMR_BOOL:
		return a->boolean == b->boolean;
	case FMR_NUMBER:
		return equal_text(a->text, b->text) || fmr_decimal_compare(a->text, b->text) == 0;
	case FMR_STRING:
		return equal_text(a->text, b->text);
	case FMR_LIST:
		return equal_lists(a, b);
	case FMR_MAP:
		return equal_maps(a, b);
	}
	return false;
}

uint32_t fmr_value_hash(const struct fmr_value *value)
{
	uint32_t hash = 0x9e3779b9u * ((uint32_t)value->kind + 1);
	switch (value->kind) {
	case FMR_NULL:
		break;
	case FMR_BOOL:
		hash += value->boolean;
		break;
	case FMR_NUMBER:
		hash ^= fmr_decimal_hash(value->text);
		break;
	case FMR_STRING:
		hash ^= fmr_text_hash(value->text.bytes, value->text.length);
		break;
	case FMR_LIST:
		for (size_t i = 0; i < value->list.count; i++)
			hash = (hash ^ fmr_value_hash(value->list.items[i])) * 16777619u;
		break;
	case FMR_MAP: /* a sum, for the order does not count */
		for (size_t i = 0; i < value->map.count; i++)
			hash += (value->map.members[i].key_hash ^ fmr_value_hash(value->map.members[i].value)) * 2654435761u;
		break;
	}
	return hash;
}

static bool find_among_few(const struct fmr_value *list, size_t *first, size_t *second)
{
	for (size_t i = 0; i < list->list.count; i++)
		for (size_t k = i + 1; k < list->list.count; k++)
			if (fmr_value_equal(list->list.items[i], list->list.items[k])) {
				*first = i;
				*second = k;
				return true;
			}
	return false;
}

struct hashed {
	uint32_t hash;
	size_t index;
};

static int compare_hashed(const void *left, const void *right)
{
	const struct hashed *a = left, *b = right;
	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

bool fmr_value_find_twins(const struct fmr_value *list, size_t *first, size_t *second)
{
	size_t count = list->list.count;
	if (count <= SMALL_LIST)
		return find_among_few(list, first, second);
	struct hashed *all = fmr_alloc(count * sizeof(*all));
	for (size_t i = 0; i < count; i++)
		all[i] = (struct hashed){ fmr_value_hash(list->list.items[i]), i };
	qsort(all, count, sizeof(*all), compare_hashed);
	bool found = false;
	for (size_t i = 0; i < count && !found; i++)
		for (size_t k = i + 1; k < count && all[k].hash == all[i].hash && !found; k++)
			if (fmr_value_equal(list->list.items[all[i].index], list->list.items[all[k].index])) {
				*first = all[i].index;
				*second = all[k].index;
				found = true;
			}
	free(all);
	return found;
}
