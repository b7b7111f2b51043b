/*
 * Writing: files, index and commit change together or not at all.
 *
 * git itself stages and commits, so that identity, hooks, signatures, filters
 * and index formats are exactly git's.  `git commit --only` would keep other
 * staged changes out, but it reads the whole tree again (790 ms against
 * 470 ms with 100,000 files), so it is used only when something else is
 * staged.
 */
#include "store/repo.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "base/vec.h"
#include "store/hooks.h"
#include "store/compare.h"
#include "store/gitindex.h"
#include "store/index_copy.h"
#include "store/program.h"
#include "store/ready.h"
#include "store/sign.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	LOCK_TIMEOUT = 60,       /* seconds */
	INDEX_LOCK_TIMEOUT = 2,  /* seconds to wait for another git to let go of the index */
	MANY_FILES = 64,         /* from here on the disk is synced once, not file by file */
	MANY_BYTES = 64 * 1024,  /* of path names on a command line */
};

/* ---- the lock ---- */

int fmr_store_lock(struct fmr_store *store, int timeout, struct fmr_err *err)
{
	if (store->lock_depth > 0) {
		store->lock_depth++;
		return 0;
	}
	const char *held = getenv("FMREC_LOCK_HELD");
	if (held && strcmp(held, store->private_dir) == 0) {
		fmr_err_set(err, FMR_ERR_LOCKED, _("fmrec is committing to this repository and has called this command"));
		fmr_err_hint(err, _("a hook cannot change records while fmrec commits"));
		return FMR_ERR_LOCKED;
	}
	int result = fmr_store_private_make(store, NULL, err);
	if (result != 0)
		return result;
	char *path = fmr_format("%s/lock", store->private_dir);
	result = fmr_lock_take(path, timeout ? timeout : LOCK_TIMEOUT, &store->lock, err);
	free(path);
	if (result == 0)
		store->lock_depth = 1;
	return result;
}

void fmr_store_unlock(struct fmr_store *store)
{
	if (store->lock_depth == 0 || --store->lock_depth > 0)
		return;
	close(store->lock);
	store->lock = -1;
}

/* ---- what was left by a writer that died ---- */

/* A file of the private directory, which may be lost in a crash. */
static int write_note(const char *path, const struct fmr_str *text, mode_t mode, struct fmr_err *err)
{
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
	if (file < 0)
		return fmr_err_system(err, errno, _("cannot write '%s'"), path);
	int number = fmr_write_all(file, text->bytes, text->length) != 0 ? errno : 0;
	if (close(file) != 0 && !number)
		number = errno;
	return number ? fmr_err_system(err, number, _("cannot write '%s'"), path) : 0;
}

/* The journal names the work tree and the directories where temporary files may lie. */
static char *journal_path(const struct fmr_store *store)
{
	return fmr_format("%s/journal", store->private_dir);
}

static void journal_end(const struct fmr_store *store, const struct fmr_file_undo *undo, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (undo[i].litter)
			return; /* the next change tries again */
	char *path = journal_path(store);
	unlink(path);
	free(path);
}

