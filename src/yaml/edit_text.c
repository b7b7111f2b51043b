/*
 * The difference of two trees, as splices of the text of the first.
 *
 * All positions are those of the old text.  A splice never reaches into
 * another; those at the same position are applied in the order they were made,
 * which is why what is inside a value is always spliced before what follows it.
 */
#include "yaml/edit.h"

#include "base/vec.h"
#include "yaml/emit.h"

#include <string.h>

struct splice {
	size_t start, end;
	size_t order;
	char *bytes; /* what comes in place of start..end */
	size_t length;
};

/* Where a value of the old text stands. */
struct site {
	enum fmr_place_kind kind;
	size_t column; /* of its key or dash */
	size_t head;   /* the byte behind its ':' or '-' */
};

struct editor {
	const char *bytes;
	size_t length;
	size_t start;   /* behind a byte order mark */
	size_t removed; /* the lines of the text up to here are gone */
	struct fmr_layout layout;
	FMR_VEC(struct splice) splices;
	size_t comma;   /* where the comma before new lines of a flow collection was put last */
	bool stuck;     /* something is written in a way we cannot edit */
};

static void edit_value(struct editor *e, const struct fmr_value *old, const struct fmr_value *new, struct site site);

/* ---- the old text ---- */

static char byte_at(const struct editor *e, size_t at)
{
	return at < e->length ? e->bytes[at] : '\0';
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

static size_t line_start(const struct editor *e, size_t at)
{
	while (at > e->start && e->bytes[at - 1] != '\n')
		at--;
	return at;
}

/* The line end at or behind `at`, its CR included; or the end of the text. */
static size_t line_end(const struct editor *e, size_t at)
{
	const char *end = at < e->length ? memchr(e->bytes + at, '\n', e->length - at) : NULL;
	if (!end)
		return e->length;
	const size_t found = (size_t)(end - e->bytes);
	return found > at && e->bytes[found - 1] == '\r' ? found - 1 : found;
}

static size_t next_line(const struct editor *e, size_t at)
{
	size_t end = line_end(e, at);
	end += byte_at(e, end) == '\r';
	return end + (byte_at(e, end) == '\n');
}

static size_t skip_spaces(const struct editor *e, size_t at)
{
	while (is_space(byte_at(e, at)))
		at++;
	return at;
}

static size_t column_of(const struct editor *e, size_t at)
{
	return at - line_start(e, at);
}

static bool is_first_on_line(const struct editor *e, size_t at)
{
	return skip_spaces(e, line_start(e, at)) >= at;
}

/* The next byte that is neither space, line end nor comment. */
static size_t skip_to_token(const struct editor *e, size_t at)
{
	for (;;) {
		const char c = byte_at(e, at);
		if (is_space(c) || c == '\n' || c == '\r')
			at++;
		else if (c == '#')
			at = line_end(e, at);
		else
			return at;
	}
}

static bool is_block(const struct fmr_value *value)
{
	return value->style == FMR_STYLE_BLOCK && (value->kind == FMR_LIST || value->kind == FMR_MAP);
}

static bool is_block_scalar(const struct fmr_value *value)
{
	return value->style == FMR_STYLE_LITERAL || value->style == FMR_STYLE_FOLDED;
}

/* Bytes of `|2-`. */
static size_t header_length(const struct editor *e, const struct fmr_value *scalar)
{
	size_t at = scalar->span.start + 1;
	while (strchr("0123456789+-", byte_at(e, at)) && byte_at(e, at))
		at++;
	return at - scalar->span.start;
}

static bool keeps_trailing(const struct editor *e, const struct fmr_value *scalar)
{
	return memchr(e->bytes + scalar->span.start, '+', header_length(e, scalar)) != NULL;
}

static const struct fmr_value *last_child(const struct fmr_value *value)
{
	if (value->kind == FMR_LIST)
		return value->list.count ? value->list.items[value->list.count - 1] : NULL;
	return value->kind == FMR_MAP && value->map.count ? value->map.members[value->map.count - 1].value : NULL;
}

static const struct fmr_value *last_scalar(const struct fmr_value *value)
{
	while (is_block(value) && last_child(value))
		value = last_child(value);
	return value;
}

/* The end of what belongs to a value: a block that keeps its trailing empty lines goes up to the last line end. */
static size_t full_end(const struct editor *e, const struct fmr_value *value)
{
	const struct fmr_value *last = last_scalar(value);
	size_t end = last->span.end > value->span.end ? last->span.end : value->span.end;
	if (!is_block_scalar(last) || !keeps_trailing(e, last))
		return end;
	for (size_t line = next_line(e, end); line < e->length && line_end(e, line) == skip_spaces(e, line);) {
		end = line_end(e, line);
		line = next_line(e, line);
	}
	return end;
}

/* Comment lines below a value that are indented deeper than its key belong to it: the end of the last one. */
static size_t end_with_comments(const struct editor *e, size_t end, size_t column)
{
	end = line_end(e, end);
	for (size_t line = next_line(e, end); line < e->length && line > end; line = next_line(e, line)) {
		const size_t text = skip_spaces(e, line);
		if (byte_at(e, text) == '#' && text - line > column)
			end = line_end(e, line);
		else if (text != line_end(e, line))
			break;
	}
	return end;
}

/* Comment lines directly above a line and indented like it belong to it, unless they begin the file. */
static size_t start_with_comments(const struct editor *e, size_t line, size_t column)
{
	size_t start = line;
	while (start > e->start) {
		const size_t above = line_start(e, start - 1);
		const size_t text = skip_spaces(e, above);
		if (byte_at(e, text) != '#' || text - above != column)
			break;
		start = above;
	}
	return start == e->start ? line : start;
}

/* ---- splices ---- */

static void splice(struct editor *e, size_t start, size_t end, const char *bytes, size_t length)
{
	char *copy = fmr_strndup(bytes, length);
	FMR_VEC_PUSH(&e->splices, ((struct splice){ start, end, e->splices.count, copy, length }));
}

static bool is_spliced(const struct editor *e, size_t at)
{
	for (size_t i = 0; i < e->splices.count; i++)
		if (e->splices.items[i].start == at)
			return true;
	return false;
}

static int compare_splices(const void *left, const void *right)
{
	const struct splice *a = left, *b = right;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return (a->order > b->order) - (a->order < b->order);
}

static bool apply_splices(struct editor *e, struct fmr_str *out)
{
	size_t at = 0;
	if (e->splices.count)
		qsort(e->splices.items, e->splices.count, sizeof(*e->splices.items), compare_splices);
	for (size_t i = 0; i < e->splices.count; i++) {
		const struct splice *s = &e->splices.items[i];
		if (s->start < at && s->end > s->start)
			return false;
		if (s->start > at) /* lines added among empty lines that are gone come behind them */
			fmr_str_add(out, e->bytes + at, s->start - at);
		fmr_str_add(out, s->bytes, s->length);
		at = s->end > at ? s->end : at;
	}
	fmr_str_add(out, e->bytes + at, e->length - at);
	return true;
}

/* ---- replacing a value ---- */

/* Lists and maps keep being flow, and blocks their indentation, when a value of the same kind replaces them. */
static struct fmr_layout layout_like(const struct editor *e, const struct fmr_value *old, struct site site)
{
	struct fmr_layout layout = e->layout;
	layout.keep_trailing = is_block_scalar(old) && keeps_trailing(e, old);
	if (site.kind != FMR_AT_KEY || !is_first_on_line(e, old->span.start))
		return layout;
	const size_t column = column_of(e, old->span.start);
	if (is_block(old) && old->kind == FMR_LIST && column >= site.column)
		layout.list_step = column - site.column;
	else if (is_block(old) && old->kind == FMR_MAP && column > site.column)
		layout.step = column - site.column;
	return layout;
}

/* Columns between a key and the lines of a block scalar below it; 0 when it has none. */
static size_t block_scalar_step(const struct editor *e, const struct fmr_value *scalar, struct site site)
{
	for (size_t line = next_line(e, scalar->span.start); line < scalar->span.end; line = next_line(e, line)) {
		const size_t text = skip_spaces(e, line);
		if (text != line_end(e, line))
			return text - line > site.column ? text - line - site.column : 0;
	}
	return 0;
}

/* The bytes a value takes: on the line where it begins, and the lines below that line. */
struct extent {
	size_t start, end;
	size_t lines, lines_end;
};

static struct extent extent_of(const struct editor *e, const struct fmr_value *old, struct site site)
{
	struct extent x = { .start = old->span.start, .end = old->span.end };
	if (is_block_scalar(old)) {
		x.end = x.start + header_length(e, old);
		x.lines = line_end(e, x.start);
		x.lines_end = full_end(e, old);
	} else if (is_block(old) && line_start(e, x.start) > site.head) {
		x.start = x.end = site.head;
		x.lines = line_end(e, site.head);
		x.lines_end = line_end(e, full_end(e, old)); /* with the comment behind its last line */
	} else {
		x.end = is_block(old) ? full_end(e, old) : x.end;
		if (is_block(old) && line_end(e, x.start) < x.end)
			x.end = line_end(e, x.end);
		x.lines = x.lines_end = line_end(e, x.end);
	}
	return x;
}

/* How the new value is laid out: as the old one, where they are of the same kind. */
static struct fmr_layout layout_for(const struct editor *e, const struct fmr_value *old, const struct fmr_value *new,
	struct site site)
{
	struct fmr_layout layout = layout_like(e, old, site);
	const char first = new->kind == FMR_STRING && new->text.length ? new->text.bytes[0] : '\n';
	if (is_block_scalar(old) && site.kind == FMR_AT_KEY && first != ' ' && first != '\n' && first != '\t') {
		const size_t step = block_scalar_step(e, old, site);
		layout.step = step ? step : layout.step;
	}
	return layout;
}

/*
 * What stands on the line of the key is replaced there; the lines below it
 * come below the line, so that a comment behind the value keeps its place.
 */
static void replace_value(struct editor *e, const struct fmr_value *old, const struct fmr_value *new, struct site site)
{
	const bool alone = site.kind != FMR_IN_FLOW && !is_block(old) && old->span.end > old->span.start &&
		line_start(e, old->span.start) > site.head;
	if (alone) /* on a line of its own, below its key or dash */
		site = (struct site){ FMR_AT_LINE, column_of(e, old->span.start), old->span.start };
	const struct fmr_layout layout = layout_for(e, old, new, site);
	struct fmr_value styled = *new;
	if (new->style == FMR_STYLE_NONE && new->kind == old->kind && old->style == FMR_STYLE_FLOW && last_child(old))
		styled.style = FMR_STYLE_FLOW;
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_emit_value(&text, &styled, site.kind, site.column, &layout,
		old->kind == FMR_STRING && new->kind == FMR_STRING ? old->style : FMR_STYLE_NONE);

	struct extent x = extent_of(e, old, site);
	const char *newline = site.kind == FMR_IN_FLOW ? NULL : strstr(text.bytes, layout.eol);
	const size_t first = newline ? (size_t)(newline - text.bytes) : text.length;
	size_t skip = 0;
	const bool compact = site.kind == FMR_AT_DASH && (new->kind == FMR_LIST || new->kind == FMR_MAP);
	if (!first || compact)
		x.start = site.head < x.start ? site.head : x.start;
	else if (x.start > site.head && text.bytes[0] == ' ')
		skip = 1;
	if (site.kind == FMR_IN_FLOW && x.start == x.end && byte_at(e, x.start - 1) == ':')
		splice(e, x.start, x.start, " ", 1);
	splice(e, x.start, x.end, text.bytes + skip, first - skip);
	if (first && byte_at(e, x.end) == '#') /* `"x"#y` */
		splice(e, x.end, x.end, " ", 1);
	if (first < text.length || x.lines < x.lines_end)
		splice(e, x.lines, x.lines_end, text.bytes + first, text.length - first);
	fmr_str_release(&text);
}

/* ---- lists and maps: elements of either kind ---- */

static size_t count_of(const struct fmr_value *value)
{
	return value->kind == FMR_LIST ? value->list.count : value->map.count;
}

static const struct fmr_value *element(const struct fmr_value *value, size_t i)
{
	return value->kind == FMR_LIST ? value->list.items[i] : value->map.members[i].value;
}

/* Where the element begins: its key or its dash. */
static size_t element_start(struct editor *e, const struct fmr_value *value, size_t i)
{
	if (value->kind == FMR_LIST && value->style == FMR_STYLE_FLOW)
		return value->list.items[i]->span.start;
	if (!i && value->style == FMR_STYLE_BLOCK)
		return value->span.start;
	if (value->kind == FMR_LIST)
		return skip_to_token(e, full_end(e, value->list.items[i - 1]));
	const size_t key = value->map.members[i].key_span.start;
	if (value->style == FMR_STYLE_BLOCK && column_of(e, key) != column_of(e, value->span.start))
		return line_start(e, key) + column_of(e, value->span.start); /* "? key" */
	return key;
}

static struct site element_site(struct editor *e, const struct fmr_value *value, size_t i)
{
	const bool flow = value->style == FMR_STYLE_FLOW;
	struct site site = { .kind = flow ? FMR_IN_FLOW : value->kind == FMR_LIST ? FMR_AT_DASH : FMR_AT_KEY };
	size_t mark;
	if (value->kind == FMR_MAP)
		mark = skip_to_token(e, value->map.members[i].key_span.end);
	else
		mark = element_start(e, value, i);
	site.head = flow && value->kind == FMR_LIST ? mark : mark + 1;
	if (!flow || value->kind == FMR_MAP)
		e->stuck |= byte_at(e, mark) != (value->kind == FMR_MAP ? ':' : '-');
	if (!flow)
		site.column = column_of(e, value->span.start);
	return site;
}

static size_t element_end(struct editor *e, const struct fmr_value *value, size_t i)
{
	const size_t end = full_end(e, element(value, i));
	if (value->kind == FMR_LIST)
		return end;
	const size_t key_end = value->map.members[i].key_span.end;
	return end > key_end ? end : key_end;
}

static void emit_element(struct editor *e, struct fmr_str *out, const struct fmr_value *value, size_t i, bool flow,
	size_t column)
{
	struct fmr_layout layout = e->layout;
	layout.keep_trailing = false;
	enum fmr_place_kind place = FMR_IN_FLOW;
	if (value->kind == FMR_MAP) {
		fmr_emit_key(out, value->map.members[i].key, flow, column, layout.eol);
		place = FMR_AT_KEY;
	} else if (!flow) {
		fmr_str_putc(out, '-');
		place = FMR_AT_DASH;
	}
	if (flow && value->kind == FMR_MAP)
		fmr_str_putc(out, ' ');
	fmr_emit_value(out, element(value, i), flow ? FMR_IN_FLOW : place, column, &layout, FMR_STYLE_NONE);
}

/* ---- adding ---- */

/* A flow collection whose elements have lines of their own gets another line; otherwise all stays on one. */
static void insert_in_flow(struct editor *e, const struct fmr_value *old, size_t after, const struct fmr_value *new,
	size_t i)
{
	const size_t start = element_start(e, old, after), end = element_end(e, old, after);
	const size_t token = skip_to_token(e, end);
	const bool comma = byte_at(e, token) == ',';
	const size_t behind = comma ? token + 1 : end, line = line_end(e, behind);
	const bool own_line = is_first_on_line(e, start) && line_start(e, start) > old->span.start &&
		skip_to_token(e, behind) > line;
	struct fmr_str text;
	fmr_str_init(&text);
	if (own_line) {
		if (!comma && e->comma == end)
			fmr_str_putc(&text, ','); /* behind the element that was added before this one */
		else if (!comma)
			splice(e, end, end, ",", 1);
		e->comma = end;
		fmr_str_puts(&text, e->layout.eol);
		fmr_str_repeat(&text, ' ', column_of(e, start));
		emit_element(e, &text, new, i, true, 0);
		if (comma)
			fmr_str_putc(&text, ',');
	} else {
		fmr_str_puts(&text, ", ");
		emit_element(e, &text, new, i, true, 0);
	}
	splice(e, own_line ? line : end, own_line ? line : end, text.bytes, text.length);
	fmr_str_release(&text);
}

/* Put element i of new behind element `after` of old. */
static void insert_after(struct editor *e, const struct fmr_value *old, size_t after, const struct fmr_value *new, size_t i)
{
	if (old->style == FMR_STYLE_FLOW) {
		insert_in_flow(e, old, after, new, i);
		return;
	}
	const size_t column = column_of(e, old->span.start);
	const size_t at = end_with_comments(e, element_end(e, old, after), column);
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_puts(&text, e->layout.eol);
	fmr_str_repeat(&text, ' ', column);
	emit_element(e, &text, new, i, false, column);
	splice(e, at, at, text.bytes, text.length);
	fmr_str_release(&text);
}

/* Put element i of new before element `before` of old. */
static void insert_before(struct editor *e, const struct fmr_value *old, size_t before, const struct fmr_value *new,
	size_t i)
{
	const bool flow = old->style == FMR_STYLE_FLOW;
	const size_t column = flow ? 0 : column_of(e, old->span.start);
	size_t at = element_start(e, old, before);
	struct fmr_str text;
	fmr_str_init(&text);
	if (flow) {
		emit_element(e, &text, new, i, true, 0);
		fmr_str_puts(&text, ", ");
	} else if (is_first_on_line(e, at)) {
		at = start_with_comments(e, line_start(e, at), column);
		fmr_str_repeat(&text, ' ', column);
		emit_element(e, &text, new, i, false, column);
		fmr_str_puts(&text, e->layout.eol);
	} else { /* behind a dash */
		emit_element(e, &text, new, i, false, column);
		fmr_str_puts(&text, e->layout.eol);
		fmr_str_repeat(&text, ' ', column);
	}
	splice(e, at, at, text.bytes, text.length);
	fmr_str_release(&text);
}

/* ---- removing ---- */

/* Is the first key (or dash) on the line of a dash above it?  Then what comes first must stand there. */
static bool begins_behind_dash(const struct editor *e, const struct fmr_value *value)
{
	return value->style == FMR_STYLE_BLOCK && !is_first_on_line(e, value->span.start);
}

/* In a flow collection: element, comma, and the comment or the line that is its own.  Element kept - 1 is the last
 * before it that stays. */
static void remove_from_flow(struct editor *e, const struct fmr_value *old, size_t i, size_t kept)
{
	const size_t start = element_start(e, old, i), end = element_end(e, old, i);
	const size_t comma = skip_to_token(e, end);
	if (byte_at(e, comma) != ',') { /* the last: the comma before it goes, unless that went with its element */
		const size_t from = kept ? element_end(e, old, kept - 1) : start;
		splice(e, kept == i ? from : start, end, "", 0);
		if (kept && kept != i)
			splice(e, from, skip_to_token(e, from) + 1, "", 0);
		return;
	}
	size_t stop = skip_spaces(e, comma + 1);
	if (byte_at(e, stop) == '#')
		stop = line_end(e, stop);
	if (stop == line_end(e, stop) && is_first_on_line(e, start) && line_start(e, start) > old->span.start)
		splice(e, line_start(e, start), next_line(e, stop), "", 0);
	else if (i > 0 && kept == i && strchr("]}", byte_at(e, stop)))
		splice(e, skip_to_token(e, element_end(e, old, i - 1)) + 1, comma + 1, "", 0); /* `b, c,]` */
	else
		splice(e, start, stop, "", 0);
}

/* The first elements of a collection that begins behind a dash: what is kept moves up to the dash. */
static void remove_front(struct editor *e, const struct fmr_value *old, size_t kept)
{
	const size_t next = element_start(e, old, kept);
	size_t start = old->span.start;
	const size_t end = end_with_comments(e, element_end(e, old, kept - 1), column_of(e, start));
	size_t blank = end;
	while (blank < next && strchr(" \t\r\n", e->bytes[blank]))
		blank++;
	while (blank < next && !is_spliced(e, old->span.start) && is_space(e->bytes[start - 1])) /* comments stay behind the bare dash */
		start--;
	splice(e, start, blank == next ? next : end, "", 0);
}

/* Would empty lines behind the first `kept` elements become text of a `|+` at their end? */
static bool follows_keeping_block(const struct editor *e, const struct fmr_value *old, size_t kept)
{
	const struct fmr_value *last = kept ? last_scalar(element(old, kept - 1)) : NULL;
	return last && is_block_scalar(last) && keeps_trailing(e, last);
}

/* Lines go with the line end before them, so that what is inserted behind them still finds its place; the first
 * lines of the text go with the one behind them. */
static void remove_lines(struct editor *e, size_t start, size_t end)
{
	if (start == e->removed) {
		e->removed = next_line(e, end);
		splice(e, start, e->removed, "", 0);
		return;
	}
	start--;
	start -= start > e->start && e->bytes[start - 1] == '\r';
	splice(e, start, end, "", 0);
}

static void remove_line(struct editor *e, const struct fmr_value *old, size_t i, size_t kept)
{
	const size_t column = column_of(e, old->span.start);
	const size_t start = start_with_comments(e, line_start(e, element_start(e, old, i)), column);
	size_t end = end_with_comments(e, element_end(e, old, i), column);
	if (follows_keeping_block(e, old, kept))
		for (size_t line = next_line(e, end); line < e->length && skip_spaces(e, line) == line_end(e, line);) {
			end = line_end(e, line);
			line = next_line(e, line);
		}
	remove_lines(e, start, end);
}

/* Take away the elements that are gone; at least one is kept. */
static void remove_elements(struct editor *e, const struct fmr_value *old, const bool *gone)
{
	size_t i = 0, kept = 0; /* the last one kept so far is element kept - 1 */
	if (gone[0] && begins_behind_dash(e, old)) {
		while (gone[i])
			i++;
		remove_front(e, old, i);
	}
	for (; i < count_of(old); i++) {
		if (!gone[i])
			kept = i + 1;
		else if (old->style == FMR_STYLE_FLOW)
			remove_from_flow(e, old, i, kept);
		else
			remove_line(e, old, i, kept);
	}
}

/* ---- the differences ---- */

static bool edit_map(struct editor *e, const struct fmr_value *old, const struct fmr_value *new)
{
	const size_t count = old->map.count, none = count;
	size_t kept = none; /* the member of old that the next new one follows */
	size_t first = none;
	bool *gone = fmr_alloc_zero(count, sizeof(*gone));
	for (size_t i = 0, next = 0; i < count; i++) {
		gone[i] = !fmr_next_member(new, &old->map.members[i], &next);
		if (!gone[i] && first == none)
			first = i;
	}
	if (first != none) {
		for (size_t i = 0, next = 0; i < new->map.count; i++) {
			const struct fmr_member *member = fmr_next_member(old, &new->map.members[i], &next);
			if (member) {
				kept = (size_t)(member - old->map.members);
				if (!fmr_same_value(member->value, new->map.members[i].value))
					edit_value(e, member->value, new->map.members[i].value, element_site(e, old, kept));
			} else if (kept != none) {
				insert_after(e, old, kept, new, i);
			} else {
				insert_before(e, old, begins_behind_dash(e, old) ? 0 : first, new, i);
			}
		}
		remove_elements(e, old, gone);
	}
	free(gone);
	return first != none;
}

/* Equal items at both ends stay; what is between is changed in pairs, and the rest added or removed. */
static bool edit_list(struct editor *e, const struct fmr_value *old, const struct fmr_value *new)
{
	const size_t m = old->list.count, n = new->list.count, shorter = m < n ? m : n;
	size_t suffix = 0, prefix = 0;
	while (suffix < shorter && old->list.items[m - 1 - suffix] == new->list.items[n - 1 - suffix])
		suffix++;
	while (prefix + suffix < shorter && fmr_same_value(old->list.items[prefix], new->list.items[prefix]))
		prefix++;
	while (prefix + suffix < shorter &&
		fmr_same_value(old->list.items[m - 1 - suffix], new->list.items[n - 1 - suffix]))
		suffix++;
	const size_t pairs = prefix + (shorter - prefix - suffix);
	if (!pairs && n > m)
		return false;
	for (size_t i = prefix; i < pairs; i++)
		edit_value(e, old->list.items[i], new->list.items[i], element_site(e, old, i));
	for (size_t i = pairs; i + suffix < n; i++)
		insert_after(e, old, pairs - 1, new, i);
	if (m > n) {
		bool *gone = fmr_alloc_zero(m, sizeof(*gone));
		for (size_t i = pairs; i + suffix < m; i++)
			gone[i] = true;
		remove_elements(e, old, gone);
		free(gone);
	}
	return true;
}

/* `[a: 1]` holds a map without braces, which only a whole new one can replace. */
static bool can_edit_inside(const struct editor *e, const struct fmr_value *old, const struct fmr_value *new)
{
	if (old->kind != new->kind || (old->kind != FMR_LIST && old->kind != FMR_MAP) || !count_of(old) || !count_of(new))
		return false;
	return old->style == FMR_STYLE_BLOCK || byte_at(e, old->span.start) == (old->kind == FMR_LIST ? '[' : '{');
}

static void edit_value(struct editor *e, const struct fmr_value *old, const struct fmr_value *new, struct site site)
{
	if (fmr_same_value(old, new))
		return;
	if (can_edit_inside(e, old, new) && (old->kind == FMR_MAP ? edit_map(e, old, new) : edit_list(e, old, new)))
		return;
	replace_value(e, old, new, site);
}

/* ---- the whole text ---- */

/* Take the indentation from the first map in a map and the first list in a map. */
static void find_layout(const struct editor *e, const struct fmr_value *value, struct fmr_layout *layout)
{
	if (!is_block(value))
		return;
	for (size_t i = 0; i < count_of(value) && !(layout->step && layout->list_step != SIZE_MAX); i++) {
		const struct fmr_value *child = element(value, i);
		if (value->kind == FMR_MAP && is_block(child) && is_first_on_line(e, child->span.start)) {
			const size_t outer = column_of(e, value->span.start), inner = column_of(e, child->span.start);
			if (child->kind == FMR_MAP && !layout->step && inner > outer)
				layout->step = inner - outer;
			if (child->kind == FMR_LIST && layout->list_step == SIZE_MAX && inner >= outer)
				layout->list_step = inner - outer;
		}
		find_layout(e, child, layout);
	}
}

/* A block without final line end gets one when something follows it; `-` keeps its text as it was. */
static void close_last_block(struct editor *e, const struct fmr_value *before)
{
	const struct fmr_value *last = last_scalar(before);
	const size_t header = last->span.start;
	bool grows = false;
	if (!is_block_scalar(last) || e->bytes[e->length - 1] == '\n')
		return;
	for (size_t i = 0; i < e->splices.count; i++) {
		if (e->splices.items[i].start <= header && e->splices.items[i].end > header)
			return;
		grows |= e->splices.items[i].start == e->length && e->splices.items[i].length;
	}
	const size_t end = header + header_length(e, last);
	const char *strip = memchr(e->bytes + header, '-', end - header);
	const char *keep = memchr(e->bytes + header, '+', end - header);
	if (grows && keep)
		splice(e, (size_t)(keep - e->bytes), (size_t)(keep - e->bytes) + 1, "-", 1);
	else if (grows && !strip)
		splice(e, end, end, "-", 1);
}

static void write_first_value(struct editor *e, const struct fmr_value *before, const struct fmr_value *after,
	struct fmr_str *out)
{
	fmr_str_add(out, e->bytes, e->length);
	if (before && before->span.end > before->span.start) /* `~` or `null` */
		fmr_str_splice(out, before->span.start, before->span.end - before->span.start, "", 0);
	if (out->length > e->start && out->bytes[out->length - 1] != '\n')
		fmr_str_puts(out, e->layout.eol);
	fmr_emit_value(out, after, FMR_AT_LINE, 0, &e->layout, FMR_STYLE_NONE);
	fmr_str_puts(out, e->layout.eol);
}

static size_t start_of_text(const struct fmr_source *source)
{
	return source->length >= 3 && memcmp(source->bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

bool fmr_edit_text(const struct fmr_source *source, const struct fmr_value *before, const struct fmr_value *after,
	struct fmr_str *out)
{
	struct editor e = { .bytes = source->bytes, .length = source->length };
	const size_t first_end = line_end(&e, 0);
	e.start = start_of_text(source);
	e.removed = e.start;
	e.comma = SIZE_MAX;
	e.layout = (struct fmr_layout){ .list_step = SIZE_MAX, .eol = byte_at(&e, first_end) == '\r' ? "\r\n" : "\n" };
	if (before)
		find_layout(&e, before, &e.layout);
	e.layout.step = e.layout.step ? e.layout.step : 2;
	e.layout.list_step = e.layout.list_step == SIZE_MAX ? 2 : e.layout.list_step;
	if (!before || before->kind == FMR_NULL) {
		write_first_value(&e, before, after, out);
		return true;
	}
	edit_value(&e, before, after, (struct site){ .kind = FMR_AT_LINE, .head = before->span.start });
	if (e.length)
		close_last_block(&e, before);
	const bool done = !e.stuck && apply_splices(&e, out);
	for (size_t i = 0; i < e.splices.count; i++)
		free(e.splices.items[i].bytes);
	FMR_VEC_RELEASE(&e.splices);
	return done;
}

/* ---- pieces ---- */

/* The line of element i with the comments above it; the element itself behind a dash. */
static bool piece_start(struct editor *e, const struct fmr_value *value, size_t i, size_t *start)
{
	const size_t mark = element_start(e, value, i), column = column_of(e, value->span.start);
	if (value->kind == FMR_MAP ? mark != value->map.members[i].key_span.start : byte_at(e, mark) != '-')
		return false;
	if (!is_first_on_line(e, mark)) {
		*start = mark;
		return i == 0;
	}
	*start = start_with_comments(e, line_start(e, mark), column);
	return true;
}

bool fmr_edit_pieces(const struct fmr_source *source, const struct fmr_value *value, struct fmr_span *pieces)
{
	struct editor e = { .bytes = source->bytes, .length = source->length, .start = start_of_text(source) };
	if (!is_block(value) || !count_of(value))
		return false;
	const size_t last = count_of(value) - 1;
	for (size_t i = 0; i <= last; i++) {
		if (!piece_start(&e, value, i, &pieces[i].start) || (i && pieces[i].start <= pieces[i - 1].start))
			return false;
		if (i)
			pieces[i - 1].end = pieces[i].start;
	}
	pieces[last].end = next_line(&e, end_with_comments(&e, element_end(&e, value, last), column_of(&e, value->span.start)));
	return true;
}
