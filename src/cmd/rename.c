#include "base/arena.h"
#include "base/clock.h"
#include "base/dict.h"
#include "base/vec.h"
#include "cmd/bound.h"
#include "cmd/write.h"
#include "render/line.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

enum { FINDINGS_CAP = 100, SHOWN_RECORDS = 20 };

static const char id_field[] = "id", aliases_field[] = "aliases";

struct options {
	struct fmr_write_options write;
};

static const struct fmr_option options_table[] = {
	FMR_WRITE_OPTIONS(options),
	{ 0 },
};

/* One record whose text changes because of the rename. */
struct rewrite {
	char *id, *path;
	struct fmr_str before, after;
	char digest_before[FMR_RECORD_DIGEST], digest_after[FMR_RECORD_DIGEST];
	size_t links; /* rewritten */
	bool moves;   /* the renamed record itself: it gets another path */
};

struct file { /* an attachment, which moves with it */
	char *from, *to;
	struct fmr_str content;
};

struct job {
	struct fmr_cli *cli;
	const struct options *options;
	const struct fmr_record *record; /* as it is */
	char *old, *new, *new_path;
	struct fmr_arena arena; /* of one record at a time */
	FMR_VEC(struct fmr_edit) edits;
	FMR_VEC(struct rewrite) rewrites;
	FMR_VEC(struct file) files;
	struct fmr_dict by_id; /* of rewrites */
	struct fmr_err *err;
	size_t unread;
};

static void job_release(struct job *job)
{
	for (size_t i = 0; i < job->rewrites.count; i++) {
		struct rewrite *rewrite = &job->rewrites.items[i];
		free(rewrite->id);
		free(rewrite->path);
		fmr_str_release(&rewrite->before);
		fmr_str_release(&rewrite->after);
	}
	for (size_t i = 0; i < job->files.count; i++) {
		free(job->files.items[i].from);
		free(job->files.items[i].to);
		fmr_str_release(&job->files.items[i].content);
	}
	FMR_VEC_RELEASE(&job->rewrites);
	FMR_VEC_RELEASE(&job->files);
	FMR_VEC_RELEASE(&job->edits);
	fmr_dict_release(&job->by_id);
	fmr_arena_release(&job->arena);
	free(job->old);
	free(job->new);
	free(job->new_path);
}

/* ---- the new id ---- */

/* Noon of the day that the old id tells, so that a new number stays in its year; now when it tells none. */
static int64_t day_of_id(const char *id)
{
	for (const char *part = strchr(id, '-'); part; part = strchr(part + 1, '-')) {
		char day[] = "0000-00-00T12:00:00Z";
		struct fmr_time time;
		if (strspn(part + 1, "0123456789") != 8)
			continue;
		memcpy(day, part + 1, 4);
		memcpy(day + 5, part + 5, 2);
		memcpy(day + 8, part + 7, 2);
		if (fmr_time_parse(day, strlen(day), &time))
			return time.seconds;
	}
	return fmr_clock_now();
}

/* Only begins or ends like the other: what an abbreviation does. */
static bool is_longer(const char *id, const char *part)
{
	size_t length = strlen(id), wanted = strlen(part);
	return length > wanted && (strncmp(id, part, wanted) == 0 || strcmp(id + length - wanted, part) == 0);
}

/* Has another record the id, or one that looks like it, or had it before?  Appends whose it is. */
static int find_owner(struct job *job, const char *id, struct fmr_str *owner, struct fmr_err *err)
{
	struct fmr_str path;
	struct fmr_err why = { 0 };
	fmr_str_init(&path);
	int result = fmr_id_find(job->cli->book, id, owner, &path, &why);
	if (result == FMR_OK && (strcmp(owner->bytes, job->record->id) == 0 || is_longer(owner->bytes, id)))
		fmr_str_clear(owner);
	if (result == FMR_ERR_NOT_FOUND || result == FMR_ERR_AMBIGUOUS)
		result = 0;
	else if (result && err)
		*err = why;
	fmr_str_release(&path);
	return result;
}

static bool is_taken(void *context, const char *id)
{
	struct fmr_str owner;
	fmr_str_init(&owner);
	bool taken = find_owner(context, id, &owner, NULL) != 0 || owner.length > 0;
	fmr_str_release(&owner);
	return taken;
}

