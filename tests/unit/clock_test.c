#include "unit.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

static const char *format(const struct fmr_time *time)
{
	static struct fmr_str str;
	if (str.bytes)
		fmr_str_release(&str);
	fmr_str_init(&str);
	fmr_time_format(&str, time);
	return str.bytes;
}

static const char *human(const char *text)
{
	struct fmr_time time;
	return fmr_time_parse_human(text, strlen(text), 9 * 60, &time) ? format(&time) : "refused";
}

static const char *strict(const char *text)
{
	struct fmr_time time;
	return fmr_time_parse(text, strlen(text), &time) ? format(&time) : "refused";
}

struct pair {
	const char *text, *expected;
};

static void compare(const struct pair *pairs, size_t count, const char *(*parse)(const char *))
{
	for (size_t i = 0; i < count; i++) {
		const char *got = parse(pairs[i].text);
		if (strcmp(got, pairs[i].expected) != 0)
			fail_msg("'%s': %s, not %s", pairs[i].text, got, pairs[i].expected);
	}
}

#define COMPARE(pairs, parse) compare(pairs, sizeof(pairs) / sizeof((pairs)[0]), parse)

static void rfc_3339_is_strict(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{ "2026-11-21", "2026-11-21" },
		{ "2026-11-21T03:12:00+09:00", "2026-11-21T03:12:00+09:00" },
		{ "2026-11-21t03:12:00z", "2026-11-21T03:12:00+00:00" },
		{ "2026-11-21T03:12:00.250-03:30", "2026-11-21T03:12:00.25-03:30" },
		{ "1969-12-31T23:59:59Z", "1969-12-31T23:59:59+00:00" },
		{ "2000-02-29", "2000-02-29" },
		{ "1998-12-31T23:59:60Z", "1999-01-01T00:00:00+00:00" },
		{ "1998-12-31T22:59:60Z", "refused" },
		{ "2026-02-30", "refused" },
		{ "1900-02-29", "refused" },
		{ "2026-13-01", "refused" },
		{ "2026-1-01", "refused" },
		{ "2026-11-21T03:12:00", "refused" },
		{ "2026-11-21 03:12:00Z", "refused" },
		{ "2026-11-21T24:00:00Z", "refused" },
		{ "2026-11-21T03:12Z", "refused" },
		{ "2026-11-21T03:12:00.Z", "refused" },
		{ "2026-11-21T03:12:00+24:00", "refused" },
		{ "2026-11-21T03:12:00Z ", "refused" },
		{ "", "refused" },
	};
	COMPARE(pairs, strict);
}

static void japanese_dates_are_understood(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{ "2012年11月5日", "2012-11-05" },
		{ "２０１２年１１月５日", "2012-11-05" },
		{ "平成24年11月5日", "2012-11-05" },
		{ "平成２４年１１月５日（月）", "2012-11-05" },
		{ "平成24年11月5日 月曜日", "2012-11-05" },
		{ "平成二十四年十一月五日", "2012-11-05" },
		{ "二〇一二年十一月五日", "2012-11-05" },
		{ "㍻24年11月5日", "2012-11-05" },
		{ "H24.11.5", "2012-11-05" },
		{ "h24/11/05", "2012-11-05" },
		{ "Ｈ２４．１１．５", "2012-11-05" },
		{ "令和元年5月1日", "2019-05-01" },
		{ "R1.5.1", "2019-05-01" },
		{ "令和8年11月21日午前3時12分", "2026-11-21T03:12:00+09:00" },
		{ "2026年11月21日 午後３時", "2026-11-21T15:00:00+09:00" },
		{ "2026年11月21日15時半", "2026-11-21T15:30:00+09:00" },
		{ "2026年11月21日 15時12分30秒", "2026-11-21T15:12:30+09:00" },
		{ "2026年11月21日 正午", "2026-11-21T12:00:00+09:00" },
		{ "2026年11月21日24時", "2026-11-22T00:00:00+09:00" },
		{ "2026年11月21日午後0時5分", "2026-11-21T12:05:00+09:00" },
		{ "2026年11月21日午後12時5分", "2026-11-21T12:05:00+09:00" },
		{ "昭和64年1月7日", "1989-01-07" },
		{ "平成元年1月8日", "1989-01-08" },
		{ "平成31年4月30日", "2019-04-30" },
		{ "大正15年12月25日", "1926-12-25" },
		{ "昭和元年12月25日", "1926-12-25" },
		/* refused: not there, beyond the era, two readings */
		{ "昭和64年1月8日", "refused" },
		{ "平成31年5月1日", "refused" },
		{ "平成元年1月7日", "refused" },
		{ "平成0年1月8日", "refused" },
		{ "明治3年1月1日", "refused" },
		{ "平成24年11月5日(火)", "refused" },
		{ "平成24年11月31日", "refused" },
		{ "2026年11月21日午後12時", "refused" },
		{ "2026年11月21日午前12時30分", "refused" },
		{ "2026年11月21日午後13時", "refused" },
		{ "2026年11月21日25時", "refused" },
		{ "2026年11月21日3時60分", "refused" },
		{ "11月5日", "refused" },
		{ "24年11月5日", "refused" },
		{ "2026年", "refused" },
		{ "受注システム", "refused" },
	};
	COMPARE(pairs, human);
}

