#include "base/i18n.h"
#include "cli/cli.h"

static int run(struct fmr_cli *cli, const void *options, int argc, char **argv, struct fmr_err *err)
{
	(void)options, (void)argv, (void)err;
	if (argc)
		return fmr_cli_usage(cli, _("'version' takes no operand"));
	fprintf(cli->out, "fmrec %s\n", FMR_VERSION);
	return FMR_EXIT_OK;
}

static const char *const synopsis[] = { "[-v]", NULL };

const struct fmr_command fmr_command_version = {
	.name = "version",
	.group = "start",
	.summary = N_("print the version of fmrec"),
	.synopsis = synopsis,
	.run = run,
};
