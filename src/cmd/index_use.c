#include "cmd/index_use.h"

struct fmr_index *fmr_index_use(struct fmr_cli *cli)
{
	struct fmr_index *index = NULL;
	if (fmr_view_kind(cli->view) != FMR_VIEW_WORK_TREE || !fmr_index_is_cached(cli->store))
		return NULL;
	struct fmr_findings *ignored = fmr_findings_new(1);
	if (fmr_index_open(cli->book, NULL, &index, ignored, NULL))
		index = NULL;
	fmr_findings_free(ignored);
	return index;
}
