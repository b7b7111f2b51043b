/*
 * List fields as virtual tables: nothing of them is stored, the items are read from the records' texts.  With a key
 * or an id only one record is read.
 */
#include "index/private.h"

#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMN_KEY, COLUMN_ID, COLUMN_PARENT, COLUMN_POSITION, COLUMN_FIELDS };
enum { PLAN_ALL, PLAN_KEY, PLAN_ID };

struct list_table {
	sqlite3_vtab base;
	struct fmr_index *index;
	int slot;
	const char *const *path;    /* names of the lists and maps from the root on, each list followed by "" */
	const char *const *columns; /* below an item; "" for the item itself */
	size_t path_count, column_count;
	size_t outer; /* part of the path at which the list around this one is; 0: there is none */
	struct fmr_arena arena;
};

struct item {
	size_t parent, position;
	const struct fmr_value *value;
};

struct list_cursor {
	sqlite3_vtab_cursor base;
	sqlite3_stmt *records;
	int64_t key;
	FMR_VEC(struct item) items; /* of the record */
	size_t at, parents;
	bool end;
};

static void note_failure(struct list_table *table, const char *text)
{
	table->base.zErrMsg = fmr_sqlite.mprintf("%s", text);
}

/* ---- the columns ---- */

struct names {
	FMR_VEC(const char *) list;
};

static void add_columns(struct list_table *table, const struct fmr_field *fields, size_t count, size_t skip,
	struct names *names)
{
	for (size_t i = 0; i < count; i++) {
		size_t children;
		const struct fmr_field *inner = fmr_field_children(&fields[i], &children);
		if (fields[i].kind == FMR_FIELD_MAP)
			add_columns(table, inner, children, skip, names);
		else if (fields[i].kind != FMR_FIELD_LIST)
			FMR_VEC_PUSH(&names->list, fmr_arena_strdup(&table->arena, fields[i].path + skip));
	}
}

const char *fmr_list_column(const char *path)
{
	static const char *const taken[][2] = { { "key", "key_" }, { "id", "id_" }, { "parent", "parent_" },
		{ "position", "position_" } };
	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++)
		if (strcmp(path, taken[i][0]) == 0)
			return taken[i][1];
	return *path ? path : "value";
}

static void declare(struct list_table *table, struct fmr_str *sql)
{
	fmr_str_puts(sql, "CREATE TABLE x(key INTEGER, id TEXT, ");
	fmr_str_puts(sql, table->outer ? "parent INTEGER" : "\".\" HIDDEN" /* no field is called so */);
	fmr_str_puts(sql, ", position INTEGER");
	for (size_t i = 0; i < table->column_count; i++) {
		fmr_str_puts(sql, ", ");
		fmr_sql_quote(sql, fmr_list_column(table->columns[i]), '"');
	}
	fmr_str_putc(sql, ')');
}

/* "nodes[].children" as "nodes", "", "children", "" */
static void split_path(struct list_table *table, const char *path)
{
	struct names names = { 0 };
	for (const char *part = path;;) {
		size_t length = strcspn(part, ".["), next = length;
		FMR_VEC_PUSH(&names.list, fmr_arena_strndup(&table->arena, part, length));
		for (; part[next] == '['; next += 2)
			FMR_VEC_PUSH(&names.list, "");
		if (!part[next])
			break;
		part += next + 1;
	}
	for (size_t i = 0; i < names.list.count; i++)
		if (!*names.list.items[i])
			table->outer = i;
	FMR_VEC_PUSH(&names.list, "");
	table->path_count = names.list.count;
	table->path = memcpy(fmr_arena_zero(&table->arena, names.list.count, sizeof(char *)), names.list.items,
		names.list.count * sizeof(char *));
	FMR_VEC_RELEASE(&names.list);
}

