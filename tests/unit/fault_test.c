/*
 * Each system call of a change fails once, each in its own run (tests/fault/inject.c): afterwards the file is wholly
 * old or wholly new, nothing else has changed, and the error names what it is about.
 */
#define _GNU_SOURCE
#include "unit.h"

#include "sandbox.h"

#include "base/fs.h"
#include "fmrec/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define FILE_PATH "records/incident/2026/INC-1.yaml"
#define NEW_PATH "records/whywhy/2026/WHY-1.yaml"

/* ---- the program that suffers: fault_test --replace|--apply PATH OLD NEW, "-" for none ---- */

static int suffer(char **argv)
{
	struct fmr_str expected;
	struct fmr_err err = { 0 };
	fmr_str_init(&expected);
	const bool has_old = strcmp(argv[2], "-") != 0, has_new = strcmp(argv[3], "-") != 0;
	if (has_old)
		fmr_str_puts(&expected, argv[2]);
	int result;
	if (strcmp(argv[0], "--replace") == 0) {
		int top = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (top < 0)
			return 3; /* the test's own call, not ours */
		result = has_new ? fmr_file_replace(top, argv[1], has_old ? &expected : NULL, argv[3], strlen(argv[3]), 0644, &err)
				 : fmr_file_remove(top, argv[1], &expected, &err);
		close(top);
	} else {
		struct fmr_store *store;
		result = fmr_store_open(".", &store, &err);
		const struct fmr_change change = { .path = argv[1], .bytes = has_new ? argv[3] : NULL,
			.length = has_new ? strlen(argv[3]) : 0, .expected = has_old ? &expected : NULL };
		const struct fmr_commit_options options = { .message = "fmrec: test" };
		if (result == 0)
			result = fmr_store_apply(store, &change, 1, &options, NULL, &err);
		fmr_store_close(store);
	}
	fmr_str_release(&expected);
	if (result != 0)
		dprintf(STDOUT_FILENO, "%s", err.text);
	return result == 0 ? 0 : 1;
}

/* ---- the test ---- */

static int repository_setup(void **state)
{
	if (sandbox_setup(state) != 0)
		return -1;
	prctl(PR_SET_CHILD_SUBREAPER, 1); /* a git that outlives its parent is waited for */
	return sandbox_shell(NULL, "git init -q . && git config user.name a && git config user.email a@b && git config gc.auto 0 &&"
				   "mkdir -p records/incident/2026 && printf old > " FILE_PATH
				   " && echo x > other && git add . && git commit -qm first && git tag first");
}

static const char *injector(void)
{
	static char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 16);
	char *slash = length > 0 ? strrchr(path, '/') : NULL;
	if (!slash)
		return NULL;
	snprintf(slash, 16, "/inject.so");
	return access(path, R_OK) == 0 ? path : NULL;
}

struct outcome {
	int status;
	bool fired;
	struct fmr_str error;
};

static void run(const char *const *argv, const char *call, long n, struct outcome *outcome)
{
	char *preload = fmr_format("LD_PRELOAD=%s", injector()), *fail = fmr_format("FMREC_FAIL=%s:%ld", call, n);
	const char *const environment[] = { preload, fail, "FMREC_FAIL_FIRED=.git/fired", NULL };
	struct fmr_str errors;
	fmr_str_init(&errors);
	fmr_str_clear(&outcome->error);
	unlink(".git/fired");
	const struct fmr_spawn spawn = { .argv = argv, .environment = environment, .output = &outcome->error, .errors = &errors };
	assert_int_equal(fmr_spawn_run(&spawn, &outcome->status, NULL), 0);
	while (wait(NULL) > 0 || errno == EINTR)
		;
	outcome->fired = access(".git/fired", F_OK) == 0;
	fmr_str_release(&errors);
	free(preload);
	free(fail);
}

/* What must be as before when the change failed.  Temporary files may stay when it is unlink that fails. */
static char *snapshot(bool with_git)
{
	struct fmr_str out;
	fmr_str_init(&out);
	sandbox_shell(&out, "find . -path ./.git -prune -o -print | grep -v fmrec-tmp | sort | "
			    "while read -r f; do echo \"$f\"; [ -d \"$f\" ] || { cat \"$f\"; stat -c %a \"$f\"; }; done");
	if (with_git)
		sandbox_shell(&out, "git rev-parse HEAD; git ls-files -s -t; git status --porcelain=v2 | grep -v fmrec-tmp;"
				    "git diff-files; ls .git/*.lock 2>/dev/null");
	return fmr_str_detach(&out);
}

