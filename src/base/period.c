#include "base/period.h"

#include "base/clock.h"
#include "base/str.h"
#include "base/text.h"

#include <string.h>

enum { DAY = 24 * 60 * 60, MONTHS = 12, LAST_YEAR = 9999, LONGEST = 64 };

/* Months are counted from year 0, so that adding them is a sum. */
static int month_of(int year, int month)
{
	return year * MONTHS + month - 1;
}

/* ---- from days to seconds ---- */

static int64_t midnight(int64_t days, const char *zone)
{
	int64_t local = days * DAY;
	int offset = 0;
	fmr_zone_offset(zone, local, &offset); /* a guess, mended at the instant it gives */
	fmr_zone_offset(zone, local - offset * 60, &offset);
	return local - offset * 60;
}

/* From the first day up to, not with, the second. */
static struct fmr_period days_between(int64_t first, int64_t behind, const char *zone)
{
	return (struct fmr_period){ midnight(first, zone), midnight(behind, zone) - 1 };
}

static int64_t first_of(int month)
{
	return fmr_date_days(month / MONTHS, month % MONTHS + 1, 1);
}

static bool months_between(int first, int behind, const char *zone, struct fmr_period *out)
{
	if (first < 0 || behind > month_of(LAST_YEAR, MONTHS) + 1)
		return false;
	*out = days_between(first_of(first), first_of(behind), zone);
	return true;
}

/* ---- reading ---- */

static bool take(const char **p, const char *word)
{
	size_t length = strlen(word);
	if (strncmp(*p, word, length) != 0)
		return false;
	*p += length;
	return true;
}

static bool take_one_of(const char **p, const char *const *words)
{
	for (; *words; words++)
		if (take(p, *words))
			return true;
	return false;
}

/* Between `least` and `most` digits; how many there were, or 0. */
static int digits(const char **p, int least, int most, int *out)
{
	int count = (int)strspn(*p, "0123456789");
	if (count < least || count > most)
		return 0;
	*out = 0;
	for (int i = 0; i < count; i++)
		*out = *out * 10 + (*(*p)++ - '0');
	return count;
}

struct year {
	int number;
	const struct fmr_era *era; /* in which it was counted, or NULL */
};

static bool take_year(const char **p, struct year *out)
{
	out->era = fmr_era_take(p);
	if (!out->era)
		return digits(p, 4, 4, &out->number) > 0;
	if (take(p, "元"))
		out->number = 1;
	else if (!digits(p, 1, 3, &out->number) || out->number < 1)
		return false;
	out->number += out->era->zero;
	return true;
}

/* q3, 第3四半期; h1, 上期: months from the start of the year and their number. */
static bool take_part(const char **p, int *first, int *length)
{
	static const char *const first_half[] = { "h1", "上半期", "上期", NULL };
	static const char *const second_half[] = { "h2", "下半期", "下期", NULL };
	int quarter;
	take(p, "-");
	*first = 0;
	*length = MONTHS / 2;
	if (take_one_of(p, first_half))
		return true;
	*first = MONTHS / 2;
	if (take_one_of(p, second_half))
		return true;
	bool letter = take(p, "q");
	if (!letter)
		take(p, "第");
	if (!digits(p, 1, 1, &quarter) || quarter < 1 || quarter > 4 || (!letter && !take(p, "四半期")))
		return false;
	*first = (quarter - 1) * 3;
	*length = 3;
	return true;
}

static bool fiscal(const char *p, int year, const struct fmr_calendar *calendar, struct fmr_period *out)
{
	int first = 0, length = MONTHS;
	if (*p && (!take_part(&p, &first, &length) || *p))
		return false;
	first += month_of(year, calendar->fiscal_start);
	return months_between(first, first + length, calendar->zone, out);
}

static void clip(struct fmr_period *period, const struct fmr_era *era, const char *zone)
{
	const struct fmr_period bounds = days_between(
		fmr_date_days(era->first / 10000, era->first / 100 % 100, era->first % 100),
		fmr_date_days(era->last / 10000, era->last / 100 % 100, era->last % 100) + 1, zone);
	if (period->from < bounds.from)
		period->from = bounds.from;
	if (period->until > bounds.until)
		period->until = bounds.until;
}

