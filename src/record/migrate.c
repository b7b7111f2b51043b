/*
 * Records of an older form: what they say in the form of their type, as a
 * value tree and as a text.
 *
 * The tree is changed in a copy of its maps and lists; their members and all
 * scalars are shared, so everything still tells where it stands in the text.
 */
#include "record/private.h"

#include "base/alloc.h"
#include "base/i18n.h"
#include "yaml/edit.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

/* A key that is written otherwise where it stands. */
struct renaming {
	struct fmr_span span;
	struct fmr_text key;
};

/* A field that goes to another map: what was written about it goes along. */
struct carried {
	struct fmr_span key;           /* where it stood */
	const struct fmr_value *value, *whole; /* what it said, and what stands for it now */
};

struct migrator {
	struct fmr_arena *arena;
	const struct fmr_migration_step *step;
	fmr_migration_blocked *blocked; /* or NULL */
	void *context;
	FMR_VEC(struct renaming) renamings;
	FMR_VEC(struct carried) carried;
};

/* ---- trees that may be changed ---- */

static struct fmr_value *copy_of(struct fmr_arena *arena, const struct fmr_value *value)
{
	if (value->kind != FMR_MAP && value->kind != FMR_LIST)
		return (struct fmr_value *)value;
	struct fmr_value *copy = fmr_arena_zero(arena, 1, sizeof(*copy));
	*copy = *value;
	if (value->kind == FMR_MAP) {
		copy->map.members = fmr_arena_zero(arena, value->map.count + 1, sizeof(*copy->map.members));
		for (size_t i = 0; i < value->map.count; i++) {
			copy->map.members[i] = value->map.members[i];
			copy->map.members[i].value = copy_of(arena, value->map.members[i].value);
		}
	} else {
		copy->list.items = fmr_arena_zero(arena, value->list.count + 1, sizeof(*copy->list.items));
		for (size_t i = 0; i < value->list.count; i++)
			copy->list.items[i] = copy_of(arena, value->list.items[i]);
	}
	return copy;
}

static struct fmr_member *member_in(const struct fmr_value *map, const char *name, size_t length)
{
	return (struct fmr_member *)fmr_value_member(map, name, length);
}

static void add_member(struct fmr_arena *arena, struct fmr_value *map, const char *name, size_t length,
	struct fmr_value *value)
{
	fmr_value_put(arena, map, fmr_arena_strndup(arena, name, length), value);
}

static void remove_member(struct fmr_value *map, const struct fmr_member *member)
{
	const size_t index = (size_t)(member - map->map.members);
	map->map.count--;
	memmove(map->map.members + index, map->map.members + index + 1,
		(map->map.count - index) * sizeof(*map->map.members));
}

/* ---- moving ---- */

/* Take the value at the path away, and the maps around it that have nothing else; NULL: there is none, and *listed tells
 * whether a list stands before it. */
static struct fmr_value *take(struct fmr_value *map, const char *path, struct fmr_span *key, bool *listed)
{
	const size_t length = strcspn(path, ".");
	struct fmr_member *member = map->kind == FMR_MAP ? member_in(map, path, length) : NULL;
	*listed |= map->kind == FMR_LIST;
	if (!member)
		return NULL;
	struct fmr_value *value = path[length] ? take(member->value, path + length + 1, key, listed) : member->value;
	if (!path[length])
		*key = member->key_span;
	if (value && (!path[length] || !member->value->map.count))
		remove_member(map, member);
	return value;
}

/* false when something is there already, or in the way. */
static bool put(struct fmr_arena *arena, struct fmr_value *map, const char *path, struct fmr_value *value)
{
	const size_t length = strcspn(path, ".");
	const struct fmr_member *member = map->kind == FMR_MAP ? member_in(map, path, length) : NULL;
	if (map->kind != FMR_MAP || (member && !path[length]))
		return false;
	if (!path[length]) {
		add_member(arena, map, path, length, value);
		return true;
	}
	if (member)
		return put(arena, member->value, path + length + 1, value);
	struct fmr_value *inner = fmr_value_new_map(arena);
	add_member(arena, map, path, length, inner);
	return put(arena, inner, path + length + 1, value);
}

static void note_renaming(struct migrator *migrator, struct fmr_span span, struct fmr_text key)
{
	for (size_t i = 0; i < migrator->renamings.count; i++) {
		if (migrator->renamings.items[i].span.start != span.start)
			continue;
		migrator->renamings.items[i].key = key;
		return;
	}
	if (span.end > span.start)
		FMR_VEC_PUSH(&migrator->renamings, ((struct renaming){ span, key }));
}

