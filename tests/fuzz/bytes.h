/* The fuzzer's bytes as a text: with a NUL behind, in memory of just that size, so that a step too far is seen. */
#ifndef FMR_FUZZ_BYTES_H
#define FMR_FUZZ_BYTES_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline char *text_of(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size + 1);
	if (!bytes)
		abort();
	if (size)
		memcpy(bytes, data, size);
	bytes[size] = '\0';
	return bytes;
}

#endif
