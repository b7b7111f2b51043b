/*
 * The merge driver of git, and the same by hand.
 */
#include "base/arena.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "base/input.h"
#include "cmd/names.h"
#include "cmd/write.h"
#include "record/merge.h"
#include "render/line.h"
#include "yaml/yaml.h"

#include <fcntl.h>
#include <string.h>

enum { FILE_LIMIT = 64 << 20, FINDINGS_CAP = 200, MARKER_SIZE_LIMIT = 1000 };

struct options {
	struct fmr_strings labels;
	const char *path;
	long marker_size;
	bool print, diff3, zdiff3, ours, theirs;
};

static const struct fmr_option options_table[] = {
	{ .letter = 'p', .name = "stdout", .kind = FMR_OPTION_FLAG, .help = N_("print the result, leave the file alone"),
		.offset = offsetof(struct options, print) },
	{ .letter = 'L', .name = "label", .kind = FMR_OPTION_LIST, .argument = N_("name"),
		.help = N_("name behind the markers: of current, base, other in turn"),
		.offset = offsetof(struct options, labels) },
	{ .name = "marker-size", .kind = FMR_OPTION_NUMBER, .argument = N_("n"), .help = N_("characters of a marker (7)"),
		.offset = offsetof(struct options, marker_size) },
	{ .name = "diff3", .kind = FMR_OPTION_FLAG, .help = N_("show base, too, in a conflict"),
		.offset = offsetof(struct options, diff3) },
	{ .name = "zdiff3", .kind = FMR_OPTION_FLAG, .help = N_("the same, without lines that both sides share"),
		.offset = offsetof(struct options, zdiff3) },
	{ .name = "ours", .kind = FMR_OPTION_FLAG, .help = N_("in a conflict take the value of current"),
		.offset = offsetof(struct options, ours) },
	{ .name = "theirs", .kind = FMR_OPTION_FLAG, .help = N_("in a conflict take the value of other"),
		.offset = offsetof(struct options, theirs) },
	{ .name = "path", .kind = FMR_OPTION_STRING, .argument = N_("path"),
		.help = N_("where the record lies in the repository"), .offset = offsetof(struct options, path) },
	{ 0 },
};

enum { CURRENT, BASE, OTHER, FILES };

struct job {
	struct fmr_cli *cli;
	const struct options *options;
	const char *const *names;
	struct fmr_str texts[FILES], merged;
	struct fmr_arena arena;
	const struct fmr_type *type; /* NULL: unknown */
	const char *path;            /* of the record in the repository, or NULL */
};

/* ---- which record is it? ---- */

/* The id as one of the versions says it. */
static const char *id_of(struct job *job)
{
	static const int order[] = { CURRENT, OTHER, BASE };
	const char *id = NULL;
	for (size_t i = 0; !id && i < FILES; i++) {
		const struct fmr_str *text = &job->texts[order[i]];
		const struct fmr_source source = { job->names[order[i]], text->bytes, text->length };
		struct fmr_findings *findings = fmr_findings_new(0);
		id = fmr_value_string(fmr_value_get(fmr_yaml_read_record(&source, &job->arena, findings), "id"));
		fmr_findings_free(findings);
	}
	return id;
}

/* Outside a record repository, and for what is no record of it, values alone are merged. */
static void find_type(struct job *job)
{
	struct fmr_cli *cli = job->cli;
	if (fmr_cli_need(cli, FMR_NEEDS_BOOK, NULL) != 0)
		return;
	struct fmr_str path;
	fmr_str_init(&path);
	job->path = job->options->path;
	if (!job->path && fmr_store_work_tree(cli->store))
		job->path = fmr_names_below_top(&job->arena, cli->store, job->names[CURRENT]);
	if (!job->path || fmr_book_type_of_path(cli->book, job->path, &job->type, NULL) != 0) {
		const char *id = id_of(job);
		job->type = NULL;
		job->path = NULL;
		if (id && fmr_book_type_of_id(cli->book, id, &job->type, NULL) == 0 && fmr_id_path(job->type, id, &path))
			job->path = fmr_arena_strdup(&job->arena, path.bytes);
	}
	fmr_str_release(&path);
}

/* ---- merging ---- */

