/*
 * What the verbs of `fmrec trust` share: one change of the policy is one edit of its text and one signed commit.
 */
#ifndef FMR_CMD_TRUST_H
#define FMR_CMD_TRUST_H

#include "base/arena.h"
#include "base/vec.h"
#include "cmd/write.h"
#include "fmrec/audit.h"
#include "fmrec/yaml.h"
#include "trust/key.h"
#include "trust/policy.h"

struct trust_options {
	struct fmr_write_options write;
	const char *id, *name, *department, *contact, *key, *from, *until, *since, *not_after, *principal;
	const char *edits, *history;
	struct fmr_strings emails, roles, types;
	long admins;
};

struct trust_work {
	struct fmr_cli *cli;
	const struct trust_options *options;
	struct fmr_arena arena;
	int64_t now;
	const struct trust_policy *policy;  /* in force; NULL before the first */
	char waiting[FMR_COMMIT_TEXT];      /* commit of a change that waits for more admins, or empty */
	struct fmr_str text;                /* what becomes of it */
	struct fmr_str subject;             /* of the commit, behind "fmrec: trust " */
	const char *key;                    /* public key that signs; NULL: the configured one */
	FMR_VEC(struct fmr_edit) edits;
};

/* A verb: looks at its operands and adds edits and a subject; `trust_init` fills text itself. */
typedef int trust_verb(struct trust_work *work, int argc, char **argv, struct fmr_err *err);

trust_verb fmr_trust_init, fmr_trust_add_person, fmr_trust_add_key, fmr_trust_retire_key, fmr_trust_compromised,
	fmr_trust_grant, fmr_trust_revoke, fmr_trust_delegate, fmr_trust_set;

/* Run a verb on the policy in force, or for `first` where there is none: check what it makes of it, commit it signed,
 * and say what comes next. */
int fmr_trust_change(struct fmr_cli *cli, const struct trust_options *options, trust_verb *verb, bool first, int argc,
	char **argv, struct fmr_err *err);

/* What fmr_trust_change does between reading and committing: once verbs have added their edits, make the text of the next
 * policy, and check that it may follow and that the key may sign it. */
int fmr_trust_compose(struct trust_work *work, struct fmr_err *err);
void fmr_trust_work_init(struct trust_work *work, struct fmr_cli *cli, const struct trust_options *options, int64_t now);
void fmr_trust_work_release(struct trust_work *work);

/* ---- for the verbs ---- */

/* A role, in the days that options say. */
int fmr_trust_append_role(struct trust_work *work, const char *id, const char *role, struct fmr_err *err);

void fmr_trust_append(struct trust_work *work, const char *path, struct fmr_value *value);
/* Put a member into a mapping; nothing when text is NULL. */
void fmr_trust_put(struct trust_work *work, struct fmr_value *map, const char *key, const char *text);
/* A list on one line. */
struct fmr_value *fmr_trust_texts(struct trust_work *work, const struct fmr_strings *strings);
/* The day that a person wrote ("2026-04-01", "today"), as the policy has days; NULL text: `usual`, which may be NULL. */
int fmr_trust_day(struct trust_work *work, const char *text, const char *usual, const char **out, struct fmr_err *err);
/* The public key that is meant: text, or a file. */
int fmr_trust_read_key(struct trust_work *work, const char *text, const char **out, struct fmr_err *err);
/* Is it a role of .fmrec/config.yaml, or a built-in one? */
int fmr_trust_need_role(struct trust_work *work, const char *role, struct fmr_err *err);
/* A person of the policy, by id. */
int fmr_trust_need_person(struct trust_work *work, const char *id, const struct trust_person **out,
	struct fmr_err *err);

/* ---- reading ---- */

/* Judge the history up to what the command looks at (--at, else HEAD) for the policy in force, and warn when the file
 * there says something else.  *out is NULL without a commit; close it in any case. */
int fmr_trust_open(struct fmr_cli *cli, struct fmr_audit **out, struct fmr_err *err);
int fmr_trust_show(struct fmr_cli *cli, struct fmr_err *err);
int fmr_trust_allowed_signers(struct fmr_cli *cli, struct fmr_err *err);

/* "SHA256:..." of a key as the policy has it. */
void fmr_trust_fingerprint(const char *key, char out[TRUST_FINGERPRINT]);

#endif
