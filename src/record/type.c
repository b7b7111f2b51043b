/*
 * A record type is a schema file: this reads the x-fmrec words of one into
 * struct fmr_type.  Local references are followed, also in circles.
 */
#include "record/loader.h"

#include "base/clock.h"
#include "base/datadir.h"
#include "base/decimal.h"
#include "base/i18n.h"
#include "base/text.h"
#include "yaml/yaml.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS = 5000, FIELD_DEPTH = 8, REFERENCES = 16 };

/* ---- the schema of one field: the node itself and what it refers to ---- */

struct node {
	const struct fmr_value *parts[REFERENCES];
	size_t count;
};

static void gather(const struct fmr_loader *loader, const struct fmr_value *schema, struct node *node)
{
	for (size_t i = 0; i < node->count; i++)
		if (node->parts[i] == schema)
			return;
	if (!schema || schema->kind != FMR_MAP || node->count == REFERENCES)
		return;
	node->parts[node->count++] = schema;
	const char *reference = fmr_load_word(schema, "$ref");
	if (reference)
		gather(loader, fmr_load_target(loader->root, reference), node);
	const struct fmr_value *all = fmr_value_get(schema, "allOf");
	for (size_t i = 0; all && all->kind == FMR_LIST && i < all->list.count; i++)
		gather(loader, all->list.items[i], node);
}

static const struct fmr_value *keyword(const struct node *node, const char *name)
{
	for (size_t i = 0; i < node->count; i++) {
		const struct fmr_value *value = fmr_value_get(node->parts[i], name);
		if (value)
			return value;
	}
	return NULL;
}

/* A word of x-fmrec: what stands beside $ref goes before what the target says. */
static const struct fmr_value *annotation(const struct node *node, const char *name)
{
	for (size_t i = 0; i < node->count; i++) {
		const struct fmr_value *value = fmr_value_get(fmr_value_get(node->parts[i], "x-fmrec"), name);
		if (value)
			return value;
	}
	return NULL;
}

/* The map whose x-fmrec holds this word, for fmr_load_word(), fmr_load_words() and fmr_load_flag(). */
static const struct fmr_value *annotated(const struct node *node, const char *name)
{
	for (size_t i = 0; i < node->count; i++) {
		const struct fmr_value *map = fmr_value_get(node->parts[i], "x-fmrec");
		if (fmr_value_get(map, name))
			return map;
	}
	return NULL;
}

/* ---- kinds ---- */

static const char *type_word(const struct fmr_value *type)
{
	for (size_t i = 0; type && type->kind == FMR_LIST && i < type->list.count; i++) {
		const char *name = fmr_value_string(type->list.items[i]);
		if (name && strcmp(name, "null") != 0)
			return name;
	}
	return fmr_value_string(type);
}

static void see_format(struct fmr_field *field, const struct fmr_value *format)
{
	field->takes_time |= fmr_value_is(format, "date-time");
	field->takes_date |= fmr_value_is(format, "date");
}

static enum fmr_field_kind kind_of_type(const char *type, struct fmr_field *field)
{
	if (!type)
		return FMR_FIELD_TEXT;
	field->integer = strcmp(type, "integer") == 0;
	return strcmp(type, "object") == 0 ? FMR_FIELD_MAP :
		strcmp(type, "array") == 0 ? FMR_FIELD_LIST :
		strcmp(type, "boolean") == 0 ? FMR_FIELD_BOOL :
		strcmp(type, "number") == 0 || field->integer ? FMR_FIELD_NUMBER : FMR_FIELD_TEXT;
}

/* anyOf: [{format: date-time}, {const: unknown}] and the like; the name of the first type in it */
static const char *see_alternatives(struct fmr_field *field, const struct fmr_value *alternatives)
{
	const char *type = NULL;
	for (size_t i = 0; alternatives && alternatives->kind == FMR_LIST && i < alternatives->list.count; i++) {
		const struct fmr_value *one = alternatives->list.items[i];
		see_format(field, fmr_value_get(one, "format"));
		field->may_be_unknown |= fmr_value_is(fmr_value_get(one, "const"), "unknown");
		if (!type)
			type = type_word(fmr_value_get(one, "type"));
	}
	return type;
}

static void find_kind(struct fmr_field *field, const struct node *node)
{
	const char *type = type_word(keyword(node, "type"));
	see_format(field, keyword(node, "format"));
	const char *any = see_alternatives(field, keyword(node, "anyOf"));
	const char *one = see_alternatives(field, keyword(node, "oneOf"));
	field->kind = kind_of_type(type ? type : any ? any : one, field);
	if (field->kind == FMR_FIELD_TEXT && !type && keyword(node, "properties"))
		field->kind = FMR_FIELD_MAP;
	if (field->kind == FMR_FIELD_TEXT && (field->takes_time || field->takes_date))
		field->kind = field->takes_time ? FMR_FIELD_TIME : FMR_FIELD_DATE;
	if (field->kind != FMR_FIELD_TEXT)
		return;
	if (annotation(node, "link"))
		field->kind = FMR_FIELD_LINK;
	else if (annotation(node, "values-from") || keyword(node, "enum"))
		field->kind = FMR_FIELD_CHOICE;
}

