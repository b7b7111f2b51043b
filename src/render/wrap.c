#include "render/wrap.h"

#include "base/text.h"

#include <stdbool.h>
#include <string.h>

enum { NARROWEST = 16 };

static bool is_blank(uint32_t character)
{
	return character == ' ' || character == '\t' || character == 0x3000;
}

/* Characters that must not start a line (kinsoku): closing brackets, stops, small kana, the long-vowel mark. */
static bool hangs(uint32_t character)
{
	static const char hanging[] = "、。，．・：；？！）」』】〕〉》］｝ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々〜";
	for (size_t i = 0, size; i < sizeof(hanging) - 1; i += size)
		if (fmr_utf8_decode(hanging + i, sizeof(hanging) - 1 - i, &size) == character)
			return true;
	return false;
}

/* How many bytes of the line, which is wider than `width`, come before the break. */
static size_t break_at(const char *line, size_t length, size_t width)
{
	size_t fitting = fmr_text_fit(line, length, width);
	size_t best = 0;
	bool before_was_wide = false;
	for (size_t at = 0; at < length;) {
		size_t size;
		uint32_t character = fmr_utf8_decode(line + at, length - at, &size);
		bool wide = fmr_text_width(line + at, size) == 2;
		bool may_break = at && (is_blank(character) || ((wide || before_was_wide) && !hangs(character)));
		if (at > fitting)
			break;
		if (may_break)
			best = at;
		before_was_wide = wide;
		at += size;
	}
	if (best)
		return best;
	if (fitting)
		return fitting;
	size_t size;
	fmr_utf8_decode(line, length, &size);
	return size;
}

static void new_line(struct fmr_str *out, size_t indent)
{
	fmr_str_putc(out, '\n');
	fmr_str_repeat(out, ' ', indent);
}

static size_t skip_blanks(const char *line, size_t length)
{
	size_t at = 0;
	while (at < length && line[at] == ' ')
		at++;
	return at;
}

static void put_line(struct fmr_str *out, const char *line, size_t length, size_t indent, size_t width)
{
	while (width && fmr_text_width(line, length) > width) {
		size_t part = break_at(line, length, width);
		size_t end = part;
		while (end && line[end - 1] == ' ')
			end--;
		fmr_str_add(out, line, end);
		part += skip_blanks(line + part, length - part);
		line += part;
		length -= part;
		if (!length)
			return;
		new_line(out, indent);
	}
	fmr_str_add(out, line, length);
}

void fmr_wrap(struct fmr_str *out, const char *text, size_t length, size_t indent, size_t width)
{
	struct fmr_str safe;
	fmr_str_init(&safe);
	fmr_text_escape(&safe, text, length, true);
	while (safe.length && safe.bytes[safe.length - 1] == '\n')
		fmr_str_truncate(&safe, safe.length - 1);
	size_t room = !width ? 0 : width > indent + NARROWEST ? width - indent : NARROWEST;
	for (const char *line = safe.bytes;;) {
		size_t line_length = strcspn(line, "\n");
		put_line(out, line, line_length, indent, room);
		line += line_length;
		if (!*line)
			break;
		line++;
		if (*line == '\n')
			fmr_str_putc(out, '\n');
		else
			new_line(out, indent);
	}
	fmr_str_release(&safe);
}
