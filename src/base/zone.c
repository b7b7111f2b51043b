/*
 * Offsets of time zones from the system's TZif files (RFC 8536), read by hand:
 * localtime() knows one zone at a time, and changing TZ is not safe in threads.
 */
#include "base/clock.h"

#include "base/fs.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ZONE_FILE_SIZE = 1 << 20, HEADER = 44 };

static int64_t big_endian(const unsigned char *bytes, int size)
{
	uint64_t value = bytes[0] & 0x80 ? UINT64_MAX : 0;
	for (int i = 0; i < size; i++)
		value = value << 8 | bytes[i];
	return (int64_t)value;
}

/* ---- the rule for times behind the last transition: JST-9, EST5EDT,M3.2.0,M11.1.0 ---- */

static bool rule_name(const char **p)
{
	const char *start = *p;
	if (**p == '<') {
		*p = strchr(*p, '>');
		if (!*p)
			return false;
		(*p)++;
		return true;
	}
	while ((**p >= 'A' && **p <= 'Z') || (**p >= 'a' && **p <= 'z'))
		(*p)++;
	return *p - start >= 3;
}

/* [+-]h[h[h]][:mm[:ss]] in seconds */
static bool rule_time(const char **p, int *seconds)
{
	int sign = **p == '-' ? -1 : 1, unit = 3600;
	*seconds = 0;
	if (**p == '-' || **p == '+')
		(*p)++;
	for (int part = 0; part < 3; part++, unit /= 60) {
		int number = 0, digits = 0;
		for (; **p >= '0' && **p <= '9' && digits < 3; (*p)++, digits++)
			number = number * 10 + (**p - '0');
		if (!digits)
			return false;
		*seconds += number * unit;
		if (**p != ':')
			break;
		(*p)++;
	}
	*seconds *= sign;
	return true;
}

struct rule_day {
	char kind; /* 'M' month.week.weekday, 'J' day 1..365 without 29 February, '0' day 0..365 */
	int numbers[3];
	int time; /* seconds after midnight, local */
};

static bool rule_day(const char **p, struct rule_day *day)
{
	*day = (struct rule_day){ .kind = '0', .time = 2 * 3600 };
	if (**p == 'M' || **p == 'J')
		day->kind = *(*p)++;
	int count = day->kind == 'M' ? 3 : 1;
	for (int i = 0; i < count; i++) {
		if (**p < '0' || **p > '9')
			return false;
		while (**p >= '0' && **p <= '9' && day->numbers[i] < 400)
			day->numbers[i] = day->numbers[i] * 10 + (*(*p)++ - '0');
		if (i + 1 < count && *(*p)++ != '.')
			return false;
	}
	if (**p == '/') {
		(*p)++;
		return rule_time(p, &day->time);
	}
	return true;
}

static int64_t new_year(int year)
{
	struct fmr_time time;
	char text[] = "0000-01-01";
	for (int i = 3, rest = year; i >= 0; i--, rest /= 10)
		text[i] = (char)('0' + rest % 10);
	return fmr_time_parse(text, strlen(text), &time) ? time.seconds / 86400 : 0;
}

/* Seconds since 1970 of the rule's day in this year, on the wall clock. */
static int64_t rule_instant(const struct rule_day *day, int year)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365 };
	int64_t first = new_year(year), days;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	if (day->kind == '0') {
		days = first + day->numbers[0];
	} else if (day->kind == 'J') {
		days = first + day->numbers[0] - 1 + (leap && day->numbers[0] > 59);
	} else {
		int month = day->numbers[0] < 1 || day->numbers[0] > 12 ? 1 : day->numbers[0];
		int64_t start = first + before[month - 1] + (leap && month > 2);
		int64_t end = first + before[month] + (leap && month >= 2);
		int weekday = (int)((start + 4) % 7); /* 1970-01-01 was a Thursday */
		days = start + (day->numbers[2] - weekday + 7) % 7 + 7 * (day->numbers[1] - 1);
		while (days >= end)
			days -= 7;
	}
	return days * 86400 + day->time;
}

static bool rule_offset(const char *rule, int64_t seconds, int *offset)
{
	int standard, daylight;
	struct rule_day from, to;
	if (!rule_name(&rule) || !rule_time(&rule, &standard))
		return false;
	standard = -standard; /* POSIX counts west */
	*offset = standard / 60;
	if (!*rule)
		return true;
	if (!rule_name(&rule))
		return false;
	daylight = standard + 3600;
	if (*rule != ',') {
		if (!rule_time(&rule, &daylight))
			return false;
		daylight = -daylight;
	}
	if (*rule++ != ',' || !rule_day(&rule, &from) || *rule++ != ',' || !rule_day(&rule, &to) || *rule)
		return false;
	struct fmr_time local = { .seconds = seconds, .offset = standard / 60 };
	int year = fmr_time_day(&local) / 10000;
	if (year < 1 || year > 9998)
		return true;
	int64_t start = rule_instant(&from, year) - standard, end = rule_instant(&to, year) - daylight;
	bool summer = start < end ? seconds >= start && seconds < end : seconds >= start || seconds < end;
	*offset = (summer ? daylight : standard) / 60;
	return true;
}

/* ---- TZif ---- */

struct zone_counts {
	size_t utc, standard, leap, times, types, names;
};

static bool zone_header(const unsigned char *bytes, size_t length, struct zone_counts *counts)
{
	if (length < HEADER || memcmp(bytes, "TZif", 4) != 0)
		return false;
	size_t *fields[] = { &counts->utc, &counts->standard, &counts->leap, &counts->times, &counts->types,
		&counts->names };
	for (int i = 0; i < 6; i++) {
		int64_t value = big_endian(bytes + 20 + 4 * i, 4);
		if (value < 0 || value > ZONE_FILE_SIZE)
			return false;
		*fields[i] = (size_t)value;
	}
	return counts->types > 0;
}

