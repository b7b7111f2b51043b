#include "base/alloc.h"
#include "base/arena.h"
#include "base/i18n.h"
#include "base/input.h"
#include "base/text.h"
#include "base/vec.h"
#include "cmd/asked.h"
#include "fmrec/yaml.h"
#include "render/render.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECONDS = 10, MOST_SECONDS = 3600, LONGEST = 1 << 20 };

struct options {
	bool tables, no_refresh;
	long limit, timeout;
};

struct work {
	struct fmr_cli *cli;
	const struct options *options;
	enum fmr_table_format format;
	struct fmr_index *index;
	struct fmr_arena row;
};

/* ---- rows ---- */

static const char *number_text(struct work *work, const struct fmr_rows *rows, size_t column)
{
	char digits[40];
	if (fmr_rows_kind(rows, column) == FMR_ROWS_INTEGER)
		return fmr_arena_format(&work->row, "%lld", (long long)fmr_rows_integer(rows, column));
	double real = fmr_rows_real(rows, column);
	for (int precision = 15; precision <= 17; precision++) {
		snprintf(digits, sizeof(digits), "%.*g", precision, real);
		if (strtod(digits, NULL) == real)
			break;
	}
	return fmr_arena_strdup(&work->row, digits);
}

/* Texts of records are UTF-8; what SQL makes of them (substr of bytes, char) need not be. */
static const char *text_cell(struct work *work, const struct fmr_rows *rows, size_t column)
{
	size_t length;
	const char *text = fmr_rows_text(rows, column, &length);
	struct fmr_str good;
	fmr_str_init(&good);
	for (size_t at = 0, size; at < length; at += size)
		fmr_utf8_encode(&good, fmr_utf8_decode(text + at, length - at, &size));
	const char *kept = fmr_arena_strndup(&work->row, good.bytes, good.length);
	fmr_str_release(&good);
	return kept;
}

static void put_row(struct work *work, struct fmr_table *table, const struct fmr_rows *rows)
{
	size_t count = fmr_rows_width(rows);
	fmr_arena_clear(&work->row);
	const char **cells = fmr_arena_zero(&work->row, count, sizeof(*cells));
	const struct fmr_value **values = fmr_arena_zero(&work->row, count, sizeof(*values));
	for (size_t i = 0; i < count; i++) {
		enum fmr_rows_kind kind = fmr_rows_kind(rows, i);
		if (kind == FMR_ROWS_TEXT) {
			cells[i] = text_cell(work, rows, i);
		} else if (kind != FMR_ROWS_NULL) {
			cells[i] = number_text(work, rows, i);
			values[i] = fmr_value_from_plain(&work->row, cells[i], strlen(cells[i]));
		}
	}
	fmr_table_row(table, cells, values);
}

static int put_rows(struct work *work, struct fmr_rows *rows, struct fmr_err *err)
{
	struct fmr_cli *cli = work->cli;
	size_t count = fmr_rows_width(rows);
	const char **names = fmr_alloc_zero(count, sizeof(*names));
	for (size_t i = 0; i < count; i++)
		names[i] = fmr_rows_name(rows, i);
	fmr_cli_page(cli);
	struct fmr_table *table =
		fmr_table_new(cli->out, work->format, names, count, fmr_cli_width(cli), cli->color, false);
	int result;
	while ((result = fmr_rows_next(rows, err)) == 1)
		put_row(work, table, rows);
	fmr_table_end(table);
	free(names);
	return result;
}

/* ---- --tables ---- */

struct tables {
	struct work *work;
	struct fmr_table *table;
};

static int put_table(void *context, const char *name)
{
	struct tables *tables = context;
	struct fmr_rows *rows;
	char *sql = fmr_format("SELECT * FROM \"%s\"", name);
	struct fmr_str columns;
	fmr_str_init(&columns);
	if (fmr_index_prepare(tables->work->index, sql, &rows, NULL) == 0) {
		for (size_t i = 0; i < fmr_rows_width(rows); i++)
			fmr_str_printf(&columns, "%s%s", i ? ", " : "", fmr_rows_name(rows, i));
		const char *const cells[] = { name, columns.bytes };
		fmr_table_row(tables->table, cells, NULL);
		fmr_rows_free(rows);
	}
	fmr_str_release(&columns);
	free(sql);
	return 0;
}

