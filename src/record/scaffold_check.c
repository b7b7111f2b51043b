/*
 * Checking a scaffold: what schema/scaffold.yaml says of its shape, and what
 * needs the types and catalogues of the repository.
 */
#include "record/scaffold_file.h"

#include "base/i18n.h"
#include "base/text.h"
#include "record/scaffold_value.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

enum name_kind { NAME_ENTRY, NAME_RECORD, NAME_RECORDS, NAME_VALUE };

struct name { /* that may stand between $( and ) */
	const char *text;
	enum name_kind kind;
	const struct fmr_catalogue *catalogue; /* of NAME_ENTRY; NULL: not known */
	const struct fmr_type *type;           /* of the others; NULL: not known */
};

struct check {
	const struct fmr_scaffold_file *file;
	struct fmr_book *book;
	struct fmr_findings *findings;
	size_t done;                           /* specs before the one that is checked */
	FMR_VEC(struct name) names;
};

static void complain(const struct check *check, const struct fmr_value *at, const char *text, const char *subject,
	const char *nearest)
{
	struct fmr_finding *row = fmr_fault_word(check->findings, &check->file->source, at, text, subject);
	if (nearest)
		row->hint = fmr_findings_text(check->findings, _("did you mean '%s'?"), nearest);
}

/* ---- names ---- */

static void add_name(struct check *check, const char *text, enum name_kind kind, const struct fmr_catalogue *catalogue,
	const struct fmr_type *type)
{
	if (text)
		FMR_VEC_PUSH(&check->names, ((struct name){ text, kind, catalogue, type }));
}

/* The one that was added last goes before others of its name. */
static const struct name *find_name(const struct check *check, const char *text)
{
	for (size_t i = check->names.count; i-- > 0;)
		if (strcmp(check->names.items[i].text, text) == 0)
			return &check->names.items[i];
	return NULL;
}

static void complain_of_name(const struct check *check, const struct fmr_value *at, const char *text)
{
	const char **all = fmr_alloc_zero(check->names.count + 1, sizeof(*all));
	for (size_t i = 0; i < check->names.count; i++)
		all[i] = check->names.items[i].text;
	complain(check, at, _("no record or `each` before has this name"), text,
		fmr_text_nearest(text, all, check->names.count));
	free(all);
}

/* Has any entry of the catalogue a value of this name? */
static bool has_value(const struct fmr_catalogue *catalogue, const char *path)
{
	static const char *const parts[] = { "", "code", "label", "help", "examples", "notes", "group", "strength",
		"requirement", "position" };
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (strcmp(parts[i], path) == 0)
			return true;
	for (size_t i = 0; catalogue && i < catalogue->count; i++)
		if (fmr_value_at(catalogue->entries[i].values, path))
			return true;
	return !catalogue;
}

static void check_reference(const struct check *check, const struct fmr_value *at, const char *reference)
{
	const size_t first = strcspn(reference, ".");
	char *text = fmr_strndup(reference, first);
	const char *path = reference[first] ? reference + first + 1 : "";
	const struct name *name = find_name(check, text);
	if (!name)
		complain_of_name(check, at, text);
	else if (name->kind == NAME_RECORDS)
		complain(check, at, _("the name stands for several records; visit them with each: {made: NAME}"), text, NULL);
	else if (name->kind == NAME_ENTRY && !has_value(name->catalogue, path))
		complain(check, at, _("no entry of the catalogue has the value"), path, NULL);
	else if (name->kind == NAME_RECORD && *path && name->type && !fmr_type_field(name->type, path))
		complain(check, at, _("no such field"), path, fmr_type_nearest_field(name->type, path));
	free(text);
}

/* A text has names in it; it may stand for another value. */
static void check_text(const struct check *check, const struct fmr_value *value)
{
	const char *text = value->text.bytes, *name;
	for (size_t length; (length = fmr_reference_next(text, &name)); text = name + length + 1) {
		char *reference = fmr_strndup(name, length);
		check_reference(check, value, reference);
		free(reference);
	}
	if (strstr(text, "$("))
		complain(check, value, _("a name that does not end"), text, NULL);
}

/* ---- each ---- */

static void check_value(struct check *check, const struct fmr_value *value);

