/*
 * What is told of records: computed state, steps, signatures.
 */
#include "trust/audit.h"

#include <stdlib.h>
#include <string.h>

static const struct fmr_vote *const *tell_votes(const struct fold_votes *votes, struct fmr_arena *arena)
{
	const struct fmr_vote **list = fmr_arena_zero(arena, votes->count + 1, sizeof(*list));
	for (size_t i = 0; i < votes->count; i++) {
		votes->items[i]->said.withdrawable = fmr_fold_can_be_withdrawn(votes->items[i]);
		list[i] = &votes->items[i]->said;
	}
	return list;
}

static struct fmr_step tell_step(const struct fold_step *step, bool stands, struct fmr_arena *arena)
{
	struct fmr_step out = { .transition = step->transition, .from = step->from, .to = step->to, .stands = stands,
		.votes = tell_votes(&step->votes, arena), .vote_count = step->votes.count };
	for (size_t i = 0; i < step->votes.count; i++) {
		const struct fold_vote *vote = step->votes.items[i];
		if (vote->sequence != step->sequence)
			continue;
		memcpy(out.commit, vote->said.commit, sizeof(out.commit));
		out.time = vote->said.time;
	}
	return out;
}

static void tell_flow(const struct fold_flow *flow, struct fmr_record_status *out, struct fmr_arena *arena)
{
	struct fmr_step *steps = fmr_arena_zero(arena, flow->chain.count + 1, sizeof(*steps));
	bool stands = true;
	for (size_t i = 0; i < flow->chain.count; i++) {
		stands = stands && flow->chain.items[i].stands;
		steps[i] = tell_step(&flow->chain.items[i], stands, arena);
	}
	out->was_approved = flow->reached;
	out->steps = steps;
	out->step_count = flow->chain.count;
	out->votes = tell_votes(&flow->votes, arena);
	out->vote_count = flow->votes.count;
	out->rejects = tell_votes(&flow->rejects, arena);
	out->reject_count = flow->rejects.count;
}

struct fmr_record_status *fmr_status_make(struct fold *fold, const struct fold_record *record, struct fmr_arena *arena)
{
	struct fmr_record_status *out = fmr_arena_zero(arena, 1, sizeof(*out));
	const struct fmr_type *type = fmr_fold_type(fold, record->path);
	out->id = record->id;
	out->path = record->path;
	out->deleted = !record->live;
	out->filed = record->filed;
	out->bound = fmr_fold_is_bound(record);
	if (type) {
		const char *state = fmr_fold_state(record, fmr_fold_initial(type));
		out->type = fmr_arena_strdup(arena, type->name);
		out->state = state ? fmr_arena_strdup(arena, state) : NULL;
	}
	if (record->flow)
		tell_flow(record->flow, out, arena);
	out->authors = fmr_fold_authors_list(fold, record, arena);
	return out;
}

const struct fmr_record_status *fmr_audit_record(struct fmr_audit *audit, const char *id)
{
	const struct fold_record *record = fmr_fold_record(&audit->fold, id);
	return record ? fmr_status_make(&audit->fold, record, &audit->arena) : NULL;
}

const char *fmr_audit_state(struct fmr_audit *audit, const char *id)
{
	const struct fold_record *record = fmr_fold_record(&audit->fold, id);
	const struct fmr_type *type = record ? fmr_fold_type(&audit->fold, record->path) : NULL;
	return type ? fmr_fold_state(record, fmr_fold_initial(type)) : NULL;
}

static int compare_ids(const void *left, const void *right)
{
	const struct fold_record *const *a = left, *const *b = right;
	return strcmp((*a)->id, (*b)->id);
}

int fmr_audit_each_record(struct fmr_audit *audit, fmr_record_status_visit *visit, void *context)
{
	size_t count = audit->fold.records.count;
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	const struct fold_record **records = fmr_arena_zero(&arena, count + 1, sizeof(*records));
	for (size_t i = 0; i < count; i++)
		records[i] = &audit->fold.records.items[i];
	if (count)
		qsort(records, count, sizeof(*records), compare_ids);
	int result = 0;
	for (size_t i = 0; i < count && result == 0; i++) {
		struct fmr_arena_mark mark = fmr_arena_mark(&arena);
		result = visit(context, fmr_status_make(&audit->fold, records[i], &arena));
		fmr_arena_rewind(&arena, mark);
	}
	fmr_arena_release(&arena);
	return result;
}
