#include "query/compile.h"

#include "base/i18n.h"
#include "index/index.h"
#include "query/value.h"

#include <stdarg.h>
#include <string.h>

/* ---- SQL ---- */

void fmr_sql_init(struct sql *sql)
{
	*sql = (struct sql){ 0 };
	fmr_str_init(&sql->text);
}

void fmr_sql_release(struct sql *sql)
{
	fmr_str_release(&sql->text);
	FMR_VEC_RELEASE(&sql->params);
}

void fmr_sql_put(struct sql *sql, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fmr_str_vprintf(&sql->text, format, args);
	va_end(args);
}

void fmr_sql_name(struct sql *sql, const char *alias, const char *name)
{
	fmr_str_printf(&sql->text, "%s%s\"", alias, *alias ? "." : "");
	for (; *name; name++) {
		if (*name == '"')
			fmr_str_putc(&sql->text, '"');
		fmr_str_putc(&sql->text, *name);
	}
	fmr_str_putc(&sql->text, '"');
}

void fmr_sql_text(struct sql *sql, const char *text)
{
	fmr_str_putc(&sql->text, '?');
	FMR_VEC_PUSH(&sql->params, ((struct param){ .kind = PARAM_TEXT, .text = text }));
}

void fmr_sql_integer(struct sql *sql, int64_t integer)
{
	fmr_str_putc(&sql->text, '?');
	FMR_VEC_PUSH(&sql->params, ((struct param){ .kind = PARAM_INTEGER, .integer = integer }));
}

/* ---- joining conditions, and leaving out what is known before ---- */

struct mark {
	size_t length, params;
};

static struct mark mark(const struct compiler *compiler)
{
	return (struct mark){ compiler->sql->text.length, compiler->sql->params.count };
}

static void rewind_to(struct compiler *compiler, struct mark to)
{
	fmr_str_truncate(&compiler->sql->text, to.length);
	compiler->sql->params.count = to.params;
}

struct joint {
	struct mark start, before; /* of all, of the last part */
	bool all;                  /* AND, else OR */
	bool decided;              /* a part decides alone */
	size_t parts;
};

static struct joint join(struct compiler *compiler, bool all)
{
	struct joint joint = { .start = mark(compiler), .all = all };
	joint.before = joint.start;
	fmr_sql_put(compiler->sql, "(");
	return joint;
}

static void join_next(struct compiler *compiler, struct joint *joint)
{
	joint->before = mark(compiler);
	if (joint->parts)
		fmr_sql_put(compiler->sql, joint->all ? " AND " : " OR ");
}

static void join_part(struct compiler *compiler, struct joint *joint, enum truth truth)
{
	if (truth == MAYBE) {
		joint->parts++;
		return;
	}
	rewind_to(compiler, joint->before);
	joint->decided = joint->decided || truth == (joint->all ? NEVER : ALWAYS);
}

static enum truth join_end(struct compiler *compiler, struct joint *joint)
{
	if (!joint->decided && joint->parts) {
		fmr_sql_put(compiler->sql, ")");
		return MAYBE;
	}
	rewind_to(compiler, joint->start);
	return joint->decided == joint->all ? NEVER : ALWAYS;
}

/* What SQL does not know counts as not so. */
static struct mark begin_not(struct compiler *compiler)
{
	struct mark start = mark(compiler);
	fmr_sql_put(compiler->sql, "NOT ifnull(");
	return start;
}

static enum truth end_not(struct compiler *compiler, struct mark start, enum truth truth)
{
	if (truth == MAYBE) {
		fmr_sql_put(compiler->sql, ", 0)");
		return MAYBE;
	}
	rewind_to(compiler, start);
	return truth == NEVER ? ALWAYS : NEVER;
}

/* ---- where things are ---- */

static const char *column_of(struct compiler *compiler, const struct source *source, const struct fmr_field *field)
{
	struct sql name;
	fmr_sql_init(&name);
	const char *path = strlen(field->path) > source->skip ? field->path + source->skip : "";
	fmr_sql_name(&name, source->alias, source->skip ? fmr_list_column(path) : path);
	const char *kept = fmr_arena_strndup(compiler->arena, name.text.bytes, name.text.length);
	fmr_sql_release(&name);
	return kept;
}

