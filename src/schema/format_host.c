/*
 * Host names: RFC 1123 and, with other letters, IDNA 2008 (idna.c).
 */
#include "schema/format.h"

#include "schema/idna.h"

#include <string.h>

static bool is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool fmr_format_label(const char *p, size_t length)
{
	if (!length || length > FMR_LABEL_LIMIT || p[0] == '-' || p[length - 1] == '-')
		return false;
	for (size_t i = 0; i < length; i++)
		if (!is_letter_or_digit(p[i]) && p[i] != '-')
			return false;
	if (length < 4 || p[2] != '-' || p[3] != '-')
		return true;
	/* only IDNA may have hyphens there */
	return (p[0] | 32) == 'x' && (p[1] | 32) == 'n' && fmr_idna_is_encoded_label(p + 4, length - 4);
}

bool fmr_format_hostname(const char *bytes, size_t length)
{
	if (!length || length > FMR_HOST_LIMIT)
		return false;
	for (size_t start = 0;;) {
		const char *dot = memchr(bytes + start, '.', length - start);
		size_t end = dot ? (size_t)(dot - bytes) : length;
		if (!fmr_format_label(bytes + start, end - start))
			return false;
		if (!dot)
			return true;
		start = end + 1;
	}
}

bool fmr_format_idn_hostname(const char *bytes, size_t length)
{
	return fmr_idna_is_host(bytes, length);
}
