#include "unit.h"

#include "views.h"

#include "base/fs.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#define FILE_PATH "records/incident/2026/INC-1.yaml"

static int repository_setup(void **state)
{
	if (sandbox_setup(state) != 0)
		return -1;
	return sandbox_shell(NULL, "git init -q . && git config user.name 'A U Thor' && git config user.email a@example.org &&"
				   "git config gc.auto 0 && mkdir -p " /* so that git never starts anything behind */
				   "records/incident/2026 && printf 'old\\n' > " FILE_PATH
				   " && printf 'x\\n' > other && git add . && git commit -qm first");
}

/* old NULL: a new file; new NULL: taken away */
static int change_with(const char *path, const char *old, const char *new, struct fmr_commit_options options,
	struct fmr_commit_result *result, struct fmr_err *err)
{
	struct fmr_store *store = open_store(".");
	struct fmr_str expected;
	fmr_str_init(&expected);
	if (old)
		fmr_str_puts(&expected, old);
	const struct fmr_change change = { .path = path, .bytes = new, .length = new ? strlen(new) : 0,
		.expected = old ? &expected : NULL };
	if (!options.message)
		options.message = "fmrec: test";
	*err = (struct fmr_err){ 0 };
	int code = fmr_store_apply(store, &change, 1, &options, result, err);
	fmr_str_release(&expected);
	fmr_store_close(store);
	return code;
}

static int change(const char *path, const char *old, const char *new)
{
	struct fmr_err err;
	struct fmr_commit_result result;
	int code = change_with(path, old, new, (struct fmr_commit_options){ 0 }, &result, &err);
	if (code != 0 && !err.text[0])
		fail_msg("no text for error %d", code);
	return code;
}

/* Everything about a repository that a failed change must leave as it was. */
static char *snapshot(void)
{
	struct fmr_str out;
	fmr_str_init(&out);
	sandbox_shell(&out, "git rev-parse -q --verify HEAD; git ls-files -s -t; git status --porcelain=v2;"
			    "git diff-files; git diff-index --cached HEAD; find . -path ./.git -prune -o -type f -print | sort | "
			    "while read -r f; do echo \"$f\"; cat \"$f\"; stat -c '%a %i' \"$f\"; done; find . -path ./.git -prune -o "
			    "-type d -print | sort; ls .git/fmrec 2>/dev/null | grep -v '^lock$'; ls .git/*.lock 2>/dev/null");
	return fmr_str_detach(&out);
}

#define assert_unchanged(statement)                                                                                    \
	do {                                                                                                           \
		char *before_ = snapshot();                                                                            \
		statement;                                                                                             \
		char *after_ = snapshot();                                                                             \
		assert_string_equal(before_, after_);                                                                  \
		free(before_);                                                                                         \
		free(after_);                                                                                          \
	} while (0)

static void a_change_is_one_commit(void **state)
{
	(void)state;
	struct fmr_err err;
	struct fmr_commit_result result;
	assert_int_equal(change_with("records/a/2026/A-1.yaml", NULL, "new\n",
				 (struct fmr_commit_options){ .message = "fmrec: new A-1\n\n# a body\n" }, &result, &err),
		0);
	assert_output("git rev-parse HEAD", result.commit);
	assert_output("git symbolic-ref --short HEAD", result.branch);
	assert_output("git log -1 --format=%B", "fmrec: new A-1\n\n# a body\n");
	assert_output("git log -1 --format=%an:%ae", "A U Thor:a@example.org");
	assert_output("git show --format= --name-status", "A\trecords/a/2026/A-1.yaml");
	assert_int_equal(change(FILE_PATH, "old\n", "new\n"), 0);
	assert_output("git show HEAD:" FILE_PATH, "new");
	assert_int_equal(change("records/a/2026/A-1.yaml", "new\n", NULL), 0);
	assert_output("git show --format= --name-status; ls records", "D\trecords/a/2026/A-1.yaml\nincident");
	assert_output("git status --porcelain; ls -A .git/fmrec; git fsck 2>&1", "lock");
	assert_output("git rev-list --count HEAD", "4");
}

