/* Migrations of a type: what is refused, and what becomes of a text. */
#include "unit.h"

#include "base/arena.h"
#include "record/private.h"
#include "yaml/yaml.h"

#include <string.h>

#define WORDS "x-fmrec: {label: {en: A, ja: あ}, help: {en: H., ja: 説。}}"

static const char head[] =
	"$schema: https://json-schema.org/draft/2020-12/schema\n"
	"$id: urn:fmrec:type:thing\n"
	"title: Thing\n"
	"type: object\n"
	"x-fmrec:\n"
	"  type: thing\n"
	"  form: 3\n"
	"  label: {en: Thing, ja: 物}\n"
	"  help: {en: A thing., ja: 物。}\n"
	"  directory: thing\n"
	"  by-year: false\n"
	"  id: {prefix: THG, pattern: '{prefix}-{random}'}\n"
	"  states: [{name: there, label: {en: There, ja: 有}, help: {en: T., ja: 有。}}]\n"
	"  columns: [id]\n"
	"  heading: id\n"
	"  migrations: ";

static const char fields[] =
	"\nrequired: [id, form]\n"
	"additionalProperties: false\n"
	"properties:\n"
	"  id: {type: string, " WORDS "}\n"
	"  form: {type: integer, " WORDS "}\n"
	"  new: {type: string, " WORDS "}\n"
	"  many: {type: array, items: {type: string}, " WORDS "}\n"
	"  grade:\n    type: string\n    enum: [A, B]\n    x-fmrec:\n      label: {en: G, ja: 級}\n      help: {en: G., ja: 級。}\n"
	"      values:\n"
	"        A: {label: {en: A, ja: あ}, help: {en: A., ja: あ。}}\n"
	"        B: {label: {en: B, ja: い}, help: {en: B., ja: い。}}\n"
	"  box:\n    type: object\n    additionalProperties: false\n    " WORDS "\n    properties:\n"
	"      deep: {type: string, " WORDS "}\n"
	"      more: {type: string, " WORDS "}\n"
	"  rows:\n    type: array\n    " WORDS "\n    items:\n      type: object\n      additionalProperties: false\n"
	"      properties:\n"
	"        said: {type: string, " WORDS "}\n"
	"        by:\n          type: object\n          additionalProperties: false\n          " WORDS "\n"
	"          properties: {name: {type: string, " WORDS "}}\n";

static char *type_text(const char *migrations)
{
	return fmr_format("%s%s%s", head, migrations, fields);
}

static struct fmr_type *load(const char *migrations)
{
	struct fmr_findings *findings = fmr_findings_new(10);
	char *text = type_text(migrations);
	struct fmr_type *type = fmr_type_load(".fmrec/schema/thing.yaml", "thing", text, strlen(text), NULL, findings);
	if (!type)
		fail_msg("%s: %s", migrations, fmr_findings_at(findings, 0)->message);
	free(text);
	fmr_findings_free(findings);
	return type;
}

static void migrate(const char *migrations, const char *before, const char *after)
{
	struct fmr_type *type = load(migrations);
	struct fmr_arena arena;
	struct fmr_str out;
	struct fmr_err err = { 0 };
	fmr_arena_init(&arena);
	fmr_str_init(&out);
	const struct fmr_source source = { "r.yaml", before, strlen(before) };
	const struct fmr_value *root = fmr_yaml_read_quietly(before, strlen(before), &arena);
	assert_non_null(root);
	assert_int_equal(fmr_migrate_text(type, &source, root, &out, &err), 0);
	assert_string_equal(out.bytes, after);
	fmr_str_release(&out);
	fmr_arena_release(&arena);
	fmr_type_free(type);
}

