#include "exchange/import.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/dict.h"
#include "base/digest.h"
#include "base/i18n.h"
#include "base/vec.h"
#include "exchange/columns.h"
#include "json/json.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

enum { RECORD_LIMIT = 4 << 20, KEY_DIGITS = 16, PROGRESS_STEP = 64 };
static const char id_name[] = "id", form_name[] = "form";

/* What is known of one type while its rows come in. */
struct import_type {
	const struct fmr_type *type;
	struct fmr_dict column_of;            /* name -> index in columns */
	FMR_VEC(struct fmr_column *) columns; /* in import->names: cells point at them */
	const struct fmr_field *key, *source, *on; /* where the origin of a record is kept; NULL: nowhere */
	bool keys_read;
	struct fmr_dict key_of;               /* source, key -> index in paths */
	FMR_VEC(char *) paths;
};

/* One record to write. */
struct pending {
	char *id, *path, *bytes;
	size_t length;
	struct fmr_str old;
	bool is_new, bad;
	size_t row;
};

/* A link to a record that is not there, unless the import brings it. */
struct missing {
	size_t pending;
	char *target;
	size_t finding; /* in import->missing_findings */
};

struct fmr_import {
	struct fmr_book *book;
	struct fmr_rows *rows;
	const char *path;
	struct fmr_import_options own;
	const struct fmr_import_options *options; /* = &own */
	struct fmr_findings *findings;
	struct fmr_import_counts counts;
	FMR_VEC(struct import_type *) types;
	FMR_VEC(struct pending) pending;
	FMR_VEC(struct missing) missing;
	FMR_VEC(struct fmr_change) changes;
	struct fmr_findings *missing_findings;
	struct fmr_dict planned;       /* path -> row */
	struct fmr_dict row_keys;      /* keys made from the contents of rows */
	struct fmr_dict ids;           /* id -> index in pending */
	struct fmr_arena names;        /* lives as long as the import */
	struct fmr_arena arena;        /* lives as long as a row */
	int zone_offset;
};

/* One cell, or member, of the current row. */
struct cell {
	const char *name;
	const struct fmr_column *column;
	const char *text;        /* after trimming and the mapping; NULL: absent */
	const char *original;    /* trimmed only; NULL: absent */
	struct fmr_value *value; /* of an object, if it is no text */
};

struct assignment {
	const char *path;
	const struct fmr_field *field;
	struct fmr_value *value; /* NULL: take the field away */
	const char *text;        /* the cell it came from, or NULL */
};

struct row_work {
	struct fmr_import *import;
	struct import_type *type;
	const struct fmr_row *row;
	struct cell *cells;
	size_t cell_count;
	FMR_VEC(struct assignment) sets;
	const char *id;              /* as the row gives it, or NULL */
	const char *key, *source;    /* or NULL */
	bool bad;
};

/* ---- findings ---- */

static void report(struct row_work *work, enum fmr_code code, const char *column, const char *message, const char *hint)
{
	struct fmr_findings *findings = work->import->findings;
	struct fmr_finding *finding = column
		? fmr_findings_add(findings, code, work->import->path, _("row %zu, '%s': %s"), work->row->number, column, message)
		: fmr_findings_add(findings, code, work->import->path, _("row %zu: %s"), work->row->number, message);
	finding->value = (struct fmr_place){ .line = work->row->line, .column = 1 };
	if (hint && *hint)
		finding->hint = fmr_findings_text(findings, "%s", hint);
	work->bad = true;
}

static void report_error(struct row_work *work, enum fmr_code code, const char *column, const struct fmr_err *err)
{
	report(work, code, column, err->text, err->hint);
}

static const char *kept(struct fmr_findings *findings, const char *text)
{
	return text ? fmr_findings_text(findings, "%s", text) : NULL;
}

/* "/impact/users" as people write it: "impact.users". */
static char *dots_of(const char *pointer)
{
	char *path = fmr_strdup(*pointer == '/' ? pointer + 1 : pointer);
	for (char *p = path; *p; p++)
		if (*p == '/')
			*p = '.';
	return path;
}

/* What the check says of the record that the row makes, said of the row. */
static void report_checked(struct row_work *work, const struct fmr_finding *fault, struct fmr_findings *to)
{
	char *field = fault->pointer && *fault->pointer ? dots_of(fault->pointer) : NULL;
	struct fmr_finding *finding = field
		? fmr_findings_add(to, fault->code, work->import->path, _("row %zu, '%s': %s"), work->row->number, field, fault->message)
		: fmr_findings_add(to, fault->code, work->import->path, _("row %zu: %s"), work->row->number, fault->message);
	free(field);
	finding->severity = fault->severity;
	finding->value = (struct fmr_place){ .line = work->row->line, .column = 1 };
	finding->pointer = kept(to, fault->pointer);
	finding->schema_pointer = kept(to, fault->schema_pointer);
	finding->expected = kept(to, fault->expected);
	finding->found = kept(to, fault->found);
	finding->hint = kept(to, fault->hint);
	finding->line_text = kept(to, fault->line_text);
}

