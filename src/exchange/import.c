#include "exchange/import.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "exchange/import_row.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { PROGRESS_STEP = 64 };
static const char id_name[] = "id";

/* ---- types ---- */

/* The fields that tell where a record came from: the key's neighbours, by what they hold. */
static void find_origin(struct fmr_import_type *known)
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

static struct fmr_import_type *type_entry(struct fmr_import *import, const struct fmr_type *type)
{
	for (size_t i = 0; i < import->types.count; i++)
		if (import->types.items[i]->type == type)
			return import->types.items[i];
	struct fmr_import_type *known = fmr_alloc_zero(1, sizeof(*known));
	known->type = type;
	fmr_dict_init(&known->column_of);
	fmr_dict_init(&known->key_of);
	fmr_dict_init(&known->former);
	find_origin(known);
	FMR_VEC_PUSH(&import->types, known);
	return known;
}

static void free_type(struct fmr_import_type *known)
{
	for (size_t i = 0; i < known->paths.count; i++)
		free(known->paths.items[i]);
	FMR_VEC_RELEASE(&known->paths);
	FMR_VEC_RELEASE(&known->columns);
	fmr_dict_release(&known->column_of);
	fmr_dict_release(&known->key_of);
	fmr_dict_release(&known->former);
	free(known);
}

/* ---- rows ---- */

static const char *id_of_row(const struct fmr_import *import, const struct fmr_row *row)
{
	if (row->object)
		return fmr_value_string(fmr_value_get(row->object, id_name));
	size_t count;
	const char *const *header = fmr_sheet_header(import->rows, &count);
	for (size_t i = 0; i < count; i++)
		if (strcmp(header[i], id_name) == 0)
			return row->cells[i].bytes;
	return NULL;
}

/* Without --type the id of the row tells. */
static bool find_type(struct fmr_import_row *work, struct fmr_import_type *only)
{
	work->type = only;
	if (only)
		return true;
	const char *id = id_of_row(work->import, work->row);
	const struct fmr_type *type = NULL;
	struct fmr_err err = { 0 };
	if (!id || !*id)
		fmr_import_report(work, FMR_CODE_IMPORT_ROW, NULL, _("it has no id that would tell its type"),
			_("name the type with --type"));
	else if (fmr_book_type_of_id(work->import->book, id, &type, &err))
		fmr_import_report_error(work, FMR_CODE_IMPORT_ROW, id_name, &err);
	else
		work->type = type_entry(work->import, type);
	return work->type != NULL;
}

static int import_row(
	struct fmr_import *import, struct fmr_import_type *only, const struct fmr_row *row, struct fmr_err *err)
{
	struct fmr_import_row work = { .import = import, .row = row };
	int result = 0;
	fmr_arena_clear(&import->arena);
	if (!find_type(&work, only))
		goto out;
	fmr_import_read_row(&work);
	fmr_import_find_key(&work);
	if (work.bad || !fmr_import_claim_key(&work))
		goto out;
	const char *path = NULL;
	result = fmr_import_find_record(&work, &path, err);
	if (!result)
		result = path ? fmr_import_change(&work, path, err) : fmr_import_make(&work, err);
out:
	import->counts.bad += work.bad;
	FMR_VEC_RELEASE(&work.sets);
	return result;
}

static int import_rows(struct fmr_import *import, struct fmr_import_type *only, struct fmr_err *err)
{
	struct fmr_row row;
	while (fmr_sheet_next(import->rows, &row, import->findings)) {
		import->counts.rows++;
		if (row.bad) {
			import->counts.bad++;
			continue;
		}
		int result = import_row(import, only, &row, err);
		if (result) {
			fmr_err_context(err, _("row %zu"), row.number);
			return result;
		}
		if (import->options->progress && row.number % PROGRESS_STEP == 0) {
			size_t done, total;
			fmr_sheet_progress(import->rows, &done, &total);
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
			struct fmr_import_missing *missing = &import->missing.items[i];
			size_t index;
			bool there = fmr_dict_get(&import->ids, missing->target, &index) &&
				     !import->pending.items[index].bad;
			if (there || missing->finding == SIZE_MAX)
				continue;
			struct fmr_import_pending *from = &import->pending.items[missing->pending];
			fmr_findings_copy(
				import->findings, fmr_findings_at(import->missing_findings, missing->finding));
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
		const struct fmr_import_pending *pending = &import->pending.items[i];
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
	const char *const *header = fmr_sheet_header(import->rows, &count);
	for (size_t i = 0; mapping && mapping->columns && count && i < mapping->columns->map.count; i++) {
		const struct fmr_member *member = &mapping->columns->map.members[i];
		bool there = false;
		for (size_t j = 0; j < count && !there; j++)
			there = strcmp(header[j], member->key.bytes) == 0;
		if (there)
			continue;
		struct fmr_finding *finding = fmr_findings_add(import->findings, FMR_CODE_IMPORT_COLUMN,
			mapping->text.path, _("the table has no column '%s'"), member->key.bytes);
		finding->value = fmr_source_place(&mapping->text, member->key_span);
	}
}

static int find_only_type(struct fmr_import *import, struct fmr_import_type **only, struct fmr_err *err)
{
	const struct fmr_mapping *mapping = import->options->mapping;
	const char *name = import->options->type;
	*only = NULL;
	if (name && mapping && mapping->type && strcmp(name, mapping->type) != 0)
		return fmr_err_set(
			err, FMR_ERR_INVALID, _("--type says '%s', but the mapping is for '%s'"), name, mapping->type);
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
	fmr_import_resolve_header(import, *only);
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

int fmr_import_add(struct fmr_import *import, struct fmr_sheet *rows, const char *path, struct fmr_err *err)
{
	import->rows = rows;
	import->path = path;
	size_t faults = fmr_findings_errors(import->findings);
	struct fmr_import_type *only = NULL;
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
		struct fmr_import_pending *pending = &import->pending.items[i];
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
