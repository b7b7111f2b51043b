/*
 * A table, behind a line "%%" with a mapping before it if it likes, imported
 * as it would be from the command line, with -n.
 */
#include "sandbox.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char mark[] = "\n%%\n";
	sandbox_make();
	if (size > 16384)
		return 0;
	const uint8_t *split = size ? memmem(data, size, mark, sizeof(mark) - 1) : NULL;
	const uint8_t *table = split ? split + sizeof(mark) - 1 : data;
	sandbox_put("table", table, size - (size_t)(table - data));
	char program[] = "fmrec", import[] = "import", dry[] = "-n", name[] = "table", type[] = "--type=incident", map[] = "--map=mapping";
	char *words[] = { program, import, dry, name, split ? map : type, NULL };
	if (split)
		sandbox_put("mapping", data, (size_t)(split - data) + 1);
	const int code = sandbox_run(5, words);
	if (code != 0 && code != 1 && code != 128 && code != 129)
		abort();
	return 0;
}
