#include "record/private.h"

#include "base/clock.h"
#include "base/decimal.h"
#include "base/i18n.h"
#include "base/text.h"
#include "record/loader.h"
#include "yaml/yaml.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONFIG_SIZE = 1 << 20 };

const char *fmr_words_in(const struct fmr_words *words, enum fmr_language language)
{
	if (language < FMR_LANGUAGES && words->in[language])
		return words->in[language];
	for (size_t i = 0; i < FMR_LANGUAGES; i++)
		if (words->in[i])
			return words->in[i];
	return "";
}

const char *fmr_words_said(const struct fmr_words *words)
{
	return fmr_words_in(words, fmr_catalogue_is("ja") ? FMR_JAPANESE : FMR_ENGLISH);
}

/* ---- config ---- */

static const char *string_at(const struct fmr_value *map, const char *key, const char *otherwise)
{
	const char *text = fmr_value_string(fmr_value_get(map, key));
	return text && *text ? text : otherwise;
}

int fmr_list_day(const struct fmr_value *value)
{
	struct fmr_time time;
	const char *text = fmr_value_string(value);
	return text && fmr_time_parse(text, strlen(text), &time) ? fmr_time_day(&time) : 0;
}

static void read_list(struct fmr_arena *arena, const char *name, const struct fmr_value *value, struct fmr_list *out)
{
	struct fmr_list_entry *entries = fmr_arena_zero(arena, value->list.count, sizeof(*entries));
	*out = (struct fmr_list){ .name = name, .entries = entries };
	for (size_t i = 0; i < value->list.count; i++) {
		const struct fmr_value *item = value->list.items[i];
		struct fmr_list_entry *entry = &entries[out->count];
		entry->choice.code = fmr_value_string(fmr_value_get(item, "code"));
		if (!entry->choice.code)
			continue;
		entry->choice.label = fmr_load_words(item, "label");
		entry->choice.help = fmr_load_words(item, "criterion");
		entry->choice.also = fmr_load_strings(arena, fmr_value_get(item, "also"));
		entry->from = fmr_list_day(fmr_value_get(item, "from"));
		entry->until = fmr_list_day(fmr_value_get(item, "until"));
		out->count++;
	}
}

/* Every list in the config is one that `values-from` may name. */
static void read_lists(struct fmr_book *book)
{
	const struct fmr_value *config = book->config;
	struct fmr_list *lists = fmr_arena_zero(&book->arena, config->map.count, sizeof(*lists));
	for (size_t i = 0; i < config->map.count; i++) {
		const struct fmr_member *member = &config->map.members[i];
		if (member->value->kind == FMR_LIST)
			read_list(&book->arena, member->key.bytes, member->value, &lists[book->list_count++]);
	}
	book->lists = lists;
}

/* A limit of the config, unless it is out of bounds: then the greatest that there is. */
static size_t read_limit(const struct fmr_value *config, const char *name, size_t least, size_t greatest)
{
	const struct fmr_value *limit = fmr_value_get(fmr_value_get(config, "limits"), name);
	long long number;
	bool good = limit && limit->kind == FMR_NUMBER && fmr_decimal_to_integer(limit->text, &number) && number >= 0;
	return good && (size_t)number >= least && (size_t)number <= greatest ? (size_t)number : greatest;
}

static int read_config(struct fmr_book *book, struct fmr_findings *findings, struct fmr_err *err)
{
	struct fmr_str text;
	fmr_str_init(&text);
	int code = fmr_view_read(book->view, FMR_CONFIG_PATH, CONFIG_SIZE, &text, err);
	if (code == FMR_ERR_NOT_FOUND) {
		fmr_err_set(err, code, _("no record repository: '%s' is missing"), FMR_CONFIG_PATH);
		fmr_err_hint(err, _("make one here with 'fmrec init'"));
	}
	if (code) {
		fmr_str_release(&text);
		return code;
	}
	const char *bytes = fmr_arena_strndup(&book->arena, text.bytes, text.length);
	book->config_source = (struct fmr_source){ FMR_CONFIG_PATH, bytes, text.length };
	fmr_str_release(&text);
	struct fmr_findings *own = fmr_findings_new(100);
	book->config = fmr_yaml_read_record(&book->config_source, &book->arena, own);
	if (book->config && book->config->kind == FMR_NULL)
		book->config = fmr_value_new_map(&book->arena);
	if (book->config && book->config->kind != FMR_MAP)
		fmr_fault_at(own, FMR_CODE_VALUE_TYPE, &book->config_source, &book->config->span,
			_("the config is no mapping"));
	if (fmr_findings_count(own)) {
		const struct fmr_finding *first = fmr_findings_at(own, 0);
		code = fmr_err_set(err, FMR_ERR_INVALID, "%s:%zu:%zu: %s", FMR_CONFIG_PATH, first->value.line,
			first->value.column, first->message);
		if (findings)
			fmr_findings_merge(findings, own);
	}
	fmr_findings_free(own);
	return code;
}

