#include "store/repo.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "base/spawn.h"
#include "store/git.h"
#include "store/objects.h"
#include "store/program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { GITFILE_LIMIT = 64 * 1024 };

/* ---- paths ---- */

static bool is_there(const char *directory, const char *name)
{
	char *path = fmr_format("%s/%s", directory, name);
	struct stat st;
	bool there = lstat(path, &st) == 0;
	free(path);
	return there;
}

/* `path` seen from `base`, links resolved where it exists; yours to free. */
static char *absolute(const char *base, const char *path)
{
	char *joined = *path == '/' ? fmr_strdup(path) : fmr_format("%s/%s", base, path);
	char *real = realpath(joined, NULL);
	if (!real)
		return joined;
	free(joined);
	return real;
}

/* The one line of a small file, after a beginning such as "gitdir: "; NULL when it is no such file. */
static char *line_of_file(const char *path, const char *beginning)
{
	struct fmr_str text;
	fmr_str_init(&text);
	char *line = NULL;
	size_t length = strlen(beginning);
	if (fmr_file_read(AT_FDCWD, path, GITFILE_LIMIT, false, &text, NULL) == 0 && text.length > length &&
		memcmp(text.bytes, beginning, length) == 0 && !memchr(text.bytes, '\0', text.length)) {
		while (text.length && strchr("\r\n", text.bytes[text.length - 1]))
			fmr_str_truncate(&text, text.length - 1);
		line = fmr_strdup(text.bytes + length);
	}
	fmr_str_release(&text);
	return line;
}

/* ---- what is a repository ---- */

static char *common_dir_of(const char *git_dir)
{
	const char *named = getenv("GIT_COMMON_DIR");
	if (named && *named)
		return absolute(".", named);
	char *file = fmr_format("%s/commondir", git_dir);
	char *line = line_of_file(file, "");
	char *common = line ? absolute(git_dir, line) : fmr_strdup(git_dir);
	free(line);
	free(file);
	return common;
}

static bool is_git_dir(const char *path)
{
	if (!is_there(path, "HEAD"))
		return false;
	char *common = common_dir_of(path);
	bool good = is_there(common, "refs") && (getenv("GIT_OBJECT_DIRECTORY") || is_there(common, "objects"));
	free(common);
	return good;
}

/* The git directory that PATH is or, as a file of one line, names; NULL when it is neither. */
static char *git_dir_at(const char *base, const char *path)
{
	char *place = absolute(base, path);
	struct stat st;
	if (stat(place, &st) == 0 && S_ISREG(st.st_mode)) {
		char *line = line_of_file(place, "gitdir: ");
		char *slash = strrchr(place, '/');
		if (slash)
			slash[slash == place] = '\0';
		char *named = line ? absolute(place, line) : NULL;
		free(line);
		free(place);
		place = named;
	}
	if (place && is_git_dir(place))
		return place;
	free(place);
	return NULL;
}

/* ---- finding it ---- */

/* The length of the longest of GIT_CEILING_DIRECTORIES above `path`; the search does not go up to it. */
static size_t ceiling_of(const char *path)
{
	size_t longest = 0;
	const char *list = getenv("GIT_CEILING_DIRECTORIES");
	bool resolve = true;
	for (const char *part = list ? list : ""; *part;) {
		size_t length = strcspn(part, ":");
		char *one = fmr_strndup(part, length);
		if (!length)
			resolve = false; /* an empty entry: the others are real paths already */
		char *real = *one == '/' && resolve ? realpath(one, NULL) : NULL;
		const char *ceiling = real ? real : one;
		size_t size = strlen(ceiling);
		while (size > 1 && ceiling[size - 1] == '/')
			size--;
		if (*ceiling == '/' && size > longest && strncmp(path, ceiling, size) == 0 &&
			(path[size] == '/' || size == 1) && path[size])
			longest = size;
		free(real);
		free(one);
		part += length + (part[length] == ':');
	}
	return longest;
}

struct found {
	char *git_dir;
	char *top; /* the directory that holds .git; NULL for a bare repository */
};

static bool crosses_file_systems(void)
{
	const char *allowed = getenv("GIT_DISCOVERY_ACROSS_FILESYSTEM");
	return allowed && *allowed && strcmp(allowed, "0") != 0 && strcasecmp(allowed, "false") != 0;
}

