/*
 * libyaml counts characters, fmrec counts bytes: the way from one to the other.
 */
#ifndef FMR_YAML_CURSOR_H
#define FMR_YAML_CURSOR_H

#include <stdbool.h>
#include <stddef.h>

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

/* Byte offset of the character with this index; the end when there are fewer. */
static inline size_t fmr_cursor_byte(struct fmr_cursor *cursor, size_t character)
{
	if (cursor->ascii)
		return character < cursor->length ? character : cursor->length;
	while (cursor->character < character && cursor->byte < cursor->length) {
		cursor->byte++;
		while (cursor->byte < cursor->length && !fmr_cursor_is_start(cursor->bytes[cursor->byte]))
			cursor->byte++;
		cursor->character++;
	}
	while (cursor->character > character) {
		cursor->byte--;
		while (!fmr_cursor_is_start(cursor->bytes[cursor->byte]))
			cursor->byte--;
		cursor->character--;
	}
	return cursor->byte;
}

#endif
