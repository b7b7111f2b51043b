#include "base/i18n.h"
#include "base/str.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cmd/names.h"
#include "render/render.h"

#include <string.h>

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

static int show_record(struct fmr_cli *cli, const struct fmr_named *named, enum fmr_record_format format,
	struct fmr_err *err)
{
	struct fmr_record record = { 0 };
	struct fmr_findings *findings = fmr_findings_new(0);
	int result = fmr_record_read(named->book, named->path.bytes, &record, findings, err);
	if (!result && (record.root || format == FMR_RECORD_YAML)) {
		fmr_render_record(
			cli->out, named->book, &record, format, cli->language, cli->color, fmr_cli_width(cli));
	} else if (!result) {
		show_broken(cli, &record, findings);
		result = FMR_EXIT_FINDINGS;
	}
	fmr_record_release(&record);
	fmr_findings_free(findings);
	return result;
}

static int show_one(struct fmr_cli *cli, const char *name, enum fmr_record_format format, struct fmr_err *err)
{
	struct fmr_named named;
	int result = fmr_names_open(cli, name, &named, err);
	if (!result)
		result = show_record(cli, &named, format, err);
	fmr_names_close(&named);
	return result;
}

static int run(struct fmr_cli *cli, const void *options, int argc, char **argv, struct fmr_err *err)
{
	(void)options;
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
		int result = show_one(cli, argv[i], format, err);
		if (result < 0)
			return result;
		worst = result > worst ? result : worst;
	}
	return worst;
}

static const char *const formats[] = { "text", "yaml", "json", NULL };
static const char *const synopsis[] = { "[--at <revision|date>] [--format text|yaml|json] <id>[@<revision>]...", NULL };

const struct fmr_command fmr_command_show = {
	.name = "show",
	.group = "read",
	.summary = N_("show records, as they are or as they were"),
	.synopsis = synopsis,
	.needs = FMR_NEEDS_BOOK,
	.complete = "id",
	.formats = formats,
	.at = true,
	.run = run,
};
