#include "cmd/validate.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/dict.h"
#include "base/i18n.h"
#include "base/str.h"
#include "base/vec.h"
#include "cmd/asked.h"
#include "cmd/bound.h"
#include "cmd/names.h"
#include "index/check.h"
#include "render/print.h"
#include "trust/persons.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SHOWN_FINDINGS = 10000 };

struct work {
	struct fmr_cli *cli;
	const struct fmr_validate_options *options;
	enum fmr_findings_format format;
	struct fmr_arena arena;
	FMR_VEC(const char *) paths; /* of the operands */
	struct fmr_view *walked;     /* by add_path */
	struct fmr_view *view;       /* --rev */
	struct fmr_book *book;       /* --rev */
	struct fmr_states *states;   /* --rev; or NULL */
	struct fmr_findings *findings;
	struct fmr_check_result result;
};

/* ---- operands: ids, paths, directories ---- */

/* Does the file lie in the directory of a record, as its attachment? */
static bool is_attached(struct fmr_view *view, const char *path)
{
	struct fmr_str record;
	struct fmr_entry entry;
	fmr_str_init(&record);
	bool attached = false;
	for (const char *slash = strchr(path, '/'); slash && !attached; slash = strchr(slash + 1, '/')) {
		fmr_str_clear(&record);
		fmr_str_printf(&record, "%.*s.yaml", (int)(slash - path), path);
		attached = fmr_view_entry(view, record.bytes, &entry, NULL) == 0;
	}
	fmr_str_release(&record);
	return attached;
}

static int add_path(void *context, const struct fmr_entry *entry)
{
	struct work *work = context;
	const char *dot = strrchr(entry->path, '.');
	if (dot && strcmp(dot, ".yaml") == 0 && !is_attached(work->walked, entry->path))
		FMR_VEC_PUSH(&work->paths, fmr_arena_strdup(&work->arena, entry->path));
	return 0;
}

static int add_operand(struct work *work, struct fmr_book *book, const char *name, struct fmr_err *err)
{
	struct stat status = { 0 };
	const char *below = stat(name, &status) == 0 ? fmr_names_below_top(&work->arena, work->cli->store, name) : NULL;
	if (below && S_ISDIR(status.st_mode)) {
		size_t before = work->paths.count;
		work->walked = fmr_book_view(book);
		int result = fmr_view_each(fmr_book_view(book), below, add_path, work, err);
		if (!result && work->paths.count == before)
			return fmr_err_set(err, FMR_ERR_NOT_FOUND, _("there is no record below '%s'"), name);
		return result;
	}
	struct fmr_str id, path;
	fmr_str_init(&id);
	fmr_str_init(&path);
	int result = 0;
	if (below && S_ISREG(status.st_mode))
		fmr_str_puts(&path, below);
	else
		result = fmr_id_find(book, name, &id, &path, err);
	if (!result)
		FMR_VEC_PUSH(&work->paths, fmr_arena_strdup(&work->arena, path.bytes));
	fmr_str_release(&id);
	fmr_str_release(&path);
	return result;
}

/* ---- operands: a query ---- */

static int add_found(void *context, const char *path)
{
	struct work *work = context;
	FMR_VEC_PUSH(&work->paths, fmr_arena_strdup(&work->arena, path));
	return 0;
}

/* None that fits is an answer, too: without paths everything would be checked. */
static int add_query(struct work *work, int argc, char **argv, struct fmr_err *err)
{
	if (work->options->rev)
		return fmr_err_set(err, FMR_ERR_INVALID, "%s", _("--rev goes with ids and paths, not with a query"));
	int result = fmr_asked_each_path(work->cli, argc, argv, add_found, work, err);
	return !result && !work->paths.count ? fmr_err_set(err, FMR_ERR_NOT_FOUND, "%s", _("no record fits the query")) :
		result;
}

static int add_operands(struct work *work, struct fmr_book *book, int argc, char **argv, struct fmr_err *err)
{
	if (fmr_asked_is_query(argc, argv))
		return add_query(work, argc, argv, err);
	int result = 0;
	for (int i = 0; !result && i < argc; i++)
		result = add_operand(work, book, argv[i], err);
	return result;
}

/* ---- the four ways to check ---- */

