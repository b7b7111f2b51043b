#include "unit.h"

#include "widget.h"

#include "record/merge.h"
#include "yaml/edit.h"
#include "yaml/yaml.h"

#define HEAD "id: " ID "\nform: 2\n"

static struct fmr_merge_options options;
static struct fixture fixture;

static int merge_setup(void **state)
{
	if (setup(state) != 0)
		return -1;
	open_fixture(&fixture);
	options = (struct fmr_merge_options){ .type = type_of(&fixture, "widget"),
		.markers = { .ours = "ours", .base = "base", .theirs = "theirs" } };
	return 0;
}

static int merge_teardown(void **state)
{
	close_fixture(&fixture);
	return sandbox_teardown(state);
}

static struct fmr_text text(const char *bytes)
{
	return (struct fmr_text){ bytes, strlen(bytes) };
}

struct merged {
	struct fmr_str text;
	struct fmr_merge_result result;
};

static struct merged merge(const char *base, const char *ours, const char *theirs)
{
	struct merged merged;
	fmr_str_init(&merged.text);
	fmr_str_init(&merged.result.fields);
	fmr_merge_texts(&options, text(base), text(ours), text(theirs), &merged.text, &merged.result);
	return merged;
}

static void release(struct merged *merged)
{
	fmr_str_release(&merged->text);
	fmr_str_release(&merged->result.fields);
}

/* fields NULL: no conflict */
static void check(const char *base, const char *ours, const char *theirs, const char *wanted, const char *fields)
{
	struct merged merged = merge(base, ours, theirs);
	assert_string_equal(merged.text.bytes, wanted);
	assert_string_equal(merged.result.fields.bytes, fields ? fields : "");
	assert_true(!fields == !merged.result.conflicts);
	assert_false(merged.result.by_lines);
	release(&merged);
}

/* The result is the same whoever merges. */
static void check_both(const char *base, const char *ours, const char *theirs, const char *wanted)
{
	check(base, ours, theirs, wanted, NULL);
	check(base, theirs, ours, wanted, NULL);
}

static void neighbouring_fields_are_no_conflict(void **state)
{
	(void)state;
	check_both(HEAD "title: a\ncount: 1\ngood: true\n", HEAD "title: b\ncount: 1\ngood: true\n",
		HEAD "title: a\ncount: 2\n", HEAD "title: b\ncount: 2\n");
	/* new ones come in the order of the schema */
	check_both(HEAD "title: a\n", HEAD "title: a\ncount: 1\n", HEAD "title: a\n# late\ndue: 2026-01-01 # then\n",
		HEAD "title: a\n# late\ndue: 2026-01-01 # then\ncount: 1\n");
}

static void both_made_the_same_change(void **state)
{
	(void)state;
	check_both(HEAD "title: a\ncount: 1\n", HEAD "title: b\ncount: 1\n", HEAD "title: b\ncount: 2\n",
		HEAD "title: b\ncount: 2\n");
	check(HEAD "title: a\ncount: 1\n", HEAD "title: 'b'\ncount: 1\n", HEAD "title: b\ncount: 2\n",
		HEAD "title: 'b'\ncount: 2\n", NULL);
}

static void a_conflict_is_on_its_field(void **state)
{
	(void)state;
	const char *base = HEAD "title: a\ncount: 1\ngood: true\n", *ours = HEAD "title: b\ncount: 2\ngood: true\n",
		   *theirs = HEAD "title: a\ncount: 3\ngood: false\n";
	check(base, ours, theirs,
		HEAD "title: b\n<<<<<<< ours\ncount: 2\n=======\ncount: 3\n>>>>>>> theirs\ngood: false\n", "count");
	options.markers.style = FMR_MARKERS_DIFF3;
	options.markers.size = 9;
	check(base, ours, theirs,
		HEAD "title: b\n<<<<<<<<< ours\ncount: 2\n||||||||| base\ncount: 1\n=========\ncount: 3\n>>>>>>>>> theirs\n"
		     "good: false\n",
		"count");
	options.favor = FMR_FAVOR_THEIRS;
	check(base, ours, theirs, HEAD "title: b\ncount: 3\ngood: false\n", NULL);
	options.favor = FMR_FAVOR_OURS;
	check(base, ours, theirs, HEAD "title: b\ncount: 2\ngood: false\n", NULL);
}

