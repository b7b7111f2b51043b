#include "unit.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "json/json.h"
#include "render/graph.h"
#include "render/graph_layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static char *print(const struct fmr_graph *graph, enum fmr_graph_format format, size_t width)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	assert_non_null(out);
	fmr_render_graph(out, graph, format, false, width);
	fclose(out);
	char *copy = fmr_strdup(text);
	free(text);
	return copy;
}

static void expect(const struct fmr_graph *graph, enum fmr_graph_format format, size_t width, const char *wanted)
{
	char *text = print(graph, format, width);
	assert_string_equal(text, wanted);
	free(text);
}

static void expect_part(const struct fmr_graph *graph, enum fmr_graph_format format, const char *wanted)
{
	char *text = print(graph, format, 0);
	if (!strstr(text, wanted))
		fail_msg("no '%s' in\n%s", wanted, text);
	free(text);
}

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const struct fmr_graph_node nodes[] = {
	{ .id = "INC-1", .title = "受注が停止", .type_label = "Incident", .state_label = "draft" },
	{ .id = "WHY-1", .title = "なぜ停止したか", .type_label = "Analysis", .state_label = "agreed" },
	{ .id = "PRV-1", .title = "Monitor \"it\" <always>", .type_label = "Measure", .state_label = "done",
		.hidden_after = 2 },
	{ .id = "SYS-9", .missing = true },
};
static const struct fmr_graph_edge edges[] = {
	{ .from = 0, .to = 1, .onward = "analysis", .back = "about" },
	{ .from = 0, .to = 2, .onward = "preventions", .back = "for" },
	{ .from = 1, .to = 2, .onward = "preventions", .back = "root causes", .suspect = true },
	{ .from = 0, .to = 2, .onward = "verified by", .back = "case" },
	{ .from = 3, .to = 0, .onward = "incidents", .back = "システム" },
};
static const struct fmr_graph sample = { nodes, COUNT(nodes), edges, COUNT(edges), true, true, false };

/* ---- text ---- */

static void text_unfolds_the_longest_way(void **state)
{
	(void)state;
	expect(&sample, FMR_GRAPH_TEXT, 0,
		"INC-1 受注が停止 (Incident, draft)\n"
		"\n"
		"what it rests on:\n"
		"└─ システム  SYS-9 (no such record)\n"
		"\n"
		"what follows from it:\n"
		"├─ analysis                  WHY-1  なぜ停止したか (agreed)\n"
		"│  └─ preventions            PRV-1  ! suspect  Monitor \"it\" <always> (done) (+2)\n"
		"└─ preventions, verified by  PRV-1  Monitor \"it\" <always> (see above)\n");
}

static void text_is_cut_to_the_width(void **state)
{
	(void)state;
	char *text = print(&sample, FMR_GRAPH_TEXT, 60);
	assert_non_null(strstr(text, "PRV-1  Monitor \"it… (see above)\n"));
	free(text);
}

static void one_side_only(void **state)
{
	(void)state;
	struct fmr_graph graph = sample;
	graph.before = false;
	char *text = print(&graph, FMR_GRAPH_TEXT, 0);
	assert_null(strstr(text, "rests on"));
	free(text);
	graph.node_count = 1;
	graph.edge_count = 0;
	expect(&graph, FMR_GRAPH_TEXT, 0, "INC-1 受注が停止 (Incident, draft)\n\nwhat follows from it: nothing\n");
}

/* A circle, a link to oneself, and links that lead both ways end. */
static void circles_end(void **state)
{
	(void)state;
	static const struct fmr_graph_node three[] = { { .id = "A" }, { .id = "B" }, { .id = "C" } };
	static const struct fmr_graph_edge round[] = {
		{ .from = 0, .to = 1, .onward = "x", .back = "y" }, { .from = 1, .to = 2, .onward = "x", .back = "y" },
		{ .from = 2, .to = 0, .onward = "x", .back = "y" }, { .from = 1, .to = 1, .onward = "x", .back = "y" },
	};
	const struct fmr_graph circle = { three, 3, round, COUNT(round), false, true, false };
	expect(&circle, FMR_GRAPH_TEXT, 0,
		"A\n\nwhat follows from it:\n"
		"└─ x        B\n"
		"   ├─ x     B (see above)\n"
		"   └─ x     C\n"
		"      └─ x  A (see above)\n");
	static const struct fmr_graph_edge same[] = {
		{ .from = 0, .to = 1, .onward = "same", .back = "same", .mutual = true },
		{ .from = 2, .to = 1, .onward = "same", .back = "same", .mutual = true },
	};
	const struct fmr_graph mutual = { three, 3, same, COUNT(same), true, false, false };
	expect(&mutual, FMR_GRAPH_TEXT, 0,
		"A\n\nwhat it rests on:\n"
		"└─ same     B\n"
		"   └─ same  C\n");
	for (int format = 0; fmr_graph_formats[format]; format++) {
		free(print(&circle, (enum fmr_graph_format)format, 40));
		free(print(&mutual, (enum fmr_graph_format)format, 40));
	}
}

