/*
 * libyaml counts characters, fmrec counts bytes: the way from one to the other.
 */
#ifndef FMR_YAML_CURSOR_H
#define FMR_YAML_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Questions come in nearly rising order, so the cursor only ever walks the distance to the last answer. */
struct fmr_cursor {
	const char *bytes;
	size_t length;
	bool ascii; /* every character is one byte */
	size_t character, byte;
};

static inline bool fmr_cursor_is_start(char byte)
{
	return ((unsigned char)byte & 0xC0) != 0x80;
}

/* Of eight bytes, how many begin a character? */
static inline unsigned fmr_cursor_starts(const char *bytes)
{
	uint64_t word;
	memcpy(&word, bytes, sizeof(word));
	const uint64_t continued = (word >> 7) & ~(word >> 6) & 0x0101010101010101u; /* 10xxxxxx */
	return 8 - (unsigned)((continued * 0x0101010101010101u) >> 56);
}

/* Byte offset of the character with this index; the end when there are fewer. */
static inline size_t fmr_cursor_byte(struct fmr_cursor *cursor, size_t character)
{
	if (cursor->ascii)
		return character < cursor->length ? character : cursor->length;
	while (cursor->character < character && cursor->length - cursor->byte >= 8) {
		const unsigned starts = fmr_cursor_starts(cursor->bytes + cursor->byte);
		if (starts > character - cursor->character)
			break;
		cursor->character += starts;
		cursor->byte += 8;
	}
	for (;;) {
		while (cursor->byte < cursor->length && !fmr_cursor_is_start(cursor->bytes[cursor->byte]))
			cursor->byte++;
		if (cursor->character >= character || cursor->byte >= cursor->length)
			break;
		cursor->byte++;
		cursor->character++;
	}
	while (cursor->character > character && cursor->byte > 0)
		cursor->character -= fmr_cursor_is_start(cursor->bytes[--cursor->byte]);
	return cursor->byte;
}

#endif
