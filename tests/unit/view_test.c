#include "unit.h"

#include "views.h"

#include <pthread.h>

static int repository_setup(void **state)
{
	if (sandbox_setup(state) != 0)
		return -1;
	return sandbox_shell(NULL, "git init -q . && git config user.name a && git config user.email a@b && mkdir -p r/a r/a.d r/z &&"
				   "printf 1 > r/a/x && printf 2 > r/a.b && printf 3 > r/a.d/y && printf 4 > r/a0 && chmod +x r/a0 &&"
				   "ln -s a.b r/link && git add . && git commit -qm first && git tag -m t v1");
}

static int read_into(struct fmr_view *view, const char *path, size_t limit, struct fmr_str *text)
{
	struct fmr_err err = { 0 };
	fmr_str_clear(text);
	int code = fmr_view_read(view, path, limit, text, &err);
	assert_true(code == 0 || (err.text[0] && text->length == 0));
	return code;
}

#define ALL_FILES "100644 r/a.b\n100644 r/a.d/y\n100644 r/a/x\n100755 r/a0\n120000 r/link\n"

/* What every view but the work tree must answer about the files of repository_setup. */
static void check_view(struct fmr_view *view)
{
	struct fmr_str text;
	fmr_str_init(&text);
	struct fmr_entry entry;
	assert_files(view, "", ALL_FILES);
	assert_files(view, "r", ALL_FILES);
	assert_files(view, "r/a", "100644 r/a/x\n");
	assert_files(view, "r/none", "");
	assert_files(view, "r/a.b", "");
	assert_int_equal(read_into(view, "r/a.d/y", 1, &text), 0);
	assert_string_equal(text.bytes, "3");
	assert_int_equal(read_into(view, "r/a0", 0, &text), FMR_ERR_LIMIT);
	assert_int_equal(read_into(view, "r/a0", 9, &text), 0);
	assert_string_equal(text.bytes, "4");
	assert_int_equal(read_into(view, "r/link", 9, &text), FMR_ERR_UNSUPPORTED);
	assert_int_equal(read_into(view, "r/none", 9, &text), FMR_ERR_NOT_FOUND);
	assert_int_equal(read_into(view, "r/a.b/none", 9, &text), FMR_ERR_NOT_FOUND);
	assert_int_equal(read_into(view, "../r/a0", 9, &text), FMR_ERR_INVALID);
	assert_int_equal(fmr_view_entry(view, "r/a0", &entry, NULL), 0);
	assert_int_equal(entry.mode, 0100755);
	assert_int_equal(fmr_view_load(view, "r/a0", 9, &text, &entry, NULL), 0);
	assert_int_equal(entry.mode, 0100755);
	assert_int_equal(entry.size, 1);
	assert_int_equal(fmr_view_entry(view, "r/none", &entry, NULL), FMR_ERR_NOT_FOUND);
	fmr_str_release(&text);
}

static void staged_files_are_those_of_the_index(void **state)
{
	(void)state;
	sh("printf changed > r/a.d/y; rm r/a.b; touch r/new; git add -N r/new");
	static const char *const forms[] = { "true", "git update-index --index-version 4", "git update-index --index-version 3",
		"git reset -q r/new; git update-index --split-index", "git update-index --no-split-index",
		"git sparse-checkout init --cone --sparse-index; git sparse-checkout set r/a; git ls-files -s > /dev/null" };
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		sh(forms[i]);
		struct fmr_store *store = open_store("r");
		struct fmr_view *view = open_view(store, FMR_VIEW_STAGED, NULL);
		assert_string_equal(fmr_view_name(view), "staged");
		check_view(view);
		fmr_view_close(view);
		fmr_store_close(store);
	}
}

