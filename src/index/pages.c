#include "index/pages.h"

#include "base/alloc.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE = 4096, RUN = 64, THREADS = 8 };

static const char magic[16] = "fmrec pages 1\n";

struct footer { /* the last bytes of the file; sizes and order as this machine has them */
	char magic[16];
	uint64_t seed, count, sum; /* sum: of the sums */
};

struct pages {
	sqlite3_vfs vfs;
	const sqlite3_vfs *system;
	char name[32];
	int file;
	ino_t inode;
	uint64_t size;
	struct footer footer;
	uint64_t *sums;
};

struct page_file {
	sqlite3_file base;
	struct pages *pages;
};

uint64_t fmr_sum(const char *bytes, size_t length, uint64_t seed)
{
	static const uint64_t prime = 0x9E3779B97F4A7C15u;
	uint64_t a = seed ^ length * prime, b = ~seed, piece[2];
	for (; length >= 16; bytes += 16, length -= 16) { /* two lanes: the multiplications overlap */
		memcpy(piece, bytes, 16);
		a = (a ^ piece[0]) * prime;
		b = (b ^ piece[1]) * prime;
		a ^= a >> 29;
		b ^= b >> 31;
	}
	piece[0] = piece[1] = 0;
	memcpy(piece, bytes, length);
	a = (a ^ piece[0]) * prime;
	b = (b ^ piece[1] ^ a >> 32) * prime;
	return a ^ b ^ b >> 29;
}

static bool read_at(int file, void *to, size_t length, uint64_t offset)
{
	for (char *at = to; length;) {
		ssize_t got = pread(file, at, length, (off_t)offset);
		if (got <= 0)
			return false;
		at += got;
		offset += (uint64_t)got;
		length -= (size_t)got;
	}
	return true;
}

static bool read_pages(const struct pages *pages, char *to, size_t first, size_t count)
{
	if (first + count > pages->footer.count || !read_at(pages->file, to, count * PAGE, (uint64_t)first * PAGE))
		return false;
	for (size_t i = 0; i < count; i++)
		if (fmr_sum(to + i * PAGE, PAGE, pages->footer.seed + first + i) != pages->sums[first + i])
			return false;
	return true;
}

/* ---- opening ---- */

