#include "unit.h"

#include "base/clock.h"
#include "base/period.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct fmr_calendar tokyo = { "Asia/Tokyo", 4 };

/* "2026-04-01T00:00:00 .. 2026-04-30T23:59:59" in Tokyo, or "refused". */
static const char *read_period(const char *text, const struct fmr_calendar *calendar, char out[64])
{
	struct fmr_period period;
	if (!fmr_period_parse(text, strlen(text), calendar, &period))
		return "refused";
	struct fmr_str both;
	fmr_str_init(&both);
	const struct fmr_time from = { .seconds = period.from, .offset = 540 };
	const struct fmr_time until = { .seconds = period.until, .offset = 540 };
	fmr_time_format(&both, &from);
	fmr_str_truncate(&both, 19);
	fmr_str_puts(&both, " ");
	fmr_time_format(&both, &until);
	fmr_str_truncate(&both, 39);
	snprintf(out, 64, "%s", both.bytes);
	fmr_str_release(&both);
	return out;
}

struct pair {
	const char *text, *wanted;
};

static void compare(const struct pair *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char buffer[64];
		const char *got = read_period(pairs[i].text, &tokyo, buffer);
		if (strcmp(got, pairs[i].wanted) != 0)
			print_error("'%s'\n", pairs[i].text);
		assert_string_equal(got, pairs[i].wanted);
	}
}

#define COMPARE(pairs) compare(pairs, sizeof(pairs) / sizeof(*(pairs)))

static void calendar_periods(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{ "2026", "2026-01-01T00:00:00 2026-12-31T23:59:59" },
		{ "2026年", "2026-01-01T00:00:00 2026-12-31T23:59:59" },
		{ "2026-04", "2026-04-01T00:00:00 2026-04-30T23:59:59" },
		{ "２０２６年４月", "2026-04-01T00:00:00 2026-04-30T23:59:59" },
		{ "2024-2", "2024-02-01T00:00:00 2024-02-29T23:59:59" },
		{ "2026/12", "2026-12-01T00:00:00 2026-12-31T23:59:59" },
		{ "2026-11-21", "2026-11-21T00:00:00 2026-11-21T23:59:59" },
		{ "2026年11月21日", "2026-11-21T00:00:00 2026-11-21T23:59:59" },
		{ "2026-11-21 03:12", "2026-11-21T03:12:00 2026-11-21T03:12:59" },
		{ "2026-11-21T03:12:00+09:00", "2026-11-21T03:12:00 2026-11-21T03:12:00" },
		{ "2026-11-20T18:12:00Z", "2026-11-21T03:12:00 2026-11-21T03:12:00" },
		{ "2026-13", "refused" },
		{ "2026-00", "refused" },
		{ "2026年4", "refused" },
		{ "26", "refused" },
		{ "2026q3", "refused" }, /* of which year, the calendar's or the fiscal one? */
		{ "", "refused" },
		{ "soon", "refused" },
	};
	COMPARE(pairs);
}

static void eras_end_where_they_end(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{ "令和8年", "2026-01-01T00:00:00 2026-12-31T23:59:59" },
		{ "㋿8年4月", "2026-04-01T00:00:00 2026-04-30T23:59:59" },
		{ "R8.4", "2026-04-01T00:00:00 2026-04-30T23:59:59" },
		{ "令和元年", "2019-05-01T00:00:00 2019-12-31T23:59:59" },
		{ "平成31年", "2019-01-01T00:00:00 2019-04-30T23:59:59" },
		{ "平成32年", "refused" },
		{ "令和8年11月21日", "2026-11-21T00:00:00 2026-11-21T23:59:59" },
	};
	COMPARE(pairs);
}

static void fiscal_years(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{ "fy2026", "2026-04-01T00:00:00 2027-03-31T23:59:59" },
		{ "FY2026", "2026-04-01T00:00:00 2027-03-31T23:59:59" },
		{ "2026年度", "2026-04-01T00:00:00 2027-03-31T23:59:59" },
		{ "令和8年度", "2026-04-01T00:00:00 2027-03-31T23:59:59" },
		{ "令和元年度", "2019-04-01T00:00:00 2020-03-31T23:59:59" },
		{ "fy2026q3", "2026-10-01T00:00:00 2026-12-31T23:59:59" },
		{ "fy2026-Q4", "2027-01-01T00:00:00 2027-03-31T23:59:59" },
		{ "2026年度第3四半期", "2026-10-01T00:00:00 2026-12-31T23:59:59" },
		{ "2026年度 第１四半期", "2026-04-01T00:00:00 2026-06-30T23:59:59" },
		{ "2026年度上期", "2026-04-01T00:00:00 2026-09-30T23:59:59" },
		{ "fy2026h2", "2026-10-01T00:00:00 2027-03-31T23:59:59" },
		{ "fy2026q5", "refused" },
		{ "fy26", "refused" },
	};
	COMPARE(pairs);
	char buffer[64];
	const struct fmr_calendar january = { "Asia/Tokyo", 1 };
	assert_string_equal(read_period("fy2026q3", &january, buffer), "2026-07-01T00:00:00 2026-09-30T23:59:59");
}

static void in_terms_of_now(void **state)
{
	(void)state;
	setenv("FMREC_NOW", "2026-03-31T03:12:00+09:00", 1); /* a Tuesday, in fiscal year 2025 */
	static const struct pair pairs[] = {
		{ "today", "2026-03-31T00:00:00 2026-03-31T23:59:59" },
		{ "昨日", "2026-03-30T00:00:00 2026-03-30T23:59:59" },
		{ "-90d", "2025-12-31T00:00:00 2025-12-31T23:59:59" },
		{ "+1d", "2026-04-01T00:00:00 2026-04-01T23:59:59" },
		{ "-1m", "2026-02-28T00:00:00 2026-02-28T23:59:59" },
		{ "-1y", "2025-03-31T00:00:00 2025-03-31T23:59:59" },
		{ "-2w", "2026-03-17T00:00:00 2026-03-17T23:59:59" },
		{ "-12h", "2026-03-30T15:12:00 2026-03-30T15:12:00" },
		{ "this week", "2026-03-30T00:00:00 2026-04-05T23:59:59" },
		{ "last-month", "2026-02-01T00:00:00 2026-02-28T23:59:59" },
		{ "先月", "2026-02-01T00:00:00 2026-02-28T23:59:59" },
		{ "今四半期", "2026-01-01T00:00:00 2026-03-31T23:59:59" },
		{ "last-year", "2025-01-01T00:00:00 2025-12-31T23:59:59" },
		{ "今年度", "2025-04-01T00:00:00 2026-03-31T23:59:59" },
		{ "last-fy", "2024-04-01T00:00:00 2025-03-31T23:59:59" },
		{ "2 hours ago", "2026-03-31T01:12:00 2026-03-31T01:12:00" },
		{ "-9999999999d", "refused" },
		{ "-99999m", "refused" },
		{ "-d", "refused" },
	};
	COMPARE(pairs);
	unsetenv("FMREC_NOW");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calendar_periods),
		cmocka_unit_test(eras_end_where_they_end),
		cmocka_unit_test(fiscal_years),
		cmocka_unit_test(in_terms_of_now),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
