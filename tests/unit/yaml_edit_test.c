#include "unit.h"

#include "yaml/yaml.h"

#include <stdio.h>
#include <string.h>

/* An edit in one line: "path = plain value", "path += plain value", "path -". */
struct row {
	const char *text, *edit, *expected;
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const char *const order[] = { "id", "title", "severity", "system", "note", NULL };

static int apply(struct fmr_arena *arena, const char *text, const char *line, struct fmr_str *out, struct fmr_err *err)
{
	struct fmr_edit edit = { .kind = FMR_EDIT_REMOVE, .field_order = order };
	const char *set = strstr(line, " = "), *append = strstr(line, " += "), *value = NULL;
	size_t length = strlen(line) - 2;
	if (append) {
		edit.kind = FMR_EDIT_APPEND;
		length = (size_t)(append - line);
		value = append + 4;
	} else if (set) {
		edit.kind = FMR_EDIT_SET;
		length = (size_t)(set - line);
		value = set + 3;
	}
	edit.path = fmr_arena_strndup(arena, line, length);
	if (value) { /* the value in YAML, so that maps, lists and texts of several lines can be given; none has a style */
		const struct fmr_source source = { "value", value, strlen(value) };
		struct fmr_findings *findings = fmr_findings_new(0);
		struct fmr_value *root = fmr_yaml_read_record(&source, arena, findings);
		assert_non_null(root);
		root->style = FMR_STYLE_NONE;
		edit.value = root;
		fmr_findings_free(findings);
	}
	const struct fmr_source source = { "x.yaml", text, strlen(text) };
	return fmr_yaml_edit(&source, &edit, 1, out, err);
}

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct fmr_arena arena;
		struct fmr_str out;
		struct fmr_err err = { 0 };
		fmr_arena_init(&arena);
		fmr_str_init(&out);
		const int result = apply(&arena, rows[i].text, rows[i].edit, &out, &err);
		const char *got = result ? err.text : out.bytes;
		if (strcmp(got, rows[i].expected) != 0)
			fail_msg("row %zu, %s:\n%s\n-- got\n%s\n-- expected\n%s", i, rows[i].edit, rows[i].text, got,
				rows[i].expected);
		fmr_str_release(&out);
		fmr_arena_release(&arena);
	}
}

static void scalars_keep_their_surroundings(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "a: 1 # one\nb: 2\n", "a = 5", "a: 5 # one\nb: 2\n" },
		{ "a: 1 # one\nb: 2\n", "a = 1", "a: 1 # one\nb: 2\n" },
		{ "a:   'x'   # c\n", "a = y", "a:   'y'   # c\n" },
		{ "a: 'x'\n", "a = it''s", "a: 'it''''s'\n" },
		{ "a: \"x\"\n", "a = y", "a: \"y\"\n" },
		{ "a: x\n", "a = 'no'", "a: 'no'\n" },
		{ "a: x\n", "a = 'b: c'", "a: 'b: c'\n" },
		{ "a: x\n", "a = no", "a: 'no'\n" },
		{ "a: x\r\nb: y\r\n", "a = z", "a: z\r\nb: y\r\n" },
		{ "a: x", "a = z", "a: z" },
		{ "a:\n", "a = z", "a: z\n" },
		{ "a:   # why\nb: 1\n", "a = z", "a: z   # why\nb: 1\n" },
		{ "\"a b\" : x\n", "a b = z", "\"a b\" : z\n" },
		{ "日本: 語 # 注\n", "日本 = 国", "日本: 国 # 注\n" },
		{ "a: one\n  two\nb: 1\n", "a = z", "a: z\nb: 1\n" },
		{ "a: x\n", "a = ~", "a: null\n" },
		{ "a: |\n  x\n  y\n\n# c\nb: 1\n", "a = \"x\\nz\\n\"", "a: |\n  x\n  z\n\n# c\nb: 1\n" },
		{ "a: |  # why\n    x\nb: 1\n", "a = \"x\\ny\"", "a: |-  # why\n    x\n    y\nb: 1\n" },
		{ "a: >\n  x y\nb: 1\n", "a = \"x z\\n\"", "a: >\n  x z\nb: 1\n" },
		{ "a: x # c\nb: 1\n", "a = \"x\\ny\\n\"", "a: | # c\n  x\n  y\nb: 1\n" },
		{ "a: |\n  x\n  y\nb: 1\n", "a = z", "a: |-\n  z\nb: 1\n" },
		{ "\xEF\xBB\xBF" "a: 1\n", "a = 2", "\xEF\xBB\xBF" "a: 2\n" },
	};
	check_rows(rows, COUNT(rows));
}

