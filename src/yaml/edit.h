/*
 * Editing in two steps: the edit is done on the tree (edit_tree.c), then the
 * difference of both trees is written into the text (edit_text.c).
 */
#ifndef FMR_YAML_EDIT_H
#define FMR_YAML_EDIT_H

#include "yaml/yaml.h"

#include <stdbool.h>

/* The tree after the edit; what it does not touch is shared with root (which may be NULL: nothing there yet).
 * NULL after an error. */
struct fmr_value *fmr_edit_tree(struct fmr_arena *arena, struct fmr_value *root, const struct fmr_edit *edit,
	struct fmr_err *err);

/* Equal to the letter: numbers as they are spelled; the order of members does not count. */
bool fmr_same_value(const struct fmr_value *a, const struct fmr_value *b);

/* The member with this key, looked for from *next on first: in turn, members of alike maps are found at once. */
const struct fmr_member *fmr_next_member(const struct fmr_value *map, const struct fmr_member *like, size_t *next);

/* Put into out the text of source, which says `before`, changed as little as possible to say `after`.  false when
 * no way is known.  The result is to be checked by reading it. */
bool fmr_edit_text(const struct fmr_source *source, const struct fmr_value *before, const struct fmr_value *after,
	struct fmr_str *out);

/*
 * Where the elements of a map or list stand, one piece for each, with what belongs to it: the comment lines directly
 * above it (not those that begin the file) and those below it that are indented deeper.  Pieces are whole lines that
 * follow each other without a gap; only the first may begin in a line, behind the dash of the list that holds it.
 * false, and pieces is not to be used, when the elements have no lines of their own (`[a, b]`, `? key`) or there is
 * none.  value is a part of what source says.
 */
bool fmr_edit_pieces(const struct fmr_source *source, const struct fmr_value *value, struct fmr_span *pieces);

#endif
