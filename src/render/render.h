/*
 * Printing: the only place besides cli that writes to a FILE.  Nothing printed here can carry a terminal
 * control sequence that came from a record.
 */
#ifndef FMR_RENDER_RENDER_H
#define FMR_RENDER_RENDER_H

#include "fmrec/fmrec.h"

#include <stdbool.h>
#include <stdio.h>

/* ---- findings ---- */
enum fmr_findings_format { FMR_FINDINGS_TEXT, FMR_FINDINGS_JSON, FMR_FINDINGS_SARIF, FMR_FINDINGS_JUNIT,
	FMR_FINDINGS_GITHUB };
/* "text" "json" "sarif" "junit" "github", NULL: for struct fmr_command */
extern const char *const fmr_findings_formats[];
/* false for other names */
bool fmr_findings_format_parse(const char *name, enum fmr_findings_format *out);

struct fmr_findings_style {
	bool color;
	const char *const *clean; /* NULL-terminated paths that had no finding (JUnit test cases); may be NULL */
};
/* What stands before what the finding expects: "expected:", or "allowed:" of choices. */
const char *fmr_findings_expectation(enum fmr_code code);
void fmr_render_findings(FILE *out, const struct fmr_findings *findings, enum fmr_findings_format format,
	const struct fmr_findings_style *style);

/* ---- tables ---- */
enum fmr_table_format { FMR_TABLE_TEXT, FMR_TABLE_JSON, FMR_TABLE_JSONL, FMR_TABLE_CSV, FMR_TABLE_TSV, FMR_TABLE_IDS };
/* "table" "json" "jsonl" "csv" "tsv" "ids", NULL: for struct fmr_command */
extern const char *const fmr_table_formats[];
bool fmr_table_format_parse(const char *name, enum fmr_table_format *out);

/* Rows are streamed where the format allows it; text tables are kept until the end to align them by East Asian
 * width, and fitted to `width` columns (0: not fitted) by cutting the last column. */
struct fmr_table;
struct fmr_table *fmr_table_new(FILE *out, enum fmr_table_format format, const char *const *columns, size_t count,
	size_t width, bool color, bool excel);
/* Cells: UTF-8, NULL for none; copied.  values (may be NULL, as its items): typed values for JSON.  On a colour
 * terminal the last part of the id in cell 0 stands out. */
void fmr_table_row(struct fmr_table *table, const char *const *cells, const struct fmr_value *const *values);
void fmr_table_end(struct fmr_table *table); /* prints what is left and frees */

/* ---- records ---- */
enum fmr_record_format { FMR_RECORD_TEXT, FMR_RECORD_YAML, FMR_RECORD_JSON };
struct fmr_record_style {
	enum fmr_language language;
	bool color;
	size_t width;
	const struct fmr_value *const *suspects; /* links of the record that are marked; ended by NULL, or NULL */
};
/* A record for people: labels in the language, values by their labels, long text wrapped by width. */
void fmr_render_record(FILE *out, struct fmr_book *book, const struct fmr_record *record,
	enum fmr_record_format format, const struct fmr_record_style *style);

#endif
