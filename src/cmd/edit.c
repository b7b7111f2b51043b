#include "base/text.h"
#include "cmd/editing.h"
#include "cmd/names.h"
#include "cmd/write.h"
#include "yaml/yaml.h"

#include <string.h>
#include <strings.h>

struct options {
	struct fmr_write_options write;
	bool discard;
};

static const struct fmr_option options_table[] = {
	{ .name = "discard", .kind = FMR_OPTION_FLAG, .help = N_("throw the draft of this record away"),
		.offset = offsetof(struct options, discard) },
	FMR_WRITE_OPTIONS(options),
	{ 0 },
};

/* What is edited: a record, the draft of a record, or the draft of a new record. */
struct subject {
	struct fmr_str id, path;
	struct fmr_str before, text, base; /* the record now; what to begin with; what a draft began with */
	bool is_draft, has_record, has_base;
};

static void init_subject(struct subject *subject)
{
	*subject = (struct subject){ 0 };
	fmr_str_init(&subject->id);
	fmr_str_init(&subject->path);
	fmr_str_init(&subject->before);
	fmr_str_init(&subject->text);
	fmr_str_init(&subject->base);
}

static void release_subject(struct subject *subject)
{
	fmr_str_release(&subject->id);
	fmr_str_release(&subject->path);
	fmr_str_release(&subject->before);
	fmr_str_release(&subject->text);
	fmr_str_release(&subject->base);
}

/* A draft, a record, or both of the same id; else it is not clear what is meant. */
static int find(struct fmr_cli *cli, const char *typed, struct subject *subject, struct fmr_err *err)
{
	struct fmr_str draft;
	struct fmr_err draft_err = { 0 };
	fmr_str_init(&draft);
	int draft_result = fmr_draft_find(cli, typed, &draft, &draft_err);
	int result = fmr_names_find(cli->store, cli->book, typed, &subject->id, &subject->path, err);
	if (draft_result == FMR_ERR_AMBIGUOUS) {
		*err = draft_err;
		result = draft_result;
	} else if (result == FMR_ERR_NOT_FOUND && draft_result == 0) {
		fmr_str_clear(&subject->id);
		fmr_str_add(&subject->id, draft.bytes, draft.length);
		subject->is_draft = true;
		result = 0;
	} else if (result == 0) {
		subject->has_record = true;
		if (draft_result == 0 && strcmp(draft.bytes, subject->id.bytes) == 0) {
			subject->is_draft = true;
		} else if (draft_result == 0 && strcasecmp(typed, subject->id.bytes) != 0) {
			result = fmr_err_set(err, FMR_ERR_AMBIGUOUS, _("'%s' fits a record and a draft"), typed);
			fmr_err_hint(err, _("one of: %s %s"), subject->id.bytes, draft.bytes);
		}
	}
	fmr_str_release(&draft);
	return result;
}

static bool same(const struct fmr_str *a, const struct fmr_str *b)
{
	return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

static int load(struct fmr_cli *cli, struct subject *subject, const struct fmr_type **type, struct fmr_err *err)
{
	int result = fmr_book_type_of_id(cli->book, subject->id.bytes, type, err);
	if (!result && !subject->has_record) {
		if (!fmr_id_path(*type, subject->id.bytes, &subject->path))
			return fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is no id of '%s'"), subject->id.bytes,
				(*type)->name);
	}
	if (!result && subject->has_record)
		result = fmr_view_read(cli->view, subject->path.bytes, fmr_book_record_limit(cli->book), &subject->before,
			err);
	if (!result && subject->is_draft)
		result = fmr_draft_read(cli, subject->id.bytes, &subject->text, &subject->base, &subject->has_base, err);
	else if (!result)
		fmr_str_add(&subject->text, subject->before.bytes, subject->before.length);
	return result;
}

/* ---- the record was changed by others while the draft lay there ---- */

static bool equal(const struct fmr_value *a, const struct fmr_value *b)
{
	return a == b || (a && b && fmr_value_equal(a, b));
}

