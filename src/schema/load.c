/*
 * Documents, resources and names: which values are schemas, what they are
 * called, where a reference leads.  Nothing here reads the network.
 */
#include "base/fs.h"
#include "base/i18n.h"
#include "base/text.h"
#include "json/json.h"
#include "schema/schema.h"
#include "schema/uri.h"
#include "yaml/yaml.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { METASCHEMA_DEPTH = 8 }; /* metaschemas of metaschemas */

struct fmr_finding *fmr_builder_fault(struct fmr_builder *builder, const struct fmr_document *document,
	const struct fmr_value *value, enum fmr_code code, const char *format, ...)
{
	if (builder->failed) /* one finding for a broken schema */
		return &builder->ignored;
	struct fmr_str message;
	fmr_str_init(&message);
	va_list args;
	va_start(args, format);
	fmr_str_vprintf(&message, format, args);
	va_end(args);
	builder->failed = true;
	struct fmr_finding *row =
		fmr_findings_add(builder->findings, code, document->source.path, "%s", message.bytes);
	fmr_str_release(&message);
	if (value && document->source.bytes) {
		row->value = fmr_source_place(&document->source, value->span);
		struct fmr_text line = fmr_source_line(&document->source, value->span.start);
		row->line_text = fmr_findings_text(builder->findings, "%.*s", (int)(line.length < 4096 ? line.length : 4096),
			line.bytes);
	}
	return row;
}

const char *fmr_builder_intern(struct fmr_builder *builder, struct fmr_text name)
{
	struct fmr_arena *arena = &builder->schema->arena;
	return fmr_table_put(arena, &builder->names, name, fmr_text_hash(name.bytes, name.length))->key.bytes;
}

/* ---- nodes and names ---- */

static void name_node(struct fmr_builder *builder, const char *uri, const char *anchor, size_t length, struct fmr_node *node)
{
	struct fmr_arena *arena = &builder->schema->arena;
	char *key = anchor ? fmr_arena_format(arena, "%s#%.*s", uri, (int)length, anchor) : fmr_arena_strdup(arena, uri);
	size_t size = strlen(key);
	struct fmr_table_entry *entry =
		fmr_table_put(arena, &builder->by_uri, (struct fmr_text){ key, size }, fmr_text_hash(key, size));
	if (!entry->data)
		entry->data = node;
}

static struct fmr_node *named_node(const struct fmr_builder *builder, const char *key)
{
	size_t length = strlen(key);
	const struct fmr_table_entry *entry =
		fmr_table_find(&builder->by_uri, (struct fmr_text){ key, length }, fmr_text_hash(key, length));
	return entry ? entry->data : NULL;
}

static struct fmr_node *new_node(struct fmr_builder *builder, const struct fmr_value *value, struct fmr_resource *resource)
{
	struct fmr_arena *arena = &builder->schema->arena;
	struct fmr_node *node = fmr_arena_zero(arena, 1, sizeof(*node));
	node->value = value;
	node->resource = resource;
	fmr_address_put(arena, &builder->nodes, value, node);
	if (resource->document->is_main)
		fmr_builder_queue(builder, node);
	return node;
}

static struct fmr_resource *new_resource(struct fmr_builder *builder, const struct fmr_document *document, const char *uri,
	const struct fmr_dialect *dialect)
{
	struct fmr_resource *resource = fmr_arena_zero(&builder->schema->arena, 1, sizeof(*resource));
	resource->uri = uri;
	resource->document = document;
	resource->dialect = *dialect;
	FMR_VEC_PUSH(&builder->schema->resources, resource);
	return resource;
}

struct walk {
	struct fmr_builder *builder;
	struct fmr_node **items;
	size_t count, capacity;
};

static struct fmr_node *push_child(struct walk *walk, const struct fmr_node *parent, const struct fmr_value *value,
	enum fmr_step step, const char *keyword)
{
	if (fmr_address_get(&walk->builder->nodes, value))
		return NULL; /* an alias in YAML */
	struct fmr_node *node = new_node(walk->builder, value, parent->resource);
	node->parent = parent;
	node->step = step;
	node->keyword = keyword;
	FMR_VEC_PUSH(walk, node);
	return node;
}

static void push_list(struct walk *walk, const struct fmr_node *parent, const struct fmr_value *list, const char *keyword)
{
	for (size_t i = 0; i < list->list.count; i++) {
		struct fmr_node *node = push_child(walk, parent, list->list.items[i], FMR_STEP_INDEX, keyword);
		if (node)
			node->index = i;
	}
}

