/*
 * An audit for programs: schema/output/audit.json is the contract.
 */
#include "base/clock.h"
#include "json/json.h"
#include "render/audit_print.h"
#include "render/print.h"

#include <string.h>

enum { SCHEMA_VERSION = 1 };

static const int64_t last_second = 253402300799; /* of the year 9999; a commit may claim any time */

static void put_time(struct fmr_str *out, bool *first, const char *name, int64_t seconds)
{
	if (seconds < 0 || seconds > last_second)
		return;
	const struct fmr_time time = { .seconds = seconds };
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_time_format(&text, &time);
	fmr_print_member(out, first, name, text.bytes);
	fmr_str_release(&text);
}

static void put_commit(struct fmr_str *out, bool *first, const char *name, const char *commit)
{
	fmr_print_member(out, first, name, commit && commit[0] ? commit : NULL);
}

static void put_truth(struct fmr_str *out, bool *first, const char *name, bool truth)
{
	fmr_print_key(out, first, name);
	fmr_str_puts(out, truth ? "true" : "false");
}

/* ,"name":["a","b"] */
static void put_words(struct fmr_str *out, bool *first, const char *name, const char *const *words)
{
	fmr_print_key(out, first, name);
	fmr_str_putc(out, '[');
	for (size_t i = 0; words && words[i]; i++) {
		fmr_str_puts(out, i ? "," : "");
		fmr_json_write_string(out, words[i], strlen(words[i]));
	}
	fmr_str_putc(out, ']');
}

/* ,"name":["commit","commit"] */
static void put_commits(struct fmr_str *out, bool *first, const char *name, const struct fmr_vote *const *votes,
	size_t count)
{
	fmr_print_key(out, first, name);
	fmr_str_putc(out, '[');
	for (size_t i = 0; i < count; i++)
		fmr_str_printf(out, "%s\"%s\"", i ? "," : "", votes[i]->commit);
	fmr_str_putc(out, ']');
}

/* ---- the whole ---- */

static void put_summary(struct fmr_str *out, const struct fmr_audit_summary *summary)
{
	bool first = true;
	fmr_str_putc(out, '{');
	fmr_print_member_number(out, &first, "commits", summary->commits);
	fmr_print_member_number(out, &first, "edits", summary->edits);
	fmr_print_member_number(out, &first, "actions", summary->actions);
	fmr_print_member_number(out, &first, "approvals", summary->approvals);
	fmr_print_member_number(out, &first, "persons", summary->persons);
	fmr_print_member(out, &first, "authorship", summary->edits_signed ? "signed" : "claimed");
	put_commit(out, &first, "tip", summary->tip);
	put_time(out, &first, "tip_time", summary->tip_time);
	put_truth(out, &first, "trusted", summary->trusted);
	if (summary->trusted) {
		fmr_print_member(out, &first, "repository", summary->repository);
		put_commit(out, &first, "genesis", summary->genesis);
		put_time(out, &first, "genesis_time", summary->genesis_time);
		fmr_print_member_number(out, &first, "policy_version", summary->policy_version);
		fmr_print_member(out, &first, "policy_digest", summary->policy_digest);
		fmr_print_member_number(out, &first, "admins", summary->admins);
	}
	fmr_str_putc(out, '}');
}

static void put_anchor(struct fmr_str *out, const struct fmr_audit_summary *summary)
{
	bool first = true;
	fmr_str_putc(out, '{');
	put_truth(out, &first, "pinned", summary->pinned);
	if (summary->pinned)
		put_time(out, &first, "pin_time", summary->pin_time);
	put_commit(out, &first, "checkpoint", summary->checkpoint);
	if (summary->checkpoint[0])
		put_time(out, &first, "checkpoint_time", summary->checkpoint_time);
	fmr_print_member_number(out, &first, "unanchored", summary->unanchored);
	fmr_str_putc(out, '}');
}

static void put_finding(struct fmr_str *out, const struct fmr_audit_finding *finding)
{
	bool first = true;
	fmr_str_putc(out, '{');
	fmr_print_member(out, &first, "code", fmr_code_name(finding->code));
	fmr_print_member(out, &first, "outcome", fmr_audit_outcome_name(fmr_code_outcome(finding->code)));
	put_truth(out, &first, "acknowledged", finding->acknowledged);
	put_commit(out, &first, "commit", finding->commit);
	if (finding->commit[0])
		put_time(out, &first, "time", finding->time);
	fmr_print_member(out, &first, "record", finding->record);
	fmr_print_member(out, &first, "message", finding->sentence);
	fmr_print_member(out, &first, "hint", finding->hint);
	fmr_str_putc(out, '}');
}

/* ---- records ---- */

