#include "base/arena.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/input.h"
#include "cmd/assign.h"
#include "cmd/editing.h"
#include "cmd/prompt.h"
#include "cmd/scaffold.h"
#include "cmd/similar.h"
#include "cmd/write.h"
#include "yaml/yaml.h"

#include <string.h>

enum { ID_TRIES = 20 };

struct options {
	struct fmr_write_options write;
	const char *title, *from, *id, *draft;
	struct fmr_strings set;
	bool edit, no_edit, alone;
};

static const struct fmr_option options_table[] = {
	{ .letter = 'm', .name = "title", .kind = FMR_OPTION_STRING, .argument = N_("text"),
		.help = N_("title of the record; ask nothing"), .offset = offsetof(struct options, title) },
	{ .letter = 's', .name = "set", .kind = FMR_OPTION_LIST, .argument = N_("field=value"),
		.help = N_("value of a field; ask nothing"), .offset = offsetof(struct options, set), .complete = "assign" },
	{ .letter = 'F', .name = "from", .kind = FMR_OPTION_STRING, .argument = N_("file"),
		.help = N_("begin with this YAML file, or stdin for '-'"), .offset = offsetof(struct options, from),
		.complete = "file" },
	{ .name = "id", .kind = FMR_OPTION_STRING, .argument = N_("name"),
		.help = N_("id, or its name part where the type has one"), .offset = offsetof(struct options, id) },
	{ .letter = 'e', .name = "edit", .kind = FMR_OPTION_FLAG, .help = N_("open the record in your editor first"),
		.offset = offsetof(struct options, edit) },
	{ .name = "no-edit", .kind = FMR_OPTION_FLAG, .help = N_("ask nothing, open no editor"),
		.offset = offsetof(struct options, no_edit) },
	{ .name = "draft", .kind = FMR_OPTION_STRING, .argument = N_("id"),
		.help = N_("begin with this draft and keep its id"), .offset = offsetof(struct options, draft),
		.complete = "id" },
	{ .name = "alone", .kind = FMR_OPTION_FLAG,
		.help = N_("only the record itself, where the type begins a whole set"),
		.offset = offsetof(struct options, alone) },
	FMR_WRITE_OPTIONS(options),
	{ 0 },
};

struct job {
	struct fmr_cli *cli;
	const struct options *options;
	const struct fmr_type *type;
	struct fmr_scaffold *scaffold; /* the set that the record begins, or NULL */
	struct fmr_arena arena;
	struct fmr_str id, path, text;
	bool given; /* the user gave something worth keeping */
	bool asked; /* ... on the terminal */
};

static const struct fmr_value *parse(struct job *job, struct fmr_findings *findings)
{
	const struct fmr_source source = { job->path.bytes, job->text.bytes, job->text.length };
	return fmr_yaml_read_record(&source, &job->arena, findings);
}

/* ---- the id ---- */

static int take_id(struct job *job, const char *id, struct fmr_err *err)
{
	fmr_str_clear(&job->id);
	fmr_str_puts(&job->id, id);
	fmr_str_clear(&job->path);
	if (fmr_id_path(job->type, id, &job->path) && fmr_path_is_inside(job->path.bytes))
		return 0;
	fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is no id of type '%s'"), id, job->type->name);
	fmr_err_hint(err, _("its ids look like %s with prefix %s"), job->type->pattern, job->type->prefix);
	return FMR_ERR_INVALID;
}

static bool exists(const struct job *job)
{
	struct fmr_entry entry;
	return fmr_view_entry(job->cli->view, job->path.bytes, &entry, NULL) == 0;
}

