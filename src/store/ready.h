/*
 * What must hold before anything is committed.
 */
#ifndef FMR_STORE_READY_H
#define FMR_STORE_READY_H

#include "store/repo.h"

/* FMR_ERR_REFUSED while a merge, rebase, cherry-pick or revert is not finished. */
int fmr_refuse_unfinished(const struct fmr_store *store, struct fmr_err *err);

/* FMR_ERR_REFUSED when git does not know who the author or the committer is. */
int fmr_need_identity(struct fmr_store *store, struct fmr_err *err);

/* Append what `git var` says of GIT_AUTHOR_IDENT or GIT_COMMITTER_IDENT ("Name <address> seconds zone" and a line end);
 * out may be NULL. */
int fmr_identity(struct fmr_store *store, const char *variable, struct fmr_str *out, struct fmr_err *err);

#endif
