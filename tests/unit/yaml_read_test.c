#include "unit.h"

#include "yaml/yaml.h"

#include <string.h>

/* One text read, with everything it takes. */
struct reading {
	struct fmr_source source;
	struct fmr_arena arena;
	struct fmr_findings *findings;
	struct fmr_documents documents;
};

static struct reading read_bytes(const char *bytes, size_t length, enum fmr_yaml_rules rules)
{
	struct reading reading = { .source = { "x.yaml", bytes, length }, .findings = fmr_findings_new(0) };
	fmr_arena_init(&reading.arena);
	fmr_yaml_read(&reading.source, rules, &reading.arena, &reading.documents, reading.findings);
	return reading;
}

static struct reading read_text(const char *text, enum fmr_yaml_rules rules)
{
	return read_bytes(text, strlen(text), rules);
}

static void release(struct reading *reading)
{
	fmr_findings_free(reading->findings);
	fmr_arena_release(&reading->arena);
}

/* The tree in a notation where the kinds cannot be confused: strings in '', numbers bare. */
static void describe(struct fmr_str *out, const struct fmr_value *value)
{
	switch (value->kind) {
	case FMR_NULL:
		fmr_str_puts(out, "null");
		break;
	case FMR_BOOL:
		fmr_str_puts(out, value->boolean ? "true" : "false");
		break;
	case FMR_NUMBER:
		fmr_str_puts(out, value->text.bytes);
		break;
	case FMR_STRING:
		fmr_str_printf(out, "'%s'", value->text.bytes);
		break;
	case FMR_LIST:
		fmr_str_putc(out, '[');
		for (size_t i = 0; i < value->list.count; i++) {
			fmr_str_puts(out, i ? "," : "");
			describe(out, value->list.items[i]);
		}
		fmr_str_putc(out, ']');
		break;
	case FMR_MAP:
		fmr_str_putc(out, '{');
		for (size_t i = 0; i < value->map.count; i++) {
			fmr_str_printf(out, "%s%s:", i ? "," : "", value->map.members[i].key.bytes);
			describe(out, value->map.members[i].value);
		}
		fmr_str_putc(out, '}');
		break;
	}
}

struct row {
	const char *text, *expected;
};

static void check_rows(const struct row *rows, size_t count, enum fmr_yaml_rules rules)
{
	for (size_t i = 0; i < count; i++) {
		struct reading reading = read_text(rows[i].text, rules);
		struct fmr_str out;
		fmr_str_init(&out);
		for (size_t j = 0; j < reading.documents.count; j++) {
			fmr_str_puts(&out, j ? "; " : "");
			describe(&out, reading.documents.roots[j]);
		}
		for (size_t j = 0; j < fmr_findings_count(reading.findings); j++) {
			const struct fmr_finding *f = fmr_findings_at(reading.findings, j);
			fmr_str_printf(&out, "%s%zu:%zu %s", out.length ? "; " : "", f->value.line, f->value.column,
				fmr_code_name(f->code));
		}
		if (strcmp(out.bytes, rows[i].expected) != 0)
			fail_msg("row %zu, %s:\n  got      %s\n  expected %s", i, rows[i].text, out.bytes, rows[i].expected);
		fmr_str_release(&out);
		release(&reading);
	}
}

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void core_schema_scalars(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "[no, on, yes, off, y, n, NO]", "['no','on','yes','off','y','n','NO']" },
		{ "[true, True, TRUE, tRUE, false, False, FALSE]", "[true,true,true,'tRUE',false,false,false]" },
		{ "[null, Null, NULL, ~, nULL]", "[null,null,null,null,'nULL']" },
		{ "[0o14, 0x1F, 0X1F, 0o8, 0xg, 0x, 0o, -0x1]", "[12,31,'0X1F','0o8','0xg','0x','0o','-0x1']" },
		{ "[0xFFFFFFFFFFFFFFFFFFFF, 0x0]", "[1208925819614629174706175,0]" },
		{ "[1_000, 2026-11-21, 12:30:00, 1.2.3]", "['1_000','2026-11-21','12:30:00','1.2.3']" },
		{ "[012, +1, -012, 00, -0, 0]", "[12,1,-12,0,-0,0]" },
		{ "[.5, 5., 1e3, +.5e-2, 1.e3, -.5, 1.0]", "[0.5,5,1e3,0.5e-2,1e3,-0.5,1.0]" },
		{ "[., +, -a, e3, 1e, 1e+, .e1, '']", "['.','+','-a','e3','1e','1e+','.e1','']" },
		{ "['1', \"1\", 'null', \"true\"]", "['1','1','null','true']" },
		{ "[12345678901234567890123456789012345.678901234567890]", "[12345678901234567890123456789012345.678901234567890]" },
		{ "a:\nb: ~\nc:\n", "{a:null,b:null,c:null}" },
		{ "<<: x\n", "{<<:'x'}" },
		{ "{\"a\":1,\"b\":[]}", "{a:1,b:[]}" },
		{ "a: |\n  x\n  y\nb: >-\n  x\n  y\n", "{a:'x\ny\n',b:'x y'}" },
		{ "%YAML 1.2\n---\na: 1\n...\n# end\n", "{a:1}" },
		{ "\xEF\xBB\xBF" "a: 1\n", "{a:1}" },
		{ "a: 1\r\nb: x\r\n", "{a:1,b:'x'}" },
		{ "a: x\xC2\x85y\nb: \"p\xE2\x80\xA8  q\xE2\x80\xA9\"\n", "{a:'x\xC2\x85y',b:'p\xE2\x80\xA8  q\xE2\x80\xA9'}" },
		{ "---\n", "null" },
		{ "x", "'x'" },
	};
	check_rows(rows, COUNT(rows), FMR_YAML_RECORD);
}

