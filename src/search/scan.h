/*
 * The texts of records, looked at in threads: what every search begins with.
 */
#ifndef FMR_SEARCH_SCAN_H
#define FMR_SEARCH_SCAN_H

#include "base/arena.h"
#include "fmrec/record.h"
#include "index/index.h"

struct fmr_scan_text {
	const char *path, *id;        /* id: as the file is named */
	const struct fmr_type *type;  /* NULL unless asked for; and where no usable type has the directory */
	const char *bytes;            /* any bytes, with a NUL behind; all borrowed while it is looked at */
	size_t length;
};

enum { FMR_SCAN_THREADS = 64 };

/* The records there are, in the order of their paths. */
struct fmr_scan_item {
	const char *path;
	const struct fmr_type *type; /* as in fmr_scan_text */
	int64_t key;                 /* with an index: in it */
};
struct fmr_scan_list {
	struct fmr_scan_item *items;
	size_t count, capacity;
	struct fmr_arena arena; /* of the paths */
};
/* index (may be NULL), types, with_types: as in struct fmr_scan.  Release it also after an error. */
int fmr_scan_list(struct fmr_book *book, struct fmr_index *index, const char *const *types, bool with_types,
	struct fmr_scan_list *out, struct fmr_err *err);
void fmr_scan_list_release(struct fmr_scan_list *list);

struct fmr_scan {
	/* Look at a text; thread: 0 to below FMR_SCAN_THREADS.  Returns what is to be kept of it, or NULL; who always
	 * returns NULL needs no take and drop. */
	void *(*look)(void *context, int thread, const struct fmr_scan_text *text);
	/* What was kept, in the order of the paths, one call at a time, in any thread; it is yours.  Non-zero ends the
	 * scan. */
	int (*take)(void *context, void *kept);
	void (*drop)(void *kept); /* what nobody took after the end */
	/* Whether look could keep anything of a text: asked first, where that is cheaper than finding out what the text is
	 * called; NULL: it could. */
	bool (*may_keep)(void *context, int thread, const char *bytes, size_t length);
	void *context;
	struct fmr_index *index;  /* where the texts are taken from; NULL: from the view */
	const int64_t *keys;      /* with an index: only these, whatever their types; NULL: all */
	size_t key_count;
	const char *const *types; /* only records of these, NULL-terminated; NULL: all */
	bool with_types;          /* tell the types; only then may `take` use the book */
	const struct fmr_scan_item *items; /* only these, whatever their types; NULL: all */
	size_t item_count;
	int threads;              /* 0: as many as processors */
};

/* Scan the records of the book's view, the same with an index as without.  *unread: how many could not be read (too large, no ordinary file, no right to):
 * `validate` says why.  Returns what ended the scan: 0, what `take` returned, or an error. */
int fmr_scan_records(struct fmr_book *book, const struct fmr_scan *scan, size_t *unread, struct fmr_err *err);

#endif
