/*
 * Git's configuration, read without git where that is possible (a spawn costs more than most commands take):
 * files with includes, and configuration handed down by `git -c`, are left to `git config --list`.
 */
#ifndef FMR_STORE_CONFIG_H
#define FMR_STORE_CONFIG_H

#include "base/vec.h"
#include "fmrec/error.h"

#include <stdbool.h>
#include <stddef.h>

enum config_scope { CONFIG_SYSTEM, CONFIG_GLOBAL, CONFIG_LOCAL, CONFIG_COMMAND };

struct config_entry {
	char *key;   /* "core.bare", "remote.Origin.url": section and name in lower case */
	char *value; /* NULL: named without "=", which means true */
	enum config_scope scope;
};

struct config {
	FMR_VEC(struct config_entry) entries; /* later ones win */
	bool loaded;
	bool needs_git; /* something was met that only git itself understands */
};

void fmr_config_release(struct config *config);

/* Append what a text in the format of gitconfig says; what it cannot understand sets needs_git. */
void fmr_config_parse(struct config *config, const char *bytes, size_t length, enum config_scope scope);
/* Append what a file says; a missing file says nothing. */
void fmr_config_read(struct config *config, const char *path, enum config_scope scope);

/* Everything git would see in this repository; common_dir and git_dir may be NULL. */
int fmr_config_load(struct config *config, const char *common_dir, const char *git_dir, const char *run_in,
	struct fmr_err *err);

/* The last entry of this name; NULL when unset.  trusted: not from the repository's own files. */
const struct config_entry *fmr_config_find(const struct config *config, const char *key, bool trusted);
/* As git reads booleans. */
bool fmr_config_bool(const struct config *config, const char *key, bool otherwise);

#endif
