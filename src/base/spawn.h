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
	bool show_errors;               /* its stderr goes to ours, and to errors too */
	bool inherit_terminal;          /* stdin, stdout, stderr are ours (editors) */
};

/* Run and wait.  *status is the exit code (128+n for signal n).  Could not start: error.  A process that its child
 * left running in the background with our pipes open is not waited for. */
int fmr_spawn_run(const struct fmr_spawn *spawn, int *status, struct fmr_err *err);

/* A program that answers questions on its stdin one by one (git cat-file --batch); its stderr is discarded.  Of the
 * spawn, argv, directory and environment count. */
struct fmr_process;
int fmr_process_start(const struct fmr_spawn *spawn, struct fmr_process **out, struct fmr_err *err);
int fmr_process_ask(struct fmr_process *process, const char *bytes, size_t length, struct fmr_err *err);
/* Append one line, without its end, or exactly `length` bytes of its answer. */
int fmr_process_line(struct fmr_process *process, struct fmr_str *out, struct fmr_err *err);
int fmr_process_bytes(struct fmr_process *process, size_t length, struct fmr_str *out, struct fmr_err *err);
/* Append up to the next NUL, which is taken too; false at the end of its output (what is left is appended). */
bool fmr_process_word(struct fmr_process *process, struct fmr_str *out);
/* Close its pipes, wait for it and free it; its exit code as of fmr_spawn_run, -1 of NULL. */
int fmr_process_stop(struct fmr_process *process);

#endif
