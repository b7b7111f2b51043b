#include "record/private.h"

#include "base/i18n.h"
#include "base/text.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

struct fmr_record_memory {
	struct fmr_arena arena;
	struct fmr_str text;
	struct fmr_source source;
};

/* The name of the file without .yaml: what the record is called even when it cannot be parsed. */
static const char *id_of_path(struct fmr_arena *arena, const char *path)
{
	const char *name = strrchr(path, '/');
	name = name ? name + 1 : path;
	size_t length = strlen(name);
	if (length > 5 && strcmp(name + length - 5, ".yaml") == 0)
		length -= 5;
	return fmr_arena_strndup(arena, name, length);
}

static void name_record(struct fmr_record *out, const char *path, const struct fmr_type *type)
{
	struct fmr_record_memory *memory = out->memory;
	out->type = type;
	out->path = fmr_arena_strdup(&memory->arena, path);
	out->id = id_of_path(&memory->arena, path);
	out->text = memory->text.bytes;
	out->length = memory->text.length;
	out->root = NULL;
}

static int read_into(struct fmr_book *book, const char *path, const struct fmr_type *type, struct fmr_record *out,
	struct fmr_findings *findings, struct fmr_err *err)
{
	struct fmr_record_memory *memory = out->memory;
	fmr_arena_clear(&memory->arena);
	fmr_str_clear(&memory->text);
	int code = fmr_view_read(book->view, path, book->record_limit, &memory->text, err);
	if (code)
		return code;
	name_record(out, path, type);
	memory->source = (struct fmr_source){ out->path, out->text, out->length };
	struct fmr_findings *own = findings ? findings : fmr_findings_new(1);
	out->root = fmr_yaml_read_record(&memory->source, &memory->arena, own);
	if (!findings)
		fmr_findings_free(own);
	return FMR_OK;
}

static struct fmr_record_memory *new_memory(void)
{
	struct fmr_record_memory *memory = fmr_alloc_zero(1, sizeof(*memory));
	fmr_arena_init(&memory->arena);
	fmr_str_init(&memory->text);
	return memory;
}

int fmr_record_read(struct fmr_book *book, const char *path, struct fmr_record *out, struct fmr_findings *findings,
	struct fmr_err *err)
{
	const struct fmr_type *type;
	*out = (struct fmr_record){ 0 };
	int code = fmr_book_type_of_path(book, path, &type, err);
	if (code)
		return code;
	out->memory = new_memory();
	code = read_into(book, path, type, out, findings, err);
	if (code)
		fmr_record_release(out);
	return code;
}

void fmr_record_release(struct fmr_record *record)
{
	if (!record || !record->memory)
		return;
	fmr_arena_release(&record->memory->arena);
	fmr_str_release(&record->memory->text);
	free(record->memory);
	*record = (struct fmr_record){ 0 };
}

void fmr_record_migrate(struct fmr_record *record)
{
	if (record->type && record->root)
		record->root = fmr_migrate_value(record->type, record->root, &record->memory->arena, NULL, NULL);
}

const char *fmr_record_title(const struct fmr_record *record)
{
	if (!record->type || !record->root)
		return "";
	const struct fmr_value *root = fmr_migrate_value(record->type, record->root, &record->memory->arena, NULL, NULL);
	const char *title = fmr_value_string(fmr_value_at(root, record->type->heading));
	return title ? title : "";
}

const struct fmr_value *fmr_record_aliases(const struct fmr_record *record)
{
	const struct fmr_value *list = fmr_value_get(record->root, FMR_FIELD_ALIASES);
	return list && list->kind == FMR_LIST ? list : NULL;
}

/* ---- all records ---- */

struct each {
	struct fmr_book *book;
	const char *const *types;
	fmr_record_visit *visit;
	void *context;
	struct fmr_findings *findings;
	struct fmr_err *err;
	struct fmr_record record;
	const struct fmr_type *type; /* of the directory visited last */
	char directory[64];
	bool stranger; /* no type, or one whose schema cannot be read, has it */
};

static bool is_wanted(const struct each *each, const char *name)
{
	for (const char *const *type = each->types; type && *type; type++)
		if (strcmp(*type, name) == 0)
			return true;
	return !each->types;
}

/* Records come directory by directory: the type is looked up once for each. */
static int type_of(struct each *each, const char *path)
{
	const char *directory = path + strlen(FMR_RECORDS) + 1;
	size_t length = strcspn(directory, "/");
	if (length == strlen(each->directory) && memcmp(directory, each->directory, length) == 0)
		return FMR_OK;
	each->type = NULL;
	each->stranger = false;
	each->directory[0] = '\0';
	if (length < sizeof(each->directory)) {
		memcpy(each->directory, directory, length);
		each->directory[length] = '\0';
	}
	int slot = fmr_book_slot_of_directory(each->book, directory, length);
	each->stranger = slot < 0 && !each->types;
	if (slot < 0 || !is_wanted(each, each->book->names[slot]))
		return FMR_OK;
	int code = fmr_book_type(each->book, each->book->names[slot], &each->type, each->findings, each->err);
	if (code == FMR_ERR_INVALID && !each->types) { /* it has its findings; the other types are worth seeing */
		each->stranger = true;
		code = FMR_OK;
	}
	return code;
}

static int visit_file(void *context, const struct fmr_entry *entry)
{
	struct each *each = context;
	if (!fmr_path_is_record(entry->path))
		return 0;
	int code = type_of(each, entry->path);
	if (code || (!each->type && !each->stranger))
		return code;
	if (each->type && (entry->mode & 0170000) == 0100000)
		code = read_into(each->book, entry->path, each->type, &each->record, each->findings, each->err);
	else
		code = FMR_ERR_UNSUPPORTED;
	if (code == FMR_ERR_NOT_FOUND)
		return 0; /* somebody took it away meanwhile */
	if (code == FMR_ERR_LIMIT || code == FMR_ERR_UNSUPPORTED) { /* too large, or a link: validate says so */
		fmr_arena_clear(&each->record.memory->arena);
		fmr_str_clear(&each->record.memory->text);
		name_record(&each->record, entry->path, each->type);
		code = 0;
	}
	return code ? code : each->visit(each->context, &each->record);
}

int fmr_record_each(struct fmr_book *book, const char *const *types, fmr_record_visit *visit, void *context,
	struct fmr_findings *findings, struct fmr_err *err)
{
	int code = fmr_book_list_types(book, err);
	if (code)
		return code;
	struct each each = { .book = book, .types = types, .visit = visit, .context = context, .findings = findings,
		.err = err };
	each.record.memory = new_memory();
	code = fmr_view_each(book->view, FMR_RECORDS, visit_file, &each, err);
	if (code == FMR_ERR_NOT_FOUND)
		code = FMR_OK; /* no records yet */
	fmr_record_release(&each.record);
	return code;
}
