/* Which paths are governed, and what they stand for. */
#include "unit.h"

#include "trust/path.h"

#include <string.h>

static void assert_place(const char *path, enum trust_place place, const char *id)
{
	struct trust_path got = fmr_trust_path_read(path);
	assert_int_equal(got.place, place);
	assert_int_equal(got.id_length, id ? strlen(id) : 0);
	if (id)
		assert_memory_equal(got.id, id, strlen(id));
}

static void records_and_what_lies_beside_them(void **state)
{
	(void)state;
	assert_place("records/x/X-1.yaml", TRUST_PLACE_RECORD, "X-1");
	assert_place("records/x/2026/X-1.yaml", TRUST_PLACE_RECORD, "X-1");
	assert_place("records/x/2026.yaml", TRUST_PLACE_RECORD, "2026");
	assert_place("records/x/X-1/a.png", TRUST_PLACE_ATTACHMENT, "X-1");
	assert_place("records/x/2026/X-1/a/b.yaml", TRUST_PLACE_ATTACHMENT, "X-1");
	assert_int_equal(fmr_trust_path_read("records/x/2026/X-1/a").record, strlen("records/x/2026/X-1"));
	assert_place("records/x/2026", TRUST_PLACE_STRAY, NULL);
	assert_place("records/x/.yaml", TRUST_PLACE_STRAY, NULL);
	assert_place("records/X-1.yaml", TRUST_PLACE_STRAY, NULL);
	assert_place("records/x/X-1.yml", TRUST_PLACE_STRAY, NULL);
	assert_true(fmr_trust_path_looks_like_record("records/x/X-1.YML"));
	assert_false(fmr_trust_path_looks_like_record("records/x.yml/README"));
}

static void trust_and_config(void **state)
{
	(void)state;
	assert_place(".fmrec/trust/policy.yaml", TRUST_PLACE_TRUST, NULL);
	assert_place(".fmrec/trust", TRUST_PLACE_TRUST, NULL);
	assert_place(".fmrec/Trust/policy.yaml", TRUST_PLACE_TRUST, NULL);
	assert_place(".fmrec/config.yaml", TRUST_PLACE_CONFIG, NULL);
	assert_place(".fmrec/trusted/x", TRUST_PLACE_CONFIG, NULL);
}

static void what_is_not_what_it_seems(void **state)
{
	(void)state;
	assert_place("records", TRUST_PLACE_ROOT, NULL);
	assert_place(".fmrec", TRUST_PLACE_ROOT, NULL);
	assert_place("Records/x/X-1.yaml", TRUST_PLACE_DISGUISED, NULL);
	assert_place("ｒecords/x/X-1.yaml", TRUST_PLACE_DISGUISED, NULL);
	assert_place(".FMREC/trust/policy.yaml", TRUST_PLACE_DISGUISED, NULL);
	assert_place("README.md", TRUST_PLACE_OTHER, NULL);
	assert_place("docs/records/x/X-1.yaml", TRUST_PLACE_OTHER, NULL);
	assert_place("", TRUST_PLACE_OTHER, NULL);
}

static void ids_and_clean_paths(void **state)
{
	(void)state;
	assert_true(fmr_trust_id_is_plain("INC-20261121-7KQ2", 17));
	assert_false(fmr_trust_id_is_plain("INC-a", 5));
	assert_false(fmr_trust_id_is_plain("ＩNC", 5));
	assert_false(fmr_trust_id_is_plain("", 0));
	assert_true(fmr_trust_path_is_clean("records/x/X-1/画面 1.png"));
	assert_false(fmr_trust_path_is_clean("records/x/X-1/a\nattachment b"));
	assert_false(fmr_trust_path_is_clean("records/x/X-1/\xff"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_and_what_lies_beside_them),
		cmocka_unit_test(trust_and_config),
		cmocka_unit_test(what_is_not_what_it_seems),
		cmocka_unit_test(ids_and_clean_paths),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
