#include "trust/key.h"

#include "base/base64.h"
#include "base/i18n.h"
#include "base/text.h"
#include "trust/crypto.h"
#include "trust/der.h"
#include "trust/wire.h"

#include <string.h>

enum { RSA_LEAST_BITS = 3072, RSA_MOST_BITS = 16384, RSA_EXPONENT_BYTES = 8 /* libcrypto takes no longer one */ };
enum { LONGEST_LINE = 16 * 1024, SHOWN = 64 /* bytes of a strange name */ };

/* The algorithm of a SubjectPublicKeyInfo: SEQUENCE { OID, parameters }. */
#define ALGORITHM(bytes) { bytes, sizeof(bytes) - 1 }
static const struct {
	const char *name;
	const char *curve;         /* of ECDSA: the name again, in the blob */
	size_t point;              /* its length in bytes */
	bool sk;
	struct fmr_text algorithm;
} types[] = {
	[TRUST_KEY_ED25519] = { "ssh-ed25519", NULL, 32, false, ALGORITHM("\x30\x05\x06\x03\x2b\x65\x70") },
	[TRUST_KEY_SK_ED25519] = { "sk-ssh-ed25519@openssh.com", NULL, 32, true,
		ALGORITHM("\x30\x05\x06\x03\x2b\x65\x70") },
	[TRUST_KEY_ECDSA_256] = { "ecdsa-sha2-nistp256", "nistp256", 1 + 2 * 32, false,
		ALGORITHM("\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07") },
	[TRUST_KEY_ECDSA_384] = { "ecdsa-sha2-nistp384", "nistp384", 1 + 2 * 48, false,
		ALGORITHM("\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22") },
	[TRUST_KEY_ECDSA_521] = { "ecdsa-sha2-nistp521", "nistp521", 1 + 2 * 66, false,
		ALGORITHM("\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x23") },
	[TRUST_KEY_SK_ECDSA_256] = { "sk-ecdsa-sha2-nistp256@openssh.com", "nistp256", 1 + 2 * 32, true,
		ALGORITHM("\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07") },
	[TRUST_KEY_RSA] = { "ssh-rsa", NULL, 0, false,
		ALGORITHM("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00") },
};
enum { TYPES = sizeof(types) / sizeof(*types) };

const char *fmr_trust_key_type_name(enum trust_key_type type)
{
	return types[type].name;
}

bool fmr_trust_key_is_sk(enum trust_key_type type)
{
	return types[type].sk;
}

bool fmr_trust_key_equal(const struct trust_key *a, const struct trust_key *b)
{
	return a->blob.length == b->blob.length && memcmp(a->blob.bytes, b->blob.bytes, a->blob.length) == 0;
}

/* ---- reading ---- */

static enum trust_signature malformed(const char **fault)
{
	*fault = _("the key is malformed");
	return TRUST_MALFORMED;
}

static enum trust_signature strange_type(struct fmr_text name, struct fmr_arena *arena, const char **fault)
{
	struct fmr_str shown;
	fmr_str_init(&shown);
	fmr_text_escape(&shown, name.bytes, name.length < SHOWN ? name.length : SHOWN, false);
	*fault = fmr_arena_format(arena, _("keys of type '%s' are not supported"), shown.bytes);
	fmr_str_release(&shown);
	return TRUST_UNSUPPORTED;
}

static size_t bits_of(struct fmr_text digits)
{
	size_t bits = 8 * (digits.length - 1);
	for (unsigned first = (unsigned char)digits.bytes[0]; first; first >>= 1)
		bits++;
	return bits;
}

static bool is_odd(struct fmr_text digits)
{
	return (unsigned char)digits.bytes[digits.length - 1] & 1;
}

static enum trust_signature judge_rsa(const struct trust_key *key, const char **fault)
{
	const size_t bits = bits_of(key->modulus);
	if (bits < RSA_LEAST_BITS) {
		*fault = _("RSA keys of less than 3072 bits are not supported");
		return TRUST_UNSUPPORTED;
	}
	if (bits > RSA_MOST_BITS || key->exponent.length > RSA_EXPONENT_BYTES) {
		*fault = _("RSA keys of this size are not supported");
		return TRUST_UNSUPPORTED;
	}
	/* With an even modulus, or 1 as exponent, anybody could sign. */
	if (!is_odd(key->modulus) || !is_odd(key->exponent) || bits_of(key->exponent) < 2)
		return malformed(fault);
	return TRUST_GOOD;
}

