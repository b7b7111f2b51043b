/*
 * A strict RFC 8259 reader.  Iterative: open lists and objects are kept in an
 * array as long as the depth limit.
 */
#include "json/json.h"

#include "base/i18n.h"
#include "base/members.h"
#include "base/text.h"
#include "base/vec.h"

#include <stdarg.h>
#include <string.h>

enum { MOST_FAULTS = 100 };

struct frame {
	struct fmr_value *value;
	size_t base; /* its first member in `pending` */
};

struct reader {
	const struct fmr_source *source;
	struct fmr_arena *arena;
	struct fmr_findings *findings;
	size_t at;
	struct frame frames[FMR_JSON_DEPTH];
	size_t depth;
	FMR_VEC(struct fmr_member) pending; /* members of all open objects; items have no key */
	struct fmr_str text;                /* the string being read, escapes undone */
	size_t faults;
};

static bool fault(struct reader *r, enum fmr_code code, struct fmr_span span, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Returns false, so that it can be returned. */
static bool fault(struct reader *r, enum fmr_code code, struct fmr_span span, const char *format, ...)
{
	if (r->faults++ >= MOST_FAULTS)
		return false;
	struct fmr_str message;
	fmr_str_init(&message);
	va_list args;
	va_start(args, format);
	fmr_str_vprintf(&message, format, args);
	va_end(args);
	fmr_source_fault(r->source, span, code, message.bytes, r->findings);
	fmr_str_release(&message);
	return false;
}

static bool syntax(struct reader *r, size_t at, const char *message)
{
	const size_t end = at < r->source->length ? at + 1 : at;
	return fault(r, FMR_CODE_JSON_SYNTAX, (struct fmr_span){ at, end }, "%s", message);
}

/* The byte at offset, or NUL behind the end (which no rule accepts). */
static char byte_at(const struct reader *r, size_t at)
{
	return at < r->source->length ? r->source->bytes[at] : '\0';
}

static void skip_space(struct reader *r)
{
	for (char c; (c = byte_at(r, r->at)) == ' ' || c == '\n' || c == '\r' || c == '\t';)
		r->at++;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* ---- strings ---- */

static bool read_hex(struct reader *r, uint32_t *unit)
{
	*unit = 0;
	for (int i = 0; i < 4; i++) {
		const char c = byte_at(r, r->at);
		const char lower = (char)(c | 0x20);
		if (!is_digit(c) && !(lower >= 'a' && lower <= 'f'))
			return syntax(r, r->at, _("four hexadecimal digits were expected behind '\\u'"));
		*unit = *unit * 16 + (uint32_t)(is_digit(c) ? c - '0' : lower - 'a' + 10);
		r->at++;
	}
	return true;
}

/* Behind "\u". */
static bool read_unicode(struct reader *r)
{
	const size_t start = r->at - 2;
	uint32_t high, low;
	if (!read_hex(r, &high))
		return false;
	if (high >= 0xD800 && high <= 0xDBFF && byte_at(r, r->at) == '\\' && byte_at(r, r->at + 1) == 'u') {
		r->at += 2;
		if (!read_hex(r, &low))
			return false;
		if (low >= 0xDC00 && low <= 0xDFFF) {
			fmr_utf8_encode(&r->text, 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
			return true;
		}
	}
	if (high >= 0xD800 && high <= 0xDFFF)
		return syntax(r, start, _("half of a surrogate pair stands alone"));
	fmr_utf8_encode(&r->text, high);
	return true;
}

static bool read_escape(struct reader *r)
{
	static const char names[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
	const char c = byte_at(r, r->at + 1);
	r->at += 2;
	if (c == 'u')
		return read_unicode(r);
	const char *name = c ? strchr(names, c) : NULL;
	if (!name)
		return syntax(r, r->at - 2, _("an unknown escape stands in a string"));
	fmr_str_putc(&r->text, bytes[name - names]);
	return true;
}

/* A string, its quotes included, into r->text. */
static bool read_string(struct reader *r, struct fmr_span *span)
{
	span->start = r->at++;
	fmr_str_clear(&r->text);
	for (;;) {
		const size_t run = r->at;
		unsigned char c;
		while ((c = (unsigned char)byte_at(r, r->at)) != '"' && c != '\\' && c >= 0x20)
			r->at++;
		fmr_str_add(&r->text, r->source->bytes + run, r->at - run);
		if (c == '"')
			break;
		if (r->at >= r->source->length)
			return syntax(r, span->start, _("a string is never closed"));
		if (c != '\\')
			return syntax(r, r->at, _("a control character stands in a string; write it as an escape"));
		if (!read_escape(r))
			return false;
	}
	span->end = ++r->at;
	return true;
}

/* ---- values ---- */

static struct fmr_value *new_value(struct reader *r, enum fmr_kind kind, enum fmr_style style, size_t start)
{
	struct fmr_value *value = fmr_arena_zero(r->arena, 1, sizeof(*value));
	value->kind = kind;
	value->style = style;
	value->span = (struct fmr_span){ start, r->at };
	return value;
}

/* The end of the number at `at`, or `at` when there is none. */
static size_t number_end(const struct reader *r, size_t at)
{
	const size_t start = at;
	at += byte_at(r, at) == '-';
	if (!is_digit(byte_at(r, at)))
		return start;
	if (byte_at(r, at) == '0')
		at++;
	else
		while (is_digit(byte_at(r, at)))
			at++;
	if (byte_at(r, at) == '.') {
		if (!is_digit(byte_at(r, ++at)))
			return start;
		while (is_digit(byte_at(r, at)))
			at++;
	}
	if ((byte_at(r, at) | 0x20) == 'e') {
		at++;
		at += byte_at(r, at) == '-' || byte_at(r, at) == '+';
		if (!is_digit(byte_at(r, at)))
			return start;
		while (is_digit(byte_at(r, at)))
			at++;
	}
	return at;
}

static struct fmr_value *read_number(struct reader *r)
{
	const size_t start = r->at, end = number_end(r, start);
	if (end == start || is_digit(byte_at(r, end))) {
		syntax(r, start, end == start ? _("not a number as JSON writes it") : _("a number must not begin with 0"));
		return NULL;
	}
	r->at = end;
	struct fmr_value *value = new_value(r, FMR_NUMBER, FMR_STYLE_PLAIN, start);
	value->text = (struct fmr_text){ fmr_arena_strndup(r->arena, r->source->bytes + start, end - start), end - start };
	return value;
}

static bool skip_word(struct reader *r, const char *word)
{
	const size_t length = strlen(word);
	if (r->source->length - r->at < length || memcmp(r->source->bytes + r->at, word, length) != 0)
		return false;
	r->at += length;
	return true;
}

/* Everything but lists and objects; NULL after a finding. */
static struct fmr_value *read_scalar(struct reader *r)
{
	const size_t start = r->at;
	const char c = byte_at(r, start);
	struct fmr_value *value = NULL;
	if (c == '"') {
		struct fmr_span span;
		if (read_string(r, &span)) {
			value = new_value(r, FMR_STRING, FMR_STYLE_DOUBLE, start);
			value->text = (struct fmr_text){ fmr_arena_strndup(r->arena, r->text.bytes, r->text.length), r->text.length };
		}
	} else if (c == '-' || is_digit(c)) {
		value = read_number(r);
	} else if (skip_word(r, "true")) {
		value = new_value(r, FMR_BOOL, FMR_STYLE_PLAIN, start);
		value->boolean = true;
	} else if (skip_word(r, "false")) {
		value = new_value(r, FMR_BOOL, FMR_STYLE_PLAIN, start);
	} else if (skip_word(r, "null")) {
		value = new_value(r, FMR_NULL, FMR_STYLE_PLAIN, start);
	} else {
		syntax(r, start, start < r->source->length ? _("a value was expected here") : _("the text ends too early"));
	}
	return value;
}

static void refuse_duplicate(void *context, const struct fmr_member *first, const struct fmr_member *again)
{
	struct reader *r = context;
	(void)first;
	fault(r, FMR_CODE_YAML_DUPLICATE_KEY, again->key_span, _("key '%s' stands twice in the same object"), again->key.bytes);
}

static struct fmr_value *close_collection(struct reader *r)
{
	const struct frame frame = r->frames[--r->depth];
	struct fmr_value *value = frame.value;
	const size_t count = r->pending.count - frame.base;
	const struct fmr_member *members = count ? r->pending.items + frame.base : NULL;
	value->span.end = ++r->at;
	if (value->kind == FMR_MAP)
		fmr_members_duplicates(members, count, refuse_duplicate, r);
	fmr_members_fill(value, r->arena, members, count);
	r->pending.count = frame.base;
	return value;
}

static bool open_collection(struct reader *r)
{
	const size_t start = r->at;
	if (r->depth == FMR_JSON_DEPTH)
		return fault(r, FMR_CODE_YAML_DEPTH, (struct fmr_span){ start, start + 1 },
			_("the text nests deeper than %d levels"), FMR_JSON_DEPTH);
	const enum fmr_kind kind = byte_at(r, r->at++) == '[' ? FMR_LIST : FMR_MAP;
	r->frames[r->depth++] = (struct frame){ new_value(r, kind, FMR_STYLE_FLOW, start), r->pending.count };
	return true;
}

/* `"key" :`, which begins a member of the innermost object. */
static bool read_key(struct reader *r)
{
	struct fmr_span span;
	if (byte_at(r, r->at) != '"')
		return syntax(r, r->at, _("a key in double quotes was expected here"));
	if (!read_string(r, &span))
		return false;
	FMR_VEC_PUSH(&r->pending, ((struct fmr_member){
		.key = { fmr_arena_strndup(r->arena, r->text.bytes, r->text.length), r->text.length },
		.key_hash = fmr_text_hash(r->text.bytes, r->text.length),
		.key_span = span,
	}));
	skip_space(r);
	if (byte_at(r, r->at) != ':')
		return syntax(r, r->at, _("':' was expected here"));
	r->at++;
	skip_space(r);
	return true;
}

static void place_value(struct reader *r, struct fmr_value *value)
{
	if (r->frames[r->depth - 1].value->kind == FMR_LIST)
		FMR_VEC_PUSH(&r->pending, ((struct fmr_member){ .value = value }));
	else
		r->pending.items[r->pending.count - 1].value = value;
}

/* What may stand behind a value: the ends of collections, then one ','.  *value becomes the last collection closed. */
static bool read_after_value(struct reader *r, struct fmr_value **value)
{
	while (r->depth) {
		place_value(r, *value);
		skip_space(r);
		const bool list = r->frames[r->depth - 1].value->kind == FMR_LIST;
		const char c = byte_at(r, r->at);
		if (c == (list ? ']' : '}')) {
			*value = close_collection(r);
			continue;
		}
		if (c != ',')
			return syntax(r, r->at, list ? _("',' or ']' was expected here") : _("',' or '}' was expected here"));
		r->at++;
		skip_space(r);
		return list || read_key(r);
	}
	return true;
}

static struct fmr_value *read_value(struct reader *r)
{
	struct fmr_value *value = NULL;
	do {
		const char c = byte_at(r, r->at);
		if (c == '[' || c == '{') {
			if (!open_collection(r))
				return NULL;
			skip_space(r);
			if (byte_at(r, r->at) != (c == '[' ? ']' : '}')) {
				if (c == '{' && !read_key(r))
					return NULL;
				continue;
			}
			value = close_collection(r);
		} else if (!(value = read_scalar(r))) {
			return NULL;
		}
		if (!read_after_value(r, &value))
			return NULL;
	} while (r->depth);
	return value;
}

static bool screen(struct reader *r)
{
	const struct fmr_source *source = r->source;
	if (source->length > FMR_JSON_SIZE)
		return fault(r, FMR_CODE_YAML_SIZE, (struct fmr_span){ 0, 0 }, _("the text has %zu bytes, more than %d"),
			source->length, FMR_JSON_SIZE);
	const size_t valid = fmr_utf8_valid(source->bytes, source->length);
	if (valid < source->length)
		return fault(r, FMR_CODE_YAML_ENCODING, (struct fmr_span){ valid, valid + 1 }, "%s",
			_("the text is not valid UTF-8"));
	if (source->length >= 3 && memcmp(source->bytes, "\xEF\xBB\xBF", 3) == 0)
		r->at = 3;
	return true;
}

struct fmr_value *fmr_json_read(const struct fmr_source *source, struct fmr_arena *arena,
	struct fmr_findings *findings)
{
	struct reader r = { .source = source, .arena = arena, .findings = findings };
	struct fmr_value *value = NULL;
	fmr_str_init(&r.text);
	if (screen(&r)) {
		skip_space(&r);
		value = read_value(&r);
		skip_space(&r);
		if (value && r.at < source->length)
			syntax(&r, r.at, _("something stands behind the value"));
	}
	FMR_VEC_RELEASE(&r.pending);
	fmr_str_release(&r.text);
	return r.faults ? NULL : value;
}
