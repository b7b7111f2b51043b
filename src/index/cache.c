#include "index/cache.h"

#include "base/datadir.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "store/repo.h"
#include "yaml/yaml.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Raise it when what is stored, or what is found in records, changes between versions of the same number. */
#define FORMAT "8"

#define TEMPORARY "index-tmp-" /* what is left of it belongs to a dead process: swept under the lock */

struct cache *fmr_cache_new(const struct fmr_store *store)
{
	struct cache *cache = fmr_alloc_zero(1, sizeof(*cache));
	cache->own = fmr_format("%s/fmrec", fmr_store_git_dir(store));
	cache->common = fmr_strdup(fmr_store_private_dir(store));
	cache->database = fmr_format("%s/index.sqlite", cache->own);
	cache->lock = -1;
	return cache;
}

static void give_up_writing(struct cache *cache)
{
	if (cache->temporary)
		unlink(cache->temporary);
	free(cache->temporary);
	cache->temporary = NULL;
	if (cache->lock >= 0)
		close(cache->lock);
	cache->lock = -1;
	cache->in_file = false;
}

void fmr_cache_close(struct cache *cache)
{
	if (!cache)
		return;
	give_up_writing(cache);
	fmr_pages_close(cache->pages);
	fmr_folders_release(&cache->folders);
	free(cache->own);
	free(cache->common);
	free(cache->database);
	free(cache);
}

void fmr_cache_forget(struct cache *cache)
{
	unlink(cache->database);
}

/* ---- loading ---- */

/* Who wrote this with what: another program, or another place of its data, may have found other things. */
static char *version_text(void)
{
	return fmr_format("%s %s %zu %s", FMR_VERSION, FORMAT, sizeof(struct entry), fmr_data_dir());
}

static bool read_meta(struct fmr_index *index, uint64_t *seed)
{
	sqlite3_stmt *rows;
	struct cache *cache = index->cache;
	char *wanted = version_text();
	bool right = false;
	if (fmr_index_statement(index, "SELECT name, value FROM meta_", &rows, NULL) == FMR_OK)
		while (fmr_sqlite.step(rows) == SQLITE_ROW) {
			const char *name = (const char *)fmr_sqlite.column_text(rows, 0);
			if (strcmp(name, "version") == 0)
				right = strcmp((const char *)fmr_sqlite.column_text(rows, 1), wanted) == 0;
			else if (strcmp(name, "contents") == 0)
				*seed = (uint64_t)fmr_sqlite.column_int64(rows, 1);
			else if (strcmp(name, "dead") == 0)
				index->dead = (uint64_t)fmr_sqlite.column_int64(rows, 1);
			else if (strcmp(name, "names judged") == 0)
				cache->names_judged = fmr_sqlite.column_int64(rows, 1);
			else if (strcmp(name, "types loaded") == 0)
				cache->types_loaded = fmr_sqlite.column_int64(rows, 1);
			else if (strcmp(name, "types judged") == 0)
				cache->types_judged = fmr_sqlite.column_int64(rows, 1);
			else if (strcmp(name, "states of") == 0)
				snprintf(index->states_of, sizeof(index->states_of), "%s",
					(const char *)fmr_sqlite.column_text(rows, 1));
			else if (strcmp(name, "last key") == 0)
				index->last_key = fmr_sqlite.column_int64(rows, 1);
		}
	fmr_sqlite.finalize(rows);
	free(wanted);
	return right;
}

/* When a quarter of the texts is dead, it is time to begin anew. */
static bool is_worn_out(const struct fmr_index *index)
{
	enum { SMALL = 1 << 20 };
	return index->dead > SMALL && index->dead > index->contents.base / 4;
}

static bool load_from(struct fmr_index *index, const char *directory)
{
	struct cache *cache = index->cache;
	char *path = fmr_format("%s/index.sqlite", directory);
	uint64_t seed = 0;
	cache->pages = fmr_pages_open(path);
	free(path);
	if (cache->pages && fmr_pages_database(cache->pages, &index->db) == SQLITE_OK &&
		fmr_index_exec(index, "PRAGMA temp_store = MEMORY", NULL) == FMR_OK && read_meta(index, &seed) &&
		fmr_contents_open(&index->contents, directory, seed, false) && !is_worn_out(index))
		return true;
	fmr_cache_drop(index);
	return false;
}

