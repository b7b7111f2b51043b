#include "yaml/emit.h"
#include "yaml/scalar.h"
#include "yaml/yaml.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum {
	LONG_TEXT = 80,  /* columns from which a text gets a block of its own */
	LONG_KEY = 400,  /* bytes; YAML ends implicit keys at 1024 characters */
	LARGEST_STEP = 9,  /* an indentation indicator has one digit */
};

/* ---- what a text allows ---- */

/* What decides about the style of a text, found in one pass. */
struct shape {
	bool unprintable;  /* only double quotes can say it */
	bool lines;        /* holds LF */
	bool tabs;
	bool flow_marks;   /* , [ ] { } ? */
	bool colon;        /* ": ", or ":" at the end */
	bool comment;      /* " #" */
	bool single_quote, double_quote, backslash;
	bool spaces_at_line_start;
};

/* Characters that cannot stand in a text as they are, or that some reader takes for a line end. */
static bool is_unprintable(uint32_t c)
{
	return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 ||
		c == 0xFEFF || c == 0xFFFE || c == 0xFFFF;
}

static void note_ascii(struct shape *shape, char before, char c, char behind)
{
	switch (c) {
	case '\n':
		shape->lines = true;
		break;
	case '\t':
		shape->tabs = true;
		break;
	case ',':
	case '[':
	case ']':
	case '{':
	case '}':
	case '?':
		shape->flow_marks = true;
		break;
	case ':':
		shape->colon |= behind == '\0' || behind == ' ' || behind == '\t' || behind == '\n';
		break;
	case '#':
		shape->comment |= before == ' ' || before == '\t' || before == '\n';
		break;
	case '\'':
		shape->single_quote = true;
		break;
	case '"':
		shape->double_quote = true;
		break;
	case '\\':
		shape->backslash = true;
		break;
	}
	if (before == '\n' && (c == ' ' || c == '\t'))
		shape->spaces_at_line_start = true;
}

static struct shape examine(const char *bytes, size_t length)
{
	struct shape shape = { 0 };
	char before = '\n';
	for (size_t i = 0, size; i < length; i += size) {
		const char byte = bytes[i];
		const uint32_t c = fmr_utf8_decode(bytes + i, length - i, &size);
		if (is_unprintable(c) || ((unsigned char)byte >= 0x80 && size == 1))
			shape.unprintable = true;
		note_ascii(&shape, before, byte, i + 1 < length ? bytes[i + 1] : '\0');
		before = byte;
	}
	return shape;
}

/* Would a reader of YAML 1.1 take this plain text for a boolean, a number in sexagesimal or with underscores, or a
 * merge?  (A 1.2 reader would not; dates stay plain.) */
static bool is_special_in_1_1(const char *bytes, size_t length)
{
	static const char *const words[] = { "y", "n", "yes", "no", "on", "off", "=", "<<" };
	char lower[4] = "";
	if (length < sizeof(lower)) {
		for (size_t i = 0; i < length; i++)
			lower[i] = (char)(bytes[i] >= 'A' && bytes[i] <= 'Z' ? bytes[i] | 0x20 : bytes[i]);
		for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
			if (strcmp(lower, words[i]) == 0)
				return true;
	}
	size_t i = length && (bytes[0] == '-' || bytes[0] == '+');
	if (i >= length || !strchr("0123456789.", bytes[i]))
		return false;
	if (length - i > 2 && bytes[i] == '0' && strchr("bxo", bytes[i + 1]))
		return true;
	return memchr(bytes, ':', length) && strspn(bytes + i, "0123456789_:.") == length - i;
}

/* A number once the underscores that YAML 1.1 allows are gone. */
static bool looks_like_number(const char *bytes, size_t length)
{
	char bare[64];
	size_t count = 0;
	if (length >= sizeof(bare))
		return false;
	for (size_t i = 0; i < length; i++)
		if (bytes[i] != '_')
			bare[count++] = bytes[i];
	return count < length && fmr_plain_classify(bare, count) != FMR_PLAIN_STRING;
}

