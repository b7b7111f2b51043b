/*
 * Joins and groups: a row for each item of a list and each linked record that a column leads to, and what is counted
 * and summed up of the rows that have the same values.
 */
#include "query/private.h"
#include "query/select.h"

#include "base/clock.h"
#include "base/i18n.h"

#include <string.h>

/* One more table beside the record's: columns that go the same way share it. */
struct way {
	const char *key, *alias;
};

struct rows {
	struct fmr_query *query;
	const struct fmr_query_select *select;
	const struct fmr_type *type;
	struct sql *sql;
	struct sql from;             /* the tables joined so far */
	FMR_VEC(struct way) ways;
};

static struct compiler *compiler_of(const struct rows *rows)
{
	return &rows->query->compiler;
}

/* ---- ways ---- */

static const char *find_way(const struct rows *rows, const char *key)
{
	for (size_t i = 0; i < rows->ways.count; i++)
		if (strcmp(rows->ways.items[i].key, key) == 0)
			return rows->ways.items[i].alias;
	return NULL;
}

static const char *add_way(struct rows *rows, const char *key)
{
	const char *alias = fmr_arena_format(&rows->query->arena, "j%zu", rows->ways.count + 1);
	FMR_VEC_PUSH(&rows->ways, ((struct way){ key, alias }));
	return alias;
}

/* The items of a list of the record at hand. */
static const char *way_to_items(struct rows *rows, const struct scope *scope, const char *list)
{
	struct fmr_arena *arena = &rows->query->arena;
	const char *key = fmr_arena_format(arena, "%s[%s", scope->alias, list), *alias = find_way(rows, key);
	if (alias)
		return alias;
	alias = add_way(rows, key);
	fmr_sql_put(&rows->from, " LEFT JOIN ");
	fmr_sql_name(&rows->from, "", fmr_compile_list_view(compiler_of(rows), scope->type, list));
	fmr_sql_put(&rows->from, " %s ON %s.key = %s.key", alias, alias, scope->alias);
	return alias;
}

static void put_ends(struct rows *rows, const struct step *step, bool backwards, const char *and)
{
	struct sql *from = &rows->from;
	fmr_sql_put(from, "SELECT %s AS near, %s AS far FROM link WHERE ", backwards ? "target" : "source",
		backwards ? "source" : "target");
	if (step->type) {
		fmr_sql_put(from, "%s_type = ", backwards ? "source" : "target");
		fmr_sql_text(from, step->type);
	} else {
		fmr_sql_put(from, backwards ? "inverse = " : "source_type = ");
		fmr_sql_text(from, backwards ? step->inverse : rows->type->name);
		if (!backwards) {
			fmr_sql_put(from, " AND field = ");
			fmr_sql_text(from, fmr_compile_path(compiler_of(rows), step->field->path));
		}
	}
	fmr_sql_put(from, "%s", and);
}

/* The ids of the records that a step leads to. */
static const char *way_to_records(struct rows *rows, const char *near, const struct step *step)
{
	struct fmr_arena *arena = &rows->query->arena;
	const char *key = fmr_arena_format(arena, "%s|%s|%s|%s", near, step->field ? step->field->path : "",
		step->inverse ? step->inverse : "", step->type ? step->type : "");
	const char *alias = find_way(rows, key);
	if (alias)
		return alias;
	alias = add_way(rows, key);
	bool forwards = step->type || step->field, backwards = step->type || step->inverse;
	fmr_sql_put(&rows->from, " LEFT JOIN (");
	if (forwards)
		put_ends(rows, step, false, backwards ? " UNION " : "");
	if (backwards)
		put_ends(rows, step, true, "");
	fmr_sql_put(&rows->from, " GROUP BY near, far) %s ON %s.near = %s", alias, alias, near);
	return alias;
}

/* ---- values ---- */

static bool put_each(struct rows *rows, const struct scope *scope, const char *near, const char *text,
	enum purpose purpose);

