/* What changed inside a line, by words. */
#include "render/difference.h"

#include "base/sequence.h"
#include "base/text.h"
#include "base/vec.h"
#include "render/print.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST = 64 * 1024, LEAST_COMMON = 40 /* per cent */ };

struct tokens {
	FMR_VEC(struct fmr_text) list;
};

enum class { WORD, BLANK, SINGLE };

/* Half-width letters and digits make words; Japanese has none between blanks, so each character stands alone. */
static enum class class_of(uint32_t character, const char *bytes, size_t size)
{
	if (character == ' ' || character == '\t' || character == 0x3000)
		return BLANK;
	if (character == '_' || (character < 0x80 && ((character >= '0' && character <= '9') ||
					     ((character | 0x20) >= 'a' && (character | 0x20) <= 'z'))))
		return WORD;
	return character >= 0xC0 && character < 0x3000 && fmr_text_width(bytes, size) == 1 ? WORD : SINGLE;
}

static void split(struct tokens *tokens, struct fmr_text line)
{
	enum class before = SINGLE;
	for (size_t at = 0, size; at < line.length; at += size) {
		uint32_t character = fmr_utf8_decode(line.bytes + at, line.length - at, &size);
		enum class class = class_of(character, line.bytes + at, size);
		bool combining = fmr_text_width(line.bytes + at, size) == 0;
		if (tokens->list.count && (combining || (class == before && class != SINGLE)))
			tokens->list.items[tokens->list.count - 1].length += size;
		else
			FMR_VEC_PUSH(&tokens->list, ((struct fmr_text){ line.bytes + at, size }));
		before = combining ? before : class;
	}
}

static bool same_token(const void *context, size_t a, size_t b)
{
	const struct tokens *both = context;
	const struct fmr_text x = both[0].list.items[a], y = both[1].list.items[b];
	return x.length == y.length && memcmp(x.bytes, y.bytes, x.length) == 0;
}

/* Bytes alike, in per cent of the longer line. */
static size_t common(const struct tokens *before, const size_t *match, size_t longer)
{
	size_t alike = 0;
	for (size_t i = 0; i < before->list.count; i++)
		if (match[i] != FMR_UNMATCHED)
			alike += before->list.items[i].length;
	return longer ? alike * 100 / longer : 100;
}

/* A blank or a comma that is alike by chance between two changed words only tears the change apart. */
static void drop_specks(const struct tokens *before, const struct tokens *after, size_t *match)
{
	const size_t count = before->list.count;
	for (size_t i = 1; i + 1 < count; i++) {
		if (match[i] == FMR_UNMATCHED || match[i - 1] != FMR_UNMATCHED || match[i + 1] != FMR_UNMATCHED ||
			before->list.items[i].length != 1)
			continue;
		size_t next = i + 1;
		while (next < count && match[next] == FMR_UNMATCHED)
			next++;
		size_t behind = next < count ? match[next] : after->list.count;
		if (behind > match[i] + 1 && match[i])
			match[i] = FMR_UNMATCHED;
	}
}

/* ---- printing ---- */

struct piece {
	const struct tokens *tokens;
	size_t from, to;
};

static struct fmr_text text_of(struct piece piece)
{
	if (piece.from == piece.to)
		return (struct fmr_text){ "", 0 };
	const struct fmr_text first = piece.tokens->list.items[piece.from], last = piece.tokens->list.items[piece.to - 1];
	return (struct fmr_text){ first.bytes, (size_t)(last.bytes + last.length - first.bytes) };
}

static void put_changed(struct fmr_str *out, const char *const marks[2], struct piece piece, enum fmr_color color, bool colored)
{
	const struct fmr_text text = text_of(piece);
	if (!text.length)
		return;
	fmr_print_color(out, colored, color);
	fmr_str_puts(out, marks[0]);
	fmr_text_escape(out, text.bytes, text.length, false);
	fmr_str_puts(out, marks[1]);
	fmr_print_color(out, colored, FMR_PLAIN);
}

/* The end of the text that fits into `columns`. */
static struct fmr_text tail_of(struct fmr_text text, size_t columns)
{
	size_t at = 0;
	while (at < text.length && fmr_text_width(text.bytes + at, text.length - at) > columns) {
		size_t size;
		fmr_utf8_decode(text.bytes + at, text.length - at, &size);
		at += size;
	}
	return (struct fmr_text){ text.bytes + at, text.length - at };
}

static void put_unchanged(struct fmr_str *out, struct fmr_text text, size_t room, bool first, bool last)
{
	if (!room || text.length > LONGEST || fmr_text_width(text.bytes, text.length) <= room) {
		fmr_text_escape(out, text.bytes, text.length, false);
		return;
	}
	const size_t part = first || last ? room - 1 : (room - 1) / 2;
	const struct fmr_text tail = tail_of(text, part);
	if (!first)
		fmr_text_escape(out, text.bytes, fmr_text_fit(text.bytes, text.length, part), false);
	fmr_str_puts(out, "…");
	if (!last)
		fmr_text_escape(out, tail.bytes, tail.length, false);
}

static void put_line(struct fmr_str *out, const struct tokens both[2], const size_t *match, size_t room, bool color)
{
	static const char *const gone[2] = { "[-", "-]" }, *const come[2] = { "{+", "+}" };
	const size_t count_a = both[0].list.count, count_b = both[1].list.count;
	size_t a = 0, b = 0;
	while (a < count_a || b < count_b) {
		size_t start = a, next_b = count_b;
		while (a < count_a && match[a] == FMR_UNMATCHED)
			a++;
		if (a < count_a)
			next_b = match[a];
		put_changed(out, gone, (struct piece){ &both[0], start, a }, FMR_RED, color);
		put_changed(out, come, (struct piece){ &both[1], b, next_b }, FMR_GREEN, color);
		const size_t same = b = next_b;
		while (a < count_a && match[a] == b) {
			a++;
			b++;
		}
		put_unchanged(out, text_of((struct piece){ &both[1], same, b }), room, same == 0, b == count_b);
	}
}

bool fmr_render_words(struct fmr_str *out, struct fmr_text a, struct fmr_text b, size_t room, bool color)
{
	struct tokens both[2] = { 0 };
	if (a.length > LONGEST || b.length > LONGEST)
		return false;
	split(&both[0], a);
	split(&both[1], b);
	size_t *match = fmr_alloc_zero(both[0].list.count + 1, sizeof(*match));
	fmr_sequence_match(both[0].list.count, both[1].list.count, same_token, both, match);
	drop_specks(&both[0], &both[1], match);
	bool alike = common(&both[0], match, a.length > b.length ? a.length : b.length) >= LEAST_COMMON;
	if (alike)
		put_line(out, both, match, room, color);
	free(match);
	FMR_VEC_RELEASE(&both[0].list);
	FMR_VEC_RELEASE(&both[1].list);
	return alike;
}
