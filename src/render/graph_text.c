/*
 * A graph as two trees on a terminal: what its first node rests on, and what follows from it.  A node that is reached
 * in several ways is unfolded where the longest way leads to it, so that a chain reads as one, and only named elsewhere.
 */
#include "render/graph_print.h"

#include "base/i18n.h"
#include "base/text.h"
#include "base/vec.h"
#include "render/print.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { GAP = 2, WIDEST_RELATION = 44, WIDEST_ID = 24, NARROWEST_TITLE = 12, TREE_DEPTH = 24 };

/* One direction of walking. */
struct side {
	const struct fmr_graph *graph;
	const struct fmr_graph_strand *strands;
	bool after;        /* away from what comes first */
	size_t *first;     /* for each node: where its strands begin in `order`; one more at the end */
	size_t *order;     /* numbers of strands */
	size_t *rank;      /* for each node: steps from the root by the longest way; 0: the root, or not reached */
	size_t *parent;    /* for each node: the last strand of that way, or NONE */
};
static const size_t NONE = SIZE_MAX;

/* A line of the tree before its columns are aligned. */
struct line {
	const char *stem;  /* the lines of the tree */
	const char *relation;
	const struct fmr_graph_node *node;
	enum { HERE, ABOVE, BELOW } unfolded;
	bool suspect;
	size_t hidden;
};

struct page {
	struct fmr_str *out;
	struct fmr_arena arena;
	FMR_VEC(struct line) lines;
	bool *shown; /* nodes that stand in a line, unfolded */
	bool color;
	size_t width, relation_width, id_width;
};

/* ---- walking ---- */

/* What is between equals is shown once, with what follows if that is asked for. */
static bool leaves(const struct side *side, const struct fmr_graph_strand *strand, size_t node)
{
	if (strand->mutual)
		return side->after == side->graph->after && (strand->from == node || strand->to == node);
	return side->after ? strand->from == node : strand->to == node;
}

static size_t other_end(const struct fmr_graph_strand *strand, size_t node)
{
	return strand->from == node ? strand->to : strand->from;
}

/* Sort the strands by the node they leave, keeping their order (a counting sort). */
static void sort_strands(struct side *side, size_t count, struct fmr_arena *arena)
{
	size_t nodes = side->graph->node_count;
	side->first = fmr_arena_zero(arena, nodes + 2, sizeof(*side->first));
	for (size_t i = 0; i < count; i++) {
		const struct fmr_graph_strand *strand = &side->strands[i];
		side->first[strand->from + 2] += leaves(side, strand, strand->from);
		if (strand->to != strand->from)
			side->first[strand->to + 2] += leaves(side, strand, strand->to);
	}
	for (size_t i = 2; i < nodes + 2; i++)
		side->first[i] += side->first[i - 1];
	side->order = fmr_arena_zero(arena, side->first[nodes + 1] + 1, sizeof(*side->order));
	for (size_t i = 0; i < count; i++) {
		const struct fmr_graph_strand *strand = &side->strands[i];
		if (leaves(side, strand, strand->from))
			side->order[side->first[strand->from + 1]++] = i;
		if (strand->to != strand->from && leaves(side, strand, strand->to))
			side->order[side->first[strand->to + 1]++] = i;
	}
}

/* Where a walk stands in the strands of a node. */
struct place {
	size_t node, next, end;
	const char *stem; /* before the lines of what it leads to */
};

static struct place enter(const struct side *side, size_t node, const char *stem)
{
	return (struct place){ node, side->first[node], side->first[node + 1], stem };
}

/* Nodes that can be reached, each after all to which it leads (depth first), but for strands that close a circle. */
static size_t finish_nodes(const struct side *side, struct fmr_arena *arena, size_t *finished, size_t *position)
{
	struct place *path = fmr_arena_zero(arena, side->graph->node_count + 1, sizeof(*path));
	bool *seen = fmr_arena_zero(arena, side->graph->node_count + 1, sizeof(*seen));
	size_t depth = 0, count = 0;
	path[depth++] = enter(side, 0, NULL);
	seen[0] = true;
	while (depth) {
		struct place *here = &path[depth - 1];
		if (here->next == here->end) {
			position[here->node] = count;
			finished[count++] = here->node;
			depth--;
			continue;
		}
		size_t next = other_end(&side->strands[side->order[here->next++]], here->node);
		if (!seen[next]) {
			seen[next] = true;
			path[depth++] = enter(side, next, NULL);
		}
	}
	return count;
}