static int find_upwards(const char *start, struct found *found, struct fmr_err *err)
{
	char *at = fmr_strdup(start);
	const size_t ceiling = ceiling_of(at);
	struct stat first, here;
	bool known = stat(at, &first) == 0;
	for (;;) {
		char *dot_git = fmr_format("%s/.git", strcmp(at, "/") == 0 ? "" : at);
		found->git_dir = git_dir_at("/", dot_git);
		struct stat st;
		bool broken = !found->git_dir && stat(dot_git, &st) == 0 && S_ISREG(st.st_mode);
		free(dot_git);
		if (broken) {
			fmr_err_set(err, FMR_ERR_NOT_FOUND, _("'%s/.git' does not name a Git repository"), at);
			free(at);
			return FMR_ERR_NOT_FOUND;
		}
		if (found->git_dir) {
			found->top = at;
			return 0;
		}
		if (is_git_dir(at)) {
			found->git_dir = at;
			return 0;
		}
		char *slash = strrchr(at, '/');
		if (strcmp(at, "/") == 0 || (size_t)(slash - at) < (ceiling > 1 ? ceiling + 1 : ceiling))
			break;
		slash[slash == at] = '\0';
		if (known && stat(at, &here) == 0 && here.st_dev != first.st_dev && !crosses_file_systems())
			break;
	}
	free(at);
	fmr_err_set(err, FMR_ERR_NOT_FOUND, _("'%s' is not in a Git repository"), start);
	fmr_err_hint(err, _("start one here with 'fmrec init'"));
	return FMR_ERR_NOT_FOUND;
}

static int find(const char *start, struct found *found, struct fmr_err *err)
{
	*found = (struct found){ 0 };
	const char *named = getenv("GIT_DIR");
	if (!named || !*named)
		return find_upwards(start, found, err);
	found->git_dir = git_dir_at(start, named);
	if (!found->git_dir)
		return fmr_err_set(err, FMR_ERR_NOT_FOUND, _("'%s' (from GIT_DIR) is not a Git repository"), named);
	found->top = fmr_strdup(start);
	return 0;
}

/* ---- opening ---- */

static void read_format(struct config *config, const char *common_dir, const char *git_dir)
{
	char *file = fmr_format("%s/config", common_dir);
	fmr_config_read(config, file, CONFIG_LOCAL);
	free(file);
	if (fmr_config_bool(config, "extensions.worktreeconfig", false)) {
		file = fmr_format("%s/config.worktree", git_dir);
		fmr_config_read(config, file, CONFIG_LOCAL);
		free(file);
	}
}

static int check_format(const struct config *config, const char *git_dir, struct fmr_err *err)
{
	const struct config_entry *hash = fmr_config_find(config, "extensions.objectformat", false);
	if (hash && hash->value && strcasecmp(hash->value, "sha1") != 0) {
		fmr_err_set(err, FMR_ERR_UNSUPPORTED, _("the repository '%s' has object format '%s'"), git_dir, hash->value);
		fmr_err_hint(err, _("fmrec reads SHA-1 repositories only"));
		return FMR_ERR_UNSUPPORTED;
	}
	const struct config_entry *version = fmr_config_find(config, "core.repositoryformatversion", false);
	if (version && version->value && strtol(version->value, NULL, 10) > 1)
		return fmr_err_set(err, FMR_ERR_UNSUPPORTED, _("the repository '%s' has format version %s"), git_dir,
			version->value);
	return 0;
}

static bool is_partial_clone(const struct config *config)
{
	static const char end[] = ".promisor";
	for (size_t i = 0; i < config->entries.count; i++) {
		const char *key = config->entries.items[i].key;
		size_t length = strlen(key);
		if (length > strlen(end) && strcmp(key + length - strlen(end), end) == 0)
			return true;
	}
	return false;
}

static char *choose_work_tree(const struct config *config, struct found *found, const char *start)
{
	const char *named = getenv("GIT_WORK_TREE");
	if (named && *named)
		return absolute(start, named);
	const struct config_entry *entry = fmr_config_find(config, "core.worktree", false);
	/* git lets a bare repository have no work tree, whatever core.worktree says */
	if (fmr_config_bool(config, "core.bare", false))
		return NULL;
	if (entry && entry->value && *entry->value)
		return absolute(found->git_dir, entry->value);
	return found->top ? fmr_strdup(found->top) : NULL;
}

/* A linked work tree is never bare: core.bare is about the main one. */
static bool is_linked(const struct found *found, const char *common_dir)
{
	return strcmp(found->git_dir, common_dir) != 0;
}

