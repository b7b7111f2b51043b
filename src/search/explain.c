/*
 * Why a record was found: the words it has in common with what was asked for, as it spells them.
 */
#include "search/terms.h"

#include "base/arena.h"
#include "base/text.h"
#include "search/grams.h"
#include "search/similar.h"

#include <string.h>

enum { REASONS = 5 };

static const double TELLING = 0.25; /* share of the greatest rarity in common below which a word explains nothing */

/* A code point of the folded text, and where it stands in the text itself. */
struct letter {
	size_t start, end;
	double gain; /* of the grams that end here */
	bool common; /* in a gram of the terms */
};

struct phrase {
	const struct fmr_search_rule *rule;
	const char *words;  /* as they are written, in arena */
	const char *folded;
	double gain;
};

struct explaining {
	const struct query_terms *terms;
	struct fmr_arena *arena;
	double least;                    /* rarity of a gram that explains anything */
	FMR_VEC(uint32_t) points;
	FMR_VEC(struct letter) letters;
	struct phrase phrases[REASONS];  /* the weightiest first */
	size_t count;
	struct fmr_str folded;
};

/* ---- folding with places ---- */

static bool is_mark(uint32_t c)
{
	return (c >= 0x300 && c <= 0x36F) || c == 0x3099 || c == 0x309A || c == 0xFF9E || c == 0xFF9F;
}

/* Each character is folded alone with the marks behind it, so that what it becomes has its place. */
static void fold_with_places(struct explaining *x, const struct fmr_text *text)
{
	x->points.count = x->letters.count = 0;
	for (size_t at = 0, end; at < text->length; at = end) {
		size_t size;
		fmr_utf8_decode(text->bytes + at, text->length - at, &size);
		for (end = at + size; end < text->length; end += size)
			if (!is_mark(fmr_utf8_decode(text->bytes + end, text->length - end, &size)))
				break;
		fmr_str_clear(&x->folded);
		fmr_text_fold(&x->folded, text->bytes + at, end - at);
		for (size_t i = 0; i < x->folded.length; i += size) {
			FMR_VEC_PUSH(&x->points, fmr_utf8_decode(x->folded.bytes + i, x->folded.length - i, &size));
			FMR_VEC_PUSH(&x->letters, ((struct letter){ at, end, 0, false }));
		}
		if (!x->folded.length && x->letters.count) /* the mark of a long vowel belongs to what is before it */
			x->letters.items[x->letters.count - 1].end = end;
	}
}

static void mark_gram(void *context, uint64_t gram, double share, size_t start, size_t end)
{
	struct explaining *x = context;
	(void)share;
	const long number = query_terms_find(x->terms, gram);
	const struct query_term *term = number < 0 ? NULL : &x->terms->list.items[number];
	if (!term || term->rarity < x->least)
		return;
	x->letters.items[end - 1].gain += term->rarity * term->weight;
	for (size_t i = start; i < end; i++)
		x->letters.items[i].common = true;
}

/* ---- phrases ---- */

static uint32_t written_at(const struct explaining *x, const struct fmr_text *text, size_t i)
{
	size_t size;
	const size_t start = x->letters.items[i].start;
	return fmr_utf8_decode(text->bytes + start, text->length - start, &size);
}

static bool is_hiragana_at(const struct explaining *x, const struct fmr_text *text, size_t i)
{
	const uint32_t c = written_at(x, text, i);
	return c >= 0x3041 && c <= 0x309F;
}

static bool is_katakana_at(const struct explaining *x, const struct fmr_text *text, size_t i)
{
	const uint32_t c = written_at(x, text, i);
	return (c >= 0x30A1 && c <= 0x30FF) || (c >= 0xFF66 && c <= 0xFF9F);
}

/* Without the parts of words of katakana, and the particles and endings, at its ends: "ッチが停止した" is about 停止. */
static void trim(const struct explaining *x, const struct fmr_text *text, size_t *start, size_t *end)
{
	if (*start && is_katakana_at(x, text, *start - 1))
		while (*start < *end && is_katakana_at(x, text, *start))
			++*start;
	if (*end < x->letters.count && is_katakana_at(x, text, *end))
		while (*start < *end && is_katakana_at(x, text, *end - 1))
			--*end;
	while (*start < *end && is_hiragana_at(x, text, *start))
		++*start;
	while (*start < *end && is_hiragana_at(x, text, *end - 1))
		--*end;
}

