#include "cmd/assign.h"

#include "base/i18n.h"
#include "base/source.h"
#include "base/text.h"
#include "yaml/yaml.h"

#include <string.h>

/* "timeline[0].at" is "timeline.0.at" */
static char *plain_path(struct fmr_arena *arena, const char *typed, size_t length)
{
	char *path = fmr_arena_strndup(arena, typed, length), *to = path;
	for (const char *from = path; *from; from++) {
		if (*from == '[')
			*to++ = '.';
		else if (*from != ']')
			*to++ = *from;
	}
	*to = '\0';
	return path;
}

static int find_field(const struct fmr_type *type, struct fmr_assignment *out, struct fmr_err *err)
{
	out->field = fmr_type_field(type, out->path);
	if (out->field)
		return 0;
	/* people may type what a form says: the label of a field instead of its name */
	if (fmr_type_labelled(type, out->path, &out->field, 1) == 1) {
		out->path = out->field->path;
		return 0;
	}
	const char *nearest = fmr_type_nearest_field(type, out->path);
	fmr_err_set(err, FMR_ERR_INVALID, _("'%s' has no field '%s'"), type->name, out->path);
	if (nearest)
		fmr_err_hint(err, _("did you mean '%s'?"), nearest);
	else
		fmr_err_hint(err, _("all fields: fmrec schema show %s"), type->name);
	return FMR_ERR_INVALID;
}

/* How it was typed on the command line is not how it is to stand in the record. */
static void forget_style(struct fmr_value *value)
{
	value->style = FMR_STYLE_NONE;
	for (size_t i = 0; value->kind == FMR_LIST && i < value->list.count; i++)
		forget_style(value->list.items[i]);
	for (size_t i = 0; value->kind == FMR_MAP && i < value->map.count; i++)
		forget_style(value->map.members[i].value);
}

int fmr_assignment_value(struct fmr_cli *cli, const struct fmr_field *field, const char *typed,
	struct fmr_arena *arena, const struct fmr_value **out, struct fmr_err *err)
{
	struct fmr_value *value = NULL;
	struct fmr_err why = { 0 };
	bool scalar = field->kind != FMR_FIELD_LIST && field->kind != FMR_FIELD_MAP;
	int result = fmr_field_parse(cli->book, field, typed, arena, &value, &why);
	if (result == FMR_ERR_INVALID && scalar && fmr_utf8_valid(typed, strlen(typed)) == strlen(typed)) {
		value = fmr_value_new_string(arena, typed, strlen(typed));
		result = 0;
	} else if (result && err) {
		*err = why;
	}
	if (value)
		forget_style(value);
	*out = value;
	return result;
}

int fmr_assignment_parse(struct fmr_cli *cli, const struct fmr_type *type, enum fmr_assignment_kind kind,
	const char *typed, struct fmr_arena *arena, struct fmr_assignment *out, struct fmr_err *err)
{
	*out = (struct fmr_assignment){ .kind = kind };
	const char *equals = kind == FMR_ASSIGN_UNSET ? typed + strlen(typed) : strchr(typed, '=');
	if (!equals || equals == typed) {
		fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is no assignment"), typed);
		fmr_err_hint(err, _("write FIELD=VALUE, for a list FIELD+=VALUE or FIELD-=VALUE"));
		return FMR_ERR_INVALID;
	}
	size_t length = (size_t)(equals - typed);
	if (*equals && kind == FMR_ASSIGN_SET && length > 1 && (typed[length - 1] == '+' || typed[length - 1] == '-'))
		out->kind = typed[--length] == '+' ? FMR_ASSIGN_ADD : FMR_ASSIGN_TAKE;
	out->path = plain_path(arena, typed, length);
	int result = find_field(type, out, err);
	if (result || out->kind == FMR_ASSIGN_UNSET)
		return result;

	const char *text = equals + 1;
	if (!*text) {
		fmr_err_set(err, FMR_ERR_INVALID, _("no value for '%s'"), out->path);
		fmr_err_hint(err, _("to take the field away: --unset %s"), out->path);
		return FMR_ERR_INVALID;
	}
	const struct fmr_field *field = out->field;
	if (out->kind != FMR_ASSIGN_SET) {
		size_t count;
		const struct fmr_field *item = fmr_field_children(field, &count);
		if (field->kind != FMR_FIELD_LIST || !item) {
			fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is not a list"), out->path);
			fmr_err_hint(err, _("write '%s=VALUE'"), out->path);
			return FMR_ERR_INVALID;
		}
		field = item;
	}
	return fmr_assignment_value(cli, field, text, arena, &out->value, err);
}