static void options_stop_early(void **state)
{
	(void)state;
	struct fmr_err err;
	struct fmr_commit_result result;
	assert_int_equal(change_with("a", NULL, "1", (struct fmr_commit_options){ .no_stage = true }, &result, &err), 0);
	assert_output("git status --porcelain", "?? a");
	assert_string_equal(result.commit, "");
	assert_int_equal(change_with("a", "1", "2", (struct fmr_commit_options){ .no_commit = true }, &result, &err), 0);
	assert_output("git status --porcelain", "A  a");
	assert_int_equal(change("a", "2", "3"), 0);
	assert_output("git status --porcelain; git show HEAD:a", "3");
}

static void staged_changes_of_others_stay_staged(void **state)
{
	(void)state;
	sh("echo staged > other; git add other; echo more >> other; echo n > new; git add new; git write-tree");
	assert_int_equal(change(FILE_PATH, "old\n", "new\n"), 0);
	assert_output("git show --format= --name-status; git status --porcelain", "M\t" FILE_PATH "\nA  new\nMM other");
	assert_int_equal(change("records/x.yaml", NULL, "x"), 0);
	assert_int_equal(change("records/x.yaml", "x", NULL), 0);
	assert_output("git show --format= --name-status; git status --porcelain; git show :other",
		"D\trecords/x.yaml\nA  new\nMM other\nstaged");
	/* nothing to commit of ours, but something of theirs */
	sh("printf x > untracked");
	assert_int_equal(change("untracked", "x", NULL), 0);
	assert_output("git rev-list --count HEAD; git status --porcelain; ls", "4\nA  new\nMM other\nnew\nother\nrecords");
}

static void pathspec_characters_are_plain(void **state)
{
	(void)state;
	sh("echo staged > other; git add other; mkdir -p 'records/[ab]*'; echo z > 'records/a'; git add records/a");
	assert_int_equal(change("records/[ab]*/:(x)?", NULL, "x"), 0);
	assert_output("git show --format= --name-only -z | tr '\\0' '\\n'; git status --porcelain",
		"records/[ab]*/:(x)?\nM  other\nA  records/a");
}

static void nothing_to_commit_is_fine(void **state)
{
	(void)state;
	struct fmr_err err;
	struct fmr_commit_result result;
	sh("echo edited > " FILE_PATH "; git add " FILE_PATH);
	assert_int_equal(change_with(FILE_PATH, "edited\n", "old\n", (struct fmr_commit_options){ 0 }, &result, &err), 0);
	assert_string_equal(result.commit, "");
	assert_output("git status --porcelain; git rev-list --count HEAD; ls -A .git/fmrec", "1\nlock");
}

static void the_first_commit_works(void **state)
{
	(void)state;
	sh("git checkout -q --orphan fresh; git rm -rq --cached .; rm -r other records");
	assert_int_equal(change("records/a", NULL, "a"), 0);
	assert_output("git log --format=%s --name-only", "fmrec: test\n\nrecords/a");
	sh("git checkout -q --orphan again; git rm -q --cached records/a; echo y > y; git add y");
	assert_int_equal(change("records/b", NULL, "b"), 0);
	assert_output("git log --format=%s --name-only; git status --porcelain", "fmrec: test\n\nrecords/b\nA  y\n?? records/a");
}

static void detached_heads_and_linked_work_trees_work(void **state)
{
	(void)state;
	struct fmr_err err;
	struct fmr_commit_result result;
	sh("git checkout -q --detach");
	assert_int_equal(change_with("a", NULL, "1", (struct fmr_commit_options){ 0 }, &result, &err), 0);
	assert_string_equal(result.branch, "HEAD");
	sh("git worktree add -q -b side linked; git pack-refs --all");
	assert_int_equal(chdir("linked"), 0);
	assert_int_equal(change_with("b", NULL, "1", (struct fmr_commit_options){ 0 }, &result, &err), 0);
	assert_string_equal(result.branch, "side");
	assert_output("git log -1 --format=%D:%s; git status --porcelain; ls ../.git/fmrec", "HEAD -> side:fmrec: test\nlock");
	/* as a hook of git sees it */
	setenv("GIT_DIR", "../.git/worktrees/linked", 1);
	assert_int_equal(change_with("c", NULL, "1", (struct fmr_commit_options){ 0 }, &result, &err), 0);
	unsetenv("GIT_DIR");
	assert_output("git log -1 --format=%D --name-only", "HEAD -> side\n\nc");
	assert_int_equal(chdir(".."), 0);
}

