/*
 * Words and phrases: the texts of records are read and folded in threads; SQL gets the keys of those that hold them.
 * A text in which a part of the word cannot be found as it is written, in any spelling, need not be read.
 */
#include "query/private.h"

#include "base/i18n.h"
#include "base/regex.h"
#include "base/regex_fold.h"
#include "base/text.h"
#include "fmrec/yaml.h"
#include "query/value.h"

#include <stdlib.h>
#include <string.h>

struct word {
	size_t term;
	const char *const *pieces; /* folded; in this order somewhere in one text; NULL-terminated */
	struct fmr_regex *regex;   /* or this */
	struct fmr_regex *hint;    /* stands in every text without escapes that has a value with the word; or NULL */
};

struct words {
	FMR_VEC(struct word) list;
	struct fmr_arena *arena;
};

/* What one thread finds; by word. */
struct finder {
	const struct words *words;
	bool ready, gave_up;
	struct fmr_arena arena;
	struct fmr_str text, folded;
	struct fmr_findings *faults; /* of no interest here */
	bool *found;                /* in the record at hand */
	FMR_VEC(int64_t) *keys;
};

/* ---- what is looked for ---- */

static const char *const *split_pieces(struct fmr_arena *arena, const struct operand *operand)
{
	char *folded = fmr_arena_strdup(arena, fmr_value_folded(arena, operand->text));
	const char **pieces = fmr_arena_zero(arena, strlen(folded) + 2, sizeof(*pieces));
	size_t count = 0;
	for (char *at = folded; *at;) {
		size_t length = operand->quoted ? strlen(at) : strcspn(at, "*");
		bool more = at[length] != '\0';
		at[length] = '\0';
		if (length)
			pieces[count++] = at;
		at += length + more;
	}
	return pieces;
}

/* The longest part that YAML never breaks or escapes. */
static struct fmr_regex *hint_for(const char *const *pieces)
{
	const char *best = NULL;
	size_t longest = 0;
	for (; *pieces; pieces++)
		for (const char *at = *pieces; *at;) {
			size_t length = strcspn(at, " \t\n'\"\\");
			if (length > longest) {
				best = at;
				longest = length;
			}
			at += length + (at[length] != '\0');
		}
	struct fmr_str pattern;
	struct fmr_regex *hint = NULL;
	fmr_str_init(&pattern);
	if (best && *best != '-' && fmr_regex_from_word(best, longest, &pattern))
		fmr_regex_new(pattern.bytes, pattern.length, 0, &hint, NULL);
	fmr_str_release(&pattern);
	return hint;
}

static int add_word(struct fmr_query *query, const struct term *term, struct words *words, struct fmr_err *err)
{
	const struct operand *operand = &term->operands[0];
	struct word word = { .term = term->number };
	int result = 0;
	if (operand->regex)
		result = fmr_regex_new(operand->text, strlen(operand->text), operand->icase ? FMR_REGEX_ICASE : 0, &word.regex, err);
	else
		word.pieces = split_pieces(words->arena, operand);
	if (word.pieces)
		word.hint = hint_for(word.pieces);
	if (result && err) {
		const struct fmr_err said = *err;
		return fmr_syntax_fault(query->syntax.text, operand->place, said.hint, err, result, "%s", said.text);
	}
	FMR_VEC_PUSH(&words->list, word);
	return result;
}

static int collect(struct fmr_query *query, const struct node *node, struct words *words, struct fmr_err *err)
{
	int result = 0;
	if (!node)
		return 0;
	if (node->kind == NODE_TERM)
		return node->term.op == OP_WORD ? add_word(query, &node->term, words, err) : 0;
	for (size_t i = 0; i < node->count && !result; i++)
		result = collect(query, node->parts[i], words, err);
	return result;
}

/* ---- looking ---- */

static bool holds(const char *text, const char *const *pieces)
{
	for (; *pieces && text; pieces++) {
		text = strstr(text, *pieces);
		text = text ? text + strlen(*pieces) : NULL;
	}
	return text != NULL;
}

