/* Raw trees and what leads from one to another. */
#include "unit.h"

#include "sandbox.h"

#include "fmrec/fmrec.h"
#include "trust/entries.h"

static struct fmr_store *open_store(void)
{
	struct fmr_store *store = NULL;
	struct fmr_err err = { 0 };
	if (fmr_store_open(".", &store, &err) != 0)
		fail_msg("%s", err.text);
	return store;
}

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

/* ---- one tree ---- */

static void add_entry(struct fmr_str *out, const char *mode, const char *name, char id)
{
	fmr_str_printf(out, "%s %s", mode, name);
	fmr_str_putc(out, '\0');
	fmr_str_repeat(out, id, 20);
}

/* Names with modes before them, one entry each: "100644 a". */
static struct fmr_str tree_of(const char *const *entries)
{
	struct fmr_str out;
	fmr_str_init(&out);
	for (; *entries; entries++) {
		const size_t mode = strcspn(*entries, " ");
		char *text = fmr_strndup(*entries, mode);
		add_entry(&out, text, *entries + mode + ((*entries)[mode] == ' '), 'i');
		free(text);
	}
	return out;
}

static bool is_good(const char *bytes, size_t length)
{
	struct trust_entries entries;
	const char *fault = "";
	char *copy = fmr_strndup(bytes, length);
	const bool good = fmr_trust_entries_read(&entries, copy, length, NULL, &fault);
	assert_true(good == !fault);
	if (good)
		fmr_trust_entries_release(&entries);
	free(copy);
	return good;
}

static void trees_are_read_strictly(void **state)
{
	(void)state;
	static const char *const good[][6] = { { NULL }, { "100644 a" }, { "100644 A", "100755 a", "40000 b", "120000 c", "160000 d" },
		{ "100644 a", "100644 a.b", "100644 a0" }, { "100644 a.b", "40000 a", "100644 a0" }, { "100644 a", "40000 aa", "100644 ab" },
		{ "100664 \xE6\x97\xA5" }, { "100644 .gitignore", "40000 .gitx" }, { "100644 a-", "40000 a", "100644 aa" } };
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct fmr_str tree = tree_of(good[i]);
		if (!is_good(tree.bytes, tree.length))
			fail_msg("faulty: %zu", i);
		for (size_t cut = 1; cut < 21 && cut < tree.length; cut++)
			assert_false(is_good(tree.bytes, tree.length - cut));
		fmr_str_release(&tree);
	}
	static const char *const faulty[][6] = { { "100644 " }, { "100644 a/b" }, { "100644 ." }, { "40000 .." }, { "40000 .git" },
		{ "100644 .GIT" }, { "40000 .Git" }, { "100644 git~1" }, { "040000 a" }, { "100600 a" }, { "0 a" }, { "100644" }, { "10644 a" },
		{ "100644 b", "100644 a" }, { "100644 a", "100644 a" }, { "40000 a", "40000 a" }, { "100644 a", "40000 a" },
		{ "100644 a", "100644 a.b", "40000 a" }, { "100644 a", "100644 a-", "100644 a.", "40000 a", "100644 b" }, { "120000 a", "100644 a+", "40000 a" },
		{ "100644 a0", "40000 a" }, { "40000 a", "100644 a.b" }, { "100644  a", "100644 " } };
	for (size_t i = 0; i < sizeof(faulty) / sizeof(*faulty); i++) {
		struct fmr_str tree = tree_of(faulty[i]);
		if (is_good(tree.bytes, tree.length))
			fail_msg("good: %zu", i);
		fmr_str_release(&tree);
	}
}

static size_t below(uint64_t *random, size_t limit)
{
	*random = *random * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(*random >> 33) % limit;
}

/* Random entries, mostly in order; ids that hold what could be the beginning of an entry. */
static struct fmr_str random_tree(uint64_t *random)
{
	struct fmr_str out;
	fmr_str_init(&out);
	for (size_t i = 0, count = below(random, 20); i < count; i++) {
		if (below(random, 3) == 0)
			continue;
		const bool is_directory = below(random, 6) == 0;
		fmr_str_printf(&out, "%s n%02zu", is_directory ? "40000" : "100644", i - (below(random, 60) == 0));
		fmr_str_putc(&out, '\0');
		if (below(random, 3) == 0)
			fmr_str_add(&out, "40000 n05\0" "40000 n06", 20);
		else
			fmr_str_repeat(&out, (char)('a' + below(random, 2)), 20);
	}
	return out;
}

