#include "json/json.h"

#include "base/text.h"

/* Controls, and what JavaScript or a terminal would stumble over. */
static bool needs_escape(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
}

static void write_escape(struct fmr_str *out, uint32_t c)
{
	switch (c) {
	case '\n':
		fmr_str_puts(out, "\\n");
		break;
	case '\t':
		fmr_str_puts(out, "\\t");
		break;
	case '\r':
		fmr_str_puts(out, "\\r");
		break;
	default:
		fmr_str_printf(out, "\\u%04x", (unsigned)c);
	}
}

void fmr_json_write_string(struct fmr_str *out, const char *bytes, size_t length)
{
	size_t kept = 0; /* bytes before this are in out */
	fmr_str_putc(out, '"');
	for (size_t i = 0, size; i < length; i += size) {
		const unsigned char byte = (unsigned char)bytes[i];
		size = 1;
		if (byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\')
			continue;
		const uint32_t c = fmr_utf8_decode(bytes + i, length - i, &size);
		const bool bad = byte >= 0x80 && size == 1;
		if (!bad && !needs_escape(c) && c != '"' && c != '\\')
			continue;
		fmr_str_add(out, bytes + kept, i - kept);
		kept = i + size;
		if (bad)
			fmr_utf8_encode(out, 0xFFFD);
		else if (needs_escape(c))
			write_escape(out, c);
		else
			fmr_str_printf(out, "\\%c", (int)c);
	}
	fmr_str_add(out, bytes + kept, length - kept);
	fmr_str_putc(out, '"');
}

static void write_list(struct fmr_str *out, const struct fmr_value *value)
{
	fmr_str_putc(out, '[');
	for (size_t i = 0; i < value->list.count; i++) {
		if (i)
			fmr_str_putc(out, ',');
		fmr_json_write(out, value->list.items[i]);
	}
	fmr_str_putc(out, ']');
}

static void write_map(struct fmr_str *out, const struct fmr_value *value)
{
	fmr_str_putc(out, '{');
	for (size_t i = 0; i < value->map.count; i++) {
		const struct fmr_member *member = &value->map.members[i];
		if (i)
			fmr_str_putc(out, ',');
		fmr_json_write_string(out, member->key.bytes, member->key.length);
		fmr_str_putc(out, ':');
		fmr_json_write(out, member->value);
	}
	fmr_str_putc(out, '}');
}

/* Recursive, but no deeper than the readers' depth limits. */
void fmr_json_write(struct fmr_str *out, const struct fmr_value *value)
{
	switch (value->kind) {
	case FMR_NULL:
		fmr_str_puts(out, "null");
		break;
	case FMR_BOOL:
		fmr_str_puts(out, value->boolean ? "true" : "false");
		break;
	case FMR_NUMBER:
		fmr_str_add(out, value->text.bytes, value->text.length);
		break;
	case FMR_STRING:
		fmr_json_write_string(out, value->text.bytes, value->text.length);
		break;
	case FMR_LIST:
		write_list(out, value);
		break;
	case FMR_MAP:
		write_map(out, value);
		break;
	}
}
