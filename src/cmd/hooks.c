#include "base/alloc.h"
#include "cmd/write.h"
#include "render/line.h"

#include <stdlib.h>
#include <string.h>

struct options {
	bool server;
};

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
		fmr_cli_say(cli, fmr_store_work_tree(cli->store) ? _("to have every commit checked: fmrec hooks install") :
			_("to have every push checked: fmrec hooks install"));
	return shown.missing ? FMR_EXIT_FINDINGS : FMR_EXIT_OK;
}

static int install_side(struct fmr_cli *cli, bool server, struct fmr_err *err)
{
	char *templates = fmr_format("%s/hooks", fmr_data_dir());
	int result = fmr_hooks_install(cli->store, server, cli->program, templates, err);
	free(templates);
	return result;
}

static int install(struct fmr_cli *cli, struct fmr_err *err)
{
	int result = install_side(cli, !fmr_store_work_tree(cli->store), err);
	return result ? result : status(cli, err);
}

/* Somebody may work where others push to. */
static int install_server(struct fmr_cli *cli, struct fmr_err *err)
{
	int result = install_side(cli, true, err);
	if (result)
		return result;
	result = status(cli, err);
	return result < 0 ? result : FMR_EXIT_OK;
}

static int uninstall(struct fmr_cli *cli, struct fmr_err *err)
{
	int result = fmr_hooks_uninstall(cli->store, err);
	if (!result)
		fmr_cli_say(cli, _("commits and pushes are no longer checked"));
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	const struct fmr_verb verbs[] = { { "install", options->server ? install_server : install },
		{ "uninstall", uninstall }, { "status", status }, { 0 } };
	if (options->server && (!argc || strcmp(argv[0], "install") != 0))
		return fmr_cli_usage(cli, _("--server goes with install"));
	return fmr_cli_run_verb(cli, verbs, "status", argc, argv, err);
}

static const char *const synopsis[] = { "[install [--server]|uninstall|status]", NULL };
static const struct fmr_option option_table[] = {
	{ .name = "server", .kind = FMR_OPTION_FLAG, .help = N_("the hook of a server: check every push"),
		.offset = offsetof(struct options, server) },
	{ 0 },
};

const struct fmr_command fmr_command_hooks = {
	.name = "hooks",
	.group = "start",
	.summary = N_("have git check and merge records"),
	.synopsis = synopsis,
	.options = option_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_STORE,
	.complete = "install|uninstall|status",
	.run = run,
};
