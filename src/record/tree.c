/*
 * The names of all records of a view: enough to resolve every link without
 * keeping a single record in memory.
 */
#include "record/private.h"

#include "base/fs.h"
#include "base/i18n.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { PATH_LENGTH = 4096, NEIGHBOURS = 64 };

struct loader {
	struct fmr_book *book;
	struct fmr_tree *tree;
	struct fmr_findings *findings;
	long record;           /* the last one seen, or -1 */
	int slot;              /* of the last directory */
	char directory[256];
};

const char *fmr_tree_path(const struct fmr_tree *tree, size_t file)
{
	return tree->names.bytes + tree->files.items[file].path;
}

static const char *id_of(const struct fmr_tree *tree, size_t file)
{
	return fmr_tree_path(tree, file) + tree->files.items[file].id;
}

/* A path that can be shown: findings hold UTF-8. */
static struct fmr_finding *complain(struct loader *loader, enum fmr_code code, const char *path, const char *text)
{
	struct fmr_str shown;
	fmr_str_init(&shown);
	fmr_text_escape(&shown, path, strlen(path), false);
	struct fmr_finding *row = fmr_findings_add(loader->findings, code, shown.bytes, "%s", text);
	fmr_str_release(&shown);
	return row;
}

/* ---- classing a path ---- */

static bool is_beside(const struct loader *loader, const char *path)
{
	if (loader->record < 0)
		return false;
	const struct fmr_tree_file *file = &loader->tree->files.items[loader->record];
	size_t length = (size_t)file->id + file->id_length;
	return file->id_length && strncmp(path, fmr_tree_path(loader->tree, (size_t)loader->record), length) == 0 &&
		path[length] == '/';
}

static void see_directory(struct loader *loader, const char *path)
{
	const char *directory = path + strlen(FMR_RECORDS) + 1;
	size_t length = strcspn(directory, "/");
	if (length == strlen(loader->directory) && memcmp(directory, loader->directory, length) == 0)
		return;
	bool fits = length < sizeof(loader->directory);
	memcpy(loader->directory, directory, fits ? length : 0);
	loader->directory[fits ? length : 0] = '\0';
	loader->slot = fmr_book_slot_of_directory(loader->book, directory, length);
	if (loader->slot < 0 && loader->findings)
		complain(loader, FMR_CODE_RECORD_TYPE, path, _("no record type has this directory"))->hint =
			fmr_findings_text(loader->findings, _("list the types with 'fmrec schema list'"));
}

static void complain_of_other(struct loader *loader, const char *path)
{
	const char *name = strrchr(path, '/') + 1, *end = strrchr(name, '.');
	bool meant = end && (strcmp(end, ".yml") == 0 || strcmp(end, ".YAML") == 0 || strcmp(end, ".YML") == 0 ||
		strcmp(end, ".yaml") == 0);
	if (meant)
		complain(loader, FMR_CODE_RECORD_PATH, path, _("no record can lie here"))->hint = fmr_findings_text(
			loader->findings, _("records are %s/DIRECTORY/ID.yaml or %s/DIRECTORY/YEAR/ID.yaml"), FMR_RECORDS,
			FMR_RECORDS);
	else
		complain(loader, FMR_CODE_ATTACHMENT_STRAY, path, _("the file belongs to no record"));
}

static void add_record(struct loader *loader, struct fmr_tree_file *file, const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	size_t length = strlen(name) - strlen(".yaml");
	see_directory(loader, path);
	file->slot = (int16_t)loader->slot;
	file->id = (uint16_t)(name - path);
	file->id_length = (uint8_t)(length <= FMR_ID_LENGTH ? length : 0);
	loader->record = (long)loader->tree->files.count;
	loader->tree->records++;
	if (!file->id_length && loader->findings)
		complain(loader, FMR_CODE_ID_FORM, path, _("the id is longer than 64 characters"));
}