/* In its own map a field only gets another name. */
static void rename_member(struct migrator *migrator, struct fmr_member *member, const char *name)
{
	member->key = (struct fmr_text){ fmr_arena_strdup(migrator->arena, name), strlen(name) };
	member->key_hash = fmr_text_hash(name, strlen(name));
	note_renaming(migrator, member->key_span, member->key);
}

static void stand_in_the_way(struct migrator *migrator, const struct fmr_value *value)
{
	if (migrator->blocked)
		migrator->blocked(migrator->context, migrator->step, value);
}

static void move(struct migrator *migrator, struct fmr_value *map, const char *path, const char *to)
{
	const bool near = !strchr(path, '.') && !strchr(to, '.') && !migrator->step->as_list;
	struct fmr_member *member = near ? member_in(map, path, strlen(path)) : NULL;
	if (member && !member_in(map, to, strlen(to))) {
		rename_member(migrator, member, to);
		return;
	}
	struct fmr_value *after = copy_of(migrator->arena, map);
	bool listed = false;
	struct fmr_span key = { 0 };
	struct fmr_value *value = take(after, path, &key, &listed), *whole = value;
	if (value && migrator->step->as_list) {
		whole = fmr_value_new_list(migrator->arena);
		whole->span = value->span;
		fmr_value_append(migrator->arena, whole, value);
	}
	if (value && put(migrator->arena, after, to, whole)) {
		*map = *after;
		FMR_VEC_PUSH(&migrator->carried, ((struct carried){ key, value, whole }));
	} else if (value || listed) {
		stand_in_the_way(migrator, value ? value : map);
	}
}

/* Down to the map, or the maps in the items of lists, where the two paths part. */
static void move_below(struct migrator *migrator, struct fmr_value *value, const char *path, const char *to)
{
	const size_t length = strcspn(path, ".");
	for (size_t i = 0; value->kind == FMR_LIST && i < value->list.count; i++)
		move_below(migrator, value->list.items[i], path, to);
	if (value->kind != FMR_MAP)
		return;
	const bool together = path[length] && strncmp(path, to, length + 1) == 0;
	struct fmr_member *member = together ? member_in(value, path, length) : NULL;
	if (member)
		move_below(migrator, member->value, path + length + 1, to + length + 1);
	else if (!together)
		move(migrator, value, path, to);
}

/* ---- values ---- */

static const char *spelling(const struct fmr_value *value)
{
	return value->kind == FMR_BOOL ? (value->boolean ? "true" : "false") :
		value->kind == FMR_STRING || value->kind == FMR_NUMBER ? value->text.bytes : NULL;
}

/* Where the path ends: the value, or each item of a list, that has another one. */
static void change_values(struct migrator *migrator, struct fmr_value **slot, const char *path)
{
	struct fmr_value *value = *slot;
	for (size_t i = 0; value->kind == FMR_LIST && i < value->list.count; i++)
		change_values(migrator, &value->list.items[i], path);
	if (*path && value->kind == FMR_MAP) {
		const size_t length = strcspn(path, ".");
		struct fmr_member *member = member_in(value, path, length);
		if (member)
			change_values(migrator, &member->value, path + length + (path[length] == '.'));
		return;
	}
	const char *old = *path ? NULL : spelling(value);
	const struct fmr_value *new = old ? fmr_value_get(migrator->step->value, old) : NULL;
	if (!new)
		return;
	*slot = fmr_arena_zero(migrator->arena, 1, sizeof(**slot));
	**slot = *new;
	(*slot)->style = FMR_STYLE_NONE;
	(*slot)->span = value->span;
}

static void set_absent(struct migrator *migrator, struct fmr_value *value, const char *path)
{
	const size_t length = strcspn(path, ".");
	for (size_t i = 0; value->kind == FMR_LIST && i < value->list.count; i++)
		set_absent(migrator, value->list.items[i], path);
	if (value->kind != FMR_MAP)
		return;
	const struct fmr_member *member = member_in(value, path, length);
	if (member && path[length]) {
		set_absent(migrator, member->value, path + length + 1);
	} else if (!member && (!path[length] || !migrator->step->in_list)) {
		struct fmr_value *new = fmr_arena_zero(migrator->arena, 1, sizeof(*new));
		*new = *migrator->step->value;
		new->style = FMR_STYLE_NONE;
		new->span = (struct fmr_span){ 0 };
		put(migrator->arena, value, path, new);
	}
}

/* ---- a record ---- */

static void take_step(struct migrator *migrator, struct fmr_value **root)
{
	const struct fmr_migration_step *step = migrator->step;
	if (step->kind == FMR_MIGRATION_MOVE)
		move_below(migrator, *root, step->path, step->to);
	else if (step->kind == FMR_MIGRATION_VALUES)
		change_values(migrator, root, step->path);
	else
		set_absent(migrator, *root, step->path);
}