static void look_at_text(struct finder *finder, struct fmr_text text)
{
	bool folded = false;
	for (size_t i = 0; i < finder->words->list.count; i++) {
		const struct word *word = &finder->words->list.items[i];
		if (finder->found[i])
			continue;
		if (word->regex) {
			enum fmr_regex_result result = fmr_regex_search(word->regex, text.bytes, text.length, 0, NULL);
			finder->found[i] = result == FMR_REGEX_YES;
			finder->gave_up = finder->gave_up || result == FMR_REGEX_LIMIT;
			continue;
		}
		if (!folded) {
			fmr_str_clear(&finder->folded);
			fmr_text_fold(&finder->folded, text.bytes, text.length);
			folded = true;
		}
		finder->found[i] = holds(finder->folded.bytes, word->pieces);
	}
}

static void look_in(struct finder *finder, const struct fmr_value *value)
{
	switch (value->kind) {
	case FMR_STRING:
		look_at_text(finder, value->text);
		break;
	case FMR_LIST:
		for (size_t i = 0; i < value->list.count; i++)
			look_in(finder, value->list.items[i]);
		break;
	case FMR_MAP:
		for (size_t i = 0; i < value->map.count; i++)
			look_in(finder, value->map.members[i].value);
		break;
	default:
		break;
	}
}

static void prepare(struct finder *finder, const struct words *words)
{
	finder->words = words;
	finder->ready = true;
	fmr_arena_init(&finder->arena);
	finder->faults = fmr_findings_new(1);
	fmr_str_init(&finder->text);
	fmr_str_init(&finder->folded);
	finder->found = fmr_alloc_zero(words->list.count, sizeof(bool));
	finder->keys = fmr_alloc_zero(words->list.count, sizeof(*finder->keys));
}

struct search {
	const struct words *words;
	struct finder finders[FMR_INDEX_THREADS];
};

static bool may_hold(const struct words *words, const char *text, size_t length)
{
	if (memchr(text, '\\', length) || fmr_utf8_valid(text, length) != length)
		return true;
	for (size_t i = 0; i < words->list.count; i++) {
		const struct fmr_regex *hint = words->list.items[i].hint;
		if (!hint || fmr_regex_search(hint, text, length, 0, NULL) != FMR_REGEX_NO)
			return true;
	}
	return false;
}

static int visit(void *context, int thread, int64_t key, const char *text, size_t length)
{
	struct search *search = context;
	struct finder *finder = &search->finders[thread];
	if (!may_hold(search->words, text, length))
		return 0;
	if (!finder->ready)
		prepare(finder, search->words);
	fmr_arena_clear(&finder->arena);
	memset(finder->found, false, search->words->list.count);
	fmr_str_clear(&finder->text); /* the reader wants a NUL behind it */
	fmr_str_add(&finder->text, text, length);
	const struct fmr_source source = { "", finder->text.bytes, length };
	fmr_findings_truncate(finder->faults, 0);
	const struct fmr_value *root = fmr_yaml_read_record(&source, &finder->arena, finder->faults);
	if (root)
		look_in(finder, root);
	for (size_t i = 0; i < search->words->list.count; i++)
		if (finder->found[i])
			FMR_VEC_PUSH(&finder->keys[i], key);
	return 0;
}

/* ---- the answer ---- */

/* "[1,2,3]": what SQL reads as a table */
static const char *set_of(const struct search *search, size_t word, struct fmr_arena *arena)
{
	struct fmr_str json;
	fmr_str_init(&json);
	fmr_str_putc(&json, '[');
	for (size_t t = 0; t < FMR_INDEX_THREADS; t++) {
		const struct finder *finder = &search->finders[t];
		for (size_t i = 0; finder->ready && i < finder->keys[word].count; i++)
			fmr_str_printf(&json, "%s%lld", json.length > 1 ? "," : "", (long long)finder->keys[word].items[i]);
	}
	fmr_str_putc(&json, ']');
	const char *kept = fmr_arena_strndup(arena, json.bytes, json.length);
	fmr_str_release(&json);
	return kept;
}

