/*
 * What is left to people when records are made by a scaffold: comments in the
 * text, each where the answer belongs.
 */
#include "record/scaffold.h"

#include "base/text.h"
#include "record/private.h"

#include <stdlib.h>
#include <string.h>

const char *fmr_decision_mark(enum fmr_language language)
{
	/* in the language of whoever fills it in, not of the messages */
	static const struct fmr_words mark = { .in = { [FMR_ENGLISH] = "TO DECIDE", [FMR_JAPANESE] = "要決定" } };
	return fmr_words_in(&mark, language);
}

struct place { /* of one comment */
	size_t offset, order;
	bool there; /* its field: then it stands next to it, behind comments about fields that are not */
	struct fmr_str text;
};

/* Where the line of this key at the top begins; or the length of the text. */
static size_t find_key(const struct fmr_str *text, const char *key, size_t length)
{
	for (size_t at = 0; at < text->length;) {
		const char *line = text->bytes + at, *end = strchr(line, '\n');
		if (strncmp(line, key, length) == 0 && line[length] == ':')
			return at;
		if (!end)
			break;
		at = (size_t)(end - text->bytes) + 1;
	}
	return text->length;
}

/* Above the comments that belong to what begins here; the first line is the file's. */
static size_t above_comments(const struct fmr_str *text, size_t at)
{
	while (at > 1) {
		size_t line = at - 1;
		while (line && text->bytes[line - 1] != '\n')
			line--;
		if (!line || text->bytes[line] != '#')
			break;
		at = line;
	}
	return at;
}

/* A field that is not there: before the next one of the schema that is. */
static size_t find_gap(const struct fmr_str *text, const struct fmr_type *type, const char *key, size_t length)
{
	bool behind = false;
	for (const char *const *name = type->field_order; *name; name++) {
		const size_t at = behind ? find_key(text, *name, strlen(*name)) : text->length;
		if (at < text->length)
			return above_comments(text, at);
		behind = behind || (strlen(*name) == length && strncmp(*name, key, length) == 0);
	}
	return text->length;
}

static void put_line(struct fmr_str *out, const char *text)
{
	const size_t start = out->length;
	fmr_text_escape(out, text, strlen(text), true);
	for (size_t i = start; i < out->length; i++)
		if (out->bytes[i] == '\n' || out->bytes[i] == '\t')
			out->bytes[i] = ' ';
}

static void put_comment(struct fmr_str *out, const struct fmr_decision *decision, enum fmr_language language)
{
	fmr_str_printf(out, "# %s: ", fmr_decision_mark(language));
	put_line(out, fmr_words_in(&decision->field->label, language));
	if (*decision->what) {
		fmr_str_puts(out, ": ");
		put_line(out, decision->what);
	}
	fmr_str_putc(out, '\n');
}

/* Does the next decision stand at the same place? */
static bool goes_on(const struct fmr_decision *decisions, size_t count, size_t i)
{
	const char *key = decisions[i].field->path;
	const size_t length = strcspn(key, ".[");
	return i + 1 < count && strcspn(decisions[i + 1].field->path, ".[") == length &&
		strncmp(decisions[i + 1].field->path, key, length) == 0;
}

static int by_offset(const void *a, const void *b)
{
	const struct place *one = a, *other = b;
	if (one->offset != other->offset)
		return one->offset < other->offset ? -1 : 1;
	if (one->there != other->there)
		return one->there ? 1 : -1;
	return one->order < other->order ? -1 : one->order > other->order;
}

