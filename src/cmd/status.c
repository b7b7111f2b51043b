/*
 * What is not in order: not committed, in conflict, invalid, suspect, begun and not finished.
 */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/vec.h"
#include "cmd/names.h"
#include "cmd/write.h"
#include "index/check.h"
#include "index/index.h"
#include "render/line.h"
#include "render/print.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_ROWS = 12, FINDINGS_CAP = 1000, ID_COLUMNS = 17 };

struct row {
	char sign;         /* + ~ - or a blank */
	const char *id, *path;
	const char *note;  /* title, finding or link; NULL: the title of the record is looked up */
};

struct rows {
	struct row *items;
	size_t count, capacity;
	size_t others;     /* files that are no records */
};

struct status {
	struct fmr_cli *cli;
	struct fmr_arena arena;
	struct fmr_str branch;
	const char *operation;
	struct rows conflicts, staged, unstaged, invalid, suspects, drafts;
	struct fmr_check_result checked;
};

/* ---- what is not committed ---- */

struct collection {
	struct status *status;
	struct rows *rows;
};

static int add_file(void *context, enum fmr_difference difference, const char *path)
{
	const struct collection *into = context;
	struct status *status = into->status;
	struct rows *rows = difference == FMR_CONFLICTED ? &status->conflicts : into->rows;
	const struct fmr_type *type;
	struct fmr_text id;
	if (!fmr_names_record(status->cli->book, path, &type, &id)) {
		rows->others++;
		return 0;
	}
	const char sign = difference == FMR_ADDED ? '+' : difference == FMR_DELETED ? '-'
		: difference == FMR_CONFLICTED                                       ? '!'
										     : '~';
	FMR_VEC_PUSH(rows, ((struct row){ sign, fmr_arena_strndup(&status->arena, id.bytes, id.length),
		fmr_arena_strdup(&status->arena, path), NULL }));
	return 0;
}

static int collect_files(struct status *status, struct fmr_err *err)
{
	static const char *const places[] = { "records", ".fmrec" };
	struct fmr_store *store = status->cli->store;
	struct collection staged = { status, &status->staged }, unstaged = { status, &status->unstaged };
	int result = 0;
	for (size_t i = 0; i < 2 && !result; i++) {
		result = fmr_store_staged(store, places[i], add_file, &staged, err);
		if (!result)
			result = fmr_store_unstaged(store, places[i], add_file, &unstaged, err);
	}
	/* git tells the sides of a conflict as staged, too; once is enough */
	size_t kept = 0;
	for (size_t i = 0; i < status->staged.count; i++) {
		bool conflict = false;
		for (size_t j = 0; j < status->conflicts.count && !conflict; j++)
			conflict = strcmp(status->staged.items[i].path, status->conflicts.items[j].path) == 0;
		if (!conflict)
			status->staged.items[kept++] = status->staged.items[i];
	}
	status->staged.count = kept;
	return result;
}

/* ---- what is not in order ---- */

static void show_progress(void *progress, size_t done, size_t total)
{
	fmr_progress_show(progress, done, total);
}

/* One row a file: its first error. */
static void add_faults(struct status *status, const struct fmr_findings *findings)
{
	const char *before = NULL;
	for (size_t i = 0; i < fmr_findings_count(findings); i++) {
		const struct fmr_finding *finding = fmr_findings_at(findings, i);
		if (finding->severity != FMR_ERROR || !finding->path || (before && strcmp(before, finding->path) == 0))
			continue;
		before = finding->path;
		const char *slash = strrchr(finding->path, '/'), *name = slash ? slash + 1 : finding->path;
		FMR_VEC_PUSH(&status->invalid, ((struct row){ '!',
			fmr_arena_strndup(&status->arena, name, strcspn(name, ".")),
			fmr_arena_strdup(&status->arena, finding->path),
			fmr_arena_format(&status->arena, "%s: %s", fmr_code_name(finding->code), finding->message) }));
	}
}

static int check(struct status *status, struct fmr_err *err)
{
	struct fmr_findings *findings = fmr_findings_new(FINDINGS_CAP);
	struct fmr_progress *progress = fmr_progress_new(status->cli, _("checking"));
	const struct fmr_check_options options = {
		.no_attachments = true, .progress = show_progress, .progress_context = progress
	};
	int result = fmr_index_check(status->cli->book, &options, findings, &status->checked, err);
	fmr_progress_end(progress);
	add_faults(status, findings);
	fmr_findings_free(findings);
	return result;
}