bool fmr_cache_load(struct fmr_index *index)
{
	struct cache *cache = index->cache;
	if (load_from(index, cache->own))
		return true;
	/* a new worktree need not parse what is the same in the main one */
	cache->adopted = strcmp(cache->own, cache->common) != 0 && load_from(index, cache->common);
	return cache->adopted;
}

bool fmr_cache_load_folders(struct fmr_index *index)
{
	struct folders *folders = &index->cache->folders;
	sqlite3_stmt *rows;
	bool good = fmr_index_statement(index, "SELECT n, path, modified, status, inode, racy, entries FROM folder_"
		" ORDER BY n", &rows, NULL) == FMR_OK;
	int step = SQLITE_DONE;
	while (good && (step = fmr_sqlite.step(rows)) == SQLITE_ROW) {
		while (folders->list.count < (size_t)fmr_sqlite.column_int64(rows, 0)) { /* a gap */
			struct folder none = { 0 };
			fmr_str_init(&none.names);
			none.path = fmr_strdup("");
			FMR_VEC_PUSH(&folders->list, none);
		}
		struct folder folder = { .path = fmr_strdup((const char *)fmr_sqlite.column_text(rows, 1)), .there = true };
		folder.modified = (uint64_t)fmr_sqlite.column_int64(rows, 2);
		folder.status = (uint64_t)fmr_sqlite.column_int64(rows, 3);
		folder.inode = (uint32_t)fmr_sqlite.column_int64(rows, 4);
		folder.racy = fmr_sqlite.column_int64(rows, 5);
		fmr_str_init(&folder.names);
		good = fmr_folder_unpack(&folder, fmr_sqlite.column_blob(rows, 6), (size_t)fmr_sqlite.column_bytes(rows, 6));
		FMR_VEC_PUSH(&folders->list, folder);
	}
	fmr_sqlite.finalize(rows);
	return good && step == SQLITE_DONE;
}

void fmr_cache_drop(struct fmr_index *index)
{
	struct cache *cache = index->cache;
	fmr_index_finalize_own(index);
	fmr_sqlite.close_v2(index->db);
	index->db = NULL;
	fmr_pages_close(cache->pages);
	cache->pages = NULL;
	fmr_folders_release(&cache->folders);
	fmr_contents_release(&index->contents);
	fmr_contents_init(&index->contents);
	index->dead = 0;
	cache->names_judged = cache->types_loaded = cache->types_judged = cache->adopted = false;
	index->last_key = 0;
	index->states_of[0] = '\0';
}

/* ---- writing ---- */

static uint64_t chance(void)
{
	uint64_t number;
	struct timespec now;
	int file = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	bool good = file >= 0 && read(file, &number, sizeof(number)) == sizeof(number);
	if (file >= 0)
		close(file);
	if (good)
		return number;
	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_nsec << 32 ^ (uint64_t)now.tv_sec ^ (uint64_t)getpid() << 16;
}

/* Is what we read still what is published?  Otherwise somebody has fresher news than we would publish. */
static bool is_still_there(const struct cache *cache)
{
	struct stat st;
	if (stat(cache->database, &st) != 0)
		return !cache->pages || cache->adopted;
	return cache->pages && !cache->adopted && st.st_ino == fmr_pages_inode(cache->pages);
}

/* The right to publish: nobody waits for it. */
static bool lock_files(struct cache *cache)
{
	char *path = fmr_format("%s/lock-index", cache->own);
	bool got = fmr_directory_make(AT_FDCWD, cache->own, NULL) == FMR_OK &&
		fmr_lock_take(path, 0, &cache->lock, NULL) == FMR_OK;
	free(path);
	if (!got)
		return false;
	if (cache->fresh && cache->pages == NULL)
		unlink(cache->database); /* whatever it is, it is not usable */
	fmr_directory_sweep_others(cache->own, TEMPORARY, "");
	if (is_still_there(cache)) {
		cache->temporary = fmr_format("%s/" TEMPORARY "%ld", cache->own, (long)getpid());
		return true;
	}
	give_up_writing(cache);
	return false;
}

/* What is loaded into db, which is empty, page by page. */
static bool back_up(struct fmr_index *index, sqlite3 *db)
{
	sqlite3_backup *backup = fmr_sqlite.backup_init(db, "main", index->db, "main");
	bool good = backup && fmr_sqlite.backup_step(backup, -1) == SQLITE_DONE;
	return backup && fmr_sqlite.backup_finish(backup) == SQLITE_OK && good;
}

