/* A view with changes laid over it that nobody has written yet: what would be, if they were. */
#include "store/repo.h"

#include "base/alloc.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

struct overlay {
	struct fmr_view *under;
	const struct fmr_change **changes; /* in byte order of their paths */
	size_t count;
};

static const struct fmr_change *find(const struct overlay *overlay, const char *path)
{
	for (size_t low = 0, high = overlay->count; low < high;) {
		const size_t middle = low + (high - low) / 2;
		const int order = strcmp(path, overlay->changes[middle]->path);
		if (!order)
			return overlay->changes[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static int absent(const char *path, struct fmr_err *err)
{
	return fmr_err_set(err, FMR_ERR_NOT_FOUND, _("'%s' is taken away"), path);
}

/* ---- visiting: both in the order of their paths ---- */

struct weave {
	const struct overlay *overlay;
	const char *under;
	size_t length, next;
	fmr_view_visit *visit;
	void *context;
};

static bool is_below(const struct weave *weave, const char *path)
{
	return !weave->length || (strncmp(path, weave->under, weave->length) == 0 && path[weave->length] == '/');
}

/* The files that are new before this path; NULL: all that are left. */
static int visit_new(struct weave *weave, const char *before)
{
	int result = 0;
	for (; !result && weave->next < weave->overlay->count; weave->next++) {
		const struct fmr_change *change = weave->overlay->changes[weave->next];
		if (before && strcmp(change->path, before) >= 0)
			break;
		const struct fmr_entry entry = { .path = change->path, .mode = 0100644, .size = change->length };
		if (change->bytes && is_below(weave, change->path))
			result = weave->visit(weave->context, &entry);
	}
	return result;
}

static int visit_under(void *context, const struct fmr_entry *entry)
{
	struct weave *weave = context;
	int result = visit_new(weave, entry->path);
	if (result)
		return result;
	return find(weave->overlay, entry->path) ? 0 : weave->visit(weave->context, entry);
}

static int overlay_each(struct fmr_view *view, const char *under, fmr_view_visit *visit, void *context,
	struct fmr_err *err)
{
	const struct overlay *overlay = view->state;
	struct weave weave = { .overlay = overlay, .under = under, .length = strlen(under), .visit = visit,
		.context = context };
	const int result = fmr_view_each(overlay->under, under, visit_under, &weave, err);
	return result ? result : visit_new(&weave, NULL);
}

/* ---- one file ---- */

static int overlay_entry(struct fmr_view *view, const char *path, struct fmr_entry *entry, struct fmr_err *err)
{
	const struct overlay *overlay = view->state;
	const struct fmr_change *change = find(overlay, path);
	if (!change)
		return fmr_view_entry(overlay->under, path, entry, err);
	entry->mode = 0100644;
	entry->size = change->length;
	return change->bytes ? 0 : absent(path, err);
}

static int overlay_read(struct fmr_view *view, const char *path, size_t limit, struct fmr_str *out,
	struct fmr_entry *entry, struct fmr_err *err)
{
	const struct overlay *overlay = view->state;
	const struct fmr_change *change = find(overlay, path);
	if (!change)
		return fmr_view_load(overlay->under, path, limit, out, entry, err);
	if (!change->bytes)
		return absent(path, err);
	if (change->length > limit)
		return fmr_err_set(err, FMR_ERR_LIMIT, _("'%s' is larger than %zu bytes"), path, limit);
	if (entry) {
		entry->mode = 0100644;
		entry->size = change->length;
	}
	fmr_str_add(out, change->bytes, change->length);
	return 0;
}

static void overlay_close(struct fmr_view *view)
{
	struct overlay *overlay = view->state;
	free(overlay->changes);
	free(overlay);
}

static const struct view_kind overlay_kind = {
	.kind = FMR_VIEW_OVERLAY,
	.each = overlay_each,
	.entry = overlay_entry,
	.read = overlay_read,
	.close = overlay_close,
};

static int by_path(const void *a, const void *b)
{
	return strcmp((*(const struct fmr_change *const *)a)->path, (*(const struct fmr_change *const *)b)->path);
}

struct fmr_view *fmr_view_lay_over(struct fmr_view *under, const struct fmr_change *changes, size_t count)
{
	struct fmr_view *view = fmr_alloc_zero(1, sizeof(*view));
	struct overlay *overlay = fmr_alloc_zero(1, sizeof(*overlay));
	*view = (struct fmr_view){ &overlay_kind, under->store, fmr_strdup(under->name), overlay };
	overlay->under = under;
	overlay->changes = fmr_alloc_zero(count + 1, sizeof(struct fmr_change *));
	overlay->count = count;
	for (size_t i = 0; i < count; i++)
		overlay->changes[i] = &changes[i];
	qsort(overlay->changes, count, sizeof(struct fmr_change *), by_path);
	return view;
}
