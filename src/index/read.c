/*
 * Reading records into tables: threads read, parse and, when asked to, judge; this thread writes what they found, in
 * the order of the jobs.
 */
#include "index/private.h"

#include "base/i18n.h"
#include "index/pages.h"
#include "store/repo.h"
#include "yaml/yaml.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BATCH = 64, AHEAD = 4 };

struct result { /* of one job; offsets in the bytes of its batch */
	size_t text, length, taken, taken_length, title;
	uint64_t sum;
	bool readable, same, gone, faulty;
	bool touched; /* what is known of the entry changed */
};

struct batch { /* the results of BATCH jobs */
	struct fmr_str bytes;
	struct result results[BATCH];
	struct fmr_findings *findings;
	bool full;
};

struct reading {
	struct fmr_index *index;
	struct job *jobs;
	size_t count, batches;
	struct judging *judging;
	uint64_t start, seed;
	int old_texts; /* descriptor */
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	size_t next, written; /* batches */
	struct batch *ring;   /* batch n is ring[n % ring_size] */
	size_t ring_size;
	bool stop;
	int code;
	struct fmr_err err;
};

/* ---- the threads ---- */

struct reader {
	struct reading *reading;
	pthread_t thread;
	bool started;
	struct fmr_judge judge; /* used for its memory even when nothing is judged */
	struct fmr_str taken, old;
	/* the job at hand */
	const struct job *job;
	struct batch *batch;
	struct result *result;
	bool seen;
};

static bool is_same_text(struct reader *reader, const char *bytes, size_t length)
{
	const struct place *old = &reader->job->old;
	if (!old->key || old->length != length)
		return false;
	fmr_str_clear(&reader->old);
	fmr_str_reserve(&reader->old, length + 1);
	return pread(reader->reading->old_texts, reader->old.bytes, length, (off_t)old->offset) == (ssize_t)length &&
		memcmp(reader->old.bytes, bytes, length) == 0;
}

/* Keep what goes into the tables. */
static void keep(struct reader *reader, const char *bytes, size_t length, const struct fmr_value *root)
{
	struct fmr_index *index = reader->reading->index;
	struct result *result = reader->result;
	struct fmr_str *out = &reader->batch->bytes;
	const struct shape *shape = reader->job->slot < 0 ? NULL : index->shapes[reader->job->slot];
	result->readable = root && shape;
	result->same = is_same_text(reader, bytes, length);
	if (result->same)
		return;
	if (reader->job->entry) /* until it is judged */
		reader->job->entry->flags &= (uint16_t)~ENTRY_CLEAN;
	result->text = out->length;
	result->length = length;
	result->sum = fmr_sum(bytes, length, reader->reading->seed);
	fmr_str_add(out, bytes, length);
	if (!result->readable)
		return;
	const char *title = fmr_value_string(fmr_value_at(root, shape->type->heading));
	result->title = out->length;
	fmr_str_puts(out, title ? title : "");
	fmr_str_putc(out, '\0');
	fmr_str_clear(&reader->taken);
	fmr_row_take(index->book, shape, root, &reader->taken);
	result->taken = out->length;
	result->taken_length = reader->taken.length;
	fmr_str_add(out, reader->taken.bytes, reader->taken.length);
}

static void see(void *context, const struct fmr_source *source, const struct fmr_value *root)
{
	struct reader *reader = context;
	reader->seen = true;
	keep(reader, source->bytes, source->length, root);
}

