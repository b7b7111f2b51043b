#include "base/alloc.h"
#include "base/arena.h"
#include "base/i18n.h"
#include "base/vec.h"
#include "cmd/fields.h"
#include "cmd/names.h"
#include "exchange/cell.h"
#include "fmrec/history.h"
#include "render/commit.h"
#include "render/difference.h"
#include "render/print.h"
#include "render/render.h"

#include <stdlib.h>
#include <string.h>

enum { STOP = 1, COLUMNS = 5, VALUE_COLUMNS = 200 };

struct options {
	const char *field;
};

/* A field, or an item of a list: what one commit is to be named for. */
struct unit {
	const char *path;            /* of the newest version */
	const struct fmr_field *field;
	const struct fmr_value *value; /* of the newest version */
	const char *list;            /* path of the list that it is an item of, or NULL */
	size_t position;             /* in the list of the version it has been followed to */
	size_t version;              /* ... whose number this is */
	bool found, cut;
	const char *commit, *author; /* commit NULL: not committed yet */
	int64_t written;
};

struct blame {
	struct fmr_cli *cli;
	const struct fmr_type *type;
	const char *field;           /* only this, or NULL */
	struct fmr_arena arena;
	FMR_VEC(struct unit) units;
	size_t open;                 /* units whose commit is not yet found */
};

/* ---- the units of a record ---- */

static void add_unit(struct blame *blame, const struct fmr_field *field, const char *path, const char *list,
	size_t position, const struct fmr_value *value)
{
	if (blame->field && !fmr_field_concerns(blame->field, path))
		return;
	FMR_VEC_PUSH(&blame->units, ((struct unit){ .path = path, .field = field, .value = value, .list = list,
		.position = position }));
	blame->open++;
}

static void add_value(struct blame *blame, const struct fmr_field *field, const char *path,
	const struct fmr_value *value);

static void add_map(struct blame *blame, const struct fmr_field *fields, size_t count, const char *path,
	const struct fmr_value *map)
{
	for (size_t i = 0; i < count; i++) {
		const struct fmr_value *value = fmr_value_get(map, fields[i].name);
		if (value)
			add_value(blame, &fields[i], fields[i].path, value);
	}
	for (size_t i = 0; i < map->map.count; i++) { /* what the type does not know */
		const struct fmr_member *member = &map->map.members[i];
		bool known = false;
		for (size_t f = 0; f < count && !known; f++)
			known = strcmp(fields[f].name, member->key.bytes) == 0;
		if (!known)
			add_value(blame, NULL, fmr_arena_format(&blame->arena, "%s%s%s", path, *path ? "." : "",
				member->key.bytes), member->value);
	}
}

static void add_value(struct blame *blame, const struct fmr_field *field, const char *path,
	const struct fmr_value *value)
{
	const bool known_map = field && field->kind == FMR_FIELD_MAP && field->child_count;
	if (value->kind == FMR_MAP && value->map.count && !(field && field->link)) {
		add_map(blame, known_map ? field->children : NULL, known_map ? field->child_count : 0, path, value);
	} else if (value->kind == FMR_LIST && value->list.count) {
		for (size_t i = 0; i < value->list.count; i++)
			add_unit(blame, field && field->child_count ? field->children : NULL,
				fmr_arena_format(&blame->arena, "%s.%zu", path, i), path, i, value->list.items[i]);
	} else {
		add_unit(blame, field, path, NULL, 0, value);
	}
}

/* ---- from version to version ---- */

/* Where each item of a list was in the list of a parent, equal in all; NULL when nothing moved or changed. */
static size_t *origins_of(const struct unit *unit, const struct fmr_value *before, const struct fmr_value *after)
{
	if (fmr_value_equal(before, after))
		return NULL;
	size_t *match = fmr_alloc_zero(before->list.count + 1, sizeof(*match));
	size_t *origins = fmr_alloc_zero(after->list.count + 1, sizeof(*origins));
	fmr_items_match(unit->field, before, after, match);
	for (size_t i = 0; i < after->list.count; i++)
		origins[i] = SIZE_MAX;
	for (size_t i = 0; i < before->list.count; i++)
		if (match[i] != SIZE_MAX && fmr_value_equal(before->list.items[i], after->list.items[match[i]]))
			origins[match[i]] = i;
	free(match);
	return origins;
}

