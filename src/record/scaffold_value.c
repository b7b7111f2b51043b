#include "record/scaffold_value.h"

#include "base/i18n.h"
#include "base/text.h"
#include "yaml/yaml.h"

#include <string.h>

enum { MOST_KEPT = 10000, MOST_VALUES = 1000000 };

/* One `each` in another one can ask for more than anybody can read. */
static bool may_go_on(struct fmr_evaluation *evaluation)
{
	if (!evaluation->code && ++evaluation->values > MOST_VALUES)
		evaluation->code = fmr_err_set(evaluation->err, FMR_ERR_LIMIT, "%s", _("a scaffold that makes too much"));
	return !evaluation->code;
}

/* ---- shapes ---- */

bool fmr_value_is_words(const struct fmr_value *value)
{
	return value && value->kind == FMR_MAP && value->map.count == 2 && fmr_value_string(fmr_value_get(value, "en")) &&
		fmr_value_string(fmr_value_get(value, "ja"));
}

bool fmr_value_is_repeated(const struct fmr_value *value)
{
	return fmr_value_get(value, "each") && fmr_value_get(value, "item");
}

size_t fmr_reference_next(const char *text, const char **name)
{
	const char *start = strstr(text, "$("), *end = start ? strchr(start, ')') : NULL;
	*name = start ? start + 2 : NULL;
	return end ? (size_t)(end - *name) : 0;
}

static const char *words_of(const struct fmr_value *words, enum fmr_language language)
{
	return fmr_value_string(fmr_value_get(words, language == FMR_JAPANESE ? "ja" : "en"));
}

/* ---- values, copied ---- */

static struct fmr_value *new_text(const struct fmr_evaluation *evaluation, const char *text)
{
	return fmr_value_new_string(evaluation->arena, text, strlen(text));
}

/* Into the arena, words in the language of the values. */
static struct fmr_value *copy(const struct fmr_evaluation *evaluation, const struct fmr_value *value)
{
	struct fmr_arena *arena = evaluation->arena;
	if (fmr_value_is_words(value))
		return new_text(evaluation, words_of(value, evaluation->language));
	if (value->kind == FMR_STRING)
		return fmr_value_new_string(arena, value->text.bytes, value->text.length);
	if (value->kind == FMR_NUMBER)
		return fmr_value_new_number(arena, value->text.bytes);
	if (value->kind == FMR_BOOL)
		return fmr_value_new_bool(arena, value->boolean);
	if (value->kind == FMR_NULL)
		return fmr_value_new_null(arena);
	struct fmr_value *out = value->kind == FMR_LIST ? fmr_value_new_list(arena) : fmr_value_new_map(arena);
	for (size_t i = 0; value->kind == FMR_LIST && i < value->list.count; i++)
		fmr_value_append(arena, out, copy(evaluation, value->list.items[i]));
	for (size_t i = 0; value->kind == FMR_MAP && i < value->map.count; i++)
		fmr_value_put(arena, out, fmr_arena_strdup(arena, value->map.members[i].key.bytes),
			copy(evaluation, value->map.members[i].value));
	return out;
}

/* ---- names ---- */

static bool is_called(const char *name, const char *text, size_t length)
{
	return strlen(name) == length && memcmp(name, text, length) == 0;
}

static const struct fmr_variable *find(const struct fmr_variable *scope, const char *name, size_t length)
{
	for (; scope; scope = scope->up) {
		if (is_called(scope->name, name, length))
			return scope;
		const struct fmr_variable *inside = scope->inside ? find(scope->inside, name, length) : NULL;
		if (inside)
			return inside;
	}
	return NULL;
}

static struct fmr_variable of_made(const struct fmr_scaffold_made *made)
{
	return (struct fmr_variable){ .name = made->as, .kind = FMR_VARIABLE_RECORD, .id = made->id, .value = made->root,
		.inside = made->scope };
}

static bool find_made(const struct fmr_evaluation *evaluation, const char *name, size_t length, struct fmr_variable *out)
{
	for (size_t i = 0; i < evaluation->made.count; i++) {
		const struct fmr_scaffold_made *made = &evaluation->made.items[i];
		if (!made->as || !made->single || !is_called(made->as, name, length))
			continue;
		*out = of_made(made);
		return true;
	}
	return false;
}

static const struct fmr_value *text_or_nothing(const struct fmr_evaluation *evaluation, const char *text)
{
	return text && *text ? new_text(evaluation, text) : NULL;
}

