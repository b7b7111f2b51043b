#include "exchange/import.h"

#include "base/alloc.h"
#include "base/i18n.h"
#include "base/input.h"
#include "base/text.h"
#include "cmd/write.h"
#include "render/render.h"

#include <stdlib.h>
#include <string.h>

enum { FILE_LIMIT = 1 << 30, MAPPING_LIMIT = 1 << 20, SHOWN_FINDINGS = 1000 };

struct options {
	const char *type, *map, *encoding, *delimiter, *input;
	bool dry_run, no_commit, skip_bad, clear;
};

/* One file, which the import reads from. */
struct table {
	const char *path;
	struct fmr_str bytes;
	struct fmr_sheet *rows;
};

/* Everything one run holds. */
struct work {
	struct fmr_cli *cli;
	const struct options *options;
	struct table *tables;
	size_t count;
	struct fmr_str mapping_bytes;
	struct fmr_source mapping_source;
	struct fmr_mapping mapping;
	struct fmr_import *import;
	struct fmr_findings *findings;
};

/* ---- the request ---- */

static bool parse_delimiter(const char *text, char *out)
{
	if (strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0)
		*out = '\t';
	else if (strlen(text) == 1 && !strchr("\"\r\n", *text))
		*out = *text;
	else
		return false;
	return true;
}

static int open_rows(struct work *work, struct table *table, struct fmr_err *err)
{
	const struct options *options = work->options;
	struct fmr_sheet_options rows = { .path = table->path };
	if (options->encoding && !fmr_encoding_parse(options->encoding, &rows.encoding)) {
		fmr_err_set(err, FMR_ERR_INVALID, _("unknown encoding '%s'"), options->encoding);
		fmr_err_hint(err, "%s", _("known are utf-8, cp932, euc-jp, utf-16le, utf-16be"));
		return FMR_ERR_INVALID;
	}
	if (options->delimiter && !parse_delimiter(options->delimiter, &rows.delimiter))
		return fmr_err_set(
			err, FMR_ERR_INVALID, _("a delimiter is one character or 'tab', not '%s'"), options->delimiter);
	if (options->input)
		fmr_sheet_format_parse(options->input, &rows.format); /* one of the choices of the option */
	int result = fmr_input_read(table->path, FILE_LIMIT, &table->bytes, err);
	if (result)
		return result;
	return fmr_sheet_open(table->bytes.bytes, table->bytes.length, &rows, &table->rows, work->findings, err);
}

static int open_mapping(struct work *work, struct fmr_err *err)
{
	if (!work->options->map)
		return 0;
	int result = fmr_input_read(work->options->map, MAPPING_LIMIT, &work->mapping_bytes, err);
	if (result)
		return result;
	work->mapping_source = (struct fmr_source){ .path = work->options->map, .bytes = work->mapping_bytes.bytes,
		.length = work->mapping_bytes.length };
	return fmr_mapping_read(&work->mapping_source, &work->mapping, work->findings, err);
}

static void show_progress(void *context, size_t done, size_t total)
{
	fmr_progress_show(context, done, total);
}

static int plan(struct work *work, struct fmr_err *err)
{
	struct fmr_progress *progress = fmr_progress_new(work->cli, _("reading rows"));
	const struct fmr_import_options options = {
		.type = work->options->type,
		.mapping = work->options->map ? &work->mapping : NULL,
		.clear = work->options->clear,
		.progress = show_progress,
		.progress_context = progress,
	};
	work->import = fmr_import_new(work->cli->book, &options, work->findings);
	int result = 0;
	for (size_t i = 0; i < work->count && !result; i++) {
		result = open_rows(work, &work->tables[i], err);
		if (!result)
			result = fmr_import_add(work->import, work->tables[i].rows, work->tables[i].path, err);
	}
	if (!result)
		fmr_import_finish(work->import);
	fmr_progress_end(progress);
	return result;
}

/* ---- the answer ---- */

