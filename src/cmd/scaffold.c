#include "cmd/scaffold.h"

#include "base/text.h"
#include "json/json.h"
#include "render/line.h"

#include <stdlib.h>
#include <string.h>

int fmr_scaffold_of(struct fmr_cli *cli, const struct fmr_type *type, struct fmr_scaffold **out, struct fmr_err *err)
{
	*out = NULL;
	if (!type->scaffold)
		return 0;
	struct fmr_findings *findings = fmr_findings_new(0);
	int result = fmr_scaffold_open(cli->book, type, out, findings, err);
	if (result)
		fmr_write_show_findings(cli, findings);
	fmr_findings_free(findings);
	return result;
}

struct work {
	struct fmr_cli *cli;
	const struct fmr_write_text *write;
	struct fmr_scaffold_set set;
	struct fmr_commit_result commit;
};

/* ---- checking and writing ---- */

/* They link to each other: all of them are there for each. */
static int check(struct work *work, bool *refused, struct fmr_err *err)
{
	const size_t count = work->set.records.count;
	const char **ids = fmr_alloc_zero(count + 1, sizeof(*ids));
	struct fmr_findings *findings = fmr_findings_new(0);
	int result = 0;
	*refused = false;
	for (size_t i = 0; i < count; i++)
		ids[i] = work->set.records.items[i].id;
	fmr_book_expect(work->cli->book, ids);
	for (size_t i = 0; !result && i < count; i++) {
		const struct fmr_scaffold_record *record = &work->set.records.items[i];
		result = fmr_check_text(work->cli->book, record->path, record->text.bytes, record->text.length, NULL, findings,
			err);
	}
	fmr_book_expect(work->cli->book, NULL);
	if (!result && fmr_findings_errors(findings)) {
		fmr_write_show_findings(work->cli, findings);
		fmr_cli_say(work->cli, "%s", _("nothing written: a record of the set is not valid"));
		*refused = true;
	}
	fmr_findings_free(findings);
	free(ids);
	return result;
}

static int apply(struct work *work, struct fmr_err *err)
{
	const size_t count = work->set.records.count;
	struct fmr_change *changes = fmr_alloc_zero(count, sizeof(*changes));
	struct fmr_str message;
	char rest[64];
	for (size_t i = 0; i < count; i++) {
		const struct fmr_scaffold_record *record = &work->set.records.items[i];
		changes[i] = (struct fmr_change){ record->path, record->text.bytes, record->text.length, NULL };
	}
	fmr_str_init(&message);
	snprintf(rest, sizeof(rest), "%.32s, %zu records", work->write->type->name, count);
	fmr_write_subject(&message, "new", work->write->id, rest);
	int result = fmr_write_apply(work->cli, work->write->options, changes, count, message.bytes, &work->commit, err);
	fmr_str_release(&message);
	free(changes);
	return result;
}

/* ---- the report ---- */

static void put_pair(struct fmr_str *out, const char *before, const char *key, const char *text)
{
	fmr_str_puts(out, before);
	fmr_json_write_string(out, key, strlen(key));
	fmr_str_putc(out, ':');
	if (text && *text)
		fmr_json_write_string(out, text, strlen(text));
	else
		fmr_str_puts(out, "null");
}

static void put_json_record(struct fmr_str *out, const struct fmr_scaffold_record *record)
{
	put_pair(out, "{", "id", record->id);
	put_pair(out, ",", "type", record->type->name);
	put_pair(out, ",", "path", record->path);
	put_pair(out, ",", "title", record->title);
	put_pair(out, ",", "stage", record->step->name);
	fmr_str_puts(out, ",\"decide\":[");
	for (size_t i = 0; i < record->decision_count; i++) {
		put_pair(out, i ? ",{" : "{", "field", record->decisions[i].field->path);
		put_pair(out, ",", "what", record->decisions[i].what);
		fmr_str_putc(out, '}');
	}
	fmr_str_puts(out, "]}");
}

static void report_json(const struct work *work)
{
	struct fmr_str out;
	fmr_str_init(&out);
	put_pair(&out, "{", "id", work->write->id);
	put_pair(&out, ",", "path", work->write->path);
	put_pair(&out, ",", "commit", work->commit.commit);
	put_pair(&out, ",", "branch", work->commit.branch);
	fmr_str_puts(&out, ",\"records\":[");
	for (size_t i = 0; i < work->set.records.count; i++) {
		fmr_str_puts(&out, i ? "," : "");
		put_json_record(&out, &work->set.records.items[i]);
	}
	fmr_render_line(work->cli->out, "%s]}\n", out.bytes);
	fmr_str_release(&out);
}

