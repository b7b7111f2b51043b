/*
 * Records: types as data, ids, files, templates, and the check of a whole tree.
 * No name of a record type or of a field occurs in C: see fmrec-schema(5).
 */
#ifndef FMREC_RECORD_H
#define FMREC_RECORD_H

#include "fmrec/arena.h"
#include "fmrec/error.h"
#include "fmrec/finding.h"
#include "fmrec/schema.h"
#include "fmrec/store.h"
#include "fmrec/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fmr_language { FMR_ENGLISH, FMR_JAPANESE, FMR_LANGUAGES };

/* One label or help text in every language; entries may be NULL. */
struct fmr_words {
	const char *in[FMR_LANGUAGES];
};
/* The text in this language, else in another one, else "". */
const char *fmr_words_in(const struct fmr_words *words, enum fmr_language language);

/* ---- the book: config and types of one state of a repository ---- */

struct fmr_book;

/* Read .fmrec/config.yaml of the view; types are loaded when asked for.  FMR_ERR_NOT_FOUND with a hint to
 * `fmrec init` when the repository has no .fmrec.  A config that is no YAML mapping becomes findings and
 * FMR_ERR_INVALID.  The view must outlive the book.  Only functions that take a const book may be called from
 * several threads. */
int fmr_book_open(struct fmr_view *view, struct fmr_book **out, struct fmr_findings *findings, struct fmr_err *err);
void fmr_book_close(struct fmr_book *book);

struct fmr_view *fmr_book_view(const struct fmr_book *book);
const struct fmr_value *fmr_book_config(const struct fmr_book *book); /* the whole config, a map */
enum fmr_language fmr_book_language(const struct fmr_book *book);     /* `language` of the config */
const char *fmr_book_zone(const struct fmr_book *book);               /* `time_zone` of the config */
int fmr_book_fiscal_start(const struct fmr_book *book); /* `fiscal_year_start`: month, 1 to 12 */
size_t fmr_book_record_limit(const struct fmr_book *book);            /* bytes of one record file */
/* Check the config against the shipped schema/config.yaml (costs a few milliseconds, so only when asked). */
int fmr_book_check_config(struct fmr_book *book, struct fmr_findings *findings, struct fmr_err *err);
/* The same for a text that is to become the config. */
int fmr_config_check(const char *bytes, size_t length, struct fmr_findings *findings, struct fmr_err *err);

/* ---- types ---- */

struct fmr_type;

/* In which state is this record?  NULL, or no state of the type: in the first one.  May be called from several threads. */
typedef const char *fmr_state_of(void *context, const struct fmr_type *type, const char *id);
/* From now on each check of the book judges every record in this state, unless it names one for all.  NULL: in the first,
 * as a new book does.  context must outlive the checks. */
void fmr_book_set_states(struct fmr_book *book, fmr_state_of *state_of, void *context);
/* Links to records of these ids, which are about to be written together with what is checked, lead somewhere.
 * NULL-terminated, borrowed until the next call; NULL: none. */
void fmr_book_expect(struct fmr_book *book, const char *const *ids);
/* The state that a check judges this record in; NULL: its type has none. */
const char *fmr_book_state(const struct fmr_book *book, const struct fmr_type *type, const char *id);

struct fmr_choice { /* one value of an enumeration */
	const char *code;
	struct fmr_words label, help;
	const char *const *also; /* spellings accepted on input, NULL-terminated */
};

/* What becomes of a link when the record it leads to is no longer what it was judged against. */
enum fmr_suspicion { FMR_SUSPICION_NONE, FMR_SUSPICION_STAYS, FMR_SUSPICION_TRAVELS };

struct fmr_link_rule {
	const char *const *to;         /* type names, NULL-terminated */
	const char *inverse;           /* name of the link seen from the other end */
	struct fmr_words inverse_label;
	const char *free_until;        /* state from which a free name is no longer accepted, or NULL */
	enum fmr_suspicion suspicion;  /* NONE: judged only when asked to; TRAVELS: on to whoever links here */
	const char *acyclic;           /* links of this group must not run in a circle; NULL: they may */
	bool takes_map;                /* {to, note, on, judged} may stand for the id */
	bool onward;                   /* what it leads to comes after the record that holds it, not before */
};

