/*
 * A graph as a picture that any browser shows: boxes in layers from left to right as time goes, arrows with labels.
 * Nobody measures text here: a column of a terminal stands for a number of pixels, wide enough for common fonts.
 */
#include "render/graph_print.h"

#include "base/dict.h"
#include "base/i18n.h"
#include "base/text.h"
#include "render/graph_layout.h"
#include "render/print.h"
#include "render/wrap.h"

#include <string.h>

enum { TITLE_COLUMNS = 30, TITLE_LINES = 3, LABEL_COLUMNS = 26, COLORS = 12 };

/* Pixels. */
static const double COLUMN = 7, LABEL_COLUMN = 6, ID_COLUMN = 7.8, PADDING = 10, LINE = 18, PORT = 16, MARGIN = 20,
		    GAP_X = 56, GAP_Y = 22, GAP_LINE = 12, ARROW = 8;

struct picture {
	struct fmr_str *out;
	const struct fmr_graph *graph;
	const struct fmr_graph_strand *strands;
	struct fmr_layout layout;
	struct fmr_arena arena;
	struct fmr_dict labels;   /* label -> number of its port */
	const char **line_labels; /* of each line, as it is drawn */
	const size_t *line_strands; /* the strand of each line */
};

/* ---- what is measured before it is placed ---- */

/* At most so many lines, each no wider than a box, with "…" where more was left out. */
static char *wrap_title(struct fmr_arena *arena, const char *title)
{
	struct fmr_str lines;
	fmr_str_init(&lines);
	fmr_wrap(&lines, title, strlen(title), 0, TITLE_COLUMNS);
	const char *end = lines.bytes;
	for (int i = 0; i < TITLE_LINES && *end; i++)
		end += strcspn(end, "\n") + (i + 1 < TITLE_LINES && strchr(end, '\n'));
	if (*end) {
		size_t length = (size_t)(end - lines.bytes), start = length;
		while (start && lines.bytes[start - 1] != '\n')
			start--;
		size_t fits = fmr_text_fit(lines.bytes + start, length - start, TITLE_COLUMNS - 2);
		fmr_str_truncate(&lines, start + fits);
		fmr_str_puts(&lines, "…");
	}
	char *wrapped = fmr_arena_strdup(arena, lines.bytes);
	fmr_str_release(&lines);
	return wrapped;
}

static size_t count_lines(const char *text)
{
	size_t count = *text != '\0';
	for (; *text; text++)
		count += *text == '\n';
	return count;
}

static size_t text_width(const char *text)
{
	return fmr_text_width(text, strlen(text));
}

/* "! suspect: label", shortened to what fits between two boxes. */
static const char *drawn_label(struct picture *picture, const struct fmr_graph_strand *strand)
{
	struct fmr_str label;
	fmr_str_init(&label);
	if (strand->suspect)
		fmr_str_printf(&label, "%s: ", fmr_graph_suspect_mark());
	fmr_print_safe(&label, strand->onward ? strand->onward : "");
	if (fmr_text_width(label.bytes, label.length) > LABEL_COLUMNS) {
		fmr_str_truncate(&label, fmr_text_fit(label.bytes, label.length, LABEL_COLUMNS - 2));
		fmr_str_puts(&label, "…");
	}
	const char *kept = fmr_arena_strdup(&picture->arena, label.bytes);
	fmr_str_release(&label);
	return kept;
}

static size_t port_of(struct picture *picture, const char *label)
{
	size_t number;
	if (fmr_dict_get(&picture->labels, label, &number))
		return number;
	number = picture->labels.count;
	fmr_dict_add(&picture->labels, label, number);
	return number;
}

