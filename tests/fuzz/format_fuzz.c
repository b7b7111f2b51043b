/* Any valid UTF-8 is in a format or not; numbers compare the same way round whatever way they are spelled. */
#include "base/decimal.h"
#include "base/text.h"
#include "fmrec/schema.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static bool is_number(const char *p, size_t length)
{
	const char *end = p + length;
	p += p < end && *p == '-';
	const char *digits = p;
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	if (p == digits)
		return false;
	if (p < end && *p == '.') {
		digits = ++p;
		while (p < end && *p >= '0' && *p <= '9')
			p++;
		if (p == digits)
			return false;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		p += p < end && (*p == '-' || *p == '+');
		digits = p;
		while (p < end && *p >= '0' && *p <= '9')
			p++;
		if (p == digits)
			return false;
	}
	return p == end;
}

static void compare(struct fmr_text a, struct fmr_text b)
{
	int order = fmr_decimal_compare(a, b), back = fmr_decimal_compare(b, a);
	require((order < 0) == (back > 0) && (order == 0) == (back == 0));
	char *left = fmr_decimal_normal(a), *right = fmr_decimal_normal(b);
	require((strcmp(left, right) == 0) == (order == 0));
	require(order || fmr_decimal_hash(a) == fmr_decimal_hash(b));
	require(fmr_decimal_compare(a, (struct fmr_text){ left, strlen(left) }) == 0);
	if (fmr_decimal_compare(b, (struct fmr_text){ "0", 1 }) > 0 && fmr_decimal_is_multiple(a, b) &&
		fmr_decimal_is_integer(b))
		require(fmr_decimal_is_integer(a));
	free(left);
	free(right);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	if (fmr_utf8_valid(bytes, size) < size)
		return 0;
	static const char *const formats[] = { "date-time", "date", "time", "duration", "email", "idn-email", "hostname",
		"idn-hostname", "ipv4", "ipv6", "uri", "uri-reference", "iri", "iri-reference", "uuid", "uri-template",
		"json-pointer", "relative-json-pointer", "regex" };
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		fmr_format_matches(formats[i], bytes, size);
	require(!fmr_format_matches("uri", bytes, size) || fmr_format_matches("iri", bytes, size));
	require(!fmr_format_matches("hostname", bytes, size) || fmr_format_matches("idn-hostname", bytes, size));
	const char *space = size ? memchr(bytes, ' ', size) : NULL;
	size_t length = space ? (size_t)(space - bytes) : 0;
	if (space && is_number(bytes, length) && is_number(space + 1, size - length - 1))
		compare((struct fmr_text){ bytes, length }, (struct fmr_text){ space + 1, size - length - 1 });
	return 0;
}
