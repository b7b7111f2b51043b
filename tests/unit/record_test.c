/*
 * Records of invented types: a type is a schema file and nothing else.
 */
#include "unit.h"

#include "widget.h"

static const char *check_text(struct fixture *fixture, const char *text, const char *state)
{
	fmr_findings_truncate(fixture->findings, 0);
	int code = fmr_check_text(fixture->book, PATH_OF, text, strlen(text), state, fixture->findings, &fixture->err);
	return code ? fixture->err.text : codes(fixture->findings);
}

/* ---- types ---- */

static void the_vocabulary_becomes_a_type(void **state)
{
	(void)state;
	struct fixture fixture;
	open_fixture(&fixture);
	const struct fmr_type *type = type_of(&fixture, "widget");
	assert_int_equal(type->form, 2);
	assert_string_equal(fmr_words_in(&type->label, FMR_JAPANESE), "部品");
	assert_string_equal(type->directory, "widget");
	assert_true(type->by_year);
	assert_string_equal(type->prefix, "WGT");
	assert_int_equal(type->state_count, 3);
	assert_string_equal(type->states[2].after[1], "shipped");
	assert_string_equal(type->field_order[2], "title");
	assert_string_equal(type->heading, "title");
	assert_string_equal(type->time_order[0][1], "sold_at");
	const struct fmr_field *made = fmr_type_field(type, "made_at");
	assert_int_equal(made->kind, FMR_FIELD_TIME);
	assert_true(made->may_be_unknown && made->takes_date && made->takes_time);
	assert_false(fmr_type_field(type, "sold_at")->takes_date);
	assert_int_equal(fmr_type_field(type, "due")->kind, FMR_FIELD_DATE);
	assert_int_equal(fmr_type_field(type, "maker")->kind, FMR_FIELD_LINK);
	assert_string_equal(fmr_type_field(type, "maker")->link->to[0], "maker");
	assert_int_equal(fmr_type_field(type, "colour")->choice_count, 2);
	assert_int_equal(fmr_type_field(type, "tags")->kind, FMR_FIELD_LIST);
	assert_int_equal(fmr_type_field(type, "tags[]")->kind, FMR_FIELD_CHOICE);
	assert_string_equal(fmr_type_field(type, "box.size")->path, "box.size");
	assert_true(fmr_type_field(type, "title")->required);
	close_fixture(&fixture);
}

static void recursion_is_followed_and_ends(void **state)
{
	(void)state;
	struct fixture fixture;
	open_fixture(&fixture);
	const struct fmr_type *type = type_of(&fixture, "widget");
	assert_string_equal(fmr_type_field(type, "parts.0.parts.1.name")->path, "parts[].parts[].name");
	assert_int_equal(fmr_type_field(type, "parts[].parts[].of")->kind, FMR_FIELD_LINK);
	struct fmr_str path;
	fmr_str_init(&path);
	for (int i = 0; i < 30; i++)
		fmr_str_puts(&path, "parts.0.");
	fmr_str_puts(&path, "name");
	assert_non_null(fmr_type_field(type, path.bytes));
	fmr_str_release(&path);
	assert_null(fmr_type_field(type, "parts.0.nothing"));
	assert_string_equal(fmr_type_nearest_field(type, "titel"), "title");
	assert_string_equal(fmr_type_nearest_field(type, "size"), "box.size");
	close_fixture(&fixture);
}

