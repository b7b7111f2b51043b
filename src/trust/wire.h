/*
 * What SSH writes keys and signatures in (RFC 4251, section 5): numbers, strings with their length before them, big
 * numbers.  A reader that has met a fault yields nothing more.
 */
#ifndef FMR_TRUST_WIRE_H
#define FMR_TRUST_WIRE_H

#include "base/str.h"
#include "fmrec/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trust_wire {
	const char *at;
	size_t left;
	bool bad; /* something was too short, or not minimal */
};

struct trust_wire fmr_trust_wire_open(struct fmr_text bytes);
struct fmr_text fmr_trust_wire_bytes(struct trust_wire *wire, size_t length);
unsigned fmr_trust_wire_byte(struct trust_wire *wire);
uint32_t fmr_trust_wire_number(struct trust_wire *wire);
struct fmr_text fmr_trust_wire_string(struct trust_wire *wire);
/* Its digits to base 256, without a leading zero.  Positive numbers only, in their one minimal spelling. */
struct fmr_text fmr_trust_wire_mpint(struct trust_wire *wire);
/* Nothing was bad and nothing is left. */
bool fmr_trust_wire_done(const struct trust_wire *wire);

void fmr_trust_wire_put_number(struct fmr_str *out, uint32_t number);
void fmr_trust_wire_put_string(struct fmr_str *out, struct fmr_text bytes);

bool fmr_trust_text_is(struct fmr_text text, const char *word);

#endif
