/*
 * Keywords become rules.  Nothing here recurses: nodes wait in a queue.
 */
#include "base/decimal.h"
#include "base/i18n.h"
#include "schema/schema.h"
#include "schema/uri.h"

#include <stdint.h>
#include <string.h>

enum { MANY_STRINGS = 8 }; /* from here on an enum gets a hash table */

struct job {
	struct fmr_builder *builder;
	struct fmr_arena *arena;
	struct fmr_node *node;
	const struct fmr_keyword_info *info;
	const struct fmr_value *value; /* of the keyword */
};

static void fault(struct job *job, const char *expected)
{
	fmr_builder_fault(job->builder, job->node->resource->document, job->value, FMR_CODE_SCHEMA_INVALID,
		_("'%s' must be %s"), job->info->name, expected);
}

static void missing_kind(struct job *job, enum fmr_kind kind)
{
	static const char *const names[] = { N_("null"), N_("true or false"), N_("a number"), N_("a string"), N_("a list"),
		N_("a mapping") };
	fault(job, _(names[kind]));
}

static bool expect(struct job *job, enum fmr_kind kind)
{
	if (job->value->kind == kind)
		return true;
	missing_kind(job, kind);
	return false;
}

/* ---- rules, made when first needed ---- */

#define RULES(member)                                                                                                  \
	(job->node->member ? job->node->member : (job->node->member = fmr_arena_zero(job->arena, 1, sizeof(*job->node->member))))

static struct fmr_number_rules *number_rules(struct job *job)
{
	return RULES(number);
}

static struct fmr_value_rules *value_rules(struct job *job)
{
	return RULES(values);
}

static struct fmr_logic_rules *logic_rules(struct job *job)
{
	return RULES(logic);
}

static struct fmr_string_rules *string_rules(struct job *job)
{
	if (!job->node->string)
		RULES(string)->max = SIZE_MAX;
	return job->node->string;
}

static struct fmr_list_rules *list_rules(struct job *job)
{
	if (!job->node->list) {
		struct fmr_list_rules *rules = RULES(list);
		rules->max = rules->max_contains = SIZE_MAX;
		rules->min_contains = 1;
		rules->contains_marks = job->node->resource->dialect.draft == FMR_DRAFT_2020;
	}
	return job->node->list;
}

static struct fmr_map_rules *map_rules(struct job *job)
{
	if (!job->node->map)
		RULES(map)->max = SIZE_MAX;
	return job->node->map;
}

/* ---- values of keywords ---- */

static struct fmr_node *child_of(struct job *job, const struct fmr_value *value)
{
	struct fmr_node *node = fmr_address_get(&job->builder->nodes, value);
	if (!node || (value->kind != FMR_MAP && value->kind != FMR_BOOL)) {
		fmr_builder_fault(job->builder, job->node->resource->document, value, FMR_CODE_SCHEMA_INVALID,
			_("'%s' must hold a schema: a mapping, true or false"), job->info->name);
		return NULL;
	}
	fmr_builder_queue(job->builder, node);
	return node;
}

static struct fmr_node *child(struct job *job)
{
	return child_of(job, job->value);
}

static void children(struct job *job, struct fmr_node_list *out)
{
	if (!expect(job, FMR_LIST))
		return;
	size_t have = out->count, more = job->value->list.count;
	struct fmr_node **items = fmr_arena_zero(job->arena, have + more + 1, sizeof(*items));
	for (size_t i = 0; i < have; i++)
		items[i] = out->items[i];
	for (size_t i = 0; i < more; i++)
		items[have + i] = child_of(job, job->value->list.items[i]);
	*out = (struct fmr_node_list){ items, have + more };
}

static void add_to_all(struct job *job, struct fmr_node *node)
{
	struct fmr_node_list *all = &logic_rules(job)->all;
	struct fmr_node **items = fmr_arena_zero(job->arena, all->count + 1, sizeof(*items));
	items[0] = node; /* a reference comes first: it is cheap to find out whether it fits */
	for (size_t i = 0; i < all->count; i++)
		items[i + 1] = all->items[i];
	*all = (struct fmr_node_list){ items, all->count + 1 };
}

