/* Steps of a story that write and change records. */
#include "cmd/tell.h"

#include "base/fs.h"
#include "cmd/assign.h"
#include "cmd/compose.h"
#include "cmd/names.h"
#include "cmd/write.h"
#include "fmrec/yaml.h"

#include <fcntl.h>
#include <string.h>

enum { FINDINGS = 100, FILE_LIMIT = 64 << 20 };

/* One file that the step makes or changes. */
struct edited {
	const char *id, *path;
	struct fmr_str before, text;
	bool is_new;
	const struct fmr_value *at;  /* where the story says so */
};

struct edits {
	struct edited *items;
	size_t count, capacity;
};

static struct edited *add(struct edits *edits, const char *path, const struct fmr_value *at)
{
	struct edited *edited = FMR_VEC_ADD(edits);
	*edited = (struct edited){ .path = path, .at = at };
	fmr_str_init(&edited->before);
	fmr_str_init(&edited->text);
	return edited;
}

static void release(struct edits *edits)
{
	for (size_t i = 0; i < edits->count; i++) {
		fmr_str_release(&edits->items[i].before);
		fmr_str_release(&edits->items[i].text);
	}
	FMR_VEC_RELEASE(edits);
}

/* ---- what becomes of files ---- */

static int read_new(struct teller *teller, const char *typed, const struct fmr_value *at, struct edits *edits,
	struct fmr_err *err)
{
	struct story_paths files = { 0 };
	int result = fmr_story_files(teller->story, typed, &teller->arena, &files, err);
	for (size_t i = 0; i < files.count && !result; i++) {
		struct edited *edited = add(edits, files.items[i], at);
		edited->is_new = true;
		result = fmr_file_read(AT_FDCWD, fmr_story_source(teller->story, files.items[i], &teller->arena), FILE_LIMIT,
			false, &edited->text, err);
	}
	FMR_VEC_RELEASE(&files);
	return result;
}

static int read_all_new(struct teller *teller, const struct story_step *step, struct edits *edits, struct fmr_err *err)
{
	int result = 0;
	for (size_t i = 0; i < step->what->list.count && !result; i++) {
		const struct fmr_value *at = step->what->list.items[i];
		result = read_new(teller, fmr_value_string(at), at, edits, err);
		if (result)
			fmr_story_blame(step, at, err);
	}
	return result;
}

static struct edited *add_record(struct teller *teller, const struct fmr_record *record, const struct fmr_value *at,
	struct edits *edits)
{
	struct edited *edited = add(edits, fmr_arena_strdup(&teller->arena, record->path), at);
	edited->id = fmr_arena_strdup(&teller->arena, record->id);
	fmr_str_add(&edited->before, record->text, record->length);
	fmr_str_add(&edited->text, record->text, record->length);
	return edited;
}

/* Fields that are told as the YAML that they become; null: they go. */
static int put_fields(const struct fmr_record *record, const struct fmr_value *map, struct fmr_str *text, struct fmr_err *err)
{
	int result = 0;
	for (size_t i = 0; i < map->map.count && !result; i++) {
		const char *path = map->map.members[i].key.bytes;
		const struct fmr_source source = { record->path, text->bytes, text->length };
		const struct fmr_value *value = map->map.members[i].value;
		const struct fmr_edit edit = { value->kind == FMR_NULL ? FMR_EDIT_REMOVE : FMR_EDIT_SET, path, value,
			record->type->field_order };
		const char *nearest = fmr_type_nearest_field(record->type, path);
		if (fmr_type_field(record->type, path)) {
			result = fmr_yaml_edit(&source, &edit, 1, text, err);
			continue;
		}
		result = fmr_err_set(err, FMR_ERR_INVALID, _("'%s' has no field '%s'"), record->type->name, path);
		if (nearest)
			fmr_err_hint(err, _("did you mean '%s'?"), nearest);
	}
	return result;
}

