/*
 * The computed states of the records of a view, for those who check and list them: at the commit that it shows; of a
 * work tree, and of what is staged, at HEAD.
 */
#ifndef FMR_TRUST_STATES_H
#define FMR_TRUST_STATES_H

#include "fmrec/audit.h"

struct fmr_states;

/* May anything have been signed?  A look at the files of the view: where there never was a policy, no history is
 * read. */
bool fmr_states_are_governed(struct fmr_view *view);

/* Nothing is read until somebody asks.  The view must outlive it. */
struct fmr_states *fmr_states_new(struct fmr_view *view);
void fmr_states_free(struct fmr_states *states); /* NULL is fine */

/* The audit behind it, borrowed; made at the first call.  *out is NULL where nothing is governed, and where there is no
 * commit yet. */
int fmr_states_audit(struct fmr_states *states, struct fmr_audit **out, struct fmr_err *err);

/* The state of a record (a fmr_state_of, whose context is the states); NULL: none is computed, it is in the first one.
 * May be called from several threads. */
const char *fmr_states_of(void *states, const struct fmr_type *type, const char *id);

#endif
