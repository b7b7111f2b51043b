#include "cmd/cells.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/dict.h"
#include "base/vec.h"
#include "cmd/waiting.h"
#include "exchange/cell.h"
#include "fmrec/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is known of a column for the records of one type. */
struct column {
	const struct fmr_field *field; /* or NULL */
	bool from_text;                /* the row does not have it */
	enum { SAYS_VALUE, SAYS_NEEDS, SAYS_AGE } says;
};

struct type_columns {
	const struct fmr_type *type;
	struct column *columns;
	bool any_from_text;
};

struct fmr_cells {
	struct fmr_cli *cli;
	const struct fmr_asked *asked;
	const struct fmr_query_select *select;
	bool people;
	struct fmr_arena arena, row;
	FMR_VEC(struct type_columns) types;
	const struct type_columns *now; /* of the last row; NULL: it is of no type */
	const struct fmr_value **taken; /* of the last row: what the cells say */
	const struct fmr_value **values;
	const char **texts;
	struct fmr_str text;
	struct fmr_rows *title;         /* of an id */
	struct fmr_dict titles;
	FMR_VEC(const char *) title_texts;
};

/* ---- columns ---- */

static struct column column_of(struct fmr_cells *cells, const struct fmr_type *type, const char *name)
{
	struct column column = { .field = fmr_query_field(cells->asked->query, type, name) };
	bool whole = column.field &&
		(column.field->kind == FMR_FIELD_MAP || column.field->kind == FMR_FIELD_LIST || strchr(column.field->path, '['));
	if (!column.field && strcmp(name, "age") == 0)
		column.says = SAYS_AGE;
	else if (!column.field && strcmp(name, "needs") == 0)
		column.says = SAYS_NEEDS;
	column.from_text = whole && !cells->select->joined && fmr_query_is_own(cells->asked->query, type, name);
	return column;
}

static const struct type_columns *columns_of(struct fmr_cells *cells, const char *name)
{
	for (size_t i = 0; i < cells->types.count; i++)
		if (strcmp(cells->types.items[i].type->name, name) == 0)
			return &cells->types.items[i];
	struct type_columns columns = { 0 };
	if (fmr_book_type(cells->cli->book, name, &columns.type, NULL, NULL))
		return NULL;
	columns.columns = fmr_arena_zero(&cells->arena, cells->select->column_count + 1, sizeof(struct column));
	for (size_t i = 0; i < cells->select->column_count; i++) {
		if (!cells->select->columns[i].function)
			columns.columns[i] = column_of(cells, columns.type, cells->select->columns[i].name);
		columns.any_from_text = columns.any_from_text || columns.columns[i].from_text;
	}
	FMR_VEC_PUSH(&cells->types, columns);
	return &cells->types.items[cells->types.count - 1];
}

/* A group has no type: the first one that knows the column says what it is. */
static const struct type_columns *columns_of_group(struct fmr_cells *cells)
{
	if (cells->types.count)
		return &cells->types.items[0];
	struct type_columns columns = { 0 };
	columns.columns = fmr_arena_zero(&cells->arena, cells->select->column_count + 1, sizeof(struct column));
	const char *const *names = fmr_query_types(cells->asked->query);
	for (size_t i = 0; i < cells->select->column_count; i++) {
		const struct fmr_query_column *column = &cells->select->columns[i];
		bool same = !column->function || column->function == FMR_FUNCTION_LEAST ||
			column->function == FMR_FUNCTION_GREATEST;
		const struct fmr_type *type;
		for (size_t j = 0; same && names[j] && !columns.columns[i].field; j++)
			if (fmr_book_type(cells->cli->book, names[j], &type, NULL, NULL) == 0)
				columns.columns[i].field = fmr_query_field(cells->asked->query, type, column->name);
	}
	FMR_VEC_PUSH(&cells->types, columns);
	return &cells->types.items[0];
}

/* ---- values ---- */