static bool has_prefix(const char *bytes, size_t length, const char *prefix)
{
	const size_t size = strlen(prefix);
	return length >= size && memcmp(bytes, prefix, size) == 0;
}

static bool is_blank(const char *bytes, size_t length, size_t at)
{
	return bytes[at] == ' ' || bytes[at] == '\t' ||
		(length - at >= 3 && memcmp(bytes + at, "\xE3\x80\x80", 3) == 0); /* the ideographic space is not seen either */
}

static bool can_be_plain(const char *bytes, size_t length, const struct shape *shape, bool flow)
{
	if (!length || shape->unprintable || shape->lines || shape->tabs || shape->colon || shape->comment ||
		(flow && shape->flow_marks))
		return false;
	if (strchr("?:,[]{}#&*!|>'\"%@`", bytes[0]) || (bytes[0] == '-' && (length == 1 || strchr(" -,[]{}?", bytes[1]))))
		return false;
	if (is_blank(bytes, length, 0) || bytes[length - 1] == ' ' || (length >= 3 && is_blank(bytes, length, length - 3)))
		return false;
	if (has_prefix(bytes, length, "...") || has_prefix(bytes, length, "<<<<<<<") || has_prefix(bytes, length, "======="))
		return false;
	return fmr_plain_classify(bytes, length) == FMR_PLAIN_STRING && !is_special_in_1_1(bytes, length) &&
		!looks_like_number(bytes, length);
}

/* A block of lines: not for a text that is empty lines only, or begins with a line of spaces only. */
static bool can_be_literal(const char *bytes, size_t length, const struct shape *shape, const struct fmr_layout *layout)
{
	size_t start = 0;
	while (start < length && bytes[start] == '\n')
		start++;
	if (start == length || shape->unprintable)
		return false;
	return layout->keep_trailing || length < 2 || bytes[length - 1] != '\n' || bytes[length - 2] != '\n';
}

/* Folding keeps a text whose lines begin with no space; we never break its long lines. */
static bool can_be_folded(const char *bytes, const struct shape *shape)
{
	return !shape->spaces_at_line_start && bytes[0] != '\n';
}

static enum fmr_style choose_quotes(const struct shape *shape)
{
	if (shape->unprintable || shape->lines || shape->tabs)
		return FMR_STYLE_DOUBLE;
	return shape->single_quote && !shape->double_quote && !shape->backslash ? FMR_STYLE_DOUBLE : FMR_STYLE_SINGLE;
}

static enum fmr_style choose_style(const char *bytes, size_t length, enum fmr_place_kind place,
	const struct fmr_layout *layout, enum fmr_style wish)
{
	const struct shape shape = examine(bytes, length);
	const bool block = place == FMR_AT_KEY || place == FMR_AT_DASH;
	const bool literal = block && can_be_literal(bytes, length, &shape, layout);
	if (wish == FMR_STYLE_DOUBLE && !shape.lines)
		return FMR_STYLE_DOUBLE;
	if (wish == FMR_STYLE_SINGLE && !shape.unprintable && !shape.lines)
		return FMR_STYLE_SINGLE;
	if (wish == FMR_STYLE_FOLDED && literal && can_be_folded(bytes, &shape))
		return FMR_STYLE_FOLDED;
	if (literal && (shape.lines || wish == FMR_STYLE_LITERAL || wish == FMR_STYLE_FOLDED))
		return FMR_STYLE_LITERAL;
	if (literal && wish == FMR_STYLE_NONE && length > LONG_TEXT && fmr_text_width(bytes, length) > LONG_TEXT)
		return FMR_STYLE_LITERAL;
	if (can_be_plain(bytes, length, &shape, place == FMR_IN_FLOW))
		return FMR_STYLE_PLAIN;
	return choose_quotes(&shape);
}

/* ---- scalars ---- */

static void emit_single(struct fmr_str *out, const char *bytes, size_t length)
{
	fmr_str_putc(out, '\'');
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] == '\'')
			fmr_str_putc(out, '\'');
		fmr_str_putc(out, bytes[i]);
	}
	fmr_str_putc(out, '\'');
}