static void texts_go_to_the_form_of_now(void **state)
{
	(void)state;
	const char *steps = "[{form: 2, steps: [{move: old, to: box.deep}, {move: box.deep, to: box.more}]},"
		" {form: 3, steps: [{move: one, to: many, as: list}]}]";
	migrate(steps, "id: THG-1\nform: 1\nold: x\none: q\n", "id: THG-1\nform: 3\nmany:\n  - q\nbox:\n  more: x\n");
	migrate(steps, "id: THG-1\nform: 2\nold: x\none: q\n", "id: THG-1\nform: 3\nmany:\n  - q\nold: x\n");
	migrate(steps, "id: THG-1\r\nform: 1\r\n# why\r\nold: x # so\r\n",
		"id: THG-1\r\nform: 3\r\nbox:\r\n  # why\r\n  # so\r\n  more: x\r\n");
	/* a map that loses all it had goes, too */
	migrate("[{form: 2, steps: [{move: gone.a, to: new}]}]", "id: THG-1\nform: 1\ngone: {a: x}\n",
		"id: THG-1\nform: 3\nnew: x\n");
	/* into itself, and out of itself */
	migrate("[{form: 2, steps: [{move: box, to: box.deep}]}]", "id: THG-1\nform: 1\nbox: x\n",
		"id: THG-1\nform: 3\nbox:\n  deep: x\n");
	migrate("[{form: 2, steps: [{move: new.a, to: new}]}]", "id: THG-1\nform: 1\nnew:\n  a: x\n",
		"id: THG-1\nform: 3\nnew: x\n");
	/* keys that are quoted, and that are words of YAML */
	migrate("[{form: 2, steps: [{move: old, to: new}]}]", "id: THG-1\nform: 1\n\"old\": x\n",
		"id: THG-1\nform: 3\nnew: x\n");
	/* in the items of a list */
	migrate("[{form: 2, steps: [{move: rows.text, to: rows.said}, {move: rows.who, to: rows.by.name},"
		" {field: rows.said, values: {x: z, '1': one}}]}]",
		"id: THG-1\nform: 1\nrows:\n- text: x\n  who: me\n- {who: you}\n- text: 1\n",
		"id: THG-1\nform: 3\nrows:\n- said: z\n  by:\n    name: me\n- {by: {name: you}}\n- said: one\n");
	/* values; of those that are not named nothing becomes */
	migrate("[{form: 2, steps: [{field: grade, values: {high: A, low: B}}]}]", "id: THG-1\nform: 1\ngrade: high\n",
		"id: THG-1\nform: 3\ngrade: A\n");
	migrate("[{form: 2, steps: [{field: grade, values: {high: A}}]}]", "id: THG-1\nform: 1\ngrade: 中\n",
		"id: THG-1\nform: 3\ngrade: 中\n");
	migrate("[{form: 2, steps: [{field: many, values: {a: b}}]}]", "id: THG-1\nform: 1\nmany: [a, c]\n",
		"id: THG-1\nform: 3\nmany: [b, c]\n");
	/* set: only where nothing is, and in no list that is not there */
	migrate("[{form: 2, steps: [{field: box.deep, set: x}, {field: rows.said, set: '-'}, {field: new, set: n}]}]",
		"id: THG-1\nform: 1\nnew: mine\n", "id: THG-1\nform: 3\nnew: mine\nbox:\n  deep: x\n");
	migrate("[{form: 2, steps: [{field: rows.said, set: x}]}]", "id: THG-1\nform: 1\nrows: [{}, {said: y}]\n",
		"id: THG-1\nform: 3\nrows: [{said: x}, {said: y}]\n");
	/* no migration concerns it: the version alone */
	migrate("[{form: 2, steps: [{move: old, to: new}]}]", "# all\nid: THG-1 # x\nform:  2\n", "# all\nid: THG-1 # x\nform:  3\n");
}

static void count_blocked(void *context, const struct fmr_migration_step *step, const struct fmr_value *value)
{
	(void)step;
	assert_non_null(value);
	++*(int *)context;
}

