/*
 * A growing byte string.  Always NUL-terminated, may hold NULs.  What functions append to one of yours is yours:
 *
 *	struct fmr_str text;
 *	fmr_str_init(&text);
 *	int code = fmr_view_read(view, path, limit, &text, &err);
 *	...
 *	fmr_str_release(&text);
 */
#ifndef FMREC_STR_H
#define FMREC_STR_H

#include <stdarg.h>
#include <stddef.h>

struct fmr_str {
	char *bytes;     /* never NULL after init */
	size_t length;   /* without the closing NUL */
	size_t capacity; /* 0: bytes points to a static empty string */
};

void fmr_str_init(struct fmr_str *str);
void fmr_str_release(struct fmr_str *str);
void fmr_str_clear(struct fmr_str *str); /* empty, memory kept */
char *fmr_str_detach(struct fmr_str *str); /* yours to free(); str is empty again */

void fmr_str_reserve(struct fmr_str *str, size_t extra);
void fmr_str_add(struct fmr_str *str, const char *bytes, size_t length);
void fmr_str_puts(struct fmr_str *str, const char *string);
void fmr_str_putc(struct fmr_str *str, char byte);
void fmr_str_repeat(struct fmr_str *str, char byte, size_t count);
void fmr_str_printf(struct fmr_str *str, const char *format, ...) __attribute__((format(printf, 2, 3)));
void fmr_str_vprintf(struct fmr_str *str, const char *format, va_list args);
void fmr_str_truncate(struct fmr_str *str, size_t length);
/* Replace `removed` bytes from `start` on. */
void fmr_str_splice(struct fmr_str *str, size_t start, size_t removed, const char *bytes, size_t length);

#endif
