#include "render/line.h"

#include "base/i18n.h"
#include "base/text.h"
#include "render/print.h"

#include <stdarg.h>
#include <string.h>

void fmr_render_line(FILE *out, const char *format, ...)
{
	struct fmr_str raw, safe;
	fmr_str_init(&raw);
	fmr_str_init(&safe);
	va_list args;
	va_start(args, format);
	fmr_str_vprintf(&raw, format, args);
	va_end(args);
	fmr_text_escape(&safe, raw.bytes, raw.length, true);
	fwrite(safe.bytes, 1, safe.length, out);
	fmr_str_release(&safe);
	fmr_str_release(&raw);
}

enum { ENOUGH = 4096 }; /* bytes after which nothing more would be shown */

/* Lines stand behind each other. */
static void add_text(struct fmr_str *out, struct fmr_text text)
{
	while (text.length && out->length <= ENOUGH) {
		const char *feed = memchr(text.bytes, '\n', text.length);
		size_t line = feed ? (size_t)(feed - text.bytes) : text.length;
		fmr_text_escape(out, text.bytes, line, false);
		line += feed != NULL;
		text.bytes += line;
		text.length -= line;
		if (feed && text.length)
			fmr_str_puts(out, " ⏎ ");
	}
}

static void add_value(struct fmr_str *out, const struct fmr_words_for *reader, const struct fmr_field *field,
	const struct fmr_value *value, bool top);

/* "Major (S1)" */
static void add_choice(struct fmr_str *out, const struct fmr_words_for *reader, const struct fmr_field *field,
	const struct fmr_text *code)
{
	const struct fmr_choice *choices = NULL;
	size_t count = 0;
	if (fmr_field_choices(reader->book, field, NULL, &choices, &count) < 0)
		count = 0;
	for (size_t i = 0; i < count; i++) {
		const char *label = fmr_words_in(&choices[i].label, reader->language);
		if (strcmp(choices[i].code, code->bytes) != 0 || !*label || strcmp(label, code->bytes) == 0)
			continue;
		fmr_print_safe(out, label);
		fmr_str_puts(out, " (");
		add_text(out, *code);
		fmr_str_putc(out, ')');
		return;
	}
	add_text(out, *code);
}

static void add_scalar(struct fmr_str *out, const struct fmr_words_for *reader, const struct fmr_field *field,
	const struct fmr_value *value)
{
	const char *unit = reader && field ? fmr_words_in(&field->unit, reader->language) : "";
	if (value->kind == FMR_STRING && reader && field && (field->kind == FMR_FIELD_CHOICE || field->values_from))
		add_choice(out, reader, field, &value->text);
	else if (reader && field && field->may_be_unknown && fmr_value_is(value, "unknown"))
		fmr_str_puts(out, _("unknown"));
	else
		add_text(out, value->text);
	if (*unit) {
		fmr_str_putc(out, ' ');
		fmr_print_safe(out, unit);
	}
}

static void add_map(struct fmr_str *out, const struct fmr_words_for *reader, const struct fmr_field *field,
	const struct fmr_value *map, bool braces)
{
	fmr_str_puts(out, braces ? "{" : "");
	for (size_t i = 0; i < map->map.count && out->length <= ENOUGH; i++) {
		const struct fmr_member *member = &map->map.members[i];
		const struct fmr_field *child = reader ? fmr_field_child(field, member->key.bytes) : NULL;
		const char *label = child ? fmr_words_in(&child->label, reader->language) : "";
		fmr_str_puts(out, i ? ", " : "");
		if (*label)
			fmr_print_safe(out, label);
		else
			fmr_text_escape(out, member->key.bytes, member->key.length, false);
		fmr_str_puts(out, ": ");
		add_value(out, reader, child, member->value, false);
	}
	fmr_str_puts(out, braces ? "}" : "");
}

static void add_list(struct fmr_str *out, const struct fmr_words_for *reader, const struct fmr_field *field,
	const struct fmr_value *list)
{
	const struct fmr_field *item = field && field->kind == FMR_FIELD_LIST && field->child_count ? field->children : NULL;
	fmr_str_putc(out, '[');
	for (size_t i = 0; i < list->list.count && out->length <= ENOUGH; i++) {
		fmr_str_puts(out, i ? ", " : "");
		add_value(out, reader, item, list->list.items[i], false);
	}
	fmr_str_putc(out, ']');
}

static void add_value(struct fmr_str *out, const struct fmr_words_for *reader, const struct fmr_field *field,
	const struct fmr_value *value, bool top)
{
	if (out->length > ENOUGH)
		return;
	switch (value->kind) {
	case FMR_NULL:
		fmr_str_puts(out, "null");
		break;
	case FMR_BOOL:
		if (reader)
			fmr_str_puts(out, value->boolean ? _("yes") : _("no"));
		else
			fmr_str_puts(out, value->boolean ? "true" : "false");
		break;
	case FMR_NUMBER:
	case FMR_STRING:
		add_scalar(out, reader, field, value);
		break;
	case FMR_LIST:
		add_list(out, reader, field, value);
		break;
	case FMR_MAP:
		add_map(out, reader, field, value, !reader || !top);
		break;
	}
}

void fmr_render_value(struct fmr_str *out, const struct fmr_words_for *reader, const struct fmr_field *field,
	const struct fmr_value *value, size_t columns)
{
	if (!value) {
		fmr_str_putc(out, '-');
		return;
	}
	struct fmr_str whole;
	fmr_str_init(&whole);
	add_value(&whole, reader, field, value, true);
	if (fmr_text_width(whole.bytes, whole.length) <= columns) {
		fmr_str_add(out, whole.bytes, whole.length);
	} else {
		fmr_str_add(out, whole.bytes, fmr_text_fit(whole.bytes, whole.length, columns - 1));
		fmr_str_puts(out, "…");
	}
	fmr_str_release(&whole);
}

void fmr_render_value_short(struct fmr_str *out, const struct fmr_value *value, size_t columns)
{
	fmr_render_value(out, NULL, NULL, value, columns);
}
