/*
 * Two steps: the type's layout and the record become lines of boxes, as many
 * as there are; then the lines become pages.
 */
#include "render/form.h"

#include "base/i18n.h"
#include "base/text.h"
#include "base/vec.h"
#include "render/line.h"
#include "render/print.h"
#include "render/wrap.h"

#include <stdlib.h>
#include <string.h>

enum {
	PAGE_WIDTH = 80, PAGE_LINES = 64, HEAD_LINES = 2,
	LABEL_WIDTH = 16, /* fmr_wrap makes nothing narrower */
	MOST_BOXES = 6,   /* more choices than this are not printed all */
	BLANK_TEXT = 3, BLANK_LIST = 2, BLANK_ROOM = 10, /* of a blank form: lines to write on, columns of a name */
	CELLS = 4,        /* label and value, twice */
	UNCUT = 4096,
};

/* A line of the page: the texts of its cells, or with no cell a rule. */
struct line {
	char *cells[CELLS];
	size_t cell_count, widths[CELLS];
	bool keep; /* not the last line of a page */
};

struct sheet {
	const struct fmr_form *form;
	size_t width; /* of the box that is being filled */
	FMR_VEC(struct line) lines;
};

/* ---- what stands in a box ---- */

static const char *label_of(const struct sheet *sheet, const struct fmr_field *field)
{
	const char *label = fmr_words_in(&field->label, sheet->form->language);
	return *label ? label : field->name;
}

static size_t width_of(const char *text)
{
	return fmr_text_width(text, strlen(text));
}

/* "Name 佐藤 花子", on the same line as what stands there when it fits. */
static void put_named(const struct sheet *sheet, struct fmr_str *out, const char *name, const char *value)
{
	const char *feed = strrchr(out->bytes, '\n'), *line = feed ? feed + 1 : out->bytes;
	if (*line && width_of(line) + 2 + width_of(name) + 1 + (value ? width_of(value) : BLANK_ROOM) > sheet->width)
		fmr_str_putc(out, '\n');
	else if (*line)
		fmr_str_puts(out, "  ");
	fmr_str_puts(out, name);
	fmr_str_putc(out, ' ');
	if (value)
		fmr_str_puts(out, value);
	else
		fmr_str_repeat(out, '_', BLANK_ROOM);
}

static bool belongs(const struct fmr_form_signature *signature, const struct fmr_field *box)
{
	return strcmp(signature->transition, box->signed_by) == 0 &&
		(!box->signed_as || (signature->meaning && strcmp(signature->meaning, box->signed_as) == 0));
}

/* The number of a person is not for paper where the name stands beside it: in this map, or in its room when there is none. */
static bool is_named_beside(const struct sheet *sheet, const struct fmr_field *group, const struct fmr_field *child,
	const struct fmr_value *map)
{
	for (const char *const *to = child->link->to; *to; to++) {
		const struct fmr_type *type = NULL;
		if (fmr_book_type(sheet->form->book, *to, &type, NULL, NULL) < 0 || !type || !type->identity.name)
			return false;
		if (map ? !fmr_value_get(map, type->identity.name) : !fmr_field_child(group, type->identity.name))
			return false;
	}
	return true;
}

/* What a person writes on by hand: the names of what a map asks for, and room behind each. */
static void put_names(const struct sheet *sheet, const struct fmr_field *field, struct fmr_str *out)
{
	size_t count = 0;
	const struct fmr_field *children = fmr_field_children(field, &count);
	for (size_t i = 0; i < count; i++) {
		const struct fmr_field *child = &children[i];
		if (child->kind != FMR_FIELD_MAP && !(child->kind == FMR_FIELD_LINK && is_named_beside(sheet, field, child, NULL)))
			put_named(sheet, out, label_of(sheet, child), NULL);
	}
}

/* Exactly what was verified; a box that nobody signed stays empty, whatever the text of the record says. */
static void put_signatures(const struct sheet *sheet, const struct fmr_field *field, struct fmr_str *out)
{
	const struct fmr_form *form = sheet->form;
	size_t found = 0;
	for (size_t i = 0; i < form->signature_count; i++) {
		const struct fmr_form_signature *signature = &form->signatures[i];
		if (!belongs(signature, field))
			continue;
		fmr_str_puts(out, found++ ? "\n" : "");
		const char *const parts[][2] = { { _("Name"), signature->name }, { _("Department"), signature->department },
			{ _("Role"), signature->role }, { _("Date"), signature->date }, { _("Contact"), signature->contact } };
		for (size_t part = 0; part < sizeof(parts) / sizeof(*parts); part++)
			if (parts[part][1])
				put_named(sheet, out, parts[part][0], parts[part][1]);
		if (signature->note)
			fmr_str_printf(out, "\n%s", signature->note);
	}
	if (!found)
		put_names(sheet, field, out);
}