/* ---- types ---- */

/* The fields that tell where a record came from: the key's neighbours, by what they hold. */
static void find_origin(struct import_type *known)
{
	const char *path = known->type->external_key;
	const char *dot = path ? strrchr(path, '.') : NULL;
	if (!dot)
		return;
	char *parent = fmr_strndup(path, (size_t)(dot - path));
	const struct fmr_field *map = fmr_type_field(known->type, parent);
	free(parent);
	for (size_t i = 0; map && i < map->child_count; i++) {
		const struct fmr_field *child = &map->children[i];
		if (strcmp(child->path, path) == 0)
			known->key = child;
		else if (!known->on && (child->kind == FMR_FIELD_DATE || child->kind == FMR_FIELD_TIME))
			known->on = child;
		else if (!known->source && child->kind == FMR_FIELD_TEXT && child->required)
			known->source = child;
	}
	if (!known->source)
		known->key = NULL;
}

static struct import_type *type_entry(struct fmr_import *import, const struct fmr_type *type)
{
	for (size_t i = 0; i < import->types.count; i++)
		if (import->types.items[i]->type == type)
			return import->types.items[i];
	struct import_type *known = fmr_alloc_zero(1, sizeof(*known));
	known->type = type;
	fmr_dict_init(&known->column_of);
	fmr_dict_init(&known->key_of);
	find_origin(known);
	FMR_VEC_PUSH(&import->types, known);
	return known;
}

static void free_type(struct import_type *known)
{
	for (size_t i = 0; i < known->paths.count; i++)
		free(known->paths.items[i]);
	FMR_VEC_RELEASE(&known->paths);
	FMR_VEC_RELEASE(&known->columns);
	fmr_dict_release(&known->column_of);
	fmr_dict_release(&known->key_of);
	free(known);
}

/* The column of this name, resolved when it is first met; its fault is told once. */
static const struct fmr_column *column_named(struct fmr_import *import, struct import_type *known, const char *name,
	size_t line)
{
	size_t index;
	if (fmr_dict_get(&known->column_of, name, &index))
		return known->columns.items[index];
	struct fmr_column *column = fmr_arena_zero(&import->names, 1, sizeof(*column));
	struct fmr_err err = { 0 };
	if (fmr_column_resolve(known->type, import->options->mapping, name, &import->names, column, &err)) {
		struct fmr_finding *finding = fmr_findings_add(import->findings, FMR_CODE_IMPORT_COLUMN, import->path, "%s", err.text);
		finding->value = (struct fmr_place){ .line = line, .column = 1 };
		finding->hint = kept(import->findings, err.hint);
		column->count = 0;
		column->lost = true;
	}
	fmr_dict_add(&known->column_of, column->name, known->columns.count);
	FMR_VEC_PUSH(&known->columns, column);
	return column;
}

