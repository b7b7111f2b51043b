/*
 * Git's index, read without git: every state of a file is then known without a process.  100,000 entries (10 MB) take
 * 2.5 ms, but 13 to 27 ms the first time, for most of it goes into touching new memory; `git ls-files` takes 10 ms and
 * its start.  What only git understands (split and sparse indexes) is left to it.
 */
#ifndef FMR_STORE_GITINDEX_H
#define FMR_STORE_GITINDEX_H

#include "base/arena.h"
#include "base/str.h"
#include "base/vec.h"
#include "store/repo.h"

struct gitindex_entry {
	const char *path;
	const unsigned char *id; /* 20 bytes */
	unsigned mode;
	const unsigned char *stat; /* the file as it was when it was staged: 10 numbers of 4 bytes; NULL: not known */
	bool absent;             /* not to be looked for in the work tree (skip-worktree) */
};

struct gitindex {
	FMR_VEC(struct gitindex_entry) entries; /* in byte order of paths; without conflicts and intended additions */
	struct fmr_str bytes;   /* the file, or git's list */
	FMR_VEC(const char *) conflicts; /* paths that a merge left for people, in order */
	struct fmr_arena arena; /* paths that are not in bytes as they are */
	bool partial;           /* there are conflicts or intended additions */
	const unsigned char *notes; /* the extension TREE: ids of the trees that nothing was changed in; or NULL */
	size_t notes_length;
};

enum gitindex_result { INDEX_READ, INDEX_NEEDS_GIT, INDEX_BROKEN };

/* Understand the bytes of an index file (kept in index->bytes); INDEX_NEEDS_GIT and INDEX_BROKEN leave no entries. */
enum gitindex_result fmr_git_index_parse(struct gitindex *index);

int fmr_git_index_read(struct fmr_store *store, struct gitindex *index, struct fmr_err *err);
void fmr_git_index_release(struct gitindex *index);

/* Only what stands behind the entries: the notes.  false when the index is not one that is understood here. */
bool fmr_git_index_skim(struct fmr_store *store, struct gitindex *index);

/* Position of the first entry whose path is not before `path`. */
size_t fmr_git_index_find(const struct gitindex *index, const char *path);

#endif