/* "timeline[].at": all there are, as one list. */
static struct fmr_value *gather(struct fmr_arena *arena, const struct fmr_value *value, const char *path)
{
	const char *list = strstr(path, "[]");
	char *head = fmr_arena_strndup(arena, path, list ? (size_t)(list - path) : strlen(path));
	const struct fmr_value *found = *head ? fmr_value_at(value, head) : value;
	if (!list || !found || found->kind != FMR_LIST)
		return (struct fmr_value *)found;
	const char *rest = list + 2;
	if (*rest == '.')
		rest++;
	if (!*rest)
		return (struct fmr_value *)found;
	struct fmr_value *all = fmr_value_new_list(arena);
	for (size_t i = 0; i < found->list.count; i++) {
		struct fmr_value *one = gather(arena, found->list.items[i], rest);
		if (one)
			fmr_value_append(arena, all, one);
	}
	return all->list.count ? all : NULL;
}

/* Exact; a mean, for people, to two places. */
static const struct fmr_value *number_value(struct fmr_cells *cells, const struct fmr_field *field, double real)
{
	char digits[400];
	if (cells->people && !field) {
		snprintf(digits, sizeof(digits), "%.2f", real);
		return fmr_value_from_plain(&cells->row, digits, strlen(digits));
	}
	for (int precision = 15; precision <= 17; precision++) {
		snprintf(digits, sizeof(digits), "%.*g", precision, real);
		if (strtod(digits, NULL) == real)
			break;
	}
	return fmr_value_from_plain(&cells->row, digits, strlen(digits));
}

static const struct fmr_value *value_in_row(struct fmr_cells *cells, const struct fmr_rows *rows, size_t place,
	const struct fmr_field *field)
{
	char digits[24];
	size_t length;
	const char *text;
	switch (fmr_rows_kind(rows, place)) {
	case FMR_ROWS_INTEGER:
		if (field && field->kind == FMR_FIELD_BOOL)
			return fmr_value_new_bool(&cells->row, fmr_rows_integer(rows, place) != 0);
		snprintf(digits, sizeof(digits), "%lld", (long long)fmr_rows_integer(rows, place));
		return fmr_value_from_plain(&cells->row, digits, strlen(digits));
	case FMR_ROWS_REAL:
		return number_value(cells, field, fmr_rows_real(rows, place));
	case FMR_ROWS_TEXT:
		text = fmr_rows_text(rows, place, &length);
		return fmr_value_new_string(&cells->row, text, length);
	case FMR_ROWS_NULL:
		break;
	}
	return NULL;
}

/* "22d", "5h", "3min"; for programs the number of whole days. */
static const struct fmr_value *age_value(struct fmr_cells *cells, int64_t began)
{
	enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };
	const long long age = (long long)(fmr_clock_now() - began);
	char text[32];
	if (!cells->people)
		snprintf(text, sizeof(text), "%lld", age / DAY);
	else if (age >= DAY || age < 0)
		snprintf(text, sizeof(text), "%lldd", age / DAY);
	else if (age >= HOUR)
		snprintf(text, sizeof(text), "%lldh", age / HOUR);
	else
		snprintf(text, sizeof(text), "%lldmin", age / MINUTE);
	return cells->people ? fmr_value_new_string(&cells->row, fmr_arena_strdup(&cells->row, text), strlen(text)) :
		fmr_value_from_plain(&cells->row, fmr_arena_strdup(&cells->row, text), strlen(text));
}

/* Who is to sign what next; the row has the id. */
static const struct fmr_value *needs_value(struct fmr_cells *cells, const char *id)
{
	struct fmr_audit *audit = NULL;
	struct fmr_str text;
	const struct fmr_value *value = NULL;
	fmr_str_init(&text);
	if (cells->cli->states && fmr_states_audit(cells->cli->states, &audit, NULL) == 0 && audit &&
		fmr_waiting_next(&text, cells->cli, audit, id, fmr_clock_now(), NULL) == 0 && text.length)
		value = fmr_value_new_string(&cells->row, fmr_arena_strndup(&cells->row, text.bytes, text.length), text.length);
	fmr_str_release(&text);
	return value;
}

static const struct fmr_value *said_in_row(struct fmr_cells *cells, const struct fmr_rows *rows, size_t place,
	const struct column *column)
{
	if (column->says == SAYS_NEEDS)
		return needs_value(cells, fmr_rows_text(rows, place, NULL));
	const bool there = fmr_rows_kind(rows, place) != FMR_ROWS_NULL;
	if (column->says == SAYS_AGE)
		return there ? age_value(cells, fmr_rows_integer(rows, place)) : NULL;
	return value_in_row(cells, rows, place, column->field);
}

