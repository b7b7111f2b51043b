/*
 * Import: rows of a table become records, or changes of records.  Nothing is
 * written here: the result is a list of changes for fmr_store_apply().
 */
#ifndef FMR_EXCHANGE_IMPORT_H
#define FMR_EXCHANGE_IMPORT_H

#include "exchange/mapping.h"
#include "exchange/rows.h"
#include "fmrec/record.h"
#include "fmrec/store.h"

#include <stdbool.h>
#include <stddef.h>

struct fmr_import_options {
	const char *type;                  /* NULL: the mapping tells, else the id in each row */
	const struct fmr_mapping *mapping; /* NULL: columns are named by field paths or labels */
	bool clear;                        /* an empty cell takes the field away, instead of saying nothing */
	void (*progress)(void *context, size_t done, size_t total); /* may be NULL */
	void *progress_context;
};

struct fmr_import_counts {
	size_t rows;
	size_t added, changed, same;
	size_t bad; /* rows with an error; never among the changes */
};

struct fmr_import;

/*
 * Plan the import of one or more tables: new, add each, finish.  Findings
 * carry the file, the line and the number of the row.  A row finds its record
 * by its id, else by its key in the named source; only the fields whose cells
 * say something else are changed.  Links may lead to records of later rows and
 * tables.  book, mapping and findings must outlive the import.
 */
struct fmr_import *fmr_import_new(struct fmr_book *book, const struct fmr_import_options *options,
	struct fmr_findings *findings);
/* Read all rows.  Columns that do not fit are findings, then FMR_ERR_REFUSED and no row was read.  path is borrowed. */
int fmr_import_add(struct fmr_import *import, struct fmr_sheet *rows, const char *path, struct fmr_err *err);
/* Settle the links between the rows; counts and changes are complete now. */
void fmr_import_finish(struct fmr_import *import);
void fmr_import_free(struct fmr_import *import);

const struct fmr_import_counts *fmr_import_counts(const struct fmr_import *import);
/* Borrowed from the import. */
const struct fmr_change *fmr_import_changes(const struct fmr_import *import, size_t *count);

#endif
