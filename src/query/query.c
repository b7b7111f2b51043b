#include "query/private.h"

#include "base/i18n.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* ---- types ---- */

static int list_types(struct fmr_query *query, struct fmr_book *book, struct fmr_err *err)
{
	struct types *types = &query->types;
	types->book = book;
	int result = fmr_book_type_names(book, &types->names, &types->count, err);
	types->loaded = fmr_arena_zero(&query->arena, types->count + 1, sizeof(*types->loaded));
	types->tried = fmr_arena_zero(&query->arena, types->count + 1, sizeof(*types->tried));
	return result;
}

/* Its place, or -1. */
static long type_named(const struct fmr_query *query, const char *name)
{
	for (size_t i = 0; i < query->types.count; i++)
		if (strcmp(query->types.names[i], name) == 0)
			return (long)i;
	return -1;
}

/* A type that is broken is the business of `fmrec validate`, but an error when it is named. */
static int load_named(struct fmr_query *query, const char *text, struct fmr_err *err)
{
	const struct fmr_type *type;
	return type_named(query, text) >= 0 ? fmr_book_type(query->types.book, text, &type, NULL, err) : 0;
}

/* By its name or label; or -1. */
static long type_called(const struct fmr_query *query, const char *text)
{
	long found = type_named(query, text);
	for (size_t i = 0; i < query->types.count && found < 0; i++) {
		const struct fmr_type *type = fmr_types_at(&query->types, i);
		for (size_t j = 0; type && j < FMR_LANGUAGES; j++)
			if (type->label.in[j] && fmr_name_alike(type->label.in[j], text))
				found = (long)i;
	}
	return found;
}

static bool is_type_word(const struct fmr_query *query, const struct node *node)
{
	return node->kind == NODE_TERM && node->term.op == OP_WORD && !node->term.operands[0].quoted &&
		!node->term.operands[0].regex && type_named(query, node->term.operands[0].text) >= 0;
}

static bool is_type_term(const struct node *node)
{
	return node->kind == NODE_TERM && (node->term.op == OP_FITS || node->term.op == OP_EQUAL) &&
		strcmp(node->term.name, "type") == 0;
}

static int no_type(struct fmr_query *query, const struct operand *operand, struct fmr_err *err)
{
	const char *near = fmr_text_nearest(operand->text, query->types.names, query->types.count);
	struct fmr_str hint;
	fmr_str_init(&hint);
	if (near)
		fmr_str_printf(&hint, _("did you mean '%s'?"), near);
	else
		fmr_str_puts(&hint, "fmrec schema list");
	int code = fmr_syntax_fault(query->syntax.text, operand->place, hint.bytes, err, FMR_ERR_NOT_FOUND,
		_("no type '%s'"), operand->text);
	fmr_str_release(&hint);
	return code;
}

/* ---- which types are asked for ---- */

/* Beside a term, a word that is the name of a type asks for records of it: incident is type:incident.  Several such words
 * are alternatives: incident nearmiss is type:incident,nearmiss. */
static struct node *read_type_words(struct fmr_query *query, struct node *node)
{
	struct term *types = NULL;
	size_t kept = 0;
	if (is_type_word(query, node)) {
		node->term.op = OP_FITS;
		node->term.name = "type";
		node->term.name_place = node->term.place;
	}
	for (size_t i = 0; node->kind != NODE_TERM && i < node->count; i++) {
		struct node *part = node->parts[i];
		bool joins = types && node->kind == NODE_AND && is_type_word(query, part);
		if (joins) {
			struct operand *all = fmr_arena_zero(&query->arena, types->count + 1, sizeof(*all));
			memcpy(all, types->operands, types->count * sizeof(*all));
			all[types->count] = part->term.operands[0];
			types->operands = all;
			types->count++;
			continue;
		}
		bool first = is_type_word(query, part);
		node->parts[kept++] = read_type_words(query, part);
		if (first)
			types = &node->parts[kept - 1]->term;
	}
	if (node->kind != NODE_TERM)
		node->count = kept;
	return node;
}

static int ask_term(struct fmr_query *query, const struct term *term, bool *asked, struct fmr_err *err)
{
	bool *named = fmr_arena_zero(&query->arena, query->types.count + 1, sizeof(bool));
	for (size_t i = 0; i < term->count; i++) {
		long type = type_called(query, term->operands[i].text);
		int result = load_named(query, term->operands[i].text, err);
		if (result)
			return result;
		if (type < 0)
			return no_type(query, &term->operands[i], err);
		named[type] = true;
	}
	for (size_t j = 0; j < query->types.count; j++)
		asked[j] = asked[j] && named[j];
	return 0;
}

