#include "base/input.h"

#include "base/fs.h"
#include "base/i18n.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int fmr_input_read(const char *path, size_t limit, struct fmr_str *out, struct fmr_err *err)
{
	if (strcmp(path, "-") == 0)
		return fmr_file_read_open(STDIN_FILENO, _("standard input"), limit, out, err);
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (descriptor < 0)
		return fmr_err_system(err, errno, _("cannot open '%s'"), path);
	struct stat status;
	int result;
	if (fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode))
		result = fmr_err_set(err, FMR_ERR_UNSUPPORTED, _("'%s' is a directory"), path);
	else
		result = fmr_file_read_open(descriptor, path, limit, out, err);
	close(descriptor);
	return result;
}
