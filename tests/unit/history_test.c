/* The history of files as git tells it. */
#include "unit.h"

#include "sandbox.h"

#include "fmrec/store.h"

static struct fmr_store *store;

static int setup(void **state)
{
	if (sandbox_setup(state) != 0)
		return -1;
	setenv("GIT_AUTHOR_DATE", "1790000000 +0900", 1);
	setenv("GIT_COMMITTER_DATE", "1790000100 +0900", 1);
	sh("git init -q . && git config user.name 'Sato' && git config user.email s@example.org && git checkout -q -b main");
	struct fmr_err err;
	return fmr_store_open(".", &store, &err);
}

static int teardown(void **state)
{
	fmr_store_close(store);
	store = NULL;
	return sandbox_teardown(state);
}

/* "subject(A a/b <parents>)" for each commit */
static int describe(void *context, const struct fmr_history_commit *commit)
{
	struct fmr_str *out = context;
	assert_int_equal(strlen(commit->id), 40);
	assert_string_equal(commit->author, "Sato");
	assert_string_equal(commit->email, "s@example.org");
	assert_int_equal(commit->written, 1790000000);
	assert_int_equal(commit->committed, 1790000100);
	assert_int_equal(commit->written_offset, 540);
	fmr_str_printf(out, "%s%.*s(", out->length ? " " : "", (int)strcspn(commit->message, "\n"), commit->message);
	for (size_t i = 0; i < commit->file_count; i++) {
		const struct fmr_history_file *file = &commit->files[i];
		assert_int_equal(strlen(file->blob), file->difference == FMR_DELETED ? 0 : 40);
		fmr_str_printf(out, "%s%c %s", i ? ", " : "", file->difference, file->path);
	}
	fmr_str_printf(out, "%s%zu)", commit->cut ? " cut " : " ", commit->parent_count);
	return 0;
}

static void assert_history(const struct fmr_history_query *query, const char *wanted)
{
	struct fmr_str out;
	struct fmr_err err = { 0 };
	fmr_str_init(&out);
	if (fmr_store_history(store, query, describe, &out, &err) != 0)
		fail_msg("%s", err.text);
	assert_string_equal(out.bytes, wanted);
	fmr_str_release(&out);
}

static void commits_that_touch_a_path(void **state)
{
	(void)state;
	const char *const paths[] = { "r/a", "r/b" };
	const struct fmr_history_query of_a = { .paths = paths, .path_count = 1, .connected = true };
	const struct fmr_history_query of_both = { .paths = paths, .path_count = 2, .limit = 2 };
	assert_history(&of_a, "");
	sh("mkdir r; echo 1 >r/a; echo 1 >other; git add .; git commit -qm one; echo 2 >other; git commit -qam two;"
	   "echo 2 >r/a; git commit -qam three; git rm -q r/a; git commit -qm four; mkdir r; echo 3 >r/a; echo 3 >r/b; git add .;"
	   "git commit -qm five");
	assert_history(&of_a, "five(A r/a 1) four(D r/a 1) three(M r/a 1) one(A r/a 0)");
	assert_history(&of_both, "five(A r/a, A r/b 1) four(D r/a 1)");
	assert_history(&(struct fmr_history_query){ .paths = paths, .path_count = 1, .from = "HEAD~2" },
		"three(M r/a 1) one(A r/a 0)");
	assert_history(&(struct fmr_history_query){ .paths = paths, .path_count = 1, .from = "HEAD~2", .before = true },
		"one(A r/a 0)");
	assert_history(&(struct fmr_history_query){ .paths = paths, .path_count = 1, .since = 1790000101 }, "");
	/* settings that would change the list */
	sh("git config log.showRoot false; git config log.follow true; git config diff.renames copies; git config log.date iso;"
	   "git config log.showSignature true; git config gpg.program ./evil; git config format.pretty oneline;"
	   "printf '#!/bin/sh\\ntouch evil-ran\\n' >evil; chmod +x evil");
	assert_history(&of_a, "five(A r/a 1) four(D r/a 1) three(M r/a 1) one(A r/a 0)");
	sh("! test -e evil-ran");
}