/* The items of one list lie beside each other among the units. */
static void follow_items(struct blame *blame, size_t first, const struct fmr_version *version,
	const struct fmr_version *parent)
{
	const struct unit *unit = &blame->units.items[first];
	const char *list = unit->list;
	const struct fmr_value *after = fmr_value_at(version->root, list), *before = fmr_value_at(parent->root, list);
	if (!before || before->kind != FMR_LIST || !after || after->kind != FMR_LIST)
		return;
	size_t *origins = origins_of(unit, before, after);
	for (size_t i = first; i < blame->units.count && blame->units.items[i].list == list; i++) {
		struct unit *item = &blame->units.items[i];
		if (item->found || item->version != version->number || item->position >= after->list.count)
			continue;
		size_t origin = origins ? origins[item->position] : item->position;
		if (origin != SIZE_MAX) {
			item->position = origin;
			item->version = parent->number;
		}
	}
	free(origins);
}

static void follow(struct blame *blame, const struct fmr_version *version, const struct fmr_version *parent)
{
	const char *list = NULL;
	for (size_t i = 0; i < blame->units.count; i++) {
		struct unit *unit = &blame->units.items[i];
		if (unit->found || unit->version != version->number)
			continue;
		if (unit->list && unit->list != list) {
			list = unit->list;
			follow_items(blame, i, version, parent);
		} else if (!unit->list) {
			const struct fmr_value *before = fmr_value_at(parent->root, unit->path);
			if (before && fmr_value_equal(before, unit->value))
				unit->version = parent->number;
		}
	}
}

/* What no parent has came with this version. */
static void name_commit(struct blame *blame, const struct fmr_version *version)
{
	const char *commit = NULL, *author = NULL;
	for (size_t i = 0; i < blame->units.count; i++) {
		struct unit *unit = &blame->units.items[i];
		if (unit->found || unit->version != version->number)
			continue;
		if (version->commit && !commit) {
			commit = fmr_arena_strdup(&blame->arena, version->commit);
			author = fmr_arena_strdup(&blame->arena, version->author);
		}
		unit->found = true;
		unit->cut = version->cut;
		unit->commit = commit;
		unit->author = author;
		unit->written = version->written;
		blame->open--;
	}
}

static int visit(void *context, const struct fmr_version *version, const struct fmr_version *const *parents,
	size_t count)
{
	struct blame *blame = context;
	for (size_t i = 0; i < count && blame->open; i++)
		follow(blame, version, parents[i]);
	name_commit(blame, version);
	return blame->open ? 0 : STOP;
}

/* ---- printing ---- */

static const char *when(struct blame *blame, const struct unit *unit, bool exact)
{
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_render_when(&text, unit->written, exact ? "UTC" : fmr_book_zone(blame->cli->book));
	if (exact && text.length == 16) {
		text.bytes[10] = 'T';
		fmr_str_puts(&text, ":00Z");
	}
	const char *kept = fmr_arena_strdup(&blame->arena, text.bytes);
	fmr_str_release(&text);
	return kept;
}

static const char *value_for_people(struct blame *blame, const struct unit *unit)
{
	const struct fmr_words_for reader = { blame->cli->book, blame->cli->language };
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_render_value(&text, &reader, unit->field, unit->value, VALUE_COLUMNS);
	const char *kept = fmr_arena_strdup(&blame->arena, text.bytes);
	fmr_str_release(&text);
	return kept;
}

static const char *cell_of(struct blame *blame, const struct unit *unit)
{
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_cell_write(&text, unit->field, unit->value);
	const char *kept = fmr_arena_strdup(&blame->arena, text.bytes);
	fmr_str_release(&text);
	return kept;
}

static void put_for_people(struct blame *blame, struct fmr_table *table, const struct unit *unit)
{
	struct fmr_str label;
	fmr_str_init(&label);
	fmr_render_path(&label, blame->type, blame->cli->language, unit->path);
	const char *commit = !unit->commit ? "-------"
		: fmr_arena_format(&blame->arena, "%s%.*s", unit->cut ? "^" : "", FMR_COMMIT_DIGITS, unit->commit);
	const char *const cells[COLUMNS] = { commit, unit->commit ? when(blame, unit, false) : "",
		unit->commit ? unit->author : _("not committed yet"), label.bytes, value_for_people(blame, unit) };
	fmr_table_row(table, cells, NULL);
	fmr_str_release(&label);
}

