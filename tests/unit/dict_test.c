#include "unit.h"

#include "base/dict.h"

#include <stdio.h>

static void holds_many(void **state)
{
	(void)state;
	struct fmr_dict dict;
	fmr_dict_init(&dict);
	size_t number = 7;
	assert_false(fmr_dict_get(&dict, "x", &number));
	char key[32];
	for (size_t i = 0; i < 5000; i++) {
		snprintf(key, sizeof(key), "key-%zu", i);
		assert_true(fmr_dict_add(&dict, key, i));
	}
	assert_false(fmr_dict_add(&dict, "key-17", 0));
	for (size_t i = 0; i < 5000; i++) {
		snprintf(key, sizeof(key), "key-%zu", i);
		assert_true(fmr_dict_get(&dict, key, &number));
		assert_int_equal(number, i);
	}
	assert_false(fmr_dict_get(&dict, "key-5000", &number));
	fmr_dict_release(&dict);
	assert_false(fmr_dict_get(&dict, "key-1", &number));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(holds_many) };
	return cmocka_run_group_tests_name("dict", tests, NULL, NULL);
}
