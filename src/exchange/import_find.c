#include "exchange/import_row.h"

#include "base/alloc.h"
#include "base/digest.h"
#include "base/i18n.h"
#include "json/json.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_DIGITS = 16 };
static const char id_name[] = "id";

const char *fmr_import_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* A table that numbers its rows in no way: the contents are the number, so that the same row is not imported twice. */
static const char *key_of_contents(struct fmr_import_row *work)
{
	struct fmr_str all;
	fmr_str_init(&all);
	for (size_t i = 0; i < work->cell_count; i++) {
		const struct fmr_import_cell *cell = &work->cells[i];
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
		fmr_import_report(work, FMR_CODE_IMPORT_ROW, NULL,
			_("the row has no key, and none can be made without libcrypto"),
			_("give it an id, or name its key in a mapping"));
		return NULL;
	}
	const char *key = fmr_arena_format(&work->import->arena, "row-%.*s", (int)KEY_DIGITS, digest);
	const char *unique = key;
	for (size_t again = 2; !fmr_dict_add(&work->import->row_keys, unique, work->row->number); again++)
		unique = fmr_arena_format(&work->import->arena, "%s-%zu", key, again);
	return unique;
}

static const char *key_of_columns(struct fmr_import_row *work, const char *const *columns)
{
	struct fmr_str key;
	fmr_str_init(&key);
	const char *lacking = NULL;
	for (size_t i = 0; columns[i] && !lacking; i++) {
		const struct fmr_import_cell *cell = fmr_import_cell(work, columns[i], strlen(columns[i]));
		if (!cell || !cell->original)
			lacking = columns[i];
		else
			fmr_str_printf(&key, "%s%s", i ? "-" : "", cell->original);
	}
	if (lacking)
		fmr_import_report(work, FMR_CODE_IMPORT_ROW, lacking, _("the row has no key"), NULL);
	const char *kept_key = fmr_arena_strdup(&work->import->arena, key.bytes);
	fmr_str_release(&key);
	return lacking ? NULL : kept_key;
}

void fmr_import_find_key(struct fmr_import_row *work)
{
	const struct fmr_mapping *mapping = work->import->options->mapping;
	const struct fmr_import_type *type = work->type;
	const struct fmr_import_cell *id = fmr_import_cell(work, id_name, strlen(id_name));
	if (!mapping && id)
		work->id = id->original;
	if (!type->key)
		return;
	work->source = mapping ? mapping->source : fmr_import_assigned_text(work, type->source);
	if (!work->source)
		work->source = fmr_import_base_name(work->import->path);
	if (mapping)
		work->key = key_of_columns(work, mapping->key);
	else if (fmr_import_assigned_text(work, type->key))
		work->key = fmr_import_assigned_text(work, type->key);
	else if (!work->id)
		work->key = key_of_contents(work);
}

static char *joined_key(const char *source, const char *key)
{
	return fmr_format("%s\x1f%s", source, key);
}

static void note_key(struct fmr_import_type *type, const struct fmr_record *record, size_t index)
{
	const char *key = type->key ? fmr_value_string(fmr_value_at(record->root, type->key->path)) : NULL;
	const char *source = type->source ? fmr_value_string(fmr_value_at(record->root, type->source->path)) : NULL;
	if (!key || !source)
		return;
	char *joined = joined_key(source, key);
	fmr_dict_add(&type->key_of, joined, index);
	free(joined);
}

static int note_record(void *context, const struct fmr_record *record)
{
	struct fmr_import_type *type = context;
	const struct fmr_value *aliases = fmr_record_aliases(record);
	size_t index = type->paths.count;
	FMR_VEC_PUSH(&type->paths, fmr_strdup(record->path));
	note_key(type, record, index);
	for (size_t i = 0; aliases && i < aliases->list.count; i++) {
		const char *alias = fmr_value_string(aliases->list.items[i]);
		if (alias)
			fmr_dict_add(&type->former, alias, index);
	}
	return 0;
}

/* Learn the keys and the former ids of all records of the type, once. */
static int read_records(struct fmr_import *import, struct fmr_import_type *type, struct fmr_err *err)
{
	if (type->records_read)
		return 0;
	type->records_read = true;
	const char *const names[] = { type->type->name, NULL };
	struct fmr_findings *ignored = fmr_findings_new(1); /* broken records are the business of `validate` */
	int result = fmr_record_each(import->book, names, note_record, type, ignored, err);
	fmr_findings_free(ignored);
	return result;
}

static bool file_exists(struct fmr_import *import, const char *path)
{
	struct fmr_entry entry;
	return fmr_view_entry(fmr_book_view(import->book), path, &entry, NULL) == 0;
}

/* The path of the record that the row is about, or NULL for a new one. */
int fmr_import_find_record(struct fmr_import_row *work, const char **path, struct fmr_err *err)
{
	struct fmr_import *import = work->import;
	struct fmr_import_type *type = work->type;
	*path = NULL;
	if (work->id) {
		struct fmr_str wanted;
		fmr_str_init(&wanted);
		if (fmr_id_path(type->type, work->id, &wanted) && file_exists(import, wanted.bytes))
			*path = fmr_arena_strdup(&import->arena, wanted.bytes);
		fmr_str_release(&wanted);
		if (*path)
			return 0;
	}
	bool has_key = work->key && type->key;
	int result = work->id || has_key ? read_records(import, type, err) : 0;
	if (result)
		return result;
	size_t index;
	if (work->id && fmr_dict_get(&type->former, work->id, &index)) /* a table from before it was renamed */
		*path = type->paths.items[index];
	if (*path || !has_key)
		return 0;
	char *joined = joined_key(work->source, work->key);
	if (fmr_dict_get(&type->key_of, joined, &index))
		*path = type->paths.items[index];
	free(joined);
	return 0;
}

/* The key of a new record counts from now on. */
bool fmr_import_claim_key(struct fmr_import_row *work)
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
		fmr_import_report(work, FMR_CODE_IMPORT_ROW, NULL, message, NULL);
		free(message);
	}
	return free_key;
}
