/*
 * Who signs what, as it is in force: the transitions of types with what the trust policy overrides.
 */
#ifndef FMR_CMD_IN_FORCE_H
#define FMR_CMD_IN_FORCE_H

#include "cli/cli.h"
#include "fmrec/arena.h"

struct trust_policy;

struct fmr_in_force {
	const struct trust_policy *policy; /* NULL: none is in force, or none can be read (which is warned of) */
	struct fmr_arena arena;
};

/* Look for the policy at the commit of cli->view. */
void fmr_in_force_open(struct fmr_cli *cli, struct fmr_in_force *in_force);
void fmr_in_force_close(struct fmr_in_force *in_force);
/* The transitions of a type, as many as it has; borrowed. */
const struct fmr_transition_rule *fmr_in_force_rules(struct fmr_in_force *in_force, const struct fmr_type *type);

#endif
