/*
 * The plan of a merge: what becomes of each value.
 */
#include "record/merge_plan.h"
#include "record/private.h"

#include "base/alloc.h"
#include "base/lines.h"
#include "json/json.h"
#include "yaml/edit.h"

#include <stdlib.h>
#include <string.h>

struct planner {
	const struct fmr_type *type;
	const char *const *keys;
	struct fmr_arena *arena;
};

struct values {
	const struct fmr_value *side[FMR_SIDES];
};

static struct fmr_merge_node *plan(const struct planner *planner, const struct fmr_field *field, struct values values);

/* ---- the order of parts ---- */

/*
 * The parts as two sides have them.  The result has the order of the first;
 * what only the second has comes behind the same common part as there.  Where
 * both have something of their own at one place, `first_behind` tells whether
 * that of the first side comes last.
 */
struct sequence {
	const size_t *parts;
	size_t count;
};

struct weave {
	struct sequence first, second;
	const bool *common; /* by part */
	size_t *behind;     /* by part: where in second it is, plus one */
	size_t *out, count;
	bool (*first_behind)(const void *context, size_t first, size_t second);
	const void *context;
};

/* How many parts from `start` on belong to one side alone. */
static size_t own_run(const struct weave *weave, struct sequence sequence, size_t start)
{
	size_t end = start;
	while (end < sequence.count && !weave->common[sequence.parts[end]])
		end++;
	return end - start;
}

static void put_parts(struct weave *weave, const size_t *parts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		weave->out[weave->count++] = parts[i];
}

/* What both sides have of their own from these places on; returns how much of the first was put. */
static size_t put_runs(struct weave *weave, size_t first, size_t second)
{
	const size_t n = own_run(weave, weave->first, first), m = own_run(weave, weave->second, second);
	const size_t *mine = weave->first.parts + first, *other = weave->second.parts + second;
	const bool swap = n && m && weave->first_behind(weave->context, mine[0], other[0]);
	put_parts(weave, swap ? other : mine, swap ? m : n);
	put_parts(weave, swap ? mine : other, swap ? n : m);
	return n;
}

static void put_all(struct weave *weave)
{
	for (size_t i = 0; i < weave->second.count; i++)
		weave->behind[weave->second.parts[i]] = i + 1;
	for (size_t i = put_runs(weave, 0, 0); i < weave->first.count;) {
		const size_t part = weave->first.parts[i++];
		weave->out[weave->count++] = part;
		i += put_runs(weave, i, weave->behind[part]);
	}
}

/* ---- parts of either kind ---- */

struct parts {
	struct fmr_merge_part *items;
	size_t count, capacity;
};

static size_t count_of(const struct fmr_value *value)
{
	return !value ? 0 : value->kind == FMR_LIST ? value->list.count : value->kind == FMR_MAP ? value->map.count : 0;
}

static const struct fmr_value *value_at(const struct fmr_value *value, size_t at)
{
	if (at == FMR_NOWHERE)
		return NULL;
	return value->kind == FMR_LIST ? value->list.items[at] : value->map.members[at].value;
}

static void add_part(struct parts *parts, size_t base, size_t ours, size_t theirs)
{
	FMR_VEC_PUSH(parts, ((struct fmr_merge_part){ .at = { base, ours, theirs } }));
}

/* Put the parts that a side still has into the order of the result, as the node's parts. */
static void weave_parts(const struct planner *planner, struct fmr_merge_node *node, const struct parts *parts,
	enum fmr_merge_side first, bool (*first_behind)(const void *, size_t, size_t))
{
	const enum fmr_merge_side second = first == FMR_OURS ? FMR_THEIRS : FMR_OURS;
	size_t *orders[FMR_SIDES] = { 0 };
	bool *common = fmr_alloc_zero(parts->count + 1, sizeof(*common));
	for (int side = FMR_OURS; side <= FMR_THEIRS; side++)
		orders[side] = fmr_alloc_zero(count_of(node->value[side]) + 1, sizeof(size_t));
	for (size_t i = 0; i < parts->count; i++) {
		const size_t *at = parts->items[i].at;
		common[i] = at[FMR_OURS] != FMR_NOWHERE && at[FMR_THEIRS] != FMR_NOWHERE;
		for (int side = FMR_OURS; side <= FMR_THEIRS; side++)
			if (at[side] != FMR_NOWHERE)
				orders[side][at[side]] = i;
	}
	struct weave weave = {
		.first = { orders[first], count_of(node->value[first]) },
		.second = { orders[second], count_of(node->value[second]) },
		.common = common,
		.behind = fmr_alloc_zero(parts->count + 1, sizeof(size_t)),
		.out = fmr_alloc_zero(parts->count + 1, sizeof(size_t)),
		.first_behind = first_behind,
		.context = parts,
	};
	put_all(&weave);
	node->count = weave.count;
	node->parts = fmr_arena_zero(planner->arena, weave.count + 1, sizeof(*node->parts));
	for (size_t i = 0; i < weave.count; i++)
		node->parts[i] = parts->items[weave.out[i]];
	free(weave.behind);
	free(weave.out);
	free(common);
	free(orders[FMR_OURS]);
	free(orders[FMR_THEIRS]);
}