/* All columns of a table, before the first row: one finding for a bad column, not one a row. */
static void resolve_header(struct fmr_import *import, struct import_type *known)
{
	size_t count;
	const char *const *header = fmr_rows_header(import->rows, &count);
	for (size_t i = 0; i < count; i++)
		if (*header[i])
			column_named(import, known, header[i], 1);
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

static void read_table_cells(struct row_work *work)
{
	struct fmr_import *import = work->import;
	const struct fmr_mapping *mapping = import->options->mapping;
	size_t count;
	const char *const *header = fmr_rows_header(import->rows, &count);
	work->cells = fmr_arena_zero(&import->arena, count, sizeof(*work->cells));
	for (size_t i = 0; i < count; i++) {
		const struct fmr_text *bytes = &work->row->cells[i];
		struct fmr_text cut = fmr_cell_trim(bytes->bytes, bytes->length);
		if (!*header[i]) {
			if (cut.length)
				report(work, FMR_CODE_IMPORT_COLUMN, NULL, _("a cell stands in a column without a name"), NULL);
			continue;
		}
		struct cell *cell = &work->cells[work->cell_count++];
		cell->name = header[i];
		cell->column = column_named(import, work->type, header[i], 1);
		cell->text = fmr_column_cell(cell->column, mapping, bytes->bytes, bytes->length, &import->arena);
		cell->original = cut.length ? fmr_arena_strndup(&import->arena, cut.bytes, cut.length) : NULL;
	}
}

static void read_object_cells(struct row_work *work)
{
	struct fmr_import *import = work->import;
	const struct fmr_mapping *mapping = import->options->mapping;
	const struct fmr_value *object = work->row->object;
	work->cells = fmr_arena_zero(&import->arena, object->map.count, sizeof(*work->cells));
	for (size_t i = 0; i < object->map.count; i++) {
		const struct fmr_member *member = &object->map.members[i];
		struct cell *cell = &work->cells[work->cell_count++];
		cell->name = member->key.bytes;
		cell->column = column_named(import, work->type, cell->name, work->row->line);
		const char *text = text_of_value(&import->arena, member->value);
		if (text && *text && (mapping || !cell->column->rules.exact)) {
			struct fmr_text cut = fmr_cell_trim(text, strlen(text));
			cell->original = cut.length ? fmr_arena_strndup(&import->arena, cut.bytes, cut.length) : NULL;
			cell->text = fmr_column_cell(cell->column, mapping, text, strlen(text), &import->arena);
		} else if (member->value->kind != FMR_NULL) {
			cell->value = member->value;
			cell->original = text;
		}
	}
}

static const struct cell *find_cell(const struct row_work *work, const char *name, size_t length)
{
	for (size_t i = 0; i < work->cell_count; i++)
		if (strlen(work->cells[i].name) == length && memcmp(work->cells[i].name, name, length) == 0)
			return &work->cells[i];
	return NULL;
}

static const char *cell_text(void *context, const char *name, size_t length)
{
	const struct cell *cell = find_cell(context, name, length);
	return cell ? cell->text : NULL;
}

/* ---- from cells to fields ---- */

static void assign(struct row_work *work, const struct fmr_target *target, struct fmr_value *value, const char *text)
{
	if (strcmp(target->path, id_name) == 0)
		return; /* finds the record, never changes it */
	FMR_VEC_PUSH(&work->sets,
		((struct assignment){ .path = target->path, .field = target->field, .value = value, .text = text }));
}

static void assign_cell(struct row_work *work, const struct cell *cell)
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
			assign(work, target, fmr_cell_conform(import->book, target->field, cell->value, &import->arena), NULL);
		} else if (cell->text) {
			if (fmr_cell_read(import->book, target->field, &cell->column->rules, cell->text, strlen(cell->text),
				    &import->arena, &value, &err))
				report_error(work, FMR_CODE_IMPORT_VALUE, strcmp(cell->name, target->path) == 0 ? NULL : cell->name, &err);
			else
				assign(work, target, value, cell->text);
		} else if (import->options->clear && !cell->original) {
			assign(work, target, NULL, NULL);
		}
	}
}

static void assign_template(struct row_work *work, const char *path, const struct fmr_value *template)
{
	struct fmr_import *import = work->import;
	const struct fmr_field *field = fmr_type_field(work->type->type, path);
	const struct fmr_value *max = template->kind == FMR_MAP ? fmr_value_get(template, "max") : NULL;
	const char *pattern = fmr_value_string(template->kind == FMR_MAP ? fmr_value_get(template, "text") : template);
	struct fmr_str text;
	fmr_str_init(&text);
	if (field && fmr_mapping_compose(pattern, max ? strtoul(max->text.bytes, NULL, 10) : 0, cell_text, work, &text)) {
		for (char *p = text.bytes; *p && !field->multiline; p++)
			if (*p == '\n')
				*p = ' ';
		const struct fmr_cell_rules rules = { .exact = false };
		const struct fmr_target target = { .path = path, .field = field };
		struct fmr_value *value = NULL;
		struct fmr_err err = { 0 };
		if (fmr_cell_read(import->book, field, &rules, text.bytes, text.length, &import->arena, &value, &err))
			report_error(work, FMR_CODE_IMPORT_VALUE, path, &err);
		else
			assign(work, &target, value, NULL);
	}
	fmr_str_release(&text);
}

static void assign_all(struct row_work *work)
{
	const struct fmr_mapping *mapping = work->import->options->mapping;
	for (size_t i = 0; i < work->cell_count; i++)
		assign_cell(work, &work->cells[i]);
	for (size_t i = 0; mapping && mapping->templates && i < mapping->templates->map.count; i++)
		assign_template(work, mapping->templates->map.members[i].key.bytes, mapping->templates->map.members[i].value);
}

