/*
 * What SQL can do with our texts, times and choices.  All are deterministic while an index is open.
 */
#include "index/private.h"

#include "base/clock.h"
#include "base/decimal.h"
#include "base/digest.h"
#include "base/i18n.h"
#include "base/regex.h"

#include "base/text.h"

#include <string.h>

enum { DAY = 24 * 60 * 60 };

static struct fmr_text text_of(sqlite3_value *value)
{
	const char *bytes = (const char *)fmr_sqlite.value_text(value);
	return (struct fmr_text){ bytes, bytes ? (size_t)fmr_sqlite.value_bytes(value) : 0 };
}

static void give_text(sqlite3_context *context, const char *bytes, size_t length)
{
	fmr_sqlite.result_text(context, bytes, (int)length, SQLITE_TRANSIENT);
}

/* ---- texts ---- */

static void fold(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	const struct fmr_text text = text_of(values[0]);
	if (!text.bytes)
		return;
	struct fmr_str folded;
	fmr_str_init(&folded);
	fmr_text_fold(&folded, text.bytes, text.length);
	give_text(context, folded.bytes, folded.length);
	fmr_str_release(&folded);
}

static void free_regex(void *regex)
{
	fmr_regex_free(regex);
}

static void matches(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	const struct fmr_text pattern = text_of(values[0]), text = text_of(values[1]);
	struct fmr_err err = { 0 };
	if (!pattern.bytes || !text.bytes)
		return;
	struct fmr_regex *regex = fmr_sqlite.get_auxdata(context, 0), *own = NULL;
	if (!regex && fmr_regex_new(pattern.bytes, pattern.length, 0, &own, &err)) {
		fmr_sqlite.result_error(context, err.text, -1);
		return;
	}
	enum fmr_regex_result result = FMR_REGEX_NO;
	if (fmr_utf8_valid(text.bytes, text.length) == text.length)
		result = fmr_regex_search(regex ? regex : own, text.bytes, text.length, 0, NULL);
	if (own)
		fmr_sqlite.set_auxdata(context, 0, own, free_regex);
	if (result == FMR_REGEX_LIMIT)
		fmr_sqlite.result_error(context, _("the regular expression takes too long"), -1);
	else
		fmr_sqlite.result_int64(context, result == FMR_REGEX_YES);
}

static void whole_text(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	struct fmr_index *index = fmr_sqlite.user_data(context);
	struct fmr_str text;
	fmr_str_init(&text);
	if (fmr_index_text(index, fmr_sqlite.value_int64(values[0]), &text, NULL) == FMR_OK)
		give_text(context, text.bytes, text.length);
	fmr_str_release(&text);
}

static void blob_id(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	struct fmr_index *index = fmr_sqlite.user_data(context);
	char id[FMR_BLOB_TEXT];
	struct fmr_str text;
	fmr_str_init(&text);
	if (fmr_index_text(index, fmr_sqlite.value_int64(values[0]), &text, NULL) == FMR_OK &&
		fmr_digest_blob(text.bytes, text.length, id) == FMR_OK)
		give_text(context, id, strlen(id));
	fmr_str_release(&text);
}

/* ---- fields ---- */

/* field(key, path): a scalar that is not stored */
static void field(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	struct fmr_index *index = fmr_sqlite.user_data(context);
	const char *path = (const char *)fmr_sqlite.value_text(values[1]);
	const struct fmr_value *root;
	if (!path || fmr_index_parse_record(index, fmr_sqlite.value_int64(values[0]), &root, NULL))
		return;
	fmr_datum_give(context, fmr_value_at(root, path));
}

void fmr_datum_give(sqlite3_context *context, const struct fmr_value *value)
{
	const struct datum datum = fmr_datum_of(value);
	if (datum.kind == FMR_ROWS_INTEGER)
		fmr_sqlite.result_int64(context, datum.integer);
	else if (datum.kind == FMR_ROWS_REAL)
		fmr_sqlite.result_double(context, datum.real);
	else if (datum.kind == FMR_ROWS_TEXT)
		give_text(context, datum.text.bytes, datum.text.length);
}

static void rank(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	struct fmr_index *index = fmr_sqlite.user_data(context);
	const char *name = (const char *)fmr_sqlite.value_text(values[0]);
	const char *path = (const char *)fmr_sqlite.value_text(values[1]);
	const char *code = (const char *)fmr_sqlite.value_text(values[2]);
	const struct fmr_type *type;
	if (!name || !path || !code || fmr_book_type(index->book, name, &type, NULL, NULL))
		return;
	const struct fmr_field *field = fmr_type_field(type, path);
	const bool listed = field && field->values_from && fmr_book_ready_list(index->book, field->values_from, NULL, NULL) == 0;
	const struct fmr_list *list = listed ? fmr_book_list(index->book, field->values_from) : NULL;
	size_t choices = list ? list->count : field ? field->choice_count : 0;
	for (size_t i = 0; i < choices; i++)
		if (strcmp(list ? list->entries[i].choice.code : field->choices[i].code, code) == 0) {
			fmr_sqlite.result_int64(context, (int64_t)i);
			return;
		}
}

/* ---- times ---- */

static bool read_time(sqlite3_value *value, struct fmr_time *time)
{
	const struct fmr_text text = text_of(value);
	return text.bytes && fmr_time_parse(text.bytes, text.length, time);
}

