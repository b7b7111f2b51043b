#include "yaml/scalar.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t digits(const char *bytes, size_t length)
{
	size_t i = 0;
	while (i < length && is_digit(bytes[i]))
		i++;
	return i;
}

struct word {
	const char *text;
	enum fmr_plain plain;
};

/* All words of three to five letters that are no strings; shorter and longer ones are handled by their callers. */
static const struct word words[] = {
	{ "null", FMR_PLAIN_NULL }, { "Null", FMR_PLAIN_NULL }, { "NULL", FMR_PLAIN_NULL },
	{ "true", FMR_PLAIN_TRUE }, { "True", FMR_PLAIN_TRUE }, { "TRUE", FMR_PLAIN_TRUE },
	{ "false", FMR_PLAIN_FALSE }, { "False", FMR_PLAIN_FALSE }, { "FALSE", FMR_PLAIN_FALSE },
	{ ".nan", FMR_PLAIN_NOT_FINITE }, { ".NaN", FMR_PLAIN_NOT_FINITE }, { ".NAN", FMR_PLAIN_NOT_FINITE },
	{ ".inf", FMR_PLAIN_NOT_FINITE }, { ".Inf", FMR_PLAIN_NOT_FINITE }, { ".INF", FMR_PLAIN_NOT_FINITE },
	{ "+.inf", FMR_PLAIN_NOT_FINITE }, { "+.Inf", FMR_PLAIN_NOT_FINITE }, { "+.INF", FMR_PLAIN_NOT_FINITE },
	{ "-.inf", FMR_PLAIN_NOT_FINITE }, { "-.Inf", FMR_PLAIN_NOT_FINITE }, { "-.INF", FMR_PLAIN_NOT_FINITE },
};

static enum fmr_plain classify_word(const char *bytes, size_t length)
{
	if (length < 4 || length > 5)
		return FMR_PLAIN_STRING;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (words[i].text[0] == bytes[0] && strlen(words[i].text) == length &&
			memcmp(words[i].text, bytes, length) == 0)
			return words[i].plain;
	return FMR_PLAIN_STRING;
}

