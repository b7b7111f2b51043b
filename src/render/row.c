#include "render/row.h"

#include "base/arena.h"
#include "base/i18n.h"
#include "base/str.h"
#include "base/text.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

enum { WIDEST = 1000 };

struct part {
	const char *literal; /* or, when NULL, the next cell */
	size_t width;        /* columns; 0: as wide as it is */
	bool right, label;
};

struct fmr_row_template {
	struct fmr_arena arena;
	FMR_VEC(struct part) parts;
	FMR_VEC(const char *) names;  /* NULL-terminated */
	FMR_VEC(bool) labels;
};

static void add_literal(struct fmr_row_template *row, struct fmr_str *text)
{
	if (text->length)
		FMR_VEC_PUSH(&row->parts, ((struct part){ .literal = fmr_arena_strdup(&row->arena, text->bytes) }));
	fmr_str_clear(text);
}

/* "20", ">20", "label" */
static bool read_modifier(const char *text, size_t length, struct part *part)
{
	if (length == 5 && memcmp(text, "label", 5) == 0) {
		part->label = true;
		return true;
	}
	part->right = length && *text == '>';
	size_t digits = strspn(text + part->right, "0123456789");
	part->width = (size_t)strtoul(text + part->right, NULL, 10);
	return digits && digits < 5 && digits + part->right == length && part->width && part->width <= WIDEST;
}

/* The inside of %(...): at is behind the bracket. */
static int read_cell(struct fmr_row_template *row, const char *text, size_t length, struct fmr_err *err)
{
	const char *end = text + length;
	size_t name = 0;
	struct part part = { 0 };
	while (name < length && text[name] != ':')
		name++;
	bool good = name > 0;
	for (const char *at = text + name; good && at < end;) {
		at++;
		const char *comma = memchr(at, ',', (size_t)(end - at));
		size_t size = comma ? (size_t)(comma - at) : (size_t)(end - at);
		good = read_modifier(at, size, &part);
		at += size;
	}
	if (!good) {
		fmr_err_set(err, FMR_ERR_INVALID, _("'%%(%.*s)' is no place for a field"), (int)length, text);
		fmr_err_hint(err, "%%(FIELD) %%(FIELD:20) %%(FIELD:>20) %%(FIELD:label)");
		return FMR_ERR_INVALID;
	}
	FMR_VEC_PUSH(&row->names, fmr_arena_strndup(&row->arena, text, name));
	FMR_VEC_PUSH(&row->labels, part.label);
	FMR_VEC_PUSH(&row->parts, part);
	return 0;
}

static int read_template(struct fmr_row_template *row, const char *text, struct fmr_err *err)
{
	struct fmr_str literal;
	fmr_str_init(&literal);
	int result = 0;
	for (const char *at = text; *at && !result; at++) {
		if (*at != '%') {
			fmr_str_putc(&literal, *at);
			continue;
		}
		at++;
		const char *close = *at == '(' ? strchr(at, ')') : NULL;
		if (close) {
			add_literal(row, &literal);
			result = read_cell(row, at + 1, (size_t)(close - at) - 1, err);
			at = close;
		} else if (*at == '%' || *at == 'n' || *at == 't') {
			fmr_str_putc(&literal, *at == '%' ? '%' : *at == 'n' ? '\n' : '\t');
		} else {
			result = fmr_err_set(err, FMR_ERR_INVALID, "%s", _("a '%' in the format is not followed by '(', 'n', 't' or '%'"));
		}
		if (!*at)
			break;
	}
	add_literal(row, &literal);
	fmr_str_release(&literal);
	FMR_VEC_PUSH(&row->names, NULL);
	return result;
}

int fmr_row_template_new(const char *text, struct fmr_row_template **out, struct fmr_err *err)
{
	struct fmr_row_template *row = fmr_alloc_zero(1, sizeof(*row));
	fmr_arena_init(&row->arena);
	int result = read_template(row, text, err);
	if (result) {
		fmr_row_template_free(row);
		row = NULL;
	}
	*out = row;
	return result;
}

void fmr_row_template_free(struct fmr_row_template *row)
{
	if (!row)
		return;
	FMR_VEC_RELEASE(&row->parts);
	FMR_VEC_RELEASE(&row->names);
	FMR_VEC_RELEASE(&row->labels);
	fmr_arena_release(&row->arena);
	free(row);
}

const char *const *fmr_row_template_names(const struct fmr_row_template *row)
{
	return row->names.items;
}

bool fmr_row_template_wants_label(const struct fmr_row_template *row, size_t index)
{
	return row->labels.items[index];
}

static void put_fitted(struct fmr_str *out, const struct part *part, const char *cell, size_t length)
{
	size_t width = fmr_text_width(cell, length);
	if (part->width && width > part->width) {
		length = fmr_text_fit(cell, length, part->width - 1);
		width = fmr_text_width(cell, length) + 1;
	}
	bool cut = cell[length] != '\0';
	size_t blanks = part->width > width ? part->width - width : 0;
	fmr_str_repeat(out, ' ', part->right ? blanks : 0);
	fmr_str_add(out, cell, length);
	fmr_str_puts(out, cut ? "…" : "");
	fmr_str_repeat(out, ' ', part->right ? 0 : blanks);
}

static void put_cell(struct fmr_str *out, const struct part *part, const char *cell, bool safe)
{
	struct fmr_str shown;
	fmr_str_init(&shown);
	if (safe)
		fmr_text_escape(&shown, cell, strlen(cell), true);
	else
		fmr_str_puts(&shown, cell);
	for (char *p = shown.bytes; part->width && *p; p++) /* a column is one line */
		if (*p == '\n' || *p == '\t' || *p == '\r')
			*p = ' ';
	put_fitted(out, part, shown.bytes, shown.length);
	fmr_str_release(&shown);
}

void fmr_row_template_print(FILE *out, const struct fmr_row_template *row, const char *const *cells, bool safe)
{
	struct fmr_str line;
	fmr_str_init(&line);
	size_t next = 0;
	for (size_t i = 0; i < row->parts.count; i++) {
		const struct part *part = &row->parts.items[i];
		if (part->literal) {
			fmr_str_puts(&line, part->literal);
			continue;
		}
		put_cell(&line, part, cells[next] ? cells[next] : "", safe);
		next++;
	}
	fmr_str_putc(&line, '\n');
	fwrite(line.bytes, 1, line.length, out);
	fmr_str_release(&line);
}
