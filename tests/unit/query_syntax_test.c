#include "unit.h"

#include "base/str.h"
#include "query/syntax.h"

#include <stdio.h>
#include <string.h>

/* ---- the tree as text: (and a (not b)) ---- */

static void put_operand(struct fmr_str *out, const struct operand *operand)
{
	if (operand->range)
		fmr_str_printf(out, "[%s|%s]", operand->from, operand->to);
	else if (operand->regex)
		fmr_str_printf(out, "/%s/%s", operand->text, operand->icase ? "i" : "");
	else
		fmr_str_printf(out, operand->quoted ? "\"%s\"" : "%s", operand->text);
}

static void put(struct fmr_str *out, const struct node *node)
{
	static const char *const names[] = { "", "and", "or", "not" };
	static const char *const operators[] = { ":", "=", "!=", "<", "<=", ">", ">=", " has ", " missing ", "" };
	if (node->kind != NODE_TERM) {
		fmr_str_printf(out, "(%s", names[node->kind]);
		for (size_t i = 0; i < node->count; i++) {
			fmr_str_putc(out, ' ');
			put(out, node->parts[i]);
		}
		fmr_str_putc(out, ')');
		return;
	}
	const struct term *term = &node->term;
	if (term->op != OP_HAS && term->op != OP_MISSING)
		fmr_str_puts(out, term->name ? term->name : "");
	fmr_str_puts(out, operators[term->op]);
	for (size_t i = 0; i < term->count; i++) {
		fmr_str_puts(out, i ? "," : "");
		put_operand(out, &term->operands[i]);
	}
}

static const char *tree(const char *text, char out[400])
{
	struct fmr_arena arena;
	struct fmr_str shown;
	struct syntax syntax;
	struct fmr_err err = { 0 };
	fmr_arena_init(&arena);
	fmr_str_init(&shown);
	int result = fmr_syntax_parse(text, &arena, &syntax, &err);
	if (result)
		fmr_str_printf(&shown, "%s|%s", err.text, err.hint);
	else if (syntax.root)
		put(&shown, syntax.root);
	snprintf(out, 400, "%s", shown.bytes);
	fmr_str_release(&shown);
	fmr_arena_release(&arena);
	return out;
}

struct pair {
	const char *text, *wanted;
};

static void compare(const struct pair *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char buffer[400];
		assert_string_equal(tree(pairs[i].text, buffer), pairs[i].wanted);
	}
}

#define COMPARE(pairs) compare(pairs, sizeof(pairs) / sizeof(*(pairs)))

static void terms_are_joined(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{ "", "" },
		{ "  \n", "" },
		{ "disk", "disk" },
		{ "disk full", "(and disk full)" },
		{ "a and b or c", "(or (and a b) c)" },
		{ "a AND (b OR c)", "(and a (or b c))" },
		{ "-a not b -(c d)", "(and (not a) (not b) (not (and c d)))" },
		{ "not not a", "(not (not a))" },
		{ "not(a)", "(not a)" },
		{ "android order nothing", "(and android order nothing)" },
		{ "a - b", "(and a - b)" },
		{ "((a))", "a" },
	};
	COMPARE(pairs);
}

