#include "unit.h"

#include "base/decimal.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static struct fmr_text t(const char *text)
{
	return (struct fmr_text){ text, strlen(text) };
}

static void compares_exactly(void **state)
{
	(void)state;
	assert_true(fmr_decimal_compare(t("1.0"), t("1")) == 0);
	assert_true(fmr_decimal_compare(t("-0"), t("0.000")) == 0);
	assert_true(fmr_decimal_compare(t("100"), t("1e2")) == 0);
	assert_true(fmr_decimal_compare(t("1.10"), t("11E-1")) == 0);
	assert_true(fmr_decimal_compare(t("0.1"), t("0.09999999999999999999999")) > 0);
	assert_true(fmr_decimal_compare(t("-5"), t("-4.9")) < 0);
	assert_true(fmr_decimal_compare(t("-1"), t("0")) < 0);
	assert_true(fmr_decimal_compare(t("0"), t("1e-400")) < 0);
	assert_true(fmr_decimal_compare(t("18446744073709551600"), t("18446744073709551615")) < 0);
	assert_true(fmr_decimal_compare(t("972783798187987123879878123.188781371"), t("972783798187987123879878123.18878137")) > 0);
	assert_true(fmr_decimal_compare(t("1e99999999999999999999"), t("1e99999999999")) > 0);
	assert_true(fmr_decimal_compare(t("1e-99999999999999999999"), t("0")) > 0);
}

static void knows_integers(void **state)
{
	(void)state;
	assert_true(fmr_decimal_is_integer(t("1.0")));
	assert_true(fmr_decimal_is_integer(t("1.5e1")));
	assert_true(fmr_decimal_is_integer(t("-0.0")));
	assert_false(fmr_decimal_is_integer(t("1.05e1")));
	assert_false(fmr_decimal_is_integer(t("1e-1")));
	assert_true(fmr_decimal_is_integer(t("1e308")));
	long long out;
	assert_true(fmr_decimal_to_integer(t("9223372036854775807"), &out) && out == LLONG_MAX);
	assert_true(fmr_decimal_to_integer(t("-9223372036854775808"), &out) && out == LLONG_MIN);
	assert_false(fmr_decimal_to_integer(t("9223372036854775808"), &out));
	assert_true(fmr_decimal_to_integer(t("12.50e2"), &out) && out == 1250);
	assert_false(fmr_decimal_to_integer(t("12.5"), &out));
}

static void divides_exactly(void **state)
{
	(void)state;
	assert_true(fmr_decimal_is_multiple(t("0.0075"), t("0.0001")));
	assert_false(fmr_decimal_is_multiple(t("0.00751"), t("0.0001")));
	assert_true(fmr_decimal_is_multiple(t("4.5"), t("1.5")));
	assert_true(fmr_decimal_is_multiple(t("1e308"), t("0.123456789")) == false);
	assert_true(fmr_decimal_is_multiple(t("1e308"), t("0.5")));
	assert_true(fmr_decimal_is_multiple(t("12391239123"), t("1e-8")));
	assert_true(fmr_decimal_is_multiple(t("1e1000000000"), t("3")) == false);
	assert_true(fmr_decimal_is_multiple(t("3e1000000000"), t("3")));
	assert_true(fmr_decimal_is_multiple(t("246913578024691357802469135780246913578"), t("123456789012345678901234567890123456789")));
	assert_false(fmr_decimal_is_multiple(t("246913578024691357802469135780246913579"), t("123456789012345678901234567890123456789")));
	assert_true(fmr_decimal_is_multiple(t("1e40"), t("152587890625000000000000000000000001.0")) == false);
	assert_true(fmr_decimal_is_multiple(t("0"), t("7.1")));
	assert_true(fmr_decimal_is_multiple(t("-9"), t("3")));
}

static void normal_forms_agree(void **state)
{
	(void)state;
	static const char *const same[] = { "1200", "1.2e3", "0.0012E6", "1200.00" };
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
		char *normal = fmr_decimal_normal(t(same[i]));
		assert_string_equal(normal, "12e2");
		free(normal);
		assert_int_equal(fmr_decimal_hash(t(same[i])), fmr_decimal_hash(t("1200")));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compares_exactly),
		cmocka_unit_test(knows_integers),
		cmocka_unit_test(divides_exactly),
		cmocka_unit_test(normal_forms_agree),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
