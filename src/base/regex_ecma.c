#include "base/regex_ecma.h"

#include "base/i18n.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/*
 * One pass from left to right.  What means the same in both languages is
 * copied; what PCRE2 would understand differently is spelled out; what only
 * PCRE2 understands is refused.
 */
struct translation {
	const char *start, *p, *end;
	struct fmr_str *out;
	const char *fault;
	bool repeatable;    /* what stands before may take a quantifier */
	unsigned open;      /* groups not closed yet */
	unsigned groups;    /* capturing groups of the whole pattern */
};

#define SPACES "\\t-\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}"
#define NOT_SPACES                                                                                                     \
	"\\x{0}-\\x{8}\\x{e}-\\x{1f}!-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}"                  \
	"\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}"
/* Spelled out, for PCRE2 10.42 forgets characters above 255 in [^\D\p{L}] and the like. */
#define NOT_DIGITS "\\x{0}-\\x{2f}\\x{3a}-\\x{10ffff}"
#define NOT_WORD "\\x{0}-\\x{2f}\\x{3a}-\\x{40}\\x{5b}-\\x{5e}\\x{60}\\x{7b}-\\x{10ffff}"
#define NOTHING "(?!)"

static bool fail(struct translation *t, const char *fault)
{
	if (!t->fault)
		t->fault = fault;
	return false;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Exactly `digits` hexadecimal digits at p. */
static bool read_hex(const char *p, const char *end, int digits, uint32_t *out)
{
	*out = 0;
	if (end - p < digits)
		return false;
	for (int i = 0; i < digits; i++) {
		int value = hex_value(p[i]);
		if (value < 0)
			return false;
		*out = *out * 16 + (uint32_t)value;
	}
	return true;
}

/* Behind "\u": 4 digits, a pair of surrogates, or {...}. */
static bool read_unicode(struct translation *t, uint32_t *out)
{
	if (t->p < t->end && *t->p == '{') {
		const char *p = t->p + 1;
		*out = 0;
		for (; p < t->end && hex_value(*p) >= 0 && *out <= 0x10ffff; p++)
			*out = *out * 16 + (uint32_t)hex_value(*p);
		if (p == t->p + 1 || p >= t->end || *p != '}' || *out > 0x10ffff)
			return fail(t, N_("'\\u{...}' needs hexadecimal digits up to 10ffff"));
		t->p = p + 1;
		return true;
	}
	if (!read_hex(t->p, t->end, 4, out))
		return fail(t, N_("'\\u' needs four hexadecimal digits"));
	t->p += 4;
	uint32_t low;
	if (*out >= 0xd800 && *out < 0xdc00 && t->end - t->p >= 6 && t->p[0] == '\\' && t->p[1] == 'u' &&
		read_hex(t->p + 2, t->end, 4, &low) && low >= 0xdc00 && low < 0xe000) {
		*out = 0x10000 + ((*out - 0xd800) << 10) + (low - 0xdc00);
		t->p += 6;
	}
	return true;
}

static void put_character(struct translation *t, uint32_t character)
{
	fmr_str_printf(t->out, "\\x{%x}", (unsigned)character);
}

/* ---- \p{...} ---- */

static const char *const categories[][2] = {
	{ "Letter", "L" }, { "Cased_Letter", "L&" }, { "LC", "L&" }, { "Uppercase_Letter", "Lu" }, { "Lowercase_Letter", "Ll" },
	{ "Titlecase_Letter", "Lt" }, { "Modifier_Letter", "Lm" }, { "Other_Letter", "Lo" }, { "Mark", "M" },
	{ "Combining_Mark", "M" }, { "Nonspacing_Mark", "Mn" }, { "Spacing_Mark", "Mc" }, { "Enclosing_Mark", "Me" },
	{ "Number", "N" }, { "Decimal_Number", "Nd" }, { "digit", "Nd" }, { "Letter_Number", "Nl" }, { "Other_Number", "No" },
	{ "Punctuation", "P" }, { "punct", "P" }, { "Connector_Punctuation", "Pc" }, { "Dash_Punctuation", "Pd" },
	{ "Open_Punctuation", "Ps" }, { "Close_Punctuation", "Pe" }, { "Initial_Punctuation", "Pi" },
	{ "Final_Punctuation", "Pf" }, { "Other_Punctuation", "Po" }, { "Symbol", "S" }, { "Math_Symbol", "Sm" },
	{ "Currency_Symbol", "Sc" }, { "Modifier_Symbol", "Sk" }, { "Other_Symbol", "So" }, { "Separator", "Z" },
	{ "Space_Separator", "Zs" }, { "Line_Separator", "Zl" }, { "Paragraph_Separator", "Zp" }, { "Other", "C" },
	{ "Control", "Cc" }, { "cntrl", "Cc" }, { "Format", "Cf" }, { "Surrogate", "Cs" }, { "Private_Use", "Co" },
	{ "Unassigned", "Cn" },
};

static bool is_word(const char *bytes, size_t length, const char *word)
{
	return strlen(word) == length && memcmp(bytes, word, length) == 0;
}

/* Behind "\p" or "\P"; both languages know short names, scripts and properties once prefix and long names are mended. */
static bool translate_property(struct translation *t, bool negated)
{
	const char *name = t->p + 1, *close = t->p < t->end ? memchr(t->p, '}', (size_t)(t->end - t->p)) : NULL;
	if (!close || *t->p != '{' || close == name)
		return fail(t, N_("'\\p' needs the name of a property in braces"));
	const char *equals = memchr(name, '=', (size_t)(close - name));
	const char *value = equals ? equals + 1 : name;
	size_t length = (size_t)(close - value);
	for (const char *p = name; p < close; p++)
		if (!is_letter(*p) && !is_digit(*p) && *p != '_' && p != equals)
			return fail(t, N_("'\\p' needs the name of a property in braces"));
	t->p = close + 1;
	const char *prefix = "";
	if (equals) {
		size_t key = (size_t)(equals - name);
		if (is_word(name, key, "Script") || is_word(name, key, "sc"))
			prefix = "sc:";
		else if (is_word(name, key, "Script_Extensions") || is_word(name, key, "scx"))
			prefix = "scx:";
		else if (!is_word(name, key, "General_Category") && !is_word(name, key, "gc"))
			return fail(t, N_("'\\p' names a property that ECMA-262 does not have"));
	}
	if (!*prefix && is_word(value, length, "Assigned")) {
		fmr_str_puts(t->out, negated ? "\\p{Cn}" : "\\P{Cn}");
		return true;
	}
	for (size_t i = 0; !*prefix && i < sizeof(categories) / sizeof(*categories); i++)
		if (is_word(value, length, categories[i][0])) {
			fmr_str_printf(t->out, "\\%c{%s}", negated ? 'P' : 'p', categories[i][1]);
			return true;
		}
	fmr_str_printf(t->out, "\\%c{%s%.*s}", negated ? 'P' : 'p', prefix, (int)length, value);
	return true;
}

/* ---- escapes ---- */

static const char *const single_escapes = "tnvfr";

/* A character spelled with a backslash; p is behind it.  false without fault: no such spelling. */
static bool read_escaped_character(struct translation *t, uint32_t *out)
{
	static const uint32_t codes[] = { 0x9, 0xa, 0xb, 0xc, 0xd };
	char c = *t->p;
	const char *single = c ? strchr(single_escapes, c) : NULL;
	if (single) {
		*out = codes[single - single_escapes];
		t->p++;
		return true;
	}
	switch (c) {
	case 'c':
		if (t->end - t->p < 2 || !is_letter(t->p[1]))
			return fail(t, N_("'\\c' needs a letter"));
		*out = (uint32_t)t->p[1] & 31;
		t->p += 2;
		return true;
	case 'x':
		if (!read_hex(t->p + 1, t->end, 2, out))
			return fail(t, N_("'\\x' needs two hexadecimal digits"));
		t->p += 3;
		return true;
	case 'u':
		t->p++;
		return read_unicode(t, out);
	case '0':
		if (t->end - t->p > 1 && is_digit(t->p[1]))
			return fail(t, N_("octal escapes are not part of ECMA-262"));
		*out = 0;
		t->p++;
		return true;
	}
	return false;
}

/* A backslash before punctuation (or what is no ASCII letter or digit): the character itself. */
static bool copy_literal_escape(struct translation *t)
{
	char c = *t->p;
	if (is_letter(c) || is_digit(c))
		return fail(t, N_("this escape is not part of ECMA-262"));
	if ((unsigned char)c < 0x80) {
		fmr_str_printf(t->out, "\\x{%x}", (unsigned)(unsigned char)c);
		t->p++;
		return true;
	}
	fmr_str_putc(t->out, *t->p++);
	return true;
}

static bool translate_backreference(struct translation *t)
{
	unsigned long number = 0;
	for (; t->p < t->end && is_digit(*t->p); t->p++)
		if (number < 100000)
			number = number * 10 + (unsigned long)(*t->p - '0');
	if (number > t->groups)
		return fail(t, N_("a back-reference names a group that is not there"));
	fmr_str_printf(t->out, "\\g{%lu}", number);
	return true;
}

static bool translate_named_reference(struct translation *t)
{
	const char *close = t->end - t->p > 2 && t->p[1] == '<' ? memchr(t->p, '>', (size_t)(t->end - t->p)) : NULL;
	if (!close || close == t->p + 2)
		return fail(t, N_("'\\k' needs the name of a group in angle brackets"));
	fmr_str_putc(t->out, '\\');
	fmr_str_add(t->out, t->p, (size_t)(close + 1 - t->p));
	t->p = close + 1;
	return true;
}

static bool translate_escape(struct translation *t)
{
	if (++t->p >= t->end)
		return fail(t, N_("the pattern ends with a backslash"));
	char c = *t->p;
	uint32_t character = 0;
	t->repeatable = true;
	if (is_digit(c) && c != '0')
		return translate_backreference(t);
	switch (c) {
	case 'b':
	case 'B':
		t->repeatable = false;
		/* fallthrough */
	case 'd':
	case 'D':
	case 'w':
	case 'W':
		fmr_str_putc(t->out, '\\');
		fmr_str_putc(t->out, c);
		t->p++;
		return true;
	case 's':
		fmr_str_puts(t->out, "[" SPACES "]");
		t->p++;
		return true;
	case 'S':
		fmr_str_puts(t->out, "[^" SPACES "]");
		t->p++;
		return true;
	case 'p':
	case 'P':
		t->p++;
		return translate_property(t, c == 'P');
	case 'k':
		return translate_named_reference(t);
	}
	if (read_escaped_character(t, &character)) {
		if (character >= 0xd800 && character < 0xe000)
			fmr_str_puts(t->out, NOTHING); /* half a surrogate pair never stands in UTF-8 */
		else
			put_character(t, character);
		return true;
	}
	return t->fault ? false : copy_literal_escape(t);
}

/* ---- [...] ---- */

/* One atom of a class.  *set: it is no single character and cannot bound a range; *none: it matches nothing. */
static bool translate_class_atom(struct translation *t, bool *set, bool *none)
{
	*set = *none = false;
	char c = *t->p;
	if (c != '\\') {
		if (c == '[' || c == '^')
			fmr_str_putc(t->out, '\\');
		fmr_str_putc(t->out, c);
		for (t->p++; t->p < t->end && ((unsigned char)*t->p & 0xc0) == 0x80; t->p++)
			fmr_str_putc(t->out, *t->p);
		return true;
	}
	if (++t->p >= t->end)
		return fail(t, N_("the pattern ends with a backslash"));
	c = *t->p;
	uint32_t character = 0;
	switch (c) {
	case 'b':
		put_character(t, 8);
		t->p++;
		return true;
	case 'd':
	case 'w':
		*set = true;
		fmr_str_puts(t->out, c == 'd' ? "\\d" : "\\w");
		t->p++;
		return true;
	case 'D':
	case 'W':
		*set = true;
		fmr_str_puts(t->out, c == 'D' ? NOT_DIGITS : NOT_WORD);
		t->p++;
		return true;
	case 's':
	case 'S':
		*set = true;
		fmr_str_puts(t->out, c == 's' ? SPACES : NOT_SPACES);
		t->p++;
		return true;
	case 'p':
	case 'P':
		*set = true;
		t->p++;
		return translate_property(t, c == 'P');
	}
	if (read_escaped_character(t, &character)) {
		*none = character >= 0xd800 && character < 0xe000;
		if (!*none)
			put_character(t, character);
		return true;
	}
	return t->fault ? false : copy_literal_escape(t);
}

static bool translate_class(struct translation *t)
{
	t->p++;
	bool negated = t->p < t->end && *t->p == '^';
	t->p += negated;
	size_t start = t->out->length;
	fmr_str_puts(t->out, negated ? "[^" : "[");
	bool any = false;
	while (t->p < t->end && *t->p != ']') {
		bool set, none, other_set, other_none;
		if (!translate_class_atom(t, &set, &none))
			return false;
		any = any || !none;
		if (t->end - t->p < 2 || *t->p != '-' || t->p[1] == ']')
			continue;
		t->p++;
		fmr_str_puts(t->out, set || none ? "\\-" : "-");
		if (!translate_class_atom(t, &other_set, &other_none))
			return false;
		if (set || other_set || none || other_none)
			return fail(t, N_("a range in brackets needs a character at each end"));
	}
	if (t->p >= t->end)
		return fail(t, N_("a bracket '[' is not closed"));
	t->p++;
	if (any) {
		fmr_str_putc(t->out, ']');
	} else {
		fmr_str_truncate(t->out, start);
		fmr_str_puts(t->out, negated ? "(?s:.)" : NOTHING);
	}
	t->repeatable = true;
	return true;
}

/* ---- groups and quantifiers ---- */

static bool starts_with(const struct translation *t, const char *text)
{
	size_t length = strlen(text);
	return (size_t)(t->end - t->p) >= length && memcmp(t->p, text, length) == 0;
}

static bool translate_group(struct translation *t)
{
	static const char *const kinds[] = { "(?:", "(?=", "(?!", "(?<=", "(?<!" };
	t->open++;
	t->repeatable = false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (starts_with(t, kinds[i])) {
			fmr_str_puts(t->out, kinds[i]);
			t->p += strlen(kinds[i]);
			return true;
		}
	if (!starts_with(t, "(?")) {
		fmr_str_putc(t->out, '(');
		t->p++;
		return true;
	}
	const char *close = starts_with(t, "(?<") ? memchr(t->p, '>', (size_t)(t->end - t->p)) : NULL;
	if (!close || close == t->p + 3)
		return fail(t, N_("this kind of group is not part of ECMA-262"));
	fmr_str_add(t->out, t->p, (size_t)(close + 1 - t->p));
	t->p = close + 1;
	return true;
}

/* Is it {n}, {n,} or {n,m}?  Otherwise the brace stands for itself. */
static size_t counted_quantifier(const struct translation *t)
{
	const char *p = t->p + 1, *digits = p;
	while (p < t->end && is_digit(*p))
		p++;
	if (p == digits)
		return 0;
	if (p < t->end && *p == ',')
		for (p++; p < t->end && is_digit(*p); p++)
			;
	return p < t->end && *p == '}' ? (size_t)(p + 1 - t->p) : 0;
}

static bool translate_quantifier(struct translation *t, size_t length)
{
	if (!t->repeatable)
		return fail(t, N_("nothing to repeat"));
	fmr_str_add(t->out, t->p, length);
	t->p += length;
	if (t->p < t->end && *t->p == '?') {
		fmr_str_putc(t->out, '?');
		t->p++;
	}
	t->repeatable = false;
	return true;
}

static bool translate_one(struct translation *t)
{
	size_t counted;
	switch (*t->p) {
	case '\\':
		return translate_escape(t);
	case '[':
		return translate_class(t);
	case '(':
		return translate_group(t);
	case ')':
		if (!t->open)
			return fail(t, N_("a parenthesis ')' has no beginning"));
		t->open--;
		fmr_str_putc(t->out, *t->p++);
		t->repeatable = true;
		return true;
	case '.':
		fmr_str_puts(t->out, "[^\\n\\r\\x{2028}\\x{2029}]");
		t->p++;
		t->repeatable = true;
		return true;
	case '*':
	case '+':
	case '?':
		return translate_quantifier(t, 1);
	case '{':
		counted = counted_quantifier(t);
		if (counted)
			return translate_quantifier(t, counted);
		/* fallthrough */
	case '}':
	case ']':
		fmr_str_putc(t->out, '\\');
		break;
	case '^':
	case '$':
	case '|':
		fmr_str_putc(t->out, *t->p++);
		t->repeatable = false;
		return true;
	}
	fmr_str_putc(t->out, *t->p++);
	while (t->p < t->end && ((unsigned char)*t->p & 0xc0) == 0x80)
		fmr_str_putc(t->out, *t->p++);
	t->repeatable = true;
	return true;
}

static unsigned count_groups(const char *p, const char *end)
{
	unsigned groups = 0;
	bool in_class = false;
	for (; p < end; p++) {
		if (*p == '\\')
			p++;
		else if (in_class)
			in_class = *p != ']';
		else if (*p == '[')
			in_class = true;
		else if (*p == '(')
			groups += end - p < 2 || p[1] != '?' || (end - p > 3 && p[2] == '<' && p[3] != '=' && p[3] != '!');
	}
	return groups;
}

const char *fmr_regex_from_ecma(const char *pattern, size_t length, struct fmr_str *out, size_t *at)
{
	struct translation t = { .start = pattern, .p = pattern, .end = pattern + length, .out = out };
	t.groups = count_groups(t.p, t.end);
	while (t.p < t.end && translate_one(&t))
		;
	if (!t.fault && t.open)
		fail(&t, N_("a parenthesis '(' is not closed"));
	*at = t.p < t.end ? (size_t)(t.p - t.start) : length;
	return t.fault ? _(t.fault) : NULL;
}
