#include "store/program.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "base/vec.h"
#include "store/compare.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- running ---- */

struct words {
	const char **items;
	size_t count, capacity;
};

static void compose(struct fmr_store *store, const struct git_call *call, char *lock, struct words *argv,
	struct words *environment)
{
	FMR_VEC_PUSH(argv, "git");
	/* Paths are plain paths, whatever the caller's environment says. */
	const char *const unset[] = { "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS",
		"GIT_ICASE_PATHSPECS" };
	for (size_t i = 0; i < sizeof(unset) / sizeof(*unset); i++)
		FMR_VEC_PUSH(environment, unset[i]);
	for (const char *const *entry = store->git_environment; *entry; entry++)
		FMR_VEC_PUSH(environment, *entry);
	if (call->locked)
		FMR_VEC_PUSH(environment, lock);
	if (call->reading) {
		FMR_VEC_PUSH(argv, "--no-optional-locks");
		FMR_VEC_PUSH(argv, "--no-pager");
		FMR_VEC_PUSH(argv, "-c");
		FMR_VEC_PUSH(argv, "core.fsmonitor=false");
		/* a partial clone would fetch what is missing, by a program that the repository names */
		FMR_VEC_PUSH(environment, "GIT_ALLOW_PROTOCOL=none");
		FMR_VEC_PUSH(environment, "GIT_NO_LAZY_FETCH=1");
		FMR_VEC_PUSH(environment, "GIT_NO_REPLACE_OBJECTS=1");
	}
	for (const char *const *word = call->arguments; *word; word++)
		FMR_VEC_PUSH(argv, *word);
	FMR_VEC_PUSH(argv, NULL);
	FMR_VEC_PUSH(environment, NULL);
}

int fmr_git_run(struct fmr_store *store, const struct git_call *call, int *status, struct fmr_err *err)
{
	struct words argv = { 0 }, environment = { 0 };
	char *lock = fmr_format("FMREC_LOCK_HELD=%s", store->private_dir);
	compose(store, call, lock, &argv, &environment);
	const struct fmr_spawn spawn = { .argv = argv.items, .environment = environment.items,
		.directory = fmr_store_run_in(store), .input = call->input, .input_length = call->input_length,
		.output = call->output, .errors = call->errors, .show_errors = call->show_errors };
	int result = fmr_spawn_run(&spawn, status, err);
	FMR_VEC_RELEASE(&argv);
	FMR_VEC_RELEASE(&environment);
	free(lock);
	return result;
}

int fmr_git_start(struct fmr_store *store, const char *const *arguments, struct fmr_process **out,
	struct fmr_err *err)
{
	struct words argv = { 0 }, environment = { 0 };
	compose(store, &(struct git_call){ .arguments = arguments, .reading = true }, NULL, &argv, &environment);
	const struct fmr_spawn spawn = { .argv = argv.items, .environment = environment.items,
		.directory = fmr_store_run_in(store) };
	int result = fmr_process_start(&spawn, out, err);
	FMR_VEC_RELEASE(&argv);
	FMR_VEC_RELEASE(&environment);
	return result;
}

/* The first line that git marks as the reason, else the first that says anything. */
static void useful_line(const char *text, struct fmr_str *out)
{
	static const char *const marks[] = { "fatal: ", "error: " };
	const char *best = NULL;
	for (const char *line = text; *line;) {
		size_t length = strcspn(line, "\n");
		for (size_t i = 0; i < 2; i++) {
			if (strncmp(line, marks[i], 7) == 0) {
				best = line + 7;
				goto found;
			}
		}
		if (!best && strspn(line, " \t\r") < length)
			best = line;
		line += length + (line[length] == '\n');
	}
found:
	for (; best && *best && *best != '\n'; best++)
		if (!iscntrl((unsigned char)*best))
			fmr_str_putc(out, *best);
}

int fmr_git_failed(const struct fmr_str *errors, struct fmr_err *err, const char *what)
{
	struct fmr_str line;
	fmr_str_init(&line);
	useful_line(errors->bytes, &line);
	if (line.length)
		fmr_err_set(err, FMR_ERR_GIT, "%s: %s", what, line.bytes);
	else
		fmr_err_set(err, FMR_ERR_GIT, "%s", what);
	fmr_str_release(&line);
	return FMR_ERR_GIT;
}

