/*
 * fmr_check with the help of the cache: of the work tree, only what is not known to be clean is judged, and what was
 * judged is remembered.  Findings themselves are not stored: what has some is judged each time.
 */
#ifndef FMR_INDEX_CHECK_H
#define FMR_INDEX_CHECK_H

#include "fmrec/record.h"

/* As fmr_check, which does the work where the cache cannot help: other views, some records, another state. */
int fmr_index_check(struct fmr_book *book, const struct fmr_check_options *options, struct fmr_findings *findings,
	struct fmr_check_result *result, struct fmr_err *err);

#endif