static void push_map(struct walk *walk, const struct fmr_node *parent, const struct fmr_value *map, const char *keyword,
	bool or_names)
{
	for (size_t i = 0; i < map->map.count; i++) {
		const struct fmr_member *member = &map->map.members[i];
		if (or_names && member->value->kind == FMR_LIST)
			continue;
		struct fmr_node *node = push_child(walk, parent, member->value, FMR_STEP_KEY, keyword);
		if (node)
			node->key = member->key;
	}
}

static void push_children(struct walk *walk, const struct fmr_node *node)
{
	const struct fmr_value *schema = node->value;
	for (size_t i = 0; i < schema->map.count; i++) {
		const struct fmr_member *member = &schema->map.members[i];
		const struct fmr_keyword_info *info = fmr_keyword_find(member->key, &node->resource->dialect);
		if (!info)
			continue;
		const struct fmr_value *value = member->value;
		bool list = value->kind == FMR_LIST, map = value->kind == FMR_MAP;
		if (info->shape == FMR_SHAPE_LIST || (info->shape == FMR_SHAPE_SCHEMA_OR_LIST && list)) {
			if (list)
				push_list(walk, node, value, info->name);
		} else if (info->shape == FMR_SHAPE_MAP || info->shape == FMR_SHAPE_MAP_OR_NAMES) {
			if (map)
				push_map(walk, node, value, info->name, info->shape == FMR_SHAPE_MAP_OR_NAMES);
		} else if (info->shape != FMR_SHAPE_NONE) {
			push_child(walk, node, value, FMR_STEP_KEYWORD, info->name);
		}
	}
}

static void add_dynamic(struct fmr_builder *builder, struct fmr_node *node, struct fmr_text name)
{
	node->dynamic_anchor = fmr_builder_intern(builder, name);
	FMR_VEC_PUSH(&node->resource->dynamic, ((struct fmr_dynamic_anchor){ node->dynamic_anchor, node }));
}

static void read_anchors(struct fmr_builder *builder, struct fmr_node *node)
{
	enum fmr_draft draft = node->resource->dialect.draft;
	if (draft < FMR_DRAFT_2019)
		return;
	const struct fmr_value *anchor = fmr_value_get(node->value, "$anchor");
	if (fmr_value_string(anchor))
		name_node(builder, node->resource->uri, anchor->text.bytes, anchor->text.length, node);
	const struct fmr_value *dynamic = fmr_value_get(node->value, "$dynamicAnchor");
	if (draft == FMR_DRAFT_2020 && fmr_value_string(dynamic)) {
		name_node(builder, node->resource->uri, dynamic->text.bytes, dynamic->text.length, node);
		add_dynamic(builder, node, dynamic->text);
	}
	const struct fmr_value *recursive = fmr_value_get(node->value, "$recursiveAnchor");
	if (draft == FMR_DRAFT_2019 && node->root && recursive && recursive->kind == FMR_BOOL && recursive->boolean)
		add_dynamic(builder, node, (struct fmr_text){ "", 0 });
}

/* $id and, with it, $schema: node may become the root of a resource of its own. */
static bool read_id(struct fmr_builder *builder, struct fmr_node *node)
{
	struct fmr_resource *outer = node->resource;
	const struct fmr_value *id = fmr_value_get(node->value, "$id");
	if (!fmr_value_string(id))
		return true;
	struct fmr_dialect dialect = outer->dialect;
	const struct fmr_value *keyword = fmr_value_get(node->value, "$schema");
	if (!node->root && keyword && !fmr_builder_dialect(builder, outer->document, keyword, &dialect))
		return false;
	bool old = dialect.draft < FMR_DRAFT_2019;
	if (old && fmr_value_get(node->value, "$ref"))
		return true;
	const char *hash = memchr(id->text.bytes, '#', id->text.length);
	size_t fragment = hash ? id->text.length - (size_t)(hash + 1 - id->text.bytes) : 0;
	size_t length = hash ? (size_t)(hash - id->text.bytes) : id->text.length;
	if (length) {
		const char *uri = fmr_uri_resolve(&builder->schema->arena, outer->uri, id->text.bytes, length, NULL);
		if (node->root)
			outer->uri = uri;
		else
			node->resource = new_resource(builder, outer->document, uri, &dialect);
		node->resource->node = node;
		node->root = true;
		name_node(builder, uri, NULL, 0, node);
	}
	if (old && fragment)
		name_node(builder, node->resource->uri, hash + 1, fragment, node);
	return true;
}