static void assert_whole(const char *path, const char *old, const char *new)
{
	struct fmr_str text;
	fmr_str_init(&text);
	int result = fmr_file_read(AT_FDCWD, path, 1000, true, &text, NULL);
	if (result == FMR_ERR_NOT_FOUND)
		assert_true(strcmp(old, "-") == 0 || strcmp(new, "-") == 0);
	else
		assert_true(result == 0 && (strcmp(text.bytes, old) == 0 || strcmp(text.bytes, new) == 0));
	fmr_str_release(&text);
}

static void check_run(const struct outcome *outcome, const char *const *argv, const char *call, long n,
	const char *before)
{
	const bool committed = strcmp(argv[1], "--apply") == 0;
	assert_whole(argv[2], argv[3], argv[4]);
	if (outcome->status == 1) {
		char *after = snapshot(committed);
		if (strcmp(before, after) != 0 || !outcome->error.length)
			fail_msg("%s:%ld left something (%s)\n%s\n---\n%s", call, n, outcome->error.bytes, before, after);
		free(after);
		if (!committed && !strstr(outcome->error.bytes, argv[2]))
			fail_msg("%s:%ld: the error does not name the file: %s", call, n, outcome->error.bytes);
	} else if (outcome->status == 0) {
		struct fmr_str left;
		fmr_str_init(&left);
		if (committed)
			sandbox_shell(&left, "git status --porcelain | grep -v fmrec-tmp; git rev-list --count first..HEAD");
		if (committed && strcmp(left.bytes, "1") != 0)
			fail_msg("%s:%ld was called a success: %s", call, n, left.bytes);
		fmr_str_release(&left);
	} else if (outcome->status != 3 && strcmp(call, "malloc") != 0) {
		fail_msg("%s:%ld: ended with %d", call, n, outcome->status);
	}
}

/* All calls and not only some of them: FMREC_FAULTS=all. */
static void fail_every(const char *how, const char *call, long stride, const char *path, const char *old, const char *new)
{
	const char *const argv[] = { "/proc/self/exe", how, path, old, new, NULL };
	const bool committed = strcmp(how, "--apply") == 0;
	char *before = snapshot(committed);
	if (getenv("FMREC_FAULTS"))
		stride = 1;
	struct outcome outcome;
	fmr_str_init(&outcome.error);
	for (long n = 1;; n += stride) {
		run(argv, call, n, &outcome);
		check_run(&outcome, argv, call, n, before);
		const bool fired = outcome.fired;
		/* back to the beginning; then what a crash left behind must not be in the way */
		if (committed)
			sh("rm -f .git/index.lock; git reset -q --hard first; git clean -qfdx");
		else
			sh("rm -rf records; mkdir -p records/incident/2026; printf old > " FILE_PATH);
		if (!fired)
			break;
	}
	assert_int_equal(outcome.status, 0);
	if (committed)
		sh("git fsck --no-dangling");
	fmr_str_release(&outcome.error);
	free(before);
}

static const struct {
	const char *path, *old, *new;
} changes[] = { { FILE_PATH, "old", "new" }, { NEW_PATH, "-", "new" }, { FILE_PATH, "old", "-" } };

static void a_replaced_file_is_old_or_new(void **state)
{
	(void)state;
	if (!injector())
		skip();
	static const char *const calls[] = { "write", "fsync", "rename", "link", "mkdir", "unlink", "open", "read", "close" };
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++)
		for (size_t c = 0; c < sizeof(calls) / sizeof(*calls); c++)
			fail_every("--replace", calls[c], 1, changes[i].path, changes[i].old, changes[i].new);
}

static void a_commit_happens_or_not(void **state)
{
	(void)state;
	if (!injector())
		skip();
	static const struct {
		const char *name;
		long stride;
	} calls[] = { { "write", 1 }, { "fsync", 1 }, { "rename", 1 }, { "link", 1 }, { "mkdir", 1 }, { "unlink", 1 },
		{ "spawn", 1 }, { "lock", 1 }, { "open", 13 }, { "read", 13 }, { "close", 13 }, { "malloc", 211 } };
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++)
		for (size_t c = 0; c < sizeof(calls) / sizeof(*calls); c++)
			fail_every("--apply", calls[c].name, calls[c].stride, changes[i].path, changes[i].old, changes[i].new);
	assert_output("find . -name '.fmrec-tmp-*'; ls .git/fmrec", "lock");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, repository_setup, sandbox_teardown)

int main(int argc, char **argv)
{
	if (argc == 5 && strncmp(argv[1], "--", 2) == 0)
		return suffer(argv + 1);
	const struct CMUnitTest tests[] = {
		TEST(a_replaced_file_is_old_or_new),
		TEST(a_commit_happens_or_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
