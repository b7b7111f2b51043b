/*
 * The fold: history read forward once, each commit judged by what was in force at its first parent.  What the files of
 * the fold share; fmrec/audit.h is what others see.
 *
 *	line.c     the commits to judge, oldest first        path.c      which paths are governed, and how
 *	fold.c     one commit: its kind, and what follows    signer.c    whose signature is it?
 *	edits.c    records and attachments change            content.c   bytes, fields and digests of a record
 *	authors.c  who wrote what                            chain.c     what a record reached, and whether it stands
 *	rule.c     what a transition asks for                votes.c     the one place where a vote is counted
 *	acts.c     the other Actions                         govern.c    policies and configs come into force
 *	merge.c    commits of two parents                    report.c    findings, and names kept once
 *
 * Deny by default: what is not explicitly allowed does not count.
 */
#ifndef FMR_TRUST_FOLD_H
#define FMR_TRUST_FOLD_H

#include "base/arena.h"
#include "base/dict.h"
#include "base/vec.h"
#include "fmrec/audit.h"
#include "trust/action.h"
#include "trust/commit.h"
#include "trust/known.h"
#include "trust/line.h"
#include "trust/manifest.h"
#include "trust/path.h"
#include "trust/policy.h"
#include "trust/sshsig.h"
#include "trust/tree.h"

enum {
	FOLD_RECORD_LIMIT = 4 << 20,      /* bytes of a record that are read */
	FOLD_ATTACHMENT_LIMIT = 256 << 20,
	FOLD_FINDINGS = 20000,            /* kept; those beyond still count for the verdict */
	FOLD_TIME_SLACK = 60,             /* seconds that a commit may claim to be older than its parent */
	FOLD_CO_AUTHORS = 64,             /* of more nobody is told apart */
	FOLD_FIELDS = 512,                /* of more none is told apart */
};

/* In place of a code: nothing is wrong. */
#define FOLD_FINE FMR_CODE_COUNT

/* The words of Actions that belong to no workflow. */
#define FOLD_REJECT "reject"
#define FOLD_WITHDRAW "withdraw"
#define FOLD_DELEGATE "delegate"
#define FOLD_ENDORSE "endorse"
#define FOLD_ACKNOWLEDGE "acknowledge"
#define FOLD_CHECKPOINT "checkpoint"

/* The field that every record has: fmrec-schema(5). */
#define FOLD_ID "id"

struct fold_persons { /* distinct; names are those of fmr_fold_name */
	const char **items;
	size_t count, capacity;
};

/* ---- records ---- */

/* What of a record somebody wrote, besides its fields, which are names: the whole, its attachments, what stands between
 * the fields. */
enum { FOLD_ALL = -1, FOLD_ATTACHMENTS = -2, FOLD_BETWEEN = -3 };

struct fold_author {
	uint32_t identity; /* name "person:ID" or "mail:ADDRESS"; of "" nobody knows who it was, so it is everybody */
	int32_t part;      /* name of a top-level field, or one of the above */
	uint32_t sequence; /* of the commit that wrote it last */
};

struct fold_vote {
	struct fmr_vote said;      /* what others see; said.status is the truth */
	size_t sequence;
	const char *key_text;      /* "ssh-ed25519 AAAA..." */
	const char *from, *to;     /* of a transition; equal when the state stays */
	bool attachments;          /* covered */
	bool owed;                 /* its step left the chain because another one was withdrawn; it was not */
};

struct fold_votes {
	struct fold_vote **items;
	size_t count, capacity;
};

struct fold_step {
	const char *transition, *from, *to;
	size_t sequence;           /* of the commit that completed it */
	struct fold_votes votes;
	bool restart;              /* leaves behind what was signed before, as long as it stands */
	bool stands;               /* all of its votes do */
};

struct fold_withdrawal { /* by others than the signer: as many of them as the transition asks for */
	const struct fold_vote *vote;
	struct fold_persons persons;
};

/* What was signed about a record; most have nothing. */
struct fold_flow {
	struct fold_votes votes;   /* all, in order */
	struct fold_votes open;    /* of transitions that wait for others */
	struct fold_votes rejects; /* that block */
	FMR_VEC(struct fold_step) chain;
	FMR_VEC(struct fold_withdrawal) withdrawals;
	bool reached;              /* a transition, once */
};