static void put_vote(struct fmr_str *out, const struct fmr_vote *vote)
{
	bool first = true;
	fmr_str_putc(out, '{');
	put_commit(out, &first, "commit", vote->commit);
	fmr_print_member(out, &first, "action", vote->action);
	fmr_print_member(out, &first, "status", fmr_audit_status_name(vote->status));
	if (vote->signer) {
		fmr_str_puts(out, ",\"person\":");
		fmr_json_write_string(out, vote->signer, strlen(vote->signer));
	}
	fmr_print_member(out, &first, "name", vote->name);
	fmr_print_member(out, &first, "department", vote->department);
	fmr_print_member(out, &first, "on_behalf_of", vote->on_behalf_of);
	fmr_print_member(out, &first, "behalf_name", vote->behalf_name);
	fmr_print_member(out, &first, "role", vote->role);
	fmr_print_member(out, &first, "meaning", vote->meaning);
	put_time(out, &first, "time", vote->time);
	fmr_print_member(out, &first, "key", vote->key);
	fmr_print_member_number(out, &first, "policy_version", vote->policy_version);
	fmr_print_member(out, &first, "digest", vote->content);
	fmr_print_member(out, &first, "digest_now", vote->now);
	put_commit(out, &first, "changed_in", vote->changed_in);
	if (vote->covers)
		put_words(out, &first, "covers", vote->covers);
	fmr_print_member(out, &first, "reason", vote->reason);
	put_commit(out, &first, "target", vote->target);
	if (vote->status == FMR_VOTE_REFUSED)
		fmr_print_member(out, &first, "code", fmr_code_name(vote->code));
	fmr_print_member(out, &first, "why", vote->why);
	fmr_str_putc(out, '}');
}

static void put_step(struct fmr_str *out, const struct fmr_step *step)
{
	bool first = true;
	fmr_str_putc(out, '{');
	fmr_print_member(out, &first, "transition", step->transition);
	fmr_print_member(out, &first, "from", step->from);
	fmr_print_member(out, &first, "to", step->to);
	put_truth(out, &first, "stands", step->stands);
	put_commit(out, &first, "commit", step->commit);
	put_time(out, &first, "time", step->time);
	put_commits(out, &first, "votes", step->votes, step->vote_count);
	fmr_str_putc(out, '}');
}

struct rows {
	struct fmr_audit_print *print;
	bool any;
};

static int put_record(void *context, const struct fmr_record_status *record)
{
	struct rows *rows = context;
	struct fmr_str *out = &rows->print->out;
	if (!fmr_audit_wants(rows->print, record->id))
		return 0;
	fmr_str_puts(out, rows->any ? ",\n{" : "\n{");
	rows->any = true;
	bool first = true;
	fmr_print_member(out, &first, "id", record->id);
	fmr_print_member(out, &first, "path", record->path);
	fmr_print_member(out, &first, "type", record->type);
	fmr_print_member(out, &first, "state", record->state);
	put_truth(out, &first, "deleted", record->deleted);
	put_truth(out, &first, "was_approved", record->was_approved);
	put_words(out, &first, "authors", record->authors);
	put_commits(out, &first, "rejected_by", record->rejects, record->reject_count);
	fmr_print_key(out, &first, "steps");
	fmr_str_putc(out, '[');
	for (size_t i = 0; i < record->step_count; i++) {
		fmr_str_puts(out, i ? "," : "");
		put_step(out, &record->steps[i]);
	}
	fmr_str_puts(out, "],\n \"votes\":[");
	for (size_t i = 0; i < record->vote_count; i++) {
		fmr_str_puts(out, i ? ",\n  " : "\n  ");
		put_vote(out, record->votes[i]);
	}
	fmr_str_puts(out, "]}");
	fmr_audit_flush(rows->print, false);
	return 0;
}

void fmr_audit_json(struct fmr_audit_print *print)
{
	struct fmr_str *out = &print->out;
	bool first = true;
	fmr_str_putc(out, '{');
	fmr_print_member_number(out, &first, "schema_version", SCHEMA_VERSION);
	fmr_print_member(out, &first, "fmrec_version", print->style->program);
	fmr_print_member(out, &first, "verdict", fmr_audit_verdict_name(print->verdict));
	put_truth(out, &first, "strict", print->style->strict);
	fmr_print_key(out, &first, "summary");
	put_summary(out, print->summary);
	fmr_print_key(out, &first, "anchor");
	put_anchor(out, print->summary);
	char candidate[FMR_COMMIT_TEXT];
	size_t signatures = 0;
	if (fmr_audit_candidate(print->audit, candidate, &signatures)) {
		put_commit(out, &first, "trust_candidate", candidate);
		fmr_print_member_number(out, &first, "trust_candidate_signatures", signatures);
	}
	fmr_print_key(out, &first, "findings");
	fmr_str_putc(out, '[');
	bool any = false;
	for (size_t i = 0; i < fmr_audit_finding_count(print->audit); i++) {
		const struct fmr_audit_finding *finding = fmr_audit_finding(print->audit, i);
		if (!fmr_audit_wants_finding(print, finding))
			continue;
		fmr_str_puts(out, any ? ",\n" : "\n");
		any = true;
		put_finding(out, finding);
		fmr_audit_flush(print, false);
	}
	fmr_str_puts(out, "],\n\"records\":[");
	struct rows rows = { .print = print };
	fmr_audit_each_record(print->audit, put_record, &rows);
	fmr_str_puts(out, "]}\n");
}
