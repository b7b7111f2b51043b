#include "trust/crypto.h"

#include "base/alloc.h"
#include "base/digest.h"
#include "base/dynlib.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <pthread.h>

#define FUNCTIONS(X)                                                                                                   \
	X(EVP_sha256)                                                                                                  \
	X(EVP_sha384)                                                                                                  \
	X(EVP_sha512)                                                                                                  \
	X(EVP_Digest)                                                                                                  \
	X(EVP_MD_CTX_new)                                                                                              \
	X(EVP_MD_CTX_free)                                                                                             \
	X(EVP_DigestVerifyInit)                                                                                        \
	X(EVP_DigestVerify)                                                                                            \
	X(EVP_PKEY_free)                                                                                               \
	X(d2i_PUBKEY)                                                                                                  \
	X(ERR_clear_error)

/* Written once, by load(). */
static struct {
#define MEMBER(name) __typeof__(name) *name;
	FUNCTIONS(MEMBER)
#undef MEMBER
	int result;
	struct fmr_err err;
} verifying;
static pthread_once_t verifying_loaded = PTHREAD_ONCE_INIT;

static void load(void)
{
	void *library;
	verifying.result = fmr_digest_open(&library, &verifying.err);
#define LOOK_UP(name)                                                                                                  \
	if (verifying.result == 0)                                                                                     \
		verifying.result = fmr_dynlib_function(library, #name, &verifying.name, &verifying.err);
	FUNCTIONS(LOOK_UP)
#undef LOOK_UP
}

int fmr_trust_crypto_ready(struct fmr_err *err)
{
	pthread_once(&verifying_loaded, load);
	if (verifying.result != 0 && err)
		*err = verifying.err;
	return verifying.result;
}

static const EVP_MD *method_of(enum trust_hash hash)
{
	switch (hash) {
	case TRUST_SHA256:
		return verifying.EVP_sha256();
	case TRUST_SHA384:
		return verifying.EVP_sha384();
	case TRUST_SHA512:
		return verifying.EVP_sha512();
	default:
		return NULL;
	}
}

size_t fmr_trust_hash(enum trust_hash hash, struct fmr_text bytes, unsigned char out[TRUST_HASH_SIZE])
{
	unsigned length = 0;
	if (verifying.EVP_Digest(bytes.bytes, bytes.length, out, &length, method_of(hash), NULL) != 1)
		fmr_out_of_memory(); /* the only way a digest known to exist can fail; does not return */
	return length;
}

struct trust_public *fmr_trust_public_new(struct fmr_text der)
{
	const unsigned char *at = (const unsigned char *)der.bytes, *end = at + der.length;
	if (der.length > LONG_MAX)
		return NULL;
	EVP_PKEY *key = verifying.d2i_PUBKEY(NULL, &at, (long)der.length);
	verifying.ERR_clear_error(); /* others in this process read that list too */
	if (key && at != end) {
		verifying.EVP_PKEY_free(key);
		return NULL;
	}
	return (struct trust_public *)key;
}

void fmr_trust_public_free(struct trust_public *key)
{
	if (key)
		verifying.EVP_PKEY_free((EVP_PKEY *)key);
}

bool fmr_trust_public_verifies(const struct trust_public *key, enum trust_hash hash, struct fmr_text signature,
	struct fmr_text message)
{
	EVP_MD_CTX *context = verifying.EVP_MD_CTX_new();
	if (!context)
		fmr_out_of_memory();
	const bool good =
		verifying.EVP_DigestVerifyInit(context, NULL, method_of(hash), NULL, (EVP_PKEY *)key) == 1 &&
		verifying.EVP_DigestVerify(context, (const unsigned char *)signature.bytes, signature.length,
			(const unsigned char *)message.bytes, message.length) == 1;
	verifying.EVP_MD_CTX_free(context);
	if (!good)
		verifying.ERR_clear_error();
	return good;
}
