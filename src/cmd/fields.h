/*
 * Fields as they are named on the command line, where records are looked through.
 */
#ifndef FMR_CMD_FIELDS_H
#define FMR_CMD_FIELDS_H

#include "fmrec/record.h"

/* The path of the field that was typed: as it is, or of the field at the top that has this label in some language.
 * FMR_ERR_INVALID with the nearest one. */
int fmr_field_choose(const struct fmr_type *type, const char *typed, const char **path, struct fmr_err *err);

/* Is the path of a value that of the field, of something in it, or of something that holds it?  "timeline.text" is
 * meant of every item. */
bool fmr_field_concerns(const char *field, const char *path);

#endif
