/*
 * Scaffolds: what their values stand for, where comments go, and what makes them end (issue 5 A).
 */
#include "unit.h"

#include "widget.h"

#include "record/scaffold.h"
#include "record/scaffold_value.h"
#include "yaml/yaml.h"

#define KINDS ".fmrec/catalogue/kinds.yaml"
#define SCAFFOLD ".fmrec/scaffold/widget.yaml"

static const char kinds[] =
	"catalogue: kinds\n"
	"label: {en: Kinds, ja: 種類}\n"
	"groups:\n"
	"  - {code: big, label: {en: Big, ja: 大}}\n"
	"entries:\n"
	"  - {code: K1, label: {en: Quake, ja: 地震}, group: big, requirement: [C-36], values: {units: [a, b], days: 7,\n"
	"     words: {en: hello, ja: やあ}, deep: [{en: x, ja: え}]}}\n"
	"  - {code: K2, label: {en: Flood, ja: 洪水}, values: {units: b}}\n"
	"  - {code: K3, label: {en: Past, ja: 昔}, until: 2020-03-31}\n";

static const char scaffold_text[] =
	"scaffold: widget\n"
	"label: {en: All, ja: 一式}\n"
	"steps:\n"
	"  - name: one\n"
	"    label: {en: One, ja: 一}\n"
	"    records:\n"
	"      - {type: widget, as: top, fields: {title: The top, due: 2027-01-01}, decide: [maker, colour]}\n"
	"      - {type: widget, as: kind, each: {catalogue: kinds, as: k}, fields: {title: $(k.label) of $(top)}}\n"
	"      - {type: maker, id: $(k)-$(kind.title), each: {made: kind, where: {title: $(top)}}, fields: {name: n}}\n";

static int setup_scaffold(void **state)
{
	if (setup(state) != 0)
		return -1;
	put(KINDS, kinds);
	put(SCAFFOLD, scaffold_text);
	sh("sed -i 's/^  by-year: true/&\\n  scaffold: widget/' .fmrec/schema/widget.yaml");
	return 0;
}

/* ---- values ---- */

struct values {
	struct fixture fixture;
	struct fmr_arena arena;
	struct fmr_evaluation evaluation;
};

static void open_values(struct values *values)
{
	*values = (struct values){ 0 };
	open_fixture(&values->fixture);
	fmr_arena_init(&values->arena);
	values->evaluation = (struct fmr_evaluation){ .book = values->fixture.book, .arena = &values->arena,
		.language = FMR_JAPANESE, .day = 20261121, .err = &values->fixture.err };
}

static void close_values(struct values *values)
{
	FMR_VEC_RELEASE(&values->evaluation.made);
	FMR_VEC_RELEASE(&values->evaluation.kept);
	fmr_arena_release(&values->arena);
	close_fixture(&values->fixture);
}

/* What a template stands for, as YAML; "-": nothing. */
static const char *evaluate(struct values *values, const char *text)
{
	static char out[4096];
	const char *kept = fmr_arena_strdup(&values->arena, text);
	const struct fmr_value *template = fmr_yaml_read_quietly(kept, strlen(kept), &values->arena);
	const struct fmr_value *value = fmr_evaluate(&values->evaluation, NULL, fmr_value_get(template, "v"));
	struct fmr_str yaml;
	fmr_str_init(&yaml);
	if (value) {
		struct fmr_value *map = fmr_value_new_map(&values->arena);
		fmr_value_put(&values->arena, map, "v", (struct fmr_value *)(uintptr_t)value);
		fmr_yaml_write(&yaml, map, 0);
	}
	snprintf(out, sizeof(out), "%s", value ? yaml.bytes : "-");
	fmr_str_release(&yaml);
	return out;
}

