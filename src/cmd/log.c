#include "cmd/log.h"

#include "base/alloc.h"
#include "base/i18n.h"
#include "base/period.h"
#include "base/text.h"
#include "cmd/fields.h"
#include "cmd/names.h"
#include "fmrec/history.h"
#include "render/commit.h"
#include "render/difference.h"
#include "render/print.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { STOP = 1 };

struct options {
	const char *field, *since, *until;
	long limit;
};

/* The log of one record. */
struct record_log {
	struct fmr_log *log;
	struct fmr_book *book;
	const struct fmr_type *type;
	const char *id, *path;
	size_t shown;
	bool headed;
};

/* ---- which changes ---- */

static void keep_field(struct fmr_deltas *deltas, const char *field)
{
	size_t kept = 0;
	for (size_t i = 0; i < deltas->count; i++)
		if (fmr_field_concerns(field, deltas->items[i].path))
			deltas->items[kept++] = deltas->items[i];
	deltas->count = kept;
}

static bool same_outcome(const struct fmr_delta *a, const struct fmr_delta *b)
{
	if (a->kind != b->kind)
		return false;
	if (!a->after)
		return fmr_value_equal(a->before, b->before);
	return strcmp(a->path, b->path) == 0 && fmr_value_equal(a->after, b->after);
}

/* A merge itself did what is new against each of its parents. */
static void keep_common(struct fmr_deltas *deltas, const struct fmr_deltas *other)
{
	size_t kept = 0;
	for (size_t i = 0; i < deltas->count; i++) {
		bool found = false;
		for (size_t j = 0; j < other->count && !found; j++)
			found = same_outcome(&deltas->items[i], &other->items[j]);
		if (found)
			deltas->items[kept++] = deltas->items[i];
	}
	deltas->count = kept;
}

static void find_changes(const struct record_log *record, const struct fmr_version *version,
	const struct fmr_version *const *parents, size_t count, struct fmr_arena *arena, struct fmr_deltas *out)
{
	fmr_deltas_find(record->type, count ? parents[0]->root : NULL, version->root, arena, out);
	for (size_t i = 1; i < count; i++) {
		struct fmr_deltas other;
		fmr_deltas_find(record->type, parents[i]->root, version->root, arena, &other);
		keep_common(out, &other);
	}
	if (record->log->field)
		keep_field(out, record->log->field);
}

/* ---- what happened ---- */

enum event { CREATED, RETURNED, REMOVED, CHANGED, RENAMED, MERGED, RESTYLED, BROKEN, MENDED, LOST, FOUND };

static const char *const event_names[] = { [CREATED] = "created", [RETURNED] = "returned", [REMOVED] = "removed",
	[CHANGED] = "changed", [RENAMED] = "renamed", [MERGED] = "merged", [RESTYLED] = "restyled", [BROKEN] = "broken",
	[MENDED] = "mended", [LOST] = "lost", [FOUND] = "found" };

static enum event event_of(const struct fmr_version *version, const struct fmr_version *const *parents, size_t count,
	size_t changes)
{
	if (version->state == FMR_VERSION_BROKEN)
		return BROKEN;
	if (version->state == FMR_VERSION_LOST)
		return LOST;
	if (version->state == FMR_VERSION_ABSENT)
		return REMOVED;
	if (!count)
		return version->cut ? FOUND : CREATED;
	if (count > 1)
		return MERGED;
	if (parents[0]->state == FMR_VERSION_ABSENT)
		return RETURNED;
	if (strcmp(version->path, parents[0]->path) != 0)
		return RENAMED;
	if (parents[0]->state != FMR_VERSION_READ)
		return MENDED;
	return changes ? CHANGED : RESTYLED;
}

static bool is_asked_for(const struct record_log *record, const struct fmr_version *version, size_t changes)
{
	const struct fmr_log *log = record->log;
	return (!log->since || version->committed >= log->since) && (!log->until || version->committed <= log->until) &&
		(!log->field || changes);
}