void fmr_compile_column(struct compiler *compiler, const struct source *source, const struct fmr_field *field)
{
	fmr_sql_put(compiler->sql, "%s", column_of(compiler, source, field));
}

static const char *new_alias(struct compiler *compiler)
{
	return fmr_arena_format(compiler->arena, "r%d", ++compiler->aliases);
}

/* "timeline" of "timeline[].at", "a[].b" of "a[].b[]"; NULL of a path outside lists. */
static const char *list_around(struct compiler *compiler, const char *path)
{
	const char *last = NULL;
	for (const char *at = strstr(path, "[]"); at; at = strstr(at + 2, "[]"))
		last = at;
	return last ? fmr_arena_strndup(compiler->arena, path, (size_t)(last - path)) : NULL;
}

/* A list that holds a list of its own name and kind is a tree, and who asks for a field of it means every level:
 * "a[].a[].b" of "a[].b", as far down as there are tables; NULL when there is no level below. */
static const char *level_below(struct compiler *compiler, const struct fmr_type *type, const char *path)
{
	for (const char *end = strstr(path, "[]."); end; end = strstr(end + 3, "[].")) {
		const char *start = end;
		while (start > path && start[-1] != '.')
			start--;
		const char *below = fmr_arena_format(compiler->arena, "%.*s%.*s%s", (int)(end + 3 - path), path,
			(int)(end + 3 - start), start, end + 3);
		const char *list = list_around(compiler, below);
		const struct fmr_field *found = fmr_type_field(type, list);
		if (found && strcmp(found->path, list) == 0 && fmr_type_field(type, below))
			return below;
	}
	return NULL;
}

const char *fmr_compile_list_view(struct compiler *compiler, const struct fmr_type *type, const char *path)
{
	struct fmr_str name;
	fmr_str_init(&name);
	fmr_str_printf(&name, "%s_", type->name);
	for (; *path; path++)
		if (*path != '[' && *path != ']')
			fmr_str_putc(&name, *path == '.' ? '_' : *path);
	const char *kept = fmr_arena_strndup(compiler->arena, name.bytes, name.length);
	fmr_str_release(&name);
	return kept;
}

static struct source from_list(struct compiler *compiler, const struct scope *scope, const char *list)
{
	struct source source = { .alias = new_alias(compiler), .skip = strlen(list) + strlen("[].") };
	fmr_sql_put(compiler->sql, " FROM ");
	fmr_sql_name(compiler->sql, "", fmr_compile_list_view(compiler, scope->type, list));
	fmr_sql_put(compiler->sql, " %s WHERE %s.key = %s.key", source.alias, source.alias, scope->alias);
	return source;
}

struct source fmr_compile_list(struct compiler *compiler, const struct scope *scope, const struct fmr_field *list)
{
	return from_list(compiler, scope, list->path);
}

/* ---- conditions on a field: of itself, of all that is in it ---- */

struct test {
	enum operator op; /* OP_HAS: is anything there? */
	const struct operand *operand;
};

static enum truth put_in(struct compiler *compiler, const struct scope *scope, const struct source *source,
	const struct fmr_field *field, const struct test *test);

static enum truth put_scalar(struct compiler *compiler, const struct source *source, const struct fmr_field *field,
	const struct test *test)
{
	const char *column = column_of(compiler, source, field);
	if (test->op != OP_HAS)
		return fmr_value_compile(compiler, field, column, test->op, test->operand);
	fmr_sql_put(compiler->sql, "%s IS NOT NULL", column);
	return MAYBE;
}

/* In a group of fields texts and names are looked for. */
static enum truth put_in_map(struct compiler *compiler, const struct scope *scope, const struct source *source,
	const struct fmr_field *map, const struct test *test)
{
	if (test->op != OP_HAS && test->op != OP_FITS)
		return fmr_value_refuse(compiler, test->operand, NULL, _("'%s' is a group of fields, and has no order"), map->path);
	struct joint joint = join(compiler, false);
	for (size_t i = 0; i < map->child_count; i++) {
		const struct fmr_field *child = &map->children[i];
		bool holds_text = child->kind == FMR_FIELD_TEXT || child->kind == FMR_FIELD_LINK ||
			child->kind == FMR_FIELD_MAP || child->kind == FMR_FIELD_LIST;
		if (test->op != OP_HAS && !holds_text)
			continue;
		join_next(compiler, &joint);
		join_part(compiler, &joint, put_in(compiler, scope, source, child, test));
	}
	return join_end(compiler, &joint);
}

