/*
 * An audit as a page to keep, to print and to send: one file, nothing loaded from anywhere, well-formed XML as well as
 * HTML so that a test can tell that nothing escaped its place.
 */
#include "base/i18n.h"
#include "base/text.h"
#include "render/audit_print.h"
#include "render/commit.h"
#include "render/print.h"

#include <string.h>

static const char style_sheet[] =
	":root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--faint:#59636e;--line:#d0d7de;--good:#116329;--bad:#a40e26;"
	"--odd:#7d4e00;--wash:#f6f8fa}\n"
	"@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--paper:#0d1117;--faint:#9198a1;--line:#3d444d;"
	"--good:#56d364;--bad:#ff7b72;--odd:#e3b341;--wash:#161b22}}\n"
	"body{font:16px/1.6 system-ui,'Hiragino Sans','Noto Sans CJK JP',sans-serif;color:var(--ink);background:var(--paper);"
	"max-width:72rem;margin:2rem auto;padding:0 1rem}\n"
	"h1{font-size:1.9rem;margin:0}h2{font-size:1.25rem;margin:2.2rem 0 .6rem;border-bottom:1px solid var(--line)}\n"
	"header{border:2px solid currentColor;border-radius:.5rem;padding:1rem 1.25rem}header p{margin:.25rem 0;"
	"color:var(--ink)}\n"
	".proven{color:var(--good)}.violation{color:var(--bad)}.unproven,.uncounted,.stale,.disputed,.refused"
	"{color:var(--odd)}.note,.withdrawn,.passed,.faint{color:var(--faint)}\n"
	"table{border-collapse:collapse;width:100%;font-size:.92rem}th,td{text-align:left;vertical-align:top;"
	"padding:.35rem .6rem;border-bottom:1px solid var(--line)}th{background:var(--wash)}\n"
	"code{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.88em;overflow-wrap:anywhere}\n"
	"section.record{break-inside:avoid;margin:1.2rem 0}section.record h3{margin:.2rem 0;font-size:1.05rem}\n"
	"dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{color:var(--faint)}dd{margin:0}\n"
	"@media print{:root{--ink:#000;--paper:#fff;--faint:#444;--line:#999;--good:#000;--bad:#000;--odd:#000;--wash:#eee}"
	"body{font-size:10pt;margin:0;max-width:none}}\n";

static void put_element(struct fmr_str *out, const char *name, const char *class, const char *text)
{
	fmr_str_printf(out, class ? "<%s class=\"%s\">" : "<%s>", name, class);
	fmr_print_xml(out, text);
	fmr_str_printf(out, "</%s>", name);
}

static void put_pair(struct fmr_str *out, const char *term, const char *text)
{
	put_element(out, "dt", NULL, term);
	put_element(out, "dd", NULL, text);
	fmr_str_putc(out, '\n');
}

static void put_code_pair(struct fmr_str *out, const char *term, const char *text)
{
	put_element(out, "dt", NULL, term);
	fmr_str_puts(out, "<dd>");
	put_element(out, "code", NULL, text);
	fmr_str_puts(out, "</dd>\n");
}

/* What a sentence of the report says, as an element. */
static void put_sentence(struct fmr_audit_print *print, const char *name,
	void (*put)(struct fmr_str *, const struct fmr_audit_print *))
{
	struct fmr_str text;
	fmr_str_init(&text);
	put(&text, print);
	put_element(&print->out, name, NULL, text.bytes);
	fmr_str_putc(&print->out, '\n');
	fmr_str_release(&text);
}

static void put_time(struct fmr_audit_print *print, int64_t seconds)
{
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_audit_put_time(&text, print, seconds);
	fmr_print_xml(&print->out, text.bytes);
	fmr_str_release(&text);
}

/* ---- head and verdict ---- */

static void put_head(struct fmr_audit_print *print)
{
	struct fmr_str *out = &print->out;
	fmr_str_printf(out, "<!DOCTYPE html>\n<html lang=\"%s\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n"
		"<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" content=\"width=device-width\"/>\n", print->style->language);
	put_element(out, "title", NULL, _("Audit of records and approvals"));
	fmr_str_printf(out, "\n<style>\n%s</style>\n</head>\n<body>\n", style_sheet);
}

static void put_verdict(struct fmr_audit_print *print)
{
	struct fmr_str *out = &print->out;
	fmr_str_printf(out, "<header class=\"%s\">\n<h1>", fmr_audit_verdict_name(print->verdict));
	fmr_print_xml(out, fmr_audit_verdict_word(print->verdict));
	fmr_str_puts(out, "</h1>\n");
	put_sentence(print, "p", fmr_audit_put_extent);
	put_sentence(print, "p", fmr_audit_put_anchor);
	if (print->summary->trusted)
		put_sentence(print, "p", fmr_audit_put_authorship);
	fmr_str_puts(out, "</header>\n");
}

static void put_summary(struct fmr_audit_print *print)
{
	const struct fmr_audit_summary *summary = print->summary;
	struct fmr_str *out = &print->out;
	put_element(out, "h2", NULL, _("What was looked at"));
	fmr_str_puts(out, "\n<dl>\n");
	put_code_pair(out, _("last commit"), summary->tip);
	if (summary->trusted) {
		put_code_pair(out, _("trust founded by"), summary->genesis);
		put_code_pair(out, _("repository"), summary->repository);
		put_code_pair(out, _("policy in force"), summary->policy_digest);
		char admins[FMR_GROUPED];
		put_pair(out, _("admins that must sign a change of trust"), fmr_print_grouped(admins, summary->admins));
	}
	put_pair(out, _("made by"), print->style->program);
	fmr_str_puts(out, "</dl>\n");
}

