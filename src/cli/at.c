/*
 * --at: the records as they were.
 */
#include "base/i18n.h"
#include "base/period.h"
#include "cli/frame.h"

#include <string.h>

/* Days and years are counted as the organisation does now. */
static struct fmr_calendar calendar_of(struct fmr_store *store, struct fmr_view **view, struct fmr_book **book)
{
	struct fmr_calendar calendar = { .zone = NULL, .fiscal_start = 4 };
	bool bare = !fmr_store_work_tree(store);
	if (fmr_view_open(store, bare ? FMR_VIEW_COMMIT : FMR_VIEW_WORK_TREE, NULL, view, NULL) == 0 &&
		fmr_book_open(*view, book, NULL, NULL) == 0) {
		calendar.zone = fmr_book_zone(*book);
		calendar.fiscal_start = fmr_book_fiscal_start(*book);
	}
	return calendar;
}

static bool parse_period(struct fmr_store *store, const char *text, struct fmr_period *out)
{
	struct fmr_view *view = NULL;
	struct fmr_book *book = NULL;
	const struct fmr_calendar calendar = calendar_of(store, &view, &book);
	bool good = fmr_period_parse(text, strlen(text), &calendar, out);
	fmr_book_close(book);
	fmr_view_close(view);
	return good;
}

static int open_period(struct fmr_store *store, const struct fmr_period *period, const char *text,
	struct fmr_view **out, struct fmr_err *err)
{
	struct fmr_str commit;
	fmr_str_init(&commit);
	int result = fmr_store_commit_at(store, period->until, &commit, err);
	if (result == FMR_ERR_NOT_FOUND)
		fmr_err_context(err, "'%s'", text);
	if (!result)
		result = fmr_view_open(store, FMR_VIEW_COMMIT, commit.bytes, out, err);
	fmr_str_release(&commit);
	return result;
}

/* 2026 and 20260401 could be the beginning of the id of a commit; nobody means that. */
static bool is_number(const char *text)
{
	size_t length = strlen(text);
	return (length == 4 || length == 8) && strspn(text, "0123456789") == length;
}

int fmr_cli_open_at(struct fmr_cli *cli, const char *at, struct fmr_view **out, struct fmr_err *err)
{
	struct fmr_period period;
	*out = NULL;
	if (is_number(at) && parse_period(cli->store, at, &period))
		return open_period(cli->store, &period, at, out, err);
	int result = fmr_view_open(cli->store, FMR_VIEW_COMMIT, at, out, err);
	if (result && result != FMR_ERR_UNSUPPORTED && parse_period(cli->store, at, &period)) {
		if (err)
			*err = (struct fmr_err){ 0 };
		result = open_period(cli->store, &period, at, out, err);
	} else if (result && err && !*err->hint) {
		fmr_err_hint(err, _("name a revision or a day: HEAD~3, v1.0, 2026-09-30, 'last month'"));
	}
	return result;
}
