/* Whole directories go. */
#include "base/fs.h"

#include "base/i18n.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEEPEST = 64 };

static bool is_itself(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* 0, or an errno.  `directory` is closed. */
static int empty(int directory, int depth)
{
	DIR *stream = fdopendir(directory);
	if (!stream) {
		const int number = errno;
		close(directory);
		return number;
	}
	int number = depth > DEEPEST ? ELOOP : 0;
	for (const struct dirent *entry; !number && (entry = readdir(stream));) {
		if (is_itself(entry->d_name) || unlinkat(directory, entry->d_name, 0) == 0)
			continue;
		if (errno != EISDIR && errno != EPERM) { /* EPERM: what POSIX says of a directory */
			number = errno;
			continue;
		}
		const int inner = openat(directory, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		number = inner < 0 ? errno : empty(inner, depth + 1);
		if (!number && unlinkat(directory, entry->d_name, AT_REMOVEDIR) != 0)
			number = errno;
	}
	closedir(stream);
	return number;
}

int fmr_directory_remove(const char *path, struct fmr_err *err)
{
	const int directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int number = directory < 0 ? errno : empty(directory, 0);
	if (!number && rmdir(path) != 0)
		number = errno;
	return number && number != ENOENT ? fmr_err_system(err, number, _("cannot take the directory '%s' away"), path) : 0;
}