static int add_suspect(void *context, const struct fmr_suspect *suspect)
{
	struct status *status = context;
	const char *note = suspect->origin
		? fmr_arena_format(&status->arena, "%s → %s (%s)", suspect->link, suspect->to, suspect->origin)
		: fmr_arena_format(&status->arena, "%s → %s", suspect->link, suspect->to);
	FMR_VEC_PUSH(&status->suspects, ((struct row){ '?', fmr_arena_strdup(&status->arena, suspect->id),
		fmr_arena_strdup(&status->arena, suspect->path), note }));
	return 0;
}

/* Where no link was ever judged none can be suspect, and nothing has to be read. */
static int has_judged(struct status *status, bool *judged, struct fmr_err *err)
{
	static const char sql[] = "SELECT 1 FROM link WHERE judged IS NOT NULL LIMIT 1";
	struct fmr_index *index = NULL;
	struct fmr_rows *rows = NULL;
	int result = fmr_index_open(status->cli->book, NULL, &index, NULL, err);
	if (!result)
		result = fmr_index_prepare(index, sql, &rows, err);
	int row = result ? result : fmr_rows_next(rows, err);
	*judged = row > 0;
	fmr_rows_free(rows);
	fmr_index_close(index);
	return row < 0 ? row : 0;
}

static int collect_suspects(struct status *status, struct fmr_err *err)
{
	bool judged = false;
	int result = has_judged(status, &judged, err);
	return result || !judged ? result : fmr_suspects_each(status->cli->book, NULL, add_suspect, status, err);
}

static void collect_drafts(struct status *status)
{
	struct fmr_drafts drafts = { 0 };
	fmr_drafts_list(status->cli, &drafts);
	for (size_t i = 0; i < drafts.count; i++) {
		char *title = fmr_draft_title(status->cli, drafts.items[i]);
		FMR_VEC_PUSH(&status->drafts, ((struct row){ ' ', fmr_arena_strdup(&status->arena, drafts.items[i]), NULL,
			fmr_arena_strdup(&status->arena, title) }));
		free(title);
	}
	fmr_drafts_release(&drafts);
}

static int collect(struct status *status, struct fmr_err *err)
{
	status->operation = fmr_store_operation(status->cli->store);
	int result = fmr_store_branch(status->cli->store, &status->branch, err);
	if (!result)
		result = collect_files(status, err);
	if (!result)
		result = check(status, err);
	if (!result)
		result = collect_suspects(status, err);
	if (!result)
		collect_drafts(status);
	return result;
}

static bool needs_mending(const struct status *status)
{
	return status->operation || status->conflicts.count || status->invalid.count || status->suspects.count;
}

static bool is_committed(const struct status *status)
{
	return !status->conflicts.count && !status->staged.count && !status->unstaged.count && !status->staged.others &&
		!status->unstaged.others;
}

/* ---- for people ---- */

static void put_title(const struct status *status, const struct row *row, struct fmr_str *out)
{
	struct fmr_record record;
	if (row->note) {
		fmr_print_safe(out, row->note);
	} else if (row->sign != '-' && fmr_record_read(status->cli->book, row->path, &record, NULL, NULL) == 0) {
		fmr_print_safe(out, fmr_record_title(&record));
		fmr_record_release(&record);
	}
}

static void put_row(const struct status *status, const struct row *row, struct fmr_str *out)
{
	const enum fmr_color color = row->sign == '+' ? FMR_GREEN : row->sign == '-' || row->sign == '!' ? FMR_RED : FMR_YELLOW;
	fmr_str_puts(out, "  ");
	fmr_print_color(out, status->cli->color, color);
	fmr_str_putc(out, row->sign);
	fmr_print_color(out, status->cli->color, FMR_PLAIN);
	fmr_str_putc(out, ' ');
	size_t start = out->length;
	fmr_print_safe(out, row->id);
	size_t used = fmr_text_width(out->bytes + start, out->length - start);
	fmr_str_repeat(out, ' ', (used < ID_COLUMNS ? ID_COLUMNS - used : 0) + 2);
	put_title(status, row, out);
	while (out->bytes[out->length - 1] == ' ')
		fmr_str_truncate(out, out->length - 1);
	fmr_str_putc(out, '\n');
}

/* heading: what they have in common, and what can be done. */
static void put_rows(const struct status *status, const char *heading, const char *advice, const struct rows *rows,
	struct fmr_str *out)
{
	if (!rows->count && !rows->others)
		return;
	fmr_str_putc(out, '\n');
	fmr_print_color(out, status->cli->color, FMR_BOLD);
	fmr_str_puts(out, heading);
	fmr_print_color(out, status->cli->color, FMR_PLAIN);
	fmr_str_printf(out, "  (%s)\n", advice);
	const size_t most = status->cli->verbose ? rows->count : MOST_ROWS;
	for (size_t i = 0; i < rows->count && i < most; i++)
		put_row(status, &rows->items[i], out);
	if (rows->count > most)
		fmr_str_printf(out, Q_("    … and %zu more record\n", "    … and %zu more records\n", rows->count - most),
			rows->count - most);
	if (rows->others)
		fmr_str_printf(out, Q_("    … and %zu other file\n", "    … and %zu other files\n", rows->others), rows->others);
}

