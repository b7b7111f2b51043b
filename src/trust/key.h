/*
 * Public keys as SSH has them.  Exactly these are taken: ssh-ed25519, sk-ssh-ed25519@openssh.com,
 * ecdsa-sha2-nistp256/384/521, sk-ecdsa-sha2-nistp256@openssh.com, and ssh-rsa of 3072 to 16384 bits.  Anything else,
 * certificates and OpenPGP among it, is unsupported: the caller says so and the signature proves nothing.
 */
#ifndef FMR_TRUST_KEY_H
#define FMR_TRUST_KEY_H

#include "base/arena.h"
#include "base/str.h"
#include "fmrec/value.h"

#include <stdbool.h>
#include <stddef.h>

enum trust_key_type {
	TRUST_KEY_ED25519,
	TRUST_KEY_SK_ED25519, /* sk: in a security key, which also signs for what application and that it was touched */
	TRUST_KEY_ECDSA_256,
	TRUST_KEY_ECDSA_384,
	TRUST_KEY_ECDSA_521,
	TRUST_KEY_SK_ECDSA_256,
	TRUST_KEY_RSA,
};

/* What became of a key or a signature. */
enum trust_signature {
	TRUST_GOOD,
	TRUST_BAD,         /* well formed, but not a signature of this */
	TRUST_MALFORMED,   /* not in the one form that is allowed */
	TRUST_UNSUPPORTED, /* a form that fmrec does not check */
};

struct trust_key {
	struct fmr_text blob;     /* the whole key as SSH has it; the same key has the same bytes */
	enum trust_key_type type;
	/* for src/trust/key.c and sshsig.c; all of them parts of blob */
	struct fmr_text point;    /* of Ed25519 and ECDSA */
	struct fmr_text modulus, exponent; /* of RSA, without leading zeros */
	struct fmr_text application;       /* of sk */
};

/* "ssh-ed25519", ... */
const char *fmr_trust_key_type_name(enum trust_key_type type);
bool fmr_trust_key_is_sk(enum trust_key_type type);

/*
 * The key of a line such as a .pub file has: "ssh-ed25519 AAAA... comment", one space in between, the comment may be
 * missing.  No white space around it, no options before it.  *fault (a sentence of the arena) says what is wrong.
 * Whether a point lies on its curve is seen when it is used; fmr_trust_verifier_takes() tells.
 */
bool fmr_trust_key_parse(const char *line, struct fmr_arena *arena, struct trust_key *out, const char **fault);
/* The same of the bytes inside a signature; out borrows from them.  Never TRUST_BAD. */
enum trust_signature fmr_trust_key_read(struct fmr_text blob, struct fmr_arena *arena, struct trust_key *out,
	const char **fault);

bool fmr_trust_key_equal(const struct trust_key *a, const struct trust_key *b);
/* Append "ssh-ed25519 AAAA...": how the policy holds it and finds it. */
void fmr_trust_key_text(const struct trust_key *key, struct fmr_str *out);
/* "SHA256:..." as ssh-keygen -l prints it; empty without libcrypto. */
enum { TRUST_FINGERPRINT = 7 + 43 + 1 };
void fmr_trust_key_fingerprint(const struct trust_key *key, char out[TRUST_FINGERPRINT]);
/* Append the key as a SubjectPublicKeyInfo (RFC 5280), which every libcrypto reads. */
void fmr_trust_key_der(const struct trust_key *key, struct fmr_str *out);

#endif
