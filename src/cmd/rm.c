#include "base/alloc.h"
#include "base/vec.h"
#include "cmd/names.h"
#include "cmd/write.h"
#include "render/line.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN_LINKS = 20 };

struct options {
	struct fmr_write_options write;
	bool force;
};

static const struct fmr_option options_table[] = {
	{ .letter = 'f', .name = "force", .kind = FMR_OPTION_FLAG,
		.help = N_("also when other records link to it: their links will dangle"),
		.offset = offsetof(struct options, force) },
	FMR_WRITE_OPTIONS(options),
	{ 0 },
};

/* ---- who links to it ---- */

struct search {
	struct fmr_cli *cli;
	const char *id;
	const struct fmr_record *from;
	size_t found;
	size_t unread; /* records that may link to it, for all that is known */
};

static int search_link(void *context, const struct fmr_link *link)
{
	struct search *search = context;
	if (strcmp(link->to, search->id) != 0 || ++search->found > SHOWN_LINKS)
		return 0;
	const char *path = link->field->path;
	size_t length = strlen(path);
	if (length > 2 && strcmp(path + length - 2, "[]") == 0)
		length -= 2;
	fmr_render_line(search->cli->talk, _("%s links to it: %.*s  %s\n"), search->from->id, (int)length, path,
		fmr_record_title(search->from));
	return 0;
}

static int search_record(void *context, const struct fmr_record *record)
{
	struct search *search = context;
	search->from = record;
	if (record->id && strcmp(record->id, search->id) == 0)
		return 0;
	if (!record->root || !record->type) {
		search->unread++;
		return 0;
	}
	return fmr_links_each(record->type, record->root, search_link, search);
}

static int refuse_linked(struct fmr_cli *cli, const char *id, bool *linked, struct fmr_err *err)
{
	struct search search = { .cli = cli, .id = id };
	struct fmr_findings *findings = fmr_findings_new(1);
	int result = fmr_record_each(cli->book, NULL, search_record, &search, findings, err);
	fmr_findings_free(findings);
	*linked = search.found > 0;
	if (search.found > SHOWN_LINKS)
		fmr_render_line(cli->talk, _("and %zu more\n"), search.found - SHOWN_LINKS);
	if (search.unread)
		fmr_cli_warn(cli, Q_("%zu record cannot be read and may link to it", "%zu records cannot be read and may link to it",
			search.unread), search.unread);
	return result;
}

/* ---- what goes ---- */

struct file {
	char *path;
	struct fmr_str content;
};

struct files {
	struct file *items;
	size_t count, capacity;
};

static int add_file(void *context, const struct fmr_entry *entry)
{
	struct files *files = context;
	struct file *file = FMR_VEC_ADD(files);
	file->path = fmr_strdup(entry->path);
	fmr_str_init(&file->content);
	return 0;
}

/* The record and the folder of its attachments. */
static int collect(struct fmr_cli *cli, const char *path, struct files *files, struct fmr_err *err)
{
	const struct fmr_entry record = { .path = path };
	add_file(files, &record);
	size_t length = strlen(path);
	if (length > 5 && strcmp(path + length - 5, ".yaml") == 0) {
		char *folder = fmr_strndup(path, length - 5);
		int result = fmr_view_each(cli->view, folder, add_file, files, err);
		free(folder);
		if (result && result != FMR_ERR_NOT_FOUND)
			return result;
	}
	for (size_t i = 0; i < files->count; i++) {
		int result = fmr_view_read(cli->view, files->items[i].path, SIZE_MAX / 4, &files->items[i].content, err);
		if (result)
			return result;
	}
	return 0;
}

static int take_away(struct fmr_cli *cli, const struct options *options, const char *id, const char *path,
	struct fmr_err *err)
{
	struct files files = { 0 };
	struct fmr_str message;
	fmr_str_init(&message);
	struct fmr_change *changes = NULL;
	struct fmr_commit_result commit = { 0 };
	int result = collect(cli, path, &files, err);
	if (result)
		goto out;
	changes = fmr_alloc_zero(files.count, sizeof(*changes));
	for (size_t i = 0; i < files.count; i++)
		changes[i] = (struct fmr_change){ files.items[i].path, NULL, 0, &files.items[i].content };
	fmr_write_subject(&message, "rm", id, NULL);
	result = fmr_write_apply(cli, &options->write, changes, files.count, message.bytes, &commit, err);
	if (result || cli->quiet)
		goto out;
	fmr_str_clear(&message);
	fmr_write_where(&message, &options->write, &commit);
	if (files.count > 1)
		fmr_render_line(cli->out,
			Q_("%s removed, with %zu file beside it   %s\n", "%s removed, with %zu files beside it   %s\n",
				files.count - 1),
			id, files.count - 1, message.bytes);
	else
		fmr_render_line(cli->out, _("%s removed   %s\n"), id, message.bytes);
out:
	free(changes);
	fmr_str_release(&message);
	for (size_t i = 0; i < files.count; i++) {
		free(files.items[i].path);
		fmr_str_release(&files.items[i].content);
	}
	FMR_VEC_RELEASE(&files);
	return result;
}

static int rm(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	(void)argc;
	const struct options *options = given;
	struct fmr_str id, path;
	fmr_str_init(&id);
	fmr_str_init(&path);
	bool linked = false;
	int result = fmr_names_find(cli->store, cli->book, argv[0], &id, &path, err);
	if (!result && !options->force)
		result = refuse_linked(cli, id.bytes, &linked, err);
	if (!result && linked) {
		fmr_render_line(cli->talk, _("'%s' stays: mend these links first, or remove it with --force\n"), id.bytes);
		result = FMR_EXIT_FINDINGS;
	}
	if (!result)
		result = take_away(cli, options, id.bytes, path.bytes, err);
	fmr_str_release(&path);
	fmr_str_release(&id);
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	if (argc != 1)
		return fmr_cli_usage(cli, argc ? _("one record at a time") : _("no record named"));
	return fmr_write_locked(cli, &options->write, rm, given, argc, argv, err);
}

static const char *const synopsis[] = { "[<options>] <id>", NULL };

const struct fmr_command fmr_command_rm = {
	.name = "rm",
	.group = "write",
	.summary = N_("take a record and its attachments away"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_WORK_TREE,
	.complete = "id",
	.run = run,
};