static const struct assignment *assigned(const struct row_work *work, const struct fmr_field *field)
{
	for (size_t i = 0; field && i < work->sets.count; i++)
		if (strcmp(work->sets.items[i].path, field->path) == 0 && work->sets.items[i].value)
			return &work->sets.items[i];
	return NULL;
}

static const char *assigned_text(const struct row_work *work, const struct fmr_field *field)
{
	const struct assignment *set = assigned(work, field);
	return set ? fmr_value_string(set->value) : NULL;
}

/* ---- which record? ---- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* A table that numbers its rows in no way: the contents are the number, so that the same row is not imported twice. */
static const char *key_of_contents(struct row_work *work)
{
	struct fmr_str all;
	fmr_str_init(&all);
	for (size_t i = 0; i < work->cell_count; i++) {
		const struct cell *cell = &work->cells[i];
		if (!cell->text && !cell->value)
			continue;
		fmr_str_printf(&all, "%s\x1f", cell->name);
		if (cell->value)
			fmr_json_write(&all, cell->value);
		else
			fmr_str_puts(&all, cell->text);
		fmr_str_putc(&all, '\x1e');
	}
	char digest[FMR_DIGEST_TEXT];
	int failed = fmr_digest_bytes(all.bytes, all.length, digest);
	fmr_str_release(&all);
	if (failed) {
		report(work, FMR_CODE_IMPORT_ROW, NULL, _("the row has no key, and none can be made without libcrypto"),
			_("give it an id, or name its key in a mapping"));
		return NULL;
	}
	const char *key = fmr_arena_format(&work->import->arena, "row-%.*s", (int)KEY_DIGITS, digest);
	const char *unique = key;
	for (size_t again = 2; !fmr_dict_add(&work->import->row_keys, unique, work->row->number); again++)
		unique = fmr_arena_format(&work->import->arena, "%s-%zu", key, again);
	return unique;
}

static const char *key_of_columns(struct row_work *work, const char *const *columns)
{
	struct fmr_str key;
	fmr_str_init(&key);
	const char *lacking = NULL;
	for (size_t i = 0; columns[i] && !lacking; i++) {
		const struct cell *cell = find_cell(work, columns[i], strlen(columns[i]));
		if (!cell || !cell->original)
			lacking = columns[i];
		else
			fmr_str_printf(&key, "%s%s", i ? "-" : "", cell->original);
	}
	if (lacking)
		report(work, FMR_CODE_IMPORT_ROW, lacking, _("the row has no key"), NULL);
	const char *kept_key = fmr_arena_strdup(&work->import->arena, key.bytes);
	fmr_str_release(&key);
	return lacking ? NULL : kept_key;
}

static void find_key(struct row_work *work)
{
	const struct fmr_mapping *mapping = work->import->options->mapping;
	const struct import_type *type = work->type;
	const struct cell *id = find_cell(work, id_name, strlen(id_name));
	if (!mapping && id)
		work->id = id->original;
	if (!type->key)
		return;
	work->source = mapping ? mapping->source : assigned_text(work, type->source);
	if (!work->source)
		work->source = base_name(work->import->path);
	if (mapping)
		work->key = key_of_columns(work, mapping->key);
	else if (assigned_text(work, type->key))
		work->key = assigned_text(work, type->key);
	else if (!work->id)
		work->key = key_of_contents(work);
}

static char *joined_key(const char *source, const char *key)
{
	return fmr_format("%s\x1f%s", source, key);
}

static int note_key(void *context, const struct fmr_record *record)
{
	struct import_type *type = context;
	const char *key = fmr_value_string(fmr_value_at(record->root, type->key->path));
	const char *source = fmr_value_string(fmr_value_at(record->root, type->source->path));
	if (!key || !source)
		return 0;
	char *joined = joined_key(source, key);
	if (fmr_dict_add(&type->key_of, joined, type->paths.count))
		FMR_VEC_PUSH(&type->paths, fmr_strdup(record->path));
	free(joined);
	return 0;
}

/* Learn the keys of all records of the type, once. */
static int read_keys(struct fmr_import *import, struct import_type *type, struct fmr_err *err)
{
	if (type->keys_read)
		return 0;
	type->keys_read = true;
	const char *const names[] = { type->type->name, NULL };
	struct fmr_findings *ignored = fmr_findings_new(1); /* broken records are the business of `validate` */
	int result = fmr_record_each(import->book, names, note_key, type, ignored, err);
	fmr_findings_free(ignored);
	return result;
}

static bool file_exists(struct fmr_import *import, const char *path)
{
	struct fmr_entry entry;
	return fmr_view_entry(fmr_book_view(import->book), path, &entry, NULL) == 0;
}

