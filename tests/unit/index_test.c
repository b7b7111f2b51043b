/* The records as tables. */
#include "unit.h"

#include "index/index.h"
#include "widget.h"

static struct fmr_index *open_index(struct fixture *fixture, const struct fmr_index_options *options)
{
	struct fmr_index *index;
	fmr_findings_truncate(fixture->findings, 0);
	if (fmr_index_open(fixture->book, options, &index, fixture->findings, &fixture->err))
		fail_msg("%s", fixture->err.text);
	return index;
}

static void put_cell(struct fmr_str *out, const struct fmr_rows *rows, size_t column)
{
	size_t length;
	const char *text = fmr_rows_text(rows, column, &length);
	if (column)
		fmr_str_putc(out, '|');
	if (fmr_rows_kind(rows, column) == FMR_ROWS_NULL)
		fmr_str_puts(out, "-");
	else
		fmr_str_add(out, text, length);
}

/* All rows of a statement: "a|b;c|d;"; an error as its text. */
static const char *rows_of(struct fmr_index *index, const char *sql)
{
	static struct fmr_str out;
	struct fmr_rows *rows;
	struct fmr_err err = { 0 };
	int code;
	if (!out.bytes)
		fmr_str_init(&out);
	fmr_str_clear(&out);
	if (fmr_index_prepare_user(index, sql, NULL, &rows, &err)) {
		fmr_str_puts(&out, err.text);
		return out.bytes;
	}
	while ((code = fmr_rows_next(rows, &err)) == 1) {
		for (size_t i = 0; i < fmr_rows_width(rows); i++)
			put_cell(&out, rows, i);
		fmr_str_putc(&out, ';');
	}
	if (code)
		fmr_str_puts(&out, err.text);
	fmr_rows_free(rows);
	return out.bytes;
}

#define assert_rows(index, sql, expected) assert_string_equal(rows_of(index, sql), expected)

static void fill(void)
{
	put("records/maker/MKR-ACME.yaml", "id: MKR-ACME\nform: 1\nname: Acme\n");
	put("records/widget/2026/" ID ".yaml",
		"id: " ID "\nform: 2\ntitle: 歯車\nmaker: MKR-ACME\nmade_at: 2026-04-01T00:30:00+09:00\ncount: 3\ngood: true\n"
		"severity: S1\ncolour: blue\nstory: |\n  long\n  ago\nbox:\n  size: 7\ntags: [b, a]\n"
		"uses:\n  - {from: 2026-01-01, to: 2026-01-02}\n  - from: 2026-02-01\n"
		"parts:\n  - name: p\n    parts:\n      - {name: q, of: WGT-20261121-NONE}\n      - {name: r}\n"
		"  - name: s\n    parts: [{name: t, of: WGT-20261121-BBBB}]\n");
	put("records/widget/2026/WGT-20261121-BBBB.yaml",
		"id: WGT-20261121-BBBB\nform: 2\ntitle: Bolt\nmaker: some smith\nmade_at: unknown\ndue: 2026-03-31\ngood: false\n");
	put("records/widget/2026/WGT-20261121-CCCC.yaml", "not: [yaml\n");
}

static void records_are_rows(void **state)
{
	(void)state;
	struct fixture fixture;
	fill();
	open_fixture(&fixture);
	struct fmr_index *index = open_index(&fixture, NULL);
	assert_rows(index, "SELECT id, type, path, title, state FROM record ORDER BY id",
		"MKR-ACME|maker|records/maker/MKR-ACME.yaml|Acme|there;"
		"" ID "|widget|records/widget/2026/" ID ".yaml|歯車|draft;"
		"WGT-20261121-BBBB|widget|records/widget/2026/WGT-20261121-BBBB.yaml|Bolt|draft;");
	assert_rows(index, "SELECT oid FROM record WHERE id = 'MKR-ACME'", "27a1b5e8fd3c2cc4e17ac42edfd2346b08215931;");
	assert_rows(index, "SELECT id, type, path FROM unreadable",
		"WGT-20261121-CCCC|widget|records/widget/2026/WGT-20261121-CCCC.yaml;");
	assert_string_equal(codes(fixture.findings), "yaml.syntax:2");
	fmr_index_close(index);
	close_fixture(&fixture);
}