static const struct fmr_type *type_named(const struct check *check, const struct fmr_value *at)
{
	const struct fmr_type *type;
	const char *name = fmr_value_string(at);
	if (!name || fmr_book_type(check->book, name, &type, NULL, NULL) == 0)
		return name ? type : NULL;
	if (fmr_book_slot(check->book, name) < 0) /* a broken one has findings of its own */
		complain(check, at, _("no such record type"), name,
			fmr_text_nearest(name, check->book->names, check->book->count));
	return NULL;
}

static const struct fmr_catalogue *catalogue_named(const struct check *check, const struct fmr_value *at)
{
	const struct fmr_catalogue *catalogue;
	const char *const *names;
	size_t count;
	const char *name = fmr_value_string(at);
	const int code = name ? fmr_book_catalogue(check->book, name, &catalogue, NULL, NULL) : FMR_ERR_INVALID;
	if (code == FMR_ERR_NOT_FOUND && fmr_book_catalogue_names(check->book, &names, &count, NULL) == 0)
		complain(check, at, _("no such catalogue"), name, fmr_text_nearest(name, names, count));
	return code ? NULL : catalogue;
}

static void add_each(struct check *check, const struct fmr_value *each, bool quiet);

/* What was known when these records were made is known again. */
static void add_made(struct check *check, const struct fmr_value *made, const char *as, bool quiet)
{
	const char *name = fmr_value_string(made);
	const struct fmr_scaffold_spec *found = NULL;
	for (size_t i = 0; name && i < check->done; i++)
		if (check->file->specs[i].as && strcmp(check->file->specs[i].as, name) == 0)
			found = &check->file->specs[i];
	if (!found && !quiet)
		complain_of_name(check, made, name);
	for (size_t i = 0; found && i < found->each_count; i++)
		add_each(check, found->each[i], true);
	add_name(check, as ? as : name, NAME_RECORD, NULL, found ? found->type : NULL);
}

static void check_group(const struct check *check, const struct fmr_catalogue *catalogue, const struct fmr_value *group)
{
	const char *code = fmr_value_string(group);
	for (size_t i = 0; catalogue && code && i < catalogue->group_count; i++)
		if (strcmp(catalogue->groups[i].code, code) == 0)
			return;
	if (catalogue && code)
		complain(check, group, _("no such group"), code, NULL);
}

/* quiet: it was checked where it stands */
static void add_each(struct check *check, const struct fmr_value *each, bool quiet)
{
	const struct fmr_value *from = fmr_value_get(each, "catalogue"), *made = fmr_value_get(each, "made");
	const struct fmr_value *records = fmr_value_get(each, "records"), *list = fmr_value_get(each, "list");
	const struct fmr_value *only = fmr_value_get(each, "only"), *where = fmr_value_get(each, "where");
	const char *as = fmr_value_string(fmr_value_get(each, "as"));
	if (!quiet && list)
		check_value(check, list);
	if (!quiet && only)
		check_value(check, only);
	if (from) {
		const struct fmr_catalogue *catalogue = quiet && !fmr_value_string(from) ? NULL : catalogue_named(check, from);
		check_group(check, catalogue, fmr_value_get(each, "group"));
		add_name(check, as, NAME_ENTRY, catalogue, NULL);
	} else if (made) {
		add_made(check, made, as, quiet);
	} else if (records) {
		add_name(check, as, NAME_RECORD, NULL, type_named(check, records));
	} else {
		add_name(check, as, NAME_VALUE, NULL, NULL);
	}
	const char *name = as ? as : fmr_value_string(made);
	for (size_t i = 0; !quiet && name && where && where->kind == FMR_MAP && i < where->map.count; i++) {
		char *reference = fmr_format("%s.%s", name, where->map.members[i].key.bytes);
		check_reference(check, where->map.members[i].value, reference);
		check_value(check, where->map.members[i].value);
		free(reference);
	}
}

static void check_repeated(struct check *check, const struct fmr_value *value)
{
	const size_t before = check->names.count;
	const struct fmr_value *key = fmr_value_get(value, "key");
	add_each(check, fmr_value_get(value, "each"), false);
	if (key)
		check_value(check, key);
	check_value(check, fmr_value_get(value, "item"));
	check->names.count = before;
}