struct fold_record {
	const char *id, *path;
	struct fmr_oid blob;
	unsigned mode;
	bool live;
	int64_t filed;             /* when it came first, as its commit claims */
	enum fmr_code fault;       /* of its path or text as it stands, or FOLD_FINE */
	size_t fault_sequence;
	FMR_VEC(struct fold_author) authors;
	struct fold_flow *flow;    /* NULL: nothing was signed */
};

/* ---- the fold ---- */

enum { FOLD_TOUCHES_RECORDS = 1, FOLD_TOUCHES_TRUST = 2, FOLD_TOUCHES_CONFIG = 4, FOLD_TOUCHES_OTHER = 8 };

struct fold_change { /* a file that a commit changed */
	const char *path;
	struct trust_path place;
	unsigned mode_before, mode_after; /* 0: there was, there is none */
	struct fmr_oid before, after;
};

struct fold_signer {
	enum fmr_code code;        /* FOLD_FINE: the signature is good and so was the key */
	const char *sentence;      /* when it is not */
	const char *person;        /* whose key it is, also when the key is no longer good; NULL: nobody's */
	const char *key_text, *fingerprint; /* NULL: no key */
};

struct fold_commit { /* the one that is being judged */
	struct fmr_oid id;
	char hex[FMR_COMMIT_TEXT];
	size_t sequence;           /* its place on the line, from 1 */
	struct fmr_str raw;
	struct trust_commit parsed;
	bool readable;             /* parsed tells something */
	struct fmr_oid tree;       /* that contents are judged in: its own; of a side commit that of the merge */
	int64_t entered;           /* when it came onto the line, as the merge that brought it claims; else its own time */
	bool backdated;            /* it claims to be older than what came before: its signature counts for nothing */
	bool side;                 /* it is on a side branch: what it approves does not count, unless merges are clean */
	struct fmr_arena arena;
	FMR_VEC(struct fold_change) changes;
	unsigned touches;
};

struct fold_finding {
	struct fmr_audit_finding said;
	size_t sequence;
};

struct fold_candidate { /* a change of trust that waits for more admins */
	struct trust_policy *policy; /* NULL: there is none */
	struct fmr_oid commit;
	size_t sequence;
	int64_t time;
	struct fold_persons signers;
};

struct fold_deed { /* something of the repository that a key did: a change of trust or config, a delegation, ... */
	const char *key_text;
	size_t sequence;
	char commit[FMR_COMMIT_TEXT];
	bool disputed;
};

struct fold_delegation {
	const char *deputy, *principal, *role;
	const char *types;         /* "incident,review"; empty: all */
	int from, until;
	size_t sequence;
	const char *key_text;
	bool disputed;
};

struct fold_assent {
	const char *person, *key_text;
	size_t sequence;
};

struct fold_acknowledgement {
	struct fmr_oid target;
	FMR_VEC(struct fold_assent) assents; /* of distinct persons */
	bool done;
};

struct fold {
	struct fmr_store *store;
	struct trust_trees *trees;
	struct trust_verifier *verifier;
	struct trust_known *known; /* good signatures; NULL: all are verified */
	bool states_only;
	struct fmr_arena arena;    /* as long as the audit */
	struct fmr_dict name_of;   /* texts kept once */
	FMR_VEC(const char *) names;
	struct fmr_dict cover_of;
	FMR_VEC(const char *const *) covers;
	struct fmr_dict file_of;   /* attachments by blob: their digests are computed once */
	FMR_VEC(struct trust_attachment) files;

	struct trust_line line;
	struct fold_commit here;
	struct fmr_oid tree;       /* of the commit before; while one is judged, of its first parent */
	bool has_tree;
	int64_t time_floor;        /* the latest time that a commit claimed, as long as they do not contradict it */

	struct trust_policy *policy; /* in force; NULL before the first */
	size_t policy_since;       /* sequence of the commit that brought it into force */
	struct fold_candidate candidate;
	struct fmr_dict address_of; /* "ID ADDRESS" of every policy that was in force: who loses an address stays an author */
	FMR_VEC(struct fold_deed) deeds;
	FMR_VEC(struct fold_delegation) delegations;
	FMR_VEC(struct fold_acknowledgement) acknowledgements;

