#include "search/grep.h"

#include "base/str.h"
#include "base/vec.h"
#include "search/where.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

/* A line to be shown, or the part of it that is the value of a field. */
struct hit {
	size_t number;        /* of the line */
	struct fmr_line part; /* in the text of the record */
};

struct fmr_grep {
	const struct fmr_grep_options *options;
	const struct fmr_scan_text *text;
	struct fmr_arena arena;       /* of the record as parsed */
	const struct fmr_value *root; /* NULL: not parsed, or not to be parsed */
	bool parsed;
	FMR_VEC(struct hit) hits;
	size_t hard;
	/* With fields: what is searched is their lines, one below the other. */
	struct fmr_str extract;
	FMR_VEC(struct hit) parts;    /* what each line of it is */
	struct hit counted;           /* how far lines have been counted */
};

struct fmr_grep *fmr_grep_new(const struct fmr_grep_options *options)
{
	struct fmr_grep *grep = fmr_alloc_zero(1, sizeof(*grep));
	grep->options = options;
	fmr_arena_init(&grep->arena);
	fmr_str_init(&grep->extract);
	return grep;
}

void fmr_grep_free(struct fmr_grep *grep)
{
	if (!grep)
		return;
	fmr_arena_release(&grep->arena);
	fmr_str_release(&grep->extract);
	FMR_VEC_RELEASE(&grep->hits);
	FMR_VEC_RELEASE(&grep->parts);
	free(grep);
}

void fmr_grep_found_free(struct fmr_grep_found *found)
{
	if (!found)
		return;
	fmr_arena_release(&found->arena);
	free(found);
}

static const struct fmr_value *root_of(struct fmr_grep *grep)
{
	if (grep->parsed)
		return grep->root;
	const struct fmr_source source = { grep->text->path, grep->text->bytes, grep->text->length };
	struct fmr_findings *ignored = fmr_findings_new(1);
	grep->root = fmr_yaml_read_record(&source, &grep->arena, ignored);
	grep->parsed = true;
	fmr_findings_free(ignored);
	return grep->root;
}

/* ---- the values of fields ---- */

static size_t line_end(const struct fmr_scan_text *text, size_t at)
{
	const char *end = at < text->length ? memchr(text->bytes + at, '\n', text->length - at) : NULL;
	return end ? (size_t)(end - text->bytes) : text->length;
}

/* The number of the line at a place that is not before the last one asked for. */
static size_t number_of(struct fmr_grep *grep, size_t at)
{
	struct hit *counted = &grep->counted;
	for (size_t end; (end = line_end(grep->text, counted->part.start)) < at && end < grep->text->length;) {
		counted->part.start = end + 1;
		counted->number++;
	}
	return counted->number;
}

static void start_counting(struct fmr_grep *grep)
{
	grep->counted = (struct hit){ .number = 1 };
}

/* Take the lines of a value apart, without the blanks before them and without quotes. */
static void add_parts(void *context, const struct fmr_value *value)
{
	struct fmr_grep *grep = context;
	const char *bytes = grep->text->bytes;
	const bool quoted = value->style == FMR_STYLE_SINGLE || value->style == FMR_STYLE_DOUBLE;
	struct fmr_span span = value->span;
	if (quoted && span.end - span.start >= 2)
		span = (struct fmr_span){ span.start + 1, span.end - 1 };
	if (value->style == FMR_STYLE_LITERAL || value->style == FMR_STYLE_FOLDED)
		span.start = line_end(grep->text, span.start) + 1;
	for (size_t at = span.start, end; at < span.end; at = end + 1) {
		end = line_end(grep->text, at);
		end = end < span.end ? end : span.end;
		while (at < end && bytes[at] == ' ')
			at++;
		FMR_VEC_PUSH(&grep->parts, ((struct hit){ .part = { at, end } }));
	}
}

static int by_start(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;
	if (x->part.start != y->part.start)
		return x->part.start < y->part.start ? -1 : 1;
	return (x->part.end > y->part.end) - (x->part.end < y->part.end);
}

static void extract_fields(struct fmr_grep *grep)
{
	grep->parts.count = 0;
	fmr_str_clear(&grep->extract);
	for (const char *const *field = grep->options->fields; *field && root_of(grep); field++)
		fmr_where_each(root_of(grep), *field, add_parts, grep);
	if (grep->parts.count)
		qsort(grep->parts.items, grep->parts.count, sizeof(struct hit), by_start);
	start_counting(grep);
	for (size_t i = 0; i < grep->parts.count; i++) {
		struct hit *part = &grep->parts.items[i];
		part->number = number_of(grep, part->part.start);
		fmr_str_add(&grep->extract, grep->text->bytes + part->part.start, part->part.end - part->part.start);
		fmr_str_putc(&grep->extract, '\n');
	}
}

