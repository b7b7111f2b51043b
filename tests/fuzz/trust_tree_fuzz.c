/* Two raw trees, the length of the first before them: the second is read the same alone and beside the first. */
#include "bytes.h"

#include "trust/entries.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_found(const struct trust_entries *entries)
{
	for (size_t i = 0; i < entries->count; i++) {
		const struct trust_tree_entry entry = fmr_trust_entries_at(entries, i);
		struct trust_tree_entry found;
		const bool directory = entry.mode == TRUST_MODE_DIRECTORY;
		if (!fmr_trust_entries_find(entries, entry.name, entry.length, directory, &found) || found.name != entry.name ||
			fmr_trust_entries_find(entries, entry.name, entry.length, !directory, &found))
			abort();
	}
}

static void check_beside(const struct trust_entries *first, const char *bytes, size_t size)
{
	struct trust_entries alone, beside;
	const char *fault;
	size_t begin, first_end, alone_end;
	const bool good = fmr_trust_entries_read(&alone, bytes, size, NULL, &fault);
	if (fmr_trust_entries_read(&beside, bytes, size, first, &fault) != good)
		abort();
	if (!good)
		return;
	if (alone.count != beside.count || memcmp(alone.starts, beside.starts, (alone.count + 1) * sizeof(*alone.starts)) != 0)
		abort();
	check_found(&alone);
	fmr_trust_entries_differ(first, &alone, &begin, &first_end, &alone_end);
	if (begin > first_end || begin > alone_end || first->count - first_end != alone.count - alone_end)
		abort();
	fmr_trust_entries_release(&alone);
	fmr_trust_entries_release(&beside);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	const size_t wanted = (size_t)data[0] << 8 | data[1], length = wanted < size - 2 ? wanted : size - 2;
	char *a = text_of(data + 2, length), *b = text_of(data + 2 + length, size - 2 - length);
	struct trust_entries first;
	const char *fault;
	if (fmr_trust_entries_read(&first, a, length, NULL, &fault)) {
		check_beside(&first, b, size - 2 - length);
		fmr_trust_entries_release(&first);
	}
	free(a);
	free(b);
	return 0;
}
