/*
 * URI references (RFC 3986): as much as naming schemas needs.
 */
#ifndef FMR_SCHEMA_URI_H
#define FMR_SCHEMA_URI_H

#include "base/arena.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

/* Resolve reference against base (RFC 3986, 5.2), without its fragment.  *fragment: what stands behind '#', percent
 * escapes decoded, "" when there is none.  Both in the arena. */
const char *fmr_uri_resolve(struct fmr_arena *arena, const char *base, const char *reference, size_t length,
	struct fmr_str *fragment);

/* "scheme:..." */
bool fmr_uri_is_absolute(const char *text, size_t length);

/* Append text with its percent escapes decoded. */
void fmr_uri_decode(struct fmr_str *out, const char *bytes, size_t length);
/* Append a file name so that it can stand in the path of a URI. */
void fmr_uri_encode(struct fmr_str *out, const char *path);

#endif
