/*
 * Hidden: what bare `fmrec` says, which is what to do next.
 */
#include "base/alloc.h"
#include "base/i18n.h"
#include "base/str.h"
#include "base/text.h"
#include "cmd/pending.h"
#include "cmd/write.h"
#include "index/check.h"
#include "render/render.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_ROWS = 8, FINDINGS_CAP = 1000 };

/* Records that are staged and in no commit: work that was interrupted, or is being prepared. */
struct staged {
	char *paths[MOST_ROWS]; /* the first of them */
	size_t count, all;
};

static int note_staged(void *context, enum fmr_difference difference, const char *path)
{
	struct staged *staged = context;
	const size_t length = strlen(path);
	(void)difference;
	if (length < 5 || strcmp(path + length - 5, ".yaml") != 0)
		return 0;
	if (staged->all++ < MOST_ROWS)
		staged->paths[staged->count++] = fmr_strdup(path);
	return 0;
}

/* ---- the rows ---- */

static void put_padded(struct fmr_str *out, const char *text, size_t width)
{
	size_t start = out->length;
	fmr_text_escape(out, text, strlen(text), false);
	size_t used = fmr_text_width(out->bytes + start, out->length - start);
	fmr_str_repeat(out, ' ', (used < width ? width - used : 0) + 2);
}

static void put_drafts(struct fmr_cli *cli, struct fmr_str *out, const struct fmr_drafts *drafts)
{
	for (size_t i = 0; i < drafts->count && i < MOST_ROWS; i++) {
		const char *id = drafts->items[i], *last = strrchr(id, '-');
		char *title = fmr_draft_title(cli, id);
		fmr_str_puts(out, "  ");
		put_padded(out, _("draft"), 8);
		put_padded(out, id, 17);
		put_padded(out, title, 28);
		fmr_str_puts(out, "fmrec edit ");
		put_padded(out, last ? last + 1 : id, 0);
		while (out->bytes[out->length - 1] == ' ')
			fmr_str_truncate(out, out->length - 1);
		fmr_str_putc(out, '\n');
		free(title);
	}
}

static void put_staged(struct fmr_cli *cli, struct fmr_str *out, const struct staged *staged)
{
	for (size_t i = 0; i < staged->count; i++) {
		const char *path = staged->paths[i], *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
		struct fmr_record record = { 0 };
		struct fmr_findings *ignored = fmr_findings_new(1);
		char *id = fmr_strndup(name, strcspn(name, "."));
		const bool there = fmr_record_read(cli->book, path, &record, ignored, NULL) == 0;
		fmr_str_puts(out, "  ");
		put_padded(out, _("staged"), 8);
		put_padded(out, id, 17);
		put_padded(out, there && record.root && record.type ? fmr_record_title(&record) : "", 28);
		fmr_str_puts(out, "git commit\n");
		if (there)
			fmr_record_release(&record);
		fmr_findings_free(ignored);
		free(id);
	}
}

/* One row a file: its first error. */
static void put_faults(struct fmr_str *out, const struct fmr_findings *findings)
{
	const char *before = NULL;
	size_t rows = 0;
	for (size_t i = 0; i < fmr_findings_count(findings) && rows < MOST_ROWS; i++) {
		const struct fmr_finding *finding = fmr_findings_at(findings, i);
		if (finding->severity != FMR_ERROR || (before && finding->path && strcmp(before, finding->path) == 0))
			continue;
		before = finding->path;
		const char *slash = finding->path ? strrchr(finding->path, '/') : NULL;
		const char *name = slash ? slash + 1 : finding->path ? finding->path : "";
		char *id = fmr_strndup(name, strcspn(name, "."));
		fmr_str_puts(out, "  ");
		put_padded(out, _("invalid"), 8);
		put_padded(out, id, 17);
		fmr_str_printf(out, "%s: ", fmr_code_name(finding->code));
		fmr_text_escape(out, finding->message, strlen(finding->message), false);
		fmr_str_putc(out, '\n');
		free(id);
		rows++;
	}
}

/* What waits for my signature. */
static void put_pending(struct fmr_str *out, const struct fmr_pendings *pendings)
{
	for (size_t i = 0, rows = 0; i < pendings->count && rows < MOST_ROWS; i++) {
		const struct fmr_pending *one = &pendings->items[i];
		if (i && strcmp(one->id, pendings->items[i - 1].id) == 0) /* the first thing to do with it is enough */
			continue;
		rows++;
		fmr_str_puts(out, "  ");
		put_padded(out, _("pending"), 8);
		put_padded(out, one->id, 17);
		put_padded(out, one->title ? one->title : "", 28);
		fmr_str_printf(out, "fmrec %s ", one->transition);
		const char *last = strrchr(one->id, '-');
		fmr_text_escape(out, last ? last + 1 : one->id, strlen(last ? last + 1 : one->id), false);
		if (one->due)
			fmr_str_printf(out, _("   due %s"), one->due);
		fmr_str_putc(out, '\n');
	}
}

/* Nothing where nobody signs, and for those who do not. */
static int find_pending(struct fmr_cli *cli, struct fmr_pendings *pendings, struct fmr_err *err)
{
	struct fmr_audit *audit = NULL;
	int result = cli->states ? fmr_states_audit(cli->states, &audit, err) : 0;
	const struct trust_policy *policy = audit ? fmr_audit_policy(audit) : NULL;
	const struct trust_person *me = policy ? fmr_pending_me(cli, policy) : NULL;
	const struct fmr_pending_query query = { me ? me->id : NULL, true, false };
	if (!result && me)
		result = fmr_pending_find(cli, audit, &query, pendings, err);
	return result;
}

