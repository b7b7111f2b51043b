/*
 * Between the values of fields and the cells of a table, without loss.
 *
 * A text, code, number, time or yes/no is written as it is; a list of such one
 * a line; a list of maps, or a map, as JSON.  A value that would not read back
 * the same (an empty text, a number in a text field, ...) is written as
 * `json:` and the JSON of it, which is accepted for any field.
 */
#ifndef FMR_EXCHANGE_CELL_H
#define FMR_EXCHANGE_CELL_H

#include "base/arena.h"
#include "base/str.h"
#include "fmrec/record.h"

/* Append the cell of value; field may be NULL (not in the schema), value may be NULL (nothing is appended). */
void fmr_cell_write(struct fmr_str *out, const struct fmr_field *field, const struct fmr_value *value);

struct fmr_cell_rules {
	bool exact;        /* white space around the text belongs to it */
	const char *split; /* where a cell is cut into the items of a list; NULL: it is the only item */
};

/* The value of a cell that is not empty, in arena.  FMR_ERR_INVALID when it cannot become one. */
int fmr_cell_read(struct fmr_book *book, const struct fmr_field *field, const struct fmr_cell_rules *rules,
	const char *bytes, size_t length, struct fmr_arena *arena, struct fmr_value **out, struct fmr_err *err);

/* Turn the words people write in JSON (dates, labels, ...) into the values of the fields, in place; what cannot be
 * turned is left for the check of the record. */
struct fmr_value *fmr_cell_conform(struct fmr_book *book, const struct fmr_field *field, struct fmr_value *value,
	struct fmr_arena *arena);

/* ---- a record under construction ---- */

/* Set the value at a path ("impact.users", "timeline.0.at"), making the maps and lists above it.  FMR_ERR_INVALID when
 * something else stands in the way. */
int fmr_value_set_at(struct fmr_arena *arena, struct fmr_value *root, const char *path, struct fmr_value *value,
	struct fmr_err *err);
/* The same map with its fields in the order of the schema, at every depth. */
struct fmr_value *fmr_value_in_order(struct fmr_arena *arena, struct fmr_value *value, const struct fmr_field *fields,
	size_t count);

#endif
