/*
 * For random documents and edits: parse(edit(text)) equals edit(parse(text)), and lines that have nothing to do with
 * the edit are the same to the byte.  FMR_SEED=n repeats one case, FMR_CASES=n runs more.
 */
#include "unit.h"

#include "yaml/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct random {
	uint64_t state;
};

static uint32_t next(struct random *r)
{
	r->state = r->state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(r->state >> 33);
}

static size_t below(struct random *r, size_t limit)
{
	return next(r) % limit;
}

static bool chance(struct random *r, size_t percent)
{
	return below(r, 100) < percent;
}

#define PICK(r, array) ((array)[below(r, sizeof(array) / sizeof(*(array)))])

/* ---- random values ---- */

static const char *const awkward[] = { "", " ", "x", "no", "yes", "null", "~", "1", "0x10", "1_000", "12:30:00", "-", "--- a",
	"...", "- a", "a: b", "a:", ":", "a #b", "#c", "'q'", "\"d\"", "it's", "a\\b", "日本語", "障害: 発生", "[x]", "{y}", "a, b",
	"two\nlines", "two\nlines\n", "end\n\n", "\nstart", " lead\nx", "x\n  deep\ny\n", "\t", "tab\tin", "a\rb", "cr\r\n",
	"\xE2\x80\xA8", "\xC2\x85n", "\xEF\xBB\xBF", "\x7F", "\x01", "?", "? q", "*a", "&a", "!t", "%d", "@", "`", "|", ">", "=",
	"<<", "<<<<<<< x", "2026-11-21", "2026-11-21T03:12:00+09:00", "trail ", "+1", ".5", "1e3", "1.2.3", "192.168.0.1", ".inf",
	"a long text that goes on and on, well beyond the eighty columns that make a line too long to be read easily",
	"長い文章は、八十桁を超えると読みにくいので、字下げした塊として書かれる。ここまで書けば十分に長いはずである。", "\n", "\n\n",
	"  \n", "x\n \ny", "\tx\ny", "0", "-0", "00", "0o7", "0b1", "+", ".", "🍣", "true", "True", "a\n\n\nb\n", "#", "a\n#b\n" };
static const char *const numbers[] = { "0", "1", "-1", "2.50", "1e3", "12345678901234567890", "-0.5e-7" };

static struct fmr_value *random_value(struct random *r, struct fmr_arena *arena, int depth);

static struct fmr_value *random_string(struct random *r, struct fmr_arena *arena)
{
	const char *text = PICK(r, awkward);
	struct fmr_value *value;
	if (chance(r, 20)) {
		char *joined = fmr_arena_format(arena, "%s%s", text, PICK(r, awkward));
		value = fmr_value_new_string(arena, joined, strlen(joined));
	} else {
		value = fmr_value_new_string(arena, text, strlen(text));
	}
	static const enum fmr_style styles[] = { FMR_STYLE_NONE, FMR_STYLE_NONE, FMR_STYLE_PLAIN, FMR_STYLE_SINGLE,
		FMR_STYLE_DOUBLE, FMR_STYLE_LITERAL, FMR_STYLE_FOLDED };
	value->style = PICK(r, styles);
	return value;
}

static struct fmr_value *random_collection(struct random *r, struct fmr_arena *arena, int depth)
{
	const size_t count = below(r, 4);
	struct fmr_value *value = chance(r, 50) ? fmr_value_new_list(arena) : fmr_value_new_map(arena);
	value->style = chance(r, 25) ? FMR_STYLE_FLOW : FMR_STYLE_NONE;
	for (size_t i = 0; i < count; i++)
		if (value->kind == FMR_LIST)
			fmr_value_append(arena, value, random_value(r, arena, depth - 1));
		else
			fmr_value_put(arena, value, chance(r, 20) ? PICK(r, awkward) : fmr_arena_format(arena, "k%zu", i),
				random_value(r, arena, depth - 1));
	return value;
}

static struct fmr_value *random_value(struct random *r, struct fmr_arena *arena, int depth)
{
	if (depth > 0 && chance(r, 40))
		return random_collection(r, arena, depth);
	switch (below(r, 6)) {
	case 0:
		return fmr_value_new_null(arena);
	case 1:
		return fmr_value_new_bool(arena, chance(r, 50));
	case 2:
		return fmr_value_new_number(arena, PICK(r, numbers));
	default:
		return random_string(r, arena);
	}
}

/* ---- random texts, written in all the ways that people write them ---- */

