#include "yaml/edit.h"

#include "base/i18n.h"
#include "base/members.h"

#include <string.h>

struct place {
	const char *path; /* the whole, for messages */
	const char *rest; /* what is still to walk */
	bool top;
};

static struct fmr_value *edit_at(struct fmr_arena *arena, struct fmr_value *old, struct place place,
	const struct fmr_edit *edit, struct fmr_err *err);

const struct fmr_member *fmr_next_member(const struct fmr_value *map, const struct fmr_member *like, size_t *next)
{
	const struct fmr_text *key = &like->key;
	for (size_t i = *next; i < map->map.count && i <= *next + 1; i++) {
		const struct fmr_member *member = &map->map.members[i];
		if (member->key_hash == like->key_hash && member->key.length == key->length &&
			memcmp(member->key.bytes, key->bytes, key->length) == 0) {
			*next = i + 1;
			return member;
		}
	}
	const struct fmr_member *member = fmr_value_member(map, key->bytes, key->length);
	if (member)
		*next = (size_t)(member - map->map.members) + 1;
	return member;
}

bool fmr_same_value(const struct fmr_value *a, const struct fmr_value *b)
{
	if (a == b)
		return true;
	if (!a || !b || a->kind != b->kind)
		return false;
	switch (a->kind) {
	case FMR_NULL:
		return true;
	case FMR_BOOL:
		return a->boolean == b->boolean;
	case FMR_NUMBER:
	case FMR_STRING:
		return a->text.length == b->text.length && memcmp(a->text.bytes, b->text.bytes, a->text.length) == 0;
	case FMR_LIST:
		if (a->list.count != b->list.count)
			return false;
		for (size_t i = 0; i < a->list.count; i++)
			if (!fmr_same_value(a->list.items[i], b->list.items[i]))
				return false;
		return true;
	case FMR_MAP:
		if (a->map.count != b->map.count)
			return false;
		for (size_t i = 0, next = 0; i < a->map.count; i++) {
			const struct fmr_member *other = fmr_next_member(b, &a->map.members[i], &next);
			if (!other || !fmr_same_value(a->map.members[i].value, other->value))
				return false;
		}
		return true;
	}
	return false;
}

/* ---- changed copies of one level ---- */

static struct fmr_value *copy_list(struct fmr_arena *arena, const struct fmr_value *list, size_t room)
{
	struct fmr_value *copy = fmr_arena_zero(arena, 1, sizeof(*copy));
	*copy = *list;
	if (!list->list.count)
		copy->style = FMR_STYLE_NONE; /* `[]` says nothing about how its items would be written */
	copy->list.items = fmr_arena_alloc(arena, fmr_array_room(room) * sizeof(*copy->list.items));
	if (list->list.count)
		memcpy(copy->list.items, list->list.items, list->list.count * sizeof(*copy->list.items));
	return copy;
}

static struct fmr_value *copy_map(struct fmr_arena *arena, const struct fmr_value *map, size_t room)
{
	struct fmr_value *copy = fmr_arena_zero(arena, 1, sizeof(*copy));
	*copy = *map;
	if (!map->map.count)
		copy->style = FMR_STYLE_NONE;
	copy->map.members = fmr_arena_alloc(arena, fmr_array_room(room) * sizeof(*copy->map.members));
	if (map->map.count)
		memcpy(copy->map.members, map->map.members, map->map.count * sizeof(*copy->map.members));
	return copy;
}

static struct fmr_value *without_item(struct fmr_arena *arena, const struct fmr_value *list, size_t index)
{
	struct fmr_value *copy = copy_list(arena, list, list->list.count);
	copy->list.count--;
	memmove(copy->list.items + index, copy->list.items + index + 1,
		(copy->list.count - index) * sizeof(*copy->list.items));
	return copy;
}

static struct fmr_value *without_member(struct fmr_arena *arena, const struct fmr_value *map, size_t index)
{
	struct fmr_value *copy = copy_map(arena, map, map->map.count);
	copy->map.count--;
	memmove(copy->map.members + index, copy->map.members + index + 1,
		(copy->map.count - index) * sizeof(*copy->map.members));
	return copy;
}

static size_t rank_of(const char *const *order, const char *key, size_t length)
{
	for (size_t i = 0; order && order[i]; i++)
		if (strlen(order[i]) == length && memcmp(order[i], key, length) == 0)
			return i;
	return SIZE_MAX;
}

/* Behind the last member that comes before it in the order; at the end when it is not in the order. */
static size_t place_in_order(const struct fmr_value *map, const char *const *order, const char *key, size_t length)
{
	const size_t rank = rank_of(order, key, length);
	size_t place = 0;
	bool ranked = false;
	if (rank == SIZE_MAX)
		return map->map.count;
	for (size_t i = 0; i < map->map.count; i++) {
		const size_t other = rank_of(order, map->map.members[i].key.bytes, map->map.members[i].key.length);
		ranked |= other != SIZE_MAX;
		if (other < rank)
			place = i + 1;
	}
	return ranked ? place : map->map.count;
}

static struct fmr_value *with_member(struct fmr_arena *arena, const struct fmr_value *map, size_t place, const char *key,
	size_t length, struct fmr_value *value)
{
	struct fmr_value *copy = copy_map(arena, map, map->map.count + 1);
	memmove(copy->map.members + place + 1, copy->map.members + place,
		(copy->map.count - place) * sizeof(*copy->map.members));
	copy->map.count++;
	copy->map.members[place] = (struct fmr_member){
		.key = { fmr_arena_strndup(arena, key, length), length },
		.key_hash = fmr_text_hash(key, length),
		.value = value,
	};
	return copy;
}

