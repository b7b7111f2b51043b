#include "unit.h"

#include "base/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct fmr_text text(const char *bytes)
{
	return (struct fmr_text){ bytes, strlen(bytes) };
}

static void check(const char *base, const char *ours, const char *theirs, enum fmr_marker_style style,
	const char *wanted, size_t conflicts)
{
	const struct fmr_markers markers = { .style = style, .ours = "o", .base = "b", .theirs = "t" };
	struct fmr_str out;
	fmr_str_init(&out);
	const size_t got = fmr_lines_merge(text(base), text(ours), text(theirs), &markers, &out);
	assert_string_equal(out.bytes, wanted);
	assert_int_equal(got, conflicts);
	fmr_str_release(&out);
}

static void changes_of_both_sides_meet(void **state)
{
	(void)state;
	check("a\nb\nc\nd\ne\n", "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n", FMR_MARKERS_MERGE, "A\nb\nc\nd\nE\n", 0);
	check("a\nb\nc\n", "b\nc\n", "a\nb\nc\nd\n", FMR_MARKERS_MERGE, "b\nc\nd\n", 0);
	check("a\nb\n", "a\nx\nb\n", "a\nx\nb\n", FMR_MARKERS_MERGE, "a\nx\nb\n", 0);
	check("", "", "x\n", FMR_MARKERS_MERGE, "x\n", 0);
	check("a\n", "", "a\n", FMR_MARKERS_MERGE, "", 0);
	check("a\nb\nc\n", "a\nb\nc\nd", "z\na\nb\nc\n", FMR_MARKERS_MERGE, "z\na\nb\nc\nd", 0);
}

static void conflicts_are_marked(void **state)
{
	(void)state;
	check("a\nb\nc\n", "a\nx\nc\n", "a\ny\nc\n", FMR_MARKERS_MERGE,
		"a\n<<<<<<< o\nx\n=======\ny\n>>>>>>> t\nc\n", 1);
	check("a\nb\nc\n", "a\nx\nc\n", "a\ny\nc\n", FMR_MARKERS_DIFF3,
		"a\n<<<<<<< o\nx\n||||||| b\nb\n=======\ny\n>>>>>>> t\nc\n", 1);
	check("", "h\nx\nt\n", "h\ny\nt\n", FMR_MARKERS_MERGE, "h\n<<<<<<< o\nx\n=======\ny\n>>>>>>> t\nt\n", 1);
	check("", "h\nx\nt\n", "h\ny\nt\n", FMR_MARKERS_ZDIFF3,
		"h\n<<<<<<< o\nx\n||||||| b\n=======\ny\n>>>>>>> t\nt\n", 1);
	check("", "h\nx\n", "h\ny\n", FMR_MARKERS_DIFF3, "<<<<<<< o\nh\nx\n||||||| b\n=======\nh\ny\n>>>>>>> t\n", 1);
	/* neighbouring lines, and a deletion beside a change */
	check("a\nb\n", "x\nb\n", "a\ny\n", FMR_MARKERS_MERGE, "<<<<<<< o\nx\nb\n=======\na\ny\n>>>>>>> t\n", 1);
	check("a\n", "", "b\n", FMR_MARKERS_MERGE, "<<<<<<< o\n=======\nb\n>>>>>>> t\n", 1);
	check("a", "b", "c", FMR_MARKERS_MERGE, "<<<<<<< o\nb\n=======\nc\n>>>>>>> t\n", 1);
}

static void markers_as_wanted(void **state)
{
	(void)state;
	const struct fmr_markers markers = { .size = 3 };
	struct fmr_str out;
	fmr_str_init(&out);
	assert_int_equal(fmr_lines_merge(text("a\n"), text("b\n"), text("c\n"), &markers, &out), 1);
	assert_string_equal(out.bytes, "<<<\nb\n===\nc\n>>>\n");
	fmr_str_clear(&out);
	assert_int_equal(fmr_lines_merge(text("a\n"), text("b\n"), text("c\n"), NULL, &out), 1);
	assert_string_equal(out.bytes, "b\n");
	fmr_str_release(&out);
}

static unsigned next(unsigned *state)
{
	*state = *state * 1103515245u + 12345u;
	return *state >> 16;
}

static void random_text(unsigned *state, struct fmr_str *out, const struct fmr_str *from)
{
	const char *at = from ? from->bytes : "a\nb\nc\nd\ne\nf\ng\na\nb\nc\n";
	while (*at) {
		const size_t length = strcspn(at, "\n") + 1;
		const unsigned what = next(state) % 12;
		if (what == 0)
			fmr_str_printf(out, "%c\n", (int)('a' + next(state) % 10));
		if (what != 1)
			fmr_str_add(out, at, length);
		at += length;
	}
}

/* What one side alone changed is taken; conflicts are the same from both sides; nothing is lost that is in all. */
static void laws(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed < 3000; seed++) {
		unsigned random = seed;
		struct fmr_str base, a, b, out, back;
		struct fmr_str *const all[] = { &base, &a, &b, &out, &back };
		for (size_t i = 0; i < 5; i++)
			fmr_str_init(all[i]);
		random_text(&random, &base, NULL);
		random_text(&random, &a, &base);
		random_text(&random, &b, &base);
		assert_int_equal(fmr_lines_merge(text(base.bytes), text(a.bytes), text(base.bytes), NULL, &out), 0);
		assert_string_equal(out.bytes, a.bytes);
		fmr_str_clear(&out);
		assert_int_equal(fmr_lines_merge(text(base.bytes), text(base.bytes), text(b.bytes), NULL, &out), 0);
		assert_string_equal(out.bytes, b.bytes);
		fmr_str_clear(&out);
		const size_t there = fmr_lines_merge(text(base.bytes), text(a.bytes), text(b.bytes), NULL, &out);
		assert_int_equal(fmr_lines_merge(text(base.bytes), text(b.bytes), text(a.bytes), NULL, &back), there);
		if (!there)
			assert_string_equal(out.bytes, back.bytes);
		for (size_t i = 0; i < 5; i++)
			fmr_str_release(all[i]);
	}
}

/* Texts without a common line: bounded, and both are there. */
static void large_texts_take_no_time(void **state)
{
	(void)state;
	struct fmr_str base, a, b, out;
	fmr_str_init(&base);
	fmr_str_init(&a);
	fmr_str_init(&b);
	fmr_str_init(&out);
	for (int i = 0; i < 100000; i++) {
		fmr_str_printf(&base, "x%d\n", i);
		fmr_str_printf(&a, "y%d\n", i);
		fmr_str_printf(&b, "z%d\n", i);
	}
	const struct fmr_markers markers = { 0 };
	assert_int_equal(fmr_lines_merge(text(base.bytes), text(a.bytes), text(b.bytes), &markers, &out), 1);
	assert_true(out.length > a.length + b.length);
	fmr_str_release(&base);
	fmr_str_release(&a);
	fmr_str_release(&b);
	fmr_str_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_of_both_sides_meet),
		cmocka_unit_test(conflicts_are_marked),
		cmocka_unit_test(markers_as_wanted),
		cmocka_unit_test(laws),
		cmocka_unit_test(large_texts_take_no_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