/* ---- parts of a field ---- */

static void read_choices(struct fmr_loader *loader, struct fmr_field *field, const struct node *node)
{
	const struct fmr_value *codes = keyword(node, "enum"), *values = annotation(node, "values");
	if (field->kind != FMR_FIELD_CHOICE || !codes || codes->kind != FMR_LIST)
		return;
	struct fmr_choice *choices = fmr_arena_zero(loader->arena, codes->list.count, sizeof(*choices));
	for (size_t i = 0; i < codes->list.count; i++) {
		const char *code = fmr_value_string(codes->list.items[i]);
		if (!code)
			continue;
		const struct fmr_value *about = fmr_value_get(values, code);
		choices[field->choice_count++] = (struct fmr_choice){ .code = code, .label = fmr_load_words(about, "label"),
			.help = fmr_load_words(about, "help"), .also = fmr_load_strings(loader->arena, fmr_value_get(about, "also")) };
	}
	field->choices = choices;
}

/* Which links may not run in a circle: `true` means this field by itself, a name all that bear it. */
static const char *read_acyclic(const struct fmr_loader *loader, const struct fmr_field *field,
	const struct fmr_value *link)
{
	if (fmr_load_flag(link, "acyclic", false))
		return fmr_arena_format(loader->arena, "%s.%s", loader->type->name, field->path);
	return fmr_load_word(link, "acyclic");
}

static enum fmr_suspicion read_suspicion(const struct fmr_value *link)
{
	const struct fmr_value *value = fmr_value_get(link, "suspect");
	return fmr_value_is(value, "travels") ? FMR_SUSPICION_TRAVELS :
		value ? FMR_SUSPICION_STAYS : FMR_SUSPICION_NONE;
}

static bool takes_map(const struct node *node)
{
	const struct fmr_value *type = keyword(node, "type");
	for (size_t i = 0; type && type->kind == FMR_LIST && i < type->list.count; i++)
		if (fmr_value_is(type->list.items[i], "object"))
			return true;
	return false;
}

static void read_link(struct fmr_loader *loader, struct fmr_field *field, const struct node *node)
{
	const struct fmr_value *link = annotation(node, "link");
	if (field->kind != FMR_FIELD_LINK) {
		if (link)
			fmr_load_fault(loader, link, _("a link is a string, or a string or a map, and not so"), field->path);
		return;
	}
	struct fmr_link_rule *rule = fmr_arena_zero(loader->arena, 1, sizeof(*rule));
	rule->to = fmr_load_strings(loader->arena, fmr_value_get(link, "to"));
	rule->inverse = fmr_load_word(link, "inverse");
	rule->inverse_label = fmr_load_words(link, "inverse-label");
	rule->free_until = fmr_load_word(link, "free-until");
	if (rule->free_until && fmr_type_state_index(loader->type, rule->free_until) < 0)
		fmr_load_fault(loader, fmr_value_get(link, "free-until"), _("no such state"), rule->free_until);
	rule->suspicion = read_suspicion(link);
	rule->acyclic = read_acyclic(loader, field, link);
	rule->takes_map = takes_map(node);
	rule->onward = fmr_load_flag(link, "onward", false);
	field->link = rule;
}

/* Default as a text, whatever it is in YAML. */
static const char *read_default(struct fmr_arena *arena, const struct fmr_value *value)
{
	if (!value)
		return NULL;
	if (value->kind == FMR_BOOL)
		return value->boolean ? "true" : "false";
	return value->kind == FMR_STRING || value->kind == FMR_NUMBER ?
		fmr_arena_strndup(arena, value->text.bytes, value->text.length) : NULL;
}

/* Does a signature of the transition bear this meaning? */
static bool has_meaning(const struct fmr_type *type, const char *transition, const char *meaning)
{
	for (size_t i = 0; i < type->transition_count; i++) {
		const struct fmr_transition_rule *rule = &type->transitions[i];
		for (size_t j = 0; strcmp(rule->name, transition) == 0 && j < rule->slot_count; j++)
			if (strcmp(rule->slots[j].meaning, meaning) == 0)
				return true;
	}
	return false;
}

static void add_list(struct fmr_type_more *more, const char *name)
{
	for (size_t i = 0; i < more->lists.count; i++)
		if (strcmp(more->lists.items[i], name) == 0)
			return;
	FMR_VEC_PUSH(&more->lists, name);
}

