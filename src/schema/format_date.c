/*
 * `format`: dates and times (RFC 3339), and what is wrong with a text that means to be one.
 */
#include "schema/format.h"

#include "base/i18n.h"

#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Exactly `digits` digits at p. */
static bool read_digits(const char *p, int digits, int *out)
{
	*out = 0;
	for (int i = 0; i < digits; i++) {
		if (!is_digit(p[i]))
			return false;
		*out = *out * 10 + (p[i] - '0');
	}
	return true;
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool fmr_format_date(const char *bytes, size_t length)
{
	static const signed char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int year, month, day;
	if (length != 10 || bytes[4] != '-' || bytes[7] != '-' || !read_digits(bytes, 4, &year) ||
		!read_digits(bytes + 5, 2, &month) || !read_digits(bytes + 8, 2, &day))
		return false;
	if (month < 1 || month > 12 || day < 1)
		return false;
	return day <= days[month - 1] + (month == 2 && is_leap(year));
}

bool fmr_format_time(const char *bytes, size_t length)
{
	int hour, minute, second, zone_hour = 0, zone_minute = 0;
	if (length < 9 || bytes[2] != ':' || bytes[5] != ':' || !read_digits(bytes, 2, &hour) ||
		!read_digits(bytes + 3, 2, &minute) || !read_digits(bytes + 6, 2, &second))
		return false;
	size_t i = 8;
	if (bytes[i] == '.') {
		size_t digits = ++i;
		while (i < length && is_digit(bytes[i]))
			i++;
		if (i == digits || i == length)
			return false;
	}
	int sign = 0;
	if (bytes[i] == 'Z' || bytes[i] == 'z') {
		if (length != i + 1)
			return false;
	} else {
		if ((bytes[i] != '+' && bytes[i] != '-') || length != i + 6 || bytes[i + 3] != ':' ||
			!read_digits(bytes + i + 1, 2, &zone_hour) || !read_digits(bytes + i + 4, 2, &zone_minute))
			return false;
		sign = bytes[i] == '-' ? -1 : 1;
	}
	if (hour > 23 || minute > 59 || second > 60 || zone_hour > 23 || zone_minute > 59)
		return false;
	if (second < 60)
		return true;
	/* a leap second is the last of a day in UTC */
	int utc = (hour * 60 + minute - sign * (zone_hour * 60 + zone_minute) + 2 * 1440) % 1440;
	return utc == 1439;
}

bool fmr_format_date_time(const char *bytes, size_t length)
{
	return length > 11 && (bytes[10] == 'T' || bytes[10] == 't') && fmr_format_date(bytes, 10) &&
		fmr_format_time(bytes + 11, length - 11);
}

const char *fmr_format_date_fault(const char *bytes, size_t length)
{
	int year, month, day, hour, minute;
	if (length < 10 || bytes[4] != '-' || bytes[7] != '-' || !read_digits(bytes, 4, &year) ||
		!read_digits(bytes + 5, 2, &month) || !read_digits(bytes + 8, 2, &day))
		return NULL;
	if (month < 1 || month > 12)
		return _("names a month that does not exist");
	if (!fmr_format_date(bytes, 10))
		return _("names a day that does not exist");
	if (length == 10)
		return _("is a day without a time");
	if (length < 16 || !strchr("Tt ", bytes[10]) || bytes[13] != ':' || !read_digits(bytes + 11, 2, &hour) ||
		!read_digits(bytes + 14, 2, &minute))
		return NULL;
	if (hour > 23 || minute > 59)
		return _("names a time of day that does not exist");
	return strpbrk(bytes + 16, "Zz+-") ? NULL : _("has no offset from UTC");
}
