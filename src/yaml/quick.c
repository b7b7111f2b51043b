/*
 * Plain YAML, read by recursive descent.
 *
 * Whatever is unusual - a scalar of several lines, an anchor, a tag, a tab, a
 * key that stands twice, any fault - ends the attempt: functions return NULL,
 * and libyaml reads the text from the start.  So there are no messages here,
 * and of two ways to read a thing none has to be guessed.
 *
 * Blocks are told apart by the column of the next line of content: deeper than
 * its collection it would continue what stands above, which no reader here
 * accepts; at the same column the collection goes on; further left it ends.
 */
#include "yaml/quick.h"

#include "base/members.h"
#include "base/vec.h"
#include "yaml/scalar.h"

#include <limits.h>
#include <string.h>

enum {
	LONGEST_KEY = 1000,  /* bytes; libyaml gives up at 1024 characters */
	USUAL_MEMBERS = 64,  /* open at a time: room for so many is made at once */
	USUAL_TEXT = 500,    /* bytes of a block scalar: the same */
};

struct quick {
	const char *bytes, *end;        /* the text; a NUL stands at the end and nowhere else */
	const char *at;                 /* what is read next */
	const char *line, *line_end;    /* the line it is in, and its LF or the text's end */
	ptrdiff_t column;               /* where the content of that line begins; -1 at the end of the document */
	enum fmr_yaml_rules rules;
	struct fmr_arena *arena;
	size_t depth;
	FMR_VEC(struct fmr_member) pending; /* members of all open collections; items have no key */
	struct fmr_str text;            /* a scalar that is not written as it reads */
};

/* A scalar of one line: the text lies in the source or in quick.text. */
struct piece {
	enum fmr_style style;
	struct fmr_span span;
	struct fmr_text text;
};

static struct fmr_value *read_value(struct quick *q, ptrdiff_t indent, bool may_nest);

/* ---- lines ---- */

static bool is_blank_or_end(char c)
{
	return c == ' ' || c == '\n' || c == '\0';
}

static const char *end_of_line(const struct quick *q, const char *from)
{
	const char *end = memchr(from, '\n', (size_t)(q->end - from));
	return end ? end : q->end;
}

static const char *next_line(const struct quick *q, const char *line_end)
{
	return line_end < q->end ? line_end + 1 : q->end;
}

static bool is_document_mark(const char *at)
{
	return (*at == '-' || *at == '.') && at[1] == *at && at[2] == *at && is_blank_or_end(at[3]);
}

/* Go to the first line from here on that is neither empty nor a comment. */
static void find_content(struct quick *q, const char *line)
{
	const char *at;
	for (;; line = next_line(q, end_of_line(q, at))) {
		at = line;
		while (*at == ' ')
			at++;
		if (*at != '\n' && *at != '#')
			break;
	}
	q->line = line;
	q->at = at;
	q->line_end = end_of_line(q, at);
	q->column = at == q->end || (at == line && is_document_mark(at)) ? -1 : at - line;
}

static void skip_spaces(struct quick *q)
{
	while (*q->at == ' ')
		q->at++;
}

/* Only a comment may follow in this line; then go to the next line of content. */
static bool end_line(struct quick *q)
{
	skip_spaces(q);
	if (q->at < q->line_end && !(*q->at == '#' && q->at[-1] == ' '))
		return false;
	find_content(q, next_line(q, q->line_end));
	return true;
}

static size_t offset(const struct quick *q, const char *at)
{
	return (size_t)(at - q->bytes);
}

/* ---- scalars ---- */

static bool may_begin_plain(const char *at, bool flow)
{
	static const bool never[UCHAR_MAX + 1] = { ['?'] = true, [':'] = true, [','] = true, ['['] = true, [']'] = true,
		['{'] = true, ['}'] = true, ['#'] = true, ['&'] = true, ['*'] = true, ['!'] = true, ['|'] = true, ['>'] = true,
		['\''] = true, ['"'] = true, ['%'] = true, ['@'] = true, ['`'] = true, ['\n'] = true, ['\0'] = true };
	if (*at == '-')
		return !is_blank_or_end(at[1]) && !(flow && strchr(",[]{}", at[1]));
	return !never[(unsigned char)*at];
}