/* "2026-11-21T03:12:00+09:00" as "2026-11-21 03:12 +09:00"; seconds only where they say something. */
static void put_time(const char *text, struct fmr_str *out)
{
	if (strlen(text) < sizeof("2026-11-21T03:12:00") || text[10] != 'T') {
		fmr_str_puts(out, text);
		return;
	}
	const char *behind = text + strlen("2026-11-21T03:12");
	const char *zone = strncmp(behind, ":00", 3) == 0 && behind[3] != '.' ? behind + 3 : behind + strcspn(behind, "Z+-");
	fmr_str_printf(out, "%.10s %.*s", text, (int)(behind - text) - 11, text + 11);
	if (zone != behind + 3)
		fmr_str_add(out, behind, (size_t)(zone - behind));
	fmr_str_printf(out, " %s", zone);
}

static void put_plain(const struct sheet *sheet, const struct fmr_field *field, const struct fmr_value *value,
	struct fmr_str *out)
{
	const struct fmr_words_for reader = { sheet->form->book, sheet->form->language };
	if (value->kind == FMR_STRING && field && field->kind == FMR_FIELD_TIME)
		put_time(value->text.bytes, out);
	else if (value->kind == FMR_STRING && field && field->kind == FMR_FIELD_TEXT && !field->values_from)
		fmr_str_add(out, value->text.bytes, value->text.length);
	else
		fmr_render_value(out, &reader, field, value, UNCUT);
}

/* A box for each choice, the one that is meant ticked; false when there are too many of them. */
static bool put_choices(const struct sheet *sheet, const struct fmr_field *field, const struct fmr_value *value,
	struct fmr_str *out)
{
	const struct fmr_choice *choices = NULL;
	size_t count = 0;
	if (fmr_field_choices(sheet->form->book, field, NULL, &choices, &count) < 0 || !count || count > MOST_BOXES)
		return false;
	for (size_t i = 0; i < count; i++) {
		const char *label = fmr_words_in(&choices[i].label, sheet->form->language);
		fmr_str_printf(out, "%s%s %s", i ? "   " : "", fmr_value_is(value, choices[i].code) ? "☑" : "☐",
			*label ? label : choices[i].code);
	}
	return true;
}

/* "INC-20261121-7KQ2 Order system down" */
static void put_link(const struct sheet *sheet, const char *id, struct fmr_str *out)
{
	struct fmr_str full, path;
	fmr_str_init(&full);
	fmr_str_init(&path);
	struct fmr_record record;
	fmr_str_puts(out, id);
	if (fmr_id_find(sheet->form->book, id, &full, &path, NULL) == 0 && strcmp(full.bytes, id) == 0) {
		struct fmr_findings *faults = fmr_findings_new(1);
		if (fmr_record_read(sheet->form->book, path.bytes, &record, faults, NULL) == 0) {
			const char *title = record.root && record.type ? fmr_record_title(&record) : "";
			fmr_str_printf(out, "%s%s", *title ? " " : "", title);
			fmr_record_release(&record);
		}
		fmr_findings_free(faults);
	}
	fmr_str_release(&path);
	fmr_str_release(&full);
}

static void put_value(const struct sheet *sheet, const struct fmr_field *field, const struct fmr_value *value,
	struct fmr_str *out);

/* The boxes inside a map, each on lines of its own; the text of the record is not looked at. */
static void put_boxes(const struct sheet *sheet, const struct fmr_field *field, struct fmr_str *out)
{
	size_t count = 0;
	const struct fmr_field *children = field ? fmr_field_children(field, &count) : NULL;
	for (size_t i = 0; i < count; i++) {
		if (!children[i].signed_by)
			continue;
		struct fmr_str text;
		fmr_str_init(&text);
		put_signatures(sheet, &children[i], &text);
		fmr_str_printf(out, "%s%s\n%s", out->length ? "\n" : "", label_of(sheet, &children[i]), text.bytes);
		fmr_str_release(&text);
	}
}

