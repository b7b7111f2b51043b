#include "trust/tree_view.h"

#include "base/alloc.h"
#include "base/i18n.h"
#include "store/repo.h"

#include <stdlib.h>
#include <string.h>

struct tree_view {
	struct trust_trees *trees;
	struct fmr_oid tree;
};

struct walk {
	const char *under;
	fmr_view_visit *visit;
	void *context;
	struct fmr_str path;
};

static int visit_one(void *context, const char *path, const struct trust_tree_entry *before,
	const struct trust_tree_entry *after)
{
	struct walk *walk = context;
	(void)before;
	fmr_str_clear(&walk->path);
	fmr_str_printf(&walk->path, "%s%s%s", walk->under, *walk->under ? "/" : "", path);
	const struct fmr_entry entry = { .path = walk->path.bytes, .mode = after->mode };
	return walk->visit(walk->context, &entry);
}

/* An object that is missing is no file that is absent. */
static int missing(struct fmr_err *err)
{
	if (err)
		err->code = FMR_ERR_GIT;
	return FMR_ERR_GIT;
}

static int each(struct fmr_view *view, const char *under, fmr_view_visit *visit, void *context, struct fmr_err *err)
{
	struct tree_view *state = view->state;
	struct trust_tree_entry entry = { .mode = TRUST_MODE_DIRECTORY, .id = state->tree };
	if (*under) {
		int result = fmr_trust_tree_find(state->trees, &state->tree, under, &entry, err);
		if (result != 0)
			return result == FMR_ERR_NOT_FOUND ? missing(err) : result;
	}
	if (entry.mode != TRUST_MODE_DIRECTORY)
		return 0;
	struct walk walk = { .under = under, .visit = visit, .context = context };
	fmr_str_init(&walk.path);
	struct fmr_oid id = entry.id;
	int result = fmr_trust_tree_diff(state->trees, NULL, &id, visit_one, &walk, err);
	fmr_str_release(&walk.path);
	return result;
}

static int entry_of(struct fmr_view *view, const char *path, struct fmr_entry *entry, struct fmr_err *err)
{
	struct tree_view *state = view->state;
	struct trust_tree_entry found;
	int result = fmr_trust_tree_find(state->trees, &state->tree, path, &found, err);
	if (result == FMR_ERR_NOT_FOUND)
		return missing(err);
	if (result == 0 && (!found.mode || found.mode == TRUST_MODE_DIRECTORY))
		return fmr_err_set(err, FMR_ERR_NOT_FOUND, _("there is no file '%s'"), path);
	entry->mode = found.mode;
	entry->size = 0;
	return result;
}

static int read_file(struct fmr_view *view, const char *path, size_t limit, struct fmr_str *out,
	struct fmr_entry *entry, struct fmr_err *err)
{
	struct tree_view *state = view->state;
	struct trust_tree_entry found;
	int result = fmr_trust_tree_find(state->trees, &state->tree, path, &found, err);
	if (result == 0 && !found.mode)
		return fmr_err_set(err, FMR_ERR_NOT_FOUND, _("there is no file '%s'"), path);
	if (result != 0)
		return result == FMR_ERR_NOT_FOUND ? missing(err) : result;
	if ((found.mode & 0170000) != 0100000)
		return fmr_err_set(err, FMR_ERR_UNSUPPORTED, _("'%s' is no ordinary file"), path);
	size_t length = out->length;
	result = fmr_store_object(view->store, &found.id, FMR_OBJECT_BLOB, limit, out, err);
	if (result == FMR_ERR_NOT_FOUND)
		result = missing(err);
	if (entry) {
		entry->mode = found.mode;
		entry->size = out->length - length;
	}
	return result;
}

static void close_view(struct fmr_view *view)
{
	free(view->state);
}

static const struct view_kind way = { .kind = FMR_VIEW_COMMIT, .each = each, .entry = entry_of, .read = read_file,
	.close = close_view };

struct fmr_view *fmr_trust_tree_view(struct fmr_store *store, struct trust_trees *trees, const struct fmr_oid *tree)
{
	struct tree_view *state = fmr_alloc_zero(1, sizeof(*state));
	*state = (struct tree_view){ .trees = trees, .tree = *tree };
	struct fmr_view *view = fmr_alloc_zero(1, sizeof(*view));
	char hex[41];
	fmr_oid_text(tree, hex);
	*view = (struct fmr_view){ .way = &way, .store = store, .name = fmr_strdup(hex), .state = state };
	return view;
}
