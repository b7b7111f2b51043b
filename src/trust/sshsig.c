#include "trust/sshsig.h"

#include "base/base64.h"
#include "base/i18n.h"
#include "base/str.h"
#include "trust/crypto.h"
#include "trust/der.h"
#include "trust/wire.h"

#include <string.h>

#define MAGIC "SSHSIG"
#define NAMESPACE "git"
#define BEGIN_LINE "-----BEGIN SSH SIGNATURE-----"
#define END_LINE "-----END SSH SIGNATURE-----"

enum { LONGEST_ARMOUR = 16 * 1024 /* RSA of 16384 bits: 6 KiB */, ED25519_SIGNATURE = 64 };
enum { SK_TOUCHED = 0x01 };

/* ---- the armour ---- */

static enum trust_signature malformed(const char **fault)
{
	*fault = _("the signature is malformed");
	return TRUST_MALFORMED;
}

static bool starts_with(struct fmr_text text, const char *word)
{
	return text.length >= strlen(word) && memcmp(text.bytes, word, strlen(word)) == 0;
}

/* Take one line off the text, without its end; "\r\n" is an end as "\n" is, as ssh-keygen has it.  false at the last,
 * unended one. */
static bool take_line(struct fmr_text *text, struct fmr_text *line)
{
	const char *end = memchr(text->bytes, '\n', text->length);
	*line = *text;
	if (!end)
		return false;
	line->length = (size_t)(end - text->bytes);
	text->bytes = end + 1;
	text->length -= line->length + 1;
	if (line->length > 0 && line->bytes[line->length - 1] == '\r')
		line->length--;
	return true;
}

/* Another kind of signature, or none? */
static enum trust_signature judge_head(struct fmr_text armour, const char **fault)
{
	if (starts_with(armour, "-----BEGIN PGP ")) {
		*fault = _("OpenPGP signatures are not supported");
		return TRUST_UNSUPPORTED;
	}
	if (starts_with(armour, "-----BEGIN SIGNED MESSAGE")) {
		*fault = _("X.509 signatures are not supported");
		return TRUST_UNSUPPORTED;
	}
	return malformed(fault);
}

/* The bytes inside the armour. */
static enum trust_signature take_off(struct fmr_text armour, struct fmr_arena *arena, struct fmr_text *out,
	const char **fault)
{
	struct fmr_text line;
	if (armour.length > LONGEST_ARMOUR)
		return malformed(fault);
	if (!take_line(&armour, &line) || !fmr_trust_text_is(line, BEGIN_LINE))
		return judge_head(line, fault);
	char *digits = fmr_arena_alloc(arena, armour.length + 1);
	size_t count = 0;
	bool ended;
	/* Lines may be of any length, as for ssh-keygen, but not empty. */
	while ((ended = take_line(&armour, &line)) && line.length > 0 && line.bytes[0] != '-') {
		memcpy(digits + count, line.bytes, line.length);
		count += line.length;
	}
	if (!fmr_trust_text_is(line, END_LINE) || (ended && armour.length > 0))
		return malformed(fault);
	unsigned char *bytes = fmr_arena_alloc(arena, count / 4 * 3 + 1);
	if (!fmr_base64_decode(digits, count, bytes, &out->length))
		return malformed(fault);
	out->bytes = (const char *)bytes;
	return TRUST_GOOD;
}

/* ---- what is inside ---- */

struct envelope {
	struct fmr_text key, space, reserved, hash, signature;
};

static enum trust_signature open_envelope(struct fmr_text bytes, struct envelope *out, const char **fault)
{
	struct trust_wire wire = fmr_trust_wire_open(bytes);
	const struct fmr_text magic = fmr_trust_wire_bytes(&wire, strlen(MAGIC));
	const uint32_t version = fmr_trust_wire_number(&wire);
	if (wire.bad || !fmr_trust_text_is(magic, MAGIC))
		return malformed(fault);
	if (version != 1) {
		*fault = _("this version of SSH signatures is not supported");
		return TRUST_UNSUPPORTED;
	}
	out->key = fmr_trust_wire_string(&wire);
	out->space = fmr_trust_wire_string(&wire);
	out->reserved = fmr_trust_wire_string(&wire);
	out->hash = fmr_trust_wire_string(&wire);
	out->signature = fmr_trust_wire_string(&wire);
	return fmr_trust_wire_done(&wire) && out->reserved.length == 0 ? TRUST_GOOD : malformed(fault);
}

