#include "unit.h"

#include "views.h"

#include <fcntl.h>

static int open_code(const char *directory)
{
	struct fmr_store *store = NULL;
	struct fmr_err err = { 0 };
	int code = fmr_store_open(directory, &store, &err);
	fmr_store_close(store);
	assert_true(code == 0 || err.text[0]);
	return code;
}

static char *here(const char *path)
{
	char top[PATH_MAX];
	assert_non_null(getcwd(top, sizeof(top)));
	return fmr_format("%s/%s", top, path);
}

#define assert_here(got, path)                                                                                         \
	do {                                                                                                           \
		char *want_ = here(path);                                                                              \
		assert_string_equal(got, want_);                                                                       \
		free(want_);                                                                                           \
	} while (0)

/* ---- discovery ---- */

static void open_finds_the_repository_from_below(void **state)
{
	(void)state;
	assert_int_equal(open_code("."), FMR_ERR_NOT_FOUND);
	assert_int_equal(open_code("missing"), FMR_ERR_NOT_FOUND);
	sh("git init -q repo; mkdir -p repo/a/b; ln -s repo/a/b link");
	struct fmr_store *store = open_store("link");
	assert_here(fmr_store_work_tree(store), "repo");
	assert_here(fmr_store_git_dir(store), "repo/.git");
	assert_here(fmr_store_common_dir(store), "repo/.git");
	assert_here(fmr_store_private_dir(store), "repo/.git/fmrec");
	struct fmr_err err;
	assert_output("ls -d repo/.git/fmrec 2>/dev/null", "");
	assert_int_equal(fmr_store_private_make(store, "drafts", &err), 0);
	sh("test -d repo/.git/fmrec/drafts");
	fmr_store_close(store);
}

static void open_knows_linked_work_trees_and_bare_repositories(void **state)
{
	(void)state;
	sh("git init -q repo; cd repo; git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x;"
	   "git worktree add -q ../linked; git clone -q --bare . ../bare.git; git clone -q --separate-git-dir ../away . ../sep");
	struct fmr_store *store = open_store("linked");
	assert_here(fmr_store_work_tree(store), "linked");
	assert_here(fmr_store_git_dir(store), "repo/.git/worktrees/linked");
	assert_here(fmr_store_common_dir(store), "repo/.git");
	assert_here(fmr_store_private_dir(store), "repo/.git/fmrec");
	fmr_store_close(store);
	store = open_store("bare.git/refs");
	assert_null(fmr_store_work_tree(store));
	assert_here(fmr_store_git_dir(store), "bare.git");
	fmr_store_close(store);
	store = open_store("sep");
	assert_here(fmr_store_work_tree(store), "sep");
	assert_here(fmr_store_git_dir(store), "away");
	fmr_store_close(store);
	/* a linked work tree of a bare repository has a work tree */
	sh("git -C bare.git worktree add -q ../from-bare");
	store = open_store("from-bare");
	assert_here(fmr_store_work_tree(store), "from-bare");
	fmr_store_close(store);
}

static void open_honours_the_environment(void **state)
{
	(void)state;
	sh("git init -q repo; mkdir -p repo/sub elsewhere/deep; git init -q --bare bare.git");
	setenv("GIT_DIR", "../repo/.git", 1);
	struct fmr_store *store = open_store("elsewhere");
	assert_here(fmr_store_git_dir(store), "repo/.git");
	assert_here(fmr_store_work_tree(store), "elsewhere");
	fmr_store_close(store);
	setenv("GIT_WORK_TREE", "deep", 1);
	store = open_store("elsewhere");
	assert_here(fmr_store_work_tree(store), "elsewhere/deep");
	fmr_store_close(store);
	unsetenv("GIT_WORK_TREE");
	setenv("GIT_DIR", ".", 1);
	store = open_store("bare.git");
	assert_null(fmr_store_work_tree(store));
	fmr_store_close(store);
	setenv("GIT_DIR", "nowhere", 1);
	assert_int_equal(open_code("repo"), FMR_ERR_NOT_FOUND);
	unsetenv("GIT_DIR");
	char *ceiling = here("repo");
	setenv("GIT_CEILING_DIRECTORIES", ceiling, 1);
	assert_int_equal(open_code("repo/sub"), FMR_ERR_NOT_FOUND);
	assert_int_equal(open_code("repo"), 0);
	unsetenv("GIT_CEILING_DIRECTORIES");
	free(ceiling);
	sh("git -C repo config core.worktree ../../elsewhere");
	store = open_store("repo/sub");
	assert_here(fmr_store_work_tree(store), "elsewhere");
	fmr_store_close(store);
}

