/*
 * The computed states of the records, and who signed what, in tables:
 *
 *	state_(id, state)     of the records that are not in the first state of their type
 *	transition_(...)      each signature on a record, in the order of the history
 *
 * They are those of one commit, which meta_ names; where nothing is governed, both are empty.
 */
#ifndef FMR_INDEX_STATES_H
#define FMR_INDEX_STATES_H

#include "index/private.h"

/* SQL that makes the tables and their views. */
extern const char fmr_states_tables[];

/* Do the tables hold what they should?  *commit: what they should hold, empty for nothing. */
bool fmr_index_states_are_right(struct fmr_index *index, char commit[41]);
/* Fill the tables with what is true at this commit; they can be written (fmr_index_write). */
int fmr_index_fill_states(struct fmr_index *index, const char *commit, struct fmr_err *err);
/* Visit the paths of the records whose state the filling changed. */
typedef void fmr_state_change_visit(void *context, const char *path);
int fmr_index_each_changed_state(struct fmr_index *index, fmr_state_change_visit *visit, void *context,
	struct fmr_err *err);

#endif
