/*
 * Foreign character encodings into UTF-8 (iconv).  The only place that knows iconv.
 */
#ifndef FMR_BASE_ENCODING_H
#define FMR_BASE_ENCODING_H

#include "base/str.h"
#include "fmrec/error.h"

#include <stdbool.h>
#include <stddef.h>

enum fmr_encoding { FMR_ENCODING_GUESS, FMR_ENCODING_UTF8, FMR_ENCODING_CP932, FMR_ENCODING_EUC_JP,
	FMR_ENCODING_UTF16LE, FMR_ENCODING_UTF16BE };

/* "utf-8" "cp932" (also shift_jis, sjis, windows-31j) "euc-jp" "utf-16le" "utf-16be" "auto", in any case; false for
 * other names. */
bool fmr_encoding_parse(const char *name, enum fmr_encoding *out);
const char *fmr_encoding_name(enum fmr_encoding encoding);

/* By the byte order mark; without one UTF-8 if the bytes are valid, else CP932. */
enum fmr_encoding fmr_encoding_guess(const char *bytes, size_t length);

/*
 * Append the text as UTF-8, without its byte order mark.  *used (may be NULL)
 * is the encoding that was taken; had_mark (may be NULL) tells of the mark.
 * A byte sequence that is not in the encoding: FMR_ERR_INVALID with the line
 * and the offset of the first one in the message, and *line (may be NULL).
 * Text that holds NUL is refused: it is not a text, or UTF-16 without a mark.
 */
int fmr_encoding_decode(const char *bytes, size_t length, enum fmr_encoding encoding, struct fmr_str *out,
	enum fmr_encoding *used, bool *had_mark, size_t *line, struct fmr_err *err);

#endif