/* The longest ways from the root. */
static void find_ways(struct side *side, struct fmr_arena *arena)
{
	size_t nodes = side->graph->node_count;
	size_t *finished = fmr_arena_zero(arena, nodes + 1, sizeof(*finished));
	size_t *position = fmr_arena_zero(arena, nodes + 1, sizeof(*position));
	side->rank = fmr_arena_zero(arena, nodes + 1, sizeof(*side->rank));
	side->parent = fmr_arena_zero(arena, nodes + 1, sizeof(*side->parent));
	for (size_t i = 0; i < nodes; i++)
		side->parent[i] = NONE;
	for (size_t i = finish_nodes(side, arena, finished, position); i-- > 0;) {
		size_t node = finished[i];
		for (size_t s = side->first[node]; s < side->first[node + 1]; s++) {
			size_t next = other_end(&side->strands[side->order[s]], node);
			if (position[next] >= i || side->rank[next] > side->rank[node]) /* a circle, or no longer way */
				continue;
			side->rank[next] = side->rank[node] + 1;
			side->parent[next] = side->order[s];
		}
	}
}

struct ranked {
	size_t rank, place, strand;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

/* What the longest ways lead through comes first: so what is named again is mostly to be found above. */
static void order_strands(struct side *side, struct fmr_arena *arena)
{
	struct ranked *ranked = fmr_arena_zero(arena, side->first[side->graph->node_count] + 1, sizeof(*ranked));
	for (size_t node = 0; node < side->graph->node_count; node++) {
		size_t first = side->first[node], count = side->first[node + 1] - first;
		for (size_t i = 0; i < count; i++) {
			size_t strand = side->order[first + i];
			ranked[i] = (struct ranked){ side->rank[other_end(&side->strands[strand], node)], i, strand };
		}
		qsort(ranked, count, sizeof(*ranked), compare_ranked);
		for (size_t i = 0; i < count; i++)
			side->order[first + i] = ranked[i].strand;
	}
}

static const char *relation(const struct side *side, const struct fmr_graph_strand *strand, size_t node)
{
	const char *label = strand->from == node ? strand->onward : strand->back;
	return label ? label : side->after ? "→" : "←";
}

static void add_line(struct page *page, const struct side *side, size_t strand, size_t node, const char *stem)
{
	const struct fmr_graph_strand *taken = &side->strands[strand];
	size_t to = other_end(taken, node);
	const struct fmr_graph_node *found = &side->graph->nodes[to];
	bool here = side->parent[to] == strand;
	const struct line line = { .stem = stem, .relation = relation(side, taken, node), .node = found,
		.suspect = taken->suspect, .unfolded = here ? HERE : page->shown[to] ? ABOVE : BELOW,
		.hidden = side->after ? found->hidden_after : found->hidden_before };
	page->shown[to] |= here;
	FMR_VEC_PUSH(&page->lines, line);
}

/* Pass over the way back to where the walk came from, which says nothing new. */
static void skip_way_back(const struct side *side, struct place *place)
{
	if (place->next < place->end && side->order[place->next] == side->parent[place->node])
		place->next++;
}

/* Depth first, without recursion: a chain may be as long as the graph. */
static void unfold(struct page *page, const struct side *side)
{
	FMR_VEC(struct place) path = { 0 };
	FMR_VEC_PUSH(&path, enter(side, 0, ""));
	while (path.count) {
		struct place *here = &path.items[path.count - 1];
		skip_way_back(side, here);
		if (here->next == here->end) {
			path.count--;
			continue;
		}
		size_t strand = side->order[here->next++], to = other_end(&side->strands[strand], here->node);
		skip_way_back(side, here);
		bool last = here->next == here->end, deep = path.count > TREE_DEPTH;
		add_line(page, side, strand, here->node,
			fmr_arena_format(&page->arena, "%s%s", here->stem, last ? "└─ " : "├─ "));
		if (side->parent[to] != strand)
			continue;
		const char *below = deep ? here->stem :
			fmr_arena_format(&page->arena, "%s%s", here->stem, last ? "   " : "│  ");
		FMR_VEC_PUSH(&path, enter(side, to, below));
	}
	FMR_VEC_RELEASE(&path);
}

/* ---- printing ---- */

static size_t width_of(const char *text)
{
	return fmr_text_width(text, strlen(text));
}

static size_t at_most(size_t number, size_t most)
{
	return number < most ? number : most;
}

static void measure(struct page *page)
{
	for (size_t i = 0; i < page->lines.count; i++) {
		const struct line *line = &page->lines.items[i];
		size_t relation = at_most(width_of(line->stem) + width_of(line->relation), WIDEST_RELATION);
		size_t id = at_most(width_of(line->node->id), WIDEST_ID);
		page->relation_width = relation > page->relation_width ? relation : page->relation_width;
		page->id_width = id > page->id_width ? id : page->id_width;
	}
}

static void pad(struct fmr_str *out, size_t used, size_t width)
{
	fmr_str_repeat(out, ' ', (used < width ? width - used : 0) + GAP);
}

static void colored(struct page *page, enum fmr_color color, const char *text)
{
	fmr_print_color(page->out, page->color, color);
	fmr_print_safe(page->out, text);
	fmr_print_color(page->out, page->color, FMR_PLAIN);
}

/* What stands behind the title and must not be cut off with it. */
static void put_tail(struct fmr_str *out, const struct line *line)
{
	if (line->node->missing)
		fmr_str_printf(out, " (%s)", _("no such record"));
	else if (line->unfolded != HERE)
		fmr_str_printf(out, " (%s)", line->unfolded == ABOVE ? _("see above") : _("see below"));
	else if (line->node->state_label)
		fmr_str_printf(out, " (%s)", line->node->state_label);
	if (line->unfolded == HERE && line->hidden)
		fmr_str_printf(out, " (+%zu)", line->hidden);
}

static void put_title(struct page *page, const char *title, size_t room)
{
	struct fmr_str safe;
	fmr_str_init(&safe);
	fmr_print_safe(&safe, title);
	size_t width = fmr_text_width(safe.bytes, safe.length);
	if (room && width > room) {
		fmr_str_truncate(&safe, fmr_text_fit(safe.bytes, safe.length, room - 1));
		fmr_str_puts(&safe, "…");
	}
	fmr_str_add(page->out, safe.bytes, safe.length);
	fmr_str_release(&safe);
}

static void put_line(struct page *page, const struct line *line)
{
	struct fmr_str tail;
	fmr_str_init(&tail);
	put_tail(&tail, line);
	const char *mark = line->suspect ? fmr_graph_suspect_mark() : "";
	size_t relation = width_of(line->stem) + width_of(line->relation), id = width_of(line->node->id);

	colored(page, FMR_DIM, line->stem);
	fmr_print_safe(page->out, line->relation);
	pad(page->out, relation, page->relation_width);
	colored(page, FMR_CYAN, line->node->id);
	if (*mark || line->node->title)
		pad(page->out, id, page->id_width);
	size_t used = (relation > page->relation_width ? relation : page->relation_width) +
		(id > page->id_width ? id : page->id_width) + 2 * GAP + fmr_text_width(tail.bytes, tail.length) +
		(*mark ? width_of(mark) + GAP : 0);
	size_t room = !page->width ? 0 : page->width > used + NARROWEST_TITLE ? page->width - used : NARROWEST_TITLE;
	if (*mark) {
		colored(page, FMR_YELLOW, mark);
		fmr_str_repeat(page->out, ' ', GAP);
	}
	if (line->node->title)
		put_title(page, line->node->title, room);
	colored(page, line->node->missing ? FMR_RED : FMR_DIM, tail.bytes);
	fmr_str_putc(page->out, '\n');
	fmr_str_release(&tail);
}

static void put_side(struct page *page, const struct fmr_graph *graph, bool after)
{
	size_t count;
	struct side side = { .graph = graph, .after = after };
	side.strands = fmr_graph_strands(graph, &page->arena, &count);
	sort_strands(&side, count, &page->arena);
	find_ways(&side, &page->arena);
	order_strands(&side, &page->arena);
	page->shown = fmr_arena_zero(&page->arena, graph->node_count + 1, sizeof(*page->shown));
	page->shown[0] = true;
	page->lines.count = 0;
	unfold(page, &side);
	measure(page);
	fmr_str_putc(page->out, '\n');
	colored(page, FMR_BOLD, after ? _("what follows from it:") : _("what it rests on:"));
	if (!page->lines.count)
		fmr_str_printf(page->out, " %s", _("nothing"));
	fmr_str_putc(page->out, '\n');
	for (size_t i = 0; i < page->lines.count; i++)
		put_line(page, &page->lines.items[i]);
}

void fmr_graph_text(struct fmr_str *out, const struct fmr_graph *graph, bool color, size_t width)
{
	struct page page = { .out = out, .color = color, .width = width };
	fmr_arena_init(&page.arena);
	const struct fmr_graph_node *root = &graph->nodes[0];
	colored(&page, FMR_CYAN, root->id);
	fmr_str_puts(out, root->title ? " " : "");
	fmr_print_safe(out, root->title);
	struct fmr_str caption;
	fmr_str_init(&caption);
	fmr_graph_caption(&caption, root);
	if (caption.length)
		fmr_str_printf(out, " (%s)", caption.bytes);
	fmr_str_putc(out, '\n');
	fmr_str_release(&caption);
	if (graph->before)
		put_side(&page, graph, false);
	if (graph->after)
		put_side(&page, graph, true);
	FMR_VEC_RELEASE(&page.lines);
	fmr_arena_release(&page.arena);
}
