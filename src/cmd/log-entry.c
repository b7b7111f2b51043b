#include "base/arena.h"
#include "base/clock.h"
#include "base/input.h"
#include "cmd/assign.h"
#include "cmd/compose.h"
#include "cmd/write.h"
#include "render/line.h"
#include "yaml/yaml.h"

#include <string.h>

enum { TEXT_LIMIT = 1 << 20, TEXT_COLUMNS = 60 };

struct options {
	struct fmr_write_options write;
	const char *at, *kind, *actor;
};

static const struct fmr_option options_table[] = {
	{ .letter = 't', .name = "at", .kind = FMR_OPTION_STRING, .argument = N_("time"),
		.help = N_("when it happened, such as 3:12 or '10 minutes ago' (otherwise: now)"),
		.offset = offsetof(struct options, at) },
	{ .letter = 'k', .name = "kind", .kind = FMR_OPTION_STRING, .argument = N_("kind"),
		.help = N_("what sort of step it was"), .offset = offsetof(struct options, kind) },
	{ .letter = 'a', .name = "actor", .kind = FMR_OPTION_STRING, .argument = N_("name"), .help = N_("who did it"),
		.offset = offsetof(struct options, actor) },
	FMR_WRITE_OPTIONS(options),
	{ 0 },
};

/* What the user typed for the four parts of an entry, by the names the type gives them. */
struct part {
	const char *name, *typed, *option;
};

static int check_parts(const struct fmr_type *type, const struct part *parts, size_t count, struct fmr_err *err)
{
	for (size_t i = 0; i < count; i++)
		if (parts[i].typed && !parts[i].name)
			return fmr_err_set(err, FMR_ERR_INVALID, _("entries of '%s' have no '%s'"), type->name,
				parts[i].option);
	return 0;
}

/* The entry as a map, its fields in the order of the schema. */
static int build_entry(struct fmr_cli *cli, const struct fmr_field *item, const struct part *parts, size_t count,
	struct fmr_arena *arena, struct fmr_value **out, struct fmr_err *err)
{
	struct fmr_value *entry = fmr_value_new_map(arena);
	for (size_t i = 0; i < item->child_count; i++)
		for (size_t j = 0; j < count; j++) {
			const struct fmr_field *field = &item->children[i];
			if (!parts[j].typed || strcmp(parts[j].name, field->name) != 0)
				continue;
			const struct fmr_value *value;
			int result = fmr_assignment_value(cli, field, parts[j].typed, arena, &value, err);
			if (result) {
				fmr_err_context(err, "--%s", parts[j].option);
				return result;
			}
			/* the map takes values that are not const, and does not change them */
			fmr_value_put(arena, entry, field->name, (struct fmr_value *)value);
		}
	*out = entry;
	return 0;
}

/* Now, in the zone of the organisation. */
static void now_text(struct fmr_cli *cli, struct fmr_str *out)
{
	struct fmr_time now = { .seconds = fmr_clock_now() };
	if (!fmr_zone_offset(fmr_book_zone(cli->book), now.seconds, &now.offset))
		now.offset = 0;
	fmr_time_format(out, &now);
}

static void report(struct fmr_cli *cli, const struct options *options, const struct fmr_record *record,
	const struct fmr_value *entry, const struct fmr_commit_result *commit)
{
	struct fmr_str line;
	fmr_str_init(&line);
	fmr_str_printf(&line, "%s  ", record->id);
	fmr_render_value_short(&line, fmr_value_get(entry, record->type->log.time), TEXT_COLUMNS);
	fmr_str_puts(&line, "  ");
	fmr_render_value_short(&line, fmr_value_get(entry, record->type->log.text), TEXT_COLUMNS);
	fmr_str_puts(&line, "   ");
	fmr_write_where(&line, &options->write, commit);
	if (!cli->quiet)
		fmr_render_line(cli->out, "%s\n", line.bytes);
	fmr_str_release(&line);
}