static void merges_are_told_when_they_add_something(void **state)
{
	(void)state;
	const char *const paths[] = { "a" };
	const struct fmr_history_query query = { .paths = paths, .path_count = 1, .connected = true };
	sh("printf '1\\n2\\n3\\n4\\n5\\n6\\n7\\n' >a; git add .; git commit -qm base; git checkout -qb side;"
	   "sed -i s/1/one/ a; git commit -qam side; git checkout -q main; sed -i s/7/seven/ a; git commit -qam trunk;"
	   "git merge -q --no-edit -m both side");
	struct fmr_str out;
	struct fmr_err err;
	fmr_str_init(&out);
	assert_int_equal(fmr_store_history(store, &query, describe, &out, &err), 0);
	assert_true(strncmp(out.bytes, "both(M a 2) ", 12) == 0 && strstr(out.bytes, "trunk(M a 1)"));
	assert_true(strstr(out.bytes, "side(M a 1)") && strstr(out.bytes, "base(A a 0)"));
	fmr_str_release(&out);
	/* one side only: the merge adds nothing */
	sh("git checkout -qb more; echo 8 >>a; git commit -qam more; git checkout -q main; echo x >b; git add b;"
	   "git commit -qm other; git merge -q --no-edit -m nothing more");
	fmr_str_init(&out);
	assert_int_equal(fmr_store_history(store, &query, describe, &out, &err), 0);
	assert_true(strncmp(out.bytes, "more(M a 1) both(M a 2) ", 24) == 0);
	fmr_str_release(&out);
}

static void renames_are_found(void **state)
{
	(void)state;
	sh("mkdir r; seq 100 >r/old; git add .; git commit -qm one; git mv r/old r/new; echo 101 >>r/new; git commit -qam two;"
	   "echo 1 >r/other; git add .; git commit -qm three");
	struct fmr_str from;
	struct fmr_err err;
	fmr_str_init(&from);
	assert_int_equal(fmr_store_renamed(store, "HEAD~1", "r/new", &from, &err), 0);
	assert_string_equal(from.bytes, "r/old");
	fmr_str_clear(&from);
	assert_int_equal(fmr_store_renamed(store, "HEAD", "r/other", &from, &err), 0);
	assert_int_equal(fmr_store_renamed(store, "HEAD~2", "r/old", &from, &err), 0);
	assert_string_equal(from.bytes, "");
	assert_int_equal(fmr_store_renamed(store, "nowhere", "r/old", &from, &err), FMR_ERR_GIT);
	fmr_str_release(&from);
}

static int keep_blob(void *context, const struct fmr_history_commit *commit)
{
	memcpy(context, commit->files[0].blob, 41);
	return 7;
}

static void contents_are_read_by_id(void **state)
{
	(void)state;
	char blob[41];
	struct fmr_str out;
	struct fmr_err err;
	const char *const paths[] = { "a" };
	const struct fmr_history_query query = { .paths = paths, .path_count = 1 };
	fmr_str_init(&out);
	sh("echo content >a; git add .; git commit -qm one");
	assert_int_equal(fmr_store_history(store, &query, keep_blob, blob, &err), 7); /* the visitor's word ends it */
	assert_int_equal(fmr_store_blob(store, blob, "a", 100, &out, &err), 0);
	assert_string_equal(out.bytes, "content\n");
	assert_int_equal(fmr_store_blob(store, blob, "a", 7, &out, &err), FMR_ERR_LIMIT);
	assert_int_equal(fmr_store_blob(store, blob, "a", 100, &out, &err), 0);
	assert_string_equal(out.bytes, "content\ncontent\n");
	blob[0] = blob[0] == '0' ? '1' : '0';
	assert_int_equal(fmr_store_blob(store, blob, "a", 100, &out, &err), FMR_ERR_GIT);
	fmr_str_release(&out);
}

static void what_is_missing_is_said(void **state)
{
	(void)state;
	const char *const paths[] = { "a" };
	const struct fmr_history_query query = { .paths = paths, .path_count = 1 };
	struct fmr_err err;
	sh("for i in 1 2 3; do echo $i >a; git add .; git commit -qm $i; done; git clone -q --depth 2 file://$PWD clone");
	fmr_store_close(store);
	assert_int_equal(fmr_store_open("clone", &store, &err), 0);
	assert_history(&query, "3(M a 1) 2(A a cut 0)");
	sh("cd clone; chmod -R u+w .git/objects; mv .git/objects/pack/*.pack p; git unpack-objects -q <p;"
	   "t=$(git rev-parse HEAD^{tree}); rm -f .git/objects/pack/* .git/objects/$(echo $t | sed 's|^..|&/|')");
	struct fmr_str out;
	fmr_str_init(&out);
	assert_int_equal(fmr_store_history(store, &query, describe, &out, &err), FMR_ERR_GIT);
	assert_non_null(strstr(err.text, "git cannot tell the history: "));
	fmr_str_release(&out);
	assert_int_equal(fmr_store_history(store, &(struct fmr_history_query){ .from = "nowhere", .paths = paths,
		.path_count = 1 }, describe, NULL, &err), FMR_ERR_GIT);
}

