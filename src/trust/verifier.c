#include "trust/verifier.h"

#include "base/alloc.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 1024 /* a power of two */, MOST_KEYS = SLOTS / 2 };

struct slot {
	char *blob; /* NULL: free */
	size_t length;
	struct trust_public *public;
};

struct trust_verifier {
	struct slot slots[SLOTS]; /* by hash of the blob, then the next free one */
	size_t count;
};

int fmr_trust_verifier_new(struct trust_verifier **out, struct fmr_err *err)
{
	*out = NULL;
	const int result = fmr_trust_crypto_ready(err);
	if (result == 0)
		*out = fmr_alloc_zero(1, sizeof(**out));
	return result;
}

static void forget_all(struct trust_verifier *verifier)
{
	for (size_t i = 0; i < SLOTS; i++) {
		free(verifier->slots[i].blob);
		fmr_trust_public_free(verifier->slots[i].public);
		verifier->slots[i] = (struct slot){ 0 };
	}
	verifier->count = 0;
}

void fmr_trust_verifier_free(struct trust_verifier *verifier)
{
	if (verifier)
		forget_all(verifier);
	free(verifier);
}

/* The slot of this blob, or the free one where it belongs. */
static struct slot *slot_of(struct trust_verifier *verifier, struct fmr_text blob)
{
	size_t i = fmr_text_hash(blob.bytes, blob.length) % SLOTS;
	const struct slot *slot;
	while ((slot = &verifier->slots[i])->blob &&
		(slot->length != blob.length || memcmp(slot->blob, blob.bytes, blob.length) != 0))
		i = (i + 1) % SLOTS;
	return &verifier->slots[i];
}

const struct trust_public *fmr_trust_verifier_public(struct trust_verifier *verifier, const struct trust_key *key)
{
	struct slot *slot = slot_of(verifier, key->blob);
	if (slot->blob)
		return slot->public;
	if (verifier->count == MOST_KEYS) { /* nobody has so many: memory is bounded whatever a history holds */
		forget_all(verifier);
		slot = slot_of(verifier, key->blob);
	}
	struct fmr_str der;
	fmr_str_init(&der);
	fmr_trust_key_der(key, &der);
	slot->public = fmr_trust_public_new((struct fmr_text){ der.bytes, der.length });
	fmr_str_release(&der);
	slot->blob = fmr_strndup(key->blob.bytes, key->blob.length);
	slot->length = key->blob.length;
	verifier->count++;
	return slot->public;
}

bool fmr_trust_verifier_takes(struct trust_verifier *verifier, const struct trust_key *key)
{
	return fmr_trust_verifier_public(verifier, key) != NULL;
}