/* ---- findings ---- */

static void put_finding(struct fmr_audit_print *print, const struct fmr_audit_finding *finding)
{
	struct fmr_str *out = &print->out;
	const enum fmr_outcome outcome = fmr_code_outcome(finding->code);
	fmr_str_puts(out, "<tr><td><code>");
	fmr_str_printf(out, "%.*s</code></td><td>", FMR_COMMIT_DIGITS, finding->commit);
	if (finding->commit[0])
		put_time(print, finding->time);
	fmr_str_printf(out, "</td><td class=\"%s\">", fmr_audit_outcome_name(outcome));
	fmr_print_xml(out, fmr_audit_outcome_word(outcome));
	if (finding->acknowledged) {
		fmr_str_puts(out, "<br/>");
		put_element(out, "span", "faint", _("acknowledged"));
	}
	fmr_str_puts(out, "</td><td>");
	put_element(out, "code", NULL, fmr_code_name(finding->code));
	fmr_str_puts(out, "</td><td>");
	if (finding->record) {
		put_element(out, "code", NULL, finding->record);
		fmr_str_puts(out, "<br/>");
	}
	fmr_print_xml(out, finding->sentence);
	if (finding->hint) {
		fmr_str_puts(out, "<br/>");
		put_element(out, "span", "faint", finding->hint);
	}
	fmr_str_puts(out, "</td></tr>\n");
}

static void put_row_of_heads(struct fmr_str *out, const char *const *heads)
{
	fmr_str_puts(out, "<table>\n<thead><tr>");
	for (; *heads; heads++)
		put_element(out, "th", NULL, _(*heads));
	fmr_str_puts(out, "</tr></thead>\n<tbody>\n");
}

static void put_findings(struct fmr_audit_print *print)
{
	static const char *const heads[] = { N_("commit"), N_("time"), N_("outcome"), N_("code"), N_("what was found"), NULL };
	bool any = false;
	put_element(&print->out, "h2", NULL, _("Findings"));
	for (size_t i = 0; i < fmr_audit_finding_count(print->audit); i++) {
		const struct fmr_audit_finding *finding = fmr_audit_finding(print->audit, i);
		if (!fmr_audit_wants_finding(print, finding))
			continue;
		if (!any)
			put_row_of_heads(&print->out, heads);
		any = true;
		put_finding(print, finding);
		fmr_audit_flush(print, false);
	}
	if (any)
		fmr_str_puts(&print->out, "</tbody></table>\n");
	else
		put_element(&print->out, "p", NULL, _("None."));
}

/* ---- records ---- */

static void put_vote(struct fmr_audit_print *print, const struct fmr_vote *vote)
{
	struct fmr_str *out = &print->out;
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_puts(out, "<tr><td>");
	put_element(out, "code", NULL, vote->action);
	fmr_str_puts(out, "<br/>");
	fmr_print_xml(out, vote->meaning ? vote->meaning : "");
	fmr_str_puts(out, "</td><td>");
	fmr_audit_put_signer(&text, vote);
	fmr_print_xml(out, text.bytes);
	if (vote->department) {
		fmr_str_puts(out, "<br/>");
		put_element(out, "span", "faint", vote->department);
	}
	fmr_str_puts(out, "</td><td>");
	put_time(print, vote->time);
	fmr_str_printf(out, "<br/><code>%.*s</code></td><td class=\"%s\">", FMR_COMMIT_DIGITS, vote->commit,
		fmr_audit_status_name(vote->status));
	fmr_print_xml(out, fmr_audit_status_word(vote->status));
	if (vote->why) {
		fmr_str_puts(out, "<br/>");
		put_element(out, "span", "faint", vote->why);
	}
	fmr_str_puts(out, "</td><td>");
	put_element(out, "code", NULL, vote->content ? vote->content : "");
	fmr_str_puts(out, "<br/>");
	fmr_str_clear(&text);
	fmr_audit_put_covers(&text, vote);
	fmr_print_xml(out, text.bytes);
	if (vote->key) {
		fmr_str_puts(out, "<br/>");
		put_element(out, "code", "faint", vote->key);
	}
	fmr_str_puts(out, "</td></tr>\n");
	fmr_str_release(&text);
}

static int put_record(void *context, const struct fmr_record_status *record)
{
	static const char *const heads[] = { N_("signature"), N_("who"), N_("time"), N_("counts?"),
		N_("what was signed"), NULL };
	struct fmr_audit_print *print = context;
	struct fmr_str *out = &print->out;
	if (!fmr_audit_wants(print, record->id))
		return 0;
	fmr_str_puts(out, "<section class=\"record\">\n<h3>");
	put_element(out, "code", NULL, record->id);
	fmr_str_puts(out, " ");
	fmr_print_xml(out, record->state ? record->state : "-");
	if (record->deleted) {
		fmr_str_puts(out, " ");
		put_element(out, "span", "faint", _("deleted"));
	}
	fmr_str_puts(out, "</h3>\n");
	if (record->vote_count)
		put_row_of_heads(out, heads);
	for (size_t i = 0; i < record->vote_count; i++)
		put_vote(print, record->votes[i]);
	fmr_str_puts(out, record->vote_count ? "</tbody></table>\n</section>\n" : "</section>\n");
	fmr_audit_flush(print, false);
	return 0;
}

void fmr_audit_html(struct fmr_audit_print *print)
{
	put_head(print);
	put_verdict(print);
	put_summary(print);
	put_findings(print);
	put_element(&print->out, "h2", NULL, _("Records and signatures"));
	fmr_str_putc(&print->out, '\n');
	fmr_audit_each_record(print->audit, put_record, print);
	fmr_str_puts(&print->out, "</body>\n</html>\n");
}
