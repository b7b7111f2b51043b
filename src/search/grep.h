/*
 * The lines of records that match a pattern.
 */
#ifndef FMR_SEARCH_GREP_H
#define FMR_SEARCH_GREP_H

#include "base/arena.h"
#include "search/pattern.h"
#include "search/scan.h"

struct fmr_grep_options {
	const struct fmr_pattern *pattern;
	bool invert;                /* lines that do not match */
	bool all;                   /* only records in which each of the patterns is found */
	bool none;                  /* tell also of records in which there is nothing */
	bool count;                 /* how many lines; else only whether there are any */
	bool lines;                 /* the lines themselves; implies count */
	bool spans;                 /* ... with all that matches in them */
	bool places;                /* ... with the fields they belong to */
	bool heading;               /* what the record is called */
	size_t most;                /* lines of a record; 0: all of them */
	size_t before, after;       /* lines around them */
	const char *const *fields;  /* paths as of fmr_where_each, NULL-terminated: only their values; NULL: the whole text */
};

struct fmr_grep_line {
	size_t number;                /* from 1 */
	const char *bytes;            /* as they are in the file */
	size_t length;
	bool match;                   /* else it stands around one */
	const char *field;            /* its path, ""; NULL unless asked for */
	const struct fmr_span *spans; /* in bytes */
	size_t span_count;
};

struct fmr_grep_column {
	const struct fmr_field *field;
	const char *text;             /* code, id, or as it is written */
};

/* What was found in one record. */
struct fmr_grep_found {
	const char *id, *path;
	const struct fmr_type *type;  /* or NULL */
	size_t count;                 /* lines that match */
	size_t hard;                  /* lines given up, for the pattern needs too many steps there */
	const struct fmr_grep_line *lines;
	size_t line_count;
	const char *title;            /* with heading: what the record is called, or "" */
	const struct fmr_grep_column *columns; /* ... and the texts of type->columns, but of id and title */
	size_t column_count;
	struct fmr_arena arena;
};
void fmr_grep_found_free(struct fmr_grep_found *found);

/* One for each thread; the options must outlive it. */
struct fmr_grep;
struct fmr_grep *fmr_grep_new(const struct fmr_grep_options *options);
void fmr_grep_free(struct fmr_grep *grep);

/* Could there be something to tell of a text?  Quick, and right when it says no. */
bool fmr_grep_may_find(const struct fmr_grep_options *options, const char *bytes, size_t length);

/* Search one text; NULL when there is nothing to tell. */
struct fmr_grep_found *fmr_grep_text(struct fmr_grep *grep, const struct fmr_scan_text *text);

#endif
