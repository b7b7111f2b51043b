#include "cmd/pack.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/datadir.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "base/vec.h"
#include "yaml/yaml.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define SETTINGS ".fmrec/"

enum { ORIGINS_LIMIT = 1 << 20 };

static const char *const answers[] = { "organisation", "language", "time_zone" };

/* ---- its files ---- */

void fmr_pack_release(struct fmr_pack *pack)
{
	for (size_t i = 0; i < pack->count; i++) {
		free(pack->items[i].path);
		fmr_str_release(&pack->items[i].content);
	}
	FMR_VEC_RELEASE(pack);
}

static int add_file(struct fmr_pack *pack, const char *from, const char *path, struct fmr_err *err)
{
	struct fmr_pack_file *file = FMR_VEC_ADD(pack);
	file->path = fmr_strdup(path);
	fmr_str_init(&file->content);
	int result = fmr_file_read(AT_FDCWD, from, FMR_PACK_FILE_LIMIT, false, &file->content, err);
	if (result == FMR_ERR_NOT_FOUND)
		fmr_err_hint(err, _("is fmrec installed completely?"));
	return result;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct fmr_pack_file *)a)->path, ((const struct fmr_pack_file *)b)->path);
}

/* One directory of a pack, and where its files go; nearly every pack has types, the others need not be there. */
struct shelf {
	const char *directory, *into;
	bool optional;
};

static int add_shelf(struct fmr_pack *pack, const char *top, const struct shelf *shelf, struct fmr_err *err)
{
	char *directory = fmr_format("%s/%s", top, shelf->directory);
	DIR *stream = opendir(directory);
	int result = stream || (shelf->optional && errno == ENOENT) ? 0 :
		fmr_err_system(err, errno, _("cannot read the record types in '%s'"), directory);
	for (const struct dirent *entry; stream && !result && (entry = readdir(stream));) {
		size_t length = strlen(entry->d_name);
		if (entry->d_name[0] == '.' || length <= 5 || strcmp(entry->d_name + length - 5, ".yaml") != 0)
			continue;
		char *from = fmr_format("%s/%s", directory, entry->d_name);
		char *path = fmr_format("%s/%s", shelf->into, entry->d_name);
		result = add_file(pack, from, path, err);
		free(path);
		free(from);
	}
	if (stream)
		closedir(stream);
	free(directory);
	return result;
}

int fmr_pack_read(const char *given, struct fmr_pack *out, struct fmr_err *err)
{
	static const struct shelf shelves[] = { { "types", ".fmrec/schema", false },
		{ "catalogue", ".fmrec/catalogue", true }, { "scaffold", ".fmrec/scaffold", true } };
	/* the shipped one has its config elsewhere */
	char *top = given ? fmr_strdup(given) : fmr_format("%s/schema", fmr_data_dir());
	char *config = fmr_format("%s/%s", top, given ? "config.yaml" : "pack/config.yaml");
	int result = 0;
	for (size_t i = 0; !result && i < sizeof(shelves) / sizeof(*shelves); i++)
		result = add_shelf(out, top, &shelves[i], err);
	if (out->count)
		qsort(out->items, out->count, sizeof(*out->items), by_path);
	if (!result)
		result = add_file(out, config, FMR_PACK_CONFIG, err);
	free(config);
	free(top);
	return result;
}

/* ---- answers ---- */

int fmr_pack_answer(struct fmr_str *config, const char *key, const char *value, struct fmr_err *err)
{
	if (!value)
		return 0;
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	const struct fmr_source source = { FMR_PACK_CONFIG, config->bytes, config->length };
	const struct fmr_edit edit = { FMR_EDIT_SET, key, fmr_value_new_string(&arena, value, strlen(value)), NULL };
	int result = fmr_yaml_edit(&source, &edit, 1, config, err);
	fmr_arena_release(&arena);
	return result;
}

int fmr_pack_answer_like(struct fmr_str *config, const struct fmr_str *like, struct fmr_err *err)
{
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	const struct fmr_value *root = fmr_yaml_read_quietly(like->bytes, like->length, &arena);
	int result = 0;
	for (size_t i = 0; !result && i < sizeof(answers) / sizeof(*answers); i++)
		result = fmr_pack_answer(config, answers[i], fmr_value_string(fmr_value_get(root, answers[i])), err);
	fmr_arena_release(&arena);
	return result;
}

