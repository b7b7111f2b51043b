#define _GNU_SOURCE /* O_PATH, syscall */
#include "base/fs.h"

#include "base/alloc.h"
#include "base/i18n.h"

#include <dirent.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/syscall.h>
#if defined(SYS_openat2) && defined(__has_include)
#if __has_include(<linux/openat2.h>)
#include <linux/openat2.h>
#define HAVE_OPENAT2 1
#endif
#endif
#endif

enum { PIECE = 64 * 1024 };

/* ---- paths ---- */

bool fmr_path_is_inside(const char *path)
{
	const char *part = path;
	for (const char *p = path;; p++) {
		if (*p == '/' || !*p) {
			size_t length = (size_t)(p - part);
			if (length == 0 || (length == 1 && part[0] == '.') ||
				(length == 2 && part[0] == '.' && part[1] == '.'))
				return false;
			if (!*p)
				return true;
			part = p + 1;
		} else if ((unsigned char)*p < 0x20 || *p == 0x7F || *p == '\\') {
			return false;
		}
	}
}

/* The way of systems that cannot do it in one call: one directory after the other. */
static int open_step_by_step(int directory, const char *path, int flags, mode_t mode)
{
	int at = directory;
	for (;;) {
		size_t length = strcspn(path, "/");
		char name[NAME_MAX + 1];
		if (length > NAME_MAX) {
			errno = ENAMETOOLONG;
			break;
		}
		memcpy(name, path, length);
		name[length] = '\0';
		bool last = !path[length];
		int next = last ? openat(at, name, flags, mode)
				: openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (next < 0 && !last && errno == ENOTDIR) { /* a link, or really a file? */
			struct stat st;
			if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
				errno = S_ISLNK(st.st_mode) ? ELOOP : ENOTDIR;
		}
		int number = errno;
		if (at != directory)
			close(at);
		errno = number;
		at = next;
		if (next < 0 || last)
			return next;
		path += length + 1;
	}
	if (at != directory) {
		close(at);
		errno = ENAMETOOLONG;
	}
	return -1;
}

static int open_without_links(int directory, const char *path, int flags, mode_t mode)
{
#ifdef HAVE_OPENAT2
	struct open_how how = { .flags = (uint64_t)(unsigned)flags, .mode = flags & O_CREAT ? mode : 0,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS };
	for (int again = 0; again < 8; again++) {
		long descriptor = syscall(SYS_openat2, directory, path, &how, sizeof(how));
		if (descriptor >= 0)
			return (int)descriptor;
		if (errno == ENOSYS || errno == EPERM || errno == E2BIG) /* old kernel or a strict sandbox */
			break;
		if (errno != EAGAIN && errno != EINTR)
			return -1;
	}
#endif
	return open_step_by_step(directory, path, flags, mode);
}

int fmr_open_inside(int directory, const char *path, int flags, mode_t mode)
{
	if (!fmr_path_is_inside(path)) {
		errno = EINVAL;
		return -1;
	}
	int descriptor = open_without_links(directory, path, flags | O_NOFOLLOW | O_CLOEXEC, mode);
	if (descriptor >= 0 || errno != ENOTDIR || !(flags & O_DIRECTORY))
		return descriptor;
	/* A link where a directory was asked for is reported as such, not as "not a directory". */
	struct stat st;
	bool link = fstatat(directory, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
	errno = link ? ELOOP : ENOTDIR;
	return -1;
}

static int path_error(struct fmr_err *err, int number, const char *path, const char *what)
{
	if (number == ELOOP)
		return fmr_err_set(err, FMR_ERR_UNSUPPORTED, _("'%s' is a symbolic link or lies behind one"), path);
	if (number == EINVAL && !fmr_path_is_inside(path))
		return fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is not a path inside the directory"), path);
	return fmr_err_system(err, number == ENOTDIR ? ENOENT : number, "%s '%s'", what, path);
}

/* ---- reading ---- */

int fmr_file_read_open(int descriptor, const char *name, size_t limit, struct fmr_str *out, struct fmr_err *err)
{
	const size_t before = out->length;
	struct stat st;
	size_t guess = PIECE;
	bool sized = fstat(descriptor, &st) == 0 && S_ISREG(st.st_mode);
	if (sized) {
		if ((uintmax_t)st.st_size > limit)
			goto too_large;
		guess = (size_t)st.st_size + 1;
	}
	for (;;) {
		fmr_str_reserve(out, guess);
		ssize_t got = read(descriptor, out->bytes + out->length, guess);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			int number = errno;
			fmr_str_truncate(out, before);
			return path_error(err, number, name, _("cannot read"));
		}
		out->length += (size_t)got;
		out->bytes[out->length] = '\0';
		if (out->length - before > limit)
			goto too_large;
		/* A read that stops where the size said is the end: saves one call for each of 100,000 files. */
		if (got == 0 || (sized && (size_t)got < guess && out->length - before == (size_t)st.st_size))
			return 0;
		guess = PIECE;
	}
too_large:
	fmr_str_truncate(out, before);
	return fmr_err_set(err, FMR_ERR_LIMIT, _("'%s' is larger than %zu bytes"), name, limit);
}

