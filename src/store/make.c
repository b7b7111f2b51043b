/* Trees of files that nobody checked out, and the beginning of a branch that was made elsewhere. */
#include "store/git.h"

#include "base/alloc.h"
#include "base/i18n.h"
#include "store/program.h"

#include <stdlib.h>
#include <string.h>

static int make_blob(struct git_library *git, const struct fmr_change *change, git_tree_update *out, struct fmr_err *err)
{
	*out = (git_tree_update){ .action = change->bytes ? GIT_TREE_UPDATE_UPSERT : GIT_TREE_UPDATE_REMOVE,
		.filemode = GIT_FILEMODE_BLOB, .path = change->path };
	int code = change->bytes
		? git->git_blob_create_from_buffer(&out->id, git->repository, change->bytes, change->length) : 0;
	return code < 0 ? fmr_git_error(git, code, err, _("cannot write '%s'"), change->path) : 0;
}

static int make_tree(struct git_library *git, git_tree *base, const git_tree_update *updates, size_t count,
	struct fmr_oid *tree, struct fmr_err *err)
{
	git_oid id;
	int code = git->git_tree_create_updated(&id, git->repository, base, count, updates);
	if (code < 0)
		return fmr_git_error(git, code, err, _("cannot write a tree"));
	memcpy(tree->bytes, id.id, sizeof(tree->bytes));
	return 0;
}

int fmr_store_make_tree(struct fmr_store *store, const struct fmr_oid *base, const struct fmr_change *changes,
	size_t count, struct fmr_oid *tree, struct fmr_err *err)
{
	struct git_library *git;
	git_tree *before = NULL;
	int result = fmr_git_use(store, &git, err);
	if (result != 0)
		return result;
	if (base) {
		git_oid id;
		memcpy(id.id, base->bytes, sizeof(id.id));
		int code = git->git_tree_lookup(&before, git->repository, &id);
		if (code < 0)
			return fmr_git_error(git, code, err, _("cannot read a tree"));
	}
	git_tree_update *updates = fmr_alloc_zero(count + 1, sizeof(*updates));
	for (size_t i = 0; i < count && result == 0; i++)
		result = make_blob(git, &changes[i], &updates[i], err);
	if (result == 0)
		result = make_tree(git, before, updates, count, tree, err);
	free(updates);
	if (before)
		git->git_tree_free(before);
	return result;
}

static int run_git(struct fmr_store *store, const char *const *arguments, const char *what, struct fmr_err *err)
{
	struct fmr_str errors;
	fmr_str_init(&errors);
	int status = 0;
	int result = fmr_git_run(store, &(struct git_call){ .arguments = arguments, .errors = &errors }, &status, err);
	if (result == 0 && status != 0)
		result = fmr_git_failed(&errors, err, what);
	fmr_str_release(&errors);
	return result;
}

int fmr_store_begin_at(struct fmr_store *store, const struct fmr_oid *commit, const char *note, struct fmr_err *err)
{
	char id[41];
	fmr_oid_text(commit, id);
	/* the index first, so that the branch is there only when all is; an old value of nothing: it must not exist */
	const char *const index[] = { "-c", "core.hooksPath=/dev/null", "read-tree", "--reset", id, NULL };
	const char *const refresh[] = { "-c", "core.hooksPath=/dev/null", "update-index", "-q", "--refresh", NULL };
	const char *const branch[] = { "-c", "core.hooksPath=/dev/null", "update-ref", "-m", note, "HEAD", id, "", NULL };
	int result = run_git(store, index, _("git cannot write its index"), err);
	if (result == 0)
		result = run_git(store, refresh, _("git cannot write its index"), err);
	return result ? result : run_git(store, branch, _("git cannot move the branch"), err);
}
