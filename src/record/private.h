/*
 * What the files of src/record share and nobody else sees.
 */
#ifndef FMR_RECORD_PRIVATE_H
#define FMR_RECORD_PRIVATE_H

#include "base/arena.h"
#include "base/source.h"
#include "base/str.h"
#include "base/vec.h"
#include "fmrec/record.h"

/* Fields of every record, whatever its type: see fmrec-schema(5). */
#define FMR_FIELD_ID "id"
#define FMR_FIELD_FORM "form"
#define FMR_FIELD_ALIASES "aliases" /* former ids, and other names by which it is found */
#define FMR_FIELD_IMPORT_KEY "imported.key"

/* The words of a link that is a map. */
#define FMR_LINK_TO "to"
#define FMR_LINK_NOTE "note"
#define FMR_LINK_ON "on"
#define FMR_LINK_JUDGED "judged"

#define FMR_CONFIG_PATH ".fmrec/config.yaml"
#define FMR_SCHEMA_DIRECTORY ".fmrec/schema"
#define FMR_CATALOGUE_DIRECTORY ".fmrec/catalogue"
#define FMR_SCAFFOLD_DIRECTORY ".fmrec/scaffold"
#define FMR_RECORDS "records"

enum { FMR_SCHEMA_FILE_SIZE = 4 << 20, FMR_STATES = 64 };

/* ---- book ---- */

struct fmr_list_entry { /* one code of a list of the config */
	struct fmr_choice choice;
	int from, until; /* days as 20261121, the bounds included; 0: open */
};

struct fmr_list {
	const char *name;
	const struct fmr_list_entry *entries;
	size_t count;
	bool catalogue; /* of .fmrec/catalogue, not of the config */
};

struct fmr_catalogue_slot { /* a catalogue that was asked for */
	const char *name;
	const struct fmr_catalogue *catalogue; /* NULL: there is none, or it is broken */
	struct fmr_list *list;                 /* its codes */
	bool broken;
	struct fmr_err why;                    /* it is broken */
};

/* What a path and an id need to know of a type: cheap to find out. */
struct fmr_glance {
	bool taken, broken;
	const char *name, *directory, *prefix, *pattern, *shipped_pattern;
	bool by_year;
};

struct fmr_type_slot {
	struct fmr_glance glance;
	struct fmr_type *type; /* when loaded */
	bool tried;
};

struct fmr_book {
	struct fmr_view *view;
	struct fmr_arena arena;
	struct fmr_source config_source;
	const struct fmr_value *config;
	const struct fmr_list *lists;
	size_t list_count;
	FMR_VEC(struct fmr_catalogue_slot) catalogues;
	size_t record_limit, depth_limit; /* of one record: bytes, levels */
	bool listed;
	const char *const *names;
	struct fmr_type_slot *slots; /* beside names */
	struct fmr_schema *type_form, *catalogue_form; /* what such a file must look like, once one was checked */
	size_t count;
	const char *const *expected; /* ids of records that are about to be written, NULL-terminated; or NULL */
	fmr_state_of *state_of;      /* NULL: all records are in the first state of their type */
	void *state_context;
};

/* The list of this name in the config, else in a catalogue that was loaded before, or NULL. */
const struct fmr_list *fmr_book_list(const struct fmr_book *book, const char *name);
/* Load the catalogue of this name unless the config has such a list: before threads ask for it.  FMR_ERR_NOT_FOUND;
 * FMR_ERR_INVALID when it is broken, with findings at the first try (may be NULL). */
int fmr_book_ready_list(struct fmr_book *book, const char *name, struct fmr_findings *findings, struct fmr_err *err);
/* The lists that the fields of a type name, as far as there are any.  FMR_ERR_INVALID when one is broken: the others may
 * not be ready then. */
int fmr_book_ready_lists(struct fmr_book *book, const struct fmr_type *type, struct fmr_findings *findings,
	struct fmr_err *err);
/* Was a catalogue of this name found broken?  Records are not judged by it then: it has its own findings. */
bool fmr_book_list_is_broken(const struct fmr_book *book, const char *name);
/* Days as 20261121, as the lists have them: 0 when value is none. */
int fmr_list_day(const struct fmr_value *value);
/* Names of the files DIRECTORY/NAME.yaml of the book's view, sorted, in its memory.  dashed: `-` may stand in a name, else
 * `_`. */
int fmr_book_names(struct fmr_book *book, const char *directory, bool dashed, const char *const **names, size_t *count,
	struct fmr_err *err);
