/*
 * Git's objects read without git: those in files of their own and those in packs.  Starting git for them costs more
 * than all else that a hook does.  What is unusual here (alternates, other versions of the formats, deltas nested very
 * deep) is not found, and left to git.
 */
#ifndef FMR_STORE_ODB_H
#define FMR_STORE_ODB_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum odb_kind { ODB_COMMIT = 1, ODB_TREE, ODB_BLOB, ODB_TAG };

enum odb_result {
	ODB_READ,
	ODB_UNKNOWN,    /* not here, or not understood: git may know better */
	ODB_OTHER_KIND,
	ODB_TOO_LARGE,
};

/* Ids as bytes and as 40 lower-case digits; false when there are no 40 digits. */
bool fmr_odb_id_parse(const char *hex, unsigned char id[20]);
void fmr_odb_id_text(const unsigned char id[20], char hex[41]);

struct odb_pack;

/* Objects of packs that were unpacked last: the versions of a file are deltas of each other. */
enum { ODB_KEPT = 64, ODB_KEPT_LENGTH = 64 << 10 };
struct odb_kept {
	const struct odb_pack *pack; /* NULL: nothing */
	uint64_t offset;
	enum odb_kind kind;
	struct fmr_str bytes;
};

struct odb {
	char *directory; /* of the objects */
	struct odb_pack *packs;
	size_t pack_count;
	bool listed;
	struct odb_kept *kept; /* by offset modulo ODB_KEPT; NULL: nothing yet */
	int (*inflate)(unsigned char *to, unsigned long *to_length, const unsigned char *from, unsigned long length);
};

/* directory is copied. */
void fmr_odb_init(struct odb *odb, const char *directory);
void fmr_odb_release(struct odb *odb);

/* Append the object of this id; nothing unless ODB_READ. */
enum odb_result fmr_odb_read(struct odb *odb, const unsigned char id[20], enum odb_kind kind, size_t limit,
	struct fmr_str *out);

/* Append what a delta makes of base; false, and nothing appended, when it does not fit or makes more than limit. */
bool fmr_odb_delta(const struct fmr_str *base, const unsigned char *delta, size_t length, size_t limit,
	struct fmr_str *out);

#endif
