/*
 * Contents of objects by their ids: read here (odb.h), or else from one `git cat-file --batch`, which costs a fifth of
 * what libgit2 costs to start.
 */
#ifndef FMR_STORE_OBJECTS_H
#define FMR_STORE_OBJECTS_H

#include "base/digest.h"
#include "store/odb.h"
#include "store/repo.h"

#include <pthread.h>

struct objects {
	pthread_mutex_t mutex;   /* guards the rest: several threads may read */
	struct odb *odb;
	struct fmr_process *git; /* once needed */
	struct fmr_hasher *hasher; /* once needed */
	char last_id[41];        /* what was read last, if it was not large: types are read twice in a row */
	enum odb_kind last_kind;
	struct fmr_str last;
};

/* Those of the store, made at the first call (by one thread), closed with it. */
struct objects *fmr_objects_of(struct fmr_store *store);
void fmr_objects_free(struct objects *objects); /* NULL is fine */

/* Append the bytes of the object of this id (40 digits).  path: for messages.  FMR_ERR_LIMIT when it is larger than
 * limit, FMR_ERR_GIT when it is missing or of another kind. */
int fmr_objects_read(struct fmr_store *store, const char *id, enum odb_kind kind, const char *path, size_t limit,
	struct fmr_str *out, struct fmr_err *err);

#endif
