#include "cmd/upgrade_check.h"

#include "base/i18n.h"
#include "cmd/pack.h"
#include "cmd/write.h"
#include "index/check.h"

#include <string.h>

enum { FINDINGS_CAP = 10000, SHOWN = 50 };

static bool is_below(const char *path, const char *directory)
{
	return strncmp(path, directory, strlen(directory)) == 0;
}

static int check_file(struct fmr_book *book, const struct fmr_change *change, struct fmr_findings *findings,
	struct fmr_err *err)
{
	static const char types[] = ".fmrec/schema/", catalogues[] = ".fmrec/catalogue/";
	if (!change->bytes)
		return 0;
	if (strcmp(change->path, FMR_PACK_CONFIG) == 0)
		return fmr_config_check(change->bytes, change->length, findings, err);
	if (is_below(change->path, types))
		fmr_type_file_check(change->path, change->bytes, change->length, book, findings);
	else if (is_below(change->path, catalogues))
		fmr_catalogue_file_check(change->path, change->bytes, change->length, findings);
	return 0;
}

/* Records that were valid and would not be; of the others nothing new is said. */
static int check_records(struct fmr_cli *cli, struct fmr_book *after, struct fmr_upgrade_effect *effect,
	struct fmr_err *err)
{
	const struct fmr_check_options options = { .no_attachments = true };
	struct fmr_check_result now = { 0 }, then = { 0 };
	struct fmr_findings *old = fmr_findings_new(FINDINGS_CAP), *all = fmr_findings_new(FINDINGS_CAP),
			    *new = fmr_findings_new(SHOWN);
	int result = fmr_index_check(cli->book, &options, old, &now, err);
	if (!result)
		result = fmr_check(after, &options, all, &then, err);
	const char *last = "";
	for (size_t i = 0; !result && i < fmr_findings_count(all); i++) {
		const struct fmr_finding *row = fmr_findings_at(all, i);
		effect->older |= row->code == FMR_CODE_RECORD_FORM && !fmr_write_has_finding(old, row);
		if (row->severity != FMR_ERROR || fmr_write_has_finding(old, row))
			continue;
		fmr_findings_copy(new, row);
		effect->faulty += strcmp(row->path ? row->path : "", last) != 0;
		last = row->path ? row->path : "";
	}
	fmr_write_show_findings(cli, new);
	if (effect->faulty)
		fmr_cli_warn(cli, Q_("%zu record is not valid by what comes", "%zu records are not valid by what comes",
			effect->faulty), effect->faulty);
	fmr_findings_free(new);
	fmr_findings_free(all);
	fmr_findings_free(old);
	return result;
}

int fmr_upgrade_check(struct fmr_cli *cli, const struct fmr_change *changes, size_t count,
	struct fmr_upgrade_effect *effect, struct fmr_err *err)
{
	struct fmr_findings *findings = fmr_findings_new(SHOWN);
	struct fmr_view *view = fmr_view_lay_over(cli->view, changes, count);
	struct fmr_book *book = NULL;
	int result = fmr_book_open(view, &book, findings, err);
	for (size_t i = 0; !result && i < count; i++)
		result = check_file(book, &changes[i], findings, err);
	effect->broken = fmr_findings_errors(findings) > 0;
	if (effect->broken) {
		fmr_findings_sort(findings);
		fmr_write_show_findings(cli, findings);
		result = 0;
	} else if (!result) {
		fmr_book_set_states(book, cli->states ? fmr_states_of : NULL, cli->states);
		result = check_records(cli, book, effect, err);
	}
	fmr_book_close(book);
	fmr_view_close(view);
	fmr_findings_free(findings);
	return result;
}
