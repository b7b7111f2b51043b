#include "search/pattern.h"

#include "base/alloc.h"
#include "base/i18n.h"
#include "base/regex_fold.h"
#include "base/regex_posix.h"
#include "base/str.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

struct fmr_pattern {
	struct fmr_regex *any;   /* finds any of the patterns */
	struct fmr_regex **each; /* one for each, when there are several */
	size_t count;
	bool leaks;              /* a match may run over the end of a line: what is found must be found in the line alone */
	bool by_lines;           /* only the line alone tells */
	bool literal;            /* nothing around a match matters */
};

/* ---- reading patterns ---- */

/* A letter, digit or "_" of a script that parts words by blanks. */
#define WORD "(?![\\p{Han}\\p{Hiragana}\\p{Katakana}\\p{Thai}\\p{Lao}\\p{Khmer}\\p{Myanmar}])[\\p{L}\\p{M}\\p{N}_]"

static int put_words(const struct fmr_pattern_options *options, struct fmr_text pattern, struct fmr_str *out,
	struct fmr_err *err)
{
	size_t at;
	const char *fault = NULL;
	const unsigned flags = (options->kind == FMR_PATTERN_EXTENDED ? FMR_POSIX_EXTENDED : 0) |
		(options->ignore_case ? FMR_POSIX_ICASE : 0);
	if (options->fold && !fmr_regex_from_word(pattern.bytes, pattern.length, out))
		return fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is no word that could be looked for"), pattern.bytes);
	if (options->fold)
		return 0;
	if (options->kind == FMR_PATTERN_FIXED)
		fmr_regex_quote(out, pattern.bytes, pattern.length);
	else if (options->kind == FMR_PATTERN_PERL)
		fmr_str_add(out, pattern.bytes, pattern.length);
	else
		fault = fmr_regex_from_posix(pattern.bytes, pattern.length, flags, out, &at);
	if (fault)
		return fmr_err_set(err, FMR_ERR_INVALID, _("not a regular expression: %s (at byte %zu)"), fault, at + 1);
	return 0;
}

static int compile(const struct fmr_pattern_options *options, const struct fmr_str *words, struct fmr_regex **out,
	struct fmr_err *err)
{
	const unsigned flags = FMR_REGEX_LINES | (options->ignore_case ? FMR_REGEX_ICASE : 0);
	if (!options->word)
		return fmr_regex_new(words->bytes, words->length, flags, out, err);
	struct fmr_str whole;
	fmr_str_init(&whole);
	fmr_str_printf(&whole, "(?<!%s)(?:", WORD);
	fmr_str_add(&whole, words->bytes, words->length);
	fmr_str_printf(&whole, ")(?!%s)", WORD);
	int result = fmr_regex_new(whole.bytes, whole.length, flags | FMR_REGEX_FILLED, out, err);
	fmr_str_release(&whole);
	return result;
}

/* Each pattern must be good in itself, before parts of two can make a good one. */
static int compile_each(struct fmr_pattern *pattern, const struct fmr_text *texts,
	const struct fmr_pattern_options *options, struct fmr_str *all, struct fmr_err *err)
{
	struct fmr_str one;
	fmr_str_init(&one);
	int result = 0;
	for (size_t i = 0; i < pattern->count && !result; i++) {
		fmr_str_clear(&one);
		result = put_words(options, texts[i], &one, err);
		if (!result)
			result = compile(options, &one, &pattern->each[i], err);
		fmr_str_puts(all, i ? "|(?:" : "(?|(?:"); /* the groups of each are counted from 1 */
		fmr_str_add(all, one.bytes, one.length);
		fmr_str_puts(all, options->kind == FMR_PATTERN_PERL ? "\n)" : ")"); /* there may be a comment */
	}
	fmr_str_putc(all, ')');
	fmr_str_release(&one);
	return result;
}

/* Words of Perl's that look beyond the match, or do not give back what they took: searched for in the text they may miss
 * what is there in the line. */
static bool looks_around(struct fmr_text pattern)
{
	static const char words[][3] = { "(?", "(*", "\\A", "\\Z", "\\z", "\\G", "\\K", "\\R", "\\X", "++", "*+", "?+", "}+" };
	for (size_t at = 0; at + 1 < pattern.length; at++) {
		const char *here = pattern.bytes + at;
		if (pattern.length - at > 2 && memcmp(here, "(?:", 3) == 0)
			continue;
		for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
			if (memcmp(here, words[i], 2) == 0)
				return true;
	}
	return false;
}

struct texts {
	struct fmr_text *items;
	size_t count, capacity;
};

static void split(const struct fmr_text *patterns, size_t count, struct texts *out)
{
	for (size_t i = 0; i < count; i++) {
		const char *at = patterns[i].bytes, *end = at + patterns[i].length;
		for (const char *stop; (stop = memchr(at, '\n', (size_t)(end - at))); at = stop + 1)
			FMR_VEC_PUSH(out, ((struct fmr_text){ at, (size_t)(stop - at) }));
		FMR_VEC_PUSH(out, ((struct fmr_text){ at, (size_t)(end - at) }));
	}
}

