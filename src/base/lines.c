#include "base/lines.h"

#include "base/alloc.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { MARKER_SIZE = 7, MOST_EDITS = 1500 /* between two texts; beyond, all between their common ends is changed */ };
static const size_t none = SIZE_MAX;

struct line {
	const char *bytes;
	size_t length; /* with its LF */
	uint32_t hash;
};

struct lines {
	struct line *items;
	size_t count, capacity;
};

static struct lines split(struct fmr_text text)
{
	struct lines lines = { 0 };
	const char *at = text.bytes, *end = text.length ? at + text.length : at;
	while (at < end) {
		const char *feed = memchr(at, '\n', (size_t)(end - at));
		const char *next = feed ? feed + 1 : end;
		const size_t length = (size_t)(next - at);
		FMR_VEC_PUSH(&lines, ((struct line){ at, length, fmr_text_hash(at, length) }));
		at = next;
	}
	return lines;
}

static bool same_line(const struct line *a, const struct line *b)
{
	return a->hash == b->hash && a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* ---- which line of one text is which of the other ---- */

/* Myers' greedy algorithm: furthest[k] is how far into a one gets on diagonal k (of a's position minus b's) with d
 * edits; the state before each edit is kept to find the way back. */
struct search {
	const struct line *a, *b;
	long n, m;
	long *furthest; /* by diagonal, from -(limit + 1) to limit + 1 */
	long limit;
	struct {
		long **items;
		size_t count, capacity;
	} steps;
};

/* Is the furthest way to diagonal k with d edits one that ends with a line of b (down), or of a? */
static bool comes_down(const long *furthest, long d, long k)
{
	return k == -d || (k != d && furthest[k - 1] < furthest[k + 1]);
}

/* One more edit on every diagonal; true when both ends are reached. */
static bool advance(struct search *s, long d)
{
	long *furthest = s->furthest + s->limit + 1;
	for (long k = -d; k <= d; k += 2) {
		long x = !d ? 0 : comes_down(furthest, d, k) ? furthest[k + 1] : furthest[k - 1] + 1, y = x - k;
		while (x < s->n && y >= 0 && y < s->m && same_line(&s->a[x], &s->b[y])) {
			x++;
			y++;
		}
		furthest[k] = x;
		if (x >= s->n && y >= s->m)
			return true;
	}
	return false;
}

/* pair[i] becomes the line of b that line i of a is. */
static void walk_back(const struct search *s, long d, size_t *pair, size_t shift)
{
	long x = s->n, y = s->m;
	for (; d > 0; d--) {
		const long k = x - y, *before = s->steps.items[d - 1] + d; /* by diagonal */
		const bool down = comes_down(before, d, k);
		const long from = down ? before[k + 1] : before[k - 1];
		for (; x > from + !down; x--, y--)
			pair[x - 1] = shift + (size_t)(y - 1);
		x = from;
		y = from - (down ? k + 1 : k - 1);
	}
	for (; x > 0; x--, y--)
		pair[x - 1] = shift + (size_t)(y - 1);
}

static void match_middle(const struct line *a, size_t n, const struct line *b, size_t m, size_t *pair, size_t shift)
{
	struct search s = { .a = a, .b = b, .n = (long)n, .m = (long)m };
	s.limit = n + m < MOST_EDITS ? (long)(n + m) : MOST_EDITS;
	s.furthest = fmr_alloc_zero(2 * (size_t)s.limit + 3, sizeof(*s.furthest));
	long d = 0;
	bool found = false;
	for (; !found && d <= s.limit; d++) {
		found = advance(&s, d);
		long *kept = fmr_alloc_zero(2 * (size_t)d + 3, sizeof(*kept));
		memcpy(kept + 1, s.furthest + s.limit + 1 - d, (2 * (size_t)d + 1) * sizeof(*kept));
		FMR_VEC_PUSH(&s.steps, kept);
	}
	if (found)
		walk_back(&s, d - 1, pair, shift);
	for (size_t i = 0; i < s.steps.count; i++)
		free(s.steps.items[i]);
	FMR_VEC_RELEASE(&s.steps);
	free(s.furthest);
}

/* For each line of a, the line of b that it is, or none; yours to free. */
static size_t *match(const struct lines *a, const struct lines *b)
{
	size_t *pair = fmr_alloc_zero(a->count + 1, sizeof(*pair));
	size_t head = 0, tail = 0;
	for (size_t i = 0; i < a->count; i++)
		pair[i] = none;
	for (; head < a->count && head < b->count && same_line(&a->items[head], &b->items[head]); head++)
		pair[head] = head;
	for (; tail < a->count - head && tail < b->count - head &&
		same_line(&a->items[a->count - 1 - tail], &b->items[b->count - 1 - tail]);
		tail++)
		pair[a->count - 1 - tail] = b->count - 1 - tail;
	const size_t n = a->count - head - tail, m = b->count - head - tail;
	if (n && m)
		match_middle(a->items + head, n, b->items + head, m, pair + head, head);
	return pair;
}

/* ---- merging ---- */

struct run {
	const struct line *lines;
	size_t count;
};

static bool same_run(struct run a, struct run b)
{
	if (a.count != b.count)
		return false;
	for (size_t i = 0; i < a.count; i++)
		if (!same_line(&a.lines[i], &b.lines[i]))
			return false;
	return true;
}

static void end_line(struct fmr_str *out)
{
	if (out->length && out->bytes[out->length - 1] != '\n')
		fmr_str_putc(out, '\n');
}

static void put_run(struct fmr_str *out, struct run run)
{
	for (size_t i = 0; run.lines && i < run.count; i++) {
		end_line(out);
		fmr_str_add(out, run.lines[i].bytes, run.lines[i].length);
	}
}

static void put_marker(struct fmr_str *out, const struct fmr_markers *markers, char sign, const char *name)
{
	end_line(out);
	fmr_str_repeat(out, sign, markers->size ? markers->size : MARKER_SIZE);
	if (name && *name) {
		fmr_str_putc(out, ' ');
		fmr_str_puts(out, name);
	}
	fmr_str_putc(out, '\n');
}

static void put_conflict(struct fmr_str *out, const struct fmr_markers *markers, struct run base, struct run ours,
	struct run theirs)
{
	size_t head = 0, tail = 0;
	const size_t shorter = ours.count < theirs.count ? ours.count : theirs.count;
	if (markers->style != FMR_MARKERS_DIFF3) {
		while (head < shorter && same_line(&ours.lines[head], &theirs.lines[head]))
			head++;
		while (tail < shorter - head &&
			same_line(&ours.lines[ours.count - 1 - tail], &theirs.lines[theirs.count - 1 - tail]))
			tail++;
	}
	put_run(out, (struct run){ ours.lines, head });
	put_marker(out, markers, '<', markers->ours);
	if (head + tail < ours.count)
		put_run(out, (struct run){ ours.lines + head, ours.count - head - tail });
	if (markers->style != FMR_MARKERS_MERGE) {
		put_marker(out, markers, '|', markers->base);
		put_run(out, base);
	}
	put_marker(out, markers, '=', NULL);
	if (head + tail < theirs.count)
		put_run(out, (struct run){ theirs.lines + head, theirs.count - head - tail });
	put_marker(out, markers, '>', markers->theirs);
	if (tail)
		put_run(out, (struct run){ ours.lines + ours.count - tail, tail });
}

static struct run run_of(const struct lines *lines, size_t start, size_t end)
{
	return (struct run){ lines->count ? lines->items + start : NULL, end - start };
}

size_t fmr_lines_merge(struct fmr_text base_text, struct fmr_text our_text, struct fmr_text their_text,
	const struct fmr_markers *markers, struct fmr_str *out)
{
	struct lines base = split(base_text), ours = split(our_text), theirs = split(their_text);
	size_t *our_pair = match(&base, &ours), *their_pair = match(&base, &theirs);
	size_t conflicts = 0, o = 0, t = 0;
	for (size_t b = 0, k = 0; b <= base.count; b = k + 1) {
		/* the next line that all three have; between two such lines each side has a run of its own */
		for (k = b; k < base.count && (our_pair[k] == none || their_pair[k] == none); k++)
			;
		const size_t o_end = k < base.count ? our_pair[k] : ours.count;
		const size_t t_end = k < base.count ? their_pair[k] : theirs.count;
		const struct run ancestor = run_of(&base, b, k), mine = run_of(&ours, o, o_end),
				 other = run_of(&theirs, t, t_end);
		if (same_run(ancestor, mine)) {
			put_run(out, other);
		} else if (same_run(ancestor, other) || same_run(mine, other)) {
			put_run(out, mine);
		} else {
			conflicts++;
			if (markers)
				put_conflict(out, markers, ancestor, mine, other);
			else
				put_run(out, mine);
		}
		if (k < base.count)
			put_run(out, run_of(&base, k, k + 1));
		o = o_end + 1;
		t = t_end + 1;
	}
	free(our_pair);
	free(their_pair);
	FMR_VEC_RELEASE(&base);
	FMR_VEC_RELEASE(&ours);
	FMR_VEC_RELEASE(&theirs);
	return conflicts;
}
