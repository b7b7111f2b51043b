#include "unit.h"

#include "views.h"

#include "fmrec/fmrec.h"

/* A line of four commits; beside the second, `side` with one more; `other` begins anew. */
static int repository_setup(void **state)
{
	if (sandbox_setup(state) != 0)
		return -1;
	return sandbox_shell(NULL, "git init -q -b main repo && cd repo && git config user.name a && git config user.email a@b &&"
				   "for i in 1 2 3 4; do GIT_COMMITTER_DATE=\"$((1000000000 + i)) +0900\" git commit -q --allow-empty -m $i; done &&"
				   "git checkout -q -b side main~2 && git commit -q --allow-empty -m side &&"
				   "git checkout -q --orphan other && git commit -q --allow-empty -m other &&"
				   "git tag -a -m tag annotated main && git tag blob $(echo x | git hash-object -w --stdin)");
}

struct seen {
	struct fmr_str text;
	int end; /* to return */
};

static int see(void *context, const struct fmr_new_commit *commit)
{
	struct seen *seen = context;
	size_t parents = 0;
	while (commit->parents[parents])
		parents++;
	fmr_str_printf(&seen->text, "%zu:%lld ", parents, commit->committed >= 1000000010 ? 0LL : (long long)commit->committed - 1000000000);
	return seen->end;
}

static void assert_new(const struct fmr_new_commits *query, const char *wanted)
{
	struct fmr_store *store = open_store("repo");
	struct seen seen = { .end = 0 };
	fmr_str_init(&seen.text);
	struct fmr_err err = { 0 };
	assert_int_equal(fmr_store_new_commits(store, query, see, &seen, &err), 0);
	assert_string_equal(seen.text.bytes, wanted);
	fmr_str_release(&seen.text);
	fmr_store_close(store);
}

static void new_is_what_is_not_known(void **state)
{
	(void)state;
	const char *const base[] = { "main~2", NULL };
	assert_new(&(struct fmr_new_commits){ .tip = "main" }, "0:1 1:2 1:3 1:4 ");
	assert_new(&(struct fmr_new_commits){ .tip = "annotated", .without = base }, "1:3 1:4 ");
	assert_new(&(struct fmr_new_commits){ .tip = "side", .without = base }, "1:0 ");
	assert_new(&(struct fmr_new_commits){ .tip = "other", .without = base }, "0:0 ");
	assert_new(&(struct fmr_new_commits){ .tip = "main", .without_refs = "refs/" }, "");
	assert_new(&(struct fmr_new_commits){ .tip = "main", .without_refs = "refs/heads/no" }, "0:1 1:2 1:3 1:4 ");
	assert_new(&(struct fmr_new_commits){ .tip = "blob" }, "");
}

static void visits_end_and_errors_are_told(void **state)
{
	(void)state;
	struct fmr_store *store = open_store("repo");
	struct seen seen = { .end = 7 };
	fmr_str_init(&seen.text);
	struct fmr_err err = { 0 };
	assert_int_equal(fmr_store_new_commits(store, &(struct fmr_new_commits){ .tip = "main" }, see, &seen, &err), 7);
	assert_string_equal(seen.text.bytes, "0:1 ");
	assert_int_equal(fmr_store_new_commits(store, &(struct fmr_new_commits){ .tip = "none" }, see, &seen, &err), FMR_ERR_GIT);
	fmr_str_release(&seen.text);
	fmr_store_close(store);
}

static void ancestors(void **state)
{
	(void)state;
	struct fmr_store *store = open_store("repo");
	struct fmr_err err = { 0 };
	bool is;
	assert_int_equal(fmr_store_is_ancestor(store, "main~1", "main", &is, &err), 0);
	assert_true(is);
	assert_int_equal(fmr_store_is_ancestor(store, "main", "main", &is, &err), 0);
	assert_true(is);
	assert_int_equal(fmr_store_is_ancestor(store, "main", "side", &is, &err), 0);
	assert_false(is);
	assert_int_equal(fmr_store_is_ancestor(store, "main", "none", &is, &err), FMR_ERR_GIT);
	assert_false(is);
	fmr_store_close(store);
}

/* Nobody hides or shows commits by replacing one. */
static void replacements_are_not_followed(void **state)
{
	(void)state;
	sh("cd repo && git replace main other");
	assert_new(&(struct fmr_new_commits){ .tip = "main" }, "0:1 1:2 1:3 1:4 ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, repository_setup, sandbox_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(new_is_what_is_not_known),
		TEST(visits_end_and_errors_are_told),
		TEST(ancestors),
		TEST(replacements_are_not_followed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
