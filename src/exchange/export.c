#include "exchange/export.h"

#include "base/alloc.h"
#include "base/dict.h"
#include "base/i18n.h"
#include "base/vec.h"
#include "exchange/cell.h"
#include "json/json.h"

#include <stdlib.h>
#include <string.h>

enum { PIECE = 1 << 16 };

struct column {
	char *path;
	const struct fmr_field *field; /* NULL: not in the schema */
};

#define COMPUTED_STATE "state" /* what signatures make of the record, not what it says */

struct work {
	struct fmr_book *book;
	const struct fmr_export_options *options;
	const struct fmr_type *type;
	fmr_export_write *write;
	void *context;
	struct fmr_export_counts *counts;
	struct fmr_str piece;
	struct fmr_str path;             /* while walking */
	struct fmr_dict used;            /* paths that some record has */
	FMR_VEC(struct column) columns;
	FMR_VEC(char *) strangers;       /* used paths that the schema does not know, as they came */
};

/* ---- which columns ---- */

/* A map is spread over the columns of its fields, unless there is nothing in it to spread. */
static bool is_spread(const struct fmr_field *field, const struct fmr_value *value)
{
	return field && field->kind == FMR_FIELD_MAP && field->child_count && value->kind == FMR_MAP &&
	       value->map.count;
}

static const struct fmr_field *field_named(const struct fmr_field *fields, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(fields[i].name, name) == 0)
			return &fields[i];
	return NULL;
}

static void note_used(struct work *work, const struct fmr_value *map, const struct fmr_field *fields, size_t count)
{
	size_t length = work->path.length;
	for (size_t i = 0; i < map->map.count; i++) {
		const struct fmr_member *member = &map->map.members[i];
		const struct fmr_field *field = field_named(fields, count, member->key.bytes);
		fmr_str_printf(&work->path, "%s%s", length ? "." : "", member->key.bytes);
		if (is_spread(field, member->value))
			note_used(work, member->value, field->children, field->child_count);
		else if (fmr_dict_add(&work->used, work->path.bytes, 1) && !field)
			FMR_VEC_PUSH(&work->strangers, fmr_strdup(work->path.bytes));
		fmr_str_truncate(&work->path, length);
	}
}

static bool is_wanted(const struct work *work, const struct fmr_record *record)
{
	size_t number;
	return !work->options->only || fmr_dict_get(work->options->only, record->path, &number);
}

/* In a table, a record of an older form stands in the columns of now. */
static const struct fmr_value *in_columns(const struct fmr_record *record, struct fmr_arena *arena)
{
	return fmr_migrate_value(record->type, record->root, arena, NULL, NULL);
}

static int note_record(void *context, const struct fmr_record *record)
{
	struct work *work = context;
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	if (is_wanted(work, record) && record->root && record->root->kind == FMR_MAP)
		note_used(work, in_columns(record, &arena), work->type->fields, work->type->field_count);
	fmr_arena_release(&arena);
	return 0;
}

static void add_column(struct work *work, const char *path, const struct fmr_field *field)
{
	FMR_VEC_PUSH(&work->columns, ((struct column){ .path = fmr_strdup(path), .field = field }));
}

/* The used fields in the order of the schema. */
static void add_used(struct work *work, const struct fmr_field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t one;
		if (fmr_dict_get(&work->used, fields[i].path, &one))
			add_column(work, fields[i].path, &fields[i]);
		if (fields[i].kind == FMR_FIELD_MAP)
			add_used(work, fields[i].children, fields[i].child_count);
	}
}

/* No record at all: a table to fill in. */
static void add_offered(struct work *work)
{
	for (size_t i = 0; i < work->type->field_count; i++) {
		const struct fmr_field *field = &work->type->fields[i];
		if (field->kind != FMR_FIELD_MAP && (field->required || field->in_template))
			add_column(work, field->path, field);
	}
}

static int add_wanted(struct work *work, const char *const *paths, struct fmr_err *err)
{
	for (size_t i = 0; paths[i]; i++) {
		const struct fmr_field *field = fmr_type_field(work->type, paths[i]);
		if (!field && strcmp(paths[i], COMPUTED_STATE) != 0) {
			const char *near = fmr_type_nearest_field(work->type, paths[i]);
			fmr_err_set(err, FMR_ERR_INVALID, _("'%s' has no field '%s'"), work->type->name, paths[i]);
			if (near)
				fmr_err_hint(err, _("did you mean '%s'?"), near);
			return FMR_ERR_INVALID;
		}
		add_column(work, paths[i], field);
	}
	return 0;
}

static int choose_columns(struct work *work, const char *const *types, struct fmr_err *err)
{
	if (work->options->columns)
		return add_wanted(work, work->options->columns, err);
	struct fmr_findings *ignored = fmr_findings_new(1);
	int result = fmr_record_each(work->book, types, note_record, work, ignored, err);
	fmr_findings_free(ignored);
	if (result)
		return result;
	if (work->used.count) {
		add_used(work, work->type->fields, work->type->field_count);
		for (size_t i = 0; i < work->strangers.count; i++)
			add_column(work, work->strangers.items[i], NULL);
	} else {
		add_offered(work);
	}
	return 0;
}