static int find_list(struct list_table *table, const char *type, const char *path)
{
	struct fmr_index *index = table->index;
	const struct fmr_type *found = NULL;
	if (fmr_book_type(index->book, type, &found, NULL, NULL))
		return SQLITE_ERROR;
	const struct fmr_field *list = fmr_type_field(found, path);
	size_t count;
	const struct fmr_field *item = list ? fmr_field_children(list, &count) : NULL;
	if (!item)
		return SQLITE_ERROR;
	table->slot = fmr_book_slot(index->book, type);
	split_path(table, path);
	struct names names = { 0 };
	const struct fmr_field *fields = fmr_field_children(item, &count);
	const struct fmr_field *named = item->children || !item->again ? item : item->again; /* whose paths the fields have */
	if (item->kind == FMR_FIELD_MAP)
		add_columns(table, fields, count, strlen(named->path) + strlen("."), &names);
	else
		FMR_VEC_PUSH(&names.list, "");
	table->column_count = names.list.count;
	table->columns = fmr_arena_zero(&table->arena, names.list.count + 1, sizeof(char *));
	if (names.list.count)
		memcpy((void *)table->columns, names.list.items, names.list.count * sizeof(char *));
	FMR_VEC_RELEASE(&names.list);
	return SQLITE_OK;
}

static int disconnect(sqlite3_vtab *base)
{
	struct list_table *table = (struct list_table *)base;
	fmr_arena_release(&table->arena);
	free(table);
	return SQLITE_OK;
}

/* arguments: module, database, table, then the type and the path of the list */
static int connect(sqlite3 *db, void *context, int count, const char *const *arguments, sqlite3_vtab **out, char **error)
{
	struct list_table *table = fmr_alloc_zero(1, sizeof(*table));
	table->index = context;
	fmr_arena_init(&table->arena);
	int code = count == 5 ? find_list(table, arguments[3], arguments[4]) : SQLITE_ERROR;
	if (code == SQLITE_OK) {
		struct fmr_str sql;
		fmr_str_init(&sql);
		declare(table, &sql);
		code = fmr_sqlite.declare_vtab(db, sql.bytes);
		fmr_str_release(&sql);
	}
	if (code == SQLITE_OK) {
		*out = &table->base;
		return SQLITE_OK;
	}
	*error = fmr_sqlite.mprintf("%s", _("the type has changed meanwhile"));
	disconnect(&table->base);
	return code;
}

/* ---- which records ---- */

static int best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
	(void)base;
	info->idxNum = PLAN_ALL;
	info->estimatedCost = 1e7;
	info->estimatedRows = 100000;
	for (int i = 0; i < info->nConstraint; i++) {
		const struct sqlite3_index_constraint *constraint = &info->aConstraint[i];
		if (!constraint->usable || constraint->op != SQLITE_INDEX_CONSTRAINT_EQ || constraint->iColumn > COLUMN_ID ||
			constraint->iColumn < COLUMN_KEY)
			continue;
		info->idxNum = constraint->iColumn == COLUMN_KEY ? PLAN_KEY : PLAN_ID;
		info->aConstraintUsage[i].argvIndex = 1;
		info->estimatedCost = 10;
		info->estimatedRows = 5;
		break;
	}
	return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
	(void)base;
	struct list_cursor *cursor = fmr_alloc_zero(1, sizeof(*cursor));
	*out = &cursor->base;
	return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *base)
{
	struct list_cursor *cursor = (struct list_cursor *)base;
	fmr_sqlite.finalize(cursor->records);
	FMR_VEC_RELEASE(&cursor->items);
	free(cursor);
	return SQLITE_OK;
}

/* Collect the items of the list below value. */
static void collect(struct list_cursor *cursor, const struct list_table *table, const struct fmr_value *value, size_t part,
	size_t parent)
{
	if (!value)
		return;
	if (*table->path[part]) {
		collect(cursor, table, fmr_value_get(value, table->path[part]), part + 1, parent);
		return;
	}
	for (size_t i = 0; value->kind == FMR_LIST && i < value->list.count; i++) {
		if (part + 1 == table->path_count)
			FMR_VEC_PUSH(&cursor->items, ((struct item){ parent, i, value->list.items[i] }));
		else
			collect(cursor, table, value->list.items[i], part + 1,
				part == table->outer ? cursor->parents++ : parent);
	}
}

/* The records from the cursor's on, until one has items. */
static int next_record(struct list_cursor *cursor)
{
	struct list_table *table = (struct list_table *)cursor->base.pVtab;
	cursor->items.count = cursor->at = 0;
	while (!cursor->items.count) {
		int code = fmr_sqlite.step(cursor->records);
		cursor->end = code == SQLITE_DONE;
		if (code != SQLITE_ROW)
			return cursor->end ? SQLITE_OK : code;
		const struct fmr_value *root;
		struct fmr_err err = { 0 };
		cursor->key = fmr_sqlite.column_int64(cursor->records, 0);
		if (fmr_index_parse_record(table->index, cursor->key, &root, &err)) {
			note_failure(table, err.text);
			return SQLITE_ERROR;
		}
		cursor->parents = 0;
		collect(cursor, table, root, 0, 0);
	}
	return SQLITE_OK;
}

