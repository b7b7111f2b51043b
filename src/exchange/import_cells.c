#include "exchange/import_row.h"

#include "base/alloc.h"
#include "base/i18n.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static const char id_name[] = "id";

/* ---- findings ---- */

void fmr_import_report(
	struct fmr_import_row *work, enum fmr_code code, const char *column, const char *message, const char *hint)
{
	struct fmr_findings *findings = work->import->findings;
	struct fmr_finding *finding = column ? fmr_findings_add(findings, code, work->import->path,
						       _("row %zu, '%s': %s"), work->row->number, column, message)
					     : fmr_findings_add(findings, code, work->import->path, _("row %zu: %s"),
						       work->row->number, message);
	finding->value = (struct fmr_place){ .line = work->row->line, .column = 1 };
	if (hint && *hint)
		finding->hint = fmr_findings_text(findings, "%s", hint);
	work->bad = true;
}

void fmr_import_report_error(
	struct fmr_import_row *work, enum fmr_code code, const char *column, const struct fmr_err *err)
{
	fmr_import_report(work, code, column, err->text, err->hint);
}

static const char *kept(struct fmr_findings *findings, const char *text)
{
	return text ? fmr_findings_text(findings, "%s", text) : NULL;
}

/* "/impact/users" as people write it: "impact.users". */
char *fmr_import_dots(const char *pointer)
{
	char *path = fmr_strdup(*pointer == '/' ? pointer + 1 : pointer);
	for (char *p = path; *p; p++)
		if (*p == '/')
			*p = '.';
	return path;
}

/* What the check says of the record that the row makes, said of the row. */
void fmr_import_report_checked(struct fmr_import_row *work, const struct fmr_finding *fault, struct fmr_findings *to)
{
	char *field = fault->pointer && *fault->pointer ? fmr_import_dots(fault->pointer) : NULL;
	struct fmr_finding *finding = fmr_findings_copy(to, fault);
	finding->path = fmr_findings_text(to, "%s", work->import->path);
	finding->message = field ? fmr_findings_text(to, _("row %zu, '%s': %s"), work->row->number, field, fault->message)
				 : fmr_findings_text(to, _("row %zu: %s"), work->row->number, fault->message);
	finding->value = (struct fmr_place){ .line = work->row->line, .column = 1 };
	finding->key = (struct fmr_place){ 0 };
	free(field);
}

/* ---- columns ---- */

/* The column of this name, resolved when it is first met; its fault comes out once, then. */
static const struct fmr_column *column_named(struct fmr_import *import, struct fmr_import_type *known, const char *name,
	struct fmr_err *fault)
{
	size_t index;
	if (fmr_dict_get(&known->column_of, name, &index))
		return known->columns.items[index];
	struct fmr_column *column = fmr_arena_zero(&import->names, 1, sizeof(*column));
	if (fmr_column_resolve(known->type, import->options->mapping, name, &import->names, column, fault)) {
		column->count = 0;
		column->lost = true;
	}
	fmr_dict_add(&known->column_of, column->name, known->columns.count);
	FMR_VEC_PUSH(&known->columns, column);
	return column;
}

static const struct fmr_column *column_of_header(struct fmr_import *import, struct fmr_import_type *known, size_t index)
{
	size_t count;
	struct fmr_err fault = { 0 };
	const char *name = fmr_sheet_header(import->rows, &count)[index];
	const struct fmr_column *column = column_named(import, known, name, &fault);
	if (fault.code)
		fmr_sheet_fault_in_header(import->rows, index, FMR_CODE_IMPORT_COLUMN, fault.text, import->findings)->hint =
			kept(import->findings, fault.hint);
	return column;
}

static const struct fmr_column *column_of_object(struct fmr_import *import, struct fmr_import_type *known,
	const char *name, size_t line)
{
	struct fmr_err fault = { 0 };
	const struct fmr_column *column = column_named(import, known, name, &fault);
	if (fault.code) {
		struct fmr_finding *finding =
			fmr_findings_add(import->findings, FMR_CODE_IMPORT_COLUMN, import->path, "%s", fault.text);
		finding->value = (struct fmr_place){ .line = line, .column = 1 };
		finding->hint = kept(import->findings, fault.hint);
	}
	return column;
}

