/*
 * The text of a merge, from the pieces of three texts: each field or item with
 * its comments, as the side that changed it has it.
 */
#include "record/merge_plan.h"

#include "base/alloc.h"
#include "base/lines.h"
#include "yaml/edit.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

/* The lines of one value, with its key or dash, in the text of a side. */
struct cut {
	size_t start, end;
	size_t indent; /* columns to be put before it: it begins behind a dash, and counts as a line of its own */
	bool there;
};

struct writer {
	const struct fmr_source *sources;
	enum fmr_merge_side side; /* that wins conflicts */
	struct fmr_str *out;
	bool behind_dash;         /* what is written next goes on in the line of a dash ... */
	size_t column;            /* ... without so much of its indentation */
};

/* The elements of a map or list on one side. */
struct pieces {
	struct fmr_span *items;
	size_t count;
	size_t column;    /* of the keys or dashes */
	bool behind_dash; /* the first begins in the line of a dash */
};

static void write_node(struct writer *w, const struct fmr_merge_node *node, const struct cut cuts[FMR_SIDES]);

static size_t count_of(const struct fmr_value *value)
{
	return value->kind == FMR_LIST ? value->list.count : value->kind == FMR_MAP ? value->map.count : 0;
}

/* ---- texts ---- */

static void cut_text(const struct writer *w, enum fmr_merge_side side, const struct cut *cut, struct fmr_str *out)
{
	if (!cut->there)
		return;
	fmr_str_repeat(out, ' ', cut->indent);
	fmr_str_add(out, w->sources[side].bytes + cut->start, cut->end - cut->start);
}

static void put(struct writer *w, const struct fmr_str *text)
{
	size_t skip = 0;
	if (!text->length)
		return;
	if (w->behind_dash)
		while (skip < w->column && text->bytes[skip] == ' ')
			skip++;
	else if (w->out->length && w->out->bytes[w->out->length - 1] != '\n')
		fmr_str_putc(w->out, '\n');
	fmr_str_add(w->out, text->bytes + skip, text->length - skip);
	w->behind_dash = false;
}

/* What three cuts say when their changed lines are put together; false when the same lines were changed. */
static bool merge_cuts(const struct writer *w, const struct cut cuts[FMR_SIDES], struct fmr_str *out)
{
	struct fmr_str text[FMR_SIDES];
	for (int side = FMR_BASE; side < FMR_SIDES; side++) {
		fmr_str_init(&text[side]);
		cut_text(w, (enum fmr_merge_side)side, &cuts[side], &text[side]);
	}
	const bool there = cuts[FMR_BASE].there && cuts[FMR_OURS].there && cuts[FMR_THEIRS].there;
	const bool clean = there && fmr_lines_merge((struct fmr_text){ text[FMR_BASE].bytes, text[FMR_BASE].length },
					    (struct fmr_text){ text[FMR_OURS].bytes, text[FMR_OURS].length },
					    (struct fmr_text){ text[FMR_THEIRS].bytes, text[FMR_THEIRS].length }, NULL, out) == 0;
	for (int side = FMR_BASE; side < FMR_SIDES; side++)
		fmr_str_release(&text[side]);
	return clean;
}

static void put_cut(struct writer *w, enum fmr_merge_side side, const struct cut *cut)
{
	struct fmr_str text;
	fmr_str_init(&text);
	cut_text(w, side, cut, &text);
	put(w, &text);
	fmr_str_release(&text);
}

static bool has_line(const struct fmr_str *text, const char *line, size_t length)
{
	for (const char *at = text->bytes; at < text->bytes + text->length;) {
		const size_t other = strcspn(at, "\n");
		if (other == length && memcmp(at, line, length) == 0)
			return true;
		at += other + (at[other] == '\n');
	}
	return false;
}

/* The lines of one side, and those of the other that neither it nor base has. */
static void put_union(struct writer *w, enum fmr_merge_side side, const struct cut cuts[FMR_SIDES])
{
	const enum fmr_merge_side other = side == FMR_OURS ? FMR_THEIRS : FMR_OURS;
	struct fmr_str text, base, theirs;
	fmr_str_init(&text);
	fmr_str_init(&base);
	fmr_str_init(&theirs);
	cut_text(w, side, &cuts[side], &text);
	cut_text(w, FMR_BASE, &cuts[FMR_BASE], &base);
	cut_text(w, other, &cuts[other], &theirs);
	for (const char *at = theirs.bytes; *at;) {
		const size_t length = strcspn(at, "\n");
		if (length && !has_line(&text, at, length) && !has_line(&base, at, length))
			fmr_str_add(&text, at, length + (at[length] == '\n'));
		at += length + (at[length] == '\n');
	}
	put(w, &text);
	fmr_str_release(&text);
	fmr_str_release(&base);
	fmr_str_release(&theirs);
}

