#define _GNU_SOURCE /* pipe2, environ, posix_spawn_file_actions_addchdir_np */
#include "base/spawn.h"

#include "base/alloc.h"
#include "base/i18n.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef __APPLE__
extern char **environ;
#endif

enum { READ_END, WRITE_END, PIECE = 16 * 1024, LINGER = 100 /* ms */ };

static int make_pipe(int ends[2])
{
#ifdef __APPLE__
	if (pipe(ends) != 0)
		return -1;
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	return 0;
#else
	return pipe2(ends, O_CLOEXEC);
#endif
}

static void close_end(int *descriptor)
{
	if (*descriptor >= 0)
		close(*descriptor);
	*descriptor = -1;
}

/* ---- environment ---- */

static bool is_overridden(const char *entry, const char *const *extra)
{
	size_t length = strcspn(entry, "=");
	for (; *extra; extra++)
		if (strcspn(*extra, "=") == length && strncmp(*extra, entry, length) == 0)
			return true;
	return false;
}

/* Ours with the extra entries; the array is to be freed, its strings are borrowed. */
static char **environment_with(const char *const *extra)
{
	FMR_VEC(char *) all = { 0 };
	for (char **entry = environ; entry && *entry; entry++)
		if (!extra || !is_overridden(*entry, extra))
			FMR_VEC_PUSH(&all, *entry);
	for (; extra && *extra; extra++)
		if (strchr(*extra, '='))
			FMR_VEC_PUSH(&all, (char *)*extra);
	FMR_VEC_PUSH(&all, NULL);
	return all.items;
}

/* ---- starting ---- */

/* What becomes of the child's three descriptors: a descriptor of ours, or -1 for /dev/null. */
static int start(const struct fmr_spawn *spawn, const int descriptors[3], pid_t *pid, struct fmr_err *err)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, defaults;
	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	sigaddset(&defaults, SIGINT);
	sigaddset(&defaults, SIGQUIT);
	/* A child with one of these steps left out would run in the wrong place: each must succeed. */
	int number = posix_spawn_file_actions_init(&actions);
	if (number)
		return fmr_err_system(err, number, _("cannot run '%s'"), spawn->argv[0]);
	number = posix_spawnattr_init(&attributes);
	if (number) {
		posix_spawn_file_actions_destroy(&actions);
		return fmr_err_system(err, number, _("cannot run '%s'"), spawn->argv[0]);
	}
	number = posix_spawnattr_setsigmask(&attributes, &none);
	if (!number)
		number = posix_spawnattr_setsigdefault(&attributes, &defaults);
	if (!number)
		number = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	for (int i = 0; !number && i < 3; i++)
		number = descriptors[i] < 0
			? posix_spawn_file_actions_addopen(&actions, i, "/dev/null", i ? O_WRONLY : O_RDONLY, 0)
			: posix_spawn_file_actions_adddup2(&actions, descriptors[i], i);
	if (!number && spawn->directory)
		number = posix_spawn_file_actions_addchdir_np(&actions, spawn->directory);
	char **environment = environment_with(spawn->environment);
	if (!number)
		number = posix_spawnp(pid, spawn->argv[0], &actions, &attributes, (char *const *)spawn->argv, environment);
	free(environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	if (number == ENOENT && spawn->directory && access(spawn->directory, X_OK) == 0)
		return fmr_err_set(err, FMR_ERR_NOT_FOUND, _("the program '%s' was not found"), spawn->argv[0]);
	return number ? fmr_err_system(err, number, _("cannot run '%s'"), spawn->argv[0]) : 0;
}

static int exit_code(int raw)
{
	return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + (WIFSIGNALED(raw) ? WTERMSIG(raw) : 0);
}

/* ---- SIGPIPE: a child that does not read its input must not kill us ---- */

static bool sigpipe_block(sigset_t *before)
{
	sigset_t pipe_only, pending;
	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	sigpending(&pending);
	pthread_sigmask(SIG_BLOCK, &pipe_only, before);
	return sigismember(&pending, SIGPIPE) == 1;
}

static void sigpipe_restore(const sigset_t *before, bool was_pending)
{
	int number = errno;
	sigset_t pipe_only, pending;
	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	sigpending(&pending);
	int caught;
	if (!was_pending && sigismember(&pending, SIGPIPE) == 1)
		sigwait(&pipe_only, &caught);
	pthread_sigmask(SIG_SETMASK, before, NULL);
	errno = number;
}

/* ---- talking to a child until it ends ---- */

struct talk {
	pid_t pid;
	int input, output, errors; /* our ends, -1 when closed */
	const struct fmr_spawn *spawn;
	size_t written;
	int status;
	int failure; /* errno of a pipe that broke on our side: what was said or heard is not all */
	bool ended;
};

