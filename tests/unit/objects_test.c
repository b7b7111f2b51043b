#include "unit.h"

#include "sandbox.h"

#include "base/fs.h"
#include "fmrec/fmrec.h"
#include "store/compare.h"
#include "store/objects.h"

#include <fcntl.h>

/* A history that makes deltas: a text that changes a little at a time, in directories; and odd sizes. */
static int history_setup(void **state)
{
	if (sandbox_setup(state) != 0)
		return -1;
	setenv("GIT_AUTHOR_DATE", "2026-11-21T00:00:00Z", 1);
	setenv("GIT_COMMITTER_DATE", "2026-11-21T00:00:00Z", 1);
	return sandbox_shell(NULL,
		"git init -q . && git config user.name a && git config user.email a@b && git config gc.auto 0 && mkdir -p a/b c &&"
		"seq 1 2000 > a/b/text && : > empty && head -c 300000 /dev/zero > c/zero && for i in 1 2 3 4 5 6 7 8 9 10 11 12; do "
		"sed -i \"$((i * 100))s/.*/change $i/\" a/b/text; echo $i > c/$i; git add . && git commit -qm $i || exit 1; done;"
		"git tag -a -m t v1");
}

static struct fmr_store *open_store(void)
{
	struct fmr_store *store = NULL;
	struct fmr_err err = { 0 };
	if (fmr_store_open(".", &store, &err) != 0)
		fail_msg("%s", err.text);
	return store;
}

/* Is this object read as git reads it? */
static bool is_read(struct odb *odb, const char *id, const char *kind)
{
	static const char *const names[] = { "", "commit", "tree", "blob", "tag" };
	struct fmr_str mine, theirs;
	unsigned char bytes[20];
	int number = 1;
	fmr_str_init(&mine);
	fmr_str_init(&theirs);
	while (strcmp(names[number], kind) != 0)
		number++;
	assert_true(fmr_odb_id_parse(id, bytes));
	const enum odb_result result = fmr_odb_read(odb, bytes, (enum odb_kind)number, 1 << 20, &mine);
	char *line = fmr_format("git cat-file %s %s > object", kind, id);
	sh(line);
	assert_int_equal(fmr_file_read(AT_FDCWD, "object", 1 << 20, false, &theirs, NULL), 0);
	if (result == ODB_READ) {
		assert_int_equal(mine.length, theirs.length);
		assert_memory_equal(mine.bytes, theirs.bytes, mine.length);
		assert_int_equal(mine.bytes[mine.length], 0);
		if (mine.length)
			assert_int_equal(fmr_odb_read(odb, bytes, (enum odb_kind)number, mine.length - 1, &mine) != ODB_READ, 1);
		assert_int_not_equal(fmr_odb_read(odb, bytes, (enum odb_kind)(number % 4 + 1), 1 << 20, &mine), ODB_READ);
	}
	free(line);
	fmr_str_release(&mine);
	fmr_str_release(&theirs);
	return result == ODB_READ;
}

/* How many of all objects are read here. */
static size_t count_read(size_t *all)
{
	struct fmr_str list;
	size_t read = 0;
	fmr_str_init(&list);
	*all = 0;
	struct odb *odb = fmr_odb_open(".git/objects");
	assert_int_equal(sandbox_shell(&list, "git cat-file --batch-all-objects --batch-check='%(objectname) %(objecttype)'"), 0);
	for (char *line = list.bytes, *end; *line; line = end + 1) {
		end = line + strcspn(line, "\n");
		const bool last = !*end;
		*end = '\0';
		line[40] = '\0';
		*all += 1;
		read += is_read(odb, line, line + 41);
		if (last)
			break;
	}
	fmr_odb_close(odb);
	fmr_str_release(&list);
	return read;
}

static void assert_all_read(void)
{
	size_t all;
	const size_t read = count_read(&all);
	assert_true(all > 50);
	assert_int_equal(read, all);
}

static void objects_in_files_and_packs_are_read(void **state)
{
	(void)state;
	assert_all_read();
	sh("git repack -adfq --depth=40 --window=40 && git prune-packed");
	assert_output("git count-objects", "0 objects, 0 kilobytes");
	assert_all_read();
	sh("git -c repack.useDeltaBaseOffset=false repack -adfq --depth=40");
	assert_all_read();
	sh("seq 3 2002 > a/b/text; git commit -qam more; git repack -dq");
	assert_all_read();
}

