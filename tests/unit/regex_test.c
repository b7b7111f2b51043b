#include "unit.h"

#include "base/regex.h"

#include <string.h>

static enum fmr_regex_result match(const char *pattern, const char *text)
{
	struct fmr_regex *regex;
	struct fmr_err err;
	if (fmr_regex_new(pattern, strlen(pattern), FMR_REGEX_ECMA, &regex, &err)) {
		print_message("# %s: %s\n", pattern, err.text);
		return (enum fmr_regex_result)-1;
	}
	enum fmr_regex_result result = fmr_regex_search(regex, text, strlen(text), 0, NULL);
	fmr_regex_free(regex);
	return result;
}

static void yes(const char *pattern, const char *text)
{
	if (match(pattern, text) != FMR_REGEX_YES)
		fail_msg("/%s/ should match '%s'", pattern, text);
}

static void no(const char *pattern, const char *text)
{
	if (match(pattern, text) != FMR_REGEX_NO)
		fail_msg("/%s/ should not match '%s'", pattern, text);
}

static void bad(const char *pattern)
{
	struct fmr_regex *regex = NULL;
	if (fmr_regex_new(pattern, strlen(pattern), FMR_REGEX_ECMA, &regex, NULL) == 0) {
		fmr_regex_free(regex);
		fail_msg("/%s/ should be refused", pattern);
	}
}

static void follows_ecma_where_pcre_differs(void **state)
{
	(void)state;
	yes("^abc$", "abc");
	no("^abc$", "abc\n");
	no("^\\d$", "\u07c0");
	no("^\\w$", "é");
	yes("^\\W$", "é");
	yes("^[\\W]$", "é");
	yes("^\\s$", "\u2029");
	yes("^\\s$", "\ufeff");
	yes("^[\\s]$", "\u00a0");
	no("^\\s$", "\xc2\x85");
	no("^\\S$", "\u3000");
	yes("^[\\S]$", "\xc2\x85");
	no("^[\\S]$", "\u2003");
	yes("^\\cc$", "\003");
	yes("^[\\cC]$", "\003");
	yes("^.$", "\U0001F409");
	no("^.$", "\u2028");
	yes("^\\u{1F409}$", "\U0001F409");
	yes("^\\uD83D\\uDC09$", "\U0001F409");
	yes("^[\\uD83D\\uDC09]$", "\U0001F409");
	yes("^[\\u{1F400}-\\u{1F4FF}]*$", "\U0001F409\U0001F410");
	no("\\uD83D", "\U0001F409");
	yes("^[^]$", "\n");
	no("[]", "a");
	yes("^[^\\uD800]$", "x");
	yes("^\\p{Letter}+$", "éa漢");
	yes("^\\p{digit}+$", "৪২");
	yes("^\\p{Script=Greek}$", "α");
	yes("^\\p{sc=Hiragana}$", "あ");
	yes("^\\p{gc=Lu}\\P{Uppercase_Letter}$", "Aa");
	yes("^\\p{Emoji}$", "\U0001F409");
	yes("^[\\p{L}-]$", "-");
	yes("(?<=\\$)\\d+", "$42");
	no("(?<!\\$)\\b\\d+", "$42");
	yes("^(?<y>\\d{4})-\\k<y>$", "2012-2012");
	yes("^(?:(a)|b)\\1$", "b");
	yes("^[[:alpha:]]$", ":]");
	yes("^[^^]$", "a");
	yes("^a{,3}$", "a{,3}");
	yes("^a{2,3}?$", "aa");
	yes("^\\/\\-\\_\\@$", "/-_@");
	no("^[^\\D\\p{L}]$", "漢");
	no("^[^\\W\\u0061\\p{Alphabetic}]$", "漢");
	yes("^[\\D]$", "漢");
	no("^[\\W]$", "_");
	no("\\0", "\001");
}

static void refuses_what_is_not_ecma(void **state)
{
	(void)state;
	static const char *const patterns[] = { "^(abc]", "a**", "a++", "a{2}+", "(?>a)", "(?P<a>b)", "(*UTF)a", "*a", "\\Z",
		"\\A", "\\Qa\\E", "[b-a]", "[\\d-z]", "(a", "a)", "[a", "a\\", "\\u12", "\\x1", "\\p{Nonsense}", "\\pL",
		"\\1", "\\08", "(?<a>x)(?<a>y)", "x{3,2}", "\\u{110000}", "\\c1", "(?<n", "+", "(?R)", "(?(1)a)", "\\C" };
	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++)
		bad(patterns[i]);
}

static void gives_up_on_catastrophes(void **state)
{
	(void)state;
	char text[64];
	memset(text, 'a', sizeof(text) - 2);
	text[sizeof(text) - 2] = 'b';
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(match("^(a+)+$", text), FMR_REGEX_LIMIT);
	assert_int_equal(match("^(a|aa)+$", text), FMR_REGEX_LIMIT);
}

static void survives_long_text(void **state)
{
	(void)state;
	static char text[1 << 20];
	memset(text, 'a', sizeof(text) - 1);
	assert_true(match("^(?:a|b)*$", text) != (enum fmr_regex_result)-1);
	assert_int_equal(match("b$", text), FMR_REGEX_NO);
}

static void finds_words_and_literals(void **state)
{
	(void)state;
	struct fmr_regex *regex;
	size_t span[2];
	assert_int_equal(fmr_regex_new("a.b", 3, FMR_REGEX_FIXED | FMR_REGEX_ICASE, &regex, NULL), 0);
	assert_int_equal(fmr_regex_search(regex, "axb A.B", 7, 0, span), FMR_REGEX_YES);
	assert_int_equal(span[0], 4);
	assert_int_equal(span[1], 7);
	fmr_regex_free(regex);
	assert_int_equal(fmr_regex_new("\\w*$", 4, FMR_REGEX_LINES | FMR_REGEX_FILLED, &regex, NULL), 0);
	assert_int_equal(fmr_regex_search(regex, "\n\xff\n-éa\nb", 9, 0, span), FMR_REGEX_YES);
	assert_int_equal(span[0], 4);
	assert_int_equal(span[1], 7);
	fmr_regex_free(regex);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_ecma_where_pcre_differs),
		cmocka_unit_test(refuses_what_is_not_ecma),
		cmocka_unit_test(gives_up_on_catastrophes),
		cmocka_unit_test(survives_long_text),
		cmocka_unit_test(finds_words_and_literals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
