#include "query/syntax.h"

#include "base/i18n.h"
#include "base/str.h"
#include "base/text.h"
#include "base/vec.h"

#include <stdarg.h>
#include <string.h>
#include <strings.h>

enum { LONGEST = 16 << 10, DEEPEST = 64, MOST_TERMS = 500, SHOWN_BEFORE = 50, SHOWN_WIDTH = 70 };

struct parser {
	const char *text;
	size_t at;
	int depth;
	struct fmr_arena *arena;
	struct syntax *out;
	struct fmr_err *err;
};

/* ---- messages ---- */

static void put_width(struct fmr_str *out, char byte, const char *bytes, size_t length)
{
	size_t width = fmr_text_width(bytes, length);
	fmr_str_repeat(out, byte, width ? width : 1);
}

/* The query as one line, cut where it is long, and marks below the place. */
static void show_place(const char *text, struct place place, struct fmr_str *out)
{
	struct fmr_str line;
	fmr_str_init(&line);
	size_t first = place.start > SHOWN_BEFORE ? place.start - SHOWN_BEFORE : 0;
	while (first && ((unsigned char)text[first] & 0xC0) == 0x80)
		first--;
	fmr_text_escape(&line, text + first, place.start - first, false);
	size_t before = line.length;
	fmr_text_escape(&line, text + place.start, place.end - place.start, false);
	size_t marked = line.length;
	fmr_text_escape(&line, text + place.end, strlen(text + place.end), false);
	size_t shown = fmr_text_fit(line.bytes, line.length, SHOWN_WIDTH + SHOWN_BEFORE);
	if (marked > shown)
		marked = shown;
	fmr_str_printf(out, "%s%.*s%s\n", first ? "…" : "", (int)shown, line.bytes, shown < line.length ? "…" : "");
	fmr_str_repeat(out, ' ', (first > 0) + fmr_text_width(line.bytes, before));
	fmr_str_putc(out, '^');
	struct fmr_str tail;
	fmr_str_init(&tail);
	if (marked > before)
		put_width(&tail, '~', line.bytes + before, marked - before);
	fmr_str_puts(out, tail.length ? tail.bytes + 1 : "");
	fmr_str_release(&tail);
	fmr_str_release(&line);
}

int fmr_syntax_fault(const char *text, struct place place, const char *hint, struct fmr_err *err,
	enum fmr_error code, const char *format, ...)
{
	struct fmr_str message, shown;
	fmr_str_init(&message);
	fmr_str_init(&shown);
	va_list args;
	va_start(args, format);
	fmr_str_vprintf(&message, format, args);
	va_end(args);
	show_place(text, place, &shown);
	if (hint && *hint)
		fmr_str_printf(&shown, "\n%s", hint);
	fmr_err_set(err, code, "%s", message.bytes);
	fmr_err_hint(err, "%s", shown.bytes);
	fmr_str_release(&message);
	fmr_str_release(&shown);
	return code;
}

static int refuse(const struct parser *parser, size_t start, size_t end, const char *hint, const char *message)
{
	return fmr_syntax_fault(parser->text, (struct place){ start, end }, hint, parser->err, FMR_ERR_INVALID, "%s",
		message);
}

/* ---- characters ---- */

/* What a Japanese keyboard types for the signs of the language; 0 for all other characters. */
static char sign_of(uint32_t character)
{
	switch (character) {
	case 0x3000: return ' ';
	case 0x3001: return ',';
	case 0x2212: return '-';
	case 0x201C: case 0x201D: case 0x300C: case 0x300D: return '"';
	case 0x2260: return '!'; /* with "=" to come: see operator_at */
	case 0x2264: case 0x2266: return '<';
	case 0x2265: case 0x2267: return '>';
	default: break;
	}
	if (character >= 0xFF01 && character <= 0xFF5E)
		character -= 0xFF01 - 0x21;
	if (character >= 0x80)
		return 0;
	if (character == '\t' || character == '\n' || character == '\r')
		return ' ';
	return strchr(" ()\"-:=!<>,/.*", (int)character) ? (char)character : 0;
}

static char sign_at(const struct parser *parser, size_t at, size_t *size)
{
	const char *p = parser->text + at;
	*size = 0;
	if (!*p)
		return '\0';
	return sign_of(fmr_utf8_decode(p, strlen(p), size));
}

