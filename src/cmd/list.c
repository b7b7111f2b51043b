#include "base/alloc.h"
#include "base/arena.h"
#include "base/decimal.h"
#include "base/dict.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cmd/names.h"
#include "cmd/terms.h"
#include "exchange/cell.h"
#include "render/render.h"

#include <stdlib.h>
#include <string.h>

enum { STOP = 1 };

struct options {
	struct fmr_strings columns, sort;
	long limit;
};

/* One sort key of a row; the text lives in the list's arena. */
struct key {
	struct fmr_text text;
	bool is_number;
};

/* A record to be shown when all have been seen. */
struct row {
	const char *path;
	struct key *keys;
};

struct list {
	struct fmr_cli *cli;
	const struct options *options;
	struct fmr_terms *terms;
	struct fmr_arena arena, row_arena;
	const char *const *columns, *const *sort;
	size_t column_count, sort_count;
	enum fmr_table_format format;
	struct fmr_table *table;
	FMR_VEC(struct row) rows; /* when they must be sorted */
	size_t shown, unreadable;
	struct fmr_dict titles;   /* of linked records: id -> index in title_texts */
	FMR_VEC(const char *) title_texts;
};

/* ---- columns ---- */

static const char id_column[] = "id", type_column[] = "type", title_column[] = "title", path_column[] = "path";

static bool is_virtual(const char *name)
{
	return strcmp(name, id_column) == 0 || strcmp(name, type_column) == 0 || strcmp(name, title_column) == 0 ||
		strcmp(name, path_column) == 0;
}

/* The columns when none are named: those of the one type, or what every type has. */
static int default_columns(struct list *list, struct fmr_err *err)
{
	static const char *const common[] = { id_column, type_column, title_column, NULL };
	list->columns = common;
	const char *const *types = fmr_terms_types(list->terms);
	if (!types || !types[0] || types[1])
		return 0;
	const struct fmr_type *type = NULL;
	int result = fmr_book_type(list->cli->book, types[0], &type, NULL, err);
	if (!result && type->columns)
		list->columns = type->columns;
	return result;
}

/* A column must be a field of some type that is listed. */
static int check_columns(struct list *list, const char *const *names, struct fmr_err *err)
{
	for (size_t i = 0; names && names[i]; i++) {
		const char *name = names[i] + (names[i][0] == '-');
		int result = is_virtual(name) ? 0 : fmr_terms_check_field(list->terms, name, err);
		if (result)
			return result;
	}
	return 0;
}

static size_t count_of(const char *const *names)
{
	size_t count = 0;
	while (names && names[count])
		count++;
	return count;
}

static int choose_columns(struct list *list, struct fmr_err *err)
{
	list->columns = fmr_names_split(&list->arena, &list->options->columns);
	list->sort = fmr_names_split(&list->arena, &list->options->sort);
	int result = list->columns ? check_columns(list, list->columns, err) : default_columns(list, err);
	if (!result)
		result = check_columns(list, list->sort, err);
	list->column_count = count_of(list->columns);
	list->sort_count = count_of(list->sort);
	return result;
}

/* ---- cells ---- */

/* What a linked record is called; its id when it cannot be read. */
static const char *title_of_link(struct list *list, const char *id)
{
	size_t index;
	if (fmr_dict_get(&list->titles, id, &index))
		return list->title_texts.items[index];
	const char *title = id;
	const struct fmr_type *type = NULL;
	struct fmr_str path;
	fmr_str_init(&path);
	struct fmr_record record = { 0 };
	struct fmr_findings *ignored = fmr_findings_new(1);
	if (fmr_book_type_of_id(list->cli->book, id, &type, NULL) == 0 && fmr_id_path(type, id, &path) &&
		fmr_record_read(list->cli->book, path.bytes, &record, ignored, NULL) == 0) {
		if (record.root && *fmr_record_title(&record))
			title = fmr_record_title(&record);
		title = fmr_arena_strdup(&list->arena, title);
		fmr_record_release(&record);
	} else {
		title = fmr_arena_strdup(&list->arena, id);
	}
	fmr_dict_add(&list->titles, id, list->title_texts.count);
	FMR_VEC_PUSH(&list->title_texts, title);
	fmr_findings_free(ignored);
	fmr_str_release(&path);
	return title;
}

static const char *label_of_code(const struct fmr_field *field, const char *code, enum fmr_language language)
{
	for (size_t i = 0; i < field->choice_count; i++)
		if (strcmp(field->choices[i].code, code) == 0)
			return fmr_words_in(&field->choices[i].label, language);
	return code;
}

