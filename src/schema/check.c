/*
 * Does a value fit?  The first pass only answers yes or no and is what nearly
 * every record sees; when the answer is no, a second one makes the findings.
 */
#include "schema/check.h"

#include "base/alloc.h"
#include "base/decimal.h"
#include "base/equal.h"

#include <string.h>

enum {
	CHECK_DEPTH = 1500,          /* nodes in nodes; a schema that refers to itself without end hits it */
	STEPS_FREE = 20000000,       /* nodes visited, whatever the size of the text ... */
	STEPS_PER_BYTE = 200,        /* ... and for each of its bytes */
	PATTERN_LIMIT_STEPS = 50000, /* what giving up on a pattern costs */
};

/* ---- which members or items were evaluated ---- */

struct marks {
	uint64_t *bits;
	size_t words;
	uint64_t few; /* bits points here for up to 64 members */
};

static size_t member_count(const struct fmr_value *value)
{
	return value->kind == FMR_MAP ? value->map.count : value->kind == FMR_LIST ? value->list.count : 0;
}

static void marks_init(struct marks *marks, size_t count)
{
	marks->words = (count + 63) / 64;
	marks->few = 0;
	marks->bits = marks->words > 1 ? fmr_alloc_zero(marks->words, sizeof(uint64_t)) : &marks->few;
}

static void marks_release(struct marks *marks)
{
	if (marks->bits != &marks->few)
		free(marks->bits);
}

static void mark(struct marks *marks, size_t index)
{
	if (marks)
		marks->bits[index / 64] |= (uint64_t)1 << (index % 64);
}

static bool is_marked(const struct marks *marks, size_t index)
{
	return marks->bits[index / 64] >> (index % 64) & 1;
}

static void marks_merge(struct marks *to, const struct marks *from)
{
	for (size_t i = 0; i < from->words; i++)
		to->bits[i] |= from->bits[i];
}

/* ---- walking ---- */

static bool check_node(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot, struct marks *marks);

static bool is_quiet(const struct fmr_checker *c)
{
	return c->mode == FMR_CHECK_QUIET || c->stopped;
}

static bool check_quietly(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot, struct marks *marks)
{
	enum fmr_check_mode mode = c->mode;
	c->mode = FMR_CHECK_QUIET;
	bool ok = check_node(c, node, spot, marks);
	c->mode = mode;
	return ok;
}

/* As check_quietly; what the branch evaluated counts only if it fits. */
static bool try_branch(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot, struct marks *marks)
{
	if (!marks)
		return check_quietly(c, node, spot, NULL);
	struct marks own;
	marks_init(&own, member_count(spot->value));
	bool ok = check_quietly(c, node, spot, &own);
	if (ok)
		marks_merge(marks, &own);
	marks_release(&own);
	return ok;
}

bool fmr_check_quietly(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot)
{
	return check_quietly(c, node, spot, NULL);
}

bool fmr_check_again(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot)
{
	return check_node(c, node, spot, NULL);
}

unsigned long fmr_check_measure(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot,
	unsigned *shallowest)
{
	struct fmr_checker saved = *c;
	c->mode = FMR_CHECK_MEASURE;
	c->score = 0;
	c->base_depth = spot->depth;
	c->shallowest = UINT32_MAX;
	check_node(c, node, spot, NULL);
	unsigned long score = c->score;
	*shallowest = c->shallowest;
	c->mode = saved.mode;
	c->score = saved.score;
	c->base_depth = saved.base_depth;
	c->shallowest = saved.shallowest;
	return score;
}

static bool stop(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot)
{
	if (!c->stopped)
		fmr_report_limit(c, node, spot);
	c->stopped = true;
	return false;
}

static enum fmr_regex_result match(struct fmr_checker *c, const struct fmr_regex *regex, struct fmr_text text,
	const struct fmr_node *node, const struct fmr_spot *spot, struct fmr_text pattern)
{
	enum fmr_regex_result result = fmr_regex_search(regex, text.bytes, text.length, 0, NULL);
	if (result == FMR_REGEX_LIMIT) {
		c->steps += PATTERN_LIMIT_STEPS;
		c->gave_up = true;
		fmr_report_pattern_limit(c, node, spot, pattern);
	}
	return result;
}

/* ---- scalars ---- */

static bool type_fits(const struct fmr_node *node, const struct fmr_value *value)
{
	if (node->types & 1u << value->kind)
		return true;
	return value->kind == FMR_NUMBER && node->types & FMR_TYPE_INTEGER && fmr_decimal_is_integer(value->text);
}

