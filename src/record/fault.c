#include "record/private.h"

#include "base/text.h"

#include <stdarg.h>
#include <string.h>

static struct fmr_finding *add(struct fmr_findings *findings, enum fmr_code code, const struct fmr_source *source,
	const struct fmr_span *span, const char *format, va_list args)
{
	struct fmr_str message;
	fmr_str_init(&message);
	fmr_str_vprintf(&message, format, args);
	struct fmr_finding *row = span ? fmr_source_fault(source, *span, code, message.bytes, findings)
				       : fmr_findings_add(findings, code, source->path, "%s", message.bytes);
	fmr_str_release(&message);
	return row;
}

struct fmr_finding *fmr_fault_at(struct fmr_findings *findings, enum fmr_code code, const struct fmr_source *source,
	const struct fmr_span *span, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct fmr_finding *row = add(findings, code, source, span, format, args);
	va_end(args);
	return row;
}

struct fmr_finding *fmr_fault_word(struct fmr_findings *findings, const struct fmr_source *source,
	const struct fmr_value *at, const char *text, const char *subject)
{
	const struct fmr_span top = { 0, 0 };
	const char *shown = fmr_fault_text(findings, subject, strlen(subject));
	struct fmr_finding *row = fmr_fault_at(findings, FMR_CODE_SCHEMA_INVALID, source, at ? &at->span : &top, "%s: '%s'",
		text, shown);
	row->found = shown;
	return row;
}

static void add_pointer(struct fmr_str *out, const struct fmr_frame *frame)
{
	if (!frame->up)
		return;
	add_pointer(out, frame->up);
	fmr_str_putc(out, '/');
	if (!frame->member) {
		fmr_str_printf(out, "%zu", frame->index);
		return;
	}
	for (size_t i = 0; i < frame->member->key.length; i++) {
		char byte = frame->member->key.bytes[i];
		if (byte == '~' || byte == '/')
			fmr_str_puts(out, byte == '~' ? "~0" : "~1");
		else
			fmr_str_putc(out, byte);
	}
}

struct fmr_finding *fmr_fault_in(struct fmr_findings *findings, enum fmr_code code, const struct fmr_source *source,
	const struct fmr_frame *frame, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct fmr_finding *row = add(findings, code, source, &frame->value->span, format, args);
	va_end(args);
	if (frame->member && row->value.line)
		row->key = fmr_source_place(source, frame->member->key_span);
	struct fmr_str pointer;
	fmr_str_init(&pointer);
	add_pointer(&pointer, frame);
	row->pointer = fmr_findings_text(findings, "%s", pointer.bytes);
	fmr_str_release(&pointer);
	return row;
}

const char *fmr_fault_text(struct fmr_findings *findings, const char *bytes, size_t length)
{
	size_t cut = 0;
	for (size_t characters = 0; cut < length && characters < 60; characters++) {
		size_t size;
		fmr_utf8_decode(bytes + cut, length - cut, &size);
		cut += size;
	}
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_text_escape(&text, bytes, cut, false);
	const char *copy = fmr_findings_text(findings, "%s%s", text.bytes, cut < length ? "..." : "");
	fmr_str_release(&text);
	return copy;
}