/* What was signed: the digest of the message in an envelope of its own. */
static bool put_signed(struct fmr_text hash, struct fmr_text message, struct fmr_str *out)
{
	unsigned char digest[TRUST_HASH_SIZE];
	const enum trust_hash method = fmr_trust_text_is(hash, "sha512") ? TRUST_SHA512
		: fmr_trust_text_is(hash, "sha256")                      ? TRUST_SHA256
									 : TRUST_NO_HASH;
	if (method == TRUST_NO_HASH)
		return false;
	const size_t size = fmr_trust_hash(method, message, digest);
	fmr_str_puts(out, MAGIC);
	fmr_trust_wire_put_string(out, (struct fmr_text){ NAMESPACE, strlen(NAMESPACE) });
	fmr_trust_wire_put_string(out, (struct fmr_text){ "", 0 });
	fmr_trust_wire_put_string(out, hash);
	fmr_trust_wire_put_string(out, (struct fmr_text){ (const char *)digest, size });
	return true;
}

/* ---- the signature itself ---- */

/* What libcrypto is asked. */
struct question {
	enum trust_hash hash;
	struct fmr_str signature; /* as libcrypto wants it */
	struct fmr_str message;
};

/* Which digest a key's own signature takes; TRUST_MALFORMED when the name does not fit the key. */
static enum trust_signature judge_method(const struct trust_key *key, struct fmr_text name, enum trust_hash *hash,
	const char **fault)
{
	if (key->type == TRUST_KEY_RSA) {
		*hash = fmr_trust_text_is(name, "rsa-sha2-512") ? TRUST_SHA512 : TRUST_SHA256;
		if (*hash == TRUST_SHA512 || fmr_trust_text_is(name, "rsa-sha2-256"))
			return TRUST_GOOD;
		if (fmr_trust_text_is(name, "ssh-rsa")) {
			*fault = _("RSA signatures with SHA-1 are not supported");
			return TRUST_UNSUPPORTED;
		}
		return malformed(fault);
	}
	static const enum trust_hash hashes[] = {
		[TRUST_KEY_ED25519] = TRUST_NO_HASH,
		[TRUST_KEY_SK_ED25519] = TRUST_NO_HASH,
		[TRUST_KEY_ECDSA_256] = TRUST_SHA256,
		[TRUST_KEY_ECDSA_384] = TRUST_SHA384,
		[TRUST_KEY_ECDSA_521] = TRUST_SHA512,
		[TRUST_KEY_SK_ECDSA_256] = TRUST_SHA256,
	};
	*hash = hashes[key->type];
	if (fmr_trust_text_is(name, fmr_trust_key_type_name(key->type)))
		return TRUST_GOOD;
	if (starts_with(name, "webauthn-")) {
		*fault = _("signatures made by a web browser are not supported");
		return TRUST_UNSUPPORTED;
	}
	return malformed(fault);
}

/* (r, s) of ECDSA, two numbers, become DER. */
static bool take_ecdsa(struct fmr_text pair, struct fmr_str *out)
{
	struct trust_wire wire = fmr_trust_wire_open(pair);
	const struct fmr_text r = fmr_trust_wire_mpint(&wire), s = fmr_trust_wire_mpint(&wire);
	if (!fmr_trust_wire_done(&wire))
		return false;
	fmr_trust_der_pair(out, r, s);
	return true;
}

static bool take_raw(const struct trust_key *key, struct fmr_text raw, struct fmr_str *out)
{
	switch (key->type) {
	case TRUST_KEY_ED25519:
	case TRUST_KEY_SK_ED25519:
		fmr_str_add(out, raw.bytes, raw.length);
		return raw.length == ED25519_SIGNATURE;
	case TRUST_KEY_RSA:
		fmr_str_add(out, raw.bytes, raw.length);
		return raw.length == key->modulus.length;
	default:
		return take_ecdsa(raw, out);
	}
}

