/*
 * Tables: aligned text for people, JSON, CSV and ids for programs.
 */
#include "base/arena.h"
#include "base/csv.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/vec.h"
#include "json/json.h"
#include "render/print.h"

#include <string.h>

enum { GAP = 2, NARROWEST = 8, FLUSH_AT = 1 << 16 };

struct fmr_table {
	FILE *out;
	enum fmr_table_format format;
	const char **columns;
	size_t count, width;
	bool color, excel;
	size_t rows;                /* printed or kept */
	struct fmr_arena arena;     /* columns, kept cells */
	FMR_VEC(const char *) kept; /* text: all cells, row after row */
	size_t *widths;             /* text: of the columns */
	struct fmr_str buffer;      /* what is not yet printed */
};

const char *const fmr_table_formats[] = { "table", "json", "jsonl", "csv", "tsv", "ids", NULL };

bool fmr_table_format_parse(const char *name, enum fmr_table_format *out)
{
	static const struct {
		const char *name;
		enum fmr_table_format format;
	} names[] = {
		{ "table", FMR_TABLE_TEXT }, { "text", FMR_TABLE_TEXT }, { "json", FMR_TABLE_JSON },
		{ "jsonl", FMR_TABLE_JSONL }, { "csv", FMR_TABLE_CSV }, { "tsv", FMR_TABLE_TSV }, { "ids", FMR_TABLE_IDS },
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i].name, name) == 0) {
			*out = names[i].format;
			return true;
		}
	return false;
}

static char delimiter(const struct fmr_table *table)
{
	return table->format == FMR_TABLE_TSV ? '\t' : ',';
}

static void flush(struct fmr_table *table)
{
	fwrite(table->buffer.bytes, 1, table->buffer.length, table->out);
	fmr_str_clear(&table->buffer);
}

/* ---- separated values ---- */

static void put_separated(struct fmr_table *table, const char *const *cells)
{
	for (size_t i = 0; i < table->count; i++) {
		if (i)
			fmr_str_putc(&table->buffer, delimiter(table));
		const char *cell = cells[i] ? cells[i] : "";
		struct fmr_str safe;
		fmr_str_init(&safe);
		if (table->width) { /* a terminal */
			fmr_text_escape(&safe, cell, strlen(cell), true);
			cell = safe.bytes;
		}
		fmr_csv_put(&table->buffer, cell, strlen(cell), delimiter(table), table->excel);
		fmr_str_release(&safe);
	}
	fmr_str_puts(&table->buffer, table->excel ? "\r\n" : "\n");
}

/* ---- JSON ---- */

static void put_object(struct fmr_table *table, const char *const *cells, const struct fmr_value *const *values)
{
	struct fmr_str *out = &table->buffer;
	bool first = true;
	fmr_str_putc(out, '{');
	for (size_t i = 0; i < table->count; i++) {
		fmr_str_puts(out, first ? "" : ",");
		first = false;
		fmr_json_write_string(out, table->columns[i], strlen(table->columns[i]));
		fmr_str_putc(out, ':');
		if (values && values[i])
			fmr_json_write(out, values[i]);
		else if (cells[i])
			fmr_json_write_string(out, cells[i], strlen(cells[i]));
		else
			fmr_str_puts(out, "null");
	}
	fmr_str_putc(out, '}');
}

/* ---- text ---- */

/* One line, safe for a terminal: line ends and tabs become blanks. */
static const char *text_cell(struct fmr_table *table, const char *cell)
{
	if (!cell || !*cell)
		return "";
	char *line = fmr_arena_strdup(&table->arena, cell);
	for (char *p = line; *p; p++)
		if (*p == '\n' || *p == '\t' || *p == '\r')
			*p = ' ';
	struct fmr_str safe;
	fmr_str_init(&safe);
	fmr_print_safe(&safe, line);
	const char *kept = fmr_arena_strndup(&table->arena, safe.bytes, safe.length);
	fmr_str_release(&safe);
	return kept;
}

static void keep(struct fmr_table *table, const char *const *cells)
{
	for (size_t i = 0; i < table->count; i++) {
		const char *cell = text_cell(table, cells[i]);
		size_t width = fmr_text_width(cell, strlen(cell));
		if (width > table->widths[i])
			table->widths[i] = width;
		FMR_VEC_PUSH(&table->kept, cell);
	}
}

/* When rows do not fit, the last column, usually the title, gets what the others leave. */
static void fit(struct fmr_table *table)
{
	if (!table->width || !table->count)
		return;
	size_t before = 0, last = table->count - 1;
	for (size_t i = 0; i < last; i++)
		before += table->widths[i] + GAP;
	size_t room = table->width > before ? table->width - before : 0;
	if (room < NARROWEST)
		room = NARROWEST;
	if (table->widths[last] > room)
		table->widths[last] = room;
}