static enum fmr_marker_style style_of(struct job *job)
{
	if (job->options->zdiff3 || job->options->diff3)
		return job->options->zdiff3 ? FMR_MARKERS_ZDIFF3 : FMR_MARKERS_DIFF3;
	struct fmr_str style;
	fmr_str_init(&style);
	const bool set = fmr_store_git_config(job->cli->store, "merge.conflictStyle", &style, NULL) == 0;
	const enum fmr_marker_style result = !set ? FMR_MARKERS_MERGE :
		strcmp(style.bytes, "diff3") == 0  ? FMR_MARKERS_DIFF3 :
		strcmp(style.bytes, "zdiff3") == 0 ? FMR_MARKERS_ZDIFF3 :
						     FMR_MARKERS_MERGE;
	fmr_str_release(&style);
	return result;
}

/* git before 2.44 knows no names for the sides and leaves "%X" as it is. */
static const char *label(const struct job *job, size_t i, const char *otherwise)
{
	const struct fmr_strings *labels = &job->options->labels;
	if (i >= labels->count)
		return job->options->path ? otherwise : job->names[i];
	const char *name = labels->items[i];
	return name[0] == '%' && name[1] && !name[2] ? otherwise : name;
}

static struct fmr_text text_of(const struct fmr_str *str)
{
	return (struct fmr_text){ str->bytes, str->length };
}

/* 0: it is no record, or tells none. */
static int form_of(struct job *job, size_t i)
{
	const struct fmr_value *root = fmr_yaml_read_quietly(job->texts[i].bytes, job->texts[i].length, &job->arena);
	return root ? fmr_record_form(root) : 0;
}

static void migrate(struct job *job, size_t i)
{
	const struct fmr_source source = { job->names[i], job->texts[i].bytes, job->texts[i].length };
	const struct fmr_value *root = fmr_yaml_read_quietly(source.bytes, source.length, &job->arena);
	(void)fmr_migrate_text(job->type, &source, root, &job->texts[i], NULL);
}

/* Where one side was migrated, the other one edited what has another name now: they speak of the same in one form only. */
static void bring_together(struct job *job)
{
	int forms[FILES];
	bool newest = false;
	if (!job->type || !job->type->migration_count)
		return;
	for (size_t i = 0; i < FILES; i++) {
		forms[i] = form_of(job, i);
		newest |= forms[i] == job->type->form;
	}
	for (size_t i = 0; newest && i < FILES; i++)
		if (forms[i] && forms[i] < job->type->form)
			migrate(job, i);
}

static void merge(struct job *job, struct fmr_merge_result *result)
{
	bring_together(job);
	const struct fmr_merge_options options = {
		.type = job->type,
		.markers = { .style = style_of(job), .size = (size_t)job->options->marker_size,
			.ours = label(job, CURRENT, "ours"), .base = label(job, BASE, "base"), .theirs = label(job, OTHER, "theirs") },
		.favor = job->options->ours ? FMR_FAVOR_OURS : job->options->theirs ? FMR_FAVOR_THEIRS : FMR_FAVOR_NONE,
	};
	fmr_merge_texts(&options, text_of(&job->texts[BASE]), text_of(&job->texts[CURRENT]), text_of(&job->texts[OTHER]),
		&job->merged, result);
}

/* ---- is it a good record? ---- */

