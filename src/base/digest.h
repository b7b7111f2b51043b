/*
 * SHA-256, and Git's ids of contents (libcrypto).  The only place in base that knows OpenSSL.
 *
 * libcrypto is loaded when the first digest is asked for: linking it costs
 * 1.0 ms at every start (0.4 ms statically), more than `git --version` has to
 * spare.
 */
#ifndef FMR_BASE_DIGEST_H
#define FMR_BASE_DIGEST_H

#include "base/str.h"
#include "fmrec/error.h"

#include <stddef.h>

enum { FMR_DIGEST_TEXT = 64 + 1, FMR_BLOB_TEXT = 40 + 1 };

/* libcrypto, for src/trust too.  openssl.cnf is not read, wherever OPENSSL_CONF says it is: what it loads could make any
 * signature good. */
int fmr_digest_open(void **library, struct fmr_err *err);

/* Can digests be computed?  Fails only when libcrypto cannot be loaded. */
int fmr_digest_ready(struct fmr_err *err);

/* Name and version of libcrypto, or why it cannot be loaded; appended to out. */
void fmr_digest_library(struct fmr_str *out);

/* Lower-case hex, NUL-terminated.  Without libcrypto out is empty and the result FMR_ERR_NOT_FOUND, as
 * fmr_digest_ready would have told. */
int fmr_digest_bytes(const void *bytes, size_t length, char out[FMR_DIGEST_TEXT]);
/* The id that Git gives a blob of these bytes: SHA-1 of "blob <length>", NUL and the bytes. */
int fmr_digest_blob(const void *bytes, size_t length, char out[FMR_BLOB_TEXT]);

/* Digests of many small things, or of one in parts, as bytes.  A hasher is used again and again, by one thread at a
 * time: making one costs more than hashing a kilobyte. */
enum fmr_hash { FMR_SHA1, FMR_SHA256 };
enum { FMR_SHA1_BYTES = 20, FMR_SHA256_BYTES = 32 };
struct fmr_hasher;
/* NULL without libcrypto; err says so. */
struct fmr_hasher *fmr_hasher_new(enum fmr_hash hash, struct fmr_err *err);
void fmr_hasher_free(struct fmr_hasher *hasher); /* NULL is fine */
void fmr_hasher_begin(struct fmr_hasher *hasher); /* forgets what was added before */
void fmr_hasher_add(struct fmr_hasher *hasher, const void *bytes, size_t length);
void fmr_hasher_end(struct fmr_hasher *hasher, unsigned char *out); /* as many bytes as the digest has */

/* Of a file's contents, read in pieces; links are not followed below an open directory. */
int fmr_digest_file(int directory, const char *path, char out[FMR_DIGEST_TEXT], struct fmr_err *err);

#endif
