/*
 * Links: both forms, what they may lead to, circles, and suspicion.
 */
#include "unit.h"

#include "widget.h"

static const char node[] =
	"$schema: https://json-schema.org/draft/2020-12/schema\n"
	"$id: urn:fmrec:type:node\n"
	"title: Node\n"
	"type: object\n"
	"x-fmrec:\n"
	"  type: node\n"
	"  form: 1\n"
	"  label: {en: Node, ja: 節}\n"
	"  help: {en: A node., ja: 節。}\n"
	"  directory: node\n"
	"  by-year: false\n"
	"  id: {prefix: NOD, pattern: '{prefix}-{name}'}\n"
	"  states: [{name: there, label: {en: There, ja: 有}, help: {en: T., ja: 有。}}]\n"
	"  columns: [id, title]\n"
	"  heading: title\n"
	"required: [id, form]\n"
	"additionalProperties: false\n"
	"properties:\n"
	"  id:\n    type: string\n    x-fmrec:\n" LABEL("Id", "番号")
	"  form:\n    type: integer\n    x-fmrec:\n" LABEL("Form", "版") "      cosmetic: true\n"
	"  aliases:\n    type: array\n    x-fmrec:\n" LABEL("Aliases", "旧番号") "    items: {type: string}\n"
	"  title:\n    type: string\n    x-fmrec:\n" LABEL("Title", "名称")
	"  colour:\n    type: string\n    x-fmrec:\n" LABEL("Colour", "色") "      cosmetic: true\n"
	"  parent:\n    type: string\n    x-fmrec:\n" LABEL("Parent", "親")
	"      link: {to: [node], inverse: parts, inverse-label: {en: Parts, ja: 部分}, acyclic: true}\n"
	"  before:\n    type: string\n    x-fmrec:\n" LABEL("Before", "前")
	"      link: {to: [node], inverse: later, inverse-label: {en: Later, ja: 後}, acyclic: time}\n"
	"  from:\n    type: array\n    x-fmrec:\n" LABEL("From", "元")
	"    items:\n      $ref: '#/$defs/link'\n      x-fmrec:\n"
	"        link: {to: [node], inverse: results, inverse-label: {en: Results, ja: 結果}, suspect: travels, acyclic: time}\n"
	"  seen:\n    $ref: '#/$defs/link'\n    x-fmrec:\n" LABEL("Seen", "参照")
	"      link: {to: [node, maker], inverse: seen_by, inverse-label: {en: Seen by, ja: 被参照}, suspect: stays}\n"
	"$defs:\n"
	"  link:\n    type: [string, object]\n    minLength: 1\n    additionalProperties: false\n    required: [to]\n"
	"    properties:\n"
	"      to: {type: string, x-fmrec: {label: {en: To, ja: 先}, help: {en: T., ja: 先。}}}\n"
	"      note: {type: string, x-fmrec: {label: {en: Note, ja: 備考}, help: {en: N., ja: 備。}}}\n"
	"      on: {type: string, format: date, x-fmrec: {label: {en: On, ja: 日}, help: {en: O., ja: 日。}}}\n"
	"      judged: {type: string, x-fmrec: {label: {en: Judged, ja: 判}, help: {en: J., ja: 判。}}}\n";

static void put_node(const char *name, const char *rest)
{
	char *path = fmr_format("records/node/NOD-%s.yaml", name);
	char *text = fmr_format("id: NOD-%s\nform: 1\n%s", name, rest);
	put(path, text);
	free(path);
	free(text);
}

static int setup_nodes(void **state)
{
	if (setup(state) != 0)
		return -1;
	put(".fmrec/schema/node.yaml", node);
	return 0;
}

/* ---- both forms ---- */

static int list_link(void *context, const struct fmr_link *link)
{
	struct fmr_str *out = context;
	fmr_link_path(link, out);
	fmr_str_printf(out, "=%s(%s,%s,%s);", link->to, link->note ? link->note : "", link->on ? link->on : "",
		link->judged ? link->judged : "");
	return 0;
}

