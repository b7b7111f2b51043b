/* Whatever happens to the cache, and whatever happened since it was written: the answers are those without it. */
#include "unit.h"

#include "index/check.h"
#include "index/index.h"
#include "widget.h"

#include <fcntl.h>
#include <glob.h>
#include <sys/wait.h>

static void dump_rows(struct fmr_index *index, const char *sql, struct fmr_str *out)
{
	struct fmr_rows *rows;
	struct fmr_err err = { 0 };
	if (fmr_index_prepare(index, sql, &rows, &err))
		fail_msg("%s: %s", sql, err.text);
	int code;
	while ((code = fmr_rows_next(rows, &err)) == 1) {
		for (size_t i = 0; i < fmr_rows_width(rows); i++) {
			const char *text = fmr_rows_text(rows, i, NULL);
			fmr_str_printf(out, "%s|", text ? text : "-");
		}
		fmr_str_putc(out, '\n');
	}
	if (code)
		fail_msg("%s: %s", sql, err.text);
	fmr_rows_free(rows);
}

static int add_text(void *context, int thread, int64_t key, const char *text, size_t length)
{
	(void)thread, (void)key;
	size_t sum = length;
	for (size_t i = 0; i < length; i++)
		sum = sum * 31 + (unsigned char)text[i];
	__atomic_fetch_add((size_t *)context, sum, __ATOMIC_RELAXED);
	return 0;
}

/* Everything an index can tell, in an order of its own. */
static char *dump(bool in_memory, bool trust)
{
	static const char *const questions[] = {
		"SELECT id, type, path, title, state, oid, text(key) FROM record ORDER BY path",
		"SELECT id, type, path FROM unreadable ORDER BY path",
		"SELECT * FROM (SELECT id, path, maker, made_at, due, count, good, severity, colour, story, \"box.size\" FROM widget)"
		" ORDER BY path",
		"SELECT source, field, target, position, inverse, source_type, target_type FROM link ORDER BY 1, 2, 3, 4",
		"SELECT id, parent, position, name, of FROM widget_parts_parts ORDER BY 1, 2, 3",
		"SELECT id FROM widget WHERE severity = 'S1' OR maker = 'MKR-ACME' ORDER BY id",
	};
	struct fixture fixture;
	struct fmr_index *index;
	struct fmr_str out;
	size_t sum = 0;
	fmr_str_init(&out);
	open_fixture(&fixture);
	const struct fmr_index_options options = { .in_memory = in_memory, .trust = trust };
	if (fmr_index_open(fixture.book, &options, &index, fixture.findings, &fixture.err))
		fail_msg("%s", fixture.err.text);
	fmr_findings_sort(fixture.findings);
	fmr_str_printf(&out, "%s\n", places(fixture.findings));
	for (size_t i = 0; i < sizeof(questions) / sizeof(*questions); i++)
		dump_rows(index, questions[i], &out);
	assert_int_equal(fmr_index_scan(index, NULL, 0, add_text, &sum, &fixture.err), 0);
	fmr_str_printf(&out, "%zu\n", sum);
	fmr_index_close(index);
	close_fixture(&fixture);
	return fmr_str_detach(&out);
}

/* From the line before the first difference on. */
static void must_be(const char *got, const char *wanted, const char *when)
{
	size_t at = 0, line = 0;
	if (strcmp(got, wanted) == 0)
		return;
	for (; got[at] && got[at] == wanted[at]; at++)
		line = got[at] == '\n' ? at + 1 : line;
	fail_msg("%s:\nwanted: %.300s\n   got: %.300s", when, wanted + line, got + line);
}

/* What a check finds, as text. */
static char *verdict(bool with_cache, bool no_attachments)
{
	struct fixture fixture;
	struct fmr_check_result result = { 0 };
	struct fmr_str out;
	fmr_str_init(&out);
	open_fixture(&fixture);
	const struct fmr_check_options options = { .no_attachments = no_attachments };
	int code = (with_cache ? fmr_index_check : fmr_check)(fixture.book, &options, fixture.findings, &result, &fixture.err);
	fmr_str_printf(&out, "%d: %zu of %zu\n", code, result.faulty, result.records);
	for (size_t i = 0; i < fmr_findings_count(fixture.findings); i++) {
		const struct fmr_finding *row = fmr_findings_at(fixture.findings, i);
		fmr_str_printf(&out, "%s:%zu:%zu: %s: %s\n", row->path, row->value.line, row->value.column,
			fmr_code_name(row->code), row->message);
	}
	close_fixture(&fixture);
	return fmr_str_detach(&out);
}