static void show_progress(void *context, size_t done, size_t total)
{
	fmr_progress_show(context, done, total);
}

static int check_book(struct work *work, struct fmr_book *book, int argc, char **argv, struct fmr_err *err)
{
	int result = add_operands(work, book, argc, argv, err);
	if (result)
		return result;
	struct fmr_progress *progress = fmr_progress_new(work->cli, _("checking records"));
	const struct fmr_check_options options = {
		.paths = work->paths.items,
		.path_count = work->paths.count,
		.state = work->options->state,
		.no_attachments = work->options->no_attachments,
		.threads = (int)work->options->jobs,
		.progress = show_progress,
		.progress_context = progress,
	};
	result = fmr_index_check(book, &options, work->findings, &work->result, err);
	fmr_progress_end(progress);
	if (!result && !argc)
		result = fmr_trust_check_book(book, work->findings, err);
	fmr_findings_sort(work->findings);
	return result;
}

static int check_staged_policy(struct fmr_store *store, struct fmr_findings *findings, struct fmr_err *err)
{
	struct fmr_view *staged;
	int code = fmr_view_open(store, FMR_VIEW_STAGED, NULL, &staged, err);
	if (code)
		return code;
	code = fmr_trust_check_view(staged, findings, err);
	fmr_view_close(staged);
	return code;
}

int fmr_validate_staged(struct fmr_cli *cli, struct fmr_findings *findings, struct fmr_check_result *result,
	struct fmr_err *err)
{
	struct fmr_view *view;
	int code = fmr_view_open(cli->store, FMR_VIEW_WORK_TREE, NULL, &view, err);
	if (code)
		return code;
	struct fmr_states *states = fmr_states_are_governed(view) ? fmr_states_new(view) : NULL;
	code = fmr_check_staged(cli->store, states ? fmr_states_of : NULL, states, findings, result, err);
	if (!code && states)
		code = check_staged_policy(cli->store, findings, err);
	if (!code && states)
		code = fmr_bound_check_staged(cli->store, states, findings, err);
	fmr_states_free(states);
	fmr_view_close(view);
	return code;
}

/* The states at its end. */
static int check_range(struct work *work, struct fmr_err *err)
{
	const char *range = work->options->rev, *end = strstr(range, "..") + 2;
	int result = fmr_view_open(work->cli->store, FMR_VIEW_COMMIT, *end ? end : "HEAD", &work->view, NULL);
	if (!result && fmr_states_are_governed(work->view))
		work->states = fmr_states_new(work->view);
	return fmr_check_range(work->cli->store, range, work->states ? fmr_states_of : NULL, work->states, work->findings,
		&work->result, err);
}

static int check_revision(struct work *work, int argc, char **argv, struct fmr_err *err)
{
	int result = fmr_view_open(work->cli->store, FMR_VIEW_COMMIT, work->options->rev, &work->view, err);
	if (!result)
		result = fmr_book_open(work->view, &work->book, work->findings, err);
	if (!result && fmr_states_are_governed(work->view)) {
		work->states = fmr_states_new(work->view);
		fmr_book_set_states(work->book, fmr_states_of, work->states);
	}
	return result ? result : check_book(work, work->book, argc, argv, err);
}

static int check(struct work *work, int argc, char **argv, struct fmr_err *err)
{
	const struct fmr_validate_options *options = work->options;
	bool range = options->rev && strstr(options->rev, "..");
	int result = fmr_cli_need(work->cli, options->staged || options->rev ? FMR_NEEDS_STORE : FMR_NEEDS_BOOK, err);
	if (result)
		return result;
	if ((options->staged || range) && argc)
		return fmr_err_set(err, FMR_ERR_INVALID, "%s",
			_("--staged and --rev A..B check everything that changed: name no records"));
	if (options->staged && !fmr_store_work_tree(work->cli->store)) {
		fmr_err_set(err, FMR_ERR_UNSUPPORTED, "%s", _("nothing is staged in a bare repository"));
		fmr_err_hint(err, "%s", _("check a commit, such as --rev HEAD"));
		return FMR_ERR_UNSUPPORTED;
	}
	if (options->staged)
		return fmr_validate_staged(work->cli, work->findings, &work->result, err);
	if (range)
		return check_range(work, err);
	if (options->rev)
		return check_revision(work, argc, argv, err);
	return check_book(work, work->cli->book, argc, argv, err);
}

