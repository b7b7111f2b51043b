#include "unit.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/str.h"
#include "json/json.h"
#include "render/render.h"
#include "render/wrap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct fmr_finding *add(struct fmr_findings *findings, const char *path, const char *line, size_t column,
	size_t length)
{
	struct fmr_finding *finding =
		fmr_findings_add(findings, FMR_CODE_VALUE_ENUM, path, "'severity' has no value '%s'", "S7");
	finding->value = (struct fmr_place){ .line = 14, .column = column, .start = 100, .end = 100 + length };
	finding->line_text = line;
	return finding;
}

/* A copy: gcc 12 takes what open_memstream() filled in for the address of the variable itself. */
static char *take(FILE *out, char **text)
{
	fclose(out);
	char *copy = fmr_strdup(*text);
	free(*text);
	return copy;
}

static char *print(const struct fmr_findings *findings, enum fmr_findings_format format,
	const struct fmr_findings_style *style)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	assert_non_null(out);
	fmr_render_findings(out, findings, format, style);
	return take(out, &text);
}

static void expect(const struct fmr_findings *findings, enum fmr_findings_format format, const char *wanted)
{
	char *text = print(findings, format, NULL);
	assert_string_equal(text, wanted);
	free(text);
}

/* ---- text ---- */

static void text_is_as_on_the_screen(void **state)
{
	(void)state;
	struct fmr_findings *findings = fmr_findings_new(0);
	struct fmr_finding *finding = add(findings, "records/x.yaml", "severity: S7", 11, 2);
	finding->expected = "S1, S2";
	finding->hint = "nearest: S1";
	expect(findings, FMR_FINDINGS_TEXT,
		"records/x.yaml:14:11: error: value.enum: 'severity' has no value 'S7'\n"
		"   14 | severity: S7\n"
		"      |           ^~\n"
		"      = allowed: S1, S2; nearest: S1\n");
	fmr_findings_free(findings);
}

static void caret_stands_below_full_width_text(void **state)
{
	(void)state;
	struct fmr_findings *findings = fmr_findings_new(0);
	add(findings, "x", "状況: 重大\t!", 5, strlen("重大"));
	expect(findings, FMR_FINDINGS_TEXT,
		"x:14:5: error: value.enum: 'severity' has no value 'S7'\n"
		"   14 | 状況: 重大\t!\n"
		"      |       ^~~~\n");
	fmr_findings_free(findings);
}

static void tabs_keep_the_caret_in_place(void **state)
{
	(void)state;
	struct fmr_findings *findings = fmr_findings_new(0);
	add(findings, "x", "a:\tb", 4, 1);
	expect(findings, FMR_FINDINGS_TEXT,
		"x:14:4: error: value.enum: 'severity' has no value 'S7'\n"
		"   14 | a:\tb\n"
		"      |   \t^\n");
	fmr_findings_free(findings);
}

static void text_carries_no_control_characters(void **state)
{
	(void)state;
	struct fmr_findings *findings = fmr_findings_new(0);
	struct fmr_finding *finding = add(findings, "a\x1b[2Jb\nc", "x: \x1b]0;owned\x07 y", 4, 3);
	finding->hint = "\xe2\x80\xae evil \x9b";
	finding->expected = "a\rb";
	for (int format = FMR_FINDINGS_TEXT; format <= FMR_FINDINGS_GITHUB; format++) {
		char *text = print(findings, (enum fmr_findings_format)format, NULL);
		for (const unsigned char *p = (unsigned char *)text; *p; p++)
			assert_true(*p >= 0x20 || *p == '\n' || *p == '\t');
		if (format == FMR_FINDINGS_TEXT)
			assert_null(strstr(text, "\xe2\x80\xae"));
		free(text);
	}
	fmr_findings_free(findings);
}

static ptrdiff_t distance(const char *text, const char *from, const char *to)
{
	const char *start = strstr(text, from);
	assert_non_null(start);
	const char *end = strstr(start, to);
	assert_non_null(end);
	return end - start;
}

static void a_huge_line_is_shown_around_the_caret(void **state)
{
	(void)state;
	enum { LENGTH = 3000000 };
	char *line = fmr_alloc(LENGTH + 1);
	memset(line, 'x', LENGTH);
	line[LENGTH] = '\0';
	line[2000000] = '!';
	struct fmr_findings *findings = fmr_findings_new(0);
	add(findings, "x", line, 2000001, 900000);
	char *text = print(findings, FMR_FINDINGS_TEXT, NULL);
	assert_true(strlen(text) < 600);
	/* the ellipsis is three bytes and one column */
	assert_int_equal(distance(text, "| …", "!") - 2, distance(text, "\n      | ", "^") - 7);
	free(text);
	free(line);
	fmr_findings_free(findings);
}

static void a_column_beyond_the_line_is_no_harm(void **state)
{
	(void)state;
	struct fmr_findings *findings = fmr_findings_new(0);
	add(findings, "x", "ab", 900, 5);
	add(findings, "x", "", 1, 0);
	char *text = print(findings, FMR_FINDINGS_TEXT, NULL);
	assert_non_null(strstr(text, "   14 | ab\n      |   ^\n"));
	free(text);
	fmr_findings_free(findings);
}