static struct values values_of(const struct fmr_merge_node *node, const struct fmr_merge_part *part)
{
	struct values values;
	for (int side = FMR_BASE; side < FMR_SIDES; side++)
		values.side[side] = value_at(node->value[side], part->at[side]);
	return values;
}

/* ---- maps ---- */

static size_t member_at(const struct fmr_value *map, const struct fmr_member *like, size_t *next)
{
	const struct fmr_member *member = map && map->kind == FMR_MAP ? fmr_next_member(map, like, next) : NULL;
	return member ? (size_t)(member - map->map.members) : FMR_NOWHERE;
}

struct map_order {
	struct parts parts; /* first: see weave_parts */
	const struct fmr_merge_node *node;
	const struct fmr_field *fields; /* of the map */
	size_t field_count;
};

static const struct fmr_member *member_of(const struct fmr_merge_node *node, const struct fmr_merge_part *part)
{
	const enum fmr_merge_side side = part->at[FMR_OURS] != FMR_NOWHERE ? FMR_OURS : FMR_THEIRS;
	return &node->value[side]->map.members[part->at[side]];
}

static const struct fmr_field *field_of(const struct map_order *order, const struct fmr_member *member)
{
	return fmr_fields_find(order->fields, order->field_count, member->key.bytes, member->key.length, member->key_hash);
}

/* Fields that both sides put at one place come in the order of the schema. */
static bool comes_later(const void *context, size_t first, size_t second)
{
	const struct map_order *order = context;
	const struct fmr_member *a = member_of(order->node, &order->parts.items[first]);
	const struct fmr_member *b = member_of(order->node, &order->parts.items[second]);
	const struct fmr_field *left = field_of(order, a), *right = field_of(order, b);
	if (left && right)
		return left > right;
	return left || right ? !left : strcmp(a->key.bytes, b->key.bytes) > 0;
}

static void plan_map(const struct planner *planner, const struct fmr_field *field, struct fmr_merge_node *node)
{
	const struct fmr_value *base = node->value[FMR_BASE], *ours = node->value[FMR_OURS], *theirs = node->value[FMR_THEIRS];
	struct map_order order = { .node = node };
	size_t in_base = 0, in_ours = 0, in_theirs = 0;
	if (field)
		order.fields = fmr_field_children(field, &order.field_count);
	for (size_t i = 0; i < ours->map.count; i++)
		add_part(&order.parts, member_at(base, &ours->map.members[i], &in_base), i,
			member_at(theirs, &ours->map.members[i], &in_theirs));
	in_base = 0;
	for (size_t i = 0; i < theirs->map.count; i++)
		if (member_at(ours, &theirs->map.members[i], &in_ours) == FMR_NOWHERE)
			add_part(&order.parts, member_at(base, &theirs->map.members[i], &in_base), FMR_NOWHERE, i);
	weave_parts(planner, node, &order.parts, FMR_OURS, comes_later);
	FMR_VEC_RELEASE(&order.parts);
	for (size_t i = 0; i < node->count; i++) {
		struct fmr_merge_part *part = &node->parts[i];
		part->node = plan(planner, field_of(&order, member_of(node, part)), values_of(node, part));
	}
}

/* ---- lists ---- */

static struct fmr_merge_items items_of(const struct fmr_value *list)
{
	if (!list || list->kind != FMR_LIST)
		return (struct fmr_merge_items){ 0 };
	return (struct fmr_merge_items){ list->list.items, list->list.count };
}

/* Base and one side. */
struct matched {
	size_t *pair;              /* which item of the side each item of base became */
	size_t *fresh;             /* positions of those that none became */
	struct fmr_value **items;  /* they themselves */
	size_t count;
};