/* ---- the answer ---- */

/* "2 errors in 2 of 10,214 records (0.12 s)"; no time when the clock stands still, as in tests. */
static void say_summary(const struct work *work, double seconds)
{
	struct fmr_cli *cli = work->cli;
	char errors[FMR_GROUPED], faulty[FMR_GROUPED], records[FMR_GROUPED], took[48] = "";
	size_t count = fmr_findings_errors(work->findings);
	size_t others = fmr_findings_count(work->findings) + fmr_findings_dropped(work->findings) - count;
	if (!getenv("FMREC_NOW"))
		snprintf(took, sizeof(took), " (%.2f s)", seconds);
	fmr_print_grouped(errors, count);
	fmr_print_grouped(faulty, work->result.faulty);
	fmr_print_grouped(records, work->result.records);
	if (count && !work->result.faulty)
		fmr_cli_say(cli, Q_("%s error, in no record; records checked: %s%s",
			"%s errors, in no record; records checked: %s%s", count), errors, records, took);
	else if (count && work->result.records == 1)
		fmr_cli_say(cli, Q_("%s error in the one record%s", "%s errors in the one record%s", count), errors, took);
	else if (count)
		fmr_cli_say(cli, Q_("%s error in %s of %s records%s", "%s errors in %s of %s records%s", count), errors,
			faulty, records, took);
	else if (others)
		fmr_cli_say(cli, Q_("no errors, %zu remark; records checked: %s%s", "no errors, %zu remarks; records checked: %s%s", others),
			others, records, took);
	else
		fmr_cli_say(
			cli, Q_("%s record is valid%s", "%s records are valid%s", work->result.records), records, took);
	if (fmr_findings_dropped(work->findings))
		fmr_cli_say(cli, _("%zu more findings are not shown"), fmr_findings_dropped(work->findings));
}

/* JUnit wants a case for each file that is good, too. */
static const char *const *clean_paths(struct work *work)
{
	struct fmr_book *book = work->book ? work->book : work->cli->book;
	if (work->format != FMR_FINDINGS_JUNIT || !book)
		return NULL;
	struct fmr_dict faulty = { 0 };
	for (size_t i = 0; i < fmr_findings_count(work->findings); i++)
		if (fmr_findings_at(work->findings, i)->path)
			fmr_dict_add(&faulty, fmr_findings_at(work->findings, i)->path, i);
	work->walked = fmr_book_view(book);
	if (!work->paths.count)
		fmr_view_each(fmr_book_view(book), "records", add_path, work, NULL);
	size_t count = 0, at;
	const char **clean = fmr_arena_zero(&work->arena, work->paths.count + 1, sizeof(*clean));
	for (size_t i = 0; i < work->paths.count; i++) {
		if (!fmr_dict_get(&faulty, work->paths.items[i], &at))
			clean[count++] = work->paths.items[i];
	}
	fmr_dict_release(&faulty);
	return clean;
}

/* Advice on a whole repository would hide what matters. */
static bool shows_advice(const struct work *work, int argc)
{
	return work->format != FMR_FINDINGS_TEXT || work->cli->verbose || argc;
}

static void show_findings(const struct work *work, bool advice, const struct fmr_findings_style *style)
{
	struct fmr_findings *shown = fmr_findings_new(0);
	fmr_findings_merge_severe(shown, work->findings, advice ? FMR_ADVICE : FMR_WARNING);
	fmr_render_findings(work->cli->out, shown, work->format, style);
	if (fmr_findings_count(shown) < fmr_findings_count(work->findings))
		fmr_cli_hint(work->cli, "%s", _("fmrec validate -v shows advice, too"));
	fmr_findings_free(shown);
}