/* Records that something is asked of: those that follow this form or a later one, or whose id has this day (20261201) or a
 * later one.  One of the two; zeros: all records.  The clock does not count, so a record is judged today as it was then. */
struct fmr_since {
	int form, day;
};

enum fmr_field_kind { FMR_FIELD_TEXT, FMR_FIELD_TIME, FMR_FIELD_DATE, FMR_FIELD_NUMBER, FMR_FIELD_BOOL,
	FMR_FIELD_CHOICE, FMR_FIELD_LINK, FMR_FIELD_MAP, FMR_FIELD_LIST };

struct fmr_field {
	const char *name;               /* "users"; the items of a list are one field named "" */
	const char *path;               /* "impact.users", "timeline[].at" */
	enum fmr_field_kind kind;       /* of a time that may also be a date or unknown: FMR_FIELD_TIME */
	struct fmr_words label, help, unit;
	bool multiline, in_template, required; /* required by the schema itself */
	bool may_be_unknown;            /* accepts the word `unknown` */
	const char *required_from;      /* state, or NULL */
	struct fmr_since required_since; /* of which records required_from speaks */
	const char *signed_by;          /* transition whose signatures fill this box of the form, never its text; or NULL */
	const char *signed_as;          /* only those of this meaning; NULL: all */
	bool takes_time, takes_date;    /* of FMR_FIELD_TIME and FMR_FIELD_DATE: the forms allowed */
	bool integer;                   /* of FMR_FIELD_NUMBER */
	bool cosmetic;                  /* a change of it is no reason to judge a link to the record again */
	bool unique;                    /* of FMR_FIELD_LIST: no item twice */
	bool outside;                   /* may be shown outside the organisation (C-172, F-80): said of it, else of what is
	                                   around it, else no */
	const char *proposed;           /* "now", "today", "me", or a literal; or NULL */
	const struct fmr_choice *choices; /* FMR_FIELD_CHOICE */
	size_t choice_count;
	const char *values_from;        /* list of the config, or catalogue, that the choices come from; or NULL */
	const struct fmr_link_rule *link; /* FMR_FIELD_LINK */
	/* Of a map, and of a link that may be one; one of a list: its items.  NULL when it recurses deeper than 8. */
	const struct fmr_field *children;
	size_t child_count;
	const struct fmr_field *again;  /* when children is NULL because it recurses: the field whose children they are */
	/* for src/record */
	uint32_t name_hash;
	unsigned watch;                 /* what the record checker has to look at in here */
	int required_state;             /* index of required_from, or -1 */
};

struct fmr_state_rule {
	const char *name;
	struct fmr_words label, help;
	const char *const *after; /* states whose requirements are inherited, NULL-terminated */
	const char *must;         /* pointer of a subschema that the record must satisfy, or NULL */
	struct fmr_since must_since; /* of which records `must` speaks */
};

/* ---- workflow: who may bring a record from one state into another by signing (fmrec-schema(5), TRANSITIONS) ---- */

/* One kind of signature that a transition asks for. */
struct fmr_slot_rule {
	const char *const *by;          /* codes of roles, any of which will do; NULL-terminated; empty: nobody can sign */
	const char *role_field;         /* path of the field in which a record narrows `by` to one role, or NULL */
	const char *const *covers;      /* top-level fields that are signed for, NULL-terminated; NULL: the whole file and
	                                   its attachments.  Attachments also count where their field is named */
	const char *meaning;            /* Fmrec-Meaning: one word in ASCII */
	struct fmr_words declares;      /* what the signer says */
	unsigned votes;                 /* distinct persons, at least 1 */
};

