#include "store/git.h"

#include "base/alloc.h"
#include "base/dynlib.h"
#include "base/i18n.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __APPLE__
#define LIBRARY "libgit2." LIBGIT2_SOVERSION ".dylib"
#else
#define LIBRARY "libgit2.so." LIBGIT2_SOVERSION
#endif

int fmr_git_error(const struct git_library *git, int code, struct fmr_err *err, const char *format, ...)
{
	char what[512];
	va_list args;
	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	const git_error *last = git->git_error_last();
	enum fmr_error kind = code == GIT_EAMBIGUOUS ? FMR_ERR_AMBIGUOUS : FMR_ERR_GIT;
	fmr_err_set(err, kind, "%s: %s", what, last && last->message ? last->message : _("libgit2 does not say why"));
	if (code == GIT_EOWNER)
		fmr_err_hint(err, _("the repository belongs to somebody else; if you trust it: git config --global --add "
				    "safe.directory DIRECTORY"));
	return kind;
}

/* Objects that a push brings are in a quarantine that only the environment tells of. */
static int add_alternates(struct git_library *git, const char *list, struct fmr_err *err)
{
	while (list && *list) {
		size_t length = strcspn(list, ":");
		char *path = fmr_strndup(list, length);
		int code = length ? git->git_odb_add_disk_alternate(git->odb, path) : 0;
		if (code < 0)
			fmr_git_error(git, code, err, _("cannot read the objects in '%s'"), path);
		free(path);
		if (code < 0)
			return FMR_ERR_GIT;
		list += length + (list[length] == ':');
	}
	return 0;
}

static int load(struct git_library *git, struct fmr_err *err)
{
	void *library;
	int result = fmr_dynlib_open(LIBRARY, &library, err);
#define GIT_LOOK_UP(name)                                                                                              \
	if (result == 0)                                                                                               \
		result = fmr_dynlib_function(library, #name, &git->name, err);
	GIT_FUNCTIONS(GIT_LOOK_UP)
#undef GIT_LOOK_UP
	return result;
}

void fmr_store_library(struct fmr_str *out)
{
	struct git_library git;
	struct fmr_err err = { 0 };
	int major, minor, revision;
	if (load(&git, &err) != 0) {
		fmr_str_puts(out, err.text);
		return;
	}
	git.git_libgit2_version(&major, &minor, &revision);
	fmr_str_printf(out, "%d.%d.%d", major, minor, revision);
}

static int open_repository(struct git_library *git, const struct fmr_store *store, struct fmr_err *err)
{
	int code = git->git_libgit2_init();
	if (code < 0)
		return fmr_git_error(git, code, err, _("cannot start libgit2"));
	git->initialised = true;
	/* Of these only the missing objects of a partial clone concern reading, and they are reported when met. */
	const char *extensions[] = { "partialclone", "worktreeconfig", "preciousobjects", "relativeworktrees" };
	git->git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, sizeof(extensions) / sizeof(*extensions));
	code = git->git_repository_open_ext(&git->repository, store->git_dir, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
	if (code < 0)
		return fmr_git_error(git, code, err, _("cannot open the repository '%s'"), store->git_dir);
	code = git->git_repository_odb(&git->odb, git->repository);
	if (code < 0)
		return fmr_git_error(git, code, err, _("cannot open the objects of '%s'"), store->git_dir);
	const char *quarantine = getenv("GIT_OBJECT_DIRECTORY");
	if (quarantine && *quarantine) {
		code = git->git_odb_add_disk_alternate(git->odb, quarantine);
		if (code < 0)
			return fmr_git_error(git, code, err, _("cannot read the objects in '%s'"), quarantine);
	}
	return add_alternates(git, getenv("GIT_ALTERNATE_OBJECT_DIRECTORIES"), err);
}

int fmr_git_use(struct fmr_store *store, struct git_library **out, struct fmr_err *err)
{
	int result = 0;
	if (!store->git) {
		struct git_library *git = fmr_alloc_zero(1, sizeof(*git));
		result = load(git, err);
		if (result == 0)
			result = open_repository(git, store, err);
		if (result != 0)
			fmr_git_close(git);
		else
			store->git = git;
	}
	*out = store->git;
	return result;
}

void fmr_git_close(struct git_library *git)
{
	if (!git)
		return;
	if (git->odb)
		git->git_odb_free(git->odb);
	if (git->repository)
		git->git_repository_free(git->repository);
	if (git->initialised)
		git->git_libgit2_shutdown();
	free(git);
}