static void staged_honours_the_index_of_the_environment(void **state)
{
	(void)state;
	sh("cp .git/index other; GIT_INDEX_FILE=other git rm -q --cached r/a.b r/link r/a/x r/a.d/y");
	setenv("GIT_INDEX_FILE", "other", 1);
	struct fmr_store *store = open_store(".");
	unsetenv("GIT_INDEX_FILE");
	struct fmr_view *view = open_view(store, FMR_VIEW_STAGED, NULL);
	assert_files(view, "", "100755 r/a0\n");
	fmr_view_close(view);
	fmr_store_close(store);
	sh("rm .git/index");
	store = open_store(".");
	view = open_view(store, FMR_VIEW_STAGED, NULL);
	assert_files(view, "", "");
	fmr_view_close(view);
	fmr_store_close(store);
}

static void broken_indexes_are_errors(void **state)
{
	(void)state;
	static const char *const breaks[] = { "head -c 100 .git/index > x", "printf DIRC > x", "echo nonsense > x",
		"(head -c 11 .git/index; printf '\\377'; tail -c +13 .git/index) > x" };
	for (size_t i = 0; i < sizeof(breaks) / sizeof(*breaks); i++) {
		sh("git read-tree HEAD");
		sh(breaks[i]);
		sh("mv x .git/index");
		struct fmr_store *store = open_store(".");
		struct fmr_view *view;
		struct fmr_err err = { 0 };
		assert_int_equal(fmr_view_open(store, FMR_VIEW_STAGED, NULL, &view, &err), FMR_ERR_GIT);
		assert_null(view);
		assert_true(strlen(err.text) > 20);
		fmr_store_close(store);
		sh("rm .git/index");
	}
}

static void commits_are_read_from_the_object_database(void **state)
{
	(void)state;
	sh("git rm -rq r; git commit -qm second; git branch side HEAD~1; git gc -q;"
	   "git clone -q --bare . bare.git");
	static const char *const places[] = { ".", "bare.git" };
	static const char *const names[] = { "HEAD~1", "v1", "side", "side^{commit}", "HEAD^" };
	for (size_t p = 0; p < 2; p++) {
		struct fmr_store *store = open_store(places[p]);
		for (size_t i = 0; i < (p ? 3 : 5); i++) {
			struct fmr_view *view = open_view(store, FMR_VIEW_COMMIT, names[i]);
			assert_int_equal(strlen(fmr_view_name(view)), 40);
			check_view(view);
			fmr_view_close(view);
		}
		struct fmr_view *view;
		struct fmr_err err;
		assert_int_equal(fmr_view_open(store, FMR_VIEW_COMMIT, "nonesuch", &view, &err), FMR_ERR_NOT_FOUND);
		assert_non_null(strstr(err.text, "'nonesuch'"));
		view = open_view(store, FMR_VIEW_COMMIT, "HEAD");
		assert_files(view, "", "");
		fmr_view_close(view);
		fmr_store_close(store);
	}
}

static void tampered_objects_are_errors(void **state)
{
	(void)state;
	sh("printf secret > r/s; git add r/s; git commit -qm s; f=.git/objects/$(git rev-parse HEAD:r/s | sed 's,..,&/,');"
	   "g=.git/objects/$(git rev-parse HEAD:r/a0 | sed 's,..,&/,'); chmod +w $f $g; cp $g $f");
	struct fmr_store *store = open_store(".");
	struct fmr_str text;
	fmr_str_init(&text);
	struct fmr_view *view = open_view(store, FMR_VIEW_COMMIT, "HEAD");
	assert_true(read_into(view, "r/s", 100, &text) < 0);
	fmr_view_close(view);
	sh("rm .git/objects/$(git rev-parse HEAD:r/s | sed 's,..,&/,')");
	view = open_view(store, FMR_VIEW_STAGED, NULL);
	assert_int_equal(read_into(view, "r/s", 100, &text), FMR_ERR_GIT);
	assert_int_equal(read_into(view, "r/a0", 100, &text), 0);
	assert_string_equal(text.bytes, "4");
	fmr_view_close(view);
	fmr_str_release(&text);
	fmr_store_close(store);
}

