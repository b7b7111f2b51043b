#include "store/repo.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/i18n.h"

#include <stdlib.h>

int fmr_view_open(struct fmr_store *store, enum fmr_view_kind kind, const char *revision, struct fmr_view **out,
	struct fmr_err *err)
{
	struct fmr_view *view = fmr_alloc_zero(1, sizeof(*view));
	view->store = store;
	int result;
	if (kind == FMR_VIEW_WORK_TREE)
		result = fmr_view_open_work_tree(view, err);
	else if (kind == FMR_VIEW_STAGED)
		result = fmr_view_open_staged(view, err);
	else
		result = fmr_view_open_commit(view, revision ? revision : "HEAD", err);
	if (result != 0) {
		fmr_view_close(view);
		view = NULL;
	}
	*out = view;
	return result;
}

void fmr_view_close(struct fmr_view *view)
{
	if (!view)
		return;
	if (view->way && view->way->close)
		view->way->close(view);
	free(view->name);
	free(view);
}

enum fmr_view_kind fmr_view_kind(const struct fmr_view *view)
{
	return view->way->kind;
}

const char *fmr_view_name(const struct fmr_view *view)
{
	return view->name;
}

struct fmr_store *fmr_view_store(const struct fmr_view *view)
{
	return view->store;
}

static int not_inside(const char *path, struct fmr_err *err)
{
	return fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is not a path inside the repository"), path);
}

int fmr_view_each(struct fmr_view *view, const char *under, fmr_view_visit *visit, void *context,
	struct fmr_err *err)
{
	if (*under && !fmr_path_is_inside(under))
		return not_inside(under, err);
	return view->way->each(view, under, visit, context, err);
}

int fmr_view_entry(struct fmr_view *view, const char *path, struct fmr_entry *entry, struct fmr_err *err)
{
	if (!fmr_path_is_inside(path))
		return not_inside(path, err);
	entry->path = path;
	return view->way->entry(view, path, entry, err);
}

int fmr_view_load(struct fmr_view *view, const char *path, size_t limit, struct fmr_str *out, struct fmr_entry *entry,
	struct fmr_err *err)
{
	if (!fmr_path_is_inside(path))
		return not_inside(path, err);
	if (entry)
		entry->path = path;
	return view->way->read(view, path, limit, out, entry, err);
}

int fmr_view_read(struct fmr_view *view, const char *path, size_t limit, struct fmr_str *out, struct fmr_err *err)
{
	return fmr_view_load(view, path, limit, out, NULL, err);
}
