#include "base/alloc.h"
#include "base/text.h"
#include "base/vec.h"
#include "render/line.h"

#include <stdint.h>
#include <string.h>

/*
 * The lines before and behind the change are set aside; what is left between
 * is compared by a table of longest common subsequences, or, when that table
 * would be huge, shown as taken away and added whole.
 */

enum { CONTEXT = 3, TABLE_CELLS = 4 << 20 };

struct line {
	const char *bytes;
	size_t length; /* with its LF */
};

struct lines {
	struct line *items;
	size_t count, capacity;
};

struct step {
	char mark; /* ' ', '-', '+' */
	struct line line;
};

struct steps {
	struct step *items;
	size_t count, capacity;
};

static struct lines split(struct fmr_render_side side)
{
	struct lines lines = { 0 };
	const char *at = side.bytes, *end = side.bytes ? side.bytes + side.length : NULL;
	while (at < end) {
		const char *feed = memchr(at, '\n', (size_t)(end - at));
		const char *next = feed ? feed + 1 : end;
		FMR_VEC_PUSH(&lines, ((struct line){ at, (size_t)(next - at) }));
		at = next;
	}
	return lines;
}

static bool same(struct line a, struct line b)
{
	return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

static void step(struct steps *steps, char mark, struct line line)
{
	FMR_VEC_PUSH(steps, ((struct step){ mark, line }));
}

/* The steps between a[0..n) and b[0..m). */
static void compare(struct steps *steps, const struct line *a, size_t n, const struct line *b, size_t m)
{
	size_t i = 0, j = 0, width = m + 1;
	if (n && m && (n + 1) <= TABLE_CELLS / width) {
		uint32_t *table = fmr_alloc_zero((n + 1) * width, sizeof(*table));
		for (size_t x = n; x-- > 0;)
			for (size_t y = m; y-- > 0;) {
				uint32_t down = table[(x + 1) * width + y], right = table[x * width + y + 1];
				table[x * width + y] = same(a[x], b[y]) ? table[(x + 1) * width + y + 1] + 1
					: down > right                  ? down
									: right;
			}
		while (i < n && j < m) {
			if (same(a[i], b[j])) {
				step(steps, ' ', a[i++]);
				j++;
			} else if (table[(i + 1) * width + j] >= table[i * width + j + 1]) {
				step(steps, '-', a[i++]);
			} else {
				step(steps, '+', b[j++]);
			}
		}
		free(table);
	}
	while (i < n)
		step(steps, '-', a[i++]);
	while (j < m)
		step(steps, '+', b[j++]);
}

static void compare_all(struct steps *steps, struct lines before, struct lines after)
{
	size_t head = 0, tail = 0;
	while (head < before.count && head < after.count && same(before.items[head], after.items[head]))
		step(steps, ' ', before.items[head++]);
	while (tail < before.count - head && tail < after.count - head &&
		same(before.items[before.count - 1 - tail], after.items[after.count - 1 - tail]))
		tail++;
	compare(steps, before.count ? before.items + head : NULL, before.count - head - tail,
		after.count ? after.items + head : NULL, after.count - head - tail);
	for (size_t i = before.count - tail; i < before.count; i++)
		step(steps, ' ', before.items[i]);
}

static void print_step(FILE *out, const struct step *at, bool color)
{
	const char *on = !color ? "" : at->mark == '-' ? "\033[31m" : at->mark == '+' ? "\033[32m" : "";
	bool feed = at->line.length && at->line.bytes[at->line.length - 1] == '\n';
	struct fmr_str safe;
	fmr_str_init(&safe);
	fmr_text_escape(&safe, at->line.bytes, at->line.length - feed, true);
	fprintf(out, "%s%c%s%s\n%s", on, at->mark, safe.bytes, *on ? "\033[m" : "",
		feed ? "" : "\\ No newline at end of file\n");
	fmr_str_release(&safe);
}

/* Print steps[from..to) below a header that tells their place in both files. */
static void print_hunk(FILE *out, const struct steps *steps, size_t from, size_t to, bool color)
{
	size_t start_a = 1, start_b = 1, count_a = 0, count_b = 0;
	for (size_t i = 0; i < from; i++) {
		start_a += steps->items[i].mark != '+';
		start_b += steps->items[i].mark != '-';
	}
	for (size_t i = from; i < to; i++) {
		count_a += steps->items[i].mark != '+';
		count_b += steps->items[i].mark != '-';
	}
	fprintf(out, "%s@@ -%zu,%zu +%zu,%zu @@%s\n", color ? "\033[36m" : "", start_a - !count_a, count_a,
		start_b - !count_b, count_b, color ? "\033[m" : "");
	for (size_t i = from; i < to; i++)
		print_step(out, &steps->items[i], color);
}

void fmr_render_diff(FILE *out, const char *path, struct fmr_render_side before, struct fmr_render_side after,
	bool color)
{
	struct lines a = split(before), b = split(after);
	struct steps steps = { 0 };
	compare_all(&steps, a, b);

	bool named = false;
	for (size_t i = 0, end; i < steps.count; i = end) {
		end = i + 1;
		if (steps.items[i].mark == ' ')
			continue;
		size_t last = i; /* the last changed line of this hunk */
		while (end < steps.count && end - last <= 2 * CONTEXT + 1) {
			if (steps.items[end].mark != ' ')
				last = end;
			end++;
		}
		end = last + 1 + CONTEXT < steps.count ? last + 1 + CONTEXT : steps.count;
		if (!named)
			fmr_render_line(out, "--- %s%s\n+++ %s%s\n", before.bytes ? "a/" : "/dev/null",
				before.bytes ? path : "", after.bytes ? "b/" : "/dev/null", after.bytes ? path : "");
		named = true;
		print_hunk(out, &steps, i > CONTEXT ? i - CONTEXT : 0, end, color);
	}
	FMR_VEC_RELEASE(&steps);
	FMR_VEC_RELEASE(&a);
	FMR_VEC_RELEASE(&b);
}
