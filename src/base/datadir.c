#include "fmrec/fmrec.h"

#include "base/alloc.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

const char *fmr_version(void)
{
	return FMR_VERSION;
}

static char *running_program(void)
{
	char path[PATH_MAX];
#ifdef __APPLE__
	uint32_t size = sizeof(path);
	return _NSGetExecutablePath(path, &size) == 0 ? realpath(path, NULL) : NULL;
#else
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	return length > 0 ? fmr_strndup(path, (size_t)length) : NULL;
#endif
}

/* `directory` if it holds the schema pack, else NULL and it is freed. */
static char *if_it_is(char *directory)
{
	char *pack = fmr_format("%s/schema", directory);
	bool there = access(pack, R_OK | X_OK) == 0;
	free(pack);
	if (there)
		return directory;
	free(directory);
	return NULL;
}

/* PREFIX/bin/fmrec has PREFIX/share/fmrec; TOP/build/..., where `make` leaves programs, has TOP. */
static char *beside_the_program(void)
{
	char *program = running_program();
	char *found = NULL;
	char *slash = program ? strrchr(program, '/') : NULL;
	if (slash) {
		*slash = '\0';
		char *above = strrchr(program, '/');
		if (above && strcmp(above, "/bin") == 0)
			found = if_it_is(fmr_format("%.*s/share/fmrec", (int)(above - program), program));
		for (char *part = above; !found && part && part > program;) {
			if (strncmp(part, "/build", 6) == 0 && (part[6] == '/' || !part[6])) {
				found = if_it_is(fmr_strndup(program, (size_t)(part - program)));
				break;
			}
			*part = '\0';
			part = strrchr(program, '/');
		}
	}
	free(program);
	return found;
}

/* Written once, by find(). */
static const char *data_dir;
static pthread_once_t found_once = PTHREAD_ONCE_INIT;

static void find(void)
{
	const char *wanted = getenv("FMREC_DATA_DIR");
	data_dir = wanted && *wanted ? fmr_strdup(wanted) : beside_the_program();
	if (!data_dir)
		data_dir = FMR_DATA_DIR;
}

const char *fmr_data_dir(void)
{
	pthread_once(&found_once, find);
	return data_dir;
}
