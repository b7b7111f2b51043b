/*
 * The way in: compile a schema, with its metaschema first.
 */
#include "schema/schema.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "schema/uri.h"

#include <fcntl.h>
#include <string.h>

static struct fmr_schema *new_schema(void)
{
	struct fmr_schema *schema = fmr_alloc_zero(1, sizeof(*schema));
	fmr_arena_init(&schema->arena);
	return schema;
}

void fmr_schema_free(struct fmr_schema *schema)
{
	if (!schema)
		return;
	for (size_t i = 0; i < schema->regexes.count; i++)
		fmr_regex_free(schema->regexes.items[i]);
	FMR_VEC_RELEASE(&schema->regexes);
	for (size_t i = 0; i < schema->resources.count; i++)
		FMR_VEC_RELEASE(&schema->resources.items[i]->dynamic);
	FMR_VEC_RELEASE(&schema->resources);
	fmr_arena_release(&schema->arena);
	free(schema);
}

static struct fmr_builder new_builder(struct fmr_schema *schema, const struct fmr_schema_options *options,
	struct fmr_findings *findings)
{
	return (struct fmr_builder){ .schema = schema, .options = options, .findings = findings,
		.dialect = { FMR_DRAFT_2020, FMR_VOCAB_ALL } };
}

/* The first in the order of the text: what follows may be its consequence. */
static const struct fmr_finding *clearest(const struct fmr_findings *findings)
{
	const struct fmr_finding *best = NULL;
	for (size_t i = 0; i < fmr_findings_count(findings); i++) {
		const struct fmr_finding *row = fmr_findings_at(findings, i);
		if (!best || (row->value.line && row->value.start < best->value.start))
			best = row;
	}
	return best;
}

static bool check_against(struct fmr_builder *builder, const struct fmr_document *document, const struct fmr_schema *metaschema)
{
	struct fmr_findings *findings = fmr_findings_new(50);
	struct fmr_checker *checker = fmr_checker_new();
	bool ok = fmr_schema_check(metaschema, checker, &document->source, document->root, findings);
	const struct fmr_finding *fault = ok ? NULL : clearest(findings);
	if (fault)
		fmr_findings_copy(builder->findings, fault)->code = FMR_CODE_SCHEMA_INVALID;
	builder->failed = builder->failed || !ok;
	fmr_checker_free(checker);
	fmr_findings_free(findings);
	return ok;
}

/* Compile what a URI names.  *out is NULL when there is no such document. */
static bool compile_uri(const char *uri, const struct fmr_builder *like, struct fmr_schema **out)
{
	*out = NULL;
	struct fmr_schema *schema = new_schema();
	struct fmr_schema_options options = *like->options;
	options.assert_format = false; /* what is wrong with a pattern the compiler tells better */
	struct fmr_builder builder = new_builder(schema, &options, like->findings);
	builder.file_uri = like->file_uri;
	builder.file_dir = like->file_dir;
	const char *plain = fmr_uri_resolve(&schema->arena, uri, uri, strlen(uri), NULL);
	schema->root = fmr_builder_fetch(&builder, plain);
	bool ok = !builder.failed;
	if (ok && schema->root) {
		fmr_builder_queue(&builder, schema->root);
		ok = fmr_builder_compile(&builder);
	}
	FMR_VEC_RELEASE(&builder.queue);
	if (ok && schema->root)
		*out = schema;
	else
		fmr_schema_free(schema);
	return ok;
}

bool fmr_metaschema_check(struct fmr_builder *builder, const struct fmr_document *document, const char *uri)
{
	struct fmr_schema *metaschema;
	if (!compile_uri(uri, builder, &metaschema)) {
		builder->failed = true;
		return false;
	}
	if (!metaschema) /* not installed: the compiler still refuses what it cannot understand */
		return true;
	bool ok = check_against(builder, document, metaschema);
	fmr_schema_free(metaschema);
	return ok;
}

static const char *metaschema_uri(const struct fmr_value *root)
{
	const char *uri = fmr_value_string(fmr_value_get(root, "$schema"));
	return uri ? uri : "https://json-schema.org/draft/2020-12/schema";
}

