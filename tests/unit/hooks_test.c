#include "unit.h"

#include "views.h"

#include "fmrec/fmrec.h"

/* A stand-in for fmrec that says how it was called: first its words, then its stdin. */
static int repository_setup(void **state)
{
	if (sandbox_setup(state) != 0)
		return -1;
	return sandbox_shell(NULL, "git init -q repo && cd repo && git config user.name a && git config user.email a@b &&"
				   "mkdir \"../it's a place\" && printf '%s\\n' '#!/bin/sh' 'echo \"fmrec $*\" >> \"$LOG\"' "
				   "'[ \"$2\" != pre-push ] || cat >> \"$LOG\"' '[ ! -e \"$LOG.refuse\" ]' > \"../it's a place/fmrec-x\" &&"
				   "chmod +x \"../it's a place/fmrec-x\"");
}

static int install(void)
{
	struct fmr_store *store = open_store("repo");
	char top[PATH_MAX];
	assert_non_null(getcwd(top, sizeof(top)));
	char *program = fmr_format("%s/it's a place/fmrec-x", top), *log = fmr_format("%s/log", top);
	char *templates = fmr_format("%s/hooks", fmr_data_dir());
	setenv("LOG", log, 1);
	struct fmr_err err = { 0 };
	int result = fmr_hooks_install(store, false, program, templates, &err);
	assert_true(result == 0 || err.text[0]);
	free(program);
	free(log);
	free(templates);
	fmr_store_close(store);
	return result;
}

static void uninstall(void)
{
	struct fmr_store *store = open_store("repo");
	struct fmr_err err;
	assert_int_equal(fmr_hooks_uninstall(store, &err), 0);
	fmr_store_close(store);
}

static void hooks_call_fmrec(void **state)
{
	(void)state;
	assert_int_equal(install(), 0);
	sh("cd repo && echo x > f && git add f && git commit -qm x && git init -q --bare ../bare && git push -q ../bare HEAD:b");
	assert_output("sed 's/[0-9a-f]\\{40\\}/ID/g' log",
		"fmrec hook pre-commit\nfmrec hook commit-msg .git/COMMIT_EDITMSG\nfmrec hook pre-push ../bare ../bare\n"
		"HEAD ID refs/heads/b ID");
	sh("touch log.refuse");
	assert_int_not_equal(sandbox_shell(NULL, "cd repo && git commit -q --allow-empty -m y"), 0);
	assert_int_not_equal(sandbox_shell(NULL, "cd repo && git push -q ../bare HEAD:c"), 0);
	/* fmrec on PATH comes first */
	sh("rm log.refuse; mkdir bin; printf '#!/bin/sh\\necho mine > \"$LOG\"\\n' > bin/fmrec; chmod +x bin/fmrec;"
	   "cd repo && PATH=$PWD/../bin:$PATH git commit -q --allow-empty -m z");
	assert_output("cat log", "mine");
}

static void installing_twice_changes_nothing(void **state)
{
	(void)state;
	sh("echo '#!/bin/sh' > repo/.git/hooks/pre-commit");
	assert_int_equal(install(), 0);
	sh("ls -lai --time-style=full-iso repo/.git/hooks | grep -v ' \\.\\.*$' > before");
	assert_int_equal(install(), 0);
	sh("ls -lai --time-style=full-iso repo/.git/hooks | grep -v ' \\.\\.*$' > after; cmp before after");
	uninstall();
	uninstall();
}

static void earlier_hooks_come_first_and_come_back(void **state)
{
	(void)state;
	sh("cd repo; printf '#!/bin/sh\\necho earlier pre-push $*; cat\\n' > .git/hooks/pre-push; chmod 750 .git/hooks/pre-push;"
	   "echo 'not a hook' > .git/hooks/commit-msg; chmod 600 .git/hooks/commit-msg; mkdir s;"
	   "printf '#!/bin/sh\\necho earlier pre-commit >> \"$LOG\"; [ ! -e \"$LOG.no\" ]\\n' > s/pc; chmod +x s/pc;"
	   "ln -s ../../s/pc .git/hooks/pre-commit; sed -i 's/cat$/cat; } >> \"$LOG\"/; s/echo earlier/{ echo earlier/' .git/hooks/pre-push;"
	   "tar cf ../before.tar .git/hooks");
	assert_int_equal(install(), 0);
	sh("cd repo && echo x > f && git add f && git commit -qm x && git init -q --bare ../bare && git push -q ../bare HEAD:b");
	assert_output("sed 's/[0-9a-f]\\{40\\}/ID/g' log",
		"earlier pre-commit\nfmrec hook pre-commit\nfmrec hook commit-msg .git/COMMIT_EDITMSG\n"
		"earlier pre-push ../bare ../bare\nHEAD ID refs/heads/b ID\n"
		"fmrec hook pre-push ../bare ../bare\nHEAD ID refs/heads/b ID");
	sh("touch log.no; : > log");
	assert_int_not_equal(sandbox_shell(NULL, "cd repo && git commit -q --allow-empty -m y"), 0);
	assert_output("cat log", "earlier pre-commit");
	uninstall();
	sh("cd repo && tar df ../before.tar && ls .git/hooks | grep -v sample > ../names");
	assert_output("cat names", "commit-msg\npre-commit\npre-push");
}

