/*
 * Findings: where, what, what would be right, what was meant.
 */
#include "schema/check.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "schema/format.h"

#include <string.h>

enum {
	LINE_SHOWN = 4096,   /* bytes of a source line kept with a finding */
	FIELDS_SHOWN = 24,   /* names of fields in "expected" */
	LOOK_BACK = 16,      /* findings compared to drop the same one */
	BRANCHES_MEASURED = 64,
	DATE_LONGEST = 60,   /* bytes of a text that may mean a date */
};

/* ---- counting (MEASURE) ---- */

/* The less a fault says "this alternative is not the one meant", the smaller its weight. */
static unsigned long weight_of(enum fmr_code code, unsigned depth)
{
	unsigned long weight = 8;
	if (code == FMR_CODE_VALUE_TYPE || code == FMR_CODE_VALUE_FORBIDDEN)
		weight = depth ? 30 : 4000;
	else if (code == FMR_CODE_VALUE_CONST || code == FMR_CODE_VALUE_ENUM)
		weight = depth == 0 ? 800 : depth == 1 ? 400 : 60; /* at depth 1 it tells the alternatives apart */
	else if (code == FMR_CODE_VALUE_REQUIRED)
		weight = 40;
	else if (code == FMR_CODE_VALUE_UNKNOWN_FIELD)
		weight = 50;
	else if (depth == 0)
		weight = 100;
	return depth > 3 ? weight / 4 + 1 : weight;
}

static bool must_say(struct fmr_checker *c, const struct fmr_spot *spot, enum fmr_code code)
{
	if (c->mode == FMR_CHECK_MEASURE) {
		unsigned depth = spot->depth - c->base_depth;
		unsigned long weight = weight_of(code, depth);
		c->score = c->score + weight < c->score ? c->score : c->score + weight;
		if (spot->depth < c->shallowest)
			c->shallowest = spot->depth;
	}
	return c->mode == FMR_CHECK_LOUD && c->findings && !c->stopped;
}

/* ---- names and places ---- */

static void put_path(struct fmr_str *out, const struct fmr_spot *spot, bool pointer)
{
	if (!spot->up)
		return;
	put_path(out, spot->up, pointer);
	if (pointer)
		fmr_str_putc(out, '/');
	else if (out->length)
		fmr_str_putc(out, '.');
	if (!spot->member) {
		fmr_str_printf(out, "%zu", spot->index);
		return;
	}
	const struct fmr_text *key = &spot->member->key;
	for (size_t i = 0; i < key->length; i++) {
		if (pointer && (key->bytes[i] == '~' || key->bytes[i] == '/'))
			fmr_str_puts(out, key->bytes[i] == '~' ? "~0" : "~1");
		else
			fmr_str_putc(out, key->bytes[i]);
	}
}

/* "impact.users", as `fmrec set` takes it; the whole text is "the record". */
static void put_subject(struct fmr_str *out, const struct fmr_spot *spot)
{
	struct fmr_str path;
	fmr_str_init(&path);
	put_path(&path, spot, false);
	if (!path.length) {
		fmr_str_puts(out, _("the whole document"));
	} else {
		fmr_str_putc(out, '\'');
		fmr_text_escape(out, path.bytes, path.length, false);
		fmr_str_putc(out, '\'');
	}
	fmr_str_release(&path);
}

/* As fmr_source_place, but from where the last finding was: many findings in a long text stay cheap. */
static struct fmr_place place_of(struct fmr_checker *c, struct fmr_span span)
{
	const struct fmr_source *source = c->source;
	size_t start = span.start < source->length ? span.start : source->length;
	if (start < c->cursor) {
		c->cursor = 0;
		c->line = 1;
	}
	while (c->cursor < start) {
		const char *from = source->bytes + c->cursor;
		const char *end = memchr(from, '\n', start - c->cursor);
		if (!end)
			break;
		c->line++;
		c->cursor += (size_t)(end + 1 - from);
	}
	size_t column = 1;
	for (size_t i = c->cursor; i < start; i++)
		column += ((unsigned char)source->bytes[i] & 0xc0) != 0x80;
	return (struct fmr_place){ c->line, column, span.start, span.end };
}

