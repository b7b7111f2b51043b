#include "exchange/mapping.h"

#include "base/alloc.h"
#include "base/dict.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "base/text.h"
#include "fmrec/fmrec.h"
#include "yaml/yaml.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

enum { SCHEMA_LIMIT = 1 << 20 };

/* ---- reading ---- */

static int check_against_schema(const struct fmr_source *source, const struct fmr_value *root,
	struct fmr_findings *findings, struct fmr_err *err)
{
	struct fmr_str text;
	fmr_str_init(&text);
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct fmr_schema *schema = NULL;
	struct fmr_checker *checker = fmr_checker_new();
	char *path = fmr_format("%s/schema/mapping.yaml", fmr_data_dir());
	int result = fmr_file_read(AT_FDCWD, path, SCHEMA_LIMIT, false, &text, err);
	if (result)
		goto out;
	const struct fmr_source schema_source = { .path = path, .bytes = text.bytes, .length = text.length };
	const struct fmr_value *schema_root = fmr_yaml_read_record(&schema_source, &arena, findings);
	const struct fmr_schema_options options = { .data_dir = fmr_data_dir(), .skip_metaschema = true };
	if (schema_root)
		result = fmr_schema_compile(&schema_source, schema_root, &options, &schema, findings, err);
	if (!result && schema)
		fmr_schema_check(schema, checker, source, root, findings);
out:
	fmr_schema_free(schema);
	fmr_checker_free(checker);
	fmr_arena_release(&arena);
	fmr_str_release(&text);
	free(path);
	return result;
}

static const char *const *key_columns(struct fmr_arena *arena, const struct fmr_value *key)
{
	if (!key)
		return NULL;
	size_t count = key->kind == FMR_LIST ? key->list.count : 1;
	const char **names = fmr_arena_zero(arena, count + 1, sizeof(*names));
	for (size_t i = 0; i < count; i++)
		names[i] = fmr_value_string(key->kind == FMR_LIST ? key->list.items[i] : key);
	return names;
}

int fmr_mapping_read(const struct fmr_source *source, struct fmr_mapping *out, struct fmr_findings *findings,
	struct fmr_err *err)
{
	*out = (struct fmr_mapping){ .text = *source };
	fmr_arena_init(&out->arena);
	size_t faults = fmr_findings_errors(findings);
	const struct fmr_value *root = fmr_yaml_read_record(source, &out->arena, findings);
	if (root) {
		int result = check_against_schema(source, root, findings, err);
		if (result)
			return result;
	}
	if (!root || fmr_findings_errors(findings) > faults)
		return fmr_err_set(err, FMR_ERR_REFUSED, _("the mapping '%s' has faults"), source->path);
	out->type = fmr_value_string(fmr_value_get(root, "type"));
	out->source = fmr_value_string(fmr_value_get(root, "source"));
	out->key = key_columns(&out->arena, fmr_value_get(root, "key"));
	out->columns = fmr_value_get(root, "columns");
	out->constants = fmr_value_get(root, "constants");
	out->templates = fmr_value_get(root, "templates");
	out->values = fmr_value_get(root, "values");
	out->split = fmr_value_get(root, "split");
	out->empty = fmr_value_get(root, "empty");
	out->ignore = fmr_value_get(root, "ignore");
	return 0;
}

void fmr_mapping_release(struct fmr_mapping *mapping)
{
	fmr_arena_release(&mapping->arena);
	*mapping = (struct fmr_mapping){ 0 };
}

/* ---- checking against a type ---- */

struct path_check {
	const struct fmr_mapping *mapping;
	const struct fmr_type *type;
	struct fmr_findings *findings;
	struct fmr_dict seen;
};

static void report(struct path_check *check, const struct fmr_value *at, const char *hint, const char *message)
{
	struct fmr_finding *finding =
		fmr_findings_add(check->findings, FMR_CODE_IMPORT_COLUMN, check->mapping->text.path, "%s", message);
	finding->value = fmr_source_place(&check->mapping->text, at->span);
	struct fmr_text line = fmr_source_line(&check->mapping->text, at->span.start);
	finding->line_text = fmr_findings_text(check->findings, "%.*s", (int)line.length, line.bytes);
	if (hint)
		finding->hint = fmr_findings_text(check->findings, _("did you mean '%s'?"), hint);
}

static void check_path(struct path_check *check, const char *path, const struct fmr_value *at)
{
	if (!fmr_type_field(check->type, path))
		report(check, at, fmr_type_nearest_field(check->type, path),
			fmr_findings_text(check->findings, _("'%s' is no field of '%s'"), path, check->type->name));
	else if (!fmr_dict_add(&check->seen, path, 1))
		report(check, at, NULL, fmr_findings_text(check->findings, _("'%s' is set twice"), path));
}

