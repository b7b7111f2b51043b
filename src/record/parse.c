/*
 * What a person typed, or a cell of a table, as the value of a field.
 */
#include "record/private.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "yaml/yaml.h"

#include <string.h>

struct parser {
	struct fmr_book *book;
	const struct fmr_field *field;
	struct fmr_arena *arena;
	struct fmr_err *err;
	const char *typed; /* of the mapping or list that holds the value; or NULL */
};

static struct fmr_value *new_text(const struct parser *parser, const char *text)
{
	return fmr_value_new_string(parser->arena, text, strlen(text));
}

static int refuse(const struct parser *parser, const char *text, const char *what)
{
	struct fmr_str shown;
	fmr_str_init(&shown);
	size_t fit = fmr_text_fit(text, strlen(text), 60);
	fmr_text_escape(&shown, text, fit, false);
	int code = fmr_err_set(parser->err, FMR_ERR_INVALID, _("'%s': '%s' is %s"), parser->field->path, shown.bytes,
		what);
	fmr_str_release(&shown);
	return code;
}

static char *trim(struct fmr_arena *arena, const char *text)
{
	struct fmr_text cut = fmr_text_trim(text, strlen(text));
	return fmr_arena_strndup(arena, cut.bytes, cut.length);
}

/* ---- choices ---- */

/* "S1", "S1 Critical" (as lists show it), a label in any language, or an `also` spelling. */
static bool choice_fits(const struct fmr_choice *choice, const char *text)
{
	if (fmr_text_alike(choice->code, text))
		return true;
	for (size_t i = 0; i < FMR_LANGUAGES; i++)
		if (choice->label.in[i] && fmr_text_alike(choice->label.in[i], text))
			return true;
	for (const char *const *also = choice->also; also && *also; also++)
		if (fmr_text_alike(*also, text))
			return true;
	return false;
}

void fmr_choice_put(struct fmr_str *out, const struct fmr_choice *choice)
{
	const char *label = fmr_words_said(&choice->label);
	fmr_str_printf(out, "%s%s", out->length ? ", " : "", choice->code);
	if (*label && strcmp(label, choice->code) != 0)
		fmr_str_printf(out, " %s", label);
}

const struct fmr_choice *fmr_choice_nearest(const struct fmr_choice *choices, size_t count, const char *text,
	struct fmr_arena *arena)
{
	enum { WORDS = FMR_LANGUAGES + 1 };
	const char **words = fmr_arena_zero(arena, count * WORDS + 1, sizeof(*words));
	for (size_t i = 0; i < count; i++) {
		const char **own = &words[i * WORDS];
		own[0] = choices[i].code;
		for (size_t j = 0; j < FMR_LANGUAGES; j++)
			own[j + 1] = choices[i].label.in[j] ? choices[i].label.in[j] : choices[i].code;
	}
	const char *nearest = fmr_text_nearest(text, words, count * WORDS);
	for (size_t i = 0; nearest && i < count * WORDS; i++)
		if (words[i] == nearest)
			return &choices[i / WORDS];
	return NULL;
}

static int refuse_choice(const struct parser *parser, const char *text, const struct fmr_choice *choices,
	size_t count)
{
	int code = refuse(parser, text, _("none of the allowed values"));
	struct fmr_str hint;
	fmr_str_init(&hint);
	for (size_t i = 0; i < count; i++)
		fmr_choice_put(&hint, &choices[i]);
	const struct fmr_choice *nearest = fmr_choice_nearest(choices, count, text, parser->arena);
	if (nearest)
		fmr_err_hint(parser->err, _("did you mean '%s'? allowed: %s"), nearest->code, hint.bytes);
	else
		fmr_err_hint(parser->err, _("allowed: %s"), hint.bytes);
	fmr_str_release(&hint);
	return code;
}

