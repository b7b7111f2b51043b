#include "record/merge.h"
#include "record/merge_plan.h"

#include "base/alloc.h"
#include "yaml/edit.h"
#include "yaml/yaml.h"

#include <string.h>

/* ---- what is put aside while texts are merged: byte order marks, and CRLF when no line ends in LF alone ---- */

enum line_ends { ENDS_NONE, ENDS_LF, ENDS_CRLF, ENDS_MIXED };

struct form {
	bool mark;         /* begins with a byte order mark */
	enum line_ends ends;
	bool open;         /* no line end at the end */
};

static const char mark[] = "\xEF\xBB\xBF";
enum { MARK = sizeof(mark) - 1 };

static struct form form_of(struct fmr_text text)
{
	struct form form = { .mark = text.length >= MARK && memcmp(text.bytes, mark, MARK) == 0 };
	size_t feeds = 0, pairs = 0;
	for (size_t i = 0; i < text.length; i++) {
		if (text.bytes[i] != '\n')
			continue;
		feeds++;
		pairs += i > 0 && text.bytes[i - 1] == '\r';
	}
	form.open = text.length && text.bytes[text.length - 1] != '\n';
	form.ends = !feeds ? ENDS_NONE : !pairs ? ENDS_LF : pairs == feeds ? ENDS_CRLF : ENDS_MIXED;
	return form;
}

/* The text in the form that all three are merged in. */
static void take_form(struct fmr_text text, struct form form, bool mixed, struct fmr_str *out)
{
	const size_t start = form.mark ? MARK : 0;
	if (mixed || form.ends != ENDS_CRLF) {
		fmr_str_add(out, text.bytes + start, text.length - start);
		return;
	}
	for (size_t i = start; i < text.length; i++)
		if (text.bytes[i] != '\r' || i + 1 == text.length || text.bytes[i + 1] != '\n')
			fmr_str_putc(out, text.bytes[i]);
}

static void give_form(const struct fmr_str *text, struct form form, bool mixed, struct fmr_str *out)
{
	if (form.mark)
		fmr_str_puts(out, mark);
	if (mixed || form.ends != ENDS_CRLF) {
		fmr_str_add(out, text->bytes, text->length);
		return;
	}
	for (size_t i = 0; i < text->length; i++) {
		if (text->bytes[i] == '\n')
			fmr_str_putc(out, '\r');
		fmr_str_putc(out, text->bytes[i]);
	}
}

/* The form that one side changed wins. */
static struct form merged_form(const struct form forms[FMR_SIDES])
{
	struct form form = forms[FMR_OURS];
	const struct form *base = &forms[FMR_BASE], *theirs = &forms[FMR_THEIRS];
	if (form.mark == base->mark)
		form.mark = theirs->mark;
	if ((form.ends == base->ends && theirs->ends != ENDS_NONE) || form.ends == ENDS_NONE)
		form.ends = theirs->ends;
	if (form.open == base->open)
		form.open = theirs->open;
	return form;
}

/* ---- merging ---- */

struct merge {
	const struct fmr_merge_options *options;
	struct fmr_arena arena;
	struct fmr_str texts[FMR_SIDES];
	struct fmr_source sources[FMR_SIDES];
	bool open; /* the result has no line end at its end */
	struct fmr_merge_node *plan;
};

/* *root is NULL for a text without a document, which only base may be. */
static bool read_side(struct merge *merge, enum fmr_merge_side side, const struct fmr_value **root)
{
	struct fmr_findings *findings = fmr_findings_new(0);
	*root = fmr_yaml_read_record(&merge->sources[side], &merge->arena, findings);
	const bool empty = !*root && fmr_findings_count(findings) &&
		fmr_findings_at(findings, 0)->code == FMR_CODE_YAML_EMPTY;
	fmr_findings_free(findings);
	return *root || (empty && side == FMR_BASE);
}

/* What is not so yet is edited to be so. */
static bool edit(struct fmr_text text, const struct fmr_value *value, struct fmr_str *out)
{
	const struct fmr_source source = { "", text.bytes, text.length };
	const struct fmr_edit all = { .kind = FMR_EDIT_SET, .path = "", .value = value };
	return fmr_yaml_edit(&source, &all, 1, out, NULL) == 0;
}

static void close_end(const struct merge *merge, const struct fmr_value *value, struct fmr_str *text)
{
	const bool ended = text->length && text->bytes[text->length - 1] == '\n';
	if (merge->open && ended) {
		struct fmr_str open;
		fmr_str_init(&open);
		fmr_str_add(&open, text->bytes, text->length - 1);
		/* unless the last value needs it */
		if (edit((struct fmr_text){ open.bytes, open.length }, value, &open) && open.length + 1 == text->length)
			fmr_str_truncate(text, open.length);
		fmr_str_release(&open);
	} else if (!merge->open && !ended && text->length) {
		fmr_str_putc(text, '\n');
	}
}

/* The result as it is when all conflicts go to one side. */
static bool write_side(struct merge *merge, enum fmr_merge_side side, struct fmr_str *out)
{
	const struct fmr_value *value = fmr_merge_value(merge->plan, side, &merge->arena);
	if (!value)
		return false;
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_merge_write(merge->plan, side, merge->sources, &text);
	close_end(merge, value, &text);
	const struct fmr_str *ours = &merge->texts[FMR_OURS];
	const bool done = edit((struct fmr_text){ text.bytes, text.length }, value, out) ||
		edit((struct fmr_text){ ours->bytes, ours->length }, value, out);
	fmr_str_release(&text);
	return done;
}

