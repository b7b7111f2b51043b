#include "query/value.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/regex.h"
#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 24 * 60 * 60, MARGIN = 2 * DAY };

/* ---- answers ---- */

enum truth fmr_value_refuse(struct compiler *compiler, const struct operand *operand, const char *hint,
	const char *format, ...)
{
	struct status *status = &compiler->operands[operand->number];
	if (status->fault)
		return NEVER;
	va_list args;
	va_start(args, format);
	status->fault = fmr_arena_vformat(compiler->arena, format, args);
	va_end(args);
	status->hint = hint ? fmr_arena_strdup(compiler->arena, hint) : NULL;
	return NEVER;
}

static void accept(struct compiler *compiler, const struct operand *operand)
{
	compiler->operands[operand->number].valid = true;
}

static enum truth refuse_as_said(struct compiler *compiler, const struct operand *operand, const struct fmr_err *err)
{
	return fmr_value_refuse(compiler, operand, err->hint, "%s", err->text);
}

/* The value of the field that the text stands for; NULL, and the operand refused, when it stands for none. */
static const struct fmr_value *parse(struct compiler *compiler, const struct fmr_field *field,
	const struct operand *operand, const char *text)
{
	struct fmr_err err = { 0 };
	struct fmr_value *value = NULL;
	if (fmr_field_parse(compiler->types.book, field, text, compiler->arena, &value, &err)) {
		refuse_as_said(compiler, operand, &err);
		return NULL;
	}
	return value;
}

/* ---- texts ---- */

const char *fmr_value_folded(struct fmr_arena *arena, const char *text)
{
	struct fmr_str folded;
	fmr_str_init(&folded);
	fmr_text_fold(&folded, text, strlen(text));
	const char *kept = fmr_arena_strndup(arena, folded.bytes, folded.length);
	fmr_str_release(&folded);
	return kept;
}

/* For LIKE on folded texts: "*" stands for anything. */
static const char *like_pattern(struct fmr_arena *arena, const char *text)
{
	const char *folded = fmr_value_folded(arena, text);
	struct fmr_str pattern;
	fmr_str_init(&pattern);
	for (const char *p = folded; *p; p++) {
		if (*p == '*') {
			fmr_str_putc(&pattern, '%');
			continue;
		}
		if (*p == '%' || *p == '_' || *p == '\\')
			fmr_str_putc(&pattern, '\\');
		fmr_str_putc(&pattern, *p);
	}
	const char *kept = fmr_arena_strndup(arena, pattern.bytes, pattern.length);
	fmr_str_release(&pattern);
	return kept;
}

static bool is_glob(const struct operand *operand)
{
	return !operand->quoted && !operand->regex && (strchr(operand->text, '*') || strstr(operand->text, "＊"));
}

static enum truth put_regex(struct compiler *compiler, const char *column, const struct operand *operand)
{
	const char *pattern = fmr_arena_format(compiler->arena, "%s%s", operand->icase ? "(?i)" : "", operand->text);
	struct fmr_regex *regex = NULL;
	struct fmr_err err = { 0 };
	if (fmr_regex_new(pattern, strlen(pattern), 0, &regex, &err))
		return refuse_as_said(compiler, operand, &err);
	fmr_regex_free(regex);
	accept(compiler, operand);
	fmr_sql_put(compiler->sql, "matches(");
	fmr_sql_text(compiler->sql, pattern);
	fmr_sql_put(compiler->sql, ", %s)", column);
	return MAYBE;
}

static enum truth put_glob(struct compiler *compiler, const char *column, const struct operand *operand)
{
	accept(compiler, operand);
	fmr_sql_put(compiler->sql, "fold(%s) LIKE ", column);
	fmr_sql_text(compiler->sql, like_pattern(compiler->arena, operand->text));
	fmr_sql_put(compiler->sql, " ESCAPE '\\'");
	return MAYBE;
}

