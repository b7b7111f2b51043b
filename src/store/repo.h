/*
 * What the files of src/store share.
 */
#ifndef FMR_STORE_REPO_H
#define FMR_STORE_REPO_H

#include "base/str.h"
#include "fmrec/store.h"
#include "store/config.h"

struct fmr_store {
	char *work_tree;   /* NULL in a bare repository */
	char *git_dir;
	char *common_dir;
	char *private_dir;
	char *index_file;
	int top;           /* the work tree, open; -1 in a bare repository */
	bool executable_matters; /* core.fileMode */
	bool partial_clone;      /* what it lacks lies with the other side */
	const char *git_environment[4]; /* GIT_DIR, ... as absolute paths, where the caller had set them */
	char *git_environment_text[3];
	struct config config; /* all of git's configuration, once asked for */
	int lock;          /* descriptor, -1 when not held */
	unsigned lock_depth;
	struct git_library *git; /* libgit2, once needed (git.h) */
	struct objects *objects; /* once needed (objects.h) */
};

/* Where git is to be run: the top of the work tree or the bare repository. */
const char *fmr_store_run_in(const struct fmr_store *store);

/* A path in git's configuration, made absolute: of the home directory (`~/`), or seen from where git runs.  Yours. */
char *fmr_store_path(const struct fmr_store *store, const char *path);

/* ---- views ---- */

struct fmr_view {
	const struct view_kind *way;
	struct fmr_store *store;
	char *name;
	void *state; /* of the kind */
};

/* One way of looking at the files. */
struct view_kind {
	enum fmr_view_kind kind;
	int (*each)(struct fmr_view *view, const char *under, fmr_view_visit *visit, void *context, struct fmr_err *err);
	int (*entry)(struct fmr_view *view, const char *path, struct fmr_entry *entry, struct fmr_err *err);
	/* entry may be NULL; its mode and size are those of the bytes that were read */
	int (*read)(struct fmr_view *view, const char *path, size_t limit, struct fmr_str *out, struct fmr_entry *entry,
		struct fmr_err *err);
	void (*close)(struct fmr_view *view);
};

int fmr_view_open_work_tree(struct fmr_view *view, struct fmr_err *err);
int fmr_view_open_staged(struct fmr_view *view, struct fmr_err *err);
int fmr_view_open_commit(struct fmr_view *view, const char *revision, struct fmr_err *err);

/* Deeper trees than this are hostile. */
enum { TREE_DEPTH = 128 };

#endif
