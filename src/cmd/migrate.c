/*
 * Records of an older form, rewritten in the form of their type: all as one
 * commit.  What would lose a signature, or would not be valid, is left as it is.
 */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/dict.h"
#include "base/i18n.h"
#include "base/vec.h"
#include "cmd/asked.h"
#include "cmd/names.h"
#include "cmd/write.h"
#include "render/line.h"
#include "render/render.h"
#include "trust/manifest.h"
#include "yaml/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FINDINGS_CAP = 1000 };

struct options {
	struct fmr_write_options write;
	bool all_signed;
};

static const struct fmr_option options_table[] = {
	{ .name = "signed", .kind = FMR_OPTION_FLAG,
		.help = N_("also records that lose signatures by it, which cover what changes"),
		.offset = offsetof(struct options, all_signed) },
	FMR_WRITE_OPTIONS(options),
	{ 0 },
};

enum outcome { MIGRATED, LINKS, SIGNED, INVALID, LATER };

/* One record of an older form, or one with links that were judged against such a record. */
struct change {
	char *id, *path;
	const struct fmr_type *type;
	int form;                     /* as it is */
	enum outcome outcome;
	struct fmr_str before, after; /* after: empty unless it is written */
	struct fmr_str lost;          /* transitions whose signatures it would lose, or loses */
	char digest_before[FMR_RECORD_DIGEST], digest_after[FMR_RECORD_DIGEST];
};

struct job {
	struct fmr_cli *cli;
	const struct options *options;
	struct fmr_arena arena;       /* of one record at a time */
	struct fmr_findings *findings;
	FMR_VEC(struct change) changes;
	FMR_VEC(struct fmr_edit) edits;
	struct fmr_dict by_id;        /* of changes */
	size_t named, unread, suspects;
	struct fmr_err *err;
};

static void release(struct job *job)
{
	for (size_t i = 0; i < job->changes.count; i++) {
		struct change *change = &job->changes.items[i];
		free(change->id);
		free(change->path);
		fmr_str_release(&change->before);
		fmr_str_release(&change->after);
		fmr_str_release(&change->lost);
	}
	FMR_VEC_RELEASE(&job->changes);
	FMR_VEC_RELEASE(&job->edits);
	fmr_dict_release(&job->by_id);
	fmr_findings_free(job->findings);
	fmr_arena_release(&job->arena);
}

static bool is_written(const struct change *change)
{
	return change->outcome == MIGRATED || change->outcome == LINKS;
}

/* ---- signatures ---- */

static struct fmr_text text_of(const struct fmr_str *str)
{
	return (struct fmr_text){ str->bytes, str->length };
}

static bool same_field(const struct change *change, const struct fmr_value *before, const struct fmr_value *after,
	const char *name)
{
	const struct fmr_text old = fmr_trust_field_bytes(text_of(&change->before), before, name),
			      new = fmr_trust_field_bytes(text_of(&change->after), after, name);
	return old.length == new.length && (!old.length || memcmp(old.bytes, new.bytes, old.length) == 0);
}

/* Is all that the vote covers as it was, to the byte? */
static bool survives(const struct change *change, const struct fmr_value *before, const struct fmr_value *after,
	const struct fmr_vote *vote)
{
	bool same = vote->covers && fmr_trust_fields_stand_alone(text_of(&change->after), after);
	for (size_t i = 0; same && vote->covers[i]; i++)
		same = same_field(change, before, after, vote->covers[i]);
	return same;
}

static void add_lost(struct change *change, const char *action)
{
	if (!strstr(change->lost.bytes ? change->lost.bytes : "", action))
		fmr_str_printf(&change->lost, "%s%s", change->lost.length ? ", " : "", action);
}

