/* The check of whole trees. */
#include "unit.h"

#include "widget.h"

static const char *check(struct fixture *fixture, const struct fmr_check_options *options)
{
	struct fmr_check_result result;
	fmr_findings_truncate(fixture->findings, 0);
	int code = fmr_check(fixture->book, options, fixture->findings, &result, &fixture->err);
	return code ? fixture->err.text : codes(fixture->findings);
}

static const char *check_places(struct fixture *fixture, const struct fmr_check_options *options)
{
	const char *got = check(fixture, options);
	return got == fixture->err.text ? got : places(fixture->findings);
}

static void a_clean_tree_is_clean(void **state)
{
	(void)state;
	struct fixture fixture;
	open_fixture(&fixture);
	assert_string_equal(check(&fixture, NULL), "");
	close_fixture(&fixture);
}

static void names_are_checked(void **state)
{
	(void)state;
	put("records/widget/2025/" ID ".yaml", "id: " ID "\nform: 2\ntitle: Twin\n");
	put("records/maker/mkr-acme.yaml", "id: mkr-acme\nform: 1\nname: x\n");
	put("records/maker/MKR-ACM3.yml", "id: MKR-ACM3\nform: 1\nname: x\n");
	put("records/gadget/G-1.yaml", "id: G-1\n");
	put("records/gadget/G-2.yaml", "id: G-2\n");
	put("records/README.md", "hello\n");
	put("records/maker/.gitkeep", "");
	sh("ln -s MKR-ACME.yaml records/maker/MKR-LINK.yaml && ln -s /etc records/widget/2024");
	sh("cp records/maker/MKR-ACME.yaml records/maker/MKR-EXEC.yaml && chmod +x records/maker/MKR-EXEC.yaml");
	struct fixture fixture;
	open_fixture(&fixture);
	assert_string_equal(check_places(&fixture, NULL),
		"records/README.md attachment.stray;"
		"records/gadget/G-1.yaml record.type;"
		"records/maker/MKR-ACM3.yml record.path;"
		"records/maker/MKR-EXEC.yaml record.mode;"
		"records/maker/MKR-EXEC.yaml record.path;"
		"records/maker/MKR-LINK.yaml record.mode;"
		"records/maker/mkr-acme.yaml id.form;"
		"records/maker/mkr-acme.yaml id.case;"
		"records/widget/2024 record.mode;"
		"records/widget/2025/" ID ".yaml record.path;"
		"records/widget/2026/" ID ".yaml id.duplicate;");
	close_fixture(&fixture);
}

static void names_that_are_no_utf8_do_no_harm(void **state)
{
	(void)state;
	sh("cd records/maker && printf 'id: x\\n' > \"$(printf 'MKR-\\377.yaml')\" && printf 'x' > \"$(printf 'a\\033[1m.yaml')\"");
	struct fixture fixture;
	open_fixture(&fixture);
	const char *got = check_places(&fixture, NULL);
	assert_string_equal(got, "records/maker/MKR-\\xff.yaml record.mode;records/maker/a\\x1b[1m.yaml record.mode;");
	for (size_t i = 0; i < fmr_findings_count(fixture.findings); i++)
		assert_null(strchr(fmr_findings_at(fixture.findings, i)->path, '\033'));
	close_fixture(&fixture);
}

static void links_lead_somewhere(void **state)
{
	(void)state;
	put("records/widget/2026/WGT-20261121-AAAA.yaml",
		"id: WGT-20261121-AAAA\nform: 2\ntitle: x\nmaker: MKR-NONE\nparts:\n  - of: " ID "\n  - of: WGT-20261121-7KQ3\n  - of: MKR-ACME\n");
	put("records/widget/2026/WGT-20261121-BBBB.yaml", "not: [yaml\n");
	put("records/widget/2026/WGT-20261121-CCCC.yaml",
		"id: WGT-20261121-CCCC\nform: 2\ntitle: x\nparts: [{of: WGT-20261121-BBBB}]\n");
	struct fixture fixture;
	open_fixture(&fixture);
	assert_string_equal(check_places(&fixture, NULL),
		"records/widget/2026/WGT-20261121-AAAA.yaml ref.dangling;"
		"records/widget/2026/WGT-20261121-AAAA.yaml ref.dangling;"
		"records/widget/2026/WGT-20261121-AAAA.yaml ref.type;"
		"records/widget/2026/WGT-20261121-BBBB.yaml yaml.syntax;");
	assert_string_equal(fmr_findings_at(fixture.findings, 1)->hint, "did you mean '" ID "'?");
	assert_string_equal(fmr_findings_at(fixture.findings, 1)->pointer, "/parts/1/of");
	/* one by one, the same */
	static const char *const paths[] = { "records/widget/2026/WGT-20261121-CCCC.yaml",
		"records/widget/2026/WGT-20261121-AAAA.yaml" };
	const struct fmr_check_options some = { .paths = paths, .path_count = 2 };
	assert_string_equal(check(&fixture, &some), "ref.dangling:4 ref.dangling:7 ref.type:8");
	assert_string_equal(fmr_findings_at(fixture.findings, 1)->hint, "did you mean '" ID "'?");
	close_fixture(&fixture);
}

