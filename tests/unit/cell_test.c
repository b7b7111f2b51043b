#include "unit.h"

#include "exchange/cell.h"
#include "json/json.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

static const struct fmr_choice colours[] = { { .code = "red" }, { .code = "blue" } };
static const struct fmr_field text_item = { .name = "", .path = "l[]", .kind = FMR_FIELD_TEXT };
static const struct fmr_field map_parts[] = {
	{ .name = "at", .path = "m.at", .kind = FMR_FIELD_TIME },
	{ .name = "n", .path = "m.n", .kind = FMR_FIELD_NUMBER },
};
static const struct fmr_field map_item = {
	.name = "", .path = "k[]", .kind = FMR_FIELD_MAP, .children = map_parts, .child_count = 2};
static const struct fmr_field fields[] = {
	{ .name = "t", .path = "t", .kind = FMR_FIELD_TEXT },
	{ .name = "n", .path = "n", .kind = FMR_FIELD_NUMBER },
	{ .name = "b", .path = "b", .kind = FMR_FIELD_BOOL },
	{ .name = "c", .path = "c", .kind = FMR_FIELD_CHOICE, .choices = colours, .choice_count = 2 },
	{ .name = "at", .path = "at", .kind = FMR_FIELD_TIME },
	{ .name = "l", .path = "l", .kind = FMR_FIELD_LIST, .children = &text_item, .child_count = 1 },
	{ .name = "m", .path = "m", .kind = FMR_FIELD_MAP, .children = map_parts, .child_count = 2 },
	{ .name = "k", .path = "k", .kind = FMR_FIELD_LIST, .children = &map_item, .child_count = 1 },
};
enum { FIELDS = sizeof(fields) / sizeof(*fields) };

static const struct fmr_field *field_named(const char *name)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (strcmp(fields[i].name, name) == 0)
			return &fields[i];
	return NULL;
}

static struct fmr_value *json(struct fmr_arena *arena, const char *text)
{
	const struct fmr_source source = { .path = "", .bytes = fmr_arena_strdup(arena, text), .length = strlen(text) };
	struct fmr_findings *findings = fmr_findings_new(1);
	struct fmr_value *value = fmr_json_read(&source, arena, findings);
	fmr_findings_free(findings);
	assert_non_null(value);
	return value;
}

/* Any value of any field comes back from its cell. */
static void cells_lose_nothing(void **state)
{
	(void)state;
	static const struct { const char *field, *value, *cell; } cases[] = {
		{ "t", "\"plain\"", "plain" },
		{ "t", "\" edges \\n\"", " edges \n" },
		{ "t", "\"two\\nlines\"", "two\nlines" },
		{ "t", "\"\"", "json:\"\"" },
		{ "t", "\"json:x\"", "json:\"json:x\"" },
		{ "t", "\"a\\rb\"", "json:\"a\\rb\"" },
		{ "t", "12", "json:12" },
		{ "t", "null", "json:null" },
		{ "t", "\"[1]\"", "[1]" },
		{ "t", "{\"x\":[]}", "json:{\"x\":[]}" },
		{ "n", "12.50", "12.50" },
		{ "n", "-1e3", "-1e3" },
		{ "n", "\"12\"", "json:\"12\"" },
		{ "b", "true", "true" },
		{ "b", "\"true\"", "json:\"true\"" },
		{ "c", "\"blue\"", "blue" },
		{ "at", "\"2026-11-21T03:12:00+09:00\"", "2026-11-21T03:12:00+09:00" },
		{ "at", "\"2026-11-21\"", "2026-11-21" },
		{ "l", "[\"a\",\"b\"]", "a\nb" },
		{ "l", "[]", "[]" },
		{ "l", "[\"a\\nb\"]", "[\"a\\nb\"]" },
		{ "l", "[\"[\"]", "[\"[\"]" },
		{ "l", "[\" a\"]", "[\" a\"]" },
		{ "l", "[1]", "[1]" },
		{ "l", "\"no list\"", "json:\"no list\"" },
		{ "m", "{}", "{}" },
		{ "m", "{\"n\":1}", "{\"n\":1}" },
		{ "k", "[{\"at\":\"2026-11-21\",\"n\":1}]", "[{\"at\":\"2026-11-21\",\"n\":1}]" },
	};
	const struct fmr_cell_rules rules = { .exact = true, .split = "\n" };
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fmr_arena arena;
		fmr_arena_init(&arena);
		struct fmr_str cell;
		fmr_str_init(&cell);
		const struct fmr_field *field = field_named(cases[i].field);
		const struct fmr_value *value = json(&arena, cases[i].value);
		fmr_cell_write(&cell, field, value);
		assert_string_equal(cell.bytes, cases[i].cell);
		struct fmr_value *back = NULL;
		assert_int_equal(fmr_cell_read(NULL, field, &rules, cell.bytes, cell.length, &arena, &back, NULL), 0);
		assert_true(back->kind == value->kind && fmr_value_equal(back, value));
		fmr_str_release(&cell);
		fmr_arena_release(&arena);
	}
}

