/*
 * What the standard streams are connected to, and what follows from it.
 */
#include "base/i18n.h"
#include "cli/frame.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

void fmr_terminal_look(struct fmr_cli *cli)
{
	cli->in_tty = isatty(STDIN_FILENO);
	cli->out_tty = isatty(STDOUT_FILENO);
	cli->err_tty = isatty(STDERR_FILENO);
	const char *prompt = getenv("FMREC_PROMPT");
	cli->may_prompt = cli->in_tty && cli->err_tty && !(prompt && strcmp(prompt, "0") == 0);
}

size_t fmr_cli_width(const struct fmr_cli *cli)
{
	if (!cli->out_tty)
		return 0;
	const char *columns = getenv("COLUMNS");
	long width = columns ? strtol(columns, NULL, 10) : 0;
	struct winsize size;
	if (width <= 0 && (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 || ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0))
		width = size.ws_col;
	return width > 0 && width < 10000 ? (size_t)width : 80;
}

enum color_wish { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* The words of git's color.ui; false when it is none of them. */
static bool parse_wish(const char *word, enum color_wish *wish)
{
	static const struct {
		const char *word;
		enum color_wish wish;
	} words[] = {
		{ "auto", COLOR_AUTO }, { "always", COLOR_ALWAYS }, { "never", COLOR_NEVER }, { "true", COLOR_AUTO },
		{ "yes", COLOR_AUTO }, { "on", COLOR_AUTO }, { "1", COLOR_AUTO }, { "", COLOR_AUTO },
		{ "false", COLOR_NEVER }, { "no", COLOR_NEVER }, { "off", COLOR_NEVER }, { "0", COLOR_NEVER },
	};
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcasecmp(words[i].word, word) == 0) {
			*wish = words[i].wish;
			return true;
		}
	return false;
}

static bool is_set(const char *name)
{
	const char *value = getenv(name);
	return value && *value;
}

static bool is_off(const char *name)
{
	const char *value = getenv(name);
	return value && strcmp(value, "0") == 0;
}

/* NO_COLOR, then CLICOLOR_FORCE and CLICOLOR, then config, else by the terminal. */
static enum color_wish wish_of_surroundings(struct fmr_cli *cli)
{
	if (is_set("NO_COLOR"))
		return COLOR_NEVER;
	if (is_set("CLICOLOR_FORCE") && !is_off("CLICOLOR_FORCE"))
		return COLOR_ALWAYS;
	if (is_off("CLICOLOR"))
		return COLOR_NEVER;
	enum color_wish wish = COLOR_AUTO;
	if (!cli->out_tty && !cli->err_tty)
		return wish; /* config is not worth a process when it can change nothing but "always" for a pipe */
	const char *value = fmr_cli_setting(cli, "color");
	if (!value)
		value = fmr_settings_git(cli, "color.ui");
	if (value)
		parse_wish(value, &wish);
	return wish;
}

int fmr_terminal_choose_color(struct fmr_cli *cli, const char *wanted, struct fmr_err *err)
{
	enum color_wish wish;
	if (!wanted)
		wish = wish_of_surroundings(cli);
	else if (!parse_wish(wanted, &wish)) {
		fmr_err_set(err, FMR_ERR_INVALID, _("option '--color' has no value '%s'"), wanted);
		fmr_err_hint(err, _("allowed: %s"), "always, never, auto");
		return FMR_ERR_INVALID;
	}
	const char *terminal = getenv("TERM");
	bool dumb = terminal && strcmp(terminal, "dumb") == 0;
	cli->color = wish == COLOR_ALWAYS || (wish == COLOR_AUTO && cli->out_tty && !dumb);
	cli->color_errors = wish == COLOR_ALWAYS || (wish == COLOR_AUTO && cli->err_tty && !dumb);
	return 0;
}
