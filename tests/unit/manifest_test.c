/* What a signature covers: bytes of fields, and nothing else. */
#include "unit.h"

#include "trust/manifest.h"

#include "fmrec/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const both[] = { "title", "impact", NULL };

/* The manifest of a text, to free(); "" when there is none. */
static char *manifest_of(const char *text, const char *const *covers)
{
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct trust_content content = { .id = "X-1", .path = "records/x/X-1.yaml", .mode = 0100644,
		.text = { text, strlen(text) }, .root = fmr_yaml_read_quietly(text, strlen(text), &arena) };
	assert_non_null(content.root);
	struct fmr_str out;
	struct fmr_err err = { 0 };
	fmr_str_init(&out);
	fmr_trust_manifest(&content, covers, true, &out, &err);
	fmr_arena_release(&arena);
	return out.length ? fmr_str_detach(&out) : strdup("");
}

static void assert_manifest(const char *text, const char *const *covers, const char *body)
{
	char *got = manifest_of(text, covers), wanted[1024];
	snprintf(wanted, sizeof(wanted), "fmrec-manifest 1\nrecord X-1\npath records/x/X-1.yaml\nmode 100644\n%s", body);
	assert_string_equal(got, wanted);
	free(got);
}

static void fields_are_raw_bytes_in_byte_order(void **state)
{
	(void)state;
	assert_manifest("id: X-1\ntitle:  'a'   # why\nimpact:\n  users: 5\n  # in it\n  more: 6\n# behind it\nnote: b\n",
		both, "field impact 38\nimpact:\n  users: 5\n  # in it\n  more: 6\nfield title 11\ntitle:  'a'\n");
}

static void an_absent_field_is_said_to_be_absent(void **state)
{
	(void)state;
	assert_manifest("id: X-1\ntitle: a\n", both, "absent impact\nfield title 8\ntitle: a\n");
	assert_manifest("id: X-1\nimpact:\ntitle: a\n", both, "field impact 7\nimpact:\nfield title 8\ntitle: a\n");
}

static void the_whole_file_is_its_bytes(void **state)
{
	(void)state;
	assert_manifest("id: X-1\n", NULL, "file 8\nid: X-1\n\n");
}

static void a_block_scalar_keeps_its_lines(void **state)
{
	(void)state;
	static const char *const title[] = { "title", NULL };
	assert_manifest("title: |\n  a\n\n  b\n\n# c\nid: X-1\n", title, "field title 18\ntitle: |\n  a\n\n  b\n\n");
	/* ... and whether the last line is ended, which at the end of a file changes the text. */
	assert_manifest("id: X-1\ntitle: |\n  a\n", title, "field title 13\ntitle: |\n  a\n\n");
	assert_manifest("id: X-1\ntitle: |\n  a", title, "field title 12\ntitle: |\n  a\n");
	/* Lines that are part of the text are signed for, wherever the span of the value ends. */
	assert_manifest("title: |+\n  a\n\n\n# c\nid: X-1\n", title, "field title 16\ntitle: |+\n  a\n\n\n\n");
	assert_manifest("title:\n  - >+\n    a\n\nid: X-1\n", title, "field title 21\ntitle:\n  - >+\n    a\n\n\n");
	assert_manifest("title: |\n  a\n    \nid: X-1\n", title, "field title 18\ntitle: |\n  a\n    \n\n");
}

static void what_is_not_covered_changes_nothing(void **state)
{
	(void)state;
	char *a = manifest_of("id: X-1\ntitle: a\nimpact: 1\nnote: x\n", both);
	char *b = manifest_of("id: X-1\ntitle: a # see\nimpact: 1\nnote: y\nmore: z\n", both);
	assert_string_equal(a, b);
	free(a);
	free(b);
}

/* "|1" counts from the column of its key: the same bytes say something else when they are moved. */
static void fields_that_do_not_begin_a_line_cannot_be_signed_alone(void **state)
{
	(void)state;
	assert_manifest("{id: X-1, title: a, impact: 1}\n", NULL, "file 31\n{id: X-1, title: a, impact: 1}\n\n");
	const char *const texts[] = { "{id: X-1, title: a, impact: 1}\n", "  id: X-1\n  title: a\n  impact: 1\n" };
	for (size_t i = 0; i < 2; i++) {
		char *got = manifest_of(texts[i], both);
		assert_string_equal(got, "");
		free(got);
	}
}

static void attachments_are_listed(void **state)
{
	(void)state;
	const struct trust_attachment files[] = { { "records/x/X-1/a.png", 0100644, 12, "sha256:00" },
		{ "records/x/X-1/b.log", 0100644, 3, "sha256:11" } };
	const struct trust_content content = { .id = "X-1", .path = "p", .mode = 0100644, .text = { "", 0 },
		.attachments = files, .attachment_count = 2 };
	struct fmr_str out;
	struct fmr_err err = { 0 };
	fmr_str_init(&out);
	assert_int_equal(fmr_trust_manifest(&content, NULL, true, &out, &err), 0);
	assert_string_equal(out.bytes, "fmrec-manifest 1\nrecord X-1\npath p\nmode 100644\nfile 0\n\n"
		"attachment records/x/X-1/a.png 100644 12 sha256:00\nattachment records/x/X-1/b.log 100644 3 sha256:11\n");
	char digest[FMR_RECORD_DIGEST];
	assert_int_equal(fmr_trust_manifest_digest(&out, digest, &err), 0);
	assert_int_equal(strlen(digest), 71);
	fmr_str_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_raw_bytes_in_byte_order),
		cmocka_unit_test(an_absent_field_is_said_to_be_absent),
		cmocka_unit_test(the_whole_file_is_its_bytes),
		cmocka_unit_test(a_block_scalar_keeps_its_lines),
		cmocka_unit_test(what_is_not_covered_changes_nothing),
		cmocka_unit_test(fields_that_do_not_begin_a_line_cannot_be_signed_alone),
		cmocka_unit_test(attachments_are_listed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
