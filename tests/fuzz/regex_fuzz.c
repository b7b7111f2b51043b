/* First line: an ECMA-262 pattern; the rest: a text to search. */
#include "base/regex.h"
#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void search(const char *pattern, size_t length, unsigned flags, const char *text, size_t size)
{
	struct fmr_regex *regex;
	struct fmr_err err = { 0 };
	int code = fmr_regex_new(pattern, length, flags, &regex, &err);
	require(!code == (regex != NULL) && code == (int)err.code);
	if (code)
		return;
	size_t span[2] = { 0, 0 };
	if (fmr_regex_search(regex, text, size, 0, span) == FMR_REGEX_YES)
		require(span[1] <= size);
	require(fmr_regex_search(regex, text, size, size, NULL) != FMR_REGEX_LIMIT || size > 0 || length > 0);
	fmr_regex_free(regex);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (fmr_utf8_valid((const char *)data, size) < size)
		return 0; /* texts of values are valid */
	const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
	size_t length = end ? (size_t)(end - data) : size;
	const char *text = end ? (const char *)end + 1 : "";
	size_t rest = end ? size - length - 1 : 0;
	search((const char *)data, length, FMR_REGEX_ECMA, text, rest);
	search((const char *)data, length, FMR_REGEX_ICASE, text, rest);
	return 0;
}
