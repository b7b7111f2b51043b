#include "base/arena.h"
#include "base/text.h"
#include "base/vec.h"
#include "cmd/compose.h"
#include "cmd/names.h"
#include "cmd/relation.h"
#include "cmd/write.h"
#include "render/line.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

enum { VERSIONS = 2000, RENAMES = 16, RECORD_LIMIT = 16 << 20 };

struct options {
	struct fmr_write_options write;
	const char *reason;
};

static const struct fmr_option options_table[] = {
	{ .letter = 'm', .name = "message", .kind = FMR_OPTION_STRING, .argument = N_("reason"),
		.help = N_("why the link still holds; goes into the commit"), .offset = offsetof(struct options, reason) },
	FMR_WRITE_OPTIONS(options),
	{ 0 },
};

/* ---- the links to be judged again ---- */

struct one {
	const char *path, *to, *judged; /* judged NULL: it never was */
	const char *origin;             /* where the suspicion comes from, when the target itself did not change */
	bool is_map;
};

struct job {
	struct fmr_cli *cli;
	const struct options *options; /* NULL: nobody looks on */
	const struct fmr_record *record;
	const char *word, *target; /* the one link that is named, or NULL */
	bool named;                /* there is such a link */
	struct fmr_arena arena;
	FMR_VEC(struct one) links;
};

static int see_suspect(void *context, const struct fmr_suspect *suspect)
{
	struct job *job = context;
	const struct one one = { .path = fmr_arena_strdup(&job->arena, suspect->link),
		.to = fmr_arena_strdup(&job->arena, suspect->to),
		.judged = suspect->judged ? fmr_arena_strdup(&job->arena, suspect->judged) : NULL,
		.origin = suspect->origin ? fmr_arena_strdup(&job->arena, suspect->origin) : NULL,
		.is_map = fmr_value_at(job->record->root, suspect->link)->kind == FMR_MAP };
	FMR_VEC_PUSH(&job->links, one);
	return 0;
}

/* A link that is named need not be suspect: one that was never judged is judged for the first time. */
static int see_named(void *context, const struct fmr_link *link)
{
	struct job *job = context;
	struct fmr_str path;
	if (strcmp(link->to, job->target) != 0)
		return 0;
	fmr_str_init(&path);
	fmr_link_path(link, &path);
	bool meant = fmr_relation_is_called(job->record->type, path.bytes, link->field, job->word, false), known = !meant;
	job->named |= meant;
	for (size_t i = 0; i < job->links.count && !known; i++)
		known = strcmp(job->links.items[i].path, path.bytes) == 0;
	if (!known && !link->judged && link->field->link->takes_map) {
		const struct one one = { .path = fmr_arena_strdup(&job->arena, path.bytes),
			.to = fmr_arena_strdup(&job->arena, link->to), .is_map = link->value->kind == FMR_MAP };
		FMR_VEC_PUSH(&job->links, one);
	}
	fmr_str_release(&path);
	return 0;
}

/* Only what was named. */
static void keep_named(struct job *job)
{
	size_t used = 0;
	for (size_t i = 0; i < job->links.count; i++) {
		const struct one *one = &job->links.items[i];
		const struct fmr_field *field = fmr_type_field(job->record->type, one->path);
		if (strcmp(one->to, job->target) == 0 && field &&
			fmr_relation_is_called(job->record->type, one->path, field, job->word, false))
			job->links.items[used++] = *one;
	}
	job->links.count = used;
}

static int find_links(struct job *job, struct fmr_err *err)
{
	int result = fmr_suspects_each(job->cli->book, job->record, see_suspect, job, err);
	if (result || !job->target)
		return result;
	fmr_links_each(job->record->type, job->record->root, see_named, job);
	keep_named(job);
	return job->named ? 0 :
		fmr_err_set(err, FMR_ERR_NOT_FOUND, _("%s and %s are not linked so"), job->record->id, job->target);
}

/* ---- what the target said when it was judged ---- */

struct search {
	struct fmr_cli *cli;
	const struct fmr_record *target;
	const char *judged;
	struct fmr_str text;  /* of the version that was judged */
	char commit[65];      /* the oldest that was seen */
	bool found;
	size_t versions;
};

