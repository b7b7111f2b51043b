#include "exchange/rows.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/dict.h"
#include "base/i18n.h"
#include "base/source.h"
#include "base/vec.h"
#include "json/json.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const format_names[] = { "auto", "csv", "tsv", "json", "jsonl" };

struct fmr_sheet {
	const char *path;
	enum fmr_sheet_format format;
	enum fmr_encoding encoding;
	struct fmr_str text;
	struct fmr_source source; /* the text, named */
	size_t number;
	/* tables */
	struct fmr_csv csv;
	FMR_VEC(const char *) header;
	FMR_VEC(struct fmr_span) header_spans; /* beside it */
	struct fmr_arena names;
	/* objects */
	struct fmr_arena arena;         /* of one line, or of the whole list */
	struct fmr_value *list;
	size_t at, line;
};

bool fmr_sheet_format_parse(const char *name, enum fmr_sheet_format *out)
{
	for (size_t i = 1; i < sizeof(format_names) / sizeof(*format_names); i++) {
		if (strcasecmp(name, format_names[i]) == 0) {
			*out = (enum fmr_sheet_format)i;
			return true;
		}
	}
	return strcasecmp(name, "ndjson") == 0 ? (*out = FMR_ROWS_JSONL, true) : false;
}

const char *fmr_sheet_format_name(enum fmr_sheet_format format)
{
	return format_names[format];
}

enum fmr_sheet_format fmr_sheet_format(const struct fmr_sheet *rows)
{
	return rows->format;
}

enum fmr_encoding fmr_sheet_encoding(const struct fmr_sheet *rows)
{
	return rows->encoding;
}

size_t fmr_sheet_count(const struct fmr_sheet *rows)
{
	return rows->number;
}

const char *const *fmr_sheet_header(const struct fmr_sheet *rows, size_t *count)
{
	*count = rows->header.count;
	return rows->header.items;
}

/* A finding at a line of the file. */
static struct fmr_finding *report(const struct fmr_sheet *rows, struct fmr_findings *findings, enum fmr_code code,
	size_t line, const char *message)
{
	struct fmr_finding *finding = fmr_findings_add(findings, code, rows->path, "%s", message);
	finding->value = (struct fmr_place){ .line = line, .column = line ? 1 : 0 };
	return finding;
}

struct fmr_finding *fmr_sheet_fault_in_header(const struct fmr_sheet *rows, size_t column, enum fmr_code code,
	const char *message, struct fmr_findings *findings)
{
	return fmr_source_fault(&rows->source, rows->header_spans.items[column], code, message, findings);
}

/* ---- opening ---- */

/* By the ending of the name, else by the first character of the text. */
static enum fmr_sheet_format guess_format(const char *path, const struct fmr_str *text)
{
	const char *dot = strrchr(path, '.');
	enum fmr_sheet_format format;
	if (dot && fmr_sheet_format_parse(dot + 1, &format))
		return format;
	const char *start = text->bytes + strspn(text->bytes, " \t\r\n");
	return *start == '{' ? FMR_ROWS_JSONL : *start == '[' ? FMR_ROWS_JSON : FMR_ROWS_CSV;
}

static const char *trimmed(struct fmr_arena *arena, struct fmr_text cell)
{
	size_t start = 0, end = cell.length;
	while (start < end && strchr(" \t\n", cell.bytes[start]))
		start++;
	while (end > start && strchr(" \t\n", cell.bytes[end - 1]))
		end--;
	return fmr_arena_strndup(arena, cell.bytes + start, end - start);
}

static void read_header(struct fmr_sheet *rows, struct fmr_findings *findings)
{
	if (!fmr_csv_next(&rows->csv)) {
		report(rows, findings, FMR_CODE_IMPORT_ROW, 0,
			_("the table is empty: its first row must name the columns"));
		return;
	}
	if (rows->csv.fault)
		report(rows, findings, FMR_CODE_IMPORT_ROW, rows->csv.fault_line,
			_("the first row, which names the columns, cannot be read"));
	struct fmr_dict seen;
	fmr_dict_init(&seen);
	for (size_t i = 0; i < rows->csv.count; i++) {
		const char *name = trimmed(&rows->names, rows->csv.cells[i]);
		size_t start = rows->csv.starts[i];
		FMR_VEC_PUSH(&rows->header, name);
		FMR_VEC_PUSH(&rows->header_spans, ((struct fmr_span){ start, start + rows->csv.cells[i].length }));
		if (*name && !fmr_dict_add(&seen, name, i))
			fmr_sheet_fault_in_header(rows, i, FMR_CODE_IMPORT_COLUMN,
				fmr_findings_text(findings, _("two columns are named '%s'"), name), findings);
	}
	fmr_dict_release(&seen);
}

