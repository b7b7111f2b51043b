#include "schema/idna.h"

#include "base/text.h"
#include "schema/format.h"

#include <string.h>

struct label {
	uint32_t points[FMR_LABEL_LIMIT + 1];
	size_t count;
};

/* ---- Punycode (RFC 3492) ---- */

enum { BASE = 36, T_MIN = 1, T_MAX = 26, SKEW = 38, DAMP = 700, INITIAL_BIAS = 72, INITIAL_N = 128 };

static uint32_t adapt(uint32_t delta, uint32_t points, bool first)
{
	delta = first ? delta / DAMP : delta / 2;
	delta += delta / points;
	uint32_t k = 0;
	for (; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE)
		delta /= BASE - T_MIN;
	return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

static uint32_t threshold(uint32_t k, uint32_t bias)
{
	return k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;
}

static int digit_value(char c)
{
	if (c >= 'a' && c <= 'z')
		return c - 'a';
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	return c >= '0' && c <= '9' ? c - '0' + 26 : -1;
}

/* One delta; false at a bad digit or overflow. */
static bool read_delta(const char *bytes, size_t length, size_t *at, uint32_t bias, uint32_t *delta)
{
	uint32_t weight = 1;
	*delta = 0;
	for (uint32_t k = BASE;; k += BASE) {
		int digit = *at < length ? digit_value(bytes[(*at)++]) : -1;
		if (digit < 0 || (uint32_t)digit > (UINT32_MAX - *delta) / weight)
			return false;
		*delta += (uint32_t)digit * weight;
		uint32_t t = threshold(k, bias);
		if ((uint32_t)digit < t)
			return true;
		if (weight > UINT32_MAX / (BASE - t))
			return false;
		weight *= BASE - t;
	}
}

static bool decode(const char *bytes, size_t length, struct label *out)
{
	size_t at = length;
	while (at && bytes[at - 1] != '-')
		at--;
	out->count = 0;
	for (size_t i = 0; i + 1 < at; i++) {
		if ((unsigned char)bytes[i] >= 0x80 || out->count == FMR_LABEL_LIMIT)
			return false;
		out->points[out->count++] = (unsigned char)bytes[i];
	}
	uint32_t n = INITIAL_N, bias = INITIAL_BIAS, i = 0;
	bool first = true;
	while (at < length) {
		uint32_t delta;
		if (!read_delta(bytes, length, &at, bias, &delta) || delta > UINT32_MAX - i || out->count == FMR_LABEL_LIMIT)
			return false;
		i += delta;
		uint32_t count = (uint32_t)out->count + 1;
		bias = adapt(delta, count, first);
		first = false;
		if (i / count > 0x10ffff - n)
			return false;
		n += i / count;
		i %= count;
		memmove(out->points + i + 1, out->points + i, (out->count - i) * sizeof(*out->points));
		out->points[i++] = n;
		out->count++;
	}
	return true;
}

static void put_delta(struct fmr_str *out, uint32_t delta, uint32_t bias)
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	for (uint32_t k = BASE;; k += BASE) {
		uint32_t t = threshold(k, bias);
		if (delta < t)
			break;
		fmr_str_putc(out, digits[t + (delta - t) % (BASE - t)]);
		delta = (delta - t) / (BASE - t);
	}
	fmr_str_putc(out, digits[delta]);
}

static void encode(struct fmr_str *out, const struct label *label)
{
	uint32_t n = INITIAL_N, delta = 0, bias = INITIAL_BIAS;
	for (size_t i = 0; i < label->count; i++)
		if (label->points[i] < 128)
			fmr_str_putc(out, (char)label->points[i]);
	uint32_t basic = (uint32_t)out->length, done = basic;
	if (basic)
		fmr_str_putc(out, '-');
	while (done < label->count) {
		uint32_t next = UINT32_MAX;
		for (size_t i = 0; i < label->count; i++)
			if (label->points[i] >= n && label->points[i] < next)
				next = label->points[i];
		delta += (next - n) * (done + 1);
		n = next;
		for (size_t i = 0; i < label->count; i++) {
			delta += label->points[i] < n;
			if (label->points[i] != n)
				continue;
			put_delta(out, delta, bias);
			bias = adapt(delta, done + 1, done == basic);
			delta = 0;
			done++;
		}
		delta++;
		n++;
	}
}

