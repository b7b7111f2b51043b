/* A message: an action only when it is what fmrec writes; with fmrec's lines otherwise faulty; never anything else. */
#include "bytes.h"

#include "trust/action.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_written(const struct trust_action *action, const char *message, size_t size)
{
	struct fmr_str again;
	const char *fault;
	fmr_str_init(&again);
	if (!fmr_trust_action_write(action, &again, &fault) || again.length != size || memcmp(again.bytes, message, size) != 0)
		abort();
	fmr_str_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *message = text_of(data, size);
	struct fmr_arena arena;
	struct trust_action action;
	const char *fault = NULL;
	size_t length = 0, number = 0;
	fmr_arena_init(&arena);
	const char *line = fmr_trust_fmrec_line(message, size, &length, &number);
	if (line && (line < message || line + length > message + size || !number))
		abort();
	const enum trust_block block = fmr_trust_action_parse(message, size, &arena, &action, &fault);
	if ((block == TRUST_NO_BLOCK) == (line != NULL) || (block == TRUST_BLOCK_FAULTY) != (fault != NULL))
		abort();
	if (block == TRUST_BLOCK)
		check_written(&action, message, size);
	fmr_arena_release(&arena);
	free(message);
	return 0;
}
