#include "unit.h"

#include "schema/uri.h"

#include <string.h>

/* RFC 3986, 5.4 */
static void references_resolve_as_the_rfc_says(void **state)
{
	(void)state;
	static const char *const rows[][2] = { { "g:h", "g:h" }, { "g", "http://a/b/c/g" }, { "./g", "http://a/b/c/g" },
		{ "g/", "http://a/b/c/g/" }, { "/g", "http://a/g" }, { "//g", "http://g" }, { "?y", "http://a/b/c/d;p?y" },
		{ "g?y", "http://a/b/c/g?y" }, { "#s", "http://a/b/c/d;p?q" }, { "g#s", "http://a/b/c/g" },
		{ ";x", "http://a/b/c/;x" }, { "", "http://a/b/c/d;p?q" }, { ".", "http://a/b/c/" }, { "./", "http://a/b/c/" },
		{ "..", "http://a/b/" }, { "../", "http://a/b/" }, { "../g", "http://a/b/g" }, { "../..", "http://a/" },
		{ "../../g", "http://a/g" }, { "../../../g", "http://a/g" }, { "/./g", "http://a/g" }, { "/../g", "http://a/g" },
		{ "g.", "http://a/b/c/g." }, { "..g", "http://a/b/c/..g" }, { "./../g", "http://a/b/g" },
		{ "./g/.", "http://a/b/c/g/" }, { "g/./h", "http://a/b/c/g/h" }, { "g/../h", "http://a/b/c/h" },
		{ "g;x=1/../y", "http://a/b/c/y" }, { "g?y/../x", "http://a/b/c/g?y/../x" }, { "urn:x:y", "urn:x:y" } };
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_string_equal(fmr_uri_resolve(&arena, "http://a/b/c/d;p?q", rows[i][0], strlen(rows[i][0]), NULL), rows[i][1]);
	struct fmr_str fragment;
	fmr_str_init(&fragment);
	assert_string_equal(fmr_uri_resolve(&arena, "urn:uuid:1", "#/a%25b", 7, &fragment), "urn:uuid:1");
	assert_string_equal(fragment.bytes, "/a%b");
	fmr_str_release(&fragment);
	fmr_arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(references_resolve_as_the_rfc_says) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
