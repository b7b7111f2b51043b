/*
 * Base64 (RFC 4648), read strictly: any bytes have exactly one spelling.
 */
#ifndef FMR_BASE_BASE64_H
#define FMR_BASE_BASE64_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

/* Append; padded: with '=' up to a multiple of four. */
void fmr_base64_encode(struct fmr_str *out, const void *bytes, size_t length, bool padded);

/* out has room for length / 4 * 3 bytes, *size tells how many there are.  false for a text that is not padded to a
 * multiple of four, holds anything else (white space too), or has bits left over that are not zero. */
bool fmr_base64_decode(const char *text, size_t length, unsigned char *out, size_t *size);

#endif