static bool is_allowed(const struct fmr_value_rules *rules, const struct fmr_value *value)
{
	if (rules->constant && !fmr_value_equal(rules->constant, value))
		return false;
	if (!rules->allowed)
		return true;
	if (rules->strings.slots && value->kind == FMR_STRING)
		return fmr_table_find(&rules->strings, value->text, fmr_text_hash(value->text.bytes, value->text.length));
	for (size_t i = 0; i < rules->allowed->list.count; i++)
		if (fmr_value_equal(rules->allowed->list.items[i], value))
			return true;
	return false;
}

static bool check_number(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot)
{
	const struct fmr_number_rules *rules = node->number;
	struct fmr_text text = spot->value->text;
	const struct {
		const char *keyword;
		const struct fmr_text *limit;
		bool fits;
	} limits[] = {
		{ "minimum", &rules->minimum, !rules->minimum.bytes || fmr_decimal_compare(text, rules->minimum) >= 0 },
		{ "exclusiveMinimum", &rules->above, !rules->above.bytes || fmr_decimal_compare(text, rules->above) > 0 },
		{ "maximum", &rules->maximum, !rules->maximum.bytes || fmr_decimal_compare(text, rules->maximum) <= 0 },
		{ "exclusiveMaximum", &rules->below, !rules->below.bytes || fmr_decimal_compare(text, rules->below) < 0 },
	};
	bool ok = true;
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++)
		if (!limits[i].fits) {
			ok = false;
			fmr_report_range(c, node, spot, limits[i].keyword, *limits[i].limit);
		}
	if (rules->multiple.bytes && !fmr_decimal_is_multiple(text, rules->multiple)) {
		ok = false;
		fmr_report_multiple(c, node, spot);
	}
	return ok;
}

static size_t count_characters(struct fmr_text text)
{
	size_t count = 0;
	for (size_t i = 0; i < text.length; i++)
		count += ((unsigned char)text.bytes[i] & 0xc0) != 0x80;
	return count;
}

static bool check_string(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot)
{
	const struct fmr_string_rules *rules = node->string;
	struct fmr_text text = spot->value->text;
	bool ok = true;
	/* a character takes 1 to 4 bytes: often there is nothing to count */
	if (text.length > rules->max || text.length / 4 < rules->min) {
		size_t count = count_characters(text);
		if (count < rules->min || count > rules->max) {
			ok = false;
			fmr_report_length(c, node, spot, count > rules->max);
		}
	}
	if (ok && rules->format && !rules->format(text.bytes, text.length)) {
		ok = false;
		fmr_report_format(c, node, spot);
	}
	if (!ok || !rules->pattern) /* one finding about the form of a text is enough */
		return ok;
	enum fmr_regex_result result = match(c, rules->pattern, text, node, spot, rules->pattern_text);
	if (result == FMR_REGEX_NO)
		fmr_report_pattern(c, node, spot);
	return result == FMR_REGEX_YES;
}

/* ---- lists ---- */

static bool check_items(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot, struct marks *marks)
{
	const struct fmr_list_rules *rules = node->list;
	const struct fmr_value *list = spot->value;
	bool ok = true;
	size_t count = rules->items ? list->list.count : rules->prefix.count;
	for (size_t i = 0; i < count && i < list->list.count; i++) {
		const struct fmr_spot item = { spot, list->list.items[i], NULL, i, spot->depth + 1, false };
		bool in_prefix = i < rules->prefix.count;
		const struct fmr_node *rule = in_prefix ? rules->prefix.items[i] : rules->items;
		mark(marks, i);
		if (rule->verdict == FMR_ALWAYS)
			continue;
		if (!in_prefix && rule->verdict == FMR_NEVER) {
			ok = false;
			fmr_report_extra_item(c, node, &item, rules->items_keyword);
		} else if (!check_node(c, rule, &item, NULL)) {
			ok = false;
		}
		if (!ok && is_quiet(c))
			return false;
	}
	return ok;
}

static bool check_contains(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot,
	struct marks *marks)
{
	const struct fmr_list_rules *rules = node->list;
	const struct fmr_value *list = spot->value;
	struct marks *wanted = rules->contains_marks ? marks : NULL;
	size_t count = 0;
	for (size_t i = 0; i < list->list.count && !c->stopped; i++) {
		const struct fmr_spot item = { spot, list->list.items[i], NULL, i, spot->depth + 1, false };
		if (!check_quietly(c, rules->contains, &item, NULL))
			continue;
		count++;
		mark(wanted, i);
		if (!wanted && count >= rules->min_contains && rules->max_contains == SIZE_MAX)
			break;
	}
	if (count >= rules->min_contains && count <= rules->max_contains)
		return true;
	fmr_report_contains(c, node, spot, count);
	return false;
}

