/*
 * From rows of the index to cells of a table: for people labels, titles and short times; for programs values.
 */
#ifndef FMR_CMD_CELLS_H
#define FMR_CMD_CELLS_H

#include "base/arena.h"
#include "cmd/asked.h"
#include "render/row.h"

struct fmr_cells;

/* people: as tables on a terminal show it. */
struct fmr_cells *fmr_cells_new(struct fmr_cli *cli, const struct fmr_asked *asked, const struct fmr_query_select *select,
	bool people);
void fmr_cells_free(struct fmr_cells *cells);

/* The cells of a row of fmr_query_rows, and their values where they are no texts (each NULL for none); both as many as
 * there are columns, valid until the next call. */
int fmr_cells_take(struct fmr_cells *cells, const struct fmr_rows *rows, const char *const **texts,
	const struct fmr_value *const **values, struct fmr_err *err);
/* Print the last row by a template. */
void fmr_cells_print(struct fmr_cells *cells, const struct fmr_row_template *row, const char *const *texts);

#endif