static void attachments_are_what_was_attached(void **state)
{
	(void)state;
	put(PATH_OF, "id: " ID "\nform: 2\ntitle: x\nattachments:\n"
		"  - {file: good.log, size: 3, sha256: 98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4}\n"
		"  - {file: size.log, size: 9, sha256: 98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4}\n"
		"  - {file: text.log, size: 3, sha256: 98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4}\n"
		"  - {file: gone.log, size: 3, sha256: 98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4}\n"
		"  - {file: link.log, size: 3, sha256: 98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4}\n");
	sh("mkdir -p records/widget/2026/" ID "/deep && cd records/widget/2026/" ID " && printf 'hi\\n' > good.log && "
		"printf 'hi\\n' > size.log && printf 'ho\\n' > text.log && ln -s good.log link.log && "
		"printf x > more.log && printf x > deep/er.log");
	put("records/widget/2026/WGT-20261121-NONE/x.log", "x");
	struct fixture fixture;
	open_fixture(&fixture);
	const char *expected = "records/widget/2026/" ID ".yaml attachment.changed;"
		"records/widget/2026/" ID ".yaml attachment.changed;"
		"records/widget/2026/" ID ".yaml attachment.missing;"
		"records/widget/2026/" ID ".yaml record.mode;"
		"records/widget/2026/" ID "/deep/er.log attachment.stray;"
		"records/widget/2026/" ID "/link.log record.mode;"
		"records/widget/2026/" ID "/more.log attachment.stray;"
		"records/widget/2026/WGT-20261121-NONE/x.log attachment.stray;";
	assert_string_equal(check_places(&fixture, NULL), expected);
	const struct fmr_check_options quick = { .no_attachments = true };
	assert_null(strstr(check(&fixture, &quick), "attachment.changed:7"));
	close_fixture(&fixture);
}

static void broken_types_do_not_hide_other_records(void **state)
{
	(void)state;
	sh("sed -i 's/heading: title/heading: titel/' .fmrec/schema/widget.yaml");
	put("records/maker/MKR-X.yaml", "id: MKR-X\nform: 1\n");
	struct fixture fixture;
	open_fixture(&fixture);
	assert_string_equal(check_places(&fixture, NULL),
		".fmrec/schema/widget.yaml schema.invalid;records/maker/MKR-X.yaml value.required;");
	close_fixture(&fixture);
}

static void many(int count)
{
	for (int i = 0; i < count; i++) {
		char path[128], text[256];
		snprintf(path, sizeof(path), "records/widget/2026/WGT-20261122-%04d.yaml", i);
		snprintf(text, sizeof(text), "id: WGT-20261122-%04d\nform: 2\ntitle: x\ncolour: %s\nparts: [{of: WGT-20261122-%04d}]\n",
			i, i % 50 ? "red" : "green", (i * 7) % (count + count / 10));
		FILE *file = fopen(path, "w");
		assert_non_null(file);
		fputs(text, file);
		fclose(file);
	}
}

static void threads_find_the_same(void **state)
{
	(void)state;
	many(600);
	struct fixture fixture;
	open_fixture(&fixture);
	struct fmr_check_options options = { .threads = 1 };
	char *alone = fmr_strdup(check_places(&fixture, &options));
	assert_true(strlen(alone) > 1000);
	for (options.threads = 2; options.threads < 9; options.threads += 3)
		assert_string_equal(check_places(&fixture, &options), alone);
	/* and the same in the index and in a commit, whose objects the threads read together */
	sh("git add . && git commit -qm all");
	static const enum fmr_view_kind kinds[] = { FMR_VIEW_STAGED, FMR_VIEW_COMMIT };
	for (size_t i = 0; i < 2; i++) {
		struct fixture other = { .findings = fmr_findings_new(0) };
		options.threads = 4;
		assert_int_equal(fmr_view_open(fixture.store, kinds[i], "HEAD", &other.view, &other.err), 0);
		assert_int_equal(fmr_book_open(other.view, &other.book, other.findings, &other.err), 0);
		assert_string_equal(check_places(&other, &options), alone);
		fmr_book_close(other.book);
		fmr_view_close(other.view);
		fmr_findings_free(other.findings);
	}
	free(alone);
	close_fixture(&fixture);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, sandbox_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_clean_tree_is_clean),
		TEST(names_are_checked),
		TEST(names_that_are_no_utf8_do_no_harm),
		TEST(links_lead_somewhere),
		TEST(attachments_are_what_was_attached),
		TEST(broken_types_do_not_hide_other_records),
		TEST(threads_find_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
