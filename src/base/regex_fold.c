#include "base/regex_fold.h"

#include "base/text.h"
#include "base/vec.h"

#include <stdint.h>
#include <string.h>

enum { WORD = 200, EXPANSION = 32 /* characters that one may fold to */, LONGEST = 60000 /* pattern */ };

/* Where characters are that fold to something else.  What is in none of these folds to itself. */
static const struct {
	uint32_t first, last;
} folding[] = {
	{ 0x20, 0x7E }, { 0xA0, 0x58F }, { 0x10A0, 0x10FF }, { 0x13A0, 0x13FF }, { 0x1C80, 0x1CBF }, { 0x1D00, 0x2FDF },
	{ 0x3000, 0x33FF }, { 0xA640, 0xA7FF }, { 0xAB30, 0xABBF }, { 0xF900, 0xFFEF }, { 0x10400, 0x104FF },
	{ 0x1D400, 0x1D7FF }, { 0x1F100, 0x1F2FF }, { 0x2F800, 0x2FA1F },
};

/* One way to spell the characters from..to of the word: a character, and a mark behind it or 0. */
struct spelling {
	size_t from, to;
	uint32_t character, mark;
};

struct ways {
	uint32_t word[WORD];
	size_t length;
	FMR_VEC(struct spelling) spellings;
	FMR_VEC(uint32_t) nothing; /* characters that folding takes away, in order */
	struct fmr_str one, folded;
};

static size_t decode(const struct fmr_str *text, uint32_t *out, size_t most)
{
	size_t count = 0;
	for (size_t i = 0, size; i < text->length && count <= most; i += size) {
		const uint32_t c = fmr_utf8_decode(text->bytes + i, text->length - i, &size);
		if (count < most)
			out[count] = c;
		count++;
	}
	return count;
}

/* ---- collecting spellings ---- */

/* Whether the folded form lies over the word from `at` on, as far as both are there. */
static bool lies_over(const struct ways *ways, const uint32_t *form, size_t count, long at)
{
	for (size_t i = 0; i < count; i++) {
		const long place = at + (long)i;
		if (place >= 0 && place < (long)ways->length && ways->word[place] != form[i])
			return false;
	}
	return true;
}

/* A character, with a mark or without, stands for those parts of the word that its folded form covers; at the ends of
 * the word it may reach beyond. */
static void add_spellings(struct ways *ways, uint32_t character, uint32_t mark)
{
	uint32_t form[EXPANSION];
	fmr_str_clear(&ways->one);
	fmr_str_clear(&ways->folded);
	fmr_utf8_encode(&ways->one, character);
	if (mark)
		fmr_utf8_encode(&ways->one, mark);
	fmr_text_fold(&ways->folded, ways->one.bytes, ways->one.length);
	const size_t count = decode(&ways->folded, form, EXPANSION);
	if (!count && !mark)
		FMR_VEC_PUSH(&ways->nothing, character);
	if (!count || count > EXPANSION || (mark && count != 1))
		return;
	for (long at = 1 - (long)count; at < (long)ways->length; at++) {
		const size_t from = at < 0 ? 0 : (size_t)at, end = (size_t)(at + (long)count);
		const size_t to = end < ways->length ? end : ways->length;
		if (lies_over(ways, form, count, at))
			FMR_VEC_PUSH(&ways->spellings, ((struct spelling){ from, to, character, mark }));
	}
}

static bool is_hiragana(uint32_t c)
{
	return c >= 0x3041 && c <= 0x309F;
}

static bool is_accented(uint32_t c)
{
	return c >= 0xC0 && c < 0x2000;
}

static bool any(const struct ways *ways, bool (*is)(uint32_t))
{
	for (size_t i = 0; i < ways->length; i++)
		if (is(ways->word[i]))
			return true;
	return false;
}

static void add_range_with(struct ways *ways, uint32_t first, uint32_t last, uint32_t mark)
{
	for (uint32_t c = first; c <= last; c++)
		add_spellings(ways, c, mark);
}

static void add_marked(struct ways *ways)
{
	static const uint32_t voices[] = { 0x3099, 0x309A, 0xFF9E, 0xFF9F };
	for (size_t i = 0; i < sizeof(voices) / sizeof(*voices) && any(ways, is_hiragana); i++) {
		add_range_with(ways, 0x3041, 0x3096, voices[i]);
		add_range_with(ways, 0x30A1, 0x30FA, voices[i]);
		add_range_with(ways, 0xFF66, 0xFF9D, voices[i]);
	}
	for (uint32_t mark = 0x300; mark <= 0x345 && any(ways, is_accented); mark++) {
		add_range_with(ways, 'A', 'Z', mark);
		add_range_with(ways, 'a', 'z', mark);
	}
}

