#include "unit.h"

#include "base/source.h"
#include "base/str.h"
#include "fmrec/schema.h"
#include "yaml/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One schema and the memory it needs. */
struct setup {
	struct fmr_arena arena;
	struct fmr_source source;
	struct fmr_schema *schema;
	struct fmr_checker *checker;
	struct fmr_findings *findings;
};

static const struct fmr_value *read_yaml(struct fmr_arena *arena, const struct fmr_source *source)
{
	struct fmr_findings *findings = fmr_findings_new(0);
	struct fmr_documents documents = { 0 };
	fmr_yaml_read(source, FMR_YAML_FOREIGN, arena, &documents, findings);
	if (fmr_findings_count(findings))
		fail_msg("%s: %s", source->path, fmr_findings_at(findings, 0)->message);
	fmr_findings_free(findings);
	return documents.roots[0];
}

static const struct fmr_schema_options usual = { .data_dir = ".", .assert_format = true };

static void set_up_with(struct setup *s, const char *schema, const struct fmr_schema_options *options)
{
	*s = (struct setup){ .source = { "schema.yaml", schema, strlen(schema) } };
	fmr_arena_init(&s->arena);
	s->findings = fmr_findings_new(100);
	s->checker = fmr_checker_new();
	const struct fmr_value *root = read_yaml(&s->arena, &s->source);
	assert_int_equal(fmr_schema_compile(&s->source, root, options, &s->schema, s->findings, NULL), 0);
	assert_true(!s->schema == (fmr_findings_count(s->findings) > 0));
}

static void set_up(struct setup *s, const char *schema)
{
	set_up_with(s, schema, &usual);
	if (!s->schema)
		fail_msg("schema refused: %s", fmr_findings_at(s->findings, 0)->message);
}

static void tear_down(struct setup *s)
{
	fmr_schema_free(s->schema);
	fmr_checker_free(s->checker);
	fmr_findings_free(s->findings);
	fmr_arena_release(&s->arena);
}

static bool check(struct setup *s, const char *instance)
{
	struct fmr_source source = { "record.yaml", instance, strlen(instance) };
	const struct fmr_value *value = read_yaml(&s->arena, &source);
	fmr_findings_truncate(s->findings, 0);
	return fmr_schema_check(s->schema, s->checker, &source, value, s->findings);
}

static void accepts(struct setup *s, const char *instance)
{
	if (!check(s, instance))
		fail_msg("should be valid: %s: %s", instance, fmr_findings_at(s->findings, 0)->message);
	assert_int_equal(fmr_findings_count(s->findings), 0);
}

/* expected: "value.type 1:5" for each finding, in the order of the text, separated by ", " */
static void refuses(struct setup *s, const char *instance, const char *expected)
{
	assert_false(check(s, instance));
	fmr_findings_sort(s->findings);
	struct fmr_str got;
	fmr_str_init(&got);
	for (size_t i = 0; i < fmr_findings_count(s->findings); i++) {
		const struct fmr_finding *row = fmr_findings_at(s->findings, i);
		fmr_str_printf(&got, "%s%s %zu:%zu", i ? ", " : "", fmr_code_name(row->code), row->value.line, row->value.column);
	}
	if (strcmp(got.bytes, expected))
		fail_msg("%s\n  found    %s\n  expected %s\n  first: %s", instance, got.bytes, expected,
			fmr_findings_at(s->findings, 0)->message);
	fmr_str_release(&got);
}

static const struct fmr_finding *only_finding(struct setup *s, const char *instance)
{
	assert_false(check(s, instance));
	assert_int_equal(fmr_findings_count(s->findings), 1);
	return fmr_findings_at(s->findings, 0);
}

static void refuses_schema(const char *schema, enum fmr_code code, size_t line)
{
	struct setup s;
	set_up_with(&s, schema, &usual);
	if (s.schema)
		fail_msg("schema should be refused: %s", schema);
	assert_int_equal(fmr_findings_count(s.findings), 1);
	const struct fmr_finding *row = fmr_findings_at(s.findings, 0);
	assert_string_equal(fmr_code_name(row->code), fmr_code_name(code));
	assert_int_equal(row->value.line, line);
	tear_down(&s);
}

