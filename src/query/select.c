/*
 * What is shown of the records that fit: columns, order, groups.
 */
#include "query/select.h"

#include "base/i18n.h"

#include <string.h>

/* ---- one value of a record ---- */

static void put_null(struct compiler *compiler)
{
	fmr_sql_put(compiler->sql, "NULL");
}

/* Choices by their declared place, times as instants, links by the titles of the records there. */
static void put_order(struct compiler *compiler, const struct scope *scope, const struct source *source,
	const struct fmr_field *field)
{
	if (field->kind == FMR_FIELD_CHOICE || field->values_from) {
		fmr_sql_put(compiler->sql, "rank(");
		fmr_sql_text(compiler->sql, scope->type->name);
		fmr_sql_put(compiler->sql, ", ");
		fmr_sql_text(compiler->sql, field->path);
		fmr_sql_put(compiler->sql, ", ");
		fmr_compile_column(compiler, source, field);
		fmr_sql_put(compiler->sql, ")");
	} else if (field->kind == FMR_FIELD_TIME || field->kind == FMR_FIELD_DATE) {
		fmr_sql_put(compiler->sql, "instant(");
		fmr_compile_column(compiler, source, field);
		fmr_sql_put(compiler->sql, ")");
	} else if (field->link) {
		fmr_sql_put(compiler->sql, "ifnull((SELECT x.title FROM record x WHERE x.id = ");
		fmr_compile_column(compiler, source, field);
		fmr_sql_put(compiler->sql, "), ");
		fmr_compile_column(compiler, source, field);
		fmr_sql_put(compiler->sql, ")");
	} else {
		fmr_compile_column(compiler, source, field);
	}
}

void fmr_select_scalar(struct compiler *compiler, const struct scope *scope, const struct source *source,
	const struct fmr_field *field, enum purpose purpose)
{
	if (purpose == TO_ORDER)
		put_order(compiler, scope, source, field);
	else
		fmr_compile_column(compiler, source, field);
}

static bool is_scalar(const struct fmr_field *field)
{
	return field->kind != FMR_FIELD_MAP && field->kind != FMR_FIELD_LIST;
}

static void put_state(struct compiler *compiler, const struct scope *scope, enum purpose purpose)
{
	if (purpose == TO_SHOW) {
		fmr_sql_put(compiler->sql, "%s.state", scope->alias);
		return;
	}
	fmr_sql_put(compiler->sql, "CASE %s.state", scope->alias);
	for (size_t i = 0; i < scope->type->state_count; i++) {
		fmr_sql_put(compiler->sql, " WHEN ");
		fmr_sql_text(compiler->sql, scope->type->states[i].name);
		fmr_sql_put(compiler->sql, " THEN %zu", i);
	}
	fmr_sql_put(compiler->sql, " ELSE NULL END");
}

/* When it began; what is younger comes first. */
static void put_age(struct compiler *compiler, const struct scope *scope, enum purpose purpose)
{
	fmr_sql_put(compiler->sql, purpose == TO_SHOW ? "began(" : "-began(");
	fmr_sql_text(compiler->sql, scope->type->name);
	fmr_sql_put(compiler->sql, ", %s.id, %s.key)", scope->alias, scope->alias);
}

static bool put_named(struct compiler *compiler, const struct scope *scope, const char *text, enum purpose purpose);

/* All values there in one cell, each once, in the order of the records; to order by: the least. */
static bool put_linked(struct compiler *compiler, const struct scope *scope, const struct name *name,
	enum purpose purpose)
{
	const struct fmr_type **targets = fmr_arena_zero(compiler->arena, compiler->types.count + 1, sizeof(*targets));
	size_t count = fmr_name_targets(&compiler->types, scope->type, &name->step, targets);
	const char *rest = name->rest ? name->rest : "id";
	bool known = false;
	size_t parts = 0;
	fmr_sql_put(compiler->sql,
		purpose == TO_SHOW ? "(SELECT group_concat(v, ', ') FROM (SELECT DISTINCT v FROM (" : "(SELECT min(v) FROM (SELECT v FROM (");
	for (size_t i = 0; i < 2 * count; i++) {
		if (!fmr_step_goes(compiler, scope, &name->step, targets[i / 2], i % 2))
			continue;
		/* the value stands before the alias that it is taken from is known: look once, then write */
		struct sql *outer = compiler->sql, inner;
		fmr_sql_init(&inner);
		compiler->sql = &inner;
		const struct scope there = { targets[i / 2],
			fmr_compile_step(compiler, scope, &name->step, targets[i / 2], i % 2) };
		compiler->sql = outer;
		fmr_sql_put(outer, "%sSELECT ", parts++ ? " UNION ALL " : "");
		known = put_named(compiler, &there, rest, purpose) || known;
		fmr_sql_put(outer, " AS v, %s.id AS i%s", there.alias, inner.text.bytes);
		for (size_t p = 0; p < inner.params.count; p++)
			FMR_VEC_PUSH(&outer->params, inner.params.items[p]);
		fmr_sql_release(&inner);
	}
	if (!parts)
		fmr_sql_put(compiler->sql, "SELECT NULL AS v, NULL AS i");
	fmr_sql_put(compiler->sql, " ORDER BY i) WHERE v IS NOT NULL))");
	return known;
}