static void release(struct search *search, struct words *words)
{
	for (size_t t = 0; t < FMR_INDEX_THREADS; t++) {
		struct finder *finder = &search->finders[t];
		for (size_t i = 0; finder->ready && i < words->list.count; i++)
			FMR_VEC_RELEASE(&finder->keys[i]);
		if (!finder->ready)
			continue;
		fmr_arena_release(&finder->arena);
		fmr_findings_free(finder->faults);
		fmr_str_release(&finder->text);
		fmr_str_release(&finder->folded);
		free(finder->found);
		free(finder->keys);
	}
	free(search);
	for (size_t i = 0; i < words->list.count; i++) {
		fmr_regex_free(words->list.items[i].regex);
		fmr_regex_free(words->list.items[i].hint);
	}
	FMR_VEC_RELEASE(&words->list);
}

/* Keys of the records that the rest of the query leaves; *all when that is nearly every one of them. */
static int candidates(struct fmr_query *query, struct fmr_index *index, int64_t **keys, size_t *count, bool *all,
	struct fmr_err *err)
{
	struct sql sql;
	struct fmr_rows *rows = NULL;
	FMR_VEC(int64_t) found = { 0 };
	size_t parts = 0, whole = 0;
	fmr_sql_init(&sql);
	for (size_t i = 0; i < query->asked_count; i++) {
		size_t length = sql.text.length;
		fmr_sql_put(&sql, "%sSELECT r0.key FROM ", parts ? " UNION ALL " : "");
		fmr_sql_name(&sql, "", query->asked[i]->name);
		fmr_sql_put(&sql, " r0 WHERE ");
		enum truth truth = fmr_query_condition(query, query->asked[i], "r0", &sql, true);
		if (truth == NEVER)
			fmr_str_truncate(&sql.text, length);
		else if (truth == ALWAYS)
			fmr_sql_put(&sql, "1");
		parts += truth != NEVER;
		whole += truth == ALWAYS;
	}
	*all = whole == query->types.count;
	int result = *all || !parts ? 0 : fmr_query_prepare(query, index, &sql, &rows, err);
	while (rows && !result && (result = fmr_rows_next(rows, err)) == 1) {
		FMR_VEC_PUSH(&found, fmr_rows_integer(rows, 0));
		result = 0;
	}
	fmr_rows_free(rows);
	fmr_sql_release(&sql);
	*keys = found.items;
	*count = found.count;
	return result;
}

static int search_texts(struct fmr_query *query, struct fmr_index *index, struct search *search, struct fmr_err *err)
{
	int64_t *keys = NULL, none;
	size_t count = 0;
	bool all = false;
	int result = candidates(query, index, &keys, &count, &all, err);
	if (!result)
		result = fmr_index_scan(index, all ? NULL : keys ? keys : &none, count, visit, search, err);
	free(keys);
	for (size_t t = 0; !result && t < FMR_INDEX_THREADS; t++)
		if (search->finders[t].gave_up)
			result = fmr_err_set(err, FMR_ERR_LIMIT, "%s", _("the regular expression takes too long"));
	return result;
}

int fmr_query_find_words(struct fmr_query *query, struct fmr_index *index, struct fmr_err *err)
{
	if (!query->has_words)
		return 0;
	struct words words = { .arena = &query->arena };
	struct search *search = fmr_alloc_zero(1, sizeof(*search));
	search->words = &words;
	int result = collect(query, query->syntax.root, &words, err);
	if (!result)
		result = search_texts(query, index, search, err);
	for (size_t i = 0; !result && i < words.list.count; i++)
		query->sets[words.list.items[i].term] = set_of(search, i, &query->arena);
	query->has_words = result != 0;
	release(search, &words);
	return result;
}
