/*
 * What surrounds one record on its page: which of its links are suspect, and
 * which records link to it.
 */
#ifndef FMR_CMD_LINKED_H
#define FMR_CMD_LINKED_H

#include "cli/cli.h"

struct fmr_suspects {
	const struct fmr_value **items; /* links in the record, ended by NULL; NULL when there is none */
	size_t count, capacity;
	bool travels; /* whoever links here on a link that suspicion travels along is suspect, too */
};

int fmr_suspects_find(struct fmr_book *book, const struct fmr_record *record, struct fmr_suspects *out,
	struct fmr_err *err);
void fmr_suspects_release(struct fmr_suspects *suspects);

/* Print the records that link to this one, by what the link is called from here. */
int fmr_linked_show(struct fmr_cli *cli, struct fmr_book *book, const struct fmr_record *record,
	const struct fmr_suspects *suspects, struct fmr_err *err);

#endif