/* Of the record with the id `far`: of whichever type it is. */
static bool put_far(struct rows *rows, const struct scope *scope, const struct name *name, const char *far,
	enum purpose purpose)
{
	struct compiler *compiler = compiler_of(rows);
	const struct fmr_type **targets = fmr_arena_zero(compiler->arena, compiler->types.count + 1, sizeof(*targets));
	size_t count = fmr_name_targets(&compiler->types, scope->type, &name->step, targets);
	bool known = false;
	fmr_sql_put(rows->sql, "coalesce(NULL");
	for (size_t i = 0; i < count; i++) {
		const struct scope there = { targets[i], fmr_arena_format(compiler->arena, "x%d", ++compiler->aliases) };
		fmr_sql_put(rows->sql, ", (SELECT ");
		known = put_each(rows, &there, far, name->rest ? name->rest : "id", purpose) || known;
		fmr_sql_put(rows->sql, " FROM ");
		fmr_sql_name(rows->sql, "", there.type->name);
		fmr_sql_put(rows->sql, " %s WHERE %s.id = %s)", there.alias, there.alias, far);
	}
	fmr_sql_put(rows->sql, count == 0 ? ", NULL)" : ")");
	return known;
}

static const char *list_around(const struct rows *rows, const struct fmr_field *field)
{
	const char *last = NULL;
	for (const char *at = strstr(field->path, "[]"); at; at = strstr(at + 2, "[]"))
		last = at;
	if (last)
		return fmr_arena_strndup(&rows->query->arena, field->path, (size_t)(last - field->path));
	return field->kind == FMR_FIELD_LIST && field->child_count ? field->path : NULL;
}

/* found_on.month, .quarter: periods, as the query language reads them back. */
static const char *const parts[] = { "year", "month", "day", "fy", "quarter" };

static bool put_part(struct rows *rows, const struct scope *scope, const char *text)
{
	const char *dot = strrchr(text, '.');
	size_t part = 0;
	while (dot && part < 5 && strcmp(parts[part], dot + 1) != 0)
		part++;
	if (!dot || part == 5)
		return false;
	struct compiler *compiler = compiler_of(rows);
	const struct name name = fmr_name_find(&compiler->types, scope->type,
		fmr_arena_strndup(compiler->arena, text, (size_t)(dot - text)), GRADE_LABEL, compiler->arena);
	if (name.meaning != MEANS_FIELD || strchr(name.field->path, '[') ||
		(name.field->kind != FMR_FIELD_TIME && name.field->kind != FMR_FIELD_DATE))
		return false;
	struct sql column;
	fmr_sql_init(&column);
	fmr_sql_name(&column, scope->alias, name.field->path);
	const char *c = column.text.bytes;
	if (part < 3) {
		static const char *const formats[] = { "%Y", "%Y-%m", "%Y-%m-%d" };
		int offset = 0, lengths[] = { 4, 7, 10 };
		fmr_zone_offset(compiler->calendar.zone, fmr_clock_now(), &offset);
		fmr_sql_put(rows->sql, "CASE WHEN instant(%s) IS NULL THEN NULL WHEN length(%s) = 10 THEN substr(%s, 1, %d) ELSE "
			"strftime('%s', instant(%s) + %d, 'unixepoch') END", c, c, c, lengths[part], formats[part], c, offset * 60);
	} else if (part == 3) {
		fmr_sql_put(rows->sql, "'fy' || fiscal_year(%s)", c);
	} else {
		fmr_sql_put(rows->sql, "'fy' || fiscal_year(%s) || 'q' || fiscal_quarter(%s)", c, c);
	}
	fmr_sql_release(&column);
	return true;
}

/* near: SQL of the id of the record whose value it is. */
static bool put_each(struct rows *rows, const struct scope *scope, const char *near, const char *text,
	enum purpose purpose)
{
	struct compiler *compiler = compiler_of(rows);
	compiler->sql = rows->sql;
	bool outermost = scope->type == rows->type && strcmp(scope->alias, "r0") == 0;
	if (put_part(rows, scope, text))
		return true;
	const struct name name = outermost ? fmr_query_name(rows->query, scope->type, text) :
					     fmr_name_find(&compiler->types, scope->type, text, GRADE_LABEL, compiler->arena);
	if (name.meaning == MEANS_RECORDS) {
		const char *far;
		if (!name.step.inverse && name.step.field && !strchr(name.step.field->path, '[')) {
			struct sql column;
			fmr_sql_init(&column);
			fmr_sql_name(&column, scope->alias, name.step.field->path);
			far = fmr_arena_strdup(compiler->arena, column.text.bytes);
			fmr_sql_release(&column);
		} else {
			if (!outermost) /* a join inside a value of another record: all in one cell */
				return fmr_select_value(compiler, scope, &name, purpose);
			far = fmr_arena_format(compiler->arena, "%s.far", way_to_records(rows, near, &name.step));
		}
		return put_far(rows, scope, &name, far, purpose);
	}
	const char *list = name.meaning == MEANS_FIELD ? list_around(rows, name.field) : NULL;
	if (!list || !outermost)
		return fmr_select_value(compiler, scope, &name, purpose);
	const struct fmr_field *item = name.field->kind == FMR_FIELD_LIST ? &name.field->children[0] : name.field;
	const struct source source = { way_to_items(rows, scope, list), strlen(list) + strlen("[].") };
	if (item->kind == FMR_FIELD_MAP || item->kind == FMR_FIELD_LIST)
		fmr_sql_put(rows->sql, "NULL");
	else
		fmr_select_scalar(compiler, scope, &source, item, purpose);
	return true;
}

