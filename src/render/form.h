/*
 * The printed form of a record, as plain text that a line printer takes.
 */
#ifndef FMR_RENDER_FORM_H
#define FMR_RENDER_FORM_H

#include "fmrec/record.h"

#include <stdio.h>

/* A verified signature that stands in the boxes of the fields that it fills; texts may be NULL. */
struct fmr_form_signature {
	const char *transition; /* fills the fields that are `signed-by` it ... */
	const char *meaning;    /* ... and `signed-as` this, or anything */
	const char *name, *department, *role, *date, *contact;
	const char *note;       /* a line below: on whose behalf */
};

struct fmr_form {
	struct fmr_book *book;
	enum fmr_language language;
	const struct fmr_type *type;
	const struct fmr_record *record; /* NULL: a blank form */
	const struct fmr_form_signature *signatures;
	size_t signature_count;
};

/*
 * Print the form: the title of the type, its blocks in order, each field in a
 * box with its label, choices as boxes to tick, the id on every page.  What a
 * person signs is filled from signatures only, never from the text of the
 * record (F-40 to F-58).  80 columns and 64 lines a page; pages are parted by
 * a form feed.
 */
void fmr_render_form(FILE *out, const struct fmr_form *form);

#endif
