/* Any bytes: what the quick reader accepts, libyaml's way reads the same. */
#include "bytes.h"

#include "same_tree.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = text_of(data, size);
	const struct fmr_source source = { "fuzz", bytes, size };
	size_t at;
	for (enum fmr_yaml_rules rules = FMR_YAML_RECORD; rules <= FMR_YAML_FOREIGN; rules++)
		if (compare_readers(&source, rules, &at) > SAME)
			abort();
	free(bytes);
	return 0;
}
