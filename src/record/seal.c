/*
 * The digest of what a record says: what a link was judged against.
 */
#include "record/private.h"

#include "base/digest.h"
#include "json/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_value(struct fmr_str *out, const struct fmr_field *field, const struct fmr_value *value);

static int by_key(const void *left, const void *right)
{
	const struct fmr_member *a = *(const struct fmr_member *const *)left, *b = *(const struct fmr_member *const *)right;
	size_t shorter = a->key.length < b->key.length ? a->key.length : b->key.length;
	int order = memcmp(a->key.bytes, b->key.bytes, shorter);
	return order ? order : a->key.length < b->key.length ? -1 : a->key.length > b->key.length;
}

static bool is_named(const struct fmr_member *member, const char *name)
{
	return strcmp(member->key.bytes, name) == 0;
}

/* What a judgement does not rest on: at the top the names of the record, in a link what it was judged against. */
static bool is_left_out(const struct fmr_member *member, const struct fmr_field *field, const struct fmr_field *map)
{
	if (field && field->cosmetic)
		return true;
	if (!map)
		return is_named(member, FMR_FIELD_ID) || is_named(member, FMR_FIELD_ALIASES);
	return map->link && is_named(member, FMR_LINK_JUDGED);
}

/* map: the field that holds these fields; NULL at the top */
static void put_map(struct fmr_str *out, const struct fmr_field *fields, size_t count, const struct fmr_field *map,
	const struct fmr_value *value)
{
	const struct fmr_member **members = fmr_alloc_zero(value->map.count, sizeof(*members));
	for (size_t i = 0; i < value->map.count; i++)
		members[i] = &value->map.members[i];
	qsort(members, value->map.count, sizeof(*members), by_key);
	const char *comma = "{";
	for (size_t i = 0; i < value->map.count; i++) {
		const struct fmr_member *member = members[i];
		const struct fmr_field *field = fmr_fields_find(fields, count, member->key.bytes, member->key.length,
			member->key_hash);
		if (is_left_out(member, field, map))
			continue;
		fmr_str_puts(out, comma);
		fmr_json_write_string(out, member->key.bytes, member->key.length);
		fmr_str_putc(out, ':');
		put_value(out, field, member->value);
		comma = ",";
	}
	fmr_str_puts(out, *comma == '{' ? "{}" : "}");
	free(members);
}

/* {to: X} and X are the same link. */
static bool is_bare(const struct fmr_value *link)
{
	for (size_t i = 0; i < link->map.count; i++)
		if (!is_named(&link->map.members[i], FMR_LINK_TO) && !is_named(&link->map.members[i], FMR_LINK_JUDGED))
			return false;
	return fmr_link_target(link) != NULL;
}

static void put_value(struct fmr_str *out, const struct fmr_field *field, const struct fmr_value *value)
{
	size_t count = 0;
	const struct fmr_field *children = field ? fmr_field_children(field, &count) : NULL;
	if (value->kind == FMR_MAP && field && field->link && is_bare(value)) {
		fmr_json_write(out, fmr_value_get(value, FMR_LINK_TO));
	} else if (value->kind == FMR_MAP) {
		static const struct fmr_field stranger = { .name = "" };
		put_map(out, children, count, field ? field : &stranger, value);
	} else if (value->kind == FMR_LIST) {
		fmr_str_putc(out, '[');
		for (size_t i = 0; i < value->list.count; i++) {
			fmr_str_puts(out, i ? "," : "");
			put_value(out, count ? children : NULL, value->list.items[i]);
		}
		fmr_str_putc(out, ']');
	} else {
		fmr_json_write(out, value);
	}
}

int fmr_record_digest(const struct fmr_type *type, const struct fmr_value *root, char out[FMR_RECORD_DIGEST])
{
	struct fmr_str text;
	fmr_str_init(&text);
	if (root && root->kind == FMR_MAP)
		put_map(&text, type->fields, type->field_count, NULL, root);
	else if (root)
		fmr_json_write(&text, root);
	snprintf(out, FMR_RECORD_DIGEST, "%s", FMR_DIGEST_PREFIX);
	int code = fmr_digest_bytes(text.bytes, text.length, out + strlen(FMR_DIGEST_PREFIX));
	fmr_str_release(&text);
	return code;
}