static void records_refuse(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "", "1:1 yaml.empty" },
		{ "# only a comment\n", "1:1 yaml.empty" },
		{ "a: 1\nb: 2\na: 3\n", "3:1 yaml.duplicate-key" },
		{ "a: {障害: 1, 障害: 2}\n", "1:12 yaml.duplicate-key" },
		{ "a: 1\n---\nb: 2\n", "2:1 yaml.second-document" },
		{ "a: &x 1\nb: *x\n", "1:4 yaml.anchor; 2:4 yaml.anchor" },
		{ "a: !!str 1\nb: !foo x\nc: ! x\n", "1:4 yaml.tag; 2:4 yaml.tag; 3:4 yaml.tag" },
		{ "a: !foo [x]\nb: !!map {}\n", "1:4 yaml.tag; 2:4 yaml.tag" },
		{ "%TAG ! tag:x,2000:\n---\na: 1\n", "1:1 yaml.tag" },
		{ "1: a\n", "1:1 yaml.key" },
		{ "true: a\n'true': b\n", "1:1 yaml.key; 2:1 yaml.duplicate-key" },
		{ "? [a]\n: b\n", "1:3 yaml.key" },
		{ "a: 1\nb: .inf\n", "2:4 yaml.not-finite" },
		{ "a: \"x\n", "1:4 yaml.syntax" },
		{ "a: 'x\nb: y\n", "1:4 yaml.syntax" },
		{ "a:\n\tb: 1\n", "2:1 yaml.syntax" },
		{ "a: 1\n b: 2\n", "2:3 yaml.syntax" },
		{ "a: b: c\n", "1:5 yaml.syntax" },
		{ "a: @x\n", "1:4 yaml.syntax" },
		{ "a: [1, 2\nb: 3\n", "2:2 yaml.syntax" },
		{ "日本: 語\nfoo\nbar: x\n", "2:1 yaml.syntax" },
		{ "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n", "2:1 record.conflict" },
		{ "a: x\x01y\n", "1:5 yaml.encoding" },
		{ "a: 日本\xff\n", "1:6 yaml.encoding" },
		{ "a: \xED\xA0\x80\n", "1:4 yaml.encoding" },
		{ "a: x\xEF\xBB\xBF\n", "1:5 yaml.encoding" },
		{ "a: \x7F\n", "1:4 yaml.encoding" },
	};
	check_rows(rows, COUNT(rows), FMR_YAML_RECORD);

	struct reading reading = read_bytes("a: \0b\n", 6, FMR_YAML_RECORD);
	assert_int_equal(fmr_findings_at(reading.findings, 0)->code, FMR_CODE_YAML_ENCODING);
	release(&reading);
}

