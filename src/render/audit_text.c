/*
 * An audit for people: the verdict first, then what was found, then, when asked for, every record.
 */
#include "base/i18n.h"
#include "base/text.h"
#include "render/audit_print.h"
#include "render/commit.h"
#include "render/print.h"
#include "render/wrap.h"

#include <string.h>

enum { GAP = 2, DETAILS = 10 /* columns before what belongs to a finding */ };

/* ---- the verdict ---- */

static enum fmr_color color_of(enum fmr_verdict verdict)
{
	static const enum fmr_color colors[] = { [FMR_PROVEN] = FMR_GREEN, [FMR_VIOLATION] = FMR_RED,
		[FMR_UNPROVEN] = FMR_YELLOW };
	return colors[verdict];
}

struct tally {
	size_t of[FMR_OUTCOME_VIOLATION + 1], acknowledged, all;
};

static struct tally count(const struct fmr_audit_print *print)
{
	struct tally tally = { 0 };
	for (size_t i = 0; i < fmr_audit_finding_count(print->audit); i++) {
		const struct fmr_audit_finding *finding = fmr_audit_finding(print->audit, i);
		tally.all++;
		if (finding->acknowledged)
			tally.acknowledged++;
		else
			tally.of[fmr_code_outcome(finding->code)]++;
	}
	return tally;
}

static void put_tally(struct fmr_str *out, const struct tally *tally)
{
	char number[FMR_GROUPED];
	fmr_str_printf(out, Q_("%s finding", "%s findings", tally->all), fmr_print_grouped(number, tally->all));
	const char *separator = ": ";
	for (int outcome = FMR_OUTCOME_VIOLATION; outcome >= FMR_OUTCOME_NOTE; outcome--) {
		if (!tally->of[outcome])
			continue;
		fmr_str_printf(out, "%s%s %s", separator, fmr_print_grouped(number, tally->of[outcome]),
			fmr_audit_outcome_word((enum fmr_outcome)outcome));
		separator = ", ";
	}
	if (tally->acknowledged)
		fmr_str_printf(out, "%s%s %s", separator, fmr_print_grouped(number, tally->acknowledged), _("acknowledged"));
}

/* A line behind the verdict, aligned with what stands there. */
static void put_line(struct fmr_audit_print *print, size_t indent, struct fmr_str *line)
{
	struct fmr_str *out = &print->out;
	fmr_str_repeat(out, ' ', indent);
	fmr_wrap(out, line->bytes, line->length, indent, print->style->width);
	fmr_str_putc(out, '\n');
	fmr_str_clear(line);
}

static void put_verdict(struct fmr_audit_print *print)
{
	const char *word = fmr_audit_verdict_word(print->verdict);
	const size_t indent = fmr_text_width(word, strlen(word)) + GAP;
	const struct tally tally = count(print);
	struct fmr_str line;
	fmr_str_init(&line);
	fmr_print_color(&print->out, print->style->color, color_of(print->verdict));
	fmr_str_puts(&print->out, word);
	fmr_print_color(&print->out, print->style->color, FMR_PLAIN);
	fmr_str_repeat(&print->out, ' ', GAP);
	if (print->verdict == FMR_PROVEN) {
		fmr_audit_put_extent(&line, print);
	} else {
		put_tally(&line, &tally);
		fmr_wrap(&print->out, line.bytes, line.length, indent, print->style->width);
		fmr_str_putc(&print->out, '\n');
		fmr_str_repeat(&print->out, ' ', indent);
		fmr_str_clear(&line);
		fmr_audit_put_extent(&line, print);
	}
	fmr_wrap(&print->out, line.bytes, line.length, indent, print->style->width);
	fmr_str_putc(&print->out, '\n');
	fmr_str_clear(&line);
	fmr_audit_put_anchor(&line, print);
	put_line(print, indent, &line);
	if (print->summary->trusted) {
		fmr_audit_put_authorship(&line, print);
		put_line(print, indent, &line);
	}
	if (print->summary->trusted && print->summary->admins < 2) {
		fmr_str_puts(&line, _("trust: one admin alone can change the policy"));
		put_line(print, indent, &line);
	}
	char commit[FMR_COMMIT_TEXT];
	size_t signatures = 0;
	if (fmr_audit_candidate(print->audit, commit, &signatures)) {
		fmr_str_printf(&line, _("trust: the change in %.*s waits for more admins (%zu of %u signed)"), FMR_COMMIT_DIGITS,
			commit, signatures, print->summary->admins);
		put_line(print, indent, &line);
	}
	if (print->verdict == FMR_PROVEN && tally.all) {
		put_tally(&line, &tally);
		put_line(print, indent, &line);
	}
	fmr_str_release(&line);
}

/* ---- findings ---- */

static enum fmr_color color_of_finding(const struct fmr_audit_finding *finding)
{
	static const enum fmr_color colors[] = { [FMR_OUTCOME_NOTE] = FMR_DIM, [FMR_OUTCOME_UNCOUNTED] = FMR_YELLOW,
		[FMR_OUTCOME_UNPROVEN] = FMR_YELLOW, [FMR_OUTCOME_VIOLATION] = FMR_RED };
	return finding->acknowledged ? FMR_DIM : colors[fmr_code_outcome(finding->code)];
}

static void put_detail(struct fmr_audit_print *print, const char *text)
{
	fmr_str_repeat(&print->out, ' ', DETAILS);
	fmr_wrap(&print->out, text, strlen(text), DETAILS, print->style->width);
	fmr_str_putc(&print->out, '\n');
}