/* ---- for people ---- */

static void put_note(struct fmr_str *out, const char *sign, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void put_note(struct fmr_str *out, const char *sign, const char *format, ...)
{
	struct fmr_str text;
	fmr_str_init(&text);
	va_list args;
	va_start(args, format);
	fmr_str_vprintf(&text, format, args);
	va_end(args);
	fmr_str_printf(out, "    %s ", sign);
	fmr_text_escape(out, text.bytes, text.length, false);
	fmr_str_putc(out, '\n');
	fmr_str_release(&text);
}

static void put_message(const struct fmr_cli *cli, const char *message, struct fmr_str *out)
{
	const char *body = strchr(message, '\n');
	if (!body)
		return;
	while (*body == '\n')
		body++;
	while (cli->verbose && *body) {
		size_t length = strcspn(body, "\n");
		fmr_str_puts(out, length ? "    | " : "    |");
		fmr_text_escape(out, body, length, false);
		fmr_str_putc(out, '\n');
		body += length + (body[length] == '\n');
		while (*body == '\n' && !body[1])
			body++;
	}
}

static void put_event(const struct record_log *record, const struct fmr_version *version,
	const struct fmr_version *const *parents, enum event event, size_t changes, struct fmr_str *out)
{
	switch (event) {
	case BROKEN:
		put_note(out, "!", _("the text cannot be read as a record: %s"), version->fault);
		put_note(out, "!", "fmrec show --format yaml %s@%.*s", record->id, FMR_COMMIT_DIGITS, version->commit);
		break;
	case LOST:
		put_note(out, "!", "%s", version->fault);
		break;
	case REMOVED:
		put_note(out, "-", "%s", _("the record was removed"));
		break;
	case RETURNED:
		put_note(out, "+", "%s", _("the record came back"));
		break;
	case RENAMED:
		put_note(out, ">", _("was %s"), parents[0]->path);
		break;
	case FOUND:
		put_note(out, "!", "%s", _("this clone is shallow: what came before is not here"));
		break;
	case MERGED:
		if (!changes)
			put_note(out, "=", "%s", _("a merge: both sides came together"));
		break;
	case RESTYLED:
		put_note(out, "=", "%s", _("only layout, comments or line ends"));
		break;
	case MENDED:
		put_note(out, "=", "%s", _("the text can be read again"));
		break;
	case CREATED:
	case CHANGED:
		break;
	}
}

static void put_heading(struct record_log *record, const struct fmr_version *version, struct fmr_str *out)
{
	if (record->headed)
		return;
	const bool color = record->log->cli->color;
	const char *title = fmr_value_string(fmr_value_at(version->root, record->type->heading));
	record->headed = true;
	fmr_print_color(out, color, FMR_BOLD);
	fmr_print_safe(out, record->id);
	fmr_print_color(out, color, FMR_PLAIN);
	fmr_str_puts(out, title ? "  " : "");
	fmr_print_safe(out, title);
	fmr_str_puts(out, "\n\n");
}

static void put_text(struct record_log *record, const struct fmr_version *version,
	const struct fmr_version *const *parents, enum event event, const struct fmr_deltas *deltas, struct fmr_str *out)
{
	struct fmr_cli *cli = record->log->cli;
	const struct fmr_commit_words words = { version->commit, version->author, version->email, version->message,
		version->written, version->written_offset, version->committed };
	const struct fmr_deltas_style style = { { record->book, cli->language }, record->type, cli->color, !cli->verbose, 4,
		fmr_cli_width(cli) };
	fmr_render_commit(out, &words, record->log->zone, cli->color);
	put_message(cli, version->message, out);
	put_event(record, version, parents, event, deltas->count, out);
	const bool whole = event == CREATED || event == RETURNED || event == FOUND;
	if (whole && !record->log->field && !cli->verbose && deltas->count)
		fmr_render_delta_names(out, deltas, &style);
	else if (event != REMOVED && event != BROKEN && event != LOST)
		fmr_render_deltas(out, deltas, &style);
}

/* ---- for programs ---- */

static void put_json(const struct record_log *record, const struct fmr_version *version,
	const struct fmr_version *const *parents, size_t count, enum event event, const struct fmr_deltas *deltas,
	struct fmr_str *out)
{
	const struct fmr_commit_words words = { version->commit, version->author, version->email, version->message,
		version->written, version->written_offset, version->committed };
	bool first = true;
	fmr_print_member(out, &first, "id", record->id);
	fmr_render_commit_json(out, &first, &words);
	fmr_print_member(out, &first, "path", version->path);
	fmr_print_member(out, &first, "event", event_names[event]);
	fmr_print_member(out, &first, "fault", version->fault);
	if (event == RENAMED)
		fmr_print_member(out, &first, "from", parents[0]->path);
	fmr_print_key(out, &first, "parents");
	fmr_str_putc(out, '[');
	for (size_t i = 0; i < count; i++)
		fmr_str_printf(out, "%s\"%s\"", i ? "," : "", parents[i]->commit);
	fmr_str_putc(out, ']');
	fmr_print_key(out, &first, "changes");
	fmr_render_deltas_json(out, deltas);
}

/* ---- one record ---- */

static int put_version(void *context, const struct fmr_version *version, const struct fmr_version *const *parents,
	size_t count)
{
	struct record_log *record = context;
	struct fmr_log *log = record->log;
	struct fmr_arena arena;
	struct fmr_deltas deltas;
	struct fmr_str out;
	fmr_arena_init(&arena);
	fmr_str_init(&out);
	record->log->records++;
	find_changes(record, version, parents, count, &arena, &deltas);
	if (is_asked_for(record, version, deltas.count)) {
		const enum event event = event_of(version, parents, count, deltas.count);
		if (!log->json)
			put_heading(record, version, &out);
		fmr_log_begin(log, &out);
		if (log->json)
			put_json(record, version, parents, count, event, &deltas, &out);
		else
			put_text(record, version, parents, event, &deltas, &out);
		fmr_log_end(log, &out);
		record->shown++;
	}
	fwrite(out.bytes, 1, out.length, log->cli->out);
	fmr_str_release(&out);
	fmr_arena_release(&arena);
	return log->limit && record->shown >= log->limit ? STOP : 0;
}

/* A record that is not there any more is known by its full id. */
static int find_removed(struct fmr_named *named, const char *typed)
{
	const struct fmr_type *type;
	struct fmr_str id;
	fmr_str_init(&id);
	for (const char *p = typed; *p && *p != '@'; p++)
		fmr_str_putc(&id, (char)toupper((unsigned char)*p));
	int result = fmr_book_type_of_id(named->book, id.bytes, &type, NULL);
	if (!result && !fmr_id_path(type, id.bytes, &named->path))
		result = FMR_ERR_NOT_FOUND;
	if (!result)
		fmr_str_puts(&named->id, id.bytes);
	fmr_str_release(&id);
	return result;
}

static int log_record(struct fmr_log *log, const char *typed, struct fmr_err *err)
{
	struct fmr_named named;
	struct record_log record = { .log = log };
	int result = fmr_names_open(log->cli, typed, &named, err);
	const bool removed = result == FMR_ERR_NOT_FOUND && named.book && find_removed(&named, typed) == 0;
	if (removed || !result)
		result = fmr_book_type_of_path(named.book, named.path.bytes, &record.type, err);
	if (!result && log->field)
		result = fmr_field_choose(record.type, log->field, &log->field, err);
	if (!result) {
		const bool past = fmr_view_kind(named.view) == FMR_VIEW_COMMIT;
		const struct fmr_versions_query query = { .path = named.path.bytes,
			.from = past ? fmr_view_name(named.view) : NULL };
		record.book = named.book;
		record.id = named.id.bytes;
		record.path = named.path.bytes;
		const size_t before = log->records;
		result = fmr_versions_each(named.book, &query, put_version, &record, err);
		if (result == 0 && log->records == before && removed)
			result = fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no record '%s'"), typed);
		else if (result == 0 && log->records == before)
			fmr_cli_say(log->cli, _("'%s' was never committed"), record.id);
	}
	fmr_names_close(&named);
	return result;
}

/* ---- the command ---- */

void fmr_log_begin(struct fmr_log *log, struct fmr_str *out)
{
	if (log->lines)
		fmr_str_putc(out, '{');
	else if (log->json)
		fmr_str_puts(out, log->shown ? ",\n{" : "[\n{");
}

void fmr_log_end(struct fmr_log *log, struct fmr_str *out)
{
	fmr_str_puts(out, log->json ? "}" : "");
	fmr_str_puts(out, log->json && !log->lines ? "" : "\n");
	log->shown++;
}

static int parse_bounds(const struct options *options, struct fmr_log *log, struct fmr_err *err)
{
	const struct fmr_calendar calendar = { log->zone, fmr_book_fiscal_start(log->cli->book) };
	const char *const texts[] = { options->since, options->until };
	for (size_t i = 0; i < 2; i++) {
		struct fmr_period period;
		if (!texts[i])
			continue;
		if (!fmr_period_parse(texts[i], strlen(texts[i]), &calendar, &period)) {
			fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is no date"), texts[i]);
			fmr_err_hint(err, _("write 2026-09-30, 2026-09, -90d, 'last month', ..."));
			return FMR_ERR_INVALID;
		}
		*(i ? &log->until : &log->since) = i ? period.until : period.from;
	}
	return 0;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	struct fmr_log log = { .cli = cli, .field = options->field, .zone = fmr_book_zone(cli->book) };
	if (options->field && !argc)
		return fmr_cli_usage(cli, "%s", _("--field is for the log of a record"));
	log.limit = (size_t)options->limit;
	log.lines = cli->format && strcmp(cli->format, "jsonl") == 0;
	log.json = log.lines || (cli->format && strcmp(cli->format, "json") == 0);
	int result = parse_bounds(options, &log, err);
	if (result)
		return result;
	fmr_cli_page(cli);
	if (!argc)
		result = fmr_log_all(&log, err);
	for (int i = 0; i < argc && result >= 0; i++) {
		log.field = options->field;
		result = log_record(&log, argv[i], err);
	}
	if (result >= 0 && log.json && !log.lines)
		fputs(log.shown ? "\n]\n" : "[]\n", cli->out);
	return result < 0 ? result : FMR_EXIT_OK;
}

static const char *const formats[] = { "text", "json", "jsonl", NULL };
static const char *const synopsis[] = { "[<options>] [<id>[@<revision>]...]", NULL };
static const struct fmr_option option_table[] = {
	{ .name = "field",
		.kind = FMR_OPTION_STRING,
		.argument = "field",
		.complete = "field",
		.help = N_("only commits that changed this field, and only this of them"),
		.offset = offsetof(struct options, field) },
	{ .letter = 'n',
		.name = "limit",
		.kind = FMR_OPTION_NUMBER,
		.argument = "n",
		.help = N_("show at most n commits"),
		.least = 1,
		.offset = offsetof(struct options, limit) },
	{ .name = "since",
		.kind = FMR_OPTION_STRING,
		.argument = "date",
		.help = N_("commits made on this day or later"),
		.offset = offsetof(struct options, since) },
	{ .name = "until",
		.kind = FMR_OPTION_STRING,
		.argument = "date",
		.help = N_("commits made on this day or earlier"),
		.offset = offsetof(struct options, until) },
	{ 0 },
};

const struct fmr_command fmr_command_log = {
	.name = "log",
	.group = "read",
	.summary = N_("show who changed which field when"),
	.synopsis = synopsis,
	.options = option_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_BOOK,
	.complete = "id",
	.formats = formats,
	.at = true,
	.run = run,
};