/* One row of the table of transitions.  Rows of the same name, with different `from` or `when`, are one verb. */
struct fmr_transition_rule {
	const char *name;
	struct fmr_words label, help;
	const char *const *from;        /* NULL-terminated; {"*", NULL}: every state but `to` */
	const char *to;                 /* NULL: the state stays, and the signature is one that others come `after`: asked
	                                   for once, not again while it stands */
	const char *when;               /* pointer of a subschema ("#/$defs/urgent"): the row is for records that satisfy
	                                   it; NULL: for all */
	const struct fmr_slot_rule *slots; /* all of them must be filled, by different persons */
	size_t slot_count;              /* at least 1 */
	const char *const *requires;    /* paths of fields that must have a value, besides what `to` asks for */
	const char *const *after;       /* names of transitions of the record that must have happened, and stand */
	const char *const *not_by;      /* who may not sign: see fmr_exclusion_read.  These three are NULL-terminated */
	bool reason;                    /* the signer must give one */
	bool restart;                   /* what was signed before is left behind: as long as this one stands, the state rests
	                                   on it and on what follows, and `after` sees nothing before it.  When it falls or
	                                   is withdrawn, the earlier signatures are what counts, as before */
};

struct fmr_search_rule { /* how much the words of a field count */
	const char *path;
	int weight;                     /* 1 to 100 */
};

struct fmr_due_rule { /* a date by which something is to be done */
	const char *path;               /* may lead through lists */
	const char *done;               /* name of a field beside it that says that it is done, or NULL */
};

/* ---- changes of a form: what becomes of records that follow an older one (fmrec-schema(5), CHANGING A FORM) ---- */

enum fmr_migration_kind {
	FMR_MIGRATION_MOVE,   /* the value goes elsewhere in the same map or item of a list: also a new name */
	FMR_MIGRATION_VALUES, /* values get others */
	FMR_MIGRATION_SET,    /* a field that is not there gets a value */
};

struct fmr_migration_step {
	enum fmr_migration_kind kind;
	const char *path;              /* of the field, as the records have it; passes through lists without a number */
	const char *to;                /* MOVE: its path afterwards */
	bool as_list;                  /* MOVE: it becomes the only item of a list */
	bool in_list;                  /* SET: the path passes through a list */
	const struct fmr_value *value; /* VALUES: a map from each old value to the new one; SET: the value */
};

struct fmr_migration {
	int form;                      /* version that the records follow afterwards */
	struct fmr_words help;         /* what changed, and why; may be empty */
	const struct fmr_migration_step *steps; /* in order */
	size_t count;
};

struct fmr_form_block { /* one block of the printed form */
	struct fmr_words label;
	const char *const *const *rows; /* NULL-terminated; each of them one or two field paths, NULL-terminated */
};

struct fmr_type {
	const char *name;               /* file name of the schema */
	int form;                       /* form version (F-25) */
	struct fmr_words label, title, help;
	const char *directory;          /* below records/ */
	bool by_year;
	bool outside;                   /* fields may be shown outside the organisation unless they say otherwise */
	const char *prefix;             /* of ids */
	const char *pattern;            /* of new ids: the config's id_patterns, else the schema's */
	const char *shipped_pattern;    /* the schema's; ids of both are valid */
	const struct fmr_state_rule *states;
	size_t state_count;
	const struct fmr_transition_rule *transitions; /* in the order of the file */
	size_t transition_count;
	const struct fmr_field *fields; /* top level, in schema order */
	size_t field_count;
	const char *const *field_order; /* their names, NULL-terminated (for fmr_yaml_edit) */
	const char *const *ask, *const *columns; /* NULL-terminated field paths */
	const char *heading;            /* field that names the record */
	const char *attachments;        /* list field, or NULL */
	const char *scaffold;           /* the set of records that one of the type begins (.fmrec/scaffold/NAME.yaml), or NULL */
	const char *external_key;       /* path of the key set by import, or NULL */
	struct { const char *name, *department; } identity; /* of records about persons: paths of what the trust policy says of
	                                   them, too; name NULL: they are not about persons */
	struct { const char *field, *time, *text, *kind, *actor; } log; /* field NULL: no log */
	const struct fmr_search_rule *search; /* fields by which records are compared; NULL: they are not */
	size_t search_count;
	const struct fmr_due_rule *due; /* dates by which something is to be done, see fmr_record_due */
	size_t due_count;
	const struct fmr_form_block *blocks; /* of the printed form, in order; NULL: all fields in schema order */
	size_t block_count;
	const struct fmr_migration *migrations; /* in order of their forms */
	size_t migration_count;
	const char *const *const *time_order; /* NULL-terminated list of NULL-terminated chains of paths */
	const struct fmr_schema *schema;/* compiled when records are checked; NULL before */
	const char *schema_path;        /* ".fmrec/schema/NAME.yaml" */
	struct fmr_type_more *more;     /* for src/record */
};

