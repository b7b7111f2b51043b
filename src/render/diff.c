#include "base/alloc.h"
#include "base/sequence.h"
#include "base/text.h"
#include "base/vec.h"
#include "render/line.h"

#include <stdlib.h>
#include <string.h>

enum { CONTEXT = 3 };

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

static void step(struct steps *steps, char mark, struct line line)
{
	FMR_VEC_PUSH(steps, ((struct step){ mark, line }));
}

struct both {
	struct lines before, after;
};

static bool same_line(const void *context, size_t a, size_t b)
{
	const struct both *both = context;
	const struct line x = both->before.items[a], y = both->after.items[b];
	return x.length == y.length && memcmp(x.bytes, y.bytes, x.length) == 0;
}

/* What is taken away stands before what is added in its place. */
static void compare_all(struct steps *steps, const struct both *both)
{
	const struct lines *before = &both->before, *after = &both->after;
	size_t *match = fmr_alloc_zero(before->count + 1, sizeof(*match)), b = 0;
	fmr_sequence_match(before->count, after->count, same_line, both, match);
	match[before->count] = after->count;
	for (size_t a = 0; a <= before->count; a++) {
		if (match[a] == FMR_UNMATCHED) {
			step(steps, '-', before->items[a]);
			continue;
		}
		while (b < match[a])
			step(steps, '+', after->items[b++]);
		if (a < before->count)
			step(steps, ' ', before->items[a]);
		b++;
	}
	free(match);
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
	struct both both = { split(before), split(after) };
	struct steps steps = { 0 };
	compare_all(&steps, &both);

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
	FMR_VEC_RELEASE(&both.before);
	FMR_VEC_RELEASE(&both.after);
}
