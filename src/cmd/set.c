#include "base/arena.h"
#include "base/vec.h"
#include "cmd/assign.h"
#include "cmd/write.h"
#include "record/scaffold.h"
#include "render/line.h"

#include <string.h>

enum { VALUE_COLUMNS = 60, SUBJECT_LENGTH = 72 };

struct options {
	struct fmr_write_options write;
	struct fmr_strings append, unset;
};

static const struct fmr_option options_table[] = {
	{ .name = "unset", .kind = FMR_OPTION_LIST, .argument = N_("field"), .help = N_("take this field away"),
		.offset = offsetof(struct options, unset), .complete = "field" },
	{ .name = "append", .kind = FMR_OPTION_LIST, .argument = N_("field=value"),
		.help = N_("add an item to a list, as field+=value"), .offset = offsetof(struct options, append),
		.complete = "assign" },
	FMR_WRITE_OPTIONS(options),
	{ 0 },
};

/* One field that became another. */
struct change {
	const char *path;
	const struct fmr_value *before, *after;
	const struct fmr_value *item; /* that came to a list or went */
	char sign;                    /* '+' or '-', of the item */
};

struct changes {
	struct change *items;
	size_t count, capacity;
};

static int assign(struct fmr_cli *cli, const struct fmr_record *record, enum fmr_assignment_kind kind,
	const char *typed, struct fmr_str *text, struct fmr_arena *arena, struct changes *changes,
	struct fmr_err *err)
{
	struct fmr_assignment assignment;
	int result = fmr_assignment_parse(cli, record->type, kind, typed, arena, &assignment, err);
	if (result)
		return result;
	if (strcmp(assignment.path, "id") == 0 || strcmp(assignment.path, "form") == 0)
		return fmr_err_set(err, FMR_ERR_INVALID, _("'%s' of a record is never changed"), assignment.path);
	struct change change = { .path = assignment.path };
	if (assignment.kind == FMR_ASSIGN_ADD || assignment.kind == FMR_ASSIGN_TAKE) {
		change.item = assignment.value;
		change.sign = assignment.kind == FMR_ASSIGN_ADD ? '+' : '-';
	}
	struct fmr_assigned assigned;
	result = fmr_assignment_apply(&assignment, record->type, record->path, text, arena, &assigned, err);
	change.before = assigned.before;
	change.after = assigned.after;
	if (!result && assigned.changed)
		FMR_VEC_PUSH(changes, change);
	if (!result && assigned.changed && assignment.kind != FMR_ASSIGN_UNSET && assignment.kind != FMR_ASSIGN_TAKE)
		fmr_decision_made(text, record->type, assignment.path, assignment.kind == FMR_ASSIGN_ADD);
	return result;
}

static int assign_all(struct fmr_cli *cli, const struct options *options, int argc, char **argv,
	const struct fmr_record *record, struct fmr_str *text, struct fmr_arena *arena, struct changes *changes,
	struct fmr_err *err)
{
	int result = 0;
	for (int i = 0; i < argc && !result; i++)
		result = assign(cli, record, FMR_ASSIGN_SET, argv[i], text, arena, changes, err);
	for (size_t i = 0; i < options->append.count && !result; i++)
		result = assign(cli, record, FMR_ASSIGN_ADD, options->append.items[i], text, arena, changes, err);
	for (size_t i = 0; i < options->unset.count && !result; i++)
		result = assign(cli, record, FMR_ASSIGN_UNSET, options->unset.items[i], text, arena, changes, err);
	return result;
}

static void subject(struct fmr_str *message, const char *id, const struct changes *changes)
{
	struct fmr_str fields;
	fmr_str_init(&fields);
	for (size_t i = 0; i < changes->count; i++)
		fmr_str_printf(&fields, "%s%s", i ? ", " : "", changes->items[i].path);
	if (fields.length + strlen(id) + sizeof("fmrec: set  ") > SUBJECT_LENGTH) {
		fmr_str_clear(&fields);
		fmr_str_printf(&fields, "(%zu fields)", changes->count);
	}
	fmr_write_subject(message, "set", id, fields.bytes);
	fmr_str_release(&fields);
}

