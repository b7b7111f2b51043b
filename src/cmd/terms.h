/*
 * What `fmrec list` is asked for: types, field:value, words; all must hold.
 * The place where the query language comes in.
 */
#ifndef FMR_CMD_TERMS_H
#define FMR_CMD_TERMS_H

#include "fmrec/record.h"

struct fmr_terms;

/* "TYPE", "type:A,B", "field:value[,value]", or words to be found in any text.  An unknown field is FMR_ERR_INVALID. */
int fmr_terms_parse(struct fmr_book *book, int argc, char **argv, struct fmr_terms **out, struct fmr_err *err);
void fmr_terms_free(struct fmr_terms *terms);

/* The types asked for, NULL-terminated; NULL: all. */
const char *const *fmr_terms_types(const struct fmr_terms *terms);
/* Some type that is asked for must have this field. */
int fmr_terms_check_field(struct fmr_terms *terms, const char *path, struct fmr_err *err);
/* A word that may have been meant as the name of a type, or NULL. */
const char *fmr_terms_nearest_type(const struct fmr_terms *terms);

bool fmr_terms_match(struct fmr_terms *terms, const struct fmr_record *record);

#endif
