/*
 * Audit: who approved exactly which content, in which role, and whether it has changed since.  One forward fold over the
 * raw commits of the line of first parents; it believes no configuration, reads no index and runs nothing.
 * The rules are those of approvals.md; each finding is a row of codes.def with its outcome.
 *
 *	struct fmr_audit *audit;
 *	const struct fmr_audit_options options = { .revision = "HEAD" };
 *	if (fmr_audit_open(store, &options, &audit, &err) == 0)
 *		verdict = fmr_audit_verdict(audit, false);
 *	fmr_audit_close(audit);
 *
 * All texts are UTF-8 as a stranger may have written them (escape them before they are printed) and are borrowed from
 * the audit.  Times are seconds since 1970 UTC, ids of commits 40 lower-case digits, digests "sha256:" and 64 digits.
 */
#ifndef FMREC_AUDIT_H
#define FMREC_AUDIT_H

#include "fmrec/arena.h"
#include "fmrec/error.h"
#include "fmrec/finding.h"
#include "fmrec/record.h"
#include "fmrec/store.h"
#include "fmrec/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fmr_slot_rule;
struct fmr_transition_rule;

enum { FMR_COMMIT_TEXT = 40 + 1 };

/* ---- what a finding means for the verdict ---- */

enum fmr_outcome {
	FMR_OUTCOME_NOTE,      /* N: worth knowing */
	FMR_OUTCOME_UNCOUNTED, /* S: a signature that does not count; the record stands in its lower state */
	FMR_OUTCOME_UNPROVEN,  /* U: could not look */
	FMR_OUTCOME_VIOLATION, /* F: a rule was broken */
};
/* Of a code of audit (the rows FMR_AUDIT_CODE of codes.def); of any other by its severity. */
enum fmr_outcome fmr_code_outcome(enum fmr_code code);

enum fmr_verdict {
	FMR_PROVEN,    /* exit 0 */
	FMR_VIOLATION, /* exit 1: a violation that no quorum of admins acknowledged */
	FMR_UNPROVEN,  /* exit 3 */
};

struct fmr_audit_finding {
	enum fmr_code code;
	char commit[FMR_COMMIT_TEXT]; /* where it happened; empty: of the clone as a whole */
	int64_t time;                 /* that the committer claims */
	const char *record;           /* id, or NULL */
	const char *sentence;         /* one line, in the user's language, escaped */
	const char *hint;             /* or NULL */
	bool acknowledged;            /* listed, but not for the verdict */
};

/* ---- records and their signatures ---- */

enum fmr_vote_status {
	FMR_VOTE_COUNTS,
	FMR_VOTE_OPEN,      /* good, but the transition waits for other signatures */
	FMR_VOTE_STALE,     /* what it covers has changed since; for ever */
	FMR_VOTE_WITHDRAWN,
	FMR_VOTE_DISPUTED,  /* the key was compromised by then */
	FMR_VOTE_REFUSED,   /* never counted; `why` says why */
	FMR_VOTE_PASSED,    /* of a part of the workflow that the record left behind */
};

struct fmr_vote { /* one signed Action on a record */
	char commit[FMR_COMMIT_TEXT];
	const char *action;                    /* name of a transition, "reject" or "withdraw" */
	const char *signer, *name, *department;/* person of the policy then; as the commit says it when it was refused */
	const char *on_behalf_of, *behalf_name;/* or NULL */
	const char *role, *meaning;
	const char *key;                       /* fingerprint "SHA256:...", or NULL */
	const char *reason;                    /* lines, or NULL */
	const char *target;                    /* commit withdrawn, or NULL */
	int64_t time;
	const char *content;                   /* digest that was signed */
	const char *now;                       /* of one that is stale or refused for its content: the digest that the
	                                          content had then; else NULL */
	const char *changed_in;                /* of a stale one: the commit that changed the content; else NULL */
	int64_t changed_time;                  /* that this commit claims */
	const char *const *covers;             /* top-level fields, NULL-terminated; NULL: everything */
	unsigned policy_version;
	enum fmr_vote_status status;
	bool withdrawable;                     /* a withdrawal of it would count */
	enum fmr_code code;                    /* of the finding, when status is REFUSED */
	const char *why;                       /* sentence; NULL when it counts */
};

