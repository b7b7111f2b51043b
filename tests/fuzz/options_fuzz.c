/*
 * Command lines: words between NULs, parsed by a table that has every kind of option.
 */
#include "cli/options.c" /* not in the library */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 64 };

struct values {
	bool flag, no_commit, verbose;
	const char *string, *optional, *choice;
	long number;
	struct fmr_strings list;
};

static const char *const choices[] = { "a", "b", "both", NULL };

static const struct fmr_option table[] = {
	{ 'f', "flag", FMR_OPTION_FLAG, NULL, "a flag", offsetof(struct values, flag) },
	{ 'n', "no-commit", FMR_OPTION_FLAG, NULL, "a flag that says no", offsetof(struct values, no_commit) },
	{ 's', "string", FMR_OPTION_STRING, "text", "a string", offsetof(struct values, string) },
	{ 'o', "optional", FMR_OPTION_STRING, "text", "a string", offsetof(struct values, optional), .implied = "x" },
	{ 'c', "choice", FMR_OPTION_CHOICE, "which", "a choice", offsetof(struct values, choice), .choices = choices },
	{ 0, "number", FMR_OPTION_NUMBER, "n", "a number", offsetof(struct values, number) },
	{ 'l', "list", FMR_OPTION_LIST, "item", "a list", offsetof(struct values, list) },
	{ 0 },
};

static const struct fmr_option more[] = {
	{ 'v', "verbose", FMR_OPTION_FLAG, NULL, "a flag", offsetof(struct values, verbose) },
	{ 0, "strong", FMR_OPTION_STRING, "text", "another string", offsetof(struct values, string) },
	{ 0 },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse_once(const char *text, size_t size, bool query, bool stop)
{
	char *copy = fmr_strndup(text, size);
	char *argv[WORDS + 1] = { 0 };
	int argc = 0;
	for (size_t at = 0; at <= size && argc < WORDS; at += strlen(copy + at) + 1)
		argv[argc++] = copy + at;
	struct values values = { 0 }, others = { 0 };
	const struct fmr_parse parse = {
		.sets = { { table, &values }, { more, &others } }, .set_count = 2, .query = query, .stop_at_operand = stop
	};
	struct fmr_err err = { 0 };
	int operands = -1;
	int rc = fmr_options_parse(&parse, argc, argv, &operands, &err);
	assert(rc ? *err.text != '\0' : operands >= 0 && operands <= argc);
	assert(!values.choice || strcmp(values.choice, "a") == 0 || strcmp(values.choice, "b") == 0 ||
		strcmp(values.choice, "both") == 0);
	for (int i = 0; !rc && i < operands; i++)
		assert(argv[i] >= copy && argv[i] <= copy + size);
	fmr_options_release(table, &values);
	fmr_options_release(more, &others);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 4096)
		return 0;
	for (int mode = 0; mode < 4; mode++)
		parse_once((const char *)data, size, mode & 1, mode & 2);
	return 0;
}
