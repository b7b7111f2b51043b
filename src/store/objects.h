/*
 * Contents of objects by their ids, from one `git cat-file --batch`: a fifth of what libgit2 costs to start.
 */
#ifndef FMR_STORE_OBJECTS_H
#define FMR_STORE_OBJECTS_H

#include "store/repo.h"

#include <pthread.h>

struct objects {
	pthread_mutex_t mutex;   /* guards git: several threads may read */
	struct fmr_process *git; /* once needed */
};

void fmr_objects_init(struct objects *objects);
void fmr_objects_release(struct objects *objects);

/* Append the bytes of the blob of this id (40 digits).  path: for messages.  FMR_ERR_LIMIT when it is larger than
 * limit, FMR_ERR_GIT when it is missing or no blob. */
int fmr_objects_read(struct fmr_store *store, struct objects *objects, const char *id, const char *path, size_t limit,
	struct fmr_str *out, struct fmr_err *err);

#endif