/* ---- programs ---- */

static void json_can_be_read(void **state)
{
	(void)state;
	char *text = print(&sample, FMR_GRAPH_JSON, 0);
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct fmr_findings *findings = fmr_findings_new(0);
	const struct fmr_source source = { "graph", text, strlen(text) };
	const struct fmr_value *root = fmr_json_read(&source, &arena, findings);
	assert_non_null(root);
	assert_string_equal(fmr_value_string(fmr_value_get(root, "root")), "INC-1");
	assert_int_equal(fmr_value_get(root, "nodes")->list.count, COUNT(nodes));
	assert_int_equal(fmr_value_get(root, "edges")->list.count, COUNT(edges));
	const struct fmr_value *edge = fmr_value_get(root, "edges")->list.items[0];
	assert_string_equal(fmr_value_string(fmr_value_get(edge, "from")), "INC-1");
	assert_string_equal(fmr_value_string(fmr_value_get(edge, "source")), "WHY-1");
	fmr_findings_free(findings);
	fmr_arena_release(&arena);
	free(text);
}

static void other_languages_are_escaped(void **state)
{
	(void)state;
	expect_part(&sample, FMR_GRAPH_DOT, "\"PRV-1\" [label=\"PRV-1\\nMeasure, done\\nMonitor \\\"it\\\" <always>\"];");
	expect_part(&sample, FMR_GRAPH_DOT,
		"\"WHY-1\" -> \"PRV-1\" [label=\"! suspect\\npreventions\", style=dashed, color=\"#b45309\"];");
	expect_part(&sample, FMR_GRAPH_MERMAID, "n2[\"PRV-1<br/>Measure, done<br/>Monitor #34;it#34; #60;always#62;\"]");
	expect_part(&sample, FMR_GRAPH_MERMAID, "n1 -.->|\"! suspect<br/>preventions\"| n2");
	expect_part(&sample, FMR_GRAPH_SVG, ">Monitor &quot;it&quot; &lt;always&gt;</text>");
	expect_part(&sample, FMR_GRAPH_SVG, ">! suspect: preventions</text>");
	expect_part(&sample, FMR_GRAPH_SVG, "<title id=\"trace-title\">INC-1 受注が停止</title>");
	expect_part(&sample, FMR_GRAPH_SVG, "stroke-dasharray=\"5 4\"");
}

static void control_characters_are_seen(void **state)
{
	(void)state;
	static const struct fmr_graph_node bad[] = { { .id = "A", .title = "\x1b[31mred\xff" } };
	const struct fmr_graph graph = { bad, 1, NULL, 0, true, true, false };
	for (int format = 0; fmr_graph_formats[format]; format++) {
		char *text = print(&graph, (enum fmr_graph_format)format, 0);
		assert_null(strchr(text, '\x1b'));
		free(text);
	}
}

/* ---- layout ---- */

static struct fmr_layout new_layout(struct fmr_arena *arena, size_t boxes, size_t lines)
{
	struct fmr_layout layout = { .boxes = fmr_arena_zero(arena, boxes, sizeof(*layout.boxes)), .box_count = boxes,
		.lines = fmr_arena_zero(arena, lines + 1, sizeof(*layout.lines)), .line_count = lines, .gap_x = 50, .gap_y = 20,
		.gap_line = 10 };
	for (size_t i = 0; i < boxes; i++)
		layout.boxes[i] = (struct fmr_layout_box){ .width = 100, .height = 40 };
	return layout;
}

static int compare_place(const void *a, const void *b)
{
	const struct fmr_layout_box *x = *(const struct fmr_layout_box *const *)a;
	const struct fmr_layout_box *y = *(const struct fmr_layout_box *const *)b;
	if (x->layer != y->layer)
		return x->layer < y->layer ? -1 : 1;
	return (x->y > y->y) - (x->y < y->y);
}

