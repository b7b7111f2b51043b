/*
 * Where in a record a byte of its text lies.
 */
#ifndef FMR_SEARCH_WHERE_H
#define FMR_SEARCH_WHERE_H

#include "base/str.h"
#include "fmrec/value.h"

/* Append the path of the field that byte `at` of text belongs to ("timeline.2.text"), by its key, its value or what
 * follows on its last line; nothing for what belongs to none: comments between fields. */
void fmr_where_is(const struct fmr_value *root, const char *text, size_t length, size_t at, struct fmr_str *out);

/* Visit the values of a field in the order of the text.  path: "impact.users"; the items of lists are passed through
 * with or without "[]", or by their position.  A map or list stands for all that is in it. */
typedef void fmr_where_visit(void *context, const struct fmr_value *value);
void fmr_where_each(const struct fmr_value *root, const char *path, fmr_where_visit *visit, void *context);

#endif
