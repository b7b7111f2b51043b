/*
 * A scaffold and, behind a line "%%", a catalogue: made with -n and checked
 * as from the command line.
 */
#include "sandbox.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run(const char *first, const char *second, const char *third)
{
	const int code = sandbox_words(first, second, third, NULL);
	if (code != 0 && code != 1 && code != 128)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char mark[] = "\n%%\n";
	sandbox_make();
	if (size > 16384)
		return 0;
	const uint8_t *split = size ? memmem(data, size, mark, sizeof(mark) - 1) : NULL;
	const uint8_t *catalogue = split ? split + sizeof(mark) - 1 : data + size;
	sandbox_put(".fmrec/scaffold/plan.yaml", data, split ? (size_t)(split - data) + 1 : size);
	sandbox_put(".fmrec/catalogue/fuzzed.yaml", catalogue, size - (size_t)(catalogue - data));
	run("new", "-n", "plan");
	run("schema", "check", "fuzzed");
	run("catalogue", "fuzzed", NULL);
	return 0;
}