/* The record itself, for what the row cannot hold. */
static int read_record(struct fmr_cells *cells, int64_t key, const struct fmr_value **root, struct fmr_err *err)
{
	struct fmr_str text;
	fmr_str_init(&text);
	int result = fmr_index_text(cells->asked->index, key, &text, err);
	if (!result) {
		char *kept = fmr_arena_strndup(&cells->row, text.bytes, text.length);
		const struct fmr_source source = { "", kept, text.length };
		struct fmr_findings *faults = fmr_findings_new(1); /* none: the index could read it */
		*root = fmr_yaml_read_record(&source, &cells->row, faults);
		fmr_findings_free(faults);
	}
	fmr_str_release(&text);
	return result;
}

/* ---- for people ---- */

/* What a linked record is called; its id when there is none. */
static const char *title_of(struct fmr_cells *cells, const char *id)
{
	size_t known;
	if (fmr_dict_get(&cells->titles, id, &known))
		return cells->title_texts.items[known];
	const char *title = NULL;
	if (!cells->title)
		fmr_index_prepare(cells->asked->index, "SELECT title FROM record WHERE id = ?", &cells->title, NULL);
	if (cells->title) {
		fmr_rows_again(cells->title);
		fmr_rows_bind_text(cells->title, 1, id, strlen(id));
		if (fmr_rows_next(cells->title, NULL) == 1)
			title = fmr_rows_text(cells->title, 0, NULL);
	}
	title = fmr_arena_strdup(&cells->arena, title && *title ? title : id);
	fmr_dict_add(&cells->titles, id, cells->title_texts.count);
	FMR_VEC_PUSH(&cells->title_texts, title);
	return title;
}

/* In a table the codes of the config's lists, which everybody knows, are left as they are. */
static const char *label_of(const struct fmr_cells *cells, const struct fmr_field *field, const char *code)
{
	const struct fmr_choice *choices = field->choices;
	size_t count = field->choice_count;
	if (field->values_from && (cells->people || fmr_field_choices(cells->cli->book, field, NULL, &choices, &count)))
		return code;
	for (size_t i = 0; i < count; i++)
		if (strcmp(choices[i].code, code) == 0)
			return fmr_words_in(&choices[i].label, cells->cli->language);
	return code;
}

/* Labels and titles for codes and ids, times without what nobody reads. */
static void put_label(struct fmr_cells *cells, const struct fmr_field *field, const struct fmr_value *value)
{
	struct fmr_str *out = &cells->text;
	const char *text = fmr_value_string(value);
	if (value->kind == FMR_LIST) {
		const struct fmr_field *item =
			field && field->kind == FMR_FIELD_LIST ? (field->child_count ? &field->children[0] : NULL) : field;
		for (size_t i = 0; i < value->list.count; i++) {
			fmr_str_puts(out, i ? ", " : "");
			put_label(cells, item, value->list.items[i]);
		}
	} else if (text && field && field->kind == FMR_FIELD_CHOICE) {
		fmr_str_puts(out, label_of(cells, field, text));
	} else if (text && field && field->kind == FMR_FIELD_LINK) {
		fmr_str_puts(out, title_of(cells, text));
	} else if (text && field && field->kind == FMR_FIELD_TIME && strlen(text) > 16 && text[10] == 'T') {
		fmr_str_printf(out, "%.10s %.5s", text, text + 11);
	} else if (text || (!field && value->kind == FMR_NUMBER)) {
		fmr_str_add(out, value->text.bytes, value->text.length);
	} else {
		fmr_cell_write(out, field, value);
	}
}

static const char *word_of_type(struct fmr_cells *cells, const char *name, const char *text)
{
	const struct fmr_type *type = cells->now ? cells->now->type : NULL;
	if (type && strcmp(name, "type") == 0)
		return fmr_words_in(&type->label, cells->cli->language);
	for (size_t i = 0; type && strcmp(name, "state") == 0 && i < type->state_count; i++)
		if (strcmp(type->states[i].name, text) == 0)
			return fmr_words_in(&type->states[i].label, cells->cli->language);
	return NULL;
}

