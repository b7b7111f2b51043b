#include "schema/uri.h"

#include <string.h>

struct part {
	const char *bytes;
	size_t length;
	bool present;
};

struct uri {
	struct part scheme, authority, path, query;
};

static bool is_scheme_byte(char c, bool first)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
		return true;
	return !first && ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.');
}

static size_t scheme_length(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (text[i] == ':')
			return i;
		if (!is_scheme_byte(text[i], i == 0))
			return 0;
	}
	return 0;
}

bool fmr_uri_is_absolute(const char *text, size_t length)
{
	return scheme_length(text, length) > 0;
}

/* Text without fragment into its parts (RFC 3986, appendix B). */
static struct uri split(const char *text, size_t length)
{
	struct uri uri = { 0 };
	size_t scheme = scheme_length(text, length);
	if (scheme) {
		uri.scheme = (struct part){ text, scheme, true };
		text += scheme + 1;
		length -= scheme + 1;
	}
	if (length >= 2 && text[0] == '/' && text[1] == '/') {
		size_t end = 2;
		while (end < length && text[end] != '/' && text[end] != '?')
			end++;
		uri.authority = (struct part){ text + 2, end - 2, true };
		text += end;
		length -= end;
	}
	const char *query = length ? memchr(text, '?', length) : NULL;
	size_t path = query ? (size_t)(query - text) : length;
	uri.path = (struct part){ text, path, true };
	if (query)
		uri.query = (struct part){ query + 1, length - path - 1, true };
	return uri;
}

/* RFC 3986, 5.2.4: out from `start` on is the path. */
static void remove_dots(struct fmr_str *out, size_t start)
{
	char *path = out->bytes + start;
	size_t length = out->length - start, read = 0, write = 0;
	bool rooted = length && path[0] == '/';
	while (read < length) {
		size_t begin = read;
		while (read < length && path[read] != '/')
			read++;
		size_t size = read - begin;
		bool slash = read < length;
		read += slash;
		bool dot = size == 1 && path[begin] == '.', dots = size == 2 && path[begin] == '.' && path[begin + 1] == '.';
		if (dots) {
			if (write > (size_t)rooted) {
				write--; /* the slash behind the segment to drop */
				while (write > 0 && path[write - 1] != '/')
					write--;
			}
		} else if (!dot) {
			memmove(path + write, path + begin, size + slash);
			write += size + slash;
		}
	}
	fmr_str_truncate(out, start + write);
}

static void put_part(struct fmr_str *out, struct part part)
{
	fmr_str_add(out, part.bytes, part.length);
}

static void put_target(struct fmr_str *out, struct uri base, struct uri ref)
{
	struct part query = ref.query;
	struct part scheme = ref.scheme.present ? ref.scheme : base.scheme;
	bool own = ref.scheme.present || ref.authority.present;
	struct part authority = own ? ref.authority : base.authority;
	put_part(out, scheme);
	if (scheme.present)
		fmr_str_putc(out, ':');
	if (authority.present) {
		fmr_str_puts(out, "//");
		put_part(out, authority);
	}
	size_t start = out->length;
	bool hierarchical = authority.present || (base.path.length && base.path.bytes[0] == '/');
	if (own || (ref.path.length && ref.path.bytes[0] == '/')) {
		put_part(out, ref.path);
		hierarchical = authority.present || (ref.path.length && ref.path.bytes[0] == '/');
	} else if (!ref.path.length) {
		put_part(out, base.path);
		if (!query.present)
			query = base.query;
	} else {
		size_t keep = base.path.length;
		while (keep && base.path.bytes[keep - 1] != '/')
			keep--;
		fmr_str_add(out, base.path.bytes, keep);
		if (!keep && authority.present)
			fmr_str_putc(out, '/');
		put_part(out, ref.path);
	}
	if (hierarchical)
		remove_dots(out, start);
	if (query.present) {
		fmr_str_putc(out, '?');
		put_part(out, query);
	}
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

void fmr_uri_decode(struct fmr_str *out, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] == '%' && length - i > 2 && hex_value(bytes[i + 1]) >= 0 && hex_value(bytes[i + 2]) >= 0) {
			fmr_str_putc(out, (char)(hex_value(bytes[i + 1]) * 16 + hex_value(bytes[i + 2])));
			i += 2;
		} else {
			fmr_str_putc(out, bytes[i]);
		}
	}
}

void fmr_uri_encode(struct fmr_str *out, const char *path)
{
	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;
		if (c <= ' ' || c >= 0x7f || strchr("%?#[]\"<>\\^`{|}", c))
			fmr_str_printf(out, "%%%02X", c);
		else
			fmr_str_putc(out, (char)c);
	}
}

const char *fmr_uri_resolve(struct fmr_arena *arena, const char *base, const char *reference, size_t length,
	struct fmr_str *fragment)
{
	const char *hash = length ? memchr(reference, '#', length) : NULL;
	size_t end = hash ? (size_t)(hash - reference) : length;
	if (fragment) {
		fmr_str_clear(fragment);
		if (hash)
			fmr_uri_decode(fragment, hash + 1, length - end - 1);
	}
	if (!end)
		return base;
	struct fmr_str out;
	fmr_str_init(&out);
	put_target(&out, split(base, strlen(base)), split(reference, end));
	const char *copy = fmr_arena_strndup(arena, out.bytes, out.length);
	fmr_str_release(&out);
	return copy;
}
