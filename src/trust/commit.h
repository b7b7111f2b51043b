/*
 * Commits as they are stored, read strictly (approvals.md section 6).  Git forgives much; a commit that two readers could
 * understand differently proves nothing, so here it is a fault:
 *
 *	tree ID
 *	parent ID                       none, or one line each
 *	author NAME <EMAIL> TIME ZONE
 *	committer NAME <EMAIL> TIME ZONE
 *	encoding NAME                   if not UTF-8
 *	gpgsig SIGNATURE                at most once; its further lines begin with a blank
 *	                                an empty line, then the message
 *
 * Nothing else may stand in the header: no mergetag, no gpgsig-sha256, no second signature.  A signature is only what
 * stands in the header: libgit2's extraction also takes one from the message of an unsigned commit.
 */
#ifndef FMR_TRUST_COMMIT_H
#define FMR_TRUST_COMMIT_H

#include "base/arena.h"
#include "base/str.h"
#include "fmrec/store.h"
#include "fmrec/value.h"

enum { TRUST_COMMIT_LIMIT = 1 << 20 }; /* bytes that are read of a commit */

struct trust_ident {
	struct fmr_text name;  /* may be empty; any bytes but "<", ">", NUL and ends of lines */
	struct fmr_text email;
	int64_t time;          /* seconds since 1970, to the end of the year 9999 */
	int offset;            /* minutes east of UTC */
};

struct trust_commit {
	struct fmr_oid tree;
	const struct fmr_oid *parents; /* in the arena */
	size_t parent_count;
	struct trust_ident author, committer;
	struct fmr_text encoding;  /* empty: UTF-8 */
	struct fmr_text signature; /* without the blanks before its further lines, each line with its LF; in the arena; empty:
	                              the commit is not signed */
	struct fmr_text message;   /* all behind the empty line */
};

/* Texts are borrowed from the bytes unless they are in the arena.  false and a sentence in *fault when the commit is not
 * strictly well formed; *out then tells nothing. */
bool fmr_trust_commit_parse(const char *bytes, size_t length, struct fmr_arena *arena, struct trust_commit *out,
	const char **fault);

/* Append what the signature was made of: the commit without its signature.  Of a commit that was parsed. */
void fmr_trust_commit_payload(const char *bytes, size_t length, struct fmr_str *payload);

#endif