/* The URI that relative references start from when the schema has no $id. */
static const char *file_uri(struct fmr_schema *schema, const char *path)
{
	struct fmr_str uri;
	fmr_str_init(&uri);
	fmr_str_puts(&uri, path[0] == '/' ? "file://" : "file:///");
	fmr_uri_encode(&uri, path);
	char *copy = fmr_arena_strdup(&schema->arena, uri.bytes);
	fmr_str_release(&uri);
	return copy;
}

static void map_directory(struct fmr_schema *schema, struct fmr_builder *builder, const char *base, const char *path)
{
	const char *slash = strrchr(path, '/'), *end = strrchr(base, '/');
	builder->file_dir = slash ? fmr_arena_strndup(&schema->arena, path, (size_t)(slash - path) + (slash == path)) : ".";
	builder->file_uri = fmr_arena_strndup(&schema->arena, base, (size_t)(end - base + 1));
}

static bool enter_pointer(struct fmr_builder *builder, const struct fmr_document *document)
{
	const char *pointer = builder->options->pointer;
	if (!pointer || !*pointer)
		return true;
	struct fmr_node *start = NULL;
	if (*pointer == '/')
		start = fmr_builder_follow(builder, builder->schema->root, pointer, strlen(pointer));
	if (!start && !builder->failed)
		fmr_builder_fault(builder, document, document->root, FMR_CODE_SCHEMA_REF, _("there is no schema at '%s'"), pointer);
	builder->schema->root = start;
	return start;
}

static bool build(struct fmr_schema *schema, const struct fmr_source *source, const struct fmr_value *root,
	const struct fmr_schema_options *options, struct fmr_findings *findings, bool beside)
{
	struct fmr_builder builder = new_builder(schema, options, findings);
	struct fmr_document *document = fmr_arena_zero(&schema->arena, 1, sizeof(*document));
	*document = (struct fmr_document){ *source, root, true };
	if (!document->source.path)
		document->source.path = "schema";
	const char *path = document->source.path, *base = file_uri(schema, path);
	if (beside)
		map_directory(schema, &builder, base, path);
	struct fmr_dialect dialect = builder.dialect;
	const struct fmr_value *keyword = fmr_value_get(root, "$schema");
	bool ok = !keyword || fmr_builder_dialect(&builder, document, keyword, &dialect);
	if (ok && !options->skip_metaschema)
		ok = fmr_metaschema_check(&builder, document, metaschema_uri(root));
	if (ok) {
		builder.dialect = dialect;
		schema->root = fmr_builder_add_document(&builder, document, base, &dialect);
		ok = schema->root && enter_pointer(&builder, document) && fmr_builder_compile(&builder);
	}
	FMR_VEC_RELEASE(&builder.queue);
	return ok;
}

static int finish(struct fmr_schema *schema, bool ok, struct fmr_schema **out)
{
	*out = ok ? schema : NULL;
	if (!ok)
		fmr_schema_free(schema);
	return 0;
}

int fmr_schema_compile_file(const char *path, const struct fmr_schema_options *options, struct fmr_schema **out,
	struct fmr_findings *findings, struct fmr_err *err)
{
	*out = NULL;
	struct fmr_str text;
	fmr_str_init(&text);
	int code = fmr_file_read(AT_FDCWD, path, FMR_SCHEMA_FILE_LIMIT, false, &text, err);
	if (!code) {
		struct fmr_schema *schema = new_schema();
		const struct fmr_source source = { fmr_arena_strdup(&schema->arena, path),
			fmr_arena_strndup(&schema->arena, text.bytes, text.length), text.length };
		const struct fmr_value *root = fmr_schema_parse(&source, &schema->arena, findings);
		code = finish(schema, root && build(schema, &source, root, options, findings, true), out);
	}
	fmr_str_release(&text);
	return code;
}

int fmr_schema_compile(const struct fmr_source *source, const struct fmr_value *root,
	const struct fmr_schema_options *options, struct fmr_schema **out, struct fmr_findings *findings, struct fmr_err *err)
{
	(void)err;
	struct fmr_schema *schema = new_schema();
	return finish(schema, build(schema, source, root, options, findings, false), out);
}