int fmr_log_compose(struct fmr_cli *cli, const struct fmr_record *record, const struct fmr_log_line *line,
	struct fmr_arena *arena, struct fmr_value **entry, struct fmr_str *text, struct fmr_err *err)
{
	const struct fmr_type *type = record->type;
	const struct fmr_field *list = type->log.field ? fmr_type_field(type, type->log.field) : NULL;
	struct fmr_str now;
	fmr_str_init(&now);
	now_text(cli, &now);
	const struct part parts[] = {
		{ type->log.time, line->at ? line->at : now.bytes, "at" },
		{ type->log.text, line->text, "text" },
		{ type->log.kind, line->kind, "kind" },
		{ type->log.actor, line->actor, "actor" },
	};
	const size_t count = sizeof(parts) / sizeof(*parts);
	int result = 0;
	*entry = NULL;
	if (!list || !list->children) {
		result = fmr_err_set(err, FMR_ERR_INVALID, _("records of type '%s' keep no log"), type->name);
		fmr_err_hint(err, _("the type names none: see 'log' in %s"), type->schema_path);
	}
	if (!result)
		result = check_parts(type, parts, count, err);
	if (!result)
		result = build_entry(cli, list->children, parts, count, arena, entry, err);
	if (!result) {
		const struct fmr_edit edit = { FMR_EDIT_APPEND, type->log.field, *entry, type->field_order };
		const struct fmr_source source = { record->path, record->text, record->length };
		result = fmr_yaml_edit(&source, &edit, 1, text, err);
	}
	fmr_str_release(&now);
	return result;
}

static int append(struct fmr_cli *cli, const struct options *options, const struct fmr_record *record, const char *words,
	struct fmr_err *err)
{
	const struct fmr_log_line line = { options->at, words, options->kind, options->actor };
	struct fmr_arena arena;
	struct fmr_value *entry;
	struct fmr_str before, text, message;
	fmr_arena_init(&arena);
	fmr_str_init(&before);
	fmr_str_init(&text);
	fmr_str_init(&message);
	fmr_str_add(&before, record->text, record->length);
	fmr_write_subject(&message, "log-entry", record->id, NULL);
	int result = fmr_log_compose(cli, record, &line, &arena, &entry, &text, err);
	if (!result) {
		const struct fmr_write write = { &options->write, record->path, &before, &text, message.bytes, NULL, 0 };
		struct fmr_commit_result commit;
		result = fmr_write_record(cli, &write, &commit, err);
		if (!result)
			report(cli, options, record, entry, &commit);
	}
	fmr_str_release(&message);
	fmr_str_release(&text);
	fmr_str_release(&before);
	fmr_arena_release(&arena);
	return result;
}

/* The operands: id, text. */
static int log_entry(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	(void)argc;
	struct fmr_record record;
	int result = fmr_write_open(cli, argv[0], &record, err);
	if (result)
		return result;
	result = append(cli, given, &record, argv[1], err);
	fmr_record_release(&record);
	return result;
}

/* The words of the entry: operands joined, or stdin for "-". */
static int entry_text(int argc, char **argv, struct fmr_str *out, struct fmr_err *err)
{
	if (argc == 1 && strcmp(argv[0], "-") == 0) {
		int result = fmr_input_read("-", TEXT_LIMIT, out, err);
		while (out->length && strchr("\r\n", out->bytes[out->length - 1]))
			fmr_str_truncate(out, out->length - 1);
		return result;
	}
	for (int i = 0; i < argc; i++)
		fmr_str_printf(out, "%s%s", i ? " " : "", argv[i]);
	return 0;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	if (argc < 2)
		return fmr_cli_usage(cli, argc ? _("no text given") : _("no record named"));
	struct fmr_str text;
	fmr_str_init(&text);
	int result = entry_text(argc - 1, argv + 1, &text, err);
	if (!result && !text.length)
		result = fmr_err_set(err, FMR_ERR_INVALID, _("the text of the entry is empty"));
	char *words[] = { argv[0], text.bytes, NULL };
	if (!result)
		result = fmr_write_locked(cli, &options->write, log_entry, given, 2, words, err);
	fmr_str_release(&text);
	return result;
}

static const char *const synopsis[] = { "[<options>] <id> <text>...", "[<options>] <id> -", NULL };

const struct fmr_command fmr_command_log_entry = {
	.name = "log-entry",
	.group = "write",
	.summary = N_("add a line to the running log of a record"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_WORK_TREE,
	.complete = "id",
	.run = run,
};
