/*
 * The user's editor on a text.
 */
#include "base/fs.h"
#include "base/i18n.h"
#include "base/spawn.h"
#include "base/alloc.h"
#include "cli/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LARGEST_TEXT = 64 << 20 };

/* GIT_EDITOR, core.editor, VISUAL, EDITOR as git decides, appended to out. */
static int choose(struct fmr_cli *cli, struct fmr_str *out, struct fmr_err *err)
{
	if (fmr_cli_program_of_git(cli, "GIT_EDITOR", "core.editor", out) == 0)
		return 0;
	fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no editor can be started here"));
	fmr_err_hint(err, _("set EDITOR, or give the values with options"));
	return FMR_ERR_NOT_FOUND;
}

static void ignore(int number)
{
	(void)number;
}

/* Ctrl-C in the editor is for the editor.  A handler, unlike SIG_IGN, is not inherited by it. */
static int run(const char *editor, const char *file, struct fmr_err *err)
{
	char *line = fmr_format("%s \"$@\"", editor);
	const char *const argv[] = { "sh", "-c", line, editor, file, NULL };
	const struct fmr_spawn spawn = { .argv = argv, .inherit_terminal = true };
	struct sigaction quiet = { .sa_handler = ignore }, interrupt, quit;
	sigemptyset(&quiet.sa_mask);
	sigaction(SIGINT, &quiet, &interrupt);
	sigaction(SIGQUIT, &quiet, &quit);
	int status = 0;
	int rc = fmr_spawn_run(&spawn, &status, err);
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGQUIT, &quit, NULL);
	if (!rc && status != 0)
		rc = fmr_err_set(err, FMR_ERR_ABORTED, _("the editor '%s' failed with exit code %d"), editor, status);
	free(line);
	return rc;
}

/* A file of our own in TMPDIR that holds the text; its name is yours to free. */
static int make_file(const struct fmr_str *text, const char *suffix, char **name, struct fmr_err *err)
{
	const char *directory = getenv("TMPDIR");
	*name = fmr_format("%s/fmrec-XXXXXX%s", directory && *directory ? directory : "/tmp", suffix);
	int file = mkstemps(*name, (int)strlen(suffix));
	if (file < 0)
		return fmr_err_system(err, errno, _("cannot make '%s'"), *name);
	int failed = fmr_write_all(file, text->bytes, text->length) < 0 ? errno : 0;
	if (close(file) < 0 && !failed)
		failed = errno;
	if (failed)
		unlink(*name);
	return failed ? fmr_err_system(err, failed, _("cannot write '%s'"), *name) : 0;
}

int fmr_cli_edit(struct fmr_cli *cli, struct fmr_str *text, const char *suffix, struct fmr_err *err)
{
	struct fmr_str editor, saved;
	fmr_str_init(&editor);
	fmr_str_init(&saved);
	char *file = NULL;
	int rc = choose(cli, &editor, err);
	if (rc)
		goto out;
	rc = make_file(text, suffix ? suffix : "", &file, err);
	if (rc)
		goto out;
	if (cli->err_tty && !cli->quiet)
		fmr_cli_say(cli, _("waiting for your editor"));
	rc = run(editor.bytes, file, err);
	int read_rc = fmr_file_read(AT_FDCWD, file, LARGEST_TEXT, true, &saved, rc ? NULL : err);
	if (!read_rc) {
		fmr_str_clear(text);
		fmr_str_add(text, saved.bytes, saved.length);
		unlink(file);
	} else {
		rc = rc ? rc : read_rc;
		if (read_rc != FMR_ERR_NOT_FOUND) /* what was typed is still there */
			fmr_err_hint(err, _("your text is in '%s'"), file);
	}
out:
	free(file);
	fmr_str_release(&editor);
	fmr_str_release(&saved);
	return rc;
}
