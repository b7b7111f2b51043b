#include "base/regex_posix.h"

#include "base/i18n.h"
#include "base/text.h"

#include <stdint.h>
#include <string.h>

enum {
	NEST = 200,           /* groups in groups */
	MOST_TIMES = 0x7fff,  /* of an interval: RE_DUP_MAX of GNU */
};

/* One pass from left to right.  What is repeated is the atom that was written last. */
struct translation {
	const char *start, *p, *end;
	struct fmr_str *out;
	const char *fault;
	bool extended, ignore_case;
	bool first;           /* of the pattern, of a group, or behind "|": where "*" and "^" are special to basic patterns */
	bool atom;            /* something stands before that can be repeated ... */
	bool repeated;        /* ... and is repeated already */
	size_t atom_start;    /* where it begins in out */
	size_t groups[NEST];  /* where those that are open begin in out */
	size_t depth;
};

static bool fail(struct translation *t, const char *fault)
{
	if (!t->fault)
		t->fault = fault;
	return false;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A letter or digit behind a backslash would mean something; anything else in ASCII then means itself. */
static bool is_mark(char c)
{
	return c > ' ' && c < 0x7F && !is_digit(c) && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

void fmr_regex_quote(struct fmr_str *out, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (is_mark(bytes[i]))
			fmr_str_putc(out, '\\');
		fmr_str_putc(out, bytes[i]);
	}
}

/* ---- atoms ---- */

static void begin_atom(struct translation *t)
{
	t->atom = true;
	t->repeated = false;
	t->first = false;
	t->atom_start = t->out->length;
}

static void put_atom(struct translation *t, const char *words)
{
	begin_atom(t);
	fmr_str_puts(t->out, words);
}

/* What stands between characters: cannot be repeated in any useful way. */
static void put_assertion(struct translation *t, const char *words)
{
	begin_atom(t);
	fmr_str_puts(t->out, words);
	t->atom = false;
}

static void put_literal(struct translation *t)
{
	size_t size;
	fmr_utf8_decode(t->p, (size_t)(t->end - t->p), &size);
	begin_atom(t);
	fmr_regex_quote(t->out, t->p, size);
	t->p += size;
}

/* ---- bracket expressions ---- */

struct bracket {
	struct fmr_str items;
	bool negated;
	bool line_end; /* holds LF */
};

/* "[:alpha:]" and the like, behind its "[:". */
static bool read_class(struct translation *t, struct bracket *bracket)
{
	static const char *const names[] = { "alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print",
		"punct", "space", "upper", "xdigit" };
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const size_t length = strlen(names[i]);
		if ((size_t)(t->end - t->p) < length + 2 || memcmp(t->p, names[i], length) != 0 ||
			memcmp(t->p + length, ":]", 2) != 0)
			continue;
		const bool cased = strcmp(names[i], "lower") == 0 || strcmp(names[i], "upper") == 0;
		fmr_str_printf(&bracket->items, "[:%s:]", cased && t->ignore_case ? "alpha" : names[i]);
		bracket->line_end |= strcmp(names[i], "cntrl") == 0 || strcmp(names[i], "space") == 0;
		t->p += length + 2;
		return true;
	}
	return fail(t, _("no class of characters has this name"));
}

/* One character, which may be written "[.x.]" or "[=x=]". */
static bool read_element(struct translation *t, uint32_t *character)
{
	size_t size;
	char mark = t->p[0] == '[' && t->end - t->p > 1 && (t->p[1] == '.' || t->p[1] == '=') ? t->p[1] : '\0';
	if (mark)
		t->p += 2;
	if (t->p >= t->end)
		return fail(t, _("a '[' has no ']'"));
	*character = fmr_utf8_decode(t->p, (size_t)(t->end - t->p), &size);
	t->p += size;
	if (!mark)
		return true;
	if (t->end - t->p < 2 || t->p[0] != mark || t->p[1] != ']')
		return fail(t, _("this is not one character"));
	t->p += 2;
	return true;
}

static bool read_range(struct translation *t, struct bracket *bracket)
{
	uint32_t low, high;
	if (!read_element(t, &low))
		return false;
	high = low;
	if (t->end - t->p > 1 && t->p[0] == '-' && t->p[1] != ']') {
		t->p++;
		if (t->p[0] == '[' && t->end - t->p > 1 && t->p[1] == ':')
			return fail(t, _("a class of characters ends no range"));
		if (!read_element(t, &high))
			return false;
		if (high < low)
			return fail(t, _("the range runs backwards"));
	}
	fmr_str_printf(&bracket->items, "\\x{%x}-\\x{%x}", (unsigned)low, (unsigned)high);
	bracket->line_end |= low <= '\n' && high >= '\n';
	return true;
}

