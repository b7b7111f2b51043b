/*
 * What a record holds in one tree, and what differs between two texts of it.
 */
#include "trust/fold.h"

#include "base/alloc.h"
#include "base/digest.h"
#include "base/i18n.h"
#include "fmrec/yaml.h"

#include <stdlib.h>
#include <string.h>

int fmr_fold_content_load(struct fold *fold, const struct fold_record *record, struct fold_content *out,
	struct fmr_err *err)
{
	*out = (struct fold_content){ .said = { .id = record->id, .path = record->path, .mode = record->mode },
		.fault = FOLD_FINE };
	fmr_arena_init(&out->arena);
	fmr_str_init(&out->text);
	if (record->mode != TRUST_MODE_FILE)
		out->fault = FMR_CODE_REC_MODE;
	if (!record->live || (record->mode & 0170000) != 0100000)
		return 0;
	struct fmr_err fault = { 0 };
	int result = fmr_store_object(fold->store, &record->blob, FMR_OBJECT_BLOB, FOLD_RECORD_LIMIT, &out->text, &fault);
	if (result != 0) {
		out->fault = fmr_fold_object_code(result);
		result = fmr_fold_report_object(fold, result, record->path, &fault);
		if (result != 0 && err)
			*err = fault;
		return result;
	}
	out->said.text = (struct fmr_text){ out->text.bytes, out->text.length };
	out->said.root = fmr_yaml_read_quietly(out->text.bytes, out->text.length, &out->arena);
	if (!out->said.root || out->said.root->kind != FMR_MAP) {
		out->said.root = NULL;
		out->fault = FMR_CODE_REC_TEXT;
	}
	return 0;
}

void fmr_fold_content_release(struct fold_content *content)
{
	fmr_str_release(&content->text);
	fmr_arena_release(&content->arena);
}

/* ---- attachments ---- */

struct gathering {
	struct fold *fold;
	struct fold_content *content;
	const char *directory;
	FMR_VEC(struct trust_attachment) files;
	struct fmr_err *err;
};

/* Size and digest of a blob, computed once. */
static int measure(struct fold *fold, const struct fmr_oid *blob, struct trust_attachment *out,
	struct fmr_err *err)
{
	char hex[41];
	size_t number;
	fmr_oid_text(blob, hex);
	if (!fmr_dict_get(&fold->file_of, hex, &number)) {
		struct trust_attachment file = { .digest = FMR_DIGEST_PREFIX };
		struct fmr_str bytes;
		struct fmr_err fault = { 0 };
		fmr_str_init(&bytes);
		int result = fmr_store_object(fold->store, blob, FMR_OBJECT_BLOB, FOLD_ATTACHMENT_LIMIT, &bytes, &fault);
		if (result == 0)
			result = fmr_digest_bytes(bytes.bytes, bytes.length, file.digest + strlen(FMR_DIGEST_PREFIX));
		file.size = bytes.length;
		fmr_str_release(&bytes);
		if (result != 0) {
			if (err)
				*err = fault;
			return result;
		}
		number = fold->files.count;
		fmr_dict_add(&fold->file_of, hex, number);
		FMR_VEC_PUSH(&fold->files, file);
	}
	*out = fold->files.items[number];
	return 0;
}

static int gather(void *context, const char *path, const struct trust_tree_entry *before,
	const struct trust_tree_entry *after)
{
	struct gathering *gathering = context;
	struct fold_content *content = gathering->content;
	(void)before;
	struct trust_attachment file = { 0 };
	if (after->mode != TRUST_MODE_FILE || !fmr_trust_path_is_clean(path)) {
		content->fault = FMR_CODE_REC_MODE;
		return 0;
	}
	int result = measure(gathering->fold, &after->id, &file, gathering->err);
	if (result != 0)
		return result;
	file.path = fmr_arena_format(&content->arena, "%s/%s", gathering->directory, path);
	file.mode = after->mode;
	FMR_VEC_PUSH(&gathering->files, file);
	return 0;
}

static int compare_paths(const void *left, const void *right)
{
	const struct trust_attachment *a = left, *b = right;
	return strcmp(a->path, b->path);
}

int fmr_fold_content_attachments(struct fold *fold, const struct fmr_oid *tree, struct fold_content *content,
	struct fmr_err *err)
{
	struct trust_path place = fmr_trust_path_read(content->said.path);
	if (!tree || place.place != TRUST_PLACE_RECORD)
		return 0;
	const char *directory = fmr_arena_strndup(&content->arena, content->said.path,
		(size_t)(place.id - content->said.path) + place.id_length);
	struct trust_tree_entry entry;
	struct fmr_err fault = { 0 };
	int result = fmr_trust_tree_find(fold->trees, tree, directory, &entry, &fault);
	if (result == 0 && !entry.mode)
		return 0;
	if (result == 0 && entry.mode != TRUST_MODE_DIRECTORY) {
		content->fault = FMR_CODE_REC_MODE;
		return 0;
	}
	struct gathering gathering = { .fold = fold, .content = content, .directory = directory, .err = &fault };
	if (result == 0) {
		struct fmr_oid id = entry.id;
		result = fmr_trust_tree_diff(fold->trees, NULL, &id, gather, &gathering, &fault);
	}
	if (result != 0) {
		content->fault = fmr_fold_object_code(result);
		result = fmr_fold_report_object(fold, result, directory, &fault);
		if (result != 0 && err)
			*err = fault;
	}
	struct trust_attachment *files = fmr_arena_zero(&content->arena, gathering.files.count + 1, sizeof(*files));
	if (gathering.files.count) {
		memcpy(files, gathering.files.items, gathering.files.count * sizeof(*files));
		qsort(files, gathering.files.count, sizeof(*files), compare_paths);
	}
	content->said.attachments = files;
	content->said.attachment_count = gathering.files.count;
	FMR_VEC_RELEASE(&gathering.files);
	return result;
}

/* ---- what differs ---- */

static bool same_bytes(struct fmr_text a, struct fmr_text b)
{
	if (!a.bytes || !b.bytes)
		return !a.bytes && !b.bytes;
	return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

static void compare_fields(struct fold *fold, const struct trust_content *from, const struct trust_content *to,
	bool absent_only, struct fold_delta *out)
{
	for (size_t i = 0; i < from->root->map.count; i++) {
		const struct fmr_text *key = &from->root->map.members[i].key;
		struct fmr_text there = fmr_trust_field_bytes(to->text, to->root, key->bytes);
		bool differs = absent_only ? !there.bytes
					   : !same_bytes(fmr_trust_field_bytes(from->text, from->root, key->bytes), there);
		if (differs)
			FMR_VEC_PUSH(&out->fields, fmr_fold_name(fold, key->bytes, key->length));
	}
}

static bool can_be_told_apart(const struct trust_content *content)
{
	return fmr_trust_fields_stand_alone(content->text, content->root) && content->root->map.count <= FOLD_FIELDS;
}

void fmr_fold_delta(struct fold *fold, const struct trust_content *before, const struct trust_content *after,
	struct fold_delta *out)
{
	*out = (struct fold_delta){ 0 };
	if (before->mode != after->mode || !can_be_told_apart(before) || !can_be_told_apart(after)) {
		out->all = before->mode != after->mode || !same_bytes(before->text, after->text);
		return;
	}
	if (same_bytes(before->text, after->text))
		return;
	compare_fields(fold, before, after, false, out);
	compare_fields(fold, after, before, true, out);
	out->between = true; /* where fields changed, what stands around them did as well */
}

void fmr_fold_delta_release(struct fold_delta *delta)
{
	FMR_VEC_RELEASE(&delta->fields);
}
