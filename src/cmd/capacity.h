/*
 * In which role, and for whom, somebody could sign.
 */
#ifndef FMR_CMD_CAPACITY_H
#define FMR_CMD_CAPACITY_H

#include "cmd/signing.h"

struct fmr_capacity {
	const struct fmr_next_slot *slot; /* what it would be a signature of */
	const char *role;
	const char *behalf;               /* the person whose deputy signs, or NULL */
};

struct fmr_capacities {
	struct fmr_capacity *items;       /* release with FMR_VEC_RELEASE */
	size_t count, capacity;
};

/* What was asked for on the command line; NULL: whatever fits. */
struct fmr_capacity_wish {
	const char *role, *behalf;
};

/* Add the roles, among those that may sign the slot, that I hold; as_deputy: that those hold for whom I may sign. */
void fmr_capacity_add(const struct fmr_signing *signing, const struct fmr_next_slot *slot, const char *type,
	const struct fmr_capacity_wish *wish, bool as_deputy, struct fmr_capacities *out);

/* The only one, or FMR_ERR_AMBIGUOUS with what to say.  There must be one at least. */
int fmr_capacity_choose(const struct fmr_capacities *capacities, const char *what, struct fmr_capacity *out,
	struct fmr_err *err);

#endif
