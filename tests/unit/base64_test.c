#include "unit.h"

#include "base/base64.h"

#include <stdlib.h>
#include <string.h>

static void both_ways(void **state)
{
	(void)state;
	/* RFC 4648, section 10 */
	static const char *const rows[][3] = { { "", "", "" }, { "f", "Zg==", "Zg" }, { "fo", "Zm8=", "Zm8" },
		{ "foo", "Zm9v", "Zm9v" }, { "foob", "Zm9vYg==", "Zm9vYg" }, { "fooba", "Zm9vYmE=", "Zm9vYmE" },
		{ "foobar", "Zm9vYmFy", "Zm9vYmFy" }, { "\xfb\xff\xfe", "+//+", "+//+" } };
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fmr_str out;
		fmr_str_init(&out);
		fmr_base64_encode(&out, rows[i][0], strlen(rows[i][0]), true);
		assert_string_equal(out.bytes, rows[i][1]);
		fmr_str_clear(&out);
		fmr_base64_encode(&out, rows[i][0], strlen(rows[i][0]), false);
		assert_string_equal(out.bytes, rows[i][2]);
		fmr_str_release(&out);
		unsigned char bytes[16];
		size_t size;
		assert_true(fmr_base64_decode(rows[i][1], strlen(rows[i][1]), bytes, &size));
		assert_int_equal(size, strlen(rows[i][0]));
		assert_memory_equal(bytes, rows[i][0], size);
	}
}

static void one_spelling(void **state)
{
	(void)state;
	static const char *const wrong[] = { "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v\n", "Zm 9", "====", "=", "Z===", "Zg==Zg==",
		"Z=g=", "Zm9_", "Zm9-", "Zm\xc3\xa9" };
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		unsigned char bytes[16];
		size_t size;
		if (fmr_base64_decode(wrong[i], strlen(wrong[i]), bytes, &size))
			fail_msg("'%s' was taken", wrong[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways),
		cmocka_unit_test(one_spelling),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
