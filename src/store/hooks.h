#ifndef FMR_STORE_HOOKS_H
#define FMR_STORE_HOOKS_H

#include "fmrec/store.h"

#include <stdbool.h>

/* The one hook of this repository that can have refused a commit; NULL when there is none or more than one. */
const char *fmr_hooks_that_may_refuse(struct fmr_store *store, bool no_verify);

#endif
