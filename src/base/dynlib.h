/*
 * Libraries that are loaded when they are first needed, because linking them costs milliseconds at every start.
 * Handles are never closed: libraries such as OpenSSL do not survive it.
 */
#ifndef FMR_BASE_DYNLIB_H
#define FMR_BASE_DYNLIB_H

#include "fmrec/error.h"

#include <stddef.h>

/* file: "libfoo.so.1"; searched as the dynamic linker does, never in the current directory. */
int fmr_dynlib_open(const char *file, void **library, struct fmr_err *err);

/* Look up a function and put its address into the function pointer at `pointer`. */
int fmr_dynlib_function(void *library, const char *name, void *pointer, struct fmr_err *err);

#endif