/* ---- output ---- */

static int flush(struct work *work)
{
	int result = work->write(work->context, work->piece.bytes, work->piece.length);
	fmr_str_clear(&work->piece);
	return result;
}

static bool is_table(const struct work *work)
{
	return work->options->format == FMR_ROWS_CSV || work->options->format == FMR_ROWS_TSV;
}

static void end_cell(struct work *work, size_t index)
{
	bool last = index + 1 == work->columns.count;
	if (!last)
		fmr_str_putc(&work->piece, work->options->format == FMR_ROWS_TSV ? '\t' : ',');
	else
		fmr_str_puts(&work->piece, work->options->excel ? "\r\n" : "\n");
}

static void put_cell(struct work *work, const char *bytes, size_t length)
{
	char delimiter = work->options->format == FMR_ROWS_TSV ? '\t' : ',';
	fmr_csv_put(&work->piece, bytes, length, delimiter, work->options->excel);
}

static void put_header(struct work *work)
{
	if (work->options->excel)
		fmr_str_puts(&work->piece, "\xEF\xBB\xBF");
	for (size_t i = 0; i < work->columns.count; i++) {
		put_cell(work, work->columns.items[i].path, strlen(work->columns.items[i].path));
		end_cell(work, i);
	}
}

static void put_row(struct work *work, const struct fmr_record *record)
{
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	const struct fmr_value *root = in_columns(record, &arena);
	/* of the names that were asked for, the only one that may be no field */
	const char *state = work->options->columns ? fmr_book_state(work->book, work->type, record->id) : NULL;
	struct fmr_str cell;
	fmr_str_init(&cell);
	for (size_t i = 0; i < work->columns.count; i++) {
		const struct column *column = &work->columns.items[i];
		const struct fmr_value *value = fmr_value_at(root, column->path);
		fmr_str_clear(&cell);
		if (value && (work->options->columns || !is_spread(column->field, value)))
			fmr_cell_write(&cell, column->field, value);
		else if (state && !column->field)
			fmr_str_puts(&cell, state);
		put_cell(work, cell.bytes, cell.length);
		end_cell(work, i);
	}
	fmr_str_release(&cell);
	fmr_arena_release(&arena);
}

static int put_record(void *context, const struct fmr_record *record)
{
	struct work *work = context;
	if (!is_wanted(work, record))
		return 0;
	if (!record->root || record->root->kind != FMR_MAP) {
		work->counts->unreadable++;
		return 0;
	}
	if (is_table(work)) {
		put_row(work, record);
	} else {
		if (work->options->format == FMR_ROWS_JSON)
			fmr_str_puts(&work->piece, work->counts->records ? ",\n" : "\n");
		fmr_json_write(&work->piece, record->root);
		if (work->options->format == FMR_ROWS_JSONL)
			fmr_str_putc(&work->piece, '\n');
	}
	work->counts->records++;
	return work->piece.length < PIECE ? 0 : flush(work);
}

static int put_all(struct work *work, const char *const *types, struct fmr_err *err)
{
	if (is_table(work))
		put_header(work);
	else if (work->options->format == FMR_ROWS_JSON)
		fmr_str_putc(&work->piece, '[');
	struct fmr_findings *ignored = fmr_findings_new(1); /* the count of unreadable records is told */
	int result = fmr_record_each(work->book, types, put_record, work, ignored, err);
	fmr_findings_free(ignored);
	if (!result && work->options->format == FMR_ROWS_JSON)
		fmr_str_puts(&work->piece, work->counts->records ? "\n]\n" : "]\n");
	return result ? result : flush(work);
}

int fmr_export(struct fmr_book *book, const struct fmr_export_options *options, fmr_export_write *write,
	void *context, struct fmr_export_counts *counts, struct fmr_err *err)
{
	struct work work = { .book = book, .options = options, .write = write, .context = context, .counts = counts };
	*counts = (struct fmr_export_counts){ 0 };
	fmr_str_init(&work.piece);
	fmr_str_init(&work.path);
	const char *const types[] = { options->type, NULL };
	int result = options->type ? fmr_book_type(book, options->type, &work.type, NULL, err) : 0;
	if (!result && !options->type && (is_table(&work) || options->columns))
		result = fmr_err_set(err, FMR_ERR_INVALID, "%s", _("a table holds records of one type: name it"));
	if (!result && is_table(&work))
		result = choose_columns(&work, types, err);
	if (!result)
		result = put_all(&work, options->type ? types : NULL, err);
	for (size_t i = 0; i < work.columns.count; i++)
		free(work.columns.items[i].path);
	for (size_t i = 0; i < work.strangers.count; i++)
		free(work.strangers.items[i]);
	FMR_VEC_RELEASE(&work.columns);
	FMR_VEC_RELEASE(&work.strangers);
	fmr_dict_release(&work.used);
	fmr_str_release(&work.piece);
	fmr_str_release(&work.path);
	return result;
}