static int visit(void *context, const struct fmr_entry *entry)
{
	struct loader *loader = context;
	const char *path = entry->path, *name = strrchr(path, '/');
	size_t length = strlen(path);
	struct fmr_tree_file file = { .path = (uint32_t)loader->tree->names.length, .slot = -1 };
	if (!name || name[1] == '.' || length > PATH_LENGTH || loader->tree->names.length > UINT32_MAX - PATH_LENGTH - 1)
		return 0; /* .gitkeep and the like */
	file.odd = (entry->mode & 0170000) != 0100000 || fmr_utf8_valid(path, length) != length ||
		!fmr_path_is_inside(path);
	file.kind = fmr_path_is_record(path) ? FMR_TREE_RECORD :
		is_beside(loader, path) ? FMR_TREE_BESIDE : FMR_TREE_OTHER;
	if (file.kind == FMR_TREE_RECORD)
		add_record(loader, &file, path);
	else if (file.kind == FMR_TREE_OTHER && loader->findings && !file.odd)
		complain_of_other(loader, path);
	if (file.odd && loader->findings)
		complain(loader, FMR_CODE_RECORD_MODE, path, (entry->mode & 0170000) != 0100000 ?
			_("the file is no ordinary file") : _("the name of the file holds what no name may hold"));
	fmr_str_add(&loader->tree->names, path, length + 1);
	FMR_VEC_PUSH(&loader->tree->files, file);
	return 0;
}

/* ---- tables of ids ---- */

static uint32_t *place_of(const struct fmr_tree *tree, uint32_t *table, const char *id, size_t length, bool key)
{
	char wanted[FMR_ID_LENGTH + 1], other[FMR_ID_LENGTH + 1];
	if (key)
		fmr_id_key(id, length, wanted);
	size_t place = fmr_text_hash(key ? wanted : id, length);
	for (;; place++) {
		uint32_t *entry = &table[place & tree->mask];
		if (!*entry)
			return entry;
		const struct fmr_tree_file *file = &tree->files.items[*entry - 1];
		const char *there = id_of(tree, *entry - 1);
		if (file->id_length != length)
			continue;
		if (key)
			fmr_id_key(there, length, other);
		if (memcmp(key ? other : there, key ? wanted : id, length) == 0)
			return entry;
	}
}

static void complain_of_twin(struct loader *loader, size_t file, size_t twin, enum fmr_code code)
{
	const struct fmr_tree *tree = loader->tree;
	const char *path = fmr_tree_path(tree, file), *other = fmr_tree_path(tree, twin);
	struct fmr_finding *row = complain(loader, code, path, code == FMR_CODE_ID_DUPLICATE ?
		_("another file has the same id") : _("another id looks the same but for its letters"));
	row->found = fmr_fault_text(loader->findings, id_of(tree, file), tree->files.items[file].id_length);
	row->hint = fmr_findings_text(loader->findings, _("the other one is '%s'"),
		fmr_fault_text(loader->findings, other, strlen(other)));
}

static void index_ids(struct loader *loader)
{
	struct fmr_tree *tree = loader->tree;
	size_t size = 64;
	while (size < tree->records * 2)
		size *= 2;
	tree->mask = size - 1;
	tree->by_id = fmr_alloc_zero(size, sizeof(*tree->by_id));
	tree->by_key = fmr_alloc_zero(size, sizeof(*tree->by_key));
	for (size_t i = 0; i < tree->files.count; i++) {
		const struct fmr_tree_file *file = &tree->files.items[i];
		if (file->kind != FMR_TREE_RECORD || !file->id_length)
			continue;
		uint32_t *entry = place_of(tree, tree->by_id, id_of(tree, i), file->id_length, false);
		uint32_t *key = place_of(tree, tree->by_key, id_of(tree, i), file->id_length, true);
		if (*entry && loader->findings)
			complain_of_twin(loader, i, *entry - 1, FMR_CODE_ID_DUPLICATE);
		else if (*key && loader->findings && fmr_id_alike(id_of(tree, i), file->id_length,
			id_of(tree, *key - 1), tree->files.items[*key - 1].id_length))
			complain_of_twin(loader, i, *key - 1, FMR_CODE_ID_CASE);
		if (!*entry)
			*entry = (uint32_t)i + 1;
		if (!*key)
			*key = (uint32_t)i + 1;
	}
}

