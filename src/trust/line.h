/*
 * The line of first parents from a tip back to the first commit: what an audit judges.  Twenty bytes a commit, and eight
 * more to find one by its id.
 */
#ifndef FMR_TRUST_LINE_H
#define FMR_TRUST_LINE_H

#include "fmrec/error.h"
#include "fmrec/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trust_line {
	struct fmr_oid *ids; /* the oldest first */
	size_t count, capacity;
	uint32_t *slots;     /* hash table: index + 1 */
	size_t mask;
	/* Where the line could not be followed: the commit that is missing or wrong, and why. */
	bool cut;
	struct fmr_oid missing;
	enum fmr_error fault; /* FMR_ERR_NOT_FOUND, FMR_ERR_LIMIT or FMR_ERR_INVALID */
};

/* Walk back from tip.  An object that is not there ends the line (cut) and is no error. */
int fmr_trust_line_read(struct fmr_store *store, const struct fmr_oid *tip, struct trust_line *out,
	struct fmr_err *err);
void fmr_trust_line_release(struct trust_line *line);

/* Append the commit, when its first parent is the last one of a line that is not cut; *follows tells.  An object that is
 * not there does not follow. */
int fmr_trust_line_follow(struct trust_line *line, struct fmr_store *store, const struct fmr_oid *id, bool *follows,
	struct fmr_err *err);

/* The place of a commit on the line; false when it is not on it. */
bool fmr_trust_line_find(const struct trust_line *line, const struct fmr_oid *id, size_t *sequence);

#endif
