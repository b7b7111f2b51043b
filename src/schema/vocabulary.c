#include "schema/schema.h"

#include <stdlib.h>
#include <string.h>

enum {
	ALL = FMR_DRAFT_6 | FMR_DRAFT_7 | FMR_DRAFT_2019 | FMR_DRAFT_2020,
	OLD = FMR_DRAFT_6 | FMR_DRAFT_7 | FMR_DRAFT_2019,
	FROM_7 = FMR_DRAFT_7 | FMR_DRAFT_2019 | FMR_DRAFT_2020,
	FROM_2019 = FMR_DRAFT_2019 | FMR_DRAFT_2020,
	FORMAT = FMR_VOCAB_FORMAT | FMR_VOCAB_FORMAT_ASSERT,
};

/* Sorted by name (bytes). */
static const struct fmr_keyword_info keywords[] = {
	{ "$defs", FMR_KW_DEFS, FMR_SHAPE_MAP, ALL, FMR_VOCAB_CORE },
	{ "$dynamicRef", FMR_KW_DYNAMIC_REF, FMR_SHAPE_NONE, FMR_DRAFT_2020, FMR_VOCAB_CORE },
	{ "$recursiveRef", FMR_KW_RECURSIVE_REF, FMR_SHAPE_NONE, FMR_DRAFT_2019, FMR_VOCAB_CORE },
	{ "$ref", FMR_KW_REF, FMR_SHAPE_NONE, ALL, FMR_VOCAB_CORE },
	{ "additionalItems", FMR_KW_ADDITIONAL_ITEMS, FMR_SHAPE_SCHEMA, OLD, FMR_VOCAB_APPLICATOR },
	{ "additionalProperties", FMR_KW_ADDITIONAL_PROPERTIES, FMR_SHAPE_SCHEMA, ALL, FMR_VOCAB_APPLICATOR },
	{ "allOf", FMR_KW_ALL_OF, FMR_SHAPE_LIST, ALL, FMR_VOCAB_APPLICATOR },
	{ "anyOf", FMR_KW_ANY_OF, FMR_SHAPE_LIST, ALL, FMR_VOCAB_APPLICATOR },
	{ "const", FMR_KW_CONST, FMR_SHAPE_NONE, ALL, FMR_VOCAB_VALIDATION },
	{ "contains", FMR_KW_CONTAINS, FMR_SHAPE_SCHEMA, ALL, FMR_VOCAB_APPLICATOR },
	{ "contentSchema", FMR_KW_CONTENT_SCHEMA, FMR_SHAPE_SCHEMA, FROM_2019, FMR_VOCAB_CONTENT },
	{ "definitions", FMR_KW_DEFINITIONS, FMR_SHAPE_MAP, ALL, FMR_VOCAB_CORE },
	{ "dependencies", FMR_KW_DEPENDENCIES, FMR_SHAPE_MAP_OR_NAMES, ALL, FMR_VOCAB_APPLICATOR },
	{ "dependentRequired", FMR_KW_DEPENDENT_REQUIRED, FMR_SHAPE_NONE, FROM_2019, FMR_VOCAB_VALIDATION },
	{ "dependentSchemas", FMR_KW_DEPENDENT_SCHEMAS, FMR_SHAPE_MAP, FROM_2019, FMR_VOCAB_APPLICATOR },
	{ "else", FMR_KW_ELSE, FMR_SHAPE_SCHEMA, FROM_7, FMR_VOCAB_APPLICATOR },
	{ "enum", FMR_KW_ENUM, FMR_SHAPE_NONE, ALL, FMR_VOCAB_VALIDATION },
	{ "exclusiveMaximum", FMR_KW_EXCLUSIVE_MAXIMUM, FMR_SHAPE_NONE, ALL, FMR_VOCAB_VALIDATION },
	{ "exclusiveMinimum", FMR_KW_EXCLUSIVE_MINIMUM, FMR_SHAPE_NONE, ALL, FMR_VOCAB_VALIDATION },
	{ "format", FMR_KW_FORMAT, FMR_SHAPE_NONE, ALL, FORMAT },
	{ "if", FMR_KW_IF, FMR_SHAPE_SCHEMA, FROM_7, FMR_VOCAB_APPLICATOR },
	{ "items", FMR_KW_ITEMS, FMR_SHAPE_SCHEMA_OR_LIST, ALL, FMR_VOCAB_APPLICATOR },
	{ "maxContains", FMR_KW_MAX_CONTAINS, FMR_SHAPE_NONE, FROM_2019, FMR_VOCAB_VALIDATION },
	{ "maxItems", FMR_KW_MAX_ITEMS, FMR_SHAPE_NONE, ALL, FMR_VOCAB_VALIDATION },
	{ "maxLength", FMR_KW_MAX_LENGTH, FMR_SHAPE_NONE, ALL, FMR_VOCAB_VALIDATION },
	{ "maxProperties", FMR_KW_MAX_PROPERTIES, FMR_SHAPE_NONE, ALL, FMR_VOCAB_VALIDATION },
	{ "maximum", FMR_KW_MAXIMUM, FMR_SHAPE_NONE, ALL, FMR_VOCAB_VALIDATION },
	{ "minContains", FMR_KW_MIN_CONTAINS, FMR_SHAPE_NONE, FROM_2019, FMR_VOCAB_VALIDATION },
	{ "minItems", FMR_KW_MIN_ITEMS, FMR_SHAPE_NONE, ALL, FMR_VOCAB_VALIDATION },
	{ "minLength", FMR_KW_MIN_LENGTH, FMR_SHAPE_NONE, ALL, FMR_VOCAB_VALIDATION },
	{ "minProperties", FMR_KW_MIN_PROPERTIES, FMR_SHAPE_NONE, ALL, FMR_VOCAB_VALIDATION },
	{ "minimum", FMR_KW_MINIMUM, FMR_SHAPE_NONE, ALL, FMR_VOCAB_VALIDATION },
	{ "multipleOf", FMR_KW_MULTIPLE_OF, FMR_SHAPE_NONE, ALL, FMR_VOCAB_VALIDATION },
	{ "not", FMR_KW_NOT, FMR_SHAPE_SCHEMA, ALL, FMR_VOCAB_APPLICATOR },
	{ "oneOf", FMR_KW_ONE_OF, FMR_SHAPE_LIST, ALL, FMR_VOCAB_APPLICATOR },
	{ "pattern", FMR_KW_PATTERN, FMR_SHAPE_NONE, ALL, FMR_VOCAB_VALIDATION },
	{ "patternProperties", FMR_KW_PATTERN_PROPERTIES, FMR_SHAPE_MAP, ALL, FMR_VOCAB_APPLICATOR },
	{ "prefixItems", FMR_KW_PREFIX_ITEMS, FMR_SHAPE_LIST, FMR_DRAFT_2020, FMR_VOCAB_APPLICATOR },
	{ "properties", FMR_KW_PROPERTIES, FMR_SHAPE_MAP, ALL, FMR_VOCAB_APPLICATOR },
	{ "propertyNames", FMR_KW_PROPERTY_NAMES, FMR_SHAPE_SCHEMA, ALL, FMR_VOCAB_APPLICATOR },
	{ "required", FMR_KW_REQUIRED, FMR_SHAPE_NONE, ALL, FMR_VOCAB_VALIDATION },
	{ "then", FMR_KW_THEN, FMR_SHAPE_SCHEMA, FROM_7, FMR_VOCAB_APPLICATOR },
	{ "type", FMR_KW_TYPE, FMR_SHAPE_NONE, ALL, FMR_VOCAB_VALIDATION },
	{ "unevaluatedItems", FMR_KW_UNEVALUATED_ITEMS, FMR_SHAPE_SCHEMA, FROM_2019, FMR_VOCAB_UNEVALUATED },
	{ "unevaluatedProperties", FMR_KW_UNEVALUATED_PROPERTIES, FMR_SHAPE_SCHEMA, FROM_2019, FMR_VOCAB_UNEVALUATED },
	{ "uniqueItems", FMR_KW_UNIQUE_ITEMS, FMR_SHAPE_NONE, ALL, FMR_VOCAB_VALIDATION },
};