int fmr_pattern_new(const struct fmr_text *patterns, size_t count, const struct fmr_pattern_options *options,
	struct fmr_pattern **out, struct fmr_err *err)
{
	struct fmr_pattern *pattern = fmr_alloc_zero(1, sizeof(*pattern));
	struct texts texts = { 0 };
	struct fmr_str all;
	fmr_str_init(&all);
	split(patterns, count, &texts);
	pattern->count = texts.count;
	pattern->each = fmr_alloc_zero(texts.count, sizeof(struct fmr_regex *));
	pattern->leaks = options->kind == FMR_PATTERN_PERL;
	pattern->literal = options->kind == FMR_PATTERN_FIXED && !options->word && !options->fold;
	for (size_t i = 0; i < texts.count && pattern->leaks && !pattern->by_lines; i++)
		pattern->by_lines = looks_around(texts.items[i]);
	int result = compile_each(pattern, texts.items, options, &all, err);
	if (!result && texts.count > 1)
		result = compile(options, &all, &pattern->any, err);
	FMR_VEC_RELEASE(&texts);
	fmr_str_release(&all);
	if (result) {
		fmr_pattern_free(pattern);
		pattern = NULL;
	}
	*out = pattern;
	return result;
}

void fmr_pattern_free(struct fmr_pattern *pattern)
{
	if (!pattern)
		return;
	for (size_t i = 0; i < pattern->count; i++)
		fmr_regex_free(pattern->each[i]);
	free(pattern->each);
	fmr_regex_free(pattern->any);
	free(pattern);
}

/* ---- finding lines ---- */

static struct fmr_line line_at(const char *text, size_t length, size_t from, size_t at)
{
	const char *end = memchr(text + at, '\n', length - at);
	while (at > from && text[at - 1] != '\n')
		at--;
	return (struct fmr_line){ at, end ? (size_t)(end - text) : length };
}

static enum fmr_regex_result search_line(const struct fmr_regex *regex, const char *text, struct fmr_line line,
	size_t from, struct fmr_span *match)
{
	size_t span[2] = { 0, 0 };
	const enum fmr_regex_result result = fmr_regex_search(regex, text + line.start, line.end - line.start,
		from - line.start, span);
	*match = (struct fmr_span){ line.start + span[0], line.start + span[1] };
	return result;
}

static bool is_over(const char *text, size_t length, size_t at)
{
	return at == length && (!length || text[length - 1] == '\n');
}

static enum fmr_regex_result next_by_lines(const struct fmr_regex *regex, const char *text, size_t length, size_t from,
	struct fmr_line *line, struct fmr_span *match)
{
	for (; !is_over(text, length, from) && from <= length; from = line->end + 1) {
		*line = line_at(text, length, from, from);
		const enum fmr_regex_result result = search_line(regex, text, *line, from, match);
		if (result != FMR_REGEX_NO)
			return result;
	}
	return FMR_REGEX_NO;
}

static enum fmr_regex_result next(const struct fmr_pattern *pattern, const struct fmr_regex *regex, const char *text,
	size_t length, size_t from, struct fmr_line *line, struct fmr_span *match)
{
	while (!pattern->by_lines && from <= length) {
		size_t span[2];
		enum fmr_regex_result result = fmr_regex_search(regex, text, length, from, span);
		if (result == FMR_REGEX_LIMIT)
			break; /* lines are shorter */
		if (result == FMR_REGEX_NO || is_over(text, length, span[0]))
			return FMR_REGEX_NO;
		*line = line_at(text, length, from, span[0]);
		*match = (struct fmr_span){ span[0], span[1] };
		if (!pattern->leaks)
			return result;
		result = search_line(regex, text, *line, line->start, match);
		if (result != FMR_REGEX_NO)
			return result;
		from = line->end + 1;
	}
	return from <= length ? next_by_lines(regex, text, length, from, line, match) : FMR_REGEX_NO;
}

static const struct fmr_regex *regex_of(const struct fmr_pattern *pattern)
{
	return pattern->any ? pattern->any : pattern->each[0];
}

enum fmr_regex_result fmr_pattern_next(const struct fmr_pattern *pattern, const char *text, size_t length, size_t from,
	struct fmr_line *line, struct fmr_span *match)
{
	return next(pattern, regex_of(pattern), text, length, from, line, match);
}

bool fmr_pattern_in_line(const struct fmr_pattern *pattern, const char *text, struct fmr_line line, size_t from,
	struct fmr_span *match)
{
	while (from <= line.end) {
		if (search_line(regex_of(pattern), text, line, from, match) != FMR_REGEX_YES)
			return false;
		if (match->end > match->start)
			return true;
		for (from = match->end + 1; from < line.end && ((unsigned char)text[from] & 0xC0) == 0x80; from++)
			continue; /* to the next character */
	}
	return false;
}

bool fmr_pattern_is_literal(const struct fmr_pattern *pattern)
{
	return pattern->literal;
}

bool fmr_pattern_all(const struct fmr_pattern *pattern, const char *text, size_t length)
{
	struct fmr_line line;
	struct fmr_span match;
	for (size_t i = 0; i < pattern->count; i++)
		if (next(pattern, pattern->each[i], text, length, 0, &line, &match) != FMR_REGEX_YES)
			return false;
	return true;
}