/* Names of all types of the repository, sorted; borrowed from the book. */
int fmr_book_type_names(struct fmr_book *book, const char *const **names, size_t *count, struct fmr_err *err);

/* May there be records of this type?  Told without reading it, by the directory of its name; true when in doubt. */
bool fmr_book_type_has_records(struct fmr_book *book, const char *name);

/* Load one type (once per book; not thread-safe: load before threads start).  A broken schema yields
 * findings and FMR_ERR_INVALID; an unknown name FMR_ERR_NOT_FOUND with "did you mean". */
int fmr_book_type(struct fmr_book *book, const char *name, const struct fmr_type **out,
	struct fmr_findings *findings, struct fmr_err *err);
/* The type whose ids start with this prefix, or whose directory this is. */
int fmr_book_type_of_id(struct fmr_book *book, const char *id, const struct fmr_type **out, struct fmr_err *err);
int fmr_book_type_of_path(struct fmr_book *book, const char *path, const struct fmr_type **out,
	struct fmr_err *err);

/* Read and check one schema file against schema/meta.yaml (as `fmrec schema check`).  true when clean.
 * book: that it fits the other types there as well: link targets, inverses, prefixes, directories; or NULL. */
bool fmr_type_file_check(const char *path, const char *bytes, size_t length, struct fmr_book *book,
	struct fmr_findings *findings);
/* The same for a type of the book. */
int fmr_book_check_type(struct fmr_book *book, const char *name, struct fmr_findings *findings, struct fmr_err *err);

/* A field by path ("plan.class", "timeline.0.at", "timeline[].at"), or NULL. */
const struct fmr_field *fmr_type_field(const struct fmr_type *type, const char *path);
/* The fields inside a map, or the items of a list, also where they recur; NULL when there are none. */
const struct fmr_field *fmr_field_children(const struct fmr_field *field, size_t *count);
/* The field of this name inside; NULL when there is none, or when field is NULL. */
const struct fmr_field *fmr_field_child(const struct fmr_field *field, const char *name);
/* How many fields have this label, in any language, case, width and kana: of those at the top and in maps the ones nearest
 * to the top.  As many as there is room for are put into found. */
size_t fmr_type_labelled(const struct fmr_type *type, const char *label, const struct fmr_field **found, size_t room);
/* The path to offer when one is wrong, or a label nearly right; or NULL. */
const char *fmr_type_nearest_field(const struct fmr_type *type, const char *path);

/* Put what `turn` makes of them in the place of the scalars in value, a field's, that the schema knows; value itself may
 * be one.  What turn does not understand it returns as it is. */
typedef struct fmr_value *fmr_field_turn(void *context, const struct fmr_field *field, struct fmr_value *scalar);
struct fmr_value *fmr_field_each_scalar(const struct fmr_field *field, struct fmr_value *value, fmr_field_turn *turn,
	void *context);

/* The rule of a state, or NULL when the type has none of this name. */
const struct fmr_state_rule *fmr_type_state(const struct fmr_type *type, const char *name);
/* The first row of this name, or NULL; there may be others behind it. */
const struct fmr_transition_rule *fmr_type_transition(const struct fmr_type *type, const char *name);
/* Does the row start from this state?  `when` is not looked at. */
bool fmr_transition_leaves(const struct fmr_transition_rule *rule, const char *state);
/* Is the row for this record, root: does `when` hold?  Which row counts when several of a name leave a state: the first
 * for which this is true.  rule must be one of the type.  Not thread-safe (the condition is compiled once).
 * FMR_ERR_INVALID: the condition cannot be used, of which `fmrec schema check` says more. */
