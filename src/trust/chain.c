/*
 * What a record reached, and whether it still stands (approvals, section 5).
 *
 * The chain is the list of transitions reached.  The state is where it leads as far as its steps stand; the first one that
 * does not, because what it covers changed or a key was compromised, is where the record fell back to.  When the same
 * transition is reached again it takes the place of the fallen one and the later steps, whose content nobody touched,
 * count again: people do not sign again what did not change.  Any other transition drops the rest of the chain.
 *
 * A step that restarts leaves what was before it behind, as long as it stands.
 */
#include "trust/fold.h"

#include "base/alloc.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

struct fold_flow *fmr_fold_flow(struct fold_record *record)
{
	if (!record->flow)
		record->flow = fmr_alloc_zero(1, sizeof(*record->flow));
	return record->flow;
}

void fmr_fold_flow_free(struct fold_flow *flow)
{
	if (!flow)
		return;
	for (size_t i = 0; i < flow->chain.count; i++)
		FMR_VEC_RELEASE(&flow->chain.items[i].votes);
	for (size_t i = 0; i < flow->withdrawals.count; i++)
		FMR_VEC_RELEASE(&flow->withdrawals.items[i].persons);
	FMR_VEC_RELEASE(&flow->chain);
	FMR_VEC_RELEASE(&flow->withdrawals);
	FMR_VEC_RELEASE(&flow->votes);
	FMR_VEC_RELEASE(&flow->open);
	FMR_VEC_RELEASE(&flow->rejects);
	free(flow);
}

/* The step that the state rests on: the last one that restarted and stands, or the first one. */
static size_t beginning(const struct fold_record *record)
{
	for (size_t i = record->flow ? record->flow->chain.count : 0; i > 0; i--)
		if (record->flow->chain.items[i - 1].restart && record->flow->chain.items[i - 1].stands)
			return i - 1;
	return 0;
}

size_t fmr_fold_restarted(const struct fold_record *record)
{
	size_t first = beginning(record);
	bool restarted = record->flow && first < record->flow->chain.count && record->flow->chain.items[first].restart;
	return restarted ? record->flow->chain.items[first].sequence : 0;
}

/* Behind the last step that stands. */
static size_t standing(const struct fold_record *record)
{
	size_t count = beginning(record);
	while (record->flow && count < record->flow->chain.count && record->flow->chain.items[count].stands)
		count++;
	return count;
}

const char *fmr_fold_state(const struct fold_record *record, const char *initial)
{
	size_t count = standing(record);
	if (record->flow && count < record->flow->chain.count)
		return record->flow->chain.items[count].from;
	return count ? record->flow->chain.items[count - 1].to : initial;
}

const struct fold_step *fmr_fold_fallen(const struct fold_record *record)
{
	size_t count = standing(record);
	return record->flow && count < record->flow->chain.count ? &record->flow->chain.items[count] : NULL;
}

bool fmr_fold_stands(const struct fold_record *record, const char *transition)
{
	size_t count = standing(record);
	for (size_t i = beginning(record); i < count; i++)
		if (strcmp(record->flow->chain.items[i].transition, transition) == 0)
			return true;
	return false;
}

bool fmr_fold_can_be_withdrawn(const struct fold_vote *vote)
{
	if (strcmp(vote->said.action, FOLD_WITHDRAW) == 0)
		return false;
	switch (vote->said.status) {
	case FMR_VOTE_COUNTS:
	case FMR_VOTE_OPEN:
	case FMR_VOTE_STALE:
	case FMR_VOTE_DISPUTED:
		return true;
	case FMR_VOTE_PASSED:
		return vote->owed;
	case FMR_VOTE_WITHDRAWN:
	case FMR_VOTE_REFUSED:
		break;
	}
	return false;
}

bool fmr_fold_is_bound(const struct fold_record *record)
{
	if (!record->flow)
		return false;
	for (size_t i = 0; i < record->flow->votes.count; i++)
		if (record->flow->votes.items[i]->owed)
			return true;
	return record->flow->chain.count > 0;
}

void fmr_fold_votes_remove(struct fold_votes *votes, const struct fold_vote *vote)
{
	size_t kept = 0;
	for (size_t i = 0; i < votes->count; i++)
		if (votes->items[i] != vote)
			votes->items[kept++] = votes->items[i];
	votes->count = kept;
}

/* What still counted is of a part of the workflow that the record left; what is stale or disputed stays that. */
static void leave_behind(struct fold_votes *votes)
{
	for (size_t i = 0; i < votes->count; i++) {
		enum fmr_vote_status *status = &votes->items[i]->said.status;
		if (*status == FMR_VOTE_COUNTS || *status == FMR_VOTE_OPEN)
			*status = FMR_VOTE_PASSED;
	}
}

static void truncate_chain(struct fold_flow *flow, size_t count)
{
	for (size_t i = count; i < flow->chain.count; i++) {
		leave_behind(&flow->chain.items[i].votes);
		FMR_VEC_RELEASE(&flow->chain.items[i].votes);
	}
	if (count < flow->chain.count)
		flow->chain.count = count;
}

/* Open votes were for the state that was left. */
static void close_open(struct fold_flow *flow, const char *state)
{
	struct fold_votes kept = { 0 };
	for (size_t i = 0; i < flow->open.count; i++) {
		struct fold_vote *vote = flow->open.items[i];
		if (vote->said.status == FMR_VOTE_OPEN && strcmp(vote->from, state) != 0)
			vote->said.status = FMR_VOTE_PASSED;
		if (vote->said.status == FMR_VOTE_OPEN)
			FMR_VEC_PUSH(&kept, vote);
	}
	FMR_VEC_RELEASE(&flow->open);
	flow->open = kept;
}

