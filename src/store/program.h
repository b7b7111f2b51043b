/*
 * Running git itself.
 */
#ifndef FMR_STORE_PROGRAM_H
#define FMR_STORE_PROGRAM_H

#include "base/spawn.h"
#include "store/repo.h"

#define EMPTY_TREE "4b825dc642cb6eb9a060e54bf8d69288fbee4904" /* git knows it without being told */

struct git_call {
	const char *const *arguments; /* without "git", NULL-terminated */
	const char *input;
	size_t input_length;
	struct fmr_str *output;
	struct fmr_str *errors;
	bool show_errors; /* also to our stderr, as they come */
	bool reading;     /* nothing that the repository's configuration names may run, nothing is fetched */
	bool locked;      /* children learn that fmrec's lock is held by their ancestor */
};

/* *status is git's exit code. */
int fmr_git_run(struct fmr_store *store, const struct git_call *call, int *status, struct fmr_err *err);

/* The same for a git that answers questions. */
int fmr_git_start(struct fmr_store *store, const char *const *arguments, struct fmr_process **out,
	struct fmr_err *err);

/* FMR_ERR_GIT with the line of git's stderr that says most; what: "git refused the commit". */
int fmr_git_failed(const struct fmr_str *errors, struct fmr_err *err, const char *what);

/* ---- HEAD ---- */

struct head {
	char commit[65];  /* empty on an unborn branch */
	char branch[256]; /* "HEAD" when detached */
};
int fmr_head_read(struct fmr_store *store, struct head *head, struct fmr_err *err);

/* ---- what git calls raw: ":100644 100644 <id> <id> M" ---- */

/* One part and the blank behind it; false when it is none. */
bool fmr_raw_mode(const char **at, unsigned *mode);
bool fmr_raw_id(const char **at, char id[41]);

/* ---- what is staged ---- */

struct staged_entry {
	char status; /* A M D T U */
	unsigned old_mode, new_mode;
	char old_id[41], new_id[41];
	const char *path;
};
typedef int fmr_staged_visit(void *context, const struct staged_entry *entry);

/* The index against HEAD, in order of paths.  under: "" for all. */
int fmr_staged_each(struct fmr_store *store, const struct head *head, const char *under, fmr_staged_visit *visit,
	void *context, struct fmr_err *err);
/* The same of an index that was read already. */
struct gitindex;
int fmr_staged_of(struct fmr_store *store, const struct head *head, const struct gitindex *index, const char *under,
	fmr_staged_visit *visit, void *context, struct fmr_err *err);

#endif