/* All columns of a table, before the first row: one finding for a bad column, not one a row. */
void fmr_import_resolve_header(struct fmr_import *import, struct fmr_import_type *known)
{
	size_t count;
	const char *const *header = fmr_sheet_header(import->rows, &count);
	for (size_t i = 0; i < count; i++)
		if (*header[i])
			column_of_header(import, known, i);
}

/* ---- the cells of a row ---- */

static const char *text_of_value(struct fmr_arena *arena, const struct fmr_value *value)
{
	switch (value->kind) {
	case FMR_STRING:
		return memchr(value->text.bytes, '\0', value->text.length) ? NULL : value->text.bytes;
	case FMR_NUMBER:
		return fmr_arena_strndup(arena, value->text.bytes, value->text.length);
	case FMR_BOOL:
		return value->boolean ? "true" : "false";
	default:
		return NULL;
	}
}

static void read_table_cells(struct fmr_import_row *work)
{
	struct fmr_import *import = work->import;
	const struct fmr_mapping *mapping = import->options->mapping;
	size_t count;
	const char *const *header = fmr_sheet_header(import->rows, &count);
	work->cells = fmr_arena_zero(&import->arena, count, sizeof(*work->cells));
	for (size_t i = 0; i < count; i++) {
		const struct fmr_text *bytes = &work->row->cells[i];
		struct fmr_text cut = fmr_text_trim(bytes->bytes, bytes->length);
		if (!*header[i]) {
			if (cut.length)
				fmr_import_report(work, FMR_CODE_IMPORT_COLUMN, NULL,
					_("a cell stands in a column without a name"), NULL);
			continue;
		}
		struct fmr_import_cell *cell = &work->cells[work->cell_count++];
		cell->name = header[i];
		cell->column = column_of_header(import, work->type, i);
		cell->text = fmr_column_cell(cell->column, mapping, bytes->bytes, bytes->length, &import->arena);
		cell->original = cut.length ? fmr_arena_strndup(&import->arena, cut.bytes, cut.length) : NULL;
	}
}

static void read_object_cells(struct fmr_import_row *work)
{
	struct fmr_import *import = work->import;
	const struct fmr_mapping *mapping = import->options->mapping;
	const struct fmr_value *object = work->row->object;
	work->cells = fmr_arena_zero(&import->arena, object->map.count, sizeof(*work->cells));
	for (size_t i = 0; i < object->map.count; i++) {
		const struct fmr_member *member = &object->map.members[i];
		struct fmr_import_cell *cell = &work->cells[work->cell_count++];
		cell->name = member->key.bytes;
		cell->column = column_of_object(import, work->type, cell->name, work->row->line);
		const char *text = text_of_value(&import->arena, member->value);
		if (text && *text && (mapping || !cell->column->rules.exact)) {
			struct fmr_text cut = fmr_text_trim(text, strlen(text));
			cell->original = cut.length ? fmr_arena_strndup(&import->arena, cut.bytes, cut.length) : NULL;
			cell->text = fmr_column_cell(cell->column, mapping, text, strlen(text), &import->arena);
		} else if (member->value->kind != FMR_NULL) {
			cell->value = member->value;
			cell->original = text;
		}
	}
}

const struct fmr_import_cell *fmr_import_cell(const struct fmr_import_row *work, const char *name, size_t length)
{
	for (size_t i = 0; i < work->cell_count; i++)
		if (strlen(work->cells[i].name) == length && memcmp(work->cells[i].name, name, length) == 0)
			return &work->cells[i];
	return NULL;
}

static const char *cell_text(void *context, const char *name, size_t length)
{
	const struct fmr_import_cell *cell = fmr_import_cell(context, name, length);
	return cell ? cell->text : NULL;
}

/* ---- from cells to fields ---- */

