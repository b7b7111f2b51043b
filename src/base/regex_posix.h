/*
 * Basic and extended regular expressions (POSIX, with GNU's additions), and literal texts, in the words of PCRE2.
 */
#ifndef FMR_BASE_REGEX_POSIX_H
#define FMR_BASE_REGEX_POSIX_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	FMR_POSIX_EXTENDED = 1, /* else basic */
	FMR_POSIX_ICASE = 2,    /* to be compiled without case: [[:upper:]] is any letter then, as in glibc */
};

/* Append the translation to out, for FMR_REGEX_LINES: it never matches a line end, so that searching a whole text finds
 * what searching each of its lines would find.  Returns NULL, or what is wrong with the pattern at byte *at. */
const char *fmr_regex_from_posix(const char *pattern, size_t length, unsigned flags, struct fmr_str *out, size_t *at);

/* Append a pattern that matches just this text. */
void fmr_regex_quote(struct fmr_str *out, const char *bytes, size_t length);

#endif