static bool is_end(const struct parser *parser, size_t at)
{
	size_t size;
	char sign = sign_at(parser, at, &size);
	return !parser->text[at] || sign == ' ' || sign == ')';
}

static void skip_space(struct parser *parser)
{
	size_t size;
	while (sign_at(parser, parser->at, &size) == ' ')
		parser->at += size;
}

/* Of 〜 and ～, which stand between the ends of a range; or "..". */
static size_t dots_at(const char *p)
{
	if (strncmp(p, "..", 2) == 0)
		return 2;
	if (strncmp(p, "〜", 3) == 0 || strncmp(p, "～", 3) == 0)
		return 3;
	return strncmp(p, "．．", 6) == 0 ? 6 : 0;
}

/* ---- operators ---- */

/* Its length, 0 when there is none. */
static size_t operator_at(const struct parser *parser, size_t at, enum operator *op)
{
	static const struct {
		uint32_t character;
		enum operator op;
	} whole[] = { { 0x2260, OP_UNEQUAL }, { 0x2264, OP_LESS_EQUAL }, { 0x2266, OP_LESS_EQUAL },
		{ 0x2265, OP_GREATER_EQUAL }, { 0x2267, OP_GREATER_EQUAL } };
	size_t size, second;
	char sign = sign_at(parser, at, &size);
	if (!sign)
		return 0;
	uint32_t character = fmr_utf8_decode(parser->text + at, strlen(parser->text + at), &size);
	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++) {
		if (whole[i].character == character) {
			*op = whole[i].op;
			return size;
		}
	}
	bool equals = sign_at(parser, at + size, &second) == '=';
	switch (sign) {
	case ':': *op = OP_FITS; return size;
	case '=': *op = OP_EQUAL; return size;
	case '!': *op = OP_UNEQUAL; return equals ? size + second : 0;
	case '<': *op = equals ? OP_LESS_EQUAL : OP_LESS; return size + (equals ? second : 0);
	case '>': *op = equals ? OP_GREATER_EQUAL : OP_GREATER; return size + (equals ? second : 0);
	default: return 0;
	}
}

/* The name of a field ends here: at an operator, but not that of a URL. */
static size_t operator_behind_name(const struct parser *parser, size_t at, enum operator *op)
{
	size_t length = operator_at(parser, at, op);
	return length && strncmp(parser->text + at, "://", 3) == 0 ? 0 : length;
}

static bool is_name_character(uint32_t character)
{
	if (character < 0x80)
		return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
			(character >= '0' && character <= '9') || character == '_' || character == '.' ||
			character == '-' || character == '[' || character == ']';
	return !sign_of(character) || character == 0xFF0E || character == 0xFF0D;
}

/* The length of what may be the name of a field, from its first letter on. */
static size_t name_at(const struct parser *parser, size_t at)
{
	const char *start = parser->text + at;
	size_t length = 0, size, rest = strlen(start);
	if (strchr("0123456789.-[]", *start))
		return 0;
	while (length < rest && is_name_character(fmr_utf8_decode(start + length, rest - length, &size)))
		length += size;
	return length;
}

/* ---- values ---- */

static char *copy(const struct parser *parser, size_t start, size_t end)
{
	return fmr_arena_strndup(parser->arena, parser->text + start, end - start);
}

/* "a \"phrase\"", 「語句」: its text in `out`. */
static int parse_quoted(struct parser *parser, const char **out)
{
	size_t start = parser->at, size;
	sign_at(parser, start, &size);
	uint32_t open = fmr_utf8_decode(parser->text + start, strlen(parser->text + start), &size);
	bool corner = open == 0x300C;
	struct fmr_str text;
	fmr_str_init(&text);
	for (parser->at += size; parser->text[parser->at]; parser->at += size) {
		const char *p = parser->text + parser->at;
		uint32_t character = fmr_utf8_decode(p, strlen(p), &size);
		if (*p == '\\' && (p[1] == '"' || p[1] == '\\')) {
			fmr_str_putc(&text, p[1]);
			size = 2;
		} else if (corner ? character == 0x300D :
				(sign_of(character) == '"' && character != 0x300C && character != 0x300D)) {
			parser->at += size;
			*out = fmr_arena_strndup(parser->arena, text.bytes, text.length);
			fmr_str_release(&text);
			return 0;
		} else {
			fmr_str_add(&text, p, size);
		}
	}
	fmr_str_release(&text);
	return refuse(parser, start, parser->at, NULL, _("a quotation mark is not closed"));
}

