/*
 * Makes one system call of a program fail (LD_PRELOAD):
 *
 *	LD_PRELOAD=build/tests/inject.so FMREC_FAIL=write:3 program
 *	FMREC_FAIL=CALL:N[:ERROR]    the N-th CALL fails with ERROR: ENOSPC, EIO, EACCES, EMFILE, EAGAIN, ENOMEM
 *	FMREC_FAIL_FIRED=FILE        a file that is made when the fault has happened
 *	FMREC_FAIL_CHILDREN=1        programs that it starts are treated alike (each counts for itself)
 *	FMREC_FAIL_IN=NAME           only programs of this name, be they started by others
 *	FMREC_FAIL_COUNT=FILE        count the calls of all processes together, in the first bytes of this file
 *
 * CALL: malloc (and its kin), open, read, write (half of the bytes are written first), fsync, rename, link, mkdir,
 * unlink, spawn (and fork), close, lock.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static char call[16];  /* which call is to fail */
static long countdown; /* 0: none any more */
static int error;
static char fired[4096];
static long *together; /* calls of all processes so far; or NULL */

static const struct {
	const char *name;
	int number;
} errors[] = { { "ENOSPC", ENOSPC }, { "EIO", EIO }, { "EACCES", EACCES }, { "EMFILE", EMFILE }, { "EAGAIN", EAGAIN },
	{ "ENOMEM", ENOMEM }, { "EROFS", EROFS } };

static void share(const char *path)
{
	long file = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (file < 0 || ftruncate((int)file, sizeof(*together)) != 0)
		return;
	void *memory = mmap(NULL, sizeof(*together), PROT_READ | PROT_WRITE, MAP_SHARED, (int)file, 0);
	syscall(SYS_close, file);
	together = memory == MAP_FAILED ? NULL : memory;
}

__attribute__((constructor)) static void begin(void)
{
	const char *wanted = getenv("FMREC_FAIL"), *mark = getenv("FMREC_FAIL_FIRED"), *in = getenv("FMREC_FAIL_IN");
	if (!wanted || (in && strcmp(in, program_invocation_short_name) != 0))
		return;
	if (getenv("FMREC_FAIL_COUNT"))
		share(getenv("FMREC_FAIL_COUNT"));
	size_t length = strcspn(wanted, ":");
	if (length >= sizeof(call) || !wanted[length])
		return;
	memcpy(call, wanted, length);
	char *rest;
	long count = strtol(wanted + length + 1, &rest, 10);
	bool disk = strcmp(call, "write") == 0 || strcmp(call, "open") == 0 || strcmp(call, "rename") == 0 ||
		strcmp(call, "link") == 0 || strcmp(call, "mkdir") == 0;
	error = strcmp(call, "spawn") == 0 ? EAGAIN : strcmp(call, "malloc") == 0 ? ENOMEM : disk ? ENOSPC : EIO;
	for (size_t i = 0; *rest == ':' && i < sizeof(errors) / sizeof(*errors); i++)
		if (strcmp(rest + 1, errors[i].name) == 0)
			error = errors[i].number;
	if (mark && strlen(mark) < sizeof(fired))
		memcpy(fired, mark, strlen(mark) + 1);
	if (!in && !getenv("FMREC_FAIL_CHILDREN")) {
		unsetenv("LD_PRELOAD");
		unsetenv("FMREC_FAIL");
	}
	countdown = count; /* from here on */
}

static bool fails(const char *name)
{
	if (strcmp(name, call) != 0)
		return false;
	if (together && __atomic_add_fetch(together, 1, __ATOMIC_RELAXED) != countdown)
		return false;
	if (!together && (__atomic_load_n(&countdown, __ATOMIC_RELAXED) <= 0 ||
		__atomic_sub_fetch(&countdown, 1, __ATOMIC_RELAXED) != 0))
		return false;
	if (*fired) {
		long mark = syscall(SYS_openat, AT_FDCWD, fired, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
		if (mark >= 0)
			syscall(SYS_close, mark);
	}
	errno = error;
	return true;
}

#define REAL(result, name, ...)                                                                                        \
	static result (*real)(__VA_ARGS__);                                                                            \
	if (!real) {                                                                                                   \
		void *address = dlsym(RTLD_NEXT, name);                                                                \
		memcpy(&real, &address, sizeof(real));                                                                 \
	}

/* ---- memory: dlsym may allocate, so libc's other names are used ---- */

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);

