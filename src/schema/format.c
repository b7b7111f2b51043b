/*
 * `format`: addresses, durations, identifiers.  Dates, URIs and host names are in files of their own.
 */
#include "schema/format.h"

#include "base/regex.h"

#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* ---- durations ---- */

/* RFC 3339, appendix A: no gaps between the units, weeks alone. */
static bool read_units(const char **p, const char *end, const char *units)
{
	size_t next = 0;
	bool any = false;
	while (*p < end && is_digit(**p)) {
		while (*p < end && is_digit(**p))
			(*p)++;
		if (*p == end)
			return false;
		const char *unit = strchr(units, **p);
		if (!**p || !unit)
			return false;
		size_t index = (size_t)(unit - units);
		if (any ? index != next : false)
			return false;
		next = index + 1;
		any = true;
		(*p)++;
	}
	return any;
}

static bool is_duration(const char *bytes, size_t length)
{
	const char *p = bytes, *end = bytes + length;
	if (length < 3 || *p++ != 'P')
		return false;
	if (end[-1] == 'W') {
		while (p < end - 1 && is_digit(*p))
			p++;
		return p == end - 1;
	}
	if (*p != 'T' && !read_units(&p, end, "YMD"))
		return false;
	if (p == end)
		return true;
	return *p++ == 'T' && read_units(&p, end, "HMS") && p == end;
}

/* ---- addresses ---- */

bool fmr_format_ipv4(const char *bytes, size_t length)
{
	size_t i = 0;
	for (int part = 0; part < 4; part++) {
		if (part && (i >= length || bytes[i++] != '.'))
			return false;
		size_t start = i;
		int value = 0;
		while (i < length && is_digit(bytes[i]) && i - start < 3)
			value = value * 10 + (bytes[i++] - '0');
		if (i == start || value > 255 || (i - start > 1 && bytes[start] == '0'))
			return false;
	}
	return i == length;
}

bool fmr_format_ipv6(const char *bytes, size_t length)
{
	size_t i = 0;
	int groups = 0;
	bool gap = false;
	if (length >= 2 && bytes[0] == ':' && bytes[1] == ':') {
		gap = true;
		i = 2;
	}
	while (i < length) {
		size_t start = i;
		while (i < length && is_hex(bytes[i]) && i - start < 4)
			i++;
		if (i < length && bytes[i] == '.') {
			groups += 2;
			if (!fmr_format_ipv4(bytes + start, length - start))
				return false;
			break;
		}
		if (i == start)
			return false;
		groups++;
		if (i == length)
			break;
		if (bytes[i++] != ':' || i == length)
			return false;
		if (bytes[i] == ':') {
			if (gap)
				return false;
			gap = true;
			i++;
		}
	}
	return gap ? groups < 8 : groups == 8;
}

static bool is_atom_byte(char c, bool international)
{
	if ((unsigned char)c >= 0x80)
		return international;
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

/* RFC 5321: dot-string or quoted-string. */
static bool is_local_part(const char *p, size_t length, bool international)
{
	if (!length || length > 64)
		return false;
	if (p[0] == '"') {
		if (length < 2 || p[length - 1] != '"')
			return false;
		for (size_t i = 1; i < length - 1; i++) {
			unsigned char c = (unsigned char)p[i];
			if (c == '\\' && (++i == length - 1 || p[i] < ' ' || p[i] > '~'))
				return false;
			if (c == '"' || c < ' ' || c == 0x7f || (c >= 0x80 && !international))
				return false;
		}
		return true;
	}
	for (size_t i = 0; i < length; i++)
		if (p[i] == '.' ? i == 0 || i == length - 1 || p[i + 1] == '.' : !is_atom_byte(p[i], international))
			return false;
	return true;
}

static bool is_mail_domain(const char *p, size_t length, bool international)
{
	if (length > 2 && p[0] == '[' && p[length - 1] == ']') {
		if (length > 7 && memcmp(p, "[IPv6:", 6) == 0)
			return fmr_format_ipv6(p + 6, length - 7);
		return fmr_format_ipv4(p + 1, length - 2);
	}
	return international ? fmr_format_idn_hostname(p, length) : fmr_format_hostname(p, length);
}

static bool is_mail(const char *bytes, size_t length, bool international)
{
	size_t at = length;
	while (at && bytes[at - 1] != '@')
		at--;
	return at && is_local_part(bytes, at - 1, international) && is_mail_domain(bytes + at, length - at, international);
}

static bool is_email(const char *bytes, size_t length)
{
	return is_mail(bytes, length, false);
}

static bool is_idn_email(const char *bytes, size_t length)
{
	return is_mail(bytes, length, true);
}

/* ---- the rest ---- */

static bool is_uuid(const char *bytes, size_t length)
{
	if (length != 36)
		return false;
	for (size_t i = 0; i < length; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (dash ? bytes[i] != '-' : !is_hex(bytes[i]))
			return false;
	}
	return true;
}

static bool is_json_pointer(const char *bytes, size_t length)
{
	if (length && bytes[0] != '/')
		return false;
	for (size_t i = 0; i < length; i++)
		if (bytes[i] == '~' && (i + 1 == length || (bytes[i + 1] != '0' && bytes[i + 1] != '1')))
			return false;
	return true;
}

static bool is_relative_json_pointer(const char *bytes, size_t length)
{
	size_t i = 0;
	while (i < length && is_digit(bytes[i]))
		i++;
	if (!i || (i > 1 && bytes[0] == '0'))
		return false;
	if (i + 1 == length && bytes[i] == '#')
		return true;
	return is_json_pointer(bytes + i, length - i);
}

static bool is_regex(const char *bytes, size_t length)
{
	struct fmr_regex *regex;
	int code = fmr_regex_new(bytes, length, FMR_REGEX_ECMA, &regex, NULL);
	if (!code)
		fmr_regex_free(regex);
	return !code || code == FMR_ERR_UNSUPPORTED;
}

fmr_format_function *fmr_format_find(struct fmr_text name)
{
	static const struct {
		const char *name;
		fmr_format_function *matches;
	} formats[] = {
		{ "date-time", fmr_format_date_time }, { "date", fmr_format_date }, { "time", fmr_format_time },
		{ "duration", is_duration }, { "email", is_email }, { "idn-email", is_idn_email },
		{ "hostname", fmr_format_hostname }, { "idn-hostname", fmr_format_idn_hostname }, { "ipv4", fmr_format_ipv4 },
		{ "ipv6", fmr_format_ipv6 }, { "uri", fmr_format_uri }, { "uri-reference", fmr_format_uri_reference },
		{ "iri", fmr_format_iri }, { "iri-reference", fmr_format_iri_reference }, { "uuid", is_uuid },
		{ "uri-template", fmr_format_uri_template }, { "json-pointer", is_json_pointer },
		{ "relative-json-pointer", is_relative_json_pointer }, { "regex", is_regex },
	};
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (strlen(formats[i].name) == name.length && memcmp(formats[i].name, name.bytes, name.length) == 0)
			return formats[i].matches;
	return NULL;
}

bool fmr_format_matches(const char *format, const char *bytes, size_t length)
{
	fmr_format_function *matches = fmr_format_find((struct fmr_text){ format, strlen(format) });
	return !matches || matches(bytes, length);
}