static void sweep(const struct fmr_store *store)
{
	struct fmr_str text;
	fmr_str_init(&text);
	char *path = journal_path(store);
	int top = -1;
	if (fmr_file_read(AT_FDCWD, path, 16 << 20, true, &text, NULL) == 0) {
		for (char *line = text.bytes, *end; (end = strchr(line, '\n')); line = end + 1) {
			*end = '\0';
			if (top >= 0) {
				fmr_directory_sweep(top, line);
				continue;
			}
			top = open(line, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
			if (top < 0)
				break;
		}
		fmr_directory_sweep(AT_FDCWD, store->private_dir);
		unlink(path);
	}
	if (top >= 0)
		close(top);
	free(path);
	fmr_str_release(&text);
}

static int journal_begin(const struct fmr_store *store, const struct fmr_change *changes, size_t count,
	struct fmr_err *err)
{
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_printf(&text, "%s\n", store->work_tree);
	const char *last = NULL;
	size_t last_length = 0;
	for (size_t i = 0; i < count; i++) {
		const char *slash = strrchr(changes[i].path, '/');
		size_t length = slash ? (size_t)(slash - changes[i].path) : 0;
		if (last && length == last_length && memcmp(last, changes[i].path, length) == 0)
			continue;
		fmr_str_add(&text, changes[i].path, length);
		fmr_str_putc(&text, '\n');
		last = changes[i].path;
		last_length = length;
	}
	char *path = journal_path(store);
	int result = write_note(path, &text, 0666, err);
	if (result != 0)
		unlink(path);
	free(path);
	fmr_str_release(&text);
	return result;
}

/* ---- may we? ---- */

static bool names_git_dir(const char *path)
{
	for (const char *part = path; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL) {
		size_t length = strcspn(part, "/");
		if ((length == 4 && strncasecmp(part, ".git", 4) == 0) || (length == 5 && strncasecmp(part, "git~1", 5) == 0))
			return true;
	}
	return false;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int check_paths(const char *const *sorted, size_t count, struct fmr_err *err)
{
	for (size_t i = 0; i < count; i++) {
		if (!fmr_path_is_inside(sorted[i]) || names_git_dir(sorted[i]))
			return fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is not a path inside the repository"), sorted[i]);
		if (i > 0 && strcmp(sorted[i], sorted[i - 1]) == 0)
			return fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is to be changed twice"), sorted[i]);
	}
	return 0;
}

static bool index_is_locked(const struct fmr_store *store)
{
	char *path = fmr_format("%s.lock", store->index_file);
	struct stat st;
	bool locked = lstat(path, &st) == 0;
	free(path);
	return locked;
}

/* Other gits hold the index for moments; one that died holds it for ever. */
static int wait_for_index(const struct fmr_store *store, struct fmr_err *err)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	for (int i = 0; index_is_locked(store); i++) {
		if (i >= INDEX_LOCK_TIMEOUT * 100) {
			fmr_err_set(err, FMR_ERR_LOCKED, _("'%s.lock' exists: another git is at work, or one died"),
				store->index_file);
			fmr_err_hint(err, _("if no git is running: rm '%s.lock'"), store->index_file);
			return FMR_ERR_LOCKED;
		}
		nanosleep(&pause, NULL);
	}
	return 0;
}

/* ---- one change of several files ---- */

/* What the index said of one of our paths, where it differed from HEAD. */
struct earlier {
	char *path;
	unsigned mode; /* 0: not in the index */
	char id[41];
};

struct apply {
	struct fmr_store *store;
	const struct fmr_change *changes;
	size_t count;
	const struct fmr_commit_options *options;
	struct fmr_commit_result *result;
	const char **sorted; /* the paths */
	struct fmr_file_undo *undo;
	size_t done;         /* files changed */
	bool staged;
	struct head head;
	FMR_VEC(struct earlier) earlier;
	bool others_staged;  /* paths that are not ours */
	char *conflict;      /* a path with an unresolved conflict, or NULL */
	int backups;         /* directory for old files while it is not sure that the new ones stay */
	struct index_copy index; /* as it was before */
};

static bool is_ours(const void *context, const char *path)
{
	const struct apply *apply = context;
	return bsearch(&path, apply->sorted, apply->count, sizeof(*apply->sorted), by_path) != NULL;
}

static int note_staged(void *context, const struct staged_entry *entry)
{
	struct apply *apply = context;
	if (entry->status == 'U' && !apply->conflict)
		apply->conflict = fmr_strdup(entry->path);
	if (!is_ours(apply, entry->path)) {
		apply->others_staged = true;
		return 0;
	}
	struct earlier *earlier = FMR_VEC_ADD(&apply->earlier);
	*earlier = (struct earlier){ .path = fmr_strdup(entry->path), .mode = entry->new_mode };
	memcpy(earlier->id, entry->new_id, sizeof(earlier->id));
	return 0;
}

/* Before a file is touched. */
static int need_key(struct fmr_store *store, struct fmr_err *err)
{
	struct fmr_str key;
	fmr_str_init(&key);
	int result = fmr_store_signing_key(store, &key, err);
	fmr_str_release(&key);
	return result;
}

static int check(struct apply *apply, struct fmr_err *err)
{
	struct fmr_store *store = apply->store;
	const bool commits = !apply->options->no_commit && !apply->options->no_stage;
	int result = 0;
	if (commits)
		result = fmr_refuse_unfinished(store, err);
	if (result == 0 && commits)
		result = fmr_need_identity(store, err);
	if (result == 0 && commits && apply->options->sign)
		result = need_key(store, err);
	if (result == 0 && !apply->options->no_stage)
		result = wait_for_index(store, err);
	for (size_t i = 0; result == 0 && apply->count > 1 && i < apply->count; i++)
		result = fmr_file_expect(store->top, apply->changes[i].path, apply->changes[i].expected, err);
	if (result == 0)
		result = fmr_head_read(store, &apply->head, err);
	/* What is staged of ours has to be there again after a failure; what is not ours stays out of the commit. */
	if (result == 0 && !apply->options->no_stage)
		fmr_index_copy_note(store, &apply->index);
	if (result == 0 && !apply->options->no_stage && !fmr_git_index_is_head(store, apply->head.commit))
		result = fmr_staged_each(store, &apply->head, "", note_staged, apply, err);
	if (result == 0 && commits && apply->conflict) {
		result = fmr_err_set(err, FMR_ERR_REFUSED, _("'%s' has an unresolved conflict: nothing was changed"),
			apply->conflict);
		fmr_err_hint(err, _("resolve it, then 'git add' it"));
	}
	return result;
}

static int change_files(struct apply *apply, struct fmr_err *err)
{
	const bool many = apply->count >= MANY_FILES;
	apply->backups = open(apply->store->private_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result = apply->backups < 0 ? fmr_err_system(err, errno, _("cannot open '%s'"), apply->store->private_dir)
					: journal_begin(apply->store, apply->changes, apply->count, err);
	if (result == 0 && !apply->options->no_stage)
		fmr_index_copy_take(apply->store, &apply->index);
	for (; result == 0 && apply->done < apply->count; apply->done++) {
		const struct fmr_change *change = &apply->changes[apply->done];
		const struct fmr_file_edit edit = { .path = change->path, .expected = change->expected,
			.bytes = change->bytes, .length = change->length, .mode = 0666, .later = many };
		result = fmr_file_change(apply->store->top, apply->backups, &edit, &apply->undo[apply->done], err);
		if (result != 0)
			break;
	}
	if (result == 0 && many)
		result = fmr_file_sync_all(apply->store->top, err);
	return result;
}

/* ---- staging ---- */

static int update_index(struct apply *apply, const char *how, const struct fmr_str *input, struct fmr_err *err)
{
	const char *const add[] = { "update-index", "--add", "--remove", "-z", "--stdin", NULL };
	const char *const info[] = { "update-index", "-z", "--index-info", NULL };
	struct fmr_str errors;
	fmr_str_init(&errors);
	const struct git_call call = { .arguments = strcmp(how, "info") == 0 ? info : add, .input = input->bytes,
		.input_length = input->length, .errors = &errors, .locked = true };
	int result, status = 0;
	for (int again = 0;; again++) {
		fmr_str_clear(&errors);
		result = fmr_git_run(apply->store, &call, &status, err);
		if (result != 0 || status == 0 || again == 3 || !index_is_locked(apply->store) ||
			wait_for_index(apply->store, NULL) != 0)
			break;
	}
	if (result == 0 && status != 0)
		result = fmr_git_failed(&errors, err, _("git cannot stage the change"));
	fmr_str_release(&errors);
	return result;
}

static int note_others(void *context, const struct staged_entry *entry)
{
	struct apply *apply = context;
	apply->others_staged |= !is_ours(apply, entry->path);
	return 0;
}

/* What somebody else staged since we looked, while our files were brought to the disk. */
static int note_latecomers(struct apply *apply, struct fmr_err *err)
{
	if (fmr_index_copy_is_current(apply->store, &apply->index))
		return 0;
	return fmr_staged_each(apply->store, &apply->head, "", note_others, apply, err);
}

static int stage(struct apply *apply, struct fmr_err *err)
{
	struct fmr_str paths;
	fmr_str_init(&paths);
	for (size_t i = 0; i < apply->count; i++)
		fmr_str_add(&paths, apply->changes[i].path, strlen(apply->changes[i].path) + 1);
	apply->staged = true; /* perhaps, if git is not heard of again */
	int result = note_latecomers(apply, err);
	if (result == 0)
		result = update_index(apply, "add", &paths, err);
	fmr_str_release(&paths);
	return result;
}

/* ---- the commit ---- */

struct collect {
	const struct apply *apply;
	struct fmr_str *pathspecs; /* NUL after each */
	struct fmr_str *heads;     /* index entries as HEAD has them, for --index-info */
	size_t count;
};

static int collect_ours(void *context, const struct staged_entry *entry)
{
	struct collect *collect = context;
	if (!is_ours(collect->apply, entry->path))
		return 0;
	collect->count++;
	if (collect->pathspecs) {
		fmr_str_printf(collect->pathspecs, ":(top,literal)%s", entry->path);
		fmr_str_putc(collect->pathspecs, '\0');
	}
	if (collect->heads) {
		fmr_str_printf(collect->heads, "%o %s\t%s", entry->old_mode, entry->old_id, entry->path);
		fmr_str_putc(collect->heads, '\0');
	}
	return 0;
}

static int write_pathspecs(const struct fmr_store *store, const struct fmr_str *pathspecs, char **path,
	struct fmr_err *err)
{
	*path = fmr_format("%s/paths", store->private_dir);
	return write_note(*path, pathspecs, 0600, err);
}

struct words {
	const char **items;
	size_t count, capacity;
};

/* Settings for git that make it sign with the user's SSH key: all of them, so that none of another kind remains. */
struct signing {
	char *key, *program;
};

static int find_signing(struct fmr_store *store, struct signing *signing, struct fmr_err *err)
{
	struct fmr_str text;
	fmr_str_init(&text);
	int result = fmr_signing_key_name(store, &text, err);
	signing->key = fmr_format("user.signingKey=%s", text.bytes);
	fmr_str_clear(&text);
	fmr_signing_program(store, &text);
	signing->program = fmr_format("gpg.ssh.program=%s", text.bytes);
	fmr_str_release(&text);
	return result;
}

static void put_signing(const struct signing *signing, struct words *arguments)
{
	const char *const settings[] = { "gpg.format=ssh", signing->key, signing->program };
	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++) {
		FMR_VEC_PUSH(arguments, "-c");
		FMR_VEC_PUSH(arguments, settings[i]);
	}
}

static int run_commit(struct apply *apply, const struct fmr_str *pathspecs, int *status, struct fmr_str *errors,
	struct fmr_err *err)
{
	struct words arguments = { 0 };
	struct signing signing = { 0 };
	int result = apply->options->sign ? find_signing(apply->store, &signing, err) : 0;
	if (signing.key)
		put_signing(&signing, &arguments);
	const char *const usual[] = { "commit", "--quiet", "--cleanup=whitespace", "--file=-" };
	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++)
		FMR_VEC_PUSH(&arguments, usual[i]);
	if (apply->options->no_verify)
		FMR_VEC_PUSH(&arguments, "--no-verify");
	if (signing.key)
		FMR_VEC_PUSH(&arguments, "--gpg-sign");
	char *file = NULL, *from = NULL;
	if (result == 0 && pathspecs && pathspecs->length > MANY_BYTES) {
		result = write_pathspecs(apply->store, pathspecs, &file, err);
		from = fmr_format("--pathspec-from-file=%s", file);
		FMR_VEC_PUSH(&arguments, "--only");
		FMR_VEC_PUSH(&arguments, from);
		FMR_VEC_PUSH(&arguments, "--pathspec-file-nul");
	} else if (pathspecs) {
		FMR_VEC_PUSH(&arguments, "--only");
		FMR_VEC_PUSH(&arguments, "--");
		for (const char *p = pathspecs->bytes; p < pathspecs->bytes + pathspecs->length; p += strlen(p) + 1)
			FMR_VEC_PUSH(&arguments, p);
	}
	FMR_VEC_PUSH(&arguments, NULL);
	const struct git_call call = { .arguments = arguments.items, .input = apply->options->message,
		.input_length = strlen(apply->options->message), .errors = errors, .show_errors = true, .locked = true };
	if (result == 0)
		result = fmr_git_run(apply->store, &call, status, err);
	if (file)
		unlink(file);
	free(file);
	free(from);
	free(signing.key);
	free(signing.program);
	FMR_VEC_RELEASE(&arguments);
	return result;
}