void *malloc(size_t size)
{
	return fails("malloc") ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails("malloc") ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
	return fails("malloc") ? NULL : __libc_realloc(memory, size);
}

/* ---- files ---- */

#define MODE_OF(flags)                                                                                                 \
	mode_t mode = 0;                                                                                               \
	if ((flags) & (O_CREAT | O_TMPFILE)) {                                                                         \
		va_list args;                                                                                          \
		va_start(args, flags);                                                                                 \
		mode = va_arg(args, mode_t);                                                                           \
		va_end(args);                                                                                          \
	}

int open(const char *path, int flags, ...)
{
	MODE_OF(flags)
	REAL(int, "open", const char *, int, ...)
	return fails("open") ? -1 : real(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	MODE_OF(flags)
	REAL(int, "open64", const char *, int, ...)
	return fails("open") ? -1 : real(path, flags, mode);
}

int openat(int directory, const char *path, int flags, ...)
{
	MODE_OF(flags)
	REAL(int, "openat", int, const char *, int, ...)
	return fails("open") ? -1 : real(directory, path, flags, mode);
}

int openat64(int directory, const char *path, int flags, ...)
{
	MODE_OF(flags)
	REAL(int, "openat64", int, const char *, int, ...)
	return fails("open") ? -1 : real(directory, path, flags, mode);
}

long syscall(long number, ...)
{
	va_list args;
	va_start(args, number);
	long a[6];
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	REAL(long, "syscall", long, ...)
#ifdef SYS_openat2
	if (number == SYS_openat2 && fails("open"))
		return -1;
#endif
	return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int close(int descriptor)
{
	REAL(int, "close", int)
	int result = real(descriptor);
	return fails("close") ? -1 : result;
}

ssize_t read(int descriptor, void *bytes, size_t length)
{
	REAL(ssize_t, "read", int, void *, size_t)
	return fails("read") ? -1 : real(descriptor, bytes, length);
}

ssize_t write(int descriptor, const void *bytes, size_t length)
{
	REAL(ssize_t, "write", int, const void *, size_t)
	if (!fails("write"))
		return real(descriptor, bytes, length);
	if (length > 1)
		(void)!real(descriptor, bytes, length / 2);
	errno = error;
	return -1;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t offset)
{
	REAL(ssize_t, "pwrite", int, const void *, size_t, off_t)
	return fails("write") ? -1 : real(descriptor, bytes, length, offset);
}

int fsync(int descriptor)
{
	REAL(int, "fsync", int)
	return fails("fsync") ? -1 : real(descriptor);
}

int syncfs(int descriptor)
{
	REAL(int, "syncfs", int)
	return fails("fsync") ? -1 : real(descriptor);
}

int rename(const char *from, const char *to)
{
	REAL(int, "rename", const char *, const char *)
	return fails("rename") ? -1 : real(from, to);
}

int renameat(int from_directory, const char *from, int to_directory, const char *to)
{
	REAL(int, "renameat", int, const char *, int, const char *)
	return fails("rename") ? -1 : real(from_directory, from, to_directory, to);
}

int linkat(int from_directory, const char *from, int to_directory, const char *to, int flags)
{
	REAL(int, "linkat", int, const char *, int, const char *, int)
	return fails("link") ? -1 : real(from_directory, from, to_directory, to, flags);
}

int unlink(const char *path)
{
	REAL(int, "unlink", const char *)
	return fails("unlink") ? -1 : real(path);
}

int unlinkat(int directory, const char *path, int flags)
{
	REAL(int, "unlinkat", int, const char *, int)
	return fails("unlink") ? -1 : real(directory, path, flags);
}

int mkdir(const char *path, mode_t mode)
{
	REAL(int, "mkdir", const char *, mode_t)
	return fails("mkdir") ? -1 : real(path, mode);
}

int mkdirat(int directory, const char *path, mode_t mode)
{
	REAL(int, "mkdirat", int, const char *, mode_t)
	return fails("mkdir") ? -1 : real(directory, path, mode);
}

int flock(int descriptor, int operation)
{
	REAL(int, "flock", int, int)
	return fails("lock") ? -1 : real(descriptor, operation);
}

/* ---- processes ---- */

pid_t fork(void)
{
	REAL(pid_t, "fork", void)
	return fails("spawn") ? -1 : real();
}

int posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
	const posix_spawnattr_t *attributes, char *const argv[], char *const environment[])
{
	REAL(int, "posix_spawnp", pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *,
		char *const[], char *const[])
	return fails("spawn") ? error : real(pid, file, actions, attributes, argv, environment);
}