static bool check_list(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot, struct marks *marks)
{
	const struct fmr_list_rules *rules = node->list;
	const struct fmr_value *list = spot->value;
	bool ok = true;
	if (list->list.count < rules->min || list->list.count > rules->max) {
		ok = false;
		fmr_report_items(c, node, spot, list->list.count > rules->max);
	}
	if ((ok || !is_quiet(c)) && (rules->items || rules->prefix.count))
		ok = check_items(c, node, spot, marks) && ok;
	if ((ok || !is_quiet(c)) && rules->contains)
		ok = check_contains(c, node, spot, marks) && ok;
	size_t first, second;
	if ((ok || !is_quiet(c)) && rules->unique && fmr_value_find_twins(list, &first, &second)) {
		ok = false;
		fmr_report_twins(c, node, spot, first, second);
	}
	return ok;
}

/* ---- maps ---- */

static bool check_name(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *field)
{
	const struct fmr_value name = { .kind = FMR_STRING, .span = field->member->key_span, .text = field->member->key };
	const struct fmr_spot spot = { field->up, &name, field->member, 0, field->depth, true };
	if (check_quietly(c, node->map->property_names, &spot, NULL))
		return true;
	fmr_report_name(c, node, &spot);
	return false;
}

/* properties, patternProperties, additionalProperties, propertyNames for one member */
static bool check_member(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *field,
	const struct fmr_node *rule, size_t index, struct marks *marks)
{
	const struct fmr_map_rules *rules = node->map;
	bool ok = true, covered = rule;
	if (rule && rule->verdict != FMR_ALWAYS)
		ok = check_node(c, rule, field, NULL);
	for (size_t i = 0; i < rules->pattern_count && (ok || !is_quiet(c)); i++) {
		const struct fmr_pattern_rule *pattern = &rules->patterns[i];
		c->steps++;
		if (match(c, pattern->regex, field->member->key, node, field, pattern->text) != FMR_REGEX_YES)
			continue;
		covered = true;
		ok = check_node(c, pattern->node, field, NULL) && ok;
	}
	if (!covered && rules->additional) {
		covered = true;
		if (rules->additional->verdict == FMR_NEVER) {
			ok = false;
			fmr_report_unknown(c, node, field, "additionalProperties");
		} else {
			ok = check_node(c, rules->additional, field, NULL) && ok;
		}
	}
	if (covered)
		mark(marks, index);
	if (rules->property_names && (ok || !is_quiet(c)))
		ok = check_name(c, node, field) && ok;
	return ok;
}

static bool check_members(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot,
	struct marks *marks)
{
	const struct fmr_map_rules *rules = node->map;
	const struct fmr_value *map = spot->value;
	const bool only_names = !rules->pattern_count && !rules->additional && !rules->property_names;
	bool ok = true;
	size_t required = 0;
	for (size_t i = 0; i < map->map.count; i++) {
		const struct fmr_member *member = &map->map.members[i];
		const struct fmr_table_entry *entry = fmr_table_find(&rules->names, member->key, member->key_hash);
		required += entry && entry->flag;
		const struct fmr_node *rule = entry ? entry->data : NULL;
		if (only_names && (!rule || rule->verdict == FMR_ALWAYS)) {
			if (rule)
				mark(marks, i);
			continue;
		}
		const struct fmr_spot field = { spot, member->value, member, 0, spot->depth + 1, false };
		if (!check_member(c, node, &field, rule, i, marks)) {
			ok = false;
			if (is_quiet(c))
				return false;
		}
	}
	if (required == rules->required)
		return ok;
	for (size_t i = 0; !is_quiet(c) && i < rules->required_list->list.count; i++) {
		struct fmr_text name = rules->required_list->list.items[i]->text;
		if (!fmr_value_member(map, name.bytes, name.length))
			fmr_report_required(c, node, spot, "required", name, NULL);
	}
	return false;
}

static bool check_dependency(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot,
	const struct fmr_dependency *rule, struct marks *marks)
{
	if (!fmr_value_member(spot->value, rule->key.bytes, rule->key.length))
		return true;
	if (rule->node)
		return check_node(c, rule->node, spot, marks);
	bool ok = true;
	for (size_t i = 0; i < rule->count; i++)
		if (!fmr_value_member(spot->value, rule->names[i].bytes, rule->names[i].length)) {
			ok = false;
			fmr_report_required(c, node, spot, rule->keyword, rule->names[i], &rule->key);
		}
	return ok;
}

