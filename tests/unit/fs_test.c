#include "unit.h"

#include "sandbox.h"

#include "base/fs.h"

#include <fcntl.h>
#include <sys/wait.h>

static struct fmr_str text(const char *bytes)
{
	struct fmr_str str;
	fmr_str_init(&str);
	fmr_str_puts(&str, bytes);
	return str;
}

static void paths_stay_inside(void **state)
{
	(void)state;
	const char *const good[] = { "a", "a/b", ".fmrec/config.yaml", "a..b/..c", "記録/a" };
	const char *const bad[] = { "", "/a", "a/", "a//b", ".", "..", "a/./b", "a/../b", "a/..", "a\\b", "a\nb", "\x7f" };
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(fmr_path_is_inside(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(fmr_path_is_inside(bad[i]));
}

static void read_takes_ordinary_files_only(void **state)
{
	(void)state;
	struct fmr_err err;
	struct fmr_str out = text("x");
	sh("printf hello > f; ln -s f link; mkfifo pipe; mkdir d; ln -s d dlink; printf in > d/f");
	int top = open(".", O_RDONLY | O_DIRECTORY);
	assert_int_equal(fmr_file_read(AT_FDCWD, "f", 5, false, &out, &err), 0);
	assert_string_equal(out.bytes, "xhello");
	assert_int_equal(fmr_file_read(AT_FDCWD, "f", 4, false, &out, &err), FMR_ERR_LIMIT);
	assert_string_equal(out.bytes, "xhello");
	assert_int_equal(fmr_file_read(AT_FDCWD, "link", 100, false, &out, &err), 0);
	assert_int_equal(fmr_file_read(AT_FDCWD, "link", 100, true, &out, &err), FMR_ERR_UNSUPPORTED);
	assert_int_equal(fmr_file_read(top, "dlink/f", 100, true, &out, &err), FMR_ERR_UNSUPPORTED);
	assert_int_equal(fmr_file_read(top, "d/f", 100, true, &out, &err), 0);
	assert_int_equal(fmr_file_read(AT_FDCWD, "pipe", 100, false, &out, &err), FMR_ERR_UNSUPPORTED);
	assert_int_equal(fmr_file_read(AT_FDCWD, "d", 100, false, &out, &err), FMR_ERR_UNSUPPORTED);
	assert_int_equal(fmr_file_read(AT_FDCWD, "none", 100, false, &out, &err), FMR_ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "'none'"));
	assert_int_equal(fmr_file_read(AT_FDCWD, "f/x", 100, false, &out, &err), FMR_ERR_NOT_FOUND);
	close(top);
	fmr_str_release(&out);
}

static void replace_compares_first(void **state)
{
	(void)state;
	struct fmr_err err;
	struct fmr_str old = text("old"), other = text("other");
	int top = open(".", O_RDONLY | O_DIRECTORY);
	assert_int_equal(fmr_file_replace(top, "a/b/f", NULL, "old", 3, 0666, &err), 0);
	assert_output("cat a/b/f; ls -A a/b", "oldf");
	assert_int_equal(fmr_file_replace(top, "a/b/f", NULL, "new", 3, 0666, &err), FMR_ERR_CHANGED);
	assert_int_equal(fmr_file_replace(top, "a/b/f", &other, "new", 3, 0666, &err), FMR_ERR_CHANGED);
	assert_int_equal(fmr_file_replace(top, "a/b/none", &other, "new", 3, 0666, &err), FMR_ERR_CHANGED);
	assert_int_equal(fmr_file_replace(top, "a/none/f", &other, "new", 3, 0666, &err), FMR_ERR_CHANGED);
	assert_output("cat a/b/f; find a | sort", "olda\na/b\na/b/f");
	sh("chmod 755 a/b/f");
	assert_int_equal(fmr_file_replace(top, "a/b/f", &old, "new", 3, 0644, &err), 0);
	assert_output("cat a/b/f; ls -A a/b; stat -c %a a/b/f", "newf\n755");
	assert_int_equal(fmr_file_replace(top, "../f", NULL, "new", 3, 0644, &err), FMR_ERR_INVALID);
	assert_int_equal(fmr_file_replace(top, "a/b/f/g", NULL, "new", 3, 0644, &err), FMR_ERR_EXISTS);
	close(top);
	fmr_str_release(&old);
	fmr_str_release(&other);
}

static void replace_meets_no_links(void **state)
{
	(void)state;
	struct fmr_err err;
	struct fmr_str old = text("out");
	sh("mkdir out top top/d; printf out > out/f; ln -s ../out top/l; ln -s ../../out/f top/d/f; ln -s nowhere top/d/g");
	int top = open("top", O_RDONLY | O_DIRECTORY);
	assert_int_equal(fmr_file_replace(top, "l/f", &old, "bad", 3, 0644, &err), FMR_ERR_UNSUPPORTED);
	assert_int_equal(fmr_file_replace(top, "l/new", NULL, "bad", 3, 0644, &err), FMR_ERR_UNSUPPORTED);
	assert_int_equal(fmr_file_replace(top, "l/x/new", NULL, "bad", 3, 0644, &err), FMR_ERR_UNSUPPORTED);
	assert_int_equal(fmr_file_replace(top, "d/f", &old, "bad", 3, 0644, &err), FMR_ERR_UNSUPPORTED);
	assert_int_equal(fmr_file_replace(top, "d/g", NULL, "bad", 3, 0644, &err), FMR_ERR_CHANGED);
	assert_int_equal(fmr_file_remove(top, "l/f", &old, &err), FMR_ERR_UNSUPPORTED);
	assert_output("cat out/f; ls out; test -e top/nowhere || echo none", "outf\nnone");
	close(top);
	fmr_str_release(&old);
}

static void remove_takes_empty_directories(void **state)
{
	(void)state;
	struct fmr_err err;
	struct fmr_str old = text("old"), other = text("other");
	sh("mkdir -p a/b/c; printf old > a/b/c/f; printf x > a/x");
	int top = open(".", O_RDONLY | O_DIRECTORY);
	assert_int_equal(fmr_file_remove(top, "a/b/c/f", &other, &err), FMR_ERR_CHANGED);
	assert_int_equal(fmr_file_remove(top, "a/b/c/f", &old, &err), 0);
	assert_output("find . -mindepth 1 | sort", "./a\n./a/x");
	assert_int_equal(fmr_file_remove(top, "a/b/c/f", &old, &err), FMR_ERR_CHANGED);
	close(top);
	fmr_str_release(&old);
	fmr_str_release(&other);
}

static void directories_differ_in_more_than_case(void **state)
{
	(void)state;
	struct fmr_err err;
	sh("mkdir Records");
	int top = open(".", O_RDONLY | O_DIRECTORY);
	assert_int_equal(fmr_directory_make(top, "records/x", &err), FMR_ERR_EXISTS);
	assert_int_equal(fmr_directory_make(top, "Records/x", &err), 0);
	assert_output("ls; ls Records", "Records\nx");
	close(top);
	assert_int_equal(fmr_directory_make(AT_FDCWD, "p/q/r", &err), 0);
	assert_int_equal(fmr_directory_make(AT_FDCWD, "p/q/r/", &err), 0);
	sh("printf x > p/f");
	assert_int_equal(fmr_directory_make(AT_FDCWD, "p/f", &err), FMR_ERR_EXISTS);
}

static void sweep_takes_what_dead_writers_left(void **state)
{
	(void)state;
	sh("mkdir d; touch d/.fmrec-tmp-12-0 d/keep d/.fmrec-other");
	int top = open(".", O_RDONLY | O_DIRECTORY);
	fmr_directory_sweep(top, "d");
	fmr_directory_sweep(top, "none");
	assert_output("ls -A d | sort", ".fmrec-other\nkeep");
	close(top);
}

static void lock_waits_and_tells_who(void **state)
{
	(void)state;
	struct fmr_err err;
	int lock, other;
	assert_int_equal(fmr_lock_take("lock", 0, &lock, &err), 0);
	assert_int_equal(fmr_lock_take("lock", 0, &other, &err), FMR_ERR_LOCKED);
	char *who = fmr_format("process %ld ", (long)getpid());
	assert_non_null(strstr(err.text, who));
	free(who);
	pid_t child = fork();
	if (child == 0 && close(lock) == 0)
		_exit(fmr_lock_take("lock", 10, &other, NULL) == 0 ? 0 : 1);
	usleep(20000);
	close(lock);
	int status;
	waitpid(child, &status, 0);
	assert_int_equal(status, 0);
	assert_int_equal(fmr_lock_take("no/lock", 0, &lock, &err), FMR_ERR_NOT_FOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, sandbox_setup, sandbox_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_stay_inside),
		TEST(read_takes_ordinary_files_only),
		TEST(replace_compares_first),
		TEST(replace_meets_no_links),
		TEST(remove_takes_empty_directories),
		TEST(directories_differ_in_more_than_case),
		TEST(sweep_takes_what_dead_writers_left),
		TEST(lock_waits_and_tells_who),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