static struct fmr_text text_of(const struct fmr_str *str)
{
	return (struct fmr_text){ str->bytes, str->length };
}

static bool can_be_read(const struct fmr_str *text)
{
	const struct fmr_source source = { "", text->bytes, text->length };
	struct fmr_findings *findings = fmr_findings_new(0);
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	const bool good = fmr_yaml_read_record(&source, &arena, findings) != NULL;
	fmr_arena_release(&arena);
	fmr_findings_free(findings);
	return good;
}

/* Three texts that differ in the fields in conflict alone: the differences are what the markers go around. */
static bool mark_conflicts(struct merge *merge, struct fmr_str *out, struct fmr_merge_result *result)
{
	struct fmr_str texts[FMR_SIDES];
	bool done = true;
	for (int side = FMR_BASE; side < FMR_SIDES; side++) {
		fmr_str_init(&texts[side]);
		done = done && write_side(merge, (enum fmr_merge_side)side, &texts[side]);
	}
	if (done)
		result->conflicts = fmr_lines_merge(text_of(&texts[FMR_BASE]), text_of(&texts[FMR_OURS]),
			text_of(&texts[FMR_THEIRS]), &merge->options->markers, out);
	for (int side = FMR_BASE; side < FMR_SIDES; side++)
		fmr_str_release(&texts[side]);
	/* lines of one long text can go together although its values do not */
	return done && (result->conflicts || can_be_read(out));
}

static bool merge_fields(struct merge *merge, struct fmr_str *out, struct fmr_merge_result *result)
{
	const struct fmr_value *roots[FMR_SIDES];
	for (int side = FMR_BASE; side < FMR_SIDES; side++)
		if (!read_side(merge, (enum fmr_merge_side)side, &roots[side]))
			return false;
	merge->plan = fmr_merge_plan(merge->options->type, merge->options->keys, roots[FMR_BASE], roots[FMR_OURS], roots[FMR_THEIRS], &merge->arena);
	if (merge->options->settle)
		fmr_merge_ask(merge->options, merge->plan);
	struct fmr_str paths;
	fmr_str_init(&paths);
	const size_t conflicts = fmr_merge_conflicts(merge->plan, &paths);
	bool done;
	if (!conflicts || merge->options->favor != FMR_FAVOR_NONE)
		done = write_side(merge, merge->options->favor == FMR_FAVOR_THEIRS ? FMR_THEIRS : FMR_OURS, out);
	else
		done = mark_conflicts(merge, out, result);
	if (done && result->conflicts)
		fmr_str_add(&result->fields, paths.bytes, paths.length);
	fmr_str_release(&paths);
	return done;
}

static void merge_lines(struct merge *merge, struct fmr_str *out, struct fmr_merge_result *result)
{
	const struct fmr_text base = text_of(&merge->texts[FMR_BASE]), ours = text_of(&merge->texts[FMR_OURS]),
			      theirs = text_of(&merge->texts[FMR_THEIRS]);
	fmr_str_clear(out);
	result->by_lines = true;
	result->conflicts = 0;
	switch (merge->options->favor) {
	case FMR_FAVOR_NONE:
		result->conflicts = fmr_lines_merge(base, ours, theirs, &merge->options->markers, out);
		break;
	case FMR_FAVOR_OURS:
		fmr_lines_merge(base, ours, theirs, NULL, out);
		break;
	case FMR_FAVOR_THEIRS:
		fmr_lines_merge(base, theirs, ours, NULL, out);
		break;
	}
}

static bool same(struct fmr_text a, struct fmr_text b)
{
	return a.length == b.length && (!a.length || memcmp(a.bytes, b.bytes, a.length) == 0);
}

static void merge_changed(const struct fmr_merge_options *options, const struct fmr_text given[FMR_SIDES],
	struct fmr_str *out, struct fmr_merge_result *result)
{
	struct merge merge = { .options = options };
	struct form forms[FMR_SIDES];
	bool mixed = false;
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_arena_init(&merge.arena);
	for (int side = FMR_BASE; side < FMR_SIDES; side++) {
		forms[side] = form_of(given[side]);
		mixed |= forms[side].ends == ENDS_MIXED;
	}
	for (int side = FMR_BASE; side < FMR_SIDES; side++) {
		fmr_str_init(&merge.texts[side]);
		take_form(given[side], forms[side], mixed, &merge.texts[side]);
		merge.sources[side] = (struct fmr_source){ "", merge.texts[side].bytes, merge.texts[side].length };
	}
	const struct form form = merged_form(forms);
	merge.open = form.open;
	if (!merge_fields(&merge, &text, result))
		merge_lines(&merge, &text, result);
	give_form(&text, form, mixed, out);
	for (int side = FMR_BASE; side < FMR_SIDES; side++)
		fmr_str_release(&merge.texts[side]);
	fmr_arena_release(&merge.arena);
	fmr_str_release(&text);
}

void fmr_merge_texts(const struct fmr_merge_options *options, struct fmr_text base, struct fmr_text ours,
	struct fmr_text theirs, struct fmr_str *out, struct fmr_merge_result *result)
{
	fmr_str_clear(out);
	result->conflicts = 0;
	result->by_lines = false;
	if (same(ours, theirs) || same(base, theirs))
		fmr_str_add(out, ours.bytes, ours.length);
	else if (same(base, ours))
		fmr_str_add(out, theirs.bytes, theirs.length);
	else
		merge_changed(options, (const struct fmr_text[]){ base, ours, theirs }, out, result);
}