struct writer {
	struct random *r;
	struct fmr_str *out;
	const char *eol;
};

static void write_node(struct writer *w, size_t column, int depth, bool in_list);

static void line_break(struct writer *w, size_t column)
{
	fmr_str_puts(w->out, w->eol);
	if (chance(w->r, 8))
		fmr_str_puts(w->out, w->eol);
	if (chance(w->r, 12)) {
		fmr_str_repeat(w->out, ' ', column);
		fmr_str_puts(w->out, chance(w->r, 50) ? "# 注釈 about the next" : "#");
		fmr_str_puts(w->out, w->eol);
	}
	fmr_str_repeat(w->out, ' ', column);
}

static void write_comment(struct writer *w)
{
	if (chance(w->r, 10))
		fmr_str_puts(w->out, chance(w->r, 50) ? "   # 右の注釈" : " #x");
}

static void write_inline(struct writer *w)
{
	static const char *const scalars[] = { "plain", "5", "'it''s'", "\"d\\n\"", "true", "~", "two words", "日本", "null", "''",
		"-1.5", "a-b", "2026-11-21", "x:y", "'quoted'", "\"double\"" };
	fmr_str_puts(w->out, PICK(w->r, scalars));
}

static void write_flow(struct writer *w, size_t column, int depth)
{
	const bool list = chance(w->r, 50), lines = chance(w->r, 25), comma = chance(w->r, 15);
	const size_t count = below(w->r, 4);
	fmr_str_puts(w->out, list ? "[" : "{");
	for (size_t i = 0; i < count; i++) {
		if (lines) {
			fmr_str_puts(w->out, w->eol);
			fmr_str_repeat(w->out, ' ', column + 2);
		} else if (chance(w->r, 20)) {
			fmr_str_putc(w->out, ' ');
		}
		const char *quote = chance(w->r, 20) ? "\"" : "";
		if (!list)
			fmr_str_printf(w->out, "%sf%zu%s: ", quote, i, quote);
		if (depth > 0 && chance(w->r, 20))
			write_flow(w, column + 2, depth - 1);
		else
			write_inline(w);
		if (i + 1 < count || comma)
			fmr_str_puts(w->out, chance(w->r, 80) || lines ? "," : " ,");
		if (i + 1 < count && !lines)
			fmr_str_putc(w->out, ' ');
		if (lines)
			write_comment(w);
	}
	if (lines && count) {
		fmr_str_puts(w->out, w->eol);
		fmr_str_repeat(w->out, ' ', column);
	}
	fmr_str_puts(w->out, list ? "]" : "}");
}

static void write_block_scalar(struct writer *w, size_t column)
{
	static const char *const headers[] = { "|", ">", "|-", ">-", "|+" };
	const char *header = PICK(w->r, headers);
	const size_t indent = column + 1 + below(w->r, 4), lines = 1 + below(w->r, 3);
	fmr_str_puts(w->out, header);
	write_comment(w);
	for (size_t i = 0; i < lines; i++) {
		fmr_str_puts(w->out, w->eol);
		if (chance(w->r, 20))
			fmr_str_puts(w->out, w->eol);
		fmr_str_repeat(w->out, ' ', indent);
		fmr_str_puts(w->out, chance(w->r, 50) ? "text # no comment" : "文章: です");
		if (i && chance(w->r, 20))
			fmr_str_puts(w->out, "  ");
	}
	if (chance(w->r, 15))
		fmr_str_puts(w->out, w->eol);
}

static void write_scalar(struct writer *w, size_t column, int depth)
{
	switch (below(w->r, 8)) {
	case 0:
		write_block_scalar(w, column);
		return;
	case 1:
		write_flow(w, column, depth);
		break;
	case 2:
		fmr_str_puts(w->out, "plain over");
		fmr_str_puts(w->out, w->eol);
		fmr_str_repeat(w->out, ' ', column + 2);
		fmr_str_puts(w->out, "two lines");
		break;
	case 3:
		fmr_str_puts(w->out, "\"double over");
		fmr_str_puts(w->out, w->eol);
		fmr_str_repeat(w->out, ' ', column + 1);
		fmr_str_puts(w->out, "two lines\"");
		break;
	default:
		write_inline(w);
	}
	write_comment(w);
}

