#include "trust/der.h"

static void put_head(struct fmr_str *out, unsigned tag, size_t length)
{
	fmr_str_putc(out, (char)tag);
	if (length < 0x80) {
		fmr_str_putc(out, (char)length);
		return;
	}
	unsigned bytes = 1;
	while (length >> (8 * bytes))
		bytes++;
	fmr_str_putc(out, (char)(0x80 | bytes));
	while (bytes-- > 0)
		fmr_str_putc(out, (char)(length >> (8 * bytes) & 0xff));
}

void fmr_trust_der_put(struct fmr_str *out, unsigned tag, struct fmr_text content)
{
	put_head(out, tag, content.length);
	fmr_str_add(out, content.bytes, content.length);
}

void fmr_trust_der_number(struct fmr_str *out, struct fmr_text digits)
{
	/* A number whose highest bit is set would be negative. */
	const bool pad = digits.length > 0 && (unsigned char)digits.bytes[0] >= 0x80;
	put_head(out, TRUST_DER_INTEGER, digits.length + pad);
	if (pad)
		fmr_str_putc(out, '\0');
	fmr_str_add(out, digits.bytes, digits.length);
}

void fmr_trust_der_pair(struct fmr_str *out, struct fmr_text a, struct fmr_text b)
{
	struct fmr_str pair;
	fmr_str_init(&pair);
	fmr_trust_der_number(&pair, a);
	fmr_trust_der_number(&pair, b);
	fmr_trust_der_put(out, TRUST_DER_SEQUENCE, (struct fmr_text){ pair.bytes, pair.length });
	fmr_str_release(&pair);
}
