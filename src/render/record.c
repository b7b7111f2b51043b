/*
 * One record for people: labels in their language, values by their labels.
 */
#include "base/i18n.h"
#include "base/text.h"
#include "json/json.h"
#include "render/print.h"
#include "render/wrap.h"

#include <string.h>

enum { INDENT = 2, WIDEST_LABEL = 28 };

struct page {
	struct fmr_str out;
	struct fmr_book *book;
	enum fmr_language language;
	bool color;
	size_t width;
	const struct fmr_value *const *suspects;
};

static void put_fields(struct page *page, const struct fmr_field *fields, size_t count, const struct fmr_value *map,
	size_t indent);

static const char *label_of(const struct page *page, const struct fmr_field *field)
{
	const char *label = fmr_words_in(&field->label, page->language);
	return *label ? label : field->name;
}

/* ---- one value on a line ---- */

/* "Major (S1)": what it means, and what to type for it. */
static void put_choice(struct page *page, const struct fmr_field *field, const char *code)
{
	const struct fmr_choice *choices = NULL;
	size_t count = 0;
	if (fmr_field_choices(page->book, field, NULL, &choices, &count) < 0)
		count = 0;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(choices[i].code, code) != 0)
			continue;
		const char *label = fmr_words_in(&choices[i].label, page->language);
		if (!*label || strcmp(label, code) == 0)
			break;
		fmr_print_safe(&page->out, label);
		fmr_print_color(&page->out, page->color, FMR_DIM);
		fmr_str_puts(&page->out, " (");
		fmr_print_safe(&page->out, code);
		fmr_str_putc(&page->out, ')');
		fmr_print_color(&page->out, page->color, FMR_PLAIN);
		return;
	}
	fmr_print_safe(&page->out, code);
}

/* The id of the other record and its title, when it can be read. */
static void put_link(struct page *page, const char *id)
{
	fmr_print_color(&page->out, page->color, FMR_CYAN);
	fmr_print_safe(&page->out, id);
	fmr_print_color(&page->out, page->color, FMR_PLAIN);
	struct fmr_str full, path;
	fmr_str_init(&full);
	fmr_str_init(&path);
	struct fmr_record record;
	if (fmr_id_find(page->book, id, &full, &path, NULL) == 0 && strcmp(full.bytes, id) == 0) {
		struct fmr_findings *faults = fmr_findings_new(1);
		if (fmr_record_read(page->book, path.bytes, &record, faults, NULL) == 0) {
			const char *title = fmr_record_title(&record);
			if (title && *title) {
				fmr_str_putc(&page->out, ' ');
				fmr_print_safe(&page->out, title);
			}
			fmr_record_release(&record);
		}
		fmr_findings_free(faults);
	}
	fmr_str_release(&full);
	fmr_str_release(&path);
}

/* "INC-20261121-7KQ2 Order system down (2026-11-25, power of the same rack)" */
static void put_link_map(struct page *page, const struct fmr_value *value)
{
	struct fmr_link link;
	if (!fmr_link_read(value, &link)) {
		fmr_json_write(&page->out, value);
		return;
	}
	put_link(page, link.to);
	if (!link.on && !link.note)
		return;
	fmr_str_puts(&page->out, " (");
	fmr_print_safe(&page->out, link.on);
	fmr_str_puts(&page->out, link.on && link.note ? ", " : "");
	fmr_print_safe(&page->out, link.note);
	fmr_str_putc(&page->out, ')');
}

static void put_unit(struct page *page, const struct fmr_field *field)
{
	const char *unit = field ? fmr_words_in(&field->unit, page->language) : "";
	if (*unit) {
		fmr_str_putc(&page->out, ' ');
		fmr_print_safe(&page->out, unit);
	}
}

static void put_string(struct page *page, const struct fmr_field *field, const struct fmr_text *text, size_t indent)
{
	if (field && (field->kind == FMR_FIELD_CHOICE || field->values_from)) {
		put_choice(page, field, text->bytes);
	} else if (field && field->kind == FMR_FIELD_LINK) {
		put_link(page, text->bytes);
	} else if (field && field->may_be_unknown && strcmp(text->bytes, "unknown") == 0) {
		fmr_str_puts(&page->out, _("unknown"));
	} else {
		fmr_wrap(&page->out, text->bytes, text->length, indent, page->width);
		put_unit(page, field);
	}
}

