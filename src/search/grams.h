/*
 * What of a text is compared with other texts: whole words where blanks part words, runs of two and three characters
 * where nothing does.  No dictionary, no language.
 */
#ifndef FMR_SEARCH_GRAMS_H
#define FMR_SEARCH_GRAMS_H

#include <stddef.h>
#include <stdint.h>

/* gram: a hash of it; share: how much of a word it is worth; it stands at the characters start..end of the text. */
typedef void fmr_grams_visit(void *context, uint64_t gram, double share, size_t start, size_t end);

/* Visit the grams of a folded text, given as code points, in the order of their ends. */
void fmr_grams_each(const uint32_t *text, size_t length, fmr_grams_visit *visit, void *context);

#endif
