/*
 * Three texts merged line by line, as git does it.
 */
#ifndef FMR_BASE_LINES_H
#define FMR_BASE_LINES_H

#include "base/str.h"
#include "fmrec/value.h"

#include <stddef.h>

enum fmr_marker_style {
	FMR_MARKERS_MERGE,  /* both sides, without the lines that they share at the ends */
	FMR_MARKERS_DIFF3,  /* with what both started from, between "|||||||" and "=======" */
	FMR_MARKERS_ZDIFF3, /* the same, without the lines that both sides share at the ends */
};

struct fmr_markers {
	enum fmr_marker_style style;
	size_t size;                      /* of each marker; 0: 7 */
	const char *ours, *base, *theirs; /* names behind the markers; NULL: none */
};

/*
 * Append to out the text that has the changes of both sides, and return how many runs of lines both changed in
 * different ways: those stand between conflict markers, or, when markers is NULL, as ours has them.  Lines end at LF.
 * Changes of neighbouring lines are in conflict.  Texts that have little in common are compared coarsely, so that time
 * and memory stay bounded.
 */
size_t fmr_lines_merge(struct fmr_text base, struct fmr_text ours, struct fmr_text theirs,
	const struct fmr_markers *markers, struct fmr_str *out);

#endif
