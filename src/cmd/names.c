#include "cmd/names.h"

#include "base/vec.h"

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
