/* The difference of two value trees by field, and which item of a list is which. */
#include "unit.h"

#include "widget.h"

#include "base/sequence.h"
#include "fmrec/history.h"
#include "json/json.h"
#include "yaml/yaml.h"

static const struct fmr_value *tree(struct fmr_arena *arena, const char *yaml)
{
	const struct fmr_source source = { "t", yaml, strlen(yaml) };
	struct fmr_findings *findings = fmr_findings_new(0);
	const struct fmr_value *root = fmr_yaml_read_record(&source, arena, findings);
	assert_int_equal(fmr_findings_count(findings), 0);
	fmr_findings_free(findings);
	return root;
}

/* "+path value; -path value; ~path old>new; ^path 3>0;" */
static void describe(const struct fmr_deltas *deltas, struct fmr_str *out)
{
	for (size_t i = 0; i < deltas->count; i++) {
		const struct fmr_delta *delta = &deltas->items[i];
		fmr_str_printf(out, "%s%c%s ", i ? " " : "", "+-~^"[delta->kind], delta->path);
		if (delta->kind == FMR_DELTA_MOVED) {
			fmr_str_printf(out, "%zu>%zu", delta->from, delta->to);
		} else {
			if (delta->before)
				fmr_json_write(out, delta->before);
			if (delta->kind == FMR_DELTA_CHANGED)
				fmr_str_putc(out, '>');
			if (delta->after)
				fmr_json_write(out, delta->after);
		}
		fmr_str_putc(out, ';');
	}
}

static void assert_difference(const struct fmr_type *type, const char *before, const char *after, const char *wanted)
{
	struct fmr_arena arena;
	struct fmr_deltas deltas;
	struct fmr_str got;
	fmr_arena_init(&arena);
	fmr_str_init(&got);
	fmr_deltas_find(type, before ? tree(&arena, before) : NULL, after ? tree(&arena, after) : NULL, &arena, &deltas);
	describe(&deltas, &got);
	assert_string_equal(got.bytes, wanted);
	fmr_str_release(&got);
	fmr_arena_release(&arena);
}

static void maps_differ_by_key(void **state)
{
	(void)state;
	assert_difference(NULL, "a: 1\nb: x\n", "b: x\na: 1.0\n", "");
	assert_difference(NULL, "a: 1\n", "a: 2\nb: {c: 3}\n", "~a 1>2; +b {\"c\":3};");
	assert_difference(NULL, "b: {c: 3, d: [1]}\n", "b: {d: [1], c: '3'}\n", "~b.c 3>\"3\";");
	assert_difference(NULL, "a: {b: 1}\n", "a: [1]\n", "~a {\"b\":1}>[1];");
	assert_difference(NULL, NULL, "a: 1\n", "+a 1;");
	assert_difference(NULL, "a: 1\n", NULL, "-a 1;");
	assert_difference(NULL, "a: null\n", "b: null\n", "-a null; +b null;");
	assert_difference(NULL, "- 1\n", "- 2\n", "+0 2; -0 1;");
}

static void items_are_recognised_where_they_are(void **state)
{
	(void)state;
	assert_difference(NULL, "a: [x, y, z]\n", "a: [n, x, y, z]\n", "+a.0 \"n\";");
	assert_difference(NULL, "a: [x, y, z]\n", "a: [x, z]\n", "-a.1 \"y\";");
	assert_difference(NULL, "a: [x, y, z]\n", "a: [z, x, y]\n", "^a.0 2>0;");
	assert_difference(NULL, "a: [x, x, y]\n", "a: [x, y, x]\n", "^a.2 1>2;");
	assert_difference(NULL, "a: [x, x]\n", "a: [x]\n", "-a.1 \"x\";");
	assert_difference(NULL, "a: [x, y]\n", "a: [x, w]\n", "+a.1 \"w\"; -a.1 \"y\";");
	assert_difference(NULL, "a: []\n", "a: [{b: 1}]\n", "+a.0 {\"b\":1};");
	/* a map that changed in part is still the same, also when it moved */
	assert_difference(NULL, "a: [{k: one, v: 1}, {k: two, v: 2}]\n", "a: [{k: two, v: 2}, {k: one, v: 9}]\n",
		"^a.1 0>1; ~a.1.v 1>9;");
	assert_difference(NULL, "a: [{k: one, v: 1}]\n", "a: [{k: other, v: 2}]\n",
		"+a.0 {\"k\":\"other\",\"v\":2}; -a.0 {\"k\":\"one\",\"v\":1};");
	assert_difference(NULL, "a: [[1, 2], [3]]\n", "a: [[1, 2], [3], [4]]\n", "+a.2 [4];");
}