static void deleted_here_and_changed_there(void **state)
{
	(void)state;
	const char *base = HEAD "title: a\nbox:\n  size: 1\ncount: 1\n";
	check(base, HEAD "title: a\ncount: 1\n", HEAD "title: a\nbox:\n  size: 2\ncount: 1\n",
		HEAD "title: a\n<<<<<<< ours\n=======\nbox:\n  size: 2\n>>>>>>> theirs\ncount: 1\n", "box");
	check(base, HEAD "title: a\nbox:\n  size: 2\ncount: 1\n", HEAD "title: a\ncount: 2\n",
		HEAD "title: a\n<<<<<<< ours\nbox:\n  size: 2\n=======\n>>>>>>> theirs\ncount: 2\n", "box");
}

static void lists_are_sets(void **state)
{
	(void)state;
	const char *base = HEAD "title: a\ntags: [a, b]\n";
	check_both(base, HEAD "title: a\ntags: [a, b, c]\n", HEAD "title: a\ntags: [b, d]\n", HEAD "title: a\ntags: [b, c, d]\n");
	check_both(HEAD "title: a\ntags:\n  - a\n", HEAD "title: a\ntags:\n  - a\n  - y # why\n",
		HEAD "title: a\ntags:\n  - a\n  # x\n  - x\n", HEAD "title: a\ntags:\n  - a\n  # x\n  - x\n  - y # why\n");
	check_both(HEAD "title: a\n", HEAD "title: a\ntags: [a]\n", HEAD "title: a\ntags: [b]\n", HEAD "title: a\ntags: [a, b]\n");
}

static void items_are_known_again(void **state)
{
	(void)state;
	const char *base = HEAD "title: a\nparts:\n  - name: x\n    of: A\n  - name: y\n    of: B\n";
	/* one changes an item, the other takes its neighbour away and adds one */
	check_both(base, HEAD "title: a\nparts:\n  - name: x\n    of: C\n  - name: y\n    of: B\n",
		HEAD "title: a\nparts:\n  - name: x\n    of: A\n  - name: z # new\n    of: D\n",
		HEAD "title: a\nparts:\n  - name: x\n    of: C\n  - name: z # new\n    of: D\n");
	/* both change the same item */
	check_both(HEAD "title: a\nparts:\n  - name: x\n    of: A\n    parts: [{name: q}]\n",
		HEAD "title: a\nparts:\n  - name: x\n    of: B\n    parts: [{name: q}]\n",
		HEAD "title: a\nparts:\n  - name: z\n    of: A\n    parts: [{name: q}]\n",
		HEAD "title: a\nparts:\n  - name: z\n    of: B\n    parts: [{name: q}]\n");
	check(HEAD "title: a\nparts:\n  - name: x\n    of: A\n", HEAD "title: a\nparts:\n  - name: x\n    of: B\n",
		HEAD "title: a\nparts:\n  - name: x\n    of: C\n",
		HEAD "title: a\nparts:\n  - name: x\n<<<<<<< ours\n    of: B\n=======\n    of: C\n>>>>>>> theirs\n", "parts.0.of");
	/* attachments by their file */
	check_both(HEAD "title: a\nattachments:\n- {file: a, sha256: '1', size: 1}\n",
		HEAD "title: a\nattachments:\n- {file: a, sha256: '2', size: 2}\n",
		HEAD "title: a\nattachments:\n- {file: a, sha256: '1', size: 1}\n- {file: b, sha256: '3', size: 3}\n",
		HEAD "title: a\nattachments:\n- {file: a, sha256: '2', size: 2}\n- {file: b, sha256: '3', size: 3}\n");
}

