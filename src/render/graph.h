/*
 * Graphs: nodes and edges in, text or a picture out.  Nothing here knows what stands behind a node.
 */
#ifndef FMR_RENDER_GRAPH_H
#define FMR_RENDER_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Texts are borrowed; labels are in the language of the reader, codes are for programs.  Any but `id` may be NULL. */
struct fmr_graph_node {
	const char *id, *title;
	const char *type, *state, *path;      /* codes */
	const char *type_label, *state_label;
	size_t color;                         /* nodes of equal number look alike */
	bool missing;                         /* edges lead to it, but there is no such thing */
	size_t hidden_before, hidden_after;   /* edges that are not in the graph because it was cut here */
};

/* `from` comes first: it is what `to` rests on. */
struct fmr_graph_edge {
	size_t from, to;               /* nodes */
	const char *onward;            /* what `to` is to `from` */
	const char *back;              /* what `from` is to `to` */
	bool mutual;                   /* neither comes first */
	bool written_in_from;          /* where the link stands: in `from`, else in `to` */
	bool suspect;                  /* to be judged again */
	const char *field, *inverse, *note, *on;
};

struct fmr_graph {
	const struct fmr_graph_node *nodes;
	size_t node_count;             /* at least 1: node 0 is the one the graph was asked for */
	const struct fmr_graph_edge *edges;
	size_t edge_count;
	bool before, after;            /* the sides of node 0 that were asked for */
	bool cut;                      /* a limit was met: there is more than this */
	const char *title, *about;     /* of the picture, for who cannot see it; NULL: of the records of a trace */
};

enum fmr_graph_format { FMR_GRAPH_TEXT, FMR_GRAPH_JSON, FMR_GRAPH_DOT, FMR_GRAPH_MERMAID, FMR_GRAPH_SVG };
/* "text" "json" "dot" "mermaid" "svg", NULL: for struct fmr_command */
extern const char *const fmr_graph_formats[];
bool fmr_graph_format_parse(const char *name, enum fmr_graph_format *out);

/* color and width (columns; 0: lines are not cut) are for text. */
void fmr_render_graph(FILE *out, const struct fmr_graph *graph, enum fmr_graph_format format, bool color, size_t width);

#endif
