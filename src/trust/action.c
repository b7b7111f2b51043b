#include "trust/action.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD = 64, PATH = 512, VERSION = 999999999 };

static const char digest_mark[] = "sha256:";

/* ---- what values look like ---- */

static bool is_hex(const char *at, size_t length, size_t wanted)
{
	for (size_t i = 0; i < length; i++)
		if (!((at[i] >= '0' && at[i] <= '9') || (at[i] >= 'a' && at[i] <= 'f')))
			return false;
	return length == wanted;
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* approve */
static bool is_verb(struct fmr_text text)
{
	for (size_t i = 0; i < text.length; i++)
		if (!is_lower(text.bytes[i]) && (!i || (!is_digit(text.bytes[i]) && text.bytes[i] != '-')))
			return false;
	return text.length && text.length <= WORD;
}

/* p-sato */
static bool is_name(struct fmr_text text)
{
	for (size_t i = 0; i < text.length; i++) {
		const char c = text.bytes[i];
		if (!is_lower(c) && !is_upper(c) && !is_digit(c) && (!i || !strchr("._-", c) || !c))
			return false;
	}
	return text.length && text.length <= WORD;
}

static bool is_repository(struct fmr_text text)
{
	return is_hex(text.bytes, text.length, 32);
}

static bool is_commit(struct fmr_text text)
{
	return is_hex(text.bytes, text.length, 40);
}

static bool is_digest(struct fmr_text text)
{
	const size_t mark = sizeof(digest_mark) - 1;
	return text.length > mark && memcmp(text.bytes, digest_mark, mark) == 0 &&
		is_hex(text.bytes + mark, text.length - mark, 64);
}

static bool is_record(struct fmr_text text)
{
	for (size_t i = 0; i < text.length; i++)
		if (!is_upper(text.bytes[i]) && !is_digit(text.bytes[i]) && text.bytes[i] != '-')
			return false;
	return text.length && text.length <= WORD;
}

static bool is_path(struct fmr_text text)
{
	char path[PATH + 1];
	if (!text.length || text.length > PATH)
		return false;
	for (size_t i = 0; i < text.length; i++)
		if (text.bytes[i] <= ' ' || text.bytes[i] > '~')
			return false;
	memcpy(path, text.bytes, text.length);
	path[text.length] = '\0';
	return fmr_path_is_inside(path);
}

static bool is_day(struct fmr_text text)
{
	struct fmr_time time;
	return text.length == 10 && fmr_time_parse(text.bytes, text.length, &time) && time.date_only;
}

static bool are_verbs(struct fmr_text text)
{
	const char *at = text.bytes, *end = text.bytes + text.length;
	if (text.length > PATH)
		return false;
	for (;;) {
		const char *comma = memchr(at, ',', (size_t)(end - at));
		if (!is_verb((struct fmr_text){ at, (size_t)((comma ? comma : end) - at) }))
			return false;
		if (!comma)
			return true;
		at = comma + 1;
	}
}

/* Any text of lines, but nothing that a terminal or another reader of lines takes for more. */
static bool is_reason(struct fmr_text text)
{
	if (text.length > TRUST_REASON_LIMIT || fmr_utf8_valid(text.bytes, text.length) != text.length)
		return false;
	for (size_t i = 0, size; i < text.length; i += size) {
		const uint32_t c = fmr_utf8_decode(text.bytes + i, text.length - i, &size);
		if ((c < ' ' && c != '\n' && c != '\t') || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029)
			return false;
	}
	return true;
}

/* ---- which lines there are ---- */

enum need { NEVER, MAY, MUST };
enum shape { ON_RECORD, WITHDRAWAL, ON_COMMIT, CHECKPOINT, DELEGATION, SHAPES };

/* All lines, in their order.  Those that are more than a text have no place in the action: offset 0 is the verb's. */
struct line {
	const char *name;
	size_t offset; /* of its struct fmr_text */
	bool (*is_valid)(struct fmr_text text);
	enum need need[SHAPES];
};
#define AT(member) offsetof(struct trust_action, member)
static const struct line lines[] = {
	{ "Action", AT(action), is_verb, { MUST, MUST, MUST, MUST, MUST } },
	{ "Repo", AT(repo), is_repository, { MUST, MUST, MUST, MUST, MUST } },
	{ "Record", AT(record), is_record, { MUST, MUST, NEVER, NEVER, NEVER } },
	{ "Path", AT(path), is_path, { MUST, MUST, NEVER, NEVER, NEVER } },
	{ "Content", AT(content), is_digest, { MUST, MUST, NEVER, NEVER, NEVER } },
	{ "Policy", AT(policy_digest), is_digest, { MUST, MUST, MUST, MUST, MUST } },
	{ "Signer", AT(signer), is_name, { MUST, MUST, MUST, MUST, MUST } },
	{ "Role", AT(role), is_name, { MUST, MUST, MUST, MUST, MUST } },
	{ "On-Behalf-Of", AT(behalf), is_name, { MAY, MAY, NEVER, NEVER, NEVER } },
	{ "Deputy", AT(deputy), is_name, { NEVER, NEVER, NEVER, NEVER, MUST } },
	{ "From", AT(from), is_day, { NEVER, NEVER, NEVER, NEVER, MUST } },
	{ "Until", AT(until), is_day, { NEVER, NEVER, NEVER, NEVER, MUST } },
	{ "Types", AT(types), are_verbs, { NEVER, NEVER, NEVER, NEVER, MAY } },
	{ "Target", AT(target), is_commit, { NEVER, MUST, MUST, NEVER, NEVER } },
	{ "Meaning", AT(meaning), is_verb, { MUST, MUST, MUST, MUST, MUST } },
};
#undef AT
enum { LINES = sizeof(lines) / sizeof(*lines) };

static bool is_word(struct fmr_text text, const char *word)
{
	return text.length == strlen(word) && memcmp(text.bytes, word, text.length) == 0;
}

static enum shape shape_of(struct fmr_text action)
{
	return is_word(action, "withdraw") ? WITHDRAWAL
		: is_word(action, "endorse") || is_word(action, "acknowledge") ? ON_COMMIT
		: is_word(action, "checkpoint") ? CHECKPOINT
		: is_word(action, "delegate") ? DELEGATION
		: ON_RECORD;
}

static struct fmr_text *text_of(struct trust_action *action, const struct line *line)
{
	return (struct fmr_text *)((char *)action + line->offset);
}

static struct fmr_text value_of(const struct trust_action *action, const struct line *line)
{
	return *(const struct fmr_text *)((const char *)action + line->offset);
}

static const char *fault_of(const struct trust_action *action)
{
	const enum shape shape = shape_of(action->action);
	for (size_t i = 0; i < LINES; i++) {
		const struct fmr_text value = value_of(action, &lines[i]);
		if (value.length ? lines[i].need[shape] == NEVER : lines[i].need[shape] == MUST)
			return value.length ? _("the action has a line that such actions do not have") : _("the action lacks a line");
		if (value.length && !lines[i].is_valid(value))
			return _("a value of the action is not well formed");
	}
	if (!action->policy_version || action->policy_version > VERSION)
		return _("the action names no version of the policy");
	if (action->time < 0 || action->time > 253402300799)
		return _("the time of the action is out of range");
	return is_reason(action->reason) ? NULL : _("the reason has control characters, is not UTF-8 or too long");
}

/* ---- writing ---- */

static void add_text(struct fmr_str *out, struct fmr_text text)
{
	fmr_str_add(out, text.bytes, text.length);
}

static void add_reason(struct fmr_str *out, struct fmr_text reason)
{
	fmr_str_puts(out, "> ");
	for (size_t i = 0; i < reason.length; i++) {
		fmr_str_putc(out, reason.bytes[i]);
		if (reason.bytes[i] == '\n')
			fmr_str_puts(out, "> ");
	}
	fmr_str_puts(out, "\n\n");
}

/* "2026-11-21T10:00:00Z" */
static void add_time(struct fmr_str *out, int64_t seconds)
{
	enum { DAY = 24 * 60 * 60 };
	int year, month, day;
	const int rest = (int)(seconds % DAY);
	fmr_days_date(seconds / DAY, &year, &month, &day);
	fmr_str_printf(out, "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day, rest / 3600, rest / 60 % 60, rest % 60);
}

static void write_valid(const struct trust_action *action, struct fmr_str *out)
{
	const enum shape shape = shape_of(action->action);
	fmr_str_puts(out, "fmrec: ");
	add_text(out, action->action);
	const struct fmr_text object = shape == ON_COMMIT ? action->target : shape == DELEGATION ? action->deputy : action->record;
	if (object.length) {
		fmr_str_putc(out, ' ');
		add_text(out, object);
	}
	fmr_str_puts(out, "\n\n");
	if (action->reason.length)
		add_reason(out, action->reason);
	fmr_str_puts(out, "Fmrec-Format: 1\n");
	for (size_t i = 0; i < LINES; i++) {
		const struct fmr_text value = value_of(action, &lines[i]);
		if (!value.length)
			continue;
		fmr_str_printf(out, "Fmrec-%s: ", lines[i].name);
		if (lines[i].offset == offsetof(struct trust_action, policy_digest))
			fmr_str_printf(out, "%u ", action->policy_version);
		add_text(out, value);
		fmr_str_putc(out, '\n');
	}
	fmr_str_puts(out, "Fmrec-Time: ");
	add_time(out, action->time);
	fmr_str_putc(out, '\n');
}

bool fmr_trust_action_write(const struct trust_action *action, struct fmr_str *message, const char **fault)
{
	*fault = fault_of(action);
	if (!*fault)
		write_valid(action, message);
	return !*fault;
}

/* ---- lines that look like fmrec's ---- */

/* Characters that end a line for some program. */
static bool ends_line(uint32_t c)
{
	return (c >= '\n' && c <= '\r') || c == 0 || c == 0x85 || c == 0x2028 || c == 0x2029;
}

static bool is_blank(uint32_t c)
{
	return c == ' ' || c == '\t' || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F ||
		c == 0x2800 || c == 0x3000 || c == 0x3164;
}

/* Controls, joiners, directions, variation selectors and the like: nothing on paper. */
static bool is_invisible(uint32_t c)
{
	return c < ' ' || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x034F || c == 0x061C || c == 0x115F || c == 0x1160 ||
		c == 0x17B4 || c == 0x17B5 || (c >= 0x180B && c <= 0x180E) || (c >= 0x200B && c <= 0x200F) ||
		(c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF ||
		c == 0xFFA0 || (c >= 0xFFF0 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE0FFF);
}

/* The plain character that it looks like. */
static uint32_t plain(uint32_t c)
{
	if (c >= 0xFF01 && c <= 0xFF5E)
		c -= 0xFF01 - '!';
	if ((c >= 0x2010 && c <= 0x2015) || c == 0x2043 || c == 0x2212 || c == 0xFE58 || c == 0xFE63)
		c = '-';
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

const char *fmr_trust_fmrec_line(const char *message, size_t length, size_t *found, size_t *number)
{
	static const char mark[] = "fmrec-";
	const size_t whole = sizeof(mark) - 1;
	size_t line = 0, ends = 1, matched = 0; /* begin of the line; LF so far; characters of the mark, or > whole: none */
	for (size_t i = 0, size; i < length; i += size) {
		const uint32_t c = fmr_utf8_decode(message + i, length - i, &size);
		if (ends_line(c)) {
			line = i + size;
			ends += c == '\n';
			matched = 0;
		} else if (matched < whole && !is_invisible(c) && (matched || !is_blank(c))) {
			matched = plain(c) == (unsigned char)mark[matched] ? matched + 1 : whole + 1;
		}
		if (matched != whole)
			continue;
		const char *end = memchr(message + line, '\n', length - line);
		if (found)
			*found = end ? (size_t)(end - message) - line : length - line;
		if (number)
			*number = ends;
		return message + line;
	}
	return NULL;
}

/* ---- reading ---- */

/* Take "Fmrec-NAME: VALUE" LF when the next line is one. */
static bool take_line(const char **at, const char *end, const char *name, struct fmr_text *value)
{
	static const char begin[] = "Fmrec-";
	const size_t mark = sizeof(begin) - 1, length = strlen(name);
	const char *text = *at;
	if ((size_t)(end - text) < mark + length + 2 || memcmp(text, begin, mark) != 0 || memcmp(text + mark, name, length) != 0 ||
		memcmp(text + mark + length, ": ", 2) != 0)
		return false;
	text += mark + length + 2;
	const char *lf = memchr(text, '\n', (size_t)(end - text));
	if (!lf)
		return false;
	*value = (struct fmr_text){ text, (size_t)(lf - text) };
	*at = lf + 1;
	return true;
}

/* "7 sha256:..." */
static bool split_policy(struct trust_action *action)
{
	struct fmr_text *value = &action->policy_digest;
	unsigned version = 0;
	size_t digits = 0;
	while (digits < value->length && digits < 9 && is_digit(value->bytes[digits]))
		version = version * 10 + (unsigned)(value->bytes[digits++] - '0');
	if (!digits || digits == value->length || value->bytes[digits] != ' ')
		return false;
	action->policy_version = version;
	*value = (struct fmr_text){ value->bytes + digits + 1, value->length - digits - 1 };
	return true;
}

static bool parse_block(const char *at, const char *end, struct trust_action *action)
{
	struct fmr_text value;
	struct fmr_time time;
	if (!take_line(&at, end, "Format", &value))
		return false;
	for (size_t i = 0; i < LINES; i++)
		take_line(&at, end, lines[i].name, text_of(action, &lines[i]));
	if (!take_line(&at, end, "Time", &value) || at != end || !fmr_time_parse(value.bytes, value.length, &time))
		return false;
	action->time = time.seconds;
	return action->policy_digest.length && split_policy(action);
}

/* What stands between the subject and the block, without "> "; how it is laid out is compared later. */
static void parse_reason(const char *at, const char *end, struct fmr_arena *arena, struct trust_action *action)
{
	char *to = fmr_arena_alloc(arena, (size_t)(end - at) + 1);
	action->reason.bytes = to;
	for (bool first = true; end - at >= 2 && at[0] == '>'; first = false) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));
		const char *stop = lf ? lf : end;
		const char *text = stop - at < 2 ? stop : at + 2;
		if (!first)
			to[action->reason.length++] = '\n';
		memcpy(to + action->reason.length, text, (size_t)(stop - text));
		action->reason.length += (size_t)(stop - text);
		at = lf ? lf + 1 : end;
	}
}

/* Is this what the action would be written as? */
static const char *compare_written(const struct trust_action *action, const char *message, size_t length)
{
	struct fmr_str again;
	const char *fault;
	fmr_str_init(&again);
	if (fmr_trust_action_write(action, &again, &fault) &&
		(again.length != length || memcmp(again.bytes, message, length) != 0))
		fault = _("the message is not as fmrec writes actions");
	fmr_str_release(&again);
	return fault;
}

enum trust_block fmr_trust_action_parse(const char *message, size_t length, struct fmr_arena *arena,
	struct trust_action *out, const char **fault)
{
	*out = (struct trust_action){ 0 };
	*fault = NULL;
	const char *block = fmr_trust_fmrec_line(message, length, NULL, NULL), *end = message + length;
	if (!block)
		return TRUST_NO_BLOCK;
	const char *lf = memchr(message, '\n', length);
	if (length > TRUST_MESSAGE_LIMIT || !lf || !parse_block(block, end, out)) {
		*fault = _("lines of fmrec are unknown, repeated, out of order, or not the last ones");
		return TRUST_BLOCK_FAULTY;
	}
	if (block - lf > 2)
		parse_reason(lf + 2, block, arena, out);
	*fault = compare_written(out, message, length);
	return *fault ? TRUST_BLOCK_FAULTY : TRUST_BLOCK;
}