/* The types that all terms which must hold leave over. */
static int ask(struct fmr_query *query, const struct node *node, bool *asked, struct fmr_err *err)
{
	int result = 0;
	if (node && is_type_term(node))
		return ask_term(query, &node->term, asked, err);
	for (size_t i = 0; node && node->kind == NODE_AND && i < node->count && !result; i++)
		result = ask(query, node->parts[i], asked, err);
	return result;
}

/* A type that has no record need not be read, unless it is the only one to understand a name. */
static int choose_types(struct fmr_query *query, bool narrow, struct fmr_err *err)
{
	size_t count = query->types.count, names = 0;
	bool *asked = fmr_arena_zero(&query->arena, count + 1, sizeof(bool));
	memset(asked, true, count);
	int result = ask(query, query->syntax.root, asked, err);
	query->narrow = narrow;
	query->asked_count = 0;
	query->asked = fmr_arena_zero(&query->arena, count + 1, sizeof(struct fmr_type *));
	query->names = fmr_arena_zero(&query->arena, count + 1, sizeof(char *));
	for (size_t i = 0; i < count && !result; i++) {
		if (!asked[i])
			continue;
		const bool read = !narrow || fmr_book_type_has_records(query->types.book, query->types.names[i]);
		const struct fmr_type *type = read ? fmr_types_at(&query->types, i) : NULL;
		if (type)
			query->asked[query->asked_count++] = type;
		if (type || !read)
			query->names[names++] = query->types.names[i];
	}
	return result;
}

/* What a name stands for, unless another type that is asked for understands it better. */
struct name fmr_query_name(struct fmr_query *query, const struct fmr_type *type, const char *text)
{
	struct name name = fmr_name_find(&query->types, type, text, GRADE_PATH, &query->arena);
	if (name.meaning)
		return name;
	for (size_t i = 0; i < query->asked_count; i++) /* nearly always some type knows its path */
		if (fmr_name_find(&query->types, query->asked[i], text, GRADE_PATH, &query->arena).meaning)
			return name;
	name = fmr_name_find(&query->types, type, text, GRADE_LABEL, &query->arena);
	for (size_t i = 0; i < query->asked_count && name.meaning; i++) {
		const struct name other = fmr_name_find(&query->types, query->asked[i], text, GRADE_LABEL, &query->arena);
		if (other.meaning && other.meaning != MEANS_SEVERAL && other.grade > name.grade)
			return (struct name){ .meaning = MEANS_NOTHING };
	}
	return name;
}

/* ---- faults ---- */

static const char *nearest(struct fmr_query *query, const char *name)
{
	return fmr_name_nearest(&query->types, query->asked, query->asked_count, name, &query->arena);
}

int fmr_query_no_field(struct fmr_query *query, const char *name, struct fmr_err *err)
{
	const char *near = nearest(query, name);
	fmr_err_set(err, FMR_ERR_INVALID, _("no type that is listed has a field '%s'"), name);
	if (near)
		fmr_err_hint(err, _("did you mean '%s'?"), near);
	else
		fmr_err_hint(err, "fmrec schema show TYPE");
	return FMR_ERR_INVALID;
}

static int refuse_name(struct fmr_query *query, const struct status *status, const char *name, struct place place,
	struct fmr_err *err)
{
	struct fmr_str hint;
	fmr_str_init(&hint);
	int code;
	if (status->several) {
		struct fmr_str fields;
		fmr_str_init(&fields);
		fmr_name_candidates(status->several, name, &fields);
		fmr_str_printf(&hint, _("one of: %s"), fields.bytes);
		fmr_str_release(&fields);
		code = fmr_syntax_fault(query->syntax.text, place, hint.bytes, err, FMR_ERR_INVALID,
			_("'%s' may be several fields"), name);
	} else {
		const char *near = nearest(query, name);
		if (near)
			fmr_str_printf(&hint, _("did you mean '%s'? To look for words, put them in \"quotation marks\""), near);
		else
			fmr_str_puts(&hint, _("'fmrec schema show TYPE' lists the fields; to look for words, put them in \"quotation "
				"marks\""));
		code = fmr_syntax_fault(query->syntax.text, place, hint.bytes, err, FMR_ERR_INVALID,
			_("no type that is listed has a field '%s'"), name);
	}
	fmr_str_release(&hint);
	return code;
}