static bool same_starts(const struct trust_entries *a, const struct trust_entries *b)
{
	return a->count == b->count && memcmp(a->starts, b->starts, (a->count + 1) * sizeof(*a->starts)) == 0;
}

/* Reading a tree beside another one finds what reading it alone finds; what differs is where they say. */
static void reading_beside_a_like_tree_finds_the_same(void **state)
{
	(void)state;
	uint64_t random = 1;
	size_t good_ones = 0;
	for (size_t round = 0; round < 20000; round++) {
		struct fmr_str a = random_tree(&random), b = random_tree(&random);
		struct trust_entries first, alone, beside;
		const char *fault;
		if (below(&random, 2)) { /* a piece less */
			fmr_str_clear(&b);
			fmr_str_add(&b, a.bytes, a.length);
			const size_t from = below(&random, b.length + 1);
			fmr_str_splice(&b, from, below(&random, b.length - from + 1), "", 0);
		}
		if (fmr_trust_entries_read(&first, a.bytes, a.length, NULL, &fault)) {
			const bool good = fmr_trust_entries_read(&alone, b.bytes, b.length, NULL, &fault);
			assert_int_equal(fmr_trust_entries_read(&beside, b.bytes, b.length, &first, &fault), good);
			if (good) {
				size_t begin, first_end, alone_end;
				assert_true(same_starts(&alone, &beside));
				fmr_trust_entries_differ(&first, &alone, &begin, &first_end, &alone_end);
				assert_true(begin <= first_end && begin <= alone_end && first_end <= first.count && alone_end <= alone.count);
				assert_int_equal(first.count - first_end, alone.count - alone_end);
				assert_memory_equal(a.bytes, b.bytes, first.starts[begin]);
				assert_memory_equal(a.bytes + first.starts[first_end], b.bytes + alone.starts[alone_end],
					a.length - first.starts[first_end]);
				fmr_trust_entries_release(&alone);
				fmr_trust_entries_release(&beside);
				good_ones++;
			}
			fmr_trust_entries_release(&first);
		}
		fmr_str_release(&a);
		fmr_str_release(&b);
	}
	assert_true(good_ones > 3000);
}

/* ---- as git says it ---- */

static int note(void *context, const char *path, const struct trust_tree_entry *before, const struct trust_tree_entry *after)
{
	struct fmr_str *out = context;
	static const struct fmr_oid none;
	char old[41], new[41];
	fmr_oid_text(before ? &before->id : &none, old);
	fmr_oid_text(after ? &after->id : &none, new);
	fmr_str_printf(out, "%s:%06o %06o %s %s %s", out->length ? "\n" : "", before ? before->mode : 0, after ? after->mode : 0, old,
		new, path);
	return 0;
}

static void assert_as_git(struct trust_trees *trees, const char *old, const char *new)
{
	struct fmr_str mine, theirs;
	struct fmr_err err = { 0 };
	fmr_str_init(&mine);
	fmr_str_init(&theirs);
	char *line = fmr_format("git rev-parse %s^{tree}", old);
	const struct fmr_oid before = id_of(line);
	free(line);
	line = fmr_format("git rev-parse %s^{tree}", new);
	const struct fmr_oid after = id_of(line);
	free(line);
	if (fmr_trust_tree_diff(trees, &before, &after, note, &mine, &err) != 0)
		fail_msg("%s", err.text);
	line = fmr_format("git -c core.quotePath=false diff-tree -r --no-renames --full-index %s %s | sed 's/ [ADMT]\t/ /'", old, new);
	assert_int_equal(sandbox_shell(&theirs, line), 0);
	assert_string_equal(mine.bytes, theirs.bytes);
	free(line);
	fmr_str_release(&mine);
	fmr_str_release(&theirs);
}

