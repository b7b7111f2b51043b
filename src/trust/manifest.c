#include "trust/manifest.h"

#include "base/alloc.h"
#include "base/digest.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

static const char byte_order_mark[] = "\xef\xbb\xbf";

static bool begins_a_line(struct fmr_text text, size_t at)
{
	size_t mark = sizeof(byte_order_mark) - 1;
	if (at == 0 || text.bytes[at - 1] == '\n' || text.bytes[at - 1] == '\r')
		return true;
	return at == mark && memcmp(text.bytes, byte_order_mark, mark) == 0;
}

bool fmr_trust_fields_stand_alone(struct fmr_text text, const struct fmr_value *root)
{
	if (!root || root->kind != FMR_MAP || root->style != FMR_STYLE_BLOCK)
		return false;
	for (size_t i = 0; i < root->map.count; i++)
		if (!begins_a_line(text, root->map.members[i].key_span.start))
			return false;
	return true;
}

static const struct fmr_value *last_leaf(const struct fmr_value *value)
{
	for (;;) {
		if (value->kind == FMR_MAP && value->map.count)
			value = value->map.members[value->map.count - 1].value;
		else if (value->kind == FMR_LIST && value->list.count)
			value = value->list.items[value->list.count - 1];
		else
			return value;
	}
}

/* The empty lines behind a block scalar that says "keep", and lines of blanks, belong to its text although they lie
 * behind its span: without them two texts would have the same bytes. */
static size_t end_of_kept_lines(struct fmr_text text, const struct fmr_value *leaf, size_t end)
{
	size_t last = end, at = end;
	bool matters = false;
	for (size_t i = leaf->span.start; i < end && text.bytes[i] != '\n' && text.bytes[i] != '#'; i++)
		matters = matters || text.bytes[i] == '+';
	while (at < text.length && strchr(" \t\r\n", text.bytes[at]) && text.bytes[at]) {
		matters = matters || text.bytes[at] == ' ' || text.bytes[at] == '\t';
		if (text.bytes[at++] == '\n')
			last = at;
	}
	if (at == text.length)
		last = at;
	return matters ? last : end;
}

/* A block scalar whose last line is not ended, at the end of the file, says something else than one whose is. */
static size_t end_of_line(struct fmr_text text, size_t end)
{
	if (end < text.length && text.bytes[end] == '\r')
		end++;
	return end < text.length && text.bytes[end] == '\n' ? end + 1 : end;
}

struct fmr_text fmr_trust_field_bytes(struct fmr_text text, const struct fmr_value *root, const char *name)
{
	const struct fmr_member *member = fmr_value_member(root, name, strlen(name));
	if (!member)
		return (struct fmr_text){ 0 };
	size_t start = member->key_span.start, end = member->value->span.end;
	if (end < member->key_span.end) /* a value that is left out has no place of its own */
		end = member->key_span.end;
	const struct fmr_value *leaf = last_leaf(member->value);
	if (leaf->style == FMR_STYLE_LITERAL || leaf->style == FMR_STYLE_FOLDED)
		end = end_of_line(text, end_of_kept_lines(text, leaf, end));
	return (struct fmr_text){ text.bytes + start, end - start };
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void put_field(struct fmr_str *out, const struct trust_content *content, const char *name)
{
	struct fmr_text bytes = fmr_trust_field_bytes(content->text, content->root, name);
	if (!bytes.bytes) {
		fmr_str_printf(out, "absent %s\n", name);
		return;
	}
	fmr_str_printf(out, "field %s %zu\n", name, bytes.length);
	fmr_str_add(out, bytes.bytes, bytes.length);
	fmr_str_putc(out, '\n');
}

static void put_fields(struct fmr_str *out, const struct trust_content *content, const char *const *covers)
{
	size_t count = 0;
	while (covers[count])
		count++;
	const char **names = fmr_alloc_zero(count + 1, sizeof(*names));
	for (size_t i = 0; i < count; i++)
		names[i] = covers[i];
	qsort(names, count, sizeof(*names), compare_names);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || strcmp(names[i], names[i - 1]) != 0)
			put_field(out, content, names[i]);
	free(names);
}

int fmr_trust_manifest(const struct trust_content *content, const char *const *covers, bool attachments,
	struct fmr_str *out, struct fmr_err *err)
{
	if (covers && !fmr_trust_fields_stand_alone(content->text, content->root))
		return fmr_err_set(err, FMR_ERR_INVALID,
			_("the fields of '%s' cannot be signed one by one: they do not all begin in the first column"),
			content->path);
	fmr_str_printf(out, "fmrec-manifest 1\nrecord %s\npath %s\nmode %06o\n", content->id, content->path, content->mode);
	if (covers) {
		put_fields(out, content, covers);
	} else {
		fmr_str_printf(out, "file %zu\n", content->text.length);
		fmr_str_add(out, content->text.bytes, content->text.length);
		fmr_str_putc(out, '\n');
	}
	for (size_t i = 0; attachments && i < content->attachment_count; i++) {
		const struct trust_attachment *file = &content->attachments[i];
		fmr_str_printf(out, "attachment %s %06o %llu %s\n", file->path, file->mode, (unsigned long long)file->size,
			file->digest);
	}
	return 0;
}

int fmr_trust_manifest_digest(const struct fmr_str *manifest, char out[FMR_RECORD_DIGEST], struct fmr_err *err)
{
	int result = fmr_digest_ready(err);
	if (result != 0)
		return result;
	memcpy(out, FMR_DIGEST_PREFIX, sizeof(FMR_DIGEST_PREFIX));
	return fmr_digest_bytes(manifest->bytes, manifest->length, out + strlen(FMR_DIGEST_PREFIX));
}