static void same_verdict(const char *when)
{
	for (int round = 0; round < 3; round++) {
		char *wanted = verdict(false, round == 0), *got = verdict(true, round == 0);
		must_be(got, wanted, when);
		free(wanted);
		free(got);
	}
}

static void same_answers(const char *when)
{
	char *without = dump(true, false), *with = dump(false, false), *again = dump(false, false);
	must_be(with, without, when);
	must_be(again, without, when);
	free(without);
	free(with);
	free(again);
	same_verdict(when);
}

static void fill(void)
{
	put("records/maker/MKR-ACME.yaml", "id: MKR-ACME\nform: 1\nname: Acme\n");
	put("records/widget/2026/" ID ".yaml",
		"id: " ID "\nform: 2\ntitle: 歯車\nmaker: MKR-ACME\nmade_at: 2026-04-01T00:30:00+09:00\ncount: 3\ngood: true\n"
		"severity: S1\ncolour: blue\nstory: |\n  long\n  ago\nbox:\n  size: 7\ntags: [b, a]\n"
		"parts:\n  - name: p\n    parts:\n      - {name: q, of: WGT-20261121-NONE}\n      - {name: r}\n"
		"  - name: s\n    parts: [{name: t, of: WGT-20261121-BBBB}]\n");
	put("records/widget/2026/WGT-20261121-BBBB.yaml",
		"id: WGT-20261121-BBBB\nform: 2\ntitle: Bolt\nmaker: some smith\nmade_at: unknown\ndue: 2026-03-31\ngood: false\n");
	put("records/widget/2026/WGT-20261121-CCCC.yaml", "not: [yaml\n");
	put("records/widget/2026/" ID "/photo.txt", "photo\n");
}

/* Times of files a while ago, so that nothing is racy. */
static void settle(void)
{
	sh("find . -path ./.git -prune -o -exec touch -h -d '2026-01-01 00:00:00.123456789' {} +");
}

static void what_changes_is_seen(void **state)
{
	(void)state;
	static const char *const steps[] = {
		"true",
		"touch records/maker/MKR-ACME.yaml",
		"printf 'id: MKR-ACME\\nform: 1\\nname: Acne\\n' >records/maker/MKR-ACME.yaml", /* the same size */
		"printf 'id: MKR-ACME\\nform: 1\\nname: Acme\\n' >records/maker/MKR-ACME.yaml; "
		"touch -d '2026-01-01 00:00:00.123456789' records/maker/MKR-ACME.yaml",
		"printf 'id: MKR-NEW\\nform: 1\\nname: New\\n' >records/maker/MKR-NEW.yaml",
		"mkdir records/widget/2027",
		"sed s/2026/2027/ records/widget/2026/WGT-20261121-BBBB.yaml >records/widget/2027/WGT-20271121-BBBB.yaml",
		"rm records/widget/2026/WGT-20261121-BBBB.yaml",
		"mv records/widget/2027/WGT-20271121-BBBB.yaml records/widget/2026/WGT-20261121-BBBB.yaml",
		"rm -r records/widget/2027",
		"printf 'id: WGT-20261121-CCCC\\nform: 2\\ntitle: mended\\n' >records/widget/2026/WGT-20261121-CCCC.yaml",
		"printf '<<<<<<< a\\nid: x\\n=======\\nid: y\\n>>>>>>> b\\n' >records/widget/2026/WGT-20261121-CCCC.yaml",
		"ln -sf MKR-ACME.yaml records/maker/MKR-NEW.yaml",
		"rm records/maker/MKR-NEW.yaml; mkdir records/maker/MKR-NEW.yaml",
		"mkdir -p records/gadget && printf 'id: G-1\\n' >records/gadget/G-1.yaml",
		"cp records/maker/MKR-ACME.yaml records/widget/2026/MKR-ACME.yaml",
		"chmod +x records/maker/MKR-ACME.yaml",
		"sed -i 's/^  - {code: S2.*//' .fmrec/config.yaml",
		"touch .fmrec/schema/maker.yaml",
		"sed -i 's/heading: name/heading: id/' .fmrec/schema/maker.yaml",
		"sed 's/maker/smith/; s/MKR/SMT/' .fmrec/schema/maker.yaml >.fmrec/schema/smith.yaml",
		"rm .fmrec/schema/smith.yaml",
		"mkdir records/widget/2026/2026 && mv records/widget/2026/WGT* records/widget/2026/2026",
		"mv records/widget/2026/2026/* records/widget/2026; rmdir records/widget/2026/2026",
		"printf 'id: WGT-20261121-BBBB\\nform: 2\\ntitle: x\\nattachments:\\n"
		"  - {file: a.txt, sha256: 87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7, size: 2}\\n' "
		">records/widget/2026/WGT-20261121-BBBB.yaml",
		"mkdir records/widget/2026/WGT-20261121-BBBB && echo a >records/widget/2026/WGT-20261121-BBBB/a.txt",
		"echo b >records/widget/2026/WGT-20261121-BBBB/a.txt",
		"echo a >records/widget/2026/WGT-20261121-BBBB/a.txt",
		"echo c >records/widget/2026/WGT-20261121-BBBB/c.txt",
		"rm -r records/widget/2026/WGT-20261121-BBBB",
		"echo stray >records/stray; echo stray >records/widget/stray.yaml",
		"rm -r records/stray records/widget/stray.yaml",
		"rm -r records/maker",
		"mv records elsewhere",
		"mkdir records",
		"rmdir records && mv elsewhere records",
	};
	for (int settled = 0; settled < 2; settled++) {
		sh("rm -rf records .fmrec");
		put(".fmrec/config.yaml", config);
		put(".fmrec/schema/widget.yaml", widget);
		put(".fmrec/schema/maker.yaml", maker);
		fill();
		for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
			if (settled)
				settle();
			same_answers("before");
			sh(steps[i]);
			same_answers(steps[i]);
		}
	}
}