/* A database of our own, with what is loaded.  path: of a new file; NULL: in memory. */
static bool open_copy(struct fmr_index *index, const char *path, sqlite3 **db)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	bool good = (!path || !index->db || fmr_pages_copy(index->cache->pages, path)) &&
		fmr_sqlite.open_v2(path ? path : ":memory:", db, flags, NULL) == SQLITE_OK &&
		fmr_sqlite.exec(*db, "PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
			"PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000", NULL, NULL,
			NULL) == SQLITE_OK && (path || !index->db || back_up(index, *db));
	if (!good) {
		fmr_sqlite.close_v2(*db);
		*db = NULL;
	}
	return good;
}

/* New texts go behind the others, or into a new file. */
static bool open_contents(struct fmr_index *index)
{
	struct contents *contents = &index->contents;
	struct stat st;
	if (contents->file < 0)
		return fmr_contents_open(contents, index->cache->own, chance(), true);
	if (index->cache->adopted)
		return fmr_contents_adopt(contents, index->cache->own);
	if (fcntl(contents->file, F_GETFL) & O_RDWR && fstat(contents->file, &st) == 0) {
		contents->base = (uint64_t)st.st_size;
		contents->writable = true;
		return true;
	}
	return false;
}

int fmr_index_write(struct fmr_index *index, struct fmr_err *err)
{
	struct cache *cache = index->cache;
	sqlite3 *copy = NULL;
	if (index->writer)
		return FMR_OK;
	cache->in_file = lock_files(cache) && open_contents(index) && open_copy(index, cache->temporary, &copy);
	if (!cache->in_file) {
		give_up_writing(cache);
		index->contents.writable = false;
		if (!open_copy(index, NULL, &copy))
			return fmr_err_set(err, FMR_ERR_IO, _("cannot copy the index"));
	}
	fmr_index_finalize_own(index);
	fmr_sqlite.close_v2(index->db);
	index->db = copy;
	int code = fmr_index_exec(index, "BEGIN", err);
	if (!code && cache->fresh)
		code = fmr_index_make_tables(index, NULL, err);
	if (!index->shapes)
		fmr_index_make_shapes(index, NULL);
	return code ? code : fmr_writer_open(index, &index->writer, err);
}

/* ---- publishing ---- */

static int store_folder(struct fmr_index *index, sqlite3_stmt *statement, size_t number, struct folder *folder,
	struct fmr_err *err)
{
	struct fmr_str bytes;
	size_t kept = 0;
	for (size_t i = 0; i < folder->entries.count; i++)
		if (!(folder->entries.items[i].flags & ENTRY_GONE))
			folder->entries.items[kept++] = folder->entries.items[i];
	folder->entries.count = kept;
	fmr_str_init(&bytes);
	fmr_folder_pack(folder, &bytes);
	fmr_sqlite.bind_int64(statement, 1, (int64_t)number);
	fmr_sqlite.bind_text(statement, 2, folder->path, -1, SQLITE_STATIC);
	fmr_sqlite.bind_int64(statement, 3, (int64_t)folder->modified);
	fmr_sqlite.bind_int64(statement, 4, (int64_t)folder->status);
	fmr_sqlite.bind_int64(statement, 5, folder->inode);
	fmr_sqlite.bind_int64(statement, 6, folder->racy);
	fmr_sqlite.bind_blob(statement, 7, bytes.bytes, (int)bytes.length, SQLITE_STATIC);
	int code = fmr_sqlite.step(statement);
	fmr_sqlite.reset(statement);
	fmr_str_release(&bytes);
	return code == SQLITE_DONE ? FMR_OK : fmr_index_failed(index, err);
}

static int store_folders(struct fmr_index *index, struct fmr_err *err)
{
	struct folders *folders = &index->cache->folders;
	sqlite3_stmt *statement;
	int code = fmr_index_statement(index, "INSERT OR REPLACE INTO folder_ VALUES(?,?,?,?,?,?,?)", &statement, err);
	for (size_t i = 0; !code && i < folders->list.count; i++) {
		struct folder *folder = &folders->list.items[i];
		if (folder->dirty && folder->there) {
			code = store_folder(index, statement, i, folder, err);
		} else if (folder->dirty) {
			char *sql = fmr_format("DELETE FROM folder_ WHERE n = %zu", i);
			code = fmr_index_exec(index, sql, err);
			free(sql);
		}
		folder->dirty = false;
	}
	fmr_sqlite.finalize(statement);
	return code;
}

