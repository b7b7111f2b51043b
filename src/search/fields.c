#include "search/fields.h"

#include "base/i18n.h"
#include "base/str.h"
#include "base/text.h"
#include "base/vec.h"

#include <string.h>

struct names {
	const char **items;
	size_t count, capacity;
};

struct resolving {
	struct fmr_arena *arena;
	const char *name;    /* being resolved */
	struct fmr_str folded, label;
	struct names paths, types;
};

static bool has(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->items[i], name) == 0)
			return true;
	return false;
}

/* "timeline[].text" as "timeline.text", which reaches the same values. */
static const char *plain(struct fmr_arena *arena, const char *path)
{
	char *out = fmr_arena_strdup(arena, path);
	for (char *at; (at = strstr(out, "[]"));)
		memmove(at, at + 2, strlen(at + 2) + 1);
	return out;
}

static void add_path(struct resolving *r, const char *path)
{
	path = plain(r->arena, path);
	if (!has(&r->paths, path))
		FMR_VEC_PUSH(&r->paths, path);
}

static bool is_meant(struct resolving *r, const struct fmr_field *field)
{
	if (strcmp(field->name, r->name) == 0)
		return true;
	for (int i = 0; i < FMR_LANGUAGES; i++) {
		const char *label = field->label.in[i];
		fmr_str_clear(&r->label);
		if (label)
			fmr_text_fold(&r->label, label, strlen(label));
		if (r->label.length && strcmp(r->label.bytes, r->folded.bytes) == 0)
			return true;
	}
	return false;
}

static bool look_into(struct resolving *r, const struct fmr_field *fields, size_t count)
{
	bool found = false;
	for (size_t i = 0; i < count; i++) {
		const struct fmr_field *field = &fields[i];
		if (*field->name && is_meant(r, field)) {
			add_path(r, field->path);
			found = true;
		}
		found |= look_into(r, field->children, field->child_count);
	}
	return found;
}

static bool look_into_type(struct resolving *r, const struct fmr_type *type)
{
	if (!fmr_type_field(type, r->name))
		return look_into(r, type->fields, type->field_count);
	add_path(r, r->name);
	return true;
}

static int resolve_one(struct resolving *r, struct fmr_book *book, const char *const *names, size_t count,
	struct fmr_err *err)
{
	const char *nearest = NULL;
	bool found = false;
	fmr_str_clear(&r->folded);
	fmr_text_fold(&r->folded, r->name, strlen(r->name));
	for (size_t i = 0; i < count; i++) {
		const struct fmr_type *type;
		const int result = fmr_book_type(book, names[i], &type, NULL, err);
		if (result == FMR_ERR_INVALID)
			continue; /* `validate` tells what is wrong with it */
		if (result)
			return result;
		const bool here = look_into_type(r, type);
		if (here && !has(&r->types, type->name))
			FMR_VEC_PUSH(&r->types, type->name);
		found |= here;
		nearest = nearest ? nearest : fmr_type_nearest_field(type, r->name);
	}
	if (found)
		return 0;
	fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no record type has a field '%s'"), r->name);
	if (nearest)
		fmr_err_hint(err, _("did you mean '%s'?"), nearest);
	else
		fmr_err_hint(err, "fmrec schema show TYPE");
	return FMR_ERR_NOT_FOUND;
}

static const char *const *keep(struct fmr_arena *arena, const struct names *names)
{
	const char **kept = fmr_arena_zero(arena, names->count + 1, sizeof(*kept));
	if (names->count)
		memcpy(kept, names->items, names->count * sizeof(*kept));
	return kept;
}

int fmr_fields_resolve(struct fmr_book *book, const char *const *names, struct fmr_arena *arena,
	const char *const **paths, const char *const **types, struct fmr_err *err)
{
	struct resolving r = { .arena = arena };
	const char *const *all;
	size_t count;
	fmr_str_init(&r.folded);
	fmr_str_init(&r.label);
	int result = fmr_book_type_names(book, &all, &count, err);
	for (; *names && !result; names++) {
		r.name = *names;
		result = resolve_one(&r, book, all, count, err);
	}
	*paths = keep(arena, &r.paths);
	*types = keep(arena, &r.types);
	FMR_VEC_RELEASE(&r.paths);
	FMR_VEC_RELEASE(&r.types);
	fmr_str_release(&r.folded);
	fmr_str_release(&r.label);
	return result;
}
