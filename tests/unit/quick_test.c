/*
 * The quick reader of YAML against libyaml's way: the same trees, to the byte,
 * for everything shipped, for a corpus, and for thousands of their mutations.
 */
#include "unit.h"

#include "../fuzz/same_tree.h"
#include "sandbox.h"

#include "base/fs.h"
#include "base/vec.h"

#include <fcntl.h>

enum {
	RECORDS = 300,     /* generated ones */
	SMALL = 8 << 10,   /* bytes of a text that is mutated as a whole */
	ROUNDS = 40,       /* mutations of each text */
	MUTATIONS = 12000, /* at most, of all */
};

struct text {
	char *name;
	struct fmr_str bytes;
	bool shipped; /* or generated: not a seed of a fuzz target */
};

static FMR_VEC(struct text) texts;

/* ---- what is read ---- */

static void add_text(const char *path, bool shipped)
{
	struct fmr_err err = { 0 };
	struct text text = { fmr_strdup(path), .shipped = shipped };
	fmr_str_init(&text.bytes);
	if (fmr_file_read(AT_FDCWD, path, 1 << 20, false, &text.bytes, &err) != 0)
		fail_msg("cannot read %s", path);
	FMR_VEC_PUSH(&texts, text);
}

static int see_yaml(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)where;
	const size_t length = strlen(path);
	if (kind == FTW_F && length > 5 && strcmp(path + length - 5, ".yaml") == 0)
		add_text(path, true);
	return 0;
}

static int see_seed(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)where;
	if (kind == FTW_F)
		add_text(path, false);
	return 0;
}

static int compare_texts(const void *left, const void *right)
{
	const struct text *a = left, *b = right;
	return strcmp(a->name, b->name);
}

/* The same records everywhere; none where there is no python3. */
static void add_corpus(void)
{
	char directory[] = "/tmp/fmrec-quick-XXXXXX";
	assert_non_null(mkdtemp(directory));
	char *number = fmr_format("%d", RECORDS);
	const char *const argv[] = { "python3", "tests/bench/corpus.py", directory, number, NULL };
	struct fmr_err err = { 0 };
	int status = 0;
	if (fmr_spawn_run(&(struct fmr_spawn){ .argv = argv }, &status, &err) == 0 && status == 0)
		nftw(directory, see_yaml, 16, FTW_PHYS);
	else
		print_message("# no records generated\n");
	nftw(directory, sandbox_remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(number);
}

static int setup(void **state)
{
	(void)state;
	nftw("schema", see_yaml, 16, FTW_PHYS);
	nftw("tests/fuzz/corpus/yaml_read", see_seed, 16, FTW_PHYS);
	nftw("tests/fuzz/corpus/yaml_edit", see_seed, 16, FTW_PHYS);
	nftw("tests/fuzz/corpus/yaml_quick", see_seed, 16, FTW_PHYS);
	add_corpus();
	qsort(texts.items, texts.count, sizeof(*texts.items), compare_texts);
	return texts.count ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < texts.count; i++) {
		free(texts.items[i].name);
		fmr_str_release(&texts.items[i].bytes);
	}
	FMR_VEC_RELEASE(&texts);
	return 0;
}

/* ---- tables of what it reads and what it leaves ---- */

static enum verdict verdict_of(const char *text, enum fmr_yaml_rules rules)
{
	const struct fmr_source source = { "x.yaml", text, strlen(text) };
	size_t at;
	return compare_readers(&source, rules, &at);
}

