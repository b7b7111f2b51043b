#include "cmd/names.h"

#include "base/vec.h"

#include <string.h>

const char *const *fmr_names_split(struct fmr_arena *arena, const struct fmr_strings *given)
{
	FMR_VEC(const char *) names = { 0 };
	for (size_t i = 0; i < given->count; i++) {
		for (const char *at = given->items[i]; *at;) {
			size_t length = strcspn(at, ",");
			if (length)
				FMR_VEC_PUSH(&names, fmr_arena_strndup(arena, at, length));
			at += length + (at[length] == ',');
		}
	}
	const char **kept = NULL;
	if (names.count) {
		kept = fmr_arena_zero(arena, names.count + 1, sizeof(*kept));
		memcpy(kept, names.items, names.count * sizeof(*kept));
	}
	FMR_VEC_RELEASE(&names);
	return kept;
}