/* Find all subschemas below node, with their names. */
static bool index_tree(struct fmr_builder *builder, struct fmr_node *node)
{
	struct walk walk = { .builder = builder };
	FMR_VEC_PUSH(&walk, node);
	bool ok = true;
	while (ok && walk.count) {
		struct fmr_node *next = walk.items[--walk.count];
		if (next->value->kind != FMR_MAP)
			continue;
		ok = read_id(builder, next);
		if (ok) {
			read_anchors(builder, next);
			push_children(&walk, next);
		}
	}
	FMR_VEC_RELEASE(&walk);
	return ok;
}

struct fmr_node *fmr_builder_add_document(struct fmr_builder *builder, const struct fmr_document *document,
	const char *uri, const struct fmr_dialect *fallback)
{
	struct fmr_dialect dialect = *fallback;
	const struct fmr_value *keyword = fmr_value_get(document->root, "$schema");
	if (keyword && !fmr_builder_dialect(builder, document, keyword, &dialect))
		return NULL;
	struct fmr_resource *resource = new_resource(builder, document, uri, &dialect);
	struct fmr_node *node = new_node(builder, document->root, resource);
	resource->node = node;
	node->root = true;
	name_node(builder, uri, NULL, 0, node);
	return index_tree(builder, node) ? node : NULL;
}

/* ---- files ---- */

static bool is_yaml(const char *path)
{
	const char *dot = strrchr(path, '.');
	return dot && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
}

const struct fmr_value *fmr_schema_parse(const struct fmr_source *source, struct fmr_arena *arena,
	struct fmr_findings *findings)
{
	if (!is_yaml(source->path))
		return fmr_json_read(source, arena, findings);
	struct fmr_documents documents = { 0 };
	size_t before = fmr_findings_count(findings) + fmr_findings_dropped(findings);
	fmr_yaml_read(source, FMR_YAML_FOREIGN, arena, &documents, findings);
	if (fmr_findings_count(findings) + fmr_findings_dropped(findings) > before || !documents.count)
		return NULL;
	return documents.roots[0];
}

/* A file as a document; false and no finding when there is no such file. */
static bool read_document(struct fmr_builder *builder, const char *path, struct fmr_document **out)
{
	struct fmr_arena *arena = &builder->schema->arena;
	struct fmr_str bytes;
	fmr_str_init(&bytes);
	struct stat status;
	bool found = stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
		fmr_file_read(AT_FDCWD, path, FMR_SCHEMA_FILE_LIMIT, false, &bytes, NULL) == 0;
	if (found) {
		struct fmr_document *document = fmr_arena_zero(arena, 1, sizeof(*document));
		document->source = (struct fmr_source){ fmr_arena_strdup(arena, path),
			fmr_arena_strndup(arena, bytes.bytes, bytes.length), bytes.length };
		document->root = fmr_schema_parse(&document->source, arena, builder->findings);
		builder->failed = builder->failed || !document->root;
		*out = document;
	}
	fmr_str_release(&bytes);
	return found;
}

/* The file that stands for uri when `prefix` is mapped to `directory`. */
static bool read_mapped(struct fmr_builder *builder, const char *uri, const char *prefix, const char *directory,
	struct fmr_document **out)
{
	static const char *const endings[] = { "", ".json", ".yaml", ".yml" };
	size_t length = strlen(prefix);
	if (strncmp(uri, prefix, length) != 0)
		return false;
	struct fmr_str rest, path;
	fmr_str_init(&rest);
	fmr_str_init(&path);
	const char *tail = uri + length;
	fmr_uri_decode(&rest, tail + (length && prefix[length - 1] != '/' && *tail == '/'), strcspn(tail, "?"));
	bool found = false;
	bool whole = !*tail; /* the URI itself is mapped: to a file */
	if (strlen(rest.bytes) == rest.length && (whole || fmr_path_is_inside(rest.bytes)))
		for (size_t i = 0; !found && i < sizeof(endings) / sizeof(*endings); i++) {
			fmr_str_clear(&path);
			fmr_str_printf(&path, whole ? "%s%s%s" : "%s/%s%s", directory, rest.bytes, endings[i]);
			found = read_document(builder, path.bytes, out);
		}
	fmr_str_release(&rest);
	fmr_str_release(&path);
	return found;
}

static bool read_shipped(struct fmr_builder *builder, const char *uri, struct fmr_document **out)
{
	static const char *const prefixes[] = { "https://json-schema.org/", "http://json-schema.org/" };
	static const char *const places[] = { "metaschema", "schema/metaschema" };
	bool found = false;
	for (size_t i = 0; builder->options->data_dir && !found && i < 4; i++) {
		char *directory = fmr_format("%s/%s", builder->options->data_dir, places[i % 2]);
		found = read_mapped(builder, uri, prefixes[i / 2], directory, out);
		free(directory);
	}
	return found;
}

