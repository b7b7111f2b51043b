#include "index/sqlite.h"

#include "base/dynlib.h"

#include <pthread.h>

#ifdef __APPLE__
#define LIBRARY "libsqlite3.dylib"
#else
#define LIBRARY "libsqlite3.so.0"
#endif

struct fmr_sqlite fmr_sqlite;

static pthread_once_t loaded = PTHREAD_ONCE_INIT;
static struct fmr_err sqlite_failure; /* with the library itself, written once */

static void load(void)
{
	void *library;
	int result = fmr_dynlib_open(LIBRARY, &library, &sqlite_failure);
#define SQLITE_LOOK_UP(name)                                                                                           \
	if (result == 0)                                                                                               \
		result = fmr_dynlib_function(library, "sqlite3_" #name, &fmr_sqlite.name, &sqlite_failure);
	SQLITE_FUNCTIONS(SQLITE_LOOK_UP)
#undef SQLITE_LOOK_UP
	if (result == 0)
		fmr_sqlite.config(SQLITE_CONFIG_MEMSTATUS, 0); /* counting would take a lock for each allocation */
}

int fmr_sqlite_load(struct fmr_err *err)
{
	pthread_once(&loaded, load);
	if (sqlite_failure.code && err)
		*err = sqlite_failure;
	return sqlite_failure.code;
}
