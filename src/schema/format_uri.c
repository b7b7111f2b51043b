/*
 * URIs (RFC 3986), IRIs (RFC 3987) and URI templates (RFC 6570).
 */
#include "schema/format.h"

#include "base/text.h"

#include <string.h>

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_unreserved(char c)
{
	return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

static bool is_sub_delimiter(char c)
{
	return c && strchr("!$&'()*+,;=", c);
}

static bool is_private(uint32_t c)
{
	return (c >= 0xe000 && c <= 0xf8ff) || c >= 0xf0000;
}

/* RFC 3987: ucschar, and iprivate in queries. */
static bool is_international(uint32_t c, bool query)
{
	if (is_private(c))
		return query && (c & 0xffff) < 0xfffe;
	if (c >= 0xfdd0 && c <= 0xfdef)
		return false;
	return c >= 0xa0 && (c < 0xfff0 || c > 0xffff) && (c & 0xffff) < 0xfffe && (c < 0xe0000 || c >= 0xe1000);
}

/* Size of the character at p if it may stand in this part; 0 if not.  extra: ASCII allowed beside pchar without ":@". */
static size_t character(const char *p, const char *end, const char *extra, bool iri, bool query)
{
	if (*p == '%')
		return end - p > 2 && is_hex(p[1]) && is_hex(p[2]) ? 3 : 0;
	if ((unsigned char)*p >= 0x80) {
		size_t size;
		uint32_t c = fmr_utf8_decode(p, (size_t)(end - p), &size);
		return iri && is_international(c, query) ? size : 0;
	}
	return is_unreserved(*p) || is_sub_delimiter(*p) || (*p && strchr(extra, *p)) ? 1 : 0;
}

static bool all_characters(const char *p, const char *end, const char *extra, bool iri, bool query)
{
	while (p < end) {
		size_t size = character(p, end, extra, iri, query);
		if (!size)
			return false;
		p += size;
	}
	return true;
}

static bool is_future_address(const char *p, const char *end)
{
	if (p == end || (*p != 'v' && *p != 'V'))
		return false;
	const char *digits = ++p;
	while (p < end && is_hex(*p))
		p++;
	if (p == digits || p == end || *p++ != '.' || p == end)
		return false;
	for (; p < end; p++)
		if (!is_unreserved(*p) && !is_sub_delimiter(*p) && *p != ':')
			return false;
	return true;
}

static bool is_authority(const char *p, const char *end, bool iri)
{
	const char *at = p < end ? memchr(p, '@', (size_t)(end - p)) : NULL;
	if (at && !all_characters(p, at, ":", iri, false))
		return false;
	if (at)
		p = at + 1;
	const char *host_end;
	if (p < end && *p == '[') {
		const char *close = memchr(p, ']', (size_t)(end - p));
		if (!close || !(fmr_format_ipv6(p + 1, (size_t)(close - p - 1)) || is_future_address(p + 1, close)))
			return false;
		host_end = close + 1;
	} else {
		const char *colon = p < end ? memchr(p, ':', (size_t)(end - p)) : NULL;
		host_end = colon ? colon : end;
		if (!all_characters(p, host_end, "", iri, false))
			return false;
	}
	if (host_end == end)
		return true;
	if (*host_end != ':')
		return false;
	for (p = host_end + 1; p < end; p++)
		if (!is_digit(*p))
			return false;
	return true;
}

static bool is_path(const char *p, const char *end, bool iri, bool has_scheme, bool has_authority)
{
	if (!all_characters(p, end, ":@/", iri, false))
		return false;
	if (has_authority)
		return p == end || *p == '/';
	if (end - p > 1 && p[0] == '/' && p[1] == '/')
		return false;
	if (has_scheme)
		return true;
	/* a colon in the first segment would read as a scheme */
	const char *slash = p < end ? memchr(p, '/', (size_t)(end - p)) : NULL;
	size_t first = slash ? (size_t)(slash - p) : (size_t)(end - p);
	return !first || !memchr(p, ':', first);
}

static bool is_reference(const char *bytes, size_t length, bool iri, bool absolute)
{
	const char *p = bytes, *end = bytes + length;
	const char *hash = length ? memchr(p, '#', length) : NULL;
	if (hash && !all_characters(hash + 1, end, ":@/?", iri, false))
		return false;
	if (hash)
		end = hash;
	const char *query = p < end ? memchr(p, '?', (size_t)(end - p)) : NULL;
	if (query && !all_characters(query + 1, end, ":@/?", iri, true))
		return false;
	if (query)
		end = query;
	const char *q = p;
	while (q < end && (is_alpha(*q) || (q > p && (is_digit(*q) || *q == '+' || *q == '-' || *q == '.'))))
		q++;
	bool scheme = q > p && q < end && *q == ':';
	if (scheme)
		p = q + 1;
	else if (absolute)
		return false;
	bool authority = end - p >= 2 && p[0] == '/' && p[1] == '/';
	if (authority) {
		const char *slash = end - p > 2 ? memchr(p + 2, '/', (size_t)(end - p - 2)) : NULL;
		const char *stop = slash ? slash : end;
		if (!is_authority(p + 2, stop, iri))
			return false;
		p = stop;
	}
	return is_path(p, end, iri, scheme, authority);
}

bool fmr_format_uri(const char *bytes, size_t length)
{
	return is_reference(bytes, length, false, true);
}

bool fmr_format_uri_reference(const char *bytes, size_t length)
{
	return is_reference(bytes, length, false, false);
}

bool fmr_format_iri(const char *bytes, size_t length)
{
	return is_reference(bytes, length, true, true);
}

bool fmr_format_iri_reference(const char *bytes, size_t length)
{
	return is_reference(bytes, length, true, false);
}

/* ---- URI templates ---- */

static size_t name_character(const char *p, const char *end)
{
	if (*p == '%')
		return end - p > 2 && is_hex(p[1]) && is_hex(p[2]) ? 3 : 0;
	return is_alpha(*p) || is_digit(*p) || *p == '_';
}

/* varname with its modifier: name, name:12, name* */
static bool is_variable(const char *p, const char *end)
{
	bool dot = true; /* none at the beginning, the end, or twice */
	for (size_t size; p < end; p += size) {
		size = name_character(p, end);
		if (!size && *p == '.' && !dot) {
			dot = true;
			size = 1;
			continue;
		}
		if (!size)
			break;
		dot = false;
	}
	if (dot)
		return false;
	if (p == end)
		return true;
	if (*p == '*')
		return p + 1 == end;
	if (*p++ != ':' || p == end || end - p > 4 || *p == '0')
		return false;
	while (p < end && is_digit(*p))
		p++;
	return p == end;
}

static bool is_expression(const char *p, const char *end)
{
	if (p < end && strchr("+#./;?&=,!@|", *p)) {
		if (strchr("=,!@|", *p))
			return false; /* kept for later by the RFC */
		p++;
	}
	for (;;) {
		const char *comma = p < end ? memchr(p, ',', (size_t)(end - p)) : NULL;
		const char *stop = comma ? comma : end;
		if (!is_variable(p, stop))
			return false;
		if (!comma)
			return true;
		p = comma + 1;
	}
}

static size_t literal_character(const char *p, const char *end)
{
	if (*p == '%')
		return end - p > 2 && is_hex(p[1]) && is_hex(p[2]) ? 3 : 0;
	if ((unsigned char)*p >= 0x80) {
		size_t size;
		uint32_t c = fmr_utf8_decode(p, (size_t)(end - p), &size);
		return is_international(c, true) ? size : 0;
	}
	return (unsigned char)*p > ' ' && *p != 0x7f && !strchr("\"<>\\^`{|}", *p);
}

bool fmr_format_uri_template(const char *bytes, size_t length)
{
	const char *p = bytes, *end = bytes + length;
	while (p < end) {
		if (*p == '{') {
			const char *close = memchr(p, '}', (size_t)(end - p));
			if (!close || !is_expression(p + 1, close))
				return false;
			p = close + 1;
			continue;
		}
		size_t size = literal_character(p, end);
		if (!size)
			return false;
		p += size;
	}
	return true;
}
