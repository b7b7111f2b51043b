/* The encoding and the table reader; what was read is written and must read back the same. */
#include "base/csv.h"
#include "base/encoding.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_and_compare(const struct fmr_csv *row, char delimiter, bool excel)
{
	struct fmr_str text;
	fmr_str_init(&text);
	for (size_t i = 0; i < row->count; i++) {
		if (i)
			fmr_str_putc(&text, delimiter);
		if (row->count == 1 && row->cells[i].length == 0)
			fmr_str_puts(&text, "\"\""); /* a row without any text would be skipped */
		fmr_csv_put(&text, row->cells[i].bytes, row->cells[i].length, delimiter, excel);
	}
	struct fmr_csv again;
	fmr_csv_open(&again, text.bytes, text.length, delimiter);
	again.excel = excel;
	bool any = fmr_csv_next(&again);
	bool empty = true;
	for (size_t i = 0; i < row->count; i++)
		empty &= row->cells[i].length == 0;
	if (any) {
		if (again.fault || again.count != row->count)
			abort();
		for (size_t i = 0; i < row->count; i++)
			if (again.cells[i].length != row->cells[i].length ||
				memcmp(again.cells[i].bytes, row->cells[i].bytes, row->cells[i].length) != 0)
				abort();
	} else if (!empty) {
		abort();
	}
	fmr_csv_close(&again);
	fmr_str_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fmr_str text;
	fmr_str_init(&text);
	bool mark = false;
	enum fmr_encoding encoding = size && data[0] < 6 ? (enum fmr_encoding)data[0] : FMR_ENCODING_GUESS;
	if (fmr_encoding_decode((const char *)data, size, encoding, &text, NULL, &mark, NULL, NULL) == 0) {
		struct fmr_csv csv;
		char delimiter = fmr_csv_guess_delimiter(text.bytes, text.length);
		fmr_csv_open(&csv, text.bytes, text.length, delimiter);
		csv.excel = mark;
		while (fmr_csv_next(&csv))
			write_and_compare(&csv, delimiter, mark);
		fmr_csv_close(&csv);
	}
	fmr_str_release(&text);
	return 0;
}