static void open_refuses_what_it_cannot_read(void **state)
{
	(void)state;
	sh("git init -q --object-format=sha256 big; mkdir broken; echo 'gitdir: nowhere' > broken/.git");
	struct fmr_store *store;
	struct fmr_err err;
	assert_int_equal(fmr_store_open("big", &store, &err), FMR_ERR_UNSUPPORTED);
	assert_non_null(strstr(err.text, "sha256"));
	assert_int_equal(open_code("broken"), FMR_ERR_NOT_FOUND);
}

/* ---- configuration ---- */

static void assert_config(const char *name, const char *expected)
{
	struct fmr_store *store = open_store(".");
	struct fmr_str value;
	fmr_str_init(&value);
	struct fmr_err err;
	int result = fmr_store_git_config(store, name, &value, &err);
	if (expected)
		assert_string_equal(value.bytes, expected);
	else
		assert_int_equal(result, FMR_ERR_NOT_FOUND);
	fmr_str_release(&value);
	fmr_store_close(store);
}

static void config_reads_what_git_reads(void **state)
{
	(void)state;
	sh("git init -q .; git config user.name '佐藤 \"太郎\"  # x; y\\'; git config Branch.Main.Remote Or;"
	   "printf '[a]\\n\\tb = one \\\\\\n two # c\\n\\tflag\\n[c \"D\\\\\"e\"] f = \"  g \" ; h\\n' >> .git/config");
	assert_config("user.name", "佐藤 \"太郎\"  # x; y\\");
	assert_config("USER.Name", "佐藤 \"太郎\"  # x; y\\");
	assert_config("branch.Main.remote", "Or");
	assert_config("branch.main.remote", NULL);
	assert_config("a.b", "one  two");
	assert_config("a.flag", "true");
	assert_config("c.D\"e.F", "  g ");
	assert_config("no.such", NULL);
	sh("git config -f global user.name Global; git config -f global core.editor mine; git config core.editor theirs");
	setenv("GIT_CONFIG_GLOBAL", "global", 1);
	assert_config("user.name", "佐藤 \"太郎\"  # x; y\\");
	assert_config("core.editor", "theirs");
	struct fmr_store *store = open_store(".");
	struct fmr_str value;
	fmr_str_init(&value);
	assert_int_equal(fmr_store_user_config(store, "core.editor", &value, NULL), 0);
	assert_string_equal(value.bytes, "mine");
	fmr_str_release(&value);
	fmr_store_close(store);
	setenv("GIT_CONFIG_COUNT", "1", 1);
	setenv("GIT_CONFIG_KEY_0", "User.Name", 1);
	setenv("GIT_CONFIG_VALUE_0", "Env", 1);
	assert_config("user.name", "Env");
	unsetenv("GIT_CONFIG_COUNT");
	sh("git config include.path more; git config -f .git/more user.name Included");
	assert_config("user.name", "Included");
	assert_config("core.bare", "false");
}

/* ---- the work tree ---- */

static int stop_at_once(void *context, const struct fmr_entry *entry)
{
	(void)context;
	(void)entry;
	return 42;
}

static void assert_content(struct fmr_view *view, const char *path, const char *expected)
{
	struct fmr_str text;
	fmr_str_init(&text);
	struct fmr_err err = { 0 };
	if (fmr_view_read(view, path, 1000, &text, &err) != 0)
		fail_msg("%s", err.text);
	assert_string_equal(text.bytes, expected);
	fmr_str_release(&text);
}

static int read_code(struct fmr_view *view, const char *path, size_t limit)
{
	struct fmr_str text;
	fmr_str_init(&text);
	struct fmr_err err = { 0 };
	int code = fmr_view_read(view, path, limit, &text, &err);
	assert_int_equal(text.length, 0);
	fmr_str_release(&text);
	return code;
}

