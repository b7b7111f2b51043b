#include "unit.h"

#include "base/regex.h"
#include "base/regex_fold.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

static struct fmr_regex *pattern_of(const char *word)
{
	struct fmr_str pattern;
	struct fmr_regex *regex = NULL;
	fmr_str_init(&pattern);
	if (fmr_regex_from_word(word, strlen(word), &pattern))
		assert_int_equal(fmr_regex_new(pattern.bytes, pattern.length, FMR_REGEX_LINES, &regex, NULL), 0);
	fmr_str_release(&pattern);
	return regex;
}

static bool finds(const char *word, const char *text)
{
	struct fmr_regex *regex = pattern_of(word);
	assert_non_null(regex);
	const bool found = fmr_regex_search(regex, text, strlen(text), 0, NULL) == FMR_REGEX_YES;
	fmr_regex_free(regex);
	return found;
}

static void finds_what_people_mean(void **state)
{
	(void)state;
	assert_true(finds("ｻｰﾊﾞ", "新しいサーバーを"));
	assert_true(finds("サーバー", "ｻｰﾊﾞの"));
	assert_true(finds("さば", "サ-バ"));
	assert_true(finds("server", "ＳＥＲＶＥＲ"));
	assert_true(finds("１２", "12"));
	assert_true(finds("株式会社", "㍿日立"));
	assert_true(finds("会社", "㍿日立"));
	assert_true(finds("10km", "⑩㎞"));
	assert_true(finds("strasse", "Straße"));
	assert_true(finds("接続", "再接続"));
	assert_true(finds("ガ", "か\u3099"));
	assert_false(finds("か", "が"));
	assert_false(finds("か", "か\u3099"));
	assert_false(finds("ハ", "ﾊﾞ"));
	assert_true(finds("あい", "あ-い"));
	assert_false(finds("あい", "あ い"));
	assert_false(finds("か-", "か-な"));
	assert_null(pattern_of("ー"));
	assert_null(pattern_of(""));
}

/* The pattern finds a word where folding both would, and nowhere else. */
static void agrees_with_folding(void **state)
{
	static const char *const letters[] = { "さ", "サ", "ｻ", "は", "ハ", "ﾊ", "バ", "ば", "ﾊﾞ", "か\u3099", "か", "ー", "ｰ", "-", "~",
		"‐", "−", "a", "A", "Ａ", "s", "ß", "S", "㍿", "株", "式", "会", "社", "㌔", "キ", "ロ", "①", "1", "⑩", "0", "\u200b",
		"é", "É", "接", " ", "\n", "％", "%", "…", "." };
	const size_t count = sizeof(letters) / sizeof(*letters);
	uint32_t seed = 1;
	(void)state;
	for (int i = 0; i < 120; i++) {
		char word[64] = "";
		for (int j = 0; j < 1 + i % 4; j++) {
			seed = seed * 1664525 + 1013904223;
			strncat(word, letters[(seed >> 8) % count], sizeof(word) - strlen(word) - 1);
		}
		struct fmr_regex *regex = pattern_of(word);
		struct fmr_str folded_word, folded;
		fmr_str_init(&folded_word);
		fmr_str_init(&folded);
		fmr_text_fold(&folded_word, word, strlen(word));
		const bool dash = strchr("-~", *folded_word.bytes) || strncmp(folded_word.bytes, "‐", 3) == 0 ||
			strncmp(folded_word.bytes, "−", 3) == 0; /* told apart by one character before it alone */
		for (int k = 0; regex && !dash && k < 200; k++) {
			char text[256] = "";
			for (int j = 0; j < k % 5; j++) {
				seed = seed * 1664525 + 1013904223;
				strncat(text, letters[(seed >> 8) % count], 100);
			}
			if (k % 3 == 0)
				strncat(text, word, 100);
			seed = seed * 1664525 + 1013904223;
			strncat(text, letters[(seed >> 8) % count], 100);
			fmr_str_clear(&folded);
			fmr_text_fold(&folded, text, strlen(text));
			const bool wanted = strstr(folded.bytes, folded_word.bytes) != NULL;
			if (wanted != (fmr_regex_search(regex, text, strlen(text), 0, NULL) == FMR_REGEX_YES))
				fail_msg("'%s' in '%s' (%s in %s): folding says %s", word, text, folded_word.bytes, folded.bytes,
					wanted ? "yes" : "no");
		}
		fmr_str_release(&folded_word);
		fmr_str_release(&folded);
		fmr_regex_free(regex);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_people_mean),
		cmocka_unit_test(agrees_with_folding),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