/* Is it said already by one that is in the list?  One that says more takes the place of those it holds. */
static bool is_said(struct explaining *x, const struct phrase *phrase)
{
	size_t kept = 0;
	for (size_t i = 0; i < x->count; i++) {
		if (strstr(x->phrases[i].folded, phrase->folded))
			return true;
		if (!strstr(phrase->folded, x->phrases[i].folded))
			x->phrases[kept++] = x->phrases[i];
	}
	x->count = kept;
	return false;
}

static void offer(struct explaining *x, struct phrase phrase)
{
	if (is_said(x, &phrase) || (x->count == REASONS && phrase.gain <= x->phrases[REASONS - 1].gain))
		return;
	size_t at = x->count < REASONS ? x->count++ : REASONS - 1;
	for (; at > 0 && phrase.gain > x->phrases[at - 1].gain; at--)
		x->phrases[at] = x->phrases[at - 1];
	x->phrases[at] = phrase;
}

static void add_phrase(struct explaining *x, const struct fmr_search_rule *rule, double weight,
	const struct fmr_text *text, size_t start, size_t end)
{
	double gain = 0;
	for (size_t i = start; i < end; i++)
		gain += x->letters.items[i].gain;
	trim(x, text, &start, &end);
	if (start == end)
		return;
	const size_t from = x->letters.items[start].start, to = x->letters.items[end - 1].end;
	if (fmr_utf8_count(text->bytes + from, to - from) < 2)
		return;
	fmr_str_clear(&x->folded);
	fmr_text_fold(&x->folded, text->bytes + from, to - from);
	offer(x, (struct phrase){ rule, fmr_arena_strndup(x->arena, text->bytes + from, to - from),
		fmr_arena_strdup(x->arena, x->folded.bytes), gain * weight });
}

/* Words with one blank between them are one phrase. */
static bool goes_on(const struct explaining *x, size_t at)
{
	if (at >= x->letters.count)
		return false;
	return x->letters.items[at].common ||
		(x->points.items[at] == ' ' && at + 1 < x->letters.count && x->letters.items[at + 1].common);
}

static void explain_text(void *context, const struct fmr_search_rule *rule, double weight, const struct fmr_text *text)
{
	struct explaining *x = context;
	fold_with_places(x, text);
	fmr_grams_each(x->points.items, x->points.count, mark_gram, x);
	for (size_t start = 0, end; start < x->letters.count; start = end + 1) {
		end = start;
		if (!x->letters.items[start].common)
			continue;
		while (goes_on(x, end))
			end++;
		add_phrase(x, rule, weight, text, start, end);
	}
}

static void weigh_gram(void *context, uint64_t gram, double share, size_t start, size_t end)
{
	struct explaining *x = context;
	const long number = query_terms_find(x->terms, gram);
	(void)share;
	(void)start;
	(void)end;
	if (number >= 0 && x->terms->list.items[number].rarity * TELLING > x->least)
		x->least = x->terms->list.items[number].rarity * TELLING;
}

static void weigh_text(void *context, const struct fmr_search_rule *rule, double weight, const struct fmr_text *text)
{
	struct explaining *x = context;
	(void)rule;
	(void)weight;
	fold_with_places(x, text);
	fmr_grams_each(x->points.items, x->points.count, weigh_gram, x);
}

void query_terms_explain(const struct query_terms *terms, const struct fmr_type *type, const struct fmr_value *root,
	struct fmr_arena *arena, struct fmr_similar_match *match)
{
	struct explaining x = { .terms = terms, .arena = arena };
	fmr_str_init(&x.folded);
	if (root) {
		search_texts_each(type, root, weigh_text, &x);
		search_texts_each(type, root, explain_text, &x);
	}
	struct fmr_similar_reason *reasons = fmr_arena_zero(arena, x.count, sizeof(*reasons));
	for (size_t i = 0; i < x.count; i++)
		reasons[i] = (struct fmr_similar_reason){ x.phrases[i].rule->path, x.phrases[i].words };
	match->reasons = reasons;
	match->reason_count = x.count;
	FMR_VEC_RELEASE(&x.points);
	FMR_VEC_RELEASE(&x.letters);
	fmr_str_release(&x.folded);
}
