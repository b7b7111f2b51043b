#include "render/difference.h"

#include "base/i18n.h"
#include "base/sequence.h"
#include "base/text.h"
#include "base/vec.h"
#include "json/json.h"
#include "render/print.h"

#include <stdlib.h>
#include <string.h>

enum {
	SHORT = 40,       /* columns of a value that is shown whole */
	UNCUT = 1 << 20,  /* columns of a line where nothing is cut */
	BRIEF = 120,      /* ... of a line in brief, when no terminal sets the width */
	BRIEF_LINES = 6,  /* changed lines of a text in brief */
	BRIEF_ROOM = 24,  /* columns of what did not change between what did, in brief */
	MOST_NAMES = 8,   /* of fields of a new record */
	STEP = 4,         /* indentation of the lines of a text */
};

struct page {
	struct fmr_str *out;
	const struct fmr_deltas_style *style;
};

/* ---- what a path is called ---- */

void fmr_render_path(struct fmr_str *out, const struct fmr_type *type, enum fmr_language language, const char *path)
{
	struct fmr_str above;
	fmr_str_init(&above);
	const struct fmr_field *list = NULL;
	for (const char *part = path; *part;) {
		size_t length = strcspn(part, ".");
		fmr_str_printf(&above, "%s%.*s", above.length ? "." : "", (int)length, part);
		const struct fmr_field *field = type ? fmr_type_field(type, above.bytes) : NULL;
		const char *label = field ? fmr_words_in(&field->label, language) : "";
		if (list && strspn(part, "0123456789") >= length) {
			fmr_str_printf(out, " %ld", strtol(part, NULL, 10) + 1);
		} else {
			fmr_str_puts(out, part == path ? "" : " › ");
			if (*label)
				fmr_print_safe(out, label);
			else
				fmr_text_escape(out, part, length, false);
		}
		list = field && field->kind == FMR_FIELD_LIST ? field : NULL;
		part += length + (part[length] == '.');
	}
	fmr_str_release(&above);
}

/* ---- lines ---- */

static void put_sign(const struct page *page, size_t indent, char sign)
{
	fmr_str_repeat(page->out, ' ', page->style->indent + indent);
	fmr_print_color(page->out, page->style->color,
		sign == '+' ? FMR_GREEN : sign == '-' ? FMR_RED : FMR_YELLOW);
	fmr_str_putc(page->out, sign);
	fmr_print_color(page->out, page->style->color, FMR_PLAIN);
	fmr_str_putc(page->out, ' ');
}

static void put_name(const struct page *page, const struct fmr_delta *delta, char sign)
{
	put_sign(page, 0, sign);
	fmr_print_color(page->out, page->style->color, FMR_BOLD);
	fmr_render_path(page->out, page->style->type, page->style->reader.language, delta->path);
	fmr_print_color(page->out, page->style->color, FMR_PLAIN);
}

/* Columns left on the line that begins at `start`. */
static size_t room_from(const struct page *page, size_t start)
{
	const struct fmr_deltas_style *style = page->style;
	size_t width = style->brief && !style->width ? BRIEF : style->brief ? style->width : UNCUT;
	size_t used = fmr_text_width(page->out->bytes + start, page->out->length - start);
	return width > used + SHORT / 2 ? width - used : SHORT / 2;
}

/* ---- long texts ---- */

struct lines {
	FMR_VEC(struct fmr_text) list;
};

static void split(struct lines *lines, const struct fmr_text *text)
{
	const char *at = text->bytes, *end = at + text->length;
	while (at < end) {
		const char *feed = memchr(at, '\n', (size_t)(end - at));
		const char *stop = feed ? feed : end;
		FMR_VEC_PUSH(&lines->list, ((struct fmr_text){ at, (size_t)(stop - at) }));
		at = stop + 1;
	}
}

static bool same_line(const void *context, size_t a, size_t b)
{
	const struct lines *both = context;
	const struct fmr_text x = both[0].list.items[a], y = both[1].list.items[b];
	return x.length == y.length && (!x.length || memcmp(x.bytes, y.bytes, x.length) == 0);
}

struct text_page {
	const struct page *page;
	const struct lines *both; /* before, after */
	size_t shown, hidden;
};

static bool is_full(struct text_page *text)
{
	bool full = text->page->style->brief && text->shown >= BRIEF_LINES;
	text->hidden += full;
	text->shown += !full;
	return full;
}