static void fields_find_their_place(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "id: 1\nnote: x\n", "title = t", "id: 1\ntitle: t\nnote: x\n" },
		{ "# header\ntitle: t\n", "id = 1", "# header\nid: 1\ntitle: t\n" },
		{ "id: 1\n# about the title\ntitle: t\n", "other = o", "id: 1\n# about the title\ntitle: t\nother: o\n" },
		{ "id: 1\n\n# about the note\nnote: x\n", "severity = S1", "id: 1\nseverity: S1\n\n# about the note\nnote: x\n" },
		{ "# h\n\n# about the note\nnote: x\n", "id = 1", "# h\n\nid: 1\n# about the note\nnote: x\n" },
		{ "id: |\n  x\n  y\n\nnote: x\n", "title = t", "id: |\n  x\n  y\ntitle: t\n\nnote: x\n" },
		{ "id: 1", "title = t", "id: 1\ntitle: t" },
		{ "id: |\n  x", "title = t", "id: |-\n  x\ntitle: t" },
		{ "", "a = 1", "a: 1\n" },
		{ "# only\n# comments", "a = 1", "# only\n# comments\na: 1" },
		{ "{}\n", "a.b = 1", "a:\n  b: 1\n" },
		{ "---\n", "a = 1", "---\na: 1\n" },
		{ "a: 1\nb:\n    c: 2\n", "d.e = 3", "a: 1\nb:\n    c: 2\nd:\n    e: 3\n" },
		{ "a:\n", "a.b = 1", "a:\n  b: 1\n" },
		{ "a: ~ # c\nz: 1\n", "a.b = 1", "a: # c\n  b: 1\nz: 1\n" },
		{ "a: {}\n", "a.b = 1", "a:\n  b: 1\n" },
		{ "a: {b: 1}\n", "a.c = 2", "a: {b: 1, c: 2}\n" },
		{ "a: {b: 1,}\n", "a.c = 2", "a: {b: 1, c: 2,}\n" },
		{ "a: {\n  b: 1\n}\n", "a.c = 2", "a: {\n  b: 1,\n  c: 2\n}\n" },
		{ "a: {\n  b: 1, # one\n}\n", "a.c = 2", "a: {\n  b: 1, # one\n  c: 2,\n}\n" },
		{ "a: {\n  b: 1 # one\n}\n", "a.c = 2", "a: {\n  b: 1, # one\n  c: 2\n}\n" },
		{ "a: 5\n", "a.b = 1", "'a': neither a map nor a list, it has no fields" },
		{ "a: [1]\n", "a.b = 1", "'a.b': a list has positions (0, 1, ...), no fields" },
		{ "a: [1]\n", "a.3 = 1", "'a.3': the list has no such position" },
		{ "a: 1\n", "a..b = 1", "'a..b' is not a path: a part of it is empty" },
	};
	check_rows(rows, COUNT(rows));
}