static int parse_choice(const struct parser *parser, const char *text, struct fmr_value **out)
{
	const struct fmr_choice *choices;
	size_t count;
	const char *list = parser->field->values_from;
	int code = list ? fmr_book_ready_list(parser->book, list, NULL, parser->err) : FMR_OK;
	if (code == FMR_ERR_NOT_FOUND)
		return fmr_err_set(parser->err, FMR_ERR_INVALID, _("'%s': neither the config nor a catalogue has the list '%s'"),
			parser->field->path, list);
	if (!code)
		code = fmr_field_choices(parser->book, parser->field, NULL, &choices, &count);
	if (code)
		return code;
	for (size_t i = 0; i < count; i++) { /* exactly, before what is only alike */
		if (strcmp(choices[i].code, text) == 0) {
			*out = new_text(parser, choices[i].code);
			return FMR_OK;
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (choice_fits(&choices[i], text)) {
			*out = new_text(parser, choices[i].code);
			return FMR_OK;
		}
	}
	return refuse_choice(parser, text, choices, count);
}

/* ---- times ---- */

static bool is_unknown(const char *text)
{
	static const char *const spellings[] = { "unknown", "不明", "未詳", "わからない", "分からない" };
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
		if (fmr_text_alike(spellings[i], text))
			return true;
	return false;
}

static int parse_time(const struct parser *parser, const char *text, struct fmr_value **out)
{
	const struct fmr_field *field = parser->field;
	struct fmr_time time;
	if (!fmr_time_parse_in_zone(text, strlen(text), fmr_book_zone(parser->book), &time)) {
		int code = refuse(parser, text, _("no date or time"));
		fmr_err_hint(parser->err, _("write it like %s%s"),
			field->takes_time ? "2026-11-21 03:12" : "2026-11-21", field->may_be_unknown ? ", or unknown" : "");
		return code;
	}
	if (time.date_only && !field->takes_date) {
		int code = refuse(parser, text, _("a day without a time"));
		fmr_err_hint(parser->err, _("write the time too, like 2026-11-21 03:12"));
		return code;
	}
	const char *format = time.date_only ? "date" : "date-time";
	if ((time.date_only || field->takes_time) && fmr_format_matches(format, text, strlen(text))) {
		*out = new_text(parser, text); /* as it may stand in a record already: a fraction, a Z */
		return FMR_OK;
	}
	time.date_only |= !field->takes_time; /* the day of the time, where that time is */
	struct fmr_str formatted;
	fmr_str_init(&formatted);
	fmr_time_format(&formatted, &time);
	*out = fmr_value_new_string(parser->arena, formatted.bytes, formatted.length);
	fmr_str_release(&formatted);
	return FMR_OK;
}

/* ---- numbers and truth ---- */

/* 1,234人 as 1234: full-width digits, commas between digits, and the field's unit behind. */
static int parse_number(const struct parser *parser, const char *text, struct fmr_value **out)
{
	struct fmr_str plain;
	fmr_str_init(&plain);
	fmr_text_nfkc(&plain, text, strlen(text));
	for (size_t i = 0; i < FMR_LANGUAGES; i++) {
		const char *unit = parser->field->unit.in[i];
		size_t length = unit ? strlen(unit) : 0;
		if (length && plain.length > length && strcmp(plain.bytes + plain.length - length, unit) == 0)
			fmr_str_truncate(&plain, plain.length - length);
	}
	while (plain.length && plain.bytes[plain.length - 1] == ' ')
		fmr_str_truncate(&plain, plain.length - 1);
	for (size_t i = 1; i < plain.length; i++)
		if (plain.bytes[i] == ',' && strspn(plain.bytes + i + 1, "0123456789") == 3 &&
			strchr("0123456789", plain.bytes[i - 1]))
			fmr_str_splice(&plain, i, 1, "", 0);
	struct fmr_value *value = fmr_value_from_plain(parser->arena, plain.bytes, plain.length);
	fmr_str_release(&plain);
	if (value->kind != FMR_NUMBER || strspn(value->text.bytes, "+-0123456789.eE") != value->text.length)
		return refuse(parser, text, _("no number"));
	*out = value;
	return FMR_OK;
}

static int parse_bool(const struct parser *parser, const char *text, struct fmr_value **out)
{
	static const char *const words[2][8] = { { "false", "no", "n", "0", "いいえ", "無", "偽", "×" },
		{ "true", "yes", "y", "1", "はい", "有", "真", "○" } };
	for (int truth = 0; truth < 2; truth++) {
		for (size_t i = 0; i < 8; i++) {
			if (fmr_text_alike(words[truth][i], text)) {
				*out = fmr_value_new_bool(parser->arena, truth);
				return FMR_OK;
			}
		}
	}
	int code = refuse(parser, text, _("neither true nor false"));
	fmr_err_hint(parser->err, _("write true or false"));
	return code;
}

/* ---- links ---- */

static int parse_yaml(const struct parser *parser, const char *text, enum fmr_kind kind, struct fmr_value **out);

static bool may_be_id(const char *text)
{
	for (const char *p = text; *p; p++)
		if (!((*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '-'))
			return false;
	return *text && strlen(text) <= FMR_ID_LENGTH;
}

static int parse_link(const struct parser *parser, const char *text, struct fmr_value **out)
{
	if (*text == '{' && parser->field->link->takes_map)
		return parse_yaml(parser, text, FMR_MAP, out);
	const struct fmr_link_rule *rule = parser->field->link;
	struct fmr_str id, path;
	fmr_str_init(&id);
	fmr_str_init(&path);
	/* a name such as DB is no abbreviation of whatever incident has these letters in its id */
	const char *const *types = rule->free_until ? rule->to : NULL;
	int code = may_be_id(text) ? fmr_id_find_among(parser->book, text, types, &id, &path, parser->err) :
		fmr_err_set(parser->err, FMR_ERR_NOT_FOUND, _("no record '%s'"), text);
	if (!code)
		*out = fmr_value_new_string(parser->arena, id.bytes, id.length);
	fmr_str_release(&id);
	fmr_str_release(&path);
	if (code == FMR_ERR_NOT_FOUND && rule->free_until) {
		*out = new_text(parser, text); /* a name, until the state that wants the record */
		return FMR_OK;
	}
	if (code)
		fmr_err_context(parser->err, "'%s'", parser->field->path);
	return code == FMR_ERR_NOT_FOUND ? FMR_ERR_INVALID : code;
}

/* ---- lists and maps ---- */

/* What was typed inside a mapping is understood as if it were typed alone; what is not stays, for the check. */
static struct fmr_value *conform(void *context, const struct fmr_field *field, struct fmr_value *value)
{
	const struct parser *parser = context;
	const struct fmr_span span = value->span; /* 0120 as it was typed is no number to a telephone */
	struct fmr_value *turned;
	if (value->kind != FMR_STRING && value->kind != FMR_NUMBER)
		return value;
	const char *text = value->kind == FMR_STRING ? value->text.bytes :
		fmr_arena_strndup(parser->arena, parser->typed + span.start, span.end - span.start);
	return fmr_field_parse(parser->book, field, text, parser->arena, &turned, NULL) == 0 ? turned : value;
}

static int parse_yaml(const struct parser *parser, const char *text, enum fmr_kind kind, struct fmr_value **out)
{
	char *copy = fmr_arena_strdup(parser->arena, text);
	*out = fmr_yaml_read_quietly(copy, strlen(copy), parser->arena);
	if (*out && (*out)->kind == kind) {
		struct parser whole = { parser->book, parser->field, parser->arena, NULL, copy };
		*out = fmr_field_each_scalar(parser->field, *out, conform, &whole);
		return FMR_OK;
	}
	int code = refuse(parser, text, kind == FMR_MAP ? _("no mapping") : _("no list"));
	fmr_err_hint(parser->err, kind == FMR_MAP ? _("write {field: value, ...}, or set one field of it by its path") :
						    _("write [value, ...]"));
	return code;
}

/* Separators of lists as people write them: line ends, commas, ideographic commas. */
static size_t item_length(const char *text, size_t *separator)
{
	size_t length = 0;
	for (; text[length]; length++) {
		*separator = text[length] == ',' || text[length] == '\n' ? 1 :
			strncmp(text + length, "、", 3) == 0 || strncmp(text + length, "，", 3) == 0 ? 3 : 0;
		if (*separator)
			return length;
	}
	*separator = 0;
	return length;
}

static int parse_list(const struct parser *parser, const char *text, struct fmr_value **out)
{
	size_t count;
	const struct fmr_field *item = fmr_field_children(parser->field, &count);
	bool plain = count && item->kind != FMR_FIELD_MAP && item->kind != FMR_FIELD_LIST;
	if (*text == '[' || !plain)
		return parse_yaml(parser, text, FMR_LIST, out);
	*out = fmr_value_new_list(parser->arena);
	for (size_t separator = 1; separator;) {
		size_t length = item_length(text, &separator);
		char *part = trim(parser->arena, fmr_arena_strndup(parser->arena, text, length));
		text += length + separator;
		struct fmr_value *value = NULL;
		if (!*part)
			continue;
		int code = fmr_field_parse(parser->book, item, part, parser->arena, &value, parser->err);
		if (code)
			return code;
		fmr_value_append(parser->arena, *out, value);
	}
	return FMR_OK;
}

int fmr_field_parse(struct fmr_book *book, const struct fmr_field *field, const char *text, struct fmr_arena *arena,
	struct fmr_value **out, struct fmr_err *err)
{
	const struct parser parser = { book, field, arena, err, NULL };
	*out = NULL;
	if (fmr_utf8_valid(text, strlen(text)) != strlen(text))
		return fmr_err_set(err, FMR_ERR_INVALID, _("'%s': the text is not UTF-8"), field->path);
	if (field->kind == FMR_FIELD_TEXT) {
		*out = new_text(&parser, text);
		return FMR_OK;
	}
	const char *trimmed = trim(arena, text);
	if (field->may_be_unknown && is_unknown(trimmed)) {
		*out = new_text(&parser, "unknown");
		return FMR_OK;
	}
	switch (field->kind) {
	case FMR_FIELD_TIME:
	case FMR_FIELD_DATE: return parse_time(&parser, trimmed, out);
	case FMR_FIELD_NUMBER: return parse_number(&parser, trimmed, out);
	case FMR_FIELD_BOOL: return parse_bool(&parser, trimmed, out);
	case FMR_FIELD_CHOICE: return parse_choice(&parser, trimmed, out);
	case FMR_FIELD_LINK: return parse_link(&parser, trimmed, out);
	case FMR_FIELD_LIST: return parse_list(&parser, trimmed, out);
	case FMR_FIELD_MAP: return parse_yaml(&parser, trimmed, FMR_MAP, out);
	default: break;
	}
	*out = new_text(&parser, text);
	return FMR_OK;
}