/* ---- what is not committed ---- */

static int list(void *context, enum fmr_difference difference, const char *path)
{
	fmr_str_printf(context, "%c %s;", difference, path);
	return 0;
}

static void assert_unstaged(const char *under, const char *wanted)
{
	struct fmr_str out;
	struct fmr_err err = { 0 };
	fmr_str_init(&out);
	if (fmr_store_unstaged(store, under, list, &out, &err) != 0)
		fail_msg("%s", err.text);
	assert_string_equal(out.bytes, wanted);
	fmr_str_release(&out);
}

static void the_work_tree_is_compared_with_the_index(void **state)
{
	(void)state;
	assert_unstaged("", "");
	sh("mkdir -p r/s; echo 1 >r/a; echo 1 >r/b; echo 1 >r/s/c; echo 1 >r-d; echo 1 >r0; ln -s a r/l; git add .; git commit -qm one");
	assert_unstaged("", "");
	assert_unstaged("r", "");
	/* the same size, and the time put back: the time of the change of the inode tells */
	sh("touch -r r/a stamp; echo 2 >r/a; touch -r stamp r/a; rm stamp");
	assert_unstaged("r", "M r/a;");
	sh("echo 1 >r/a; touch r/b");
	assert_unstaged("", "");
	sh("rm r/b; echo new >r/n; echo x >r0; ln -sf b r/l; mkdir r/s/d; echo 1 >r/s/d/e; chmod +x r/s/c");
	assert_unstaged("r", "D r/b;M r/l;A r/n;M r/s/c;A r/s/d/e;");
	assert_unstaged("", "D r/b;M r/l;A r/n;M r/s/c;A r/s/d/e;M r0;");
	sh("git add .");
	assert_unstaged("", "");
	/* as a split index, which only git reads */
	sh("git update-index --split-index; echo 3 >r/a");
	assert_unstaged("r", "M r/a;");
	/* line ends, where git itself changes them */
	sh("git add .; git commit -qm two; printf '3\\r\\n' >r/a");
	assert_unstaged("r", "M r/a;");
	sh("git config core.autocrlf true");
	fmr_store_close(store);
	struct fmr_err err;
	assert_int_equal(fmr_store_open(".", &store, &err), 0);
	assert_unstaged("r", "");
}

static void conflicts_are_told(void **state)
{
	(void)state;
	assert_null(fmr_store_operation(store));
	sh("mkdir r; echo 1 >r/a; echo 1 >r/b; git add .; git commit -qm base; git checkout -qb side; echo 2 >r/a; git rm -q r/b;"
	   "git commit -qam side; git checkout -q main; echo 3 >r/a; echo 3 >r/b; git commit -qam trunk; ! git merge -q side");
	assert_unstaged("r", "U r/a;U r/b;");
	assert_unstaged("q", "");
	assert_string_equal(fmr_store_operation(store), "merge");
	struct fmr_str out;
	struct fmr_err err;
	fmr_str_init(&out);
	assert_int_equal(fmr_store_branch(store, &out, &err), 0);
	assert_string_equal(out.bytes, "main");
	fmr_str_clear(&out);
	assert_int_equal(fmr_store_between(store, "main", "side", "r", list, &out, &err), 0);
	assert_string_equal(out.bytes, "M r/a;D r/b;");
	fmr_str_release(&out);
	assert_int_equal(fmr_store_between(store, "main", "nowhere", "r", list, &out, &err), FMR_ERR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(commits_that_touch_a_path, setup, teardown),
		cmocka_unit_test_setup_teardown(merges_are_told_when_they_add_something, setup, teardown),
		cmocka_unit_test_setup_teardown(renames_are_found, setup, teardown),
		cmocka_unit_test_setup_teardown(contents_are_read_by_id, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_missing_is_said, setup, teardown),
		cmocka_unit_test_setup_teardown(the_work_tree_is_compared_with_the_index, setup, teardown),
		cmocka_unit_test_setup_teardown(conflicts_are_told, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
