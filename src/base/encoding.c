#include "base/encoding.h"

#include "base/i18n.h"
#include "base/text.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *name; /* the one shown */
	const char *also;
	enum fmr_encoding encoding;
	const char *iconv_name;
} encodings[] = {
	{ "auto", NULL, FMR_ENCODING_GUESS, NULL },
	{ "utf-8", "utf8", FMR_ENCODING_UTF8, "UTF-8" },
	{ "cp932", "shift_jis", FMR_ENCODING_CP932, "CP932" },
	{ "cp932", "shift-jis", FMR_ENCODING_CP932, "CP932" },
	{ "cp932", "sjis", FMR_ENCODING_CP932, "CP932" },
	{ "cp932", "windows-31j", FMR_ENCODING_CP932, "CP932" },
	{ "euc-jp", "eucjp", FMR_ENCODING_EUC_JP, "EUC-JP" },
	{ "utf-16le", "utf16le", FMR_ENCODING_UTF16LE, "UTF-16LE" },
	{ "utf-16be", "utf16be", FMR_ENCODING_UTF16BE, "UTF-16BE" },
};
enum { ENCODINGS = sizeof(encodings) / sizeof(*encodings) };

static const struct {
	const char *bytes;
	size_t length;
	enum fmr_encoding encoding;
} marks[] = {
	{ "\xEF\xBB\xBF", 3, FMR_ENCODING_UTF8 },
	{ "\xFF\xFE", 2, FMR_ENCODING_UTF16LE },
	{ "\xFE\xFF", 2, FMR_ENCODING_UTF16BE },
};

bool fmr_encoding_parse(const char *name, enum fmr_encoding *out)
{
	for (size_t i = 0; i < ENCODINGS; i++) {
		if (strcasecmp(name, encodings[i].name) == 0 ||
			(encodings[i].also && strcasecmp(name, encodings[i].also) == 0)) {
			*out = encodings[i].encoding;
			return true;
		}
	}
	return false;
}

static size_t row_of(enum fmr_encoding encoding)
{
	size_t i = 0;
	while (i + 1 < ENCODINGS && encodings[i].encoding != encoding)
		i++;
	return i;
}

const char *fmr_encoding_name(enum fmr_encoding encoding)
{
	return encodings[row_of(encoding)].name;
}

/* Length of the byte order mark of this encoding (any, when guessing) at the start of the text. */
static size_t mark_length(const char *bytes, size_t length, enum fmr_encoding *encoding)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		if (length < marks[i].length || memcmp(bytes, marks[i].bytes, marks[i].length) != 0)
			continue;
		if (*encoding == FMR_ENCODING_GUESS)
			*encoding = marks[i].encoding;
		return *encoding == marks[i].encoding ? marks[i].length : 0;
	}
	return 0;
}

enum fmr_encoding fmr_encoding_guess(const char *bytes, size_t length)
{
	enum fmr_encoding encoding = FMR_ENCODING_GUESS;
	if (mark_length(bytes, length, &encoding))
		return encoding;
	return fmr_utf8_valid(bytes, length) == length ? FMR_ENCODING_UTF8 : FMR_ENCODING_CP932;
}

static size_t line_at_end(const struct fmr_str *text, size_t from)
{
	size_t line = 1;
	for (size_t i = from; i < text->length; i++)
		line += text->bytes[i] == '\n';
	return line;
}

static int refuse(struct fmr_err *err, enum fmr_encoding encoding, const struct fmr_str *text, size_t from,
	const char *bytes, size_t length, size_t offset, size_t *line)
{
	size_t at = line_at_end(text, from);
	if (line)
		*line = at;
	fmr_err_set(err, FMR_ERR_INVALID, _("line %zu: byte 0x%02X (offset %zu) is not valid %s"), at,
		offset < length ? (unsigned char)bytes[offset] : 0, offset, fmr_encoding_name(encoding));
	fmr_err_hint(err, "%s", _("name the encoding with --encoding"));
	return FMR_ERR_INVALID;
}

static int convert(const char *bytes, size_t length, size_t start, enum fmr_encoding encoding, struct fmr_str *out,
	size_t *line, struct fmr_err *err)
{
	const char *name = encodings[row_of(encoding)].iconv_name;
	iconv_t converter = iconv_open("UTF-8", name);
	if (converter == (iconv_t)-1)
		return fmr_err_set(err, FMR_ERR_UNSUPPORTED, _("this system cannot convert from %s"), name);
	size_t from = out->length;
	char *input = (char *)(bytes + start); /* iconv takes a char ** that it does not write through */
	size_t left = length - start;
	int result = 0;
	while (left > 0) {
		fmr_str_reserve(out, left + left / 2 + 64);
		size_t room = out->capacity - out->length - 1;
		char *output = out->bytes + out->length;
		size_t before = room;
		size_t done = iconv(converter, &input, &left, &output, &room);
		out->length += before - room;
		out->bytes[out->length] = '\0';
		if (done == (size_t)-1 && errno != E2BIG) {
			result = refuse(err, encoding, out, from, bytes, length, length - left, line);
			break;
		}
	}
	iconv_close(converter);
	return result;
}

int fmr_encoding_decode(const char *bytes, size_t length, enum fmr_encoding encoding, struct fmr_str *out,
	enum fmr_encoding *used, bool *had_mark, size_t *line, struct fmr_err *err)
{
	if (encoding == FMR_ENCODING_GUESS)
		encoding = fmr_encoding_guess(bytes, length);
	size_t start = mark_length(bytes, length, &encoding);
	if (used)
		*used = encoding;
	if (had_mark)
		*had_mark = start > 0;
	size_t from = out->length;
	if (encoding == FMR_ENCODING_UTF8) {
		size_t valid = fmr_utf8_valid(bytes + start, length - start);
		fmr_str_add(out, bytes + start, valid);
		if (valid < length - start)
			return refuse(err, encoding, out, from, bytes, length, start + valid, line);
	} else {
		int result = convert(bytes, length, start, encoding, out, line, err);
		if (result)
			return result;
	}
	const char *nul = memchr(out->bytes + from, '\0', out->length - from);
	if (!nul)
		return 0;
	struct fmr_str before = { .bytes = out->bytes, .length = (size_t)(nul - out->bytes) };
	size_t at = line_at_end(&before, from);
	if (line)
		*line = at;
	fmr_err_set(err, FMR_ERR_INVALID, _("line %zu: the text holds a NUL byte"), at);
	fmr_err_hint(err, "%s", _("UTF-16 without a byte order mark? try --encoding utf-16le"));
	return FMR_ERR_INVALID;
}
