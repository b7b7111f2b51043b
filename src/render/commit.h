/*
 * Who and when, for people and for programs.
 */
#ifndef FMR_RENDER_COMMIT_H
#define FMR_RENDER_COMMIT_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum { FMR_COMMIT_DIGITS = 7 };

struct fmr_commit_words {
	const char *id;     /* NULL: not committed */
	const char *author, *email, *message;
	int64_t written;    /* seconds since 1970 UTC */
	int written_offset; /* minutes east of UTC */
	int64_t committed;
};

/* Append "2026-11-21 03:12" as it was in the zone (as for fmr_zone_offset). */
void fmr_render_when(struct fmr_str *out, int64_t seconds, const char *zone);
/* Append the first line of a message, safe for a terminal. */
void fmr_render_subject(struct fmr_str *out, const char *message);
/* Append "4be91c7 2026-11-21 03:12 Sato Hanako  subject" and a line end. */
void fmr_render_commit(struct fmr_str *out, const struct fmr_commit_words *commit, const char *zone, bool color);
/* Append ,"commit":...,"author":...,"email":...,"date":...,"committed":...,"message":... */
void fmr_render_commit_json(struct fmr_str *out, bool *first, const struct fmr_commit_words *commit);

#endif