static bool same_text(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* The same fault found twice, by two parts of the schema. */
static bool is_repeated(const struct fmr_checker *c, enum fmr_code code, const struct fmr_spot *spot, const char *message)
{
	size_t count = fmr_findings_count(c->findings);
	for (size_t i = count; i > c->first_finding && count - i < LOOK_BACK; i--) {
		const struct fmr_finding *row = fmr_findings_at(c->findings, i - 1);
		if (row->code == code && row->value.start == spot->value->span.start && same_text(row->message, message))
			return true;
	}
	return false;
}

static void fill_places(struct fmr_checker *c, struct fmr_finding *row, const struct fmr_spot *spot)
{
	if (!c->source->bytes)
		return;
	if (spot->member) {
		row->key = place_of(c, spot->member->key_span);
		row->value = place_of(c, spot->is_name ? spot->member->key_span : spot->value->span);
	} else {
		row->value = place_of(c, spot->value->span);
	}
	struct fmr_text line = fmr_source_line(c->source, row->value.start);
	size_t length = line.length < LINE_SHOWN ? line.length : LINE_SHOWN;
	while (length < line.length && length && ((unsigned char)line.bytes[length] & 0xc0) == 0x80)
		length--;
	row->line_text = fmr_findings_text(c->findings, "%.*s", (int)length, line.bytes);
}

/* Add a finding, or NULL when nobody will read it (beyond the cap, repeated). */
static struct fmr_finding *add_finding(struct fmr_checker *c, const struct fmr_node *node, const char *keyword,
	const struct fmr_spot *spot, enum fmr_code code, const char *message)
{
	if (is_repeated(c, code, spot, message))
		return NULL;
	size_t before = fmr_findings_count(c->findings);
	struct fmr_finding *row = fmr_findings_add(c->findings, code, c->source->path, "%s", message);
	if (fmr_findings_count(c->findings) == before)
		return NULL;
	fill_places(c, row, spot);
	struct fmr_str text;
	fmr_str_init(&text);
	put_path(&text, spot, true);
	row->pointer = fmr_findings_text(c->findings, "%s", text.bytes);
	fmr_str_clear(&text);
	fmr_node_pointer(&text, node, keyword);
	row->schema_pointer = fmr_findings_text(c->findings, "%s", text.bytes);
	fmr_str_clear(&text);
	fmr_describe_value(&text, spot->value);
	row->found = fmr_findings_text(c->findings, "%s", text.bytes);
	fmr_str_release(&text);
	return row;
}

static struct fmr_finding *say(struct fmr_checker *c, const struct fmr_node *node, const char *keyword,
	const struct fmr_spot *spot, enum fmr_code code, const char *format, ...) __attribute__((format(printf, 6, 7)));
static struct fmr_finding *say(struct fmr_checker *c, const struct fmr_node *node, const char *keyword,
	const struct fmr_spot *spot, enum fmr_code code, const char *format, ...)
{
	struct fmr_str message;
	fmr_str_init(&message);
	va_list args;
	va_start(args, format);
	fmr_str_vprintf(&message, format, args);
	va_end(args);
	struct fmr_finding *row = add_finding(c, node, keyword, spot, code, message.bytes);
	fmr_str_release(&message);
	return row;
}

static void set_expected(struct fmr_checker *c, struct fmr_finding *row, const char *text)
{
	if (row && *text)
		row->expected = fmr_findings_text(c->findings, "%s", text);
}

static void hint_nearest(struct fmr_checker *c, struct fmr_finding *row, struct fmr_text word, struct fmr_candidates *known)
{
	const char *nearest = NULL;
	if (row && known->count && word.length < 200 && strlen(word.bytes) == word.length)
		nearest = fmr_text_nearest(word.bytes, known->items, known->count);
	if (nearest)
		row->hint = fmr_findings_text(c->findings, _("did you mean '%s'?"), nearest);
}

/* ---- any kind of value ---- */

static const char *kind_words(const struct fmr_value *value)
{
	static const char *const words[] = { N_("null"), N_("true or false"), N_("a number"), N_("a string"), N_("a list"),
		N_("a mapping") };
	if (value->kind == FMR_BOOL)
		return value->boolean ? "true" : "false";
	return _(words[value->kind]);
}

static bool looks_like_number(struct fmr_text text)
{
	size_t digits = 0;
	for (size_t i = 0; i < text.length; i++) {
		if (text.bytes[i] >= '0' && text.bytes[i] <= '9')
			digits++;
		else if (text.bytes[i] != '.' && !(i == 0 && text.bytes[i] == '-'))
			return false;
	}
	return digits > 0;
}

/* The two ways YAML makes another type of what was meant. */
static void hint_quotes(struct fmr_checker *c, struct fmr_finding *row, const struct fmr_node *node,
	const struct fmr_value *value)
{
	bool scalar = value->kind == FMR_NUMBER || value->kind == FMR_BOOL;
	if (scalar && node->types & 1 << FMR_STRING && value->style == FMR_STYLE_PLAIN && value->span.end <= c->source->length &&
		value->span.end - value->span.start < 64)
		row->hint = fmr_findings_text(c->findings, _("write it in quotes: \"%.*s\""),
			(int)(value->span.end - value->span.start), c->source->bytes + value->span.start);
	bool quoted = value->style == FMR_STYLE_SINGLE || value->style == FMR_STYLE_DOUBLE;
	if (value->kind == FMR_STRING && quoted && node->types & (FMR_TYPE_INTEGER | 1 << FMR_NUMBER) &&
		looks_like_number(value->text))
		row->hint = fmr_findings_text(c->findings, "%s", _("write it without quotes"));
}

void fmr_report_type(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot)
{
	if (!must_say(c, spot, FMR_CODE_VALUE_TYPE))
		return;
	struct fmr_str subject, expected;
	fmr_str_init(&subject);
	fmr_str_init(&expected);
	put_subject(&subject, spot);
	struct fmr_node only_type = { .types = node->types };
	fmr_describe_node(&expected, &only_type, 0);
	struct fmr_finding *row;
	if (spot->value->kind == FMR_NULL)
		row = say(c, node, "type", spot, FMR_CODE_VALUE_TYPE, _("%s has no value"), subject.bytes);
	else
		row = say(c, node, "type", spot, FMR_CODE_VALUE_TYPE, _("%s is %s, not %s"), subject.bytes,
			kind_words(spot->value), expected.bytes);
	set_expected(c, row, expected.bytes);
	if (row)
		hint_quotes(c, row, node, spot->value);
	fmr_str_release(&subject);
	fmr_str_release(&expected);
}

void fmr_report_values(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot)
{
	const struct fmr_value_rules *rules = node->values;
	bool constant = rules->constant && !rules->allowed;
	enum fmr_code code = constant ? FMR_CODE_VALUE_CONST : FMR_CODE_VALUE_ENUM;
	struct fmr_candidates known = { 0 };
	if (c->mode == FMR_CHECK_MEASURE && spot->value->kind == FMR_STRING && spot->value->text.length < 200) {
		fmr_candidates_values(&known, node, 0); /* nearly spelled right is nearly right */
		if (known.count && fmr_text_nearest(spot->value->text.bytes, known.items, known.count))
			code = FMR_CODE_VALUE_REQUIRED;
	}
	if (must_say(c, spot, code)) {
		struct fmr_str subject, value, expected;
		fmr_str_init(&subject);
		fmr_str_init(&value);
		fmr_str_init(&expected);
		put_subject(&subject, spot);
		fmr_describe_value(&value, spot->value);
		if (constant)
			fmr_describe_value(&expected, rules->constant);
		else
			fmr_describe_allowed(&expected, rules->allowed);
		struct fmr_finding *row = constant
			? say(c, node, "const", spot, code, _("%s must be %s"), subject.bytes, expected.bytes)
			: say(c, node, "enum", spot, code, _("%s has no value %s"), subject.bytes, value.bytes);
		set_expected(c, row, expected.bytes);
		if (spot->value->kind == FMR_STRING) {
			fmr_candidates_values(&known, node, 0);
			hint_nearest(c, row, spot->value->text, &known);
		}
		fmr_str_release(&subject);
		fmr_str_release(&value);
		fmr_str_release(&expected);
	}
	FMR_VEC_RELEASE(&known);
}

/* The many findings that have a subject, a sentence and something expected. */
static struct fmr_finding *plain(struct fmr_checker *c, const struct fmr_node *node, const char *keyword,
	const struct fmr_spot *spot, enum fmr_code code, const char *sentence, const char *expected)
{
	struct fmr_str message;
	fmr_str_init(&message);
	put_subject(&message, spot);
	fmr_str_putc(&message, ' ');
	fmr_str_puts(&message, sentence);
	struct fmr_finding *row = add_finding(c, node, keyword, spot, code, message.bytes);
	set_expected(c, row, expected);
	fmr_str_release(&message);
	return row;
}

static struct fmr_finding *plain_format(struct fmr_checker *c, const struct fmr_node *node, const char *keyword,
	const struct fmr_spot *spot, enum fmr_code code, const char *expected, const char *format, ...)
	__attribute__((format(printf, 7, 8)));
static struct fmr_finding *plain_format(struct fmr_checker *c, const struct fmr_node *node, const char *keyword,
	const struct fmr_spot *spot, enum fmr_code code, const char *expected, const char *format, ...)
{
	struct fmr_str sentence;
	fmr_str_init(&sentence);
	va_list args;
	va_start(args, format);
	fmr_str_vprintf(&sentence, format, args);
	va_end(args);
	struct fmr_finding *row = plain(c, node, keyword, spot, code, sentence.bytes, expected);
	fmr_str_release(&sentence);
	return row;
}

/* ---- numbers and strings ---- */

static int shown_length(struct fmr_text text)
{
	return text.length < 60 ? (int)text.length : 60;
}

void fmr_report_range(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot, const char *keyword,
	struct fmr_text limit)
{
	if (!must_say(c, spot, FMR_CODE_VALUE_RANGE))
		return;
	bool upper = strstr(keyword, "aximum"), exclusive = strncmp(keyword, "exclusive", 9) == 0;
	const char *words = upper ? (exclusive ? _("less than") : _("at most")) : (exclusive ? _("more than") : _("at least"));
	char *expected = fmr_format("%s %.*s", words, shown_length(limit), limit.bytes);
	plain_format(c, node, keyword, spot, FMR_CODE_VALUE_RANGE, expected,
		upper ? _("is too large: it must be %s") : _("is too small: it must be %s"), expected);
	free(expected);
}

void fmr_report_multiple(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot)
{
	if (!must_say(c, spot, FMR_CODE_VALUE_MULTIPLE))
		return;
	struct fmr_text by = node->number->multiple;
	char *expected = fmr_format(_("a multiple of %.*s"), shown_length(by), by.bytes);
	plain_format(c, node, "multipleOf", spot, FMR_CODE_VALUE_MULTIPLE, expected, _("is not %s"), expected);
	free(expected);
}

void fmr_report_length(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot, bool longer)
{
	if (!must_say(c, spot, FMR_CODE_VALUE_LENGTH))
		return;
	const struct fmr_string_rules *rules = node->string;
	size_t limit = longer ? rules->max : rules->min;
	char *expected = longer ? fmr_format(Q_("at most %zu character", "at most %zu characters", limit), limit)
				: fmr_format(Q_("at least %zu character", "at least %zu characters", limit), limit);
	if (!spot->value->text.length)
		plain(c, node, "minLength", spot, FMR_CODE_VALUE_LENGTH, _("is empty"), expected);
	else
		plain_format(c, node, longer ? "maxLength" : "minLength", spot, FMR_CODE_VALUE_LENGTH, expected,
			longer ? _("is too long: %s") : _("is too short: %s"), expected);
	free(expected);
}

void fmr_report_pattern(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot)
{
	if (!must_say(c, spot, FMR_CODE_VALUE_PATTERN))
		return;
	struct fmr_str expected;
	fmr_str_init(&expected);
	fmr_str_putc(&expected, '/');
	fmr_text_escape(&expected, node->string->pattern_text.bytes, node->string->pattern_text.length, false);
	fmr_str_putc(&expected, '/');
	plain(c, node, "pattern", spot, FMR_CODE_VALUE_PATTERN, _("does not match the pattern"), expected.bytes);
	fmr_str_release(&expected);
}

static bool is_time_format(const struct fmr_node *node)
{
	return node->string && node->string->format &&
		(strcmp(node->string->format_name, "date-time") == 0 || strcmp(node->string->format_name, "date") == 0);
}

/* People write dates in other ways than RFC 3339: show them theirs in it. */
static void hint_date(struct fmr_checker *c, struct fmr_finding *row, const struct fmr_value *value)
{
	const char *bytes = value->text.bytes;
	size_t length = value->text.length;
	struct fmr_time time, elsewhere;
	if (!row || row->hint || value->kind != FMR_STRING || length > DATE_LONGEST ||
		!fmr_time_parse_human(bytes, length, 0, &time) || time.relative)
		return;
	bool has_offset = time.date_only || (fmr_time_parse_human(bytes, length, 60, &elsewhere) && elsewhere.offset == time.offset);
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_time_format(&text, &time);
	if (has_offset) {
		row->hint = fmr_findings_text(c->findings, _("write it as %s"), text.bytes);
	} else {
		fmr_str_truncate(&text, text.length - strlen("+00:00"));
		row->hint = fmr_findings_text(c->findings, _("write it as %s with the offset from UTC behind, such as +09:00"),
			text.bytes);
	}
	fmr_str_release(&text);
}

void fmr_report_format(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot)
{
	if (!must_say(c, spot, FMR_CODE_VALUE_FORMAT))
		return;
	const char *words = fmr_describe_format(node->string->format_name);
	const char *expected = words ? words : node->string->format_name;
	const char *fault = NULL;
	if (is_time_format(node))
		fault = fmr_format_date_fault(spot->value->text.bytes, spot->value->text.length);
	struct fmr_finding *row = fault
		? plain(c, node, "format", spot, FMR_CODE_VALUE_FORMAT, fault, expected)
		: plain_format(c, node, "format", spot, FMR_CODE_VALUE_FORMAT, expected, _("is not %s"), expected);
	if (is_time_format(node))
		hint_date(c, row, spot->value);
}

/* ---- lists ---- */

void fmr_report_items(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot, bool more)
{
	if (!must_say(c, spot, FMR_CODE_VALUE_ITEMS))
		return;
	size_t limit = more ? node->list->max : node->list->min;
	char *expected = more ? fmr_format(Q_("at most %zu item", "at most %zu items", limit), limit)
			      : fmr_format(Q_("at least %zu item", "at least %zu items", limit), limit);
	plain_format(c, node, more ? "maxItems" : "minItems", spot, FMR_CODE_VALUE_ITEMS, expected,
		more ? _("has too many items: %s") : _("has too few items: %s"), expected);
	free(expected);
}

void fmr_report_extra_item(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *item,
	const char *keyword)
{
	if (must_say(c, item, FMR_CODE_VALUE_ITEMS))
		plain(c, node, keyword, item, FMR_CODE_VALUE_ITEMS, _("is one item too many"), "");
}

void fmr_report_twins(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot, size_t first,
	size_t second)
{
	if (!must_say(c, spot, FMR_CODE_VALUE_UNIQUE))
		return;
	const struct fmr_spot item = { spot, spot->value->list.items[second], NULL, second, spot->depth + 1, false };
	plain_format(c, node, "uniqueItems", &item, FMR_CODE_VALUE_UNIQUE, "", _("is the same as item %zu"), first);
}

void fmr_report_contains(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot, size_t count)
{
	if (!must_say(c, spot, FMR_CODE_VALUE_CONTAINS))
		return;
	const struct fmr_list_rules *rules = node->list;
	bool more = count > rules->max_contains;
	size_t limit = more ? rules->max_contains : rules->min_contains;
	struct fmr_str kind;
	fmr_str_init(&kind);
	fmr_describe_node(&kind, rules->contains, 0);
	const char *keyword = more ? "maxContains" : count || limit > 1 ? "minContains" : "contains";
	struct fmr_str marks;
	fmr_str_init(&marks);
	fmr_describe_marks(&marks, rules->contains);
	if (!count && limit == 1 && marks.length)
		plain_format(c, node, keyword, spot, FMR_CODE_VALUE_CONTAINS, marks.bytes, _("has no item with %s"), marks.bytes);
	else
		plain_format(c, node, keyword, spot, FMR_CODE_VALUE_CONTAINS, kind.bytes,
			more ? _("holds %zu items of the required kind, at most %zu are allowed")
			     : _("holds %zu items of the required kind, at least %zu are needed"), count, limit);
	fmr_str_release(&marks);
	fmr_str_release(&kind);
}

/* ---- maps ---- */

void fmr_report_properties(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot, bool more)
{
	if (!must_say(c, spot, FMR_CODE_VALUE_PROPERTIES))
		return;
	size_t limit = more ? node->map->max : node->map->min;
	char *expected = more ? fmr_format(Q_("at most %zu field", "at most %zu fields", limit), limit)
			      : fmr_format(Q_("at least %zu field", "at least %zu fields", limit), limit);
	plain_format(c, node, more ? "maxProperties" : "minProperties", spot, FMR_CODE_VALUE_PROPERTIES, expected,
		more ? _("has too many fields: %s") : _("has too few fields: %s"), expected);
	free(expected);
}

void fmr_report_required(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot,
	const char *keyword, struct fmr_text name, const struct fmr_text *because)
{
	if (!must_say(c, spot, FMR_CODE_VALUE_REQUIRED))
		return;
	struct fmr_str path;
	fmr_str_init(&path);
	put_path(&path, spot, false);
	if (path.length)
		fmr_str_putc(&path, '.');
	fmr_str_add(&path, name.bytes, name.length);
	struct fmr_finding *row = because
		? say(c, node, keyword, spot, FMR_CODE_VALUE_REQUIRED, _("'%s' is missing: '%.*s' needs it"), path.bytes,
			  (int)because->length, because->bytes)
		: say(c, node, keyword, spot, FMR_CODE_VALUE_REQUIRED, _("'%s' is missing"), path.bytes);
	const struct fmr_table_entry *entry = node->map
		? fmr_table_find(&node->map->names, name, fmr_text_hash(name.bytes, name.length))
		: NULL;
	if (row) {
		struct fmr_str expected;
		fmr_str_init(&expected);
		if (entry && entry->data)
			fmr_describe_node(&expected, entry->data, 0);
		set_expected(c, row, expected.bytes);
		fmr_str_release(&expected);
		row->found = NULL;
		row->missing = fmr_findings_text(c->findings, "%.*s", (int)name.length, name.bytes);
	}
	fmr_str_release(&path);
}

static void put_fields(struct fmr_str *out, const struct fmr_candidates *known)
{
	for (size_t i = 0; i < known->count; i++) {
		if (i)
			fmr_str_puts(out, ", ");
		if (i == FIELDS_SHOWN) {
			fmr_str_puts(out, "…");
			break;
		}
		fmr_text_escape(out, known->items[i], strlen(known->items[i]), false);
	}
}

void fmr_report_unknown(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *field,
	const char *keyword)
{
	if (!must_say(c, field, FMR_CODE_VALUE_UNKNOWN_FIELD))
		return;
	struct fmr_str path, fields;
	fmr_str_init(&path);
	fmr_str_init(&fields);
	put_subject(&path, field);
	struct fmr_candidates known = { 0 };
	fmr_candidates_fields(&known, node, 0);
	put_fields(&fields, &known);
	/* placed at the name: that is what is wrong, not the value */
	struct fmr_spot name = *field;
	name.is_name = true;
	struct fmr_finding *row =
		say(c, node, keyword, &name, FMR_CODE_VALUE_UNKNOWN_FIELD, _("there is no field %s"), path.bytes);
	set_expected(c, row, fields.bytes);
	hint_nearest(c, row, field->member->key, &known);
	FMR_VEC_RELEASE(&known);
	fmr_str_release(&path);
	fmr_str_release(&fields);
}

void fmr_report_forbidden(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot)
{
	if (must_say(c, spot, FMR_CODE_VALUE_FORBIDDEN))
		plain(c, node, NULL, spot, FMR_CODE_VALUE_FORBIDDEN, _("must not be given here"), "");
}

void fmr_report_name(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *name)
{
	if (!must_say(c, name, FMR_CODE_VALUE_KEY_NAME))
		return;
	struct fmr_str expected;
	fmr_str_init(&expected);
	fmr_describe_node(&expected, node->map->property_names, 0);
	plain(c, node, "propertyNames", name, FMR_CODE_VALUE_KEY_NAME, _("is not an allowed name"), expected.bytes);
	fmr_str_release(&expected);
}

/* ---- logic ---- */

void fmr_report_not(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot)
{
	if (!must_say(c, spot, FMR_CODE_VALUE_NOT))
		return;
	struct fmr_str kind;
	fmr_str_init(&kind);
	fmr_describe_node(&kind, node->logic->not_, 0);
	if (kind.length)
		plain_format(c, node, "not", spot, FMR_CODE_VALUE_NOT, "", _("must not be %s"), kind.bytes);
	else
		plain(c, node, "not", spot, FMR_CODE_VALUE_NOT, _("matches what it must not match"), "");
	fmr_str_release(&kind);
}

struct closest {
	const struct fmr_node *node;
	unsigned long score;
	unsigned shallowest;
};

static struct closest find_closest(struct fmr_checker *c, const struct fmr_node_list *branches, const struct fmr_spot *spot)
{
	struct closest best = { NULL, 0, 0 };
	for (size_t i = 0; i < branches->count && i < BRANCHES_MEASURED && !c->stopped; i++) {
		unsigned shallowest;
		unsigned long score = fmr_check_measure(c, branches->items[i], spot, &shallowest);
		if (!best.node || score < best.score)
			best = (struct closest){ branches->items[i], score, shallowest };
	}
	return best;
}

/* What to say of a text that fits no branch: where a date is wanted, what is wrong with the date. */
static const char *union_fault(const struct fmr_node_list *branches, const struct fmr_value *value)
{
	bool wants_date = false;
	for (size_t i = 0; i < branches->count; i++)
		wants_date |= is_time_format(branches->items[i]);
	if (!wants_date || value->kind != FMR_STRING)
		return _("fits none of the alternatives");
	const char *fault = fmr_format_date_fault(value->text.bytes, value->text.length);
	return fault ? fault : _("is no date or time as it is written here");
}

/* No branch fits: say what is wrong with the one that came closest, or what would have been right. */
static void report_union(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot,
	const struct fmr_node_list *branches, const char *keyword, enum fmr_code code)
{
	struct closest best = find_closest(c, branches, spot);
	if (c->mode == FMR_CHECK_MEASURE) {
		c->score += best.score;
		if (best.node && best.shallowest < c->shallowest)
			c->shallowest = best.shallowest;
		return;
	}
	bool container = spot->value->kind == FMR_MAP || spot->value->kind == FMR_LIST;
	bool type_is_right = best.score < weight_of(FMR_CODE_VALUE_TYPE, 0);
	if (best.node && (branches->count == 1 || best.shallowest > spot->depth || (container && type_is_right))) {
		fmr_check_again(c, best.node, spot);
		return;
	}
	struct fmr_str expected;
	fmr_str_init(&expected);
	struct fmr_node all = { .logic = &(struct fmr_logic_rules){ .any = *branches } };
	fmr_describe_node(&expected, &all, 0);
	struct fmr_finding *row =
		plain(c, node, keyword, spot, code, union_fault(branches, spot->value), expected.bytes);
	if (row && spot->value->kind == FMR_STRING) {
		struct fmr_candidates known = { 0 };
		fmr_candidates_values(&known, &all, 0);
		hint_nearest(c, row, spot->value->text, &known);
		FMR_VEC_RELEASE(&known);
		hint_date(c, row, spot->value);
	}
	fmr_str_release(&expected);
}

static bool worth_it(const struct fmr_checker *c)
{
	return c->mode != FMR_CHECK_QUIET && c->findings && !c->stopped;
}

void fmr_report_any(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot)
{
	if (worth_it(c))
		report_union(c, node, spot, &node->logic->any, "anyOf", FMR_CODE_VALUE_ANY_OF);
}

void fmr_report_one(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot, size_t fitting)
{
	if (!worth_it(c))
		return;
	if (!fitting) {
		report_union(c, node, spot, &node->logic->one, "oneOf", FMR_CODE_VALUE_ONE_OF);
		return;
	}
	if (must_say(c, spot, FMR_CODE_VALUE_ONE_OF))
		plain_format(c, node, "oneOf", spot, FMR_CODE_VALUE_ONE_OF, _("exactly one alternative that fits"),
			_("fits %zu alternatives at once"), fitting);
}

/* ---- limits ---- */

void fmr_report_pattern_limit(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot,
	struct fmr_text pattern)
{
	if (!c->reporting || !c->findings)
		return;
	struct fmr_str shown;
	fmr_str_init(&shown);
	fmr_text_escape(&shown, pattern.bytes, pattern.length < 200 ? pattern.length : 200, false);
	plain_format(c, node, "pattern", spot, FMR_CODE_VALUE_PATTERN_LIMIT, "",
		_("takes too many steps to match with /%s/"), shown.bytes);
	fmr_str_release(&shown);
}

void fmr_report_limit(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot)
{
	if (!c->findings)
		return;
	const char *sentence = c->steps > c->step_limit ? _("takes too many steps to check with this schema")
							: _("is nested too deeply, or the schema refers to itself without end");
	plain(c, node, NULL, spot, FMR_CODE_VALUE_DEPTH, sentence, "");
}
