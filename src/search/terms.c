#include "search/terms.h"

#include "base/alloc.h"
#include "base/text.h"
#include "search/where.h"

#include <stdlib.h>

/* ---- the table ---- */

static uint32_t *slot_of(const struct query_terms *terms, uint64_t gram)
{
	size_t at = gram & terms->mask;
	while (terms->slots[at] && terms->list.items[terms->slots[at] - 1].gram != gram)
		at = (at + 1) & terms->mask;
	return &terms->slots[at];
}

long query_terms_find(const struct query_terms *terms, uint64_t gram)
{
	return terms->slots ? (long)*slot_of(terms, gram) - 1 : -1;
}

static void grow(struct query_terms *terms)
{
	free(terms->slots);
	terms->mask = terms->mask ? terms->mask * 2 + 1 : 255;
	terms->slots = fmr_alloc_zero(terms->mask + 1, sizeof(*terms->slots));
	for (size_t i = 0; i < terms->list.count; i++)
		*slot_of(terms, terms->list.items[i].gram) = (uint32_t)i + 1;
}

void query_terms_add(struct query_terms *terms, uint64_t gram, double weight)
{
	if (terms->list.count * 2 >= terms->mask)
		grow(terms);
	uint32_t *slot = slot_of(terms, gram);
	if (!*slot) {
		FMR_VEC_PUSH(&terms->list, ((struct query_term){ .gram = gram }));
		*slot = (uint32_t)terms->list.count;
	}
	struct query_term *term = &terms->list.items[*slot - 1];
	term->weight = weight > term->weight ? weight : term->weight;
}

void query_terms_release(struct query_terms *terms)
{
	FMR_VEC_RELEASE(&terms->list);
	free(terms->slots);
}

/* ---- texts ---- */

void code_points_read(struct code_points *points, const char *bytes, size_t length)
{
	fmr_str_clear(&points->folded);
	fmr_text_fold(&points->folded, bytes, length);
	points->list.count = 0;
	const struct fmr_str *folded = &points->folded;
	for (size_t i = 0, size; i < folded->length; i += size)
		FMR_VEC_PUSH(&points->list, fmr_utf8_decode(folded->bytes + i, folded->length - i, &size));
}

void code_points_release(struct code_points *points)
{
	FMR_VEC_RELEASE(&points->list);
	fmr_str_release(&points->folded);
}

struct visiting {
	const struct fmr_search_rule *rule;
	double weight;
	search_text_visit *visit;
	void *context;
};

static void visit_value(void *context, const struct fmr_value *value)
{
	const struct visiting *visiting = context;
	if (value->kind == FMR_STRING)
		visiting->visit(visiting->context, visiting->rule, visiting->weight, &value->text);
	for (size_t i = 0; value->kind == FMR_LIST && i < value->list.count; i++)
		visit_value(context, value->list.items[i]);
	for (size_t i = 0; value->kind == FMR_MAP && i < value->map.count; i++)
		visit_value(context, value->map.members[i].value);
}

void search_texts_each(const struct fmr_type *type, const struct fmr_value *root, search_text_visit *visit,
	void *context)
{
	int most = 1;
	for (size_t i = 0; i < type->search_count; i++)
		most = type->search[i].weight > most ? type->search[i].weight : most;
	for (size_t i = 0; i < type->search_count; i++) {
		struct visiting visiting = { &type->search[i], (double)type->search[i].weight / most, visit, context };
		fmr_where_each(root, type->search[i].path, visit_value, &visiting);
	}
}