/* A word, not a colour alone. */
static void put_suspicion(struct page *page, const struct fmr_value *value)
{
	for (const struct fmr_value *const *suspect = page->suspects; suspect && *suspect; suspect++) {
		if (*suspect != value)
			continue;
		fmr_str_putc(&page->out, ' ');
		fmr_print_color(&page->out, page->color, FMR_YELLOW);
		fmr_print_safe(&page->out, _("[suspect]"));
		fmr_print_color(&page->out, page->color, FMR_PLAIN);
	}
}

static void put_scalar(struct page *page, const struct fmr_field *field, const struct fmr_value *value, size_t indent)
{
	switch (value->kind) {
	case FMR_BOOL:
		fmr_str_puts(&page->out, value->boolean ? _("yes") : _("no"));
		break;
	case FMR_NUMBER:
		fmr_print_safe(&page->out, value->text.bytes);
		put_unit(page, field);
		break;
	case FMR_STRING:
		put_string(page, field, &value->text, indent);
		break;
	case FMR_MAP:
		put_link_map(page, value);
		break;
	default:
		fmr_str_puts(&page->out, "-");
	}
	put_suspicion(page, value);
}

/* ---- lists and maps ---- */

/* Does it stand on one line?  A link does in each of its forms. */
static bool is_line(const struct fmr_field *field, const struct fmr_value *value)
{
	bool link = field && field->kind == FMR_FIELD_LINK;
	return value->kind == FMR_MAP ? link : value->kind != FMR_LIST;
}

static bool is_long(const struct fmr_value *value)
{
	return value->kind == FMR_STRING && memchr(value->text.bytes, '\n', value->text.length);
}

static const struct fmr_field *item_field(const struct fmr_field *list)
{
	return list && list->kind == FMR_FIELD_LIST && list->child_count ? &list->children[0] : NULL;
}

/* A map without a schema of its own: its keys are the labels. */
static void put_plain_map(struct page *page, const struct fmr_value *map, size_t indent)
{
	for (size_t i = 0; i < map->map.count; i++) {
		const struct fmr_field field = { .name = map->map.members[i].key.bytes, .kind = FMR_FIELD_TEXT };
		put_fields(page, &field, 1, map, indent);
	}
}

static void put_map(struct page *page, const struct fmr_field *field, const struct fmr_value *map, size_t indent)
{
	if (field && field->child_count && field->kind == FMR_FIELD_MAP)
		put_fields(page, field->children, field->child_count, map, indent);
	else
		put_plain_map(page, map, indent);
}

/* The first line of an item stands beside its number: what put_map indented gives way to it. */
static void put_item(struct page *page, const struct fmr_field *field, const struct fmr_value *item, size_t number,
	size_t indent)
{
	struct fmr_str mark;
	fmr_str_init(&mark);
	fmr_str_printf(&mark, "%zu. ", number);
	size_t start = page->out.length;
	size_t inner = indent + mark.length;
	if (item->kind == FMR_MAP && item->map.count && !is_line(field, item)) {
		put_map(page, field, item, inner);
		if (page->out.length >= start + inner)
			fmr_str_splice(&page->out, start + indent, mark.length, mark.bytes, mark.length);
	} else {
		fmr_str_repeat(&page->out, ' ', indent);
		fmr_str_puts(&page->out, mark.bytes);
		if (!is_line(field, item))
			fmr_json_write(&page->out, item);
		else
			put_scalar(page, field, item, inner);
		fmr_str_putc(&page->out, '\n');
	}
	fmr_str_release(&mark);
}

/* ---- fields with their labels ---- */

static void put_label(struct page *page, const struct fmr_field *field, size_t indent, size_t width)
{
	const char *label = label_of(page, field);
	fmr_str_repeat(&page->out, ' ', indent);
	fmr_print_color(&page->out, page->color, FMR_BOLD);
	fmr_print_safe(&page->out, label);
	fmr_print_color(&page->out, page->color, FMR_PLAIN);
	size_t used = fmr_text_width(label, strlen(label));
	fmr_str_repeat(&page->out, ' ', used < width ? width - used : 0);
}

static void put_field(struct page *page, const struct fmr_field *field, const struct fmr_value *value, size_t indent,
	size_t label_width)
{
	if (is_line(field, value) && !is_long(value)) {
		put_label(page, field, indent, label_width + INDENT);
		put_scalar(page, field, value, indent + label_width + INDENT);
		fmr_str_putc(&page->out, '\n');
		return;
	}
	put_label(page, field, indent, 0);
	fmr_str_putc(&page->out, '\n');
	if (value->kind == FMR_MAP) {
		put_map(page, field, value, indent + INDENT);
	} else if (value->kind == FMR_LIST) {
		for (size_t i = 0; i < value->list.count; i++)
			put_item(page, item_field(field), value->list.items[i], i + 1, indent + INDENT);
	} else {
		fmr_str_repeat(&page->out, ' ', indent + INDENT);
		fmr_wrap(&page->out, value->text.bytes, value->text.length, indent + INDENT, page->width);
		fmr_str_putc(&page->out, '\n');
	}
}

