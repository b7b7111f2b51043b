#include "base/alloc.h"
#include "cmd/write.h"
#include "render/line.h"

#include <stdlib.h>
#include <string.h>

struct shown {
	struct fmr_cli *cli;
	size_t installed, missing;
};

static void show_hook(void *context, const char *name, const char *path, bool installed, bool chained)
{
	struct shown *shown = context;
	const char *state = !installed ? _("not installed") : chained ? _("installed, after your own") : _("installed");
	*(installed ? &shown->installed : &shown->missing) += 1;
	if (!shown->cli->quiet)
		fmr_render_line(shown->cli->out, "%-16s %-28s %s\n", name, state, path);
}

static int status(struct fmr_cli *cli, struct fmr_err *err)
{
	struct shown shown = { .cli = cli };
	int result = fmr_hooks_each(cli->store, show_hook, &shown, err);
	if (result)
		return result;
	if (shown.missing)
		fmr_cli_say(cli, _("to have every commit checked: fmrec hooks install"));
	return shown.missing ? FMR_EXIT_FINDINGS : FMR_EXIT_OK;
}

static int install(struct fmr_cli *cli, struct fmr_err *err)
{
	char *templates = fmr_format("%s/hooks", fmr_data_dir());
	int result = fmr_hooks_install(cli->store, cli->program, templates, err);
	free(templates);
	return result ? result : status(cli, err);
}

static int uninstall(struct fmr_cli *cli, struct fmr_err *err)
{
	int result = fmr_hooks_uninstall(cli->store, err);
	if (!result)
		fmr_cli_say(cli, _("commits and pushes are no longer checked"));
	return result;
}

static int run(struct fmr_cli *cli, const void *options, int argc, char **argv, struct fmr_err *err)
{
	(void)options;
	static const struct fmr_verb verbs[] = { { "install", install }, { "uninstall", uninstall }, { "status", status }, { 0 } };
	return fmr_cli_run_verb(cli, verbs, "status", argc, argv, err);
}

static const char *const synopsis[] = { "[install|uninstall|status]", NULL };

const struct fmr_command fmr_command_hooks = {
	.name = "hooks",
	.group = "start",
	.summary = N_("have git check and merge records"),
	.synopsis = synopsis,
	.needs = FMR_NEEDS_STORE,
	.complete = "install|uninstall|status",
	.run = run,
};
