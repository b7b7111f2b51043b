/*
 * A workflow in words: under each state the transitions that start from it, and what they ask for.  As a picture: a
 * graph of states, through render/graph.
 */
#include "render/workflow.h"

#include "base/arena.h"
#include "base/i18n.h"
#include "base/text.h"
#include "render/print.h"
#include "render/wrap.h"

#include <string.h>

enum { STEM = 4, GAP = 2, CAPTIONS = 9 };

static const char any_state[] = "*";

struct page {
	struct fmr_str out;
	struct fmr_book *book;
	const struct fmr_type *type;
	const struct fmr_transition_rule *rules;
	enum fmr_language language;
	bool color;
	size_t width, caption_width;
};

void fmr_render_roles(struct fmr_str *out, const struct fmr_slot_rule *slot)
{
	if (!*slot->by)
		fmr_str_puts(out, _("nobody"));
	for (size_t i = 0; slot->by[i]; i++) {
		fmr_str_puts(out, i ? ", " : "");
		fmr_print_safe(out, slot->by[i]);
	}
}

void fmr_render_all_roles(struct fmr_str *out, const struct fmr_transition_rule *rule)
{
	for (size_t i = 0; i < rule->slot_count; i++) {
		fmr_str_puts(out, i ? " + " : "");
		fmr_render_roles(out, &rule->slots[i]);
	}
}

static bool is_from_any(const struct fmr_transition_rule *rule)
{
	return strcmp(rule->from[0], any_state) == 0;
}

/* "#/$defs/urgent": the last part says what it is about. */
static const char *condition_name(const char *pointer)
{
	const char *slash = strrchr(pointer, '/');
	return slash ? slash + 1 : pointer;
}

/* ---- lines ---- */

static const char *const captions[CAPTIONS] = { N_("signed by"), N_("declares"), N_("covers"), N_("needs"), N_("only for"),
	N_("after"), N_("not by"), N_("note"), N_("fills") };
enum caption { SIGNED_BY, DECLARES, COVERS, NEEDS, ONLY_FOR, AFTER, NOT_BY, NOTE, FILLS };

static size_t widest_caption(void)
{
	size_t widest = 0;
	for (size_t i = 0; i < CAPTIONS; i++) {
		const char *caption = _(captions[i]);
		const size_t width = fmr_text_width(caption, strlen(caption));
		widest = width > widest ? width : widest;
	}
	return widest;
}

static void put_blanks(struct fmr_str *out, size_t count)
{
	while (count--)
		fmr_str_putc(out, ' ');
}

/* A caption and a text, folded beside it; releases the text. */
static void put_line(struct page *page, enum caption which, struct fmr_str *text)
{
	const char *caption = _(captions[which]);
	const size_t indent = STEM + page->caption_width + GAP;
	put_blanks(&page->out, STEM);
	fmr_print_color(&page->out, page->color, FMR_DIM);
	fmr_str_puts(&page->out, caption);
	fmr_print_color(&page->out, page->color, FMR_PLAIN);
	put_blanks(&page->out, page->caption_width - fmr_text_width(caption, strlen(caption)) + GAP);
	fmr_wrap(&page->out, text->bytes, text->length, indent, page->width);
	fmr_str_putc(&page->out, '\n');
	fmr_str_release(text);
}

static void put_names(struct page *page, enum caption which, const char *const *names)
{
	struct fmr_str text;
	if (!*names)
		return;
	fmr_str_init(&text);
	for (size_t i = 0; names[i]; i++)
		fmr_str_printf(&text, "%s%s", i ? ", " : "", names[i]);
	put_line(page, which, &text);
}

static void put_words(struct fmr_str *out, const char *code, const struct fmr_words *label, enum fmr_language language)
{
	const char *words = fmr_words_in(label, language);
	fmr_print_safe(out, code);
	if (*words && strcmp(words, code) != 0) {
		fmr_str_putc(out, ' ');
		fmr_print_safe(out, words);
	}
}

/* ---- one signature ---- */

static void put_signers(struct page *page, const struct fmr_slot_rule *slot)
{
	struct fmr_str text;
	fmr_str_init(&text);
	if (!*slot->by)
		fmr_str_puts(&text, _("nobody"));
	for (size_t i = 0; slot->by[i]; i++) {
		const struct fmr_choice *role = fmr_book_role(page->book, slot->by[i]);
		const char *label = role ? fmr_words_in(&role->label, page->language) : "";
		fmr_str_puts(&text, i ? ", " : "");
		if (*label && strcmp(label, slot->by[i]) != 0)
			fmr_str_printf(&text, "%s (%s)", label, slot->by[i]);
		else
			fmr_str_puts(&text, slot->by[i]);
	}
	if (slot->votes > 1)
		fmr_str_printf(&text, _(" (%u persons)"), slot->votes);
	if (slot->role_field)
		fmr_str_printf(&text, _(" (the one that '%s' names)"), slot->role_field);
	put_line(page, SIGNED_BY, &text);
}