/* Lines of one label that enter a box share a place; `ports` counts the others for each box. */
static void make_lines(struct picture *picture, size_t strand_count, size_t *ports)
{
	struct fmr_layout *layout = &picture->layout;
	size_t *strands = fmr_arena_zero(&picture->arena, strand_count + 1, sizeof(*strands));
	layout->lines = fmr_arena_zero(&picture->arena, strand_count + 1, sizeof(*layout->lines));
	picture->line_labels = fmr_arena_zero(&picture->arena, strand_count + 1, sizeof(*picture->line_labels));
	struct fmr_dict seen;
	fmr_dict_init(&seen);
	for (size_t i = 0; i < strand_count; i++) {
		const struct fmr_graph_strand *strand = &picture->strands[i];
		if (strand->from == strand->to)
			continue;
		const char *label = drawn_label(picture, strand);
		size_t port = port_of(picture, label);
		const char *key = fmr_arena_format(&picture->arena, "%zu %zu", strand->to, port);
		ports[strand->to] += fmr_dict_add(&seen, key, 0);
		strands[layout->line_count] = i;
		picture->line_labels[layout->line_count] = label;
		layout->lines[layout->line_count++] = (struct fmr_layout_line){ .from = strand->from, .to = strand->to,
			.port = port, .lead = (double)text_width(label) * LABEL_COLUMN + 2 * ARROW };
	}
	picture->line_strands = strands;
	fmr_dict_release(&seen);
}

static void make_boxes(struct picture *picture, const char **titles, const size_t *ports)
{
	struct fmr_layout *layout = &picture->layout;
	for (size_t i = 0; i < picture->graph->node_count; i++) {
		const struct fmr_graph_node *node = &picture->graph->nodes[i];
		titles[i] = wrap_title(&picture->arena, node->title ? node->title : "");
		double width = TITLE_COLUMNS * COLUMN, id_width = (double)text_width(node->id) * ID_COLUMN;
		double height = (double)(2 + count_lines(titles[i])) * LINE, need = (double)(ports[i] + 1) * PORT;
		layout->boxes[i] = (struct fmr_layout_box){ .width = (id_width > width ? id_width : width) + 2 * PADDING,
			.height = (height > need ? height : need) + 2 * PADDING };
	}
}

/* ---- drawing ---- */

static const struct {
	const char *fill, *stroke;
} colors[COLORS] = {
	{ "#eaf2fd", "#2f6fc1" }, { "#fdecea", "#c0392b" }, { "#e9f7ee", "#2e8b57" }, { "#fdf4e3", "#b7791f" },
	{ "#f3ecfb", "#7d4cc2" }, { "#e6f6f7", "#188a93" }, { "#fceaf3", "#b83280" }, { "#f0f4e4", "#6b7f1d" },
	{ "#eef0f4", "#566377" }, { "#fbeee6", "#b8562b" }, { "#e8edfb", "#3f4fb0" }, { "#f4efe9", "#7f5f3c" },
};

static void put_tag_text(struct picture *picture, const char *tag, const char *text)
{
	fmr_str_printf(picture->out, "<%s>", tag);
	fmr_print_xml(picture->out, text);
	fmr_str_printf(picture->out, "</%s>", tag);
}