int fmr_file_read(int directory, const char *path, size_t limit, bool no_follow, struct fmr_str *out,
	struct fmr_err *err)
{
	/* O_NONBLOCK: opening a named pipe must not wait for a writer. */
	const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	int descriptor = no_follow && directory != AT_FDCWD ? fmr_open_inside(directory, path, flags, 0)
							    : openat(directory, path, flags | (no_follow ? O_NOFOLLOW : 0));
	if (descriptor < 0)
		return path_error(err, errno, path, _("cannot open"));
	struct stat st;
	int result;
	if (fstat(descriptor, &st) != 0)
		result = path_error(err, errno, path, _("cannot read"));
	else if (!S_ISREG(st.st_mode))
		result = fmr_err_set(err, FMR_ERR_UNSUPPORTED, _("'%s' is not an ordinary file"), path);
	else
		result = fmr_file_read_open(descriptor, path, limit, out, err);
	close(descriptor);
	return result;
}

/* ---- directories ---- */

static int sync_directory(int directory)
{
	if (fsync(directory) == 0)
		return 0;
	/* Some file systems cannot sync a directory, which is not an error of the write. */
	return errno == EINVAL || errno == ENOTSUP || errno == EROFS ? 0 : -1;
}

/* A name in the directory that differs from `name` only in case goes to `other`. */
static bool has_case_twin(int directory, const char *name, char other[NAME_MAX + 1])
{
	int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = copy < 0 ? NULL : fdopendir(copy);
	if (!stream) {
		if (copy >= 0)
			close(copy);
		return false;
	}
	bool found = false;
	for (const struct dirent *entry; !found && (entry = readdir(stream));) {
		found = strcasecmp(entry->d_name, name) == 0 && strcmp(entry->d_name, name) != 0;
		if (found)
			snprintf(other, NAME_MAX + 1, "%s", entry->d_name);
	}
	closedir(stream);
	return found;
}

static int make_one(int at, const char *name, const char *path, struct fmr_err *err)
{
	char other[NAME_MAX + 1];
	if (has_case_twin(at, name, other))
		return fmr_err_set(err, FMR_ERR_EXISTS, _("'%s' differs from '%s' only in upper and lower case"), path, other);
	if (mkdirat(at, name, 0777) != 0 && errno != EEXIST)
		return path_error(err, errno, path, _("cannot make the directory"));
	if (sync_directory(at) != 0)
		return path_error(err, errno, path, _("cannot write the directory of"));
	return 0;
}

