/*
 * Tables as text (RFC 4180 and what spreadsheets make of it): read row by row, write cell by cell.
 */
#ifndef FMR_BASE_CSV_H
#define FMR_BASE_CSV_H

#include "base/str.h"
#include "fmrec/value.h"

#include <stdbool.h>
#include <stddef.h>

enum { FMR_CSV_CELLS = 4096 }; /* of one row */

enum fmr_csv_fault {
	FMR_CSV_FINE,
	FMR_CSV_OPEN_QUOTE,  /* a quoted cell that never ends; it holds the rest of the file */
	FMR_CSV_AFTER_QUOTE, /* text between a closing quote and the delimiter; it is kept */
	FMR_CSV_TOO_WIDE,    /* more than FMR_CSV_CELLS cells; the rest of the row is skipped */
};

/* A walk over the rows of a UTF-8 text.  Lines end at LF, CRLF or CR; cells may hold line ends in quotes (kept as
 * LF); rows without any text are skipped.  Time and memory are linear in the longest row. */
struct fmr_csv {
	const char *bytes; /* borrowed */
	size_t length;
	char delimiter;
	bool excel;        /* undo what fmr_csv_put did for spreadsheets */
	/* the current row */
	struct fmr_text *cells; /* borrowed until the next call */
	size_t *starts;         /* beside them: where each stands in bytes */
	size_t count;
	size_t line;       /* 1-based line it starts on */
	enum fmr_csv_fault fault;
	size_t fault_line;
	/* private */
	size_t at, next_line, capacity;
	struct fmr_str text;
};

/* A byte order mark is skipped. */
void fmr_csv_open(struct fmr_csv *csv, const char *bytes, size_t length, char delimiter);
/* The next row, false at the end.  A faulty row is returned as far as it could be read. */
bool fmr_csv_next(struct fmr_csv *csv);
void fmr_csv_close(struct fmr_csv *csv);

/* Tab, comma or semicolon: the one the first row is cut by most often. */
char fmr_csv_guess_delimiter(const char *bytes, size_t length);

/*
 * Append one cell, quoted where needed.  excel: a cell that a spreadsheet
 * would run as a formula (=, +, -, @, tab and their full-width forms, unless it
 * is a number) gets a ' in front; cells that look like that already get
 * another one, so that nothing is lost when reading with csv.excel.
 */
void fmr_csv_put(struct fmr_str *out, const char *bytes, size_t length, char delimiter, bool excel);

#endif
