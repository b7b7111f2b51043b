#include "yaml/screen.h"

#include "base/i18n.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

static const char nel[2] = { '\xC2', '\x85' };
static const char ls[3] = { '\xE2', '\x80', '\xA8' };
static const char ps[3] = { '\xE2', '\x80', '\xA9' };

static bool fault(struct fmr_findings *findings, const struct fmr_source *source, enum fmr_code code, size_t start,
	size_t size, const char *message, const char *hint)
{
	fmr_source_fault(source, (struct fmr_span){ start, start + size }, code, message, findings)->hint = hint;
	return false;
}

/* A control character that YAML forbids, though UTF-8 does not. */
static bool is_forbidden(uint32_t c)
{
	if (c < 0x20)
		return c != '\t' && c != '\n' && c != '\r';
	return (c >= 0x7F && c < 0xA0 && c != 0x85) || c == 0xFEFF || c == 0xFFFE || c == 0xFFFF;
}

static bool report_forbidden(const struct fmr_source *source, size_t at, size_t size, uint32_t c,
	struct fmr_findings *findings)
{
	if (c == 0)
		return fault(findings, source, FMR_CODE_YAML_ENCODING, at, size, _("a NUL byte stands in the text"),
			_("save the file as UTF-8 text"));
	if (c == 0xFEFF)
		return fault(findings, source, FMR_CODE_YAML_ENCODING, at, size,
			_("a byte order mark stands in the middle of the text"), _("remove it"));
	char message[80];
	snprintf(message, sizeof(message), _("control character U+%04X is not allowed"), (unsigned)c);
	return fault(findings, source, FMR_CODE_YAML_ENCODING, at, size, message,
		_("remove it, or write it as an escape in double quotes"));
}

static bool is_plain(unsigned char c)
{
	return (c >= 0x20 && c < 0x7F) || c == '\n';
}

/* The same of eight bytes: each test sets the top bit of the bytes it is about, and no byte carries into the next. */
static bool is_plain_word(const unsigned char *bytes)
{
	uint64_t word;
	memcpy(&word, bytes, sizeof(word));
	const uint64_t ones = 0x0101010101010101u, tops = ones * 0x80, low = word & ~tops;
	const uint64_t not_newline = (low ^ ones * '\n') + ones * 0x7F;
	const uint64_t not_control = low + ones * (0x80 - 0x20);
	const uint64_t delete = low + ones;
	return !((word | delete | (not_newline & ~not_control)) & tops);
}

/* A character of the three-byte ranges that hold kana and most kanji and nothing that is refused? */
static bool is_common_wide(const unsigned char *p, size_t length)
{
	return length >= 3 && p[0] >= 0xE3 && p[0] <= 0xEC && ((p[1] ^ 0x80) | (p[2] ^ 0x80)) < 0x40;
}

/* The first byte from here on that needs a look. */
static size_t skip_common(const struct fmr_source *source, size_t i, bool *ascii)
{
	const unsigned char *bytes = (const unsigned char *)source->bytes;
	const size_t length = source->length;
	for (;;) {
		while (length - i >= 8 && is_plain_word(bytes + i))
			i += 8;
		while (i < length && is_plain(bytes[i]))
			i++;
		if (!is_common_wide(bytes + i, length - i))
			return i;
		*ascii = false;
		do
			i += 3;
		while (is_common_wide(bytes + i, length - i));
	}
}

/* One pass: UTF-8, forbidden characters, and which of NEL, LS and PS occur. */
static bool scan(const struct fmr_source *source, struct fmr_screen *screen, struct fmr_findings *findings)
{
	screen->ascii = true;
	size_t i = screen->start, size;
	while ((i = skip_common(source, i, &screen->ascii)) < source->length) {
		const uint32_t c = fmr_utf8_decode(source->bytes + i, source->length - i, &size);
		if (c >= 0x80 && size == 1)
			return fault(findings, source, FMR_CODE_YAML_ENCODING, i, 1, _("the text is not valid UTF-8"),
				_("save the file as UTF-8"));
		if (c == 0x85 || c == 0x2028 || c == 0x2029)
			screen->masks.used = true;
		else if (is_forbidden(c))
			return report_forbidden(source, i, size, c, findings);
		if (c < 0x80)
			screen->odd_blanks = true; /* a tab or CR: all others are plain or forbidden */
		else
			screen->ascii = false;
		i += size;
	}
	return true;
}

static char *find(const char *from, const char *end, const char *what, size_t size)
{
	while ((size_t)(end - from) >= size && (from = memchr(from, what[0], (size_t)(end - from) - size + 1))) {
		if (memcmp(from, what, size) == 0)
			return (char *)from;
		from++;
	}
	return NULL;
}