/* The first `: ` before end, or end. */
static const char *find_colon(const char *from, const char *end)
{
	for (const char *p = from; (p = memchr(p, ':', (size_t)(end - p))); p++)
		if (p + 1 == end || p[1] == ' ')
			return p;
	return end;
}

/* The first ` #` behind from and before end, or end. */
static const char *find_comment(const char *from, const char *end)
{
	for (const char *p = from + 1; p < end && (p = memchr(p, '#', (size_t)(end - p))); p++)
		if (p[-1] == ' ')
			return p;
	return end;
}

/* Inside [] and {}: the same in one walk, or NULL. */
static const char *find_flow_end(const char *p)
{
	for (;; p++)
		switch (*p) {
		case ':':
			if (is_blank_or_end(p[1]))
				return p;
			if (strchr(",?[]{}", p[1]))
				return NULL;
			break;
		case '#':
			if (p[-1] == ' ')
				return p;
			break;
		case ',':
		case '[':
		case ']':
		case '{':
		case '}':
		case '\n':
		case '\0':
			return p;
		default:
			break;
		}
}

static bool read_plain(struct quick *q, bool flow, struct piece *out)
{
	const char *start = q->at;
	if (!may_begin_plain(start, flow))
		return false;
	const char *end = flow ? find_flow_end(start) : find_comment(start, find_colon(start, q->line_end));
	if (!end)
		return false;
	while (end[-1] == ' ')
		end--;
	q->at = end;
	out->style = FMR_STYLE_PLAIN;
	out->text = (struct fmr_text){ start, (size_t)(end - start) };
	return true;
}

static bool read_single(struct quick *q, struct piece *out)
{
	const char *from = q->at + 1, *end = memchr(from, '\'', (size_t)(q->line_end - from));
	out->style = FMR_STYLE_SINGLE;
	if (end && end[1] != '\'') {
		out->text = (struct fmr_text){ from, (size_t)(end - from) };
		q->at = end + 1;
		return true;
	}
	fmr_str_clear(&q->text);
	for (; end && end[1] == '\''; end = memchr(from, '\'', (size_t)(q->line_end - from))) {
		fmr_str_add(&q->text, from, (size_t)(end + 1 - from));
		from = end + 2;
	}
	if (!end)
		return false;
	fmr_str_add(&q->text, from, (size_t)(end - from));
	out->text = (struct fmr_text){ q->text.bytes, q->text.length };
	q->at = end + 1;
	return true;
}

/* What stands behind a backslash, or NUL when it is one of the rare ones. */
static char escaped(char c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case '"':
	case '\\':
	case '/':
		return c;
	default:
		return '\0';
	}
}

static bool read_double(struct quick *q, struct piece *out)
{
	const char *from = q->at + 1, *p = from;
	bool escapes = false;
	for (; p < q->line_end && *p != '"'; p++)
		if (*p == '\\') {
			if (!escapes)
				fmr_str_clear(&q->text);
			escapes = true;
			const char c = escaped(*++p);
			if (!c)
				return false;
			fmr_str_add(&q->text, from, (size_t)(p - 1 - from));
			fmr_str_putc(&q->text, c);
			from = p + 1;
		}
	if (p >= q->line_end)
		return false;
	q->at = p + 1;
	out->style = FMR_STYLE_DOUBLE;
	out->text = (struct fmr_text){ from, (size_t)(p - from) };
	if (escapes) {
		fmr_str_add(&q->text, from, (size_t)(p - from));
		out->text = (struct fmr_text){ q->text.bytes, q->text.length };
	}
	return true;
}

static bool read_piece(struct quick *q, bool flow, struct piece *out)
{
	const char *start = q->at;
	if (!(*start == '"' ? read_double(q, out) : *start == '\'' ? read_single(q, out) : read_plain(q, flow, out)))
		return false;
	out->span = (struct fmr_span){ offset(q, start), offset(q, q->at) };
	return true;
}