/* ---- the rows of one type ---- */

static bool descends(const char *name)
{
	return name[0] == '-';
}

/* Least and greatest go by order, and are shown as they are written: both in one text. */
enum { ORDER_WIDTH = 21 };

static void put_value(struct rows *rows, const struct fmr_query_column *column, const struct scope *scope, bool *known)
{
	if (!column->name) {
		fmr_sql_put(rows->sql, "1");
		*known = true;
		return;
	}
	bool extreme = column->function == FMR_FUNCTION_LEAST || column->function == FMR_FUNCTION_GREATEST;
	const struct fmr_field *field = fmr_query_field(rows->query, scope->type, column->name);
	bool ordered = extreme && field && field->kind != FMR_FIELD_NUMBER && field->kind != FMR_FIELD_BOOL;
	if (ordered) {
		fmr_sql_put(rows->sql, "printf('%%020.3f|', ifnull(");
		if (field->kind == FMR_FIELD_TIME || field->kind == FMR_FIELD_DATE || field->kind == FMR_FIELD_CHOICE ||
			field->values_from)
			put_each(rows, scope, "r0.id", column->name, TO_ORDER);
		else
			fmr_sql_put(rows->sql, "0");
		fmr_sql_put(rows->sql, ", 0) + 1e11) || ");
	}
	*known = put_each(rows, scope, "r0.id", column->name, TO_SHOW) || *known;
}

static size_t sort_count(const struct fmr_query_select *select)
{
	size_t count = 0;
	while (select->sort && select->sort[count])
		count++;
	return count;
}

/* Of a group the columns are what rows are sorted by; otherwise any name. */
static void put_type(struct rows *rows, bool *columns, bool *sort)
{
	const struct fmr_query_select *select = rows->select;
	const struct scope scope = { rows->type, "r0" };
	fmr_sql_init(&rows->from);
	fmr_sql_put(rows->sql, "SELECT r0.key AS key, ");
	fmr_sql_text(rows->sql, rows->type->name);
	fmr_sql_put(rows->sql, " AS type");
	for (size_t i = 0; i < select->column_count; i++) {
		fmr_sql_put(rows->sql, ", ");
		put_value(rows, &select->columns[i], &scope, &columns[i]);
		fmr_sql_put(rows->sql, " AS c%zu", i);
		if (!select->grouped || select->columns[i].function)
			continue;
		fmr_sql_put(rows->sql, ", ");
		put_each(rows, &scope, "r0.id", select->columns[i].name, TO_ORDER);
		fmr_sql_put(rows->sql, " AS o%zu", i);
	}
	for (size_t i = 0; !select->grouped && i < sort_count(select); i++) {
		fmr_sql_put(rows->sql, ", ");
		sort[i] = put_each(rows, &scope, "r0.id", select->sort[i] + descends(select->sort[i]), TO_ORDER) || sort[i];
		fmr_sql_put(rows->sql, " AS s%zu", i);
	}
	fmr_sql_put(rows->sql, ", r0.path AS path FROM ");
	fmr_sql_name(rows->sql, "", rows->type->name);
	fmr_sql_put(rows->sql, " r0%s WHERE ", rows->from.text.bytes);
	for (size_t i = 0; i < rows->from.params.count; i++)
		FMR_VEC_PUSH(&rows->sql->params, rows->from.params.items[i]);
	fmr_sql_release(&rows->from);
	FMR_VEC_RELEASE(&rows->ways);
}

