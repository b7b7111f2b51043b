/* File after file: a directory of the work tree stays open as long as the next file lies in it. */
#include "store/repo.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fmr_reader {
	struct fmr_view *view;
	int descriptor; /* of the directory; -1: none */
	struct fmr_str directory;
};

struct fmr_reader *fmr_reader_new(struct fmr_view *view)
{
	struct fmr_reader *reader = fmr_alloc(sizeof(*reader));
	*reader = (struct fmr_reader){ .view = view, .descriptor = -1 };
	fmr_str_init(&reader->directory);
	return reader;
}

static void leave(struct fmr_reader *reader)
{
	if (reader->descriptor >= 0)
		close(reader->descriptor);
	reader->descriptor = -1;
	fmr_str_clear(&reader->directory);
}

void fmr_reader_free(struct fmr_reader *reader)
{
	if (!reader)
		return;
	leave(reader);
	fmr_str_release(&reader->directory);
	free(reader);
}

static bool enter(struct fmr_reader *reader, const char *path, size_t length)
{
	const struct fmr_str *directory = &reader->directory;
	if (reader->descriptor >= 0 && directory->length == length && memcmp(directory->bytes, path, length) == 0)
		return true;
	leave(reader);
	fmr_str_add(&reader->directory, path, length);
	reader->descriptor = fmr_open_inside(reader->view->store->top, directory->bytes, O_RDONLY | O_DIRECTORY, 0);
	return reader->descriptor >= 0;
}

int fmr_reader_read(struct fmr_reader *reader, const char *path, size_t limit, struct fmr_str *out, struct fmr_err *err)
{
	const char *name = strrchr(path, '/');
	const bool near = name && fmr_view_kind(reader->view) == FMR_VIEW_WORK_TREE && fmr_path_is_inside(path) &&
		enter(reader, path, (size_t)(name - path));
	if (near && fmr_file_read(reader->descriptor, name + 1, limit, true, out, NULL) == 0)
		return 0;
	return fmr_view_read(reader->view, path, limit, out, err); /* which knows what to say of the whole path */
}