static void open_table(struct fmr_sheet *rows, char delimiter, bool had_mark, struct fmr_findings *findings)
{
	if (!delimiter)
		delimiter = rows->format == FMR_ROWS_TSV ? '\t'
							 : fmr_csv_guess_delimiter(rows->text.bytes, rows->text.length);
	fmr_csv_open(&rows->csv, rows->text.bytes, rows->text.length, delimiter);
	rows->csv.excel = had_mark; /* what spreadsheets write, and `fmrec export --excel` */
	read_header(rows, findings);
}

static void open_list(struct fmr_sheet *rows, struct fmr_findings *findings)
{
	rows->list = fmr_json_read(&rows->source, &rows->arena, findings);
	if (rows->list && rows->list->kind != FMR_LIST)
		report(rows, findings, FMR_CODE_IMPORT_ROW, 1, _("not a list of objects, [{...}, ...]"));
}

int fmr_sheet_open(const char *bytes, size_t length, const struct fmr_sheet_options *options, struct fmr_sheet **out,
	struct fmr_findings *findings, struct fmr_err *err)
{
	struct fmr_sheet *rows = fmr_alloc_zero(1, sizeof(*rows));
	rows->path = options->path;
	fmr_str_init(&rows->text);
	fmr_str_init(&rows->csv.text);
	fmr_arena_init(&rows->arena);
	fmr_arena_init(&rows->names);
	size_t faults = fmr_findings_errors(findings);
	bool had_mark = false;
	size_t line = 0;
	struct fmr_err fault = { 0 };
	int result = fmr_encoding_decode(
		bytes, length, options->encoding, &rows->text, &rows->encoding, &had_mark, &line, &fault);
	if (result == FMR_ERR_INVALID) {
		struct fmr_finding *finding = report(rows, findings, FMR_CODE_IMPORT_ENCODING, line, fault.text);
		finding->hint = fmr_findings_text(findings, "%s", fault.hint);
	} else if (result) {
		if (err)
			*err = fault;
		fmr_sheet_close(rows);
		return result;
	} else {
		rows->source = (struct fmr_source){ rows->path, rows->text.bytes, rows->text.length };
		rows->format = options->format ? options->format : guess_format(options->path, &rows->text);
		if (rows->format == FMR_ROWS_JSON)
			open_list(rows, findings);
		else if (rows->format != FMR_ROWS_JSONL)
			open_table(rows, options->delimiter, had_mark, findings);
	}
	if (fmr_findings_errors(findings) > faults) {
		fmr_sheet_close(rows);
		return fmr_err_set(err, FMR_ERR_REFUSED, _("'%s' cannot be read as a table"), options->path);
	}
	*out = rows;
	return 0;
}

void fmr_sheet_close(struct fmr_sheet *rows)
{
	if (!rows)
		return;
	fmr_csv_close(&rows->csv);
	FMR_VEC_RELEASE(&rows->header);
	FMR_VEC_RELEASE(&rows->header_spans);
	fmr_arena_release(&rows->names);
	fmr_arena_release(&rows->arena);
	fmr_str_release(&rows->text);
	free(rows);
}

/* ---- rows ---- */

static const char *fault_text(enum fmr_csv_fault fault)
{
	switch (fault) {
	case FMR_CSV_OPEN_QUOTE:
		return _("a quotation mark is never closed");
	case FMR_CSV_AFTER_QUOTE:
		return _("text behind a closing quotation mark");
	default:
		return _("too many cells");
	}
}

/* A row with other than the header's number of cells; empty cells at the end do not count. */
static bool is_ragged(const struct fmr_sheet *rows)
{
	if (rows->csv.count < rows->header.count)
		return true;
	for (size_t i = rows->header.count; i < rows->csv.count; i++)
		if (rows->csv.cells[i].length)
			return true;
	return false;
}