/* ---- which characters (RFC 5892) ---- */

struct range {
	uint32_t first, last;
};

static bool in_ranges(uint32_t c, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

#define IN(c, ...)                                                                                                     \
	in_ranges(c, (const struct range[]){ __VA_ARGS__ }, sizeof((const struct range[]){ __VA_ARGS__ }) / sizeof(struct range))

static bool is_greek(uint32_t c)
{
	return IN(c, { 0x370, 0x373 }, { 0x375, 0x377 }, { 0x37a, 0x37d }, { 0x37f, 0x37f }, { 0x384, 0x384 }, { 0x386, 0x386 },
		{ 0x388, 0x3e1 }, { 0x3f0, 0x3ff }, { 0x1f00, 0x1fff });
}

static bool is_hebrew(uint32_t c)
{
	return IN(c, { 0x591, 0x5f4 }, { 0xfb1d, 0xfb4f });
}

static bool is_japanese(uint32_t c)
{
	return IN(c, { 0x3005, 0x3005 }, { 0x3007, 0x3007 }, { 0x3021, 0x3029 }, { 0x3041, 0x3096 }, { 0x309d, 0x309f },
		{ 0x30a1, 0x30fa }, { 0x30fd, 0x30ff }, { 0x31f0, 0x31ff }, { 0x3400, 0x4dbf }, { 0x4e00, 0x9fff },
		{ 0xf900, 0xfaff }, { 0x1b000, 0x1b16f }, { 0x20000, 0x3ffff });
}

static bool is_refused(uint32_t c)
{
	return IN(c, { 0x640, 0x640 }, { 0x7fa, 0x7fa }, { 0x302e, 0x302f }, { 0x3031, 0x3035 }, { 0x303b, 0x303b },
		/* old Hangul, what is not displayed, symbols for combining, music */
		{ 0x1100, 0x11ff }, { 0xa960, 0xa97c }, { 0xd7b0, 0xd7fb }, { 0x34f, 0x34f }, { 0x17b4, 0x17b5 },
		{ 0x180b, 0x180d }, { 0xfe00, 0xfe0f }, { 0xe0100, 0xe01ef }, { 0x20d0, 0x20ff }, { 0x1d100, 0x1d24f });
}

static bool is_valid_anywhere(uint32_t c)
{
	if (c < 0x80)
		return c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
	if (IN(c, { 0xdf, 0xdf }, { 0x3c2, 0x3c2 }, { 0x6fd, 0x6fe }, { 0xf0b, 0xf0b }, { 0x3007, 0x3007 }))
		return true;
	if (is_refused(c))
		return false;
	struct fmr_character what = fmr_character_look(c);
	static const char *const categories[] = { "Ll", "Lu", "Lo", "Nd", "Lm", "Mn", "Mc" };
	for (size_t i = 0; what.stable && i < sizeof(categories) / sizeof(*categories); i++)
		if (strcmp(what.category, categories[i]) == 0)
			return true;
	return false;
}

/* ---- and where ---- */

/* Letters of the joining scripts; *both: they join on both sides.  As near as blocks tell it. */
static bool is_joining(uint32_t c, bool *both)
{
	*both = !IN(c, { 0x622, 0x625 }, { 0x627, 0x627 }, { 0x629, 0x629 }, { 0x62f, 0x632 }, { 0x648, 0x648 },
		{ 0x671, 0x673 }, { 0x675, 0x677 }, { 0x688, 0x699 }, { 0x6c0, 0x6c0 }, { 0x6c3, 0x6cb }, { 0x6cd, 0x6cd },
		{ 0x6cf, 0x6cf }, { 0x6d2, 0x6d3 }, { 0x6d5, 0x6d5 }, { 0x6ee, 0x6ef }, { 0x710, 0x710 }, { 0x715, 0x719 },
		{ 0x71e, 0x71e }, { 0x728, 0x728 }, { 0x72a, 0x72a }, { 0x72c, 0x72c });
	return IN(c, { 0x620, 0x620 }, { 0x622, 0x64a }, { 0x66e, 0x66f }, { 0x671, 0x673 }, { 0x675, 0x6d3 }, { 0x6d5, 0x6d5 },
		{ 0x6ee, 0x6ef }, { 0x6fa, 0x6fc }, { 0x6ff, 0x6ff }, { 0x710, 0x710 }, { 0x712, 0x72f }, { 0x74d, 0x77f },
		{ 0x7ca, 0x7ea }, { 0x840, 0x858 }, { 0x8a0, 0x8c7 }, { 0x1820, 0x1878 }, { 0x1887, 0x18aa });
}

static bool is_transparent(uint32_t c)
{
	struct fmr_character what = fmr_character_look(c);
	return strcmp(what.category, "Mn") == 0 || strcmp(what.category, "Me") == 0 || strcmp(what.category, "Cf") == 0;
}

static bool may_stand_unjoined(const struct label *label, size_t at)
{
	bool both;
	size_t i = at;
	do {
		if (i-- == 0)
			return false;
	} while (is_transparent(label->points[i]));
	if (!is_joining(label->points[i], &both) || !both)
		return false;
	for (i = at + 1; i < label->count && is_transparent(label->points[i]); i++)
		;
	return i < label->count && is_joining(label->points[i], &both);
}

static bool has_any(const struct label *label, bool (*is)(uint32_t))
{
	for (size_t i = 0; i < label->count; i++)
		if (is(label->points[i]))
			return true;
	return false;
}

static bool is_arabic_digit(uint32_t c)
{
	return c >= 0x660 && c <= 0x669;
}

static bool is_extended_digit(uint32_t c)
{
	return c >= 0x6f0 && c <= 0x6f9;
}

static bool is_valid_at(const struct label *label, size_t i)
{
	uint32_t c = label->points[i];
	uint32_t before = i ? label->points[i - 1] : 0, after = i + 1 < label->count ? label->points[i + 1] : 0;
	switch (c) {
	case 0x200d:
		return before && fmr_character_look(before).virama;
	case 0x200c:
		return (before && fmr_character_look(before).virama) || may_stand_unjoined(label, i);
	case 0xb7:
		return before == 'l' && after == 'l';
	case 0x375:
		return is_greek(after);
	case 0x5f3:
	case 0x5f4:
		return is_hebrew(before);
	case 0x30fb:
		return has_any(label, is_japanese);
	}
	if (is_arabic_digit(c))
		return !has_any(label, is_extended_digit);
	if (is_extended_digit(c))
		return !has_any(label, is_arabic_digit);
	return is_valid_anywhere(c);
}

/* ---- labels ---- */

static bool is_right_to_left(const struct label *label)
{
	for (size_t i = 0; i < label->count; i++) {
		enum fmr_bidi bidi = fmr_character_look(label->points[i]).bidi;
		if (bidi == FMR_BIDI_R || bidi == FMR_BIDI_AL || bidi == FMR_BIDI_AN)
			return true;
	}
	return false;
}

/* RFC 5893, 2: for each label of a name that has a right-to-left one. */
static bool follows_bidi_rule(const struct label *label)
{
	enum fmr_bidi first = fmr_character_look(label->points[0]).bidi, last = FMR_BIDI_OTHER;
	bool right = first == FMR_BIDI_R || first == FMR_BIDI_AL;
	if (!right && first != FMR_BIDI_L)
		return false;
	unsigned seen = 0;
	for (size_t i = 0; i < label->count; i++) {
		enum fmr_bidi bidi = fmr_character_look(label->points[i]).bidi;
		seen |= 1u << bidi;
		if (bidi != FMR_BIDI_NSM)
			last = bidi;
	}
	if (seen & 1u << FMR_BIDI_OTHER)
		return false;
	if (!right)
		return !(seen & (1u << FMR_BIDI_R | 1u << FMR_BIDI_AL | 1u << FMR_BIDI_AN)) &&
			(last == FMR_BIDI_L || last == FMR_BIDI_EN);
	bool both_digits = seen & 1u << FMR_BIDI_EN && seen & 1u << FMR_BIDI_AN;
	return !(seen & 1u << FMR_BIDI_L) && !both_digits && last != FMR_BIDI_NEUTRAL;
}

static bool is_valid_label(const struct label *label)
{
	if (!label->count || label->points[0] == '-' || label->points[label->count - 1] == '-')
		return false;
	if (label->count > 3 && label->points[2] == '-' && label->points[3] == '-')
		return false;
	if (fmr_character_look(label->points[0]).category[0] == 'M')
		return false;
	for (size_t i = 0; i < label->count; i++)
		if (!is_valid_at(label, i))
			return false;
	return !is_right_to_left(label) || follows_bidi_rule(label);
}

static bool is_ascii(const struct label *label)
{
	for (size_t i = 0; i < label->count; i++)
		if (label->points[i] >= 128)
			return false;
	return true;
}

static bool same_without_case(const char *a, const char *b, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char x = a[i] >= 'A' && a[i] <= 'Z' ? (char)(a[i] + 32) : a[i], y = b[i] >= 'A' && b[i] <= 'Z' ? (char)(b[i] + 32) : b[i];
		if (x != y)
			return false;
	}
	return true;
}