/* The first second of the day in the book's zone. */
static int64_t start_of_day(const struct fmr_index *index, const struct fmr_time *time)
{
	int offset = 0;
	int64_t midnight = time->seconds + (int64_t)time->offset * 60; /* as if in UTC */
	fmr_zone_offset(fmr_book_zone(index->book), midnight, &offset);
	fmr_zone_offset(fmr_book_zone(index->book), midnight - (int64_t)offset * 60, &offset);
	return midnight - (int64_t)offset * 60;
}

static void instant(sqlite3_context *context, int count, sqlite3_value **values)
{
	const struct fmr_index *index = fmr_sqlite.user_data(context);
	bool upper = count > 1 && fmr_sqlite.value_int64(values[1]);
	struct fmr_time time;
	if (!read_time(values[0], &time))
		return;
	if (!time.date_only) {
		fmr_sqlite.result_double(context, (double)time.seconds + time.nanoseconds / 1e9);
		return;
	}
	if (!upper) {
		fmr_sqlite.result_double(context, (double)start_of_day(index, &time));
		return;
	}
	time.seconds += DAY;
	fmr_sqlite.result_double(context, (double)(start_of_day(index, &time) - 1));
}

/* Months since the beginning of the fiscal year 0; false when the text is no time. */
static bool fiscal_month(const struct fmr_index *index, sqlite3_value *value, int *month)
{
	const struct fmr_value *start = fmr_value_get(fmr_book_config(index->book), "fiscal_year_start");
	long long first = 4;
	struct fmr_time time;
	if (!read_time(value, &time))
		return false;
	if (!time.date_only)
		fmr_zone_offset(fmr_book_zone(index->book), time.seconds, &time.offset);
	if (start && start->kind == FMR_NUMBER && (!fmr_decimal_to_integer(start->text, &first) || first < 1 || first > 12))
		first = 4;
	int day = fmr_time_day(&time);
	*month = day / 10000 * 12 + day / 100 % 100 - (int)first;
	return true;
}

static void fiscal_year(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	int month;
	if (fiscal_month(fmr_sqlite.user_data(context), values[0], &month))
		fmr_sqlite.result_int64(context, month / 12);
}

static void fiscal_quarter(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	int month;
	if (fiscal_month(fmr_sqlite.user_data(context), values[0], &month))
		fmr_sqlite.result_int64(context, month % 12 / 3 + 1);
}

/* The day in an id: INC-20261121-7KQ2. */
static bool day_of_id(const struct fmr_index *index, const char *id, int64_t *seconds)
{
	enum { DIGITS = 8 };
	for (; *id; id++) {
		if (strspn(id, "0123456789") != DIGITS)
			continue;
		const int day = (int)strtol(id, NULL, 10);
		if (!fmr_date_exists(day / 10000, day / 100 % 100, day % 100))
			return false;
		const struct fmr_time time = { .date_only = true,
			.seconds = fmr_date_days(day / 10000, day / 100 % 100, day % 100) * DAY };
		*seconds = start_of_day(index, &time);
		return true;
	}
	return false;
}

/* When a record begins: at the first of the times that its type puts in order, else on the day in its id. */
static void began(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	struct fmr_index *index = fmr_sqlite.user_data(context);
	const struct fmr_type *type;
	const struct fmr_value *root = NULL;
	const struct fmr_text name = text_of(values[0]), id = text_of(values[1]);
	int64_t seconds;
	if (!name.bytes || !id.bytes || fmr_book_type(index->book, name.bytes, &type, NULL, NULL) ||
		fmr_index_parse_record(index, fmr_sqlite.value_int64(values[2]), &root, NULL))
		return;
	for (const char *const *path = type->time_order ? type->time_order[0] : NULL; root && path && *path; path++) {
		const struct fmr_value *value = fmr_value_at(root, *path);
		struct fmr_time time;
		if (!value || value->kind != FMR_STRING || !fmr_time_parse(value->text.bytes, value->text.length, &time))
			continue;
		fmr_sqlite.result_int64(context, time.date_only ? start_of_day(index, &time) : time.seconds);
		return;
	}
	if (day_of_id(index, id.bytes, &seconds))
		fmr_sqlite.result_int64(context, seconds);
}

int fmr_index_add_functions(struct fmr_index *index, struct fmr_err *err)
{
	static const struct {
		const char *name;
		int arguments;
		void (*call)(sqlite3_context *, int, sqlite3_value **);
	} functions[] = {
		{ "fold", 1, fold }, { "matches", 2, matches }, { "text", 1, whole_text }, { "blob_id", 1, blob_id },
		{ "field", 2, field }, { "rank", 3, rank }, { "instant", 1, instant }, { "instant", 2, instant },
		{ "fiscal_year", 1, fiscal_year }, { "fiscal_quarter", 1, fiscal_quarter }, { "began", 3, began },
	};
	int code = SQLITE_OK;
	for (size_t i = 0; !code && i < sizeof(functions) / sizeof(*functions); i++)
		code = fmr_sqlite.create_function_v2(index->db, functions[i].name, functions[i].arguments,
			SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, index, functions[i].call, NULL, NULL, NULL);
	return code ? fmr_index_failed(index, err) : FMR_OK;
}