static void other_human_dates_are_understood(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{ "2026/11/21 3:12", "2026-11-21T03:12:00+09:00" },
		{ "2026-11-21 03:12:05", "2026-11-21T03:12:05+09:00" },
		{ "2026-11-21T03:12", "2026-11-21T03:12:00+09:00" },
		{ "2026-11-21 03:12 +0200", "2026-11-21T03:12:00+02:00" },
		{ "2026-11-21 03:12 UTC", "2026-11-21T03:12:00+00:00" },
		{ "2026-11-21 03:12Z", "2026-11-21T03:12:00+00:00" },
		{ "2026-11-21 3:12 pm", "2026-11-21T15:12:00+09:00" },
		{ "2026-11-21 12:00 am", "2026-11-21T00:00:00+09:00" },
		{ "2026-11-21 12:30 PM", "2026-11-21T12:30:00+09:00" },
		{ "2026-11-21 24:00", "2026-11-22T00:00:00+09:00" },
		{ "2026.11.21", "2026-11-21" },
		{ "20261121", "2026-11-21" },
		{ "  2026-11-21　", "2026-11-21" },
		{ "5 Nov 2012", "2012-11-05" },
		{ "Nov. 5, 2012 15:12", "2012-11-05T15:12:00+09:00" },
		{ "november 5 2012", "2012-11-05" },
		{ "2026-11-21 (Sat) 03:12", "2026-11-21T03:12:00+09:00" },
		{ "2026-11-21T03:12:00+00:00", "2026-11-21T03:12:00+00:00" },
		{ "2026-02-30", "refused" },
		{ "2026/02/30 3:12", "refused" },
		{ "2026/11-21", "refused" },
		{ "11/5/2012", "refused" },
		{ "2026-11-21 3", "refused" },
		{ "2026-11-21 3:1", "refused" },
		{ "2026-11-21 (Sun)", "refused" },
		{ "2026-11-213:12", "refused" },
		{ "20260230", "refused" },
		{ "1", "refused" },
		{ "may", "refused" },
		{ "\xff\xfe", "refused" },
	};
	COMPARE(pairs, human);
}

static void words_count_from_the_clock(void **state)
{
	(void)state;
	setenv("FMREC_NOW", "2026-11-20T18:12:00Z", 1); /* 03:12 on the 21st in Tokyo */
	static const struct pair pairs[] = {
		{ "now", "2026-11-21T03:12:00+09:00" },
		{ "今", "2026-11-21T03:12:00+09:00" },
		{ "today", "2026-11-21" },
		{ "今日", "2026-11-21" },
		{ "昨日", "2026-11-20" },
		{ "yesterday 23:50", "2026-11-20T23:50:00+09:00" },
		{ "昨日の午後3時", "2026-11-20T15:00:00+09:00" },
		{ "一昨日", "2026-11-19" },
		{ "明日", "2026-11-22" },
		{ "10分前", "2026-11-21T03:02:00+09:00" },
		{ "2 hours ago", "2026-11-21T01:12:00+09:00" },
		{ "3日前", "2026-11-18" },
		{ "3:10", "2026-11-21T03:10:00+09:00" },
		{ "３時１０分", "2026-11-21T03:10:00+09:00" },
		{ "04:00", "2026-11-21T04:00:00+09:00" },
		{ "23:50", "2026-11-20T23:50:00+09:00" },
		{ "午後3時半", "2026-11-20T15:30:00+09:00" },
		{ "18:05Z", "2026-11-20T18:05:00+00:00" },
		{ "3:60", "refused" },
		{ "3:12 today", "refused" },
	};
	COMPARE(pairs, human);
	assert_int_equal(fmr_clock_now(), 1795198320);
	unsetenv("FMREC_NOW");
}

