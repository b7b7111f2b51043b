#include "base/alloc.h"
#include "base/arena.h"
#include "base/decimal.h"
#include "base/digest.h"
#include "base/fs.h"
#include "base/input.h"
#include "base/text.h"
#include "base/vec.h"
#include "cmd/write.h"
#include "render/line.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

enum { ATTACHMENT_LIMIT = 25 << 20, NAME_LENGTH = 200 };

struct options {
	struct fmr_write_options write;
	const char *label, *name;
	bool remove;
};

static const struct fmr_option options_table[] = {
	{ .letter = 'l', .name = "label", .kind = FMR_OPTION_STRING, .argument = N_("text"),
		.help = N_("what the file shows"), .offset = offsetof(struct options, label) },
	{ .name = "name", .kind = FMR_OPTION_STRING, .argument = N_("name"),
		.help = N_("name of the file beside the record (otherwise: its own)"),
		.offset = offsetof(struct options, name) },
	{ .name = "remove", .kind = FMR_OPTION_FLAG, .help = N_("take attached files away, by their names"),
		.offset = offsetof(struct options, remove) },
	FMR_WRITE_OPTIONS(options),
	{ 0 },
};

/* One file that comes or goes. */
struct item {
	char *name, *path; /* in the folder of the record; from the top of the repository */
	struct fmr_str content;
};

struct items {
	struct item *items;
	size_t count, capacity;
};

struct job {
	struct fmr_cli *cli;
	const struct options *options;
	const struct fmr_record *record;
	struct fmr_arena arena;
	struct fmr_str text; /* the record as it becomes */
	struct items items;
};

static void release_items(struct items *items)
{
	for (size_t i = 0; i < items->count; i++) {
		free(items->items[i].name);
		free(items->items[i].path);
		fmr_str_release(&items->items[i].content);
	}
	FMR_VEC_RELEASE(items);
}

/* The folder of attachments lies beside the record and is called as its id: its path without ".yaml". */
static struct item *add_item(struct job *job, const char *name)
{
	struct item *item = FMR_VEC_ADD(&job->items);
	size_t length = strlen(job->record->path);
	const char *path = job->record->path;
	if (length > 5 && strcmp(path + length - 5, ".yaml") == 0)
		length -= 5;
	item->name = fmr_strdup(name);
	item->path = fmr_format("%.*s/%s", (int)length, path, name);
	fmr_str_init(&item->content);
	return item;
}

static bool is_good_name(const char *name)
{
	size_t length = strlen(name);
	return fmr_path_is_inside(name) && !strchr(name, '/') && name[0] != '.' && name[0] != ' ' &&
		length <= NAME_LENGTH && fmr_utf8_valid(name, length) == length;
}

static int check_name(const char *name, struct fmr_err *err)
{
	if (is_good_name(name))
		return 0;
	fmr_err_set(err, FMR_ERR_INVALID, _("'%s' cannot be the name of an attachment"), name);
	fmr_err_hint(err, _("choose one with --name: no '/', no leading '.', no control characters"));
	return FMR_ERR_INVALID;
}

static const struct fmr_value *list_of(struct job *job)
{
	const struct fmr_value *root = fmr_yaml_read_quietly(job->text.bytes, job->text.length, &job->arena);
	return fmr_value_at(root, job->record->type->attachments);
}

static const char *file_of(const struct fmr_value *list, size_t index)
{
	const char *file = fmr_value_string(fmr_value_get(list->list.items[index], "file"));
	return file ? file : "";
}

/* Names that only differ in case or width would be one file on some systems. */
static int check_collision(struct job *job, const char *name, struct fmr_err *err)
{
	const struct fmr_value *list = list_of(job);
	for (size_t i = 0; list && list->kind == FMR_LIST && i < list->list.count; i++)
		if (fmr_text_alike(file_of(list, i), name)) {
			fmr_err_set(err, FMR_ERR_EXISTS, _("'%s' already has an attachment '%s'"), job->record->id,
				file_of(list, i));
			fmr_err_hint(err, _("give another name with --name, or take it away first: "
						   "fmrec attach --remove %s '%s'"),
				job->record->id, file_of(list, i));
			return FMR_ERR_EXISTS;
		}
	return 0;
}