static void reads_plain_writing(void **state)
{
	(void)state;
	static const char *const rows[] = {
		"a: b\n", "a: b", "# c\n\na: b # c\n\n# c\n", "---\na: b\n", "# c\n---\na: b\n", "  a: b\n  c: d\n",
		"a:\n  b: c\n  d:\n    e: f\ng: h\n", "a:\nb:\n", "a:", "a: # c\n# c\n  b: c\n", "a:\n  b\n", "a:\n  'b'\nc: d\n",
		"- a\n- b\n", "a:\n- b\n- c\nd: e\n", "a:\n  - b\n  - c\n", "-\n- a\n-\n", "a:\n-\nb: c\n", "- - a\n  - b\n- c\n",
		"- a: b\n  c: d\n- e: f\n", "-   a: b\n    c: d\n", "a:\n  - b:\n    - c\n    d: e\n", "-\n  a: b\n- c\n",
		"a: -1\nb: 0o17\nc: 0x1F\nd: 1.50\ne: true\nf: ~\ng: null\nh: +.5\n", "a: 2026-11-21T10:00:00+09:00\n",
		"a: b:c d#e - f ? [x], {y} 'z' \"\n", "a: -b\nc: --\n", "a: b   # c\n", "a:   b   \n", "a b: c d\n", "日本: 語 # 注\n",
		"'a b': 'it''s'\n\"c\": \"d \\\" \\\\ \\n \\t \\/\"\n", "'': \"\"\n", "a: '#'\nb: ': '\n", "a: ''''\n",
		"a: []\nb: {}\n", "a: [b, 'c', \"d\", 5, ~]\n", "a: {b: c, 'd': [e, {f: g}]} # c\n", "a: [b,\n  c, # d\n\n  e\n]\nf: g\n",
		"a: {b: c,\n    d: e}\n", "a: {\n b:\n  c\n}\n", "a: [b c, d?, -e, f:g]\n", "- [a]\n- {b: c}\n", "a: [b,]\n",
		"a: |\n  b\n   c\n\n  d\ne: f\n", "a: |-\n  b\n\n\ne: f\n", "a: |+\n  b\n\n\ne: f\n", "a: |2\n    b\n  c\n",
		"a: |\nb: c\n", "a: |\n\n\nb: c\n", "a: | # c\n  # d\n# e\n", "a: |\n  b", "a: |\n  b\n  ", "a: |\n  b\n   ", "a: |",
		"a: |+\n\n  b\n \n\n", "a: >\n  b\n  c\n\n  d\n   e\n  f\n", "a: >-\n  b\n  c\ng: h\n", "a: >+\n\n  b\n\n", "- |\n a\n- b\n",
		"a:\n- |\n  b\n- >2-\n   c\n   d\n", "a:\n  |\n  b\n", "a: .x\nb: ...\nc: ---\n", "<<: a\n", "a: no\n",
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (enum fmr_yaml_rules rules = FMR_YAML_RECORD; rules <= FMR_YAML_FOREIGN; rules++)
			if (verdict_of(rows[i], rules) != SAME)
				fail_msg("verdict %d on: %s", (int)verdict_of(rows[i], rules), rows[i]);
}

static void leaves_the_rest(void **state)
{
	(void)state;
	static const char *const rows[] = {
		"", "\n", "# c\n", "---\n", "a\n", "'a'\n", "[a]\n", "{a: b}\n", "|\n a\n",                    /* no block */
		"a: b\n---\nc: d\n", "a: b\n...\n", "%YAML 1.2\n---\na: b\n", "--- # c\na: b\n",                /* documents */
		"a: b\n  c\n", "a: 'b\n  c'\n", "a: \"b\n  c\"\n", "a: [b\n  c]\n", "- a\n  b\n",               /* several lines */
		"a: &b c\n", "a: *b\n", "a: !!str 5\n", "a: !b c\n", "? a\n: b\n", "[a]: b\n", "{a: b}: c\n",   /* rare things */
		"a: {b}\n", "a: {b: }\n", "a: [b: c]\n", "a: {'b':c}\n", "a: \"\\u3042\"\n", "a: \"\\x41\"\n",
		"a:\tb\n", "a: b\r\n", "\xEF\xBB\xBF" "a: b\n", "a: b\xC2\x85" "c\n", "a: b\xE2\x80\xA8" "c\n",  /* odd characters */
		"a: b\na: c\n", "a: {b: c, b: d}\n", "a: .inf\n", "a: b\nc\n", "a: b: c\n", "a: - b\n",         /* faults */
		"a:\n  b: c\n d: e\n", "a:\n    b: c\n  d: e\n", "- a\nb: c\n", "a: 'b\n", "a: [b\n", "a: b]: c\n", "a: 'b' c\n",
		"a: @b\n", "a: `b\n", "a: %b\n", "a: \"\\q\"\n", "a: b\x01\n", "a: \xFF\n", "a: [b] c\n", "a: [b]#c\n", "a: |x\n  b\n",
		"a: |\n   \n b\n  c\n", "a: [,]\n", "a: [b,,c]\n", "a: }\n", ": a\n", "-a: |\n b\nc\n", "a: [b,\n---\n]\n",
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (enum fmr_yaml_rules rules = FMR_YAML_RECORD; rules <= FMR_YAML_FOREIGN; rules++)
			if (verdict_of(rows[i], rules) != LEFT)
				fail_msg("verdict %d on: %s", (int)verdict_of(rows[i], rules), rows[i]);
	static const char *const keys[] = { "5: a\n", "true: a\n", "~: a\n", "a: {1: b}\n", "null: a\n" };
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		assert_int_equal(verdict_of(keys[i], FMR_YAML_RECORD), LEFT);
		assert_int_equal(verdict_of(keys[i], FMR_YAML_FOREIGN), SAME);
	}
}

static char *repeated(const char *before, const char *middle, size_t count, const char *behind)
{
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_puts(&text, before);
	for (size_t i = 0; i < count; i++)
		fmr_str_puts(&text, middle);
	fmr_str_puts(&text, behind);
	return fmr_str_detach(&text);
}

static void knows_the_limits(void **state)
{
	(void)state;
	const struct {
		const char *before, *middle;
		size_t count;
		const char *behind;
		enum verdict verdict;
	} rows[] = {
		{ "", "- ", FMR_YAML_DEPTH, "a\n", SAME },
		{ "", "- ", FMR_YAML_DEPTH + 1, "a\n", LEFT },
		{ "a: ", "[", FMR_YAML_DEPTH, "\n", LEFT },
		{ "", "k", 1000, ": a\n", SAME },
		{ "", "k", 1024, ": a\n", LEFT },
		{ "", "k", 1025, ": a\n", LEFT },
		{ "a: {", "k", 1025, ": a}\n", LEFT },
		{ "a: ", "x:y#z ", 20000, "\n", SAME },
		{ "a: '", "x''", 20000, "'\n", SAME },
		{ "a:\n", "# c\n\n", 20000, "b: c\n", SAME },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *text = repeated(rows[i].before, rows[i].middle, rows[i].count, rows[i].behind);
		if (verdict_of(text, FMR_YAML_RECORD) != rows[i].verdict)
			fail_msg("row %zu: verdict %d", i, (int)verdict_of(text, FMR_YAML_RECORD));
		free(text);
	}
}

/* Were it never to accept anything, every other test here would still pass. */
static void accepts_what_is_shipped(void **state)
{
	(void)state;
	size_t count = 0;
	for (size_t i = 0; i < texts.count; i++) {
		const struct text *text = &texts.items[i];
		if (!text->shipped)
			continue;
		const struct fmr_source source = { text->name, text->bytes.bytes, text->bytes.length };
		size_t at;
		const enum verdict verdict = compare_readers(&source, FMR_YAML_RECORD, &at);
		if (verdict != SAME)
			fail_msg("%s: verdict %d at byte %zu", text->name, (int)verdict, at);
		count++;
	}
	assert_true(count > 20);
}

/* ---- mutations ---- */

static uint64_t random_state = 1;

static size_t below(size_t limit)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return limit ? (size_t)(random_state >> 33) % limit : 0;
}