/* ---- HEAD ---- */

static bool is_id(const char *text)
{
	return strspn(text, "0123456789abcdef") == 40 && !text[40];
}

/* The first line of a file in the repository; FMR_ERR_NOT_FOUND is told apart from files that cannot be read. */
static int read_line(const char *directory, const char *name, struct fmr_str *out, struct fmr_err *err)
{
	char *path = fmr_format("%s/%s", directory, name);
	fmr_str_clear(out);
	int result = fmr_file_read(AT_FDCWD, path, 64 * 1024, false, out, err);
	free(path);
	fmr_str_truncate(out, strcspn(out->bytes, "\n"));
	return result;
}

/* The id of a packed reference; id stays empty when there is none. */
static int find_packed(const struct fmr_store *store, const char *name, char id[65], struct fmr_err *err)
{
	struct fmr_str text;
	fmr_str_init(&text);
	char *path = fmr_format("%s/packed-refs", store->common_dir);
	int result = fmr_file_read(AT_FDCWD, path, 256 << 20, false, &text, err);
	char *wanted = fmr_format(" %s\n", name);
	const char *hit = text.bytes;
	while (!*id && (hit = strstr(hit, wanted))) {
		if (hit - text.bytes >= 40 && (hit - text.bytes == 40 || hit[-41] == '\n'))
			snprintf(id, 65, "%.40s", hit - 40);
		hit++;
	}
	free(wanted);
	free(path);
	fmr_str_release(&text);
	return result == FMR_ERR_NOT_FOUND ? 0 : result;
}

/* References kept in another way than as files. */
static int ask_head(struct fmr_store *store, struct head *head, struct fmr_err *err)
{
	struct fmr_str out, errors;
	fmr_str_init(&out);
	fmr_str_init(&errors);
	int status = 0;
	const char *const id[] = { "rev-parse", "-q", "--verify", "HEAD^{commit}", NULL };
	int result = fmr_git_run(store,
		&(struct git_call){ .arguments = id, .output = &out, .errors = &errors, .reading = true }, &status, err);
	if (result == 0 && status == 0)
		snprintf(head->commit, sizeof(head->commit), "%.40s", out.bytes);
	fmr_str_clear(&out);
	const char *const name[] = { "symbolic-ref", "-q", "--short", "HEAD", NULL };
	if (result == 0)
		result = fmr_git_run(store,
			&(struct git_call){ .arguments = name, .output = &out, .errors = &errors, .reading = true },
			&status, err);
	fmr_str_truncate(&out, strcspn(out.bytes, "\n"));
	snprintf(head->branch, sizeof(head->branch), "%s", out.length ? out.bytes : "HEAD");
	fmr_str_release(&out);
	fmr_str_release(&errors);
	return result;
}

/* The commit of a branch, kept in a file of its own or packed with others; none on an unborn branch. */
static int read_branch(struct fmr_store *store, const char *name, struct head *head, struct fmr_err *err)
{
	struct fmr_str line;
	fmr_str_init(&line);
	snprintf(head->branch, sizeof(head->branch), "%s", name + strlen("refs/heads/"));
	int result = read_line(store->common_dir, name, &line, err);
	if (result == FMR_ERR_NOT_FOUND)
		result = find_packed(store, name, head->commit, err);
	else if (result == 0 && is_id(line.bytes))
		memcpy(head->commit, line.bytes, 41);
	else if (result == 0)
		result = ask_head(store, head, err);
	fmr_str_release(&line);
	return result;
}

int fmr_head_read(struct fmr_store *store, struct head *head, struct fmr_err *err)
{
	*head = (struct head){ .branch = "HEAD" };
	struct fmr_str line;
	fmr_str_init(&line);
	int result = read_line(store->git_dir, "HEAD", &line, err);
	const char *name = line.bytes + strlen("ref: ");
	if (result == 0 && is_id(line.bytes))
		memcpy(head->commit, line.bytes, 41);
	else if (result == 0 && strncmp(line.bytes, "ref: refs/heads/", 16) == 0 &&
		strcmp(name, "refs/heads/.invalid") != 0 && fmr_path_is_inside(name))
		result = read_branch(store, name, head, err);
	else if (result == 0)
		result = ask_head(store, head, err);
	fmr_str_release(&line);
	return result;
}

