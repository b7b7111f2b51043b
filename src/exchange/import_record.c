#include "exchange/import_row.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

enum { RECORD_LIMIT = 4 << 20 };
static const char id_name[] = "id", form_name[] = "form";

/* ---- a new record ---- */

static bool time_of(const struct fmr_import_row *work, const struct fmr_value *value, int64_t *seconds)
{
	const char *text = fmr_value_string(value);
	struct fmr_time time;
	if (!text || !fmr_time_parse_human(text, strlen(text), work->import->zone_offset, &time))
		return false;
	*seconds = time.seconds;
	return true;
}

/* When what the record tells of was noticed, else when it happened: its id gets that day. */
static int64_t day_of(const struct fmr_import_row *work, const struct fmr_value *root)
{
	const struct fmr_type *type = work->type->type;
	int64_t seconds;
	for (size_t i = 0; i < type->field_count; i++) {
		const struct fmr_field *field = &type->fields[i];
		bool is_moment = field->proposed && (field->kind == FMR_FIELD_TIME || field->kind == FMR_FIELD_DATE);
		if (is_moment && time_of(work, fmr_value_at(root, field->path), &seconds))
			return seconds;
	}
	for (size_t i = 0; type->time_order && type->time_order[i]; i++)
		for (size_t j = 0; type->time_order[i][j]; j++)
			if (time_of(work, fmr_value_at(root, type->time_order[i][j]), &seconds))
				return seconds;
	return fmr_clock_now();
}

/* The id of a row before. */
static bool is_taken(void *context, const char *id)
{
	const struct fmr_import *import = context;
	size_t index;
	return fmr_dict_get(&import->ids, id, &index);
}

/* An id that nobody has, neither in the repository nor among the rows before. */
static int choose_id(struct fmr_import_row *work, const struct fmr_value *root, char id[FMR_ID_LENGTH + 1],
	struct fmr_str *path, struct fmr_err *err)
{
	struct fmr_import *import = work->import;
	const struct fmr_type *type = work->type->type;
	if (work->id && strlen(work->id) <= FMR_ID_LENGTH && fmr_id_path(type, work->id, path)) {
		memcpy(id, work->id, strlen(work->id) + 1);
		return 0;
	}
	if (work->id && !strstr(type->pattern, "{name}"))
		return fmr_err_set(
			err, FMR_ERR_INVALID, _("'%s' is no id of the pattern '%s'"), work->id, type->pattern);
	int result = fmr_id_make_unless(import->book, type, work->id, day_of(work, root), is_taken, import, id, err);
	if (!result && work->id)
		result = fmr_id_refuse_former(import->book, type, id, err);
	if (!result && !fmr_id_path(type, id, path))
		result = fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is no id of the pattern '%s'"), id, type->pattern);
	return result;
}

static bool set_field(struct fmr_import_row *work, struct fmr_value *root, const char *path, struct fmr_value *value)
{
	struct fmr_err err = { 0 };
	if (fmr_value_set_at(&work->import->arena, root, path, value, &err) == 0)
		return true;
	fmr_import_report_error(work, FMR_CODE_IMPORT_VALUE, path, &err);
	return false;
}

static void set_text(struct fmr_import_row *work, struct fmr_value *root, const char *path, const char *text)
{
	set_field(work, root, path, fmr_value_new_string(&work->import->arena, text, strlen(text)));
}

static void set_constants(struct fmr_import_row *work, struct fmr_value *root)
{
	struct fmr_import *import = work->import;
	const struct fmr_mapping *mapping = import->options->mapping;
	for (size_t i = 0; mapping && mapping->constants && i < mapping->constants->map.count; i++) {
		const struct fmr_member *member = &mapping->constants->map.members[i];
		const struct fmr_field *field = fmr_type_field(work->type->type, member->key.bytes);
		if (field)
			set_field(work, root, member->key.bytes,
				fmr_cell_conform(import->book, field, member->value, &import->arena));
	}
}