int fmr_transition_applies(const struct fmr_type *type, const struct fmr_transition_rule *rule,
	const struct fmr_value *root, bool *applies, struct fmr_err *err);

/* Roles that no config has to name: who keeps the policy, and who dates the history. */
#define FMR_ROLE_ADMIN "admin"
#define FMR_ROLE_NOTARY "notary"
/* What a role is called: the entry of `roles` in the config, or of a built-in role; NULL when there is none. */
const struct fmr_choice *fmr_book_role(const struct fmr_book *book, const char *code);

/* One role's part in a process. */
struct fmr_process_share {
	const char *role;
	const char *share;              /* letters: A answers for it, R carries it out, C is asked, I is told */
	struct fmr_words does;
};

struct fmr_process { /* of failure management: F-100 to F-110 as shipped */
	const char *name;
	struct fmr_words label, phase, output;
	const char *requirement;        /* id, or NULL */
	const char *const *signs;       /* "TYPE" or "TYPE/TRANSITION": whose signatures belong to it; NULL-terminated */
	const struct fmr_process_share *shares;
	size_t share_count;
};

/* The processes that .fmrec/raci.yaml of the view tells, else its catalogue `processes`, else the shipped one; in arena.
 * A file that is not as it must be is FMR_ERR_INVALID after findings. */
int fmr_book_processes(struct fmr_book *book, struct fmr_arena *arena, const struct fmr_process **out, size_t *count,
	struct fmr_findings *findings, struct fmr_err *err);
/* Codes of the roles of the config, in its order; the built-in ones are not among them.  In arena, NULL-terminated. */
const char *const *fmr_book_roles(const struct fmr_book *book, struct fmr_arena *arena);

/* Who may not sign: "author", who wrote what is signed for; "signer:NAME", who signed that transition of the record;
 * "field:PATH", the person whom the record names there.  name: what stands behind the colon, or "".  false: none of
 * these. */
enum fmr_exclusion { FMR_EXCLUDE_AUTHOR, FMR_EXCLUDE_SIGNER, FMR_EXCLUDE_FIELD };
bool fmr_exclusion_read(const char *text, enum fmr_exclusion *exclusion, const char **name);

/* ---- catalogues: lists of codes that come with more than a label (fmrec-schema(5), CATALOGUES) ---- */

struct fmr_catalogue_entry {
	struct fmr_choice choice;
	struct fmr_words examples, notes;
	const char *group;              /* code of one of the groups, or NULL */
	const char *const *requirements;/* ids, NULL-terminated */
	const char *strength;           /* M must, P should, R recommended, S as a supplement; or NULL */
	int from, until;                /* days as 20261121, the bounds included; 0: open */
	const struct fmr_value *values; /* what a scaffold takes from the entry: a map, or NULL */
};

struct fmr_catalogue {
	const char *name;               /* of the file .fmrec/catalogue/NAME.yaml, or of a list of the config */
	bool of_config;                 /* the latter: it has no label of its own */
	struct fmr_words label, help;
	const struct fmr_choice *groups;/* in the order of the file, as are the entries */
	size_t group_count;
	const struct fmr_catalogue_entry *entries;
	size_t count;
};

/* Names of all catalogues and lists of the config, sorted; in the book's memory. */
int fmr_book_catalogue_names(struct fmr_book *book, const char *const **names, size_t *count, struct fmr_err *err);
/* Read one, once per book; not thread-safe.  A list of the config goes before a file of its name.  A broken one yields findings (may be NULL) at the first try, and
 * FMR_ERR_INVALID; an unknown name FMR_ERR_NOT_FOUND with "did you mean". */
int fmr_book_catalogue(struct fmr_book *book, const char *name, const struct fmr_catalogue **out,
	struct fmr_findings *findings, struct fmr_err *err);
/* Check one file against schema/catalogue.yaml, and what a schema cannot say: that its name is the file's, that no code
 * stands twice, that groups exist.  true when clean. */