/* ---- which lines ---- */

/* What is searched: the text, or what was extracted from it. */
static struct fmr_text subject(const struct fmr_grep *grep)
{
	if (grep->options->fields)
		return (struct fmr_text){ grep->extract.bytes, grep->extract.length };
	return (struct fmr_text){ grep->text->bytes, grep->text->length };
}

static bool is_enough(const struct fmr_grep *grep)
{
	const struct fmr_grep_options *options = grep->options;
	const size_t most = options->count || options->lines ? options->most : 1;
	return most && grep->hits.count >= most;
}

/* A line of the subject, counted from 1, is a hit. */
static void add_hit(struct fmr_grep *grep, size_t number, struct fmr_line line)
{
	const struct hit hit = grep->options->fields ? grep->parts.items[number - 1] : (struct hit){ number, line };
	if (!grep->hits.count || grep->hits.items[grep->hits.count - 1].number != hit.number)
		FMR_VEC_PUSH(&grep->hits, hit);
}

static size_t count_lines(const char *bytes, size_t length)
{
	size_t count = 0;
	for (const char *at = bytes, *end = bytes + length; (at = memchr(at, '\n', (size_t)(end - at))); at++)
		count++;
	return count;
}

/* The lines from `from` to `to` are hits, when those that do not match are looked for. */
static void add_others(struct fmr_grep *grep, struct fmr_text text, size_t number, size_t from, size_t to)
{
	while (from < to && !is_enough(grep)) {
		const char *stop = memchr(text.bytes + from, '\n', to - from);
		const size_t end = stop ? (size_t)(stop - text.bytes) : to;
		add_hit(grep, number++, (struct fmr_line){ from, end });
		from = end + 1;
	}
}

static void find_lines(struct fmr_grep *grep)
{
	const struct fmr_grep_options *options = grep->options;
	const struct fmr_text text = subject(grep);
	size_t from = 0, number = 1; /* what was looked at ends here */
	while (!is_enough(grep)) {
		struct fmr_line line;
		struct fmr_span match;
		const enum fmr_regex_result result =
			fmr_pattern_next(options->pattern, text.bytes, text.length, from, &line, &match);
		if (result == FMR_REGEX_NO)
			break;
		grep->hard += result == FMR_REGEX_LIMIT;
		if (options->invert)
			add_others(grep, text, number, from, line.start);
		number += count_lines(text.bytes + from, line.start - from);
		if (!options->invert && result == FMR_REGEX_YES)
			add_hit(grep, number, line);
		from = line.end + 1;
		number++;
		if (from > text.length)
			return;
	}
	if (options->invert)
		add_others(grep, text, number, from, text.length);
}

/* ---- what is told of them ---- */

struct telling {
	struct fmr_grep *grep;
	struct fmr_grep_found *found;
	FMR_VEC(struct fmr_grep_line) lines;
	FMR_VEC(struct fmr_span) spans;
	struct fmr_str field;
};

/* All matches in a part of a line, counted from the start of the line. */
static void tell_spans(struct telling *telling, struct fmr_grep_line *line, size_t start, struct fmr_line part)
{
	const struct fmr_grep *grep = telling->grep;
	struct fmr_span match;
	telling->spans.count = 0;
	for (size_t from = part.start;
		fmr_pattern_in_line(grep->options->pattern, grep->text->bytes, part, from, &match); from = match.end)
		FMR_VEC_PUSH(&telling->spans, ((struct fmr_span){ match.start - start, match.end - start }));
	struct fmr_span *kept = fmr_arena_zero(&telling->found->arena, telling->spans.count, sizeof(*kept));
	if (telling->spans.count)
		memcpy(kept, telling->spans.items, telling->spans.count * sizeof(*kept));
	line->spans = kept;
	line->span_count = telling->spans.count;
}

/* A line belongs to the field of what matches in it, else of its first word. */
static void tell_field(struct telling *telling, struct fmr_grep_line *line, size_t start)
{
	const struct fmr_scan_text *text = telling->grep->text;
	size_t at = start + (line->span_count ? line->spans[0].start : 0);
	while (!line->span_count && at < start + line->length && text->bytes[at] == ' ')
		at++;
	fmr_str_clear(&telling->field);
	if (root_of(telling->grep))
		fmr_where_is(telling->grep->root, text->bytes, text->length, at, &telling->field);
	line->field = fmr_arena_strdup(&telling->found->arena, telling->field.bytes);
}