/* Take over one field that the others changed, unless the draft changed it as well. */
static int merge_field(struct fmr_cli *cli, struct subject *subject, const struct fmr_type *type, const char *name,
	const struct fmr_value *base, const struct fmr_value *theirs, const struct fmr_value *ours,
	struct fmr_err *err)
{
	if (equal(base, theirs) || equal(ours, theirs))
		return 0;
	if (!equal(base, ours)) {
		fmr_cli_warn(cli, _("'%s' was changed by others too; your draft keeps its own value"), name);
		return 0;
	}
	const struct fmr_edit edit = { theirs ? FMR_EDIT_SET : FMR_EDIT_REMOVE, name, theirs, type->field_order };
	const struct fmr_source source = { subject->path.bytes, subject->text.bytes, subject->text.length };
	int result = fmr_yaml_edit(&source, &edit, 1, &subject->text, err);
	if (!result)
		fmr_cli_say(cli, _("'%s' was changed by others meanwhile; taken over into your draft"), name);
	return result;
}

/* Three-way merge by top-level field.  A draft that cannot be parsed is left as it is. */
static int merge(struct fmr_cli *cli, struct subject *subject, const struct fmr_type *type, struct fmr_err *err)
{
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	const struct fmr_value *base = fmr_yaml_read_quietly(subject->base.bytes, subject->base.length, &arena);
	const struct fmr_value *theirs = fmr_yaml_read_quietly(subject->before.bytes, subject->before.length, &arena);
	const struct fmr_value *ours = fmr_yaml_read_quietly(subject->text.bytes, subject->text.length, &arena);
	int result = 0;
	if (!base || !theirs || !ours)
		fmr_cli_warn(cli, _("'%s' was changed by others since your draft was kept; compare before you save"),
			subject->id.bytes);
	else
		for (const char *const *name = type->field_order; !result && *name; name++)
			result = merge_field(cli, subject, type, *name, fmr_value_get(base, *name),
				fmr_value_get(theirs, *name), fmr_value_get(ours, *name), err);
	fmr_arena_release(&arena);
	return result;
}

/* ---- the command ---- */

static int edit(struct fmr_cli *cli, const struct options *options, struct subject *subject, struct fmr_err *err)
{
	const struct fmr_type *type;
	int result = load(cli, subject, &type, err);
	if (!result && subject->is_draft && subject->has_record && subject->has_base &&
		!same(&subject->base, &subject->before))
		result = merge(cli, subject, type, err);
	if (result)
		return result;
	const struct fmr_str *before = subject->has_record ? &subject->before : NULL;
	const struct fmr_editing editing = {
		.id = subject->id.bytes,
		.path = subject->path.bytes,
		.type = type,
		.before = before,
		.check_first = true,
		.keep = subject->is_draft,
		.accept_unchanged = subject->is_draft && !(before && same(before, &subject->text)),
		.dry_run = options->write.dry_run,
	};
	enum fmr_editing_end end;
	result = fmr_editing_run(cli, &editing, &subject->text, &end, err);
	if (result)
		return result;
	if (end == FMR_EDITING_ABANDONED) {
		fmr_cli_say(cli, _("abandoned; nothing written"));
		return FMR_EXIT_FINDINGS;
	}
	if (end == FMR_EDITING_UNCHANGED || (before && same(before, &subject->text))) {
		if (!subject->is_draft)
			fmr_draft_remove(cli, subject->id.bytes);
		fmr_cli_say(cli, _("%s: nothing changed"), subject->id.bytes);
		return FMR_EXIT_OK;
	}
	const struct fmr_write_text write = { &options->write, type, subject->id.bytes, subject->path.bytes, before,
		&subject->text };
	return fmr_write_text(cli, &write, err);
}

static int discard(struct fmr_cli *cli, const char *typed, struct fmr_err *err)
{
	struct fmr_str id;
	fmr_str_init(&id);
	int result = fmr_draft_find(cli, typed, &id, err);
	if (!result) {
		fmr_draft_remove(cli, id.bytes);
		fmr_cli_say(cli, _("draft of %s thrown away"), id.bytes);
	}
	fmr_str_release(&id);
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	if (argc != 1)
		return fmr_cli_usage(cli, argc ? _("one record at a time") : _("no record named"));
	if (options->discard)
		return discard(cli, argv[0], err);
	struct subject subject;
	init_subject(&subject);
	int result = find(cli, argv[0], &subject, err);
	if (!result)
		result = edit(cli, options, &subject, err);
	release_subject(&subject);
	return result;
}

static const char *const synopsis[] = { "[<options>] <id>", "--discard <id>", NULL };
static const char *const formats[] = { "text", "json", NULL };

const struct fmr_command fmr_command_edit = {
	.name = "edit",
	.group = "write",
	.summary = N_("edit a record, or a draft, in your editor"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_WORK_TREE,
	.complete = "id",
	.formats = formats,
	.run = run,
};
