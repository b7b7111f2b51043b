/*
 * The layered graph behind a drawing: boxes, and a bend for each layer that a line passes.
 */
#ifndef FMR_RENDER_GRAPH_LAYERS_H
#define FMR_RENDER_GRAPH_LAYERS_H

#include "base/arena.h"
#include "render/graph_layout.h"

#include <stdint.h>

/* A box or a bend: items below box_count are the boxes. */
struct fmr_item {
	size_t layer, place; /* place: from 0 on, from top to bottom in its layer */
	double height, top;
};

/* A piece of a line between two layers that follow each other. */
struct fmr_piece {
	size_t left, right; /* items */
};

struct fmr_layers {
	struct fmr_layout *layout;
	struct fmr_arena *arena;
	struct fmr_item *items;
	size_t item_count;
	struct fmr_piece *pieces;
	size_t piece_count;
	size_t *bends;         /* of each line: its first bend; the others follow.  One more at the end. */
	size_t layer_count;
	size_t **layers;       /* items of each layer by place */
	size_t *layer_sizes;
	/* for each item: its neighbours on the left and on the right, from first[item] to first[item + 1] */
	size_t *first[2], *neighbour[2];
};
enum { FMR_LEFT, FMR_RIGHT };

/* A line as it is laid: turned ones from their end to their beginning. */
size_t fmr_line_start(const struct fmr_layout_line *line);
size_t fmr_line_end(const struct fmr_layout_line *line);

/* Turn lines until there is no circle, give every box its layer, and make the bends. */
void fmr_layers_make(struct fmr_layers *layers, struct fmr_layout *layout, struct fmr_arena *arena);
/* Order the items of each layer so that few lines cross. */
void fmr_layers_order(struct fmr_layers *layers);

#endif
