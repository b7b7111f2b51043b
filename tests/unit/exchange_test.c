#include "unit.h"

#include "base/alloc.h"
#include "exchange/mapping.h"
#include "exchange/rows.h"

#include <stdlib.h>
#include <string.h>

/* ---- rows ---- */

static struct fmr_sheet *open_rows(const char *path, const char *text, struct fmr_findings *findings)
{
	const struct fmr_sheet_options options = { .path = path };
	struct fmr_sheet *rows = NULL;
	fmr_sheet_open(text, strlen(text), &options, &rows, findings, NULL);
	return rows;
}

static void formats_are_found_out(void **state)
{
	(void)state;
	static const struct { const char *path, *text; enum fmr_sheet_format format; } cases[] = {
		{ "x.csv", "[1]\n", FMR_ROWS_CSV },
		{ "x.tsv", "a\tb\n", FMR_ROWS_TSV },
		{ "x.json", "[]", FMR_ROWS_JSON },
		{ "x.jsonl", "", FMR_ROWS_JSONL },
		{ "x.ndjson", "", FMR_ROWS_JSONL },
		{ "-", " {\"a\":1}\n", FMR_ROWS_JSONL },
		{ "-", "\n[{}]", FMR_ROWS_JSON },
		{ "-", "a,b\n", FMR_ROWS_CSV },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fmr_findings *findings = fmr_findings_new(0);
		struct fmr_sheet *rows = open_rows(cases[i].path, cases[i].text, findings);
		assert_non_null(rows);
		assert_int_equal(fmr_sheet_format(rows), cases[i].format);
		fmr_sheet_close(rows);
		fmr_findings_free(findings);
	}
}

/* "line number" of each row, "!" behind a bad one */
static char *rows_of(const char *path, const char *text, size_t *faults)
{
	struct fmr_findings *findings = fmr_findings_new(0);
	struct fmr_sheet *rows = open_rows(path, text, findings);
	struct fmr_str out;
	fmr_str_init(&out);
	struct fmr_row row;
	while (rows && fmr_sheet_next(rows, &row, findings))
		fmr_str_printf(&out, "%zu:%zu%s ", row.line, row.number, row.bad ? "!" : "");
	*faults = fmr_findings_count(findings);
	fmr_sheet_close(rows);
	fmr_findings_free(findings);
	return fmr_str_detach(&out);
}

static void rows_have_lines(void **state)
{
	(void)state;
	static const struct { const char *path, *text, *rows; size_t faults; } cases[] = {
		{ "x.csv", "a,b\n1,2\n\n\"x\ny\",2\n3\n1,2,3\n1,2,\n", "2:1 4:2 6:3! 7:4! 8:5 ", 2 },
		{ "x.csv", "", "", 1 },
		{ "x.csv", "a,a\n1,2\n", "", 1 },
		{ "x.csv", "a\n\"open\n1\n", "2:1! ", 1 },
		{ "x.jsonl", "{}\n\n {\"a\":1}\r\n[]\n{\n", "1:1 3:2 4:3! 5:4! ", 2 },
		{ "x.json", "[{},\n\n{\"a\":1}, 5,\n{}]", "1:1 3:2 3:3! 4:4 ", 1 },
		{ "x.json", "{}", "", 1 },
		{ "x.json", "[", "", 1 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t faults;
		char *rows = rows_of(cases[i].path, cases[i].text, &faults);
		assert_string_equal(rows, cases[i].rows);
		assert_int_equal(faults, cases[i].faults);
		free(rows);
	}
}

/* ---- templates of mappings ---- */

static const char *cell_of(void *context, const char *column, size_t length)
{
	(void)context;
	if (length == 1 && *column == 'a')
		return "alpha";
	return length == 3 && memcmp(column, "長", 3) == 0 ? "最初の文。次の文はもう少し長い。" : NULL;
}

static void templates_compose(void **state)
{
	(void)state;
	static const struct { const char *template; size_t max; bool any; const char *text; } cases[] = {
		{ "{a}: {b}", 0, true, "alpha: " },
		{ "{b}", 0, false, "" },
		{ "{{{a}}}", 0, true, "{alpha}" },
		{ "{a} {a} {a}", 12, true, "alpha alpha…" },
		{ "{a} {a} {a}", 13, true, "alpha alpha…" },
		{ "{a}{a}{a}", 8, true, "alphaal…" },
		{ "{a}", 5, true, "alpha" },
		{ "{長}", 10, true, "最初の文。…" },
		{ "{長}", 16, true, "最初の文。次の文はもう少し長い。" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fmr_str out;
		fmr_str_init(&out);
		assert_int_equal(
			fmr_mapping_compose(cases[i].template, cases[i].max, cell_of, NULL, &out), cases[i].any);
		assert_string_equal(out.bytes, cases[i].text);
		fmr_str_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_are_found_out),
		cmocka_unit_test(rows_have_lines),
		cmocka_unit_test(templates_compose),
	};
	return cmocka_run_group_tests_name("exchange", tests, NULL, NULL);
}
