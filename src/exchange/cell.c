#include "exchange/cell.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "json/json.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

static const char escape[] = "json:";
enum { ESCAPE = sizeof(escape) - 1, LIST_ITEMS = 10000 };

static bool starts_with(const char *bytes, size_t length, const char *start)
{
	size_t wanted = strlen(start);
	return length >= wanted && memcmp(bytes, start, wanted) == 0;
}

/* ---- writing ---- */

static bool is_word_kind(enum fmr_field_kind kind)
{
	return kind == FMR_FIELD_TEXT || kind == FMR_FIELD_TIME || kind == FMR_FIELD_DATE || kind == FMR_FIELD_CHOICE ||
		kind == FMR_FIELD_LINK;
}

/* Would this text, alone in a cell, read back as itself? */
static bool is_plain_text(struct fmr_text text)
{
	return text.length && !starts_with(text.bytes, text.length, escape) && !memchr(text.bytes, '\0', text.length) &&
		!memchr(text.bytes, '\r', text.length);
}

static bool is_plain(const struct fmr_field *field, const struct fmr_value *value)
{
	switch (value->kind) {
	case FMR_STRING:
		return is_word_kind(field->kind) && is_plain_text(value->text);
	case FMR_NUMBER:
		return field->kind == FMR_FIELD_NUMBER;
	case FMR_BOOL:
		return field->kind == FMR_FIELD_BOOL;
	default:
		return false;
	}
}

/* Can the list be written one item a line? */
static bool is_line(const struct fmr_field *items, const struct fmr_value *item)
{
	if (!is_plain(items, item))
		return false;
	if (item->kind != FMR_STRING)
		return true;
	struct fmr_text cut = fmr_text_trim(item->text.bytes, item->text.length);
	return !memchr(item->text.bytes, '\n', item->text.length) && *item->text.bytes != '[' &&
		cut.length == item->text.length;
}

static bool fits_lines(const struct fmr_field *field, const struct fmr_value *list)
{
	if (!field->child_count || !list->list.count)
		return false;
	for (size_t i = 0; i < list->list.count; i++)
		if (!is_line(&field->children[0], list->list.items[i]))
			return false;
	return true;
}

static void write_plain(struct fmr_str *out, const struct fmr_value *value)
{
	if (value->kind == FMR_BOOL)
		fmr_str_puts(out, value->boolean ? "true" : "false");
	else
		fmr_str_add(out, value->text.bytes, value->text.length);
}

void fmr_cell_write(struct fmr_str *out, const struct fmr_field *field, const struct fmr_value *value)
{
	if (!value)
		return;
	if (field && is_plain(field, value)) {
		write_plain(out, value);
		return;
	}
	if (field && field->kind == FMR_FIELD_LIST && value->kind == FMR_LIST && fits_lines(field, value)) {
		for (size_t i = 0; i < value->list.count; i++) {
			if (i)
				fmr_str_putc(out, '\n');
			write_plain(out, value->list.items[i]);
		}
		return;
	}
	bool shows_itself = field && ((field->kind == FMR_FIELD_LIST && value->kind == FMR_LIST) ||
		(field->kind == FMR_FIELD_MAP && value->kind == FMR_MAP));
	if (!shows_itself)
		fmr_str_puts(out, escape);
	fmr_json_write(out, value);
}

/* ---- reading ---- */

static int read_json(const char *bytes, size_t length, struct fmr_arena *arena, struct fmr_value **out,
	struct fmr_err *err)
{
	const struct fmr_source source = {
		.path = "", .bytes = fmr_arena_strndup(arena, bytes, length), .length = length};
	struct fmr_findings *findings = fmr_findings_new(1);
	*out = fmr_json_read(&source, arena, findings);
	int result = 0;
	if (!*out)
		result = fmr_err_set(err, FMR_ERR_INVALID, _("the cell is not JSON: %s"),
			fmr_findings_count(findings) ? fmr_findings_at(findings, 0)->message : "");
	fmr_findings_free(findings);
	return result;
}

/* Is the text already what the record would hold? */
static bool is_ready(const struct fmr_field *field, struct fmr_text text, struct fmr_arena *arena,
	struct fmr_value **out)
{
	bool ready = false;
	*out = NULL;
	switch (field->kind) {
	case FMR_FIELD_TEXT:
	case FMR_FIELD_LINK:
		ready = true;
		break;
	case FMR_FIELD_TIME:
		ready = fmr_format_matches("date-time", text.bytes, text.length) ||
			fmr_format_matches("date", text.bytes, text.length);
		break;
	case FMR_FIELD_DATE:
		ready = fmr_format_matches("date", text.bytes, text.length);
		break;
	case FMR_FIELD_CHOICE:
		for (size_t i = 0; i < field->choice_count && !ready; i++)
			ready = strlen(field->choices[i].code) == text.length &&
				memcmp(field->choices[i].code, text.bytes, text.length) == 0;
		break;
	case FMR_FIELD_NUMBER:
	case FMR_FIELD_BOOL: {
		struct fmr_value *value = fmr_value_from_plain(arena, text.bytes, text.length);
		if (value->kind == (field->kind == FMR_FIELD_NUMBER ? FMR_NUMBER : FMR_BOOL))
			*out = value;
		return *out != NULL;
	}
	default:
		break;
	}
	if (ready)
		*out = fmr_value_new_string(arena, text.bytes, text.length);
	return ready;
}

