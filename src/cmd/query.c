#include "base/arena.h"
#include "base/i18n.h"
#include "base/vec.h"
#include "cmd/cells.h"
#include "cmd/names.h"
#include "render/render.h"

#include <string.h>

struct options {
	struct fmr_strings columns, group, sum, average, least, greatest, sort;
	bool count, no_refresh;
	long limit;
};

struct work {
	struct fmr_cli *cli;
	const struct options *options;
	struct fmr_arena arena;
	struct fmr_asked asked;
	enum fmr_table_format format;
	FMR_VEC(struct fmr_query_column) columns;
	FMR_VEC(const char *) titles; /* NULL-terminated */
};

/* ---- columns ---- */

static void add_columns(struct work *work, const struct fmr_strings *given, enum fmr_function function, const char *title)
{
	const char *const *names = fmr_names_split(&work->arena, given);
	for (; names && *names; names++) {
		FMR_VEC_PUSH(&work->columns, ((struct fmr_query_column){ *names, function }));
		FMR_VEC_PUSH(&work->titles, title ? fmr_arena_format(&work->arena, "%s(%s)", title, *names) : *names);
	}
}

static bool is_grouped(const struct options *options)
{
	return options->group.count || options->count || options->sum.count || options->average.count ||
		options->least.count || options->greatest.count;
}

static void add_defaults(struct work *work)
{
	static const char *const common[] = { "id", "type", "title", NULL };
	const char *const *types = fmr_query_types(work->asked.query);
	const struct fmr_type *type = NULL;
	if (types[0] && !types[1])
		fmr_book_type(work->cli->book, types[0], &type, NULL, NULL);
	const char *const *names = fmr_asked_columns(work->cli, &work->arena, type && type->columns ? type->columns : common);
	for (const char *const *name = names; *name; name++) {
		FMR_VEC_PUSH(&work->columns, (struct fmr_query_column){ .name = *name });
		FMR_VEC_PUSH(&work->titles, *name);
	}
}

/* What is grouped by, then the count, then what is summed up. */
static void choose_columns(struct work *work)
{
	const struct options *options = work->options;
	bool others = options->sum.count || options->average.count || options->least.count || options->greatest.count;
	add_columns(work, is_grouped(options) ? &options->group : &options->columns, FMR_FUNCTION_NONE, NULL);
	if (options->count || (options->group.count && !others)) {
		FMR_VEC_PUSH(&work->columns, (struct fmr_query_column){ .function = FMR_FUNCTION_COUNT });
		FMR_VEC_PUSH(&work->titles, "count");
	}
	add_columns(work, &options->sum, FMR_FUNCTION_SUM, "sum");
	add_columns(work, &options->average, FMR_FUNCTION_AVERAGE, "avg");
	add_columns(work, &options->least, FMR_FUNCTION_LEAST, "min");
	add_columns(work, &options->greatest, FMR_FUNCTION_GREATEST, "max");
	if (!work->columns.count)
		add_defaults(work);
	FMR_VEC_PUSH(&work->titles, NULL);
}

/* ---- rows ---- */

static int put_rows(struct work *work, const struct fmr_query_select *select, struct fmr_rows *rows, struct fmr_err *err)
{
	struct fmr_cli *cli = work->cli;
	struct fmr_cells *cells = fmr_cells_new(cli, &work->asked, select, work->format == FMR_TABLE_TEXT);
	struct fmr_table *table = fmr_table_new(cli->out, work->format, work->titles.items, select->column_count,
		fmr_cli_width(cli), cli->color && !select->grouped, false);
	const char *const *texts;
	const struct fmr_value *const *values;
	int result;
	while ((result = fmr_rows_next(rows, err)) == 1) {
		result = fmr_cells_take(cells, rows, &texts, &values, err);
		if (result)
			break;
		fmr_table_row(table, texts, values);
	}
	fmr_table_end(table);
	fmr_cells_free(cells);
	return result;
}

static int put_table(struct work *work, struct fmr_err *err)
{
	choose_columns(work);
	const struct fmr_query_select select = {
		.columns = work->columns.items,
		.column_count = work->columns.count,
		.sort = fmr_names_split(&work->arena, &work->options->sort),
		.titles = work->titles.items,
		.grouped = is_grouped(work->options),
		.joined = true,
		.limit = work->options->limit,
	};
	struct fmr_rows *rows = NULL;
	int result = fmr_query_rows(work->asked.query, work->asked.index, &select, &rows, err);
	if (!result) {
		fmr_cli_page(work->cli);
		result = put_rows(work, &select, rows, err);
	}
	fmr_rows_free(rows);
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	struct work work = { .cli = cli, .options = given };
	if (work.options->columns.count && is_grouped(work.options))
		return fmr_cli_usage(cli, "%s", _("--columns is for records, --group-by and the like are for groups of them"));
	if (cli->format)
		fmr_table_format_parse(cli->format, &work.format);
	fmr_arena_init(&work.arena);
	int result = fmr_asked_open(cli, argc, argv, work.options->no_refresh, &work.asked, err);
	if (!result)
		result = put_table(&work, err);
	if (!result)
		fmr_asked_warn(cli, work.asked.index, fmr_query_types(work.asked.query));
	fmr_asked_close(&work.asked);
	FMR_VEC_RELEASE(&work.columns);
	FMR_VEC_RELEASE(&work.titles);
	fmr_arena_release(&work.arena);
	return result;
}

#define FIELDS(NAME, HELP, MEMBER)                                                                                     \
	{ .name = NAME, .kind = FMR_OPTION_LIST, .argument = "field", .complete = "field", .help = HELP,               \
		.offset = offsetof(struct options, MEMBER) }

static const char *const synopsis[] = {
	"[<options>] [--columns <field>,...] [<query>...]",
	"[<options>] [--group-by <field>,...] [--count] [--sum|--avg|--min|--max <field>] [<query>...]",
	NULL,
};
static const struct fmr_option option_table[] = {
	FIELDS("columns", N_("show these fields; a row for each linked record or item of a list they lead to"), columns),
	FIELDS("group-by", N_("a row for each value of these fields; of times also .year .quarter .month .day .fy"), group),
	{.name = "count",
		.kind = FMR_OPTION_FLAG,
		.help = N_("count the records"),
		.offset = offsetof(struct options, count)},
	FIELDS("sum", N_("add up a number"), sum),
	FIELDS("avg", N_("the mean of a number"), average),
	FIELDS("min", N_("the least value, in the order of its kind"), least),
	FIELDS("max", N_("the greatest value"), greatest),
	FIELDS("sort", N_("order by these columns; -COLUMN: the greatest first"), sort),
	{.name = "limit",
		.kind = FMR_OPTION_NUMBER,
		.argument = "n",
		.help = N_("show at most n rows"),
		.least = 1,
		.offset = offsetof(struct options, limit)},
	FMR_NO_REFRESH_OPTION(options),
	{0},
};

const struct fmr_command fmr_command_query = {
	.name = "query",
	.group = "read",
	.summary = N_("join, count and sum up records"),
	.synopsis = synopsis,
	.options = option_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_BOOK,
	.complete = "query",
	.formats = fmr_table_formats,
	.query = true,
	.at = true,
	.run = run,
};
