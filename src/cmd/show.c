#include "base/i18n.h"
#include "base/str.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cmd/linked.h"
#include "cmd/names.h"
#include "cmd/standing.h"
#include "render/render.h"

#include <string.h>

struct options {
	int linked;
};

static const struct fmr_option options_table[] = {
	{ .name = "linked", .kind = FMR_OPTION_SWITCH,
		.help = N_("show the records that link to it, too, as on a terminal"), .offset = offsetof(struct options, linked) },
	{ 0 },
};

/* The text of a record that cannot be read as one. */
static void show_broken(struct fmr_cli *cli, const struct fmr_record *record, const struct fmr_findings *findings)
{
	const struct fmr_findings_style style = { .color = cli->color_errors };
	fmr_render_findings(cli->talk, findings, FMR_FINDINGS_TEXT, &style);
	struct fmr_str safe;
	fmr_str_init(&safe);
	fmr_text_escape(&safe, record->text, record->length, true);
	fwrite(safe.bytes, 1, safe.length, cli->out);
	fmr_str_release(&safe);
}

/* For people the links are judged, and those of other records shown; for programs the record is what it is. */
static int show_page(struct fmr_cli *cli, const struct options *options, const struct fmr_named *named,
	const struct fmr_record *record, struct fmr_err *err)
{
	struct fmr_suspects suspects = { 0 };
	bool linked = options->linked ? options->linked > 0 : cli->out_tty && named->book == cli->book;
	int result = fmr_suspects_find(named->book, record, &suspects, err);
	const struct fmr_record_style style = { cli->language, cli->color, fmr_cli_width(cli), suspects.items };
	fmr_render_record(cli->out, named->book, record, FMR_RECORD_TEXT, &style);
	if (!result)
		result = fmr_standing_show(cli, fmr_book_view(named->book), record, err);
	if (!result && linked)
		result = fmr_linked_show(cli, named->book, record, &suspects, err);
	fmr_suspects_release(&suspects);
	return result;
}

static int show_record(struct fmr_cli *cli, const struct options *options, const struct fmr_named *named,
	enum fmr_record_format format, struct fmr_err *err)
{
	struct fmr_record record = { 0 };
	struct fmr_findings *findings = fmr_findings_new(0);
	int result = fmr_record_read(named->book, named->path.bytes, &record, findings, err);
	if (!result && format == FMR_RECORD_TEXT)
		fmr_record_migrate(&record);
	if (!result && record.root && format == FMR_RECORD_TEXT) {
		result = show_page(cli, options, named, &record, err);
	} else if (!result && (record.root || format == FMR_RECORD_YAML)) {
		const struct fmr_record_style style = { cli->language, cli->color, fmr_cli_width(cli), NULL };
		fmr_render_record(cli->out, named->book, &record, format, &style);
	} else if (!result) {
		show_broken(cli, &record, findings);
		result = FMR_EXIT_FINDINGS;
	}
	fmr_record_release(&record);
	fmr_findings_free(findings);
	return result;
}

static int show_one(struct fmr_cli *cli, const struct options *options, const char *name,
	enum fmr_record_format format, struct fmr_err *err)
{
	struct fmr_named named;
	int result = fmr_names_open(cli, name, &named, err);
	if (!result)
		result = show_record(cli, options, &named, format, err);
	fmr_names_close(&named);
	return result;
}

static int run(struct fmr_cli *cli, const void *options, int argc, char **argv, struct fmr_err *err)
{
	if (argc == 0)
		return fmr_cli_usage(cli, "%s", _("which record?"));
	enum fmr_record_format format = FMR_RECORD_TEXT;
	if (cli->format && strcmp(cli->format, "yaml") == 0)
		format = FMR_RECORD_YAML;
	else if (cli->format && strcmp(cli->format, "json") == 0)
		format = FMR_RECORD_JSON;
	fmr_cli_page(cli);
	int worst = FMR_EXIT_OK;
	for (int i = 0; i < argc; i++) {
		if (i && format == FMR_RECORD_TEXT)
			fputc('\n', cli->out);
		else if (i && format == FMR_RECORD_YAML)
			fputs("---\n", cli->out); /* several documents, which any YAML reader takes apart */
		int result = show_one(cli, options, argv[i], format, err);
		if (result < 0)
			return result;
		worst = result > worst ? result : worst;
	}
	return worst;
}

static const char *const formats[] = { "text", "yaml", "json", NULL };
static const char *const synopsis[] = {
	"[--[no-]linked] [--at <revision|date>] [--format text|yaml|json] <id>[@<revision>]...", NULL };

const struct fmr_command fmr_command_show = {
	.name = "show",
	.group = "read",
	.summary = N_("show records, as they are or as they were"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_BOOK,
	.complete = "id",
	.formats = formats,
	.at = true,
	.run = run,
};