static int history_setup(void **state)
{
	if (sandbox_setup(state) != 0)
		return -1;
	setenv("GIT_AUTHOR_DATE", "2026-11-21T00:00:00Z", 1);
	setenv("GIT_COMMITTER_DATE", "2026-11-21T00:00:00Z", 1);
	return sandbox_shell(NULL,
		"git init -q -b main . && git config user.name a && git config user.email a@b && git config gc.auto 0 &&"
		"c() { git add -A && git commit -q --allow-empty -m x || exit 1; } &&"
		"mkdir -p a/b c/d && for i in 1 2 3 4 5 6 7 8 9; do echo $i > a/$i; echo $i > a/b/$i; done; echo x > x; c; c;"
		"echo 2 > a/b/5; c; rm -r c a/3; mkdir c && echo 1 > c/1; c; rm -r a/b; echo file > a/b; c; echo 1 > a.b; echo 1 > a-; c;"
		"chmod +x x; c; rm x; ln -s y x; c; rm -r a; c; mkdir -p a/b/c/d/e/f; echo 1 > a/b/c/d/e/f/g; echo 2 > a/b/c.d; c;"
		"git mv a b; c; git rm -rq .; c");
}

static void differences_as_git_says_them(void **state)
{
	(void)state;
	struct fmr_store *store = open_store();
	struct trust_trees *trees = fmr_trust_trees_new(store);
	for (int i = 11; i > 0; i--) {
		char old[16], new[16];
		snprintf(old, sizeof(old), "main~%d", i);
		snprintf(new, sizeof(new), "main~%d", i - 1);
		assert_as_git(trees, old, new);
		assert_as_git(trees, new, old);
		assert_as_git(trees, old, "main~4");
	}
	fmr_trust_trees_free(trees);
	fmr_store_close(store);
}

static int stop(void *context, const char *path, const struct trust_tree_entry *before, const struct trust_tree_entry *after)
{
	(void)path, (void)before, (void)after;
	return --*(int *)context ? 0 : 42;
}

static void one_side_may_be_nothing(void **state)
{
	(void)state;
	struct fmr_store *store = open_store();
	struct trust_trees *trees = fmr_trust_trees_new(store);
	const struct fmr_oid tree = id_of("git rev-parse main~11^{tree}");
	struct fmr_str all;
	int left = 3;
	fmr_str_init(&all);
	assert_int_equal(fmr_trust_tree_diff(trees, NULL, &tree, note, &all, NULL), 0);
	assert_non_null(strstr(all.bytes, ":000000 100644 0000000000000000000000000000000000000000 7ed6ff82de6bcc2a78243fc9c54d3ef5ac14da69 a/b/5"));
	fmr_str_clear(&all);
	assert_int_equal(fmr_trust_tree_diff(trees, &tree, NULL, note, &all, NULL), 0);
	assert_non_null(strstr(all.bytes, "\n:100644 000000 "));
	assert_int_equal(fmr_trust_tree_diff(trees, NULL, &tree, stop, &left, NULL), 42);
	fmr_str_release(&all);
	fmr_trust_trees_free(trees);
	fmr_store_close(store);
}

static unsigned mode_at(struct trust_trees *trees, const struct fmr_oid *root, const char *path)
{
	struct trust_tree_entry entry;
	struct fmr_err err = { 0 };
	if (fmr_trust_tree_find(trees, root, path, &entry, &err) != 0)
		fail_msg("%s: %s", path, err.text);
	return entry.mode;
}

static void paths_are_found(void **state)
{
	(void)state;
	struct fmr_store *store = open_store();
	struct trust_trees *trees = fmr_trust_trees_new(store);
	const struct fmr_oid root = id_of("git rev-parse main~2^{tree}"), blob = id_of("git rev-parse main~2:a/b/c/d/e/f/g");
	struct trust_tree_entry entry;
	assert_int_equal(fmr_trust_tree_find(trees, &root, "a/b/c/d/e/f/g", &entry, NULL), 0);
	assert_true(fmr_oid_equal(&entry.id, &blob));
	assert_int_equal(mode_at(trees, &root, "a/b/c.d"), 0100644);
	assert_int_equal(mode_at(trees, &root, "a/b/c"), 0040000);
	assert_int_equal(mode_at(trees, &root, "a"), 0040000);
	assert_int_equal(mode_at(trees, &root, "x"), 0120000);
	static const char *const none[] = { "", "b", "a/", "a/c", "a/b/c.d/e", "x/y", "a//b", "/a", "a/b/c/d/e/f/g/", "aa", "a-b" };
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		assert_int_equal(mode_at(trees, &root, none[i]), 0);
	/* not looked is not "none" */
	const struct fmr_oid missing = { { 1 } };
	assert_int_equal(fmr_trust_tree_find(trees, &missing, "a", &entry, NULL), FMR_ERR_NOT_FOUND);
	fmr_trust_trees_free(trees);
	fmr_store_close(store);
}