/* What a person is told first, and what to do. */
static void syntax_errors_are_explained(void **state)
{
	(void)state;
	static const struct {
		const char *text, *message, *hint;
	} rows[] = {
		{ "a:\n\tb: 1\n", "a tab stands where spaces must indent", "indent with spaces" },
		{ "a: 'it's'\n", "text stands behind a quote that is closed",
			"write '' for a quote in single quotes and \\\" for one in double quotes" },
		{ "a: \"x\n", "a quoted text is never closed", "close the quote that begins here" },
		{ "a: @x\n", "a text must not begin with this character", "put the text in quotes" },
		{ "a: | x\n", "text stands behind '|' or '>', which begin a block of lines",
			"put the text in quotes, or begin it on the next line" },
		{ "a: b: c\n", "': ' is not allowed here",
			"put the text in quotes when it holds ': ', or check the indentation" },
		{ "a: &\n", "an anchor or alias without a name", "put the text in quotes when it begins with '&' or '*'" },
		{ "a: !x!y z\n", "a text that begins with '!' is read as a tag", "put the text in quotes" },
		{ "a: b\nc\n", "a key without ':' behind it",
			"write 'key: value', or indent the line if it continues the text above" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct reading reading = read_text(rows[i].text, FMR_YAML_RECORD);
		assert_int_equal(fmr_findings_count(reading.findings), 1);
		const struct fmr_finding *finding = fmr_findings_at(reading.findings, 0);
		assert_int_equal(finding->code, FMR_CODE_YAML_SYNTAX);
		assert_string_equal(finding->message, rows[i].message);
		assert_string_equal(finding->hint, rows[i].hint);
		release(&reading);
	}
}

/* A name from the text steers no terminal and floods no message. */
static void messages_are_presentable(void **state)
{
	(void)state;
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_puts(&text, "a: !%1b%5b31m x\n\"k\\e[1m\": 1\n\"k\\e[1m\": 2\nb: !");
	fmr_str_repeat(&text, 'x', 100000);
	fmr_str_puts(&text, " y\n");
	struct reading reading = read_text(text.bytes, FMR_YAML_FOREIGN);
	assert_int_equal(fmr_findings_count(reading.findings), 3);
	for (size_t i = 0; i < 3; i++) {
		const struct fmr_finding *finding = fmr_findings_at(reading.findings, i);
		assert_null(strchr(finding->message, '\x1b'));
		assert_true(strlen(finding->message) < 1000);
	}
	release(&reading);
	fmr_str_release(&text);
}

static void foreign_files(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "a: 1\n---\nb: 2\n---\n", "{a:1}; {b:2}; null" },
		{ "a: 1\n---\nb: \"\n", "{a:1}; 3:4 yaml.syntax" },
		{ "a: &x [1, 2]\nb: *x\n", "{a:[1,2],b:[1,2]}" },
		{ "a: &x 1\nb: &x 2\nc: *x\n", "{a:1,b:2,c:2}" },
		{ "a: *x\n", "1:4 yaml.alias-unknown" },
		{ "a: &x 1\n---\nb: *x\n", "{a:1}; 3:4 yaml.alias-unknown" },
		{ "a: &x [*x]\n", "1:8 yaml.anchor" },
		{ "a: !!str 1\nb: !!int '7'\nc: !!float 1\nd: !!null ''\ne: !!bool 'true'\n",
			"{a:'1',b:7,c:1,d:null,e:true}" },
		{ "a: ! 12\n", "{a:'12'}" },
		{ "a: !!int x\n", "1:4 yaml.tag" },
		{ "a: !!int 1.5\n", "1:4 yaml.tag" },
		{ "a: !!set {}\n", "1:4 yaml.tag" },
		{ "a: !foo x\n", "1:4 yaml.tag" },
		{ "!!map {a: !!seq [1]}\n", "{a:[1]}" },
		{ "1: a\n2.5: b\nnull: c\n", "{1:'a',2.5:'b',null:'c'}" },
		{ "&k a: 1\nb: *k\n", "{a:1,b:'a'}" },
		{ "<<: &x {a: 1}\nb: *x\n", "{<<:{a:1},b:{a:1}}" },
		{ "? [a]\n: b\n", "1:3 yaml.key" },
	};
	check_rows(rows, COUNT(rows), FMR_YAML_FOREIGN);
}

