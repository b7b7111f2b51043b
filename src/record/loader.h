/*
 * Reading the words of x-fmrec in a type file: what type.c and workflow.c
 * share.
 */
#ifndef FMR_RECORD_LOADER_H
#define FMR_RECORD_LOADER_H

#include "record/private.h"

struct fmr_loader {
	struct fmr_arena *arena;
	const struct fmr_source *source;
	const struct fmr_value *root;
	struct fmr_findings *findings;
	struct fmr_type *type;
	size_t fields;
	bool too_many;
};

/* A schema.invalid finding at a value (NULL: the top of the file). */
void fmr_load_fault(struct fmr_loader *loader, const struct fmr_value *at, const char *text, const char *subject);

/* One word of a map (which may be NULL, or none): a text that is not empty, or NULL. */
const char *fmr_load_word(const struct fmr_value *map, const char *key);
bool fmr_load_flag(const struct fmr_value *map, const char *key, bool otherwise);
struct fmr_words fmr_load_words(const struct fmr_value *map, const char *key);
/* A list of strings, or one string; NULL-terminated. */
const char *const *fmr_load_strings(struct fmr_arena *arena, const struct fmr_value *value);
/* What "#/$defs/name" and longer pointers lead to, or NULL. */
const struct fmr_value *fmr_load_target(const struct fmr_value *root, const char *reference);

/* A word that must be there: "" after a finding. */
const char *fmr_load_need_word(struct fmr_loader *loader, const struct fmr_value *map, const char *key);
/* Fields that must exist: a finding at `at` when one does not. */
const struct fmr_field *fmr_load_need_field(struct fmr_loader *loader, const char *path, const struct fmr_value *at);
void fmr_load_need_fields(struct fmr_loader *loader, const char *const *paths, const struct fmr_value *at);

/* The transitions, once the states are known ... */
void fmr_load_transitions(struct fmr_loader *loader, const struct fmr_value *list);
/* ... and what they say of fields, once those are known. */
void fmr_load_transition_fields(struct fmr_loader *loader, const struct fmr_value *list);

/* What becomes of older records, once the fields are known. */
void fmr_load_migrations(struct fmr_loader *loader, const struct fmr_value *list);

#endif