/* Comments, markers and the lines of keys, but no values: when both sides changed the same, comments of both are kept. */
static void put_merged(struct writer *w, enum fmr_merge_side side, const struct cut cuts[FMR_SIDES], bool comments)
{
	struct fmr_str text;
	fmr_str_init(&text);
	if (merge_cuts(w, cuts, &text))
		put(w, &text);
	else if (comments && cuts[FMR_OURS].there && cuts[FMR_THEIRS].there)
		put_union(w, side, cuts);
	else
		put_cut(w, side, &cuts[side]);
	fmr_str_release(&text);
}

/* ---- a value as a whole ---- */

/* The comment lines at the beginning of a cut, and the rest. */
static void divide(const struct fmr_source *source, const struct cut *cut, struct cut *lead, struct cut *body)
{
	*lead = *body = *cut;
	lead->end = cut->start;
	lead->indent = 0;
	while (cut->there && !cut->indent) {
		size_t at = lead->end;
		while (at < cut->end && source->bytes[at] == ' ')
			at++;
		if (at == cut->end || source->bytes[at] != '#')
			break;
		const char *feed = memchr(source->bytes + at, '\n', cut->end - at);
		lead->end = feed ? (size_t)(feed - source->bytes) + 1 : cut->end;
	}
	body->start = lead->end;
}

/* The text of one element, whose value becomes another one. */
static bool with_value(const struct fmr_str *text, const struct fmr_value *value, struct fmr_str *out)
{
	const struct fmr_source source = { "", text->bytes, text->length };
	struct fmr_findings *findings = fmr_findings_new(0);
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct fmr_value *root = fmr_yaml_read_record(&source, &arena, findings);
	bool done = root && count_of(root) == 1;
	if (done) {
		*(root->kind == FMR_LIST ? &root->list.items[0] : &root->map.members[0].value) = (struct fmr_value *)value;
		const struct fmr_edit edit = { .kind = FMR_EDIT_SET, .path = "", .value = root };
		done = fmr_yaml_edit(&source, &edit, 1, out, NULL) == 0;
	}
	fmr_arena_release(&arena);
	fmr_findings_free(findings);
	return done;
}

/* One side changed a value, the other a comment on the same line: when the value is all that the one changed, it is
 * written into the text of the other. */
static bool carry_value(struct writer *w, const struct fmr_merge_node *node, const struct cut cuts[FMR_SIDES])
{
	const enum fmr_merge_side side = node->take, other = side == FMR_OURS ? FMR_THEIRS : FMR_OURS;
	if (node->kind != FMR_MERGE_TAKE || !cuts[FMR_BASE].there || !cuts[side].there || !cuts[other].there ||
		!fmr_same_value(node->value[FMR_BASE], node->value[other]))
		return false;
	struct fmr_str base, mine, theirs, out;
	struct fmr_str *const all[] = { &base, &mine, &theirs, &out };
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		fmr_str_init(all[i]);
	cut_text(w, FMR_BASE, &cuts[FMR_BASE], &base);
	cut_text(w, side, &cuts[side], &mine);
	cut_text(w, other, &cuts[other], &theirs);
	const bool done = with_value(&base, node->value[side], &out) && out.length == mine.length &&
		memcmp(out.bytes, mine.bytes, mine.length) == 0 && with_value(&theirs, node->value[side], &out);
	if (done)
		put(w, &out);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		fmr_str_release(all[i]);
	return done;
}

static void write_whole(struct writer *w, const struct fmr_merge_node *node, const struct cut cuts[FMR_SIDES])
{
	const enum fmr_merge_side side = node->kind == FMR_MERGE_TAKE ? node->take :
		node->kind == FMR_MERGE_CONFLICT                      ? w->side :
									FMR_OURS;
	struct cut leads[FMR_SIDES], bodies[FMR_SIDES];
	if (!node->value[side])
		return;
	if (node->kind == FMR_MERGE_CONFLICT) {
		put_cut(w, side, &cuts[side]);
		return;
	}
	for (int i = FMR_BASE; i < FMR_SIDES; i++)
		divide(&w->sources[i], &cuts[i], &leads[i], &bodies[i]);
	put_merged(w, side, leads, true);
	struct fmr_str text;
	fmr_str_init(&text);
	if (merge_cuts(w, bodies, &text))
		put(w, &text);
	else if (!carry_value(w, node, bodies))
		put_cut(w, side, &bodies[side]);
	fmr_str_release(&text);
}

