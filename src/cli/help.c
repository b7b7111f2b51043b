/*
 * The usage of fmrec as a whole, and manual pages.
 */
#include "base/alloc.h"
#include "base/i18n.h"
#include "base/spawn.h"
#include "base/text.h"
#include "cli/frame.h"
#include "cli/options.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name, *title;
} groups[] = {
	{ "start", N_("start and set up") },
	{ "write", N_("write records") },
	{ "read", N_("read records") },
	{ "judge", N_("judge records") },
	{ "approve", N_("approve and audit") },
	{ "manage", N_("manage") },
};

static void put_command(struct fmr_str *out, const struct fmr_command *command)
{
	fmr_str_printf(out, "    %s", command->name);
	fmr_str_repeat(out, ' ', strlen(command->name) < 14 ? 14 - strlen(command->name) : 1);
	fmr_str_printf(out, "%s\n", _(command->summary));
}

static void put_groups(struct fmr_str *out)
{
	for (size_t g = 0; g < sizeof(groups) / sizeof(*groups); g++) {
		bool any = false;
		for (size_t i = 0; fmr_commands[i]; i++) {
			if (!fmr_commands[i]->group || strcmp(fmr_commands[i]->group, groups[g].name) != 0)
				continue;
			if (!any)
				fmr_str_printf(out, "%s\n", _(groups[g].title));
			any = true;
			put_command(out, fmr_commands[i]);
		}
		if (any)
			fmr_str_putc(out, '\n');
	}
}

static void put_overview(struct fmr_str *out)
{
	fmr_str_printf(out, "%s fmrec [<options>] <command> [<arguments>]\n\n", _("usage:"));
	put_groups(out);
	fmr_str_printf(out, "%s\n", _("options of every command"));
	fmr_options_rows(out, fmr_global_options);
	fmr_str_printf(out, "\n%s\n",
		_("'fmrec <command> -h' prints the options of a command, 'fmrec help <command>' opens its manual"));
}

void fmr_cli_print_usage(FILE *out, const struct fmr_command *command)
{
	struct fmr_str text;
	fmr_str_init(&text);
	if (command)
		fmr_options_usage(&text, command);
	else
		put_overview(&text);
	while (text.length > 1 && text.bytes[text.length - 1] == '\n' && text.bytes[text.length - 2] == '\n')
		fmr_str_truncate(&text, text.length - 1);
	fwrite(text.bytes, 1, text.length, out);
	fmr_str_release(&text);
}

/* The page beside the build, else beside the installed program; yours to free, NULL when there is none. */
static char *find_page(const char *program, const char *name)
{
	static const char *const places[] = { "../man", "../../man", "../share/man/man1", "../share/man/man5",
		"../share/man/man7" };
	const char *slash = strrchr(program, '/');
	int length = slash ? (int)(slash - program) : 0;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		for (const char *section = "157"; *section; section++) {
			char *file = fmr_format("%.*s/%s/%s.%c", length, program, places[i], name, *section);
			if (access(file, R_OK) == 0)
				return file;
			free(file);
		}
	return NULL;
}

static bool run_viewer(const char *const *argv)
{
	const struct fmr_spawn spawn = { .argv = argv, .inherit_terminal = true };
	int status = 1;
	return fmr_spawn_run(&spawn, &status, NULL) == 0 && status == 0;
}

bool fmr_cli_manual(struct fmr_cli *cli, const char *name)
{
	char *file = find_page(cli->program, name);
	const char *const by_file[] = { "man", "-l", file, NULL };
	const char *const by_mandoc[] = { "mandoc", "-a", file, NULL };
	const char *const by_name[] = { "man", name, NULL };
	fflush(cli->out);
	bool shown = file ? run_viewer(by_file) || run_viewer(by_mandoc) : run_viewer(by_name);
	free(file);
	return shown;
}