static void an_edit_in_the_same_tick_is_seen(void **state)
{
	(void)state;
	fill();
	for (int i = 0; i < 20; i++) {
		char text[] = "id: MKR-ACME\nform: 1\nname: Acm0\n";
		text[sizeof(text) - 3] = (char)('a' + i);
		put("records/maker/MKR-ACME.yaml", text);
		free(dump(false, false));
		text[sizeof(text) - 3] = (char)('A' + i);
		put("records/maker/MKR-ACME.yaml", text); /* no time passed */
		same_answers("an edit in the same tick");
	}
}

static void branches_and_worktrees(void **state)
{
	(void)state;
	fill();
	sh("git add . && git commit -qm one && git checkout -q -b other && git rm -q records/widget/2026/WGT-20261121-BBBB.yaml &&"
		"printf 'id: MKR-ACME\\nform: 1\\nname: Other\\n' >records/maker/MKR-ACME.yaml && git commit -qam two");
	same_answers("the other branch");
	sh("git checkout -q -");
	same_answers("the first branch");
	sh("git worktree add -q linked other");
	assert_int_equal(chdir("linked"), 0);
	same_answers("a linked worktree");
	assert_int_equal(access("../.git/worktrees/linked/fmrec/index.sqlite", F_OK), 0);
	assert_int_equal(chdir(".."), 0);
	same_answers("the main worktree again");
}

static size_t find_files(glob_t *files)
{
	assert_int_equal(glob(".git/fmrec/index.sqlite", 0, NULL, files), 0);
	assert_int_equal(glob(".git/fmrec/contents-*", GLOB_APPEND, NULL, files), 0);
	return files->gl_pathc;
}

static void damage(const char *path, unsigned seed)
{
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	int file = open(path, O_RDWR);
	assert_true(file >= 0);
	srand(seed);
	int hits = 1 + rand() % 4;
	if (seed % 5 == 4) {
		assert_int_equal(ftruncate(file, rand() % (st.st_size + 1)), 0);
		hits = 0;
	}
	for (int i = 0; i < hits; i++) {
		unsigned char byte;
		off_t at = rand() % st.st_size;
		assert_int_equal(pread(file, &byte, 1, at), 1);
		byte ^= (unsigned char)(1 << rand() % 8);
		assert_int_equal(pwrite(file, &byte, 1, at), 1);
	}
	close(file);
}

static void damage_does_not_show(void **state)
{
	(void)state;
	fill();
	settle();
	same_answers("whole");
	for (unsigned seed = 0; seed < 40; seed++) {
		glob_t files = { 0 };
		size_t count = find_files(&files);
		damage(files.gl_pathv[seed % count], seed);
		globfree(&files);
		if (seed % 3 == 0)
			put("records/maker/MKR-ACME.yaml", seed % 2 ? "id: MKR-ACME\nform: 1\nname: Odd\n" : "id: MKR-ACME\nform: 1\nname: Even\n");
		same_answers("damaged");
	}
}

