/*
 * Bringing the cache up to date: look at the work tree, read what changed.
 */
#include "index/cache.h"

#include "base/i18n.h"
#include "index/states.h"
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
	struct fmr_dict state_of;   /* ids of what is judged: number of the state */
	FMR_VEC(const char *) states;
	char directory[256];        /* of the record seen last, and its type */
	int slot;
	size_t records;
};

/* ---- config and types ---- */

/* Their times may have moved while they say the same. */
bool fmr_cache_is_schema_same(struct fmr_index *index)
{
	struct folders *folders = &index->cache->folders;
	struct fmr_view *view = index->book->view;
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
			fmr_view_read(view, path.bytes, FMR_SCHEMA_FILE_SIZE, &text, NULL);
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

/* ---- what a change means for others ---- */

static void judge_again(struct refresh *refresh, const char *path)
{
	fmr_dict_add(&refresh->again, path, 0);
}

/* Did anything in a folder change that is no record? */
static bool is_folder_changed(const struct folder *folder)
{
	if (folder->dirty)
		return true;
	for (size_t i = 0; i < folder->entries.count; i++)
		if (folder->entries.items[i].flags & (ENTRY_CHANGED | ENTRY_GONE) && !(folder->entries.items[i].flags & ENTRY_RECORD))
			return true;
	return false;
}

/* Records beside which something was added, changed or taken away: of records/incident/2026/ID/photo.jpg it is
 * records/incident/2026/ID.yaml. */
static void find_owners(struct refresh *refresh)
{
	const struct folders *folders = &refresh->cache->folders;
	struct fmr_str owner;
	fmr_str_init(&owner);
	for (size_t i = 0; i < folders->list.count; i++) {
		const char *path = folders->list.items[i].path;
		if (!is_folder_changed(&folders->list.items[i]))
			continue;
		for (size_t length = 0; length < strlen(path); length++) {
			length += strcspn(path + length, "/");
			fmr_str_clear(&owner);
			fmr_str_add(&owner, path, length);
			fmr_str_puts(&owner, ".yaml");
			if (fmr_path_is_record(owner.bytes))
				judge_again(refresh, owner.bytes);
		}
	}
	fmr_str_release(&owner);
}

struct changes {
	struct refresh *refresh;
	sqlite3_stmt *insert;
	struct fmr_err *err;
};

static int add_change(struct changes *changes, const char *id, size_t length, bool there)
{
	fmr_sqlite.bind_text(changes->insert, 1, id, (int)length, SQLITE_STATIC);
	fmr_sqlite.bind_int64(changes->insert, 2, there);
	int step = fmr_sqlite.step(changes->insert);
	fmr_sqlite.reset(changes->insert);
	return step == SQLITE_DONE ? FMR_OK : fmr_index_failed(changes->refresh->index, changes->err);
}

static int see_change(void *context, struct folder *folder, struct entry *entry, const char *path)
{
	(void)folder;
	if (!(entry->flags & ENTRY_RECORD) || !(entry->flags & (ENTRY_CHANGED | ENTRY_GONE)))
		return 0;
	const char *name = strrchr(path, '/') + 1;
	return add_change(context, name, strlen(name) - strlen(".yaml"), entry->key && !(entry->flags & ENTRY_GONE));
}

static int add_gone(struct changes *changes)
{
	const struct folders *folders = &changes->refresh->cache->folders;
	sqlite3_stmt *ids;
	int code = fmr_index_statement(changes->refresh->index, "SELECT id FROM record_ WHERE key = ?", &ids, changes->err);
	for (size_t i = 0; !code && i < folders->gone.count; i++) {
		fmr_sqlite.bind_int64(ids, 1, folders->gone.items[i]);
		if (fmr_sqlite.step(ids) == SQLITE_ROW)
			code = add_change(changes, (const char *)fmr_sqlite.column_text(ids, 0),
				(size_t)fmr_sqlite.column_bytes(ids, 0), false);
		fmr_sqlite.reset(ids);
	}
	fmr_sqlite.finalize(ids);
	return code;
}

/* Who links to a record that came or went, or has it for a former id; and who may be suspect, or in a circle, because
 * of any that changed. */
static const char linkers[] =
	"WITH RECURSIVE up(id) AS (SELECT id FROM temp.changed_ UNION SELECT r.id FROM up JOIN link_ l ON l.target = up.id "
	"JOIN link_field_ f ON f.n = l.field JOIN record_ r ON r.key = l.source WHERE l.judged IS NOT NULL OR f.carries), "
	"found(key) AS (SELECT l.source FROM up JOIN link_ l ON l.target = up.id JOIN link_field_ f ON f.n = l.field "
	"WHERE l.judged IS NOT NULL OR f.carries "
	"UNION SELECT l.source FROM temp.changed_ c JOIN link_ l ON l.target = c.id WHERE NOT c.there "
	"UNION SELECT a.key FROM temp.changed_ c JOIN alias_ a ON a.alias = c.id WHERE NOT c.there) "
	"SELECT d.path || r.id || '.yaml' FROM found JOIN record_ r ON r.key = found.key "
	"JOIN directory_ d ON d.n = r.directory";

static int find_linkers(struct refresh *refresh, struct fmr_err *err)
{
	sqlite3_stmt *rows;
	int step = SQLITE_DONE, code = fmr_index_statement(refresh->index, linkers, &rows, err);
	while (!code && (step = fmr_sqlite.step(rows)) == SQLITE_ROW)
		judge_again(refresh, (const char *)fmr_sqlite.column_text(rows, 0));
	if (!code && step != SQLITE_DONE)
		code = fmr_index_failed(refresh->index, err);
	fmr_sqlite.finalize(rows);
	return code;
}

/* Records that did not change, but what they say may have become right or wrong. */
static int find_others(struct refresh *refresh, struct fmr_err *err)
{
	struct changes changes = { .refresh = refresh, .err = err };
	int code = fmr_index_exec(refresh->index, "CREATE TEMP TABLE changed_(id, there)", err);
	if (!code)
		code = fmr_index_statement(refresh->index, "INSERT INTO temp.changed_ VALUES(?, ?)", &changes.insert, err);
	if (!code)
		code = fmr_folders_each(&refresh->cache->folders, FMR_RECORDS, see_change, &changes);
	if (!code)
		code = add_gone(&changes);
	fmr_sqlite.finalize(changes.insert);
	if (!code)
		code = find_linkers(refresh, err);
	find_owners(refresh);
	return code ? code : fmr_index_exec(refresh->index, "DROP TABLE temp.changed_", err);
}

/* ---- states ---- */

static void judge_in_new_state(void *context, const char *path)
{
	judge_again(context, path);
}

/* The branch moved, or what is signed here was made to count by a policy: a record in another state is judged again. */
static int refresh_states(struct refresh *refresh, struct fmr_err *err)
{
	struct fmr_index *index = refresh->index;
	char commit[41];
	if (fmr_index_states_are_right(index, commit))
		return FMR_OK;
	int code = fmr_index_write(index, err);
	if (!code)
		code = fmr_index_prepare_own(index, err);
	if (!code)
		code = fmr_index_fill_states(index, commit, err);
	return code ? code : fmr_index_each_changed_state(index, judge_in_new_state, refresh, err);
}

/* Threads ask it. */
static const char *state_of(void *context, const struct fmr_type *type, const char *id)
{
	const struct refresh *refresh = context;
	size_t number;
	(void)type;
	return fmr_dict_get(&refresh->state_of, id, &number) ? refresh->states.items[number] : NULL;
}

/* The states of what is to be judged; all others are in their first one. */
static int load_states(struct refresh *refresh, struct fmr_err *err)
{
	sqlite3_stmt *row;
	int code = fmr_index_statement(refresh->index, "SELECT state FROM state_ WHERE id = ?", &row, err);
	for (size_t i = 0; !code && i < refresh->jobs.count; i++) {
		const char *name = strrchr(refresh->jobs.items[i].path, '/') + 1;
		const char *id = fmr_arena_strndup(&refresh->arena, name, strlen(name) - strlen(".yaml"));
		fmr_sqlite.bind_text(row, 1, id, -1, SQLITE_STATIC);
		if (fmr_sqlite.step(row) == SQLITE_ROW && fmr_dict_add(&refresh->state_of, id, refresh->states.count))
			FMR_VEC_PUSH(&refresh->states,
				fmr_arena_strdup(&refresh->arena, (const char *)fmr_sqlite.column_text(row, 0)));
		fmr_sqlite.reset(row);
	}
	fmr_sqlite.finalize(row);
	return code;
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

/* A file that is no record needs no reading: it is known by its times. */
static void note_file(const struct refresh *refresh, struct folder *folder, struct entry *entry, const char *path)
{
	const struct entry before = *entry;
	if (!(entry->flags & (ENTRY_CHANGED | ENTRY_GONE)))
		return;
	if (!fmr_entry_stat(entry, refresh->index->book->view->store->top, path, fmr_folders_now()))
		entry->flags |= ENTRY_GONE;
	folder->dirty |= fmr_entry_differs(&before, entry) || entry->flags & ENTRY_GONE;
}

static int add_job(void *context, struct folder *folder, struct entry *entry, const char *path)
{
	struct refresh *refresh = context;
	size_t ignored;
	if (!(entry->flags & ENTRY_RECORD)) {
		note_file(refresh, folder, entry, path);
		return 0;
	}
	if (entry->flags & ENTRY_GONE) {
		if (entry->key)
			FMR_VEC_PUSH(&refresh->cache->folders.gone, entry->key);
		folder->dirty = true;
		return 0;
	}
	refresh->records++;
	if (entry->flags & ENTRY_CLEAN && fmr_dict_get(&refresh->again, path, &ignored)) {
		entry->flags &= (uint16_t)~ENTRY_CLEAN;
		folder->dirty = true;
	}
	bool judge = refresh->judging && !(entry->flags & ENTRY_CLEAN);
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

/* Nearly always nothing is to be done: then no path is put together. */
static bool is_quiet(struct refresh *refresh)
{
	const struct folders *folders = &refresh->cache->folders;
	const unsigned wanted = refresh->judging ? ENTRY_CLEAN : 0;
	size_t records = 0;
	if (folders->changed || folders->moved || refresh->again.count)
		return false;
	for (size_t i = 0; i < folders->list.count; i++)
		for (size_t j = 0; j < folders->list.items[i].entries.count; j++) {
			const struct entry *entry = &folders->list.items[i].entries.items[j];
			if (!(entry->flags & ENTRY_RECORD))
				continue;
			if (entry->flags & ENTRY_UNREADABLE || (entry->flags & wanted) != wanted)
				return false;
			records++;
		}
	refresh->records = records;
	return true;
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

/* ---- judging ---- */

struct source {
	struct folders *folders;
	fmr_view_visit *visit;
	void *context;
};

static int pass_on(void *context, struct folder *folder, struct entry *entry, const char *path)
{
	const struct source *source = context;
	(void)folder;
	const struct fmr_entry seen = { .path = path, .mode = entry->flags & ENTRY_ODD ? 0 : 0100644 };
	return entry->flags & ENTRY_GONE ? 0 : source->visit(source->context, &seen);
}

static int each_file(void *context, fmr_view_visit *visit, void *visit_context, struct fmr_err *err)
{
	(void)err;
	struct source source = { .visit = visit, .context = visit_context };
	return fmr_folders_each(context, FMR_RECORDS, pass_on, &source);
}

static void note(struct cache *cache, bool *judged, bool now)
{
	cache->judged_anew = cache->judged_anew || *judged != now;
	*judged = now;
}

/* All names, when they are needed: to judge them, or to find the targets of many links. */
static int load_tree(struct refresh *refresh, struct fmr_tree *tree, struct fmr_findings *findings, struct fmr_err *err)
{
	enum { FEW = 100 };
	struct cache *cache = refresh->cache;
	if (cache->names_judged && refresh->jobs.count < FEW)
		return FMR_OK;
	size_t before = fmr_findings_count(findings);
	int code = fmr_tree_load_from(refresh->index->book, tree, each_file, &cache->folders, findings, err);
	note(cache, &cache->names_judged, !code && fmr_findings_count(findings) == before);
	refresh->judging->tree = tree;
	size_t file = 0;
	for (size_t i = 0; !code && i < refresh->jobs.count; i++) {
		while (file < tree->files.count && strcmp(fmr_tree_path(tree, file), refresh->jobs.items[i].path) != 0)
			file++;
		refresh->jobs.items[i].file = file < tree->files.count ? (long)file : -1;
	}
	return code;
}

/* The types of what is to be read. */
static int ready_wanted(struct refresh *refresh, struct fmr_err *err)
{
	struct fmr_index *index = refresh->index;
	int code = FMR_OK, last = -1;
	for (size_t i = 0; !code && i < refresh->jobs.count; i++) {
		const struct fmr_type *type;
		int slot = refresh->jobs.items[i].slot;
		if (slot < 0 || slot == last)
			continue;
		last = slot;
		code = fmr_book_type(index->book, index->book->names[slot], &type, NULL, err);
		if (!code && refresh->judging)
			code = fmr_judge_state(index->book, type, NULL, NULL, err);
	}
	for (size_t i = 0; i < index->book->count; i++)
		fmr_book_glance(index->book, i); /* before threads ask for it */
	return code;
}

/* Types are loaded when they are needed, or when something may be wrong with them that is to be told. */
static int ready_types(struct refresh *refresh, struct fmr_findings *findings, struct fmr_err *err)
{
	struct cache *cache = refresh->cache;
	struct fmr_book *book = refresh->index->book;
	if (refresh->judging ? cache->types_judged : cache->types_loaded)
		return refresh->jobs.count ? ready_wanted(refresh, err) : FMR_OK;
	size_t before = fmr_findings_count(findings);
	int code = refresh->judging ? fmr_judge_ready(book, NULL, findings, err) : fmr_book_load_all(book, findings, err);
	bool clean = !code && fmr_findings_count(findings) == before;
	note(cache, refresh->judging ? &cache->types_judged : &cache->types_loaded, clean);
	if (refresh->judging && clean)
		note(cache, &cache->types_loaded, true);
	return code;
}

/* What links were found to be wrong is found only when all have been judged: those records are not clean. */
static int judge_links(struct refresh *refresh, struct fmr_findings *findings, struct fmr_err *err)
{
	struct judging *judging = refresh->judging;
	struct fmr_dict jobs;
	size_t before = fmr_findings_count(findings), number;
	bool complete = refresh->jobs.count == refresh->records;
	int code = fmr_check_links(judging->web, complete, findings, &judging->result, err);
	if (code || fmr_findings_count(findings) == before)
		return code;
	fmr_dict_init(&jobs);
	for (size_t i = 0; i < refresh->jobs.count; i++)
		fmr_dict_add(&jobs, refresh->jobs.items[i].path, i);
	for (size_t i = before; i < fmr_findings_count(findings); i++) {
		if (!fmr_dict_get(&jobs, fmr_findings_at(findings, i)->path, &number))
			continue;
		struct job *job = &refresh->jobs.items[number];
		job->folder->dirty |= job->entry->flags & ENTRY_CLEAN;
		job->entry->flags &= (uint16_t)~ENTRY_CLEAN;
	}
	fmr_dict_release(&jobs);
	return FMR_OK;
}

/* Read, and judge where that is wanted. */
static int read_jobs(struct refresh *refresh, const struct fmr_index_options *options, struct fmr_findings *findings,
	struct fmr_err *err)
{
	struct fmr_index *index = refresh->index;
	struct fmr_tree tree = { 0 };
	int code = refresh->judging ? load_tree(refresh, &tree, findings, err) : FMR_OK;
	if (!code && refresh->judging && *index->states_of)
		code = load_states(refresh, err);
	if (!code && refresh->jobs.count)
		fmr_index_make_shapes(index, NULL);
	if (!code)
		code = fmr_index_read(index, refresh->jobs.items, refresh->jobs.count, refresh->judging, options, findings, err);
	if (!code && refresh->judging)
		code = judge_links(refresh, findings, err);
	if (refresh->judging && refresh->judging->tree)
		fmr_tree_release(&tree);
	return code;
}

static int bring_up_to_date(struct refresh *refresh, const struct fmr_index_options *options,
	struct fmr_findings *findings, struct fmr_err *err)
{
	struct fmr_index *index = refresh->index;
	struct cache *cache = refresh->cache;
	bool changed = cache->folders.moved || cache->folders.changed;
	int code = fmr_book_list_types(index->book, err);
	if (!code && !cache->fresh)
		code = fmr_index_prepare_own(index, err);
	if (!code && !cache->fresh)
		code = refresh_states(refresh, err);
	if (!code && !cache->fresh && changed)
		code = find_others(refresh, err);
	if (cache->folders.moved)
		note(cache, &cache->names_judged, false);
	if (!code && !is_quiet(refresh))
		code = fmr_folders_each(&cache->folders, FMR_RECORDS, add_job, refresh);
	if (!code)
		code = ready_types(refresh, findings, err);
	if (!code && (cache->fresh || cache->adopted))
		code = fmr_index_write(index, err);
	if (!code && cache->fresh)
		code = refresh_states(refresh, err);
	if (!code)
		code = read_jobs(refresh, options, findings, err);
	if (!code)
		code = delete_gone(refresh, err);
	if (!code && (is_dirty(&cache->folders) || cache->judged_anew))
		code = fmr_index_write(index, err);
	if (!code && refresh->judging)
		refresh->judging->result.records = refresh->records;
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
	fmr_dict_init(&refresh.state_of);
	int code = look(&refresh, err);
	if (!code && index->db && !fmr_cache_is_schema_same(index)) {
		fmr_cache_drop(index);
		code = look(&refresh, err);
	}
	if (!code && !index->db) {
		index->cache->fresh = true;
		fmr_cache_is_schema_same(index); /* notes what they are */
	}
	fmr_state_of *before = index->book->state_of;
	void *before_context = index->book->state_context;
	if (before) /* the tables know them without asking the history */
		fmr_book_set_states(index->book, state_of, &refresh);
	if (!code)
		code = bring_up_to_date(&refresh, options, findings, err);
	fmr_book_set_states(index->book, before, before_context);
	FMR_VEC_RELEASE(&refresh.jobs);
	FMR_VEC_RELEASE(&refresh.states);
	fmr_dict_release(&refresh.state_of);
	fmr_dict_release(&refresh.again);
	fmr_arena_release(&refresh.arena);
	return code;
}
