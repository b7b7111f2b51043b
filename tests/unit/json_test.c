#include "unit.h"

#include "json/json.h"

#include <string.h>

struct row {
	const char *text, *expected;
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void check_row(const char *text, size_t length, const char *expected)
{
	const struct fmr_source source = { "x.json", text, length };
	struct fmr_arena arena;
	struct fmr_str out;
	struct fmr_findings *findings = fmr_findings_new(0);
	fmr_arena_init(&arena);
	fmr_str_init(&out);
	const struct fmr_value *value = fmr_json_read(&source, &arena, findings);
	if (value)
		fmr_json_write(&out, value);
	for (size_t i = 0; i < fmr_findings_count(findings); i++) {
		const struct fmr_finding *f = fmr_findings_at(findings, i);
		fmr_str_printf(&out, "%s%zu:%zu %s", i ? "; " : "", f->value.line, f->value.column, fmr_code_name(f->code));
	}
	if (strcmp(out.bytes, expected) != 0)
		fail_msg("%s:\n  got      %s\n  expected %s", text, out.bytes, expected);
	fmr_str_release(&out);
	fmr_findings_free(findings);
	fmr_arena_release(&arena);
}

static void reads_and_writes(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ " {\"a\" : [ 1 , 2.50 , -0 , 1e+05 ] , \"b\":{}, \"c\":[]} ", "{\"a\":[1,2.50,-0,1e+05],\"b\":{},\"c\":[]}" },
		{ "123456789012345678901234567890.5", "123456789012345678901234567890.5" },
		{ "[true,false,null,\"\"]", "[true,false,null,\"\"]" },
		{ "\"\\u3042\\ud842\\udfb7\\/\\n\\u0000\"", "\"あ𠮷/\\n\\u0000\"" },
		{ "\"\\u2028\\u007f\"", "\"\\u2028\\u007f\"" },
		{ "\xEF\xBB\xBF[]", "[]" },
		{ "[[[[]],[]]]", "[[[[]],[]]]" },
		{ "", "1:1 json.syntax" },
		{ "[1,]", "1:4 json.syntax" },
		{ "{\"a\":1,}", "1:8 json.syntax" },
		{ "[01]", "1:2 json.syntax" },
		{ "[1.]", "1:2 json.syntax" },
		{ "[+1]", "1:2 json.syntax" },
		{ "[.5]", "1:2 json.syntax" },
		{ "[1e]", "1:2 json.syntax" },
		{ "[nul]", "1:2 json.syntax" },
		{ "[1] x", "1:5 json.syntax" },
		{ "{a:1}", "1:2 json.syntax" },
		{ "{\"a\"}", "1:5 json.syntax" },
		{ "[1}", "1:3 json.syntax" },
		{ "\"あ\n\"", "1:3 json.syntax" },
		{ "\"abc", "1:1 json.syntax" },
		{ "\"\\x\"", "1:2 json.syntax" },
		{ "\"\\ud800\"", "1:2 json.syntax" },
		{ "\"\\ud800\\u0041\"", "1:2 json.syntax" },
		{ "\"\\udc00\"", "1:2 json.syntax" },
		{ "\"\\u12g4\"", "1:6 json.syntax" },
		{ "// x\n1", "1:1 json.syntax" },
		{ "{\"a\":1,\n \"a\":2}", "2:2 yaml.duplicate-key" },
		{ "\"\xff\"", "1:2 yaml.encoding" },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		check_row(rows[i].text, strlen(rows[i].text), rows[i].expected);
	check_row("[1,\0]", 5, "1:4 json.syntax");
}

static void keeps_positions(void **state)
{
	(void)state;
	static const char text[] = "{\n  \"鍵\": [1, \"二\"]\n}\n";
	const struct fmr_source source = { "x.json", text, sizeof(text) - 1 };
	struct fmr_arena arena;
	struct fmr_findings *findings = fmr_findings_new(0);
	fmr_arena_init(&arena);
	const struct fmr_value *root = fmr_json_read(&source, &arena, findings);
	const struct fmr_value *item = fmr_value_at(root, "鍵.1");
	assert_non_null(item);
	const struct fmr_place place = fmr_source_place(&source, item->span);
	assert_int_equal(place.line, 2);
	assert_int_equal(place.column, 12);
	assert_memory_equal(text + item->span.start, "\"二\"", item->span.end - item->span.start);
	assert_memory_equal(text + root->map.members[0].key_span.start, "\"鍵\"", 5);
	fmr_findings_free(findings);
	fmr_arena_release(&arena);
}

static void deep_nesting_is_refused(void **state)
{
	(void)state;
	static const char *const pieces[] = { "[", "{\"a\":" };
	for (size_t i = 0; i < COUNT(pieces); i++) {
		struct fmr_str text;
		fmr_str_init(&text);
		for (int n = 0; n < 100000; n++)
			fmr_str_puts(&text, pieces[i]);
		check_row(text.bytes, text.length, i ? "1:321 yaml.depth" : "1:65 yaml.depth");
		fmr_str_release(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_writes),
		cmocka_unit_test(keeps_positions),
		cmocka_unit_test(deep_nesting_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
