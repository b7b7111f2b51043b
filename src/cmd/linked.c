#include "cmd/linked.h"

#include "base/i18n.h"
#include "base/text.h"
#include "base/vec.h"
#include "index/index.h"
#include "render/line.h"

#include <string.h>

enum { SHOWN_LINKS = 100 };

/* ---- the links of the record ---- */

struct search {
	const struct fmr_record *record;
	struct fmr_suspects *out;
};

static int see_suspect(void *context, const struct fmr_suspect *suspect)
{
	struct search *search = context;
	const struct fmr_value *value = fmr_value_at(search->record->root, suspect->link);
	const struct fmr_field *field = fmr_type_field(search->record->type, suspect->link);
	if (value)
		FMR_VEC_PUSH(search->out, value);
	search->out->travels |= field && field->link && field->link->suspicion == FMR_SUSPICION_TRAVELS;
	return 0;
}

int fmr_suspects_find(struct fmr_book *book, const struct fmr_record *record, struct fmr_suspects *out,
	struct fmr_err *err)
{
	struct search search = { record, out };
	*out = (struct fmr_suspects){ 0 };
	int result = fmr_suspects_each(book, record, see_suspect, &search, err);
	if (out->count) {
		FMR_VEC_PUSH(out, NULL);
		out->count--;
	}
	return result;
}

void fmr_suspects_release(struct fmr_suspects *suspects)
{
	free(suspects->items);
	*suspects = (struct fmr_suspects){ 0 };
}

/* ---- the links to it ---- */

struct linked {
	struct fmr_cli *cli;
	struct fmr_book *book;
	const struct fmr_record *record;
	const struct fmr_suspects *suspects;
	char digest[FMR_RECORD_DIGEST]; /* of the record; empty: not known */
	struct fmr_str label;           /* of the lines above */
	size_t shown, more;
};

enum column { COLUMN_SOURCE, COLUMN_FIELD, COLUMN_TYPE, COLUMN_TITLE, COLUMN_JUDGED, COLUMN_NOTE };

static const char sql[] =
	"SELECT l.source, l.field, l.source_type, r.title, max(l.judged), max(l.note) FROM link AS l"
	" JOIN record AS r ON r.id = l.source WHERE l.target = ? GROUP BY l.source, l.inverse, l.field"
	" ORDER BY l.inverse, l.source";

static const struct fmr_link_rule *rule_of(struct linked *linked, const struct fmr_rows *row)
{
	const struct fmr_type *type = NULL;
	const char *name = fmr_rows_text(row, COLUMN_TYPE, NULL), *path = fmr_rows_text(row, COLUMN_FIELD, NULL);
	if (!name || !path || fmr_book_type(linked->book, name, &type, NULL, NULL) != 0)
		return NULL;
	const struct fmr_field *field = fmr_type_field(type, path);
	while (field && field->kind == FMR_FIELD_LIST && field->child_count)
		field = field->children;
	return field ? field->link : NULL;
}

static bool is_suspect(struct linked *linked, const struct fmr_link_rule *rule, const char *judged)
{
	if (judged && !*linked->digest &&
		fmr_record_digest(linked->record->type, linked->record->root, linked->digest) != 0)
		return false;
	return (judged && strcmp(judged, linked->digest) != 0) ||
		(rule->suspicion == FMR_SUSPICION_TRAVELS && linked->suspects->travels);
}

static void put_row(struct linked *linked, const struct fmr_rows *row)
{
	FILE *out = linked->cli->out;
	const struct fmr_link_rule *rule = rule_of(linked, row);
	if (!rule)
		return;
	if (linked->shown == SHOWN_LINKS) {
		linked->more++;
		return;
	}
	const char *label = fmr_words_in(&rule->inverse_label, linked->cli->language);
	const char *title = fmr_rows_text(row, COLUMN_TITLE, NULL), *note = fmr_rows_text(row, COLUMN_NOTE, NULL);
	if (!linked->shown)
		fmr_render_line(out, "\n%s\n", _("Linked from"));
	if (!linked->shown || strcmp(label, linked->label.bytes) != 0)
		fmr_render_line(out, "  %s\n", label);
	fmr_str_clear(&linked->label);
	fmr_str_puts(&linked->label, label);
	bool suspect = is_suspect(linked, rule, fmr_rows_text(row, COLUMN_JUDGED, NULL));
	fmr_render_line(out, "    %s  %s", fmr_rows_text(row, COLUMN_SOURCE, NULL), title ? title : "");
	if (note)
		fmr_render_line(out, " (%s)", note);
	fmr_render_line(out, "%s%s\n", suspect ? " " : "", suspect ? _("[suspect]") : "");
	linked->shown++;
}

static int put_rows(struct linked *linked, struct fmr_index *index, struct fmr_err *err)
{
	struct fmr_rows *rows = NULL;
	int result = fmr_index_prepare(index, sql, &rows, err);
	if (result)
		return result;
	fmr_rows_bind_text(rows, 1, linked->record->id, strlen(linked->record->id));
	while ((result = fmr_rows_next(rows, err)) == 1)
		put_row(linked, rows);
	fmr_rows_free(rows);
	if (linked->more)
		fmr_render_line(linked->cli->out, _("    and %zu more\n"), linked->more);
	return result;
}

static void show_progress(void *context, size_t done, size_t total)
{
	fmr_progress_show(context, done, total);
}

int fmr_linked_show(struct fmr_cli *cli, struct fmr_book *book, const struct fmr_record *record,
	const struct fmr_suspects *suspects, struct fmr_err *err)
{
	struct linked linked = { .cli = cli, .book = book, .record = record, .suspects = suspects };
	struct fmr_progress *progress = fmr_progress_new(cli, _("reading records"));
	const struct fmr_index_options options = { .progress = show_progress, .progress_context = progress };
	struct fmr_index *index = NULL;
	fmr_str_init(&linked.label);
	int result = fmr_index_open(book, &options, &index, NULL, err);
	fmr_progress_end(progress);
	if (!result)
		result = put_rows(&linked, index, err);
	fmr_index_close(index);
	fmr_str_release(&linked.label);
	return result;
}
