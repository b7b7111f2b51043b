/* DER (X.690): just what writing a public key and an ECDSA signature needs. */
#ifndef FMR_TRUST_DER_H
#define FMR_TRUST_DER_H

#include "base/str.h"
#include "fmrec/value.h"

enum { TRUST_DER_INTEGER = 0x02, TRUST_DER_BITS = 0x03, TRUST_DER_SEQUENCE = 0x30 };

/* Append tag, length and content. */
void fmr_trust_der_put(struct fmr_str *out, unsigned tag, struct fmr_text content);
/* Append a positive number, given as digits to base 256. */
void fmr_trust_der_number(struct fmr_str *out, struct fmr_text digits);
/* Append SEQUENCE { a, b } of two positive numbers. */
void fmr_trust_der_pair(struct fmr_str *out, struct fmr_text a, struct fmr_text b);

#endif