static void links_are_read_in_both_forms(void **state)
{
	(void)state;
	put_node("A", "parent: NOD-P\nfrom: [NOD-B, {to: NOD-C, note: n, on: 2026-11-21, judged: x}, {note: of none}, 5]\n"
		"seen: {to: NOD-D}\n");
	struct fixture fixture;
	open_fixture(&fixture);
	struct fmr_record record;
	assert_int_equal(fmr_record_read(fixture.book, "records/node/NOD-A.yaml", &record, NULL, &fixture.err), 0);
	struct fmr_str got;
	fmr_str_init(&got);
	assert_int_equal(fmr_links_each(record.type, record.root, list_link, &got), 0);
	assert_string_equal(got.bytes, "parent=NOD-P(,,);from.0=NOD-B(,,);from.1=NOD-C(n,2026-11-21,x);seen=NOD-D(,,);");
	const struct fmr_field *from = fmr_type_field(record.type, "from[]");
	assert_int_equal(from->kind, FMR_FIELD_LINK);
	assert_true(from->link->takes_map);
	assert_int_equal(from->link->suspicion, FMR_SUSPICION_TRAVELS);
	assert_int_equal(fmr_type_field(record.type, "seen")->link->suspicion, FMR_SUSPICION_STAYS);
	assert_int_equal(fmr_type_field(record.type, "parent")->link->suspicion, FMR_SUSPICION_NONE);
	assert_false(fmr_type_field(record.type, "parent")->link->takes_map);
	assert_string_equal(fmr_type_field(record.type, "parent")->link->acyclic, "node.parent");
	assert_string_equal(from->link->acyclic, "time");
	assert_string_equal(fmr_type_field(record.type, "from.0.note")->name, "note");
	assert_true(fmr_type_field(record.type, "colour")->cosmetic);
	fmr_str_release(&got);
	fmr_record_release(&record);
	close_fixture(&fixture);
}

static void maps_of_links_are_judged_like_ids(void **state)
{
	(void)state;
	put_node("A", "from:\n  - {to: NOD-B, note: there}\n  - {to: NOD-NONE}\n  - {to: MKR-ACME}\n  - {note: of none}\n"
		"seen: {to: NOD-B, more: 1}\n");
	put_node("B", "title: b\n");
	struct fixture fixture;
	open_fixture(&fixture);
	fmr_check(fixture.book, NULL, fixture.findings, NULL, &fixture.err);
	assert_string_equal(codes(fixture.findings), "ref.dangling:5 ref.type:6 value.required:7 value.unknown-field:8");
	close_fixture(&fixture);
}

static void typed_maps_hold_whole_ids(void **state)
{
	(void)state;
	put_node("BETA", "title: b\n");
	struct fixture fixture;
	open_fixture(&fixture);
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct fmr_value *value;
	const struct fmr_type *type = type_of(&fixture, "node");
	const struct fmr_field *from = fmr_type_field(type, "from[]"), *parent = fmr_type_field(type, "parent");
	assert_int_equal(fmr_field_parse(fixture.book, from, "{to: beta, on: 令和8年11月21日}", &arena, &value, &fixture.err), 0);
	struct fmr_link link;
	assert_true(fmr_link_read(value, &link));
	assert_string_equal(link.to, "NOD-BETA");
	assert_string_equal(link.on, "2026-11-21");
	assert_int_equal(fmr_field_parse(fixture.book, parent, "{to: beta}", &arena, &value, &fixture.err), FMR_ERR_INVALID);
	fmr_arena_release(&arena);
	close_fixture(&fixture);
}

/* ---- the vocabulary ---- */

static void type_file_is(const char *from, const char *to, const char *expected)
{
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_puts(&text, node);
	const char *at = strstr(text.bytes, from);
	assert_non_null(at);
	fmr_str_splice(&text, (size_t)(at - text.bytes), strlen(from), to, strlen(to));
	struct fmr_findings *findings = fmr_findings_new(0);
	fmr_type_file_check("node.yaml", text.bytes, text.length, findings);
	bool found = !*expected && !fmr_findings_count(findings);
	for (size_t i = 0; i < fmr_findings_count(findings); i++)
		found |= *expected && strstr(fmr_findings_at(findings, i)->message, expected);
	if (!found)
		fail_msg("'%s' for '%s' does not say `%s` but %s: %s", to, from, expected, places(findings), fmr_findings_count(findings) ? fmr_findings_at(findings, 0)->message : "");
	fmr_findings_free(findings);
	fmr_str_release(&text);
}

static void the_vocabulary_is_checked(void **state)
{
	(void)state;
	type_file_is("suspect: travels", "suspect: stays", "");
	type_file_is("suspect: travels", "suspect: true", "value");
	type_file_is("acyclic: true", "acyclic: family", "");
	type_file_is("acyclic: true", "acyclic: [x]", "must be true");
	type_file_is("      on: {type: string, format: date,", "      an: {type: string, format: date,", "lacks the field: 'on'");
	type_file_is("[string, object]", "[string, number, object]", "");
	type_file_is("  link:\n    type: [string, object]", "  link:\n    type: object", "a link is a string");
	type_file_is("      cosmetic: true\n", "      cosmetic: yes\n", "cosmetic");
	type_file_is("  aliases:\n    type: array", "  aliases:\n    type: string", "'array'");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_nodes, sandbox_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(links_are_read_in_both_forms),
		TEST(maps_of_links_are_judged_like_ids),
		TEST(typed_maps_hold_whole_ids),
		TEST(the_vocabulary_is_checked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
