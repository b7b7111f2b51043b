#include "base/alloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void out_of_memory(void)
{
	abort();
}

void (*fmr_out_of_memory)(void) = out_of_memory;

static void *checked(void *memory)
{
	if (!memory) {
		fmr_out_of_memory();
		abort();
	}
	return memory;
}

void *fmr_alloc(size_t size)
{
	return checked(malloc(size ? size : 1));
}

void *fmr_alloc_zero(size_t count, size_t size)
{
	return checked(calloc(count ? count : 1, size ? size : 1));
}

void *fmr_realloc(void *memory, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		return checked(NULL);
	size_t bytes = count * size;
	return checked(realloc(memory, bytes ? bytes : 1));
}

char *fmr_strdup(const char *string)
{
	return fmr_strndup(string, strlen(string));
}

char *fmr_strndup(const char *string, size_t length)
{
	char *copy = fmr_alloc(length + 1);
	memcpy(copy, string, length);
	copy[length] = '\0';
	return copy;
}

char *fmr_format(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	va_list again;
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length < 0)
		length = 0;
	char *text = fmr_alloc((size_t)length + 1);
	text[0] = '\0';
	vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return text;
}