/* "yesterday", "3:12": when the table is read is not when it was written. */
static bool is_told_from_now(const struct fmr_field *field, struct fmr_text text)
{
	struct fmr_time time;
	return (field->kind == FMR_FIELD_TIME || field->kind == FMR_FIELD_DATE) &&
		fmr_time_parse_human(text.bytes, text.length, 0, &time) && time.relative;
}

static int read_scalar(struct fmr_book *book, const struct fmr_field *field, struct fmr_text text,
	struct fmr_arena *arena, struct fmr_value **out, struct fmr_err *err)
{
	if (is_ready(field, text, arena, out))
		return 0;
	if (memchr(text.bytes, '\0', text.length))
		return fmr_err_set(err, FMR_ERR_INVALID, "%s", _("the text holds a NUL byte"));
	if (is_told_from_now(field, text))
		return fmr_err_set(err, FMR_ERR_INVALID, _("'%s': '%.*s' counts from a day that the table does not tell"),
			field->path, (int)text.length, text.bytes);
	return fmr_field_parse(book, field, fmr_arena_strndup(arena, text.bytes, text.length), arena, out, err);
}

static int read_list(struct fmr_book *book, const struct fmr_field *field, const struct fmr_cell_rules *rules,
	struct fmr_text text, struct fmr_arena *arena, struct fmr_value **out, struct fmr_err *err)
{
	const struct fmr_field *items = field->child_count ? &field->children[0] : NULL;
	if (!items || items->kind == FMR_FIELD_MAP || items->kind == FMR_FIELD_LIST)
		return fmr_err_set(
			err, FMR_ERR_INVALID, _("'%s' is a list of maps: write it as JSON, [{...}]"), field->path);
	size_t cut_length = rules->split ? strlen(rules->split) : 1;
	*out = fmr_value_new_list(arena);
	const char *at = text.bytes, *end = text.bytes + text.length;
	while (at <= end) {
		const char *next = rules->split ? at : end;
		while (next < end && !starts_with(next, (size_t)(end - next), rules->split))
			next++;
		struct fmr_text part = fmr_text_trim(at, (size_t)(next - at));
		at = next + cut_length;
		if (!part.length)
			continue;
		struct fmr_value *item = NULL;
		int result = read_scalar(book, items, part, arena, &item, err);
		if (result)
			return result;
		if ((*out)->list.count >= LIST_ITEMS)
			return fmr_err_set(err, FMR_ERR_INVALID, _("more than %d items in one cell"), (int)LIST_ITEMS);
		fmr_value_append(arena, *out, item);
	}
	return 0;
}

int fmr_cell_read(struct fmr_book *book, const struct fmr_field *field, const struct fmr_cell_rules *rules,
	const char *bytes, size_t length, struct fmr_arena *arena, struct fmr_value **out, struct fmr_err *err)
{
	struct fmr_text cut = fmr_text_trim(bytes, length);
	if (starts_with(bytes, length, escape))
		return read_json(bytes + ESCAPE, length - ESCAPE, arena, out, err);
	bool is_json = cut.length && ((field->kind == FMR_FIELD_LIST && *cut.bytes == '[') ||
		(field->kind == FMR_FIELD_MAP && *cut.bytes == '{'));
	if (is_json) {
		int result = read_json(cut.bytes, cut.length, arena, out, err);
		if (!result)
			*out = fmr_cell_conform(book, field, *out, arena);
		return result;
	}
	if (field->kind == FMR_FIELD_MAP)
		return fmr_err_set(err, FMR_ERR_INVALID,
			_("'%s' has fields of its own: name one of them, or write JSON, {...}"), field->path);
	if (field->kind == FMR_FIELD_LIST)
		return read_list(book, field, rules, cut, arena, out, err);
	bool as_it_is = rules->exact && field->kind == FMR_FIELD_TEXT;
	return read_scalar(book, field, as_it_is ? (struct fmr_text){ bytes, length } : cut, arena, out, err);
}

struct conforming {
	struct fmr_book *book;
	struct fmr_arena *arena;
};