static bool read_items(struct translation *t, struct bracket *bracket)
{
	for (bool first = true;; first = false) {
		if (t->p >= t->end)
			return fail(t, _("a '[' has no ']'"));
		if (*t->p == ']' && !first) {
			t->p++;
			return true;
		}
		bool is_class = t->p[0] == '[' && t->end - t->p > 1 && t->p[1] == ':';
		if (is_class)
			t->p += 2;
		if (!(is_class ? read_class(t, bracket) : read_range(t, bracket)))
			return false;
	}
}

static bool put_bracket(struct translation *t)
{
	const char *start = t->p++;
	struct bracket bracket = { .negated = t->p < t->end && *t->p == '^' };
	fmr_str_init(&bracket.items);
	t->p += bracket.negated;
	bool good = read_items(t, &bracket);
	if (good) {
		begin_atom(t);
		if (bracket.negated)
			fmr_str_printf(t->out, "[^%s\\n]", bracket.items.bytes);
		else
			fmr_str_printf(t->out, bracket.line_end ? "(?:(?!\\n)[%s])" : "[%s]", bracket.items.bytes);
	} else if (t->p >= t->end) {
		t->p = start;
	}
	fmr_str_release(&bracket.items);
	return good;
}

/* ---- groups ---- */

static bool open_group(struct translation *t)
{
	if (t->depth == NEST)
		return fail(t, _("too many groups in groups"));
	t->groups[t->depth++] = t->out->length;
	fmr_str_putc(t->out, '(');
	t->first = true;
	t->atom = false;
	return true;
}

static void close_group(struct translation *t)
{
	fmr_str_putc(t->out, ')');
	t->atom_start = t->groups[--t->depth];
	t->atom = true;
	t->repeated = t->first = false;
}

static void alternate(struct translation *t)
{
	fmr_str_putc(t->out, '|');
	t->first = true;
	t->atom = false;
}

/* ---- repetition ---- */

static void repeat(struct translation *t, const char *times)
{
	if (t->repeated) { /* "a*+" would mean something else */
		fmr_str_splice(t->out, t->atom_start, 0, "(?:", 3);
		fmr_str_putc(t->out, ')');
	}
	fmr_str_puts(t->out, times);
	t->repeated = true;
}

/* A number at *p; -1 when there is none. */
static int read_number(const char **p, const char *end)
{
	int number = -1;
	for (; *p < end && is_digit(**p) && number <= MOST_TIMES; (*p)++)
		number = (number < 0 ? 0 : number) * 10 + (**p - '0');
	return number;
}

/* "m}", "m,}", ",n}" or "m,n}" behind its opening brace, with "\}" in basic patterns; false and nothing read when it is
 * none of them. */
static bool read_interval(struct translation *t, int *least, int *most)
{
	const char *p = t->p;
	*least = *most = read_number(&p, t->end);
	if (p < t->end && *p == ',') {
		p++;
		*most = read_number(&p, t->end);
	} else if (*least < 0) {
		return false;
	}
	if (!t->extended && (p >= t->end || *p++ != '\\'))
		return false;
	if (p >= t->end || *p != '}')
		return false;
	t->p = p + 1;
	return true;
}

static bool put_interval(struct translation *t, int least, int most)
{
	if (least > MOST_TIMES || most > MOST_TIMES)
		return fail(t, _("that is too often"));
	if (most >= 0 && least > most)
		return fail(t, _("the least is more than the most"));
	struct fmr_str times;
	fmr_str_init(&times);
	fmr_str_printf(&times, "{%d,", least < 0 ? 0 : least);
	if (most >= 0)
		fmr_str_printf(&times, "%d", most);
	fmr_str_putc(&times, '}');
	repeat(t, times.bytes);
	fmr_str_release(&times);
	return true;
}

/* At "*", "+" or "?". */
static bool put_times(struct translation *t)
{
	const char times[] = { *t->p, '\0' };
	if (!t->atom)
		return fail(t, _("there is nothing to repeat"));
	t->p++;
	repeat(t, times);
	return true;
}

/* ---- what a backslash says ---- */