/* "S2 → S1", "[a] → [a, b]"; of items that are no single values only what came or went. */
static void put_change(struct fmr_str *line, const struct change *change)
{
	if (change->item && (change->item->kind == FMR_MAP || change->item->kind == FMR_LIST)) {
		fmr_str_printf(line, "%c ", change->sign);
		fmr_render_value_short(line, change->item, VALUE_COLUMNS);
		return;
	}
	fmr_render_value_short(line, change->before, VALUE_COLUMNS);
	fmr_str_puts(line, " → ");
	fmr_render_value_short(line, change->after, VALUE_COLUMNS);
}

static void report(struct fmr_cli *cli, const struct options *options, const char *id, const struct changes *changes,
	const struct fmr_commit_result *result)
{
	struct fmr_str line;
	fmr_str_init(&line);
	for (size_t i = 0; i < changes->count; i++) {
		const struct change *change = &changes->items[i];
		fmr_str_printf(&line, "%s  %s: ", id, change->path);
		put_change(&line, change);
		if (i + 1 == changes->count) {
			fmr_str_puts(&line, "   ");
			fmr_write_where(&line, &options->write, result);
		}
		fmr_str_putc(&line, '\n');
	}
	if (!cli->quiet)
		fmr_render_line(cli->out, "%s", line.bytes);
	fmr_str_release(&line);
}

static int write_changes(struct fmr_cli *cli, const struct options *options, const struct fmr_record *record,
	const struct fmr_str *text, const struct changes *changes, struct fmr_err *err)
{
	struct fmr_str before, message;
	fmr_str_init(&before);
	fmr_str_init(&message);
	fmr_str_add(&before, record->text, record->length);
	subject(&message, record->id, changes);
	const struct fmr_write write = { &options->write, record->path, &before, text, message.bytes, NULL, 0 };
	struct fmr_commit_result commit;
	int result = fmr_write_record(cli, &write, &commit, err);
	if (!result)
		report(cli, options, record->id, changes, &commit);
	fmr_str_release(&message);
	fmr_str_release(&before);
	return result;
}

static int set(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	struct fmr_record record;
	int result = fmr_write_open(cli, argv[0], &record, err);
	if (result)
		return result;
	struct fmr_arena arena;
	struct fmr_str text;
	struct changes changes = { 0 };
	fmr_arena_init(&arena);
	fmr_str_init(&text);
	fmr_str_add(&text, record.text, record.length);
	result = assign_all(cli, options, argc - 1, argv + 1, &record, &text, &arena, &changes, err);
	if (!result && changes.count == 0)
		fmr_cli_say(cli, _("%s: nothing to change"), record.id);
	else if (!result)
		result = write_changes(cli, options, &record, &text, &changes, err);
	FMR_VEC_RELEASE(&changes);
	fmr_str_release(&text);
	fmr_arena_release(&arena);
	fmr_record_release(&record);
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	if (argc < 1)
		return fmr_cli_usage(cli, _("no record named"));
	if (argc == 1 && options->append.count == 0 && options->unset.count == 0)
		return fmr_cli_usage(cli, _("nothing to set: write FIELD=VALUE"));
	return fmr_write_locked(cli, &options->write, set, given, argc, argv, err);
}

static const char *const synopsis[] = { "[<options>] <id> <field>=<value>...", "[<options>] <id> <field>+=<value>...",
	"[<options>] <id> <field>-=<value>...", "[<options>] <id> --unset <field>...", NULL };

const struct fmr_command fmr_command_set = {
	.name = "set",
	.group = "write",
	.summary = N_("change fields of a record"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_WORK_TREE,
	.complete = "id assign",
	.run = run,
};