/* A count; larger ones than memory can hold are SIZE_MAX, which nothing reaches. */
static size_t count_of(struct job *job)
{
	if (!expect(job, FMR_NUMBER))
		return 0;
	if (!fmr_decimal_is_integer(job->value->text) || fmr_decimal_compare(job->value->text, (struct fmr_text){ "0", 1 }) < 0) {
		fault(job, _("an integer of 0 or more"));
		return 0;
	}
	long long count;
	return fmr_decimal_to_integer(job->value->text, &count) ? (size_t)count : SIZE_MAX;
}

static void number(struct job *job, struct fmr_text *out)
{
	if (expect(job, FMR_NUMBER))
		*out = job->value->text;
}

static const struct fmr_regex *regex_of(struct job *job, const struct fmr_value *place, struct fmr_text pattern)
{
	struct fmr_table_entry *entry = fmr_table_put(job->arena, &job->builder->patterns, pattern,
		fmr_text_hash(pattern.bytes, pattern.length));
	if (entry->data)
		return entry->data;
	struct fmr_regex *regex;
	struct fmr_err err;
	if (fmr_regex_new(pattern.bytes, pattern.length, FMR_REGEX_ECMA, &regex, &err)) {
		fmr_builder_fault(job->builder, job->node->resource->document, place, FMR_CODE_SCHEMA_PATTERN,
			"'%s': %s", job->info->name, err.text);
		return NULL;
	}
	FMR_VEC_PUSH(&job->builder->schema->regexes, regex);
	entry->data = regex;
	return regex;
}

/* ---- keywords with more to them ---- */

static unsigned type_bit(struct fmr_text name)
{
	static const struct {
		const char *name;
		unsigned bit;
	} types[] = { { "null", 1 << FMR_NULL }, { "boolean", 1 << FMR_BOOL }, { "number", 1 << FMR_NUMBER },
		{ "string", 1 << FMR_STRING }, { "array", 1 << FMR_LIST }, { "object", 1 << FMR_MAP },
		{ "integer", FMR_TYPE_INTEGER } };
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strlen(types[i].name) == name.length && memcmp(types[i].name, name.bytes, name.length) == 0)
			return types[i].bit;
	return 0;
}

static void compile_type(struct job *job)
{
	const struct fmr_value *one = job->value, *const *names = &one;
	size_t count = 1;
	if (job->value->kind == FMR_LIST) {
		names = (const struct fmr_value *const *)job->value->list.items;
		count = job->value->list.count;
	}
	unsigned bits = 0;
	for (size_t i = 0; i < count; i++) {
		unsigned bit = names[i]->kind == FMR_STRING ? type_bit(names[i]->text) : 0;
		if (!bit) {
			fault(job, _("null, boolean, integer, number, string, array, object or a list of these"));
			return;
		}
		bits |= bit;
	}
	job->node->types = (unsigned char)bits;
	if (!bits)
		job->node->verdict = FMR_NEVER; /* no type is allowed */
}

static void compile_enum(struct job *job)
{
	if (!expect(job, FMR_LIST))
		return;
	struct fmr_value_rules *rules = value_rules(job);
	rules->allowed = job->value;
	if (job->value->list.count <= MANY_STRINGS)
		return;
	for (size_t i = 0; i < job->value->list.count; i++) {
		const struct fmr_value *item = job->value->list.items[i];
		if (item->kind == FMR_STRING)
			fmr_table_put(job->arena, &rules->strings, item->text, fmr_text_hash(item->text.bytes, item->text.length));
	}
}

static void compile_required(struct job *job)
{
	if (!expect(job, FMR_LIST))
		return;
	struct fmr_map_rules *rules = map_rules(job);
	rules->required_list = job->value;
	for (size_t i = 0; i < job->value->list.count; i++) {
		const struct fmr_value *name = job->value->list.items[i];
		if (name->kind != FMR_STRING) {
			fault(job, _("a list of names"));
			return;
		}
		struct fmr_table_entry *entry = fmr_table_put(job->arena, &rules->names, name->text,
			fmr_text_hash(name->text.bytes, name->text.length));
		rules->required += !entry->flag;
		entry->flag = true;
	}
}

static void compile_properties(struct job *job)
{
	if (!expect(job, FMR_MAP))
		return;
	struct fmr_map_rules *rules = map_rules(job);
	for (size_t i = 0; i < job->value->map.count; i++) {
		const struct fmr_member *member = &job->value->map.members[i];
		struct fmr_node *node = child_of(job, member->value);
		fmr_table_put(job->arena, &rules->names, member->key, member->key_hash)->data = node;
	}
}