/* ---- findings ---- */

static void each_item_that_a_list_lacks_is_named(void **state)
{
	(void)state;
	struct setup s;
	set_up(&s, "properties:\n  parts:\n    allOf:\n"
		"      - contains: {properties: {part: {const: lan}}, required: [part]}\n"
		"      - contains: {properties: {part: {enum: [mail, web]}}, required: [part, by]}\n"
		"      - contains: {type: string}\n");
	assert_false(check(&s, "parts: [{part: wan, by: x}]\n"));
	assert_int_equal(fmr_findings_count(s.findings), 3);
	assert_string_equal(fmr_findings_at(s.findings, 0)->message, "'parts' has no item with part: lan");
	assert_string_equal(fmr_findings_at(s.findings, 1)->message, "'parts' has no item with part: mail, web; by");
	assert_string_equal(fmr_findings_at(s.findings, 2)->message,
		"'parts' holds 0 items of the required kind, at least 1 are needed");
	accepts(&s, "parts: [{part: lan}, {part: web, by: x}, z]\n");
	tear_down(&s);
}

static void findings_say_where_and_what(void **state)
{
	(void)state;
	struct setup s;
	set_up(&s, "type: object\nadditionalProperties: false\nrequired: [title]\n"
		"properties:\n  title: {type: string, minLength: 1}\n  severity: {enum: [S1, S2, S3, S4]}\n"
		"  impact: {type: object, properties: {users: {type: integer, minimum: 0}}}\n"
		"  list: {type: array, items: {type: string}, maxItems: 2, uniqueItems: true}\n");
	accepts(&s, "title: x\nseverity: S1\nimpact: {users: 3}\nlist: [a, b]\n");
	const struct fmr_finding *row = only_finding(&s, "title: x\nseverity: S7\n");
	assert_string_equal(row->message, "'severity' has no value 'S7'");
	assert_string_equal(row->expected, "S1, S2, S3, S4");
	assert_string_equal(row->pointer, "/severity");
	assert_string_equal(row->schema_pointer, "schema.yaml#/properties/severity/enum");
	assert_string_equal(row->line_text, "severity: S7");
	assert_int_equal(row->value.line, 2);
	assert_int_equal(row->value.column, 11);
	assert_int_equal(row->key.column, 1);
	row = only_finding(&s, "title: x\nseverty: S1\n");
	assert_int_equal(row->code, FMR_CODE_VALUE_UNKNOWN_FIELD);
	assert_string_equal(row->message, "there is no field 'severty'");
	assert_string_equal(row->hint, "did you mean 'severity'?");
	row = only_finding(&s, "title: x\nimpact:\n  users: -1\n");
	assert_string_equal(row->message, "'impact.users' is too small: it must be at least 0");
	assert_string_equal(row->found, "-1");
	row = only_finding(&s, "title: 5.0\n");
	assert_string_equal(row->message, "'title' is a number, not a string");
	assert_string_equal(row->hint, "write it in quotes: \"5.0\"");
	row = only_finding(&s, "impact: {}\n");
	assert_string_equal(row->message, "'title' is missing");
	refuses(&s, "severity: 1\nlist: [a, 2, a]\n",
		"value.required 1:1, value.enum 1:11, value.items 2:7, value.type 2:11, value.unique 2:14");
	tear_down(&s);
}

