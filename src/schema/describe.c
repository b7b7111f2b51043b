/*
 * What a schema asks for, in words.
 */
#include "schema/check.h"

#include "base/i18n.h"
#include "base/text.h"

#include <string.h>

enum {
	DEPTH = 8,           /* references and alternatives followed */
	MANY = 200,          /* candidates gathered */
	ALLOWED_SHOWN = 16,  /* values of an enum */
	BRANCHES_SHOWN = 12, /* alternatives */
	TEXT_SHOWN = 60,     /* bytes of a value */
};

static void put_quoted(struct fmr_str *out, const char *bytes, size_t length)
{
	size_t shown = length;
	if (length > TEXT_SHOWN)
		for (shown = TEXT_SHOWN; shown && ((unsigned char)bytes[shown] & 0xc0) == 0x80; shown--)
			;
	fmr_str_putc(out, '\'');
	fmr_text_escape(out, bytes, shown, false);
	fmr_str_puts(out, shown < length ? "…'" : "'");
}

void fmr_describe_value(struct fmr_str *out, const struct fmr_value *value)
{
	switch (value->kind) {
	case FMR_NULL:
		fmr_str_puts(out, "null");
		break;
	case FMR_BOOL:
		fmr_str_puts(out, value->boolean ? "true" : "false");
		break;
	case FMR_NUMBER:
		fmr_str_add(out, value->text.bytes, value->text.length < TEXT_SHOWN ? value->text.length : TEXT_SHOWN);
		if (value->text.length > TEXT_SHOWN)
			fmr_str_puts(out, "…");
		break;
	case FMR_STRING:
		put_quoted(out, value->text.bytes, value->text.length);
		break;
	case FMR_LIST:
		fmr_str_printf(out, Q_("a list of %zu item", "a list of %zu items", value->list.count), value->list.count);
		break;
	case FMR_MAP:
		fmr_str_printf(out, Q_("a mapping of %zu field", "a mapping of %zu fields", value->map.count),
			value->map.count);
		break;
	}
}

/* Texts of an enum without quotes, as they are to be typed. */
static void put_allowed(struct fmr_str *out, const struct fmr_value *value)
{
	if (value->kind == FMR_STRING && value->text.length && value->text.length <= TEXT_SHOWN)
		fmr_text_escape(out, value->text.bytes, value->text.length, false);
	else
		fmr_describe_value(out, value);
}

void fmr_describe_allowed(struct fmr_str *out, const struct fmr_value *list)
{
	for (size_t i = 0; i < list->list.count; i++) {
		if (i)
			fmr_str_puts(out, ", ");
		if (i == ALLOWED_SHOWN && list->list.count > ALLOWED_SHOWN + 1) {
			fmr_str_printf(out, _("… (%zu values)"), list->list.count);
			return;
		}
		put_allowed(out, list->list.items[i]);
	}
}

const char *fmr_describe_format(const char *format)
{
	static const char *const names[][2] = {
		{ "date-time", N_("a date and time such as 2026-11-21T03:12:00+09:00") },
		{ "date", N_("a date such as 2026-11-21") },
		{ "time", N_("a time such as 03:12:00+09:00") },
		{ "duration", N_("a duration such as P1DT2H") },
		{ "email", N_("an e-mail address") },
		{ "idn-email", N_("an e-mail address") },
		{ "hostname", N_("a host name") },
		{ "idn-hostname", N_("a host name") },
		{ "ipv4", N_("an IPv4 address such as 192.0.2.1") },
		{ "ipv6", N_("an IPv6 address such as 2001:db8::1") },
		{ "uri", N_("a URI such as https://example.org/") },
		{ "uri-reference", N_("a URI or relative reference") },
		{ "iri", N_("a URI such as https://example.org/") },
		{ "iri-reference", N_("a URI or relative reference") },
		{ "uuid", N_("a UUID") },
		{ "uri-template", N_("a URI template") },
		{ "json-pointer", N_("a JSON pointer such as /a/0") },
		{ "relative-json-pointer", N_("a relative JSON pointer such as 1/a") },
		{ "regex", N_("a regular expression") },
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(format, names[i][0]) == 0)
			return _(names[i][1]);
	return NULL;
}