static void comparing_comes_first(void **state)
{
	(void)state;
	assert_unchanged(assert_int_equal(change(FILE_PATH, "older\n", "new\n"), FMR_ERR_CHANGED));
	assert_unchanged(assert_int_equal(change(FILE_PATH, NULL, "new\n"), FMR_ERR_CHANGED));
	assert_unchanged(assert_int_equal(change("records/none", "x", "new\n"), FMR_ERR_CHANGED));
	assert_unchanged(assert_int_equal(change("records/none", NULL, NULL), FMR_ERR_INVALID));
	/* one of several: none */
	struct fmr_store *store = open_store(".");
	struct fmr_err err;
	struct fmr_str wrong;
	fmr_str_init(&wrong);
	const struct fmr_change two[] = { { .path = "records/n/1", .bytes = "1", .length = 1 },
		{ .path = FILE_PATH, .bytes = "2", .length = 1, .expected = &wrong } };
	const struct fmr_commit_options options = { .message = "x" };
	assert_unchanged(assert_int_equal(fmr_store_apply(store, two, 2, &options, NULL, &err), FMR_ERR_CHANGED));
	const struct fmr_change twice[] = { { .path = "a", .bytes = "1", .length = 1 }, { .path = "a", .bytes = "1", .length = 1 } };
	assert_unchanged(assert_int_equal(fmr_store_apply(store, twice, 2, &options, NULL, &err), FMR_ERR_INVALID));
	fmr_store_close(store);
}

static void paths_outside_are_refused(void **state)
{
	(void)state;
	sh("mkdir ../fmrec-outside-$$ 2>/dev/null; ln -s /tmp records/link; ln -s ../other records/file");
	static const struct {
		const char *path;
		int code;
	} bad[] = { { "../x", FMR_ERR_INVALID }, { "/tmp/x", FMR_ERR_INVALID }, { ".git/config", FMR_ERR_INVALID },
		{ "a/.GIT/hooks/pre-commit", FMR_ERR_INVALID }, { "a/./b", FMR_ERR_INVALID }, { "a\nb", FMR_ERR_INVALID },
		{ "records/link/fmrec-x", FMR_ERR_UNSUPPORTED }, { "records/file", FMR_ERR_CHANGED }, { "other/x", FMR_ERR_EXISTS } };
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_unchanged(assert_int_equal(change(bad[i].path, NULL, "x"), bad[i].code));
	sh("rmdir ../fmrec-outside-* 2>/dev/null; test ! -e /tmp/fmrec-x");
}

static void unfinished_work_is_not_committed_over(void **state)
{
	(void)state;
	sh("git checkout -q -b side; echo side > other; git commit -qam side; git checkout -q -; echo main > other;"
	   "git commit -qam main");
	static const char *const starts[] = { "git merge side", "git cherry-pick side", "git rebase side", "git revert HEAD~1" };
	static const char *const ends[] = { "git merge --abort", "git cherry-pick --abort", "git rebase --abort",
		"git revert --abort" };
	for (size_t i = 0; i < 4; i++) {
		sandbox_shell(NULL, starts[i]);
		assert_unchanged(assert_int_equal(change("new", NULL, "x"), FMR_ERR_REFUSED));
		sh(ends[i]);
	}
	/* without a conflict git would commit, and call it the merge */
	sh("git checkout -q -b clean side; echo c > c; git add c; git commit -qm c; git checkout -q -; git merge -q --no-commit -s ours clean");
	assert_unchanged(assert_int_equal(change("new", NULL, "x"), FMR_ERR_REFUSED));
	struct fmr_err err;
	struct fmr_commit_result result;
	assert_int_equal(change_with("staged", NULL, "x", (struct fmr_commit_options){ .no_commit = true }, &result, &err), 0);
	sh("git merge --abort; rm -f staged; git bisect start");
	assert_int_equal(change("new", NULL, "x"), 0);
	sh("git bisect reset 2>/dev/null; echo stash > other; git stash -q; echo again > other; git commit -qam again");
	sandbox_shell(NULL, "git stash pop");
	assert_unchanged(assert_int_equal(change("new2", NULL, "x"), FMR_ERR_REFUSED));
}

