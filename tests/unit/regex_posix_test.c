#include "unit.h"

#include "base/regex.h"
#include "base/regex_posix.h"

#include <string.h>

enum { BASIC = 0, EXTENDED = FMR_POSIX_EXTENDED };

static int match(const char *pattern, unsigned flags, const char *text, size_t span[2])
{
	struct fmr_str words;
	struct fmr_regex *regex = NULL;
	size_t at;
	fmr_str_init(&words);
	int result = -1;
	if (!fmr_regex_from_posix(pattern, strlen(pattern), flags, &words, &at) &&
		!fmr_regex_new(words.bytes, words.length, FMR_REGEX_LINES, &regex, NULL))
		result = fmr_regex_search(regex, text, strlen(text), 0, span);
	fmr_regex_free(regex);
	fmr_str_release(&words);
	return result;
}

static void finds(const char *pattern, unsigned flags, const char *text, const char *wanted)
{
	size_t span[2] = { 0, 0 };
	const int result = match(pattern, flags, text, span);
	if (!wanted && result == FMR_REGEX_NO)
		return;
	if (!wanted || result != FMR_REGEX_YES || span[1] - span[0] != strlen(wanted) ||
		memcmp(text + span[0], wanted, strlen(wanted)) != 0)
		fail_msg("/%s/ in '%s': result %d, '%.*s'", pattern, text, result, (int)(span[1] - span[0]), text + span[0]);
}

static void basic_patterns(void **state)
{
	(void)state;
	finds("a+b", BASIC, "aab a+b", "a+b");
	finds("a\\+b", BASIC, "aab a+b", "aab");
	finds("*a", BASIC, "b*a", "*a");
	finds("\\(*a\\)", BASIC, "b*a", "*a");
	finds("^*a", BASIC, "*a", "*a");
	finds("x^y", BASIC, "x^y", "x^y");
	finds("a\\|^b", BASIC, "c\nb", "b");
	finds("x$y", BASIC, "x$y", "x$y");
	finds("\\(a$\\)", BASIC, "b\na", "a");
	finds("a\\{2,3\\}", BASIC, "aaaa", "aaa");
	finds("a\\{,2\\}b", BASIC, "aaab", "aab");
	finds("a{2}", BASIC, "aa a{2}", "a{2}");
	finds("\\(.\\)\\1", BASIC, "abccd", "cc");
	finds("\\<bar\\>", BASIC, "foobar bar", "bar");
	finds("(a)", BASIC, "(a)", "(a)");
	finds("a**", BASIC, "aaa", "aaa");
}

static void extended_patterns(void **state)
{
	(void)state;
	finds("(ab|c)+", EXTENDED, "xabcabz", "abcab");
	finds("a{2}", EXTENDED, "aa", "aa");
	finds("a{x", EXTENDED, "a{x", "a{x");
	finds("a+*b", EXTENDED, "aaab", "aaab");  /* no possessive "a+*" */
	finds("a*+b", EXTENDED, "aaab", "aaab");
	finds("a+?b", EXTENDED, "ab", "ab");      /* no lazy "a+?" */
	finds("(a*)+$", EXTENDED, "aaa", "aaa");
	finds("\\.", EXTENDED, "a.b", ".");
	finds("\\d", EXTENDED, "5d", "d");        /* no escape of POSIX */
	finds("()b", EXTENDED, "ab", "b");
	finds("a|", EXTENDED, "b", "");
}

static void brackets(void **state)
{
	(void)state;
	finds("[]a]", BASIC, "x]", "]");
	finds("[^]a]", BASIC, "a]x", "x");
	finds("[\\n]", BASIC, "\\", "\\");        /* a backslash is one */
	finds("[a-]", BASIC, "-", "-");
	finds("[[:digit:]x]*", BASIC, "1x2y", "1x2");
	finds("[^[:space:]a]", BASIC, " a接", "接");
	finds("[^a]b", BASIC, "a\nb", NULL);      /* never over a line end */
	finds("[[:space:]]b", BASIC, "a\nb", NULL);
	finds("a[\t-z]*", BASIC, "a\nb", "a");
	finds("\\Wb", BASIC, "a\nb", NULL);
	finds("[[.-.]]", BASIC, "a-", "-");
	finds("[[=a=]b]", BASIC, "a", "a");
	finds("[あ-ん]", BASIC, "アか", "か");
	finds("[$.*[]", BASIC, "[", "[");
}

static void refuses(void **state)
{
	static const char *const basic[] = { "[a", "[[:nothing:]]", "[z-a]", "\\(a", "a\\)", "a\\", "a\\{2", "a\\{3,2\\}",
		"a\\{99999\\}", "[[.ab.]]", "\\1", "[a-[:digit:]]" };
	static const char *const extended[] = { "(a", "a)", "*a", "a|*b", "(+)", "a{3,2}", "[[", "(?:b)", "\\" };
	size_t span[2];
	(void)state;
	for (size_t i = 0; i < sizeof(basic) / sizeof(*basic); i++)
		if (match(basic[i], BASIC, "a", span) >= 0)
			fail_msg("basic /%s/ should be refused", basic[i]);
	for (size_t i = 0; i < sizeof(extended) / sizeof(*extended); i++)
		if (match(extended[i], EXTENDED, "a", span) >= 0)
			fail_msg("extended /%s/ should be refused", extended[i]);
}

static void quotes(void **state)
{
	struct fmr_str words;
	struct fmr_regex *regex;
	const char *text = "a.b*(c)[d]{e}^$|?+\\#-接 ";
	size_t span[2];
	(void)state;
	fmr_str_init(&words);
	fmr_regex_quote(&words, text, strlen(text));
	assert_int_equal(fmr_regex_new(words.bytes, words.length, FMR_REGEX_LINES, &regex, NULL), 0);
	assert_int_equal(fmr_regex_search(regex, text, strlen(text), 0, span), FMR_REGEX_YES);
	assert_int_equal(span[1], strlen(text));
	fmr_regex_free(regex);
	fmr_str_release(&words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(basic_patterns),
		cmocka_unit_test(extended_patterns),
		cmocka_unit_test(brackets),
		cmocka_unit_test(refuses),
		cmocka_unit_test(quotes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