/* NULL: nothing to do. */
static struct fmr_value *migrate(const struct fmr_type *type, const struct fmr_value *root, struct migrator *migrator)
{
	const int form = type->migration_count && root && root->kind == FMR_MAP ? fmr_record_form(root) : 0;
	struct fmr_value *copy = NULL;
	for (size_t i = 0; form && i < type->migration_count; i++) {
		const struct fmr_migration *migration = &type->migrations[i];
		if (migration->form <= form)
			continue;
		if (!copy)
			copy = copy_of(migrator->arena, root);
		for (size_t j = 0; j < migration->count; j++) {
			migrator->step = &migration->steps[j];
			take_step(migrator, &copy);
		}
	}
	return copy;
}

const struct fmr_value *fmr_migrate_value(const struct fmr_type *type, const struct fmr_value *root,
	struct fmr_arena *arena, fmr_migration_blocked *blocked, void *context)
{
	struct migrator migrator = { .arena = arena, .blocked = blocked, .context = context };
	const struct fmr_value *migrated = migrate(type, root, &migrator);
	FMR_VEC_RELEASE(&migrator.renamings);
	FMR_VEC_RELEASE(&migrator.carried);
	return migrated ? migrated : root;
}

/* ---- its text ---- */

static int by_place(const void *a, const void *b)
{
	const size_t x = ((const struct renaming *)a)->span.start, y = ((const struct renaming *)b)->span.start;
	return (x > y) - (x < y);
}

static void write_names(struct migrator *migrator, const struct fmr_source *source, struct fmr_str *out)
{
	size_t at = 0;
	if (migrator->renamings.count)
		qsort(migrator->renamings.items, migrator->renamings.count, sizeof(*migrator->renamings.items), by_place);
	for (size_t i = 0; i < migrator->renamings.count; i++) {
		const struct renaming *renaming = &migrator->renamings.items[i];
		fmr_str_add(out, source->bytes + at, renaming->span.start - at);
		fmr_yaml_write_scalar(out, fmr_value_new_string(migrator->arena, renaming->key.bytes, renaming->key.length));
		at = renaming->span.end;
	}
	fmr_str_add(out, source->bytes + at, source->length - at);
}

/* From what the text says to what it is to say, by top-level field. */
static int write_values(const struct fmr_type *type, const struct fmr_value *now, const struct fmr_value *wanted,
	struct fmr_str *text, struct fmr_err *err)
{
	struct fmr_edit *edits = fmr_alloc_zero(now->map.count + wanted->map.count + 1, sizeof(*edits));
	size_t count = 0;
	for (size_t i = 0; i < now->map.count; i++) {
		const struct fmr_text key = now->map.members[i].key;
		if (!fmr_value_member(wanted, key.bytes, key.length))
			edits[count++] = (struct fmr_edit){ .kind = FMR_EDIT_REMOVE, .path = key.bytes };
	}
	for (size_t i = 0; i < wanted->map.count; i++) {
		const struct fmr_member *member = &wanted->map.members[i];
		const struct fmr_member *there = fmr_value_member(now, member->key.bytes, member->key.length);
		if (!there || !fmr_same_value(there->value, member->value))
			edits[count++] = (struct fmr_edit){ FMR_EDIT_SET, member->key.bytes, member->value, type->field_order };
	}
	const struct fmr_source source = { "", text->bytes, text->length };
	const int code = fmr_yaml_edit(&source, edits, count, text, err);
	free(edits);
	return code;
}

/* ---- comments ---- */

static size_t line_start(const char *bytes, size_t at)
{
	while (at && bytes[at - 1] != '\n')
		at--;
	return at;
}

static size_t indentation(const char *bytes, size_t start)
{
	return strspn(bytes + start, " ");
}

/* The lines directly above that are comments and indented like the key; those that begin the file are about all of it. */
static void comments_above(const struct fmr_source *source, size_t key, struct fmr_str *out)
{
	const size_t end = line_start(source->bytes, key), column = key - end;
	size_t start = end;
	while (start) {
		const size_t above = line_start(source->bytes, start - 1);
		if (indentation(source->bytes, above) != column || source->bytes[above + column] != '#')
			break;
		start = above;
	}
	if (indentation(source->bytes, end) != column || !start)
		return;
	for (size_t at = start; at < end; at += strcspn(source->bytes + at, "\n") + 1)
		fmr_str_printf(out, "%.*s\n", (int)strcspn(source->bytes + at + column, "\r\n"), source->bytes + at + column);
}

/* The comment behind a value, on its line. */
static void comment_behind(const struct fmr_source *source, const struct fmr_value *value, struct fmr_str *out)
{
	const char *at = source->bytes + value->span.end;
	at += strspn(at, " \t");
	if (*at == '#')
		fmr_str_printf(out, "%.*s\n", (int)strcspn(at, "\r\n"), at);
}