static void a_missing_identity_is_seen_before_anything_happens(void **state)
{
	(void)state;
	struct fmr_err err;
	struct fmr_commit_result result;
	sh("git config --unset user.name; git config --unset user.email; git config user.useConfigOnly true");
	assert_unchanged(assert_int_equal(
		change_with("new", NULL, "x", (struct fmr_commit_options){ 0 }, &result, &err), FMR_ERR_REFUSED));
	assert_non_null(strstr(err.hint, "user.name"));
	assert_int_equal(change_with("new", NULL, "x", (struct fmr_commit_options){ .no_commit = true }, &result, &err), 0);
	setenv("GIT_AUTHOR_NAME", "E", 1);
	setenv("GIT_AUTHOR_EMAIL", "e@e", 1);
	setenv("GIT_COMMITTER_NAME", "E", 1);
	setenv("GIT_COMMITTER_EMAIL", "e@e", 1);
	assert_int_equal(change("new", "x", "y"), 0);
	assert_output("git log -1 --format=%an%cn", "EE");
}

static void hook(const char *name, const char *text)
{
	char *line = fmr_format("printf '%%s\\n' '#!/bin/sh' '%s' > .git/hooks/%s; chmod +x .git/hooks/%s", text, name, name);
	sh(line);
	free(line);
}

static void refusing_hooks_leave_no_trace(void **state)
{
	(void)state;
	struct fmr_err err;
	struct fmr_commit_result result;
	static const char *const names[] = { "pre-commit", "commit-msg", "prepare-commit-msg" };
	int quiet = open("/dev/null", O_WRONLY), talk = dup(STDERR_FILENO);
	dup2(quiet, STDERR_FILENO); /* what hooks say is shown to the user */
	for (int others = 0; others < 2; others++) {
		for (size_t i = 0; i < 3; i++) {
			hook(names[i], "echo; echo \"no way\" >&2; exit 1");
			assert_unchanged(assert_int_equal(
				change_with(FILE_PATH, "old\n", "new\n", (struct fmr_commit_options){ 0 }, &result, &err),
				FMR_ERR_REFUSED));
			assert_non_null(strstr(err.text, names[i]));
			assert_non_null(strstr(err.text, "no way"));
			assert_unchanged(assert_int_equal(change("records/n/e/w", NULL, "new\n"), FMR_ERR_REFUSED));
			assert_unchanged(assert_int_equal(change(FILE_PATH, "old\n", NULL), FMR_ERR_REFUSED));
			sh("rm .git/hooks/*");
		}
		if (!others)
			sh("echo staged > other; git add other; echo n > new; git add new; git rm -q --cached " FILE_PATH);
	}
	hook("pre-commit", "exit 1");
	assert_int_equal(change_with(FILE_PATH, "old\n", "new\n", (struct fmr_commit_options){ .no_verify = true }, &result, &err),
		0);
	/* git itself is killed and leaves its lock: the file goes back, and what cannot is told */
	hook("pre-commit", "kill -9 $PPID");
	assert_int_equal(change_with(FILE_PATH, "new\n", "newer\n", (struct fmr_commit_options){ 0 }, &result, &err),
		FMR_ERR_ABORTED);
	assert_output("cat " FILE_PATH "; rm .git/index.lock", "new");
	assert_non_null(strstr(err.hint, "index.lock"));
	dup2(talk, STDERR_FILENO);
	close(talk);
	close(quiet);
}