static void compile_pattern_properties(struct job *job)
{
	if (!expect(job, FMR_MAP))
		return;
	struct fmr_map_rules *rules = map_rules(job);
	rules->patterns = fmr_arena_zero(job->arena, job->value->map.count + 1, sizeof(*rules->patterns));
	for (size_t i = 0; i < job->value->map.count && !job->builder->failed; i++) {
		const struct fmr_member *member = &job->value->map.members[i];
		const struct fmr_value name = { .span = member->key_span };
		rules->patterns[i].regex = regex_of(job, &name, member->key);
		rules->patterns[i].text = member->key;
		rules->patterns[i].node = child_of(job, member->value);
		rules->pattern_count = i + 1;
	}
}

static void read_names(struct job *job, const struct fmr_value *list, struct fmr_dependency *out)
{
	out->names = fmr_arena_zero(job->arena, list->list.count + 1, sizeof(*out->names));
	out->count = list->list.count;
	for (size_t i = 0; i < list->list.count; i++) {
		if (list->list.items[i]->kind != FMR_STRING) {
			fault(job, _("a mapping of lists of names"));
			return;
		}
		out->names[i] = list->list.items[i]->text;
	}
}

/* dependentRequired, dependentSchemas and their older union */
static void compile_dependencies(struct job *job)
{
	if (!expect(job, FMR_MAP))
		return;
	struct fmr_map_rules *rules = map_rules(job);
	size_t have = rules->dependency_count, more = job->value->map.count;
	struct fmr_dependency *all = fmr_arena_zero(job->arena, have + more + 1, sizeof(*all));
	if (have)
		memcpy(all, rules->dependencies, have * sizeof(*all));
	for (size_t i = 0; i < more && !job->builder->failed; i++) {
		const struct fmr_member *member = &job->value->map.members[i];
		struct fmr_dependency *one = &all[have + i];
		one->key = member->key;
		one->keyword = job->info->name;
		bool names = job->info->keyword == FMR_KW_DEPENDENT_REQUIRED ||
			(job->info->keyword == FMR_KW_DEPENDENCIES && member->value->kind == FMR_LIST);
		if (!names)
			one->node = child_of(job, member->value);
		else if (member->value->kind == FMR_LIST)
			read_names(job, member->value, one);
		else
			fault(job, _("a mapping of lists of names"));
	}
	rules->dependencies = all;
	rules->dependency_count = have + more;
}

static void compile_items(struct job *job)
{
	struct fmr_list_rules *rules = list_rules(job);
	if (job->value->kind == FMR_LIST && job->node->resource->dialect.draft != FMR_DRAFT_2020) {
		children(job, &rules->prefix);
		return;
	}
	rules->items = child(job);
	rules->items_keyword = job->info->name;
}

/* Only of use behind a list of items. */
static void compile_additional_items(struct job *job)
{
	const struct fmr_value *items = fmr_value_get(job->node->value, "items");
	if (!items || items->kind != FMR_LIST)
		return;
	list_rules(job)->items = child(job);
	list_rules(job)->items_keyword = job->info->name;
}

static void compile_ref(struct job *job)
{
	if (!expect(job, FMR_STRING))
		return;
	struct fmr_node *target = fmr_builder_resolve(job->builder, job->node, job->value);
	if (!target)
		return;
	fmr_builder_queue(job->builder, target);
	add_to_all(job, target);
}

static void compile_dynamic_ref(struct job *job)
{
	if (!expect(job, FMR_STRING))
		return;
	struct fmr_node *target = fmr_builder_resolve(job->builder, job->node, job->value);
	if (!target)
		return;
	fmr_builder_queue(job->builder, target);
	const struct fmr_text *text = &job->value->text;
	const char *hash = memchr(text->bytes, '#', text->length);
	bool recursive = job->info->keyword == FMR_KW_RECURSIVE_REF;
	const char *name = hash && !recursive ? hash + 1 : "";
	if (!target->dynamic_anchor || strcmp(target->dynamic_anchor, name) != 0) {
		add_to_all(job, target);
		return;
	}
	struct fmr_logic_rules *rules = logic_rules(job);
	rules->dynamic = fmr_arena_zero(job->arena, 1, sizeof(*rules->dynamic));
	rules->dynamic[0] = (struct fmr_dynamic_rule){ target, target->dynamic_anchor };
	rules->dynamic_count = 1;
	job->builder->schema->dynamic = true;
}