static void match_side(const struct fmr_merge_identity *identity, struct fmr_merge_items base,
	struct fmr_merge_items side, struct matched *out)
{
	bool *known = fmr_alloc_zero(side.count + 1, sizeof(*known));
	*out = (struct matched){ .pair = fmr_alloc_zero(base.count + 1, sizeof(*out->pair)),
		.fresh = fmr_alloc_zero(side.count + 1, sizeof(*out->fresh)),
		.items = fmr_alloc_zero(side.count + 1, sizeof(struct fmr_value *)) };
	fmr_merge_match(identity, base, side, true, out->pair);
	for (size_t i = 0; i < base.count; i++)
		if (out->pair[i] != FMR_NOWHERE)
			known[out->pair[i]] = true;
	for (size_t i = 0; i < side.count; i++)
		if (!known[i]) {
			out->items[out->count] = side.items[i];
			out->fresh[out->count++] = i;
		}
	free(known);
}

static void matched_release(struct matched *matched)
{
	free(matched->pair);
	free(matched->fresh);
	free(matched->items);
}

/* Every item of any side is one part. */
static void find_parts(const struct fmr_merge_identity *identity, const struct fmr_merge_node *node, struct parts *parts)
{
	const struct fmr_merge_items base = items_of(node->value[FMR_BASE]);
	struct matched ours, theirs;
	match_side(identity, base, items_of(node->value[FMR_OURS]), &ours);
	match_side(identity, base, items_of(node->value[FMR_THEIRS]), &theirs);
	for (size_t i = 0; i < base.count; i++)
		if (ours.pair[i] != FMR_NOWHERE || theirs.pair[i] != FMR_NOWHERE)
			add_part(parts, i, ours.pair[i], theirs.pair[i]);
	size_t *pair = fmr_alloc_zero(ours.count + 1, sizeof(*pair));
	bool *both = fmr_alloc_zero(theirs.count + 1, sizeof(*both));
	fmr_merge_match(identity, (struct fmr_merge_items){ ours.items, ours.count },
		(struct fmr_merge_items){ theirs.items, theirs.count }, false, pair);
	for (size_t i = 0; i < ours.count; i++) {
		add_part(parts, FMR_NOWHERE, ours.fresh[i], pair[i] == FMR_NOWHERE ? FMR_NOWHERE : theirs.fresh[pair[i]]);
		if (pair[i] != FMR_NOWHERE)
			both[pair[i]] = true;
	}
	for (size_t i = 0; i < theirs.count; i++)
		if (!both[i])
			add_part(parts, FMR_NOWHERE, FMR_NOWHERE, theirs.fresh[i]);
	free(pair);
	free(both);
	matched_release(&ours);
	matched_release(&theirs);
}

/* Did the side leave the items that it shares with base in their order? */
static bool keeps_order(const struct parts *parts, enum fmr_merge_side side)
{
	size_t last = 0;
	for (size_t i = 0; i < parts->count && parts->items[i].at[FMR_BASE] != FMR_NOWHERE; i++) {
		const size_t at = parts->items[i].at[side];
		if (at == FMR_NOWHERE)
			continue;
		if (at < last)
			return false;
		last = at;
	}
	return true;
}

static int compare_values(const struct fmr_value *a, const struct fmr_value *b)
{
	struct fmr_str left, right;
	fmr_str_init(&left);
	fmr_str_init(&right);
	fmr_json_write(&left, a);
	fmr_json_write(&right, b);
	const int order = strcmp(left.bytes, right.bytes);
	fmr_str_release(&left);
	fmr_str_release(&right);
	return order;
}

struct list_order {
	struct parts parts; /* first: see weave_parts */
	const struct fmr_merge_node *node;
	enum fmr_merge_side first;
};

/* Items that both sides put at one place come in the order of their values, so that both ways of merging agree. */
static bool is_behind(const void *context, size_t first, size_t second)
{
	const struct list_order *order = context;
	const enum fmr_merge_side other = order->first == FMR_OURS ? FMR_THEIRS : FMR_OURS;
	return compare_values(value_at(order->node->value[order->first], order->parts.items[first].at[order->first]),
		       value_at(order->node->value[other], order->parts.items[second].at[other])) > 0;
}

/* Whose order the result has: that of the side that changed it; else of either, but always the same. */
static enum fmr_merge_side leading_side(const struct parts *parts, const struct fmr_merge_node *node)
{
	const bool ours = keeps_order(parts, FMR_OURS), theirs = keeps_order(parts, FMR_THEIRS);
	if (ours != theirs)
		return ours ? FMR_THEIRS : FMR_OURS;
	return compare_values(node->value[FMR_OURS], node->value[FMR_THEIRS]) <= 0 ? FMR_OURS : FMR_THEIRS;
}