static void hooks_run_as_git_runs_them(void **state)
{
	(void)state;
	hook("pre-commit", "git diff --cached --name-only > .git/pre; git add -A");
	hook("commit-msg", "(echo; echo \"Signed: me\") >> \"$1\"");
	hook("post-commit", "git log -1 --format=%s > .git/post");
	assert_int_equal(change(FILE_PATH, "old\n", "new\n"), 0);
	assert_output("cat .git/pre .git/post; git log -1 --format=%B; git ls-tree -r --name-only HEAD",
		FILE_PATH "\nfmrec: test\nfmrec: test\n\nSigned: me\n\nother\n" FILE_PATH);
	/* a hook must not change records through fmrec: it would wait for its own parent */
	setenv("FMREC_LOCK_HELD", "x", 1);
	assert_int_equal(change("a", NULL, "1"), 0);
	struct fmr_store *store = open_store(".");
	setenv("FMREC_LOCK_HELD", fmr_store_private_dir(store), 1);
	fmr_store_close(store);
	assert_int_equal(change("b", NULL, "1"), FMR_ERR_LOCKED);
	unsetenv("FMREC_LOCK_HELD");
}

/* Who is tired of a slow hook stops it, but the commit is made. */
static void an_interrupt_behind_the_commit_undoes_nothing(void **state)
{
	(void)state;
	hook("post-commit", "kill -INT $PPID; sleep 1");
	assert_int_equal(change(FILE_PATH, "old\n", "new\n"), 0);
	assert_output("cat " FILE_PATH "; git show HEAD:" FILE_PATH "; git status --porcelain", "new\nnew");
	sh("rm -rf .git && git init -q . && git config user.name A && git config user.email a@example.org");
	hook("post-commit", "kill -INT $PPID; sleep 1");
	assert_int_equal(change("first", NULL, "1\n"), 0);
	assert_output("git show HEAD:first", "1");
}

static void what_was_staged_before_survives_a_failure(void **state)
{
	(void)state;
	struct fmr_err err;
	struct fmr_commit_result result;
	sh("printf 'staged\\n' > " FILE_PATH "; git add " FILE_PATH "; printf 'old\\n' > " FILE_PATH);
	sh("git config filter.bad.clean false; git config filter.bad.required true; echo \"records/** filter=bad\" > "
	   ".git/info/attributes");
	assert_int_equal(
		change_with(FILE_PATH, "old\n", "new\n", (struct fmr_commit_options){ .no_commit = true }, &result, &err),
		FMR_ERR_GIT);
	assert_output("cat " FILE_PATH "; git cat-file blob :" FILE_PATH, "old\nstaged");
}

static void signing_is_gits(void **state)
{
	(void)state;
	if (sandbox_shell(NULL, "ssh-keygen -q -t ed25519 -N '' -f key") != 0)
		skip();
	sh("echo key >> .git/info/exclude; echo key.pub >> .git/info/exclude; git config commit.gpgsign true;"
	   "git config gpg.format ssh; git config user.signingkey \"$PWD/key.pub\"");
	assert_int_equal(change("a", NULL, "1"), 0);
	assert_output("git cat-file commit HEAD | grep -c 'BEGIN SSH SIGNATURE'", "1");
	sh("git config user.signingkey /nowhere.pub");
	struct fmr_err err;
	struct fmr_commit_result result;
	int quiet = open("/dev/null", O_WRONLY), talk = dup(STDERR_FILENO);
	dup2(quiet, STDERR_FILENO);
	assert_unchanged(
		assert_int_equal(change_with("a", "1", "2", (struct fmr_commit_options){ 0 }, &result, &err), FMR_ERR_GIT));
	dup2(talk, STDERR_FILENO);
	close(talk);
	close(quiet);
	assert_true(strlen(err.text) > strlen("git refused the commit: "));
}

static void a_locked_index_is_waited_for(void **state)
{
	(void)state;
	sh("(sleep 0.3; rm .git/index.lock) & touch .git/index.lock");
	assert_int_equal(change("a", NULL, "1"), 0);
	sh("touch .git/index.lock");
	struct fmr_err err;
	struct fmr_commit_result result;
	time_t start = time(NULL);
	assert_unchanged(
		assert_int_equal(change_with("b", NULL, "1", (struct fmr_commit_options){ 0 }, &result, &err), FMR_ERR_LOCKED));
	assert_true(time(NULL) - start < 20);
	assert_non_null(strstr(err.hint, "index.lock"));
}

