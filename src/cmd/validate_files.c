#include "base/arena.h"
#include "base/i18n.h"
#include "base/input.h"
#include "base/source.h"
#include "base/str.h"
#include "base/text.h"
#include "base/vec.h"
#include "cmd/validate.h"
#include "json/json.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

enum { FILE_LIMIT = FMR_YAML_FOREIGN_SIZE, SCHEMA_LIMIT = 16 << 20, SHOWN_FINDINGS = 1000 };

/* The schema and what it was read from, which must live as long. */
struct schema {
	struct fmr_str text;
	struct fmr_arena arena;
	struct fmr_source source;
	struct fmr_schema *compiled;
	FMR_VEC(const char *) uris;
	FMR_VEC(const char *) directories;
};

struct work {
	struct fmr_cli *cli;
	enum fmr_findings_format format;
	struct schema schema;
	struct fmr_checker *checker;
	struct fmr_findings *all;       /* for formats that are printed at the end */
	FMR_VEC(const char *) clean;    /* NULL-terminated at the end */
	size_t faulty, unreadable;
};

/* By its ending, else by its first character: YAML reads most JSON, but not with JSON's own limits and positions. */
static bool is_json(const struct fmr_source *source)
{
	const char *dot = strrchr(source->path, '.');
	if (dot && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0))
		return false;
	if (dot && (strcmp(dot, ".json") == 0 || strcmp(dot, ".jsonc") == 0))
		return true;
	size_t start = strspn(source->bytes, " \t\r\n");
	return source->bytes[start] == '{' || source->bytes[start] == '[' || source->bytes[start] == '"';
}

/* All documents of a text; json_roots is where the one of JSON is put. */
static void read_documents(const struct fmr_source *source, struct fmr_arena *arena, struct fmr_documents *documents,
	struct fmr_findings *findings)
{
	if (!is_json(source)) {
		fmr_yaml_read(source, FMR_YAML_FOREIGN, arena, documents, findings);
		return;
	}
	*documents = (struct fmr_documents){ .roots = fmr_arena_zero(arena, 1, sizeof(*documents->roots)) };
	documents->roots[0] = fmr_json_read(source, arena, findings);
	documents->count = documents->roots[0] != NULL;
}

/* ---- the schema ---- */

static int split_maps(struct work *work, const struct fmr_strings *maps)
{
	for (size_t i = 0; i < maps->count; i++) {
		const char *cut = strrchr(maps->items[i], '='); /* a URI may hold one, a directory seldom does */
		if (!cut || cut == maps->items[i] || !cut[1])
			return fmr_cli_usage(work->cli, _("--map wants URI=DIRECTORY, not '%s'"), maps->items[i]);
		FMR_VEC_PUSH(&work->schema.uris,
			fmr_arena_strndup(&work->schema.arena, maps->items[i], (size_t)(cut - maps->items[i])));
		FMR_VEC_PUSH(&work->schema.directories, cut + 1);
	}
	return 0;
}

static int refuse_schema(struct work *work, const struct fmr_findings *findings, const char *path, struct fmr_err *err)
{
	const struct fmr_findings_style style = { .color = work->cli->color_errors };
	fmr_render_findings(work->cli->talk, findings, FMR_FINDINGS_TEXT, &style);
	return fmr_err_set(err, FMR_ERR_INVALID, _("the schema '%s' is broken: nothing was checked"), path);
}

static int open_schema(struct work *work, const struct fmr_validate_options *given, struct fmr_err *err)
{
	struct schema *schema = &work->schema;
	int result = fmr_input_read(given->schema, SCHEMA_LIMIT, &schema->text, err);
	if (result)
		return result;
	schema->source =
		(struct fmr_source){.path = given->schema, .bytes = schema->text.bytes, .length = schema->text.length};
	struct fmr_findings *findings = fmr_findings_new(SHOWN_FINDINGS);
	struct fmr_documents documents = { 0 };
	read_documents(&schema->source, &schema->arena, &documents, findings);
	const struct fmr_schema_options options = {
		.data_dir = fmr_data_dir(),
		.map_uris = schema->uris.items,
		.map_dirs = schema->directories.items,
		.map_count = schema->uris.count,
		.assert_format = given->assert_format,
	};
	if (documents.count && !fmr_findings_errors(findings))
		result = fmr_schema_compile(
			&schema->source, documents.roots[0], &options, &schema->compiled, findings, err);
	if (!result && !schema->compiled)
		result = refuse_schema(work, findings, given->schema, err);
	fmr_findings_free(findings);
	return result;
}

/* ---- files ---- */