bool fmr_list_entry_is_valid(const struct fmr_list_entry *entry, int day); /* day 0: any */
/* Index of a type by name or directory; -1 if there is none. */
int fmr_book_slot(struct fmr_book *book, const char *name);
int fmr_book_slot_of_directory(struct fmr_book *book, const char *directory, size_t length);
int fmr_book_list_types(struct fmr_book *book, struct fmr_err *err);
/* Glance at a type without compiling its schema; NULL when the file is too broken for it. */
const struct fmr_glance *fmr_book_glance(struct fmr_book *book, size_t slot);
/* Load all types; those with faults are left out with findings, once. */
int fmr_book_load_all(struct fmr_book *book, struct fmr_findings *findings, struct fmr_err *err);

/* ---- types ---- */

enum { FMR_WATCH_LINK = 1, FMR_WATCH_LIST = 2, FMR_WATCH_REQUIRED = 4, FMR_WATCH_ALL = 7 };

struct fmr_chain { /* times that must not run backwards */
	const char *list;          /* inside each item of this list; NULL: at the top */
	const char *const *paths;  /* from the record, or from the item */
	const char *const *full;   /* as the schema has them */
	size_t count;
};

struct fmr_part { /* of a schema, compiled when it is first needed */
	struct fmr_schema *schema; /* NULL: not yet, or wrong */
	bool tried;
};

struct fmr_type_more {
	struct fmr_arena arena;
	struct fmr_source source;
	const struct fmr_value *root;      /* the schema as read */
	struct fmr_schema *schema;         /* NULL: not yet compiled, or wrong */
	bool tried;
	uint64_t closure[FMR_STATES];      /* by state: it and the states it comes after, as bits */
	struct fmr_part must[FMR_STATES];
	uint64_t asking;                   /* states from which a field is required, as bits */
	bool since;                        /* some of that, or of `must`, is not asked of all records */
	struct fmr_part *when;             /* by transition */
	const struct fmr_chain *chains;
	size_t chain_count;
	FMR_VEC(const char *) lists;       /* that `values-from` of its fields names, each once */
};

/* Read the vocabulary of a type file.  name: the file's without .yaml.  NULL after findings. */
struct fmr_type *fmr_type_load(const char *schema_path, const char *name, const char *bytes, size_t length,
	const char *pattern_override, struct fmr_findings *findings);
/* Compile its schema, once: only checking needs it.  FMR_ERR_INVALID when it is wrong (findings at the first try). */
int fmr_type_ready(struct fmr_type *type, struct fmr_findings *findings, struct fmr_err *err);
void fmr_type_free(struct fmr_type *type);
/* May a directory be called so? */
bool fmr_path_part_is_safe(const char *name);
/* Glance at a type file; strings go to arena. */
bool fmr_type_glance(const char *text, struct fmr_arena *arena, struct fmr_glance *out);
/* Index of a state, or -1. */
int fmr_type_state_index(const struct fmr_type *type, const char *name);
/* The same for a state that somebody names (NULL: the first): FMR_ERR_INVALID with "did you mean". */
int fmr_type_need_state(const struct fmr_type *type, const char *name, int *index, struct fmr_err *err);
/* Compile the subschemas that this state and those before it ask for. */
int fmr_type_ready_state(const struct fmr_type *type, int state, struct fmr_findings *findings, struct fmr_err *err);
/* The condition of a transition, compiled; NULL when it is wrong (findings at the first try; may be NULL). */
const struct fmr_schema *fmr_type_ready_when(const struct fmr_type *type, const struct fmr_transition_rule *rule,
	struct fmr_findings *findings, struct fmr_err *err);
const struct fmr_field *fmr_fields_find(const struct fmr_field *fields, size_t count, const char *name,
	size_t length, uint32_t hash);

/* ---- what a state or a transition asks for ---- */

/* Something asked for that is not there. */
struct fmr_lack {
	const struct fmr_field *field;     /* NULL: `must` asks for it */
	const struct fmr_finding *finding; /* of `must`: what is wrong; in the memory of the walk */
	const struct fmr_frame *frame;     /* where it should stand */
	const char *state, *transition;    /* that asks: one of them */
	bool named;                        /* a free name stands where a record is asked for */
	bool older;                        /* the file has the field in an older form, where the signature would not find it */
};
typedef void fmr_lack_visit(void *context, const struct fmr_lack *lack);

/* Visit what these states (bits) ask for: fields, and conditions, which must have been made ready. */
void fmr_lacks_fields(const struct fmr_type *type, uint64_t states, const struct fmr_value *root,
	fmr_lack_visit *visit, void *context);
