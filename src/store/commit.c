/* A commit as a view, and the history of commits. */
#include "store/git.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "base/vec.h"
#include "store/program.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SHALLOW_LIMIT = 16 << 20 };

/* A directory that was looked into; kept because a record directory of 100,000 files is 5 MB to parse. */
struct directory {
	char *path;
	git_tree *tree; /* NULL: there is none */
};

struct commit_state {
	struct git_library *git;
	git_tree *root;
	pthread_mutex_t mutex; /* guards directories */
	FMR_VEC(struct directory) directories; /* by path */
};

/* ---- finding entries ---- */

/* Position of the directory in the sorted list, or where it belongs. */
static bool find_directory(const struct commit_state *state, const char *path, size_t length, size_t *position)
{
	size_t low = 0, high = state->directories.count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *other = state->directories.items[middle].path;
		int order = strncmp(other, path, length);
		if (order == 0 && other[length])
			order = 1;
		if (order == 0) {
			*position = middle;
			return true;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*position = low;
	return false;
}

/* The tree of a directory (borrowed), or *out NULL.  The mutex is held. */
static int directory_at(struct commit_state *state, const char *path, size_t length, git_tree **out,
	struct fmr_err *err)
{
	size_t position;
	*out = state->root;
	if (length == 0)
		return 0;
	if (find_directory(state, path, length, &position)) {
		*out = state->directories.items[position].tree;
		return 0;
	}
	size_t above = length;
	while (above > 0 && path[above - 1] != '/')
		above--;
	git_tree *parent, *tree = NULL;
	int result = directory_at(state, path, above ? above - 1 : 0, &parent, err);
	if (result != 0)
		return result;
	char *name = fmr_strndup(path + above, length - above);
	const git_tree_entry *entry = parent ? state->git->git_tree_entry_byname(parent, name) : NULL;
	free(name);
	if (entry && state->git->git_tree_entry_filemode(entry) == GIT_FILEMODE_TREE) {
		int code = state->git->git_tree_lookup(&tree, state->git->repository, state->git->git_tree_entry_id(entry));
		if (code < 0)
			return fmr_git_error(state->git, code, err, _("cannot read the directory '%.*s'"), (int)length, path);
	}
	(void)find_directory(state, path, length, &position);
	(void)FMR_VEC_ADD(&state->directories);
	struct directory *items = state->directories.items;
	memmove(items + position + 1, items + position, (state->directories.count - 1 - position) * sizeof(*items));
	items[position] = (struct directory){ fmr_strndup(path, length), tree };
	*out = tree;
	return 0;
}

/* Looks are bounded as walks are; each level is kept, with its whole path. */
static int check_depth(const char *path, struct fmr_err *err)
{
	unsigned depth = 0;
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/'))
		if (++depth > TREE_DEPTH)
			return fmr_err_set(err, FMR_ERR_LIMIT, _("'%.*s' is nested too deeply"), (int)(slash - path), path);
	return 0;
}

struct blob {
	git_oid id;
	unsigned mode;
};

static int blob_at(struct fmr_view *view, const char *path, struct blob *blob, struct fmr_err *err)
{
	struct commit_state *state = view->state;
	const char *slash = strrchr(path, '/');
	git_tree *parent;
	int result = check_depth(path, err);
	if (result != 0)
		return result;
	pthread_mutex_lock(&state->mutex);
	result = directory_at(state, path, slash ? (size_t)(slash - path) : 0, &parent, err);
	if (result == 0) {
		const git_tree_entry *entry =
			parent ? state->git->git_tree_entry_byname(parent, slash ? slash + 1 : path) : NULL;
		if (entry) {
			blob->id = *state->git->git_tree_entry_id(entry);
			blob->mode = (unsigned)state->git->git_tree_entry_filemode(entry);
		} else {
			result = fmr_err_set(err, FMR_ERR_NOT_FOUND, _("there is no '%s' in %s"), path, view->name);
		}
	}
	pthread_mutex_unlock(&state->mutex);
	return result;
}

/* Fetching what a partial clone lacks is left to git and its user: reading starts no program that a config names. */
static int cannot_read(struct fmr_view *view, int code, const char *path, struct fmr_err *err)
{
	const struct git_library *git = ((struct commit_state *)view->state)->git;
	int result = fmr_git_error(git, code, err, _("cannot read '%s' in %s"), path, view->name);
	if (code == GIT_ENOTFOUND && view->store->partial_clone)
		fmr_err_hint(err, _("this is a partial clone; git can fetch what it lacks: git archive %s >/dev/null"),
			view->name);
	return result;
}

static int blob_size(struct fmr_view *view, const struct blob *blob, const char *path, size_t *size,
	struct fmr_err *err)
{
	const struct git_library *git = ((struct commit_state *)view->state)->git;
	git_object_t type;
	int code = git->git_odb_read_header(size, &type, git->odb, &blob->id);
	return code < 0 ? cannot_read(view, code, path, err) : 0;
}

static bool is_file(unsigned mode)
{
	return mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE;
}

static int commit_entry(struct fmr_view *view, const char *path, struct fmr_entry *entry, struct fmr_err *err)
{
	struct blob blob;
	int result = blob_at(view, path, &blob, err);
	if (result != 0)
		return result;
	size_t size = 0;
	if (is_file(blob.mode))
		result = blob_size(view, &blob, path, &size, err);
	entry->mode = blob.mode;
	entry->size = size;
	return result;
}

static int commit_read(struct fmr_view *view, const char *path, size_t limit, struct fmr_str *out,
	struct fmr_entry *entry, struct fmr_err *err)
{
	const struct git_library *git = ((struct commit_state *)view->state)->git;
	struct blob blob;
	size_t size;
	int result = blob_at(view, path, &blob, err);
	if (result == 0 && !is_file(blob.mode))
		result = fmr_err_set(err, FMR_ERR_UNSUPPORTED, _("'%s' is not an ordinary file in %s"), path, view->name);
	if (result == 0)
		result = blob_size(view, &blob, path, &size, err); /* before it is unpacked */
	if (result == 0 && size > limit)
		result = fmr_err_set(err, FMR_ERR_LIMIT, _("'%s' is larger than %zu bytes"), path, limit);
	if (result != 0)
		return result;
	git_odb_object *object;
	int code = git->git_odb_read(&object, git->odb, &blob.id);
	if (code < 0)
		return cannot_read(view, code, path, err);
	if (git->git_odb_object_type(object) != GIT_OBJECT_BLOB)
		result = fmr_err_set(err, FMR_ERR_GIT, _("'%s' is no file content in %s"), path, view->name);
	else
		fmr_str_add(out, git->git_odb_object_data(object), git->git_odb_object_size(object));
	git->git_odb_object_free(object);
	if (entry) {
		entry->mode = blob.mode;
		entry->size = size;
	}
	return result;
}

/* ---- walking ---- */

struct walk {
	struct fmr_view *view;
	struct git_library *git;
	fmr_view_visit *visit;
	void *context;
	struct fmr_err *err;
	struct fmr_str path;
	unsigned depth;
};

static int walk_tree(struct walk *walk, git_tree *tree);

static int walk_into(struct walk *walk, const git_tree_entry *entry)
{
	if (walk->depth >= TREE_DEPTH)
		return fmr_err_set(walk->err, FMR_ERR_LIMIT, _("'%s' is nested too deeply"), walk->path.bytes);
	git_tree *tree;
	int code = walk->git->git_tree_lookup(&tree, walk->git->repository, walk->git->git_tree_entry_id(entry));
	if (code < 0)
		return fmr_git_error(walk->git, code, walk->err, _("cannot read the directory '%s' in %s"),
			walk->path.bytes, walk->view->name);
	fmr_str_putc(&walk->path, '/');
	walk->depth++;
	int result = walk_tree(walk, tree);
	walk->depth--;
	walk->git->git_tree_free(tree);
	return result;
}

static int walk_tree(struct walk *walk, git_tree *tree)
{
	const size_t length = walk->path.length, count = walk->git->git_tree_entrycount(tree);
	int result = 0;
	for (size_t i = 0; result == 0 && i < count; i++) {
		const git_tree_entry *entry = walk->git->git_tree_entry_byindex(tree, i);
		unsigned mode = (unsigned)walk->git->git_tree_entry_filemode(entry);
		fmr_str_puts(&walk->path, walk->git->git_tree_entry_name(entry));
		if (mode == GIT_FILEMODE_TREE) {
			result = walk_into(walk, entry);
		} else {
			const struct fmr_entry found = { .path = walk->path.bytes, .mode = mode };
			result = walk->visit(walk->context, &found);
		}
		fmr_str_truncate(&walk->path, length);
	}
	return result;
}

static int commit_each(struct fmr_view *view, const char *under, fmr_view_visit *visit, void *context,
	struct fmr_err *err)
{
	struct commit_state *state = view->state;
	git_tree *tree;
	int result = check_depth(under, err);
	if (result != 0)
		return result;
	pthread_mutex_lock(&state->mutex);
	result = directory_at(state, under, strlen(under), &tree, err);
	pthread_mutex_unlock(&state->mutex);
	if (result != 0 || !tree)
		return result;
	struct walk walk = { .view = view, .git = state->git, .visit = visit, .context = context, .err = err };
	fmr_str_init(&walk.path);
	fmr_str_puts(&walk.path, under);
	if (*under)
		fmr_str_putc(&walk.path, '/');
	result = walk_tree(&walk, tree);
	fmr_str_release(&walk.path);
	return result;
}

static void commit_close(struct fmr_view *view)
{
	struct commit_state *state = view->state;
	for (size_t i = 0; i < state->directories.count; i++) {
		free(state->directories.items[i].path);
		state->git->git_tree_free(state->directories.items[i].tree);
	}
	FMR_VEC_RELEASE(&state->directories);
	state->git->git_tree_free(state->root);
	pthread_mutex_destroy(&state->mutex);
	free(state);
}

static const struct view_kind commit_kind = {
	.kind = FMR_VIEW_COMMIT,
	.each = commit_each,
	.entry = commit_entry,
	.read = commit_read,
	.close = commit_close,
};

static int resolve(struct git_library *git, const char *revision, git_object_t type, git_object **out,
	struct fmr_err *err)
{
	git_object *object;
	int code = git->git_revparse_single(&object, git->repository, revision);
	if (code == GIT_ENOTFOUND)
		return fmr_err_set(err, FMR_ERR_NOT_FOUND, _("there is no revision '%s'"), revision);
	if (code < 0)
		return fmr_git_error(git, code, err, _("there is no revision '%s'"), revision);
	code = git->git_object_peel(out, object, type);
	git->git_object_free(object);
	return code < 0 ? fmr_git_error(git, code, err, _("'%s' names no commit"), revision) : 0;
}

int fmr_view_open_commit(struct fmr_view *view, const char *revision, struct fmr_err *err)
{
	struct git_library *git;
	git_object *commit = NULL;
	git_tree *root;
	int result = fmr_git_use(view->store, &git, err);
	if (result == 0)
		result = resolve(git, revision, GIT_OBJECT_COMMIT, &commit, err);
	if (result != 0)
		return result;
	int code = git->git_commit_tree(&root, (git_commit *)commit);
	char name[GIT_OID_HEXSZ + 1];
	git->git_oid_tostr(name, sizeof(name), git->git_object_id(commit));
	git->git_object_free(commit);
	if (code < 0)
		return fmr_git_error(git, code, err, _("cannot read the files of commit %s"), name);
	struct commit_state *state = fmr_alloc_zero(1, sizeof(*state));
	state->git = git;
	state->root = root;
	pthread_mutex_init(&state->mutex, NULL);
	view->state = state;
	view->name = fmr_strdup(name);
	view->way = &commit_kind;
	return 0;
}

/* ---- history ---- */

/* Does the history of a shallow clone begin with this commit?  It has parents then, which are not there. */
static bool is_shallow(const struct fmr_store *store, const struct git_library *git, git_commit *commit)
{
	char id[GIT_OID_HEXSZ + 1];
	git->git_oid_tostr(id, sizeof(id), git->git_object_id((git_object *)commit));
	char *path = fmr_format("%s/shallow", store->common_dir);
	struct fmr_str list;
	fmr_str_init(&list);
	bool found = fmr_file_read(AT_FDCWD, path, SHALLOW_LIMIT, false, &list, NULL) == 0 && strstr(list.bytes, id);
	fmr_str_release(&list);
	free(path);
	return found;
}

/* *out is NULL for a first commit. */
static int first_parent_tree(const struct fmr_store *store, struct git_library *git, git_commit *commit,
	git_tree **out, const char *name, struct fmr_err *err)
{
	*out = NULL;
	if (git->git_commit_parentcount(commit) == 0 || is_shallow(store, git, commit))
		return 0;
	git_commit *parent;
	int code = git->git_commit_parent(&parent, commit, 0);
	if (code < 0)
		return fmr_git_error(git, code, err, _("the parent of commit '%s' is missing"), name);
	code = git->git_commit_tree(out, parent);
	git->git_commit_free(parent);
	return code < 0 ? fmr_git_error(git, code, err, _("cannot read the parent of commit '%s'"), name) : 0;
}

static int visit_deltas(struct git_library *git, git_diff *diff, fmr_difference_visit *visit, void *context)
{
	int result = 0;
	for (size_t i = 0; result == 0 && i < git->git_diff_num_deltas(diff); i++) {
		const git_diff_delta *delta = git->git_diff_get_delta(diff, i);
		if (delta->status == GIT_DELTA_DELETED)
			result = visit(context, FMR_DELETED, delta->old_file.path);
		else
			result = visit(context, delta->status == GIT_DELTA_ADDED ? FMR_ADDED : FMR_MODIFIED,
				delta->new_file.path);
	}
	return result;
}

/* Visit the differences of two trees (NULL: an empty one). */
static int visit_between(struct git_library *git, git_tree *before, git_tree *after, const char *under,
	const char *name, fmr_difference_visit *visit, void *context, struct fmr_err *err)
{
	git_diff *diff = NULL;
	git_diff_options options;
	git->git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
	char *path = fmr_strdup(under);
	options.flags = GIT_DIFF_DISABLE_PATHSPEC_MATCH | GIT_DIFF_INCLUDE_TYPECHANGE | GIT_DIFF_SKIP_BINARY_CHECK;
	if (*under)
		options.pathspec = (git_strarray){ &path, 1 };
	int code = git->git_diff_tree_to_tree(&diff, git->repository, before, after, &options);
	free(path);
	int result = code < 0 ? fmr_git_error(git, code, err, _("cannot tell what commit '%s' changed"), name)
			      : visit_deltas(git, diff, visit, context);
	git->git_diff_free(diff);
	return result;
}

/* The tree of a revision; yours to free. */
static int tree_of(struct git_library *git, const char *revision, git_tree **out, struct fmr_err *err)
{
	git_object *commit = NULL;
	*out = NULL;
	int result = resolve(git, revision, GIT_OBJECT_COMMIT, &commit, err);
	if (result != 0)
		return result;
	int code = git->git_commit_tree(out, (git_commit *)commit);
	git->git_object_free(commit);
	return code < 0 ? fmr_git_error(git, code, err, _("cannot read the files of commit %s"), revision) : 0;
}

int fmr_store_changed(struct fmr_store *store, const char *commit, const char *under, fmr_difference_visit *visit,
	void *context, struct fmr_err *err)
{
	struct git_library *git;
	git_object *object = NULL;
	git_tree *before = NULL, *after = NULL;
	int result = fmr_git_use(store, &git, err);
	if (result == 0)
		result = resolve(git, commit, GIT_OBJECT_COMMIT, &object, err);
	if (result != 0)
		return result;
	result = first_parent_tree(store, git, (git_commit *)object, &before, commit, err);
	if (result == 0)
		result = tree_of(git, commit, &after, err);
	if (result == 0)
		result = visit_between(git, before, after, under, commit, visit, context, err);
	git->git_tree_free(after);
	git->git_tree_free(before);
	git->git_object_free(object);
	return result;
}

int fmr_store_between(struct fmr_store *store, const char *from, const char *to, const char *under,
	fmr_difference_visit *visit, void *context, struct fmr_err *err)
{
	struct git_library *git;
	git_tree *before = NULL, *after = NULL;
	int result = fmr_git_use(store, &git, err);
	if (result != 0)
		return result;
	result = tree_of(git, from, &before, err);
	if (result == 0)
		result = tree_of(git, to, &after, err);
	if (result == 0)
		result = visit_between(git, before, after, under, to, visit, context, err);
	git->git_tree_free(after);
	git->git_tree_free(before);
	return result;
}

/* Asked of git, not of libgit2: git knows that the history of a shallow clone ends early. */
int fmr_store_range(struct fmr_store *store, const char *range, fmr_commit_visit *visit, void *context,
	struct fmr_err *err)
{
	if (strstr(range, "...")) {
		int code = fmr_err_set(err, FMR_ERR_INVALID, _("the range '%s' has three dots"), range);
		fmr_err_hint(err, _("write A..B"));
		return code;
	}
	const char *const arguments[] = { "rev-list", "--topo-order", "--reverse", "--end-of-options", range, "--", NULL };
	struct fmr_str list, errors;
	fmr_str_init(&list);
	fmr_str_init(&errors);
	int status = 0;
	int result = fmr_git_run(store,
		&(struct git_call){ .arguments = arguments, .output = &list, .errors = &errors, .reading = true }, &status, err);
	if (result == 0 && status != 0) {
		char *what = fmr_format(_("there is no range of commits '%s'"), range);
		result = fmr_git_failed(&errors, err, what);
		free(what);
	}
	for (char *line = list.bytes, *end; result == 0 && (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		result = visit(context, line);
	}
	fmr_str_release(&list);
	fmr_str_release(&errors);
	return result;
}

int fmr_store_commit_at(struct fmr_store *store, int64_t seconds, struct fmr_str *commit, struct fmr_err *err)
{
	char *until = fmr_format("--min-age=%lld", (long long)seconds);
	const char *const arguments[] = { "rev-list", "-1", "--first-parent", until, "HEAD", "--", NULL };
	struct fmr_str errors;
	fmr_str_init(&errors);
	size_t before = commit->length;
	int status = 0;
	int result = fmr_git_run(store,
		&(struct git_call){ .arguments = arguments, .output = commit, .errors = &errors, .reading = true }, &status, err);
	if (result == 0 && status != 0)
		result = fmr_git_failed(&errors, err, _("there is no history"));
	while (commit->length > before && commit->bytes[commit->length - 1] == '\n')
		fmr_str_truncate(commit, commit->length - 1);
	if (result == 0 && commit->length == before)
		result = fmr_err_set(err, FMR_ERR_NOT_FOUND, "%s", _("the history begins later"));
	fmr_str_release(&errors);
	free(until);
	return result;
}
