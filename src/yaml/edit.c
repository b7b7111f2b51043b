#include "yaml/edit.h"

#include "base/i18n.h"

#include <string.h>

static int refuse_findings(const struct fmr_source *source, const struct fmr_findings *findings, const char *what,
	struct fmr_err *err)
{
	const struct fmr_finding *first = fmr_findings_at(findings, 0);
	fmr_err_set(err, FMR_ERR_INVALID, "%s:%zu:%zu: %s: %s", source->path, first->value.line, first->value.column, what,
		first->message);
	if (first->hint)
		fmr_err_hint(err, "%s", first->hint);
	return FMR_ERR_INVALID;
}

/* *root is NULL for a text without a document (empty, or comments only). */
static int read_source(const struct fmr_source *source, struct fmr_arena *arena, struct fmr_value **root,
	struct fmr_err *err)
{
	struct fmr_findings *findings = fmr_findings_new(0);
	int result = 0;
	*root = fmr_yaml_read_record(source, arena, findings);
	if (!*root && fmr_findings_at(findings, 0)->code != FMR_CODE_YAML_EMPTY)
		result = refuse_findings(source, findings, _("the text cannot be edited"), err);
	fmr_findings_free(findings);
	return result;
}

/* Does the text say exactly this? */
static bool says(const struct fmr_source *source, const struct fmr_str *text, const struct fmr_value *wanted,
	struct fmr_err *err)
{
	const struct fmr_source result = { source->path, text->bytes, text->length };
	struct fmr_findings *findings = fmr_findings_new(0);
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	const struct fmr_value *value = fmr_yaml_read_record(&result, &arena, findings);
	const bool same = value && fmr_same_value(value, wanted);
	if (!value)
		refuse_findings(source, findings, _("the edited text could not be read"), err);
	else if (!same)
		fmr_err_set(err, FMR_ERR_INVALID, _("%s: the edit cannot be written into this text"), source->path);
	fmr_arena_release(&arena);
	fmr_findings_free(findings);
	return same;
}

static bool ends_line(const char *bytes, size_t length)
{
	return length && bytes[length - 1] == '\n';
}

/* A text without final line end stays so, if that says the same; a block at its end may need one. */
static int settle_end(const struct fmr_source *source, const struct fmr_value *wanted, struct fmr_str *text,
	struct fmr_err *err)
{
	const bool ended = ends_line(source->bytes, source->length) || !source->length;
	const size_t length = text->length;
	if (!ended && ends_line(text->bytes, length)) {
		const size_t eol = length > 1 && text->bytes[length - 2] == '\r' ? 2 : 1;
		struct fmr_str shorter = { 0 };
		fmr_str_init(&shorter);
		fmr_str_add(&shorter, text->bytes, length - eol);
		const bool fits = says(source, &shorter, wanted, NULL);
		fmr_str_release(&shorter);
		if (fits) {
			fmr_str_truncate(text, length - eol);
			return 0;
		}
	}
	if (says(source, text, wanted, err))
		return 0;
	if (ended)
		return FMR_ERR_INVALID;
	fmr_str_putc(text, '\n');
	return says(source, text, wanted, err) ? 0 : FMR_ERR_INVALID;
}

static int edit(const struct fmr_source *source, const struct fmr_edit *edits, size_t count, struct fmr_arena *arena,
	struct fmr_str *text, struct fmr_err *err)
{
	struct fmr_value *before;
	const int result = read_source(source, arena, &before, err);
	if (result)
		return result;
	struct fmr_value *after = before;
	for (size_t i = 0; i < count; i++) {
		if (!after && edits[i].kind == FMR_EDIT_REMOVE)
			continue;
		after = fmr_edit_tree(arena, after, &edits[i], err);
		if (!after)
			return FMR_ERR_INVALID;
	}
	if (!after || fmr_same_value(before, after)) {
		fmr_str_add(text, source->bytes, source->length);
		return 0;
	}
	if (!fmr_edit_text(source, before, after, text))
		return fmr_err_set(err, FMR_ERR_INVALID, _("%s: the edit cannot be written into this text"), source->path);
	return settle_end(source, after, text, err);
}

int fmr_yaml_edit(const struct fmr_source *source, const struct fmr_edit *edits, size_t count, struct fmr_str *out,
	struct fmr_err *err)
{
	struct fmr_arena arena;
	struct fmr_str text;
	fmr_arena_init(&arena);
	fmr_str_init(&text);
	const int result = edit(source, edits, count, &arena, &text, err);
	if (!result) {
		fmr_str_clear(out);
		fmr_str_add(out, text.bytes, text.length);
	}
	fmr_str_release(&text);
	fmr_arena_release(&arena);
	return result;
}
