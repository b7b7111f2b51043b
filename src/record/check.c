/*
 * Checking all records of a view: the names are read first, so that every
 * link can be resolved at once; then threads read, judge and forget the
 * records one by one.
 */
#include "record/web.h"

#include "base/i18n.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 64, THREADS = 64, THREAD_FINDINGS = 200000, FEW_PATHS = 100, AUTOMATIC_THREADS = 8, FEW_IDS = 8 };

struct work {
	struct fmr_book *book;
	const struct fmr_check_options *options;
	const struct fmr_tree *tree;
	struct fmr_web *web;
	const uint32_t *files; /* of the tree: what is to be judged */
	size_t count;
	const char *const *gone; /* when only links to these ids are looked for */
	size_t gone_count;
	atomic_size_t next, done;
	atomic_bool stop;
};

struct worker {
	pthread_t thread;
	bool started, reports; /* reports: calls the progress function */
	struct work *work;
	struct fmr_findings *findings;
	size_t faulty;
	int code;
	struct fmr_err err;
};

static bool has_error_since(const struct fmr_findings *findings, size_t count, size_t dropped)
{
	for (size_t i = count; i < fmr_findings_count(findings); i++)
		if (fmr_findings_at(findings, i)->severity == FMR_ERROR)
			return true;
	return fmr_findings_dropped(findings) > dropped;
}

/* A text that names none of the ids need not be parsed; with many ids, parsing is cheaper than searching.  A file that
 * cannot be read is for the judge to complain of. */
static bool may_name(struct fmr_judge *judge, const struct work *work, const char *path)
{
	if (work->gone_count > FEW_IDS)
		return true;
	fmr_str_clear(&judge->text);
	if (fmr_view_read(work->book->view, path, work->book->record_limit, &judge->text, NULL) != FMR_OK)
		return true;
	for (size_t i = 0; i < work->gone_count; i++)
		if (strstr(judge->text.bytes, work->gone[i]))
			return true;
	return false;
}

/* Of a record that did not change, only its links to what is gone are news. */
static int look_for_gone(struct worker *worker, struct fmr_judge *judge, const char *path, long file)
{
	const struct work *work = worker->work;
	if (!may_name(judge, work, path))
		return FMR_OK;
	judge->findings = fmr_findings_new(1000);
	int code = fmr_judge_file(judge, path, file, &worker->err);
	for (size_t i = 0; i < fmr_findings_count(judge->findings); i++) {
		const struct fmr_finding *row = fmr_findings_at(judge->findings, i);
		for (size_t j = 0; row->code == FMR_CODE_REF_DANGLING && j < work->gone_count; j++)
			if (row->found && strcmp(row->found, work->gone[j]) == 0)
				fmr_findings_copy(worker->findings, row);
	}
	fmr_findings_free(judge->findings);
	judge->findings = worker->findings;
	return code;
}

static void judge_chunk(struct worker *worker, struct fmr_judge *judge, size_t start, size_t end)
{
	struct work *work = worker->work;
	for (size_t i = start; i < end && !worker->code; i++) {
		size_t count = fmr_findings_count(worker->findings), dropped = fmr_findings_dropped(worker->findings);
		const char *path = fmr_tree_path(work->tree, work->files[i]);
		worker->code = work->gone ? look_for_gone(worker, judge, path, (long)work->files[i]) :
					    fmr_judge_file(judge, path, (long)work->files[i], &worker->err);
		if (worker->code == FMR_ERR_NOT_FOUND)
			worker->code = FMR_OK; /* somebody took it away while we looked */
		worker->faulty += has_error_since(worker->findings, count, dropped) ||
			(!work->gone && work->tree->files.items[work->files[i]].odd);
	}
}

static void *run(void *context)
{
	struct worker *worker = context;
	struct work *work = worker->work;
	const struct fmr_check_options *options = work->options;
	struct fmr_judge judge;
	fmr_judge_init(&judge, work->book, worker->findings);
	judge.tree = work->tree;
	judge.state = options->state;
	judge.no_digests = options->no_attachments;
	judge.web = work->web;
	while (!worker->code && !atomic_load(&work->stop)) {
		size_t start = atomic_fetch_add(&work->next, CHUNK);
		size_t end = start + CHUNK < work->count ? start + CHUNK : work->count;
		if (start >= work->count)
			break;
		judge_chunk(worker, &judge, start, end);
		size_t done = atomic_fetch_add(&work->done, end - start) + (end - start);
		if (worker->reports && options->progress)
			options->progress(options->progress_context, done, work->count);
	}
	if (worker->code)
		atomic_store(&work->stop, true);
	fmr_judge_release(&judge);
	return NULL;
}

