#include "base/clock.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { HOUR = 60 * 60, DAY = 24 * HOUR };

/* ---- calendar ---- */

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar (H. Hinnant's algorithm). */
int64_t fmr_date_days(int year, int month, int day)
{
	int64_t y = month <= 2 ? (int64_t)year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

void fmr_days_date(int64_t days, int *year, int *month, int *day)
{
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t day_of_era = days - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t shifted = (5 * day_of_year + 2) / 153;
	*day = (int)(day_of_year - (153 * shifted + 2) / 5 + 1);
	*month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
	*year = (int)(year_of_era + era * 400 + (*month <= 2));
}

bool fmr_date_exists(int year, int month, int day)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	if (year < 0 || year > 9999 || month < 1 || month > 12 || day < 1)
		return false;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return day <= lengths[month - 1] + (month == 2 && leap);
}

/* floor division, for instants before 1970 */
static int64_t day_number(int64_t seconds)
{
	return (seconds >= 0 ? seconds : seconds - (DAY - 1)) / DAY;
}

/* ---- RFC 3339 ---- */

/* Exactly `count` digits. */
static bool fixed_digits(const char **p, const char *end, int count, int *out)
{
	*out = 0;
	for (int i = 0; i < count; i++, (*p)++) {
		if (*p == end || **p < '0' || **p > '9')
			return false;
		*out = *out * 10 + (**p - '0');
	}
	return true;
}

static bool one_of(const char **p, const char *end, const char *allowed)
{
	if (*p == end || !strchr(allowed, **p) || !**p)
		return false;
	(*p)++;
	return true;
}

static bool rfc_date(const char **p, const char *end, int64_t *days)
{
	int year, month, day;
	if (!fixed_digits(p, end, 4, &year) || !one_of(p, end, "-") || !fixed_digits(p, end, 2, &month) ||
		!one_of(p, end, "-") || !fixed_digits(p, end, 2, &day) || !fmr_date_exists(year, month, day))
		return false;
	*days = fmr_date_days(year, month, day);
	return true;
}

/* Digits behind the point; beyond nanoseconds they are dropped. */
static bool fraction(const char **p, const char *end, int *nanoseconds)
{
	int scale = 100000000;
	const char *first = *p;
	for (*nanoseconds = 0; *p != end && **p >= '0' && **p <= '9'; (*p)++, scale /= 10)
		*nanoseconds += (**p - '0') * scale;
	return *p != first;
}

static bool rfc_offset(const char **p, const char *end, int *offset)
{
	*offset = 0;
	if (one_of(p, end, "Zz"))
		return true;
	bool west = *p != end && **p == '-';
	int hours, minutes;
	if (!one_of(p, end, "+-") || !fixed_digits(p, end, 2, &hours) || !one_of(p, end, ":") ||
		!fixed_digits(p, end, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*offset = (hours * 60 + minutes) * (west ? -1 : 1);
	return true;
}

bool fmr_time_parse(const char *text, size_t length, struct fmr_time *out)
{
	const char *p = text, *end = text + length;
	int64_t days;
	if (!rfc_date(&p, end, &days))
		return false;
	*out = (struct fmr_time){ .seconds = days * DAY, .date_only = p == end };
	if (out->date_only)
		return true;
	int hour, minute, second;
	if (!one_of(&p, end, "Tt") || !fixed_digits(&p, end, 2, &hour) || !one_of(&p, end, ":") ||
		!fixed_digits(&p, end, 2, &minute) || !one_of(&p, end, ":") || !fixed_digits(&p, end, 2, &second) ||
		(one_of(&p, end, ".") && !fraction(&p, end, &out->nanoseconds)) ||
		!rfc_offset(&p, end, &out->offset) || p != end || hour > 23 || minute > 59 || second > 60)
		return false;
	int utc = ((hour * 60 + minute - out->offset) % 1440 + 1440) % 1440;
	if (second == 60 && utc != 1439)
		return false; /* leap seconds are inserted at the end of a UTC day only */
	out->seconds += hour * 3600 + minute * 60 + second - out->offset * 60;
	return true;
}

int fmr_time_day(const struct fmr_time *time)
{
	int year, month, day;
	fmr_days_date(day_number(time->seconds + time->offset * 60), &year, &month, &day);
	return year * 10000 + month * 100 + day;
}

int fmr_time_compare(const struct fmr_time *a, const struct fmr_time *b)
{
	if (a->date_only || b->date_only) {
		int left = fmr_time_day(a), right = fmr_time_day(b);
		return (left > right) - (left < right);
	}
	if (a->seconds != b->seconds)
		return a->seconds < b->seconds ? -1 : 1;
	return (a->nanoseconds > b->nanoseconds) - (a->nanoseconds < b->nanoseconds);
}

void fmr_time_format(struct fmr_str *out, const struct fmr_time *time)
{
	int64_t local = time->seconds + time->offset * 60;
	int64_t days = day_number(local);
	int rest = (int)(local - days * DAY);
	int year, month, day;
	fmr_days_date(days, &year, &month, &day);
	fmr_str_printf(out, "%04d-%02d-%02d", year, month, day);
	if (time->date_only)
		return;
	fmr_str_printf(out, "T%02d:%02d:%02d", rest / 3600, rest / 60 % 60, rest % 60);
	if (time->nanoseconds > 0) {
		fmr_str_printf(out, ".%09d", time->nanoseconds);
		while (out->bytes[out->length - 1] == '0')
			fmr_str_truncate(out, out->length - 1);
	}
	int offset = time->offset < 0 ? -time->offset : time->offset;
	fmr_str_printf(out, "%c%02d:%02d", time->offset < 0 ? '-' : '+', offset / 60, offset % 60);
}

int64_t fmr_clock_now(void)
{
	const char *fixed = getenv("FMREC_NOW");
	struct fmr_time at;
	if (fixed && fmr_time_parse(fixed, strlen(fixed), &at))
		return at.seconds;
	return (int64_t)time(NULL);
}

/* ---- what people write ---- */

enum { HUMAN_LENGTH = 128 };

/* Code point and its size; the input is short and mostly well-formed, bad bytes fit no form. */
static uint32_t decode(const char *bytes, size_t length, size_t *size)
{
	const unsigned char *p = (const unsigned char *)bytes;
	*size = 1;
	if (p[0] < 0x80)
		return p[0];
	size_t need = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : p[0] >= 0xC0 ? 2 : 0;
	if (!need || need > length)
		return 0xFFFD;
	uint32_t character = p[0] & (0x7F >> need);
	for (size_t i = 1; i < need; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return 0xFFFD;
		character = character << 6 | (p[i] & 0x3F);
	}
	*size = need;
	return character;
}

static const char *era_ligature(uint32_t character)
{
	switch (character) {
	case 0x337E: return "明治";
	case 0x337D: return "大正";
	case 0x337C: return "昭和";
	case 0x337B: return "平成";
	case 0x32FF: return "令和";
	default: return NULL;
	}
}

/* ASCII for full-width forms, dashes and spaces; lower case; 0 when there is none. */
static char plain_ascii(uint32_t character)
{
	if (character >= 0xFF01 && character <= 0xFF5E)
		character -= 0xFF01 - 0x21;
	else if (character == 0x3000 || character == 0xA0 || character == '\t')
		character = ' ';
	else if (character == 0x2212 || (character >= 0x2010 && character <= 0x2015))
		character = '-';
	else if (character == 0x30FB || character == 0xFF65)
		character = '.'; /* 24・11・5 */
	if (character >= 'A' && character <= 'Z')
		character += 'a' - 'A';
	return character < 0x80 ? (char)character : 0;
}

/* Full-width and half-width, upper and lower case become one; outer spaces go, inner runs become one. */
static bool simplify(const char *text, size_t length, char out[HUMAN_LENGTH])
{
	size_t used = 0;
	for (size_t i = 0, size; i < length; i += size) {
		uint32_t character = decode(text + i, length - i, &size);
		if (character == 0xFFFD || used + 8 > HUMAN_LENGTH)
			return false;
		const char *ligature = era_ligature(character);
		char ascii = plain_ascii(character);
		if (ligature) {
			memcpy(out + used, ligature, 6);
			used += 6;
		} else if (!ascii) {
			if (!character)
				return false;
			memcpy(out + used, text + i, size);
			used += size;
		} else if (ascii != ' ' || (used && out[used - 1] != ' ')) {
			out[used++] = ascii;
		}
	}
	if (used && out[used - 1] == ' ')
		used--;
	out[used] = '\0';
	return used > 0;
}

/* Take `word` off the front. */
static bool take(const char **p, const char *word)
{
	size_t length = strlen(word);
	if (strncmp(*p, word, length) != 0)
		return false;
	*p += length;
	return true;
}

static void skip_space(const char **p)
{
	while (**p == ' ')
		(*p)++;
}

/* 0..9, 10 for 十, or -1 */
static int chinese_digit(const char **p)
{
	static const char *const digits[] = { "〇", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十" };
	for (int i = 0; i < 11; i++)
		if (take(p, digits[i]))
			return i;
	return -1;
}

/* 二〇一二, 二十四, 十一 */
static bool chinese_number(const char **p, int *out)
{
	int total = 0, digit, count = 0;
	bool tens = false;
	while (count < 5 && (digit = chinese_digit(p)) >= 0) {
		if (digit == 10) {
			if (tens || total > 9)
				return false;
			total = (total ? total : 1) * 10;
			tens = true;
		} else {
			total = tens ? total + digit : total * 10 + digit;
		}
		count++;
	}
	*out = total;
	return count > 0;
}

/* A number of at most `most` digits. */
static bool number(const char **p, int most, int *out)
{
	if (**p < '0' || **p > '9')
		return chinese_number(p, out);
	*out = 0;
	for (int count = 0; **p >= '0' && **p <= '9'; (*p)++) {
		if (++count > most)
			return false;
		*out = *out * 10 + (**p - '0');
	}
	return true;
}


/* The day on which one era ends and the next begins counts for both until Showa, as the laws had it.  Before
 * 1873 Japan had another calendar. */
static const struct fmr_era eras[] = {
	{ { "明治", "m" }, 1867, 18730101, 19120730 },
	{ { "大正", "t" }, 1911, 19120730, 19261225 },
	{ { "昭和", "s" }, 1925, 19261225, 19890107 },
	{ { "平成", "h" }, 1988, 19890108, 20190430 },
	{ { "令和", "r" }, 2018, 20190501, 99991231 },
};

const struct fmr_era *fmr_era_take(const char **p)
{
	for (size_t i = 0; i < sizeof(eras) / sizeof(eras[0]); i++) {
		if (take(p, eras[i].names[0]))
			return &eras[i];
		const char *letter = *p;
		if (take(&letter, eras[i].names[1])) {
			take(&letter, ".");
			if ((*letter >= '0' && *letter <= '9') || strncmp(letter, "元", strlen("元")) == 0) {
				*p = letter;
				return &eras[i];
			}
		}
	}
	return NULL;
}

static int month_name(const char **p)
{
	static const char *const months[] = { "january", "february", "march", "april", "may", "june", "july",
		"august", "september", "october", "november", "december" };
	for (int i = 0; i < 12; i++) {
		if (take(p, months[i]) || (strncmp(*p, months[i], 3) == 0 && (*p += 3))) {
			take(p, ".");
			return i + 1;
		}
	}
	return 0;
}

/* 5 Nov 2012; Nov 5, 2012 */
static bool english_date(const char **p, int date[3])
{
	int day = 0, month;
	if (**p >= '0' && **p <= '9') {
		if (!number(p, 2, &day))
			return false;
		skip_space(p);
	}
	month = month_name(p);
	if (!month)
		return false;
	skip_space(p);
	if (!day && !number(p, 2, &day))
		return false;
	take(p, ",");
	skip_space(p);
	date[1] = month;
	date[2] = day;
	const char *digits = *p;
	return number(p, 4, &date[0]) && *p - digits == 4;
}

/* What stands behind year, month and day: the Chinese character, or the same one of - / . both times. */
static bool separated_date(const char **p, int date[3], const struct fmr_era *era)
{
	int year = 0;
	const char *digits = *p;
	if (era && take(p, "元"))
		year = 1;
	else if (!number(p, 8, &year) || (!era && **p != '\0' && *p - digits < 4))
		return false;
	if (!era && *p - digits == 8 && *digits >= '0' && *digits <= '9') {
		date[0] = year / 10000;
		date[1] = year / 100 % 100;
		date[2] = year % 100;
		return true;
	}
	date[0] = year;
	skip_space(p);
	if (take(p, "年")) {
		skip_space(p);
		if (!number(p, 2, &date[1]) || !take(p, "月"))
			return false;
		skip_space(p);
		return number(p, 2, &date[2]) && take(p, "日");
	}
	char mark = **p;
	if (mark != '-' && mark != '/' && mark != '.')
		return false;
	(*p)++;
	skip_space(p);
	if (!number(p, 2, &date[1]) || **p != mark)
		return false;
	(*p)++;
	skip_space(p);
	return number(p, 2, &date[2]);
}

static bool in_era(const struct fmr_era *era, int date[3])
{
	if (date[0] < 1 || date[0] > 200)
		return false;
	date[0] += era->zero;
	int day = date[0] * 10000 + date[1] * 100 + date[2];
	return day >= era->first && day <= era->last;
}

/* (月), 月曜日, 月曜, mon, monday: must be the day's. */
static bool weekday_fits(const char **p, int64_t days)
{
	static const char *const names[7][2] = { { "木", "thu" }, { "金", "fri" }, { "土", "sat" }, { "日", "sun" },
		{ "月", "mon" }, { "火", "tue" }, { "水", "wed" } }; /* 1970-01-01 was a Thursday */
	static const char *const ends[] = { "曜日", "曜", "" }, *const english[] = { "rsday", "nesday", "sday",
		"urday", "day", "" };
	const char *q = *p;
	skip_space(&q);
	bool bracket = take(&q, "(");
	int today = (int)(((days % 7) + 7) % 7);
	for (int i = 0; i < 7; i++) {
		const char *end = q;
		if (take(&end, names[i][0])) {
			size_t e = 0;
			while (e < 2 && !take(&end, ends[e]))
				e++;
			if (e == 2 && !bracket)
				continue;
		} else if (take(&end, names[i][1])) {
			size_t e = 0;
			while (e < 5 && !take(&end, english[e]))
				e++;
		} else {
			continue;
		}
		if (bracket && !take(&end, ")"))
			return false;
		*p = end;
		return i == today;
	}
	return !bracket;
}

static bool human_date(const char **p, int64_t *days)
{
	int date[3] = { 0 };
	const char *start = *p;
	const struct fmr_era *era = fmr_era_take(p);
	if (era)
		skip_space(p);
	if (!separated_date(p, date, era)) {
		*p = start;
		if (era || !english_date(p, date))
			return false;
	}
	if ((era && !in_era(era, date)) || !fmr_date_exists(date[0], date[1], date[2]))
		return false;
	*days = fmr_date_days(date[0], date[1], date[2]);
	return weekday_fits(p, *days);
}

enum half { HALF_NONE, HALF_AM, HALF_PM, HALF_GOZEN, HALF_GOGO };

static enum half take_half(const char **p)
{
	static const struct { const char *word; enum half half; } words[] = { { "午前", HALF_GOZEN },
		{ "午後", HALF_GOGO }, { "am", HALF_AM }, { "a.m.", HALF_AM }, { "pm", HALF_PM }, { "p.m.", HALF_PM } };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (take(p, words[i].word))
			return words[i].half;
	return HALF_NONE;
}

/* To 24 hours.  午前12時 and 午後12時 sharp have two readings in Japan and are refused. */
static bool apply_half(enum half half, int *hour, int minute)
{
	if (half == HALF_NONE)
		return *hour <= 23 || (*hour == 24 && minute == 0);
	if (*hour > 12)
		return false;
	if (*hour == 12) {
		if (half == HALF_GOZEN || (half == HALF_GOGO && minute == 0))
			return false;
		*hour = 0;
	}
	if (half == HALF_PM || half == HALF_GOGO)
		*hour += 12;
	return true;
}

struct clock_time {
	int hour, minute, second, nanoseconds;
};

static bool colon_time(const char **p, struct clock_time *at)
{
	const char *digits = *p;
	if (!number(p, 2, &at->minute) || *p - digits != 2)
		return false;
	if (!take(p, ":"))
		return true;
	digits = *p;
	if (!number(p, 2, &at->second) || *p - digits != 2)
		return false;
	if (**p != '.')
		return true;
	(*p)++;
	return fraction(p, *p + strlen(*p), &at->nanoseconds);
}

static bool kanji_time(const char **p, struct clock_time *at)
{
	skip_space(p);
	if (take(p, "半")) {
		at->minute = 30;
		return true;
	}
	const char *before = *p;
	if (!number(p, 2, &at->minute)) {
		*p = before;
		return true; /* 3時 */
	}
	if (!take(p, "分"))
		return false;
	skip_space(p);
	before = *p;
	if (number(p, 2, &at->second))
		return take(p, "秒");
	*p = before;
	return true;
}

static bool human_time(const char **p, struct clock_time *at)
{
	*at = (struct clock_time){ 0 };
	if (take(p, "正午")) {
		at->hour = 12;
		return true;
	}
	enum half half = take_half(p);
	skip_space(p);
	if (!number(p, 2, &at->hour))
		return false;
	bool colon = take(p, ":");
	if (colon ? !colon_time(p, at) : take(p, "時") ? !kanji_time(p, at) : false)
		return false;
	bool bare = !colon && (*p)[-1] >= '0' && (*p)[-1] <= '9';
	const char *before = *p;
	if (half == HALF_NONE) {
		skip_space(p);
		half = take_half(p);
		if (half == HALF_GOZEN || half == HALF_GOGO || (half == HALF_NONE && bare))
			return false; /* "2026-11-21 3" is no time */
		if (half == HALF_NONE)
			*p = before;
	} else if (bare) {
		return false;
	}
	return at->minute <= 59 && at->second <= 59 && apply_half(half, &at->hour, at->minute);
}

/* z, utc, jst, +09:00, +0900, +9; true and *given false when nothing is there. */
static bool human_offset(const char **p, int *offset, bool *given)
{
	skip_space(p);
	*given = true;
	if (take(p, "jst")) {
		*offset = 9 * 60;
		return true;
	}
	bool utc = take(p, "z") || take(p, "utc") || take(p, "gmt");
	if (**p != '+' && **p != '-') {
		*given = utc;
		if (utc)
			*offset = 0;
		return true;
	}
	bool west = *(*p)++ == '-';
	int hours, minutes = 0;
	const char *digits = *p;
	if (!number(p, 4, &hours) || *p == digits)
		return false;
	if (*p - digits > 2) {
		minutes = hours % 100;
		hours /= 100;
	} else if (take(p, ":") && (digits = *p, !number(p, 2, &minutes) || *p - digits != 2)) {
		return false;
	}
	if (hours > 23 || minutes > 59)
		return false;
	*offset = (hours * 60 + minutes) * (west ? -1 : 1);
	return true;
}

/* 10分前, 2 hours ago: an instant */
static bool parse_ago(const char *p, int64_t now, struct fmr_time *out)
{
	static const struct { const char *word; int seconds; } units[] = { { "秒前", 1 }, { "分前", 60 },
		{ "時間前", 3600 }, { "日前", DAY }, { "seconds ago", 1 }, { "minutes ago", 60 },
		{ "minute ago", 60 }, { "min ago", 60 }, { "hours ago", 3600 }, { "hour ago", 3600 },
		{ "days ago", DAY }, { "day ago", DAY } };
	int count;
	if (!number(&p, 4, &count))
		return false;
	skip_space(&p);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(p, units[i].word) == 0) {
			out->seconds = now - (int64_t)count * units[i].seconds;
			out->date_only = units[i].seconds == DAY;
			return true;
		}
	}
	return false;
}

/* today, 昨日 ...: number of days from now; "now" is not among them */
static bool relative_day(const char **p, int *days)
{
	static const struct { const char *word; int days; } words[] = { { "today", 0 }, { "今日", 0 }, { "本日", 0 },
		{ "きょう", 0 }, { "yesterday", -1 }, { "昨日", -1 }, { "きのう", -1 }, { "一昨日", -2 },
		{ "おととい", -2 }, { "tomorrow", 1 }, { "明日", 1 }, { "あした", 1 }, { "明後日", 2 }, { "あさって", 2 } };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (take(p, words[i].word)) {
			*days = words[i].days;
			return true;
		}
	}
	return false;
}

static bool is_now(const char *text)
{
	static const char *const words[] = { "now", "今", "いま", "現在", "ただいま" };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(text, words[i]) == 0)
			return true;
	return false;
}

