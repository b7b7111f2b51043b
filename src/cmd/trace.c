#include "base/i18n.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cmd/names.h"
#include "cmd/trace_graph.h"
#include "index/index.h"

enum { DEPTH = 4, LIMIT = 1000 };

struct options {
	bool up, down, all;
	long depth, limit;
	struct fmr_strings only, skip;
};

/* A type that is misspelt would leave the graph empty without a word. */
static int check_types(struct fmr_cli *cli, const char *const *names, struct fmr_err *err)
{
	int result = 0;
	const struct fmr_type *type;
	for (; names && *names && !result; names++)
		result = fmr_book_type(cli->book, *names, &type, NULL, err);
	return result;
}

static int read_options(struct fmr_cli *cli, const struct options *given, struct fmr_arena *arena,
	struct fmr_trace_options *out, struct fmr_err *err)
{
	bool both = given->up == given->down;
	*out = (struct fmr_trace_options){ .before = both || given->up, .after = both || given->down,
		.depth = given->depth ? given->depth : given->all ? 0 : DEPTH,
		.limit = given->limit ? given->limit : given->all ? 0 : LIMIT,
		.only = fmr_names_split(arena, &given->only), .skip = fmr_names_split(arena, &given->skip),
		.language = cli->language };
	int result = check_types(cli, out->only, err);
	return result ? result : check_types(cli, out->skip, err);
}

static void show_progress(void *context, size_t done, size_t total)
{
	fmr_progress_show(context, done, total);
}

static int open_index(struct fmr_cli *cli, struct fmr_index **index, size_t *unreadable, struct fmr_err *err)
{
	struct fmr_progress *progress = fmr_progress_new(cli, _("reading records"));
	struct fmr_findings *findings = fmr_findings_new(0);
	const struct fmr_index_options options = { .progress = show_progress, .progress_context = progress };
	int result = fmr_index_open(cli->book, &options, index, findings, err);
	*unreadable = fmr_findings_errors(findings);
	fmr_findings_free(findings);
	fmr_progress_end(progress);
	return result;
}

static void tell_rest(struct fmr_cli *cli, const struct fmr_graph *graph, size_t unreadable)
{
	if (graph->cut) {
		fmr_cli_warn(cli, _("stopped at %zu records: there are more"), graph->node_count);
		fmr_cli_hint(cli, _("narrow it with --depth, --up, --down, --only or --skip, or see all with --all"));
	}
	if (unreadable) {
		fmr_cli_warn(cli, Q_("%zu record cannot be read", "%zu records cannot be read", unreadable), unreadable);
		fmr_cli_hint(cli, "fmrec validate");
	}
}

static int refuse_unreadable(const char *id, struct fmr_err *err)
{
	fmr_err_set(err, FMR_ERR_INVALID, _("'%s' cannot be read as a record"), id);
	fmr_err_hint(err, "fmrec validate %s", id);
	return FMR_ERR_INVALID;
}

static int print_trace(struct fmr_cli *cli, const char *id, const struct fmr_trace_options *options,
	enum fmr_graph_format format, struct fmr_err *err)
{
	struct fmr_index *index = NULL;
	struct fmr_trace *trace = NULL;
	size_t unreadable = 0;
	int result = open_index(cli, &index, &unreadable, err);
	if (!result)
		result = fmr_trace_new(cli->book, index, id, options, &trace, err);
	if (!result) {
		struct fmr_graph graph;
		fmr_trace_graph(trace, &graph);
		result = graph.nodes->missing ? refuse_unreadable(id, err) : 0; /* its file is there: it was found by name */
		if (!result) {
			fmr_cli_page(cli);
			fmr_render_graph(cli->out, &graph, format, cli->color, fmr_cli_width(cli));
			tell_rest(cli, &graph, unreadable);
		}
	}
	fmr_trace_free(trace);
	fmr_index_close(index);
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	if (argc != 1)
		return fmr_cli_usage(cli, "%s", argc ? _("one record at a time") : _("which record?"));
	enum fmr_graph_format format = FMR_GRAPH_TEXT;
	if (cli->format)
		fmr_graph_format_parse(cli->format, &format);

	struct fmr_arena arena;
	struct fmr_str id, path;
	fmr_arena_init(&arena);
	fmr_str_init(&id);
	fmr_str_init(&path);
	struct fmr_trace_options trace;
	int result = read_options(cli, options, &arena, &trace, err);
	if (!result)
		result = fmr_names_find(cli->store, cli->book, argv[0], &id, &path, err);
	if (!result)
		result = print_trace(cli, id.bytes, &trace, format, err);
	fmr_str_release(&id);
	fmr_str_release(&path);
	fmr_arena_release(&arena);
	return result;
}

static const char *const synopsis[] = { "[<options>] [--format text|json|dot|mermaid|svg] <id>", NULL };
static const struct fmr_option option_table[] = {
	{.letter = 'u',
		.name = "up",
		.kind = FMR_OPTION_FLAG,
		.help = N_("only what the record rests on"),
		.offset = offsetof(struct options, up)},
	{.letter = 'd',
		.name = "down",
		.kind = FMR_OPTION_FLAG,
		.help = N_("only what follows from the record"),
		.offset = offsetof(struct options, down)},
	{.name = "depth",
		.kind = FMR_OPTION_NUMBER,
		.argument = "n",
		.help = N_("follow at most n links in a row (4)"),
		.least = 1,
		.offset = offsetof(struct options, depth)},
	{.name = "limit",
		.kind = FMR_OPTION_NUMBER,
		.argument = "n",
		.help = N_("stop at n records (1000)"),
		.least = 1,
		.offset = offsetof(struct options, limit)},
	{.letter = 'a',
		.name = "all",
		.kind = FMR_OPTION_FLAG,
		.help = N_("without end: no --depth and no --limit but those given"),
		.offset = offsetof(struct options, all)},
	{.name = "only",
		.kind = FMR_OPTION_LIST,
		.argument = "type",
		.complete = "type",
		.help = N_("only through records of these types"),
		.offset = offsetof(struct options, only)},
	{.name = "skip",
		.kind = FMR_OPTION_LIST,
		.argument = "type",
		.complete = "type",
		.help = N_("not through records of these types"),
		.offset = offsetof(struct options, skip)},
	{0},
};

const struct fmr_command fmr_command_trace = {
	.name = "trace",
	.group = "read",
	.summary = N_("follow the links of a record, both ways"),
	.synopsis = synopsis,
	.options = option_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_BOOK,
	.complete = "id",
	.formats = fmr_graph_formats,
	.at = true,
	.run = run,
};
