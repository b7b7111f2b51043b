/*
 * Reading records into empty tables: threads read and parse, this thread writes what they found in the order of the
 * paths.
 */
#include "index/private.h"

#include "base/i18n.h"
#include "yaml/yaml.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BATCH = 64, AHEAD = 4, AUTOMATIC_THREADS = 8 };

struct batch_row {
	size_t text, length, taken, taken_length, title; /* offsets in the batch */
	bool readable, gone;
};

/* The records of one chunk, read. */
struct batch {
	struct fmr_str bytes;
	struct batch_row rows[BATCH];
	struct fmr_findings *findings;
	bool full;
};

struct filling {
	struct fmr_index *index;
	const struct fmr_tree *tree;
	uint32_t *files; /* of the tree: the records */
	size_t count, chunks;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	size_t next, written; /* chunks */
	struct batch *ring;   /* of chunk n: ring[n % ring_size] */
	size_t ring_size;
	bool stop;
	int code;
	struct fmr_err err;
	bool wants_findings;
};

/* ---- the threads ---- */

struct reader {
	struct filling *filling;
	pthread_t thread;
	bool started;
	struct fmr_str text, taken;
	struct fmr_arena arena;
};

static void parse(struct reader *reader, struct batch *batch, struct batch_row *row, const struct shape *shape,
	const char *path)
{
	struct fmr_arena *arena = &reader->arena;
	const struct fmr_source source = { path, reader->text.bytes, reader->text.length };
	fmr_arena_clear(arena);
	const struct fmr_value *root = fmr_yaml_read_record(&source, arena, batch->findings);
	if (!root)
		return;
	const char *title = fmr_value_string(fmr_value_at(root, shape->type->heading));
	row->readable = true;
	row->title = batch->bytes.length;
	fmr_str_puts(&batch->bytes, title ? title : "");
	fmr_str_putc(&batch->bytes, '\0');
	fmr_str_clear(&reader->taken);
	fmr_row_take(reader->filling->index->book, shape, root, &reader->taken);
	row->taken = batch->bytes.length;
	row->taken_length = reader->taken.length;
	fmr_str_add(&batch->bytes, reader->taken.bytes, reader->taken.length);
}

static int read_one(struct reader *reader, struct batch *batch, struct batch_row *row, size_t file)
{
	struct filling *filling = reader->filling;
	struct fmr_book *book = filling->index->book;
	const struct fmr_tree_file *entry = &filling->tree->files.items[file];
	const char *path = fmr_tree_path(filling->tree, file);
	struct fmr_err err = { 0 };
	fmr_str_clear(&reader->text);
	int code = entry->odd ? FMR_ERR_UNSUPPORTED :
				fmr_view_read(book->view, path, book->record_limit, &reader->text, &err);
	row->gone = code == FMR_ERR_NOT_FOUND;
	if (code == FMR_ERR_LIMIT)
		fmr_findings_add(batch->findings, FMR_CODE_YAML_SIZE, path, "%s", _("the file is larger than the limit"));
	else if (code == FMR_ERR_UNSUPPORTED)
		fmr_findings_add(batch->findings, FMR_CODE_RECORD_MODE, path, "%s", _("the file is no ordinary file"));
	else if (code && code != FMR_ERR_NOT_FOUND) {
		pthread_mutex_lock(&filling->mutex);
		filling->code = code;
		filling->err = err;
		pthread_mutex_unlock(&filling->mutex);
		return code;
	}
	row->text = batch->bytes.length;
	row->length = reader->text.length;
	fmr_str_add(&batch->bytes, reader->text.bytes, reader->text.length);
	const struct shape *shape = entry->slot < 0 ? NULL : filling->index->shapes[entry->slot];
	if (!code && shape)
		parse(reader, batch, row, shape, path);
	return FMR_OK;
}

static int read_chunk(struct reader *reader, size_t chunk)
{
	struct filling *filling = reader->filling;
	struct batch *batch = &filling->ring[chunk % filling->ring_size];
	size_t start = chunk * BATCH, end = start + BATCH < filling->count ? start + BATCH : filling->count;
	int code = FMR_OK;
	fmr_str_clear(&batch->bytes);
	memset(batch->rows, 0, sizeof(batch->rows));
	for (size_t i = start; !code && i < end; i++)
		code = read_one(reader, batch, &batch->rows[i - start], filling->files[i]);
	return code;
}

static void *read_chunks(void *context)
{
	struct reader *reader = context;
	struct filling *filling = reader->filling;
	pthread_mutex_lock(&filling->mutex);
	while (!filling->stop && filling->next < filling->chunks) {
		if (filling->next >= filling->written + filling->ring_size) { /* the writer is behind */
			pthread_cond_wait(&filling->changed, &filling->mutex);
			continue;
		}
		size_t chunk = filling->next++;
		pthread_mutex_unlock(&filling->mutex);
		int code = read_chunk(reader, chunk);
		pthread_mutex_lock(&filling->mutex);
		filling->ring[chunk % filling->ring_size].full = true;
		filling->stop = filling->stop || code;
		pthread_cond_broadcast(&filling->changed);
	}
	pthread_mutex_unlock(&filling->mutex);
	return NULL;
}

/* ---- the writer ---- */