static void write_map(struct writer *w, size_t column, int depth)
{
	const size_t count = 1 + below(w->r, 4), name = below(w->r, 3);
	static const struct {
		const char *before, *behind;
	} keys[] = { { "a", "" }, { "'b", "'" }, { "キー", "" }, { "\"d ", "\"" } };
	for (size_t i = 0; i < count; i++) {
		if (i)
			line_break(w, column);
		const size_t k = chance(w->r, 70) ? name % 2 * 2 : below(w->r, 4);
		fmr_str_printf(w->out, "%s%zu%s:", keys[k].before, i, keys[k].behind);
		write_node(w, column, depth - 1, false);
	}
}

static void write_list(struct writer *w, size_t column, int depth)
{
	const size_t count = 1 + below(w->r, 4);
	for (size_t i = 0; i < count; i++) {
		if (i)
			line_break(w, column);
		fmr_str_putc(w->out, '-');
		write_node(w, column, depth - 1, true);
	}
}

/* What stands behind "key:" or "-" at this column. */
static void write_node(struct writer *w, size_t column, int depth, bool in_list)
{
	if (depth > 0 && chance(w->r, 45)) {
		const bool list = chance(w->r, 50);
		size_t inner = column + 1 + below(w->r, 4);
		if (in_list && chance(w->r, 80)) {
			inner = column + 2;
			fmr_str_putc(w->out, ' ');
		} else {
			write_comment(w);
			inner = list && !in_list && chance(w->r, 40) ? column : inner;
			line_break(w, inner);
		}
		if (list)
			write_list(w, inner, depth);
		else
			write_map(w, inner, depth);
		return;
	}
	if (chance(w->r, 8)) {
		write_comment(w);
		return;
	}
	fmr_str_puts(w->out, chance(w->r, 90) ? " " : "   ");
	write_scalar(w, column, depth);
}

static void write_document(struct random *r, struct fmr_str *out)
{
	struct writer w = { r, out, chance(r, 15) ? "\r\n" : "\n" };
	if (chance(r, 5))
		fmr_str_puts(out, "\xEF\xBB\xBF");
	if (chance(r, 30)) {
		fmr_str_puts(out, "# header");
		fmr_str_puts(out, w.eol);
	}
	if (chance(r, 5)) {
		fmr_str_puts(out, "---");
		fmr_str_puts(out, w.eol);
	}
	if (chance(r, 95))
		write_map(&w, 0, 4);
	else if (chance(r, 50))
		fmr_str_puts(out, "{}");
	if (chance(r, 90))
		fmr_str_puts(out, w.eol);
	if (chance(r, 5))
		fmr_str_puts(out, out->length && out->bytes[out->length - 1] != '\n' ? " # the end" : "# the end");
}

/* ---- random edits ---- */

struct target {
	struct fmr_str path;
	const struct fmr_value *value; /* NULL: not there */
	struct fmr_span span;          /* of the old lines that may change */
	bool open;                     /* other lines may change too */
	bool item;                     /* of a list: its dash may stand on a line before the span */
};

static void choose_target(struct random *r, const struct fmr_value *root, struct target *target)
{
	const struct fmr_value *value = root;
	target->span = root ? root->span : (struct fmr_span){ 0, 0 };
	for (;;) {
		const size_t count = !value ? 0 : value->kind == FMR_LIST ? value->list.count : value->kind == FMR_MAP ? value->map.count : 0;
		if (target->path.length && (!count || chance(r, 30)))
			break;
		const char *dot = target->path.length ? "." : "";
		if (!count || chance(r, 15)) {
			target->value = NULL;
			target->open = true;
			if (value && value->kind == FMR_LIST)
				fmr_str_printf(&target->path, "%s%zu", dot, count);
			else
				fmr_str_printf(&target->path, "%snew%s", dot, chance(r, 20) ? ".er" : "");
			return;
		}
		const size_t i = below(r, count);
		target->open |= value->style == FMR_STYLE_FLOW;
		if (value->kind == FMR_LIST) {
			fmr_str_printf(&target->path, "%s%zu", dot, i);
			value = value->list.items[i];
			target->span = value->span;
			target->item = true;
		} else {
			fmr_str_printf(&target->path, "%s%s", dot, value->map.members[i].key.bytes);
			target->item = false;
			target->span = (struct fmr_span){ value->map.members[i].key_span.start, value->map.members[i].value->span.end };
			value = value->map.members[i].value;
		}
	}
	target->value = value;
}

static size_t line_of(const char *bytes, size_t at)
{
	size_t line = 0;
	for (size_t i = 0; i < at; i++)
		line += bytes[i] == '\n';
	return line;
}

