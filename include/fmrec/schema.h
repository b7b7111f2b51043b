/*
 * JSON Schema draft 2020-12 and draft-07: compile once, check many.
 */
#ifndef FMREC_SCHEMA_H
#define FMREC_SCHEMA_H

#include "fmrec/error.h"
#include "fmrec/finding.h"
#include "fmrec/source.h"
#include "fmrec/value.h"

#include <stdbool.h>

struct fmr_schema;  /* compiled, immutable, may be shared by threads */
struct fmr_checker; /* scratch memory of one thread */

struct fmr_schema_options {
	const char *data_dir;           /* where the metaschemas lie (see fmr_data_dir) */
	const char *const *map_uris;    /* --map: URI prefixes ... */
	const char *const *map_dirs;    /* ... and the directories they stand for */
	size_t map_count;
	bool assert_format;             /* `format` is checked, not only noted */
	bool skip_metaschema;           /* for schemas already known to be good */
	const char *pointer;            /* JSON pointer of the subschema to check with ("/$defs/x"); NULL: all of it */
};

/*
 * Compile the schema in root (read from source, which names it in findings
 * and as base URI).  Faults of the schema are findings, then *out is NULL and
 * 0 is returned: one finding for a broken schema, not a hundred in the data.
 * root and source must outlive *out, which is the caller's to free.
 */
int fmr_schema_compile(const struct fmr_source *source, const struct fmr_value *root,
	const struct fmr_schema_options *options, struct fmr_schema **out, struct fmr_findings *findings,
	struct fmr_err *err);

/*
 * The same for a schema in a YAML or JSON file (by its ending; JSON when it
 * has another one), which is read here and kept as long as the schema.
 * References without a URI in front lead to files beside it and below.
 * Faults of the text are findings too.
 */
int fmr_schema_compile_file(const char *path, const struct fmr_schema_options *options, struct fmr_schema **out,
	struct fmr_findings *findings, struct fmr_err *err);

void fmr_schema_free(struct fmr_schema *schema);

struct fmr_checker *fmr_checker_new(void);
void fmr_checker_free(struct fmr_checker *checker);

/* Check value (read from source) and append the findings; true when there was none.
 * Not recursive on the stack beyond the depth limit of values and schemas. */
bool fmr_schema_check(const struct fmr_schema *schema, struct fmr_checker *checker, const struct fmr_source *source,
	const struct fmr_value *value, struct fmr_findings *findings);

/* Is text in this format ("date-time", "date", "email", ...)?  Unknown formats: true. */
bool fmr_format_matches(const char *format, const char *bytes, size_t length);

#endif
