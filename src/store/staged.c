/* The index as a view: entries from the index file, contents from the objects. */
#include "store/repo.h"

#include "base/alloc.h"
#include "base/i18n.h"
#include "store/gitindex.h"
#include "store/objects.h"
#include "store/compare.h"
#include "store/program.h"

#include <stdlib.h>
#include <string.h>

struct staged_state {
	struct gitindex index;
};

static const struct gitindex_entry *find(struct fmr_view *view, const char *path, struct fmr_err *err)
{
	const struct staged_state *state = view->state;
	size_t position = fmr_git_index_find(&state->index, path);
	if (position < state->index.entries.count && strcmp(state->index.entries.items[position].path, path) == 0)
		return &state->index.entries.items[position];
	fmr_err_set(err, FMR_ERR_NOT_FOUND, _("'%s' is not in the index"), path);
	return NULL;
}

static int staged_each(struct fmr_view *view, const char *under, fmr_view_visit *visit, void *context,
	struct fmr_err *err)
{
	(void)err;
	const struct staged_state *state = view->state;
	char *beginning = *under ? fmr_format("%s/", under) : fmr_strdup("");
	const size_t length = strlen(beginning);
	int result = 0;
	for (size_t i = fmr_git_index_find(&state->index, beginning); result == 0 && i < state->index.entries.count; i++) {
		const struct gitindex_entry *entry = &state->index.entries.items[i];
		if (strncmp(entry->path, beginning, length) != 0)
			break;
		const struct fmr_entry found = { .path = entry->path, .mode = entry->mode };
		result = visit(context, &found);
	}
	free(beginning);
	return result;
}

static int staged_entry(struct fmr_view *view, const char *path, struct fmr_entry *entry, struct fmr_err *err)
{
	const struct gitindex_entry *found = find(view, path, err);
	if (!found)
		return FMR_ERR_NOT_FOUND;
	entry->mode = found->mode;
	entry->size = 0;
	return 0;
}

static int staged_read(struct fmr_view *view, const char *path, size_t limit, struct fmr_str *out,
	struct fmr_entry *entry, struct fmr_err *err)
{
	const struct gitindex_entry *found = find(view, path, err);
	if (!found)
		return FMR_ERR_NOT_FOUND;
	if (found->mode != 0100644 && found->mode != 0100755)
		return fmr_err_set(err, FMR_ERR_UNSUPPORTED, _("'%s' is not an ordinary file in the index"), path);
	const size_t before = out->length;
	char id[41];
	fmr_odb_id_text(found->id, id);
	int result = fmr_objects_read(view->store, id, ODB_BLOB, path, limit, out, err);
	if (entry) {
		entry->mode = found->mode;
		entry->size = out->length - before;
	}
	return result;
}

static void staged_close(struct fmr_view *view)
{
	struct staged_state *state = view->state;
	fmr_git_index_release(&state->index);
	free(state);
}

static const struct view_kind staged_kind = {
	.kind = FMR_VIEW_STAGED,
	.each = staged_each,
	.entry = staged_entry,
	.read = staged_read,
	.close = staged_close,
};

int fmr_view_open_staged(struct fmr_view *view, struct fmr_err *err)
{
	struct staged_state *state = fmr_alloc_zero(1, sizeof(*state));
	fmr_objects_of(view->store); /* before threads read */
	view->state = state;
	view->way = &staged_kind;
	view->name = fmr_strdup("staged");
	return fmr_git_index_read(view->store, &state->index, err);
}

/* ---- differences ---- */

struct staged_walk {
	fmr_difference_visit *visit;
	void *context;
};

static int tell(void *context, const struct staged_entry *entry)
{
	const struct staged_walk *walk = context;
	enum fmr_difference difference = entry->status == 'A' ? FMR_ADDED : entry->status == 'D' ? FMR_DELETED : FMR_MODIFIED;
	return walk->visit(walk->context, difference, entry->path);
}

int fmr_view_staged(struct fmr_view *view, const char *under, fmr_difference_visit *visit, void *context,
	struct fmr_err *err)
{
	const struct staged_state *state = view->state;
	struct head head;
	struct staged_walk walk = { .visit = visit, .context = context };
	int result = fmr_head_read(view->store, &head, err);
	return result != 0 ? result : fmr_staged_of(view->store, &head, &state->index, under, tell, &walk, err);
}

int fmr_store_staged(struct fmr_store *store, const char *under, fmr_difference_visit *visit, void *context,
	struct fmr_err *err)
{
	struct fmr_view *view = NULL;
	int result = fmr_view_open(store, FMR_VIEW_STAGED, NULL, &view, err);
	if (result == 0)
		result = fmr_view_staged(view, under, visit, context, err);
	fmr_view_close(view);
	return result;
}
