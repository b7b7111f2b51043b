/* Objects exactly as they are stored, whatever the repository says about itself (approvals: audit reads raw objects). */
#include "unit.h"

#include "sandbox.h"

#include "fmrec/fmrec.h"

#include <fcntl.h>

static int history_setup(void **state)
{
	if (sandbox_setup(state) != 0)
		return -1;
	setenv("GIT_AUTHOR_DATE", "2026-11-21T00:00:00Z", 1);
	setenv("GIT_COMMITTER_DATE", "2026-11-21T00:00:00Z", 1);
	return sandbox_shell(NULL, "git init -q -b main . && git config user.name a && git config user.email a@b && git config gc.auto 0 &&"
				   "for i in 1 2 3; do echo $i > f; git add f; git commit -qm $i || exit 1; done; git tag -a -m t v1");
}

static struct fmr_store *open_store(void)
{
	struct fmr_store *store = NULL;
	struct fmr_err err = { 0 };
	if (fmr_store_open(".", &store, &err) != 0)
		fail_msg("%s", err.text);
	return store;
}

/* The id that a shell line prints. */
static struct fmr_oid id_of(const char *line)
{
	struct fmr_str out;
	struct fmr_oid id;
	fmr_str_init(&out);
	assert_int_equal(sandbox_shell(&out, line), 0);
	assert_true(fmr_oid_parse(out.bytes, &id));
	fmr_str_release(&out);
	return id;
}

static int read_with(struct fmr_store *store, const char *line, enum fmr_object_kind kind, size_t limit, struct fmr_str *out)
{
	const struct fmr_oid id = id_of(line);
	struct fmr_err err = { 0 };
	const int result = fmr_store_object(store, &id, kind, limit, out, &err);
	assert_int_equal(err.code, result);
	assert_true(!result == !*err.text);
	return result;
}

/* In a store of its own. */
static int read_object(const char *line, enum fmr_object_kind kind, struct fmr_str *out)
{
	struct fmr_store *store = open_store();
	const int result = read_with(store, line, kind, 1 << 20, out);
	fmr_store_close(store);
	return result;
}

static void ids_are_forty_digits(void **state)
{
	(void)state;
	struct fmr_oid id, other;
	char hex[41];
	assert_true(fmr_oid_parse("0123456789abcdef0123456789abcdef01234567", &id));
	fmr_oid_text(&id, hex);
	assert_string_equal(hex, "0123456789abcdef0123456789abcdef01234567");
	assert_false(fmr_oid_parse("0123456789abcdef0123456789abcdef0123456", &other));
	assert_false(fmr_oid_parse("0123456789abcdef0123456789abcdef012345678", &other));
	assert_false(fmr_oid_parse("0123456789ABCDEF0123456789abcdef01234567", &other));
	assert_false(fmr_oid_parse("", &other));
	assert_true(fmr_oid_equal(&id, &id));
}

static void every_kind_is_read(void **state)
{
	(void)state;
	struct fmr_str out;
	fmr_str_init(&out);
	for (int packed = 0; packed < 2; packed++) {
		fmr_str_clear(&out);
		assert_int_equal(read_object("git rev-parse HEAD:f", FMR_OBJECT_BLOB, &out), 0);
		assert_string_equal(out.bytes, "3\n");
		assert_int_equal(read_object("git rev-parse HEAD", FMR_OBJECT_COMMIT, &out), 0);
		assert_memory_equal(out.bytes, "3\ntree ", 7);
		assert_int_equal(read_object("git rev-parse HEAD^{tree}", FMR_OBJECT_TREE, &out), 0);
		assert_int_equal(read_object("git rev-parse v1", FMR_OBJECT_TAG, &out), 0);
		const size_t length = out.length;
		assert_int_equal(read_object("git rev-parse v1", FMR_OBJECT_COMMIT, &out), FMR_ERR_INVALID);
		assert_int_equal(read_object("git rev-parse HEAD:f", FMR_OBJECT_TREE, &out), FMR_ERR_INVALID);
		assert_int_equal(read_object("echo 1111111111111111111111111111111111111111", FMR_OBJECT_BLOB, &out), FMR_ERR_NOT_FOUND);
		struct fmr_store *store = open_store();
		assert_int_equal(read_with(store, "git rev-parse HEAD", FMR_OBJECT_COMMIT, 20, &out), FMR_ERR_LIMIT);
		fmr_store_close(store);
		assert_int_equal(out.length, length);
		sh("git repack -adfq && git prune-packed");
	}
	fmr_str_release(&out);
}

/* git itself reports the commit of a tampered blob as good. */
static void other_bytes_under_an_id_are_found(void **state)
{
	(void)state;
	struct fmr_str out;
	fmr_str_init(&out);
	sh("one=$(git rev-parse HEAD:f) two=$(git rev-parse HEAD~1:f);"
	   "cd .git/objects; chmod -R u+w .; cp $(echo $two | cut -c1-2)/$(echo $two | cut -c3-) $(echo $one | cut -c1-2)/$(echo $one | cut -c3-)");
	assert_int_equal(read_object("git rev-parse HEAD:f", FMR_OBJECT_BLOB, &out), FMR_ERR_INVALID);
	assert_int_equal(out.length, 0);
	fmr_str_release(&out);
}

