/*
 * One thread walks the directories and hands out the paths in chunks; the others, and in the end the walker too, read
 * and look.  A chunk that is done waits until all before it have been taken.
 */
#include "search/scan_index.h"

#include "base/arena.h"
#include "base/vec.h"
#include "record/private.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 64 };

struct item {
	const char *path;
	const struct fmr_type *type;
	void *kept;
};

struct chunk {
	struct fmr_arena arena; /* of the paths */
	struct item items[CHUNK];
	size_t count;
	bool done;
};

struct work {
	struct fmr_book *book;
	const struct fmr_scan *scan;
	struct fmr_err *err;
	pthread_mutex_t mutex;      /* guards what follows, and the `done` of chunks */
	pthread_cond_t more;
	FMR_VEC(struct chunk *) chunks;
	size_t handed, taken, unread;
	bool walked, taking;        /* walked: no chunk will follow */
	int code;                   /* what ended it */
	struct chunk *open;         /* being filled, by the thread that hands out */
};

struct worker {
	struct work *work;
	pthread_t thread;
	bool started;
	int number;
};

/* ---- looking ---- */

/* One for each thread. */
struct desk {
	struct fmr_reader *reader;
	struct fmr_str text, id;
	size_t unread;
};

static void *look_at(const struct worker *worker, struct desk *desk, const struct item *item)
{
	const struct fmr_scan *scan = worker->work->scan;
	fmr_str_clear(&desk->text);
	const int code = fmr_reader_read(desk->reader, item->path, worker->work->book->record_limit, &desk->text, NULL);
	if (code) {
		desk->unread += code != FMR_ERR_NOT_FOUND; /* or else somebody took it away meanwhile */
		return NULL;
	}
	const char *name = strrchr(item->path, '/') + 1;
	fmr_str_clear(&desk->id);
	fmr_str_add(&desk->id, name, strlen(name) - strlen(".yaml"));
	const struct fmr_scan_text text = { item->path, desk->id.bytes, item->type, desk->text.bytes, desk->text.length };
	/* cppcheck-suppress returnDanglingLifetime ; what it returns is memory of its own */
	return scan->look(scan->context, worker->number, &text);
}

static void free_chunk(struct chunk *chunk, const struct fmr_scan *scan)
{
	for (size_t i = 0; i < chunk->count; i++)
		if (chunk->items[i].kept)
			scan->drop(chunk->items[i].kept);
	fmr_arena_release(&chunk->arena);
	free(chunk);
}

static int take_chunk(struct chunk *chunk, const struct fmr_scan *scan)
{
	int code = 0;
	for (size_t i = 0; i < chunk->count && !code; i++) {
		void *kept = chunk->items[i].kept;
		chunk->items[i].kept = NULL;
		code = kept ? scan->take(scan->context, kept) : 0;
	}
	free_chunk(chunk, scan);
	return code;
}

/* With the mutex held, which is given up while a chunk is taken. */
static void take_what_is_done(struct work *work)
{
	if (work->taking)
		return; /* another thread does, and looks again */
	work->taking = true;
	while (!work->code && work->taken < work->handed && work->chunks.items[work->taken]->done) {
		struct chunk *chunk = work->chunks.items[work->taken];
		work->chunks.items[work->taken++] = NULL;
		pthread_mutex_unlock(&work->mutex);
		const int code = take_chunk(chunk, work->scan);
		pthread_mutex_lock(&work->mutex);
		work->code = work->code ? work->code : code;
	}
	work->taking = false;
}

/* The next chunk, or NULL at the end; with the mutex held. */
static struct chunk *next_chunk(struct work *work)
{
	while (!work->code && !work->walked && work->handed == work->chunks.count)
		pthread_cond_wait(&work->more, &work->mutex);
	return work->code || work->handed == work->chunks.count ? NULL : work->chunks.items[work->handed++];
}