static void zones_have_offsets(void **state)
{
	(void)state;
	int offset = -1;
	assert_true(fmr_zone_offset("Asia/Tokyo", 1795198320, &offset));
	assert_int_equal(offset, 540);
	assert_true(fmr_zone_offset("+05:30", 0, &offset));
	assert_int_equal(offset, 330);
	assert_true(fmr_zone_offset("-3", 0, &offset));
	assert_int_equal(offset, -180);
	assert_true(fmr_zone_offset("UTC", 0, &offset));
	assert_int_equal(offset, 0);
	assert_false(fmr_zone_offset("Nowhere/Atlantis", 0, &offset));
	assert_false(fmr_zone_offset("../../../etc/passwd", 0, &offset));
	assert_false(fmr_zone_offset("/etc/passwd", 0, &offset));
	assert_false(fmr_zone_offset("+25:00", 0, &offset));
	setenv("TZ", "UTC", 1);
	assert_true(fmr_zone_offset(NULL, 0, &offset));
	assert_int_equal(offset, 0);
}

static void zones_work_without_zone_files(void **state)
{
	(void)state;
	int offset = -1;
	setenv("TZDIR", "/nonexistent", 1);
	assert_true(fmr_zone_offset("Asia/Tokyo", 0, &offset));
	assert_int_equal(offset, 540);
	assert_false(fmr_zone_offset("Europe/Berlin", 0, &offset));
	unsetenv("TZDIR");
}

static void summer_time_follows_the_rules(void **state)
{
	(void)state;
	int offset;
	if (!fmr_zone_offset("America/New_York", 0, &offset))
		skip();
	struct fmr_time time;
	static const struct { const char *zone, *text, *expected; } cases[] = {
		{ "America/New_York", "2026-07-01 12:00", "2026-07-01T12:00:00-04:00" },
		{ "America/New_York", "2026-12-01 12:00", "2026-12-01T12:00:00-05:00" },
		{ "America/New_York", "2050-07-01 12:00", "2050-07-01T12:00:00-04:00" }, /* behind the table */
		{ "America/New_York", "2050-03-13 01:59", "2050-03-13T01:59:00-05:00" },
		{ "America/New_York", "2050-03-13 03:00", "2050-03-13T03:00:00-04:00" },
		{ "Australia/Sydney", "2050-01-15 12:00", "2050-01-15T12:00:00+11:00" },
		{ "Australia/Sydney", "2050-07-15 12:00", "2050-07-15T12:00:00+10:00" },
		{ "Asia/Kolkata", "2050-07-15 12:00", "2050-07-15T12:00:00+05:30" },
		{ "Asia/Tokyo", "1950-07-01 12:00", "1950-07-01T12:00:00+10:00" }, /* Japan had summer time then */
		{ "Asia/Tokyo", "2026-07-01", "2026-07-01" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(fmr_time_parse_in_zone(cases[i].text, strlen(cases[i].text), cases[i].zone, &time));
		assert_string_equal(format(&time), cases[i].expected);
	}
}

static int order(const char *a, const char *b)
{
	struct fmr_time left, right;
	assert_true(fmr_time_parse(a, strlen(a), &left));
	assert_true(fmr_time_parse(b, strlen(b), &right));
	return fmr_time_compare(&left, &right);
}

static void a_day_covers_its_times(void **state)
{
	(void)state;
	assert_int_equal(order("2026-11-21", "2026-11-21T00:00:00+09:00"), 0);
	assert_int_equal(order("2026-11-21T23:59:00+09:00", "2026-11-21"), 0);
	assert_int_equal(order("2026-11-22T00:00:00+09:00", "2026-11-21"), 1);
	assert_int_equal(order("2026-11-21T03:00:00+09:00", "2026-11-20T18:00:00Z"), 0);
	assert_int_equal(order("2026-11-21T03:00:00.5Z", "2026-11-21T03:00:00.6Z"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc_3339_is_strict),
		cmocka_unit_test(japanese_dates_are_understood),
		cmocka_unit_test(other_human_dates_are_understood),
		cmocka_unit_test(words_count_from_the_clock),
		cmocka_unit_test(zones_have_offsets),
		cmocka_unit_test(zones_work_without_zone_files),
		cmocka_unit_test(summer_time_follows_the_rules),
		cmocka_unit_test(a_day_covers_its_times),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
