/*
 * Relations between two records as people name them: by the field that holds
 * the link, by its inverse, or by what either is called on a form.
 */
#ifndef FMR_CMD_RELATION_H
#define FMR_CMD_RELATION_H

#include "base/arena.h"
#include "cli/cli.h"

/* Where a link from one record to another stands, or may be put. */
struct fmr_link_place {
	const struct fmr_record *holder, *target;
	const struct fmr_field *field; /* the link itself */
	const char *path;              /* in the holder: of the link, of the list it belongs into: "whys.0.preventions" */
	bool is_list;                  /* path is a list of links */
	const char *item;              /* path of the link to the target that is there already; or NULL */
};

struct fmr_link_places {
	struct fmr_link_place *items; /* release with FMR_VEC_RELEASE */
	size_t count, capacity;
};

/*
 * The places where a link between a and b that is called `word` may stand, in
 * a or in b; word NULL: all places.  A word is the path of a field, its last
 * part, its label, or the name or label of the inverse.  Strings live in
 * arena.
 */
void fmr_relation_places(const struct fmr_record *a, const struct fmr_record *b, const char *word,
	struct fmr_arena *arena, struct fmr_link_places *out);

/* The one place that is meant.  FMR_ERR_AMBIGUOUS with the candidates, FMR_ERR_INVALID with what would be possible. */
int fmr_relation_choose(struct fmr_cli *cli, const struct fmr_record *a, const struct fmr_record *b, const char *word,
	struct fmr_arena *arena, struct fmr_link_place *out, struct fmr_err *err);

/* Is the link at this path of a record of the type called `word`, from its own side or (inverse) from the other? */
bool fmr_relation_is_called(const struct fmr_type *type, const char *path, const struct fmr_field *link,
	const char *word, bool inverse);

/* May the link lead to records of this type? */
bool fmr_relation_leads_to(const struct fmr_field *link, const struct fmr_type *type);

#endif