/* typed: the whole id, the name in it, or NULL: another number. */
static int make_id(struct job *job, const char *typed, struct fmr_err *err)
{
	const struct fmr_type *type = job->record->type;
	char made[FMR_ID_LENGTH + 1];
	if (typed && fmr_id_fits(type, NULL, typed)) {
		job->new = fmr_strdup(typed);
		return 0;
	}
	bool named = strstr(type->pattern, "{name}") != NULL;
	if (typed && !named) {
		fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is no id of type '%s'"), typed, type->name);
		fmr_err_hint(err, _("its ids look like %s with prefix %s; leave it out to be given one"), type->pattern,
			type->prefix);
		return FMR_ERR_INVALID;
	}
	int result = fmr_id_make_unless(job->cli->book, type, typed, day_of_id(job->record->id), is_taken, job, made, err);
	if (!result)
		job->new = fmr_strdup(made);
	return result;
}

static const struct fmr_value *aliases_of(const struct fmr_record *record)
{
	const struct fmr_value *list = fmr_value_get(record->root, aliases_field);
	return list && list->kind == FMR_LIST ? list : NULL;
}

/* Position of a name among the aliases, or -1. */
static long alias_position(const struct fmr_record *record, const char *name)
{
	const struct fmr_value *list = aliases_of(record);
	for (size_t i = 0; list && i < list->list.count; i++)
		if (fmr_value_is(list->list.items[i], name))
			return (long)i;
	return -1;
}

static int check_taken(struct job *job, struct fmr_err *err)
{
	struct fmr_str owner;
	fmr_str_init(&owner);
	int result = find_owner(job, job->new, &owner, err);
	if (!result && owner.length) {
		fmr_err_set(err, FMR_ERR_EXISTS, _("'%s' is taken by '%s', which has it, had it or looks like it"), job->new,
			owner.bytes);
		fmr_err_hint(err, _("ids are not given again: choose another one"));
		result = FMR_ERR_EXISTS;
	}
	fmr_str_release(&owner);
	return result;
}

static int find_path(struct job *job, struct fmr_err *err)
{
	struct fmr_str path;
	fmr_str_init(&path);
	int result = fmr_id_path(job->record->type, job->new, &path) ? 0 :
		fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is no id of type '%s'"), job->new, job->record->type->name);
	job->new_path = fmr_strdup(path.bytes);
	fmr_str_release(&path);
	return result;
}

/* ---- what changes ---- */

static void add_edit(struct job *job, enum fmr_edit_kind kind, const char *path, const char *text)
{
	const struct fmr_edit edit = { kind, fmr_arena_strdup(&job->arena, path),
		fmr_value_new_string(&job->arena, text, strlen(text)), NULL };
	FMR_VEC_PUSH(&job->edits, edit);
}

/* Rewrite the link to the old id, in either form. */
static int see_link(void *context, const struct fmr_link *link)
{
	struct job *job = context;
	struct fmr_str path;
	if (strcmp(link->to, job->old) != 0)
		return 0;
	fmr_str_init(&path);
	fmr_link_path(link, &path);
	if (link->value->kind == FMR_MAP)
		fmr_str_puts(&path, ".to");
	add_edit(job, FMR_EDIT_SET, path.bytes, job->new);
	fmr_str_release(&path);
	return 0;
}

static int read_text(struct job *job, const char *path, const struct fmr_str *text, const struct fmr_value **out)
{
	const struct fmr_source source = { path, text->bytes, text->length };
	struct fmr_findings *ignored = fmr_findings_new(1);
	*out = fmr_yaml_read_record(&source, &job->arena, ignored);
	fmr_findings_free(ignored);
	return *out ? 0 : FMR_ERR_INVALID;
}

/* Apply the edits that were collected to the text in `after`. */
static int apply_edits(struct job *job, struct rewrite *rewrite, const struct fmr_type *type, struct fmr_err *err)
{
	const struct fmr_value *root;
	for (size_t i = 0; i < job->edits.count; i++)
		job->edits.items[i].field_order = type->field_order;
	const struct fmr_source source = { rewrite->path, rewrite->after.bytes, rewrite->after.length };
	int result = fmr_yaml_edit(&source, job->edits.items, job->edits.count, &rewrite->after, err);
	job->edits.count = 0;
	if (!result)
		result = read_text(job, rewrite->path, &rewrite->after, &root);
	if (!result)
		result = fmr_record_digest(type, root, rewrite->digest_after);
	if (result)
		fmr_err_context(err, "'%s'", rewrite->path);
	return result;
}