static void unions_name_the_closest_alternative(void **state)
{
	(void)state;
	struct setup s;
	set_up(&s, "properties:\n"
		"  at: {anyOf: [{type: string, format: date-time}, {type: string, format: date}, {const: unknown}]}\n"
		"  shape:\n    oneOf:\n"
		"      - {type: object, properties: {kind: {const: circle}, r: {type: number}}, required: [kind, r]}\n"
		"      - {type: object, properties: {kind: {const: square}, side: {type: number}}, required: [kind, side]}\n"
		"      - {type: 'null'}\n");
	accepts(&s, "at: unknown\nshape: {kind: circle, r: 1}\n");
	accepts(&s, "at: 2026-11-21\nshape: null\n");
	const struct fmr_finding *row = only_finding(&s, "at: 2026-11-31\n");
	assert_int_equal(row->code, FMR_CODE_VALUE_ANY_OF);
	assert_string_equal(row->expected,
		"a date and time such as 2026-11-21T03:12:00+09:00, a date such as 2026-11-21, or 'unknown'");
	row = only_finding(&s, "at: 5\n");
	assert_string_equal(row->message, "'at' fits none of the alternatives");
	row = only_finding(&s, "at: unknwon\n");
	assert_string_equal(row->hint, "did you mean 'unknown'?");
	row = only_finding(&s, "shape: {kind: square, side: x}\n");
	assert_int_equal(row->code, FMR_CODE_VALUE_TYPE);
	assert_string_equal(row->pointer, "/shape/side");
	row = only_finding(&s, "shape: {kind: square}\n");
	assert_string_equal(row->message, "'shape.side' is missing");
	row = only_finding(&s, "shape: 5\n");
	assert_int_equal(row->code, FMR_CODE_VALUE_ONE_OF);
	assert_string_equal(row->expected, "a mapping, or null");
	tear_down(&s);
}

/* A wrong date is the commonest fault of all: the finding says what is wrong with it, not that it "fits nothing". */
static void wrong_dates_are_explained(void **state)
{
	(void)state;
	static const struct {
		const char *text, *message, *hint;
	} cases[] = {
		{ "2026-11-31", "names a day that does not exist", NULL },
		{ "2025-02-29T10:00:00Z", "names a day that does not exist", NULL },
		{ "2026-13-01", "names a month that does not exist", NULL },
		{ "2026-11-21T25:00:00+09:00", "names a time of day that does not exist", NULL },
		{ "2026-11-21T03:05:00", "has no offset from UTC",
			"write it as 2026-11-21T03:05:00 with the offset from UTC behind, such as +09:00" },
		{ "2026-11-21 3:05", "is no date or time as it is written here",
			"write it as 2026-11-21T03:05:00 with the offset from UTC behind, such as +09:00" },
		{ "2026/4/1", "is no date or time as it is written here", "write it as 2026-04-01" },
		{ "令和8年4月1日", "is no date or time as it is written here", "write it as 2026-04-01" },
		{ "yesterday", "is no date or time as it is written here", NULL },
	};
	struct setup s;
	set_up(&s, "properties:\n"
		"  at: {anyOf: [{type: string, format: date-time}, {type: string, format: date}, {const: unknown}]}\n");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char instance[100], message[100];
		snprintf(instance, sizeof(instance), "at: %s\n", cases[i].text);
		snprintf(message, sizeof(message), "'at' %s", cases[i].message);
		const struct fmr_finding *row = only_finding(&s, instance);
		assert_string_equal(row->message, message);
		if (cases[i].hint)
			assert_string_equal(row->hint, cases[i].hint);
		else
			assert_null(row->hint);
	}
	tear_down(&s);
	set_up(&s, "properties:\n  at: {type: string, format: date-time}\n");
	assert_string_equal(only_finding(&s, "at: 2026-11-21\n")->message, "'at' is a day without a time");
	assert_string_equal(only_finding(&s, "at: noon\n")->message,
		"'at' is not a date and time such as 2026-11-21T03:12:00+09:00");
	tear_down(&s);
}

static void faults_are_not_repeated(void **state)
{
	(void)state;
	struct setup s;
	set_up(&s, "allOf:\n  - {properties: {a: {type: integer}}}\n  - {properties: {a: {type: integer}, b: true}}\n"
		"properties: {c: {type: string}}\nunevaluatedProperties: false\n");
	accepts(&s, "a: 1\nb: 2\nc: x\n");
	refuses(&s, "a: x\nb: 2\nc: y\n", "value.type 1:4");
	refuses(&s, "a: x\nd: 2\n", "value.type 1:4, value.unknown-field 2:1");
	tear_down(&s);
	/* fields that only a failed alternative knows are no news either */
	set_up(&s, "anyOf:\n  - {properties: {a: {type: integer}}, required: [a]}\n  - {required: [z]}\n"
		"unevaluatedProperties: false\n");
	refuses(&s, "a: x\n", "value.type 1:4");
	tear_down(&s);
}