static void put_text_at(struct picture *picture, double x, double y, const char *class, const char *text, size_t length)
{
	fmr_str_printf(picture->out, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
	char *line = fmr_arena_strndup(&picture->arena, text, length);
	fmr_print_xml(picture->out, line);
	fmr_str_puts(picture->out, "</text>");
}

static void put_box(struct picture *picture, size_t number, const char *title)
{
	const struct fmr_graph_node *node = &picture->graph->nodes[number];
	const struct fmr_layout_box *box = &picture->layout.boxes[number];
	struct fmr_str caption;
	fmr_str_init(&caption);
	fmr_graph_caption(&caption, node);
	fmr_str_puts(picture->out, "<g>");
	put_tag_text(picture, "title",
		fmr_arena_format(&picture->arena, "%s (%s)\n%s", node->id, caption.bytes, node->title ? node->title : ""));
	const size_t color = node->color % COLORS;
	fmr_str_printf(picture->out,
		"<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"6\" fill=\"%s\" stroke=\"%s\" "
		"stroke-width=\"%s\"%s/>",
		box->x, box->y, box->width, box->height, node->missing ? "#ffffff" : colors[color].fill,
		node->missing ? "#c0392b" : colors[color].stroke, number ? "1.2" : "3",
		node->missing ? " stroke-dasharray=\"5 4\"" : "");
	double x = box->x + PADDING, y = box->y + PADDING + LINE * 0.75;
	put_text_at(picture, x, y, "id", node->id, strlen(node->id));
	put_text_at(picture, x, y + LINE, "kind", caption.bytes, caption.length);
	for (y += 2 * LINE; *title; y += LINE) {
		size_t length = strcspn(title, "\n");
		put_text_at(picture, x, y, "title", title, length);
		title += length + (title[length] == '\n');
	}
	fmr_str_puts(picture->out, "</g>\n");
	fmr_str_release(&caption);
}

/* From the box, then curve and straight piece in turn. */
static void put_path(struct fmr_str *out, const struct fmr_layout_line *line)
{
	const struct fmr_layout_point *points = line->points;
	fmr_str_printf(out, "M%.1f %.1f", points[0].x, points[0].y);
	for (size_t i = 1; i + 1 < line->point_count; i += 2) {
		double half = (points[i].x - points[i - 1].x) / 2;
		fmr_str_printf(out, "C%.1f %.1f %.1f %.1f %.1f %.1fH%.1f", points[i - 1].x + half, points[i - 1].y,
			points[i].x - half, points[i].y, points[i].x, points[i].y, points[i + 1].x);
	}
}

static void put_line(struct picture *picture, size_t number)
{
	const struct fmr_layout_line *line = &picture->layout.lines[number];
	const struct fmr_graph_strand *strand = &picture->strands[picture->line_strands[number]];
	struct fmr_str *out = picture->out;
	fmr_str_printf(out, "<path class=\"%s\" d=\"", strand->suspect ? "edge suspect" : "edge");
	put_path(out, line);
	fmr_str_puts(out, "\"");
	const char *head = strand->suspect ? "suspect-" : "";
	if (!line->turned || strand->mutual)
		fmr_str_printf(out, " marker-end=\"url(#%sonward)\"", head);
	if (line->turned || strand->mutual)
		fmr_str_printf(out, " marker-start=\"url(#%sback)\"", head);
	fmr_str_puts(out, ">");
	put_tag_text(picture, "title",
		fmr_arena_format(&picture->arena, "%s → %s: %s%s%s", picture->graph->nodes[strand->from].id,
			picture->graph->nodes[strand->to].id, strand->suspect ? fmr_graph_suspect_mark() : "",
			strand->suspect ? ": " : "", strand->onward ? strand->onward : ""));
	fmr_str_puts(out, "</path>\n");
}

/* Each label once for all lines that share the place where they enter; after the lines, so that none crosses it out. */
static void put_labels(struct picture *picture)
{
	struct fmr_dict seen;
	fmr_dict_init(&seen);
	for (size_t i = 0; i < picture->layout.line_count; i++) {
		const struct fmr_layout_line *line = &picture->layout.lines[i];
		const struct fmr_layout_point *end = &line->points[line->point_count - 1];
		const char *label = picture->line_labels[i];
		const char *key = fmr_arena_format(
			&picture->arena, "%zu %zu", line->turned ? line->from : line->to, line->port);
		if (!*label || !fmr_dict_add(&seen, key, 0))
			continue;
		bool suspect = picture->strands[picture->line_strands[i]].suspect;
		put_text_at(picture, end->x - ARROW - 2, end->y - 4, suspect ? "label suspect" : "label", label, strlen(label));
		fmr_str_putc(picture->out, '\n');
	}
	fmr_dict_release(&seen);
}

static void put_marker(struct fmr_str *out, const char *name, const char *color, bool back)
{
	fmr_str_printf(out,
		"<marker id=\"%s\" viewBox=\"0 0 8 8\" refX=\"%d\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" "
		"orient=\"auto\" markerUnits=\"userSpaceOnUse\"><path d=\"%s\" fill=\"%s\"/></marker>\n",
		name, back ? 0 : 8, back ? "M8 0L0 4L8 8z" : "M0 0L8 4L0 8z", color);
}

static void put_title(struct fmr_str *out, const struct fmr_graph *graph)
{
	const struct fmr_graph_node *root = &graph->nodes[0];
	fmr_print_xml(out, graph->title ? graph->title : root->id);
	if (graph->title)
		return;
	fmr_str_putc(out, ' ');
	fmr_print_xml(out, root->title ? root->title : "");
}

static void put_head(struct picture *picture)
{
	struct fmr_str *out = picture->out;
	const struct fmr_graph *graph = picture->graph;
	double width = picture->layout.width + 2 * MARGIN, height = picture->layout.height + 2 * MARGIN;
	fmr_str_printf(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"%.0f %.0f %.0f %.0f\" "
		"role=\"img\" aria-labelledby=\"trace-title trace-desc\">\n<title id=\"trace-title\">",
		width, height, -MARGIN, -MARGIN, width, height);
	put_title(out, graph);
	fmr_str_puts(out, "</title>\n<desc id=\"trace-desc\">");
	if (graph->about)
		fmr_print_xml(out, graph->about);
	else
		fmr_str_printf(out, _("records: %zu, relations: %zu; an arrow leads from what comes first to what follows from it"),
			graph->node_count, picture->layout.line_count);
	fmr_str_puts(out,
		"</desc>\n<style>\n"
		"text { font: 13px \"Noto Sans JP\", \"Noto Sans CJK JP\", \"Hiragino Sans\", \"Yu Gothic UI\", Meiryo, sans-serif; "
		"fill: #1a202c; }\n"
		".id { font-family: ui-monospace, Consolas, \"DejaVu Sans Mono\", monospace; font-size: 12px; font-weight: bold; }\n"
		".kind { font-size: 11px; fill: #4a5568; }\n"
		".label { font-size: 11px; text-anchor: end; fill: #374151; stroke: #ffffff; stroke-width: 3px; "
		"paint-order: stroke; }\n"
		".edge { fill: none; stroke: #6b7280; stroke-width: 1.2; }\n"
		".edge.suspect { stroke: #b45309; stroke-width: 1.6; stroke-dasharray: 6 4; }\n"
		".label.suspect { fill: #b45309; font-weight: bold; }\n"
		"</style>\n<defs>\n");
	put_marker(out, "onward", "#6b7280", false);
	put_marker(out, "back", "#6b7280", true);
	put_marker(out, "suspect-onward", "#b45309", false);
	put_marker(out, "suspect-back", "#b45309", true);
	fmr_str_printf(out, "</defs>\n<rect x=\"%.0f\" y=\"%.0f\" width=\"%.0f\" height=\"%.0f\" fill=\"#ffffff\"/>\n",
		-MARGIN, -MARGIN, width, height);
}

void fmr_graph_svg(struct fmr_str *out, const struct fmr_graph *graph)
{
	struct picture picture = { .out = out, .graph = graph };
	fmr_arena_init(&picture.arena);
	fmr_dict_init(&picture.labels);
	size_t strand_count;
	picture.strands = fmr_graph_strands(graph, &picture.arena, &strand_count);
	picture.layout = (struct fmr_layout){ .box_count = graph->node_count, .gap_x = GAP_X, .gap_y = GAP_Y,
		.gap_line = GAP_LINE };
	picture.layout.boxes = fmr_arena_zero(&picture.arena, graph->node_count, sizeof(*picture.layout.boxes));
	const char **titles = fmr_arena_zero(&picture.arena, graph->node_count, sizeof(*titles));
	size_t *ports = fmr_arena_zero(&picture.arena, graph->node_count, sizeof(*ports));
	make_lines(&picture, strand_count, ports);
	make_boxes(&picture, titles, ports);
	fmr_layout(&picture.layout, &picture.arena);

	put_head(&picture);
	for (size_t i = 0; i < picture.layout.line_count; i++)
		put_line(&picture, i);
	put_labels(&picture);
	for (size_t i = 0; i < graph->node_count; i++)
		put_box(&picture, i, titles[i]);
	fmr_str_puts(out, "</svg>\n");
	fmr_dict_release(&picture.labels);
	fmr_arena_release(&picture.arena);
}
