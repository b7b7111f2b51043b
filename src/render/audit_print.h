/*
 * What the three printers of an audit share.
 */
#ifndef FMR_RENDER_AUDIT_PRINT_H
#define FMR_RENDER_AUDIT_PRINT_H

#include "base/str.h"
#include "render/audit.h"

struct fmr_audit_print {
	struct fmr_audit *audit;
	const struct fmr_audit_summary *summary;
	const struct fmr_audit_style *style;
	enum fmr_verdict verdict;
	struct fmr_str out;
	FILE *file;
};

void fmr_audit_text(struct fmr_audit_print *print);
void fmr_audit_json(struct fmr_audit_print *print);
void fmr_audit_html(struct fmr_audit_print *print);
/* Write what was printed so far, when that is much: a history has any length. */
void fmr_audit_flush(struct fmr_audit_print *print, bool all);

/* ---- words ---- */

const char *fmr_audit_verdict_name(enum fmr_verdict verdict);   /* "proven", never translated */
const char *fmr_audit_verdict_word(enum fmr_verdict verdict);   /* "PROVEN" */
const char *fmr_audit_outcome_name(enum fmr_outcome outcome);   /* "violation", never translated */
const char *fmr_audit_outcome_word(enum fmr_outcome outcome);
const char *fmr_audit_outcome_sign(enum fmr_outcome outcome);   /* one character, for those who see no colour */
const char *fmr_audit_status_name(enum fmr_vote_status status); /* "counts", never translated */
const char *fmr_audit_status_word(enum fmr_vote_status status);

/* ---- sentences; without a line end, safe for a terminal ---- */

/* What was looked at: "1,204 commits, 312 approvals by 9 persons, policy version 7, since 2026-04-01". */
void fmr_audit_put_extent(struct fmr_str *out, const struct fmr_audit_print *print);
void fmr_audit_put_authorship(struct fmr_str *out, const struct fmr_audit_print *print);
/* What holds the history in its place, and what nothing does. */
void fmr_audit_put_anchor(struct fmr_str *out, const struct fmr_audit_print *print);
/* "2026-11-21", and "2026-11-21 03:12". */
void fmr_audit_put_day(struct fmr_str *out, const struct fmr_audit_print *print, int64_t seconds);
void fmr_audit_put_time(struct fmr_str *out, const struct fmr_audit_print *print, int64_t seconds);
/* "佐藤 花子 (p-sato, manager)", or "鈴木 (p-suzuki) for 佐藤 花子 (p-sato, manager)". */
void fmr_audit_put_signer(struct fmr_str *out, const struct fmr_vote *vote);
/* "plan, system", or "the whole record with what is attached to it". */
void fmr_audit_put_covers(struct fmr_str *out, const struct fmr_vote *vote);
/* "12,345" */
void fmr_audit_put_number(struct fmr_str *out, size_t number);

/* ---- what is asked for ---- */

bool fmr_audit_wants(const struct fmr_audit_print *print, const char *id);
/* A finding of the records that are asked for, or of none. */
bool fmr_audit_wants_finding(const struct fmr_audit_print *print, const struct fmr_audit_finding *finding);
/* The signature that a finding says to be stale: it lost its force in that commit.  NULL: the finding is another. */
const struct fmr_vote *fmr_audit_stale_vote(const struct fmr_audit_print *print,
	const struct fmr_audit_finding *finding, const struct fmr_record_status **record);

#endif