/* One value for people: labels and titles for codes and ids, times without what nobody reads. */
static void put_for_people(struct list *list, struct fmr_str *out, const struct fmr_field *field,
	const struct fmr_value *value)
{
	const char *text = fmr_value_string(value);
	if (value->kind == FMR_LIST) {
		for (size_t i = 0; i < value->list.count; i++) {
			fmr_str_puts(out, i ? ", " : "");
			put_for_people(list, out, field && field->child_count ? &field->children[0] : NULL,
				value->list.items[i]);
		}
	} else if (text && field && field->kind == FMR_FIELD_CHOICE) {
		fmr_str_puts(out, label_of_code(field, text, list->cli->language));
	} else if (field && field->kind == FMR_FIELD_LINK && fmr_link_target(value)) {
		fmr_str_puts(out, title_of_link(list, fmr_link_target(value)));
	} else if (text && field && field->kind == FMR_FIELD_TIME && strlen(text) > 16 && text[10] == 'T') {
		fmr_str_printf(out, "%.10s %.5s", text, text + 11);
	} else if (text) {
		fmr_str_add(out, value->text.bytes, value->text.length);
	} else {
		fmr_cell_write(out, field, value);
	}
}

static const char *cell_of(struct list *list, const struct fmr_record *record, const char *column,
	const struct fmr_value *value)
{
	const struct fmr_field *field = fmr_type_field(record->type, column);
	if (strcmp(column, id_column) == 0)
		return record->id;
	if (strcmp(column, path_column) == 0)
		return record->path;
	if (strcmp(column, type_column) == 0 && !field)
		return list->format == FMR_TABLE_TEXT ? fmr_words_in(&record->type->label, list->cli->language)
						      : record->type->name;
	if (!value && strcmp(column, title_column) == 0 && !field)
		return fmr_record_title(record);
	if (!value)
		return NULL;
	struct fmr_str text;
	fmr_str_init(&text);
	if (list->format == FMR_TABLE_TEXT)
		put_for_people(list, &text, field, value);
	else
		fmr_cell_write(&text, field, value);
	const char *kept = fmr_arena_strndup(&list->row_arena, text.bytes, text.length);
	fmr_str_release(&text);
	return kept;
}

static struct key key_of(struct list *list, const struct fmr_record *record, const char *name)
{
	const struct fmr_value *value = fmr_value_at(record->root, name);
	if (value && value->kind == FMR_NUMBER)
		return (struct key){
			{fmr_arena_strndup(&list->arena, value->text.bytes, value->text.length), value->text.length},
			true};
	const char *text = cell_of(list, record, name, value);
	text = text ? fmr_arena_strdup(&list->arena, text) : "";
	return (struct key){ { text, strlen(text) }, false };
}

/* ---- rows ---- */

static void put_record(struct list *list, const struct fmr_record *record)
{
	struct fmr_arena *arena = &list->row_arena;
	fmr_arena_clear(arena);
	const char **cells = fmr_arena_zero(arena, list->column_count, sizeof(*cells));
	const struct fmr_value **values = fmr_arena_zero(arena, list->column_count, sizeof(*values));
	for (size_t i = 0; i < list->column_count; i++) {
		const struct fmr_value *value = fmr_value_at(record->root, list->columns[i]);
		cells[i] = cell_of(list, record, list->columns[i], value);
		values[i] = value && value->kind != FMR_STRING ? value : NULL;
	}
	fmr_table_row(list->table, cells, values);
	list->shown++;
}

static bool is_full(const struct list *list)
{
	return list->options->limit > 0 && list->shown >= (size_t)list->options->limit;
}

static void note_row(struct list *list, const struct fmr_record *record)
{
	struct row *row = FMR_VEC_ADD(&list->rows);
	row->path = fmr_arena_strdup(&list->arena, record->path);
	row->keys = fmr_arena_zero(&list->arena, list->sort_count, sizeof(*row->keys));
	fmr_arena_clear(&list->row_arena);
	for (size_t i = 0; i < list->sort_count; i++)
		row->keys[i] = key_of(list, record, list->sort[i] + (list->sort[i][0] == '-'));
}

static int visit(void *context, const struct fmr_record *record)
{
	struct list *list = context;
	if (!record->root) {
		list->unreadable++;
		return 0;
	}
	if (!fmr_terms_match(list->terms, record))
		return 0;
	if (list->sort_count) {
		note_row(list, record);
		return 0;
	}
	put_record(list, record);
	return is_full(list) ? STOP : 0;
}

/* ---- order ---- */

/* Rows without a value come last, whichever way the others go. */
static int compare_keys(const struct key *a, const struct key *b, bool descending)
{
	if (!a->text.length || !b->text.length)
		return (a->text.length == 0) - (b->text.length == 0);
	int order;
	if (a->is_number && b->is_number)
		order = fmr_decimal_compare(a->text, b->text);
	else
		order = strcmp(a->text.bytes, b->text.bytes);
	return descending ? -order : order;
}

static int compare_rows(const struct list *list, const struct row *a, const struct row *b)
{
	for (size_t i = 0; i < list->sort_count; i++) {
		int order = compare_keys(&a->keys[i], &b->keys[i], list->sort[i][0] == '-');
		if (order)
			return order;
	}
	return 0;
}