/* Lines equal at the beginning, or at the end, of both texts. */
static size_t equal_lines_before(const struct fmr_str *a, const struct fmr_str *b)
{
	size_t i = 0, lines = 0;
	while (i < a->length && i < b->length && a->bytes[i] == b->bytes[i])
		lines += a->bytes[i++] == '\n';
	return lines;
}

static size_t equal_lines_behind(const struct fmr_str *a, const struct fmr_str *b)
{
	size_t i = 0, lines = 0;
	while (i < a->length && i < b->length && a->bytes[a->length - 1 - i] == b->bytes[b->length - 1 - i]) {
		i++;
		lines += a->bytes[a->length - i] == '\n';
	}
	return lines;
}

static const char *describe_edit(struct fmr_arena *arena, const struct fmr_edit *edit)
{
	struct fmr_str text;
	fmr_str_init(&text);
	if (edit->value)
		fmr_yaml_write(&text, edit->value, 0);
	static const char *const kinds[] = { "set", "append", "remove" };
	const char *line = fmr_arena_format(arena, "%s %s %s", kinds[edit->kind], edit->path, text.bytes);
	fmr_str_release(&text);
	return line;
}

/* Setting or removing one existing value in block context may change only its own lines (and, when removed, the
 * comment above it; a last line without line end may get one). */
static bool lines_survive(const struct fmr_str *before, const struct fmr_str *after, const struct target *target,
	const struct fmr_edit *edit)
{
	if (target->open || !target->value || edit->kind == FMR_EDIT_APPEND)
		return true;
	size_t first = line_of(before->bytes, target->span.start);
	const size_t last = line_of(before->bytes, target->span.end), all = line_of(before->bytes, before->length);
	const size_t slack = (edit->kind == FMR_EDIT_REMOVE ? 4 : 0) + (target->item ? 4 : 0);
	first = first > slack ? first - slack : 0;
	const size_t trailing = 2; /* empty lines that a `|+` owns, comments indented deeper */
	return equal_lines_before(before, after) >= first &&
		equal_lines_behind(before, after) + last + 1 + trailing >= all;
}

static bool result_is_right(const struct fmr_value *root, const struct target *target, const struct fmr_edit *edit)
{
	const struct fmr_value *value = fmr_value_at(root, target->path.bytes);
	if (edit->kind == FMR_EDIT_SET)
		return value && fmr_value_equal(value, edit->value);
	if (edit->kind == FMR_EDIT_REMOVE)
		return !value || !target->value || strspn(strrchr(target->path.bytes, '.') ? strrchr(target->path.bytes, '.') + 1 :
			target->path.bytes, "0123456789") > 0;
	return value && value->kind == FMR_LIST && value->list.count > 0 &&
		fmr_value_equal(value->list.items[value->list.count - 1], edit->value);
}

static void run_case(uint64_t seed)
{
	struct random r = { seed * 0x9E3779B97F4A7C15u };
	struct fmr_arena arena;
	struct fmr_str before, after;
	struct target target = { .open = false };
	struct fmr_err err = { 0 };
	struct fmr_findings *findings = fmr_findings_new(0);
	fmr_arena_init(&arena);
	fmr_str_init(&before);
	fmr_str_init(&after);
	fmr_str_init(&target.path);
	for (int i = 0; i < 5; i++)
		next(&r);
	write_document(&r, &before);
	const struct fmr_source source = { "x.yaml", before.bytes, before.length };
	const struct fmr_value *root = fmr_yaml_read_record(&source, &arena, findings);
	if (!root && fmr_findings_at(findings, 0)->code != FMR_CODE_YAML_EMPTY)
		fail_msg("seed %llu: the generator wrote bad YAML: %zu:%zu %s\n%s", (unsigned long long)seed,
			fmr_findings_at(findings, 0)->value.line, fmr_findings_at(findings, 0)->value.column,
			fmr_findings_at(findings, 0)->message, before.bytes);
	choose_target(&r, root, &target);
	struct fmr_edit edit = { .kind = FMR_EDIT_SET, .path = target.path.bytes };
	const bool appendable = !target.value || target.value->kind == FMR_LIST || target.value->kind == FMR_NULL;
	if (chance(&r, 25))
		edit.kind = FMR_EDIT_REMOVE;
	else if (appendable && chance(&r, 50))
		edit.kind = FMR_EDIT_APPEND;
	if (edit.kind != FMR_EDIT_REMOVE)
		edit.value = random_value(&r, &arena, 2);
	const bool scalar_parent = strstr(target.path.bytes, "new") && edit.kind != FMR_EDIT_REMOVE;
	if (fmr_yaml_edit(&source, &edit, 1, &after, &err) != 0) {
		if (!scalar_parent || !strstr(err.text, "neither a map nor a list"))
			fail_msg("seed %llu: %s\nerror: %s\n---- text\n%s\n----", (unsigned long long)seed,
				describe_edit(&arena, &edit), err.text, before.bytes);
	} else {
		const struct fmr_source edited = { "x.yaml", after.bytes, after.length };
		struct fmr_findings *none = fmr_findings_new(0);
		const struct fmr_value *now = fmr_yaml_read_record(&edited, &arena, none);
		if ((now && !result_is_right(now, &target, &edit)) || !lines_survive(&before, &after, &target, &edit))
			fail_msg("seed %llu: %s\n---- text\n%s\n---- became\n%s\n----", (unsigned long long)seed,
				describe_edit(&arena, &edit), before.bytes, after.bytes);
		fmr_findings_free(none);
	}
	fmr_findings_free(findings);
	fmr_str_release(&target.path);
	fmr_str_release(&before);
	fmr_str_release(&after);
	fmr_arena_release(&arena);
}