static void line_ends_and_filters_are_gits(void **state)
{
	(void)state;
	sh("git config core.autocrlf true");
	assert_int_equal(change("crlf", NULL, "a\r\nb\r\n"), 0);
	assert_int_equal(change("lf", NULL, "a\nb\n"), 0);
	assert_output("git show HEAD:crlf HEAD:lf | od -c | grep -c r; od -c crlf | grep -o r | wc -l; git status --porcelain",
		"0\n2");
	assert_int_equal(change("crlf", "a\r\nb\r\n", "a\r\nc\r\n"), 0);
	assert_output("git show HEAD:crlf; git status --porcelain", "a\nc");
}

static void ignored_paths_can_be_recorded(void **state)
{
	(void)state;
	sh("echo 'records/' > .gitignore; git add .gitignore; git commit -qm ignore");
	assert_int_equal(change("records/x", NULL, "x"), 0);
	assert_output("git ls-tree --name-only HEAD records/x", "records/x");
}

static void sparse_work_trees_stay_sparse(void **state)
{
	(void)state;
	sh("mkdir -p far/away near; echo 1 > far/away/f; echo 1 > near/f; git add .; git commit -qm more;"
	   "git sparse-checkout init --cone --sparse-index; git sparse-checkout set near records");
	assert_output("ls", "near\nother\nrecords");
	assert_int_equal(change("near/g", NULL, "2"), 0);
	assert_int_equal(change(FILE_PATH, "old\n", "new\n"), 0);
	assert_output("git ls-tree -r --name-only HEAD; ls; git status --porcelain",
		"far/away/f\nnear/f\nnear/g\nother\n" FILE_PATH "\nnear\nother\nrecords");
}

static void many_files_are_one_commit(void **state)
{
	(void)state;
	enum { COUNT = 3000 };
	struct fmr_store *store = open_store(".");
	struct fmr_change *changes = fmr_alloc_zero(COUNT, sizeof(*changes));
	for (size_t i = 0; i < COUNT; i++)
		changes[i] = (struct fmr_change){ .path = fmr_format("records/import/2026/a-rather-long-name-%05zu.yaml", i),
			.bytes = "x\n", .length = 2 };
	const struct fmr_commit_options options = { .message = "many" };
	struct fmr_err err = { 0 };
	sh("echo staged > other; git add other"); /* the longer way: paths of 100 kB */
	if (fmr_store_apply(store, changes, COUNT, &options, NULL, &err) != 0)
		fail_msg("%s", err.text);
	assert_output("git show --format=%s --name-only | wc -l; git status --porcelain", "3002\nM  other");
	for (size_t i = 0; i < COUNT; i++)
		free((char *)changes[i].path);
	free(changes);
	fmr_store_close(store);
}

static void what_dead_writers_left_is_swept(void **state)
{
	(void)state;
	sh("mkdir -p .git/fmrec; touch records/.fmrec-tmp-1-0 .git/fmrec/.fmrec-tmp-1-1;"
	   "printf '%s\\nrecords\\nnone\\n' \"$PWD\" > .git/fmrec/journal");
	assert_int_equal(change("a", NULL, "1"), 0);
	assert_output("git status --porcelain; ls -A .git/fmrec", "lock");
}

/* ---- several at once ---- */

static void forty_at_once_lose_nothing(void **state)
{
	(void)state;
	enum { COUNT = 40 };
	pid_t children[COUNT];
	for (int i = 0; i < COUNT; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			char *path = fmr_format("records/p/%d.yaml", i);
			_exit(change(path, NULL, path) == 0 ? 0 : 1);
		}
	}
	for (int i = 0; i < COUNT; i++) {
		int status = -1;
		waitpid(children[i], &status, 0);
		assert_int_equal(status, 0);
	}
	assert_output("git rev-list --count HEAD; git ls-tree --name-only HEAD records/p/ | wc -l; git status --porcelain;"
		      "git log --format= --name-only | sort | uniq -d; git fsck 2>&1",
		"41\n40");
}

