#include "record/loader.h"

#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

void fmr_load_fault(struct fmr_loader *loader, const struct fmr_value *at, const char *text, const char *subject)
{
	fmr_fault_word(loader->findings, loader->source, at, text, subject);
}

/* ---- single words ---- */

const char *fmr_load_word(const struct fmr_value *map, const char *key)
{
	const char *text = fmr_value_string(fmr_value_get(map, key));
	return text && *text ? text : NULL;
}

bool fmr_load_flag(const struct fmr_value *map, const char *key, bool otherwise)
{
	const struct fmr_value *value = fmr_value_get(map, key);
	return value && value->kind == FMR_BOOL ? value->boolean : otherwise;
}

struct fmr_words fmr_load_words(const struct fmr_value *map, const char *key)
{
	const struct fmr_value *value = fmr_value_get(map, key);
	const char *both = fmr_value_string(value);
	return (struct fmr_words){ .in = { [FMR_ENGLISH] = both ? both : fmr_load_word(value, "en"),
					   [FMR_JAPANESE] = both ? both : fmr_load_word(value, "ja") } };
}

const char *const *fmr_load_strings(struct fmr_arena *arena, const struct fmr_value *value)
{
	size_t count = value && value->kind == FMR_LIST ? value->list.count : 1, used = 0;
	const char **out = fmr_arena_zero(arena, count + 1, sizeof(*out));
	if (value && value->kind == FMR_STRING)
		out[used++] = value->text.bytes;
	for (size_t i = 0; value && value->kind == FMR_LIST && i < count; i++)
		if (fmr_value_string(value->list.items[i]))
			out[used++] = fmr_value_string(value->list.items[i]);
	return out;
}

/* "~" escapes do not occur in names of the vocabulary. */
const struct fmr_value *fmr_load_target(const struct fmr_value *root, const char *reference)
{
	if (strncmp(reference, "#/", 2) != 0)
		return strcmp(reference, "#") == 0 ? root : NULL;
	const struct fmr_value *value = root;
	for (const char *part = reference + 2; value && *part;) {
		size_t length = strcspn(part, "/");
		if (value->kind == FMR_LIST) {
			size_t index = strtoul(part, NULL, 10);
			value = index < value->list.count ? value->list.items[index] : NULL;
		} else {
			const struct fmr_member *member = fmr_value_member(value, part, length);
			value = member ? member->value : NULL;
		}
		part += length + (part[length] == '/');
	}
	return value;
}

/* ---- words that must be there ---- */

const char *fmr_load_need_word(struct fmr_loader *loader, const struct fmr_value *map, const char *key)
{
	const char *text = fmr_load_word(map, key);
	if (!text)
		fmr_load_fault(loader, map, _("x-fmrec lacks a text"), key);
	return text ? text : "";
}

const struct fmr_field *fmr_load_need_field(struct fmr_loader *loader, const char *path, const struct fmr_value *at)
{
	const struct fmr_field *field = fmr_type_field(loader->type, path);
	if (!field)
		fmr_load_fault(loader, at, _("no such field"), path);
	return field;
}

void fmr_load_need_fields(struct fmr_loader *loader, const char *const *paths, const struct fmr_value *at)
{
	for (; *paths; paths++)
		fmr_load_need_field(loader, *paths, at);
}