static void times_stay_in_order(void **state)
{
	(void)state;
	check_both(HEAD "title: a\nuses:\n  - from: 2026-01-01\n  - from: 2026-05-01\n",
		HEAD "title: a\nuses:\n  - from: 2026-01-01\n  - from: 2026-05-01\n  - from: 2026-07-01 # c\n",
		HEAD "title: a\nuses:\n  - from: 2026-01-01\n  - from: 2026-05-01\n  - from: 2026-06-01 # d\n    to: 2026-06-02\n",
		HEAD "title: a\nuses:\n  - from: 2026-01-01\n  - from: 2026-05-01\n  - from: 2026-06-01 # d\n    to: 2026-06-02\n"
		     "  - from: 2026-07-01 # c\n");
	check_both(HEAD "title: a\n", HEAD "title: a\nuses:\n  - from: 2026-03-01\n", HEAD "title: a\nuses:\n  - from: 2026-02-01\n",
		HEAD "title: a\nuses:\n  - from: 2026-02-01\n  - from: 2026-03-01\n");
}

static void long_texts_are_merged_by_line(void **state)
{
	(void)state;
	check_both(HEAD "title: a\nstory: |\n  one\n  two\n  three\n", HEAD "title: a\nstory: |\n  ONE\n  two\n  three\n",
		HEAD "title: b\nstory: |\n  one\n  two\n  three\n  four\n", HEAD "title: b\nstory: |\n  ONE\n  two\n  three\n  four\n");
	check(HEAD "title: a\nstory: |\n  one\n  two\n", HEAD "title: a\nstory: |\n  one\n  ours\n",
		HEAD "title: a\nstory: |\n  one\n  theirs\n",
		HEAD "title: a\nstory: |\n  one\n<<<<<<< ours\n  ours\n=======\n  theirs\n>>>>>>> theirs\n", "story");
}

static void comments_and_forms_are_kept(void **state)
{
	(void)state;
	/* comments of both, at the top, on fields and between them */
	check_both("# one\n" HEAD "title: a # x\n\n# section\ncount: 1\n", "# one\n# two\n" HEAD "title: a # x\n\n# section\ncount: 2\n",
		"# one\n" HEAD "title: b # x\n\n# Section\ncount: 1\n", "# one\n# two\n" HEAD "title: b # x\n\n# Section\ncount: 2\n");
	/* a comment beside a value that the other side changed, and comments that both changed */
	check_both(HEAD "title: a\ncount: 1 # one\n", HEAD "title: a\ncount: 2 # one\n", HEAD "title: a\ncount: 1 # One!\n",
		HEAD "title: a\ncount: 2 # One!\n");
	check(HEAD "title: a\n# x\ncount: 1\n", HEAD "title: a\n# y\ncount: 2\n", HEAD "title: a\n# x\n# z\ncount: 1\n",
		HEAD "title: a\n# y\n# z\ncount: 2\n", NULL);
	/* CRLF and a byte order mark come from the side that has made them */
	check_both(HEAD "title: a\ncount: 1\n", "id: " ID "\r\nform: 2\r\ntitle: b\r\ncount: 1\r\n", HEAD "title: a\ncount: 2\n",
		"id: " ID "\r\nform: 2\r\ntitle: b\r\ncount: 2\r\n");
	check_both("\xEF\xBB\xBF" HEAD "title: a\ncount: 1", "\xEF\xBB\xBF" HEAD "title: b\ncount: 1",
		"\xEF\xBB\xBF" HEAD "title: a\ncount: 2", "\xEF\xBB\xBF" HEAD "title: b\ncount: 2");
	check_both(HEAD "title: a\ncount: 1\n", HEAD "title: b\ncount: 1\n", HEAD "title: a\ncount: 1", HEAD "title: b\ncount: 1");
	/* one side is indented in another way */
	check(HEAD "title: a\nbox:\n  size: 1\n", HEAD "title: b\nbox:\n    size: 2\n    note: x\n", HEAD "title: a\nbox:\n  size: 1\n  # c\n  more: q\n",
		HEAD "title: b\nbox:\n    size: 2\n    more: q\n    note: x\n", NULL);
}

static void both_made_the_record(void **state)
{
	(void)state;
	check_both("", HEAD "title: a\ncount: 1\n", HEAD "title: a\ngood: true\n", HEAD "title: a\ncount: 1\ngood: true\n");
	check("", HEAD "title: a\n", HEAD "title: b\n", HEAD "<<<<<<< ours\ntitle: a\n=======\ntitle: b\n>>>>>>> theirs\n", "title");
}

