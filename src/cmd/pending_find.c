#include "cmd/pending.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/vec.h"
#include "cmd/waiting.h"

#include <stdlib.h>
#include <string.h>

const struct trust_person *fmr_pending_me(struct fmr_cli *cli, const struct trust_policy *policy)
{
	const struct trust_policy_key *key = NULL;
	struct fmr_str text;
	fmr_str_init(&text);
	if (fmr_store_signing_key(cli->store, &text, NULL) == 0)
		key = fmr_trust_policy_key(policy, text.bytes);
	fmr_str_release(&text);
	if (key)
		return fmr_trust_policy_person(policy, key->owner);
	const char *email = fmr_store_user_email(cli->store);
	return email ? fmr_trust_policy_by_email(policy, email) : NULL;
}

struct search {
	struct fmr_cli *cli;
	struct fmr_audit *audit;
	const struct fmr_pending_query *query;
	struct fmr_pendings *out;
	int64_t now;
	struct fmr_arena arena;
	struct fmr_err *err;
};

static char *copy(const char *text)
{
	return text ? fmr_strdup(text) : NULL;
}

/* Title and due date, as far as the record can be read. */
static void read_record(const struct search *search, const char *path, struct fmr_pending *pending)
{
	struct fmr_record record = { 0 };
	struct fmr_findings *ignored = fmr_findings_new(1);
	if (fmr_record_read(search->cli->book, path, &record, ignored, NULL) == 0 && record.root && record.type) {
		pending->title = copy(fmr_record_title(&record));
		pending->due = copy(fmr_record_due(&record));
	}
	fmr_record_release(&record);
	fmr_findings_free(ignored);
}

static int64_t state_since(const struct fmr_record_status *status)
{
	int64_t since = status->filed;
	for (size_t i = 0; i < status->step_count; i++)
		if (status->steps[i].stands)
			since = status->steps[i].time;
	return since;
}

static bool is_asked(const struct fmr_pending_query *query, const struct fmr_next *next)
{
	if (!fmr_waiting_is_usual(next) || next->rejected || next->missing_after[0])
		return false;
	if (query->only_mine && !next->mine)
		return false;
	return query->unready || fmr_waiting_is_ready(next);
}

static int add_record(void *context, const struct fmr_record_status *status)
{
	struct search *search = context;
	struct fmr_next *next = NULL;
	size_t count = 0;
	if (status->deleted || !status->type || !status->state)
		return 0;
	fmr_arena_clear(&search->arena);
	int result = fmr_audit_next(search->audit, status->id, search->query->me, search->now, &search->arena, &next, &count,
		search->err);
	for (size_t i = 0; !result && i < count; i++) {
		if (!is_asked(search->query, &next[i]))
			continue;
		struct fmr_str needs;
		fmr_str_init(&needs);
		fmr_waiting_words(&needs, search->cli, &next[i]);
		struct fmr_pending pending = { .id = copy(status->id), .state = copy(status->state),
			.transition = copy(next[i].rule->name), .needs = fmr_str_detach(&needs), .since = state_since(status),
			.mine = next[i].mine, .ready = fmr_waiting_is_ready(&next[i]), .order = i };
		read_record(search, status->path, &pending);
		FMR_VEC_PUSH(search->out, pending);
	}
	return result;
}

/* Oldest first. */
static int by_age(const void *a, const void *b)
{
	const struct fmr_pending *x = a, *y = b;
	if (x->since != y->since)
		return x->since < y->since ? -1 : 1;
	const int order = strcmp(x->id, y->id);
	return order ? order : x->order < y->order ? -1 : x->order > y->order;
}

int fmr_pending_find(struct fmr_cli *cli, struct fmr_audit *audit, const struct fmr_pending_query *query,
	struct fmr_pendings *out, struct fmr_err *err)
{
	struct search search = { .cli = cli, .audit = audit, .query = query, .out = out, .now = fmr_clock_now(), .err = err };
	fmr_arena_init(&search.arena);
	int result = fmr_audit_each_record(audit, add_record, &search);
	fmr_arena_release(&search.arena);
	if (out->count)
		qsort(out->items, out->count, sizeof(*out->items), by_age);
	return result;
}

size_t fmr_pending_records(const struct fmr_pendings *pendings)
{
	size_t records = 0;
	for (size_t i = 0; i < pendings->count; i++)
		records += !i || strcmp(pendings->items[i].id, pendings->items[i - 1].id) != 0;
	return records;
}

void fmr_pending_release(struct fmr_pendings *pendings)
{
	for (size_t i = 0; i < pendings->count; i++) {
		const struct fmr_pending *pending = &pendings->items[i];
		free(pending->id);
		free(pending->title);
		free(pending->state);
		free(pending->transition);
		free(pending->needs);
		free(pending->due);
	}
	FMR_VEC_RELEASE(pendings);
}