struct fmr_node *fmr_builder_fetch(struct fmr_builder *builder, const char *uri)
{
	const struct fmr_schema_options *options = builder->options;
	struct fmr_document *document = NULL;
	bool found = false;
	for (size_t i = 0; !found && i < options->map_count; i++)
		found = read_mapped(builder, uri, options->map_uris[i], options->map_dirs[i], &document);
	if (!found && builder->file_uri)
		found = read_mapped(builder, uri, builder->file_uri, builder->file_dir, &document);
	if (!found)
		found = read_shipped(builder, uri, &document);
	if (!found || builder->failed)
		return NULL;
	if (!fmr_builder_add_document(builder, document, uri, &builder->dialect))
		return NULL;
	return named_node(builder, uri);
}

/* ---- dialects ---- */

static bool read_vocabularies(struct fmr_builder *builder, const struct fmr_node *metaschema, struct fmr_dialect *out)
{
	const struct fmr_value *list = fmr_value_get(metaschema->value, "$vocabulary");
	if (!list || list->kind != FMR_MAP)
		return true;
	unsigned bits = FMR_VOCAB_CORE;
	for (size_t i = 0; i < list->map.count; i++) {
		const struct fmr_member *member = &list->map.members[i];
		unsigned known = fmr_vocabulary_bits(member->key.bytes);
		if (!known && member->value->kind == FMR_BOOL && member->value->boolean) {
			fmr_builder_fault(builder, metaschema->resource->document, member->value, FMR_CODE_SCHEMA_DIALECT,
				_("the metaschema requires the vocabulary '%s', which fmrec does not know"), member->key.bytes);
			return false;
		}
		bits |= known;
	}
	out->vocabularies = bits;
	return true;
}

bool fmr_builder_dialect(struct fmr_builder *builder, const struct fmr_document *document,
	const struct fmr_value *keyword, struct fmr_dialect *out)
{
	const char *uri = fmr_value_string(keyword);
	if (!uri || !fmr_uri_is_absolute(uri, keyword->text.length)) {
		fmr_builder_fault(builder, document, keyword, FMR_CODE_SCHEMA_INVALID, _("'$schema' must be an absolute URI"));
		return false;
	}
	if (fmr_dialect_known(uri, out))
		return true;
	const char *plain = fmr_uri_resolve(&builder->schema->arena, uri, uri, keyword->text.length, NULL);
	struct fmr_node *metaschema = NULL;
	if (builder->metaschema_depth < METASCHEMA_DEPTH) {
		builder->metaschema_depth++;
		metaschema = named_node(builder, plain);
		if (!metaschema)
			metaschema = fmr_builder_fetch(builder, plain);
		builder->metaschema_depth--;
	}
	if (builder->failed)
		return false;
	if (!metaschema) {
		struct fmr_finding *row = fmr_builder_fault(builder, document, keyword, FMR_CODE_SCHEMA_DIALECT,
			_("the schema names a dialect that fmrec does not know: '%s'"), uri);
		row->expected = fmr_findings_text(builder->findings, "%s",
			"https://json-schema.org/draft/2020-12/schema, http://json-schema.org/draft-07/schema#");
		row->hint = fmr_findings_text(builder->findings, "%s", _("give a metaschema of your own with --map URI=DIR"));
		return false;
	}
	*out = metaschema->resource->dialect;
	return read_vocabularies(builder, metaschema, out);
}

/* ---- references ---- */

static const struct fmr_value *step_into(const struct fmr_value *value, const char *token, size_t length)
{
	if (value->kind == FMR_MAP) {
		const struct fmr_member *member = fmr_value_member(value, token, length);
		return member ? member->value : NULL;
	}
	if (value->kind != FMR_LIST || !length || length > 9 || (length > 1 && *token == '0'))
		return NULL;
	size_t index = 0;
	for (size_t i = 0; i < length; i++) {
		if (token[i] < '0' || token[i] > '9')
			return NULL;
		index = index * 10 + (size_t)(token[i] - '0');
	}
	return index < value->list.count ? value->list.items[index] : NULL;
}