static struct fmr_value *new_scalar(struct quick *q, const struct piece *piece)
{
	enum fmr_plain plain = FMR_PLAIN_STRING;
	if (piece->style == FMR_STYLE_PLAIN)
		plain = fmr_plain_classify(piece->text.bytes, piece->text.length);
	if (plain == FMR_PLAIN_NOT_FINITE || plain == FMR_PLAIN_TOO_LONG)
		return NULL;
	struct fmr_value *value = fmr_plain_value(q->arena, plain, piece->text.bytes, piece->text.length);
	value->style = piece->style;
	value->span = piece->span;
	return value;
}

/* Where a value could stand and does not. */
static struct fmr_value *new_empty(struct quick *q, const char *at)
{
	const size_t place = offset(q, at);
	return new_scalar(q, &(struct piece){ FMR_STYLE_PLAIN, { place, place }, { at, 0 } });
}

/* ---- block scalars ---- */

struct header {
	char chomping; /* '-', '+' or NUL */
	size_t indent; /* as written: 0 when not */
};

/* `|` or `>`, then + or - and a digit in any order. */
static bool read_header(struct quick *q, struct header *out)
{
	*out = (struct header){ 0 };
	for (q->at++;; q->at++)
		if ((*q->at == '-' || *q->at == '+') && !out->chomping)
			out->chomping = *q->at;
		else if (*q->at >= '1' && *q->at <= '9' && !out->indent)
			out->indent = (size_t)(*q->at - '0');
		else
			break;
	skip_spaces(q);
	return q->at == q->line_end || (*q->at == '#' && q->at[-1] == ' ');
}

/* Pass empty lines, and of the line behind them as many spaces as indent it (all when that is not known: 0). */
static size_t pass_empty(struct quick *q, size_t indent, size_t *widest)
{
	for (size_t count = 0;; count++) {
		q->at = q->line;
		while (*q->at == ' ' && (!indent || (size_t)(q->at - q->line) < indent))
			q->at++;
		if (*widest < (size_t)(q->at - q->line))
			*widest = (size_t)(q->at - q->line);
		if (*q->at != '\n')
			return count;
		q->line = q->at + 1;
	}
}

static bool is_all_spaces(const char *from, const char *end)
{
	while (from < end && *from == ' ')
		from++;
	return from == end;
}

static struct fmr_value *read_block_scalar(struct quick *q, ptrdiff_t parent)
{
	struct piece piece = { .style = *q->at == '|' ? FMR_STYLE_LITERAL : FMR_STYLE_FOLDED };
	struct header header;
	const size_t start = offset(q, q->at), outside = (size_t)(parent + 1);
	if (!read_header(q, &header))
		return NULL;
	const char *last = q->line_end; /* of the lines that hold anything */
	size_t indent = header.indent ? header.indent + outside - 1 : 0, widest = outside;
	q->line = next_line(q, q->line_end);
	size_t empty = pass_empty(q, indent, &widest);
	if (!indent)
		indent = widest;

	bool ended = false, deeper = false; /* the line before: has it an end, does it begin with a space? */
	fmr_str_clear(&q->text);
	while ((size_t)(q->at - q->line) == indent && q->at < q->end) {
		const char *end = end_of_line(q, q->at);
		const bool fold = piece.style == FMR_STYLE_FOLDED && ended && !deeper && *q->at != ' ';
		if (ended && (!fold || !empty))
			fmr_str_putc(&q->text, fold ? ' ' : '\n');
		fmr_str_repeat(&q->text, '\n', empty);
		fmr_str_add(&q->text, q->at, (size_t)(end - q->at));
		deeper = *q->at == ' ';
		if (!deeper || !is_all_spaces(q->at, end))
			last = end;
		ended = end < q->end;
		q->line = next_line(q, end);
		empty = pass_empty(q, indent, &widest);
	}
	if (header.chomping != '-' && ended)
		fmr_str_putc(&q->text, '\n');
	if (header.chomping == '+')
		fmr_str_repeat(&q->text, '\n', empty);
	piece.text = (struct fmr_text){ q->text.bytes, q->text.length };
	piece.span = (struct fmr_span){ start, offset(q, last) };
	find_content(q, q->line);
	return new_scalar(q, &piece);
}

