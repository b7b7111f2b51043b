/* Who changed which files when: `git log`, which is as fast as it gets, and understood as it comes. */
#include "store/history.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "store/objects.h"
#include "store/program.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

enum { SHALLOW_LIMIT = 16 << 20, LARGEST_TREE = 64 << 20 };

struct arguments {
	struct fmr_arena arena;
	FMR_VEC(const char *) words;
};

static void add(struct arguments *arguments, const char *word)
{
	FMR_VEC_PUSH(&arguments->words, word);
}

/* Whatever the repository's config says of logs is overruled; signatures would run the program that it names. */
static void compose(struct arguments *arguments, const struct fmr_history_query *query)
{
	static const char format[] = "--format=" HISTORY_FORMAT;
	static const char *const always[] = { "log", "-z", "--raw", "--root", "--no-abbrev", "--no-renames", "--no-follow",
		"-c", "--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-notes", "--no-mailmap", "--no-decorate",
		"--no-color", "--no-relative", "--ignore-submodules=all", "--encoding=UTF-8", "--date=raw",
		format };
	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		add(arguments, always[i]);
	if (query->connected) {
		add(arguments, "--parents");
		add(arguments, "--date-order");
	}
	if (query->limit)
		add(arguments, fmr_arena_format(&arguments->arena, "--max-count=%zu", query->limit));
	if (query->since)
		add(arguments, fmr_arena_format(&arguments->arena, "--max-age=%lld", (long long)query->since));
	if (query->until)
		add(arguments, fmr_arena_format(&arguments->arena, "--min-age=%lld", (long long)query->until));
	add(arguments, "--end-of-options");
	const char *from = query->from ? query->from : "HEAD";
	add(arguments, query->before ? fmr_arena_format(&arguments->arena, "%s^@", from) : from);
	add(arguments, "--");
	for (size_t i = 0; i < query->path_count; i++)
		add(arguments, fmr_arena_format(&arguments->arena, ":(top,literal)%s", query->paths[i]));
	add(arguments, NULL);
}

/* ---- where a shallow clone begins ---- */

struct walk {
	struct fmr_str shallow; /* ids, one a line */
	fmr_history_visit *visit;
	void *context;
};

static void read_shallow(const struct fmr_store *store, struct fmr_str *out)
{
	char *path = fmr_format("%s/shallow", store->common_dir);
	if (fmr_file_read(AT_FDCWD, path, SHALLOW_LIMIT, false, out, NULL) != 0)
		fmr_str_clear(out);
	free(path);
}

static int visit_commit(void *context, const struct fmr_history_commit *commit)
{
	const struct walk *walk = context;
	struct fmr_history_commit told = *commit;
	told.cut = walk->shallow.length && strstr(walk->shallow.bytes, commit->id);
	return walk->visit(walk->context, &told);
}

/* ---- */

/* git said something on stderr that nobody heard: it says so again. */
static int ask_why(struct fmr_store *store, const struct arguments *arguments, struct fmr_err *err)
{
	struct fmr_str output, errors;
	fmr_str_init(&output);
	fmr_str_init(&errors);
	int status = 0;
	int result = fmr_git_run(store,
		&(struct git_call){ .arguments = arguments->words.items, .output = &output, .errors = &errors,
			.reading = true }, &status, err);
	if (result == 0)
		result = fmr_git_failed(&errors, err, _("git cannot tell the history"));
	fmr_str_release(&output);
	fmr_str_release(&errors);
	return result;
}

static int read_all(struct fmr_process *git, struct history_reader *reader, struct fmr_err *err)
{
	struct fmr_str word;
	fmr_str_init(&word);
	int result = 0;
	while (result == 0 && fmr_process_word(git, &word)) {
		result = fmr_history_word(reader, word.bytes, word.length, err);
		fmr_str_clear(&word);
	}
	fmr_str_release(&word);
	return result;
}

int fmr_store_history(struct fmr_store *store, const struct fmr_history_query *query, fmr_history_visit *visit,
	void *context, struct fmr_err *err)
{
	struct head head = { 0 };
	int result = query->from ? 0 : fmr_head_read(store, &head, err);
	if (result != 0 || (!query->from && !*head.commit))
		return result;
	struct walk walk = { .visit = visit, .context = context };
	struct arguments arguments = { 0 };
	struct history_reader reader;
	struct fmr_process *git = NULL;
	fmr_str_init(&walk.shallow);
	fmr_arena_init(&arguments.arena);
	fmr_history_begin(&reader, visit_commit, &walk);
	compose(&arguments, query);
	result = fmr_git_start(store, arguments.words.items, &git, err);
	if (result != 0)
		goto out;
	read_shallow(store, &walk.shallow);
	result = read_all(git, &reader, err);
	int status = fmr_process_stop(git);
	if (result == 0 && status != 0)
		result = ask_why(store, &arguments, err);
	else if (result == 0)
		result = fmr_history_end(&reader, err);
out:
	fmr_history_release(&reader);
	FMR_VEC_RELEASE(&arguments.words);
	fmr_arena_release(&arguments.arena);
	fmr_str_release(&walk.shallow);
	return result;
}

/* ---- renames ---- */

/* The words are header, from, to, header, from, to, ... */
static void find_rename(const struct fmr_str *list, const char *path, struct fmr_str *from)
{
	const char *end = list->bytes + list->length;
	for (const char *header = list->bytes; header < end;) {
		const char *old = header + strlen(header) + 1;
		const char *new = old < end ? old + strlen(old) + 1 : end;
		if (new >= end)
			return;
		if (strcmp(new, path) == 0) {
			fmr_str_puts(from, old);
			return;
		}
		header = new + strlen(new) + 1;
	}
}