bool fmr_select_value(struct compiler *compiler, const struct scope *scope, const struct name *given,
	enum purpose purpose)
{
	const struct name name = *given;
	const struct source source = { .alias = scope->alias };
	switch (name.meaning) {
	case MEANS_FIELD:
		if (is_scalar(name.field) && !strchr(name.field->path, '['))
			fmr_select_scalar(compiler, scope, &source, name.field, purpose);
		else
			put_null(compiler);
		return true;
	case MEANS_ID: fmr_sql_put(compiler->sql, "%s.id", scope->alias); return true;
	case MEANS_PATH: fmr_sql_put(compiler->sql, "%s.path", scope->alias); return true;
	case MEANS_TITLE: fmr_sql_put(compiler->sql, "%s.title", scope->alias); return true;
	case MEANS_AGE: put_age(compiler, scope, purpose); return true;
	case MEANS_NEEDS: fmr_sql_put(compiler->sql, purpose == TO_SHOW ? "%s.id" : "NULL", scope->alias); return true;
	case MEANS_STATE: put_state(compiler, scope, purpose); return true;
	case MEANS_TYPE: fmr_sql_text(compiler->sql, scope->type->name); return true;
	case MEANS_COUNT: fmr_compile_count(compiler, scope, &name); return true;
	case MEANS_RECORDS: return put_linked(compiler, scope, &name, purpose);
	case MEANS_NOTHING:
	case MEANS_SEVERAL: break;
	}
	put_null(compiler);
	return false;
}

static bool put_named(struct compiler *compiler, const struct scope *scope, const char *text, enum purpose purpose)
{
	const struct name name = fmr_name_find(&compiler->types, scope->type, text, GRADE_LABEL, compiler->arena);
	return fmr_select_value(compiler, scope, &name, purpose);
}

/* ---- rows ---- */

struct plan {
	struct fmr_query *query;
	const struct fmr_query_select *select;
	bool *columns, *sort; /* known to some type */
};

static bool descends(const char *name)
{
	return name[0] == '-';
}

static void put_type(struct plan *plan, struct sql *sql, const struct fmr_type *type)
{
	struct compiler *compiler = &plan->query->compiler;
	const struct scope scope = { type, "r0" };
	compiler->sql = sql;
	fmr_sql_put(sql, "SELECT r0.key AS key, ");
	fmr_sql_text(sql, type->name);
	fmr_sql_put(sql, " AS type");
	for (size_t i = 0; i < plan->select->column_count; i++) {
		fmr_sql_put(sql, ", ");
		const struct name column = fmr_query_name(plan->query, type, plan->select->columns[i].name);
		plan->columns[i] = fmr_select_value(compiler, &scope, &column, TO_SHOW) || plan->columns[i];
		fmr_sql_put(sql, " AS c%zu", i);
	}
	for (size_t i = 0; plan->select->sort && plan->select->sort[i]; i++) {
		const char *name = plan->select->sort[i];
		fmr_sql_put(sql, ", ");
		const struct name order = fmr_query_name(plan->query, type, name + descends(name));
		plan->sort[i] = fmr_select_value(compiler, &scope, &order, TO_ORDER) || plan->sort[i];
		fmr_sql_put(sql, " AS s%zu", i);
	}
	fmr_sql_put(sql, ", r0.path AS path FROM ");
	fmr_sql_name(sql, "", type->name);
	fmr_sql_put(sql, " r0 WHERE ");
}