void fmr_lacks_must(const struct fmr_type *type, uint64_t states, struct fmr_checker *checker,
	const struct fmr_source *source, const struct fmr_value *root, fmr_lack_visit *visit, void *context);
/* The finding about it. */
void fmr_lack_report(const struct fmr_lack *lack, const struct fmr_source *source, struct fmr_findings *findings);
/* The type whose ids look like this, among those the link may lead to; or NULL: it is a free name. */
const struct fmr_glance *fmr_link_meant(struct fmr_book *book, const struct fmr_link_rule *rule, const char *id);

/* ---- ids and paths ---- */

/* Does id follow the pattern?  *year (may be NULL): offset of its four digits of the year, or -1. */
bool fmr_id_match(const char *pattern, const char *prefix, const char *id, int *year);
/* The day that an id of this type tells, as 20261121; 0 when it tells none. */
int fmr_id_day(const struct fmr_type *type, const char *id);
/* records/DIR[/YEAR]/ID.yaml; false when the id fits no pattern of the type. */
bool fmr_glance_path(const struct fmr_glance *glance, const char *id, struct fmr_str *out);
bool fmr_glance_fits(const struct fmr_glance *glance, const char *id);
/* records/DIR/ID.yaml or records/DIR/YEAR/ID.yaml: may be a record, and not a file beside one. */
bool fmr_path_is_record(const char *path);
/* Upper case, and look-alikes (O 0, I L 1) made one. */
void fmr_id_key(const char *id, size_t length, char out[FMR_ID_LENGTH + 1]);
/* Do two different ids look alike on paper?  O and 0, I and 1, upper and lower case; but not I and L. */
bool fmr_id_alike(const char *a, size_t a_length, const char *b, size_t b_length);

/* ---- findings ---- */

/* Where a value stands: from the root down, on the stack of whoever walks. */
struct fmr_frame {
	const struct fmr_frame *up;       /* NULL at the root */
	const struct fmr_member *member;  /* the member of a map, or ... */
	size_t index;                     /* ... the item of a list */
	const struct fmr_value *value;
};

/* A finding at a span (NULL: the file as a whole) of a source. */
struct fmr_finding *fmr_fault_at(struct fmr_findings *findings, enum fmr_code code, const struct fmr_source *source,
	const struct fmr_span *span, const char *format, ...) __attribute__((format(printf, 5, 6)));
/* A schema.invalid finding at a value of a file beside the records: "TEXT: 'SUBJECT'". */
struct fmr_finding *fmr_fault_word(struct fmr_findings *findings, const struct fmr_source *source,
	const struct fmr_value *at, const char *text, const char *subject);
