/*
 * Talk: lines on standard error, safe for a terminal.
 */
#include "base/i18n.h"
#include "base/str.h"
#include "base/text.h"
#include "cli/frame.h"

#include <string.h>

/* Results printed before come out before. */
static void put_line(struct fmr_cli *cli, const char *prefix, const char *text)
{
	struct fmr_str line;
	fmr_str_init(&line);
	fmr_str_puts(&line, prefix);
	fmr_text_escape(&line, text, strlen(text), true);
	fmr_str_putc(&line, '\n');
	fflush(cli->out);
	fwrite(line.bytes, 1, line.length, cli->talk);
	fmr_str_release(&line);
}

static void put_format(struct fmr_cli *cli, const char *prefix, const char *format, va_list args)
{
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_vprintf(&text, format, args);
	put_line(cli, prefix, text.bytes);
	fmr_str_release(&text);
}

void fmr_cli_say(struct fmr_cli *cli, const char *format, ...)
{
	if (cli->quiet)
		return;
	va_list args;
	va_start(args, format);
	put_format(cli, "", format, args);
	va_end(args);
}

void fmr_cli_warn(struct fmr_cli *cli, const char *format, ...)
{
	struct fmr_str prefix;
	fmr_str_init(&prefix);
	fmr_str_printf(&prefix, "fmrec: %s ", _("warning:"));
	va_list args;
	va_start(args, format);
	put_format(cli, prefix.bytes, format, args);
	va_end(args);
	fmr_str_release(&prefix);
}

/* Each line is marked, as git does. */
static void put_hint(struct fmr_cli *cli, const char *text)
{
	struct fmr_str prefix, line;
	fmr_str_init(&prefix);
	fmr_str_init(&line);
	fmr_str_printf(&prefix, "%s ", _("hint:"));
	for (size_t length; *text; text += length + (text[length] == '\n')) {
		length = strcspn(text, "\n");
		fmr_str_clear(&line);
		fmr_str_add(&line, text, length);
		put_line(cli, prefix.bytes, line.bytes);
	}
	fmr_str_release(&line);
	fmr_str_release(&prefix);
}

void fmr_cli_hint(struct fmr_cli *cli, const char *format, ...)
{
	if (cli->quiet)
		return;
	struct fmr_str text;
	fmr_str_init(&text);
	va_list args;
	va_start(args, format);
	fmr_str_vprintf(&text, format, args);
	va_end(args);
	put_hint(cli, text.bytes);
	fmr_str_release(&text);
}

void fmr_cli_print_error(struct fmr_cli *cli, const struct fmr_err *err)
{
	put_line(cli, "fmrec: ", *err->text ? err->text : _("could not do it, for a reason that was not told"));
	if (*err->hint)
		put_hint(cli, err->hint);
}

int fmr_cli_usage(struct fmr_cli *cli, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	put_format(cli, "fmrec: ", format, args);
	va_end(args);
	struct fmr_str hint;
	fmr_str_init(&hint);
	if (cli->command && cli->command->group)
		fmr_str_printf(&hint, _("see 'fmrec %s -h'"), cli->command->name);
	else
		fmr_str_puts(&hint, _("see 'fmrec -h'"));
	put_hint(cli, hint.bytes);
	fmr_str_release(&hint);
	return FMR_EXIT_USAGE;
}

int fmr_cli_run_verb(struct fmr_cli *cli, const struct fmr_verb *verbs, const char *usual, int argc, char **argv,
	struct fmr_err *err)
{
	const char *known[FMR_VERBS + 1] = { NULL };
	if (argc > 1)
		return fmr_cli_usage(cli, _("too many arguments"));
	const char *verb = argc ? argv[0] : usual;
	for (size_t i = 0; i < FMR_VERBS && verbs[i].name; i++) {
		if (strcmp(verbs[i].name, verb) == 0)
			return verbs[i].run(cli, err);
		known[i] = verbs[i].name;
	}
	return fmr_cli_usage_word(cli, verb, known);
}

int fmr_cli_usage_word(struct fmr_cli *cli, const char *word, const char *const *known)
{
	struct fmr_str list;
	fmr_str_init(&list);
	size_t count = 0;
	for (; known[count]; count++)
		fmr_str_printf(&list, "%s%s", count ? ", " : "", known[count]);
	const char *nearest = fmr_text_nearest(word, known, count), *name = cli->command->name;
	if (nearest)
		fmr_cli_usage(cli, _("'%s' knows no '%s'; did you mean '%s'?"), name, word, nearest);
	else
		fmr_cli_usage(cli, _("'%s' knows no '%s', only %s"), name, word, list.bytes);
	fmr_str_release(&list);
	return FMR_EXIT_USAGE;
}
