/*
 * The rows of a file to import, whatever it is written in: CSV, TSV, a JSON
 * list of objects, or JSON Lines.
 */
#ifndef FMR_EXCHANGE_ROWS_H
#define FMR_EXCHANGE_ROWS_H

#include "base/csv.h"
#include "base/encoding.h"
#include "fmrec/error.h"
#include "fmrec/finding.h"
#include "fmrec/value.h"

#include <stdbool.h>
#include <stddef.h>

enum fmr_sheet_format { FMR_ROWS_GUESS, FMR_ROWS_CSV, FMR_ROWS_TSV, FMR_ROWS_JSON, FMR_ROWS_JSONL };

/* "csv" "tsv" "json" "jsonl"; false for other names */
bool fmr_sheet_format_parse(const char *name, enum fmr_sheet_format *out);
const char *fmr_sheet_format_name(enum fmr_sheet_format format);

struct fmr_sheet_options {
	const char *path;             /* in messages; its ending tells the format */
	enum fmr_sheet_format format;
	enum fmr_encoding encoding;
	char delimiter;               /* 0: guessed */
};

struct fmr_row {
	size_t number; /* 1-based, the header not counted */
	size_t line;
	/* a table: as many cells as the header; NULL for objects */
	const struct fmr_text *cells;
	/* an object, valid until the next row; NULL for tables, and after a finding */
	struct fmr_value *object;
	bool bad;      /* it cannot be used; the findings say why */
};

struct fmr_sheet;

/* bytes are borrowed until the rows are closed.  Faults of the whole file (encoding, no header, a name twice in the
 * header) are findings, then FMR_ERR_REFUSED. */
int fmr_sheet_open(const char *bytes, size_t length, const struct fmr_sheet_options *options, struct fmr_sheet **out,
	struct fmr_findings *findings, struct fmr_err *err);
void fmr_sheet_close(struct fmr_sheet *rows);

enum fmr_sheet_format fmr_sheet_format(const struct fmr_sheet *rows);
enum fmr_encoding fmr_sheet_encoding(const struct fmr_sheet *rows);
/* How many rows came so far. */
size_t fmr_sheet_count(const struct fmr_sheet *rows);
/* Names of the columns of a table, white space cut off; none for objects. */
const char *const *fmr_sheet_header(const struct fmr_sheet *rows, size_t *count);
/* A finding at the name of a column of a table. */
struct fmr_finding *fmr_sheet_fault_in_header(const struct fmr_sheet *rows, size_t column, enum fmr_code code,
	const char *message, struct fmr_findings *findings);

/* The next row, false at the end. */
bool fmr_sheet_next(struct fmr_sheet *rows, struct fmr_row *row, struct fmr_findings *findings);
/* How far it has come, in bytes of the text; for progress. */
void fmr_sheet_progress(const struct fmr_sheet *rows, size_t *done, size_t *total);

#endif