/* Descriptions that are alternatives: "a, b, or c". */
struct choices {
	char **items;
	size_t count, capacity;
};

/* Takes text over; what was said before is not said again. */
static void add_choice(struct choices *choices, char *text)
{
	bool known = !*text;
	for (size_t i = 0; !known && i < choices->count; i++)
		known = strcmp(choices->items[i], text) == 0;
	if (known)
		free(text);
	else
		FMR_VEC_PUSH(choices, text);
}

static void put_choices(struct fmr_str *out, struct choices *choices)
{
	for (size_t i = 0; i < choices->count; i++) {
		if (i)
			fmr_str_puts(out, i + 1 < choices->count ? ", " : _(", or "));
		fmr_str_puts(out, choices->items[i]);
		free(choices->items[i]);
	}
	FMR_VEC_RELEASE(choices);
}

static void describe_types(struct fmr_str *out, unsigned types)
{
	static const struct {
		unsigned bit;
		const char *words;
	} names[] = {
		{ 1 << FMR_NULL, N_("null") }, { 1 << FMR_BOOL, N_("true or false") }, { FMR_TYPE_INTEGER, N_("an integer") },
		{ 1 << FMR_NUMBER, N_("a number") }, { 1 << FMR_STRING, N_("a string") }, { 1 << FMR_LIST, N_("a list") },
		{ 1 << FMR_MAP, N_("a mapping") },
	};
	struct choices choices = { 0 };
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (types & names[i].bit && !(names[i].bit == FMR_TYPE_INTEGER && types & 1 << FMR_NUMBER))
			add_choice(&choices, fmr_strdup(_(names[i].words)));
	put_choices(out, &choices);
}

static void describe_branches(struct fmr_str *out, const struct fmr_node_list *branches, unsigned depth)
{
	struct choices choices = { 0 };
	for (size_t i = 0; i < branches->count && choices.count < BRANCHES_SHOWN; i++) {
		struct fmr_str one;
		fmr_str_init(&one);
		fmr_describe_node(&one, branches->items[i], depth + 1);
		add_choice(&choices, fmr_str_detach(&one));
	}
	put_choices(out, &choices);
}

void fmr_describe_node(struct fmr_str *out, const struct fmr_node *node, unsigned depth)
{
	if (depth > DEPTH || node->verdict != FMR_BY_RULES || out->length > 2000)
		return;
	size_t start = out->length;
	if (node->values && node->values->constant) {
		fmr_describe_value(out, node->values->constant);
	} else if (node->values) {
		fmr_describe_allowed(out, node->values->allowed);
	} else if (node->string && node->string->format && fmr_describe_format(node->string->format_name)) {
		fmr_str_puts(out, fmr_describe_format(node->string->format_name));
	} else if (node->string && node->string->pattern) {
		fmr_str_printf(out, _("text that matches %s"), "/");
		fmr_text_escape(out, node->string->pattern_text.bytes, node->string->pattern_text.length, false);
		fmr_str_putc(out, '/');
	} else if (node->types) {
		describe_types(out, node->types);
	}
	const struct fmr_logic_rules *logic = node->logic;
	if (out->length > start || !logic)
		return;
	for (size_t i = 0; i < logic->all.count && out->length == start; i++)
		fmr_describe_node(out, logic->all.items[i], depth + 1);
	if (out->length == start)
		describe_branches(out, &logic->any, depth);
	if (out->length == start)
		describe_branches(out, &logic->one, depth);
}

void fmr_describe_marks(struct fmr_str *out, const struct fmr_node *node)
{
	const struct fmr_value *names = node->map ? node->map->required_list : NULL;
	for (size_t i = 0; names && i < names->list.count; i++) {
		const struct fmr_text name = names->list.items[i]->text;
		const struct fmr_table_entry *entry =
			fmr_table_find(&node->map->names, name, fmr_text_hash(name.bytes, name.length));
		const struct fmr_node *rule = entry ? entry->data : NULL;
		if (i)
			fmr_str_puts(out, "; ");
		fmr_text_escape(out, name.bytes, name.length, false);
		if (!rule || !rule->values)
			continue;
		fmr_str_puts(out, ": ");
		if (rule->values->constant)
			put_allowed(out, rule->values->constant);
		else
			fmr_describe_allowed(out, rule->values->allowed);
	}
}

