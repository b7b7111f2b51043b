#include "base/input.h"

#include "base/i18n.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 1 << 16 };

static int read_all(int descriptor, const char *path, size_t limit, struct fmr_str *out, struct fmr_err *err)
{
	size_t start = out->length;
	for (;;) {
		fmr_str_reserve(out, PIECE);
		ssize_t got = read(descriptor, out->bytes + out->length, PIECE);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fmr_err_system(err, errno, _("cannot read '%s'"), path);
		if (got == 0)
			return 0;
		out->length += (size_t)got;
		out->bytes[out->length] = '\0';
		if (out->length - start > limit)
			return fmr_err_set(err, FMR_ERR_LIMIT, _("'%s' is larger than %zu bytes"), path, limit);
	}
}

int fmr_input_read(const char *path, size_t limit, struct fmr_str *out, struct fmr_err *err)
{
	if (strcmp(path, "-") == 0)
		return read_all(STDIN_FILENO, _("standard input"), limit, out, err);
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (descriptor < 0)
		return fmr_err_system(err, errno, _("cannot open '%s'"), path);
	struct stat status;
	int result;
	if (fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode))
		result = fmr_err_set(err, FMR_ERR_UNSUPPORTED, _("'%s' is a directory"), path);
	else
		result = read_all(descriptor, path, limit, out, err);
	close(descriptor);
	return result;
}