int fmr_book_open(struct fmr_view *view, struct fmr_book **out, struct fmr_findings *findings, struct fmr_err *err)
{
	struct fmr_book *book = fmr_alloc_zero(1, sizeof(*book));
	book->view = view;
	fmr_arena_init(&book->arena);
	int code = read_config(book, findings, err);
	if (code) {
		fmr_book_close(book);
		return code;
	}
	book->record_limit = read_limit(book->config, "record_bytes", 1024, FMR_YAML_SIZE);
	book->depth_limit = read_limit(book->config, "depth", 8, FMR_YAML_DEPTH);
	read_lists(book);
	*out = book;
	return FMR_OK;
}

void fmr_book_close(struct fmr_book *book)
{
	if (!book)
		return;
	for (size_t i = 0; i < book->count; i++)
		fmr_type_free(book->slots[i].type);
	free(book->slots);
	fmr_schema_free(book->type_form);
	fmr_schema_free(book->catalogue_form);
	FMR_VEC_RELEASE(&book->catalogues);
	fmr_arena_release(&book->arena);
	free(book);
}

struct fmr_view *fmr_book_view(const struct fmr_book *book)
{
	return book->view;
}

const struct fmr_value *fmr_book_config(const struct fmr_book *book)
{
	return book->config;
}

size_t fmr_book_record_limit(const struct fmr_book *book)
{
	return book->record_limit;
}

enum fmr_language fmr_book_language(const struct fmr_book *book)
{
	return strcmp(string_at(book->config, "language", "ja"), "en") == 0 ? FMR_ENGLISH : FMR_JAPANESE;
}

const char *fmr_book_zone(const struct fmr_book *book)
{
	return string_at(book->config, "time_zone", "Asia/Tokyo");
}

int fmr_book_fiscal_start(const struct fmr_book *book)
{
	const struct fmr_value *month = fmr_value_get(book->config, "fiscal_year_start");
	long number = month && month->kind == FMR_NUMBER ? strtol(month->text.bytes, NULL, 10) : 0;
	return number >= 1 && number <= 12 ? (int)number : 4;
}

static int check_config(const struct fmr_source *source, const struct fmr_value *config, struct fmr_findings *findings,
	struct fmr_err *err)
{
	int code = fmr_shipped_check(NULL, "config", source, config, findings, err);
	const struct fmr_value *zone = fmr_value_get(config, "time_zone");
	int offset;
	if (zone && fmr_value_string(zone) && !fmr_zone_offset(fmr_value_string(zone), 0, &offset))
		fmr_fault_at(findings, FMR_CODE_CONFIG_VALUE, source, &zone->span, _("no time zone '%s' on this machine"),
			fmr_value_string(zone));
	return code;
}

int fmr_book_check_config(struct fmr_book *book, struct fmr_findings *findings, struct fmr_err *err)
{
	return check_config(&book->config_source, book->config, findings, err);
}

int fmr_config_check(const char *bytes, size_t length, struct fmr_findings *findings, struct fmr_err *err)
{
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	const struct fmr_source source = { FMR_CONFIG_PATH, fmr_arena_strndup(&arena, bytes, length), length };
	const struct fmr_value *config = fmr_yaml_read_record(&source, &arena, findings);
	int code = config ? check_config(&source, config, findings, err) : FMR_OK;
	fmr_arena_release(&arena);
	return code;
}

/* ---- lists of codes ---- */

const struct fmr_list *fmr_book_list(const struct fmr_book *book, const char *name)
{
	for (size_t i = 0; i < book->list_count; i++)
		if (strcmp(book->lists[i].name, name) == 0)
			return &book->lists[i];
	for (size_t i = 0; i < book->catalogues.count; i++)
		if (strcmp(book->catalogues.items[i].name, name) == 0)
			return book->catalogues.items[i].list;
	return NULL;
}

