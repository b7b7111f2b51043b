/*
 * The wall around libcrypto: digests, and does a signature fit a public key.  Loaded when first needed, as in
 * base/digest.c.  It decides nothing else: which keys and signatures are welcome is key.c's and sshsig.c's business.
 */
#ifndef FMR_TRUST_CRYPTO_H
#define FMR_TRUST_CRYPTO_H

#include "fmrec/error.h"
#include "fmrec/value.h"

#include <stdbool.h>
#include <stddef.h>

enum trust_hash { TRUST_NO_HASH /* the method hashes by itself: Ed25519 */, TRUST_SHA256, TRUST_SHA384, TRUST_SHA512 };
enum { TRUST_HASH_SIZE = 64 };

/* Fails only when libcrypto cannot be loaded; nothing below may be called before it succeeded once. */
int fmr_trust_crypto_ready(struct fmr_err *err);

/* The digest's length in bytes. */
size_t fmr_trust_hash(enum trust_hash hash, struct fmr_text bytes, unsigned char out[TRUST_HASH_SIZE]);

/* A public key of libcrypto. */
struct trust_public;
/* der: a SubjectPublicKeyInfo.  NULL when libcrypto does not take it, for instance a point that is not on its curve. */
struct trust_public *fmr_trust_public_new(struct fmr_text der);
void fmr_trust_public_free(struct trust_public *key);
/* signature: as libcrypto has it: 64 bytes of Ed25519, DER of ECDSA, PKCS#1 v1.5 of RSA. */
bool fmr_trust_public_verifies(const struct trust_public *key, enum trust_hash hash, struct fmr_text signature,
	struct fmr_text message);

#endif