/* A box that signatures fill is never asked for as a text. */
static void read_signed_by(struct fmr_loader *loader, struct fmr_field *field, const struct node *node)
{
	const struct fmr_value *by = annotation(node, "signed-by"), *as = annotation(node, "signed-as");
	field->signed_by = fmr_load_word(annotated(node, "signed-by"), "signed-by");
	field->signed_as = fmr_load_word(annotated(node, "signed-as"), "signed-as");
	if (field->signed_by && !fmr_type_transition(loader->type, field->signed_by))
		fmr_load_fault(loader, by, _("no such transition"), field->signed_by);
	else if (field->signed_by && field->required_from)
		fmr_load_fault(loader, by, _("required-from and signed-by exclude each other"), field->path);
	if (field->signed_as && (!field->signed_by || !has_meaning(loader->type, field->signed_by, field->signed_as)))
		fmr_load_fault(loader, as, _("no signature has this meaning"), field->signed_as);
}

/* Who may see it, as far as it says so: what is around it was asked before. */
static bool read_audience(const struct fmr_value *map, bool around)
{
	const char *audience = fmr_load_word(map, "audience");
	return audience ? strcmp(audience, "outside") == 0 : around;
}

/* Of which records something is asked.  A form to come, or a day that no id tells, would never be looked at. */
static struct fmr_since read_since(struct fmr_loader *loader, const struct fmr_value *value)
{
	struct fmr_since since = { 0 };
	struct fmr_time time;
	long long number;
	if (!value)
		return since;
	loader->type->more->since = true;
	if (value->kind == FMR_NUMBER && fmr_decimal_to_integer(value->text, &number) && number > 1 &&
		number <= loader->type->form) {
		since.form = (int)number;
	} else if (value->kind == FMR_NUMBER) {
		fmr_load_fault(loader, value, _("not a version that the form has had, the first one aside"),
			value->text.bytes);
	} else if (value->kind == FMR_STRING && value->text.length == sizeof("2026-11-21") - 1 &&
		fmr_time_parse(value->text.bytes, value->text.length, &time)) {
		since.day = fmr_time_day(&time);
		if (!strstr(loader->type->shipped_pattern, "{date}"))
			fmr_load_fault(loader, value, _("the ids of this type tell no day: write a version of the form, not"),
				value->text.bytes);
	} else {
		fmr_load_fault(loader, value, _("neither a day nor a version of the form"),
			value->kind == FMR_STRING ? value->text.bytes : fmr_kind_name(value->kind));
	}
	return since;
}

/* With no state beside it: from the first one on. */
static void read_required(struct fmr_loader *loader, struct fmr_field *field, const struct node *node)
{
	const struct fmr_value *since = annotation(node, "required-since");
	struct fmr_type *type = loader->type;
	field->required_from = fmr_load_word(annotated(node, "required-from"), "required-from");
	field->required_since = read_since(loader, since);
	if (since && !field->required_from && type->state_count)
		field->required_from = type->states[0].name;
	field->required_state = field->required_from ? fmr_type_state_index(type, field->required_from) : -1;
	if (field->required_from && field->required_state < 0)
		fmr_load_fault(loader, annotation(node, "required-from"), _("no such state"), field->required_from);
	if (field->required_state >= 0)
		type->more->asking |= (uint64_t)1 << field->required_state;
}

static void read_annotation(struct fmr_loader *loader, struct fmr_field *field, const struct node *node)
{
	field->label = fmr_load_words(annotated(node, "label"), "label");
	field->help = fmr_load_words(annotated(node, "help"), "help");
	field->unit = fmr_load_words(annotated(node, "unit"), "unit");
	field->multiline = fmr_load_flag(annotated(node, "multiline"), "multiline", false);
	field->in_template = fmr_load_flag(annotated(node, "template"), "template", true);
	field->values_from = fmr_load_word(annotated(node, "values-from"), "values-from");
	if (field->values_from)
		add_list(loader->type->more, field->values_from);
	field->proposed = read_default(loader->arena, annotation(node, "default"));
	field->cosmetic = fmr_load_flag(annotated(node, "cosmetic"), "cosmetic", false);
	read_link(loader, field, node);
	read_choices(loader, field, node);
	read_required(loader, field, node);
	read_signed_by(loader, field, node);
}

/* ---- the tree of fields ---- */

struct above { /* the fields around the one that is read */
	const struct above *up;
	const struct fmr_value *schema;
	const struct fmr_field *field;
	size_t depth;
};

static unsigned read_children(struct fmr_loader *loader, struct fmr_field *field, const struct node *node,
	const struct above *above);

