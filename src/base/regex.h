/*
 * Regular expressions (PCRE2 with JIT).  The only place that knows pcre2.h.
 */
#ifndef FMR_BASE_REGEX_H
#define FMR_BASE_REGEX_H

#include "fmrec/error.h"

#include <stdbool.h>
#include <stddef.h>

struct fmr_regex; /* compiled, immutable, may be shared by threads */

enum {
	FMR_REGEX_ECMA = 1,   /* ECMA-262 (unicode) semantics as JSON Schema asks */
	FMR_REGEX_ICASE = 2,
	FMR_REGEX_FIXED = 4,  /* the pattern is a literal */
	FMR_REGEX_LINES = 8,  /* "^" and "$" are those of lines; the text may be any bytes, and no match spans bad ones */
	FMR_REGEX_FILLED = 16, /* an empty match is none */
};

/* FMR_ERR_INVALID: no regular expression; FMR_ERR_UNSUPPORTED: one with a lookbehind of variable length, which cannot be
 * searched; FMR_ERR_LIMIT: too long. */
int fmr_regex_new(const char *pattern, size_t length, unsigned flags, struct fmr_regex **out, struct fmr_err *err);
void fmr_regex_free(struct fmr_regex *regex);

enum fmr_regex_result { FMR_REGEX_NO, FMR_REGEX_YES, FMR_REGEX_LIMIT /* gave up: catastrophic pattern */ };

/* Search valid UTF-8 text (any text with FMR_REGEX_LINES) from byte `start`; span (2 byte offsets) may be NULL.
 * Thread-safe. */
enum fmr_regex_result fmr_regex_search(const struct fmr_regex *regex, const char *bytes, size_t length, size_t start,
	size_t span[2]);

/* Append the version of PCRE2. */
struct fmr_str;
void fmr_regex_library(struct fmr_str *out);

#endif