/* One entry of a tree: "100644 name" NUL, 20 bytes of id. */
struct tree_entry {
	const char *name;
	char id[41];
	bool directory;
};

static bool next_entry(const struct fmr_str *tree, size_t *at, struct tree_entry *out)
{
	const char *mode = tree->bytes + *at, *end = tree->bytes + tree->length;
	const char *blank = memchr(mode, ' ', (size_t)(end - mode));
	const char *name_end = blank ? memchr(blank, '\0', (size_t)(end - blank)) : NULL;
	if (!name_end || end - name_end < 1 + 20)
		return false;
	out->name = blank + 1;
	out->directory = *mode == '4';
	fmr_odb_id_text((const unsigned char *)name_end + 1, out->id);
	*at = (size_t)(name_end + 1 + 20 - tree->bytes);
	return true;
}

static bool read_tree(struct fmr_store *store, const char *id, struct fmr_str *out)
{
	return fmr_objects_read(store, id, ODB_TREE, id, LARGEST_TREE, out, NULL) == 0;
}

static bool find_entry(const struct fmr_str *tree, const char *name, size_t length, struct tree_entry *out)
{
	for (size_t at = 0; at < tree->length && next_entry(tree, &at, out);)
		if (strlen(out->name) == length && memcmp(out->name, name, length) == 0)
			return true;
	return false;
}

/* Did something in the tree `before` go on the way to `after` (empty: all of it)?  true also when that cannot be told.
 * Both are in order, so that each entry is met once. */
static bool lost_some(struct fmr_store *store, const char *before, const char *after, unsigned depth)
{
	struct fmr_str old, new;
	struct tree_entry was, is = { 0 };
	fmr_str_init(&old);
	fmr_str_init(&new);
	bool lost = depth > TREE_DEPTH || !read_tree(store, before, &old) || !read_tree(store, after, &new);
	for (size_t at = 0, next = 0; !lost && at < old.length;) {
		lost = !next_entry(&old, &at, &was);
		while (!lost && next < new.length && (!is.name || strcmp(is.name, was.name) != 0))
			lost = !next_entry(&new, &next, &is);
		if (lost || !is.name || strcmp(is.name, was.name) != 0 || is.directory != was.directory)
			lost = true;
		else if (was.directory && strcmp(was.id, is.id) != 0)
			lost = lost_some(store, was.id, is.id, depth + 1);
	}
	fmr_str_release(&old);
	fmr_str_release(&new);
	return lost;
}

/* The tree and the first parent that a commit names; empty when it has none. */
static bool read_commit(struct fmr_store *store, const char *id, char tree[41], char parent[41])
{
	struct fmr_str text;
	fmr_str_init(&text);
	bool good = fmr_objects_read(store, id, ODB_COMMIT, id, LARGEST_TREE, &text, NULL) == 0 && text.length > 46 &&
		strncmp(text.bytes, "tree ", 5) == 0;
	parent[0] = '\0';
	if (good) {
		memcpy(tree, text.bytes + 5, 40);
		tree[40] = '\0';
		if (text.length > 94 && strncmp(text.bytes + 46, "parent ", 7) == 0) {
			memcpy(parent, text.bytes + 53, 40);
			parent[40] = '\0';
		}
	}
	fmr_str_release(&text);
	return good;
}

/* Without a file that went there is no rename, and git need not be started to say so. */
static bool may_have_renamed(struct fmr_store *store, const char *commit, const char *path)
{
	char tree[41], parent[41], before[41], unused[41];
	struct fmr_str roots[2];
	struct tree_entry was, is;
	const size_t top = strcspn(path, "/");
	fmr_str_init(&roots[0]);
	fmr_str_init(&roots[1]);
	bool maybe = true;
	if (strspn(commit, "0123456789abcdef") == 40 && !commit[40] && read_commit(store, commit, tree, parent) && *parent &&
		read_commit(store, parent, before, unused) && read_tree(store, before, &roots[0]) &&
		read_tree(store, tree, &roots[1]))
		maybe = find_entry(&roots[0], path, top, &was) &&
			(!was.directory || !find_entry(&roots[1], path, top, &is) || !is.directory ||
				lost_some(store, was.id, is.id, 0));
	fmr_str_release(&roots[0]);
	fmr_str_release(&roots[1]);
	return maybe;
}

int fmr_store_renamed(struct fmr_store *store, const char *commit, const char *path, struct fmr_str *from,
	struct fmr_err *err)
{
	char *pathspec = fmr_format(":(top,literal)%.*s", (int)strcspn(path, "/"), path);
	const char *const arguments[] = { "diff-tree", "-r", "-z", "--raw", "-M", "--no-commit-id", "--diff-filter=R",
		"--no-ext-diff", "--no-textconv", "--ignore-submodules=all", "--end-of-options", commit, "--", pathspec, NULL };
	struct fmr_str list, errors;
	fmr_str_init(&list);
	fmr_str_init(&errors);
	int status = 0, result = 0;
	if (may_have_renamed(store, commit, path))
		result = fmr_git_run(store,
			&(struct git_call){ .arguments = arguments, .output = &list, .errors = &errors, .reading = true },
			&status, err);
	if (result == 0 && status != 0)
		result = fmr_git_failed(&errors, err, _("git cannot tell what was renamed"));
	if (result == 0)
		find_rename(&list, path, from);
	fmr_str_release(&list);
	fmr_str_release(&errors);
	free(pathspec);
	return result;
}

/* ---- contents ---- */

int fmr_store_blob(struct fmr_store *store, const char *blob, const char *path, size_t limit, struct fmr_str *out,
	struct fmr_err *err)
{
	return fmr_objects_read(store, blob, ODB_BLOB, path, limit, out, err);
}