static void feed(struct talk *talk)
{
	while (talk->written < talk->spawn->input_length) {
		ssize_t put = write(talk->input, talk->spawn->input + talk->written,
			talk->spawn->input_length - talk->written);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0 && errno == EAGAIN)
			return;
		if (put < 0) {
			if (errno != EPIPE) /* else it does not want the rest, which is its own business */
				talk->failure = errno;
			break;
		}
		talk->written += (size_t)put;
	}
	close_end(&talk->input);
}

static void show(const char *bytes, size_t length)
{
	while (length) {
		ssize_t put = write(STDERR_FILENO, bytes, length);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return;
		bytes += put;
		length -= (size_t)put;
	}
}

/* Take what is there; at the end of the stream close it. */
static void drain(struct talk *talk, int *descriptor, struct fmr_str *into, bool shown)
{
	char piece[PIECE];
	for (;;) {
		ssize_t got = read(*descriptor, piece, sizeof(piece));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return;
		if (got < 0)
			talk->failure = errno;
		if (got <= 0)
			break;
		if (into)
			fmr_str_add(into, piece, (size_t)got);
		if (shown)
			show(piece, (size_t)got);
	}
	close_end(descriptor);
}

static void reap(struct talk *talk, int flags)
{
	int raw = 0;
	pid_t got;
	do
		got = waitpid(talk->pid, &raw, flags);
	while (got < 0 && errno == EINTR);
	if (got == 0)
		return;
	talk->ended = true;
	talk->status = got < 0 ? 255 : exit_code(raw);
}

static void converse(struct talk *talk)
{
	while (talk->input >= 0 || talk->output >= 0 || talk->errors >= 0) {
		struct pollfd waiting[3] = { { .fd = talk->input, .events = POLLOUT },
			{ .fd = talk->output, .events = POLLIN }, { .fd = talk->errors, .events = POLLIN } };
		int ready = poll(waiting, 3, LINGER);
		if (ready < 0 && errno != EINTR) {
			talk->failure = errno;
			break;
		}
		if (ready > 0) {
			if (waiting[0].revents)
				feed(talk);
			if (waiting[1].revents)
				drain(talk, &talk->output, talk->spawn->output, false);
			if (waiting[2].revents)
				drain(talk, &talk->errors, talk->spawn->errors, talk->spawn->show_errors);
		} else if (talk->ended) {
			break; /* dead and silent: somebody else holds the other end */
		} else if (ready == 0) {
			reap(talk, WNOHANG);
		}
	}
	close_end(&talk->input);
	close_end(&talk->output);
	close_end(&talk->errors);
	if (!talk->ended)
		reap(talk, 0);
}

static int run_with_pipes(const struct fmr_spawn *spawn, int *status, struct fmr_err *err)
{
	int in[2] = { -1, -1 }, out[2] = { -1, -1 }, bad[2] = { -1, -1 };
	int result = 0;
	if ((spawn->input && make_pipe(in) != 0) || (spawn->output && make_pipe(out) != 0) ||
		(spawn->errors && make_pipe(bad) != 0)) {
		result = fmr_err_system(err, errno, _("cannot run '%s'"), spawn->argv[0]);
		goto out;
	}
	struct talk talk = { .spawn = spawn };
	const int descriptors[3] = { in[READ_END], spawn->output ? out[WRITE_END] : spawn->show_output ? STDERR_FILENO : -1,
		spawn->errors ? bad[WRITE_END] : STDERR_FILENO };
	result = start(spawn, descriptors, &talk.pid, err);
	if (result != 0)
		goto out;
	close_end(&in[READ_END]);
	close_end(&out[WRITE_END]);
	close_end(&bad[WRITE_END]);
	talk.input = in[WRITE_END];
	talk.output = out[READ_END];
	talk.errors = bad[READ_END];
	in[WRITE_END] = out[READ_END] = bad[READ_END] = -1;
	const int ours[3] = { talk.input, talk.output, talk.errors };
	for (int i = 0; i < 3; i++)
		if (ours[i] >= 0)
			(void)fcntl(ours[i], F_SETFL, O_NONBLOCK);
	sigset_t before;
	bool pending = sigpipe_block(&before);
	converse(&talk);
	sigpipe_restore(&before, pending);
	*status = talk.status;
	if (talk.failure)
		result = fmr_err_system(err, talk.failure, _("cannot talk to '%s'"), spawn->argv[0]);
out:
	for (int i = 0; i < 2; i++) {
		close_end(&in[i]);
		close_end(&out[i]);
		close_end(&bad[i]);
	}
	return result;
}

