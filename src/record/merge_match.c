/*
 * Which items of two lists are the same: those that are equal, then those that
 * name the same thing, then those that are much alike.
 */
#include "record/merge_plan.h"
#include "record/private.h"

#include "base/alloc.h"
#include "base/equal.h"
#include "base/clock.h"
#include "yaml/edit.h"

#include <stdlib.h>
#include <string.h>

/* More pairs than this are not looked at one by one. */
enum { MOST_PAIRS = 250000, MOST_SORTED = 10000 };

#define ATTACHMENT_NAME "file"

/* ---- what tells items apart ---- */

static bool is_path(const char *path, const char *field)
{
	return path && strcmp(path, field) == 0;
}

/* The first field of an item that a chain of the type orders: "uses.from" for the list "uses". */
static const char *ordered_member(const struct fmr_type *type, const char *list)
{
	const size_t length = strlen(list);
	for (const char *const *const *chain = type->time_order; chain && *chain; chain++)
		for (const char *const *path = *chain; *path; path++)
			if (strncmp(*path, list, length) == 0 && (*path)[length] == '.' && !strchr(*path + length + 1, '.'))
				return *path + length + 1;
	return NULL;
}

/* The one link that every item must have. */
static const char *required_link(const struct fmr_field *item)
{
	const char *only = NULL;
	for (size_t i = 0; i < item->child_count; i++) {
		const struct fmr_field *child = &item->children[i];
		if (child->kind != FMR_FIELD_LINK || !child->required)
			continue;
		if (only)
			return NULL;
		only = child->name;
	}
	return only;
}

struct fmr_merge_identity fmr_merge_identity_of(const struct fmr_type *type, const struct fmr_field *list)
{
	struct fmr_merge_identity identity = { 0 };
	const struct fmr_field *item = list && list->child_count ? &list->children[0] : NULL;
	if (!item)
		return identity;
	identity.set = list->unique || (item->kind != FMR_FIELD_TEXT && item->kind != FMR_FIELD_MAP && item->kind != FMR_FIELD_LIST);
	identity.time = is_path(type->log.field, list->path) ? type->log.time : ordered_member(type, list->path);
	if (is_path(type->attachments, list->path))
		identity.key = ATTACHMENT_NAME;
	else if (item->kind == FMR_FIELD_LINK)
		identity.key = FMR_LINK_TO;
	else if (item->kind == FMR_FIELD_MAP && !identity.time) /* the same system can fail twice */
		identity.key = required_link(item);
	return identity;
}

static bool names_all(const struct fmr_value *list, const char *key)
{
	for (size_t i = 0; list && list->kind == FMR_LIST && i < list->list.count; i++) {
		const struct fmr_value *name = fmr_value_get(list->list.items[i], key);
		if (!name || (name->kind != FMR_STRING && name->kind != FMR_NUMBER))
			return false;
	}
	return true;
}

static bool holds_scalars(const struct fmr_value *list)
{
	for (size_t i = 0; list && list->kind == FMR_LIST && i < list->list.count; i++)
		if (list->list.items[i]->kind == FMR_MAP || list->list.items[i]->kind == FMR_LIST)
			return false;
	return true;
}

struct fmr_merge_identity fmr_merge_identity_by(const char *const *keys, const struct fmr_merge_node *node)
{
	const struct fmr_value *const *sides = node->value;
	struct fmr_merge_identity identity = { .set = holds_scalars(sides[FMR_BASE]) && holds_scalars(sides[FMR_OURS]) &&
			holds_scalars(sides[FMR_THEIRS]) };
	for (; keys && *keys && !identity.set && !identity.key; keys++)
		if (names_all(sides[FMR_BASE], *keys) && names_all(sides[FMR_OURS], *keys) && names_all(sides[FMR_THEIRS], *keys))
			identity.key = *keys;
	return identity;
}

/* ---- equal items ---- */

/* The items of b by their hashes: chains, each in the order of the list. */
struct table {
	size_t *first, *next; /* by bucket, by item */
	uint32_t *hashes;
	size_t buckets;
};

