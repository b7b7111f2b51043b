/*
 * The options that every command has.
 */
#include "base/i18n.h"
#include "cli/frame.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MEMBER(name) offsetof(struct fmr_globals, name)

const struct fmr_option fmr_global_options[] = {
	{ 'C', "C", FMR_OPTION_LIST, "directory", N_("run as if started there (may be repeated)"), MEMBER(directories),
		.complete = "directory" },
	{ 'c', "c", FMR_OPTION_LIST, "key=value", N_("use this setting for this run (may be repeated)"),
		MEMBER(settings), .complete = "setting" },
	{ 0, "git-dir", FMR_OPTION_STRING, "directory", N_("the repository"), MEMBER(git_dir),
		.complete = "directory" },
	{ 0, "work-tree", FMR_OPTION_STRING, "directory", N_("the files of the repository"), MEMBER(work_tree),
		.complete = "directory" },
	{ 0, "format", FMR_OPTION_STRING, "format", N_("how results are written"), MEMBER(format),
		.complete = "format" },
	{ 0, "color", FMR_OPTION_STRING, "when", N_("use colour: always, never or auto"), MEMBER(color),
		.complete = "color", .implied = "always" },
	{ 'q', "quiet", FMR_OPTION_FLAG, NULL, N_("print no talk, only results and errors"), MEMBER(quiet) },
	{ 'v', "verbose", FMR_OPTION_FLAG, NULL, N_("print more"), MEMBER(verbose) },
	{ 'p', "paginate", FMR_OPTION_FLAG, NULL, N_("show results in the pager"), MEMBER(paginate) },
	{ 'P', "no-pager", FMR_OPTION_FLAG, NULL, N_("never start the pager"), MEMBER(no_pager) },
	{ 'h', "h", FMR_OPTION_FLAG, NULL, N_("print the usage"), MEMBER(short_help) },
	{ 0, "help", FMR_OPTION_FLAG, NULL, N_("open the manual page"), MEMBER(help) },
	{ 0, "version", FMR_OPTION_FLAG, NULL, N_("print the version"), MEMBER(version) },
	{ 0 },
};

static int change_directories(struct fmr_globals *globals, struct fmr_err *err)
{
	for (; globals->directories_done < globals->directories.count; globals->directories_done++) {
		const char *directory = globals->directories.items[globals->directories_done];
		if (*directory && chdir(directory) < 0)
			return fmr_err_system(err, errno, _("cannot change to '%s'"), directory);
	}
	return 0;
}

int fmr_globals_apply(struct fmr_globals *globals, struct fmr_cli *cli, struct fmr_err *err)
{
	int rc = change_directories(globals, err);
	if (rc)
		return rc;
	for (; globals->settings_done < globals->settings.count; globals->settings_done++) {
		rc = fmr_settings_add(cli->settings, globals->settings.items[globals->settings_done], err);
		if (rc)
			return rc;
	}
	if (globals->git_dir)
		setenv("GIT_DIR", globals->git_dir, 1);
	if (globals->work_tree)
		setenv("GIT_WORK_TREE", globals->work_tree, 1);
	cli->format = globals->format;
	cli->at = globals->at;
	cli->quiet = globals->quiet;
	cli->verbose = globals->verbose;
	cli->no_pager = globals->no_pager;
	return fmr_terminal_choose_color(cli, globals->color, err);
}
