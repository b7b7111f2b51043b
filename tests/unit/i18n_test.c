#include "unit.h"

#include "base/i18n.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Two entries, sorted: "" and "one\0many". */
static size_t make_catalogue(unsigned char *out)
{
	static const char texts[] = "\0one\0many\0Header: x\n\0eins\0viele";
	const uint32_t words[] = { 0x950412de, 0, 2, 28, 44, 0, 0,
		0, 60, 8, 61,      /* "" and "one\0many" */
		10, 70, 10, 81 };  /* their translations */
	memcpy(out, words, sizeof(words));
	memcpy(out + sizeof(words), texts, sizeof(texts));
	return sizeof(words) + sizeof(texts);
}

static bool load(const unsigned char *bytes, size_t length)
{
	char name[] = "/tmp/fmrec-i18n-XXXXXX";
	int file = mkstemp(name);
	assert_true(file >= 0);
	assert_int_equal(write(file, bytes, length), (ssize_t)length);
	close(file);
	bool loaded = fmr_catalogue_load(name);
	unlink(name);
	return loaded;
}

static void without_a_catalogue_text_is_itself(void **state)
{
	(void)state;
	assert_false(fmr_catalogue_load("/nonexistent"));
	assert_string_equal(fmr_translate("one"), "one");
	assert_string_equal(fmr_translate_plural("one", "many", 1), "one");
	assert_string_equal(fmr_translate_plural("one", "many", 0), "many");
}

static void a_cut_catalogue_does_no_harm(void **state)
{
	(void)state;
	unsigned char bytes[256];
	size_t length = make_catalogue(bytes);
	for (size_t cut = 0; cut < length; cut++) {
		load(bytes, cut);
		fmr_translate("one");
		fmr_translate("zzz");
		fmr_translate_plural("one", "many", 2);
	}
}

static void a_damaged_catalogue_does_no_harm(void **state)
{
	(void)state;
	unsigned char bytes[256];
	size_t length = make_catalogue(bytes);
	for (size_t i = 4; i < length; i++)
		for (unsigned value = 0; value < 256; value += 51) {
			unsigned char before = bytes[i];
			bytes[i] = (unsigned char)value;
			load(bytes, length);
			fmr_translate("one");
			fmr_translate_plural("one", "many", 2);
			bytes[i] = before;
		}
}

static void a_catalogue_translates(void **state)
{
	(void)state;
	unsigned char bytes[256];
	size_t length = make_catalogue(bytes);
	assert_true(load(bytes, length));
	assert_string_equal(fmr_translate("one"), "eins");
	assert_string_equal(fmr_translate_plural("one", "many", 2), "viele");
	assert_string_equal(fmr_translate_plural("one", "many", 1), "eins");
	assert_string_equal(fmr_translate("unknown"), "unknown");
	assert_string_equal(fmr_translate(""), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_catalogue_text_is_itself),
		cmocka_unit_test(a_cut_catalogue_does_no_harm),
		cmocka_unit_test(a_damaged_catalogue_does_no_harm),
		cmocka_unit_test(a_catalogue_translates),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