static void table_make(struct table *table, struct fmr_merge_items b)
{
	table->buckets = (2 * b.count) | 1;
	table->first = fmr_alloc_zero(table->buckets, sizeof(*table->first));
	table->next = fmr_alloc_zero(b.count + 1, sizeof(*table->next));
	table->hashes = fmr_alloc_zero(b.count + 1, sizeof(*table->hashes));
	for (size_t i = 0; i < table->buckets; i++)
		table->first[i] = FMR_NOWHERE;
	for (size_t i = b.count; i-- > 0;) {
		table->hashes[i] = fmr_value_hash(b.items[i]);
		table->next[i] = table->first[table->hashes[i] % table->buckets];
		table->first[table->hashes[i] % table->buckets] = i;
	}
}

static void table_release(struct table *table)
{
	free(table->first);
	free(table->next);
	free(table->hashes);
}

/* The first item of b that is equal and still free; it leaves its chain. */
static size_t table_take(struct table *table, struct fmr_merge_items b, const struct fmr_value *value)
{
	const uint32_t hash = fmr_value_hash(value);
	for (size_t *at = &table->first[hash % table->buckets]; *at != FMR_NOWHERE; at = &table->next[*at]) {
		const size_t found = *at;
		if (table->hashes[found] != hash || !fmr_same_value(value, b.items[found]))
			continue;
		*at = table->next[found];
		return found;
	}
	return FMR_NOWHERE;
}

/* ---- items of the same name, and items much alike ---- */

static const struct fmr_text *name_of(const struct fmr_merge_identity *identity, const struct fmr_value *item)
{
	if (item->kind == FMR_MAP)
		item = fmr_value_get(item, identity->key);
	return item && (item->kind == FMR_STRING || item->kind == FMR_NUMBER) ? &item->text : NULL;
}