	struct fmr_oid config;     /* tree whose .fmrec is in force */
	size_t config_sequence;
	struct fmr_view *view;     /* of that tree, and its book; NULL: not looked at yet, or not usable */
	struct fmr_book *book;
	bool book_tried;

	struct fmr_dict signed_of;  /* digests of content that were signed, to the record that has it */
	struct fmr_dict record_of, key_of; /* by id; by what it looks like */
	struct fmr_dict look_of;   /* attachments by what their paths look like */
	FMR_VEC(const char *) looks; /* path of the one that is there; NULL: none is any more */
	struct fmr_dict side_of;   /* commits of side branches that were judged */
	FMR_VEC(struct fold_record) records;

	FMR_VEC(struct fold_finding) findings;
	size_t judged_findings;    /* of these are about commits; those behind tell how the history ends */
	bool dropped[FMR_OUTCOME_VIOLATION + 1]; /* outcomes of findings beyond those that are kept */
	struct fmr_audit_summary summary;
	char pinned_policy[FMR_RECORD_DIGEST]; /* in force behind the pinned tip */
};

struct fold_requirement;

/* Judge every commit up to tip.  The fold is initialised, but for store and states_only, to zeros. */
int fmr_fold_run(struct fold *fold, const struct fmr_oid *tip, const struct fmr_audit_options *options,
	struct fmr_err *err);
/* Judge one more, whose first parent is the tip; *follows is false, and nothing is done, when it is not. */
int fmr_fold_follow(struct fold *fold, const struct fmr_oid *id, bool *follows, struct fmr_err *err);
void fmr_fold_release(struct fold *fold);

/* ---- report.c ---- */

/* The one copy of a text: equal texts have equal addresses. */
const char *fmr_fold_name(struct fold *fold, const char *bytes, size_t length);
uint32_t fmr_fold_name_number(struct fold *fold, const char *bytes, size_t length);
/* The same for a list of names, NULL-terminated, without regard to their order. */
const char *const *fmr_fold_names(struct fold *fold, const char *const *names);
bool fmr_fold_persons_add(struct fold_persons *persons, const char *person); /* false: was there */