static bool check_map(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot, struct marks *marks)
{
	const struct fmr_map_rules *rules = node->map;
	const size_t count = spot->value->map.count;
	bool ok = true;
	if (count < rules->min || count > rules->max) {
		ok = false;
		fmr_report_properties(c, node, spot, count > rules->max);
	}
	if ((ok || !is_quiet(c)) &&
		(rules->names.count || rules->pattern_count || rules->additional || rules->property_names))
		ok = check_members(c, node, spot, marks) && ok;
	for (size_t i = 0; i < rules->dependency_count && (ok || !is_quiet(c)); i++)
		ok = check_dependency(c, node, spot, &rules->dependencies[i], marks) && ok;
	return ok;
}

/* ---- $ref and logic ---- */

/* The outermost resource entered that has this dynamic anchor decides. */
static const struct fmr_node *dynamic_target(const struct fmr_checker *c, const struct fmr_dynamic_rule *rule)
{
	const struct fmr_node *target = rule->node;
	for (const struct fmr_scope *scope = c->scope; scope; scope = scope->up)
		for (size_t i = 0; i < scope->resource->dynamic.count; i++)
			if (scope->resource->dynamic.items[i].name == rule->name) {
				target = scope->resource->dynamic.items[i].node;
				break;
			}
	return target;
}

static bool check_any(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot, struct marks *marks)
{
	const struct fmr_node_list *branches = &node->logic->any;
	bool ok = false;
	for (size_t i = 0; i < branches->count && !c->stopped; i++) {
		ok = try_branch(c, branches->items[i], spot, marks) || ok;
		if (ok && !marks)
			break;
	}
	if (!ok)
		fmr_report_any(c, node, spot);
	return ok;
}

static bool check_one(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot, struct marks *marks)
{
	const struct fmr_node_list *branches = &node->logic->one;
	size_t fitting = 0;
	for (size_t i = 0; i < branches->count && !c->stopped; i++) {
		fitting += try_branch(c, branches->items[i], spot, marks);
		if (fitting > 1 && is_quiet(c))
			return false;
	}
	if (fitting == 1)
		return true;
	fmr_report_one(c, node, spot, fitting);
	return false;
}

static bool check_logic(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot, struct marks *marks)
{
	const struct fmr_logic_rules *rules = node->logic;
	bool ok = true;
	for (size_t i = 0; i < rules->all.count && (ok || !is_quiet(c)); i++)
		ok = check_node(c, rules->all.items[i], spot, marks) && ok;
	for (size_t i = 0; i < rules->dynamic_count && (ok || !is_quiet(c)); i++)
		ok = check_node(c, dynamic_target(c, &rules->dynamic[i]), spot, marks) && ok;
	if (rules->any.items && (ok || !is_quiet(c)))
		ok = check_any(c, node, spot, marks) && ok;
	if (rules->one.items && (ok || !is_quiet(c)))
		ok = check_one(c, node, spot, marks) && ok;
	if (rules->not_ && (ok || !is_quiet(c)) && check_quietly(c, rules->not_, spot, NULL)) {
		ok = false;
		fmr_report_not(c, node, spot);
	}
	if (rules->if_ && (ok || !is_quiet(c)) && (marks || rules->then_ || rules->else_)) {
		const struct fmr_node *next = try_branch(c, rules->if_, spot, marks) ? rules->then_ : rules->else_;
		if (next)
			ok = check_node(c, next, spot, marks) && ok;
	}
	return ok;
}

/* ---- unevaluated... ---- */

static bool check_unevaluated_items(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot,
	struct marks *marks)
{
	bool ok = true;
	const struct fmr_value *list = spot->value;
	for (size_t i = 0; i < list->list.count; i++) {
		if (is_marked(marks, i))
			continue;
		const struct fmr_spot item = { spot, list->list.items[i], NULL, i, spot->depth + 1, false };
		mark(marks, i);
		if (node->unevaluated_items->verdict == FMR_NEVER) {
			ok = false;
			fmr_report_extra_item(c, node, &item, "unevaluatedItems");
		} else if (!check_node(c, node->unevaluated_items, &item, NULL)) {
			ok = false;
		}
		if (!ok && is_quiet(c))
			return false;
	}
	return ok;
}

