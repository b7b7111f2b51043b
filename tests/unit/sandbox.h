/* A throw-away directory, and git in it, for unit tests.  Header only: every test is one program. */
#ifndef FMR_TESTS_SANDBOX_H
#define FMR_TESTS_SANDBOX_H

#include "base/alloc.h"
#include "base/spawn.h"
#include "base/str.h"

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct sandbox {
	char path[PATH_MAX]; /* the directory; also the current one */
};

static inline int sandbox_remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(path);
}

static inline int sandbox_setup(void **state)
{
	struct sandbox *sandbox = fmr_alloc_zero(1, sizeof(*sandbox));
	const char *base = getenv("TMPDIR");
	char *pattern = fmr_format("%s/fmrec-unit-XXXXXX", base && *base ? base : "/tmp");
	if (!mkdtemp(pattern) || !realpath(pattern, sandbox->path) || chdir(sandbox->path) != 0)
		return -1;
	free(pattern);
	/* Nothing of the machine's or the user's git, nothing of a hook that runs the tests. */
	const char *const unset[] = { "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
		"GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_CONFIG_COUNT",
		"GIT_CONFIG_PARAMETERS", "GIT_CEILING_DIRECTORIES", "EMAIL", "XDG_CONFIG_HOME", "GIT_AUTHOR_NAME",
		"GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL" };
	for (size_t i = 0; i < sizeof(unset) / sizeof(*unset); i++)
		unsetenv(unset[i]);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	setenv("HOME", sandbox->path, 1);
	*state = sandbox;
	return 0;
}

static inline int sandbox_teardown(void **state)
{
	struct sandbox *sandbox = *state;
	if (chdir("/") != 0)
		return -1;
	nftw(sandbox->path, sandbox_remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(sandbox);
	return 0;
}

/* Run a shell line in the current directory and return its exit code; its stdout, without the last line end, goes
 * to out (may be NULL). */
static inline int sandbox_shell(struct fmr_str *out, const char *line)
{
	const char *const argv[] = { "sh", "-c", line, NULL };
	struct fmr_str errors;
	fmr_str_init(&errors);
	const struct fmr_spawn spawn = { .argv = argv, .output = out, .errors = &errors };
	int status = -1;
	fmr_spawn_run(&spawn, &status, NULL);
	if (out && out->length && out->bytes[out->length - 1] == '\n')
		fmr_str_truncate(out, out->length - 1);
	fmr_str_release(&errors);
	return status;
}

#define sh(line) assert_int_equal(sandbox_shell(NULL, line), 0)

/* The output of a shell line must be this. */
#define assert_output(line, expected)                                                                                  \
	do {                                                                                                           \
		struct fmr_str got_;                                                                                   \
		fmr_str_init(&got_);                                                                                   \
		sandbox_shell(&got_, line);                                                                            \
		assert_string_equal(got_.bytes, expected);                                                             \
		fmr_str_release(&got_);                                                                                \
	} while (0)

#endif
