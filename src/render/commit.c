#include "render/commit.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "render/print.h"

#include <stdlib.h>
#include <string.h>

static const int64_t last_second = 253402300799; /* of the year 9999; a commit may claim any time */

static bool is_sane(int64_t seconds)
{
	return seconds >= 0 && seconds <= last_second;
}

void fmr_render_when(struct fmr_str *out, int64_t seconds, const char *zone)
{
	int offset = 0;
	if (!is_sane(seconds)) {
		fmr_str_puts(out, "----------------");
		return;
	}
	fmr_zone_offset(zone, seconds, &offset);
	const struct fmr_time time = { .seconds = seconds, .offset = offset };
	const size_t start = out->length;
	fmr_time_format(out, &time);
	out->bytes[start + 10] = ' ';
	fmr_str_truncate(out, start + 16);
}

void fmr_render_subject(struct fmr_str *out, const char *message)
{
	char *line = fmr_strndup(message, strcspn(message, "\n"));
	fmr_print_safe(out, line);
	free(line);
}

void fmr_render_commit(struct fmr_str *out, const struct fmr_commit_words *commit, const char *zone, bool color)
{
	if (!commit->id) {
		fmr_print_color(out, color, FMR_YELLOW);
		fmr_str_printf(out, "%s\n", _("not committed yet"));
		fmr_print_color(out, color, FMR_PLAIN);
		return;
	}
	fmr_print_color(out, color, FMR_YELLOW);
	fmr_str_printf(out, "%.*s", FMR_COMMIT_DIGITS, commit->id);
	fmr_print_color(out, color, FMR_PLAIN);
	fmr_str_putc(out, ' ');
	fmr_render_when(out, commit->written, zone);
	fmr_str_putc(out, ' ');
	fmr_print_color(out, color, FMR_BOLD);
	fmr_print_safe(out, commit->author);
	fmr_print_color(out, color, FMR_PLAIN);
	fmr_str_puts(out, "  ");
	fmr_render_subject(out, commit->message);
	fmr_str_putc(out, '\n');
}

static void put_time(struct fmr_str *out, bool *first, const char *name, int64_t seconds, int offset)
{
	if (!is_sane(seconds))
		return;
	struct fmr_str text;
	fmr_str_init(&text);
	const struct fmr_time time = { .seconds = seconds, .offset = offset };
	fmr_time_format(&text, &time);
	fmr_print_member(out, first, name, text.bytes);
	fmr_str_release(&text);
}

void fmr_render_commit_json(struct fmr_str *out, bool *first, const struct fmr_commit_words *commit)
{
	if (!commit->id) {
		fmr_print_key(out, first, "commit");
		fmr_str_puts(out, "null");
		return;
	}
	fmr_print_member(out, first, "commit", commit->id);
	fmr_print_member(out, first, "author", commit->author);
	fmr_print_member(out, first, "email", commit->email);
	put_time(out, first, "date", commit->written, commit->written_offset);
	put_time(out, first, "committed", commit->committed, 0);
	fmr_print_member(out, first, "message", commit->message);
}
