/*
 * Graphs in the languages of Graphviz and Mermaid, from left to right as time goes.
 */
#include "render/graph_print.h"

#include "base/text.h"
#include "render/print.h"
#include "render/wrap.h"

#include <string.h>

enum { TITLE_COLUMNS = 28 };

/* Foreign text, safe on a terminal too, in lines no wider than a box; `put` writes each character in its language. */
typedef void put_text(struct fmr_str *out, const char *text);

static void put_wrapped(struct fmr_str *out, const char *text, put_text *put)
{
	struct fmr_str lines;
	fmr_str_init(&lines);
	fmr_wrap(&lines, text, strlen(text), 0, TITLE_COLUMNS);
	put(out, lines.bytes);
	fmr_str_release(&lines);
}

static void put_safe(struct fmr_str *out, const char *text, put_text *put)
{
	struct fmr_str safe;
	fmr_str_init(&safe);
	fmr_print_safe(&safe, text);
	put(out, safe.bytes);
	fmr_str_release(&safe);
}

static void put_box(struct fmr_str *out, const struct fmr_graph_node *node, put_text *put)
{
	put_safe(out, node->id, put);
	put(out, "\n");
	struct fmr_str caption;
	fmr_str_init(&caption);
	fmr_graph_caption(&caption, node);
	put(out, caption.bytes);
	fmr_str_release(&caption);
	if (!node->title || !*node->title)
		return;
	put(out, "\n");
	put_wrapped(out, node->title, put);
}

static void put_label(struct fmr_str *out, const struct fmr_graph_strand *strand, put_text *put)
{
	if (strand->suspect) {
		put(out, fmr_graph_suspect_mark());
		put(out, "\n");
	}
	put_wrapped(out, strand->onward ? strand->onward : "", put);
}

/* ---- Graphviz ---- */

/* Inside double quotes. */
static void put_dot(struct fmr_str *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n') {
			fmr_str_puts(out, "\\n");
			continue;
		}
		if (*text == '"' || *text == '\\')
			fmr_str_putc(out, '\\');
		fmr_str_putc(out, *text);
	}
}

static void put_dot_name(struct fmr_str *out, const struct fmr_graph_node *node)
{
	fmr_str_putc(out, '"');
	put_safe(out, node->id, put_dot);
	fmr_str_putc(out, '"');
}

static void put_dot_node(struct fmr_str *out, const struct fmr_graph_node *node, bool root)
{
	fmr_str_putc(out, '\t');
	put_dot_name(out, node);
	fmr_str_puts(out, " [label=\"");
	put_box(out, node, put_dot);
	fmr_str_putc(out, '"');
	if (node->missing)
		fmr_str_puts(out, ", style=\"rounded,dashed\"");
	else if (root)
		fmr_str_puts(out, ", penwidth=2.5");
	fmr_str_puts(out, "];\n");
}

void fmr_graph_dot(struct fmr_str *out, const struct fmr_graph *graph)
{
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	size_t count;
	const struct fmr_graph_strand *strands = fmr_graph_strands(graph, &arena, &count);
	fmr_str_puts(out, "digraph trace {\n\trankdir=LR;\n\tnode [shape=box, style=rounded, fontname=\"sans-serif\"];\n"
			  "\tedge [fontname=\"sans-serif\", fontsize=11];\n");
	for (size_t i = 0; i < graph->node_count; i++)
		put_dot_node(out, &graph->nodes[i], i == 0);
	for (size_t i = 0; i < count; i++) {
		fmr_str_putc(out, '\t');
		put_dot_name(out, &graph->nodes[strands[i].from]);
		fmr_str_puts(out, " -> ");
		put_dot_name(out, &graph->nodes[strands[i].to]);
		fmr_str_puts(out, " [label=\"");
		put_label(out, &strands[i], put_dot);
		fmr_str_puts(out, strands[i].mutual ? "\", dir=both" : "\"");
		fmr_str_puts(out, strands[i].suspect ? ", style=dashed, color=\"#b45309\"];\n" : "];\n");
	}
	fmr_str_puts(out, "}\n");
	fmr_arena_release(&arena);
}

/* ---- Mermaid ---- */

/* Inside double quotes, where Mermaid reads HTML, and Markdown between backquotes; it knows characters by number. */
static void put_mermaid(struct fmr_str *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			fmr_str_puts(out, "<br/>");
		else if (strchr("\"#;&<>`", *text))
			fmr_str_printf(out, "#%d;", *text);
		else
			fmr_str_putc(out, *text);
	}
}

void fmr_graph_mermaid(struct fmr_str *out, const struct fmr_graph *graph)
{
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	size_t count;
	const struct fmr_graph_strand *strands = fmr_graph_strands(graph, &arena, &count);
	fmr_str_puts(out, "flowchart LR\n");
	for (size_t i = 0; i < graph->node_count; i++) {
		fmr_str_printf(out, "  n%zu[\"", i);
		put_box(out, &graph->nodes[i], put_mermaid);
		fmr_str_puts(out, "\"]\n");
	}
	for (size_t i = 0; i < count; i++) {
		const char *arrow = strands[i].suspect ? "-.->" : "-->";
		fmr_str_printf(out, "  n%zu %s%s|\"", strands[i].from, strands[i].mutual ? "<" : "", arrow);
		put_label(out, &strands[i], put_mermaid);
		fmr_str_printf(out, "\"| n%zu\n", strands[i].to);
	}
	fmr_str_puts(out, "  style n0 stroke-width:3px\n");
	for (size_t i = 0; i < graph->node_count; i++)
		if (graph->nodes[i].missing)
			fmr_str_printf(out, "  style n%zu stroke-dasharray:4\n", i);
	fmr_arena_release(&arena);
}
