/*
 * The index, for commands that can do without.
 */
#ifndef FMR_CMD_INDEX_USE_H
#define FMR_CMD_INDEX_USE_H

#include "cli/cli.h"
#include "index/index.h"

/* The index where there is a cache of it, brought up to date; NULL where the records themselves are as quick to read: of a
 * commit, without a cache, or when it cannot be used. */
struct fmr_index *fmr_index_use(struct fmr_cli *cli);

#endif
