#ifndef FMR_STORE_HOOKS_H
#define FMR_STORE_HOOKS_H

#include "fmrec/store.h"

#include "base/str.h"

#include <stdbool.h>

/* The one hook of this repository that can have refused a commit; NULL when there is none or more than one. */
const char *fmr_hooks_that_may_refuse(struct fmr_store *store, bool no_verify);

/* Append text quoted for a shell. */
void fmr_hooks_quote(struct fmr_str *out, const char *text);

/* The merge driver (driver.c). */
int fmr_driver_install(struct fmr_store *store, const char *program, struct fmr_err *err);
int fmr_driver_uninstall(struct fmr_store *store, struct fmr_err *err);
/* Appends the path of the file that names it. */
bool fmr_driver_is_installed(struct fmr_store *store, struct fmr_str *path);

#endif