static void emit_escape(struct fmr_str *out, uint32_t c)
{
	static const char bytes[] = "\n\t\r\"\\\b\f\v\x1b\a", names[] = "ntr\"\\bfvea";
	const char *known = c && c < 0x80 ? strchr(bytes, (int)c) : NULL;
	if (known)
		fmr_str_printf(out, "\\%c", names[known - bytes]);
	else
		fmr_str_printf(out, c < 0x100 ? "\\x%02X" : "\\u%04X", (unsigned)c);
}

static void emit_double(struct fmr_str *out, const char *bytes, size_t length)
{
	fmr_str_putc(out, '"');
	for (size_t i = 0, size; i < length; i += size) {
		const uint32_t c = fmr_utf8_decode(bytes + i, length - i, &size);
		if (is_unprintable(c) || c == '"' || c == '\\' || c == '\n' || c == '\t')
			emit_escape(out, c);
		else if (size == 1 && c == 0xFFFD)
			fmr_utf8_encode(out, c); /* a bad byte */
		else
			fmr_str_add(out, bytes + i, size);
	}
	fmr_str_putc(out, '"');
}

/* `|` or `>` with what YAML needs to know: how far the lines are indented if they do not show it themselves, and
 * what follows the last one. */
static void emit_block(struct fmr_str *out, const char *bytes, size_t length, size_t step, size_t column,
	const char *eol, bool folded)
{
	size_t end = length;
	while (end > 0 && bytes[end - 1] == '\n')
		end--;
	const size_t newlines = length - end;
	if (step > LARGEST_STEP)
		step = 2;
	fmr_str_putc(out, folded ? '>' : '|');
	if (bytes[0] == ' ' || bytes[0] == '\n' || bytes[0] == '\t')
		fmr_str_printf(out, "%zu", step);
	if (newlines != 1)
		fmr_str_putc(out, newlines ? '+' : '-');
	for (size_t i = 0; i < end;) {
		const char *line_end = memchr(bytes + i, '\n', end - i);
		const size_t size = (line_end ? (size_t)(line_end - bytes) : end) - i;
		fmr_str_puts(out, eol);
		if (size)
			fmr_str_repeat(out, ' ', column + step);
		fmr_str_add(out, bytes + i, size);
		i += size + 1;
		if (folded && line_end && size)
			fmr_str_puts(out, eol);
	}
	for (size_t i = 1; i < newlines; i++)
		fmr_str_puts(out, eol);
}

static void emit_text(struct fmr_str *out, const struct fmr_text *text, enum fmr_style style, size_t step,
	size_t column, const char *eol)
{
	switch (style) {
	case FMR_STYLE_SINGLE:
		emit_single(out, text->bytes, text->length);
		break;
	case FMR_STYLE_DOUBLE:
		emit_double(out, text->bytes, text->length);
		break;
	case FMR_STYLE_LITERAL:
	case FMR_STYLE_FOLDED:
		emit_block(out, text->bytes, text->length, step, column, eol, style == FMR_STYLE_FOLDED);
		break;
	default:
		fmr_str_add(out, text->bytes, text->length);
	}
}

/* ---- collections ---- */

void fmr_emit_key(struct fmr_str *out, struct fmr_text key, bool flow, size_t column, const char *eol)
{
	const struct fmr_layout no_block = { 0 };
	const enum fmr_style style = choose_style(key.bytes, key.length, flow ? FMR_IN_FLOW : FMR_AT_LINE, &no_block,
		FMR_STYLE_PLAIN);
	const size_t start = out->length;
	emit_text(out, &key, style, 0, 0, eol);
	if (out->length - start > LONG_KEY) {
		fmr_str_splice(out, start, 0, "? ", 2);
		fmr_str_puts(out, flow ? " " : eol);
		fmr_str_repeat(out, ' ', flow ? 0 : column);
	}
	fmr_str_putc(out, ':');
}

