#include "render/audit_print.h"

#include "base/i18n.h"
#include "base/text.h"
#include "render/commit.h"
#include "render/print.h"

#include <string.h>

enum { FLUSH_AT = 1 << 16, DAY = 10 /* characters of a date */ };

const char *const fmr_audit_formats[] = { "text", "json", "html", NULL };

enum fmr_audit_format fmr_audit_format_parse(const char *name)
{
	for (int i = 0; name && fmr_audit_formats[i]; i++)
		if (strcmp(fmr_audit_formats[i], name) == 0)
			return (enum fmr_audit_format)i;
	return FMR_AUDIT_TEXT;
}

/* ---- words ---- */

const char *fmr_audit_verdict_name(enum fmr_verdict verdict)
{
	static const char *const names[] = { [FMR_PROVEN] = "proven", [FMR_VIOLATION] = "violation",
		[FMR_UNPROVEN] = "unproven" };
	return names[verdict];
}

const char *fmr_audit_verdict_word(enum fmr_verdict verdict)
{
	static const char *const words[] = { [FMR_PROVEN] = N_("PROVEN"), [FMR_VIOLATION] = N_("VIOLATION"),
		[FMR_UNPROVEN] = N_("UNPROVEN") };
	return _(words[verdict]);
}

const char *fmr_audit_outcome_name(enum fmr_outcome outcome)
{
	static const char *const names[] = { [FMR_OUTCOME_NOTE] = "note", [FMR_OUTCOME_UNCOUNTED] = "uncounted",
		[FMR_OUTCOME_UNPROVEN] = "unproven", [FMR_OUTCOME_VIOLATION] = "violation" };
	return names[outcome];
}

const char *fmr_audit_outcome_word(enum fmr_outcome outcome)
{
	static const char *const words[] = { [FMR_OUTCOME_NOTE] = N_("note"), [FMR_OUTCOME_UNCOUNTED] = N_("not counted"),
		[FMR_OUTCOME_UNPROVEN] = N_("not proven"), [FMR_OUTCOME_VIOLATION] = N_("violation") };
	return _(words[outcome]);
}

const char *fmr_audit_outcome_sign(enum fmr_outcome outcome)
{
	static const char *const signs[] = { [FMR_OUTCOME_NOTE] = " ", [FMR_OUTCOME_UNCOUNTED] = "-",
		[FMR_OUTCOME_UNPROVEN] = "?", [FMR_OUTCOME_VIOLATION] = "!" };
	return signs[outcome];
}

const char *fmr_audit_status_name(enum fmr_vote_status status)
{
	static const char *const names[] = { [FMR_VOTE_COUNTS] = "counts", [FMR_VOTE_OPEN] = "open",
		[FMR_VOTE_STALE] = "stale", [FMR_VOTE_WITHDRAWN] = "withdrawn", [FMR_VOTE_DISPUTED] = "disputed",
		[FMR_VOTE_REFUSED] = "refused", [FMR_VOTE_PASSED] = "passed" };
	return names[status];
}

const char *fmr_audit_status_word(enum fmr_vote_status status)
{
	static const char *const words[] = { [FMR_VOTE_COUNTS] = N_("counts"), [FMR_VOTE_OPEN] = N_("waits for others"),
		[FMR_VOTE_STALE] = N_("stale"), [FMR_VOTE_WITHDRAWN] = N_("withdrawn"),
		[FMR_VOTE_DISPUTED] = N_("disputed"), [FMR_VOTE_REFUSED] = N_("not counted"),
		[FMR_VOTE_PASSED] = N_("of an earlier round") };
	return _(words[status]);
}

/* ---- sentences ---- */

void fmr_audit_put_number(struct fmr_str *out, size_t number)
{
	char grouped[FMR_GROUPED];
	fmr_str_puts(out, fmr_print_grouped(grouped, number));
}

void fmr_audit_put_time(struct fmr_str *out, const struct fmr_audit_print *print, int64_t seconds)
{
	fmr_render_when(out, seconds, print->style->zone);
}

void fmr_audit_put_day(struct fmr_str *out, const struct fmr_audit_print *print, int64_t seconds)
{
	const size_t start = out->length;
	fmr_audit_put_time(out, print, seconds);
	fmr_str_truncate(out, start + DAY);
}

void fmr_audit_put_extent(struct fmr_str *out, const struct fmr_audit_print *print)
{
	const struct fmr_audit_summary *summary = print->summary;
	char commits[FMR_GROUPED], approvals[FMR_GROUPED], persons[FMR_GROUPED];
	fmr_str_printf(out, Q_("%s commit", "%s commits", summary->commits), fmr_print_grouped(commits, summary->commits));
	if (!summary->trusted) {
		fmr_str_puts(out, _(", no trust policy in force"));
		return;
	}
	fmr_str_printf(out, Q_(", %s approval", ", %s approvals", summary->approvals),
		fmr_print_grouped(approvals, summary->approvals));
	fmr_str_printf(out, Q_(" by %s person", " by %s persons", summary->persons),
		fmr_print_grouped(persons, summary->persons));
	struct fmr_str day;
	fmr_str_init(&day);
	fmr_audit_put_day(&day, print, summary->genesis_time);
	fmr_str_printf(out, _(", policy version %u, since %s"), summary->policy_version, day.bytes);
	fmr_str_release(&day);
}

void fmr_audit_put_authorship(struct fmr_str *out, const struct fmr_audit_print *print)
{
	fmr_str_puts(out, print->summary->edits_signed ?
		_("authorship: signed (every edit carries the signature of its author)") :
		_("authorship: claimed (edits are not required to be signed)"));
}