static void what_is_no_record_is_merged_by_line(void **state)
{
	(void)state;
	struct merged merged = merge("a: [\nb\nc\n", "a: [\nB\nc\n", "a: [\nb\nc\nd\n");
	assert_string_equal(merged.text.bytes, "a: [\nB\nc\nd\n");
	assert_true(merged.result.by_lines);
	assert_int_equal(merged.result.conflicts, 0);
	release(&merged);
	merged = merge("x: 1\n", "<<<<<<< q\nx: 2\n", "x: 3\n");
	assert_string_equal(merged.text.bytes, "<<<<<<< ours\n<<<<<<< q\nx: 2\n=======\nx: 3\n>>>>>>> theirs\n");
	assert_int_equal(merged.result.conflicts, 1);
	release(&merged);
}

/* ---- laws, for random records and edits ---- */

static unsigned next(unsigned *state)
{
	*state = *state * 1103515245u + 12345u;
	return *state >> 16;
}

static const char *const fields[] = { "title", "maker", "count", "story", "tags", "box", "parts", "uses", "due" };
static const char *const values[] = { "a", "'b'", "|\n  one\n  two\n  three\n", "|\n  one\n  2\n  three\n  four\n", "[a, b]", "[c, a, b]",
	"\n  size: 1\n  # in\n  note: x", "\n  size: 2\n  more: y", "\n  - name: x\n    of: A\n  - name: y # why\n    of: B",
	"\n- name: x\n  of: C\n# between\n- name: z", "\n  - from: 2026-01-01\n  - from: 2026-02-01\n    to: unknown",
	"\n  - from: 2026-01-01\n  - from: 2026-01-15", "{size: 3}", "\"q\\n\"", "~", "[]", "\n  - a\n\n  - |\n    b\n  - c", "12" };

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void random_record(unsigned *random, struct fmr_str *out)
{
	fmr_str_puts(out, next(random) % 3 ? HEAD : "# head\n" HEAD);
	for (size_t i = 0; i < COUNT(fields); i++) {
		if (next(random) % 3 == 0)
			continue;
		if (next(random) % 5 == 0)
			fmr_str_printf(out, "%s# about %s\n", next(random) % 2 ? "\n" : "", fields[i]);
		fmr_str_printf(out, "%s: %s", fields[i], values[next(random) % COUNT(values)]);
		if (out->bytes[out->length - 1] != '\n')
			fmr_str_putc(out, '\n');
	}
}

static void set(struct fmr_str *record, const char *path, const char *value, enum fmr_edit_kind kind)
{
	const struct fmr_source source = { "", record->bytes, record->length };
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	const struct fmr_edit edit = { .kind = kind, .path = path, .value = fmr_value_new_string(&arena, value, strlen(value)) };
	fmr_yaml_edit(&source, &edit, 1, record, NULL);
	fmr_arena_release(&arena);
}

static void random_edit(unsigned *random, const struct fmr_str *from, struct fmr_str *out)
{
	static const char *const paths[] = { "parts.0.of", "parts.1.name", "parts.1", "uses.0.to", "tags.0", "box.size", "box.more", "story" };
	static const char *const texts[] = { "one\n2\nthree\n", "one\ntwo\nthree\nfour\n", "p", "q" };
	fmr_str_add(out, from->bytes, from->length);
	for (unsigned n = next(random) % 3 + 1; n > 0; n--) {
		switch (next(random) % 5) {
		case 0:
			set(out, fields[next(random) % COUNT(fields)], "", FMR_EDIT_REMOVE);
			break;
		case 1:
			set(out, paths[next(random) % COUNT(paths)], "", FMR_EDIT_REMOVE);
			break;
		case 2:
			set(out, next(random) % 2 ? "tags" : "parts", texts[next(random) % COUNT(texts)], FMR_EDIT_APPEND);
			break;
		case 3:
			set(out, paths[next(random) % COUNT(paths)], texts[next(random) % COUNT(texts)], FMR_EDIT_SET);
			break;
		case 4:
			fmr_str_printf(out, "extra%u: 1 # new\n", next(random) % 3);
			break;
		}
	}
}