/* The conditions of all types together: an empty table when none can fit. */
static void put_types(struct plan *plan, struct sql *sql)
{
	size_t parts = 0;
	for (size_t i = 0; i < plan->query->asked_count; i++) {
		size_t length = sql->text.length, params = sql->params.count;
		fmr_sql_put(sql, parts ? " UNION ALL " : "");
		put_type(plan, sql, plan->query->asked[i]);
		enum truth truth = fmr_query_condition(plan->query, plan->query->asked[i], "r0", sql, false);
		if (truth == NEVER) {
			fmr_str_truncate(&sql->text, length);
			sql->params.count = params;
			continue;
		}
		fmr_sql_put(sql, truth == ALWAYS ? "1" : "");
		parts++;
	}
	if (parts)
		return;
	fmr_sql_put(sql, "SELECT NULL AS key, NULL AS type");
	for (size_t i = 0; i < plan->select->column_count; i++)
		fmr_sql_put(sql, ", NULL AS c%zu", i);
	for (size_t i = 0; plan->select->sort && plan->select->sort[i]; i++)
		fmr_sql_put(sql, ", NULL AS s%zu", i);
	fmr_sql_put(sql, ", NULL AS path WHERE 0");
}

static int check_names(const struct plan *plan, struct fmr_err *err)
{
	const struct fmr_query_select *select = plan->select;
	for (size_t i = 0; i < select->column_count; i++)
		if (!plan->columns[i])
			return fmr_query_no_field(plan->query, select->columns[i].name, err);
	for (size_t i = 0; select->sort && select->sort[i]; i++)
		if (!plan->sort[i])
			return fmr_query_no_field(plan->query, select->sort[i] + descends(select->sort[i]), err);
	return 0;
}

static void put_end(const struct fmr_query_select *select, struct sql *sql)
{
	fmr_sql_put(sql, " ORDER BY ");
	for (size_t i = 0; select->sort && select->sort[i]; i++)
		fmr_sql_put(sql, "s%zu%s NULLS LAST, ", i, descends(select->sort[i]) ? " DESC" : "");
	fmr_sql_put(sql, "path");
	if (select->limit > 0)
		fmr_sql_put(sql, " LIMIT %ld", select->limit);
}

static int compile_plain(struct fmr_query *query, const struct fmr_query_select *select, struct sql *sql,
	struct fmr_err *err)
{
	struct plan plan = { .query = query, .select = select };
	size_t sorted = 0;
	while (select->sort && select->sort[sorted])
		sorted++;
	plan.columns = fmr_arena_zero(&query->arena, select->column_count + 1, sizeof(bool));
	plan.sort = fmr_arena_zero(&query->arena, sorted + 1, sizeof(bool));
	put_types(&plan, sql);
	put_end(select, sql);
	return query->asked_count ? check_names(&plan, err) : 0;
}

static int compile(struct fmr_query *query, const struct fmr_query_select *select, struct sql *sql, struct fmr_err *err)
{
	return select->grouped || select->joined ? fmr_query_compile_joined(query, select, sql, err) :
						   compile_plain(query, select, sql, err);
}

int fmr_query_rows(struct fmr_query *query, struct fmr_index *index, const struct fmr_query_select *select,
	struct fmr_rows **out, struct fmr_err *err)
{
	struct sql sql;
	*out = NULL;
	fmr_sql_init(&sql);
	int result = fmr_query_find_words(query, index, err);
	if (!result)
		result = compile(query, select, &sql, err);
	if (result == FMR_ERR_INVALID && query->narrow) {
		fmr_sql_release(&sql);
		fmr_sql_init(&sql);
		result = fmr_query_widen(query, err);
		if (!result)
			result = compile(query, select, &sql, err);
	}
	if (!result)
		result = fmr_query_prepare(query, index, &sql, out, err);
	fmr_sql_release(&sql);
	return result;
}

/* ---- for those who print ---- */

static const struct fmr_field *field_of(struct fmr_query *query, const struct fmr_type *type, const struct name *name)
{
	if (name->meaning != MEANS_RECORDS || !name->rest)
		return name->meaning == MEANS_FIELD ? name->field : NULL;
	const struct fmr_type **targets = fmr_arena_zero(&query->arena, query->types.count + 1, sizeof(*targets));
	size_t count = fmr_name_targets(&query->types, type, &name->step, targets);
	const struct fmr_field *field = NULL;
	for (size_t i = 0; i < count && !field; i++) {
		const struct name rest = fmr_name_find(&query->types, targets[i], name->rest, GRADE_LABEL, &query->arena);
		field = field_of(query, targets[i], &rest);
	}
	return field;
}

const struct fmr_field *fmr_query_field(struct fmr_query *query, const struct fmr_type *type, const char *text)
{
	const struct name name = fmr_query_name(query, type, text);
	return field_of(query, type, &name);
}

bool fmr_query_is_own(struct fmr_query *query, const struct fmr_type *type, const char *text)
{
	return fmr_query_name(query, type, text).meaning == MEANS_FIELD;
}
