/*
 * The records closest in words to a record or a text: what happened before, what was learnt (F-24, F-92).
 *
 * Fields are compared that the types list under `search`, by their weights: words, and runs of characters of scripts
 * without blanks, that few records have count more than those that many have.  One pass over the corpus, in threads;
 * what is kept of it does not grow with it, but for a list of paths.
 */
#ifndef FMR_SEARCH_SIMILAR_H
#define FMR_SEARCH_SIMILAR_H

#include "base/arena.h"
#include "fmrec/record.h"
#include "index/index.h"

struct fmr_similar_query {
	const struct fmr_record *record; /* with root and type; is not found itself */
	const char *text;                /* when record is NULL */
	size_t length;
	struct fmr_index *index;         /* where the records are taken from; NULL: from the book's view */
};

struct fmr_similar_options {
	const char *const *types; /* NULL-terminated; NULL: all that have `search` and keep their records by year */
	size_t limit;             /* records to find, from 1 */
	size_t newest;            /* look only at so many, the newest by the dates in their ids; 0: at all */
	int threads;              /* 0: as many as processors */
};

struct fmr_similar_reason { /* words that both have */
	const char *field;        /* path */
	const char *words;        /* as the record has them */
};

struct fmr_similar_match {
	const char *id, *path, *title;
	const struct fmr_type *type;
	double likeness;          /* share of what was asked for, 0 to 1 */
	const struct fmr_similar_reason *reasons; /* the weightiest first */
	size_t reason_count;
};

struct fmr_similar {
	const struct fmr_similar_match *matches; /* the closest first */
	size_t count;
	size_t unread;            /* records that could not be read */
	struct fmr_arena arena;
};

/* Release it also after an error.  FMR_ERR_INVALID: no words to compare, or a type without `search`. */
int fmr_similar_find(struct fmr_book *book, const struct fmr_similar_query *query,
	const struct fmr_similar_options *options, struct fmr_similar *out, struct fmr_err *err);
void fmr_similar_release(struct fmr_similar *similar);

#endif
