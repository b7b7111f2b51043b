#include "base/alloc.h"
#include "base/vec.h"
#include "cmd/bound.h"
#include "cmd/names.h"
#include "cmd/write.h"
#include "index/index.h"
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

/* Records that may link to it, for all that is known. */
static int count_unread(struct fmr_index *index, int64_t *count, struct fmr_err *err)
{
	struct fmr_rows *rows;
	int result = fmr_index_prepare(index, "SELECT count(*) FROM unreadable", &rows, err);
	if (!result && (result = fmr_rows_next(rows, err)) == 1)
		*count = fmr_rows_integer(rows, 0);
	fmr_rows_free(rows);
	return result < 0 ? result : 0;
}

static int list_linked(struct fmr_cli *cli, struct fmr_index *index, const char *id, size_t *found, struct fmr_err *err)
{
	struct fmr_rows *rows;
	int result = fmr_index_prepare(index, "SELECT l.source, l.field, r.title FROM link l JOIN record r ON r.id = l.source "
		"WHERE l.target = ?1 AND l.source <> ?1 ORDER BY r.path", &rows, err);
	if (result)
		return result;
	fmr_rows_bind_text(rows, 1, id, strlen(id));
	while ((result = fmr_rows_next(rows, err)) == 1)
		if (++*found <= SHOWN_LINKS)
			fmr_render_line(cli->talk, _("%s links to it: %s  %s\n"), fmr_rows_text(rows, 0, NULL),
				fmr_rows_text(rows, 1, NULL), fmr_rows_text(rows, 2, NULL));
	fmr_rows_free(rows);
	return result;
}

static int refuse_linked(struct fmr_cli *cli, const char *id, bool *linked, struct fmr_err *err)
{
	struct fmr_index *index;
	size_t found = 0;
	int64_t unread = 0;
	int result = fmr_index_open(cli->book, NULL, &index, NULL, err);
	if (result)
		return result;
	result = list_linked(cli, index, id, &found, err);
	if (!result)
		result = count_unread(index, &unread, err);
	fmr_index_close(index);
	*linked = found > 0;
	if (found > SHOWN_LINKS)
		fmr_render_line(cli->talk, _("and %zu more\n"), found - SHOWN_LINKS);
	if (unread)
		fmr_cli_warn(cli, Q_("%zu record cannot be read and may link to it", "%zu records cannot be read and may link to it",
			(size_t)unread), (size_t)unread);
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
	if (!result)
		result = fmr_bound_refuse(cli, id.bytes, err);
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
