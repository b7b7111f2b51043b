/*
 * Words as people spell them, in the words of PCRE2: searching the text for the pattern is as good as folding the whole
 * text, and a hundred times as fast.
 */
#ifndef FMR_BASE_REGEX_FOLD_H
#define FMR_BASE_REGEX_FOLD_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

/* Append a pattern that is found in the texts whose folded form (fmr_text_fold) holds the folded word; but for words that
 * begin with a dash or with a mark of voice or accent, which look at one character before them only.  false, and nothing
 * is appended, when nothing is left of the word, or it is too long to be one. */
bool fmr_regex_from_word(const char *word, size_t length, struct fmr_str *out);

#endif
