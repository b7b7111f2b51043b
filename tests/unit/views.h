/* Stores and views that must open, and what is in them.  Behind sandbox.h. */
#ifndef FMR_TESTS_VIEWS_H
#define FMR_TESTS_VIEWS_H

#include "sandbox.h"

#include "fmrec/store.h"

static inline struct fmr_store *open_store(const char *directory)
{
	struct fmr_store *store = NULL;
	struct fmr_err err = { 0 };
	if (fmr_store_open(directory, &store, &err) != 0)
		fail_msg("%s", err.text);
	return store;
}

static inline struct fmr_view *open_view(struct fmr_store *store, enum fmr_view_kind kind, const char *revision)
{
	struct fmr_view *view = NULL;
	struct fmr_err err = { 0 };
	if (fmr_view_open(store, kind, revision, &view, &err) != 0)
		fail_msg("%s", err.text);
	return view;
}

static inline int list_one(void *context, const struct fmr_entry *entry)
{
	fmr_str_printf(context, "%o %s\n", entry->mode, entry->path);
	return 0;
}

/* The files below a directory, as "100644 path" lines. */
static inline void assert_files(struct fmr_view *view, const char *under, const char *expected)
{
	struct fmr_str list;
	fmr_str_init(&list);
	struct fmr_err err = { 0 };
	if (fmr_view_each(view, under, list_one, &list, &err) != 0)
		fail_msg("%s", err.text);
	assert_string_equal(list.bytes, expected);
	fmr_str_release(&list);
}

#endif