/* The path of the record that the row is about, or NULL for a new one. */
static int find_record(struct row_work *work, const char **path, struct fmr_err *err)
{
	struct fmr_import *import = work->import;
	*path = NULL;
	if (work->id) {
		struct fmr_str wanted;
		fmr_str_init(&wanted);
		if (fmr_id_path(work->type->type, work->id, &wanted) && file_exists(import, wanted.bytes))
			*path = fmr_arena_strdup(&import->arena, wanted.bytes);
		fmr_str_release(&wanted);
		if (*path)
			return 0;
	}
	if (!work->key || !work->type->key)
		return 0;
	int result = read_keys(import, work->type, err);
	if (result)
		return result;
	char *joined = joined_key(work->source, work->key);
	size_t index;
	if (fmr_dict_get(&work->type->key_of, joined, &index))
		*path = work->type->paths.items[index];
	free(joined);
	return 0;
}

/* ---- a new record ---- */

static bool time_of(const struct row_work *work, const struct fmr_value *value, int64_t *seconds)
{
	const char *text = fmr_value_string(value);
	struct fmr_time time;
	if (!text || !fmr_time_parse_human(text, strlen(text), work->import->zone_offset, &time))
		return false;
	*seconds = time.seconds;
	return true;
}

/* When what the record tells of was noticed, else when it happened: its id gets that day. */
static int64_t day_of(const struct row_work *work, const struct fmr_value *root)
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
static int choose_id(struct row_work *work, const struct fmr_value *root, char id[FMR_ID_LENGTH + 1],
	struct fmr_str *path, struct fmr_err *err)
{
	struct fmr_import *import = work->import;
	const struct fmr_type *type = work->type->type;
	if (work->id && strlen(work->id) <= FMR_ID_LENGTH && fmr_id_path(type, work->id, path)) {
		memcpy(id, work->id, strlen(work->id) + 1);
		return 0;
	}
	if (work->id && !strstr(type->pattern, "{name}"))
		return fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is no id of the pattern '%s'"), work->id, type->pattern);
	int result = fmr_id_make_unless(import->book, type, work->id, day_of(work, root), is_taken, import, id, err);
	if (!result && !fmr_id_path(type, id, path))
		result = fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is no id of the pattern '%s'"), id, type->pattern);
	return result;
}

static bool set_field(struct row_work *work, struct fmr_value *root, const char *path, struct fmr_value *value)
{
	struct fmr_err err = { 0 };
	if (fmr_tree_set(&work->import->arena, root, path, value, &err) == 0)
		return true;
	report_error(work, FMR_CODE_IMPORT_VALUE, path, &err);
	return false;
}

static void set_text(struct row_work *work, struct fmr_value *root, const char *path, const char *text)
{
	set_field(work, root, path, fmr_value_new_string(&work->import->arena, text, strlen(text)));
}

static void set_constants(struct row_work *work, struct fmr_value *root)
{
	struct fmr_import *import = work->import;
	const struct fmr_mapping *mapping = import->options->mapping;
	for (size_t i = 0; mapping && mapping->constants && i < mapping->constants->map.count; i++) {
		const struct fmr_member *member = &mapping->constants->map.members[i];
		const struct fmr_field *field = fmr_type_field(work->type->type, member->key.bytes);
		if (field)
			set_field(work, root, member->key.bytes, fmr_cell_conform(import->book, field, member->value, &import->arena));
	}
}

/* Where the record came from: it keeps its own dates, and this says that it was not written here. */
static void set_origin(struct row_work *work, struct fmr_value *root)
{
	const struct import_type *type = work->type;
	if (!type->key || !work->key)
		return;
	if (!assigned(work, type->source))
		set_text(work, root, type->source->path, work->source);
	if (!assigned(work, type->key))
		set_text(work, root, type->key->path, work->key);
	if (!type->on || assigned(work, type->on))
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

static void make_record(struct row_work *work, struct fmr_str *path, char id[FMR_ID_LENGTH + 1], struct fmr_str *text)
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
		report_error(work, FMR_CODE_ID_FORM, work->id ? id_name : NULL, &err);
		return;
	}
	set_text(work, root, id_name, id);
	if (!fmr_value_get(root, form_name))
		set_field(work, root, form_name, fmr_value_new_number(arena, fmr_arena_format(arena, "%d", type->form)));
	put_schema_line(text, type, path->bytes);
	fmr_yaml_write(text, fmr_tree_order(arena, root, type->fields, type->field_count), 0);
}

/* ---- a change of a record ---- */

