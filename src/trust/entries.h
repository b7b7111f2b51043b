/*
 * The entries of one tree: its bytes, checked, and where each entry begins.
 */
#ifndef FMR_TRUST_ENTRIES_H
#define FMR_TRUST_ENTRIES_H

#include "trust/tree.h"

struct trust_entries {
	const char *bytes; /* borrowed */
	size_t length;
	uint32_t *starts;  /* of each entry; behind the last one, length */
	size_t count;
};

/* Check a tree (what is a fault: tree.h) of up to TRUST_TREE_LIMIT bytes.  like: a tree that has much in common with it,
 * such as its former version, or NULL; only what differs is looked at.  false and a few words when it is not well formed;
 * there is nothing to release then. */
bool fmr_trust_entries_read(struct trust_entries *out, const char *bytes, size_t length, const struct trust_entries *like,
	const char **fault);
void fmr_trust_entries_release(struct trust_entries *entries);

/* Names are borrowed from the bytes. */
struct trust_tree_entry fmr_trust_entries_at(const struct trust_entries *entries, size_t at);
/* The entry of a name as a directory, or as anything else; false when there is none. */
bool fmr_trust_entries_find(const struct trust_entries *entries, const char *name, size_t length, bool directory,
	struct trust_tree_entry *out);
/* Git's order: a directory's name has a "/" behind it. */
int fmr_trust_entry_compare(const struct trust_tree_entry *a, const struct trust_tree_entry *b);

/* All entries outside of [*first, *a_end) of a and [*first, *b_end) of b are the same in both. */
void fmr_trust_entries_differ(const struct trust_entries *a, const struct trust_entries *b, size_t *first, size_t *a_end,
	size_t *b_end);

#endif
