/* Items of two lists that are the same thing, wherever they stand. */
#include "record/private.h"

#include "base/equal.h"
#include "base/sequence.h"
#include "fmrec/history.h"

#include <stdlib.h>
#include <string.h>

enum {
	MOST_PAIRS = 1 << 16,  /* of changed items that are compared each with each */
	LARGEST_ITEM = 64,     /* members */
	ENOUGH = 334,          /* per mille of what two maps hold that must be alike */
};

/* ---- equal items ---- */

struct hashed {
	uint32_t hash;
	size_t index;
};

struct side {
	const struct fmr_value *list;
	struct hashed *items;  /* in order of the list */
	struct hashed *sorted; /* in order of the hashes */
};

static int by_hash(const void *left, const void *right)
{
	const struct hashed *a = left, *b = right;
	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

static struct side hash_all(const struct fmr_value *list)
{
	const size_t count = list->list.count;
	struct side side = { list, fmr_alloc_zero(count + 1, sizeof(struct hashed)),
		fmr_alloc_zero(count + 1, sizeof(struct hashed)) };
	for (size_t i = 0; i < count; i++)
		side.items[i] = side.sorted[i] = (struct hashed){ fmr_value_hash(list->list.items[i]), i };
	qsort(side.sorted, count, sizeof(*side.sorted), by_hash);
	return side;
}

static void release_side(struct side *side)
{
	free(side->items);
	free(side->sorted);
}

static bool equal_items(const void *context, size_t a, size_t b)
{
	const struct side *sides = context;
	return sides[0].items[a].hash == sides[1].items[b].hash &&
		fmr_value_equal(sides[0].list->list.items[a], sides[1].list->list.items[b]);
}

/* What moved is found by its hash, the first with the first. */
static void match_moved(const struct side sides[2], size_t *match, bool *taken)
{
	const struct hashed *old = sides[0].sorted, *old_end = old + sides[0].list->list.count;
	const struct hashed *new = sides[1].sorted, *new_end = new + sides[1].list->list.count;
	while (old < old_end && new < new_end) {
		if (old->hash < new->hash || match[old->index] != FMR_UNMATCHED) {
			old++;
		} else if (old->hash > new->hash || taken[new->index]) {
			new++;
		} else {
			if (equal_items(sides, old->index, new->index)) {
				match[old->index] = new->index;
				taken[new->index] = true;
			}
			old++;
			new++;
		}
	}
}

static void match_equal(const struct fmr_value *before, const struct fmr_value *after, size_t *match, bool *taken)
{
	struct side sides[2] = { hash_all(before), hash_all(after) };
	fmr_sequence_match(before->list.count, after->list.count, equal_items, sides, match);
	for (size_t i = 0; i < before->list.count; i++)
		if (match[i] != FMR_UNMATCHED)
			taken[match[i]] = true;
	match_moved(sides, match, taken);
	release_side(&sides[0]);
	release_side(&sides[1]);
}

/* ---- maps that have most in common ---- */

static unsigned weight_of(const struct fmr_field *field, const struct fmr_value *value)
{
	if (field && (field->kind == FMR_FIELD_LINK || field->kind == FMR_FIELD_TIME || field->kind == FMR_FIELD_DATE))
		return 3;
	if (field && field->kind != FMR_FIELD_TEXT)
		return 1;
	return value->kind == FMR_STRING ? 2 : 1;
}

/* A link is the same as long as it leads to the same record, whatever was noted on it. */
static bool same_target(const struct fmr_field *field, const struct fmr_value *a, const struct fmr_value *b)
{
	const char *target = field && field->link ? fmr_link_target(a) : NULL, *other = target ? fmr_link_target(b) : NULL;
	return other && strcmp(target, other) == 0;
}

/* How much of what two maps hold is alike, per mille. */
static unsigned likeness_of_maps(const struct fmr_field *item, const struct fmr_value *a, const struct fmr_value *b)
{
	unsigned alike = 0, all = 0;
	size_t count = 0;
	const struct fmr_field *fields = item ? fmr_field_children(item, &count) : NULL;
	if (a->map.count > LARGEST_ITEM || b->map.count > LARGEST_ITEM)
		return 0;
	for (size_t i = 0; i < a->map.count; i++) {
		const struct fmr_member *member = &a->map.members[i];
		const struct fmr_field *field =
			fmr_fields_find(fields, count, member->key.bytes, member->key.length, member->key_hash);
		const struct fmr_member *other = fmr_value_member(b, member->key.bytes, member->key.length);
		unsigned weight = weight_of(field, member->value);
		all += weight;
		if (other && (same_target(field, member->value, other->value) ||
				     fmr_value_equal(member->value, other->value)))
			alike += weight;
	}
	for (size_t i = 0; i < b->map.count; i++) {
		const struct fmr_member *member = &b->map.members[i];
		if (!fmr_value_member(a, member->key.bytes, member->key.length))
			all += weight_of(NULL, member->value);
	}
	return all ? alike * 1000 / all : 0;
}

static unsigned likeness(const struct fmr_field *item, const struct fmr_value *a, const struct fmr_value *b)
{
	if (item && item->link)
		return same_target(item, a, b) ? 1000 : 0;
	return a->kind == FMR_MAP && b->kind == FMR_MAP ? likeness_of_maps(item, a, b) : 0;
}

struct candidate {
	unsigned likeness;
	size_t a, b;
};

static size_t distance(const struct candidate *pair)
{
	return pair->a < pair->b ? pair->b - pair->a : pair->a - pair->b;
}

static int best_first(const void *left, const void *right)
{
	const struct candidate *x = left, *y = right;
	if (x->likeness != y->likeness)
		return x->likeness > y->likeness ? -1 : 1;
	if (distance(x) != distance(y))
		return distance(x) < distance(y) ? -1 : 1;
	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return x->b < y->b ? -1 : x->b > y->b;
}

struct lonely {
	FMR_VEC(size_t) before, after;
};

static void match_similar(const struct fmr_field *item, const struct fmr_value *before,
	const struct fmr_value *after, const struct lonely *lonely, size_t *match, bool *taken)
{
	FMR_VEC(struct candidate) candidates = { 0 };
	for (size_t i = 0; i < lonely->before.count; i++)
		for (size_t j = 0; j < lonely->after.count; j++) {
			const struct fmr_value *a = before->list.items[lonely->before.items[i]];
			const struct fmr_value *b = after->list.items[lonely->after.items[j]];
			unsigned found = likeness(item, a, b);
			if (found >= ENOUGH)
				FMR_VEC_PUSH(&candidates,
					((struct candidate){ found, lonely->before.items[i], lonely->after.items[j] }));
		}
	if (candidates.count)
		qsort(candidates.items, candidates.count, sizeof(*candidates.items), best_first);
	for (size_t i = 0; i < candidates.count; i++) {
		const struct candidate *pair = &candidates.items[i];
		if (match[pair->a] != FMR_UNMATCHED || taken[pair->b])
			continue;
		match[pair->a] = pair->b;
		taken[pair->b] = true;
	}
	FMR_VEC_RELEASE(&candidates);
}

/* ---- what is left ---- */

static void find_lonely(const struct fmr_value *before, const struct fmr_value *after, const size_t *match,
	const bool *taken, struct lonely *out)
{
	out->before.count = out->after.count = 0;
	for (size_t i = 0; i < before->list.count; i++)
		if (match[i] == FMR_UNMATCHED)
			FMR_VEC_PUSH(&out->before, i);
	for (size_t i = 0; i < after->list.count; i++)
		if (!taken[i])
			FMR_VEC_PUSH(&out->after, i);
}

static bool all_texts(const struct fmr_value *list, const size_t *indexes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (list->list.items[indexes[i]]->kind != FMR_STRING)
			return false;
	return true;
}

void fmr_items_match(const struct fmr_field *item, const struct fmr_value *before, const struct fmr_value *after,
	size_t *match)
{
	bool *taken = fmr_alloc_zero(after->list.count + 1, sizeof(*taken));
	struct lonely lonely = { 0 };
	match_equal(before, after, match, taken);
	find_lonely(before, after, match, taken, &lonely);
	if (lonely.before.count && lonely.after.count <= MOST_PAIRS / lonely.before.count) {
		match_similar(item, before, after, &lonely, match, taken);
		find_lonely(before, after, match, taken, &lonely);
	}
	/* prose that was reworded; a link or a code that became another one is another item */
	if (item && item->kind == FMR_FIELD_TEXT && lonely.before.count == lonely.after.count &&
		all_texts(before, lonely.before.items, lonely.before.count) &&
		all_texts(after, lonely.after.items, lonely.after.count))
		for (size_t i = 0; i < lonely.before.count; i++)
			match[lonely.before.items[i]] = lonely.after.items[i];
	FMR_VEC_RELEASE(&lonely.before);
	FMR_VEC_RELEASE(&lonely.after);
	free(taken);
}
