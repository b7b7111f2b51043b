#include "fmrec/error.h"

#include "base/i18n.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Drop a character that the end of the buffer cut in two. */
static void mend_end(char *text, size_t size)
{
	size_t length = strlen(text);
	if (length + 1 < size)
		return;
	size_t start = length;
	while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
		start--;
	if (start > 0 && (unsigned char)text[start - 1] >= 0xC0)
		text[start - 1] = '\0';
}

static void format_lines(char *text, size_t size, const char *format, va_list args)
{
	vsnprintf(text, size, format, args);
	mend_end(text, size);
}

static void format_line(char *text, size_t size, const char *format, va_list args)
{
	format_lines(text, size, format, args);
	for (char *p = text; *p; p++)
		if (*p == '\n' || *p == '\r')
			*p = ' ';
}

int fmr_err_set(struct fmr_err *err, enum fmr_error code, const char *format, ...)
{
	if (!err)
		return code;
	va_list args;
	va_start(args, format);
	format_line(err->text, sizeof(err->text), format, args);
	va_end(args);
	err->code = code;
	err->hint[0] = '\0';
	return code;
}

/* The reasons that users meet, so that they can be translated; strerror() knows only the languages installed. */
static const char *known_reason(int number)
{
	static const struct {
		int number;
		const char *text;
	} reasons[] = {
		{ ENOENT, N_("No such file or directory") },
		{ EACCES, N_("Permission denied") },
		{ EPERM, N_("Operation not permitted") },
		{ EEXIST, N_("File exists") },
		{ ENOTDIR, N_("Not a directory") },
		{ EISDIR, N_("Is a directory") },
		{ ENOSPC, N_("No space left on device") },
		{ EROFS, N_("Read-only file system") },
		{ EIO, N_("Input/output error") },
		{ EMFILE, N_("Too many open files") },
		{ ENAMETOOLONG, N_("File name too long") },
		{ ELOOP, N_("Too many levels of symbolic links") },
		{ ENOTEMPTY, N_("Directory not empty") },
		{ EFBIG, N_("File too large") },
		{ EPIPE, N_("Broken pipe") },
	};
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (reasons[i].number == number)
			return _(reasons[i].text);
	return NULL;
}

int fmr_err_system(struct fmr_err *err, int number, const char *format, ...)
{
	enum fmr_error code = number == ENOENT ? FMR_ERR_NOT_FOUND : FMR_ERR_IO;
	if (!err)
		return code;
	char what[sizeof(err->text)];
	va_list args;
	va_start(args, format);
	format_line(what, sizeof(what), format, args);
	va_end(args);
	char reason[256] = "";
	const char *known = known_reason(number);
	if (!known && strerror_r(number, reason, sizeof(reason)) != 0)
		snprintf(reason, sizeof(reason), "error %d", number);
	return fmr_err_set(err, code, "%s: %s", what, known ? known : reason);
}

void fmr_err_context(struct fmr_err *err, const char *format, ...)
{
	if (!err)
		return;
	char context[sizeof(err->text)];
	va_list args;
	va_start(args, format);
	format_line(context, sizeof(context), format, args);
	va_end(args);
	const size_t size = sizeof(err->text);
	size_t length = strlen(context);
	if (length > size - 3)
		length = size - 3;
	memmove(err->text + length + 2, err->text, size - length - 2);
	memcpy(err->text, context, length);
	memcpy(err->text + length, ": ", 2);
	err->text[size - 1] = '\0';
	mend_end(err->text, sizeof(err->text));
}

void fmr_err_hint(struct fmr_err *err, const char *format, ...)
{
	if (!err)
		return;
	va_list args;
	va_start(args, format);
	format_lines(err->hint, sizeof(err->hint), format, args);
	va_end(args);
}