static bool says_the_same(const struct assignment *set, const struct fmr_value *current)
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
static int change_record(struct row_work *work, const char *path, const struct fmr_str *old, struct fmr_str *text,
	struct fmr_err *err)
{
	struct fmr_arena *arena = &work->import->arena;
	const struct fmr_source source = { .path = path, .bytes = old->bytes, .length = old->length };
	struct fmr_findings *faults = fmr_findings_new(1);
	const struct fmr_value *root = fmr_yaml_read_record(&source, arena, faults);
	fmr_findings_free(faults);
	if (!root) {
		fmr_err_set(err, FMR_ERR_REFUSED, _("'%s' cannot be read"), path);
		return fmr_err_hint(err, _("see fmrec validate %s"), path);
	}
	struct fmr_edit *edits = fmr_arena_zero(arena, work->sets.count, sizeof(*edits));
	size_t count = 0;
	for (size_t i = 0; i < work->sets.count; i++) {
		const struct assignment *set = &work->sets.items[i];
		if (says_the_same(set, fmr_value_at(root, set->path)))
			continue;
		edits[count++] = (struct fmr_edit){ .kind = set->value ? FMR_EDIT_SET : FMR_EDIT_REMOVE, .path = set->path,
			.value = set->value, .field_order = work->type->type->field_order };
	}
	if (count)
		return fmr_yaml_edit(&source, edits, count, text, err);
	fmr_str_add(text, old->bytes, old->length);
	return 0;
}

/* ---- checking and keeping ---- */

/* Links of the new text may lead to records of later rows: keep them until the end. */
static bool postpone(struct row_work *work, const struct fmr_finding *fault, const struct fmr_value *root)
{
	if (fault->code != FMR_CODE_REF_DANGLING || !fault->pointer || !root)
		return false;
	char *path = dots_of(fault->pointer);
	const char *target = fmr_value_string(fmr_value_at(root, path));
	free(path);
	if (!target)
		return false;
	struct fmr_import *import = work->import;
	report_checked(work, fault, import->missing_findings);
	FMR_VEC_PUSH(&import->missing, ((struct missing){ .pending = import->pending.count, .target = fmr_strdup(target),
		.finding = fmr_findings_count(import->missing_findings) - 1 }));
	return true;
}

static int check_record(struct row_work *work, const char *path, const struct fmr_str *text, struct fmr_err *err)
{
	struct fmr_import *import = work->import;
	struct fmr_findings *faults = fmr_findings_new(0);
	int result = fmr_check_text(import->book, path, text->bytes, text->length, NULL, faults, err);
	const struct fmr_value *root = NULL;
	for (size_t i = 0; !result && i < fmr_findings_count(faults); i++) {
		const struct fmr_finding *fault = fmr_findings_at(faults, i);
		if (fault->severity == FMR_ADVICE)
			continue;
		if (fault->code == FMR_CODE_REF_DANGLING && !root) {
			const struct fmr_source source = { .path = path, .bytes = text->bytes, .length = text->length };
			struct fmr_findings *ignored = fmr_findings_new(1);
			root = fmr_yaml_read_record(&source, &import->arena, ignored);
			fmr_findings_free(ignored);
		}
		if (postpone(work, fault, root))
			continue;
		report_checked(work, fault, import->findings);
		work->bad |= fault->severity == FMR_ERROR;
	}
	fmr_findings_free(faults);
	return result;
}

static void keep(struct row_work *work, const char *id, const char *path, struct fmr_str *text, struct fmr_str *old,
	bool is_new)
{
	struct fmr_import *import = work->import;
	size_t length = text->length;
	fmr_dict_add(&import->ids, id, import->pending.count);
	FMR_VEC_PUSH(&import->pending, ((struct pending){ .id = fmr_strdup(id), .path = fmr_strdup(path), .bytes = fmr_str_detach(text),
		.length = length, .old = *old, .is_new = is_new, .bad = work->bad, .row = work->row->number }));
	fmr_str_init(old);
}

/* No two rows may be about one record. */
static bool claim(struct row_work *work, const char *path)
{
	struct fmr_import *import = work->import;
	if (fmr_dict_add(&import->planned, path, work->row->number))
		return true;
	size_t other = 0;
	fmr_dict_get(&import->planned, path, &other);
	char *message = fmr_format(_("it is about the same record as row %zu"), other);
	report(work, FMR_CODE_IMPORT_ROW, NULL, message, NULL);
	free(message);
	return false;
}

