/*
 * A text with a name, and the way from byte offsets to lines and columns.
 */
#ifndef FMREC_SOURCE_H
#define FMREC_SOURCE_H

#include "fmrec/finding.h"
#include "fmrec/value.h"

#include <stddef.h>

struct fmr_source {
	const char *path;  /* as shown in messages; borrowed */
	const char *bytes; /* borrowed; NUL-terminated behind length */
	size_t length;
};

/* The place of a span.  Lines end at LF (CRLF counts as one end); columns count code points. */
struct fmr_place fmr_source_place(const struct fmr_source *source, struct fmr_span span);

/* The line that holds `offset`, without its line end; borrowed from the source's bytes. */
struct fmr_text fmr_source_line(const struct fmr_source *source, size_t offset);

/* Add a finding about a place in source, with its line unless that is very long or would steer a terminal. */
struct fmr_finding *fmr_source_fault(const struct fmr_source *source, struct fmr_span span, enum fmr_code code,
	const char *message, struct fmr_findings *findings);

#endif
