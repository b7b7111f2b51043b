/*
 * Catalogues: lists of codes with groups, examples and notes, one file each
 * below .fmrec/catalogue.  `values-from` takes their codes as it takes those
 * of a list of the config, which goes before a catalogue of the same name.
 */
#include "record/private.h"

#include "base/i18n.h"
#include "base/text.h"
#include "record/loader.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

enum { CATALOGUE_SIZE = 1 << 20 };

/* ---- what is read becomes a catalogue ---- */

static size_t length_of(const struct fmr_value *list)
{
	return list && list->kind == FMR_LIST ? list->list.count : 0;
}

static struct fmr_choice read_choice(struct fmr_arena *arena, const struct fmr_value *item)
{
	return (struct fmr_choice){ .code = fmr_load_word(item, "code"), .label = fmr_load_words(item, "label"),
		.help = fmr_load_words(item, "help"), .also = fmr_load_strings(arena, fmr_value_get(item, "also")) };
}

static struct fmr_catalogue_entry read_entry(struct fmr_arena *arena, const struct fmr_value *item)
{
	return (struct fmr_catalogue_entry){ .choice = read_choice(arena, item),
		.examples = fmr_load_words(item, "examples"), .notes = fmr_load_words(item, "notes"),
		.group = fmr_load_word(item, "group"),
		.requirements = fmr_load_strings(arena, fmr_value_get(item, "requirement")),
		.strength = fmr_load_word(item, "strength"), .from = fmr_list_day(fmr_value_get(item, "from")),
		.until = fmr_list_day(fmr_value_get(item, "until")), .values = fmr_value_get(item, "values") };
}

/* Items without a code are left out: the check of the file says so. */
static void read_groups(struct fmr_arena *arena, const struct fmr_value *list, struct fmr_catalogue *out)
{
	struct fmr_choice *groups = fmr_arena_zero(arena, length_of(list) + 1, sizeof(*groups));
	for (size_t i = 0; i < length_of(list); i++) {
		groups[out->group_count] = read_choice(arena, list->list.items[i]);
		out->group_count += groups[out->group_count].code != NULL;
	}
	out->groups = groups;
}

static void read_entries(struct fmr_arena *arena, const struct fmr_value *list, struct fmr_catalogue *out)
{
	struct fmr_catalogue_entry *entries = fmr_arena_zero(arena, length_of(list) + 1, sizeof(*entries));
	for (size_t i = 0; i < length_of(list); i++) {
		entries[out->count] = read_entry(arena, list->list.items[i]);
		out->count += entries[out->count].choice.code != NULL;
	}
	out->entries = entries;
}

static const struct fmr_catalogue *read_catalogue(struct fmr_arena *arena, const char *name, const struct fmr_value *root)
{
	struct fmr_catalogue *catalogue = fmr_arena_zero(arena, 1, sizeof(*catalogue));
	*catalogue = (struct fmr_catalogue){ .name = name, .label = fmr_load_words(root, "label"),
		.help = fmr_load_words(root, "help") };
	read_groups(arena, fmr_value_get(root, "groups"), catalogue);
	read_entries(arena, fmr_value_get(root, "entries"), catalogue);
	return catalogue;
}

static struct fmr_list *list_of(struct fmr_arena *arena, const struct fmr_catalogue *catalogue)
{
	struct fmr_list *list = fmr_arena_zero(arena, 1, sizeof(*list));
	struct fmr_list_entry *entries = fmr_arena_zero(arena, catalogue->count + 1, sizeof(*entries));
	for (size_t i = 0; i < catalogue->count; i++) {
		const struct fmr_catalogue_entry *entry = &catalogue->entries[i];
		entries[i] = (struct fmr_list_entry){ entry->choice, entry->from, entry->until };
	}
	*list = (struct fmr_list){ .name = catalogue->name, .entries = entries, .count = catalogue->count, .catalogue = true };
	return list;
}

/* ---- loading: only what is asked for, once ---- */

static const char *path_of(struct fmr_arena *arena, const char *name)
{
	return fmr_arena_format(arena, "%s/%s.yaml", FMR_CATALOGUE_DIRECTORY, name);
}

/* The text of the file, in the book's memory; not there: FMR_ERR_NOT_FOUND. */
static int read_file(struct fmr_book *book, const char *name, struct fmr_source *out, struct fmr_err *err)
{
	struct fmr_str text;
	fmr_str_init(&text);
	out->path = path_of(&book->arena, name);
	int code = fmr_view_read(book->view, out->path, CATALOGUE_SIZE, &text, err);
	if (!code) {
		out->bytes = fmr_arena_strndup(&book->arena, text.bytes, text.length);
		out->length = text.length;
	}
	fmr_str_release(&text);
	return code;
}

static bool is_usable(const struct fmr_value *root)
{
	return root && root->kind == FMR_MAP && length_of(fmr_value_get(root, "entries"));
}

