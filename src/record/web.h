/*
 * Links of many records together: those that are suspect, and those that run
 * in circles.
 */
#ifndef FMR_RECORD_WEB_H
#define FMR_RECORD_WEB_H

#include "record/private.h"

struct fmr_web;

struct fmr_web *fmr_web_new(struct fmr_book *book);
void fmr_web_free(struct fmr_web *web);

/* Add a record, about which findings are wanted.  May be called from several threads. */
void fmr_web_add(struct fmr_web *web, const struct fmr_type *type, const char *path, const char *id,
	const struct fmr_value *root);

/*
 * Judge the links of the records that were added.  complete: these are all records of the view; otherwise the ones
 * they lead to are read as far as they matter.  suspects false: look for circles only.  Fails when one that is there
 * cannot be read; what is wrong in it is for others to say.
 */
int fmr_web_judge(struct fmr_web *web, bool complete, bool suspects, struct fmr_err *err);

/* Findings of the records that were added: ref.cycle and ref.suspect.  text: of the one record that was added, when it
 * is not (yet) in the view; or NULL. */
void fmr_web_report(struct fmr_web *web, const struct fmr_source *text, struct fmr_findings *findings);

/* The suspect links among them. */
int fmr_web_suspects(const struct fmr_web *web, fmr_suspect_visit *visit, void *context);

#endif
