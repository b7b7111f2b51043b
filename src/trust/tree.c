#include "trust/tree.h"

#include "base/alloc.h"
#include "base/i18n.h"
#include "base/vec.h"
#include "trust/entries.h"

#include <stdlib.h>
#include <string.h>

enum {
	KEPT = 64,              /* trees, and ... */
	KEPT_BYTES = 8 << 20,  /* ... bytes that stay when nobody stands in them */
};

/* ---- trees that were read ---- */

struct tree {
	struct fmr_oid id;
	struct fmr_str bytes;
	struct trust_entries entries;
	unsigned held;  /* by so many of those that stand in it */
	uint64_t used;  /* when, in readings */
};

struct trust_trees {
	struct fmr_store *store;
	FMR_VEC(struct tree *) all;
	size_t size;    /* of all, in bytes */
	uint64_t clock; /* readings */
};

struct trust_trees *fmr_trust_trees_new(struct fmr_store *store)
{
	struct trust_trees *trees = fmr_alloc_zero(1, sizeof(*trees));
	trees->store = store;
	return trees;
}

static size_t size_of(const struct tree *tree)
{
	return tree->bytes.capacity + tree->entries.count * sizeof(*tree->entries.starts) + sizeof(*tree);
}

static void tree_free(struct tree *tree)
{
	fmr_trust_entries_release(&tree->entries);
	fmr_str_release(&tree->bytes);
	free(tree);
}

void fmr_trust_trees_free(struct trust_trees *trees)
{
	if (!trees)
		return;
	for (size_t i = 0; i < trees->all.count; i++)
		tree_free(trees->all.items[i]);
	FMR_VEC_RELEASE(&trees->all);
	free(trees);
}

/* Forget the tree that was not used for longest; false when somebody stands in each of them. */
static bool forget_one(struct trust_trees *trees)
{
	struct tree **oldest = NULL;
	for (size_t i = 0; i < trees->all.count; i++) {
		struct tree **tree = &trees->all.items[i];
		if (!(*tree)->held && (!oldest || (*tree)->used < (*oldest)->used))
			oldest = tree;
	}
	if (!oldest)
		return false;
	trees->size -= size_of(*oldest);
	tree_free(*oldest);
	*oldest = trees->all.items[--trees->all.count];
	return true;
}

static int read_tree(struct trust_trees *trees, const struct fmr_oid *id, const struct tree *like, struct tree **out,
	struct fmr_err *err)
{
	struct tree *tree = fmr_alloc_zero(1, sizeof(*tree));
	const char *fault = NULL;
	tree->id = *id;
	fmr_str_init(&tree->bytes);
	int result = fmr_store_object(trees->store, id, FMR_OBJECT_TREE, TRUST_TREE_LIMIT, &tree->bytes, err);
	if (result == 0 && !fmr_trust_entries_read(&tree->entries, tree->bytes.bytes, tree->bytes.length,
				   like ? &like->entries : NULL, &fault)) {
		char hex[41];
		fmr_oid_text(id, hex);
		result = fmr_err_set(err, FMR_ERR_INVALID, _("the tree %s is not well formed: %s"), hex, fault);
	}
	if (result != 0) {
		tree_free(tree);
		return result;
	}
	*out = tree;
	return 0;
}

/* Which one it is; the number of all when it is none. */
static size_t find_tree(const struct trust_trees *trees, const struct fmr_oid *id)
{
	size_t at = 0;
	while (at < trees->all.count && !fmr_oid_equal(&trees->all.items[at]->id, id))
		at++;
	return at;
}

static int add_tree(struct trust_trees *trees, const struct fmr_oid *id, const struct tree *like, struct tree **out,
	struct fmr_err *err)
{
	struct tree *tree;
	int result = read_tree(trees, id, like, &tree, err);
	if (result != 0)
		return result;
	const size_t size = size_of(tree);
	while ((trees->all.count >= KEPT || trees->size + size > KEPT_BYTES) && forget_one(trees))
		;
	if (trees->size + size > TRUST_TREES_HELD) {
		tree_free(tree);
		return fmr_err_set(err, FMR_ERR_LIMIT, _("the trees in each other are larger than %d bytes"), TRUST_TREES_HELD);
	}
	FMR_VEC_PUSH(&trees->all, tree);
	trees->size += size;
	*out = tree;
	return 0;
}

/* Stand in a tree, until leave().  like: one that differs little from it, in which somebody stands; or NULL. */
static int enter(struct trust_trees *trees, const struct fmr_oid *id, const struct tree *like, struct tree **out,
	struct fmr_err *err)
{
	const size_t at = find_tree(trees, id);
	struct tree *tree = NULL;
	int result = 0;
	if (at < trees->all.count)
		tree = trees->all.items[at];
	else
		result = add_tree(trees, id, like, &tree, err);
	if (result != 0)
		return result;
	tree->used = ++trees->clock;
	tree->held++;
	*out = tree;
	return 0;
}

