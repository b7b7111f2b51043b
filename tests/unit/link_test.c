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

/* ---- the digest ---- */

static const char *digest_of(const char *path)
{
	static char digest[2][FMR_RECORD_DIGEST];
	static int turn;
	turn = !turn;
	struct fixture fixture;
	open_fixture(&fixture);
	struct fmr_record record;
	assert_int_equal(fmr_record_read(fixture.book, path, &record, NULL, &fixture.err), 0);
	assert_int_equal(fmr_record_digest(record.type, record.root, digest[turn]), 0);
	fmr_record_release(&record);
	close_fixture(&fixture);
	return digest[turn];
}

/* The same digest, or another one, when the text of A is that of B. */
static void digests_are(bool equal, const char *a, const char *b)
{
	put_node("A", a);
	put_node("B", b);
	const char *first = digest_of("records/node/NOD-A.yaml"), *second = digest_of("records/node/NOD-B.yaml");
	if ((strcmp(first, second) == 0) != equal)
		fail_msg("%s and %s: %s %s", a, b, first, second);
}

static void digests_tell_what_is_said(void **state)
{
	(void)state;
	digests_are(true, "title: x\nparent: NOD-P\n", "parent: 'NOD-P' # c\ntitle: \"x\"\n");
	digests_are(true, "title: x\ncolour: red\n", "colour: blue\ntitle: x\naliases: [NOD-C]\n");
	digests_are(true, "from: [NOD-C]\n", "from: [{to: NOD-C, judged: x}]\n");
	digests_are(true, "from: [{to: NOD-C, note: n}]\n", "from: [{note: n, judged: y, to: NOD-C}]\n");
	digests_are(false, "from: [NOD-C]\n", "from: [{to: NOD-C, note: n}]\n");
	digests_are(false, "from: [NOD-C, NOD-D]\n", "from: [NOD-D, NOD-C]\n");
	digests_are(false, "title: x\n", "title: y\n");
	digests_are(false, "title: x\n", "title: x\nother: {judged: z}\n");
	/* the empty record, by hand: sha256 of {} */
	put_node("E", "");
	assert_string_equal(digest_of("records/node/NOD-E.yaml"),
		"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
}

/* ---- suspicion ---- */

static const char empty[] = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

static int list_suspect(void *context, const struct fmr_suspect *suspect)
{
	struct fmr_str *out = context;
	fmr_str_printf(out, "%s.%s=%s(%s);", suspect->id + 4, suspect->link, suspect->to + 4,
		suspect->origin ? suspect->origin + 4 : "");
	return 0;
}

static const char *suspects(const char *only)
{
	static char text[1000];
	struct fixture fixture;
	struct fmr_record record = { 0 };
	struct fmr_str got;
	fmr_str_init(&got);
	open_fixture(&fixture);
	if (only)
		assert_int_equal(fmr_record_read(fixture.book, only, &record, NULL, &fixture.err), 0);
	assert_int_equal(fmr_suspects_each(fixture.book, only ? &record : NULL, list_suspect, &got, &fixture.err), 0);
	snprintf(text, sizeof(text), "%s", got.bytes);
	fmr_record_release(&record);
	close_fixture(&fixture);
	fmr_str_release(&got);
	return text;
}

static void put_judged(const char *name, const char *field, const char *to, const char *judged)
{
	bool list = strcmp(field, "from") == 0;
	char *text = fmr_format("%s: %s{to: NOD-%s, judged: '%s'}%s\n", field, list ? "[" : "", to, judged, list ? "]" : "");
	put_node(name, text);
	free(text);
}

static void suspicion_travels_as_far_as_the_type_says(void **state)
{
	(void)state;
	put_node("A", "");
	put_judged("B", "from", "A", empty);
	put_node("C", "from: [NOD-B]\n");
	put_node("D", "seen: NOD-C\n");
	put_node("E", "from: [NOD-C]\n");
	assert_string_equal(suspects(NULL), "");
	put_node("A", "title: x\n");
	assert_string_equal(suspects(NULL), "B.from.0=A();C.from.0=B(B);E.from.0=C(B);");
	assert_string_equal(suspects("records/node/NOD-E.yaml"), "E.from.0=C(B);");
	assert_string_equal(suspects("records/node/NOD-D.yaml"), "");
	put_node("A", "colour: red\n");
	assert_string_equal(suspects(NULL), "");
	/* a link whose suspicion stays */
	put_judged("B", "seen", "A", "sha256:no");
	assert_string_equal(suspects(NULL), "B.seen=A();");
	/* what is gone is dangling, not suspect */
	put_judged("B", "seen", "NONE", "sha256:no");
	assert_string_equal(suspects(NULL), "");
}

static void findings_tell_of_suspects(void **state)
{
	(void)state;
	put_node("A", "title: x\n");
	put_judged("B", "from", "A", empty);
	put_node("C", "title: c\nfrom: [NOD-B]\n");
	struct fixture fixture;
	struct fmr_check_result result;
	open_fixture(&fixture);
	fmr_check(fixture.book, NULL, fixture.findings, &result, &fixture.err);
	assert_string_equal(codes(fixture.findings), "ref.suspect:3 ref.suspect:4");
	assert_int_equal(result.faulty, 0);
	assert_string_equal(fmr_findings_at(fixture.findings, 0)->pointer, "/from/0");
	assert_int_equal(fmr_findings_at(fixture.findings, 0)->severity, FMR_WARNING);
	close_fixture(&fixture);
}

/* ---- circles ---- */

static const char *check_all(void)
{
	struct fixture fixture;
	open_fixture(&fixture);
	fmr_check(fixture.book, NULL, fixture.findings, NULL, &fixture.err);
	const char *got = places(fixture.findings);
	close_fixture(&fixture);
	return got;
}

static void circles_are_found(void **state)
{
	(void)state;
	put_node("A", "parent: NOD-B\n");
	put_node("B", "parent: NOD-C\n");
	put_node("C", "before: NOD-A\n");
	assert_string_equal(check_all(), ""); /* links of two groups make no circle */
	put_node("C", "parent: NOD-A\n");
	assert_string_equal(check_all(), "records/node/NOD-A.yaml ref.cycle;records/node/NOD-B.yaml ref.cycle;"
		"records/node/NOD-C.yaml ref.cycle;");
	put_node("C", "parent: NOD-C\n");
	assert_string_equal(check_all(), "records/node/NOD-C.yaml ref.cycle;");
	/* links of one group make one, though their fields differ */
	put_node("A", "before: NOD-B\n");
	put_node("B", "from: [NOD-C]\n");
	put_node("C", "before: NOD-A\n");
	assert_string_equal(check_all(), "records/node/NOD-A.yaml ref.cycle;records/node/NOD-B.yaml ref.cycle;"
		"records/node/NOD-C.yaml ref.cycle;");
	struct fixture fixture;
	open_fixture(&fixture);
	static const char *const paths[] = { "records/node/NOD-B.yaml" };
	const struct fmr_check_options one = { .paths = paths, .path_count = 1 };
	struct fmr_check_result result;
	fmr_check(fixture.book, &one, fixture.findings, &result, &fixture.err);
	assert_string_equal(codes(fixture.findings), "ref.cycle:3");
	assert_int_equal(result.faulty, 1);
	close_fixture(&fixture);
}

/* A text is judged before it is written: its own links count, not those of the file. */
static void a_text_may_close_a_circle(void **state)
{
	(void)state;
	put_node("A", "parent: NOD-B\n");
	put_node("B", "title: b\n");
	struct fixture fixture;
	open_fixture(&fixture);
	static const char text[] = "id: NOD-B\nform: 1\nparent: NOD-A\n";
	fmr_check_text(fixture.book, "records/node/NOD-B.yaml", text, strlen(text), NULL, fixture.findings, &fixture.err);
	assert_string_equal(codes(fixture.findings), "ref.cycle:3");
	close_fixture(&fixture);
}

/* A long chain is no reason for a deep recursion. */
static void long_chains_are_followed(void **state)
{
	(void)state;
	sh("mkdir -p records/node && i=0; while [ $i -lt 3000 ]; do j=$((i+1)); "
	   "printf 'id: NOD-%s\nform: 1\nparent: NOD-%s\n' $i $j >records/node/NOD-$i.yaml; i=$j; done");
	put_node("3000", "title: end\n");
	assert_string_equal(check_all(), "");
	put_node("3000", "parent: NOD-0\n");
	struct fixture fixture;
	open_fixture(&fixture);
	struct fmr_check_result result;
	fmr_check(fixture.book, NULL, fixture.findings, &result, &fixture.err);
	assert_int_equal(fmr_findings_errors(fixture.findings), 3001);
	assert_int_equal(result.faulty, 3001);
	close_fixture(&fixture);
}

/* ---- former ids ---- */

static void former_ids_are_found(void **state)
{
	(void)state;
	put_node("NEW", "aliases: [NOD-OLD, 古い節, Old-Node]\nparent: NOD-OLD\n");
	put_node("OTHER", "aliases: [shared]\n");
	put_node("THIRD", "aliases: [shared, NOD-NEW]\n");
	struct fixture fixture;
	open_fixture(&fixture);
	struct fmr_str id, path;
	fmr_str_init(&id);
	fmr_str_init(&path);
	static const char *const names[] = { "NOD-OLD", "nod-old", "old", "古い節", "node", "NOD-NEW" };
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		fmr_str_clear(&id);
		assert_int_equal(fmr_id_find(fixture.book, names[i], &id, &path, &fixture.err), 0);
		assert_string_equal(id.bytes, "NOD-NEW");
	}
	assert_int_equal(fmr_id_find(fixture.book, "shared", &id, &path, &fixture.err), FMR_ERR_AMBIGUOUS);
	assert_int_equal(fmr_id_find(fixture.book, "古い", &id, &path, &fixture.err), FMR_ERR_NOT_FOUND);
	const struct fmr_type *type = type_of(&fixture, "node");
	assert_int_equal(fmr_id_refuse_former(fixture.book, type, "NOD-OLD", &fixture.err), FMR_ERR_EXISTS);
	assert_int_equal(fmr_id_refuse_former(fixture.book, type, "NOD-FRESH", &fixture.err), 0);
	fmr_check(fixture.book, NULL, fixture.findings, NULL, &fixture.err);
	assert_string_equal(codes(fixture.findings), "ref.dangling:4 id.duplicate:3");
	assert_string_equal(fmr_findings_at(fixture.findings, 0)->hint,
		"it is 'NOD-NEW' now; rewrite the link: fmrec rename NOD-OLD NOD-NEW");
	fmr_str_release(&id);
	fmr_str_release(&path);
	close_fixture(&fixture);
}

static void a_list_leads_nowhere_twice(void **state)
{
	(void)state;
	put_node("B", "");
	put_node("A", "from: [NOD-B, {to: NOD-B, note: again}]\n");
	assert_string_equal(check_all(), "records/node/NOD-A.yaml value.unique;");
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
	fmr_type_file_check("node.yaml", text.bytes, text.length, NULL, findings);
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
		TEST(digests_tell_what_is_said),
		TEST(suspicion_travels_as_far_as_the_type_says),
		TEST(findings_tell_of_suspects),
		TEST(circles_are_found),
		TEST(a_text_may_close_a_circle),
		TEST(long_chains_are_followed),
		TEST(former_ids_are_found),
		TEST(a_list_leads_nowhere_twice),
		TEST(the_vocabulary_is_checked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
