/*
 * Text folded to the width of a terminal.
 */
#ifndef FMR_RENDER_WRAP_H
#define FMR_RENDER_WRAP_H

#include "base/str.h"

/*
 * Append text, made safe, in lines of at most `width` columns (0: only at its
 * own line ends), each line but the first behind `indent` blanks.  Latin words
 * stay whole, Japanese breaks between any two characters but not before
 * closing punctuation.  No line end is added behind the last line.
 */
void fmr_wrap(struct fmr_str *out, const char *text, size_t length, size_t indent, size_t width);

#endif
