/*
 * A record repository of its own for fuzz targets that run whole commands in
 * process.  They see an environment that is always the same, a PATH that
 * holds nothing but git, no terminal, and print nowhere.
 */
#ifndef FUZZ_SANDBOX_H
#define FUZZ_SANDBOX_H

#define _GNU_SOURCE
#include "cli/frame.h"

#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char sandbox[PATH_MAX], sandbox_data[PATH_MAX], sandbox_git[PATH_MAX];

/* What a sanitizer has to say goes where it went before. */
extern void __sanitizer_set_report_fd(void *descriptor) __attribute__((weak));

static void sandbox_environment(void)
{
	const char *keep[] = { "ASAN_OPTIONS", "UBSAN_OPTIONS", "LLVM_PROFILE_FILE" };
	const char *values[3];
	for (size_t i = 0; i < 3; i++)
		values[i] = getenv(keep[i]) ? strdup(getenv(keep[i])) : NULL;
	clearenv();
	for (size_t i = 0; i < 3; i++) {
		if (values[i])
			setenv(keep[i], values[i], 1);
		free((char *)values[i]);
	}
	char bin[PATH_MAX + 8];
	snprintf(bin, sizeof(bin), "%s/bin", sandbox);
	setenv("PATH", bin, 1);
	setenv("HOME", sandbox, 1);
	setenv("TMPDIR", sandbox, 1);
	setenv("LANG", "C.UTF-8", 1);
	setenv("TZ", "JST-9", 1);
	setenv("FMREC_DATA_DIR", sandbox_data, 1);
	setenv("FMREC_NOW", "2026-11-21T03:12:00+09:00", 1);
	setenv("FMREC_RANDOM_SEED", "1", 1);
	setenv("FMREC_PROMPT", "0", 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	setenv("GIT_CEILING_DIRECTORIES", sandbox, 1);
	setenv("GIT_AUTHOR_NAME", "a", 1);
	setenv("GIT_AUTHOR_EMAIL", "a@example.com", 1);
	setenv("GIT_COMMITTER_NAME", "a", 1);
	setenv("GIT_COMMITTER_EMAIL", "a@example.com", 1);
	setenv("GIT_EDITOR", "false", 1);
	setenv("GIT_PAGER", "false", 1);
	setenv("GIT_TERMINAL_PROMPT", "0", 1);
	setenv("GIT_ALLOW_PROTOCOL", "none", 1);
}

/* Run `fmrec WORD...` in the repository; all output is thrown away.  The words may be changed. */
static int sandbox_run(int argc, char **argv)
{
	int saved[3];
	const int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	char repository[PATH_MAX + 16];
	snprintf(repository, sizeof(repository), "%s/repository", sandbox);
	fflush(stdout);
	for (int i = 0; i < 3; i++) {
		saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
		dup2(nothing, i);
	}
	if (__sanitizer_set_report_fd)
		__sanitizer_set_report_fd((void *)(intptr_t)saved[2]);
	sandbox_environment();
	int code = chdir(repository) == 0 ? fmr_cli_main(argc, argv) : -1;
	fflush(stdout);
	for (int i = 0; i < 3; i++) {
		dup2(saved[i], i);
		close(saved[i]);
	}
	if (fchdir(here) != 0)
		abort();
	close(here);
	close(nothing);
	return code;
}

static void sandbox_remove(void)
{
	char line[PATH_MAX + 64];
	snprintf(line, sizeof(line), "/bin/rm -rf '%s'", sandbox);
	if (*sandbox && system(line) != 0)
		perror("rm");
}

/* The exit code of a command. */
static int sandbox_words(const char *first, const char *second, const char *third, const char *fourth)
{
	const char *given[] = { "fmrec", first, second, third, fourth };
	char *words[6] = { NULL };
	int count = 0;
	for (int i = 0; i < 5 && given[i]; i++)
		words[count++] = strdup(given[i]);
	char *own[6];
	memcpy(own, words, sizeof(own));
	const int code = sandbox_run(count, words);
	for (int i = 0; i < count; i++)
		free(own[i]);
	return code;
}

/* The first `git` of PATH. */
static void find_git(void)
{
	char *path = strdup(getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin"), *state = NULL;
	for (char *part = strtok_r(path, ":", &state); part; part = strtok_r(NULL, ":", &state)) {
		snprintf(sandbox_git, sizeof(sandbox_git), "%s/git", part);
		if (access(sandbox_git, X_OK) == 0)
			break;
	}
	free(path);
}

/* Once: a repository with two records in a directory that goes away at the end. */
static void sandbox_make(void)
{
	if (*sandbox)
		return;
	char path[PATH_MAX + 16];
	if (!realpath(".", sandbox_data))
		abort();
	find_git();
	snprintf(sandbox, sizeof(sandbox), "%s/fmrec-fuzz.XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	if (!mkdtemp(sandbox))
		abort();
	atexit(sandbox_remove);
	snprintf(path, sizeof(path), "%s/bin", sandbox);
	mkdir(path, 0777);
	snprintf(path, sizeof(path), "%s/bin/git", sandbox);
	if (symlink(sandbox_git, path) != 0)
		abort();
	snprintf(path, sizeof(path), "%s/repository", sandbox);
	mkdir(path, 0777);
	if (sandbox_words("init", NULL, NULL, NULL) || sandbox_words("new", "incident", "-m", "fuzzed") ||
		sandbox_words("new", "incident", "-m", "another"))
		abort();
}

/* A file of the repository. */
static inline void sandbox_put(const char *name, const uint8_t *bytes, size_t size)
{
	char path[PATH_MAX + 64];
	snprintf(path, sizeof(path), "%s/repository/%s", sandbox, name);
	FILE *file = fopen(path, "wb");
	if (!file || fwrite(bytes, 1, size, file) != size || fclose(file) != 0)
		abort();
}

#endif