static void work_tree_is_walked_in_order_without_links(void **state)
{
	(void)state;
	sh("git init -q .; mkdir -p r/a r/a.d r/z out; printf 1 > r/a/x; printf 2 > r/a.b; printf 3 > r/a.d/y; printf 4 > r/a0;"
	   "chmod +x r/a0; ln -s ../out r/link; printf 5 > out/secret; touch r/.fmrec-tmp-1-0; ln -s out outlink; mkdir r/z/.git;"
	   "touch r/z/.git/x; mkfifo r/pipe");
	struct fmr_store *store = open_store("r");
	struct fmr_view *view = open_view(store, FMR_VIEW_WORK_TREE, NULL);
	assert_string_equal(fmr_view_name(view), "work tree");
	assert_files(view, "r", "100644 r/a.b\n100644 r/a.d/y\n100644 r/a/x\n100644 r/a0\n120000 r/link\n0 r/pipe\n");
	assert_files(view, "", "100644 out/secret\n120000 outlink\n100644 r/a.b\n100644 r/a.d/y\n100644 r/a/x\n100644 r/a0\n"
			       "120000 r/link\n0 r/pipe\n");
	assert_files(view, "none/at/all", "");
	assert_int_equal(fmr_view_each(view, "r", stop_at_once, NULL, NULL), 42);
	assert_int_equal(fmr_view_each(view, "outlink", list_one, NULL, NULL), FMR_ERR_UNSUPPORTED);
	assert_int_equal(fmr_view_each(view, "../x", list_one, NULL, NULL), FMR_ERR_INVALID);
	struct fmr_entry entry;
	assert_int_equal(fmr_view_entry(view, "r/a0", &entry, NULL), 0);
	assert_int_equal(entry.mode, 0100755);
	assert_int_equal(entry.size, 1);
	assert_int_equal(fmr_view_entry(view, "r/link", &entry, NULL), 0);
	assert_int_equal(entry.mode, 0120000);
	assert_int_equal(fmr_view_entry(view, "r/link/secret", &entry, NULL), FMR_ERR_UNSUPPORTED);
	assert_int_equal(fmr_view_entry(view, "r/none", &entry, NULL), FMR_ERR_NOT_FOUND);
	assert_content(view, "r/a/x", "1");
	assert_int_equal(read_code(view, "r/link", 10), FMR_ERR_UNSUPPORTED);
	assert_int_equal(read_code(view, "r/link/secret", 10), FMR_ERR_UNSUPPORTED);
	assert_int_equal(read_code(view, "r/a", 10), FMR_ERR_UNSUPPORTED);
	assert_int_equal(read_code(view, "r/pipe", 10), FMR_ERR_UNSUPPORTED);
	assert_int_equal(read_code(view, "/etc/passwd", 10), FMR_ERR_INVALID);
	assert_int_equal(read_code(view, "r/a0", 0), FMR_ERR_LIMIT);
	fmr_view_close(view);
	fmr_store_close(store);
}

static void deep_trees_are_refused(void **state)
{
	(void)state;
	sh("git init -q .; i=0; p=d; while [ $i -lt 140 ]; do p=$p/d; i=$((i+1)); done; mkdir -p $p; touch $p/f");
	struct fmr_store *store = open_store(".");
	struct fmr_view *view = open_view(store, FMR_VIEW_WORK_TREE, NULL);
	struct fmr_str list;
	fmr_str_init(&list);
	assert_int_equal(fmr_view_each(view, "d", list_one, &list, NULL), FMR_ERR_LIMIT);
	fmr_str_release(&list);
	fmr_view_close(view);
	fmr_store_close(store);
}

static void create_makes_a_repository(void **state)
{
	(void)state;
	struct fmr_err err;
	setenv("GIT_DIR", "/nowhere", 1);
	int result = fmr_store_create("new/repo", &err);
	unsetenv("GIT_DIR");
	assert_int_equal(result, 0);
	struct fmr_store *store = open_store("new/repo");
	assert_here(fmr_store_work_tree(store), "new/repo");
	fmr_store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, sandbox_setup, sandbox_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(open_finds_the_repository_from_below),
		TEST(open_knows_linked_work_trees_and_bare_repositories),
		TEST(open_honours_the_environment),
		TEST(open_refuses_what_it_cannot_read),
		TEST(config_reads_what_git_reads),
		TEST(work_tree_is_walked_in_order_without_links),
		TEST(deep_trees_are_refused),
		TEST(create_makes_a_repository),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