/* What other files say cannot be judged while git is merging: they come later. */
static bool is_of_others(enum fmr_code code)
{
	static const enum fmr_code codes[] = { FMR_CODE_REF_DANGLING, FMR_CODE_REF_TYPE, FMR_CODE_ID_DUPLICATE,
		FMR_CODE_ID_CASE, FMR_CODE_RECORD_PATH, FMR_CODE_ATTACHMENT_MISSING, FMR_CODE_ATTACHMENT_CHANGED };
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

static struct fmr_findings *findings_of(struct job *job, const struct fmr_str *text)
{
	struct fmr_findings *findings = fmr_findings_new(FINDINGS_CAP);
	if (fmr_check_text(job->cli->book, job->path, text->bytes, text->length, NULL, findings, NULL) != 0) {
		fmr_findings_free(findings);
		findings = fmr_findings_new(0);
	}
	return findings;
}

/* A fault that a side had before is no fault of the merge: a new form of the record may come with the same merge. */
static bool is_invalid(struct job *job)
{
	struct fmr_findings *now = findings_of(job, &job->merged), *new = fmr_findings_new(0);
	if (fmr_findings_errors(now)) {
		struct fmr_findings *ours = findings_of(job, &job->texts[CURRENT]), *theirs = findings_of(job, &job->texts[OTHER]);
		for (size_t i = 0; i < fmr_findings_count(now); i++) {
			const struct fmr_finding *finding = fmr_findings_at(now, i);
			if (finding->severity == FMR_ERROR && !is_of_others(finding->code) &&
				!fmr_write_has_finding(ours, finding) && !fmr_write_has_finding(theirs, finding))
				fmr_findings_copy(new, finding);
		}
		fmr_findings_free(ours);
		fmr_findings_free(theirs);
	}
	const bool invalid = fmr_findings_errors(new) > 0;
	if (invalid)
		fmr_write_show_findings(job->cli, new);
	fmr_findings_free(now);
	fmr_findings_free(new);
	return invalid;
}

static int report(struct job *job, const struct fmr_merge_result *result)
{
	const char *name = job->path ? job->path : job->names[CURRENT];
	if (result->conflicts && result->fields.length) {
		fmr_cli_say(job->cli, _("fmrec: %s: both sides changed %s"), name, result->fields.bytes);
		return FMR_EXIT_FINDINGS;
	}
	if (result->conflicts) {
		fmr_cli_say(job->cli, _("fmrec: %s: both sides changed the same lines"), name);
		return FMR_EXIT_FINDINGS;
	}
	if (!job->type || !is_invalid(job))
		return FMR_EXIT_OK;
	fmr_cli_say(job->cli, _("fmrec: %s: each side is valid, both together are not: mend the file"), name);
	return FMR_EXIT_FINDINGS;
}

/* ---- the command ---- */

static int write_result(struct job *job, struct fmr_err *err)
{
	const struct fmr_str *current = &job->texts[CURRENT], *merged = &job->merged;
	if (job->options->print) {
		fwrite(merged->bytes, 1, merged->length, job->cli->out);
		return 0;
	}
	if (merged->length == current->length && memcmp(merged->bytes, current->bytes, current->length) == 0)
		return 0;
	/* not brought to the disk: git has the versions, and gives us a temporary file */
	const struct fmr_file_edit edit = { .path = job->names[CURRENT], .expected = current, .bytes = merged->bytes,
		.length = merged->length, .mode = 0666, .later = true };
	struct fmr_file_undo undo;
	int result = fmr_file_change(AT_FDCWD, -1, &edit, &undo, err);
	if (!result)
		fmr_file_keep(&undo);
	return result;
}

static int merge_file(struct job *job, struct fmr_err *err)
{
	struct fmr_merge_result merged = { 0 };
	int result = 0;
	for (int i = 0; !result && i < FILES; i++)
		result = fmr_input_read(job->names[i], FILE_LIMIT, &job->texts[i], err);
	if (result)
		return result;
	fmr_str_init(&merged.fields);
	find_type(job);
	merge(job, &merged);
	result = write_result(job, err);
	if (!result)
		result = report(job, &merged);
	fmr_str_release(&merged.fields);
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	if (argc != FILES)
		return fmr_cli_usage(cli, _("three files are wanted: current, base, other"));
	if (options->labels.count > FILES)
		return fmr_cli_usage(cli, _("there are three names to give, not more"));
	if (options->ours && options->theirs)
		return fmr_cli_usage(cli, _("--ours and --theirs exclude each other"));
	if (options->marker_size < 0 || options->marker_size > MARKER_SIZE_LIMIT)
		return fmr_cli_usage(cli, _("'--marker-size' takes 1 to %d"), (int)MARKER_SIZE_LIMIT);
	struct job job = { .cli = cli, .options = options, .names = (const char *const *)argv };
	fmr_arena_init(&job.arena);
	fmr_str_init(&job.merged);
	for (int i = 0; i < FILES; i++)
		fmr_str_init(&job.texts[i]);
	int result = merge_file(&job, err);
	for (int i = 0; i < FILES; i++)
		fmr_str_release(&job.texts[i]);
	fmr_str_release(&job.merged);
	fmr_arena_release(&job.arena);
	return result;
}

static const char *const synopsis[] = { "[<options>] <current> <base> <other>", NULL };

const struct fmr_command fmr_command_merge_file = {
	.name = "merge-file",
	.group = "write",
	.summary = N_("merge two versions of a record by field"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.complete = "file",
	.run = run,
};