static int commit_failed(struct apply *apply, int status, const struct fmr_str *errors, struct fmr_err *err)
{
	if (status == 128 + SIGINT || status == 128 + SIGTERM || status == 128 + SIGHUP || status == 128 + SIGKILL)
		return fmr_err_set(err, FMR_ERR_ABORTED, _("git commit was interrupted"));
	if (status != 1)
		return fmr_git_failed(errors, err, _("git refused the commit"));
	const char *hook = fmr_hooks_that_may_refuse(apply->store, apply->options->no_verify);
	char *what = hook ? fmr_format(_("the hook %s refused the commit"), hook)
			  : fmr_strdup(_("a hook refused the commit"));
	fmr_git_failed(errors, err, what);
	free(what);
	if (err)
		err->code = FMR_ERR_REFUSED;
	return FMR_ERR_REFUSED;
}

/* Does HEAD hold our paths as the index does? */
static bool holds_ours(const struct head *head, const struct apply *apply)
{
	struct collect collect = { .apply = apply };
	return fmr_staged_each(apply->store, head, "", collect_ours, &collect, NULL) == 0 && collect.count == 0;
}

/* git can be killed when it has made the commit, by one who is tired of a slow post-commit hook: then nothing must be
 * put back any more. */
static bool has_committed(const struct apply *apply)
{
	struct head head;
	return fmr_head_read(apply->store, &head, NULL) == 0 && strcmp(head.commit, apply->head.commit) != 0 &&
		holds_ours(&head, apply);
}