static void put_for_programs(struct blame *blame, struct fmr_table *table, const struct unit *unit)
{
	const char *const cells[COLUMNS] = { unit->commit, unit->commit ? when(blame, unit, true) : NULL, unit->author,
		unit->path, cell_of(blame, unit) };
	const struct fmr_value *const values[COLUMNS] = { NULL, NULL, NULL, NULL, unit->value };
	fmr_table_row(table, cells, values);
}

static void put_units(struct blame *blame, enum fmr_table_format format)
{
	static const char *const columns[COLUMNS] = { N_("commit"), N_("date"), N_("author"), N_("field"), N_("value") };
	const char *shown[COLUMNS];
	const struct fmr_cli *cli = blame->cli;
	for (size_t i = 0; i < COLUMNS; i++)
		shown[i] = format == FMR_TABLE_TEXT ? _(columns[i]) : columns[i];
	struct fmr_table *table =
		fmr_table_new(cli->out, format, shown, COLUMNS, fmr_cli_width(cli), cli->color, false);
	for (size_t i = 0; i < blame->units.count; i++) {
		const struct unit *unit = &blame->units.items[i];
		if (format == FMR_TABLE_TEXT)
			put_for_people(blame, table, unit);
		else
			put_for_programs(blame, table, unit);
	}
	fmr_table_end(table);
}

/* ---- the command ---- */

static int blame_record(struct blame *blame, const struct fmr_named *named, const struct fmr_record *record,
	struct fmr_err *err)
{
	const bool past = fmr_view_kind(named->view) == FMR_VIEW_COMMIT;
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_add(&text, record->text, record->length);
	const struct fmr_versions_query query = { .path = named->path.bytes,
		.from = past ? fmr_view_name(named->view) : NULL, .uncommitted = past ? NULL : &text };
	add_map(blame, record->type->fields, record->type->field_count, "", record->root);
	int result = blame->open ? fmr_versions_each(named->book, &query, visit, blame, err) : 0;
	fmr_str_release(&text);
	return result < 0 ? result : 0;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	if (argc != 1)
		return fmr_cli_usage(cli, "%s", _("name one record"));
	struct blame blame = { .cli = cli };
	struct fmr_named named;
	struct fmr_record record = { 0 };
	struct fmr_findings *findings = fmr_findings_new(0);
	enum fmr_table_format format = FMR_TABLE_TEXT;
	fmr_arena_init(&blame.arena);
	int result = fmr_names_open(cli, argv[0], &named, err);
	if (!result)
		result = fmr_record_read(named.book, named.path.bytes, &record, findings, err);
	if (!result && options->field)
		result = fmr_field_choose(record.type, options->field, &blame.field, err);
	if (!result && record.root && record.root->kind == FMR_MAP) {
		blame.type = record.type;
		result = blame_record(&blame, &named, &record, err);
		if (!result) {
			if (cli->format)
				fmr_table_format_parse(cli->format, &format);
			fmr_cli_page(cli);
			put_units(&blame, format);
		}
	} else if (!result) {
		const struct fmr_findings_style style = { .color = cli->color_errors };
		fmr_render_findings(cli->talk, findings, FMR_FINDINGS_TEXT, &style);
		result = FMR_EXIT_FINDINGS;
	}
	FMR_VEC_RELEASE(&blame.units);
	fmr_arena_release(&blame.arena);
	fmr_record_release(&record);
	fmr_names_close(&named);
	fmr_findings_free(findings);
	return result;
}

static const char *const formats[] = { "table", "json", "jsonl", "csv", "tsv", NULL };
static const char *const synopsis[] = { "[<options>] <id>[@<revision>]", NULL };
static const struct fmr_option option_table[] = {
	{ .name = "field",
		.kind = FMR_OPTION_STRING,
		.argument = "field",
		.complete = "field",
		.help = N_("only this field, and what is in it"),
		.offset = offsetof(struct options, field) },
	{ 0 },
};

const struct fmr_command fmr_command_blame = {
	.name = "blame",
	.group = "read",
	.summary = N_("show which commit each field comes from"),
	.synopsis = synopsis,
	.options = option_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_BOOK,
	.complete = "id",
	.formats = formats,
	.at = true,
	.run = run,
};
