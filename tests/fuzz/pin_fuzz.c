/* Pin files: what was read is written and must read back the same. */
#include "trust/pin.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_again(const struct fmr_pin_file *file)
{
	struct fmr_pin_file again;
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_pin_format(file, &text);
	if (fmr_pin_parse("x", text.bytes, text.length, &again, NULL) != 0)
		abort();
	if (strcmp(file->pin.tip, again.pin.tip) != 0 || strcmp(file->pin.policy, again.pin.policy) != 0 ||
		file->pin.time != again.pin.time || file->commits != again.commits || file->verdict != again.verdict)
		abort();
	fmr_str_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fmr_pin_file file;
	if (size <= FMR_PIN_SIZE && fmr_pin_parse("x", (const char *)data, size, &file, NULL) == 0)
		read_again(&file);
	return 0;
}
