#include "base/members.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum { FEW = 64 }; /* up to here keys are compared in pairs, at worst */

static bool same_key(const struct fmr_member *a, const struct fmr_member *b)
{
	return a->key_hash == b->key_hash && a->key.length == b->key.length &&
		memcmp(a->key.bytes, b->key.bytes, a->key.length) == 0;
}

static int compare_keys(const void *left, const void *right)
{
	const struct fmr_member *a = *(const struct fmr_member *const *)left;
	const struct fmr_member *b = *(const struct fmr_member *const *)right;
	if (a->key_hash != b->key_hash)
		return a->key_hash < b->key_hash ? -1 : 1;
	if (a->key.length != b->key.length)
		return a->key.length < b->key.length ? -1 : 1;
	const int order = memcmp(a->key.bytes, b->key.bytes, a->key.length);
	return order ? order : (a > b) - (a < b);
}

/* Many keys are sorted, not hashed into a table: texts made to collide gain nothing. */
static void compare_sorted(const struct fmr_member *members, size_t count, fmr_members_visit *visit, void *context)
{
	const struct fmr_member **sorted = fmr_alloc(count * sizeof(*sorted));
	for (size_t i = 0; i < count; i++)
		sorted[i] = &members[i];
	qsort(sorted, count, sizeof(*sorted), compare_keys);
	for (size_t i = 1; i < count; i++)
		if (same_key(sorted[i - 1], sorted[i]))
			visit(context, sorted[i - 1], sorted[i]);
	free(sorted);
}

/* Most keys differ from all before them in some bits of the hash already. */
static void compare_pairs(const struct fmr_member *members, size_t count, fmr_members_visit *visit, void *context)
{
	enum { WORDS = 8, BITS = 64 };
	uint64_t seen[WORDS] = { 0 };
	for (size_t i = 0; i < count; i++) {
		uint64_t *word = &seen[members[i].key_hash / BITS % WORDS];
		const uint64_t bit = (uint64_t)1 << members[i].key_hash % BITS;
		for (size_t j = *word & bit ? i : 0; j-- > 0;)
			if (same_key(&members[i], &members[j])) {
				visit(context, &members[j], &members[i]);
				break;
			}
		*word |= bit;
	}
}

void fmr_members_duplicates(const struct fmr_member *members, size_t count, fmr_members_visit *visit, void *context)
{
	if (count > FEW)
		compare_sorted(members, count, visit, context);
	else
		compare_pairs(members, count, visit, context);
}

size_t fmr_array_room(size_t count)
{
	size_t room = 1;
	while (room < count)
		room *= 2;
	return room;
}

void fmr_members_fill(struct fmr_value *value, struct fmr_arena *arena, const struct fmr_member *members, size_t count)
{
	if (value->kind == FMR_MAP) {
		value->map.count = count;
		value->map.members = count ? fmr_arena_alloc(arena, fmr_array_room(count) * sizeof(*members)) : NULL;
		if (count)
			memcpy(value->map.members, members, count * sizeof(*members));
	} else {
		value->list.count = count;
		value->list.items = count ? fmr_arena_alloc(arena, fmr_array_room(count) * sizeof(*value->list.items)) : NULL;
		for (size_t i = 0; i < count; i++)
			value->list.items[i] = members[i].value;
	}
}