static int filter(sqlite3_vtab_cursor *base, int plan, const char *text, int count, sqlite3_value **values)
{
	(void)text;
	static const char *const wheres[] = { "", " AND key = ?2", " AND id = ?2" };
	struct list_cursor *cursor = (struct list_cursor *)base;
	struct list_table *table = (struct list_table *)base->pVtab;
	fmr_sqlite.finalize(cursor->records);
	char *sql = fmr_format("SELECT key, id FROM record_ WHERE type = ?1 AND readable%s ORDER BY key", wheres[plan]);
	int code = fmr_sqlite.prepare_v2(table->index->db, sql, -1, &cursor->records, NULL);
	free(sql);
	if (code != SQLITE_OK)
		return code;
	fmr_sqlite.bind_int64(cursor->records, 1, table->slot);
	if (count)
		fmr_sqlite.bind_value(cursor->records, 2, values[0]);
	cursor->end = false;
	return next_record(cursor);
}

/* ---- rows ---- */

static int next(sqlite3_vtab_cursor *base)
{
	struct list_cursor *cursor = (struct list_cursor *)base;
	return ++cursor->at < cursor->items.count ? SQLITE_OK : next_record(cursor);
}

static int is_at_end(sqlite3_vtab_cursor *base)
{
	return ((struct list_cursor *)base)->end;
}

/* Another table may have had its record parsed in between. */
static int refresh(struct list_cursor *cursor)
{
	struct list_table *table = (struct list_table *)cursor->base.pVtab;
	const struct fmr_value *root;
	if (table->index->parsed == cursor->key)
		return SQLITE_OK;
	if (fmr_index_parse_record(table->index, cursor->key, &root, NULL))
		return SQLITE_ERROR;
	cursor->items.count = cursor->parents = 0;
	collect(cursor, table, root, 0, 0);
	return SQLITE_OK;
}

static int column(sqlite3_vtab_cursor *base, sqlite3_context *context, int number)
{
	struct list_cursor *cursor = (struct list_cursor *)base;
	const struct list_table *table = (struct list_table *)base->pVtab;
	if (number == COLUMN_KEY) {
		fmr_sqlite.result_int64(context, cursor->key);
	} else if (number == COLUMN_ID) {
		fmr_sqlite.result_text(context, (const char *)fmr_sqlite.column_text(cursor->records, 1), -1, SQLITE_TRANSIENT);
	} else if (number == COLUMN_PARENT) {
		fmr_sqlite.result_int64(context, (int64_t)cursor->items.items[cursor->at].parent);
	} else if (number == COLUMN_POSITION) {
		fmr_sqlite.result_int64(context, (int64_t)cursor->items.items[cursor->at].position);
	} else {
		const char *path = table->columns[number - COLUMN_FIELDS];
		if (refresh(cursor) != SQLITE_OK)
			return SQLITE_ERROR;
		const struct fmr_value *item = cursor->items.items[cursor->at].value;
		fmr_datum_give(context, *path ? fmr_value_at(item, path) : item);
	}
	return SQLITE_OK;
}

static int row_id(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
	const struct list_cursor *cursor = (struct list_cursor *)base;
	*out = cursor->key * 65536 + (int64_t)cursor->at;
	return SQLITE_OK;
}

int fmr_index_add_lists(struct fmr_index *index, struct fmr_err *err)
{
	static const sqlite3_module module = {
		.iVersion = 1,
		.xCreate = connect, .xConnect = connect, .xDisconnect = disconnect, .xDestroy = disconnect,
		.xBestIndex = best_index, .xOpen = open_cursor, .xClose = close_cursor, .xFilter = filter, .xNext = next,
		.xEof = is_at_end, .xColumn = column, .xRowid = row_id,
	};
	int code = fmr_sqlite.create_module_v2(index->db, "fmr_list", &module, index, NULL);
	return code ? fmr_index_failed(index, err) : FMR_OK;
}