static int refuse_operand(struct fmr_query *query, const struct operand *operand, struct fmr_err *err)
{
	const struct status *status = &query->compiler.operands[operand->number];
	if (!status->fault)
		return no_type(query, operand, err);
	return fmr_syntax_fault(query->syntax.text, operand->place, status->hint, err, FMR_ERR_INVALID, "%s", status->fault);
}

static int check_term(struct fmr_query *query, const struct term *term, struct fmr_err *err)
{
	const struct status *status = &query->compiler.terms[term->number];
	if (term->op == OP_WORD)
		return 0;
	bool names = term->op == OP_HAS || term->op == OP_MISSING;
	if (!names && !status->known)
		return refuse_name(query, status, term->name, term->name_place, err);
	for (size_t i = 0; i < term->count; i++) {
		const struct status *operand = &query->compiler.operands[term->operands[i].number];
		if (names && !operand->known)
			return refuse_name(query, operand, term->operands[i].text, term->operands[i].place, err);
		if (names || operand->valid || (operand->held && !operand->fault))
			continue;
		/* asked last: labels of types are known only when all types have been read */
		if (operand->fault || type_called(query, term->operands[i].text) < 0)
			return refuse_operand(query, &term->operands[i], err);
	}
	return 0;
}

static int check_nodes(struct fmr_query *query, const struct node *node, struct fmr_err *err)
{
	int result = 0;
	if (!node)
		return 0;
	if (node->kind == NODE_TERM)
		return check_term(query, &node->term, err);
	for (size_t i = 0; i < node->count && !result; i++)
		result = check_nodes(query, node->parts[i], err);
	return result;
}

static void note_words(struct fmr_query *query, const struct node *node)
{
	if (!node)
		return;
	query->has_words = query->has_words || (node->kind == NODE_TERM && node->term.op == OP_WORD);
	for (size_t i = 0; node->kind != NODE_TERM && i < node->count; i++)
		note_words(query, node->parts[i]);
}

/* ---- the query ---- */

enum truth fmr_query_condition(struct fmr_query *query, const struct fmr_type *type, const char *alias, struct sql *sql,
	bool guess)
{
	const struct scope scope = { type, alias };
	size_t length = sql->text.length, params = sql->params.count;
	query->compiler.sql = sql;
	query->compiler.guess = guess;
	enum truth truth = fmr_compile(&query->compiler, &scope, query->syntax.root);
	if (truth != MAYBE) {
		fmr_str_truncate(&sql->text, length);
		sql->params.count = params;
	}
	return truth;
}

/* What was found out about names; what about values is found out again. */
static void keep_grades(struct fmr_query *query)
{
	for (size_t i = 0; i < query->syntax.term_count; i++)
		query->compiler.terms[i] = (struct status){ .grade = query->compiler.terms[i].grade };
	for (size_t i = 0; i < query->syntax.operand_count; i++)
		query->compiler.operands[i] = (struct status){ .grade = query->compiler.operands[i].grade };
}

/* Compiled for each type: once to see how names are understood, once more to see what no type understands. */
static int check(struct fmr_query *query, struct fmr_err *err)
{
	struct sql sql;
	fmr_sql_init(&sql);
	for (int pass = 0; pass < 2; pass++) {
		keep_grades(query);
		for (size_t i = 0; i < query->asked_count; i++)
			fmr_query_condition(query, query->asked[i], "r0", &sql, false);
	}
	fmr_sql_release(&sql);
	return query->asked_count ? check_nodes(query, query->syntax.root, err) : 0;
}

static int choose_and_check(struct fmr_query *query, bool narrow, struct fmr_err *err)
{
	int result = choose_types(query, narrow, err);
	return result ? result : check(query, err);
}

int fmr_query_widen(struct fmr_query *query, struct fmr_err *err)
{
	if (err)
		*err = (struct fmr_err){ 0 };
	return choose_and_check(query, false, err);
}

static int read_query(struct fmr_query *query, struct fmr_book *book, const char *text, struct fmr_err *err)
{
	int result = fmr_syntax_parse(text, &query->arena, &query->syntax, err);
	if (!result)
		result = list_types(query, book, err);
	if (!result && query->syntax.root)
		query->syntax.root = read_type_words(query, (struct node *)query->syntax.root);
	if (result)
		return result;
	note_words(query, query->syntax.root);
	query->sets = fmr_arena_zero(&query->arena, query->syntax.term_count + 1, sizeof(char *));
	query->compiler = (struct compiler){ .types = query->types, .arena = &query->arena,
		.calendar = { fmr_book_zone(book), fmr_book_fiscal_start(book) },
		.terms = fmr_arena_zero(&query->arena, query->syntax.term_count + 1, sizeof(struct status)),
		.operands = fmr_arena_zero(&query->arena, query->syntax.operand_count + 1, sizeof(struct status)) };
	result = choose_and_check(query, true, err);
	return result || !query->asked_count ? fmr_query_widen(query, err) : 0;
}

