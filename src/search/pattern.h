/*
 * What is searched for: one or more patterns, and the lines of a text in which one of them is found.
 */
#ifndef FMR_SEARCH_PATTERN_H
#define FMR_SEARCH_PATTERN_H

#include "base/regex.h"
#include "fmrec/error.h"
#include "fmrec/value.h"

#include <stdbool.h>
#include <stddef.h>

enum fmr_pattern_kind { FMR_PATTERN_BASIC, FMR_PATTERN_EXTENDED, FMR_PATTERN_FIXED, FMR_PATTERN_PERL };

struct fmr_pattern_options {
	enum fmr_pattern_kind kind;
	bool ignore_case;
	bool word; /* no letter or digit beside the match; in scripts written without blanks every character is a word */
	bool fold; /* words as fmr_text_fold sees them; kind is FMR_PATTERN_FIXED then */
};

struct fmr_pattern; /* immutable, may be shared by threads */

/* Lines of a pattern are patterns of their own, as in grep.  FMR_ERR_INVALID, FMR_ERR_LIMIT: see fmr_regex_new. */
int fmr_pattern_new(const struct fmr_text *patterns, size_t count, const struct fmr_pattern_options *options,
	struct fmr_pattern **out, struct fmr_err *err);
void fmr_pattern_free(struct fmr_pattern *pattern);

struct fmr_line {
	size_t start, end; /* without its line end */
};

/* The first line that begins at or behind `from`, itself the beginning of a line, and holds a match: its bounds and the
 * first match in it.  Text behind the last line end is a line when there is any.  FMR_REGEX_LIMIT: too hard a search in
 * the line that is returned. */
enum fmr_regex_result fmr_pattern_next(const struct fmr_pattern *pattern, const char *text, size_t length, size_t from,
	struct fmr_line *line, struct fmr_span *match);

/* The first match in a line from byte `from` on that is not empty, as offsets of the text. */
bool fmr_pattern_in_line(const struct fmr_pattern *pattern, const char *text, struct fmr_line line, size_t from,
	struct fmr_span *match);

/* Is what matches in a line found in every text that holds the match, whatever stands around it? */
bool fmr_pattern_is_literal(const struct fmr_pattern *pattern);

/* Is each of the patterns found in some line? */
bool fmr_pattern_all(const struct fmr_pattern *pattern, const char *text, size_t length);

#endif