/* ---- formats for programs ---- */

static const struct fmr_value *parse(const char *text, struct fmr_arena *arena)
{
	const struct fmr_source source = { "output", text, strlen(text) };
	struct fmr_findings *faults = fmr_findings_new(1);
	const struct fmr_value *root = fmr_json_read(&source, arena, faults);
	assert_int_equal(fmr_findings_count(faults), 0);
	fmr_findings_free(faults);
	return root;
}

static void json_says_everything(void **state)
{
	(void)state;
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct fmr_findings *findings = fmr_findings_new(1);
	struct fmr_finding *finding = add(findings, "a \"b\".yaml", "severity: S7", 11, 2);
	finding->pointer = "/severity";
	fmr_findings_add(findings, FMR_CODE_VALUE_TYPE, "y", "dropped");
	char *text = print(findings, FMR_FINDINGS_JSON, NULL);
	const struct fmr_value *root = parse(text, &arena);
	assert_string_equal(fmr_value_get(root, "schema_version")->text.bytes, "1");
	assert_string_equal(fmr_value_get(root, "dropped")->text.bytes, "1");
	assert_string_equal(fmr_value_get(root, "errors")->text.bytes, "2");
	assert_string_equal(fmr_value_string(fmr_value_at(root, "findings.0.path")), "a \"b\".yaml");
	assert_string_equal(fmr_value_at(root, "findings.0.value.column")->text.bytes, "11");
	assert_null(fmr_value_at(root, "findings.0.hint"));
	free(text);
	fmr_findings_free(findings);
	fmr_arena_release(&arena);
}

static void sarif_names_rules_and_places(void **state)
{
	(void)state;
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct fmr_findings *findings = fmr_findings_new(0);
	fmr_findings_add(findings, FMR_CODE_REF_FREE, "b", "advice");
	add(findings, "records/障害 1.yaml", "severity: S7", 11, 2);
	char *text = print(findings, FMR_FINDINGS_SARIF, NULL);
	const struct fmr_value *root = parse(text, &arena);
	assert_string_equal(fmr_value_string(fmr_value_at(root, "version")), "2.1.0");
	assert_string_equal(fmr_value_string(fmr_value_at(root, "runs.0.results.0.level")), "note");
	assert_string_equal(fmr_value_string(fmr_value_at(root,
				    "runs.0.results.1.locations.0.physicalLocation.artifactLocation.uri")),
		"records/%E9%9A%9C%E5%AE%B3%201.yaml");
	const char *index = fmr_value_at(root, "runs.0.results.1.ruleIndex")->text.bytes;
	char *path = fmr_format("runs.0.tool.driver.rules.%s.id", index);
	assert_string_equal(fmr_value_string(fmr_value_at(root, path)), "value.enum");
	free(path);
	free(text);
	fmr_findings_free(findings);
	fmr_arena_release(&arena);
}

static void junit_counts_files(void **state)
{
	(void)state;
	struct fmr_findings *findings = fmr_findings_new(0);
	add(findings, "a&b.yaml", "severity: S7", 11, 2);
	add(findings, "a&b.yaml", "severity: S7", 11, 2);
	fmr_findings_add(findings, FMR_CODE_REF_FREE, "c.yaml", "only advice");
	static const char *const clean[] = { "d.yaml", NULL };
	const struct fmr_findings_style style = { .clean = clean };
	char *text = print(findings, FMR_FINDINGS_JUNIT, &style);
	assert_non_null(strstr(text, "<testsuites name=\"fmrec\" tests=\"3\" failures=\"1\">"));
	assert_non_null(strstr(text, "name=\"a&amp;b.yaml\""));
	assert_non_null(strstr(text, "name=\"d.yaml\"/>"));
	assert_non_null(strstr(text, "<system-out>advice: ref.free: only advice"));
	free(text);
	fmr_findings_free(findings);
}

static void github_escapes_what_would_end_the_command(void **state)
{
	(void)state;
	struct fmr_findings *findings = fmr_findings_new(0);
	struct fmr_finding *finding = add(findings, "a:b,c%.yaml", NULL, 11, 2);
	finding->hint = "100% sure: yes";
	expect(findings, FMR_FINDINGS_GITHUB,
		"::error file=a%3Ab%2Cc%25.yaml,line=14,col=11,title=value.enum::'severity' has no value 'S7'; "
		"100%25 sure: yes\n");
	fmr_findings_free(findings);
}

/* ---- tables ---- */

static char *print_table(enum fmr_table_format format, size_t width, bool excel)
{
	static const char *const columns[] = { "id", "system", "title" };
	static const char *const rows[][3] = {
		{ "INC-20261121-7KQ2", "受注管理", "受注システムが停止" },
		{ "INC-2", "Mail relay", "=1+\"1\"\nnext" },
		{ "INC-3", NULL, NULL },
	};
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	struct fmr_table *table = fmr_table_new(out, format, columns, 3, width, false, excel);
	for (size_t i = 0; i < 3; i++)
		fmr_table_row(table, rows[i], NULL);
	fmr_table_end(table);
	return take(out, &text);
}