static void many_findings_are_capped(void **state)
{
	(void)state;
	struct setup s;
	set_up(&s, "items: {type: string}\n");
	struct fmr_str text;
	fmr_str_init(&text);
	for (int i = 0; i < 1000; i++)
		fmr_str_puts(&text, "- 1\n");
	assert_false(check(&s, text.bytes));
	assert_int_equal(fmr_findings_count(s.findings), 100);
	assert_int_equal(fmr_findings_dropped(s.findings), 900);
	assert_int_equal(fmr_findings_at(s.findings, 99)->value.line, 100);
	fmr_str_release(&text);
	tear_down(&s);
}

/* ---- broken schemas ---- */

static void broken_schemas_yield_one_finding(void **state)
{
	(void)state;
	refuses_schema("type: object\nproperties:\n  a: {type: strng}\n", FMR_CODE_SCHEMA_INVALID, 3);
	refuses_schema("properties:\n  a: {minimum: '1'}\n  b: {maximum: '1'}\n", FMR_CODE_SCHEMA_INVALID, 2);
	refuses_schema("properties: []\n", FMR_CODE_SCHEMA_INVALID, 1);
	refuses_schema("- 1\n", FMR_CODE_SCHEMA_INVALID, 1);
	refuses_schema("properties:\n  a: {$ref: '#/$defs/none'}\n", FMR_CODE_SCHEMA_REF, 2);
	refuses_schema("properties:\n  a:\n    $ref: https://example.org/other.json\n", FMR_CODE_SCHEMA_REF, 3);
	refuses_schema("properties:\n  a: {pattern: '(a'}\n", FMR_CODE_SCHEMA_PATTERN, 2);
	refuses_schema("patternProperties:\n  '(a': true\n", FMR_CODE_SCHEMA_PATTERN, 2);
	refuses_schema("pattern: (?<=a+)b\n", FMR_CODE_SCHEMA_PATTERN, 1);
	refuses_schema("$schema: http://json-schema.org/draft-04/schema#\n", FMR_CODE_SCHEMA_DIALECT, 1);
	refuses_schema("unknown: {type: 5}\n$ref: '#/unknown'\n", FMR_CODE_SCHEMA_INVALID, 1);
	refuses_schema("$schema: http://json-schema.org/draft-07/schema#\nrequired: a\n", FMR_CODE_SCHEMA_INVALID, 2);
}

static void broken_schemas_are_survived_without_metaschema(void **state)
{
	(void)state;
	static const char *const schemas[] = { "type: 5", "type: [string, x]", "properties: 1", "properties: {a: 1}", "allOf: {}",
		"anyOf: [1]", "items: 3", "prefixItems: {}", "required: [1]", "minLength: -1", "minLength: 1.5", "maximum: x",
		"multipleOf: 0", "pattern: '('", "patternProperties: {'(': true}", "enum: x", "dependentRequired: {a: [1]}",
		"dependentRequired: {a: b}", "$ref: 5", "$dynamicRef: 5", "not: x", "if: 1", "5", "uniqueItems: 3", "format: 1",
		"contains: []", "dependencies: {a: 1}" };
	struct fmr_schema_options options = usual;
	options.skip_metaschema = true;
	for (size_t i = 0; i < sizeof(schemas) / sizeof(*schemas); i++) {
		struct setup s;
		set_up_with(&s, schemas[i], &options);
		if (s.schema)
			fail_msg("should be refused: %s", schemas[i]);
		tear_down(&s);
	}
}

/* ---- hostile schemas ---- */

