/*
 * Files gathered for one archive: each path once, sorted, with their digests, so that equal contents give equal bytes
 * whatever the order they came in.
 */
#ifndef FMR_BASE_ARCHIVE_H
#define FMR_BASE_ARCHIVE_H

#include "base/str.h"
#include "fmrec/error.h"

#include <stdbool.h>
#include <stdint.h>

enum { FMR_ARCHIVE_LIMIT = 1 << 30 }; /* bytes of all files */

struct fmr_archive;
struct fmr_archive *fmr_archive_new(void);
void fmr_archive_free(struct fmr_archive *archive);

/* A file of these bytes, which are copied.  A path that is there already keeps what it has.  FMR_ERR_LIMIT. */
int fmr_archive_add(struct fmr_archive *archive, const char *path, const char *bytes, size_t length,
	struct fmr_err *err);
bool fmr_archive_has(const struct fmr_archive *archive, const char *path);

/* Append the archive: all files below directory `root`, and in it SHA256SUMS, as sha256sum -c reads it.  Fails only when
 * libcrypto cannot be loaded. */
int fmr_archive_write(struct fmr_archive *archive, const char *root, int64_t time, struct fmr_str *out,
	struct fmr_err *err);

#endif
