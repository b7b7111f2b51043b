/*
 * Catalogues: codes of files of their own (issue 5 B), read when they are asked for, and checked.
 */
#include "unit.h"

#include "widget.h"

#include "record/private.h"

#define KINDS ".fmrec/catalogue/kinds.yaml"

static const char kinds[] =
	"catalogue: kinds\n"
	"label: {en: Kinds, ja: 種類}\n"
	"groups:\n"
	"  - {code: big, label: {en: Big, ja: 大}}\n"
	"entries:\n"
	"  - {code: K1, label: {en: Quake, ja: 地震}, also: [震災], group: big, requirement: [C-36, C-37], strength: M}\n"
	"  - {code: K2, label: {en: Flood, ja: 洪水}, until: 2020-03-31, values: {units: [people, power]}}\n";

/* The widget of widget.h, whose colours come from the catalogue. */
static int setup_kinds(void **state)
{
	if (setup(state) != 0)
		return -1;
	put(KINDS, kinds);
	sh("sed -i 's/values-from: severity/values-from: kinds/' .fmrec/schema/widget.yaml");
	return 0;
}

static void a_catalogue_is_read_with_all_that_it_says(void **state)
{
	(void)state;
	struct fixture fixture;
	open_fixture(&fixture);
	const struct fmr_catalogue *catalogue;
	assert_int_equal(fixture.book->catalogues.count, 0);
	assert_int_equal(fmr_book_catalogue(fixture.book, "kinds", &catalogue, NULL, &fixture.err), 0);
	assert_string_equal(fmr_words_in(&catalogue->label, FMR_JAPANESE), "種類");
	assert_int_equal(catalogue->group_count, 1);
	assert_int_equal(catalogue->count, 2);
	const struct fmr_catalogue_entry *entry = catalogue->entries;
	assert_string_equal(entry[0].choice.code, "K1");
	assert_string_equal(entry[0].choice.also[0], "震災");
	assert_string_equal(entry[0].group, "big");
	assert_string_equal(entry[0].requirements[1], "C-37");
	assert_string_equal(entry[0].strength, "M");
	assert_int_equal(entry[1].until, 20200331);
	assert_true(fmr_value_is(fmr_value_at(entry[1].values, "units.1"), "power"));
	close_fixture(&fixture);
}