static size_t size_limit(struct fmr_cli *cli)
{
	const struct fmr_value *limit = fmr_value_at(fmr_book_config(cli->book), "limits.attachment_bytes");
	long long bytes;
	bool good = limit && limit->kind == FMR_NUMBER && fmr_decimal_to_integer(limit->text, &bytes) && bytes >= 0;
	return good ? (size_t)bytes : ATTACHMENT_LIMIT;
}

static int edit_text(struct job *job, enum fmr_edit_kind kind, const char *path, const struct fmr_value *value,
	struct fmr_err *err)
{
	const struct fmr_edit edit = { kind, path, value, job->record->type->field_order };
	const struct fmr_source source = { job->record->path, job->text.bytes, job->text.length };
	return fmr_yaml_edit(&source, &edit, 1, &job->text, err);
}

static int attach(struct job *job, const char *file, struct fmr_err *err)
{
	const char *slash = strrchr(file, '/');
	const char *name = job->options->name ? job->options->name : slash ? slash + 1 : file;
	int result = fmr_digest_ready(err);
	if (!result)
		result = check_name(name, err);
	if (!result)
		result = check_collision(job, name, err);
	if (result)
		return result;
	struct item *item = add_item(job, name);
	result = fmr_input_read(file, size_limit(job->cli), &item->content, err);
	if (result == FMR_ERR_LIMIT)
		fmr_err_hint(err, _("the limit is 'limits.attachment_bytes' in .fmrec/config.yaml"));
	if (result)
		return result;

	char digest[FMR_DIGEST_TEXT], size[32];
	fmr_digest_bytes(item->content.bytes, item->content.length, digest);
	snprintf(size, sizeof(size), "%zu", item->content.length);
	struct fmr_arena *arena = &job->arena;
	struct fmr_value *entry = fmr_value_new_map(arena);
	fmr_value_put(arena, entry, "file", fmr_value_new_string(arena, name, strlen(name)));
	fmr_value_put(arena, entry, "sha256", fmr_value_new_string(arena, digest, strlen(digest)));
	fmr_value_put(arena, entry, "size", fmr_value_new_number(arena, size));
	const char *label = job->options->label;
	if (label)
		fmr_value_put(arena, entry, "label", fmr_value_new_string(arena, label, strlen(label)));
	return edit_text(job, FMR_EDIT_APPEND, job->record->type->attachments, entry, err);
}

static int no_attachment(struct job *job, const struct fmr_value *list, const char *name, struct fmr_err *err)
{
	fmr_err_set(err, FMR_ERR_NOT_FOUND, _("'%s' has no attachment '%s'"), job->record->id, name);
	struct fmr_str names;
	fmr_str_init(&names);
	for (size_t i = 0; list && list->kind == FMR_LIST && i < list->list.count; i++)
		fmr_str_printf(&names, "%s%s", i ? ", " : "", file_of(list, i));
	if (names.length)
		fmr_err_hint(err, _("it has: %s"), names.bytes);
	fmr_str_release(&names);
	return FMR_ERR_NOT_FOUND;
}

static int detach(struct job *job, const char *name, struct fmr_err *err)
{
	const struct fmr_value *list = list_of(job);
	const char *field = job->record->type->attachments;
	for (size_t i = 0; list && list->kind == FMR_LIST && i < list->list.count; i++) {
		if (strcmp(file_of(list, i), name) != 0)
			continue;
		char *path = list->list.count == 1 ? fmr_strdup(field) : fmr_format("%s.%zu", field, i);
		int result = edit_text(job, FMR_EDIT_REMOVE, path, NULL, err);
		free(path);
		if (result || check_name(name, NULL))
			return result; /* a name that leads elsewhere is only struck from the record */
		struct item *item = add_item(job, name);
		result = fmr_view_read(job->cli->view, item->path, SIZE_MAX / 4, &item->content, err);
		if (result != FMR_ERR_NOT_FOUND)
			return result;
		free(item->name);
		free(item->path);
		job->items.count--; /* gone already */
		return 0;
	}
	return no_attachment(job, list, name, err);
}

