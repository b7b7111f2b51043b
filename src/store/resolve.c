/*
 * Which commit a revision is, and what is unusual about the repository: asked by those who believe nothing of what
 * its configuration says.
 */
#include "base/alloc.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "store/program.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

enum { COMMIT_LIMIT = 1 << 20, GRAFTS_LIMIT = 64 << 20, PACKED_REFS_LIMIT = 256 << 20 };

/* ---- revisions ---- */

static int ask_git(struct fmr_store *store, const char *revision, struct fmr_oid *commit, struct fmr_err *err)
{
	char *peeled = fmr_format("%s^{commit}", revision);
	const char *const arguments[] = { "rev-parse", "--quiet", "--verify", "--end-of-options", peeled, NULL };
	struct fmr_str out, errors;
	fmr_str_init(&out);
	fmr_str_init(&errors);
	int status = 0;
	int result = fmr_git_run(store,
		&(struct git_call){ .arguments = arguments, .output = &out, .errors = &errors, .reading = true }, &status, err);
	fmr_str_truncate(&out, strcspn(out.bytes, "\n"));
	if (result == 0 && status > 1) { /* not only that there is none: a repository of somebody else's, a broken one */
		char *what = fmr_format(_("git cannot look up '%s'"), revision);
		result = fmr_git_failed(&errors, err, what);
		free(what);
	}
	if (result == 0 && (status != 0 || !fmr_oid_parse(out.bytes, commit)))
		result = fmr_err_set(err, FMR_ERR_NOT_FOUND, _("there is no revision '%s'"), revision);
	fmr_str_release(&out);
	fmr_str_release(&errors);
	free(peeled);
	return result;
}

int fmr_store_resolve(struct fmr_store *store, const char *revision, struct fmr_oid *commit, struct fmr_err *err)
{
	struct head head = { 0 };
	if (strcmp(revision, "HEAD") == 0) {
		int result = fmr_head_read(store, &head, err);
		if (result != 0)
			return result;
		if (fmr_oid_parse(head.commit, commit))
			return 0;
	}
	struct fmr_str bytes;
	fmr_str_init(&bytes);
	const bool is_commit = fmr_oid_parse(revision, commit) &&
		fmr_store_object(store, commit, FMR_OBJECT_COMMIT, COMMIT_LIMIT, &bytes, NULL) == 0;
	fmr_str_release(&bytes);
	return is_commit ? 0 : ask_git(store, revision, commit, err);
}

/* ---- oddities ---- */

/* Does the file have any bytes?  named: by an environment variable of git's, or NULL. */
static bool has_bytes(const char *named, const char *directory, const char *name)
{
	char *path = named && *named ? fmr_strdup(named) : fmr_format("%s/%s", directory, name);
	struct fmr_str text;
	fmr_str_init(&text);
	const int result = fmr_file_read(AT_FDCWD, path, GRAFTS_LIMIT, false, &text, NULL);
	const bool has = text.length > 0 || (result != 0 && result != FMR_ERR_NOT_FOUND);
	fmr_str_release(&text);
	free(path);
	return has;
}

/* Has the directory an entry with this ending? */
static bool holds_any(const char *directory, const char *name, const char *end)
{
	char *path = fmr_format("%s/%s", directory, name);
	DIR *list = opendir(path);
	bool any = false;
	for (struct dirent *entry; list && !any && (entry = readdir(list));) {
		const size_t length = strlen(entry->d_name);
		any = entry->d_name[0] != '.' && length >= strlen(end) &&
			strcmp(entry->d_name + length - strlen(end), end) == 0;
	}
	if (list)
		closedir(list);
	free(path);
	return any;
}

static bool has_setting(struct fmr_store *store, const char *key)
{
	struct fmr_str value;
	fmr_str_init(&value);
	const bool has = fmr_store_git_config(store, key, &value, NULL) == 0;
	fmr_str_release(&value);
	return has;
}

/* References that are kept in another way than as files. */
static int ask_replaced(struct fmr_store *store, bool *replaced, struct fmr_err *err)
{
	const char *const arguments[] = { "for-each-ref", "--count=1", "--format=%(refname)", "refs/replace/", NULL };
	struct fmr_str out, errors;
	fmr_str_init(&out);
	fmr_str_init(&errors);
	int status = 0;
	int result = fmr_git_run(store,
		&(struct git_call){ .arguments = arguments, .output = &out, .errors = &errors, .reading = true }, &status, err);
	if (result == 0 && status != 0)
		result = fmr_git_failed(&errors, err, _("git cannot list the replaced objects"));
	*replaced = out.length > 0;
	fmr_str_release(&out);
	fmr_str_release(&errors);
	return result;
}

static int look_for_replaced(struct fmr_store *store, bool *replaced, struct fmr_err *err)
{
	if (has_setting(store, "extensions.refstorage"))
		return ask_replaced(store, replaced, err);
	*replaced = holds_any(store->common_dir, "refs/replace", "");
	if (*replaced)
		return 0;
	struct fmr_str text;
	fmr_str_init(&text);
	char *path = fmr_format("%s/packed-refs", store->common_dir);
	int result = fmr_file_read(AT_FDCWD, path, PACKED_REFS_LIMIT, false, &text, err);
	*replaced = result == 0 && strstr(text.bytes, " refs/replace/");
	free(path);
	fmr_str_release(&text);
	return result == FMR_ERR_NOT_FOUND ? 0 : result;
}

int fmr_store_oddities(struct fmr_store *store, struct fmr_store_oddities *out, struct fmr_err *err)
{
	*out = (struct fmr_store_oddities){
		.shallow = has_bytes(getenv("GIT_SHALLOW_FILE"), store->common_dir, "shallow"),
		.grafted = has_bytes(getenv("GIT_GRAFT_FILE"), store->common_dir, "info/grafts"),
		.partial = store->partial_clone || holds_any(store->common_dir, "objects/pack", ".promisor") ||
			has_setting(store, "extensions.partialclone"),
	};
	return look_for_replaced(store, &out->replaced, err);
}
