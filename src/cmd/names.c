#include "cmd/names.h"

#include "base/alloc.h"
#include "base/vec.h"
#include "yaml/yaml.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

const char *const *fmr_names_split(struct fmr_arena *arena, const struct fmr_strings *given)
{
	FMR_VEC(const char *) names = { 0 };
	for (size_t i = 0; i < given->count; i++) {
		for (const char *at = given->items[i]; *at;) {
			size_t length = strcspn(at, ",");
			if (length)
				FMR_VEC_PUSH(&names, fmr_arena_strndup(arena, at, length));
			at += length + (at[length] == ',');
		}
	}
	const char **kept = NULL;
	if (names.count) {
		kept = fmr_arena_zero(arena, names.count + 1, sizeof(*kept));
		memcpy(kept, names.items, names.count * sizeof(*kept));
	}
	FMR_VEC_RELEASE(&names);
	return kept;
}

const char *fmr_names_below_top(struct fmr_arena *arena, const struct fmr_store *store, const char *typed)
{
	const char *top = fmr_store_work_tree(store);
	char absolute[PATH_MAX];
	if (!top || !realpath(typed, absolute))
		return NULL;
	size_t length = strlen(top);
	if (strncmp(absolute, top, length) != 0 || (absolute[length] != '/' && absolute[length] != '\0'))
		return NULL;
	return fmr_arena_strdup(arena, absolute + length + (absolute[length] == '/'));
}

static bool looks_like_path(const char *typed)
{
	const char *dot = strrchr(typed, '.');
	return strchr(typed, '/') || (dot && strcmp(dot, ".yaml") == 0);
}

int fmr_names_find(const struct fmr_store *store, struct fmr_book *book, const char *typed, struct fmr_str *id,
	struct fmr_str *path, struct fmr_err *err)
{
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	const char *below = looks_like_path(typed) ? fmr_names_below_top(&arena, store, typed) : NULL;
	int result = fmr_id_find(book, below ? below : typed, id, path, err);
	fmr_arena_release(&arena);
	return result;
}

bool fmr_names_record(struct fmr_book *book, const char *path, const struct fmr_type **type, struct fmr_text *id)
{
	const char *name = strrchr(path, '/'), *dot = strrchr(path, '.');
	*type = NULL;
	if (!name || !dot || strcmp(dot, ".yaml") != 0 || fmr_book_type_of_path(book, path, type, NULL) != 0)
		return false;
	*id = (struct fmr_text){ name + 1, (size_t)(dot - name) - 1 };
	char *text = fmr_strndup(id->bytes, id->length);
	bool fits = fmr_id_fits(*type, NULL, text);
	free(text);
	return fits;
}

char *fmr_names_title(const struct fmr_type *type, const char *bytes, size_t length)
{
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	const struct fmr_value *root = type->heading ? fmr_yaml_read_quietly(bytes, length, &arena) : NULL;
	const char *heading = root ? fmr_value_string(fmr_value_at(root, type->heading)) : NULL;
	char *title = heading ? fmr_strdup(heading) : NULL;
	fmr_arena_release(&arena);
	return title;
}

/* ---- with a revision ---- */

static bool is_braced(const char *revision)
{
	size_t length = strlen(revision);
	return length > 2 && revision[0] == '{' && revision[length - 1] == '}';
}

/* "{2026-09-30}" is a date; "{1}" and "{upstream}" are what git makes of @{1} and @{upstream}. */
static int open_revision(struct fmr_cli *cli, const char *revision, struct fmr_view **out, struct fmr_err *err)
{
	if (!is_braced(revision))
		return fmr_cli_open_at(cli, revision, out, err);
	char *inner = fmr_strndup(revision + 1, strlen(revision) - 2), *whole = fmr_format("@%s", revision);
	bool counts = strspn(inner, "-0123456789") == strlen(inner) && strlen(inner) < 4;
	int result = counts ? FMR_ERR_NOT_FOUND : fmr_cli_open_at(cli, inner, out, err);
	if (result && fmr_view_open(cli->store, FMR_VIEW_COMMIT, whole, out, counts ? err : NULL) == 0)
		result = 0;
	free(inner);
	free(whole);
	return result;
}

int fmr_names_former(struct fmr_book *now, const char *path, struct fmr_named *then)
{
	struct fmr_record record;
	int result = fmr_record_read(now, path, &record, NULL, NULL);
	if (result)
		return result;
	const struct fmr_value *aliases = fmr_record_aliases(&record);
	result = FMR_ERR_NOT_FOUND;
	for (size_t i = 0; result && aliases && i < aliases->list.count; i++) {
		const char *alias = fmr_value_string(aliases->list.items[i]);
		if (alias)
			result = fmr_id_find(then->book, alias, &then->id, &then->path, NULL);
	}
	fmr_record_release(&record);
	return result;
}

/* Under a name that it has given up since. */
static int find_former(struct fmr_cli *cli, const char *typed, struct fmr_named *named)
{
	struct fmr_str id, path;
	fmr_str_init(&id);
	fmr_str_init(&path);
	int result = fmr_names_find(cli->store, cli->book, typed, &id, &path, NULL);
	if (!result)
		result = fmr_names_former(cli->book, path.bytes, named);
	fmr_str_release(&id);
	fmr_str_release(&path);
	return result;
}

int fmr_names_open(struct fmr_cli *cli, const char *typed, struct fmr_named *out, struct fmr_err *err)
{
	const char *at = strchr(typed, '@'); /* an id has none */
	char *name = fmr_strndup(typed, at ? (size_t)(at - typed) : strlen(typed));
	*out = (struct fmr_named){ .view = cli->view, .book = cli->book, .revision = at ? at + 1 : NULL };
	fmr_str_init(&out->id);
	fmr_str_init(&out->path);
	int result = 0;
	if (at) {
		out->own = true;
		out->view = NULL;
		out->book = NULL;
		result = open_revision(cli, at + 1, &out->view, err);
		if (!result)
			result = fmr_book_open(out->view, &out->book, NULL, err);
	}
	if (!result)
		result = fmr_names_find(cli->store, out->book, name, &out->id, &out->path, err);
	if (result == FMR_ERR_NOT_FOUND && out->book && out->own && find_former(cli, name, out) == 0)
		result = 0;
	free(name);
	return result;
}

void fmr_names_close(struct fmr_named *named)
{
	if (named->own) {
		fmr_book_close(named->book);
		fmr_view_close(named->view);
	}
	fmr_str_release(&named->id);
	fmr_str_release(&named->path);
}