/* Types that are filed year after year; registers of things and persons are not what one starts the day with. */
static void put_start(struct fmr_cli *cli, struct fmr_str *out)
{
	const char *const *names;
	size_t count, shown = 0;
	if (fmr_book_type_names(cli->book, &names, &count, NULL) != 0)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct fmr_type *type;
		if (fmr_book_type(cli->book, names[i], &type, NULL, NULL) != 0 || !type->by_year)
			continue;
		if (!shown)
			fmr_str_printf(out, "\n%s  fmrec new ", _("Start one:"));
		fmr_str_puts(out, shown++ ? " | " : "");
		fmr_text_escape(out, names[i], strlen(names[i]), false);
	}
	if (shown)
		fmr_str_printf(out, _("   (all: fmrec schema list)\n"));
}

/* "12 records, 1 draft is unfinished, everything is valid." */
static void put_summary(struct fmr_str *out, const struct fmr_check_result *result, size_t waiting, size_t drafts,
	size_t staged)
{
	fmr_str_printf(out, Q_("%zu record", "%zu records", result->records), result->records);
	if (waiting) {
		fmr_str_puts(out, _(", "));
		fmr_str_printf(out, Q_("%zu waits for you", "%zu wait for you", waiting), waiting);
	}
	if (drafts) {
		fmr_str_puts(out, _(", "));
		fmr_str_printf(out, Q_("%zu draft is unfinished", "%zu drafts are unfinished", drafts), drafts);
	}
	if (staged) {
		fmr_str_puts(out, _(", "));
		fmr_str_printf(out, Q_("%zu is staged and not committed", "%zu are staged and not committed", staged), staged);
	}
	fmr_str_puts(out, _(", "));
	if (result->faulty)
		fmr_str_printf(out, Q_("%zu is not valid (fmrec validate).\n", "%zu are not valid (fmrec validate).\n",
			result->faulty), result->faulty);
	else
		fmr_str_puts(out, _("everything is valid.\n"));
}

static void show_progress(void *progress, size_t done, size_t total)
{
	fmr_progress_show(progress, done, total);
}

static int show_book(struct fmr_cli *cli, struct fmr_err *err)
{
	struct fmr_drafts drafts = { 0 };
	struct staged staged = { 0 };
	struct fmr_findings *findings = fmr_findings_new(FINDINGS_CAP);
	struct fmr_check_result result = { 0 };
	struct fmr_progress *progress = fmr_progress_new(cli, _("checking"));
	const struct fmr_check_options options = {
		.no_attachments = true, .progress = show_progress, .progress_context = progress
	};
	struct fmr_pendings pendings = { 0 };
	int rc = fmr_index_check(cli->book, &options, findings, &result, err);
	fmr_progress_end(progress);
	if (!rc)
		rc = find_pending(cli, &pendings, err);
	if (!rc) {
		struct fmr_str out;
		fmr_str_init(&out);
		fmr_drafts_list(cli, &drafts);
		if (fmr_store_work_tree(cli->store)) /* what cannot be told is no reason to say nothing */
			fmr_store_staged(cli->store, "records", note_staged, &staged, NULL);
		put_summary(&out, &result, fmr_pending_records(&pendings), drafts.count, staged.all);
		if (result.faulty || pendings.count || drafts.count || staged.count)
			fmr_str_putc(&out, '\n');
		put_pending(&out, &pendings);
		put_faults(&out, findings);
		put_staged(cli, &out, &staged);
		put_drafts(cli, &out, &drafts);
		put_start(cli, &out);
		fwrite(out.bytes, 1, out.length, cli->out);
		fmr_str_release(&out);
	}
	fmr_pending_release(&pendings);
	fmr_drafts_release(&drafts);
	for (size_t i = 0; i < staged.count; i++)
		free(staged.paths[i]);
	fmr_findings_free(findings);
	return rc;
}

static int show_beginning(struct fmr_cli *cli, bool in_repository)
{
	fprintf(cli->out, "%s\n\n", in_repository ? _("This Git repository keeps no records yet.") :
						    _("There is no record repository here."));
	fprintf(cli->out, "%s\n", _("Begin with:"));
	if (in_repository) {
		fprintf(cli->out, "  fmrec init              %s\n", _("keep records in this repository"));
	} else {
		fprintf(cli->out, "  fmrec init DIRECTORY    %s\n", _("start a record repository"));
		fprintf(cli->out, "  git clone URL           %s\n", _("work on one that exists"));
	}
	fprintf(cli->out, "  fmrec help              %s\n", _("see all commands"));
	return FMR_EXIT_OK;
}

static int run(struct fmr_cli *cli, const void *options, int argc, char **argv, struct fmr_err *err)
{
	(void)options, (void)argc, (void)argv;
	int rc = fmr_cli_need(cli, FMR_NEEDS_STORE, err);
	if (rc == FMR_ERR_NOT_FOUND)
		return show_beginning(cli, false);
	if (!rc)
		rc = fmr_cli_need(cli, FMR_NEEDS_BOOK, err);
	if (rc == FMR_ERR_NOT_FOUND)
		return show_beginning(cli, true);
	return rc ? rc : show_book(cli, err);
}

static const struct fmr_option no_options[] = { { 0 } };

const struct fmr_command fmr_command_next = {
	.name = "__next",
	.options = no_options,
	.run = run,
};
