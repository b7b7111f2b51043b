/*
 * What commands that change a record make of its text, without writing it.
 */
#ifndef FMR_CMD_COMPOSE_H
#define FMR_CMD_COMPOSE_H

#include "cli/cli.h"

/* An entry of the running log, each part as it would be typed; at NULL: now, the others: not said. */
struct fmr_log_line {
	const char *at, *text, *kind, *actor;
};
/* text: what the record becomes.  *entry, in arena: what was added. */
int fmr_log_compose(struct fmr_cli *cli, const struct fmr_record *record, const struct fmr_log_line *line,
	struct fmr_arena *arena, struct fmr_value **entry, struct fmr_str *text, struct fmr_err *err);

/* A link between two records, of which either may be the one that holds it: *holder is one of a and b, and text is what it
 * becomes.  note, on: as typed, or NULL. */
int fmr_link_compose(struct fmr_cli *cli, const struct fmr_record *a, const char *word, const struct fmr_record *b,
	const char *note, const char *on, const struct fmr_record **holder, struct fmr_str *text, struct fmr_err *err);

/* The links of a record that are suspect because their targets changed, judged again as they stand.  FMR_ERR_NOT_FOUND when
 * there are none. */
int fmr_relink_compose(struct fmr_cli *cli, const struct fmr_record *record, struct fmr_str *text, struct fmr_err *err);

#endif
