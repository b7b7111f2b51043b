#include "search/where.h"

#include <string.h>

/* ---- from a byte to its field ---- */

static size_t line_end(const char *text, size_t length, size_t at)
{
	const char *end = at < length ? memchr(text + at, '\n', length - at) : NULL;
	return end ? (size_t)(end - text) : length;
}

static size_t line_start(const char *text, size_t at)
{
	while (at > 0 && text[at - 1] != '\n')
		at--;
	return at;
}

struct place {
	const char *text;
	size_t length, at;
};

static size_t begin_of(const struct fmr_value *parent, size_t i)
{
	return parent->kind == FMR_MAP ? parent->map.members[i].key_span.start : parent->list.items[i]->span.start;
}

static const struct fmr_value *child_of(const struct fmr_value *parent, size_t i)
{
	return parent->kind == FMR_MAP ? parent->map.members[i].value : parent->list.items[i];
}

static size_t count_of(const struct fmr_value *value)
{
	return value->kind == FMR_MAP ? value->map.count : value->kind == FMR_LIST ? value->list.count : 0;
}

static size_t end_of(const struct fmr_value *parent, size_t i)
{
	const size_t end = child_of(parent, i)->span.end;
	const size_t key = parent->kind == FMR_MAP ? parent->map.members[i].key_span.end : 0;
	return end > key ? end : key;
}

/* In block style a child owns its lines, from the blanks and the "- " before it to the comment behind it. */
static bool begins_before(const struct place *place, const struct fmr_value *parent, size_t i)
{
	const size_t begin = begin_of(parent, i);
	return (parent->style == FMR_STYLE_BLOCK ? line_start(place->text, begin) : begin) <= place->at;
}

static bool ends_before(const struct place *place, const struct fmr_value *parent, size_t i)
{
	const size_t end = end_of(parent, i);
	return (parent->style == FMR_STYLE_BLOCK ? line_end(place->text, place->length, end) : end) < place->at;
}

/* Children are in the order of the text: the one at the place, or -1. */
static long child_at(const struct place *place, const struct fmr_value *parent)
{
	size_t low = 0, high = count_of(parent);
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (begins_before(place, parent, middle))
			low = middle + 1;
		else
			high = middle;
	}
	return low && !ends_before(place, parent, low - 1) ? (long)low - 1 : -1;
}

void fmr_where_is(const struct fmr_value *root, const char *text, size_t length, size_t at, struct fmr_str *out)
{
	const struct place place = { text, length, at };
	const char *dot = "";
	for (const struct fmr_value *value = root; value && count_of(value); dot = ".") {
		const long i = child_at(&place, value);
		if (i < 0)
			return;
		fmr_str_puts(out, dot);
		if (value->kind == FMR_MAP)
			fmr_str_add(out, value->map.members[i].key.bytes, value->map.members[i].key.length);
		else
			fmr_str_printf(out, "%ld", i);
		value = child_of(value, (size_t)i);
	}
}

/* ---- from a field to its values ---- */

static const char *position(const char *path, size_t *number)
{
	size_t digits = strspn(path, "0123456789");
	if (!digits || digits > 9 || (path[digits] && path[digits] != '.'))
		return NULL;
	*number = 0;
	for (size_t i = 0; i < digits; i++)
		*number = *number * 10 + (size_t)(path[i] - '0');
	return path + digits + (path[digits] == '.');
}

void fmr_where_each(const struct fmr_value *value, const char *path, fmr_where_visit *visit, void *context)
{
	if (value && strncmp(path, "[]", 2) == 0)
		path += path[2] == '.' ? 3 : 2;
	if (!value || !*path) {
		if (value)
			visit(context, value);
		return;
	}
	if (value->kind == FMR_LIST) {
		size_t number;
		const char *rest = position(path, &number);
		for (size_t i = 0; i < value->list.count; i++)
			if (!rest || i == number)
				fmr_where_each(value->list.items[i], rest ? rest : path, visit, context);
		return;
	}
	const size_t length = strcspn(path, ".[");
	const struct fmr_member *member = fmr_value_member(value, path, length);
	if (member)
		fmr_where_each(member->value, path + length + (path[length] == '.'), visit, context);
}