static int add_rewrite(struct job *job, const struct fmr_record *record, size_t links, struct fmr_err *err)
{
	struct rewrite *rewrite = FMR_VEC_ADD(&job->rewrites);
	*rewrite = (struct rewrite){ .id = fmr_strdup(record->id), .path = fmr_strdup(record->path), .links = links };
	fmr_str_init(&rewrite->before);
	fmr_str_init(&rewrite->after);
	fmr_str_add(&rewrite->before, record->text, record->length);
	fmr_str_add(&rewrite->after, record->text, record->length);
	fmr_dict_add(&job->by_id, record->id, job->rewrites.count - 1);
	int result = fmr_record_digest(record->type, record->root, rewrite->digest_before);
	return result ? result : apply_edits(job, rewrite, record->type, err);
}

static int see_record(void *context, const struct fmr_record *record)
{
	struct job *job = context;
	if (!record->type || !record->root) {
		job->unread += strstr(record->text, job->old) != NULL;
		return 0;
	}
	if (fmr_dict_get(&job->by_id, record->id, &(size_t){ 0 }))
		return 0; /* the record that is renamed: done already */
	fmr_arena_clear(&job->arena);
	fmr_links_each(record->type, record->root, see_link, job);
	return job->edits.count ? add_rewrite(job, record, job->edits.count, job->err) : 0;
}

/* ---- judgements of what was rewritten: the other record says the same as before, under another id ---- */

static int see_judged(void *context, const struct fmr_link *link)
{
	struct job *job = context;
	struct fmr_str path;
	size_t index;
	const char *to = strcmp(link->to, job->old) == 0 ? job->new : link->to;
	if (!link->judged || !fmr_dict_get(&job->by_id, to, &index))
		return 0;
	const struct rewrite *target = &job->rewrites.items[index];
	if (strcmp(link->judged, target->digest_before) != 0 || strcmp(link->judged, target->digest_after) == 0)
		return 0;
	fmr_str_init(&path);
	fmr_link_path(link, &path);
	fmr_str_puts(&path, ".judged");
	add_edit(job, FMR_EDIT_SET, path.bytes, target->digest_after);
	fmr_str_release(&path);
	return 0;
}

static int judge_again(void *context, const struct fmr_record *record)
{
	struct job *job = context;
	size_t index;
	if (!record->type || !record->root)
		return 0;
	fmr_arena_clear(&job->arena);
	fmr_links_each(record->type, record->root, see_judged, job);
	if (!job->edits.count)
		return 0;
	if (!fmr_dict_get(&job->by_id, record->id, &index))
		return add_rewrite(job, record, 0, job->err);
	return apply_edits(job, &job->rewrites.items[index], record->type, job->err);
}

/* ---- the record itself ---- */

static int rewrite_record(struct job *job, struct fmr_err *err)
{
	const struct fmr_record *record = job->record;
	fmr_arena_clear(&job->arena);
	if (!fmr_type_field(record->type, aliases_field)) {
		fmr_err_set(err, FMR_ERR_INVALID, _("type '%s' has no field '%s' to keep the old id in"), record->type->name,
			aliases_field);
		fmr_err_hint(err, _("add it to %s, as in the shipped types: see fmrec-schema(5)"),
			record->type->schema_path);
		return FMR_ERR_INVALID;
	}
	add_edit(job, FMR_EDIT_SET, id_field, job->new);
	long again = alias_position(record, job->new);
	if (again >= 0) { /* it goes back to a former id */
		char *path = fmr_format("%s.%ld", aliases_field, again);
		add_edit(job, FMR_EDIT_SET, path, job->old);
		free(path);
	} else {
		add_edit(job, FMR_EDIT_APPEND, aliases_field, job->old);
	}
	fmr_links_each(record->type, record->root, see_link, job);
	int result = add_rewrite(job, record, 0, err);
	if (!result)
		job->rewrites.items[job->rewrites.count - 1].moves = true;
	fmr_dict_add(&job->by_id, job->new, job->rewrites.count - 1);
	return result;
}

static int add_file(void *context, const struct fmr_entry *entry)
{
	struct job *job = context;
	size_t folder = strlen(job->record->path) - strlen(".yaml"), new_folder = strlen(job->new_path) - strlen(".yaml");
	struct file *file = FMR_VEC_ADD(&job->files);
	file->from = fmr_strdup(entry->path);
	file->to = fmr_format("%.*s%s", (int)new_folder, job->new_path, entry->path + folder);
	fmr_str_init(&file->content);
	return 0;
}