/* Merge sort: stable, so that equal rows stay in the order of their paths; and it takes the context that qsort lacks.
 */
static void sort_rows(const struct list *list, struct row *rows, struct row *spare, size_t count)
{
	if (count < 2)
		return;
	size_t half = count / 2, a = 0, b = half, out = 0;
	sort_rows(list, rows, spare, half);
	sort_rows(list, rows + half, spare, count - half);
	while (a < half && b < count)
		spare[out++] = compare_rows(list, &rows[b], &rows[a]) < 0 ? rows[b++] : rows[a++];
	while (a < half)
		spare[out++] = rows[a++];
	memcpy(rows, spare, out * sizeof(*rows));
}

static int put_sorted(struct list *list, struct fmr_err *err)
{
	struct row *spare = fmr_alloc_zero(list->rows.count, sizeof(*spare));
	sort_rows(list, list->rows.items, spare, list->rows.count);
	free(spare);
	int result = 0;
	for (size_t i = 0; i < list->rows.count && !is_full(list) && !result; i++) {
		struct fmr_record record = { 0 };
		struct fmr_findings *ignored = fmr_findings_new(1);
		result = fmr_record_read(list->cli->book, list->rows.items[i].path, &record, ignored, err);
		if (!result && record.root)
			put_record(list, &record);
		fmr_record_release(&record);
		fmr_findings_free(ignored);
	}
	return result;
}

/* ---- the command ---- */

static int put_list(struct list *list, struct fmr_err *err)
{
	struct fmr_cli *cli = list->cli;
	list->format = FMR_TABLE_TEXT;
	if (cli->format)
		fmr_table_format_parse(cli->format, &list->format);
	int result = choose_columns(list, err);
	if (result)
		return result;
	if (list->format == FMR_TABLE_IDS) {
		static const char *const ids[] = { id_column, NULL };
		list->columns = ids;
		list->column_count = 1;
	}
	fmr_cli_page(cli);
	list->table = fmr_table_new(
		cli->out, list->format, list->columns, list->column_count, fmr_cli_width(cli), cli->color, false);
	struct fmr_findings *ignored = fmr_findings_new(1); /* what is wrong with them is the business of `validate` */
	result = fmr_record_each(cli->book, fmr_terms_types(list->terms), visit, list, ignored, err);
	fmr_findings_free(ignored);
	if (result >= 0)
		result = put_sorted(list, err);
	fmr_table_end(list->table);
	return result;
}

static void tell_rest(struct list *list)
{
	struct fmr_cli *cli = list->cli;
	if (list->unreadable) {
		fmr_cli_warn(cli, Q_("%zu record cannot be read", "%zu records cannot be read", list->unreadable),
			list->unreadable);
		fmr_cli_hint(cli, "fmrec validate");
	}
	const char *near = list->shown ? NULL : fmr_terms_nearest_type(list->terms);
	if (near)
		fmr_cli_hint(cli, _("did you mean the type '%s'?"), near);
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	struct list list = { .cli = cli, .options = given };
	if (list.options->limit < 0)
		return fmr_cli_usage(cli, "%s", _("--limit wants a number above 0"));
	fmr_arena_init(&list.arena);
	fmr_arena_init(&list.row_arena);
	fmr_dict_init(&list.titles);
	int result = fmr_terms_parse(cli->book, argc, argv, &list.terms, err);
	if (!result)
		result = put_list(&list, err);
	if (result >= 0)
		tell_rest(&list);
	fmr_terms_free(list.terms);
	FMR_VEC_RELEASE(&list.rows);
	FMR_VEC_RELEASE(&list.title_texts);
	fmr_dict_release(&list.titles);
	fmr_arena_release(&list.arena);
	fmr_arena_release(&list.row_arena);
	return result < 0 ? result : FMR_EXIT_OK;
}

static const char *const synopsis[] = { "[<options>] [<type>] [<field>:<value>...] [<word>...]", NULL };
static const struct fmr_option option_table[] = {
	{.name = "columns",
		.kind = FMR_OPTION_LIST,
		.argument = "field",
		.complete = "field",
		.help = N_("show these fields, in this order; also id, type, title, path"),
		.offset = offsetof(struct options, columns)},
	{.name = "sort",
		.kind = FMR_OPTION_LIST,
		.argument = "field",
		.complete = "field",
		.help = N_("order by these fields; -FIELD: the greatest first"),
		.offset = offsetof(struct options, sort)},
	{.name = "limit",
		.kind = FMR_OPTION_NUMBER,
		.argument = "n",
		.help = N_("show at most n records"),
		.offset = offsetof(struct options, limit)},
	{0},
};

const struct fmr_command fmr_command_list = {
	.name = "list",
	.group = "read",
	.summary = N_("list records, one a line"),
	.synopsis = synopsis,
	.options = option_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_BOOK,
	.complete = "type",
	.formats = fmr_table_formats,
	.query = true,
	.at = true,
	.run = run,
};