static int put_tables(struct work *work, struct fmr_err *err)
{
	static const char *const columns[] = { "table", "columns" };
	struct fmr_cli *cli = work->cli;
	fmr_cli_page(cli);
	struct tables tables = { work, fmr_table_new(cli->out, work->format, columns, 2, fmr_cli_width(cli), cli->color, false) };
	int result = fmr_query_tables(cli->book, put_table, &tables, err);
	fmr_table_end(tables.table);
	return result;
}

/* ---- the statement ---- */

static int read_statement(struct fmr_cli *cli, int argc, char **argv, struct fmr_str *out, struct fmr_err *err)
{
	bool from_input = argc == 0 || (argc == 1 && strcmp(argv[0], "-") == 0);
	if (from_input && cli->in_tty)
		return fmr_cli_usage(cli, "%s", _("which statement?"));
	if (from_input)
		return fmr_input_read("-", LONGEST, out, err);
	for (int i = 0; i < argc; i++)
		fmr_str_printf(out, "%s%s", i ? " " : "", argv[i]);
	return 0;
}

static int run_statement(struct work *work, const char *sql, struct fmr_err *err)
{
	const struct options *options = work->options;
	const struct fmr_index_limits limits = {
		.milliseconds = (int)(options->timeout ? options->timeout : SECONDS) * 1000, .rows = options->limit };
	struct fmr_rows *rows = NULL;
	int result = fmr_index_prepare_user(work->index, sql, &limits, &rows, err);
	if (result == FMR_ERR_INVALID && err && !*err->hint)
		fmr_err_hint(err, _("'fmrec sql --tables' shows what can be asked"));
	if (!result)
		result = put_rows(work, rows, err);
	if (result == FMR_ERR_LIMIT && err && !*err->hint)
		fmr_err_hint(err, _("--timeout gives it more seconds"));
	fmr_rows_free(rows);
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	struct work work = { .cli = cli, .options = given };
	struct fmr_str sql;
	if (work.options->timeout > MOST_SECONDS)
		return fmr_cli_usage(cli, _("--timeout wants a number from 1 to %d"), MOST_SECONDS);
	if (work.options->tables && argc)
		return fmr_cli_usage(cli, "%s", _("--tables goes without a statement"));
	if (cli->format)
		fmr_table_format_parse(cli->format, &work.format);
	fmr_arena_init(&work.row);
	fmr_str_init(&sql);
	int result = work.options->tables ? 0 : read_statement(cli, argc, argv, &sql, err);
	if (!result)
		result = fmr_asked_index(cli, work.options->no_refresh, &work.index, err);
	if (!result)
		result = work.options->tables ? put_tables(&work, err) : run_statement(&work, sql.bytes, err);
	if (!result)
		fmr_asked_warn(cli, work.index, NULL);
	fmr_index_close(work.index);
	fmr_str_release(&sql);
	fmr_arena_release(&work.row);
	return result;
}

static const char *const synopsis[] = { "[<options>] <statement>", "[<options>] -", "--tables", NULL };
static const struct fmr_option option_table[] = {
	{.name = "tables",
		.kind = FMR_OPTION_FLAG,
		.help = N_("show the tables and their columns"),
		.offset = offsetof(struct options, tables)},
	{.name = "limit",
		.kind = FMR_OPTION_NUMBER,
		.argument = "n",
		.help = N_("stop after n rows"),
		.least = 1,
		.offset = offsetof(struct options, limit)},
	{.name = "timeout",
		.kind = FMR_OPTION_NUMBER,
		.argument = "seconds",
		.help = N_("give up after so long, instead of 10 seconds"),
		.least = 1,
		.offset = offsetof(struct options, timeout)},
	FMR_NO_REFRESH_OPTION(options),
	{0},
};

const struct fmr_command fmr_command_sql = {
	.name = "sql",
	.group = "read",
	.summary = N_("ask the records in SQL"),
	.synopsis = synopsis,
	.options = option_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_BOOK,
	.formats = fmr_table_formats,
	.at = true,
	.run = run,
};