/* The item of `list` that equals `value`, as a path. */
static const char *item_path(struct fmr_arena *arena, const char *path, const struct fmr_value *list,
	const struct fmr_value *value)
{
	for (size_t i = 0; list && list->kind == FMR_LIST && i < list->list.count; i++)
		if (fmr_value_equal(list->list.items[i], value))
			return fmr_arena_format(arena, "%s.%zu", path, i);
	return NULL;
}

/* The path to remove so that nothing empty is left: of the only item of a list that is the list. */
static const char *without_empty(struct fmr_arena *arena, const struct fmr_value *root, const char *path)
{
	for (const char *dot; (dot = strrchr(path, '.'));) {
		const char *above = fmr_arena_strndup(arena, path, (size_t)(dot - path));
		const struct fmr_value *value = fmr_value_at(root, above);
		size_t count = !value ? 0 : value->kind == FMR_LIST ? value->list.count : value->map.count;
		if (count != 1 || !fmr_value_at(root, path))
			break;
		path = above;
	}
	return path;
}

/* false when there is nothing to do. */
static bool edit_of(const struct fmr_assignment *assignment, const struct fmr_type *type, const struct fmr_value *root,
	struct fmr_arena *arena, struct fmr_edit *out)
{
	*out = (struct fmr_edit){ FMR_EDIT_SET, assignment->path, assignment->value, type->field_order };
	switch (assignment->kind) {
	case FMR_ASSIGN_SET:
		break;
	case FMR_ASSIGN_ADD:
		out->kind = FMR_EDIT_APPEND;
		break;
	case FMR_ASSIGN_TAKE:
		out->kind = FMR_EDIT_REMOVE;
		out->path = item_path(arena, out->path, fmr_value_at(root, out->path), assignment->value);
		break;
	case FMR_ASSIGN_UNSET:
		out->kind = FMR_EDIT_REMOVE;
		break;
	}
	if (out->kind == FMR_EDIT_REMOVE && out->path)
		out->path = without_empty(arena, root, out->path);
	return out->path != NULL;
}

int fmr_assignment_apply(const struct fmr_assignment *assignment, const struct fmr_type *type, const char *path,
	struct fmr_str *text, struct fmr_arena *arena, struct fmr_assigned *out, struct fmr_err *err)
{
	const struct fmr_value *root = fmr_yaml_read_quietly(text->bytes, text->length, arena);
	const struct fmr_value *old = fmr_value_at(root, assignment->path);
	struct fmr_assigned own, *assigned = out ? out : &own;
	struct fmr_edit edit;
	*assigned = (struct fmr_assigned){ .before = old, .after = old };
	if (!edit_of(assignment, type, root, arena, &edit))
		return 0;
	const struct fmr_source source = { .path = path, .bytes = text->bytes, .length = text->length };
	struct fmr_str edited;
	fmr_str_init(&edited);
	int result = fmr_yaml_edit(&source, &edit, 1, &edited, err);
	if (!result) {
		assigned->changed = edited.length != text->length || memcmp(edited.bytes, text->bytes, text->length) != 0;
		fmr_str_clear(text);
		fmr_str_add(text, edited.bytes, edited.length);
		assigned->after = fmr_value_at(fmr_yaml_read_quietly(text->bytes, text->length, arena), assignment->path);
	}
	fmr_str_release(&edited);
	return result;
}