static const struct fmr_value *of_entry(const struct fmr_evaluation *evaluation, const struct fmr_catalogue_entry *entry,
	const char *path)
{
	const struct { const char *name, *text; } parts[] = { { "", entry->choice.code }, { "code", entry->choice.code },
		{ "label", fmr_words_in(&entry->choice.label, evaluation->language) },
		{ "help", fmr_words_in(&entry->choice.help, evaluation->language) },
		{ "examples", fmr_words_in(&entry->examples, evaluation->language) },
		{ "notes", fmr_words_in(&entry->notes, evaluation->language) }, { "group", entry->group },
		{ "strength", entry->strength } };
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (strcmp(parts[i].name, path) == 0)
			return text_or_nothing(evaluation, parts[i].text);
	if (strcmp(path, "requirement") == 0) {
		struct fmr_value *list = fmr_value_new_list(evaluation->arena);
		for (const char *const *id = entry->requirements; *id; id++)
			fmr_value_append(evaluation->arena, list, new_text(evaluation, *id));
		return list->list.count ? list : NULL;
	}
	const struct fmr_value *value = fmr_value_at(entry->values, path);
	return value ? copy(evaluation, value) : NULL;
}

static const struct fmr_value *of_variable(const struct fmr_evaluation *evaluation, const struct fmr_variable *variable,
	const char *path)
{
	if (variable->kind == FMR_VARIABLE_ENTRY && strcmp(path, "position") == 0)
		return fmr_value_new_number(evaluation->arena, fmr_arena_format(evaluation->arena, "%zu", variable->position));
	if (variable->kind == FMR_VARIABLE_ENTRY)
		return of_entry(evaluation, variable->entry, path);
	if (variable->kind == FMR_VARIABLE_RECORD && !*path)
		return new_text(evaluation, variable->id);
	const struct fmr_value *value = *path ? fmr_value_at(variable->value, path) : variable->value;
	return value ? copy(evaluation, value) : NULL;
}

/* "event.label"; a name that nothing bears was found by the check of the file. */
static const struct fmr_value *refer(const struct fmr_evaluation *evaluation, const struct fmr_variable *scope,
	const char *name, size_t length)
{
	const char *whole = fmr_arena_strndup(evaluation->arena, name, length);
	const size_t first = strcspn(whole, ".");
	const char *path = whole[first] ? whole + first + 1 : "";
	struct fmr_variable single;
	const struct fmr_variable *variable = find(scope, whole, first);
	if (!variable && find_made(evaluation, whole, first, &single))
		variable = &single;
	return variable ? of_variable(evaluation, variable, path) : NULL;
}

/* ---- texts ---- */

static void put_scalar(struct fmr_str *out, const struct fmr_value *value)
{
	if (value && (value->kind == FMR_STRING || value->kind == FMR_NUMBER))
		fmr_str_add(out, value->text.bytes, value->text.length);
	else if (value && value->kind == FMR_BOOL)
		fmr_str_puts(out, value->boolean ? "true" : "false");
}

const char *fmr_evaluate_text(struct fmr_evaluation *evaluation, const struct fmr_variable *scope, const char *text)
{
	struct fmr_str out;
	const char *name;
	fmr_str_init(&out);
	for (size_t length; (length = fmr_reference_next(text, &name)); text = name + length + 1) {
		fmr_str_add(&out, text, (size_t)(name - 2 - text));
		put_scalar(&out, refer(evaluation, scope, name, length));
	}
	fmr_str_puts(&out, text);
	const char *kept = fmr_arena_strndup(evaluation->arena, out.bytes, out.length);
	fmr_str_release(&out);
	return kept;
}

/* A text that is one name is what the name stands for, of whatever kind. */
static const struct fmr_value *evaluate_string(struct fmr_evaluation *evaluation, const struct fmr_variable *scope,
	const char *text)
{
	const char *name;
	const size_t length = fmr_reference_next(text, &name);
	if (length && name == text + 2 && !name[length + 1])
		return refer(evaluation, scope, name, length);
	return new_text(evaluation, fmr_evaluate_text(evaluation, scope, text));
}

/* ---- lists of what is repeated ---- */

struct repetition {
	struct fmr_evaluation *evaluation;
	const struct fmr_value *key, *item;
	struct fmr_value *out;
};

static void add_item(void *context, const struct fmr_variable *scope)
{
	struct repetition *repetition = context;
	struct fmr_evaluation *evaluation = repetition->evaluation;
	const struct fmr_value *item = fmr_evaluate(evaluation, scope, repetition->item);
	if (!item)
		return;
	if (repetition->out->kind == FMR_LIST) {
		fmr_value_append(evaluation->arena, repetition->out, (struct fmr_value *)(uintptr_t)item);
		return;
	}
	const char *key = fmr_evaluate_text(evaluation, scope, fmr_value_string(repetition->key));
	fmr_value_put(evaluation->arena, repetition->out, key, (struct fmr_value *)(uintptr_t)item);
}

