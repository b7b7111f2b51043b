/*
 * The grams of what is asked for, and how much each counts.  For src/search alone.
 */
#ifndef FMR_SEARCH_TERMS_H
#define FMR_SEARCH_TERMS_H

#include "base/str.h"
#include "base/vec.h"
#include "fmrec/record.h"

#include <stdint.h>

struct query_term {
	uint64_t gram;
	double weight; /* of the field it stands in, to 1 */
	double rarity; /* logarithm of one over the share of records that have it */
	size_t records;
};

struct query_terms {
	FMR_VEC(struct query_term) list;
	uint32_t *slots; /* index in the list + 1 */
	size_t mask;
};

/* Index of a gram, or -1. */
long query_terms_find(const struct query_terms *terms, uint64_t gram);
void query_terms_add(struct query_terms *terms, uint64_t gram, double weight);
void query_terms_release(struct query_terms *terms);

/* A text as code points, folded. */
struct code_points {
	FMR_VEC(uint32_t) list;
	struct fmr_str folded; /* scratch */
};
void code_points_read(struct code_points *points, const char *bytes, size_t length);
void code_points_release(struct code_points *points);

/* Visit the texts of the fields that a type is compared by; weight: to 1. */
typedef void search_text_visit(void *context, const struct fmr_search_rule *rule, double weight,
	const struct fmr_text *text);
void search_texts_each(const struct fmr_type *type, const struct fmr_value *root, search_text_visit *visit,
	void *context);

/* Why a record was found: the longest words that it has in common with the terms, by what they count. */
struct fmr_arena;
struct fmr_similar_match;
void query_terms_explain(const struct query_terms *terms, const struct fmr_type *type, const struct fmr_value *root,
	struct fmr_arena *arena, struct fmr_similar_match *match);

#endif
