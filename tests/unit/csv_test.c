#include "unit.h"

#include "base/csv.h"

#include <stdlib.h>
#include <string.h>

/* Rows as text: cells in [], one row a line, "!" behind a faulty one. */
static char *rows_of(const char *text, char delimiter, bool excel)
{
	struct fmr_str out;
	fmr_str_init(&out);
	struct fmr_csv csv;
	fmr_csv_open(&csv, text, strlen(text), delimiter);
	csv.excel = excel;
	while (fmr_csv_next(&csv)) {
		fmr_str_printf(&out, "%zu:", csv.line);
		for (size_t i = 0; i < csv.count; i++)
			fmr_str_printf(&out, "[%s]", csv.cells[i].bytes);
		fmr_str_puts(&out, csv.fault ? "!\n" : "\n");
	}
	fmr_csv_close(&csv);
	return fmr_str_detach(&out);
}

static void reads_rows(void **state)
{
	(void)state;
	static const struct { const char *text, *rows; } cases[] = {
		{ "", "" },
		{ "\n\r\n\n", "" },
		{ "a,b\n1,2\n", "1:[a][b]\n2:[1][2]\n" },
		{ "a,b\r\n1,2", "1:[a][b]\n2:[1][2]\n" },
		{ "a\rb\r", "1:[a]\n2:[b]\n" },
		{ "\xEF\xBB\xBF" "a,\"b\"\n", "1:[a][b]\n" },
		{ "a,\n,\n", "1:[a][]\n" },
		{ "\"\"\n", "1:[]\n" },
		{ "\"a\r\nb\",c\nd\n", "1:[a\nb][c]\n3:[d]\n" },
		{ "\"say \"\"hi\"\"\",x\n", "1:[say \"hi\"][x]\n" },
		{ "a \"b\" c,d\n", "1:[a \"b\" c][d]\n" },
		{ "\"a\"b,c\nd\n", "1:[ab][c]!\n2:[d]\n" },
		{ "x\n\"open,\n1,2\n", "1:[x]\n2:[open,\n1,2\n]!\n" },
		{ "障害,停止\n\n\n二,三\n", "1:[障害][停止]\n4:[二][三]\n" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *rows = rows_of(cases[i].text, ',', false);
		assert_string_equal(rows, cases[i].rows);
		free(rows);
	}
}

static void guesses_the_delimiter(void **state)
{
	(void)state;
	assert_int_equal(fmr_csv_guess_delimiter("a,b;c,d\n", 8), ',');
	assert_int_equal(fmr_csv_guess_delimiter("a\tb,c\td\n", 8), '\t');
	assert_int_equal(fmr_csv_guess_delimiter("\"a,b,c\";d\nx,y,z\n", 16), ';');
	assert_int_equal(fmr_csv_guess_delimiter("", 0), ',');
}

static void writing_reads_back(void **state)
{
	(void)state;
	static const char *const cells[] = {"", "plain", " edge ", "a,b", "a\tb", "say \"hi\"", "two\nlines", "=1+2",
		"'=1+2", "''=x", "'quoted'", "-5", "-5.25", "-x", "+81 3", "@x", "＝cmd",
		"\xEF\xBB\xBF"
		"mark",
		"\"", "障害"};
	enum { CELLS = sizeof(cells) / sizeof(*cells) };
	for (int excel = 0; excel < 2; excel++) {
		struct fmr_str text;
		fmr_str_init(&text);
		for (size_t i = 0; i < CELLS; i++) {
			fmr_csv_put(&text, cells[i], strlen(cells[i]), ',', excel);
			fmr_str_putc(&text, i + 1 < CELLS ? ',' : '\n');
		}
		struct fmr_csv csv;
		fmr_csv_open(&csv, text.bytes, text.length, ',');
		csv.excel = excel;
		assert_true(fmr_csv_next(&csv));
		assert_int_equal(csv.count, CELLS);
		for (size_t i = 0; i < CELLS; i++)
			assert_string_equal(csv.cells[i].bytes, cells[i]);
		fmr_csv_close(&csv);
		fmr_str_release(&text);
	}
}

static void excel_runs_no_formula(void **state)
{
	(void)state;
	static const struct { const char *cell, *written; } cases[] = {
		{ "=HYPERLINK(1)", "\"'=HYPERLINK(1)\"" },
		{ "-5", "-5" },
		{ "-5+cmd", "\"'-5+cmd\"" },
		{ "plain", "plain" },
		{ "＠x", "\"'＠x\"" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fmr_str text;
		fmr_str_init(&text);
		fmr_csv_put(&text, cases[i].cell, strlen(cases[i].cell), ',', true);
		assert_string_equal(text.bytes, cases[i].written);
		fmr_str_release(&text);
	}
}

static void a_row_has_a_limit(void **state)
{
	(void)state;
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_repeat(&text, ',', FMR_CSV_CELLS + 10);
	fmr_str_puts(&text, "x\nnext\n");
	struct fmr_csv csv;
	fmr_csv_open(&csv, text.bytes, text.length, ',');
	assert_true(fmr_csv_next(&csv));
	assert_int_equal(csv.fault, FMR_CSV_TOO_WIDE);
	assert_int_equal(csv.count, FMR_CSV_CELLS);
	assert_true(fmr_csv_next(&csv));
	assert_string_equal(csv.cells[0].bytes, "next");
	fmr_csv_close(&csv);
	fmr_str_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_rows),
		cmocka_unit_test(guesses_the_delimiter),
		cmocka_unit_test(writing_reads_back),
		cmocka_unit_test(excel_runs_no_formula),
		cmocka_unit_test(a_row_has_a_limit),
	};
	return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