/* The random part of an id is what people type. */
static void put_id(struct fmr_str *out, const char *id)
{
	const char *dash = strrchr(id, '-');
	size_t start = dash ? (size_t)(dash - id) + 1 : 0;
	fmr_print_color(out, start > 0, FMR_DIM);
	fmr_str_add(out, id, start);
	fmr_print_color(out, start > 0, FMR_PLAIN);
	fmr_print_color(out, true, FMR_BOLD);
	fmr_str_puts(out, id + start);
	fmr_print_color(out, true, FMR_PLAIN);
}

static void put_cut(struct fmr_str *out, const char *cell, size_t columns)
{
	size_t length = strlen(cell);
	if (fmr_text_width(cell, length) <= columns) {
		fmr_str_add(out, cell, length);
		return;
	}
	fmr_str_add(out, cell, fmr_text_fit(cell, length, columns - 1));
	fmr_str_puts(out, "…");
}

static bool nothing_follows(const char *const *cells, size_t from, size_t count)
{
	for (size_t i = from; i < count; i++)
		if (*cells[i])
			return false;
	return true;
}

static void put_text_row(struct fmr_table *table, const char *const *cells, bool heading)
{
	struct fmr_str *out = &table->buffer;
	bool color = table->color;
	fmr_print_color(out, color && heading, FMR_BOLD);
	for (size_t i = 0; i < table->count; i++) {
		bool last = i + 1 == table->count;
		if (i == 0 && color && !heading)
			put_id(out, cells[i]);
		else if (last)
			put_cut(out, cells[i], table->widths[i]);
		else
			fmr_str_puts(out, cells[i]);
		if (last || nothing_follows(cells, i + 1, table->count))
			break;
		fmr_str_repeat(out, ' ', table->widths[i] + GAP - fmr_text_width(cells[i], strlen(cells[i])));
	}
	fmr_print_color(out, color && heading, FMR_PLAIN);
	fmr_str_putc(out, '\n');
	if (out->length > FLUSH_AT)
		flush(table);
}

static void put_text(struct fmr_table *table)
{
	fit(table);
	for (size_t row = 0; row * table->count < table->kept.count; row++)
		put_text_row(table, table->kept.items + row * table->count, row == 0);
}

/* ---- the table ---- */

struct fmr_table *fmr_table_new(FILE *out, enum fmr_table_format format, const char *const *columns, size_t count,
	size_t width, bool color, bool excel)
{
	struct fmr_table *table = fmr_alloc_zero(1, sizeof(*table));
	table->out = out;
	table->format = format;
	table->count = count;
	table->width = width;
	table->color = color;
	table->excel = excel;
	fmr_arena_init(&table->arena);
	fmr_str_init(&table->buffer);
	table->columns = fmr_arena_zero(&table->arena, count + 1, sizeof(*table->columns));
	table->widths = fmr_arena_zero(&table->arena, count + 1, sizeof(*table->widths));
	for (size_t i = 0; i < count; i++)
		table->columns[i] = fmr_arena_strdup(&table->arena, columns[i]);
	if (format == FMR_TABLE_CSV || format == FMR_TABLE_TSV) {
		if (excel)
			fmr_str_puts(&table->buffer, "\xEF\xBB\xBF");
		put_separated(table, table->columns);
	}
	return table;
}

void fmr_table_row(struct fmr_table *table, const char *const *cells, const struct fmr_value *const *values)
{
	switch (table->format) {
	case FMR_TABLE_TEXT:
		if (table->rows == 0)
			keep(table, table->columns);
		keep(table, cells);
		break;
	case FMR_TABLE_JSON:
		fmr_str_puts(&table->buffer, table->rows ? ",\n" : "[\n");
		put_object(table, cells, values);
		break;
	case FMR_TABLE_JSONL:
		put_object(table, cells, values);
		fmr_str_putc(&table->buffer, '\n');
		break;
	case FMR_TABLE_CSV:
	case FMR_TABLE_TSV:
		put_separated(table, cells);
		break;
	case FMR_TABLE_IDS:
		fmr_print_safe(&table->buffer, cells[0]);
		fmr_str_putc(&table->buffer, '\n');
		break;
	}
	table->rows++;
	if (table->buffer.length > FLUSH_AT)
		flush(table);
}

void fmr_table_end(struct fmr_table *table)
{
	if (!table)
		return;
	if (table->format == FMR_TABLE_TEXT)
		put_text(table);
	else if (table->format == FMR_TABLE_JSON)
		fmr_str_puts(&table->buffer, table->rows ? "\n]\n" : "[]\n");
	flush(table);
	fmr_str_release(&table->buffer);
	FMR_VEC_RELEASE(&table->kept);
	fmr_arena_release(&table->arena);
	free(table);
}
