#include "base/source.h"

#include <string.h>

static size_t line_start(const struct fmr_source *source, size_t offset)
{
	while (offset > 0 && source->bytes[offset - 1] != '\n')
		offset--;
	return offset;
}

static size_t count_characters(const char *bytes, size_t length)
{
	size_t count = 0;
	for (size_t i = 0; i < length; i++)
		count += ((unsigned char)bytes[i] & 0xC0) != 0x80;
	return count;
}

struct fmr_place fmr_source_place(const struct fmr_source *source, struct fmr_span span)
{
	size_t start = span.start < source->length ? span.start : source->length;
	size_t line = 1;
	for (const char *p = source->bytes, *end = p + start; (p = memchr(p, '\n', (size_t)(end - p))); p++)
		line++;
	size_t first = line_start(source, start);
	return (struct fmr_place){
		.line = line,
		.column = count_characters(source->bytes + first, start - first) + 1,
		.start = span.start,
		.end = span.end,
	};
}

struct fmr_text fmr_source_line(const struct fmr_source *source, size_t offset)
{
	size_t start = line_start(source, offset < source->length ? offset : source->length);
	const char *text = source->bytes + start;
	const char *end = memchr(text, '\n', source->length - start);
	size_t length = end ? (size_t)(end - text) : source->length - start;
	if (length && text[length - 1] == '\r')
		length--;
	return (struct fmr_text){ text, length };
}