/* A free id, made or given; a given one must not be taken. */
static int choose_id(struct job *job, const char *given, struct fmr_err *err)
{
	char made[FMR_ID_LENGTH + 1];
	struct fmr_str probe;
	fmr_str_init(&probe);
	bool whole = given && fmr_id_path(job->type, given, &probe);
	fmr_str_release(&probe);
	bool named = strstr(job->type->pattern, "{name}") != NULL;
	int result = given && !whole && !named ? take_id(job, given, err) : 0;
	for (int i = 0; !result && i < ID_TRIES; i++) {
		if (!whole)
			result = fmr_id_make(job->cli->book, job->type, given, fmr_clock_now(), made, err);
		if (!result)
			result = take_id(job, whole ? given : made, err);
		if (!result && !exists(job))
			return given ? fmr_id_refuse_former(job->cli->book, job->type, job->id.bytes, err) : 0;
		if (given)
			break;
	}
	if (result && named && !given)
		fmr_err_hint(err, _("give one, for example: --id %s-SATO"), job->type->prefix);
	if (result)
		return result;
	fmr_err_set(err, FMR_ERR_EXISTS, _("'%s' already exists"), job->id.bytes);
	fmr_err_hint(err, _("change it with: fmrec edit %s"), job->id.bytes);
	return FMR_ERR_EXISTS;
}

/* ---- the text ---- */

static int edit_text(struct job *job, const char *field, const struct fmr_value *value, struct fmr_err *err)
{
	const struct fmr_edit edit = { FMR_EDIT_SET, field, value, job->type->field_order };
	const struct fmr_source source = { job->path.bytes, job->text.bytes, job->text.length };
	return fmr_yaml_edit(&source, &edit, 1, &job->text, err);
}

static int assign(struct job *job, const struct fmr_assignment *assignment, struct fmr_err *err)
{
	return fmr_assignment_apply(assignment, job->type, job->path.bytes, &job->text, &job->arena, NULL, err);
}

/* -m and --set, on a text that can be parsed. */
static int assign_given(struct job *job, struct fmr_err *err)
{
	const struct options *options = job->options;
	struct fmr_assignment assignment;
	int result = 0;
	if (options->title && !job->type->heading)
		return fmr_err_set(err, FMR_ERR_INVALID, _("records of type '%s' have no title"), job->type->name);
	if (options->title) {
		const struct fmr_value *title =
			fmr_value_new_string(&job->arena, options->title, strlen(options->title));
		assignment = (struct fmr_assignment){ FMR_ASSIGN_SET, job->type->heading, NULL, title };
		result = assign(job, &assignment, err);
	}
	for (size_t i = 0; i < options->set.count && !result; i++) {
		result = fmr_assignment_parse(job->cli, job->type, FMR_ASSIGN_SET, options->set.items[i], &job->arena,
			&assignment, err);
		if (!result && (strcmp(assignment.path, "id") == 0 || strcmp(assignment.path, "form") == 0)) {
			fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is not set this way"), assignment.path);
			fmr_err_hint(err, _("ids are made, or given with --id"));
			result = FMR_ERR_INVALID;
		}
		if (!result)
			result = assign(job, &assignment, err);
	}
	return result;
}

/* What the set says of the record comes last: who asked for it, and was asked, goes first. */
static int fill(struct job *job, struct fmr_err *err)
{
	return job->scaffold ? fmr_scaffold_fill(job->scaffold, job->path.bytes, &job->text, err) : 0;
}

/* Editors find the schema by the first line. */
static void add_schema_line(struct job *job)
{
	static const char start[] = "# yaml-language-server:";
	if (strncmp(job->text.bytes, start, sizeof(start) - 1) == 0)
		return;
	struct fmr_str line;
	fmr_str_init(&line);
	fmr_str_printf(&line, "%s $schema=", start);
	for (const char *at = job->path.bytes; (at = strchr(at, '/')); at++)
		fmr_str_puts(&line, "../");
	fmr_str_printf(&line, "%s\n", job->type->schema_path);
	fmr_str_splice(&job->text, 0, 0, line.bytes, line.length);
	fmr_str_release(&line);
}

