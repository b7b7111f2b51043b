#include "base/text.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { REPLACEMENT = 0xFFFD };

/* ---- UTF-8 ---- */

static size_t ascii_run(const char *bytes, size_t length)
{
	size_t i = 0;
	for (uint64_t word; i + sizeof(word) <= length; i += sizeof(word)) {
		memcpy(&word, bytes + i, sizeof(word));
		if (word & 0x8080808080808080u)
			break;
	}
	while (i < length && (unsigned char)bytes[i] < 0x80)
		i++;
	return i;
}

/* Size of the well-formed sequence at p, or 0. */
static size_t sequence(const unsigned char *p, size_t length)
{
	const unsigned char first = p[0];
	if (first < 0x80)
		return 1;
	if (first < 0xC2 || first > 0xF4)
		return 0;
	const size_t size = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
	if (length < size)
		return 0;
	/* The second byte alone decides about overlong forms, surrogates and the end of Unicode. */
	const unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
	const unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < size; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	return size;
}

size_t fmr_utf8_valid(const char *bytes, size_t length)
{
	size_t i = 0;
	while (i < length) {
		if ((unsigned char)bytes[i] < 0x80) {
			i += ascii_run(bytes + i, length - i);
			continue;
		}
		const size_t size = sequence((const unsigned char *)bytes + i, length - i);
		if (!size)
			return i;
		i += size;
	}
	return length;
}

uint32_t fmr_utf8_decode(const char *bytes, size_t length, size_t *size)
{
	const unsigned char *p = (const unsigned char *)bytes;
	const size_t n = sequence(p, length);
	*size = n ? n : 1;
	switch (n) {
	case 0:
		return REPLACEMENT;
	case 1:
		return p[0];
	case 2:
		return (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3F);
	case 3:
		return (uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3F);
	default:
		return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3F) << 12 | (uint32_t)(p[2] & 0x3F) << 6 |
			(p[3] & 0x3F);
	}
}

void fmr_utf8_encode(struct fmr_str *out, uint32_t character)
{
	if (character > 0x10FFFF || (character >= 0xD800 && character <= 0xDFFF))
		character = REPLACEMENT;
	char bytes[4];
	const size_t size = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = { 0, 0x00, 0xC0, 0xE0, 0xF0 };
	for (size_t i = size - 1; i > 0; i--, character >>= 6)
		bytes[i] = (char)(0x80 | (character & 0x3F));
	bytes[0] = (char)(lead[size] | character);
	fmr_str_add(out, bytes, size);
}

size_t fmr_utf8_count(const char *bytes, size_t length)
{
	size_t count = 0;
	for (size_t i = 0; i < length; i++)
		count += ((unsigned char)bytes[i] & 0xC0) != 0x80;
	return count;
}

/* ---- columns ---- */

static size_t character_width(uint32_t character)
{
	if (character >= 0x20 && character < 0x7F)
		return 1;
	const int width = utf8proc_charwidth((utf8proc_int32_t)character);
	return width > 0 ? (size_t)width : 0;
}

size_t fmr_text_width(const char *bytes, size_t length)
{
	size_t width = 0;
	for (size_t i = 0, size; i < length; i += size)
		width += character_width(fmr_utf8_decode(bytes + i, length - i, &size));
	return width;
}

size_t fmr_text_fit(const char *bytes, size_t length, size_t columns)
{
	size_t i = 0, width = 0;
	for (size_t size; i < length; i += size) {
		width += character_width(fmr_utf8_decode(bytes + i, length - i, &size));
		if (width > columns)
			break;
	}
	return i;
}

/* ---- what a terminal must not see ---- */