static void put_map(const struct sheet *sheet, const struct fmr_field *field, const struct fmr_value *map,
	struct fmr_str *out)
{
	for (size_t i = 0; i < map->map.count; i++) {
		const struct fmr_member *member = &map->map.members[i];
		const struct fmr_field *child = fmr_field_child(field, member->key.bytes);
		if (child && (child->signed_by || (child->kind == FMR_FIELD_LINK && is_named_beside(sheet, field, child, map))))
			continue;
		struct fmr_str value;
		fmr_str_init(&value);
		put_value(sheet, child, member->value, &value);
		put_named(sheet, out, child ? label_of(sheet, child) : member->key.bytes, value.bytes);
		fmr_str_release(&value);
	}
	put_boxes(sheet, field, out);
}

static void put_list(const struct sheet *sheet, const struct fmr_field *field, const struct fmr_value *list,
	struct fmr_str *out)
{
	const struct fmr_field *item = field && field->kind == FMR_FIELD_LIST && field->child_count ? field->children : NULL;
	struct sheet narrower = { .form = sheet->form, .width = sheet->width - strlen("1. ") };
	for (size_t i = 0; i < list->list.count; i++) {
		struct fmr_str text;
		fmr_str_init(&text);
		put_value(&narrower, item, list->list.items[i], &text);
		fmr_str_printf(out, "%s%zu. %s", i ? "\n" : "", i + 1, text.bytes);
		fmr_str_release(&text);
	}
}

static void put_value(const struct sheet *sheet, const struct fmr_field *field, const struct fmr_value *value,
	struct fmr_str *out)
{
	const char *to = field && field->kind == FMR_FIELD_LINK ? fmr_link_target(value) : NULL;
	if (to)
		put_link(sheet, to, out);
	else if (value->kind == FMR_MAP)
		put_map(sheet, field, value, out);
	else if (value->kind == FMR_LIST)
		put_list(sheet, field, value, out);
	else
		put_plain(sheet, field, value, out);
}

/* An empty box of a form: the names of what is asked, or lines to write on. */
static void put_room(const struct sheet *sheet, const struct fmr_field *field, struct fmr_str *out)
{
	const bool blank = !sheet->form->record;
	if (field->kind == FMR_FIELD_LIST && field->child_count && field->children->kind == FMR_FIELD_MAP) {
		for (size_t i = 0; i < (blank ? BLANK_LIST : 1); i++) {
			fmr_str_puts(out, i ? "\n" : "");
			put_room(sheet, field->children, out);
		}
	} else if (field->kind == FMR_FIELD_MAP) {
		put_names(sheet, field, out);
		put_boxes(sheet, field, out);
	} else if (blank && (field->multiline || field->kind == FMR_FIELD_LIST)) {
		fmr_str_repeat(out, '\n', BLANK_TEXT);
	}
}

static void put_content(const struct sheet *sheet, const struct fmr_field *field, const char *path, struct fmr_str *out)
{
	const struct fmr_record *record = sheet->form->record;
	const struct fmr_value *value = record && record->root ? fmr_value_at(record->root, path) : NULL;
	if (field->signed_by)
		put_signatures(sheet, field, out);
	else if ((field->kind == FMR_FIELD_CHOICE || field->values_from) && put_choices(sheet, field, value, out))
		return;
	else if (value && value->kind != FMR_NULL)
		put_value(sheet, field, value, out);
	else
		put_room(sheet, field, out);
}

/* ---- lines ---- */

static char *take_line(const char **text)
{
	const char *start = *text;
	const size_t length = start ? strcspn(start, "\n") : 0;
	*text = start && start[length] ? start + length + 1 : NULL;
	return fmr_strndup(start ? start : "", length);
}

/* Text without tabs, which would not be as wide as they are counted, folded to the width of its cell. */
static void fold(struct fmr_str *text, size_t width)
{
	struct fmr_str folded;
	fmr_str_init(&folded);
	for (char *tab = text->bytes; (tab = strchr(tab, '\t'));)
		*tab = ' ';
	if (text->length && text->bytes[strspn(text->bytes, "\n")])
		fmr_wrap(&folded, text->bytes, text->length, 0, width);
	else
		fmr_str_puts(&folded, text->bytes); /* room to write */
	fmr_str_release(text);
	*text = folded;
}

static void add_rule(struct sheet *sheet, bool keep)
{
	FMR_VEC_PUSH(&sheet->lines, ((struct line){ .keep = keep }));
}

