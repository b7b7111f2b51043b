#include "unit.h"

#include "render/line.h"

#include "base/alloc.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static char *diff(const char *before, const char *after)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	fmr_render_diff(out, "f", (struct fmr_render_side){ before, before ? strlen(before) : 0 },
		(struct fmr_render_side){ after, after ? strlen(after) : 0 }, false);
	fclose(out);
	return text;
}

static void diffs(void **state)
{
	(void)state;
	static const struct {
		const char *before, *after, *wanted;
	} cases[] = {
		{ "a\nb\n", "a\nb\n", "" },
		{ "", "", "" },
		{ NULL, "a\n", "--- /dev/null\n+++ b/f\n@@ -0,0 +1,1 @@\n+a\n" },
		{ "a\n", NULL, "--- a/f\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-a\n" },
		{ "a\nb\nc\n", "a\nX\nc\n", "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n-b\n+X\n c\n" },
		{ "a", "a\n", "--- a/f\n+++ b/f\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n" },
		{ "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "X\n2\n3\n4\n5\n6\n7\n8\nY\n",
			"--- a/f\n+++ b/f\n@@ -1,4 +1,4 @@\n-1\n+X\n 2\n 3\n 4\n@@ -6,4 +6,4 @@\n 6\n 7\n 8\n-9\n+Y\n" },
		{ "1\n2\n3\n4\n5\n6\n7\n8\n", "X\n2\n3\n4\n5\n6\n7\nY\n",
			"--- a/f\n+++ b/f\n@@ -1,8 +1,8 @@\n-1\n+X\n 2\n 3\n 4\n 5\n 6\n 7\n-8\n+Y\n" },
		{ "a\nb\n", "a\nx\nb\n", "--- a/f\n+++ b/f\n@@ -1,2 +1,3 @@\n a\n+x\n b\n" },
		{ "\033[2J\n", "ok\n", "--- a/f\n+++ b/f\n@@ -1,1 +1,1 @@\n-\\x1b[2J\n+ok\n" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *got = diff(cases[i].before, cases[i].after);
		assert_string_equal(got, cases[i].wanted);
		free(got);
	}
}

static void values_are_shortened_to_one_line(void **state)
{
	(void)state;
	struct fmr_value text = { .kind = FMR_STRING, .text = { "line 1\nline 2 \033[2J", 18 } };
	struct fmr_value *items[] = { &text, &text };
	struct fmr_value list = { .kind = FMR_LIST, .list = { items, 2 } };
	struct fmr_str out;
	fmr_str_init(&out);
	fmr_render_value_short(&out, NULL, 20);
	assert_string_equal(out.bytes, "-");
	fmr_str_clear(&out);
	fmr_render_value_short(&out, &list, 20);
	assert_null(strpbrk(out.bytes, "\n\033"));
	assert_true(fmr_text_width(out.bytes, out.length) <= 20);
	fmr_str_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(diffs),
		cmocka_unit_test(values_are_shortened_to_one_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