static int read_only(struct reader *reader, struct fmr_err *err)
{
	const struct job *job = reader->job;
	struct fmr_book *book = reader->reading->index->book;
	struct fmr_findings *findings = reader->batch->findings;
	struct fmr_str *text = &reader->judge.text;
	fmr_str_clear(text);
	int code = job->odd ? FMR_ERR_UNSUPPORTED : fmr_view_read(book->view, job->path, book->record_limit, text, err);
	if (code == FMR_ERR_LIMIT)
		fmr_findings_add(findings, FMR_CODE_YAML_SIZE, job->path, "%s", _("the file is larger than the limit"));
	else if (code == FMR_ERR_UNSUPPORTED)
		fmr_findings_add(findings, FMR_CODE_RECORD_MODE, job->path, "%s", _("the file is no ordinary file"));
	if (code)
		return code == FMR_ERR_LIMIT || code == FMR_ERR_UNSUPPORTED ? FMR_OK : code;
	const struct fmr_source source = { job->path, text->bytes, text->length };
	fmr_arena_clear(&reader->judge.arena);
	const struct fmr_value *root = fmr_yaml_read_record(&source, &reader->judge.arena, findings);
	const struct fmr_type *type = job->slot < 0 ? NULL : book->slots[job->slot].type;
	see(reader, &source, type && root ? fmr_migrate_value(type, root, &reader->judge.arena, NULL, NULL) : root);
	return FMR_OK;
}

/* A conflict, a fault of YAML, a link: such a text is not seen by the judge, but it can be searched. */
static int read_and_judge(struct reader *reader, struct fmr_err *err)
{
	struct fmr_findings *findings = reader->batch->findings;
	size_t errors = fmr_findings_errors(findings), count = fmr_findings_count(findings);
	reader->judge.findings = findings;
	fmr_str_clear(&reader->judge.text);
	int code = fmr_judge_file(&reader->judge, reader->job->path, reader->job->file, err);
	reader->result->faulty = reader->job->odd || fmr_findings_errors(findings) > errors;
	if (!reader->job->entry)
		return code;
	bool usable = reader->job->slot >= 0 && reader->reading->index->shapes[reader->job->slot];
	bool clean = !code && usable && !reader->job->odd && !reader->judge.digest_missed &&
		fmr_findings_count(findings) == count;
	reader->job->entry->flags &= (uint16_t)~ENTRY_CLEAN;
	reader->job->entry->flags |= clean ? ENTRY_CLEAN : 0;
	return code;
}

static int read_job(struct reader *reader, struct fmr_err *err)
{
	const struct job *job = reader->job;
	const struct fmr_view *view = reader->reading->index->book->view;
	reader->seen = false;
	if (job->entry && !fmr_entry_stat(job->entry, view->store->top, job->path, reader->reading->start)) {
		reader->result->gone = true;
		return FMR_OK;
	}
	int code = reader->reading->judging ? read_and_judge(reader, err) : read_only(reader, err);
	if (code == FMR_ERR_NOT_FOUND) {
		reader->result->gone = true;
		return FMR_OK;
	}
	if (code || reader->seen)
		return code;
	struct fmr_str *text = &reader->judge.text;
	if (!text->length && !job->odd) /* no usable type: the judge did not read it */
		fmr_view_read(reader->reading->index->book->view, job->path, reader->reading->index->book->record_limit, text, NULL);
	keep(reader, text->bytes, text->length, NULL);
	return FMR_OK;
}

static int read_one(struct reader *reader, struct fmr_err *err)
{
	const struct entry *entry = reader->job->entry;
	const struct entry before = entry ? *entry : (struct entry){ 0 };
	int code = read_job(reader, err);
	reader->result->touched = entry && fmr_entry_differs(&before, entry);
	return code;
}

static int read_batch(struct reader *reader, size_t number, struct fmr_err *err)
{
	struct reading *reading = reader->reading;
	struct batch *batch = reader->batch = &reading->ring[number % reading->ring_size];
	int code = FMR_OK;
	fmr_str_clear(&batch->bytes);
	memset(batch->results, 0, sizeof(batch->results));
	for (size_t i = 0; !code && i < BATCH && number * BATCH + i < reading->count; i++) {
		reader->job = &reading->jobs[number * BATCH + i];
		reader->result = &batch->results[i];
		code = read_one(reader, err);
	}
	return code;
}

