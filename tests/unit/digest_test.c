#include "unit.h"

#include "sandbox.h"

#include "base/digest.h"

#include <fcntl.h>

static void known_digests(void **state)
{
	(void)state;
	char hex[FMR_DIGEST_TEXT];
	assert_int_equal(fmr_digest_bytes("", 0, hex), 0);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_int_equal(fmr_digest_bytes("abc", 3, hex), 0);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void files_as_sha256sum_sees_them(void **state)
{
	(void)state;
	char hex[FMR_DIGEST_TEXT];
	struct fmr_err err;
	sh("head -c 1000000 /dev/urandom > f; : > empty; ln -s f link; mkdir d");
	assert_int_equal(fmr_digest_file(AT_FDCWD, "f", hex, &err), 0);
	assert_output("sha256sum < f | cut -d' ' -f1", hex);
	assert_int_equal(fmr_digest_file(AT_FDCWD, "empty", hex, &err), 0);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_int_equal(fmr_digest_file(AT_FDCWD, "none", hex, &err), FMR_ERR_NOT_FOUND);
	assert_int_equal(fmr_digest_file(AT_FDCWD, "d", hex, &err), FMR_ERR_UNSUPPORTED);
	int top = open(".", O_RDONLY | O_DIRECTORY);
	assert_true(fmr_digest_file(top, "link", hex, &err) < 0);
	close(top);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_digests),
		cmocka_unit_test_setup_teardown(files_as_sha256sum_sees_them, sandbox_setup, sandbox_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
