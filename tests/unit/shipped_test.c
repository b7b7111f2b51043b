/*
 * The shipped types, whatever they are called: each is a good type, its
 * example is a good record, and a template of it can be read.
 */
#include "unit.h"

#include "widget.h"

#include "base/fs.h"
#include "yaml/yaml.h"

#include <fcntl.h>

static int setup_shipped(void **state)
{
	if (sandbox_setup(state) != 0)
		return -1;
	setenv("FMREC_NOW", "2026-11-21T03:12:00+09:00", 1);
	setenv("FMREC_RANDOM_SEED", "1", 1);
	setenv("PACK", fmr_data_dir(), 1);
	sh("git init -q . && git config user.name Sato && mkdir .fmrec && cp -r \"$PACK/schema/types\" .fmrec/schema && "
	   "cp -r \"$PACK/schema/catalogue\" \"$PACK/schema/scaffold\" .fmrec && "
	   "cp \"$PACK/schema/pack/config.yaml\" .fmrec/config.yaml");
	return 0;
}

static void no_findings(const struct fixture *fixture, const char *subject)
{
	for (size_t i = 0; i < fmr_findings_count(fixture->findings); i++) {
		const struct fmr_finding *row = fmr_findings_at(fixture->findings, i);
		if (row->severity == FMR_ERROR)
			fail_msg("%s: %s:%zu:%zu: %s", subject, row->path, row->value.line, row->value.column,
				row->message);
	}
}

static void each_shipped_type_is_good(void **state)
{
	(void)state;
	struct fixture fixture;
	open_fixture(&fixture);
	assert_int_equal(fmr_book_check_config(fixture.book, fixture.findings, &fixture.err), 0);
	const char *const *names;
	size_t count;
	assert_int_equal(fmr_book_type_names(fixture.book, &names, &count, &fixture.err), 0);
	assert_true(count >= 6);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(fmr_book_check_type(fixture.book, names[i], fixture.findings, &fixture.err), 0);
		no_findings(&fixture, names[i]);
		type_of(&fixture, names[i]);
	}
	close_fixture(&fixture);
}

/* The id of an example, from its text. */
static char *example_id(struct fixture *fixture, const struct fmr_str *text)
{
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	const struct fmr_source source = { "example", text->bytes, text->length };
	const struct fmr_value *root = fmr_yaml_read_record(&source, &arena, fixture->findings);
	const char *id = fmr_value_string(fmr_value_get(root, "id"));
	assert_non_null(id);
	char *copy = fmr_strdup(id);
	fmr_arena_release(&arena);
	return copy;
}

static void put_example(struct fixture *fixture, const struct fmr_type *type)
{
	struct fmr_str text, path;
	fmr_str_init(&text);
	fmr_str_init(&path);
	char *file = fmr_format("%s/schema/example/%s.yaml", fmr_data_dir(), type->name);
	assert_int_equal(fmr_file_read(AT_FDCWD, file, 1 << 20, false, &text, &fixture->err), 0);
	char *id = example_id(fixture, &text);
	assert_true(fmr_id_path(type, id, &path));
	put(path.bytes, text.bytes);
	char *line = fmr_format("test ! -d \"$PACK/schema/example/%s\" || cp -r \"$PACK/schema/example/%s\" '%.*s'", id, id,
		(int)(path.length - 5), path.bytes);
	sh(line);
	free(line);
	free(file);
	free(id);
	fmr_str_release(&text);
	fmr_str_release(&path);
}

static void examples_are_good_in_their_first_state(void **state)
{
	(void)state;
	struct fixture fixture;
	struct fmr_check_result result;
	open_fixture(&fixture);
	const char *const *names;
	size_t count;
	assert_int_equal(fmr_book_type_names(fixture.book, &names, &count, &fixture.err), 0);
	for (size_t i = 0; i < count; i++)
		put_example(&fixture, type_of(&fixture, names[i]));
	assert_int_equal(fmr_check(fixture.book, NULL, fixture.findings, &result, &fixture.err), 0);
	no_findings(&fixture, "examples");
	assert_int_equal(result.records, count);
	close_fixture(&fixture);
}

