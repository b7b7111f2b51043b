/*
 * Values of a record as people call them: choices by their labels, links by the titles of the records they lead to.
 */
#ifndef FMR_CMD_HEADING_H
#define FMR_CMD_HEADING_H

#include "cli/cli.h"

struct fmr_heading_words; /* remembers titles that were looked up */

struct fmr_heading_words *fmr_heading_words_new(struct fmr_cli *cli);
void fmr_heading_words_free(struct fmr_heading_words *words);

/* field may be NULL.  Borrowed from words, or the text itself. */
const char *fmr_heading_word(struct fmr_heading_words *words, const struct fmr_field *field, const char *text);

#endif
