/*
 * Memory: allocation that cannot fail from the caller's view.  Out of memory
 * ends the program through one hook (the default prints a line and aborts).
 */
#ifndef FMR_BASE_ALLOC_H
#define FMR_BASE_ALLOC_H

#include <stddef.h>

void *fmr_alloc(size_t size);                                  /* never NULL; free() it */
void *fmr_alloc_zero(size_t count, size_t size);               /* checked for overflow */
void *fmr_realloc(void *memory, size_t count, size_t size);    /* checked for overflow */
char *fmr_strdup(const char *string);
char *fmr_strndup(const char *string, size_t length);          /* copies exactly length bytes, adds NUL */
char *fmr_format(const char *format, ...) __attribute__((format(printf, 1, 2))); /* free() it */

/* The one hook: called when memory is out, must not return.  Set once, by main. */
extern void (*fmr_out_of_memory)(void);

#endif
