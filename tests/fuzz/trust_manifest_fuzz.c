/*
 * Two texts of a record with a NUL between.  A signature covers the bytes of fields: where these are the same in both
 * texts, the fields must say the same, whatever stands around them.
 */
#include "base/arena.h"
#include "bytes.h"
#include "fmrec/value.h"
#include "fmrec/yaml.h"
#include "trust/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void compare(struct fmr_text a, struct fmr_text b, struct fmr_arena *arena)
{
	const struct fmr_value *left = fmr_yaml_read_quietly(a.bytes, a.length, arena);
	const struct fmr_value *right = fmr_yaml_read_quietly(b.bytes, b.length, arena);
	if (!fmr_trust_fields_stand_alone(a, left) || !fmr_trust_fields_stand_alone(b, right))
		return;
	for (size_t i = 0; i < left->map.count; i++) {
		const struct fmr_member *member = &left->map.members[i];
		if (strlen(member->key.bytes) != member->key.length)
			continue; /* no covered field has such a name */
		const struct fmr_value *other = fmr_value_get(right, member->key.bytes);
		const struct fmr_text mine = fmr_trust_field_bytes(a, left, member->key.bytes);
		const struct fmr_text its = fmr_trust_field_bytes(b, right, member->key.bytes);
		require(mine.bytes && mine.bytes >= a.bytes && mine.bytes + mine.length <= a.bytes + a.length);
		require(!its.bytes == !other);
		if (other && mine.length == its.length && memcmp(mine.bytes, its.bytes, mine.length) == 0)
			require(fmr_value_equal(member->value, other));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = text_of(data, size);
	const size_t first = strlen(bytes);
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	if (first < size) {
		compare((struct fmr_text){ bytes, first }, (struct fmr_text){ bytes + first + 1, size - first - 1 }, &arena);
		compare((struct fmr_text){ bytes + first + 1, size - first - 1 }, (struct fmr_text){ bytes, first }, &arena);
	}
	fmr_arena_release(&arena);
	free(bytes);
	return 0;
}