static enum truth put_in_list(struct compiler *compiler, const struct scope *scope, const struct fmr_field *list,
	const struct test *test)
{
	if (!list->child_count)
		return NEVER;
	fmr_sql_put(compiler->sql, "EXISTS (SELECT 1");
	const struct source source = fmr_compile_list(compiler, scope, list);
	enum truth truth = ALWAYS;
	if (test->op != OP_HAS) {
		fmr_sql_put(compiler->sql, " AND ");
		truth = put_in(compiler, scope, &source, &list->children[0], test);
	}
	fmr_sql_put(compiler->sql, ")");
	return truth == NEVER ? NEVER : MAYBE;
}

static enum truth put_in(struct compiler *compiler, const struct scope *scope, const struct source *source,
	const struct fmr_field *field, const struct test *test)
{
	if (field->kind == FMR_FIELD_MAP)
		return put_in_map(compiler, scope, source, field, test);
	if (field->kind == FMR_FIELD_LIST)
		return put_in_list(compiler, scope, field, test);
	return put_scalar(compiler, source, field, test);
}

/* A symmetric link is as good from the other end. */
static enum truth put_other_end(struct compiler *compiler, const struct scope *scope, const struct fmr_field *field,
	const struct test *test)
{
	if (!fmr_link_is_symmetric(field))
		return NEVER;
	const char *inverse = field->link->inverse;
	const char *link = new_alias(compiler), *source = fmr_arena_format(compiler->arena, "%s.source", link);
	fmr_sql_put(compiler->sql, "EXISTS (SELECT 1 FROM link %s WHERE %s.target = %s.id AND %s.inverse = ", link, link,
		scope->alias, link);
	fmr_sql_text(compiler->sql, inverse);
	enum truth truth = ALWAYS;
	if (test->op != OP_HAS) {
		fmr_sql_put(compiler->sql, " AND ");
		truth = fmr_value_id(compiler, field->link->to, source, true, test->op, test->operand);
	}
	fmr_sql_put(compiler->sql, ")");
	return truth == NEVER ? NEVER : MAYBE;
}

/* In the items of the list around the path, which may be a level below the field's own. */
static enum truth put_in_items(struct compiler *compiler, const struct scope *scope, const char *path,
	const struct test *test)
{
	const struct fmr_field *field = fmr_type_field(scope->type, path);
	fmr_sql_put(compiler->sql, "EXISTS (SELECT 1");
	struct source source = from_list(compiler, scope, list_around(compiler, path));
	source.skip = strlen(list_around(compiler, field->path)) + strlen("[].");
	fmr_sql_put(compiler->sql, " AND ");
	enum truth truth = put_in(compiler, scope, &source, field, test);
	fmr_sql_put(compiler->sql, ")");
	return truth;
}

static enum truth put_field(struct compiler *compiler, const struct scope *scope, const struct fmr_field *field,
	const struct test *test)
{
	struct joint joint = join(compiler, false);
	for (const char *path = field->path; path; path = level_below(compiler, scope->type, path)) {
		const struct source source = { .alias = scope->alias };
		join_next(compiler, &joint);
		join_part(compiler, &joint,
			strchr(path, '[') ? put_in_items(compiler, scope, path, test) :
					    put_in(compiler, scope, &source, field, test));
	}
	const struct fmr_field *item = field->kind == FMR_FIELD_LIST && field->child_count ? &field->children[0] : field;
	if (item->link) {
		join_next(compiler, &joint);
		join_part(compiler, &joint, put_other_end(compiler, scope, item, test));
	}
	return join_end(compiler, &joint);
}

/* ---- linked records ---- */