static void quarantined_objects_are_seen(void **state)
{
	(void)state;
	/* as git receive-pack runs its pre-receive hook */
	sh("git clone -q --bare . bare.git; mkdir quarantine; printf new > r/new; git add r/new; git commit -qm new;"
	   "git rev-list --objects HEAD ^v1 | cut -c1-40 | git pack-objects -q quarantine/p > /dev/null;"
	   "mkdir quarantine/pack; mv quarantine/p-* quarantine/pack; git rev-parse HEAD > id");
	struct fmr_str id;
	fmr_str_init(&id);
	sandbox_shell(&id, "cat id");
	char *real = realpath("quarantine", NULL), *objects = realpath("bare.git/objects", NULL);
	struct fmr_view *view;
	struct fmr_store *store = open_store("bare.git");
	assert_true(fmr_view_open(store, FMR_VIEW_COMMIT, id.bytes, &view, NULL) < 0);
	fmr_store_close(store);
	setenv("GIT_DIR", ".", 1);
	setenv("GIT_OBJECT_DIRECTORY", real, 1);
	setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", objects, 1);
	store = open_store("bare.git");
	view = open_view(store, FMR_VIEW_COMMIT, id.bytes);
	unsetenv("GIT_DIR");
	unsetenv("GIT_OBJECT_DIRECTORY");
	unsetenv("GIT_ALTERNATE_OBJECT_DIRECTORIES");
	struct fmr_str text;
	fmr_str_init(&text);
	assert_int_equal(read_into(view, "r/new", 100, &text), 0);
	assert_string_equal(text.bytes, "new");
	assert_int_equal(read_into(view, "r/a0", 100, &text), 0);
	fmr_view_close(view);
	fmr_store_close(store);
	fmr_str_release(&text);
	fmr_str_release(&id);
	free(real);
	free(objects);
}

/* ---- differences and history ---- */

static int note_difference(void *context, enum fmr_difference difference, const char *path)
{
	fmr_str_printf(context, "%c %s\n", (char)difference, path);
	return 0;
}

static void assert_staged(const char *under, const char *expected)
{
	struct fmr_store *store = open_store(".");
	struct fmr_str list;
	fmr_str_init(&list);
	struct fmr_err err = { 0 };
	if (fmr_store_staged(store, under, note_difference, &list, &err) != 0)
		fail_msg("%s", err.text);
	assert_string_equal(list.bytes, expected);
	fmr_str_release(&list);
	fmr_store_close(store);
}

static void staged_differences_are_those_to_head(void **state)
{
	(void)state;
	assert_staged("", "");
	sh("printf 9 > r/a0; printf n > r/a/n; git add r; git rm -q --cached r/a.b; ln -sf a0 r/a/x; git add r/a/x; printf z > r/z/z;"
	   "git add -N r/z/z");
	assert_staged("", "D r/a.b\nA r/a/n\nM r/a/x\nM r/a0\n");
	assert_staged("r/a", "A r/a/n\nM r/a/x\n");
	sh("git update-ref -d HEAD; git rm -rq --cached r/a r/link");
	assert_staged("", "A r/a.d/y\nA r/a0\n");
}

static int note_commit(void *context, const char *commit)
{
	struct fmr_str line;
	fmr_str_init(&line);
	char *command = fmr_format("git log -1 --format=%%s %s", commit);
	sandbox_shell(&line, command);
	fmr_str_printf(context, "%s\n", line.bytes);
	free(command);
	fmr_str_release(&line);
	return 0;
}

