#include "cmd/write.h"

#include "base/alloc.h"
#include "base/text.h"
#include "cmd/names.h"
#include "json/json.h"
#include "record/scaffold.h"
#include "render/line.h"
#include "render/render.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

enum { SHORT_COMMIT = 7, FINDINGS_CAP = 200, DIFF_LIMIT = 1 << 20 };

/* ---- applying ---- */

static bool is_text(const char *bytes, size_t length)
{
	return length <= DIFF_LIMIT && !memchr(bytes, '\0', length) && fmr_utf8_valid(bytes, length) == length;
}

static void show_change(struct fmr_cli *cli, const struct fmr_change *change)
{
	struct fmr_render_side before = { 0 }, after = { change->bytes, change->length };
	if (change->expected)
		before = (struct fmr_render_side){ change->expected->bytes, change->expected->length };
	if (is_text(before.bytes ? before.bytes : "", before.length) &&
		is_text(after.bytes ? after.bytes : "", after.length))
		fmr_render_diff(cli->out, change->path, before, after, cli->color);
	else
		fmr_render_line(cli->out, "%s %s (%zu bytes)\n", after.bytes ? "+++" : "---", change->path,
			after.bytes ? after.length : before.length);
}

int fmr_write_locked(struct fmr_cli *cli, const struct fmr_write_options *options, fmr_write_work *work,
	const void *given, int argc, char **argv, struct fmr_err *err)
{
	int result = options->dry_run ? 0 : fmr_store_lock(cli->store, 0, err);
	if (result)
		return result;
	result = work(cli, given, argc, argv, err);
	if (!options->dry_run)
		fmr_store_unlock(cli->store);
	return result;
}

int fmr_write_apply(struct fmr_cli *cli, const struct fmr_write_options *options, const struct fmr_change *changes,
	size_t count, const char *message, struct fmr_commit_result *result, struct fmr_err *err)
{
	*result = (struct fmr_commit_result){ 0 };
	if (options->dry_run) {
		for (size_t i = 0; i < count; i++)
			show_change(cli, &changes[i]);
		return 0;
	}
	bool sign = false;
	int refused = options->no_commit || options->no_stage ? 0 : fmr_write_signed(cli, changes, count, &sign, err);
	if (refused)
		return refused;
	const struct fmr_commit_options commit = {
		.message = message,
		.no_commit = options->no_commit || options->no_stage,
		.no_stage = options->no_stage,
		.no_verify = options->no_verify,
		.sign = sign,
	};
	return fmr_store_apply(cli->store, changes, count, &commit, result, err);
}

void fmr_write_subject(struct fmr_str *out, const char *verb, const char *id, const char *rest)
{
	struct fmr_str line;
	fmr_str_init(&line);
	fmr_str_printf(&line, "fmrec: %s %s%s%s", verb, id, rest ? " " : "", rest ? rest : "");
	fmr_text_escape(out, line.bytes, line.length, false);
	fmr_str_release(&line);
}

void fmr_write_where(struct fmr_str *out, const struct fmr_write_options *options,
	const struct fmr_commit_result *result)
{
	if (options->dry_run)
		fmr_str_puts(out, _("(dry run)"));
	else if (options->no_stage)
		fmr_str_puts(out, _("(not staged)"));
	else if (!result->commit[0])
		fmr_str_puts(out, _("(staged)"));
	else
		fmr_str_printf(out, "[%s %.*s]", result->branch, SHORT_COMMIT, result->commit);
}

/* ---- checking ---- */

static bool same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/* Line numbers do not count: an edit moves them. */
static bool same_finding(const struct fmr_finding *a, const struct fmr_finding *b)
{
	return a->code == b->code && same_text(a->pointer, b->pointer) && same_text(a->message, b->message);
}

bool fmr_write_has_finding(const struct fmr_findings *findings, const struct fmr_finding *wanted)
{
	for (size_t i = 0; i < fmr_findings_count(findings); i++)
		if (same_finding(fmr_findings_at(findings, i), wanted))
			return true;
	return false;
}

int fmr_write_check(struct fmr_cli *cli, const char *path, const struct fmr_str *before, const struct fmr_str *text,
	struct fmr_findings *findings, bool *refused, struct fmr_err *err)
{
	struct fmr_findings *now = fmr_findings_new(FINDINGS_CAP), *old = fmr_findings_new(0);
	int result = fmr_check_text(cli->book, path, text->bytes, text->length, NULL, now, err);
	*refused = fmr_findings_errors(now) > 0;
	if (!result && *refused && before) {
		result = fmr_check_text(cli->book, path, before->bytes, before->length, NULL, old, err);
		*refused = false;
		for (size_t i = 0; i < fmr_findings_count(now); i++) {
			const struct fmr_finding *finding = fmr_findings_at(now, i);
			if (finding->severity == FMR_ERROR && !fmr_write_has_finding(old, finding)) {
				fmr_findings_copy(findings, finding);
				*refused = true;
			}
		}
	}
	if (!*refused || !before)
		fmr_findings_merge(findings, now);
	fmr_findings_free(old);
	fmr_findings_free(now);
	return result;
}