/* The end of /regex/ or /regex/i that begins at `at`; 0 when it is none. */
static size_t regex_end(const struct parser *parser, size_t at, bool in_list, bool *icase)
{
	size_t size;
	if (parser->text[at] != '/')
		return 0;
	size_t end = at + 1;
	for (; parser->text[end] && parser->text[end] != '/'; end++)
		if (parser->text[end] == '\\' && parser->text[end + 1])
			end++;
	if (!parser->text[end] || end == at + 1)
		return 0;
	*icase = parser->text[end + 1] == 'i';
	size_t behind = end + 1 + *icase;
	return is_end(parser, behind) || (in_list && sign_at(parser, behind, &size) == ',') ? behind : 0;
}

/* The pattern between the slashes; \/ is a slash. */
static const char *regex_text(const struct parser *parser, size_t start, size_t end)
{
	struct fmr_str text;
	fmr_str_init(&text);
	for (size_t i = start; i < end; i++) {
		if (parser->text[i] == '\\' && parser->text[i + 1] == '/')
			i++;
		else if (parser->text[i] == '\\')
			fmr_str_putc(&text, parser->text[i++]);
		fmr_str_putc(&text, parser->text[i]);
	}
	const char *kept = fmr_arena_strndup(parser->arena, text.bytes, text.length);
	fmr_str_release(&text);
	return kept;
}

static bool take_regex(struct parser *parser, bool in_list, struct operand *out)
{
	size_t end = regex_end(parser, parser->at, in_list, &out->icase);
	if (!end)
		return false;
	out->regex = true;
	out->text = regex_text(parser, parser->at + 1, end - 1 - out->icase);
	parser->at = end;
	return true;
}

/* Up to a blank or a bracket that was not opened inside; in a list up to a comma, too.  *dots: of the first "..". */
static size_t bare_end(const struct parser *parser, size_t at, bool in_list, size_t *dots)
{
	int open = 0;
	*dots = 0;
	for (size_t size; parser->text[at]; at += size) {
		char sign = sign_at(parser, at, &size);
		if (sign == ' ' || (sign == ')' && !open) || (in_list && sign == ','))
			break;
		open += (sign == '(') - (sign == ')');
		if (in_list && !*dots && dots_at(parser->text + at))
			*dots = at;
	}
	return at;
}

static int parse_end_of_range(struct parser *parser, const char **out)
{
	size_t size, dots;
	parser->at += dots_at(parser->text + parser->at);
	if (sign_at(parser, parser->at, &size) == '"')
		return parse_quoted(parser, out);
	size_t end = bare_end(parser, parser->at, true, &dots);
	*out = copy(parser, parser->at, end);
	parser->at = end;
	return 0;
}

static int parse_operand(struct parser *parser, const struct term *term, struct operand *out)
{
	size_t start = parser->at, size, dots;
	*out = (struct operand){ .place.start = start, .number = parser->out->operand_count++ };
	int result = 0;
	if (sign_at(parser, start, &size) == '"') {
		out->quoted = true;
		result = parse_quoted(parser, &out->text);
		out->range = !result && dots_at(parser->text + parser->at);
		out->from = out->text;
		if (out->range)
			result = parse_end_of_range(parser, &out->to);
	} else if (!take_regex(parser, true, out)) {
		size_t end = bare_end(parser, start, true, &dots);
		out->text = copy(parser, start, end);
		out->range = dots > 0;
		if (dots) {
			out->from = copy(parser, start, dots);
			parser->at = dots;
			result = parse_end_of_range(parser, &out->to);
			if (parser->at > end) /* a quoted end may hold blanks */
				out->text = copy(parser, start, parser->at);
		} else {
			parser->at = end;
		}
	}
	out->place.end = parser->at;
	if (!result && !out->quoted && !*out->text) {
		char *hint = fmr_arena_format(parser->arena, "has:%s, missing:%s", term->name, term->name);
		return refuse(parser, term->name_place.start, parser->at, hint, _("nothing stands behind the operator"));
	}
	return result;
}

/* ---- terms ---- */

