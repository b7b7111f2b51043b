/*
 * The trust policy: who may sign what, with which key, from which day on (fmrec-approvals(7)).
 *
 * The format is checked by C alone, not by a schema file: what decides whether a signature counts must not depend on
 * a file beside the program.  A policy is immutable once parsed.
 */
#ifndef FMR_TRUST_POLICY_H
#define FMR_TRUST_POLICY_H

#include "base/arena.h"
#include "base/dict.h"
#include "base/str.h"
#include "fmrec/error.h"
#include "fmrec/finding.h"
#include "fmrec/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FMR_TRUST_DIRECTORY ".fmrec/trust"
#define FMR_TRUST_POLICY_PATH FMR_TRUST_DIRECTORY "/policy.yaml"
#define FMR_TRUST_ADMIN "admin"   /* changes the policy; built in */
#define FMR_TRUST_NOTARY "notary" /* signs checkpoints; built in */

enum { FMR_TRUST_POLICY_SIZE = 1 << 20, FMR_TRUST_REPOSITORY = 32 /* digits */, FMR_TRUST_DIGEST = FMR_RECORD_DIGEST };

/* Days are numbers like 20261121, at the policy's utc-offset; 0: not said.  Both ends are part of a period. */

struct trust_person {
	const char *id, *name;
	const char *department, *contact;  /* or NULL */
	const char *const *emails;         /* as written, NULL-terminated */
	struct fmr_span at;
};

enum trust_key_state { TRUST_KEY_ACTIVE, TRUST_KEY_RETIRED, TRUST_KEY_COMPROMISED };

struct trust_policy_key {
	const char *key;                   /* "ssh-ed25519 AAAA...", without a comment */
	const char *owner;                 /* id of a person */
	enum trust_key_state state;
	const char *compromised_since;     /* 40 digits of a commit; of a compromised key */
	int not_after;
	struct fmr_span at;
};

struct trust_grant {
	const char *role, *holder;
	int from, until;
	struct fmr_span at;
};

struct trust_deputy {
	const char *deputy, *principal;    /* ids of two persons */
	const char *const *roles;          /* of the principal, NULL-terminated, at least one */
	const char *const *types;          /* record types, NULL-terminated; empty: all */
	int from, until;
	struct fmr_span at;
};

struct trust_slot { /* in place of one kind of signature that a transition asks for */
	const char *const *by;             /* NULL: as the type says */
	unsigned votes;                    /* 0: as the type says */
};

struct trust_override { /* what is asked for in place of what the type says */
	const char *type, *transition;
	const struct trust_slot *slots;    /* in the order of the type's */
	size_t slot_count;
	const char *const *not_by;         /* NULL: as the type says */
	bool reason;                       /* required, also where the type does not ask for one */
	struct fmr_span at;
};

struct trust_settings {
	bool edits_signed;                 /* edits: signed */
	bool merges_clean;                 /* history: clean */
	unsigned admins;                   /* signatures that a change of the policy needs */
	int offset;                        /* minutes east of UTC at which days begin */
	const char *const *config_roles;   /* who signs Config commits, NULL-terminated, at least one */
	const char *const *author_roles;   /* who signs edits where these are signed; NULL: any role will do */
};

struct trust_policy {
	unsigned format;                   /* of the file: 1 */
	unsigned version;
	const char *repository;            /* 32 digits */
	const char *previous;              /* "sha256:..." of the policy before; NULL in version 1 */
	struct fmr_text text;              /* as it was parsed */
	char digest[FMR_TRUST_DIGEST];     /* "sha256:..." of the text */
	struct trust_settings settings;
	const struct trust_person *persons;
	size_t person_count;
	const struct trust_policy_key *keys;
	size_t key_count;
	const struct trust_grant *grants;
	size_t grant_count;
	const struct trust_deputy *deputies;
	size_t deputy_count;
	const struct trust_override *overrides;
	size_t override_count;
	/* for src/trust/policy*.c */
	struct fmr_arena arena;
	struct fmr_dict person_of_id, person_of_email; /* keys in lower case */
	struct fmr_dict key_of_text;
};

/*
 * Parse the text of a policy.  Unknown keys, persons, keys or addresses that stand twice, roles of nobody, a policy
 * that nobody could ever change again: findings with their places, and *out is NULL.  Fails only when libcrypto cannot
 * be loaded.  *out is the caller's to free and does not borrow from text.
 */
int fmr_trust_policy_parse(const char *text, size_t length, struct trust_policy **out, struct fmr_findings *findings,
	struct fmr_err *err);
void fmr_trust_policy_free(struct trust_policy *policy);

/*
 * Is `after` a lawful successor of `before`, the policy in force?  Same repository, version one higher, `previous` the
 * digest of the one before, nobody and no key gone, no key with another owner, no compromised key made good again.
 * false: fault gets a sentence.  Whether the right people signed it is not judged here.
 */
bool fmr_trust_policy_follows(const struct trust_policy *before, const struct trust_policy *after,
	struct fmr_str *fault);
/* May it be the first of its repository? */
bool fmr_trust_policy_begins(const struct trust_policy *policy, struct fmr_str *fault);

/* ---- who ---- */

/* NULL when there is none.  An id is compared as it is, an address without case. */
const struct trust_person *fmr_trust_policy_person(const struct trust_policy *policy, const char *id);
const struct trust_person *fmr_trust_policy_by_email(const struct trust_policy *policy, const char *email);
/* key: "ssh-ed25519 AAAA...", without a comment. */
const struct trust_policy_key *fmr_trust_policy_key(const struct trust_policy *policy, const char *key);

/* ---- when ---- */

/* The day of an instant as this policy counts days. */
int fmr_trust_policy_day(const struct trust_policy *policy, int64_t seconds);
/* Has the key a last day, and is it over? */
bool fmr_trust_key_expired(const struct trust_policy *policy, const struct trust_policy_key *key, int64_t seconds);
/* Does the person hold the role then?  Deputies do not count. */
bool fmr_trust_policy_holds(const struct trust_policy *policy, const char *person, const char *role, int64_t seconds);
/* One of these roles (NULL-terminated) that the person holds then, or NULL.  roles NULL: any. */
const char *fmr_trust_policy_role(const struct trust_policy *policy, const char *person, const char *const *roles,
	int64_t seconds);
/* The delegation by which deputy may then sign in the principal's role, which the principal must hold; or NULL. */
const struct trust_deputy *fmr_trust_policy_deputy(const struct trust_policy *policy, const char *deputy,
	const char *principal, const char *role, const char *type, int64_t seconds);
/* How many persons could then sign as admin: who hold the role and have an active key that has not expired. */
size_t fmr_trust_policy_admins(const struct trust_policy *policy, int64_t seconds);

/* ---- what ---- */

/* What this policy asks for in place of the type's own rule, or NULL. */
const struct trust_override *fmr_trust_policy_override(const struct trust_policy *policy, const char *type,
	const char *transition);
/*
 * What this policy asks for at a transition of a type: the type's own rule, but for what the policy overrides; borrows
 * from both and from the arena.  An override that has another number of signatures than the type leaves nobody who
 * could sign.
 */
void fmr_trust_policy_rule(const struct trust_policy *policy, const char *type, const struct fmr_transition_rule *rule,
	struct fmr_arena *arena, struct fmr_transition_rule *out);

#endif
