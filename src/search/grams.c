#include "search/grams.h"

#include <stdbool.h>

enum {
	STEM = 5,       /* longer words are alike also when they begin alike: "configure", "configuration" */
	DIGITS = 3,     /* shorter numbers are of no interest */
	LONGEST = 64,   /* word */
};

/* A long word is worth as much as a short one, and the pairs and threes of a word of kanji about as much as a word. */
static const double WORD = 0.6, STEM_OF_WORD = 0.4, PAIR = 0.4, THREE = 0.3;

enum kind { GAP, LETTER, DIGIT, IDEOGRAPH };

static enum kind kind_of(uint32_t c)
{
	if (c >= '0' && c <= '9')
		return DIGIT;
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c < 0x2000 && c != 0xD7 && c != 0xF7))
		return LETTER;
	if ((c >= 0x3041 && c <= 0x30FF && c != 0x30FB) || (c >= 0x3400 && c <= 0x9FFF) || (c >= 0x3005 && c <= 0x3007) ||
		(c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF))
		return IDEOGRAPH;
	return GAP;
}

/* FNV-1a over code points, the kind of gram first. */
static uint64_t hash(uint64_t kind, const uint32_t *text, size_t length)
{
	uint64_t value = 0xcbf29ce484222325u ^ kind;
	for (size_t i = 0; i < length; i++)
		value = (value ^ text[i]) * 0x100000001b3u;
	return value ^ value >> 29;
}

/* Visit the word that begins at `start`; its end. */
static size_t visit_word(const uint32_t *text, size_t length, size_t start, fmr_grams_visit *visit, void *context)
{
	size_t end = start;
	bool letters = false;
	for (enum kind kind; end < length && ((kind = kind_of(text[end])) == LETTER || kind == DIGIT); end++)
		letters |= kind == LETTER;
	const size_t count = end - start;
	if (count > LONGEST || count < (letters ? 2 : DIGITS))
		return end;
	const bool has_stem = letters && count > STEM;
	visit(context, hash(1, text + start, count), has_stem ? WORD : 1, start, end);
	if (has_stem)
		visit(context, hash(2, text + start, STEM), STEM_OF_WORD, start, end);
	return end;
}

/* Visit the pairs and threes of the run that begins at `start`; its end. */
static size_t visit_run(const uint32_t *text, size_t length, size_t start, fmr_grams_visit *visit, void *context)
{
	size_t end = start;
	while (end < length && kind_of(text[end]) == IDEOGRAPH) {
		end++;
		if (end - start >= 2)
			visit(context, hash(3, text + end - 2, 2), PAIR, end - 2, end);
		if (end - start >= 3)
			visit(context, hash(3, text + end - 3, 3), THREE, end - 3, end);
	}
	return end;
}

void fmr_grams_each(const uint32_t *text, size_t length, fmr_grams_visit *visit, void *context)
{
	for (size_t at = 0; at < length;) {
		switch (kind_of(text[at])) {
		case LETTER:
		case DIGIT:
			at = visit_word(text, length, at, visit, context);
			break;
		case IDEOGRAPH:
			at = visit_run(text, length, at, visit, context);
			break;
		default:
			at++;
		}
	}
}