static const struct fmr_value *parse(const struct fmr_str *record, struct fmr_arena *arena)
{
	const struct fmr_source source = { "", record->bytes, record->length };
	struct fmr_findings *findings = fmr_findings_new(0);
	const struct fmr_value *value = fmr_yaml_read_record(&source, arena, findings);
	fmr_findings_free(findings);
	return value;
}

/* Lines at the top that all three have, and base once, are in the result, to the byte; but for those of keys alone,
 * whose maps may be empty in the end. */
static void keeps_common_lines(unsigned seed, const char *base, const char *ours, const char *theirs, const char *merged)
{
	for (const char *at = base; *at;) {
		const size_t length = strcspn(at, "\n") + (at[strcspn(at, "\n")] == '\n');
		char *line = fmr_format("\n%.*s", (int)length, at);
		const char *top = *at == *base && at == base ? line + 1 : line;
		const char *again = strstr(base, top);
		again = again ? strstr(again + 1, top) : NULL;
		if (!again && strstr(ours, top) && strstr(theirs, top) && !strchr(" -\n", at[0]) && !strstr(top, ": \n"))
			if (!strstr(merged, top))
				fail_msg("FMR_SEED=%u: a line is lost:%s", seed, line);
		at += length;
		free(line);
	}
}

static void laws(void **state)
{
	(void)state;
	const char *cases = getenv("FMR_CASES"), *only = getenv("FMR_SEED");
	const unsigned last = cases ? (unsigned)atoi(cases) : 4000;
	size_t clean = 0;
	for (unsigned seed = only ? (unsigned)atoi(only) : 1; seed <= (only ? (unsigned)atoi(only) : last); seed++) {
		unsigned random = seed * 2654435761u;
		struct fmr_str base, a, b;
		struct fmr_arena arena;
		fmr_arena_init(&arena);
		fmr_str_init(&base);
		fmr_str_init(&a);
		fmr_str_init(&b);
		random_record(&random, &base);
		random_edit(&random, &base, &a);
		random_edit(&random, &base, &b);
		if (!parse(&base, &arena) || !parse(&a, &arena) || !parse(&b, &arena))
			goto out;
		if (only)
			print_message("--- base\n%s--- a\n%s--- b\n%s", base.bytes, a.bytes, b.bytes);
		struct merged one = merge(base.bytes, a.bytes, base.bytes), two = merge(base.bytes, base.bytes, b.bytes),
			      ab = merge(base.bytes, a.bytes, b.bytes), ba = merge(base.bytes, b.bytes, a.bytes);
		if (only)
			print_message("--- a b\n%s--- b a\n%s", ab.text.bytes, ba.text.bytes);
		assert_string_equal(one.text.bytes, a.bytes);
		assert_string_equal(two.text.bytes, b.bytes);
		assert_false(ab.result.by_lines);
		assert_int_equal(!ab.result.conflicts, !ba.result.conflicts);
		if (!ab.result.conflicts) {
			const struct fmr_value *x = parse(&ab.text, &arena), *y = parse(&ba.text, &arena);
			clean++;
			if (!x || !y || !fmr_same_value(x, y))
				fail_msg("FMR_SEED=%u: it matters who merges", seed);
			keeps_common_lines(seed, base.bytes, a.bytes, b.bytes, ab.text.bytes);
		} else {
			assert_null(parse(&ab.text, &arena));
		}
		release(&one);
		release(&two);
		release(&ab);
		release(&ba);
	out:
		fmr_str_release(&base);
		fmr_str_release(&a);
		fmr_str_release(&b);
		fmr_arena_release(&arena);
	}
	print_message("# %zu without conflict\n", clean);
}

/* ---- files that have no type ---- */

struct asked {
	struct fmr_str paths;
	const char *theirs; /* the path that goes to them */
};

