#include "cmd/terms.h"

#include "base/arena.h"
#include "base/i18n.h"
#include "base/str.h"
#include "base/text.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* One condition; field NULL: the word stands in any text. */
struct term {
	const char *field;
	const char **values; /* folded; one of them must fit */
	size_t count;
};

struct fmr_terms {
	struct fmr_book *book;
	struct fmr_arena arena;
	FMR_VEC(const char *) types; /* NULL-terminated when not empty */
	FMR_VEC(struct term) terms;
	const char *first_word;
	const char *const *all_types;
	size_t all_count;
	struct fmr_str folded;       /* scratch */
};

static const char *folded(struct fmr_terms *terms, const char *bytes, size_t length)
{
	fmr_str_clear(&terms->folded);
	fmr_text_fold(&terms->folded, bytes, length);
	return fmr_arena_strndup(&terms->arena, terms->folded.bytes, terms->folded.length);
}

/* ---- parsing ---- */

static bool is_type(const struct fmr_terms *terms, const char *name)
{
	for (size_t i = 0; i < terms->all_count; i++)
		if (strcmp(terms->all_types[i], name) == 0)
			return true;
	return false;
}

static int add_type(struct fmr_terms *terms, const char *name, struct fmr_err *err)
{
	if (is_type(terms, name)) {
		FMR_VEC_PUSH(&terms->types, name);
		return 0;
	}
	fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no type '%s'"), name);
	const char *near = fmr_text_nearest(name, terms->all_types, terms->all_count);
	if (near)
		fmr_err_hint(err, _("did you mean '%s'?"), near);
	else
		fmr_err_hint(err, "fmrec schema list");
	return FMR_ERR_NOT_FOUND;
}

static void add_term(struct fmr_terms *terms, const char *field, const char *values)
{
	FMR_VEC(const char *) parts = { 0 };
	for (const char *at = values;;) {
		size_t length = field ? strcspn(at, ",") : strlen(at);
		FMR_VEC_PUSH(&parts, folded(terms, at, length));
		if (!at[length])
			break;
		at += length + 1;
	}
	struct term *term = FMR_VEC_ADD(&terms->terms);
	*term = (struct term){ .field = field, .count = parts.count };
	term->values = fmr_arena_zero(&terms->arena, parts.count, sizeof(*term->values));
	memcpy(term->values, parts.items, parts.count * sizeof(*term->values));
	FMR_VEC_RELEASE(&parts);
}

static int add_types(struct fmr_terms *terms, const char *names, struct fmr_err *err)
{
	int result = 0;
	for (const char *at = names; !result;) {
		size_t length = strcspn(at, ",");
		result = add_type(terms, fmr_arena_strndup(&terms->arena, at, length), err);
		if (!at[length])
			break;
		at += length + 1;
	}
	return result;
}

/* Is this the name of a field, as far as its letters go?  "12:30" and "http://x" are words. */
static size_t field_length(const char *word)
{
	size_t length = strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789_.");
	return *word >= 'a' && *word <= 'z' && word[length] == ':' && strncmp(word + length, "://", 3) != 0 ? length
													    : 0;
}

static int parse_word(struct fmr_terms *terms, const char *word, struct fmr_err *err)
{
	size_t length = field_length(word);
	if (length == 4 && strncmp(word, "type", 4) == 0)
		return add_types(terms, word + 5, err);
	if (length) {
		add_term(terms, fmr_arena_strndup(&terms->arena, word, length), word + length + 1);
		return 0;
	}
	if (is_type(terms, word))
		return add_type(terms, word, err);
	if (!terms->first_word)
		terms->first_word = word;
	add_term(terms, NULL, word);
	return 0;
}

int fmr_terms_check_field(struct fmr_terms *terms, const char *path, struct fmr_err *err)
{
	const char *near = NULL;
	const char *const *names = terms->types.count ? terms->types.items : terms->all_types;
	size_t count = terms->types.count ? terms->types.count - 1 : terms->all_count;
	for (size_t i = 0; i < count; i++) {
		const struct fmr_type *type = NULL;
		int result = fmr_book_type(terms->book, names[i], &type, NULL, err);
		if (result)
			return result;
		if (fmr_type_field(type, path))
			return 0;
		if (!near)
			near = fmr_type_nearest_field(type, path);
	}
	fmr_err_set(err, FMR_ERR_INVALID, _("no type that is listed has a field '%s'"), path);
	if (near)
		fmr_err_hint(err, _("did you mean '%s'?"), near);
	else
		fmr_err_hint(err, "fmrec schema show TYPE");
	return FMR_ERR_INVALID;
}

