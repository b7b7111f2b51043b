/* A glance at a type file sees what reading all of it sees, however the file is written. */
#include "unit.h"

#include "base/alloc.h"
#include "base/datadir.h"
#include "base/fs.h"
#include "record/private.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

struct glance_fixture {
	struct fmr_arena arena;
	struct fmr_glance glance;
};

static bool glance(struct glance_fixture *fixture, const char *text)
{
	fixture->glance = (struct fmr_glance){ .taken = true };
	return fmr_type_glance(text, &fixture->arena, &fixture->glance);
}

static void sees(struct glance_fixture *fixture, const char *text, const char *directory, bool by_year)
{
	assert_true(glance(fixture, text));
	assert_string_equal(fixture->glance.directory, directory);
	assert_string_equal(fixture->glance.prefix, "WDG");
	assert_string_equal(fixture->glance.pattern, "{prefix}-{date}-{random}");
	assert_string_equal(fixture->glance.shipped_pattern, "{prefix}-{date}-{random}");
	assert_int_equal(fixture->glance.by_year, by_year);
}

static void every_shipped_type_is_seen_as_it_is(void **state)
{
	(void)state;
	char *directory = fmr_format("%s/schema/types", fmr_data_dir());
	DIR *types = opendir(directory);
	assert_non_null(types);
	size_t seen = 0;
	for (const struct dirent *entry; (entry = readdir(types));) {
		const size_t length = strlen(entry->d_name);
		struct glance_fixture fixture = { 0 };
		struct fmr_str text;
		if (length < 6 || strcmp(entry->d_name + length - 5, ".yaml") != 0)
			continue;
		char *path = fmr_format("%s/%s", directory, entry->d_name), *name = fmr_strndup(entry->d_name, length - 5);
		struct fmr_findings *findings = fmr_findings_new(10);
		fmr_arena_init(&fixture.arena);
		fmr_str_init(&text);
		assert_int_equal(fmr_file_read(AT_FDCWD, path, FMR_SCHEMA_FILE_SIZE, false, &text, NULL), 0);
		struct fmr_type *type = fmr_type_load(path, name, text.bytes, text.length, NULL, findings);
		assert_non_null(type);
		assert_true(glance(&fixture, text.bytes));
		assert_string_equal(fixture.glance.directory, type->directory);
		assert_string_equal(fixture.glance.prefix, type->prefix);
		assert_string_equal(fixture.glance.pattern, type->pattern);
		assert_int_equal(fixture.glance.by_year, type->by_year);
		seen++;
		fmr_type_free(type);
		fmr_findings_free(findings);
		fmr_str_release(&text);
		fmr_arena_release(&fixture.arena);
		free(name);
		free(path);
	}
	closedir(types);
	free(directory);
	assert_true(seen > 10);
}

static void other_ways_of_writing_are_read_as_yaml(void **state)
{
	(void)state;
	struct glance_fixture fixture = { 0 };
	fmr_arena_init(&fixture.arena);
	sees(&fixture, "x-fmrec: {directory: widget, by-year: true, id: {prefix: WDG, pattern: '{prefix}-{date}-{random}'}}\n",
		"widget", true);
	sees(&fixture, "\nx-fmrec:\n  id: {prefix: WDG, pattern: '{prefix}-{date}-{random}'}\n  directory: widget\n  by-year: true\n",
		"widget", true);
	sees(&fixture, "\nx-fmrec:\n  id:\n    prefix: WDG\n    pattern: '{prefix}-{date}-{random}'\n  directory: \"widget\"\n"
		"  by-year: false # for ever\n", "widget", false);
	sees(&fixture, "\nx-fmrec:\n  directory: widget # here\n  by-year: true\n"
		"  id: {pattern: '{prefix}-{date}-{random}', prefix: WDG}\n", "widget", true);
	/* a text that only looks like a key */
	sees(&fixture, "\nx-fmrec:\n  help:\n    en: |\n      directory: other\n      by-year: false\n"
		"  directory: widget\n  by-year: true\n  id: {prefix: WDG, pattern: '{prefix}-{date}-{random}'}\n", "widget", true);
	sees(&fixture, "description: |\n  x-fmrec:\n  directory: other\n\nx-fmrec:\n\n  directory: widget\n  by-year: true\n"
		"  id: {prefix: WDG, pattern: '{prefix}-{date}-{random}'}\n", "widget", true);
	fmr_arena_release(&fixture.arena);
}

static void what_is_missing_or_unsafe_is_not_seen(void **state)
{
	(void)state;
	struct glance_fixture fixture = { 0 };
	fmr_arena_init(&fixture.arena);
	assert_false(glance(&fixture, ""));
	assert_false(glance(&fixture, "\nx-fmrec:\n"));
	assert_false(glance(&fixture, "\nx-fmrec:\n  directory: widget\n  by-year: true\n"));
	assert_false(glance(&fixture, "\nx-fmrec:\n  directory: widget\n  by-year: true\nid: {prefix: WDG, pattern: '{random}'}\n"));
	assert_false(glance(&fixture, "\nx-fmrec:\n  directory: ../up\n  by-year: true\n  id: {prefix: W, pattern: '{random}'}\n"));
	assert_false(glance(&fixture, "\nx-fmrec:\n  directory: -up\n  by-year: true\n  id: {prefix: W, pattern: '{random}'}\n"));
	assert_false(glance(&fixture, "\nx-fmrec:\n  directory: widget\n  id: {prefix: W, pattern: '{random}'}\n"));
	fmr_arena_release(&fixture.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_shipped_type_is_seen_as_it_is),
		cmocka_unit_test(other_ways_of_writing_are_read_as_yaml),
		cmocka_unit_test(what_is_missing_or_unsafe_is_not_seen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
