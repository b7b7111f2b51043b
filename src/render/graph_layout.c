#include "render/graph_layout.h"

#include "render/graph_layers.h"

#include <stdlib.h>

enum { PASSES = 12 };

/* ---- heights: as near to the neighbours as order and distances allow ---- */

static double gap_between(const struct fmr_layers *layers, size_t above, size_t below)
{
	size_t boxes = layers->layout->box_count;
	return above >= boxes && below >= boxes ? layers->layout->gap_line : layers->layout->gap_y;
}

static double middle(const struct fmr_item *item)
{
	return item->top + item->height / 2;
}

/* Where the middle of an item should be for the neighbours on these sides; itself when it has none. */
static double wanted_middle(const struct fmr_layers *layers, size_t item, const bool sides[2])
{
	double sum = 0;
	size_t count = 0;
	for (int side = FMR_LEFT; side <= FMR_RIGHT; side++)
		for (size_t i = layers->first[side][item]; sides[side] && i < layers->first[side][item + 1]; i++, count++)
			sum += middle(&layers->items[layers->neighbour[side][i]]);
	return count ? sum / (double)count : middle(&layers->items[item]);
}

/* Items that would overlap where they want to be, and so stand one upon the other. */
struct stack {
	double want;   /* mean of the tops wanted, less the offsets */
	double weight;
	size_t count;
};

/* The tops nearest to those wanted (least squares): join stacks while one wants to be above the one before it. */
static void place_layer(struct fmr_layers *layers, size_t layer, const bool sides[2], struct stack *stacks)
{
	const size_t *items = layers->layers[layer];
	size_t count = layers->layer_sizes[layer], used = 0;
	double offset = 0;
	for (size_t i = 0; i < count; i++) {
		const struct fmr_item *item = &layers->items[items[i]];
		if (i)
			offset += layers->items[items[i - 1]].height + gap_between(layers, items[i - 1], items[i]);
		double want = wanted_middle(layers, items[i], sides) - item->height / 2 - offset;
		stacks[used++] = (struct stack){ want, 1, 1 };
		while (used > 1 && stacks[used - 2].want > stacks[used - 1].want) {
			struct stack *above = &stacks[used - 2], *below = &stacks[used - 1];
			above->want = (above->want * above->weight + below->want * below->weight) / (above->weight + below->weight);
			above->weight += below->weight;
			above->count += below->count;
			used--;
		}
	}
	offset = 0;
	for (size_t s = 0, i = 0; s < used; s++)
		for (size_t n = 0; n < stacks[s].count; n++, i++) {
			if (i)
				offset += layers->items[items[i - 1]].height + gap_between(layers, items[i - 1], items[i]);
			layers->items[items[i]].top = stacks[s].want + offset;
		}
}

static void pile_up(struct fmr_layers *layers)
{
	for (size_t l = 0; l < layers->layer_count; l++) {
		double top = 0;
		for (size_t i = 0; i < layers->layer_sizes[l]; i++) {
			struct fmr_item *item = &layers->items[layers->layers[l][i]];
			item->top = top;
			top += item->height + layers->layout->gap_y;
		}
	}
}

static void place_items(struct fmr_layers *layers)
{
	static const bool by_left[2] = { true, false }, by_right[2] = { false, true }, by_both[2] = { true, true };
	struct stack *stacks = fmr_arena_zero(layers->arena, layers->item_count, sizeof(*stacks));
	pile_up(layers);
	for (int pass = 0; pass < PASSES; pass++) {
		const bool *sides = pass + 2 >= PASSES ? by_both : pass % 2 ? by_right : by_left;
		for (size_t i = 0; i < layers->layer_count; i++)
			place_layer(layers, pass % 2 ? layers->layer_count - 1 - i : i, sides, stacks);
	}
}

/* ---- coordinates ---- */

struct column { /* of a layer */
	double x, width, lead;
};

static struct column *make_columns(struct fmr_layers *layers)
{
	struct fmr_layout *layout = layers->layout;
	struct column *columns = fmr_arena_zero(layers->arena, layers->layer_count, sizeof(*columns));
	for (size_t i = 0; i < layout->box_count; i++) {
		struct column *column = &columns[layout->boxes[i].layer];
		column->width = layout->boxes[i].width > column->width ? layout->boxes[i].width : column->width;
	}
	for (size_t i = 0; i < layout->line_count; i++) {
		struct column *column = &columns[layout->boxes[fmr_line_end(&layout->lines[i])].layer];
		column->lead = layout->lines[i].lead > column->lead ? layout->lines[i].lead : column->lead;
	}
	for (size_t i = 1; i < layers->layer_count; i++)
		columns[i].x = columns[i - 1].x + columns[i - 1].width + layout->gap_x + columns[i].lead;
	layout->width = columns[layers->layer_count - 1].x + columns[layers->layer_count - 1].width;
	return columns;
}