/* The key of a new record counts from now on. */
static bool claim_key(struct row_work *work)
{
	if (!work->key)
		return true;
	char *joined = joined_key(work->source, work->key);
	bool free_key = fmr_dict_add(&work->import->row_keys, joined, work->row->number);
	size_t other = 0;
	fmr_dict_get(&work->import->row_keys, joined, &other);
	free(joined);
	if (!free_key) {
		char *message = fmr_format(_("it has the same key '%s' as row %zu"), work->key, other);
		report(work, FMR_CODE_IMPORT_ROW, NULL, message, NULL);
		free(message);
	}
	return free_key;
}

static int do_new(struct row_work *work, struct fmr_err *err)
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

static int do_change(struct row_work *work, const char *path, struct fmr_err *err)
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
		report_error(work, FMR_CODE_IMPORT_ROW, NULL, &fault);
		goto out;
	}
	if (text.length == old.length && memcmp(text.bytes, old.bytes, old.length) == 0) {
		import->counts.same++;
		goto out;
	}
	result = check_record(work, path, &text, err);
	if (!result) {
		const char *name = base_name(path);
		char *id = fmr_strndup(name, strcspn(name, "."));
		keep(work, id, path, &text, &old, false);
		free(id);
	}
out:
	fmr_str_release(&old);
	fmr_str_release(&text);
	return result;
}

/* ---- rows ---- */

static const char *id_of_row(const struct fmr_import *import, const struct fmr_row *row)
{
	if (row->object)
		return fmr_value_string(fmr_value_get(row->object, id_name));
	size_t count;
	const char *const *header = fmr_rows_header(import->rows, &count);
	for (size_t i = 0; i < count; i++)
		if (strcmp(header[i], id_name) == 0)
			return row->cells[i].bytes;
	return NULL;
}

/* Without --type the id of the row tells. */
static bool find_type(struct row_work *work, struct import_type *only)
{
	work->type = only;
	if (only)
		return true;
	const char *id = id_of_row(work->import, work->row);
	const struct fmr_type *type = NULL;
	struct fmr_err err = { 0 };
	if (!id || !*id)
		report(work, FMR_CODE_IMPORT_ROW, NULL, _("it has no id that would tell its type"), _("name the type with --type"));
	else if (fmr_book_type_of_id(work->import->book, id, &type, &err))
		report_error(work, FMR_CODE_IMPORT_ROW, id_name, &err);
	else
		work->type = type_entry(work->import, type);
	return work->type != NULL;
}

static int import_row(struct fmr_import *import, struct import_type *only, const struct fmr_row *row, struct fmr_err *err)
{
	struct row_work work = { .import = import, .row = row };
	int result = 0;
	fmr_arena_clear(&import->arena);
	if (!find_type(&work, only))
		goto out;
	if (row->object)
		read_object_cells(&work);
	else
		read_table_cells(&work);
	assign_all(&work);
	find_key(&work);
	if (work.bad || !claim_key(&work))
		goto out;
	const char *path = NULL;
	result = find_record(&work, &path, err);
	if (!result)
		result = path ? do_change(&work, path, err) : do_new(&work, err);
out:
	import->counts.bad += work.bad;
	FMR_VEC_RELEASE(&work.sets);
	return result;
}

static int import_rows(struct fmr_import *import, struct import_type *only, struct fmr_err *err)
{
	struct fmr_row row;
	while (fmr_rows_next(import->rows, &row, import->findings)) {
		import->counts.rows++;
		if (row.bad) {
			import->counts.bad++;
			continue;
		}
		int result = import_row(import, only, &row, err);
		if (result)
			return fmr_err_context(err, _("row %zu"), row.number);
		if (import->options->progress && row.number % PROGRESS_STEP == 0) {
			size_t done, total;
			fmr_rows_progress(import->rows, &done, &total);
			import->options->progress(import->options->progress_context, done, total);
		}
	}
	return 0;
}

/* ---- the end ---- */

/* Rows whose links lead neither to a record nor to another good row are bad; that may make others bad. */
static void settle_missing(struct fmr_import *import)
{
	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; i < import->missing.count; i++) {
			struct missing *missing = &import->missing.items[i];
			size_t index;
			bool there = fmr_dict_get(&import->ids, missing->target, &index) && !import->pending.items[index].bad;
			if (there || missing->finding == SIZE_MAX)
				continue;
			struct pending *from = &import->pending.items[missing->pending];
			fmr_findings_copy(import->findings, fmr_findings_at(import->missing_findings, missing->finding));
			missing->finding = SIZE_MAX;
			again = true;
			import->counts.bad += !from->bad;
			from->bad = true;
		}
	}
}