/* 2026, 2026年, 2026-04, 2026/4, 2026年4月, 令和8年4月, R8.4 */
static bool calendar_period(const char *p, const struct year *year, const char *zone, struct fmr_period *out)
{
	int month, first = month_of(year->number, 1), behind = first + MONTHS;
	bool kanji = take(&p, "年");
	if (*p) {
		bool mark = !kanji && *p && strchr("-/.", *p);
		p += mark;
		if ((!kanji && !mark) || !digits(&p, 1, 2, &month) || (kanji && !take(&p, "月")) || *p || month < 1 ||
			month > MONTHS)
			return false;
		first += month - 1;
		behind = first + 1;
	}
	if (!months_between(first, behind, zone, out))
		return false;
	if (year->era)
		clip(out, year->era, zone);
	return out->from <= out->until;
}

static bool named_period(const char *p, const struct fmr_calendar *calendar, struct fmr_period *out)
{
	struct year year;
	bool prefix = take(&p, "fy");
	if (!take_year(&p, &year) || year.number > LAST_YEAR)
		return false;
	if (prefix || take(&p, "年度"))
		return fiscal(p, year.number, calendar, out);
	return calendar_period(p, &year, calendar->zone, out);
}

/* ---- in terms of now ---- */

struct today {
	int64_t now, days;
	int year, month, day;
};

static struct today look_at_clock(const char *zone)
{
	struct today today = { .now = fmr_clock_now() };
	int offset = 0;
	fmr_zone_offset(zone, today.now, &offset);
	int64_t local = today.now + offset * 60;
	today.days = (local - (local % DAY + DAY) % DAY) / DAY;
	fmr_days_date(today.days, &today.year, &today.month, &today.day);
	return today;
}

/* The same day of another month, or its last one. */
static bool other_month(const struct today *today, int months, int64_t *days)
{
	int month = month_of(today->year, today->month) + months;
	int day = today->day;
	if (month < 0 || month > month_of(LAST_YEAR, MONTHS))
		return false;
	while (!fmr_date_exists(month / MONTHS, month % MONTHS + 1, day))
		day--;
	*days = fmr_date_days(month / MONTHS, month % MONTHS + 1, day);
	return true;
}

/* -90d, +2w, -3m, -1y: a day; -12h, -30min: an instant */
static bool relative(const char *p, const struct today *today, const char *zone, struct fmr_period *out)
{
	int count, sign = *p == '-' ? -1 : 1;
	if (*p != '-' && *p != '+')
		return false;
	p++;
	if (!digits(&p, 1, 5, &count))
		return false;
	count *= sign;
	int64_t days = today->days;
	if (strcmp(p, "h") == 0 || strcmp(p, "min") == 0) {
		out->from = out->until = today->now + (int64_t)count * (*p == 'h' ? 3600 : 60);
		return true;
	}
	if (strcmp(p, "d") == 0)
		days += count;
	else if (strcmp(p, "w") == 0)
		days += 7 * (int64_t)count;
	else if (strcmp(p, "m") == 0 ? !other_month(today, count, &days) :
		strcmp(p, "y") == 0	? !other_month(today, count * MONTHS, &days) :
					  true)
		return false;
	*out = days_between(days, days + 1, zone);
	return true;
}

enum unit { WEEK, MONTH, QUARTER, YEAR, FISCAL_YEAR };

static const struct {
	const char *word;
	enum unit unit;
	int step;
} words[] = {
	{ "thisweek", WEEK, 0 }, { "今週", WEEK, 0 }, { "lastweek", WEEK, -1 }, { "先週", WEEK, -1 },
	{ "nextweek", WEEK, 1 }, { "来週", WEEK, 1 },
	{ "thismonth", MONTH, 0 }, { "今月", MONTH, 0 }, { "lastmonth", MONTH, -1 }, { "先月", MONTH, -1 },
	{ "nextmonth", MONTH, 1 }, { "来月", MONTH, 1 },
	{ "thisquarter", QUARTER, 0 }, { "今四半期", QUARTER, 0 }, { "lastquarter", QUARTER, -1 },
	{ "前四半期", QUARTER, -1 },
	{ "thisyear", YEAR, 0 }, { "今年", YEAR, 0 }, { "lastyear", YEAR, -1 }, { "昨年", YEAR, -1 },
	{ "去年", YEAR, -1 }, { "nextyear", YEAR, 1 }, { "来年", YEAR, 1 },
	{ "thisfy", FISCAL_YEAR, 0 }, { "今年度", FISCAL_YEAR, 0 }, { "本年度", FISCAL_YEAR, 0 },
	{ "lastfy", FISCAL_YEAR, -1 }, { "昨年度", FISCAL_YEAR, -1 }, { "前年度", FISCAL_YEAR, -1 },
	{ "nextfy", FISCAL_YEAR, 1 }, { "来年度", FISCAL_YEAR, 1 },
};