static bool is_judged(const struct search *search, const char *path, const struct fmr_str *text)
{
	struct fmr_arena arena;
	char digest[FMR_RECORD_DIGEST];
	fmr_arena_init(&arena);
	struct fmr_findings *ignored = fmr_findings_new(1);
	const struct fmr_source source = { path, text->bytes, text->length };
	const struct fmr_value *root = fmr_yaml_read_record(&source, &arena, ignored);
	bool same = root && fmr_record_digest(search->target->type, root, digest) == FMR_OK &&
		strcmp(digest, search->judged) == 0;
	fmr_findings_free(ignored);
	fmr_arena_release(&arena);
	return same;
}

static int see_commit(void *context, const struct fmr_history_commit *commit)
{
	struct search *search = context;
	size_t length = strlen(commit->id);
	if (length < sizeof(search->commit))
		memcpy(search->commit, commit->id, length + 1);
	for (size_t i = 0; i < commit->file_count && !search->found; i++) {
		const struct fmr_history_file *file = &commit->files[i];
		fmr_str_clear(&search->text);
		if (*file->blob && fmr_store_blob(search->cli->store, file->blob, file->path, RECORD_LIMIT, &search->text, NULL) == 0)
			search->found = is_judged(search, file->path, &search->text);
	}
	return search->found || ++search->versions >= VERSIONS;
}

/* Back through the versions of the target, also under the names its file had before. */
static void find_version(struct search *search)
{
	struct fmr_str path, before;
	fmr_str_init(&path);
	fmr_str_init(&before);
	fmr_str_puts(&path, search->target->path);
	for (int i = 0; i < RENAMES && path.length && !search->found && search->versions < VERSIONS; i++) {
		const char *const paths[] = { path.bytes };
		char start[sizeof(search->commit)];
		memcpy(start, search->commit, sizeof(start));
		const struct fmr_history_query query = { .from = *start ? start : NULL, .before = *start != '\0',
			.paths = paths, .path_count = 1 };
		int result = fmr_store_history(search->cli->store, &query, see_commit, search, NULL);
		bool moved = strcmp(start, search->commit) != 0;
		if (result < 0 || !moved || search->found)
			break;
		fmr_str_clear(&before);
		fmr_store_renamed(search->cli->store, search->commit, path.bytes, &before, NULL);
		fmr_str_clear(&path);
		fmr_str_puts(&path, before.bytes);
	}
	fmr_str_release(&before);
	fmr_str_release(&path);
}

static void put_heading(struct job *job, const struct one *one, const struct fmr_record *target)
{
	fmr_render_line(job->cli->out, "%s  %s: %s  %s\n", job->record->id, one->path, one->to, fmr_record_title(target));
}

/* What became of the target since. */
static void show_difference(struct job *job, const struct one *one, const struct fmr_record *target)
{
	struct fmr_cli *cli = job->cli;
	struct search search = { .cli = cli, .target = target, .judged = one->judged };
	fmr_str_init(&search.text);
	put_heading(job, one, target);
	if (one->judged)
		find_version(&search);
	const struct fmr_render_side now = { target->text, target->length };
	const struct fmr_render_side then = { search.text.bytes, search.text.length };
	if (search.found)
		fmr_render_diff(cli->out, target->path, then, now, cli->color);
	else if (one->judged)
		fmr_cli_say(cli, _("what it was judged against is not in the history: see fmrec show %s"), target->id);
	else
		fmr_cli_say(cli, _("it was never judged: see fmrec show %s"), target->id);
	fmr_str_release(&search.text);
}

/* ---- judging again ---- */

static void add_edit(struct job *job, const struct one *one, const char *digest, struct fmr_edit *out)
{
	struct fmr_value *value = fmr_value_new_string(&job->arena, digest, strlen(digest));
	*out = (struct fmr_edit){ FMR_EDIT_SET, one->path, value, job->record->type->field_order };
	if (one->is_map) {
		out->path = fmr_arena_format(&job->arena, "%s.judged", one->path);
		return;
	}
	struct fmr_value *map = fmr_value_new_map(&job->arena);
	fmr_value_put(&job->arena, map, "to", fmr_value_new_string(&job->arena, one->to, strlen(one->to)));
	fmr_value_put(&job->arena, map, "judged", value);
	out->value = map;
}