static int parse_operands(struct parser *parser, struct term *term)
{
	FMR_VEC(struct operand) list = { 0 };
	size_t size = 0;
	int result;
	do {
		parser->at += size;
		struct operand operand;
		result = parse_operand(parser, term, &operand);
		FMR_VEC_PUSH(&list, operand);
	} while (!result && sign_at(parser, parser->at, &size) == ',');
	struct operand *kept = fmr_arena_zero(parser->arena, list.count, sizeof(*kept));
	memcpy(kept, list.items, list.count * sizeof(*kept));
	term->operands = kept;
	term->count = list.count;
	FMR_VEC_RELEASE(&list);
	return result;
}

/* Behind the name: ":" may be followed by a comparison. */
static int parse_relation(struct parser *parser, struct term *term, size_t length)
{
	enum operator second;
	parser->at += length;
	if (term->op == OP_FITS) {
		size_t more = operator_at(parser, parser->at, &second);
		if (more && second != OP_FITS) {
			term->op = second;
			parser->at += more;
		}
	}
	if (term->op == OP_FITS && strcasecmp(term->name, "has") == 0)
		term->op = OP_HAS;
	else if (term->op == OP_FITS && strcasecmp(term->name, "missing") == 0)
		term->op = OP_MISSING;
	return parse_operands(parser, term);
}

static void set_word(struct parser *parser, struct term *term, struct operand operand)
{
	struct operand *kept = fmr_arena_zero(parser->arena, 1, sizeof(*kept));
	*kept = operand;
	kept->number = parser->out->operand_count++;
	kept->place = (struct place){ term->place.start, parser->at };
	term->op = OP_WORD;
	term->operands = kept;
	term->count = 1;
}

static int parse_phrase(struct parser *parser, struct term *term)
{
	struct operand operand = { .quoted = true };
	int result = parse_quoted(parser, &operand.text);
	if (result)
		return result;
	size_t length = operator_behind_name(parser, parser->at, &term->op);
	if (length) { /* "Found on":2026 */
		term->name = operand.text;
		term->name_place = (struct place){ term->place.start, parser->at };
		return parse_relation(parser, term, length);
	}
	set_word(parser, term, operand);
	if (!*operand.text)
		return refuse(parser, term->place.start, parser->at, NULL, _("there is nothing between the quotation marks"));
	return 0;
}

static int parse_term(struct parser *parser, struct term *term)
{
	size_t start = parser->at, size, dots;
	*term = (struct term){ .place.start = start, .number = parser->out->term_count++ };
	if (term->number >= MOST_TERMS)
		return fmr_err_set(parser->err, FMR_ERR_LIMIT, _("the query has more than %d terms"), MOST_TERMS);
	int result = 0;
	struct operand operand = { 0 };
	if (sign_at(parser, start, &size) == '"') {
		result = parse_phrase(parser, term);
	} else if (take_regex(parser, false, &operand)) {
		set_word(parser, term, operand);
	} else {
		size_t name = name_at(parser, start);
		size_t length = name ? operator_behind_name(parser, start + name, &term->op) : 0;
		if (length) {
			term->name = copy(parser, start, start + name);
			term->name_place = (struct place){ start, start + name };
			parser->at += name;
			result = parse_relation(parser, term, length);
		} else {
			parser->at = bare_end(parser, start, false, &dots);
			operand.text = copy(parser, start, parser->at);
			set_word(parser, term, operand);
		}
	}
	term->place.end = parser->at;
	return result;
}

/* ---- and, or, not ---- */

/* One of the words that join, as a word of its own: at the end, too, where the term it joins is missing. */
static bool take_joint(struct parser *parser, const char *word)
{
	size_t length = strlen(word), size;
	if (strncasecmp(parser->text + parser->at, word, length) != 0)
		return false;
	char sign = sign_at(parser, parser->at + length, &size);
	if (sign != ' ' && sign != '(' && parser->text[parser->at + length])
		return false;
	parser->at += length;
	return true;
}

static int parse_or(struct parser *parser, struct node **out);

static struct node *new_node(struct parser *parser, enum node_kind kind)
{
	struct node *node = fmr_arena_zero(parser->arena, 1, sizeof(*node));
	node->kind = kind;
	return node;
}

