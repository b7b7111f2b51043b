/*
 * What changed in a record, for people and for programs.
 */
#ifndef FMR_RENDER_DIFFERENCE_H
#define FMR_RENDER_DIFFERENCE_H

#include "base/str.h"
#include "fmrec/history.h"
#include "render/line.h"

struct fmr_deltas_style {
	struct fmr_words_for reader;
	const struct fmr_type *type; /* NULL: names instead of labels */
	bool color;
	bool brief;    /* a line for each change; of long texts the first changed lines */
	size_t indent;
	size_t width;  /* columns of the terminal; 0: nothing is cut */
};

/*
 * Append the changes, a sign before each: `~` changed, `+` added, `-` removed,
 * `>` moved.  Short values as "old → new"; of long ones the lines that changed,
 * with [-what went-] and {+what came+} inside them.
 */
void fmr_render_deltas(struct fmr_str *out, const struct fmr_deltas *deltas, const struct fmr_deltas_style *style);

/* Append "+ Title, System, Found on, and 9 more": what a new record holds, for which all values would be too much. */
void fmr_render_delta_names(struct fmr_str *out, const struct fmr_deltas *deltas, const struct fmr_deltas_style *style);

/* Append a path in labels: "Timeline 4 › Text". */
void fmr_render_path(struct fmr_str *out, const struct fmr_type *type, enum fmr_language language, const char *path);

/* Append [{"op":"change","path":"severity","old":"S2","new":"S1"}, ...]; op also "add", "remove", and "move" with the
 * positions "from" and "to". */
void fmr_render_deltas_json(struct fmr_str *out, const struct fmr_deltas *deltas);

/*
 * Append line b with what makes it different from line a: "[-was-]{+is+}".
 * Latin words and numbers are compared whole, other scripts by character.
 * Returns false, and appends nothing, when the two have too little in common.
 * room: unchanged parts are cut to this many columns; 0: they are not.
 */
bool fmr_render_words(struct fmr_str *out, struct fmr_text a, struct fmr_text b, size_t room, bool color);

#endif
