/*
 * Exact decimal numbers of any size, spelled as in JSON ("-12.50e3").  Used by
 * the schema engine: comparison and multipleOf never round.
 */
#ifndef FMR_BASE_DECIMAL_H
#define FMR_BASE_DECIMAL_H

#include "fmrec/value.h"

#include <stdbool.h>
#include <stdint.h>

/* All take texts of FMR_NUMBER values.  Exponents beyond +-1,000,000,000 compare by sign and exponent only. */
int fmr_decimal_compare(struct fmr_text a, struct fmr_text b); /* <0, 0, >0 */
bool fmr_decimal_is_integer(struct fmr_text number);           /* 1.0 and 1e3 are */
bool fmr_decimal_is_multiple(struct fmr_text number, struct fmr_text divisor); /* exact; divisor > 0 */
/* true and the value when number is an integer within long long */
bool fmr_decimal_to_integer(struct fmr_text number, long long *out);
/* Digits without leading zeros, exponent minimal: equal numbers have equal normal forms (for hashing). */
char *fmr_decimal_normal(struct fmr_text number); /* free() it */
/* Equal numbers have equal hashes; allocates nothing. */
uint32_t fmr_decimal_hash(struct fmr_text number);

#endif