static bool is_required(const struct node *node, const char *name)
{
	for (size_t i = 0; i < node->count; i++) {
		const struct fmr_value *list = fmr_value_get(node->parts[i], "required");
		for (size_t j = 0; list && list->kind == FMR_LIST && j < list->list.count; j++)
			if (fmr_value_is(list->list.items[j], name))
				return true;
	}
	return false;
}

/* The parts of a link are the same in every type. */
static void check_link_parts(struct fmr_loader *loader, const struct fmr_field *field, const struct fmr_value *schema)
{
	static const char *const parts[] = { FMR_LINK_TO, FMR_LINK_NOTE, FMR_LINK_ON, FMR_LINK_JUDGED };
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		bool there = false;
		for (size_t j = 0; j < field->child_count; j++)
			there |= strcmp(field->children[j].name, parts[i]) == 0;
		if (!there)
			fmr_load_fault(loader, schema, _("a link that may be a map lacks the field"), parts[i]);
	}
	if (field->child_count > sizeof(parts) / sizeof(*parts))
		fmr_load_fault(loader, schema, _("a link that may be a map has no fields but to, note, on and judged"),
			field->path);
}

static void read_field(struct fmr_loader *loader, struct fmr_field *field, const char *name, const char *path,
	const struct fmr_value *schema, const struct above *above)
{
	struct node node = { 0 };
	gather(loader, schema, &node);
	field->name = name;
	field->name_hash = fmr_text_hash(name, strlen(name));
	field->path = path;
	find_kind(field, &node);
	const struct fmr_value *unique = keyword(&node, "uniqueItems");
	field->unique = unique && unique->kind == FMR_BOOL && unique->boolean;
	read_annotation(loader, field, &node);
	field->outside = read_audience(annotated(&node, "audience"), above && above->field->outside);
	if (above && above->field->link && strcmp(name, FMR_LINK_TO) == 0) { /* so that it is typed as the link alone is */
		field->kind = FMR_FIELD_LINK;
		field->link = above->field->link;
	}
	if (++loader->fields > FIELDS)
		loader->too_many = true;
	field->watch = (field->link ? FMR_WATCH_LINK : 0u) | (field->values_from ? FMR_WATCH_LIST : 0u) |
		(field->required_from ? FMR_WATCH_REQUIRED : 0u);
	bool link = takes_map(&node) && field->link;
	bool inside = field->kind == FMR_FIELD_MAP || field->kind == FMR_FIELD_LIST || link;
	if (!inside || loader->too_many || !node.count)
		return;
	/* the same schema further up, by what $ref leads to */
	const struct fmr_value *self = node.parts[node.count - 1];
	const struct above here = { above, self, field, above ? above->depth + 1 : 1 };
	for (const struct above *up = above; up && here.depth > FIELD_DEPTH; up = up->up) {
		if (up->schema == self) {
			field->again = up->field;
			field->watch = FMR_WATCH_ALL;
			return;
		}
	}
	field->watch |= read_children(loader, field, &node, &here);
	if (link)
		check_link_parts(loader, field, schema);
}

/* Properties of a map: those of the node, of what it refers to, and of allOf, each name once. */
static size_t count_properties(const struct node *node)
{
	size_t count = 0;
	for (size_t i = 0; i < node->count; i++) {
		const struct fmr_value *properties = fmr_value_get(node->parts[i], "properties");
		count += properties && properties->kind == FMR_MAP ? properties->map.count : 0;
	}
	return count;
}

static unsigned read_properties(struct fmr_loader *loader, const struct node *node, const char *prefix,
	const struct above *above, const struct fmr_field **out, size_t *out_count)
{
	struct fmr_field *fields = fmr_arena_zero(loader->arena, count_properties(node), sizeof(*fields));
	size_t count = 0;
	unsigned watch = 0;
	*out = fields;
	for (size_t i = 0; i < node->count; i++) {
		const struct fmr_value *properties = fmr_value_get(node->parts[i], "properties");
		const size_t properties_count = properties && properties->kind == FMR_MAP ? properties->map.count : 0;
		for (size_t j = 0; j < properties_count && !loader->too_many; j++) {
			const struct fmr_member *member = &properties->map.members[j];
			if (member->value->kind != FMR_MAP || fmr_fields_find(fields, count, member->key.bytes,
				member->key.length, member->key_hash))
				continue;
			struct fmr_field *field = &fields[count++];
			const char *name = member->key.bytes;
			*out_count = count;
			const char *path = prefix ? fmr_arena_format(loader->arena, "%s.%s", prefix, name) : name;
			read_field(loader, field, name, path, member->value, above);
			field->required = is_required(node, name);
			if (field->required && (field->required_since.form || field->required_since.day))
				fmr_load_fault(loader, member->value, _("required of all records, and required-since"),
					field->path);
			watch |= field->watch;
		}
	}
	return watch;
}