static int set_fields(struct teller *teller, const struct fmr_record *record, const struct fmr_value *list,
	struct fmr_str *text, struct fmr_err *err)
{
	if (list->kind == FMR_MAP)
		return put_fields(record, list, text, err);
	int result = 0;
	for (size_t i = 0; i < list->list.count && !result; i++) {
		struct fmr_assignment assignment;
		result = fmr_assignment_parse(teller->cli, record->type, FMR_ASSIGN_SET, fmr_value_string(list->list.items[i]),
			&teller->arena, &assignment, err);
		if (!result)
			result = fmr_assignment_apply(&assignment, record->type, record->path, text, &teller->arena, NULL, err);
	}
	return result;
}

static int add_to_log(struct teller *teller, const struct story_step *step, const struct fmr_record *record,
	const struct fmr_value *said, struct fmr_str *text, struct fmr_err *err)
{
	const struct fmr_log_line line = { .at = fmr_value_string(fmr_value_get(step->value, "at")),
		.text = said->kind == FMR_MAP ? fmr_value_string(fmr_value_get(said, "text")) : fmr_value_string(said),
		.kind = fmr_value_string(fmr_value_get(said, "kind")), .actor = fmr_value_string(fmr_value_get(said, "actor")) };
	struct fmr_value *entry;
	return fmr_log_compose(teller->cli, record, &line, &teller->arena, &entry, text, err);
}

/* Each record of a map "set" or "log", with what is said of it. */
static int change_each(struct teller *teller, const struct story_step *step, struct edits *edits, struct fmr_err *err)
{
	int result = 0;
	for (size_t i = 0; i < step->what->map.count && !result; i++) {
		const struct fmr_member *member = &step->what->map.members[i];
		struct fmr_record record = { 0 };
		result = fmr_write_open(teller->cli, member->key.bytes, &record, err);
		if (!result) {
			struct edited *edited = add_record(teller, &record, member->value, edits);
			result = strcmp(step->deed, "set") == 0
				? set_fields(teller, &record, member->value, &edited->text, err)
				: add_to_log(teller, step, &record, member->value, &edited->text, err);
			fmr_record_release(&record);
		}
		if (result)
			fmr_story_blame(step, member->value, err);
	}
	return result;
}

static int judge_again(struct teller *teller, const struct story_step *step, struct edits *edits, struct fmr_err *err)
{
	int result = 0;
	for (size_t i = 0; i < step->what->list.count && !result; i++) {
		const struct fmr_value *at = step->what->list.items[i];
		struct fmr_record record = { 0 };
		result = fmr_write_open(teller->cli, fmr_value_string(at), &record, err);
		if (!result) {
			struct edited *edited = add_record(teller, &record, at, edits);
			result = fmr_relink_compose(teller->cli, &record, &edited->text, err);
			fmr_record_release(&record);
		}
		if (result)
			fmr_story_blame(step, at, err);
	}
	return result;
}

static int link_two(struct teller *teller, const struct story_step *step, struct edits *edits, struct fmr_err *err)
{
	struct fmr_record from = { 0 }, to = { 0 };
	const struct fmr_record *holder = &from;
	struct fmr_str text;
	fmr_str_init(&text);
	int result = fmr_write_open(teller->cli, fmr_value_string(fmr_value_get(step->what, "from")), &from, err);
	if (!result)
		result = fmr_write_open(teller->cli, fmr_value_string(fmr_value_get(step->what, "to")), &to, err);
	if (!result)
		result = fmr_link_compose(teller->cli, &from, fmr_value_string(fmr_value_get(step->what, "link")), &to,
			fmr_value_string(fmr_value_get(step->what, "note")), NULL, &holder, &text, err);
	if (!result) {
		struct edited *edited = add_record(teller, holder, step->what, edits);
		fmr_str_clear(&edited->text);
		fmr_str_add(&edited->text, text.bytes, text.length);
	} else {
		fmr_story_blame(step, step->what, err);
	}
	fmr_str_release(&text);
	fmr_record_release(&from);
	fmr_record_release(&to);
	return result;
}