static const char *label_in(struct fmr_cells *cells, size_t column)
{
	const struct fmr_value *value = cells->taken[column];
	const struct fmr_field *field = cells->now ? cells->now->columns[column].field : NULL;
	const char *name = cells->select->columns[column].name;
	if (!value)
		return NULL;
	const char *word = field || !name || value->kind != FMR_STRING ? NULL : word_of_type(cells, name, value->text.bytes);
	if (word)
		return word;
	fmr_str_clear(&cells->text);
	put_label(cells, field, value);
	return fmr_arena_strndup(&cells->row, cells->text.bytes, cells->text.length);
}

/* ---- rows ---- */

static const char *plain_text(struct fmr_cells *cells, size_t column)
{
	const struct fmr_value *value = cells->taken[column];
	const struct fmr_field *field = cells->now ? cells->now->columns[column].field : NULL;
	if (!value)
		return NULL;
	if (!field && (value->kind == FMR_STRING || value->kind == FMR_NUMBER))
		return value->text.bytes;
	fmr_str_clear(&cells->text);
	fmr_cell_write(&cells->text, field, value);
	return fmr_arena_strndup(&cells->row, cells->text.bytes, cells->text.length);
}

int fmr_cells_take(struct fmr_cells *cells, const struct fmr_rows *rows, const char *const **texts,
	const struct fmr_value *const **values, struct fmr_err *err)
{
	enum { KEY, TYPE, FIRST };
	const struct fmr_value *root = NULL;
	const char *type = fmr_rows_text(rows, TYPE, NULL);
	int result = 0;
	fmr_arena_clear(&cells->row);
	cells->now = cells->select->grouped ? columns_of_group(cells) : type ? columns_of(cells, type) : NULL;
	if (cells->now && cells->now->any_from_text)
		result = read_record(cells, fmr_rows_integer(rows, KEY), &root, err);
	for (size_t i = 0; i < cells->select->column_count && !result; i++) {
		const struct column *column = cells->now ? &cells->now->columns[i] : &(struct column){ 0 };
		cells->taken[i] = column->from_text ? gather(&cells->row, root, column->field->path) :
						      said_in_row(cells, rows, i + FIRST, column);
		cells->values[i] = cells->taken[i] && cells->taken[i]->kind != FMR_STRING ? cells->taken[i] : NULL;
		cells->texts[i] = cells->people ? label_in(cells, i) : plain_text(cells, i);
	}
	*texts = cells->texts;
	*values = cells->values;
	return result;
}

void fmr_cells_print(struct fmr_cells *cells, const struct fmr_row_template *row, const char *const *texts)
{
	const char **shown = fmr_arena_zero(&cells->row, cells->select->column_count + 1, sizeof(*shown));
	for (size_t i = 0; i < cells->select->column_count; i++)
		shown[i] = fmr_row_template_wants_label(row, i) ? label_in(cells, i) : texts[i];
	fmr_row_template_print(cells->cli->out, row, shown, cells->cli->out_tty);
}

struct fmr_cells *fmr_cells_new(struct fmr_cli *cli, const struct fmr_asked *asked, const struct fmr_query_select *select,
	bool people)
{
	struct fmr_cells *cells = fmr_alloc_zero(1, sizeof(*cells));
	cells->cli = cli;
	cells->asked = asked;
	cells->select = select;
	cells->people = people;
	fmr_arena_init(&cells->arena);
	fmr_arena_init(&cells->row);
	fmr_str_init(&cells->text);
	fmr_dict_init(&cells->titles);
	cells->taken = fmr_arena_zero(&cells->arena, select->column_count + 1, sizeof(*cells->taken));
	cells->values = fmr_arena_zero(&cells->arena, select->column_count + 1, sizeof(*cells->values));
	cells->texts = fmr_arena_zero(&cells->arena, select->column_count + 1, sizeof(*cells->texts));
	return cells;
}

void fmr_cells_free(struct fmr_cells *cells)
{
	if (!cells)
		return;
	fmr_rows_free(cells->title);
	FMR_VEC_RELEASE(&cells->types);
	FMR_VEC_RELEASE(&cells->title_texts);
	fmr_dict_release(&cells->titles);
	fmr_str_release(&cells->text);
	fmr_arena_release(&cells->row);
	fmr_arena_release(&cells->arena);
	free(cells);
}
