/*
 * The value tree: what a YAML or JSON text says, with the bytes it says it in.
 *
 * Values are immutable, live in the arena of their document and are borrowed
 * from it.  Spans are byte offsets into the document's text.
 */
#ifndef FMREC_VALUE_H
#define FMREC_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fmr_kind { FMR_NULL, FMR_BOOL, FMR_NUMBER, FMR_STRING, FMR_LIST, FMR_MAP };

/* How it is written; FMR_STYLE_NONE for values not read from a text. */
enum fmr_style {
	FMR_STYLE_NONE,
	FMR_STYLE_PLAIN,   /* scalar without quotes */
	FMR_STYLE_SINGLE,  /* 'x' */
	FMR_STYLE_DOUBLE,  /* "x" */
	FMR_STYLE_LITERAL, /* | */
	FMR_STYLE_FOLDED,  /* > */
	FMR_STYLE_BLOCK,   /* list or map by indentation */
	FMR_STYLE_FLOW,    /* list or map in [] or {} */
};

struct fmr_span {
	size_t start, end; /* end is behind the last byte */
};

/* UTF-8; NUL-terminated for convenience, but may hold NUL when read from JSON. */
struct fmr_text {
	const char *bytes;
	size_t length;
};

struct fmr_member;

struct fmr_value {
	enum fmr_kind kind;
	enum fmr_style style;
	struct fmr_span span; /* of the value itself: no key, no trailing comment, no line end behind it;
	                         a block scalar runs from its indicator to the end of its last content line */
	union {
		bool boolean;
		struct fmr_text text; /* FMR_STRING: the text.  FMR_NUMBER: a JSON number spelled in decimal,
		                         exact, never rounded (0o14 is "12", 0x1F is "31") */
		struct {
			struct fmr_value **items;
			size_t count;
		} list;
		struct {
			struct fmr_member *members; /* in the order of the text; keys unique */
			size_t count;
		} map;
	};
};

struct fmr_member {
	struct fmr_text key;
	uint32_t key_hash;         /* fmr_text_hash(key) */
	struct fmr_span key_span;  /* bytes of the key as written, quotes included */
	struct fmr_value *value;
};

uint32_t fmr_text_hash(const char *bytes, size_t length);

/* The member's value, or NULL when map is NULL, no map, or has no such key. */
const struct fmr_value *fmr_value_get(const struct fmr_value *map, const char *key);
const struct fmr_member *fmr_value_member(const struct fmr_value *map, const char *key, size_t length);

/* The text of a string value, or NULL. */
const char *fmr_value_string(const struct fmr_value *value);
/* true if value is a string with exactly this text */
bool fmr_value_is(const struct fmr_value *value, const char *text);

/* Look up "impact.users", "timeline.0.at": field names and zero-based list positions; NULL when absent. */
const struct fmr_value *fmr_value_at(const struct fmr_value *root, const char *path);

/* Equal as JSON Schema sees it: numbers by value (1.0 equals 1), maps without order. */
bool fmr_value_equal(const struct fmr_value *a, const struct fmr_value *b);

const char *fmr_kind_name(enum fmr_kind kind); /* JSON names: "null" "boolean" "number" "string" "array" "object" */

#endif
