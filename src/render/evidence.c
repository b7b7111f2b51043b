#include "render/evidence.h"

#include "base/i18n.h"
#include "base/text.h"
#include "render/audit_print.h"
#include "render/print.h"
#include "render/wrap.h"

#include <string.h>

enum { INDENT = 3 };

struct evidence {
	struct fmr_audit_print print;
	const struct fmr_record_status *record;
	const struct fmr_type *type; /* or NULL */
	struct fmr_book *book;       /* or NULL */
	enum fmr_language language;
};

static void put_line(struct evidence *evidence, size_t indent, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void put_line(struct evidence *evidence, size_t indent, const char *format, ...)
{
	struct fmr_str *out = &evidence->print.out, line;
	va_list args;
	fmr_str_init(&line);
	va_start(args, format);
	fmr_str_vprintf(&line, format, args);
	va_end(args);
	fmr_str_repeat(out, ' ', indent);
	fmr_wrap(out, line.bytes, line.length, indent, evidence->print.style->width);
	fmr_str_putc(out, '\n');
	fmr_str_release(&line);
}

static void put_heading(struct evidence *evidence, const char *text)
{
	fmr_str_putc(&evidence->print.out, '\n');
	fmr_print_color(&evidence->print.out, evidence->print.style->color, FMR_BOLD);
	fmr_str_puts(&evidence->print.out, text);
	fmr_print_color(&evidence->print.out, evidence->print.style->color, FMR_PLAIN);
	fmr_str_putc(&evidence->print.out, '\n');
}

/* ---- what the type says ---- */

static const struct fmr_transition_rule *find_rule(const struct fmr_type *type, const char *name)
{
	for (size_t i = 0; type && name && i < type->transition_count; i++)
		if (strcmp(type->transitions[i].name, name) == 0)
			return &type->transitions[i];
	return NULL;
}

const char *fmr_vote_declares(const struct fmr_type *type, const struct fmr_vote *vote, enum fmr_language language)
{
	const struct fmr_transition_rule *rule = find_rule(type, vote->action);
	for (size_t i = 0; rule && vote->meaning && i < rule->slot_count; i++) {
		if (!rule->slots[i].meaning || strcmp(rule->slots[i].meaning, vote->meaning) != 0)
			continue;
		const char *text = fmr_words_in(&rule->slots[i].declares, language);
		return *text ? text : NULL;
	}
	return NULL;
}

static const char *state_label(const struct evidence *evidence, const char *state)
{
	for (size_t i = 0; evidence->type && state && i < evidence->type->state_count; i++)
		if (strcmp(evidence->type->states[i].name, state) == 0)
			return fmr_words_in(&evidence->type->states[i].label, evidence->language);
	return NULL;
}

static const char *action_label(const struct evidence *evidence, const char *action)
{
	const struct fmr_transition_rule *rule = find_rule(evidence->type, action);
	const char *label = rule ? fmr_words_in(&rule->label, evidence->language) : "";
	return *label ? label : NULL;
}

/* ---- the record ---- */

static void put_title(struct evidence *evidence)
{
	struct fmr_record text;
	struct fmr_findings *findings = fmr_findings_new(1);
	struct fmr_str *out = &evidence->print.out;
	fmr_print_color(out, evidence->print.style->color, FMR_BOLD);
	fmr_str_printf(out, _("Evidence for the record %s"), evidence->record->id);
	fmr_print_color(out, evidence->print.style->color, FMR_PLAIN);
	if (evidence->book && !evidence->record->deleted &&
		fmr_record_read(evidence->book, evidence->record->path, &text, findings, NULL) == 0) {
		fmr_str_puts(out, "  ");
		fmr_print_safe(out, text.root ? fmr_record_title(&text) : NULL);
		fmr_record_release(&text);
	}
	fmr_str_putc(out, '\n');
	fmr_findings_free(findings);
}

static void put_standing(struct evidence *evidence)
{
	const struct fmr_record_status *record = evidence->record;
	const char *label = state_label(evidence, record->state);
	put_line(evidence, INDENT, _("file: %s"), record->path);
	if (record->deleted)
		put_line(evidence, INDENT, "%s", _("the record is deleted; its history stays"));
	if (record->state && label)
		put_line(evidence, INDENT, _("state, computed from the signatures: %s (%s)"), label, record->state);
	else
		put_line(evidence, INDENT, _("state, computed from the signatures: %s"), record->state ? record->state : "-");
	for (size_t i = 0; i < record->reject_count; i++)
		put_line(evidence, INDENT, _("rejected by %s in %s: nothing can be signed until that is withdrawn"),
			record->rejects[i]->name ? record->rejects[i]->name : record->rejects[i]->signer,
			record->rejects[i]->commit);
}

static void put_history(struct evidence *evidence)
{
	const struct fmr_audit_summary *summary = evidence->print.summary;
	struct fmr_str text;
	fmr_str_init(&text);
	put_heading(evidence, _("The history that was audited"));
	fmr_audit_put_extent(&text, &evidence->print);
	put_line(evidence, INDENT, "%s: %s", fmr_audit_verdict_word(evidence->print.verdict), text.bytes);
	fmr_str_clear(&text);
	fmr_audit_put_time(&text, &evidence->print, summary->tip_time);
	put_line(evidence, INDENT, _("last commit: %s of %s"), summary->tip, text.bytes);
	if (summary->trusted) {
		fmr_str_clear(&text);
		fmr_audit_put_time(&text, &evidence->print, summary->genesis_time);
		put_line(evidence, INDENT, _("trust was founded by commit %s of %s, in repository %s"), summary->genesis, text.bytes,
			summary->repository ? summary->repository : "-");
		put_line(evidence, INDENT, _("policy in force at its end: version %u, %s"), summary->policy_version,
			summary->policy_digest ? summary->policy_digest : "-");
	}
	fmr_str_release(&text);
}

/* ---- signatures ---- */

static void put_who(struct evidence *evidence, size_t number, const struct fmr_vote *vote)
{
	struct fmr_str when, signer;
	fmr_str_init(&when);
	fmr_str_init(&signer);
	fmr_audit_put_time(&when, &evidence->print, vote->time);
	fmr_audit_put_signer(&signer, vote);
	const char *label = action_label(evidence, vote->action);
	const char *declares = fmr_vote_declares(evidence->type, vote, evidence->language);
	put_line(evidence, 0, "%zu. %s  %s (%s)", number, when.bytes, label ? label : vote->action, vote->action);
	put_line(evidence, INDENT, _("signed by %s"), signer.bytes);
	const struct fmr_choice *role = evidence->book && vote->role ? fmr_book_role(evidence->book, vote->role) : NULL;
	if (role)
		put_line(evidence, INDENT, _("role held that day: %s (%s)"), fmr_words_in(&role->label, evidence->language), vote->role);
	if (vote->department)
		put_line(evidence, INDENT, _("department, by the policy of that day: %s"), vote->department);
	if (vote->on_behalf_of)
		put_line(evidence, INDENT, _("by delegation: %s acted for %s, and both together have one signature"), vote->signer,
			vote->on_behalf_of);
	if (declares)
		put_line(evidence, INDENT, _("declared: \"%s\" (meaning signed: %s)"), declares, vote->meaning);
	else if (vote->meaning)
		put_line(evidence, INDENT, _("meaning signed: %s"), vote->meaning);
	if (vote->reason)
		put_line(evidence, INDENT, _("reason given: %s"), vote->reason);
	fmr_str_release(&when);
	fmr_str_release(&signer);
}

/* "Plan (plan), System (system)". */
static void put_fields(struct evidence *evidence, struct fmr_str *out, const struct fmr_vote *vote)
{
	if (!vote->covers || !evidence->type) {
		fmr_audit_put_covers(out, vote);
		return;
	}
	for (size_t i = 0; vote->covers[i]; i++) {
		const struct fmr_field *field = fmr_type_field(evidence->type, vote->covers[i]);
		fmr_str_puts(out, i ? ", " : "");
		if (field)
			fmr_str_printf(out, "%s (%s)", fmr_words_in(&field->label, evidence->language), vote->covers[i]);
		else
			fmr_str_puts(out, vote->covers[i]);
	}
}

static void put_what(struct evidence *evidence, const struct fmr_vote *vote)
{
	struct fmr_str covers;
	fmr_str_init(&covers);
	put_fields(evidence, &covers, vote);
	if (vote->content)
		put_line(evidence, INDENT, _("content signed: %s"), vote->content);
	put_line(evidence, INDENT, _("that is: %s"), covers.bytes);
	put_line(evidence, INDENT, _("commit: %s"), vote->commit);
	if (vote->key)
		put_line(evidence, INDENT, _("key: %s"), vote->key);
	put_line(evidence, INDENT, _("who held which role was judged by version %u of the policy"), vote->policy_version);
	fmr_str_release(&covers);
}

/* What became of it: one sentence for each status. */
static void put_fate(struct evidence *evidence, const struct fmr_vote *vote)
{
	static const char *const sentences[] = {
		[FMR_VOTE_COUNTS] = N_("This signature counts: what it covers has not changed since."),
		[FMR_VOTE_OPEN] = N_("This signature is good, and waits for other signatures that the step asks for."),
		[FMR_VOTE_STALE] = N_("This signature no longer counts: what it covers was changed after it was given."),
		[FMR_VOTE_WITHDRAWN] = N_("This signature was withdrawn."),
		[FMR_VOTE_DISPUTED] = N_("This signature is disputed: its key was reported stolen."),
		[FMR_VOTE_REFUSED] = N_("This signature never counted."),
		[FMR_VOTE_PASSED] = N_("This signature belongs to an earlier round of the workflow."),
	};
	put_line(evidence, INDENT, "%s", _(sentences[vote->status]));
	if (vote->why)
		put_line(evidence, INDENT, _("because: %s"), vote->why);
	if (vote->changed_in)
		put_line(evidence, INDENT, _("changed in commit %s"), vote->changed_in);
	if (vote->now)
		put_line(evidence, INDENT, _("content then: %s"), vote->now);
}

static void put_signatures(struct evidence *evidence)
{
	put_heading(evidence, _("Who signed what"));
	if (!evidence->record->vote_count)
		put_line(evidence, INDENT, "%s", _("nobody signed anything on this record"));
	for (size_t i = 0; i < evidence->record->vote_count; i++) {
		const struct fmr_vote *vote = evidence->record->votes[i];
		if (i)
			fmr_str_putc(&evidence->print.out, '\n');
		put_who(evidence, i + 1, vote);
		put_what(evidence, vote);
		put_fate(evidence, vote);
	}
}

/* ---- what is not proved ---- */

static void put_authors(struct evidence *evidence)
{
	struct fmr_str names;
	fmr_str_init(&names);
	for (size_t i = 0; evidence->record->authors && evidence->record->authors[i]; i++)
		fmr_str_printf(&names, "%s%s", i ? ", " : "", evidence->record->authors[i]);
	if (names.length)
		put_line(evidence, INDENT, evidence->print.summary->edits_signed ?
			_("- The authors of what it holds are %s, by their signatures.") :
			_("- The authors of what it holds are %s, as the commits claim: nobody had to sign edits."), names.bytes);
	fmr_str_release(&names);
}

static void put_findings(struct evidence *evidence)
{
	for (size_t i = 0; i < fmr_audit_finding_count(evidence->print.audit); i++) {
		const struct fmr_audit_finding *finding = fmr_audit_finding(evidence->print.audit, i);
		if (finding->record && strcmp(finding->record, evidence->record->id) != 0)
			continue;
		put_line(evidence, INDENT, "- %s: %s%s", fmr_audit_outcome_word(fmr_code_outcome(finding->code)),
			finding->sentence, finding->acknowledged ? _(" (acknowledged by admins)") : "");
	}
}

static void put_limits(struct evidence *evidence)
{
	struct fmr_str anchor;
	fmr_str_init(&anchor);
	put_heading(evidence, _("What else was found, and what this does not prove"));
	put_findings(evidence);
	put_authors(evidence);
	put_line(evidence, INDENT, "%s", _("- Times are those that the signers' machines claimed."));
	fmr_audit_put_anchor(&anchor, &evidence->print);
	put_line(evidence, INDENT, "- %s", anchor.bytes);
	put_line(evidence, INDENT, "%s",
		_("- A signature proves the use of a key; that the key was in the hands of its person is for the policy to say."));
	put_heading(evidence, _("To check all of this without fmrec"));
	put_line(evidence, INDENT, _("fmrec audit bundle %s FILE.tar, and follow the README in it"), evidence->record->id);
	fmr_str_release(&anchor);
}

void fmr_render_evidence(FILE *out, struct fmr_audit *audit, const struct fmr_record_status *record,
	struct fmr_book *book, enum fmr_language language, const struct fmr_audit_style *style)
{
	struct evidence evidence = { .record = record, .book = book, .language = language };
	evidence.print = (struct fmr_audit_print){ .audit = audit, .summary = fmr_audit_summary(audit), .style = style,
		.verdict = fmr_audit_verdict(audit, style->strict), .file = out };
	fmr_str_init(&evidence.print.out);
	if (book && record->type)
		fmr_book_type(book, record->type, &evidence.type, NULL, NULL);
	put_title(&evidence);
	put_standing(&evidence);
	put_history(&evidence);
	put_signatures(&evidence);
	put_limits(&evidence);
	fmr_audit_flush(&evidence.print, true);
	fmr_str_release(&evidence.print.out);
}