static void put_line(struct text_page *text, char sign, struct fmr_text line)
{
	if (is_full(text))
		return;
	const struct page *page = text->page;
	size_t start = page->out->length;
	put_sign(page, STEP, sign);
	const size_t room = room_from(page, start);
	const size_t fit = fmr_text_fit(line.bytes, line.length, room);
	fmr_text_escape(page->out, line.bytes, fit, false);
	fmr_str_puts(page->out, fit < line.length ? "…\n" : "\n");
}

/* A line that became another one: once, with the words that changed. */
static bool put_pair(struct text_page *text, struct fmr_text before, struct fmr_text after)
{
	const struct page *page = text->page;
	struct fmr_str words;
	fmr_str_init(&words);
	bool alike = fmr_render_words(&words, before, after, page->style->brief ? BRIEF_ROOM : 0, page->style->color);
	if (alike && !is_full(text)) {
		put_sign(page, STEP, '~');
		fmr_str_add(page->out, words.bytes, words.length);
		fmr_str_putc(page->out, '\n');
	}
	fmr_str_release(&words);
	return alike;
}

/* Lines [a, a_end) of the one became [b, b_end) of the other. */
static void put_change(struct text_page *text, size_t a, size_t a_end, size_t b, size_t b_end)
{
	const struct fmr_text *before = text->both[0].list.items, *after = text->both[1].list.items;
	for (; a < a_end && b < b_end; a++, b++)
		if (!put_pair(text, before[a], after[b])) {
			put_line(text, '-', before[a]);
			put_line(text, '+', after[b]);
		}
	for (; a < a_end; a++)
		put_line(text, '-', before[a]);
	for (; b < b_end; b++)
		put_line(text, '+', after[b]);
}

static void put_gap(struct text_page *text)
{
	if (text->shown && !text->hidden) {
		fmr_str_repeat(text->page->out, ' ', text->page->style->indent + STEP);
		fmr_str_puts(text->page->out, "…\n");
	}
}

static void put_text(const struct page *page, const struct fmr_text *before, const struct fmr_text *after)
{
	struct lines both[2] = { 0 };
	split(&both[0], before);
	split(&both[1], after);
	const size_t count_a = both[0].list.count, count_b = both[1].list.count;
	size_t *match = fmr_alloc_zero(count_a + 1, sizeof(*match));
	fmr_sequence_match(count_a, count_b, same_line, both, match);
	match[count_a] = count_b;
	struct text_page text = { .page = page, .both = both };
	for (size_t a = 0, b = 0, from = 0; a <= count_a; a++) {
		if (match[a] == FMR_UNMATCHED)
			continue;
		if (from < a || b < match[a]) {
			if (from)
				put_gap(&text);
			put_change(&text, from, a, b, match[a]);
		}
		from = a + 1;
		b = match[a] + 1;
	}
	if (text.hidden) {
		fmr_str_repeat(page->out, ' ', page->style->indent + STEP);
		fmr_str_printf(page->out, Q_("… %zu more line\n", "… %zu more lines\n", text.hidden), text.hidden);
	} else if (!text.shown) {
		fmr_str_repeat(page->out, ' ', page->style->indent + STEP);
		fmr_str_printf(page->out, "%s\n", _("(only line ends at the end)"));
	}
	free(match);
	FMR_VEC_RELEASE(&both[0].list);
	FMR_VEC_RELEASE(&both[1].list);
}

/* ---- values ---- */

static bool is_long(const struct fmr_value *value)
{
	return value->kind == FMR_STRING &&
		(memchr(value->text.bytes, '\n', value->text.length) || value->text.length > SHORT * 4 ||
			fmr_text_width(value->text.bytes, value->text.length) > SHORT);
}

static void put_value(const struct page *page, const struct fmr_delta *delta, const struct fmr_value *value, size_t start)
{
	fmr_render_value(page->out, &page->style->reader, delta->field, value, room_from(page, start));
}

static void put_changed(const struct page *page, const struct fmr_delta *delta)
{
	const struct fmr_value *before = delta->before, *after = delta->after;
	size_t start = page->out->length;
	put_name(page, delta, '~');
	if (before->kind == FMR_STRING && after->kind == FMR_STRING && (is_long(before) || is_long(after))) {
		fmr_str_putc(page->out, '\n');
		put_text(page, &before->text, &after->text);
		return;
	}
	fmr_str_puts(page->out, ": ");
	put_value(page, delta, before, start);
	fmr_str_puts(page->out, " → ");
	put_value(page, delta, after, start);
	fmr_str_putc(page->out, '\n');
}

