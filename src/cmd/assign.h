/*
 * Assignments as they are typed: path=value, path+=value, path-=value.
 */
#ifndef FMR_CMD_ASSIGN_H
#define FMR_CMD_ASSIGN_H

#include "base/arena.h"
#include "base/str.h"
#include "cli/cli.h"

enum fmr_assignment_kind {
	FMR_ASSIGN_SET,   /* path=value */
	FMR_ASSIGN_ADD,   /* path+=value: one more item of a list */
	FMR_ASSIGN_TAKE,  /* path-=value: that item away */
	FMR_ASSIGN_UNSET, /* --unset path */
};

struct fmr_assignment {
	enum fmr_assignment_kind kind;
	const char *path;
	const struct fmr_field *field;  /* of the path */
	const struct fmr_value *value;  /* NULL for FMR_ASSIGN_UNSET */
};

/* Parse "path=value" (or just "path" for FMR_ASSIGN_UNSET); `kind` SET is refined by `+=` and `-=`.  Values are
 * read as fmr_field_parse does, links from abbreviations; lists and maps in YAML.  Lives in arena. */
int fmr_assignment_parse(struct fmr_cli *cli, const struct fmr_type *type, enum fmr_assignment_kind kind,
	const char *typed, struct fmr_arena *arena, struct fmr_assignment *out, struct fmr_err *err);

/* A value for a field, as a person types it.  A scalar that cannot be understood is taken as the text it is: the check
 * of the record then says what is wrong with it, as a finding. */
int fmr_assignment_value(struct fmr_cli *cli, const struct fmr_field *field, const char *typed,
	struct fmr_arena *arena, const struct fmr_value **out, struct fmr_err *err);

/* What an assignment did: the value at its path, in the arena, and whether the text is another one now. */
struct fmr_assigned {
	const struct fmr_value *before, *after;
	bool changed;
};

/* Carry the assignment out on the text of the record at path.  out may be NULL. */
int fmr_assignment_apply(const struct fmr_assignment *assignment, const struct fmr_type *type, const char *path,
	struct fmr_str *text, struct fmr_arena *arena, struct fmr_assigned *out, struct fmr_err *err);

#endif