static void lists_grow_in_their_own_way(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "l:\n- a\n# end\nz: 1\n", "l += b", "l:\n- a\n- b\n# end\nz: 1\n" },
		{ "l:\n    - a # c\nz: 1\n", "l += b", "l:\n    - a # c\n    - b\nz: 1\n" },
		{ "l: [a, b] # c\n", "l += c", "l: [a, b, c] # c\n" },
		{ "l: [a]\n", "l += 'x, y'", "l: [a, 'x, y']\n" },
		{ "l: [\n  a,\n  b,\n]\n", "l += c", "l: [\n  a,\n  b,\n  c,\n]\n" },
		{ "l: []\n", "l += a", "l:\n  - a\n" },
		{ "z: 1\n", "l += a", "z: 1\nl:\n  - a\n" },
		{ "m:\n- x\nl: []\n", "l += a", "m:\n- x\nl:\n- a\n" },
		{ "l:\n  - at: 1\n    text: x\n", "l += {at: 2, text: \"p\\nq\\n\"}", 
			"l:\n  - at: 1\n    text: x\n  - at: 2\n    text: |\n      p\n      q\n" },
		{ "l:\n  - at: 1\n    text: x\n", "l.0.text = z", "l:\n  - at: 1\n    text: z\n" },
		{ "l:\n  - at: 1\n", "l.0.text = z", "l:\n  - at: 1\n    text: z\n" },
		{ "l:\n  - text: y\n", "l.1.text = z", "l:\n  - text: y\n  - text: z\n" },
		{ "l: x\n", "l += y", "'l': not a list, nothing can be added" },
	};
	check_rows(rows, COUNT(rows));
}

static void removal_takes_what_belongs_to_it(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "a: 1\n# about b\nb: 2 # c\nc: 3\n", "b -", "a: 1\nc: 3\n" },
		{ "# header\na: 1\nb: 2\n", "a -", "# header\nb: 2\n" },
		{ "a: 1\n\n# apart\n\nb: 2\n", "b -", "a: 1\n\n# apart\n\n" },
		{ "a: 1\nb:\n  c: 1\n  # end of b\nd: 2\n", "b -", "a: 1\nd: 2\n" },
		{ "a: 1\nb: 2", "b -", "a: 1" },
		{ "a: 1\n", "a -", "{}\n" },
		{ "a:\n  b: 1\n", "a.b -", "a: {}\n" },
		{ "a: 1\n", "x.y -", "a: 1\n" },
		{ "l:\n  - a\n  - b\n  - c\n", "l.1 -", "l:\n  - a\n  - c\n" },
		{ "l:\n  - a\n  - a # second\n", "l.0 -", "l:\n  - a # second\n" },
		{ "l: [a, b, c]\n", "l.0 -", "l: [b, c]\n" },
		{ "l: [a, b, c]\n", "l.2 -", "l: [a, b]\n" },
		{ "l: [a, b, c,]\n", "l.2 -", "l: [a, b,]\n" },
		{ "l: [a]\n", "l.0 -", "l: []\n" },
		{ "l: [\n  a, # x\n  # about b\n  b\n]\n", "l.0 -", "l: [\n  # about b\n  b\n]\n" },
		{ "l:\n- a: 1\n  b: 2\n", "l.0.a -", "l:\n- b: 2\n" },
		{ "l:\n- a: 1\n  # about b\n  b: 2\n", "l.0.a -", "l:\n-\n  # about b\n  b: 2\n" },
		{ "a: {b: 1, c: 2}\n", "a.b -", "a: {c: 2}\n" },
		{ "a: 1\r\nb: 2\r\n", "b -", "a: 1\r\n" },
	};
	check_rows(rows, COUNT(rows));
}