long fmr_tree_find(const struct fmr_tree *tree, const char *id, size_t length)
{
	if (!length || length > FMR_ID_LENGTH)
		return -1;
	return (long)*place_of(tree, tree->by_id, id, length, false) - 1;
}

static int each_in_view(void *context, fmr_view_visit *see, void *loader, struct fmr_err *err)
{
	return fmr_view_each(context, FMR_RECORDS, see, loader, err);
}

int fmr_tree_load(struct fmr_book *book, struct fmr_tree *tree, struct fmr_findings *findings, struct fmr_err *err)
{
	return fmr_tree_load_from(book, tree, each_in_view, book->view, findings, err);
}

int fmr_tree_load_from(struct fmr_book *book, struct fmr_tree *tree, fmr_tree_source *source, void *context,
	struct fmr_findings *findings, struct fmr_err *err)
{
	*tree = (struct fmr_tree){ 0 };
	fmr_str_init(&tree->names);
	struct loader loader = { .book = book, .tree = tree, .findings = findings, .record = -1, .slot = -1 };
	int code = fmr_book_list_types(book, err);
	if (!code)
		code = source(context, visit, &loader, err);
	if (code == FMR_ERR_NOT_FOUND)
		code = FMR_OK; /* no records yet */
	index_ids(&loader);
	return code;
}

void fmr_tree_release(struct fmr_tree *tree)
{
	fmr_str_release(&tree->names);
	FMR_VEC_RELEASE(&tree->files);
	free(tree->by_id);
	free(tree->by_key);
}

/* ---- guessing ---- */

/* The first file whose path is not before this one. */
static size_t lower_bound(const struct fmr_tree *tree, const char *path)
{
	size_t low = 0, high = tree->files.count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(fmr_tree_path(tree, middle), path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void copy_id(const struct fmr_tree *tree, size_t file, char out[FMR_ID_LENGTH + 1])
{
	size_t length = tree->files.items[file].id_length;
	memcpy(out, id_of(tree, file), length);
	out[length] = '\0';
}

bool fmr_tree_nearest(const struct fmr_tree *tree, const struct fmr_glance *glance, const char *id,
	char out[FMR_ID_LENGTH + 1])
{
	size_t length = strlen(id);
	if (!length || length > FMR_ID_LENGTH)
		return false;
	uint32_t alike = *place_of(tree, tree->by_key, id, length, true);
	if (alike) {
		copy_id(tree, alike - 1, out);
		return true;
	}
	struct fmr_str path;
	fmr_str_init(&path);
	bool found = false;
	if (glance && fmr_glance_path(glance, id, &path)) {
		static const size_t half = NEIGHBOURS / 2;
		char ids[NEIGHBOURS][FMR_ID_LENGTH + 1];
		const char *words[NEIGHBOURS];
		size_t at = lower_bound(tree, path.bytes), count = 0;
		size_t first = at > half ? at - half : 0, end = at + half < tree->files.count ? at + half : tree->files.count;
		for (size_t i = first; i < end; i++) {
			if (tree->files.items[i].kind != FMR_TREE_RECORD || !tree->files.items[i].id_length)
				continue;
			copy_id(tree, i, ids[count]);
			words[count] = ids[count];
			count++;
		}
		const char *nearest = fmr_text_nearest(id, words, count);
		found = nearest != NULL;
		if (found)
			memcpy(out, nearest, strlen(nearest) + 1);
	}
	fmr_str_release(&path);
	return found;
}