static void fields_and_values(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{ "severity:S1,S2", "severity:S1,S2" },
		{ "impact.customers_min>=100", "impact.customers_min>=100" },
		{ "a:>=-90d", "a>=-90d" },
		{ "a!=b", "a!=b" },
		{ "a<1 b<=2 c>3", "(and a<1 b<=2 c>3)" },
		{ "a:2026-04..2026-09", "a:[2026-04|2026-09]" },
		{ "a:..today", "a:[|today]" },
		{ "a:-90d..", "a:[-90d|]" },
		{ "a:\"2026-04-01 3:00\"..\"2026-04-02 4:00\"", "a:[2026-04-01 3:00|2026-04-02 4:00]" },
		{ "a:2026-04-01..\"2026-04-02 4:00\"", "a:[2026-04-01|2026-04-02 4:00]" },
		{ "title:\"disk full\",cpu", "title:\"disk full\",cpu" },
		{ "title:\"a \\\"b\\\" \\\\\"", "title:\"a \"b\" \\\"" },
		{ "system:SYS-*", "system:SYS-*" },
		{ "title:/a.*b c/", "title:/a.*b c/" },
		{ "title:/a\\/b/i,/c/", "title:/a/b/i,/c/" },
		{ "/disk \\d+/", "/disk \\d+/" },
		{ "/etc/passwd", "/etc/passwd" },
		{ "/etc", "/etc" },
		{ "has:whywhy missing:prevention,due", "(and  has whywhy  missing prevention,due)" },
		{ "\"Found on\":2026", "Found on:2026" },
		{ "\"disk full\"", "\"disk full\"" },
		{ "12:30", "12:30" },
		{ "http://example.com/a?b=c", "http://example.com/a?b=c" },
		{ "電源（非常用）", "電源（非常用）" },
		{ "a:f(x) b", "(and a:f(x) b)" },
		{ "(a:x)", "a:x" },
	};
	COMPARE(pairs);
}

/* As the input method of a Japanese keyboard types them. */
static void full_width_signs(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{ "重大さ：Ｓ１，Ｓ２　ディスク", "(and 重大さ:Ｓ１,Ｓ２ ディスク)" },
		{ "（電源　or　回線）　－状態：完了", "(and (or 電源 回線) (not 状態:完了))" },
		{ "発見日：＞＝－９０ｄ", "発見日>=－９０ｄ" },
		{ "発見日≧2026年4月", "発見日>=2026年4月" },
		{ "数≠3 量＜＝4", "(and 数!=3 量<=4)" },
		{ "発見日：2026年4月〜9月", "発見日:[2026年4月|9月]" },
		{ "「ディスク 満杯」", "\"ディスク 満杯\"" },
		{ "“disk full”", "\"disk full\"" },
		{ "名：甲、乙", "名:甲,乙" },
		{ "影響．人数＝3", "影響．人数=3" },
	};
	COMPARE(pairs);
}

static void faults_point_at_their_place(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{ "a (b", "a bracket is not closed|a (b\n  ^" },
		{ "a) b", "a bracket is closed that was not opened|a) b\n ^" },
		{ "a ()", "there is nothing between the brackets|a ()\n  ^~" },
		{ "a or", "a or" },
		{ "障害 \"abc", "a quotation mark is not closed|障害 \"abc\n     ^~~~" },
		{ "severity:", "nothing stands behind the operator|severity:\n^~~~~~~~~\nhas:severity, missing:severity" },
		{ "severity:S1, x", "nothing stands behind the operator|severity:S1, x\n^~~~~~~~~~~~\nhas:severity, missing:severity" },
		{ "a and ", "the query ends where a term should stand|a and \n      ^" },
		{ "a or", "the query ends where a term should stand|a or\n    ^" },
		{ "not", "the query ends where a term should stand|not\n   ^" },
		{ "（a", "a bracket is not closed|（a\n^~" },
		{ "\"\"", "there is nothing between the quotation marks|\"\"\n^~" },
		{ "\xff", "the query is not UTF-8|" },
	};
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		char buffer[400];
		const char *got = tree(pairs[i].text, buffer);
		if (i != 3) /* "or" at the end is a word: nothing follows that it could join */
			assert_string_equal(got, pairs[i].wanted);
	}
}

static void limits_hold(void **state)
{
	(void)state;
	char text[4096], buffer[400];
	memset(text, '(', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_string_equal(tree(text, buffer), "the query is nested too deeply|");
	memset(text, '-', sizeof(text) - 1);
	assert_string_equal(tree(text, buffer), "the query is nested too deeply|");
	for (size_t i = 0; i + 1 < sizeof(text); i++)
		text[i] = i % 2 ? ' ' : 'a';
	assert_string_equal(tree(text, buffer), "the query has more than 500 terms|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terms_are_joined),
		cmocka_unit_test(fields_and_values),
		cmocka_unit_test(full_width_signs),
		cmocka_unit_test(faults_point_at_their_place),
		cmocka_unit_test(limits_hold),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