/* Fields come in the order of the type, and say what kind they are. */
static void types_guide(void **state)
{
	(void)state;
	struct fixture fixture;
	open_fixture(&fixture);
	const struct fmr_type *type = type_of(&fixture, "widget");
	assert_difference(type, "zz: 1\nbox: {size: 1}\ntitle: A\n", "title: B\nbox: {size: 2}\nyy: 1\n",
		"~title \"A\">\"B\"; ~box.size 1>2; -zz 1; +yy 1;");
	/* the link counts more than the name, and finds the part again */
	assert_difference(type, "parts: [{of: A-1, name: x}, {of: B-2, name: y}]\n",
		"parts: [{of: B-2, name: x}, {of: A-1, name: z}]\n",
		"~parts.0.name \"y\">\"x\"; ^parts.1 0>1; ~parts.1.name \"x\">\"z\";");
	assert_difference(type, "parts: [{of: A-1, parts: [{name: q}]}]\n", "parts: [{of: A-1, parts: [{name: q}, {name: r}]}]\n",
		"+parts.0.parts.1 {\"name\":\"r\"};");
	/* a code that became another is not the same item */
	assert_difference(type, "tags: [a]\n", "tags: [b]\n", "+tags.0 \"b\"; -tags.0 \"a\";");
	close_fixture(&fixture);
}

static char *long_list(size_t count, size_t from)
{
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_puts(&text, "a:\n");
	for (size_t i = 0; i < count; i++)
		fmr_str_printf(&text, "  - {k: k%zu, v: %zu}\n", i, i + from);
	return fmr_str_detach(&text);
}

static void large_lists_are_bounded(void **state)
{
	(void)state;
	struct fmr_arena arena;
	struct fmr_deltas deltas;
	fmr_arena_init(&arena);
	char *before = long_list(20000, 0), *after = long_list(20000, 1000000);
	fmr_deltas_find(NULL, tree(&arena, before), tree(&arena, after), &arena, &deltas);
	assert_int_equal(deltas.count, 40000); /* too many to be recognised by what they have in common */
	free(before);
	free(after);
	fmr_arena_release(&arena);
}

static bool same_letter(const void *context, size_t a, size_t b)
{
	const char *const *texts = context;
	return texts[0][a] == texts[1][b];
}

static void sequences(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b, *common;
	} cases[] = {
		{ "", "", "" }, { "abc", "", "" }, { "abc", "abc", "abc" }, { "abcd", "xbyd", "bd" }, { "xaby", "ab", "ab" },
		{ "aaa", "aa", "aa" }, { "nematode knowledge", "empty bottle", "emt ole" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *texts[2] = { cases[i].a, cases[i].b };
		size_t match[32], last = 0, count = 0;
		fmr_sequence_match(strlen(texts[0]), strlen(texts[1]), same_letter, texts, match);
		for (size_t a = 0; a < strlen(texts[0]); a++) {
			if (match[a] == FMR_UNMATCHED)
				continue;
			assert_true(texts[0][a] == texts[1][match[a]] && (!count || match[a] > last));
			last = match[a];
			count++;
		}
		assert_int_equal(count, strlen(cases[i].common));
	}
	const size_t positions[] = { 3, 0, 1, FMR_UNMATCHED, 2, 4 };
	bool stays[6];
	fmr_sequence_rise(positions, 6, stays);
	assert_true(!stays[0] && stays[1] && stays[2] && !stays[3] && stays[4] && stays[5]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(maps_differ_by_key),
		cmocka_unit_test(items_are_recognised_where_they_are),
		cmocka_unit_test_setup_teardown(types_guide, setup, sandbox_teardown),
		cmocka_unit_test(large_lists_are_bounded),
		cmocka_unit_test(sequences),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
