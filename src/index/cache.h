/*
 * The files of the cache, in $GIT_DIR/fmrec, so each linked worktree has its own: `index.sqlite`; `contents-SEED`, the
 * texts, only ever appended to; a lock.  A new worktree begins with a copy of what the main one has.
 *
 * A published index.sqlite never changes: who has news copies it, changes the copy, and puts it in its place by
 * rename.  So readers need no lock, a writer may die at any moment, and of two writers the one that comes late keeps
 * its copy to itself.  Nothing is synced to the disk: what a crash leaves unwritten does not have its sums.
 */
#ifndef FMR_INDEX_CACHE_H
#define FMR_INDEX_CACHE_H

#include "index/folder.h"
#include "index/pages.h"
#include "index/private.h"

struct cache {
	char *own, *common;       /* directories: of this worktree, of the main one */
	char *database, *temporary;
	struct pages *pages;      /* what was published, or NULL */
	bool adopted;             /* it is another worktree's */
	bool in_file;             /* what is being written can be published */
	bool fresh;               /* made from nothing */
	bool published;           /* what was written */
	int lock;                 /* descriptor, or -1 */
	struct folders folders;
	bool names_judged;        /* nothing was wrong with the names of the files below records */
	bool types_loaded;        /* nor with the types when they were loaded ... */
	bool types_judged;        /* ... and their schemas were compiled */
	bool judged_anew;         /* these are to be stored */
};

struct cache *fmr_cache_new(const struct fmr_store *store);
/* Open what is published and of this version. */
bool fmr_cache_load(struct fmr_index *index);
bool fmr_cache_load_folders(struct fmr_index *index);
/* Forget what was loaded: begin anew. */
void fmr_cache_drop(struct fmr_index *index);
/* Store the folders, and publish what was written. */
int fmr_cache_publish(struct fmr_index *index, struct fmr_err *err);

/* refresh.c */
/* Is the config, and is each type, what it was?  The folders have been looked at. */
bool fmr_cache_is_schema_same(struct fmr_index *index);
int fmr_cache_refresh(struct fmr_index *index, const struct fmr_index_options *options, struct judging *judging,
	struct fmr_findings *findings, struct fmr_err *err);

#endif
