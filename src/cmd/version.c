#include "base/digest.h"
#include "base/i18n.h"
#include "base/regex.h"
#include "base/spawn.h"
#include "base/str.h"
#include "base/text.h"
#include "cli/cli.h"
#include "yaml/yaml.h"

#include <string.h>

/* "git version 2.39.5": the last word, or nothing when git cannot be run. */
static void put_git(struct fmr_str *out)
{
	const char *const argv[] = { "git", "--version", NULL };
	struct fmr_str output;
	fmr_str_init(&output);
	const struct fmr_spawn spawn = { .argv = argv, .output = &output };
	int status;
	const char *prefix = "git version ";
	if (fmr_spawn_run(&spawn, &status, NULL) == 0 && status == 0 && strncmp(output.bytes, prefix, strlen(prefix)) == 0)
		fmr_text_escape(out, output.bytes + strlen(prefix), strcspn(output.bytes + strlen(prefix), " \n"), false);
	else
		fmr_str_puts(out, _("none"));
	fmr_str_release(&output);
}

static void put_libraries(struct fmr_str *out)
{
	fmr_str_printf(out, "libyaml %s\nPCRE2 ", fmr_yaml_library());
	fmr_regex_library(out);
	fmr_str_printf(out, "\nutf8proc %s\nlibcrypto ", fmr_text_library());
	fmr_digest_library(out);
	fmr_str_puts(out, "\nlibgit2 ");
	fmr_store_library(out);
	fmr_str_puts(out, "\ngit ");
	put_git(out);
	fmr_str_puts(out, "\ndata ");
	fmr_text_escape(out, fmr_data_dir(), strlen(fmr_data_dir()), false);
	fmr_str_putc(out, '\n');
}

static int run(struct fmr_cli *cli, const void *options, int argc, char **argv, struct fmr_err *err)
{
	(void)options, (void)argv, (void)err;
	if (argc)
		return fmr_cli_usage(cli, _("'version' takes no operand"));
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_printf(&text, "fmrec %s\n", fmr_version());
	if (cli->verbose)
		put_libraries(&text);
	fwrite(text.bytes, 1, text.length, cli->out);
	fmr_str_release(&text);
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