static int second_of_day(const struct clock_time *at)
{
	return at->hour * HOUR + at->minute * 60 + at->second;
}

/* 3:12 is the last one, not one to come: what is told has happened. */
static bool parse_time_alone(const char *p, int64_t now, int now_offset, struct fmr_time *out, bool *offset_given)
{
	struct clock_time at;
	out->offset = 0;
	if (!human_time(&p, &at) || !human_offset(&p, &out->offset, offset_given) || *p)
		return false;
	int64_t local_now = now + (*offset_given ? out->offset : now_offset) * 60;
	int64_t local = day_number(local_now) * DAY + second_of_day(&at);
	if (local > local_now + HOUR)
		local -= DAY;
	out->seconds = local - out->offset * 60;
	out->nanoseconds = at.nanoseconds;
	return true;
}

/* now_offset: minutes east of UTC here and now.  *offset_given: an offset was written, or the time is an instant. */
static bool parse_human(const char *text, size_t length, int now_offset, struct fmr_time *out, bool *offset_given)
{
	char simple[HUMAN_LENGTH];
	*offset_given = true;
	if (fmr_time_parse(text, length, out)) {
		*offset_given = !out->date_only;
		return true;
	}
	if (!simplify(text, length, simple))
		return false;
	*out = (struct fmr_time){ .offset = now_offset, .relative = true };
	int64_t now = fmr_clock_now(), days;
	const char *p = simple;
	int relative;
	if (is_now(simple)) {
		out->seconds = now;
		return true;
	}
	if (parse_ago(simple, now, out)) {
		if (out->date_only)
			out->seconds = day_number(out->seconds + now_offset * 60) * DAY;
		*offset_given = !out->date_only;
		return true;
	}
	if (relative_day(&p, &relative))
		days = day_number(now + now_offset * 60) + relative;
	else if (!human_date(&p, &days))
		return parse_time_alone(simple, now, now_offset, out, offset_given);
	else
		out->relative = false;
	*offset_given = false;
	out->seconds = days * DAY;
	out->offset = 0;
	out->date_only = *p == '\0';
	if (out->date_only)
		return true;
	const char *before = p;
	if (!take(&p, "t"))
		take(&p, "の");
	skip_space(&p);
	struct clock_time at;
	if (p == before && p[-1] >= '0' && p[-1] <= '9')
		return false; /* 2026-11-213:12 */
	if (!human_time(&p, &at) || !human_offset(&p, &out->offset, offset_given) || *p)
		return false;
	out->seconds += second_of_day(&at) - out->offset * 60;
	out->nanoseconds = at.nanoseconds;
	return true;
}

bool fmr_time_parse_human(const char *text, size_t length, int default_offset, struct fmr_time *out)
{
	bool given;
	if (!parse_human(text, length, default_offset, out, &given))
		return false;
	if (!given) {
		out->seconds -= default_offset * 60;
		out->offset = default_offset;
	}
	return true;
}

bool fmr_time_parse_in_zone(const char *text, size_t length, const char *zone, struct fmr_time *out)
{
	int now_offset = 0, offset = 0;
	bool given;
	fmr_zone_offset(zone, fmr_clock_now(), &now_offset);
	if (!parse_human(text, length, now_offset, out, &given))
		return false;
	if (given)
		return true;
	/* the wall clock's offset: guess with the offset before, look again at the instant that gives */
	offset = now_offset;
	fmr_zone_offset(zone, out->seconds - offset * 60, &offset);
	fmr_zone_offset(zone, out->seconds - offset * 60, &offset);
	out->seconds -= offset * 60;
	out->offset = offset;
	return true;
}
