/* A repository of invented record types, for the tests of src/record: a type is a schema file and nothing else. */
#ifndef FMR_TESTS_WIDGET_H
#define FMR_TESTS_WIDGET_H

#include "sandbox.h"

#include "base/arena.h"
#include "fmrec/fmrec.h"

static const char config[] =
	"language: en\n"
	"time_zone: Asia/Tokyo\n"
	"severity:\n"
	"  - {code: S1, label: {en: Critical, ja: 重大}, also: [重大障害]}\n"
	"  - {code: S2, label: {en: Minor, ja: 軽}}\n"
	"  - {code: OLD, label: {en: Old, ja: 旧}, until: 2020-03-31}\n";

#define LABEL(en, ja) "      label: {en: " en ", ja: " ja "}\n      help: {en: Help of " en "., ja: " ja "の説明。}\n"

static const char widget[] =
	"$schema: https://json-schema.org/draft/2020-12/schema\n"
	"$id: urn:fmrec:type:widget\n"
	"title: Widget\n"
	"type: object\n"
	"x-fmrec:\n"
	"  type: widget\n"
	"  form: 2\n"
	"  label: {en: Widget, ja: 部品}\n"
	"  help: {en: A thing., ja: 物。}\n"
	"  directory: widget\n"
	"  by-year: true\n"
	"  id: {prefix: WGT, pattern: '{prefix}-{date}-{random}'}\n"
	"  states:\n"
	"    - {name: draft, label: {en: Draft, ja: 下書き}, help: {en: D., ja: 下。}}\n"
	"    - {name: shipped, label: {en: Shipped, ja: 出荷}, help: {en: S., ja: 出。}, after: draft}\n"
	"    - {name: scrapped, label: {en: Scrapped, ja: 廃棄}, help: {en: S., ja: 廃。}, after: [draft, shipped], must: '#/$defs/has-end'}\n"
	"  ask: [title, maker]\n"
	"  columns: [id, title]\n"
	"  heading: title\n"
	"  attachments: attachments\n"
	"  time-order: [[made_at, sold_at], [uses.from, uses.to]]\n"
	"required: [id, form, title]\n"
	"additionalProperties: false\n"
	"properties:\n"
	"  id:\n    type: string\n    x-fmrec:\n" LABEL("Id", "番号") "      template: false\n"
	"  form:\n    type: integer\n    x-fmrec:\n" LABEL("Form", "版") "      template: false\n"
	"  title:\n    type: string\n    minLength: 1\n    x-fmrec:\n" LABEL("Title", "名称")
	"  maker:\n    type: string\n    minLength: 1\n    x-fmrec:\n" LABEL("Maker", "製造者")
	"      link: {to: [maker], inverse: widgets, inverse-label: {en: Widgets, ja: 部品}, free-until: shipped}\n"
	"  made_at:\n    anyOf: [{type: string, format: date-time}, {type: string, format: date}, {const: unknown}]\n"
	"    x-fmrec:\n" LABEL("Made at", "製造日時") "      default: now\n"
	"  sold_at:\n    anyOf: [{type: string, format: date-time}, {const: unknown}]\n"
	"    x-fmrec:\n" LABEL("Sold at", "販売日時") "      required-from: shipped\n"
	"  due:\n    type: string\n    format: date\n    x-fmrec:\n" LABEL("Due", "期限")
	"  count:\n    type: integer\n    x-fmrec:\n" LABEL("Count", "数") "      unit: {en: pieces, ja: 個}\n"
	"  good:\n    type: boolean\n    x-fmrec:\n" LABEL("Good", "良否")
	"  severity:\n    type: string\n    x-fmrec:\n" LABEL("Severity", "重大さ") "      values-from: severity\n"
	"  colour:\n    type: string\n    enum: [red, blue]\n    x-fmrec:\n" LABEL("Colour", "色")
	"      values:\n"
	"        red: {label: {en: Red, ja: 赤}, help: {en: R., ja: 赤。}, also: [朱]}\n"
	"        blue: {label: {en: Blue, ja: 青}, help: {en: B., ja: 青。}}\n"
	"  story:\n    type: string\n    minLength: 1\n    x-fmrec:\n" LABEL("Story", "経緯") "      multiline: true\n"
	"  box:\n    type: object\n    additionalProperties: false\n    x-fmrec:\n" LABEL("Box", "箱")
	"    properties:\n"
	"      size:\n        type: integer\n"
	"        x-fmrec: {label: {en: Size, ja: 大きさ}, help: {en: S., ja: 大。}, required-from: shipped}\n"
	"  parts:\n    type: array\n    x-fmrec:\n" LABEL("Parts", "部分") "    items: {$ref: '#/$defs/part'}\n"
	"  uses:\n    type: array\n    x-fmrec:\n" LABEL("Uses", "使用")
	"    items:\n      type: object\n      additionalProperties: false\n      properties:\n"
	"        from: {type: string, format: date, x-fmrec: {label: {en: From, ja: から}, help: {en: F., ja: 始。}}}\n"
	"        to: {type: string, format: date, x-fmrec: {label: {en: To, ja: まで}, help: {en: T., ja: 終。}}}\n"
	"  tags:\n    type: array\n    x-fmrec:\n" LABEL("Tags", "札") 
	"    items:\n      type: string\n      enum: [a, b]\n      x-fmrec:\n        values:\n"
	"          a: {label: {en: A, ja: あ}, help: {en: A., ja: あ。}}\n"
	"          b: {label: {en: B, ja: い}, help: {en: B., ja: い。}}\n"
	"  attachments:\n    type: array\n    x-fmrec:\n" LABEL("Files", "添付") "      template: false\n"
	"    items: {$ref: '#/$defs/attachment'}\n"
	"$defs:\n"
	"  has-end: {required: [due]}\n"
	"  attachment:\n    type: object\n    additionalProperties: false\n    required: [file, sha256, size]\n"
	"    properties:\n"
	"      file: {type: string, x-fmrec: {label: {en: File, ja: 名}, help: {en: F., ja: 名。}}}\n"
	"      sha256: {type: string, x-fmrec: {label: {en: Digest, ja: 要約}, help: {en: D., ja: 要。}}}\n"
	"      size: {type: integer, x-fmrec: {label: {en: Size, ja: 長さ}, help: {en: S., ja: 長。}}}\n"
	"  part:\n    type: object\n    additionalProperties: false\n    properties:\n"
	"      name: {type: string, x-fmrec: {label: {en: Name, ja: 名}, help: {en: N., ja: 名。}}}\n"
	"      of:\n        type: string\n        x-fmrec:\n"
	"          label: {en: Of, ja: 元}\n          help: {en: O., ja: 元。}\n"
	"          link: {to: [widget], inverse: part_of, inverse-label: {en: Part of, ja: 全体}}\n"
	"      parts: {type: array, x-fmrec: {label: {en: Parts, ja: 部}, help: {en: P., ja: 部。}}, items: {$ref: '#/$defs/part'}}\n";