static void templates_become_values(void **state)
{
	(void)state;
	static const struct { const char *template, *value; } cases[] = {
		{ "v: 5", "v: 5\n" },
		{ "v: {en: a, ja: あ}", "v: あ\n" },
		{ "v: {en: a, ja: あ, de: b}", "v:\n  en: a\n  ja: あ\n  de: b\n" },
		{ "v: {each: {catalogue: kinds, as: k}, item: $(k)}", "v:\n  - K1\n  - K2\n" },
		{ "v: {each: {catalogue: kinds, as: k}, item: $(k.label)と$(k.position)}", "v:\n  - 地震と1\n  - 洪水と2\n" },
		{ "v: {each: {catalogue: kinds, as: k}, item: $(k.days)}", "v:\n  - 7\n" },
		{ "v: {each: {catalogue: kinds, as: k}, item: 'x$(k.days)'}", "v:\n  - x7\n  - x\n" },
		{ "v: {each: {catalogue: kinds, as: k, group: big}, item: $(k.requirement)}", "v:\n  - - C-36\n" },
		{ "v: {each: {catalogue: kinds, as: k, only: [K2, K3]}, item: $(k)}", "v:\n  - K2\n" },
		{ "v: {each: {catalogue: kinds, as: k, only: K1}, item: $(k.words)}", "v:\n  - やあ\n" },
		{ "v: {each: {catalogue: kinds, as: k, where: {units: b}}, item: $(k)}", "v:\n  - K1\n  - K2\n" },
		{ "v: {each: {catalogue: kinds, as: k, where: {units: a}}, item: $(k.deep)}", "v:\n  - - え\n" },
		{ "v: {each: {catalogue: kinds, as: k, where: {units: z}}, item: $(k)}", "-" },
		{ "v: {each: {catalogue: kinds, as: k}, key: $(k), item: {q: $(k.days), m: 1}}",
			"v:\n  K1:\n    q: 7\n    m: 1\n  K2:\n    m: 1\n" },
		{ "v: {each: {list: [a, {b: c}], as: i}, item: '$(i)$(i.b)'}", "v:\n  - a\n  - c\n" },
		{ "v: {each: {list: x, as: i}, item: $(i)}", "v:\n  - x\n" },
		{ "v: {each: {records: maker, as: m}, item: '$(m) $(m.name)'}", "v:\n  - MKR-ACME Acme\n" },
		{ "v: {each: {records: maker, as: m, where: {name: Nobody}}, item: $(m)}", "-" },
		{ "v: {a: {each: {catalogue: kinds, as: k, only: none}, item: $(k)}, b: 1}", "v:\n  b: 1\n" },
		{ "v: $(nobody)", "-" },
		{ "v: [$(nobody), x]", "v:\n  - x\n" },
		{ "v: '$(open'", "v: $(open\n" },
		{ "v: []", "v: []\n" },
	};
	struct values values;
	open_values(&values);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(evaluate(&values, cases[i].template), cases[i].value);
	assert_int_equal(values.evaluation.code, 0);
	close_values(&values);
}

static void what_grows_without_end_is_stopped(void **state)
{
	(void)state;
	struct values values;
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_puts(&text, "v: ");
	for (int i = 0; i < 30; i++)
		fmr_str_printf(&text, "{each: {list: [1, 2, 3, 4], as: a%d}, item: ", i);
	fmr_str_puts(&text, "x");
	for (int i = 0; i < 30; i++)
		fmr_str_putc(&text, '}');
	open_values(&values);
	evaluate(&values, text.bytes);
	assert_int_equal(values.evaluation.code, FMR_ERR_LIMIT);
	close_values(&values);
	fmr_str_release(&text);
}

/* ---- comments ---- */

static void comments_stand_where_the_answer_belongs(void **state)
{
	(void)state;
	struct fixture fixture;
	struct fmr_str text;
	open_fixture(&fixture);
	const struct fmr_type *type = type_of(&fixture, "widget");
	const struct fmr_decision decisions[] = {
		{ fmr_type_field(type, "due"), "by when" },
		{ fmr_type_field(type, "box.size"), "how\nbig" },
		{ fmr_type_field(type, "maker"), "" },
		{ fmr_type_field(type, "count"), "one" },
		{ fmr_type_field(type, "count"), "two" },
		{ fmr_type_field(type, "attachments"), "last" },
	};
	fmr_str_init(&text);
	fmr_str_puts(&text, "# head\nid: X\ntitle: |\n  due: no\n# help\nstory: x\nbox:\n  size: 1");
	fmr_decisions_put(&text, type, decisions, sizeof(decisions) / sizeof(*decisions), FMR_ENGLISH);
	assert_string_equal(text.bytes, "# head\nid: X\ntitle: |\n  due: no\n"
		"# TO DECIDE: Due: by when\n# due:\n"
		"# TO DECIDE: Maker\n# maker:\n"
		"# TO DECIDE: Count: one\n# TO DECIDE: Count: two\n# count:\n"
		"# help\nstory: x\n"
		"# TO DECIDE: Size: how big\nbox:\n  size: 1\n"
		"# TO DECIDE: Files: last\n# attachments:\n");
	fmr_str_release(&text);
	close_fixture(&fixture);
}

