#include "trust/commit.h"

#include "base/i18n.h"

#include <string.h>

#define LAST_SECOND 253402300799 /* of the year 9999 */

enum { HEX = 40, MOST_HOURS = 24 };

/* What is left of the header, from the beginning of a line on. */
struct header {
	const char *at, *end;
	const char *fault; /* the first one; then nothing more is taken */
};

static bool fail(struct header *header, const char *fault)
{
	if (!header->fault)
		header->fault = fault;
	return false;
}

/* Take "KEY VALUE" LF when the next line is one. */
static bool take_line(struct header *header, const char *key, struct fmr_text *value)
{
	const size_t length = strlen(key), left = (size_t)(header->end - header->at);
	if (header->fault || left <= length || memcmp(header->at, key, length) != 0 || header->at[length] != ' ')
		return false;
	const char *from = header->at + length + 1;
	const char *lf = memchr(from, '\n', (size_t)(header->end - from));
	if (!lf)
		return fail(header, _("the header of the commit does not end"));
	*value = (struct fmr_text){ from, (size_t)(lf - from) };
	header->at = lf + 1;
	return true;
}

static bool take_id(struct header *header, const char *key, struct fmr_oid *id)
{
	struct fmr_text value;
	char hex[HEX + 1];
	if (!take_line(header, key, &value))
		return false;
	if (value.length != HEX)
		return fail(header, _("an id in the commit is not 40 digits"));
	memcpy(hex, value.bytes, HEX);
	hex[HEX] = '\0';
	return fmr_oid_parse(hex, id) ? true : fail(header, _("an id in the commit is not 40 digits"));
}

/* ---- persons ---- */

/* Decimal digits up to a value; no sign, no leading zeros but in fixed columns (exact > 0). */
static bool take_number(const char **at, const char *end, int64_t most, size_t exact, int64_t *out)
{
	const char *from = *at;
	*out = 0;
	while (*at < end && **at >= '0' && **at <= '9' && (!exact || (size_t)(*at - from) < exact)) {
		*out = *out * 10 + (*(*at)++ - '0');
		if (*out > most)
			return false;
	}
	const size_t digits = (size_t)(*at - from);
	return exact ? digits == exact : digits == 1 || (digits > 1 && *from != '0');
}

/* "TIME +0900" */
static bool parse_when(const char *at, const char *end, struct trust_ident *out)
{
	int64_t hours, minutes;
	if (!take_number(&at, end, LAST_SECOND, 0, &out->time) || end - at != 6 || at[0] != ' ' ||
		(at[1] != '+' && at[1] != '-'))
		return false;
	const bool west = at[1] == '-';
	at += 2;
	if (!take_number(&at, end, MOST_HOURS, 2, &hours) || !take_number(&at, end, 59, 2, &minutes))
		return false;
	out->offset = (int)(hours * 60 + minutes) * (west ? -1 : 1);
	return true;
}

/* "NAME <EMAIL> TIME ZONE", as strict as git fsck. */
static bool parse_ident(struct fmr_text line, struct trust_ident *out)
{
	const char *end = line.bytes + line.length;
	const char *open = memchr(line.bytes, '<', line.length);
	const char *close = open ? memchr(open, '>', (size_t)(end - open)) : NULL;
	if (!close || open == line.bytes || open[-1] != ' ' || memchr(open + 1, '<', (size_t)(close - open - 1)) ||
		memchr(line.bytes, '>', (size_t)(open - line.bytes)) || end - close < 2 || close[1] != ' ')
		return false;
	out->name = (struct fmr_text){ line.bytes, (size_t)(open - line.bytes) - 1 };
	out->email = (struct fmr_text){ open + 1, (size_t)(close - open) - 1 };
	return parse_when(close + 2, end, out);
}

static bool take_ident(struct header *header, const char *key, struct trust_ident *out, const char *fault)
{
	struct fmr_text line;
	return take_line(header, key, &line) && parse_ident(line, out) ? true : fail(header, fault);
}

/* ---- the rest of the header ---- */

