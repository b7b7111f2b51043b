/*
 * SHA-256 (libcrypto).  The only place in base that knows OpenSSL.
 */
#ifndef FMR_BASE_DIGEST_H
#define FMR_BASE_DIGEST_H

#include "fmrec/error.h"

#include <stddef.h>

enum { FMR_DIGEST_TEXT = 64 + 1 };

/* Lower-case hex, NUL-terminated. */
void fmr_digest_bytes(const void *bytes, size_t length, char out[FMR_DIGEST_TEXT]);
/* Of a file's contents, read in pieces. */
int fmr_digest_file(int directory, const char *path, char out[FMR_DIGEST_TEXT], struct fmr_err *err);

#endif
