/*
 * Two versions of a record made into one, by field, from what both started
 * from.
 */
#ifndef FMR_RECORD_MERGE_H
#define FMR_RECORD_MERGE_H

#include "base/lines.h"
#include "fmrec/record.h"

enum fmr_merge_favor { FMR_FAVOR_NONE, FMR_FAVOR_OURS, FMR_FAVOR_THEIRS };

/* Whose value a field in conflict gets; NONE: it stays in conflict.  path: items of a list by what names them, else by
 * their position.  The values are those of base, ours and theirs; NULL: absent.  They are borrowed. */
typedef enum fmr_merge_favor fmr_merge_settle(void *context, const char *path, const struct fmr_value *const values[3]);

struct fmr_merge_options {
	const struct fmr_type *type; /* says which items of lists are the same; NULL: their values alone say it, or: */
	const char *const *keys;     /* with no type: members that name the items of a list, the first one that all have; NULL-
	                                terminated.  Lists of scalars are sets then. */
	fmr_merge_settle *settle;    /* asked for each field in conflict; NULL: nobody is */
	void *context;
	struct fmr_markers markers;
	enum fmr_merge_favor favor;  /* whose value a field in conflict gets, without markers */
};

struct fmr_merge_result {
	size_t conflicts;      /* marked in the text */
	bool by_lines;         /* a side is no record, or nothing else could be done: merged like any text */
	struct fmr_str fields; /* paths of the fields in conflict, joined by ", "; init and release are yours */
};

/*
 * Put the merged text into out.
 *
 * - A field that only one side changed is as that side has it, to the byte.  What both changed: maps are merged by
 *   field, lists by item, texts of several lines by line, anything else is in conflict unless both are equal.
 * - Items of a list are known again by their value, by the link or file they stand for, or by being alike.  Lists
 *   whose items have a time that the type orders stay in that order.  Items that both sides add at one place come in
 *   an order that does not depend on which side is ours.
 * - Comments, order of fields, quoting, indentation and line ends are those of the sides; what has to be written anew
 *   is written into ours as fmr_yaml_edit does.
 * - base may be empty: both sides made the record.
 */
void fmr_merge_texts(const struct fmr_merge_options *options, struct fmr_text base, struct fmr_text ours,
	struct fmr_text theirs, struct fmr_str *out, struct fmr_merge_result *result);

#endif
