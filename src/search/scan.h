/*
 * The texts of records, looked at in threads: what every search begins with.
 */
#ifndef FMR_SEARCH_SCAN_H
#define FMR_SEARCH_SCAN_H

#include "fmrec/record.h"

struct fmr_scan_text {
	const char *path, *id;        /* id: as the file is named */
	const struct fmr_type *type;  /* NULL unless asked for; and where no usable type has the directory */
	const char *bytes;            /* any bytes, with a NUL behind; all borrowed while it is looked at */
	size_t length;
};

enum { FMR_SCAN_THREADS = 64 };

struct fmr_scan {
	/* Look at a text; thread: 0 to below FMR_SCAN_THREADS.  Returns what is to be kept of it, or NULL. */
	void *(*look)(void *context, int thread, const struct fmr_scan_text *text);
	/* What was kept, in the order of the paths, one call at a time; it is yours.  Non-zero ends the scan. */
	int (*take)(void *context, void *kept);
	void (*drop)(void *kept); /* what nobody took after the end */
	void *context;
	const char *const *types; /* only records of these, NULL-terminated; NULL: all */
	bool with_types;          /* tell the types */
	int threads;              /* 0: as many as processors */
};

/* Scan the records of the book's view.  *unread: how many could not be read (too large, no ordinary file, no right to):
 * `validate` says why.  Returns what ended the scan: 0, what `take` returned, or an error. */
int fmr_scan_records(struct fmr_book *book, const struct fmr_scan *scan, size_t *unread, struct fmr_err *err);

#endif