static void expect_table(enum fmr_table_format format, size_t width, bool excel, const char *wanted)
{
	char *text = print_table(format, width, excel);
	assert_string_equal(text, wanted);
	free(text);
}

static void text_tables_align_any_script(void **state)
{
	(void)state;
	expect_table(FMR_TABLE_TEXT, 0, false,
		"id                 system      title\n"
		"INC-20261121-7KQ2  受注管理    受注システムが停止\n"
		"INC-2              Mail relay  =1+\"1\" next\n"
		"INC-3\n");
	expect_table(FMR_TABLE_TEXT, 41, false,
		"id                 system      title\n"
		"INC-20261121-7KQ2  受注管理    受注シス…\n"
		"INC-2              Mail relay  =1+\"1\" ne…\n"
		"INC-3\n");
}

static void tables_for_programs(void **state)
{
	(void)state;
	expect_table(FMR_TABLE_IDS, 0, false, "INC-20261121-7KQ2\nINC-2\nINC-3\n");
	expect_table(FMR_TABLE_CSV, 0, false,
		"id,system,title\nINC-20261121-7KQ2,受注管理,受注システムが停止\n"
		"INC-2,Mail relay,\"=1+\"\"1\"\"\nnext\"\nINC-3,,\n");
	expect_table(FMR_TABLE_CSV, 0, true,
		"\xEF\xBB\xBFid,system,title\r\nINC-20261121-7KQ2,受注管理,受注システムが停止\r\n"
		"INC-2,Mail relay,\"'=1+\"\"1\"\"\nnext\"\r\nINC-3,,\r\n");
	expect_table(FMR_TABLE_JSONL, 0, false,
		"{\"id\":\"INC-20261121-7KQ2\",\"system\":\"受注管理\",\"title\":\"受注システムが停止\"}\n"
		"{\"id\":\"INC-2\",\"system\":\"Mail relay\",\"title\":\"=1+\\\"1\\\"\\nnext\"}\n"
		"{\"id\":\"INC-3\",\"system\":null,\"title\":null}\n");
}

static void an_empty_table(void **state)
{
	(void)state;
	static const char *const columns[] = { "id" };
	static const char *const wanted[] = { [FMR_TABLE_TEXT] = "", [FMR_TABLE_JSON] = "[]\n", [FMR_TABLE_JSONL] = "",
		[FMR_TABLE_CSV] = "id\n", [FMR_TABLE_TSV] = "id\n", [FMR_TABLE_IDS] = "" };
	for (int format = FMR_TABLE_TEXT; format <= FMR_TABLE_IDS; format++) {
		char *text = NULL;
		size_t size = 0;
		FILE *out = open_memstream(&text, &size);
		fmr_table_end(fmr_table_new(out, (enum fmr_table_format)format, columns, 1, 80, false, false));
		fclose(out);
		assert_string_equal(text, wanted[format]);
		free(text);
	}
}

/* ---- folding ---- */

static void expect_folded(const char *text, size_t indent, size_t width, const char *wanted)
{
	struct fmr_str out;
	fmr_str_init(&out);
	fmr_wrap(&out, text, strlen(text), indent, width);
	assert_string_equal(out.bytes, wanted);
	fmr_str_release(&out);
}

static void text_is_folded(void **state)
{
	(void)state;
	expect_folded("the quick brown fox jumps over", 2, 20, "the quick brown\n  fox jumps over");
	expect_folded("画面が応答しない。受注バッチも停止。", 0, 18, "画面が応答しない。\n受注バッチも停止。");
	expect_folded("画面が応答しないよ。受注", 0, 18, "画面が応答しない\nよ。受注");
	expect_folded("one\n\ntwo\n", 2, 0, "one\n\n  two");
	expect_folded("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0, 16, "aaaaaaaaaaaaaaaa\naaaaaaaaaaaaaaaa\naaaa");
	expect_folded("", 2, 20, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_as_on_the_screen),
		cmocka_unit_test(caret_stands_below_full_width_text),
		cmocka_unit_test(tabs_keep_the_caret_in_place),
		cmocka_unit_test(text_carries_no_control_characters),
		cmocka_unit_test(a_huge_line_is_shown_around_the_caret),
		cmocka_unit_test(a_column_beyond_the_line_is_no_harm),
		cmocka_unit_test(json_says_everything),
		cmocka_unit_test(sarif_names_rules_and_places),
		cmocka_unit_test(junit_counts_files),
		cmocka_unit_test(github_escapes_what_would_end_the_command),
		cmocka_unit_test(text_tables_align_any_script),
		cmocka_unit_test(tables_for_programs),
		cmocka_unit_test(an_empty_table),
		cmocka_unit_test(text_is_folded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
