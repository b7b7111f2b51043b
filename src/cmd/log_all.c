/* `fmrec log` without a record: the commits, and the records that each touched. */
#include "cmd/log.h"

#include "base/alloc.h"
#include "base/i18n.h"
#include "cmd/names.h"
#include "fmrec/history.h"
#include "render/commit.h"
#include "render/print.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_ROWS = 10, LARGEST_TITLED = 1 << 20 };

static const char *word_of(enum fmr_difference difference)
{
	return difference == FMR_ADDED ? "added" : difference == FMR_DELETED ? "removed" : "changed";
}

static const char *sign_of(enum fmr_difference difference)
{
	return difference == FMR_ADDED ? "+" : difference == FMR_DELETED ? "-" : "~";
}

static void put_row(struct fmr_log *log, const struct fmr_history_file *file, const struct fmr_type *type,
	struct fmr_text id, struct fmr_str *out)
{
	const bool color = log->cli->color;
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_puts(out, "    ");
	fmr_print_color(out, color, file->difference == FMR_ADDED ? FMR_GREEN : file->difference == FMR_DELETED ? FMR_RED : FMR_YELLOW);
	fmr_str_puts(out, sign_of(file->difference));
	fmr_print_color(out, color, FMR_PLAIN);
	fmr_str_putc(out, ' ');
	fmr_str_add(out, id.bytes, id.length);
	if (file->mode && fmr_store_blob(log->cli->store, file->blob, file->path, LARGEST_TITLED, &text, NULL) == 0) {
		char *title = fmr_names_title(type, text.bytes, text.length);
		fmr_str_puts(out, title ? "  " : "");
		fmr_print_safe(out, title);
		free(title);
	}
	fmr_str_putc(out, '\n');
	fmr_str_release(&text);
}

struct counts {
	size_t records, others;
};

static struct counts put_rows(struct fmr_log *log, const struct fmr_history_commit *commit, struct fmr_str *out)
{
	struct counts counts = { 0 };
	for (size_t i = 0; i < commit->file_count; i++) {
		const struct fmr_type *type;
		struct fmr_text id;
		if (!fmr_names_record(log->cli->book, commit->files[i].path, &type, &id))
			counts.others++;
		else if (++counts.records <= MOST_ROWS || log->cli->verbose)
			put_row(log, &commit->files[i], type, id, out);
	}
	if (counts.records > MOST_ROWS && !log->cli->verbose) {
		size_t rest = counts.records - MOST_ROWS;
		fmr_str_printf(out, Q_("    … and %zu more record\n", "    … and %zu more records\n", rest), rest);
	}
	if (counts.others)
		fmr_str_printf(out, Q_("    … and %zu other file\n", "    … and %zu other files\n", counts.others),
			counts.others);
	return counts;
}

static void put_json(struct fmr_log *log, const struct fmr_history_commit *commit,
	const struct fmr_commit_words *words, struct fmr_str *out)
{
	bool first = true, first_row = true;
	fmr_render_commit_json(out, &first, words);
	fmr_print_key(out, &first, "records");
	fmr_str_putc(out, '[');
	for (size_t i = 0; i < commit->file_count; i++) {
		const struct fmr_type *type;
		struct fmr_text id;
		if (!fmr_names_record(log->cli->book, commit->files[i].path, &type, &id))
			continue;
		char *text = fmr_strndup(id.bytes, id.length);
		bool first_member = true;
		fmr_str_puts(out, first_row ? "{" : ",{");
		first_row = false;
		fmr_print_member(out, &first_member, "id", text);
		fmr_print_member(out, &first_member, "type", type->name);
		fmr_print_member(out, &first_member, "path", commit->files[i].path);
		fmr_print_member(out, &first_member, "change", word_of(commit->files[i].difference));
		fmr_str_putc(out, '}');
		free(text);
	}
	fmr_str_putc(out, ']');
}

static int put_commit(void *context, const struct fmr_history_commit *commit)
{
	struct fmr_log *log = context;
	const struct fmr_commit_words words = { commit->id, commit->author, commit->email, commit->message, commit->written,
		commit->written_offset, commit->committed };
	struct fmr_str out;
	fmr_str_init(&out);
	fmr_log_begin(log, &out);
	if (log->json) {
		put_json(log, commit, &words, &out);
	} else {
		fmr_render_commit(&out, &words, log->zone, log->cli->color);
		put_rows(log, commit, &out);
		if (commit->cut)
			fmr_str_printf(&out, "    ! %s\n", _("this clone is shallow: what came before is not here"));
	}
	fmr_log_end(log, &out);
	fwrite(out.bytes, 1, out.length, log->cli->out);
	fmr_str_release(&out);
	return 0;
}

int fmr_log_all(struct fmr_log *log, struct fmr_err *err)
{
	static const char *const paths[] = { "records" };
	const bool past = fmr_view_kind(log->cli->view) == FMR_VIEW_COMMIT;
	const struct fmr_history_query query = { .from = past ? fmr_view_name(log->cli->view) : NULL, .paths = paths,
		.path_count = 1, .since = log->since, .until = log->until, .limit = log->limit };
	return fmr_store_history(log->cli->store, &query, put_commit, log, err);
}
