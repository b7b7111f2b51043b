#include "unit.h"

#include "sandbox.h"

#include <time.h>

static int run(const char *line, const char *input, struct fmr_str *out, struct fmr_str *errors,
	const char *const *environment)
{
	const char *const argv[] = { "sh", "-c", line, NULL };
	const struct fmr_spawn spawn = { .argv = argv, .directory = "/", .input = input,
		.input_length = input ? strlen(input) : 0, .output = out, .errors = errors, .environment = environment };
	int status = -1;
	struct fmr_err err;
	assert_int_equal(fmr_spawn_run(&spawn, &status, &err), 0);
	return status;
}

static void status_output_and_errors_come_back(void **state)
{
	(void)state;
	struct fmr_str out, errors;
	fmr_str_init(&out);
	fmr_str_init(&errors);
	assert_int_equal(run("pwd; cat; echo bad >&2; exit 7", "in", &out, &errors, NULL), 7);
	assert_string_equal(out.bytes, "/\nin");
	assert_string_equal(errors.bytes, "bad\n");
	assert_int_equal(run("kill -9 $$", NULL, NULL, NULL, NULL), 128 + 9);
	fmr_str_release(&out);
	fmr_str_release(&errors);
}

static void environment_is_changed_for_the_child_only(void **state)
{
	(void)state;
	struct fmr_str out;
	fmr_str_init(&out);
	setenv("FMR_A", "1", 1);
	setenv("FMR_B", "2", 1);
	const char *const environment[] = { "FMR_A=9", "FMR_B", "FMR_C=3", NULL };
	run("echo $FMR_A${FMR_B-unset}$FMR_C", NULL, &out, NULL, environment);
	assert_string_equal(out.bytes, "9unset3\n");
	assert_string_equal(getenv("FMR_A"), "1");
	fmr_str_release(&out);
}

static void large_streams_do_not_lock_up(void **state)
{
	(void)state;
	struct fmr_str out, in;
	fmr_str_init(&out);
	fmr_str_init(&in);
	fmr_str_repeat(&in, 'x', 3 << 20);
	assert_int_equal(run("cat", in.bytes, &out, NULL, NULL), 0);
	assert_int_equal(out.length, in.length);
	/* a reader that goes away early */
	assert_int_equal(run("exec <&-; sleep 0.05; exit 3", in.bytes, NULL, NULL, NULL), 3);
	fmr_str_release(&out);
	fmr_str_release(&in);
}

static void background_children_are_not_waited_for(void **state)
{
	(void)state;
	struct fmr_str out;
	fmr_str_init(&out);
	time_t start = time(NULL);
	assert_int_equal(run("echo x; sleep 20 & exit 4", NULL, &out, NULL, NULL), 4);
	assert_true(time(NULL) - start < 10);
	assert_string_equal(out.bytes, "x\n");
	fmr_str_release(&out);
}

static void a_missing_program_is_an_error(void **state)
{
	(void)state;
	const char *const argv[] = { "fmrec-no-such-program", NULL };
	const struct fmr_spawn spawn = { .argv = argv };
	int status = -1;
	struct fmr_err err;
	assert_int_equal(fmr_spawn_run(&spawn, &status, &err), FMR_ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "fmrec-no-such-program"));
}

static void a_process_answers_questions(void **state)
{
	(void)state;
	const char *const argv[] = { "cat", NULL };
	const struct fmr_spawn spawn = { .argv = argv };
	struct fmr_process *process;
	struct fmr_err err;
	struct fmr_str out;
	fmr_str_init(&out);
	assert_int_equal(fmr_process_start(&spawn, &process, &err), 0);
	for (int i = 0; i < 100; i++) {
		fmr_str_clear(&out);
		assert_int_equal(fmr_process_ask(process, "line\n12345", 10, &err), 0);
		assert_int_equal(fmr_process_line(process, &out, &err), 0);
		assert_string_equal(out.bytes, "line");
		assert_int_equal(fmr_process_bytes(process, 5, &out, &err), 0);
		assert_string_equal(out.bytes, "line12345");
	}
	fmr_process_stop(process);
	const char *const dies[] = { "true", NULL };
	assert_int_equal(fmr_process_start(&(struct fmr_spawn){ .argv = dies }, &process, &err), 0);
	assert_int_equal(fmr_process_line(process, &out, &err), FMR_ERR_IO);
	fmr_process_stop(process);
	fmr_process_stop(NULL);
	fmr_str_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_output_and_errors_come_back),
		cmocka_unit_test(environment_is_changed_for_the_child_only),
		cmocka_unit_test(large_streams_do_not_lock_up),
		cmocka_unit_test(background_children_are_not_waited_for),
		cmocka_unit_test(a_missing_program_is_an_error),
		cmocka_unit_test(a_process_answers_questions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
