/*
 * Commands that are not ours: programs on PATH, the user's pager and editor, the user's aliases.
 */
#include "base/i18n.h"
#include "base/spawn.h"
#include "base/vec.h"
#include "cli/frame.h"

#include <string.h>
#include <unistd.h>

void fmr_cli_run_external(const char *name, char **arguments)
{
	if (strchr(name, '/'))
		return;
	char *program = fmr_format("fmrec-%s", name);
	FMR_VEC(char *) argv = { 0 };
	FMR_VEC_PUSH(&argv, program);
	for (; *arguments; arguments++)
		FMR_VEC_PUSH(&argv, *arguments);
	FMR_VEC_PUSH(&argv, NULL);
	execvp(program, argv.items);
	FMR_VEC_RELEASE(&argv);
	free(program);
}

int fmr_cli_program_of_git(struct fmr_cli *cli, const char *variable, const char *setting, struct fmr_str *out)
{
	if (!getenv(variable) && fmr_store_user_config(cli->store, setting, out, NULL) == 0)
		return 0;
	/* no repository, and so none of its settings */
	const char *const argv[] = { "git", "--git-dir=/dev/null", "var", variable, NULL };
	struct fmr_str errors;
	fmr_str_init(&errors);
	const struct fmr_spawn spawn = { .argv = argv, .output = out, .errors = &errors };
	int status = 0;
	int rc = fmr_spawn_run(&spawn, &status, NULL);
	if (!rc && status != 0)
		rc = FMR_ERR_NOT_FOUND;
	while (out->length && out->bytes[out->length - 1] == '\n')
		fmr_str_truncate(out, out->length - 1);
	fmr_str_release(&errors);
	return rc;
}

/* Split as a shell would split plain and quoted words, and nothing more: no variables, no substitution. */
static int split(const char *text, char ***words, size_t *count, struct fmr_err *err)
{
	FMR_VEC(char *) list = { 0 };
	struct fmr_str word;
	fmr_str_init(&word);
	char quote = 0;
	bool inside = false;
	for (const char *p = text;; p++) {
		if (!*p || (!quote && strchr(" \t\n", *p))) {
			if (inside)
				FMR_VEC_PUSH(&list, fmr_str_detach(&word));
			inside = false;
			if (!*p)
				break;
		} else if (quote ? *p == quote : *p == '\'' || *p == '"') {
			quote = quote ? 0 : *p;
			inside = true;
		} else {
			if (*p == '\\' && quote != '\'' && p[1])
				p++;
			fmr_str_putc(&word, *p);
			inside = true;
		}
	}
	fmr_str_release(&word);
	*words = list.items;
	*count = list.count;
	return quote ? fmr_err_set(err, FMR_ERR_INVALID, _("the alias '%s' has an open quote"), text) : 0;
}

/* Only the user's own config may rename what a command does; a cloned repository may not. */
int fmr_cli_alias(struct fmr_cli *cli, const char *name, char ***words, size_t *count, struct fmr_err *err)
{
	*words = NULL;
	*count = 0;
	char *key = fmr_format("fmrec.alias.%s", name);
	struct fmr_str text;
	fmr_str_init(&text);
	int rc = 0;
	fmr_cli_need(cli, FMR_NEEDS_STORE, NULL);
	if (fmr_store_user_config(cli->store, key, &text, NULL) == 0 && *text.bytes == '!')
		rc = fmr_err_set(err, FMR_ERR_UNSUPPORTED, _("the alias '%s' is a shell command"), name);
	else if (text.length)
		rc = split(text.bytes, words, count, err);
	fmr_str_release(&text);
	free(key);
	return rc;
}