static void people_write_otherwise(void **state)
{
	(void)state;
	static const struct { const char *field, *split, *cell, *json; } cases[] = {
		{ "t", NULL, "  x　", "\"x\"" },
		{ "l", NULL, " a, b ", "[\"a, b\"]" },
		{ "l", ",", " a, b ,,", "[\"a\",\"b\"]" },
		{ "l", "、", "電源、 空調", "[\"電源\",\"空調\"]" },
		{ "b", NULL, " true ", "true" },
		{ "n", NULL, " 5 ", "5" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fmr_arena arena;
		fmr_arena_init(&arena);
		const struct fmr_cell_rules rules = { .split = cases[i].split };
		struct fmr_value *value = NULL;
		assert_int_equal(fmr_cell_read(NULL, field_named(cases[i].field), &rules, cases[i].cell,
					 strlen(cases[i].cell), &arena, &value, NULL),
			0);
		assert_true(fmr_value_equal(value, json(&arena, cases[i].json)));
		fmr_arena_release(&arena);
	}
}

static void wrong_cells_are_refused(void **state)
{
	(void)state;
	static const struct { const char *field, *cell; } cases[] = {
		{ "t", "json:{" }, { "l", "[1" }, { "m", "x" }, { "m", "{" }, { "k", "x" },
	};
	const struct fmr_cell_rules rules = { .split = "\n" };
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fmr_arena arena;
		fmr_arena_init(&arena);
		struct fmr_value *value = NULL;
		struct fmr_err err = { 0 };
		assert_int_equal(fmr_cell_read(NULL, field_named(cases[i].field), &rules, cases[i].cell,
					 strlen(cases[i].cell), &arena, &value, &err),
			FMR_ERR_INVALID);
		assert_true(err.text[0]);
		fmr_arena_release(&arena);
	}
}

static void trees_grow_in_order(void **state)
{
	(void)state;
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct fmr_value *root = fmr_value_new_map(&arena);
	assert_int_equal(fmr_value_set_at(&arena, root, "z", json(&arena, "1"), NULL), 0);
	assert_int_equal(fmr_value_set_at(&arena, root, "k.1.n", json(&arena, "2"), NULL), 0);
	assert_int_equal(fmr_value_set_at(&arena, root, "k.0.at", json(&arena, "\"x\""), NULL), 0);
	assert_int_equal(fmr_value_set_at(&arena, root, "m.n", json(&arena, "3"), NULL), 0);
	assert_int_equal(fmr_value_set_at(&arena, root, "m.at", json(&arena, "\"y\""), NULL), 0);
	assert_int_equal(fmr_value_set_at(&arena, root, "t", json(&arena, "\"t\""), NULL), 0);
	assert_int_equal(fmr_value_set_at(&arena, root, "t.x", json(&arena, "1"), NULL), FMR_ERR_INVALID);
	assert_int_equal(fmr_value_set_at(&arena, root, "k.99999999", json(&arena, "1"), NULL), FMR_ERR_INVALID);
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_json_write(&text, fmr_value_in_order(&arena, root, fields, FIELDS));
	assert_string_equal(
		text.bytes, "{\"t\":\"t\",\"m\":{\"at\":\"y\",\"n\":3},\"k\":[{\"at\":\"x\"},{\"n\":2}],\"z\":1}");
	fmr_str_release(&text);
	fmr_arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_lose_nothing),
		cmocka_unit_test(people_write_otherwise),
		cmocka_unit_test(wrong_cells_are_refused),
		cmocka_unit_test(trees_grow_in_order),
	};
	return cmocka_run_group_tests_name("cell", tests, NULL, NULL);
}
