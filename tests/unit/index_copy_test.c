#include "unit.h"

#include "sandbox.h"

#include "fmrec/fmrec.h"
#include "store/index_copy.h"

static struct fmr_store *store;
static struct index_copy copy;

static int copy_setup(void **state)
{
	struct fmr_err err = { 0 };
	if (sandbox_setup(state) != 0 ||
		sandbox_shell(NULL, "git init -q . && git config user.name a && git config user.email a@b && echo 1 > ours &&"
				    "echo 1 > other && git add . && git commit -qm x && git rm -q --cached other") != 0 ||
		fmr_store_open(".", &store, &err) != 0 || fmr_store_private_make(store, NULL, &err) != 0)
		return -1;
	fmr_index_copy_note(store, &copy);
	fmr_index_copy_take(store, &copy);
	return copy.path ? 0 : -1;
}

static int copy_teardown(void **state)
{
	assert_true(fmr_index_copy_drop(&copy));
	fmr_store_close(store);
	return sandbox_teardown(state);
}

static bool is_ours(const void *context, const char *path)
{
	return strcmp(path, context) == 0;
}

static bool restore(void)
{
	const bool done = fmr_index_copy_restore(store, &copy, is_ours, "ours");
	sh("[ ! -e .git/index.lock ] || [ \"$(cat .git/index.lock)\" = mine ]");
	return done;
}

static void what_we_staged_is_taken_back(void **state)
{
	(void)state;
	assert_true(fmr_index_copy_is_current(store, &copy));
	assert_true(restore());
	sh("echo 2 > ours; git add ours");
	assert_false(fmr_index_copy_is_current(store, &copy));
	assert_true(restore());
	assert_output("git diff --cached --name-status", "D\tother");
	sh("git rm -q --cached ours");
	assert_true(restore());
	assert_output("git diff --cached --name-status; git fsck --no-dangling 2>&1", "D\tother");
}

static void what_others_staged_meanwhile_stays(void **state)
{
	(void)state;
	sh("echo 2 > ours; echo 3 > new; git add ours new");
	assert_false(restore());
	assert_output("git diff --cached --name-only", "new\nother\nours");
	sh("git rm -q --cached new");
	assert_true(restore());
}

static void the_lock_of_another_git_is_respected(void **state)
{
	(void)state;
	sh("echo 2 > ours; git add ours; echo mine > .git/index.lock");
	assert_false(restore());
	assert_output("cat .git/index.lock; rm .git/index.lock; git diff --cached --name-only", "mine\nother\nours");
}

static void an_index_that_was_replaced_is_not_kept(void **state)
{
	(void)state;
	struct index_copy late;
	fmr_index_copy_note(store, &late);
	sh("echo 2 > ours; git add ours");
	assert_true(fmr_index_copy_drop(&copy));
	fmr_index_copy_take(store, &late);
	assert_null(late.path);
	assert_output("ls -A .git/fmrec", "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, copy_setup, copy_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_we_staged_is_taken_back),
		TEST(what_others_staged_meanwhile_stays),
		TEST(the_lock_of_another_git_is_respected),
		TEST(an_index_that_was_replaced_is_not_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