/* ---- walking the path ---- */

static struct fmr_value *refuse(struct fmr_err *err, const struct place *place, const char *reason)
{
	size_t length = (size_t)(place->rest - place->path);
	if (length && place->rest[-1] == '.')
		length--;
	fmr_err_set(err, FMR_ERR_INVALID, "'%.*s': %s", (int)length, place->path, _(reason));
	return NULL;
}

static struct fmr_value *edit_here(struct fmr_arena *arena, struct fmr_value *old, const struct place *place,
	const struct fmr_edit *edit, struct fmr_err *err)
{
	if (edit->kind == FMR_EDIT_SET)
		return old && fmr_same_value(old, edit->value) ? old : (struct fmr_value *)edit->value;
	if (old && old->kind != FMR_LIST && old->kind != FMR_NULL)
		return refuse(err, place, N_("not a list, nothing can be added"));
	struct fmr_value *list = old && old->kind == FMR_LIST ? copy_list(arena, old, old->list.count + 1) :
								  fmr_value_new_list(arena);
	fmr_value_append(arena, list, (struct fmr_value *)edit->value);
	return list;
}

static bool parse_index(const char *digits, size_t length, size_t *index)
{
	*index = 0;
	for (size_t i = 0; i < length; i++) {
		if (digits[i] < '0' || digits[i] > '9' || *index > 100000000)
			return false;
		*index = *index * 10 + (size_t)(digits[i] - '0');
	}
	return length > 0 && (length == 1 || digits[0] != '0');
}

static struct fmr_value *edit_list(struct fmr_arena *arena, struct fmr_value *old, struct place below, size_t length,
	bool last, const struct fmr_edit *edit, struct fmr_err *err)
{
	size_t index;
	if (!parse_index(below.rest - length - !last, length, &index))
		return edit->kind == FMR_EDIT_REMOVE ? old : refuse(err, &below, N_("a list has positions (0, 1, ...), no fields"));
	const size_t count = old->list.count;
	if (index >= count && edit->kind == FMR_EDIT_REMOVE)
		return old;
	if (index > count)
		return refuse(err, &below, N_("the list has no such position"));
	if (last && edit->kind == FMR_EDIT_REMOVE)
		return without_item(arena, old, index);
	struct fmr_value *item = index < count ? old->list.items[index] : NULL;
	struct fmr_value *changed = edit_at(arena, item, below, edit, err);
	if (!changed || changed == item)
		return changed ? old : NULL;
	struct fmr_value *copy = copy_list(arena, old, count + 1);
	copy->list.items[index] = changed;
	copy->list.count = index < count ? count : count + 1;
	return copy;
}

static struct fmr_value *edit_map(struct fmr_arena *arena, struct fmr_value *old, struct place below, size_t length,
	bool last, const struct fmr_edit *edit, struct fmr_err *err)
{
	const char *key = below.rest - length - !last;
	const struct fmr_member *member = fmr_value_member(old, key, length);
	const size_t index = member ? (size_t)(member - old->map.members) : 0;
	if (edit->kind == FMR_EDIT_REMOVE && (!member || last))
		return member ? without_member(arena, old, index) : old;
	const bool top = below.top;
	below.top = false;
	struct fmr_value *changed = edit_at(arena, member ? member->value : NULL, below, edit, err);
	if (!changed || (member && changed == member->value))
		return changed ? old : NULL;
	if (!member)
		return with_member(arena, old, place_in_order(old, top ? edit->field_order : NULL, key, length), key, length,
			changed);
	struct fmr_value *copy = copy_map(arena, old, old->map.count);
	copy->map.members[index].value = changed;
	return copy;
}

/* The value that takes the place of old (which may be NULL); old itself when nothing changes. */
static struct fmr_value *edit_at(struct fmr_arena *arena, struct fmr_value *old, struct place place,
	const struct fmr_edit *edit, struct fmr_err *err)
{
	if (!*place.rest)
		return edit_here(arena, old, &place, edit, err);
	const size_t length = strcspn(place.rest, ".");
	const bool last = !place.rest[length];
	struct place below = { place.path, place.rest + length + !last, place.top };
	if (!length || (!last && !*below.rest)) {
		fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is not a path: a part of it is empty"), place.path);
		return NULL;
	}
	if (old && old->kind == FMR_LIST)
		return edit_list(arena, old, below, length, last, edit, err);
	if (old && old->kind != FMR_MAP && old->kind != FMR_NULL)
		return edit->kind == FMR_EDIT_REMOVE ? old : refuse(err, &place, N_("neither a map nor a list, it has no fields"));
	if (!old || old->kind == FMR_NULL) {
		if (edit->kind == FMR_EDIT_REMOVE)
			return old;
		old = fmr_value_new_map(arena);
	}
	return edit_map(arena, old, below, length, last, edit, err);
}

struct fmr_value *fmr_edit_tree(struct fmr_arena *arena, struct fmr_value *root, const struct fmr_edit *edit,
	struct fmr_err *err)
{
	const struct place place = { edit->path, edit->path, true };
	if (!*edit->path && edit->kind == FMR_EDIT_REMOVE) {
		fmr_err_set(err, FMR_ERR_INVALID, _("an empty path names the whole record, which cannot be removed this way"));
		return NULL;
	}
	return edit_at(arena, root, place, edit, err);
}