static struct fmr_value *conform(void *context, const struct fmr_field *field, struct fmr_value *value)
{
	const struct conforming *conforming = context;
	struct fmr_value *turned = NULL;
	if (value->kind == FMR_STRING &&
		read_scalar(conforming->book, field, value->text, conforming->arena, &turned, NULL) == 0)
		return turned;
	return value;
}

/* JSON has but one way to write a list or a map.  In a record only a list of scalars stands in brackets, as people
 * write it: more would be one endless line.  Recursive as deep as the reader allows. */
static void unfold(struct fmr_value *value)
{
	bool flat = value->kind == FMR_LIST;
	for (size_t i = 0; value->kind == FMR_LIST && i < value->list.count; i++) {
		const struct fmr_value *item = value->list.items[i];
		flat = flat && item->kind != FMR_LIST && item->kind != FMR_MAP;
		unfold(value->list.items[i]);
	}
	for (size_t i = 0; value->kind == FMR_MAP && i < value->map.count; i++)
		unfold(value->map.members[i].value);
	if (!flat && value->style == FMR_STYLE_FLOW)
		value->style = FMR_STYLE_NONE;
}

struct fmr_value *fmr_cell_conform(struct fmr_book *book, const struct fmr_field *field, struct fmr_value *value,
	struct fmr_arena *arena)
{
	struct conforming conforming = { book, arena };
	unfold(value);
	return fmr_field_each_scalar(field, value, conform, &conforming);
}

/* ---- a record under construction ---- */

static struct fmr_value **member_slot(struct fmr_value *map, const char *name, size_t length)
{
	for (size_t i = 0; i < map->map.count; i++)
		if (map->map.members[i].key.length == length &&
			memcmp(map->map.members[i].key.bytes, name, length) == 0)
			return &map->map.members[i].value;
	return NULL;
}

/* The place of one part of a path below `value`, made when it is not there; NULL when value cannot have it. */
static struct fmr_value **place_of(struct fmr_arena *arena, struct fmr_value *value, const char *part, size_t length)
{
	if (value->kind == FMR_MAP) {
		struct fmr_value **slot = member_slot(value, part, length);
		if (slot)
			return slot;
		fmr_value_put(arena, value, fmr_arena_strndup(arena, part, length), fmr_value_new_null(arena));
		return member_slot(value, part, length);
	}
	if (value->kind != FMR_LIST || length > 5 || strspn(part, "0123456789") < length)
		return NULL;
	size_t index = strtoul(part, NULL, 10);
	if (index >= LIST_ITEMS)
		return NULL;
	while (value->list.count <= index)
		fmr_value_append(arena, value, fmr_value_new_null(arena));
	return &value->list.items[index];
}

int fmr_value_set_at(struct fmr_arena *arena, struct fmr_value *root, const char *path, struct fmr_value *value,
	struct fmr_err *err)
{
	struct fmr_value *at = root;
	for (const char *part = path;;) {
		size_t length = strcspn(part, ".");
		struct fmr_value **slot = place_of(arena, at, part, length);
		if (!slot)
			return fmr_err_set(err, FMR_ERR_INVALID, _("'%s' cannot be set: '%.*s' holds something else"),
				path, (int)(part > path ? part - path - 1 : 0), path);
		if (!part[length]) {
			*slot = value;
			return 0;
		}
		part += length + 1;
		if ((*slot)->kind == FMR_NULL)
			*slot = *part >= '0' && *part <= '9' ? fmr_value_new_list(arena) : fmr_value_new_map(arena);
		at = *slot;
	}
}

static struct fmr_value *order_one(struct fmr_arena *arena, struct fmr_value *value, const struct fmr_field *field)
{
	if (value->kind == FMR_MAP && field->kind == FMR_FIELD_MAP)
		return fmr_value_in_order(arena, value, field->children, field->child_count);
	if (value->kind == FMR_LIST && field->kind == FMR_FIELD_LIST && field->child_count)
		for (size_t i = 0; i < value->list.count; i++)
			value->list.items[i] = order_one(arena, value->list.items[i], &field->children[0]);
	return value;
}

struct fmr_value *fmr_value_in_order(struct fmr_arena *arena, struct fmr_value *value, const struct fmr_field *fields,
	size_t count)
{
	struct fmr_value *ordered = fmr_value_new_map(arena);
	for (size_t i = 0; i < count; i++) {
		struct fmr_value **slot = member_slot(value, fields[i].name, strlen(fields[i].name));
		if (slot)
			fmr_value_put(arena, ordered, fields[i].name, order_one(arena, *slot, &fields[i]));
	}
	for (size_t i = 0; i < value->map.count; i++) {
		const struct fmr_member *member = &value->map.members[i];
		if (!fmr_value_member(ordered, member->key.bytes, member->key.length))
			fmr_value_put(arena, ordered, member->key.bytes, member->value);
	}
	return ordered;
}