static void compile_format(struct job *job)
{
	if (!expect(job, FMR_STRING))
		return;
	bool assert_format = job->builder->options->assert_format ||
		job->node->resource->dialect.vocabularies & FMR_VOCAB_FORMAT_ASSERT;
	struct fmr_string_rules *rules = string_rules(job);
	rules->format_name = job->value->text.bytes;
	if (assert_format)
		rules->format = fmr_format_find(job->value->text);
}

static void compile_pattern(struct job *job)
{
	if (!expect(job, FMR_STRING))
		return;
	struct fmr_string_rules *rules = string_rules(job);
	rules->pattern_text = job->value->text;
	rules->pattern = regex_of(job, job->value, job->value->text);
}

static void compile_multiple(struct job *job)
{
	number(job, &number_rules(job)->multiple);
	if (job->value->kind == FMR_NUMBER && fmr_decimal_compare(job->value->text, (struct fmr_text){ "0", 1 }) <= 0)
		fault(job, _("a number above 0"));
}

static void compile_unique(struct job *job)
{
	if (expect(job, FMR_BOOL) && job->value->boolean)
		list_rules(job)->unique = true;
}

static void compile_const(struct job *job)
{
	value_rules(job)->constant = job->value;
}

/* Where the subschema of a keyword goes that has one; NULL of others. */
static struct fmr_node **place_of_child(struct job *job)
{
	switch (job->info->keyword) {
	case FMR_KW_ADDITIONAL_PROPERTIES: return &map_rules(job)->additional;
	case FMR_KW_CONTAINS: return &list_rules(job)->contains;
	case FMR_KW_ELSE: return &logic_rules(job)->else_;
	case FMR_KW_IF: return &logic_rules(job)->if_;
	case FMR_KW_NOT: return &logic_rules(job)->not_;
	case FMR_KW_PROPERTY_NAMES: return &map_rules(job)->property_names;
	case FMR_KW_THEN: return &logic_rules(job)->then_;
	case FMR_KW_UNEVALUATED_ITEMS: return &job->node->unevaluated_items;
	case FMR_KW_UNEVALUATED_PROPERTIES: return &job->node->unevaluated_properties;
	default: return NULL;
	}
}

static struct fmr_node_list *place_of_children(struct job *job)
{
	switch (job->info->keyword) {
	case FMR_KW_ALL_OF: return &logic_rules(job)->all;
	case FMR_KW_ANY_OF: return &logic_rules(job)->any;
	case FMR_KW_ONE_OF: return &logic_rules(job)->one;
	case FMR_KW_PREFIX_ITEMS: return &list_rules(job)->prefix;
	default: return NULL;
	}
}

static size_t *place_of_count(struct job *job)
{
	switch (job->info->keyword) {
	case FMR_KW_MAX_CONTAINS: return &list_rules(job)->max_contains;
	case FMR_KW_MAX_ITEMS: return &list_rules(job)->max;
	case FMR_KW_MAX_LENGTH: return &string_rules(job)->max;
	case FMR_KW_MAX_PROPERTIES: return &map_rules(job)->max;
	case FMR_KW_MIN_CONTAINS: return &list_rules(job)->min_contains;
	case FMR_KW_MIN_ITEMS: return &list_rules(job)->min;
	case FMR_KW_MIN_LENGTH: return &string_rules(job)->min;
	case FMR_KW_MIN_PROPERTIES: return &map_rules(job)->min;
	default: return NULL;
	}
}

static struct fmr_text *place_of_number(struct job *job)
{
	switch (job->info->keyword) {
	case FMR_KW_EXCLUSIVE_MAXIMUM: return &number_rules(job)->below;
	case FMR_KW_EXCLUSIVE_MINIMUM: return &number_rules(job)->above;
	case FMR_KW_MAXIMUM: return &number_rules(job)->maximum;
	case FMR_KW_MINIMUM: return &number_rules(job)->minimum;
	default: return NULL;
	}
}

