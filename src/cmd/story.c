#include "cmd/story.h"

#include "base/datadir.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "base/text.h"
#include "fmrec/yaml.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define RECORDS "records"

enum { STORY_SIZE = 4 << 20, DEEPEST = 8 };

/* ---- places ---- */

static void blame(const struct fmr_source *source, const struct fmr_value *at, struct fmr_err *err)
{
	const struct fmr_place place = fmr_source_place(source, at->span);
	fmr_err_context(err, "%s:%zu:%zu", source->path, place.line, place.column);
}

void fmr_story_blame(const struct story_step *step, const struct fmr_value *at, struct fmr_err *err)
{
	blame(step->source, at ? at : step->value, err);
}

/* ---- the files ---- */

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in a directory, in order. */
static int list_directory(const char *path, struct fmr_arena *arena, struct story_paths *out, struct fmr_err *err)
{
	DIR *stream = opendir(path);
	if (!stream)
		return fmr_err_system(err, errno, _("cannot read the directory '%s'"), path);
	for (const struct dirent *entry; (entry = readdir(stream));)
		if (entry->d_name[0] != '.')
			FMR_VEC_PUSH(out, fmr_arena_strdup(arena, entry->d_name));
	closedir(stream);
	if (out->count)
		qsort(out->items, out->count, sizeof(*out->items), compare_texts);
	return 0;
}

static bool is_yaml(const char *name)
{
	const size_t length = strlen(name);
	return length > 5 && strcmp(name + length - 5, ".yaml") == 0;
}

static int check_form(const struct fmr_source *source, const struct fmr_value *root, const struct fmr_schema *schema,
	struct fmr_findings *findings)
{
	const size_t before = fmr_findings_count(findings);
	if (root) {
		struct fmr_checker *checker = fmr_checker_new();
		fmr_schema_check(schema, checker, source, root, findings);
		fmr_checker_free(checker);
	}
	return fmr_findings_count(findings) > before || !root ? FMR_EXIT_FINDINGS : 0;
}

/* A thing that one of the files says, for all of them. */
static int read_once(const struct fmr_source *source, const struct fmr_value *root, const char *key, const char **out,
	struct fmr_err *err)
{
	const struct fmr_value *value = fmr_value_get(root, key);
	if (!value)
		return 0;
	if (*out) {
		int result = fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is said in another file already"), key);
		blame(source, value, err);
		return result;
	}
	*out = fmr_value_string(value);
	return 0;
}

static int read_persons(struct story *story, const struct fmr_source *source, const struct fmr_value *list,
	struct fmr_err *err)
{
	for (size_t i = 0; list && i < list->list.count; i++) {
		const struct fmr_value *item = list->list.items[i];
		const struct story_person one = { .id = fmr_value_string(fmr_value_get(item, "id")),
			.name = fmr_value_string(fmr_value_get(item, "name")),
			.email = fmr_value_string(fmr_value_get(item, "email")),
			.department = fmr_value_string(fmr_value_get(item, "department")),
			.contact = fmr_value_string(fmr_value_get(item, "contact")), .roles = fmr_value_get(item, "roles") };
		if (fmr_story_person(story, one.id)) {
			int result = fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is introduced twice"), one.id);
			blame(source, item, err);
			return result;
		}
		FMR_VEC_PUSH(&story->persons, one);
	}
	return 0;
}

/* The one member that is no circumstance; the schema says that there is one. */
static void find_deed(struct story_step *step)
{
	static const char *const deeds[] = { "write", "set", "log", "link", "relink", "sign", "reject", "withdraw", "delegate", "endorse",
		"acknowledge", "checkpoint", "trust", NULL };
	for (size_t i = 0; deeds[i] && !step->what; i++) {
		step->deed = deeds[i];
		step->what = fmr_value_get(step->value, deeds[i]);
	}
}

static int read_steps(struct story *story, const struct fmr_source *source, const struct fmr_value *list,
	struct fmr_err *err)
{
	const struct story_step *before = NULL;
	for (size_t i = 0; list && i < list->list.count; i++) {
		struct story_step step = { .source = source, .value = list->list.items[i] };
		const struct fmr_value *at = fmr_value_get(step.value, "at");
		find_deed(&step);
		if (!fmr_time_parse(at->text.bytes, at->text.length, &step.at) || step.at.seconds < 0) {
			int result = fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is no time"), at->text.bytes);
			blame(source, at, err);
			return result;
		}
		if (before && step.at.seconds < before->at.seconds) {
			int result = fmr_err_set(err, FMR_ERR_INVALID, _("the step lies before the one above it"));
			blame(source, at, err);
			return result;
		}
		FMR_VEC_PUSH(&story->steps, step);
		before = &story->steps.items[story->steps.count - 1];
	}
	return 0;
}

