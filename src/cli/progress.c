/*
 * A progress line on a terminal, for work that takes more than a second.
 */
#include "base/alloc.h"
#include "base/i18n.h"
#include "base/str.h"
#include "cli/frame.h"

#include <stdint.h>
#include <stdlib.h>
#include <time.h>

enum { MILLISECOND = 1000000, FIRST_AFTER_MS = 1000, EVERY_MS = 100, BAR = 24 };

struct fmr_progress {
	struct fmr_cli *cli; /* NULL: nothing is shown */
	char *what;
	int64_t next; /* when to draw, in milliseconds */
	bool drawn;
};

static int64_t now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / MILLISECOND;
}

struct fmr_progress *fmr_progress_new(struct fmr_cli *cli, const char *what)
{
	struct fmr_progress *progress = fmr_alloc_zero(1, sizeof(*progress));
	if (!cli->err_tty || cli->quiet || fmr_pager_is_running())
		return progress;
	progress->cli = cli;
	progress->what = fmr_strdup(what);
	progress->next = now() + FIRST_AFTER_MS;
	return progress;
}

static void draw(struct fmr_progress *progress, size_t done, size_t total)
{
	struct fmr_str line;
	fmr_str_init(&line);
	if (total) {
		size_t percent = done >= total ? 100 : (size_t)((double)done * 100 / (double)total);
		size_t full = percent * BAR / 100;
		fmr_str_printf(&line, "\r%s %3zu%% [", progress->what, percent);
		fmr_str_repeat(&line, '#', full);
		fmr_str_repeat(&line, '.', BAR - full);
		fmr_str_printf(&line, "] %zu/%zu", done, total);
	} else {
		fmr_str_printf(&line, "\r%s %zu", progress->what, done);
	}
	fmr_str_puts(&line, "\x1b[K");
	fwrite(line.bytes, 1, line.length, progress->cli->talk);
	fflush(progress->cli->talk);
	fmr_str_release(&line);
	progress->drawn = true;
}

void fmr_progress_show(struct fmr_progress *progress, size_t done, size_t total)
{
	if (!progress || !progress->cli)
		return;
	int64_t time = now();
	if (time < progress->next)
		return;
	progress->next = time + EVERY_MS;
	draw(progress, done, total);
}

void fmr_progress_end(struct fmr_progress *progress)
{
	if (!progress)
		return;
	if (progress->drawn) {
		fputs("\r\x1b[K", progress->cli->talk);
		fflush(progress->cli->talk);
	}
	free(progress->what);
	free(progress);
}