/* Lines lead to the right, boxes do not overlap, and all lies within the size that is told. */
static void assert_sound(const struct fmr_layout *layout)
{
	for (size_t i = 0; i < layout->line_count; i++) {
		const struct fmr_layout_line *line = &layout->lines[i];
		assert_true(line->point_count >= 3 && line->point_count % 2);
		for (size_t p = 1; p < line->point_count; p++)
			assert_true(line->points[p].x >= line->points[p - 1].x);
	}
	const struct fmr_layout_box **sorted = fmr_alloc_zero(layout->box_count, sizeof(*sorted));
	for (size_t i = 0; i < layout->box_count; i++) {
		sorted[i] = &layout->boxes[i];
		assert_true(sorted[i]->x >= 0 && sorted[i]->x + sorted[i]->width <= layout->width + 0.01);
		assert_true(sorted[i]->y >= -0.01 && sorted[i]->y + sorted[i]->height <= layout->height + 0.01);
	}
	qsort(sorted, layout->box_count, sizeof(*sorted), compare_place);
	for (size_t i = 1; i < layout->box_count; i++)
		if (sorted[i]->layer == sorted[i - 1]->layer)
			assert_true(sorted[i]->y >= sorted[i - 1]->y + sorted[i - 1]->height + layout->gap_y - 0.01);
	free(sorted);
}

static void a_diamond_needs_no_crossing(void **state)
{
	(void)state;
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct fmr_layout layout = new_layout(&arena, 5, 6);
	static const size_t ends[][2] = { { 0, 2 }, { 0, 1 }, { 1, 3 }, { 2, 4 }, { 0, 4 }, { 0, 3 } };
	for (size_t i = 0; i < COUNT(ends); i++)
		layout.lines[i] = (struct fmr_layout_line){ .from = ends[i][0], .to = ends[i][1], .lead = 30 };
	fmr_layout(&layout, &arena);
	assert_sound(&layout);
	assert_int_equal(layout.boxes[0].layer, 0);
	assert_int_equal(layout.boxes[3].layer, 2);
	assert_true((layout.boxes[1].y < layout.boxes[2].y) == (layout.boxes[3].y < layout.boxes[4].y));
	assert_int_equal(layout.lines[4].point_count, 5); /* one layer is passed */
	fmr_arena_release(&arena);
}

static void a_circle_has_one_line_turned(void **state)
{
	(void)state;
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct fmr_layout layout = new_layout(&arena, 3, 3);
	for (size_t i = 0; i < 3; i++)
		layout.lines[i] = (struct fmr_layout_line){ .from = i, .to = (i + 1) % 3 };
	fmr_layout(&layout, &arena);
	assert_sound(&layout);
	assert_int_equal(layout.lines[0].turned + layout.lines[1].turned + layout.lines[2].turned, 1);
	fmr_arena_release(&arena);
}

static void a_single_box(void **state)
{
	(void)state;
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct fmr_layout layout = new_layout(&arena, 1, 0);
	fmr_layout(&layout, &arena);
	assert_true(layout.width == 100 && layout.height == 40);
	fmr_arena_release(&arena);
}

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* 10,000 records: one long chain, one hub, and links here and there; to and fro. */
static void large_graphs_are_bounded(void **state)
{
	(void)state;
	enum { N = 10000, SHAPES = 3 };
	struct fmr_graph_node *many = fmr_alloc_zero(N, sizeof(*many));
	struct fmr_graph_edge *links = fmr_alloc_zero(2 * N, sizeof(*links));
	char (*ids)[16] = fmr_alloc_zero(N, sizeof(*ids));
	for (size_t i = 0; i < N; i++) {
		snprintf(ids[i], sizeof(ids[i]), "INC-%05zu", i);
		many[i] = (struct fmr_graph_node){ .id = ids[i], .title = "受注が停止" };
	}
	for (int shape = 0; shape < SHAPES; shape++) {
		size_t count = 0;
		unsigned random = 1;
		for (size_t i = 1; i < N; i++) {
			random = random * 1103515245 + 12345;
			size_t other = shape == 0 ? i - 1 : shape == 1 ? 0 : (random >> 8) % i;
			links[count++] = (struct fmr_graph_edge){ .from = other, .to = i, .onward = "a", .back = "b" };
			if (shape == 2 && i % 3 == 0)
				links[count++] = (struct fmr_graph_edge){ .from = i, .to = (random >> 4) % N, .onward = "c" };
		}
		const struct fmr_graph graph = { many, N, links, count, true, true, false };
		double start = seconds();
		for (int format = 0; fmr_graph_formats[format]; format++)
			free(print(&graph, (enum fmr_graph_format)format, 80));
		if (seconds() - start > 20)
			fail_msg("shape %d takes %.1f s", shape, seconds() - start);
	}
	free(ids);
	free(links);
	free(many);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_unfolds_the_longest_way),
		cmocka_unit_test(text_is_cut_to_the_width),
		cmocka_unit_test(one_side_only),
		cmocka_unit_test(circles_end),
		cmocka_unit_test(json_can_be_read),
		cmocka_unit_test(other_languages_are_escaped),
		cmocka_unit_test(control_characters_are_seen),
		cmocka_unit_test(a_diamond_needs_no_crossing),
		cmocka_unit_test(a_circle_has_one_line_turned),
		cmocka_unit_test(a_single_box),
		cmocka_unit_test(large_graphs_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