/* Commit what is staged of ours.  Nothing to commit is no error: result->commit stays empty. */
static int commit(struct apply *apply, struct fmr_err *err)
{
	struct fmr_str errors, pathspecs;
	fmr_str_init(&errors);
	fmr_str_init(&pathspecs);
	int status = -1, result = 0;
	struct collect collect = { .apply = apply, .pathspecs = &pathspecs };
	if (apply->others_staged) {
		result = fmr_staged_each(apply->store, &apply->head, "", collect_ours, &collect, err);
		if (result != 0 || collect.count == 0)
			goto out;
	}
	for (int again = 0;; again++) {
		fmr_str_clear(&errors);
		result = run_commit(apply, apply->others_staged ? &pathspecs : NULL, &status, &errors, err);
		/* git takes the lock of the index before it runs any hook */
		if (result != 0 || status == 0 || status > 128 || again == 3 || !index_is_locked(apply->store) ||
			wait_for_index(apply->store, NULL) != 0)
			break;
	}
	if (status == 0 || has_committed(apply)) { /* whatever happens now, or went wrong while we listened */
		result = 0;
		struct head head;
		bool known = fmr_head_read(apply->store, &head, NULL) == 0 && *head.commit;
		snprintf(apply->result->commit, sizeof(apply->result->commit), "%s", known ? head.commit : "HEAD");
		goto out;
	}
	if (result != 0)
		goto out;
	if (status == 1 && holds_ours(&apply->head, apply))
		goto out; /* the files are again as HEAD has them */
	result = commit_failed(apply, status, &errors, err);
out:
	fmr_str_release(&errors);
	fmr_str_release(&pathspecs);
	return result;
}