static void put_covers(struct page *page, const struct fmr_slot_rule *slot)
{
	struct fmr_str text;
	if (slot->covers) {
		put_names(page, COVERS, slot->covers);
		return;
	}
	fmr_str_init(&text);
	fmr_str_puts(&text, _("everything, and what is attached"));
	put_line(page, COVERS, &text);
}

static void put_slot(struct page *page, const struct fmr_slot_rule *slot)
{
	struct fmr_str text;
	put_signers(page, slot);
	fmr_str_init(&text);
	fmr_str_puts(&text, fmr_words_in(&slot->declares, page->language));
	put_line(page, DECLARES, &text);
	put_covers(page, slot);
}

/* ---- what must be there ---- */

/* Do the requirements of `other` hold in `state`? */
static bool includes(const struct fmr_type *type, const char *state, const char *other)
{
	if (strcmp(state, other) == 0)
		return true;
	const struct fmr_state_rule *rule = fmr_type_state(type, state);
	for (const char *const *after = rule->after; *after; after++) /* states above: no circles */
		if (includes(type, *after, other))
			return true;
	return false;
}

/* Does the transition ask for what this state asks for, and not each state that it starts from? */
static bool is_news(const struct page *page, const struct fmr_transition_rule *rule, const char *state)
{
	if (!rule->to || !includes(page->type, rule->to, state))
		return false;
	if (is_from_any(rule))
		return true;
	for (const char *const *from = rule->from; *from; from++)
		if (!includes(page->type, *from, state))
			return true;
	return false;
}

static void add_name(struct fmr_str *out, const char *name)
{
	fmr_str_printf(out, "%s%s", out->length ? ", " : "", name);
}

static void add_required(struct page *page, const struct fmr_transition_rule *rule, const struct fmr_field *fields,
	size_t count, struct fmr_str *out)
{
	for (size_t i = 0; i < count; i++) {
		const struct fmr_field *field = &fields[i];
		if (field->required_from && is_news(page, rule, field->required_from))
			add_name(out, field->path);
		else if (field->kind == FMR_FIELD_LINK && field->link->free_until &&
			is_news(page, rule, field->link->free_until))
			add_name(out, field->path);
		if (field->child_count && !field->link)
			add_required(page, rule, field->children, field->child_count, out);
	}
}

static void put_needs(struct page *page, const struct fmr_transition_rule *rule)
{
	struct fmr_str text;
	fmr_str_init(&text);
	add_required(page, rule, page->type->fields, page->type->field_count, &text);
	for (const char *const *path = rule->requires; *path; path++)
		add_name(&text, *path);
	for (size_t i = 0; i < page->type->state_count; i++) {
		const struct fmr_state_rule *state = &page->type->states[i];
		if (state->must && is_news(page, rule, state->name))
			add_name(&text, condition_name(state->must));
	}
	if (text.length)
		put_line(page, NEEDS, &text);
	else
		fmr_str_release(&text);
}

static void put_exclusions(struct page *page, const struct fmr_transition_rule *rule)
{
	struct fmr_str text;
	enum fmr_exclusion exclusion;
	const char *name;
	fmr_str_init(&text);
	for (const char *const *one = rule->not_by; *one; one++) {
		if (!fmr_exclusion_read(*one, &exclusion, &name))
			continue;
		fmr_str_puts(&text, text.length ? ", " : "");
		if (exclusion == FMR_EXCLUDE_AUTHOR)
			fmr_str_puts(&text, _("who wrote it"));
		else if (exclusion == FMR_EXCLUDE_SIGNER)
			fmr_str_printf(&text, _("who signed '%s'"), name);
		else
			fmr_str_printf(&text, _("who stands in '%s'"), name);
	}
	put_line(page, NOT_BY, &text);
}

/* Boxes of the form that the signatures fill. */
static void add_boxes(const struct fmr_transition_rule *rule, const struct fmr_field *fields, size_t count,
	struct fmr_str *out)
{
	for (size_t i = 0; i < count; i++) {
		if (fields[i].signed_by && strcmp(fields[i].signed_by, rule->name) == 0)
			add_name(out, fields[i].path);
		if (!fields[i].link)
			add_boxes(rule, fields[i].children, fields[i].child_count, out);
	}
}

static void put_boxes(struct page *page, const struct fmr_transition_rule *rule)
{
	struct fmr_str text;
	fmr_str_init(&text);
	add_boxes(rule, page->type->fields, page->type->field_count, &text);
	if (text.length)
		put_line(page, FILLS, &text);
	else
		fmr_str_release(&text);
}

