/* An SSH signature in its armour, or what is inside of one, over the message "message"; anything else: a line with a
 * public key. */
#include "base/base64.h"
#include "bytes.h"
#include "trust/sshsig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static bool begins(const char *bytes, size_t size, const char *word)
{
	return size >= strlen(word) && memcmp(bytes, word, strlen(word)) == 0;
}

static void verify(struct fmr_text armour, struct fmr_arena *arena)
{
	struct trust_verifier *verifier;
	struct trust_key key;
	const char *fault;
	char fingerprint[TRUST_FINGERPRINT];
	require(fmr_trust_verifier_new(&verifier, NULL) == 0);
	const struct fmr_text message = { "message", 7 };
	const enum trust_signature result = fmr_trust_sshsig_verify(verifier, armour, message, arena, &key, &fault);
	require((result == TRUST_GOOD) == (fault == NULL));
	if (result == TRUST_GOOD) {
		fmr_trust_key_fingerprint(&key, fingerprint);
		const struct fmr_text other = { "messagf", 7 };
		require(fmr_trust_sshsig_verify(verifier, armour, other, arena, &key, &fault) == TRUST_BAD);
	}
	fmr_trust_verifier_free(verifier);
}

static void verify_inside(const char *bytes, size_t size, struct fmr_arena *arena)
{
	struct fmr_str armour;
	fmr_str_init(&armour);
	fmr_str_puts(&armour, "-----BEGIN SSH SIGNATURE-----\n");
	fmr_base64_encode(&armour, bytes, size, true);
	fmr_str_puts(&armour, "\n-----END SSH SIGNATURE-----");
	verify((struct fmr_text){ armour.bytes, armour.length }, arena);
	fmr_str_release(&armour);
}

/* The same key has one spelling. */
static void read_key(const char *line, struct fmr_arena *arena)
{
	struct trust_key key;
	const char *fault = NULL;
	if (!fmr_trust_key_parse(line, arena, &key, &fault)) {
		require(fault != NULL);
		return;
	}
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_trust_key_text(&key, &text);
	require(strncmp(text.bytes, line, text.length) == 0 && (line[text.length] == ' ' || line[text.length] == '\0'));
	fmr_str_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = text_of(data, size);
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	if (begins(bytes, size, "SSHSIG"))
		verify_inside(bytes, size, &arena);
	else if (begins(bytes, size, "-----"))
		verify((struct fmr_text){ bytes, size }, &arena);
	else
		read_key(bytes, &arena);
	fmr_arena_release(&arena);
	free(bytes);
	return 0;
}
