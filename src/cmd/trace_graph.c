#include "cmd/trace_graph.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/dict.h"
#include "base/vec.h"
#include "index/index.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum side { BEFORE, AFTER };

/* A node that is to be followed, and how far it is from the first one. */
struct waiting {
	size_t node;
	long depth;
};

/* Has a node been reached on this side? */
struct reached {
	bool on[2];
};

struct fmr_trace {
	struct fmr_book *book;
	struct fmr_trace_options options;
	struct fmr_arena arena;
	struct fmr_dict ids;   /* id -> number of its node */
	struct fmr_dict links; /* links that are in the graph */
	FMR_VEC(struct fmr_graph_node) nodes;
	FMR_VEC(struct fmr_graph_edge) edges;
	FMR_VEC(struct reached) reached; /* of each node */
	FMR_VEC(struct waiting) queue;   /* of one side, nearest first */
	struct fmr_rows *record, *from, *to;
	bool cut;
};

/* A link as the index tells it. */
struct found {
	const char *source, *field, *target, *inverse, *source_type, *target_type, *note, *on, *judged;
};

/* ---- nodes ---- */

static const char *keep(struct fmr_trace *trace, const struct fmr_rows *rows, size_t column)
{
	size_t length;
	const char *text = fmr_rows_text(rows, column, &length);
	return text ? fmr_arena_strndup(&trace->arena, text, length) : NULL;
}

static const char *words(const struct fmr_trace *trace, const struct fmr_words *given)
{
	const char *text = fmr_words_in(given, trace->options.language);
	return *text ? text : NULL;
}

static const char *state_label(const struct fmr_trace *trace, const struct fmr_type *type, const char *state)
{
	for (size_t i = 0; state && i < type->state_count; i++)
		if (strcmp(type->states[i].name, state) == 0)
			return words(trace, &type->states[i].label);
	return state;
}

/* Nodes of one type look alike, whatever else is in the graph. */
static size_t color_of(struct fmr_book *book, const char *type)
{
	const char *const *names;
	size_t count;
	if (fmr_book_type_names(book, &names, &count, NULL))
		return 0;
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], type) == 0)
			return i;
	return count;
}

static int describe(struct fmr_trace *trace, struct fmr_graph_node *node, struct fmr_err *err)
{
	fmr_rows_again(trace->record);
	fmr_rows_bind_text(trace->record, 1, node->id, strlen(node->id));
	int result = fmr_rows_next(trace->record, err);
	if (result <= 0) {
		node->missing = result == 0;
		return result;
	}
	node->type = keep(trace, trace->record, 0);
	node->title = keep(trace, trace->record, 1);
	node->state = keep(trace, trace->record, 2);
	node->path = keep(trace, trace->record, 3);
	const struct fmr_type *type;
	result = fmr_book_type(trace->book, node->type, &type, NULL, err);
	if (result)
		return result;
	node->type_label = words(trace, &type->label);
	node->state_label = state_label(trace, type, node->state);
	node->color = color_of(trace->book, node->type);
	return 0;
}

static int add_node(struct fmr_trace *trace, const char *id, size_t *number, struct fmr_err *err)
{
	struct fmr_graph_node node = { .id = fmr_arena_strdup(&trace->arena, id) };
	int result = describe(trace, &node, err);
	if (result)
		return result;
	*number = trace->nodes.count;
	fmr_dict_add(&trace->ids, node.id, *number);
	FMR_VEC_PUSH(&trace->nodes, node);
	FMR_VEC_PUSH(&trace->reached, (struct reached){ 0 });
	return 0;
}

/* ---- links ---- */