static int read_file(struct story *story, const char *path, const struct fmr_schema *schema, struct fmr_findings *findings,
	struct fmr_err *err)
{
	struct fmr_source *source = fmr_arena_zero(&story->arena, 1, sizeof(*source));
	struct fmr_str text;
	fmr_str_init(&text);
	int result = fmr_file_read(AT_FDCWD, path, STORY_SIZE, false, &text, err);
	*source = (struct fmr_source){ path, fmr_arena_strndup(&story->arena, text.bytes, text.length), text.length };
	fmr_str_release(&text);
	if (result)
		return result;
	const struct fmr_value *root = fmr_yaml_read_record(source, &story->arena, findings);
	result = check_form(source, root, schema, findings);
	if (!result)
		result = read_once(source, root, "organisation", &story->organisation, err);
	if (!result)
		result = read_once(source, root, "language", &story->language, err);
	if (!result)
		result = read_once(source, root, "time_zone", &story->time_zone, err);
	if (!result)
		result = read_persons(story, source, fmr_value_get(root, "persons"), err);
	return result ? result : read_steps(story, source, fmr_value_get(root, "steps"), err);
}

static int read_files(struct story *story, const struct fmr_schema *schema, struct fmr_findings *findings,
	struct fmr_err *err)
{
	const char *directory = fmr_arena_format(&story->arena, "%s/story", story->top);
	struct story_paths names = { 0 };
	int result = list_directory(directory, &story->arena, &names, err), worst = 0;
	for (size_t i = 0; !result && i < names.count; i++) {
		if (!is_yaml(names.items[i]))
			continue;
		result = read_file(story, fmr_arena_format(&story->arena, "%s/%s", directory, names.items[i]), schema, findings,
			err);
		if (result > 0) { /* the faults of all files at once */
			worst = result;
			result = 0;
		}
	}
	FMR_VEC_RELEASE(&names);
	return result ? result : worst;
}

/* ---- what belongs together ---- */

const struct story_person *fmr_story_person(const struct story *story, const char *id)
{
	for (size_t i = 0; i < story->persons.count; i++)
		if (strcmp(story->persons.items[i].id, id) == 0)
			return &story->persons.items[i];
	return NULL;
}

static int need_person(const struct story *story, const struct story_step *step, const struct fmr_value *at,
	const struct story_person **out, struct fmr_err *err)
{
	const struct story_person *found = at ? fmr_story_person(story, at->text.bytes) : NULL;
	if (out)
		*out = found;
	if (!at || found)
		return 0;
	const char **ids = fmr_alloc_zero(story->persons.count + 1, sizeof(*ids));
	for (size_t i = 0; i < story->persons.count; i++)
		ids[i] = story->persons.items[i].id;
	const char *nearest = fmr_text_nearest(at->text.bytes, ids, story->persons.count);
	free(ids);
	fmr_err_set(err, FMR_ERR_INVALID, _("the story introduces nobody as '%s'"), at->text.bytes);
	if (nearest)
		fmr_err_hint(err, _("did you mean '%s'?"), nearest);
	fmr_story_blame(step, at, err);
	return FMR_ERR_INVALID;
}

/* Persons in a list, or in the member "to" of its items. */
static int need_persons(const struct story *story, const struct story_step *step, const struct fmr_value *list,
	struct fmr_err *err)
{
	int result = 0;
	for (size_t i = 0; list && i < list->list.count && !result; i++) {
		const struct fmr_value *item = list->list.items[i];
		result = need_person(story, step, item->kind == FMR_MAP ? fmr_value_get(item, "to") : item, NULL, err);
	}
	return result;
}

static int check_persons(const struct story *story, struct story_step *step, struct fmr_err *err)
{
	static const char *const lists[] = { "join", "grant", "revoke", "new-key", "retire-key" };
	const struct fmr_value *deputy = fmr_value_get(step->what, "deputy");
	int result = need_person(story, step, fmr_value_get(step->value, "by"), &step->by, err);
	if (!result)
		result = need_person(story, step, fmr_value_get(step->value, "behalf"), NULL, err);
	if (!result)
		result = need_person(story, step, fmr_value_get(step->value, "of"), NULL, err);
	if (!result && strcmp(step->deed, "delegate") == 0)
		result = need_person(story, step, fmr_value_get(step->what, "to"), NULL, err);
	if (!result && deputy)
		result = need_person(story, step, fmr_value_get(deputy, "to"), NULL, err);
	if (!result && deputy)
		result = need_person(story, step, fmr_value_get(deputy, "for"), NULL, err);
	for (size_t i = 0; !result && strcmp(step->deed, "trust") == 0 && i < sizeof(lists) / sizeof(*lists); i++)
		result = need_persons(story, step, fmr_value_get(step->what, lists[i]), err);
	return result;
}