/* Where the record came from: it keeps its own dates, and this says that it was not written here. */
static void set_origin(struct fmr_import_row *work, struct fmr_value *root)
{
	const struct fmr_import_type *type = work->type;
	if (!type->key || !work->key)
		return;
	if (!fmr_import_assigned(work, type->source))
		set_text(work, root, type->source->path, work->source);
	if (!fmr_import_assigned(work, type->key))
		set_text(work, root, type->key->path, work->key);
	if (!type->on || fmr_import_assigned(work, type->on))
		return;
	struct fmr_time today = { .seconds = fmr_clock_now(), .offset = work->import->zone_offset, .date_only = true };
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_time_format(&text, &today);
	set_text(work, root, type->on->path, text.bytes);
	fmr_str_release(&text);
}

/* The line by which editors find the schema, as `fmrec new` writes it. */
static void put_schema_line(struct fmr_str *out, const struct fmr_type *type, const char *path)
{
	fmr_str_puts(out, "# yaml-language-server: $schema=");
	for (const char *p = path; *p; p++)
		if (*p == '/')
			fmr_str_puts(out, "../");
	fmr_str_printf(out, "%s\n", type->schema_path);
}

static void make_record(
	struct fmr_import_row *work, struct fmr_str *path, char id[FMR_ID_LENGTH + 1], struct fmr_str *text)
{
	struct fmr_arena *arena = &work->import->arena;
	const struct fmr_type *type = work->type->type;
	struct fmr_value *root = fmr_value_new_map(arena);
	set_constants(work, root);
	for (size_t i = 0; i < work->sets.count; i++)
		if (work->sets.items[i].value)
			set_field(work, root, work->sets.items[i].path, work->sets.items[i].value);
	set_origin(work, root);
	struct fmr_err err = { 0 };
	if (choose_id(work, root, id, path, &err)) {
		fmr_import_report_error(work, FMR_CODE_ID_FORM, work->id ? id_name : NULL, &err);
		return;
	}
	set_text(work, root, id_name, id);
	if (!fmr_value_get(root, form_name))
		set_field(
			work, root, form_name, fmr_value_new_number(arena, fmr_arena_format(arena, "%d", type->form)));
	put_schema_line(text, type, path->bytes);
	fmr_yaml_write(text, fmr_value_in_order(arena, root, type->fields, type->field_count), 0);
}

/* ---- a change of a record ---- */

static bool says_the_same(const struct fmr_assignment *set, const struct fmr_value *current)
{
	if (!set->value || !current)
		return !set->value && !current;
	if (fmr_value_equal(set->value, current))
		return true;
	if (!set->text)
		return false;
	struct fmr_str cell;
	fmr_str_init(&cell);
	fmr_cell_write(&cell, set->field, current);
	bool same = strcmp(cell.bytes, set->text) == 0;
	fmr_str_release(&cell);
	return same;
}

/* The text of an existing record with the fields of the row; the same text when the row says nothing new. */
static int change_record(struct fmr_import_row *work, const char *path, const struct fmr_str *old, struct fmr_str *text,
	struct fmr_err *err)
{
	struct fmr_arena *arena = &work->import->arena;
	const struct fmr_source source = { .path = path, .bytes = old->bytes, .length = old->length };
	const struct fmr_value *root = fmr_yaml_read_quietly(old->bytes, old->length, arena);
	if (!root) {
		fmr_err_set(err, FMR_ERR_REFUSED, _("'%s' cannot be read"), path);
		fmr_err_hint(err, _("see fmrec validate %s"), path);
		return FMR_ERR_REFUSED;
	}
	struct fmr_edit *edits = fmr_arena_zero(arena, work->sets.count, sizeof(*edits));
	size_t count = 0;
	for (size_t i = 0; i < work->sets.count; i++) {
		const struct fmr_assignment *set = &work->sets.items[i];
		if (says_the_same(set, fmr_value_at(root, set->path)))
			continue;
		edits[count++] = (struct fmr_edit){.kind = set->value ? FMR_EDIT_SET : FMR_EDIT_REMOVE,
			.path = set->path,
			.value = set->value,
			.field_order = work->type->type->field_order};
	}
	if (count)
		return fmr_yaml_edit(&source, edits, count, text, err);
	fmr_str_add(text, old->bytes, old->length);
	return 0;
}

/* ---- checking and keeping ---- */