static int refuse(const struct fmr_source *source, const char *name, struct fmr_findings *own, struct fmr_err *err)
{
	if (!fmr_findings_count(own))
		fmr_findings_add(own, FMR_CODE_SCHEMA_INVALID, source->path, "%s", _("a catalogue without entries"));
	const struct fmr_finding *first = fmr_findings_at(own, 0);
	int code = fmr_err_set(err, FMR_ERR_INVALID, _("catalogue '%s' cannot be used: %s:%zu: %s"), name, source->path,
		first->value.line, first->message);
	fmr_err_hint(err, _("see all its faults with 'fmrec schema check %s'"), name);
	return code;
}

/* A list of the config has codes, labels and criteria, and no more. */
static const struct fmr_catalogue *catalogue_of(struct fmr_arena *arena, const struct fmr_list *list)
{
	struct fmr_catalogue *catalogue = fmr_arena_zero(arena, 1, sizeof(*catalogue));
	struct fmr_catalogue_entry *entries = fmr_arena_zero(arena, list->count + 1, sizeof(*entries));
	for (size_t i = 0; i < list->count; i++)
		entries[i] = (struct fmr_catalogue_entry){ .choice = list->entries[i].choice, .from = list->entries[i].from,
			.until = list->entries[i].until, .requirements = fmr_load_strings(arena, NULL) };
	*catalogue = (struct fmr_catalogue){ .name = list->name, .of_config = true, .entries = entries, .count = list->count };
	return catalogue;
}

static int load(struct fmr_book *book, struct fmr_catalogue_slot *slot, struct fmr_findings *findings, struct fmr_err *err)
{
	const struct fmr_list *list = fmr_book_list(book, slot->name);
	if (list) {
		slot->catalogue = catalogue_of(&book->arena, list);
		return FMR_OK;
	}
	struct fmr_source *source = fmr_arena_zero(&book->arena, 1, sizeof(*source));
	int code = read_file(book, slot->name, source, err);
	if (code)
		return code;
	struct fmr_findings *own = fmr_findings_new(100);
	const struct fmr_value *root = fmr_yaml_read_record(source, &book->arena, own);
	slot->broken = !is_usable(root) || fmr_findings_errors(own);
	if (slot->broken) {
		code = refuse(source, slot->name, own, err);
	} else {
		slot->catalogue = read_catalogue(&book->arena, slot->name, root);
		slot->list = list_of(&book->arena, slot->catalogue);
	}
	if (findings)
		fmr_findings_merge(findings, own);
	fmr_findings_free(own);
	return code;
}

/* A name of a file: nothing that leads out of the directory. */
static bool is_name(const char *name)
{
	return *name >= 'a' && *name <= 'z' && !name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")];
}

static int no_such(struct fmr_book *book, const char *name, struct fmr_err *err)
{
	const char *const *names;
	size_t count;
	int code = fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no catalogue '%s'"), name);
	if (!err || fmr_book_catalogue_names(book, &names, &count, NULL))
		return code;
	const char *nearest = fmr_text_nearest(name, names, count);
	if (nearest)
		fmr_err_hint(err, _("did you mean '%s'?"), nearest);
	return code;
}

static struct fmr_catalogue_slot *find_slot(const struct fmr_book *book, const char *name)
{
	for (size_t i = 0; i < book->catalogues.count; i++)
		if (strcmp(book->catalogues.items[i].name, name) == 0)
			return &book->catalogues.items[i];
	return NULL;
}

int fmr_book_catalogue(struct fmr_book *book, const char *name, const struct fmr_catalogue **out,
	struct fmr_findings *findings, struct fmr_err *err)
{
	struct fmr_catalogue_slot *slot = find_slot(book, name);
	struct fmr_err why = { 0 };
	int code = FMR_OK;
	*out = NULL;
	if (!is_name(name))
		return no_such(book, name, err);
	if (!slot) {
		FMR_VEC_PUSH(&book->catalogues, ((struct fmr_catalogue_slot){ .name = fmr_arena_strdup(&book->arena, name) }));
		slot = &book->catalogues.items[book->catalogues.count - 1];
		code = load(book, slot, findings, &why);
		slot->why = why;
	} else if (slot->broken) {
		code = FMR_ERR_INVALID;
		why = slot->why;
	}
	*out = slot->catalogue;
	if (code == FMR_ERR_NOT_FOUND || (!code && !*out))
		return no_such(book, name, err);
	if (code && err)
		*err = why;
	return code;
}