static int store_meta(struct fmr_index *index, struct fmr_err *err)
{
	const struct cache *cache = index->cache;
	struct fmr_str sql;
	char *version = version_text();
	fmr_str_init(&sql);
	fmr_str_puts(&sql, "INSERT OR REPLACE INTO meta_ VALUES('version', ");
	fmr_sql_quote(&sql, version, '\'');
	fmr_str_printf(&sql, "), ('contents', %lld), ('dead', %lld), ('names judged', %d), "
		"('types loaded', %d), ('types judged', %d), ('last key', %lld), ('states of', '%s')", (long long)index->contents.seed, (long long)index->dead, cache->names_judged,
		cache->types_loaded, cache->types_judged, (long long)index->last_key, index->states_of);
	int code = fmr_index_exec(index, sql.bytes, err);
	fmr_str_release(&sql);
	free(version);
	return code;
}

/* Old files of contents, when new ones have taken their place. */
static void sweep_contents(const struct fmr_index *index)
{
	char *kept = fmr_format("contents-%016llx", (unsigned long long)index->contents.seed);
	fmr_directory_sweep_others(index->cache->own, "contents-", kept);
	free(kept);
}

int fmr_cache_publish(struct fmr_index *index, struct fmr_err *err)
{
	struct cache *cache = index->cache;
	if (!index->writer)
		return FMR_OK;
	int code = store_folders(index, err);
	if (!code && cache->fresh)
		code = fmr_index_make_indexes(index, err);
	if (!code)
		code = store_meta(index, err);
	fmr_writer_close(index->writer);
	index->writer = NULL;
	if (!code)
		code = fmr_index_exec(index, "COMMIT", err);
	if (!code && cache->in_file && fmr_contents_flush(&index->contents) &&
		fmr_pages_seal(cache->temporary, chance()) && rename(cache->temporary, cache->database) == 0) {
		free(cache->temporary);
		cache->temporary = NULL;
		cache->published = true;
		if (cache->fresh)
			sweep_contents(index);
	}
	give_up_writing(cache);
	return code;
}

/* What is wrong with the records that cannot be read, when nothing else of the work tree is looked at. */
static int tell_unreadable(struct fmr_index *index, struct fmr_findings *findings, struct fmr_err *err)
{
	sqlite3_stmt *keys;
	int code = fmr_index_prepare_own(index, err);
	if (!code)
		code = fmr_index_statement(index, "SELECT key FROM record_ WHERE NOT readable ORDER BY key", &keys, err);
	if (code)
		return code;
	while (fmr_sqlite.step(keys) == SQLITE_ROW) {
		struct fmr_str path, text;
		struct fmr_arena arena;
		fmr_str_init(&path);
		fmr_str_init(&text);
		fmr_arena_init(&arena);
		const int64_t key = fmr_sqlite.column_int64(keys, 0);
		if (fmr_index_path(index, key, &path, NULL) == FMR_OK && fmr_index_text(index, key, &text, NULL) == FMR_OK) {
			const struct fmr_source source = { path.bytes, text.bytes, text.length };
			fmr_yaml_read_record(&source, &arena, findings);
		}
		fmr_arena_release(&arena);
		fmr_str_release(&text);
		fmr_str_release(&path);
	}
	fmr_sqlite.finalize(keys);
	return FMR_OK;
}

int fmr_cache_open(struct fmr_index *index, const struct fmr_index_options *options, struct judging *judging,
	struct fmr_findings *findings, struct fmr_err *err)
{
	index->cache = fmr_cache_new(fmr_view_store(index->book->view));
	bool loaded = fmr_cache_load(index);
	if (loaded && options->trust)
		return tell_unreadable(index, findings, err);
	if (loaded && (!fmr_pages_verify(index->cache->pages, fmr_index_threads(index)) || !fmr_cache_load_folders(index)))
		fmr_cache_drop(index);
	return fmr_cache_refresh(index, options, judging, findings, err);
}

bool fmr_index_is_cached(const struct fmr_store *store)
{
	struct cache *cache = fmr_cache_new(store);
	const bool cached = access(cache->database, R_OK) == 0;
	fmr_cache_close(cache);
	return cached;
}