static int run_records(struct work *work, int argc, char **argv, struct fmr_err *err)
{
	struct timespec start, end;
	clock_gettime(CLOCK_MONOTONIC, &start);
	int result = check(work, argc, argv, err);
	clock_gettime(CLOCK_MONOTONIC, &end);
	if (result)
		return result;
	const struct fmr_findings_style style = { .color = work->cli->color, .clean = clean_paths(work) };
	fmr_cli_page(work->cli);
	show_findings(work, shows_advice(work, argc), &style);
	say_summary(work, (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9);
	return fmr_findings_errors(work->findings) ? FMR_EXIT_FINDINGS : FMR_EXIT_OK;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct fmr_validate_options *options = given;
	enum fmr_findings_format format = FMR_FINDINGS_TEXT;
	if (cli->format)
		fmr_findings_format_parse(cli->format, &format);
	if (options->schema && (options->staged || options->rev || options->state))
		return fmr_cli_usage(
			cli, "%s", _("--schema checks files, not records: no --staged, --rev or --for with it"));
	if (!options->schema && (options->map.count || options->assert_format))
		return fmr_cli_usage(cli, "%s", _("--map and --assert-format go with --schema"));
	if (options->staged && options->rev)
		return fmr_cli_usage(cli, "%s", _("either --staged or --rev"));
	if (options->jobs < 0 || options->jobs > 256)
		return fmr_cli_usage(cli, "%s", _("-j wants a number from 1 to 256"));
	if (options->schema)
		return fmr_validate_files(cli, options, format, argc, argv, err);
	struct work work = {
		.cli = cli, .options = options, .format = format, .findings = fmr_findings_new(SHOWN_FINDINGS)};
	fmr_arena_init(&work.arena);
	int result = run_records(&work, argc, argv, err);
	fmr_findings_free(work.findings);
	fmr_book_close(work.book);
	fmr_states_free(work.states);
	fmr_view_close(work.view);
	FMR_VEC_RELEASE(&work.paths);
	fmr_arena_release(&work.arena);
	return result;
}

static const char *const synopsis[] = {
	"[<options>] [--staged | --rev <revision>[..<revision>]] [<id>|<path>...|<query>...]",
	"--schema <schema> [--map <uri>=<directory>]... [--assert-format] <file>...",
	NULL,
};
static const struct fmr_option option_table[] = {
	{.name = "staged",
		.kind = FMR_OPTION_FLAG,
		.help = N_("check what is staged for the next commit"),
		.offset = offsetof(struct fmr_validate_options, staged)},
	{.name = "rev",
		.kind = FMR_OPTION_STRING,
		.argument = "revision",
		.complete = "rev",
		.help = N_("check a commit, or each commit of a range A..B"),
		.offset = offsetof(struct fmr_validate_options, rev)},
	{.name = "for",
		.kind = FMR_OPTION_STRING,
		.argument = "state",
		.help = N_("check what the records need to reach this state"),
		.offset = offsetof(struct fmr_validate_options, state)},
	{.name = "no-attachments",
		.kind = FMR_OPTION_FLAG,
		.help = N_("do not read attached files"),
		.offset = offsetof(struct fmr_validate_options, no_attachments)},
	{.letter = 'j',
		.name = "jobs",
		.kind = FMR_OPTION_NUMBER,
		.argument = "n",
		.help = N_("use n threads instead of one for each processor"),
		.offset = offsetof(struct fmr_validate_options, jobs)},
	{.name = "schema",
		.kind = FMR_OPTION_STRING,
		.argument = "file",
		.complete = "file",
		.help = N_("check YAML or JSON files against this JSON Schema, anywhere"),
		.offset = offsetof(struct fmr_validate_options, schema)},
	{.name = "map",
		.kind = FMR_OPTION_LIST,
		.argument = "uri=directory",
		.help = N_("where schemas whose URI begins with this lie"),
		.offset = offsetof(struct fmr_validate_options, map)},
	{.name = "assert-format",
		.kind = FMR_OPTION_FLAG,
		.help = N_("check `format` too"),
		.offset = offsetof(struct fmr_validate_options, assert_format)},
	{0},
};

const struct fmr_command fmr_command_validate = {
	.name = "validate",
	.group = "judge",
	.summary = N_("check records, or any file against a schema"),
	.synopsis = synopsis,
	.options = option_table,
	.options_size = sizeof(struct fmr_validate_options),
	.needs = FMR_NEEDS_NOTHING,
	.complete = "id",
	.formats = fmr_findings_formats,
	.run = run,
};
