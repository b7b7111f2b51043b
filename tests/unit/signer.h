/* Makes SSH keys and signatures of every kind with libcrypto, security keys among them, for the tests that verify them.
 * Header only: every test is one program. */
#ifndef FMR_TESTS_SIGNER_H
#define FMR_TESTS_SIGNER_H

#include "base/alloc.h"
#include "base/base64.h"
#include "base/str.h"
#include "trust/key.h"
#include "trust/wire.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

struct signer {
	enum trust_key_type type;
	EVP_PKEY *pair;
	struct fmr_str blob;
};

/* What a signature is made of; a test spoils one of them. */
struct making {
	uint32_t version;
	const char *space, *reserved, *hash;     /* "git", "", "sha512" */
	const char *method;                      /* NULL: the one of the key */
	unsigned flags, counter;                 /* of a security key: 1, any */
};
#define MAKING { 1, "git", "", "sha512", NULL, 1, 7 }

static inline struct fmr_text text_in(const struct fmr_str *str)
{
	return (struct fmr_text){ str->bytes, str->length };
}

static inline struct fmr_text text_word(const char *word)
{
	return (struct fmr_text){ word, strlen(word) };
}

/* Number as SSH writes it; digits to base 256 may have zeros in front. */
static inline void put_mpint(struct fmr_str *out, struct fmr_text digits)
{
	while (digits.length > 0 && digits.bytes[0] == 0) {
		digits.bytes++;
		digits.length--;
	}
	const bool pad = digits.length > 0 && (unsigned char)digits.bytes[0] >= 0x80;
	fmr_trust_wire_put_number(out, (uint32_t)(digits.length + pad));
	if (pad)
		fmr_str_putc(out, '\0');
	fmr_str_add(out, digits.bytes, digits.length);
}

/* The content of the DER element at *at, which moves behind it. */
static inline struct fmr_text der_take(const unsigned char **at)
{
	size_t length = (*at)[1];
	*at += 2;
	if (length >= 0x80) {
		unsigned bytes = length & 0x7f;
		for (length = 0; bytes > 0; bytes--)
			length = length << 8 | *(*at)++;
	}
	const struct fmr_text content = { (const char *)*at, length };
	*at += length;
	return content;
}

static inline const char *curve_of(enum trust_key_type type)
{
	return type == TRUST_KEY_ECDSA_384 ? "nistp384" : type == TRUST_KEY_ECDSA_521 ? "nistp521" : "nistp256";
}

static inline bool is_ed25519(enum trust_key_type type)
{
	return type == TRUST_KEY_ED25519 || type == TRUST_KEY_SK_ED25519;
}

static inline void put_blob(struct signer *signer)
{
	struct fmr_str *out = &signer->blob;
	fmr_str_init(out);
	fmr_trust_wire_put_string(out, text_word(fmr_trust_key_type_name(signer->type)));
	unsigned char *der = NULL;
	const int length = i2d_PublicKey(signer->pair, &der); /* RSA: SEQUENCE { n, e }; EC: the point */
	if (signer->type == TRUST_KEY_RSA) {
		const unsigned char *at = der;
		const unsigned char *inner = (const unsigned char *)der_take(&at).bytes;
		const struct fmr_text n = der_take(&inner), e = der_take(&inner);
		put_mpint(out, e);
		put_mpint(out, n);
	} else if (is_ed25519(signer->type)) {
		unsigned char point[32];
		size_t size = sizeof(point);
		EVP_PKEY_get_raw_public_key(signer->pair, point, &size);
		fmr_trust_wire_put_string(out, (struct fmr_text){ (char *)point, size });
	} else {
		fmr_trust_wire_put_string(out, text_word(curve_of(signer->type)));
		fmr_trust_wire_put_string(out, (struct fmr_text){ (char *)der, (size_t)length });
	}
	if (fmr_trust_key_is_sk(signer->type))
		fmr_trust_wire_put_string(out, text_word("ssh:"));
	OPENSSL_free(der);
}

static inline void signer_init(struct signer *signer, enum trust_key_type type, int rsa_bits)
{
	*signer = (struct signer){ .type = type };
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(type == TRUST_KEY_RSA ? EVP_PKEY_RSA
			: is_ed25519(type)                                ? EVP_PKEY_ED25519
									  : EVP_PKEY_EC, NULL);
	EVP_PKEY_keygen_init(context);
	if (type == TRUST_KEY_RSA)
		EVP_PKEY_CTX_set_rsa_keygen_bits(context, rsa_bits);
	else if (!is_ed25519(type))
		EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, type == TRUST_KEY_ECDSA_384 ? NID_secp384r1
				: type == TRUST_KEY_ECDSA_521                                   ? NID_secp521r1
												: NID_X9_62_prime256v1);
	if (EVP_PKEY_keygen(context, &signer->pair) != 1)
		abort();
	EVP_PKEY_CTX_free(context);
	put_blob(signer);
}

static inline void signer_release(struct signer *signer)
{
	EVP_PKEY_free(signer->pair);
	fmr_str_release(&signer->blob);
}

static inline void put_digest(struct fmr_str *out, const EVP_MD *method, struct fmr_text bytes, bool as_string)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned size = 0;
	EVP_Digest(bytes.bytes, bytes.length, digest, &size, method, NULL);
	if (as_string)
		fmr_trust_wire_put_string(out, (struct fmr_text){ (char *)digest, size });
	else
		fmr_str_add(out, (char *)digest, size);
}

