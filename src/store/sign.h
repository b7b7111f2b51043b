/*
 * What signs, for git commit as well.
 */
#ifndef FMR_STORE_SIGN_H
#define FMR_STORE_SIGN_H

#include "store/repo.h"

/* Append the key as the configuration names it: a path or the public key itself.  FMR_ERR_NOT_FOUND with a hint. */
int fmr_signing_key_name(struct fmr_store *store, struct fmr_str *out, struct fmr_err *err);
/* Append the program that signs: never one that only the repository names. */
void fmr_signing_program(struct fmr_store *store, struct fmr_str *out);

#endif
