#include "fmrec/value.h"

#include <string.h>

uint32_t fmr_text_hash(const char *bytes, size_t length)
{
	uint32_t hash = 2166136261u; /* FNV-1a: keys are short, anything cleverer costs more to start */
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * 16777619u;
	return hash;
}

const struct fmr_member *fmr_value_member(const struct fmr_value *map, const char *key, size_t length)
{
	if (!map || map->kind != FMR_MAP || !map->map.count)
		return NULL;
	/* lengths and first bytes tell most keys apart; hashing the wanted one would cost more than that */
	for (size_t i = 0; i < map->map.count; i++) {
		const struct fmr_member *member = &map->map.members[i];
		if (member->key.length == length && (!length || *member->key.bytes == *key) &&
			memcmp(member->key.bytes, key, length) == 0)
			return member;
	}
	return NULL;
}

const struct fmr_value *fmr_value_get(const struct fmr_value *map, const char *key)
{
	const struct fmr_member *member = fmr_value_member(map, key, strlen(key));
	return member ? member->value : NULL;
}

const char *fmr_value_string(const struct fmr_value *value)
{
	return value && value->kind == FMR_STRING ? value->text.bytes : NULL;
}

bool fmr_value_is(const struct fmr_value *value, const char *text)
{
	return value && value->kind == FMR_STRING && value->text.length == strlen(text) &&
		memcmp(value->text.bytes, text, value->text.length) == 0;
}

static const struct fmr_value *item_at(const struct fmr_value *list, const char *digits, size_t length)
{
	size_t index = 0;
	if (!length || (length > 1 && digits[0] == '0'))
		return NULL;
	for (size_t i = 0; i < length; i++) {
		if (digits[i] < '0' || digits[i] > '9' || index > list->list.count)
			return NULL;
		index = index * 10 + (size_t)(digits[i] - '0');
	}
	return index < list->list.count ? list->list.items[index] : NULL;
}

const struct fmr_value *fmr_value_at(const struct fmr_value *root, const char *path)
{
	const struct fmr_value *value = root;
	while (value && *path) {
		const size_t length = strcspn(path, ".");
		if (value->kind == FMR_LIST) {
			value = item_at(value, path, length);
		} else {
			const struct fmr_member *member = fmr_value_member(value, path, length);
			value = member ? member->value : NULL;
		}
		path += length;
		if (*path == '.' && !*++path)
			return NULL; /* a path does not end in a dot */
	}
	return value;
}

const char *fmr_kind_name(enum fmr_kind kind)
{
	static const char *const names[] = {
		[FMR_NULL] = "null",
		[FMR_BOOL] = "boolean",
		[FMR_NUMBER] = "number",
		[FMR_STRING] = "string",
		[FMR_LIST] = "array",
		[FMR_MAP] = "object",
	};
	return names[kind];
}