/* Files that are attached by the same write are not there yet when it is checked. */
static bool is_of_more(const struct fmr_write *write, const struct fmr_finding *finding)
{
	return write->more_count &&
		(finding->code == FMR_CODE_ATTACHMENT_MISSING || finding->code == FMR_CODE_ATTACHMENT_CHANGED ||
			finding->code == FMR_CODE_ATTACHMENT_STRAY);
}

/* Drop the findings that the write itself mends; true when an error is left. */
static bool drop_mended(const struct fmr_write *write, struct fmr_findings **findings)
{
	struct fmr_findings *left = fmr_findings_new(FINDINGS_CAP);
	for (size_t i = 0; i < fmr_findings_count(*findings); i++)
		if (!is_of_more(write, fmr_findings_at(*findings, i)))
			fmr_findings_copy(left, fmr_findings_at(*findings, i));
	fmr_findings_free(*findings);
	*findings = left;
	return fmr_findings_errors(left) > 0;
}

/* What the record names comes before it, what it no longer names goes after it: a power cut leaves a file too many
 * rather than one too few. */
static void order_changes(const struct fmr_write *write, struct fmr_change *changes)
{
	size_t count = 0;
	for (size_t i = 0; i < write->more_count; i++)
		if (write->more[i].bytes)
			changes[count++] = write->more[i];
	changes[count++] = (struct fmr_change){ write->path, write->text->bytes, write->text->length, write->before };
	for (size_t i = 0; i < write->more_count; i++)
		if (!write->more[i].bytes)
			changes[count++] = write->more[i];
}

int fmr_write_record(struct fmr_cli *cli, const struct fmr_write *write, struct fmr_commit_result *commit,
	struct fmr_err *err)
{
	struct fmr_findings *findings = fmr_findings_new(FINDINGS_CAP);
	struct fmr_change *changes = fmr_alloc_zero(write->more_count + 1, sizeof(*changes));
	bool refused = false;
	int result = fmr_write_check(cli, write->path, write->before, write->text, findings, &refused, err);
	if (!result) {
		if (refused && write->more_count)
			refused = drop_mended(write, &findings);
		fmr_write_show_findings(cli, findings);
	}
	if (!result && refused) {
		fmr_cli_say(cli, write->before ? _("nothing written: the change makes '%s' invalid")
					       : _("nothing written: '%s' is not valid"),
			write->path);
		result = FMR_EXIT_FINDINGS;
	}
	if (!result) {
		order_changes(write, changes);
		result = fmr_write_apply(cli, write->options, changes, write->more_count + 1, write->message, commit, err);
	}
	free(changes);
	fmr_findings_free(findings);
	return result;
}

int fmr_write_edits(struct fmr_cli *cli, const struct fmr_write_options *options, const struct fmr_record *record,
	const struct fmr_edit *edits, size_t count, const char *message, struct fmr_commit_result *commit, bool *changed,
	struct fmr_err *err)
{
	const struct fmr_source source = { record->path, record->text, record->length };
	struct fmr_str before, text;
	fmr_str_init(&before);
	fmr_str_init(&text);
	fmr_str_add(&before, record->text, record->length);
	int result = fmr_yaml_edit(&source, edits, count, &text, err);
	*changed = !result && (text.length != before.length || memcmp(text.bytes, before.bytes, text.length) != 0);
	for (size_t i = 0; *changed && record->type && i < count; i++)
		if (edits[i].kind == FMR_EDIT_SET || edits[i].kind == FMR_EDIT_APPEND)
			fmr_decision_made(&text, record->type, edits[i].path, edits[i].kind == FMR_EDIT_APPEND);
	if (*changed) {
		const struct fmr_write write = { options, record->path, &before, &text, message, NULL, 0 };
		result = fmr_write_record(cli, &write, commit, err);
	}
	fmr_str_release(&text);
	fmr_str_release(&before);
	return result;
}

