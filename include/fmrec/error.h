/*
 * Errors: "could not do the job".  (Faults found in data are findings: finding.h.)
 *
 * A fallible function returns 0, or a negative enum fmr_error, and describes
 * the error in a struct fmr_err that the caller owns; a NULL err is allowed
 * when the code alone is enough.  The first error is kept on the way up;
 * callers add context with fmr_err_context().  Nothing below src/cli prints.
 */
#ifndef FMREC_ERROR_H
#define FMREC_ERROR_H

#include <stddef.h>

enum fmr_error {
	FMR_OK = 0,
	FMR_ERR_IO = -1,          /* the system refused: no space, no permission, ... */
	FMR_ERR_NOT_FOUND = -2,   /* no such file, record, type, revision */
	FMR_ERR_EXISTS = -3,      /* would overwrite something */
	FMR_ERR_INVALID = -4,     /* the request itself makes no sense */
	FMR_ERR_AMBIGUOUS = -5,   /* an abbreviation fits several */
	FMR_ERR_CHANGED = -6,     /* compare-before-replace failed: somebody was faster */
	FMR_ERR_LOCKED = -7,      /* another process holds the lock */
	FMR_ERR_LIMIT = -8,       /* a size, depth or time limit was hit */
	FMR_ERR_UNSUPPORTED = -9, /* a format that fmrec does not know */
	FMR_ERR_GIT = -10,        /* git or libgit2 refused */
	FMR_ERR_REFUSED = -11,    /* findings or a hook forbid it */
	FMR_ERR_ABORTED = -12,    /* the user gave up */
};

struct fmr_err {
	enum fmr_error code;
	char text[1024]; /* one line, lower case, the fault first, no full stop; UTF-8 */
	char hint[1024]; /* what to do next, or empty; may have several lines */
};

/* Set err (may be NULL) and return code.  The text is cut at a character boundary. */
int fmr_err_set(struct fmr_err *err, enum fmr_error code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* As fmr_err_set with FMR_ERR_IO (or FMR_ERR_NOT_FOUND for ENOENT) and ": strerror(number)" behind. */
int fmr_err_system(struct fmr_err *err, int number, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Put "context: " before the text.  Nothing when err is NULL: the code is the caller's to return. */
void fmr_err_context(struct fmr_err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Set what the user can do next.  Nothing when err is NULL, likewise. */
void fmr_err_hint(struct fmr_err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