static void check_value(struct check *check, const struct fmr_value *value)
{
	if (value->kind == FMR_STRING)
		check_text(check, value);
	else if (fmr_value_is_repeated(value))
		check_repeated(check, value);
	for (size_t i = 0; value->kind == FMR_LIST && i < value->list.count; i++)
		check_value(check, value->list.items[i]);
	for (size_t i = 0; value->kind == FMR_MAP && !fmr_value_is_repeated(value) && i < value->map.count; i++)
		check_value(check, value->map.members[i].value);
}

/* ---- fields ---- */

static void check_keys(const struct check *check, const struct fmr_value *value, const struct fmr_field *fields, size_t count);

/* What stands for a field: keys of a map in it are fields, too. */
static void check_field(const struct check *check, const struct fmr_value *value, const struct fmr_field *field)
{
	size_t count;
	const struct fmr_field *children = fmr_field_children(field, &count);
	if (fmr_value_is_words(value) || !count)
		return;
	if (fmr_value_is_repeated(value) && field->kind == FMR_FIELD_LIST)
		check_field(check, fmr_value_get(value, "item"), children);
	else if (!fmr_value_is_repeated(value) && value->kind == FMR_MAP && field->kind != FMR_FIELD_LIST)
		check_keys(check, value, children, count);
	for (size_t i = 0; value->kind == FMR_LIST && field->kind == FMR_FIELD_LIST && i < value->list.count; i++)
		check_field(check, value->list.items[i], children);
}

static void check_keys(const struct check *check, const struct fmr_value *value, const struct fmr_field *fields, size_t count)
{
	const char **names = fmr_alloc_zero(count + 1, sizeof(*names));
	for (size_t i = 0; i < count; i++)
		names[i] = fields[i].name;
	for (size_t i = 0; i < value->map.count; i++) {
		const struct fmr_member *member = &value->map.members[i];
		const struct fmr_field *field = fmr_fields_find(fields, count, member->key.bytes, member->key.length,
			member->key_hash);
		if (field)
			check_field(check, member->value, field);
		else
			complain(check, member->value, _("no such field"), member->key.bytes,
				fmr_text_nearest(member->key.bytes, names, count));
	}
	free(names);
}

/* A path with names in it is known only when records are made. */
static void check_decisions(struct check *check, const struct fmr_value *list, const struct fmr_type *type)
{
	for (size_t i = 0; list && list->kind == FMR_LIST && i < list->list.count; i++) {
		const struct fmr_value *item = list->list.items[i], *each = fmr_value_get(item, "each");
		const struct fmr_value *at = item->kind == FMR_MAP ? fmr_value_get(item, "field") : item;
		const struct fmr_value *what = fmr_value_get(item, "what");
		const size_t before = check->names.count;
		const char *path = fmr_value_string(at);
		if (each)
			add_each(check, each, false);
		if (path && strstr(path, "$("))
			check_value(check, at);
		else if (path && type && !fmr_type_field(type, path))
			complain(check, at, _("no such field"), path, fmr_type_nearest_field(type, path));
		if (what)
			check_value(check, what);
		check->names.count = before;
	}
}

static void check_spec(struct check *check, const struct fmr_scaffold_spec *spec)
{
	const size_t before = check->names.count;
	if (!spec->type)
		type_named(check, fmr_value_get(spec->value, "type"));
	for (size_t i = 0; i < spec->each_count; i++)
		add_each(check, spec->each[i], false);
	if (spec->id)
		check_value(check, fmr_value_get(spec->value, "id"));
	if (spec->fields && spec->fields->kind == FMR_MAP) {
		check_value(check, spec->fields);
		if (spec->type)
			check_keys(check, spec->fields, spec->type->fields, spec->type->field_count);
	}
	check_decisions(check, spec->decide, spec->type);
	check->names.count = before;
	if (spec->as && find_name(check, spec->as) && !spec->each_count)
		complain(check, fmr_value_get(spec->value, "as"), _("the name stands above already"), spec->as, NULL);
	add_name(check, spec->as, spec->each_count ? NAME_RECORDS : NAME_RECORD, NULL, spec->type);
	check->done++;
}

/* ---- the file ---- */

/* The record that is asked for: the first one that is made alone. */
static const struct fmr_type *asked_for(const struct check *check)
{
	for (size_t i = 0; i < check->file->spec_count; i++) {
		const struct fmr_scaffold_spec *spec = &check->file->specs[i];
		if (!spec->each_count && spec->type && spec->type->scaffold &&
			fmr_source_is_named(&check->file->source, spec->type->scaffold))
			return spec->type;
	}
	return NULL;
}

