/* A raw commit: parsed within its bytes; what was signed and the signature together are the whole of it. */
#include "bytes.h"

#include "trust/commit.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_payload(const char *bytes, size_t size, const struct trust_commit *commit)
{
	struct fmr_str payload;
	fmr_str_init(&payload);
	fmr_trust_commit_payload(bytes, size, &payload);
	if (payload.length > size || (!commit->signature.length && payload.length != size))
		abort();
	struct fmr_arena arena;
	struct trust_commit again;
	const char *fault;
	fmr_arena_init(&arena);
	if (!fmr_trust_commit_parse(payload.bytes, payload.length, &arena, &again, &fault) || again.signature.length ||
		again.message.length != commit->message.length || again.parent_count != commit->parent_count ||
		again.committer.time != commit->committer.time)
		abort();
	fmr_arena_release(&arena);
	fmr_str_release(&payload);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = text_of(data, size);
	struct fmr_arena arena;
	struct trust_commit commit;
	const char *fault = NULL;
	fmr_arena_init(&arena);
	const bool good = fmr_trust_commit_parse(bytes, size, &arena, &commit, &fault);
	if (good == (fault != NULL))
		abort();
	if (good)
		check_payload(bytes, size, &commit);
	fmr_arena_release(&arena);
	free(bytes);
	return 0;
}