static int make_inside(int directory, const char *path, struct fmr_err *err)
{
	int at = directory, result = 0;
	for (const char *rest = path; result == 0 && *rest;) {
		size_t length = strcspn(rest, "/");
		char name[NAME_MAX + 1];
		if (length > NAME_MAX) {
			result = path_error(err, ENAMETOOLONG, path, _("cannot make the directory"));
			break;
		}
		memcpy(name, rest, length);
		name[length] = '\0';
		int next = fmr_open_inside(at, name, O_RDONLY | O_DIRECTORY, 0);
		for (int again = 0; next < 0 && errno == ENOENT && result == 0 && again < 3; again++) {
			result = make_one(at, name, path, err);
			if (result == 0)
				next = fmr_open_inside(at, name, O_RDONLY | O_DIRECTORY, 0);
		}
		if (next < 0 && result == 0) {
			if (errno == ENOTDIR)
				result = fmr_err_set(err, FMR_ERR_EXISTS, _("'%s' is in the way of the directory '%s'"), name,
					path);
			else
				result = path_error(err, errno, path, _("cannot make the directory"));
		}
		if (at != directory)
			close(at);
		at = next;
		rest += length;
		rest += *rest == '/';
	}
	if (at != directory && at >= 0)
		close(at);
	return result;
}

int fmr_directory_make(int directory, const char *path, struct fmr_err *err)
{
	assert(path);
	if (directory != AT_FDCWD) {
		if (!fmr_path_is_inside(path))
			return path_error(err, EINVAL, path, "");
		return make_inside(directory, path, err);
	}
	char *copy = fmr_strdup(path);
	int result = 0;
	for (char *p = copy + 1; result == 0 && *copy; p++) {
		if (*p && *p != '/')
			continue;
		char end = *p;
		*p = '\0';
		struct stat st;
		if (mkdir(copy, 0777) != 0 && errno != EEXIST && !(stat(copy, &st) == 0 && S_ISDIR(st.st_mode)))
			result = path_error(err, errno, copy, _("cannot make the directory"));
		*p = end;
		if (!end)
			break;
	}
	struct stat st;
	if (result == 0 && (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)))
		result = fmr_err_set(err, FMR_ERR_EXISTS, _("'%s' is in the way of a directory"), path);
	free(copy);
	return result;
}

static void sweep(int descriptor, const char *beginning, const char *kept)
{
	DIR *stream = descriptor < 0 ? NULL : fdopendir(descriptor);
	if (!stream) {
		if (descriptor >= 0)
			close(descriptor);
		return;
	}
	for (const struct dirent *entry; (entry = readdir(stream));)
		if (strncmp(entry->d_name, beginning, strlen(beginning)) == 0 && strcmp(entry->d_name, kept) != 0)
			unlinkat(dirfd(stream), entry->d_name, 0);
	closedir(stream);
}

void fmr_directory_sweep(int directory, const char *path)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	sweep(*path && directory != AT_FDCWD ? fmr_open_inside(directory, path, flags, 0) :
					       openat(directory, *path ? path : ".", flags), FMR_TEMPORARY_PREFIX, "");
}

void fmr_directory_sweep_others(const char *path, const char *beginning, const char *kept)
{
	sweep(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), beginning, kept);
}

/* ---- writing ---- */

/* The directory that holds a path, open, and the last name of the path. */
struct place {
	int parent;
	const char *name;
};

/* How much of `path`, a directory, is there already. */
static size_t existing_part(int directory, const char *path)
{
	char *part = fmr_strdup(path);
	size_t length = strlen(part);
	for (;;) {
		int there = fmr_open_inside(directory, part, O_RDONLY | O_DIRECTORY, 0);
		if (there >= 0) {
			close(there);
			break;
		}
		char *slash = strrchr(part, '/');
		length = slash ? (size_t)(slash - part) : 0;
		part[length] = '\0';
		if (!length)
			break;
	}
	free(part);
	return length;
}

