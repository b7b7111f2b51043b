#include "base/csv.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

static const char byte_order_mark[] = "\xEF\xBB\xBF";

void fmr_csv_open(struct fmr_csv *csv, const char *bytes, size_t length, char delimiter)
{
	*csv = (struct fmr_csv){ .bytes = bytes, .length = length, .delimiter = delimiter, .next_line = 1 };
	fmr_str_init(&csv->text);
	if (length >= 3 && memcmp(bytes, byte_order_mark, 3) == 0)
		csv->at = 3;
}

void fmr_csv_close(struct fmr_csv *csv)
{
	free(csv->cells);
	free(csv->starts);
	csv->cells = NULL;
	csv->starts = NULL;
	csv->count = csv->capacity = 0;
	fmr_str_release(&csv->text);
}

/* ---- cells a spreadsheet would run ---- */

/* -1.5e3: what a spreadsheet shows as it is. */
static bool is_number(const char *bytes, size_t length)
{
	size_t i = length && (*bytes == '-' || *bytes == '+');
	size_t digits = i;
	while (i < length && ((bytes[i] >= '0' && bytes[i] <= '9') || bytes[i] == '.'))
		i++;
	return i > digits && i == length;
}

static bool starts_formula(const char *bytes, size_t length)
{
	static const char *const wide[] = {
		"\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"}; /* ＝＋－＠ */
	if (length == 0 || is_number(bytes, length))
		return false;
	if (strchr("=+-@\t\r", *bytes) && *bytes)
		return true;
	for (size_t i = 0; i < sizeof(wide) / sizeof(*wide); i++)
		if (length >= 3 && memcmp(bytes, wide[i], 3) == 0)
			return true;
	return false;
}

/* A formula behind any number of apostrophes. */
static bool looks_defused(const char *bytes, size_t length)
{
	size_t marks = 0;
	while (marks < length && bytes[marks] == '\'')
		marks++;
	return starts_formula(bytes + marks, length - marks);
}

/* ---- reading ---- */

/* One row under construction: cells are offsets into csv->text until the row is done, as the text moves. */
struct row {
	struct fmr_csv *csv;
	size_t start;   /* of the current cell in csv->text */
	bool any;       /* some cell held something */
};

static void end_cell(struct row *row, size_t at, bool quoted)
{
	struct fmr_csv *csv = row->csv;
	size_t length = csv->text.length - row->start;
	row->any |= length > 0 || quoted;
	fmr_str_putc(&csv->text, '\0');
	if (csv->count >= FMR_CSV_CELLS) {
		csv->fault = FMR_CSV_TOO_WIDE;
		csv->fault_line = csv->next_line;
		fmr_str_truncate(&csv->text, row->start);
		return;
	}
	if (csv->count == csv->capacity) {
		csv->capacity = csv->capacity ? csv->capacity * 2 : 16;
		csv->cells = fmr_realloc(csv->cells, csv->capacity, sizeof(*csv->cells));
		csv->starts = fmr_realloc(csv->starts, csv->capacity, sizeof(*csv->starts));
	}
	csv->starts[csv->count] = at;
	csv->cells[csv->count++] = (struct fmr_text){ .length = length };
	row->start = csv->text.length;
}

/* Past a line end at csv->at, if there is one. */
static bool skip_line_end(struct fmr_csv *csv)
{
	if (csv->at >= csv->length)
		return false;
	char byte = csv->bytes[csv->at];
	if (byte != '\n' && byte != '\r')
		return false;
	csv->at += byte == '\r' && csv->at + 1 < csv->length && csv->bytes[csv->at + 1] == '\n' ? 2 : 1;
	csv->next_line++;
	return true;
}

static void read_quoted(struct fmr_csv *csv)
{
	size_t opened = csv->next_line;
	csv->at++;
	while (csv->at < csv->length) {
		if (skip_line_end(csv)) {
			fmr_str_putc(&csv->text, '\n');
			continue;
		}
		char byte = csv->bytes[csv->at++];
		if (byte == '"') {
			if (csv->at >= csv->length || csv->bytes[csv->at] != '"')
				return;
			csv->at++;
		}
		fmr_str_putc(&csv->text, byte);
	}
	csv->fault = FMR_CSV_OPEN_QUOTE;
	csv->fault_line = opened;
}