enum trust_signature fmr_trust_key_read(struct fmr_text blob, struct fmr_arena *arena, struct trust_key *out,
	const char **fault)
{
	struct trust_wire wire = fmr_trust_wire_open(blob);
	const struct fmr_text name = fmr_trust_wire_string(&wire);
	if (wire.bad || name.length == 0)
		return malformed(fault);
	unsigned type = 0;
	while (type < TYPES && !fmr_trust_text_is(name, types[type].name))
		type++;
	if (type == TYPES)
		return strange_type(name, arena, fault);
	*out = (struct trust_key){ .blob = blob, .type = (enum trust_key_type)type };
	if (type == TRUST_KEY_RSA) {
		out->exponent = fmr_trust_wire_mpint(&wire);
		out->modulus = fmr_trust_wire_mpint(&wire);
		return fmr_trust_wire_done(&wire) ? judge_rsa(out, fault) : malformed(fault);
	}
	const bool right_curve = !types[type].curve || fmr_trust_text_is(fmr_trust_wire_string(&wire), types[type].curve);
	out->point = fmr_trust_wire_string(&wire);
	if (types[type].sk)
		out->application = fmr_trust_wire_string(&wire);
	if (!fmr_trust_wire_done(&wire) || !right_curve || out->point.length != types[type].point)
		return malformed(fault);
	if (types[type].curve && out->point.bytes[0] != 0x04) /* compressed, or a second spelling of the same point */
		return malformed(fault);
	if (types[type].sk && (out->application.length == 0 || memchr(out->application.bytes, 0, out->application.length)))
		return malformed(fault);
	return TRUST_GOOD;
}

bool fmr_trust_key_parse(const char *line, struct fmr_arena *arena, struct trust_key *out, const char **fault)
{
	const size_t name = strcspn(line, " "), start = name + (line[name] != '\0');
	const size_t length = strcspn(line + start, " ");
	if (name == 0 || length == 0 || strlen(line) > LONGEST_LINE || line[strcspn(line, "\r\n")] != '\0') {
		*fault = _("this is not a public key as in a .pub file: TYPE, a space, BASE64");
		return false;
	}
	unsigned char *bytes = fmr_arena_alloc(arena, length / 4 * 3 + 1);
	size_t size;
	if (!fmr_base64_decode(line + start, length, bytes, &size)) {
		*fault = _("the key is not in base64, or not all of it is there");
		return false;
	}
	if (fmr_trust_key_read((struct fmr_text){ (const char *)bytes, size }, arena, out, fault) != TRUST_GOOD)
		return false;
	if (!fmr_trust_text_is((struct fmr_text){ line, name }, types[out->type].name)) {
		*fault = _("the key is of another type than stands before it");
		return false;
	}
	return true;
}

/* ---- writing ---- */

void fmr_trust_key_text(const struct trust_key *key, struct fmr_str *out)
{
	fmr_str_puts(out, types[key->type].name);
	fmr_str_putc(out, ' ');
	fmr_base64_encode(out, key->blob.bytes, key->blob.length, true);
}

void fmr_trust_key_fingerprint(const struct trust_key *key, char out[TRUST_FINGERPRINT])
{
	unsigned char digest[TRUST_HASH_SIZE];
	out[0] = '\0';
	if (fmr_trust_crypto_ready(NULL) != 0)
		return;
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_puts(&text, "SHA256:");
	fmr_base64_encode(&text, digest, fmr_trust_hash(TRUST_SHA256, key->blob, digest), false);
	memcpy(out, text.bytes, TRUST_FINGERPRINT);
	fmr_str_release(&text);
}

void fmr_trust_key_der(const struct trust_key *key, struct fmr_str *out)
{
	const struct fmr_text algorithm = types[key->type].algorithm;
	struct fmr_str bits, body;
	fmr_str_init(&bits);
	fmr_str_init(&body);
	fmr_str_putc(&bits, '\0'); /* bits unused in the last byte */
	if (key->type == TRUST_KEY_RSA)
		fmr_trust_der_pair(&bits, key->modulus, key->exponent);
	else
		fmr_str_add(&bits, key->point.bytes, key->point.length);
	fmr_str_add(&body, algorithm.bytes, algorithm.length);
	fmr_trust_der_put(&body, TRUST_DER_BITS, (struct fmr_text){ bits.bytes, bits.length });
	fmr_trust_der_put(out, TRUST_DER_SEQUENCE, (struct fmr_text){ body.bytes, body.length });
	fmr_str_release(&body);
	fmr_str_release(&bits);
}