static void ranges_are_walked_oldest_first(void **state)
{
	(void)state;
	sh("printf 2 > r/a0; git rm -q r/a.b; git add .; git commit -qm second; git checkout -q -b side v1; printf 3 > r/s; git add r/s;"
	   "git commit -qm side; git checkout -q -; git merge -q -m merge side");
	struct fmr_store *store = open_store(".");
	struct fmr_str list;
	fmr_str_init(&list);
	struct fmr_err err = { 0 };
	assert_int_equal(fmr_store_range(store, "v1..HEAD~1", note_commit, &list, &err), 0);
	assert_string_equal(list.bytes, "second\n");
	fmr_str_clear(&list);
	assert_int_equal(fmr_store_range(store, "HEAD^", note_commit, &list, &err), 0);
	assert_string_equal(list.bytes, "first\nsecond\n");
	fmr_str_clear(&list);
	assert_int_equal(fmr_store_range(store, "v1..", note_commit, &list, &err), 0);
	assert_non_null(strstr(list.bytes, "side\n"));
	assert_string_equal(list.bytes + list.length - 6, "merge\n");
	assert_int_equal(fmr_store_range(store, "v1...HEAD", note_commit, &list, &err), FMR_ERR_INVALID);
	assert_true(fmr_store_range(store, "none..HEAD", note_commit, &list, &err) < 0);
	fmr_str_clear(&list);
	assert_int_equal(fmr_store_changed(store, "HEAD~1", "", note_difference, &list, &err), 0);
	assert_string_equal(list.bytes, "D r/a.b\nM r/a0\n");
	fmr_str_clear(&list);
	assert_int_equal(fmr_store_changed(store, "v1", "r/a", note_difference, &list, &err), 0);
	assert_string_equal(list.bytes, "A r/a/x\n");
	fmr_str_clear(&list);
	assert_int_equal(fmr_store_changed(store, "HEAD", "", note_difference, &list, &err), 0);
	assert_string_equal(list.bytes, "A r/s\n");
	fmr_str_release(&list);
	fmr_store_close(store);
}

static void history_may_end_early(void **state)
{
	(void)state;
	sh("printf 2 > r/a0; git add .; git commit -qm second; printf 3 > r/a0; git add .; git commit -qm third");
	sh("git clone -q --depth 2 \"file://$PWD\" shallow");
	struct fmr_store *store = open_store("shallow");
	struct fmr_str list;
	fmr_str_init(&list);
	struct fmr_err err = { 0 };
	assert_int_equal(fmr_store_range(store, "HEAD~1..HEAD", note_commit, &list, &err), 0);
	assert_string_equal(list.bytes, "third\n");
	fmr_str_clear(&list);
	assert_int_equal(fmr_store_range(store, "HEAD", note_commit, &list, &err), 0);
	assert_string_equal(list.bytes, "second\nthird\n");
	fmr_str_clear(&list);
	assert_int_equal(fmr_store_changed(store, "HEAD~1", "r/a0", note_difference, &list, &err), 0);
	assert_string_equal(list.bytes, "A r/a0\n"); /* as in a first commit */
	fmr_store_close(store);
	sh("rm shallow/.git/shallow");
	store = open_store("shallow");
	assert_int_equal(fmr_store_changed(store, "HEAD~1", "", note_difference, &list, &err), FMR_ERR_GIT);
	assert_non_null(strstr(err.text, "is missing"));
	fmr_str_release(&list);
	fmr_store_close(store);
}

/* ---- threads ---- */

static void *read_often(void *context)
{
	struct fmr_str text;
	fmr_str_init(&text);
	uintptr_t good = 0;
	for (int i = 0; i < 200; i++) {
		char path[32];
		snprintf(path, sizeof(path), "many/%d/%d", i % 7, i);
		fmr_str_clear(&text);
		good += fmr_view_read(context, path, 10, &text, NULL) == 0 && atoi(text.bytes) == i; /* NOLINT */
	}
	fmr_str_release(&text);
	return (void *)good; /* NOLINT */
}

static void views_can_be_read_by_threads(void **state)
{
	(void)state;
	sh("for i in 0 1 2 3 4 5 6; do mkdir -p many/$i; done; i=0; while [ $i -lt 200 ]; do echo $i > many/$((i % 7))/$i; i=$((i+1)); done;"
	   "git add .; git commit -qm many; git gc -q");
	static const enum fmr_view_kind kinds[] = { FMR_VIEW_WORK_TREE, FMR_VIEW_STAGED, FMR_VIEW_COMMIT };
	struct fmr_store *store = open_store(".");
	for (size_t k = 0; k < 3; k++) {
		struct fmr_view *view = open_view(store, kinds[k], NULL);
		pthread_t threads[4];
		for (size_t i = 0; i < 4; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, read_often, view), 0);
		for (size_t i = 0; i < 4; i++) {
			void *good;
			pthread_join(threads[i], &good);
			assert_int_equal((uintptr_t)good, 200);
		}
		fmr_view_close(view);
	}
	fmr_store_close(store);
}