static void *read_batches(void *context)
{
	struct reader *reader = context;
	struct reading *reading = reader->reading;
	pthread_mutex_lock(&reading->mutex);
	while (!reading->stop && reading->next < reading->batches) {
		if (reading->next >= reading->written + reading->ring_size) { /* the writer is behind */
			pthread_cond_wait(&reading->changed, &reading->mutex);
			continue;
		}
		size_t number = reading->next++;
		struct fmr_err err = { 0 };
		pthread_mutex_unlock(&reading->mutex);
		int code = read_batch(reader, number, &err);
		pthread_mutex_lock(&reading->mutex);
		reading->ring[number % reading->ring_size].full = true;
		if (code && !reading->code) {
			reading->code = code;
			reading->err = err;
			reading->stop = true;
		}
		pthread_cond_broadcast(&reading->changed);
	}
	pthread_mutex_unlock(&reading->mutex);
	return NULL;
}

static void open_reader(struct reader *reader, struct reading *reading)
{
	reader->reading = reading;
	fmr_str_init(&reader->taken);
	fmr_str_init(&reader->old);
	fmr_judge_init(&reader->judge, reading->index->book, NULL);
	reader->judge.look = see;
	reader->judge.look_context = reader;
	if (!reading->judging)
		return;
	reader->judge.tree = reading->judging->tree;
	reader->judge.web = reading->judging->web;
	reader->judge.state = reading->judging->options->state;
	reader->judge.no_digests = reading->judging->options->no_attachments;
}

static void close_reader(struct reader *reader)
{
	if (reader->started)
		pthread_join(reader->thread, NULL);
	fmr_str_release(&reader->taken);
	fmr_str_release(&reader->old);
	fmr_judge_release(&reader->judge);
}

/* ---- the writer ---- */

static int write_result(struct reading *reading, const struct batch *batch, const struct result *result, struct job *job,
	struct fmr_err *err)
{
	struct fmr_index *index = reading->index;
	if (reading->judging)
		reading->judging->result.faulty += result->faulty;
	if (result->touched)
		job->folder->dirty = true;
	if (result->same)
		return FMR_OK;
	int code = job->entry ? fmr_index_write(index, err) : FMR_OK;
	if (!code && !job->is_new)
		code = fmr_writer_delete(index->writer, job->key, err);
	if (job->entry) {
		job->folder->dirty = true;
		job->entry->key = result->gone ? 0 : (uint32_t)job->key;
		job->entry->flags &= (uint16_t)~(ENTRY_GONE | ENTRY_UNREADABLE);
		job->entry->flags |= result->gone ? ENTRY_GONE : result->readable ? 0 : ENTRY_UNREADABLE;
	}
	if (code || result->gone)
		return code;
	const char *name = strrchr(job->path, '/') + 1, *bytes = batch->bytes.bytes;
	char *id = fmr_strndup(name, strlen(name) - strlen(".yaml"));
	const struct record_row row = {
		.key = job->key, .type = job->slot, .readable = result->readable, .id = id, .path = job->path,
		.title = result->readable ? bytes + result->title : "",
		.offset = fmr_contents_add(&index->contents, bytes + result->text, result->length),
		.length = result->length, .sum = result->sum,
		.taken = { bytes + result->taken, result->taken_length },
	};
	code = fmr_writer_put(index->writer, &row, err);
	free(id);
	return code;
}

static int write_batch(struct reading *reading, struct batch *batch, size_t number, struct fmr_findings *findings,
	struct fmr_err *err)
{
	int code = FMR_OK;
	for (size_t i = 0; !code && i < BATCH && number * BATCH + i < reading->count; i++)
		code = write_result(reading, batch, &batch->results[i], &reading->jobs[number * BATCH + i], err);
	if (findings)
		fmr_findings_merge(findings, batch->findings);
	fmr_findings_truncate(batch->findings, 0);
	return code;
}