struct fmr_step { /* one transition that was reached */
	const char *transition, *from, *to;    /* to equals from when the state stayed */
	bool stands;                           /* the record's state rests on it */
	char commit[FMR_COMMIT_TEXT];          /* of the signature that completed it */
	int64_t time;
	const struct fmr_vote *const *votes;
	size_t vote_count;
};

struct fmr_record_status {
	const char *id, *path;
	const char *type;                      /* NULL: no type has its directory */
	const char *state;                     /* computed; NULL when type is */
	bool deleted;                          /* its file is gone */
	bool was_approved;                     /* reached a transition once */
	bool bound;                            /* its file must not go or move before signatures are withdrawn */
	int64_t filed;                         /* time of the commit that brought it first */
	const struct fmr_step *steps;          /* in order */
	size_t step_count;
	const struct fmr_vote *const *votes;   /* all, in order */
	size_t vote_count;
	const struct fmr_vote *const *rejects; /* that block it now */
	size_t reject_count;
	const char *const *authors;            /* of what it holds, persons by id, others by e-mail; NULL-terminated */
};

/* ---- the audit ---- */

struct fmr_pin { /* what somebody noted outside of the repository; empty texts are not compared */
	char repository[33];
	char genesis[FMR_COMMIT_TEXT];
	char tip[FMR_COMMIT_TEXT];      /* must lie on the line of first parents */
	char policy[FMR_RECORD_DIGEST]; /* digest of the policy in force behind tip */
	int64_t time;                   /* when it was noted */
};

struct fmr_audit_options {
	const char *revision;      /* tip; NULL: HEAD */
	const char *since;         /* report only what later commits did (they are judged from the beginning all the same);
	                              NULL: everything */
	bool states_only;          /* states and signatures, without the findings of contents: for list and show */
	bool remember;             /* take signatures for good that were found to be good before: for hooks.  An audit that
	                              somebody is to rely on believes no file of ours.  states_only does so too */
	const struct fmr_pin *pin; /* or NULL */
	void (*progress)(void *context, size_t done, size_t total); /* or NULL */
	void *progress_context;
};

struct fmr_audit;

/* Judge the history of a revision.  The store must outlive the audit.  FMR_ERR_NOT_FOUND when the revision names no
 * commit; what is missing in the clone is no error but a finding. */
int fmr_audit_open(struct fmr_store *store, const struct fmr_audit_options *options, struct fmr_audit **out,
	struct fmr_err *err);
/* Judge one more commit (a full id), whose first parent is the tip of the audit, as if the audit had been opened at it: what
 * that costs does not grow with the history.  *follows is false, and nothing was done, when it has another parent, or when
 * the audit has a pin or could not be carried out.  What was borrowed from the audit is gone.  After an error the audit can
 * only be closed. */
int fmr_audit_follow(struct fmr_audit *audit, const char *commit, bool *follows, struct fmr_err *err);
void fmr_audit_close(struct fmr_audit *audit);

/* strict: signatures that do not count are violations, and a missing anchor leaves the history unproven. */
enum fmr_verdict fmr_audit_verdict(const struct fmr_audit *audit, bool strict);

struct fmr_audit_summary {
	size_t commits;            /* judged: those of the line of first parents */
	size_t edits, actions;     /* of these */
	size_t approvals, persons; /* signatures that count or wait for others, and those who gave them */
	bool trusted;              /* a policy is in force */
	unsigned policy_version;
	const char *policy_digest; /* of the one in force; NULL before the first */
	const char *repository;    /* id; NULL likewise */
	char genesis[FMR_COMMIT_TEXT], tip[FMR_COMMIT_TEXT];
	int64_t genesis_time, tip_time;
	bool edits_signed;         /* authorship is proven, not claimed */
	unsigned admins;           /* that must sign a change of trust */
	/* What anchors it.  The pin matched; the last checkpoint of a notary (it vouches for its parent); commits that no
	 * anchor covers. */
	bool pinned;
	int64_t pin_time;
	char checkpoint[FMR_COMMIT_TEXT];
	int64_t checkpoint_time;
	size_t unanchored;
};
const struct fmr_audit_summary *fmr_audit_summary(const struct fmr_audit *audit);

