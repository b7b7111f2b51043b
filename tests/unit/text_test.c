#include "unit.h"

#include "base/text.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void alike_texts_fold_alike(void **state)
{
	(void)state;
	static const struct {
		const char *text, *folded;
	} rows[] = {
		{ "ABC xyz", "abc xyz" },
		{ "ｻｰﾊﾞ", "さば" },
		{ "サーバ", "さば" },
		{ "サーバー", "さば" },
		{ "サ-バ", "さば" },
		{ "サ−バ", "さば" },
		{ "サ‐バー", "さば" },
		{ "サ～バ", "さば" },
		{ "さーば", "さば" },
		{ "ＩＴ－ＢＣＰ", "it-bcp" },
		{ "INC-20261121-7KQ2", "inc-20261121-7kq2" },
		{ "ガギ ｶﾞｷﾞ", "がぎ がぎ" },
		{ "①㍻", "1平成" },
		{ "ヴァイオリン", "ゔぁいおりん" },
		{ "Straße", "strasse" },
		{ "システム-A", "しすてむ-a" },
		{ "a\xE2\x80\x8B" "b", "ab" }, /* zero width space */
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fmr_str out;
		fmr_str_init(&out);
		fmr_text_fold(&out, rows[i].text, strlen(rows[i].text));
		assert_string_equal(out.bytes, rows[i].folded);
		fmr_str_release(&out);
	}
}

static void utf8_is_checked(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t valid;
	} rows[] = {
		{ "", 0 },
		{ "plain ascii of more than eight bytes", 36 },
		{ "日本語", 9 },
		{ "\xF0\x9F\x8D\xA3", 4 },
		{ "ab\x80", 2 },
		{ "ab\xC0\xAF", 2 },
		{ "\xE0\x80\xAF", 0 },
		{ "\xED\xA0\x80", 0 },
		{ "\xF4\x90\x80\x80", 0 },
		{ "\xF8\x88\x80\x80\x80", 0 },
		{ "日\xE6\x9C", 3 },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(fmr_utf8_valid(rows[i].text, strlen(rows[i].text)), rows[i].valid);
	size_t size;
	assert_int_equal(fmr_utf8_decode("\xF0\x9F\x8D\xA3", 4, &size), 0x1F363);
	assert_int_equal(size, 4);
	assert_int_equal(fmr_utf8_decode("\xF0\x9F\x8D", 3, &size), 0xFFFD);
	assert_int_equal(size, 1);
	struct fmr_str out;
	fmr_str_init(&out);
	fmr_utf8_encode(&out, 0xD800);
	fmr_utf8_encode(&out, 0x110000);
	fmr_utf8_encode(&out, 0x3042);
	assert_string_equal(out.bytes, "\xEF\xBF\xBD\xEF\xBF\xBDあ");
	fmr_str_release(&out);
	assert_int_equal(fmr_utf8_count("aあ🍣", 8), 3);
}

static void columns_of_a_terminal(void **state)
{
	(void)state;
	assert_int_equal(fmr_text_width("abc", 3), 3);
	assert_int_equal(fmr_text_width("障害ｱ", 9), 5);
	assert_int_equal(fmr_text_width("e\xCC\x81", 3), 1);
	assert_int_equal(fmr_text_fit("障害x", 7, 3), 3);
	assert_int_equal(fmr_text_fit("障害x", 7, 4), 6);
	assert_int_equal(fmr_text_fit("e\xCC\x81x", 4, 1), 3);
	assert_int_equal(fmr_text_fit("", 0, 5), 0);
}

static void terminals_are_not_steered(void **state)
{
	(void)state;
	static const struct {
		const char *text, *escaped;
		bool keep_lines;
	} rows[] = {
		{ "\x1b[31mx", "\\x1b[31mx", false },
		{ "a\nb\tc", "a\\x0ab\\x09c", false },
		{ "a\nb\tc\r", "a\nb\tc\\x0d", true },
		{ "\xE2\x80\xAE" "abc", "\\u202eabc", true },
		{ "\xC2\x9B" "31m", "\\x9b31m", true },
		{ "\x7F\xFF", "\\x7f\\xff", true },
		{ "障害 🍣", "障害 🍣", true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fmr_str out;
		fmr_str_init(&out);
		fmr_text_escape(&out, rows[i].text, strlen(rows[i].text), rows[i].keep_lines);
		assert_string_equal(out.bytes, rows[i].escaped);
		fmr_str_release(&out);
	}
}

static void the_nearest_word_is_found(void **state)
{
	(void)state;
	static const char *const words[] = { "severity", "system", "title", "timeline", "S1", "S2", "対応中" };
	static const struct {
		const char *word, *nearest;
	} rows[] = {
		{ "sevrity", "severity" },
		{ "sytsem", "system" },
		{ "Titel", "title" },
		{ "sev", "severity" },
		{ "timelines", "timeline" },
		{ "S7", "S1" },
		{ "対応", "対応中" },
		{ "xyzzy", NULL },
		{ "", NULL },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *found = fmr_text_nearest(rows[i].word, words, COUNT(words));
		if (rows[i].nearest)
			assert_string_equal(found, rows[i].nearest);
		else
			assert_null(found);
	}
	assert_int_equal(fmr_text_distance("abc", "abc"), 0);
	assert_int_equal(fmr_text_distance("abc", "acb"), 1);
	assert_int_equal(fmr_text_distance("", "abc"), 3);
	assert_int_equal(fmr_text_distance("障害", "障碍"), 1);
}

/* A letter at the end that needs the tables of Unicode sends the whole text the long way. */
static void both_ways_of_folding_agree(void **state)
{
	static const char *const letters[] = { "a", "Z", "-", "~", " ", "\n", "ー", "－", "～", "〜", "さ", "サ", "バ", "ヴ", "ヷ", "ヽ",
		"ゝ", "々", "〇", "接", "㐀", "鿿", "、", "「", "　", "Ａ", "ｚ", "！", "・", "ヶ" };
	const size_t count = sizeof(letters) / sizeof(*letters);
	struct fmr_str text, quick, slow;
	uint32_t seed = 1;
	(void)state;
	fmr_str_init(&text);
	fmr_str_init(&quick);
	fmr_str_init(&slow);
	for (int i = 0; i < 5000; i++) {
		fmr_str_clear(&text);
		fmr_str_clear(&quick);
		fmr_str_clear(&slow);
		for (int j = 0; j < i % 9; j++) {
			seed = seed * 1664525 + 1013904223;
			fmr_str_puts(&text, letters[(seed >> 8) % count]);
		}
		fmr_text_fold(&quick, text.bytes, text.length);
		fmr_str_puts(&text, "é");
		fmr_text_fold(&slow, text.bytes, text.length);
		fmr_str_puts(&quick, "é");
		assert_string_equal(quick.bytes, slow.bytes);
	}
	fmr_str_release(&text);
	fmr_str_release(&quick);
	fmr_str_release(&slow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alike_texts_fold_alike),
		cmocka_unit_test(both_ways_of_folding_agree),
		cmocka_unit_test(utf8_is_checked),
		cmocka_unit_test(columns_of_a_terminal),
		cmocka_unit_test(terminals_are_not_steered),
		cmocka_unit_test(the_nearest_word_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