static bool is_hidden(uint32_t c)
{
	return (c >= 0x7F && c < 0xA0) ||                                                /* DEL, C1 */
		c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || /* bidirectional */
		(c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029 ||               /* and line separators */
		c == 0xFEFF || (c >= 0xE0000 && c <= 0xE007F);                              /* never seen: BOM, tags */
}

void fmr_text_escape(struct fmr_str *out, const char *bytes, size_t length, bool keep_lines)
{
	size_t kept = 0; /* bytes before this are in out */
	for (size_t i = 0, size; i < length; i += size) {
		const unsigned char byte = (unsigned char)bytes[i];
		const uint32_t c = fmr_utf8_decode(bytes + i, length - i, &size);
		const bool bad = byte >= 0x80 && size == 1;
		const bool control = byte < 0x20 && !(keep_lines && (byte == '\n' || byte == '\t'));
		if (!bad && !control && !is_hidden(c))
			continue;
		fmr_str_add(out, bytes + kept, i - kept);
		kept = i + size;
		if (bad)
			fmr_str_printf(out, "\\x%02x", byte);
		else
			fmr_str_printf(out, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", (unsigned)c);
	}
	fmr_str_add(out, bytes + kept, length - kept);
}

/* ---- likeness ---- */

/* Append what utf8proc makes of text; bad bytes become U+FFFD first. */
static void map_text(struct fmr_str *out, const char *bytes, size_t length, int options)
{
	struct fmr_str valid;
	fmr_str_init(&valid);
	if (fmr_utf8_valid(bytes, length) != length) {
		for (size_t i = 0, size; i < length; i += size)
			fmr_utf8_encode(&valid, fmr_utf8_decode(bytes + i, length - i, &size));
		bytes = valid.bytes;
		length = valid.length;
	}
	utf8proc_uint8_t *mapped = NULL;
	const utf8proc_ssize_t count =
		utf8proc_map((const utf8proc_uint8_t *)bytes, (utf8proc_ssize_t)length, &mapped, options);
	if (count == UTF8PROC_ERROR_NOMEM) {
		fmr_out_of_memory();
		abort();
	}
	if (count >= 0)
		fmr_str_add(out, (const char *)mapped, (size_t)count);
	else
		fmr_str_add(out, bytes, length);
	free(mapped);
	fmr_str_release(&valid);
}

void fmr_text_nfkc(struct fmr_str *out, const char *bytes, size_t length)
{
	if (ascii_run(bytes, length) == length)
		fmr_str_add(out, bytes, length);
	else
		map_text(out, bytes, length, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
}

static bool is_kana(uint32_t c)
{
	return (c >= 0x3041 && c <= 0x309F) || (c >= 0x30A1 && c <= 0x30FF);
}

static uint32_t to_hiragana(uint32_t c)
{
	return (c >= 0x30A1 && c <= 0x30F6) || c == 0x30FD || c == 0x30FE ? c - 0x60 : c;
}

/* What people type for a long vowel: the mark itself anywhere; dashes behind kana; hyphen, tilde and wave dash,
 * which mean something else too, only between kana. */
static bool is_long_vowel(uint32_t previous, uint32_t c, uint32_t next)
{
	if (c == 0x30FC)
		return true;
	if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212)
		return is_kana(previous);
	return (c == '-' || c == '~' || c == 0x301C) && is_kana(previous) && is_kana(next);
}

static void fold_kana(struct fmr_str *out, const char *bytes, size_t length)
{
	uint32_t previous = 0;
	for (size_t i = 0, size, unused; i < length; i += size) {
		const uint32_t c = fmr_utf8_decode(bytes + i, length - i, &size);
		const uint32_t next = i + size < length ? fmr_utf8_decode(bytes + i + size, length - i - size, &unused) : 0;
		if (is_long_vowel(previous, c, next))
			continue;
		fmr_utf8_encode(out, to_hiragana(c));
		previous = c;
	}
}

/* The form of a character that folds alone, whatever stands beside it but marks; 0 for any other. */
static uint32_t fold_alone(uint32_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c + ('a' - 'A');
	if (c < 0x80)
		return c;
	if ((c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF)) /* kanji */
		return c;
	if ((c >= 0x3041 && c <= 0x3096) || (c >= 0x30A1 && c <= 0x30FA) || c == 0x30FC || c == 0x30FB)
		return c;                                          /* kana, and the mark of a long vowel */
	if (c >= 0x3001 && c <= 0x3024 && c != 0x3004)             /* 、。々「」〒 and the like */
		return c;
	if (c == 0x3000)
		return ' ';
	if (c >= 0xFF01 && c <= 0xFF5E)                            /* full width */
		return fold_alone(c - 0xFEE0);
	return 0;
}

/* Nearly all texts are made of such characters: no table is needed for them.  false, and nothing is appended, for others. */
static bool fold_quickly(struct fmr_str *out, const char *bytes, size_t length)
{
	const size_t start = out->length;
	fmr_str_reserve(out, length);
	uint32_t previous = 0;
	for (size_t i = 0, size; i < length; i += size) {
		const uint32_t c = fold_alone(fmr_utf8_decode(bytes + i, length - i, &size));
		size_t unused;
		if (!c) {
			fmr_str_truncate(out, start);
			return false;
		}
		if (c < 0x80 && c != '-' && c != '~') {
			out->bytes[out->length++] = (char)c; /* what is reserved suffices: no form is longer */
			previous = c;
			continue;
		}
		const bool more = i + size < length;
		const uint32_t next = more ? fold_alone(fmr_utf8_decode(bytes + i + size, length - i - size, &unused)) : 0;
		if (is_long_vowel(previous, c, next))
			continue;
		fmr_utf8_encode(out, to_hiragana(c));
		previous = c;
	}
	out->bytes[out->length] = '\0';
	return true;
}

void fmr_text_fold(struct fmr_str *out, const char *bytes, size_t length)
{
	if (fold_quickly(out, bytes, length))
		return;
	struct fmr_str folded;
	fmr_str_init(&folded);
	map_text(&folded, bytes, length,
		UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
	fold_kana(out, folded.bytes, folded.length);
	fmr_str_release(&folded);
}

enum { LONGEST_WORD = 64 };

static size_t lower_characters(const char *text, uint32_t out[LONGEST_WORD + 1])
{
	const size_t length = strlen(text);
	size_t count = 0;
	for (size_t i = 0, size; i < length && count <= LONGEST_WORD; i += size) {
		const uint32_t c = fmr_utf8_decode(text + i, length - i, &size);
		out[count++] = (uint32_t)utf8proc_tolower((utf8proc_int32_t)c);
	}
	return count;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t fmr_text_distance(const char *a, const char *b)
{
	uint32_t x[LONGEST_WORD + 1], y[LONGEST_WORD + 1];
	const size_t m = lower_characters(a, x), n = lower_characters(b, y);
	if (m > LONGEST_WORD || n > LONGEST_WORD)
		return strcmp(a, b) == 0 ? 0 : LONGEST_WORD; /* no word: not worth the square */
	size_t rows[3][LONGEST_WORD + 1]; /* row i, i-1 and i-2 of the table, in turn */
	for (size_t j = 0; j <= n; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= m; i++) {
		size_t *row = rows[i % 3];
		const size_t *above = rows[(i + 2) % 3], *over = rows[(i + 1) % 3];
		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			row[j] = smaller(above[j - 1] + (x[i - 1] != y[j - 1]), smaller(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
				row[j] = smaller(row[j], over[j - 2] + 1);
		}
	}
	return rows[m % 3][n];
}

static bool is_start_of(const char *word, const char *candidate)
{
	uint32_t x[LONGEST_WORD + 1], y[LONGEST_WORD + 1];
	const size_t m = lower_characters(word, x), n = lower_characters(candidate, y);
	return m >= 3 && m <= n && memcmp(x, y, m * sizeof(*x)) == 0;
}

const char *fmr_text_nearest(const char *word, const char *const *candidates, size_t count)
{
	const char *nearest = NULL;
	const size_t length = fmr_utf8_count(word, strlen(word));
	size_t best = length <= 1 ? 0 : length <= 4 ? 1 : (length + 1) / 3; /* much less than the whole word */
	for (size_t i = 0; i < count; i++) {
		const size_t distance = fmr_text_distance(word, candidates[i]);
		if (distance < best || (distance == best && !nearest)) {
			best = distance;
			nearest = candidates[i];
		}
	}
	for (size_t i = 0; i < count && !nearest; i++)
		if (is_start_of(word, candidates[i]))
			nearest = candidates[i];
	return nearest;
}

bool fmr_text_alike(const char *a, const char *b)
{
	struct fmr_str left, right;
	fmr_str_init(&left);
	fmr_str_init(&right);
	fmr_text_fold(&left, a, strlen(a));
	fmr_text_fold(&right, b, strlen(b));
	bool alike = strcmp(left.bytes, right.bytes) == 0;
	fmr_str_release(&left);
	fmr_str_release(&right);
	return alike;
}

/* ---- white space ---- */

/* Bytes of the white space at the start, or at the end, of a text; 0 when there is none. */
static size_t blank_at(const char *bytes, size_t length, bool end)
{
	static const char ideographic[] = "\xE3\x80\x80";
	if (!length)
		return 0;
	const char nearest = end ? bytes[length - 1] : bytes[0];
	if (nearest == ' ' || nearest == '\t' || nearest == '\r' || nearest == '\n')
		return 1;
	return length >= 3 && memcmp(end ? bytes + length - 3 : bytes, ideographic, 3) == 0 ? 3 : 0;
}

struct fmr_text fmr_text_trim(const char *bytes, size_t length)
{
	for (size_t blank; (blank = blank_at(bytes, length, false));) {
		bytes += blank;
		length -= blank;
	}
	for (size_t blank; (blank = blank_at(bytes, length, true));)
		length -= blank;
	return (struct fmr_text){ bytes, length };
}

/* ---- properties ---- */

static enum fmr_bidi bidi_of(utf8proc_propval_t class)
{
	switch (class) {
	case UTF8PROC_BIDI_CLASS_L:
		return FMR_BIDI_L;
	case UTF8PROC_BIDI_CLASS_R:
		return FMR_BIDI_R;
	case UTF8PROC_BIDI_CLASS_AL:
		return FMR_BIDI_AL;
	case UTF8PROC_BIDI_CLASS_EN:
		return FMR_BIDI_EN;
	case UTF8PROC_BIDI_CLASS_AN:
		return FMR_BIDI_AN;
	case UTF8PROC_BIDI_CLASS_NSM:
		return FMR_BIDI_NSM;
	case UTF8PROC_BIDI_CLASS_ES:
	case UTF8PROC_BIDI_CLASS_CS:
	case UTF8PROC_BIDI_CLASS_ET:
	case UTF8PROC_BIDI_CLASS_ON:
	case UTF8PROC_BIDI_CLASS_BN:
		return FMR_BIDI_NEUTRAL;
	}
	return FMR_BIDI_OTHER;
}

struct fmr_character fmr_character_look(uint32_t character)
{
	const utf8proc_property_t *property = utf8proc_get_property((utf8proc_int32_t)character);
	struct fmr_character out = { .bidi = bidi_of((utf8proc_propval_t)property->bidi_class),
		.virama = property->combining_class == 9 };
	const char *category = utf8proc_category_string((utf8proc_int32_t)character);
	memcpy(out.category, category, sizeof(out.category) - 1);

	struct fmr_str one;
	fmr_str_init(&one);
	fmr_utf8_encode(&one, character);
	utf8proc_uint8_t *mapped = NULL;
	const utf8proc_option_t options = UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_STABLE;
	utf8proc_ssize_t length =
		utf8proc_map((const utf8proc_uint8_t *)one.bytes, (utf8proc_ssize_t)one.length, &mapped, options);
	out.stable = length >= 0 && (size_t)length == one.length && memcmp(mapped, one.bytes, one.length) == 0;
	free(mapped);
	fmr_str_release(&one);
	return out;
}

const char *fmr_text_library(void)
{
	return utf8proc_version();
}
