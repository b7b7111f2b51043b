/*
 * The records that a record rests on and those that follow from it, as far as links lead.
 */
#ifndef FMR_CMD_TRACE_GRAPH_H
#define FMR_CMD_TRACE_GRAPH_H

#include "fmrec/record.h"
#include "render/graph.h"

struct fmr_index;

struct fmr_trace_options {
	bool before, after;       /* sides of the record to follow */
	long depth;               /* links from the record; 0: any number */
	long limit;               /* records; 0: any number */
	const char *const *only;  /* types, NULL-terminated; NULL: all */
	const char *const *skip;  /* types, NULL-terminated, or NULL */
	enum fmr_language language;
};

struct fmr_trace;
/* From the record of this id.  What is asked of the graph lives as long as the trace. */
int fmr_trace_new(struct fmr_book *book, struct fmr_index *index, const char *id,
	const struct fmr_trace_options *options, struct fmr_trace **out, struct fmr_err *err);
void fmr_trace_graph(const struct fmr_trace *trace, struct fmr_graph *out);
void fmr_trace_free(struct fmr_trace *trace); /* NULL is fine */

#endif