/* Which signatures does the change take away? */
static int find_lost(struct job *job, struct change *change, const struct fmr_value *before, struct fmr_err *err)
{
	struct fmr_audit *audit = NULL;
	int result = job->cli->states ? fmr_states_audit(job->cli->states, &audit, err) : 0;
	const struct fmr_record_status *status = audit ? fmr_audit_record(audit, change->id) : NULL;
	const struct fmr_value *after = status ?
		fmr_yaml_read_quietly(change->after.bytes, change->after.length, &job->arena) : NULL;
	for (size_t i = 0; after && i < status->vote_count; i++) {
		const struct fmr_vote *vote = status->votes[i];
		const bool counts = vote->status == FMR_VOTE_COUNTS || vote->status == FMR_VOTE_OPEN;
		if (counts && !survives(change, before, after, vote))
			add_lost(change, vote->action);
	}
	return result;
}

/* ---- one record ---- */

static struct change *add_change(struct job *job, const struct fmr_record *record, enum outcome outcome)
{
	struct change *change = FMR_VEC_ADD(&job->changes);
	*change = (struct change){ .id = fmr_strdup(record->id), .path = fmr_strdup(record->path), .type = record->type,
		.form = fmr_record_form(record->root), .outcome = outcome };
	fmr_str_init(&change->before);
	fmr_str_init(&change->after);
	fmr_str_init(&change->lost);
	fmr_str_add(&change->before, record->text, record->length);
	fmr_dict_add(&job->by_id, change->id, job->changes.count - 1);
	return change;
}

static int digest(struct job *job, struct change *change, const struct fmr_value *before)
{
	const struct fmr_value *after = fmr_yaml_read_quietly(change->after.bytes, change->after.length, &job->arena);
	int code = fmr_record_digest(change->type, before, change->digest_before);
	return code ? code : fmr_record_digest(change->type, after, change->digest_after);
}

/* What stands in the way, as far as it shows in the file as it is; else what the new form asks for besides. */
static int tell_faults(struct job *job, const struct fmr_record *record, const struct fmr_findings *after,
	struct fmr_err *err)
{
	struct fmr_findings *before = fmr_findings_new(FINDINGS_CAP);
	int result = fmr_check_text(job->cli->book, record->path, record->text, record->length, NULL, before, err);
	fmr_findings_merge_severe(job->findings, fmr_findings_errors(before) ? before : after, FMR_ERROR);
	fmr_findings_free(before);
	return result;
}

static int rewrite(struct job *job, const struct fmr_record *record, struct change *change, struct fmr_err *err)
{
	const struct fmr_source source = { record->path, record->text, record->length };
	struct fmr_findings *own = fmr_findings_new(FINDINGS_CAP);
	int result = fmr_migrate_text(record->type, &source, record->root, &change->after, err);
	if (!result)
		result = fmr_check_text(job->cli->book, record->path, change->after.bytes, change->after.length, NULL, own, err);
	if (!result && fmr_findings_errors(own)) {
		change->outcome = INVALID;
		result = tell_faults(job, record, own, err);
	} else if (!result) {
		result = find_lost(job, change, record->root, err);
		if (change->lost.length && !job->options->all_signed)
			change->outcome = SIGNED;
	}
	if (!result)
		result = digest(job, change, record->root);
	fmr_findings_free(own);
	return result;
}

static int see_record(void *context, const struct fmr_record *record)
{
	struct job *job = context;
	const int form = record->root ? fmr_record_form(record->root) : 0;
	job->unread += !record->root || !record->type;
	if (!record->type || !form || form == record->type->form || fmr_dict_get(&job->by_id, record->id, &(size_t){ 0 }))
		return 0;
	fmr_arena_clear(&job->arena);
	struct change *change = add_change(job, record, form > record->type->form ? LATER : MIGRATED);
	return change->outcome == LATER ? 0 : rewrite(job, record, change, job->err);
}

/* ---- which records ---- */

static int see_path(void *context, const char *path)
{
	struct job *job = context;
	struct fmr_record record;
	struct fmr_findings *ignored = fmr_findings_new(1);
	int result = fmr_record_read(job->cli->book, path, &record, ignored, job->err);
	fmr_findings_free(ignored);
	if (result)
		return result;
	job->named++;
	result = see_record(job, &record);
	fmr_record_release(&record);
	return result;
}