static void *run(void *context)
{
	struct worker *worker = context;
	struct work *work = worker->work;
	struct desk desk = { .reader = fmr_reader_new(work->book->view) };
	fmr_str_init(&desk.text);
	fmr_str_init(&desk.id);
	pthread_mutex_lock(&work->mutex);
	for (struct chunk *chunk; (chunk = next_chunk(work));) {
		pthread_mutex_unlock(&work->mutex);
		for (size_t i = 0; i < chunk->count; i++)
			chunk->items[i].kept = look_at(worker, &desk, &chunk->items[i]);
		pthread_mutex_lock(&work->mutex);
		chunk->done = true;
		take_what_is_done(work);
	}
	work->unread += desk.unread;
	pthread_mutex_unlock(&work->mutex);
	fmr_str_release(&desk.text);
	fmr_str_release(&desk.id);
	fmr_reader_free(desk.reader);
	return NULL;
}

/* ---- which records ---- */

struct walk {
	struct fmr_book *book;
	const char *const *types;
	bool with_types;
	int (*found)(void *context, const char *path, const struct fmr_type *type);
	void *context;
	struct fmr_err *err;
	char directory[256];         /* of the record before ... */
	const struct fmr_type *type; /* ... and its type */
	bool wanted;
};

static bool is_among(const char *const *names, const char *name)
{
	while (*names && strcmp(*names, name) != 0)
		names++;
	return *names;
}

/* Records come directory by directory: the type is looked up once for each. */
static int enter_directory(struct walk *walk, const char *path)
{
	const char *directory = path + strlen(FMR_RECORDS) + 1;
	const size_t length = strcspn(directory, "/");
	if (length == strlen(walk->directory) && memcmp(directory, walk->directory, length) == 0)
		return 0;
	const bool fits = length < sizeof(walk->directory);
	memcpy(walk->directory, directory, fits ? length : 0);
	walk->directory[fits ? length : 0] = '\0';
	walk->type = NULL;
	walk->wanted = !walk->types;
	const int slot = fmr_book_slot_of_directory(walk->book, directory, length);
	if (slot < 0)
		return 0;
	const char *name = walk->book->names[slot];
	walk->wanted |= walk->types && is_among(walk->types, name);
	if (!walk->wanted || !walk->with_types)
		return 0;
	const int code = fmr_book_type(walk->book, name, &walk->type, NULL, walk->err);
	return code == FMR_ERR_INVALID ? 0 : code; /* a type with faults: `validate` tells them */
}

static int visit(void *context, const struct fmr_entry *entry)
{
	struct walk *walk = context;
	if (!fmr_path_is_record(entry->path))
		return 0;
	const int code = walk->types || walk->with_types ? enter_directory(walk, entry->path) : 0;
	return code || !walk->wanted ? code : walk->found(walk->context, entry->path, walk->type);
}

static int walk_records(struct walk *walk)
{
	walk->wanted = !walk->types;
	int code = walk->types || walk->with_types ? fmr_book_list_types(walk->book, walk->err) : 0;
	if (!code)
		code = fmr_view_each(walk->book->view, FMR_RECORDS, visit, walk, walk->err);
	return code == FMR_ERR_NOT_FOUND ? 0 : code; /* no records yet */
}

static int list_one(void *context, const char *path, const struct fmr_type *type)
{
	struct fmr_scan_list *list = context;
	FMR_VEC_PUSH(list, ((struct fmr_scan_item){ fmr_arena_strdup(&list->arena, path), type, 0 }));
	return 0;
}

int fmr_scan_list(struct fmr_book *book, struct fmr_index *index, const char *const *types, bool with_types,
	struct fmr_scan_list *out, struct fmr_err *err)
{
	*out = (struct fmr_scan_list){ 0 };
	fmr_arena_init(&out->arena);
	if (index)
		return scan_index_list(book, index, types, with_types, out, err);
	struct walk walk = { .book = book, .types = types, .with_types = with_types, .found = list_one, .context = out,
		.err = err };
	return walk_records(&walk);
}

