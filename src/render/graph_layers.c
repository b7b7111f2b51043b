#include "render/graph_layers.h"

#include <string.h>

/* A line that passes more layers than this is drawn straight through them: bends would outnumber the boxes. */
enum { MOST_BENDS = 24 };

size_t fmr_line_start(const struct fmr_layout_line *line)
{
	return line->turned ? line->to : line->from;
}

size_t fmr_line_end(const struct fmr_layout_line *line)
{
	return line->turned ? line->from : line->to;
}

/* ---- lists of lines by the box where they start or end ---- */

struct lists {
	size_t *first; /* one more than boxes */
	size_t *lines;
};

typedef size_t end_of(const struct fmr_layout_line *line);

static struct lists list_lines(const struct fmr_layout *layout, end_of *end, struct fmr_arena *arena)
{
	struct lists lists = { .first = fmr_arena_zero(arena, layout->box_count + 2, sizeof(size_t)),
		.lines = fmr_arena_zero(arena, layout->line_count + 1, sizeof(size_t)) };
	for (size_t i = 0; i < layout->line_count; i++)
		lists.first[end(&layout->lines[i]) + 2]++;
	for (size_t i = 2; i < layout->box_count + 2; i++)
		lists.first[i] += lists.first[i - 1];
	for (size_t i = 0; i < layout->line_count; i++)
		lists.lines[lists.first[end(&layout->lines[i]) + 1]++] = i;
	return lists;
}

static size_t list_length(const struct lists *lists, size_t box)
{
	return lists->first[box + 1] - lists->first[box];
}

/* ---- circles ---- */

enum mark { UNSEEN, OPEN, DONE };

struct descent {
	size_t box, next;
};

/* Depth first from one box; a line that leads back to a box that is still open closes a circle. */
static void descend(struct fmr_layout *layout, const struct lists *starts, size_t root, enum mark *marks,
	struct descent *path)
{
	size_t depth = 0;
	path[depth++] = (struct descent){ root, starts->first[root] };
	marks[root] = OPEN;
	while (depth) {
		struct descent *here = &path[depth - 1];
		if (here->next == starts->first[here->box + 1]) {
			marks[here->box] = DONE;
			depth--;
			continue;
		}
		struct fmr_layout_line *line = &layout->lines[starts->lines[here->next++]];
		if (marks[line->to] == OPEN) {
			line->turned = true;
		} else if (marks[line->to] == UNSEEN) {
			marks[line->to] = OPEN;
			path[depth++] = (struct descent){ line->to, starts->first[line->to] };
		}
	}
}

/* Boxes at which nothing ends go first, so that lines are turned only where there is a circle. */
static void turn_circles(struct fmr_layout *layout, struct fmr_arena *arena)
{
	const struct lists starts = list_lines(layout, fmr_line_start, arena);
	const struct lists ends = list_lines(layout, fmr_line_end, arena);
	enum mark *marks = fmr_arena_zero(arena, layout->box_count, sizeof(*marks));
	struct descent *path = fmr_arena_zero(arena, layout->box_count, sizeof(*path));
	for (int sources = 1; sources >= 0; sources--)
		for (size_t box = 0; box < layout->box_count; box++)
			if (marks[box] == UNSEEN && (!sources || !list_length(&ends, box)))
				descend(layout, &starts, box, marks, path);
}

/* ---- layers ---- */

/* Boxes in an order in which every line leads onward; their layers by the longest way that leads to them. */
static size_t *longest_ways(struct fmr_layout *layout, const struct lists *starts, const struct lists *ends,
	struct fmr_arena *arena)
{
	size_t *order = fmr_arena_zero(arena, layout->box_count, sizeof(*order));
	size_t *waiting = fmr_arena_zero(arena, layout->box_count, sizeof(*waiting));
	size_t known = 0;
	for (size_t box = 0; box < layout->box_count; box++) {
		layout->boxes[box].layer = 0;
		waiting[box] = list_length(ends, box);
		if (!waiting[box])
			order[known++] = box;
	}
	for (size_t i = 0; i < known; i++) {
		size_t box = order[i], after = layout->boxes[box].layer + 1;
		for (size_t l = starts->first[box]; l < starts->first[box + 1]; l++) {
			size_t end = fmr_line_end(&layout->lines[starts->lines[l]]);
			if (layout->boxes[end].layer < after)
				layout->boxes[end].layer = after;
			if (!--waiting[end])
				order[known++] = end;
		}
	}
	return order;
}

/* A box with more lines to the right than to the left moves right as far as they allow: shorter lines. */
static void pull_right(struct fmr_layout *layout, const size_t *order, const struct lists *starts,
	const struct lists *ends)
{
	for (size_t i = layout->box_count; i-- > 0;) {
		size_t box = order[i], nearest = SIZE_MAX;
		if (list_length(starts, box) <= list_length(ends, box))
			continue;
		for (size_t l = starts->first[box]; l < starts->first[box + 1]; l++) {
			size_t layer = layout->boxes[fmr_line_end(&layout->lines[starts->lines[l]])].layer;
			nearest = layer < nearest ? layer : nearest;
		}
		layout->boxes[box].layer = nearest - 1;
	}
}

