/*
 * What the commands that sign have in common: who signs, what is shown before,
 * the question, and the one signed commit that changes no file.
 */
#ifndef FMR_CMD_SIGNING_H
#define FMR_CMD_SIGNING_H

#include "base/i18n.h"
#include "base/str.h"
#include "cli/cli.h"
#include "trust/action.h"
#include "trust/policy.h"

struct fmr_signing_options {
	bool dry_run, yes;
	struct fmr_strings content;   /* digests that --yes agrees to */
};

/* Rows of an option table whose options struct holds `struct fmr_signing_options signing`. */
#define FMR_SIGNING_OPTIONS(options)                                                                                   \
	{ .letter = 'n', .name = "dry-run", .kind = FMR_OPTION_FLAG,                                                   \
		.help = N_("show what would be signed, sign nothing"), .offset = offsetof(struct options, signing.dry_run) }, \
	{ .name = "yes", .kind = FMR_OPTION_FLAG, .help = N_("do not ask; needs --content"),                           \
		.offset = offsetof(struct options, signing.yes) },                                                     \
	{ .name = "content", .kind = FMR_OPTION_LIST, .argument = N_("digest"),                                        \
		.help = N_("sign only this content, as -n shows it: sha256:..."),                                      \
		.offset = offsetof(struct options, signing.content) }

/* Rows for `const char *reason` and `const char *role` of such a struct. */
#define FMR_REASON_OPTION(options, words)                                                                              \
	{ .letter = 'm', .name = "message", .kind = FMR_OPTION_STRING, .argument = N_("text"), .help = (words),         \
		.offset = offsetof(struct options, reason) }
#define FMR_ROLE_OPTION(options)                                                                                       \
	{ .name = "role", .kind = FMR_OPTION_STRING, .argument = N_("role"),                                           \
		.help = N_("sign in this role, when you hold several that may"), .offset = offsetof(struct options, role) }

/* Somebody else than the user, at another time and place than now and HEAD: for histories that are told. */
struct fmr_signing_as {
	const char *key;                   /* file of the private key */
	const char *public_key;            /* "ssh-ed25519 AAAA..." */
	const char *identity;              /* "Name <address> seconds zone": author and committer */
	int64_t time;
};

struct fmr_signing {
	struct fmr_cli *cli;
	const struct fmr_signing_options *options;
	const struct fmr_signing_as *as;   /* NULL: the user, now, on HEAD */
	struct fmr_audit *audit;           /* of HEAD */
	const struct trust_policy *policy; /* in force there */
	const struct trust_person *me;     /* whose key it is */
	struct fmr_str key;                /* "ssh-ed25519 AAAA..." */
	struct fmr_str fingerprint;        /* "SHA256:..." */
	int64_t now;                       /* when it is signed: seconds since 1970 UTC */
};

/*
 * Judge the history up to HEAD, and find out who is about to sign.  Refuses
 * without a policy, with a key that is nobody's, retired, compromised or
 * expired, in the middle of a rebase or merge, and with a clock that is
 * behind.  Once initialised, close it in any case.
 */
void fmr_signing_init(struct fmr_signing *signing, struct fmr_cli *cli, const struct fmr_signing_options *options);
int fmr_signing_open(struct fmr_signing *signing, struct fmr_err *err);
void fmr_signing_close(struct fmr_signing *signing);
/* The same for another revision.  What was borrowed from audit and policy is gone. */
int fmr_signing_move(struct fmr_signing *signing, const char *revision, struct fmr_err *err);

/* Judge what has come up to this commit, whoever made it; nobody is about to sign. */
int fmr_signing_follow(struct fmr_signing *signing, const char *commit, struct fmr_err *err);
/* From now on it is this one (borrowed) who signs, behind the commit that the audit is of; nobody is asked, and no branch
 * leads to what is signed. */
int fmr_signing_turn(struct fmr_signing *signing, const struct fmr_signing_as *as, struct fmr_err *err);

/*
 * The record as the history up to HEAD has it.  Refuses one that is not
 * committed, or whose file or attachments in the work tree are not what is
 * committed: who signs must not look at something else.
 */
int fmr_signing_record(const struct fmr_signing *signing, const char *id, const char *path,
	const struct fmr_record_status **out, struct fmr_err *err);

/* What is about to be signed. */
struct fmr_declaration {
	struct fmr_arena arena;
	struct trust_action action;        /* texts in arena, or borrowed from what outlives it */
	struct fmr_str words;              /* who signs in which role, and what that means: lines */
	struct fmr_str content;            /* the exact bytes that it is about */
	char digest[FMR_RECORD_DIGEST];    /* of content */
};

/* The action with repository, policy, signer and time filled in. */
void fmr_declaration_init(struct fmr_declaration *declaration, const struct fmr_signing *signing, const char *action);
void fmr_declaration_release(struct fmr_declaration *declaration);
/* A copy of the text in the declaration's memory; NULL: empty. */
struct fmr_text fmr_declaration_text(struct fmr_declaration *declaration, const char *text);
/* The record that it is about, with the digest of its content. */
void fmr_declaration_record(struct fmr_declaration *declaration, const struct fmr_record_status *status);
/* Compute the digest of content; what no record is about is signed for as it is shown. */
int fmr_declaration_digest(struct fmr_declaration *declaration, struct fmr_err *err);

/* Make the declaration: refuse what may not be signed.  Called again when somebody else was faster. */
typedef int fmr_signing_prepare(struct fmr_signing *signing, void *context, struct fmr_declaration *out,
	struct fmr_err *err);

/*
 * Show the declaration, ask, and sign: *signed_it tells whether that was done
 * (not in a dry run, not when the answer is no: FMR_EXIT_FINDINGS).  When the
 * branch moved meanwhile, the declaration is prepared again, and signed if the
 * bytes that were shown are still those that it is about.  Afterwards the
 * audit is that of the new commit.
 */
int fmr_signing_run(struct fmr_signing *signing, fmr_signing_prepare *prepare, void *context,
	struct fmr_commit_result *commit, bool *signed_it, struct fmr_err *err);

/* All of it for commands that sign one thing: open, run, report on standard output what `done` says (prepare fills it)
 * and where it went, close. */
int fmr_signing_once(struct fmr_cli *cli, const struct fmr_signing_options *options, fmr_signing_prepare *prepare,
	void *context, const struct fmr_str *done, struct fmr_err *err);

/* ---- words ---- */

/* Append "佐藤 花子 (p-sato)"; the id alone when the policy knows no such person. */
void fmr_signing_person(struct fmr_str *out, const struct trust_policy *policy, const char *id);
/* Append what a role is called in the user's language, with its code: "Manager (manager)". */
void fmr_signing_role(struct fmr_str *out, struct fmr_cli *cli, const char *role);
/* Append who holds one of the roles (NULL-terminated) now: "佐藤 花子 (p-sato), 鈴木 一郎 (p-suzuki)"; or "nobody". */
void fmr_signing_holders(struct fmr_str *out, const struct fmr_signing *signing, const char *const *roles);
/* A reason must say something. */
int fmr_signing_check_reason(const char *reason, bool required, struct fmr_err *err);
/* FMR_ERR_REFUSED unless I hold the role now. */
int fmr_signing_need_role(const struct fmr_signing *signing, const char *role, struct fmr_err *err);

#endif