/* Start and length, with its end, of a line somewhere. */
static size_t some_line(const struct fmr_str *text, size_t *length)
{
	size_t start = below(text->length + 1), end = start;
	while (start > 0 && text->bytes[start - 1] != '\n')
		start--;
	while (end < text->length && text->bytes[end] != '\n')
		end++;
	*length = end + (end < text->length) - start;
	return start;
}

static const char *const bits[] = { "\n", "\r\n", " ", "  ", "\t", "- ", "-", ": ", ":", "#", " #", "? ", "?", "|", "|-\n", ">",
	">+2\n", "'", "''", "\"", "\\", "\\n", "[", "]", "{", "}", ",", ", ", "&a ", "*a", "!", "!!str ", "%", "@", "`", "---\n", "...\n",
	"\n---\n", "<<<<<<< a\n", "\xEF\xBB\xBF", "\xE2\x80\xA8", "\xC2\x85", "\xC2\xA0", "\xFF", "\x01", "null", "~", "1e9", ".inf", "日" };

static void mutate(struct fmr_str *text)
{
	size_t length;
	const size_t start = some_line(text, &length), at = below(text->length + 1);
	char *line = fmr_strndup(text->bytes + start, length);
	switch (below(8)) {
	case 0:
		if (at < text->length)
			text->bytes[at] ^= (char)(1 << below(8));
		break;
	case 1:
		fmr_str_splice(text, start, length, "", 0);
		break;
	case 2:
		fmr_str_splice(text, start, 0, line, length);
		break;
	case 3: { /* to another place */
		fmr_str_splice(text, start, length, "", 0);
		size_t unused;
		const size_t there = some_line(text, &unused);
		fmr_str_splice(text, there, 0, line, length);
		break;
	}
	case 4:
		fmr_str_splice(text, start, 0, "    ", 1 + below(4));
		break;
	case 5:
		if (length && *line == ' ')
			fmr_str_splice(text, start, 1 + below(strspn(line, " ")), "", 0);
		break;
	default: {
		const char *bit = bits[below(sizeof(bits) / sizeof(*bits))];
		fmr_str_splice(text, at, 0, bit, strlen(bit));
	}
	}
	free(line);
}

