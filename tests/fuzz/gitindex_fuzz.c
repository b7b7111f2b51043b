/* Any bytes as Git's index: entries come out in order, whole, and without crossing the end. */
#include "store/gitindex.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gitindex index = { 0 };
	fmr_str_init(&index.bytes);
	fmr_arena_init(&index.arena);
	fmr_str_add(&index.bytes, (const char *)data, size);
	enum gitindex_result result = fmr_git_index_parse(&index);
	if (result != INDEX_READ && index.entries.count)
		abort();
	unsigned char id[20];
	for (size_t i = 0; i < index.entries.count; i++) {
		const struct gitindex_entry *entry = &index.entries.items[i];
		memcpy(id, entry->id, sizeof(id));
		if (fmr_git_index_find(&index, entry->path) != i)
			abort();
	}
	fmr_git_index_release(&index);
	return 0;
}