static size_t put_types(struct fmr_query *query, const struct fmr_query_select *select, struct sql *sql, bool *columns,
	bool *sort)
{
	size_t parts_put = 0;
	for (size_t i = 0; i < query->asked_count; i++) {
		struct rows rows = { .query = query, .select = select, .type = query->asked[i], .sql = sql };
		size_t length = sql->text.length, params = sql->params.count;
		fmr_sql_put(sql, parts_put ? " UNION ALL " : "");
		put_type(&rows, columns, sort);
		enum truth truth = fmr_query_condition(query, query->asked[i], "r0", sql, false);
		if (truth == NEVER) {
			fmr_str_truncate(&sql->text, length);
			sql->params.count = params;
			continue;
		}
		fmr_sql_put(sql, truth == ALWAYS ? "1" : "");
		parts_put++;
	}
	return parts_put;
}

/* ---- groups ---- */

static bool is_ordered(struct fmr_query *query, const char *name)
{
	for (size_t i = 0; i < query->asked_count; i++) {
		const struct fmr_field *field = fmr_query_field(query, query->asked[i], name);
		if (field)
			return field->kind != FMR_FIELD_NUMBER && field->kind != FMR_FIELD_BOOL;
	}
	return false;
}

static void put_function(struct fmr_query *query, const struct fmr_query_column *column, size_t i, struct sql *sql)
{
	switch (column->function) {
	case FMR_FUNCTION_COUNT:
		if (column->name)
			fmr_sql_put(sql, "count(c%zu)", i);
		else /* joins repeat a record */
			fmr_sql_put(sql, "count(DISTINCT key)");
		break;
	case FMR_FUNCTION_SUM: fmr_sql_put(sql, "sum(CASE typeof(c%zu) WHEN 'text' THEN NULL ELSE c%zu END)", i, i); break;
	case FMR_FUNCTION_AVERAGE: fmr_sql_put(sql, "avg(CASE typeof(c%zu) WHEN 'text' THEN NULL ELSE c%zu END)", i, i); break;
	case FMR_FUNCTION_LEAST:
	case FMR_FUNCTION_GREATEST: {
		const char *function = column->function == FMR_FUNCTION_LEAST ? "min" : "max";
		if (is_ordered(query, column->name))
			fmr_sql_put(sql, "substr(%s(c%zu), %d)", function, i, ORDER_WIDTH + 1);
		else
			fmr_sql_put(sql, "%s(c%zu)", function, i);
		break;
	}
	case FMR_FUNCTION_NONE: fmr_sql_put(sql, "c%zu", i); break;
	}
}

/* Which column a name to sort by stands for: "count", "sum(impact.users)", "severity"; or -1. */
static long column_called(const struct fmr_query_select *select, const char *const *titles, const char *name)
{
	for (size_t i = 0; i < select->column_count; i++)
		if (strcmp(titles[i], name) == 0)
			return (long)i;
	return -1;
}

static int put_group_order(const struct fmr_query_select *select, const char *const *titles, struct sql *sql,
	struct fmr_err *err)
{
	fmr_sql_put(sql, " ORDER BY ");
	for (size_t i = 0; i < sort_count(select); i++) {
		const char *name = select->sort[i] + descends(select->sort[i]);
		long column = column_called(select, titles, name);
		if (column < 0) {
			fmr_err_set(err, FMR_ERR_INVALID, _("no column of the table is called '%s'"), name);
			return FMR_ERR_INVALID;
		}
		if (select->columns[column].function)
			fmr_sql_put(sql, "%ld", column + 3);
		else
			fmr_sql_put(sql, "min(o%ld)", column);
		fmr_sql_put(sql, "%s NULLS LAST, ", descends(select->sort[i]) ? " DESC" : "");
	}
	for (size_t i = 0; i < select->column_count; i++)
		if (!select->columns[i].function)
			fmr_sql_put(sql, "min(o%zu) NULLS LAST, ", i);
	fmr_sql_put(sql, "1");
	return 0;
}