/* ---- where the files came from ---- */

void fmr_origins_release(struct fmr_origins *origins)
{
	for (size_t i = 0; i < origins->count; i++)
		free(origins->items[i].path);
	FMR_VEC_RELEASE(origins);
}

/* Where the path stands, or would. */
static size_t place_of(const struct fmr_origins *origins, const char *path)
{
	size_t place = 0;
	while (place < origins->count && strcmp(origins->items[place].path, path) < 0)
		place++;
	return place;
}

static void set(struct fmr_origins *origins, const char *path, const char *blob)
{
	const size_t place = place_of(origins, path);
	if (place == origins->count || strcmp(origins->items[place].path, path) != 0) {
		FMR_VEC_PUSH(origins, ((struct fmr_origin){ .path = NULL }));
		memmove(origins->items + place + 1, origins->items + place,
			(origins->count - 1 - place) * sizeof(*origins->items));
		origins->items[place] = (struct fmr_origin){ .path = fmr_strdup(path) };
	}
	memcpy(origins->items[place].blob, blob, FMR_BLOB_TEXT);
}

static bool is_id(const char *text)
{
	return text && strlen(text) == FMR_BLOB_TEXT - 1 && strspn(text, "0123456789abcdef") == FMR_BLOB_TEXT - 1;
}

static bool take_all(struct fmr_origins *origins, const struct fmr_value *files)
{
	for (size_t i = 0; files && files->kind == FMR_MAP && i < files->map.count; i++) {
		const char *path = files->map.members[i].key.bytes, *blob = fmr_value_string(files->map.members[i].value);
		if (strncmp(path, SETTINGS, strlen(SETTINGS)) != 0 || !is_id(blob))
			return false;
		set(origins, path, blob);
	}
	return files && files->kind == FMR_MAP;
}

int fmr_origins_read(struct fmr_view *view, struct fmr_origins *out, struct fmr_err *err)
{
	struct fmr_str text;
	struct fmr_arena arena;
	*out = (struct fmr_origins){ 0 };
	fmr_str_init(&text);
	fmr_arena_init(&arena);
	int result = fmr_view_read(view, FMR_PACK_ORIGINS, ORIGINS_LIMIT, &text, err);
	if (!result && !take_all(out, fmr_value_get(fmr_yaml_read_quietly(text.bytes, text.length, &arena), "files"))) {
		result = fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is not as fmrec wrote it"), FMR_PACK_ORIGINS);
		fmr_err_hint(err, _("take it from the history again: git log -- %s"), FMR_PACK_ORIGINS);
	}
	fmr_arena_release(&arena);
	fmr_str_release(&text);
	return result == FMR_ERR_NOT_FOUND ? 0 : result;
}

const char *fmr_origins_find(const struct fmr_origins *origins, const char *path)
{
	const size_t place = place_of(origins, path);
	return place < origins->count && strcmp(origins->items[place].path, path) == 0 ? origins->items[place].blob : NULL;
}

int fmr_origins_note(struct fmr_origins *origins, const char *path, const struct fmr_str *content, struct fmr_err *err)
{
	char blob[FMR_BLOB_TEXT];
	int result = fmr_digest_ready(err);
	if (result || (result = fmr_digest_blob(content->bytes, content->length, blob)))
		return result;
	set(origins, path, blob);
	return 0;
}

void fmr_origins_write(const struct fmr_origins *origins, struct fmr_str *out)
{
	fmr_str_puts(out, "# What came with the pack, as git names such contents: so 'fmrec schema upgrade' can tell your changes\n"
			  "# from those of a newer pack.  Written by fmrec.\n"
			  "files:\n");
	for (size_t i = 0; i < origins->count; i++)
		fmr_str_printf(out, "  %s: %s\n", origins->items[i].path, origins->items[i].blob);
}

char *fmr_origins_copy_path(const char *path)
{
	return fmr_format(SETTINGS "pack/%s", path + strlen(SETTINGS));
}
