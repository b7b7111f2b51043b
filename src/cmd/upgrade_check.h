/*
 * What an upgrade would do, judged before anything is written.
 */
#ifndef FMR_CMD_UPGRADE_CHECK_H
#define FMR_CMD_UPGRADE_CHECK_H

#include "cli/cli.h"

struct fmr_upgrade_effect {
	bool broken;   /* a type, catalogue or the config could not be used: what is wrong was shown */
	bool older;    /* records follow an older form than their type then */
	size_t faulty; /* records that would not be valid any more; shown, too */
};

int fmr_upgrade_check(struct fmr_cli *cli, const struct fmr_change *changes, size_t count,
	struct fmr_upgrade_effect *effect, struct fmr_err *err);

#endif
