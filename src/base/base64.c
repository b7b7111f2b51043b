#include "base/base64.h"

#include <stdint.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void fmr_base64_encode(struct fmr_str *out, const void *bytes, size_t length, bool padded)
{
	const unsigned char *at = bytes;
	fmr_str_reserve(out, (length + 2) / 3 * 4);
	for (; length > 0; at += 3, length -= length < 3 ? length : 3) {
		const uint32_t group =
			(uint32_t)at[0] << 16 | (uint32_t)(length > 1 ? at[1] : 0) << 8 | (length > 2 ? at[2] : 0);
		const size_t used = length > 2 ? 4 : length + 1;
		for (size_t i = 0; i < 4; i++)
			if (i < used)
				fmr_str_putc(out, digits[group >> (18 - 6 * i) & 63]);
			else if (padded)
				fmr_str_putc(out, '=');
	}
}

static int value_of(char digit)
{
	if (digit >= 'A' && digit <= 'Z')
		return digit - 'A';
	if (digit >= 'a' && digit <= 'z')
		return digit - 'a' + 26;
	if (digit >= '0' && digit <= '9')
		return digit - '0' + 52;
	return digit == '+' ? 62 : digit == '/' ? 63 : -1;
}

bool fmr_base64_decode(const char *text, size_t length, unsigned char *out, size_t *size)
{
	*size = 0;
	if (length % 4 != 0)
		return false;
	size_t used = length;
	while (used > 0 && length - used < 2 && text[used - 1] == '=')
		used--;
	uint32_t group = 0;
	unsigned bits = 0;
	for (size_t i = 0; i < used; i++) {
		const int value = value_of(text[i]);
		if (value < 0)
			return false;
		group = group << 6 | (uint32_t)value;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			out[(*size)++] = (unsigned char)(group >> bits);
		}
		group &= (1u << bits) - 1;
	}
	return group == 0;
}
