#include "base/arena.h"
#include "base/i18n.h"
#include "base/vec.h"
#include "cmd/cells.h"
#include "cmd/names.h"
#include "render/render.h"
#include "render/row.h"

#include <string.h>

struct options {
	struct fmr_strings columns, sort;
	long limit;
	bool no_refresh;
};

struct list {
	struct fmr_cli *cli;
	const struct options *options;
	struct fmr_arena arena;
	struct fmr_asked asked;
	const char *const *columns;
	struct fmr_query_select select;
	struct fmr_row_template *template; /* of --format '%(id) ...'; or NULL */
	enum fmr_table_format format;
	size_t shown;
};

/* ---- columns ---- */

/* When none are named: those of the one type, or what every type has. */
static const char *const *default_columns(struct list *list)
{
	static const char *const common[] = { "id", "type", "title", NULL };
	const char *const *types = fmr_query_types(list->asked.query);
	const struct fmr_type *type = NULL;
	if (types[0] && !types[1])
		fmr_book_type(list->cli->book, types[0], &type, NULL, NULL);
	return fmr_asked_columns(list->cli, &list->arena, type && type->columns ? type->columns : common);
}

static void choose_columns(struct list *list)
{
	static const char *const ids[] = { "id", NULL };
	list->columns = fmr_names_split(&list->arena, &list->options->columns);
	if (list->template)
		list->columns = fmr_row_template_names(list->template);
	else if (list->format == FMR_TABLE_IDS)
		list->columns = ids;
	else if (!list->columns)
		list->columns = default_columns(list);
	size_t count = 0;
	while (list->columns[count])
		count++;
	struct fmr_query_column *columns = fmr_arena_zero(&list->arena, count + 1, sizeof(*columns));
	for (size_t i = 0; i < count; i++)
		columns[i].name = list->columns[i];
	list->select = (struct fmr_query_select){ .columns = columns, .column_count = count,
		.sort = fmr_names_split(&list->arena, &list->options->sort), .limit = list->options->limit };
}

/* ---- rows ---- */

static int put_rows(struct list *list, struct fmr_rows *rows, struct fmr_err *err)
{
	struct fmr_cli *cli = list->cli;
	bool people = list->format == FMR_TABLE_TEXT && !list->template;
	struct fmr_cells *cells = fmr_cells_new(cli, &list->asked, &list->select, people);
	struct fmr_table *table = list->template ? NULL :
		fmr_table_new(cli->out, list->format, list->columns, list->select.column_count, fmr_cli_width(cli), cli->color,
			false);
	const char *const *texts;
	const struct fmr_value *const *values;
	int result;
	while ((result = fmr_rows_next(rows, err)) == 1) {
		result = fmr_cells_take(cells, rows, &texts, &values, err);
		if (result)
			break;
		if (table)
			fmr_table_row(table, texts, values);
		else
			fmr_cells_print(cells, list->template, texts);
		list->shown++;
	}
	fmr_table_end(table);
	fmr_cells_free(cells);
	return result;
}

static int put_list(struct list *list, struct fmr_err *err)
{
	struct fmr_rows *rows = NULL;
	choose_columns(list);
	int result = fmr_query_rows(list->asked.query, list->asked.index, &list->select, &rows, err);
	if (!result) {
		fmr_cli_page(list->cli);
		result = put_rows(list, rows, err);
	}
	fmr_rows_free(rows);
	return result;
}

static void tell_rest(struct list *list)
{
	const char *near = list->shown ? NULL : fmr_query_nearest_type(list->asked.query);
	fmr_asked_warn(list->cli, list->asked.index, fmr_query_types(list->asked.query));
	if (near)
		fmr_cli_hint(list->cli, _("did you mean the type '%s'?"), near);
}

/* ---- the command ---- */

static int choose_format(struct list *list, struct fmr_err *err)
{
	list->format = FMR_TABLE_TEXT;
	if (!list->cli->format || fmr_table_format_parse(list->cli->format, &list->format))
		return 0;
	return fmr_row_template_new(list->cli->format, &list->template, err);
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	struct list list = { .cli = cli, .options = given };
	fmr_arena_init(&list.arena);
	int result = choose_format(&list, err);
	if (!result)
		result = fmr_asked_open(cli, argc, argv, list.options->no_refresh, &list.asked, err);
	if (!result)
		result = put_list(&list, err);
	if (!result)
		tell_rest(&list);
	fmr_asked_close(&list.asked);
	fmr_row_template_free(list.template);
	fmr_arena_release(&list.arena);
	return result;
}

static const char *const synopsis[] = { "[<options>] [<query>...]", NULL };
static const struct fmr_option option_table[] = {
	{.name = "columns",
		.kind = FMR_OPTION_LIST,
		.argument = "field",
		.complete = "field",
		.help = N_("show these fields, in this order; also id, type, title, state, path, age, needs"),
		.offset = offsetof(struct options, columns)},
	{.name = "sort",
		.kind = FMR_OPTION_LIST,
		.argument = "field",
		.complete = "field",
		.help = N_("order by these fields; -FIELD: the greatest first"),
		.offset = offsetof(struct options, sort)},
	{.name = "limit",
		.kind = FMR_OPTION_NUMBER,
		.argument = "n",
		.help = N_("show at most n records"),
		.least = 1,
		.offset = offsetof(struct options, limit)},
	FMR_NO_REFRESH_OPTION(options),
	{0},
};

const struct fmr_command fmr_command_list = {
	.name = "list",
	.group = "read",
	.summary = N_("list records, one a line"),
	.synopsis = synopsis,
	.options = option_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_BOOK,
	.complete = "query",
	.formats = fmr_table_formats,
	.templates = true,
	.query = true,
	.at = true,
	.run = run,
};