size_t fmr_audit_finding_count(const struct fmr_audit *audit);
const struct fmr_audit_finding *fmr_audit_finding(const struct fmr_audit *audit, size_t index);

/* NULL when there never was such a record. */
const struct fmr_record_status *fmr_audit_record(struct fmr_audit *audit, const char *id);
/* The computed state, cheaper than the above: NULL when there is no such record, or no type for it. */
const char *fmr_audit_state(struct fmr_audit *audit, const char *id);
/* All records, in byte order of their ids; the status is valid during the visit.  Non-zero from the visitor ends it. */
typedef int fmr_record_status_visit(void *context, const struct fmr_record_status *status);
int fmr_audit_each_record(struct fmr_audit *audit, fmr_record_status_visit *visit, void *context);

/* The policy in force at the tip, NULL before the first; private to src/trust and src/cmd (trust/policy.h). */
struct trust_policy;
const struct trust_policy *fmr_audit_policy(const struct fmr_audit *audit);
/* The change of trust that waits for more admins: its commit, and how many signed; false when none waits. */
bool fmr_audit_candidate(const struct fmr_audit *audit, char commit[FMR_COMMIT_TEXT], size_t *signatures);
/* Is this person one of those who signed it? */
bool fmr_audit_candidate_has(const struct fmr_audit *audit, const char *person);

/* May this person then sign in that role of the principal, on records of the type?  Because the policy says so, or because
 * the principal signed it. */
bool fmr_audit_deputy(const struct fmr_audit *audit, const char *deputy, const char *principal, const char *role,
	const char *type, int64_t now);

/* ---- what could be signed next ---- */

struct fmr_next_slot {
	const struct fmr_slot_rule *rule;  /* with what the policy overrides */
	const char *const *by;             /* roles that may sign now, narrowed by the record; NULL-terminated */
	unsigned given, missing;           /* signatures */
	bool mine;                         /* the person asked for could give one */
};

struct fmr_next { /* a transition that leaves the computed state */
	const struct fmr_transition_rule *rule;
	const char *to;                    /* state it leads to */
	struct fmr_next_slot *slots;
	size_t slot_count;
	const char *const *missing_fields; /* paths, NULL-terminated */
	const char *const *missing_after;  /* transitions that must have happened, NULL-terminated */
	const struct fmr_vote *rejected;   /* blocks it, or NULL */
	bool mine;                         /* nothing is missing but a signature of the person asked for */
	const char *why_not;               /* why that person cannot sign, or NULL */
};

/* me: id of a person of the policy, or NULL; now: seconds, for roles that begin and end.  The result lives in arena.
 * FMR_ERR_NOT_FOUND when there is no such record. */
int fmr_audit_next(struct fmr_audit *audit, const char *id, const char *me, int64_t now, struct fmr_arena *arena,
	struct fmr_next **out, size_t *count, struct fmr_err *err);

/* The manifest (what a signature covers, as fmrec-approvals explains) of a slot on the content at the tip, and its
 * digest.  slot NULL: everything, as reject and withdraw say it. */
int fmr_audit_manifest(struct fmr_audit *audit, const char *id, const struct fmr_slot_rule *slot,
	struct fmr_str *manifest, char digest[FMR_RECORD_DIGEST], struct fmr_err *err);

/* ---- the states of the records of a view, for those who check and list them ---- */

/* Those at the commit that a view shows; of a work tree, and of what is staged, those at HEAD. */
struct fmr_states;

/* May anything have been signed?  A look at the files of the view: where there never was a policy, no history is
 * read. */
bool fmr_states_are_governed(struct fmr_view *view);

/* Nothing is read until somebody asks.  The view must outlive it. */
struct fmr_states *fmr_states_new(struct fmr_view *view);
void fmr_states_free(struct fmr_states *states); /* NULL is fine */

/* The audit behind it, borrowed; made at the first call.  *out is NULL where nothing is governed, and where there is no
 * commit yet. */
int fmr_states_audit(struct fmr_states *states, struct fmr_audit **out, struct fmr_err *err);

/* The state of a record (a fmr_state_of, whose context is the states); NULL: none is computed, it is in the first one.
 * May be called from several threads. */
const char *fmr_states_of(void *states, const struct fmr_type *type, const char *id);

#endif