/* kept (may be NULL): how much of path are directories that were there before. */
static int place_open(int directory, const char *path, bool make, struct place *place, size_t *kept,
	struct fmr_err *err)
{
	if (directory != AT_FDCWD && !fmr_path_is_inside(path))
		return path_error(err, EINVAL, path, "");
	const char *slash = strrchr(path, '/');
	place->name = slash ? slash + 1 : path;
	char *above = slash ? fmr_strndup(path, slash == path ? 1 : (size_t)(slash - path)) : NULL;
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	int result = 0;
	if (kept)
		*kept = strlen(path);
	for (int again = 0; again < 3; again++) { /* somebody may take the empty directory away meanwhile */
		place->parent = !above || directory == AT_FDCWD ? openat(directory, above ? above : ".", flags)
								: fmr_open_inside(directory, above, flags, 0);
		if (place->parent >= 0 || (errno != ENOENT && errno != ENOTDIR) || !make)
			break;
		if (again == 0 && kept && directory != AT_FDCWD)
			*kept = existing_part(directory, above);
		result = fmr_directory_make(directory, above, err);
		if (result != 0) {
			fmr_err_context(err, _("cannot write '%s'"), path);
			goto out;
		}
	}
	if (place->parent < 0)
		result = path_error(err, errno, path, make ? _("cannot write") : _("cannot open"));
out:
	free(above);
	return result;
}

static bool holds(int descriptor, const struct fmr_str *expected, bool *failed)
{
	char *piece = fmr_alloc(PIECE);
	size_t at = 0;
	bool same = true;
	for (;;) {
		ssize_t got = read(descriptor, piece, PIECE);
		if (got < 0 && errno == EINTR)
			continue;
		*failed = got < 0;
		if (got <= 0)
			break;
		same = (size_t)got <= expected->length - at && memcmp(piece, expected->bytes + at, (size_t)got) == 0;
		if (!same)
			break;
		at += (size_t)got;
	}
	free(piece);
	return same && !*failed && at == expected->length;
}