int fmr_query_new(struct fmr_book *book, const char *text, struct fmr_query **out, struct fmr_err *err)
{
	struct fmr_query *query = fmr_alloc_zero(1, sizeof(*query));
	fmr_arena_init(&query->arena);
	int result = read_query(query, book, text, err);
	if (result) {
		fmr_query_free(query);
		query = NULL;
	}
	*out = query;
	return result;
}

void fmr_query_free(struct fmr_query *query)
{
	if (!query)
		return;
	fmr_arena_release(&query->arena);
	free(query);
}

const char *const *fmr_query_types(const struct fmr_query *query)
{
	return query->names;
}

static const char *first_word(const struct node *node)
{
	const char *found = NULL;
	if (node && node->kind == NODE_TERM)
		return node->term.op == OP_WORD && !node->term.operands[0].quoted ? node->term.operands[0].text : NULL;
	for (size_t i = 0; node && node->kind == NODE_AND && i < node->count && !found; i++)
		found = first_word(node->parts[i]);
	return found;
}

const char *fmr_query_nearest_type(const struct fmr_query *query)
{
	const char *word = query->names[0] && query->names[1] ? first_word(query->syntax.root) : NULL;
	return word ? fmr_text_nearest(word, query->types.names, query->types.count) : NULL;
}

/* ---- asking ---- */

static void bind(const struct fmr_query *query, struct fmr_rows *rows, int n, const struct param *param)
{
	const char *text = param->kind == PARAM_WORD ? query->sets[param->integer] : param->text;
	if (param->kind == PARAM_INTEGER)
		fmr_rows_bind_integer(rows, n, param->integer);
	else if (param->kind == PARAM_REAL)
		fmr_rows_bind_real(rows, n, param->real);
	else
		fmr_rows_bind_text(rows, n, text, strlen(text));
}

int fmr_query_prepare(struct fmr_query *query, struct fmr_index *index, const struct sql *sql, struct fmr_rows **out,
	struct fmr_err *err)
{
	int result = fmr_index_prepare(index, sql->text.bytes, out, err);
	for (size_t i = 0; !result && i < sql->params.count; i++)
		bind(query, *out, (int)i + 1, &sql->params.items[i]);
	return result;
}

static void put_keys(struct fmr_query *query, struct sql *sql)
{
	bool any = false;
	for (size_t i = 0; i < query->asked_count; i++) {
		size_t length = sql->text.length;
		fmr_sql_put(sql, "%sSELECT r0.key AS key, r0.path AS path FROM ", any ? " UNION ALL " : "");
		fmr_sql_name(sql, "", query->asked[i]->name);
		fmr_sql_put(sql, " r0 WHERE ");
		enum truth truth = fmr_query_condition(query, query->asked[i], "r0", sql, false);
		if (truth == NEVER)
			fmr_str_truncate(&sql->text, length);
		else if (truth == ALWAYS)
			fmr_sql_put(sql, "1");
		any = any || truth != NEVER;
	}
	if (!any)
		fmr_sql_put(sql, "SELECT NULL AS key, NULL AS path WHERE 0");
	fmr_sql_put(sql, " ORDER BY path");
}

int fmr_query_keys(struct fmr_query *query, struct fmr_index *index, int64_t **keys, size_t *count, struct fmr_err *err)
{
	FMR_VEC(int64_t) found = { 0 };
	struct fmr_rows *rows = NULL;
	struct sql sql;
	fmr_sql_init(&sql);
	*keys = NULL;
	*count = 0;
	int result = fmr_query_find_words(query, index, err);
	if (!result) {
		put_keys(query, &sql);
		result = fmr_query_prepare(query, index, &sql, &rows, err);
	}
	while (!result && (result = fmr_rows_next(rows, err)) == 1) {
		FMR_VEC_PUSH(&found, fmr_rows_integer(rows, 0));
		result = 0;
	}
	fmr_rows_free(rows);
	fmr_sql_release(&sql);
	if (result) {
		FMR_VEC_RELEASE(&found);
		return result;
	}
	*keys = found.items;
	*count = found.count;
	return 0;
}
