/*
 * Other programs: an argument list, never a shell.
 */
#ifndef FMR_BASE_SPAWN_H
#define FMR_BASE_SPAWN_H

#include "base/str.h"
#include "fmrec/error.h"

#include <stdbool.h>
#include <stddef.h>

struct fmr_spawn {
	const char *const *argv;        /* NULL-terminated; argv[0] is searched in PATH */
	const char *directory;          /* run there, or NULL */
	const char *const *environment; /* extra "NAME=value" and, to unset, "NAME"; NULL-terminated; or NULL */
	const char *input;              /* bytes for its stdin; NULL: /dev/null, or the terminal when inherit_terminal */
	size_t input_length;
	struct fmr_str *output;         /* its stdout; NULL: discarded, or stderr of ours when show_output */
	struct fmr_str *errors;         /* its stderr; NULL: ours */
	bool show_output;               /* its stdout goes to our stderr (hooks) */
	bool inherit_terminal;          /* stdin, stdout, stderr are ours (editors) */
};

/* Run and wait.  *status is the exit code (128+n for signal n).  Could not start: error. */
int fmr_spawn_run(const struct fmr_spawn *spawn, int *status, struct fmr_err *err);

#endif