static int write_row(struct filling *filling, struct writer *writer, const struct batch *batch,
	const struct batch_row *row, size_t number, struct fmr_err *err)
{
	const struct fmr_tree_file *file = &filling->tree->files.items[filling->files[number]];
	const char *path = fmr_tree_path(filling->tree, filling->files[number]), *name = strrchr(path, '/') + 1;
	const char *text = batch->bytes.bytes + row->text;
	char id[256];
	size_t length = strlen(name) - strlen(".yaml");
	if (row->gone || length >= sizeof(id))
		return FMR_OK;
	memcpy(id, name, length);
	id[length] = '\0';
	const struct record_row out = {
		.key = (int64_t)number + 1, .type = file->slot, .readable = row->readable, .id = id,
		.title = row->readable ? batch->bytes.bytes + row->title : "",
		.offset = fmr_contents_add(&filling->index->contents, text, row->length), .length = row->length,
		.sum = fmr_contents_sum(text, row->length),
		.taken = { batch->bytes.bytes + row->taken, row->taken_length },
	};
	return fmr_writer_put(writer, &out, path, err);
}

static int write_chunk(struct filling *filling, struct writer *writer, size_t chunk, struct fmr_findings *findings,
	struct fmr_err *err)
{
	struct batch *batch = &filling->ring[chunk % filling->ring_size];
	size_t start = chunk * BATCH, end = start + BATCH < filling->count ? start + BATCH : filling->count;
	int code = FMR_OK;
	for (size_t i = start; !code && i < end; i++)
		code = write_row(filling, writer, batch, &batch->rows[i - start], i, err);
	if (findings)
		fmr_findings_merge(findings, batch->findings);
	fmr_findings_truncate(batch->findings, 0);
	return code;
}

static int write_chunks(struct filling *filling, struct writer *writer, const struct fmr_index_options *options,
	struct fmr_findings *findings, struct fmr_err *err)
{
	int code = FMR_OK;
	pthread_mutex_lock(&filling->mutex);
	while (!code && !filling->stop && filling->written < filling->chunks) {
		struct batch *batch = &filling->ring[filling->written % filling->ring_size];
		if (!batch->full) {
			pthread_cond_wait(&filling->changed, &filling->mutex);
			continue;
		}
		pthread_mutex_unlock(&filling->mutex);
		code = write_chunk(filling, writer, filling->written, findings, err);
		if (options->progress)
			options->progress(options->progress_context, filling->written * BATCH, filling->count);
		pthread_mutex_lock(&filling->mutex);
		batch->full = false;
		filling->written++;
		pthread_cond_broadcast(&filling->changed);
	}
	filling->stop = true;
	pthread_cond_broadcast(&filling->changed);
	pthread_mutex_unlock(&filling->mutex);
	return code;
}

/* ---- together ---- */

static size_t thread_count(const struct fmr_index_options *options, size_t chunks)
{
	long count = options->threads > 0 ? options->threads : sysconf(_SC_NPROCESSORS_ONLN);
	count = count < 1 ? 1 : count > AUTOMATIC_THREADS ? AUTOMATIC_THREADS : count;
	return (size_t)count < chunks ? (size_t)count : chunks;
}

static int read_and_write(struct filling *filling, struct writer *writer, const struct fmr_index_options *options,
	struct fmr_findings *findings, struct fmr_err *err)
{
	size_t count = thread_count(options, filling->chunks), started = 0;
	struct reader *readers = fmr_alloc_zero(count, sizeof(*readers));
	filling->ring_size = count * AHEAD;
	filling->ring = fmr_alloc_zero(filling->ring_size, sizeof(*filling->ring));
	for (size_t i = 0; i < filling->ring_size; i++) {
		fmr_str_init(&filling->ring[i].bytes);
		filling->ring[i].findings = fmr_findings_new(0);
	}
	for (size_t i = 0; i < count; i++) {
		readers[i].filling = filling;
		fmr_str_init(&readers[i].text);
		fmr_str_init(&readers[i].taken);
		fmr_arena_init(&readers[i].arena);
		readers[i].started = pthread_create(&readers[i].thread, NULL, read_chunks, &readers[i]) == 0;
		started += readers[i].started;
	}
	int code = started ? write_chunks(filling, writer, options, findings, err) :
			     fmr_err_set(err, FMR_ERR_IO, _("cannot start a thread"));
	for (size_t i = 0; i < count; i++) {
		if (readers[i].started)
			pthread_join(readers[i].thread, NULL);
		fmr_str_release(&readers[i].text);
		fmr_str_release(&readers[i].taken);
		fmr_arena_release(&readers[i].arena);
	}
	if (!code && filling->code && err)
		*err = filling->err;
	for (size_t i = 0; i < filling->ring_size; i++) {
		fmr_str_release(&filling->ring[i].bytes);
		fmr_findings_free(filling->ring[i].findings);
	}
	free(filling->ring);
	free(readers);
	return code ? code : filling->code;
}

int fmr_index_fill(struct fmr_index *index, const struct fmr_index_options *options, struct fmr_findings *findings,
	struct fmr_err *err)
{
	struct fmr_tree tree;
	struct filling filling = { .index = index, .tree = &tree };
	struct writer *writer = NULL;
	pthread_mutex_init(&filling.mutex, NULL);
	pthread_cond_init(&filling.changed, NULL);
	int code = fmr_tree_load(index->book, &tree, NULL, err);
	filling.files = fmr_alloc_zero(tree.records, sizeof(*filling.files));
	for (size_t i = 0; i < tree.files.count; i++)
		if (tree.files.items[i].kind == FMR_TREE_RECORD)
			filling.files[filling.count++] = (uint32_t)i;
	filling.chunks = (filling.count + BATCH - 1) / BATCH;
	if (!code)
		code = fmr_index_exec(index, "BEGIN", err);
	if (!code)
		code = fmr_writer_open(index, &writer, err);
	if (!code && filling.count)
		code = read_and_write(&filling, writer, options, findings, err);
	fmr_writer_close(writer);
	if (!code)
		code = fmr_index_exec(index, "COMMIT", err);
	free(filling.files);
	fmr_tree_release(&tree);
	pthread_cond_destroy(&filling.changed);
	pthread_mutex_destroy(&filling.mutex);
	return code;
}
