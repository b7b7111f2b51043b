/*
 * What an audit found, for people, for programs, and as a page to keep.
 */
#ifndef FMR_RENDER_AUDIT_H
#define FMR_RENDER_AUDIT_H

#include "fmrec/audit.h"

#include <stdio.h>

enum fmr_audit_format { FMR_AUDIT_TEXT, FMR_AUDIT_JSON, FMR_AUDIT_HTML };
/* "text" "json" "html", NULL: for struct fmr_command */
extern const char *const fmr_audit_formats[];
enum fmr_audit_format fmr_audit_format_parse(const char *name);

struct fmr_audit_style {
	bool strict;             /* as the verdict was asked for */
	bool color;
	size_t width;            /* columns of the terminal; 0: nothing is cut */
	bool records;            /* text: the table of records, too */
	const char *const *ids;  /* only these records and their findings, NULL-terminated; or NULL: all */
	const char *language;    /* of a page: "en", "ja" */
	const char *program;     /* version, for the page */
	const char *zone;        /* of times in text and page */
};

/* schema/output/audit.json is the contract of JSON. */
void fmr_render_audit(FILE *out, struct fmr_audit *audit, enum fmr_audit_format format,
	const struct fmr_audit_style *style);

/* The one line of the verdict, without a line end, for whoever needs no more. */
void fmr_render_audit_verdict(struct fmr_str *out, const struct fmr_audit *audit, bool strict, const char *zone);

#endif
