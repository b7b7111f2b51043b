#include "base/str.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char empty[1] = ""; /* never written: capacity 0 guards it */

void fmr_str_init(struct fmr_str *str)
{
	*str = (struct fmr_str){ .bytes = empty };
}

void fmr_str_release(struct fmr_str *str)
{
	if (str->capacity)
		free(str->bytes);
	fmr_str_init(str);
}

void fmr_str_clear(struct fmr_str *str)
{
	fmr_str_truncate(str, 0);
}

char *fmr_str_detach(struct fmr_str *str)
{
	char *bytes = str->capacity ? str->bytes : fmr_strdup("");
	fmr_str_init(str);
	return bytes;
}

void fmr_str_reserve(struct fmr_str *str, size_t extra)
{
	if (extra > SIZE_MAX / 4 || str->length > SIZE_MAX / 4)
		(void)fmr_alloc(SIZE_MAX); /* ends in the out-of-memory hook */
	size_t need = str->length + extra + 1;
	if (need <= str->capacity)
		return;
	size_t capacity = str->capacity ? str->capacity * 2 : 64;
	if (capacity < need)
		capacity = need;
	str->bytes = fmr_realloc(str->capacity ? str->bytes : NULL, capacity, 1);
	if (!str->capacity)
		str->bytes[0] = '\0';
	str->capacity = capacity;
}

void fmr_str_add(struct fmr_str *str, const char *bytes, size_t length)
{
	if (!length)
		return;
	fmr_str_reserve(str, length);
	memcpy(str->bytes + str->length, bytes, length);
	str->length += length;
	str->bytes[str->length] = '\0';
}

void fmr_str_puts(struct fmr_str *str, const char *string)
{
	fmr_str_add(str, string, strlen(string));
}

void fmr_str_putc(struct fmr_str *str, char byte)
{
	fmr_str_add(str, &byte, 1);
}

void fmr_str_repeat(struct fmr_str *str, char byte, size_t count)
{
	if (!count)
		return;
	fmr_str_reserve(str, count);
	memset(str->bytes + str->length, byte, count);
	str->length += count;
	str->bytes[str->length] = '\0';
}

void fmr_str_vprintf(struct fmr_str *str, const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, args);
	if (length > 0) {
		fmr_str_reserve(str, (size_t)length);
		vsnprintf(str->bytes + str->length, (size_t)length + 1, format, again);
		str->length += (size_t)length;
	}
	va_end(again);
}

void fmr_str_printf(struct fmr_str *str, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fmr_str_vprintf(str, format, args);
	va_end(args);
}

void fmr_str_truncate(struct fmr_str *str, size_t length)
{
	if (length >= str->length)
		return;
	str->length = length;
	str->bytes[length] = '\0';
}

void fmr_str_splice(struct fmr_str *str, size_t start, size_t removed, const char *bytes, size_t length)
{
	assert(start <= str->length && removed <= str->length - start);
	fmr_str_reserve(str, length);
	memmove(str->bytes + start + length, str->bytes + start + removed, str->length - start - removed);
	if (length)
		memcpy(str->bytes + start, bytes, length);
	str->length = str->length - removed + length;
	str->bytes[str->length] = '\0';
}