static bool is_among(const char *const *names, const char *name)
{
	for (; names && *names; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

static bool is_wanted(const struct fmr_trace *trace, const char *type)
{
	if (!type) /* no such record: shown, because it should be there */
		return true;
	return (!trace->options.only || is_among(trace->options.only, type)) && !is_among(trace->options.skip, type);
}

/* What the schema says of a link; both NULL when it is not the schema of this state. */
struct rule {
	const struct fmr_field *field; /* with the label */
	const struct fmr_link_rule *link;
	bool mutual;
};

static struct rule rule_of(struct fmr_trace *trace, const struct found *found)
{
	const struct fmr_type *type;
	struct rule rule = { 0 };
	if (fmr_book_type(trace->book, found->source_type, &type, NULL, NULL))
		return rule;
	const struct fmr_field *item = rule.field = fmr_type_field(type, found->field);
	while (item && item->kind == FMR_FIELD_LIST && item->child_count)
		item = item->children;
	rule.link = item ? item->link : NULL;
	/* a link is symmetric when its inverse is the field itself, in the same type */
	const char *dot = strrchr(found->field, '.');
	rule.mutual = rule.link && rule.link->inverse && strcmp(rule.link->inverse, dot ? dot + 1 : found->field) == 0 &&
		is_among(rule.link->to, found->source_type);
	return rule;
}

static bool is_new_link(struct fmr_trace *trace, const struct found *found)
{
	struct fmr_arena_mark mark = fmr_arena_mark(&trace->arena);
	const char *key = fmr_arena_format(&trace->arena, "%s %s %s", found->source, found->field, found->target);
	bool added = fmr_dict_add(&trace->links, key, 0);
	fmr_arena_rewind(&trace->arena, mark);
	return added;
}

static const char *copy(struct fmr_trace *trace, const char *text)
{
	return text ? fmr_arena_strdup(&trace->arena, text) : NULL;
}

static void add_edge(struct fmr_trace *trace, const struct found *found, const struct rule *rule, size_t source,
	size_t target)
{
	bool onward = rule->link && rule->link->onward;
	const char *label = rule->field ? words(trace, &rule->field->label) : NULL;
	const char *inverse = rule->link ? words(trace, &rule->link->inverse_label) : NULL;
	if (!is_new_link(trace, found))
		return;
	FMR_VEC_PUSH(&trace->edges,
		((struct fmr_graph_edge){ .from = onward ? source : target, .to = onward ? target : source,
			.onward = onward ? label : inverse, .back = onward ? inverse : label, .mutual = rule->mutual,
			.written_in_from = onward, .field = copy(trace, found->field), .inverse = copy(trace, found->inverse),
			.note = copy(trace, found->note), .on = copy(trace, found->on) }));
}

/* Does the link lead away from the node on this side?  Links name what comes first, unless they lead onward; those
 * between equals are followed once. */
static bool leads(const struct fmr_trace *trace, const struct rule *rule, bool outgoing, enum side side)
{
	bool onward = rule->link && rule->link->onward;
	if (rule->mutual)
		return side == (trace->options.after ? AFTER : BEFORE);
	return (outgoing == onward) == (side == AFTER);
}

struct step {
	size_t node;
	long depth;
	enum side side;
	bool outgoing; /* links that stand in the node, else links to it */
};

/* Nodes at the greatest depth are tied to what is in the graph, and add nothing to it. */
static bool may_grow(const struct fmr_trace *trace, const struct step *step)
{
	return !trace->options.depth || step->depth < trace->options.depth;
}

static bool is_full(const struct fmr_trace *trace)
{
	return trace->options.limit && trace->nodes.count >= (size_t)trace->options.limit;
}

static void count_hidden(struct fmr_trace *trace, const struct step *step)
{
	struct fmr_graph_node *node = &trace->nodes.items[step->node];
	if (step->side == AFTER)
		node->hidden_after++;
	else
		node->hidden_before++;
}

static void reach(struct fmr_trace *trace, const struct step *step, size_t number)
{
	bool *reached = &trace->reached.items[number].on[step->side];
	if (*reached || !may_grow(trace, step))
		return;
	*reached = true;
	FMR_VEC_PUSH(&trace->queue, ((struct waiting){ number, step->depth + 1 }));
}

static int take_link(struct fmr_trace *trace, const struct step *step, const struct found *found, struct fmr_err *err)
{
	const struct rule rule = rule_of(trace, found);
	const char *other = step->outgoing ? found->target : found->source;
	if (!leads(trace, &rule, step->outgoing, step->side) ||
		!is_wanted(trace, step->outgoing ? found->target_type : found->source_type))
		return 0;
	size_t number;
	if (!fmr_dict_get(&trace->ids, other, &number)) {
		trace->cut |= may_grow(trace, step) && is_full(trace);
		if (!may_grow(trace, step) || is_full(trace)) {
			count_hidden(trace, step);
			return 0;
		}
		int result = add_node(trace, other, &number, err);
		if (result)
			return result;
	}
	reach(trace, step, number);
	add_edge(trace, found, &rule, step->outgoing ? step->node : number, step->outgoing ? number : step->node);
	return 0;
}

static struct found found_in(const struct fmr_rows *rows)
{
	return (struct found){ fmr_rows_text(rows, 0, NULL), fmr_rows_text(rows, 1, NULL), fmr_rows_text(rows, 2, NULL),
		fmr_rows_text(rows, 3, NULL), fmr_rows_text(rows, 4, NULL), fmr_rows_text(rows, 5, NULL),
		fmr_rows_text(rows, 6, NULL), fmr_rows_text(rows, 7, NULL), fmr_rows_text(rows, 8, NULL) };
}

static int take_links(struct fmr_trace *trace, const struct step *step, struct fmr_err *err)
{
	struct fmr_rows *rows = step->outgoing ? trace->from : trace->to;
	const char *id = trace->nodes.items[step->node].id;
	int result;
	fmr_rows_again(rows);
	fmr_rows_bind_text(rows, 1, id, strlen(id));
	while ((result = fmr_rows_next(rows, err)) > 0) {
		const struct found found = found_in(rows);
		result = take_link(trace, step, &found, err);
		if (result)
			break;
	}
	return result;
}

static int follow(struct fmr_trace *trace, enum side side, struct fmr_err *err)
{
	trace->queue.count = 0;
	trace->reached.items[0].on[side] = true;
	FMR_VEC_PUSH(&trace->queue, ((struct waiting){ 0, 0 }));
	for (size_t i = 0; i < trace->queue.count; i++) {
		struct step step = { .node = trace->queue.items[i].node, .depth = trace->queue.items[i].depth, .side = side };
		for (int outgoing = 1; outgoing >= 0; outgoing--) {
			step.outgoing = outgoing;
			int result = take_links(trace, &step, err);
			if (result)
				return result;
		}
	}
	return 0;
}

/* ---- suspicion ---- */

/* "whys.0.preventions.1" is of the field "whys.preventions". */
static bool is_of_field(const char *path, const char *field)
{
	for (;;) {
		size_t part = strcspn(path, ".");
		bool position = part && strspn(path, "0123456789") == part;
		if (!position) {
			if (strncmp(path, field, part) != 0 || (field[part] && field[part] != '.'))
				return false;
			field += part + (field[part] == '.');
		}
		if (!path[part])
			return !*field;
		path += part + 1;
	}
}

static const char *id_of(const struct fmr_trace *trace, size_t node)
{
	return trace->nodes.items[node].id;
}

static int mark_suspect(void *context, const struct fmr_suspect *suspect)
{
	struct fmr_trace *trace = context;
	for (size_t i = 0; i < trace->edges.count; i++) {
		struct fmr_graph_edge *edge = &trace->edges.items[i];
		const char *source = id_of(trace, edge->written_in_from ? edge->from : edge->to);
		const char *target = id_of(trace, edge->written_in_from ? edge->to : edge->from);
		edge->suspect |= strcmp(source, suspect->id) == 0 && strcmp(target, suspect->to) == 0 &&
			is_of_field(suspect->link, edge->field);
	}
	return 0;
}

static int find_suspects(struct fmr_trace *trace, struct fmr_err *err)
{
	FMR_VEC(const char *) paths = { 0 };
	for (size_t i = 0; i < trace->nodes.count; i++)
		if (trace->nodes.items[i].path)
			FMR_VEC_PUSH(&paths, trace->nodes.items[i].path);
	int result = fmr_suspects_of(trace->book, paths.items, paths.count, mark_suspect, trace, err);
	FMR_VEC_RELEASE(&paths);
	return result;
}

/* ---- the trace ---- */

#define LINK_COLUMNS "source, field, target, inverse, source_type, target_type, note, \"on\", judged"

static int prepare(struct fmr_trace *trace, struct fmr_index *index, struct fmr_err *err)
{
	int result = fmr_index_prepare(
		index, "SELECT type, title, state, path FROM record WHERE id = ?", &trace->record, err);
	if (!result) /* in the order of the record */
		result = fmr_index_prepare(index, "SELECT " LINK_COLUMNS " FROM link WHERE source = ?", &trace->from, err);
	if (!result)
		result = fmr_index_prepare(index,
			"SELECT " LINK_COLUMNS " FROM link WHERE target = ? ORDER BY inverse, source", &trace->to, err);
	return result;
}

int fmr_trace_new(struct fmr_book *book, struct fmr_index *index, const char *id,
	const struct fmr_trace_options *options, struct fmr_trace **out, struct fmr_err *err)
{
	struct fmr_trace *trace = fmr_alloc_zero(1, sizeof(*trace));
	trace->book = book;
	trace->options = *options;
	fmr_arena_init(&trace->arena);
	fmr_dict_init(&trace->ids);
	fmr_dict_init(&trace->links);
	size_t root;
	int result = prepare(trace, index, err);
	if (!result)
		result = add_node(trace, id, &root, err);
	if (!result && options->before)
		result = follow(trace, BEFORE, err);
	if (!result && options->after)
		result = follow(trace, AFTER, err);
	if (!result)
		result = find_suspects(trace, err);
	*out = trace;
	if (result) {
		fmr_trace_free(trace);
		*out = NULL;
	}
	return result;
}

void fmr_trace_graph(const struct fmr_trace *trace, struct fmr_graph *out)
{
	*out = (struct fmr_graph){ .nodes = trace->nodes.items, .node_count = trace->nodes.count,
		.edges = trace->edges.items, .edge_count = trace->edges.count, .before = trace->options.before,
		.after = trace->options.after, .cut = trace->cut };
}

void fmr_trace_free(struct fmr_trace *trace)
{
	if (!trace)
		return;
	fmr_rows_free(trace->record);
	fmr_rows_free(trace->from);
	fmr_rows_free(trace->to);
	FMR_VEC_RELEASE(&trace->nodes);
	FMR_VEC_RELEASE(&trace->reached);
	FMR_VEC_RELEASE(&trace->edges);
	FMR_VEC_RELEASE(&trace->queue);
	fmr_dict_release(&trace->ids);
	fmr_dict_release(&trace->links);
	fmr_arena_release(&trace->arena);
	free(trace);
}
