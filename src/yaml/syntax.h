/*
 * libyaml's complaints in fmrec's words: place, message, what to do next.
 */
#ifndef FMR_YAML_SYNTAX_H
#define FMR_YAML_SYNTAX_H

#include "base/source.h"

struct fmr_syntax_error {
	const char *problem, *context; /* as libyaml says it; context may be NULL */
	size_t at, context_at;         /* bytes */
	struct fmr_span span;          /* out: the place to show */
	const char *hint;              /* out: may be NULL */
};

void fmr_syntax_explain(const struct fmr_source *source, struct fmr_syntax_error *error, char *message, size_t size);

#endif