static void edits_change_only_their_lines(void **state)
{
	(void)state;
	const char *seed = getenv("FMR_SEED"), *cases = getenv("FMR_CASES");
	if (seed) {
		run_case(strtoull(seed, NULL, 10));
		return;
	}
	const uint64_t count = cases ? strtoull(cases, NULL, 10) : 10000;
	for (uint64_t i = 1; i <= count; i++)
		run_case(i);
}

/* A text can be edited to say what any other text says. */
static void any_text_becomes_any_other(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 3000; seed++) {
		struct random r = { seed * 0x9E3779B97F4A7C15u };
		struct fmr_arena arena;
		struct fmr_str texts[2], out;
		struct fmr_err err = { 0 };
		struct fmr_findings *findings = fmr_findings_new(0);
		fmr_arena_init(&arena);
		fmr_str_init(&out);
		for (int i = 0; i < 2; i++) {
			fmr_str_init(&texts[i]);
			write_document(&r, &texts[i]);
		}
		const struct fmr_source from = { "x.yaml", texts[0].bytes, texts[0].length };
		const struct fmr_source to = { "y.yaml", texts[1].bytes, texts[1].length };
		const struct fmr_value *wanted = fmr_yaml_read_record(&to, &arena, findings);
		const struct fmr_edit edit = { .kind = FMR_EDIT_SET, .path = "", .value = wanted };
		if (wanted && wanted->kind == FMR_MAP && fmr_yaml_edit(&from, &edit, 1, &out, &err) != 0)
			fail_msg("seed %llu: %s\n---- text\n%s\n---- to say\n%s\n----", (unsigned long long)seed, err.text,
				texts[0].bytes, texts[1].bytes);
		fmr_findings_free(findings);
		fmr_str_release(&texts[0]);
		fmr_str_release(&texts[1]);
		fmr_str_release(&out);
		fmr_arena_release(&arena);
	}
}

/* Whatever is written reads back as it was. */
static void written_values_read_back(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 5000; seed++) {
		struct random r = { seed * 0x9E3779B97F4A7C15u };
		struct fmr_arena arena;
		struct fmr_str text;
		struct fmr_findings *findings = fmr_findings_new(0);
		fmr_arena_init(&arena);
		fmr_str_init(&text);
		const struct fmr_value *value = random_value(&r, &arena, 4);
		const bool line = value->kind != FMR_MAP && value->kind != FMR_LIST && chance(&r, 50);
		if (line)
			fmr_yaml_write_scalar(&text, value);
		else
			fmr_yaml_write(&text, value, (int)below(&r, 3));
		const struct fmr_source source = { "x.yaml", text.bytes, text.length };
		const struct fmr_value *back = fmr_yaml_read_record(&source, &arena, findings);
		if (!back || !fmr_value_equal(back, value))
			fail_msg("seed %llu: %s\n%s", (unsigned long long)seed,
				back ? "differs" : fmr_findings_at(findings, 0)->message, text.bytes);
		fmr_findings_free(findings);
		fmr_str_release(&text);
		fmr_arena_release(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_values_read_back),
		cmocka_unit_test(edits_change_only_their_lines),
		cmocka_unit_test(any_text_becomes_any_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
