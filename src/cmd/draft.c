#include "cmd/write.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/vec.h"
#include "cmd/names.h"
#include "render/line.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* A draft is the user's own unfinished text: not readable by others, never committed. */

static char *draft_path(struct fmr_cli *cli, const char *id, const char *suffix)
{
	return fmr_format("%s/drafts/%s%s", fmr_store_private_dir(cli->store), id, suffix);
}

static bool is_name(const char *id)
{
	return fmr_path_is_inside(id) && !strchr(id, '/') && id[0] != '.' && strlen(id) <= FMR_ID_LENGTH;
}

static int put(struct fmr_cli *cli, const char *id, const char *suffix, const struct fmr_str *text,
	struct fmr_err *err)
{
	struct fmr_str old;
	fmr_str_init(&old);
	char *path = draft_path(cli, id, suffix);
	int result = fmr_file_read(AT_FDCWD, path, FMR_DRAFT_LIMIT, true, &old, NULL);
	bool exists = result == 0;
	result = fmr_file_replace(AT_FDCWD, path, exists ? &old : NULL, text->bytes, text->length, 0600, err);
	free(path);
	fmr_str_release(&old);
	return result;
}

int fmr_draft_save(struct fmr_cli *cli, const char *id, const struct fmr_str *text, const struct fmr_str *base,
	struct fmr_err *err)
{
	if (!is_name(id))
		return fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is no name for a draft"), id);
	int result = fmr_store_private_make(cli->store, "drafts", err);
	if (!result && base)
		result = put(cli, id, ".base", base, err);
	return result ? result : put(cli, id, ".yaml", text, err);
}

int fmr_draft_read(struct fmr_cli *cli, const char *id, struct fmr_str *text, struct fmr_str *base, bool *has_base,
	struct fmr_err *err)
{
	if (!is_name(id))
		return fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no draft '%s'"), id);
	char *path = draft_path(cli, id, ".yaml");
	int result = fmr_file_read(AT_FDCWD, path, FMR_DRAFT_LIMIT, true, text, err);
	free(path);
	path = draft_path(cli, id, ".base");
	*has_base = fmr_file_read(AT_FDCWD, path, FMR_DRAFT_LIMIT, true, base, NULL) == 0;
	free(path);
	return result;
}

void fmr_draft_remove(struct fmr_cli *cli, const char *id)
{
	static const char *const suffixes[] = { ".yaml", ".base" };
	for (size_t i = 0; is_name(id) && i < 2; i++) {
		char *path = draft_path(cli, id, suffixes[i]);
		unlink(path);
		free(path);
	}
}

/* "7KQ2" and "inc-2026" name INC-20261121-7KQ2: the start of the id, or of a part behind a `-`. */
static bool abbreviates(const char *text, const char *id)
{
	size_t length = strlen(text);
	for (const char *part = id; part; part = strchr(part, '-') ? strchr(part, '-') + 1 : NULL)
		if (strncasecmp(part, text, length) == 0)
			return true;
	return false;
}

struct search {
	const char *text;
	struct fmr_str last, all; /* the one found last; all that were found */
	size_t found;
};

/* Take a file of the directory for drafts into account; true when it is just what was asked for. */
static bool consider(struct search *search, const char *file)
{
	size_t length = strlen(file);
	if (length <= 5 || strcmp(file + length - 5, ".yaml") != 0)
		return false;
	char *name = fmr_strndup(file, length - 5);
	bool good = is_name(name), exact = good && strcasecmp(name, search->text) == 0;
	if (exact || (good && abbreviates(search->text, name))) {
		search->found = exact ? 1 : search->found + 1;
		fmr_str_printf(&search->all, " %s", name);
		fmr_str_clear(&search->last);
		fmr_str_puts(&search->last, name);
	}
	free(name);
	return exact;
}

static void search_drafts(struct fmr_cli *cli, struct search *search)
{
	char *path = fmr_format("%s/drafts", fmr_store_private_dir(cli->store));
	DIR *directory = *search->text ? opendir(path) : NULL;
	bool done = false;
	for (const struct dirent *entry; directory && !done && (entry = readdir(directory));)
		done = consider(search, entry->d_name);
	if (directory)
		closedir(directory);
	free(path);
}