/* As many lines as the longest cell has. */
static void add_cells(struct sheet *sheet, const struct fmr_str *texts, const size_t *widths, size_t count, bool keep)
{
	const char *rest[CELLS];
	bool more = true;
	for (size_t i = 0; i < count; i++)
		rest[i] = texts[i].bytes;
	while (more) {
		struct line line = { .cell_count = count, .keep = keep };
		more = false;
		for (size_t i = 0; i < count; i++) {
			line.widths[i] = widths[i];
			line.cells[i] = take_line(&rest[i]);
			more |= rest[i] != NULL;
		}
		FMR_VEC_PUSH(&sheet->lines, line);
	}
}

/* Borders and the blanks beside them take 3 columns a cell and one at the end. */
static void choose_widths(size_t fields, size_t widths[CELLS])
{
	const size_t all = PAGE_WIDTH - 1 - 2 * 3 * fields - fields * LABEL_WIDTH;
	for (size_t i = 0; i < fields; i++) {
		widths[2 * i] = LABEL_WIDTH;
		widths[2 * i + 1] = i + 1 < fields ? all / fields : all - all / fields * (fields - 1);
	}
}

static void add_row(struct sheet *sheet, const char *const *paths)
{
	struct fmr_str texts[CELLS] = { 0 };
	const struct fmr_field *fields[CELLS / 2];
	size_t widths[CELLS] = { 0 }, count = 0;
	for (; paths[count] && count < CELLS / 2; count++)
		fields[count] = fmr_type_field(sheet->form->type, paths[count]);
	choose_widths(count, widths);
	for (size_t i = 0; i < count; i++) {
		sheet->width = widths[2 * i + 1];
		fmr_str_init(&texts[2 * i]);
		fmr_str_init(&texts[2 * i + 1]);
		fmr_str_puts(&texts[2 * i], fields[i] ? label_of(sheet, fields[i]) : paths[i]);
		if (fields[i])
			put_content(sheet, fields[i], paths[i], &texts[2 * i + 1]);
		fold(&texts[2 * i], widths[2 * i]);
		fold(&texts[2 * i + 1], widths[2 * i + 1]);
	}
	add_cells(sheet, texts, widths, 2 * count, false);
	for (size_t i = 0; i < 2 * count; i++)
		fmr_str_release(&texts[i]);
	add_rule(sheet, false);
}

/* The name of a block stays with its first row. */
static void add_heading(struct sheet *sheet, const char *label)
{
	static const size_t widths[] = { PAGE_WIDTH - 4 };
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_print_safe(&text, label);
	fold(&text, widths[0]);
	add_cells(sheet, &text, widths, 1, true);
	add_rule(sheet, true);
	fmr_str_release(&text);
}

/* Of a type without a layout: what its template asks for, and what else the record holds. */
static bool is_asked(const struct sheet *sheet, const struct fmr_field *field)
{
	const struct fmr_record *record = sheet->form->record;
	const struct fmr_value *value = record ? fmr_value_get(record->root, field->name) : NULL;
	return field->in_template || field->signed_by || (value && value->kind != FMR_NULL && !field->cosmetic);
}

static void add_blocks(struct sheet *sheet)
{
	const struct fmr_type *type = sheet->form->type;
	add_rule(sheet, true);
	for (size_t i = 0; i < type->block_count; i++) {
		add_heading(sheet, fmr_words_in(&type->blocks[i].label, sheet->form->language));
		for (const char *const *const *row = type->blocks[i].rows; *row; row++)
			add_row(sheet, *row);
	}
	if (type->block_count)
		return;
	add_heading(sheet, fmr_words_in(&type->label, sheet->form->language));
	for (size_t i = 0; i < type->field_count; i++) {
		const char *const row[] = { type->fields[i].path, NULL };
		if (is_asked(sheet, &type->fields[i]))
			add_row(sheet, row);
	}
}

/* ---- pages ---- */

/* Does a border of the line cross this column? */
static bool has_border(const struct line *line, size_t column)
{
	size_t at = 0;
	for (size_t i = 0; line && i < line->cell_count; i++) {
		if (column == at)
			return true;
		at += line->widths[i] + 3;
	}
	return line && column == at;
}