static void assign_layers(struct fmr_layout *layout, struct fmr_arena *arena)
{
	const struct lists starts = list_lines(layout, fmr_line_start, arena);
	const struct lists ends = list_lines(layout, fmr_line_end, arena);
	const size_t *order = longest_ways(layout, &starts, &ends, arena);
	pull_right(layout, order, &starts, &ends);
	size_t least = SIZE_MAX;
	for (size_t i = 0; i < layout->box_count; i++)
		least = layout->boxes[i].layer < least ? layout->boxes[i].layer : least;
	for (size_t i = 0; i < layout->box_count; i++)
		layout->boxes[i].layer -= least;
}

/* ---- items and pieces ---- */

static size_t bends_of(const struct fmr_layout *layout, const struct fmr_layout_line *line)
{
	size_t span = layout->boxes[fmr_line_end(line)].layer - layout->boxes[fmr_line_start(line)].layer;
	return span > 1 && span <= MOST_BENDS + 1 ? span - 1 : 0;
}

static void add_bends(struct fmr_layers *layers, size_t number)
{
	const struct fmr_layout_line *line = &layers->layout->lines[number];
	size_t start = fmr_line_start(line), end = fmr_line_end(line), left = start;
	size_t first = layers->layout->boxes[start].layer + 1;
	for (size_t bend = layers->bends[number]; bend < layers->bends[number + 1]; bend++) {
		layers->items[bend] = (struct fmr_item){ .layer = first + bend - layers->bends[number] };
		layers->pieces[layers->piece_count++] = (struct fmr_piece){ left, bend };
		left = bend;
	}
	if (layers->items[left].layer + 1 == layers->items[end].layer)
		layers->pieces[layers->piece_count++] = (struct fmr_piece){ left, end };
}

static void make_items(struct fmr_layers *layers)
{
	const struct fmr_layout *layout = layers->layout;
	layers->bends = fmr_arena_zero(layers->arena, layout->line_count + 1, sizeof(*layers->bends));
	layers->item_count = layout->box_count;
	for (size_t i = 0; i < layout->line_count; i++) {
		layers->bends[i] = layers->item_count;
		layers->item_count += bends_of(layout, &layout->lines[i]);
	}
	layers->bends[layout->line_count] = layers->item_count;
	layers->items = fmr_arena_zero(layers->arena, layers->item_count, sizeof(*layers->items));
	layers->pieces = fmr_arena_zero(layers->arena, layers->item_count + layout->line_count, sizeof(*layers->pieces));
	for (size_t i = 0; i < layout->box_count; i++)
		layers->items[i] = (struct fmr_item){ .layer = layout->boxes[i].layer, .height = layout->boxes[i].height };
	for (size_t i = 0; i < layout->line_count; i++)
		add_bends(layers, i);
}

static void fill_layers(struct fmr_layers *layers)
{
	layers->layer_count = 0;
	for (size_t i = 0; i < layers->item_count; i++)
		if (layers->items[i].layer >= layers->layer_count)
			layers->layer_count = layers->items[i].layer + 1;
	layers->layer_sizes = fmr_arena_zero(layers->arena, layers->layer_count, sizeof(*layers->layer_sizes));
	layers->layers = fmr_arena_zero(layers->arena, layers->layer_count, sizeof(*layers->layers));
	for (size_t i = 0; i < layers->item_count; i++)
		layers->layer_sizes[layers->items[i].layer]++;
	for (size_t i = 0; i < layers->layer_count; i++) {
		layers->layers[i] = fmr_arena_zero(layers->arena, layers->layer_sizes[i], sizeof(size_t));
		layers->layer_sizes[i] = 0;
	}
	for (size_t i = 0; i < layers->item_count; i++) {
		struct fmr_item *item = &layers->items[i];
		item->place = layers->layer_sizes[item->layer]++;
		layers->layers[item->layer][item->place] = i;
	}
}

static void list_neighbours(struct fmr_layers *layers, int side)
{
	size_t *first = fmr_arena_zero(layers->arena, layers->item_count + 2, sizeof(*first));
	size_t *neighbour = fmr_arena_zero(layers->arena, layers->piece_count + 1, sizeof(*neighbour));
	for (size_t i = 0; i < layers->piece_count; i++)
		first[(side == FMR_LEFT ? layers->pieces[i].right : layers->pieces[i].left) + 2]++;
	for (size_t i = 2; i < layers->item_count + 2; i++)
		first[i] += first[i - 1];
	for (size_t i = 0; i < layers->piece_count; i++) {
		const struct fmr_piece *piece = &layers->pieces[i];
		size_t of = side == FMR_LEFT ? piece->right : piece->left;
		neighbour[first[of + 1]++] = side == FMR_LEFT ? piece->left : piece->right;
	}
	layers->first[side] = first;
	layers->neighbour[side] = neighbour;
}

void fmr_layers_make(struct fmr_layers *layers, struct fmr_layout *layout, struct fmr_arena *arena)
{
	*layers = (struct fmr_layers){ .layout = layout, .arena = arena };
	turn_circles(layout, arena);
	assign_layers(layout, arena);
	make_items(layers);
	fill_layers(layers);
	list_neighbours(layers, FMR_LEFT);
	list_neighbours(layers, FMR_RIGHT);
}
