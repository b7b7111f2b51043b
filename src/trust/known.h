/*
 * Signatures that were found to be good, remembered: that the key signed this commit is true for ever, and finding it
 * out is two thirds of the work of a fold.  Kept in $GIT_COMMON_DIR/fmrec/signatures, which is never committed and safe to
 * delete.  For states only: an audit believes no file of this kind.
 *
 *	"fmrec-signatures 1\n"
 *	u32 keys, for each: u32 length, the key as "ssh-ed25519 AAAA..."
 *	u32 commits, for each: SHA-256 of its bytes, u32 number of the key
 *	SHA-256 of all that
 */
#ifndef FMR_TRUST_KNOWN_H
#define FMR_TRUST_KNOWN_H

#include "fmrec/store.h"

enum { TRUST_KNOWN_DIGEST = 32 };

struct trust_known;

/* What is damaged or not there knows nothing.  NULL without libcrypto. */
struct trust_known *fmr_trust_known_open(struct fmr_store *store);
/* Keep what was added, when it is much. */
void fmr_trust_known_close(struct trust_known *known); /* NULL is fine */

/* The SHA-256 of the bytes of a commit. */
void fmr_trust_known_digest(struct trust_known *known, const char *bytes, size_t length,
	unsigned char digest[TRUST_KNOWN_DIGEST]);
/* The key whose signature of this commit is good, borrowed; NULL: not known. */
const char *fmr_trust_known_key(const struct trust_known *known, const unsigned char digest[TRUST_KNOWN_DIGEST]);
void fmr_trust_known_add(struct trust_known *known, const unsigned char digest[TRUST_KNOWN_DIGEST], const char *key);

#endif
