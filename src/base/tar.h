/*
 * Archives in the format that every tar of the last decades reads (POSIX.1-2017 pax: ustar, with extended headers for
 * paths that ustar has no room for).  Written so that equal contents give equal bytes: files only, mode 0644, owner 0,
 * one time.  Own code: an archive is a header of 512 bytes before each file, which is less than a library would be.
 */
#ifndef FMR_BASE_TAR_H
#define FMR_BASE_TAR_H

#include "base/str.h"

#include <stdint.h>

/* Append a file; its path is relative, "/" between the parts.  time: seconds since 1970, not negative. */
void fmr_tar_file(struct fmr_str *out, const char *path, const char *bytes, size_t length, int64_t time);
/* Append what ends an archive. */
void fmr_tar_end(struct fmr_str *out);

#endif
