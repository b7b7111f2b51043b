#include "base/i18n.h"
#include "base/str.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cmd/names.h"
#include "render/render.h"

#include <string.h>

/* A record at a revision, or as it is now. */
struct state {
	struct fmr_view *view;
	struct fmr_book *book;
	bool own; /* to be closed */
};

static void close_state(struct state *state)
{
	if (!state->own)
		return;
	fmr_book_close(state->book);
	fmr_view_close(state->view);
}

static int open_state(struct fmr_cli *cli, const char *revision, struct state *out, struct fmr_err *err)
{
	*out = (struct state){ .view = cli->view, .book = cli->book };
	if (!revision)
		return 0;
	out->own = true;
	out->view = NULL;
	out->book = NULL;
	int result = fmr_view_open(cli->store, FMR_VIEW_COMMIT, revision, &out->view, err);
	if (!result)
		result = fmr_book_open(out->view, &out->book, NULL, err);
	return result;
}

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

static int show_record(struct fmr_cli *cli, const struct state *state, const char *path, enum fmr_record_format format,
	struct fmr_err *err)
{
	struct fmr_record record = { 0 };
	struct fmr_findings *findings = fmr_findings_new(0);
	int result = fmr_record_read(state->book, path, &record, findings, err);
	if (!result && (record.root || format == FMR_RECORD_YAML)) {
		fmr_render_record(
			cli->out, state->book, &record, format, cli->language, cli->color, fmr_cli_width(cli));
	} else if (!result) {
		show_broken(cli, &record, findings);
		result = FMR_EXIT_FINDINGS;
	}
	fmr_record_release(&record);
	fmr_findings_free(findings);
	return result;
}

/* "7KQ2@HEAD~2": an id has no '@'. */
static int show_one(struct fmr_cli *cli, const char *name, enum fmr_record_format format, struct fmr_err *err)
{
	const char *at = strchr(name, '@');
	struct fmr_str text, id, path;
	fmr_str_init(&text);
	fmr_str_init(&id);
	fmr_str_init(&path);
	fmr_str_add(&text, name, at ? (size_t)(at - name) : strlen(name));
	struct state state;
	int result = open_state(cli, at ? at + 1 : NULL, &state, err);
	if (!result)
		result = fmr_names_find(cli->store, state.book, text.bytes, &id, &path, err);
	if (!result)
		result = show_record(cli, &state, path.bytes, format, err);
	close_state(&state);
	fmr_str_release(&text);
	fmr_str_release(&id);
	fmr_str_release(&path);
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