static void hostile_trees_end(void **state)
{
	(void)state;
	struct fmr_store *store = open_store();
	struct trust_trees *trees = fmr_trust_trees_new(store);
	struct fmr_str all;
	struct fmr_err err = { 0 };
	struct trust_tree_entry entry;
	fmr_str_init(&all);
	/* ten names for each of eight trees: 10^8 files */
	const struct fmr_oid wide = id_of("id=$(git hash-object -t blob -w /dev/null) type=blob mode=100644; for level in $(seq 8); do "
		"id=$(for name in 0 1 2 3 4 5 6 7 8 9; do printf '%s %s %s\\t%s\\n' $mode $type $id $name; done | git mktree); type=tree; mode=040000; "
		"done; echo $id");
	int left = 1 << 30;
	assert_int_equal(fmr_trust_tree_diff(trees, NULL, &wide, stop, &left, &err), FMR_ERR_LIMIT);
	/* one in another, 131 deep */
	const struct fmr_oid deep = id_of("id=$(git hash-object -t blob -w /dev/null) type=blob mode=100644; for level in $(seq 131); do "
		"id=$(printf '%s %s %s\\ta\\n' $mode $type $id | git mktree); type=tree; mode=040000; done; echo $id");
	assert_int_equal(fmr_trust_tree_diff(trees, NULL, &deep, note, &all, &err), FMR_ERR_LIMIT);
	char *path = fmr_alloc(600);
	for (size_t i = 0; i < 600; i++)
		path[i] = "a/"[i % 2];
	path[261] = '\0';
	assert_int_equal(fmr_trust_tree_find(trees, &deep, path, &entry, &err), FMR_ERR_LIMIT);
	path[201] = '\0';
	assert_int_equal(fmr_trust_tree_find(trees, &deep, path, &entry, &err), 0);
	/* no tree at all, a blob that a directory names, a missing one */
	const struct fmr_oid faulty = id_of("printf '100644 a\\0aaaaaaaaaaaaaaaaaaaa100644 a\\0aaaaaaaaaaaaaaaaaaaa' | git hash-object -t tree --literally -w --stdin");
	assert_int_equal(fmr_trust_tree_diff(trees, NULL, &faulty, note, &all, &err), FMR_ERR_INVALID);
	assert_non_null(strstr(err.text, "a name is repeated"));
	const struct fmr_oid mixed = id_of("printf '40000 a\\0%b' $(git hash-object -t blob -w /dev/null | sed 's/../\\\\x&/g') |"
		"git hash-object -t tree --literally -w --stdin");
	assert_int_equal(fmr_trust_tree_diff(trees, NULL, &mixed, note, &all, &err), FMR_ERR_INVALID);
	const struct fmr_oid lacking = id_of("printf '40000 a\\0aaaaaaaaaaaaaaaaaaaa' | git hash-object -t tree --literally -w --stdin");
	assert_int_equal(fmr_trust_tree_diff(trees, NULL, &lacking, note, &all, &err), FMR_ERR_NOT_FOUND);
	free(path);
	fmr_str_release(&all);
	fmr_trust_trees_free(trees);
	fmr_store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, history_setup, sandbox_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trees_are_read_strictly),
		cmocka_unit_test(reading_beside_a_like_tree_finds_the_same),
		TEST(differences_as_git_says_them),
		TEST(one_side_may_be_nothing),
		TEST(paths_are_found),
		TEST(hostile_trees_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