void fmr_fold_reach(struct fold *fold, struct fold_record *record, const char *initial, struct fold_step step,
	const struct fold_votes *votes)
{
	struct fold_flow *flow = fmr_fold_flow(record);
	step.sequence = fold->here.sequence;
	step.stands = true;
	for (size_t i = 0; i < votes->count; i++) {
		votes->items[i]->said.status = FMR_VOTE_COUNTS;
		FMR_VEC_PUSH(&step.votes, votes->items[i]);
	}
	size_t count = standing(record);
	struct fold_step *fallen = count < flow->chain.count ? &flow->chain.items[count] : NULL;
	if (fallen && strcmp(fallen->transition, step.transition) == 0 && strcmp(fallen->to, step.to) == 0) {
		leave_behind(&fallen->votes);
		FMR_VEC_RELEASE(&fallen->votes);
		*fallen = step;
	} else {
		truncate_chain(flow, count);
		FMR_VEC_PUSH(&flow->chain, step);
	}
	flow->reached = true;
	close_open(flow, fmr_fold_state(record, initial));
}

/* ---- votes that no longer count ---- */

static void fall(struct fold_flow *flow, const struct fold_vote *vote)
{
	for (size_t i = 0; i < flow->chain.count; i++)
		for (size_t k = 0; k < flow->chain.items[i].votes.count; k++)
			if (flow->chain.items[i].votes.items[k] == vote)
				flow->chain.items[i].stands = false;
	fmr_fold_votes_remove(&flow->open, vote);
}

static bool is_covered(const struct fold_vote *vote, const struct fold_delta *delta)
{
	if (delta->all)
		return true;
	if (!vote->said.covers)
		return delta->between || delta->attachments || delta->fields.count;
	if (delta->attachments && vote->attachments)
		return true;
	for (const char *const *name = vote->said.covers; *name; name++)
		for (size_t i = 0; i < delta->fields.count; i++)
			if (strcmp(*name, delta->fields.items[i]) == 0)
				return true;
	return false;
}

/* The digest that the vote would have to carry now; NULL when the content cannot be signed at all. */
static const char *digest_now(struct fold *fold, struct fold_content *content, const struct fold_vote *vote)
{
	struct fmr_str manifest;
	char digest[FMR_RECORD_DIGEST];
	fmr_str_init(&manifest);
	bool known = fmr_trust_manifest(&content->said, vote->said.covers, vote->attachments, &manifest, NULL) == 0 &&
		fmr_trust_manifest_digest(&manifest, digest, NULL) == 0;
	fmr_str_release(&manifest);
	return known ? fmr_arena_strdup(&fold->arena, digest) : NULL;
}

static void mark_stale(struct fold *fold, struct fold_record *record, struct fold_content *content,
	struct fold_vote *vote)
{
	bool reject = strcmp(vote->said.action, FOLD_REJECT) == 0;
	if (reject)
		return; /* blocks until its signer clears it, whatever the content */
	vote->said.status = FMR_VOTE_STALE;
	vote->said.now = record->live ? digest_now(fold, content, vote) : NULL;
	vote->said.changed_in = fmr_arena_strdup(&fold->arena, fold->here.hex);
	vote->said.changed_time = fold->here.parsed.committer.time;
	vote->said.why = _("what it covers has changed since");
	fall(record->flow, vote);
}

int fmr_fold_stale(struct fold *fold, struct fold_record *record, const struct fold_delta *delta, struct fmr_err *err)
{
	if (!record->flow)
		return 0;
	struct fold_content content = { 0 };
	bool loaded = false;
	int result = 0;
	for (size_t i = 0; i < record->flow->votes.count && result == 0; i++) {
		struct fold_vote *vote = record->flow->votes.items[i];
		bool counts = vote->said.status == FMR_VOTE_COUNTS || vote->said.status == FMR_VOTE_OPEN;
		if (!counts || !is_covered(vote, delta))
			continue;
		if (!loaded) {
			result = fmr_fold_content_load(fold, record, &content, err);
			if (result == 0)
				result = fmr_fold_content_attachments(fold, &fold->here.tree, &content, err);
			loaded = true;
		}
		if (result == 0)
			mark_stale(fold, record, &content, vote);
	}
	if (loaded)
		fmr_fold_content_release(&content);
	return result;
}

void fmr_fold_dispute(struct fold_record *record, struct fold_vote *vote)
{
	vote->said.status = FMR_VOTE_DISPUTED;
	vote->said.why = _("the key was compromised by then");
	fall(record->flow, vote);
	fmr_fold_votes_remove(&record->flow->rejects, vote);
}

/* The later steps leave the chain with the one that was withdrawn, but who signed them took nothing back: else one
 * person's withdrawal of a first step would let a record go that a quorum approved. */
static void unravel(struct fold_flow *flow, size_t count)
{
	for (size_t i = count; i < flow->chain.count; i++)
		for (size_t k = 0; k < flow->chain.items[i].votes.count; k++)
			flow->chain.items[i].votes.items[k]->owed = true;
	truncate_chain(flow, count);
}

void fmr_fold_take_out(struct fold_record *record, struct fold_vote *vote, enum fmr_vote_status status)
{
	struct fold_flow *flow = record->flow;
	for (size_t i = 0; i < flow->chain.count; i++) {
		bool here = false;
		for (size_t k = 0; k < flow->chain.items[i].votes.count && !here; k++)
			here = flow->chain.items[i].votes.items[k] == vote;
		if (here)
			unravel(flow, i);
	}
	vote->owed = false;
	vote->said.status = status;
	fmr_fold_votes_remove(&flow->open, vote);
	fmr_fold_votes_remove(&flow->rejects, vote);
}