static void spans_are_bytes(void **state)
{
	(void)state;
	static const char text[] = "題: 値 # 注\nlist:\n- あ\n-  'い'\nm: {k: [う]}\nblock: |\n  え\n  お\n\n# end\ne:\nz: \"x\" \n";
	struct reading reading = read_text(text, FMR_YAML_RECORD);
	assert_int_equal(reading.documents.count, 1);
	static const struct {
		const char *path, *written;
	} rows[] = {
		{ "題", "値" },
		{ "list", "- あ\n-  'い'" },
		{ "list.0", "あ" },
		{ "list.1", "'い'" },
		{ "m", "{k: [う]}" },
		{ "m.k", "[う]" },
		{ "m.k.0", "う" },
		{ "block", "|\n  え\n  お" },
		{ "e", "" },
		{ "z", "\"x\"" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct fmr_value *value = fmr_value_at(reading.documents.roots[0], rows[i].path);
		assert_non_null(value);
		assert_int_equal(value->span.end - value->span.start, strlen(rows[i].written));
		assert_memory_equal(text + value->span.start, rows[i].written, strlen(rows[i].written));
	}
	const struct fmr_member *member = fmr_value_member(reading.documents.roots[0], "list", 4);
	assert_memory_equal(text + member->key_span.start, "list", 4);
	release(&reading);
}

static void repeat(struct fmr_str *out, const char *text, size_t count)
{
	fmr_str_init(out);
	for (size_t i = 0; i < count; i++)
		fmr_str_puts(out, text);
}

/* A quarter of a megabyte of each is answered at once: the deadline is the test runner's. */
static void hostile_texts_end_soon(void **state)
{
	(void)state;
	static const char *const pieces[] = { "[", "{", "- ", "? ", "\"", "'", "&a ", "!a ", "*a ", "[a, ", "{a: ", "a: ", "[\n",
		"{\n", "-\n", "? \n", "- - ", "|", ">", "%", ",", "a ", "a\n", "#", "\n", "- a\n", "\t", "[]", "{}", "[],",
		"- [", "a: [", "---\n", "...\n", "a: &a a\n", "\\", "\"\\", "'\n", "\"\n\n", "? a\n", ": ", "a:\n ", "[a]: " };
	for (size_t i = 0; i < COUNT(pieces); i++) {
		struct fmr_str text;
		repeat(&text, pieces[i], (1 << 18) / strlen(pieces[i]));
		struct reading reading = read_bytes(text.bytes, text.length, FMR_YAML_FOREIGN);
		release(&reading);
		reading = read_bytes(text.bytes, text.length, FMR_YAML_RECORD);
		release(&reading);
		fmr_str_release(&text);
	}
}

static void billion_laughs_end_soon(void **state)
{
	(void)state;
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_puts(&text, "a0: &a0 [lol]\n");
	for (int i = 1; i < 30; i++)
		fmr_str_printf(&text, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1, i - 1, i - 1);
	struct reading reading = read_text(text.bytes, FMR_YAML_FOREIGN);
	assert_int_equal(reading.documents.count, 0);
	assert_int_equal(fmr_findings_count(reading.findings), 1);
	assert_int_equal(fmr_findings_at(reading.findings, 0)->code, FMR_CODE_YAML_EXPANSION);
	release(&reading);

	/* the same by depth: each alias nests one deeper */
	fmr_str_clear(&text);
	fmr_str_puts(&text, "a0: &a0 [lol]\n");
	for (int i = 1; i < 80; i++)
		fmr_str_printf(&text, "a%d: &a%d [*a%d]\n", i, i, i - 1);
	reading = read_text(text.bytes, FMR_YAML_FOREIGN);
	assert_int_equal(fmr_findings_at(reading.findings, 0)->code, FMR_CODE_YAML_DEPTH);
	release(&reading);
	fmr_str_release(&text);
}

static void many_keys_are_compared_quickly(void **state)
{
	(void)state;
	struct fmr_str text;
	fmr_str_init(&text);
	for (int i = 0; i < 100000; i++)
		fmr_str_printf(&text, "k%d: %d\n", i, i);
	struct reading reading = read_text(text.bytes, FMR_YAML_RECORD);
	assert_int_equal(reading.documents.count, 1);
	assert_int_equal(reading.documents.roots[0]->map.count, 100000);
	release(&reading);
	fmr_str_puts(&text, "k77: again\n");
	reading = read_text(text.bytes, FMR_YAML_RECORD);
	assert_int_equal(fmr_findings_count(reading.findings), 1);
	assert_int_equal(fmr_findings_at(reading.findings, 0)->value.line, 100001);
	release(&reading);
	fmr_str_release(&text);
}

static void depth_limit_is_exact(void **state)
{
	(void)state;
	for (int depth = FMR_YAML_DEPTH; depth <= FMR_YAML_DEPTH + 1; depth++) {
		struct fmr_str text;
		fmr_str_init(&text);
		fmr_str_repeat(&text, '[', (size_t)depth);
		fmr_str_repeat(&text, ']', (size_t)depth);
		struct reading reading = read_text(text.bytes, FMR_YAML_RECORD);
		assert_int_equal(reading.documents.count, depth == FMR_YAML_DEPTH);
		release(&reading);
		fmr_str_release(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(core_schema_scalars),
		cmocka_unit_test(records_refuse),
		cmocka_unit_test(syntax_errors_are_explained),
		cmocka_unit_test(messages_are_presentable),
		cmocka_unit_test(foreign_files),
		cmocka_unit_test(spans_are_bytes),
		cmocka_unit_test(hostile_texts_end_soon),
		cmocka_unit_test(billion_laughs_end_soon),
		cmocka_unit_test(many_keys_are_compared_quickly),
		cmocka_unit_test(depth_limit_is_exact),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
