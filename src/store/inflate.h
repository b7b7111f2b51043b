/*
 * zlib, as far as objects need it.
 */
#ifndef FMR_STORE_INFLATE_H
#define FMR_STORE_INFLATE_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct inflater {
	int (*uncompress)(unsigned char *to, unsigned long *to_length, const unsigned char *from, unsigned long length);
};

/* Is there a zlib?  Loaded at the first call. */
bool fmr_inflate_ready(struct inflater *inflater);

/* Append exactly `size` bytes, inflated from the beginning of these; false, and nothing appended, when they make fewer or
 * more.  Never makes more than that, whatever the bytes are. */
bool fmr_inflate_exactly(const struct inflater *inflater, const unsigned char *bytes, size_t length, size_t size,
	struct fmr_str *out);

/* The first bytes only: *made at most `room`; *whole: there are no more.  false when these bytes are not compressed. */
bool fmr_inflate_begin(const struct inflater *inflater, const unsigned char *bytes, size_t length, unsigned char *to,
	size_t room, size_t *made, bool *whole);

/* So many compressed bytes hold any content of `size` bytes, with room to spare. */
size_t fmr_inflate_most(size_t size);

#endif
