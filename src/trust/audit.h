/*
 * An audit: a fold that has run, and what is told of it.  For audit.c, status.c and next.c.
 */
#ifndef FMR_TRUST_AUDIT_H
#define FMR_TRUST_AUDIT_H

#include "trust/fold.h"

struct fmr_audit {
	struct fold fold;
	struct fmr_arena arena;    /* of what was told */
	FMR_VEC(const struct fmr_audit_finding *) findings; /* those that were asked for */
	size_t after;              /* the sequence that they come behind */
	bool pinned, pin_failed;   /* a pin was given, and is not what is here */
};

/* What is told of a record; in arena. */
struct fmr_record_status *fmr_status_make(struct fold *fold, const struct fold_record *record, struct fmr_arena *arena);

#endif
