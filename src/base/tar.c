#include "base/tar.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK = 512, NAME = 100, PREFIX = 155 };

/* The fields of a ustar header: offset and size of each. */
enum {
	AT_MODE = 100, AT_UID = 108, AT_GID = 116, AT_SIZE = 124, AT_TIME = 136, AT_SUM = 148, AT_KIND = 156,
	AT_MAGIC = 257, AT_PREFIX = 345,
	SMALL = 8, LARGE = 12,
};
enum kind { FILE_KIND = '0', EXTENDED = 'x' };

static void put_octal(char *field, size_t size, uint64_t number)
{
	for (size_t i = size - 1; i-- > 0; number >>= 3)
		field[i] = (char)('0' + (number & 7));
}

/* ustar keeps the end of a long path in one field and its beginning, up to a slash, in another. */
static const char *find_split(const char *path, size_t length)
{
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		const size_t before = (size_t)(slash - path);
		if (before <= PREFIX && length - before - 1 <= NAME)
			return slash;
	}
	return NULL;
}

/* false when the path does not fit: then its end stands there, and an extended header must have gone before. */
static bool put_path(char *block, const char *path)
{
	const size_t length = strlen(path);
	const char *slash = length > NAME ? find_split(path, length) : NULL;
	if (slash) {
		memcpy(block + AT_PREFIX, path, (size_t)(slash - path));
		memcpy(block, slash + 1, length - (size_t)(slash - path) - 1);
		return true;
	}
	const size_t kept = length > NAME ? NAME : length;
	memcpy(block, path + length - kept, kept);
	return kept == length;
}

static void put_header(struct fmr_str *out, const char *path, enum kind kind, size_t length, int64_t time)
{
	char block[BLOCK] = { 0 };
	put_path(block, path);
	put_octal(block + AT_MODE, SMALL, 0644);
	put_octal(block + AT_UID, SMALL, 0);
	put_octal(block + AT_GID, SMALL, 0);
	put_octal(block + AT_SIZE, LARGE, length);
	put_octal(block + AT_TIME, LARGE, time > 0 ? (uint64_t)time : 0);
	block[AT_KIND] = (char)kind;
	memcpy(block + AT_MAGIC, "ustar\0" "00", 8);
	memset(block + AT_SUM, ' ', SMALL);
	unsigned sum = 0;
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)block[i];
	put_octal(block + AT_SUM, SMALL - 1, sum);
	block[AT_SUM + SMALL - 2] = '\0';
	fmr_str_add(out, block, BLOCK);
}

static void put_bytes(struct fmr_str *out, const char *bytes, size_t length)
{
	fmr_str_add(out, bytes, length);
	fmr_str_repeat(out, '\0', (BLOCK - length % BLOCK) % BLOCK);
}

/* "LENGTH path=PATH\n", where LENGTH counts its own digits, too. */
static void put_extended(struct fmr_str *out, const char *path, int64_t time)
{
	const size_t rest = strlen(" path=\n") + strlen(path);
	size_t length = rest + 1;
	char digits[24];
	while (length != rest + (size_t)snprintf(digits, sizeof(digits), "%zu", length))
		length++;
	struct fmr_str record;
	fmr_str_init(&record);
	fmr_str_printf(&record, "%zu path=%s\n", length, path);
	put_header(out, "pax", EXTENDED, record.length, time);
	put_bytes(out, record.bytes, record.length);
	fmr_str_release(&record);
}

void fmr_tar_file(struct fmr_str *out, const char *path, const char *bytes, size_t length, int64_t time)
{
	char scratch[BLOCK] = { 0 };
	if (!put_path(scratch, path))
		put_extended(out, path, time);
	put_header(out, path, FILE_KIND, length, time);
	put_bytes(out, bytes, length);
}

void fmr_tar_end(struct fmr_str *out)
{
	fmr_str_repeat(out, '\0', 2 * (size_t)BLOCK);
}
