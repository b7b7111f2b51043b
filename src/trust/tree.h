/*
 * Trees as they are stored, read strictly, and what leads from one to another.  Reading a long history, the new side of
 * one commit is the old side of the next: the trees read last are kept, and of a tree that differs from a kept one in an
 * entry only that entry is looked at.
 *
 * A tree is a fault (FMR_ERR_INVALID) when its names are not in git's order or not unique, also as a file and a directory
 * of one name; when a name is empty, ".", "..", ".git" in any case, "git~1" or has a "/"; or when a mode is none of
 * 100644, 100664, 100755, 120000, 40000 and 160000.
 */
#ifndef FMR_TRUST_TREE_H
#define FMR_TRUST_TREE_H

#include "fmrec/store.h"

enum {
	TRUST_TREE_LIMIT = 64 << 20,      /* bytes of a tree */
	TRUST_TREE_DEPTH = 128,           /* directories in each other */
	TRUST_TREE_PATH = 64 << 10,       /* bytes of a path */
	TRUST_TREE_ENTRIES = 1 << 20,     /* entries that one comparison looks at: few trees can stand for 10^128 files */
	TRUST_TREES_HELD = 256 << 20,     /* bytes of the trees that one comparison stands in */
};

enum { TRUST_MODE_FILE = 0100644, TRUST_MODE_DIRECTORY = 0040000 };

struct trust_tree_entry {
	unsigned mode;
	const char *name; /* borrowed, NUL-terminated */
	size_t length;    /* of the name */
	struct fmr_oid id;
};

/* The trees of a store; not for several threads at once. */
struct trust_trees;
struct trust_trees *fmr_trust_trees_new(struct fmr_store *store); /* the store must outlive it */
void fmr_trust_trees_free(struct trust_trees *trees);             /* NULL is fine */

/* Visit each file, link and submodule that differs, in order of paths (directories as if "/" were behind their names); an
 * entry is NULL when there is none on that side.  Directories are descended where their ids differ, not visited.  NULL
 * instead of an id: no files.  A visitor that returns non-zero ends the walk with that value.
 * Else errors are those of fmr_store_object; FMR_ERR_LIMIT also of trees that are too deep or too many; FMR_ERR_INVALID
 * also of trees that are no such. */
typedef int trust_tree_visit(void *context, const char *path, const struct trust_tree_entry *before,
	const struct trust_tree_entry *after);
int fmr_trust_tree_diff(struct trust_trees *trees, const struct fmr_oid *before, const struct fmr_oid *after,
	trust_tree_visit *visit, void *context, struct fmr_err *err);

/* The entry of a path, which may be a directory; its mode is 0 when the tree has none.  (FMR_ERR_NOT_FOUND is a tree that
 * is missing: who could not look has not seen that there is none.)  The entry's name is the end of `path`. */
int fmr_trust_tree_find(struct trust_trees *trees, const struct fmr_oid *root, const char *path,
	struct trust_tree_entry *out, struct fmr_err *err);

#endif