static void what_is_unusual_is_left_to_git(void **state)
{
	(void)state;
	size_t all;
	sh("git -c pack.indexVersion=1 repack -adfq");
	assert_int_equal(count_read(&all), 0);
	struct fmr_store *store = open_store();
	struct fmr_str id, text;
	struct fmr_err err = { 0 };
	fmr_str_init(&id);
	fmr_str_init(&text);
	assert_int_equal(sandbox_shell(&id, "git rev-parse HEAD:a/b/text"), 0);
	assert_int_equal(fmr_objects_read(store, id.bytes, ODB_BLOB, "x", 1 << 20, &text, &err), 0);
	assert_true(text.length > 5000);
	assert_int_equal(fmr_objects_read(store, id.bytes, ODB_BLOB, "x", 100, &text, &err), FMR_ERR_LIMIT);
	assert_int_equal(fmr_objects_read(store, id.bytes, ODB_TREE, "x", 1 << 20, &text, &err), FMR_ERR_GIT);
	assert_int_equal(fmr_objects_read(store, "1111111111111111111111111111111111111111", ODB_BLOB, "x", 9, &text, &err), FMR_ERR_GIT);
	fmr_store_close(store);
	/* in another repository, which borrows them */
	sh("git clone -qs . other");
	assert_int_equal(chdir("other"), 0);
	store = open_store();
	fmr_str_clear(&text);
	assert_int_equal(fmr_objects_read(store, id.bytes, ODB_BLOB, "x", 1 << 20, &text, &err), 0);
	assert_int_equal(chdir(".."), 0);
	fmr_store_close(store);
	fmr_str_release(&id);
	fmr_str_release(&text);
}

static void flip(const char *path, size_t at)
{
	int file = open(path, O_RDWR);
	unsigned char byte;
	struct stat st;
	assert_true(file >= 0);
	assert_int_equal(fstat(file, &st), 0);
	at %= (size_t)st.st_size;
	assert_int_equal(pread(file, &byte, 1, (off_t)at), 1);
	byte ^= (unsigned char)(1u << at % 8);
	assert_int_equal(pwrite(file, &byte, 1, (off_t)at), 1);
	close(file);
}

/* Packs with wrong bytes: something else or nothing is read, in bounds (run with sanitizers). */
static void broken_packs_do_no_harm(void **state)
{
	(void)state;
	struct fmr_str list;
	fmr_str_init(&list);
	sh("git repack -adfq && mv .git/objects/pack/*.pack p.pack && mv .git/objects/pack/*.idx p.idx && rm -rf .git/objects/pack/* &&"
	   "chmod u+w p.*");
	assert_int_equal(sandbox_shell(&list, "git show-index < p.idx | cut -d' ' -f2"), 0);
	for (size_t round = 0; round < 200; round++) {
		sh("cp p.pack p.idx .git/objects/pack/");
		flip(round % 2 ? ".git/objects/pack/p.pack" : ".git/objects/pack/p.idx", round * 37);
		struct odb *odb = fmr_odb_open(".git/objects");
		for (size_t at = 0; at + 40 <= list.length; at += 41) {
			unsigned char id[20];
			struct fmr_str out;
			fmr_str_init(&out);
			assert_true(fmr_odb_id_parse(list.bytes + at, id));
			for (int kind = ODB_COMMIT; kind <= ODB_BLOB; kind++)
				fmr_odb_read(odb, id, (enum odb_kind)kind, 1 << 20, &out);
			fmr_str_release(&out);
		}
		fmr_odb_close(odb);
	}
	fmr_str_release(&list);
}

/* ---- what is staged ---- */

