/*
 * What the parts of the import share: import.c walks the rows, import_cells.c
 * turns cells into fields, import_find.c finds the record that a row is about,
 * import_record.c makes or changes it.
 */
#ifndef FMR_EXCHANGE_IMPORT_ROW_H
#define FMR_EXCHANGE_IMPORT_ROW_H

#include "base/arena.h"
#include "base/dict.h"
#include "base/vec.h"
#include "exchange/columns.h"
#include "exchange/import.h"

/* What is known of one type while its rows come in. */
struct fmr_import_type {
	const struct fmr_type *type;
	struct fmr_dict column_of;            /* name -> index in columns */
	FMR_VEC(struct fmr_column *) columns; /* in import->names: cells point at them */
	const struct fmr_field *key, *source, *on; /* where the origin of a record is kept; NULL: nowhere */
	bool records_read;
	struct fmr_dict key_of;               /* source, key -> index in paths */
	struct fmr_dict former;               /* alias -> index in paths */
	FMR_VEC(char *) paths;
};

/* One record to write. */
struct fmr_import_pending {
	char *id, *path, *bytes;
	size_t length;
	struct fmr_str old;
	bool is_new, bad;
	size_t row;
};

/* A link to a record that is not there, unless the import brings it. */
struct fmr_import_missing {
	size_t pending;
	char *target;
	size_t finding; /* in import->missing_findings */
};

struct fmr_import {
	struct fmr_book *book;
	struct fmr_sheet *rows;
	const char *path;
	struct fmr_import_options own;
	const struct fmr_import_options *options; /* = &own */
	struct fmr_findings *findings;
	struct fmr_import_counts counts;
	FMR_VEC(struct fmr_import_type *) types;
	FMR_VEC(struct fmr_import_pending) pending;
	FMR_VEC(struct fmr_import_missing) missing;
	FMR_VEC(struct fmr_change) changes;
	struct fmr_findings *missing_findings;
	struct fmr_dict planned;       /* path -> row */
	struct fmr_dict row_keys;      /* keys made from the contents of rows */
	struct fmr_dict ids;           /* id -> index in pending */
	struct fmr_arena names;        /* lives as long as the import */
	struct fmr_arena arena;        /* lives as long as a row */
	int zone_offset;
};

/* One cell, or member, of the current row. */
struct fmr_import_cell {
	const char *name;
	const struct fmr_column *column;
	const char *text;        /* after trimming and the mapping; NULL: absent */
	const char *original;    /* trimmed only; NULL: absent */
	struct fmr_value *value; /* of an object, if it is no text */
};

struct fmr_assignment {
	const char *path;
	const struct fmr_field *field;
	struct fmr_value *value; /* NULL: take the field away */
	const char *text;        /* the cell it came from, or NULL */
};

struct fmr_import_row {
	struct fmr_import *import;
	struct fmr_import_type *type;
	const struct fmr_row *row;
	struct fmr_import_cell *cells;
	size_t cell_count;
	FMR_VEC(struct fmr_assignment) sets;
	const char *id;              /* as the row gives it, or NULL */
	const char *key, *source;    /* or NULL */
	bool bad;
};

/* ---- import_cells.c ---- */

/* A finding on the row, which makes it bad; column and hint may be NULL. */
void fmr_import_report(
	struct fmr_import_row *work, enum fmr_code code, const char *column, const char *message, const char *hint);
void fmr_import_report_error(
	struct fmr_import_row *work, enum fmr_code code, const char *column, const struct fmr_err *err);
/* What the check says of the record that the row makes, said of the row. */
void fmr_import_report_checked(struct fmr_import_row *work, const struct fmr_finding *fault, struct fmr_findings *to);
/* "/impact/users" as people write it: "impact.users".  Yours to free. */
char *fmr_import_dots(const char *pointer);

/* Resolve all columns of a table before its first row: one finding for a bad column, not one a row. */
void fmr_import_resolve_header(struct fmr_import *import, struct fmr_import_type *known);
/* Read the cells of the row and what they set. */
void fmr_import_read_row(struct fmr_import_row *work);
const struct fmr_import_cell *fmr_import_cell(const struct fmr_import_row *work, const char *name, size_t length);
/* What the row sets a field to, or NULL. */
const struct fmr_assignment *fmr_import_assigned(const struct fmr_import_row *work, const struct fmr_field *field);
const char *fmr_import_assigned_text(const struct fmr_import_row *work, const struct fmr_field *field);

/* ---- import_find.c ---- */

/* By what the row is known: id, key, source. */
void fmr_import_find_key(struct fmr_import_row *work);
/* No two rows may have one key. */
bool fmr_import_claim_key(struct fmr_import_row *work);
/* The path of the record that the row is about, or NULL for a new one. */
int fmr_import_find_record(struct fmr_import_row *work, const char **path, struct fmr_err *err);
const char *fmr_import_base_name(const char *path);

/* ---- import_record.c ---- */

int fmr_import_make(struct fmr_import_row *work, struct fmr_err *err);
int fmr_import_change(struct fmr_import_row *work, const char *path, struct fmr_err *err);

#endif