static void the_lock_nests(void **state)
{
	(void)state;
	struct fmr_store *store = open_store(".");
	struct fmr_err err = { 0 };
	assert_int_equal(fmr_store_lock(store, 1, &err), 0);
	const struct fmr_change one = { .path = "a", .bytes = "1", .length = 1 };
	const struct fmr_commit_options options = { .message = "x" };
	assert_int_equal(fmr_store_apply(store, &one, 1, &options, NULL, &err), 0);
	struct fmr_store *other = open_store(".");
	assert_int_equal(fmr_store_lock(other, 1, &err), FMR_ERR_LOCKED);
	fmr_store_unlock(store);
	assert_int_equal(fmr_store_lock(other, 1, &err), 0);
	fmr_store_unlock(other);
	fmr_store_close(other);
	fmr_store_close(store);
}

/* ---- dying at any moment ---- */

static void a_killed_writer_leaves_old_or_new(void **state)
{
	(void)state;
	char old[16] = "old\n", new[16];
	for (int i = 0; i < 25; i++) {
		snprintf(new, sizeof(new), "new %d\n", i);
		pid_t child = fork();
		if (child == 0) {
			setpgid(0, 0);
			_exit(change(FILE_PATH, old, new) == 0 ? 0 : 1);
		}
		setpgid(child, child);
		usleep((useconds_t)i * 1500);
		kill(-child, SIGKILL); /* the writer and the git it runs */
		int status;
		waitpid(child, &status, 0);
		sh("rm -f .git/index.lock .git/HEAD.lock .git/refs/heads/*.lock .git/next-index-*; test -z \"$(git fsck 2>&1 | grep -v dangling)\"");
		struct fmr_str text;
		fmr_str_init(&text);
		assert_int_equal(fmr_file_read(AT_FDCWD, FILE_PATH, 100, true, &text, NULL), 0);
		assert_true(strcmp(text.bytes, old) == 0 || strcmp(text.bytes, new) == 0);
		snprintf(old, sizeof(old), "%s", text.bytes);
		fmr_str_release(&text);
	}
	assert_int_equal(change(FILE_PATH, old, "last\n"), 0);
	assert_output("git show HEAD:" FILE_PATH "; git status --porcelain; ls -A .git/fmrec; find . -name '.fmrec-tmp*'",
		"last\nlock");
}

static void an_interrupt_puts_everything_back(void **state)
{
	(void)state;
	hook("pre-commit", "kill -INT 0; sleep 1"); /* as Ctrl-C: to all of them */
	assert_unchanged({
		pid_t child = fork();
		if (child == 0) {
			signal(SIGINT, SIG_DFL);
			setpgid(0, 0);
			_exit(change(FILE_PATH, "old\n", "new\n") == 0 ? 1 : 2);
		}
		int status;
		waitpid(child, &status, 0);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
	});
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, repository_setup, sandbox_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_change_is_one_commit),
		TEST(options_stop_early),
		TEST(staged_changes_of_others_stay_staged),
		TEST(pathspec_characters_are_plain),
		TEST(nothing_to_commit_is_fine),
		TEST(the_first_commit_works),
		TEST(detached_heads_and_linked_work_trees_work),
		TEST(comparing_comes_first),
		TEST(paths_outside_are_refused),
		TEST(unfinished_work_is_not_committed_over),
		TEST(a_missing_identity_is_seen_before_anything_happens),
		TEST(refusing_hooks_leave_no_trace),
		TEST(hooks_run_as_git_runs_them),
		TEST(an_interrupt_behind_the_commit_undoes_nothing),
		TEST(what_was_staged_before_survives_a_failure),
		TEST(signing_is_gits),
		TEST(a_locked_index_is_waited_for),
		TEST(line_ends_and_filters_are_gits),
		TEST(ignored_paths_can_be_recorded),
		TEST(sparse_work_trees_stay_sparse),
		TEST(many_files_are_one_commit),
		TEST(what_dead_writers_left_is_swept),
		TEST(forty_at_once_lose_nothing),
		TEST(the_lock_nests),
		TEST(a_killed_writer_leaves_old_or_new),
		TEST(an_interrupt_puts_everything_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
