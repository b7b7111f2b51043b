/*
 * The workflow of a type, for people: in words, or as a picture.
 */
#ifndef FMR_RENDER_WORKFLOW_H
#define FMR_RENDER_WORKFLOW_H

#include "fmrec/record.h"
#include "render/graph.h"

struct fmr_workflow_style {
	enum fmr_language language;
	bool color;   /* text */
	size_t width; /* text: columns; 0: lines are not folded */
};

/* rules: the transitions of the type, as they are in force (a policy may override who signs). */
void fmr_render_workflow(FILE *out, struct fmr_book *book, const struct fmr_type *type,
	const struct fmr_transition_rule *rules, enum fmr_graph_format format, const struct fmr_workflow_style *style);

/* Append the roles that a signature may be given in: "manager, cio". */
void fmr_render_roles(struct fmr_str *out, const struct fmr_slot_rule *slot);
/* The same of all signatures that a transition asks for: "cio + planning + manager". */
void fmr_render_all_roles(struct fmr_str *out, const struct fmr_transition_rule *rule);

#endif