/* ---- a map or list by its elements ---- */

static bool find_pieces(const struct fmr_source *source, const struct fmr_value *value, const struct cut *cut,
	struct pieces *pieces)
{
	*pieces = (struct pieces){ 0 };
	if (!value || !cut->there || !count_of(value))
		return false;
	pieces->count = count_of(value);
	pieces->items = fmr_alloc_zero(pieces->count, sizeof(*pieces->items));
	if (!fmr_edit_pieces(source, value, pieces->items))
		return false;
	size_t line = value->span.start;
	while (line > 0 && source->bytes[line - 1] != '\n')
		line--;
	pieces->column = value->span.start - line;
	pieces->behind_dash = pieces->items[0].start == value->span.start && pieces->column > 0;
	return pieces->items[0].start >= cut->start && pieces->items[pieces->count - 1].end <= cut->end;
}

static struct cut piece_cut(const struct pieces *pieces, size_t at)
{
	if (!pieces->items || at == FMR_NOWHERE)
		return (struct cut){ 0 };
	return (struct cut){ pieces->items[at].start, pieces->items[at].end,
		at == 0 && pieces->behind_dash ? pieces->column : 0, true };
}

static void write_elements(struct writer *w, const struct fmr_merge_node *node, const struct cut cuts[FMR_SIDES],
	const struct pieces pieces[FMR_SIDES])
{
	struct cut heads[FMR_SIDES] = { 0 }, tails[FMR_SIDES] = { 0 }, part[FMR_SIDES];
	for (int side = FMR_BASE; side < FMR_SIDES; side++) {
		if (!pieces[side].items)
			continue;
		heads[side] = (struct cut){ cuts[side].start, pieces[side].items[0].start, cuts[side].indent, true };
		tails[side] = (struct cut){ pieces[side].items[pieces[side].count - 1].end, cuts[side].end, 0, true };
	}
	put_merged(w, FMR_OURS, heads, false);
	w->behind_dash = pieces[FMR_OURS].behind_dash;
	w->column = pieces[FMR_OURS].column;
	for (size_t i = 0; i < node->count; i++) {
		for (int side = FMR_BASE; side < FMR_SIDES; side++)
			part[side] = piece_cut(&pieces[side], node->parts[i].at[side]);
		write_node(w, node->parts[i].node, part);
	}
	w->behind_dash = false;
	put_merged(w, FMR_OURS, tails, true);
}

/* Both sides are laid out in the same way?  Then pieces of one fit into the other. */
static bool fit(const struct pieces *a, const struct pieces *b)
{
	return a->column == b->column && a->behind_dash == b->behind_dash;
}

static void write_parts(struct writer *w, const struct fmr_merge_node *node, const struct cut cuts[FMR_SIDES])
{
	struct pieces pieces[FMR_SIDES];
	bool found[FMR_SIDES];
	for (int side = FMR_BASE; side < FMR_SIDES; side++)
		found[side] = find_pieces(&w->sources[side], node->value[side], &cuts[side], &pieces[side]);
	if (!found[FMR_BASE] || node->value[FMR_BASE]->kind != node->value[FMR_OURS]->kind ||
		!fit(&pieces[FMR_BASE], &pieces[FMR_OURS])) {
		free(pieces[FMR_BASE].items);
		pieces[FMR_BASE] = (struct pieces){ 0 };
	}
	if (found[FMR_OURS] && found[FMR_THEIRS] && fit(&pieces[FMR_OURS], &pieces[FMR_THEIRS]))
		write_elements(w, node, cuts, pieces);
	else
		write_whole(w, node, cuts);
	for (int side = FMR_BASE; side < FMR_SIDES; side++)
		free(pieces[side].items);
}

static void write_node(struct writer *w, const struct fmr_merge_node *node, const struct cut cuts[FMR_SIDES])
{
	struct fmr_str text;
	fmr_str_init(&text);
	if (!node->parts)
		write_whole(w, node, cuts);
	else if (node->kind == FMR_MERGE_TAKE && merge_cuts(w, cuts, &text))
		put(w, &text);
	else
		write_parts(w, node, cuts);
	fmr_str_release(&text);
}

void fmr_merge_write(const struct fmr_merge_node *root, enum fmr_merge_side side,
	const struct fmr_source sources[FMR_SIDES], struct fmr_str *out)
{
	struct writer w = { .sources = sources, .side = side, .out = out };
	struct cut cuts[FMR_SIDES];
	for (int i = FMR_BASE; i < FMR_SIDES; i++)
		cuts[i] = (struct cut){ 0, sources[i].length, 0, true };
	write_node(&w, root, cuts);
}