/* 0o[0-7]+ and 0x[0-9a-fA-F]+, which take no sign. */
static enum fmr_plain classify_radix(const char *bytes, size_t length)
{
	const bool hex = bytes[1] == 'x';
	for (size_t i = 2; i < length; i++) {
		const char c = bytes[i];
		const bool ok = hex ? is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') : c >= '0' && c <= '7';
		if (!ok)
			return FMR_PLAIN_STRING;
	}
	if (length - 2 > FMR_PLAIN_RADIX_DIGITS)
		return FMR_PLAIN_TOO_LONG;
	return hex ? FMR_PLAIN_HEX : FMR_PLAIN_OCTAL;
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool is_decimal(const char *bytes, size_t length)
{
	size_t i = bytes[0] == '-' || bytes[0] == '+';
	const size_t whole = digits(bytes + i, length - i);
	i += whole;
	if (i < length && bytes[i] == '.') {
		const size_t fraction = digits(bytes + i + 1, length - i - 1);
		if (!whole && !fraction)
			return false;
		i += 1 + fraction;
	} else if (!whole) {
		return false;
	}
	if (i < length && (bytes[i] == 'e' || bytes[i] == 'E')) {
		i++;
		if (i < length && (bytes[i] == '-' || bytes[i] == '+'))
			i++;
		const size_t exponent = digits(bytes + i, length - i);
		if (!exponent)
			return false;
		i += exponent;
	}
	return i == length;
}

enum fmr_plain fmr_plain_classify(const char *bytes, size_t length)
{
	if (!length)
		return FMR_PLAIN_NULL;
	switch (bytes[0]) {
	case '~':
		return length == 1 ? FMR_PLAIN_NULL : FMR_PLAIN_STRING;
	case 'n':
	case 'N':
	case 't':
	case 'T':
	case 'f':
	case 'F':
		return classify_word(bytes, length);
	case '0':
		if (length > 2 && (bytes[1] == 'x' || bytes[1] == 'o'))
			return classify_radix(bytes, length);
		break;
	case '+':
	case '-':
	case '.':
		if (classify_word(bytes, length) == FMR_PLAIN_NOT_FINITE)
			return FMR_PLAIN_NOT_FINITE;
		break;
	default:
		if (!is_digit(bytes[0]))
			return FMR_PLAIN_STRING;
	}
	return is_decimal(bytes, length) ? FMR_PLAIN_DECIMAL : FMR_PLAIN_STRING;
}

static unsigned digit_value(char c)
{
	return is_digit(c) ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

/* Base 8 or 16 to decimal by long multiplication in limbs of nine digits. */
static struct fmr_text radix_number(struct fmr_arena *arena, unsigned base, const char *bytes, size_t length)
{
	enum { LIMB = 1000000000, LIMBS = FMR_PLAIN_RADIX_DIGITS * 4 / 29 + 2 };
	uint32_t limbs[LIMBS] = { 0 };
	size_t used = 1;
	for (size_t i = 0; i < length; i++) {
		uint64_t carry = digit_value(bytes[i]);
		for (size_t j = 0; j < used; j++) {
			carry += (uint64_t)limbs[j] * base;
			limbs[j] = (uint32_t)(carry % LIMB);
			carry /= LIMB;
		}
		if (carry)
			limbs[used++] = (uint32_t)carry;
	}
	char *text = fmr_arena_alloc(arena, used * 9 + 1);
	char *end = text + used * 9, *p = end;
	*end = '\0';
	for (size_t j = 0; j < used; j++)
		for (int k = 0; k < 9; k++, limbs[j] /= 10)
			*--p = (char)('0' + limbs[j] % 10);
	while (p < end - 1 && *p == '0')
		p++;
	return (struct fmr_text){ p, (size_t)(end - p) };
}

struct fmr_text fmr_plain_number(struct fmr_arena *arena, enum fmr_plain plain, const char *bytes, size_t length)
{
	if (plain != FMR_PLAIN_DECIMAL)
		return radix_number(arena, plain == FMR_PLAIN_HEX ? 16 : 8, bytes + 2, length - 2);
	char *text = fmr_arena_alloc(arena, length + 2), *out = text;
	size_t i = 0;
	if (bytes[0] == '-')
		*out++ = '-';
	i += bytes[0] == '-' || bytes[0] == '+';
	while (i + 1 < length && bytes[i] == '0' && is_digit(bytes[i + 1]))
		i++;
	if (bytes[i] == '.')
		*out++ = '0';
	for (; i < length; i++)
		if (bytes[i] != '.' || (i + 1 < length && is_digit(bytes[i + 1]))) /* JSON has no "5." */
			*out++ = bytes[i];
	*out = '\0';
	return (struct fmr_text){ text, (size_t)(out - text) };
}

struct fmr_value *fmr_plain_value(struct fmr_arena *arena, enum fmr_plain plain, const char *bytes, size_t length)
{
	struct fmr_value *value;
	if (plain == FMR_PLAIN_STRING) { /* by far the most: one piece of memory for value and text */
		value = fmr_arena_alloc(arena, sizeof(*value) + length + 1);
		char *text = (char *)(value + 1);
		memcpy(text, bytes, length);
		text[length] = '\0';
		value->kind = FMR_STRING;
		value->text = (struct fmr_text){ text, length };
		return value;
	}
	value = fmr_arena_zero(arena, 1, sizeof(*value));
	switch (plain) {
	case FMR_PLAIN_TRUE:
	case FMR_PLAIN_FALSE:
		value->kind = FMR_BOOL;
		value->boolean = plain == FMR_PLAIN_TRUE;
		break;
	case FMR_PLAIN_DECIMAL:
	case FMR_PLAIN_OCTAL:
	case FMR_PLAIN_HEX:
		value->kind = FMR_NUMBER;
		value->text = fmr_plain_number(arena, plain, bytes, length);
		break;
	default:
		break;
	}
	return value;
}
