#include "unit.h"

#include "search/where.h"
#include "yaml/yaml.h"

#include <string.h>

static const char text[] = "# comment\n"
	"title: one # behind\n"
	"plan:\n"
	"  class: urgent\n"
	"  # inside\n"
	"  details: |\n"
	"    first\n"
	"    second\n"
	"timeline:\n"
	"  - at: now\n"
	"    text: 'it''s'\n"
	"  - {at: later, text: more}\n"
	"words: [a, b,\n"
	"  c]\n"
	"empty:\n"
	"# end\n";

static const struct fmr_value *read_text(struct fmr_arena *arena)
{
	const struct fmr_source source = { "x.yaml", text, strlen(text) };
	struct fmr_findings *findings = fmr_findings_new(1);
	const struct fmr_value *root = fmr_yaml_read_record(&source, arena, findings);
	fmr_findings_free(findings);
	assert_non_null(root);
	return root;
}

static void names_fields(void **state)
{
	static const struct {
		const char *at, *field;
	} places[] = {
		{ "comment", "" }, { "title", "title" }, { "one", "title" }, { "behind", "title" }, { "plan", "plan" },
		{ "urgent", "plan.class" }, { "  class", "plan.class" }, { "inside", "plan" }, { "details", "plan.details" },
		{ "second", "plan.details" }, { "timeline", "timeline" }, { "- at", "timeline.0.at" }, { "it''s", "timeline.0.text" },
		{ "later", "timeline.1.at" }, { "more", "timeline.1.text" }, { "words", "words" }, { "a,", "words.0" },
		{ "c]", "words.2" }, { "empty", "empty" }, { "end", "" },
	};
	struct fmr_arena arena;
	struct fmr_str out;
	(void)state;
	fmr_arena_init(&arena);
	fmr_str_init(&out);
	const struct fmr_value *root = read_text(&arena);
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		fmr_str_clear(&out);
		fmr_where_is(root, text, strlen(text), (size_t)(strstr(text, places[i].at) - text), &out);
		if (strcmp(out.bytes, places[i].field) != 0)
			fail_msg("'%s' is in '%s', not in '%s'", places[i].at, places[i].field, out.bytes);
	}
	for (size_t at = 0; at <= strlen(text); at++)
		fmr_where_is(root, text, strlen(text), at, &out);
	fmr_where_is(NULL, text, strlen(text), 3, &out);
	fmr_str_release(&out);
	fmr_arena_release(&arena);
}

static void count(void *context, const struct fmr_value *value)
{
	(void)value;
	++*(int *)context;
}

static void finds_values(void **state)
{
	static const struct {
		const char *path;
		int count;
	} paths[] = {
		{ "title", 1 }, { "plan", 1 }, { "plan.class", 1 }, { "timeline.text", 2 }, { "timeline[].text", 2 },
		{ "timeline.1.text", 1 }, { "timeline.7.text", 0 }, { "timeline[]", 1 }, { "words", 1 }, { "words[]", 1 },
		{ "words.0", 1 }, { "none", 0 }, { "title.x", 0 }, { "plan.none", 0 }, { "timeline", 1 },
	};
	struct fmr_arena arena;
	(void)state;
	fmr_arena_init(&arena);
	const struct fmr_value *root = read_text(&arena);
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		int found = 0;
		fmr_where_each(root, paths[i].path, count, &found);
		if (found != paths[i].count)
			fail_msg("'%s': %d values, not %d", paths[i].path, paths[i].count, found);
	}
	fmr_arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_fields),
		cmocka_unit_test(finds_values),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
