/*
 * From a type to tables: which fields are stored, and the views that show all of them.
 */
#include "index/private.h"

#include <stdio.h>
#include <string.h>

enum { TYPE_LINKS = 1 << 16 }; /* numbers for the link fields of one type */

struct maker {
	struct fmr_arena *arena;
	const struct fmr_type *type;
	size_t slot;
	int columns, links;
	struct fmr_str *sql;   /* statements */
	struct fmr_str indexes;
	struct fmr_str table;  /* columns of the table */
	struct fmr_str view;   /* columns of the view of the type */
};

/* The fields around those being looked at, for types that contain themselves. */
struct level {
	const struct level *up;
	const struct fmr_field *field;
	const struct shape_field *children;
};

void fmr_sql_quote(struct fmr_str *out, const char *text, char quote)
{
	fmr_str_putc(out, quote);
	for (; *text; text++) {
		if (*text == quote)
			fmr_str_putc(out, quote);
		fmr_str_putc(out, *text);
	}
	fmr_str_putc(out, quote);
}

/* ---- views ---- */

static void put_view(struct maker *maker, const char *name, const char *sql)
{
	fmr_str_puts(maker->sql, "INSERT OR IGNORE INTO view_ VALUES(");
	fmr_sql_quote(maker->sql, name, '\'');
	fmr_str_putc(maker->sql, ',');
	fmr_sql_quote(maker->sql, sql, '\'');
	fmr_str_puts(maker->sql, ");");
}

/* "incident_timeline" for timeline[].  */
static void put_list_view(struct maker *maker, const struct fmr_field *list)
{
	struct fmr_str name, sql;
	fmr_str_init(&name);
	fmr_str_init(&sql);
	fmr_str_printf(&name, "%s_", maker->type->name);
	for (const char *at = list->path; *at; at++)
		if (*at != '[' && *at != ']')
			fmr_str_putc(&name, *at == '.' ? '_' : *at);
	fmr_str_puts(&sql, "CREATE VIRTUAL TABLE temp.");
	fmr_sql_quote(&sql, name.bytes, '"');
	fmr_str_printf(&sql, " USING fmr_list(%s,%s)", maker->type->name, list->path);
	put_view(maker, name.bytes, sql.bytes);
	fmr_str_release(&name);
	fmr_str_release(&sql);
}

static bool is_fixed_column(const char *path)
{
	static const char *const fixed[] = { "key", FMR_FIELD_ID, "path", "title", "state" };
	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
		if (strcmp(path, fixed[i]) == 0)
			return true;
	return false;
}

static void put_column(struct maker *maker, const struct fmr_field *field, int column)
{
	if (is_fixed_column(field->path))
		return;
	fmr_str_puts(&maker->view, ", ");
	if (column >= 0) {
		fmr_str_printf(&maker->view, "t.c%d", column);
	} else {
		fmr_str_puts(&maker->view, "field(t.key, ");
		fmr_sql_quote(&maker->view, field->path, '\'');
		fmr_str_putc(&maker->view, ')');
	}
	fmr_str_puts(&maker->view, " AS ");
	fmr_sql_quote(&maker->view, field->path, '"');
}

/* ---- fields ---- */

static bool is_among_columns(const struct fmr_type *type, const char *path)
{
	for (const char *const *column = type->columns; column && *column; column++)
		if (strcmp(*column, path) == 0)
			return true;
	return false;
}

/* Short values that are asked for by what they are; texts are read from the record when somebody asks. */
static bool is_stored(const struct fmr_type *type, const struct fmr_field *field)
{
	return !is_fixed_column(field->path) && (field->kind != FMR_FIELD_TEXT || is_among_columns(type, field->path));
}

static void put_index(struct maker *maker, const struct fmr_field *field, int column)
{
	bool chosen = field->kind == FMR_FIELD_CHOICE || field->values_from || field->kind == FMR_FIELD_LINK;
	if (chosen && is_among_columns(maker->type, field->path))
		fmr_str_printf(&maker->indexes, "CREATE INDEX i%zu_%d ON t%zu(c%d);", maker->slot, column, maker->slot, column);
}

static int add_column(struct maker *maker, const struct fmr_field *field)
{
	int column = SHAPE_NOT_STORED;
	if (is_stored(maker->type, field)) {
		column = maker->columns++;
		fmr_str_printf(&maker->table, ", c%d", column);
	}
	put_column(maker, field, column);
	return column;
}

static int add_link(struct maker *maker, const struct fmr_field *field)
{
	struct fmr_str path;
	fmr_str_init(&path);
	for (const char *at = field->path; *at; at++)
		if (*at != '[' && *at != ']')
			fmr_str_putc(&path, *at);
	fmr_str_printf(maker->sql, "INSERT INTO link_field_ VALUES(%d,%zu,", maker->links, maker->slot);
	fmr_sql_quote(maker->sql, path.bytes, '\'');
	fmr_str_putc(maker->sql, ',');
	if (field->link->inverse)
		fmr_sql_quote(maker->sql, field->link->inverse, '\'');
	else
		fmr_str_puts(maker->sql, "NULL");
	bool carries = field->link->acyclic || field->link->suspicion == FMR_SUSPICION_TRAVELS;
	fmr_str_printf(maker->sql, ",%d);", carries);
	fmr_str_release(&path);
	return maker->links++;
}