static bool leads_to(const struct fmr_field *link, const struct fmr_type *target)
{
	for (const char *const *to = link->link->to; *to; to++)
		if (strcmp(*to, target->name) == 0)
			return true;
	return false;
}

bool fmr_step_goes(const struct compiler *compiler, const struct scope *scope, const struct step *step,
	const struct fmr_type *target, bool backwards)
{
	(void)compiler, (void)scope;
	if (step->type)
		return true;
	return backwards ? step->inverse != NULL : step->field && leads_to(step->field, target);
}

const char *fmr_compile_path(struct compiler *compiler, const char *with_brackets)
{
	struct fmr_str path;
	fmr_str_init(&path);
	for (const char *p = with_brackets; *p; p++)
		if (*p != '[' && *p != ']')
			fmr_str_putc(&path, *p);
	const char *kept = fmr_arena_strndup(compiler->arena, path.bytes, path.length);
	fmr_str_release(&path);
	return kept;
}

/* "l.target = r0.id AND l.inverse = ?": the links that make up a step. */
static void put_links(struct compiler *compiler, const struct scope *scope, const struct step *step, const char *link,
	bool backwards)
{
	fmr_sql_put(compiler->sql, "%s.%s = %s.id", link, backwards ? "target" : "source", scope->alias);
	if (backwards && step->inverse) {
		fmr_sql_put(compiler->sql, " AND %s.inverse = ", link);
		fmr_sql_text(compiler->sql, step->inverse);
	} else if (!backwards && step->field) {
		const char *path = step->field->path;
		fmr_sql_put(compiler->sql, " AND %s.field IN (", link);
		fmr_sql_text(compiler->sql, fmr_compile_path(compiler, path));
		while ((path = level_below(compiler, scope->type, path))) {
			fmr_sql_put(compiler->sql, ", ");
			fmr_sql_text(compiler->sql, fmr_compile_path(compiler, path));
		}
		fmr_sql_put(compiler->sql, ")");
	}
}

const char *fmr_compile_step(struct compiler *compiler, const struct scope *scope, const struct step *step,
	const struct fmr_type *target, bool backwards)
{
	const char *alias = new_alias(compiler);
	fmr_sql_put(compiler->sql, " FROM ");
	if (!backwards && step->field && !strchr(step->field->path, '[')) { /* its column tells, without the links */
		fmr_sql_name(compiler->sql, "", target->name);
		fmr_sql_put(compiler->sql, " %s WHERE %s.id = ", alias, alias);
		fmr_sql_name(compiler->sql, scope->alias, step->field->path);
		return alias;
	}
	const char *link = new_alias(compiler);
	fmr_sql_put(compiler->sql, "link %s JOIN ", link);
	fmr_sql_name(compiler->sql, "", target->name);
	fmr_sql_put(compiler->sql, " %s ON %s.id = %s.%s WHERE ", alias, alias, link, backwards ? "source" : "target");
	put_links(compiler, scope, step, link, backwards);
	return alias;
}

struct ask { /* a term, or what remains of it behind a link */
	const struct term *term;
	const char *text;   /* of the name */
	enum operator op;
	enum grade grade;   /* of the way up to here */
};

static enum truth put_term(struct compiler *compiler, const struct scope *scope, const struct ask *ask);

/* Of one of the records there all must be so that the rest of the name asks for. */
static enum truth put_through(struct compiler *compiler, const struct scope *scope, const struct name *name,
	const struct ask *ask)
{
	const struct ask rest = { ask->term, name->rest, ask->op, name->grade < ask->grade ? name->grade : ask->grade };
	const struct fmr_type **targets =
		fmr_arena_zero(compiler->arena, compiler->types.count + 1, sizeof(*targets));
	size_t count = fmr_name_targets(&compiler->types, scope->type, &name->step, targets);
	struct joint joint = join(compiler, false);
	for (size_t i = 0; i < 2 * count; i++) {
		if (!fmr_step_goes(compiler, scope, &name->step, targets[i / 2], i % 2))
			continue;
		join_next(compiler, &joint);
		fmr_sql_put(compiler->sql, "EXISTS (SELECT 1");
		const struct scope there = { targets[i / 2],
			fmr_compile_step(compiler, scope, &name->step, targets[i / 2], i % 2) };
		fmr_sql_put(compiler->sql, " AND ");
		struct mark before = mark(compiler);
		enum truth truth = put_term(compiler, &there, &rest);
		if (truth == ALWAYS) {
			rewind_to(compiler, before);
			fmr_sql_put(compiler->sql, "1");
			truth = MAYBE;
		}
		fmr_sql_put(compiler->sql, ")");
		join_part(compiler, &joint, truth);
	}
	return join_end(compiler, &joint);
}