static bool is_shown(const struct fmr_value *value)
{
	return value && value->kind != FMR_NULL;
}

static void put_fields(struct page *page, const struct fmr_field *fields, size_t count, const struct fmr_value *map,
	size_t indent)
{
	size_t width = 0;
	for (size_t i = 0; i < count; i++) {
		const char *label = label_of(page, &fields[i]);
		size_t columns = fmr_text_width(label, strlen(label));
		const struct fmr_value *value = fmr_value_get(map, fields[i].name);
		if (is_shown(value) && is_line(&fields[i], value) && columns > width && columns <= WIDEST_LABEL)
			width = columns;
	}
	for (size_t i = 0; i < count; i++) {
		const struct fmr_value *value = fmr_value_get(map, fields[i].name);
		if (is_shown(value))
			put_field(page, &fields[i], value, indent, width);
	}
}

/* Fields that the schema does not know are shown too, at the end. */
static void put_strangers(struct page *page, const struct fmr_type *type, const struct fmr_value *map)
{
	for (size_t i = 0; i < map->map.count; i++) {
		const struct fmr_member *member = &map->map.members[i];
		bool known = false;
		for (size_t f = 0; f < type->field_count && !known; f++)
			known = strcmp(type->fields[f].name, member->key.bytes) == 0;
		if (known || !is_shown(member->value))
			continue;
		const struct fmr_field stranger = { .name = member->key.bytes, .kind = FMR_FIELD_TEXT };
		const size_t columns = fmr_text_width(member->key.bytes, member->key.length);
		put_field(page, &stranger, member->value, 0, columns <= WIDEST_LABEL ? columns : 0);
	}
}

static void put_heading(struct page *page, const struct fmr_record *record)
{
	fmr_print_color(&page->out, page->color, FMR_BOLD);
	fmr_print_safe(&page->out, record->id);
	fmr_print_color(&page->out, page->color, FMR_PLAIN);
	const char *title = record->root ? fmr_record_title(record) : "";
	if (title && *title) {
		fmr_str_puts(&page->out, "  ");
		fmr_print_safe(&page->out, title);
	}
	fmr_str_putc(&page->out, '\n');
	if (record->type) {
		fmr_print_safe(&page->out, fmr_words_in(&record->type->label, page->language));
		fmr_str_puts(&page->out, "  ");
	}
	fmr_print_color(&page->out, page->color, FMR_DIM);
	fmr_print_safe(&page->out, record->path);
	fmr_print_color(&page->out, page->color, FMR_PLAIN);
	fmr_str_puts(&page->out, "\n\n");
}

static void put_text(struct page *page, const struct fmr_record *record)
{
	put_heading(page, record);
	if (!record->root || record->root->kind != FMR_MAP || !record->type) {
		fmr_text_escape(&page->out, record->text, record->length, true);
		return;
	}
	put_fields(page, record->type->fields, record->type->field_count, record->root, 0);
	put_strangers(page, record->type, record->root);
}

/* Exact bytes for programs; a terminal, which has a width, gets them made safe. */
static void put_exact(struct page *page, const char *bytes, size_t length)
{
	if (page->width)
		fmr_text_escape(&page->out, bytes, length, true);
	else
		fmr_str_add(&page->out, bytes, length);
}

static void put_json(struct page *page, const struct fmr_record *record)
{
	struct fmr_str json;
	fmr_str_init(&json);
	if (record->root)
		fmr_json_write(&json, record->root);
	else
		fmr_str_puts(&json, "null");
	fmr_str_putc(&json, '\n');
	put_exact(page, json.bytes, json.length);
	fmr_str_release(&json);
}

void fmr_render_record(FILE *out, struct fmr_book *book, const struct fmr_record *record,
	enum fmr_record_format format, const struct fmr_record_style *style)
{
	struct page page = { .book = book, .language = style->language, .color = style->color, .width = style->width,
		.suspects = style->suspects };
	fmr_str_init(&page.out);
	switch (format) {
	case FMR_RECORD_TEXT:
		put_text(&page, record);
		break;
	case FMR_RECORD_YAML:
		put_exact(&page, record->text, record->length);
		break;
	case FMR_RECORD_JSON:
		put_json(&page, record);
		break;
	}
	fmr_print_out(out, &page.out);
}
