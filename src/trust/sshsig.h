/*
 * SSH signatures (OpenSSH's PROTOCOL.sshsig) verified in this process: no ssh-keygen, no PATH, no git configuration,
 * no allowed-signers file; and a hundred times as fast.  Never good where ssh-keygen says bad; stricter in what the
 * armour may look like.  Approvals, section 6.
 */
#ifndef FMR_TRUST_SSHSIG_H
#define FMR_TRUST_SSHSIG_H

#include "base/arena.h"
#include "fmrec/value.h"
#include "trust/key.h"
#include "trust/verifier.h"

/*
 * Is the armour one signature, in the namespace "git", over exactly these bytes?
 *
 * armour: the value of a commit's gpgsig header: one block from "-----BEGIN SSH SIGNATURE-----" to its END line, with
 * or without one line end behind it, and nothing else.
 * key: the key that signed, which borrows from the arena; whether it is anybody's is for the caller to look up in the
 * policy in force.  Set when TRUST_GOOD, and when TRUST_BAD; do not look at it otherwise.
 * fault: a sentence for all but TRUST_GOOD, static or of the arena.
 */
enum trust_signature fmr_trust_sshsig_verify(struct trust_verifier *verifier, struct fmr_text armour,
	struct fmr_text message, struct fmr_arena *arena, struct trust_key *key, const char **fault);

#endif