/* "anchored by pin of 2026-10-31, by checkpoint 4be91c7 of 2026-11-01; no anchor after 4be91c7 (12 commits)". */
void fmr_audit_put_anchor(struct fmr_str *out, const struct fmr_audit_print *print)
{
	const struct fmr_audit_summary *summary = print->summary;
	struct fmr_str day;
	fmr_str_init(&day);
	if (summary->pinned) {
		fmr_audit_put_day(&day, print, summary->pin_time);
		fmr_str_printf(out, _("anchored by pin of %s"), day.bytes);
	}
	if (summary->checkpoint[0]) {
		fmr_str_clear(&day);
		fmr_audit_put_day(&day, print, summary->checkpoint_time);
		fmr_str_puts(out, summary->pinned ? "; " : "");
		fmr_str_printf(out, _("checkpoint of a notary %.*s of %s"), FMR_COMMIT_DIGITS, summary->checkpoint, day.bytes);
	}
	char number[FMR_GROUPED];
	const bool anchored = summary->pinned || summary->checkpoint[0];
	if (!anchored)
		fmr_str_puts(out, _("no anchor: a history that was cut off or replaced before it came here would look like this, too"));
	else if (summary->unanchored)
		fmr_str_printf(out, Q_("; no anchor for the last %s commit", "; no anchor for the last %s commits", summary->unanchored),
			fmr_print_grouped(number, summary->unanchored));
	fmr_str_release(&day);
}

static void put_person(struct fmr_str *out, const char *name, const char *id, const char *role)
{
	fmr_print_safe(out, name ? name : id);
	if (!name && !role)
		return;
	fmr_str_puts(out, " (");
	if (name)
		fmr_print_safe(out, id);
	if (role) {
		fmr_str_puts(out, name ? ", " : "");
		fmr_print_safe(out, role);
	}
	fmr_str_putc(out, ')');
}

void fmr_audit_put_signer(struct fmr_str *out, const struct fmr_vote *vote)
{
	if (!vote->on_behalf_of) {
		put_person(out, vote->name, vote->signer, vote->role);
		return;
	}
	struct fmr_str deputy, principal;
	fmr_str_init(&deputy);
	fmr_str_init(&principal);
	put_person(&deputy, vote->name, vote->signer, NULL);
	put_person(&principal, vote->behalf_name, vote->on_behalf_of, vote->role);
	fmr_str_printf(out, _("%s for %s"), deputy.bytes, principal.bytes);
	fmr_str_release(&deputy);
	fmr_str_release(&principal);
}

void fmr_audit_put_covers(struct fmr_str *out, const struct fmr_vote *vote)
{
	if (!vote->covers) {
		fmr_str_puts(out, _("the whole record with what is attached to it"));
		return;
	}
	for (size_t i = 0; vote->covers[i]; i++) {
		fmr_str_puts(out, i ? ", " : "");
		fmr_print_safe(out, vote->covers[i]);
	}
}

/* ---- what is asked for ---- */

bool fmr_audit_wants(const struct fmr_audit_print *print, const char *id)
{
	const char *const *ids = print->style->ids;
	if (!ids)
		return true;
	for (size_t i = 0; ids[i]; i++)
		if (strcmp(ids[i], id) == 0)
			return true;
	return false;
}

bool fmr_audit_wants_finding(const struct fmr_audit_print *print, const struct fmr_audit_finding *finding)
{
	return !finding->record || fmr_audit_wants(print, finding->record);
}

const struct fmr_vote *fmr_audit_stale_vote(const struct fmr_audit_print *print,
	const struct fmr_audit_finding *finding, const struct fmr_record_status **record)
{
	*record = finding->record && finding->commit[0] ? fmr_audit_record(print->audit, finding->record) : NULL;
	for (size_t i = 0; *record && i < (*record)->vote_count; i++) {
		const struct fmr_vote *vote = (*record)->votes[i];
		if (vote->now && (strcmp(vote->changed_in ? vote->changed_in : vote->commit, finding->commit) == 0))
			return vote;
	}
	return NULL;
}

/* ---- the printers ---- */

void fmr_audit_flush(struct fmr_audit_print *print, bool all)
{
	if (!all && print->out.length < FLUSH_AT)
		return;
	fwrite(print->out.bytes, 1, print->out.length, print->file);
	fmr_str_clear(&print->out);
}

static struct fmr_audit_print begin(struct fmr_audit *audit, const struct fmr_audit_style *style, FILE *file)
{
	struct fmr_audit_print print = { .audit = audit, .summary = fmr_audit_summary(audit), .style = style,
		.verdict = fmr_audit_verdict(audit, style->strict), .file = file };
	fmr_str_init(&print.out);
	return print;
}

void fmr_render_audit(FILE *out, struct fmr_audit *audit, enum fmr_audit_format format,
	const struct fmr_audit_style *style)
{
	static void (*const printers[])(struct fmr_audit_print *) = { [FMR_AUDIT_TEXT] = fmr_audit_text,
		[FMR_AUDIT_JSON] = fmr_audit_json, [FMR_AUDIT_HTML] = fmr_audit_html };
	struct fmr_audit_print print = begin(audit, style, out);
	printers[format](&print);
	fmr_audit_flush(&print, true);
	fmr_str_release(&print.out);
}

void fmr_render_audit_verdict(struct fmr_str *out, const struct fmr_audit *audit, bool strict, const char *zone)
{
	const struct fmr_audit_style style = { .strict = strict, .zone = zone };
	const struct fmr_audit_print print = { .summary = fmr_audit_summary(audit), .style = &style };
	fmr_str_printf(out, "%s  ", fmr_audit_verdict_word(fmr_audit_verdict(audit, strict)));
	fmr_audit_put_extent(out, &print);
}