static bool same_text(const struct fmr_text *a, const struct fmr_text *b)
{
	return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* How much of the longer text is at both ends of the other, in percent. */
static unsigned text_likeness(struct fmr_text a, struct fmr_text b)
{
	const size_t shorter = a.length < b.length ? a.length : b.length, longer = a.length + b.length - shorter;
	size_t head = 0, tail = 0;
	while (head < shorter && a.bytes[head] == b.bytes[head])
		head++;
	while (tail < shorter - head && a.bytes[a.length - 1 - tail] == b.bytes[b.length - 1 - tail])
		tail++;
	return longer ? (unsigned)((head + tail) * 100 / longer) : 100;
}

/* 0 to 100: the members that are equal, of all. */
static unsigned map_likeness(const struct fmr_value *a, const struct fmr_value *b)
{
	size_t same = 0, next = 0;
	const size_t more = a->map.count > b->map.count ? a->map.count : b->map.count;
	for (size_t i = 0; i < a->map.count; i++) {
		const struct fmr_member *other = fmr_next_member(b, &a->map.members[i], &next);
		same += other && fmr_same_value(a->map.members[i].value, other->value);
	}
	return more ? (unsigned)(same * 100 / more) : 100;
}

static unsigned likeness(const struct fmr_merge_identity *identity, const struct fmr_value *a, const struct fmr_value *b)
{
	if (a->kind != b->kind)
		return 0;
	if (a->kind == FMR_MAP)
		return map_likeness(a, b);
	return a->kind == FMR_STRING && !identity->set ? text_likeness(a->text, b->text) : 0;
}

/* What is left of both lists. */
struct rest {
	const struct fmr_merge_identity *identity;
	struct fmr_merge_items a, b;
	size_t *pair;
	bool *taken; /* items of b */
};

static void match_names(const struct rest *rest)
{
	for (size_t i = 0; i < rest->a.count; i++) {
		const struct fmr_text *name = rest->pair[i] == FMR_NOWHERE ? name_of(rest->identity, rest->a.items[i]) : NULL;
		for (size_t j = 0; name && j < rest->b.count; j++) {
			const struct fmr_text *other = rest->taken[j] ? NULL : name_of(rest->identity, rest->b.items[j]);
			if (!other || !same_text(name, other))
				continue;
			rest->pair[i] = j;
			rest->taken[j] = true;
			break;
		}
	}
}

static void match_alike(const struct rest *rest)
{
	for (size_t i = 0; i < rest->a.count; i++) {
		unsigned best = 49;
		size_t found = FMR_NOWHERE;
		for (size_t j = 0; rest->pair[i] == FMR_NOWHERE && j < rest->b.count; j++) {
			const unsigned like = rest->taken[j] ? 0 : likeness(rest->identity, rest->a.items[i], rest->b.items[j]);
			if (like > best) {
				best = like;
				found = j;
			}
		}
		if (found == FMR_NOWHERE)
			continue;
		rest->pair[i] = found;
		rest->taken[found] = true;
	}
}

void fmr_merge_match(const struct fmr_merge_identity *identity, struct fmr_merge_items a, struct fmr_merge_items b,
	bool alike, size_t *pair)
{
	struct rest rest = { .identity = identity, .a = a, .b = b, .pair = pair };
	rest.taken = fmr_alloc_zero(b.count + 1, sizeof(*rest.taken));
	struct table table;
	table_make(&table, b);
	size_t left = 0;
	for (size_t i = 0; i < a.count; i++) {
		pair[i] = table_take(&table, b, a.items[i]);
		if (pair[i] != FMR_NOWHERE)
			rest.taken[pair[i]] = true;
		else
			left++;
	}
	table_release(&table);
	if (left <= MOST_PAIRS / (b.count + 1)) {
		if (identity->key)
			match_names(&rest);
		if (alike)
			match_alike(&rest);
	}
	free(rest.taken);
}

/* ---- order of time ---- */

static bool time_of(const struct fmr_merge_identity *identity, const struct fmr_value *item, struct fmr_time *time)
{
	const struct fmr_value *value = fmr_value_get(item, identity->time);
	return value && value->kind == FMR_STRING && fmr_time_parse(value->text.bytes, value->text.length, time);
}

static bool is_in_order(const struct fmr_merge_identity *identity, const struct fmr_value *list)
{
	struct fmr_time before, time;
	for (size_t i = 0; i < list->list.count; i++, before = time) {
		if (!time_of(identity, list->list.items[i], &time) || (i && fmr_time_compare(&before, &time) > 0))
			return false;
	}
	return true;
}

/* A part and its time, if it has one. */
struct timed {
	struct fmr_merge_part part;
	struct fmr_time time;
	bool known;
};

static struct timed timed_part(const struct fmr_merge_identity *identity, struct fmr_merge_part part,
	struct fmr_arena *arena)
{
	struct timed timed = { .part = part };
	const struct fmr_value *item = NULL;
	for (int side = FMR_THEIRS; side >= FMR_BASE && !item; side--)
		item = fmr_merge_value(part.node, (enum fmr_merge_side)side, arena);
	timed.known = item && time_of(identity, item, &timed.time);
	return timed;
}

void fmr_merge_sort(const struct fmr_merge_identity *identity, struct fmr_merge_node *node, struct fmr_arena *arena)
{
	if (!identity->time || node->count > MOST_SORTED || !is_in_order(identity, node->value[FMR_OURS]) ||
		!is_in_order(identity, node->value[FMR_THEIRS]))
		return;
	struct timed *sorted = fmr_alloc_zero(node->count + 1, sizeof(*sorted));
	for (size_t i = 0; i < node->count; i++) {
		const struct timed one = timed_part(identity, node->parts[i], arena);
		size_t place = i;
		for (; one.known && place && sorted[place - 1].known &&
			fmr_time_compare(&sorted[place - 1].time, &one.time) > 0; place--)
			sorted[place] = sorted[place - 1];
		sorted[place] = one;
	}
	for (size_t i = 0; i < node->count; i++)
		node->parts[i] = sorted[i].part;
	free(sorted);
}
