/*
 * Internationalised host names: IDNA 2008 (RFC 5890 to 5893), Punycode (RFC 3492).
 */
#ifndef FMR_SCHEMA_IDNA_H
#define FMR_SCHEMA_IDNA_H

#include <stdbool.h>
#include <stddef.h>

/* What stands behind "xn--": decodes to a label that may be registered, and is its one encoding. */
bool fmr_idna_is_encoded_label(const char *bytes, size_t length);

/* A host name in UTF-8; the ideographic and full-width full stops separate labels too. */
bool fmr_idna_is_host(const char *bytes, size_t length);

#endif
