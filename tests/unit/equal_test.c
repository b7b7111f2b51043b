#include "unit.h"

#include "base/equal.h"
#include "base/source.h"
#include "base/str.h"
#include "yaml/yaml.h"

#include <string.h>

static const struct fmr_value *read(struct fmr_arena *arena, const char *text)
{
	const struct fmr_source source = { "text", text, strlen(text) };
	struct fmr_findings *findings = fmr_findings_new(0);
	const struct fmr_value *value = fmr_yaml_read_record(&source, arena, findings);
	fmr_findings_free(findings);
	assert_non_null(value);
	return value;
}

static void numbers_and_order_of_fields_do_not_matter(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		bool equal;
	} rows[] = {
		{ "1.0", "1", true }, { "1", "'1'", false }, { "[1, 2]", "[1.0, 2e0]", true }, { "[1, 2]", "[2, 1]", false },
		{ "{a: 1, b: [x]}", "{b: [x], a: 1.0}", true }, { "{a: 1}", "{a: 1, b: 2}", false }, { "{a: 1}", "{b: 1}", false },
		{ "null", "false", false }, { "0", "false", false }, { "-0", "0.0", true }, { "{}", "[]", false }, { "''", "''", true },
	};
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct fmr_value *a = read(&arena, rows[i].a), *b = read(&arena, rows[i].b);
		if (fmr_value_equal(a, b) != rows[i].equal || fmr_value_equal(b, a) != rows[i].equal)
			fail_msg("%s and %s", rows[i].a, rows[i].b);
		if (rows[i].equal)
			assert_int_equal(fmr_value_hash(a), fmr_value_hash(b));
	}
	fmr_arena_release(&arena);
}

static void large_maps_and_lists_are_compared_by_sorting(void **state)
{
	(void)state;
	enum { MANY = 20000 };
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct fmr_str up, down, list;
	fmr_str_init(&up);
	fmr_str_init(&down);
	fmr_str_init(&list);
	for (int i = 0; i < MANY; i++) {
		fmr_str_printf(&up, "k%d: %d\n", i, i);
		fmr_str_printf(&down, "k%d: %d.0\n", MANY - 1 - i, MANY - 1 - i);
		fmr_str_printf(&list, "- %d\n", i);
	}
	assert_true(fmr_value_equal(read(&arena, up.bytes), read(&arena, down.bytes)));
	size_t first, second;
	assert_false(fmr_value_find_twins(read(&arena, list.bytes), &first, &second));
	fmr_str_puts(&list, "- 17.0\n");
	assert_true(fmr_value_find_twins(read(&arena, list.bytes), &first, &second));
	assert_int_equal(first, 17);
	assert_int_equal(second, MANY);
	fmr_str_release(&up);
	fmr_str_release(&down);
	fmr_str_release(&list);
	fmr_arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_and_order_of_fields_do_not_matter),
		cmocka_unit_test(large_maps_and_lists_are_compared_by_sorting),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
