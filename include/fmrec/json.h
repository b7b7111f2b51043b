/*
 * JSON (RFC 8259) into value trees with positions and exact numbers, and out again.
 *
 * Own code: a finding needs the line and column of every value and key, and
 * numbers must not be rounded.  jansson and json-c keep neither: they give no
 * positions and store numbers as double or 64-bit integers.
 */
#ifndef FMREC_JSON_H
#define FMREC_JSON_H

#include "fmrec/arena.h"
#include "fmrec/finding.h"
#include "fmrec/source.h"
#include "fmrec/str.h"
#include "fmrec/value.h"

#include <stddef.h>

enum {
	FMR_JSON_DEPTH = 64,      /* nesting levels, as in YAML */
	FMR_JSON_SIZE = 64 << 20, /* bytes */
};

/* The one value of source, or NULL after a finding (json.syntax, yaml.duplicate-key, yaml.depth, yaml.size,
 * yaml.encoding).  A leading byte order mark is skipped. */
struct fmr_value *fmr_json_read(const struct fmr_source *source, struct fmr_arena *arena,
	struct fmr_findings *findings);

/* One line, no spaces, keys in their order, control characters escaped. */
void fmr_json_write(struct fmr_str *out, const struct fmr_value *value);
/* A JSON string with its quotes. */
void fmr_json_write_string(struct fmr_str *out, const char *bytes, size_t length);

#endif