static int collect_files(struct job *job, struct fmr_err *err)
{
	char *folder = fmr_strndup(job->record->path, strlen(job->record->path) - strlen(".yaml"));
	int result = fmr_view_each(job->cli->view, folder, add_file, job, err);
	free(folder);
	if (result == FMR_ERR_NOT_FOUND)
		result = 0;
	for (size_t i = 0; !result && i < job->files.count; i++)
		result = fmr_view_read(job->cli->view, job->files.items[i].from, SIZE_MAX / 4,
			&job->files.items[i].content, err);
	return result;
}

/* ---- writing ---- */

/* Names come before what names them, and the old files go last: a power cut leaves a file too many rather than one
 * too few. */
static struct fmr_change *list_changes(const struct job *job, size_t *count)
{
	struct fmr_change *changes = fmr_alloc_zero(job->rewrites.count + 1 + 2 * job->files.count, sizeof(*changes));
	size_t used = 0;
	for (size_t i = 0; i < job->files.count; i++) {
		const struct file *file = &job->files.items[i];
		changes[used++] = (struct fmr_change){ file->to, file->content.bytes, file->content.length, NULL };
	}
	for (size_t i = 0; i < job->rewrites.count; i++) {
		const struct rewrite *rewrite = &job->rewrites.items[i];
		changes[used++] = rewrite->moves ?
			(struct fmr_change){ job->new_path, rewrite->after.bytes, rewrite->after.length, NULL } :
			(struct fmr_change){ rewrite->path, rewrite->after.bytes, rewrite->after.length, &rewrite->before };
	}
	for (size_t i = 0; i < job->rewrites.count; i++)
		if (job->rewrites.items[i].moves)
			changes[used++] = (struct fmr_change){ job->rewrites.items[i].path, NULL, 0,
				&job->rewrites.items[i].before };
	for (size_t i = 0; i < job->files.count; i++)
		changes[used++] = (struct fmr_change){ job->files.items[i].from, NULL, 0, &job->files.items[i].content };
	*count = used;
	return changes;
}

static void report(const struct job *job, const struct fmr_commit_result *commit)
{
	struct fmr_cli *cli = job->cli;
	struct fmr_str where;
	if (cli->quiet) {
		fmr_render_line(cli->out, "%s\n", job->new);
		return;
	}
	fmr_str_init(&where);
	fmr_write_where(&where, &job->options->write, commit);
	if (strcmp(job->record->id, job->new) != 0)
		fmr_render_line(cli->out, _("%s is %s now  %s   %s\n"), job->old, job->new, job->new_path, where.bytes);
	else
		fmr_render_line(cli->out, _("links to %s lead to %s now   %s\n"), job->old, job->new, where.bytes);
	size_t shown = 0, records = 0;
	for (size_t i = 0; i < job->rewrites.count; i++) {
		const struct rewrite *rewrite = &job->rewrites.items[i];
		if (!rewrite->links || records++ >= SHOWN_RECORDS)
			continue;
		fmr_render_line(cli->out, Q_("  %s: %zu link rewritten\n", "  %s: %zu links rewritten\n", rewrite->links),
			rewrite->id, rewrite->links);
		shown++;
	}
	if (records > shown)
		fmr_render_line(cli->out, _("  and %zu more records\n"), records - shown);
	fmr_str_release(&where);
}

/* The old id is there while this is judged. */
static bool is_of_the_move(const struct job *job, const struct fmr_finding *finding)
{
	return finding->code == FMR_CODE_ID_DUPLICATE && finding->found && strcmp(finding->found, job->old) == 0;
}

/* Whatever was wrong before may stay; the new id must add nothing. */
static int check_record(struct job *job, bool *refused, struct fmr_err *err)
{
	struct fmr_findings *findings = fmr_findings_new(FINDINGS_CAP), *left = fmr_findings_new(FINDINGS_CAP);
	const struct rewrite *rewrite = NULL;
	int result = 0;
	*refused = false;
	for (size_t i = 0; i < job->rewrites.count; i++)
		if (job->rewrites.items[i].moves)
			rewrite = &job->rewrites.items[i];
	if (rewrite)
		result = fmr_write_check(job->cli, job->new_path, &rewrite->before, &rewrite->after, findings, refused, err);
	for (size_t i = 0; *refused && i < fmr_findings_count(findings); i++)
		if (!is_of_the_move(job, fmr_findings_at(findings, i)))
			fmr_findings_copy(left, fmr_findings_at(findings, i));
	*refused = fmr_findings_errors(left) > 0;
	fmr_write_show_findings(job->cli, left);
	fmr_findings_free(left);
	fmr_findings_free(findings);
	return result;
}

