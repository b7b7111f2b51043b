#include "base/source.h"

#include "base/text.h"

#include <string.h>

static size_t line_start(const struct fmr_source *source, size_t offset)
{
	while (offset > 0 && source->bytes[offset - 1] != '\n')
		offset--;
	return offset;
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
		.column = fmr_utf8_count(source->bytes + first, start - first) + 1,
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

enum { LONGEST_LINE = 1000, LONGEST_MESSAGE = 400 }; /* bytes worth showing */

/* Names in the text may be long or hold anything; a name that is cut loses its last character whole. */
static void make_presentable(struct fmr_str *out, const char *message)
{
	size_t length = strlen(message);
	if (length > LONGEST_MESSAGE) {
		length = LONGEST_MESSAGE;
		while (length > 0 && ((unsigned char)message[length] & 0xC0) == 0x80)
			length--;
	}
	fmr_text_escape(out, message, length, false);
}

struct fmr_finding *fmr_source_fault(const struct fmr_source *source, struct fmr_span span, enum fmr_code code,
	const char *message, struct fmr_findings *findings)
{
	struct fmr_str safe;
	fmr_str_init(&safe);
	make_presentable(&safe, message);
	const size_t before = fmr_findings_count(findings);
	struct fmr_finding *finding = fmr_findings_add(findings, code, source->path, "%s", safe.bytes);
	if (fmr_findings_count(findings) == before) { /* nobody asks for the place of one that was dropped */
		fmr_str_release(&safe);
		return finding;
	}
	finding->value = fmr_source_place(source, span);
	const struct fmr_text line = fmr_source_line(source, span.start);
	fmr_str_clear(&safe);
	if (line.length <= LONGEST_LINE)
		fmr_text_escape(&safe, line.bytes, line.length, true);
	if (safe.length == line.length)
		finding->line_text = fmr_findings_text(findings, "%s", safe.bytes);
	fmr_str_release(&safe);
	return finding;
}
