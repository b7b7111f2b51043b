/*
 * A scaffold and, behind a line "%%", a catalogue: made with -n and checked
 * as from the command line.
 */
#include "sandbox.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put(const char *name, const uint8_t *bytes, size_t size)
{
	char path[PATH_MAX + 64];
	snprintf(path, sizeof(path), "%s/repository/.fmrec/%s", sandbox, name);
	FILE *file = fopen(path, "wb");
	if (!file || fwrite(bytes, 1, size, file) != size || fclose(file) != 0)
		abort();
}

static void run(const char *first, const char *second, const char *third)
{
	char program[] = "fmrec", *own[] = { strdup(first), strdup(second), third ? strdup(third) : NULL };
	char *words[] = { program, own[0], own[1], own[2], NULL };
	const int code = sandbox_run(third ? 4 : 3, words);
	if (code != 0 && code != 1 && code != 128)
		abort();
	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		free(own[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char mark[] = "\n%%\n";
	sandbox_make();
	if (size > 16384)
		return 0;
	const uint8_t *split = size ? memmem(data, size, mark, sizeof(mark) - 1) : NULL;
	const uint8_t *catalogue = split ? split + sizeof(mark) - 1 : data + size;
	put("scaffold/plan.yaml", data, split ? (size_t)(split - data) + 1 : size);
	put("catalogue/fuzzed.yaml", catalogue, size - (size_t)(catalogue - data));
	run("new", "-n", "plan");
	run("schema", "check", "fuzzed");
	run("catalogue", "fuzzed", NULL);
	return 0;
}
