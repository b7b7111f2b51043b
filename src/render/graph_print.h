/*
 * What the printers of graphs share.
 */
#ifndef FMR_RENDER_GRAPH_PRINT_H
#define FMR_RENDER_GRAPH_PRINT_H

#include "base/arena.h"
#include "base/str.h"
#include "render/graph.h"

/* All edges from one node to another as one line, so that no line is drawn over another. */
struct fmr_graph_strand {
	size_t from, to;
	const char *onward, *back; /* the labels of its edges, each once */
	bool mutual, suspect;
};

/* In the order of the edges; in the memory of the arena. */
struct fmr_graph_strand *fmr_graph_strands(const struct fmr_graph *graph, struct fmr_arena *arena, size_t *count);

/* "Incident, draft": append what kind of node it is, in the reader's words. */
void fmr_graph_caption(struct fmr_str *out, const struct fmr_graph_node *node);
/* What is said of an edge that must be judged again, wherever colour may not be seen. */
const char *fmr_graph_suspect_mark(void);

void fmr_graph_text(struct fmr_str *out, const struct fmr_graph *graph, bool color, size_t width);
void fmr_graph_json(struct fmr_str *out, const struct fmr_graph *graph);
void fmr_graph_dot(struct fmr_str *out, const struct fmr_graph *graph);
void fmr_graph_mermaid(struct fmr_str *out, const struct fmr_graph *graph);
void fmr_graph_svg(struct fmr_str *out, const struct fmr_graph *graph);

#endif
