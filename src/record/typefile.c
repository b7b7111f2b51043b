/*
 * Checking a type file: the metaschema of the vocabulary, what the loader
 * finds, and what no schema can say: order of values, names of other types.
 */
#include "record/private.h"

#include "base/i18n.h"
#include "base/text.h"
#include "record/scaffold.h"
#include "yaml/yaml.h"

#include <string.h>

static void check_against_meta(struct fmr_schema **meta, const struct fmr_source *source, const struct fmr_value *root,
	struct fmr_findings *findings)
{
	struct fmr_err err = { 0 };
	if (fmr_shipped_check(meta, "meta", source, root, findings, &err))
		fmr_findings_add(findings, FMR_CODE_SCHEMA_INVALID, source->path,
			_("the file cannot be checked against the vocabulary: %s"), err.text);
}

/* ---- what needs a look around ---- */

struct around {
	const struct fmr_source *source;
	struct fmr_findings *findings;
	const char *name;             /* of the type: the file's without .yaml */
	const struct fmr_value *root; /* its schema */
	struct fmr_book *book;        /* the other types; NULL when not known */
};

static void complain(const struct around *around, const struct fmr_value *at, const char *text, const char *subject)
{
	fmr_fault_word(around->findings, around->source, at, text, subject);
}

/* `values` explains the codes of `enum`, each one, in its order. */
static void check_values(const struct around *around, const struct fmr_value *codes, const struct fmr_value *values)
{
	if (!codes || codes->kind != FMR_LIST || !values || values->kind != FMR_MAP)
		return;
	size_t count = codes->list.count > values->map.count ? codes->list.count : values->map.count;
	for (size_t i = 0; i < count; i++) {
		const char *code = i < codes->list.count ? fmr_value_string(codes->list.items[i]) : NULL;
		if (i >= values->map.count) {
			complain(around, codes->list.items[i], _("the value is not explained in x-fmrec values"),
				code ? code : "");
			return;
		}
		const struct fmr_member *member = &values->map.members[i];
		if (!code || strcmp(code, member->key.bytes) != 0) {
			complain(around, member->value, _("x-fmrec values must name the values of enum, in its order"),
				member->key.bytes);
			return;
		}
	}
}

/* Have records of this type a field of that name?  Those of the type in hand have what its file says. */
static bool has_field(const struct around *around, const char *type_name, const char *field)
{
	const struct fmr_type *type;
	if (strcmp(type_name, around->name) == 0)
		return fmr_value_get(fmr_value_get(around->root, "properties"), field) != NULL;
	return fmr_book_type(around->book, type_name, &type, NULL, NULL) == 0 && fmr_type_field(type, field);
}

static void check_target(const struct around *around, const struct fmr_value *to, const struct fmr_value *inverse,
	const char *field)
{
	const char *name = fmr_value_string(to), *seen_as = fmr_value_string(inverse);
	if (!name)
		return;
	bool own = strcmp(name, around->name) == 0, symmetric = own && seen_as && field && strcmp(seen_as, field) == 0;
	if (!own && fmr_book_slot(around->book, name) < 0)
		complain(around, to, _("no such record type"), name);
	else if (seen_as && !symmetric && has_field(around, name, seen_as))
		complain(around, inverse, _("the link's target has a field of the name of the inverse"), seen_as);
}

/* field: the property that holds the link, or the list of it. */
static void check_link(const struct around *around, const struct fmr_value *link, const char *field)
{
	const struct fmr_value *to = fmr_value_get(link, "to"), *inverse = fmr_value_get(link, "inverse");
	for (size_t i = 0; around->book && to && to->kind == FMR_LIST && i < to->list.count; i++)
		check_target(around, to->list.items[i], inverse, field);
}

/* The codes come from a list of the config or from a catalogue; a broken one has findings of its own. */
static void check_list(const struct around *around, const struct fmr_value *name)
{
	const char *const *names;
	size_t count;
	const char *list = fmr_value_string(name);
	if (!around->book || !list || fmr_book_ready_list(around->book, list, NULL, NULL) != FMR_ERR_NOT_FOUND)
		return;
	struct fmr_finding *row = fmr_fault_word(around->findings, around->source, name,
		_("neither the config nor a catalogue has the list"), list);
	const char *nearest = fmr_book_catalogue_names(around->book, &names, &count, NULL) == 0 ?
		fmr_text_nearest(list, names, count) : NULL;
	if (nearest)
		row->hint = fmr_findings_text(around->findings, _("did you mean '%s'?"), nearest);
}

/* Every schema in the file, at most as deep as YAML may nest.  field: the nearest property around it, or NULL. */
static void check_schemas(const struct around *around, const struct fmr_value *value, const char *field)
{
	if (value->kind == FMR_LIST)
		for (size_t i = 0; i < value->list.count; i++)
			check_schemas(around, value->list.items[i], field);
	if (value->kind != FMR_MAP)
		return;
	const struct fmr_value *words = fmr_value_get(value, "x-fmrec");
	check_values(around, fmr_value_get(value, "enum"), fmr_value_get(words, "values"));
	check_link(around, fmr_value_get(words, "link"), field);
	check_list(around, fmr_value_get(words, "values-from"));
	const struct fmr_value *properties = fmr_value_get(value, "properties");
	for (size_t i = 0; i < value->map.count; i++) {
		const struct fmr_value *inner = value->map.members[i].value;
		if (inner != words && inner != properties)
			check_schemas(around, inner, field);
	}
	for (size_t i = 0; properties && properties->kind == FMR_MAP && i < properties->map.count; i++)
		check_schemas(around, properties->map.members[i].value, properties->map.members[i].key.bytes);
}