bool fmr_catalogue_file_check(const char *path, const char *bytes, size_t length, struct fmr_findings *findings);
/* The same for one of the book, and for all of them; count: how many, may be NULL. */
int fmr_book_check_catalogue(struct fmr_book *book, const char *name, struct fmr_findings *findings, struct fmr_err *err);
int fmr_book_check_catalogues(struct fmr_book *book, struct fmr_findings *findings, size_t *count, struct fmr_err *err);

/* Allowed codes of a choice field, from the schema, or from the list of the config or else the catalogue that it names
 * (valid on `date`, RFC 3339, may be NULL); the array is in the book's memory. */
int fmr_field_choices(struct fmr_book *book, const struct fmr_field *field, const char *date,
	const struct fmr_choice **choices, size_t *count);

/*
 * Turn what a person typed (or a cell of an import) into the field's value:
 * labels and `also` spellings to codes, Japanese dates to RFC 3339, numbers in
 * full-width digits, `unknown`/`不明`.  FMR_ERR_INVALID with the allowed values
 * and the nearest one in the hint.  The value lives in arena.
 */
int fmr_field_parse(struct fmr_book *book, const struct fmr_field *field, const char *text, struct fmr_arena *arena,
	struct fmr_value **out, struct fmr_err *err);

/* ---- ids ---- */

enum { FMR_ID_LENGTH = 64 }; /* bytes, without NUL */

/* A new id for this type: {name} patterns need `name`.  now: seconds since 1970. */
int fmr_id_make(struct fmr_book *book, const struct fmr_type *type, const char *name, int64_t now,
	char out[FMR_ID_LENGTH + 1], struct fmr_err *err);
/* The same, but none for which `taken` is true: ids of records that are not written yet. */
typedef bool fmr_id_taken(void *context, const char *id);
int fmr_id_make_unless(struct fmr_book *book, const struct fmr_type *type, const char *name, int64_t now,
	fmr_id_taken *taken, void *context, char out[FMR_ID_LENGTH + 1], struct fmr_err *err);
/* FMR_ERR_EXISTS when a record of the type had this id before: it still stands in mails and commits, and is not given
 * again.  A scan of the records of the type: for ids that people choose, not for random ones. */
int fmr_id_refuse_former(struct fmr_book *book, const struct fmr_type *type, const char *id, struct fmr_err *err);
/* Does the text follow the pattern (NULL: one of the patterns of the type)? */
bool fmr_id_fits(const struct fmr_type *type, const char *pattern, const char *id);
/* records/TYPE/YEAR/ID.yaml for an id of this type; appended to out.  false when the id does not fit. */
bool fmr_id_path(const struct fmr_type *type, const char *id, struct fmr_str *out);

/*
 * Find the record a person means: full id, any unambiguous part of it from
 * the start or from the start of a `-` part, in any case ("7KQ2", "inc-2026"),
 * or a path.  id and path are appended.  FMR_ERR_AMBIGUOUS: the hint lists
 * candidates; FMR_ERR_NOT_FOUND: the nearest id.  A full id costs one stat per
 * type, not a walk.
 */
int fmr_id_find(struct fmr_book *book, const char *text, struct fmr_str *id, struct fmr_str *path,
	struct fmr_err *err);

/* ---- records ---- */

struct fmr_record {
	const char *id, *path;            /* borrowed from the record */
	const struct fmr_type *type;      /* borrowed from the book */
	const char *text;                 /* the file as it is */
	size_t length;
	const struct fmr_value *root;     /* NULL when the text cannot be parsed (see findings) */
	struct fmr_record_memory *memory; /* private */
};

/* Read one record by path; syntax faults become findings and root is NULL. */
int fmr_record_read(struct fmr_book *book, const char *path, struct fmr_record *out, struct fmr_findings *findings,
	struct fmr_err *err);
void fmr_record_release(struct fmr_record *record);
/* The text of the heading field, or "". */
const char *fmr_record_title(const struct fmr_record *record);
/* What its type says is due next, as written: of the first rule for which there is one the earliest date that is not
 * done yet; NULL when nothing is due. */
