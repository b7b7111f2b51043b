/*
 * The compiled schema: a graph of nodes, one for each (sub)schema.  Built by
 * load.c (documents, names) and compile.c (rules), read by check.c.  Immutable
 * once built.
 */
#ifndef FMR_SCHEMA_SCHEMA_H
#define FMR_SCHEMA_SCHEMA_H

#include "base/arena.h"
#include "base/regex.h"
#include "base/source.h"
#include "base/str.h"
#include "base/vec.h"
#include "fmrec/schema.h"
#include "schema/table.h"

/* ---- dialects ---- */

enum fmr_draft { FMR_DRAFT_6 = 1, FMR_DRAFT_7 = 2, FMR_DRAFT_2019 = 4, FMR_DRAFT_2020 = 8 };

enum fmr_vocabulary {
	FMR_VOCAB_CORE = 1,
	FMR_VOCAB_APPLICATOR = 2,
	FMR_VOCAB_UNEVALUATED = 4,
	FMR_VOCAB_VALIDATION = 8,
	FMR_VOCAB_FORMAT = 16,        /* as annotation */
	FMR_VOCAB_FORMAT_ASSERT = 32, /* as assertion */
	FMR_VOCAB_CONTENT = 64,
	FMR_VOCAB_OTHER = 128,        /* known, nothing to check: meta-data */
	FMR_VOCAB_ALL = 255 - FMR_VOCAB_FORMAT_ASSERT,
};

struct fmr_dialect {
	enum fmr_draft draft;
	unsigned vocabularies;
};

enum fmr_keyword {
	FMR_KW_ADDITIONAL_ITEMS, FMR_KW_ADDITIONAL_PROPERTIES, FMR_KW_ALL_OF, FMR_KW_ANY_OF, FMR_KW_CONST, FMR_KW_CONTAINS,
	FMR_KW_CONTENT_SCHEMA, FMR_KW_DEFINITIONS, FMR_KW_DEFS, FMR_KW_DEPENDENCIES, FMR_KW_DEPENDENT_REQUIRED,
	FMR_KW_DEPENDENT_SCHEMAS, FMR_KW_DYNAMIC_REF, FMR_KW_ELSE, FMR_KW_ENUM, FMR_KW_EXCLUSIVE_MAXIMUM,
	FMR_KW_EXCLUSIVE_MINIMUM, FMR_KW_FORMAT, FMR_KW_IF, FMR_KW_ITEMS, FMR_KW_MAX_CONTAINS, FMR_KW_MAX_ITEMS,
	FMR_KW_MAX_LENGTH, FMR_KW_MAX_PROPERTIES, FMR_KW_MAXIMUM, FMR_KW_MIN_CONTAINS, FMR_KW_MIN_ITEMS, FMR_KW_MIN_LENGTH,
	FMR_KW_MIN_PROPERTIES, FMR_KW_MINIMUM, FMR_KW_MULTIPLE_OF, FMR_KW_NOT, FMR_KW_ONE_OF, FMR_KW_PATTERN,
	FMR_KW_PATTERN_PROPERTIES, FMR_KW_PREFIX_ITEMS, FMR_KW_PROPERTIES, FMR_KW_PROPERTY_NAMES, FMR_KW_RECURSIVE_REF,
	FMR_KW_REF, FMR_KW_REQUIRED, FMR_KW_THEN, FMR_KW_TYPE, FMR_KW_UNEVALUATED_ITEMS, FMR_KW_UNEVALUATED_PROPERTIES,
	FMR_KW_UNIQUE_ITEMS,
};

enum fmr_shape { /* where a keyword holds subschemas */
	FMR_SHAPE_NONE,
	FMR_SHAPE_SCHEMA,
	FMR_SHAPE_LIST,
	FMR_SHAPE_MAP,
	FMR_SHAPE_SCHEMA_OR_LIST,
	FMR_SHAPE_MAP_OR_NAMES,
};

struct fmr_keyword_info {
	const char *name;
	enum fmr_keyword keyword;
	enum fmr_shape shape;
	unsigned drafts, vocabulary;
};

