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

const struct fmr_field *fmr_field_child(const struct fmr_field *field, const char *name)
{
	size_t count = 0, length = strlen(name);
	const struct fmr_field *fields = field ? fmr_field_children(field, &count) : NULL;
	return fields ? fmr_fields_find(fields, count, name, length, fmr_text_hash(name, length)) : NULL;
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

struct fmr_value *fmr_field_each_scalar(const struct fmr_field *field, struct fmr_value *value, fmr_field_turn *turn,
	void *context)
{
	size_t count;
	const struct fmr_field *children = field ? fmr_field_children(field, &count) : NULL;
	bool scalar = value->kind != FMR_MAP && value->kind != FMR_LIST;
	if (!field)
		return value;
	if (scalar && field->kind != FMR_FIELD_MAP && field->kind != FMR_FIELD_LIST)
		return turn(context, field, value);
	for (size_t i = 0; value->kind == FMR_MAP && field->kind != FMR_FIELD_LIST && i < value->map.count; i++) {
		struct fmr_member *member = &value->map.members[i];
		const struct fmr_field *child =
			fmr_fields_find(children, count, member->key.bytes, member->key.length, member->key_hash);
		member->value = fmr_field_each_scalar(child, member->value, turn, context);
	}
	for (size_t i = 0; value->kind == FMR_LIST && field->kind == FMR_FIELD_LIST && i < value->list.count; i++)
		value->list.items[i] = fmr_field_each_scalar(count ? children : NULL, value->list.items[i], turn, context);
	return value;
}

/* ---- by label ---- */

struct labelled {
	const char *label;
	const struct fmr_field **found;
	size_t room, count, depth;
};

static bool has_label(const struct fmr_field *field, const char *label)
{
	for (size_t i = 0; i < FMR_LANGUAGES; i++)
		if (field->label.in[i] && fmr_text_alike(field->label.in[i], label))
			return true;
	return false;
}

static void search_label(struct labelled *search, const struct fmr_field *fields, size_t count, size_t depth)
{
	for (size_t i = 0; i < count; i++) {
		const struct fmr_field *field = &fields[i];
		if ((!search->count || depth <= search->depth) && has_label(field, search->label)) {
			if (depth < search->depth)
				search->count = 0;
			search->depth = depth;
			if (search->count < search->room)
				search->found[search->count] = field;
			search->count++;
		}
		if (field->kind == FMR_FIELD_MAP)
			search_label(search, field->children, field->child_count, depth + 1);
	}
}

size_t fmr_type_labelled(const struct fmr_type *type, const char *label, const struct fmr_field **found, size_t room)
{
	struct labelled search = { .label = label, .found = found, .room = room };
	search_label(&search, type->fields, type->field_count, 0);
	return search.count;
}

/* ---- what was meant ---- */

/* What a field may be called by, and the path of the field: beside each other. */
struct names {
	FMR_VEC(const char *) names;
	FMR_VEC(const char *) paths;
};

static void add_name(struct names *names, const char *name, const struct fmr_field *field)
{
	FMR_VEC_PUSH(&names->names, name);
	FMR_VEC_PUSH(&names->paths, field->path);
}

static void add_names(struct names *names, const struct fmr_field *fields, size_t count, bool labels, int depth)
{
	for (size_t i = 0; i < count && names->names.count < 2000; i++) {
		const struct fmr_field *field = &fields[i];
		if (*field->name && !labels)
			add_name(names, field->path, field);
		for (size_t j = 0; *field->name && labels && j < FMR_LANGUAGES; j++)
			if (field->label.in[j])
				add_name(names, field->label.in[j], field);
		if (depth < 4)
			add_names(names, field->children, field->child_count, labels, depth + 1);
	}
}

static const char *nearest_path(const struct names *names, const char *word)
{
	const char *nearest = fmr_text_nearest(word, names->names.items, names->names.count);
	for (size_t i = 0; nearest && i < names->names.count; i++)
		if (names->names.items[i] == nearest)
			return names->paths.items[i];
	return NULL;
}

static const char *path_that_ends_in(const struct names *names, const char *word)
{
	for (size_t i = 0; i < names->paths.count; i++) {
		const char *dot = strrchr(names->paths.items[i], '.');
		if (dot && strcmp(dot + 1, word) == 0)
			return names->paths.items[i];
	}
	return NULL;
}

/* One whose last part is what was typed ("users" for "impact.users"), else the nearest path, else the nearest label. */
const char *fmr_type_nearest_field(const struct fmr_type *type, const char *path)
{
	struct names names = { 0 };
	add_names(&names, type->fields, type->field_count, false, 0);
	const char *found = path_that_ends_in(&names, path);
	if (!found)
		found = nearest_path(&names, path);
	if (!found) {
		names.names.count = names.paths.count = 0;
		add_names(&names, type->fields, type->field_count, true, 0);
		found = nearest_path(&names, path);
	}
	FMR_VEC_RELEASE(&names.names);
	FMR_VEC_RELEASE(&names.paths);
	return found;
}