static void unescape_token(struct fmr_str *out, const char *token, size_t length)
{
	fmr_str_clear(out);
	for (size_t i = 0; i < length; i++) {
		bool escape = token[i] == '~' && i + 1 < length && (token[i + 1] == '0' || token[i + 1] == '1');
		fmr_str_putc(out, escape ? (token[++i] == '0' ? '~' : '/') : token[i]);
	}
}

/* Follow a JSON pointer from node; a target that was not known as a schema becomes one. */
struct fmr_node *fmr_builder_follow(struct fmr_builder *builder, struct fmr_node *node, const char *pointer, size_t length)
{
	struct fmr_str token;
	fmr_str_init(&token);
	const struct fmr_value *value = node->value;
	const char *p = pointer, *end = pointer + length, *rest = pointer;
	while (value && p < end) {
		const char *slash = memchr(p + 1, '/', (size_t)(end - p - 1));
		const char *stop = slash ? slash : end;
		unescape_token(&token, p + 1, (size_t)(stop - p - 1));
		value = step_into(value, token.bytes, token.length);
		p = stop;
		struct fmr_node *known = value ? fmr_address_get(&builder->nodes, value) : NULL;
		if (known) {
			node = known;
			rest = p;
		}
	}
	fmr_str_release(&token);
	if (!value)
		return NULL;
	if (rest == end)
		return node;
	struct fmr_node *target = new_node(builder, value, node->resource);
	target->parent = node;
	target->step = FMR_STEP_POINTER;
	target->keyword = fmr_arena_strndup(&builder->schema->arena, rest, (size_t)(end - rest));
	return index_tree(builder, target) ? target : NULL;
}

static struct fmr_node *find_target(struct fmr_builder *builder, const char *uri, const struct fmr_str *fragment)
{
	struct fmr_node *node = named_node(builder, uri);
	if (!node)
		node = fmr_builder_fetch(builder, uri);
	if (!node)
		return NULL;
	if (!fragment->length)
		return node;
	if (fragment->bytes[0] == '/')
		return fmr_builder_follow(builder, node, fragment->bytes, fragment->length);
	char *key = fmr_format("%s#%s", node->resource->uri, fragment->bytes);
	node = named_node(builder, key);
	free(key);
	return node;
}

struct fmr_node *fmr_builder_resolve(struct fmr_builder *builder, const struct fmr_node *from,
	const struct fmr_value *reference)
{
	struct fmr_str fragment;
	fmr_str_init(&fragment);
	const char *uri = fmr_uri_resolve(&builder->schema->arena, from->resource->uri, reference->text.bytes,
		reference->text.length, &fragment);
	struct fmr_node *target = find_target(builder, uri, &fragment);
	if (!target && !builder->failed) {
		bool known = named_node(builder, uri);
		struct fmr_finding *row = fmr_builder_fault(builder, from->resource->document, reference, FMR_CODE_SCHEMA_REF,
			_("the reference '%s' leads nowhere"), reference->text.bytes);
		if (!known)
			row->hint = fmr_findings_text(builder->findings,
				_("there is no document '%s' here; give it with --map URI=DIR"), uri);
	}
	fmr_str_release(&fragment);
	return target;
}

/* ---- pointers into schemas ---- */

static void put_token(struct fmr_str *out, const char *bytes, size_t length)
{
	fmr_str_putc(out, '/');
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] == '~')
			fmr_str_puts(out, "~0");
		else if (bytes[i] == '/')
			fmr_str_puts(out, "~1");
		else
			fmr_str_putc(out, bytes[i]);
	}
}

void fmr_node_pointer(struct fmr_str *out, const struct fmr_node *node, const char *keyword)
{
	struct {
		const struct fmr_node **items;
		size_t count, capacity;
	} way = { 0 };
	FMR_VEC_PUSH(&way, node);
	for (const struct fmr_node *step = node->parent; step; step = step->parent)
		FMR_VEC_PUSH(&way, step);
	fmr_str_puts(out, node->resource->document->source.path);
	fmr_str_putc(out, '#');
	for (size_t i = way.count; i-- > 0;) {
		const struct fmr_node *step = way.items[i];
		if (step->step == FMR_STEP_POINTER) {
			fmr_str_puts(out, step->keyword);
			continue;
		}
		if (step->step != FMR_STEP_ROOT)
			put_token(out, step->keyword, strlen(step->keyword));
		if (step->step == FMR_STEP_KEY)
			put_token(out, step->key.bytes, step->key.length);
		else if (step->step == FMR_STEP_INDEX)
			fmr_str_printf(out, "/%zu", step->index);
	}
	if (keyword)
		put_token(out, keyword, strlen(keyword));
	FMR_VEC_RELEASE(&way);
}