/* part: what matches, or NULL for a line around one. */
static void tell_line(struct telling *telling, size_t number, struct fmr_line whole, const struct fmr_line *part)
{
	const struct fmr_grep_options *options = telling->grep->options;
	struct fmr_grep_line *line = FMR_VEC_ADD(&telling->lines);
	*line = (struct fmr_grep_line){ .number = number, .length = whole.end - whole.start, .match = part };
	line->bytes = fmr_arena_strndup(&telling->found->arena, telling->grep->text->bytes + whole.start, line->length);
	if (part && !options->invert && (options->spans || options->places))
		tell_spans(telling, line, whole.start, *part);
	if (options->places)
		tell_field(telling, line, whole.start);
}

/* Hits with the lines around them; each line once. */
static void tell_lines(struct telling *telling)
{
	const struct fmr_grep *grep = telling->grep;
	const struct fmr_grep_options *options = grep->options;
	struct fmr_line line = { 0 };
	size_t number = 1, hit = 0, after = 0; /* after: lines still to be told behind the last hit */
	for (; line.start < grep->text->length && (hit < grep->hits.count || after); line.start = line.end + 1, number++) {
		line.end = line_end(grep->text, line.start);
		const struct hit *next = hit < grep->hits.count ? &grep->hits.items[hit] : NULL;
		if (next && next->number == number) {
			tell_line(telling, number, line, &next->part);
			after = options->after;
			hit++;
		} else if (after || (next && next->number - number <= options->before)) {
			tell_line(telling, number, line, NULL);
			after -= after > 0;
		}
	}
}

static void tell_heading(struct fmr_grep *grep, struct fmr_grep_found *found)
{
	const struct fmr_value *root = root_of(grep);
	const struct fmr_type *type = found->type;
	const char *title = type && root ? fmr_value_string(fmr_value_at(root, type->heading)) : NULL;
	found->title = fmr_arena_strdup(&found->arena, title ? title : "");
	size_t count = 0;
	while (type && type->columns && type->columns[count])
		count++;
	struct fmr_grep_column *columns = fmr_arena_zero(&found->arena, count, sizeof(*columns));
	for (size_t i = 0; i < count; i++) {
		const char *text = fmr_value_string(fmr_value_at(root, type->columns[i]));
		if (text && strcmp(text, found->id) != 0 && strcmp(type->columns[i], type->heading) != 0)
			columns[found->column_count++] = (struct fmr_grep_column){ fmr_type_field(type, type->columns[i]),
				fmr_arena_strdup(&found->arena, text) };
	}
	found->columns = columns;
}

static struct fmr_grep_found *tell(struct fmr_grep *grep)
{
	const struct fmr_grep_options *options = grep->options;
	struct fmr_grep_found *found = fmr_alloc_zero(1, sizeof(*found));
	fmr_arena_init(&found->arena);
	found->id = fmr_arena_strdup(&found->arena, grep->text->id);
	found->path = fmr_arena_strdup(&found->arena, grep->text->path);
	found->type = grep->text->type;
	found->count = grep->hits.count;
	found->hard = grep->hard;
	if (options->heading && found->count)
		tell_heading(grep, found);
	if (!options->lines)
		return found;
	struct telling telling = { .grep = grep, .found = found };
	fmr_str_init(&telling.field);
	tell_lines(&telling);
	struct fmr_grep_line *lines = fmr_arena_zero(&found->arena, telling.lines.count, sizeof(*lines));
	if (telling.lines.count)
		memcpy(lines, telling.lines.items, telling.lines.count * sizeof(*lines));
	found->lines = lines;
	found->line_count = telling.lines.count;
	FMR_VEC_RELEASE(&telling.lines);
	FMR_VEC_RELEASE(&telling.spans);
	fmr_str_release(&telling.field);
	return found;
}

bool fmr_grep_may_find(const struct fmr_grep_options *options, const char *bytes, size_t length)
{
	struct fmr_line line;
	struct fmr_span match;
	if (options->invert || options->none)
		return true;
	if (options->fields && !fmr_pattern_is_literal(options->pattern))
		return true; /* "^" may be the beginning of a value */
	return fmr_pattern_next(options->pattern, bytes, length, 0, &line, &match) != FMR_REGEX_NO;
}

struct fmr_grep_found *fmr_grep_text(struct fmr_grep *grep, const struct fmr_scan_text *text)
{
	const struct fmr_grep_options *options = grep->options;
	grep->text = text;
	grep->parsed = false;
	grep->root = NULL;
	grep->hits.count = 0;
	grep->hard = 0;
	if (options->fields && !fmr_grep_may_find(options, text->bytes, text->length))
		return NULL; /* parsing takes ten times as long */
	if (options->fields)
		extract_fields(grep);
	const struct fmr_text searched = subject(grep);
	if (!options->all || fmr_pattern_all(options->pattern, searched.bytes, searched.length))
		find_lines(grep);
	const bool something = grep->hits.count || grep->hard || options->none;
	struct fmr_grep_found *found = something ? tell(grep) : NULL;
	if (grep->parsed)
		fmr_arena_clear(&grep->arena);
	return found;
}