/* Both digests, what was covered, and what became of the record. */
static void put_stale(struct fmr_audit_print *print, const struct fmr_audit_finding *finding)
{
	const struct fmr_record_status *record;
	const struct fmr_vote *vote = fmr_audit_stale_vote(print, finding, &record);
	if (!vote)
		return;
	struct fmr_str covers, line;
	fmr_str_init(&covers);
	fmr_str_init(&line);
	fmr_audit_put_covers(&covers, vote);
	if (!strstr(finding->sentence, vote->content)) {
		fmr_str_printf(&line, _("approved %s"), vote->content);
		put_detail(print, line.bytes);
		fmr_str_clear(&line);
		fmr_str_printf(&line, _("now      %s"), vote->now ? vote->now : "-");
		put_detail(print, line.bytes);
		fmr_str_clear(&line);
	}
	fmr_str_printf(&line, _("covered: %s"), covers.bytes);
	if (record->state)
		fmr_str_printf(&line, _("   state is now %s"), record->state);
	put_detail(print, line.bytes);
	fmr_str_release(&covers);
	fmr_str_release(&line);
}

static void put_finding(struct fmr_audit_print *print, const struct fmr_audit_finding *finding)
{
	struct fmr_str *out = &print->out;
	const enum fmr_outcome outcome = fmr_code_outcome(finding->code);
	const size_t start = out->length;
	fmr_str_puts(out, fmr_audit_outcome_sign(finding->acknowledged ? FMR_OUTCOME_NOTE : outcome));
	if (finding->commit[0]) {
		fmr_str_printf(out, "%.*s  ", FMR_COMMIT_DIGITS, finding->commit);
		fmr_audit_put_time(out, print, finding->time);
		fmr_str_puts(out, "  ");
	}
	fmr_print_color(out, print->style->color, color_of_finding(finding));
	fmr_str_puts(out, fmr_code_name(finding->code));
	fmr_print_color(out, print->style->color, FMR_PLAIN);
	fmr_str_puts(out, "  ");
	if (finding->record && !strstr(finding->sentence, finding->record)) {
		fmr_print_safe(out, finding->record);
		fmr_str_puts(out, "  ");
	}
	if (finding->acknowledged)
		fmr_str_printf(out, "(%s)  ", _("acknowledged"));
	/* What leads the line is short; the sentence goes on below it where the terminal ends. */
	const size_t used = fmr_text_width(out->bytes + start, out->length - start);
	if (print->style->width && used + fmr_text_width(finding->sentence, strlen(finding->sentence)) > print->style->width) {
		while (out->length && out->bytes[out->length - 1] == ' ')
			fmr_str_truncate(out, out->length - 1);
		fmr_str_putc(out, '\n');
		put_detail(print, finding->sentence);
	} else {
		fmr_print_safe(out, finding->sentence);
		fmr_str_putc(out, '\n');
	}
	put_stale(print, finding);
	if (finding->hint)
		put_detail(print, finding->hint);
}

static void put_findings(struct fmr_audit_print *print)
{
	for (size_t i = 0; i < fmr_audit_finding_count(print->audit); i++) {
		const struct fmr_audit_finding *finding = fmr_audit_finding(print->audit, i);
		if (fmr_audit_wants_finding(print, finding))
			put_finding(print, finding);
		fmr_audit_flush(print, false);
	}
}

/* ---- records ---- */

/* "receive 佐藤 (p-sato, duty) 2026-11-21; approve ..." */
static void put_signatures(struct fmr_audit_print *print, struct fmr_str *out, const struct fmr_record_status *record)
{
	bool first = true;
	for (size_t i = 0; i < record->vote_count; i++) {
		const struct fmr_vote *vote = record->votes[i];
		fmr_str_puts(out, first ? "" : "; ");
		first = false;
		fmr_str_printf(out, "%s ", vote->action);
		fmr_audit_put_signer(out, vote);
		fmr_str_putc(out, ' ');
		fmr_audit_put_day(out, print, vote->time);
		if (vote->status != FMR_VOTE_COUNTS)
			fmr_str_printf(out, " [%s]", fmr_audit_status_word(vote->status));
	}
}

struct table {
	struct fmr_audit_print *print;
	struct fmr_table *table;
};

static int add_row(void *context, const struct fmr_record_status *record)
{
	struct table *table = context;
	if (!fmr_audit_wants(table->print, record->id))
		return 0;
	struct fmr_str state, signatures;
	fmr_str_init(&state);
	fmr_str_init(&signatures);
	fmr_str_puts(&state, record->state ? record->state : "-");
	if (record->deleted)
		fmr_str_printf(&state, " (%s)", _("deleted"));
	put_signatures(table->print, &signatures, record);
	const char *cells[] = { record->id, state.bytes, signatures.bytes };
	fmr_table_row(table->table, cells, NULL);
	fmr_str_release(&state);
	fmr_str_release(&signatures);
	return 0;
}

static void put_records(struct fmr_audit_print *print)
{
	const char *const columns[] = { "id", "state", "signatures" };
	fmr_str_putc(&print->out, '\n');
	fmr_audit_flush(print, true);
	struct table table = { .print = print,
		.table = fmr_table_new(print->file, FMR_TABLE_TEXT, columns, sizeof(columns) / sizeof(*columns),
			print->style->width, print->style->color, false) };
	fmr_audit_each_record(print->audit, add_row, &table);
	fmr_table_end(table.table);
}

void fmr_audit_text(struct fmr_audit_print *print)
{
	put_verdict(print);
	put_findings(print);
	if (print->style->records)
		put_records(print);
}