/* The keyword of this name in this dialect, or NULL. */
const struct fmr_keyword_info *fmr_keyword_find(struct fmr_text name, const struct fmr_dialect *dialect);
/* The dialect of a well-known metaschema; the URI may end in '#'. */
bool fmr_dialect_known(const char *uri, struct fmr_dialect *out);
/* The bits of a vocabulary's URI, 0 when it is not known. */
unsigned fmr_vocabulary_bits(const char *uri);

/* ---- documents and resources ---- */

enum { FMR_SCHEMA_FILE_LIMIT = 16 << 20 }; /* bytes of a schema that is read from a file */

struct fmr_document {
	struct fmr_source source;
	const struct fmr_value *root;
	bool is_main; /* what the caller gave; everything in it is compiled */
};

struct fmr_dynamic_anchor {
	const char *name; /* interned: compare addresses */
	struct fmr_node *node;
};

struct fmr_resource { /* what has a URI of its own */
	const char *uri;
	const struct fmr_document *document;
	struct fmr_node *node;
	struct fmr_dialect dialect;
	FMR_VEC(struct fmr_dynamic_anchor) dynamic;
};

/* ---- nodes ---- */

struct fmr_node_list {
	struct fmr_node **items;
	size_t count;
};

struct fmr_number_rules { /* bytes NULL: no such rule */
	struct fmr_text minimum, maximum, above, below, multiple;
};

typedef bool fmr_format_function(const char *bytes, size_t length);

struct fmr_string_rules {
	size_t min, max;
	const struct fmr_regex *pattern;
	struct fmr_text pattern_text;
	fmr_format_function *format; /* NULL: not checked */
	const char *format_name;
};

struct fmr_list_rules {
	size_t min, max;
	bool unique;
	struct fmr_node_list prefix;
	struct fmr_node *items;        /* of what stands behind the prefix */
	const char *items_keyword;
	struct fmr_node *contains;
	size_t min_contains, max_contains;
	bool contains_marks;           /* items it fits count as evaluated */
};

struct fmr_pattern_rule {
	const struct fmr_regex *regex;
	struct fmr_text text;
	struct fmr_node *node;
};

struct fmr_dependency {
	struct fmr_text key;
	struct fmr_text *names; /* required together with key */
	size_t count;
	struct fmr_node *node;  /* or: fits the whole map when key is there */
	const char *keyword;
};

struct fmr_map_rules {
	size_t min, max;
	struct fmr_table names; /* of properties and required; data: node or NULL; flag: required */
	size_t required;        /* names with flag */
	const struct fmr_value *required_list; /* in the order of the schema; NULL with required 0 */
	struct fmr_pattern_rule *patterns;
	size_t pattern_count;
	struct fmr_node *additional;
	struct fmr_node *property_names;
	struct fmr_dependency *dependencies;
	size_t dependency_count;
};

struct fmr_dynamic_rule {
	struct fmr_node *node; /* the target when nothing in the dynamic scope says otherwise */
	const char *name;      /* interned anchor; NULL: behaves as $ref */
};

struct fmr_logic_rules {
	struct fmr_node_list all; /* $ref and allOf */
	struct fmr_node_list any, one;
	struct fmr_dynamic_rule *dynamic;
	size_t dynamic_count;
	struct fmr_node *not_, *if_, *then_, *else_;
};

struct fmr_value_rules { /* enum and const */
	const struct fmr_value *allowed; /* a list */
	const struct fmr_value *constant;
	struct fmr_table strings;        /* of allowed, when they are many */
};

enum fmr_verdict { FMR_BY_RULES, FMR_ALWAYS, FMR_NEVER };

enum { FMR_TYPE_INTEGER = 1 << 6, FMR_TYPE_ANY = 0 }; /* the other bits: 1 << enum fmr_kind */

enum fmr_step { FMR_STEP_ROOT, FMR_STEP_KEYWORD, FMR_STEP_KEY, FMR_STEP_INDEX, FMR_STEP_POINTER };