static void fields_are_columns(void **state)
{
	(void)state;
	struct fixture fixture;
	fill();
	open_fixture(&fixture);
	struct fmr_index *index = open_index(&fixture, NULL);
	assert_rows(index, "SELECT id, maker, made_at, due, count, good, severity, colour, story, \"box.size\" FROM widget",
		ID "|MKR-ACME|2026-04-01T00:30:00+09:00|-|3|1|S1|blue|long\nago\n|7;"
		"WGT-20261121-BBBB|some smith|unknown|2026-03-31|-|0|-|-|-|-;");
	assert_rows(index, "SELECT sum(count + good), typeof(good) FROM widget", "4|integer;");
	assert_rows(index, "SELECT title FROM \"widget\" w WHERE w.count > 2 AND story LIKE '%ago%'", "歯車;");
	fmr_index_close(index);
	close_fixture(&fixture);
}

static void lists_are_tables(void **state)
{
	(void)state;
	struct fixture fixture;
	fill();
	open_fixture(&fixture);
	struct fmr_index *index = open_index(&fixture, NULL);
	assert_rows(index, "SELECT id, position, value FROM widget_tags", ID "|0|b;" ID "|1|a;");
	assert_rows(index, "SELECT position, \"from\", \"to\" FROM widget_uses WHERE id = '" ID "'",
		"0|2026-01-01|2026-01-02;1|2026-02-01|-;");
	assert_rows(index, "SELECT position, name FROM widget_parts", "0|p;1|s;");
	assert_rows(index, "SELECT parent, position, name, of FROM widget_parts_parts",
		"0|0|q|WGT-20261121-NONE;0|1|r|-;1|0|t|WGT-20261121-BBBB;");
	assert_rows(index, "SELECT w.title, u.position FROM widget w JOIN widget_uses u ON u.key = w.key WHERE w.good",
		"歯車|0;歯車|1;");
	assert_rows(index, "SELECT a.value, b.value FROM widget_tags a, widget_tags b WHERE a.position < b.position", "b|a;");
	assert_rows(index, "SELECT count(*) FROM widget_uses WHERE id = 'WGT-20261121-BBBB'", "0;");
	fmr_index_close(index);
	close_fixture(&fixture);
}

static void links_are_rows(void **state)
{
	(void)state;
	struct fixture fixture;
	fill();
	open_fixture(&fixture);
	struct fmr_index *index = open_index(&fixture, NULL);
	assert_rows(index, "SELECT source, field, target, position, inverse, source_type, target_type FROM link ORDER BY 2, 3",
		ID "|maker|MKR-ACME|-|widgets|widget|maker;"
		ID "|parts.parts.of|WGT-20261121-BBBB|0|part_of|widget|widget;"
		ID "|parts.parts.of|WGT-20261121-NONE|0|part_of|widget|-;");
	assert_rows(index, "SELECT source FROM link WHERE target = 'MKR-ACME'", ID ";");
	fmr_index_close(index);
	close_fixture(&fixture);
}

