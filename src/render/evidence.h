/*
 * The evidence of one record in prose: what a person who knows neither Git nor fmrec can read and hold against others.
 */
#ifndef FMR_RENDER_EVIDENCE_H
#define FMR_RENDER_EVIDENCE_H

#include "render/audit.h"

/* book: of the audited commit, for titles and for what signers declare; NULL: codes stand for them. */
void fmr_render_evidence(FILE *out, struct fmr_audit *audit, const struct fmr_record_status *record,
	struct fmr_book *book, enum fmr_language language, const struct fmr_audit_style *style);

/* What the signer of a vote declared, as the type words it; NULL when it does not. */
const char *fmr_vote_declares(const struct fmr_type *type, const struct fmr_vote *vote, enum fmr_language language);

#endif