struct fmr_node {
	unsigned char verdict; /* enum fmr_verdict */
	unsigned char types;   /* bits of allowed types, FMR_TYPE_ANY */
	bool wants_marks;      /* has unevaluated... */
	bool queued, root;     /* compile.c */
	struct fmr_value_rules *values;
	struct fmr_number_rules *number;
	struct fmr_string_rules *string;
	struct fmr_list_rules *list;
	struct fmr_map_rules *map;
	struct fmr_logic_rules *logic;
	struct fmr_node *unevaluated_items, *unevaluated_properties;
	struct fmr_resource *resource;
	const char *dynamic_anchor; /* interned name of its own $dynamicAnchor, or NULL */
	const struct fmr_value *value;
	/* the way to it, for schema pointers */
	const struct fmr_node *parent;
	enum fmr_step step;
	const char *keyword;   /* or, for FMR_STEP_POINTER, the whole rest of the pointer */
	struct fmr_text key;
	size_t index;
};

struct fmr_schema {
	struct fmr_arena arena;
	struct fmr_node *root;
	FMR_VEC(struct fmr_regex *) regexes;
	FMR_VEC(struct fmr_resource *) resources;
	bool dynamic; /* has a $dynamicRef somewhere: the dynamic scope must be kept */
};

/* ---- building (load.c, compile.c) ---- */

struct fmr_builder {
	struct fmr_schema *schema;
	const struct fmr_schema_options *options;
	struct fmr_findings *findings;
	const char *file_uri, *file_dir; /* one more mapping: files beside the schema, or NULL */
	bool failed;                     /* a finding was added: stop */
	struct fmr_finding ignored;      /* what later faults are written to */
	struct fmr_dialect dialect;      /* of documents without $schema */
	struct fmr_address_map nodes;    /* struct fmr_value -> struct fmr_node */
	struct fmr_table by_uri;         /* "uri" and "uri#anchor" -> struct fmr_node */
	struct fmr_table names;          /* interned */
	struct fmr_table patterns;       /* pattern -> struct fmr_regex */
	FMR_VEC(struct fmr_node *) queue;/* to compile */
	unsigned metaschema_depth;
};

/* Register a document: all its subschemas become nodes, its names are known.  NULL when failed. */
struct fmr_node *fmr_builder_add_document(struct fmr_builder *builder, const struct fmr_document *document,
	const char *uri, const struct fmr_dialect *dialect);
/* The node a reference of `from` leads to, loading documents as needed; NULL when failed. */
struct fmr_node *fmr_builder_resolve(struct fmr_builder *builder, const struct fmr_node *from,
	const struct fmr_value *reference);
/* Read and register the document of a URI (no fragment): a mapped file or a shipped metaschema.  NULL and no finding
 * when there is none. */
struct fmr_node *fmr_builder_fetch(struct fmr_builder *builder, const char *uri);
/* The dialect that $schema names; metaschemas of others are fetched.  false when failed. */
bool fmr_builder_dialect(struct fmr_builder *builder, const struct fmr_document *document,
	const struct fmr_value *schema_keyword, struct fmr_dialect *out);
/* The node of a JSON pointer from node; NULL when it leads nowhere. */
struct fmr_node *fmr_builder_follow(struct fmr_builder *builder, struct fmr_node *node, const char *pointer, size_t length);
/* The tree of a text, YAML or JSON by the ending of its path; NULL after a finding. */
const struct fmr_value *fmr_schema_parse(const struct fmr_source *source, struct fmr_arena *arena,
	struct fmr_findings *findings);
const char *fmr_builder_intern(struct fmr_builder *builder, struct fmr_text name);
/* Add the one finding about a place in a schema and set failed; never NULL. */
struct fmr_finding *fmr_builder_fault(struct fmr_builder *builder, const struct fmr_document *document,
	const struct fmr_value *value, enum fmr_code code, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Fill in the rules of all queued nodes, and of those they lead to. */
bool fmr_builder_compile(struct fmr_builder *builder);
void fmr_builder_queue(struct fmr_builder *builder, struct fmr_node *node);

/* Check the document against the metaschema of this URI; at most one finding.  false when it has one. */
bool fmr_metaschema_check(struct fmr_builder *builder, const struct fmr_document *document, const char *uri);

/* Append "file.yaml#/properties/x", or with a keyword "file.yaml#/properties/x/minimum". */
void fmr_node_pointer(struct fmr_str *out, const struct fmr_node *node, const char *keyword);

/* The function that checks a format, NULL when it is not known. */
fmr_format_function *fmr_format_find(struct fmr_text name);

#endif
