/*
 * Writing YAML: which style a text can be written in, and values at their place.
 */
#ifndef FMR_YAML_EMIT_H
#define FMR_YAML_EMIT_H

#include "base/str.h"
#include "fmrec/value.h"

#include <stdbool.h>

/* How a text is laid out; the editor takes it from the text it edits. */
struct fmr_layout {
	size_t step;        /* columns from a key to the keys of the map below it */
	size_t list_step;   /* columns from a key to the '-' of the list below it; 0: not indented */
	const char *eol;    /* "\n" or "\r\n" */
	bool keep_trailing; /* may `|+` be written?  Not where empty lines already follow. */
};

/* Where a value stands. */
enum fmr_place_kind {
	FMR_AT_LINE,  /* at `column` of an empty line that has been indented already */
	FMR_AT_KEY,   /* behind "key:", whose key begins at `column` */
	FMR_AT_DASH,  /* behind "-", which stands at `column` */
	FMR_IN_FLOW,  /* between brackets: one line, no space before it */
};

/* Append value as it is written there, without a line end behind it.  Behind a key or dash it begins with the
 * space or line end between them.  wish: a style for a text whose own is FMR_STYLE_NONE. */
void fmr_emit_value(struct fmr_str *out, const struct fmr_value *value, enum fmr_place_kind place, size_t column,
	const struct fmr_layout *layout, enum fmr_style wish);

/* Append "key:" (or "? key" and ":" for a key too long for one line). */
void fmr_emit_key(struct fmr_str *out, struct fmr_text key, bool flow, size_t column, const char *eol);

#endif