static void emit_flow(struct fmr_str *out, const struct fmr_value *value, const struct fmr_layout *layout)
{
	const bool list = value->kind == FMR_LIST;
	const size_t count = list ? value->list.count : value->map.count;
	fmr_str_putc(out, list ? '[' : '{');
	for (size_t i = 0; i < count; i++) {
		if (i)
			fmr_str_puts(out, ", ");
		if (!list) {
			fmr_emit_key(out, value->map.members[i].key, true, 0, layout->eol);
			fmr_str_putc(out, ' ');
		}
		fmr_emit_value(out, list ? value->list.items[i] : value->map.members[i].value, FMR_IN_FLOW, 0, layout,
			FMR_STYLE_NONE);
	}
	fmr_str_putc(out, list ? ']' : '}');
}

static void emit_block_collection(struct fmr_str *out, const struct fmr_value *value, enum fmr_place_kind place,
	size_t column, const struct fmr_layout *layout)
{
	const bool list = value->kind == FMR_LIST;
	const size_t count = list ? value->list.count : value->map.count;
	if (place == FMR_AT_DASH) {
		column += 2;
		fmr_str_putc(out, ' ');
	} else if (place == FMR_AT_KEY) {
		column += list ? layout->list_step : layout->step;
	}
	for (size_t i = 0; i < count; i++) {
		if (i || place == FMR_AT_KEY) {
			fmr_str_puts(out, layout->eol);
			fmr_str_repeat(out, ' ', column);
		}
		if (list) {
			fmr_str_putc(out, '-');
			fmr_emit_value(out, value->list.items[i], FMR_AT_DASH, column, layout, FMR_STYLE_NONE);
		} else {
			fmr_emit_key(out, value->map.members[i].key, false, column, layout->eol);
			fmr_emit_value(out, value->map.members[i].value, FMR_AT_KEY, column, layout, FMR_STYLE_NONE);
		}
	}
}

static void emit_scalar(struct fmr_str *out, const struct fmr_value *value, enum fmr_place_kind place, size_t column,
	const struct fmr_layout *layout, enum fmr_style wish)
{
	switch (value->kind) {
	case FMR_BOOL:
		fmr_str_puts(out, value->boolean ? "true" : "false");
		break;
	case FMR_NUMBER:
		fmr_str_add(out, value->text.bytes, value->text.length);
		break;
	case FMR_STRING: {
		const struct fmr_text *text = &value->text;
		if (value->style != FMR_STYLE_NONE)
			wish = value->style;
		const enum fmr_style style = choose_style(text->bytes, text->length, place, layout, wish);
		emit_text(out, text, style, place == FMR_AT_DASH ? 2 : layout->step, column, layout->eol);
		break;
	}
	default:
		fmr_str_puts(out, "null");
	}
}

/* Recursive, but no deeper than the readers' depth limits. */
void fmr_emit_value(struct fmr_str *out, const struct fmr_value *value, enum fmr_place_kind place, size_t column,
	const struct fmr_layout *layout, enum fmr_style wish)
{
	const bool collection = value->kind == FMR_LIST || value->kind == FMR_MAP;
	const size_t count = !collection ? 0 : value->kind == FMR_LIST ? value->list.count : value->map.count;
	if (collection && count && place != FMR_IN_FLOW && value->style != FMR_STYLE_FLOW) {
		emit_block_collection(out, value, place, column, layout);
		return;
	}
	if (place == FMR_AT_KEY || place == FMR_AT_DASH)
		fmr_str_putc(out, ' ');
	if (collection)
		emit_flow(out, value, layout);
	else
		emit_scalar(out, value, place, column, layout, wish);
}

static const struct fmr_layout standard = { .step = 2, .list_step = 2, .eol = "\n", .keep_trailing = true };

void fmr_yaml_write(struct fmr_str *out, const struct fmr_value *value, int indent)
{
	const size_t column = indent > 0 ? (size_t)indent : 0;
	fmr_str_repeat(out, ' ', column);
	fmr_emit_value(out, value, FMR_AT_LINE, column, &standard, FMR_STYLE_NONE);
	fmr_str_putc(out, '\n');
}

void fmr_yaml_write_scalar(struct fmr_str *out, const struct fmr_value *value)
{
	fmr_emit_value(out, value, FMR_AT_LINE, 0, &standard, FMR_STYLE_NONE);
}