static inline const EVP_MD *method_for(const struct signer *signer, const char *name)
{
	switch (signer->type) {
	case TRUST_KEY_ED25519:
	case TRUST_KEY_SK_ED25519:
		return NULL;
	case TRUST_KEY_ECDSA_384:
		return EVP_sha384();
	case TRUST_KEY_ECDSA_521:
		return EVP_sha512();
	case TRUST_KEY_RSA:
		return strcmp(name, "rsa-sha2-256") == 0 ? EVP_sha256() : strcmp(name, "ssh-rsa") == 0 ? EVP_sha1() : EVP_sha512();
	default:
		return EVP_sha256();
	}
}

/* The key's own signature of these bytes, as the string of SSH holds it. */
static inline void put_raw(const struct signer *signer, const EVP_MD *method, struct fmr_text bytes, struct fmr_str *out)
{
	unsigned char raw[4096];
	size_t size = sizeof(raw);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (EVP_DigestSignInit(context, NULL, method, NULL, signer->pair) != 1 ||
		EVP_DigestSign(context, raw, &size, (const unsigned char *)bytes.bytes, bytes.length) != 1)
		abort();
	EVP_MD_CTX_free(context);
	if (is_ed25519(signer->type) || signer->type == TRUST_KEY_RSA) {
		fmr_trust_wire_put_string(out, (struct fmr_text){ (char *)raw, size });
		return;
	}
	const unsigned char *at = raw, *inner = (const unsigned char *)der_take(&at).bytes;
	const struct fmr_text r = der_take(&inner), s = der_take(&inner);
	struct fmr_str pair;
	fmr_str_init(&pair);
	put_mpint(&pair, r);
	put_mpint(&pair, s);
	fmr_trust_wire_put_string(out, text_in(&pair));
	fmr_str_release(&pair);
}

/* Append the signature's own part: method, signature, and of a security key flags and counter. */
static inline void put_signature(const struct signer *signer, const struct making *making, struct fmr_text bytes,
	struct fmr_str *out)
{
	const char *name = making->method ? making->method
		: signer->type == TRUST_KEY_RSA   ? "rsa-sha2-512"
						  : fmr_trust_key_type_name(signer->type);
	fmr_trust_wire_put_string(out, text_word(name));
	if (!fmr_trust_key_is_sk(signer->type)) {
		put_raw(signer, method_for(signer, name), bytes, out);
		return;
	}
	struct fmr_str wrapped, tail;
	fmr_str_init(&wrapped);
	fmr_str_init(&tail);
	fmr_str_putc(&tail, (char)making->flags);
	fmr_trust_wire_put_number(&tail, making->counter);
	put_digest(&wrapped, EVP_sha256(), text_word("ssh:"), false);
	fmr_str_add(&wrapped, tail.bytes, tail.length);
	put_digest(&wrapped, EVP_sha256(), bytes, false);
	put_raw(signer, method_for(signer, name), text_in(&wrapped), out);
	fmr_str_add(out, tail.bytes, tail.length);
	fmr_str_release(&tail);
	fmr_str_release(&wrapped);
}

/* Append the whole signature of the message, not yet in its armour.  With another reserved text than "", that text
 * stands in it but is not signed, as ssh-keygen looks at it. */
static inline void put_envelope(const struct signer *signer, const struct making *making, struct fmr_text message,
	struct fmr_str *out)
{
	struct fmr_str bytes, signature;
	fmr_str_init(&bytes);
	fmr_str_init(&signature);
	fmr_str_puts(&bytes, "SSHSIG");
	fmr_trust_wire_put_string(&bytes, text_word(making->space));
	fmr_trust_wire_put_string(&bytes, text_word(""));
	fmr_trust_wire_put_string(&bytes, text_word(making->hash));
	put_digest(&bytes, strcmp(making->hash, "sha256") == 0 ? EVP_sha256() : EVP_sha512(), message, true);
	put_signature(signer, making, text_in(&bytes), &signature);

	fmr_str_puts(out, "SSHSIG");
	fmr_trust_wire_put_number(out, making->version);
	fmr_trust_wire_put_string(out, text_in(&signer->blob));
	fmr_trust_wire_put_string(out, text_word(making->space));
	fmr_trust_wire_put_string(out, text_word(making->reserved));
	fmr_trust_wire_put_string(out, text_word(making->hash));
	fmr_trust_wire_put_string(out, text_in(&signature));
	fmr_str_release(&signature);
	fmr_str_release(&bytes);
}

/* Append it in its armour, in lines of `width`. */
static inline void put_armour(struct fmr_text envelope, size_t width, struct fmr_str *out)
{
	struct fmr_str digits;
	fmr_str_init(&digits);
	fmr_base64_encode(&digits, envelope.bytes, envelope.length, true);
	fmr_str_puts(out, "-----BEGIN SSH SIGNATURE-----\n");
	for (size_t at = 0; at < digits.length; at += width) {
		fmr_str_add(out, digits.bytes + at, digits.length - at < width ? digits.length - at : width);
		fmr_str_putc(out, '\n');
	}
	fmr_str_puts(out, "-----END SSH SIGNATURE-----\n");
	fmr_str_release(&digits);
}

static inline void sign(const struct signer *signer, const struct making *making, struct fmr_text message,
	struct fmr_str *out)
{
	struct fmr_str envelope;
	fmr_str_init(&envelope);
	put_envelope(signer, making, message, &envelope);
	put_armour(text_in(&envelope), 70, out);
	fmr_str_release(&envelope);
}

#endif
