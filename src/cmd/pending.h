/*
 * The records that wait for a signature.
 */
#ifndef FMR_CMD_PENDING_H
#define FMR_CMD_PENDING_H

#include "cli/cli.h"
#include "trust/policy.h"

struct fmr_pending {         /* a signature that a record waits for; texts are freed with the list */
	char *id, *title, *state, *transition, *needs;
	char *due;           /* a date, or NULL */
	int64_t since;       /* when the record came into its state */
	bool mine;           /* I could give it */
	bool ready;          /* nothing else is missing */
	size_t order;        /* as the type has it */
};

struct fmr_pendings {
	struct fmr_pending *items;
	size_t count, capacity;
};

/* Which person of the policy sits here: by the key that would sign, else by the e-mail address of the git user; NULL:
 * none of them. */
const struct trust_person *fmr_pending_me(struct fmr_cli *cli, const struct trust_policy *policy);

/*
 * What could be signed, what has waited longest first.  me: id of a person or
 * NULL; only_mine: nothing that others must sign; unready: also where fields
 * are missing.  Ways that need a reason, as to make a record void, wait for
 * nobody.
 */
struct fmr_pending_query {
	const char *me;
	bool only_mine, unready;
};
int fmr_pending_find(struct fmr_cli *cli, struct fmr_audit *audit, const struct fmr_pending_query *query,
	struct fmr_pendings *out, struct fmr_err *err);
/* How many records are among them. */
size_t fmr_pending_records(const struct fmr_pendings *pendings);
void fmr_pending_release(struct fmr_pendings *pendings);

#endif