/* The text of a file, which may name its id and may lack the fields that every record has. */
static int begin_from_text(struct job *job, struct fmr_err *err)
{
	struct fmr_findings *findings = fmr_findings_new(1);
	const struct fmr_value *root = parse(job, findings);
	fmr_findings_free(findings);
	const char *own_id = fmr_value_string(fmr_value_get(root, "id"));
	int result = choose_id(job, job->options->id ? job->options->id : own_id, err);
	if (result || !root || (root->kind != FMR_MAP && root->kind != FMR_NULL))
		return result; /* left to the check, which says what is wrong where */
	add_schema_line(job);
	if (!own_id || strcmp(own_id, job->id.bytes) != 0)
		result = edit_text(job, "id", fmr_value_new_string(&job->arena, job->id.bytes, job->id.length), err);
	if (!result && !fmr_value_get(root, "form")) {
		const char *form = fmr_arena_format(&job->arena, "%d", job->type->form);
		result = edit_text(job, "form", fmr_value_new_number(&job->arena, form), err);
	}
	if (!result)
		result = assign_given(job, err);
	return result ? result : fill(job, err);
}

static int begin_from_draft(struct job *job, struct fmr_err *err)
{
	struct fmr_str base, id;
	fmr_str_init(&base);
	fmr_str_init(&id);
	bool has_base;
	int result = fmr_draft_find(job->cli, job->options->draft, &id, err);
	if (!result)
		result = choose_id(job, id.bytes, err);
	if (!result)
		result = fmr_draft_read(job->cli, id.bytes, &job->text, &base, &has_base, err);
	if (!result)
		result = assign_given(job, err);
	if (!result)
		result = fill(job, err);
	fmr_str_release(&id);
	fmr_str_release(&base);
	return result;
}

/* A template that holds what was given; for the editor with comments. */
static int write_template(struct job *job, bool comments, struct fmr_err *err)
{
	struct fmr_findings *findings = fmr_findings_new(1);
	const struct fmr_value *given = parse(job, findings);
	fmr_findings_free(findings);
	struct fmr_str text;
	fmr_str_init(&text);
	int result = fmr_template_write(job->cli->book, job->type, job->id.bytes, given, job->cli->language, comments,
		&text, err);
	if (!result) {
		fmr_str_clear(&job->text);
		fmr_str_add(&job->text, text.bytes, text.length);
	}
	fmr_str_release(&text);
	return result;
}

static int begin_empty(struct job *job, bool ask, struct fmr_err *err)
{
	int result = choose_id(job, job->options->id, err);
	if (result)
		return result;
	fmr_str_printf(&job->text, "id: %s\nform: %d\n", job->id.bytes, job->type->form);
	result = assign_given(job, err);
	if (!result && ask) {
		size_t length = job->text.length;
		result = fmr_prompt_record(job->cli, job->type, job->path.bytes, &job->text, err);
		job->given = job->asked = true;
		if (result && job->text.length > length)
			fmr_draft_keep(job->cli, job->id.bytes, &job->text, NULL);
	}
	if (!result)
		result = fill(job, err);
	return result ? result : write_template(job, job->options->edit, err);
}

/* ---- the command ---- */

/* Who answered questions gets the editor, not a refusal. */
static int needs_editor(struct job *job, bool *needed, struct fmr_err *err)
{
	*needed = job->options->edit;
	if (*needed || !job->asked)
		return 0;
	struct fmr_findings *findings = fmr_findings_new(1);
	int result = fmr_write_check(job->cli, job->path.bytes, NULL, &job->text, findings, needed, err);
	fmr_findings_free(findings);
	return result || !*needed ? result : write_template(job, true, err);
}

