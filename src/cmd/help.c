#include "base/i18n.h"
#include "base/alloc.h"
#include "cli/frame.h"

#include <stdlib.h>
#include <string.h>

struct options {
	bool all;
};

static const struct fmr_option options_table[] = {
	{ 0 },
};

static int run(struct fmr_cli *cli, const void *options, int argc, char **argv, struct fmr_err *err)
{
	(void)options;
	if (argc == 0) {
		fmr_cli_print_usage(cli->out, NULL);
		return FMR_EXIT_OK;
	}
	if (argc > 1)
		return fmr_cli_usage(cli, _("'help' explains one command at a time"));
	const struct fmr_command *command = fmr_command_find(argv[0]);
	bool whole_name = strncmp(argv[0], "fmrec", 5) == 0;
	const char *name = argv[0];
	if (!command && !whole_name && fmr_command_transition(cli, name)) {
		name = FMR_COMMAND_OF_TRANSITIONS;
		command = fmr_command_find(name);
	}
	const char *nearest = command || whole_name ? NULL : fmr_command_nearest(cli, name);
	if (nearest) /* man(1) would only say that it has no such page */
		return fmr_cli_usage(cli, _("'%s' is not a command; did you mean '%s'?"), argv[0], nearest);
	char *page = whole_name ? fmr_strdup(name) : fmr_format("fmrec-%s", name);
	bool shown = fmr_cli_manual(cli, page);
	free(page);
	if (shown)
		return FMR_EXIT_OK;
	if (!command || !command->group) {
		fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no manual for '%s'"), argv[0]);
		fmr_err_hint(err, _("'fmrec help' lists the commands"));
		return FMR_ERR_NOT_FOUND;
	}
	fmr_cli_print_usage(cli->out, command);
	return FMR_EXIT_OK;
}

static const char *const synopsis[] = { "[<command>|<guide>]", NULL };

const struct fmr_command fmr_command_help = {
	.name = "help",
	.group = "start",
	.summary = N_("list the commands, or open the manual of one"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.complete = "command",
	.run = run,
};