static void its_codes_are_the_values_of_a_field(void **state)
{
	(void)state;
	struct fixture fixture;
	open_fixture(&fixture);
	const struct fmr_field *field = fmr_type_field(type_of(&fixture, "widget"), "severity");
	const struct fmr_choice *choices;
	struct fmr_value *value;
	struct fmr_arena arena;
	size_t count;
	fmr_arena_init(&arena);
	assert_int_equal(fmr_field_choices(fixture.book, field, NULL, &choices, &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(fmr_field_choices(fixture.book, field, "2026-11-21", &choices, &count), 0);
	assert_int_equal(count, 1);
	assert_int_equal(fmr_field_parse(fixture.book, field, "震災", &arena, &value, &fixture.err), 0);
	assert_string_equal(value->text.bytes, "K1");
	assert_int_equal(fmr_field_parse(fixture.book, field, "quaek", &arena, &value, &fixture.err), FMR_ERR_INVALID);
	assert_non_null(strstr(fixture.err.hint, "did you mean 'K1'"));
	fmr_arena_release(&arena);
	close_fixture(&fixture);
}

static void records_are_judged_by_it(void **state)
{
	(void)state;
	static const struct { const char *code, *message; } cases[] = {
		{ "K1", NULL },
		{ "K2", "'K2' was not in force on 2026-11-21" },
		{ "S1", "'S1' is not in the catalogue 'kinds'" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fixture fixture;
		char *text = fmr_format("id: " ID "\nform: 2\ntitle: First\nmaker: MKR-ACME\nseverity: %s\n", cases[i].code);
		put(PATH_OF, text);
		open_fixture(&fixture);
		assert_int_equal(fmr_check(fixture.book, NULL, fixture.findings, NULL, &fixture.err), 0);
		assert_int_equal(fmr_findings_count(fixture.findings), cases[i].message != NULL);
		if (cases[i].message)
			assert_string_equal(fmr_findings_at(fixture.findings, 0)->message, cases[i].message);
		close_fixture(&fixture);
		free(text);
	}
}

static void a_list_of_the_config_goes_before(void **state)
{
	(void)state;
	struct fixture fixture;
	put(".fmrec/catalogue/severity.yaml",
		"catalogue: severity\nlabel: {en: S, ja: S}\nentries: [{code: X, label: {en: X, ja: X}}]\n");
	open_fixture(&fixture);
	assert_int_equal(fmr_book_ready_list(fixture.book, "severity", NULL, &fixture.err), 0);
	assert_int_equal(fixture.book->catalogues.count, 0);
	assert_string_equal(fmr_book_list(fixture.book, "severity")->entries[0].choice.code, "S1");
	close_fixture(&fixture);
}

static void one_that_is_not_there_has_a_nearest(void **state)
{
	(void)state;
	static const char *const names[] = { "kind", "../schema/widget", "", "Kinds" };
	struct fixture fixture;
	const struct fmr_catalogue *catalogue;
	open_fixture(&fixture);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_int_equal(fmr_book_catalogue(fixture.book, names[i], &catalogue, NULL, &fixture.err), FMR_ERR_NOT_FOUND);
	assert_int_equal(fmr_book_catalogue(fixture.book, "kind", &catalogue, NULL, &fixture.err), FMR_ERR_NOT_FOUND);
	assert_non_null(strstr(fixture.err.hint, "'kinds'"));
	close_fixture(&fixture);
}

/* Its fault is told once, not again for each record. */
static void a_broken_one_is_its_own_finding(void **state)
{
	(void)state;
	static const char *const texts[] = { "catalogue: kinds\nentries: [\n", "- a\n", "", "catalogue: kinds\nentries: []\n" };
	put(PATH_OF, "id: " ID "\nform: 2\ntitle: First\nmaker: MKR-ACME\nseverity: K1\n");
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct fixture fixture;
		const struct fmr_catalogue *catalogue;
		put(KINDS, texts[i]);
		open_fixture(&fixture);
		assert_int_equal(fmr_book_catalogue(fixture.book, "kinds", &catalogue, NULL, &fixture.err), FMR_ERR_INVALID);
		assert_int_equal(fmr_book_catalogue(fixture.book, "kinds", &catalogue, NULL, &fixture.err), FMR_ERR_INVALID);
		assert_int_equal(fmr_check(fixture.book, NULL, fixture.findings, NULL, &fixture.err), 0);
		assert_true(fmr_findings_errors(fixture.findings) > 0);
		for (size_t j = 0; j < fmr_findings_count(fixture.findings); j++)
			assert_string_equal(fmr_findings_at(fixture.findings, j)->path, KINDS);
		close_fixture(&fixture);
	}
}

static void a_file_is_checked(void **state)
{
	(void)state;
	static const struct { const char *from, *to, *message; } cases[] = {
		{ "catalogue: kinds", "catalogue: kind", "another name than its file" },
		{ "code: K2", "code: K1", "stands above already" },
		{ "group: big", "group: small", "no such group" },
		{ "strength: M", "strength: X", "" },
		{ "also:", "alsoo:", "" },
		{ "{en: Quake, ja: 地震}", "{en: Quake}", "" },
		{ "2020-03-31", "2020-13-31", "" },
		{ "C-36", "chapter 3", "" },
	};
	struct fmr_findings *findings = fmr_findings_new(0);
	assert_true(fmr_catalogue_file_check(KINDS, kinds, strlen(kinds), findings));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fmr_str text;
		fmr_str_init(&text);
		const char *at = strstr(kinds, cases[i].from);
		fmr_str_add(&text, kinds, (size_t)(at - kinds));
		fmr_str_printf(&text, "%s%s", cases[i].to, at + strlen(cases[i].from));
		fmr_findings_truncate(findings, 0);
		assert_false(fmr_catalogue_file_check(KINDS, text.bytes, text.length, findings));
		assert_int_equal(fmr_findings_count(findings), 1);
		assert_non_null(strstr(fmr_findings_at(findings, 0)->message, cases[i].message));
		fmr_str_release(&text);
	}
	fmr_findings_free(findings);
}

/* C-172, F-80: the type says it, or what is around the field, or the field. */
static void who_may_see_a_field_is_inherited(void **state)
{
	(void)state;
	struct fixture fixture;
	sh("sed -i 's/^  by-year: true/&\\n  audience: outside/; s/      label: {en: Box, ja: 箱}/&\\n      audience: inside/' "
		".fmrec/schema/widget.yaml");
	open_fixture(&fixture);
	const struct fmr_type *type = type_of(&fixture, "widget");
	assert_true(type->outside);
	assert_true(fmr_type_field(type, "title")->outside);
	assert_true(fmr_type_field(type, "parts[].parts[].name")->outside);
	assert_false(fmr_type_field(type, "box")->outside);
	assert_false(fmr_type_field(type, "box.size")->outside);
	assert_false(fmr_type_field(type_of(&fixture, "maker"), "name")->outside);
	close_fixture(&fixture);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_kinds, sandbox_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_catalogue_is_read_with_all_that_it_says),
		TEST(its_codes_are_the_values_of_a_field),
		TEST(records_are_judged_by_it),
		TEST(a_list_of_the_config_goes_before),
		TEST(one_that_is_not_there_has_a_nearest),
		TEST(a_broken_one_is_its_own_finding),
		TEST(a_file_is_checked),
		TEST(who_may_see_a_field_is_inherited),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