static void plan_list(const struct planner *planner, const struct fmr_field *field, struct fmr_merge_node *node)
{
	struct fmr_merge_identity identity = { 0 };
	if (field)
		identity = fmr_merge_identity_of(planner->type, field);
	else if (planner->keys)
		identity = fmr_merge_identity_by(planner->keys, node);
	node->key = identity.key;
	struct list_order order = { .node = node };
	find_parts(&identity, node, &order.parts);
	order.first = leading_side(&order.parts, node);
	weave_parts(planner, node, &order.parts, order.first, is_behind);
	FMR_VEC_RELEASE(&order.parts);

	size_t count = 0;
	const struct fmr_field *item = field ? fmr_field_children(field, &count) : NULL;
	for (size_t i = 0; i < node->count; i++)
		node->parts[i].node = plan(planner, count ? item : NULL, values_of(node, &node->parts[i]));
	fmr_merge_sort(&identity, node, planner->arena);
}

/* ---- any value ---- */

static bool same(const struct fmr_value *a, const struct fmr_value *b)
{
	return a == b || (a && b && fmr_same_value(a, b));
}

/* Texts of several lines are merged by line. */
static void plan_text(const struct planner *planner, struct fmr_merge_node *node)
{
	bool lines = false;
	for (int side = FMR_BASE; side < FMR_SIDES; side++) {
		const struct fmr_value *value = node->value[side];
		if (!value || value->kind != FMR_STRING)
			return;
		lines |= value->text.length && memchr(value->text.bytes, '\n', value->text.length);
	}
	struct fmr_str merged;
	fmr_str_init(&merged);
	const bool clean = lines && fmr_lines_merge(node->value[FMR_BASE]->text, node->value[FMR_OURS]->text,
					    node->value[FMR_THEIRS]->text, NULL, &merged) == 0;
	if (clean) {
		struct fmr_value *text = fmr_value_new_string(planner->arena, merged.bytes, merged.length);
		text->style = node->value[FMR_OURS]->style;
		node->kind = FMR_MERGE_TEXT;
		node->text = text;
	}
	fmr_str_release(&merged);
}

/* As a whole: from the side that changed it, if only one did. */
static void plan_whole(struct fmr_merge_node *node)
{
	const struct fmr_value *base = node->value[FMR_BASE], *ours = node->value[FMR_OURS], *theirs = node->value[FMR_THEIRS];
	node->kind = FMR_MERGE_TAKE;
	if (same(ours, theirs) || same(base, theirs))
		node->take = FMR_OURS;
	else if (same(base, ours))
		node->take = FMR_THEIRS;
	else
		node->kind = FMR_MERGE_CONFLICT;
}

static struct fmr_merge_node *plan(const struct planner *planner, const struct fmr_field *field, struct values values)
{
	struct fmr_merge_node *node = fmr_arena_zero(planner->arena, 1, sizeof(*node));
	const struct fmr_value *ours = values.side[FMR_OURS], *theirs = values.side[FMR_THEIRS];
	memcpy(node->value, values.side, sizeof(node->value));
	plan_whole(node);
	const bool open = node->kind == FMR_MERGE_CONFLICT;
	if (ours && theirs && ours->kind == theirs->kind && (ours->kind == FMR_MAP || ours->kind == FMR_LIST)) {
		if (ours->kind == FMR_MAP)
			plan_map(planner, field, node);
		else
			plan_list(planner, field, node);
		if (open)
			node->kind = FMR_MERGE_PARTS;
	} else if (open) {
		plan_text(planner, node);
	}
	return node;
}

struct fmr_merge_node *fmr_merge_plan(const struct fmr_type *type, const char *const *keys, const struct fmr_value *base,
	const struct fmr_value *ours, const struct fmr_value *theirs, struct fmr_arena *arena)
{
	const struct planner planner = { type, keys, arena };
	const struct fmr_field record = { .name = "", .path = "", .kind = FMR_FIELD_MAP,
		.children = type ? type->fields : NULL, .child_count = type ? type->field_count : 0 };
	return plan(&planner, type ? &record : NULL, (struct values){ { base, ours, theirs } });
}

/* ---- what follows from a plan ---- */