static void add_all(struct ways *ways)
{
	for (size_t i = 0; i < sizeof(folding) / sizeof(*folding); i++)
		add_range_with(ways, folding[i].first, folding[i].last, 0);
	for (size_t i = 0; i < ways->length; i++) { /* those that fold to themselves alone */
		const uint32_t c = ways->word[i];
		bool known = false;
		for (size_t j = 0; j < sizeof(folding) / sizeof(*folding) && !known; j++)
			known = c >= folding[j].first && c <= folding[j].last;
		if (!known)
			FMR_VEC_PUSH(&ways->spellings, ((struct spelling){ i, i + 1, c, 0 }));
	}
	add_marked(ways);
}

/* ---- writing the pattern ---- */

#define KANA "\\x{3041}-\\x{309f}\\x{30a1}-\\x{30ff}\\x{32d0}-\\x{32fe}\\x{3300}-\\x{3357}\\x{ff66}-\\x{ff9f}"
#define DASHES "\\x{2010}-\\x{2015}\\x{2212}"           /* no vowels of their own behind kana */
#define HYPHENS "\\-~\\x{301c}\\x{ff0d}\\x{ff5e}\\x{fe63}" /* nor between kana */

/* What may stand behind a character of the word and is folded away. */
static void put_gap(const struct ways *ways, size_t behind, struct fmr_str *out)
{
	const bool kana = is_hiragana(ways->word[behind]);
	const bool between = kana && is_hiragana(ways->word[behind + 1]);
	fmr_str_puts(out, between ? "(?:[" : "[");
	for (size_t i = 0; i < ways->nothing.count; i++) {
		size_t last = i;
		while (last + 1 < ways->nothing.count && ways->nothing.items[last + 1] == ways->nothing.items[last] + 1)
			last++;
		fmr_str_printf(out, "\\x{%x}-\\x{%x}", (unsigned)ways->nothing.items[i], (unsigned)ways->nothing.items[last]);
		i = last;
	}
	fmr_str_puts(out, kana ? DASHES "]" : "]");
	fmr_str_puts(out, between ? "|[" HYPHENS "](?=[" KANA "]))*" : "*");
}

/* A dash of the word is not one that folding takes away. */
static void put_kept(const struct ways *ways, size_t at, struct fmr_str *out)
{
	const uint32_t c = ways->word[at];
	const bool first = at == 0, last = at + 1 == ways->length;
	if (first && ((c >= 0x2010 && c <= 0x2015) || c == 0x2212))
		fmr_str_puts(out, "(?<![" KANA "])");
	if (c != '-' && c != '~' && c != 0x301C)
		return;
	if (first && last)
		fmr_str_puts(out, "(?!(?<=[" KANA "]).[" KANA "])");
	else if (first && is_hiragana(ways->word[at + 1]))
		fmr_str_puts(out, "(?<![" KANA "])");
	else if (last && !first && is_hiragana(ways->word[at - 1]))
		fmr_str_puts(out, "(?!.[" KANA "])");
}

static bool covers(const struct spelling *spelling, size_t from, size_t to)
{
	return spelling->from == from && spelling->to == to;
}

static bool composes(struct ways *ways, uint32_t character, uint32_t mark)
{
	uint32_t form[2];
	fmr_str_clear(&ways->one);
	fmr_str_clear(&ways->folded);
	fmr_utf8_encode(&ways->one, character);
	fmr_utf8_encode(&ways->one, mark);
	fmr_text_fold(&ways->folded, ways->one.bytes, ways->one.length);
	return decode(&ways->folded, form, 2) == 1 && form[0] != character;
}