static void check_keys(struct path_check *check, const struct fmr_value *map)
{
	for (size_t i = 0; map && i < map->map.count; i++)
		check_path(check, map->map.members[i].key.bytes, map->map.members[i].value);
}

void fmr_mapping_check(const struct fmr_mapping *mapping, const struct fmr_type *type, struct fmr_findings *findings)
{
	struct path_check check = { .mapping = mapping, .type = type, .findings = findings };
	fmr_dict_init(&check.seen);
	check_keys(&check, mapping->constants);
	for (size_t i = 0; mapping->columns && i < mapping->columns->map.count; i++) {
		const struct fmr_value *target = mapping->columns->map.members[i].value;
		if (target->kind != FMR_LIST)
			check_path(&check, fmr_value_string(target), target);
		for (size_t j = 0; target->kind == FMR_LIST && j < target->list.count; j++)
			check_path(&check, fmr_value_string(target->list.items[j]), target->list.items[j]);
	}
	check_keys(&check, mapping->templates);
	fmr_dict_release(&check.seen);
}

/* ---- use ---- */

/* The next {column} at or behind `at`: its name; *end is behind the brace.  {{ and }} are braces. */
static const char *next_column(const char *at, size_t *length, const char **end)
{
	for (; *at; at++) {
		if ((at[0] == '{' && at[1] == '{') || (at[0] == '}' && at[1] == '}')) {
			at++;
			continue;
		}
		const char *close = *at == '{' ? strchr(at, '}') : NULL;
		if (!close)
			continue;
		*length = (size_t)(close - at - 1);
		*end = close + 1;
		return at + 1;
	}
	return NULL;
}

static const char *template_text(const struct fmr_value *template)
{
	return fmr_value_string(template->kind == FMR_MAP ? fmr_value_get(template, "text") : template);
}

static bool used_by_template(const struct fmr_mapping *mapping, const char *column)
{
	for (size_t i = 0; mapping->templates && i < mapping->templates->map.count; i++) {
		const char *at = template_text(mapping->templates->map.members[i].value);
		size_t length = 0;
		for (const char *name = next_column(at, &length, &at); name; name = next_column(at, &length, &at))
			if (strlen(column) == length && memcmp(column, name, length) == 0)
				return true;
	}
	return false;
}

bool fmr_mapping_knows(const struct fmr_mapping *mapping, const char *column)
{
	if (fmr_value_get(mapping->columns, column) || used_by_template(mapping, column))
		return true;
	for (size_t i = 0; mapping->ignore && i < mapping->ignore->list.count; i++)
		if (fmr_value_is(mapping->ignore->list.items[i], column))
			return true;
	for (size_t i = 0; mapping->key && mapping->key[i]; i++)
		if (strcmp(mapping->key[i], column) == 0)
			return true;
	return false;
}

/* Cut at the last place to breathe within max characters, the "…" counted. */
static void shorten(struct fmr_str *out, size_t from, size_t max)
{
	const char *text = out->bytes + from;
	size_t length = out->length - from;
	if (fmr_utf8_count(text, length) <= max)
		return;
	size_t end = 0, breath = 0, size = 0;
	for (size_t i = 0; i + 1 < max && end < length; i++) {
		uint32_t character = fmr_utf8_decode(text + end, length - end, &size);
		bool stop = character == 0x3002 || character == 0x3001; /* 。、 stay, a space goes */
		if (character == ' ' || character == 0x3000)
			breath = end;
		end += size;
		if (stop)
			breath = end;
	}
	if (end < length && text[end] == ' ')
		breath = end;
	fmr_str_truncate(out, from + (breath ? breath : end));
	fmr_str_puts(out, "\xE2\x80\xA6");
}

bool fmr_mapping_compose(const char *template, size_t max, fmr_cell_of *cell_of, void *context, struct fmr_str *out)
{
	size_t from = out->length;
	bool any = false;
	for (const char *at = template; *at;) {
		bool brace = (at[0] == '{' || at[0] == '}') && at[1] == at[0];
		const char *close = *at == '{' && !brace ? strchr(at, '}') : NULL;
		if (!close) {
			fmr_str_putc(out, *at);
			at += brace ? 2 : 1;
			continue;
		}
		const char *cell = cell_of(context, at + 1, (size_t)(close - at - 1));
		any |= cell != NULL;
		fmr_str_puts(out, cell ? cell : "");
		at = close + 1;
	}
	if (!any)
		fmr_str_truncate(out, from);
	else if (max)
		shorten(out, from, max);
	return any;
}