static struct fmr_value *new_like(const struct fmr_merge_node *node, struct fmr_arena *arena)
{
	struct fmr_value *value = fmr_arena_zero(arena, 1, sizeof(*value));
	*value = *node->value[FMR_OURS];
	if (value->kind == FMR_LIST) {
		value->list.items = fmr_arena_zero(arena, node->count + 1, sizeof(*value->list.items));
		value->list.count = 0;
	} else {
		value->map.members = fmr_arena_zero(arena, node->count + 1, sizeof(*value->map.members));
		value->map.count = 0;
	}
	return value;
}

static void put_child(struct fmr_value *value, const struct fmr_merge_node *node, const struct fmr_merge_part *part,
	const struct fmr_value *child)
{
	if (value->kind == FMR_LIST) {
		value->list.items[value->list.count++] = (struct fmr_value *)child;
		return;
	}
	struct fmr_member *member = &value->map.members[value->map.count++];
	*member = *member_of(node, part);
	member->value = (struct fmr_value *)child;
}

const struct fmr_value *fmr_merge_value(const struct fmr_merge_node *node, enum fmr_merge_side side,
	struct fmr_arena *arena)
{
	if (node->kind != FMR_MERGE_PARTS)
		return node->kind == FMR_MERGE_TEXT ? node->text : node->value[node->kind == FMR_MERGE_TAKE ? node->take : side];
	struct fmr_value *value = new_like(node, arena);
	for (size_t i = 0; i < node->count; i++) {
		const struct fmr_value *child = fmr_merge_value(node->parts[i].node, side, arena);
		if (child)
			put_child(value, node, &node->parts[i], child);
	}
	return value;
}

/* Append the name of a part: its key, what names the item, or its position. */
static void put_name(const struct fmr_merge_node *node, const struct fmr_merge_part *part, bool named, struct fmr_str *path)
{
	const enum fmr_merge_side side = part->at[FMR_OURS] != FMR_NOWHERE ? FMR_OURS : FMR_THEIRS;
	const struct fmr_value *value = node->value[side];
	fmr_str_puts(path, path->length ? "." : "");
	if (value->kind != FMR_LIST) {
		const struct fmr_text *key = &value->map.members[part->at[side]].key;
		fmr_str_add(path, key->bytes, key->length);
		return;
	}
	const struct fmr_value *name = named && node->key ? fmr_value_get(value->list.items[part->at[side]], node->key) : NULL;
	if (name)
		fmr_str_add(path, name->text.bytes, name->text.length);
	else
		fmr_str_printf(path, "%zu", part->at[side]);
}

static void ask(const struct fmr_merge_options *options, struct fmr_merge_node *node, struct fmr_str *path)
{
	const size_t length = path->length;
	if (node->kind == FMR_MERGE_CONFLICT) {
		const enum fmr_merge_favor favor = options->settle(options->context, path->bytes, node->value);
		if (favor == FMR_FAVOR_NONE)
			return;
		node->kind = FMR_MERGE_TAKE;
		node->take = favor == FMR_FAVOR_OURS ? FMR_OURS : FMR_THEIRS;
	}
	for (size_t i = 0; node->kind == FMR_MERGE_PARTS && i < node->count; i++) {
		put_name(node, &node->parts[i], true, path);
		ask(options, node->parts[i].node, path);
		fmr_str_truncate(path, length);
	}
}

void fmr_merge_ask(const struct fmr_merge_options *options, struct fmr_merge_node *root)
{
	struct fmr_str path;
	fmr_str_init(&path);
	ask(options, root, &path);
	fmr_str_release(&path);
}

static size_t name_conflicts(const struct fmr_merge_node *node, struct fmr_str *path, struct fmr_str *paths)
{
	size_t count = 0;
	const size_t length = path->length;
	if (node->kind == FMR_MERGE_CONFLICT) {
		if (paths->length)
			fmr_str_puts(paths, ", ");
		fmr_str_add(paths, path->bytes, path->length);
		return 1;
	}
	for (size_t i = 0; node->kind == FMR_MERGE_PARTS && i < node->count; i++) {
		put_name(node, &node->parts[i], false, path);
		count += name_conflicts(node->parts[i].node, path, paths);
		fmr_str_truncate(path, length);
	}
	return count;
}

size_t fmr_merge_conflicts(const struct fmr_merge_node *node, struct fmr_str *paths)
{
	struct fmr_str path;
	fmr_str_init(&path);
	const size_t count = name_conflicts(node, &path, paths);
	fmr_str_release(&path);
	return count;
}
