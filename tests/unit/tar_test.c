#include "unit.h"

#include "base/archive.h"
#include "base/digest.h"
#include "base/spawn.h"
#include "base/tar.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 512, TIME = 1795197600 /* 2026-11-21 03:20 */ };

static char *ask_tar(const struct fmr_str *archive, const char *mode, const char *path)
{
	static const char *const environment[] = { "TZ=UTC", "LC_ALL=C.UTF-8", NULL };
	const char *const argv[] = { "tar", mode, "-", path, NULL };
	struct fmr_str out;
	fmr_str_init(&out);
	const struct fmr_spawn spawn = { .argv = argv, .environment = environment, .input = archive->bytes,
		.input_length = archive->length, .output = &out };
	int status;
	assert_int_equal(fmr_spawn_run(&spawn, &status, NULL), 0);
	assert_int_equal(status, 0);
	return fmr_str_detach(&out);
}

static void expect_names(const struct fmr_str *archive, const char *wanted)
{
	char *names = ask_tar(archive, "-tf", NULL);
	assert_string_equal(names, wanted);
	free(names);
}

static void tar_reads_what_was_written(void **state)
{
	(void)state;
	struct fmr_str archive;
	fmr_str_init(&archive);
	fmr_tar_file(&archive, "README", "hello\n", 6, TIME);
	fmr_tar_file(&archive, "a/empty", "", 0, TIME);
	fmr_tar_end(&archive);
	assert_int_equal(archive.length, 5 * BLOCK);
	expect_names(&archive, "README\na/empty\n");
	char *text = ask_tar(&archive, "-xOf", "README");
	assert_string_equal(text, "hello\n");
	free(text);
	char *listed = ask_tar(&archive, "-tvf", "README");
	assert_non_null(strstr(listed, "-rw-r--r--"));
	free(listed);
	fmr_str_release(&archive);
}

/* 100 bytes fit into the name, up to 255 into name and prefix where a slash lets them, all others into pax. */
static void paths_of_any_length_come_back(void **state)
{
	(void)state;
	static const size_t lengths[] = { 99, 100, 101, 155, 200, 255, 256, 257, 300, 1000 };
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++)
		for (int slash = 0; slash < 2; slash++) {
			struct fmr_str archive, path;
			fmr_str_init(&archive);
			fmr_str_init(&path);
			fmr_str_repeat(&path, 'a', lengths[i]);
			if (slash)
				path.bytes[lengths[i] / 2] = '/';
			fmr_tar_file(&archive, path.bytes, "x", 1, TIME);
			fmr_tar_end(&archive);
			fmr_str_putc(&path, '\n');
			expect_names(&archive, path.bytes);
			fmr_str_release(&archive);
			fmr_str_release(&path);
		}
}

static void equal_contents_give_equal_bytes(void **state)
{
	(void)state;
	char digests[2][FMR_DIGEST_TEXT];
	for (int i = 0; i < 2; i++) {
		struct fmr_str archive;
		fmr_str_init(&archive);
		fmr_tar_file(&archive, "\xe8\xa8\x98\xe9\x8c\xb2.yaml", "x", 1, TIME);
		fmr_tar_end(&archive);
		fmr_digest_bytes(archive.bytes, archive.length, digests[i]);
		fmr_str_release(&archive);
	}
	assert_string_equal(digests[0], digests[1]);
}

/* Whatever the order files come in, and however often one does. */
static void archives_are_sorted_and_carry_their_sums(void **state)
{
	(void)state;
	static const char *const orders[][3] = { { "b", "a/x", "b" }, { "a/x", "b", "a/x" } };
	struct fmr_str archives[2];
	for (int i = 0; i < 2; i++) {
		struct fmr_archive *archive = fmr_archive_new();
		fmr_str_init(&archives[i]);
		for (int j = 0; j < 3; j++)
			assert_int_equal(fmr_archive_add(archive, orders[i][j], "hello\n", 6, NULL), 0);
		assert_int_equal(fmr_archive_write(archive, "top", TIME, &archives[i], NULL), 0);
		fmr_archive_free(archive);
	}
	assert_int_equal(archives[0].length, archives[1].length);
	assert_memory_equal(archives[0].bytes, archives[1].bytes, archives[0].length);
	expect_names(&archives[0], "top/SHA256SUMS\ntop/a/x\ntop/b\n");
	char *sums = ask_tar(&archives[0], "-xOf", "top/SHA256SUMS");
	assert_string_equal(sums, "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03  a/x\n"
		"5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03  b\n");
	free(sums);
	fmr_str_release(&archives[0]);
	fmr_str_release(&archives[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tar_reads_what_was_written),
		cmocka_unit_test(paths_of_any_length_come_back),
		cmocka_unit_test(equal_contents_give_equal_bytes),
		cmocka_unit_test(archives_are_sorted_and_carry_their_sums),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
