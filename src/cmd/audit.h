/*
 * An audit as it is asked for on the command line: of which history, of which records.
 */
#ifndef FMR_CMD_AUDIT_H
#define FMR_CMD_AUDIT_H

#include "base/arena.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "fmrec/audit.h"
#include "render/audit.h"

struct fmr_audit_arguments {
	const char *pin, *write_pin, *record;
	bool strict;
	int records;
};

struct fmr_asked_audit {
	struct fmr_cli *cli;
	struct fmr_audit_options options;
	struct fmr_audit *audit;
	const char *zone;             /* days begin where the policy says */
	struct fmr_arena arena;
	FMR_VEC(const char *) words;  /* operands that name records */
	FMR_VEC(const char *) ids;    /* these records, in full */
};

/* Operands: a revision or a range, and ids, which may be shortened.  Close it in any case. */
int fmr_asked_audit_open(struct fmr_cli *cli, int argc, char **argv, const struct fmr_pin *pin,
	struct fmr_asked_audit *asked, struct fmr_err *err);
void fmr_asked_audit_close(struct fmr_asked_audit *asked);
/* Add the record that is meant to ids; FMR_ERR_AMBIGUOUS, FMR_ERR_NOT_FOUND. */
int fmr_asked_audit_find(struct fmr_asked_audit *asked, const char *word, struct fmr_err *err);
/* How the printers are told of it; no colour, any width.  Ends ids: no more can be added. */
struct fmr_audit_style fmr_asked_audit_style(struct fmr_asked_audit *asked, bool strict);

/* `fmrec audit bundle`: operands behind that word. */
int fmr_audit_bundle(struct fmr_cli *cli, int argc, char **argv, struct fmr_err *err);

#endif
