#include "base/alloc.h"
#include "base/i18n.h"
#include "cli/cli.h"
#include "index/index.h"
#include "render/line.h"

#include <string.h>

static double mebibytes(uint64_t bytes)
{
	return (double)bytes / (1 << 20);
}

static int status(struct fmr_cli *cli, struct fmr_err *err)
{
	struct fmr_index_status status;
	int result = fmr_index_status(cli->book, &status, err);
	if (result)
		return result;
	fmr_render_line(cli->out, _("%zu records, index in %s\n"), status.records, status.directory);
	if (status.state != FMR_INDEX_NONE)
		fmr_render_line(cli->out, _("tables %.1f MiB, texts %.1f MiB\n"), mebibytes(status.database_size),
			mebibytes(status.text_size));
	if (status.state == FMR_INDEX_FRESH)
		fmr_render_line(cli->out, "%s\n", _("up to date"));
	else if (status.state == FMR_INDEX_STALE)
		fmr_render_line(cli->out, Q_("%zu file changed since; the next command reads it\n",
			"%zu files changed since; the next command reads them\n", status.changed), status.changed);
	else
		fmr_render_line(cli->out, "%s\n", _("there is none that can be used; the next command makes it"));
	return status.state == FMR_INDEX_FRESH ? FMR_EXIT_OK : FMR_EXIT_FINDINGS;
}

static int clear(struct fmr_cli *cli, struct fmr_err *err)
{
	int result = fmr_index_clear(cli->store, err);
	if (!result)
		fmr_cli_say(cli, "%s", _("the index was removed"));
	return result;
}

static void show_progress(void *context, size_t done, size_t total)
{
	fmr_progress_show(context, done, total);
}

static int rebuild(struct fmr_cli *cli, struct fmr_err *err)
{
	int result = fmr_index_clear(cli->store, err);
	if (result)
		return result;
	struct fmr_progress *progress = fmr_progress_new(cli, _("reading records"));
	const struct fmr_index_options options = { .progress = show_progress, .progress_context = progress };
	struct fmr_index *index;
	result = fmr_index_open(cli->book, &options, &index, NULL, err);
	fmr_progress_end(progress);
	if (result)
		return result;
	bool kept = fmr_index_was_written(index);
	fmr_index_close(index);
	if (!kept)
		return fmr_err_set(err, FMR_ERR_IO, "%s", _("the index cannot be written"));
	result = status(cli, err);
	return result < 0 ? result : FMR_EXIT_OK; /* files written a moment ago will be read once more */
}

static int run(struct fmr_cli *cli, const void *options, int argc, char **argv, struct fmr_err *err)
{
	(void)options;
	static const struct fmr_verb verbs[] = { { "status", status }, { "rebuild", rebuild }, { "clear", clear }, { 0 } };
	return fmr_cli_run_verb(cli, verbs, "status", argc, argv, err);
}

static const char *const synopsis[] = { "[status|rebuild|clear]", NULL };

const struct fmr_command fmr_command_index = {
	.name = "index",
	.group = "manage",
	.summary = N_("look after the index that makes commands fast"),
	.synopsis = synopsis,
	.needs = FMR_NEEDS_WORK_TREE,
	.complete = "status|rebuild|clear",
	.run = run,
};