static int compare_name(const void *name, const void *row)
{
	const struct fmr_text *text = name;
	const char *other = ((const struct fmr_keyword_info *)row)->name;
	size_t length = strlen(other), shorter = text->length < length ? text->length : length;
	int order = memcmp(text->bytes, other, shorter);
	return order ? order : (text->length > length) - (text->length < length);
}

const struct fmr_keyword_info *fmr_keyword_find(struct fmr_text name, const struct fmr_dialect *dialect)
{
	const struct fmr_keyword_info *row =
		bsearch(&name, keywords, sizeof(keywords) / sizeof(*keywords), sizeof(*keywords), compare_name);
	if (!row || !(row->drafts & dialect->draft) || !(row->vocabulary & dialect->vocabularies))
		return NULL;
	return row;
}

bool fmr_dialect_known(const char *uri, struct fmr_dialect *out)
{
	static const struct {
		const char *uri;
		enum fmr_draft draft;
	} known[] = {
		{ "https://json-schema.org/draft/2020-12/schema", FMR_DRAFT_2020 },
		{ "https://json-schema.org/draft/2019-09/schema", FMR_DRAFT_2019 },
		{ "http://json-schema.org/draft-07/schema", FMR_DRAFT_7 },
		{ "https://json-schema.org/draft-07/schema", FMR_DRAFT_7 },
		{ "http://json-schema.org/draft-06/schema", FMR_DRAFT_6 },
		{ "https://json-schema.org/draft-06/schema", FMR_DRAFT_6 },
	};
	size_t length = strlen(uri);
	if (length && uri[length - 1] == '#')
		length--;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strlen(known[i].uri) == length && memcmp(known[i].uri, uri, length) == 0) {
			*out = (struct fmr_dialect){ known[i].draft, FMR_VOCAB_ALL };
			return true;
		}
	return false;
}

unsigned fmr_vocabulary_bits(const char *uri)
{
	static const struct {
		const char *name;
		unsigned bits;
	} known[] = {
		{ "core", FMR_VOCAB_CORE },
		{ "applicator", FMR_VOCAB_APPLICATOR },
		{ "unevaluated", FMR_VOCAB_UNEVALUATED },
		{ "validation", FMR_VOCAB_VALIDATION },
		{ "meta-data", FMR_VOCAB_OTHER },
		{ "format-annotation", FMR_VOCAB_FORMAT },
		{ "format-assertion", FMR_VOCAB_FORMAT_ASSERT },
		{ "format", FMR_VOCAB_FORMAT },
		{ "content", FMR_VOCAB_CONTENT },
	};
	static const char *const prefixes[] = { "https://json-schema.org/draft/2020-12/vocab/",
		"https://json-schema.org/draft/2019-09/vocab/" };
	for (size_t p = 0; p < 2; p++) {
		size_t length = strlen(prefixes[p]);
		if (strncmp(uri, prefixes[p], length) != 0)
			continue;
		for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
			if (strcmp(uri + length, known[i].name) == 0)
				/* before 2020-12 the unevaluated keywords were applicators */
				return known[i].bits | (p && i == 1 ? FMR_VOCAB_UNEVALUATED : 0);
	}
	return 0;
}