static enum fmr_merge_favor settle(void *context, const char *path, const struct fmr_value *const sides[3])
{
	struct asked *asked = context;
	fmr_str_printf(&asked->paths, "%s%s%s%s ", path, sides[0] ? "" : " no-base", sides[1] ? "" : " no-ours",
		sides[2] ? "" : " no-theirs");
	return asked->theirs && strcmp(path, asked->theirs) == 0 ? FMR_FAVOR_THEIRS : FMR_FAVOR_NONE;
}

/* Merge with names of items; asked: the conflicts that were asked about. */
static void check_named(const char *base, const char *ours, const char *theirs, const char *favoured, const char *wanted,
	const char *asked)
{
	static const char *const keys[] = { "code", "name", NULL };
	const struct fmr_merge_options before = options;
	struct asked answers = { .theirs = favoured };
	fmr_str_init(&answers.paths);
	options = (struct fmr_merge_options){ .keys = keys, .settle = settle, .context = &answers };
	struct merged merged = merge(base, ours, theirs);
	if (wanted)
		assert_string_equal(merged.text.bytes, wanted);
	assert_int_equal(merged.result.conflicts > 0, wanted == NULL);
	assert_string_equal(answers.paths.bytes, asked);
	release(&merged);
	fmr_str_release(&answers.paths);
	options = before;
}

static void items_have_names_without_a_type(void **state)
{
	(void)state;
	const char *base = "roles:\n  - code: a\n    label: A\n    help: h\n  - {code: b, label: B}\n";
	/* another place, another label, another item: each is the item of that code */
	check_named(base, "roles:\n  - {code: b, label: B} # ours\n  - code: a\n    label: Ours\n    help: h\n",
		"roles:\n  - code: new\n  - code: a\n    label: A\n    help: theirs\n  - {code: b, label: BB}\n", NULL,
		"roles:\n  - code: new\n  - {code: b, label: BB} # ours\n  - code: a\n    label: Ours\n    help: theirs\n", "");
	/* both made one of the same code */
	check_named("l: []\n", "l:\n  - code: n\n    a: 1\n", "l:\n  - code: n\n    b: 2\n", NULL,
		"l:\n  - code: n\n    a: 1\n    b: 2\n", "");
	/* the same name twice: in turn */
	check_named("l:\n  - {name: x, a: 1}\n  - {name: x, a: 2}\n", "l:\n  - {name: x, a: 1, c: 1}\n  - {name: x, a: 2}\n",
		"l:\n  - {name: x, a: 1}\n  - {name: x, a: 3}\n", NULL,
		"l:\n  - {name: x, a: 1, c: 1}\n  - {name: x, a: 3}\n", "");
	/* scalars are sets */
	check_named("l: [a, b]\n", "l: [a, b, our]\n", "l: [b, c]\n", NULL, "l: [b, c, our]\n", "");
}

static void conflicts_are_asked_about(void **state)
{
	(void)state;
	const char *base = "l:\n  - {code: a, t: x, u: x}\nk: 1\n", *ours = "l:\n  - {code: a, t: y, u: y}\n",
		   *theirs = "l:\n  - {code: a, t: z, u: z}\nk: 2\n";
	check_named(base, ours, theirs, NULL, NULL, "l.a.t l.a.u k no-ours ");
	check_named("k: 1\n", "k: 2\n", "k: 3\n", "k", "k: 3\n", "k ");
	check_named("k: 1\nl: 1\n", "l: 1\n", "k: 3\nl: 2\n", "k", "k: 3\nl: 2\n", "k no-ours ");
	check_named("", "k: 2\n", "k: 3\n", "k", "k: 3\n", "k no-base ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, merge_setup, merge_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(neighbouring_fields_are_no_conflict),
		TEST(both_made_the_same_change),
		TEST(a_conflict_is_on_its_field),
		TEST(deleted_here_and_changed_there),
		TEST(lists_are_sets),
		TEST(items_are_known_again),
		TEST(times_stay_in_order),
		TEST(long_texts_are_merged_by_line),
		TEST(comments_and_forms_are_kept),
		TEST(both_made_the_record),
		TEST(what_is_no_record_is_merged_by_line),
		TEST(items_have_names_without_a_type),
		TEST(conflicts_are_asked_about),
		TEST(laws),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
