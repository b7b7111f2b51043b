/*
 * What proves signatures to somebody who has neither fmrec nor the repository: the signed commits as Git stores them, what
 * was signed and the signature apart, the trees that lead from a commit to the record, manifests, and the policies with the
 * commits that brought them.  The README that goes with it (schema/evidence) explains the files:
 *
 *	objects/ID.commit, .tree, .blob   as Git hashes them
 *	signatures/COMMIT.payload, .sig   for ssh-keygen -Y verify
 *	manifests/COMMIT.txt              its SHA-256 is the Fmrec-Content of the commit
 *	policies/VERSION.yaml             its SHA-256 is the Fmrec-Policy of the commits that it judges
 *	allowed_signers/VERSION           keys and persons of that policy, for ssh-keygen
 *	signatures.txt                    COMMIT PERSON VERSION DIGEST PATH RECORD ACTION STATUS, a line each
 *	trust.txt                         VERSION COMMIT VERSION-THAT-JUDGES-IT; "delegation" for VERSION of one that a
 *	                                  principal signed
 *	refused.txt                       commits that never counted, with the code that says why
 */
#ifndef FMR_TRUST_BUNDLE_H
#define FMR_TRUST_BUNDLE_H

#include "base/archive.h"
#include "fmrec/audit.h"

struct trust_bundle;
struct trust_bundle *fmr_bundle_new(struct fmr_store *store, struct fmr_audit *audit, struct fmr_archive *archive);
void fmr_bundle_free(struct trust_bundle *bundle);

/* Every policy that was in force, back to the first; to be called before votes are added. */
int fmr_bundle_policies(struct trust_bundle *bundle, struct fmr_err *err);
/* Every signature on a record. */
int fmr_bundle_votes(struct trust_bundle *bundle, const struct fmr_record_status *record, struct fmr_err *err);
/* A file as it stands in the audited commit, below files/; with directory: all files in that directory, if there is
 * one. */
int fmr_bundle_file(struct trust_bundle *bundle, const char *path, struct fmr_err *err);
int fmr_bundle_directory(struct trust_bundle *bundle, const char *path, struct fmr_err *err);
/* The lists; the last thing that is added. */
int fmr_bundle_lists(struct trust_bundle *bundle, struct fmr_err *err);

#endif