static bool next_table_row(struct fmr_sheet *rows, struct fmr_row *row, struct fmr_findings *findings)
{
	if (!fmr_csv_next(&rows->csv))
		return false;
	const struct fmr_csv *csv = &rows->csv;
	*row = (struct fmr_row){ .number = ++rows->number, .line = csv->line, .cells = csv->cells };
	if (csv->fault) {
		report(rows, findings, FMR_CODE_IMPORT_ROW, csv->fault_line,
			fmr_findings_text(findings, _("row %zu: %s"), row->number, fault_text(csv->fault)));
		row->bad = true;
	} else if (is_ragged(rows)) {
		report(rows, findings, FMR_CODE_IMPORT_ROW, row->line,
			fmr_findings_text(findings, _("row %zu: %zu cells, but the first row names %zu columns"),
				row->number, csv->count, rows->header.count));
		row->bad = true;
	}
	return true;
}

/* Move the findings of one line's text to the line in the file. */
static void report_json(struct fmr_sheet *rows, const struct fmr_row *row, const struct fmr_findings *faults,
	struct fmr_findings *findings)
{
	for (size_t i = 0; i < fmr_findings_count(faults); i++) {
		const struct fmr_finding *fault = fmr_findings_at(faults, i);
		struct fmr_finding *finding = report(rows, findings, fault->code, row->line,
			fmr_findings_text(findings, _("row %zu: %s"), row->number, fault->message));
		finding->value.column = fault->value.column ? fault->value.column : 1;
	}
}

static bool next_line(struct fmr_sheet *rows, struct fmr_row *row, struct fmr_findings *findings)
{
	const char *start, *end;
	do {
		if (rows->at >= rows->text.length)
			return false;
		start = rows->text.bytes + rows->at;
		end = memchr(start, '\n', rows->text.length - rows->at);
		if (!end)
			end = rows->text.bytes + rows->text.length;
		rows->at = (size_t)(end - rows->text.bytes) + 1;
		rows->line++;
	} while (start + strspn(start, " \t\r") >= end);
	*row = (struct fmr_row){ .number = ++rows->number, .line = rows->line };
	fmr_arena_clear(&rows->arena);
	size_t length = (size_t)(end - start);
	rows->source = (struct fmr_source){ .path = rows->path, .bytes = fmr_arena_strndup(&rows->arena, start, length),
		.length = length };
	struct fmr_findings *faults = fmr_findings_new(8);
	row->object = fmr_json_read(&rows->source, &rows->arena, faults);
	report_json(rows, row, faults, findings);
	fmr_findings_free(faults);
	row->bad = !row->object;
	return true;
}

static bool next_item(struct fmr_sheet *rows, struct fmr_row *row)
{
	if (rows->number >= rows->list->list.count)
		return false;
	struct fmr_value *item = rows->list->list.items[rows->number++];
	*row = (struct fmr_row){ .number = rows->number, .object = item };
	for (; rows->at < item->span.start && rows->at < rows->text.length; rows->at++)
		rows->line += rows->text.bytes[rows->at] == '\n';
	row->line = rows->line + 1;
	return true;
}

bool fmr_sheet_next(struct fmr_sheet *rows, struct fmr_row *row, struct fmr_findings *findings)
{
	if (rows->format == FMR_ROWS_CSV || rows->format == FMR_ROWS_TSV)
		return next_table_row(rows, row, findings);
	bool any = rows->format == FMR_ROWS_JSONL ? next_line(rows, row, findings) : next_item(rows, row);
	if (any && row->object && row->object->kind != FMR_MAP) {
		report(rows, findings, FMR_CODE_IMPORT_ROW, row->line,
			fmr_findings_text(findings, _("row %zu: not an object, {...}"), row->number));
		row->object = NULL;
		row->bad = true;
	}
	return any;
}

void fmr_sheet_progress(const struct fmr_sheet *rows, size_t *done, size_t *total)
{
	if (rows->format == FMR_ROWS_JSON) {
		*done = rows->number;
		*total = rows->list->list.count;
		return;
	}
	*done = rows->format == FMR_ROWS_JSONL ? rows->at : rows->csv.at;
	*total = rows->text.length;
}
