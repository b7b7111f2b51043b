/*
 * A scaffold as it is read: shared by what checks it and what makes its
 * records.
 */
#ifndef FMR_RECORD_SCAFFOLD_FILE_H
#define FMR_RECORD_SCAFFOLD_FILE_H

#include "record/private.h"
#include "record/scaffold.h"

enum { FMR_SCAFFOLD_SIZE = 1 << 20, FMR_SCAFFOLD_EACH = 3 };

struct fmr_scaffold_spec { /* one entry of `records` */
	const struct fmr_scaffold_step *step;
	const struct fmr_type *type;        /* NULL: there is none */
	const char *type_name, *as, *id;
	const struct fmr_value *each[FMR_SCAFFOLD_EACH];
	size_t each_count;                  /* 0: one record */
	const struct fmr_value *fields, *decide;
	const struct fmr_value *value;
};

struct fmr_scaffold_file {
	struct fmr_arena arena;
	struct fmr_source source;
	const struct fmr_value *root;
	const struct fmr_scaffold_step *steps;
	size_t step_count;
	const struct fmr_scaffold_spec *specs;
	size_t spec_count;
};

/* What was read, as far as it has the shape that schema/scaffold.yaml tells; names need not exist.  book
 * NULL: nothing is looked up. */
void fmr_scaffold_file_read(struct fmr_scaffold_file *file, struct fmr_book *book);
/* Read .fmrec/scaffold/NAME.yaml of the book: FMR_ERR_NOT_FOUND with "did you mean". */
int fmr_scaffold_file_load(struct fmr_scaffold_file *file, struct fmr_book *book, const char *name,
	struct fmr_findings *findings, struct fmr_err *err);
void fmr_scaffold_file_release(struct fmr_scaffold_file *file);
/* Check a file that was read. */
void fmr_scaffold_check(const struct fmr_scaffold_file *file, struct fmr_book *book, struct fmr_findings *findings);

#endif