static const struct shape_field *add_fields(struct maker *maker, const struct fmr_field *fields, size_t count,
	const struct level *up, bool in_list, bool *useful);

static const struct shape_field *again(const struct level *level, const struct fmr_field *field)
{
	for (; level; level = level->up)
		if (level->field == field)
			return level->children;
	return NULL;
}

static void add_field(struct maker *maker, const struct fmr_field *field, struct shape_field *shape,
	const struct level *up, bool in_list)
{
	*shape = (struct shape_field){ .column = SHAPE_NOT_STORED, .link = -1 };
	if (field->kind == FMR_FIELD_LIST)
		put_list_view(maker, field);
	if (field->children && !field->link) { /* a link that may be a map is still one value */
		shape->children = add_fields(maker, field->children, field->child_count, &(struct level){ up, field, NULL },
			in_list || field->kind == FMR_FIELD_LIST, &shape->useful);
	} else if (field->again && !field->link) {
		shape->children = again(up, field->again);
		shape->useful = shape->children != NULL;
	}
	if (field->kind == FMR_FIELD_MAP || field->kind == FMR_FIELD_LIST)
		return;
	if (!in_list) {
		shape->column = add_column(maker, field);
		put_index(maker, field, shape->column);
	}
	if (field->link)
		shape->link = add_link(maker, field);
	shape->useful = shape->column >= 0 || shape->link >= 0;
}

static const struct shape_field *add_fields(struct maker *maker, const struct fmr_field *fields, size_t count,
	const struct level *up, bool in_list, bool *useful)
{
	struct shape_field *shapes = fmr_arena_zero(maker->arena, count, sizeof(*shapes));
	struct level here = up ? *up : (struct level){ 0 };
	here.children = shapes;
	for (size_t i = 0; i < count; i++) {
		add_field(maker, &fields[i], &shapes[i], &here, in_list);
		*useful = *useful || shapes[i].useful;
	}
	return shapes;
}

/* The view of the type, and what else SQL knows of it.  SQLite reads the definitions of all tables at every start, so a
 * type has none until it has a record (fmr_writer_put): until then the view comes with an empty one of its own. */
static void put_type(struct maker *maker)
{
	const struct fmr_type *type = maker->type;
	const char *state = type->state_count ? type->states[0].name : "";
	struct fmr_str view;
	fmr_str_init(&view);
	fmr_str_printf(&view, FMR_EMPTY_TABLE "t%zu(key INTEGER PRIMARY KEY%s);CREATE TEMP VIEW ", maker->slot, maker->table.bytes);
	fmr_sql_quote(&view, type->name, '"');
	fmr_str_puts(&view, " AS SELECT t.key AS key, r.id AS id, (SELECT path FROM directory_ WHERE n = r.directory) "
		"|| r.id || '.yaml' AS path, r.title AS title, "
		"CASE WHEN (SELECT 1 FROM state_) THEN ifnull((SELECT s.state FROM state_ s WHERE s.id = r.id), ");
	fmr_sql_quote(&view, state, '\'');
	fmr_str_puts(&view, ") ELSE "); /* where nothing was signed no row is looked for */
	fmr_sql_quote(&view, state, '\'');
	fmr_str_printf(&view, " END AS state%s FROM t%zu t JOIN record_ r ON r.key = t.key", maker->view.bytes, maker->slot);
	put_view(maker, type->name, view.bytes);
	fmr_str_release(&view);
	fmr_str_printf(maker->sql, "INSERT INTO type_ VALUES(%zu,", maker->slot);
	fmr_sql_quote(maker->sql, type->name, '\'');
	fmr_str_putc(maker->sql, ',');
	fmr_sql_quote(maker->sql, state, '\'');
	fmr_str_puts(maker->sql, ");");
}

const struct shape *fmr_shape_make(struct fmr_arena *arena, const struct fmr_type *type, size_t slot,
	struct fmr_str *sql)
{
	struct maker maker = { .arena = arena, .type = type, .slot = slot, .sql = sql,
		.links = (int)slot * TYPE_LINKS };
	fmr_str_init(&maker.indexes);
	fmr_str_init(&maker.table);
	fmr_str_init(&maker.view);
	struct shape *shape = fmr_arena_zero(arena, 1, sizeof(*shape));
	bool useful = false;
	shape->type = type;
	shape->slot = slot;
	shape->fields = add_fields(&maker, type->fields, type->field_count, NULL, false, &useful);
	shape->columns = (size_t)maker.columns;
	put_type(&maker);
	char name[32];
	snprintf(name, sizeof(name), "+%zu", slot);
	put_view(&maker, name, maker.indexes.bytes);
	fmr_str_release(&maker.indexes);
	fmr_str_release(&maker.table);
	fmr_str_release(&maker.view);
	return shape;
}