static void endless_references_end(void **state)
{
	(void)state;
	struct setup s;
	set_up(&s, "$ref: '#'\n");
	refuses(&s, "a: 1\n", "value.depth 1:1");
	tear_down(&s);
	set_up(&s, "not: {$ref: '#/$defs/a'}\n$defs: {a: {$ref: '#/$defs/b'}, b: {allOf: [{$ref: '#/$defs/a'}]}}\n");
	refuses(&s, "a: 1\n", "value.depth 1:1");
	tear_down(&s);
	/* 2^40 ways to fail */
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_puts(&text, "$ref: '#/$defs/n0'\n$defs:\n");
	for (int i = 0; i < 40; i++)
		fmr_str_printf(&text, "  n%d: {anyOf: [{$ref: '#/$defs/n%d'}, {$ref: '#/$defs/n%d'}]}\n", i, i + 1, i + 1);
	fmr_str_puts(&text, "  n40: {type: string}\n");
	set_up(&s, text.bytes);
	refuses(&s, "1\n", "value.depth 1:1");
	fmr_str_release(&text);
	tear_down(&s);
}

static void catastrophic_patterns_are_findings(void **state)
{
	(void)state;
	struct setup s;
	set_up(&s, "properties:\n  a: {pattern: '^(a+)+$'}\n  b: {not: {pattern: '^(a+)+$'}}\n");
	accepts(&s, "a: aaaa\nb: x\n");
	refuses(&s, "a: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\n", "value.pattern-limit 1:4");
	refuses(&s, "b: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\n", "value.pattern-limit 1:4");
	tear_down(&s);
}

static void deep_values_and_schemas_fit_the_stack(void **state)
{
	(void)state;
	struct setup s;
	struct fmr_str text;
	fmr_str_init(&text);
	set_up(&s, "allOf: [{anyOf: [{oneOf: [{type: array, items: {$ref: '#'}}, {type: string}]}]}]\n");
	for (int i = 0; i < 60; i++)
		fmr_str_putc(&text, '[');
	for (int i = 0; i < 60; i++)
		fmr_str_putc(&text, ']');
	accepts(&s, text.bytes);
	tear_down(&s);
	fmr_str_clear(&text);
	for (int i = 0; i < 60; i++)
		fmr_str_puts(&text, "{not: ");
	fmr_str_puts(&text, "{type: string}");
	for (int i = 0; i < 60; i++)
		fmr_str_putc(&text, '}');
	set_up(&s, text.bytes);
	accepts(&s, "x");
	refuses(&s, "1", "value.not 1:1");
	tear_down(&s);
	fmr_str_release(&text);
}

/* ---- draft-07 ---- */

#define SEVEN "$schema: http://json-schema.org/draft-07/schema#\n"

static void draft_07_has_its_own_rules(void **state)
{
	(void)state;
	struct setup s;
	set_up(&s, SEVEN "definitions: {a: {type: string}}\nproperties:\n  x: {$ref: '#/definitions/a', maxLength: 1}\n");
	accepts(&s, "x: long enough\n"); /* nothing beside $ref counts */
	refuses(&s, "x: 1\n", "value.type 1:4");
	tear_down(&s);

	set_up(&s, SEVEN "items: [{type: string}, {type: integer}]\nadditionalItems: false\n");
	accepts(&s, "[a, 1]\n");
	refuses(&s, "[1, 1]\n", "value.type 1:2");
	refuses(&s, "[a, 1, 2]\n", "value.items 1:8");
	tear_down(&s);

	set_up(&s, SEVEN "items: {type: string}\nadditionalItems: false\nprefixItems: [false]\n");
	accepts(&s, "[a, b]\n"); /* additionalItems needs a list; prefixItems is no keyword yet */
	tear_down(&s);

	set_up(&s, SEVEN "dependencies: {a: [b], c: {required: [d]}}\nunevaluatedProperties: false\nminContains: 5\n");
	accepts(&s, "a: 1\nb: 2\n");
	refuses(&s, "a: 1\nc: 2\n", "value.required 1:1, value.required 1:1");
	tear_down(&s);

	set_up(&s, SEVEN "contains: {type: string}\nminContains: 2\nif: {maxItems: 1}\nthen: {contains: {const: a}}\n");
	accepts(&s, "[a]\n");
	accepts(&s, "[b, 1]\n");
	refuses(&s, "[b]\n", "value.contains 1:1");
	tear_down(&s);
}