static unsigned read_children(struct fmr_loader *loader, struct fmr_field *field, const struct node *node,
	const struct above *above)
{
	if (field->kind == FMR_FIELD_MAP || field->kind == FMR_FIELD_LINK)
		return read_properties(loader, node, field->path, above, &field->children, &field->child_count);
	const struct fmr_value *items = keyword(node, "items");
	if (!items || items->kind != FMR_MAP)
		return 0;
	struct fmr_field *item = fmr_arena_zero(loader->arena, 1, sizeof(*item));
	field->children = item;
	field->child_count = 1;
	read_field(loader, item, "", fmr_arena_format(loader->arena, "%s[]", field->path), items, above);
	return item->watch;
}

/* ---- the root ---- */

static void read_states(struct fmr_loader *loader, const struct fmr_value *list)
{
	struct fmr_type *type = loader->type;
	size_t count = list && list->kind == FMR_LIST ? list->list.count : 0;
	if (!count || count > FMR_STATES) {
		fmr_load_fault(loader, list, _("x-fmrec needs 1 to 64 states"), "states");
		return;
	}
	struct fmr_state_rule *states = fmr_arena_zero(loader->arena, count, sizeof(*states));
	type->states = states;
	for (size_t i = 0; i < count; i++) {
		const struct fmr_value *item = list->list.items[i];
		struct fmr_state_rule *state = &states[i];
		state->name = fmr_load_need_word(loader, item, "name");
		state->label = fmr_load_words(item, "label");
		state->help = fmr_load_words(item, "help");
		state->after = fmr_load_strings(loader->arena, fmr_value_get(item, "after"));
		state->must = fmr_load_word(item, "must");
		state->must_since = read_since(loader, fmr_value_get(item, "must-since"));
		if (!state->must && fmr_value_get(item, "must-since"))
			fmr_load_fault(loader, fmr_value_get(item, "must-since"), _("there is no must in state"), state->name);
		uint64_t closure = (uint64_t)1 << i;
		for (const char *const *after = state->after; *after; after++) {
			int index = fmr_type_state_index(type, *after); /* states so far: so there are no circles */
			if (index < 0)
				fmr_load_fault(loader, fmr_value_get(item, "after"), _("no state of this name stands above"),
					*after);
			else
				closure |= type->more->closure[index];
		}
		if (state->must && !fmr_load_target(loader->root, state->must))
			fmr_load_fault(loader, fmr_value_get(item, "must"), _("the pointer leads nowhere"), state->must);
		type->more->closure[i] = closure;
		type->state_count = i + 1;
	}
}

static void read_id(struct fmr_loader *loader, const struct fmr_value *root, const char *pattern_override)
{
	struct fmr_type *type = loader->type;
	const struct fmr_value *id = fmr_value_get(root, "id");
	type->prefix = fmr_load_need_word(loader, id ? id : root, "prefix");
	type->shipped_pattern = fmr_load_need_word(loader, id ? id : root, "pattern");
	type->pattern = pattern_override ? fmr_arena_strdup(loader->arena, pattern_override) : type->shipped_pattern;
}

