/*
 * The message of an Action commit (approvals.md section 4), written and read:
 *
 *	fmrec: approve INC-20261121-7KQ2
 *
 *	> a reason, if there is one
 *
 *	Fmrec-Format: 1
 *	Fmrec-Action: approve
 *	...
 *	Fmrec-Time: 2026-11-21T10:00:00Z
 *
 * There is one way to write an action, and what reads is what was written so, byte for byte: a message is an action when
 * writing what was read makes the same message again.  Which lines there are, in this order:
 *
 *	transitions, reject, withdraw  Format Action Repo Record Path Content Policy Signer Role [On-Behalf-Of] [Target]
 *	                               Meaning Time; Target, the commit that is withdrawn, of withdraw alone, always
 *	endorse, acknowledge           Format Action Repo Policy Signer Role Target Meaning Time
 *	checkpoint                     Format Action Repo Policy Signer Role Meaning Time
 *	delegate                       Format Action Repo Policy Signer Role Deputy From Until [Types] Meaning Time
 *
 * What its values claim is not judged here.
 */
#ifndef FMR_TRUST_ACTION_H
#define FMR_TRUST_ACTION_H

#include "base/arena.h"
#include "base/str.h"
#include "fmrec/value.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	TRUST_REASON_LIMIT = 16 << 10,  /* bytes of a reason */
	TRUST_MESSAGE_LIMIT = 64 << 10, /* bytes of a message that can be an action */
};

struct trust_action { /* absent: empty */
	struct fmr_text action;        /* [a-z][a-z0-9-]*, up to 64 */
	struct fmr_text repo;          /* 32 digits, lower case */
	struct fmr_text record;        /* [A-Z0-9-]+ */
	struct fmr_text path;          /* of printable ASCII without blanks */
	struct fmr_text content;       /* sha256: and 64 digits */
	unsigned policy_version;       /* from 1 */
	struct fmr_text policy_digest; /* sha256: and 64 digits */
	struct fmr_text signer, role, behalf, deputy; /* [A-Za-z0-9][A-Za-z0-9._-]*, up to 64 */
	struct fmr_text target;        /* a commit, 40 digits */
	struct fmr_text from, until;   /* days: 2026-11-21, both belong to it */
	struct fmr_text types;         /* [a-z][a-z0-9-]*, several with "," between them; empty: all */
	struct fmr_text meaning;       /* as action */
	int64_t time;                  /* seconds since 1970 UTC */
	struct fmr_text reason;        /* UTF-8, lines with LF between them; no control characters but LF and TAB */
};

/* Append the whole message.  false, a sentence in *fault and nothing appended when a value is not as said above, is
 * missing, or has no line in such an action: a title with a line end cannot become a line of its own. */
bool fmr_trust_action_write(const struct trust_action *action, struct fmr_str *message, const char **fault);

enum trust_block {
	TRUST_NO_BLOCK,     /* an ordinary message */
	TRUST_BLOCK,        /* an action */
	TRUST_BLOCK_FAULTY, /* it has lines of fmrec's, but is not what fmrec writes; *fault says why */
};
/* *out: texts borrowed from the message, but for the reason, which is in the arena. */
enum trust_block fmr_trust_action_parse(const char *message, size_t length, struct fmr_arena *arena,
	struct trust_action *out, const char **fault);

/*
 * The first line of a message that looks as if fmrec had written it, or NULL: one that begins with "fmrec-" in any case,
 * for a person's eyes.  White space before it and invisible characters anywhere do not count, full-width
 * letters and other dashes count as the plain ones; a line begins behind whatever any program takes for its end (LF, CR,
 * VT, FF, U+0085, U+2028, U+2029, NUL).  Nobody but fmrec may write such lines: in an action they are its block, in every
 * other message a fault.  *found: its length; *number: which LF-ended line it is in, from 1; both may be NULL.
 */
const char *fmr_trust_fmrec_line(const char *message, size_t length, size_t *found, size_t *number);

#endif
