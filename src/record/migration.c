/*
 * The migrations of a type, read from its file: steps that must lead to fields
 * that the type has now.
 */
#include "record/loader.h"

#include "base/decimal.h"
#include "base/i18n.h"
#include "base/text.h"

#include <limits.h>
#include <string.h>

/* ---- where a field has gone since ---- */

/* The path without its beginning, when it begins with that; else NULL. */
static const char *behind(const char *path, const char *beginning)
{
	const size_t length = strlen(beginning);
	return strncmp(path, beginning, length) == 0 && (path[length] == '.' || !path[length]) ? path + length : NULL;
}

/* Follow the path through the steps that come after this one. */
static const char *path_now(struct fmr_loader *loader, const char *path, size_t migration, size_t step)
{
	const struct fmr_type *type = loader->type;
	for (size_t i = migration; i < type->migration_count; i++) {
		for (size_t j = i == migration ? step + 1 : 0; j < type->migrations[i].count; j++) {
			const struct fmr_migration_step *later = &type->migrations[i].steps[j];
			const char *rest = later->kind == FMR_MIGRATION_MOVE ? behind(path, later->path) : NULL;
			if (rest)
				path = fmr_arena_format(loader->arena, "%s%s", later->to, rest);
		}
	}
	return path;
}

/* Do the values get others once more? */
static bool is_mapped_later(struct fmr_loader *loader, const char *now, size_t migration, size_t step)
{
	const struct fmr_type *type = loader->type;
	for (size_t i = migration; i < type->migration_count; i++) {
		for (size_t j = i == migration ? step + 1 : 0; j < type->migrations[i].count; j++) {
			const struct fmr_migration_step *later = &type->migrations[i].steps[j];
			if (later->kind == FMR_MIGRATION_VALUES && strcmp(path_now(loader, later->path, i, j), now) == 0)
				return true;
		}
	}
	return false;
}

/* ---- does a step lead anywhere? ---- */

static bool passes_list(const struct fmr_type *type, const char *path, const char *from)
{
	for (const char *dot = strchr(from, '.'); dot; dot = strchr(dot + 1, '.')) {
		char *start = fmr_strndup(path, (size_t)(dot - path));
		const struct fmr_field *field = fmr_type_field(type, start);
		free(start);
		if (field && field->kind == FMR_FIELD_LIST)
			return true;
	}
	return false;
}

/* The rest of `to`, where it parts from the path that leads to the same map or item. */
static const char *parting(const char *path, const char *to)
{
	const char *rest = to;
	for (size_t i = 0; path[i] && path[i] == to[i]; i++)
		if (to[i] == '.')
			rest = to + i + 1;
	return rest;
}

static void need_choice(struct fmr_loader *loader, const struct fmr_field *field, const struct fmr_value *value,
	const struct fmr_value *at)
{
	const struct fmr_field *inner = field->kind == FMR_FIELD_LIST && field->child_count ? &field->children[0] : field;
	const char *code = fmr_value_string(value);
	for (size_t i = 0; i < inner->choice_count; i++)
		if (code && strcmp(inner->choices[i].code, code) == 0)
			return;
	if (inner->choice_count)
		fmr_load_fault(loader, at, _("the field has no such value"), code ? code : field->path);
}

static void check_step(struct fmr_loader *loader, const struct fmr_value *at, size_t migration, size_t number)
{
	const struct fmr_migration_step *step = &loader->type->migrations[migration].steps[number];
	const bool moves = step->kind == FMR_MIGRATION_MOVE;
	const char *now = path_now(loader, moves ? step->to : step->path, migration, number);
	const struct fmr_field *field = fmr_load_need_field(loader, now, at);
	if (moves && (strcmp(step->path, step->to) == 0))
		fmr_load_fault(loader, at, _("a move that leads nowhere"), step->path);
	if (moves && passes_list(loader->type, step->to, parting(step->path, step->to)))
		fmr_load_fault(loader, at, _("a value moves within one item of a list, and not into a list"), step->to);
	if (!field || moves || is_mapped_later(loader, now, migration, number))
		return;
	if (step->kind == FMR_MIGRATION_SET)
		need_choice(loader, field, step->value, at);
	for (size_t i = 0; step->kind == FMR_MIGRATION_VALUES && i < step->value->map.count; i++)
		need_choice(loader, field, step->value->map.members[i].value, at);
}

/* ---- reading ---- */

static bool read_step(struct fmr_loader *loader, const struct fmr_value *map, struct fmr_migration_step *step)
{
	const struct fmr_value *values = fmr_value_get(map, "values"), *set = fmr_value_get(map, "set");
	const char *move = fmr_load_word(map, "move"), *field = fmr_load_word(map, "field");
	*step = (struct fmr_migration_step){ .path = move ? move : field, .to = fmr_load_word(map, "to"),
		.as_list = fmr_value_is(fmr_value_get(map, "as"), "list") };
	if (move && step->to) {
		step->kind = FMR_MIGRATION_MOVE;
		return true;
	}
	step->kind = set ? FMR_MIGRATION_SET : FMR_MIGRATION_VALUES;
	step->value = set ? set : values;
	if (field && (set || (values && values->kind == FMR_MAP)))
		return true;
	fmr_load_fault(loader, map, _("no step: it has neither move and to, nor field with values or set"), "steps");
	return false;
}

static int read_form(struct fmr_loader *loader, const struct fmr_value *map, int before)
{
	const struct fmr_value *form = fmr_value_get(map, "form");
	long long number = 0;
	const bool known = form && form->kind == FMR_NUMBER && fmr_decimal_to_integer(form->text, &number);
	if (known && number > 1 && number > before && number <= loader->type->form)
		return (int)number;
	fmr_load_fault(loader, form ? form : map, _("migrations go up, to versions that the form has had, and not so"),
		known ? form->text.bytes : "form");
	return before;
}

static bool read_migration(struct fmr_loader *loader, const struct fmr_value *map, int before, struct fmr_migration *out)
{
	const struct fmr_value *list = fmr_value_get(map, "steps");
	const size_t count = list && list->kind == FMR_LIST ? list->list.count : 0;
	struct fmr_migration_step *steps = fmr_arena_zero(loader->arena, count + 1, sizeof(*steps));
	*out = (struct fmr_migration){ .form = read_form(loader, map, before), .help = fmr_load_words(map, "help"),
		.steps = steps, .count = count };
	bool good = count > 0;
	if (!good)
		fmr_load_fault(loader, map, _("x-fmrec lacks a list"), "steps");
	for (size_t i = 0; i < count; i++)
		good &= read_step(loader, list->list.items[i], &steps[i]);
	for (size_t i = 0; good && i < count; i++)
		steps[i].in_list = passes_list(loader->type, steps[i].path, steps[i].path);
	return good;
}

void fmr_load_migrations(struct fmr_loader *loader, const struct fmr_value *list)
{
	const size_t count = list && list->kind == FMR_LIST ? list->list.count : 0;
	struct fmr_migration *migrations = fmr_arena_zero(loader->arena, count + 1, sizeof(*migrations));
	bool good = true;
	for (size_t i = 0; i < count; i++)
		good &= read_migration(loader, list->list.items[i], i ? migrations[i - 1].form : 0, &migrations[i]);
	if (!good)
		return;
	loader->type->migrations = migrations;
	loader->type->migration_count = count;
	for (size_t i = 0; i < count; i++) {
		const struct fmr_value *steps = fmr_value_get(list->list.items[i], "steps");
		for (size_t j = 0; j < migrations[i].count; j++)
			check_step(loader, steps->list.items[j], i, j);
	}
}