static int write_batches(struct reading *reading, const struct fmr_index_options *options, struct fmr_findings *findings,
	struct fmr_err *err)
{
	int code = FMR_OK;
	pthread_mutex_lock(&reading->mutex);
	while (!code && !reading->stop && reading->written < reading->batches) {
		struct batch *batch = &reading->ring[reading->written % reading->ring_size];
		if (!batch->full) {
			pthread_cond_wait(&reading->changed, &reading->mutex);
			continue;
		}
		pthread_mutex_unlock(&reading->mutex);
		code = write_batch(reading, batch, reading->written, findings, err);
		if (options->progress)
			options->progress(options->progress_context, reading->written * BATCH, reading->count);
		pthread_mutex_lock(&reading->mutex);
		batch->full = false;
		reading->written++;
		pthread_cond_broadcast(&reading->changed);
	}
	reading->stop = true;
	pthread_cond_broadcast(&reading->changed);
	pthread_mutex_unlock(&reading->mutex);
	return code;
}

/* ---- together ---- */

/* A few records are not worth a thread. */
static int read_here(struct reading *reading, const struct fmr_index_options *options, struct fmr_findings *findings,
	struct fmr_err *err)
{
	struct reader reader = { 0 };
	open_reader(&reader, reading);
	read_batches(&reader);
	reading->stop = false;
	int code = reading->code ? reading->code : write_batches(reading, options, findings, err);
	close_reader(&reader);
	return code;
}

static int read_in_threads(struct reading *reading, size_t threads, const struct fmr_index_options *options,
	struct fmr_findings *findings, struct fmr_err *err)
{
	struct reader *readers = fmr_alloc_zero(threads, sizeof(*readers));
	size_t started = 0;
	for (size_t i = 0; i < threads; i++) {
		open_reader(&readers[i], reading);
		readers[i].started = pthread_create(&readers[i].thread, NULL, read_batches, &readers[i]) == 0;
		started += readers[i].started;
	}
	int code = started ? write_batches(reading, options, findings, err) :
			     fmr_err_set(err, FMR_ERR_IO, _("cannot start a thread"));
	for (size_t i = 0; i < threads; i++)
		close_reader(&readers[i]);
	free(readers);
	return code;
}

int fmr_index_read(struct fmr_index *index, struct job *jobs, size_t count, struct judging *judging,
	const struct fmr_index_options *options, struct fmr_findings *findings, struct fmr_err *err)
{
	struct reading reading = { .index = index, .jobs = jobs, .count = count, .batches = (count + BATCH - 1) / BATCH,
		.judging = judging, .start = fmr_folders_now(), .seed = index->contents.seed,
		.old_texts = index->contents.file };
	size_t threads = (size_t)fmr_index_threads(index);
	if (!count)
		return FMR_OK;
	threads = threads < reading.batches ? threads : reading.batches;
	pthread_mutex_init(&reading.mutex, NULL);
	pthread_cond_init(&reading.changed, NULL);
	reading.ring_size = threads * AHEAD;
	reading.ring = fmr_alloc_zero(reading.ring_size, sizeof(*reading.ring));
	for (size_t i = 0; i < reading.ring_size; i++) {
		fmr_str_init(&reading.ring[i].bytes);
		reading.ring[i].findings = fmr_findings_new(0);
	}
	int code = reading.batches == 1 ? read_here(&reading, options, findings, err) :
					  read_in_threads(&reading, threads, options, findings, err);
	if (!code && reading.code) {
		code = reading.code;
		if (err)
			*err = reading.err;
	}
	for (size_t i = 0; i < reading.ring_size; i++) {
		fmr_str_release(&reading.ring[i].bytes);
		fmr_findings_free(reading.ring[i].findings);
	}
	free(reading.ring);
	pthread_cond_destroy(&reading.changed);
	pthread_mutex_destroy(&reading.mutex);
	return code;
}
