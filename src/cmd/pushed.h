/*
 * What a push brings, judged alike where it comes from and where it goes to: the records of each commit, and what the
 * history of them proves.
 */
#ifndef FMR_CMD_PUSHED_H
#define FMR_CMD_PUSHED_H

#include "base/arena.h"
#include "base/vec.h"
#include "cli/cli.h"

/* Is it the id that stands for no commit? */
bool fmr_commit_is_none(const char *id);

/* New commits, parents before their children. */
struct fmr_pushed {
	struct fmr_arena arena;
	FMR_VEC(const char *) ids;
	FMR_VEC(const char *) parents; /* the first one of each; NULL: it has none */
	fmr_new_commit_visit *look;    /* may look at each, or is NULL */
	void *look_context;
};

int fmr_pushed_read(struct fmr_store *store, const struct fmr_new_commits *query, struct fmr_pushed *pushed,
	struct fmr_err *err);
void fmr_pushed_release(struct fmr_pushed *pushed);

/* The commit that the line of first parents of a new commit leaves the new ones at; NULL when it begins among them. */
const char *fmr_pushed_base(const struct fmr_pushed *pushed, const char *tip);

/* Check the records of each; at the tip, what they changed in the states that it leaves them in. */
int fmr_pushed_check(struct fmr_store *store, const struct fmr_pushed *pushed, const char *tip,
	struct fmr_findings *findings, struct fmr_err *err);

/* Audit the history of a commit, and add what it did behind `since` (NULL: from the beginning): rules that were broken
 * and what cannot be proved are errors, signatures that do not count warnings.  *governed: a policy is in force; where
 * there is none, nothing can be proved, and only broken rules are told. */
int fmr_pushed_audit(struct fmr_store *store, const char *tip, const char *since, struct fmr_findings *findings,
	bool *governed, struct fmr_err *err);

#endif