void fmr_write_show_findings(struct fmr_cli *cli, const struct fmr_findings *findings)
{
	enum fmr_findings_format format;
	if (cli->format && fmr_findings_format_parse(cli->format, &format)) {
		const struct fmr_findings_style style = { .color = cli->color };
		if (fmr_findings_count(findings))
			fmr_render_findings(cli->out, findings, format, &style);
		return;
	}
	/* Advice is for those who ask: somebody filing a failure at night has enough to read. */
	const struct fmr_findings_style style = { .color = cli->color_errors };
	struct fmr_findings *shown = fmr_findings_new(0);
	fmr_findings_merge_severe(shown, findings, cli->verbose ? FMR_ADVICE : FMR_WARNING);
	if (fmr_findings_count(shown))
		fmr_render_findings(cli->talk, shown, FMR_FINDINGS_TEXT, &style);
	fmr_findings_free(shown);
}

int fmr_write_open(struct fmr_cli *cli, const char *id_text, struct fmr_record *record, struct fmr_err *err)
{
	struct fmr_str id, path;
	fmr_str_init(&id);
	fmr_str_init(&path);
	struct fmr_findings *findings = fmr_findings_new(FINDINGS_CAP);
	int result = fmr_names_find(cli->store, cli->book, id_text, &id, &path, err);
	if (!result)
		result = fmr_record_read(cli->book, path.bytes, record, findings, err);
	if (!result && !record->root) {
		fmr_write_show_findings(cli, findings);
		fmr_record_release(record);
		result = fmr_err_set(err, FMR_ERR_REFUSED, _("'%s' cannot be read as a record"), path.bytes);
		fmr_err_hint(err, _("mend it in an editor: fmrec edit %s"), id.bytes);
	}
	fmr_findings_free(findings);
	fmr_str_release(&path);
	fmr_str_release(&id);
	return result;
}

static void report_json(struct fmr_cli *cli, const struct fmr_write_text *write, const struct fmr_commit_result *commit)
{
	struct fmr_str line;
	fmr_str_init(&line);
	const char *const pairs[][2] = { { "id", write->id }, { "path", write->path }, { "commit", commit->commit },
		{ "branch", commit->branch } };
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		fmr_str_puts(&line, i ? "," : "{");
		fmr_json_write_string(&line, pairs[i][0], strlen(pairs[i][0]));
		fmr_str_putc(&line, ':');
		if (*pairs[i][1])
			fmr_json_write_string(&line, pairs[i][1], strlen(pairs[i][1]));
		else
			fmr_str_puts(&line, "null");
	}
	fmr_render_line(cli->out, "%s}\n", line.bytes);
	fmr_str_release(&line);
}

static void report_text(struct fmr_cli *cli, const struct fmr_write_text *write, const struct fmr_commit_result *commit)
{
	if (cli->quiet) {
		if (!write->before)
			fmr_render_line(cli->out, "%s\n", write->id);
		return;
	}
	struct fmr_str where;
	fmr_str_init(&where);
	fmr_write_where(&where, write->options, commit);
	if (write->before)
		fmr_render_line(cli->out, _("%s changed  %s   %s\n"), write->id, write->path, where.bytes);
	else if (commit->commit[0])
		fmr_render_line(cli->out, _("%s recorded  %s\n"), write->id, write->path);
	else
		fmr_render_line(cli->out, _("%s recorded  %s   %s\n"), write->id, write->path, where.bytes);
	if (!write->before)
		fmr_write_next(cli, write->type, write->id);
	fmr_str_release(&where);
}

int fmr_write_text(struct fmr_cli *cli, const struct fmr_write_text *write, struct fmr_err *err)
{
	struct fmr_str message;
	fmr_str_init(&message);
	fmr_write_subject(&message, write->before ? "edit" : "new", write->id, write->before ? NULL : write->type->name);
	const struct fmr_write record = { write->options, write->path, write->before, write->text, message.bytes, NULL,
		0 };
	struct fmr_commit_result commit = { 0 };
	int result = fmr_write_record(cli, &record, &commit, err);
	if (result && !write->options->dry_run)
		fmr_draft_keep(cli, write->id, write->text, write->before);
	if (!result && !write->options->dry_run) {
		fmr_draft_remove(cli, write->id);
		if (cli->format && strcmp(cli->format, "json") == 0)
			report_json(cli, write, &commit);
		else
			report_text(cli, write, &commit);
	}
	fmr_str_release(&message);
	return result;
}

/* The shortest part of an id that people can say: what stands behind its last `-`. */
static const char *short_id(const struct fmr_type *type, const char *id)
{
	const char *dash = strrchr(id, '-');
	return dash && dash[1] && strstr(type->pattern, "{random}") ? dash + 1 : id;
}

void fmr_write_next(struct fmr_cli *cli, const struct fmr_type *type, const char *id)
{
	const char *name = short_id(type, id);
	if (type->log.field)
		fmr_cli_say(cli, _("next: fmrec log-entry %s \"...\"   fmrec edit %s"), name, name);
	else
		fmr_cli_say(cli, _("next: fmrec edit %s   fmrec show %s"), name, name);
}