static void show_findings(struct work *work)
{
	enum fmr_findings_format format = FMR_FINDINGS_TEXT;
	if (work->cli->format)
		fmr_findings_format_parse(work->cli->format, &format);
	const struct fmr_findings_style style = { .color = work->cli->color };
	if (fmr_findings_count(work->findings) || format != FMR_FINDINGS_TEXT)
		fmr_render_findings(work->cli->out, work->findings, format, &style);
	size_t dropped = fmr_findings_dropped(work->findings);
	if (dropped)
		fmr_cli_say(work->cli, _("%zu more findings are not shown"), dropped);
}

static int refuse(struct work *work)
{
	const struct fmr_import_counts *counts = fmr_import_counts(work->import);
	fmr_cli_say(work->cli, _("nothing imported: %zu of %zu rows have errors"), counts->bad, counts->rows);
	if (counts->bad < counts->rows)
		fmr_cli_hint(
			work->cli, "%s", _("mend the rows and import again, or import the others with --skip-bad"));
	return FMR_EXIT_FINDINGS;
}

static char *commit_message(const struct work *work)
{
	const struct fmr_import_counts *counts = fmr_import_counts(work->import);
	struct fmr_str safe;
	fmr_str_init(&safe);
	for (size_t i = 0; i < work->count; i++) {
		const char *path = work->tables[i].path, *slash = strrchr(path, '/');
		const char *name = strcmp(path, "-") == 0 ? "standard input" : slash ? slash + 1 : path;
		fmr_str_puts(&safe, i ? ", " : "");
		fmr_text_escape(&safe, name, strlen(name), false);
	}
	char *message = fmr_format("fmrec: import %s\n\n%zu added, %zu changed, %zu unchanged\n", safe.bytes,
		counts->added, counts->changed, counts->same);
	fmr_str_release(&safe);
	return message;
}

static int apply(struct work *work, struct fmr_err *err)
{
	size_t count;
	const struct fmr_change *changes = fmr_import_changes(work->import, &count);
	struct fmr_commit_result result = { 0 };
	char *message = commit_message(work);
	bool sign = false;
	int failed = work->options->no_commit ? 0 : fmr_write_signed(work->cli, changes, count, &sign, err);
	const struct fmr_commit_options options = { .message = message, .no_commit = work->options->no_commit, .sign = sign };
	if (!failed && count)
		failed = fmr_store_apply(work->cli->store, changes, count, &options, &result, err);
	free(message);
	if (failed)
		return failed;
	const struct fmr_import_counts *counts = fmr_import_counts(work->import);
	char where[sizeof(result.branch) + 16] = "";
	if (*result.commit)
		snprintf(where, sizeof(where), "   [%s %.7s]", result.branch, result.commit);
	fmr_cli_say(work->cli, _("%zu added, %zu changed, %zu unchanged%s"), counts->added, counts->changed,
		counts->same, where);
	return FMR_EXIT_OK;
}

/* What the files were taken for, in case the guess was wrong. */
static void tell_tables(struct work *work)
{
	for (size_t i = 0; i < work->count; i++) {
		const struct table *table = &work->tables[i];
		size_t rows = fmr_sheet_count(table->rows);
		fmr_cli_say(work->cli, Q_("read %zu row of '%s' as %s, %s", "read %zu rows of '%s' as %s, %s", rows),
			rows, table->path, fmr_sheet_format_name(fmr_sheet_format(table->rows)),
			fmr_encoding_name(fmr_sheet_encoding(table->rows)));
	}
}

static int finish(struct work *work, struct fmr_err *err)
{
	const struct fmr_import_counts *counts = fmr_import_counts(work->import);
	show_findings(work);
	tell_tables(work);
	if (counts->bad && !work->options->skip_bad)
		return refuse(work);
	if (counts->bad)
		fmr_cli_say(work->cli, Q_("%zu row with errors left out", "%zu rows with errors left out", counts->bad),
			counts->bad);
	if (work->options->dry_run) {
		fmr_cli_say(work->cli, _("would be: %zu added, %zu changed, %zu unchanged"), counts->added,
			counts->changed, counts->same);
		return counts->bad ? FMR_EXIT_FINDINGS : FMR_EXIT_OK;
	}
	int result = apply(work, err);
	return result || !counts->bad ? result : FMR_EXIT_FINDINGS;
}

