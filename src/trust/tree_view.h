/*
 * A tree as a view, read as the audit reads everything: raw objects whose ids were checked, no replace refs, no git.
 */
#ifndef FMR_TRUST_TREE_VIEW_H
#define FMR_TRUST_TREE_VIEW_H

#include "fmrec/store.h"
#include "trust/tree.h"

/* The view reads the tree's files through trees, which must outlive it; for one thread. */
struct fmr_view *fmr_trust_tree_view(struct fmr_store *store, struct trust_trees *trees, const struct fmr_oid *tree);

#endif
