#include "fmrec/finding.h"

#include "base/arena.h"
#include "base/i18n.h"
#include "base/vec.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

static const struct {
	const char *name, *meaning;
	enum fmr_severity severity;
} codes[] = {
#define FMR_CODE(constant, code, level, sentence)                                                                      \
	[FMR_CODE_##constant] = { .name = (code), .meaning = (sentence), .severity = (level) },
#include "fmrec/codes.def"
#undef FMR_CODE
};

struct fmr_findings {
	struct fmr_arena arena;
	FMR_VEC(struct fmr_finding) rows;
	size_t cap, dropped, dropped_errors;
	struct fmr_finding scratch; /* what a caller may fill in beyond the cap */
};

struct fmr_findings *fmr_findings_new(size_t cap)
{
	struct fmr_findings *findings = fmr_alloc_zero(1, sizeof(*findings));
	fmr_arena_init(&findings->arena);
	findings->cap = cap;
	return findings;
}

void fmr_findings_free(struct fmr_findings *findings)
{
	if (!findings)
		return;
	fmr_arena_release(&findings->arena);
	FMR_VEC_RELEASE(&findings->rows);
	free(findings);
}

static struct fmr_finding *new_row(struct fmr_findings *findings, enum fmr_severity severity)
{
	if (findings->cap && findings->rows.count >= findings->cap) {
		findings->dropped++;
		findings->dropped_errors += severity == FMR_ERROR;
		return &findings->scratch;
	}
	return FMR_VEC_ADD(&findings->rows);
}

struct fmr_finding *fmr_findings_add(struct fmr_findings *findings, enum fmr_code code, const char *path,
	const char *format, ...)
{
	enum fmr_severity severity = fmr_code_severity(code);
	struct fmr_finding *row = new_row(findings, severity);
	if (row == &findings->scratch)
		return row;
	*row = (struct fmr_finding){ .code = code, .severity = severity };
	row->path = path ? fmr_arena_strdup(&findings->arena, path) : NULL;
	va_list args;
	va_start(args, format);
	row->message = fmr_arena_vformat(&findings->arena, format, args);
	va_end(args);
	return row;
}

const char *fmr_findings_text(struct fmr_findings *findings, const char *format, ...)
{
	if (findings->cap && findings->rows.count >= findings->cap && findings->dropped)
		return ""; /* the row it belongs to was dropped: do not let a flood of findings eat the memory */
	va_list args;
	va_start(args, format);
	const char *text = fmr_arena_vformat(&findings->arena, format, args);
	va_end(args);
	return text;
}

size_t fmr_findings_count(const struct fmr_findings *findings)
{
	return findings->rows.count;
}

size_t fmr_findings_dropped(const struct fmr_findings *findings)
{
	return findings->dropped;
}

size_t fmr_findings_errors(const struct fmr_findings *findings)
{
	size_t errors = findings->dropped_errors;
	for (size_t i = 0; i < findings->rows.count; i++)
		errors += findings->rows.items[i].severity == FMR_ERROR;
	return errors;
}

const struct fmr_finding *fmr_findings_at(const struct fmr_findings *findings, size_t index)
{
	assert(index < findings->rows.count);
	return &findings->rows.items[index];
}

void fmr_findings_amend(struct fmr_findings *findings, size_t index, const char *expected, const char *hint)
{
	assert(index < findings->rows.count);
	struct fmr_finding *row = &findings->rows.items[index];
	if (expected)
		row->expected = fmr_findings_text(findings, "%s", expected);
	if (hint)
		row->hint = fmr_findings_text(findings, "%s", hint);
}

void fmr_findings_truncate(struct fmr_findings *findings, size_t count)
{
	if (count < findings->rows.count)
		findings->rows.count = count;
}

static const char *copy(struct fmr_findings *to, const char *text)
{
	return text ? fmr_arena_strdup(&to->arena, text) : NULL;
}

struct fmr_finding *fmr_findings_copy(struct fmr_findings *to, const struct fmr_finding *finding)
{
	struct fmr_finding *row = new_row(to, finding->severity);
	if (row == &to->scratch)
		return row;
	*row = *finding;
	row->path = copy(to, finding->path);
	row->pointer = copy(to, finding->pointer);
	row->missing = copy(to, finding->missing);
	row->schema_pointer = copy(to, finding->schema_pointer);
	row->message = copy(to, finding->message);
	row->expected = copy(to, finding->expected);
	row->found = copy(to, finding->found);
	row->hint = copy(to, finding->hint);
	row->line_text = copy(to, finding->line_text);
	return row;
}

void fmr_findings_merge(struct fmr_findings *to, const struct fmr_findings *from)
{
	for (size_t i = 0; i < from->rows.count; i++)
		fmr_findings_copy(to, &from->rows.items[i]);
	to->dropped += from->dropped;
	to->dropped_errors += from->dropped_errors;
}

void fmr_findings_merge_severe(struct fmr_findings *to, const struct fmr_findings *from, enum fmr_severity least)
{
	for (size_t i = 0; i < from->rows.count; i++)
		if (from->rows.items[i].severity >= least)
			fmr_findings_copy(to, &from->rows.items[i]);
}

static int compare_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int compare_size(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

static int compare_findings(const void *left, const void *right)
{
	const struct fmr_finding *a = left, *b = right;
	int order = compare_text(a->path, b->path);
	if (!order)
		order = compare_size(a->value.line, b->value.line);
	if (!order)
		order = compare_size(a->value.column, b->value.column);
	if (!order)
		order = (a->code > b->code) - (a->code < b->code);
	if (!order)
		order = compare_text(a->pointer, b->pointer);
	return order ? order : compare_text(a->message, b->message);
}

void fmr_findings_sort(struct fmr_findings *findings)
{
	if (findings->rows.count)
		qsort(findings->rows.items, findings->rows.count, sizeof(*findings->rows.items), compare_findings);
}

const char *fmr_code_name(enum fmr_code code)
{
	return codes[code].name;
}

const char *fmr_code_meaning(enum fmr_code code)
{
	return _(codes[code].meaning);
}

enum fmr_severity fmr_code_severity(enum fmr_code code)
{
	return codes[code].severity;
}

const char *fmr_severity_name(enum fmr_severity severity)
{
	static const char *const names[] = { [FMR_ADVICE] = "advice", [FMR_WARNING] = "warning", [FMR_ERROR] = "error" };
	return names[severity];
}