static void put_note(struct page *page, const char *note)
{
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_puts(&text, note);
	put_line(page, NOTE, &text);
}

/* ---- one transition ---- */

/* "approve -> plan-approved Plan approved" */
static void put_arrow(struct page *page, const struct fmr_transition_rule *rule)
{
	put_blanks(&page->out, GAP);
	fmr_print_color(&page->out, page->color, FMR_CYAN);
	fmr_print_safe(&page->out, rule->name);
	fmr_print_color(&page->out, page->color, FMR_PLAIN);
	if (rule->to) {
		fmr_str_puts(&page->out, " -> ");
		put_words(&page->out, rule->to, &fmr_type_state(page->type, rule->to)->label, page->language);
	} else {
		fmr_str_puts(&page->out, _(" (the state stays)"));
	}
	fmr_str_putc(&page->out, '\n');
}

static void put_transition(struct page *page, const struct fmr_transition_rule *rule)
{
	const char *const when[] = { rule->when ? condition_name(rule->when) : NULL, NULL };
	put_arrow(page, rule);
	put_names(page, ONLY_FOR, when);
	for (size_t i = 0; i < rule->slot_count; i++)
		put_slot(page, &rule->slots[i]);
	put_needs(page, rule);
	put_names(page, AFTER, rule->after);
	if (*rule->not_by)
		put_exclusions(page, rule);
	if (rule->reason)
		put_note(page, _("the signer gives a reason"));
	if (rule->restart)
		put_note(page, _("what was signed before is left behind"));
	put_boxes(page, rule);
}

static void put_state(struct page *page, const struct fmr_state_rule *state)
{
	const char *help = fmr_words_in(&state->help, page->language);
	fmr_print_color(&page->out, page->color, FMR_BOLD);
	put_words(&page->out, state->name, &state->label, page->language);
	fmr_print_color(&page->out, page->color, FMR_PLAIN);
	if (*help) {
		fmr_str_putc(&page->out, '\n');
		put_blanks(&page->out, GAP);
		fmr_wrap(&page->out, help, strlen(help), GAP, page->width);
	}
	fmr_str_putc(&page->out, '\n');
	for (size_t i = 0; i < page->type->transition_count; i++)
		if (!is_from_any(&page->rules[i]) && fmr_transition_leaves(&page->rules[i], state->name))
			put_transition(page, &page->rules[i]);
	fmr_str_putc(&page->out, '\n');
}

/* Transitions from every state stand at the end, once. */
static void put_from_any(struct page *page)
{
	bool any = false;
	for (size_t i = 0; i < page->type->transition_count; i++) {
		if (!is_from_any(&page->rules[i]))
			continue;
		if (!any) {
			fmr_print_color(&page->out, page->color, FMR_BOLD);
			fmr_str_puts(&page->out, _("any state"));
			fmr_print_color(&page->out, page->color, FMR_PLAIN);
			fmr_str_putc(&page->out, '\n');
		}
		any = true;
		put_transition(page, &page->rules[i]);
	}
}

static void put_row(struct fmr_table *table, const char *from, const struct fmr_transition_rule *rule)
{
	struct fmr_str roles;
	fmr_str_init(&roles);
	fmr_render_all_roles(&roles, rule);
	const char *const cells[] = { from, rule->name, rule->to ? rule->to : from, roles.bytes };
	fmr_table_row(table, cells, NULL);
	fmr_str_release(&roles);
}

/* All of it at a glance, in the order of the states. */
static void put_overview(FILE *out, const struct page *page)
{
	static const char *const columns[] = { "state", "transition", "next", "signed by" };
	const struct fmr_type *type = page->type;
	struct fmr_table *table = fmr_table_new(out, FMR_TABLE_TEXT, columns, sizeof(columns) / sizeof(*columns),
		page->width, false, false);
	for (size_t i = 0; i < type->state_count; i++)
		for (size_t j = 0; j < type->transition_count; j++)
			if (!is_from_any(&page->rules[j]) && fmr_transition_leaves(&page->rules[j], type->states[i].name))
				put_row(table, type->states[i].name, &page->rules[j]);
	for (size_t j = 0; j < type->transition_count; j++)
		if (is_from_any(&page->rules[j]))
			put_row(table, _("any state"), &page->rules[j]);
	fmr_table_end(table);
}