/* Links of the new text may lead to records of later rows: keep them until the end. */
static bool postpone(struct fmr_import_row *work, const struct fmr_finding *fault, const struct fmr_value *root)
{
	if (fault->code != FMR_CODE_REF_DANGLING || !fault->pointer || !root)
		return false;
	char *path = fmr_import_dots(fault->pointer);
	const char *target = fmr_link_target(fmr_value_at(root, path));
	free(path);
	if (!target)
		return false;
	struct fmr_import *import = work->import;
	fmr_import_report_checked(work, fault, import->missing_findings);
	FMR_VEC_PUSH(&import->missing, ((struct fmr_import_missing){.pending = import->pending.count,
					       .target = fmr_strdup(target),
					       .finding = fmr_findings_count(import->missing_findings) - 1}));
	return true;
}

static int check_record(struct fmr_import_row *work, const char *path, const struct fmr_str *text, struct fmr_err *err)
{
	struct fmr_import *import = work->import;
	struct fmr_findings *faults = fmr_findings_new(0);
	int result = fmr_check_text(import->book, path, text->bytes, text->length, NULL, faults, err);
	const struct fmr_value *root = NULL;
	for (size_t i = 0; !result && i < fmr_findings_count(faults); i++) {
		const struct fmr_finding *fault = fmr_findings_at(faults, i);
		if (fault->severity == FMR_ADVICE)
			continue;
		if (fault->code == FMR_CODE_REF_DANGLING && !root)
			root = fmr_yaml_read_quietly(text->bytes, text->length, &import->arena);
		if (postpone(work, fault, root))
			continue;
		fmr_import_report_checked(work, fault, import->findings);
		work->bad |= fault->severity == FMR_ERROR;
	}
	fmr_findings_free(faults);
	return result;
}

static void keep(struct fmr_import_row *work, const char *id, const char *path, struct fmr_str *text,
	struct fmr_str *old, bool is_new)
{
	struct fmr_import *import = work->import;
	size_t length = text->length;
	fmr_dict_add(&import->ids, id, import->pending.count);
	FMR_VEC_PUSH(&import->pending, ((struct fmr_import_pending){.id = fmr_strdup(id),
					       .path = fmr_strdup(path),
					       .bytes = fmr_str_detach(text),
					       .length = length,
					       .old = *old,
					       .is_new = is_new,
					       .bad = work->bad,
					       .row = work->row->number}));
	fmr_str_init(old);
}

/* No two rows may be about one record. */
static bool claim(struct fmr_import_row *work, const char *path)
{
	struct fmr_import *import = work->import;
	if (fmr_dict_add(&import->planned, path, work->row->number))
		return true;
	size_t other = 0;
	fmr_dict_get(&import->planned, path, &other);
	char *message = fmr_format(_("it is about the same record as row %zu"), other);
	fmr_import_report(work, FMR_CODE_IMPORT_ROW, NULL, message, NULL);
	free(message);
	return false;
}

int fmr_import_make(struct fmr_import_row *work, struct fmr_err *err)
{
	char id[FMR_ID_LENGTH + 1] = "";
	struct fmr_str path, text, none;
	fmr_str_init(&path);
	fmr_str_init(&text);
	fmr_str_init(&none);
	int result = 0;
	make_record(work, &path, id, &text);
	if (!work->bad && claim(work, path.bytes)) {
		result = check_record(work, path.bytes, &text, err);
		if (!result)
			keep(work, id, path.bytes, &text, &none, true);
	}
	fmr_str_release(&path);
	fmr_str_release(&text);
	return result;
}

int fmr_import_change(struct fmr_import_row *work, const char *path, struct fmr_err *err)
{
	struct fmr_import *import = work->import;
	struct fmr_str old, text;
	fmr_str_init(&old);
	fmr_str_init(&text);
	struct fmr_err fault = { 0 };
	int result = fmr_view_read(fmr_book_view(import->book), path, RECORD_LIMIT, &old, err);
	if (result || !claim(work, path))
		goto out;
	if (change_record(work, path, &old, &text, &fault)) {
		fmr_import_report_error(work, FMR_CODE_IMPORT_ROW, NULL, &fault);
		goto out;
	}
	if (text.length == old.length && memcmp(text.bytes, old.bytes, old.length) == 0) {
		import->counts.same++;
		goto out;
	}
	result = check_record(work, path, &text, err);
	if (!result) {
		const char *name = fmr_import_base_name(path);
		char *id = fmr_strndup(name, strcspn(name, "."));
		keep(work, id, path, &text, &old, false);
		free(id);
	}
out:
	fmr_str_release(&old);
	fmr_str_release(&text);
	return result;
}
