#include "index/cache.h"

#include "base/fs.h"
#include "base/i18n.h"
#include "store/repo.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int count_record(void *context, struct folder *folder, struct entry *entry, const char *path)
{
	struct fmr_index_status *status = context;
	(void)folder, (void)path;
	bool gone = entry->flags & ENTRY_GONE;
	status->records += entry->flags & ENTRY_RECORD && !gone;
	status->changed += (entry->flags & (ENTRY_CHANGED | ENTRY_GONE)) != 0;
	return 0;
}

static int look(struct fmr_index *index, struct fmr_index_status *status, struct fmr_err *err)
{
	struct cache *cache = index->cache;
	struct folders *folders = &cache->folders;
	struct stat st;
	bool usable = fmr_cache_load(index) && fmr_pages_verify(cache->pages, fmr_index_threads(index)) &&
		fmr_cache_load_folders(index) && !cache->adopted;
	if (usable) {
		status->database_size = fmr_pages_size(cache->pages);
		status->text_size = fstat(index->contents.file, &st) == 0 ? (uint64_t)st.st_size : 0;
	} else {
		fmr_cache_drop(index);
	}
	int code = fmr_folders_look(folders, index->book->view->store->top, fmr_index_threads(index), err);
	if (code)
		return code;
	usable = usable && fmr_cache_is_schema_same(index);
	fmr_folders_each(folders, FMR_RECORDS, count_record, status);
	status->changed += folders->gone.count;
	status->state = !usable ? FMR_INDEX_NONE : status->changed ? FMR_INDEX_STALE : FMR_INDEX_FRESH;
	return FMR_OK;
}

int fmr_index_status(struct fmr_book *book, struct fmr_index_status *out, struct fmr_err *err)
{
	*out = (struct fmr_index_status){ 0 };
	int code = fmr_sqlite_load(err);
	if (code)
		return code;
	struct fmr_index *index = fmr_index_new(book, &(struct fmr_index_options){ 0 });
	index->cache = fmr_cache_new(fmr_view_store(book->view));
	snprintf(out->directory, sizeof(out->directory), "%s", index->cache->own);
	code = look(index, out, err);
	fmr_index_close(index);
	return code;
}

bool fmr_index_was_written(const struct fmr_index *index)
{
	return index->cache && index->cache->published;
}

static int take_away(const char *path, struct fmr_err *err)
{
	return unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR ? FMR_OK :
		fmr_err_system(err, errno, _("cannot remove '%s'"), path);
}

int fmr_index_clear(struct fmr_store *store, struct fmr_err *err)
{
	enum { PATIENCE = 10 };
	struct cache *cache = fmr_cache_new(store);
	char *lock_path = fmr_format("%s/lock-index", cache->own);
	int lock = -1, code = access(cache->own, F_OK) == 0 ? fmr_lock_take(lock_path, PATIENCE, &lock, err) : FMR_OK;
	if (!code)
		code = take_away(cache->database, err);
	if (!code && lock >= 0)
		fmr_directory_sweep_others(cache->own, "contents-", "");
	if (lock >= 0)
		close(lock);
	free(lock_path);
	fmr_cache_close(cache);
	return code;
}
