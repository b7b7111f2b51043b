#include "exchange/columns.h"

#include "base/i18n.h"
#include "base/text.h"

#include <string.h>

enum { SHOWN_CANDIDATES = 4 };

/* ---- by label ---- */

static int find_by_label(const struct fmr_type *type, const char *name, const struct fmr_field **out,
	struct fmr_err *err)
{
	const struct fmr_field *found[SHOWN_CANDIDATES];
	size_t count = fmr_type_labelled(type, name, found, SHOWN_CANDIDATES);
	if (count == 1) {
		*out = found[0];
		return 0;
	}
	if (count == 0) {
		fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no field for the column '%s'"), name);
		const char *near = fmr_type_nearest_field(type, name);
		if (near)
			fmr_err_hint(err, _("did you mean '%s'? or name its field in a mapping, --map"), near);
		else
			fmr_err_hint(err, "%s", _("name its field in a mapping, --map, or leave it out there with `ignore`"));
		return FMR_ERR_NOT_FOUND;
	}
	struct fmr_str paths;
	fmr_str_init(&paths);
	for (size_t i = 0; i < count && i < SHOWN_CANDIDATES; i++)
		fmr_str_printf(&paths, "%s%s", i ? ", " : "", found[i]->path);
	fmr_err_set(err, FMR_ERR_AMBIGUOUS, _("the column '%s' may be one of several fields"), name);
	fmr_err_hint(err, _("name the column by its path: %s"), paths.bytes);
	fmr_str_release(&paths);
	return FMR_ERR_AMBIGUOUS;
}

/* ---- by mapping ---- */

static void add_targets(const struct fmr_type *type, const struct fmr_value *paths, struct fmr_arena *arena,
	struct fmr_column *out)
{
	if (!paths)
		return;
	size_t count = paths->kind == FMR_LIST ? paths->list.count : 1;
	struct fmr_target *targets = fmr_arena_zero(arena, count, sizeof(*targets));
	for (size_t i = 0; i < count; i++) {
		const char *path = fmr_value_string(paths->kind == FMR_LIST ? paths->list.items[i] : paths);
		targets[i] = (struct fmr_target){ .path = path, .field = fmr_type_field(type, path) };
	}
	out->targets = targets;
	out->count = count;
}

static int resolve_mapped(const struct fmr_type *type, const struct fmr_mapping *mapping, struct fmr_arena *arena,
	struct fmr_column *out, struct fmr_err *err)
{
	if (!fmr_mapping_knows(mapping, out->name)) {
		fmr_err_set(
			err, FMR_ERR_NOT_FOUND, _("the mapping does not say where the column '%s' goes"), out->name);
		fmr_err_hint(err, _("add it to `columns` or `ignore` of '%s'"), mapping->text.path);
		return FMR_ERR_NOT_FOUND;
	}
	add_targets(type, fmr_value_get(mapping->columns, out->name), arena, out);
	out->rules.split = fmr_value_string(fmr_value_get(mapping->split, out->name));
	out->values = fmr_value_get(mapping->values, out->name);
	return 0;
}

int fmr_column_resolve(const struct fmr_type *type, const struct fmr_mapping *mapping, const char *name,
	struct fmr_arena *arena, struct fmr_column *out, struct fmr_err *err)
{
	*out = (struct fmr_column){ .name = fmr_arena_strdup(arena, name) };
	if (mapping)
		return resolve_mapped(type, mapping, arena, out, err);
	const struct fmr_field *field = fmr_type_field(type, name);
	out->rules = (struct fmr_cell_rules){ .exact = field != NULL, .split = "\n" };
	int result = field ? 0 : find_by_label(type, name, &field, err);
	if (result || !field)
		return result;
	struct fmr_target *target = fmr_arena_zero(arena, 1, sizeof(*target));
	*target = (struct fmr_target){ .path = out->rules.exact ? out->name : field->path, .field = field };
	out->targets = target;
	out->count = 1;
	return 0;
}

/* ---- cells ---- */

static bool is_empty_word(const struct fmr_mapping *mapping, const char *cell)
{
	for (size_t i = 0; mapping && mapping->empty && i < mapping->empty->list.count; i++)
		if (fmr_value_is(mapping->empty->list.items[i], cell))
			return true;
	return false;
}

static const char *replaced(const struct fmr_column *column, const char *cell)
{
	const struct fmr_value *value = fmr_value_get(column->values, cell);
	if (!value)
		value = fmr_value_get(column->values, "*");
	if (!value)
		return cell;
	switch (value->kind) {
	case FMR_STRING:
	case FMR_NUMBER:
		return value->text.bytes;
	case FMR_BOOL:
		return value->boolean ? "true" : "false";
	default:
		return NULL;
	}
}

const char *fmr_column_cell(const struct fmr_column *column, const struct fmr_mapping *mapping, const char *bytes,
	size_t length, struct fmr_arena *arena)
{
	if (!column->rules.exact) {
		struct fmr_text cut = fmr_text_trim(bytes, length);
		bytes = cut.bytes;
		length = cut.length;
	}
	if (!length)
		return NULL;
	const char *cell = fmr_arena_strndup(arena, bytes, length);
	return is_empty_word(mapping, cell) ? NULL : replaced(column, cell);
}