static void list_changes(struct fmr_import *import)
{
	for (size_t i = 0; i < import->pending.count; i++) {
		const struct pending *pending = &import->pending.items[i];
		if (pending->bad)
			continue;
		import->counts.added += pending->is_new;
		import->counts.changed += !pending->is_new;
		FMR_VEC_PUSH(&import->changes, ((struct fmr_change){ .path = pending->path, .bytes = pending->bytes,
			.length = pending->length, .expected = pending->is_new ? NULL : &pending->old }));
	}
}

/* Columns that the mapping speaks of and the table does not have: most likely a misspelt name. */
static void check_mapped_columns(struct fmr_import *import)
{
	const struct fmr_mapping *mapping = import->options->mapping;
	size_t count;
	const char *const *header = fmr_rows_header(import->rows, &count);
	for (size_t i = 0; mapping && mapping->columns && count && i < mapping->columns->map.count; i++) {
		const struct fmr_member *member = &mapping->columns->map.members[i];
		bool there = false;
		for (size_t j = 0; j < count && !there; j++)
			there = strcmp(header[j], member->key.bytes) == 0;
		if (there)
			continue;
		struct fmr_finding *finding = fmr_findings_add(import->findings, FMR_CODE_IMPORT_COLUMN, mapping->text.path,
			_("the table has no column '%s'"), member->key.bytes);
		finding->value = fmr_source_place(&mapping->text, member->key_span);
	}
}

static int find_only_type(struct fmr_import *import, struct import_type **only, struct fmr_err *err)
{
	const struct fmr_mapping *mapping = import->options->mapping;
	const char *name = import->options->type;
	*only = NULL;
	if (name && mapping && mapping->type && strcmp(name, mapping->type) != 0)
		return fmr_err_set(err, FMR_ERR_INVALID, _("--type says '%s', but the mapping is for '%s'"), name, mapping->type);
	if (!name && mapping)
		name = mapping->type;
	if (!name)
		return 0;
	const struct fmr_type *type = NULL;
	int result = fmr_book_type(import->book, name, &type, import->findings, err);
	if (result)
		return result;
	*only = type_entry(import, type);
	if (mapping)
		fmr_mapping_check(mapping, type, import->findings);
	check_mapped_columns(import);
	resolve_header(import, *only);
	return 0;
}

struct fmr_import *fmr_import_new(struct fmr_book *book, const struct fmr_import_options *options,
	struct fmr_findings *findings)
{
	struct fmr_import *import = fmr_alloc_zero(1, sizeof(*import));
	*import = (struct fmr_import){ .book = book, .own = *options, .options = &import->own, .findings = findings };
	fmr_arena_init(&import->names);
	fmr_arena_init(&import->arena);
	import->missing_findings = fmr_findings_new(0);
	fmr_zone_offset(fmr_book_zone(book), fmr_clock_now(), &import->zone_offset);
	return import;
}

int fmr_import_add(struct fmr_import *import, struct fmr_rows *rows, const char *path, struct fmr_err *err)
{
	import->rows = rows;
	import->path = path;
	size_t faults = fmr_findings_errors(import->findings);
	struct import_type *only = NULL;
	int result = find_only_type(import, &only, err);
	if (!result && fmr_findings_errors(import->findings) > faults)
		result = fmr_err_set(err, FMR_ERR_REFUSED, _("the columns of '%s' do not fit"), path);
	return result ? result : import_rows(import, only, err);
}

void fmr_import_finish(struct fmr_import *import)
{
	settle_missing(import);
	list_changes(import);
}

void fmr_import_free(struct fmr_import *import)
{
	if (!import)
		return;
	for (size_t i = 0; i < import->types.count; i++)
		free_type(import->types.items[i]);
	for (size_t i = 0; i < import->pending.count; i++) {
		struct pending *pending = &import->pending.items[i];
		free(pending->id);
		free(pending->path);
		free(pending->bytes);
		fmr_str_release(&pending->old);
	}
	for (size_t i = 0; i < import->missing.count; i++)
		free(import->missing.items[i].target);
	FMR_VEC_RELEASE(&import->types);
	FMR_VEC_RELEASE(&import->pending);
	FMR_VEC_RELEASE(&import->missing);
	FMR_VEC_RELEASE(&import->changes);
	fmr_findings_free(import->missing_findings);
	fmr_dict_release(&import->planned);
	fmr_dict_release(&import->row_keys);
	fmr_dict_release(&import->ids);
	fmr_arena_release(&import->names);
	fmr_arena_release(&import->arena);
	free(import);
}

const struct fmr_import_counts *fmr_import_counts(const struct fmr_import *import)
{
	return &import->counts;
}

const struct fmr_change *fmr_import_changes(const struct fmr_import *import, size_t *count)
{
	*count = import->changes.count;
	return import->changes.items;
}
