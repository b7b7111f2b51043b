/*
 * The texts of the records, one by one and all at once.
 */
#include "index/private.h"

#include "base/i18n.h"
#include "index/pages.h"
#include "yaml/yaml.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

int fmr_index_place(struct fmr_index *index, int64_t key, struct place *place, struct fmr_err *err)
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

int fmr_index_path(struct fmr_index *index, int64_t key, struct fmr_str *out, struct fmr_err *err)
{
	fmr_sqlite.bind_int64(index->path, 1, key);
	int code = fmr_sqlite.step(index->path);
	if (code == SQLITE_ROW)
		fmr_str_puts(out, (const char *)fmr_sqlite.column_text(index->path, 0));
	fmr_sqlite.reset(index->path);
	return code == SQLITE_ROW ? FMR_OK : fmr_err_set(err, FMR_ERR_NOT_FOUND, _("the index has no such record"));
}

/* A text that is not what was stored is damaged: the file says what it should be. */
static int read_again(struct fmr_index *index, int64_t key, struct fmr_str *out, struct fmr_err *err)
{
	struct fmr_str path;
	fmr_str_init(&path);
	index->damaged = true;
	int code = fmr_index_path(index, key, &path, err);
	if (!code)
		code = fmr_view_read(index->book->view, path.bytes, index->book->record_limit, out, err);
	fmr_str_release(&path);
	return code;
}

/* Append the text at a place; false when it is damaged. */
static bool get_text(const struct fmr_index *index, const struct place *place, struct fmr_str *out)
{
	const size_t before = out->length;
	if (place->length > fmr_contents_size(&index->contents))
		return false;
	fmr_str_reserve(out, place->length + 1);
	char *to = out->bytes + before;
	if (!fmr_contents_get(&index->contents, place->offset, place->length, to) ||
		fmr_sum(to, place->length, index->contents.seed) != place->sum)
		return false;
	to[place->length] = '\0';
	out->length = before + place->length;
	return true;
}

int fmr_index_text(struct fmr_index *index, int64_t key, struct fmr_str *out, struct fmr_err *err)
{
	struct place place;
	int code = fmr_index_place(index, key, &place, err);
	if (code || get_text(index, &place, out))
		return code;
	return read_again(index, key, out, err);
}

/* As records of an older form are read everywhere. */
static const struct fmr_value *migrated(struct fmr_index *index, int64_t key, const struct fmr_value *root)
{
	const struct fmr_type *type;
	struct fmr_str path;
	fmr_str_init(&path);
	if (fmr_index_path(index, key, &path, NULL) == FMR_OK &&
		fmr_book_type_of_path(index->book, path.bytes, &type, NULL) == FMR_OK)
		root = fmr_migrate_value(type, root, &index->parsed_arena, NULL, NULL);
	fmr_str_release(&path);
	return root;
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
	index->root = fmr_yaml_read_record(&source, &index->parsed_arena, ignored);
	if (index->root)
		index->root = migrated(index, key, index->root);
	*root = index->root;
	fmr_findings_free(ignored);
	index->parsed = key;
	return FMR_OK;
}

/* ---- all of them ---- */

enum { CHUNK = 128, RUN = 4 << 20 };

struct scan {
	struct fmr_index *index;
	const struct place *places;
	size_t count;
	fmr_index_scan_visit *visit;
	void *context;
	atomic_size_t next;
	atomic_int result;
	pthread_mutex_t database; /* for damaged texts */
};

struct scanner {
	struct scan *scan;
	int number;
	pthread_t thread;
	bool started;
	struct fmr_str bytes, text;
};

static int visit_again(struct scanner *scanner, const struct place *place)
{
	struct scan *scan = scanner->scan;
	fmr_str_clear(&scanner->text);
	pthread_mutex_lock(&scan->database);
	int code = read_again(scan->index, place->key, &scanner->text, NULL);
	pthread_mutex_unlock(&scan->database);
	return code ? 0 : scan->visit(scan->context, scanner->number, place->key, scanner->text.bytes, scanner->text.length);
}

static int visit_one(struct scanner *scanner, const struct place *place, const char *text)
{
	const struct scan *scan = scanner->scan;
	if (!text) {
		fmr_str_clear(&scanner->text);
		if (!get_text(scan->index, place, &scanner->text))
			return visit_again(scanner, place);
		text = scanner->text.bytes;
	} else if (fmr_sum(text, place->length, scan->index->contents.seed) != place->sum) {
		return visit_again(scanner, place);
	}
	return scan->visit(scan->context, scanner->number, place->key, text, place->length);
}

/* Texts that lie near each other are read at once. */
static const char *read_run(struct scanner *scanner, const struct place *places, size_t count, uint64_t *start)
{
	uint64_t end = 0;
	*start = UINT64_MAX;
	for (size_t i = 0; i < count; i++) {
		*start = places[i].offset < *start ? places[i].offset : *start;
		end = places[i].offset + places[i].length > end ? places[i].offset + places[i].length : end;
	}
	const struct contents *contents = &scanner->scan->index->contents;
	if (end - *start > RUN || end < *start || (end > contents->base && *start < contents->base))
		return NULL;
	fmr_str_clear(&scanner->bytes);
	fmr_str_reserve(&scanner->bytes, end - *start + 1);
	return fmr_contents_get(contents, *start, end - *start, scanner->bytes.bytes) ? scanner->bytes.bytes : NULL;
}

static void *scan_chunks(void *context)
{
	struct scanner *scanner = context;
	struct scan *scan = scanner->scan;
	for (size_t first; !atomic_load(&scan->result) && (first = atomic_fetch_add(&scan->next, CHUNK)) < scan->count;) {
		const struct place *places = scan->places + first;
		size_t count = scan->count - first < CHUNK ? scan->count - first : CHUNK;
		uint64_t start;
		const char *run = read_run(scanner, places, count, &start);
		int result = 0;
		for (size_t i = 0; !result && i < count && !atomic_load(&scan->result); i++)
			result = visit_one(scanner, &places[i], run ? run + (places[i].offset - start) : NULL);
		if (result)
			atomic_store(&scan->result, result);
	}
	return NULL;
}

static int scan_places(struct scan *scan)
{
	size_t useful = scan->count / CHUNK + 1;
	int threads = fmr_index_threads(scan->index), count = (size_t)threads < useful ? threads : (int)useful;
	struct scanner *scanners = fmr_alloc_zero((size_t)count, sizeof(*scanners));
	pthread_mutex_init(&scan->database, NULL);
	for (int i = count - 1; i >= 0; i--) { /* the first is this thread itself */
		scanners[i] = (struct scanner){ .scan = scan, .number = i };
		fmr_str_init(&scanners[i].bytes);
		fmr_str_init(&scanners[i].text);
		scanners[i].started = i > 0 && pthread_create(&scanners[i].thread, NULL, scan_chunks, &scanners[i]) == 0;
	}
	scan_chunks(&scanners[0]);
	for (int i = 0; i < count; i++) {
		if (scanners[i].started)
			pthread_join(scanners[i].thread, NULL);
		fmr_str_release(&scanners[i].bytes);
		fmr_str_release(&scanners[i].text);
	}
	pthread_mutex_destroy(&scan->database);
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
		code = fmr_index_place(index, keys[i], &(*places)[i], err);
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