/* With a key a map, else a list. */
static const struct fmr_value *repeat(struct fmr_evaluation *evaluation, const struct fmr_variable *scope,
	const struct fmr_value *template)
{
	struct repetition repetition = { .evaluation = evaluation, .item = fmr_value_get(template, "item") };
	const struct fmr_value *key = fmr_value_get(template, "key");
	repetition.key = fmr_value_string(key) ? key : NULL;
	repetition.out = repetition.key ? fmr_value_new_map(evaluation->arena) : fmr_value_new_list(evaluation->arena);
	fmr_evaluate_each(evaluation, scope, fmr_value_get(template, "each"), add_item, &repetition);
	const struct fmr_value *out = repetition.out;
	return (out->kind == FMR_LIST ? out->list.count : out->map.count) ? out : NULL;
}

static const struct fmr_value *evaluate_map(struct fmr_evaluation *evaluation, const struct fmr_variable *scope,
	const struct fmr_value *template)
{
	struct fmr_value *out = fmr_value_new_map(evaluation->arena);
	for (size_t i = 0; i < template->map.count; i++) {
		const struct fmr_value *value = fmr_evaluate(evaluation, scope, template->map.members[i].value);
		if (value)
			fmr_value_put(evaluation->arena, out, template->map.members[i].key.bytes,
				(struct fmr_value *)(uintptr_t)value);
	}
	return out->map.count || !template->map.count ? out : NULL;
}

static const struct fmr_value *evaluate_list(struct fmr_evaluation *evaluation, const struct fmr_variable *scope,
	const struct fmr_value *template)
{
	struct fmr_value *out = fmr_value_new_list(evaluation->arena);
	for (size_t i = 0; i < template->list.count; i++) {
		const struct fmr_value *value = fmr_evaluate(evaluation, scope, template->list.items[i]);
		if (value)
			fmr_value_append(evaluation->arena, out, (struct fmr_value *)(uintptr_t)value);
	}
	return out->list.count || !template->list.count ? out : NULL;
}

const struct fmr_value *fmr_evaluate(struct fmr_evaluation *evaluation, const struct fmr_variable *scope,
	const struct fmr_value *template)
{
	if (!template || evaluation->code || !may_go_on(evaluation))
		return NULL;
	if (template->kind == FMR_STRING)
		return evaluate_string(evaluation, scope, template->text.bytes);
	if (fmr_value_is_words(template))
		return evaluate_string(evaluation, scope, words_of(template, evaluation->language));
	if (fmr_value_is_repeated(template))
		return repeat(evaluation, scope, template);
	if (template->kind == FMR_MAP)
		return evaluate_map(evaluation, scope, template);
	return template->kind == FMR_LIST ? evaluate_list(evaluation, scope, template) : template;
}

/* ---- each ---- */

struct each {
	struct fmr_evaluation *evaluation;
	const struct fmr_variable *scope;
	const char *as;
	const struct fmr_value *only, *where; /* only: evaluated; NULL: all */
	size_t *position;
	fmr_each_visit *visit;
	void *context;
};

static bool is_among(const struct fmr_value *list, const char *text)
{
	for (size_t i = 0; list->kind == FMR_LIST && i < list->list.count; i++) {
		const char *id = fmr_link_target(list->list.items[i]);
		if (id && strcmp(id, text) == 0)
			return true;
	}
	return fmr_value_is(list, text);
}

/* Is it what is wanted, or a list that holds it? */
static bool says(const struct fmr_value *value, const struct fmr_value *wanted)
{
	for (size_t i = 0; value && value->kind == FMR_LIST && i < value->list.count; i++)
		if (fmr_value_equal(value->list.items[i], wanted))
			return true;
	return value && fmr_value_equal(value, wanted);
}

static bool fits(const struct each *each, const struct fmr_variable *variable)
{
	struct fmr_evaluation *evaluation = each->evaluation;
	const char *code = variable->kind == FMR_VARIABLE_ENTRY ? variable->entry->choice.code : variable->id;
	if (each->only && code && !is_among(each->only, code))
		return false;
	for (size_t i = 0; each->where && i < each->where->map.count; i++) {
		const struct fmr_member *member = &each->where->map.members[i];
		const struct fmr_value *wanted = fmr_evaluate(evaluation, each->scope, member->value);
		if (!wanted || !says(of_variable(evaluation, variable, member->key.bytes), wanted))
			return false;
	}
	return true;
}

/* The variable outlives the visit: a record that is made keeps what was known. */
static void offer(const struct each *each, struct fmr_variable variable)
{
	if (!may_go_on(each->evaluation) || !fits(each, &variable))
		return;
	struct fmr_variable *kept = fmr_arena_zero(each->evaluation->arena, 1, sizeof(*kept));
	*kept = variable;
	kept->name = each->as ? each->as : variable.name;
	kept->up = each->scope;
	kept->position = ++*each->position;
	each->visit(each->context, kept);
}