static void add_part(struct parser *parser, struct node *node, struct node *part)
{
	if ((node->count & (node->count - 1)) == 0) { /* full: a power of two */
		struct node **more = fmr_arena_zero(parser->arena, node->count ? 2 * node->count : 1, sizeof(struct node *));
		if (node->count)
			memcpy(more, node->parts, node->count * sizeof(struct node *));
		node->parts = more;
	}
	node->parts[node->count++] = part;
}

static int parse_group(struct parser *parser, struct node **out)
{
	size_t start = parser->at, width, size;
	sign_at(parser, start, &width);
	parser->at += width;
	skip_space(parser);
	if (sign_at(parser, parser->at, &size) == ')')
		return refuse(parser, start, parser->at + size, NULL, _("there is nothing between the brackets"));
	int result = parse_or(parser, out);
	if (result)
		return result;
	skip_space(parser);
	if (sign_at(parser, parser->at, &size) != ')')
		return refuse(parser, start, start + width, NULL, _("a bracket is not closed"));
	parser->at += size;
	return 0;
}

static int parse_not(struct parser *parser, struct node **out)
{
	size_t size;
	skip_space(parser);
	char sign = sign_at(parser, parser->at, &size);
	bool minus = sign == '-' && !is_end(parser, parser->at + size);
	if (sign == '(')
		return parse_group(parser, out);
	if (minus)
		parser->at += size;
	if (minus || take_joint(parser, "not")) {
		*out = new_node(parser, NODE_NOT);
		struct node *part = NULL;
		int result = ++parser->depth > DEEPEST ?
			fmr_err_set(parser->err, FMR_ERR_LIMIT, "%s", _("the query is nested too deeply")) :
			parse_not(parser, &part);
		parser->depth--;
		if (!result)
			add_part(parser, *out, part);
		return result;
	}
	if (sign == ')')
		return refuse(parser, parser->at, parser->at + size, NULL, _("a bracket is closed that was not opened"));
	if (!parser->text[parser->at])
		return refuse(parser, parser->at, parser->at, NULL, _("the query ends where a term should stand"));
	*out = new_node(parser, NODE_TERM);
	return parse_term(parser, &(*out)->term);
}

static int parse_and(struct parser *parser, struct node **out)
{
	size_t size;
	struct node *all = new_node(parser, NODE_AND);
	for (;;) {
		struct node *part = NULL;
		int result = parse_not(parser, &part);
		if (result)
			return result;
		add_part(parser, all, part);
		skip_space(parser);
		size_t before = parser->at;
		if (!parser->text[before] || sign_at(parser, before, &size) == ')' || take_joint(parser, "or")) {
			parser->at = before;
			*out = all->count == 1 ? all->parts[0] : all;
			return 0;
		}
		take_joint(parser, "and");
	}
}

static int parse_or(struct parser *parser, struct node **out)
{
	if (++parser->depth > DEEPEST)
		return fmr_err_set(parser->err, FMR_ERR_LIMIT, "%s", _("the query is nested too deeply"));
	struct node *any = new_node(parser, NODE_OR);
	int result;
	do {
		struct node *part = NULL;
		result = parse_and(parser, &part);
		if (!result)
			add_part(parser, any, part);
	} while (!result && take_joint(parser, "or"));
	*out = any->count == 1 ? any->parts[0] : any;
	parser->depth--;
	return result;
}

int fmr_syntax_parse(const char *text, struct fmr_arena *arena, struct syntax *out, struct fmr_err *err)
{
	size_t length = strlen(text);
	*out = (struct syntax){ .text = "" };
	if (length > LONGEST)
		return fmr_err_set(err, FMR_ERR_LIMIT, _("the query is longer than %d bytes"), LONGEST);
	if (fmr_utf8_valid(text, length) != length)
		return fmr_err_set(err, FMR_ERR_INVALID, "%s", _("the query is not UTF-8"));
	out->text = fmr_arena_strndup(arena, text, length);
	struct parser parser = { .text = out->text, .arena = arena, .out = out, .err = err };
	skip_space(&parser);
	if (!out->text[parser.at])
		return 0;
	struct node *root = NULL;
	int result = parse_or(&parser, &root);
	skip_space(&parser);
	if (!result && out->text[parser.at])
		result = refuse(&parser, parser.at, parser.at + 1, NULL, _("a bracket is closed that was not opened"));
	out->root = result ? NULL : root;
	return result;
}
