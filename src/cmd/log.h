/*
 * The two kinds of `fmrec log`: of records, by field; and of all, by record.
 */
#ifndef FMR_CMD_LOG_H
#define FMR_CMD_LOG_H

#include "cli/cli.h"

#include <stdint.h>

struct fmr_log {
	struct fmr_cli *cli;
	const char *field;           /* only changes of this one, or NULL */
	int64_t since, until;        /* commits made then; 0: no bound */
	size_t limit;                /* 0: all */
	bool json, lines;            /* lines: one object a line */
	const char *zone;
	size_t shown, records;
};

/* Begin and end an object of the results; in text, a blank line stands between entries. */
void fmr_log_begin(struct fmr_log *log, struct fmr_str *out);
void fmr_log_end(struct fmr_log *log, struct fmr_str *out);

int fmr_log_all(struct fmr_log *log, struct fmr_err *err);

#endif