bool fmr_path_part_is_safe(const char *name)
{
	for (const char *p = name; *p; p++)
		if (!((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '_' || *p == '-'))
			return false;
	return *name && *name != '-';
}

static void read_log(struct fmr_loader *loader, const struct fmr_value *log)
{
	struct fmr_type *type = loader->type;
	type->log.field = fmr_load_word(log, "field");
	type->log.time = fmr_load_word(log, "time");
	type->log.text = fmr_load_word(log, "text");
	type->log.kind = fmr_load_word(log, "kind");
	type->log.actor = fmr_load_word(log, "actor");
	if (log && (!type->log.field || !type->log.time || !type->log.text))
		fmr_load_fault(loader, log, _("x-fmrec lacks field, time or text in"), "log");
}

static void read_root(struct fmr_loader *loader, const struct fmr_value *root, const char *pattern_override)
{
	struct fmr_type *type = loader->type;
	struct fmr_arena *arena = loader->arena;
	const char *name = fmr_load_need_word(loader, root, "type");
	if (*name && strcmp(name, type->name) != 0)
		fmr_load_fault(loader, fmr_value_get(root, "type"), _("the type has another name than its file"), name);
	const struct fmr_value *form = fmr_value_get(root, "form");
	long long number;
	if (form && form->kind == FMR_NUMBER && fmr_decimal_to_integer(form->text, &number) && number <= INT_MAX)
		type->form = (int)number;
	if (type->form < 1)
		fmr_load_fault(loader, form ? form : root, _("x-fmrec lacks a positive number"), "form");
	type->label = fmr_load_words(root, "label");
	type->title = fmr_load_words(root, "title");
	type->help = fmr_load_words(root, "help");
	type->directory = fmr_load_need_word(loader, root, "directory");
	if (*type->directory && !fmr_path_part_is_safe(type->directory))
		fmr_load_fault(loader, fmr_value_get(root, "directory"), _("not the name of a directory"), type->directory);
	type->by_year = fmr_load_flag(root, "by-year", false);
	type->outside = read_audience(root, false);
	read_id(loader, root, pattern_override);
	read_states(loader, fmr_value_get(root, "states"));
	fmr_load_transitions(loader, fmr_value_get(root, "transitions"));
	type->ask = fmr_load_strings(arena, fmr_value_get(root, "ask"));
	type->columns = fmr_load_strings(arena, fmr_value_get(root, "columns"));
	type->heading = fmr_load_need_word(loader, root, "heading");
	type->attachments = fmr_load_word(root, "attachments");
	type->external_key = fmr_load_word(root, "external-key");
	type->scaffold = fmr_load_word(root, "scaffold");
	read_log(loader, fmr_value_get(root, "log"));
	type->identity.name = fmr_load_word(fmr_value_get(root, "identity"), "name");
	type->identity.department = fmr_load_word(fmr_value_get(root, "identity"), "department");
}

/* ---- what only makes sense when the fields are known ---- */

/* "downtime.from": the list its first part goes through, as a length of the path; 0: none */
static size_t list_part(const struct fmr_type *type, const char *path)
{
	for (const char *dot = strchr(path, '.'); dot; dot = strchr(dot + 1, '.')) {
		char *start = fmr_strndup(path, (size_t)(dot - path));
		const struct fmr_field *field = fmr_type_field(type, start);
		free(start);
		if (field && field->kind == FMR_FIELD_LIST)
			return (size_t)(dot - path);
	}
	return 0;
}

static void read_chain(struct fmr_loader *loader, const char *const *full, const struct fmr_value *at,
	struct fmr_chain *chain)
{
	size_t count = 0;
	while (full[count])
		count++;
	const char **paths = fmr_arena_zero(loader->arena, count + 1, sizeof(*paths));
	size_t part = count ? list_part(loader->type, full[0]) : 0;
	*chain = (struct fmr_chain){ .full = full, .paths = paths };
	if (part)
		chain->list = fmr_arena_strndup(loader->arena, full[0], part);
	for (size_t i = 0; i < count; i++) {
		if (!fmr_load_need_field(loader, full[i], at))
			continue;
		bool same = list_part(loader->type, full[i]) == part && strncmp(full[0], full[i], part) == 0;
		if (same)
			paths[chain->count++] = full[i] + (part ? part + 1 : 0);
		else
			fmr_load_fault(loader, at, _("the times of one chain must stand in the same list"), full[i]);
	}
}

static void read_time_order(struct fmr_loader *loader, const struct fmr_value *order)
{
	struct fmr_type *type = loader->type;
	size_t count = order && order->kind == FMR_LIST ? order->list.count : 0;
	const char *const **lists = fmr_arena_zero(loader->arena, count + 1, sizeof(*lists));
	struct fmr_chain *chains = fmr_arena_zero(loader->arena, count, sizeof(*chains));
	for (size_t i = 0; i < count; i++) {
		lists[i] = fmr_load_strings(loader->arena, order->list.items[i]);
		read_chain(loader, lists[i], order->list.items[i], &chains[i]);
	}
	type->time_order = lists;
	type->more->chains = chains;
	type->more->chain_count = count;
}

static void read_search(struct fmr_loader *loader, const struct fmr_value *search)
{
	const size_t count = search && search->kind == FMR_MAP ? search->map.count : 0;
	struct fmr_search_rule *rules = count ? fmr_arena_zero(loader->arena, count, sizeof(*rules)) : NULL;
	for (size_t i = 0; i < count; i++) {
		const struct fmr_member *member = &search->map.members[i];
		const char *number = member->value->kind == FMR_NUMBER ? member->value->text.bytes : "";
		rules[i] = (struct fmr_search_rule){ member->key.bytes, (int)strtol(number, NULL, 10) };
		fmr_load_need_field(loader, rules[i].path, member->value);
		if (rules[i].weight < 1 || rules[i].weight > 100)
			fmr_load_fault(loader, member->value, _("not a weight from 1 to 100"), rules[i].path);
	}
	loader->type->search = rules;
	loader->type->search_count = count;
}

/* A path, or a map of the path and the field beside it that says that it is done. */
static void read_due(struct fmr_loader *loader, const struct fmr_value *due)
{
	const size_t count = due && due->kind == FMR_LIST ? due->list.count : 0;
	struct fmr_due_rule *rules = count ? fmr_arena_zero(loader->arena, count, sizeof(*rules)) : NULL;
	for (size_t i = 0; i < count; i++) {
		const struct fmr_value *rule = due->list.items[i];
		const char *path = rule->kind == FMR_MAP ? fmr_load_need_word(loader, rule, "of") : fmr_value_string(rule);
		rules[i].path = path ? path : "";
		fmr_load_need_field(loader, rules[i].path, rule);
		rules[i].done = fmr_load_word(rule, "done");
		if (!rules[i].done)
			continue;
		const char *dot = strrchr(rules[i].path, '.');
		const size_t length = dot ? (size_t)(dot + 1 - rules[i].path) : 0;
		fmr_load_need_field(loader, fmr_arena_format(loader->arena, "%.*s%s", (int)length, rules[i].path, rules[i].done),
			rule);
	}
	loader->type->due = rules;
	loader->type->due_count = count;
}

static void read_rows(struct fmr_loader *loader, const struct fmr_value *rows, struct fmr_form_block *block)
{
	const size_t count = rows && rows->kind == FMR_LIST ? rows->list.count : 0;
	const char *const **list = fmr_arena_zero(loader->arena, count + 1, sizeof(*list));
	for (size_t i = 0; i < count; i++) {
		list[i] = fmr_load_strings(loader->arena, rows->list.items[i]);
		fmr_load_need_fields(loader, list[i], rows->list.items[i]);
	}
	block->rows = list;
}

static void read_layout(struct fmr_loader *loader, const struct fmr_value *layout)
{
	const size_t count = layout && layout->kind == FMR_LIST ? layout->list.count : 0;
	struct fmr_form_block *blocks = count ? fmr_arena_zero(loader->arena, count, sizeof(*blocks)) : NULL;
	for (size_t i = 0; i < count; i++) {
		blocks[i].label = fmr_load_words(layout->list.items[i], "label");
		read_rows(loader, fmr_value_get(layout->list.items[i], "rows"), &blocks[i]);
	}
	loader->type->blocks = blocks;
	loader->type->block_count = count;
}

static void read_uses(struct fmr_loader *loader, const struct fmr_value *root)
{
	struct fmr_type *type = loader->type;
	const char **names = fmr_arena_zero(loader->arena, type->field_count + 1, sizeof(*names));
	for (size_t i = 0; i < type->field_count; i++)
		names[i] = type->fields[i].name;
	type->field_order = names;
	fmr_load_need_fields(loader, type->ask, fmr_value_get(root, "ask"));
	fmr_load_need_fields(loader, type->columns, fmr_value_get(root, "columns"));
	if (*type->heading)
		fmr_load_need_field(loader, type->heading, fmr_value_get(root, "heading"));
	if (type->attachments)
		fmr_load_need_field(loader, type->attachments, fmr_value_get(root, "attachments"));
	if (type->identity.name)
		fmr_load_need_field(loader, type->identity.name, fmr_value_get(root, "identity"));
	if (type->identity.department)
		fmr_load_need_field(loader, type->identity.department, fmr_value_get(root, "identity"));
	if (type->log.field)
		fmr_load_need_field(loader, type->log.field, fmr_value_get(root, "log"));
	if (type->external_key)
		fmr_load_need_field(loader, type->external_key, fmr_value_get(root, "external-key"));
	else if (fmr_type_field(type, FMR_FIELD_IMPORT_KEY))
		type->external_key = FMR_FIELD_IMPORT_KEY;
	fmr_load_migrations(loader, fmr_value_get(root, "migrations"));
	fmr_load_transition_fields(loader, fmr_value_get(root, "transitions"));
	read_time_order(loader, fmr_value_get(root, "time-order"));
	read_search(loader, fmr_value_get(root, "search"));
	read_layout(loader, fmr_value_get(root, "layout"));
	read_due(loader, fmr_value_get(root, "due"));
}

static void read_vocabulary(struct fmr_loader *loader, const char *pattern_override)
{
	struct fmr_type *type = loader->type;
	const struct fmr_value *root = fmr_value_get(loader->root, "x-fmrec");
	if (!root || root->kind != FMR_MAP) {
		fmr_load_fault(loader, loader->root, _("the schema lacks"), "x-fmrec");
		return;
	}
	read_root(loader, root, pattern_override);
	struct node node = { 0 };
	gather(loader, loader->root, &node);
	const struct fmr_field top = { .name = "", .path = "", .outside = type->outside };
	const struct above above = { NULL, loader->root, &top, 0 };
	read_properties(loader, &node, NULL, &above, &type->fields, &type->field_count);
	if (loader->too_many)
		fmr_load_fault(loader, loader->root, _("too many fields, counted through all references, in"), type->name);
	else
		read_uses(loader, root);
}

struct fmr_type *fmr_type_load(const char *schema_path, const char *name, const char *bytes, size_t length,
	const char *pattern_override, struct fmr_findings *findings)
{
	struct fmr_type_more *more = fmr_alloc_zero(1, sizeof(*more));
	fmr_arena_init(&more->arena);
	struct fmr_type *type = fmr_arena_zero(&more->arena, 1, sizeof(*type));
	size_t before = fmr_findings_count(findings);
	type->more = more;
	type->name = fmr_arena_strdup(&more->arena, name);
	type->schema_path = fmr_arena_strdup(&more->arena, schema_path);
	more->source = (struct fmr_source){ type->schema_path, fmr_arena_strndup(&more->arena, bytes, length), length };
	more->root = fmr_yaml_read_record(&more->source, &more->arena, findings);
	struct fmr_loader loader = { .arena = &more->arena, .source = &more->source, .root = more->root,
		.findings = findings, .type = type };
	if (more->root)
		read_vocabulary(&loader, pattern_override);
	if (more->root && fmr_findings_count(findings) == before)
		return type;
	fmr_type_free(type);
	return NULL;
}

void fmr_type_free(struct fmr_type *type)
{
	if (!type)
		return;
	struct fmr_type_more *more = type->more;
	for (size_t i = 0; i < type->state_count; i++)
		fmr_schema_free(more->must[i].schema);
	for (size_t i = 0; i < type->transition_count; i++)
		fmr_schema_free(more->when[i].schema);
	fmr_schema_free(more->schema);
	FMR_VEC_RELEASE(&more->lists);
	fmr_arena_release(&more->arena);
	free(more);
}

/* ---- states ---- */

int fmr_type_state_index(const struct fmr_type *type, const char *name)
{
	for (size_t i = 0; i < type->state_count; i++)
		if (strcmp(type->states[i].name, name) == 0)
			return (int)i;
	return -1;
}

const struct fmr_state_rule *fmr_type_state(const struct fmr_type *type, const char *name)
{
	int index = fmr_type_state_index(type, name);
	return index < 0 ? NULL : &type->states[index];
}

int fmr_type_need_state(const struct fmr_type *type, const char *name, int *index, struct fmr_err *err)
{
	*index = name ? fmr_type_state_index(type, name) : 0;
	if (*index >= 0)
		return FMR_OK;
	const char *names[FMR_STATES];
	for (size_t i = 0; i < type->state_count; i++)
		names[i] = type->states[i].name;
	const char *nearest = fmr_text_nearest(name, names, type->state_count);
	int code = fmr_err_set(err, FMR_ERR_INVALID, _("type '%s' has no state '%s'"), type->name, name);
	if (nearest)
		fmr_err_hint(err, _("did you mean '%s'?"), nearest);
	return code;
}

/* pointer NULL: the whole schema */
static int compile(const struct fmr_type *type, const char *pointer, struct fmr_schema **out, struct fmr_findings *findings,
	struct fmr_err *err)
{
	const struct fmr_type_more *more = type->more;
	const struct fmr_schema_options options = { .data_dir = fmr_data_dir(), .assert_format = true,
		.skip_metaschema = true, .pointer = pointer };
	return fmr_schema_compile(&more->source, more->root, &options, out, findings, err);
}

int fmr_type_ready(struct fmr_type *type, struct fmr_findings *findings, struct fmr_err *err)
{
	struct fmr_type_more *more = type->more;
	int code = FMR_OK;
	if (!more->schema && !more->tried) {
		more->tried = true;
		code = compile(type, NULL, &more->schema, findings, err);
		type->schema = more->schema;
	}
	if (code || more->schema)
		return code;
	fmr_err_set(err, FMR_ERR_INVALID, _("the schema of type '%s' is wrong"), type->name);
	fmr_err_hint(err, _("see all its faults with 'fmrec schema check %s'"), type->name);
	return FMR_ERR_INVALID;
}

int fmr_type_ready_state(const struct fmr_type *type, int state, struct fmr_findings *findings, struct fmr_err *err)
{
	struct fmr_type_more *more = type->more;
	int code = FMR_OK;
	for (size_t i = 0; !code && i < type->state_count; i++) {
		struct fmr_part *must = &more->must[i];
		if (!(more->closure[state] >> i & 1) || !type->states[i].must || must->tried)
			continue;
		must->tried = true;
		code = compile(type, type->states[i].must + 1, &must->schema, findings, err);
	}
	return code;
}

const struct fmr_schema *fmr_type_ready_when(const struct fmr_type *type, const struct fmr_transition_rule *rule,
	struct fmr_findings *findings, struct fmr_err *err)
{
	struct fmr_part *when = &type->more->when[rule - type->transitions];
	if (!when->tried) {
		when->tried = true;
		compile(type, rule->when + 1, &when->schema, findings, err);
	}
	return when->schema;
}
