/* The work tree against the index, as git compares them: by stat data where that answers, else by content. */
#include "store/repo.h"

#include "base/alloc.h"
#include "base/digest.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "store/gitindex.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STAT_CTIME = 0, STAT_MTIME = 8, STAT_INODE = 20, STAT_SIZE = 36, LARGEST = 256 << 20 };

struct comparison {
	struct fmr_store *store;
	struct gitindex index;
	struct timespec written; /* when the index was: files changed since that moment must be read */
	size_t next;             /* of the index, not yet compared */
	size_t end;              /* behind the last entry below `under` */
	size_t next_conflict;
	bool crlf;               /* core.autocrlf: CRLF in the work tree is LF in the index */
	fmr_difference_visit *visit;
	void *context;
};

static uint32_t be32(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool same_time(const unsigned char *kept, const struct timespec *now)
{
	return be32(kept) == (uint32_t)now->tv_sec && be32(kept + 4) == (uint32_t)now->tv_nsec;
}

/* A file written in the same moment as the index, or after it, may have changed without a sign. */
static bool is_racy(const struct comparison *work, const struct timespec *changed)
{
	return changed->tv_sec > work->written.tv_sec ||
		(changed->tv_sec == work->written.tv_sec && changed->tv_nsec >= work->written.tv_nsec);
}

static bool stat_answers(const struct comparison *work, const struct gitindex_entry *entry, const struct stat *st)
{
	return entry->stat && same_time(entry->stat + STAT_MTIME, &st->st_mtim) &&
		same_time(entry->stat + STAT_CTIME, &st->st_ctim) && be32(entry->stat + STAT_INODE) == (uint32_t)st->st_ino &&
		be32(entry->stat + STAT_SIZE) == (uint32_t)st->st_size && !is_racy(work, &st->st_mtim);
}

/* ---- contents ---- */

static void to_hex(const unsigned char *id, char out[41])
{
	for (size_t i = 0; i < 20; i++)
		snprintf(out + 2 * i, 3, "%02x", id[i]);
}

static bool has_id(const struct fmr_str *text, const char *wanted)
{
	char id[FMR_BLOB_TEXT];
	return fmr_digest_blob(text->bytes, text->length, id) == 0 && strcmp(id, wanted) == 0;
}

static void drop_returns(struct fmr_str *text)
{
	size_t kept = 0;
	for (size_t i = 0; i < text->length; i++)
		if (text->bytes[i] != '\r' || i + 1 == text->length || text->bytes[i + 1] != '\n')
			text->bytes[kept++] = text->bytes[i];
	fmr_str_truncate(text, kept);
}

static bool same_content(const struct comparison *work, const struct gitindex_entry *entry)
{
	char wanted[41];
	struct fmr_str text;
	fmr_str_init(&text);
	to_hex(entry->id, wanted);
	bool same = fmr_file_read(work->store->top, entry->path, LARGEST, true, &text, NULL) == 0;
	if (same && !has_id(&text, wanted)) {
		if (work->crlf)
			drop_returns(&text);
		same = work->crlf && has_id(&text, wanted);
	}
	fmr_str_release(&text);
	return same;
}

static bool same_link(const struct comparison *work, const struct gitindex_entry *entry, const struct stat *st)
{
	char wanted[41];
	struct fmr_str text;
	fmr_str_init(&text);
	to_hex(entry->id, wanted);
	fmr_str_reserve(&text, (size_t)st->st_size + 1);
	ssize_t length = readlinkat(work->store->top, entry->path, text.bytes, (size_t)st->st_size + 1);
	text.length = length > 0 ? (size_t)length : 0;
	bool same = length >= 0 && has_id(&text, wanted);
	fmr_str_release(&text);
	return same;
}

static bool is_unchanged(const struct comparison *work, const struct gitindex_entry *entry)
{
	struct stat st;
	if (fstatat(work->store->top, entry->path, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return false;
	if (S_ISLNK(st.st_mode))
		return entry->mode == 0120000 && (stat_answers(work, entry, &st) || same_link(work, entry, &st));
	const bool program = st.st_mode & S_IXUSR;
	if (!S_ISREG(st.st_mode) || (entry->mode & 0170000) != 0100000 ||
		(work->store->executable_matters && program != (entry->mode == 0100755)))
		return false;
	return stat_answers(work, entry, &st) || same_content(work, entry);
}

/* ---- side by side ---- */

/* Conflicts in front of `path` (NULL: all that are left). */
static int tell_conflicts(struct comparison *work, const char *under, const char *path)
{
	const size_t length = strlen(under);
	int result = 0;
	for (; result == 0 && work->next_conflict < work->index.conflicts.count; work->next_conflict++) {
		const char *conflict = work->index.conflicts.items[work->next_conflict];
		if (path && strcmp(conflict, path) >= 0)
			break;
		if (strncmp(conflict, under, length) == 0)
			result = work->visit(work->context, FMR_CONFLICTED, conflict);
	}
	return result;
}

static bool is_conflict(const struct comparison *work, const char *path)
{
	size_t at = work->next_conflict;
	return at < work->index.conflicts.count && strcmp(work->index.conflicts.items[at], path) == 0;
}

/* Entries of the index in front of `path` (NULL: all that are left): their files are gone. */
static int tell_gone(struct comparison *work, const char *path)
{
	int result = 0;
	for (; result == 0 && work->next < work->end; work->next++) {
		const struct gitindex_entry *entry = &work->index.entries.items[work->next];
		if (path && strcmp(entry->path, path) >= 0)
			break;
		if (!entry->absent)
			result = work->visit(work->context, FMR_DELETED, entry->path);
	}
	return result;
}

static int compare_file(void *context, const struct fmr_entry *file)
{
	struct comparison *work = context;
	int result = tell_gone(work, file->path);
	if (result == 0)
		result = tell_conflicts(work, "", file->path);
	if (result != 0 || is_conflict(work, file->path))
		return result;
	const struct gitindex_entry *entry = work->next < work->end ? &work->index.entries.items[work->next] : NULL;
	if (!entry || strcmp(entry->path, file->path) != 0)
		return work->visit(work->context, FMR_ADDED, file->path);
	work->next++;
	return is_unchanged(work, entry) ? 0 : work->visit(work->context, FMR_MODIFIED, file->path);
}

static void read_settings(struct comparison *work)
{
	struct fmr_str value;
	fmr_str_init(&value);
	if (fmr_store_git_config(work->store, "core.autocrlf", &value, NULL) == 0)
		work->crlf = strcasecmp(value.bytes, "true") == 0 || strcasecmp(value.bytes, "input") == 0;
	fmr_str_release(&value);
}

int fmr_store_unstaged(struct fmr_store *store, const char *under, fmr_difference_visit *visit, void *context,
	struct fmr_err *err)
{
	struct comparison work = { .store = store, .visit = visit, .context = context };
	struct fmr_view *view = NULL;
	struct stat st;
	char *below = *under ? fmr_format("%s/", under) : fmr_strdup(""), *behind = *under ? fmr_format("%s0", under) : NULL;
	if (stat(store->index_file, &st) == 0)
		work.written = st.st_mtim;
	read_settings(&work);
	int result = fmr_git_index_read(store, &work.index, err);
	if (result == 0)
		result = fmr_view_open(store, FMR_VIEW_WORK_TREE, NULL, &view, err);
	if (result == 0) {
		work.next = fmr_git_index_find(&work.index, below);
		work.end = behind ? fmr_git_index_find(&work.index, behind) : work.index.entries.count; /* '0' follows '/' */
		while (work.next_conflict < work.index.conflicts.count &&
			strcmp(work.index.conflicts.items[work.next_conflict], below) < 0)
			work.next_conflict++;
		result = fmr_view_each(view, under, compare_file, &work, err);
	}
	if (result == 0)
		result = tell_gone(&work, NULL);
	if (result == 0)
		result = tell_conflicts(&work, below, NULL);
	fmr_view_close(view);
	fmr_git_index_release(&work.index);
	free(below);
	free(behind);
	return result;
}
