/* Keys that stand twice are found in maps of any size, also when hashes are made to be alike. */
#include "unit.h"

#include "base/alloc.h"
#include "base/members.h"

#include <stdlib.h>
#include <string.h>

struct seen {
	size_t count;
	const struct fmr_member *first, *again;
};

static void see(void *context, const struct fmr_member *first, const struct fmr_member *again)
{
	struct seen *seen = context;
	*seen = (struct seen){ seen->count + 1, first, again };
}

/* `count` members, the last with the key of the one at `twin`; hash_bits: so many bits of the hash may differ. */
static struct seen look(size_t count, size_t twin, unsigned hash_bits)
{
	struct fmr_member *members = fmr_alloc_zero(count, sizeof(*members));
	for (size_t i = 0; i < count; i++) {
		char *key = fmr_format("key %zu", i == count - 1 ? twin : i);
		members[i].key = (struct fmr_text){ key, strlen(key) };
		members[i].key_hash = fmr_text_hash(key, strlen(key)) & (uint32_t)(((uint64_t)1 << hash_bits) - 1);
	}
	struct seen seen = { 0 };
	fmr_members_duplicates(members, count, see, &seen);
	if (seen.count) {
		assert_ptr_equal(seen.first, &members[twin]);
		assert_ptr_equal(seen.again, &members[count - 1]);
	}
	for (size_t i = 0; i < count; i++)
		free((char *)members[i].key.bytes);
	free(members);
	return seen;
}

static void finds_keys_that_stand_twice(void **state)
{
	(void)state;
	static const size_t counts[] = { 2, 3, 16, 17, 63, 64, 65, 100, 1000 };
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
		for (unsigned bits = 0; bits <= 32; bits += 8) {
			assert_int_equal(look(counts[i], 0, bits).count, 1);
			assert_int_equal(look(counts[i], counts[i] / 2 - (counts[i] == 2), bits).count, 1);
			assert_int_equal(look(counts[i], counts[i], bits).count, 0);
		}
	assert_int_equal(look(1, 1, 32).count, 0);
}

static void fills_lists_and_maps(void **state)
{
	(void)state;
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct fmr_value item = { .kind = FMR_BOOL }, map = { .kind = FMR_MAP }, list = { .kind = FMR_LIST };
	const struct fmr_member members[] = { { .key = { "a", 1 }, .value = &item }, { .key = { "b", 1 }, .value = &item } };
	fmr_members_fill(&map, &arena, members, 2);
	fmr_members_fill(&list, &arena, members, 2);
	assert_int_equal(map.map.count, 2);
	assert_string_equal(map.map.members[1].key.bytes, "b");
	assert_int_equal(list.list.count, 2);
	assert_ptr_equal(list.list.items[1], &item);
	fmr_members_fill(&list, &arena, NULL, 0);
	assert_int_equal(list.list.count, 0);
	fmr_arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_keys_that_stand_twice),
		cmocka_unit_test(fills_lists_and_maps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