/* No mark may follow that would make another character of the two. */
static void put_no_mark(struct ways *ways, uint32_t character, struct fmr_str *out)
{
	const size_t start = out->length;
	fmr_str_puts(out, "(?![");
	const size_t empty = out->length;
	if (is_hiragana(character) && composes(ways, character, 0x3099))
		fmr_str_puts(out, "\\x{3099}\\x{ff9e}");
	if (is_hiragana(character) && composes(ways, character, 0x309A))
		fmr_str_puts(out, "\\x{309a}\\x{ff9f}");
	for (uint32_t mark = 0x300; mark <= 0x345 && character >= 'a' && character <= 'z'; mark++)
		if (composes(ways, character, mark))
			fmr_str_printf(out, "\\x{%x}", (unsigned)mark);
	if (out->length == empty)
		fmr_str_truncate(out, start);
	else
		fmr_str_puts(out, "])");
}

/* The spellings of just these characters, as one group. */
static void put_spellings(struct ways *ways, size_t from, size_t to, struct fmr_str *out)
{
	fmr_str_puts(out, "(?:[");
	bool marked = false;
	for (size_t i = 0; i < ways->spellings.count; i++) {
		const struct spelling *spelling = &ways->spellings.items[i];
		if (covers(spelling, from, to) && !spelling->mark)
			fmr_str_printf(out, "\\x{%x}", (unsigned)spelling->character);
		marked |= covers(spelling, from, to) && spelling->mark;
	}
	if (out->bytes[out->length - 1] == '[')
		fmr_str_puts(out, "^\\x{0}-\\x{10ffff}"); /* none */
	fmr_str_putc(out, ']');
	put_no_mark(ways, ways->word[to - 1], out);
	for (size_t i = 0; i < ways->spellings.count && marked; i++) {
		const struct spelling *spelling = &ways->spellings.items[i];
		if (covers(spelling, from, to) && spelling->mark)
			fmr_str_printf(out, "|\\x{%x}\\x{%x}", (unsigned)spelling->character, (unsigned)spelling->mark);
	}
	fmr_str_putc(out, ')');
}

/* Is there a character that spells just these? */
static bool is_spelled(const struct ways *ways, size_t from, size_t to)
{
	for (size_t i = 0; i < ways->spellings.count; i++)
		if (covers(&ways->spellings.items[i], from, to))
			return true;
	return false;
}

/* The characters from..to in every way in which characters that spell one or several ("㍿") can follow each other. */
static void put_paths(struct ways *ways, size_t from, size_t to, struct fmr_str *out)
{
	bool first = true;
	fmr_str_puts(out, "(?:");
	for (size_t end = to; end > from && out->length <= LONGEST; end--) {
		if (end > from + 1 && !is_spelled(ways, from, end))
			continue;
		fmr_str_puts(out, first ? "" : "|");
		first = false;
		if (end == from + 1)
			put_kept(ways, from, out);
		put_spellings(ways, from, end, out);
		if (end < to) {
			put_gap(ways, end - 1, out);
			put_paths(ways, end, to, out);
		}
	}
	fmr_str_putc(out, ')');
}

/* The end of the shortest part from `from` on that no character reaches out of. */
static size_t part_end(const struct ways *ways, size_t from)
{
	size_t end = from + 1;
	for (size_t i = 0; i < ways->spellings.count; i++) {
		const struct spelling *spelling = &ways->spellings.items[i];
		if (spelling->from >= from && spelling->from < end && spelling->to > end) {
			end = spelling->to;
			i = (size_t)-1; /* from the beginning: others may reach out of the longer part */
		}
	}
	return end;
}

static void put_word(struct ways *ways, struct fmr_str *out)
{
	for (size_t from = 0, end; from < ways->length; from = end) {
		end = part_end(ways, from);
		put_paths(ways, from, end, out);
		if (end < ways->length)
			put_gap(ways, end - 1, out);
	}
}

bool fmr_regex_from_word(const char *word, size_t length, struct fmr_str *out)
{
	struct ways ways = { .length = 0 };
	struct fmr_str pattern;
	fmr_str_init(&pattern);
	fmr_str_init(&ways.one);
	fmr_str_init(&ways.folded);
	fmr_text_fold(&ways.folded, word, length);
	ways.length = decode(&ways.folded, ways.word, WORD);
	bool good = ways.length && ways.length <= WORD;
	if (good) {
		add_all(&ways);
		put_word(&ways, &pattern);
		good = pattern.length <= LONGEST;
	}
	if (good)
		fmr_str_add(out, pattern.bytes, pattern.length);
	fmr_str_release(&pattern);
	FMR_VEC_RELEASE(&ways.spellings);
	FMR_VEC_RELEASE(&ways.nothing);
	fmr_str_release(&ways.one);
	fmr_str_release(&ways.folded);
	return good;
}