/* ---- a stranger's repository ---- */

/* libgit2 1.5 forgets the PCRE2 match data of each setting that is no extension, in repositories of format 1. */
extern void __lsan_disable(void) __attribute__((weak));
extern void __lsan_enable(void) __attribute__((weak));

static struct fmr_view *open_commit_with_extensions(struct fmr_store *store)
{
	if (__lsan_disable)
		__lsan_disable();
	struct fmr_view *view = open_view(store, FMR_VIEW_COMMIT, "HEAD");
	if (__lsan_enable)
		__lsan_enable();
	return view;
}

static void reading_runs_nothing_that_the_repository_names(void **state)
{
	(void)state;
	sh("printf '#!/bin/sh\\ntouch \"%s/ran\"\\nexit 1\\n' \"$PWD\" > evil; chmod +x evil; e=$PWD/evil;"
	   "git config core.fsmonitor $e; git config diff.external $e; git config core.pager $e; git config diff.x.textconv $e;"
	   "git config diff.x.command $e; git config filter.x.clean $e; git config filter.x.smudge $e; git config filter.x.process $e;"
	   "git config core.editor $e; git config core.sshCommand $e; git config uploadpack.packObjectsHook $e; git config alias.cat-file !$e;"
	   "git config alias.diff-index !$e; git config core.hooksPath $PWD/hooks; mkdir hooks; cp evil hooks/post-index-change;"
	   "cp evil hooks/post-checkout; echo '* filter=x diff=x' > .gitattributes; printf 7 > r/a0; git -c filter.x.clean= -c filter.x.process="
	   " -c core.fsmonitor= -c core.hooksPath=/dev/null add r .gitattributes; rm -f ran;"
	   "git config core.repositoryformatversion 1; git config extensions.partialClone evil; git config remote.evil.promisor true;"
	   "git config remote.evil.url \"ext::sh -c $e\"; git config protocol.ext.allow always;"
	   "printf gone > gone; git -c core.fsmonitor= -c filter.x.clean= -c filter.x.process= -c core.hooksPath=/dev/null update-index --add "
	   "--cacheinfo 100644,1111111111111111111111111111111111111111,r/gone; rm -f ran");
	struct fmr_store *store = open_store(".");
	struct fmr_str text;
	fmr_str_init(&text);
	struct fmr_err err = { 0 };
	assert_int_equal(fmr_store_staged(store, "", note_difference, &text, &err), 0);
	struct fmr_view *view = open_view(store, FMR_VIEW_STAGED, NULL);
	assert_int_equal(read_into(view, "r/a0", 100, &text), 0);
	assert_int_equal(read_into(view, "r/gone", 100, &text), FMR_ERR_GIT);
	fmr_view_close(view);
	view = open_commit_with_extensions(store);
	assert_int_equal(read_into(view, "r/a0", 100, &text), 0);
	fmr_view_close(view);
	fmr_str_clear(&text);
	assert_int_equal(fmr_store_user_config(store, "core.pager", &text, NULL), FMR_ERR_NOT_FOUND);
	assert_int_equal(fmr_store_user_config(store, "core.editor", &text, NULL), FMR_ERR_NOT_FOUND);
	fmr_str_release(&text);
	fmr_store_close(store);
	assert_output("ls ran 2>/dev/null", "");
}