/* Is there such a link, wherever it leads? */
static enum truth put_linked(struct compiler *compiler, const struct scope *scope, const struct step *step)
{
	struct joint joint = join(compiler, false);
	for (int backwards = 0; backwards < 2; backwards++) {
		if (!step->type && !(backwards ? step->inverse != NULL : step->field != NULL))
			continue;
		const char *link = new_alias(compiler);
		join_next(compiler, &joint);
		fmr_sql_put(compiler->sql, "EXISTS (SELECT 1 FROM link %s WHERE ", link);
		put_links(compiler, scope, step, link, backwards);
		if (step->type) {
			fmr_sql_put(compiler->sql, " AND %s.%s_type = ", link, backwards ? "source" : "target");
			fmr_sql_text(compiler->sql, step->type);
		}
		fmr_sql_put(compiler->sql, ")");
		join_part(compiler, &joint, MAYBE);
	}
	return join_end(compiler, &joint);
}

static void put_step_count(struct compiler *compiler, const struct scope *scope, const struct step *step)
{
	int parts = 0;
	fmr_sql_put(compiler->sql, "(SELECT count(DISTINCT other) FROM (");
	for (int backwards = 0; backwards < 2; backwards++) {
		if (!step->type && !(backwards ? step->inverse != NULL : step->field != NULL))
			continue;
		const char *link = new_alias(compiler);
		fmr_sql_put(compiler->sql, "%sSELECT %s.%s AS other FROM link %s WHERE ", parts++ ? " UNION ALL " : "", link,
			backwards ? "source" : "target", link);
		put_links(compiler, scope, step, link, backwards);
		if (step->type) {
			fmr_sql_put(compiler->sql, " AND %s.%s_type = ", link, backwards ? "source" : "target");
			fmr_sql_text(compiler->sql, step->type);
		}
	}
	fmr_sql_put(compiler->sql, "))");
}

void fmr_compile_count(struct compiler *compiler, const struct scope *scope, const struct name *name)
{
	if (!name->field) {
		put_step_count(compiler, scope, &name->step);
		return;
	}
	fmr_sql_put(compiler->sql, "(0");
	for (const char *path = name->field->path; path; path = level_below(compiler, scope->type, path)) {
		const struct fmr_field *list = fmr_type_field(scope->type, path);
		if (strcmp(list->path, path) != 0) /* so deep that there is no table */
			break;
		fmr_sql_put(compiler->sql, " + (SELECT count(*)");
		fmr_compile_list(compiler, scope, list);
		fmr_sql_put(compiler->sql, ")");
	}
	fmr_sql_put(compiler->sql, ")");
}

/* The expression is written once for each comparison: its parameters go with it. */
static enum truth put_count(struct compiler *compiler, const struct scope *scope, const struct name *name,
	const struct test *test)
{
	fmr_sql_put(compiler->sql, "EXISTS (SELECT 1 FROM (SELECT ");
	fmr_compile_count(compiler, scope, name);
	fmr_sql_put(compiler->sql, " AS n) WHERE ");
	enum truth truth = fmr_value_number(compiler, "n", test->op, test->operand);
	fmr_sql_put(compiler->sql, ")");
	return truth;
}

/* ---- what every type knows ---- */

static const struct fmr_field *state_field(struct compiler *compiler, const struct fmr_type *type)
{
	struct fmr_choice *choices = fmr_arena_zero(compiler->arena, type->state_count + 1, sizeof(*choices));
	struct fmr_field *field = fmr_arena_zero(compiler->arena, 1, sizeof(*field));
	for (size_t i = 0; i < type->state_count; i++)
		choices[i] = (struct fmr_choice){ .code = type->states[i].name, .label = type->states[i].label };
	*field = (struct fmr_field){ .name = "state", .path = "state", .kind = FMR_FIELD_CHOICE, .choices = choices,
		.choice_count = type->state_count };
	return field;
}

