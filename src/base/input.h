/*
 * What a user names to be read: a file, a pipe, or `-` for standard input.
 */
#ifndef FMR_BASE_INPUT_H
#define FMR_BASE_INPUT_H

#include "base/str.h"
#include "fmrec/error.h"

#include <stddef.h>

/* Append everything to out.  More than limit bytes: FMR_ERR_LIMIT; a directory: FMR_ERR_UNSUPPORTED. */
int fmr_input_read(const char *path, size_t limit, struct fmr_str *out, struct fmr_err *err);

#endif