/* As git says it; returns whether it was told without git. */
static bool assert_as_git(void)
{
	struct fmr_store *store = open_store();
	struct fmr_str mine, theirs;
	struct gitindex index;
	struct head head;
	struct staged_list list = { 0 };
	fmr_str_init(&mine);
	fmr_str_init(&theirs);
	fmr_arena_init(&list.arena);
	assert_int_equal(fmr_head_read(store, &head, NULL), 0);
	assert_int_equal(fmr_git_index_read(store, &index, NULL), 0);
	const bool told = fmr_compare_staged(store, head.commit, &index, &list);
	for (size_t i = 0; i < list.entries.count; i++) {
		const struct staged_entry *entry = &list.entries.items[i];
		fmr_str_printf(&mine, "%s:%06o %06o %s %s %c\t%s", i ? "\n" : "", entry->old_mode, entry->new_mode, entry->old_id,
			entry->new_id, entry->status, entry->path);
	}
	assert_int_equal(sandbox_shell(&theirs, "git diff-index --cached --full-index --no-renames --ita-invisible-in-index "
						"$(git rev-parse -q --verify HEAD || git hash-object -t tree /dev/null) | LC_ALL=C sort -t'	' -k2"),
		0);
	if (told) {
		struct fmr_str sorted;
		fmr_str_init(&sorted);
		FILE *file = fopen("mine", "w");
		fprintf(file, "%s%s", mine.bytes, mine.length ? "\n" : "");
		fclose(file);
		assert_int_equal(sandbox_shell(&sorted, "LC_ALL=C sort -t'	' -k2 mine; rm mine"), 0);
		assert_string_equal(sorted.bytes, theirs.bytes);
		assert_int_equal(fmr_git_index_is_head(store, head.commit) && theirs.length, 0);
		fmr_str_release(&sorted);
	}
	fmr_git_index_release(&index);
	FMR_VEC_RELEASE(&list.entries);
	fmr_arena_release(&list.arena);
	fmr_str_release(&mine);
	fmr_str_release(&theirs);
	fmr_store_close(store);
	return told;
}

static void staged_as_git_says(void **state)
{
	(void)state;
	static const char *const steps[] = { "true", "echo 1 > a/b/new; git add a", "git rm -q --cached c/1 c/12", "echo x > c.d; git add c.d",
		"git rm -rq --cached c; git add empty", "rm -rf c; echo x > c; git add c", "git write-tree", "rm -rf a; ln -s c a; git add -A a",
		"git update-index --chmod=+x empty", "git commit -qm x", "git rm -q -r --cached .", "git reset -q --hard; git add -A",
		"mkdir -p q/r/s; echo 1 > q/r/s/t; echo 2 > q/r-; echo 3 > q.x; echo 4 > q0; git add .", "git repack -adfq", "git rm -q --cached q/r/s/t",
		"git -c core.splitIndex=false update-index --index-version 4", "git add -A; git commit -qm y; echo 5 > q/r/s/t; git add .",
		"git update-index --add --cacheinfo 160000,1111111111111111111111111111111111111111,sub", "git update-ref -d HEAD" };
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		sh(steps[i]);
		if (!assert_as_git())
			fail_msg("git had to be asked after: %s", steps[i]);
	}
	sh("git add -A; git commit -qm z; echo 1 > intended; git add -N intended");
	assert_false(assert_as_git());
	sh("git reset -q --hard; git checkout -q -b one; echo 1 > q0; git commit -qam 1; git checkout -q -; echo 2 > q0; git commit -qam 2");
	assert_int_not_equal(sandbox_shell(NULL, "git merge -q one"), 0);
	assert_false(assert_as_git());
}

/* The notes of trees behind the entries, with wrong bytes. */
static void broken_notes_do_no_harm(void **state)
{
	(void)state;
	struct stat st;
	sh("echo 5 > c/5; git add c; cp .git/index index");
	assert_int_equal(stat("index", &st), 0);
	for (size_t round = 0; round < 300; round++) {
		struct fmr_store *store = open_store();
		struct staged_list list = { 0 };
		struct gitindex index;
		struct head head;
		sh("cp index .git/index");
		flip(".git/index", (size_t)st.st_size - 1 - round);
		fmr_arena_init(&list.arena);
		assert_int_equal(fmr_head_read(store, &head, NULL), 0);
		if (fmr_git_index_read(store, &index, NULL) == 0)
			fmr_compare_staged(store, head.commit, &index, &list);
		fmr_git_index_release(&index);
		FMR_VEC_RELEASE(&list.entries);
		fmr_arena_release(&list.arena);
		fmr_store_close(store);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, history_setup, sandbox_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(objects_in_files_and_packs_are_read),
		TEST(what_is_unusual_is_left_to_git),
		TEST(broken_packs_do_no_harm),
		TEST(staged_as_git_says),
		TEST(broken_notes_do_no_harm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
