/*
 * Export: records as rows of a table, or as JSON, without loss (see cell.h).
 */
#ifndef FMR_EXCHANGE_EXPORT_H
#define FMR_EXCHANGE_EXPORT_H

#include "base/dict.h"
#include "exchange/rows.h"
#include "fmrec/record.h"

#include <stdbool.h>
#include <stddef.h>

struct fmr_export_options {
	const char *type;             /* NULL: all types, which tables cannot hold */
	enum fmr_sheet_format format;
	bool excel;                   /* tables: byte order mark, CRLF, no cell that a spreadsheet would run */
	const char *const *columns;   /* field paths, NULL-terminated; NULL: every field that some record has */
	const struct fmr_dict *only;  /* paths of the records that are wanted; NULL: all */
};

struct fmr_export_counts {
	size_t records;
	size_t unreadable; /* left out */
};

/* Takes the next piece of the output; returns 0, or a negative enum fmr_error to stop. */
typedef int fmr_export_write(void *context, const char *bytes, size_t length);

/* Write all records in the order of their paths, piece by piece. */
int fmr_export(struct fmr_book *book, const struct fmr_export_options *options, fmr_export_write *write,
	void *context, struct fmr_export_counts *counts, struct fmr_err *err);

#endif
