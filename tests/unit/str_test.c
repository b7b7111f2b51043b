#include "unit.h"

#include "base/str.h"

static void splice_replaces_in_the_middle(void **state)
{
	(void)state;
	struct fmr_str str;
	fmr_str_init(&str);
	fmr_str_puts(&str, "abcdef");
	fmr_str_splice(&str, 2, 2, "XYZ", 3);
	assert_string_equal(str.bytes, "abXYZef");
	fmr_str_splice(&str, 7, 0, "!", 1);
	assert_string_equal(str.bytes, "abXYZef!");
	fmr_str_release(&str);
	assert_string_equal(str.bytes, "");
}

static void printf_grows(void **state)
{
	(void)state;
	struct fmr_str str;
	fmr_str_init(&str);
	for (int i = 0; i < 1000; i++)
		fmr_str_printf(&str, "%03d", i);
	assert_int_equal(str.length, 3000);
	assert_memory_equal(str.bytes + 2997, "999", 4);
	fmr_str_release(&str);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splice_replaces_in_the_middle),
		cmocka_unit_test(printf_grows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
