#include "index/private.h"

#include "base/fs.h"
#include "index/pages.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PENDING = 1 << 20 };

void fmr_contents_init(struct contents *contents)
{
	*contents = (struct contents){ .file = -1 };
	fmr_str_init(&contents->memory);
}

void fmr_contents_release(struct contents *contents)
{
	if (contents->file >= 0)
		close(contents->file);
	fmr_str_release(&contents->memory);
	contents->file = -1;
}

bool fmr_contents_open(struct contents *contents, const char *directory, uint64_t seed, bool make)
{
	struct stat st;
	char *path = fmr_format("%s/contents-%016llx", directory, (unsigned long long)seed);
	if (contents->file >= 0)
		close(contents->file);
	contents->file = open(path, O_RDWR | (make ? O_CREAT | O_TRUNC : 0) | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (contents->file < 0 && !make)
		contents->file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	free(path);
	contents->seed = seed;
	contents->writable = make;
	if (contents->file < 0 || fstat(contents->file, &st) != 0)
		return false;
	contents->base = (uint64_t)st.st_size;
	return true;
}

bool fmr_contents_adopt(struct contents *contents, const char *directory)
{
	enum { PIECE = 1 << 20 };
	struct contents own;
	fmr_contents_init(&own);
	char *piece = fmr_alloc(PIECE);
	bool good = fmr_contents_open(&own, directory, contents->seed, true);
	uint64_t at = 0;
	for (ssize_t got = 1; good && got > 0 && at < contents->base; at += (uint64_t)got) {
		got = pread(contents->file, piece, PIECE, (off_t)at);
		good = got > 0 && fmr_write_all(own.file, piece, (size_t)got) == 0;
	}
	free(piece);
	if (!good) {
		fmr_contents_release(&own);
		return false;
	}
	own.base = at;
	fmr_contents_release(contents);
	*contents = own;
	return true;
}

bool fmr_contents_flush(struct contents *contents)
{
	const char *at = contents->memory.bytes;
	size_t left = contents->memory.length;
	while (left) {
		ssize_t put = pwrite(contents->file, at, left, (off_t)(contents->base + (uint64_t)(at - contents->memory.bytes)));
		if (put <= 0) {
			contents->writable = false;
			return false;
		}
		at += put;
		left -= (size_t)put;
	}
	contents->base += contents->memory.length;
	fmr_str_clear(&contents->memory);
	return true;
}

uint64_t fmr_contents_add(struct contents *contents, const char *bytes, size_t length)
{
	if (contents->writable && contents->memory.length > PENDING)
		fmr_contents_flush(contents);
	uint64_t offset = fmr_contents_size(contents);
	fmr_str_add(&contents->memory, bytes, length);
	return offset;
}

uint64_t fmr_contents_size(const struct contents *contents)
{
	return contents->base + contents->memory.length;
}

bool fmr_contents_get(const struct contents *contents, uint64_t offset, size_t length, char *to)
{
	if (offset >= contents->base) {
		if (offset + length > fmr_contents_size(contents))
			return false;
		memcpy(to, contents->memory.bytes + (offset - contents->base), length);
		return true;
	}
	if (offset + length > contents->base)
		return false;
	while (length) {
		ssize_t got = pread(contents->file, to, length, (off_t)offset);
		if (got <= 0)
			return false;
		to += got;
		offset += (uint64_t)got;
		length -= (size_t)got;
	}
	return true;
}