static int check_paths(const struct story *story, const struct story_step *step, struct fmr_err *err)
{
	struct fmr_arena arena;
	int result = 0;
	fmr_arena_init(&arena);
	for (size_t i = 0; strcmp(step->deed, "write") == 0 && i < step->what->list.count && !result; i++) {
		struct story_paths files = { 0 };
		result = fmr_story_files(story, step->what->list.items[i]->text.bytes, &arena, &files, err);
		if (result)
			fmr_story_blame(step, step->what->list.items[i], err);
		FMR_VEC_RELEASE(&files);
	}
	fmr_arena_release(&arena);
	return result;
}

/* Whoever tells of the same second in an earlier file goes first: the order must not depend on the sort. */
static void sort_steps(struct story *story)
{
	struct story_step *steps = story->steps.items;
	for (size_t i = 1; i < story->steps.count; i++) {
		const struct story_step step = steps[i];
		size_t at = i;
		for (; at && steps[at - 1].at.seconds > step.at.seconds; at--)
			steps[at] = steps[at - 1];
		steps[at] = step;
	}
}

static int check_steps(struct story *story, struct fmr_err *err)
{
	int result = 0;
	for (size_t i = 0; i < story->steps.count && !result; i++) {
		result = check_persons(story, &story->steps.items[i], err);
		if (!result)
			result = check_paths(story, &story->steps.items[i], err);
	}
	if (!result && !story->steps.count)
		result = fmr_err_set(err, FMR_ERR_INVALID, _("no story is told in '%s/story'"), story->top);
	return result;
}

int fmr_story_read(const char *top, struct story *story, struct fmr_findings *findings, struct fmr_err *err)
{
	struct fmr_schema *schema = NULL;
	const struct fmr_schema_options options = { .data_dir = fmr_data_dir(), .assert_format = true,
		.skip_metaschema = true };
	*story = (struct story){ .top = fmr_strdup(top) };
	fmr_arena_init(&story->arena);
	char *path = fmr_format("%s/schema/story.yaml", fmr_data_dir());
	int result = fmr_schema_compile_file(path, &options, &schema, findings, err);
	free(path);
	if (!result)
		result = schema ? read_files(story, schema, findings, err) : FMR_EXIT_FINDINGS;
	fmr_schema_free(schema);
	if (!result)
		result = check_steps(story, err);
	if (!result)
		sort_steps(story);
	return result;
}

void fmr_story_release(struct story *story)
{
	FMR_VEC_RELEASE(&story->persons);
	FMR_VEC_RELEASE(&story->steps);
	free(story->top);
	fmr_arena_release(&story->arena);
}

/* ---- the records ---- */

const char *fmr_story_source(const struct story *story, const char *path, struct fmr_arena *arena)
{
	return fmr_arena_format(arena, "%s/%s", story->top, path);
}

static bool has_kind(const char *path, mode_t kind)
{
	struct stat status;
	return stat(path, &status) == 0 && (status.st_mode & S_IFMT) == kind;
}

static int add_directory(const struct story *story, const char *path, struct fmr_arena *arena, struct story_paths *out,
	int depth, struct fmr_err *err)
{
	struct story_paths names = { 0 };
	int result = list_directory(fmr_story_source(story, path, arena), arena, &names, err);
	for (size_t i = 0; i < names.count && !result; i++) {
		const char *inner = fmr_arena_format(arena, "%s/%s", path, names.items[i]);
		const char *source = fmr_story_source(story, inner, arena);
		if (has_kind(source, S_IFREG))
			FMR_VEC_PUSH(out, inner);
		else if (has_kind(source, S_IFDIR) && depth < DEEPEST)
			result = add_directory(story, inner, arena, out, depth + 1, err);
		else
			result = fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is no file that a sample can have"), source);
	}
	FMR_VEC_RELEASE(&names);
	return result;
}

int fmr_story_files(const struct story *story, const char *path, struct fmr_arena *arena, struct story_paths *out,
	struct fmr_err *err)
{
	const char *whole = fmr_arena_format(arena, RECORDS "/%s", path);
	const char *yaml = fmr_arena_format(arena, "%s.yaml", whole);
	if (!fmr_path_is_inside(path))
		return fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is no path below '%s/%s'"), path, story->top, RECORDS);
	const bool record = has_kind(fmr_story_source(story, yaml, arena), S_IFREG);
	const bool directory = has_kind(fmr_story_source(story, whole, arena), S_IFDIR);
	if (record)
		FMR_VEC_PUSH(out, yaml);
	else if (has_kind(fmr_story_source(story, whole, arena), S_IFREG))
		FMR_VEC_PUSH(out, whole);
	else if (!directory)
		return fmr_err_set(err, FMR_ERR_NOT_FOUND, _("there is no '%s' below '%s/%s'"), path, story->top, RECORDS);
	return directory ? add_directory(story, whole, arena, out, 0, err) : 0;
}

int fmr_story_all_files(const struct story *story, struct fmr_arena *arena, struct story_paths *out, struct fmr_err *err)
{
	return add_directory(story, RECORDS, arena, out, 0, err);
}
