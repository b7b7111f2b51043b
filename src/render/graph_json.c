/*
 * A graph for programs: every node, and every edge as the link it was written as.
 */
#include "render/graph_print.h"

#include "render/print.h"

enum { SCHEMA_VERSION = 1 };

static void put_flag(struct fmr_str *out, bool *first, const char *name, bool value)
{
	fmr_print_key(out, first, name);
	fmr_str_puts(out, value ? "true" : "false");
}

static void put_node(struct fmr_str *out, const struct fmr_graph_node *node)
{
	bool first = true;
	fmr_str_putc(out, '{');
	fmr_print_member(out, &first, "id", node->id);
	fmr_print_member(out, &first, "type", node->type);
	fmr_print_member(out, &first, "title", node->title);
	fmr_print_member(out, &first, "state", node->state);
	fmr_print_member(out, &first, "path", node->path);
	put_flag(out, &first, "missing", node->missing);
	fmr_print_member_number(out, &first, "hidden_before", node->hidden_before);
	fmr_print_member_number(out, &first, "hidden_after", node->hidden_after);
	fmr_str_putc(out, '}');
}

static void put_edge(struct fmr_str *out, const struct fmr_graph *graph, const struct fmr_graph_edge *edge)
{
	const char *from = graph->nodes[edge->from].id, *to = graph->nodes[edge->to].id;
	bool first = true;
	fmr_str_putc(out, '{');
	fmr_print_member(out, &first, "from", from);
	fmr_print_member(out, &first, "to", to);
	fmr_print_member(out, &first, "onward", edge->onward);
	fmr_print_member(out, &first, "back", edge->back);
	fmr_print_member(out, &first, "source", edge->written_in_from ? from : to);
	fmr_print_member(out, &first, "field", edge->field);
	fmr_print_member(out, &first, "target", edge->written_in_from ? to : from);
	fmr_print_member(out, &first, "inverse", edge->inverse);
	fmr_print_member(out, &first, "note", edge->note);
	fmr_print_member(out, &first, "on", edge->on);
	put_flag(out, &first, "mutual", edge->mutual);
	put_flag(out, &first, "suspect", edge->suspect);
	fmr_str_putc(out, '}');
}

void fmr_graph_json(struct fmr_str *out, const struct fmr_graph *graph)
{
	bool first = true;
	fmr_str_putc(out, '{');
	fmr_print_member_number(out, &first, "schema_version", SCHEMA_VERSION);
	fmr_print_member(out, &first, "root", graph->nodes[0].id);
	put_flag(out, &first, "cut", graph->cut);
	fmr_print_key(out, &first, "nodes");
	fmr_str_putc(out, '[');
	for (size_t i = 0; i < graph->node_count; i++) {
		fmr_str_puts(out, i ? ",\n" : "\n");
		put_node(out, &graph->nodes[i]);
	}
	fmr_str_puts(out, "]");
	fmr_print_key(out, &first, "edges");
	fmr_str_putc(out, '[');
	for (size_t i = 0; i < graph->edge_count; i++) {
		fmr_str_puts(out, i ? ",\n" : "\n");
		put_edge(out, graph, &graph->edges[i]);
	}
	fmr_str_puts(out, "]}\n");
}