static int see_named(struct job *job, const char *name, struct fmr_err *err)
{
	struct fmr_str id, path;
	fmr_str_init(&id);
	fmr_str_init(&path);
	int result = fmr_names_find(job->cli->store, job->cli->book, name, &id, &path, err);
	if (!result)
		result = see_path(job, path.bytes);
	fmr_str_release(&path);
	fmr_str_release(&id);
	return result;
}

/* No record of a type in its first form is older than that. */
static int see_all(struct job *job, struct fmr_err *err)
{
	const char *const *names;
	size_t count, used = 0;
	int result = fmr_book_type_names(job->cli->book, &names, &count, err);
	if (result)
		return result;
	const char **types = fmr_alloc_zero(count + 1, sizeof(*types));
	for (size_t i = 0; !result && i < count; i++) {
		const struct fmr_type *type;
		result = fmr_book_type(job->cli->book, names[i], &type, NULL, err);
		if (!result && type->form > 1)
			types[used++] = names[i];
	}
	struct fmr_findings *ignored = fmr_findings_new(1);
	if (!result && used)
		result = fmr_record_each(job->cli->book, types, see_record, job, ignored, err);
	fmr_findings_free(ignored);
	free(types);
	return result;
}

/* ---- what was judged against them: they say the same as before ---- */

static int see_judged(void *context, const struct fmr_link *link)
{
	struct job *job = context;
	size_t index;
	if (!link->judged || !fmr_dict_get(&job->by_id, link->to, &index))
		return 0;
	const struct change *target = &job->changes.items[index];
	if (target->outcome != MIGRATED || strcmp(link->judged, target->digest_before) != 0)
		return 0;
	struct fmr_str path;
	fmr_str_init(&path);
	fmr_link_path(link, &path);
	fmr_str_puts(&path, ".judged");
	const struct fmr_edit edit = { FMR_EDIT_SET, fmr_arena_strdup(&job->arena, path.bytes),
		fmr_value_new_string(&job->arena, target->digest_after, strlen(target->digest_after)), NULL };
	FMR_VEC_PUSH(&job->edits, edit);
	fmr_str_release(&path);
	return 0;
}

/* The links of a record, as its text has them or is going to. */
static int judge_again(struct job *job, const struct fmr_record *record, struct fmr_err *err)
{
	size_t index;
	const bool known = fmr_dict_get(&job->by_id, record->id, &index);
	if (known && job->changes.items[index].outcome != MIGRATED)
		return 0;
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_add(&text, known ? job->changes.items[index].after.bytes : record->text,
		known ? job->changes.items[index].after.length : record->length);
	const struct fmr_value *root = fmr_yaml_read_quietly(text.bytes, text.length, &job->arena);
	job->edits.count = 0;
	fmr_links_each(record->type, root, see_judged, job);
	const struct fmr_source source = { record->path, text.bytes, text.length };
	int result = job->edits.count ? fmr_yaml_edit(&source, job->edits.items, job->edits.count, &text, err) : 0;
	if (!result && job->edits.count) {
		struct change *change = known ? &job->changes.items[index] : add_change(job, record, LINKS);
		fmr_str_clear(&change->after);
		fmr_str_add(&change->after, text.bytes, text.length);
		if (!known)
			result = find_lost(job, change, record->root, err);
		if (!known && change->lost.length && !job->options->all_signed) {
			change->outcome = SIGNED;
			job->suspects += job->edits.count;
		}
	}
	fmr_str_release(&text);
	return result;
}

static int see_linking(void *context, const struct fmr_record *record)
{
	struct job *job = context;
	if (!record->type || !record->root)
		return 0;
	fmr_arena_clear(&job->arena);
	return judge_again(job, record, job->err);
}

