/*
 * libgit2, loaded when objects are first read: linking it would cost 3 ms at every start, and its initialisation
 * 5 ms more.  This is the one list of the functions in use; files that include it call them through git->NAME.
 */
#ifndef FMR_STORE_GIT_H
#define FMR_STORE_GIT_H

#include "store/repo.h"

#include <git2.h>

#define GIT_FUNCTIONS(X)                                                                                               \
	X(git_libgit2_init)                                                                                            \
	X(git_libgit2_shutdown)                                                                                        \
	X(git_libgit2_version)                                                                                         \
	X(git_libgit2_opts)                                                                                            \
	X(git_error_last)                                                                                              \
	X(git_repository_open_ext)                                                                                     \
	X(git_repository_free)                                                                                         \
	X(git_repository_odb)                                                                                          \
	X(git_odb_free)                                                                                                \
	X(git_odb_add_disk_alternate)                                                                                  \
	X(git_odb_read)                                                                                                \
	X(git_odb_read_header)                                                                                         \
	X(git_odb_object_data)                                                                                         \
	X(git_odb_object_size)                                                                                         \
	X(git_odb_object_type)                                                                                         \
	X(git_odb_object_free)                                                                                         \
	X(git_revparse_single)                                                                                         \
	X(git_object_free)                                                                                             \
	X(git_object_id)                                                                                               \
	X(git_object_peel)                                                                                             \
	X(git_oid_tostr)                                                                                               \
	X(git_commit_tree)                                                                                             \
	X(git_commit_tree_id)                                                                                          \
	X(git_commit_parent)                                                                                           \
	X(git_commit_parentcount)                                                                                      \
	X(git_commit_free)                                                                                             \
	X(git_blob_create_from_buffer)                                                                                 \
	X(git_tree_create_updated)                                                                                     \
	X(git_tree_lookup)                                                                                             \
	X(git_tree_free)                                                                                               \
	X(git_tree_entrycount)                                                                                         \
	X(git_tree_entry_byindex)                                                                                      \
	X(git_tree_entry_byname)                                                                                       \
	X(git_tree_entry_name)                                                                                         \
	X(git_tree_entry_id)                                                                                           \
	X(git_tree_entry_filemode)                                                                                     \
	X(git_diff_tree_to_tree)                                                                                       \
	X(git_diff_options_init)                                                                                       \
	X(git_diff_num_deltas)                                                                                         \
	X(git_diff_get_delta)                                                                                          \
	X(git_diff_free)

struct git_library {
#define GIT_MEMBER(name) __typeof__(name) *name;
	GIT_FUNCTIONS(GIT_MEMBER)
#undef GIT_MEMBER
	bool initialised;
	git_repository *repository;
	git_odb *odb;
};

/* The library with the store's repository open; loaded at the first call, closed with the store. */
int fmr_git_use(struct fmr_store *store, struct git_library **git, struct fmr_err *err);
void fmr_git_close(struct git_library *git); /* NULL is fine */

/* libgit2's own words behind ours; FMR_ERR_GIT, or FMR_ERR_AMBIGUOUS.  An object that is missing is a broken
 * repository, so never FMR_ERR_NOT_FOUND, which callers take for a file that a commit does not have. */
int fmr_git_error(const struct git_library *git, int code, struct fmr_err *err, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