int fmr_draft_find(struct fmr_cli *cli, const char *text, struct fmr_str *id, struct fmr_err *err)
{
	struct search search = { .text = text };
	fmr_str_init(&search.last);
	fmr_str_init(&search.all);
	search_drafts(cli, &search);
	int result = 0;
	if (search.found == 1) {
		fmr_str_puts(id, search.last.bytes);
	} else if (search.found == 0) {
		result = fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no draft '%s'"), text);
	} else {
		result = fmr_err_set(err, FMR_ERR_AMBIGUOUS, _("'%s' fits %zu drafts"), text, search.found);
		fmr_err_hint(err, _("one of:%s"), search.all.bytes);
	}
	fmr_str_release(&search.last);
	fmr_str_release(&search.all);
	return result;
}

/* Where drafts cannot be written, as on a full disk: a file in the directory for temporary files. */
static bool put_aside(struct fmr_cli *cli, const char *id, const struct fmr_str *text)
{
	const char *directory = getenv("TMPDIR");
	char *path = fmr_format("%s/fmrec-%s-XXXXXX.yaml", directory && *directory ? directory : "/tmp", id);
	int file = is_name(id) ? mkstemps(path, (int)strlen(".yaml")) : -1;
	bool good = file >= 0 && fmr_write_all(file, text->bytes, text->length) == 0;
	if (file >= 0 && close(file) != 0)
		good = false;
	if (good)
		fmr_render_line(cli->talk, _("your text is kept in '%s'\n"), path);
	else if (file >= 0)
		unlink(path);
	free(path);
	return good;
}

void fmr_draft_keep(struct fmr_cli *cli, const char *id, const struct fmr_str *text, const struct fmr_str *base)
{
	struct fmr_err err = { 0 };
	if (fmr_draft_save(cli, id, text, base, &err) == 0) {
		fmr_render_line(cli->talk, _("your text is kept as a draft; go on with: fmrec edit %s\n"), id);
		return;
	}
	fmr_cli_warn(cli, _("your text could not be kept as a draft: %s"), err.text);
	if (put_aside(cli, id, text))
		return;
	fmr_render_line(cli->talk, _("this is your text:\n%s\n"), text->bytes);
}

/* ---- all of them ---- */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void fmr_drafts_list(struct fmr_cli *cli, struct fmr_drafts *drafts)
{
	char *path = fmr_format("%s/drafts", fmr_store_private_dir(cli->store));
	DIR *directory = opendir(path);
	free(path);
	if (!directory)
		return;
	for (const struct dirent *entry; (entry = readdir(directory));) {
		const char *end = strrchr(entry->d_name, '.');
		if (end && end != entry->d_name && strcmp(end, ".yaml") == 0)
			FMR_VEC_PUSH(drafts, fmr_strndup(entry->d_name, (size_t)(end - entry->d_name)));
	}
	closedir(directory);
	if (drafts->count)
		qsort(drafts->items, drafts->count, sizeof(*drafts->items), by_name);
}

void fmr_drafts_release(struct fmr_drafts *drafts)
{
	for (size_t i = 0; i < drafts->count; i++)
		free(drafts->items[i]);
	FMR_VEC_RELEASE(drafts);
}

char *fmr_draft_title(struct fmr_cli *cli, const char *id)
{
	const struct fmr_type *type;
	char *title = NULL, *path = draft_path(cli, id, ".yaml");
	struct fmr_str text;
	fmr_str_init(&text);
	if (fmr_book_type_of_id(cli->book, id, &type, NULL) == 0 &&
		fmr_file_read(AT_FDCWD, path, FMR_DRAFT_LIMIT, true, &text, NULL) == 0)
		title = fmr_names_title(type, text.bytes, text.length);
	fmr_str_release(&text);
	free(path);
	return title ? title : fmr_strdup("");
}
