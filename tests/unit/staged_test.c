/* The check of what is staged, and of ranges of commits. */
#include "unit.h"

#include "widget.h"

/* ---- staged ---- */

static const char *staged(void)
{
	static char text[8192];
	struct fixture fixture;
	struct fmr_check_result result;
	open_fixture(&fixture);
	fmr_findings_truncate(fixture.findings, 0);
	int code = fmr_check_staged(fixture.store, NULL, NULL, fixture.findings, &result, &fixture.err);
	snprintf(text, sizeof(text), "%s", code ? fixture.err.text : places(fixture.findings));
	close_fixture(&fixture);
	return text;
}

static void the_index_is_judged_not_the_work_tree(void **state)
{
	(void)state;
	sh("git add . && git commit -qm one");
	assert_string_equal(staged(), "");
	put(PATH_OF, "id: " ID "\nform: 2\ntitle: x\nmaker: MKR-NONE\n");
	assert_string_equal(staged(), "");
	sh("git add .");
	put(PATH_OF, "id: " ID "\nform: 2\ntitle: x\n");
	assert_string_equal(staged(), PATH_OF " ref.dangling;");
	sh("git add .");
	assert_string_equal(staged(), "");
}

static void a_deletion_concerns_who_links_to_it(void **state)
{
	(void)state;
	put("records/widget/2026/WGT-20261121-AAAA.yaml", "id: WGT-20261121-AAAA\nform: 2\ntitle: MKR-ACME\n");
	sh("git add . && git commit -qm one && git rm -q records/maker/MKR-ACME.yaml");
	assert_string_equal(staged(), PATH_OF " ref.dangling;");
	put(PATH_OF, "id: " ID "\nform: 2\ntitle: x\n");
	sh("git add .");
	assert_string_equal(staged(), "");
}

static void a_staged_schema_concerns_every_record(void **state)
{
	(void)state;
	sh("git add . && git commit -qm one && sed -i 's/form, title\\]/form, title, due]/' .fmrec/schema/widget.yaml && git add .");
	assert_string_equal(staged(), PATH_OF " value.required;");
}

static void staged_attachments_are_judged(void **state)
{
	(void)state;
	sh("git add . && git commit -qm one");
	put("records/widget/2026/" ID "/x.log", "x");
	sh("git add .");
	assert_string_equal(staged(), "records/widget/2026/" ID "/x.log attachment.stray;");
}

/* ---- ranges ---- */

static const char *range(const char *text)
{
	static char out[8192];
	struct fixture fixture;
	struct fmr_check_result result;
	open_fixture(&fixture);
	fmr_findings_truncate(fixture.findings, 0);
	int code = fmr_check_range(fixture.store, text, NULL, NULL, fixture.findings, &result, &fixture.err);
	size_t used = 0;
	out[0] = '\0';
	for (size_t i = 0; i < fmr_findings_count(fixture.findings); i++) { /* without the commit ids */
		const struct fmr_finding *row = fmr_findings_at(fixture.findings, i);
		assert_int_equal(strcspn(row->path, ":"), 12);
		used += (size_t)snprintf(out + used, sizeof(out) - used, "%s %s;", row->path + 13, fmr_code_name(row->code));
	}
	if (code)
		snprintf(out, sizeof(out), "%s", fixture.err.text);
	close_fixture(&fixture);
	return out;
}

static void each_commit_is_judged_by_its_own_schema(void **state)
{
	(void)state;
	sh("git add . && git commit -qm one");
	assert_string_equal(range("HEAD"), "");
	put(PATH_OF, "id: " ID "\nform: 2\ntitle: x\ncolour: green\n");
	sh("git commit -qam 'not yet allowed'");
	sh("sed -i -e 's/enum: \\[red, blue\\]/enum: [red, blue, green]/' -e '/^        blue:/{p;s/blue/green/}' "
	   ".fmrec/schema/widget.yaml && git commit -qam 'allow it'");
	put(PATH_OF, "id: " ID "\nform: 2\ntitle: y\ncolour: green\n");
	sh("git commit -qam 'now allowed'");
	assert_string_equal(range("HEAD"), PATH_OF " value.enum;");
	assert_string_equal(range("HEAD~1..HEAD"), "");
	assert_string_equal(range("HEAD~3..HEAD~2"), PATH_OF " value.enum;");
	sh("git rm -q records/maker/MKR-ACME.yaml && git commit -qm gone");
	assert_string_equal(range("HEAD~1..HEAD"), "");
}

static void a_deletion_in_a_range_is_seen(void **state)
{
	(void)state;
	sh("git add . && git commit -qm one && git rm -q records/maker/MKR-ACME.yaml && git commit -qm gone");
	assert_string_equal(range("HEAD~1..HEAD"), PATH_OF " ref.dangling;");
}

static void two_good_branches_may_make_one_bad_tree(void **state)
{
	(void)state;
	sh("git add . && git commit -qm one && git checkout -qb side && git rm -q records/maker/MKR-ACME.yaml && "
		"sed -i /maker/d " PATH_OF " && git commit -qam 'maker gone' && git checkout -q -");
	put("records/widget/2026/WGT-20261121-AAAA.yaml", "id: WGT-20261121-AAAA\nform: 2\ntitle: x\nmaker: MKR-ACME\n");
	sh("git add . && git commit -qm 'link to maker' && git merge -q --no-edit side");
	assert_string_equal(range("HEAD~1..HEAD"), "records/widget/2026/WGT-20261121-AAAA.yaml ref.dangling;");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, sandbox_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_index_is_judged_not_the_work_tree),
		TEST(a_deletion_concerns_who_links_to_it),
		TEST(a_staged_schema_concerns_every_record),
		TEST(staged_attachments_are_judged),
		TEST(each_commit_is_judged_by_its_own_schema),
		TEST(a_deletion_in_a_range_is_seen),
		TEST(two_good_branches_may_make_one_bad_tree),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