static void leave(struct tree *tree)
{
	if (tree)
		tree->held--;
}

/* ---- differences ---- */

struct walk {
	struct trust_trees *trees;
	trust_tree_visit *visit;
	void *context;
	struct fmr_str path; /* of the directory, with a "/" behind it */
	size_t entries;      /* looked at so far */
	struct fmr_err *err;
};

static int compare_trees(struct walk *walk, const struct fmr_oid *before, const struct fmr_oid *after, int depth);

static bool is_directory(const struct trust_tree_entry *entry)
{
	return entry && entry->mode == TRUST_MODE_DIRECTORY;
}

/* Either may be NULL.  Both are directories or neither is. */
static int compare_entries(struct walk *walk, const struct trust_tree_entry *before, const struct trust_tree_entry *after,
	int depth)
{
	const struct trust_tree_entry *any = before ? before : after;
	const size_t length = walk->path.length;
	if (++walk->entries > TRUST_TREE_ENTRIES || length + any->length > TRUST_TREE_PATH)
		return fmr_err_set(walk->err, FMR_ERR_LIMIT, _("the trees have too many entries, or too long paths"));
	if (before && after && before->mode == after->mode && fmr_oid_equal(&before->id, &after->id))
		return 0;
	fmr_str_add(&walk->path, any->name, any->length);
	int result;
	if (is_directory(any)) {
		fmr_str_putc(&walk->path, '/');
		result = compare_trees(walk, before ? &before->id : NULL, after ? &after->id : NULL, depth + 1);
	} else {
		result = walk->visit(walk->context, walk->path.bytes, before, after);
	}
	fmr_str_truncate(&walk->path, length);
	return result;
}

/* Trees in which somebody stands; NULL: no entries. */
static int merge_entries(struct walk *walk, const struct tree *before, const struct tree *after, int depth)
{
	size_t a = 0, b = 0, a_end = before ? before->entries.count : 0, b_end = after ? after->entries.count : 0;
	struct trust_tree_entry old = { 0 }, new = { 0 };
	int result = 0;
	if (before && after) {
		fmr_trust_entries_differ(&before->entries, &after->entries, &a, &a_end, &b_end);
		b = a;
	}
	while (result == 0 && (a < a_end || b < b_end)) {
		if (a < a_end)
			old = fmr_trust_entries_at(&before->entries, a);
		if (b < b_end)
			new = fmr_trust_entries_at(&after->entries, b);
		const int order = a == a_end ? 1 : b == b_end ? -1 : fmr_trust_entry_compare(&old, &new);
		a += order <= 0;
		b += order >= 0;
		result = compare_entries(walk, order <= 0 ? &old : NULL, order >= 0 ? &new : NULL, depth);
	}
	return result;
}

static int compare_trees(struct walk *walk, const struct fmr_oid *before, const struct fmr_oid *after, int depth)
{
	struct tree *old = NULL, *new = NULL;
	if (depth > TRUST_TREE_DEPTH)
		return fmr_err_set(walk->err, FMR_ERR_LIMIT, _("directories lie more than %d deep"), TRUST_TREE_DEPTH);
	int result = before ? enter(walk->trees, before, NULL, &old, walk->err) : 0;
	if (result == 0 && after)
		result = enter(walk->trees, after, old, &new, walk->err);
	if (result == 0)
		result = merge_entries(walk, old, new, depth);
	leave(old);
	leave(new);
	return result;
}

int fmr_trust_tree_diff(struct trust_trees *trees, const struct fmr_oid *before, const struct fmr_oid *after,
	trust_tree_visit *visit, void *context, struct fmr_err *err)
{
	if (before && after && fmr_oid_equal(before, after))
		return 0;
	struct walk walk = { .trees = trees, .visit = visit, .context = context, .err = err };
	fmr_str_init(&walk.path);
	int result = compare_trees(&walk, before, after, 1);
	fmr_str_release(&walk.path);
	return result;
}

/* ---- one path ---- */

int fmr_trust_tree_find(struct trust_trees *trees, const struct fmr_oid *root, const char *path,
	struct trust_tree_entry *out, struct fmr_err *err)
{
	struct fmr_oid at = *root;
	for (int depth = 1;; depth++) {
		const size_t length = strcspn(path, "/");
		struct tree *tree = NULL;
		if (depth > TRUST_TREE_DEPTH)
			return fmr_err_set(err, FMR_ERR_LIMIT, _("directories lie more than %d deep"), TRUST_TREE_DEPTH);
		int result = enter(trees, &at, NULL, &tree, err);
		if (result != 0)
			return result;
		const bool found = fmr_trust_entries_find(&tree->entries, path, length, true, out) ||
			(!path[length] && fmr_trust_entries_find(&tree->entries, path, length, false, out));
		leave(tree);
		out->name = path;
		if (!found)
			out->mode = 0;
		if (!found || !path[length])
			return 0;
		at = out->id;
		path += length + 1;
	}
}