static void put_text(const struct status *status, struct fmr_str *out)
{
	struct fmr_str branch;
	fmr_str_init(&branch);
	fmr_print_safe(&branch, status->branch.bytes);
	fmr_str_printf(out, _("On branch %s\n"), branch.bytes);
	fmr_str_release(&branch);
	if (status->operation) {
		fmr_str_printf(out, _("A %s is not finished"), _(status->operation));
		fmr_str_printf(out, "  (git %s --continue | --abort)\n", status->operation);
	}
	put_rows(status, _("In conflict"), _("mend the file, then: git add FILE"), &status->conflicts, out);
	put_rows(status, _("Staged"), _("fmrec diff --staged; git commit"), &status->staged, out);
	put_rows(status, _("Not staged"), _("fmrec diff; git add FILE, or git restore FILE"), &status->unstaged, out);
	put_rows(status, _("Invalid"), "fmrec validate", &status->invalid, out);
	put_rows(status, _("Suspect links"), "fmrec relink ID", &status->suspects, out);
	put_rows(status, _("Drafts"), "fmrec edit ID", &status->drafts, out);
	if (is_committed(status) && !needs_mending(status))
		fmr_str_printf(out, "%s\n", _("Everything is committed and valid"));
}

/* ---- for programs ---- */

static const char *change_of(char sign)
{
	return sign == '+' ? "added" : sign == '-' ? "removed" : sign == '~' ? "changed" : NULL;
}

static void put_list(struct fmr_str *out, bool *first, const char *name, const struct rows *rows)
{
	fmr_print_key(out, first, name);
	fmr_str_putc(out, '[');
	for (size_t i = 0; i < rows->count; i++) {
		const struct row *row = &rows->items[i];
		bool first_member = true;
		fmr_str_puts(out, i ? ",{" : "{");
		fmr_print_member(out, &first_member, "id", row->id);
		fmr_print_member(out, &first_member, "path", row->path);
		fmr_print_member(out, &first_member, "change", change_of(row->sign));
		fmr_print_member(out, &first_member, "note", row->note);
		fmr_str_putc(out, '}');
	}
	fmr_str_putc(out, ']');
}

static void put_json(const struct status *status, struct fmr_str *out)
{
	bool first = true;
	fmr_str_putc(out, '{');
	fmr_print_member(out, &first, "branch", status->branch.bytes);
	fmr_print_key(out, &first, "operation");
	fmr_str_printf(out, status->operation ? "\"%s\"" : "null", status->operation);
	put_list(out, &first, "conflicts", &status->conflicts);
	put_list(out, &first, "staged", &status->staged);
	put_list(out, &first, "unstaged", &status->unstaged);
	put_list(out, &first, "invalid", &status->invalid);
	put_list(out, &first, "suspects", &status->suspects);
	put_list(out, &first, "drafts", &status->drafts);
	fmr_print_member_number(out, &first, "records", status->checked.records);
	fmr_str_puts(out, "}\n");
}

/* ---- the command ---- */

static int run(struct fmr_cli *cli, const void *options, int argc, char **argv, struct fmr_err *err)
{
	(void)options, (void)argv;
	if (argc)
		return fmr_cli_usage(cli, "%s", _("status takes no operands"));
	struct status status = { .cli = cli };
	struct fmr_str out;
	fmr_arena_init(&status.arena);
	fmr_str_init(&status.branch);
	fmr_str_init(&out);
	int result = collect(&status, err);
	if (!result) {
		fmr_cli_page(cli);
		if (cli->format && strcmp(cli->format, "json") == 0)
			put_json(&status, &out);
		else
			put_text(&status, &out);
		fwrite(out.bytes, 1, out.length, cli->out);
		result = needs_mending(&status) ? FMR_EXIT_FINDINGS : FMR_EXIT_OK;
	}
	struct rows *const all[] = { &status.conflicts, &status.staged, &status.unstaged, &status.invalid, &status.suspects,
		&status.drafts };
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		FMR_VEC_RELEASE(all[i]);
	fmr_str_release(&out);
	fmr_str_release(&status.branch);
	fmr_arena_release(&status.arena);
	return result;
}

static const char *const formats[] = { "text", "json", NULL };
static const char *const synopsis[] = { "[--format text|json]", NULL };

const struct fmr_command fmr_command_status = {
	.name = "status",
	.group = "read",
	.summary = N_("show what is not committed, or not in order"),
	.synopsis = synopsis,
	.needs = FMR_NEEDS_WORK_TREE,
	.formats = formats,
	.run = run,
};
