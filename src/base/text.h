/*
 * Unicode text: validity, width, folding, escaping, likeness.  The only place
 * that knows utf8proc.
 */
#ifndef FMR_BASE_TEXT_H
#define FMR_BASE_TEXT_H

#include "base/str.h"
#include "fmrec/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Offset of the first byte that is not valid UTF-8 (no surrogates, no overlong forms), or length. */
size_t fmr_utf8_valid(const char *bytes, size_t length);
/* Code point at bytes and its size in bytes (1 and U+FFFD for a bad byte); length > 0. */
uint32_t fmr_utf8_decode(const char *bytes, size_t length, size_t *size);
/* Append a code point; surrogates and values above U+10FFFF become U+FFFD. */
void fmr_utf8_encode(struct fmr_str *out, uint32_t character);
size_t fmr_utf8_count(const char *bytes, size_t length); /* code points */

/* Columns on a terminal: 2 for East Asian wide and full-width, 0 for combining marks. */
size_t fmr_text_width(const char *bytes, size_t length);
/* Byte length of the longest prefix that fits into `columns`. */
size_t fmr_text_fit(const char *bytes, size_t length, size_t columns);

/* Append text made safe for a terminal: control characters (C0 but LF and TAB when keep_lines, DEL, C1),
 * bidirectional controls and bad bytes become visible escapes (\x1b, \u202e). */
void fmr_text_escape(struct fmr_str *out, const char *bytes, size_t length, bool keep_lines);

/* Append the form used to find things: NFKC, case folded, katakana to hiragana, long-vowel marks normalised
 * (ｻｰﾊﾞ, サーバ, サーバー are alike). */
void fmr_text_fold(struct fmr_str *out, const char *bytes, size_t length);
/* Equal when folded? */
bool fmr_text_alike(const char *a, const char *b);
/* The text without the white space around it, the ideographic space included; borrowed. */
struct fmr_text fmr_text_trim(const char *bytes, size_t length);
/* Append NFKC of text. */
void fmr_text_nfkc(struct fmr_str *out, const char *bytes, size_t length);

/* What Unicode says about a character. */
enum fmr_bidi { /* the classes host names may use; anything else is FMR_BIDI_OTHER */
	FMR_BIDI_OTHER, FMR_BIDI_L, FMR_BIDI_R, FMR_BIDI_AL, FMR_BIDI_EN, FMR_BIDI_AN, FMR_BIDI_NSM,
	FMR_BIDI_NEUTRAL, /* ES CS ET ON BN */
};
struct fmr_character {
	char category[3];   /* general category: "Lu" */
	enum fmr_bidi bidi;
	bool virama;        /* canonical combining class 9 */
	bool stable;        /* compatibility composition with case folding leaves it as it is */
};
struct fmr_character fmr_character_look(uint32_t character);

/* Edits (insert, delete, replace, swap) between two short texts, by code point, without case. */
size_t fmr_text_distance(const char *a, const char *b);
/* The candidate nearest to word, or NULL when none is near enough to be meant. */
const char *fmr_text_nearest(const char *word, const char *const *candidates, size_t count);

/* Version of utf8proc. */
const char *fmr_text_library(void);

#endif