/* A finding at a value, with its key and pointer. */
struct fmr_finding *fmr_fault_in(struct fmr_findings *findings, enum fmr_code code, const struct fmr_source *source,
	const struct fmr_frame *frame, const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The text in the language of the messages, for a sentence or a hint. */
const char *fmr_words_said(const struct fmr_words *words);
/* Append "S2 Serious", behind a comma when something is there. */
void fmr_choice_put(struct fmr_str *out, const struct fmr_choice *choice);
/* The choice whose code, label or other spelling is nearest to the text, or NULL. */
const struct fmr_choice *fmr_choice_nearest(const struct fmr_choice *choices, size_t count, const char *text,
	struct fmr_arena *arena);
/* Text for a sentence: cut at 60 characters, control characters escaped. */
const char *fmr_fault_text(struct fmr_findings *findings, const char *bytes, size_t length);

/* ---- files beside the records ---- */

/* Check a file that was read against the shipped schema/NAME.yaml.  Fails only when that one cannot be used.  kept (may
 * be NULL): keeps it compiled for the next file; free it. */
int fmr_shipped_check(struct fmr_schema **kept, const char *name, const struct fmr_source *source,
	const struct fmr_value *root, struct fmr_findings *findings, struct fmr_err *err);
/* Is this the name of the file, without directory and suffix? */
bool fmr_source_is_named(const struct fmr_source *source, const char *name);

/* ---- all names of a view ---- */

enum fmr_tree_kind { FMR_TREE_RECORD, FMR_TREE_BESIDE, FMR_TREE_OTHER };

struct fmr_tree_file {
	uint32_t path;      /* offset in names */
	uint16_t id;        /* offset in the path */
	uint8_t id_length;  /* 0: too long to be one */
	uint8_t kind;
	int16_t slot;       /* of a record: its type, or -1 */
	bool odd;           /* no ordinary file, or a name that is no UTF-8 */
};

/* What lies below records/, in the order of the paths; immutable once loaded, shared by threads. */
struct fmr_tree {
	struct fmr_str names;
	FMR_VEC(struct fmr_tree_file) files;
	size_t records;
	uint32_t *by_id, *by_key; /* hash tables: index of the file + 1 */
	size_t mask;
};

/* Findings (may be NULL): names that are wrong in themselves, ids that are there twice or look alike. */
int fmr_tree_load(struct fmr_book *book, struct fmr_tree *tree, struct fmr_findings *findings, struct fmr_err *err);
/* The same from somebody who knows the files: calls visit for each of them in the order of their paths. */
typedef int fmr_tree_source(void *context, fmr_view_visit *visit, void *visit_context, struct fmr_err *err);
int fmr_tree_load_from(struct fmr_book *book, struct fmr_tree *tree, fmr_tree_source *source, void *context,
	struct fmr_findings *findings, struct fmr_err *err);
void fmr_tree_release(struct fmr_tree *tree);
const char *fmr_tree_path(const struct fmr_tree *tree, size_t file);
/* Index of the record with exactly this id, or -1. */
long fmr_tree_find(const struct fmr_tree *tree, const char *id, size_t length);
/* An id that may have been meant: looks alike, or one of its neighbours in the order of names; or false. */
bool fmr_tree_nearest(const struct fmr_tree *tree, const struct fmr_glance *glance, const char *id,
	char out[FMR_ID_LENGTH + 1]);

/* fmr_id_find() that takes a shortened id for one of a record of these types only (NULL: of all). */
int fmr_id_find_among(struct fmr_book *book, const char *text, const char *const *types, struct fmr_str *id,
	struct fmr_str *path, struct fmr_err *err);

/* Append the path of the record that bears this name among its aliases: a former id, its last part, or any other name.
 * A scan of all records, or of those of one type (NULL: all): for when there is no such id.  tree: NULL, or all names,
 * which threads must give.  FMR_ERR_NOT_FOUND, FMR_ERR_AMBIGUOUS. */
int fmr_alias_find(struct fmr_book *book, const struct fmr_tree *tree, const char *text, const struct fmr_glance *type,
	struct fmr_str *path, struct fmr_err *err);

/* ---- judging one record ---- */

struct fmr_web;

struct fmr_judge { /* one for each thread */
	struct fmr_book *book;
	struct fmr_findings *findings;
	struct fmr_checker *checker;
	struct fmr_arena arena;      /* of the record being judged */
	struct fmr_str text;
	const struct fmr_tree *tree; /* all names; NULL: links are looked up one by one */
	struct fmr_tree *own_tree;   /* made when a name has to be guessed */
	const char *state;           /* of all records; NULL: of each its own */
	bool no_digests, digest_missed; /* digest_missed: one was not computed, of the record judged last */
	/* told of each text that could be parsed, in the memory of the judge; may be NULL */
	void (*look)(void *context, const struct fmr_source *source, const struct fmr_value *root);
	void *look_context;
	struct fmr_web *web;       /* gets the links of all records that are judged; or NULL */
};

void fmr_judge_init(struct fmr_judge *judge, struct fmr_book *book, struct fmr_findings *findings);
void fmr_judge_release(struct fmr_judge *judge);
/* Make types and states ready; before threads start. */
int fmr_judge_ready(struct fmr_book *book, const char *state, struct fmr_findings *findings, struct fmr_err *err);
/* Make the state (NULL: those that its records may be in) of one type ready; FMR_ERR_INVALID when it has no such state. */
int fmr_judge_state(struct fmr_book *book, const struct fmr_type *type, const char *state,
	struct fmr_findings *findings, struct fmr_err *err);
/* Judge the file at a path that is shaped like a record's.  file: its index in the tree, or -1. */
int fmr_judge_file(struct fmr_judge *judge, const char *path, long file, struct fmr_err *err);
/* Links that only many records together show to be wrong.  complete: all records of the view were added. */
int fmr_check_links(struct fmr_web *web, bool complete, struct fmr_findings *findings,
	struct fmr_check_result *result, struct fmr_err *err);
/* Which records link to ids that are gone?  REF_DANGLING findings of all records but those at `except` (sorted). */
int fmr_check_links_to(struct fmr_book *book, const char *const *ids, size_t count, const char *const *except,
	size_t except_count, struct fmr_findings *findings, struct fmr_check_result *result, struct fmr_err *err);
/* Judge this text as if it were at path. */
void fmr_judge_text(struct fmr_judge *judge, const struct fmr_type *type, const struct fmr_source *source, long file);

#endif