/* A security key signs digests, with its flags and its counter between them. */
static void wrap_sk(const struct trust_key *key, struct fmr_text tail, struct fmr_str *message)
{
	unsigned char digest[TRUST_HASH_SIZE];
	struct fmr_str wrapped;
	fmr_str_init(&wrapped);
	size_t size = fmr_trust_hash(TRUST_SHA256, key->application, digest);
	fmr_str_add(&wrapped, (const char *)digest, size);
	fmr_str_add(&wrapped, tail.bytes, tail.length);
	size = fmr_trust_hash(TRUST_SHA256, (struct fmr_text){ message->bytes, message->length }, digest);
	fmr_str_add(&wrapped, (const char *)digest, size);
	fmr_str_release(message);
	*message = wrapped;
}

static enum trust_signature prepare(const struct trust_key *key, struct fmr_text signature, struct question *question,
	const char **fault)
{
	struct trust_wire wire = fmr_trust_wire_open(signature);
	const struct fmr_text name = fmr_trust_wire_string(&wire);
	if (wire.bad)
		return malformed(fault);
	const enum trust_signature method = judge_method(key, name, &question->hash, fault);
	if (method != TRUST_GOOD)
		return method;
	const struct fmr_text raw = fmr_trust_wire_string(&wire);
	const bool sk = fmr_trust_key_is_sk(key->type);
	const struct fmr_text tail = fmr_trust_wire_bytes(&wire, sk ? 1 + 4 : 0); /* flags, counter */
	if (!fmr_trust_wire_done(&wire) || !take_raw(key, raw, &question->signature))
		return malformed(fault);
	if (!sk)
		return TRUST_GOOD;
	if (!((unsigned char)tail.bytes[0] & SK_TOUCHED)) {
		*fault = _("the security key signed without being touched");
		return TRUST_BAD;
	}
	wrap_sk(key, tail, &question->message);
	return TRUST_GOOD;
}

static enum trust_signature check(struct trust_verifier *verifier, const struct trust_key *key,
	const struct envelope *envelope, struct fmr_text message, const char **fault)
{
	if (!fmr_trust_text_is(envelope->space, NAMESPACE)) {
		*fault = _("the signature is for another purpose than a commit: its namespace is not 'git'");
		return TRUST_BAD;
	}
	struct question question = { .hash = TRUST_NO_HASH };
	fmr_str_init(&question.signature);
	fmr_str_init(&question.message);
	enum trust_signature result = TRUST_UNSUPPORTED;
	*fault = _("signatures of this kind of digest are not supported");
	if (!put_signed(envelope->hash, message, &question.message))
		goto out;
	result = prepare(key, envelope->signature, &question, fault);
	if (result != TRUST_GOOD)
		goto out;
	const struct trust_public *public = fmr_trust_verifier_public(verifier, key);
	if (!public || !fmr_trust_public_verifies(public, question.hash,
			       (struct fmr_text){ question.signature.bytes, question.signature.length },
			       (struct fmr_text){ question.message.bytes, question.message.length })) {
		*fault = public ? _("the signature does not fit what it signs") : _("the key is not a valid one");
		result = TRUST_BAD;
	}
out:
	fmr_str_release(&question.message);
	fmr_str_release(&question.signature);
	return result;
}

enum trust_signature fmr_trust_sshsig_verify(struct trust_verifier *verifier, struct fmr_text armour,
	struct fmr_text message, struct fmr_arena *arena, struct trust_key *key, const char **fault)
{
	struct fmr_text bytes;
	struct envelope envelope;
	*fault = NULL;
	enum trust_signature result = take_off(armour, arena, &bytes, fault);
	if (result == TRUST_GOOD)
		result = open_envelope(bytes, &envelope, fault);
	if (result == TRUST_GOOD)
		result = fmr_trust_key_read(envelope.key, arena, key, fault);
	if (result == TRUST_GOOD)
		result = check(verifier, key, &envelope, message, fault);
	if (result == TRUST_GOOD)
		*fault = NULL;
	return result;
}
