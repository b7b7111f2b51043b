#include "render/print.h"

#include "base/text.h"
#include "json/json.h"

#include <string.h>

void fmr_print_color(struct fmr_str *out, bool color, enum fmr_color which)
{
	static const char *const sequences[] = {
		[FMR_PLAIN] = "\x1b[0m",   [FMR_BOLD] = "\x1b[1m", [FMR_RED] = "\x1b[1;31m", [FMR_GREEN] = "\x1b[32m",
		[FMR_YELLOW] = "\x1b[33m", [FMR_CYAN] = "\x1b[36m", [FMR_DIM] = "\x1b[2m",
	};
	if (color)
		fmr_str_puts(out, sequences[which]);
}

void fmr_print_safe(struct fmr_str *out, const char *text)
{
	if (text)
		fmr_text_escape(out, text, strlen(text), false);
}

void fmr_print_xml(struct fmr_str *out, const char *text)
{
	struct fmr_str safe;
	fmr_str_init(&safe);
	fmr_text_escape(&safe, text, strlen(text), true);
	for (const char *p = safe.bytes; *p; p++) {
		switch (*p) {
		case '&':
			fmr_str_puts(out, "&amp;");
			break;
		case '<':
			fmr_str_puts(out, "&lt;");
			break;
		case '>':
			fmr_str_puts(out, "&gt;");
			break;
		case '"':
			fmr_str_puts(out, "&quot;");
			break;
		default:
			fmr_str_putc(out, *p);
		}
	}
	fmr_str_release(&safe);
}

void fmr_print_key(struct fmr_str *out, bool *first, const char *name)
{
	fmr_str_printf(out, "%s\"%s\":", *first ? "" : ",", name);
	*first = false;
}

void fmr_print_member(struct fmr_str *out, bool *first, const char *name, const char *text)
{
	if (!text)
		return;
	fmr_print_key(out, first, name);
	fmr_json_write_string(out, text, strlen(text));
}

void fmr_print_member_number(struct fmr_str *out, bool *first, const char *name, size_t number)
{
	fmr_print_key(out, first, name);
	fmr_str_printf(out, "%zu", number);
}

const char *fmr_print_grouped(char buffer[FMR_GROUPED], size_t number)
{
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%zu", number);
	char *out = buffer;
	for (int i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0)
			*out++ = ',';
		*out++ = digits[i];
	}
	*out = '\0';
	return buffer;
}

void fmr_print_out(FILE *out, struct fmr_str *text)
{
	fwrite(text->bytes, 1, text->length, out);
	fmr_str_release(text);
}