const char *fmr_record_due(const struct fmr_record *record);
/* The list of ids that the record had before, or NULL. */
const struct fmr_value *fmr_record_aliases(const struct fmr_record *record);

/* Visit all records of the types (NULL: all) in order of their paths, reading each; unreadable ones are visited
 * with root NULL, and with type NULL where no usable type has their directory.  Valid during the visit. */
typedef int fmr_record_visit(void *context, const struct fmr_record *record);
int fmr_record_each(struct fmr_book *book, const char *const *types, fmr_record_visit *visit, void *context,
	struct fmr_findings *findings, struct fmr_err *err);

/* The commented template of a new record, in the language: fields in schema order, `#` help lines, proposed
 * values, and what `given` (a map, or NULL) already holds. */
int fmr_template_write(struct fmr_book *book, const struct fmr_type *type, const char *id,
	const struct fmr_value *given, enum fmr_language language, bool comments, struct fmr_str *out,
	struct fmr_err *err);

/* ---- links ---- */

/* A link as it stands in a record: the id alone, or a map that says more of it. */
struct fmr_link {
	const char *to;                 /* the id, or a free name; borrowed from the record, as all of these */
	const char *note, *on, *judged; /* NULL when not said; judged: "sha256:" and 64 digits */
	const struct fmr_field *field;  /* its `link` is the rule */
	const struct fmr_value *value;  /* the string or the map */
	const struct fmr_frame *frame;  /* where it stands, during a visit: see fmr_link_path */
};

/* What the value of a link field says; false when it is no link (the schema says so then). */
bool fmr_link_read(const struct fmr_value *value, struct fmr_link *out);
/* The id or name a link field holds, in either form; NULL when it holds none. */
const char *fmr_link_target(const struct fmr_value *value);
/* Visit the links of a record in the order of its text; non-zero from the visitor ends the visit with that value. */
typedef int fmr_link_visit(void *context, const struct fmr_link *link);
int fmr_links_each(const struct fmr_type *type, const struct fmr_value *root, fmr_link_visit *visit, void *context);
/* Append the path of the link that is being visited, as fmr_value_at takes it: "whys.0.preventions.1". */
void fmr_link_path(const struct fmr_link *link, struct fmr_str *out);

/* What a record says, as `judged` of a link notes it: "sha256:" and 64 digits (fmrec-schema(5), LINKS).  Fails only
 * when libcrypto cannot be loaded. */
#define FMR_DIGEST_PREFIX "sha256:"
enum { FMR_RECORD_DIGEST = 7 + 64 + 1 };
int fmr_record_digest(const struct fmr_type *type, const struct fmr_value *root, char out[FMR_RECORD_DIGEST]);

/* A link that has to be judged again. */
struct fmr_suspect {
	const char *id, *path; /* of the record that holds it */
	const char *link;      /* path of the link in the record */
	const char *to;        /* the record it leads to */
	const char *judged;    /* digest of what it was judged against; or NULL */
	const char *origin;    /* NULL: its target changed; else the record whose own link is suspect, from which the
	                          suspicion travelled here */
};
typedef int fmr_suspect_visit(void *context, const struct fmr_suspect *suspect);
/* Visit the suspect links of one record, or of all (NULL).  Non-zero from the visitor ends the visit with that value. */
int fmr_suspects_each(struct fmr_book *book, const struct fmr_record *record, fmr_suspect_visit *visit, void *context,
	struct fmr_err *err);
/* The same for the records at these paths. */
int fmr_suspects_of(struct fmr_book *book, const char *const *paths, size_t count, fmr_suspect_visit *visit,
	void *context, struct fmr_err *err);

/* ---- records of an older form ---- */

/* The version of the form that a record says it follows; 0 when it says none. */
int fmr_record_form(const struct fmr_value *root);

/* A step of a migration that a record stands in the way of: what it is about stays where it is. */
typedef void fmr_migration_blocked(void *context, const struct fmr_migration_step *step, const struct fmr_value *value);

/*
 * What a record says in the form of its type: root itself when it follows that
 * form or no migration concerns it, else a tree in arena that shares its values,
 * spans included.  Nothing is dropped.  The version that the record tells stays as it is.
 * Records of older forms are judged, listed and shown so; `fmrec migrate` writes it down.
 */