static void a_third_hook_is_not_lost(void **state)
{
	(void)state;
	sh("echo '#!/bin/sh' > repo/.git/hooks/pre-push");
	assert_int_equal(install(), 0);
	sh("printf '#!/bin/sh\\n# another tool\\n' > repo/.git/hooks/pre-push; rm repo/.git/hooks/pre-commit;"
	   "ls -la --time-style=full-iso repo/.git/hooks > before");
	assert_int_equal(install(), FMR_ERR_EXISTS);
	sh("ls -la --time-style=full-iso repo/.git/hooks > after; cmp before after");
	uninstall();
	assert_output("ls repo/.git/hooks | grep -v sample; sed -n 2p repo/.git/hooks/pre-push",
		"pre-push\npre-push.before-fmrec\n# another tool");
}

static void other_hook_directories_are_respected(void **state)
{
	(void)state;
	sh("cd repo; git config core.hooksPath my/hooks; git commit -q --allow-empty -m x; git worktree add -q ../linked");
	assert_int_equal(install(), 0);
	assert_output("ls repo/my/hooks; ls repo/.git/hooks | grep -v sample", "commit-msg\npost-merge\npre-commit\npre-merge-commit\npre-push");
	uninstall();
	assert_output("ls repo/my/hooks", "");
	sh("git -C repo config core.hooksPath '~/mine'");
	assert_int_equal(install(), 0);
	assert_output("ls mine", "commit-msg\npost-merge\npre-commit\npre-merge-commit\npre-push");
}

/* What others push to is another matter than what somebody works in. */
static void a_server_has_a_hook_of_its_own(void **state)
{
	(void)state;
	sh("git init -q --bare server && printf '#!/bin/sh\\ncat > \"$LOG.own\"\\n' > server/hooks/pre-receive && chmod +x server/hooks/pre-receive");
	struct fmr_store *store = open_store("server");
	char *templates = fmr_format("%s/hooks", fmr_data_dir()), top[PATH_MAX];
	assert_non_null(getcwd(top, sizeof(top)));
	char *program = fmr_format("%s/it's a place/fmrec-x", top), *log = fmr_format("%s/log", top);
	setenv("LOG", log, 1);
	struct fmr_err err = { 0 };
	assert_int_equal(fmr_hooks_install(store, true, program, templates, &err), 0);
	assert_output("ls server/hooks | grep -v sample; grep -c fmrec server/config server/info/attributes 2>&1 | grep -v :0",
		"pre-receive\npre-receive.before-fmrec\ngrep: server/info/attributes: No such file or directory");
	sh("cd repo && git commit -q --allow-empty -m x && git push -q ../server HEAD:b");
	assert_output("sed 's/[0-9a-f]\\{40\\}/ID/g' log; cat log.own | sed 's/[0-9a-f]\\{40\\}/ID/g'",
		"fmrec hook pre-receive\nID ID refs/heads/b");
	fmr_hooks_uninstall(store, &err);
	assert_output("ls server/hooks | grep -v sample", "pre-receive");
	fmr_store_close(store);
	free(program);
	free(log);
	free(templates);
}

static void note(void *context, const char *name, const char *path, bool installed, bool chained)
{
	assert_non_null(strstr(path, strcmp(name, "merge-driver") == 0 ? "info/attributes" : name));
	fmr_str_printf(context, "%s %d %d\n", name, installed, chained);
}

static void each_tells_what_is_installed(void **state)
{
	(void)state;
	sh("echo '#!/bin/sh' > repo/.git/hooks/pre-push");
	struct fmr_str list;
	fmr_str_init(&list);
	struct fmr_store *store = open_store("repo");
	fmr_hooks_each(store, note, &list, NULL);
	assert_string_equal(list.bytes, "pre-commit 0 0\npre-merge-commit 0 0\ncommit-msg 0 0\npost-merge 0 0\npre-push 0 0\nmerge-driver 0 0\n");
	fmr_store_close(store);
	assert_int_equal(install(), 0);
	fmr_str_clear(&list);
	store = open_store("repo");
	fmr_hooks_each(store, note, &list, NULL);
	assert_string_equal(list.bytes, "pre-commit 1 0\npre-merge-commit 1 0\ncommit-msg 1 0\npost-merge 1 0\npre-push 1 1\nmerge-driver 1 0\n");
	fmr_store_close(store);
	fmr_str_release(&list);
}

/* git's shell sees the path of the program as one word, whatever is in it. */
static void the_driver_is_called(void **state)
{
	(void)state;
	sh("mkdir '100%A' && cp \"it's a place/fmrec-x\" '100%A/fmrec-x' && rm -r \"it's a place\" && mv '100%A' \"it's a place\"");
	assert_int_equal(install(), 0);
	assert_output("cat repo/.git/info/attributes | sed 1d", "records/**/*.yaml merge=fmrec");
	sh("cd repo && rm .git/hooks/p* .git/hooks/c*; mkdir -p records/x && echo a > records/x/y.yaml && git add . && git commit -qm a &&"
	   "git branch b && echo b > records/x/y.yaml && git commit -qam b && git checkout -q b && echo c > records/x/y.yaml &&"
	   "git commit -qam c && git merge -q -s ort master -m m || git merge -q main -m m");
	assert_output("sed 's/_[A-Za-z0-9]*//g' log", "fmrec merge-file --marker-size=7 -L %X -L %S -L %Y --path=records/x/y.yaml -- .merge .merge .merge");
	uninstall();
	assert_output("ls repo/.git/info; git -C repo config --get-regexp merge", "exclude");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, repository_setup, sandbox_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(hooks_call_fmrec),
		TEST(installing_twice_changes_nothing),
		TEST(earlier_hooks_come_first_and_come_back),
		TEST(a_third_hook_is_not_lost),
		TEST(other_hook_directories_are_respected),
		TEST(a_server_has_a_hook_of_its_own),
		TEST(each_tells_what_is_installed),
		TEST(the_driver_is_called),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