/* Some lines of a long text, or all of a short one. */
static void cut(const struct text *text, struct fmr_str *out)
{
	size_t length, start = 0, end = text->bytes.length;
	if (end > SMALL) {
		start = some_line(&text->bytes, &length);
		end = start + length;
		while (end < text->bytes.length && (end - start < SMALL / 4 || text->bytes.bytes[end - 1] != '\n'))
			end++;
	}
	fmr_str_clear(out);
	fmr_str_add(out, text->bytes.bytes + start, end - start);
}

static void reads_mutations_the_same(void **state)
{
	(void)state;
	size_t verdicts[DIFFERS + 1] = { 0 }, done = 0;
	struct fmr_str bytes;
	fmr_str_init(&bytes);
	for (size_t round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < texts.count && done < MUTATIONS; i++, done++) {
			random_state = round * texts.count + i + 1;
			cut(&texts.items[i], &bytes);
			for (size_t n = below(4) + 1; n > 0; n--)
				mutate(&bytes);
			const struct fmr_source source = { texts.items[i].name, bytes.bytes, bytes.length };
			size_t at;
			const enum verdict verdict = compare_readers(&source, below(2) ? FMR_YAML_RECORD : FMR_YAML_FOREIGN, &at);
			verdicts[verdict]++;
			if (verdict > SAME)
				fail_msg("%s, round %zu: verdict %d at byte %zu of:\n%s", source.path, round, (int)verdict, at,
					bytes.bytes);
		}
	fmr_str_release(&bytes);
	print_message("# %zu mutations read the same, %zu left\n", verdicts[SAME], verdicts[LEFT]);
	assert_true(verdicts[SAME] > done / 8);
}

/* A text given up leaves nothing behind in the arena. */
static void gives_memory_back(void **state)
{
	(void)state;
	char *text = repeated("a:\n", "  - some text of a list\n", 20000, "b: *c\n");
	const struct fmr_source source = { "x.yaml", text, strlen(text) };
	struct fmr_findings *findings = fmr_findings_new(0);
	struct fmr_screen screen;
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	fmr_arena_alloc(&arena, 100);
	const struct fmr_arena before = arena;
	assert_true(fmr_yaml_screen(&source, FMR_YAML_SIZE, &screen, findings));
	assert_null(fmr_yaml_quick(&source, &screen, FMR_YAML_RECORD, &arena));
	assert_ptr_equal(arena.block, before.block);
	assert_int_equal(arena.used, before.used);
	assert_int_equal(arena.total, before.total);
	fmr_str_release(&screen.masked);
	fmr_arena_release(&arena);
	fmr_findings_free(findings);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_plain_writing),
		cmocka_unit_test(leaves_the_rest),
		cmocka_unit_test(knows_the_limits),
		cmocka_unit_test(accepts_what_is_shipped),
		cmocka_unit_test(reads_mutations_the_same),
		cmocka_unit_test(gives_memory_back),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