static enum truth type_fits(struct compiler *compiler, const struct fmr_type *type, const struct test *test)
{
	const char *text = test->operand->text;
	const char *folded = fmr_value_folded(compiler->arena, text);
	bool fits = strcmp(type->name, text) == 0 || strcmp(type->name, folded) == 0;
	if (test->op != OP_FITS && test->op != OP_EQUAL)
		return fmr_value_refuse(compiler, test->operand, NULL, _("types have no order"));
	for (size_t i = 0; i < FMR_LANGUAGES && !fits; i++)
		fits = type->label.in[i] && fmr_name_alike(type->label.in[i], text);
	if (fits)
		compiler->operands[test->operand->number].valid = true;
	return fits ? ALWAYS : NEVER;
}

static enum truth put_common(struct compiler *compiler, const struct scope *scope, enum meaning meaning,
	const struct test *test)
{
	static const char *const columns[] = { [MEANS_ID] = "id", [MEANS_PATH] = "path", [MEANS_TITLE] = "title",
		[MEANS_STATE] = "state" };
	if (test->op == OP_HAS)
		return ALWAYS;
	if (meaning == MEANS_NEEDS || meaning == MEANS_AGE)
		return fmr_value_refuse(compiler, test->operand, NULL, _("it can be shown (--columns), not looked for"));
	if (meaning == MEANS_TYPE)
		return type_fits(compiler, scope->type, test);
	const char *column = fmr_arena_format(compiler->arena, "%s.%s", scope->alias, columns[meaning]);
	if (meaning == MEANS_ID)
		return fmr_value_id(compiler, NULL, column, false, test->op, test->operand);
	if (meaning == MEANS_STATE)
		return fmr_value_compile(compiler, state_field(compiler, scope->type), column, test->op, test->operand);
	return fmr_value_text(compiler, column, test->op, test->operand);
}

/* ---- terms ---- */

static enum truth put_test(struct compiler *compiler, const struct scope *scope, const struct name *name,
	const struct test *test)
{
	switch (name->meaning) {
	case MEANS_FIELD:
		return put_field(compiler, scope, name->field, test);
	case MEANS_RECORDS:
		if (test->op == OP_HAS)
			return put_linked(compiler, scope, &name->step);
		return fmr_value_refuse(compiler, test->operand, _("name a field of them, or count them: 'NAME.title', 'NAME.count'"),
			_("these are linked records, not a value"));
	case MEANS_COUNT:
		return test->op == OP_HAS ? ALWAYS : put_count(compiler, scope, name, test);
	default:
		return put_common(compiler, scope, name->meaning, test);
	}
}

/* The id of a linked record is asked for without a name: preventions:PRV-1 is preventions.id:PRV-1. */
static void read_as_id(struct name *name, enum operator op)
{
	if (name->meaning == MEANS_RECORDS && !name->rest && op != OP_HAS)
		name->rest = "id";
}

static enum truth put_any_operand(struct compiler *compiler, const struct scope *scope, const struct name *name,
	const struct term *term, enum operator op)
{
	struct joint joint = join(compiler, false);
	for (size_t i = 0; i < term->count; i++) {
		join_next(compiler, &joint);
		join_part(compiler, &joint,
			put_test(compiler, scope, name, &(struct test){ op, &term->operands[i] }));
	}
	return join_end(compiler, &joint);
}

/* It has a value, and none that is equal. */
static enum truth put_unequal(struct compiler *compiler, const struct scope *scope, const struct name *name,
	const struct term *term)
{
	struct joint joint = join(compiler, true);
	join_next(compiler, &joint);
	join_part(compiler, &joint, put_test(compiler, scope, name, &(struct test){ .op = OP_HAS }));
	join_next(compiler, &joint);
	struct mark start = begin_not(compiler);
	join_part(compiler, &joint, end_not(compiler, start, put_any_operand(compiler, scope, name, term, OP_EQUAL)));
	return join_end(compiler, &joint);
}

