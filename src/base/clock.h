/*
 * Time: the clock (fixed in tests by FMREC_NOW=RFC 3339), parsing and printing of dates.
 */
#ifndef FMR_BASE_CLOCK_H
#define FMR_BASE_CLOCK_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Seconds since 1970 UTC; FMREC_NOW overrides it. */
int64_t fmr_clock_now(void);

struct fmr_time {
	int64_t seconds;   /* since 1970 UTC */
	int nanoseconds;
	int offset;        /* minutes east of UTC */
	bool date_only;    /* a date without time: seconds is its midnight at offset */
	bool relative;     /* it was written in terms of now: "yesterday", "3:12" */
};

/* RFC 3339 date-time or full-date, nothing else. */
bool fmr_time_parse(const char *text, size_t length, struct fmr_time *out);

/*
 * What people write: RFC 3339; 2012-11-05 3:12; 2012/11/5; 20121105; 5 Nov 2012; 2012年11月5日(月) 3時12分;
 * 平成24年11月5日; H24.11.5; 令和元年5月1日; full-width and Chinese digits; 午前/午後, am/pm; "now" "today"
 * "yesterday" 今 今日 昨日; 10分前, 2 hours ago; 3:12 alone, the last one (it may lie up to an hour ahead, as
 * clocks differ).  default_offset: minutes east of UTC where none is written.
 * Refused: dates that do not exist, eras beyond their bounds, a weekday that is not the date's, dates without
 * a year, 11/5/2012 (two readings).
 */
bool fmr_time_parse_human(const char *text, size_t length, int default_offset, struct fmr_time *out);
/* The same with the offset that the zone (as for fmr_zone_offset) has at that time. */
bool fmr_time_parse_in_zone(const char *text, size_t length, const char *zone, struct fmr_time *out);

/* "2026-11-21T03:12:00+09:00" or "2026-11-21" when date_only. */
void fmr_time_format(struct fmr_str *out, const struct fmr_time *time);

/* Calendar day at the time's own offset, as 20261121. */
int fmr_time_day(const struct fmr_time *time);

/* <0, 0, >0.  A date without time is no later and no earlier than any time of that day. */
int fmr_time_compare(const struct fmr_time *a, const struct fmr_time *b);

/* ---- the calendar ---- */

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar, and back. */
int64_t fmr_date_days(int year, int month, int day);
void fmr_days_date(int64_t days, int *year, int *month, int *day);
bool fmr_date_exists(int year, int month, int day); /* years 0 to 9999 */

struct fmr_era { /* of Japan */
	const char *names[2]; /* 令和, r */
	int zero;             /* the year before its first */
	int first, last;      /* days as 20190501 */
};
/* Take the name of an era off the front of a text in lower case; NULL when there is none. */
const struct fmr_era *fmr_era_take(const char **text);

/* Offset in minutes of a zone ("Asia/Tokyo", "+09:00", "UTC", NULL = local) at an instant; false if unknown.
 * Reads the system's zone files, never changes TZ; UTC, Asia/Tokyo and offsets work without them. */
bool fmr_zone_offset(const char *zone, int64_t seconds, int *offset);

#endif