static void draft_07_names_by_id_fragments(void **state)
{
	(void)state;
	struct setup s;
	set_up(&s, SEVEN "$id: http://example.org/root.json\ndefinitions:\n  A: {$id: '#foo', type: integer}\n"
		"  B:\n    $id: nested.json\n    definitions: {C: {$id: '#bar', type: string}}\n"
		"properties:\n  a: {$ref: '#foo'}\n  b: {$ref: 'nested.json#bar'}\n  c: {$ref: 'http://example.org/root.json#foo'}\n");
	accepts(&s, "{a: 1, b: x, c: 2}\n");
	refuses(&s, "{a: x, b: 1, c: y}\n", "value.type 1:5, value.type 1:11, value.type 1:17");
	tear_down(&s);

	/* $id beside $ref does not move the base */
	set_up(&s, SEVEN "$id: http://localhost:1234/sibling_id/base/\ndefinitions:\n"
		"  foo: {$id: 'http://localhost:1234/sibling_id/foo.json', type: string}\n"
		"  base_foo: {$id: foo.json, type: number}\n"
		"allOf: [{$id: 'http://localhost:1234/sibling_id/', $ref: foo.json}]\n");
	accepts(&s, "1\n");
	refuses(&s, "x\n", "value.type 1:1");
	tear_down(&s);

	/* $id inside enum and unknown keywords is no name */
	set_up(&s, SEVEN "definitions:\n  e: {enum: [{$id: 'http://example.org/x.json', type: 'null'}]}\n"
		"  r: {$id: 'http://example.org/x.json', type: string}\n$ref: http://example.org/x.json\n");
	accepts(&s, "x\n");
	tear_down(&s);
}

static void drafts_mix_across_references(void **state)
{
	(void)state;
	struct setup s;
	set_up(&s, "$defs:\n  old:\n    $id: http://example.org/old.json\n"
		"    $schema: http://json-schema.org/draft-07/schema#\n    properties: {a: {$ref: '#/definitions/t', minLength: 9}}\n"
		"    definitions: {t: {type: string}}\n"
		"    prefixItems: [false]\n"
		"properties: {a: {minLength: 2}}\n$ref: http://example.org/old.json\n");
	accepts(&s, "a: xx\n");
	accepts(&s, "[1]\n");
	refuses(&s, "a: x\n", "value.length 1:4");
	tear_down(&s);
	set_up(&s, SEVEN "properties: {p: {$ref: 'http://example.org/new.json'}}\n"
		"definitions: {n: {$schema: 'https://json-schema.org/draft/2020-12/schema', $id: 'http://example.org/new.json',"
		" $defs: {s: {type: string}}, $ref: '#/$defs/s', maxLength: 3}}\n");
	accepts(&s, "p: xxx\n");
	refuses(&s, "p: xxxx\n", "value.length 1:4");
	tear_down(&s);
}

/* ---- where references lead ---- */

