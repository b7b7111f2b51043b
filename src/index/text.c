/*
 * The texts of the records, one by one and all at once.
 */
#include "index/private.h"

#include "base/i18n.h"
#include "yaml/yaml.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

struct place {
	int64_t key;
	uint64_t offset, length, sum;
};

static int place_of(struct fmr_index *index, int64_t key, struct place *place, struct fmr_err *err)
{
	fmr_sqlite.bind_int64(index->place, 1, key);
	int code = fmr_sqlite.step(index->place);
	*place = (struct place){ .key = key };
	if (code == SQLITE_ROW) {
		place->offset = (uint64_t)fmr_sqlite.column_int64(index->place, 0);
		place->length = (uint64_t)fmr_sqlite.column_int64(index->place, 1);
		place->sum = (uint64_t)fmr_sqlite.column_int64(index->place, 2);
	}
	fmr_sqlite.reset(index->place);
	if (code == SQLITE_ROW)
		return FMR_OK;
	if (code == SQLITE_DONE)
		return fmr_err_set(err, FMR_ERR_NOT_FOUND, _("the index has no such record"));
	return fmr_index_failed(index, err);
}

int fmr_index_text(struct fmr_index *index, int64_t key, struct fmr_str *out, struct fmr_err *err)
{
	struct place place;
	int code = place_of(index, key, &place, err);
	if (!code)
		fmr_str_add(out, index->contents.memory.bytes + place.offset, place.length);
	return code;
}

int fmr_index_parse_record(struct fmr_index *index, int64_t key, const struct fmr_value **root, struct fmr_err *err)
{
	*root = index->root;
	if (index->parsed == key)
		return FMR_OK;
	index->parsed = -1;
	fmr_str_clear(&index->parsed_text);
	fmr_arena_clear(&index->parsed_arena);
	int code = fmr_index_text(index, key, &index->parsed_text, err);
	if (code)
		return code;
	const struct fmr_source source = { "", index->parsed_text.bytes, index->parsed_text.length };
	struct fmr_findings *ignored = fmr_findings_new(1);
	*root = index->root = fmr_yaml_read_record(&source, &index->parsed_arena, ignored);
	fmr_findings_free(ignored);
	index->parsed = key;
	return FMR_OK;
}

/* ---- all of them ---- */

enum { CHUNK = 128, AUTOMATIC_THREADS = 8 };

struct scan {
	struct fmr_index *index;
	const struct place *places;
	size_t count;
	fmr_index_scan_visit *visit;
	void *context;
	atomic_size_t next;
	atomic_int result;
};

struct scanner {
	struct scan *scan;
	int number;
	pthread_t thread;
	bool started;
};

static void *scan_chunks(void *context)
{
	struct scanner *scanner = context;
	struct scan *scan = scanner->scan;
	const char *bytes = scan->index->contents.memory.bytes;
	for (size_t start; !atomic_load(&scan->result) && (start = atomic_fetch_add(&scan->next, CHUNK)) < scan->count;)
		for (size_t i = start; i < start + CHUNK && i < scan->count && !atomic_load(&scan->result); i++) {
			const struct place *place = &scan->places[i];
			int result = scan->visit(scan->context, scanner->number, place->key, bytes + place->offset, place->length);
			if (result)
				atomic_store(&scan->result, result);
		}
	return NULL;
}

static int thread_count(const struct fmr_index *index, size_t records)
{
	long count = index->threads > 0 ? index->threads : sysconf(_SC_NPROCESSORS_ONLN);
	long useful = (long)(records / CHUNK) + 1;
	count = index->threads <= 0 && count > AUTOMATIC_THREADS ? AUTOMATIC_THREADS : count;
	count = count > useful ? useful : count;
	return count < 1 ? 1 : count > FMR_INDEX_THREADS ? FMR_INDEX_THREADS : (int)count;
}

static int scan_places(struct scan *scan)
{
	int count = thread_count(scan->index, scan->count);
	struct scanner *scanners = fmr_alloc_zero((size_t)count, sizeof(*scanners));
	for (int i = count - 1; i >= 0; i--) { /* the first is this thread itself */
		scanners[i] = (struct scanner){ .scan = scan, .number = i };
		scanners[i].started = i > 0 && pthread_create(&scanners[i].thread, NULL, scan_chunks, &scanners[i]) == 0;
	}
	scan_chunks(&scanners[0]);
	for (int i = 1; i < count; i++)
		if (scanners[i].started)
			pthread_join(scanners[i].thread, NULL);
	free(scanners);
	return atomic_load(&scan->result);
}

static int compare_places(const void *a, const void *b)
{
	int64_t x = ((const struct place *)a)->key, y = ((const struct place *)b)->key;
	return (x > y) - (x < y);
}

static int all_places(struct fmr_index *index, struct place **places, size_t *count, struct fmr_err *err)
{
	FMR_VEC(struct place) all = { 0 };
	sqlite3_stmt *rows;
	int code = fmr_index_statement(index, "SELECT key, offset, length, sum FROM record_ ORDER BY key", &rows, err), step;
	while (!code && (step = fmr_sqlite.step(rows)) != SQLITE_DONE) {
		if (step == SQLITE_ROW)
			FMR_VEC_PUSH(&all, ((struct place){ fmr_sqlite.column_int64(rows, 0),
				(uint64_t)fmr_sqlite.column_int64(rows, 1), (uint64_t)fmr_sqlite.column_int64(rows, 2),
				(uint64_t)fmr_sqlite.column_int64(rows, 3) }));
		else
			code = fmr_index_failed(index, err);
	}
	fmr_sqlite.finalize(rows);
	*places = all.items;
	*count = all.count;
	return code;
}

static int some_places(struct fmr_index *index, const int64_t *keys, size_t count, struct place **places,
	struct fmr_err *err)
{
	int code = FMR_OK;
	*places = fmr_alloc_zero(count, sizeof(**places));
	for (size_t i = 0; !code && i < count; i++)
		code = place_of(index, keys[i], &(*places)[i], err);
	if (count)
		qsort(*places, count, sizeof(**places), compare_places);
	return code;
}

int fmr_index_scan(struct fmr_index *index, const int64_t *keys, size_t count, fmr_index_scan_visit *visit,
	void *context, struct fmr_err *err)
{
	struct place *places;
	int code = keys ? some_places(index, keys, count, &places, err) : all_places(index, &places, &count, err);
	struct scan scan = { .index = index, .places = places, .count = count, .visit = visit, .context = context };
	if (!code)
		code = scan_places(&scan);
	free(places);
	return code;
}