static void a_broken_type_is_one_error_with_its_place(void **state)
{
	(void)state;
	static const struct { const char *from, *to, *message; } cases[] = {
		{ "type: widget", "type: gadget", "another name" },
		{ "required-from: shipped", "required-from: shiped", "no such state" },
		{ "heading: title", "heading: titel", "no such field" },
		{ "after: draft", "after: droft", "no state of this name" },
		{ "must: '#/$defs/has-end'", "must: '#/$defs/has-nothing'", "leads nowhere" },
		{ "uses.from, uses.to", "uses.from, due", "same list" },
		{ "directory: widget", "directory: ../x", "not the name of a directory" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture fixture;
		struct fmr_str text;
		fmr_str_init(&text);
		fmr_str_puts(&text, widget);
		const char *at = strstr(text.bytes, cases[i].from);
		assert_non_null(at);
		fmr_str_splice(&text, (size_t)(at - text.bytes), strlen(cases[i].from), cases[i].to, strlen(cases[i].to));
		put(".fmrec/schema/widget.yaml", text.bytes);
		fmr_str_release(&text);
		open_fixture(&fixture);
		const struct fmr_type *type;
		assert_int_equal(fmr_book_type(fixture.book, "widget", &type, fixture.findings, &fixture.err),
			FMR_ERR_INVALID);
		assert_true(fmr_findings_count(fixture.findings) > 0);
		assert_true(fmr_findings_at(fixture.findings, 0)->value.line > 0);
		if (!strstr(fmr_findings_at(fixture.findings, 0)->message, cases[i].message))
			fail_msg("'%s' does not say '%s'", fmr_findings_at(fixture.findings, 0)->message, cases[i].message);
		close_fixture(&fixture);
	}
}

static void a_type_file_is_checked_against_the_vocabulary(void **state)
{
	(void)state;
	static const struct { const char *from, *to, *message; } cases[] = {
		{ "title: Widget", "title: Widget", NULL },
		{ "label: {en: Colour, ja: 色}", "labl: {en: Colour, ja: 色}", "labl" },
		{ "enum: [red, blue]", "enum: [blue, red]", "in its order" },
		{ "enum: [red, blue]", "enum: [red, blue, green]", "not explained" },
		{ "to: [maker]", "to: [makr]", "no such record type" },
		{ "inverse: widgets", "inverse: name", "name of the inverse" },
		{ "minLength: 1", "minLenght: 1", "minLenght" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture fixture;
		struct fmr_str text;
		fmr_str_init(&text);
		fmr_str_puts(&text, widget);
		size_t at = (size_t)(strstr(text.bytes, cases[i].from) - text.bytes);
		fmr_str_splice(&text, at, strlen(cases[i].from), cases[i].to, strlen(cases[i].to));
		put(".fmrec/schema/widget.yaml", text.bytes);
		fmr_str_release(&text);
		open_fixture(&fixture);
		assert_int_equal(fmr_book_check_type(fixture.book, "widget", fixture.findings, &fixture.err), 0);
		bool found = !cases[i].message && !fmr_findings_count(fixture.findings);
		for (size_t j = 0; cases[i].message && j < fmr_findings_count(fixture.findings); j++)
			found |= strstr(fmr_findings_at(fixture.findings, j)->message, cases[i].message) != NULL;
		if (!found)
			fail_msg("'%s': %zu findings, none says '%s'", cases[i].to, fmr_findings_count(fixture.findings),
				cases[i].message ? cases[i].message : "");
		close_fixture(&fixture);
	}
}

static void unknown_types_have_a_nearest_name(void **state)
{
	(void)state;
	struct fixture fixture;
	open_fixture(&fixture);
	const struct fmr_type *type;
	assert_int_equal(fmr_book_type(fixture.book, "wiget", &type, NULL, &fixture.err), FMR_ERR_NOT_FOUND);
	assert_non_null(strstr(fixture.err.hint, "widget"));
	const char *const *names;
	size_t count;
	assert_int_equal(fmr_book_type_names(fixture.book, &names, &count, NULL), 0);
	assert_int_equal(count, 2);
	assert_string_equal(names[0], "maker");
	assert_int_equal(fmr_book_type_of_path(fixture.book, PATH_OF, &type, NULL), 0);
	assert_string_equal(type->name, "widget");
	assert_int_equal(fmr_book_type_of_id(fixture.book, "MKR-ACME", &type, NULL), 0);
	assert_string_equal(type->name, "maker");
	assert_int_equal(fmr_book_type_of_id(fixture.book, "XXX-1", &type, NULL), FMR_ERR_NOT_FOUND);
	close_fixture(&fixture);
}

static void without_a_config_init_is_the_hint(void **state)
{
	(void)state;
	sh("rm -r .fmrec");
	struct fmr_store *store;
	struct fmr_view *view;
	struct fmr_book *book;
	struct fmr_err err;
	assert_int_equal(fmr_store_open(".", &store, &err), 0);
	assert_int_equal(fmr_view_open(store, FMR_VIEW_WORK_TREE, NULL, &view, &err), 0);
	assert_int_equal(fmr_book_open(view, &book, NULL, &err), FMR_ERR_NOT_FOUND);
	assert_non_null(strstr(err.hint, "fmrec init"));
	fmr_view_close(view);
	fmr_store_close(store);
}

/* ---- ids ---- */

static void ids_follow_their_pattern(void **state)
{
	(void)state;
	struct fixture fixture;
	open_fixture(&fixture);
	const struct fmr_type *type = type_of(&fixture, "widget");
	char id[FMR_ID_LENGTH + 1], other[FMR_ID_LENGTH + 1];
	assert_int_equal(fmr_id_make(fixture.book, type, NULL, 1795198320, id, &fixture.err), 0);
	assert_memory_equal(id, "WGT-20261121-", 13); /* the day in Tokyo, not in UTC */
	assert_true(fmr_id_fits(type, NULL, id));
	assert_true(fmr_id_fits(type, "{prefix}-{year}{name}", "WGT-2026ABC"));
	static const char *const wrong[] = { "WGT-20261321-7KQ2", "WGT-20261121-7KQ", "WGT-20261121-7KQI",
		"wgt-20261121-7KQ2", "WGT-20261121-7KQ22", "XGT-20261121-7KQ2", "" };
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(fmr_id_fits(type, NULL, wrong[i]));
	setenv("FMREC_RANDOM_SEED", "1", 1);
	assert_int_equal(fmr_id_make(fixture.book, type, NULL, 1795198320, id, &fixture.err), 0);
	assert_int_equal(fmr_id_make(fixture.book, type, NULL, 1795198320, other, &fixture.err), 0);
	assert_string_equal(id, other);
	struct fmr_str path;
	fmr_str_init(&path);
	assert_true(fmr_id_path(type, id, &path));
	put(path.bytes, "id: x\n"); /* taken: the next one differs */
	assert_int_equal(fmr_id_make(fixture.book, type, NULL, 1795198320, other, &fixture.err), 0);
	assert_string_not_equal(id, other);
	fmr_str_release(&path);
	const struct fmr_type *named = type_of(&fixture, "maker");
	assert_int_equal(fmr_id_make(fixture.book, named, NULL, 0, id, &fixture.err), FMR_ERR_INVALID);
	assert_int_equal(fmr_id_make(fixture.book, named, "foo bar", 0, id, &fixture.err), 0);
	assert_string_equal(id, "MKR-FOO-BAR");
	assert_int_equal(fmr_id_make(fixture.book, named, "ａｃｍｅ", 0, id, &fixture.err), FMR_ERR_EXISTS);
	assert_int_equal(fmr_id_make(fixture.book, named, "../x", 0, id, &fixture.err), FMR_ERR_INVALID);
	assert_int_equal(fmr_id_make(fixture.book, named, "佐藤", 0, id, &fixture.err), FMR_ERR_INVALID);
	close_fixture(&fixture);
}

static void patterns_of_the_config_go_first(void **state)
{
	(void)state;
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_printf(&text, "%sid_patterns:\n  widget: 'W{year}-{random}'\n", config);
	put(".fmrec/config.yaml", text.bytes);
	fmr_str_release(&text);
	struct fixture fixture;
	open_fixture(&fixture);
	const struct fmr_type *type = type_of(&fixture, "widget");
	char id[FMR_ID_LENGTH + 1];
	assert_int_equal(fmr_id_make(fixture.book, type, NULL, 1795198320, id, &fixture.err), 0);
	assert_memory_equal(id, "W2026-", 6);
	struct fmr_str path;
	fmr_str_init(&path);
	assert_true(fmr_id_path(type, "W2025-7KQ2", &path));
	assert_string_equal(path.bytes, "records/widget/2025/W2025-7KQ2.yaml");
	fmr_str_clear(&path);
	assert_true(fmr_id_path(type, ID, &path)); /* ids made before stay good */
	assert_string_equal(path.bytes, PATH_OF);
	fmr_str_release(&path);
	close_fixture(&fixture);
}

static const char *find(struct fixture *fixture, const char *text)
{
	static char result[256];
	struct fmr_str id, path;
	fmr_str_init(&id);
	fmr_str_init(&path);
	int code = fmr_id_find(fixture->book, text, &id, &path, &fixture->err);
	snprintf(result, sizeof(result), "%s", code == FMR_ERR_AMBIGUOUS ? "ambiguous" : code ? "none" : id.bytes);
	fmr_str_release(&id);
	fmr_str_release(&path);
	return result;
}

static void abbreviations_find_records(void **state)
{
	(void)state;
	put("records/widget/2026/WGT-20261120-7KXX.yaml", "id: WGT-20261120-7KXX\nform: 2\ntitle: 二番目\n");
	put("records/widget/2026/WGT-20261120-1A0B.yaml", "id: WGT-20261120-1A0B\nform: 2\ntitle: Third\n");
	put("records/maker/MKR-ACME-WEST.yaml", "id: MKR-ACME-WEST\nform: 1\nname: West\n");
	put("records/widget/2026/" ID "/7KZZ.yaml", "not a record\n");
	struct fixture fixture;
	open_fixture(&fixture);
	assert_string_equal(find(&fixture, ID), ID);
	assert_string_equal(find(&fixture, "7KQ2"), ID);
	assert_string_equal(find(&fixture, "7kq"), ID);
	assert_string_equal(find(&fixture, "wgt-20261121"), ID);
	assert_string_equal(find(&fixture, "20261121-7kq2"), ID);
	assert_string_equal(find(&fixture, "７ＫＱ２"), ID);
	assert_string_equal(find(&fixture, "lAoB"), "WGT-20261120-1A0B");
	assert_string_equal(find(&fixture, "WGT-20261120-IAOB"), "WGT-20261120-1A0B");
	assert_string_equal(find(&fixture, PATH_OF), ID);
	assert_string_equal(find(&fixture, "acme"), "MKR-ACME"); /* to its end: goes before MKR-ACME-WEST */
	assert_string_equal(find(&fixture, "7K"), "ambiguous");
	assert_non_null(strstr(fixture.err.hint, "二番目"));
	assert_string_equal(find(&fixture, "7KQ3"), "none");
	assert_string_equal(find(&fixture, "WGT-20261121-7KQ3"), "none");
	assert_non_null(strstr(fixture.err.hint, ID));
	assert_string_equal(find(&fixture, "KQ2"), "none");
	assert_string_equal(find(&fixture, "../.git/config"), "none");
	assert_string_equal(find(&fixture, "受注"), "none");
	assert_string_equal(find(&fixture, ""), "none");
	close_fixture(&fixture);
}

/* ---- records ---- */

static int count_record(void *context, const struct fmr_record *record)
{
	struct fmr_str *list = context;
	fmr_str_printf(list, "%s=%s;", record->id, fmr_record_title(record));
	return 0;
}

static void records_are_read_and_visited(void **state)
{
	(void)state;
	put("records/widget/2026/WGT-20261121-BAD0.yaml", "id: [\n");
	struct fixture fixture;
	open_fixture(&fixture);
	struct fmr_record record;
	assert_int_equal(fmr_record_read(fixture.book, PATH_OF, &record, fixture.findings, &fixture.err), 0);
	assert_string_equal(record.id, ID);
	assert_string_equal(record.type->name, "widget");
	assert_string_equal(fmr_record_title(&record), "First");
	fmr_record_release(&record);
	assert_int_equal(fmr_record_read(fixture.book, "records/widget/2026/none.yaml", &record, NULL, &fixture.err),
		FMR_ERR_NOT_FOUND);
	struct fmr_str list;
	fmr_str_init(&list);
	assert_int_equal(fmr_record_each(fixture.book, NULL, count_record, &list, fixture.findings, &fixture.err), 0);
	assert_string_equal(list.bytes, "MKR-ACME=Acme;" ID "=First;WGT-20261121-BAD0=;");
	fmr_str_clear(&list);
	static const char *const only[] = { "maker", NULL };
	assert_int_equal(fmr_record_each(fixture.book, only, count_record, &list, fixture.findings, NULL), 0);
	assert_string_equal(list.bytes, "MKR-ACME=Acme;");
	fmr_str_release(&list);
	close_fixture(&fixture);
}

static void templates_are_valid_once_filled_in(void **state)
{
	(void)state;
	struct fixture fixture;
	open_fixture(&fixture);
	const struct fmr_type *type = type_of(&fixture, "widget");
	struct fmr_str text;
	fmr_str_init(&text);
	assert_int_equal(fmr_template_write(fixture.book, type, ID, NULL, FMR_JAPANESE, true, &text, &fixture.err), 0);
	assert_memory_equal(text.bytes, "# yaml-language-server: $schema=../../../.fmrec/schema/widget.yaml\n", 67);
	assert_non_null(strstr(text.bytes, "\n# 名称: 名称の説明。\ntitle: \n"));
	assert_non_null(strstr(text.bytes, "\n#   red 赤 | blue 青\n# colour: \n"));
	assert_non_null(strstr(text.bytes, "\n#   S1 重大 | S2 軽\n")); /* not what ended in 2020 */
	assert_non_null(strstr(text.bytes, "\n# made_at: 2026-11-21T03:12:00+09:00\n"));
	assert_non_null(strstr(text.bytes, "\n# story: |\n#   \n"));
	assert_null(strstr(text.bytes, "attachments"));
	const char *at = strstr(text.bytes, "title: \n");
	fmr_str_splice(&text, (size_t)(at - text.bytes), 8, "title: X\n", 9);
	at = strstr(text.bytes, "maker: \n");
	fmr_str_splice(&text, (size_t)(at - text.bytes), 8, "maker: ACME Ltd.\n", 17);
	assert_string_equal(check_text(&fixture, text.bytes, NULL), "ref.free:13");
	/* and with every comment sign taken away it still is YAML that names only fields of the type */
	fmr_str_release(&text);
	close_fixture(&fixture);
}

static void compact_templates_hold_what_is_given(void **state)
{
	(void)state;
	struct fixture fixture;
	open_fixture(&fixture);
	const struct fmr_type *type = type_of(&fixture, "maker");
	struct fmr_str text;
	fmr_str_init(&text);
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct fmr_value name = { .kind = FMR_STRING, .text = { "Acme: the best", 14 } };
	struct fmr_member member = { .key = { "name", 4 }, .key_hash = fmr_text_hash("name", 4), .value = &name };
	const struct fmr_value given = { .kind = FMR_MAP, .map = { &member, 1 } };
	assert_int_equal(fmr_template_write(fixture.book, type, "MKR-X", &given, FMR_ENGLISH, false, &text, NULL), 0);
	assert_string_equal(text.bytes, "# yaml-language-server: $schema=../../.fmrec/schema/maker.yaml\n"
		"id: MKR-X\nform: 1\nname: 'Acme: the best'\n");
	fmr_str_release(&text);
	fmr_arena_release(&arena);
	close_fixture(&fixture);
}

/* ---- input ---- */

static const char *parse(struct fixture *fixture, const char *path, const char *text)
{
	static char result[256];
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct fmr_value *value;
	const struct fmr_field *field = fmr_type_field(type_of(fixture, "widget"), path);
	assert_non_null(field);
	int code = fmr_field_parse(fixture->book, field, text, &arena, &value, &fixture->err);
	if (code)
		snprintf(result, sizeof(result), "refused");
	else if (value->kind == FMR_LIST)
		snprintf(result, sizeof(result), "%zu items", value->list.count);
	else if (value->kind == FMR_BOOL)
		snprintf(result, sizeof(result), "%s", value->boolean ? "true" : "false");
	else
		snprintf(result, sizeof(result), "%s", value->kind == FMR_MAP ? "map" : value->text.bytes);
	fmr_arena_release(&arena);
	return result;
}

static void what_people_type_becomes_a_value(void **state)
{
	(void)state;
	struct fixture fixture;
	open_fixture(&fixture);
	static const struct { const char *path, *text, *expected; } cases[] = {
		{ "title", " as it is ", " as it is " },
		{ "made_at", "2026年11月21日 午前3時12分", "2026-11-21T03:12:00+09:00" },
		{ "made_at", "平成24年11月5日", "2012-11-05" },
		{ "made_at", "不明", "unknown" },
		{ "made_at", "2026-02-30", "refused" },
		{ "sold_at", "2026-11-21", "refused" }, /* only a time will do */
		{ "sold_at", "2026-11-20T18:12:00.50Z", "2026-11-20T18:12:00.50Z" }, /* as it is where it is one already */
		{ "sold_at", "2026-11-20 18:12Z", "2026-11-20T18:12:00+00:00" },
		{ "sold_at", "2026/11/21 3:12", "2026-11-21T03:12:00+09:00" },
		{ "due", "2026/11/21 3:12", "2026-11-21" },
		{ "due", "unknown", "refused" },
		{ "count", "１，２３４個", "1234" },
		{ "count", "1,234,567", "1234567" },
		{ "count", "1,23,456", "refused" },
		{ "count", "12 pieces", "12" },
		{ "count", "twelve", "refused" },
		{ "good", "はい", "true" },
		{ "good", "No", "false" },
		{ "good", "maybe", "refused" },
		{ "severity", "s1", "S1" },
		{ "severity", "重大", "S1" },
		{ "severity", "重大障害", "S1" },
		{ "severity", "S9", "refused" },
		{ "colour", "朱", "red" },
		{ "colour", "BLUE", "blue" },
		{ "colour", "赤", "red" },
		{ "colour", "gren", "refused" },
		{ "maker", "acme", "MKR-ACME" },
		{ "maker", "Some other maker", "Some other maker" },
		{ "parts[].of", "7kq2", ID },
		{ "parts[].of", "ZZZZ", "refused" },
		{ "tags", "a, b", "2 items" },
		{ "tags", "[a, b]", "2 items" },
		{ "tags", "a、c", "refused" },
		{ "parts", "[{name: x}]", "1 items" },
		{ "parts", "x", "refused" },
		{ "box", "{size: 3}", "map" },
		{ "title", "\xff", "refused" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *got = parse(&fixture, cases[i].path, cases[i].text);
		if (strcmp(got, cases[i].expected) != 0)
			fail_msg("%s '%s': %s, not %s", cases[i].path, cases[i].text, got, cases[i].expected);
	}
	parse(&fixture, "colour", "rde");
	assert_non_null(strstr(fixture.err.hint, "red"));
	close_fixture(&fixture);
}

/* ---- one text ---- */

#define HEAD "id: " ID "\nform: 2\ntitle: x\n"

static void one_text_is_judged(void **state)
{
	(void)state;
	struct fixture fixture;
	open_fixture(&fixture);
	static const struct { const char *text, *state, *expected; } cases[] = {
		{ HEAD, NULL, "" },
		{ HEAD "maker: MKR-ACME\n", NULL, "" },
		{ HEAD "maker: Some name\n", NULL, "ref.free:4" },
		{ HEAD "maker: Some name\nsold_at: unknown\nbox: {size: 1}\n", "shipped", "ref.dangling:4" },
		{ HEAD "maker: MKR-ACMA\n", NULL, "ref.dangling:4" },
		{ HEAD "maker: " ID "\n", NULL, "ref.type:4" },
		{ HEAD "parts:\n  - of: " ID "\n    parts:\n      - of: WGT-20261121-AAAA\n", NULL, "ref.dangling:7" },
		{ HEAD "severity: S1\n", NULL, "" },
		{ HEAD "severity: S7\n", NULL, "config.value:4" },
		{ HEAD "severity: OLD\n", NULL, "config.value:4" },
		{ HEAD "made_at: 2019-05-01\nseverity: OLD\n", NULL, "" },
		{ HEAD "made_at: 2026-11-21\nsold_at: 2026-11-21T00:00:00+09:00\n", NULL, "" },
		{ HEAD "made_at: 2026-11-22\nsold_at: 2026-11-21T00:00:00+09:00\n", NULL, "record.time-order:5" },
		{ HEAD "made_at: unknown\nsold_at: 2026-11-21T00:00:00+09:00\n", NULL, "" },
		{ HEAD "uses:\n  - {from: 2026-01-01, to: 2026-01-02}\n  - {from: 2026-01-02, to: 2026-01-01}\n", NULL,
			"record.time-order:6" },
		{ HEAD, "shipped", "record.state:1 record.state:1" },
		{ HEAD "sold_at: unknown\nbox: {}\n", "shipped", "record.state:5" },
		{ HEAD "sold_at: unknown\nbox: {size: 1}\n", "scrapped", "record.state:1" },
		{ HEAD "sold_at: unknown\nbox: {size: 1}\ndue: 2026-11-21\n", "scrapped", "" },
		{ HEAD "colour: green\n", NULL, "value.enum:4" },
		{ HEAD "tags: [c]\nseverity: S7\n", NULL, "value.enum:4 config.value:5" },
		{ "id: WGT-20261121-AAAA\nform: 2\ntitle: x\n", NULL, "record.path:1" },
		{ "id: " ID "\nform: 1\ntitle: x\n", NULL, "record.form:2" },
		{ "id: " ID "\nform: 3\ntitle: x\n", NULL, "record.form-later:2" },
		{ HEAD "attachments:\n  - {file: a.log, sha256: x, size: 1}\n", NULL, "attachment.missing:5" },
		{ "<<<<<<< HEAD\ntitle: a\n=======\ntitle: b\n>>>>>>> x\n", NULL, "record.conflict:1" },
		{ HEAD, "shippd", "type 'widget' has no state 'shippd'" },
		{ "", NULL, "yaml.empty:1" },
		{ "[]\n", NULL, "value.type:1" },
		{ "id: [\n", NULL, "yaml.syntax:2" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *got = check_text(&fixture, cases[i].text, cases[i].state);
		if (strcmp(got, cases[i].expected) != 0)
			fail_msg("case %zu: '%s', not '%s'", i, got, cases[i].expected);
	}
	check_text(&fixture, HEAD "maker: MKR-ACMA\n", NULL);
	const struct fmr_finding *row = fmr_findings_at(fixture.findings, 0);
	assert_string_equal(row->hint, "did you mean 'MKR-ACME'?");
	assert_string_equal(row->pointer, "/maker");
	assert_int_equal(row->value.column, 8);
	assert_int_equal(row->key.column, 1);
	assert_string_equal(row->line_text, "maker: MKR-ACMA");
	assert_int_equal(fmr_check_text(fixture.book, "README.md", "", 0, NULL, fixture.findings, &fixture.err),
		FMR_ERR_INVALID);
	close_fixture(&fixture);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, sandbox_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_vocabulary_becomes_a_type),
		TEST(recursion_is_followed_and_ends),
		TEST(a_broken_type_is_one_error_with_its_place),
		TEST(a_type_file_is_checked_against_the_vocabulary),
		TEST(unknown_types_have_a_nearest_name),
		TEST(without_a_config_init_is_the_hint),
		TEST(ids_follow_their_pattern),
		TEST(patterns_of_the_config_go_first),
		TEST(abbreviations_find_records),
		TEST(records_are_read_and_visited),
		TEST(templates_are_valid_once_filled_in),
		TEST(compact_templates_hold_what_is_given),
		TEST(what_people_type_becomes_a_value),
		TEST(one_text_is_judged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
