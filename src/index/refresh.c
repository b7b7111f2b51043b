/*
 * Bringing the cache up to date: look at the work tree, read what changed.
 */
#include "index/cache.h"

#include "base/i18n.h"
#include "store/repo.h"

#include <stdlib.h>
#include <string.h>

struct refresh {
	struct fmr_index *index;
	struct cache *cache;
	struct judging *judging;
	struct fmr_arena arena;     /* paths */
	struct fmr_dict again;      /* paths of records to be judged though they did not change */
	FMR_VEC(struct job) jobs;
	char directory[256];        /* of the record seen last, and its type */
	int slot;
	size_t records;
};

/* ---- config and types ---- */

/* Their times may have moved while they say the same. */
static bool is_schema_same(struct refresh *refresh)
{
	struct folders *folders = &refresh->cache->folders;
	const struct fmr_view *view = refresh->index->book->view;
	bool same = !folders->schema_moved;
	struct fmr_str path, text;
	fmr_str_init(&path);
	fmr_str_init(&text);
	for (size_t i = 0; i < folders->list.count; i++) {
		struct folder *folder = &folders->list.items[i];
		for (size_t j = 0; folder->there && j < folder->entries.count; j++) {
			struct entry *entry = &folder->entries.items[j];
			if (!(entry->flags & ENTRY_SCHEMA) || !(entry->flags & (ENTRY_CHANGED | ENTRY_GONE)))
				continue;
			fmr_str_clear(&path);
			fmr_str_clear(&text);
			fmr_entry_path(folder, entry, &path);
			bool there = fmr_entry_stat(entry, view->store->top, path.bytes, fmr_folders_now());
			fmr_view_read(refresh->index->book->view, path.bytes, FMR_SCHEMA_FILE_SIZE, &text, NULL);
			uint32_t sum = (uint32_t)fmr_sum(text.bytes, text.length, 1);
			same = same && there && sum == entry->key;
			folder->dirty = folder->dirty || !(entry->flags & ENTRY_RACY);
			entry->key = sum;
			entry->flags &= (uint16_t)~(ENTRY_CHANGED | ENTRY_NEW);
		}
	}
	fmr_str_release(&path);
	fmr_str_release(&text);
	return same;
}

/* ---- what is to be read ---- */

static void find_type(struct refresh *refresh, const char *path)
{
	const char *directory = path + strlen(FMR_RECORDS) + 1;
	size_t length = strcspn(directory, "/");
	if (strlen(refresh->directory) == length && memcmp(refresh->directory, directory, length) == 0)
		return;
	bool fits = length < sizeof(refresh->directory);
	memcpy(refresh->directory, directory, fits ? length : 0);
	refresh->directory[fits ? length : 0] = '\0';
	refresh->slot = fmr_book_slot_of_directory(refresh->index->book, directory, length);
}

static int add_job(void *context, struct folder *folder, struct entry *entry, const char *path)
{
	struct refresh *refresh = context;
	size_t ignored;
	if (!(entry->flags & ENTRY_RECORD))
		return 0;
	refresh->records++;
	bool gone = entry->flags & ENTRY_GONE;
	bool judge = refresh->judging && !gone && (!(entry->flags & ENTRY_CLEAN) || fmr_dict_get(&refresh->again, path, &ignored));
	if (gone) {
		if (entry->key)
			FMR_VEC_PUSH(&refresh->cache->folders.gone, entry->key);
		folder->dirty = true;
		return 0;
	}
	if (!judge && !(entry->flags & (ENTRY_CHANGED | ENTRY_UNREADABLE)))
		return 0;
	find_type(refresh, path);
	struct job job = { .path = fmr_arena_strdup(&refresh->arena, path), .slot = refresh->slot,
		.odd = entry->flags & ENTRY_ODD, .is_new = !entry->key, .key = entry->key, .file = -1, .folder = folder,
		.entry = entry };
	if (job.is_new)
		job.key = ++refresh->index->last_key;
	else if (fmr_index_place(refresh->index, job.key, &job.old, NULL))
		job.old.key = 0;
	FMR_VEC_PUSH(&refresh->jobs, job);
	return 0;
}

static int delete_gone(struct refresh *refresh, struct fmr_err *err)
{
	const struct folders *folders = &refresh->cache->folders;
	int code = folders->gone.count ? fmr_index_write(refresh->index, err) : FMR_OK;
	for (size_t i = 0; !code && i < folders->gone.count; i++)
		code = fmr_writer_delete(refresh->index->writer, folders->gone.items[i], err);
	return code;
}

static bool is_dirty(const struct folders *folders)
{
	for (size_t i = 0; i < folders->list.count; i++)
		if (folders->list.items[i].dirty)
			return true;
	return false;
}

static int read_jobs(struct refresh *refresh, const struct fmr_index_options *options, struct fmr_findings *findings,
	struct fmr_err *err)
{
	struct fmr_index *index = refresh->index;
	int code = index->cache->fresh ? fmr_index_write(index, err) : fmr_index_prepare_own(index, err);
	if (!code)
		code = fmr_book_list_types(index->book, err);
	if (!code)
		fmr_folders_each(&refresh->cache->folders, FMR_RECORDS, add_job, refresh);
	if (!code && refresh->jobs.count)
		code = fmr_index_make_shapes(index, NULL, findings, err);
	if (!code)
		code = delete_gone(refresh, err);
	if (!code)
		code = fmr_index_read(index, refresh->jobs.items, refresh->jobs.count, refresh->judging, options, findings, err);
	if (!code && is_dirty(&refresh->cache->folders))
		code = fmr_index_write(index, err);
	return code ? code : fmr_cache_publish(index, err);
}

static int look(struct refresh *refresh, struct fmr_err *err)
{
	return fmr_folders_look(&refresh->cache->folders, refresh->index->book->view->store->top,
		fmr_index_threads(refresh->index), err);
}

int fmr_cache_refresh(struct fmr_index *index, const struct fmr_index_options *options, struct judging *judging,
	struct fmr_findings *findings, struct fmr_err *err)
{
	struct refresh refresh = { .index = index, .cache = index->cache, .judging = judging, .slot = -1 };
	fmr_arena_init(&refresh.arena);
	fmr_dict_init(&refresh.again);
	int code = look(&refresh, err);
	if (!code && index->db && !is_schema_same(&refresh)) {
		fmr_cache_drop(index);
		code = look(&refresh, err);
	}
	if (!code && !index->db) {
		index->cache->fresh = true;
		is_schema_same(&refresh); /* notes what they are */
	}
	if (!code)
		code = read_jobs(&refresh, options, findings, err);
	FMR_VEC_RELEASE(&refresh.jobs);
	fmr_dict_release(&refresh.again);
	fmr_arena_release(&refresh.arena);
	return code;
}