static void assign(
	struct fmr_import_row *work, const struct fmr_target *target, struct fmr_value *value, const char *text)
{
	if (strcmp(target->path, id_name) == 0)
		return; /* finds the record, never changes it */
	FMR_VEC_PUSH(&work->sets,
		((struct fmr_assignment){.path = target->path, .field = target->field, .value = value, .text = text}));
}

static void assign_cell(struct fmr_import_row *work, const struct fmr_import_cell *cell)
{
	struct fmr_import *import = work->import;
	work->bad |= cell->column->lost && cell->original; /* told when the column was first met */
	for (size_t i = 0; i < cell->column->count; i++) {
		const struct fmr_target *target = &cell->column->targets[i];
		struct fmr_value *value = NULL;
		struct fmr_err err = { 0 };
		if (!target->field) {
			work->bad = true; /* a fault of the mapping, told already */
		} else if (cell->value) {
			assign(work, target, fmr_cell_conform(import->book, target->field, cell->value, &import->arena),
				NULL);
		} else if (cell->text) {
			if (fmr_cell_read(import->book, target->field, &cell->column->rules, cell->text,
				    strlen(cell->text), &import->arena, &value, &err))
				fmr_import_report_error(work, FMR_CODE_IMPORT_VALUE,
					strcmp(cell->name, target->path) == 0 ? NULL : cell->name, &err);
			else
				assign(work, target, value, cell->text);
		} else if (import->options->clear && !cell->original) {
			assign(work, target, NULL, NULL);
		}
	}
}

static void assign_template(struct fmr_import_row *work, const char *path, const struct fmr_value *template)
{
	struct fmr_import *import = work->import;
	const struct fmr_field *field = fmr_type_field(work->type->type, path);
	const struct fmr_value *max = template->kind == FMR_MAP ? fmr_value_get(template, "max") : NULL;
	const char *pattern = fmr_value_string(template->kind == FMR_MAP ? fmr_value_get(template, "text") : template);
	struct fmr_str text;
	fmr_str_init(&text);
	if (field &&
		fmr_mapping_compose(pattern, max ? strtoul(max->text.bytes, NULL, 10) : 0, cell_text, work, &text)) {
		for (char *p = text.bytes; *p && !field->multiline; p++)
			if (*p == '\n')
				*p = ' ';
		const struct fmr_cell_rules rules = { .exact = false };
		const struct fmr_target target = { .path = path, .field = field };
		struct fmr_value *value = NULL;
		struct fmr_err err = { 0 };
		if (fmr_cell_read(import->book, field, &rules, text.bytes, text.length, &import->arena, &value, &err))
			fmr_import_report_error(work, FMR_CODE_IMPORT_VALUE, path, &err);
		else
			assign(work, &target, value, NULL);
	}
	fmr_str_release(&text);
}

static void assign_all(struct fmr_import_row *work)
{
	const struct fmr_mapping *mapping = work->import->options->mapping;
	for (size_t i = 0; i < work->cell_count; i++)
		assign_cell(work, &work->cells[i]);
	for (size_t i = 0; mapping && mapping->templates && i < mapping->templates->map.count; i++)
		assign_template(
			work, mapping->templates->map.members[i].key.bytes, mapping->templates->map.members[i].value);
}

const struct fmr_assignment *fmr_import_assigned(const struct fmr_import_row *work, const struct fmr_field *field)
{
	for (size_t i = 0; field && i < work->sets.count; i++)
		if (strcmp(work->sets.items[i].path, field->path) == 0 && work->sets.items[i].value)
			return &work->sets.items[i];
	return NULL;
}

const char *fmr_import_assigned_text(const struct fmr_import_row *work, const struct fmr_field *field)
{
	const struct fmr_assignment *set = fmr_import_assigned(work, field);
	return set ? fmr_value_string(set->value) : NULL;
}

void fmr_import_read_row(struct fmr_import_row *work)
{
	if (work->row->object)
		read_object_cells(work);
	else
		read_table_cells(work);
	assign_all(work);
}
