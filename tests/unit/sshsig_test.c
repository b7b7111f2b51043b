#include "unit.h"

#include "sandbox.h"
#include "signer.h"

#include "base/str.h"
#include "trust/sshsig.h"

enum { TYPES = TRUST_KEY_RSA + 1 };

/* One key of each type, and somebody else's Ed25519 key. */
struct keys {
	struct signer of[TYPES], other, short_rsa;
	struct trust_verifier *verifier;
	struct fmr_arena arena;
};

static int make_keys(void **state)
{
	struct keys *keys = fmr_alloc_zero(1, sizeof(*keys));
	for (int type = 0; type < TYPES; type++)
		signer_init(&keys->of[type], (enum trust_key_type)type, 3072);
	signer_init(&keys->other, TRUST_KEY_ED25519, 0);
	signer_init(&keys->short_rsa, TRUST_KEY_RSA, 2048);
	fmr_arena_init(&keys->arena);
	*state = keys;
	return fmr_trust_verifier_new(&keys->verifier, NULL);
}

static int drop_keys(void **state)
{
	struct keys *keys = *state;
	for (int type = 0; type < TYPES; type++)
		signer_release(&keys->of[type]);
	signer_release(&keys->other);
	signer_release(&keys->short_rsa);
	fmr_arena_release(&keys->arena);
	fmr_trust_verifier_free(keys->verifier);
	free(keys);
	return 0;
}

static const struct fmr_text message = { "tree 1234\n\nfmrec: approve", 25 };

static enum trust_signature verify(struct keys *keys, struct fmr_text armour, struct fmr_text bytes)
{
	struct trust_key key;
	const char *fault;
	const enum trust_signature result =
		fmr_trust_sshsig_verify(keys->verifier, armour, bytes, &keys->arena, &key, &fault);
	assert_true((result == TRUST_GOOD) == (fault == NULL));
	return result;
}

static enum trust_signature verify_made(struct keys *keys, const struct signer *signer, struct making making)
{
	struct fmr_str armour;
	fmr_str_init(&armour);
	sign(signer, &making, message, &armour);
	const enum trust_signature result = verify(keys, text_in(&armour), message);
	fmr_str_release(&armour);
	return result;
}

/* approvals.md 2 and 6: every key type, both digests. */
static void good_ones(void **state)
{
	struct keys *keys = *state;
	for (int type = 0; type < TYPES; type++) {
		struct making making = MAKING;
		assert_int_equal(verify_made(keys, &keys->of[type], making), TRUST_GOOD);
		making.hash = "sha256";
		assert_int_equal(verify_made(keys, &keys->of[type], making), TRUST_GOOD);
	}
	struct making making = MAKING;
	making.method = "rsa-sha2-256";
	assert_int_equal(verify_made(keys, &keys->of[TRUST_KEY_RSA], making), TRUST_GOOD);
}

static void says_who_signed(void **state)
{
	struct keys *keys = *state;
	struct fmr_str armour;
	fmr_str_init(&armour);
	const struct making making = MAKING;
	sign(&keys->other, &making, message, &armour);
	struct trust_key key;
	const char *fault;
	assert_int_equal(fmr_trust_sshsig_verify(keys->verifier, text_in(&armour), message, &keys->arena, &key, &fault),
		TRUST_GOOD);
	assert_int_equal(key.type, TRUST_KEY_ED25519);
	assert_int_equal(key.blob.length, keys->other.blob.length);
	assert_memory_equal(key.blob.bytes, keys->other.blob.bytes, key.blob.length);
	fmr_str_release(&armour);
}

static void other_message(void **state)
{
	struct keys *keys = *state;
	struct fmr_str armour;
	fmr_str_init(&armour);
	for (int type = 0; type < TYPES; type++) {
		const struct making making = MAKING;
		fmr_str_clear(&armour);
		sign(&keys->of[type], &making, message, &armour);
		assert_int_equal(verify(keys, text_in(&armour), text_word("tree 1234\n\nfmrec: approvf")), TRUST_BAD);
		assert_int_equal(verify(keys, text_in(&armour), text_word("")), TRUST_BAD);
	}
	fmr_str_release(&armour);
}

/* approvals.md 9: a signature with namespace `file`. */
static void other_purpose(void **state)
{
	struct keys *keys = *state;
	static const char *const spaces[] = { "file", "", "Git", "git ", "gi", "gitt" };
	for (size_t i = 0; i < sizeof(spaces) / sizeof(*spaces); i++) {
		struct making making = MAKING;
		making.space = spaces[i];
		assert_int_equal(verify_made(keys, &keys->other, making), TRUST_BAD);
	}
}