/* `path` as it can be printed on one line. */
static const char *shown(struct fmr_arena *arena, const char *path)
{
	struct fmr_str safe;
	fmr_str_init(&safe);
	fmr_text_escape(
		&safe, strcmp(path, "-") == 0 ? "<stdin>" : path, strcmp(path, "-") == 0 ? 7 : strlen(path), false);
	const char *kept = fmr_arena_strdup(arena, safe.bytes);
	fmr_str_release(&safe);
	return kept;
}

static void tell_verdict(struct work *work, const char *name, const struct fmr_findings *findings, size_t documents)
{
	const struct fmr_findings_style style = { .color = work->cli->color };
	if (fmr_findings_count(findings)) {
		fmr_render_findings(work->cli->out, findings, FMR_FINDINGS_TEXT, &style);
		size_t count = fmr_findings_count(findings) + fmr_findings_dropped(findings);
		fprintf(work->cli->out, Q_("%s: invalid, %zu finding\n", "%s: invalid, %zu findings\n", count), name,
			count);
	} else if (documents == 1) {
		fprintf(work->cli->out, _("%s: valid\n"), name);
	} else {
		fprintf(work->cli->out, _("%s: valid, %zu documents\n"), name, documents);
	}
}

static void check_source(struct work *work, const struct fmr_source *source)
{
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct fmr_findings *findings = fmr_findings_new(SHOWN_FINDINGS);
	struct fmr_documents documents = { 0 };
	read_documents(source, &arena, &documents, findings);
	if (!documents.count && !fmr_findings_count(findings))
		fmr_findings_add(findings, FMR_CODE_YAML_EMPTY, source->path, "%s", _("the file holds no document"));
	for (size_t i = 0; i < documents.count; i++)
		fmr_schema_check(work->schema.compiled, work->checker, source, documents.roots[i], findings);
	fmr_findings_sort(findings);
	if (fmr_findings_count(findings))
		work->faulty++;
	else
		FMR_VEC_PUSH(&work->clean, fmr_arena_strdup(&work->schema.arena, source->path));
	if (work->format == FMR_FINDINGS_TEXT)
		tell_verdict(work, source->path, findings, documents.count);
	else
		fmr_findings_merge(work->all, findings);
	fmr_findings_free(findings);
	fmr_arena_release(&arena);
}

static void check_file(struct work *work, const char *path)
{
	struct fmr_str text;
	fmr_str_init(&text);
	struct fmr_err err = { 0 };
	if (fmr_input_read(path, FILE_LIMIT, &text, &err)) {
		work->unreadable++;
		fflush(work->cli->out);
		fmr_cli_warn(work->cli, "%s", err.text);
	} else {
		const struct fmr_source source = {
			.path = shown(&work->schema.arena, path), .bytes = text.bytes, .length = text.length};
		check_source(work, &source);
	}
	fmr_str_release(&text);
}

static int check_all(struct work *work, int argc, char **argv, struct fmr_err *err)
{
	work->checker = fmr_checker_new();
	for (int i = 0; i < argc; i++)
		check_file(work, argv[i]);
	FMR_VEC_PUSH(&work->clean, NULL);
	const struct fmr_findings_style style = { .color = work->cli->color, .clean = work->clean.items };
	if (work->format != FMR_FINDINGS_TEXT)
		fmr_render_findings(work->cli->out, work->all, work->format, &style);
	if (work->unreadable)
		return fmr_err_set(err, FMR_ERR_IO,
			Q_("%zu file of %d could not be read", "%zu files of %d could not be read", work->unreadable),
			work->unreadable, argc);
	return work->faulty ? FMR_EXIT_FINDINGS : FMR_EXIT_OK;
}

int fmr_validate_files(struct fmr_cli *cli, const struct fmr_validate_options *options, enum fmr_findings_format format,
	int argc, char **argv, struct fmr_err *err)
{
	if (argc == 0)
		return fmr_cli_usage(cli, "%s", _("which files? '-' is standard input"));
	struct work work = { .cli = cli, .format = format, .all = fmr_findings_new(0) };
	fmr_str_init(&work.schema.text);
	fmr_arena_init(&work.schema.arena);
	int result = split_maps(&work, &options->map);
	if (!result)
		result = open_schema(&work, options, err);
	if (!result)
		result = check_all(&work, argc, argv, err);
	fmr_checker_free(work.checker);
	fmr_schema_free(work.schema.compiled);
	fmr_findings_free(work.all);
	FMR_VEC_RELEASE(&work.clean);
	FMR_VEC_RELEASE(&work.schema.uris);
	FMR_VEC_RELEASE(&work.schema.directories);
	fmr_arena_release(&work.schema.arena);
	fmr_str_release(&work.schema.text);
	return result;
}
