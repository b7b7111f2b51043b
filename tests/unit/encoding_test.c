#include "unit.h"

#include "base/encoding.h"

#include <string.h>

static void guesses(void **state)
{
	(void)state;
	static const struct { const char *bytes; size_t length; const char *name; } cases[] = {
		{ "", 0, "utf-8" },
		{ "plain", 5, "utf-8" },
		{ "障害", 6, "utf-8" },
		{ "\xEF\xBB\xBF" "a", 4, "utf-8" },
		{ "\xFF\xFE" "a\0", 4, "utf-16le" },
		{ "\xFE\xFF" "\0a", 4, "utf-16be" },
		{ "\x8F\xE1\x8A\x51", 4, "cp932" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(
			fmr_encoding_name(fmr_encoding_guess(cases[i].bytes, cases[i].length)), cases[i].name);
}

static void decodes(void **state)
{
	(void)state;
	static const struct { const char *bytes; size_t length; const char *encoding, *text; bool mark; } cases[] = {
		{ "\xEF\xBB\xBF障害", 9, "auto", "障害", true },
		{ "\x8F\xE1\x8A\x51\x87\x40", 6, "auto", "障害①", false }, /* ① is in CP932, not in Shift_JIS */
		{ "\xBB\xB6", 2, "Shift_JIS", "ｻｶ", false },
		{ "\xFF\xFE\x9C\x96\xB3\x5B", 6, "auto", "障害", true },
		{ "\xFE\xFF\x96\x9C\x5B\xB3", 6, "auto", "障害", true },
		{ "\x9C\x96\xB3\x5B", 4, "utf-16le", "障害", false },
		{ "\x3D\xD8\x25\xDD", 4, "utf-16le", "🔥", false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		enum fmr_encoding encoding, used;
		assert_true(fmr_encoding_parse(cases[i].encoding, &encoding));
		struct fmr_str text;
		fmr_str_init(&text);
		bool mark = false;
		assert_int_equal(
			fmr_encoding_decode(cases[i].bytes, cases[i].length, encoding, &text, &used, &mark, NULL, NULL),
			0);
		assert_string_equal(text.bytes, cases[i].text);
		assert_int_equal(mark, cases[i].mark);
		fmr_str_release(&text);
	}
}

static void refuses(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t length;
		enum fmr_encoding encoding;
		size_t line;
		const char *says;
	} cases[] = {
		{"a\nb\nc\xFF", 6, FMR_ENCODING_UTF8, 3, "line 3: byte 0xFF (offset 5) is not valid utf-8"},
		{"a\n\x81", 3, FMR_ENCODING_CP932, 2, "line 2: byte 0x81 (offset 2) is not valid cp932"},
		{"\x8F\xE1\n\xFD", 4, FMR_ENCODING_GUESS, 2, "line 2: byte 0xFD (offset 3) is not valid cp932"},
		{"a\0b\0\xFF", 4, FMR_ENCODING_GUESS, 1, "line 1: the text holds a NUL byte"},
		{"\x1C", 1, FMR_ENCODING_UTF16LE, 1, "line 1: byte 0x1C (offset 0) is not valid utf-16le"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fmr_str text;
		fmr_str_init(&text);
		struct fmr_err err = { 0 };
		size_t line = 0;
		assert_int_equal(fmr_encoding_decode(cases[i].bytes, cases[i].length, cases[i].encoding, &text, NULL,
					 NULL, &line, &err),
			FMR_ERR_INVALID);
		assert_int_equal(line, cases[i].line);
		assert_string_equal(err.text, cases[i].says);
		assert_true(err.hint[0]);
		/* the code does not depend on a struct fmr_err that wants to hear more */
		assert_int_equal(fmr_encoding_decode(cases[i].bytes, cases[i].length, cases[i].encoding, &text, NULL,
					 NULL, &line, NULL),
			FMR_ERR_INVALID);
		fmr_str_release(&text);
	}
	enum fmr_encoding encoding;
	assert_false(fmr_encoding_parse("latin-1", &encoding));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(guesses),
		cmocka_unit_test(decodes),
		cmocka_unit_test(refuses),
	};
	return cmocka_run_group_tests_name("encoding", tests, NULL, NULL);
}