static bool take_parents(struct header *header, struct fmr_arena *arena, struct trust_commit *out)
{
	enum { LINE = sizeof("parent ") - 1 + HEX + 1 };
	size_t most = 0;
	while ((size_t)(header->end - header->at) >= (most + 1) * LINE && memcmp(header->at + most * LINE, "parent ", 7) == 0)
		most++;
	struct fmr_oid *parents = most ? fmr_arena_alloc(arena, most * sizeof(*parents)) : NULL;
	while (out->parent_count < most && take_id(header, "parent", &parents[out->parent_count]))
		out->parent_count++;
	out->parents = parents;
	return !header->fault;
}

/* Copy a signature's lines, all of which end, without the blank before all but the first. */
static void unfold(const char *at, const char *end, char *to, size_t *length)
{
	*length = 0;
	while (at < end) {
		const char *next = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
		memcpy(to + *length, at, (size_t)(next - at));
		*length += (size_t)(next - at);
		at = next + (next < end);
	}
}

static bool take_signature(struct header *header, struct fmr_arena *arena, struct fmr_text *signature)
{
	struct fmr_text line;
	if (!take_line(header, "gpgsig", &line))
		return !header->fault;
	while (header->at < header->end && *header->at == ' ') {
		const char *lf = memchr(header->at, '\n', (size_t)(header->end - header->at));
		if (!lf)
			return fail(header, _("the header of the commit does not end"));
		header->at = lf + 1;
	}
	char *text = fmr_arena_alloc(arena, (size_t)(header->at - line.bytes));
	unfold(line.bytes, header->at, text, &signature->length);
	signature->bytes = text;
	return true;
}

static bool take_encoding(struct header *header, struct fmr_text *encoding)
{
	if (!take_line(header, "encoding", encoding))
		return !header->fault;
	for (size_t i = 0; i < encoding->length; i++)
		if (encoding->bytes[i] <= ' ' || encoding->bytes[i] > '~')
			return fail(header, _("the encoding that the commit names is no word"));
	return encoding->length ? true : fail(header, _("the encoding that the commit names is no word"));
}

static bool take_end(struct header *header)
{
	if (header->at < header->end && *header->at == '\n') {
		header->at++;
		return true;
	}
	return fail(header, header->at == header->end ? _("the header of the commit does not end")
						      : _("the header of the commit has a line that is unknown, repeated or out of order"));
}

bool fmr_trust_commit_parse(const char *bytes, size_t length, struct fmr_arena *arena, struct trust_commit *out,
	const char **fault)
{
	struct header header = { .at = bytes, .end = bytes + length };
	*out = (struct trust_commit){ 0 };
	if (memchr(bytes, '\0', length))
		fail(&header, _("the commit has a NUL byte"));
	else if (!take_id(&header, "tree", &out->tree))
		fail(&header, _("the commit does not begin with its tree"));
	const bool good = !header.fault && take_parents(&header, arena, out) &&
		take_ident(&header, "author", &out->author, _("the author of the commit is not 'NAME <EMAIL> TIME ZONE'")) &&
		take_ident(&header, "committer", &out->committer,
			_("the committer of the commit is not 'NAME <EMAIL> TIME ZONE'")) &&
		take_encoding(&header, &out->encoding) && take_signature(&header, arena, &out->signature) && take_end(&header);
	if (good && memchr(bytes, '\r', (size_t)(header.at - bytes)))
		fail(&header, _("the header of the commit has a carriage return"));
	out->message = (struct fmr_text){ header.at, (size_t)(header.end - header.at) };
	*fault = header.fault;
	return !header.fault;
}

static const char *next_line(const char *at, const char *end)
{
	const char *lf = memchr(at, '\n', (size_t)(end - at));
	return lf ? lf + 1 : end;
}

static bool is_signature(const char *at, const char *end)
{
	static const char key[] = "gpgsig ";
	return (size_t)(end - at) >= sizeof(key) - 1 && memcmp(at, key, sizeof(key) - 1) == 0;
}

void fmr_trust_commit_payload(const char *bytes, size_t length, struct fmr_str *payload)
{
	const char *end = bytes + length, *at = bytes;
	while (at < end && *at != '\n' && !is_signature(at, end))
		at = next_line(at, end);
	fmr_str_add(payload, bytes, (size_t)(at - bytes));
	if (is_signature(at, end))
		do {
			at = next_line(at, end);
		} while (at < end && *at == ' ');
	fmr_str_add(payload, at, (size_t)(end - at));
}