/* Everything that came or went with a map, each member on a line. */
static void put_members(const struct page *page, const struct fmr_delta *delta, const struct fmr_value *map, char sign)
{
	for (size_t i = 0; i < map->map.count; i++) {
		const struct fmr_member *member = &map->map.members[i];
		const struct fmr_field *field = fmr_field_child(delta->field, member->key.bytes);
		const char *label = field ? fmr_words_in(&field->label, page->style->reader.language) : "";
		put_sign(page, STEP, sign);
		if (*label)
			fmr_print_safe(page->out, label);
		else
			fmr_text_escape(page->out, member->key.bytes, member->key.length, false);
		fmr_str_puts(page->out, ": ");
		fmr_render_value(page->out, &page->style->reader, field, member->value, UNCUT);
		fmr_str_putc(page->out, '\n');
	}
}

static void put_whole(const struct page *page, const struct fmr_delta *delta, const struct fmr_value *value, char sign)
{
	const bool brief = page->style->brief;
	size_t start = page->out->length;
	put_name(page, delta, sign);
	if (!brief && value->kind == FMR_STRING && memchr(value->text.bytes, '\n', value->text.length)) {
		static const struct fmr_text nothing = { "", 0 };
		fmr_str_putc(page->out, '\n');
		put_text(page, sign == '+' ? &nothing : &value->text, sign == '+' ? &value->text : &nothing);
	} else if (!brief && value->kind == FMR_MAP && value->map.count) {
		fmr_str_putc(page->out, '\n');
		put_members(page, delta, value, sign);
	} else {
		fmr_str_puts(page->out, ": ");
		put_value(page, delta, value, start);
		fmr_str_putc(page->out, '\n');
	}
}

static void put_moved(const struct page *page, const struct fmr_delta *delta)
{
	size_t start = page->out->length;
	put_name(page, delta, '>');
	fmr_str_printf(page->out, _(" (was %zu): "), delta->from + 1);
	put_value(page, delta, delta->after, start);
	fmr_str_putc(page->out, '\n');
}

void fmr_render_deltas(struct fmr_str *out, const struct fmr_deltas *deltas, const struct fmr_deltas_style *style)
{
	const struct page page = { out, style };
	for (size_t i = 0; i < deltas->count; i++) {
		const struct fmr_delta *delta = &deltas->items[i];
		switch (delta->kind) {
		case FMR_DELTA_ADDED:
			put_whole(&page, delta, delta->after, '+');
			break;
		case FMR_DELTA_REMOVED:
			put_whole(&page, delta, delta->before, '-');
			break;
		case FMR_DELTA_CHANGED:
			put_changed(&page, delta);
			break;
		case FMR_DELTA_MOVED:
			put_moved(&page, delta);
			break;
		}
	}
}

void fmr_render_delta_names(struct fmr_str *out, const struct fmr_deltas *deltas, const struct fmr_deltas_style *style)
{
	const struct page page = { out, style };
	put_sign(&page, 0, '+');
	for (size_t i = 0; i < deltas->count && i < MOST_NAMES; i++) {
		fmr_str_puts(out, i ? ", " : "");
		fmr_render_path(out, style->type, style->reader.language, deltas->items[i].path);
	}
	if (deltas->count > MOST_NAMES)
		fmr_str_printf(out, _(", and %zu more"), deltas->count - MOST_NAMES);
	fmr_str_putc(out, '\n');
}

/* ---- for programs ---- */

void fmr_render_deltas_json(struct fmr_str *out, const struct fmr_deltas *deltas)
{
	static const char *const operations[] = { [FMR_DELTA_ADDED] = "add", [FMR_DELTA_REMOVED] = "remove",
		[FMR_DELTA_CHANGED] = "change", [FMR_DELTA_MOVED] = "move" };
	fmr_str_putc(out, '[');
	for (size_t i = 0; i < deltas->count; i++) {
		const struct fmr_delta *delta = &deltas->items[i];
		bool first = true;
		fmr_str_puts(out, i ? ",{" : "{");
		fmr_print_member(out, &first, "op", operations[delta->kind]);
		fmr_print_member(out, &first, "path", delta->path);
		if (delta->kind == FMR_DELTA_MOVED) {
			fmr_print_member_number(out, &first, "from", delta->from);
			fmr_print_member_number(out, &first, "to", delta->to);
		} else {
			if (delta->before) {
				fmr_print_key(out, &first, "old");
				fmr_json_write(out, delta->before);
			}
			if (delta->after) {
				fmr_print_key(out, &first, "new");
				fmr_json_write(out, delta->after);
			}
		}
		fmr_str_putc(out, '}');
	}
	fmr_str_putc(out, ']');
}