static void write_file(const char *directory, const char *name, const char *text)
{
	char path[256];
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void references_read_only_mapped_files(void **state)
{
	(void)state;
	char directory[] = "/tmp/fmrec-schema-XXXXXX", path[256];
	assert_non_null(mkdtemp(directory));
	write_file(directory, "part.yaml", "type: integer\n");
	write_file(directory, "other.json", "{\"$schema\": \"http://json-schema.org/draft-07/schema#\", \"items\": [{\"$ref\": \"part\"}]}");
	write_file(directory, "main.yaml", "$ref: part.yaml\n");
	write_file(directory, "out.yaml", "$ref: ../part.yaml\n");
	write_file(directory, "broken.yaml", "a: [\n");

	const char *const uris[] = { "https://example.org/s/" }, *const dirs[] = { directory };
	struct fmr_schema_options options = usual;
	options.map_uris = uris;
	options.map_dirs = dirs;
	options.map_count = 1;
	struct setup s;
	set_up_with(&s, "$id: https://example.org/s/root\nproperties: {a: {$ref: part.yaml}, b: {$ref: other}, "
		"c: {$ref: 'https://example.org/s/part'}}\n", &options);
	assert_non_null(s.schema);
	accepts(&s, "{a: 1, b: [2], c: 3}\n");
	refuses(&s, "{a: x, b: [x], c: x}\n", "value.type 1:5, value.type 1:12, value.type 1:19");
	tear_down(&s);
	set_up_with(&s, "$ref: https://example.org/s/../secret\n", &options);
	assert_null(s.schema);
	tear_down(&s);
	set_up_with(&s, "$ref: https://example.org/s/%2e%2e/%2e%2e/etc/passwd\n", &options);
	assert_null(s.schema);
	tear_down(&s);

	struct fmr_schema *schema;
	struct fmr_findings *findings = fmr_findings_new(0);
	snprintf(path, sizeof(path), "%s/main.yaml", directory);
	assert_int_equal(fmr_schema_compile_file(path, &usual, &schema, findings, NULL), 0);
	assert_non_null(schema);
	fmr_schema_free(schema);
	snprintf(path, sizeof(path), "%s/out.yaml", directory);
	assert_int_equal(fmr_schema_compile_file(path, &usual, &schema, findings, NULL), 0);
	assert_null(schema);
	snprintf(path, sizeof(path), "%s/broken.yaml", directory);
	assert_int_equal(fmr_schema_compile_file(path, &usual, &schema, findings, NULL), 0);
	assert_null(schema);
	assert_int_equal(fmr_findings_count(findings), 2);
	snprintf(path, sizeof(path), "%s/none.yaml", directory);
	assert_int_equal(fmr_schema_compile_file(path, &usual, &schema, findings, NULL), FMR_ERR_NOT_FOUND);
	fmr_findings_free(findings);
	static const char *const names[] = { "part.yaml", "other.json", "main.yaml", "out.yaml", "broken.yaml" };
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
		unlink(path);
	}
	rmdir(directory);
}

static void a_pointer_selects_a_subschema(void **state)
{
	(void)state;
	struct fmr_schema_options options = usual;
	options.pointer = "/$defs/strict";
	struct setup s;
	set_up_with(&s, "type: string\n$defs: {strict: {required: [a], properties: {a: {$ref: '#/$defs/t'}}}, t: {type: integer}}\n",
		&options);
	assert_non_null(s.schema);
	accepts(&s, "a: 1\n");
	refuses(&s, "a: x\n", "value.type 1:4");
	tear_down(&s);
	options.pointer = "/$defs/none";
	set_up_with(&s, "$defs: {}\n", &options);
	assert_null(s.schema);
	tear_down(&s);
}

static void yaml_aliases_share_subschemas(void **state)
{
	(void)state;
	struct setup s;
	set_up(&s, "$defs: {t: &t {type: string}}\nproperties:\n  a: *t\n  b: *t\n");
	accepts(&s, "{a: x, b: y}\n");
	refuses(&s, "{a: 1, b: 2}\n", "value.type 1:5, value.type 1:11");
	tear_down(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_item_that_a_list_lacks_is_named),
		cmocka_unit_test(findings_say_where_and_what),
		cmocka_unit_test(unions_name_the_closest_alternative),
		cmocka_unit_test(wrong_dates_are_explained),
		cmocka_unit_test(faults_are_not_repeated),
		cmocka_unit_test(many_findings_are_capped),
		cmocka_unit_test(broken_schemas_yield_one_finding),
		cmocka_unit_test(broken_schemas_are_survived_without_metaschema),
		cmocka_unit_test(endless_references_end),
		cmocka_unit_test(catastrophic_patterns_are_findings),
		cmocka_unit_test(deep_values_and_schemas_fit_the_stack),
		cmocka_unit_test(draft_07_has_its_own_rules),
		cmocka_unit_test(draft_07_names_by_id_fragments),
		cmocka_unit_test(drafts_mix_across_references),
		cmocka_unit_test(references_read_only_mapped_files),
		cmocka_unit_test(a_pointer_selects_a_subschema),
		cmocka_unit_test(yaml_aliases_share_subschemas),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