static void trust_is_told_of_damage(void **state)
{
	(void)state;
	fill();
	settle();
	same_answers("whole");
	char *wanted = dump(true, false), *got = dump(false, true);
	must_be(got, wanted, "what is believed");
	free(got);
	free(wanted);
	sh("printf 'xxxxxxxx' | dd of=.git/fmrec/index.sqlite bs=1 seek=40970 conv=notrunc 2>/dev/null");
	struct fixture fixture;
	struct fmr_index *index;
	struct fmr_rows *rows;
	const struct fmr_index_options trust = { .trust = true };
	bool failed = false;
	open_fixture(&fixture);
	assert_int_equal(fmr_index_open(fixture.book, &trust, &index, NULL, &fixture.err), 0);
	for (int i = 0; i < 2; i++) {
		static const char *const questions[] = { "SELECT * FROM record", "SELECT * FROM link" };
		int code = fmr_index_prepare(index, questions[i], &rows, &fixture.err);
		while (!code && (code = fmr_rows_next(rows, &fixture.err)) == 1)
			code = 0;
		failed |= code < 0;
		fmr_rows_free(rows);
	}
	fmr_index_close(index);
	close_fixture(&fixture);
	if (failed)
		assert_int_not_equal(access(".git/fmrec/index.sqlite", F_OK), 0);
	same_answers("afterwards");
}

static void nothing_is_there_or_can_be_written(void **state)
{
	(void)state;
	fill();
	sh("chmod a-w .git");
	same_answers("a read-only directory");
	sh("chmod u+w .git");
	same_answers("a writable one");
	sh("rm .git/fmrec/contents-*");
	same_answers("without contents");
	sh("rm .git/fmrec/index.sqlite && mkdir .git/fmrec/index.sqlite");
	same_answers("a directory in its place");
	sh("rmdir .git/fmrec/index.sqlite && ln -s /dev/zero .git/fmrec/index.sqlite");
	same_answers("a link in its place");
	sh("rm -r .git/fmrec; touch .git/fmrec");
	same_answers("a file in the place of its directory");
}

static void writers_do_not_disturb_each_other(void **state)
{
	(void)state;
	fill();
	for (int round = 0; round < 4; round++) {
		pid_t children[4];
		char *text = fmr_format("id: MKR-ACME\nform: 1\nname: Round%d\n", round);
		put("records/maker/MKR-ACME.yaml", text);
		free(text);
		if (round % 2)
			sh("rm -rf .git/fmrec");
		char *wanted = dump(true, false);
		for (int i = 0; i < 4; i++) {
			children[i] = fork();
			if (!children[i]) {
				char *got = dump(false, false);
				_exit(strcmp(got, wanted) == 0 ? 0 : 1);
			}
		}
		for (int i = 0; i < 4; i++) {
			int status;
			assert_int_equal(waitpid(children[i], &status, 0), children[i]);
			assert_int_equal(status, 0);
		}
		free(wanted);
		same_answers("afterwards");
	}
}

static void a_dead_writer_leaves_no_harm(void **state)
{
	(void)state;
	fill();
	same_answers("before");
	for (int i = 0; i < 15; i++) {
		char *text = fmr_format("id: MKR-ACME\nform: 1\nname: Round%d\n", i);
		put("records/maker/MKR-ACME.yaml", text);
		free(text);
		if (i % 5 == 0)
			sh("rm -rf .git/fmrec");
		pid_t child = fork();
		if (!child) {
			free(dump(false, false));
			_exit(0);
		}
		usleep((unsigned)(i * 600));
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		same_answers("after a death");
	}
	glob_t files = { 0 };
	assert_int_equal(glob(".git/fmrec/index-tmp-*", 0, NULL, &files), GLOB_NOMATCH);
	globfree(&files);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, sandbox_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_changes_is_seen),
		TEST(an_edit_in_the_same_tick_is_seen),
		TEST(branches_and_worktrees),
		TEST(damage_does_not_show),
		TEST(trust_is_told_of_damage),
		TEST(nothing_is_there_or_can_be_written),
		TEST(writers_do_not_disturb_each_other),
		TEST(a_dead_writer_leaves_no_harm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