/* Show what changed, when anybody is to see it, and make the edit that says it was looked at. */
static int look_at(struct job *job, const struct one *one, struct fmr_edit *edit, struct fmr_err *err)
{
	struct fmr_record target;
	char digest[FMR_RECORD_DIGEST];
	int result = fmr_write_open(job->cli, one->to, &target, err);
	if (result)
		return result;
	if (job->options)
		show_difference(job, one, &target);
	result = fmr_record_digest(target.type, target.root, digest);
	if (result)
		fmr_err_set(err, result, _("no digest can be computed"));
	else
		add_edit(job, one, digest, edit);
	fmr_record_release(&target);
	return result;
}

/* The reason as it was given, or as it is asked for on a terminal; NULL: none. */
static int ask_reason(struct job *job, char **reason, struct fmr_err *err)
{
	*reason = job->options->reason ? fmr_strdup(job->options->reason) : NULL;
	if (*reason || job->options->write.dry_run || !job->cli->may_prompt)
		return 0;
	return fmr_cli_ask(job->cli, _("why does the link still hold?"), NULL, reason, err);
}

static bool is_empty(const char *reason)
{
	return !reason || strspn(reason, " \t\r\n") == strlen(reason);
}

static void put_message(struct job *job, const char *reason, struct fmr_str *out)
{
	struct fmr_str what;
	fmr_str_init(&what);
	for (size_t i = 0; i < job->links.count; i++)
		if (!job->links.items[i].origin)
			fmr_str_printf(&what, "%s%s", what.length ? ", " : "", job->links.items[i].to);
	fmr_write_subject(out, "relink", job->record->id, what.bytes);
	if (reason && !is_empty(reason)) {
		fmr_str_puts(out, "\n\n");
		fmr_text_escape(out, reason, strlen(reason), true);
		fmr_str_putc(out, '\n');
	}
	fmr_str_release(&what);
}

static int write_edits(struct job *job, const struct fmr_edit *edits, size_t count, const char *reason, struct fmr_err *err)
{
	const struct fmr_record *record = job->record;
	struct fmr_commit_result commit;
	struct fmr_str line;
	bool changed;
	fmr_str_init(&line);
	put_message(job, reason, &line);
	int result = fmr_write_edits(job->cli, &job->options->write, record, edits, count, line.bytes, &commit, &changed, err);
	if (!result && changed && !job->cli->quiet) {
		fmr_str_clear(&line);
		fmr_write_where(&line, &job->options->write, &commit);
		fmr_render_line(job->cli->out, Q_("%s: %zu link judged again   %s\n", "%s: %zu links judged again   %s\n", count),
			record->id, count, line.bytes);
	}
	fmr_str_release(&line);
	return result;
}

static int judge_again(struct job *job, struct fmr_err *err)
{
	struct fmr_edit *edits = fmr_alloc_zero(job->links.count, sizeof(*edits));
	size_t count = 0;
	int result = 0;
	char *reason = NULL;
	for (size_t i = 0; !result && i < job->links.count; i++)
		if (!job->links.items[i].origin)
			result = look_at(job, &job->links.items[i], &edits[count++], err);
	if (!result)
		result = ask_reason(job, &reason, err);
	if (!result && is_empty(reason) && !job->options->write.dry_run) {
		fmr_cli_say(job->cli, _("nothing written: say why the link still holds with -m REASON"));
		result = FMR_EXIT_FINDINGS;
	}
	if (!result)
		result = write_edits(job, edits, count, reason, err);
	free(reason);
	free(edits);
	return result;
}

/* Suspicion that came from elsewhere ends there. */
static void tell_travelled(struct job *job)
{
	for (size_t i = 0; i < job->links.count; i++) {
		const struct one *one = &job->links.items[i];
		if (one->origin)
			fmr_cli_say(job->cli, _("%s  %s: suspect because of '%s', which is to be judged first: fmrec relink %s"),
				job->record->id, one->path, one->origin, one->origin);
	}
}

