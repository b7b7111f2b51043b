/*
 * Places for the boxes and lines of a drawing in layers from left to right: each line leads to a later layer, lines
 * cross seldom, boxes stand near what they are tied to.  Sizes in, coordinates out; pixels, y downwards.
 */
#ifndef FMR_RENDER_GRAPH_LAYOUT_H
#define FMR_RENDER_GRAPH_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

struct fmr_layout_box {
	double width, height; /* given */
	double x, y;          /* its left upper corner */
	size_t layer;
};

struct fmr_layout_point {
	double x, y;
};

struct fmr_layout_line {
	size_t from, to;      /* given: boxes, not the same one */
	size_t port;          /* given: lines that enter a box with the same number share the place where they do */
	double lead;          /* given: length of the straight piece before the box it enters, for its label */
	bool turned;          /* part of a circle: it is laid from `to` to `from` */
	/* Where it leaves a box, then pairs: where it ends to be curved and where the next curve begins; the last
	 * point is where it enters the other box.  In the memory of the arena. */
	struct fmr_layout_point *points;
	size_t point_count;
};

struct fmr_layout {
	struct fmr_layout_box *boxes;
	size_t box_count;
	struct fmr_layout_line *lines;
	size_t line_count;
	double gap_x;         /* given: room for a curve between layers */
	double gap_y;         /* given: between boxes of a layer */
	double gap_line;      /* given: between lines */
	double width, height; /* of all */
};

struct fmr_arena;
void fmr_layout(struct fmr_layout *layout, struct fmr_arena *arena);

#endif
