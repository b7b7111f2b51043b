/*
 * Single lines of results, and the difference of two texts, for people.
 */
#ifndef FMR_RENDER_LINE_H
#define FMR_RENDER_LINE_H

#include "base/str.h"
#include "fmrec/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Print formatted text; control characters other than LF and TAB become visible escapes. */
void fmr_render_line(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* For whom values are put into words. */
struct fmr_words_for {
	struct fmr_book *book;
	enum fmr_language language;
};

/* Append a value as one line of at most `columns` columns, with labels for fields and codes: "Major (S1)", "At: 03:12,
 * Kind: Detection".  field may be NULL; reader NULL: names and codes as they are. */
void fmr_render_value(struct fmr_str *out, const struct fmr_words_for *reader, const struct fmr_field *field,
	const struct fmr_value *value, size_t columns);
/* Append a value shortened to one line of at most `columns` columns: `S1`, `[a, b]`, `{class: urgent}`; NULL: "-". */
void fmr_render_value_short(struct fmr_str *out, const struct fmr_value *value, size_t columns);

struct fmr_render_side {
	const char *bytes; /* NULL: the file does not exist */
	size_t length;
};

/* What turns `before` into `after`, as a unified diff of the file at path.  Nothing when they are equal. */
void fmr_render_diff(FILE *out, const char *path, struct fmr_render_side before, struct fmr_render_side after,
	bool color);

#endif
