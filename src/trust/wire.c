#include "trust/wire.h"

#include <string.h>

struct trust_wire fmr_trust_wire_open(struct fmr_text bytes)
{
	return (struct trust_wire){ .at = bytes.bytes, .left = bytes.length };
}

struct fmr_text fmr_trust_wire_bytes(struct trust_wire *wire, size_t length)
{
	if (wire->bad || length > wire->left) {
		wire->bad = true;
		return (struct fmr_text){ "", 0 };
	}
	const struct fmr_text bytes = { wire->at, length };
	wire->at += length;
	wire->left -= length;
	return bytes;
}

unsigned fmr_trust_wire_byte(struct trust_wire *wire)
{
	const struct fmr_text byte = fmr_trust_wire_bytes(wire, 1);
	return byte.length ? (unsigned char)byte.bytes[0] : 0;
}

uint32_t fmr_trust_wire_number(struct trust_wire *wire)
{
	const struct fmr_text bytes = fmr_trust_wire_bytes(wire, 4);
	uint32_t number = 0;
	for (size_t i = 0; i < bytes.length; i++)
		number = number << 8 | (unsigned char)bytes.bytes[i];
	return number;
}

struct fmr_text fmr_trust_wire_string(struct trust_wire *wire)
{
	return fmr_trust_wire_bytes(wire, fmr_trust_wire_number(wire));
}

struct fmr_text fmr_trust_wire_mpint(struct trust_wire *wire)
{
	struct fmr_text digits = fmr_trust_wire_string(wire);
	const unsigned char *at = (const unsigned char *)digits.bytes;
	/* The highest bit is the sign: a zero stands before digits that begin with it, and nowhere else. */
	const bool padded = digits.length > 1 && at[0] == 0 && at[1] >= 0x80;
	if (digits.length == 0 || at[0] >= 0x80 || (at[0] == 0 && !padded)) {
		wire->bad = true;
		return (struct fmr_text){ "", 0 };
	}
	return (struct fmr_text){ digits.bytes + padded, digits.length - padded };
}

bool fmr_trust_wire_done(const struct trust_wire *wire)
{
	return !wire->bad && wire->left == 0;
}

void fmr_trust_wire_put_number(struct fmr_str *out, uint32_t number)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		fmr_str_putc(out, (char)(number >> shift & 0xff));
}

void fmr_trust_wire_put_string(struct fmr_str *out, struct fmr_text bytes)
{
	fmr_trust_wire_put_number(out, (uint32_t)bytes.length);
	fmr_str_add(out, bytes.bytes, bytes.length);
}

bool fmr_trust_text_is(struct fmr_text text, const char *word)
{
	return text.length == strlen(word) && memcmp(text.bytes, word, text.length) == 0;
}