static void wrap_groups(struct fmr_query *query, const struct fmr_query_select *select, const struct sql *inner,
	struct sql *sql)
{
	bool any = false;
	fmr_sql_put(sql, "SELECT NULL AS key, NULL AS type");
	for (size_t i = 0; i < select->column_count; i++) {
		fmr_sql_put(sql, ", ");
		put_function(query, &select->columns[i], i, sql);
	}
	fmr_sql_put(sql, " FROM (%s)", inner->text.bytes);
	for (size_t i = 0; i < inner->params.count; i++)
		FMR_VEC_PUSH(&sql->params, inner->params.items[i]);
	for (size_t i = 0; i < select->column_count; i++) {
		if (select->columns[i].function)
			continue;
		fmr_sql_put(sql, "%sc%zu", any ? ", " : " GROUP BY ", i);
		any = true;
	}
}

/* ---- all together ---- */

static int check_names(struct fmr_query *query, const struct fmr_query_select *select, const bool *columns,
	const bool *sort, struct fmr_err *err)
{
	for (size_t i = 0; i < select->column_count; i++)
		if (!columns[i])
			return fmr_query_no_field(query, select->columns[i].name, err);
	for (size_t i = 0; !select->grouped && i < sort_count(select); i++)
		if (!sort[i])
			return fmr_query_no_field(query, select->sort[i] + descends(select->sort[i]), err);
	return 0;
}

static bool is_number(const struct fmr_field *field)
{
	while (field->kind == FMR_FIELD_LIST && field->child_count)
		field = &field->children[0];
	return field->kind == FMR_FIELD_NUMBER || field->kind == FMR_FIELD_BOOL;
}

/* Sums and means are of numbers: some type that is asked for must have one of this name, or a count of records. */
static int check_sums(struct fmr_query *query, const struct fmr_query_select *select, struct fmr_err *err)
{
	for (size_t i = 0; i < select->column_count; i++) {
		const struct fmr_query_column *column = &select->columns[i];
		bool named = false, number = false;
		if (column->function != FMR_FUNCTION_SUM && column->function != FMR_FUNCTION_AVERAGE)
			continue;
		for (size_t j = 0; j < query->asked_count; j++) {
			const struct fmr_field *field = fmr_query_field(query, query->asked[j], column->name);
			named = named || field;
			number = number || (field && is_number(field));
		}
		if (named && !number)
			return fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is no number: it has neither a sum nor a mean"), column->name);
	}
	return 0;
}

static void put_nothing(const struct fmr_query_select *select, struct sql *sql)
{
	fmr_sql_put(sql, "SELECT NULL AS key, NULL AS type");
	for (size_t i = 0; i < select->column_count; i++)
		fmr_sql_put(sql, ", NULL AS c%zu, NULL AS o%zu", i, i);
	for (size_t i = 0; i < sort_count(select); i++)
		fmr_sql_put(sql, ", NULL AS s%zu", i);
	fmr_sql_put(sql, ", NULL AS path WHERE 0");
}

int fmr_query_compile_joined(struct fmr_query *query, const struct fmr_query_select *select, struct sql *sql,
	struct fmr_err *err)
{
	bool *columns = fmr_arena_zero(&query->arena, select->column_count + 1, sizeof(bool));
	bool *sort = fmr_arena_zero(&query->arena, sort_count(select) + 1, sizeof(bool));
	struct sql inner;
	fmr_sql_init(&inner);
	bool any = put_types(query, select, &inner, columns, sort) > 0;
	if (!any)
		put_nothing(select, &inner);
	int result = query->asked_count ? check_names(query, select, columns, sort, err) : 0;
	if (!result)
		result = check_sums(query, select, err);
	if (!result && select->grouped) {
		wrap_groups(query, select, &inner, sql);
		result = put_group_order(select, select->titles, sql, err);
	} else if (!result) {
		fmr_sql_put(sql, "%s ORDER BY ", inner.text.bytes);
		for (size_t i = 0; i < inner.params.count; i++)
			FMR_VEC_PUSH(&sql->params, inner.params.items[i]);
		for (size_t i = 0; i < sort_count(select); i++)
			fmr_sql_put(sql, "s%zu%s NULLS LAST, ", i, descends(select->sort[i]) ? " DESC" : "");
		fmr_sql_put(sql, "path");
	}
	if (select->limit > 0)
		fmr_sql_put(sql, " LIMIT %ld", select->limit);
	fmr_sql_release(&inner);
	return result;
}