/* Setting a map or list changes only what differs in it. */
static void collections_are_compared(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "a:\n  b: 1 # x\n  c: 2 # y\n", "a = {b: 1, c: 3}", "a:\n  b: 1 # x\n  c: 3 # y\n" },
		{ "a:\n  b: 1 # x\n  c: 2\n", "a = {c: 2, d: 4}", "a:\n  c: 2\n  d: 4\n" },
		{ "l:\n- a # x\n- b # y\n- c\n", "l = [a, d, b, c]", "l:\n- a # x\n- d\n- b # y\n- c\n" },
		{ "l: [a, b]\n", "l = [a, c]", "l: [a, c]\n" },
		{ "a: {b: 1}\nz: 1\n", "a = 5", "a: 5\nz: 1\n" },
		{ "a: # c\n  b: 1 # gone\nz: 1\n", "a = 5", "a: 5 # c\nz: 1\n" },
		{ "a: 5 # c\nz: 1\n", "a = {b: 1}", "a: # c\n  b: 1\nz: 1\n" },
	};
	check_rows(rows, COUNT(rows));
}

static void several_edits_are_one(void **state)
{
	(void)state;
	static const char text[] = "id: 1\nimpact:\n  users: 10 # about\nnote: x\n";
	struct fmr_arena arena;
	struct fmr_str out;
	struct fmr_err err;
	fmr_arena_init(&arena);
	fmr_str_init(&out);
	const struct fmr_source source = { "x.yaml", text, sizeof(text) - 1 };
	const struct fmr_edit edits[] = {
		{ FMR_EDIT_SET, "impact.users", fmr_value_from_plain(&arena, "20", 2), order },
		{ FMR_EDIT_SET, "title", fmr_value_from_plain(&arena, "t", 1), order },
		{ FMR_EDIT_REMOVE, "note", NULL, order },
		{ FMR_EDIT_APPEND, "impact.systems", fmr_value_from_plain(&arena, "SYS-1", 5), order },
		{ FMR_EDIT_SET, "title", fmr_value_from_plain(&arena, "u", 1), order },
	};
	assert_int_equal(fmr_yaml_edit(&source, edits, COUNT(edits), &out, &err), 0);
	assert_string_equal(out.bytes, "id: 1\ntitle: u\nimpact:\n  users: 20 # about\n  systems:\n    - SYS-1\n");
	fmr_str_release(&out);
	fmr_arena_release(&arena);
}

/* The largest record is edited in the time of a few readings. */
static void large_texts_are_edited_quickly(void **state)
{
	(void)state;
	struct fmr_arena arena;
	struct fmr_str text, out;
	fmr_arena_init(&arena);
	fmr_str_init(&text);
	fmr_str_init(&out);
	for (int i = 0; i < 100000; i++)
		fmr_str_printf(&text, "key%d: %d\n", i, i);
	const struct fmr_source source = { "x.yaml", text.bytes, text.length };
	const struct fmr_edit edits[] = {
		{ FMR_EDIT_SET, "key50000", fmr_value_from_plain(&arena, "x", 1), NULL },
		{ FMR_EDIT_SET, "new", fmr_value_from_plain(&arena, "x", 1), NULL },
		{ FMR_EDIT_REMOVE, "key1", NULL, NULL },
	};
	assert_int_equal(fmr_yaml_edit(&source, edits, COUNT(edits), &out, NULL), 0);
	fmr_str_release(&out);
	fmr_str_release(&text);
	fmr_arena_release(&arena);
}

static void broken_texts_are_refused(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "a: 1\na: 2\n", "a = 3", "x.yaml:2:1: the text cannot be edited: key 'a' stands twice in the same mapping" },
		{ "a: \"\n", "a = 3", "x.yaml:1:4: the text cannot be edited: a quoted text is never closed" },
	};
	check_rows(rows, COUNT(rows));
}