static void replaced_objects_are_read_as_they_are(void **state)
{
	(void)state;
	struct fmr_str out;
	struct fmr_store_oddities odd;
	struct fmr_store *store = open_store();
	fmr_str_init(&out);
	assert_int_equal(fmr_store_oddities(store, &odd, NULL), 0);
	assert_false(odd.shallow || odd.partial || odd.replaced || odd.grafted);
	sh("git replace $(git rev-parse HEAD:f) $(git rev-parse HEAD~1:f); git replace HEAD HEAD~2 && test $(git show HEAD:f) = 1");
	assert_int_equal(read_with(store, "git --no-replace-objects rev-parse HEAD:f", FMR_OBJECT_BLOB, 100, &out), 0);
	assert_string_equal(out.bytes, "3\n");
	assert_int_equal(fmr_store_oddities(store, &odd, NULL), 0);
	assert_true(odd.replaced);
	sh("git pack-refs --all && rmdir .git/refs/replace 2> /dev/null; true");
	assert_int_equal(fmr_store_oddities(store, &odd, NULL), 0);
	assert_true(odd.replaced);
	sh("git rev-parse HEAD > .git/info/grafts");
	assert_int_equal(fmr_store_oddities(store, &odd, NULL), 0);
	assert_true(odd.grafted);
	fmr_store_close(store);
	fmr_str_release(&out);
}

static void clones_without_all_history_are_odd(void **state)
{
	(void)state;
	struct fmr_store_oddities odd;
	sh("git config uploadpack.allowFilter true; git clone -q --depth 1 file://$PWD shallow;"
	   "git clone -q --bare --filter=blob:none file://$PWD partial");
	assert_int_equal(chdir("shallow"), 0);
	struct fmr_store *store = open_store();
	struct fmr_str out;
	fmr_str_init(&out);
	assert_int_equal(fmr_store_oddities(store, &odd, NULL), 0);
	assert_true(odd.shallow);
	assert_false(odd.partial);
	assert_int_equal(read_with(store, "git -C .. rev-parse HEAD~1", FMR_OBJECT_COMMIT, 1000, &out), FMR_ERR_NOT_FOUND);
	fmr_store_close(store);
	assert_int_equal(chdir("../partial"), 0);
	store = open_store();
	assert_int_equal(fmr_store_oddities(store, &odd, NULL), 0);
	assert_true(odd.partial);
	/* nothing is fetched */
	assert_int_equal(read_with(store, "git -C .. rev-parse HEAD:f", FMR_OBJECT_BLOB, 1000, &out), FMR_ERR_NOT_FOUND);
	fmr_store_close(store);
	fmr_str_release(&out);
	assert_int_equal(chdir(".."), 0);
}

static void linked_work_trees_share_objects(void **state)
{
	(void)state;
	struct fmr_str out;
	struct fmr_store_oddities odd;
	fmr_str_init(&out);
	sh("git worktree add -q linked HEAD~1 && git replace HEAD HEAD~2");
	assert_int_equal(chdir("linked"), 0);
	struct fmr_store *store = open_store();
	assert_int_equal(read_with(store, "git rev-parse HEAD:f", FMR_OBJECT_BLOB, 100, &out), 0);
	assert_string_equal(out.bytes, "2\n");
	assert_int_equal(fmr_store_oddities(store, &odd, NULL), 0);
	assert_true(odd.replaced);
	fmr_store_close(store);
	assert_int_equal(chdir(".."), 0);
	fmr_str_release(&out);
}

static void assert_resolves(struct fmr_store *store, const char *revision, const char *to)
{
	char *line = fmr_format("git --no-replace-objects rev-parse %s", to);
	const struct fmr_oid expected = id_of(line);
	struct fmr_oid id;
	struct fmr_err err = { 0 };
	if (fmr_store_resolve(store, revision, &id, &err) != 0)
		fail_msg("%s: %s", revision, err.text);
	assert_true(fmr_oid_equal(&id, &expected));
	free(line);
}

static void revisions_name_commits(void **state)
{
	(void)state;
	struct fmr_store *store = open_store();
	struct fmr_str hex;
	struct fmr_oid id;
	fmr_str_init(&hex);
	assert_resolves(store, "HEAD", "HEAD");
	assert_resolves(store, "main~2", "HEAD~2");
	assert_resolves(store, "v1", "HEAD");
	assert_int_equal(sandbox_shell(&hex, "git rev-parse v1"), 0);
	assert_resolves(store, hex.bytes, "HEAD");
	fmr_str_clear(&hex);
	assert_int_equal(sandbox_shell(&hex, "git rev-parse HEAD~1"), 0);
	assert_resolves(store, hex.bytes, "HEAD~1");
	sh("git replace HEAD HEAD~2");
	assert_resolves(store, "HEAD~1", hex.bytes);
	static const char *const none[] = { "", "nothing", "HEAD:f", "HEAD^{tree}", "--all", "-h", "1111111111111111111111111111111111111111",
		"HEAD~9", "main..v1" };
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		if (fmr_store_resolve(store, none[i], &id, NULL) != FMR_ERR_NOT_FOUND)
			fail_msg("'%s' is a commit", none[i]);
	struct fmr_err err = { 0 };
	assert_int_equal(fmr_store_resolve(store, "@{upstream}", &id, &err), FMR_ERR_GIT);
	assert_non_null(strstr(err.text, "no upstream"));
	sh("git checkout -q --orphan nothing-yet");
	assert_int_equal(fmr_store_resolve(store, "HEAD", &id, NULL), FMR_ERR_NOT_FOUND);
	fmr_store_close(store);
	fmr_str_release(&hex);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, history_setup, sandbox_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_forty_digits),
		TEST(every_kind_is_read),
		TEST(other_bytes_under_an_id_are_found),
		TEST(replaced_objects_are_read_as_they_are),
		TEST(clones_without_all_history_are_odd),
		TEST(linked_work_trees_share_objects),
		TEST(revisions_name_commits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