static int mend_links(struct job *job, struct fmr_err *err)
{
	struct fmr_findings *ignored = fmr_findings_new(1);
	bool any = false;
	for (size_t i = 0; i < job->changes.count; i++)
		any |= job->changes.items[i].outcome == MIGRATED;
	int result = any ? fmr_record_each(job->cli->book, NULL, see_linking, job, ignored, err) : 0;
	fmr_findings_free(ignored);
	return result;
}

/* ---- writing ---- */

static void write_message(const struct job *job, struct fmr_str *out)
{
	size_t count = 0;
	const char *only = "";
	for (size_t i = 0; i < job->changes.count; i++) {
		count += job->changes.items[i].outcome == MIGRATED;
		if (job->changes.items[i].outcome == MIGRATED)
			only = job->changes.items[i].id;
	}
	if (count == 1) {
		fmr_write_subject(out, "migrate", only, NULL);
		return;
	}
	fmr_str_printf(out, "fmrec: migrate %zu records\n", count);
	for (size_t i = 0; i < job->changes.count; i++) {
		const struct change *change = &job->changes.items[i];
		if (change->outcome == MIGRATED)
			fmr_str_printf(out, "\n%s to form %d", change->id, change->type->form);
	}
}

static int write_changes(struct job *job, struct fmr_commit_result *commit, struct fmr_err *err)
{
	struct fmr_change *changes = fmr_alloc_zero(job->changes.count + 1, sizeof(*changes));
	struct fmr_str message;
	size_t count = 0;
	for (size_t i = 0; i < job->changes.count; i++) {
		const struct change *change = &job->changes.items[i];
		if (is_written(change))
			changes[count++] = (struct fmr_change){ change->path, change->after.bytes, change->after.length,
				&change->before };
	}
	struct fmr_write_options write = job->options->write;
	fmr_str_init(&message);
	write_message(job, &message);
	int result = 0;
	if (count && !(write.dry_run && job->cli->format))
		result = fmr_write_apply(job->cli, &write, changes, count, message.bytes, commit, err);
	fmr_str_release(&message);
	free(changes);
	return result;
}

/* ---- the report ---- */

static const char *outcome_name(const struct job *job, enum outcome outcome)
{
	static const char *const codes[] = { [MIGRATED] = "migrated", [LINKS] = "links", [SIGNED] = "signed",
		[INVALID] = "invalid", [LATER] = "later" };
	static const char *const said[] = { [MIGRATED] = N_("migrated"), [LINKS] = N_("links only"),
		[SIGNED] = N_("left: signed"), [INVALID] = N_("left: not valid"), [LATER] = N_("left: form not known yet") };
	return job->cli->format && strcmp(job->cli->format, "table") != 0 && strcmp(job->cli->format, "text") != 0 ?
		codes[outcome] : _(said[outcome]);
}

static void put_row(const struct job *job, struct fmr_table *table, const struct change *change)
{
	struct fmr_arena arena;
	char from[16], to[16];
	fmr_arena_init(&arena);
	snprintf(from, sizeof(from), "%d", change->form);
	snprintf(to, sizeof(to), "%d", change->outcome == MIGRATED ? change->type->form : change->form);
	const char *const cells[] = { change->id, change->type->name, from, to, outcome_name(job, change->outcome),
		change->lost.length ? change->lost.bytes : NULL };
	const struct fmr_value *const values[] = { NULL, NULL, fmr_value_new_number(&arena, from),
		fmr_value_new_number(&arena, to), NULL, NULL };
	fmr_table_row(table, cells, values);
	fmr_arena_release(&arena);
}

static void put_table(const struct job *job)
{
	static const char *const columns[] = { "id", "type", "from", "to", "outcome", "loses" };
	struct fmr_cli *cli = job->cli;
	enum fmr_table_format format = FMR_TABLE_TEXT;
	if (cli->format)
		fmr_table_format_parse(cli->format, &format);
	struct fmr_table *table = fmr_table_new(cli->out, format, columns, sizeof(columns) / sizeof(*columns),
		fmr_cli_width(cli), cli->color, false);
	for (size_t i = 0; i < job->changes.count; i++)
		put_row(job, table, &job->changes.items[i]);
	fmr_table_end(table);
}

