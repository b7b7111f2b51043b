#include "exchange/export.h"

#include "base/i18n.h"
#include "base/str.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cmd/asked.h"
#include "cmd/names.h"

#include <errno.h>
#include <string.h>

struct options {
	bool excel;
	struct fmr_strings columns;
};

/* To a file byte for byte; on a terminal nothing may move the cursor. */
static int write_piece(void *context, const char *bytes, size_t length)
{
	struct fmr_cli *cli = context;
	struct fmr_str safe;
	fmr_str_init(&safe);
	if (cli->out_tty) {
		fmr_text_escape(&safe, bytes, length, true);
		bytes = safe.bytes;
		length = safe.length;
	}
	int result = fwrite(bytes, 1, length, cli->out) == length ? 0 : FMR_ERR_IO;
	fmr_str_release(&safe);
	return result;
}

/* ---- which records ---- */

/* The name of a type alone is no query: a misspelt one would be looked for in all texts. */
static bool is_query(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		for (const char *p = argv[i]; *p; p++)
			if (strchr(":=<>() \"/*", *p) || (unsigned char)*p >= 0x80)
				return true;
	return argc > 1;
}

static int note_paths(struct fmr_asked *asked, struct fmr_dict *paths, struct fmr_err *err)
{
	enum { PATH = 2 };
	const struct fmr_query_column column = { .name = "path" };
	const struct fmr_query_select select = { .columns = &column, .column_count = 1 };
	struct fmr_rows *rows = NULL;
	int result = fmr_query_rows(asked->query, asked->index, &select, &rows, err);
	while (!result && (result = fmr_rows_next(rows, err)) == 1) {
		fmr_dict_add(paths, fmr_rows_text(rows, PATH, NULL), 1);
		result = 0;
	}
	fmr_rows_free(rows);
	return result;
}

static int choose_records(struct fmr_cli *cli, int argc, char **argv, struct fmr_asked *asked, struct fmr_dict *paths,
	struct fmr_export_options *export, struct fmr_err *err)
{
	int result = fmr_asked_open(cli, argc, argv, false, asked, err);
	if (!result)
		result = note_paths(asked, paths, err);
	if (result)
		return result;
	const char *const *types = fmr_query_types(asked->query);
	export->type = types[0] && !types[1] ? types[0] : NULL;
	export->only = paths;
	fmr_asked_warn(cli, asked->index, types);
	return 0;
}

/* ---- the command ---- */

static int write_records(struct fmr_cli *cli, struct fmr_export_options *export, struct fmr_err *err)
{
	struct fmr_export_counts counts;
	export->format = export->type ? FMR_ROWS_CSV : FMR_ROWS_JSONL;
	if (cli->format)
		fmr_sheet_format_parse(cli->format, &export->format);
	if (export->excel && export->format != FMR_ROWS_CSV && export->format != FMR_ROWS_TSV)
		return fmr_cli_usage(cli, "%s", _("--excel is for csv and tsv"));
	int result = fmr_export(cli->book, export, write_piece, cli, &counts, err);
	if (result == FMR_ERR_IO && ferror(cli->out))
		fmr_err_system(err, errno, "%s", _("cannot write the table"));
	if (result || !counts.unreadable)
		return result;
	fmr_cli_warn(cli, Q_("%zu record cannot be read and is left out", "%zu records cannot be read and are left out",
		counts.unreadable), counts.unreadable);
	fmr_cli_hint(cli, "fmrec validate");
	return FMR_EXIT_FINDINGS;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	struct fmr_export_options export = { .type = argc ? argv[0] : NULL, .excel = options->excel };
	struct fmr_asked asked = { 0 };
	struct fmr_dict paths;
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	fmr_dict_init(&paths);
	export.columns = fmr_names_split(&arena, &options->columns);
	int result = is_query(argc, argv) ? choose_records(cli, argc, argv, &asked, &paths, &export, err) : 0;
	if (!result)
		result = write_records(cli, &export, err);
	fmr_asked_close(&asked);
	fmr_dict_release(&paths);
	fmr_arena_release(&arena);
	return result;
}

static const char *const formats[] = { "csv", "tsv", "jsonl", "json", NULL };
static const char *const synopsis[] = {
	"[--excel] [--columns <field>,...] <type> [<query>...]", "[--format jsonl|json] [<query>...]", NULL};
static const struct fmr_option option_table[] = {
	{.name = "excel",
		.kind = FMR_OPTION_FLAG,
		.help = N_("for spreadsheets: byte order mark, CRLF, no cell that runs as a formula"),
		.offset = offsetof(struct options, excel)},
	{.name = "columns",
		.kind = FMR_OPTION_LIST,
		.argument = "field",
		.complete = "field",
		.help = N_("only these fields, in this order"),
		.offset = offsetof(struct options, columns)},
	{0},
};

const struct fmr_command fmr_command_export = {
	.name = "export",
	.group = "start",
	.summary = N_("write records as a table or as JSON"),
	.synopsis = synopsis,
	.options = option_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_BOOK,
	.complete = "query",
	.formats = formats,
	.query = true,
	.at = true,
	.run = run,
};
