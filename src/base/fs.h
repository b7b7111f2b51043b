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

/* Beginning of the names of files that are being written; one that is left over belongs to a dead process. */
#define FMR_TEMPORARY_PREFIX ".fmrec-tmp-"

/* A relative path that stays inside: no empty, ".", ".." parts, no leading "/", no control characters, no "\\". */
bool fmr_path_is_inside(const char *path);

/* openat(2) of a path inside `directory` that meets no symbolic link on its way, nor at its end (ELOOP).  Always
 * with O_CLOEXEC.  A descriptor, or -1 and errno. */
int fmr_open_inside(int directory, const char *path, int flags, mode_t mode);

/* Append the file's bytes to out.  directory: an open directory or AT_FDCWD.  Only ordinary files
 * (FMR_ERR_UNSUPPORTED); links not followed when no_follow.  More than limit bytes: FMR_ERR_LIMIT. */
int fmr_file_read(int directory, const char *path, size_t limit, bool no_follow, struct fmr_str *out,
	struct fmr_err *err);
/* The same from an open file, which may be anything that can be read to its end; name is for messages. */
int fmr_file_read_open(int descriptor, const char *name, size_t limit, struct fmr_str *out, struct fmr_err *err);

/* write(2) until everything is written; -1 and errno. */
int fmr_write_all(int descriptor, const char *bytes, size_t length);

/*
 * Replace or create a file: temporary file beside it, write, fsync, rename,
 * fsync of the directory.  expected: the bytes that must be there now (NULL:
 * the file must not exist); otherwise FMR_ERR_CHANGED and nothing is touched.
 * Missing directories are made.  On any error the old file is whole and no
 * temporary file is left.  A file that is replaced keeps its mode.
 *
 * Below an open directory the path must stay inside and no part of it may be
 * a symbolic link; with AT_FDCWD any path will do.
 */
int fmr_file_replace(int directory, const char *path, const struct fmr_str *expected, const char *bytes,
	size_t length, mode_t mode, struct fmr_err *err);

/* Take path away if it holds `expected`; then its directories, as long as they are empty, up to (not with)
 * `directory`; with AT_FDCWD only the file. */
int fmr_file_remove(int directory, const char *path, const struct fmr_str *expected, struct fmr_err *err);

/*
 * The same in two steps, for changes of several files: after fmr_file_change
 * the old file still lies somewhere under a temporary name, so that
 * fmr_file_undo needs no space on the disk; fmr_file_keep takes it away.
 */
struct fmr_file_undo {
	int directory;     /* borrowed; must stay open */
	char *path;        /* NULL: nothing to undo */
	bool existed;
	char backup[64];   /* name of the old file; empty: none */
	int backup_directory; /* where it lies: borrowed; -1: beside path */
	size_t kept;       /* how much of path are directories that were there before */
	bool litter;       /* a temporary file could not be taken away: fmr_directory_sweep is due */
};
struct fmr_file_edit {
	const char *path;
	const struct fmr_str *expected; /* NULL: the file must not exist */
	const char *bytes;              /* NULL: take the file away */
	size_t length;
	mode_t mode;                    /* of a new file */
	bool later;                     /* do not fsync: fmr_file_sync_all follows */
};
/* backup_directory: where the old file is kept if that is on the same file system; -1: beside the new one. */
int fmr_file_change(int directory, int backup_directory, const struct fmr_file_edit *edit, struct fmr_file_undo *undo,
	struct fmr_err *err);
/* Both release undo, whose `litter` tells the rest. */
int fmr_file_undo(struct fmr_file_undo *undo, struct fmr_err *err);
void fmr_file_keep(struct fmr_file_undo *undo);
/* Bring everything written below an open directory to the disk at once: cheaper than fsync of many files. */
int fmr_file_sync_all(int directory, struct fmr_err *err);

/* 0 if path holds exactly `expected` (NULL: does not exist), else FMR_ERR_CHANGED or another error. */
int fmr_file_expect(int directory, const char *path, const struct fmr_str *expected, struct fmr_err *err);

/* mkdir -p; below an open directory it refuses to walk through symbolic links, and to make a directory whose name
 * differs from one that is there only in upper and lower case. */
int fmr_directory_make(int directory, const char *path, struct fmr_err *err);

/* Take a directory away with all that is in it; links are not followed.  Not there: nothing happens. */
int fmr_directory_remove(const char *path, struct fmr_err *err);

/* Take away what writers that died left in a directory.  The caller holds the lock that writers hold. */
void fmr_directory_sweep(int directory, const char *path);

/* The same for files whose names start with `beginning`, but for `kept`; any directory. */
void fmr_directory_sweep_others(const char *path, const char *beginning, const char *kept);

/* Advisory lock on a file (made when missing), waiting up to timeout_seconds; close the descriptor to unlock. */
int fmr_lock_take(const char *path, int timeout_seconds, int *descriptor, struct fmr_err *err);

#endif