static void place_boxes(struct fmr_layers *layers, const struct column *columns)
{
	struct fmr_layout *layout = layers->layout;
	double top = layers->items[0].top, bottom = top;
	for (size_t i = 0; i < layers->item_count; i++) {
		const struct fmr_item *item = &layers->items[i];
		top = item->top < top ? item->top : top;
		bottom = item->top + item->height > bottom ? item->top + item->height : bottom;
	}
	for (size_t i = 0; i < layers->item_count; i++)
		layers->items[i].top -= top;
	for (size_t i = 0; i < layout->box_count; i++) {
		layout->boxes[i].x = columns[layout->boxes[i].layer].x;
		layout->boxes[i].y = layers->items[i].top;
	}
	layout->height = bottom - top;
}

/* ---- ports: where lines enter a box ---- */

struct entry {
	size_t line, box, port;
	double from; /* middle of the item that the line comes from */
	double mean; /* of all that share the port */
};

static int compare_port(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	if (x->box != y->box)
		return x->box < y->box ? -1 : 1;
	return (x->port > y->port) - (x->port < y->port);
}

static int compare_mean(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	if (x->box != y->box)
		return x->box < y->box ? -1 : 1;
	if (x->mean != y->mean)
		return x->mean < y->mean ? -1 : 1;
	return (x->port > y->port) - (x->port < y->port);
}

static bool same_port(const struct entry *a, const struct entry *b)
{
	return a->box == b->box && a->port == b->port;
}

static struct entry *list_entries(struct fmr_layers *layers)
{
	const struct fmr_layout *layout = layers->layout;
	struct entry *entries = fmr_arena_zero(layers->arena, layout->line_count + 1, sizeof(*entries));
	for (size_t i = 0; i < layout->line_count; i++) {
		const struct fmr_layout_line *line = &layout->lines[i];
		size_t from = layers->bends[i + 1] > layers->bends[i] ? layers->bends[i + 1] - 1 : fmr_line_start(line);
		entries[i] = (struct entry){ i, fmr_line_end(line), line->port, middle(&layers->items[from]), 0 };
	}
	qsort(entries, layout->line_count, sizeof(*entries), compare_port);
	for (size_t i = 0, end; i < layout->line_count; i = end) {
		double sum = 0;
		for (end = i; end < layout->line_count && same_port(&entries[i], &entries[end]); end++)
			sum += entries[end].from;
		for (size_t n = i; n < end; n++)
			entries[n].mean = sum / (double)(end - i);
	}
	qsort(entries, layout->line_count, sizeof(*entries), compare_mean);
	return entries;
}

/* The height at which each line enters, in the order of where they come from, so that they do not cross at the box. */
static double *place_ports(struct fmr_layers *layers)
{
	const struct fmr_layout *layout = layers->layout;
	const struct entry *entries = list_entries(layers);
	double *heights = fmr_arena_zero(layers->arena, layout->line_count + 1, sizeof(*heights));
	for (size_t i = 0, end; i < layout->line_count; i = end) {
		const struct fmr_layout_box *box = &layout->boxes[entries[i].box];
		size_t ports = 0, port = 0;
		for (end = i; end < layout->line_count && entries[end].box == entries[i].box; end++)
			ports += end == i || !same_port(&entries[end - 1], &entries[end]);
		for (size_t n = i; n < end; n++) {
			port += n == i || !same_port(&entries[n - 1], &entries[n]);
			heights[entries[n].line] = box->y + box->height * (double)port / (double)(ports + 1);
		}
	}
	return heights;
}

static void place_line(struct fmr_layers *layers, size_t number, const struct column *columns, double entry)
{
	struct fmr_layout_line *line = &layers->layout->lines[number];
	const struct fmr_layout_box *start = &layers->layout->boxes[fmr_line_start(line)];
	const struct fmr_layout_box *end = &layers->layout->boxes[fmr_line_end(line)];
	size_t bends = layers->bends[number + 1] - layers->bends[number];
	struct fmr_layout_point *at = fmr_arena_zero(layers->arena, 2 * bends + 3, sizeof(*at));
	line->points = at;
	line->point_count = 2 * bends + 3;
	*at++ = (struct fmr_layout_point){ start->x + start->width, start->y + start->height / 2 };
	for (size_t bend = layers->bends[number]; bend < layers->bends[number + 1]; bend++) {
		const struct column *column = &columns[layers->items[bend].layer];
		*at++ = (struct fmr_layout_point){ column->x - column->lead, layers->items[bend].top };
		*at++ = (struct fmr_layout_point){ column->x + column->width, layers->items[bend].top };
	}
	*at++ = (struct fmr_layout_point){ end->x - columns[end->layer].lead, entry };
	*at++ = (struct fmr_layout_point){ end->x, entry };
}

void fmr_layout(struct fmr_layout *layout, struct fmr_arena *arena)
{
	struct fmr_layers layers;
	fmr_layers_make(&layers, layout, arena);
	fmr_layers_order(&layers);
	place_items(&layers);
	const struct column *columns = make_columns(&layers);
	place_boxes(&layers, columns);
	const double *entries = place_ports(&layers);
	for (size_t i = 0; i < layout->line_count; i++)
		place_line(&layers, i, columns, entries[i]);
}