/* ---- going back ---- */

/* The index entries of our paths as they were: HEAD's, but for those that were staged before. */
static int unstage(struct apply *apply, struct fmr_err *err)
{
	struct fmr_str entries;
	fmr_str_init(&entries);
	struct collect collect = { .apply = apply, .heads = &entries };
	int result = wait_for_index(apply->store, err);
	if (result == 0 && fmr_index_copy_restore(apply->store, &apply->index, is_ours, apply))
		goto out;
	if (result == 0)
		result = fmr_staged_each(apply->store, &apply->head, "", collect_ours, &collect, err);
	for (size_t i = 0; i < apply->earlier.count; i++) {
		const struct earlier *earlier = &apply->earlier.items[i];
		fmr_str_printf(&entries, "%o %s\t%s", earlier->mode, earlier->id, earlier->path);
		fmr_str_putc(&entries, '\0');
	}
	if (result == 0 && entries.length)
		result = update_index(apply, "info", &entries, err);
out:
	fmr_str_release(&entries);
	return result;
}

static void refresh_index(struct apply *apply)
{
	const char *const arguments[] = { "update-index", "-q", "--refresh", NULL };
	struct fmr_str errors;
	fmr_str_init(&errors);
	int status;
	(void)fmr_git_run(apply->store, &(struct git_call){ .arguments = arguments, .errors = &errors, .locked = true },
		&status, NULL);
	fmr_str_release(&errors);
}

