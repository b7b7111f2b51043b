/* Any bytes as git's configuration: no crash, every key has a section and a name and is found again. */
#include "store/config.h"

#include "base/str.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config = { 0 };
	fmr_config_parse(&config, (const char *)data, size, CONFIG_LOCAL);
	for (size_t i = 0; i < config.entries.count; i++) {
		const char *key = config.entries.items[i].key;
		if (!strchr(key, '.') || !fmr_config_find(&config, key, false) || fmr_config_find(&config, key, true))
			abort();
	}
	fmr_config_release(&config);
	return 0;
}
