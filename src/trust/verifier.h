/*
 * The public keys met so far, ready for use, at most some hundred: thousands of signatures of a few keys make each key
 * once.  Not shared between threads.
 */
#ifndef FMR_TRUST_VERIFIER_H
#define FMR_TRUST_VERIFIER_H

#include "fmrec/error.h"
#include "trust/crypto.h"
#include "trust/key.h"

#include <stdbool.h>

struct trust_verifier;
/* Fails only when libcrypto cannot be loaded. */
int fmr_trust_verifier_new(struct trust_verifier **out, struct fmr_err *err);
void fmr_trust_verifier_free(struct trust_verifier *verifier);

/* Borrowed until the next call.  NULL when libcrypto does not take the key, for instance a point off its curve. */
const struct trust_public *fmr_trust_verifier_public(struct trust_verifier *verifier, const struct trust_key *key);
/* Could a signature of this key ever be good? */
bool fmr_trust_verifier_takes(struct trust_verifier *verifier, const struct trust_key *key);

#endif
