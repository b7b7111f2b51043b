/*
 * The pack: the record types, catalogues and the config that a repository
 * begins with, and what a repository notes about where its own came from.
 */
#ifndef FMR_CMD_PACK_H
#define FMR_CMD_PACK_H

#include "base/digest.h"
#include "cli/cli.h"

enum { FMR_PACK_FILE_LIMIT = 4 << 20 };

#define FMR_PACK_CONFIG ".fmrec/config.yaml"
#define FMR_PACK_ORIGINS ".fmrec/pack.yaml"

struct fmr_pack_file {
	char *path; /* where it goes: ".fmrec/schema/NAME.yaml" */
	struct fmr_str content;
};

struct fmr_pack {
	struct fmr_pack_file *items; /* in byte order of their paths, the config last */
	size_t count, capacity;
};

/* Read the pack in a directory (types/, config.yaml, and as far as they are there catalogue/ and scaffold/); NULL: the one
 * that fmrec comes with. */
int fmr_pack_read(const char *directory, struct fmr_pack *out, struct fmr_err *err);
void fmr_pack_release(struct fmr_pack *pack);

/* An answer that every organisation gives for itself, put into a config; value NULL: as it is. */
int fmr_pack_answer(struct fmr_str *config, const char *key, const char *value, struct fmr_err *err);
/* The answers as another config has them. */
int fmr_pack_answer_like(struct fmr_str *config, const struct fmr_str *like, struct fmr_err *err);

/*
 * What the files were like when they came, by the id that git gives such
 * contents: .fmrec/pack.yaml.  The contents themselves are found in the history,
 * or, where the repository never held them as they came, below .fmrec/pack/.
 */
struct fmr_origin {
	char *path;
	char blob[FMR_BLOB_TEXT];
};

struct fmr_origins {
	struct fmr_origin *items; /* in byte order of their paths */
	size_t count, capacity;
};

/* Nothing is noted: that is none, and no error.  A text that makes no sense is FMR_ERR_INVALID. */
int fmr_origins_read(struct fmr_view *view, struct fmr_origins *out, struct fmr_err *err);
void fmr_origins_release(struct fmr_origins *origins);
const char *fmr_origins_find(const struct fmr_origins *origins, const char *path); /* the id, or NULL */
/* Note the content that a file has as it comes. */
int fmr_origins_note(struct fmr_origins *origins, const char *path, const struct fmr_str *content, struct fmr_err *err);
/* Append the text of .fmrec/pack.yaml. */
void fmr_origins_write(const struct fmr_origins *origins, struct fmr_str *out);
/* ".fmrec/pack/schema/NAME.yaml": where the content is kept when the repository has it nowhere else.  Yours. */
char *fmr_origins_copy_path(const char *path);

#endif