static size_t count_of(const struct job *job, enum outcome outcome)
{
	size_t count = 0;
	for (size_t i = 0; i < job->changes.count; i++)
		count += job->changes.items[i].outcome == outcome;
	return count;
}

static void say_left(const struct job *job)
{
	struct fmr_cli *cli = job->cli;
	const size_t left = count_of(job, SIGNED), invalid = count_of(job, INVALID);
	if (left) {
		fmr_cli_say(cli, Q_("%zu signed record is left as it is, and is read in its new form all the same",
			"%zu signed records are left as they are, and are read in their new form all the same", left), left);
		fmr_cli_hint(cli, _("fmrec migrate --signed rewrites them, too: they are to be signed again then"));
	}
	if (job->suspects)
		fmr_cli_say(cli, Q_("%zu link in them is to be judged again: fmrec relink",
			"%zu links in them are to be judged again: fmrec relink", job->suspects), job->suspects);
	if (invalid)
		fmr_cli_say(cli, Q_("%zu record is left as it is: mend it, then migrate it again",
			"%zu records are left as they are: mend them, then migrate them again", invalid), invalid);
	if (job->unread)
		fmr_cli_warn(cli, Q_("%zu record cannot be read", "%zu records cannot be read", job->unread), job->unread);
}

static int report(struct job *job, const struct fmr_commit_result *commit)
{
	struct fmr_cli *cli = job->cli;
	const size_t migrated = count_of(job, MIGRATED);
	fmr_findings_sort(job->findings);
	if (!cli->format)
		fmr_write_show_findings(cli, job->findings);
	if (cli->format || (job->changes.count && !cli->quiet && !job->options->write.dry_run))
		put_table(job);
	if (!job->changes.count)
		fmr_cli_say(cli, _("nothing to migrate: the records follow the forms of now"));
	if (migrated) {
		struct fmr_str where;
		fmr_str_init(&where);
		fmr_write_where(&where, &job->options->write, commit);
		fmr_cli_say(cli, Q_("%zu record migrated   %s", "%zu records migrated   %s", migrated), migrated, where.bytes);
		fmr_str_release(&where);
	}
	say_left(job);
	return count_of(job, INVALID) || count_of(job, LATER) || job->unread ? FMR_EXIT_FINDINGS : FMR_EXIT_OK;
}

static int gather(struct job *job, int argc, char **argv, struct fmr_err *err)
{
	int result = 0;
	if (!argc)
		return see_all(job, err);
	if (fmr_asked_is_query(argc, argv))
		return fmr_asked_each_path(job->cli, argc, argv, see_path, job, err);
	for (int i = 0; !result && i < argc; i++)
		result = see_named(job, argv[i], err);
	return result;
}

static int migrate(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	struct job job = { .cli = cli, .options = given, .findings = fmr_findings_new(FINDINGS_CAP), .err = err };
	struct fmr_commit_result commit = { 0 };
	fmr_arena_init(&job.arena);
	fmr_dict_init(&job.by_id);
	int result = gather(&job, argc, argv, err);
	if (!result)
		result = mend_links(&job, err);
	if (!result)
		result = write_changes(&job, &commit, err);
	if (!result)
		result = report(&job, &commit);
	release(&job);
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	return fmr_write_locked(cli, &options->write, migrate, given, argc, argv, err);
}

static const char *const synopsis[] = { "[<options>] [<id>|<path>...|<query>...]", NULL };

const struct fmr_command fmr_command_migrate = {
	.name = "migrate",
	.group = "write",
	.summary = N_("rewrite records of an older form in the form of now"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_WORK_TREE,
	.complete = "id",
	.formats = fmr_table_formats,
	.run = run,
};
