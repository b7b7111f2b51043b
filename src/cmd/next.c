/*
 * Hidden: what bare `fmrec` says, which is what to do next.
 */
#include "base/i18n.h"
#include "cli/frame.h"

static int run(struct fmr_cli *cli, const void *options, int argc, char **argv, struct fmr_err *err)
{
	(void)options, (void)argc, (void)argv, (void)err;
	fmr_cli_print_usage(cli->out, NULL);
	return FMR_EXIT_OK;
}

const struct fmr_command fmr_command_next = {
	.name = "__next",
	.run = run,
};
