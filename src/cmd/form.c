#include "base/i18n.h"
#include "cli/cli.h"
#include "cmd/names.h"
#include "render/form.h"
#include "render/render.h"

struct options {
	const char *blank;
};

static const struct fmr_option options_table[] = {
	{ .name = "blank", .kind = FMR_OPTION_STRING, .argument = N_("type"),
		.help = N_("an empty form of this type, to be filled in by hand"), .offset = offsetof(struct options, blank),
		.complete = "type" },
	{ 0 },
};

static int print_blank(struct fmr_cli *cli, const char *name, struct fmr_err *err)
{
	const struct fmr_type *type;
	struct fmr_findings *findings = fmr_findings_new(0);
	int result = fmr_book_type(cli->book, name, &type, findings, err);
	const struct fmr_findings_style style = { .color = cli->color_errors };
	if (fmr_findings_count(findings))
		fmr_render_findings(cli->talk, findings, FMR_FINDINGS_TEXT, &style);
	fmr_findings_free(findings);
	if (result)
		return result;
	const struct fmr_form form = { .book = cli->book, .language = cli->language, .type = type };
	fmr_render_form(cli->out, &form);
	return FMR_EXIT_OK;
}

static int print_form(struct fmr_cli *cli, struct fmr_book *book, const struct fmr_record *record, struct fmr_err *err)
{
	if (!record->root || !record->type) {
		fmr_err_set(err, FMR_ERR_REFUSED, _("'%s' cannot be read as a record"), record->path);
		fmr_err_hint(err, _("what is wrong with it: fmrec validate %s"), record->id);
		return FMR_ERR_REFUSED;
	}
	const struct fmr_form form = { .book = book, .language = cli->language, .type = record->type, .record = record };
	fmr_render_form(cli->out, &form);
	return FMR_EXIT_OK;
}

static int print_named(struct fmr_cli *cli, const char *name, struct fmr_err *err)
{
	struct fmr_named named;
	int result = fmr_names_open(cli, name, &named, err);
	if (!result) {
		struct fmr_record record = { 0 };
		struct fmr_findings *findings = fmr_findings_new(0);
		result = fmr_record_read(named.book, named.path.bytes, &record, findings, err);
		if (!result)
			result = print_form(cli, named.book, &record, err);
		fmr_record_release(&record);
		fmr_findings_free(findings);
	}
	fmr_names_close(&named);
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	if (options->blank && argc)
		return fmr_cli_usage(cli, _("a blank form is of no record: '%s'"), argv[0]);
	if (options->blank)
		return print_blank(cli, options->blank, err);
	if (argc == 0)
		return fmr_cli_usage(cli, "%s", _("which record?"));
	fmr_cli_page(cli);
	int result = FMR_EXIT_OK;
	for (int i = 0; i < argc && !result; i++) {
		if (i)
			fputc('\f', cli->out);
		result = print_named(cli, argv[i], err);
	}
	return result;
}

static const char *const synopsis[] = { "[--at <revision|date>] <id>[@<revision>]...", "--blank <type>", NULL };

const struct fmr_command fmr_command_form = {
	.name = "form",
	.group = "read",
	.summary = N_("print the form of a record, or an empty one"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_BOOK,
	.complete = "id",
	.at = true,
	.run = run,
};