static enum truth put_term(struct compiler *compiler, const struct scope *scope, const struct ask *ask)
{
	const struct term *term = ask->term;
	const enum operator op = ask->op;
	struct status *status = &compiler->terms[term->number];
	struct name name = fmr_name_find(&compiler->types, scope->type, ask->text, status->grade, compiler->arena);
	if (name.meaning == MEANS_SEVERAL && !status->several)
		status->several = scope->type;
	if (name.meaning == MEANS_NOTHING || name.meaning == MEANS_SEVERAL)
		return NEVER;
	read_as_id(&name, op);
	if (name.meaning == MEANS_RECORDS && name.rest)
		return put_through(compiler, scope, &name, ask);
	const enum grade grade = name.grade < ask->grade ? name.grade : ask->grade;
	if (grade < status->grade)
		return NEVER;
	status->grade = grade;
	status->known = true;
	if (op == OP_HAS)
		return put_test(compiler, scope, &name, &(struct test){ .op = OP_HAS });
	return op == OP_UNEQUAL ? put_unequal(compiler, scope, &name, term) :
				  put_any_operand(compiler, scope, &name, term, op);
}

/* has:a,b and missing:a,b: the operands are the names.  What a type has not cannot be missing from it. */
static enum truth put_presence(struct compiler *compiler, const struct scope *scope, const struct term *term)
{
	struct joint joint = join(compiler, false);
	for (size_t i = 0; i < term->count; i++) {
		struct status *outer = &compiler->terms[term->number], saved = *outer;
		struct status *status = &compiler->operands[term->operands[i].number];
		*outer = (struct status){ .grade = status->grade };
		join_next(compiler, &joint);
		struct mark start = term->op == OP_MISSING ? begin_not(compiler) : mark(compiler);
		enum truth truth =
			put_term(compiler, scope, &(struct ask){ term, term->operands[i].text, OP_HAS, GRADE_PATH });
		bool known = outer->known;
		if (term->op == OP_MISSING)
			truth = known ? end_not(compiler, start, truth) : NEVER;
		join_part(compiler, &joint, truth);
		status->known = status->known || known;
		status->grade = outer->grade;
		status->several = status->several ? status->several : outer->several;
		*outer = saved;
	}
	return join_end(compiler, &joint);
}

static enum truth put_word(struct compiler *compiler, const struct scope *scope, const struct term *term)
{
	if (compiler->guess)
		return compiler->negative ? NEVER : ALWAYS;
	fmr_sql_put(compiler->sql, "%s.key IN (SELECT value FROM json_each(?))", scope->alias);
	FMR_VEC_PUSH(&compiler->sql->params, ((struct param){ .kind = PARAM_WORD, .integer = (int64_t)term->number }));
	return MAYBE;
}

/* ---- the tree ---- */

static enum truth put_not(struct compiler *compiler, const struct scope *scope, const struct node *node)
{
	struct mark start = begin_not(compiler);
	compiler->negative = !compiler->negative;
	enum truth truth = fmr_compile(compiler, scope, node->parts[0]);
	compiler->negative = !compiler->negative;
	return end_not(compiler, start, truth);
}

enum truth fmr_compile(struct compiler *compiler, const struct scope *scope, const struct node *node)
{
	if (!node)
		return ALWAYS;
	if (node->kind == NODE_NOT)
		return put_not(compiler, scope, node);
	if (node->kind == NODE_TERM) {
		const struct term *term = &node->term;
		if (term->op == OP_WORD)
			return put_word(compiler, scope, term);
		if (term->op == OP_HAS || term->op == OP_MISSING)
			return put_presence(compiler, scope, term);
		return put_term(compiler, scope, &(struct ask){ term, term->name, term->op, GRADE_PATH });
	}
	struct joint joint = join(compiler, node->kind == NODE_AND);
	for (size_t i = 0; i < node->count; i++) {
		join_next(compiler, &joint);
		join_part(compiler, &joint, fmr_compile(compiler, scope, node->parts[i]));
	}
	return join_end(compiler, &joint);
}