/* The bytes up to the next delimiter or line end; true when there were any. */
static bool read_plain(struct fmr_csv *csv)
{
	size_t start = csv->at;
	while (csv->at < csv->length) {
		char byte = csv->bytes[csv->at];
		if (byte == csv->delimiter || byte == '\n' || byte == '\r')
			break;
		csv->at++;
	}
	fmr_str_add(&csv->text, csv->bytes + start, csv->at - start);
	return csv->at > start;
}

static void read_cell(struct row *row)
{
	struct fmr_csv *csv = row->csv;
	size_t start = csv->at;
	bool quoted = csv->at < csv->length && csv->bytes[csv->at] == '"';
	if (quoted)
		read_quoted(csv);
	if (read_plain(csv) && quoted && !csv->fault) {
		csv->fault = FMR_CSV_AFTER_QUOTE;
		csv->fault_line = csv->next_line;
	}
	end_cell(row, start, quoted);
}

/* Now that the text no longer moves, point the cells at it. */
static void settle(struct fmr_csv *csv)
{
	const char *bytes = csv->text.bytes;
	for (size_t i = 0; i < csv->count; i++) {
		struct fmr_text *cell = &csv->cells[i];
		cell->bytes = bytes;
		bytes += cell->length + 1;
		if (csv->excel && cell->length && *cell->bytes == '\'' && looks_defused(cell->bytes, cell->length)) {
			cell->bytes++;
			cell->length--;
		}
	}
}

static bool read_row(struct fmr_csv *csv)
{
	fmr_str_clear(&csv->text);
	csv->count = 0;
	csv->fault = FMR_CSV_FINE;
	csv->line = csv->next_line;
	struct row row = { .csv = csv };
	for (;;) {
		read_cell(&row);
		if (csv->at >= csv->length)
			break;
		if (csv->bytes[csv->at] == csv->delimiter) {
			csv->at++;
			continue;
		}
		skip_line_end(csv);
		break;
	}
	settle(csv);
	return row.any;
}

bool fmr_csv_next(struct fmr_csv *csv)
{
	while (csv->at < csv->length)
		if (read_row(csv))
			return true;
	return false;
}

char fmr_csv_guess_delimiter(const char *bytes, size_t length)
{
	static const char candidates[] = ",\t;";
	size_t counts[sizeof(candidates)] = { 0 };
	bool quoted = false;
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] == '"')
			quoted = !quoted;
		if (quoted)
			continue;
		if (bytes[i] == '\n' || bytes[i] == '\r')
			break;
		const char *hit = bytes[i] ? strchr(candidates, bytes[i]) : NULL;
		if (hit)
			counts[hit - candidates]++;
	}
	size_t best = 0;
	for (size_t i = 1; i + 1 < sizeof(candidates); i++)
		if (counts[i] > counts[best])
			best = i;
	return candidates[best];
}

/* ---- writing ---- */

static bool needs_quotes(const char *bytes, size_t length, char delimiter)
{
	if (length == 0)
		return false;
	if (bytes[0] == ' ' || bytes[length - 1] == ' ' || memcmp(bytes, byte_order_mark, length < 3 ? length : 3) == 0)
		return true;
	for (size_t i = 0; i < length; i++)
		if (bytes[i] == delimiter || bytes[i] == '"' || bytes[i] == '\n' || bytes[i] == '\r')
			return true;
	return false;
}

void fmr_csv_put(struct fmr_str *out, const char *bytes, size_t length, char delimiter, bool excel)
{
	bool defuse = excel && looks_defused(bytes, length);
	if (!defuse && !needs_quotes(bytes, length, delimiter)) {
		fmr_str_add(out, bytes, length);
		return;
	}
	fmr_str_puts(out, defuse ? "\"'" : "\"");
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] == '"')
			fmr_str_putc(out, '"');
		fmr_str_putc(out, bytes[i]);
	}
	fmr_str_putc(out, '"');
}
