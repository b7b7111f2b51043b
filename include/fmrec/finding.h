/*
 * Findings: "did the job, found faults".  Data, not text: printed by src/render.
 *
 * Every kind of finding is one row of codes.def: enum, stable code, default
 * severity and the sentence of fmrec-codes(7) come from there.
 */
#ifndef FMREC_FINDING_H
#define FMREC_FINDING_H

#include <stdbool.h>
#include <stddef.h>

enum fmr_code {
#define FMR_CODE(name, code, severity, meaning) FMR_CODE_##name,
#include "codes.def"
#undef FMR_CODE
	FMR_CODE_COUNT
};

enum fmr_severity { FMR_ADVICE, FMR_WARNING, FMR_ERROR };

/* A place in a text: 1-based line, 1-based column in characters (Unicode code
 * points); bytes are offsets into the text.  line 0 means "no position". */
struct fmr_place {
	size_t line, column;
	size_t start, end;
};

/* Strings are NUL-terminated UTF-8, owned by the struct fmr_findings; NULL when not known. */
struct fmr_finding {
	enum fmr_code code;
	enum fmr_severity severity;
	const char *path;           /* file, relative to the repository (or as the user gave it) */
	struct fmr_place value;     /* the offending value */
	struct fmr_place key;       /* its key, line 0 if it has none */
	const char *pointer;        /* JSON pointer of the value in the record */
	const char *missing;        /* name of the field that should stand in the value, or NULL */
	const char *schema_pointer; /* JSON pointer of the rule in the schema, with its file: "incident.yaml#/properties/x" */
	const char *message;        /* one line, lower case, the fault first, in the user's language */
	const char *expected;       /* what would be right, or NULL */
	const char *found;          /* what was there, or NULL (shortened) */
	const char *hint;           /* nearest match or what to do next, or NULL */
	const char *line_text;      /* the source line of value, without line end, or NULL */
};

/* A growing list of findings with its own memory.  Not shared between threads: merge afterwards. */
struct fmr_findings;

/* cap: findings beyond it are counted, not kept; 0 means no cap. */
struct fmr_findings *fmr_findings_new(size_t cap);
void fmr_findings_free(struct fmr_findings *findings);

/* Add a finding of this code; the message is formatted.  Returns the new row to fill in further with
 * strings from fmr_findings_text(), or a scratch row when the cap is reached (never NULL). */
struct fmr_finding *fmr_findings_add(struct fmr_findings *findings, enum fmr_code code, const char *path,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Copy a formatted string into the findings' memory. */
const char *fmr_findings_text(struct fmr_findings *findings, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

size_t fmr_findings_count(const struct fmr_findings *findings);   /* kept */
size_t fmr_findings_dropped(const struct fmr_findings *findings); /* beyond the cap */
size_t fmr_findings_errors(const struct fmr_findings *findings);  /* of severity error, dropped ones too */
const struct fmr_finding *fmr_findings_at(const struct fmr_findings *findings, size_t index);

/* Say better what would be right where that is known: NULL leaves what the finding says. */
void fmr_findings_amend(struct fmr_findings *findings, size_t index, const char *expected, const char *hint);

/* Forget the findings from index `count` on (for rolling back a branch of oneOf). */
void fmr_findings_truncate(struct fmr_findings *findings, size_t count);

/* Copy one finding, of another list, to the end of `to`; returns the copy as fmr_findings_add does. */
struct fmr_finding *fmr_findings_copy(struct fmr_findings *to, const struct fmr_finding *finding);
/* Copy all of `from` to the end of `to`. */
void fmr_findings_merge(struct fmr_findings *to, const struct fmr_findings *from);

/* Append those of `from` that are at least this severe. */
void fmr_findings_merge_severe(struct fmr_findings *to, const struct fmr_findings *from, enum fmr_severity least);

/* Order by path, line, column, code: the same output whatever the threads did. */
void fmr_findings_sort(struct fmr_findings *findings);

const char *fmr_code_name(enum fmr_code code);          /* "value.enum" */
const char *fmr_code_meaning(enum fmr_code code);       /* translated sentence of the manual */
enum fmr_severity fmr_code_severity(enum fmr_code code);
const char *fmr_severity_name(enum fmr_severity severity); /* "error", never translated */

#endif