static void other_forms(void **state)
{
	struct keys *keys = *state;
	const struct signer *rsa = &keys->of[TRUST_KEY_RSA], *ed25519 = &keys->other;
	struct making making = MAKING;
	making.version = 2;
	assert_int_equal(verify_made(keys, ed25519, making), TRUST_UNSUPPORTED);
	making.version = 0;
	assert_int_equal(verify_made(keys, ed25519, making), TRUST_UNSUPPORTED);
	making = (struct making)MAKING;
	making.reserved = "x"; /* ssh-keygen looks away */
	assert_int_equal(verify_made(keys, ed25519, making), TRUST_MALFORMED);
	making = (struct making)MAKING;
	making.hash = "sha384";
	assert_int_equal(verify_made(keys, ed25519, making), TRUST_UNSUPPORTED);
	making = (struct making)MAKING;
	making.method = "ssh-rsa"; /* SHA-1 */
	assert_int_equal(verify_made(keys, rsa, making), TRUST_UNSUPPORTED);
	making.method = "rsa-sha2-384";
	assert_int_equal(verify_made(keys, rsa, making), TRUST_MALFORMED);
	making.method = "ecdsa-sha2-nistp256";
	assert_int_equal(verify_made(keys, ed25519, making), TRUST_MALFORMED);
	making.method = "webauthn-sk-ecdsa-sha2-nistp256@openssh.com";
	assert_int_equal(verify_made(keys, &keys->of[TRUST_KEY_SK_ECDSA_256], making), TRUST_UNSUPPORTED);
	making = (struct making)MAKING;
	assert_int_equal(verify_made(keys, &keys->short_rsa, making), TRUST_UNSUPPORTED);
}

/* The finger on the security key: flag 1.  Others (4: the user was verified) are fine. */
static void security_keys(void **state)
{
	struct keys *keys = *state;
	static const enum trust_key_type types[] = { TRUST_KEY_SK_ED25519, TRUST_KEY_SK_ECDSA_256 };
	for (size_t i = 0; i < 2; i++) {
		const struct signer *signer = &keys->of[types[i]];
		struct making making = MAKING;
		making.counter = UINT32_MAX;
		making.flags = 5;
		assert_int_equal(verify_made(keys, signer, making), TRUST_GOOD);
		making.flags = 4;
		assert_int_equal(verify_made(keys, signer, making), TRUST_BAD);
		making.flags = 0;
		assert_int_equal(verify_made(keys, signer, making), TRUST_BAD);

		/* flags and counter are signed: the last five bytes */
		making.flags = 1;
		for (size_t back = 1; back <= 5; back++) {
			struct fmr_str envelope, armour;
			fmr_str_init(&envelope);
			fmr_str_init(&armour);
			put_envelope(signer, &making, message, &envelope);
			envelope.bytes[envelope.length - back] ^= 2;
			put_armour(text_in(&envelope), 70, &armour);
			assert_int_equal(verify(keys, text_in(&armour), message), TRUST_BAD);
			fmr_str_release(&armour);
			fmr_str_release(&envelope);
		}
	}
}

/* Each byte of a signature counts: none can be changed, none left out, none added. */
static void every_byte(void **state)
{
	struct keys *keys = *state;
	for (int type = 0; type < TYPES; type++) {
		struct fmr_str envelope, spoilt, armour;
		fmr_str_init(&envelope);
		fmr_str_init(&spoilt);
		fmr_str_init(&armour);
		const struct making making = MAKING;
		put_envelope(&keys->of[type], &making, message, &envelope);
		for (size_t i = 0; i <= envelope.length; i++)
			for (int way = 0; way < 3; way++) {
				fmr_str_clear(&spoilt);
				fmr_str_clear(&armour);
				fmr_str_add(&spoilt, envelope.bytes, envelope.length);
				if (way == 0 && i < envelope.length)
					spoilt.bytes[i] = (char)(spoilt.bytes[i] ^ (1 << i % 8));
				else if (way == 1 && i < envelope.length)
					fmr_str_splice(&spoilt, i, 1, "", 0);
				else
					fmr_str_splice(&spoilt, i, 0, "", 1);
				put_armour(text_in(&spoilt), 70, &armour);
				if (verify(keys, text_in(&armour), message) == TRUST_GOOD)
					fail_msg("key type %d, byte %zu, way %d", type, i, way);
			}
		fmr_str_release(&armour);
		fmr_str_release(&spoilt);
		fmr_str_release(&envelope);
	}
}