/* Keeps the first error; what could not be put back becomes its hint. */
static void go_back(struct apply *apply, struct fmr_err *err)
{
	struct fmr_err own = { 0 };
	bool whole = true;
	for (size_t i = apply->done; i-- > 0;)
		if (fmr_file_undo(&apply->undo[i], whole ? &own : NULL) != 0)
			whole = false;
	if (apply->staged) {
		if (unstage(apply, whole ? &own : NULL) != 0)
			whole = false;
		refresh_index(apply);
	}
	if (!whole)
		fmr_err_hint(err, _("not everything could be put back: %s"), own.text);
	else if (err && !err->hint[0])
		fmr_err_hint(err, _("files and index are as they were before"));
}

/* ---- all together ---- */

static int run(struct apply *apply, struct fmr_err *err)
{
	int result = check(apply, err);
	if (result != 0)
		return result;
	/* An interrupt ends git, which is seen here as a failure; then everything is put back before it ends us. */
	sigset_t ends, before;
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &ends, &before);
	result = change_files(apply, err);
	if (result == 0 && !apply->options->no_stage)
		result = stage(apply, err);
	if (result == 0 && !apply->options->no_stage && !apply->options->no_commit)
		result = commit(apply, err);
	if (result != 0) {
		go_back(apply, err);
	} else {
		for (size_t i = 0; i < apply->done; i++)
			fmr_file_keep(&apply->undo[i]);
	}
	if (fmr_index_copy_drop(&apply->index)) /* else the next change tries again */
		journal_end(apply->store, apply->undo, apply->count);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	snprintf(apply->result->branch, sizeof(apply->result->branch), "%s", apply->head.branch);
	return result;
}

int fmr_store_apply(struct fmr_store *store, const struct fmr_change *changes, size_t count,
	const struct fmr_commit_options *options, struct fmr_commit_result *result, struct fmr_err *err)
{
	struct fmr_commit_result own = { 0 };
	struct apply apply = { .store = store, .changes = changes, .count = count, .options = options,
		.result = result ? result : &own, .backups = -1 };
	*apply.result = (struct fmr_commit_result){ 0 };
	if (!store->work_tree)
		return fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is a bare repository: it has no work tree"),
			store->git_dir);
	if (count == 0)
		return 0;
	apply.sorted = fmr_alloc_zero(count, sizeof(*apply.sorted));
	apply.undo = fmr_alloc_zero(count, sizeof(*apply.undo));
	for (size_t i = 0; i < count; i++)
		apply.sorted[i] = changes[i].path;
	qsort(apply.sorted, count, sizeof(*apply.sorted), by_path);
	int code = check_paths(apply.sorted, count, err);
	if (code == 0)
		code = fmr_store_lock(store, options->lock_timeout, err);
	if (code == 0) {
		sweep(store);
		code = run(&apply, err);
		fmr_store_unlock(store);
	}
	for (size_t i = 0; i < apply.earlier.count; i++)
		free(apply.earlier.items[i].path);
	FMR_VEC_RELEASE(&apply.earlier);
	if (apply.backups >= 0)
		close(apply.backups);
	free(apply.conflict);
	free(apply.sorted);
	free(apply.undo);
	return code;
}