/* What is filled in is decided; of several questions about a list the others stay open. */
static void a_comment_goes_when_its_field_is_filled_in(void **state)
{
	(void)state;
	static const struct { const char *path; bool more; const char *left; } cases[] = {
		{ "due", false, "id: X\n# TO DECIDE: Count: one\n# TO DECIDE: Count: two\n# count:\n# 要決定: 大きさ\nbox:\n  size: 1\n" },
		{ "count", false, "id: X\n# 要決定: 期限: いつ\n# due:\n# 要決定: 大きさ\nbox:\n  size: 1\n" },
		{ "count", true, NULL },
		{ "box.size", false, "id: X\n# 要決定: 期限: いつ\n# due:\n# TO DECIDE: Count: one\n# TO DECIDE: Count: two\n# count:\n"
			"box:\n  size: 1\n" },
		{ "box", false, NULL },
		{ "title", false, NULL },
		{ "nothing.at.all", false, NULL },
	};
	static const char before[] = "id: X\n# 要決定: 期限: いつ\n# due:\n# TO DECIDE: Count: one\n# TO DECIDE: Count: two\n"
		"# count:\n# 要決定: 大きさ\nbox:\n  size: 1\n";
	struct fixture fixture;
	open_fixture(&fixture);
	const struct fmr_type *type = type_of(&fixture, "widget");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fmr_str text;
		fmr_str_init(&text);
		fmr_str_puts(&text, before);
		fmr_decision_made(&text, type, cases[i].path, cases[i].more);
		assert_string_equal(text.bytes, cases[i].left ? cases[i].left : before);
		fmr_str_release(&text);
	}
	close_fixture(&fixture);
}

/* ---- a set ---- */

static void a_set_is_made_in_order(void **state)
{
	(void)state;
	struct fixture fixture;
	struct fmr_scaffold *scaffold;
	struct fmr_scaffold_set set = { 0 };
	struct fmr_str text;
	open_fixture(&fixture);
	fmr_str_init(&text);
	fmr_str_puts(&text, "id: " ID "\nform: 2\ntitle: Mine\n");
	const struct fmr_type *type = type_of(&fixture, "widget");
	assert_string_equal(type->scaffold, "widget");
	assert_int_equal(fmr_scaffold_open(fixture.book, type, &scaffold, fixture.findings, &fixture.err), 0);
	assert_int_equal(fmr_scaffold_fill(scaffold, PATH_OF, &text, &fixture.err), 0);
	assert_string_equal(text.bytes, "id: " ID "\nform: 2\ntitle: Mine\ndue: 2027-01-01\n");
	assert_int_equal(fmr_scaffold_make(scaffold, ID, PATH_OF, &text, FMR_ENGLISH, &set, &fixture.err), 0);
	assert_int_equal(set.records.count, 3);
	assert_int_equal(set.root, 0);
	assert_string_equal(set.records.items[0].title, "Mine");
	assert_int_equal(set.records.items[0].decision_count, 2);
	assert_string_equal(set.records.items[1].title, "Quake of " ID);
	assert_string_equal(set.records.items[2].title, "Flood of " ID);
	assert_ptr_equal(set.records.items[1].kind, set.records.items[2].kind);
	assert_string_not_equal(set.records.items[1].id, set.records.items[2].id);
	assert_int_equal(set.parts.count, 1);
	fmr_scaffold_set_release(&set);
	fmr_scaffold_close(scaffold);
	fmr_str_release(&text);
	close_fixture(&fixture);
}

static void broken_ones_do_no_harm(void **state)
{
	(void)state;
	static const char *const texts[] = { "", "[]", "scaffold: widget\n", "steps: 5\n", "a: &b [*b]\n",
		"scaffold: widget\nlabel: {en: a, ja: a}\nsteps: [{name: x, label: {en: a, ja: a}, records: [{type: 5}]}]\n",
		"scaffold: widget\nlabel: {en: a, ja: a}\nsteps: [{name: x, label: {en: a, ja: a}, records: [{type: maker, "
		"each: {made: none}}]}]\n",
		"scaffold: widget\nlabel: {en: a, ja: a}\nsteps: [{name: x, label: {en: a, ja: a}, records: [{type: maker}]}]\n" };
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct fixture fixture;
		struct fmr_scaffold *scaffold;
		put(SCAFFOLD, texts[i]);
		open_fixture(&fixture);
		assert_int_equal(fmr_scaffold_open(fixture.book, type_of(&fixture, "widget"), &scaffold, fixture.findings,
			&fixture.err), FMR_ERR_INVALID);
		assert_null(scaffold);
		fmr_scaffold_file_check(SCAFFOLD, texts[i], strlen(texts[i]), NULL, fixture.findings);
		close_fixture(&fixture);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_scaffold, sandbox_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(templates_become_values),
		TEST(what_grows_without_end_is_stopped),
		TEST(comments_stand_where_the_answer_belongs),
		TEST(a_comment_goes_when_its_field_is_filled_in),
		TEST(a_set_is_made_in_order),
		TEST(broken_ones_do_no_harm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