/* ---- what could have been meant ---- */

static void add(struct fmr_candidates *out, struct fmr_text text)
{
	if (out->count < MANY && strlen(text.bytes) == text.length)
		FMR_VEC_PUSH(out, text.bytes);
}

typedef bool each_node(void *context, const struct fmr_node *node, unsigned depth);

/* Visit what applies to the same value as node; a visitor that returns true ends it. */
static bool visit_beside(const struct fmr_node *node, each_node *visit, void *context, unsigned depth)
{
	const struct fmr_logic_rules *logic = node->logic;
	if (depth > DEPTH)
		return false;
	for (size_t i = 0; node->map && i < node->map->dependency_count; i++)
		if (node->map->dependencies[i].node && visit(context, node->map->dependencies[i].node, depth + 1))
			return true;
	if (!logic)
		return false;
	const struct fmr_node_list *const lists[] = { &logic->all, &logic->any, &logic->one };
	for (size_t k = 0; k < 3; k++)
		for (size_t i = 0; i < lists[k]->count; i++)
			if (visit(context, lists[k]->items[i], depth + 1))
				return true;
	for (size_t i = 0; i < logic->dynamic_count; i++)
		if (visit(context, logic->dynamic[i].node, depth + 1))
			return true;
	const struct fmr_node *const singles[] = { logic->if_, logic->then_, logic->else_ };
	for (size_t i = 0; i < 3; i++)
		if (singles[i] && visit(context, singles[i], depth + 1))
			return true;
	return false;
}

static bool visit_fields(void *context, const struct fmr_node *node, unsigned depth)
{
	struct fmr_candidates *out = context;
	fmr_candidates_fields(out, node, depth);
	return out->count >= MANY;
}

void fmr_candidates_fields(struct fmr_candidates *out, const struct fmr_node *node, unsigned depth)
{
	/* in the order of the schema, not of the hash table */
	const struct fmr_value *properties = fmr_value_get(node->value, "properties");
	for (size_t i = 0; node->map && properties && properties->kind == FMR_MAP && i < properties->map.count; i++) {
		const struct fmr_node *rule = NULL;
		const struct fmr_member *member = &properties->map.members[i];
		const struct fmr_table_entry *entry = fmr_table_find(&node->map->names, member->key, member->key_hash);
		rule = entry ? entry->data : NULL;
		if (rule && rule->verdict != FMR_NEVER)
			add(out, member->key);
	}
	visit_beside(node, visit_fields, out, depth);
}

static bool visit_values(void *context, const struct fmr_node *node, unsigned depth)
{
	struct fmr_candidates *out = context;
	fmr_candidates_values(out, node, depth);
	return out->count >= MANY;
}

void fmr_candidates_values(struct fmr_candidates *out, const struct fmr_node *node, unsigned depth)
{
	const struct fmr_value_rules *rules = node->values;
	if (rules && rules->constant && rules->constant->kind == FMR_STRING)
		add(out, rules->constant->text);
	for (size_t i = 0; rules && rules->allowed && i < rules->allowed->list.count; i++)
		if (rules->allowed->list.items[i]->kind == FMR_STRING)
			add(out, rules->allowed->list.items[i]->text);
	visit_beside(node, visit_values, out, depth);
}

static bool visit_declares(void *context, const struct fmr_node *node, unsigned depth)
{
	return fmr_node_declares(node, *(const struct fmr_text *)context, depth);
}

bool fmr_node_declares(const struct fmr_node *node, struct fmr_text name, unsigned depth)
{
	if (node->map) {
		const struct fmr_map_rules *rules = node->map;
		const struct fmr_table_entry *entry =
			fmr_table_find(&rules->names, name, fmr_text_hash(name.bytes, name.length));
		if (entry && entry->data)
			return true;
		for (size_t i = 0; i < rules->pattern_count; i++)
			if (fmr_regex_search(rules->patterns[i].regex, name.bytes, name.length, 0, NULL) == FMR_REGEX_YES)
				return true;
		if (rules->additional && rules->additional->verdict != FMR_NEVER)
			return true;
	}
	return visit_beside(node, visit_declares, &name, depth);
}
