#include "base/sequence.h"

#include "base/alloc.h"

#include <stdlib.h>

enum { TABLE_CELLS = 4 << 20 };

struct pair {
	size_t count_a, count_b;
	size_t skip; /* elements at the beginning that are alike */
	fmr_sequence_same *same;
	const void *context;
};

static bool same(const struct pair *pair, size_t a, size_t b)
{
	return pair->same(pair->context, pair->skip + a, pair->skip + b);
}

/* table[a][b]: length of the longest common subsequence of what begins there. */
static uint32_t *fill_table(const struct pair *pair)
{
	const size_t width = pair->count_b + 1;
	uint32_t *table = fmr_alloc_zero((pair->count_a + 1) * width, sizeof(*table));
	for (size_t a = pair->count_a; a-- > 0;)
		for (size_t b = pair->count_b; b-- > 0;) {
			uint32_t down = table[(a + 1) * width + b], right = table[a * width + b + 1];
			table[a * width + b] = same(pair, a, b) ? table[(a + 1) * width + b + 1] + 1
				: down > right                  ? down
								: right;
		}
	return table;
}

static void match_middle(const struct pair *pair, size_t *match)
{
	const size_t width = pair->count_b + 1;
	if (!pair->count_a || !pair->count_b || pair->count_a + 1 > TABLE_CELLS / width)
		return;
	uint32_t *table = fill_table(pair);
	for (size_t a = 0, b = 0; a < pair->count_a && b < pair->count_b;) {
		if (same(pair, a, b)) {
			match[pair->skip + a] = pair->skip + b;
			a++;
			b++;
		} else if (table[(a + 1) * width + b] >= table[a * width + b + 1]) {
			a++;
		} else {
			b++;
		}
	}
	free(table);
}

void fmr_sequence_match(size_t count_a, size_t count_b, fmr_sequence_same *alike, const void *context, size_t *match)
{
	size_t head = 0, tail = 0;
	for (size_t a = 0; a < count_a; a++)
		match[a] = FMR_UNMATCHED;
	for (; head < count_a && head < count_b && alike(context, head, head); head++)
		match[head] = head;
	for (; tail < count_a - head && tail < count_b - head && alike(context, count_a - 1 - tail, count_b - 1 - tail);
		tail++)
		match[count_a - 1 - tail] = count_b - 1 - tail;
	const struct pair middle = { count_a - head - tail, count_b - head - tail, head, alike, context };
	match_middle(&middle, match);
}

/* Patience sorting: `last` holds, for each length, the index of the smallest position that ends a rise of it. */
void fmr_sequence_rise(const size_t *positions, size_t count, bool *stays)
{
	size_t *last = fmr_alloc_zero(count + 1, sizeof(*last));
	size_t *before = fmr_alloc_zero(count + 1, sizeof(*before));
	size_t length = 0;
	for (size_t i = 0; i < count; i++) {
		stays[i] = false;
		if (positions[i] == FMR_UNMATCHED)
			continue;
		size_t low = 0, high = length;
		while (low < high) {
			size_t middle = low + (high - low) / 2;
			if (positions[last[middle]] < positions[i])
				low = middle + 1;
			else
				high = middle;
		}
		before[i] = low ? last[low - 1] : FMR_UNMATCHED;
		last[low] = i;
		length += low == length;
	}
	for (size_t i = length ? last[length - 1] : FMR_UNMATCHED; i != FMR_UNMATCHED; i = before[i])
		stays[i] = true;
	free(before);
	free(last);
}
