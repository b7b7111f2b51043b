/*
 * The short way for texts written plainly, which nearly all records and
 * schemas are: one pass, straight into the tree.
 */
#ifndef FMR_YAML_QUICK_H
#define FMR_YAML_QUICK_H

#include "yaml/screen.h"
#include "yaml/yaml.h"

/*
 * The one document of a text that was screened, or NULL for a text that is not
 * plain enough or has a fault: then libyaml must read it.  What is returned is
 * what libyaml's way gives, in every kind, style and span.
 */
struct fmr_value *fmr_yaml_quick(const struct fmr_source *source, const struct fmr_screen *screen,
	enum fmr_yaml_rules rules, struct fmr_arena *arena);

/* fmr_yaml_read without the short way: for tests that compare the two. */
void fmr_yaml_read_slow(const struct fmr_source *source, enum fmr_yaml_rules rules, struct fmr_arena *arena,
	struct fmr_documents *documents, struct fmr_findings *findings);

#endif