static int write_job(struct job *job, struct fmr_err *err)
{
	struct fmr_str message;
	struct fmr_commit_result commit = { 0 };
	bool refused = false;
	size_t count;
	int result = check_record(job, &refused, err);
	if (result)
		return result;
	if (refused) {
		fmr_cli_say(job->cli, _("nothing written: '%s' would not be valid"), job->new);
		return FMR_EXIT_FINDINGS;
	}
	struct fmr_change *changes = list_changes(job, &count);
	fmr_str_init(&message);
	fmr_write_subject(&message, "rename", job->old, job->new);
	result = fmr_write_apply(job->cli, &job->options->write, changes, count, message.bytes, &commit, err);
	if (!result)
		report(job, &commit);
	fmr_str_release(&message);
	free(changes);
	return result;
}

/* A record that cannot be read may hold a link that nobody will find. */
static int refuse_unread(const struct job *job, struct fmr_err *err)
{
	fmr_err_set(err, FMR_ERR_REFUSED, _("%zu records that cannot be read name '%s'"), job->unread, job->old);
	fmr_err_hint(err, _("mend them first: see fmrec validate"));
	return FMR_ERR_REFUSED;
}

static int rewrite_all(struct job *job, struct fmr_err *err)
{
	struct fmr_findings *ignored = fmr_findings_new(1);
	job->err = err;
	int result = fmr_record_each(job->cli->book, NULL, see_record, job, ignored, err);
	if (!result && job->unread)
		result = refuse_unread(job, err);
	if (!result && job->rewrites.count)
		result = fmr_record_each(job->cli->book, NULL, judge_again, job, ignored, err);
	fmr_findings_free(ignored);
	return result;
}

/* The id that is to go: of the record, or a former one that links may still hold. */
static char *old_id(const struct fmr_record *record, const char *typed)
{
	return fmr_strdup(alias_position(record, typed) >= 0 ? typed : record->id);
}

static int rename_record(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	const char *typed = argv[0], *new = argc == 2 ? argv[1] : NULL;
	struct fmr_record record = { 0 };
	int result = fmr_write_open(cli, typed, &record, err);
	if (result)
		return result;
	struct job job = { .cli = cli, .options = options, .record = &record };
	fmr_arena_init(&job.arena);
	fmr_dict_init(&job.by_id);
	bool finish = new && strcmp(record.id, new) == 0; /* renamed already: only links that came since */
	job.old = finish ? old_id(&record, typed) : fmr_strdup(record.id);
	result = finish ? 0 : fmr_bound_refuse(cli, record.id, err);
	if (!result)
		result = make_id(&job, new, err);
	if (!result && !finish)
		result = check_taken(&job, err);
	if (!result)
		result = find_path(&job, err);
	if (!result && !finish)
		result = rewrite_record(&job, err);
	if (!result && !finish)
		result = collect_files(&job, err);
	if (!result && strcmp(job.old, job.new) != 0)
		result = rewrite_all(&job, err);
	if (!result && !job.rewrites.count)
		fmr_cli_say(cli, _("%s: nothing to change"), record.id);
	else if (!result)
		result = write_job(&job, err);
	job_release(&job);
	fmr_record_release(&record);
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	if (argc != 1 && argc != 2)
		return fmr_cli_usage(cli, _("name a record and its new id"));
	return fmr_write_locked(cli, &options->write, rename_record, given, argc, argv, err);
}

static const char *const synopsis[] = { "[<options>] <id> [<new-id>]", NULL };

const struct fmr_command fmr_command_renumber = { /* the same under another name; without help of its own */
	.name = "renumber",
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_WORK_TREE,
	.complete = "id",
	.run = run,
};

const struct fmr_command fmr_command_rename = {
	.name = "rename",
	.group = "write",
	.summary = N_("give a record another id"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_WORK_TREE,
	.complete = "id",
	.run = run,
};
