/*
 * YAML 1.2 (core schema): read into value trees, edit by splicing bytes, write.
 */
#ifndef FMREC_YAML_H
#define FMREC_YAML_H

#include "fmrec/arena.h"
#include "fmrec/error.h"
#include "fmrec/finding.h"
#include "fmrec/source.h"
#include "fmrec/str.h"
#include "fmrec/value.h"

#include <stdbool.h>
#include <stddef.h>

enum fmr_yaml_rules {
	FMR_YAML_RECORD,  /* governed records: one document, no anchors, aliases, tags */
	FMR_YAML_FOREIGN, /* other people's files: several documents, core tags, anchors within a limit */
};

enum {
	FMR_YAML_DEPTH = 64,                    /* nesting levels */
	FMR_YAML_SIZE = 4 << 20,                /* bytes of a record file */
	FMR_YAML_FOREIGN_SIZE = 64 << 20,       /* bytes of a foreign file */
	FMR_YAML_EXPANSION = 1000000,           /* values of one foreign document after expanding aliases */
};

struct fmr_documents {
	struct fmr_value **roots; /* in the arena; NULL roots do not occur: an empty document is a null value */
	size_t count;
};

/*
 * Read all documents of source.  Values live in arena and are borrowed from
 * it; they do not point into source->bytes, but spans refer to it.
 * Faults of the text are findings; then the documents before the fault are
 * returned (none for FMR_YAML_RECORD).  Never fails otherwise.
 */
void fmr_yaml_read(const struct fmr_source *source, enum fmr_yaml_rules rules, struct fmr_arena *arena,
	struct fmr_documents *documents, struct fmr_findings *findings);

/* The usual case: the one document of a record, or NULL after a finding. */
struct fmr_value *fmr_yaml_read_record(const struct fmr_source *source, struct fmr_arena *arena,
	struct fmr_findings *findings);

/* The same for a text that was judged elsewhere: NULL when it cannot be read.  Spans are offsets into bytes. */
struct fmr_value *fmr_yaml_read_quietly(const char *bytes, size_t length, struct fmr_arena *arena);

/* What fmr_yaml_edit does at a path. */
enum fmr_edit_kind {
	FMR_EDIT_SET,    /* replace the value, or add the field (and missing maps above it) */
	FMR_EDIT_APPEND, /* add an item at the end of a list; makes the list when absent */
	FMR_EDIT_REMOVE, /* take the field or item away; absent: nothing happens */
};

struct fmr_edit {
	enum fmr_edit_kind kind;
	const char *path;               /* "impact.users", "timeline.0.at"; keys with dots are not reachable */
	const struct fmr_value *value;  /* for SET and APPEND; any kind; its style is a wish */
	const char *const *field_order; /* NULL-terminated names in schema order: where a new top-level field goes; or NULL */
};

/*
 * Apply edits in order to the text of one record and put the new text into
 * out (what it held is gone; on an error it is left alone; it may be the text
 * that source points to).  Only the bytes of
 * the edited values change: comments, order, quoting style, block scalars,
 * indentation, CRLF, a missing final newline survive.  The result is re-read
 * and compared with the edited tree before it is returned (FMR_ERR_INVALID if
 * it could not be done).  An edit that changes no value leaves the text as it
 * was.  A text without a document (empty, or comments only) becomes a map.
 *
 * - SET of a map or list where one is changes only the parts that differ.  An
 *   empty path names the whole record.  The position behind the last item adds
 *   one.
 * - A null stands for a map or list that is not there yet.  A map or list that
 *   loses its last element becomes `{}` or `[]`.
 * - With a field or item go the comment on its line, the comment lines
 *   directly above it and indented like it (its help in a template; not those
 *   that begin the file), and those below it that are indented deeper.
 */
int fmr_yaml_edit(const struct fmr_source *source, const struct fmr_edit *edits, size_t count, struct fmr_str *out,
	struct fmr_err *err);

/* Write value as block YAML at this indentation (spaces): long or multi-line text as `|`, strings that
 * would read back as another kind quoted.  Reading back gives an equal value, always. */
void fmr_yaml_write(struct fmr_str *out, const struct fmr_value *value, int indent);

/* One scalar as it must be written on one line behind "key: " (plain when safe, else quoted); not for between
 * brackets, where a comma would end it. */
void fmr_yaml_write_scalar(struct fmr_str *out, const struct fmr_value *value);

/* Build values by hand, in an arena. */
struct fmr_value *fmr_value_new_string(struct fmr_arena *arena, const char *bytes, size_t length);
struct fmr_value *fmr_value_new_number(struct fmr_arena *arena, const char *decimal);
struct fmr_value *fmr_value_new_bool(struct fmr_arena *arena, bool boolean);
struct fmr_value *fmr_value_new_null(struct fmr_arena *arena);
struct fmr_value *fmr_value_new_list(struct fmr_arena *arena);
struct fmr_value *fmr_value_new_map(struct fmr_arena *arena);
void fmr_value_append(struct fmr_arena *arena, struct fmr_value *list, struct fmr_value *item);
void fmr_value_put(struct fmr_arena *arena, struct fmr_value *map, const char *key, struct fmr_value *value);
/* What the YAML core schema makes of a plain scalar: `5` a number, `no` a string, ... */
struct fmr_value *fmr_value_from_plain(struct fmr_arena *arena, const char *bytes, size_t length);

#endif