static const char maker[] =
	"$schema: https://json-schema.org/draft/2020-12/schema\n"
	"$id: urn:fmrec:type:maker\n"
	"title: Maker\n"
	"type: object\n"
	"x-fmrec:\n"
	"  type: maker\n"
	"  form: 1\n"
	"  label: {en: Maker, ja: 製造者}\n"
	"  help: {en: Who makes., ja: 作る者。}\n"
	"  directory: maker\n"
	"  by-year: false\n"
	"  id: {prefix: MKR, pattern: '{prefix}-{name}'}\n"
	"  states: [{name: there, label: {en: There, ja: 有}, help: {en: T., ja: 有。}}]\n"
	"  columns: [id, name]\n"
	"  heading: name\n"
	"required: [id, form, name]\n"
	"additionalProperties: false\n"
	"properties:\n"
	"  id:\n    type: string\n    x-fmrec:\n" LABEL("Id", "番号")
	"  form:\n    type: integer\n    x-fmrec:\n" LABEL("Form", "版")
	"  name:\n    type: string\n    minLength: 1\n    x-fmrec:\n" LABEL("Name", "名称");

static inline void put(const char *path, const char *text)
{
	char *directory = fmr_strdup(path), *slash = strrchr(directory, '/');
	if (slash) {
		*slash = '\0';
		char *line = fmr_format("mkdir -p '%s'", directory);
		sh(line);
		free(line);
	}
	free(directory);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

struct fixture {
	struct fmr_store *store;
	struct fmr_view *view;
	struct fmr_book *book;
	struct fmr_findings *findings;
	struct fmr_err err;
};

static inline void open_fixture(struct fixture *fixture)
{
	*fixture = (struct fixture){ .findings = fmr_findings_new(0) };
	assert_int_equal(fmr_store_open(".", &fixture->store, &fixture->err), 0);
	assert_int_equal(fmr_view_open(fixture->store, FMR_VIEW_WORK_TREE, NULL, &fixture->view, &fixture->err), 0);
	assert_int_equal(fmr_book_open(fixture->view, &fixture->book, fixture->findings, &fixture->err), 0);
}

static inline void close_fixture(struct fixture *fixture)
{
	fmr_book_close(fixture->book);
	fmr_view_close(fixture->view);
	fmr_store_close(fixture->store);
	fmr_findings_free(fixture->findings);
}

#define ID "WGT-20261121-7KQ2"
#define PATH_OF "records/widget/2026/" ID ".yaml"

static inline int setup(void **state)
{
	if (sandbox_setup(state) != 0)
		return -1;
	setenv("FMREC_NOW", "2026-11-21T03:12:00+09:00", 1);
	unsetenv("FMREC_RANDOM_SEED");
	sh("git init -q . && git config user.name Sato && git config user.email s@example.org");
	put(".fmrec/config.yaml", config);
	put(".fmrec/schema/widget.yaml", widget);
	put(".fmrec/schema/maker.yaml", maker);
	put("records/maker/MKR-ACME.yaml", "id: MKR-ACME\nform: 1\nname: Acme\n");
	put(PATH_OF, "id: " ID "\nform: 2\ntitle: First\nmaker: MKR-ACME\n");
	return 0;
}

static inline const struct fmr_type *type_of(struct fixture *fixture, const char *name)
{
	const struct fmr_type *type;
	int code = fmr_book_type(fixture->book, name, &type, fixture->findings, &fixture->err);
	for (size_t i = 0; i < fmr_findings_count(fixture->findings); i++)
		print_message("# %s\n", fmr_findings_at(fixture->findings, i)->message);
	assert_int_equal(code, 0);
	return type;
}

/* Codes of all findings, sorted, with line numbers: "ref.dangling:4 value.enum:9" */
static inline const char *codes(const struct fmr_findings *findings)
{
	static char text[4096];
	size_t used = 0;
	text[0] = '\0';
	for (size_t i = 0; i < fmr_findings_count(findings) && used < sizeof(text) - 100; i++) {
		const struct fmr_finding *row = fmr_findings_at(findings, i);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s:%zu", i ? " " : "",
			fmr_code_name(row->code), row->value.line);
	}
	return text;
}

/* "path code;" for each finding */
static inline const char *places(const struct fmr_findings *findings)
{
	static char text[8192];
	size_t used = 0;
	text[0] = '\0';
	for (size_t i = 0; i < fmr_findings_count(findings) && used < sizeof(text) - 300; i++) {
		const struct fmr_finding *row = fmr_findings_at(findings, i);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s %s;", row->path, fmr_code_name(row->code));
	}
	return text;
}

#endif