static int thread_count(const struct fmr_check_options *options, size_t files)
{
	long count = options->threads;
	if (count <= 0) {
		count = sysconf(_SC_NPROCESSORS_ONLN);
		count = count > AUTOMATIC_THREADS ? AUTOMATIC_THREADS : count;
	}
	long useful = (long)(files / CHUNK) + 1;
	count = count > useful ? useful : count;
	return count < 1 ? 1 : count > THREADS ? THREADS : (int)count;
}

static int judge_all(struct work *work, struct fmr_findings *findings, struct fmr_check_result *result,
	struct fmr_err *err)
{
	int count = thread_count(work->options, work->count), code = FMR_OK;
	struct worker *workers = fmr_alloc_zero((size_t)count, sizeof(*workers));
	for (int i = count - 1; i >= 0; i--) { /* the last to start is this thread itself */
		workers[i].work = work;
		workers[i].findings = fmr_findings_new(THREAD_FINDINGS);
		workers[i].reports = i == 0;
		workers[i].started = i > 0 && pthread_create(&workers[i].thread, NULL, run, &workers[i]) == 0;
	}
	run(&workers[0]);
	for (int i = 0; i < count; i++) {
		if (workers[i].started)
			pthread_join(workers[i].thread, NULL);
		if (workers[i].code && !code) {
			code = workers[i].code;
			if (err)
				*err = workers[i].err;
		}
		fmr_findings_merge(findings, workers[i].findings);
		fmr_findings_free(workers[i].findings);
		result->faulty += workers[i].faulty;
	}
	result->records += work->gone ? 0 : work->count;
	free(workers);
	return code;
}

/* ---- which files ---- */

