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
