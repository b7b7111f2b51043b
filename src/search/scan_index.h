/*
 * The scan, with the texts taken from the index.  For src/search alone.
 */
#ifndef FMR_SEARCH_SCAN_INDEX_H
#define FMR_SEARCH_SCAN_INDEX_H

#include "search/scan.h"

int scan_index_list(struct fmr_book *book, struct fmr_index *index, const char *const *types, bool with_types,
	struct fmr_scan_list *out, struct fmr_err *err);
int scan_index_records(struct fmr_book *book, const struct fmr_scan *scan, size_t *unread, struct fmr_err *err);

#endif