static void check_roles(const struct around *around, const struct fmr_value *roles)
{
	for (size_t i = 0; roles && roles->kind == FMR_LIST && i < roles->list.count; i++) {
		const char *role = fmr_value_string(roles->list.items[i]);
		if (role && !fmr_book_role(around->book, role))
			complain(around, roles->list.items[i], _("the config has no role"), role);
	}
}

/* Whoever may sign must be a role that somebody can be given. */
static void check_signers(const struct around *around)
{
	const struct fmr_value *list = fmr_value_get(fmr_value_get(around->root, "x-fmrec"), "transitions");
	for (size_t i = 0; around->book && list && list->kind == FMR_LIST && i < list->list.count; i++) {
		const struct fmr_value *slots = fmr_value_get(list->list.items[i], "signatures");
		check_roles(around, fmr_value_get(list->list.items[i], "by"));
		for (size_t j = 0; slots && slots->kind == FMR_LIST && j < slots->list.count; j++)
			check_roles(around, fmr_value_get(slots->list.items[j], "by"));
	}
}

/* Conditions are compiled one by one: each with its own findings. */
static void check_conditions(const struct around *around, const struct fmr_type *type)
{
	for (size_t i = 0; i < type->state_count; i++)
		fmr_type_ready_state(type, (int)i, around->findings, NULL);
	for (size_t i = 0; i < type->transition_count; i++)
		if (type->transitions[i].when)
			fmr_type_ready_when(type, &type->transitions[i], around->findings, NULL);
}

/* Ids must tell their type, directories theirs. */
static void check_twins(const struct around *around, const struct fmr_type *type)
{
	for (size_t i = 0; around->book && i < around->book->count; i++) {
		const struct fmr_glance *other = fmr_book_glance(around->book, i);
		if (!other || strcmp(other->name, around->name) == 0)
			continue;
		if (strcmp(other->prefix, type->prefix) == 0)
			fmr_findings_add(around->findings, FMR_CODE_SCHEMA_INVALID, around->source->path,
				_("type '%s' has the id prefix '%s', too"), other->name, type->prefix);
		if (strcmp(other->directory, type->directory) == 0)
			fmr_findings_add(around->findings, FMR_CODE_SCHEMA_INVALID, around->source->path,
				_("type '%s' has the directory '%s', too"), other->name, type->directory);
	}
}

/* The set that a record of the type begins: whether it is right otherwise is a matter of its own file. */
static void check_scaffold(const struct around *around, const struct fmr_type *type)
{
	struct fmr_scaffold *scaffold = NULL;
	struct fmr_findings *other = fmr_findings_new(1);
	struct fmr_err err = { 0 };
	if (around->book && type->scaffold && fmr_scaffold_open(around->book, type, &scaffold, other, &err) &&
		!fmr_findings_count(other))
		fmr_findings_add(around->findings, FMR_CODE_SCHEMA_INVALID, around->source->path, "%s", err.text);
	fmr_scaffold_close(scaffold);
	fmr_findings_free(other);
}

static const char *name_of_file(struct fmr_arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	size_t end = strlen(name);
	if (end > 5 && strcmp(name + end - 5, ".yaml") == 0)
		end -= 5;
	return fmr_arena_strndup(arena, name, end);
}

static bool check_file(const char *path, const char *bytes, size_t length, struct fmr_book *book,
	struct fmr_findings *findings)
{
	size_t before = fmr_findings_count(findings);
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_add(&text, bytes, length);
	const struct fmr_source source = { path, text.bytes, text.length };
	const struct fmr_value *root = fmr_yaml_read_record(&source, &arena, findings);
	if (root) {
		const struct around around = { &source, findings, name_of_file(&arena, path), root, book };
		check_against_meta(book ? &book->type_form : NULL, &source, root, findings);
		check_schemas(&around, root, NULL);
		check_signers(&around);
		struct fmr_type *type = fmr_type_load(path, around.name, text.bytes, text.length, NULL, findings);
		if (type) {
			fmr_type_ready(type, findings, NULL);
			check_twins(&around, type);
			check_scaffold(&around, type);
			check_conditions(&around, type);
		}
		fmr_type_free(type);
	}
	fmr_str_release(&text);
	fmr_arena_release(&arena);
	return fmr_findings_count(findings) == before;
}

bool fmr_type_file_check(const char *path, const char *bytes, size_t length, struct fmr_book *book,
	struct fmr_findings *findings)
{
	if (book && fmr_book_list_types(book, NULL))
		book = NULL;
	return check_file(path, bytes, length, book, findings);
}

int fmr_book_check_type(struct fmr_book *book, const char *name, struct fmr_findings *findings, struct fmr_err *err)
{
	int code = fmr_book_list_types(book, err);
	if (code)
		return code;
	if (fmr_book_slot(book, name) < 0)
		return fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no record type '%s'"), name);
	struct fmr_str path, text;
	fmr_str_init(&path);
	fmr_str_init(&text);
	fmr_str_printf(&path, "%s/%s.yaml", FMR_SCHEMA_DIRECTORY, name);
	code = fmr_view_read(book->view, path.bytes, FMR_SCHEMA_FILE_SIZE, &text, err);
	if (!code)
		check_file(path.bytes, text.bytes, text.length, book, findings);
	fmr_str_release(&path);
	fmr_str_release(&text);
	return code;
}
