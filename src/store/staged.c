#include "store/repo.h"
#include "base/i18n.h"
int fmr_view_open_staged(struct fmr_view *view, struct fmr_err *err)
{
	(void)view;
	return fmr_err_set(err, FMR_ERR_UNSUPPORTED, _("the staged view is not there yet"));
}