static void replace(struct fmr_str *text, const char *from, const char *to, size_t size)
{
	const char *end = text->bytes + text->length;
	for (char *p = text->bytes; (p = find(p, end, from, size)); p += size)
		memcpy(p, to, size);
}

/*
 * A character among first..first+0x99 that the text holds neither as it is nor
 * as an escape (\u0712).  Only those with decimal digits in their number, so
 * that the escape has one spelling.  *next goes on behind it.
 */
static bool find_unused(const struct fmr_source *source, uint32_t first, unsigned *next, char *out)
{
	const char *end = source->bytes + source->length;
	bool found = false;
	while (*next < 100 && !found) {
		const uint32_t c = first + *next / 10 * 16 + *next % 10;
		++*next;
		char escape[5];
		snprintf(escape, sizeof(escape), "%04X", (unsigned)c);
		struct fmr_str raw;
		fmr_str_init(&raw);
		fmr_utf8_encode(&raw, c);
		found = !find(source->bytes, end, raw.bytes, raw.length) && !find(source->bytes, end, escape, 4);
		if (found)
			memcpy(out, raw.bytes, raw.length);
		fmr_str_release(&raw);
	}
	return found;
}

static bool mask(const struct fmr_source *source, struct fmr_screen *screen, struct fmr_findings *findings)
{
	unsigned two = 0, three = 0;
	if (!find_unused(source, 0x0700, &two, screen->masks.nel) ||
		!find_unused(source, 0x3400, &three, screen->masks.ls) ||
		!find_unused(source, 0x3400, &three, screen->masks.ps))
		return fault(findings, source, FMR_CODE_YAML_ENCODING, 0, 0,
			_("the text mixes line separators (U+0085, U+2028, U+2029) with too many rare characters"), NULL);
	fmr_str_add(&screen->masked, source->bytes + screen->start, source->length - screen->start);
	replace(&screen->masked, nel, screen->masks.nel, sizeof(nel));
	replace(&screen->masked, ls, screen->masks.ls, sizeof(ls));
	replace(&screen->masked, ps, screen->masks.ps, sizeof(ps));
	return true;
}

void fmr_yaml_unmask(const struct fmr_masks *masks, char *bytes, size_t length)
{
	if (!masks->used)
		return;
	struct fmr_str text = { .bytes = bytes, .length = length };
	replace(&text, masks->nel, nel, sizeof(nel));
	replace(&text, masks->ls, ls, sizeof(ls));
	replace(&text, masks->ps, ps, sizeof(ps));
}

bool fmr_yaml_screen(const struct fmr_source *source, size_t limit, struct fmr_screen *screen,
	struct fmr_findings *findings)
{
	*screen = (struct fmr_screen){ 0 };
	fmr_str_init(&screen->masked);
	if (source->length > limit) {
		char message[120];
		snprintf(message, sizeof(message), _("the text has %zu bytes, more than %zu"), source->length, limit);
		return fault(findings, source, FMR_CODE_YAML_SIZE, 0, 0, message, NULL);
	}
	if (source->length >= 3 && memcmp(source->bytes, "\xEF\xBB\xBF", 3) == 0)
		screen->start = 3;
	return scan(source, screen, findings) && (!screen->masks.used || mask(source, screen, findings));
}

/* The next line that begins with seven times `mark` and then a space or its end; from is the start of a line. */
static const char *find_marker(const char *from, const char *end, char mark)
{
	char marker[7];
	memset(marker, mark, sizeof(marker));
	for (const char *p = from, *text = from; p < end; p++) {
		p = find(p, end, marker, sizeof(marker));
		if (!p)
			return NULL;
		const char *behind = p + sizeof(marker);
		if ((p == text || p[-1] == '\n') &&
			(behind == end || *behind == ' ' || *behind == '\n' || *behind == '\r'))
			return p;
	}
	return NULL;
}

bool fmr_yaml_conflict(const struct fmr_source *source, struct fmr_findings *findings)
{
	const char *end = source->bytes + source->length;
	const char *ours = find_marker(source->bytes, end, '<');
	const char *middle = ours ? find_marker(ours, end, '=') : NULL;
	if (!middle || !find_marker(middle, end, '>'))
		return false;
	fault(findings, source, FMR_CODE_RECORD_CONFLICT, (size_t)(ours - source->bytes), 7,
		_("conflict markers of an unfinished merge stand in the text"),
		_("choose one side, remove the lines '<<<<<<<', '=======' and '>>>>>>>', then commit the merge"));
	return true;
}