/* Not suspect, for all that is known: is what each link was judged against there to be compared? */
struct proof {
	struct fmr_book *book;
	struct fmr_err *err;
};

static int prove(void *context, const struct fmr_link *link)
{
	struct proof *proof = context;
	struct fmr_str id, path;
	if (!link->judged)
		return 0;
	fmr_str_init(&id);
	fmr_str_init(&path);
	struct fmr_record target = { 0 };
	struct fmr_findings *ignored = fmr_findings_new(1);
	int result = fmr_id_find(proof->book, link->to, &id, &path, proof->err);
	if (!result)
		result = fmr_record_read(proof->book, path.bytes, &target, ignored, proof->err);
	fmr_record_release(&target);
	fmr_findings_free(ignored);
	fmr_str_release(&path);
	fmr_str_release(&id);
	return result;
}

static bool has_changed(const struct job *job)
{
	for (size_t i = 0; i < job->links.count; i++)
		if (!job->links.items[i].origin)
			return true;
	return false;
}

static int relink_record(struct job *job, struct fmr_err *err)
{
	int result = find_links(job, err);
	if (result)
		return result;
	tell_travelled(job);
	if (has_changed(job))
		return judge_again(job, err);
	if (job->links.count)
		return FMR_EXIT_FINDINGS;
	struct proof proof = { job->cli->book, err };
	result = fmr_links_each(job->record->type, job->record->root, prove, &proof);
	if (!result)
		fmr_cli_say(job->cli, _("%s: no suspect link"), job->record->id);
	return result;
}

int fmr_relink_compose(struct fmr_cli *cli, const struct fmr_record *record, struct fmr_str *text, struct fmr_err *err)
{
	struct job job = { .cli = cli, .record = record };
	const struct fmr_source source = { record->path, record->text, record->length };
	fmr_arena_init(&job.arena);
	int result = find_links(&job, err);
	if (!result && !has_changed(&job))
		result = fmr_err_set(err, FMR_ERR_NOT_FOUND, _("%s: no suspect link"), record->id);
	struct fmr_edit *edits = fmr_alloc_zero(job.links.count + 1, sizeof(*edits));
	size_t count = 0;
	for (size_t i = 0; !result && i < job.links.count; i++)
		if (!job.links.items[i].origin)
			result = look_at(&job, &job.links.items[i], &edits[count++], err);
	if (!result)
		result = fmr_yaml_edit(&source, edits, count, text, err);
	free(edits);
	FMR_VEC_RELEASE(&job.links);
	fmr_arena_release(&job.arena);
	return result;
}

static int relink(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	struct fmr_record record;
	struct fmr_str id, path;
	int result = fmr_write_open(cli, argv[0], &record, err);
	if (result)
		return result;
	fmr_str_init(&id);
	fmr_str_init(&path);
	struct job job = { .cli = cli, .options = options, .record = &record };
	fmr_arena_init(&job.arena);
	if (argc == 3)
		result = fmr_names_find(cli->store, cli->book, argv[2], &id, &path, err);
	if (argc == 3) {
		job.word = argv[1];
		job.target = id.bytes;
	}
	if (!result)
		result = relink_record(&job, err);
	FMR_VEC_RELEASE(&job.links);
	fmr_arena_release(&job.arena);
	fmr_str_release(&path);
	fmr_str_release(&id);
	fmr_record_release(&record);
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	if (argc != 1 && argc != 3)
		return fmr_cli_usage(cli, _("name a record, and perhaps one of its links and the record it leads to"));
	return fmr_write_locked(cli, &options->write, relink, given, argc, argv, err);
}

static const char *const synopsis[] = { "[<options>] <id> -m <reason>", "[<options>] <id> <link> <id> -m <reason>", NULL };

const struct fmr_command fmr_command_relink = {
	.name = "relink",
	.group = "write",
	.summary = N_("judge suspect links again"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_WORK_TREE,
	.complete = "id relation id",
	.run = run,
};
