/*
 * Questions on the terminal.
 */
#include "base/alloc.h"
#include "base/i18n.h"
#include "base/str.h"
#include "base/text.h"
#include "cli/frame.h"

#include <stdlib.h>
#include <string.h>

static void put_question(struct fmr_cli *cli, const char *question, const char *proposed)
{
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_text_escape(&text, question, strlen(question), true);
	if (proposed) {
		fmr_str_puts(&text, " [");
		fmr_text_escape(&text, proposed, strlen(proposed), false);
		fmr_str_puts(&text, "]");
	}
	fmr_str_puts(&text, ": ");
	fflush(cli->out);
	fwrite(text.bytes, 1, text.length, cli->talk);
	fflush(cli->talk);
	fmr_str_release(&text);
}

int fmr_cli_ask(struct fmr_cli *cli, const char *question, const char *proposed, char **answer, struct fmr_err *err)
{
	*answer = NULL;
	if (!cli->may_prompt)
		return fmr_err_set(err, FMR_ERR_ABORTED, _("there is no terminal to ask on: '%s'"), question);
	put_question(cli, question, proposed);
	char *line = NULL;
	size_t size = 0;
	ssize_t length = getline(&line, &size, stdin);
	if (length < 0) {
		free(line);
		clearerr(stdin);
		fputc('\n', cli->talk);
		return fmr_err_set(err, FMR_ERR_ABORTED, _("given up at '%s'"), question);
	}
	while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
		line[--length] = '\0';
	*answer = !length && proposed ? fmr_strdup(proposed) : fmr_strndup(line, (size_t)length);
	free(line);
	return 0;
}

/* y, yes, はい, and full-width letters as a Japanese input method leaves them. */
static bool is_yes(const char *answer)
{
	static const char *const words[] = { "y", "yes", "はい" };
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (fmr_text_alike(answer, words[i]))
			return true;
	return false;
}

bool fmr_cli_confirm(struct fmr_cli *cli, const char *question)
{
	if (!cli->may_prompt)
		return false;
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_printf(&text, "%s [y/N]", question);
	char *answer;
	bool yes = fmr_cli_ask(cli, text.bytes, NULL, &answer, NULL) == 0 && answer && is_yes(answer);
	free(answer);
	fmr_str_release(&text);
	return yes;
}