/* The child owns the terminal: an interrupt is for it alone, as git does for editors. */
static int run_on_terminal(const struct fmr_spawn *spawn, int *status, struct fmr_err *err)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction interrupt, quit;
	struct talk talk = { .spawn = spawn, .input = -1, .output = -1, .errors = -1 };
	const int descriptors[3] = { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO };
	sigaction(SIGINT, &ignore, &interrupt);
	sigaction(SIGQUIT, &ignore, &quit);
	int result = start(spawn, descriptors, &talk.pid, err);
	if (result == 0) {
		reap(&talk, 0);
		*status = talk.status;
	}
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGQUIT, &quit, NULL);
	return result;
}

int fmr_spawn_run(const struct fmr_spawn *spawn, int *status, struct fmr_err *err)
{
	return spawn->inherit_terminal ? run_on_terminal(spawn, status, err) : run_with_pipes(spawn, status, err);
}

/* ---- a program that answers ---- */

struct fmr_process {
	pid_t pid;
	int ask, answer;
	size_t start, end; /* what lies in buffer unread */
	char *name;
	char buffer[4 * PIECE];
};

int fmr_process_start(const struct fmr_spawn *spawn, struct fmr_process **out, struct fmr_err *err)
{
	int ask[2] = { -1, -1 }, answer[2] = { -1, -1 };
	struct fmr_process *process = NULL;
	int result = 0;
	if (make_pipe(ask) != 0 || make_pipe(answer) != 0) {
		result = fmr_err_system(err, errno, _("cannot run '%s'"), spawn->argv[0]);
	} else {
		pid_t pid;
		const int descriptors[3] = { ask[READ_END], answer[WRITE_END], -1 };
		result = start(spawn, descriptors, &pid, err);
		if (result == 0) {
			process = fmr_alloc(sizeof(*process));
			process->pid = pid;
			process->ask = ask[WRITE_END];
			process->answer = answer[READ_END];
			process->start = process->end = 0;
			process->name = fmr_strdup(spawn->argv[0]);
			ask[WRITE_END] = answer[READ_END] = -1;
		}
	}
	for (int i = 0; i < 2; i++) {
		close_end(&ask[i]);
		close_end(&answer[i]);
	}
	*out = process;
	return result;
}

static int died(const struct fmr_process *process, struct fmr_err *err)
{
	return fmr_err_set(err, FMR_ERR_IO, _("'%s' ended unexpectedly"), process->name);
}

int fmr_process_ask(struct fmr_process *process, const char *bytes, size_t length, struct fmr_err *err)
{
	sigset_t before;
	bool pending = sigpipe_block(&before);
	int result = 0;
	while (length && result == 0) {
		ssize_t put = write(process->ask, bytes, length);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0) {
			result = died(process, err);
		} else {
			bytes += put;
			length -= (size_t)put;
		}
	}
	sigpipe_restore(&before, pending);
	return result;
}

/* false at the end of what it says */
static bool refill(struct fmr_process *process)
{
	ssize_t got;
	do
		got = read(process->answer, process->buffer, sizeof(process->buffer));
	while (got < 0 && errno == EINTR);
	process->start = 0;
	process->end = got > 0 ? (size_t)got : 0;
	return got > 0;
}

/* Append up to the next such byte, and take it. */
static bool take_until(struct fmr_process *process, char byte, struct fmr_str *out)
{
	do {
		const char *from = process->buffer + process->start;
		size_t length = process->end - process->start;
		const char *end = memchr(from, byte, length);
		fmr_str_add(out, from, end ? (size_t)(end - from) : length);
		if (end) {
			process->start += (size_t)(end - from) + 1;
			return true;
		}
	} while (refill(process));
	return false;
}

int fmr_process_line(struct fmr_process *process, struct fmr_str *out, struct fmr_err *err)
{
	return take_until(process, '\n', out) ? 0 : died(process, err);
}

bool fmr_process_word(struct fmr_process *process, struct fmr_str *out)
{
	return take_until(process, '\0', out);
}

int fmr_process_bytes(struct fmr_process *process, size_t length, struct fmr_str *out, struct fmr_err *err)
{
	while (length) {
		size_t there = process->end - process->start;
		if (there == 0) {
			if (!refill(process))
				return died(process, err);
			continue;
		}
		size_t take = there < length ? there : length;
		fmr_str_add(out, process->buffer + process->start, take);
		process->start += take;
		length -= take;
	}
	return 0;
}

int fmr_process_stop(struct fmr_process *process)
{
	if (!process)
		return -1;
	close_end(&process->ask);
	close_end(&process->answer);
	int status = 0;
	while (waitpid(process->pid, &status, 0) < 0 && errno == EINTR)
		;
	free(process->name);
	free(process);
	return exit_code(status);
}
