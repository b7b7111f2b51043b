/*
 * One check of one value: what check.c walks with and report.c makes findings from.
 */
#ifndef FMR_SCHEMA_CHECK_H
#define FMR_SCHEMA_CHECK_H

#include "schema/schema.h"

#include <stdint.h>

struct fmr_spot { /* where in the value we are; a chain on the stack */
	const struct fmr_spot *up;
	const struct fmr_value *value;
	const struct fmr_member *member; /* the value is this member's, or NULL */
	size_t index;                    /* ... or this item of a list */
	unsigned depth;
	bool is_name;                    /* the value is the name of member */
};

enum fmr_check_mode {
	FMR_CHECK_QUIET,   /* fits or not: stop at the first fault */
	FMR_CHECK_MEASURE, /* how far from fitting: add up all faults */
	FMR_CHECK_LOUD,    /* make findings of all faults */
};

struct fmr_scope { /* resources entered, for $dynamicRef */
	const struct fmr_scope *up;
	const struct fmr_resource *resource;
};

struct fmr_checker {
	const struct fmr_schema *schema;
	const struct fmr_source *source;
	struct fmr_findings *findings;
	enum fmr_check_mode mode;
	const struct fmr_scope *scope;
	unsigned depth;
	uint64_t steps, step_limit;
	bool reporting;       /* second pass: findings are wanted */
	bool stopped;         /* a limit was hit: unwind, the answer is no */
	bool gave_up;         /* a pattern took too long somewhere */
	/* MEASURE */
	unsigned long score;
	unsigned base_depth, shallowest;
	/* places */
	size_t cursor, line;  /* the line that byte cursor is on */
	size_t first_finding; /* findings before are not ours */
};

/* Does the value fit?  No findings, whatever the mode was before. */
bool fmr_check_quietly(struct fmr_checker *checker, const struct fmr_node *node, const struct fmr_spot *spot);
/* In the current mode. */
bool fmr_check_again(struct fmr_checker *checker, const struct fmr_node *node, const struct fmr_spot *spot);
/* How far from fitting; *shallowest: depth of the fault nearest to the root. */
unsigned long fmr_check_measure(struct fmr_checker *checker, const struct fmr_node *node, const struct fmr_spot *spot,
	unsigned *shallowest);

/* ---- report.c: each does nothing when quiet, counts when measuring ---- */

void fmr_report_type(struct fmr_checker *checker, const struct fmr_node *node, const struct fmr_spot *spot);
void fmr_report_values(struct fmr_checker *checker, const struct fmr_node *node, const struct fmr_spot *spot);
void fmr_report_range(struct fmr_checker *checker, const struct fmr_node *node, const struct fmr_spot *spot,
	const char *keyword, struct fmr_text limit);
void fmr_report_multiple(struct fmr_checker *checker, const struct fmr_node *node, const struct fmr_spot *spot);
void fmr_report_length(struct fmr_checker *checker, const struct fmr_node *node, const struct fmr_spot *spot, bool longer);
void fmr_report_pattern(struct fmr_checker *checker, const struct fmr_node *node, const struct fmr_spot *spot);
void fmr_report_format(struct fmr_checker *checker, const struct fmr_node *node, const struct fmr_spot *spot);
void fmr_report_items(struct fmr_checker *checker, const struct fmr_node *node, const struct fmr_spot *spot, bool more);
void fmr_report_extra_item(struct fmr_checker *checker, const struct fmr_node *node, const struct fmr_spot *item,
	const char *keyword);
void fmr_report_twins(struct fmr_checker *checker, const struct fmr_node *node, const struct fmr_spot *spot,
	size_t first, size_t second);
void fmr_report_contains(struct fmr_checker *checker, const struct fmr_node *node, const struct fmr_spot *spot,
	size_t count);
void fmr_report_properties(struct fmr_checker *checker, const struct fmr_node *node, const struct fmr_spot *spot, bool more);
void fmr_report_required(struct fmr_checker *checker, const struct fmr_node *node, const struct fmr_spot *spot,
	const char *keyword, struct fmr_text name, const struct fmr_text *because);
void fmr_report_unknown(struct fmr_checker *checker, const struct fmr_node *node, const struct fmr_spot *field,
	const char *keyword);
void fmr_report_forbidden(struct fmr_checker *checker, const struct fmr_node *node, const struct fmr_spot *spot);
void fmr_report_name(struct fmr_checker *checker, const struct fmr_node *node, const struct fmr_spot *name);
void fmr_report_not(struct fmr_checker *checker, const struct fmr_node *node, const struct fmr_spot *spot);
void fmr_report_any(struct fmr_checker *checker, const struct fmr_node *node, const struct fmr_spot *spot);
void fmr_report_one(struct fmr_checker *checker, const struct fmr_node *node, const struct fmr_spot *spot, size_t fitting);

/* These two are always said. */
void fmr_report_pattern_limit(struct fmr_checker *checker, const struct fmr_node *node, const struct fmr_spot *spot,
	struct fmr_text pattern);
void fmr_report_limit(struct fmr_checker *checker, const struct fmr_node *node, const struct fmr_spot *spot);

/* ---- describe.c ---- */

/* Append what a node asks for, in a few words: "a date such as 2026-11-21, or 'unknown'". */
void fmr_describe_node(struct fmr_str *out, const struct fmr_node *node, unsigned depth);
/* Append the fields that a mapping must have, and their values where only some fit: "role: secretariat". */
void fmr_describe_marks(struct fmr_str *out, const struct fmr_node *node);
/* Append a value in a few words: "'S7'", "3.5", "a list of 3 items". */
void fmr_describe_value(struct fmr_str *out, const struct fmr_value *value);
/* Append the allowed values of an enum, shortened when they are many. */
void fmr_describe_allowed(struct fmr_str *out, const struct fmr_value *list);
/* "a date such as 2026-11-21"; NULL for an unknown format */
const char *fmr_describe_format(const char *format);

/* Fields that the node, or what applies beside it, knows; strings of enum and const that it allows. */
struct fmr_candidates {
	const char **items;
	size_t count, capacity;
};
void fmr_candidates_fields(struct fmr_candidates *out, const struct fmr_node *node, unsigned depth);
void fmr_candidates_values(struct fmr_candidates *out, const struct fmr_node *node, unsigned depth);
/* Is there a rule for a field of this name, in the node or in what applies beside it? */
bool fmr_node_declares(const struct fmr_node *node, struct fmr_text name, unsigned depth);

#endif