static bool read_sums(struct pages *pages)
{
	struct stat st;
	struct footer *footer = &pages->footer;
	if (fstat(pages->file, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < (off_t)sizeof(*footer))
		return false;
	pages->inode = st.st_ino;
	pages->size = (uint64_t)st.st_size;
	if (!read_at(pages->file, footer, sizeof(*footer), pages->size - sizeof(*footer)) ||
		memcmp(footer->magic, magic, sizeof(magic)) != 0 || footer->count > pages->size / PAGE ||
		footer->count * (PAGE + sizeof(uint64_t)) + sizeof(*footer) != pages->size)
		return false;
	pages->sums = fmr_alloc_zero(footer->count, sizeof(uint64_t));
	return read_at(pages->file, pages->sums, footer->count * sizeof(uint64_t), footer->count * PAGE) &&
		fmr_sum((const char *)pages->sums, footer->count * sizeof(uint64_t), footer->seed) == footer->sum;
}

struct pages *fmr_pages_open(const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (file < 0)
		return NULL;
	struct pages *pages = fmr_alloc_zero(1, sizeof(*pages));
	pages->file = file;
	if (read_sums(pages))
		return pages;
	fmr_pages_close(pages);
	return NULL;
}

void fmr_pages_close(struct pages *pages)
{
	if (!pages)
		return;
	if (pages->system)
		fmr_sqlite.vfs_unregister(&pages->vfs);
	close(pages->file);
	free(pages->sums);
	free(pages);
}

ino_t fmr_pages_inode(const struct pages *pages)
{
	return pages->inode;
}

uint64_t fmr_pages_seed(const struct pages *pages)
{
	return pages->footer.seed;
}

uint64_t fmr_pages_size(const struct pages *pages)
{
	return pages->size;
}

/* ---- all pages at once ---- */

struct verification {
	const struct pages *pages;
	atomic_size_t next;
	atomic_bool damaged;
};

static void *verify_runs(void *context)
{
	struct verification *verification = context;
	const size_t count = verification->pages->footer.count;
	char *buffer = fmr_alloc((size_t)RUN * PAGE);
	size_t first;
	while (!atomic_load(&verification->damaged) && (first = atomic_fetch_add(&verification->next, RUN)) < count)
		if (!read_pages(verification->pages, buffer, first, count - first < RUN ? count - first : RUN))
			atomic_store(&verification->damaged, true);
	free(buffer);
	return NULL;
}

bool fmr_pages_verify(struct pages *pages, int threads)
{
	struct verification verification = { .pages = pages };
	pthread_t others[THREADS];
	int started = 0, useful = (int)(pages->footer.count / (4 * RUN));
	while (started < threads - 1 && started < useful && started < THREADS &&
		pthread_create(&others[started], NULL, verify_runs, &verification) == 0)
		started++;
	verify_runs(&verification);
	while (started)
		pthread_join(others[--started], NULL);
	return !atomic_load(&verification.damaged);
}

/* ---- the VFS ---- */

static int file_close(sqlite3_file *file)
{
	(void)file;
	return SQLITE_OK;
}

static int file_read(sqlite3_file *base, void *to, int length, sqlite3_int64 offset)
{
	const struct pages *pages = ((struct page_file *)base)->pages;
	char page[PAGE];
	if (length == PAGE && offset % PAGE == 0)
		return read_pages(pages, to, (size_t)(offset / PAGE), 1) ? SQLITE_OK : SQLITE_CORRUPT;
	if (offset % PAGE + length > PAGE || !read_pages(pages, page, (size_t)(offset / PAGE), 1))
		return SQLITE_CORRUPT;
	memcpy(to, page + offset % PAGE, (size_t)length);
	return SQLITE_OK;
}

static int file_write(sqlite3_file *file, const void *from, int length, sqlite3_int64 offset)
{
	(void)file, (void)from, (void)length, (void)offset;
	return SQLITE_READONLY;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	(void)file, (void)size;
	return SQLITE_READONLY;
}

static int file_nothing(sqlite3_file *file, int flags)
{
	(void)file, (void)flags;
	return SQLITE_OK;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size)
{
	*size = (sqlite3_int64)((struct page_file *)base)->pages->footer.count * PAGE;
	return SQLITE_OK;
}

static int file_reserved(sqlite3_file *file, int *reserved)
{
	(void)file;
	*reserved = 0;
	return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int what, void *argument)
{
	(void)file, (void)what, (void)argument;
	return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *file)
{
	(void)file;
	return PAGE;
}

static int file_characteristics(sqlite3_file *file)
{
	(void)file;
	return SQLITE_IOCAP_IMMUTABLE; /* no locks, no journal */
}

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out_flags)
{
	static const sqlite3_io_methods methods = {
		.iVersion = 1,
		.xClose = file_close, .xRead = file_read, .xWrite = file_write, .xTruncate = file_truncate,
		.xSync = file_nothing, .xFileSize = file_size, .xLock = file_nothing, .xUnlock = file_nothing,
		.xCheckReservedLock = file_reserved, .xFileControl = file_control, .xSectorSize = file_sector,
		.xDeviceCharacteristics = file_characteristics,
	};
	(void)name;
	struct page_file *file = (struct page_file *)base;
	base->pMethods = NULL;
	if (!(flags & SQLITE_OPEN_MAIN_DB))
		return SQLITE_CANTOPEN;
	file->base.pMethods = &methods;
	file->pages = vfs->pAppData;
	if (out_flags)
		*out_flags = SQLITE_OPEN_READONLY;
	return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs, (void)name, (void)sync;
	return SQLITE_READONLY;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *result)
{
	(void)vfs, (void)name, (void)flags;
	*result = 0;
	return SQLITE_OK;
}

