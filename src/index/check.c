#include "index/check.h"

#include "index/private.h"
#include "record/web.h"

int fmr_index_check(struct fmr_book *book, const struct fmr_check_options *options, struct fmr_findings *findings,
	struct fmr_check_result *result, struct fmr_err *err)
{
	static const struct fmr_check_options none = { 0 };
	if (!options)
		options = &none;
	if (options->paths || options->state || fmr_view_kind(fmr_book_view(book)) != FMR_VIEW_WORK_TREE)
		return fmr_check(book, options, findings, result, err);
	struct judging judging = { .options = options, .web = fmr_web_new(book) };
	const struct fmr_index_options index_options = { .threads = options->threads, .progress = options->progress,
		.progress_context = options->progress_context };
	struct fmr_index *index;
	int code = fmr_index_open_judging(book, &index_options, &judging, &index, findings, NULL);
	fmr_web_free(judging.web);
	if (code)
		return fmr_check(book, options, findings, result, err);
	fmr_index_close(index);
	if (result)
		*result = judging.result;
	fmr_findings_sort(findings);
	return FMR_OK;
}