static size_t zone_size(const struct zone_counts *counts, size_t time_size)
{
	return counts->times * (time_size + 1) + counts->types * 6 + counts->names + counts->leap * (time_size + 4) +
		counts->standard + counts->utc;
}

/* Offset from one data block; *last: the instant is behind the last transition. */
static bool block_offset(const unsigned char *bytes, const struct zone_counts *counts, int time_size, int64_t seconds,
	int *offset, bool *last)
{
	size_t low = 0, high = counts->times; /* the first transition later than seconds */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (big_endian(bytes + middle * (size_t)time_size, time_size) <= seconds)
			low = middle + 1;
		else
			high = middle;
	}
	*last = low == counts->times;
	const unsigned char *kinds = bytes + counts->times * (size_t)time_size;
	size_t type = low ? kinds[low - 1] : 0;
	if (type >= counts->types)
		return false;
	*offset = (int)(big_endian(kinds + counts->times + type * 6, 4) / 60);
	return true;
}

static bool zone_file_offset(const unsigned char *bytes, size_t length, int64_t seconds, int *offset)
{
	struct zone_counts counts;
	bool last = false;
	if (!zone_header(bytes, length, &counts) || zone_size(&counts, 4) > length - HEADER)
		return false;
	if (bytes[4] < '2')
		return block_offset(bytes + HEADER, &counts, 4, seconds, offset, &last);
	size_t skip = HEADER + zone_size(&counts, 4);
	bytes += skip;
	length -= skip;
	if (!zone_header(bytes, length, &counts) || zone_size(&counts, 8) > length - HEADER ||
		!block_offset(bytes + HEADER, &counts, 8, seconds, offset, &last))
		return false;
	const char *footer = (const char *)bytes + HEADER + zone_size(&counts, 8);
	const char *end = (const char *)bytes + length;
	const char *stop = end - footer > 2 ? memchr(footer + 1, '\n', (size_t)(end - footer - 1)) : NULL;
	if (!last || !stop || *footer != '\n' || stop == footer + 1)
		return true;
	char rule[128] = "";
	if ((size_t)(stop - footer) < sizeof(rule)) {
		memcpy(rule, footer + 1, (size_t)(stop - footer - 1));
		int by_rule;
		if (rule_offset(rule, seconds, &by_rule))
			*offset = by_rule;
	}
	return true;
}

/* Names come from files of the repository: they must not lead out of the zone directory. */
static bool zone_name_is_safe(const char *zone)
{
	if (!*zone || strlen(zone) > 64 || strstr(zone, "..") || strstr(zone, "//"))
		return false;
	for (const char *p = zone; *p; p++)
		if (!((*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') ||
			    (p > zone && strchr("/_+-", *p))))
			return false;
	return true;
}

static bool system_offset(const char *zone, int64_t seconds, int *offset)
{
	const char *directory = getenv("TZDIR");
	struct fmr_str path, bytes;
	fmr_str_init(&path);
	fmr_str_init(&bytes);
	fmr_str_printf(&path, "%s/%s", directory && *directory ? directory : "/usr/share/zoneinfo", zone);
	bool known = fmr_file_read(AT_FDCWD, path.bytes, ZONE_FILE_SIZE, false, &bytes, NULL) == 0 &&
		zone_file_offset((const unsigned char *)bytes.bytes, bytes.length, seconds, offset);
	fmr_str_release(&path);
	fmr_str_release(&bytes);
	return known;
}

/* +09:00, -0530, +9 */
static bool written_offset(const char *zone, int *offset)
{
	int numbers[2] = { 0 }, digits = 0;
	if (*zone != '+' && *zone != '-')
		return false;
	const char *p = zone + 1;
	for (; *p >= '0' && *p <= '9' && digits < 4; p++, digits++)
		numbers[0] = numbers[0] * 10 + (*p - '0');
	if (digits > 2) {
		numbers[1] = numbers[0] % 100;
		numbers[0] /= 100;
	} else if (digits && *p == ':' && p[1] >= '0' && p[1] <= '5' && p[2] >= '0' && p[2] <= '9') {
		numbers[1] = (p[1] - '0') * 10 + (p[2] - '0');
		p += 3;
	}
	if (!digits || *p || numbers[0] > 23 || numbers[1] > 59)
		return false;
	*offset = (numbers[0] * 60 + numbers[1]) * (*zone == '-' ? -1 : 1);
	return true;
}

static bool builtin_offset(const char *zone, int *offset)
{
	static const struct { const char *name; int offset; } zones[] = { { "UTC", 0 }, { "Etc/UTC", 0 }, { "GMT", 0 },
		{ "Z", 0 }, { "Asia/Tokyo", 540 }, { "Japan", 540 }, { "JST", 540 } };
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		if (strcmp(zones[i].name, zone) == 0) {
			*offset = zones[i].offset;
			return true;
		}
	}
	return false;
}

bool fmr_zone_offset(const char *zone, int64_t seconds, int *offset)
{
	if (zone && *zone)
		return written_offset(zone, offset) ||
			(zone_name_is_safe(zone) && system_offset(zone, seconds, offset)) || builtin_offset(zone, offset);
	struct tm local;
	time_t instant = (time_t)seconds;
	tzset();
	if (!localtime_r(&instant, &local))
		return false;
	*offset = (int)(local.tm_gmtoff / 60);
	return true;
}