static bool put_reference(struct translation *t)
{
	begin_atom(t);
	fmr_str_printf(t->out, "\\g{%c}", *t->p++);
	return true;
}

/* The escapes that both kinds have; t->p is behind the backslash. */
static bool put_escape(struct translation *t)
{
	static const struct {
		char letter;
		bool between; /* stands for no character */
		const char *words;
	} escapes[] = {
		{ 'w', false, "\\w" }, { 'W', false, "[^\\w\\n]" }, { 's', false, "[^\\S\\n]" }, { 'S', false, "\\S" },
		{ 'b', true, "\\b" }, { 'B', true, "\\B" }, { '<', true, "\\b(?=\\w)" }, { '>', true, "\\b(?<=\\w)" },
		{ '`', true, "^" }, { '\'', true, "$" },
	};
	for (size_t i = 0; i < sizeof(escapes) / sizeof(*escapes); i++)
		if (*t->p == escapes[i].letter) {
			t->p++;
			(escapes[i].between ? put_assertion : put_atom)(t, escapes[i].words);
			return true;
		}
	if (*t->p >= '1' && *t->p <= '9')
		return put_reference(t);
	put_literal(t);
	return true;
}

/* What basic patterns write with a backslash and extended ones without. */
static bool put_basic_escape(struct translation *t)
{
	const char letter = *t->p;
	int least, most;
	if (letter == '(') {
		t->p++;
		return open_group(t);
	}
	if (letter == ')') {
		if (!t->depth)
			return fail(t, _("a ')' has no '('"));
		t->p++;
		close_group(t);
		return true;
	}
	if (letter == '|') {
		t->p++;
		alternate(t);
		return true;
	}
	if ((letter == '+' || letter == '?') && t->atom)
		return put_times(t);
	if (letter != '{' || !t->atom)
		return put_escape(t);
	t->p++;
	return read_interval(t, &least, &most) ? put_interval(t, least, most) : fail(t, _("this is no number of times"));
}

static bool put_backslash(struct translation *t)
{
	if (t->end - t->p < 2)
		return fail(t, _("a backslash stands at the end"));
	t->p++;
	return t->extended ? put_escape(t) : put_basic_escape(t);
}

/* ---- the whole pattern ---- */

static bool put_extended(struct translation *t)
{
	int least, most;
	switch (*t->p) {
	case '(':
		t->p++;
		return open_group(t);
	case ')':
		if (!t->depth)
			return fail(t, _("a ')' has no '('"));
		t->p++;
		close_group(t);
		return true;
	case '|':
		t->p++;
		alternate(t);
		return true;
	case '*':
	case '+':
	case '?':
		return put_times(t);
	case '{':
		t->p++;
		if (t->atom && read_interval(t, &least, &most))
			return put_interval(t, least, most);
		t->p--;
		put_literal(t);
		return true;
	default:
		put_literal(t);
		return true;
	}
}

/* Does "$" stand where it means the end of the line? */
static bool is_last(const struct translation *t)
{
	const char *next = t->p + 1;
	return t->extended || next == t->end ||
		(t->end - next > 1 && next[0] == '\\' && (next[1] == ')' || next[1] == '|'));
}

static bool step(struct translation *t)
{
	switch (*t->p) {
	case '\\':
		return put_backslash(t);
	case '[':
		return put_bracket(t);
	case '.':
		t->p++;
		put_atom(t, ".");
		return true;
	case '^':
		if (!t->extended && !t->first)
			break;
		t->p++;
		put_assertion(t, "^");
		return true;
	case '$':
		if (!is_last(t))
			break;
		t->p++;
		put_assertion(t, "$");
		return true;
	case '*':
		if (!t->extended && t->atom)
			return put_times(t);
		break;
	}
	if (t->extended)
		return put_extended(t);
	put_literal(t);
	return true;
}

const char *fmr_regex_from_posix(const char *pattern, size_t length, unsigned flags, struct fmr_str *out, size_t *at)
{
	struct translation t = { .start = pattern, .p = pattern, .end = pattern + length, .out = out, .first = true,
		.extended = flags & FMR_POSIX_EXTENDED, .ignore_case = flags & FMR_POSIX_ICASE };
	while (t.p < t.end && !t.fault)
		step(&t);
	if (!t.fault && t.depth)
		t.fault = _("a '(' has no ')'");
	*at = (size_t)(t.p - t.start);
	return t.fault;
}
