#include "exchange/export.h"

#include "base/i18n.h"
#include "base/str.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cmd/names.h"

#include <errno.h>

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

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	if (argc > 1)
		return fmr_cli_usage(
			cli, "%s", _("one type at a time; without a type all records are exported as JSON Lines"));
	struct fmr_export_options export = { .type = argc ? argv[0] : NULL, .excel = options->excel };
	export.format = argc ? FMR_ROWS_CSV : FMR_ROWS_JSONL;
	if (cli->format)
		fmr_sheet_format_parse(cli->format, &export.format);
	if (options->excel && export.format != FMR_ROWS_CSV && export.format != FMR_ROWS_TSV)
		return fmr_cli_usage(cli, "%s", _("--excel is for csv and tsv"));
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	export.columns = fmr_names_split(&arena, &options->columns);
	struct fmr_export_counts counts;
	int result = fmr_export(cli->book, &export, write_piece, cli, &counts, err);
	if (result == FMR_ERR_IO && ferror(cli->out))
		fmr_err_system(err, errno, "%s", _("cannot write the table"));
	fmr_arena_release(&arena);
	if (result || !counts.unreadable)
		return result;
	fmr_cli_warn(cli, Q_("%zu record cannot be read and is left out", "%zu records cannot be read and are left out",
		counts.unreadable), counts.unreadable);
	fmr_cli_hint(cli, "fmrec validate");
	return FMR_EXIT_FINDINGS;
}

static const char *const formats[] = { "csv", "tsv", "jsonl", "json", NULL };
static const char *const synopsis[] = {
	"[--excel] [--columns <field>,...] <type>", "[--format jsonl|json] [<type>]", NULL};
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
	.complete = "type",
	.formats = formats,
	.at = true,
	.run = run,
};
