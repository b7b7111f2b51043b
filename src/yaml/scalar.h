/*
 * What a plain scalar means in the YAML 1.2 core schema.
 */
#ifndef FMR_YAML_SCALAR_H
#define FMR_YAML_SCALAR_H

#include "base/arena.h"
#include "fmrec/value.h"

enum fmr_plain {
	FMR_PLAIN_STRING,
	FMR_PLAIN_NULL,
	FMR_PLAIN_TRUE,
	FMR_PLAIN_FALSE,
	FMR_PLAIN_DECIMAL,    /* [-+]?digits, with fraction or exponent */
	FMR_PLAIN_OCTAL,      /* 0o17 */
	FMR_PLAIN_HEX,        /* 0x1F */
	FMR_PLAIN_NOT_FINITE, /* .inf, .nan: no number that JSON could hold */
	FMR_PLAIN_TOO_LONG,   /* 0x with more digits than anybody means */
};

enum { FMR_PLAIN_RADIX_DIGITS = 1024 }; /* converting them to decimal is quadratic */

enum fmr_plain fmr_plain_classify(const char *bytes, size_t length);

/* The JSON spelling of a FMR_PLAIN_DECIMAL, _OCTAL or _HEX, in the arena: +012 is 12, .5 is 0.5, 5. is 5. */
struct fmr_text fmr_plain_number(struct fmr_arena *arena, enum fmr_plain plain, const char *bytes, size_t length);

/* The value of a scalar, plain or (FMR_PLAIN_STRING) not; null for what is no value.  No style, no span. */
struct fmr_value *fmr_plain_value(struct fmr_arena *arena, enum fmr_plain plain, const char *bytes, size_t length);

#endif