static int edit_and_write(struct job *job, struct fmr_err *err)
{
	const struct options *options = job->options;
	bool edit;
	int result = needs_editor(job, &edit, err);
	if (result)
		return result;
	if (edit) {
		const struct fmr_editing editing = {
			.id = job->id.bytes,
			.path = job->path.bytes,
			.type = job->type,
			.check_first = job->asked || options->from || options->draft,
			.keep = job->given,
			.accept_unchanged = job->given,
			.dry_run = options->write.dry_run,
		};
		enum fmr_editing_end end;
		result = fmr_editing_run(job->cli, &editing, &job->text, &end, err);
		if (result)
			return result;
		if (end != FMR_EDITING_DONE) {
			fmr_cli_say(job->cli, _("abandoned; nothing recorded"));
			return FMR_EXIT_FINDINGS;
		}
	}
	const struct fmr_write_text write = { &options->write, job->type, job->id.bytes, job->path.bytes, NULL,
		&job->text };
	return job->scaffold ? fmr_scaffold_write(job->cli, job->scaffold, &write, err) :
		fmr_write_text(job->cli, &write, err);
}

static int work(struct job *job, struct fmr_err *err)
{
	const struct options *options = job->options;
	int result;
	if (options->from) {
		result = fmr_input_read(options->from, fmr_book_record_limit(job->cli->book), &job->text, err);
		if (!result)
			result = begin_from_text(job, err);
	} else if (options->draft) {
		result = begin_from_draft(job, err);
	} else {
		result = begin_empty(job, !job->given && !options->no_edit && !options->edit, err);
	}
	return result ? result : edit_and_write(job, err);
}

static int check_usage(struct fmr_cli *cli, const struct options *options, int argc)
{
	if (argc != 1)
		return fmr_cli_usage(cli, argc ? _("one type at a time") : _("no type named; see 'fmrec schema list'"));
	if (options->from && options->draft)
		return fmr_cli_usage(cli, _("--from and --draft exclude each other"));
	if (options->edit && options->no_edit)
		return fmr_cli_usage(cli, _("--edit and --no-edit exclude each other"));
	if (options->draft && options->id)
		return fmr_cli_usage(cli, _("a draft has its id already"));
	return 0;
}

static int run(struct fmr_cli *cli, const void *command_options, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = command_options;
	int result = check_usage(cli, options, argc);
	if (result)
		return result;
	struct job job = { .cli = cli, .options = options };
	job.given = options->title || options->set.count || options->from || options->draft;
	struct fmr_findings *findings = fmr_findings_new(0);
	result = fmr_book_type(cli->book, argv[0], &job.type, findings, err);
	if (result)
		fmr_write_show_findings(cli, findings);
	fmr_findings_free(findings);
	if (result)
		return result;
	const bool whole = job.type->scaffold && !options->alone;
	if (!job.given && !options->edit && (options->no_edit || !cli->may_prompt) && !whole)
		return fmr_cli_usage(cli, _("nothing to record: give -m TITLE, --set FIELD=VALUE or --from FILE"));
	result = whole ? fmr_scaffold_of(cli, job.type, &job.scaffold, err) : 0;
	if (result)
		return result;
	job.given |= whole && (options->no_edit || !cli->may_prompt);
	fmr_arena_init(&job.arena);
	fmr_str_init(&job.id);
	fmr_str_init(&job.path);
	fmr_str_init(&job.text);
	result = work(&job, err);
	if (!result && !options->write.dry_run)
		fmr_similar_hint(cli, job.type, job.path.bytes, &job.text);
	fmr_str_release(&job.text);
	fmr_str_release(&job.path);
	fmr_str_release(&job.id);
	fmr_arena_release(&job.arena);
	fmr_scaffold_close(job.scaffold);
	return result;
}

static const char *const synopsis[] = { "[<options>] <type>", "[<options>] -m <title> <type>",
	"[<options>] --from <file> <type>", NULL };
static const char *const formats[] = { "text", "json", NULL };

const struct fmr_command fmr_command_new = {
	.name = "new",
	.group = "write",
	.summary = N_("file a new record"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_WORK_TREE,
	.complete = "type",
	.formats = formats,
	.run = run,
};