/* Variables that are relative to the caller's directory are handed to git as absolute paths. */
static void keep_environment(struct fmr_store *store)
{
	size_t count = 0;
	const struct {
		const char *name, *value;
	} all[] = { { "GIT_DIR", store->git_dir }, { "GIT_WORK_TREE", store->work_tree },
		{ "GIT_INDEX_FILE", store->index_file } };
	const char *git_dir = getenv("GIT_DIR");
	const bool has_git_dir = git_dir && *git_dir;
	for (size_t i = 0; i < 3; i++) {
		const char *now = getenv(all[i].name);
		bool wanted = (now && *now) || (i == 1 && has_git_dir);
		if (!wanted || !all[i].value)
			continue;
		store->git_environment_text[count] = fmr_format("%s=%s", all[i].name, all[i].value);
		store->git_environment[count] = store->git_environment_text[count];
		count++;
	}
}

static int fill(struct fmr_store *store, struct found *found, const char *start, struct fmr_err *err)
{
	struct config format = { 0 };
	store->common_dir = common_dir_of(found->git_dir);
	read_format(&format, store->common_dir, found->git_dir);
	int result = check_format(&format, found->git_dir, err);
	if (result != 0)
		goto out;
	store->executable_matters = fmr_config_bool(&format, "core.filemode", true);
	store->partial_clone = is_partial_clone(&format);
	store->work_tree = is_linked(found, store->common_dir) && found->top && !getenv("GIT_WORK_TREE")
		? fmr_strdup(found->top)
		: choose_work_tree(&format, found, start);
	store->git_dir = fmr_strdup(found->git_dir);
	store->private_dir = fmr_format("%s/fmrec", store->common_dir);
	const char *index = getenv("GIT_INDEX_FILE");
	store->index_file = index && *index ? absolute(start, index) : fmr_format("%s/index", store->git_dir);
	keep_environment(store);
	if (store->work_tree) {
		store->top = open(store->work_tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (store->top < 0)
			result = fmr_err_system(err, errno, _("cannot open the work tree '%s'"), store->work_tree);
	}
out:
	fmr_config_release(&format);
	return result;
}

int fmr_store_open(const char *directory, struct fmr_store **out, struct fmr_err *err)
{
	*out = NULL;
	char *start = realpath(directory, NULL);
	if (!start)
		return fmr_err_system(err, errno, _("cannot open the directory '%s'"), directory);
	struct found found;
	struct fmr_store *store = NULL;
	int result = find(start, &found, err);
	if (result == 0) {
		store = fmr_alloc_zero(1, sizeof(*store));
		store->top = store->lock = -1;
		result = fill(store, &found, start, err);
	}
	if (result != 0) {
		fmr_store_close(store);
		store = NULL;
	}
	free(found.git_dir);
	free(found.top);
	free(start);
	*out = store;
	return result;
}

void fmr_store_close(struct fmr_store *store)
{
	if (!store)
		return;
	fmr_git_close(store->git);
	fmr_objects_free(store->objects);
	if (store->lock >= 0)
		close(store->lock);
	if (store->top >= 0)
		close(store->top);
	fmr_config_release(&store->config);
	for (size_t i = 0; i < 3; i++)
		free(store->git_environment_text[i]);
	free(store->work_tree);
	free(store->git_dir);
	free(store->common_dir);
	free(store->private_dir);
	free(store->index_file);
	free(store);
}

const char *fmr_store_work_tree(const struct fmr_store *store)
{
	return store->work_tree;
}

const char *fmr_store_git_dir(const struct fmr_store *store)
{
	return store->git_dir;
}

const char *fmr_store_common_dir(const struct fmr_store *store)
{
	return store->common_dir;
}

const char *fmr_store_private_dir(const struct fmr_store *store)
{
	return store->private_dir;
}

const char *fmr_store_operation(const struct fmr_store *store)
{
	static const struct {
		const char *file, *operation;
	} all[] = {
		{ "MERGE_HEAD", N_("merge") },
		{ "CHERRY_PICK_HEAD", N_("cherry-pick") },
		{ "REVERT_HEAD", N_("revert") },
		{ "rebase-merge", N_("rebase") },
		{ "rebase-apply", N_("rebase") },
	};
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (is_there(store->git_dir, all[i].file))
			return all[i].operation;
	return NULL;
}

const char *fmr_store_run_in(const struct fmr_store *store)
{
	return store->work_tree ? store->work_tree : store->git_dir;
}

int fmr_store_private_make(const struct fmr_store *store, const char *subdirectory, struct fmr_err *err)
{
	char *path = subdirectory && *subdirectory ? fmr_format("%s/%s", store->private_dir, subdirectory)
						   : fmr_strdup(store->private_dir);
	int result = fmr_directory_make(AT_FDCWD, path, err);
	free(path);
	return result;
}

int fmr_store_create(const char *directory, struct fmr_err *err)
{
	int result = fmr_directory_make(AT_FDCWD, directory, err);
	if (result != 0)
		return result;
	const char *const argv[] = { "git", "init", "--quiet", NULL };
	/* A repository of its own, whatever repository a hook that calls us is about. */
	const char *const environment[] = { "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
		"GIT_COMMON_DIR", "GIT_PREFIX", NULL };
	struct fmr_str errors;
	fmr_str_init(&errors);
	const struct fmr_spawn spawn = { .argv = argv, .directory = directory, .environment = environment,
		.errors = &errors };
	int status = 0;
	result = fmr_spawn_run(&spawn, &status, err);
	if (result == 0 && status != 0) {
		char *what = fmr_format(_("'git init' failed in '%s'"), directory);
		result = fmr_git_failed(&errors, err, what);
		free(what);
	}
	fmr_str_release(&errors);
	return result;
}

/* ---- configuration ---- */

/* The store's configuration, loaded once; of no store, into `own`, which is the caller's to release. */
static int load_config(struct fmr_store *store, struct config *own, const struct config **out, struct fmr_err *err)
{
	struct config *config = store ? &store->config : own;
	*out = config;
	return store ? fmr_config_load(config, store->common_dir, store->git_dir, fmr_store_run_in(store), err)
		     : fmr_config_load(config, NULL, NULL, NULL, err);
}

int fmr_store_each_setting(struct fmr_store *store, fmr_setting_visit *visit, void *context, struct fmr_err *err)
{
	static const char *const names[] = { [CONFIG_SYSTEM] = "system", /* git's word */
		[CONFIG_GLOBAL] = "global", [CONFIG_LOCAL] = "local", [CONFIG_COMMAND] = "command" };
	struct config own = { 0 };
	const struct config *config;
	int result = load_config(store, &own, &config, err);
	for (size_t i = 0; !result && i < config->entries.count; i++) {
		const struct config_entry *entry = &config->entries.items[i];
		visit(context, entry->key, entry->value, names[entry->scope]);
	}
	fmr_config_release(&own);
	return result;
}

char *fmr_store_path(const struct fmr_store *store, const char *path)
{
	const char *home = getenv("HOME");
	if (path[0] == '~' && path[1] == '/' && home)
		return fmr_format("%s%s", home, path + 1);
	return *path == '/' ? fmr_strdup(path) : fmr_format("%s/%s", fmr_store_run_in(store), path);
}

static int config_value(struct fmr_store *store, const char *name, bool trusted, struct fmr_str *out,
	struct fmr_err *err)
{
	struct config own = { 0 };
	const struct config *config;
	int result = load_config(store, &own, &config, err);
	const struct config_entry *entry = result == 0 ? fmr_config_find(config, name, trusted) : NULL;
	if (entry)
		fmr_str_puts(out, entry->value ? entry->value : "true");
	else if (result == 0)
		result = fmr_err_set(err, FMR_ERR_NOT_FOUND, _("'%s' is not set in git's configuration"), name);
	fmr_config_release(&own);
	return result;
}

int fmr_store_git_config(struct fmr_store *store, const char *name, struct fmr_str *out, struct fmr_err *err)
{
	return config_value(store, name, false, out, err);
}

int fmr_store_user_config(struct fmr_store *store, const char *name, struct fmr_str *out, struct fmr_err *err)
{
	return config_value(store, name, true, out, err);
}

/* What makes an author, in git's order: environment, author.*, user.*. */
static const char *identity(struct fmr_store *store, const char *variable, const char *special, const char *usual)
{
	const char *value = getenv(variable);
	if (value && *value)
		return value;
	if (fmr_config_load(&store->config, store->common_dir, store->git_dir, fmr_store_run_in(store), NULL) != 0)
		return NULL;
	const struct config_entry *entry = fmr_config_find(&store->config, special, false);
	if (!entry || !entry->value || !*entry->value)
		entry = fmr_config_find(&store->config, usual, false);
	return entry && entry->value && *entry->value ? entry->value : NULL;
}

const char *fmr_store_user_name(struct fmr_store *store)
{
	return identity(store, "GIT_AUTHOR_NAME", "author.name", "user.name");
}

const char *fmr_store_user_email(struct fmr_store *store)
{
	const char *value = identity(store, "GIT_AUTHOR_EMAIL", "author.email", "user.email");
	return value ? value : getenv("EMAIL");
}