void fmr_book_set_states(struct fmr_book *book, fmr_state_of *state_of, void *context)
{
	book->state_of = state_of;
	book->state_context = context;
}

void fmr_book_expect(struct fmr_book *book, const char *const *ids)
{
	book->expected = ids;
}

const char *fmr_book_state(const struct fmr_book *book, const struct fmr_type *type, const char *id)
{
	const char *state = book->state_of ? book->state_of(book->state_context, type, id) : NULL;
	if (state && fmr_type_state_index(type, state) >= 0)
		return state;
	return type->state_count ? type->states[0].name : NULL;
}

const char *const *fmr_book_roles(const struct fmr_book *book, struct fmr_arena *arena)
{
	const struct fmr_list *roles = fmr_book_list(book, "roles");
	const size_t count = roles ? roles->count : 0;
	const char **codes = fmr_arena_zero(arena, count + 1, sizeof(*codes));
	for (size_t i = 0; i < count; i++)
		codes[i] = roles->entries[i].choice.code;
	return codes;
}

const struct fmr_choice *fmr_book_role(const struct fmr_book *book, const char *code)
{
	static const struct fmr_choice built_in[] = {
		{ .code = FMR_ROLE_ADMIN, .label = { { "Administrator of trust", "信頼ポリシーの管理者" } } },
		{ .code = FMR_ROLE_NOTARY, .label = { { "Notary", "公証" } } },
	};
	const struct fmr_list *roles = fmr_book_list(book, "roles");
	for (size_t i = 0; roles && i < roles->count; i++)
		if (strcmp(roles->entries[i].choice.code, code) == 0)
			return &roles->entries[i].choice;
	for (size_t i = 0; i < sizeof(built_in) / sizeof(*built_in); i++)
		if (strcmp(built_in[i].code, code) == 0)
			return &built_in[i];
	return NULL;
}

bool fmr_list_entry_is_valid(const struct fmr_list_entry *entry, int day)
{
	return !day || ((!entry->from || day >= entry->from) && (!entry->until || day <= entry->until));
}

int fmr_field_choices(struct fmr_book *book, const struct fmr_field *field, const char *date,
	const struct fmr_choice **choices, size_t *count)
{
	*choices = field->choices;
	*count = field->choice_count;
	if (!field->values_from)
		return field->kind == FMR_FIELD_CHOICE ? FMR_OK : FMR_ERR_INVALID;
	*choices = NULL;
	*count = 0;
	int code = fmr_book_ready_list(book, field->values_from, NULL, NULL);
	if (code)
		return code;
	const struct fmr_list *list = fmr_book_list(book, field->values_from);
	struct fmr_time time;
	int day = date && fmr_time_parse(date, strlen(date), &time) ? fmr_time_day(&time) : 0;
	struct fmr_choice *copy = fmr_arena_zero(&book->arena, list->count, sizeof(*copy));
	for (size_t i = 0; i < list->count; i++)
		if (fmr_list_entry_is_valid(&list->entries[i], day))
			copy[(*count)++] = list->entries[i].choice;
	*choices = copy;
	return FMR_OK;
}

/* ---- the types of the book ---- */

