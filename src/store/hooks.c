/* Installing fmrec's hooks beside those that are there. */
#include "store/hooks.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "store/repo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARKER "# fmrec-hook"       /* begins the second line of our hooks */
#define PLACEHOLDER "@FMREC@"       /* in the templates: the program, quoted for the shell */
#define CHAINED_SUFFIX ".before-fmrec"

#define DRIVER_NAME "merge-driver"  /* in the list */

enum { HOOK_LIMIT = 1 << 20 };

static const struct {
	const char *name;
	bool server; /* of a repository that others push to, else of one that somebody works in */
} all_hooks[] = { { "pre-commit", false }, { "pre-merge-commit", false }, { "commit-msg", false }, { "post-merge", false },
	{ "pre-push", false }, { "pre-receive", true } };
enum { HOOK_COUNT = sizeof(all_hooks) / sizeof(*all_hooks) };

/* ---- where ---- */

/* core.hooksPath, relative to where git runs hooks, else the hooks of the repository; yours to free. */
static char *hooks_directory(struct fmr_store *store)
{
	struct fmr_str path;
	fmr_str_init(&path);
	const bool own = fmr_store_git_config(store, "core.hooksPath", &path, NULL) == 0 && path.length;
	char *directory = own ? fmr_store_path(store, path.bytes) : fmr_format("%s/hooks", store->common_dir);
	fmr_str_release(&path);
	return directory;
}

const char *fmr_hooks_that_may_refuse(struct fmr_store *store, bool no_verify)
{
	static const char *const all[] = { "prepare-commit-msg", "pre-commit", "commit-msg" };
	const char *only = NULL;
	char *directory = hooks_directory(store);
	for (size_t i = 0; i < (no_verify ? 1 : 3); i++) {
		char *path = fmr_format("%s/%s", directory, all[i]);
		bool there = access(path, X_OK) == 0;
		free(path);
		if (!there)
			continue;
		if (only) {
			only = NULL;
			break;
		}
		only = all[i];
	}
	free(directory);
	return only;
}

/* ---- one hook ---- */

struct hook {
	char *path, *chained;
	bool there, ours, has_chained;
	struct fmr_str text; /* what is installed, when it is ours */
};

static bool has_marker(const struct fmr_str *text)
{
	const char *line = strchr(text->bytes, '\n');
	return line && strncmp(line + 1, MARKER, strlen(MARKER)) == 0;
}

static void hook_look(struct hook *hook, const char *directory, const char *name)
{
	struct stat st;
	*hook = (struct hook){ .path = fmr_format("%s/%s", directory, name) };
	hook->chained = fmr_format("%s%s", hook->path, CHAINED_SUFFIX);
	fmr_str_init(&hook->text);
	hook->there = lstat(hook->path, &st) == 0;
	hook->has_chained = lstat(hook->chained, &st) == 0;
	hook->ours = fmr_file_read(AT_FDCWD, hook->path, HOOK_LIMIT, true, &hook->text, NULL) == 0 &&
		has_marker(&hook->text);
}

static void hook_release(struct hook *hook)
{
	free(hook->path);
	free(hook->chained);
	fmr_str_release(&hook->text);
}

void fmr_hooks_quote(struct fmr_str *out, const char *text)
{
	fmr_str_putc(out, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			fmr_str_puts(out, "'\\''");
		else
			fmr_str_putc(out, *text);
	}
	fmr_str_putc(out, '\'');
}

static int hook_text(const char *templates, const char *name, const char *program, struct fmr_str *out,
	struct fmr_err *err)
{
	struct fmr_str text;
	fmr_str_init(&text);
	char *path = fmr_format("%s/%s", templates, name);
	int result = fmr_file_read(AT_FDCWD, path, HOOK_LIMIT, false, &text, err);
	if (result == 0 && !has_marker(&text))
		result = fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is not a hook of fmrec"), path);
	const char *at = text.bytes;
	for (const char *hit; result == 0 && (hit = strstr(at, PLACEHOLDER)); at = hit + strlen(PLACEHOLDER)) {
		fmr_str_add(out, at, (size_t)(hit - at));
		fmr_hooks_quote(out, program);
	}
	fmr_str_puts(out, at);
	free(path);
	fmr_str_release(&text);
	return result;
}

/* ---- installing ---- */