static int vfs_full_name(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
	(void)vfs;
	snprintf(out, (size_t)size, "%s", name);
	return SQLITE_OK;
}

int fmr_pages_database(struct pages *pages, sqlite3 **db)
{
	pages->system = fmr_sqlite.vfs_find(NULL);
	if (!pages->system)
		return SQLITE_ERROR;
	snprintf(pages->name, sizeof(pages->name), "fmrec-%p", (void *)pages);
	pages->vfs = *pages->system; /* clock and chance are the system's */
	pages->vfs.iVersion = 1;
	pages->vfs.szOsFile = sizeof(struct page_file);
	pages->vfs.pNext = NULL;
	pages->vfs.zName = pages->name;
	pages->vfs.pAppData = pages;
	pages->vfs.xOpen = vfs_open;
	pages->vfs.xDelete = vfs_delete;
	pages->vfs.xAccess = vfs_access;
	pages->vfs.xFullPathname = vfs_full_name;
	int code = fmr_sqlite.vfs_register(&pages->vfs, 0);
	return code ? code : fmr_sqlite.open_v2("index", db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, pages->name);
}

/* ---- copying and sealing ---- */

static bool write_at(int file, const void *from, size_t length, uint64_t offset)
{
	for (const char *at = from; length;) {
		ssize_t put = pwrite(file, at, length, (off_t)offset);
		if (put <= 0)
			return false;
		at += put;
		offset += (uint64_t)put;
		length -= (size_t)put;
	}
	return true;
}

static bool copy_pages(const struct pages *pages, int file)
{
	char *buffer = fmr_alloc((size_t)RUN * PAGE);
	bool good = true;
	for (size_t first = 0; good && first < pages->footer.count; first += RUN) {
		size_t count = pages->footer.count - first < RUN ? pages->footer.count - first : RUN;
		good = read_pages(pages, buffer, first, count) && write_at(file, buffer, count * PAGE, (uint64_t)first * PAGE);
	}
	free(buffer);
	return good;
}

bool fmr_pages_copy(const struct pages *pages, const char *path)
{
	int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (file < 0)
		return false;
	bool good = copy_pages(pages, file);
	good = close(file) == 0 && good;
	if (!good)
		unlink(path);
	return good;
}

static bool seal(int file, struct footer *footer, uint64_t *sums)
{
	char *buffer = fmr_alloc((size_t)RUN * PAGE);
	bool good = true;
	for (size_t first = 0; good && first < footer->count; first += RUN) {
		size_t count = footer->count - first < RUN ? footer->count - first : RUN;
		good = read_at(file, buffer, count * PAGE, (uint64_t)first * PAGE);
		for (size_t i = 0; good && i < count; i++)
			sums[first + i] = fmr_sum(buffer + i * PAGE, PAGE, footer->seed + first + i);
	}
	free(buffer);
	const uint64_t end = footer->count * PAGE;
	footer->sum = fmr_sum((const char *)sums, footer->count * sizeof(*sums), footer->seed);
	return good && write_at(file, sums, footer->count * sizeof(*sums), end) &&
		write_at(file, footer, sizeof(*footer), end + footer->count * sizeof(*sums));
}

bool fmr_pages_seal(const char *path, uint64_t seed)
{
	struct stat st;
	int file = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (file < 0)
		return false;
	bool good = fstat(file, &st) == 0 && st.st_size % PAGE == 0;
	if (good) {
		struct footer footer = { .seed = seed, .count = (uint64_t)st.st_size / PAGE };
		memcpy(footer.magic, magic, sizeof(magic));
		uint64_t *sums = fmr_alloc_zero(footer.count, sizeof(*sums));
		good = seal(file, &footer, sums);
		free(sums);
	}
	close(file);
	return good;
}