static bool around_today(enum unit unit, int step, const struct today *today, const struct fmr_calendar *calendar,
	struct fmr_period *out)
{
	int month = month_of(today->year, today->month);
	int since_start = (today->month - calendar->fiscal_start + MONTHS) % MONTHS;
	switch (unit) {
	case WEEK: {
		int64_t monday = today->days - ((today->days + 3) % 7 + 7) % 7 + 7 * (int64_t)step; /* day 0: a Thursday */
		*out = days_between(monday, monday + 7, calendar->zone);
		return true;
	}
	case MONTH:
		return months_between(month + step, month + step + 1, calendar->zone, out);
	case QUARTER:
		month += step * 3 - since_start % 3;
		return months_between(month, month + 3, calendar->zone, out);
	case YEAR:
		month = month_of(today->year + step, 1);
		return months_between(month, month + MONTHS, calendar->zone, out);
	case FISCAL_YEAR:
		month += step * MONTHS - since_start;
		return months_between(month, month + MONTHS, calendar->zone, out);
	}
	return false;
}

static bool period_of_today(const char *p, const struct fmr_calendar *calendar, struct fmr_period *out)
{
	const struct today today = look_at_clock(calendar->zone);
	if (relative(p, &today, calendar->zone, out))
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(p, words[i].word) == 0)
			return around_today(words[i].unit, words[i].step, &today, calendar, out);
	return false;
}

/* ---- times ---- */

/* Does a time name its second?  12:30:05 does, 12:30 and 12:30+09:00 do not. */
static bool names_second(const char *text, size_t length)
{
	for (size_t i = 0; i + 8 <= length; i++)
		if (text[i + 2] == ':' && text[i + 5] == ':' && text[i + 6] >= '0' && text[i + 6] <= '9' &&
			text[i + 3] >= '0' && text[i + 3] <= '9')
			return true;
	return false;
}

static bool moment(const char *text, size_t length, const char *zone, struct fmr_period *out)
{
	struct fmr_time time;
	if (!fmr_time_parse_in_zone(text, length, zone, &time))
		return false;
	out->from = out->until = time.seconds;
	if (time.date_only) {
		int day = fmr_time_day(&time);
		int64_t days = fmr_date_days(day / 10000, day / 100 % 100, day % 100);
		*out = days_between(days, days + 1, zone);
	} else if (!time.relative && time.seconds % 60 == 0 && !names_second(text, length)) {
		out->until += 59;
	}
	return true;
}

/* NFKC, lower case, without blanks; false when it is too long to be a period. */
static bool simplify(const char *text, size_t length, char out[LONGEST])
{
	struct fmr_str plain;
	fmr_str_init(&plain);
	if (length <= 2 * LONGEST)
		fmr_text_nfkc(&plain, text, length);
	size_t used = 0;
	bool fits = plain.length > 0 && plain.length < LONGEST;
	for (size_t i = 0; fits && i < plain.length; i++) {
		char c = plain.bytes[i];
		if (c == ' ' || c == '_')
			continue;
		out[used++] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
	}
	out[used] = '\0';
	fmr_str_release(&plain);
	return fits && strlen(out) == used;
}

bool fmr_period_parse(const char *text, size_t length, const struct fmr_calendar *calendar, struct fmr_period *out)
{
	char plain[LONGEST];
	if (!simplify(text, length, plain))
		return false;
	if (named_period(plain, calendar, out) || period_of_today(plain, calendar, out))
		return true;
	if (*plain >= 'a' && *plain <= 'z') { /* last-month is last month */
		size_t used = 0;
		for (const char *p = plain; *p; p++)
			if (*p != '-')
				plain[used++] = *p;
		plain[used] = '\0';
		if (period_of_today(plain, calendar, out))
			return true;
	}
	return moment(text, length, calendar->zone, out);
}