static int file_names(struct fmr_book *book, const char *const **names, size_t *count, struct fmr_err *err)
{
	return fmr_book_names(book, FMR_CATALOGUE_DIRECTORY, false, names, count, err);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int fmr_book_catalogue_names(struct fmr_book *book, const char *const **names, size_t *count, struct fmr_err *err)
{
	const char *const *files;
	size_t file_count;
	int code = file_names(book, &files, &file_count, err);
	const char **all = fmr_arena_zero(&book->arena, file_count + book->list_count + 1, sizeof(*all));
	*names = all;
	*count = 0;
	for (size_t i = 0; i < book->list_count; i++)
		all[(*count)++] = book->lists[i].name;
	for (size_t i = 0; i < file_count; i++)
		all[*count + i] = files[i];
	*count += file_count;
	qsort(all, *count, sizeof(*all), compare_names);
	size_t kept = 0;
	for (size_t i = 0; i < *count; i++) /* a file that a list goes before is not there */
		if (!kept || strcmp(all[i], all[kept - 1]) != 0)
			all[kept++] = all[i];
	*count = kept;
	return code;
}

int fmr_book_ready_list(struct fmr_book *book, const char *name, struct fmr_findings *findings, struct fmr_err *err)
{
	const struct fmr_catalogue *catalogue;
	return fmr_book_list(book, name) ? FMR_OK : fmr_book_catalogue(book, name, &catalogue, findings, err);
}

int fmr_book_ready_lists(struct fmr_book *book, const struct fmr_type *type, struct fmr_findings *findings,
	struct fmr_err *err)
{
	int code = FMR_OK;
	for (size_t i = 0; !code && i < type->more->lists.count; i++) {
		code = fmr_book_ready_list(book, type->more->lists.items[i], findings, err);
		if (code == FMR_ERR_NOT_FOUND)
			code = FMR_OK; /* what a record holds there is judged */
	}
	return code;
}

bool fmr_book_list_is_broken(const struct fmr_book *book, const char *name)
{
	const struct fmr_catalogue_slot *slot = find_slot(book, name);
	return slot && slot->broken;
}

/* ---- checking a file ---- */

static void check_form(struct fmr_schema **form, const struct fmr_source *source, const struct fmr_value *root,
	struct fmr_findings *findings)
{
	struct fmr_err err = { 0 };
	if (fmr_shipped_check(form, "catalogue", source, root, findings, &err))
		fmr_findings_add(findings, FMR_CODE_SCHEMA_INVALID, source->path,
			_("the file cannot be checked against the vocabulary: %s"), err.text);
}

/* Where the code stands in the list before this item; -1: nowhere. */
static long code_before(const struct fmr_value *list, size_t end, const char *code)
{
	for (size_t i = 0; i < end; i++)
		if (fmr_value_is(fmr_value_get(list->list.items[i], "code"), code))
			return (long)i;
	return -1;
}

static void check_codes(const struct fmr_source *source, struct fmr_findings *findings, const struct fmr_value *list)
{
	for (size_t i = 0; i < length_of(list); i++) {
		const struct fmr_value *code = fmr_value_get(list->list.items[i], "code");
		const char *text = fmr_value_string(code);
		if (text && code_before(list, i, text) >= 0)
			fmr_fault_word(findings, source, code, _("the code stands above already"), text);
	}
}

static void check_names(const struct fmr_source *source, struct fmr_findings *findings, const struct fmr_value *root)
{
	const struct fmr_value *name = fmr_value_get(root, "catalogue"), *entries = fmr_value_get(root, "entries");
	const struct fmr_value *groups = fmr_value_get(root, "groups");
	const char *text = fmr_value_string(name);
	if (text && !fmr_source_is_named(source, text))
		fmr_fault_word(findings, source, name, _("the catalogue has another name than its file"), text);
	check_codes(source, findings, groups);
	check_codes(source, findings, entries);
	for (size_t i = 0; i < length_of(entries); i++) {
		const struct fmr_value *group = fmr_value_get(entries->list.items[i], "group");
		const char *code = fmr_value_string(group);
		if (code && code_before(groups, length_of(groups), code) < 0)
			fmr_fault_word(findings, source, group, _("no such group"), code);
	}
}

static void check_source(struct fmr_schema **form, const struct fmr_source *source, struct fmr_findings *findings)
{
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	const struct fmr_value *root = fmr_yaml_read_record(source, &arena, findings);
	if (root) {
		check_form(form, source, root, findings);
		check_names(source, findings, root);
	}
	fmr_arena_release(&arena);
}

bool fmr_catalogue_file_check(const char *path, const char *bytes, size_t length, struct fmr_findings *findings)
{
	const size_t before = fmr_findings_count(findings);
	char *text = fmr_strndup(bytes, length); /* sources end with a NUL */
	const struct fmr_source source = { path, text, length };
	check_source(NULL, &source, findings);
	free(text);
	return fmr_findings_count(findings) == before;
}

int fmr_book_check_catalogue(struct fmr_book *book, const char *name, struct fmr_findings *findings, struct fmr_err *err)
{
	struct fmr_source source;
	int code = is_name(name) ? read_file(book, name, &source, NULL) : FMR_ERR_NOT_FOUND;
	if (code == FMR_ERR_NOT_FOUND)
		return no_such(book, name, err);
	if (code == FMR_ERR_LIMIT)
		fmr_findings_add(findings, FMR_CODE_YAML_SIZE, source.path, "%s", _("the file is larger than the limit"));
	else if (code)
		return fmr_err_set(err, code, _("cannot read '%s'"), source.path);
	else
		check_source(&book->catalogue_form, &source, findings);
	return FMR_OK;
}

int fmr_book_check_catalogues(struct fmr_book *book, struct fmr_findings *findings, size_t *count, struct fmr_err *err)
{
	const char *const *names;
	size_t found;
	int code = file_names(book, &names, &found, err);
	for (size_t i = 0; !code && i < found; i++)
		code = fmr_book_check_catalogue(book, names[i], findings, err);
	if (count)
		*count = found;
	return code;
}