/* ---- the commit ---- */

static void put_message(const struct story_step *step, const struct edits *edits, struct fmr_str *out)
{
	const char *said = fmr_value_string(fmr_value_get(step->value, "message"));
	struct fmr_str names;
	fmr_str_init(&names);
	for (size_t i = 0; i < edits->count && !said; i++) {
		const struct edited *edited = &edits->items[i];
		if (edited->id)
			fmr_str_printf(&names, "%s%s", names.length ? " " : "", edited->id);
	}
	if (said)
		fmr_str_puts(out, said);
	else
		fmr_write_subject(out, strcmp(step->deed, "write") == 0 ? "new" : strcmp(step->deed, "log") == 0 ? "log-entry" : step->deed,
			names.bytes, NULL);
	if (fmr_value_get(step->value, "reason"))
		fmr_str_printf(out, "\n\n%s", fmr_value_string(fmr_value_get(step->value, "reason")));
	fmr_str_putc(out, '\n');
	fmr_str_release(&names);
}

/* As whoever wrote it would have been told. */
static int check(struct teller *teller, const struct story_step *step, const struct edited *edited, struct fmr_err *err)
{
	struct fmr_findings *findings = fmr_findings_new(FINDINGS);
	bool refused = false;
	int result = fmr_write_check(teller->cli, edited->path, edited->is_new ? NULL : &edited->before, &edited->text, findings,
		&refused, err);
	if (!result && refused) {
		fmr_write_show_findings(teller->cli, findings);
		result = fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is not valid in this step"), edited->path);
	}
	if (result)
		fmr_story_blame(step, edited->at, err);
	fmr_findings_free(findings);
	return result;
}

static bool must_sign(const struct teller *teller)
{
	return teller->signing.policy && teller->signing.policy->settings.edits_signed;
}

static int commit(struct teller *teller, const struct story_step *step, struct edits *edits, struct fmr_err *err)
{
	struct fmr_change *changes = fmr_alloc_zero(edits->count + 1, sizeof(*changes));
	struct fmr_str message;
	fmr_str_init(&message);
	for (size_t i = 0; i < edits->count; i++)
		changes[i] = (struct fmr_change){ edits->items[i].path, edits->items[i].text.bytes, edits->items[i].text.length,
			edits->items[i].is_new ? NULL : &edits->items[i].before };
	put_message(step, edits, &message);
	int result = fmr_tell_commit(teller, step, changes, edits->count, message.bytes, must_sign(teller), err);
	if (result)
		fmr_story_blame(step, NULL, err);
	fmr_str_release(&message);
	free(changes);
	/* behind the writing: records that come together may name each other, and their attachments */
	for (size_t i = 0; i < edits->count && !result; i++)
		if (edits->items[i].id)
			result = check(teller, step, &edits->items[i], err);
	return result;
}

static void find_ids(struct teller *teller, struct edits *edits)
{
	const struct fmr_type *type;
	struct fmr_text id;
	for (size_t i = 0; i < edits->count; i++)
		if (!edits->items[i].id && fmr_names_record(teller->cli->book, edits->items[i].path, &type, &id))
			edits->items[i].id = fmr_arena_strndup(&teller->arena, id.bytes, id.length);
}

int fmr_tell_edit(struct teller *teller, const struct story_step *step, struct fmr_err *err)
{
	struct edits edits = { 0 };
	int result;
	if (strcmp(step->deed, "write") == 0)
		result = read_all_new(teller, step, &edits, err);
	else if (strcmp(step->deed, "link") == 0)
		result = link_two(teller, step, &edits, err);
	else if (strcmp(step->deed, "relink") == 0)
		result = judge_again(teller, step, &edits, err);
	else
		result = change_each(teller, step, &edits, err);
	if (!result) {
		find_ids(teller, &edits);
		result = commit(teller, step, &edits, err);
	}
	release(&edits);
	return result;
}