/* A keyword with rules of its own; NULL of those that hold a subschema or a number, and of mere annotations. */
static void (*compiler_of(enum fmr_keyword keyword))(struct job *)
{
	switch (keyword) {
	case FMR_KW_ADDITIONAL_ITEMS: return compile_additional_items;
	case FMR_KW_CONST: return compile_const;
	case FMR_KW_DEPENDENCIES:
	case FMR_KW_DEPENDENT_REQUIRED:
	case FMR_KW_DEPENDENT_SCHEMAS: return compile_dependencies;
	case FMR_KW_DYNAMIC_REF:
	case FMR_KW_RECURSIVE_REF: return compile_dynamic_ref;
	case FMR_KW_ENUM: return compile_enum;
	case FMR_KW_FORMAT: return compile_format;
	case FMR_KW_ITEMS: return compile_items;
	case FMR_KW_MULTIPLE_OF: return compile_multiple;
	case FMR_KW_PATTERN: return compile_pattern;
	case FMR_KW_PATTERN_PROPERTIES: return compile_pattern_properties;
	case FMR_KW_PROPERTIES: return compile_properties;
	case FMR_KW_REF: return compile_ref;
	case FMR_KW_REQUIRED: return compile_required;
	case FMR_KW_TYPE: return compile_type;
	case FMR_KW_UNIQUE_ITEMS: return compile_unique;
	default: return NULL;
	}
}

static void compile_keyword(struct job *job)
{
	void (*compile)(struct job *) = compiler_of(job->info->keyword);
	struct fmr_node **one;
	struct fmr_node_list *several;
	size_t *limit;
	struct fmr_text *bound;
	if (compile)
		compile(job);
	else if ((one = place_of_child(job)))
		*one = child(job);
	else if ((several = place_of_children(job)))
		children(job, several);
	else if ((limit = place_of_count(job)))
		*limit = count_of(job);
	else if ((bound = place_of_number(job)))
		number(job, bound);
}

static void compile_node(struct fmr_builder *builder, struct fmr_node *node)
{
	const struct fmr_value *value = node->value;
	if (value->kind == FMR_BOOL) {
		node->verdict = value->boolean ? FMR_ALWAYS : FMR_NEVER;
		return;
	}
	if (value->kind != FMR_MAP) {
		fmr_builder_fault(builder, node->resource->document, value, FMR_CODE_SCHEMA_INVALID,
			_("a schema must be a mapping, true or false"));
		return;
	}
	struct job job = { builder, &builder->schema->arena, node, NULL, NULL };
	/* up to draft-07 nothing beside $ref counts */
	bool only_ref = node->resource->dialect.draft < FMR_DRAFT_2019 && fmr_value_get(value, "$ref");
	for (size_t i = 0; i < value->map.count && !builder->failed; i++) {
		job.info = fmr_keyword_find(value->map.members[i].key, &node->resource->dialect);
		job.value = value->map.members[i].value;
		if (job.info && (!only_ref || job.info->keyword == FMR_KW_REF))
			compile_keyword(&job);
	}
	node->wants_marks = node->unevaluated_items || node->unevaluated_properties;
	struct fmr_logic_rules *logic = node->logic;
	if (logic && !logic->if_)
		logic->then_ = logic->else_ = NULL;
	bool empty = !node->types && !node->values && !node->number && !node->string && !node->list && !node->map && !logic &&
		!node->wants_marks;
	if (empty && node->verdict == FMR_BY_RULES)
		node->verdict = FMR_ALWAYS;
}

void fmr_builder_queue(struct fmr_builder *builder, struct fmr_node *node)
{
	if (node->queued)
		return;
	node->queued = true;
	FMR_VEC_PUSH(&builder->queue, node);
}

/* A $dynamicRef may lead to any node with such an anchor: those of other documents are compiled too. */
static void queue_dynamic_targets(struct fmr_builder *builder)
{
	for (size_t i = 0; builder->schema->dynamic && i < builder->schema->resources.count; i++) {
		const struct fmr_resource *resource = builder->schema->resources.items[i];
		for (size_t k = 0; k < resource->dynamic.count; k++)
			fmr_builder_queue(builder, resource->dynamic.items[k].node);
	}
}

bool fmr_builder_compile(struct fmr_builder *builder)
{
	while (!builder->failed && builder->queue.count) {
		while (!builder->failed && builder->queue.count)
			compile_node(builder, builder->queue.items[--builder->queue.count]);
		queue_dynamic_targets(builder);
	}
	return !builder->failed;
}
