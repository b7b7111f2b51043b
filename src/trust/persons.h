/*
 * The trust policy beside the records: what `fmrec validate` says of it.
 */
#ifndef FMR_TRUST_PERSONS_H
#define FMR_TRUST_PERSONS_H

#include "fmrec/record.h"

/* Check the text of the trust policy in a view, if there is one: its faults are findings. */
int fmr_trust_check_view(struct fmr_view *view, struct fmr_findings *findings, struct fmr_err *err);

/* The same for the view of a book, and where name or department of a person differ from the record of this id. */
int fmr_trust_check_book(struct fmr_book *book, struct fmr_findings *findings, struct fmr_err *err);

#endif