/* ---- collections ---- */

static struct fmr_value *open_collection(struct quick *q, enum fmr_kind kind, enum fmr_style style, size_t start)
{
	if (q->depth == FMR_YAML_DEPTH)
		return NULL;
	q->depth++;
	struct fmr_value *value = fmr_arena_zero(q->arena, 1, sizeof(*value));
	value->kind = kind;
	value->style = style;
	value->span.start = start;
	return value;
}

static void see_duplicate(void *context, const struct fmr_member *first, const struct fmr_member *again)
{
	(void)first;
	(void)again;
	*(bool *)context = true;
}

static struct fmr_value *close_collection(struct quick *q, struct fmr_value *value, size_t base, size_t end)
{
	const size_t count = q->pending.count - base;
	const struct fmr_member *members = q->pending.items + base;
	bool duplicate = false;
	if (value->kind == FMR_MAP)
		fmr_members_duplicates(members, count, see_duplicate, &duplicate);
	if (duplicate)
		return NULL;
	fmr_members_fill(value, q->arena, members, count);
	value->span.end = end;
	q->pending.count = base;
	q->depth--;
	return value;
}

static bool is_key(const struct quick *q)
{
	return *q->at == ':' && is_blank_or_end(q->at[1]);
}

static bool add_key(struct quick *q, const struct piece *key)
{
	if (key->span.end - key->span.start > LONGEST_KEY)
		return false;
	if (q->rules == FMR_YAML_RECORD && key->style == FMR_STYLE_PLAIN &&
		fmr_plain_classify(key->text.bytes, key->text.length) != FMR_PLAIN_STRING)
		return false;
	FMR_VEC_PUSH(&q->pending, ((struct fmr_member){
		.key = { fmr_arena_strndup(q->arena, key->text.bytes, key->text.length), key->text.length },
		.key_hash = fmr_text_hash(key->text.bytes, key->text.length),
		.key_span = key->span,
	}));
	return true;
}

/* ---- flow collections ---- */

/* Blanks, comments and line ends between the parts. */
static bool skip_flow_blanks(struct quick *q)
{
	skip_spaces(q);
	return (q->at < q->line_end && *q->at != '#') || (end_line(q) && q->column >= 0);
}

static struct fmr_value *read_flow(struct quick *q)
{
	const bool map = *q->at == '{';
	const char close = map ? '}' : ']';
	const size_t base = q->pending.count;
	struct fmr_value *value = open_collection(q, map ? FMR_MAP : FMR_LIST, FMR_STYLE_FLOW, offset(q, q->at));
	if (!value)
		return NULL;
	for (q->at++; skip_flow_blanks(q) && *q->at != close;) {
		struct piece piece;
		if (map) {
			if (!read_piece(q, true, &piece) || !is_key(q) || !add_key(q, &piece))
				return NULL;
			q->at++;
			if (!skip_flow_blanks(q))
				return NULL;
		} else {
			FMR_VEC_PUSH(&q->pending, ((struct fmr_member){ 0 }));
		}
		const size_t index = q->pending.count - 1;
		struct fmr_value *item = *q->at == '[' || *q->at == '{' ? read_flow(q) :
			read_piece(q, true, &piece) ? new_scalar(q, &piece) : NULL;
		if (!item || !skip_flow_blanks(q))
			return NULL;
		q->pending.items[index].value = item;
		if (*q->at == ',')
			q->at++;
		else if (*q->at != close)
			return NULL;
	}
	if (*q->at != close)
		return NULL;
	q->at++;
	return close_collection(q, value, base, offset(q, q->at));
}

/* ---- block collections ---- */

static bool is_entry(const struct quick *q)
{
	return *q->at == '-' && is_blank_or_end(q->at[1]);
}

static bool is_line_empty(struct quick *q)
{
	skip_spaces(q);
	return q->at == q->line_end || *q->at == '#';
}