static int write_job(struct job *job, struct fmr_err *err)
{
	const struct options *options = job->options;
	const struct fmr_record *record = job->record;
	struct fmr_change *changes = fmr_alloc_zero(job->items.count, sizeof(*changes));
	for (size_t i = 0; i < job->items.count; i++) {
		const struct item *item = &job->items.items[i];
		changes[i] = options->remove ? (struct fmr_change){ item->path, NULL, 0, &item->content }
					     : (struct fmr_change){ item->path, item->content.bytes,
						       item->content.length, NULL };
	}
	struct fmr_str before, message;
	fmr_str_init(&before);
	fmr_str_init(&message);
	fmr_str_add(&before, record->text, record->length);
	char *rest = job->items.count == 1 ? fmr_strdup(job->items.items[0].name)
					   : fmr_format("(%zu files)", job->items.count);
	fmr_write_subject(&message, options->remove ? "attach --remove" : "attach", record->id, rest);
	free(rest);
	const struct fmr_write write = { &options->write, record->path, &before, &job->text, message.bytes, changes,
		job->items.count };
	struct fmr_commit_result commit = { 0 };
	int result = fmr_write_record(job->cli, &write, &commit, err);
	fmr_str_clear(&message);
	fmr_write_where(&message, &options->write, &commit);
	for (size_t i = 0; !result && !job->cli->quiet && i < job->items.count; i++)
		fmr_render_line(job->cli->out, "%s  %c %s%s%s\n", record->id, options->remove ? '-' : '+',
			job->items.items[i].path, i + 1 == job->items.count ? "   " : "",
			i + 1 == job->items.count ? message.bytes : "");
	fmr_str_release(&message);
	fmr_str_release(&before);
	free(changes);
	return result;
}

static int work(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	struct fmr_record record;
	int result = fmr_write_open(cli, argv[0], &record, err);
	if (result)
		return result;
	struct job job = { .cli = cli, .options = options, .record = &record };
	fmr_arena_init(&job.arena);
	fmr_str_init(&job.text);
	fmr_str_add(&job.text, record.text, record.length);
	if (!record.type->attachments) {
		result = fmr_err_set(err, FMR_ERR_INVALID, _("records of type '%s' have no attachments"),
			record.type->name);
		fmr_err_hint(err, _("the type names none: see 'attachments' in %s"), record.type->schema_path);
	}
	for (int i = 1; i < argc && !result; i++)
		result = options->remove ? detach(&job, argv[i], err) : attach(&job, argv[i], err);
	if (!result)
		result = write_job(&job, err);
	release_items(&job.items);
	fmr_str_release(&job.text);
	fmr_arena_release(&job.arena);
	fmr_record_release(&record);
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	if (argc < 2)
		return fmr_cli_usage(cli, argc ? _("no file named") : _("no record named"));
	if (options->name && (argc > 2 || options->remove))
		return fmr_cli_usage(cli, _("--name goes with one new file"));
	if (options->label && options->remove)
		return fmr_cli_usage(cli, _("--label goes with new files"));
	if (!options->name && !options->remove && argc == 2 && strcmp(argv[1], "-") == 0)
		return fmr_cli_usage(cli, _("what comes from stdin needs a --name"));
	return fmr_write_locked(cli, &options->write, work, given, argc, argv, err);
}

static const char *const synopsis[] = { "[<options>] <id> <file>...", "[<options>] --remove <id> <name>...", NULL };

const struct fmr_command fmr_command_attach = {
	.name = "attach",
	.group = "write",
	.summary = N_("keep files with a record, with their digests"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_WORK_TREE,
	.complete = "id",
	.run = run,
};