static bool is_reached(const struct fmr_type *type, const char *state)
{
	for (size_t i = 0; i < type->transition_count; i++)
		if (type->transitions[i].to && strcmp(type->transitions[i].to, state) == 0)
			return true;
	return false;
}

static void check_words(const struct fmr_words *words, const char *subject)
{
	if (!words->in[FMR_ENGLISH] || !words->in[FMR_JAPANESE])
		fail_msg("%s has not both languages", subject);
}

/* F-130 to F-150: every state is entered by a signature, and every signature is somebody's. */
static void each_state_is_entered_by_a_signature(void **state)
{
	(void)state;
	struct fixture fixture;
	open_fixture(&fixture);
	const char *const *names;
	size_t count;
	assert_int_equal(fmr_book_type_names(fixture.book, &names, &count, &fixture.err), 0);
	for (size_t i = 0; i < count; i++) {
		const struct fmr_type *type = type_of(&fixture, names[i]);
		for (size_t j = 1; j < type->state_count; j++)
			if (!is_reached(type, type->states[j].name))
				fail_msg("%s: no transition leads to %s", names[i], type->states[j].name);
		assert_true(type->transition_count > 0);
		for (size_t j = 0; j < type->transition_count; j++) {
			const struct fmr_transition_rule *rule = &type->transitions[j];
			check_words(&rule->label, rule->name);
			check_words(&rule->help, rule->name);
			for (size_t k = 0; k < rule->slot_count; k++) {
				check_words(&rule->slots[k].declares, rule->name);
				assert_non_null(rule->slots[k].by[0]);
				for (const char *const *role = rule->slots[k].by; *role; role++)
					assert_non_null(fmr_book_role(fixture.book, *role));
			}
		}
	}
	close_fixture(&fixture);
}

static void judge_template(struct fixture *fixture, const struct fmr_type *type, enum fmr_language language)
{
	char id[FMR_ID_LENGTH + 1];
	struct fmr_str text;
	fmr_str_init(&text);
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	assert_int_equal(fmr_id_make(fixture->book, type, "NAME", 1795198320, id, &fixture->err), 0);
	assert_int_equal(fmr_template_write(fixture->book, type, id, NULL, language, true, &text, &fixture->err), 0);
	/* with the fields taken out of their comments it is still YAML: a "# name:" line and what is indented below */
	bool field = false;
	for (char *line = text.bytes; line && *line; line = strchr(line, '\n'), line += line != NULL) {
		size_t word = line[0] == '#' && line[1] == ' ' ? strspn(line + 2, "abcdefghijklmnopqrstuvwxyz0123456789_") : 0;
		field = (word && line[2 + word] == ':' && fmr_type_field(type, fmr_arena_strndup(&arena, line + 2, word))) ||
			(field && strncmp(line, "#   ", 4) == 0);
		if (field)
			memcpy(line, "\x01\x01", 2);
	}
	struct fmr_str plain;
	fmr_str_init(&plain);
	for (size_t i = 0; i < text.length; i++)
		if (text.bytes[i] != 1)
			fmr_str_putc(&plain, text.bytes[i]);
	const struct fmr_source bare = { "template", plain.bytes, plain.length };
	assert_non_null(fmr_yaml_read_record(&bare, &arena, fixture->findings));
	fmr_str_release(&plain);
	fmr_arena_release(&arena);
	fmr_str_release(&text);
}

static void templates_can_be_read(void **state)
{
	(void)state;
	struct fixture fixture;
	open_fixture(&fixture);
	const char *const *names;
	size_t count;
	assert_int_equal(fmr_book_type_names(fixture.book, &names, &count, &fixture.err), 0);
	for (size_t i = 0; i < count; i++) {
		judge_template(&fixture, type_of(&fixture, names[i]), FMR_JAPANESE);
		judge_template(&fixture, type_of(&fixture, names[i]), FMR_ENGLISH);
	}
	close_fixture(&fixture);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_shipped, sandbox_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_shipped_type_is_good),
		TEST(each_state_is_entered_by_a_signature),
		TEST(examples_are_good_in_their_first_state),
		TEST(templates_can_be_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
