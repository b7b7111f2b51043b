/*
 * Long output on a terminal goes through the pager that git would use.
 */
#include "base/alloc.h"
#include "base/i18n.h"
#include "base/spawn.h"
#include "cli/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static volatile sig_atomic_t pager; /* its process id, or 0 */
static int talk = -1;               /* where standard error went before */

bool fmr_pager_is_running(void)
{
	return pager != 0;
}

/* Without this a Ctrl-C would leave the pager fighting with the shell for the terminal. */
static void wait_and_die(int number)
{
	close(STDOUT_FILENO);
	if (talk >= 0)
		close(STDERR_FILENO);
	while (waitpid((pid_t)pager, NULL, 0) < 0 && errno == EINTR)
		continue;
	signal(number, SIG_DFL);
	raise(number);
}

static void catch_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE };
	struct sigaction action = { .sa_handler = wait_and_die };
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		sigaction(numbers[i], &action, NULL);
}

/* What the user named as pager, appended to out: FMREC_PAGER, then GIT_PAGER, core.pager, PAGER as git decides. */
static void choose(struct fmr_cli *cli, struct fmr_str *out)
{
	const char *own = fmr_cli_setting(cli, "pager");
	if (own)
		fmr_str_puts(out, own);
	else if (fmr_cli_program_of_git(cli, "GIT_PAGER", "core.pager", out) != 0)
		fmr_str_clear(out);
}

/* The shell that starts the pager would only say that it is not there, and the results would be lost. */
static bool is_missing(const char *command)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-._/";
	size_t length = strspn(command, plain);
	if (!length || (command[length] && command[length] != ' '))
		return false; /* the shell has to take it apart */
	char *name = fmr_strndup(command, length);
	char *file = strchr(name, '/') ? fmr_strdup(name) : fmr_cli_search_path(name);
	bool missing = !strchr(file, '/') || access(file, X_OK) != 0;
	free(file);
	free(name);
	return missing;
}

/* The pager is a command line of the user's own, which sh takes apart, as for git. */
static bool start(const char *command, int input)
{
	const char *const argv[] = { "sh", "-c", command, NULL };
	posix_spawn_file_actions_t actions;
	if (posix_spawn_file_actions_init(&actions) != 0)
		return false;
	pid_t child;
	bool started = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO) == 0 &&
		posix_spawnp(&child, "sh", &actions, NULL, (char *const *)argv, environ) == 0;
	posix_spawn_file_actions_destroy(&actions);
	if (started)
		pager = (sig_atomic_t)child;
	return started;
}

static void redirect(struct fmr_cli *cli, const char *command)
{
	int ends[2];
	if (pipe(ends) < 0)
		return;
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	setenv("LESS", "FRX", 0);
	setenv("LV", "-c", 0);
	if (start(command, ends[0])) {
		catch_signals();
		fflush(cli->out);
		dup2(ends[1], STDOUT_FILENO);
		/* Talk on the terminal would be painted over: it goes the same way, in its place. */
		talk = cli->err_tty ? fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3) : -1;
		if (talk >= 0)
			dup2(ends[1], STDERR_FILENO);
		setvbuf(cli->out, NULL, _IOFBF, 1 << 16);
	}
	close(ends[0]);
	close(ends[1]);
}

void fmr_cli_page(struct fmr_cli *cli)
{
	if (cli->no_pager || !cli->out_tty || pager)
		return;
	struct fmr_str command;
	fmr_str_init(&command);
	choose(cli, &command);
	if (command.length && is_missing(command.bytes))
		fmr_cli_warn(cli, _("there is no pager '%s'"), command.bytes);
	else if (command.length && strcmp(command.bytes, "cat") != 0)
		redirect(cli, command.bytes);
	fmr_str_release(&command);
}

void fmr_pager_end(struct fmr_cli *cli)
{
	if (!pager)
		return;
	fflush(cli->out);
	close(STDOUT_FILENO);
	if (talk >= 0) {
		dup2(talk, STDERR_FILENO);
		close(talk);
		talk = -1;
	}
	while (waitpid((pid_t)pager, NULL, 0) < 0 && errno == EINTR)
		continue;
	pager = 0;
}