bool fmr_idna_is_encoded_label(const char *bytes, size_t length)
{
	struct label label;
	if (!decode(bytes, length, &label) || is_ascii(&label) || !is_valid_label(&label))
		return false;
	struct fmr_str again;
	fmr_str_init(&again);
	encode(&again, &label);
	bool same = again.length == length && same_without_case(again.bytes, bytes, length);
	fmr_str_release(&again);
	return same;
}

/* Characters up to the next separator; false when there are too many. */
static bool read_label(const char *bytes, size_t length, size_t *at, struct label *out, bool *more)
{
	out->count = 0;
	*more = false;
	while (*at < length) {
		size_t size;
		uint32_t c = fmr_utf8_decode(bytes + *at, length - *at, &size);
		*at += size;
		if (c == '.' || c == 0x3002 || c == 0xff0e || c == 0xff61) {
			*more = true;
			return true;
		}
		if (out->count == FMR_LABEL_LIMIT)
			return false;
		out->points[out->count++] = c;
	}
	return true;
}

/* *size: bytes of the label as it stands in the name system. */
static bool check_label(const struct label *label, size_t *size)
{
	struct fmr_str text;
	fmr_str_init(&text);
	bool ok;
	if (is_ascii(label)) {
		for (size_t i = 0; i < label->count; i++)
			fmr_str_putc(&text, (char)label->points[i]);
		ok = fmr_format_label(text.bytes, text.length);
		*size = text.length;
	} else {
		ok = is_valid_label(label);
		if (ok)
			encode(&text, label);
		*size = text.length + 4;
		ok = ok && *size <= FMR_LABEL_LIMIT;
	}
	fmr_str_release(&text);
	return ok;
}

bool fmr_idna_is_host(const char *bytes, size_t length)
{
	size_t total = 0;
	bool more, bidi = false;
	struct label label;
	for (size_t at = 0;;) {
		size_t size;
		if (!read_label(bytes, length, &at, &label, &more) || !check_label(&label, &size))
			return false;
		bidi = bidi || is_right_to_left(&label);
		total += size + more;
		if (total > FMR_HOST_LIMIT)
			return false;
		if (!more)
			break;
	}
	for (size_t at = 0; bidi;) {
		read_label(bytes, length, &at, &label, &more);
		if (!follows_bidi_rule(&label))
			return false;
		if (!more)
			break;
	}
	return true;
}