static void values_are_written_for_every_reader(void **state)
{
	(void)state;
	static const struct {
		const char *text, *written;
	} rows[] = {
		{ "plain", "plain" },
		{ "no", "'no'" },
		{ "On", "'On'" },
		{ "y", "'y'" },
		{ "1", "'1'" },
		{ "1_000", "'1_000'" },
		{ "12:30:00", "'12:30:00'" },
		{ "0b11", "'0b11'" },
		{ "=", "'='" },
		{ "<<", "'<<'" },
		{ "2026-11-21", "2026-11-21" },
		{ "2026-11-21T03:12:00+09:00", "2026-11-21T03:12:00+09:00" },
		{ "1.2.3", "1.2.3" },
		{ "", "''" },
		{ "it's", "it's" },
		{ "- x", "'- x'" },
		{ "-x", "-x" },
		{ "a: b", "'a: b'" },
		{ "it's: x", "\"it's: x\"" },
		{ "a\nb", "\"a\\nb\"" },
		{ "\x1b[1m", "\"\\e[1m\"" },
		{ "\xE2\x80\xA8", "\"\\u2028\"" },
		{ "障害、発生", "障害、発生" },
		{ "\xE3\x80\x80x", "'\xE3\x80\x80x'" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fmr_arena arena;
		struct fmr_str out;
		fmr_arena_init(&arena);
		fmr_str_init(&out);
		fmr_yaml_write_scalar(&out, fmr_value_new_string(&arena, rows[i].text, strlen(rows[i].text)));
		assert_string_equal(out.bytes, rows[i].written);
		fmr_str_release(&out);
		fmr_arena_release(&arena);
	}
}

static void documents_are_written_in_blocks(void **state)
{
	(void)state;
	struct fmr_arena arena;
	struct fmr_str out;
	fmr_arena_init(&arena);
	fmr_str_init(&out);
	struct fmr_value *root = fmr_value_new_map(&arena), *list = fmr_value_new_list(&arena);
	struct fmr_value *entry = fmr_value_new_map(&arena);
	fmr_value_put(&arena, entry, "at", fmr_value_new_string(&arena, "2026-11-21", 10));
	fmr_value_put(&arena, entry, "text", fmr_value_new_string(&arena, "one\ntwo\n", 8));
	fmr_value_append(&arena, list, entry);
	fmr_value_append(&arena, list, fmr_value_new_list(&arena));
	fmr_value_put(&arena, root, "timeline", list);
	fmr_value_put(&arena, root, "lead", fmr_value_new_string(&arena, "  x\ny", 5));
	fmr_value_put(&arena, root, "trail", fmr_value_new_string(&arena, "x\n\n", 3));
	fmr_value_put(&arena, root, "empty", fmr_value_new_map(&arena));
	fmr_value_put(&arena, root, "num", fmr_value_new_number(&arena, "1.50"));
	fmr_yaml_write(&out, root, 0);
	assert_string_equal(out.bytes, "timeline:\n  - at: 2026-11-21\n    text: |\n      one\n      two\n  - []\n"
				       "lead: |2-\n    x\n  y\ntrail: |+\n  x\n\nempty: {}\nnum: 1.50\n");
	fmr_str_release(&out);
	fmr_arena_release(&arena);
}

static void the_text_itself_may_be_edited(void **state)
{
	(void)state;
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_puts(&text, "a: 1 # one\nb: 2\n");
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	const struct fmr_source source = { "x.yaml", text.bytes, text.length };
	const struct fmr_edit edit = { FMR_EDIT_SET, "b", fmr_value_new_string(&arena, "three", 5), NULL };
	assert_int_equal(fmr_yaml_edit(&source, &edit, 1, &text, NULL), 0);
	assert_string_equal(text.bytes, "a: 1 # one\nb: three\n");
	fmr_arena_release(&arena);
	fmr_str_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_itself_may_be_edited),
		cmocka_unit_test(scalars_keep_their_surroundings),
		cmocka_unit_test(fields_find_their_place),
		cmocka_unit_test(lists_grow_in_their_own_way),
		cmocka_unit_test(removal_takes_what_belongs_to_it),
		cmocka_unit_test(collections_are_compared),
		cmocka_unit_test(several_edits_are_one),
		cmocka_unit_test(large_texts_are_edited_quickly),
		cmocka_unit_test(broken_texts_are_refused),
		cmocka_unit_test(values_are_written_for_every_reader),
		cmocka_unit_test(documents_are_written_in_blocks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