int fmr_terms_parse(struct fmr_book *book, int argc, char **argv, struct fmr_terms **out, struct fmr_err *err)
{
	struct fmr_terms *terms = fmr_alloc_zero(1, sizeof(*terms));
	terms->book = book;
	fmr_arena_init(&terms->arena);
	fmr_str_init(&terms->folded);
	*out = terms;
	int result = fmr_book_type_names(book, &terms->all_types, &terms->all_count, err);
	for (int i = 0; i < argc && !result; i++)
		result = parse_word(terms, argv[i], err);
	if (terms->types.count)
		FMR_VEC_PUSH(&terms->types, NULL);
	for (size_t i = 0; i < terms->terms.count && !result; i++)
		if (terms->terms.items[i].field)
			result = fmr_terms_check_field(terms, terms->terms.items[i].field, err);
	return result;
}

void fmr_terms_free(struct fmr_terms *terms)
{
	if (!terms)
		return;
	FMR_VEC_RELEASE(&terms->types);
	FMR_VEC_RELEASE(&terms->terms);
	fmr_str_release(&terms->folded);
	fmr_arena_release(&terms->arena);
	free(terms);
}

const char *const *fmr_terms_types(const struct fmr_terms *terms)
{
	return terms->types.count ? terms->types.items : NULL;
}

const char *fmr_terms_nearest_type(const struct fmr_terms *terms)
{
	if (!terms->first_word || terms->types.count)
		return NULL;
	return fmr_text_nearest(terms->first_word, terms->all_types, terms->all_count);
}

/* ---- matching ---- */

static bool contains(struct fmr_terms *terms, struct fmr_text text, const char *wanted)
{
	fmr_str_clear(&terms->folded);
	fmr_text_fold(&terms->folded, text.bytes, text.length);
	return strstr(terms->folded.bytes, wanted) != NULL;
}

static bool word_in(struct fmr_terms *terms, const struct fmr_value *value, const char *word)
{
	bool found = false;
	switch (value->kind) {
	case FMR_STRING:
		return contains(terms, value->text, word);
	case FMR_LIST:
		for (size_t i = 0; i < value->list.count && !found; i++)
			found = word_in(terms, value->list.items[i], word);
		return found;
	case FMR_MAP:
		for (size_t i = 0; i < value->map.count && !found; i++)
			found = word_in(terms, value->map.members[i].value, word);
		return found;
	default:
		return false;
	}
}

static bool equals(struct fmr_terms *terms, const char *text, const char *wanted)
{
	fmr_str_clear(&terms->folded);
	fmr_text_fold(&terms->folded, text, strlen(text));
	return strcmp(terms->folded.bytes, wanted) == 0;
}

static bool choice_is(struct fmr_terms *terms, const struct fmr_field *field, const char *code, const char *wanted)
{
	if (equals(terms, code, wanted))
		return true;
	for (size_t i = 0; i < field->choice_count; i++) {
		const struct fmr_choice *choice = &field->choices[i];
		for (size_t j = 0; strcmp(choice->code, code) == 0 && j < FMR_LANGUAGES; j++)
			if (choice->label.in[j] && equals(terms, choice->label.in[j], wanted))
				return true;
	}
	return false;
}

/* Codes, ids, numbers must be equal; a time begins with what is wanted; a text holds it. */
static bool value_is(struct fmr_terms *terms, const struct fmr_field *field, const struct fmr_value *value,
	const char *wanted)
{
	bool found = false;
	if (field && field->kind == FMR_FIELD_LINK && fmr_link_target(value))
		return equals(terms, fmr_link_target(value), wanted);
	switch (value->kind) {
	case FMR_STRING:
		if (field && field->kind == FMR_FIELD_CHOICE)
			return choice_is(terms, field, value->text.bytes, wanted);
		if (field && (field->kind == FMR_FIELD_TIME || field->kind == FMR_FIELD_DATE))
			return strncasecmp(value->text.bytes, wanted, strlen(wanted)) == 0;
		return contains(terms, value->text, wanted);
	case FMR_NUMBER:
		return strcmp(value->text.bytes, wanted) == 0;
	case FMR_BOOL:
		return strcmp(value->boolean ? "true" : "false", wanted) == 0;
	case FMR_LIST:
		for (size_t i = 0; i < value->list.count && !found; i++)
			found = value_is(terms, field && field->child_count ? &field->children[0] : NULL,
				value->list.items[i], wanted);
		return found;
	default:
		return word_in(terms, value, wanted);
	}
}

static bool term_matches(struct fmr_terms *terms, const struct term *term, const struct fmr_record *record)
{
	if (!term->field)
		return word_in(terms, record->root, term->values[0]);
	const struct fmr_value *value = fmr_value_at(record->root, term->field);
	const struct fmr_field *field = fmr_type_field(record->type, term->field);
	for (size_t i = 0; value && i < term->count; i++)
		if (value_is(terms, field, value, term->values[i]))
			return true;
	return false;
}

bool fmr_terms_match(struct fmr_terms *terms, const struct fmr_record *record)
{
	for (size_t i = 0; i < terms->terms.count; i++)
		if (!term_matches(terms, &terms->terms.items[i], record))
			return false;
	return true;
}
