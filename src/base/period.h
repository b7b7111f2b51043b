/*
 * Periods as people write them when they ask for records: 2026, 2026-04, 2026年4月, 令和8年, fy2026q3,
 * 2026年度第3四半期, 2026年度上期, -90d, last month, 先月, and every date and time that clock.h understands.
 */
#ifndef FMR_BASE_PERIOD_H
#define FMR_BASE_PERIOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How an organisation counts its time. */
struct fmr_calendar {
	const char *zone;  /* as for fmr_zone_offset */
	int fiscal_start;  /* month in which the fiscal year begins, 1 to 12 */
};

struct fmr_period { /* seconds since 1970 UTC, both included: of a day its first and its last */
	int64_t from, until;
};

/*
 * A year, month, day, minute or instant; a fiscal year (named after the calendar year in which it begins), half or
 * quarter; so many hours, days, weeks, months or years from now (-90d is that whole day, -12h an instant); this, last
 * and next week (from Monday), month, year, fiscal year.  A year of an era ends where the era does.
 */
bool fmr_period_parse(const char *text, size_t length, const struct fmr_calendar *calendar, struct fmr_period *out);

#endif