/* NAME of DIRECTORY/NAME.yaml, or NULL for other files. */
static char *name_of(struct fmr_arena *arena, const char *name, bool dashed)
{
	const char *end = strstr(name, ".yaml");
	if (!end || end == name || end[5] || *name < 'a' || *name > 'z')
		return NULL;
	for (const char *p = name; p < end; p++)
		if (!((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == (dashed ? '-' : '_')))
			return NULL;
	return fmr_arena_strndup(arena, name, (size_t)(end - name));
}

struct listing {
	struct fmr_book *book;
	size_t skip; /* bytes of the directory and its slash */
	bool dashed;
	FMR_VEC(const char *) names;
};

static int list_name(void *context, const struct fmr_entry *entry)
{
	struct listing *listing = context;
	if ((entry->mode & 0170000) != 0100000)
		return 0;
	const char *name = name_of(&listing->book->arena, entry->path + listing->skip, listing->dashed);
	if (name)
		FMR_VEC_PUSH(&listing->names, name);
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int fmr_book_names(struct fmr_book *book, const char *directory, bool dashed, const char *const **names, size_t *count,
	struct fmr_err *err)
{
	struct listing listing = { .book = book, .skip = strlen(directory) + 1, .dashed = dashed };
	int code = fmr_view_each(book->view, directory, list_name, &listing, err);
	if (code == FMR_ERR_NOT_FOUND)
		code = FMR_OK;
	*count = code ? 0 : listing.names.count;
	const char **out = fmr_arena_zero(&book->arena, *count + 1, sizeof(*out));
	if (*count) {
		memcpy(out, listing.names.items, *count * sizeof(*out));
		qsort(out, *count, sizeof(*out), compare_names);
	}
	FMR_VEC_RELEASE(&listing.names);
	*names = out;
	return code;
}

int fmr_book_list_types(struct fmr_book *book, struct fmr_err *err)
{
	if (book->listed)
		return FMR_OK;
	int code = fmr_book_names(book, FMR_SCHEMA_DIRECTORY, true, &book->names, &book->count, err);
	if (code)
		return code;
	book->slots = fmr_alloc_zero(book->count, sizeof(*book->slots));
	for (size_t i = 0; i < book->count; i++)
		book->slots[i].glance.name = book->names[i];
	book->listed = true;
	return FMR_OK;
}

int fmr_book_type_names(struct fmr_book *book, const char *const **names, size_t *count, struct fmr_err *err)
{
	int code = fmr_book_list_types(book, err);
	*names = code ? NULL : book->names;
	*count = code ? 0 : book->count;
	return code;
}

int fmr_book_slot(struct fmr_book *book, const char *name)
{
	for (size_t i = 0; i < book->count; i++)
		if (strcmp(book->names[i], name) == 0)
			return (int)i;
	return -1;
}

static const char *schema_path(struct fmr_book *book, size_t slot)
{
	return fmr_arena_format(&book->arena, "%s/%s.yaml", FMR_SCHEMA_DIRECTORY, book->names[slot]);
}

static const char *pattern_override(const struct fmr_book *book, const char *name)
{
	return string_at(fmr_value_get(book->config, "id_patterns"), name, NULL);
}

const struct fmr_glance *fmr_book_glance(struct fmr_book *book, size_t slot)
{
	struct fmr_glance *glance = &book->slots[slot].glance;
	if (glance->taken)
		return glance->broken ? NULL : glance;
	struct fmr_str text;
	fmr_str_init(&text);
	glance->taken = true;
	glance->broken = fmr_view_read(book->view, schema_path(book, slot), FMR_SCHEMA_FILE_SIZE, &text, NULL) != 0 ||
		!fmr_type_glance(text.bytes, &book->arena, glance);
	fmr_str_release(&text);
	if (glance->broken)
		return NULL;
	const char *override = pattern_override(book, glance->name);
	if (override)
		glance->pattern = override;
	return glance;
}

bool fmr_book_type_has_records(struct fmr_book *book, const char *name)
{
	if (fmr_view_kind(book->view) == FMR_VIEW_STAGED || fmr_book_list_types(book, NULL)) /* an index knows no directories */
		return true;
	const int slot = fmr_book_slot(book, name);
	const struct fmr_glance *glance = slot < 0 ? NULL : fmr_book_glance(book, (size_t)slot);
	struct fmr_entry entry;
	char path[sizeof(FMR_RECORDS) + 1 + NAME_MAX];
	if (!glance || snprintf(path, sizeof(path), FMR_RECORDS "/%s", glance->directory) >= (int)sizeof(path))
		return true;
	return fmr_view_entry(book->view, path, &entry, NULL) != FMR_ERR_NOT_FOUND;
}

static int load(struct fmr_book *book, size_t index, struct fmr_findings *findings, struct fmr_err *err)
{
	struct fmr_type_slot *slot = &book->slots[index];
	const char *path = schema_path(book, index);
	struct fmr_str text;
	fmr_str_init(&text);
	int code = fmr_view_read(book->view, path, FMR_SCHEMA_FILE_SIZE, &text, err);
	struct fmr_findings *own = fmr_findings_new(1000);
	if (!code) {
		slot->type = fmr_type_load(path, book->names[index], text.bytes, text.length,
			pattern_override(book, book->names[index]), own);
		slot->tried = true;
	}
	fmr_str_release(&text);
	if (!code && !slot->type) {
		code = FMR_ERR_INVALID;
		if (fmr_findings_count(own)) {
			const struct fmr_finding *first = fmr_findings_at(own, 0);
			fmr_err_set(err, code, _("type '%s' cannot be used: %s:%zu: %s"), book->names[index], path,
				first->value.line, first->message);
			fmr_err_hint(err, _("see all its faults with 'fmrec schema check %s'"), book->names[index]);
		}
	}
	if (findings)
		fmr_findings_merge(findings, own);
	fmr_findings_free(own);
	return code;
}

static int load_slot(struct fmr_book *book, size_t index, const struct fmr_type **out, struct fmr_findings *findings,
	struct fmr_err *err)
{
	struct fmr_type_slot *slot = &book->slots[index];
	*out = slot->type;
	if (slot->type)
		return FMR_OK;
	int code = load(book, index, findings, err);
	*out = slot->type;
	return code;
}

int fmr_book_type(struct fmr_book *book, const char *name, const struct fmr_type **out,
	struct fmr_findings *findings, struct fmr_err *err)
{
	*out = NULL;
	int code = fmr_book_list_types(book, err);
	if (code)
		return code;
	int slot = fmr_book_slot(book, name);
	if (slot >= 0)
		return load_slot(book, (size_t)slot, out, findings, err);
	code = fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no record type '%s'"), name);
	const char *nearest = fmr_text_nearest(name, book->names, book->count);
	if (nearest)
		fmr_err_hint(err, _("did you mean '%s'?"), nearest);
	else
		fmr_err_hint(err, _("list the types with 'fmrec schema list'"));
	return code;
}

int fmr_book_load_all(struct fmr_book *book, struct fmr_findings *findings, struct fmr_err *err)
{
	int code = fmr_book_list_types(book, err);
	for (size_t i = 0; !code && i < book->count; i++) {
		const struct fmr_type *type;
		if (book->slots[i].tried)
			continue;
		code = load_slot(book, i, &type, findings, err);
		if (code == FMR_ERR_INVALID)
			code = FMR_OK; /* has its findings */
	}
	return code;
}

static bool directory_is(const struct fmr_glance *glance, const char *directory, size_t length)
{
	return glance && strlen(glance->directory) == length && memcmp(glance->directory, directory, length) == 0;
}

int fmr_book_slot_of_directory(struct fmr_book *book, const char *directory, size_t length)
{
	/* the directory is nearly always named as the type: one glance is enough then */
	for (size_t i = 0; i < book->count; i++)
		if (strlen(book->names[i]) == length && memcmp(book->names[i], directory, length) == 0 &&
			directory_is(fmr_book_glance(book, i), directory, length))
			return (int)i;
	for (size_t i = 0; i < book->count; i++)
		if (directory_is(fmr_book_glance(book, i), directory, length))
			return (int)i;
	return -1;
}

int fmr_book_type_of_path(struct fmr_book *book, const char *path, const struct fmr_type **out, struct fmr_err *err)
{
	*out = NULL;
	int code = fmr_book_list_types(book, err);
	if (code)
		return code;
	size_t top = strlen(FMR_RECORDS);
	const char *directory = path + top + 1;
	if (strncmp(path, FMR_RECORDS "/", top + 1) != 0)
		return fmr_err_set(err, FMR_ERR_NOT_FOUND, _("'%s' does not lie below '%s/'"), path, FMR_RECORDS);
	size_t length = strcspn(directory, "/");
	int slot = fmr_book_slot_of_directory(book, directory, length);
	if (slot >= 0)
		return load_slot(book, (size_t)slot, out, NULL, err);
	return fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no record type has the directory '%.*s'"), (int)length,
		directory);
}

int fmr_book_type_of_id(struct fmr_book *book, const char *id, const struct fmr_type **out, struct fmr_err *err)
{
	*out = NULL;
	int code = fmr_book_list_types(book, err);
	for (size_t i = 0; !code && i < book->count; i++) {
		const struct fmr_glance *glance = fmr_book_glance(book, i);
		if (glance && fmr_glance_fits(glance, id))
			return load_slot(book, i, out, NULL, err);
	}
	if (code)
		return code;
	return fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no record type has ids like '%s'"), id);
}
