/*
 * What the names in a query stand for, in a record type.
 */
#ifndef FMR_QUERY_NAME_H
#define FMR_QUERY_NAME_H

#include "base/arena.h"
#include "base/str.h"
#include "fmrec/record.h"

/* All types of the book by name.  Reading one takes a millisecond, so each is loaded when a query first needs it. */
struct types {
	struct fmr_book *book;
	const char *const *names;
	const struct fmr_type **loaded;
	bool *tried;
	size_t count;
};

/* NULL for a type that cannot be used: it is as if it were not there. */
const struct fmr_type *fmr_types_at(const struct types *types, size_t index);

enum meaning {
	MEANS_NOTHING,
	MEANS_SEVERAL, /* fields that nothing tells apart */
	MEANS_FIELD,
	MEANS_ID,
	MEANS_TYPE,
	MEANS_PATH,
	MEANS_TITLE,   /* of a type that has no field of this name: its heading */
	MEANS_STATE,
	MEANS_NEEDS,   /* of a type without such a field: what the record waits for */
	MEANS_AGE,     /* likewise: how long ago it began */
	MEANS_RECORDS, /* linked with it */
	MEANS_COUNT,   /* of linked records, or of the items of a list */
};

/* From a record to others. */
struct step {
	const struct fmr_field *field; /* along this link; or NULL */
	const char *inverse;           /* backwards along links of this inverse name; or NULL.  Both: it is symmetric */
	const char *type;              /* along any link, either way, to records of this type; or NULL */
};

/* How it was understood: what one type knows by its path is not looked for in parts of paths of the others. */
enum grade { GRADE_LABEL = 1, GRADE_PART, GRADE_PATH };

struct name {
	enum meaning meaning;
	enum grade grade;
	const struct fmr_field *field; /* FIELD; COUNT of a list */
	struct step step;              /* RECORDS; COUNT when field is NULL */
	const char *rest;              /* RECORDS: what is asked of them; NULL: whether they are there */
};

/*
 * In this order: a word that every type knows (id, type, path, state), the path of a field, a word that may be the name
 * of a field (title, needs, age), the name of an
 * inverse link, of a linked type, the unique last part of the path of a field, a label in either language.  Behind a
 * link a "." leads on to fields of the records there; ".count" counts.  What would be understood worse than `least` is
 * not looked for.  Texts live in arena.
 */
struct name fmr_name_find(const struct types *types, const struct fmr_type *type, const char *text, enum grade least,
	struct fmr_arena *arena);

/* Visit the types that a step from `type` can lead to. */
size_t fmr_name_targets(const struct types *types, const struct fmr_type *type, const struct step *step,
	const struct fmr_type **out); /* room for all types */

/* Append, separated by commas, the fields that a name may stand for. */
void fmr_name_candidates(const struct fmr_type *type, const char *text, struct fmr_str *out);
/* The name that was probably meant, or NULL; borrowed from types or arena. */
const char *fmr_name_nearest(const struct types *types, const struct fmr_type *const *among, size_t count,
	const char *text, struct fmr_arena *arena);

/* Are they the same to a reader?  Width, case, kana, blanks, "_" and "-" do not count. */
bool fmr_name_alike(const char *a, const char *b);

/* Is the link, or list of links, called the same from both ends? */
bool fmr_link_is_symmetric(const struct fmr_field *link);

#endif