/* Add a finding about the commit being judged.  record may be NULL.  The sentence is escaped as a whole. */
void fmr_fold_report(struct fold *fold, enum fmr_code code, const char *record, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* The same about another commit, or about none (NULL: the clone). */
void fmr_fold_report_at(struct fold *fold, enum fmr_code code, const char *commit, size_t sequence, int64_t time,
	const char *record, const char *format, ...) __attribute__((format(printf, 7, 8)));
/* What an object that could not be read is a finding of; FOLD_FINE: of nothing, the error is of another kind. */
enum fmr_code fmr_fold_object_code(int code);
/* An object that could not be read: a finding, and 0; other errors are passed on. */
int fmr_fold_report_object(struct fold *fold, int code, const char *what, struct fmr_err *err);

/* ---- signer.c ---- */

/* Who signed the commit being judged, by the keys of this policy.  FMR_ERR_NOT_FOUND without libcrypto. */
int fmr_fold_signer(struct fold *fold, const struct trust_policy *policy, struct fold_signer *out, struct fmr_err *err);

/* ---- content.c ---- */

struct fold_content {
	struct fmr_arena arena;
	struct fmr_str text;
	struct trust_content said;
	enum fmr_code fault;       /* why it cannot be signed: FMR_CODE_REC_TEXT, FMR_CODE_REC_MODE, ... or FOLD_FINE */
};

/* Read a record's file as it is now; objects that are missing are reported and leave said.text empty. */
int fmr_fold_content_load(struct fold *fold, const struct fold_record *record, struct fold_content *out,
	struct fmr_err *err);
/* Its attachments, in the tree (NULL: there are none). */
int fmr_fold_content_attachments(struct fold *fold, const struct fmr_oid *tree, struct fold_content *content,
	struct fmr_err *err);
void fmr_fold_content_release(struct fold_content *content);

/* What differs between two texts of a record. */
struct fold_delta {
	bool all;                  /* more than can be told apart */
	bool between;              /* comments, blanks, the order of fields: no field, but the file */
	bool attachments;
	FMR_VEC(const char *) fields; /* names of fmr_fold_name */
};
void fmr_fold_delta(struct fold *fold, const struct trust_content *before, const struct trust_content *after,
	struct fold_delta *out);
void fmr_fold_delta_release(struct fold_delta *delta);

/* ---- authors.c ---- */

/* Note who wrote these parts in the commit being judged; signer may be NULL. */
void fmr_fold_authors_add(struct fold *fold, struct fold_record *record, const struct fold_delta *delta,
	const struct fold_signer *signer);
/* The addresses of persons, from a policy that comes into force. */
void fmr_fold_authors_learn(struct fold *fold, const struct trust_policy *policy);
/* Did the person write any of what the vote covers, since a transition that covered it was reached last? */
bool fmr_fold_authors_has(struct fold *fold, const struct fold_record *record, const char *const *covers,
	bool attachments, const char *person);
/* Who wrote what the record holds: persons by id, others by address; NULL-terminated, in arena. */
const char *const *fmr_fold_authors_list(struct fold *fold, const struct fold_record *record, struct fmr_arena *arena);

/* ---- edits.c ---- */

/* Apply the changes of the commit being judged to the records.  signer may be NULL. */
int fmr_fold_edits(struct fold *fold, const struct fold_signer *signer, struct fmr_err *err);
/* Report what was wrong with records before there was a policy. */
void fmr_fold_edits_standing(struct fold *fold);
struct fold_record *fmr_fold_record(struct fold *fold, const char *id);

/* ---- chain.c ---- */

struct fold_flow *fmr_fold_flow(struct fold_record *record); /* made when there is none */
void fmr_fold_flow_free(struct fold_flow *flow);
/* The computed state; initial: the first of its type. */
const char *fmr_fold_state(const struct fold_record *record, const char *initial);
/* The step on which the chain does not stand any more; NULL: it stands. */
const struct fold_step *fmr_fold_fallen(const struct fold_record *record);
/* Does a transition of this name stand? */
bool fmr_fold_stands(const struct fold_record *record, const char *transition);
/* Is there something signed that would have to be withdrawn before the record may go? */
bool fmr_fold_is_bound(const struct fold_record *record);
/* Would a withdrawal of the vote by who may count?  Also one that was left behind when another was withdrawn. */
bool fmr_fold_can_be_withdrawn(const struct fold_vote *vote);
/* The sequence of the commit with which the record began anew; 0: it never did. */
size_t fmr_fold_restarted(const struct fold_record *record);
/* The open votes became a step: transition, from, to and restart are set. */
void fmr_fold_reach(struct fold *fold, struct fold_record *record, const char *initial, struct fold_step step,
	const struct fold_votes *votes);
/* Votes that cover what changed are stale from now on. */
int fmr_fold_stale(struct fold *fold, struct fold_record *record, const struct fold_delta *delta, struct fmr_err *err);
/* Take a vote out: its step and all later ones leave the chain. */
void fmr_fold_take_out(struct fold_record *record, struct fold_vote *vote, enum fmr_vote_status status);
/* It does not count, but what others signed stays where it is. */
void fmr_fold_dispute(struct fold_record *record, struct fold_vote *vote);
void fmr_fold_votes_remove(struct fold_votes *votes, const struct fold_vote *vote);

/* ---- rule.c ---- */

struct fold_slot {
	const struct fmr_slot_rule *rule;
	const char *const *by;     /* what the policy says, narrowed by the record; NULL-terminated */
	unsigned votes;
	const char *const *covers; /* of fmr_fold_names; NULL: everything */
	bool attachments;
};

struct fold_requirement { /* what a transition of one record asks for, by type and policy */
	const struct fmr_type *type;
	const struct fmr_transition_rule *rule; /* the type's, but for what the policy overrides */
	struct fold_slot *slots;
	size_t slot_count;
};

/* The book of the config in force; NULL when it has none that can be used. */
struct fmr_book *fmr_fold_book(struct fold *fold);
const struct fmr_type *fmr_fold_type(struct fold *fold, const char *path);
const char *fmr_fold_initial(const struct fmr_type *type); /* NULL when type is */
/* Types and configs: the tree whose .fmrec is in force from now on. */
void fmr_fold_config(struct fold *fold, const struct fmr_oid *tree, size_t sequence);

/* The row of this name that leaves the state and is for this record; NULL: there is none. */
const struct fmr_transition_rule *fmr_fold_row(const struct fmr_type *type, const char *name, const char *state,
	const struct fmr_value *root);
/* In arena. */
struct fold_requirement fmr_fold_requirement(struct fold *fold, const struct fmr_type *type,
	const struct fmr_transition_rule *rule, const struct fmr_value *root, struct fmr_arena *arena);
bool fmr_fold_role_is_in(const char *role, const char *const *roles);
/* Why the person may not sign, whoever else may: separation of duties.  NULL: no reason. */
const char *fmr_fold_excluded(struct fold *fold, const struct fold_requirement *requirement, const struct fold_slot *slot,
	const struct fold_record *record, const struct fmr_value *root, const char *person);
/* Are two persons one for this role, because one is the deputy of the other? */
bool fmr_fold_are_one(const struct fold *fold, const char *a, const char *b, const char *role, const char *type,
	int64_t time);
/* May the deputy sign in the role of the principal? */
bool fmr_fold_is_deputy(const struct fold *fold, const char *deputy, const char *principal, const char *role,
	const char *type, int64_t time);
/* The first person of the policy who is one with this one for the role and is excluded, and why. */
const char *fmr_fold_excluded_as_one(struct fold *fold, const struct fold_requirement *requirement,
	const struct fold_slot *slot, const struct fold_record *record, const struct fmr_value *root, const char *person,
	const char *role, int64_t time);
/* How many of the open votes fill each slot; given has as many elements as there are slots. */
void fmr_fold_filled(const struct fold_requirement *requirement, const struct fold_record *record, const char *state,
	unsigned *given, struct fold_votes *used);

/* ---- votes.c, acts.c ---- */

/* An Action is judged: the commit changes nothing and its message is one. */
int fmr_fold_act(struct fold *fold, const struct trust_action *action, struct fmr_err *err);
/* One about a record; what every Action must fulfil was looked at. */
int fmr_fold_transition(struct fold *fold, struct fold_record *record, const struct trust_action *action,
	const struct fold_signer *signer, struct fold_vote *vote, struct fmr_err *err);
/* Does who signed hold the role, alone or for somebody else?  type: NULL for what is about no record. */
bool fmr_fold_holds_role(struct fold *fold, const struct fold_signer *signer, const struct trust_action *action,
	const char *type);
bool fmr_fold_text_is(struct fmr_text text, const char *word);
/* Refuse a vote: it is listed and does not count.  vote may be NULL. */
void fmr_fold_refuse(struct fold *fold, struct fold_vote *vote, enum fmr_code code, const char *record,
	const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The vote that an Action makes, listed with its record, not yet judged. */
struct fold_vote *fmr_fold_vote_new(struct fold *fold, struct fold_record *record, const struct trust_action *action,
	const struct fold_signer *signer);
/* Mark what was acknowledged, at the end. */
void fmr_fold_acknowledge_findings(struct fold *fold);

/* ---- govern.c ---- */

/* The commit changed .fmrec/trust and nothing else. */
int fmr_fold_trust(struct fold *fold, struct fmr_err *err);
/* The commit changed the policy before there was one in force: may it be the first? */
int fmr_fold_genesis(struct fold *fold, struct fmr_err *err);
/* The commit changed the rest of .fmrec and nothing else. */
int fmr_fold_config_changed(struct fold *fold, struct fmr_err *err);
/* Note what a key did for the repository: should it turn out to be compromised, that is disputed. */
void fmr_fold_deed(struct fold *fold, const struct fold_signer *signer);
/* An admin signed the candidate as well. */
void fmr_fold_endorse(struct fold *fold, const struct fold_signer *signer);

/* ---- merge.c ---- */

/* What leads from one tree to another becomes fold->here.changes. */
typedef int fold_changes_reader(struct fold *fold, const struct fmr_oid *before, const struct fmr_oid *after,
	struct fmr_err *err);
int fmr_fold_merge(struct fold *fold, fold_changes_reader *read_changes, struct fmr_err *err);
/* Before there is a policy only the authors matter. */
int fmr_fold_merge_before_trust(struct fold *fold, fold_changes_reader *read_changes, struct fmr_err *err);

#endif