static void hostile_trees_are_bounded(void **state)
{
	(void)state;
	/* 200 directories in each other, made of objects alone */
	sh("t=$(printf '100644 blob %s\\tf\\n' $(git rev-parse HEAD:r/a0) | git mktree); i=0;"
	   "while [ $i -lt 200 ]; do t=$(printf '040000 tree %s\\td\\n' $t | git mktree); i=$((i+1)); done;"
	   "git update-ref refs/heads/deep $(git commit-tree -m deep $t)");
	struct fmr_store *store = open_store(".");
	struct fmr_view *view = open_view(store, FMR_VIEW_COMMIT, "deep");
	struct fmr_str list;
	fmr_str_init(&list);
	struct fmr_err err;
	assert_int_equal(fmr_view_each(view, "", list_one, &list, &err), FMR_ERR_LIMIT);
	fmr_str_clear(&list);
	for (int i = 0; i < 100000; i++)
		fmr_str_puts(&list, "d/");
	fmr_str_puts(&list, "f");
	struct fmr_entry entry;
	assert_int_equal(fmr_view_entry(view, list.bytes, &entry, &err), FMR_ERR_LIMIT);
	fmr_str_release(&list);
	fmr_view_close(view);
	fmr_store_close(store);
}

static void changes_lie_over_a_view(void **state)
{
	(void)state;
	struct fmr_store *store;
	struct fmr_view *under;
	struct fmr_str text;
	struct fmr_entry entry;
	struct fmr_err err = { 0 };
	fmr_str_init(&text);
	assert_int_equal(fmr_store_open(".", &store, &err), 0);
	assert_int_equal(fmr_view_open(store, FMR_VIEW_COMMIT, "HEAD", &under, &err), 0);
	const struct fmr_change changes[] = { { "r/z/new", "56", 2, NULL }, { "r/a.b", NULL, 0, NULL },
		{ "r/a/w", "7", 1, NULL }, { "r/a/x", "changed", 7, NULL }, { "a", "0", 1, NULL } };
	struct fmr_view *view = fmr_view_lay_over(under, changes, sizeof(changes) / sizeof(*changes));
	assert_files(view, "",
		"100644 a\n100644 r/a.d/y\n100644 r/a/w\n100644 r/a/x\n100755 r/a0\n120000 r/link\n100644 r/z/new\n");
	assert_files(view, "r/a", "100644 r/a/w\n100644 r/a/x\n");
	assert_files(view, "r/z", "100644 r/z/new\n");
	assert_files(view, "r/none", "");
	assert_int_equal(read_into(view, "r/a/x", 9, &text), 0);
	assert_string_equal(text.bytes, "changed");
	assert_int_equal(read_into(view, "r/a/x", 3, &text), FMR_ERR_LIMIT);
	assert_int_equal(read_into(view, "r/a.d/y", 9, &text), 0);
	assert_string_equal(text.bytes, "3");
	assert_int_equal(read_into(view, "r/a.b", 9, &text), FMR_ERR_NOT_FOUND);
	assert_int_equal(fmr_view_entry(view, "r/a.b", &entry, NULL), FMR_ERR_NOT_FOUND);
	assert_int_equal(fmr_view_load(view, "r/z/new", 9, &text, &entry, NULL), 0);
	assert_int_equal(entry.size, 2);
	assert_int_equal(fmr_view_entry(view, "r/a0", &entry, NULL), 0);
	assert_int_equal(entry.mode, 0100755);
	assert_int_equal(read_into(view, "../a", 9, &text), FMR_ERR_INVALID);
	fmr_view_close(view);
	fmr_view_close(under);
	fmr_store_close(store);
	fmr_str_release(&text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, repository_setup, sandbox_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(staged_files_are_those_of_the_index),
		TEST(staged_honours_the_index_of_the_environment),
		TEST(broken_indexes_are_errors),
		TEST(commits_are_read_from_the_object_database),
		TEST(tampered_objects_are_errors),
		TEST(quarantined_objects_are_seen),
		TEST(staged_differences_are_those_to_head),
		TEST(ranges_are_walked_oldest_first),
		TEST(history_may_end_early),
		TEST(views_can_be_read_by_threads),
		TEST(reading_runs_nothing_that_the_repository_names),
		TEST(hostile_trees_are_bounded),
		TEST(changes_lie_over_a_view),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