void fmr_scan_list_release(struct fmr_scan_list *list)
{
	FMR_VEC_RELEASE(list);
	fmr_arena_release(&list->arena);
}

/* ---- handing out ---- */

static int hand_out(struct work *work)
{
	pthread_mutex_lock(&work->mutex);
	if (work->open)
		FMR_VEC_PUSH(&work->chunks, work->open);
	const int code = work->code;
	pthread_cond_signal(&work->more);
	pthread_mutex_unlock(&work->mutex);
	work->open = NULL;
	return code;
}

static int add(void *context, const char *path, const struct fmr_type *type)
{
	struct work *work = context;
	if (!work->open) {
		work->open = fmr_alloc_zero(1, sizeof(*work->open));
		fmr_arena_init(&work->open->arena);
	}
	struct chunk *chunk = work->open;
	chunk->items[chunk->count++] = (struct item){ fmr_arena_strdup(&chunk->arena, path), type, NULL };
	return chunk->count == CHUNK ? hand_out(work) : 0;
}

static void hand_out_all(struct work *work)
{
	const struct fmr_scan *scan = work->scan;
	struct walk walk = { .book = work->book, .types = scan->types, .with_types = scan->with_types, .found = add,
		.context = work, .err = work->err };
	int code = scan->items ? 0 : walk_records(&walk);
	for (size_t i = 0; scan->items && i < scan->item_count && !code; i++)
		code = add(work, scan->items[i].path, scan->items[i].type);
	const int ended = hand_out(work);
	pthread_mutex_lock(&work->mutex);
	work->walked = true;
	if (!ended)
		work->code = code;
	pthread_cond_broadcast(&work->more);
	pthread_mutex_unlock(&work->mutex);
}

/* ---- both ---- */

/* What the book finds out when it is first asked: the walker asks it, and who takes what was kept may, too. */
static int load_types(struct fmr_book *book, struct fmr_err *err)
{
	int code = fmr_book_list_types(book, err);
	for (size_t i = 0; i < book->count && !code; i++) {
		const struct fmr_type *type;
		fmr_book_glance(book, i);
		code = fmr_book_type(book, book->names[i], &type, NULL, err);
		code = code == FMR_ERR_INVALID ? 0 : code; /* a type with faults: `validate` tells them */
	}
	return code;
}

static int thread_count(const struct fmr_scan *scan)
{
	const long count = scan->threads > 0 ? scan->threads : sysconf(_SC_NPROCESSORS_ONLN);
	return count < 1 ? 1 : count > FMR_SCAN_THREADS ? FMR_SCAN_THREADS : (int)count;
}

int fmr_scan_records(struct fmr_book *book, const struct fmr_scan *scan, size_t *unread, struct fmr_err *err)
{
	if (scan->index)
		return scan_index_records(book, scan, unread, err);
	const int loaded = scan->with_types ? load_types(book, err) : 0;
	if (loaded)
		return loaded;
	struct work work = { .book = book, .scan = scan, .err = err };
	pthread_mutex_init(&work.mutex, NULL);
	pthread_cond_init(&work.more, NULL);
	const int count = thread_count(scan);
	struct worker *workers = fmr_alloc_zero((size_t)count, sizeof(*workers));
	for (int i = 0; i < count; i++) {
		workers[i] = (struct worker){ .work = &work, .number = i };
		workers[i].started = i > 0 && pthread_create(&workers[i].thread, NULL, run, &workers[i]) == 0;
	}
	hand_out_all(&work);
	run(&workers[0]);
	for (int i = 0; i < count; i++)
		if (workers[i].started)
			pthread_join(workers[i].thread, NULL);
	for (; work.taken < work.chunks.count; work.taken++)
		free_chunk(work.chunks.items[work.taken], scan);
	FMR_VEC_RELEASE(&work.chunks);
	free(workers);
	pthread_cond_destroy(&work.more);
	pthread_mutex_destroy(&work.mutex);
	*unread = work.unread;
	return work.code;
}
