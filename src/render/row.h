/*
 * Rows by a template: --format '%(id) %(title:30) %(severity:label)'.
 */
#ifndef FMR_RENDER_ROW_H
#define FMR_RENDER_ROW_H

#include "fmrec/error.h"

#include <stdbool.h>
#include <stdio.h>

/*
 * %(NAME), %(NAME:20) cut or filled to 20 columns, %(NAME:>20) filled on the left, %(NAME:label) as people read it,
 * %(NAME:label,20) both; %% is a percent sign, %n the end of a line, %t a tab.  Everything else stands for itself.
 */
struct fmr_row_template;

/* FMR_ERR_INVALID, pointing at what is wrong. */
int fmr_row_template_new(const char *text, struct fmr_row_template **out, struct fmr_err *err);
void fmr_row_template_free(struct fmr_row_template *row);

/* The names in the template, in order, NULL-terminated; borrowed. */
const char *const *fmr_row_template_names(const struct fmr_row_template *row);
/* Is the cell of this name wanted as people read it? */
bool fmr_row_template_wants_label(const struct fmr_row_template *row, size_t index);
/* One row: cells in the order of the names, NULL for none.  safe: control characters are escaped, for terminals. */
void fmr_row_template_print(FILE *out, const struct fmr_row_template *row, const char *const *cells, bool safe);

#endif