static int compare_paths(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_among(const char *const *paths, size_t count, const char *path)
{
	return count && bsearch(&path, paths, count, sizeof(*paths), compare_paths) != NULL;
}

/* Records of the tree, or those of them that are asked for (sorted). */
static uint32_t *choose(const struct fmr_tree *tree, const char *const *paths, size_t path_count, size_t *count)
{
	uint32_t *files = fmr_alloc_zero(tree->records, sizeof(*files));
	*count = 0;
	for (size_t i = 0; i < tree->files.count; i++)
		if (tree->files.items[i].kind == FMR_TREE_RECORD &&
			(!paths || is_among(paths, path_count, fmr_tree_path(tree, i))))
			files[(*count)++] = (uint32_t)i;
	return files;
}

static void keep_asked(struct fmr_findings *to, const struct fmr_findings *from, const char *const *paths,
	size_t count)
{
	for (size_t i = 0; i < fmr_findings_count(from); i++) {
		const struct fmr_finding *row = fmr_findings_at(from, i);
		if (!paths || (row->path && is_among(paths, count, row->path)))
			fmr_findings_copy(to, row);
	}
}

static bool has_error_before(const struct fmr_findings *findings, size_t end, const char *path)
{
	for (size_t i = 0; i < end; i++) {
		const struct fmr_finding *row = fmr_findings_at(findings, i);
		if (row->severity == FMR_ERROR && row->path && strcmp(row->path, path) == 0)
			return true;
	}
	return false;
}

int fmr_check_links(struct fmr_web *web, bool complete, struct fmr_findings *findings,
	struct fmr_check_result *result, struct fmr_err *err)
{
	size_t count = fmr_findings_count(findings), dropped = fmr_findings_dropped(findings);
	int code = fmr_web_judge(web, complete, true, err);
	if (code)
		return code;
	fmr_web_report(web, NULL, findings);
	const char *last = NULL;
	for (size_t i = count; i < fmr_findings_count(findings); i++) {
		const struct fmr_finding *row = fmr_findings_at(findings, i);
		bool new = !last || strcmp(last, row->path) != 0;
		result->faulty += row->severity == FMR_ERROR && new && !has_error_before(findings, count, row->path);
		last = row->path;
	}
	result->faulty += fmr_findings_dropped(findings) > dropped && !result->faulty;
	return FMR_OK;
}

static int check_tree(struct fmr_book *book, const struct fmr_check_options *options, const char *const *paths,
	struct fmr_findings *findings, struct fmr_check_result *result, struct fmr_err *err)
{
	struct fmr_tree tree;
	struct fmr_findings *names = fmr_findings_new(THREAD_FINDINGS);
	int code = fmr_tree_load(book, &tree, names, err);
	keep_asked(findings, names, paths, options->path_count);
	struct fmr_web *web = fmr_web_new(book);
	struct work work = { .book = book, .options = options, .tree = &tree, .web = web };
	uint32_t *files = choose(&tree, paths, options->path_count, &work.count);
	work.files = files;
	if (!code)
		code = judge_all(&work, findings, result, err);
	if (!code)
		code = fmr_check_links(web, !paths, findings, result, err);
	fmr_web_free(web);
	free(files);
	fmr_findings_free(names);
	fmr_tree_release(&tree);
	return code;
}

int fmr_check_links_to(struct fmr_book *book, const char *const *ids, size_t count, const char *const *except,
	size_t except_count, struct fmr_findings *findings, struct fmr_check_result *result, struct fmr_err *err)
{
	static const struct fmr_check_options options = { .no_attachments = true };
	struct fmr_tree tree;
	struct fmr_findings *broken = fmr_findings_new(100); /* types: they were broken before */
	int code = fmr_judge_ready(book, NULL, broken, err);
	fmr_findings_free(broken);
	if (code)
		return code;
	code = fmr_tree_load(book, &tree, NULL, err);
	struct work work = { .book = book, .options = &options, .tree = &tree, .gone = ids, .gone_count = count };
	uint32_t *files = fmr_alloc_zero(tree.records, sizeof(*files));
	for (size_t i = 0; i < tree.files.count; i++)
		if (tree.files.items[i].kind == FMR_TREE_RECORD &&
			!is_among(except, except_count, fmr_tree_path(&tree, i)))
			files[work.count++] = (uint32_t)i;
	work.files = files;
	if (!code)
		code = judge_all(&work, findings, result, err);
	free(files);
	fmr_tree_release(&tree);
	return code;
}

/* A few paths: each link is one look, whatever the number of records. */
static int check_few(struct fmr_book *book, const struct fmr_check_options *options, const char *const *paths,
	struct fmr_findings *findings, struct fmr_check_result *result, struct fmr_err *err)
{
	struct fmr_judge judge;
	int code = FMR_OK;
	fmr_judge_init(&judge, book, findings);
	judge.state = options->state;
	judge.no_digests = options->no_attachments;
	judge.web = fmr_web_new(book);
	for (size_t i = 0; !code && i < options->path_count; i++) {
		size_t count = fmr_findings_count(findings), dropped = fmr_findings_dropped(findings);
		if (fmr_path_is_record(paths[i]))
			code = fmr_judge_file(&judge, paths[i], -1, err);
		else
			code = fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is no record"), paths[i]);
		result->records++;
		result->faulty += has_error_since(findings, count, dropped);
	}
	if (!code)
		code = fmr_check_links(judge.web, false, findings, result, err);
	fmr_web_free(judge.web);
	fmr_judge_release(&judge);
	return code;
}

int fmr_check(struct fmr_book *book, const struct fmr_check_options *options, struct fmr_findings *findings,
	struct fmr_check_result *result, struct fmr_err *err)
{
	static const struct fmr_check_options none = { 0 };
	struct fmr_check_result ignored;
	if (!options)
		options = &none;
	if (!result)
		result = &ignored;
	*result = (struct fmr_check_result){ 0 };
	const char **paths = NULL;
	bool few = options->paths && options->path_count <= FEW_PATHS;
	if (options->paths) {
		paths = fmr_alloc_zero(options->path_count, sizeof(*paths));
		memcpy(paths, options->paths, options->path_count * sizeof(*paths));
		qsort(paths, options->path_count, sizeof(*paths), compare_paths);
	}
	int code = few ? fmr_book_list_types(book, err) : fmr_judge_ready(book, options->state, findings, err);
	if (!code)
		code = few ? check_few(book, options, paths, findings, result, err) :
			     check_tree(book, options, paths, findings, result, err);
	free(paths);
	fmr_findings_sort(findings);
	return code;
}

int fmr_check_text(struct fmr_book *book, const char *path, const char *bytes, size_t length, const char *state,
	struct fmr_findings *findings, struct fmr_err *err)
{
	const struct fmr_type *type;
	if (!fmr_path_is_record(path))
		return fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is no path of a record"), path);
	int code = fmr_book_type_of_path(book, path, &type, err);
	if (code)
		return code;
	struct fmr_judge judge;
	struct fmr_str text; /* sources end with a NUL */
	fmr_str_init(&text);
	fmr_str_add(&text, bytes, length);
	const struct fmr_source source = { path, text.bytes, text.length };
	fmr_judge_init(&judge, book, findings);
	judge.state = state;
	judge.no_digests = true;
	judge.web = fmr_web_new(book);
	code = fmr_judge_state(book, type, state, findings, err);
	if (!code) {
		fmr_judge_text(&judge, type, &source, -1);
		code = fmr_web_judge(judge.web, false, false, err);
	}
	if (!code)
		fmr_web_report(judge.web, &source, findings);
	fmr_web_free(judge.web);
	fmr_judge_release(&judge);
	fmr_str_release(&text);
	fmr_findings_sort(findings);
	return code;
}
