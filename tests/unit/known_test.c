#include "unit.h"

#include "views.h"

#include "fmrec/fmrec.h"
#include "trust/known.h"

enum { MANY = 3000 };

static int repository_setup(void **state)
{
	return sandbox_setup(state) != 0 ? -1 : sandbox_shell(NULL, "git init -q repo");
}

static void digest_of(struct trust_known *known, size_t number, unsigned char digest[TRUST_KNOWN_DIGEST])
{
	fmr_trust_known_digest(known, (const char *)&number, sizeof(number), digest);
}

/* Remember `count` commits of two keys. */
static void remember(struct fmr_store *store, size_t count)
{
	unsigned char digest[TRUST_KNOWN_DIGEST];
	struct trust_known *known = fmr_trust_known_open(store);
	assert_non_null(known);
	for (size_t i = 0; i < count; i++) {
		digest_of(known, i, digest);
		fmr_trust_known_add(known, digest, i % 2 ? "ssh-ed25519 odd" : "ssh-ed25519 even");
	}
	fmr_trust_known_close(known);
}

static size_t count_known(struct fmr_store *store, size_t count)
{
	unsigned char digest[TRUST_KNOWN_DIGEST];
	struct trust_known *known = fmr_trust_known_open(store);
	size_t found = 0;
	for (size_t i = 0; i < count; i++) {
		digest_of(known, i, digest);
		const char *key = fmr_trust_known_key(known, digest);
		found += key != NULL;
		if (key)
			assert_string_equal(key, i % 2 ? "ssh-ed25519 odd" : "ssh-ed25519 even");
	}
	fmr_trust_known_close(known);
	return found;
}

static void what_was_added_is_known(void **state)
{
	(void)state;
	struct fmr_store *store = open_store("repo");
	assert_int_equal(count_known(store, 10), 0);
	remember(store, MANY);
	assert_int_equal(count_known(store, MANY), MANY);
	assert_int_equal(count_known(store, MANY + 100), MANY);
	remember(store, MANY + 100); /* those that are there already are not there twice */
	assert_int_equal(count_known(store, MANY + 100), MANY + 100);
	fmr_store_close(store);
}

static void few_are_not_worth_a_file(void **state)
{
	(void)state;
	struct fmr_store *store = open_store("repo");
	remember(store, 10);
	assert_int_equal(count_known(store, 10), 0);
	assert_output("ls repo/.git/fmrec 2>/dev/null", "");
	fmr_store_close(store);
}

static void what_is_damaged_knows_nothing(void **state)
{
	(void)state;
	struct fmr_store *store = open_store("repo");
	const char *const damages[] = { ": > f", "printf x > f", "head -c 1000 f > g; mv g f", "printf x >> f",
		"printf X | dd of=f bs=1 seek=500 conv=notrunc 2>/dev/null", "rm f; mkdir f", "rmdir f; ln -s /dev/zero f" };
	remember(store, MANY);
	assert_int_equal(count_known(store, 1), 1);
	for (size_t i = 0; i < sizeof(damages) / sizeof(*damages); i++) {
		char *command = fmr_format("cd repo/.git/fmrec && mv signatures f; %s; mv f signatures",
			damages[i]);
		if (i < 5) {
			sh("rm -rf repo/.git/fmrec/signatures");
			remember(store, MANY);
		}
		assert_int_equal(sandbox_shell(NULL, command), 0);
		assert_int_equal(count_known(store, MANY), 0);
		free(command);
	}
	sh("rm -rf repo/.git/fmrec/signatures");
	remember(store, MANY);
	assert_int_equal(count_known(store, MANY), MANY);
	assert_output("ls repo/.git/fmrec", "signatures");
	fmr_store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, repository_setup, sandbox_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_added_is_known),
		TEST(few_are_not_worth_a_file),
		TEST(what_is_damaged_knows_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