static int hook_install(const struct hook *hook, const struct fmr_str *text, struct fmr_err *err)
{
	if (hook->ours && hook->text.length == text->length &&
		memcmp(hook->text.bytes, text->bytes, text->length) == 0 && access(hook->path, X_OK) == 0)
		return 0;
	const bool keep = hook->there && !hook->ours;
	if (keep && rename(hook->path, hook->chained) != 0)
		return fmr_err_system(err, errno, _("cannot rename '%s'"), hook->path);
	int result = fmr_file_replace(AT_FDCWD, hook->path, hook->ours ? &hook->text : NULL, text->bytes, text->length,
		0777, err);
	if (result == 0 && hook->ours && access(hook->path, X_OK) != 0 && chmod(hook->path, 0755) != 0)
		result = fmr_err_system(err, errno, _("cannot make '%s' executable"), hook->path);
	if (result != 0 && keep)
		(void)rename(hook->chained, hook->path);
	return result;
}

static int hook_uninstall(const struct hook *hook, struct fmr_err *err)
{
	if (!hook->ours)
		return 0;
	if (hook->has_chained ? rename(hook->chained, hook->path) != 0 : unlink(hook->path) != 0)
		return fmr_err_system(err, errno, _("cannot remove '%s'"), hook->path);
	return 0;
}

/* Those that were touched before one failed. */
static void take_back(const struct hook *hooks, size_t count, const char *directory, const char *const *names)
{
	for (size_t i = 0; i < count; i++) {
		struct hook done;
		hook_look(&done, directory, names[i]);
		if (!hooks[i].ours)
			(void)hook_uninstall(&done, NULL);
		hook_release(&done);
	}
}

static size_t names_of(bool server, const char *names[HOOK_COUNT])
{
	size_t count = 0;
	for (size_t i = 0; i < HOOK_COUNT; i++)
		if (all_hooks[i].server == server)
			names[count++] = all_hooks[i].name;
	return count;
}

int fmr_hooks_install(struct fmr_store *store, bool server, const char *program, const char *template_directory,
	struct fmr_err *err)
{
	struct hook hooks[HOOK_COUNT];
	struct fmr_str texts[HOOK_COUNT];
	const char *names[HOOK_COUNT];
	const size_t count = names_of(server, names);
	char *directory = hooks_directory(store);
	int result = fmr_directory_make(AT_FDCWD, directory, err);
	for (size_t i = 0; i < count; i++) { /* look at all before the first is touched */
		hook_look(&hooks[i], directory, names[i]);
		fmr_str_init(&texts[i]);
		if (result == 0 && hooks[i].there && !hooks[i].ours && hooks[i].has_chained) {
			result = fmr_err_set(err, FMR_ERR_EXISTS, _("both '%s' and '%s' exist, and neither is fmrec's"),
				hooks[i].path, hooks[i].chained);
			fmr_err_hint(err, _("another tool has replaced fmrec's hook: join the two files into '%s'"),
				hooks[i].path);
		}
		if (result == 0)
			result = hook_text(template_directory, names[i], program, &texts[i], err);
	}
	for (size_t i = 0; result == 0 && i < count; i++) {
		result = hook_install(&hooks[i], &texts[i], err);
		if (result != 0)
			take_back(hooks, i, directory, names);
	}
	if (result == 0 && !server)
		result = fmr_driver_install(store, program, err);
	for (size_t i = 0; i < count; i++) {
		hook_release(&hooks[i]);
		fmr_str_release(&texts[i]);
	}
	free(directory);
	return result;
}

int fmr_hooks_uninstall(struct fmr_store *store, struct fmr_err *err)
{
	char *directory = hooks_directory(store);
	int result = fmr_driver_uninstall(store, err);
	for (size_t i = 0; result == 0 && i < HOOK_COUNT; i++) {
		struct hook hook;
		hook_look(&hook, directory, all_hooks[i].name);
		result = hook_uninstall(&hook, err);
		hook_release(&hook);
	}
	free(directory);
	return result;
}

/* Of a hook that does not belong in this kind of repository it is news that it is there. */
int fmr_hooks_each(struct fmr_store *store, fmr_hook_visit *visit, void *context, struct fmr_err *err)
{
	(void)err;
	const bool bare = !store->work_tree;
	char *directory = hooks_directory(store);
	for (size_t i = 0; i < HOOK_COUNT; i++) {
		struct hook hook;
		hook_look(&hook, directory, all_hooks[i].name);
		if (all_hooks[i].server == bare || hook.ours)
			visit(context, all_hooks[i].name, hook.path, hook.ours, hook.ours && hook.has_chained);
		hook_release(&hook);
	}
	struct fmr_str path;
	fmr_str_init(&path);
	const bool driver = fmr_driver_is_installed(store, &path);
	if (!bare || driver)
		visit(context, DRIVER_NAME, path.bytes, driver, false);
	fmr_str_release(&path);
	free(directory);
	return 0;
}
