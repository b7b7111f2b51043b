#include "render/graph_print.h"

#include "base/i18n.h"
#include "render/print.h"

#include <stdlib.h>
#include <string.h>

const char *const fmr_graph_formats[] = { "text", "json", "dot", "mermaid", "svg", NULL };

bool fmr_graph_format_parse(const char *name, enum fmr_graph_format *out)
{
	for (size_t i = 0; fmr_graph_formats[i]; i++)
		if (strcmp(fmr_graph_formats[i], name) == 0) {
			*out = (enum fmr_graph_format)i;
			return true;
		}
	return false;
}

void fmr_render_graph(FILE *out, const struct fmr_graph *graph, enum fmr_graph_format format, bool color, size_t width)
{
	struct fmr_str text;
	fmr_str_init(&text);
	switch (format) {
	case FMR_GRAPH_TEXT:
		fmr_graph_text(&text, graph, color, width);
		break;
	case FMR_GRAPH_JSON:
		fmr_graph_json(&text, graph);
		break;
	case FMR_GRAPH_DOT:
		fmr_graph_dot(&text, graph);
		break;
	case FMR_GRAPH_MERMAID:
		fmr_graph_mermaid(&text, graph);
		break;
	case FMR_GRAPH_SVG:
		fmr_graph_svg(&text, graph);
		break;
	}
	fmr_print_out(out, &text);
}

/* ---- words ---- */

void fmr_graph_caption(struct fmr_str *out, const struct fmr_graph_node *node)
{
	if (node->missing) {
		fmr_str_puts(out, _("no such record"));
		return;
	}
	fmr_print_safe(out, node->type_label);
	if (node->type_label && node->state_label)
		fmr_str_puts(out, _(", "));
	fmr_print_safe(out, node->state_label);
}

const char *fmr_graph_suspect_mark(void)
{
	return _("! suspect");
}

/* ---- strands ---- */

struct numbered {
	const struct fmr_graph_edge *edge;
	size_t number;
};

static int compare_ends(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;
	if (x->edge->from != y->edge->from)
		return x->edge->from < y->edge->from ? -1 : 1;
	if (x->edge->to != y->edge->to)
		return x->edge->to < y->edge->to ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

struct placed {
	struct fmr_graph_strand strand;
	size_t number; /* of its first edge */
};

static int compare_number(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	return (x->number > y->number) - (x->number < y->number);
}

static bool is_part(const char *labels, const char *label, const char *separator)
{
	size_t length = strlen(label), gap = strlen(separator);
	for (const char *at = labels; at; at = strstr(at, separator), at = at ? at + gap : NULL)
		if (strncmp(at, label, length) == 0 && (!at[length] || strncmp(at + length, separator, gap) == 0))
			return true;
	return false;
}

static const char *join(struct fmr_arena *arena, const char *labels, const char *label)
{
	if (!label || (labels && is_part(labels, label, _(", "))))
		return labels;
	return labels ? fmr_arena_format(arena, "%s%s%s", labels, _(", "), label) : label;
}

static void add_edge(struct fmr_graph_strand *strand, const struct fmr_graph_edge *edge, struct fmr_arena *arena)
{
	strand->onward = join(arena, strand->onward, edge->onward);
	strand->back = join(arena, strand->back, edge->back);
	strand->mutual |= edge->mutual;
	strand->suspect |= edge->suspect;
}

struct fmr_graph_strand *fmr_graph_strands(const struct fmr_graph *graph, struct fmr_arena *arena, size_t *count)
{
	struct numbered *sorted = fmr_arena_zero(arena, graph->edge_count + 1, sizeof(*sorted));
	for (size_t i = 0; i < graph->edge_count; i++)
		sorted[i] = (struct numbered){ &graph->edges[i], i };
	qsort(sorted, graph->edge_count, sizeof(*sorted), compare_ends);

	struct placed *placed = fmr_arena_zero(arena, graph->edge_count + 1, sizeof(*placed));
	size_t used = 0;
	for (size_t i = 0; i < graph->edge_count; i++) {
		const struct fmr_graph_edge *edge = sorted[i].edge;
		bool same = used && placed[used - 1].strand.from == edge->from && placed[used - 1].strand.to == edge->to;
		if (!same)
			placed[used++] = (struct placed){ { .from = edge->from, .to = edge->to }, sorted[i].number };
		add_edge(&placed[used - 1].strand, edge, arena);
	}
	qsort(placed, used, sizeof(*placed), compare_number);

	struct fmr_graph_strand *strands = fmr_arena_zero(arena, used + 1, sizeof(*strands));
	for (size_t i = 0; i < used; i++)
		strands[i] = placed[i].strand;
	*count = used;
	return strands;
}
