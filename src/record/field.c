#include "record/private.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

const struct fmr_field *fmr_field_children(const struct fmr_field *field, size_t *count)
{
	const struct fmr_field *with = field->children || !field->again ? field : field->again;
	*count = with->child_count;
	return with->children;
}

const struct fmr_field *fmr_fields_find(const struct fmr_field *fields, size_t count, const char *name,
	size_t length, uint32_t hash)
{
	for (size_t i = 0; i < count; i++)
		if (fields[i].name_hash == hash && strncmp(fields[i].name, name, length) == 0 &&
			!fields[i].name[length])
			return &fields[i];
	return NULL;
}

static const struct fmr_field *item_of(const struct fmr_field *field)
{
	size_t count;
	const struct fmr_field *item = fmr_field_children(field, &count);
	return count ? item : NULL;
}

/* One part of a path: "users", "timeline[]", "0". */
static const struct fmr_field *step(const struct fmr_field *fields, size_t count, const struct fmr_field *at,
	const char *part, size_t length)
{
	size_t brackets = 0;
	while (length >= 2 && memcmp(part + length - 2, "[]", 2) == 0) {
		length -= 2;
		brackets++;
	}
	bool position = length > 0 && strspn(part, "0123456789") >= length;
	if (at && at->kind == FMR_FIELD_LIST && (position || !length)) {
		at = item_of(at);
	} else {
		while (at && at->kind == FMR_FIELD_LIST) /* downtime.from: in each item */
			at = item_of(at);
		if (at)
			fields = fmr_field_children(at, &count);
		at = fields ? fmr_fields_find(fields, count, part, length, fmr_text_hash(part, length)) : NULL;
	}
	for (; at && brackets; brackets--)
		at = at->kind == FMR_FIELD_LIST ? item_of(at) : NULL;
	return at;
}

const struct fmr_field *fmr_type_field(const struct fmr_type *type, const char *path)
{
	const struct fmr_field *at = NULL;
	for (const char *part = path;;) {
		size_t length = strcspn(part, ".");
		at = length ? step(type->fields, type->field_count, at, part, length) : NULL;
		if (!at || !part[length])
			return at;
		part += length + 1;
	}
}

struct names {
	FMR_VEC(const char *) list;
};

static void add_paths(struct names *names, const struct fmr_field *fields, size_t count, int depth)
{
	for (size_t i = 0; i < count && names->list.count < 2000; i++) {
		if (*fields[i].name)
			FMR_VEC_PUSH(&names->list, fields[i].path);
		if (depth < 4)
			add_paths(names, fields[i].children, fields[i].child_count, depth + 1);
	}
}

/* The path, or one whose last part is what was typed ("users" for "impact.users"). */
const char *fmr_type_nearest_field(const struct fmr_type *type, const char *path)
{
	struct names names = { 0 };
	add_paths(&names, type->fields, type->field_count, 0);
	const char *found = NULL;
	for (size_t i = 0; !found && i < names.list.count; i++) {
		const char *dot = strrchr(names.list.items[i], '.');
		if (dot && strcmp(dot + 1, path) == 0)
			found = names.list.items[i];
	}
	if (!found)
		found = fmr_text_nearest(path, names.list.items, names.list.count);
	FMR_VEC_RELEASE(&names.list);
	return found;
}