static void functions_know_the_organisation(void **state)
{
	(void)state;
	struct fixture fixture;
	fill();
	open_fixture(&fixture);
	struct fmr_index *index = open_index(&fixture, NULL);
	assert_rows(index, "SELECT fold('ｻｰﾊﾞ') = fold('サーバー'), rank('widget', 'severity', 'S2'), "
		"rank('widget', 'colour', 'blue'), rank('widget', 'colour', 'x'), rank('x', 'y', 'z')", "1|1|1|-|-;");
	assert_rows(index, "SELECT instant('1970-01-01T09:00:00+09:00'), instant('1970-01-02'), instant('1970-01-01', 1), "
		"instant('unknown'), instant(NULL)", "0.0|54000.0|53999.0|-|-;");
	assert_rows(index, "SELECT fiscal_year('2026-03-31'), fiscal_quarter('2026-03-31'), "
		"fiscal_year('2026-03-31T15:00:00Z'), fiscal_quarter('2026-04-01'), fiscal_year('x')", "2025|4|2026|1|-;");
	assert_rows(index, "SELECT matches('^tit', text(key)), matches('(?m)^tit', text(key)) FROM widget LIMIT 1", "0|1;");
	assert_rows(index, "SELECT matches('(', 'x')", "not a regular expression: missing closing parenthesis (at byte 2)");
	fmr_index_close(index);
	close_fixture(&fixture);
}

static void users_only_read(void **state)
{
	(void)state;
	struct fixture fixture;
	open_fixture(&fixture);
	struct fmr_index *index = open_index(&fixture, NULL);
	assert_rows(index, "DELETE FROM record", "cannot modify record because it is a view");
	assert_rows(index, "PRAGMA user_version", "one statement that only reads is wanted");
	assert_rows(index, "ATTACH 'x' AS y", "one statement that only reads is wanted");
	assert_rows(index, "CREATE TABLE x(y)", "one statement that only reads is wanted");
	assert_rows(index, "SELECT 1; SELECT 2", "one statement that only reads is wanted");
	assert_rows(index, "", "one statement that only reads is wanted");
	assert_rows(index, "SELECT nonsense FROM record", "no such column: nonsense");
	struct fmr_rows *rows;
	struct fmr_err err = { 0 };
	const struct fmr_index_limits limits = { .milliseconds = 50 };
	assert_int_equal(fmr_index_prepare_user(index, "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "
		"SELECT count(*) FROM c", &limits, &rows, &err), 0);
	assert_int_equal(fmr_rows_next(rows, &err), FMR_ERR_LIMIT);
	fmr_rows_free(rows);
	assert_rows(index, "SELECT 1", "1;");
	fmr_index_close(index);
	close_fixture(&fixture);
}

static int count_texts(void *context, int thread, int64_t key, const char *text, size_t length)
{
	(void)thread, (void)key;
	assert_true(memcmp(text, "id: ", 4) == 0 || memcmp(text, "not:", 4) == 0);
	__atomic_fetch_add((size_t *)context, length ? 1 : 0, __ATOMIC_RELAXED);
	return 0;
}

static void texts_are_visited(void **state)
{
	(void)state;
	struct fixture fixture;
	fill();
	open_fixture(&fixture);
	struct fmr_index *index = open_index(&fixture, NULL);
	size_t count = 0;
	assert_int_equal(fmr_index_scan(index, NULL, 0, count_texts, &count, &fixture.err), 0);
	assert_int_equal(count, 4);
	const int64_t keys[] = { 3, 1 };
	assert_int_equal(fmr_index_scan(index, keys, 2, count_texts, &count, &fixture.err), 0);
	assert_int_equal(count, 6);
	assert_int_equal(fmr_index_scan(index, keys, 0, count_texts, &count, &fixture.err), 0);
	assert_int_equal(count, 6);
	fmr_index_close(index);
	close_fixture(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(records_are_rows, setup, sandbox_teardown),
		cmocka_unit_test_setup_teardown(fields_are_columns, setup, sandbox_teardown),
		cmocka_unit_test_setup_teardown(lists_are_tables, setup, sandbox_teardown),
		cmocka_unit_test_setup_teardown(links_are_rows, setup, sandbox_teardown),
		cmocka_unit_test_setup_teardown(functions_know_the_organisation, setup, sandbox_teardown),
		cmocka_unit_test_setup_teardown(users_only_read, setup, sandbox_teardown),
		cmocka_unit_test_setup_teardown(texts_are_visited, setup, sandbox_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
