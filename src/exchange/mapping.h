/*
 * Mapping files of `fmrec import --map`: which column of a table goes to which
 * field.  The format is explained in schema/mapping.yaml, which checks it.
 */
#ifndef FMR_EXCHANGE_MAPPING_H
#define FMR_EXCHANGE_MAPPING_H

#include "base/arena.h"
#include "base/source.h"
#include "base/str.h"
#include "fmrec/record.h"

/* Strings are borrowed from the text of the mapping. */
struct fmr_mapping {
	const char *type;               /* or NULL */
	const char *source;             /* name of the table */
	const char *const *key;         /* columns that number the rows, NULL-terminated; NULL: none */
	const struct fmr_value *columns, *constants, *templates, *values, *split, *empty,
		*ignore; /* maps and lists; NULL: absent */
	struct fmr_arena arena;
	struct fmr_source text;
};

/* Read and check a mapping file; its faults are findings, then FMR_ERR_REFUSED.  source must outlive the mapping. */
int fmr_mapping_read(const struct fmr_source *source, struct fmr_mapping *out, struct fmr_findings *findings,
	struct fmr_err *err);
void fmr_mapping_release(struct fmr_mapping *mapping);

/* Check the paths of the mapping against the type: unknown fields, fields set twice. */
void fmr_mapping_check(const struct fmr_mapping *mapping, const struct fmr_type *type, struct fmr_findings *findings);

/* Does the mapping use this column (or leave it out on purpose)?  The mapping of a missing column is no fault. */
bool fmr_mapping_knows(const struct fmr_mapping *mapping, const char *column);

/* The cells of one row, by name of the column; NULL when absent. */
typedef const char *fmr_cell_of(void *context, const char *column, size_t length);

/*
 * What `{column}: {other}` makes of the row, appended to out; max (0: none) is
 * the longest text in characters: a longer one is cut at the last space or
 * 。、 that fits and ends with "…".  false when no column of it was there.
 */
bool fmr_mapping_compose(const char *template, size_t max, fmr_cell_of *cell_of, void *context, struct fmr_str *out);

#endif