/* Where the key of this value of one tree stands in the text of another tree that says the same; SIZE_MAX: nowhere. */
static size_t key_of(const struct fmr_value *value, const struct fmr_value *tree, const struct fmr_value *like)
{
	size_t found = SIZE_MAX;
	for (size_t i = 0; like && tree->kind == FMR_LIST && found == SIZE_MAX && i < tree->list.count; i++)
		found = like->kind == FMR_LIST && i < like->list.count ? key_of(value, tree->list.items[i], like->list.items[i]) :
			SIZE_MAX;
	for (size_t i = 0; like && tree->kind == FMR_MAP && found == SIZE_MAX && i < tree->map.count; i++) {
		const struct fmr_member *member = &tree->map.members[i];
		const struct fmr_member *other = fmr_value_member(like, member->key.bytes, member->key.length);
		if (other)
			found = member->value == value ? other->key_span.start : key_of(value, member->value, other->value);
	}
	return found;
}

/* Put these lines above the line of a byte, indented like it. */
static void put_lines(struct fmr_str *text, size_t at, const struct fmr_str *lines)
{
	struct fmr_str out;
	const size_t start = line_start(text->bytes, at), column = indentation(text->bytes, start);
	const char *eol = strstr(text->bytes, "\r\n") ? "\r\n" : "\n";
	fmr_str_init(&out);
	fmr_str_add(&out, text->bytes, start);
	for (const char *line = lines->bytes; *line; line += strcspn(line, "\n") + 1) {
		fmr_str_repeat(&out, ' ', column);
		fmr_str_printf(&out, "%.*s%s", (int)strcspn(line, "\n"), line, eol);
	}
	fmr_str_add(&out, text->bytes + start, text->length - start);
	fmr_str_clear(text);
	fmr_str_add(text, out.bytes, out.length);
	fmr_str_release(&out);
}

/* What was written about the fields that went elsewhere, above their new places. */
static void write_comments(struct migrator *migrator, const struct fmr_source *source, const struct fmr_value *wanted,
	struct fmr_str *text)
{
	struct fmr_str lines, before;
	fmr_str_init(&lines);
	fmr_str_init(&before);
	for (size_t i = 0; i < migrator->carried.count; i++) {
		const struct carried *carried = &migrator->carried.items[i];
		fmr_str_clear(&lines);
		if (carried->key.end > carried->key.start)
			comments_above(source, carried->key.start, &lines);
		if (carried->value->span.end > carried->value->span.start)
			comment_behind(source, carried->value, &lines);
		const struct fmr_value *now = lines.length ? fmr_yaml_read_quietly(text->bytes, text->length, migrator->arena) : NULL;
		const size_t key = now ? key_of(carried->whole, wanted, now) : SIZE_MAX;
		if (key == SIZE_MAX)
			continue;
		fmr_str_clear(&before);
		fmr_str_add(&before, text->bytes, text->length);
		put_lines(text, key, &lines);
		now = fmr_yaml_read_quietly(text->bytes, text->length, migrator->arena);
		if (!now || !fmr_same_value(now, wanted)) {
			fmr_str_clear(text);
			fmr_str_add(text, before.bytes, before.length);
		}
	}
	fmr_str_release(&before);
	fmr_str_release(&lines);
}

int fmr_migrate_text(const struct fmr_type *type, const struct fmr_source *source, const struct fmr_value *root,
	struct fmr_str *out, struct fmr_err *err)
{
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct migrator migrator = { .arena = &arena };
	struct fmr_value *wanted = migrate(type, root, &migrator);
	struct fmr_str text;
	fmr_str_init(&text);
	write_names(&migrator, source, &text);
	if (!wanted)
		wanted = copy_of(&arena, root);
	member_in(wanted, FMR_FIELD_FORM, strlen(FMR_FIELD_FORM))->value =
		fmr_value_new_number(&arena, fmr_arena_format(&arena, "%d", type->form));
	const struct fmr_value *now = fmr_yaml_read_quietly(text.bytes, text.length, &arena);
	int code = now ? write_values(type, now, wanted, &text, err) :
		fmr_err_set(err, FMR_ERR_INVALID, _("'%s' cannot be rewritten"), source->path);
	if (!code) {
		write_comments(&migrator, source, wanted, &text);
		fmr_str_clear(out);
		fmr_str_add(out, text.bytes, text.length);
	}
	FMR_VEC_RELEASE(&migrator.renamings);
	FMR_VEC_RELEASE(&migrator.carried);
	fmr_str_release(&text);
	fmr_arena_release(&arena);
	return code;
}