static void each_entry(const struct each *each, const char *name, const char *group)
{
	struct fmr_evaluation *evaluation = each->evaluation;
	const struct fmr_catalogue *catalogue;
	evaluation->code = fmr_book_catalogue(evaluation->book, name, &catalogue, NULL, evaluation->err);
	for (size_t i = 0; !evaluation->code && i < catalogue->count; i++) {
		const struct fmr_catalogue_entry *entry = &catalogue->entries[i];
		const bool over = (entry->from && evaluation->day < entry->from) || (entry->until && evaluation->day > entry->until);
		if (!over && (!group || (entry->group && strcmp(group, entry->group) == 0)))
			offer(each, (struct fmr_variable){ .kind = FMR_VARIABLE_ENTRY, .entry = entry });
	}
}

static void each_made(const struct each *each, const char *name)
{
	const size_t count = each->evaluation->made.count; /* what is made meanwhile is not meant */
	for (size_t i = 0; i < count; i++) {
		const struct fmr_scaffold_made *made = &each->evaluation->made.items[i];
		if (made->as && strcmp(made->as, name) == 0)
			offer(each, of_made(made));
	}
}

static void each_item(const struct each *each, const struct fmr_value *template)
{
	const struct fmr_value *list = fmr_evaluate(each->evaluation, each->scope, template);
	if (list && list->kind != FMR_LIST)
		offer(each, (struct fmr_variable){ .kind = FMR_VARIABLE_VALUE, .value = list });
	for (size_t i = 0; list && list->kind == FMR_LIST && i < list->list.count; i++)
		offer(each, (struct fmr_variable){ .kind = FMR_VARIABLE_VALUE, .value = list->list.items[i] });
}

/* ---- records that are there ---- */

struct keeping {
	struct fmr_evaluation *evaluation;
	FMR_VEC(struct fmr_variable) found;
};

static int keep_record(void *context, const struct fmr_record *record)
{
	struct keeping *keeping = context;
	struct fmr_arena *arena = keeping->evaluation->arena;
	if (record->root && record->root->kind == FMR_MAP && record->id)
		FMR_VEC_PUSH(&keeping->found, ((struct fmr_variable){ .kind = FMR_VARIABLE_RECORD,
			.id = fmr_arena_strdup(arena, record->id), .value = copy(keeping->evaluation, record->root) }));
	return keeping->found.count >= MOST_KEPT;
}

static const struct fmr_scaffold_kept *kept_of(struct fmr_evaluation *evaluation, const char *type)
{
	for (size_t i = 0; i < evaluation->kept.count; i++)
		if (strcmp(evaluation->kept.items[i].type, type) == 0)
			return &evaluation->kept.items[i];
	struct keeping keeping = { .evaluation = evaluation };
	const char *const types[] = { type, NULL };
	struct fmr_findings *ignored = fmr_findings_new(0);
	int code = fmr_record_each(evaluation->book, types, keep_record, &keeping, ignored, evaluation->err);
	if (code > 0)
		code = fmr_err_set(evaluation->err, FMR_ERR_LIMIT, _("more than %d records of type '%s'"), MOST_KEPT, type);
	evaluation->code = code;
	fmr_findings_free(ignored);
	struct fmr_scaffold_kept kept = { .type = type, .count = keeping.found.count };
	kept.records = fmr_arena_zero(evaluation->arena, kept.count + 1, sizeof(*kept.records));
	if (kept.count)
		memcpy(kept.records, keeping.found.items, kept.count * sizeof(*kept.records));
	FMR_VEC_RELEASE(&keeping.found);
	FMR_VEC_PUSH(&evaluation->kept, kept);
	return &evaluation->kept.items[evaluation->kept.count - 1];
}

static void each_record(const struct each *each, const char *type)
{
	const struct fmr_scaffold_kept kept = *kept_of(each->evaluation, type);
	for (size_t i = 0; i < kept.count; i++)
		offer(each, kept.records[i]);
}

void fmr_evaluate_each(struct fmr_evaluation *evaluation, const struct fmr_variable *scope, const struct fmr_value *value,
	fmr_each_visit *visit, void *context)
{
	size_t position = 0;
	const struct each each = { .evaluation = evaluation, .scope = scope, .position = &position,
		.as = fmr_value_string(fmr_value_get(value, "as")),
		.only = fmr_evaluate(evaluation, scope, fmr_value_get(value, "only")), .where = fmr_value_get(value, "where"),
		.visit = visit, .context = context };
	const char *catalogue = fmr_value_string(fmr_value_get(value, "catalogue"));
	const char *made = fmr_value_string(fmr_value_get(value, "made"));
	const char *type = fmr_value_string(fmr_value_get(value, "records"));
	if (catalogue)
		each_entry(&each, catalogue, fmr_value_string(fmr_value_get(value, "group")));
	else if (made)
		each_made(&each, made);
	else if (type)
		each_record(&each, type);
	else
		each_item(&each, fmr_value_get(value, "list"));
}