static bool check_unevaluated_members(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot,
	struct marks *marks, bool fits_otherwise)
{
	bool ok = true;
	const struct fmr_value *map = spot->value;
	for (size_t i = 0; i < map->map.count; i++) {
		if (is_marked(marks, i))
			continue;
		const struct fmr_member *member = &map->map.members[i];
		const struct fmr_spot field = { spot, member->value, member, 0, spot->depth + 1, false };
		mark(marks, i);
		if (node->unevaluated_properties->verdict == FMR_NEVER) {
			ok = false;
			/* known to a part that failed for another reason: that finding says it all */
			if (fits_otherwise || !fmr_node_declares(node, member->key, 0))
				fmr_report_unknown(c, node, &field, "unevaluatedProperties");
		} else if (!check_node(c, node->unevaluated_properties, &field, NULL)) {
			ok = false;
		}
		if (!ok && is_quiet(c))
			return false;
	}
	return ok;
}

/* ---- all together ---- */

static bool check_rules(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot, struct marks *marks)
{
	bool ok = true;
	if (node->values && !is_allowed(node->values, spot->value)) {
		fmr_report_values(c, node, spot);
		return false;
	}
	switch (spot->value->kind) {
	case FMR_NUMBER:
		ok = !node->number || check_number(c, node, spot);
		break;
	case FMR_STRING:
		ok = !node->string || check_string(c, node, spot);
		break;
	case FMR_LIST:
		ok = !node->list || check_list(c, node, spot, marks);
		break;
	case FMR_MAP:
		ok = !node->map || check_map(c, node, spot, marks);
		break;
	case FMR_NULL:
	case FMR_BOOL:
		break;
	}
	if (node->logic && (ok || !is_quiet(c)))
		ok = check_logic(c, node, spot, marks) && ok;
	return ok;
}

/* A node with unevaluated... sees only what it evaluated itself: it has marks of its own. */
static bool check_with_marks(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot,
	struct marks *outer)
{
	struct marks own;
	marks_init(&own, member_count(spot->value));
	bool ok = check_rules(c, node, spot, &own);
	if (spot->value->kind == FMR_LIST && node->unevaluated_items && (ok || !is_quiet(c)))
		ok = check_unevaluated_items(c, node, spot, &own) && ok;
	if (spot->value->kind == FMR_MAP && node->unevaluated_properties && (ok || !is_quiet(c)))
		ok = check_unevaluated_members(c, node, spot, &own, ok) && ok;
	if (outer)
		marks_merge(outer, &own);
	marks_release(&own);
	return ok;
}

static bool check_node(struct fmr_checker *c, const struct fmr_node *node, const struct fmr_spot *spot, struct marks *marks)
{
	if (node->verdict == FMR_ALWAYS)
		return true;
	if (c->stopped)
		return false;
	if (node->verdict == FMR_NEVER) {
		fmr_report_forbidden(c, node, spot);
		return false;
	}
	if (++c->steps > c->step_limit || c->depth >= CHECK_DEPTH)
		return stop(c, node, spot);
	if (node->types && !type_fits(node, spot->value)) {
		fmr_report_type(c, node, spot);
		return false;
	}
	const struct fmr_scope *outer = c->scope;
	const struct fmr_scope scope = { outer, node->resource };
	if (c->schema->dynamic && outer->resource != node->resource)
		c->scope = &scope;
	c->depth++;
	bool container = spot->value->kind == FMR_MAP || spot->value->kind == FMR_LIST;
	bool ok = container && node->wants_marks ? check_with_marks(c, node, spot, marks)
						 : check_rules(c, node, spot, marks);
	c->depth--;
	c->scope = outer;
	return ok;
}

struct fmr_checker *fmr_checker_new(void)
{
	return fmr_alloc_zero(1, sizeof(struct fmr_checker));
}

void fmr_checker_free(struct fmr_checker *checker)
{
	free(checker);
}

bool fmr_schema_check(const struct fmr_schema *schema, struct fmr_checker *c, const struct fmr_source *source,
	const struct fmr_value *value, struct fmr_findings *findings)
{
	const struct fmr_scope scope = { NULL, schema->root->resource };
	const struct fmr_spot spot = { .value = value };
	*c = (struct fmr_checker){ .schema = schema, .source = source, .findings = findings, .scope = &scope, .line = 1,
		.step_limit = STEPS_FREE + STEPS_PER_BYTE * (uint64_t)source->length };
	bool ok = check_node(c, schema->root, &spot, NULL);
	if (ok && !c->gave_up && !c->stopped)
		return true;
	if (c->stopped || !findings)
		return false;
	c->first_finding = fmr_findings_count(findings);
	c->mode = FMR_CHECK_LOUD;
	c->reporting = true;
	c->steps = 0;
	check_node(c, schema->root, &spot, NULL);
	return false;
}