static struct fmr_value *read_list(struct quick *q, ptrdiff_t column)
{
	const size_t base = q->pending.count;
	struct fmr_value *item = NULL, *list = open_collection(q, FMR_LIST, FMR_STYLE_BLOCK, offset(q, q->at));
	if (!list)
		return NULL;
	do {
		const char *behind = ++q->at;
		const bool below = is_line_empty(q);
		if (below)
			find_content(q, next_line(q, q->line_end));
		item = below && q->column <= column ? new_empty(q, behind) : read_value(q, column, true);
		if (!item)
			return NULL;
		FMR_VEC_PUSH(&q->pending, ((struct fmr_member){ .value = item }));
	} while (q->column == column && is_entry(q));
	if (q->column > column)
		return NULL;
	return close_collection(q, list, base, item->span.end);
}

/* The value of the key before q->at, in a map at this column. */
static struct fmr_value *read_member(struct quick *q, ptrdiff_t column)
{
	const char *behind = ++q->at;
	if (!is_line_empty(q))
		return read_value(q, column, false);
	find_content(q, next_line(q, q->line_end));
	if (q->column > column)
		return read_value(q, column, true);
	if (q->column == column && is_entry(q))
		return read_list(q, column);
	return new_empty(q, behind);
}

/* The map whose first key was just read. */
static struct fmr_value *read_map(struct quick *q, struct piece *key, ptrdiff_t column)
{
	const size_t base = q->pending.count;
	struct fmr_value *value, *map = open_collection(q, FMR_MAP, FMR_STYLE_BLOCK, key->span.start);
	if (!map)
		return NULL;
	for (;;) {
		const size_t index = q->pending.count;
		if (!add_key(q, key) || !(value = read_member(q, column)))
			return NULL;
		q->pending.items[index].value = value;
		if (q->column != column)
			break;
		if (!read_piece(q, false, key) || !is_key(q))
			return NULL;
	}
	if (q->column > column)
		return NULL;
	return close_collection(q, map, base, value->span.end);
}

/*
 * The value at q->at, below a collection at column `indent`; behind it q is at
 * the next line of content.  Behind a key on the same line no block begins.
 */
static struct fmr_value *read_value(struct quick *q, ptrdiff_t indent, bool may_nest)
{
	const ptrdiff_t column = q->at - q->line;
	struct fmr_value *value;
	struct piece piece;
	if (*q->at == '|' || *q->at == '>')
		return read_block_scalar(q, indent);
	if (*q->at == '[' || *q->at == '{') {
		value = read_flow(q);
	} else if (is_entry(q)) {
		return may_nest ? read_list(q, column) : NULL;
	} else {
		if (!read_piece(q, false, &piece))
			return NULL;
		if (is_key(q))
			return may_nest ? read_map(q, &piece, column) : NULL;
		value = new_scalar(q, &piece);
	}
	return value && end_line(q) ? value : NULL;
}

/* The document itself: a block, perhaps behind `---`. */
static struct fmr_value *read_document(struct quick *q)
{
	find_content(q, q->bytes);
	if (q->column < 0 && *q->at == '-' && q->at + 3 == q->line_end)
		find_content(q, next_line(q, q->line_end));
	if (q->column < 0)
		return NULL;
	struct fmr_value *root = read_value(q, -1, true);
	return root && root->style == FMR_STYLE_BLOCK && q->at == q->end ? root : NULL;
}

struct fmr_value *fmr_yaml_quick(const struct fmr_source *source, const struct fmr_screen *screen,
	enum fmr_yaml_rules rules, struct fmr_arena *arena)
{
	if (screen->start || screen->odd_blanks || screen->masks.used)
		return NULL;
	struct quick q = {
		.bytes = source->bytes,
		.end = source->bytes + source->length,
		.rules = rules,
		.arena = arena,
	};
	fmr_str_init(&q.text);
	FMR_VEC_RESERVE(&q.pending, USUAL_MEMBERS);
	fmr_str_reserve(&q.text, USUAL_TEXT);
	const struct fmr_arena_mark mark = fmr_arena_mark(arena);
	struct fmr_value *root = read_document(&q);
	if (!root)
		fmr_arena_rewind(arena, mark);
	FMR_VEC_RELEASE(&q.pending);
	fmr_str_release(&q.text);
	return root;
}
