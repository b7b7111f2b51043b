/*
 * Files: whole reads, atomic writes, locks, safe paths.
 */
#ifndef FMR_BASE_FS_H
#define FMR_BASE_FS_H

#include "base/str.h"
#include "fmrec/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Append the file's bytes to out.  directory: an open directory or AT_FDCWD.  Only ordinary files, links not
 * followed at the last step when no_follow.  More than limit bytes: FMR_ERR_LIMIT. */
int fmr_file_read(int directory, const char *path, size_t limit, bool no_follow, struct fmr_str *out,
	struct fmr_err *err);

/*
 * Replace or create a file: temporary file beside it, write, fsync, rename,
 * fsync of the directory.  expected: the bytes that must be there now (NULL:
 * the file must not exist); otherwise FMR_ERR_CHANGED and nothing is touched.
 * Missing directories are made.  On any error the old file is whole and no
 * temporary file is left.
 */
int fmr_file_replace(int directory, const char *path, const struct fmr_str *expected, const char *bytes,
	size_t length, mode_t mode, struct fmr_err *err);

/* Take path away if it holds `expected`; then its directory, as long as empty, up to (not with) `top`. */
int fmr_file_remove(int directory, const char *path, const struct fmr_str *expected, struct fmr_err *err);

/* mkdir -p below an open directory; refuses to walk through symbolic links. */
int fmr_directory_make(int directory, const char *path, struct fmr_err *err);

/* A relative path that stays inside: no empty, ".", ".." parts, no leading "/", no control characters, no "\\". */
bool fmr_path_is_inside(const char *path);

/* Advisory lock on a file (made when missing), waiting up to timeout_seconds; close the descriptor to unlock. */
int fmr_lock_take(const char *path, int timeout_seconds, int *descriptor, struct fmr_err *err);

#endif
