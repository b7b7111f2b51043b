#include "render/line.h"

#include "base/text.h"

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

static void add_value(struct fmr_str *out, const struct fmr_value *value)
{
	if (out->length > ENOUGH)
		return;
	switch (value->kind) {
	case FMR_NULL:
		fmr_str_puts(out, "null");
		break;
	case FMR_BOOL:
		fmr_str_puts(out, value->boolean ? "true" : "false");
		break;
	case FMR_NUMBER:
	case FMR_STRING:
		add_text(out, value->text);
		break;
	case FMR_LIST:
		fmr_str_putc(out, '[');
		for (size_t i = 0; i < value->list.count; i++) {
			fmr_str_puts(out, i ? ", " : "");
			add_value(out, value->list.items[i]);
		}
		fmr_str_putc(out, ']');
		break;
	case FMR_MAP:
		fmr_str_putc(out, '{');
		for (size_t i = 0; i < value->map.count; i++) {
			const struct fmr_member *member = &value->map.members[i];
			fmr_str_puts(out, i ? ", " : "");
			fmr_text_escape(out, member->key.bytes, member->key.length, false);
			fmr_str_puts(out, ": ");
			add_value(out, member->value);
		}
		fmr_str_putc(out, '}');
		break;
	}
}

void fmr_render_value_short(struct fmr_str *out, const struct fmr_value *value, size_t columns)
{
	if (!value) {
		fmr_str_putc(out, '-');
		return;
	}
	struct fmr_str whole;
	fmr_str_init(&whole);
	add_value(&whole, value);
	if (fmr_text_width(whole.bytes, whole.length) <= columns) {
		fmr_str_add(out, whole.bytes, whole.length);
	} else {
		fmr_str_add(out, whole.bytes, fmr_text_fit(whole.bytes, whole.length, columns - 1));
		fmr_str_puts(out, "…");
	}
	fmr_str_release(&whole);
}
