/* A delta of a pack: its length and its base in the first bytes.  It is applied whole, or not at all. */
#include "store/pack.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	const size_t length = data[0] < size ? data[0] : size - 1; /* of the base */
	struct fmr_str base, out;
	fmr_str_init(&base);
	fmr_str_init(&out);
	fmr_str_puts(&out, "before");
	fmr_str_add(&base, (const char *)data + 1, length);
	const bool good = fmr_delta_apply(&base, data + 1 + length, size - 1 - length, 1 << 16, &out);
	if (out.bytes[out.length] != '\0' || out.length > 6 + (1 << 16) || (!good && out.length != 6))
		abort();
	fmr_str_release(&base);
	fmr_str_release(&out);
	return 0;
}
