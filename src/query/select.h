/*
 * Values of records as SQL, to be shown or to be sorted by.
 */
#ifndef FMR_QUERY_SELECT_H
#define FMR_QUERY_SELECT_H

#include "query/private.h"

enum purpose { TO_SHOW, TO_ORDER };

/* One value of the record at hand, several linked ones in one cell; NULL and false when the name stands for nothing. */
bool fmr_select_value(struct compiler *compiler, const struct scope *scope, const struct name *name, enum purpose purpose);
void fmr_select_scalar(struct compiler *compiler, const struct scope *scope, const struct source *source,
	const struct fmr_field *field, enum purpose purpose);

/* The whole statement of a select that joins or groups. */
int fmr_query_compile_joined(struct fmr_query *query, const struct fmr_query_select *select, struct sql *sql,
	struct fmr_err *err);

#endif