/* st: of the file that is there, st_nlink 0 when there is none. */
static int place_expect(const struct place *place, const char *path, const struct fmr_str *expected, struct stat *st,
	struct fmr_err *err)
{
	*st = (struct stat){ 0 };
	int descriptor = openat(place->parent, place->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (descriptor < 0 && errno == ENOENT && !expected)
		return 0;
	if (descriptor < 0 && errno == ENOENT)
		return fmr_err_set(err, FMR_ERR_CHANGED, _("'%s' is no longer there"), path);
	if (descriptor < 0 && errno == ELOOP && !expected)
		return fmr_err_set(err, FMR_ERR_CHANGED, _("'%s' exists already"), path);
	if (descriptor < 0)
		return path_error(err, errno, path, _("cannot open"));
	int result = 0;
	bool failed = false;
	if (fstat(descriptor, st) != 0)
		result = path_error(err, errno, path, _("cannot read"));
	else if (!expected)
		result = fmr_err_set(err, FMR_ERR_CHANGED, _("'%s' exists already"), path);
	else if (!S_ISREG(st->st_mode))
		result = fmr_err_set(err, FMR_ERR_UNSUPPORTED, _("'%s' is not an ordinary file"), path);
	else if (!holds(descriptor, expected, &failed))
		result = failed ? path_error(err, errno, path, _("cannot read"))
				: fmr_err_set(err, FMR_ERR_CHANGED, _("'%s' was changed by somebody else meanwhile"), path);
	close(descriptor);
	return result;
}

int fmr_file_expect(int directory, const char *path, const struct fmr_str *expected, struct fmr_err *err)
{
	struct place place;
	struct fmr_err own = { 0 };
	int result = place_open(directory, path, false, &place, NULL, &own);
	if (result == FMR_ERR_NOT_FOUND)
		return expected ? fmr_err_set(err, FMR_ERR_CHANGED, _("'%s' is no longer there"), path) : 0;
	if (result != 0) {
		if (err)
			*err = own;
		return result;
	}
	struct stat st;
	result = place_expect(&place, path, expected, &st, err);
	close(place.parent);
	return result;
}

int fmr_write_all(int descriptor, const char *bytes, size_t length)
{
	while (length) {
		ssize_t put = write(descriptor, bytes, length);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		bytes += put;
		length -= (size_t)put;
	}
	return 0;
}

/* A name in the directory that nobody uses, by trying: make(2) says EEXIST for those in use. */
static void temporary_name(char name[], unsigned n)
{
	snprintf(name, sizeof(((struct fmr_file_undo *)0)->backup), FMR_TEMPORARY_PREFIX "%ld-%u", (long)getpid(), n);
}

static void take_away(int directory, const char *name, struct fmr_file_undo *undo)
{
	if (unlinkat(directory, name, 0) != 0 && errno != ENOENT)
		undo->litter = true;
}

/* Make a complete file under a temporary name.  exact: give it this mode whatever the umask. */
static int write_temporary(const struct place *place, const struct fmr_file_edit *edit, mode_t mode, bool exact,
	char name[], struct fmr_file_undo *undo, struct fmr_err *err)
{
	int descriptor = -1;
	for (unsigned n = 0; descriptor < 0; n++) {
		temporary_name(name, n);
		descriptor = openat(place->parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
		if (descriptor < 0 && errno != EEXIST) {
			name[0] = '\0';
			return path_error(err, errno, edit->path, _("cannot write"));
		}
	}
	int number = 0;
	if ((exact && fchmod(descriptor, mode) != 0) || fmr_write_all(descriptor, edit->bytes, edit->length) != 0 ||
		(!edit->later && fsync(descriptor) != 0))
		number = errno;
	if (close(descriptor) != 0 && !number)
		number = errno;
	if (!number)
		return 0;
	take_away(place->parent, name, undo);
	name[0] = '\0';
	return path_error(err, number, edit->path, _("cannot write"));
}

/* Give a temporary file its name where there must be no file yet: link(2) does not replace, rename(2) would. */
static int place_new(const struct place *place, const char *temporary, const char *path, struct fmr_file_undo *undo,
	struct fmr_err *err)
{
	if (linkat(place->parent, temporary, place->parent, place->name, 0) == 0) {
		take_away(place->parent, temporary, undo);
		return 0;
	}
	struct stat st;
	if (errno == EEXIST || fstatat(place->parent, place->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return fmr_err_set(err, FMR_ERR_CHANGED, _("'%s' exists already"), path);
	/* no hard links on this file system, or not for us */
	if (renameat(place->parent, temporary, place->parent, place->name) != 0)
		return path_error(err, errno, path, _("cannot write"));
	return 0;
}

static bool link_backup(const struct place *place, int directory, char name[])
{
	for (unsigned n = 0;; n++) {
		temporary_name(name, n);
		if (linkat(place->parent, place->name, directory, name, 0) == 0)
			return true;
		if (errno != EEXIST)
			return false;
	}
}

/* Keep the file that is there under a second name: a link, or a copy where there are no links. */
static int make_backup(const struct place *place, const struct fmr_file_edit *edit, mode_t mode,
	struct fmr_file_undo *undo, struct fmr_err *err)
{
	if (undo->backup_directory >= 0 && link_backup(place, undo->backup_directory, undo->backup))
		return 0;
	undo->backup_directory = -1;
	if (link_backup(place, place->parent, undo->backup))
		return 0;
	const struct fmr_file_edit copy = { .path = edit->path, .bytes = edit->expected->bytes,
		.length = edit->expected->length, .later = edit->later };
	int result = write_temporary(place, &copy, mode, true, undo->backup, undo, err);
	return result;
}

static int backup_at(const struct fmr_file_undo *undo, const struct place *place)
{
	return undo->backup_directory >= 0 ? undo->backup_directory : place->parent;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
		a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Put the temporary file (NULL: nothing) in the place of the old one. */
static int place_over(const struct place *place, const char *temporary, const struct stat *old, const char *path,
	struct fmr_err *err)
{
	struct stat now;
	if (fstatat(place->parent, place->name, &now, AT_SYMLINK_NOFOLLOW) != 0 || !same_file(old, &now))
		return fmr_err_set(err, FMR_ERR_CHANGED, _("'%s' was changed by somebody else meanwhile"), path);
	if (temporary ? renameat(place->parent, temporary, place->parent, place->name) != 0
		      : unlinkat(place->parent, place->name, 0) != 0)
		return path_error(err, errno, path, temporary ? _("cannot write") : _("cannot remove"));
	return 0;
}

/* Take away directories that are empty, from the last part of path up to the first `kept` bytes of it. */
static void remove_empty_directories(int directory, const char *path, size_t kept)
{
	char *above = fmr_strdup(path);
	for (char *slash; (slash = strrchr(above, '/'));) {
		*slash = '\0';
		if (strlen(above) <= kept)
			break;
		char *name = strrchr(above, '/');
		int parent = name ? -1 : dup(directory);
		if (name) {
			*name = '\0';
			parent = fmr_open_inside(directory, above, O_RDONLY | O_DIRECTORY, 0);
			*name = '/';
		}
		if (parent < 0 && errno == ENOENT)
			continue;
		if (parent < 0)
			break;
		bool stays = unlinkat(parent, name ? name + 1 : above, AT_REMOVEDIR) != 0 && errno != ENOENT;
		close(parent);
		if (stays)
			break;
	}
	free(above);
}

static int change_here(const struct place *place, const struct fmr_file_edit *edit, struct fmr_file_undo *undo,
	struct fmr_err *err)
{
	struct stat old;
	char temporary[sizeof(undo->backup)] = "";
	int result = place_expect(place, edit->path, edit->expected, &old, err);
	if (result == 0 && edit->bytes)
		result = write_temporary(place, edit, edit->expected ? old.st_mode & 07777 : edit->mode,
			edit->expected != NULL, temporary, undo, err);
	if (result == 0 && edit->expected)
		result = make_backup(place, edit, old.st_mode & 07777, undo, err);
	if (result == 0)
		result = edit->expected ? place_over(place, edit->bytes ? temporary : NULL, &old, edit->path, err)
					: place_new(place, temporary, edit->path, undo, err);
	if (result == 0)
		return 0;
	if (*temporary)
		take_away(place->parent, temporary, undo);
	if (*undo->backup)
		take_away(backup_at(undo, place), undo->backup, undo);
	return result;
}

int fmr_file_change(int directory, int backup_directory, const struct fmr_file_edit *edit, struct fmr_file_undo *undo,
	struct fmr_err *err)
{
	*undo = (struct fmr_file_undo){ .directory = directory, .backup_directory = backup_directory,
		.existed = edit->expected != NULL };
	if (!edit->bytes && !edit->expected)
		return fmr_err_set(err, FMR_ERR_INVALID, _("'%s' cannot be taken away: it is not there"), edit->path);
	struct place place;
	int result = fmr_file_expect(directory, edit->path, edit->expected, err); /* before directories are made */
	if (result != 0)
		return result;
	result = place_open(directory, edit->path, edit->bytes != NULL, &place, &undo->kept, err);
	if (result == 0) {
		result = change_here(&place, edit, undo, err);
		if (result != 0)
			close(place.parent);
	}
	if (result != 0) {
		if (!edit->expected && directory != AT_FDCWD)
			remove_empty_directories(directory, edit->path, undo->kept);
		return result;
	}
	undo->path = fmr_strdup(edit->path);
	if (!edit->later && sync_directory(place.parent) != 0) {
		/* Nobody knows what a crash would leave now, so go back. */
		result = path_error(err, errno, edit->path, _("cannot write the directory of"));
		(void)fmr_file_undo(undo, NULL);
	}
	close(place.parent);
	return result;
}

static void undo_release(struct fmr_file_undo *undo)
{
	free(undo->path);
	undo->path = NULL;
}

int fmr_file_undo(struct fmr_file_undo *undo, struct fmr_err *err)
{
	if (!undo->path)
		return 0;
	struct place place;
	int result = place_open(undo->directory, undo->path, undo->existed, &place, NULL, err);
	if (result == 0) {
		int failed = undo->existed ? renameat(backup_at(undo, &place), undo->backup, place.parent, place.name)
					   : unlinkat(place.parent, place.name, 0);
		if (failed && (undo->existed || errno != ENOENT)) /* a new file may be gone already, an old one must come back */
			result = path_error(err, errno, undo->path, _("cannot put back"));
		/* rename(2) of two names of one file does nothing */
		if (undo->existed && !failed)
			take_away(backup_at(undo, &place), undo->backup, undo);
		(void)sync_directory(place.parent);
		close(place.parent);
	}
	if (result == 0 && !undo->existed && undo->directory != AT_FDCWD)
		remove_empty_directories(undo->directory, undo->path, undo->kept);
	undo_release(undo);
	return result;
}

void fmr_file_keep(struct fmr_file_undo *undo)
{
	struct place place;
	if (undo->path && undo->existed && place_open(undo->directory, undo->path, false, &place, NULL, NULL) == 0) {
		struct stat st;
		take_away(backup_at(undo, &place), undo->backup, undo);
		bool gone = fstatat(place.parent, place.name, &st, AT_SYMLINK_NOFOLLOW) != 0;
		close(place.parent);
		if (gone && undo->directory != AT_FDCWD)
			remove_empty_directories(undo->directory, undo->path, 0);
	}
	undo_release(undo);
}

int fmr_file_sync_all(int directory, struct fmr_err *err)
{
#ifdef __linux__
	if (syncfs(directory) != 0)
		return fmr_err_system(err, errno, _("cannot write to the disk"));
#else
	(void)directory;
	(void)err;
	sync();
#endif
	return 0;
}

int fmr_file_replace(int directory, const char *path, const struct fmr_str *expected, const char *bytes,
	size_t length, mode_t mode, struct fmr_err *err)
{
	const struct fmr_file_edit edit = { .path = path, .expected = expected, .bytes = bytes ? bytes : "",
		.length = length, .mode = mode };
	struct fmr_file_undo undo;
	int result = fmr_file_change(directory, -1, &edit, &undo, err);
	if (result == 0)
		fmr_file_keep(&undo);
	return result;
}

int fmr_file_remove(int directory, const char *path, const struct fmr_str *expected, struct fmr_err *err)
{
	const struct fmr_file_edit edit = { .path = path, .expected = expected };
	struct fmr_file_undo undo;
	int result = fmr_file_change(directory, -1, &edit, &undo, err);
	if (result == 0)
		fmr_file_keep(&undo);
	return result;
}

/* ---- locks ---- */

static double seconds_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int lock_busy(int descriptor, const char *path, struct fmr_err *err)
{
	char holder[24] = "";
	ssize_t got = pread(descriptor, holder, sizeof(holder) - 1, 0);
	holder[got > 0 ? got : 0] = '\0';
	holder[strspn(holder, "0123456789")] = '\0';
	if (*holder)
		fmr_err_set(err, FMR_ERR_LOCKED, _("process %s holds the lock '%s'"), holder, path);
	else
		fmr_err_set(err, FMR_ERR_LOCKED, _("another process holds the lock '%s'"), path);
	fmr_err_hint(err, _("try again when it has finished"));
	return FMR_ERR_LOCKED;
}

int fmr_lock_take(const char *path, int timeout_seconds, int *descriptor, struct fmr_err *err)
{
	int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (lock < 0)
		return path_error(err, errno, path, _("cannot open the lock"));
	const double end = seconds_now() + timeout_seconds;
	for (long pause = 1000000; flock(lock, LOCK_EX | LOCK_NB) != 0;) {
		int result = 0;
		if (errno != EWOULDBLOCK && errno != EINTR)
			result = path_error(err, errno, path, _("cannot take the lock"));
		else if (seconds_now() >= end)
			result = lock_busy(lock, path, err);
		if (result != 0) {
			close(lock);
			return result;
		}
		nanosleep(&(struct timespec){ .tv_nsec = pause }, NULL);
		if (pause < 16000000)
			pause *= 2;
	}
	/* Who holds it, for the message of those who wait; nothing depends on it. */
	char holder[24];
	int length = snprintf(holder, sizeof(holder), "%ld\n", (long)getpid());
	if (ftruncate(lock, 0) == 0 && pwrite(lock, holder, (size_t)length, 0) < 0)
		errno = 0;
	*descriptor = lock;
	return 0;
}