static enum truth put_holds(struct compiler *compiler, const char *column, const char *text)
{
	fmr_sql_put(compiler->sql, "instr(fold(%s), ", column);
	fmr_sql_text(compiler->sql, fmr_value_folded(compiler->arena, text));
	fmr_sql_put(compiler->sql, ") > 0");
	return MAYBE;
}

static enum truth refuse_order(struct compiler *compiler, const struct operand *operand)
{
	return fmr_value_refuse(compiler, operand, NULL, _("a text has no order: it is neither less nor greater"));
}

enum truth fmr_value_text(struct compiler *compiler, const char *column, enum operator op, const struct operand *operand)
{
	if (operand->regex)
		return put_regex(compiler, column, operand);
	if (op != OP_FITS && op != OP_EQUAL)
		return refuse_order(compiler, operand);
	if (is_glob(operand))
		return put_glob(compiler, column, operand);
	accept(compiler, operand);
	if (op == OP_FITS)
		return put_holds(compiler, column, operand->text);
	fmr_sql_put(compiler->sql, "%s = ", column);
	fmr_sql_text(compiler->sql, operand->text);
	return MAYBE;
}

/* ---- ids ---- */

/* In the letters of ids, or NULL when it cannot be a part of one. */
static const char *id_letters(struct fmr_arena *arena, const char *text)
{
	struct fmr_str plain;
	fmr_str_init(&plain);
	fmr_text_nfkc(&plain, text, strlen(text));
	bool good = plain.length > 0 && plain.length <= FMR_ID_LENGTH;
	for (char *p = plain.bytes; good && *p; p++) {
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
		good = (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || *p == '-';
	}
	const char *kept = good ? fmr_arena_strndup(arena, plain.bytes, plain.length) : NULL;
	fmr_str_release(&plain);
	return kept;
}

static bool is_among(const char *name, const char *const *names)
{
	for (; names && *names; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return !names;
}

static bool is_whole_id(const struct compiler *compiler, const char *const *types, const char *id)
{
	for (size_t i = 0; i < compiler->types.count; i++) {
		const struct fmr_type *type =
			is_among(compiler->types.names[i], types) ? fmr_types_at(&compiler->types, i) : NULL;
		if (type && fmr_id_fits(type, NULL, id))
			return true;
	}
	return false;
}

/* The id, or the one that replaced it. */
static enum truth put_whole_id(struct compiler *compiler, const char *column, const char *id)
{
	fmr_sql_put(compiler->sql, "%s IN (SELECT ", column);
	fmr_sql_text(compiler->sql, id);
	fmr_sql_put(compiler->sql, " UNION ALL SELECT a.id FROM alias a WHERE a.alias = ");
	fmr_sql_text(compiler->sql, id);
	fmr_sql_put(compiler->sql, ")");
	return MAYBE;
}

/* From the start of one of the parts of the id. */
static void put_like_part(struct compiler *compiler, const char *column, const char *part)
{
	fmr_sql_put(compiler->sql, "%s LIKE ", column);
	fmr_sql_text(compiler->sql, fmr_arena_format(compiler->arena, "%s%%", part));
	fmr_sql_put(compiler->sql, " OR %s LIKE ", column);
	fmr_sql_text(compiler->sql, fmr_arena_format(compiler->arena, "%%-%s%%", part));
}

static void put_part_of_id(struct compiler *compiler, const char *column, const char *part)
{
	put_like_part(compiler, column, part);
	fmr_sql_put(compiler->sql, " OR %s IN (SELECT a.id FROM alias a WHERE ", column);
	put_like_part(compiler, "a.alias", part);
	fmr_sql_put(compiler->sql, ")");
}

static void put_titled(struct compiler *compiler, const char *const *types, const char *column, const char *text)
{
	fmr_sql_put(compiler->sql, "%s IN (SELECT x.id FROM record x WHERE x.type IN (", column);
	for (const char *const *type = types; *type; type++) {
		fmr_sql_put(compiler->sql, type == types ? "" : ", ");
		fmr_sql_text(compiler->sql, *type);
	}
	fmr_sql_put(compiler->sql, ") AND ");
	put_holds(compiler, "x.title", text);
	fmr_sql_put(compiler->sql, ")");
}

enum truth fmr_value_id(struct compiler *compiler, const char *const *types, const char *column, bool titles,
	enum operator op, const struct operand *operand)
{
	if (operand->regex)
		return put_regex(compiler, column, operand);
	if (op != OP_FITS && op != OP_EQUAL)
		return refuse_order(compiler, operand);
	if (is_glob(operand))
		return put_glob(compiler, column, operand);
	accept(compiler, operand);
	const char *id = id_letters(compiler->arena, operand->text);
	if (id && (op == OP_EQUAL || is_whole_id(compiler, types, id)))
		return put_whole_id(compiler, column, id);
	if (op == OP_EQUAL) {
		fmr_sql_put(compiler->sql, "%s = ", column);
		fmr_sql_text(compiler->sql, operand->text);
		return MAYBE;
	}
	if (!id && !titles)
		return NEVER;
	fmr_sql_put(compiler->sql, "(");
	if (id)
		put_part_of_id(compiler, column, id);
	if (titles) {
		fmr_sql_put(compiler->sql, id ? " OR " : "");
		put_titled(compiler, types, column, operand->text);
		fmr_sql_put(compiler->sql, " OR "); /* a name where a record is not yet asked for */
		put_holds(compiler, column, operand->text);
	}
	fmr_sql_put(compiler->sql, ")");
	return MAYBE;
}

/* ---- order ---- */

static const char *sign_of(enum operator op)
{
	switch (op) {
	case OP_LESS: return "<";
	case OP_LESS_EQUAL: return "<=";
	case OP_GREATER: return ">";
	case OP_GREATER_EQUAL: return ">=";
	default: return "=";
	}
}

/* ---- choices: their set is known when the query is compiled ---- */

/* Position in the declared order, or -1 when the operand is refused; *unknown: the word for what is not known. */
static long place_of(struct compiler *compiler, const struct fmr_field *field, const struct fmr_choice *choices,
	size_t count, const struct operand *operand, const char *text, bool *unknown)
{
	const struct fmr_value *value = parse(compiler, field, operand, text);
	for (size_t i = 0; value && i < count; i++)
		if (fmr_value_is(value, choices[i].code))
			return (long)i;
	*unknown = value != NULL;
	return -1;
}

static bool in_order(enum operator op, long place, long wanted)
{
	switch (op) {
	case OP_LESS: return place < wanted;
	case OP_LESS_EQUAL: return place <= wanted;
	case OP_GREATER: return place > wanted;
	case OP_GREATER_EQUAL: return place >= wanted;
	default: return place == wanted;
	}
}

static void put_code(struct compiler *compiler, const char *column, const char *code, size_t *listed)
{
	if (!(*listed)++)
		fmr_sql_put(compiler->sql, "%s IN (", column);
	else
		fmr_sql_put(compiler->sql, ", ");
	fmr_sql_text(compiler->sql, code);
}

static enum truth end_codes(struct compiler *compiler, size_t listed)
{
	if (!listed)
		return NEVER;
	fmr_sql_put(compiler->sql, ")");
	return MAYBE;
}

static enum truth put_choice_range(struct compiler *compiler, const struct fmr_field *field, const char *column,
	const struct fmr_choice *choices, size_t count, const struct operand *operand)
{
	bool unknown = false;
	long from = *operand->from ? place_of(compiler, field, choices, count, operand, operand->from, &unknown) : 0;
	long to = *operand->to ? place_of(compiler, field, choices, count, operand, operand->to, &unknown) : (long)count - 1;
	size_t listed = 0;
	if (from < 0 || to < 0)
		return NEVER;
	accept(compiler, operand);
	for (long i = from < to ? from : to; i <= (from < to ? to : from); i++)
		put_code(compiler, column, choices[i].code, &listed);
	return end_codes(compiler, listed);
}

static bool pattern_fits(const char *pattern, const char *text)
{
	const char *star = NULL, *from = text;
	while (*text) {
		if (*pattern == '*') {
			star = pattern++;
			from = text;
		} else if (*pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++from;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

static bool choice_fits_glob(struct compiler *compiler, const struct fmr_choice *choice, const char *folded)
{
	if (pattern_fits(folded, fmr_value_folded(compiler->arena, choice->code)))
		return true;
	for (size_t i = 0; i < FMR_LANGUAGES; i++)
		if (choice->label.in[i] && pattern_fits(folded, fmr_value_folded(compiler->arena, choice->label.in[i])))
			return true;
	return false;
}

static enum truth put_choice_glob(struct compiler *compiler, const struct fmr_field *field, const char *column,
	const struct fmr_choice *choices, size_t count, const struct operand *operand)
{
	const char *folded = fmr_value_folded(compiler->arena, operand->text);
	size_t listed = 0;
	for (size_t i = 0; i < count; i++)
		if (choice_fits_glob(compiler, &choices[i], folded))
			put_code(compiler, column, choices[i].code, &listed);
	if (listed)
		accept(compiler, operand);
	else
		parse(compiler, field, operand, operand->text); /* says what is allowed */
	return end_codes(compiler, listed);
}

static enum truth put_choice(struct compiler *compiler, const struct fmr_field *field, const char *column,
	enum operator op, const struct operand *operand)
{
	const struct fmr_choice *choices = field->choices;
	size_t count = field->choice_count, listed = 0;
	bool unknown = false;
	if (field->values_from && fmr_field_choices(compiler->types.book, field, NULL, &choices, &count))
		return fmr_value_text(compiler, column, op, operand);
	if (operand->range && op == OP_FITS)
		return put_choice_range(compiler, field, column, choices, count, operand);
	if (is_glob(operand))
		return put_choice_glob(compiler, field, column, choices, count, operand);
	long wanted = place_of(compiler, field, choices, count, operand, operand->text, &unknown);
	if (wanted < 0 && !unknown)
		return NEVER;
	accept(compiler, operand);
	if (unknown) { /* it has no place in the order */
		fmr_sql_put(compiler->sql, "%s = ", column);
		fmr_sql_text(compiler->sql, "unknown");
		return MAYBE;
	}
	for (size_t i = 0; i < count; i++)
		if (in_order(op, (long)i, wanted))
			put_code(compiler, column, choices[i].code, &listed);
	return end_codes(compiler, listed);
}

/* ---- numbers ---- */

static void put_number(struct compiler *compiler, const char *text)
{
	char *end;
	errno = 0;
	long long integer = strtoll(text, &end, 10);
	struct param param = { .kind = PARAM_INTEGER, .integer = integer };
	if (*end || errno)
		param = (struct param){ .kind = PARAM_REAL, .real = strtod(text, NULL) };
	fmr_sql_put(compiler->sql, "?");
	FMR_VEC_PUSH(&compiler->sql->params, param);
}

static const char *number_of(struct compiler *compiler, const struct fmr_field *field, const struct operand *operand,
	const char *text)
{
	static const struct fmr_field count = { .name = "count", .path = "count", .kind = FMR_FIELD_NUMBER };
	const struct fmr_value *value = parse(compiler, field ? field : &count, operand, text);
	return !value ? NULL : value->text.bytes;
}

static enum truth put_compared(struct compiler *compiler, const struct fmr_field *field, const char *expression,
	const char *sign, const struct operand *operand, const char *text)
{
	const char *number = number_of(compiler, field, operand, text);
	if (!number)
		return NEVER;
	fmr_sql_put(compiler->sql, "%s %s ", expression, sign);
	if (strcmp(number, "unknown") == 0)
		fmr_sql_text(compiler->sql, number);
	else
		put_number(compiler, number);
	return MAYBE;
}

static enum truth put_numbers(struct compiler *compiler, const struct fmr_field *field, const char *expression,
	enum operator op, const struct operand *operand)
{
	enum truth truth = MAYBE;
	if (!operand->range || op != OP_FITS) {
		truth = put_compared(compiler, field, expression, sign_of(op), operand, operand->text);
	} else {
		if (*operand->from)
			truth = put_compared(compiler, field, expression, ">=", operand, operand->from);
		if (*operand->from && *operand->to && truth == MAYBE)
			fmr_sql_put(compiler->sql, " AND ");
		if (*operand->to && truth == MAYBE)
			truth = put_compared(compiler, field, expression, "<=", operand, operand->to);
	}
	if (truth == MAYBE)
		accept(compiler, operand);
	return truth;
}

enum truth fmr_value_number(struct compiler *compiler, const char *expression, enum operator op,
	const struct operand *operand)
{
	return put_numbers(compiler, NULL, expression, op, operand);
}

static enum truth put_number_field(struct compiler *compiler, const struct fmr_field *field, const char *column,
	enum operator op, const struct operand *operand)
{
	fmr_sql_put(compiler->sql, "(");
	if ((op != OP_FITS && op != OP_EQUAL) || operand->range) /* to SQL "unknown" is greater than all numbers */
		fmr_sql_put(compiler->sql, "typeof(%s) <> 'text' AND ", column);
	enum truth truth = put_numbers(compiler, field, column, op, operand);
	fmr_sql_put(compiler->sql, ")");
	return truth;
}

static enum truth put_bool(struct compiler *compiler, const struct fmr_field *field, const char *column,
	enum operator op, const struct operand *operand)
{
	if (op != OP_FITS && op != OP_EQUAL)
		return fmr_value_refuse(compiler, operand, NULL, _("'%s' is true or false, and has no order"), field->path);
	const struct fmr_value *value = parse(compiler, field, operand, operand->text);
	if (!value)
		return NEVER;
	accept(compiler, operand);
	fmr_sql_put(compiler->sql, "%s = ", column);
	fmr_sql_integer(compiler->sql, value->kind == FMR_BOOL && value->boolean);
	return MAYBE;
}

/* ---- times ---- */

static bool period_of(struct compiler *compiler, const struct operand *operand, const char *text,
	struct fmr_period *out)
{
	if (fmr_period_parse(text, strlen(text), &compiler->calendar, out))
		return true;
	fmr_value_refuse(compiler, operand,
		_("write a day, month or year, or a time in terms of now: 2026-04-01, 2026-04, 2026, fy2026q3, -90d, today"),
		_("'%s' is no date or time"), text);
	return false;
}

/* The day of a second in UTC, with a margin for every offset there is: texts of times begin with their day. */
static void put_day(struct compiler *compiler, int64_t seconds)
{
	int year, month, day;
	int64_t days = (seconds >= 0 ? seconds : seconds - (DAY - 1)) / DAY;
	fmr_days_date(days, &year, &month, &day);
	if (year < 0)
		year = 0;
	fmr_sql_text(compiler->sql, fmr_arena_format(compiler->arena, "%04d-%02d-%02d", year, month, day));
}

/* The cheap comparison of texts goes first. */
static void put_not_before(struct compiler *compiler, const char *column, int64_t second, bool whole)
{
	fmr_sql_put(compiler->sql, "%s >= ", column);
	put_day(compiler, second - MARGIN);
	fmr_sql_put(compiler->sql, " AND instant(%s%s) >= ", column, whole ? ", 1" : "");
	fmr_sql_integer(compiler->sql, second);
}

static void put_before(struct compiler *compiler, const char *column, int64_t second, bool whole)
{
	fmr_sql_put(compiler->sql, "%s < ", column);
	put_day(compiler, second + MARGIN);
	fmr_sql_put(compiler->sql, " AND instant(%s%s) < ", column, whole ? ", 1" : "");
	fmr_sql_integer(compiler->sql, second);
}

/* A day without time is no later and no earlier than any time of that day. */
static void put_in_period(struct compiler *compiler, const char *column, enum operator op,
	const struct fmr_period *period)
{
	switch (op) {
	case OP_LESS: put_before(compiler, column, period->from, true); break;
	case OP_LESS_EQUAL: put_before(compiler, column, period->until + 1, false); break;
	case OP_GREATER: put_not_before(compiler, column, period->until + 1, false); break;
	case OP_GREATER_EQUAL: put_not_before(compiler, column, period->from, true); break;
	default:
		put_not_before(compiler, column, period->from, true);
		fmr_sql_put(compiler->sql, " AND ");
		put_before(compiler, column, period->until + 1, false);
	}
}

/* Is it the word for what is not known? */
static bool is_unknown(struct compiler *compiler, const struct fmr_field *field, const char *text)
{
	struct fmr_value *value;
	return field->may_be_unknown &&
		fmr_field_parse(compiler->types.book, field, text, compiler->arena, &value, NULL) == 0 &&
		fmr_value_is(value, "unknown");
}

static enum truth put_time(struct compiler *compiler, const struct fmr_field *field, const char *column,
	enum operator op, const struct operand *operand)
{
	struct fmr_period period, end;
	if (is_unknown(compiler, field, operand->text) && (op == OP_FITS || op == OP_EQUAL)) {
		accept(compiler, operand);
		fmr_sql_put(compiler->sql, "%s = ", column);
		fmr_sql_text(compiler->sql, "unknown");
		return MAYBE;
	}
	fmr_sql_put(compiler->sql, "(");
	if (operand->range && op == OP_FITS) {
		bool from = *operand->from != '\0', to = *operand->to != '\0';
		if ((from && !period_of(compiler, operand, operand->from, &period)) ||
			(to && !period_of(compiler, operand, operand->to, &end)))
			return NEVER;
		if (from && to && period.from >= end.until)
			return fmr_value_refuse(compiler, operand, _("write the earlier time first"),
				_("'%s' is later than '%s'"), operand->from, operand->to);
		if (from)
			put_in_period(compiler, column, OP_GREATER_EQUAL, &period);
		fmr_sql_put(compiler->sql, from && to ? " AND " : "");
		if (to)
			put_in_period(compiler, column, OP_LESS_EQUAL, &end);
	} else {
		if (!period_of(compiler, operand, operand->text, &period))
			return NEVER;
		put_in_period(compiler, column, op, &period);
	}
	fmr_sql_put(compiler->sql, ")");
	accept(compiler, operand);
	return MAYBE;
}

/* ---- fields ---- */

/* A text takes anything: that says nothing for a value which another type's field of this name refuses. */
static enum truth put_free_text(struct compiler *compiler, const char *column, enum operator op,
	const struct operand *operand)
{
	struct status *status = &compiler->operands[operand->number];
	bool valid = status->valid;
	enum truth truth = fmr_value_text(compiler, column, op, operand);
	status->held = status->held || status->valid;
	status->valid = valid;
	return truth;
}

enum truth fmr_value_compile(struct compiler *compiler, const struct fmr_field *field, const char *column,
	enum operator op, const struct operand *operand)
{
	if (operand->regex && (op == OP_FITS || op == OP_EQUAL))
		return put_regex(compiler, column, operand);
	if (operand->regex)
		return fmr_value_refuse(compiler, operand, NULL, _("a regular expression can only be found, with ':'"));
	if (field->kind == FMR_FIELD_CHOICE || field->values_from)
		return put_choice(compiler, field, column, op, operand);
	switch (field->kind) {
	case FMR_FIELD_TIME:
	case FMR_FIELD_DATE: return put_time(compiler, field, column, op, operand);
	case FMR_FIELD_NUMBER: return put_number_field(compiler, field, column, op, operand);
	case FMR_FIELD_BOOL: return put_bool(compiler, field, column, op, operand);
	case FMR_FIELD_LINK: return fmr_value_id(compiler, field->link->to, column, true, op, operand);
	default: return put_free_text(compiler, column, op, operand);
	}
}
