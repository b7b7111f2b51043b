/*
 * What the commands that take a query have in common: the index, the query in the operands, and what is said of the
 * records that cannot be read.
 */
#ifndef FMR_CMD_ASKED_H
#define FMR_CMD_ASKED_H

#include "cli/cli.h"
#include "fmrec/query.h"
#include "index/index.h"

/* A row of an option table whose options struct holds `bool no_refresh`. */
#define FMR_NO_REFRESH_OPTION(options)                                                                                 \
	{ .name = "no-refresh", .kind = FMR_OPTION_FLAG, .help = N_("believe the index without looking at the files"), \
		.offset = offsetof(struct options, no_refresh) }

struct fmr_asked {
	struct fmr_index *index;
	struct fmr_query *query;
};

/* trust: --no-refresh. */
int fmr_asked_index(struct fmr_cli *cli, bool trust, struct fmr_index **out, struct fmr_err *err);
/* The words make up one query; an error points at its place in them. */
int fmr_asked_open(struct fmr_cli *cli, int argc, char **argv, bool trust, struct fmr_asked *out, struct fmr_err *err);
void fmr_asked_close(struct fmr_asked *asked);

/* Are the operands a query, and not ids or paths of records?  A file of that name goes before. */
bool fmr_asked_is_query(int argc, char **argv);
/* Visit the paths of the records that fit the query, and warn of those that cannot be read.  Non-zero from the visitor
 * ends the visit with that value. */
typedef int fmr_asked_path_visit(void *context, const char *path);
int fmr_asked_each_path(struct fmr_cli *cli, int argc, char **argv, fmr_asked_path_visit *visit, void *context,
	struct fmr_err *err);

/* The columns that are shown when none are named: these, and behind the id, where anything can be signed, the state. */
const char *const *fmr_asked_columns(struct fmr_cli *cli, struct fmr_arena *arena, const char *const *columns);

/* Warn of the records that cannot be read, of the types (NULL: all). */
void fmr_asked_warn(struct fmr_cli *cli, struct fmr_index *index, const char *const *types);

#endif