static void put_step(const struct work *work, const struct fmr_scaffold_step *step)
{
	struct fmr_str requirements;
	fmr_str_init(&requirements);
	for (const char *const *id = step->requirements; *id; id++)
		fmr_str_printf(&requirements, "%s%s", requirements.length ? ", " : "  [", *id);
	if (requirements.length)
		fmr_str_putc(&requirements, ']');
	fmr_render_line(work->cli->out, "\n%s%s\n", fmr_words_in(&step->label, work->cli->language), requirements.bytes);
	fmr_str_release(&requirements);
}

static void put_decision(const struct work *work, const struct fmr_decision *decision)
{
	const enum fmr_language language = work->cli->language;
	fmr_render_line(work->cli->out, *decision->what ? "    %s: %s: %s\n" : "    %s: %s%s\n", fmr_decision_mark(language),
		fmr_words_in(&decision->field->label, language), decision->what);
}

static bool decide_the_same(const struct fmr_scaffold_record *a, const struct fmr_scaffold_record *b)
{
	bool same = a->kind == b->kind && a->decision_count == b->decision_count;
	for (size_t i = 0; same && i < a->decision_count; i++)
		same = a->decisions[i].field == b->decisions[i].field && strcmp(a->decisions[i].what, b->decisions[i].what) == 0;
	return same;
}

/* What is to be decided in records that are alike is said once, below the last of them; what the steps say of the record
 * that was asked for is said there. */
static void put_records(const struct work *work, const struct fmr_scaffold_step *step)
{
	const struct fmr_scaffold_record *all = work->set.records.items;
	for (size_t i = 0; i < work->set.records.count; i++) {
		if (all[i].step != step)
			continue;
		fmr_render_line(work->cli->out, "  %s  %s  %s\n", all[i].id,
			fmr_words_in(&all[i].type->label, work->cli->language), all[i].title);
		const bool last = i + 1 == work->set.records.count || !decide_the_same(&all[i], &all[i + 1]);
		const size_t count = i == work->set.root ? work->set.own : all[i].decision_count;
		for (size_t j = 0; last && j < count; j++)
			put_decision(work, &all[i].decisions[j]);
	}
}

static void put_parts(const struct work *work)
{
	const struct fmr_scaffold_record *root = &work->set.records.items[work->set.root];
	for (size_t i = 0; i < work->set.parts.count; i++) {
		const struct fmr_scaffold_part *part = &work->set.parts.items[i];
		put_step(work, part->step);
		put_records(work, part->step);
		if (part->count)
			fmr_render_line(work->cli->out, "  %s\n", root->id);
		for (size_t j = 0; j < part->count; j++)
			put_decision(work, &root->decisions[part->first + j]);
	}
}

static void report_text(const struct work *work)
{
	struct fmr_cli *cli = work->cli;
	struct fmr_str where;
	if (cli->quiet) {
		fmr_render_line(cli->out, "%s\n", work->write->id);
		return;
	}
	fmr_str_init(&where);
	fmr_write_where(&where, work->write->options, &work->commit);
	fmr_render_line(cli->out, Q_("%s: %zu record   %s\n", "%s: %zu records   %s\n", work->set.records.count),
		work->write->id, work->set.records.count, where.bytes);
	fmr_str_release(&where);
	put_parts(work);
	if (!work->write->options->dry_run) {
		fmr_cli_say(cli, _("what is open: fmrec grep '%s'"), fmr_decision_mark(cli->language));
		fmr_write_next(cli, work->write->type, work->write->id);
	}
}

int fmr_scaffold_write(struct fmr_cli *cli, struct fmr_scaffold *scaffold, const struct fmr_write_text *write,
	struct fmr_err *err)
{
	struct work work = { .cli = cli, .write = write };
	bool refused = false;
	int result = fmr_scaffold_make(scaffold, write->id, write->path, write->text, cli->language, &work.set, err);
	if (!result)
		result = check(&work, &refused, err);
	if (!result)
		result = refused ? FMR_EXIT_FINDINGS : apply(&work, err);
	if (result && !write->options->dry_run)
		fmr_draft_keep(cli, write->id, write->text, NULL);
	if (!result && cli->format && strcmp(cli->format, "json") == 0 && !write->options->dry_run)
		report_json(&work);
	else if (!result)
		report_text(&work);
	if (!result && !write->options->dry_run)
		fmr_draft_remove(cli, write->id);
	fmr_scaffold_set_release(&work.set);
	return result;
}