void fmr_decisions_put(struct fmr_str *text, const struct fmr_type *type, const struct fmr_decision *decisions, size_t count,
	enum fmr_language language)
{
	struct place *places = fmr_alloc_zero(count, sizeof(*places));
	if (text->length && text->bytes[text->length - 1] != '\n')
		fmr_str_putc(text, '\n');
	for (size_t i = 0; i < count; i++) {
		const char *key = decisions[i].field->path;
		const size_t length = strcspn(key, ".["), at = find_key(text, key, length);
		const bool there = at < text->length;
		places[i] = (struct place){ there ? at : find_gap(text, type, key, length), i, there, { 0 } };
		fmr_str_init(&places[i].text);
		put_comment(&places[i].text, &decisions[i], language);
		if (!there && !goes_on(decisions, count, i))
			fmr_str_printf(&places[i].text, "# %.*s:\n", (int)length, key);
	}
	if (count)
		qsort(places, count, sizeof(*places), by_offset);
	for (size_t i = count; i-- > 0;) {
		fmr_str_splice(text, places[i].offset, 0, places[i].text.bytes, places[i].text.length);
		fmr_str_release(&places[i].text);
	}
	free(places);
}

/* ---- decided ---- */

/* The length of a line with its end. */
static size_t line_length(const struct fmr_str *text, size_t at)
{
	const char *end = memchr(text->bytes + at, '\n', text->length - at);
	return end ? (size_t)(end - (text->bytes + at)) + 1 : text->length - at;
}

/* What stands behind the mark of a comment, in which language; NULL: no such comment. */
static const char *behind_mark(const char *line, enum fmr_language *language)
{
	if (strncmp(line, "# ", 2) != 0)
		return NULL;
	for (size_t i = 0; i < FMR_LANGUAGES; i++) {
		const char *mark = fmr_decision_mark((enum fmr_language)i);
		const size_t length = strlen(mark);
		*language = (enum fmr_language)i;
		if (strncmp(line + 2, mark, length) == 0 && strncmp(line + 2 + length, ": ", 2) == 0)
			return line + 2 + length + 2;
	}
	return NULL;
}

/* Is the comment that begins at this line about the field?  It bears its label, and stands above its key or in its
 * place. */
static bool is_about(const struct fmr_str *text, size_t at, const struct fmr_field *field)
{
	enum fmr_language language;
	const char *rest = behind_mark(text->bytes + at, &language);
	if (!rest)
		return false;
	const char *label = fmr_words_in(&field->label, language);
	const size_t length = strlen(label), key = strcspn(field->path, ".[");
	if (strncmp(rest, label, length) != 0 || (rest[length] != ':' && rest[length] != '\n' && rest[length]))
		return false;
	while (at < text->length && behind_mark(text->bytes + at, &language))
		at += line_length(text, at);
	const char *line = text->bytes + at;
	line += strncmp(line, "# ", 2) == 0 ? 2 : 0;
	return strncmp(line, field->path, key) == 0 && line[key] == ':';
}

/* "# key:" that no comment is left for. */
static void drop_place(struct fmr_str *text, size_t at, bool marked_above)
{
	enum fmr_language language;
	const char *line = text->bytes + at;
	const size_t length = line_length(text, at);
	const bool place = length > 4 && strncmp(line, "# ", 2) == 0 && strncmp(line + length - 2, ":\n", 2) == 0;
	if (place && !marked_above && !behind_mark(line, &language))
		fmr_str_splice(text, at, length, "", 0);
}

static void drop_comments(struct fmr_str *text, const struct fmr_field *field, bool only_one)
{
	enum fmr_language language;
	size_t count = 0;
	for (size_t at = 0; at < text->length; at += line_length(text, at))
		count += is_about(text, at, field);
	if (only_one && count > 1)
		return;
	bool marked = false;
	for (size_t at = 0; at < text->length;) {
		if (is_about(text, at, field)) {
			fmr_str_splice(text, at, line_length(text, at), "", 0);
			if (at < text->length)
				drop_place(text, at, marked);
			continue;
		}
		marked = behind_mark(text->bytes + at, &language) != NULL;
		at += line_length(text, at);
	}
}

void fmr_decision_made(struct fmr_str *text, const struct fmr_type *type, const char *path, bool more)
{
	char *part = fmr_strdup(path);
	for (bool whole = true;; whole = false) {
		const struct fmr_field *field = fmr_type_field(type, part);
		if (field && *field->name)
			drop_comments(text, field, more || !whole);
		char *dot = strrchr(part, '.');
		if (!dot)
			break;
		*dot = '\0';
	}
	free(part);
}
