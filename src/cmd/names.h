/*
 * Lists of names on the command line.
 */
#ifndef FMR_CMD_NAMES_H
#define FMR_CMD_NAMES_H

#include "base/arena.h"
#include "cli/cli.h"

/* The names of an option that may be repeated and whose arguments may be lists: --columns id,title --columns severity.
 * NULL-terminated, in arena; NULL when none was given. */
const char *const *fmr_names_split(struct fmr_arena *arena, const struct fmr_strings *given);

/* Where a path, as seen from the current directory, lies below the top of the work tree; NULL when it does not. */
const char *fmr_names_below_top(struct fmr_arena *arena, const struct fmr_store *store, const char *typed);

/* fmr_id_find() for what was typed here: the path of a record may be seen from the current directory, too. */
int fmr_names_find(const struct fmr_store *store, struct fmr_book *book, const char *typed, struct fmr_str *id,
	struct fmr_str *path, struct fmr_err *err);

/* Is the file a record, by its path?  id is borrowed from the path. */
bool fmr_names_record(struct fmr_book *book, const char *path, const struct fmr_type **type, struct fmr_text *id);

/* The heading of a text that is, or is to be, a record of this type; NULL when it has none.  Yours to free. */
char *fmr_names_title(const struct fmr_type *type, const char *bytes, size_t length);

/* A record as it was named: ID or a path, with @REVISION or @{DATE} behind it as it was then. */
struct fmr_named {
	struct fmr_view *view;
	struct fmr_book *book;
	bool own;              /* view and book are of the revision, not of cli */
	const char *revision;  /* as typed, and borrowed from there; or NULL */
	struct fmr_str id, path;
};

/*
 * Open the state and find the record in it; a record that had another id then
 * is found by the aliases it has now.  Revisions are what --at takes, and in
 * braces dates, too: 7KQ2@HEAD~2, 7KQ2@v1.0, 7KQ2@{2026-09-30},
 * 7KQ2@main@{yesterday}.  Close it in any case.
 */
int fmr_names_open(struct fmr_cli *cli, const char *typed, struct fmr_named *out, struct fmr_err *err);
void fmr_names_close(struct fmr_named *named);

/* Find the record at a path of one book in the state of another, by the ids it had before: fills id and path. */
int fmr_names_former(struct fmr_book *now, const char *path, struct fmr_named *then);

#endif