const struct fmr_value *fmr_migrate_value(const struct fmr_type *type, const struct fmr_value *root,
	struct fmr_arena *arena, fmr_migration_blocked *blocked, void *context);
/* The same for the text, with the version: put it into out, which is as short a way from source as can be.  A comment of
 * a field goes where the field goes. */
int fmr_migrate_text(const struct fmr_type *type, const struct fmr_source *source, const struct fmr_value *root,
	struct fmr_str *out, struct fmr_err *err);
/* From now on root is what fmr_migrate_value makes of it: for whoever reads a record, and does not edit its text. */
void fmr_record_migrate(struct fmr_record *record);

/* ---- checking ---- */

/*
 * What a record lacks for a state (NULL: the first of its type) and, unless rule is NULL, for a transition: fields that
 * `required-from` of the state and of those it comes after asks for, conditions in their `must`, free names where
 * records are asked for, and `requires` of the transition; also what the transition would sign for, or ask who may sign,
 * and the file has in an older form.  Nothing else is looked at: the record may be wrong in other
 * ways.  FMR_CODE_RECORD_STATE each, at its place in the record.  Depends on the record, its type and the config
 * only, never on other records.  FMR_ERR_INVALID when the type has no such state, or a condition cannot be used.
 */
int fmr_record_lacks(struct fmr_book *book, const struct fmr_record *record, const char *state,
	const struct fmr_transition_rule *rule, struct fmr_findings *findings, struct fmr_err *err);
/* The same as paths of fields, each once, NULL-terminated, in arena.  A condition that names no field is "". */
int fmr_record_missing(struct fmr_book *book, const struct fmr_type *type, const struct fmr_value *root,
	const char *state, const struct fmr_transition_rule *rule, struct fmr_arena *arena, const char *const **paths,
	struct fmr_err *err);

struct fmr_check_options {
	const char *const *paths;  /* only these files (and their links); NULL: all */
	size_t path_count;
	const char *state;         /* check as if every record were in this state; NULL: each in its own, see
	                              fmr_book_set_states */
	bool no_attachments;       /* do not compute digests of attachments */
	int threads;               /* 0: as many as processors */
	void (*progress)(void *context, size_t done, size_t total); /* called from one thread; may be NULL */
	void *progress_context;
};

struct fmr_check_result {
	size_t records;  /* looked at */
	size_t faulty;   /* with an error */
};

/* Check records of the book's view: text, schema, ids, paths, links both ways, time order, states, attachments.
 * All findings, sorted; one broken record never hides another. */
int fmr_check(struct fmr_book *book, const struct fmr_check_options *options, struct fmr_findings *findings,
	struct fmr_check_result *result, struct fmr_err *err);
/* Check one text as the record at `path` would be checked (editor loop, import, set).  state: as in the options. */
int fmr_check_text(struct fmr_book *book, const char *path, const char *bytes, size_t length, const char *state,
	struct fmr_findings *findings, struct fmr_err *err);
/* The staged state: only what is staged, plus who links to what is deleted (O(staged) otherwise).  state_of: of the
 * records; or NULL. */
int fmr_check_staged(struct fmr_store *store, fmr_state_of *state_of, void *context, struct fmr_findings *findings,
	struct fmr_check_result *result, struct fmr_err *err);
/* These commits, parents before their children, each judged by the schema it holds; findings name the commit:
 * "COMMIT:path".  All names of the last one are looked at together, and the records that any of them changed are judged
 * there in their states (state_of: at the last commit; NULL: in the first ones). */
int fmr_check_commits(struct fmr_store *store, const char *const *commits, size_t count, fmr_state_of *state_of,
	void *context, struct fmr_findings *findings, struct fmr_check_result *result, struct fmr_err *err);
/* The same for every commit of a range ("A..B"). */
int fmr_check_range(struct fmr_store *store, const char *range, fmr_state_of *state_of, void *context,
	struct fmr_findings *findings, struct fmr_check_result *result, struct fmr_err *err);

#endif
