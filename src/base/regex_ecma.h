/*
 * ECMA-262 patterns (with the u flag, as JSON Schema asks) in the words of PCRE2.
 */
#ifndef FMR_BASE_REGEX_ECMA_H
#define FMR_BASE_REGEX_ECMA_H

#include "base/str.h"

#include <stddef.h>

/* Append the translation to out.  Returns NULL, or what is wrong with the pattern at byte *at. */
const char *fmr_regex_from_ecma(const char *pattern, size_t length, struct fmr_str *out, size_t *at);

#endif