static void put_text(FILE *out, struct page *page)
{
	page->caption_width = widest_caption();
	fmr_str_init(&page->out);
	put_words(&page->out, page->type->name, &page->type->label, page->language);
	fmr_str_puts(&page->out, "\n\n");
	if (!page->type->transition_count)
		fmr_str_printf(&page->out, "%s\n\n", _("this type has no transitions: nothing can be approved"));
	fmr_print_out(out, &page->out);
	if (page->type->transition_count)
		put_overview(out, page);
	fmr_str_init(&page->out);
	fmr_str_puts(&page->out, page->type->transition_count ? "\n" : "");
	for (size_t i = 0; i < page->type->state_count; i++)
		put_state(page, &page->type->states[i]);
	put_from_any(page);
	while (page->out.length > 1 && strcmp(page->out.bytes + page->out.length - 2, "\n\n") == 0)
		fmr_str_truncate(&page->out, page->out.length - 1);
	fmr_print_out(out, &page->out);
}

/* ---- as a graph ---- */

struct drawing {
	const struct page *page;
	struct fmr_arena arena;
	struct fmr_graph_node *nodes; /* the states; behind them, where it is needed, any state */
	size_t node_count;
	struct fmr_graph_edge *edges;
	size_t edge_count;
};

/* "approve (manager, cio)" */
static const char *arrow_label(struct drawing *drawing, const struct fmr_transition_rule *rule)
{
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_printf(&text, "%s (", rule->name);
	fmr_render_all_roles(&text, rule);
	fmr_str_putc(&text, ')');
	const char *label = fmr_arena_strdup(&drawing->arena, text.bytes);
	fmr_str_release(&text);
	return label;
}

static void add_arrow(struct drawing *drawing, size_t from, const struct fmr_transition_rule *rule)
{
	const struct fmr_type *type = drawing->page->type;
	size_t to = (size_t)(fmr_type_state(type, rule->to) - type->states);
	drawing->edges[drawing->edge_count++] = (struct fmr_graph_edge){ .from = from, .to = to,
		.onward = arrow_label(drawing, rule), .written_in_from = true };
}

/* What does not leave a state is told in its box. */
static void add_staying(struct drawing *drawing, struct fmr_graph_node *node, const struct fmr_transition_rule *rule)
{
	const char *label = arrow_label(drawing, rule);
	node->title = node->title ? fmr_arena_format(&drawing->arena, "%s, %s", node->title, label) : label;
}

static void add_transition(struct drawing *drawing, const struct fmr_transition_rule *rule)
{
	const struct fmr_type *type = drawing->page->type;
	if (is_from_any(rule) && rule->to) {
		if (drawing->node_count == type->state_count)
			drawing->nodes[drawing->node_count++] =
				(struct fmr_graph_node){ .id = any_state, .type_label = _("any state"), .color = type->state_count };
		add_arrow(drawing, type->state_count, rule);
		return;
	}
	for (size_t i = 0; i < type->state_count; i++) {
		if (!fmr_transition_leaves(rule, type->states[i].name))
			continue;
		if (rule->to)
			add_arrow(drawing, i, rule);
		else
			add_staying(drawing, &drawing->nodes[i], rule);
	}
}

static void draw(FILE *out, const struct page *page, enum fmr_graph_format format)
{
	const struct fmr_type *type = page->type;
	struct drawing drawing = { .page = page };
	fmr_arena_init(&drawing.arena);
	drawing.nodes = fmr_arena_zero(&drawing.arena, type->state_count + 1, sizeof(*drawing.nodes));
	drawing.edges = fmr_arena_zero(&drawing.arena, type->transition_count * type->state_count + 1,
		sizeof(*drawing.edges));
	drawing.node_count = type->state_count;
	for (size_t i = 0; i < type->state_count; i++)
		drawing.nodes[i] = (struct fmr_graph_node){ .id = type->states[i].name, .color = i,
			.type_label = fmr_words_in(&type->states[i].label, page->language) };
	for (size_t i = 0; i < type->transition_count; i++)
		add_transition(&drawing, &page->rules[i]);
	const struct fmr_graph graph = { .nodes = drawing.nodes, .node_count = drawing.node_count,
		.edges = drawing.edges, .edge_count = drawing.edge_count, .before = true, .after = true,
		.title = fmr_words_in(&type->label, page->language),
		.about = _("states; an arrow is a transition, with the roles of which one must sign it") };
	fmr_render_graph(out, &graph, format, page->color, page->width);
	fmr_arena_release(&drawing.arena);
}

void fmr_render_workflow(FILE *out, struct fmr_book *book, const struct fmr_type *type,
	const struct fmr_transition_rule *rules, enum fmr_graph_format format, const struct fmr_workflow_style *style)
{
	struct page page = { .book = book, .type = type, .rules = rules, .language = style->language,
		.color = style->color, .width = style->width };
	if (format == FMR_GRAPH_TEXT)
		put_text(out, &page);
	else
		draw(out, &page, format);
}