static void check_steps(struct check *check)
{
	const struct fmr_value *at = fmr_value_get(check->file->root, "catalogue");
	const struct fmr_value *list = fmr_value_get(check->file->root, "steps");
	const struct fmr_catalogue *catalogue = at ? catalogue_named(check, at) : NULL;
	for (size_t i = 0; i < check->file->step_count; i++) {
		const struct fmr_scaffold_step *step = &check->file->steps[i];
		bool found = !catalogue;
		for (size_t j = 0; step->name && catalogue && j < catalogue->count; j++)
			found |= strcmp(catalogue->entries[j].choice.code, step->name) == 0;
		if (step->name && !found)
			complain(check, fmr_value_get(list->list.items[i], "name"), _("no entry of the catalogue has the code"),
				step->name, NULL);
		else if (!at && !*fmr_words_in(&step->label, FMR_ENGLISH))
			complain(check, list->list.items[i], _("a step without a label"), step->name ? step->name : "", NULL);
		check_decisions(check, step->decide, asked_for(check));
	}
}

void fmr_scaffold_check(const struct fmr_scaffold_file *file, struct fmr_book *book, struct fmr_findings *findings)
{
	struct check check = { .file = file, .book = book, .findings = findings };
	const size_t before = fmr_findings_count(findings);
	const struct fmr_value *name = fmr_value_get(file->root, "scaffold");
	struct fmr_err err = { 0 };
	if (fmr_shipped_check(NULL, "scaffold", &file->source, file->root, findings, &err))
		fmr_findings_add(findings, FMR_CODE_SCHEMA_INVALID, file->source.path,
			_("the file cannot be checked against the vocabulary: %s"), err.text);
	if (fmr_findings_count(findings) > before)
		return; /* what is behind that makes no sense */
	if (!fmr_source_is_named(&file->source, fmr_value_string(name)))
		complain(&check, name, _("the scaffold has another name than its file"), fmr_value_string(name), NULL);
	if (!book || fmr_book_list_types(book, NULL))
		return;
	check_steps(&check);
	for (size_t i = 0; i < file->spec_count; i++)
		check_spec(&check, &file->specs[i]);
	FMR_VEC_RELEASE(&check.names);
}

bool fmr_scaffold_file_check(const char *path, const char *bytes, size_t length, struct fmr_book *book,
	struct fmr_findings *findings)
{
	const size_t before = fmr_findings_count(findings);
	struct fmr_scaffold_file file = { 0 };
	fmr_arena_init(&file.arena);
	file.source = (struct fmr_source){ path, fmr_arena_strndup(&file.arena, bytes, length), length };
	file.root = fmr_yaml_read_record(&file.source, &file.arena, findings);
	if (file.root) {
		fmr_scaffold_file_read(&file, book);
		fmr_scaffold_check(&file, book, findings);
	}
	fmr_scaffold_file_release(&file);
	return fmr_findings_count(findings) == before;
}

int fmr_book_check_scaffold(struct fmr_book *book, const char *name, struct fmr_findings *findings, struct fmr_err *err)
{
	struct fmr_scaffold_file file;
	int code = fmr_scaffold_file_load(&file, book, name, findings, err);
	if (!code && file.root)
		fmr_scaffold_check(&file, book, findings);
	if (code == FMR_ERR_LIMIT) {
		fmr_findings_add(findings, FMR_CODE_YAML_SIZE, fmr_findings_text(findings, "%s", file.source.path), "%s",
			_("the file is larger than the limit"));
		code = FMR_OK;
	}
	fmr_scaffold_file_release(&file);
	return code;
}

int fmr_book_check_scaffolds(struct fmr_book *book, struct fmr_findings *findings, size_t *count, struct fmr_err *err)
{
	const char *const *names;
	size_t found;
	int code = fmr_book_names(book, FMR_SCAFFOLD_DIRECTORY, false, &names, &found, err);
	for (size_t i = 0; !code && i < found; i++)
		code = fmr_book_check_scaffold(book, names[i], findings, err);
	if (count)
		*count = found;
	return code;
}