/* ---- the armour ---- */

static void armours(void **state)
{
	struct keys *keys = *state;
	struct fmr_str envelope, armour, text;
	fmr_str_init(&envelope);
	fmr_str_init(&armour);
	fmr_str_init(&text);
	const struct making making = MAKING;
	put_envelope(&keys->other, &making, message, &envelope);
	static const size_t widths[] = { 1, 4, 63, 64, 70, 76, 5000 };
	for (size_t i = 0; i < sizeof(widths) / sizeof(*widths); i++) {
		fmr_str_clear(&armour);
		put_armour(text_in(&envelope), widths[i], &armour);
		assert_int_equal(verify(keys, text_in(&armour), message), TRUST_GOOD);
	}
	fmr_str_clear(&armour);
	put_armour(text_in(&envelope), 70, &armour);
	armour.length--; /* as the value of a gpgsig header has it: no line end at the end */
	assert_int_equal(verify(keys, text_in(&armour), message), TRUST_GOOD);
	armour.length++;

	for (size_t i = 0; i < armour.length; i++)
		if (armour.bytes[i] == '\n')
			fmr_str_putc(&text, '\r'), fmr_str_putc(&text, '\n');
		else
			fmr_str_putc(&text, armour.bytes[i]);
	assert_int_equal(verify(keys, text_in(&text), message), TRUST_GOOD);

	/* One byte more, anywhere; only where a line is folded it may stand (above). */
	for (const char *more = " \t\n\r-=A"; *more; more++)
		for (size_t i = 0; i <= armour.length; i++) {
			fmr_str_clear(&text);
			fmr_str_add(&text, armour.bytes, armour.length);
			fmr_str_splice(&text, i, 0, more, 1);
			const bool folds = (*more == '\n' || *more == '\r') && i > 0 && i < armour.length;
			if (!folds && verify(keys, text_in(&text), message) == TRUST_GOOD)
				fail_msg("byte %d more at %zu", *more, i);
		}
	for (size_t i = 0; i + 1 < armour.length; i++) { /* cut off */
		struct fmr_text cut = { armour.bytes, i };
		assert_true(verify(keys, cut, message) == TRUST_MALFORMED || i == armour.length - 1);
	}
	fmr_str_clear(&text); /* two blocks */
	fmr_str_add(&text, armour.bytes, armour.length);
	fmr_str_add(&text, armour.bytes, armour.length);
	assert_int_equal(verify(keys, text_in(&text), message), TRUST_MALFORMED);
	fmr_str_release(&text);
	fmr_str_release(&armour);
	fmr_str_release(&envelope);
}

static void other_armours(void **state)
{
	struct keys *keys = *state;
	assert_int_equal(verify(keys, text_word(""), message), TRUST_MALFORMED);
	assert_int_equal(verify(keys, text_word("-----BEGIN PGP SIGNATURE-----\n\nabcd\n-----END PGP SIGNATURE-----\n"),
			      message), TRUST_UNSUPPORTED);
	assert_int_equal(verify(keys, text_word("-----BEGIN SIGNED MESSAGE-----\nabcd\n-----END SIGNED MESSAGE-----\n"),
			      message), TRUST_UNSUPPORTED);
	assert_int_equal(verify(keys, text_word("-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n"), message),
		TRUST_MALFORMED);
}

/* More keys than are kept; the memory of those before is given back. */
static void many_keys(void **state)
{
	struct keys *keys = *state;
	struct trust_key key;
	const char *fault;
	for (unsigned i = 0; i < 1100; i++) {
		struct fmr_str blob;
		fmr_str_init(&blob);
		fmr_str_add(&blob, keys->other.blob.bytes, keys->other.blob.length);
		blob.bytes[blob.length - 1] = (char)i;
		blob.bytes[blob.length - 2] = (char)(i >> 8);
		assert_int_equal(fmr_trust_key_read(text_in(&blob), &keys->arena, &key, &fault), TRUST_GOOD);
		fmr_trust_verifier_takes(keys->verifier, &key);
		fmr_str_release(&blob);
	}
	const struct making making = MAKING;
	assert_int_equal(verify_made(keys, &keys->other, making), TRUST_GOOD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_ones),
		cmocka_unit_test(says_who_signed),
		cmocka_unit_test(other_message),
		cmocka_unit_test(other_purpose),
		cmocka_unit_test(other_forms),
		cmocka_unit_test(security_keys),
		cmocka_unit_test(every_byte),
		cmocka_unit_test(armours),
		cmocka_unit_test(other_armours),
		cmocka_unit_test(many_keys),
	};
	return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
