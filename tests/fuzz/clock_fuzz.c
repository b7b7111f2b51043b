/* Dates: whatever a person types either is refused or gives a time that is written and read back the same. */
#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct fmr_time *time)
{
	struct fmr_str text;
	struct fmr_time again;
	fmr_str_init(&text);
	fmr_time_format(&text, time);
	/* the hours around the first and last year cannot be written */
	int year = fmr_time_day(time) / 10000;
	if (year >= 1 && year <= 9998 &&
		(!fmr_time_parse(text.bytes, text.length, &again) || fmr_time_day(&again) != fmr_time_day(time) ||
			again.date_only != time->date_only || (!time->date_only && again.seconds != time->seconds)))
		abort();
	fmr_str_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fmr_time time;
	const char *text = (const char *)data;
	if (fmr_time_parse(text, size, &time))
		check(&time);
	if (fmr_time_parse_human(text, size, 540, &time))
		check(&time);
	return 0;
}