/* The rule between two lines; NULL: there is none. */
static void put_rule(struct fmr_str *out, const struct line *above, const struct line *below)
{
	static const char *const joints[2][2] = { { "─", "┬" }, { "┴", "┼" } };
	static const char *const left[2][2] = { { "─", "┌" }, { "└", "├" } };
	static const char *const right[2][2] = { { "─", "┐" }, { "┘", "┤" } };
	for (size_t column = 0; column < PAGE_WIDTH; column++) {
		const bool up = has_border(above, column), down = has_border(below, column);
		if (column == 0)
			fmr_str_puts(out, left[up][down]);
		else if (column + 1 == PAGE_WIDTH)
			fmr_str_puts(out, right[up][down]);
		else
			fmr_str_puts(out, joints[up][down]);
	}
	fmr_str_putc(out, '\n');
}

static void put_line(struct fmr_str *out, const struct line *line)
{
	for (size_t i = 0; i < line->cell_count; i++) {
		const size_t used = width_of(line->cells[i]);
		fmr_str_printf(out, "│ %s", line->cells[i]);
		fmr_str_repeat(out, ' ', (used < line->widths[i] ? line->widths[i] - used : 0) + 1);
	}
	fmr_str_puts(out, "│\n");
}

/* The title, and on the right whose form this is. */
static void put_head(struct fmr_str *out, const struct fmr_form *form, size_t page, size_t pages)
{
	const char *title = fmr_words_in(&form->type->title, form->language);
	struct fmr_str line;
	fmr_str_init(&line);
	fmr_print_safe(out, *title ? title : fmr_words_in(&form->type->label, form->language));
	fmr_str_putc(out, '\n');
	fmr_print_safe(&line, form->record ? form->record->id : "");
	fmr_str_printf(&line, "  %zu/%zu", page, pages);
	const size_t width = width_of(line.bytes);
	fmr_str_repeat(out, ' ', width < PAGE_WIDTH ? PAGE_WIDTH - width : 0);
	fmr_str_printf(out, "%s\n", line.bytes);
	fmr_str_release(&line);
}

/* How many lines from this one on make a page; the rules that end and begin pages are not counted. */
static size_t page_length(const struct sheet *sheet, size_t start)
{
	const size_t room = PAGE_LINES - HEAD_LINES - 2, left = sheet->lines.count - start;
	if (left <= room + 1)
		return left;
	size_t count = room;
	while (count > 1 && sheet->lines.items[start + count - 1].keep)
		count--;
	return count > 1 ? count : room;
}

static const struct line *content(const struct sheet *sheet, size_t index)
{
	return index < sheet->lines.count && sheet->lines.items[index].cell_count ? &sheet->lines.items[index] : NULL;
}

static void put_page(struct fmr_str *out, const struct sheet *sheet, size_t start, size_t end)
{
	if (content(sheet, start)) /* a row goes on, or begins, on this page */
		put_rule(out, NULL, content(sheet, start));
	for (size_t i = start; i < end; i++) {
		const struct line *line = &sheet->lines.items[i];
		if (line->cell_count)
			put_line(out, line);
		else
			put_rule(out, i > start ? content(sheet, i - 1) : NULL, i + 1 < end ? content(sheet, i + 1) : NULL);
	}
	if (content(sheet, end - 1))
		put_rule(out, content(sheet, end - 1), NULL);
}

static void put_pages(struct fmr_str *out, const struct sheet *sheet)
{
	size_t pages = 0, page = 0;
	for (size_t start = 0; start < sheet->lines.count; pages++)
		start += page_length(sheet, start);
	for (size_t start = 0, length; start < sheet->lines.count; start += length) {
		length = page_length(sheet, start);
		fmr_str_puts(out, page++ ? "\f" : "");
		put_head(out, sheet->form, page, pages);
		/* a rule at the top would only double the one that ended the page before */
		const bool doubled = start && !content(sheet, start) && length > 1;
		put_page(out, sheet, start + doubled, start + length);
	}
}

void fmr_render_form(FILE *out, const struct fmr_form *form)
{
	struct sheet sheet = { .form = form };
	struct fmr_str pages;
	fmr_str_init(&pages);
	add_blocks(&sheet);
	put_pages(&pages, &sheet);
	for (size_t i = 0; i < sheet.lines.count; i++)
		for (size_t cell = 0; cell < sheet.lines.items[i].cell_count; cell++)
			free(sheet.lines.items[i].cells[cell]);
	FMR_VEC_RELEASE(&sheet.lines);
	fmr_print_out(out, &pages);
}