static void nothing_is_overwritten_or_dropped(void **state)
{
	(void)state;
	static const struct {
		const char *steps, *text;
		int blocked;
	} cases[] = {
		{ "[{form: 2, steps: [{move: old, to: new}]}]", "{form: 1, old: a, new: b}", 1 },
		{ "[{form: 2, steps: [{move: old, to: box.deep}]}]", "{form: 1, old: a, box: text}", 1 },
		{ "[{form: 2, steps: [{move: old.a, to: new}]}]", "{form: 1, old: [{a: 1}, {a: 2}]}", 1 },
		{ "[{form: 2, steps: [{move: old, to: new}]}]", "{form: 1, new: b}", 0 },
		{ "[{form: 2, steps: [{move: rows.text, to: rows.said}]}]", "{form: 1, rows: [{text: a, said: b}, {text: c, said: d}]}", 2 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fmr_type *type = load(cases[i].steps);
		struct fmr_arena arena;
		int blocked = 0;
		fmr_arena_init(&arena);
		const struct fmr_value *root = fmr_yaml_read_quietly(cases[i].text, strlen(cases[i].text), &arena);
		const struct fmr_value *after = fmr_migrate_value(type, root, &arena, count_blocked, &blocked);
		assert_int_equal(blocked, cases[i].blocked);
		assert_true(fmr_value_equal(root, after));
		fmr_arena_release(&arena);
		fmr_type_free(type);
	}
}

static void records_without_a_form_stay(void **state)
{
	(void)state;
	static const char *const texts[] = { "{old: a}", "{form: x, old: a}", "{form: 0, old: a}", "{form: 3, old: a}",
		"{form: 9999999999999999999999, old: a}", "[1]", "text" };
	struct fmr_type *type = load("[{form: 2, steps: [{move: old, to: new}]}]");
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		const struct fmr_value *root = fmr_yaml_read_quietly(texts[i], strlen(texts[i]), &arena);
		assert_ptr_equal(fmr_migrate_value(type, root, &arena, NULL, NULL), root);
	}
	assert_null(fmr_migrate_value(type, NULL, &arena, NULL, NULL));
	fmr_arena_release(&arena);
	fmr_type_free(type);
}

static void nonsense_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *migrations, *message;
	} cases[] = {
		{ "[{form: 4, steps: [{move: old, to: new}]}]", "migrations go up" },
		{ "[{form: 1, steps: [{move: old, to: new}]}]", "migrations go up" },
		{ "[{form: 3, steps: [{move: old, to: new}]}, {form: 2, steps: [{move: a, to: new}]}]", "migrations go up" },
		{ "[{form: 2, steps: [{move: old, to: nowhere}]}]", "no such field" },
		{ "[{form: 2, steps: [{move: new, to: new}]}]", "leads nowhere" },
		{ "[{form: 2, steps: [{move: old, to: rows.said}]}]", "not into a list" },
		{ "[{form: 2, steps: [{field: grade, values: {high: C}}]}]", "no such value" },
		{ "[{form: 2, steps: [{field: grade, set: C}]}]", "no such value" },
		{ "[{form: 2, steps: [{field: none, set: C}]}]", "no such field" },
		{ "[{form: 2, steps: [{field: grade}]}]", "no step" },
		{ "[{form: 2, steps: [3]}]", "no step" },
		{ "[{form: 2, steps: []}]", "lacks a list" },
		{ "[{form: 2}]", "lacks a list" },
		{ "[x]", "migrations go up" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fmr_findings *findings = fmr_findings_new(10);
		char *text = type_text(cases[i].migrations);
		struct fmr_type *type = fmr_type_load(".fmrec/schema/thing.yaml", "thing", text, strlen(text), NULL, findings);
		assert_null(type);
		if (!strstr(fmr_findings_at(findings, 0)->message, cases[i].message))
			fail_msg("%s: %s", cases[i].migrations, fmr_findings_at(findings, 0)->message);
		free(text);
		fmr_findings_free(findings);
	}
	/* a value that gets another one later, and a field that goes on, are checked where they end */
	fmr_type_free(load("[{form: 2, steps: [{field: grade, values: {high: C}}]}, {form: 3, steps: [{field: grade, values: {C: A}}]}]"));
	fmr_type_free(load("[{form: 2, steps: [{move: a, to: b.c}]}, {form: 3, steps: [{move: b, to: box}, {move: box.c, to: box.deep}]}]"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_go_to_the_form_of_now),
		cmocka_unit_test(nothing_is_overwritten_or_dropped),
		cmocka_unit_test(records_without_a_form_stay),
		cmocka_unit_test(nonsense_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
