/*
 * Which fields a column of a table goes to: by the mapping, else because the
 * column is named by the path or the label of a field.
 */
#ifndef FMR_EXCHANGE_COLUMNS_H
#define FMR_EXCHANGE_COLUMNS_H

#include "exchange/cell.h"
#include "exchange/mapping.h"
#include "fmrec/record.h"

#include <stdbool.h>
#include <stddef.h>

struct fmr_target {
	const char *path;
	const struct fmr_field *field;
};

struct fmr_column {
	const char *name;
	const struct fmr_target *targets;   /* none when only the key or a template uses it */
	size_t count;
	struct fmr_cell_rules rules;
	const struct fmr_value *values;     /* replacements, a map; or NULL */
	bool lost;                          /* nothing wants it */
};

/*
 * Resolve one column; strings live in arena.  FMR_ERR_NOT_FOUND when nothing
 * wants the column, FMR_ERR_AMBIGUOUS when several labels fit; the hint says
 * what to do.
 */
int fmr_column_resolve(const struct fmr_type *type, const struct fmr_mapping *mapping, const char *name,
	struct fmr_arena *arena, struct fmr_column *out, struct fmr_err *err);

/* What the mapping makes of a cell: white space cut off, `empty` and `values` applied.  NULL when absent. */
const char *fmr_column_cell(const struct fmr_column *column, const struct fmr_mapping *mapping, const char *bytes,
	size_t length, struct fmr_arena *arena);

#endif
