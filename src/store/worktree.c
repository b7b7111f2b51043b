/* The work tree as a view: directories by descriptor, links never followed. */
#define _GNU_SOURCE /* O_PATH */
#include "store/repo.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/fs.h"
#include "base/i18n.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef O_PATH
#define O_PATH (O_RDONLY | O_NONBLOCK)
#endif

enum { MODE_FILE = 0100644, MODE_PROGRAM = 0100755, MODE_LINK = 0120000, MODE_DIRECTORY = 0040000,
	MODE_OTHER = 0 };

/* One name of a directory; a directory's name ends in "/", so that plain byte order is the order of paths. */
struct name {
	const char *text;
	unsigned mode;
};

struct walk {
	struct fmr_view *view;
	fmr_view_visit *visit;
	void *context;
	struct fmr_err *err;
	struct fmr_str path;
	unsigned depth;
};

static unsigned mode_of(const struct fmr_store *store, mode_t mode)
{
	if (S_ISREG(mode))
		return store->executable_matters && mode & S_IXUSR ? MODE_PROGRAM : MODE_FILE;
	if (S_ISLNK(mode))
		return MODE_LINK;
	return S_ISDIR(mode) ? MODE_DIRECTORY : MODE_OTHER;
}

static unsigned mode_of_name(const struct dirent *entry, int directory)
{
	switch (entry->d_type) {
	case DT_REG:
		return MODE_FILE;
	case DT_LNK:
		return MODE_LINK;
	case DT_DIR:
		return MODE_DIRECTORY;
	case DT_UNKNOWN: {
		struct stat st;
		if (fstatat(directory, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			return MODE_OTHER;
		return S_ISREG(st.st_mode) ? MODE_FILE : S_ISLNK(st.st_mode) ? MODE_LINK
			: S_ISDIR(st.st_mode)                                ? MODE_DIRECTORY
										     : MODE_OTHER;
	}
	default:
		return MODE_OTHER;
	}
}

static bool is_left_out(const char *name)
{
	return name[0] == '.' &&
		(!name[1] || (name[1] == '.' && !name[2]) || strcasecmp(name, ".git") == 0 ||
			strncmp(name, FMR_TEMPORARY_PREFIX, sizeof(FMR_TEMPORARY_PREFIX) - 1) == 0);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->text, ((const struct name *)b)->text);
}

struct names {
	FMR_VEC(struct name) list;
	struct fmr_arena arena;
};

static int read_names(struct names *names, DIR *stream)
{
	errno = 0;
	for (const struct dirent *entry; (entry = readdir(stream));) {
		if (is_left_out(entry->d_name))
			continue;
		unsigned mode = mode_of_name(entry, dirfd(stream));
		size_t length = strlen(entry->d_name);
		char *text = fmr_arena_alloc(&names->arena, length + 2);
		memcpy(text, entry->d_name, length);
		if (mode == MODE_DIRECTORY)
			text[length++] = '/';
		text[length] = '\0';
		FMR_VEC_PUSH(&names->list, ((struct name){ text, mode }));
		errno = 0;
	}
	int number = errno;
	if (names->list.count)
		qsort(names->list.items, names->list.count, sizeof(struct name), by_text);
	return number;
}

static int walk_directory(struct walk *walk, int descriptor);

static int walk_into(struct walk *walk, int parent, const char *name)
{
	if (walk->depth >= TREE_DEPTH)
		return fmr_err_set(walk->err, FMR_ERR_LIMIT, _("'%s' is nested too deeply"), walk->path.bytes);
	char *bare = fmr_strndup(name, strlen(name) - 1);
	int next = openat(parent, bare, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	free(bare);
	if (next < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
		return 0; /* gone or replaced since the directory was read */
	if (next < 0)
		return fmr_err_system(walk->err, errno, _("cannot open the directory '%s'"), walk->path.bytes);
	walk->depth++;
	int result = walk_directory(walk, next);
	walk->depth--;
	return result;
}

/* Takes over the descriptor. */
static int walk_directory(struct walk *walk, int descriptor)
{
	DIR *stream = fdopendir(descriptor);
	if (!stream) {
		int number = errno;
		close(descriptor);
		return fmr_err_system(walk->err, number, _("cannot read the directory '%s'"), walk->path.bytes);
	}
	struct names names = { 0 };
	fmr_arena_init(&names.arena);
	const size_t length = walk->path.length;
	int result = 0;
	int number = read_names(&names, stream);
	if (number)
		result = fmr_err_system(walk->err, number, _("cannot read the directory '%s'"), walk->path.bytes);
	for (size_t i = 0; result == 0 && i < names.list.count; i++) {
		const struct name *name = &names.list.items[i];
		fmr_str_puts(&walk->path, name->text);
		if (name->mode == MODE_DIRECTORY) {
			result = walk_into(walk, dirfd(stream), name->text);
		} else {
			const struct fmr_entry entry = { .path = walk->path.bytes, .mode = name->mode };
			result = walk->visit(walk->context, &entry);
		}
		fmr_str_truncate(&walk->path, length);
	}
	fmr_arena_release(&names.arena);
	FMR_VEC_RELEASE(&names.list);
	closedir(stream);
	return result;
}

static int link_error(struct fmr_err *err, const char *path)
{
	return fmr_err_set(err, FMR_ERR_UNSUPPORTED, _("'%s' is a symbolic link or lies behind one"), path);
}

static int work_tree_each(struct fmr_view *view, const char *under, fmr_view_visit *visit, void *context,
	struct fmr_err *err)
{
	struct walk walk = { .view = view, .visit = visit, .context = context, .err = err };
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	int descriptor = *under ? fmr_open_inside(view->store->top, under, flags, 0) : openat(view->store->top, ".", flags);
	if (descriptor < 0) {
		if (errno == ELOOP)
			return link_error(err, under);
		if (errno == ENOENT || errno == ENOTDIR)
			return 0;
		return fmr_err_system(err, errno, _("cannot open the directory '%s'"), under);
	}
	fmr_str_init(&walk.path);
	fmr_str_puts(&walk.path, under);
	if (*under)
		fmr_str_putc(&walk.path, '/');
	int result = walk_directory(&walk, descriptor);
	fmr_str_release(&walk.path);
	return result;
}

static int open_error(struct fmr_err *err, int number, const char *path)
{
	if (number == ELOOP)
		return link_error(err, path);
	return fmr_err_system(err, number == ENOTDIR ? ENOENT : number, _("cannot open '%s'"), path);
}

static int work_tree_entry(struct fmr_view *view, const char *path, struct fmr_entry *entry, struct fmr_err *err)
{
	int file = fmr_open_inside(view->store->top, path, O_PATH, 0);
	if (file < 0)
		return open_error(err, errno, path);
	struct stat st;
	int result = 0;
	if (fstat(file, &st) != 0)
		result = open_error(err, errno, path);
	close(file);
	if (result == 0) {
		entry->mode = mode_of(view->store, st.st_mode);
		entry->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	}
	return result;
}

static int work_tree_read(struct fmr_view *view, const char *path, size_t limit, struct fmr_str *out,
	struct fmr_entry *entry, struct fmr_err *err)
{
	int file = fmr_open_inside(view->store->top, path, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0);
	if (file < 0)
		return open_error(err, errno, path);
	struct stat st;
	int result;
	if (fstat(file, &st) != 0)
		result = open_error(err, errno, path);
	else if (!S_ISREG(st.st_mode))
		result = fmr_err_set(err, FMR_ERR_UNSUPPORTED, _("'%s' is not an ordinary file"), path);
	else
		result = fmr_file_read_open(file, path, limit, out, err);
	close(file);
	if (result == 0 && entry) {
		entry->mode = mode_of(view->store, st.st_mode);
		entry->size = (uint64_t)st.st_size;
	}
	return result;
}

static const struct view_kind work_tree_kind = {
	.kind = FMR_VIEW_WORK_TREE,
	.each = work_tree_each,
	.entry = work_tree_entry,
	.read = work_tree_read,
};

int fmr_view_open_work_tree(struct fmr_view *view, struct fmr_err *err)
{
	if (!view->store->work_tree)
		return fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is a bare repository: it has no work tree"),
			view->store->git_dir);
	view->way = &work_tree_kind;
	view->name = fmr_strdup("work tree");
	return 0;
}