static void release(struct work *work)
{
	fmr_import_free(work->import);
	for (size_t i = 0; i < work->count; i++) {
		fmr_sheet_close(work->tables[i].rows);
		fmr_str_release(&work->tables[i].bytes);
	}
	free(work->tables);
	fmr_mapping_release(&work->mapping);
	fmr_findings_free(work->findings);
	fmr_str_release(&work->mapping_bytes);
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	if (argc == 0)
		return fmr_cli_usage(cli, "%s", _("which file? '-' is standard input"));
	struct work work = {
		.cli = cli, .options = given, .count = (size_t)argc, .findings = fmr_findings_new(SHOWN_FINDINGS)};
	work.tables = fmr_alloc_zero(work.count, sizeof(*work.tables));
	for (size_t i = 0; i < work.count; i++) {
		work.tables[i].path = argv[i];
		fmr_str_init(&work.tables[i].bytes);
	}
	fmr_str_init(&work.mapping_bytes);
	/* Reading keys and then writing must be one step, or two imports at once would double the rows. */
	bool locks = !work.options->dry_run;
	int result = locks ? fmr_store_lock(cli->store, 0, err) : 0;
	if (result) {
		release(&work);
		return result;
	}
	result = open_mapping(&work, err);
	if (!result)
		result = plan(&work, err);
	if (!result) {
		result = finish(&work, err);
	} else if (result == FMR_ERR_REFUSED && fmr_findings_count(work.findings)) {
		show_findings(&work);
		fmr_cli_say(cli, _("nothing imported: %s"), err->text);
		result = FMR_EXIT_FINDINGS;
	}
	if (locks)
		fmr_store_unlock(cli->store);
	release(&work);
	return result;
}

static const char *const input_formats[] = { "csv", "tsv", "json", "jsonl", NULL };
static const char *const synopsis[] = { "[<options>] [--type <type>] [--map <mapping>] <file>...", NULL };
static const struct fmr_option option_table[] = {
	{.letter = 't',
		.name = "type",
		.kind = FMR_OPTION_STRING,
		.argument = "type",
		.complete = "type",
		.help = N_("make records of this type; without it the mapping or the ids tell"),
		.offset = offsetof(struct options, type)},
	{.name = "map",
		.kind = FMR_OPTION_STRING,
		.argument = "file",
		.complete = "file",
		.help = N_("which column goes to which field; see fmrec-import(1)"),
		.offset = offsetof(struct options, map)},
	{.name = "input",
		.kind = FMR_OPTION_CHOICE,
		.argument = "format",
		.choices = input_formats,
		.help = N_("csv, tsv, json or jsonl, when the name of the file does not tell"),
		.offset = offsetof(struct options, input)},
	{.name = "encoding",
		.kind = FMR_OPTION_STRING,
		.argument = "name",
		.help = N_("utf-8, cp932, euc-jp, utf-16le or utf-16be, instead of finding it out"),
		.offset = offsetof(struct options, encoding)},
	{.name = "delimiter",
		.kind = FMR_OPTION_STRING,
		.argument = "char",
		.help = N_("what separates the cells: one character or 'tab'"),
		.offset = offsetof(struct options, delimiter)},
	{.name = "clear",
		.kind = FMR_OPTION_FLAG,
		.help = N_("an empty cell takes the field away from an existing record"),
		.offset = offsetof(struct options, clear)},
	{.name = "skip-bad",
		.kind = FMR_OPTION_FLAG,
		.help = N_("import the rows without errors, instead of none"),
		.offset = offsetof(struct options, skip_bad)},
	{.name = "no-commit",
		.kind = FMR_OPTION_FLAG,
		.help = N_("write and stage, but do not commit"),
		.offset = offsetof(struct options, no_commit)},
	{.letter = 'n',
		.name = "dry-run",
		.kind = FMR_OPTION_FLAG,
		.help = N_("only show what would be done, and all findings"),
		.offset = offsetof(struct options, dry_run)},
	{0},
};

const struct fmr_command fmr_command_import = {
	.name = "import",
	.group = "start",
	.summary = N_("make records from a table, or bring them up to date with it"),
	.synopsis = synopsis,
	.options = option_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_WORK_TREE,
	.complete = "file",
	.formats = fmr_findings_formats,
	.run = run,
};
