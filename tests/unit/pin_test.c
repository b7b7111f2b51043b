#include "unit.h"

#include "base/fs.h"
#include "base/str.h"
#include "trust/pin.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEX8 "01234567"
#define HEX32 HEX8 HEX8 HEX8 HEX8
#define HEX40 HEX32 HEX8
#define HEX64 HEX32 HEX32

static const struct fmr_pin_file sample = {
	.pin = { .repository = HEX32, .genesis = HEX40, .tip = HEX32 "89abcdef", .policy = "sha256:" HEX64, .time = 1793448000 },
	.commits = 1204,
	.policy_version = 7,
	.verdict = FMR_UNPROVEN,
};

static int parse(const char *text, struct fmr_pin_file *out)
{
	struct fmr_err err = { 0 };
	int result = fmr_pin_parse("x.pin", text, strlen(text), out, &err);
	assert_true(result == 0 || err.text[0]);
	return result;
}

static void what_is_written_is_read(void **state)
{
	(void)state;
	struct fmr_str text;
	struct fmr_pin_file file;
	fmr_str_init(&text);
	fmr_pin_format(&sample, &text);
	assert_int_equal(parse(text.bytes, &file), 0);
	assert_memory_equal(file.pin.tip, sample.pin.tip, sizeof(file.pin.tip));
	assert_string_equal(file.pin.repository, sample.pin.repository);
	assert_string_equal(file.pin.genesis, sample.pin.genesis);
	assert_string_equal(file.pin.policy, sample.pin.policy);
	assert_int_equal(file.verdict, FMR_UNPROVEN);
	assert_int_equal(file.commits, 1204);
	assert_int_equal(file.policy_version, 7);
	assert_int_equal(file.pin.time, sample.pin.time);
	fmr_str_release(&text);
}

/* A pin is what an audit leans on: nothing in it is guessed. */
static void anything_else_is_refused(void **state)
{
	(void)state;
	static const char *const changes[][2] = {
		{ "pin: 1", "pin: 2" },
		{ "pin: 1\n", "" },
		{ "commits: 1204", "commits: -1" },
		{ "commits: 1204", "commits: 1.5" },
		{ "commits: 1204", "commits: 99999999999" },
		{ "verdict: unproven", "verdict: perhaps" },
		{ "T", " " },
		{ "'sha256:0", "'sha256:G" },
		{ "'sha256:0", "'sha257:0" },
		{ "genesis: '0", "genesis: '" },
		{ "genesis: '0", "genesis: 'A" },
		{ "pin: 1", "pin: 1\nextra: 1" },
		{ "pin: 1", "pin: 1\npin: 1" },
		{ "policy-version: 7", "policy-version: [7]" },
	};
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		struct fmr_str text;
		struct fmr_pin_file file;
		fmr_str_init(&text);
		fmr_pin_format(&sample, &text);
		const size_t date = (size_t)(strstr(text.bytes, "date: '") - text.bytes);
		const char *at = strstr(text.bytes + (changes[i][0][0] == 'T' ? date : 0), changes[i][0]);
		fmr_str_splice(&text, (size_t)(at - text.bytes), strlen(changes[i][0]), changes[i][1], strlen(changes[i][1]));
		assert_int_equal(parse(text.bytes, &file), FMR_ERR_INVALID);
		fmr_str_release(&text);
	}
	struct fmr_pin_file file;
	assert_int_equal(parse("", &file), FMR_ERR_INVALID);
	assert_int_equal(parse("[1]", &file), FMR_ERR_INVALID);
	assert_int_equal(fmr_pin_read("/nonexistent/x.pin", &file, NULL), FMR_ERR_NOT_FOUND);
}

static void a_pin_never_contradicts_the_one_before(void **state)
{
	(void)state;
	char directory[] = "/tmp/fmrec-pin.XXXXXX", path[64];
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/x.pin", directory);
	struct fmr_pin_file file = sample, read;
	assert_int_equal(fmr_pin_write(path, &file, NULL), 0);
	assert_int_equal(fmr_pin_write(path, &file, NULL), 0);
	file.commits++;
	memcpy(file.pin.tip, HEX40, sizeof(file.pin.tip));
	assert_int_equal(fmr_pin_write(path, &file, NULL), 0);
	for (int i = 0; i < 5; i++) {
		struct fmr_pin_file other = file;
		if (i == 0)
			other.pin.repository[0] = 'f';
		else if (i == 1)
			other.pin.genesis[0] = 'f';
		else if (i == 2)
			other.commits--;
		else if (i == 3)
			other.pin.tip[0] = 'f';
		else
			other.policy_version--;
		struct fmr_err err = { 0 };
		assert_int_equal(fmr_pin_write(path, &other, &err), FMR_ERR_REFUSED);
		assert_true(err.hint[0]);
	}
	assert_int_equal(fmr_pin_read(path, &read, NULL), 0);
	assert_string_equal(read.pin.tip, file.pin.tip);
	const int descriptor = open(path, O_WRONLY | O_TRUNC);
	assert_int_equal(write(descriptor, "x\n", 2), 2);
	close(descriptor);
	assert_int_equal(fmr_pin_write(path, &file, NULL), FMR_ERR_INVALID); /* no pin: it may be anything */
	unlink(path);
	rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(anything_else_is_refused),
		cmocka_unit_test(a_pin_never_contradicts_the_one_before),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
