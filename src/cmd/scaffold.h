/*
 * `fmrec new` of a type that names a scaffold: all records of the set in one
 * commit, or none.
 */
#ifndef FMR_CMD_SCAFFOLD_H
#define FMR_CMD_SCAFFOLD_H

#include "cmd/write.h"
#include "record/scaffold.h"

/* The scaffold of the type; *out is NULL when it has none.  Findings are shown. */
int fmr_scaffold_of(struct fmr_cli *cli, const struct fmr_type *type, struct fmr_scaffold **out, struct fmr_err *err);

/* Make the set around the record whose text this is, check and write it, and say what is left to decide.  What was
 * written of the record itself is kept as a draft when it is refused.  FMR_EXIT_FINDINGS then. */
int fmr_scaffold_write(struct fmr_cli *cli, struct fmr_scaffold *scaffold, const struct fmr_write_text *write,
	struct fmr_err *err);

#endif
