/*
 * The index as it was before we staged something: another name of its file, so that going back needs no space on the
 * disk and no git.
 */
#ifndef FMR_STORE_INDEX_COPY_H
#define FMR_STORE_INDEX_COPY_H

#include "store/repo.h"

#include <sys/types.h>

struct index_copy {
	dev_t device;
	ino_t inode; /* of the index when it was noted; 0: there was none */
	char *path;  /* in the private directory, where a later sweep finds it; NULL: there is no copy */
};

/* Remember which file is the index. */
void fmr_index_copy_note(const struct fmr_store *store, struct index_copy *copy);
/* Keep that file, if it still is the index.  The caller holds fmrec's lock. */
void fmr_index_copy_take(const struct fmr_store *store, struct index_copy *copy);
/* false when the copy could not be taken away. */
bool fmr_index_copy_drop(struct index_copy *copy);

/* Has nobody written the index since it was noted? */
bool fmr_index_copy_is_current(const struct fmr_store *store, const struct index_copy *copy);

/* Make it the index again if, apart from paths that are ours, it says the same as the index now.  false, and nothing is
 * done, when it does not, or when that cannot be told. */
typedef bool fmr_index_ours(const void *context, const char *path);
bool fmr_index_copy_restore(struct fmr_store *store, const struct index_copy *copy, fmr_index_ours *is_ours,
	const void *context);

#endif