int fmr_store_branch(struct fmr_store *store, struct fmr_str *out, struct fmr_err *err)
{
	struct head head;
	int result = fmr_head_read(store, &head, err);
	if (result == 0)
		fmr_str_puts(out, head.branch);
	return result;
}

/* ---- what is staged ---- */

bool fmr_raw_mode(const char **at, unsigned *mode)
{
	char *end;
	*mode = (unsigned)strtoul(*at, &end, 8);
	bool good = end == *at + 6 && *end == ' ';
	*at = end + good;
	return good;
}

bool fmr_raw_id(const char **at, char id[41])
{
	size_t length = strspn(*at, "0123456789abcdef");
	if (length != 40 || (*at)[40] != ' ')
		return false;
	memcpy(id, *at, 40);
	id[40] = '\0';
	*at += 41;
	return true;
}

/* ":100644 100644 <id> <id> M" NUL "path" NUL */
static bool parse_raw(const char *at, const char *end, struct staged_entry *entry, const char **next)
{
	if (*at++ != ':' || !fmr_raw_mode(&at, &entry->old_mode) || !fmr_raw_mode(&at, &entry->new_mode) ||
		!fmr_raw_id(&at, entry->old_id) || !fmr_raw_id(&at, entry->new_id))
		return false;
	entry->status = *at;
	entry->path = at + strlen(at) + 1;
	if (!entry->status || entry->path >= end)
		return false;
	*next = entry->path + strlen(entry->path) + 1;
	return true;
}

static int ask_staged(struct fmr_store *store, const struct head *head, const char *under, fmr_staged_visit *visit,
	void *context, struct fmr_err *err)
{
	char *pathspec = *under ? fmr_format(":(top,literal)%s", under) : NULL;
	const char *const arguments[] = { "diff-index", "--cached", "-z", "--no-renames", "--no-ext-diff", "--no-textconv",
		"--ignore-submodules=dirty", "--ita-invisible-in-index", "--full-index", *head->commit ? "HEAD" : EMPTY_TREE, "--", pathspec, NULL };
	struct fmr_str out, errors;
	fmr_str_init(&out);
	fmr_str_init(&errors);
	int status = 0;
	int result = fmr_git_run(store,
		&(struct git_call){ .arguments = arguments, .output = &out, .errors = &errors, .reading = true }, &status, err);
	if (result == 0 && status != 0)
		result = fmr_git_failed(&errors, err, _("git cannot tell what is staged"));
	const char *at = out.bytes, *end = out.bytes + out.length;
	while (result == 0 && at < end) {
		struct staged_entry entry;
		if (!parse_raw(at, end, &entry, &at))
			result = fmr_err_set(err, FMR_ERR_GIT, _("git's list of what is staged cannot be understood"));
		else
			result = visit(context, &entry);
	}
	free(pathspec);
	fmr_str_release(&out);
	fmr_str_release(&errors);
	return result;
}

static bool is_under(const char *path, const char *under)
{
	const size_t length = strlen(under);
	return !length || (strncmp(path, under, length) == 0 && (path[length] == '/' || !path[length]));
}

int fmr_staged_of(struct fmr_store *store, const struct head *head, const struct gitindex *index, const char *under,
	fmr_staged_visit *visit, void *context, struct fmr_err *err)
{
	struct staged_list list = { 0 };
	int result = 0;
	fmr_arena_init(&list.arena);
	if (!fmr_compare_staged(store, head->commit, index, &list))
		result = ask_staged(store, head, under, visit, context, err);
	else
		for (size_t i = 0; result == 0 && i < list.entries.count; i++)
			if (is_under(list.entries.items[i].path, under))
				result = visit(context, &list.entries.items[i]);
	FMR_VEC_RELEASE(&list.entries);
	fmr_arena_release(&list.arena);
	return result;
}

int fmr_staged_each(struct fmr_store *store, const struct head *head, const char *under, fmr_staged_visit *visit,
	void *context, struct fmr_err *err)
{
	struct gitindex index;
	int result = fmr_git_index_read(store, &index, err);
	if (result == 0)
		result = fmr_staged_of(store, head, &index, under, visit, context, err);
	fmr_git_index_release(&index);
	return result;
}
